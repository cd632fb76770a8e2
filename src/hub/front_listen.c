/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_listen.c - one ROUTER socket a place: an address and a CURVE key. A hub that moves is at
 * two places until the overlap ends.
 *
 * ZeroMQ's routing ids are unique within a socket only; the number of the socket goes behind them.
 */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"
#include "hub/hub.h"
#include "net/control_json.h"

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

static ms_status
open_place(front *f, const hub_place *place, net_socket **out, ms_error *err)
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
	ms_status s = open_place(f, place, &l->router, err);

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

static hub_place
place_of_settings(const front *f)
{
	hub_place place;

	memcpy(place.listen, f->base->settings.listen, sizeof(place.listen));
	memcpy(place.curve_key, f->base->keys.curve_public, sizeof(place.curve_key));
	return place;
}

ms_status
front_open_listeners(front *f, reactor_handler frames_ready, ms_error *err)
{
	hub_place now = f->moved ? f->move.now : place_of_settings(f);
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

/* ---- moving ---- */

void
front_begin_anew(front *f, const char *ready)
{
	f->base->ready = ready;
	f->begin_anew = true;
	reactor_stop(f->reactor);
}

/* Where devices are told to go, and the key there. */
void
front_add_place(const front *f, json_t *out)
{
	const hub_settings *settings = &f->base->settings;
	const char *fixed = settings->address[0] == '\0' ? settings->listen : settings->address;
	char hex[2 * CURVE_SECRET_SIZE + 1];

	text_hex(f->moved ? f->move.now.curve_key : f->base->keys.curve_public, CURVE_SECRET_SIZE,
		hex);
	json_set_text(out, "address", f->moved ? f->move.address : fixed);
	json_set_text(out, "curve_key", hex);
}

void
front_show_place(front *f, control_call *call, const json_t *request)
{
	json_t *out = json_object();

	(void)request;
	if (f->moved)
		front_add_place(f, out);
	control_answer_json(call, out);
	control_end(call);
}

static ms_status
bad_move(ms_error *err, const char *text)
{
	return ms_fail(err, MS_USAGE, MST_HUB_MOVE, "%s", tr(text));
}

static ms_status
take_words(const front *f, const json_t *request, hub_move *out, ms_error *err)
{
	const char *address = json_text_of(request, "address"),
		   *from = json_text_of(request, "from"), *until = json_text_of(request, "until");

	*out = (hub_move){ .from_us = front_hub_time(f) };
	if (address == NULL || strlen(address) >= sizeof(out->address) || until == NULL ||
		time_parse(span_str(until), &out->until_us, NULL) != MS_OK ||
		(from != NULL && time_parse(span_str(from), &out->from_us, NULL) != MS_OK))
		return bad_move(err, TR("a move has an address, and times like "
					"2012-07-05T08:30:00+08:00"));
	if (out->until_us <= front_hub_time(f) || out->until_us <= out->from_us)
		return bad_move(err, TR("until is not later than now, or than from"));
	memcpy(out->address, address, strlen(address) + 1);
	return MS_OK;
}

static ms_status
take_place(front *f, const json_t *request, hub_move *out, ms_error *err)
{
	const char *listen = json_text_of(request, "listen"),
		   *hex = json_text_of(request, "curve_key");
	hub_move last = { .now = place_of_settings(f), .before = place_of_settings(f) };
	uint8_t key[CURVE_SECRET_SIZE];
	net_socket *trial = NULL;
	bool served;
	ms_status s;

	if (f->moved)
		last = f->move;
	if ((listen != NULL && strlen(listen) >= sizeof(out->now.listen)) ||
		(hex != NULL && !text_unhex(span_str(hex), key, sizeof(key))))
		return bad_move(err, TR("the address to listen at, or its key, has another form"));
	served = listen == NULL || hub_move_serves(&last, listen, front_hub_time(f));
	if (served && hex != NULL) {
		ms_fail(err, MS_USAGE, MST_HUB_MOVE,
			"another key needs another address to listen at while the old one holds");
		ms_error_remedy(err, "name it with --listen tcp://*:PORT");
		return MS_USAGE;
	}
	hub_move_set(out, &last, listen, hex == NULL ? NULL : key, front_hub_time(f));
	if (served)
		return MS_OK;
	/* What cannot be listened at must not be told. */
	s = open_place(f, &out->now, &trial, err);
	net_socket_close(trial);
	return s;
}

void
front_do_move(front *f, control_call *call, const json_t *request)
{
	ms_error err = { 0 };
	hub_move move;
	job *j;

	if (take_words(f, request, &move, &err) != MS_OK ||
		take_place(f, request, &move, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	j = front_new_job(f, call, JOB_MOVE);
	if (j == NULL)
		return;
	j->move = move;
	front_send_job(f, j);
}
