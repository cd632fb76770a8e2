/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c - one turn: every job that waits, one transaction, one commit; then the signer is asked
 * and the outcomes go up, where they wait for its answer.
 *
 * What the writer keeps in memory (ledger caches, tree frontier, roster) is a copy of what is
 * stored. After an aborted transaction all of it is read again (promise 2 of src/README.md), so
 * memory never runs ahead of the disk.
 */
#include "hub/writer.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "proof/growth.h"
#include "store/clock_note.h"
#include "store/ledger.h"
#include "store/plan_change.h"

enum { TURN_ACTS = 8192 /* one commit of 1-2 ms at full load; see tests/bench */ };

#define FORGET_US (INT64_C(86400) * 1000000) /* between two looks through all invites */

struct writer {
	writer_setup setup;
	pthread_t thread;
	ledger *ledger;
	log_state log;
	tree_frontier asked_at; /* the tree that the signer was asked to sign last */
	buf grown, growth;      /* leaves appended since, and how that is told */
	int64_t due_us; /* by what is stored: when a light may pass, or feeds are to be stated */
	roster roster;
	int64_t forget_us;  /* when invites are looked through next */
	bool invites_moved; /* in the turn at hand */
	bool plan_moved;    /* or the hub, in the turn at hand, which is then the last one */
	bool polite;        /* of the batch class */
	ms_status ended;
	ms_error error;
};

/* ---- batches ---- */

static void
refuse_revoked_or_frozen(job *j, const device *d)
{
	j->outcome = d != NULL && d->state == DEVICE_FROZEN ? OUTCOME_FROZEN : OUTCOME_REVOKED;
}

static void
answer_known(store_txn *txn, job *j, uint64_t leaf)
{
	log_record record;

	if (!log_read(txn, leaf, &record))
		return;
	j->outcome = OUTCOME_RECEIPT;
	j->is_known = true;
	j->leaf = leaf;
	j->hub_time_us = record.hub_time_us;
	memcpy(j->verdicts, record.verdicts.at, record.verdicts.len);
}

static void
append_new(writer *w, store_txn *txn, job *j, device *d)
{
	ledger_batch b = {
		.acts = j->acts,
		.count = j->batch.fields.count,
		.unit = plan_find_unit(w->setup.plan, span_str(d->unit)),
		.leaf = w->log.tree.size,
	};

	b.hub_time_us = j->hub_time_us;
	ledger_take(w->ledger, txn, &b);
	j->leaf = log_append(txn, &w->log, &j->batch, j->hub_time_us, b.verdicts, b.prevs);
	batch_index_put(txn, &d->id, j->batch.fields.first_seq, j->leaf);
	ledger_route(w->ledger, txn, &b);
	memcpy(j->verdicts, b.verdicts, b.count);
	d->next_seq += b.count;
	d->last_header = j->batch.header_hash;
	j->outcome = OUTCOME_RECEIPT;
}

/* Whoever verifies the log asks for the key by the leaf's time. */
static void
take_new(writer *w, store_txn *txn, job *j, device *d)
{
	if (j->hub_time_us < w->log.last_us)
		j->hub_time_us = w->log.last_us;
	if (!device_signs_at(d, &j->signed_by, j->hub_time_us)) {
		j->outcome = OUTCOME_OLD_KEY;
		return;
	}
	append_new(w, txn, j, d);
	device_save(txn, d);
}

/* A copied or restored device: keep the batch as evidence, believe nothing more from it (promise 3
 * of src/README.md). */
static void
freeze(writer *w, store_txn *txn, job *j, device *d)
{
	ms_error err = { 0 };

	if (hub_freeze_device(txn, &w->log, w->setup.keys, &j->batch, j->hub_time_us, d, &err) !=
		MS_OK)
		store_fail(txn, err.status, err.code, "%s", err.text);
	j->outcome = OUTCOME_FORK;
}

/* The hash of the header indexed at FIRST_SEQ, if there is one. */
static bool
known_header(store_txn *txn, const job *j, uint64_t *leaf, hash32 *hash)
{
	log_record record;

	if (!batch_index_find(txn, &j->device, j->batch.fields.first_seq, leaf) ||
		!log_read(txn, *leaf, &record))
		return false;
	*hash = batch_header_hash(record.header);
	return true;
}

static void
stage_batch(writer *w, store_txn *txn, job *j)
{
	device *d = roster_find(&w->roster, &j->device);
	hash32 known;
	uint64_t leaf = 0;
	bool is_known;

	if (d == NULL || d->state == DEVICE_REVOKED || d->state == DEVICE_PENDING) {
		refuse_revoked_or_frozen(j, d);
		return;
	}
	is_known = j->batch.fields.first_seq < d->next_seq && known_header(txn, j, &leaf, &known);
	switch (batch_classify(&j->batch, d->next_seq, &d->last_header, is_known ? &known : NULL)) {
	case BATCH_KNOWN:
		answer_known(txn, j, leaf);
		return;
	case BATCH_GAP:
		j->outcome = OUTCOME_GAP;
		j->next_seq = d->next_seq;
		return;
	case BATCH_NEW:
		if (d->state != DEVICE_FROZEN) {
			take_new(w, txn, j, d);
			return;
		}
		break;
	case BATCH_FORK:
		if (d->state != DEVICE_FROZEN) {
			freeze(w, txn, j, d);
			return;
		}
		break;
	}
	refuse_revoked_or_frozen(j, d);
}

/* ---- roster and clock ---- */

static ms_status
stage_enrol(writer *w, store_txn *txn, job *j)
{
	if (plan_find_unit(w->setup.plan, span_str(j->device_row.unit)) < 0)
		return ms_fail(&j->error, MS_NOT_FOUND, MST_UNIT_UNKNOWN,
			"the plan has no unit \"%s\"", j->device_row.unit);
	return hub_stream_enrol(txn, &w->log, w->setup.keys, &w->roster, &j->device_row, NULL,
		j->hub_time_us, &j->error);
}

static ms_status
stage_revoke(writer *w, store_txn *txn, job *j)
{
	device wanted = j->device_row;

	return hub_stream_revoke(txn, &w->log, w->setup.keys, &w->roster, span_str(wanted.name),
		span_str(j->reason), j->hub_time_us, &j->device_row, &j->error);
}

static ms_status
stage_approve(writer *w, store_txn *txn, job *j)
{
	device wanted = j->device_row;

	return hub_approve(txn, &w->log, w->setup.keys, &w->roster, span_str(wanted.name),
		j->hub_time_us, &j->device_row, &j->leaf, &j->error);
}

static ms_status
stage_invite(writer *w, store_txn *txn, job *j)
{
	if (plan_find_unit(w->setup.plan, span_str(j->invite.unit)) < 0)
		return ms_fail(&j->error, MS_NOT_FOUND, MST_UNIT_UNKNOWN,
			"the plan has no unit \"%s\"", j->invite.unit);
	if (j->hub_time_us >= w->forget_us) {
		hub_forget_invites(txn, j->hub_time_us);
		w->forget_us = j->hub_time_us + FORGET_US;
	}
	j->invite.made_us = j->hub_time_us;
	j->invite.expires_us += j->hub_time_us;
	w->invites_moved = true;
	return hub_invite(txn, &w->roster, &j->invite, &j->error);
}

static ms_status
stage_withdraw(writer *w, store_txn *txn, job *j)
{
	w->invites_moved = true;
	return hub_withdraw(txn, j->device_row.name, &j->withdrawn, &j->error);
}

static ms_status
stage_join(writer *w, store_txn *txn, job *j)
{
	return hub_join(txn, &w->log, w->setup.keys, &w->roster, &j->ask, j->hub_time_us,
		&j->joined, &j->error);
}

/* What was taken before goes by the version before: it is flushed first. */
static ms_status
stage_plan(writer *w, store_txn *txn, job *j)
{
	ms_status s;

	ledger_flush(w->ledger, txn, w->log.tree.size);
	s = plan_change_apply(txn, &w->log, w->setup.keys, j->next, j->plan_after, j->hub_time_us,
		&j->leaf, &j->error);
	w->plan_moved = s == MS_OK;
	return s;
}

/* No leaf (J->leaf stays 0) when the log says so already. */
static ms_status
stage_found(writer *w, store_txn *txn, job *j)
{
	hub_clock what = j->found;
	int unit = PLAN_NO_UNIT;
	const device *d;
	ms_status s;

	if (what.finding == CLOCK_DEVICE_OFF || what.finding == CLOCK_DEVICE_AGREES) {
		d = roster_find(&w->roster, &j->device);
		unit = d == NULL ? -1 : plan_find_unit(w->setup.plan, span_str(d->unit));
		if (unit < 0)
			return MS_OK;
		what.device = span_of(j->device.at, ID_SIZE);
	}
	s = clock_note_state(w->ledger, txn, &w->log, w->setup.keys, &what, unit, j->hub_time_us,
		&j->leaf, &j->error);
	return s == MS_EXISTS ? MS_OK : s;
}

/* The hub begins anew afterwards, at both places. */
static ms_status
stage_move(writer *w, store_txn *txn, job *j)
{
	ms_status s = hub_move_apply(
		txn, &w->log, w->setup.keys, w->setup.plan, &j->move, j->hub_time_us, &j->error);

	w->plan_moved = s == MS_OK;
	return s;
}

static ms_status
stage_stored(writer *w, store_txn *txn, job *j)
{
	size_t i;

	for (i = 0; i < j->n_stored; i++)
		stored_put(
			txn, span_str(w->setup.plan->units[j->stored[i].unit].id), j->stored[i].at);
	return MS_OK;
}

static ms_status
stage_clock(writer *w, store_txn *txn, job *j)
{
	(void)txn;
	if (j->hub_time_us > w->log.manual_clock_us)
		w->log.manual_clock_us = j->hub_time_us;
	return MS_OK;
}

/* A JOB_TICK asks for nothing but what its time brings. */
static ms_status (*const stages[JOB_KIND_COUNT])(writer *w, store_txn *txn, job *j) = {
	[JOB_ENROL] = stage_enrol,
	[JOB_REVOKE] = stage_revoke,
	[JOB_INVITE] = stage_invite,
	[JOB_WITHDRAW] = stage_withdraw,
	[JOB_JOIN] = stage_join,
	[JOB_APPROVE] = stage_approve,
	[JOB_CLOCK] = stage_clock,
	[JOB_PLAN] = stage_plan,
	[JOB_MOVE] = stage_move,
	[JOB_FOUND] = stage_found,
	[JOB_STORED] = stage_stored,
};

static void
stage_office_job(writer *w, store_txn *txn, job *j)
{
	ms_status s = MS_OK;

	if (j->hub_time_us < w->log.last_us)
		j->hub_time_us = w->log.last_us;
	lang_answer_in(j->language);
	if (stages[j->kind] != NULL)
		s = stages[j->kind](w, txn, j);
	lang_answer_in(NULL);
	j->outcome = s == MS_OK ? OUTCOME_DONE : OUTCOME_FAILED;
	if (s == MS_NO_MEMORY || s == MS_CORRUPT)
		store_fail(txn, s, j->error.code, "%s", j->error.text);
}

/* ---- the turn ---- */

/* Memory follows the disk: after a start and after every abort. */
static ms_status
load_state(writer *w, ms_error *err)
{
	store_txn txn;
	ms_status s;

	ledger_discard(w->ledger);
	roster_fini(&w->roster);
	w->roster = (roster){ 0 };
	store_begin(w->setup.store, &txn, STORE_READ);
	log_state_load(&txn, &w->log);
	w->due_us = ledger_due(&txn, w->setup.plan, &w->log);
	w->log.grown = &w->grown;
	w->asked_at = w->log.tree;
	buf_reset(&w->grown);
	roster_load(&txn, &w->roster);
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

/* Copied, since the ledger works on while the front reads. */
static void
share_changes(writer *w, job *last)
{
	ledger_changes c = ledger_look(w->ledger);

	last->units = arena_alloc(&last->memory, c.n_units * sizeof(*c.units));
	last->rollups = arena_alloc(&last->memory, c.n_rollups * sizeof(*c.rollups));
	if (last->units == NULL || last->rollups == NULL)
		return; /* readers learn of it with the next turn or question */
	if (c.n_units > 0)
		memcpy(last->units, c.units, c.n_units * sizeof(*c.units));
	if (c.n_rollups > 0)
		memcpy(last->rollups, c.rollups, c.n_rollups * sizeof(*c.rollups));
	last->n_units = c.n_units;
	last->n_rollups = c.n_rollups;
}

static void
outcomes_failed(job *first)
{
	job *j;

	for (j = first; j != NULL; j = (job *)j->link.next) {
		j->outcome = OUTCOME_NO_SPACE;
		if (j->kind != JOB_BATCH)
			job_fail(j, MS_NO_SPACE, MST_STORE_SPACE,
				TR("the hub's storage is full, nothing was changed"));
	}
}

/* Commit what was staged. MS_OK also when the disk is full: then nothing was kept and every outcome
 * says so. */
static ms_status
commit_turn(writer *w, store_txn *txn, job *first, job *last)
{
	ms_status s;

	ledger_flush(w->ledger, txn, w->log.tree.size);
	log_state_save(txn, &w->log);
	last->next_notice_us = ledger_next_notice(w->ledger, txn, &w->log);
	if (ledger_next_statement(w->ledger) < last->next_notice_us)
		last->next_notice_us = ledger_next_statement(w->ledger);
	s = store_commit(txn, &w->error);
	if (s == MS_OK) {
		last->wrote = w->grown.len > 0 || w->invites_moved;
		share_changes(w, last);
		ledger_settle(w->ledger);
	} else if (s == MS_NO_SPACE) {
		w->error = (ms_error){ 0 };
		w->plan_moved = false;
		outcomes_failed(first);
		s = load_state(w, &w->error);
		last->next_notice_us = w->due_us;
		last->full = true;
	}
	w->invites_moved = false;
	last->turn_end = true;
	last->log_size = w->log.tree.size;
	return s;
}

/* As many of LEAVES as one question may tell. */
static ms_status
ask_for(writer *w, span leaves)
{
	hash32 made[TREE_LEVELS_MAX + 1], leaf;
	ms_status s;
	size_t i;

	buf_reset(&w->growth);
	s = growth_tell(&w->asked_at, leaves, &w->growth);
	if (s == MS_OK)
		s = signer_link_ask(w->setup.signer, buf_span(&w->growth), &w->error);
	for (i = 0; s == MS_OK && i < leaves.len; i += HASH_SIZE) {
		memcpy(leaf.at, leaves.at + i, HASH_SIZE);
		tree_append(&w->asked_at, &leaf, made);
	}
	return s;
}

/* After the commit: the signer signs the log that stands now. */
static ms_status
ask_signature(writer *w, job *last)
{
	const size_t most = (size_t)GROWTH_LEAVES_MAX * HASH_SIZE;
	ms_status s = MS_OK;
	size_t at, n;
	buf told;

	if (w->grown.len == 0)
		return MS_OK;
	for (at = 0; s == MS_OK && at < w->grown.len; at += n) {
		n = w->grown.len - at < most ? w->grown.len - at : most;
		s = ask_for(w, span_of(w->grown.at + at, n));
	}
	if (s != MS_OK)
		return ms_fail(&w->error, s, MST_NO_MEMORY, "no memory to have the log signed");
	told = w->grown;
	w->grown = last->leaves;
	last->leaves = told;
	buf_reset(&w->grown);
	last->asked = true;
	return MS_OK;
}

/* The signer's answer wakes the front when one is due. */
static void
hand_up(writer *w, job *first, bool answer_due)
{
	while (first != NULL) {
		job *next = (job *)first->link.next;

		if (answer_due)
			queue_lay(w->setup.up, &first->link);
		else
			queue_push(w->setup.up, &first->link);
		first = next;
	}
}

/* Stage jobs from FIRST on up to TURN_ACTS acts, commit, send them up. *REST is what did not fit.
 */
static ms_status
run_turn(writer *w, job *first, job **rest)
{
	store_txn txn;
	job *j, *last = NULL;
	unsigned acts = 0, limit = w->setup.turn_acts == 0 ? TURN_ACTS : w->setup.turn_acts;
	ms_status s;

	store_begin(w->setup.store, &txn, STORE_WRITE);
	for (j = first; j != NULL && acts < limit && !w->plan_moved; j = (job *)j->link.next) {
		ledger_state_feeds(w->ledger, &txn, &w->log, w->setup.keys, j->hub_time_us);
		ledger_notice(w->ledger, &txn, &w->log, w->setup.keys, j->hub_time_us);
		if (j->kind == JOB_BATCH) {
			stage_batch(w, &txn, j);
			acts += j->batch.fields.count;
		} else {
			stage_office_job(w, &txn, j);
		}
		last = j;
	}
	*rest = j;
	last->link.next = NULL;
	s = commit_turn(w, &txn, first, last);
	if (s == MS_OK)
		s = ask_signature(w, last);
	if (s == MS_OK)
		hand_up(w, first, last->asked);
	else
		jobs_free(first);
	return s;
}

/* Not taken: the hub is about to begin anew. */
static void
drop_job(writer *w, job *j, job **rest)
{
	*rest = (job *)j->link.next;
	j->link.next = NULL;
	j->outcome = OUTCOME_NONE;
	j->turn_end = true;
	j->log_size = w->log.tree.size;
	j->next_notice_us = INT64_MAX;
	if (j->kind != JOB_BATCH)
		job_fail(j, MS_BUSY, MST_PLAN_VERSIONS,
			TR("the hub begins anew, with another version of the plan or address: try "
			   "again"));
	queue_push(w->setup.up, &j->link);
}

/*
 * With more than one job the thread is of the batch class: woken on a busy machine it interrupts
 * nobody, and meanwhile more is decoded for the next commit. A lone job is somebody waiting.
 */
static void
be_polite(writer *w, bool polite)
{
	const struct sched_param none = { 0 };

	if (w->polite == polite)
		return;
	w->polite = polite;
	pthread_setschedparam(pthread_self(), polite ? SCHED_BATCH : SCHED_OTHER, &none);
}

static void *
writer_main(void *arg)
{
	writer *w = arg;
	job *list;

	while (w->ended == MS_OK && (list = (job *)queue_wait(w->setup.down)) != NULL) {
		be_polite(w, list->link.next != NULL);
		while (list != NULL && w->ended == MS_OK) {
			/* The hub begins anew with the new plan; nothing more is taken by the old
			 * one. Devices send again, commands are told to. */
			if (w->plan_moved)
				drop_job(w, list, &list);
			else
				w->ended = run_turn(w, list, &list);
		}
		jobs_free(list);
	}
	if (w->ended != MS_OK)
		queue_close(w->setup.up);
	return NULL;
}

static void
writer_free(writer *w)
{
	ledger_free(w->ledger);
	roster_fini(&w->roster);
	buf_fini(&w->grown);
	buf_fini(&w->growth);
	free(w);
}

ms_status
writer_start(const writer_setup *setup, writer **out, ms_error *err)
{
	writer *w = calloc(1, sizeof(*w));
	ms_status s = MS_OK;

	if (w == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the writer");
	w->setup = *setup;
	w->ledger = ledger_new(setup->plan, setup->slots_max);
	if (w->ledger == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the ledger");
	if (s == MS_OK)
		s = load_state(w, err);
	if (s == MS_OK && pthread_create(&w->thread, NULL, writer_main, w) != 0)
		s = ms_fail(err, MS_IO, MST_DAEMON, "the writer's thread cannot be started");
	if (s != MS_OK) {
		writer_free(w);
		return s;
	}
	*out = w;
	return MS_OK;
}

ms_status
writer_stop(writer *w, ms_error *err)
{
	ms_status s;

	pthread_join(w->thread, NULL);
	s = w->ended;
	if (s != MS_OK && err != NULL)
		*err = w->error;
	writer_free(w);
	return s;
}
