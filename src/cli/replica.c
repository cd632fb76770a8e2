/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replica.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/hub_dir.h"
#include "cli/leaf_order.h"
#include "codec/acts.h"
#include "lib/device_read.h"
#include "plan/judge.h"
#include "store/log.h"
#include "store/roster.h"

enum { PATIENCE_US = 15000000, CREDIT = 2048 };

/* Where to stop. */
typedef struct bound {
	uint64_t leaves;
	int64_t time_us;
	bool is_given;
} bound;

typedef struct folding {
	replica *r;
	bound end;
	int64_t last_us; /* of the newest leaf taken */
	uint64_t size;   /* of the hub's log, as far as it was told */
	leaf_order past; /* of a feed that may bring leaves late, or is looked at on the way: all
			    of its acts, until its end */
	const replica_looks *looks; /* NULL: it is looked at when it is read */
	size_t looked;
	arena scratch;
	device_read read;
} folding;

static ms_status
read_bound(const char *at, bound *out, ms_error *err)
{
	uint64_t index;

	*out = (bound){ .leaves = UINT64_MAX, .time_us = INT64_MAX, .is_given = at != NULL };
	if (at == NULL)
		return MS_OK;
	if (text_uint(span_str(at), UINT64_MAX - 1, &index)) {
		out->leaves = index;
		return MS_OK;
	}
	if (time_parse(span_str(at), &out->time_us, NULL) == MS_OK)
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--at %s: expected a log index, or a time like 2012-07-21T00:00:00+08:00", at);
}

static bool
is_beyond(const folding *f, uint64_t leaf, int64_t hub_time_us)
{
	return leaf >= f->end.leaves || hub_time_us > f->end.time_us;
}

/* How it was before LEAF. */
static ms_status
look_before(folding *f, uint64_t leaf, ms_error *err)
{
	const replica_looks *l = f->looks;
	ms_status s = MS_OK;

	for (; l != NULL && s == MS_OK && f->looked < l->n && leaf >= l->at[f->looked].leaves;
		f->looked++) {
		f->r->all = book_slots(f->r->book);
		f->r->leaves = l->at[f->looked].leaves;
		f->r->now_us = l->at[f->looked].as_of_us;
		s = l->look(l->ctx, f->looked, f->r, err);
	}
	return s;
}

/* A new version of the plan judges from here on. */
static ms_status
follow_plan(folding *f, const act *a)
{
	const plan *version;
	hash32 hash;

	if (a->u.plan_version_act.version.len != HASH_SIZE)
		return MS_OK;
	memcpy(hash.at, a->u.plan_version_act.version.at, HASH_SIZE);
	version = plan_of_version(f->r->newest, &hash);
	if (version == NULL)
		return MS_NOT_FOUND;
	book_use(f->r->book, version);
	f->r->plan = version;
	return MS_OK;
}

static ms_status
keep_notice(replica *r, const act *a)
{
	notice n = { .level = a->u.notice.level, .at_us = a->u.notice.at_us };

	if (!act_find(r->newest, a, &n.at))
		return MS_OK;
	if (r->n_notices == r->notices_room) {
		size_t room = r->notices_room == 0 ? 64 : 2 * r->notices_room;
		notice *list = realloc(r->notices, room * sizeof(*list));

		if (list == NULL)
			return MS_NO_MEMORY;
		r->notices = list;
		r->notices_room = room;
	}
	r->notices[r->n_notices++] = n;
	return MS_OK;
}

static ms_status
keep_issue(replica *r, const act *a, int from, record_place place)
{
	const issue *in = &a->u.issue;
	replica_issue x = {
		.by = (uint32_t)from, .leaves = in->leaves, .as_of_us = in->as_of_us, .place = place
	};

	if (!period_parse(a->period, &x.at))
		return MS_OK;
	memcpy(x.sha256.at, in->sha256.at, HASH_SIZE);
	snprintf(x.title, sizeof(x.title), "%.*s", (int)in->title.len, (const char *)in->title.at);
	if (r->n_issues == r->issues_room) {
		size_t room = r->issues_room == 0 ? 8 : 2 * r->issues_room;
		replica_issue *list = realloc(r->issues, room * sizeof(*list));

		if (list == NULL)
			return MS_NO_MEMORY;
		r->issues = list;
		r->issues_room = room;
	}
	r->issues[r->n_issues++] = x;
	return MS_OK;
}

static ms_status
fold_hub_act(folding *f, const act *a)
{
	if (a->kind == ACT_HUB_PLAN)
		return follow_plan(f, a);
	return a->kind == ACT_HUB_NOTICE ? keep_notice(f->r, a) : MS_OK;
}

/* What is against the rules of form is nothing, though a hub says that it has stored it. */
static ms_status
fold_unit_act(
	folding *f, const act *a, int from, int64_t hub_time_us, record_place place, verdict v)
{
	if (!verdict_is_stored(v) || !judge_form(a, NULL))
		return MS_OK;
	if (a->kind == ACT_ISSUE)
		return keep_issue(f->r, a, from, place);
	return book_fold(f->r->book, a, from, hub_time_us, place, v);
}

static ms_status
cannot_fold(ms_status s, ms_error *err)
{
	if (s != MS_NOT_FOUND)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for the acts");
	ms_fail(err, MS_CONFIG, MST_WIRE_NO_PLAN,
		"the hub has a newer version of the plan than this directory");
	ms_error_remedy(err, "start the agent: it fetches the plan");
	return MS_CONFIG;
}

static ms_status
fold(folding *f, const leaf_act *x, ms_error *err)
{
	act a;
	ms_status s = act_decode(x->bytes, &f->scratch, &a);

	if (s == MS_OK && !a.malformed)
		s = x->from == PLAN_NO_UNIT
			    ? fold_hub_act(f, &a)
			    : fold_unit_act(f, &a, x->from, x->hub_time_us, x->place, x->verdict);
	arena_reset(&f->scratch);
	f->r->acts++;
	return s == MS_OK ? s : cannot_fold(s, err);
}

static void
end_leaf(folding *f, uint64_t leaf, int64_t hub_time_us)
{
	if (leaf < f->r->leaves)
		return;
	f->r->leaves = leaf + 1;
	f->last_us = hub_time_us;
}

/* ---- a device: its feed ---- */

static ms_status
fold_entry(folding *f, const feed_entry *e, ms_error *err)
{
	int from = plan_find_unit(f->r->newest, e->unit);
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < e->n_acts && s == MS_OK; i++) {
		leaf_act x = { .place = { .leaf = e->leaf, .at = e->acts[i].at },
			.bytes = e->acts[i].bytes,
			.from = from,
			.hub_time_us = e->hub_time_us };

		if (x.place.at >= e->verdicts.len)
			continue;
		x.verdict = (verdict)e->verdicts.at[x.place.at];
		s = f->r->newest->earlier == NULL && f->looks == NULL
			    ? fold(f, &x, err)
			    : leaf_order_add(&f->past, &x, err);
	}
	end_leaf(f, e->leaf, e->hub_time_us);
	return s;
}

static ms_status
fold_past(void *ctx, const leaf_act *x, ms_error *err)
{
	folding *f = ctx;
	ms_status s = look_before(f, x->place.leaf, err);

	return s == MS_OK ? fold(f, x, err) : s;
}

static ms_status
take_feed(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	folding *f = ctx;
	ms_status s = MS_OK;
	size_t i;

	(void)cursor;
	f->size = feed->size;
	for (i = 0; i < feed->n_entries && s == MS_OK; i++)
		if (!feed->entries[i].withheld &&
			!is_beyond(f, feed->entries[i].leaf, feed->entries[i].hub_time_us))
			s = fold_entry(f, &feed->entries[i], err);
	return s;
}

static void
caught_up(void *ctx)
{
	folding *f = ctx;

	f->r->now_us = f->r->read_us = device_read_hub_time(&f->read);
	device_read_stop(&f->read);
}

static ms_status
fold_feed(const char *dir, folding *f, ms_error *err)
{
	ms_status s;

	f->read = (device_read){ .dir = dir,
		.software = "muster " MUSTER_VERSION,
		.wanted = { .classes = CLASS_OWN | CLASS_LEAD, .credit = CREDIT, .once = true },
		.host = { .ctx = f,
			.cursor = device_read_from_begin,
			.take = take_feed,
			.caught_up = caught_up },
		.patience_us = PATIENCE_US,
		.waits = cli_tell_waiting };
	leaf_order_init(&f->past, dir, LEAF_ORDER_ROOM);
	s = device_read_run(&f->read, err);
	if (s == MS_OK) {
		f->r->unit = plan_find_unit(f->r->newest, span_str(f->read.settings.unit));
		f->r->simulated = f->read.settings.clock.simulated;
		s = leaf_order_read(&f->past, fold_past, f, err);
	}
	leaf_order_fini(&f->past);
	device_read_fini(&f->read);
	return s;
}

/* ---- a hub: its log ---- */

static ms_status
fold_leaf(folding *f, store_txn *txn, uint64_t leaf, const log_record *record, ms_error *err)
{
	span acts[BATCH_ACTS_MAX];
	int from = PLAN_NO_UNIT;
	batch_header h;
	device d;
	ms_status s = MS_OK;
	uint16_t i;

	if (!batch_header_read(record->header, &h))
		return ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT, "leaf %llu has no header",
			(unsigned long long)leaf);
	if (device_load(txn, &h.device, &d))
		from = plan_find_unit(f->r->newest, span_str(d.unit));
	log_acts(record, acts);
	for (i = 0; i < record->count && s == MS_OK; i++)
		s = fold(f,
			&(leaf_act){ .place = { .leaf = leaf, .at = i },
				.bytes = acts[i],
				.from = from,
				.hub_time_us = record->hub_time_us,
				.verdict = (verdict)record->verdicts.at[i] },
			err);
	end_leaf(f, leaf, record->hub_time_us);
	return s;
}

typedef struct following {
	folding *f;
	store_txn *txn;
	ms_status s;
	ms_error *err;
} following;

static bool
follow_leaf(void *ctx, uint64_t leaf)
{
	following *w = ctx;
	log_record record;

	if (!log_read(w->txn, leaf, &record))
		w->s = store_ok(w->txn)
			       ? ms_fail(w->err, MS_CORRUPT, MST_STORE_CORRUPT,
					 "leaf %llu cannot be read", (unsigned long long)leaf)
			       : store_status(w->txn, w->err);
	else if (is_beyond(w->f, leaf, record.hub_time_us))
		return false;
	else
		w->s = look_before(w->f, leaf, w->err);
	if (w->s == MS_OK)
		w->s = fold_leaf(w->f, w->txn, leaf, &record, w->err);
	return w->s == MS_OK;
}

static ms_status
fold_log(const char *dir, folding *f, ms_error *err)
{
	following w = { .f = f, .err = err };
	log_state state;
	store_txn txn;
	hub_dir hub;
	ms_status s = hub_dir_read(dir, &hub, err);

	if (s != MS_OK)
		return s;
	f->r->unit = PLAN_NO_UNIT;
	f->r->simulated = hub.settings.clock.simulated;
	w.txn = &txn;
	store_begin(hub.store, &txn, STORE_READ);
	log_follow(&txn, &state, follow_leaf, &w);
	f->r->now_us = f->r->read_us = hub_dir_now(&hub, &state);
	f->size = state.tree.size;
	s = w.s == MS_OK ? store_status(&txn, err) : w.s;
	store_abort(&txn);
	hub_dir_close(&hub);
	return s;
}

/* ---- either ---- */

/* What lies ahead will not be the same for ever. */
static ms_status
judge_bound(const folding *f, const char *at, ms_error *err)
{
	char now[40];

	if (!f->end.is_given || (f->end.time_us == INT64_MAX ? f->end.leaves <= f->size
							     : f->end.time_us <= f->r->now_us))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--at %s lies ahead: the log has %llu leaves, and the hub's time is %s", at,
		(unsigned long long)f->size,
		time_format(f->r->now_us, f->r->newest->zone_min, now));
}

/* A bound by index is looked at as of its last leaf. */
static ms_status
set_time(folding *f, const char *at, ms_error *err)
{
	if (!f->end.is_given)
		return MS_OK;
	f->r->now_us = f->end.time_us != INT64_MAX ? f->end.time_us : f->last_us;
	return f->r->now_us != 0
		       ? MS_OK
		       : ms_fail(err, MS_USAGE, MST_CLI_VALUE,
				 "--at %s: nothing that this unit may see was in the log yet", at);
}

/* A feed tells of every version but the first. */
static ms_status
begin_book(replica *r, ms_error *err)
{
	r->book = book_new(r->newest);
	if (r->book == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the book");
	r->plan = r->newest;
	while (r->plan->earlier != NULL)
		r->plan = r->plan->earlier;
	book_use(r->book, r->plan);
	return MS_OK;
}

static ms_status
get(const char *dir, folding *f, ms_error *err)
{
	replica *out = f->r;
	store_kind kind;
	ms_status s = home_kind_of(dir, &kind, err);

	if (s == MS_OK)
		s = home_plan_read(dir, &out->newest, err);
	if (s == MS_OK)
		s = begin_book(out, err);
	if (s != MS_OK)
		return s;
	s = kind == STORE_HUB ? fold_log(dir, f, err) : fold_feed(dir, f, err);
	if (s == MS_OK)
		s = look_before(f, UINT64_MAX, err);
	out->all = book_slots(out->book);
	arena_fini(&f->scratch);
	return s;
}

ms_status
replica_get(const char *dir, const char *at, replica *out, ms_error *err)
{
	folding f = { .r = out };
	ms_status s = read_bound(at, &f.end, err);

	*out = (replica){ .unit = PLAN_NO_UNIT };
	if (s == MS_OK)
		s = get(dir, &f, err);
	if (s == MS_OK)
		s = judge_bound(&f, at, err);
	if (s == MS_OK)
		s = set_time(&f, at, err);
	return s;
}

ms_status
replica_look_at(const char *dir, const replica_looks *looks, ms_error *err)
{
	replica r = { .unit = PLAN_NO_UNIT };
	folding f = {
		.r = &r, .end = { .leaves = UINT64_MAX, .time_us = INT64_MAX }, .looks = looks
	};
	ms_status s = get(dir, &f, err);

	replica_fini(&r);
	return s;
}

void
replica_fini(replica *r)
{
	book_free(r->book);
	free(r->notices);
	free(r->issues);
	plan_free(r->newest);
	*r = (replica){ 0 };
}
