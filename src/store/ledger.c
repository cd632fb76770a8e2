/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.c - acts in, verdicts out; slots, rollups and feeds follow in the same transaction.
 *
 * A turn of the writer: ledger_take and ledger_route for every batch, then one ledger_flush.
 * Verdicts need only slots; figures are touched at the flush, once per slot whose live content
 * moved, however many revisions came.
 *
 * Not here: which rules decide (plan/judge.c, plan/slot.c), how figures add up (plan/figure.c), the
 * log itself (log.c).
 */
#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "codec/acts.h"
#include "store/feed.h"
#include "store/rollup_cache.h"
#include "store/slot_cache.h"

/* One reader's part of the batch at hand, and the number of its newest feed entry. */
typedef struct reader {
	uint8_t bitmap[FEED_BITMAP_SIZE];
	uint64_t last_number;
	bool known; /* last_number was read */
	bool touched;
} reader;

struct ledger {
	const plan *plan;
	size_t slots_max;
	slot_cache slots;
	rollup_cache rollups;
	reader *readers;   /* [n_units] */
	uint32_t *touched; /* [n_units] readers of the batch at hand */
	uint32_t n_touched;
	uint32_t *
		candidates; /* [item * candidates_max ...] leads and observers, see candidates_of */
	uint32_t *n_candidates; /* [n_items] */
	uint32_t candidates_max;
	uint32_t *grown; /* [n_units] units whose feeds grew since the last flush ... */
	uint32_t n_grown;
	uint8_t *is_grown; /* [n_units] */
	uint64_t *moved;   /* rollups that the last flush wrote */
	size_t n_moved, moved_room;
	bool flushed; /* the two lists above are of a finished flush */
	slot_at *at;  /* [BATCH_ACTS_MAX] where the acts of the batch at hand point */
	const ledger_batch *batch;
	store_txn *txn; /* of the call at hand, for the walk back */
	arena scratch;
};

/* Units that may see other units' acts on ITEM: its leads, then the observers that do not lead it.
 */
static void
collect_candidates(ledger *l, uint32_t item)
{
	const plan_item *it = &l->plan->items[item];
	uint32_t *list = l->candidates + (size_t)item * l->candidates_max;
	uint32_t n = 0, unit;
	size_t i;

	for (i = 0; i < it->n_leads; i++)
		list[n++] = it->leads[i];
	for (unit = 0; unit < l->plan->n_units; unit++)
		if (l->plan->observers[unit] && !plan_is_lead(l->plan, item, unit))
			list[n++] = unit;
	l->n_candidates[item] = n;
}

static uint32_t
most_candidates(const plan *p)
{
	uint32_t observers = 0, leads = 0, i;

	for (i = 0; i < p->n_units; i++)
		observers += p->observers[i];
	for (i = 0; i < p->n_items; i++)
		if (p->items[i].n_leads > leads)
			leads = (uint32_t)p->items[i].n_leads;
	return leads + observers;
}

ledger *
ledger_new(const plan *p, size_t slots_max)
{
	ledger *l = calloc(1, sizeof(*l));
	uint32_t item;

	if (l == NULL)
		return NULL;
	l->plan = p;
	l->slots_max = slots_max == 0 ? 1000000 : slots_max;
	l->candidates_max = most_candidates(p);
	l->readers = calloc(p->n_units + 1, sizeof(*l->readers));
	l->touched = calloc(p->n_units + 1, sizeof(*l->touched));
	l->candidates = calloc((size_t)p->n_items * l->candidates_max + 1, sizeof(*l->candidates));
	l->n_candidates = calloc(p->n_items + 1, sizeof(*l->n_candidates));
	l->at = calloc(BATCH_ACTS_MAX, sizeof(*l->at));
	l->grown = calloc(p->n_units + 1, sizeof(*l->grown));
	l->is_grown = calloc(p->n_units + 1, sizeof(*l->is_grown));
	slot_cache_init(&l->slots, p);
	rollup_cache_init(&l->rollups, p);
	if (l->readers == NULL || l->touched == NULL || l->candidates == NULL ||
		l->n_candidates == NULL || l->at == NULL) {
		ledger_free(l);
		return NULL;
	}
	for (item = 0; item < p->n_items; item++)
		collect_candidates(l, item);
	return l;
}

void
ledger_free(ledger *l)
{
	if (l == NULL)
		return;
	slot_cache_clear(&l->slots);
	rollup_cache_clear(&l->rollups);
	arena_fini(&l->slots.scratch);
	buf_fini(&l->slots.row);
	arena_fini(&l->rollups.scratch);
	buf_fini(&l->rollups.row);
	arena_fini(&l->scratch);
	free(l->readers);
	free(l->touched);
	free(l->candidates);
	free(l->n_candidates);
	free(l->at);
	free(l->grown);
	free(l->is_grown);
	free(l->moved);
	free(l);
}

/* ---- verdicts ---- */

static bool
is_slot_act(const act *a)
{
	return a->kind == ACT_REPORT || a->kind == ACT_RETRACTION;
}

/*
 * Revisions older than those the slot row holds are found by walking from record to record of the
 * slot, newest first. Records of the batch at hand are not in the log yet.
 */
static bool
walk_back(void *ctx, const slot *s, uint32_t revision, slot_revision *out)
{
	ledger *l = ctx;
	record_place place = s->last_stored;

	while (place.leaf != UINT64_MAX) {
		const act *found;
		record_place prev;
		act decoded;

		if (place.leaf == l->batch->leaf) {
			found = &l->batch->acts[place.at];
			prev = l->batch->prevs[place.at];
		} else {
			log_record record;

			if (!log_read(l->txn, place.leaf, &record) ||
				!log_prev(&record, place.at, &prev))
				return false;
			if (act_decode(log_act(&record, place.at), &l->scratch, &decoded) !=
				MS_OK) {
				store_fail(l->txn, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
				return false;
			}
			found = &decoded;
		}
		if (found->revision == revision) {
			*out = (slot_revision){ .revision = revision,
				.kind = (uint8_t)found->kind,
				.place = place,
				.body_hash = found->body_hash };
			return true;
		}
		place = prev;
	}
	return false;
}

/* The slot's report or retraction is stored: what the flush and the row have to know. */
static void
store_in_slot(ledger *l, slot_entry *e, const act *a, verdict v, record_place place, int64_t now_us)
{
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;
	unsigned filled = 0;

	if (r != NULL && v == VERDICT_STORED)
		filled = report_filled(l->plan, e->at.item, e->at.unit, e->at.period, r);
	slot_store(&e->slot, a, v, place, now_us, filled);
	if (v == VERDICT_STORED) {
		e->live = r;
		e->moved = true;
	}
	slot_cache_touch(&l->slots, e);
}

static verdict
judge_one(ledger *l, store_txn *txn, ledger_batch *b, uint16_t i)
{
	const act *a = &b->acts[i];
	verdict v = judge_act(l->plan, a, b->unit, b->hub_time_us, &l->at[i], NULL);
	slot_history history = { .ctx = l, .find = walk_back };
	slot_entry *e;

	if (v != VERDICT_NONE || !is_slot_act(a))
		return v;
	e = slot_cache_get(&l->slots, txn, l->at[i]);
	if (e == NULL)
		return VERDICT_NONE;
	v = slot_judge(&e->slot, a, b->hub_time_us, plan_lock_us(l->plan, e->at.item, e->at.period),
		&history);
	if (verdict_is_stored(v)) {
		b->prevs[i] = e->slot.last_stored;
		store_in_slot(
			l, e, a, v, (record_place){ .leaf = b->leaf, .at = i }, b->hub_time_us);
	}
	return v;
}

static void
forget_changes(ledger *l)
{
	uint32_t i;

	for (i = 0; i < l->n_grown; i++)
		l->is_grown[l->grown[i]] = 0;
	l->n_grown = 0;
	l->n_moved = 0;
	l->flushed = false;
}

void
ledger_take(ledger *l, store_txn *txn, ledger_batch *b)
{
	uint16_t i;

	if (l->flushed)
		forget_changes(l);
	l->batch = b;
	l->txn = txn;
	for (i = 0; i < b->count && store_ok(txn); i++) {
		b->prevs[i] = (record_place){ .leaf = UINT64_MAX };
		b->verdicts[i] = (uint8_t)judge_one(l, txn, b, i);
	}
	arena_reset(&l->scratch);
	l->batch = NULL;
	l->txn = NULL;
}

/* ---- feeds ---- */

static void
mark(ledger *l, uint32_t unit, uint16_t position)
{
	reader *r = &l->readers[unit];

	if (!r->touched) {
		r->touched = true;
		memset(r->bitmap, 0, sizeof(r->bitmap));
		l->touched[l->n_touched++] = unit;
	}
	r->bitmap[position / 8] |= (uint8_t)(0x80 >> (position % 8));
}

static void
mark_readers(ledger *l, const ledger_batch *b, uint16_t i)
{
	const act *a = &b->acts[i];
	uint32_t item = l->at[i].item, n;
	const uint32_t *list = l->candidates + (size_t)item * l->candidates_max;
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;

	for (n = 0; n < l->n_candidates[item]; n++)
		if (list[n] != (uint32_t)b->unit &&
			route_visible(l->plan, list[n], item, (uint32_t)b->unit,
				r == NULL ? NULL : r->parts, r == NULL ? 0 : r->n_parts))
			mark(l, list[n], i);
}

static void
append_entry(ledger *l, store_txn *txn, const ledger_batch *b, uint32_t unit)
{
	reader *r = &l->readers[unit];
	span id = span_str(l->plan->units[unit].id);

	if (!r->known) {
		r->last_number = feed_last(txn, id);
		r->known = true;
	}
	feed_append(txn, id, &r->last_number, b->leaf, r->bitmap, b->count);
	r->touched = false;
	if (!l->is_grown[unit]) {
		l->is_grown[unit] = 1;
		l->grown[l->n_grown++] = unit;
	}
}

void
ledger_route(ledger *l, store_txn *txn, const ledger_batch *b)
{
	uint32_t n;
	uint16_t i;

	l->n_touched = 0;
	for (i = 0; i < b->count; i++) {
		if (b->unit != PLAN_NO_UNIT)
			mark(l, (uint32_t)b->unit, i);
		if (verdict_is_stored((verdict)b->verdicts[i]) && is_slot_act(&b->acts[i]))
			mark_readers(l, b, i);
	}
	for (n = 0; n < l->n_touched; n++)
		append_entry(l, txn, b, l->touched[n]);
}

/* ---- rollups ---- */

/* The unit's shares of every indicator of the item, for one figure's period. */
static void
shares_for(ledger *l, const plan_item *it, slot_entry *const *year, unsigned first, unsigned n,
	share *out)
{
	uint32_t i;
	unsigned k;

	for (i = 0; i < it->n_indicators; i++) {
		const value *series[12];

		for (k = 0; k < n; k++)
			series[k] = year[first + k]->values == NULL ? NULL
								    : &year[first + k]->values[i];
		out[i] = share_of(&l->plan->indicators[it->first_indicator + i], series, n);
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

/* Every figure period that contains the slot's, from its own to the year: apply CHANGE to each. */
typedef struct figure_span {
	period at;
	unsigned first, n; /* which of the year's slots */
} figure_span;

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

/* Take in E's new live content: old shares out, new shares in, for every figure that its period
 * touches. */
static void
move_figures(ledger *l, store_txn *txn, slot_entry *e)
{
	const plan_item *it = &l->plan->items[e->at.item];
	slot_entry *year[12];
	figure_span spans[4];
	unsigned n_slots, n_spans, s;
	share *old, *now;
	value *held;
	uint32_t i;

	if (!slots_of_year(l, txn, e, year, &n_slots))
		return;
	n_spans = figure_spans(e->at.period, spans);
	old = arena_alloc(&l->scratch, it->n_indicators * n_spans * sizeof(*old));
	now = arena_alloc(&l->scratch, it->n_indicators * sizeof(*now));
	held = arena_zalloc(&l->scratch, it->n_indicators * sizeof(*held));
	if (old == NULL || now == NULL || held == NULL) {
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY,
			"out of memory while adding up item %s", it->id);
		return;
	}
	for (s = 0; s < n_spans; s++)
		shares_for(l, it, year, spans[s].first, spans[s].n, old + s * it->n_indicators);
	/* The old shares borrow keys from the values that are replaced next: the union is moved
	 * while both live. */
	for (i = 0; i < it->n_indicators; i++)
		if (value_of_report(&l->plan->indicators[it->first_indicator + i], e->live,
			    &l->scratch, &held[i]) != MS_OK)
			store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY,
				"out of memory while adding up item %s", it->id);
	if (!store_ok(txn))
		return;
	{
		value *before = e->values;
		void *block = e->block;

		e->values = held;
		for (s = 0; s < n_spans; s++) {
			rollup_entry *r =
				rollup_cache_get(&l->rollups, txn, e->at.item, spans[s].at);

			if (r == NULL)
				break;
			shares_for(l, it, year, spans[s].first, spans[s].n, now);
			for (i = 0; i < it->n_indicators; i++)
				rollup_move(&l->rollups, txn, r, i, &old[s * it->n_indicators + i],
					&now[i]);
			rollup_cache_touch(&l->rollups, r);
		}
		e->values = before;
		e->block = block;
	}
	if (slot_entry_hold(e, held, it->n_indicators) != MS_OK)
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY,
			"out of memory while adding up item %s", it->id);
}

/* Is the slot among the expected ones that have a live report, and on time? (domain.md 3.5) */
static void
move_counts(ledger *l, store_txn *txn, slot_entry *e)
{
	bool counts =
		slot_live(&e->slot) && plan_expects(l->plan, e->at.item, e->at.unit, e->at.period);
	bool on_time = counts &&
		       slot_on_time(&e->slot, plan_deadline_us(l->plan, e->at.item, e->at.period));
	rollup_entry *r = rollup_cache_get(&l->rollups, txn, e->at.item, e->at.period);

	if (r == NULL)
		return;
	r->actual = r->actual + counts - e->counted;
	r->on_time = r->on_time + on_time - e->counted_on_time;
	e->counted = counts;
	e->counted_on_time = on_time;
	rollup_cache_touch(&l->rollups, r);
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
				store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY,
					"no memory for the ledger");
				return;
			}
			l->moved = moved;
			l->moved_room = room;
		}
		l->moved[l->n_moved++] = (uint64_t)e->item << 32 | period_code(e->at);
	}
}

ledger_changes
ledger_look(const ledger *l)
{
	return (ledger_changes){ .units = l->grown,
		.n_units = l->n_grown,
		.rollups = l->moved,
		.n_rollups = l->n_moved };
}

void
ledger_flush(ledger *l, store_txn *txn, uint64_t log_size)
{
	slot_entry *e;

	if (l->flushed)
		forget_changes(l);

	for (e = l->slots.dirty; e != NULL && store_ok(txn); e = e->next_dirty) {
		if (e->moved) {
			move_figures(l, txn, e);
			arena_reset(&l->scratch);
		}
		move_counts(l, txn, e);
		slot_cache_write(&l->slots, txn, e);
		e->moved = false;
		e->live = NULL;
		e->dirty = false;
	}
	l->slots.dirty = NULL;
	note_moved(l, txn);
	rollup_cache_write(&l->rollups, txn, log_size);
	l->flushed = true;
}

void
ledger_discard(ledger *l)
{
	uint32_t i;

	forget_changes(l);
	slot_cache_clear(&l->slots);
	rollup_cache_clear(&l->rollups);
	for (i = 0; i < l->plan->n_units; i++)
		l->readers[i] = (reader){ 0 };
}

void
ledger_settle(ledger *l)
{
	if (l->slots.index.used > l->slots_max) {
		slot_cache_clear(&l->slots);
		rollup_cache_clear(&l->rollups);
	}
}
