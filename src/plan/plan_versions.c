/* SPDX-License-Identifier: Apache-2.0 */
/* plan_versions.c - a plan that changes: which version counts when. */
#include "plan/plan.h"

const plan *
plan_at(const plan *p, period at)
{
	while (p->earlier != NULL && period_end_day(at) <= period_first_day(p->from))
		p = p->earlier;
	return p;
}

int64_t
plan_begin_us(const plan *p, period at)
{
	return day_start_us(period_first_day(at), p->zone_min);
}

const plan *
plan_now(const plan *p, int64_t now_us)
{
	while (p->earlier != NULL && now_us < plan_begin_us(p, p->from))
		p = p->earlier;
	return p;
}

const plan *
plan_leading(const plan *p, uint32_t item, int64_t now_us)
{
	p = plan_now(p, now_us);
	while (p->items[item].absent && p->earlier != NULL)
		p = plan_now(p->earlier, now_us);
	return p;
}

const plan *
plan_of_version(const plan *p, const hash32 *version)
{
	while (p != NULL && !hash_equal(&p->version, version))
		p = p->earlier;
	return p;
}

bool
plan_ever_splits(const plan *p, uint32_t item)
{
	for (; p != NULL; p = p->earlier)
		if (p->items[item].mode == ITEM_SPLIT)
			return true;
	return false;
}

plan_sizes
plan_size(const plan *p)
{
	plan_sizes n = { 0 };
	uint32_t i;

	for (i = 0; i < p->n_units; i++)
		n.units += !p->units[i].absent;
	for (i = 0; i < p->n_items; i++)
		n.items += !p->items[i].absent;
	for (i = 0; i < p->n_indicators; i++)
		n.indicators += !p->indicators[i].absent;
	return n;
}

unsigned
plan_versions(const plan *p)
{
	unsigned n = 0;

	for (; p != NULL; p = p->earlier)
		n++;
	return n;
}
