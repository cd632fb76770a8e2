/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_refill.c - a restored log is filled again: what devices sealed before the restore is held
 * for a moment and then taken in the order in which they sealed it, so that a decision does not
 * come before the report that it speaks of.
 *
 * The order goes by the devices' clocks, which offices keep within seconds; a device's own batches
 * stay in their order whatever its clock did.
 */
#include "hub/held.h"
#include "hub/hub.h"

/* Was it sealed before the newest generation of the log began? */
static bool
is_of_before(const front *f, const job *j)
{
	return f->base->order.generation > 1 && f->base->settings.refill_wait_ms > 0 &&
	       j->batch.fields.device_time_us <= f->base->restored_us;
}

enum { HELD_LEAST = 32 << 10 /* a job and the first block of its arena */ };

/* The writer's few are not counted, but these may be as many as all windows hold. */
static uint64_t
memory_of(const job *j)
{
	return HELD_LEAST + j->memory.used + j->batch.bytes.len;
}

static void
release(void *ctx, int64_t now_us)
{
	front *f = ctx;
	job *list = held_in_order(f->held), *j;

	(void)now_us;
	f->held = NULL;
	while ((j = list) != NULL) {
		list = j->next_free;
		j->next_free = NULL;
		f->credit_used -= memory_of(j);
		front_send_batch(f, j);
	}
}

void
front_take_in_order(front *f, job *j)
{
	int64_t wait_us = (int64_t)f->base->settings.refill_wait_ms * 1000;

	if (!is_of_before(f, j)) {
		front_send_batch(f, j);
		return;
	}
	if (f->held == NULL)
		reactor_set_timer(f->reactor, release, f, reactor_now(f->reactor) + wait_us);
	j->next_free = f->held;
	f->held = j;
	f->credit_used += memory_of(j);
}

void
front_drop_held(front *f)
{
	job *j;

	while ((j = f->held) != NULL) {
		f->held = j->next_free;
		j->next_free = NULL;
		front_count_back(f, j);
		job_pool_put(&f->pool, j);
	}
}
