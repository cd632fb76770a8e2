/* SPDX-License-Identifier: Apache-2.0 */
#include "store/plan_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codec/acts.h"
#include "plan/judge.h"
#include "plan/plan_undo.h"
#include "store/feed_had.h"
#include "store/ledger.h"
#include "store/plans.h"
#include "store/ruling_rows.h"

/* ---- orphans ---- */

typedef struct orphan_list {
	plan_orphan *list;
	size_t n, room;
	arena *memory;
} orphan_list;

static ms_status
add_orphan(orphan_list *o, slot_at at, slot_state state)
{
	if (o->n == o->room) {
		size_t room = o->room == 0 ? 16 : 2 * o->room;
		plan_orphan *list = arena_alloc(o->memory, room * sizeof(*list));

		if (list == NULL)
			return MS_NO_MEMORY;
		if (o->n > 0)
			memcpy(list, o->list, o->n * sizeof(*list));
		o->list = list;
		o->room = room;
	}
	o->list[o->n++] = (plan_orphan){ .at = at, .state = state };
	return MS_OK;
}

static bool
has_slot(const plan *p, slot_at at)
{
	return plan_has_period(p, at.item, at.period) &&
	       plan_takes_part(p, at.item, at.unit, at.period);
}

static bool
is_taken_over(const plan *next, slot_at at)
{
	int unit = next->units[at.unit].succeeded_by;

	for (; unit != PLAN_NO_UNIT; unit = next->units[unit].succeeded_by) {
		at.unit = (uint32_t)unit;
		if (has_slot(next, at))
			return true;
	}
	return false;
}

static ms_status
look_at_slot(store_txn *txn, const rulings *r, const plan *next, slot_at at, int64_t now_us,
	arena *scratch, orphan_list *out, ms_error *err)
{
	const plan *now = next->earlier;
	bool owed;
	slot s;
	ms_status status;

	if (plan_at(next, at.period) != next || !has_slot(now, at) || has_slot(next, at))
		return MS_OK;
	status = slot_read(txn, r, at, scratch, &s, NULL, err);
	owed = rulings_owes(r, at) && now_us >= plan_begin_us(now, at.period) && !s.exempt;
	if (status == MS_OK && (slot_touched(&s) || (owed && !is_taken_over(next, at))))
		status = add_orphan(out, at, slot_state_at(now, &s, at, owed, now_us));
	arena_reset(scratch);
	return status;
}

ms_status
plan_change_orphans(store_txn *txn, const plan *next, int64_t now_us, arena *memory,
	plan_orphan **out, size_t *n, ms_error *err)
{
	orphan_list found = { .memory = memory };
	arena scratch = { 0 };
	rulings r;
	slot_at at;
	unsigned k;
	ms_status s;

	rulings_init(&r, next->earlier);
	ruling_rows_load(txn, &r);
	s = store_status(txn, err);
	for (at.item = 0; at.item < next->n_items; at.item++)
		for (at.unit = 0; at.unit < next->n_units; at.unit++)
			for (k = 0; s == MS_OK &&
				    plan_item_period(next->earlier, at.item, k, &at.period);
				k++)
				s = look_at_slot(txn, &r, next, at, now_us, &scratch, &found, err);
	rulings_fini(&r);
	arena_fini(&scratch);
	*out = found.list;
	*n = found.n;
	return s == MS_NO_MEMORY ? ms_fail(err, s, MST_NO_MEMORY, "no memory for the open slots")
				 : s;
}

static ms_status
refuse_orphans(store_txn *txn, const plan *next, int64_t now_us, ms_error *err)
{
	char name[PERIOD_NAME_SIZE];
	arena memory = { 0 };
	plan_orphan *list;
	size_t n;
	ms_status s = plan_change_orphans(txn, next, now_us, &memory, &list, &n, err);

	if (s == MS_OK && n > 0) {
		s = ms_fail(err, MS_CONFIG, MST_PLAN_ORPHANS,
			"%zu open slots would be nobody's, the first: item %s, unit %s, %s", n,
			next->items[list[0].at.item].id, next->units[list[0].at.unit].id,
			period_name(list[0].at.period, name));
		ms_error_remedy(err,
			"muster plan diff lists them; let the version judge from a later period, "
			"name a successor, or exempt them");
	}
	arena_fini(&memory);
	return s;
}

/* ---- feeds ---- */

enum { LEAVES_AT_ONCE = 256 }; /* what feeds have of them is in memory */

/* A unit that may see more than before. */
typedef struct gainer {
	uint32_t unit;
	uint64_t last_number;
} gainer;

/* What is looked at: a leaf, apart from the map, in which feeds are written meanwhile. */
typedef struct past_leaf {
	uint64_t leaf;
	uint16_t count;
	bool stored[BATCH_ACTS_MAX]; /* and well formed */
	act acts[BATCH_ACTS_MAX];
} past_leaf;

/* The acts of P that G sees by the new version; its feed HAD some of them (may be NULL). */
static void
give_leaf(store_txn *txn, const plan *next, gainer *g, const uint8_t *had, const past_leaf *p,
	int64_t now_us)
{
	uint8_t bitmap[FEED_BITMAP_SIZE] = { 0 };
	bool any = false;
	uint16_t i;

	for (i = 0; i < p->count; i++) {
		if (!p->stored[i] || (had != NULL && (had[i / 8] & (0x80 >> (i % 8))) != 0) ||
			!route_shows(next, g->unit, &p->acts[i], now_us))
			continue;
		bitmap[i / 8] |= (uint8_t)(0x80 >> (i % 8));
		any = true;
	}
	if (any)
		feed_append(txn, span_str(next->units[g->unit].id), &g->last_number, p->leaf,
			bitmap, p->count);
}

static bool
read_leaf(store_txn *txn, uint64_t leaf, arena *memory, past_leaf *out)
{
	log_record record;
	uint16_t i;

	if (!log_read(txn, leaf, &record))
		return false;
	out->leaf = leaf;
	out->count = record.count;
	for (i = 0; i < record.count; i++) {
		span copy = arena_copy(memory, log_act(&record, i));

		if (copy.at == NULL || act_decode(copy, memory, &out->acts[i]) != MS_OK)
			return store_no_memory(txn);
		out->stored[i] = verdict_is_stored((verdict)record.verdicts.at[i]) &&
				 !out->acts[i].malformed;
	}
	return true;
}

static void
give_past(store_txn *txn, const plan *next, gainer *list, size_t n, feed_had *had, uint64_t size,
	int64_t now_us)
{
	past_leaf *p = calloc(1, sizeof(*p));
	arena memory = { 0 };
	uint64_t leaf;
	size_t i;

	if (p == NULL) {
		store_no_memory(txn);
		return;
	}
	for (leaf = 0; leaf < size && store_ok(txn) && read_leaf(txn, leaf, &memory, p); leaf++) {
		for (i = 0; i < n && store_ok(txn); i++)
			give_leaf(txn, next, &list[i], feed_had_of(had, i, leaf), p, now_us);
		arena_reset(&memory);
	}
	arena_fini(&memory);
	free(p);
}

/* Whoever leads, observes or succeeds anew learns what it may see now. */
static void
tell_gainers(store_txn *txn, const plan *next, uint64_t size, int64_t now_us)
{
	gainer *list = calloc(next->n_units + 1, sizeof(*list));
	bool *gains = calloc(next->n_units + 1, sizeof(*gains));
	feed_had had;
	uint32_t unit;
	size_t n = 0;

	if (list == NULL || gains == NULL) {
		store_no_memory(txn);
		free(list);
		free(gains);
		return;
	}
	route_gainers(next, now_us, gains);
	feed_had_init(&had, txn, LEAVES_AT_ONCE);
	for (unit = 0; unit < next->n_units; unit++)
		if (gains[unit]) {
			span id = span_str(next->units[unit].id);

			list[n++] = (gainer){ .unit = unit, .last_number = feed_last(txn, id) };
			feed_had_add(&had, id);
		}
	if (n > 0)
		give_past(txn, next, list, n, &had, size, now_us);
	feed_had_fini(&had);
	free(gains);
	free(list);
}

/* ---- the whole ---- */

static ms_status
check_newest(store_txn *txn, const plan *next, ms_error *err)
{
	arena memory = { 0 };
	plan_row row;
	ms_status s = plans_newest(txn, &memory, &row, err);

	if (s == MS_OK &&
		(next->earlier == NULL || !hash_equal(&row.version, &next->earlier->version)))
		s = ms_fail(err, MS_BUSY, MST_PLAN_VERSIONS,
			"another version of the plan was applied meanwhile: look at the "
			"difference again");
	arena_fini(&memory);
	return s;
}

static void
count_difference(void *ctx, const plan_difference *d)
{
	(void)d;
	++*(size_t *)ctx;
}

static ms_status
refuse_same(const plan *next, ms_error *err)
{
	size_t n = 0;
	ms_status s = plan_diff(next, count_difference, &n);

	if (s != MS_OK)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory to compare the versions");
	if (n > 0 || (next->earlier->earlier != NULL &&
			     period_first_day(next->from) < period_first_day(next->earlier->from)))
		return MS_OK;
	return ms_fail(err, MS_EXISTS, MST_PLAN_VERSIONS,
		"this changes nothing: the newest version says the same already");
}

static ms_status
refuse_undone(const plan *next, const char *newest, ms_error *err)
{
	plan_difference first = { 0 };
	arena memory = { 0 };
	size_t n = 0;
	ms_status s = plan_undo(next, &memory, &first, &n);

	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory to compare the versions");
	if (s == MS_OK && n > 0) {
		s = ms_fail(err, MS_CONFIG, MST_PLAN_AFTER,
			"this would put back what a version in between changed, in %zu places, the "
			"first: %s%s%s: %s -> %s",
			n, first.subject, first.subject[0] == '\0' ? "" : " ", first.what,
			first.before[0] == '\0' ? "-" : first.before,
			first.after[0] == '\0' ? "-" : first.after);
		ms_error_remedy(err,
			"make the file anew from the newest version, which stands behind the last "
			"line #==== of plan.conf; if it is meant: --after %.16s",
			newest);
	}
	arena_fini(&memory);
	return s;
}

/* Two administrators and one plan: who has not seen the newest version must not undo it. */
static ms_status
refuse_stale(const plan *next, const char *after, ms_error *err)
{
	char newest[2 * HASH_SIZE + 1];
	size_t len = after == NULL ? 0 : strlen(after);

	hash_hex(&next->earlier->version, newest);
	if (len == 0)
		return refuse_undone(next, newest, err);
	if (len >= PLAN_AFTER_MIN && len <= strlen(newest) && strncasecmp(newest, after, len) == 0)
		return MS_OK;
	ms_fail(err, MS_CONFIG, MST_PLAN_AFTER,
		"the newest version is %.16s, not %s: another was applied since this file was made",
		newest, after);
	ms_error_remedy(err, "bring into the file what the newest version changed, behind the "
			     "last line #==== of plan.conf, and look at muster plan diff again");
	return MS_CONFIG;
}

/* Every slot and rollup by the new version. */
static void
count_anew(store_txn *txn, const plan *next, uint64_t size, int64_t now_us)
{
	ledger *l = ledger_new(next, 0);

	if (l == NULL) {
		store_no_memory(txn);
		return;
	}
	ledger_rebuild(l, txn, size, now_us);
	ledger_free(l);
}

/* What passed before goes by the version before. */
static ms_status
notice_before(store_txn *txn, log_state *log, const hub_keys *keys, const plan *next,
	int64_t now_us, ms_error *err)
{
	ledger *l = ledger_new(next->earlier, 0);

	if (l == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the ledger");
	if (ledger_notice(l, txn, log, keys, now_us))
		ledger_flush(l, txn, log->tree.size);
	ledger_free(l);
	return store_status(txn, err);
}

/* By the version before too: then comes what the new one shows of older leaves. */
static ms_status
state_before(store_txn *txn, log_state *log, const hub_keys *keys, const plan *next, int64_t now_us,
	ms_error *err)
{
	ledger *l = ledger_new(next->earlier, 0);

	if (l == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the ledger");
	if (ledger_state_every_feed(l, txn, log, keys, now_us))
		ledger_flush(l, txn, log->tree.size);
	ledger_free(l);
	return store_status(txn, err);
}

void
plan_change_follow(store_txn *txn, const plan *next, uint64_t leaf, uint64_t size, int64_t now_us)
{
	tell_gainers(txn, next, leaf, now_us);
	feed_tell_all(txn, next, leaf);
	count_anew(txn, next, size, now_us);
}

ms_status
plan_change_apply(store_txn *txn, log_state *log, const hub_keys *keys, const plan *next,
	const char *after, int64_t now_us, uint64_t *leaf, ms_error *err)
{
	ms_status s = check_newest(txn, next, err);

	if (now_us < log->last_us)
		now_us = log->last_us;
	if (s == MS_OK)
		s = notice_before(txn, log, keys, next, now_us, err);
	if (s == MS_OK)
		s = refuse_same(next, err);
	if (s == MS_OK)
		s = refuse_stale(next, after, err);
	if (s == MS_OK)
		s = refuse_orphans(txn, next, now_us, err);
	if (s == MS_OK)
		s = state_before(txn, log, keys, next, now_us, err);
	if (s == MS_OK)
		s = hub_stream_plan(txn, log, keys, next, now_us, leaf, err);
	if (s != MS_OK)
		return s;
	plan_change_follow(txn, next, *leaf, log->tree.size, now_us);
	return store_status(txn, err);
}
