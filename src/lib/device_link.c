/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/device_link.h"

#include "base/lang.h"
#include "codec/frame.h"

enum {
	QUEUE_MAX = 128, /* above the window; more that a hub sends waits on the line */
	EVENTS_PER_TURN = 256,
	PLACE_US = 4000000, /* without connection at one of several places; then the next */
	NAME_US = 15000000, /* the same while its name is asked for */
	FIND_US = 3000000,  /* without connection; then it is looked what is wrong */
	FIND_AGAIN_US = 10000000,
	BYE_WAIT_MS = 200
};

static void step(void *ctx, int64_t now_us);

static ms_status
use_keys(device_link *l, const home_keys *keys, ms_error *err)
{
	memcpy(l->options.secret_key, keys->curve_secret, NET_KEY_SIZE);
	return net_public_of(l->options.secret_key, l->options.public_key, err);
}

ms_status
device_link_set(
	device_link *l, const agent_settings *settings, const home_keys *keys, ms_error *err)
{
	device_places places;

	l->options = (net_dealer_options){
		.frame_max = FRAME_BYTES_MAX, .queue_max = QUEUE_MAX, .unread_max = NET_UNREAD_MAX
	};
	device_places_of(settings, &places);
	device_link_places(l, &places);
	return use_keys(l, keys, err);
}

bool
device_link_has_keys(const device_link *l, const home_keys *keys)
{
	return memcmp(l->options.secret_key, keys->curve_secret, NET_KEY_SIZE) == 0;
}

static ms_status
send_frame(void *ctx, const frame *f)
{
	device_link *l = ctx;
	arena scratch = { 0 };
	ms_status s;

	if (l->socket == NULL)
		return MS_UNREACHABLE;
	buf_reset(&l->out);
	s = frame_encode(f, &scratch, &l->out);
	if (s == MS_OK)
		s = net_send(l->socket, (span){ 0 }, buf_span(&l->out));
	arena_fini(&scratch);
	return s;
}

wire_out
device_link_out(device_link *l)
{
	return (wire_out){ .ctx = l, .send = send_frame };
}

/* With several places, one that turns us away is no reason to wait: the others are asked first. */
static bool
ask_others_first(device_link *l, net_event event)
{
	if (event != NET_REFUSED && event != NET_NO_TRUST && event != NET_NO_HUB &&
		event != NET_ENDLESS)
		return false;
	if (++l->turned_away >= l->places.n) {
		l->turned_away = 0;
		return false;
	}
	l->next_place = true;
	return true;
}

static void
take_event(device_link *l, net_event event, int64_t now_us)
{
	if (l->is_up && event != NET_UP) {
		l->tried_us = now_us; /* it may come back */
		l->find_us = now_us + FIND_US;
	}
	l->is_up = event == NET_UP;
	if (event == NET_UP) {
		l->turned_away = 0;
		uplink_connected(l->uplink, now_us);
		return;
	}
	if (l->reader != NULL)
		reader_down(l->reader);
	if (ask_others_first(l, event))
		uplink_down(l->uplink, now_us);
	else if (event == NET_REFUSED)
		uplink_refused(l->uplink, now_us);
	else if (event == NET_NO_HUB)
		uplink_no_hub(l->uplink, now_us);
	else if (event == NET_ENDLESS)
		uplink_endless(l->uplink, now_us);
	else if (event == NET_NO_TRUST)
		uplink_no_trust(l->uplink, now_us);
	else if (event == NET_CUT)
		uplink_cut(l->uplink, now_us);
	else
		uplink_down(l->uplink, now_us);
}

static void
take_message(device_link *l, const net_message *m, int64_t now_us)
{
	ms_error why = { 0 };
	frame f;

	if (frame_decode(net_message_bytes(m), &l->frames, &f, &why) != MS_OK) {
		uplink_bad_frame(l->uplink, &why, now_us);
	} else {
		uplink_in(l->uplink, &f, now_us);
		if (l->reader != NULL)
			reader_in(l->reader, &f, now_us);
	}
	arena_reset(&l->frames);
}

static void
socket_ready(void *ctx, int64_t now_us)
{
	device_link *l = ctx;
	net_event event;
	unsigned n;

	while ((event = net_dealer_event(l->socket)) != NET_NOTHING)
		take_event(l, event, now_us);
	for (n = 0; n < EVENTS_PER_TURN; n++) {
		net_message m = { .held = false };
		ms_status s = net_receive(l->socket, &m);

		if (s == MS_OK)
			take_message(l, &m, now_us);
		net_message_fini(&m);
		if (s == MS_AGAIN)
			break;
	}
	step(l, now_us);
}

static void
close_socket(device_link *l)
{
	if (l->socket == NULL)
		return;
	reactor_remove_socket(l->reactor, l->socket);
	net_socket_close(l->socket);
	l->socket = NULL;
	if (l->reader != NULL)
		reader_down(l->reader);
}

static void
end_finder(device_link *l)
{
	if (l->finder == NULL)
		return;
	reactor_remove_fd(l->reactor, finder_fd(l->finder));
	finder_free(l->finder);
	l->finder = NULL;
}

static void
close_all(device_link *l)
{
	l->wanted = false;
	end_finder(l);
	close_socket(l);
}

static void
connect_to(device_link *l, const char *endpoint)
{
	close_socket(l);
	l->options.endpoint = endpoint;
	if (net_dealer_open(l->net, &l->options, &l->socket, NULL) == MS_OK &&
		reactor_add_socket(l->reactor, l->socket, socket_ready, l) != MS_OK)
		close_socket(l);
}

static void
open_socket(device_link *l, int64_t now_us)
{
	const device_place *p = &l->places.list[l->at];

	close_all(l);
	l->wanted = true;
	l->is_up = l->served = l->next_place = false;
	l->tried_us = now_us;
	l->found[0] = '\0';
	memcpy(l->endpoint, p->address, sizeof(l->endpoint));
	memcpy(l->options.server_key, p->curve_key, NET_KEY_SIZE);
	l->find_us = now_us;
	if (!finder_is_number(l->endpoint))
		return;
	connect_to(l, l->endpoint);
	l->find_us = now_us + FIND_US;
}

/* ---- what is wrong ---- */

static void
tell_gap(device_link *l, finder_end end)
{
	static const uplink_gap gaps[] = {
		[FINDER_NO_NAME] = UPLINK_GAP_NAME,
		[FINDER_NO_WAY] = UPLINK_GAP_WAY,
		[FINDER_SILENT] = UPLINK_GAP_SILENCE,
		[FINDER_REFUSED] = UPLINK_GAP_NOBODY,
	};

	uplink_unreachable(l->uplink, gaps[end]);
}

static void
has_looked(void *ctx, int64_t now_us)
{
	device_link *l = ctx;
	char endpoint[FINDER_ENDPOINT_MAX];
	finder_end end = finder_look(l->finder, endpoint);

	end_finder(l);
	l->find_us = now_us + (l->socket == NULL ? FIND_US : FIND_AGAIN_US);
	if (!l->is_up && end != FINDER_FOUND)
		tell_gap(l, end);
	else if (!l->is_up && strcmp(endpoint, l->found) != 0 && !finder_is_number(l->endpoint)) {
		memcpy(l->found, endpoint, sizeof(l->found));
		connect_to(l, l->found);
	}
	step(l, now_us);
}

/* Where a name leads to, and why there is no connection. Returns when to look again. */
static int64_t
look_for_hub(device_link *l, int64_t now_us)
{
	if (!l->wanted || l->is_up || l->finder != NULL)
		return INT64_MAX;
	if (now_us < l->find_us)
		return l->find_us;
	l->find_us = now_us + FIND_AGAIN_US;
	if (finder_start(l->endpoint, &l->finder, NULL) != MS_OK)
		return l->find_us;
	if (reactor_add_fd(l->reactor, finder_fd(l->finder), has_looked, l) == MS_OK)
		return INT64_MAX;
	finder_free(l->finder);
	l->finder = NULL;
	return l->find_us;
}

/* A place that has served us stays the first to try; another is asked after it. */
static void
turn_to_next(device_link *l)
{
	if (!l->served)
		l->at = (l->at + 1) % l->places.n;
}

/* Of several places the next one, when this one turned us away or is silent. Returns when to look
 * again. */
static int64_t
look_for_place(device_link *l, int64_t now_us)
{
	int64_t wait_us = l->socket == NULL ? NAME_US : PLACE_US;

	if (!l->wanted || l->is_up || l->places.n < 2)
		return INT64_MAX;
	if (l->next_place || now_us >= l->tried_us + wait_us) {
		l->served = false;
		turn_to_next(l);
		open_socket(l, now_us);
	}
	return l->tried_us + PLACE_US;
}

static void
step(void *ctx, int64_t now_us)
{
	device_link *l = ctx;
	uplink_step next = uplink_tick(l->uplink, now_us);
	int64_t look_us, find_us, read_us = INT64_MAX;

	l->served |= l->is_up && uplink_look(l->uplink).connected;
	if (next.action == UPLINK_OPEN) {
		if (l->tried_us != 0)
			turn_to_next(l);
		open_socket(l, now_us);
	} else if (next.action == UPLINK_CLOSE) {
		close_all(l);
	}
	look_us = look_for_place(l, now_us);
	find_us = look_for_hub(l, now_us);
	if (find_us < look_us)
		look_us = find_us;
	if (l->reader != NULL)
		read_us = reader_tick(l->reader, now_us);
	if (read_us < look_us)
		look_us = read_us;
	reactor_set_timer(
		l->reactor, step, l, look_us < next.deadline_us ? look_us : next.deadline_us);
	if (l->changed != NULL)
		l->changed(l->ctx, now_us);
}

ms_status
device_link_start(
	device_link *l, const uplink_config *config, const uplink_host *host, ms_error *err)
{
	wire_out out = device_link_out(l);
	ms_status s = uplink_new(config, host, &out, reactor_now(l->reactor), &l->uplink);

	if (s != MS_OK)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for a connection");
	if (l->reader != NULL)
		reader_trust(l->reader, uplink_witness(l->uplink));
	reactor_set_timer(l->reactor, step, l, reactor_now(l->reactor));
	return MS_OK;
}

void
device_link_places(device_link *l, const device_places *places)
{
	device_place used = l->places.list[l->at];
	uint32_t i = 0;

	while (i < places->n &&
		(strcmp(places->list[i].address, used.address) != 0 ||
			memcmp(places->list[i].curve_key, used.curve_key, NET_KEY_SIZE) != 0))
		i++;
	l->places = *places;
	if (!l->wanted) {
		i = 0;
	} else if (i == places->n) { /* the one in use is the last; the first one comes after it */
		i = places->n < DEVICE_PLACES_MAX ? l->places.n++ : places->n - 1;
		l->places.list[i] = used;
	}
	l->at = i;
	if (!l->wanted)
		memcpy(l->endpoint, places->list[0].address, sizeof(l->endpoint));
}

/* The hub cannot see a connection end; without a word it would hold the session for minutes. */
static void
say_bye(device_link *l)
{
	frame f = { .kind = FRAME_BYE };

	if (l->socket == NULL || !l->is_up || send_frame(l, &f) != MS_OK)
		return;
	net_socket_linger(l->socket, BYE_WAIT_MS);
}

void
device_link_start_over(device_link *l)
{
	l->at = l->turned_away = 0;
	l->tried_us = 0;
	uplink_start_over(l->uplink, reactor_now(l->reactor));
	reactor_set_timer(l->reactor, step, l, reactor_now(l->reactor));
}

ms_status
device_link_rekey(device_link *l, const home_keys *keys, ms_error *err)
{
	ms_status s = use_keys(l, keys, err);

	if (s == MS_OK) {
		say_bye(l);
		device_link_start_over(l);
	}
	return s;
}

void
device_link_wake(device_link *l)
{
	uplink_wake(l->uplink, reactor_now(l->reactor));
	reactor_set_timer(l->reactor, step, l, reactor_now(l->reactor));
}

void
device_link_fini(device_link *l)
{
	if (l->reactor != NULL)
		reactor_set_timer(l->reactor, step, l, INT64_MAX);
	say_bye(l);
	close_all(l);
	uplink_free(l->uplink);
	arena_fini(&l->frames);
	buf_fini(&l->out);
	l->uplink = NULL;
}
