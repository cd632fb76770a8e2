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

/* ---- slots in rows, for what is counted over all of them ---- */

typedef struct slot_reading {
	store_txn *txn;
	const rulings *rulings;
	arena *memory;
} slot_reading;

/* A failure is held in the transaction; what it gives then is a slot as new. */
static const slot *
get_slot(void *ctx, slot_at at, slot_values *values)
{
	const slot_reading *r = ctx;
	slot *out = arena_alloc(r->memory, sizeof(*out));
	ms_error ignored = { 0 };
	static const slot none;

	if (values != NULL)
		*values = (slot_values){ 0 };
	if (out == NULL) {
		store_fail(r->txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a board");
		return &none;
	}
	slot_init(out);
	if (plan_has_period(r->rulings->p, at.item, at.period))
		slot_read(r->txn, r->rulings, at, r->memory, out, values, &ignored);
	return out;
}

/* ---- figures ---- */

static void
fill_figure(const slots *all, uint32_t indicator, period at, const rollup *r, uint32_t k,
	arena *memory, feed_figure *out)
{
	const figure *f = &r->figures[VIEW_REPORTED][k];
	const figure *accepted = &r->figures[VIEW_ACCEPTED][k];
	const plan *p = all->p;
	const plan_indicator *in = &p->indicators[indicator];
	const plan_target *target = plan_city_target(p, indicator, at);
	char name[PERIOD_NAME_SIZE];
	bool overflow;

	*out = (feed_figure){
		.indicator = span_str(in->id),
		.period = text_of(memory, period_name(at, name)),
		.units = f->units,
		.of = r->exempt == 0 ? plan_reporters(p, indicator, at)
				     : tally_of(all, indicator, at, VIEW_REPORTED),
		.stale = f->stale,
		.has_target = target != NULL,
		.target = target == NULL ? 0 : target->value,
	};
	out->has = figure_value(in, f, &out->value, &out->overflow);
	out->has_accepted = figure_value(in, accepted, &out->accepted, &overflow);
	if (in->type == VALUE_RATIO && f->units > 0) {
		out->num = (int64_t)f->num;
		out->den = (int64_t)f->den;
	}
}

/* The figures of the view `reported`: of the period itself and of the half and year around it. */
static ms_status
fill_figures(store_txn *txn, const rulings *rulings_now, uint32_t item, period at, arena *memory,
	feed_rollup *out, ms_error *err)
{
	const plan *p = rulings_now->p;
	const plan_item *it = &p->items[item];
	slot_reading reading = { .txn = txn, .rulings = rulings_now, .memory = memory };
	const slots all = { .p = p, .rulings = rulings_now, .ctx = &reading, .get = get_slot };
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
			out->accepted = r.actual[VIEW_ACCEPTED];
			out->as_of = r.as_of;
		}
		for (i = 0; i < it->n_indicators; i++)
			fill_figure(&all, it->first_indicator + i, wide, &r, i, memory,
				&out->figures[out->n_figures++]);
	}
	return MS_OK;
}

/* What a lead wants to know of a slot that is not green. */
static feed_missing
missing_of(const plan *p, const slot *s, slot_at at, const board_links *links)
{
	bool is_returned = slot_live(s) && s->recent[0].outcome == OUTCOME_RETURNED;
	feed_missing m = { .unit = span_str(p->units[at.unit].id),
		.contact = span_str(p->units[at.unit].contact),
		.deadline_us = s->granted_days > 0 ? slot_deadline_us(p, s, at) : 0,
		.returned_us = is_returned ? s->returned_us : 0 };

	m.link = links->of(links->ctx, at.unit, &m.last_seen_us);
	return m;
}

/* The progress of the first lead; in split items the lowest of the leads. */
static void
note_progress(const plan *p, const slot *s, slot_at at, feed_rollup *out)
{
	const plan_item *it = &p->items[at.item];

	if (!s->shown.has_progress || !plan_is_lead(p, at.item, at.unit))
		return;
	if (it->mode != ITEM_SPLIT && it->leads[0] != at.unit)
		return;
	if (!out->has_progress || s->shown.progress_pct < out->progress_pct)
		out->progress_pct = s->shown.progress_pct;
	out->has_progress = true;
}

static ms_status
fill_slots(store_txn *txn, const rulings *r, uint32_t item, period at, const board_links *links,
	arena *memory, feed_rollup *out, ms_error *err)
{
	slot_at where = { .item = item, .period = at };
	const plan *p = r->p;

	out->missing = arena_alloc(memory, (p->n_units + 1) * sizeof(*out->missing));
	out->returned = arena_alloc(memory, (p->n_units + 1) * sizeof(*out->returned));
	if (out->missing == NULL || out->returned == NULL)
		return MS_NO_MEMORY;
	for (where.unit = 0; where.unit < p->n_units; where.unit++) {
		slot s;
		ms_status status;

		if (!rulings_owes(r, where))
			continue;
		status = slot_read(txn, r, where, memory, &s, NULL, err);
		if (status != MS_OK)
			return status;
		if (s.exempt)
			continue;
		out->expected++;
		note_progress(p, &s, where, out);
		if (slot_reported(&s).revision == 0)
			out->missing[out->n_missing++] = missing_of(p, &s, where, links);
		else if (s.recent[0].outcome == OUTCOME_RETURNED)
			out->returned[out->n_returned++] = missing_of(p, &s, where, links);
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
	s = store_ok(txn) ? fill_figures(txn, &r, item, at, memory, out, err)
			  : store_status(txn, err);
	if (s == MS_OK)
		s = fill_slots(txn, &r, item, at, links, memory, out, err);
	rulings_fini(&r);
	return s;
}
