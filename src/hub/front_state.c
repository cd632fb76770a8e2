/* SPDX-License-Identifier: Apache-2.0 */
/* front_state.c - what all of the front's files ask of its state: the hub's time, what is stored,
 * the end. */
#include "hub/hub.h"

int64_t
front_hub_time(const front *f)
{
	const sim_clock *clock = &f->base->settings.clock;
	int64_t now = sim_clock_now(clock, clock_real_us());

	return clock->simulated && now < f->manual_clock_us ? f->manual_clock_us : now;
}

void
front_set_time(const front *f, json_t *out, const char *name, int64_t us)
{
	json_set_time(out, name, f->base->plan->zone_min, us);
	json_set_clock(out, f->base->settings.clock.simulated);
}

void
front_fail(front *f, const ms_error *why)
{
	if (!f->failed)
		f->failure = *why;
	f->failed = true;
	reactor_stop(f->reactor);
}

store_txn *
front_read(front *f)
{
	if (!f->reading) {
		store_renew(&f->read);
		f->reading = true;
	}
	return &f->read;
}

void
front_park(front *f)
{
	if (f->reading)
		store_park(&f->read);
	f->reading = false;
}

void
front_begin_anew(front *f, const char *ready)
{
	f->base->ready = ready;
	f->begin_anew = true;
	reactor_stop(f->reactor);
}
