/* SPDX-License-Identifier: Apache-2.0 */
/* slot_text.c - small readers of Chinese and Arabic numbers and of the words for quarters, halves
 * and months. */
#include "intake/slot_text.h"

#include "base/suggest.h"
#include "intake/fold.h"

enum { TEXT_MAX = 256 };

/* One Chinese digit, 0 when TEXT begins with none. */
static int
take_chinese_digit(span *text)
{
	static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八",
		"九" };
	unsigned i;

	for (i = 0; i < 9; i++)
		if (fold_skip(text, digits[i]))
			return (int)i + 1;
	return 0;
}

/* 1..9999 in Arabic digits, or 1..99 in Chinese ones; 0 when there is none. */
static int
take_number(span *text)
{
	int v = 0, tens;
	size_t n = 0;

	while (n < text->len && n < 4 && text->at[n] >= '0' && text->at[n] <= '9')
		v = v * 10 + (text->at[n++] - '0');
	if (n > 0) {
		*text = span_of(text->at + n, text->len - n);
		return v;
	}
	tens = take_chinese_digit(text);
	if (!fold_skip(text, "十"))
		return tens;
	return (tens == 0 ? 1 : tens) * 10 + take_chinese_digit(text);
}

static int
item_of_number(const plan *p, int number)
{
	uint32_t i;

	for (i = 0; number > 0 && i < p->n_items; i++)
		if (p->items[i].number == (uint32_t)number)
			return (int)i;
	return -1;
}

int
slot_item(const plan *p, span text)
{
	static const char *const marks[] = { "*", "★", "☆", "▲", "△", "●", "※" };
	static const char *const ends[] = { ".", "、", ")", "项", ":", "." };
	char key[TEXT_MAX];
	span rest;
	int item = plan_match_item(p, text), numbered;
	size_t i;

	if (item >= 0 || !fold_key(text, key, sizeof(key)))
		return item;
	rest = span_str(key);
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		fold_skip(&rest, marks[i]);
	item = plan_match_item(p, rest); /* without marks, blanks and line breaks */
	if (item >= 0)
		return item;
	if (!fold_skip(&rest, "("))
		fold_skip(&rest, "第");
	numbered = item_of_number(p, take_number(&rest));
	if (numbered < 0)
		return -1;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		fold_skip(&rest, ends[i]);
	rest = fold_trim(rest);
	return rest.len == 0 || plan_match_item(p, rest) == numbered ? numbered : -1;
}

/* 4-6月, 4月至6月: a quarter, half or year by its first and last month. */
static bool
take_months(span key, period *out)
{
	static const char *const dashes[] = { "-", "~", "—", "至", "到" };
	static const period_kind kinds[] = { PERIOD_QUARTER, PERIOD_HALF, PERIOD_YEAR };
	int first = take_number(&key), last;
	bool dash = false;
	size_t i;

	fold_skip(&key, "月");
	for (i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
		dash = dash || fold_skip(&key, dashes[i]);
	last = take_number(&key);
	if (first < 1 || !dash || last > 12 || !fold_skip(&key, "月") || key.len > 0)
		return false;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int months = 12 / (int)periods_in_year(kinds[i]);

		if (last - first + 1 == months && last % months == 0) {
			out->kind = (uint8_t)kinds[i];
			out->index = (uint8_t)(last / months);
			return true;
		}
	}
	return false;
}

/* The period within a year that KEY names: 第二季度, 二季度, q2, 上半年, h1, 7月, 07, nothing (the
 * year). */
static bool
take_within(span key, bool has_year, period *out)
{
	static const fold_word words[] = {
		{ "上半年", 1 },
		{ "h1", 1 },
		{ "下半年", 2 },
		{ "h2", 2 },
		{ "q1", 11 },
		{ "q2", 12 },
		{ "q3", 13 },
		{ "q4", 14 },
		{ NULL, 0 },
	};
	static const fold_word kinds[] = {
		{ "季度", PERIOD_QUARTER },
		{ "季", PERIOD_QUARTER },
		{ "月", PERIOD_MONTH },
		{ "月份", PERIOD_MONTH },
		{ "", PERIOD_MONTH },
		{ NULL, 0 },
	};
	static const fold_word year[] = { { "", 1 }, { "全年", 1 }, { "年度", 1 }, { "度", 1 },
		{ NULL, 0 } };
	int word = fold_find(words, key), number, kind;

	if (fold_find(year, key) == 1) {
		out->kind = PERIOD_YEAR;
		out->index = 1;
		return true;
	}
	if (word > 0) {
		out->kind = word > 10 ? PERIOD_QUARTER : PERIOD_HALF;
		out->index = (uint8_t)(word % 10);
		return true;
	}
	if (take_months(key, out))
		return true;
	fold_skip(&key, "第");
	number = take_number(&key);
	kind = fold_find(kinds, key);
	if (number < 1 || kind < 0 || (key.len == 0 && !has_year) ||
		(unsigned)number > periods_in_year((period_kind)kind))
		return false;
	out->kind = (uint8_t)kind;
	out->index = (uint8_t)number;
	return true;
}

bool
slot_period(const plan *p, span text, period *out)
{
	char key[TEXT_MAX];
	span rest, after;
	period got = { .year = p->first.year };
	int number;
	bool has_year;

	if (!fold_key(text, key, sizeof(key)) || key[0] == 0)
		return false;
	rest = span_str(key);
	after = rest;
	number = key[0] >= '0' && key[0] <= '9' ? take_number(&after) : 0;
	has_year = number >= 1900;
	if (has_year) {
		got.year = (uint16_t)number;
		rest = after;
		if (!fold_skip(&rest, "年"))
			fold_skip(&rest, "-");
		if (rest.len > 0 && rest.at[0] >= '0' && rest.at[0] <= '9' && rest.at == after.at)
			return false; /* 20127: neither a year nor a month */
	} else if (p->first.year != p->last.year || (number > 0 && after.len == 0)) {
		return false; /* no year to take, or a bare number */
	}
	if (!take_within(rest, has_year, &got))
		return false;
	*out = got;
	return true;
}

bool
slot_period_of_any(const plan *p, span text, period *out)
{
	period at;
	uint32_t i;

	if (!slot_period(p, text, &at))
		return false;
	for (i = 0; i < p->n_items; i++) {
		if (plan_has_period(p, i, at)) {
			*out = at;
			return true;
		}
	}
	return false;
}

const char *
slot_nearest_item(const plan *p, span text)
{
	suggestion s;
	uint32_t i;

	suggest_begin(&s, text);
	for (i = 0; i < p->n_items; i++) {
		suggest_try(&s, p->items[i].id);
		suggest_try(&s, p->items[i].title);
	}
	return s.best;
}
