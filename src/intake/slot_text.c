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

/* 二〇一二, as it stands over official papers: four Chinese digits, or 0. */
static int
take_chinese_year(span *text)
{
	static const char *const noughts[] = { "〇", "○", "零" };
	span rest = *text;
	int year = 0;
	size_t i, k;

	for (i = 0; i < 4; i++) {
		int digit = take_chinese_digit(&rest);
		bool nought = false;

		for (k = 0; digit == 0 && !nought && k < sizeof(noughts) / sizeof(noughts[0]); k++)
			nought = fold_skip(&rest, noughts[k]);
		if (digit == 0 && !nought)
			return 0;
		year = year * 10 + digit;
	}
	*text = rest;
	return year;
}

/* 2012, 2012年, 二〇一二年, and 12年 of the century of CENTURY. 0, and *TEXT as it was: it begins
 * with no year. -1: 20127 is neither a year nor a month. */
static int
take_year(span *text, int century)
{
	span rest = *text;
	bool is_digit = rest.len > 0 && rest.at[0] >= '0' && rest.at[0] <= '9';
	int year = is_digit ? take_number(&rest) : take_chinese_year(&rest);
	size_t n = text->len - rest.len;

	if (fold_skip(&rest, "年")) {
		if (is_digit && n == 2)
			year += century * 100;
	} else if (is_digit && year >= 1900) {
		if (!fold_skip(&rest, "-") && rest.len > 0 && rest.at[0] >= '0' &&
			rest.at[0] <= '9')
			return -1;
	} else {
		return 0;
	}
	if (year < 1900)
		return 0;
	*text = rest;
	return year;
}

/* Of a bare number nobody knows whether it is a month or a quarter. */
static bool
is_number(span text)
{
	return take_number(&text) > 0 && text.len == 0;
}

bool
slot_period(const plan *p, span text, period *out)
{
	char key[TEXT_MAX];
	span rest;
	period got = { .year = p->first.year };
	int year;

	if (!fold_key(text, key, sizeof(key)) || key[0] == 0)
		return false;
	rest = span_str(key);
	year = take_year(&rest, p->first.year / 100);
	if (year > 0)
		got.year = (uint16_t)year;
	else if (year < 0 || p->first.year != p->last.year || is_number(rest))
		return false;
	if (!take_within(rest, year > 0, &got))
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
