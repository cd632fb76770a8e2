/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cells.c - one cell, one value. What cannot be read without a guess is refused; numbers:
 * cell_number.h.
 */
#include "intake/cells.h"

#include "base/clock.h"
#include "base/text.h"
#include "intake/cell_number.h"
#include "intake/fold.h"

enum { NUMBER_MAX = 64 };

static const char *const list_separators[] = { ";", "；", "\n", NULL };

enum { KEY_SIGNS = 10, KEY_BLANKS = 4 /* the last of them */ };

/* What may stand between keys, and what it is in the keys of a plan, which are in NFKC; NULL: what
 * divides whatever they hold. */
static const struct {
	const char *sign, *folded;
} key_signs[KEY_SIGNS] = { { ";", NULL }, { "；", NULL }, { "\n", NULL }, { "、", "、" },
	{ ",", "," }, { "，", "," }, { " ", " " }, { "\t", " " }, { "\xc2\xa0", " " },
	{ "\xe3\x80\x80", " " } };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

unsigned
cell_percent(span text, uint32_t *out)
{
	int64_t hundredths;
	unsigned code = cell_number(text, "%", 2, &hundredths);

	if (code != 0)
		return code;
	if (hundredths < 0 || hundredths > 10000)
		return MST_REPORT_PROGRESS;
	if (hundredths % 100 != 0)
		return MST_INTAKE_DECIMALS;
	*out = (uint32_t)(hundredths / 100);
	return 0;
}

/* The Chinese word of a value comes first, its English one next. */
static const fold_word status_words[] = {
	{ "正常", SELF_ON_TRACK },
	{ "on_track", SELF_ON_TRACK },
	{ "ontrack", SELF_ON_TRACK },
	{ "有风险", SELF_AT_RISK },
	{ "at_risk", SELF_AT_RISK },
	{ "atrisk", SELF_AT_RISK },
	{ "受阻", SELF_BLOCKED },
	{ "blocked", SELF_BLOCKED },
	{ "已完成", SELF_DONE },
	{ "done", SELF_DONE },
	{ "完成", SELF_DONE },
	{ NULL, 0 },
};
static const fold_word part_words[] = {
	{ "未开始", PART_NOT_STARTED },
	{ "not_started", PART_NOT_STARTED },
	{ "进行中", PART_UNDER_WAY },
	{ "under_way", PART_UNDER_WAY },
	{ "已完成", PART_DONE },
	{ "done", PART_DONE },
	{ "完成", PART_DONE },
	{ NULL, 0 },
};

static const char *
word_for(const fold_word *words, int value, bool english)
{
	for (; words->word != NULL; words++)
		if (words->value == value)
			return words[english ? 1 : 0].word;
	return "";
}

const char *
cell_status_word(self_status status, bool english)
{
	return word_for(status_words, (int)status, english);
}

const char *
cell_part_word(part_state state, bool english)
{
	return word_for(part_words, (int)state, english);
}

unsigned
cell_status(span text, self_status *out)
{
	int found = fold_find(status_words, text);

	if (found < 0)
		return MST_INTAKE_WORD;
	*out = (self_status)found;
	return 0;
}

unsigned
cell_action(span text, act_kind *out)
{
	static const fold_word words[] = {
		{ "报送", ACT_REPORT },
		{ "report", ACT_REPORT },
		{ "撤回", ACT_RETRACTION },
		{ "retract", ACT_RETRACTION },
		{ NULL, 0 },
	};
	int found = fold_find(words, text);

	if (found < 0)
		return MST_INTAKE_ACTION;
	*out = (act_kind)found;
	return 0;
}

unsigned
cell_part_state(span text, part_state *out)
{
	int found = fold_find(part_words, text);

	if (found < 0)
		return MST_INTAKE_WORD;
	*out = (part_state)found;
	return 0;
}

/* Decimal digits at *TEXT, at most MAX of them; -1 when there is none or too many. */
static int
take_number(span *text, size_t max)
{
	int v = 0;
	size_t n = 0;

	while (n < text->len && n < max && is_digit((char)text->at[n]))
		v = v * 10 + (text->at[n++] - '0');
	if (n == 0 || (n < text->len && is_digit((char)text->at[n])))
		return -1;
	*text = span_of(text->at + n, text->len - n);
	return v;
}

static unsigned
days_of_month(int year, int month)
{
	int32_t first = civil_to_days(year, (unsigned)month, 1);

	return (unsigned)((month == 12 ? civil_to_days(year + 1, 1, 1)
				       : civil_to_days(year, (unsigned)month + 1, 1)) -
			  first);
}

unsigned
cell_date(span text, int32_t *out)
{
	char narrow[NUMBER_MAX];
	span rest;
	int year, month, day;
	bool ok;

	if (!fold_key(text, narrow, sizeof(narrow)))
		return MST_INTAKE_DATE;
	rest = span_str(narrow);
	year = take_number(&rest, 4);
	ok = year >= 1900 &&
	     (fold_skip(&rest, "-") || fold_skip(&rest, "/") || fold_skip(&rest, "年"));
	month = ok ? take_number(&rest, 2) : -1;
	ok = ok && month >= 1 && month <= 12 &&
	     (fold_skip(&rest, "-") || fold_skip(&rest, "/") || fold_skip(&rest, "月"));
	day = ok ? take_number(&rest, 2) : -1;
	ok = ok && day >= 1 && (unsigned)day <= days_of_month(year, month) &&
	     (rest.len == 0 || fold_skip(&rest, "日")) && rest.len == 0;
	if (!ok)
		return MST_INTAKE_DATE;
	*out = civil_to_days(year, (unsigned)month, (unsigned)day);
	return 0;
}

static size_t
count_pieces(span text, const char *const separators[])
{
	span piece;
	size_t n = 0;

	while (fold_piece(&text, separators, &piece))
		n += piece.len > 0;
	return n;
}

static void *
make_list(problems *p, size_t n, size_t size)
{
	void *list = arena_zalloc(p->memory, (n + 1) * size);

	p->no_memory = p->no_memory || list == NULL;
	return list;
}

span
cell_part_id(const plan_item *item, span text)
{
	char key[256], name[256];
	size_t i, k;

	if (plan_find_part(item, text) != NULL || !fold_key(text, key, sizeof(key)))
		return text;
	for (i = 0; i < item->n_lists; i++) {
		for (k = 0; k < item->lists[i].n_parts; k++) {
			const plan_part *part = &item->lists[i].parts[k];

			if (fold_key(span_str(part->name), name, sizeof(name)) &&
				strcmp(key, name) == 0)
				return span_str(part->id);
		}
	}
	return text;
}

static unsigned
take_part(const plan_item *item, span entry, report_part *out)
{
	static const char *const equals[] = { "=", "＝", NULL };
	static const char *const colons[] = { ":", "：", NULL };
	span id, state, rest = entry;

	if (!fold_piece(&rest, equals, &id) || id.len == 0 || !fold_piece(&rest, colons, &state))
		return MST_INTAKE_PART;
	out->id = cell_part_id(item, id);
	rest = fold_trim(rest);
	if (rest.len > 0)
		out->note = rest;
	return cell_part_state(state, &out->state);
}

unsigned
cell_parts(problems *p, const plan_item *item, span text, report *out, span *where)
{
	size_t n = count_pieces(text, list_separators);
	report_part *parts = make_list(p, n, sizeof(*parts));
	unsigned code = 0;
	span entry;

	n = 0;
	while (parts != NULL && code == 0 && fold_piece(&text, list_separators, &entry)) {
		if (entry.len == 0)
			continue;
		*where = entry;
		code = take_part(item, entry, &parts[n++]);
	}
	if (parts != NULL && code == 0) {
		out->parts = parts;
		out->n_parts = n;
	}
	return code;
}

bool
cell_hash(problems *p, span hex, span *out)
{
	uint8_t *bytes = make_list(p, HASH_SIZE, 1);

	if (bytes == NULL || !text_unhex(hex, bytes, HASH_SIZE))
		return false;
	*out = span_of(bytes, HASH_SIZE);
	return true;
}

static unsigned
take_attachment(problems *p, span entry, report_attachment *out)
{
	static const char *const bars[] = { "|", "｜", NULL };
	span size, hash, rest = entry;
	int64_t bytes;

	if (!fold_piece(&rest, bars, &out->name) || out->name.len == 0 ||
		!fold_piece(&rest, bars, &size) || !fold_piece(&rest, bars, &hash) || rest.len > 0)
		return MST_INTAKE_ATTACHMENT;
	if (cell_decimal(size, 0, &bytes) != 0 || bytes < 0 || !cell_hash(p, hash, &out->sha256))
		return MST_INTAKE_ATTACHMENT;
	out->size = (uint64_t)bytes;
	return 0;
}

unsigned
cell_attachments(problems *p, span text, report *out, span *where)
{
	size_t n = count_pieces(text, list_separators);
	report_attachment *list = make_list(p, n, sizeof(*list));
	unsigned code = 0;
	span entry;

	n = 0;
	while (list != NULL && code == 0 && fold_piece(&text, list_separators, &entry)) {
		if (entry.len == 0)
			continue;
		*where = entry;
		code = take_attachment(p, entry, &list[n++]);
	}
	if (list != NULL && code == 0) {
		out->attachments = list;
		out->n_attachments = n;
	}
	return code;
}

static unsigned
take_ratio(span text, unsigned scale, report_value *out)
{
	char pair[2 * NUMBER_MAX];
	const char *slash;
	unsigned code;

	if (!fold_narrow(text, pair, sizeof(pair)))
		return MST_INTAKE_RATIO;
	slash = strchr(pair, '/');
	if (slash == NULL || slash == pair || slash[1] == 0 || strrchr(pair, '/') != slash)
		return MST_INTAKE_RATIO;
	code = cell_number(span_of(pair, (size_t)(slash - pair)), NULL, scale, &out->num);
	if (code == 0)
		code = cell_number(span_str(slash + 1), NULL, scale, &out->den);
	out->has_ratio = code == 0;
	return code;
}

/* Does a key of the plan hold SIGN? Then it does not divide. */
static bool
is_within_keys(const plan_indicator *in, const char *sign)
{
	size_t i;

	if (in->key_prefix != NULL && strstr(in->key_prefix, sign) != NULL)
		return true;
	for (i = 0; i < in->n_keys; i++)
		if (strstr(in->keys[i], sign) != NULL)
			return true;
	return false;
}

/* What divides the keys of IN. Where the plan does not say how a key looks, a blank may stand
 * within one: it is no separator, and *BLANKS says what is doubtful. */
static void
find_key_separators(const plan_indicator *in, const char *separators[KEY_SIGNS + 1],
	const char *blanks[KEY_BLANKS + 1])
{
	bool is_open = in->n_keys == 0 && in->key_prefix == NULL;
	size_t i, n = 0, m = 0;

	for (i = 0; i < KEY_SIGNS; i++) {
		if (is_open && i >= KEY_SIGNS - KEY_BLANKS)
			blanks[m++] = key_signs[i].sign;
		else if (key_signs[i].folded == NULL || !is_within_keys(in, key_signs[i].folded))
			separators[n++] = key_signs[i].sign;
	}
	separators[n] = blanks[m] = NULL;
}

bool
cell_is_spoilt(span text)
{
	int64_t number;

	return text.len > 0 && memchr(text.at, '+', text.len) != NULL &&
	       cell_number(text, NULL, 0, &number) == MST_CELL_EXPONENT;
}

bool
cell_is_dash(span text)
{
	static const fold_word dashes[] = { { "-", 1 }, { "--", 1 }, { "—", 1 }, { "——", 1 },
		{ "–", 1 }, { "/", 1 }, { "\\", 1 }, { NULL, 0 } };

	return fold_find(dashes, text) == 1;
}

bool
cell_is_one_key(const plan_indicator *in, span text)
{
	const char *separators[KEY_SIGNS + 1], *blanks[KEY_BLANKS + 1];

	find_key_separators(in, separators, blanks);
	return count_pieces(text, separators) < 2 && count_pieces(text, blanks) < 2;
}

static unsigned
take_keys(problems *p, const plan_indicator *in, span text, report_value *out)
{
	static const fold_word none[] = { { "空", 1 }, { "none", 1 }, { NULL, 0 } };
	const char *separators[KEY_SIGNS + 1], *blanks[KEY_BLANKS + 1];
	span key;

	out->has_keys = true;
	if (fold_find(none, text) == 1)
		return 0;
	find_key_separators(in, separators, blanks);
	out->keys = make_list(p, count_pieces(text, separators), sizeof(*out->keys));
	while (out->keys != NULL && fold_piece(&text, separators, &key)) {
		if (key.len == 0)
			continue;
		if (count_pieces(key, blanks) > 1)
			return MST_INTAKE_KEYS;
		if (cell_is_spoilt(key))
			return MST_CELL_EXPONENT;
		out->keys[out->n_keys++] = key;
	}
	return 0;
}

static unsigned
take_milestone(span text, report_value *out)
{
	static const fold_word reached[] = { { "0", 0 }, { "1", 1 }, { NULL, 0 } };
	int found = fold_find(reached, text);

	out->has_mantissa = true;
	out->mantissa = found < 0 ? 1 : found;
	if (found >= 0)
		return 0;
	out->has_date = true;
	return cell_date(text, &out->date);
}

/* 无:reason. *CODE is set when it was meant so. */
static bool
take_nil(span text, value_type type, report_value *out, unsigned *code)
{
	static const char *const colons[] = { ":", "：", NULL };
	static const fold_word words[] = { { "无", 1 }, { "nil", 1 }, { NULL, 0 } };
	span rest = text, word;

	if (!fold_piece(&rest, colons, &word) || fold_find(words, word) != 1)
		return false;
	if (type == VALUE_TEXT && word.len == text.len)
		return false;
	rest = fold_trim(rest);
	*code = rest.len == 0 ? MST_INTAKE_NIL : 0;
	out->is_nil = true;
	out->nil_reason = rest;
	return true;
}

bool
cell_take_provisional(span *text)
{
	static const char *const marks[] = { "暂:", "暂：", "provisional:", "provisional：" };
	bool taken = false;
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]) && !taken; i++)
		taken = fold_skip(text, marks[i]);
	*text = fold_trim(*text);
	return taken;
}

unsigned
cell_value(problems *p, const plan_indicator *indicator, span text, report_value *out)
{
	unsigned code = 0;

	*out = (report_value){ .indicator = span_str(indicator->id) };
	if (take_nil(text, indicator->type, out, &code))
		return code;
	out->provisional = cell_take_provisional(&text);
	switch (indicator->type) {
	case VALUE_RATIO:
		return take_ratio(text, indicator->scale, out);
	case VALUE_MILESTONE:
		return take_milestone(text, out);
	case VALUE_KEYSET:
		return take_keys(p, indicator, text, out);
	case VALUE_TEXT:
		out->has_text = true;
		out->text = text;
		return 0;
	case VALUE_COUNT:
	case VALUE_AMOUNT:
		break;
	}
	out->has_mantissa = true;
	return cell_number(text, indicator->unit_of_measure, indicator->scale, &out->mantissa);
}
