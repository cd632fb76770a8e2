/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/tally.h"

enum { SUB_PERIODS_MAX = 12 };

const char *
view_name(figure_view v)
{
	return v == VIEW_REPORTED ? "reported" : "accepted";
}

static bool
has_revision(const slot *s, figure_view v)
{
	return (v == VIEW_REPORTED ? slot_reported(s) : slot_accepted(s)).revision != 0;
}

completeness
tally_complete(const slots *all, uint32_t item, period at, figure_view v)
{
	completeness c = { 0 };
	uint32_t unit;

	for (unit = 0; unit < all->p->n_units; unit++) {
		slot_at where = { .item = item, .unit = unit, .period = at };
		const slot *s;

		if (!rulings_owes(all->rulings, where))
			continue;
		s = all->get(all->ctx, where, NULL);
		if (s->exempt)
			continue;
		c.expected++;
		c.actual += has_revision(s, v);
		c.on_time += has_revision(s, v) && slot_on_time(all->p, s, where);
	}
	return c;
}

share
tally_share(
	const slots *all, uint32_t indicator, uint32_t unit, period at, figure_view v, bool *nil)
{
	const plan_indicator *in = &all->p->indicators[indicator];
	const plan_item *it = &all->p->items[in->item];
	slot_at where = { .item = in->item, .unit = unit };
	const value *series[SUB_PERIODS_MAX];
	bool any_nil = false, any_given = false;
	unsigned n, i;
	share out;

	n = period_split(at, it->kind, &where.period);
	for (i = 0; i < n; i++, where.period = period_next(where.period)) {
		slot_values values = { 0 };

		all->get(all->ctx, where, &values);
		series[i] =
			values.of[v] == NULL || !plan_asks(all->p, indicator, unit, where.period)
				? NULL
				: &values.of[v][indicator - it->first_indicator];
		any_nil |= series[i] != NULL && series[i]->state == VALUE_NIL;
		any_given |= series[i] != NULL && series[i]->state == VALUE_GIVEN;
	}
	out = share_of(in, series, n);
	out.inner = out.has && plan_is_inner(all->p, indicator, unit, at);
	if (nil != NULL)
		*nil = any_nil && !any_given;
	return out;
}

/* A reporter in none of the figure's sub-periods, or exempt in all in which it is one? */
static bool
is_out(const slots *all, uint32_t indicator, uint32_t unit, period at, bool *alive)
{
	uint32_t item = all->p->indicators[indicator].item;
	slot_at where = { .item = item, .unit = unit };
	unsigned n = period_split(at, all->p->items[item].kind, &where.period), i;
	bool exempt = true;

	*alive = false;
	for (i = 0; i < n; i++, where.period = period_next(where.period))
		if (plan_reports(all->p, indicator, unit, where.period)) {
			*alive = true;
			exempt &= all->get(all->ctx, where, NULL)->exempt;
		}
	return !*alive || exempt;
}

uint32_t
tally_of(const slots *all, uint32_t indicator, period at, figure_view v)
{
	uint32_t unit, n = 0;
	bool alive;

	for (unit = 0; unit < all->p->n_units; unit++)
		if (plan_ever_reports(all->p, indicator, unit))
			n += !is_out(all, indicator, unit, at, &alive) ||
			     (alive && tally_share(all, indicator, unit, at, v, NULL).has);
	return n;
}

ms_status
tally_figure(const slots *all, uint32_t indicator, period at, figure_view v, arena *memory,
	figure *out, uint32_t *of)
{
	const plan_indicator *in = &all->p->indicators[indicator];
	share *shares = arena_zalloc(memory, (all->p->n_units + 1) * sizeof(*shares));
	uint32_t unit;

	if (shares == NULL)
		return MS_NO_MEMORY;
	*of = tally_of(all, indicator, at, v);
	for (unit = 0; unit < all->p->n_units; unit++)
		if (plan_ever_reports(all->p, indicator, unit))
			shares[unit] = tally_share(all, indicator, unit, at, v, NULL);
	return figure_recount(in, shares, all->p->n_units, memory, out);
}
