/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recount.c - the whole log once into a book, then every row beside what the book says.
 */
#include "store/recount.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "codec/acts.h"
#include "plan/book.h"
#include "store/ledger.h"
#include "store/log.h"
#include "store/recount_notice.h"
#include "store/roster.h"
#include "store/ruling_rows.h"

/* Where a device's stream stands, and whose it is. */
typedef struct stream {
	int unit; /* PLAN_NO_UNIT: none of the plan */
	bool is_hub;
	uint64_t next_seq;
} stream;

typedef struct recounting {
	store_txn *txn;
	ms_status s;
	uint64_t began; /* size of the log then */
	const plan *plan;
	book *book;
	slots slots;     /* of the book */
	rulings rulings; /* as stored */
	arena memory;    /* kept to the end */
	arena scratch;   /* per leaf */
	map streams;     /* device id -> stream * as a number */
	notice_count notices;
	recount_result *out;
} recounting;

static void
differs(recounting *rc, uint64_t *counter, const char *what, uint32_t item, const char *unit,
	period at)
{
	char name[PERIOD_NAME_SIZE];

	if (rc->out->first[0] == '\0')
		snprintf(rc->out->first, sizeof(rc->out->first), "%s: item %s %s %s", what,
			rc->plan->items[item].id, unit, period_name(at, name));
	++*counter;
}

/* ---- the log ---- */

static stream *
add_stream(recounting *rc, const device_id *id)
{
	stream *s = arena_zalloc(&rc->memory, sizeof(*s));
	device d;

	if (s == NULL || !map_put(&rc->streams, span_of(id->at, ID_SIZE), (uint64_t)(uintptr_t)s))
		return NULL;
	s->next_seq = 1;
	s->is_hub = !device_load(rc->txn, id, &d) || d.unit[0] == '\0';
	s->unit = s->is_hub ? PLAN_NO_UNIT : plan_find_unit(rc->plan, span_str(d.unit));
	return s;
}

/* NULL: no memory. */
static stream *
stream_of(recounting *rc, const device_id *id)
{
	uint64_t at;

	return map_find(&rc->streams, span_of(id->at, ID_SIZE), &at) ? (stream *)(uintptr_t)at
								     : add_stream(rc, id);
}

static void
count_stream(recounting *rc, stream *s, const batch_header *h)
{
	if (h->first_seq > s->next_seq)
		rc->out->missing += h->first_seq - s->next_seq;
	if (h->first_seq < s->next_seq)
		rc->out->doubled += s->next_seq - h->first_seq < h->count
					    ? s->next_seq - h->first_seq
					    : h->count;
	s->next_seq = h->first_seq + h->count;
}

/* A new version of the plan judges from here on. */
static ms_status
follow_plan(recounting *rc, const act *a)
{
	const plan *version;
	hash32 hash;

	if (a->malformed || a->kind != ACT_HUB_PLAN ||
		a->u.plan_version_act.version.len != HASH_SIZE)
		return MS_OK;
	memcpy(hash.at, a->u.plan_version_act.version.at, HASH_SIZE);
	version = plan_of_version(rc->plan, &hash);
	if (version == NULL)
		return rc->out->leaves > rc->began ? MS_BUSY : MS_CORRUPT;
	book_use(rc->book, version);
	rc->slots = book_slots(rc->book);
	notice_count_all(&rc->notices, &rc->slots);
	return MS_OK;
}

static void
count_notice(recounting *rc, const act *a)
{
	notice n = { .level = a->u.notice.level, .at_us = a->u.notice.at_us };

	if (!a->malformed && act_find(rc->slots.p, a, &n.at))
		notice_count_seen(&rc->notices, &rc->slots, &n);
	else
		rc->notices.mismatch++;
}

static ms_status
count_hub_act(recounting *rc, const act *a, int64_t hub_time_us)
{
	if (a->kind == ACT_HUB_NOTICE) {
		count_notice(rc, a);
		return MS_OK;
	}
	if (a->kind == ACT_HUB_ORIGIN)
		notice_count_begin(&rc->notices, hub_time_us);
	if (a->kind == ACT_HUB_PLAN)
		notice_count_until(&rc->notices, &rc->slots, hub_time_us);
	return follow_plan(rc, a);
}

/* What a stored act of a unit gives instants of its own. */
static void
note_instants(recounting *rc, const act *a)
{
	slot_at at;

	if (!notice_moved_by(a->kind))
		return;
	if (!act_is_of_slot(a))
		notice_count_all(&rc->notices, &rc->slots);
	else if (act_find(rc->slots.p, a, &at))
		notice_count_slot(&rc->notices, &rc->slots, at);
}

static ms_status
count_act(recounting *rc, const stream *s, span bytes, record_place place, int64_t hub_time_us,
	verdict logged)
{
	verdict judged;
	act a;

	rc->out->stored += verdict_is_stored(logged) && !s->is_hub;
	if (act_decode(bytes, &rc->scratch, &a) != MS_OK)
		return MS_NO_MEMORY;
	if (s->is_hub)
		return count_hub_act(rc, &a, hub_time_us);
	if (book_take(rc->book, &a, s->unit, hub_time_us, place, &judged) != MS_OK)
		return MS_NO_MEMORY;
	if (verdict_is_stored(judged))
		note_instants(rc, &a);
	if (judged == logged)
		return MS_OK;
	if (rc->out->first[0] == '\0')
		snprintf(rc->out->first, sizeof(rc->out->first), "record %llu/%u: %s, not %s",
			(unsigned long long)place.leaf, place.at, verdict_name(judged),
			verdict_name(logged));
	rc->out->verdict_mismatch++;
	return MS_OK;
}

static ms_status
count_leaf(recounting *rc, uint64_t leaf)
{
	log_record r;
	batch_header h;
	span acts[BATCH_ACTS_MAX];
	ms_status s = MS_OK;
	stream *from;
	uint16_t i;

	if (!log_read(rc->txn, leaf, &r) || !batch_header_read(r.header, &h))
		return store_ok(rc->txn) ? MS_CORRUPT : rc->txn->error.status;
	from = stream_of(rc, &h.device);
	if (from == NULL)
		return MS_NO_MEMORY;
	count_stream(rc, from, &h);
	log_acts(&r, acts);
	if (!from->is_hub)
		notice_count_until(&rc->notices, &rc->slots, r.hub_time_us);
	rc->out->leaves++;
	rc->out->acts += r.count;
	for (i = 0; i < r.count && s == MS_OK; i++)
		s = count_act(rc, from, acts[i], (record_place){ .leaf = leaf, .at = i },
			r.hub_time_us, (verdict)r.verdicts.at[i]);
	arena_reset(&rc->scratch);
	return s;
}

static bool
take_leaf(void *ctx, uint64_t leaf)
{
	recounting *rc = ctx;

	rc->s = count_leaf(rc, leaf);
	return rc->s == MS_OK;
}

/* ---- slots ---- */

static bool
same_ref(slot_ref a, slot_ref b)
{
	return a.revision == b.revision && a.place.leaf == b.place.leaf && a.place.at == b.place.at;
}

static bool
same_revision(const slot_revision *a, const slot_revision *b)
{
	uint32_t i;
	bool same = a->revision == b->revision && a->kind == b->kind && a->outcome == b->outcome &&
		    a->self == b->self && a->returned == b->returned &&
		    hash_equal(&a->body_hash, &b->body_hash) && a->n_votes == b->n_votes;

	for (i = 0; same && i < a->n_votes; i++)
		same = a->votes[i].unit == b->votes[i].unit &&
		       a->votes[i].outcome == b->votes[i].outcome;
	return same;
}

static bool
same_facts(const slot_facts *a, const slot_facts *b)
{
	return a->filled == b->filled && a->progress_pct == b->progress_pct &&
	       a->has_progress == b->has_progress && a->help_needed == b->help_needed;
}

static bool
same_life(const slot *a, const slot *b)
{
	return a->floor == b->floor && a->returns == b->returns &&
	       a->returns_in_time == b->returns_in_time && a->returned_us == b->returned_us &&
	       a->open_until_us == b->open_until_us && a->granted_days == b->granted_days &&
	       a->requested == b->requested && a->outage == b->outage && a->exempt == b->exempt &&
	       a->bolt == b->bolt && a->named == b->named;
}

static bool
same_slot(const slot *a, const slot *b)
{
	uint32_t i;
	bool same = a->stored == b->stored && a->n_recent == b->n_recent &&
		    a->first_us == b->first_us && a->newest_us == b->newest_us &&
		    a->last_stored.leaf == b->last_stored.leaf &&
		    a->last_stored.at == b->last_stored.at &&
		    same_ref(a->below_reported, b->below_reported) &&
		    same_ref(a->below_accepted, b->below_accepted) && same_life(a, b) &&
		    same_facts(&a->shown, &b->shown);

	for (i = 0; same && i < a->n_recent; i++)
		same = same_revision(&a->recent[i], &b->recent[i]);
	return same;
}

static ms_status
compare_slot(recounting *rc, store_txn *txn, slot_at at, uint64_t *touched, ms_error *err)
{
	const slot *counted = rc->slots.get(rc->slots.ctx, at, NULL);
	slot stored;
	ms_status s;

	if (counted->last_stored.leaf == UINT64_MAX)
		return MS_OK;
	++*touched;
	s = slot_read(txn, &rc->rulings, at, &rc->scratch, &stored, NULL, err);
	if (s == MS_OK && !same_slot(&stored, counted))
		differs(rc, &rc->out->slot_mismatch, "slot", at.item, rc->plan->units[at.unit].id,
			at.period);
	arena_reset(&rc->scratch);
	return s;
}

static ms_status
compare_slots(recounting *rc, store_txn *txn, ms_error *err)
{
	uint64_t touched = 0;
	slot_at at = { 0 };
	ms_status s = MS_OK;
	unsigned n;

	for (at.item = 0; at.item < rc->plan->n_items; at.item++)
		for (at.unit = 0; at.unit < rc->plan->n_units; at.unit++)
			for (n = 0; s == MS_OK &&
				    plan_ever_item_period(rc->plan, at.item, n, &at.period);
				n++)
				s = compare_slot(rc, txn, at, &touched, err);
	if (s == MS_OK && touched != store_count(txn, TABLE_SLOT)) {
		if (rc->out->first[0] == '\0')
			snprintf(rc->out->first, sizeof(rc->out->first),
				"%llu slots have rows, %llu have acts",
				(unsigned long long)store_count(txn, TABLE_SLOT),
				(unsigned long long)touched);
		rc->out->slot_mismatch++;
	}
	return s;
}

/* ---- rollups ---- */

static bool
same_figure(const figure *a, const figure *b)
{
	return a->num == b->num && a->den == b->den && a->units == b->units &&
	       a->inner == b->inner && a->stale == b->stale;
}

static ms_status
compare_figures(recounting *rc, uint32_t item, period at, figure_view v, const rollup *stored)
{
	const plan_item *it = &rc->plan->items[item];
	ms_status s = MS_OK;
	uint32_t k, of;

	for (k = 0; k < it->n_indicators && s == MS_OK; k++) {
		uint32_t indicator = it->first_indicator + k;
		figure counted;

		s = tally_figure(&rc->slots, indicator, at, v, &rc->scratch, &counted, &of);
		if (s == MS_OK && !same_figure(&counted, &stored->figures[v][k]))
			differs(rc, &rc->out->rollup_mismatch, rc->plan->indicators[indicator].id,
				item, view_name(v), at);
	}
	return s;
}

/* The counts are of the item's own periods only. */
static ms_status
compare_rollup(recounting *rc, store_txn *txn, uint32_t item, period at, ms_error *err)
{
	rollup stored;
	ms_status s = rollup_read(txn, rc->plan, item, at, &rc->scratch, &stored, err);
	unsigned v;

	for (v = 0; v < VIEWS && s == MS_OK; v++) {
		completeness c = { 0 };

		if (plan_has_period(rc->plan, item, at))
			c = tally_complete(&rc->slots, item, at, (figure_view)v);
		if (stored.actual[v] != c.actual || stored.on_time[v] != c.on_time)
			differs(rc, &rc->out->rollup_mismatch, "counts", item,
				view_name((figure_view)v), at);
		s = compare_figures(rc, item, at, (figure_view)v, &stored);
	}
	arena_reset(&rc->scratch);
	return s;
}

static ms_status
compare_item(recounting *rc, store_txn *txn, uint32_t item, ms_error *err)
{
	period at, wide, last = { 0 };
	ms_status s = MS_OK;
	unsigned n, kind;

	for (n = 0; s == MS_OK && plan_item_period(rc->plan, item, n, &at); n++) {
		s = compare_rollup(rc, txn, item, at, err);
		for (kind = (unsigned)at.kind + 1; kind <= PERIOD_YEAR && s == MS_OK; kind++) {
			wide = period_widen(at, (period_kind)kind);
			if (n == 0 || !period_equal(wide, period_widen(last, (period_kind)kind)))
				s = compare_rollup(rc, txn, item, wide, err);
		}
		last = at;
	}
	return s;
}

static ms_status
count_log(recounting *rc)
{
	log_state state;

	log_state_load(rc->txn, &state);
	rc->began = state.tree.size;
	log_follow(rc->txn, &state, take_leaf, rc);
	rc->slots = book_slots(rc->book);
	rc->out->notice_mismatch = rc->notices.mismatch;
	if (rc->notices.mismatch > 0 && rc->out->first[0] == '\0')
		snprintf(rc->out->first, sizeof(rc->out->first),
			"notices of %llu instants are not those of the lights",
			(unsigned long long)rc->notices.mismatch);
	if (rc->s == MS_OK && rc->notices.no_memory)
		return MS_NO_MEMORY;
	return rc->s == MS_OK ? store_status(rc->txn, NULL) : rc->s;
}

/* In the snapshot whose leaves were counted. */
static ms_status
compare_all(recounting *rc, ms_error *err)
{
	uint32_t item;
	ms_status s;

	ruling_rows_load(rc->txn, &rc->rulings);
	s = store_status(rc->txn, err);
	if (s == MS_OK)
		s = compare_slots(rc, rc->txn, err);
	for (item = 0; item < rc->plan->n_items && s == MS_OK; item++)
		s = compare_item(rc, rc->txn, item, err);
	return s;
}

static ms_status
recount_within(recounting *rc, ms_error *err)
{
	ms_status s = count_log(rc);

	if (s == MS_BUSY)
		return ms_fail(err, s, MST_PLAN_VERSIONS,
			"another version of the plan came while the log was counted: do it again");
	if (s == MS_OK)
		s = compare_all(rc, err);
	if (s != MS_OK && !store_ok(rc->txn))
		store_status(rc->txn, err);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_STORE_CORRUPT,
				    "the recount stopped: the log cannot be read");
}

ms_status
recount(store *db, const plan *p, recount_result *out, ms_error *err)
{
	store_txn txn;
	recounting rc = { .txn = &txn, .plan = p, .out = out, .book = book_new(p) };
	ms_status s;

	*out = (recount_result){ 0 };
	if (rc.book == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a recount");
	rulings_init(&rc.rulings, p);
	rc.slots = book_slots(rc.book);
	store_begin(db, &txn, STORE_READ);
	s = recount_within(&rc, err);
	store_abort(&txn);
	rulings_fini(&rc.rulings);
	notice_count_fini(&rc.notices);
	map_fini(&rc.streams);
	book_free(rc.book);
	arena_fini(&rc.scratch);
	arena_fini(&rc.memory);
	return s;
}
