/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/board_rollup.h"

period
board_default_period(const plan *p, int64_t hub_time_us)
{
	period at = p->first;

	/* The next one has ended when the one after it has begun. */
	while (!period_equal(at, p->last) &&
		plan_begin_us(p, period_next(period_next(at))) <= hub_time_us)
		at = period_next(at);
	return at;
}

int
board_item(const board *b, const feed_rollup *r)
{
	int item = plan_find_item(b->plan, r->item);
	period at;

	if (item < 0 || (b->ask->item >= 0 && item != b->ask->item) ||
		!period_parse(r->period, &at))
		return -1;
	return period_meets(at, b->ask->at) ? item : -1;
}

const plan_item *
board_item_then(const board *b, int item, const feed_rollup *r)
{
	period at = { 0 };

	return period_parse(r->period, &at) ? &plan_at(b->plan, at)->items[item]
					    : &b->plan->items[item];
}

/* What the hub tells of a slot that is not green, as a slot. */
light
board_light_of(const board *b, slot_at at, const feed_missing *m)
{
	int64_t day_us = INT64_C(86400) * 1000000;
	int64_t plan_us = plan_deadline_us(b->plan, at.item, at.period);
	slot s;

	slot_init(&s);
	if (m->deadline_us > plan_us)
		s.granted_days = (int32_t)((m->deadline_us - plan_us) / day_us);
	if (m->returned_us != 0) {
		s.n_recent = 1;
		s.recent[0].kind = ACT_REPORT;
		s.recent[0].outcome = OUTCOME_RETURNED;
		s.returned_us = m->returned_us;
	}
	return slot_light(b->plan, &s, at, true, b->hub_time_us);
}

light
board_light(const board *b, uint32_t item, const feed_rollup *r)
{
	uint32_t counts[LIGHTS] = { 0 };
	slot_at at = { .item = item };
	size_t i;

	period_parse(r->period, &at.period);
	for (i = 0; i < r->n_missing; i++)
		counts[board_light_of(b, at, &r->missing[i])]++;
	for (i = 0; i < r->n_returned; i++)
		counts[board_light_of(b, at, &r->returned[i])]++;
	if (r->expected > r->n_missing + r->n_returned)
		counts[LIGHT_GREEN] = r->expected - (uint32_t)(r->n_missing + r->n_returned);
	return light_of_item(counts);
}

unsigned
board_line(const board *b, uint32_t item, const feed_rollup *r)
{
	period at = { 0 };

	period_parse(r->period, &at);
	return light_line(b->plan, item, at);
}
