/* SPDX-License-Identifier: Apache-2.0 */
/* board.c - from rollup and slot rows, or from slots alone, to what is shown. */
#include "store/board.h"

#include "plan/figure.h"
#include "store/ledger.h"
#include "store/ruling_rows.h"

enum { PERIODS_OF_FIGURES = 4 /* month, quarter, half, year */ };

static span
text_of(arena *memory, const char *text)
{
	return arena_copy(memory, span_str(text));
}

/* ---- slots in rows ---- */

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
		store_no_memory(r->txn);
		return &none;
	}
	slot_init(out);
	if (plan_has_period(r->rulings->p, at.item, at.period) &&
		slot_read(r->txn, r->rulings, at, r->memory, out, values, &ignored) != MS_OK)
		store_fail(r->txn, ignored.status, ignored.code, "%s", ignored.text);
	return out;
}

/* ---- figures ---- */

/* One figure in both views. */
typedef struct both {
	figure of[VIEWS];
	uint32_t reporters; /* the `of` of it */
} both;

static void
fill_figure(const plan *p, uint32_t indicator, period at, const both *f, arena *memory,
	feed_figure *out)
{
	const plan_indicator *in = &p->indicators[indicator];
	const plan_target *target = plan_city_target(p, indicator, at);
	const figure *reported = &f->of[VIEW_REPORTED];
	char name[PERIOD_NAME_SIZE];

	*out = (feed_figure){
		.indicator = span_str(in->id),
		.period = text_of(memory, period_name(at, name)),
		.units = reported->units,
		.of = f->reporters,
		.stale = reported->stale,
		.has_target = target != NULL,
		.target = target == NULL ? 0 : target->value,
	};
	out->has = figure_value(in, reported, &out->value, &out->overflow);
	out->has_accepted =
		figure_value(in, &f->of[VIEW_ACCEPTED], &out->accepted, &out->accepted_overflow);
	if (in->type == VALUE_RATIO && reported->units > 0 && !out->overflow) {
		out->num = (int64_t)reported->num;
		out->den = (int64_t)reported->den;
	}
}

/* Room for the figures of the period itself and of those around it, up to the year. */
static ms_status
begin_figures(const plan *p, uint32_t item, arena *memory, feed_rollup *out)
{
	out->figures = arena_alloc(memory,
		PERIODS_OF_FIGURES * p->items[item].n_indicators * sizeof(*out->figures) + 1);
	return out->figures == NULL ? MS_NO_MEMORY : MS_OK;
}

/* From the rollups' rows. */
static ms_status
read_figures(store_txn *txn, const slots *all, uint32_t item, period at, arena *memory,
	feed_rollup *out, ms_error *err)
{
	const plan *p = all->p;
	const plan_item *it = &p->items[item];
	unsigned kind;
	uint32_t i;

	for (kind = at.kind; kind <= PERIOD_YEAR; kind++) {
		period wide = period_widen(at, (period_kind)kind);
		rollup r;
		ms_status s = rollup_read(txn, p, item, wide, memory, &r, err);

		if (s != MS_OK)
			return s;
		if (kind == at.kind)
			out->as_of = r.as_of;
		for (i = 0; i < it->n_indicators; i++) {
			uint32_t indicator = it->first_indicator + i;
			both f = { .of = { r.figures[VIEW_REPORTED][i],
					   r.figures[VIEW_ACCEPTED][i] } };

			if (plan_at(p, wide)->indicators[indicator].absent)
				continue;
			f.reporters = r.exempt == 0 && p->earlier == NULL
					      ? plan_reporters(p, indicator, wide)
					      : tally_of(all, indicator, wide, VIEW_REPORTED);
			fill_figure(
				p, indicator, wide, &f, memory, &out->figures[out->n_figures++]);
		}
	}
	return MS_OK;
}

/* Counted from the slots. */
static ms_status
count_figures(const slots *all, uint32_t item, period at, arena *memory, feed_rollup *out)
{
	const plan_item *it = &all->p->items[item];
	ms_status s = MS_OK;
	unsigned kind;
	uint32_t i, of;

	for (kind = at.kind; kind <= PERIOD_YEAR; kind++)
		for (i = 0; i < it->n_indicators && s == MS_OK; i++) {
			period wide = period_widen(at, (period_kind)kind);
			uint32_t indicator = it->first_indicator + i;
			both f = { .reporters = 0 };

			if (plan_at(all->p, wide)->indicators[indicator].absent)
				continue;
			s = tally_figure(all, indicator, wide, VIEW_ACCEPTED, memory,
				&f.of[VIEW_ACCEPTED], &of);
			if (s == MS_OK)
				s = tally_figure(all, indicator, wide, VIEW_REPORTED, memory,
					&f.of[VIEW_REPORTED], &f.reporters);
			fill_figure(all->p, indicator, wide, &f, memory,
				&out->figures[out->n_figures++]);
		}
	return s;
}

/* What UNIT has beside its own target T. */
static void
fill_unit(
	const slots *all, uint32_t indicator, const plan_target *t, arena *memory, feed_figure *out)
{
	const plan_indicator *in = &all->p->indicators[indicator];
	uint32_t unit = (uint32_t)t->unit;
	char name[PERIOD_NAME_SIZE];
	share x = tally_share(all, indicator, unit, t->at, VIEW_REPORTED, NULL);

	*out = (feed_figure){
		.indicator = span_str(in->id),
		.period = text_of(memory, period_name(t->at, name)),
		.unit = span_str(all->p->units[unit].id),
		.has_target = true,
		.target = t->value,
	};
	out->has = share_value(in, &x, &out->value, &out->overflow);
	x = tally_share(all, indicator, unit, t->at, VIEW_ACCEPTED, NULL);
	out->has_accepted = share_value(in, &x, &out->accepted, &out->accepted_overflow);
}

/* Where the plan has a target for a unit, of AT itself or of a period around it. */
static ms_status
fill_units(const slots *all, uint32_t item, period at, arena *memory, feed_rollup *out)
{
	const plan_item *it = &all->p->items[item];
	size_t room = 0, n;
	unsigned kind;
	uint32_t i;

	for (kind = at.kind; kind <= PERIOD_YEAR; kind++)
		for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
			room += plan_at(all->p, period_widen(at, (period_kind)kind))
					->indicators[i]
					.n_targets;
	out->unit_targets = arena_alloc(memory, room * sizeof(*out->unit_targets) + 1);
	if (out->unit_targets == NULL)
		return MS_NO_MEMORY;
	for (kind = at.kind; kind <= PERIOD_YEAR; kind++)
		for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
			period wide = period_widen(at, (period_kind)kind);
			const plan_indicator *in = &plan_at(all->p, wide)->indicators[i];

			for (n = 0; n < in->n_targets; n++)
				if (in->targets[n].unit != PLAN_NO_UNIT &&
					period_equal(in->targets[n].at, wide))
					fill_unit(all, i, &in->targets[n], memory,
						&out->unit_targets[out->n_unit_targets++]);
		}
	return MS_OK;
}

/* ---- slots ---- */

/* What a lead wants to know of a slot that is not green. */
static feed_missing
missing_of(const plan *p, const slot *s, slot_at at, const board_links *links)
{
	bool is_returned = slot_live(s) && s->recent[0].outcome == OUTCOME_RETURNED;
	feed_missing m = { .unit = span_str(p->units[at.unit].id),
		.contact = span_str(p->units[at.unit].contact),
		.deadline_us = s->granted_days > 0 ? slot_deadline_us(p, s, at) : 0,
		.returned_us = is_returned ? s->returned_us : 0 };

	if (links != NULL)
		m.link = links->of(links->ctx, at.unit, &m.last_seen_us);
	return m;
}

/* The progress of the first lead; in split items the lowest of the leads. */
static void
note_progress(const plan *p, const slot *s, slot_at at, feed_rollup *out)
{
	const plan_item *it;

	p = plan_at(p, at.period);
	it = &p->items[at.item];
	if (!s->shown.has_progress || !plan_is_lead(p, at.item, at.unit))
		return;
	if (it->mode != ITEM_SPLIT && it->leads[0] != at.unit)
		return;
	if (!out->has_progress || s->shown.progress_pct < out->progress_pct)
		out->progress_pct = s->shown.progress_pct;
	out->has_progress = true;
}

static ms_status
fill_slots(const slots *all, uint32_t item, period at, const board_links *links, arena *memory,
	feed_rollup *out)
{
	slot_at where = { .item = item, .period = at };
	const plan *p = all->p;

	out->missing = arena_alloc(memory, (p->n_units + 1) * sizeof(*out->missing));
	out->returned = arena_alloc(memory, (p->n_units + 1) * sizeof(*out->returned));
	if (out->missing == NULL || out->returned == NULL)
		return MS_NO_MEMORY;
	for (where.unit = 0; where.unit < p->n_units; where.unit++) {
		const slot *s;

		if (!rulings_owes(all->rulings, where))
			continue;
		s = all->get(all->ctx, where, NULL);
		if (s->exempt)
			continue;
		out->expected++;
		note_progress(p, s, where, out);
		if (slot_accepted(s).revision != 0)
			out->accepted++;
		if (slot_reported(s).revision == 0) {
			out->missing[out->n_missing++] = missing_of(p, s, where, links);
			continue;
		}
		out->actual++;
		out->on_time += slot_on_time(p, s, where);
		if (s->recent[0].outcome == OUTCOME_RETURNED)
			out->returned[out->n_returned++] = missing_of(p, s, where, links);
	}
	return MS_OK;
}

/* ---- the whole ---- */

static ms_status
begin(const plan *p, uint64_t key, arena *memory, uint32_t *item, period *at, feed_rollup *out)
{
	char name[PERIOD_NAME_SIZE];

	*item = (uint32_t)(key >> 32);
	*at = period_from_code((uint32_t)key);
	if (*item >= p->n_items || !plan_has_period(p, *item, *at))
		return MS_NOT_FOUND;
	*out = (feed_rollup){
		.item = span_str(p->items[*item].id),
		.period = text_of(memory, period_name(*at, name)),
		.deadline_us = plan_deadline_us(p, *item, *at),
	};
	return begin_figures(p, *item, memory, out);
}

ms_status
board_rollup(store_txn *txn, const rulings *rulings_now, uint64_t key, const board_links *links,
	arena *memory, feed_rollup *out, ms_error *err)
{
	slot_reading reading = { .txn = txn, .rulings = rulings_now, .memory = memory };
	const slots all = {
		.p = rulings_now->p, .rulings = rulings_now, .ctx = &reading, .get = get_slot
	};
	uint32_t item;
	period at;
	ms_status s = begin(all.p, key, memory, &item, &at, out);

	if (s == MS_OK)
		s = read_figures(txn, &all, item, at, memory, out, err);
	if (s == MS_OK)
		s = fill_units(&all, item, at, memory, out);
	if (s == MS_OK)
		s = fill_slots(&all, item, at, links, memory, out);
	return s == MS_OK ? store_status(txn, err) : s;
}

ms_status
board_of_slots(const slots *all, uint64_t key, arena *memory, feed_rollup *out)
{
	uint32_t item;
	period at;
	ms_status s = begin(all->p, key, memory, &item, &at, out);

	if (s == MS_OK)
		s = count_figures(all, item, at, memory, out);
	if (s == MS_OK)
		s = fill_units(all, item, at, memory, out);
	return s == MS_OK ? fill_slots(all, item, at, NULL, memory, out) : s;
}
