/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reactor.c - zmq_poll over a small array. A ZeroMQ socket's events must be looked at until none
 * are left, which its handler does; a dealer's monitor is one more socket of the poll, so that its
 * queue is emptied as it fills, and what watches its line one more descriptor.
 */
#include "net/reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "base/clock.h"
#include "net/inner.h"

typedef struct source {
	reactor_handler fn;
	void *ctx;
	int fd;             /* -1 for ZeroMQ sockets */
	net_socket *socket; /* NULL for descriptors */
} source;

typedef struct timer {
	reactor_handler fn;
	void *ctx;
	int64_t at_us;
	uint64_t serial; /* order of setting */
} timer;

struct reactor {
	source sources[REACTOR_SOURCES_MAX];
	zmq_pollitem_t items[REACTOR_SOURCES_MAX];
	int n;
	timer timers[REACTOR_TIMERS_MAX];
	int n_timers;
	uint64_t serial;
	reactor_handler after;
	void *after_ctx;
	int64_t now_us;
	bool stop;
	bool changed; /* sources moved while their events were handled */
};

ms_status
reactor_new(reactor **out, ms_error *err)
{
	reactor *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the event loop");
	r->now_us = clock_monotonic_us();
	*out = r;
	return MS_OK;
}

void
reactor_free(reactor *r)
{
	free(r);
}

static ms_status
add(reactor *r, source s, zmq_pollitem_t item)
{
	if (r->n == REACTOR_SOURCES_MAX)
		return MS_FULL;
	r->sources[r->n] = s;
	r->items[r->n] = item;
	r->n++;
	r->changed = true;
	return MS_OK;
}

static void
remove_at(reactor *r, int i)
{
	r->n--;
	r->sources[i] = r->sources[r->n];
	r->items[i] = r->items[r->n];
	r->changed = true;
}

ms_status
reactor_add_fd(reactor *r, int fd, reactor_handler fn, void *ctx)
{
	return add(r, (source){ .fn = fn, .ctx = ctx, .fd = fd },
		(zmq_pollitem_t){ .fd = fd, .events = ZMQ_POLLIN });
}

static int
find_fd(const reactor *r, int fd)
{
	int i;

	for (i = 0; i < r->n; i++)
		if (r->sources[i].socket == NULL && r->sources[i].fd == fd)
			return i;
	return -1;
}

void
reactor_remove_fd(reactor *r, int fd)
{
	int i = find_fd(r, fd);

	if (i >= 0)
		remove_at(r, i);
}

void
reactor_want_write(reactor *r, int fd, bool want)
{
	int i = find_fd(r, fd);

	if (i >= 0)
		r->items[i].events = (short)(ZMQ_POLLIN | (want ? ZMQ_POLLOUT : 0));
}

ms_status
reactor_add_socket(reactor *r, net_socket *socket, reactor_handler fn, void *ctx)
{
	source s = { .fn = fn, .ctx = ctx, .fd = -1, .socket = socket };
	ms_status status =
		add(r, s, (zmq_pollitem_t){ .socket = socket->handle, .events = ZMQ_POLLIN });

	if (status != MS_OK || socket->monitor == NULL)
		return status;
	status = add(r, s, (zmq_pollitem_t){ .socket = socket->monitor, .events = ZMQ_POLLIN });
	if (status == MS_OK && socket->watched)
		status = add(
			r, s, (zmq_pollitem_t){ .fd = socket->line.wake, .events = ZMQ_POLLIN });
	if (status != MS_OK)
		reactor_remove_socket(r, socket);
	return status;
}

void
reactor_remove_socket(reactor *r, net_socket *socket)
{
	int i;

	for (i = r->n - 1; i >= 0; i--)
		if (r->sources[i].socket == socket)
			remove_at(r, i);
}

void
reactor_pause_socket(reactor *r, net_socket *socket, bool pause)
{
	int i;

	for (i = 0; i < r->n; i++)
		if (r->sources[i].socket == socket)
			r->items[i].events = pause ? 0 : ZMQ_POLLIN;
}

/* ---- timers ---- */

void
reactor_set_timer(reactor *r, reactor_handler fn, void *ctx, int64_t at_us)
{
	int i = 0;

	while (i < r->n_timers && (r->timers[i].fn != fn || r->timers[i].ctx != ctx))
		i++;
	if (at_us == INT64_MAX) {
		if (i < r->n_timers)
			r->timers[i] = r->timers[--r->n_timers];
		return;
	}
	MS_ASSERT(i < REACTOR_TIMERS_MAX);
	if (i == r->n_timers)
		r->n_timers++;
	r->timers[i] = (timer){ .fn = fn, .ctx = ctx, .at_us = at_us, .serial = ++r->serial };
}

static int64_t
next_timer(const reactor *r)
{
	int64_t next = INT64_MAX;
	int i;

	for (i = 0; i < r->n_timers; i++)
		if (r->timers[i].at_us < next)
			next = r->timers[i].at_us;
	return next;
}

/* Which timer is due first, of those set up to SERIAL? -1: none. */
static int
find_due(const reactor *r, uint64_t serial)
{
	int due = -1, i;

	for (i = 0; i < r->n_timers; i++) {
		const timer *t = &r->timers[i];

		if (t->at_us > r->now_us || t->serial > serial)
			continue;
		if (due < 0 || t->at_us < r->timers[due].at_us ||
			(t->at_us == r->timers[due].at_us && t->serial < r->timers[due].serial))
			due = i;
	}
	return due;
}

/*
 * In the order of their times. A handler may stop or move any other: each is looked for anew. One
 * that a handler sets for now or earlier fires in the next turn.
 */
static void
fire_timers(reactor *r)
{
	uint64_t serial = r->serial;
	int i;

	while ((i = find_due(r, serial)) >= 0) {
		timer t = r->timers[i];

		r->timers[i] = r->timers[--r->n_timers];
		t.fn(t.ctx, r->now_us);
	}
}

void
reactor_after_turn(reactor *r, reactor_handler fn, void *ctx)
{
	r->after = fn;
	r->after_ctx = ctx;
}

int64_t
reactor_now(const reactor *r)
{
	return r->now_us;
}

/* ---- turns ---- */

static long
wait_ms(const reactor *r, int64_t max_wait_us)
{
	int64_t timer_us = next_timer(r), wait_us;

	if (timer_us == INT64_MAX && max_wait_us < 0)
		return -1;
	wait_us = timer_us == INT64_MAX ? max_wait_us : timer_us - clock_monotonic_us();
	if (max_wait_us >= 0 && wait_us > max_wait_us)
		wait_us = max_wait_us;
	return wait_us <= 0 ? 0 : (long)((wait_us + 999) / 1000);
}

static void
handle_events(reactor *r)
{
	int i;

	r->changed = false;
	for (i = 0; i < r->n; i++) {
		source s = r->sources[i];

		if (r->items[i].revents == 0)
			continue;
		r->items[i].revents = 0;
		s.fn(s.ctx, r->now_us);
		if (r->changed) /* places moved: what is left shows again in the next poll */
			return;
	}
}

ms_status
reactor_turn(reactor *r, int64_t max_wait_us, ms_error *err)
{
	int rc = zmq_poll(r->items, r->n, wait_ms(r, max_wait_us));

	r->now_us = clock_monotonic_us();
	if (rc < 0 && zmq_errno() != EINTR)
		return net_fail(err, MST_NET, "wait for events");
	if (rc > 0)
		handle_events(r);
	fire_timers(r);
	if (r->after != NULL)
		r->after(r->after_ctx, r->now_us);
	return MS_OK;
}

ms_status
reactor_run(reactor *r, ms_error *err)
{
	ms_status s = MS_OK;

	r->stop = false;
	while (!r->stop && s == MS_OK)
		s = reactor_turn(r, -1, err);
	return s;
}

void
reactor_stop(reactor *r)
{
	r->stop = true;
}
