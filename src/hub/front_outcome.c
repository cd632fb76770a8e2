/* SPDX-License-Identifier: Apache-2.0 */
/* front_outcome.c - what the writer made of the jobs of a turn, told once it is signed: a batch's
 * outcome becomes a RECEIPT or NACK, readers hear that there is more. */
#include <stdlib.h>

#include "hub/hub.h"

enum { RETRY_STORAGE_MS = 5000, LIGHTS_AGAIN_US = 1000000, OUTCOMES_MAX = 4096 };

static const struct {
	nack_code code;
	const char *text;
} refusals[] = {
	[OUTCOME_GAP] = { NACK_GAP, "batches before this one are missing" },
	[OUTCOME_FORK] = { NACK_FORK,
		"this device has two histories: it is frozen until it is enrolled anew" },
	[OUTCOME_FROZEN] = { NACK_FROZEN, "this device is frozen: enrol it anew" },
	[OUTCOME_REVOKED] = { NACK_REVOKED, "this device is revoked" },
	[OUTCOME_OLD_KEY] = { NACK_BAD_BATCH,
		"the key that signed this batch counts no more since the device has others" },
	[OUTCOME_NO_SPACE] = { NACK_STORAGE,
		"the hub's storage is full; nothing is lost, it is tried again" },
};

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
wake_readers(front *f, const job *j)
{
	size_t i, k, n;

	f->log_size = j->log_size;
	for (i = 0; i < j->n_units; i++) {
		const uint32_t *devices =
			roster_of_unit(&f->roster, f->base->plan->units[j->units[i]].id, &n);

		for (k = 0; k < n; k++)
			registry_log_grew(f->registry, &f->roster.list[devices[k]].id);
	}
	registry_rollups_changed(f->registry, j->rollups, j->n_rollups);
}

static void
finish_job(front *f, job *j)
{
	f->jobs_down--;
	if (j->kind == JOB_BATCH) {
		f->credit_used -= j->batch.bytes.len;
		front_keep_awake(f, j->batch.bytes.len);
		front_count_back(f, j);
	}
	front_open_door(f, j);
	front_finish(f, j);
	if (j->turn_end) {
		front_note_storage(f, j);
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

	front_note_turn(f);
	for (item = list; item != NULL; item = item->next) {
		job *j = (job *)item;

		front_follow(f, j);
		if (j->kind != JOB_BATCH || j->outcome == OUTCOME_NONE)
			continue;
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
