/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.c - what ZeroMQ tells of a dealer's connection, and what that means. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "net/inner.h"

/* A handshake that fails after so long ran out of time. */
enum { SILENT_US = (NET_HANDSHAKE_MS - 500) * 1000 };

static bool
set_number(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

/*
 * A full monitor queue would stop ZeroMQ's I/O thread, so it has no bound; the socket's own thread
 * reads it at every turn, and there are four small events per attempt to connect at most.
 */
bool
monitor_open(net_context *c, net_socket *s)
{
	const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
			   ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
			   ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED |
			   ZMQ_EVENT_CONNECTED;
	char address[64];

	snprintf(
		address, sizeof(address), "inproc://monitor-%u", atomic_fetch_add(&c->monitors, 1));
	if (zmq_socket_monitor(s->handle, address, events) != 0)
		return false;
	s->monitor = zmq_socket(c->handle, ZMQ_PAIR);
	return s->monitor != NULL && set_number(s->monitor, ZMQ_LINGER, 0) &&
	       set_number(s->monitor, ZMQ_RCVHWM, 0) && zmq_connect(s->monitor, address) == 0;
}

/* A hub that does not trust the other ends the connection at once, and in order. */
static bool
is_cut(const net_socket *s, int32_t number)
{
	return number != EPIPE || clock_monotonic_us() - s->since_us >= SILENT_US;
}

net_event
monitor_meaning(const net_socket *s, uint16_t number, int32_t value)
{
	switch (number) {
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		return NET_UP;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		return NET_REFUSED;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		return NET_NO_HUB;
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		return is_cut(s, value) ? NET_CUT : NET_NO_TRUST;
	default:
		return NET_DOWN;
	}
}

bool
monitor_next(net_socket *s, uint16_t *event, int32_t *value)
{
	uint8_t bytes[sizeof(*event) + sizeof(*value)];
	int more = 0;
	size_t len = sizeof(more);

	if (s->monitor == NULL ||
		zmq_recv(s->monitor, bytes, sizeof(bytes), ZMQ_DONTWAIT) < (int)sizeof(bytes))
		return false;
	if (zmq_getsockopt(s->monitor, ZMQ_RCVMORE, &more, &len) == 0 && more)
		zmq_recv(s->monitor, NULL, 0, ZMQ_DONTWAIT); /* the endpoint */
	memcpy(event, bytes, sizeof(*event));
	memcpy(value, bytes + sizeof(*event), sizeof(*value));
	return true;
}
