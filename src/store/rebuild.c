/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebuild.c - the log once more through the ledger, leaf by leaf, into an empty store, which reads
 * the leaves where they are. Comparing is rebuild_rows.c.
 *
 * What the hub's own acts did to rows is done here by their kinds; entries in feeds of kinds that
 * this code does not know are taken over as they are. Files of plans and batches of forks, which a
 * leaf names by their hash, are taken from their rows.
 */
#include "store/rebuild.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "codec/acts.h"
#include "store/clock_note.h"
#include "store/ledger_parts.h"
#include "store/plan_change.h"
#include "store/plans.h"
#include "store/rebuild_parts.h"

enum { CHUNK_ACTS = 16384 };

/* ---- devices ---- */

static device *
find_device(const rebuilding *r, span id)
{
	uint64_t at;

	return map_find(&r->devices, id, &at) ? (device *)(uintptr_t)at : NULL;
}

static void
note(rebuilding *r, map *m, span key, uint64_t number)
{
	if (key.len > 0 && !map_put(m, key, number))
		store_no_memory(&r->to);
}

static device *
add_device(rebuilding *r, span id, span unit, span name, uint64_t leaf)
{
	device *d = arena_zalloc(&r->kept, sizeof(*d));

	if (d == NULL || !map_put(&r->devices, id, (uint64_t)(uintptr_t)d)) {
		store_no_memory(&r->to);
		return NULL;
	}
	*d = (device){ .next_seq = 1, .state = DEVICE_ACTIVE, .enrolled_leaf = leaf };
	if (id.len == ID_SIZE)
		memcpy(d->id.at, id.at, ID_SIZE);
	snprintf(d->unit, sizeof(d->unit), "%.*s", (int)unit.len, (const char *)unit.at);
	snprintf(d->name, sizeof(d->name), "%.*s", (int)name.len, (const char *)name.at);
	r->n_devices++;
	/* the ledger asks it whose an old decision was; what it says else is compared at the end */
	device_save(&r->to, d);
	return d;
}

/* ---- the ledger of a version ---- */

/* The file of the version stands in its row; that it is the one that was put in force its hash
 * says. */
static ms_status
use_plan(rebuilding *r, const act *a, uint64_t leaf, int64_t now_us, ms_error *err)
{
	plan *before = r->plan;
	plan_row row;
	hash32 version;
	ms_status s = MS_OK;

	if (a->u.plan_version_act.version.len != HASH_SIZE)
		return MS_OK;
	memcpy(version.at, a->u.plan_version_act.version.at, HASH_SIZE);
	if (!plans_get(&r->from, &version, &r->kept, &row)) {
		if (store_ok(&r->from))
			rebuild_differs(r, leaf, "the plan that it puts in force has no row");
		return store_status(&r->from, err);
	}
	s = plan_load(row.file, "the stored plan", &r->plan, NULL, err);
	if (s != MS_OK)
		return s;
	row.leaf = leaf;
	if (!period_parse(a->u.plan_version_act.from_period, &row.from_period))
		row.from_period = (period){ 0 };
	plans_put(&r->to, &row);
	if (before != NULL) {
		ledger_free(r->ledger);
		plan_change_follow(&r->to, r->plan, leaf, r->log.tree.size, now_us);
	}
	r->ledger = ledger_new(r->plan, 0);
	plan_free(before);
	return r->ledger == NULL
		       ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the ledger")
		       : store_status(&r->to, err);
}

/* ---- leaves ---- */

/* Lights that passed up to then were told before what stands here. */
static void
told_until(rebuilding *r, int64_t us)
{
	if (us > r->log.noticed_us)
		r->log.noticed_us = us;
}

/* The row of the leaf, beside what the writer would have appended. */
static void
follow_log(
	rebuilding *r, const log_record *record, const ledger_batch *b, const record_place *prevs)
{
	hash32 leaf, made[TREE_LEVELS_MAX + 1];

	if (memcmp(b->verdicts, record->verdicts.at, b->count) != 0)
		rebuild_differs(r, b->leaf, "the rules give its acts other verdicts");
	if (!log_prevs_are(record, prevs))
		rebuild_differs(r, b->leaf,
			"it names other records as those before its own in their slots");
	memcpy(leaf.at, record->nodes.at, HASH_SIZE);
	tree_append(&r->log.tree, &leaf, made);
	/* A time that had to be moved on to that of the leaf before tells nothing of lights. */
	if (record->hub_time_us > r->log.last_us && (b->leaf == 0 || b->unit != PLAN_NO_UNIT))
		told_until(r, record->hub_time_us);
	r->log.last_us = record->hub_time_us;
}

/* ---- leaves of the hub ---- */

static void
route_notices(rebuilding *r, ledger_batch *b)
{
	uint16_t i;

	for (i = 0; i < b->count; i++)
		if (!act_find(r->plan, &b->acts[i], &r->ledger->at[i])) {
			rebuild_differs(r, b->leaf, "it tells of a slot that is not in the plan");
			return;
		}
	ledger_route(r->ledger, &r->to, b);
}

/* Who has LEAF next in its feed gets it here too. */
static void
route_as_stored(rebuilding *r, const ledger_batch *b)
{
	uint32_t unit;

	for (unit = 0; unit < r->plan->n_units; unit++) {
		span id = span_str(r->plan->units[unit].id);
		uint64_t last = feed_last(&r->to, id);
		feed_reader next;
		feed_row row;

		feed_seek(&r->from, id, last, &next);
		if (feed_next(&next, &row) && row.leaf == b->leaf)
			feed_append(&r->to, id, &last, b->leaf, row.bitmap, b->count);
		r->ledger->readers[unit].known = false;
	}
}

/* Both are 32 bytes. */
static void
take_keys(device *d, span signing, span curve)
{
	if (signing.len == SIGN_PUBLIC_SIZE)
		memcpy(d->sign_key.at, signing.at, SIGN_PUBLIC_SIZE);
	if (curve.len == CURVE_PUBLIC_SIZE)
		memcpy(d->curve_key, curve.at, CURVE_PUBLIC_SIZE);
}

static void
rotate(device *d, const hub_rotation *x, uint64_t leaf)
{
	d->old_sign_key = d->sign_key;
	memcpy(d->old_curve_key, d->curve_key, CURVE_PUBLIC_SIZE);
	d->old_until_us = x->until_us;
	d->key_leaf = leaf;
	take_keys(d, x->sign_key, x->curve_key);
}

/* Is B what D was frozen for? Its leaf names the header, the header the acts. */
static bool
is_fork(const device *d, const hub_freeze *x, span bytes, batch_view *b)
{
	if (batch_open(bytes, b) != BATCH_GOOD || batch_check_root(b) != BATCH_GOOD)
		return false;
	b->header_hash = batch_header_hash(b->header);
	return span_equal(x->header_hash, span_of(b->header_hash.at, HASH_SIZE)) &&
	       (batch_check_signature(b, &d->sign_key) == BATCH_GOOD ||
		       batch_check_signature(b, &d->old_sign_key) == BATCH_GOOD);
}

/* The batch for which D is frozen is kept beside the log. */
static void
freeze(rebuilding *r, device *d, const hub_freeze *x, uint64_t leaf)
{
	evidence e = { .device = d->id, .first_seq = x->first_seq };
	batch_view b;

	d->state = DEVICE_FROZEN;
	if (x->header_hash.len == HASH_SIZE)
		memcpy(e.header_hash.at, x->header_hash.at, HASH_SIZE);
	if (!evidence_get(&r->from, &e)) {
		if (store_ok(&r->from))
			rebuild_differs(r, leaf,
				"the batch for which it froze the device has no row in EVIDENCE");
		return;
	}
	if (is_fork(d, x, e.batch, &b))
		evidence_put(&r->to, &b, r->log.last_us);
	else
		rebuild_differs(r, leaf,
			"the row in EVIDENCE holds another batch than it froze the device for");
}

/* What an act of the hub says of a device. False: it says nothing of any. */
static bool
take_roster_act(rebuilding *r, const act *a, uint64_t leaf)
{
	const hub_enrolment *e = &a->u.enrolment;
	device *d;

	switch (a->kind) {
	case ACT_HUB_ENROLMENT:
		d = add_device(r, e->device, e->unit, e->name, leaf);
		if (d != NULL)
			take_keys(d, e->sign_key, e->curve_key);
		if (d != NULL && e->awaits_approval)
			d->state = DEVICE_PENDING;
		if (d != NULL && e->invite.len > 0)
			note(r, &r->invites, e->invite, (uint64_t)(uintptr_t)d);
		return true;
	case ACT_HUB_APPROVAL:
		d = find_device(r, a->u.approval.device);
		if (d != NULL)
			d->state = DEVICE_ACTIVE;
		return true;
	case ACT_HUB_ROTATION:
		d = find_device(r, a->u.rotation.device);
		if (d != NULL)
			rotate(d, &a->u.rotation, leaf);
		return true;
	case ACT_HUB_FREEZE:
		d = find_device(r, a->u.freeze.device);
		if (d != NULL)
			freeze(r, d, &a->u.freeze, leaf);
		return true;
	case ACT_HUB_REVOCATION:
		d = find_device(r, a->u.revocation.device);
		if (d != NULL) {
			d->state = DEVICE_REVOKED;
			d->revoked_leaf = leaf;
		}
		return true;
	default:
		return false;
	}
}

/* The hub itself, and its clock. */
static void
take_origin(rebuilding *r, device *hub, const hub_origin *x)
{
	take_keys(hub, x->sign_key, x->curve_key);
	r->is_old = x->curve_key.len == 0;
	r->simulated = x->simulated;
	note(r, &r->curve_keys, x->curve_key, 0);
}

static void
take_move(rebuilding *r, const hub_moved *x, uint64_t leaf)
{
	r->moved = (hub_move){ .from_us = x->from_us, .until_us = x->until_us, .leaf = leaf };
	snprintf(r->moved.address, sizeof(r->moved.address), "%.*s", (int)x->address.len,
		(const char *)x->address.at);
	if (x->curve_key.len == CURVE_SECRET_SIZE)
		memcpy(r->moved.now.curve_key, x->curve_key.at, CURVE_SECRET_SIZE);
	note(r, &r->curve_keys, x->curve_key, 0);
}

static ms_status
take_hub_act(rebuilding *r, const act *a, ledger_batch *b, ms_error *err)
{
	device *d;

	if (take_roster_act(r, a, b->leaf))
		return store_status(&r->to, err);
	switch (a->kind) {
	case ACT_HUB_PLAN:
		return use_plan(r, a, b->leaf, b->hub_time_us, err);
	case ACT_HUB_NOTICE:
		route_notices(r, b);
		told_until(r, a->u.notice.at_us);
		break;
	case ACT_HUB_ORIGIN:
		d = find_device(r, span_of(r->hub.at, ID_SIZE));
		if (d != NULL)
			take_origin(r, d, &a->u.origin);
		break;
	case ACT_HUB_FEEDS:
		if (!ledger_take_statement(r->ledger, &r->to, b) && store_ok(&r->to))
			rebuild_differs(r, b->leaf, "it states other feeds than there were");
		break;
	case ACT_HUB_CLOCK:
		ledger_tell(r->ledger, &r->to, b);
		clock_note_take(&r->to, &a->u.clock, b->leaf, b->hub_time_us);
		break;
	case ACT_HUB_MOVED:
		ledger_tell(r->ledger, &r->to, b);
		take_move(r, &a->u.moved, b->leaf);
		break;
	case ACT_HUB_RULES:
	case ACT_HUB_RESTORE:
		break;
	default:
		route_as_stored(r, b);
		break;
	}
	return store_status(&r->to, err);
}

/* Plan versions are counted anew by what stands in the rows: they must stand there. */
static void
flush(rebuilding *r)
{
	if (r->ledger != NULL) {
		ledger_flush(r->ledger, &r->to, r->log.tree.size);
		ledger_settle(r->ledger);
	}
	r->chunk = 0;
}

static ms_status
take_hub_leaf(rebuilding *r, const log_record *record, const batch_view *view, device *d,
	ledger_batch *b, ms_error *err)
{
	memset(b->verdicts, VERDICT_STORED, b->count);
	if (b->acts[0].kind == ACT_HUB_PLAN)
		flush(r);
	follow_log(r, record, b, NULL);
	batch_index_put(&r->to, &d->id, view->fields.first_seq, b->leaf);
	if (b->acts[0].malformed)
		return store_status(&r->to, err);
	if (b->acts[0].kind == ACT_HUB_RESTORE) {
		r->log.restore_leaf = b->leaf;
		r->log.generation = r->stored.generation;
	}
	return take_hub_act(r, &b->acts[0], b, err);
}

/* ---- leaves of units ---- */

static ms_status
take_unit_leaf(rebuilding *r, const log_record *record, const batch_view *view, device *d,
	ledger_batch *b, ms_error *err)
{
	b->unit = plan_find_unit(r->plan, span_str(d->unit));
	ledger_take(r->ledger, &r->to, b);
	follow_log(r, record, b, b->prevs);
	batch_index_put(&r->to, &d->id, view->fields.first_seq, b->leaf);
	ledger_route(r->ledger, &r->to, b);
	r->chunk += b->count;
	return store_status(&r->to, err);
}

/* ---- the walk ---- */

/* The leaf's batch, decoded into memory that lives until the next flush. */
static ms_status
decode(rebuilding *r, const log_record *record, batch_view *view, act **acts, ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = log_batch(record, &bytes);
	span copy = s == MS_OK ? arena_copy(&r->acts, buf_span(&bytes)) : (span){ 0 };
	uint16_t i;

	buf_fini(&bytes);
	*acts = arena_alloc(&r->acts, record->count * sizeof(**acts));
	if (copy.at == NULL || *acts == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	if (batch_open(copy, view) != BATCH_GOOD)
		return ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT, "leaf %llu holds no batch",
			(unsigned long long)record->leaf);
	view->header_hash = batch_header_hash(view->header);
	for (i = 0; i < record->count; i++)
		if (act_decode(view->acts[i], &r->acts, &(*acts)[i]) != MS_OK)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	return MS_OK;
}

static ms_status
take_leaf(rebuilding *r, uint64_t leaf, ms_error *err)
{
	ledger_batch b = { .unit = PLAN_NO_UNIT, .leaf = leaf };
	log_record record;
	batch_view view;
	act *acts;
	device *d;
	ms_status s;

	if (!log_read(&r->from, leaf, &record))
		return store_ok(&r->from) ? MS_CORRUPT : store_status(&r->from, err);
	s = decode(r, &record, &view, &acts, err);
	if (s != MS_OK)
		return s;
	if (leaf == 0)
		r->hub = view.fields.device;
	if (leaf == 0)
		add_device(r, span_of(view.fields.device.at, ID_SIZE), span_str(""),
			span_str("hub"), 0);
	d = find_device(r, span_of(view.fields.device.at, ID_SIZE));
	if (d == NULL || (r->plan == NULL && d->unit[0] != '\0')) {
		rebuild_differs(r, leaf, "its device is not enrolled");
		return MS_OK;
	}
	b.acts = acts;
	b.count = record.count;
	b.hub_time_us = record.hub_time_us;
	s = d->unit[0] == '\0' ? take_hub_leaf(r, &record, &view, d, &b, err)
			       : take_unit_leaf(r, &record, &view, d, &b, err);
	d->next_seq += record.count;
	d->last_header = view.header_hash;
	return s;
}

static void
begin_chunk(rebuilding *r)
{
	store_begin(r->empty, &r->to, STORE_WRITE);
	store_lend(&r->to, TABLE_LOG, &r->from);
}

/* End a chunk: what was taken is on its way out of memory. */
static ms_status
end_chunk(rebuilding *r, ms_error *err)
{
	ms_status s;

	flush(r);
	arena_reset(&r->acts);
	s = store_commit(&r->to, err);
	if (s == MS_OK)
		begin_chunk(r);
	return s;
}

typedef struct walking {
	rebuilding *r;
	ms_error *err;
	ms_status s;
} walking;

static bool
step(void *ctx, uint64_t leaf)
{
	walking *w = ctx;
	rebuilding *r = w->r;

	w->s = take_leaf(r, leaf, w->err);
	if (w->s == MS_OK && r->chunk >= CHUNK_ACTS)
		w->s = end_chunk(r, w->err);
	else if (r->chunk == 0)
		arena_reset(&r->acts);
	return w->s == MS_OK && r->out->good;
}

static ms_status
walk(rebuilding *r, ms_error *err)
{
	walking w = { .r = r, .err = err };

	log_follow(&r->from, &r->stored, step, &w);
	if (w.s == MS_OK)
		w.s = store_status(&r->from, err);
	if (w.s == MS_OK && r->out->good)
		w.s = end_chunk(r, err);
	return w.s;
}

ms_status
rebuild_compare(store *db, store *empty, verify_result *out, ms_error *err)
{
	rebuilding r = { .out = out, .empty = empty };
	ms_status s;

	store_begin(db, &r.from, STORE_READ);
	begin_chunk(&r);
	tree_frontier_init(&r.log.tree);
	s = walk(&r, err);
	if (s == MS_OK && out->good)
		s = rebuild_compare_rows(&r, err);
	ledger_free(r.ledger);
	store_abort(&r.to);
	store_abort(&r.from);
	plan_free(r.plan);
	map_fini(&r.devices);
	map_fini(&r.invites);
	map_fini(&r.curve_keys);
	map_fini(&r.changes);
	arena_fini(&r.acts);
	arena_fini(&r.kept);
	return s;
}
