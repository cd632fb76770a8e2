/* SPDX-License-Identifier: Apache-2.0 */
/* preface.c - labels are found by their colon: what stands between two colons is the value of the
 * first label and the second label behind it. */
#include "intake/preface.h"

#include "base/text.h"
#include "intake/fold.h"
#include "intake/slot_text.h"

enum { LABEL_MAX = 64, LINE_MAX_BYTES = 1024 };

static const fold_word labels[] = {
	{ "期间", PREFACE_PERIOD },
	{ "报告期", PREFACE_PERIOD },
	{ "报告期间", PREFACE_PERIOD },
	{ "填报期间", PREFACE_PERIOD },
	{ "报送期间", PREFACE_PERIOD },
	{ "报表期间", PREFACE_PERIOD },
	{ "所属期间", PREFACE_PERIOD },
	{ "period", PREFACE_PERIOD },
	{ "reportingperiod", PREFACE_PERIOD },
	{ "填报单位", PREFACE_REPORTER },
	{ "填报单位(盖章)", PREFACE_REPORTER },
	{ "填报单位(公章)", PREFACE_REPORTER },
	{ "报送单位", PREFACE_REPORTER },
	{ "报送单位(盖章)", PREFACE_REPORTER },
	{ "填表单位", PREFACE_REPORTER },
	{ "上报单位", PREFACE_REPORTER },
	{ "单位名称", PREFACE_REPORTER },
	{ "单位(盖章)", PREFACE_REPORTER },
	{ "reportingunit", PREFACE_REPORTER },
	{ "计量单位", PREFACE_MEASURE },
	{ "金额单位", PREFACE_MEASURE },
	{ "unitofmeasure", PREFACE_MEASURE },
	{ "单位", PREFACE_UNIT },
	{ "unit", PREFACE_UNIT },
	{ "填报人", PREFACE_PREPARED_BY },
	{ "填表人", PREFACE_PREPARED_BY },
	{ "经办人", PREFACE_PREPARED_BY },
	{ "报送人", PREFACE_PREPARED_BY },
	{ "preparedby", PREFACE_PREPARED_BY },
	{ "审核人", PREFACE_APPROVED_BY },
	{ "审批人", PREFACE_APPROVED_BY },
	{ "审签人", PREFACE_APPROVED_BY },
	{ "approvedby", PREFACE_APPROVED_BY },
	{ "联系电话", PREFACE_PHONE },
	{ "电话", PREFACE_PHONE },
	{ "phone", PREFACE_PHONE },
	{ "日期", PREFACE_OTHER },
	{ "填报日期", PREFACE_OTHER },
	{ "填表日期", PREFACE_OTHER },
	{ "填报时间", PREFACE_OTHER },
	{ "报送日期", PREFACE_OTHER },
	{ "报送时间", PREFACE_OTHER },
	{ "制表日期", PREFACE_OTHER },
	{ "date", PREFACE_OTHER },
	{ "负责人", PREFACE_OTHER },
	{ "单位负责人", PREFACE_OTHER },
	{ "主要负责人", PREFACE_OTHER },
	{ "分管领导", PREFACE_OTHER },
	{ "制表人", PREFACE_OTHER },
	{ "制表", PREFACE_OTHER },
	{ "表号", PREFACE_OTHER },
	{ "统计负责人", PREFACE_OTHER },
	{ "联系人", PREFACE_OTHER },
	{ "复核人", PREFACE_OTHER },
	{ "签发人", PREFACE_OTHER },
	{ "报出日期", PREFACE_OTHER },
	{ "填表时间", PREFACE_OTHER },
	{ "传真", PREFACE_OTHER },
	{ "邮箱", PREFACE_OTHER },
	{ NULL, 0 },
};

static preface_word
label_of(span text)
{
	int found = text.len > LABEL_MAX ? -1 : fold_find(labels, text);

	return found < 0 ? PREFACE_NONE : (preface_word)found;
}

static size_t
colon_at(span text)
{
	if (text.len > 0 && text.at[0] == ':')
		return 1;
	return text.len >= 3 && memcmp(text.at, "\xef\xbc\x9a", 3) == 0 ? 3 : 0;
}

/* The label that PIECE ends with, the longest; *BEFORE is what stands before it. */
static preface_word
label_at_end(span piece, span *before)
{
	size_t i = piece.len > LABEL_MAX ? piece.len - LABEL_MAX : 0;

	for (; i < piece.len; i++) {
		preface_word word;

		if ((piece.at[i] & 0xc0) == 0x80)
			continue;
		word = label_of(span_of(piece.at + i, piece.len - i));
		if (word != PREFACE_NONE) {
			*before = fold_trim(span_of(piece.at, i));
			return word;
		}
	}
	*before = fold_trim(piece);
	return PREFACE_NONE;
}

/* Does TEXT begin with one of the labels and a colon? */
static bool
is_label(span text)
{
	size_t i;
	span before;

	for (i = 0; i < text.len && i <= LABEL_MAX; i++)
		if (colon_at(span_of(text.at + i, text.len - i)) > 0)
			return label_at_end(span_of(text.at, i), &before) != PREFACE_NONE &&
			       before.len == 0;
	return false;
}

/* Does the value of its label stand in the next cell? */
static bool
is_open_label(span text)
{
	return label_of(text) != PREFACE_NONE || text.at[text.len - 1] == ':' ||
	       (text.len > 3 && colon_at(span_of(text.at + text.len - 3, 3)) == 3);
}

bool
preface_is_line(const sheet_row *row)
{
	bool open = false, found = false;
	uint32_t i;

	for (i = 0; i < row->n_cells; i++) {
		span cell = row->cells[i];

		if (cell.len == 0)
			continue;
		if (is_label(cell) || (!open && label_of(cell) != PREFACE_NONE)) {
			found = true;
			open = is_open_label(cell);
		} else if (open) {
			open = false;
		} else {
			return false;
		}
	}
	return found;
}

typedef struct taking {
	preface *p;
	const plan *plan;
	arena *memory;
	uint32_t row;
	ms_status failed;
} taking;

/* The first value counts: forms repeat labels in their instructions. */
static void
keep_value(taking *t, preface_word word, span value, uint32_t at)
{
	char name[SHEET_CELL_NAME_SIZE];
	const char *cell;

	if (word == PREFACE_NONE || word == PREFACE_OTHER || value.len == 0)
		return;
	if (word == PREFACE_UNIT)
		word = plan_match_unit(t->plan, value) >= 0 ? PREFACE_REPORTER : PREFACE_MEASURE;
	if (t->p->values[word].len > 0)
		return;
	value = fold_keep(t->memory, value);
	cell = arena_text(t->memory, span_str(sheet_cell_name(at, t->row, name)));
	if (value.at == NULL || cell == NULL) {
		t->failed = MS_NO_MEMORY;
		return;
	}
	t->p->values[word] = value;
	t->p->cells[word] = cell;
}

/* The labels within one cell. Returns the one whose value is still open at its end. */
static preface_word
take_cell(taking *t, span cell, uint32_t at)
{
	preface_word open = PREFACE_NONE;
	size_t i, from = 0;
	span before;

	for (i = 0; i < cell.len; i++) {
		size_t len = colon_at(span_of(cell.at + i, cell.len - i));
		preface_word word;

		if (len == 0)
			continue;
		word = label_at_end(span_of(cell.at + from, i - from), &before);
		if (word == PREFACE_NONE)
			continue;
		keep_value(t, open, before, at);
		open = word;
		from = i + len;
	}
	before = fold_trim(span_of(cell.at + from, cell.len - from));
	if (open == PREFACE_NONE)
		return label_of(before);
	if (before.len == 0)
		return open;
	keep_value(t, open, before, at);
	return PREFACE_NONE;
}

ms_status
preface_take(preface *p, const plan *known, const sheet_row *row, arena *memory)
{
	taking t = { .p = p, .plan = known, .memory = memory, .row = row->number };
	preface_word open = PREFACE_NONE;
	uint32_t i;

	for (i = 0; i < row->n_cells; i++) {
		span cell = row->cells[i], before;

		if (cell.len == 0 || cell.len > LINE_MAX_BYTES)
			continue;
		if (open != PREFACE_NONE && !is_label(cell) &&
			label_at_end(cell, &before) == PREFACE_NONE) {
			keep_value(&t, open, cell, i);
			open = PREFACE_NONE;
		} else {
			open = take_cell(&t, cell, i);
		}
	}
	return t.failed;
}

void
preface_add(preface *p, const preface *said)
{
	unsigned i;

	for (i = 0; i < PREFACE_WORDS; i++) {
		if (said->values[i].len == 0)
			continue;
		p->values[i] = said->values[i];
		p->cells[i] = said->cells[i];
	}
}

/* ---- what it means for the table ---- */

static const char *
name_of(const sheet_table *t, column_kind kind)
{
	const column_name *name = column_name_of(kind);

	return t->ask->english ? name->en : name->zh;
}

static void
apply_reporter(const preface *p, const sheet_table *t, problems *whole)
{
	span said = p->values[PREFACE_REPORTER];
	int unit = said.len == 0 ? -1 : plan_match_unit(t->ask->plan, said);

	if (unit >= 0 && (uint32_t)unit != t->ask->unit)
		problem_add(whole, MST_INTAKE_OTHER_REPORTER,
			(problem_at){ .column = name_of(t, COLUMN_REPORTER),
				.cell = p->cells[PREFACE_REPORTER],
				.field = "unit",
				.value = said },
			t->ask->plan->units[t->ask->unit].name);
}

static void
apply_period(const preface *p, sheet_table *t, problems *whole)
{
	span said = p->values[PREFACE_PERIOD];
	period at;

	if (said.len == 0)
		return;
	if (slot_period(t->ask->plan, said, &at))
		t->above[COLUMN_PERIOD] = said;
	else if (t->fixed[COLUMN_PERIOD] < 0)
		problem_add(whole, MST_INTAKE_PERIOD_LINE,
			(problem_at){ .column = name_of(t, COLUMN_PERIOD),
				.cell = p->cells[PREFACE_PERIOD],
				.field = "period",
				.value = said },
			NULL);
}

/* The last character: 亿元 and 万元 measure the same thing, 亿元 and 个 do not. */
static span
kind_of_measure(span measure)
{
	size_t i = measure.len;

	while (i > 0 && (measure.at[--i] & 0xc0) == 0x80)
		continue;
	return span_of(measure.at + i, measure.len - i);
}

/* Does the line 单位:SAID speak against the unit of measure OWN? */
static bool
is_other_measure(span said, const char *own)
{
	static const char *const commas[] = { "、", ",", "\xef\xbc\x8c", "/", ";", NULL };
	char word[LABEL_MAX], wanted[LABEL_MAX];
	bool other = false;
	span piece;

	if (own == NULL || !fold_key(span_str(own), wanted, sizeof(wanted)))
		return false;
	while (fold_piece(&said, commas, &piece)) {
		if (!fold_key(piece, word, sizeof(word)))
			continue;
		if (strcmp(word, wanted) == 0)
			return false;
		other = other || span_equal(kind_of_measure(span_str(word)),
					 kind_of_measure(span_str(wanted)));
	}
	return other;
}

static void
apply_measure(const preface *p, const sheet_table *t, uint32_t header_row, problems *whole)
{
	const struct plan *work = t->ask->plan;
	uint32_t i, k;

	for (i = 0; p->values[PREFACE_MEASURE].len > 0 && i < t->n_columns; i++) {
		const column *c = &t->columns[i];

		if (c->kind != COLUMN_INDICATOR || c->has_measure || c->last)
			continue;
		for (k = 0; k < work->n_items; k++) {
			const char *own =
				c->indicators[k] < 0
					? NULL
					: work->indicators[c->indicators[k]].unit_of_measure;

			if (!is_other_measure(p->values[PREFACE_MEASURE], own))
				continue;
			problem_add(whole, MST_INTAKE_COLUMN_UNIT,
				(problem_at){ .column = c->header,
					.cell = table_cell_name(t, i, header_row),
					.value = p->values[PREFACE_MEASURE] },
				own);
			break;
		}
	}
}

static const struct {
	preface_word word;
	column_kind column;
} names[] = { { PREFACE_PREPARED_BY, COLUMN_PREPARED_BY },
	{ PREFACE_APPROVED_BY, COLUMN_APPROVED_BY }, { PREFACE_PHONE, COLUMN_PHONE } };

void
preface_apply_names(const preface *p, sheet_table *t)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (p->values[names[i].word].len > 0)
			t->above[names[i].column] = p->values[names[i].word];
}

bool
preface_move_names(preface *p, preface *to)
{
	preface moved = { .values = { { 0 } } };
	bool any = false;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		preface_word w = names[i].word;

		any = any || p->values[w].len > 0;
		moved.values[w] = p->values[w];
		moved.cells[w] = p->cells[w];
		p->values[w] = (span){ 0 };
	}
	preface_add(to, &moved);
	return any;
}

void
preface_apply(const preface *p, sheet_table *t, uint32_t header_row, problems *whole)
{
	apply_reporter(p, t, whole);
	apply_period(p, t, whole);
	apply_measure(p, t, header_row, whole);
	preface_apply_names(p, t);
}
