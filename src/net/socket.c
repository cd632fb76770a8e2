/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.c - ZeroMQ's defaults are for other programs: every option that must differ is set here,
 * once.
 *
 * No routing ids are set and no handover is allowed, so no peer can take another's place. MANDATORY
 * makes a full or missing peer an error instead of a silent loss. What is sent is not yet
 * delivered: only receipts count.
 */
#include "net/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/random.h"
#include "net/inner.h"

#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93 /* works in the stable library, but its name is hidden there */
#endif

/* ZeroMQ counts ours, and the two ends of its monitor. */
enum { HANDLES_PER_SOCKET = 3 };

enum {
	CONNECT_MS = 5000,
	RECONNECT_MS = 250,
	RECONNECT_MAX_MS = 2000,
	BACKLOG = 1024,
	KEEPALIVE_IDLE_S = 60,
	KEEPALIVE_INTERVAL_S = 10,
	KEEPALIVE_COUNT = 3,
	SMALL = 4 << 10, /* so many bytes are bounded by the number of messages */
	CURVE_OVERHEAD =
		33, /* "\\x07MESSAGE", short nonce, flags, authenticator: MAXMSGSIZE counts them */
};

_Static_assert(
	sizeof(zmq_msg_t) <= sizeof(((net_message *)0)->frame), "a net_message holds a zmq_msg_t");

ms_status
net_fail(ms_error *err, unsigned code, const char *what)
{
	return ms_fail(err, MS_IO, code, "cannot %s: %s", what, zmq_strerror(zmq_errno()));
}

ms_status
net_context_new(net_context **out, ms_error *err)
{
	net_context *c;
	ms_status s = net_check_files(err);

	if (s != MS_OK)
		return s;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the network");
	c->handle = zmq_ctx_new();
	if (c->handle == NULL) {
		free(c);
		return net_fail(err, MST_NET, "start the network");
	}
	*out = c;
	return MS_OK;
}

void
net_context_allow(net_context *c, unsigned sockets)
{
	zmq_ctx_set(c->handle, ZMQ_MAX_SOCKETS, (int)(sockets * HANDLES_PER_SOCKET));
}

void
net_context_free(net_context *c)
{
	if (c == NULL)
		return;
	while (zmq_ctx_term(c->handle) != 0 && zmq_errno() == EINTR)
		continue;
	free(c);
}

/* ---- opening ---- */

static bool
set_number(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool
set_common(void *socket, size_t frame_max, int queue_max)
{
	int64_t frame = (int64_t)frame_max + CURVE_OVERHEAD;

	return set_number(socket, ZMQ_LINGER, 0) &&
	       set_number(socket, ZMQ_HANDSHAKE_IVL, NET_HANDSHAKE_MS) &&
	       set_number(socket, ZMQ_IPV6, 1) && set_number(socket, ZMQ_TCP_KEEPALIVE, 1) &&
	       set_number(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) &&
	       set_number(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S) &&
	       set_number(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT) &&
	       set_number(socket, ZMQ_SNDHWM, queue_max) &&
	       set_number(socket, ZMQ_RCVHWM, queue_max) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame, sizeof(frame)) == 0;
}

static ms_status
new_socket(net_context *c, int type, net_socket **out, ms_error *err)
{
	net_socket *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a socket");
	s->handle = zmq_socket(c->handle, type);
	if (s->handle == NULL) {
		free(s);
		return net_fail(err, MST_NET, "make a socket");
	}
	s->routes = type == ZMQ_ROUTER;
	*out = s;
	return MS_OK;
}

/* An address of IPv4 comes as one of IPv6, which nobody wrote: [::ffff:10.1.2.3]. */
static void
note_endpoint(net_socket *s)
{
	static const char mapped[] = "tcp://[::ffff:";
	size_t len = sizeof(s->endpoint), address;
	char *at = s->endpoint + strlen("tcp://"), *from = s->endpoint + strlen(mapped);

	if (zmq_getsockopt(s->handle, ZMQ_LAST_ENDPOINT, s->endpoint, &len) != 0)
		s->endpoint[0] = '\0';
	if (strncmp(s->endpoint, mapped, strlen(mapped)) != 0)
		return;
	address = strspn(from, "0123456789.");
	if (from[address] != ']')
		return;
	memmove(at, from, address);
	memmove(at + address, from + address + 1, strlen(from + address + 1) + 1);
}

static bool
set_router(net_socket *s, const net_router_options *o)
{
	static const char domain[] = "muster";

	return set_common(s->handle, o->frame_max, o->queue_max) &&
	       set_number(s->handle, ZMQ_ROUTER_MANDATORY, 1) &&
	       set_number(s->handle, ZMQ_BACKLOG, BACKLOG) &&
	       set_number(s->handle, ZMQ_CURVE_SERVER, 1) &&
	       zmq_setsockopt(s->handle, ZMQ_CURVE_SECRETKEY, o->secret_key, NET_KEY_SIZE) == 0 &&
	       zmq_setsockopt(s->handle, ZMQ_ZAP_DOMAIN, domain, sizeof(domain) - 1) == 0 &&
	       set_number(s->handle, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
}

/* By the errno of zmq_bind, in words for whoever set the address. */
static ms_status
fail_listen(const char *endpoint, int number, ms_error *err)
{
	static const struct {
		int number;
		const char *remedy;
	} table[] = {
		{ EADDRINUSE, TR("another program has the port: end it, or set another port") },
		{ EACCES, TR("ports below 1024 are the system's: set a higher one") },
		{ EADDRNOTAVAIL, TR("this machine has no such address: set one of its own, or *") },
		{ ENODEV,
			TR("this name is none of this machine: set an address of its own, or *") },
	};
	const char *remedy = TR("set an address of this machine and a free port");
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number)
			remedy = table[i].remedy;
	ms_fail(err, MS_CONFIG, MST_NET_LISTEN, "cannot listen on %s: %s", endpoint,
		zmq_strerror(number));
	ms_error_remedy(err, "listen in hub.conf: %s", tr(remedy));
	return MS_CONFIG;
}

ms_status
net_router_open(net_context *c, const net_router_options *options, net_socket **out, ms_error *err)
{
	net_socket *s = NULL;
	ms_status status = new_socket(c, ZMQ_ROUTER, &s, err);

	if (status != MS_OK || s == NULL)
		return status;
	if (!set_router(s, options))
		status = net_fail(err, MST_NET, "set up the hub's socket");
	else if (zmq_bind(s->handle, options->endpoint) != 0)
		status = fail_listen(options->endpoint, zmq_errno(), err);
	if (status != MS_OK) {
		net_socket_close(s);
		return status;
	}
	note_endpoint(s);
	s->unsent_max = options->unsent_max;
	s->backlog = backlog_new();
	status = crowd_new((unsigned)strtoul(strrchr(s->endpoint, ':') + 1, NULL, 10),
		&options->crowd, &s->crowd, err);
	if (status == MS_OK && s->backlog == NULL)
		status = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the network");
	if (status != MS_OK) {
		net_socket_close(s);
		return status;
	}
	*out = s;
	return MS_OK;
}

static bool
set_dealer(net_socket *s, const net_dealer_options *o)
{
	/* Every device waits a little differently, so that a fleet does not come back in one
	 * instant. */
	int wait_ms = RECONNECT_MS + (int)(random_u64() % RECONNECT_MS);

	return set_common(s->handle, o->frame_max, o->queue_max) &&
	       set_number(s->handle, ZMQ_IMMEDIATE, 1) &&
	       set_number(s->handle, ZMQ_RECONNECT_IVL, wait_ms) &&
	       set_number(s->handle, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
	       set_number(s->handle, ZMQ_CONNECT_TIMEOUT, CONNECT_MS) &&
	       zmq_setsockopt(s->handle, ZMQ_CURVE_SERVERKEY, o->server_key, NET_KEY_SIZE) == 0 &&
	       zmq_setsockopt(s->handle, ZMQ_CURVE_PUBLICKEY, o->public_key, NET_KEY_SIZE) == 0 &&
	       zmq_setsockopt(s->handle, ZMQ_CURVE_SECRETKEY, o->secret_key, NET_KEY_SIZE) == 0;
}

ms_status
net_dealer_open(net_context *c, const net_dealer_options *options, net_socket **out, ms_error *err)
{
	net_socket *s = NULL;
	ms_status status = new_socket(c, ZMQ_DEALER, &s, err);

	if (status != MS_OK || s == NULL)
		return status;
	if (!set_dealer(s, options) || !monitor_open(c, s))
		status = net_fail(err, MST_NET, "set up a socket");
	else if (zmq_connect(s->handle, options->endpoint) != 0)
		status = ms_fail(err, MS_CONFIG, MST_NET_ADDRESS,
			"%s is no address to connect to: %s", options->endpoint,
			zmq_strerror(zmq_errno()));
	if (status == MS_OK && options->unread_max > 0) {
		status = line_watch_open(&s->line, options->unread_max, err);
		s->watched = status == MS_OK;
	}
	if (status != MS_OK) {
		net_socket_close(s);
		return status;
	}
	note_endpoint(s);
	*out = s;
	return MS_OK;
}

void
net_socket_linger(net_socket *s, int wait_ms)
{
	set_number(s->handle, ZMQ_LINGER, wait_ms);
}

void
net_socket_close(net_socket *s)
{
	if (s == NULL)
		return;
	if (s->monitor != NULL) {
		zmq_socket_monitor(s->handle, NULL, 0);
		zmq_close(s->monitor);
	}
	zmq_close(s->handle);
	if (s->watched)
		line_watch_close(&s->line);
	crowd_free(s->crowd);
	backlog_leave(s->backlog);
	free(s);
}

const char *
net_socket_endpoint(const net_socket *s)
{
	return s->endpoint;
}

/* ---- events ---- */

/* A connection that ends without having been up was told already, as refused or not trusted. */
net_event
net_dealer_event(net_socket *s)
{
	uint16_t number;
	int32_t value;

	while (monitor_next(s, &number, &value)) {
		net_event event = monitor_meaning(s, number, value);
		bool was_up = s->up;

		if (number == ZMQ_EVENT_CONNECTED) {
			s->since_us = clock_monotonic_us();
			if (s->watched)
				line_watch_connected(&s->line, value);
			continue;
		}
		s->up = event == NET_UP;
		if (event == NET_DOWN && was_up && s->watched && s->line.cut)
			event = NET_ENDLESS;
		if (event != NET_DOWN || was_up)
			return event;
	}
	if (s->watched)
		line_watch_look(&s->line);
	return NET_NOTHING;
}

/* ---- messages ---- */

static zmq_msg_t *
frame_of(net_message *m)
{
	return (zmq_msg_t *)(void *)m->frame;
}

static bool
has_more(zmq_msg_t *frame)
{
	return zmq_msg_more(frame) != 0;
}

static void
count_frame(net_socket *s, int peer_fd, span user, zmq_msg_t *frame)
{
	if (s->crowd != NULL)
		crowd_received(s->crowd, peer_fd, user, zmq_msg_size(frame));
	else if (s->watched)
		line_watch_received(&s->line, zmq_msg_size(frame));
}

/* Read what is left of a message that breaks the rules; PEER_FD sent it. */
static void
drop_rest(net_socket *s, int peer_fd)
{
	int more = 1;
	size_t len = sizeof(more);

	while (more) {
		zmq_msg_t frame;

		zmq_msg_init(&frame);
		if (zmq_msg_recv(&frame, s->handle, ZMQ_DONTWAIT) < 0)
			more = 0;
		else if (zmq_getsockopt(s->handle, ZMQ_RCVMORE, &more, &len) != 0)
			more = 0;
		else
			count_frame(s, peer_fd, (span){ 0 }, &frame);
		zmq_msg_close(&frame);
	}
}

static ms_status
receive_routing(net_socket *s, net_message *out)
{
	int n = zmq_recv(s->handle, out->routing, sizeof(out->routing), ZMQ_DONTWAIT);
	int more = 0;
	size_t len = sizeof(more);

	if (n < 0)
		return MS_AGAIN;
	zmq_getsockopt(s->handle, ZMQ_RCVMORE, &more, &len);
	if (n > (int)sizeof(out->routing) || !more) {
		if (more)
			drop_rest(s, -1);
		return MS_INVALID;
	}
	out->routing_len = (size_t)n;
	return MS_OK;
}

/* The metadata of a ROUTER's body frame; its routing frame carries none after a poll. */
static void
note_peer(net_message *out)
{
	const char *user = zmq_msg_gets(frame_of(out), "User-Id");

	out->user_len = user == NULL ? 0 : strlen(user);
	if (out->user_len >= sizeof(out->user))
		out->user_len = 0;
	if (out->user_len > 0)
		memcpy(out->user, user, out->user_len);
	out->peer_fd = zmq_msg_get(frame_of(out), ZMQ_SRCFD);
}

ms_status
net_receive(net_socket *s, net_message *out)
{
	ms_status status;

	out->routing_len = out->user_len = 0;
	out->peer_fd = -1;
	if (s->routes) {
		status = receive_routing(s, out);
		if (status != MS_OK)
			return status;
	}
	zmq_msg_init(frame_of(out));
	if (zmq_msg_recv(frame_of(out), s->handle, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(frame_of(out));
		if (s->watched)
			line_watch_judge(&s->line);
		return MS_AGAIN;
	}
	if (s->routes)
		note_peer(out);
	count_frame(s, out->peer_fd, span_of(out->user, out->user_len), frame_of(out));
	if (has_more(frame_of(out))) {
		drop_rest(s, out->peer_fd);
		zmq_msg_close(frame_of(out));
		return MS_INVALID;
	}
	out->held = true;
	return MS_OK;
}

span
net_message_bytes(const net_message *m)
{
	net_message *own;

	if (!m->held)
		return (span){ 0 };
	/* zmq_msg_data takes no const message, and changes none. */
	memcpy(&own, &m, sizeof(own));
	return span_of(zmq_msg_data(frame_of(own)), zmq_msg_size(frame_of(own)));
}

void
net_message_move(net_message *to, net_message *from)
{
	MS_ASSERT(!to->held);
	*to = *from;
	if (!from->held)
		return;
	zmq_msg_init(frame_of(to));
	zmq_msg_move(frame_of(to), frame_of(from));
	zmq_msg_close(frame_of(from));
	from->held = false;
}

void
net_message_fini(net_message *m)
{
	if (m->held)
		zmq_msg_close(frame_of(m));
	m->held = false;
}

/* Let the socket see what its I/O thread did: zmq_send looks only now and then, and may miss that
 * there is room. */
static bool
has_caught_up(net_socket *s)
{
	int events;
	size_t len = sizeof(events);

	return zmq_getsockopt(s->handle, ZMQ_EVENTS, &events, &len) == 0;
}

static ms_status
send_frame(net_socket *s, span bytes, int flags)
{
	int n = zmq_send(s->handle, bytes.at, bytes.len, flags | ZMQ_DONTWAIT);

	if (n < 0 && zmq_errno() == EAGAIN && has_caught_up(s))
		n = zmq_send(s->handle, bytes.at, bytes.len, flags | ZMQ_DONTWAIT);
	if (n >= 0)
		return MS_OK;
	return zmq_errno() == EAGAIN || zmq_errno() == EINTR ? MS_AGAIN : MS_UNREACHABLE;
}

/* A ROUTER judges room and peer by the routing frame; the body behind it cannot fail. */
static ms_status
send_counted(net_socket *s, span routing, span bytes)
{
	backlog_piece *piece;
	zmq_msg_t body;
	ms_status status = backlog_add(s->backlog, routing, bytes, s->unsent_max, &piece);

	if (status != MS_OK)
		return status;
	if (zmq_msg_init_data(&body, backlog_bytes(piece), bytes.len, backlog_done, piece) != 0) {
		backlog_done(NULL, piece);
		return MS_NO_MEMORY;
	}
	status = send_frame(s, routing, ZMQ_SNDMORE);
	if (status == MS_OK && zmq_msg_send(&body, s->handle, ZMQ_DONTWAIT) < 0)
		status = MS_UNREACHABLE;
	if (status != MS_OK)
		zmq_msg_close(&body);
	return status;
}

ms_status
net_send(net_socket *s, span routing, span bytes)
{
	ms_status status;

	if (s->routes && bytes.len > SMALL)
		return send_counted(s, routing, bytes);
	status = s->routes ? send_frame(s, routing, ZMQ_SNDMORE) : MS_OK;
	return status == MS_OK ? send_frame(s, bytes, 0) : status;
}

size_t
net_unsent(const net_socket *s, span routing)
{
	return backlog_of(s->backlog, routing);
}

void
net_kick(int peer_fd)
{
	if (peer_fd >= 0)
		shutdown(peer_fd, SHUT_RDWR);
}

crowd_cut
net_router_look(net_socket *s, const crowd_guest_list *guests)
{
	return crowd_look(s->crowd, guests);
}

int
net_router_wake_fd(const net_socket *s)
{
	return crowd_wake_fd(s->crowd);
}
