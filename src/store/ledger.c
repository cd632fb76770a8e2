/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.c - acts in, verdicts out; slots, rollups and feeds follow in the same transaction.
 *
 * A turn of the writer: ledger_take and ledger_route for every batch, then one ledger_flush.
 * Verdicts need only slots; figures are touched at the flush, once per slot whose live content
 * moved, however many revisions came.
 *
 * Here: turns and the figures. Not here: a ledger's life (ledger_life.c), acts one by one
 * (ledger_judge.c), feeds (ledger_route.c), which rules decide (plan/judge.c, plan/slot_act.c), how
 * figures add up (plan/figure.c), the log itself (log.c).
 */
#include "store/ledger.h"

#include <stdlib.h>

#include "codec/acts.h"
#include "store/ledger_parts.h"

void
ledger_take(ledger *l, store_txn *txn, ledger_batch *b)
{
	uint16_t i;

	l->batch = b;
	l->txn = txn;
	ledger_need_rulings(l, txn);
	for (i = 0; i < b->count && store_ok(txn); i++) {
		b->prevs[i] = (record_place){ .leaf = UINT64_MAX };
		b->verdicts[i] = (uint8_t)ledger_judge(l, txn, b, i);
	}
	arena_reset(&l->scratch);
	l->batch = NULL;
	l->txn = NULL;
}

/* ---- rollups ---- */

/* A period with figures: the slot's own, or a coarser one that contains it. */
typedef struct figure_span {
	period at;
	unsigned first, n; /* which of the year's slots */
} figure_span;

/* One unit's shares in one view: what it adds to the figures of one period. */
static void
shares_for(ledger *l, const slot_entry *e, figure_view v, slot_entry *const *year,
	const figure_span *in, share *out)
{
	const plan_item *it = &l->plan->items[e->at.item];
	uint32_t i, indicator = it->first_indicator;
	unsigned k;

	for (i = 0; i < it->n_indicators; i++, indicator++) {
		const value *series[12];

		for (k = 0; k < in->n; k++) {
			const slot_entry *s = year[in->first + k];

			series[k] = s->held[v].values == NULL || !plan_asks(l->plan, indicator,
									 e->at.unit, s->at.period)
					    ? NULL
					    : &s->held[v].values[i];
		}
		out[i] = share_of(&l->plan->indicators[indicator], series, in->n);
		out[i].inner = out[i].has && plan_is_inner(l->plan, indicator, e->at.unit, in->at);
	}
}

/* The item's slots of E's unit in E's year, in order; false after a failure. */
static bool
slots_of_year(ledger *l, store_txn *txn, const slot_entry *e, slot_entry **year, unsigned *n)
{
	period p;
	unsigned i;

	*n = period_split(
		period_widen(e->at.period, PERIOD_YEAR), (period_kind)e->at.period.kind, &p);
	for (i = 0; i < *n; i++, p = period_next(p)) {
		year[i] = slot_cache_get(&l->slots, txn,
			(slot_at){ .item = e->at.item, .unit = e->at.unit, .period = p });
		if (year[i] == NULL)
			return false;
	}
	return true;
}

/* All of them, from the slot's own to the year. */
static unsigned
figure_spans(period slot_period, figure_span out[4])
{
	unsigned n = 0, kind;

	for (kind = slot_period.kind; kind <= PERIOD_YEAR; kind++) {
		figure_span *s = &out[n++];
		period first;

		s->at = period_widen(slot_period, (period_kind)kind);
		s->n = period_split(s->at, (period_kind)slot_period.kind, &first);
		s->first = (unsigned)first.index - 1;
	}
	return n;
}

/* The report of revision REF: of this turn, or read again from the log. NULL: none, or failed. */
static const report *
report_of(ledger *l, store_txn *txn, const slot_entry *e, slot_ref ref, act *room)
{
	log_record record;

	if (ref.revision == 0)
		return NULL;
	if (e->fresh != NULL && e->fresh_revision == ref.revision)
		return e->fresh;
	if (!log_read(txn, ref.place.leaf, &record))
		return NULL;
	if (act_decode(log_act(&record, ref.place.at), &l->scratch, room) != MS_OK ||
		room->malformed || room->kind != ACT_REPORT) {
		store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"record %llu/%u is not the report that its slot names",
			(unsigned long long)ref.place.leaf, ref.place.at);
		return NULL;
	}
	return &room->u.report;
}

/* The values that E must hold: in scratch memory; NULL for none. */
static value *
values_of(ledger *l, store_txn *txn, const slot_entry *e, const report *r)
{
	const plan_item *it = &l->plan->items[e->at.item];
	value *values;
	uint32_t i;

	if (r == NULL)
		return NULL;
	values = arena_zalloc(&l->scratch, (it->n_indicators + 1) * sizeof(*values));
	for (i = 0; values != NULL && i < it->n_indicators; i++)
		if (value_of_report(&l->plan->indicators[it->first_indicator + i], r, &l->scratch,
			    &values[i]) != MS_OK)
			values = NULL;
	if (values == NULL)
		store_no_memory(txn);
	return values;
}

/* The figure of an indicator (of the item) whose owners take turns, from the shares of all. */
static void
recount_turns(ledger *l, store_txn *txn, const slot_entry *e, figure_view v, const figure_span *in,
	uint32_t i, figure *out)
{
	const plan_item *it = &l->plan->items[e->at.item];
	share *of_unit = arena_alloc(&l->scratch, it->n_indicators * sizeof(*of_unit));
	share *shares = arena_zalloc(&l->scratch, l->plan->n_units * sizeof(*shares));
	uint32_t indicator = it->first_indicator + i;
	bool anew = l->slots.anew;
	slot_entry *year[12];
	slot_at at = e->at;
	unsigned n;

	for (at.unit = 0; of_unit != NULL && shares != NULL && at.unit < l->plan->n_units;
		at.unit++) {
		const slot_entry *other;

		if (!plan_ever_reports(l->plan, indicator, at.unit))
			continue;
		/* Units are rebuilt in turn: those before this one are in the rollups again. */
		l->slots.anew = anew && at.unit >= e->at.unit;
		other = slot_cache_get(&l->slots, txn, at);
		if (other == NULL || !slots_of_year(l, txn, other, year, &n))
			break;
		shares_for(l, other, v, year, in, of_unit);
		shares[at.unit] = of_unit[i];
	}
	l->slots.anew = anew;
	if (of_unit == NULL || shares == NULL ||
		figure_recount(&l->plan->indicators[indicator], shares, l->plan->n_units,
			&l->scratch, out) != MS_OK)
		store_no_memory(txn);
}

/* The unit's shares OLD out of the figures R of one period, NOW in. */
static void
move_shares(ledger *l, store_txn *txn, const slot_entry *e, figure_view v, const figure_span *in,
	rollup_entry *r, const share *old, const share *now)
{
	const plan_item *it = &l->plan->items[e->at.item];
	uint32_t i;

	for (i = 0; i < it->n_indicators; i++) {
		const plan_indicator *of = &l->plan->indicators[it->first_indicator + i];
		figure *f = &r->figures[v][i];
		bool had_turns = figure_has_turns(of, f);

		rollup_move(&l->rollups, txn, r, v, i, &old[i], &now[i]);
		if (had_turns || figure_has_turns(of, f))
			recount_turns(l, txn, e, v, in, i, f);
	}
	rollup_cache_touch(&l->rollups, r);
}

/*
 * E's values in view V become VALUES: the unit's old shares out of every figure that E's period
 * touches, the new ones in. Old and new shares borrow keys from both lists of values, so a union is
 * moved while both live.
 */
static void
move_figures(ledger *l, store_txn *txn, slot_entry *e, figure_view v, value *values)
{
	const plan_item *it = &l->plan->items[e->at.item];
	value *before = e->held[v].values;
	slot_entry *year[12];
	figure_span spans[4];
	unsigned n_slots, n_spans, s;
	share *old, *now;

	if (it->n_indicators == 0 || !slots_of_year(l, txn, e, year, &n_slots))
		return;
	n_spans = figure_spans(e->at.period, spans);
	old = arena_alloc(&l->scratch, it->n_indicators * n_spans * sizeof(*old));
	now = arena_alloc(&l->scratch, it->n_indicators * sizeof(*now));
	if (old == NULL || now == NULL) {
		store_no_memory(txn);
		return;
	}
	for (s = 0; s < n_spans; s++)
		shares_for(l, e, v, year, &spans[s], old + s * it->n_indicators);
	e->held[v].values = values;
	for (s = 0; s < n_spans; s++) {
		rollup_entry *r = rollup_cache_get(&l->rollups, txn, e->at.item, spans[s].at);

		if (r == NULL)
			break;
		shares_for(l, e, v, year, &spans[s], now);
		move_shares(l, txn, e, v, &spans[s], r, old + s * it->n_indicators, now);
	}
	e->held[v].values = before;
}

/* One view of E takes another revision than the rollups hold. */
static void
move_view(ledger *l, store_txn *txn, slot_entry *e, figure_view v)
{
	slot_ref ref = v == VIEW_REPORTED ? slot_reported(&e->slot) : slot_accepted(&e->slot);
	const report *r;
	value *values, *kept = NULL;
	act room;

	if (ref.revision == e->held[v].revision)
		return;
	r = report_of(l, txn, e, ref, &room);
	values = values_of(l, txn, e, r);
	if (!store_ok(txn))
		return;
	if (v == VIEW_REPORTED)
		e->slot.shown = r == NULL ? (slot_facts){ 0 } : slot_facts_of(l->plan, e->at, r);
	move_figures(l, txn, e, v, values);
	if (values != NULL)
		kept = values_clone(values, l->plan->items[e->at.item].n_indicators);
	if (values != NULL && kept == NULL)
		store_no_memory(txn);
	free(e->held[v].values);
	e->held[v].values = kept;
}

/* Counted in every period that contains the slot's: where it is 0, no `of` needs a look at slots.
 */
static void
move_exempt(ledger *l, store_txn *txn, slot_entry *e)
{
	figure_span spans[4];
	unsigned n = figure_spans(e->at.period, spans), i;

	for (i = 0; i < n; i++) {
		rollup_entry *r = rollup_cache_get(&l->rollups, txn, e->at.item, spans[i].at);

		if (r == NULL)
			return;
		r->exempt = r->exempt + e->slot.exempt - e->counted_exempt;
		rollup_cache_touch(&l->rollups, r);
	}
	e->counted_exempt = e->slot.exempt;
}

/* Is the slot among the expected ones that have a report, and on time? */
static void
move_counts(ledger *l, store_txn *txn, slot_entry *e)
{
	rollup_entry *r = rollup_cache_get(&l->rollups, txn, e->at.item, e->at.period);
	unsigned v;

	if (r == NULL)
		return;
	for (v = 0; v < VIEWS; v++) {
		slot_held now = slot_entry_counts(&l->slots, e, (figure_view)v);

		r->actual[v] = r->actual[v] + now.counted - e->held[v].counted;
		r->on_time[v] = r->on_time[v] + now.on_time - e->held[v].on_time;
		e->held[v] = now;
	}
	rollup_cache_touch(&l->rollups, r);
	if (e->slot.exempt != e->counted_exempt)
		move_exempt(l, txn, e);
}

/* Readers wait for rollups of the items' own periods; the coarser ones come along with them. */
static void
note_moved(ledger *l, store_txn *txn)
{
	const rollup_entry *e;

	for (e = l->rollups.dirty; e != NULL; e = e->next_dirty) {
		if (e->at.kind != l->plan->items[e->item].kind)
			continue;
		if (l->n_moved == l->moved_room) {
			size_t room = l->moved_room == 0 ? 64 : l->moved_room * 2;
			uint64_t *moved = realloc(l->moved, room * sizeof(*moved));

			if (moved == NULL) {
				store_no_memory(txn);
				return;
			}
			l->moved = moved;
			l->moved_room = room;
		}
		l->moved[l->n_moved++] = (uint64_t)e->item << 32 | period_code(e->at);
	}
}

void
ledger_flush(ledger *l, store_txn *txn, uint64_t log_size)
{
	slot_entry *e;

	for (e = l->slots.dirty; e != NULL && store_ok(txn); e = e->next_dirty) {
		move_view(l, txn, e, VIEW_REPORTED);
		move_view(l, txn, e, VIEW_ACCEPTED);
		arena_reset(&l->scratch);
		move_counts(l, txn, e);
		slot_cache_write(&l->slots, txn, e);
		e->fresh = NULL;
		e->dirty = false;
	}
	l->slots.dirty = NULL;
	note_moved(l, txn);
	rollup_cache_write(&l->rollups, txn, log_size);
}

/* The slots of one unit lie side by side, and its shares need no other's. */
static void
rebuild_unit(ledger *l, store_txn *txn, uint32_t unit, uint64_t log_size, int64_t now_us)
{
	slot_at at = { .unit = unit };
	uint8_t key[SLOT_KEY_MAX];
	slot_entry *e;
	unsigned n;
	span row;

	for (at.item = 0; at.item < l->plan->n_items; at.item++)
		for (n = 0; plan_item_period(l->plan, at.item, n, &at.period); n++) {
			if (!store_get(txn, TABLE_SLOT, slot_key(l->plan, at, key), &row))
				continue;
			e = slot_cache_get(&l->slots, txn, at);
			if (e == NULL)
				return;
			slot_cache_touch(&l->slots, e);
			ledger_note_due(l, txn, &e->slot, at, now_us);
		}
	if (l->slots.dirty == NULL)
		return;
	ledger_flush(l, txn, log_size);
	ledger_settle(l);
	slot_cache_clear(&l->slots);
}

void
ledger_rebuild(ledger *l, store_txn *txn, uint64_t log_size, int64_t now_us)
{
	uint32_t unit;
	size_t i;

	ledger_need_rulings(l, txn);
	store_clear(txn, TABLE_ROLLUP);
	store_clear(txn, TABLE_KEY);
	store_clear(txn, TABLE_DUE);
	l->slots.anew = true;
	for (unit = 0; unit < l->plan->n_units && store_ok(txn); unit++)
		rebuild_unit(l, txn, unit, log_size, now_us);
	l->slots.anew = false;
	for (i = 0; i < l->rulings.n && store_ok(txn); i++)
		if (l->rulings.list[i].kind == ACT_EXTENSION_GRANT)
			ledger_note_covered(l, txn, &l->rulings.list[i], now_us);
	ledger_discard(l);
}
