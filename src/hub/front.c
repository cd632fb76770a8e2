/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front.c - the front's loop: frames in, frames out. What a frame means is session.c's business
 * (wire/), what a batch becomes the writer's.
 *
 * A turn: frames from the ROUTER (bounded, so that outcomes are never starved), outcomes from the
 * writer, then feeds. While the writer has JOBS_MAX decoded batches before it, frames wait in
 * ZeroMQ's queues, which the devices' credit bounds.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/daemon.h"
#include "hub/hub.h"
#include "store/ledger.h"

enum { FRAMES_PER_TURN = 64, JOBS_MAX = 64 };

int64_t
front_hub_time(const front *f)
{
	const sim_clock *clock = &f->base->settings.clock;
	int64_t now = sim_clock_now(clock, clock_real_us());

	return clock->simulated && now < f->manual_clock_us ? f->manual_clock_us : now;
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

/* ---- frames ---- */

static ms_status
send_frame(void *ctx, span routing, const frame *sent)
{
	front *f = ctx;
	arena scratch = { 0 };
	ms_status s;

	buf_reset(&f->out);
	s = frame_encode(sent, &scratch, &f->out);
	if (s == MS_OK)
		s = front_send_bytes(f, routing, buf_span(&f->out));
	f->overflowed |= s == MS_AGAIN;
	arena_fini(&scratch);
	return s;
}

/* Whoever asks on and on without reading the answers is cut, which frees them. */
static void
handle_frame(front *f, net_message *m, int64_t now_us)
{
	span routing = span_of(m->routing, m->routing_len), user = span_of(m->user, m->user_len);
	void *token = m;
	ms_error why = { 0 };
	frame came;

	f->overflowed = false;
	if (frame_decode(net_message_bytes(m), &f->frames, &came, &why) == MS_OK)
		registry_in(f->registry, routing, user, &came, &token, now_us);
	else
		registry_bad_frame(f->registry, routing, user, &why, now_us);
	if (f->overflowed) {
		net_kick(m->peer_fd);
		f->cut++;
	}
	arena_reset(&f->frames);
}

static void
frames_ready(void *ctx, int64_t now_us)
{
	listener *l = ctx;
	front *f = l->front;
	unsigned n;

	front_look_at_clock(f);
	for (n = 0; n < FRAMES_PER_TURN && f->jobs_down < JOBS_MAX; n++) {
		net_message m = { .held = false };
		ms_status s = front_receive(l, &m);

		if (s == MS_AGAIN)
			break;
		if (s == MS_OK)
			handle_frame(f, &m, now_us);
		net_message_fini(&m);
	}
	/* With the writer's hands full, the socket would wake us for nothing. */
	if (f->jobs_down >= JOBS_MAX)
		front_pause_listeners(f, true);
}

/* ---- the loop ---- */

static void
tick(void *ctx, int64_t now_us)
{
	front *f = ctx;
	int64_t next = registry_tick(f->registry, now_us);

	reactor_set_timer(f->reactor, tick, f, next);
}

/* By itself: what it could not do ends the hub. */
static void
writer_ended(front *f)
{
	ms_error why = { 0 };

	writer_stop(f->writer, &why);
	f->writer = NULL;
	front_fail(f, &why);
}

static void
after_turn(void *ctx, int64_t now_us)
{
	front *f = ctx;

	front_pump(f, now_us);
	front_park(f);
	if (f->writer != NULL && queue_is_closed(f->up))
		writer_ended(f);
	if (f->jobs_down < JOBS_MAX)
		front_pause_listeners(f, false);
}

static void
signal_came(void *ctx, int64_t now_us)
{
	front *f = ctx;
	int number = daemon_signal_read(f->signal_fd);

	(void)now_us;
	if (number == SIGTERM || number == SIGINT)
		reactor_stop(f->reactor);
}

static void
zap_died(void *ctx, int64_t now_us)
{
	ms_error why = { 0 };

	(void)now_us;
	ms_fail(&why, MS_BUG, MST_NET,
		"the handshake's handler has died: nobody could connect any more");
	front_fail(ctx, &why);
}

/* ---- lights ---- */

enum { LIGHTS_LOOK_US = 60000000 /* the clock of the machine may be moved meanwhile */ };

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
	j = job_pool_get(&f->pool);
	if (j == NULL) {
		front_watch_lights(f, LIGHTS_LOOK_US);
		return;
	}
	j->kind = JOB_TICK;
	j->hub_time_us = front_hub_time(f);
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
	if (left_us != INT64_MAX && left_us > LIGHTS_LOOK_US)
		left_us = LIGHTS_LOOK_US;
	if (left_us < delay_us)
		left_us = delay_us;
	reactor_set_timer(f->reactor, lights_due, f,
		left_us == INT64_MAX ? INT64_MAX : reactor_now(f->reactor) + left_us);
}

/* ---- opening ---- */

static ms_status
load_state(front *f, ms_error *err)
{
	log_state log;
	ms_status s;

	store_begin(f->base->store, &f->read, STORE_READ);
	log_state_load(&f->read, &log);
	s = roster_load(&f->read, &f->roster);
	if (s == MS_OK)
		s = invites_load(&f->read, &f->invites);
	if (s == MS_OK)
		s = store_status(&f->read, err);
	f->log_size = log.tree.size;
	f->manual_clock_us = log.manual_clock_us;
	f->newest_us = log.last_us;
	if (s == MS_OK)
		s = front_load_places(f, &f->read, err);
	if (s == MS_OK)
		s = front_open_delivery(f);
	if (s == MS_OK)
		s = front_open_signing(f, &log.tree, err);
	f->next_notice_us = ledger_due(&f->read, f->base->plan, &log);
	store_park(&f->read);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_STORE_CORRUPT, "the hub's state cannot be read");
}

/* Keys that may connect: of revoked devices and used invites too, so that they hear why
 * (session.c), as long as the table is small. */
static ms_status
collect_keys(const front *f, uint8_t (**keys)[NET_KEY_SIZE], size_t *n)
{
	const roster *r = &f->roster;
	size_t i;

	*n = 0;
	*keys = calloc(2 * r->n + f->invites.n + 1, NET_KEY_SIZE);
	if (*keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < r->n; i++) {
		memcpy((*keys)[(*n)++], r->list[i].curve_key, NET_KEY_SIZE);
		if (r->list[i].old_until_us != 0)
			memcpy((*keys)[(*n)++], r->list[i].old_curve_key, NET_KEY_SIZE);
	}
	for (i = 0; i < f->invites.n; i++)
		memcpy((*keys)[(*n)++], f->invites.list[i].key, NET_KEY_SIZE);
	return MS_OK;
}

ms_status
front_share_keys(front *f)
{
	uint8_t(*keys)[NET_KEY_SIZE];
	size_t n;
	ms_status s = collect_keys(f, &keys, &n);

	if (s == MS_OK)
		s = zap_set(f->zap, (const uint8_t(*)[NET_KEY_SIZE])keys, n);
	free(keys);
	return s;
}

static ms_status
open_network(front *f, ms_error *err)
{
	ms_status s = net_context_new(&f->net, err);

	if (s == MS_OK)
		s = zap_start(f->net, NULL, 0, &f->zap, err);
	if (s == MS_OK)
		s = front_share_keys(f);
	if (s == MS_OK)
		s = front_open_listeners(f, frames_ready, err);
	if (s == MS_OK)
		s = reactor_add_fd(f->reactor, zap_death_fd(f->zap), zap_died, f);
	return s == MS_OK ? s : ms_fail(err, s, MST_NET, "the network cannot be opened");
}

static ms_status
open_writer(front *f, ms_error *err)
{
	writer_setup setup = { .store = f->base->store,
		.plan = f->base->plan,
		.keys = &f->base->keys,
		.signer = &f->base->signer,
		.turn_acts = f->base->settings.turn_acts,
		.slots_max = f->base->settings.slots_held };
	ms_status s = queue_new(&f->down, err);

	if (s == MS_OK)
		s = queue_new(&f->up, err);
	setup.down = f->down;
	setup.up = f->up;
	if (s == MS_OK)
		s = writer_start(&setup, &f->writer, err);
	if (s == MS_OK)
		s = reactor_add_fd(f->reactor, queue_fd(f->up), front_turns_came, f);
	return s;
}

/* A hub that begins anew has it already: commands that came meanwhile wait in it. */
static ms_status
open_control(front *f, ms_error *err)
{
	hub_base *b = f->base;

	return b->control == NULL
		       ? control_open(f->reactor, b->dir, front_answer_control, f, &b->control, err)
		       : control_resume(b->control, f->reactor, front_answer_control, f, err);
}

static ms_status
open_rest(front *f, ms_error *err)
{
	registry_out out = { .ctx = f, .send = send_frame };
	ms_status s = reactor_add_fd(f->reactor, f->signal_fd, signal_came, f);

	front_set_sources(f);
	if (s == MS_OK)
		s = registry_new(
			&f->session_hub, &out, f->base->settings.sessions_max, &f->registry);
	if (s == MS_OK)
		s = open_writer(f, err);
	if (s == MS_OK)
		s = open_network(f, err);
	if (s == MS_OK)
		s = open_control(f, err);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "the hub cannot start");
}

ms_status
front_open(hub_base *base, int signal_fd, front **out, ms_error *err)
{
	front *f = calloc(1, sizeof(*f));
	ms_status s;

	if (f == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the hub");
	f->base = base;
	f->signal_fd = signal_fd;
	rulings_init(&f->rulings, base->plan);
	s = reactor_new(&f->reactor, err);
	if (s == MS_OK)
		s = load_state(f, err);
	if (s == MS_OK)
		s = open_rest(f, err);
	if (s != MS_OK) {
		front_close(f);
		return s;
	}
	reactor_after_turn(f->reactor, after_turn, f);
	reactor_set_timer(f->reactor, tick, f, reactor_now(f->reactor));
	front_watch_crowd(f);
	front_watch_lights(f, 0);
	front_open_clock(f);
	*out = f;
	return MS_OK;
}

ms_status
front_run(front *f, ms_error *err)
{
	ms_status s = reactor_run(f->reactor, err);

	if (f->failed) {
		*err = f->failure;
		s = f->failure.status;
	}
	return s;
}

static void
stop_writer(front *f)
{
	ms_error why = { 0 };

	if (f->writer == NULL)
		return;
	front_write_stored(f);
	queue_close(f->down);
	if (writer_stop(f->writer, &why) != MS_OK)
		logger_error(&f->base->log, LOG_ERROR, &why);
}

void
front_close(front *f)
{
	if (f->registry != NULL && f->listeners[0].router != NULL)
		registry_stop(f->registry);
	front_drop_held(f);
	stop_writer(f);
	if (f->base->control != NULL)
		control_park(f->base->control);
	if (f->registry != NULL)
		registry_free(f->registry);
	front_close_listeners(f);
	zap_stop(f->zap);
	net_context_free(f->net);
	front_close_signing(f);
	if (f->down != NULL)
		jobs_free((job *)queue_take(f->down)); /* of a writer that ended by itself */
	store_abort(&f->read);
	queue_free(f->down);
	queue_free(f->up);
	job_pool_fini(&f->pool);
	roster_fini(&f->roster);
	invites_fini(&f->invites);
	rulings_fini(&f->rulings);
	free(f->stored);
	arena_fini(&f->frames);
	arena_fini(&f->answers);
	buf_fini(&f->out);
	reactor_free(f->reactor);
	free(f);
}
