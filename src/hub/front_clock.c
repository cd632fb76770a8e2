/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_clock.c - lateness rests on the hub's clock, so what makes it doubtful is a leaf and an
 * alarm: it was moved while the hub ran, it was behind the log at a start, or a device whose own
 * clock is synchronised finds that it differs.
 *
 * A simulated clock that stands still is moved by hand and never doubtful.
 */
#include <stdio.h>

#include "hub/hub.h"
#include "store/clock_note.h"
#include "store/log.h"

enum { LOOK_US = 5000000 };
static const int64_t second_us = 1000000;

static bool
is_moved_by_hand(const front *f)
{
	const sim_clock *clock = &f->base->settings.clock;

	return clock->simulated && clock->rate == 0;
}

static int64_t
limit_us(const front *f)
{
	return f->base->settings.clock_alarm_s * second_us;
}

/* ---- alarms ---- */

static long long
found_s(const job *j)
{
	return time_between(j->found.before_us, j->found.after_us) / second_us;
}

static void
say_of_device(front *f, const job *j)
{
	const device *d = roster_find(&f->roster, &j->device);
	long long off_s = found_s(j);

	if (j->found.finding == CLOCK_DEVICE_AGREES)
		logger_say(&f->base->log, LOG_INFO,
			"the clock of device %s agrees with the hub's again (leaf %llu)",
			d == NULL ? "?" : d->name, (unsigned long long)j->leaf);
	else
		logger_say(&f->base->log, LOG_ERROR,
			"ALARM: the synchronised clock of device %s is %lld s %s the hub's: one of "
			"the two is wrong, and lateness rests on the hub's (leaf %llu) [MST-%04d]",
			d == NULL ? "?" : d->name, off_s < 0 ? -off_s : off_s,
			off_s < 0 ? "behind" : "ahead of", (unsigned long long)j->leaf,
			MST_HUB_CLOCK_DEVICE);
}

/* An alarm stands whether or not its leaf could be written. */
static void
say_where(const job *j, char *out, size_t size)
{
	if (j->outcome == OUTCOME_DONE)
		snprintf(out, size, "leaf %llu", (unsigned long long)j->leaf);
	else
		snprintf(out, size, "it could not be put into the log: %s", j->error.text);
}

void
front_clock_found(front *f, job *j)
{
	long long moved_s = found_s(j);
	char where[sizeof(j->error.text) + 64];

	say_where(j, where, sizeof(where));
	if (j->found.finding == CLOCK_STEPPED)
		logger_say(&f->base->log, LOG_ERROR,
			"ALARM: this machine's clock was moved by %+lld s while the hub ran: "
			"lateness rests on it, set it right and keep it synchronised (%s) "
			"[MST-%04d]",
			moved_s, where, MST_HUB_CLOCK_STEP);
	else if (j->found.finding == CLOCK_WENT_BACK)
		logger_say(&f->base->log, LOG_ERROR,
			"ALARM: this machine's clock is %lld s behind the newest leaf: hub times "
			"stand still until it has caught up; set it right (%s) [MST-%04d]",
			-moved_s, where, MST_HUB_CLOCK_BACK);
	else if (j->outcome != OUTCOME_DONE)
		logger_say(&f->base->log, LOG_ERROR, "what a device said of its clock: %s", where);
	else if (j->leaf != 0)
		say_of_device(f, j);
}

/* ---- what is found ---- */

static void
have_stated(front *f, const hub_clock *found, const device_id *of)
{
	job *j = front_new_job(f, JOB_FOUND);

	if (j == NULL)
		return; /* a device says it again; a step is in the system's own journal */
	j->done = front_clock_found;
	j->found = *found;
	if (of != NULL)
		j->device = *of;
	front_send_job(f, j);
}

void
front_look_at_clock(front *f)
{
	const sim_clock *clock = &f->base->settings.clock;
	int64_t real_us = clock_real_us();
	int64_t moved_us =
		clock_watch_look(&f->base->clock, real_us, clock_steady_us(), limit_us(f));
	hub_clock found = { .finding = CLOCK_STEPPED };

	if (moved_us == 0 || is_moved_by_hand(f))
		return;
	found.before_us = sim_clock_now(clock, real_us - moved_us);
	found.after_us = sim_clock_now(clock, real_us);
	have_stated(f, &found, NULL);
}

static void
clock_due(void *ctx, int64_t now_us)
{
	front *f = ctx;

	front_look_at_clock(f);
	reactor_set_timer(f->reactor, clock_due, f, now_us + LOOK_US);
}

void
front_open_clock(front *f)
{
	hub_clock found = {
		.finding = CLOCK_WENT_BACK, .before_us = f->newest_us, .after_us = front_hub_time(f)
	};

	if (!f->base->clock_begun && !is_moved_by_hand(f) &&
		found.after_us < f->newest_us - limit_us(f))
		have_stated(f, &found, NULL);
	f->base->clock_begun = true;
	clock_due(f, reactor_now(f->reactor));
}

void
front_hear_clock(void *ctx, const session_facts *who, const frame_ping *told)
{
	front *f = ctx;
	const sim_clock *clock = &f->base->settings.clock;
	int64_t hub_us = front_hub_time(f), off_us = time_between(hub_us, told->device_time_us),
		allowed_us = limit_us(f) * (clock->simulated ? clock->rate : 1);
	bool is_off =
		told->clock == PING_CLOCK_DIFFERS || off_us > allowed_us || off_us < -allowed_us;
	hub_clock found = { .finding = is_off ? CLOCK_DEVICE_OFF : CLOCK_DEVICE_AGREES,
		.before_us = hub_us,
		.after_us = told->device_time_us };
	clock_note note;

	if ((told->clock != PING_CLOCK_SYNCHRONISED && told->clock != PING_CLOCK_DIFFERS) ||
		is_moved_by_hand(f))
		return;
	clock_note_get(front_read(f), &who->device, &note);
	if ((note.finding == CLOCK_DEVICE_OFF) != is_off)
		have_stated(f, &found, &who->device);
}

/* ---- status ---- */

/* Times never go back: one that was recorded by a clock that ran ahead holds up the next ones. */
static void
show_still(front *f, json_t *out)
{
	log_state log;

	log_state_load(front_read(f), &log);
	if (!is_moved_by_hand(f) && log.last_us > front_hub_time(f) + limit_us(f))
		json_set_time(out, "still_until", f->base->plan->zone_min, log.last_us);
	else
		json_set(out, "still_until", json_null());
}

void
front_show_clock(front *f, json_t *out)
{
	int zone = f->base->plan->zone_min;
	json_t *alarm = NULL;
	int64_t off = 0;
	clock_note note;
	size_t i;

	clock_note_get(front_read(f), NULL, &note);
	if (note.finding == CLOCK_STEPPED || note.finding == CLOCK_WENT_BACK) {
		alarm = json_object();
		json_set_text(
			alarm, "finding", note.finding == CLOCK_STEPPED ? "stepped" : "went_back");
		json_set_time(alarm, "before", zone, note.before_us);
		json_set_time(alarm, "after", zone, note.after_us);
		json_set_number(alarm, "leaf", (int64_t)note.leaf);
	}
	for (i = 0; i < f->roster.n; i++) {
		clock_note_get(front_read(f), &f->roster.list[i].id, &note);
		off += note.finding == CLOCK_DEVICE_OFF &&
		       f->roster.list[i].state != DEVICE_REVOKED;
	}
	json_set(out, "clock_alarm", alarm == NULL ? json_null() : alarm);
	json_set_number(out, "clocks_off", off);
	show_still(f, out);
}
