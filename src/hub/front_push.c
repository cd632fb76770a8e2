/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_push.c - a PUSH becomes a job: checked, decoded, handed to the writer; its outcome becomes
 * a RECEIPT or NACK.
 *
 * Checking and decoding are pure functions of the frame's bytes and the device's key. The job owns
 * the frame from here on.
 */
#include <stdlib.h>

#include "codec/acts.h"
#include "hub/hub.h"

enum { RETRY_STORAGE_MS = 5000, LIGHTS_AGAIN_US = 1000000, OUTCOMES_MAX = 4096, OVERDUE_S = 10 };

/* ---- down ---- */

static ms_status
decode_acts(job *j)
{
	uint16_t i;

	j->acts = arena_alloc(&j->memory, j->batch.fields.count * sizeof(*j->acts));
	if (j->acts == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < j->batch.fields.count; i++)
		if (act_decode(j->batch.acts[i], &j->memory, &j->acts[i]) != MS_OK)
			return MS_NO_MEMORY;
	return MS_OK;
}

/* Every office is a witness: what its header names must be what this hub signed. */
static ms_status
check_witness(front *f, const job *j, const device *d, ms_error *err)
{
	checkpoint c = { .size = j->batch.fields.checkpoint_size,
		.root = j->batch.fields.checkpoint_root };

	if (front_hear_witness(f, d, &c, &j->batch))
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_PROOF_HISTORY,
		"the device has verified a log of %llu leaves that is not this hub's history",
		(unsigned long long)c.size);
}

/* By the device's key, or the one before while that counts. */
static batch_fault
check_signature(front *f, const job *j, const device *d)
{
	batch_fault fault = BATCH_BAD_SIGNATURE;

	if (d != NULL)
		fault = batch_check_signature(&j->batch, &d->sign_key);
	if (fault != BATCH_GOOD && d != NULL && d->old_until_us >= front_hub_time(f))
		fault = batch_check_signature(&j->batch, &d->old_sign_key);
	return fault;
}

static ms_status
check_batch(front *f, job *j, const device_id *id, span bytes, ms_error *err)
{
	const device *d = roster_find(&f->roster, id);
	batch_fault fault = batch_open(bytes, &j->batch);

	if (fault == BATCH_GOOD)
		fault = batch_check_root(&j->batch);
	if (fault == BATCH_GOOD)
		fault = check_signature(f, j, d);
	if (fault != BATCH_GOOD)
		return ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED, "the batch is refused: %s",
			batch_fault_text(fault));
	return check_witness(f, j, d, err);
}

static void
turn_overdue(void *ctx, int64_t now_us)
{
	front *f = ctx;

	(void)now_us;
	if (f->jobs_down == 0)
		return;
	f->stalled = true;
	logger_say(&f->base->log, LOG_WARNING,
		"nothing was committed and signed for %d s: the disk hangs, or the process that "
		"signs checkpoints; no receipt is given until it goes on [MST-%04d]",
		OVERDUE_S, MST_HUB_STALLED);
}

static void
expect_turn(front *f)
{
	reactor_set_timer(f->reactor, turn_overdue, f,
		reactor_now(f->reactor) + OVERDUE_S * INT64_C(1000000));
}

static void
note_turn(front *f)
{
	expect_turn(f);
	if (f->stalled)
		logger_say(&f->base->log, LOG_INFO, "it goes on: turns are committed and signed");
	f->stalled = false;
}

void
front_send_job(front *f, job *j)
{
	if (f->jobs_down++ == 0)
		expect_turn(f);
	queue_push(f->down, &j->link);
}

ms_status
front_prepare_batch(front *f, job *j, const device_id *id, span bytes, ms_error *err)
{
	ms_status s = check_batch(f, j, id, bytes, err);

	j->device = *id;
	if (s == MS_OK && decode_acts(j) != MS_OK)
		s = ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED,
			"the batch takes more memory than any real one");
	return s;
}

void
front_send_batch(front *f, job *j)
{
	j->kind = JOB_BATCH;
	j->hub_time_us = front_hub_time(f);
	f->credit_used += j->batch.bytes.len;
	front_send_job(f, j);
}

ms_status
front_take_batch(void *ctx, const session_facts *who, void **token, span bytes, ms_error *err)
{
	front *f = ctx;
	net_message *message = *token;
	const uint8_t *before = net_message_bytes(message).at;
	ms_status s;
	job *j;

	if (f->credit_used + bytes.len > f->base->settings.credit_bytes)
		return MS_FULL;
	j = job_pool_get(&f->pool);
	if (j == NULL)
		return MS_FULL;
	s = front_prepare_batch(f, j, &who->device, bytes, err);
	if (s != MS_OK) {
		job_pool_put(&f->pool, j);
		return s;
	}
	net_message_move(&j->message, message);
	MS_ASSERT(net_message_bytes(&j->message).at ==
		  before); /* large frames do not move with their message */
	*token = NULL;
	j->session = who->number;
	front_take_in_order(f, j);
	return MS_OK;
}

/* ---- up ---- */

static void
alarm_fork(const front *f, const device *d)
{
	logger_say(&f->base->log, LOG_ERROR,
		"ALARM: device %s has two histories (its directory was copied or restored): it is "
		"frozen, both are kept, nothing is lost; see `muster hub forks` for the way out "
		"[MST-%04d]",
		d->name, MST_HUB_FORK);
}

/* The front's copy of the roster follows the writer between two whole copies. */
static void
follow_stream(front *f, const job *j)
{
	device *d = roster_find(&f->roster, &j->device);

	if (d == NULL)
		return;
	if (j->outcome == OUTCOME_FORK) {
		d->state = DEVICE_FROZEN;
		alarm_fork(f, d);
	}
	if (j->outcome == OUTCOME_RECEIPT && j->batch.fields.first_seq == d->next_seq) {
		d->next_seq += j->batch.fields.count;
		d->last_header = j->batch.header_hash;
	}
}

static const struct {
	nack_code code;
	const char *text;
} refusals[] = {
	[OUTCOME_GAP] = { NACK_GAP, "batches before this one are missing" },
	[OUTCOME_FORK] = { NACK_FORK,
		"this device has two histories: it is frozen until it is enrolled anew" },
	[OUTCOME_FROZEN] = { NACK_FROZEN, "this device is frozen: enrol it anew" },
	[OUTCOME_REVOKED] = { NACK_REVOKED, "this device is revoked" },
	[OUTCOME_NO_SPACE] = { NACK_STORAGE,
		"the hub's storage is full; nothing is lost, it is tried again" },
};

frame_receipt
front_receipt_of(front *f, job *j)
{
	frame_receipt r = {
		.first_seq = j->batch.fields.first_seq,
		.count = j->batch.fields.count,
		.header_hash = j->batch.header_hash,
		.leaf = j->leaf,
		.hub_time_us = j->hub_time_us,
		.verdicts = span_of(j->verdicts, j->batch.fields.count),
	};

	front_prove_leaf(f, j->leaf, &j->memory, &r);
	return r;
}

static session_outcome
outcome_of(front *f, job *j)
{
	session_outcome o = { .receipted = j->outcome == OUTCOME_RECEIPT };

	if (o.receipted) {
		o.receipt = front_receipt_of(f, j);
	} else {
		o.nack = (frame_nack){
			.code = refusals[j->outcome].code,
			.first_seq = j->batch.fields.first_seq,
			.send_from = j->outcome == OUTCOME_GAP ? j->next_seq : 0,
			.text = span_str(refusals[j->outcome].text),
			.retry_after_ms = j->outcome == OUTCOME_NO_SPACE ? RETRY_STORAGE_MS : 0,
		};
	}
	return o;
}

static int
by_session(const void *a, const void *b)
{
	const job *const *x = a, *const *y = b;

	if ((*x)->session != (*y)->session)
		return (*x)->session < (*y)->session ? -1 : 1;
	return ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

/* Hand the outcomes of LIST (N batches) to their sessions, each session's in order and together. */
static void
tell_sessions(front *f, job **list, size_t n, int64_t now_us)
{
	session_outcome outcomes[WINDOW_BATCHES];
	size_t i = 0, k;

	if (n > 1)
		qsort(list, n, sizeof(*list), by_session);
	while (i < n) {
		session *s = registry_by_number(f->registry, list[i]->session);
		uint64_t number = list[i]->session;

		for (k = 0; i < n && k < WINDOW_BATCHES && list[i]->session == number; k++)
			outcomes[k] = outcome_of(f, list[i++]);
		if (s != NULL)
			session_outcomes(s, outcomes, k, now_us);
	}
}

static void
swap_roster(front *f, job *j)
{
	size_t i;

	for (i = 0; i < j->roster->n; i++) {
		const device *fresh = &j->roster->list[i];
		const device *old = roster_find(&f->roster, &fresh->id);

		if (fresh->state == DEVICE_REVOKED && old != NULL && old->state != DEVICE_REVOKED)
			registry_revoke(f->registry, &fresh->id);
	}
	roster_fini(&f->roster);
	f->roster = *j->roster;
	free(j->roster);
	j->roster = NULL;
	front_park(f);
	if (front_load_invites(f) != MS_OK || front_share_keys(f) != MS_OK)
		logger_say(&f->base->log, LOG_ERROR,
			"no memory to let new devices in; restart the hub");
}

static void
wake_readers(front *f, const job *j)
{
	uint32_t at = 0;
	session *s;
	size_t i;

	f->log_size = j->log_size;
	if (j->n_units == 0 && j->n_rollups == 0)
		return;
	while ((s = registry_each(f->registry, &at)) != NULL) {
		const plan_unit *unit = session_who(s)->unit;

		for (i = 0; i < j->n_units; i++)
			if (unit == &f->base->plan->units[j->units[i]])
				session_log_grew(s);
		for (i = 0; i < j->n_rollups; i++)
			session_rollup_changed(s, j->rollups[i]);
	}
	f->grew = true;
}

/* A full disk is a state (promise 10 of src/README.md): told when it begins, and when the log grows
 * again. */
static void
note_storage(front *f, const job *j)
{
	bool is_over = f->storage_full && j->log_size > f->log_size;

	if (j->full && !f->storage_full)
		logger_say(&f->base->log, LOG_WARNING,
			"storage full: nothing is taken until there is space again; devices keep "
			"their acts and try again [MST-%04d]",
			MST_STORE_SPACE);
	if (is_over)
		logger_say(&f->base->log, LOG_INFO, "there is space again: work goes on");
	f->storage_full = j->full || (f->storage_full && !is_over);
}

static void
finish_job(front *f, job *j)
{
	f->jobs_down--;
	if (j->kind == JOB_BATCH)
		f->credit_used -= j->batch.bytes.len;
	if (j->roster != NULL)
		swap_roster(f, j);
	if (j->call != NULL && j->kind == JOB_BATCH)
		front_imported(f, j);
	else if (j->call != NULL)
		front_control_done(f, j);
	if (j->kind == JOB_JOIN)
		front_joined(f, j);
	if (j->kind == JOB_CLOCK && j->outcome == OUTCOME_DONE &&
		j->hub_time_us > f->manual_clock_us)
		f->manual_clock_us = j->hub_time_us;
	if (j->kind == JOB_FOUND)
		front_clock_found(f, j);
	if (j->turn_end) {
		note_storage(f, j);
		wake_readers(f, j);
		f->next_notice_us = j->next_notice_us;
		front_watch_lights(f, j->outcome == OUTCOME_FAILED || j->outcome == OUTCOME_NO_SPACE
					      ? LIGHTS_AGAIN_US
					      : 0);
	}
	job_pool_put(&f->pool, j);
}

void
front_outcomes(front *f, queue_item *list, int64_t now_us)
{
	queue_item *item;
	job *batches[OUTCOMES_MAX];
	size_t n = 0;

	note_turn(f);
	for (item = list; item != NULL; item = item->next) {
		job *j = (job *)item;

		if (j->kind != JOB_BATCH || j->outcome == OUTCOME_NONE)
			continue;
		follow_stream(f, j);
		j->order = n;
		batches[n++] = j;
		if (n == OUTCOMES_MAX) {
			tell_sessions(f, batches, n, now_us);
			n = 0;
		}
	}
	tell_sessions(f, batches, n, now_us);
	while (list != NULL) {
		job *j = (job *)list;

		list = list->next;
		finish_job(f, j);
	}
}
