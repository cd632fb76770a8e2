/* SPDX-License-Identifier: Apache-2.0 */
/* front_lights.c - wakes the writer when a light may pass by time alone, or feeds are to be stated.
 */
#include "hub/hub.h"

enum { LOOK_US = 60000000 /* the clock of the machine may be moved meanwhile */ };

static void
lights_due(void *ctx, int64_t now_us)
{
	front *f = ctx;
	job *j;

	(void)now_us;
	if (front_hub_time(f) < f->next_notice_us) {
		front_watch_lights(f, 0);
		return;
	}
	j = front_new_job(f, JOB_TICK);
	if (j == NULL) {
		front_watch_lights(f, LOOK_US);
		return;
	}
	f->next_notice_us = INT64_MAX;
	front_send_job(f, j);
}

void
front_watch_lights(front *f, int64_t delay_us)
{
	const sim_clock *clock = &f->base->settings.clock;
	int64_t left_us = f->next_notice_us - front_hub_time(f), rate = 1;

	if (clock->simulated)
		rate = clock->rate;
	/* A clock that is moved by hand moves with a job, which tells of the next light too. */
	if (f->next_notice_us == INT64_MAX || (rate == 0 && left_us > 0))
		left_us = INT64_MAX;
	else
		left_us = left_us <= 0 ? 0 : left_us / (rate == 0 ? 1 : rate) + 1;
	if (left_us != INT64_MAX && left_us > LOOK_US)
		left_us = LOOK_US;
	if (left_us < delay_us)
		left_us = delay_us;
	reactor_set_timer(f->reactor, lights_due, f,
		left_us == INT64_MAX ? INT64_MAX : reactor_now(f->reactor) + left_us);
}
