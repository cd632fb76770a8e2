/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_listen.c - one ROUTER socket a place: an address and a CURVE key. A hub that moves is at
 * two places until the overlap ends.
 *
 * ZeroMQ's routing ids are unique within a socket only; the number of the socket goes behind them.
 */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "hub/hub.h"

enum { QUEUE_MAX = 4096 /* above every credit */, OVERLAP_LOOK_US = 2000000 };
/* Above FEED_WAITS_ABOVE and what one pump may add to it. */
enum { UNSENT_MAX = 32 << 20 };

/* ---- places ---- */

ms_status
front_load_places(front *f, store_txn *txn, ms_error *err)
{
	f->moved = hub_move_get(txn, &f->move);
	return store_status(txn, err);
}

static bool
is_overlapping(const front *f)
{
	return f->moved && hub_move_overlaps(&f->move, front_hub_time(f));
}

static ms_status
secret_of(const front *f, const uint8_t public_key[NET_KEY_SIZE], uint8_t secret[NET_KEY_SIZE],
	ms_error *err)
{
	if (memcmp(public_key, f->base->keys.curve_public, NET_KEY_SIZE) != 0)
		return hub_curve_read(f->base->dir, public_key, secret, err);
	memcpy(secret, f->base->keys.curve_secret, NET_KEY_SIZE);
	return MS_OK;
}

ms_status
front_open_place(front *f, const hub_place *place, net_socket **out, ms_error *err)
{
	net_router_options options = { .endpoint = place->listen,
		.frame_max = FRAME_BYTES_MAX,
		.queue_max = QUEUE_MAX,
		.unsent_max = UNSENT_MAX,
		.crowd = { .unread_bytes = f->base->settings.unread_bytes,
			.strangers = f->base->settings.strangers_max,
			.per_user = DEVICE_CONNECTIONS_MAX } };
	ms_status s = secret_of(f, place->curve_key, options.secret_key, err);

	if (s == MS_OK)
		s = net_router_open(f->net, &options, out, err);
	secret_wipe(options.secret_key, sizeof(options.secret_key));
	return s;
}

static ms_status
open_listener(front *f, const hub_place *place, reactor_handler frames_ready, unsigned index,
	ms_error *err)
{
	listener *l = &f->listeners[index];
	ms_status s = front_open_place(f, place, &l->router, err);

	l->front = f;
	l->index = (uint8_t)index;
	return s == MS_OK ? reactor_add_socket(f->reactor, l->router, frames_ready, l) : s;
}

static void
overlap_look(void *ctx, int64_t now_us)
{
	front *f = ctx;

	if (is_overlapping(f)) {
		reactor_set_timer(f->reactor, overlap_look, f, now_us + OVERLAP_LOOK_US);
		return;
	}
	logger_say(&f->base->log, LOG_INFO, "the overlap is over: %s is served no more",
		f->move.before.listen);
	front_begin_anew(f, "ready at its new place alone");
}

hub_place
front_first_place(const front *f)
{
	hub_place place;

	memcpy(place.listen, f->base->settings.listen, sizeof(place.listen));
	memcpy(place.curve_key, f->base->keys.curve_public, sizeof(place.curve_key));
	return place;
}

ms_status
front_open_listeners(front *f, reactor_handler frames_ready, ms_error *err)
{
	hub_place now = f->moved ? f->move.now : front_first_place(f);
	ms_status s = open_listener(f, &now, frames_ready, 0, err);

	if (s == MS_OK && is_overlapping(f)) {
		s = open_listener(f, &f->move.before, frames_ready, 1, err);
		reactor_set_timer(f->reactor, overlap_look, f, reactor_now(f->reactor));
	}
	return s;
}

void
front_pause_listeners(front *f, bool pause)
{
	unsigned i;

	for (i = 0; i < LISTENERS_MAX; i++)
		if (f->listeners[i].router != NULL)
			reactor_pause_socket(f->reactor, f->listeners[i].router, pause);
}

void
front_close_listeners(front *f)
{
	unsigned i;

	/* The same port the next time, also where the setting leaves it to the system. */
	if (f->listeners[0].router != NULL && !f->moved)
		snprintf(f->base->settings.listen, sizeof(f->base->settings.listen), "%s",
			net_socket_endpoint(f->listeners[0].router));
	for (i = 0; i < LISTENERS_MAX; i++)
		net_socket_close(f->listeners[i].router);
}

const char *
front_listening_on(front *f)
{
	const net_socket *other = f->listeners[1].router;

	snprintf(f->listening, sizeof(f->listening), "%s%s%s",
		net_socket_endpoint(f->listeners[0].router), other == NULL ? "" : " and ",
		other == NULL ? "" : net_socket_endpoint(other));
	return f->listening;
}

/* ---- messages ---- */

ms_status
front_send_bytes(front *f, span routing, span bytes)
{
	size_t len = routing.len - 1;

	return net_send(f->listeners[routing.at[len]].router, span_of(routing.at, len), bytes);
}

size_t
front_unsent(const front *f, span routing)
{
	size_t len = routing.len - 1;

	return net_unsent(f->listeners[routing.at[len]].router, span_of(routing.at, len));
}

ms_status
front_receive(listener *l, net_message *out)
{
	ms_status s = net_receive(l->router, out);

	if (s != MS_OK)
		return s;
	if (out->routing_len == NET_ROUTING_MAX)
		return MS_INVALID; /* chosen by the peer, and no device chooses one */
	out->routing[out->routing_len++] = l->index;
	return MS_OK;
}
