/* SPDX-License-Identifier: Apache-2.0 */
/* front_job.c - jobs on their way to the writer, and the beginning of what a command is answered
 * when one comes back. Turns that do not come back are told. */
#include <stdio.h>

#include "base/lang.h"
#include "hub/hub.h"
#include "net/control_json.h"

enum { LONE_BYTES = 8192 /* of a few acts at most */ };

/* ---- down ---- */

static void
expect_turn(front *f)
{
	reactor_set_timer(
		f->reactor, f->overdue, f, reactor_now(f->reactor) + OVERDUE_S * INT64_C(1000000));
}

void
front_send_job(front *f, job *j)
{
	if (f->jobs_down++ == 0)
		expect_turn(f);
	queue_push(f->down, &j->link);
}

void
front_send_batch(front *f, job *j)
{
	j->kind = JOB_BATCH;
	j->hub_time_us = front_hub_time(f);
	f->credit_used += j->batch.bytes.len;
	front_send_job(f, j);
}

job *
front_new_job(front *f, job_kind kind)
{
	job *j = job_pool_get(&f->pool);

	if (j == NULL)
		return NULL;
	j->kind = kind;
	j->hub_time_us = front_hub_time(f);
	return j;
}

void
front_wait(const front *f, job *j, control_call *call, front_job_done *done)
{
	j->call = call;
	j->done = done;
	snprintf(j->language, sizeof(j->language), "%s", f->asker == NULL ? "" : f->asker);
}

job *
front_call_job(front *f, control_call *call, job_kind kind, front_job_done *done)
{
	job *j = front_new_job(f, kind);
	ms_error err = { 0 };

	if (j == NULL) {
		ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the hub");
		control_refuse(call, &err);
		return NULL;
	}
	front_wait(f, j, call, done);
	return j;
}

/* ---- back ---- */

void
front_finish(front *f, job *j)
{
	if (j->done == NULL)
		return;
	lang_answer_in(j->language);
	j->done(f, j);
	lang_answer_in(NULL);
}

json_t *
front_job_answer(const front *f, job *j)
{
	control_call *call = j->call;
	json_t *out;

	if (j->outcome == OUTCOME_FAILED) {
		j->call = NULL;
		control_refuse(call, &j->error);
		return NULL;
	}
	out = json_object();
	json_set_bool(out, "ok", true);
	front_set_time(f, out, "hub_time", j->hub_time_us);
	return out;
}

void
front_end_answer(job *j, json_t *out)
{
	control_call *call = j->call;

	j->call = NULL;
	control_last_json(call, out);
}

void
front_note_turn(front *f)
{
	expect_turn(f);
	if (f->stall != STALL_NONE)
		logger_say(&f->base->log, LOG_INFO, "it goes on: turns are committed and signed");
	f->stall = STALL_NONE;
}

void
front_show_stall(const front *f, json_t *out)
{
	static const char *const words[] = { [STALL_DISK] = "disk", [STALL_SIGNER] = "signer" };

	json_set(out, "stalled",
		f->stall == STALL_NONE ? json_null() : json_string(words[f->stall]));
}

void
front_keep_awake(front *f, size_t bytes)
{
	if (f->jobs_down == 0 && bytes <= LONE_BYTES)
		awake_for(f->awake, f->base->settings.awake_us);
}
