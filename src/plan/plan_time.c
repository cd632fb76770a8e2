/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_time.c - the plan's periods, who is alive in them, and when their reports are due.
 *
 * Deadline = period end + due days, end of that day in the plan's zone, as the exclusive next
 * midnight. All of it is day arithmetic; the zone enters only where a day becomes an instant.
 */
#include "plan/plan.h"

#include <stdlib.h>

static int
compare_days(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

	return (left > right) - (left < right);
}

static bool
has_day(const int32_t *days, size_t n, int32_t day)
{
	return n > 0 && bsearch(&day, days, n, sizeof(*days), compare_days) != NULL;
}

/* 1970-01-01 was a Thursday. */
static bool
is_weekend(int32_t day)
{
	int32_t weekday = (day % 7 + 7 + 3) % 7; /* 0 = Monday */

	return weekday >= 5;
}

bool
plan_working_day(const plan *p, int32_t day)
{
	if (has_day(p->days_made_up, p->n_days_made_up, day))
		return true;
	return !is_weekend(day) && !has_day(p->days_off, p->n_days_off, day);
}

int32_t
plan_due_day(const plan *p, uint32_t item, period at)
{
	int32_t day = period_end_day(at) - 1;
	int left;

	p = plan_at(p, at);
	left = p->items[item].due_days;
	if (!p->due_in_working_days)
		day += left;
	/* Calendars are finite and weekends regular, so working days never run out. */
	while (p->due_in_working_days && left > 0) {
		day++;
		left -= plan_working_day(p, day) ? 1 : 0;
	}
	while (p->roll_to_working_day && !plan_working_day(p, day))
		day++;
	return day;
}

int64_t
plan_deadline_us(const plan *p, uint32_t item, period at)
{
	return day_start_us(plan_due_day(p, item, at) + 1, p->zone_min);
}

int64_t
plan_lock_us(const plan *p, uint32_t item, period at)
{
	return day_start_us(
		plan_due_day(p, item, at) + 1 + plan_at(p, at)->items[item].lock_days, p->zone_min);
}

static bool
in_range(const plan *p, period at)
{
	return period_between(at, p->first, p->last);
}

bool
plan_has_period(const plan *p, uint32_t item, period at)
{
	if (at.kind == PERIOD_NONE || at.kind != (uint8_t)p->items[item].kind)
		return false;
	p = plan_at(p, at);
	return !p->items[item].absent && in_range(p, at);
}

bool
plan_item_period(const plan *p, uint32_t item, unsigned n, period *out)
{
	int32_t begin = period_first_day(p->first);
	period at = period_of_day(p->items[item].kind, begin);

	if (period_first_day(at) < begin)
		at = period_next(at);
	for (; n > 0 && in_range(p, at); n--)
		at = period_next(at);
	if (!in_range(p, at))
		return false;
	*out = at;
	return true;
}

bool
plan_ever_item_period(const plan *p, uint32_t item, unsigned n, period *out)
{
	while (p != NULL && !plan_item_period(p, item, n, out))
		p = p->earlier;
	return p != NULL;
}

bool
plan_unit_alive(const plan *p, uint32_t unit, period at)
{
	const plan_unit *u = &plan_at(p, at)->units[unit];

	if (u->absent)
		return false;
	if (u->from.kind != PERIOD_NONE && period_end_day(at) <= period_first_day(u->from))
		return false;
	return u->to.kind == PERIOD_NONE || period_first_day(at) < period_end_day(u->to);
}

bool
plan_expects(const plan *p, uint32_t item, uint32_t unit, period at)
{
	p = plan_at(p, at);
	return plan_role_of(p, item, unit) >= ROLE_REQUIRED && plan_unit_alive(p, unit, at);
}

bool
plan_takes_part(const plan *p, uint32_t item, uint32_t unit, period at)
{
	p = plan_at(p, at);
	return plan_role_of(p, item, unit) != ROLE_NONE && plan_unit_alive(p, unit, at);
}

uint32_t
plan_expected(const plan *p, uint32_t item, period at)
{
	uint32_t n = 0;

	for (uint32_t unit = 0; unit < p->n_units; unit++)
		n += plan_expects(p, item, unit, at) ? 1 : 0;
	return n;
}

bool
plan_wants_value(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	return period_closes(at, p->indicators[indicator].kind) &&
	       plan_reports(p, indicator, unit, at);
}

bool
plan_reports(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	p = plan_at(p, at);
	return p->indicators[indicator].reporters[unit] && plan_unit_alive(p, unit, at);
}

bool
plan_asks(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	return p->earlier == NULL || plan_reports(p, indicator, unit, at);
}

bool
plan_ever_reports(const plan *p, uint32_t indicator, uint32_t unit)
{
	for (; p != NULL; p = p->earlier)
		if (p->indicators[indicator].reporters[unit])
			return true;
	return false;
}

uint32_t
plan_reporters(const plan *p, uint32_t indicator, period at)
{
	uint32_t n = 0;

	p = plan_at(p, at);
	for (uint32_t unit = 0; unit < p->n_units; unit++)
		n += plan_reports(p, indicator, unit, at) ? 1 : 0;
	return n;
}

bool
plan_is_inner(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	const plan_indicator *in;
	int outer;

	p = plan_at(p, at);
	in = &p->indicators[indicator];
	outer = p->units[unit].inside;
	if (!in->gross || (in->space != SPACE_SUM && in->space != SPACE_RATIO))
		return false;
	while (outer != PLAN_NO_UNIT && !in->reporters[outer])
		outer = p->units[outer].inside;
	return outer != PLAN_NO_UNIT;
}

const plan_target *
plan_city_target(const plan *p, uint32_t indicator, period at)
{
	const plan_indicator *in = &plan_at(p, at)->indicators[indicator];
	const plan_target *whole = NULL;

	for (size_t i = 0; i < in->n_targets; i++) {
		const plan_target *t = &in->targets[i];

		if (t->unit != PLAN_NO_UNIT)
			continue;
		if (t->at.kind != PERIOD_NONE && period_equal(t->at, at))
			return t;
		if (t->at.kind == PERIOD_NONE)
			whole = t;
	}
	/* What adds up over the year is held against the year's target as a whole only. */
	return in->time == TIME_SUM && at.kind != PERIOD_YEAR ? NULL : whole;
}

const plan_target *
plan_unit_target(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	const plan_indicator *in = &plan_at(p, at)->indicators[indicator];

	for (size_t i = 0; i < in->n_targets; i++)
		if (in->targets[i].unit == (int)unit && period_equal(in->targets[i].at, at))
			return &in->targets[i];
	return NULL;
}
