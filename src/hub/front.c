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
	front_stir_crowd(f);
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

/* ---- opening ---- */

static ms_status
load_state(front *f, ms_error *err)
{
	log_state log;
	ms_status s;

	store_begin(f->base->store, &f->read, STORE_READ);
	log_state_load(&f->read, &log);
	roster_load(&f->read, &f->roster);
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
	if (s == MS_OK)
		s = store_status(&f->read, err);
	store_park(&f->read);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the hub's state");
}

static ms_status
open_network(front *f, ms_error *err)
{
	ms_status s = net_context_new(&f->net, err);

	if (s == MS_OK)
		s = zap_start(f->net, NULL, 0, &f->zap, err);
	if (s == MS_OK)
		s = front_share_keys(f, err);
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
	f->awake = base->settings.awake_us == 0 ? NULL : awake_new();
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
	if (f->registry != NULL)
		registry_free(f->registry);
	front_close_listeners(f);
	zap_stop(f->zap);
	net_context_free(f->net);
	front_close_signing(f);
	if (f->base->control != NULL)
		control_park(f->base->control); /* who waits for the writer was answered */
	if (f->down != NULL)
		jobs_free((job *)queue_take(f->down)); /* of a writer that ended by itself */
	store_abort(&f->read);
	queue_free(f->down);
	queue_free(f->up);
	job_pool_fini(&f->pool);
	roster_fini(&f->roster);
	rulings_fini(&f->rulings);
	map_fini(&f->told_waiting);
	free(f->stored);
	arena_fini(&f->frames);
	arena_fini(&f->answers);
	buf_fini(&f->out);
	reactor_free(f->reactor);
	awake_free(f->awake);
	free(f);
}
