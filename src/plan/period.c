/* SPDX-License-Identifier: Apache-2.0 */
/* period.c - every kind is a number of months; the rest is division. */
#include "plan/period.h"

#include <stdio.h>

#include "base/clock.h"

enum { MONTHS = 12, YEAR_MIN = 1900, YEAR_MAX = 9999 };

static const struct {
	uint8_t months; /* of one period */
	char letter;    /* in its name; 0 = none */
} kinds[] = {
	[PERIOD_NONE] = { 0, 0 },
	[PERIOD_MONTH] = { 1, 0 },
	[PERIOD_QUARTER] = { 3, 'Q' },
	[PERIOD_HALF] = { 6, 'H' },
	[PERIOD_YEAR] = { 12, 0 },
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The part behind "2012-": "Q2", "H1", "07". */
static bool
parse_within(span text, period *out)
{
	unsigned kind;

	if (text.len != 2 || !is_digit(text.at[1]))
		return false;
	if (is_digit(text.at[0])) {
		out->kind = PERIOD_MONTH;
		out->index = (uint8_t)((text.at[0] - '0') * 10 + text.at[1] - '0');
	} else {
		for (kind = PERIOD_QUARTER; kind <= PERIOD_HALF; kind++)
			if (text.at[0] == (uint8_t)kinds[kind].letter)
				out->kind = (uint8_t)kind;
		out->index = (uint8_t)(text.at[1] - '0');
	}
	return out->kind != PERIOD_NONE && out->index >= 1 &&
	       out->index <= periods_in_year((period_kind)out->kind);
}

bool
period_parse(span text, period *out)
{
	period p = { .kind = PERIOD_NONE };
	unsigned i;

	if (text.len < 4)
		return false;
	for (i = 0; i < 4; i++) {
		if (!is_digit(text.at[i]))
			return false;
		p.year = (uint16_t)(p.year * 10 + text.at[i] - '0');
	}
	if (p.year < YEAR_MIN)
		return false;
	if (text.len == 4) {
		p.kind = PERIOD_YEAR;
		p.index = 1;
	} else if (text.at[4] != '-' || !parse_within(span_of(text.at + 5, text.len - 5), &p)) {
		return false;
	}
	*out = p;
	return true;
}

const char *
period_name(period p, char out[PERIOD_NAME_SIZE])
{
	unsigned year = p.year % 10000u, index = p.index % 100u;

	if (p.kind == PERIOD_MONTH)
		snprintf(out, PERIOD_NAME_SIZE, "%04u-%02u", year, index);
	else if (p.kind == PERIOD_QUARTER || p.kind == PERIOD_HALF)
		snprintf(out, PERIOD_NAME_SIZE, "%04u-%c%u", year, kinds[p.kind].letter,
			index % 10u);
	else if (p.kind == PERIOD_YEAR)
		snprintf(out, PERIOD_NAME_SIZE, "%04u", year);
	else
		out[0] = '\0';
	return out;
}

bool
period_equal(period a, period b)
{
	return a.year == b.year && a.kind == b.kind && a.index == b.index;
}

uint32_t
period_code(period p)
{
	return (uint32_t)p.year << 16 | (uint32_t)p.kind << 8 | p.index;
}

period
period_from_code(uint32_t code)
{
	period p = {
		.year = (uint16_t)(code >> 16), .kind = (uint8_t)(code >> 8), .index = (uint8_t)code
	};

	if (p.year < YEAR_MIN || p.year > YEAR_MAX || p.index == 0 ||
		p.index > periods_in_year((period_kind)p.kind))
		return (period){ .kind = PERIOD_NONE };
	return p;
}

unsigned
periods_in_year(period_kind kind)
{
	return kind >= PERIOD_MONTH && kind <= PERIOD_YEAR ? (unsigned)(MONTHS / kinds[kind].months)
							   : 0;
}

/* Months since year 0 at which P begins. */
static unsigned
first_month(period p)
{
	return p.year * (unsigned)MONTHS + (p.index - 1u) * kinds[p.kind].months;
}

static int32_t
day_of_month_start(unsigned month)
{
	return civil_to_days((int)(month / MONTHS), month % MONTHS + 1, 1);
}

static period
period_of_month(period_kind kind, unsigned month)
{
	return (period){
		.year = (uint16_t)(month / MONTHS),
		.kind = (uint8_t)kind,
		.index = (uint8_t)(month % MONTHS / kinds[kind].months + 1),
	};
}

int32_t
period_first_day(period p)
{
	return day_of_month_start(first_month(p));
}

int32_t
period_end_day(period p)
{
	return day_of_month_start(first_month(p) + kinds[p.kind].months);
}

period
period_of_day(period_kind kind, int32_t day)
{
	unsigned month, day_of_month;
	int year;

	civil_from_days(day, &year, &month, &day_of_month);
	return period_of_month(kind, (unsigned)year * MONTHS + month - 1);
}

period
period_next(period p)
{
	return period_of_month((period_kind)p.kind, first_month(p) + kinds[p.kind].months);
}

bool
period_within(period inner, period outer)
{
	unsigned from = first_month(inner), start = first_month(outer);

	return from >= start && from + kinds[inner.kind].months <= start + kinds[outer.kind].months;
}

bool
period_meets(period a, period b)
{
	return period_within(a, b) || period_within(b, a);
}

bool
period_between(period p, period first, period last)
{
	return first_month(p) >= first_month(first) &&
	       first_month(p) + kinds[p.kind].months <= first_month(last) + kinds[last.kind].months;
}

bool
period_closes(period p, period_kind kind)
{
	unsigned months = kinds[kind].months;

	return months != 0 && p.index * kinds[p.kind].months % months == 0;
}

period
period_widen(period p, period_kind kind)
{
	return period_of_month(kind, first_month(p));
}

unsigned
period_split(period p, period_kind kind, period *first)
{
	if (kinds[kind].months == 0 || kinds[kind].months > kinds[p.kind].months)
		return 0;
	*first = period_of_month(kind, first_month(p));
	return kinds[p.kind].months / kinds[kind].months;
}

int64_t
day_start_us(int32_t day, int offset_min)
{
	return ((int64_t)day * 1440 - offset_min) * 60 * 1000000;
}
