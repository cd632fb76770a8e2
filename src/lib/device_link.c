/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/device_link.h"

#include "codec/frame.h"

enum { QUEUE_MAX = 4096, EVENTS_PER_TURN = 256 };

static void step(void *ctx, int64_t now_us);

ms_status
device_link_set(
	device_link *l, const agent_settings *settings, const home_keys *keys, ms_error *err)
{
	memcpy(l->endpoint, settings->addresses[0], sizeof(l->endpoint));
	l->options = (net_dealer_options){
		.endpoint = l->endpoint, .frame_max = FRAME_BYTES_MAX, .queue_max = QUEUE_MAX
	};
	memcpy(l->options.server_key, settings->hub_curve_key, NET_KEY_SIZE);
	memcpy(l->options.secret_key, keys->curve_secret, NET_KEY_SIZE);
	return net_public_of(l->options.secret_key, l->options.public_key, err);
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

static void
take_event(device_link *l, net_event event, int64_t now_us)
{
	if (event == NET_UP) {
		uplink_connected(l->uplink, now_us);
		return;
	}
	if (l->reader != NULL)
		reader_down(l->reader);
	if (event == NET_REFUSED)
		uplink_refused(l->uplink, "the hub does not know this device's key", now_us);
	else if (event == NET_NO_HUB)
		uplink_no_hub(l->uplink, now_us);
	else if (event == NET_NO_TRUST)
		uplink_no_trust(l->uplink, now_us);
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
open_socket(device_link *l)
{
	close_socket(l);
	if (net_dealer_open(l->net, &l->options, &l->socket, NULL) == MS_OK &&
		reactor_add_socket(l->reactor, l->socket, socket_ready, l) != MS_OK)
		close_socket(l);
}

static void
step(void *ctx, int64_t now_us)
{
	device_link *l = ctx;
	uplink_step next = uplink_tick(l->uplink, now_us);

	if (next.action == UPLINK_OPEN)
		open_socket(l);
	else if (next.action == UPLINK_CLOSE)
		close_socket(l);
	reactor_set_timer(l->reactor, step, l, next.deadline_us);
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
	close_socket(l);
	uplink_free(l->uplink);
	arena_fini(&l->frames);
	buf_fini(&l->out);
	l->uplink = NULL;
}
