/* SPDX-License-Identifier: Apache-2.0 */
/* board.c - reads rollup and slot rows; judges nothing, adds nothing up. */
#include "store/board.h"

#include "plan/figure.h"
#include "store/ledger.h"
#include "store/ruling_rows.h"

enum { PERIODS_OF_FIGURES = 4 /* month, quarter, half, year */ };

bool
board_visible(const plan *p, uint32_t unit, uint32_t item)
{
	return p->observers[unit] || plan_is_lead(p, item, unit);
}

static span
text_of(arena *memory, const char *text)
{
	return arena_copy(memory, span_str(text));
}

static void
fill_figure(const plan *p, uint32_t indicator, period at, const figure *f, arena *memory,
	feed_figure *out)
{
	const plan_indicator *in = &p->indicators[indicator];
	const plan_target *target = plan_city_target(p, indicator, at);
	char name[PERIOD_NAME_SIZE];

	*out = (feed_figure){
		.indicator = span_str(in->id),
		.period = text_of(memory, period_name(at, name)),
		.units = f->units,
		.of = plan_reporters(p, indicator, at),
		.stale = f->stale,
		.has_target = target != NULL,
		.target = target == NULL ? 0 : target->value,
	};
	out->has = figure_value(in, f, &out->value, &out->overflow);
	if (in->type == VALUE_RATIO && f->units > 0) {
		out->num = (int64_t)f->num;
		out->den = (int64_t)f->den;
	}
}

/* The figures of the view `reported`: of the period itself and of the half and year around it. */
static ms_status
fill_figures(store_txn *txn, const plan *p, uint32_t item, period at, arena *memory,
	feed_rollup *out, ms_error *err)
{
	const plan_item *it = &p->items[item];
	unsigned kind;
	uint32_t i;

	out->figures = arena_alloc(
		memory, PERIODS_OF_FIGURES * it->n_indicators * sizeof(*out->figures) + 1);
	if (out->figures == NULL)
		return MS_NO_MEMORY;
	for (kind = at.kind; kind <= PERIOD_YEAR; kind++) {
		period wide = period_widen(at, (period_kind)kind);
		rollup r;
		ms_status s = rollup_read(txn, p, item, wide, memory, &r, err);

		if (s != MS_OK)
			return s;
		if (kind == at.kind) {
			out->actual = r.actual[VIEW_REPORTED];
			out->on_time = r.on_time[VIEW_REPORTED];
			out->as_of = r.as_of;
		}
		for (i = 0; i < it->n_indicators; i++)
			fill_figure(p, it->first_indicator + i, wide, &r.figures[VIEW_REPORTED][i],
				memory, &out->figures[out->n_figures++]);
	}
	return MS_OK;
}

static ms_status
fill_missing(store_txn *txn, const rulings *r, uint32_t item, period at, const board_links *links,
	arena *memory, feed_rollup *out, ms_error *err)
{
	const plan *p = r->p;
	uint32_t unit;

	out->missing = arena_alloc(memory, (p->n_units + 1) * sizeof(*out->missing));
	if (out->missing == NULL)
		return MS_NO_MEMORY;
	for (unit = 0; unit < p->n_units; unit++) {
		feed_missing *m = &out->missing[out->n_missing];
		slot_at where = { .item = item, .unit = unit, .period = at };
		slot s;
		ms_status status;

		if (!rulings_owes(r, where))
			continue;
		status = slot_read(txn, r, where, memory, &s, NULL, err);
		if (status != MS_OK)
			return status;
		out->expected += s.exempt ? 0 : 1;
		if (s.exempt || slot_reported(&s).revision != 0)
			continue;
		*m = (feed_missing){ .unit = span_str(p->units[unit].id),
			.contact = span_str(p->units[unit].contact) };
		m->link = links->of(links->ctx, unit, &m->last_seen_us);
		out->n_missing++;
	}
	return MS_OK;
}

ms_status
board_rollup(store_txn *txn, const plan *p, uint64_t key, const board_links *links, arena *memory,
	feed_rollup *out, ms_error *err)
{
	uint32_t item = (uint32_t)(key >> 32);
	period at = period_from_code((uint32_t)key);
	char name[PERIOD_NAME_SIZE];
	rulings r;
	ms_status s;

	if (item >= p->n_items || !plan_has_period(p, item, at))
		return MS_NOT_FOUND;
	*out = (feed_rollup){
		.item = span_str(p->items[item].id),
		.period = text_of(memory, period_name(at, name)),
		.deadline_us = plan_deadline_us(p, item, at),
	};
	rulings_init(&r, p);
	ruling_rows_load(txn, &r);
	s = store_ok(txn) ? fill_figures(txn, p, item, at, memory, out, err)
			  : store_status(txn, err);
	if (s == MS_OK)
		s = fill_missing(txn, &r, item, at, links, memory, out, err);
	rulings_fini(&r);
	return s;
}
