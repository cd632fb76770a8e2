/* SPDX-License-Identifier: Apache-2.0 */
/* net_testing.h - a hub's socket and devices on loopback in one thread, and waiting with a
 * deadline. */
#ifndef TESTS_NET_TESTING_H
#define TESTS_NET_TESTING_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "net/zap.h"

enum { FRAME_LIMIT = 64 << 10, QUEUE_LIMIT = 16, DEADLINE_US = 20000000 };
enum {
	UNREAD_LIMIT = 512 << 10,
	STRANGERS_LIMIT = 20,
	PER_USER_LIMIT = 3,
	UNSENT_LIMIT = 512 << 10
};

/* Turn R until CONDITION holds. */
#define WAIT_FOR(r, condition)                                                 \
	do {                                                                   \
		int64_t until_us = clock_monotonic_us() + DEADLINE_US;         \
                                                                               \
		while (!(condition)) {                                         \
			assert_true(clock_monotonic_us() < until_us);          \
			assert_int_equal(reactor_turn(r, 20000, NULL), MS_OK); \
		}                                                              \
	} while (0)

typedef struct key_pair {
	uint8_t public_key[NET_KEY_SIZE], secret_key[NET_KEY_SIZE];
} key_pair;

static inline key_pair
new_key(void)
{
	key_pair k;

	assert_int_equal(net_keypair(k.public_key, k.secret_key, NULL), MS_OK);
	return k;
}

/* What one socket saw. A peer that is deaf reads no messages. */
typedef struct peer {
	net_socket *socket;
	bool deaf;
	int messages, bad, up, down, refused, no_trust, cut, no_hub, endless;
	net_message last;
} peer;

static inline void
count_event(peer *p, net_event event)
{
	p->up += event == NET_UP;
	p->down += event == NET_DOWN;
	p->refused += event == NET_REFUSED;
	p->no_trust += event == NET_NO_TRUST;
	p->cut += event == NET_CUT;
	p->no_hub += event == NET_NO_HUB;
	p->endless += event == NET_ENDLESS;
}

static inline void
peer_ready(void *ctx, int64_t now_us)
{
	peer *p = ctx;
	net_event event;
	ms_status s = MS_OK;

	(void)now_us;
	while ((event = net_dealer_event(p->socket)) != NET_NOTHING)
		count_event(p, event);
	while (!p->deaf && s != MS_AGAIN) {
		net_message m = { 0 };

		s = net_receive(p->socket, &m);
		if (s == MS_AGAIN)
			continue;
		p->messages += s == MS_OK;
		p->bad += s == MS_INVALID;
		net_message_fini(&p->last);
		net_message_move(&p->last, &m);
	}
}

/* A hub with its handshake handler; NETWORK.hub counts what it got. */
typedef struct network {
	net_context *context;
	reactor *reactor;
	zap *zap;
	key_pair hub_key;
	peer hub;
	char endpoint[256];
	size_t unread_max; /* of devices */
} network;

static inline void
open_hub(network *n, const char *endpoint)
{
	net_router_options options = {
		.endpoint = endpoint,
		.frame_max = FRAME_LIMIT,
		.queue_max = QUEUE_LIMIT,
		.unsent_max = UNSENT_LIMIT,
		.crowd = { .unread_bytes = UNREAD_LIMIT,
			.strangers = STRANGERS_LIMIT,
			.per_user = PER_USER_LIMIT },
	};

	memcpy(options.secret_key, n->hub_key.secret_key, NET_KEY_SIZE);
	assert_int_equal(net_router_open(n->context, &options, &n->hub.socket, NULL), MS_OK);
	assert_int_equal(reactor_add_socket(n->reactor, n->hub.socket, peer_ready, &n->hub), MS_OK);
	memcpy(n->endpoint, net_socket_endpoint(n->hub.socket), sizeof(n->endpoint));
}

static inline void
close_peer(network *n, peer *p)
{
	if (p->socket != NULL)
		reactor_remove_socket(n->reactor, p->socket);
	net_socket_close(p->socket);
	net_message_fini(&p->last);
	*p = (peer){ 0 };
}

static inline void
network_init(network *n, const key_pair *known, size_t n_known)
{
	uint8_t keys[8][NET_KEY_SIZE];
	size_t i;

	*n = (network){ .hub_key = new_key(), .unread_max = UNREAD_LIMIT };
	for (i = 0; i < n_known; i++)
		memcpy(keys[i], known[i].public_key, NET_KEY_SIZE);
	assert_int_equal(net_context_new(&n->context, NULL), MS_OK);
	assert_int_equal(reactor_new(&n->reactor, NULL), MS_OK);
	assert_int_equal(
		zap_start(n->context, (const uint8_t(*)[NET_KEY_SIZE])keys, n_known, &n->zap, NULL),
		MS_OK);
	open_hub(n, "tcp://127.0.0.1:*");
}

static inline void
network_fini(network *n)
{
	close_peer(n, &n->hub);
	zap_stop(n->zap);
	reactor_free(n->reactor);
	net_context_free(n->context);
}

static inline void
open_device_to(network *n, peer *p, const key_pair *key, const uint8_t *hub_key)
{
	net_dealer_options options = {
		.endpoint = n->endpoint,
		.frame_max = FRAME_LIMIT,
		.queue_max = QUEUE_LIMIT,
		.unread_max = n->unread_max,
	};

	memcpy(options.server_key, hub_key, NET_KEY_SIZE);
	memcpy(options.public_key, key->public_key, NET_KEY_SIZE);
	memcpy(options.secret_key, key->secret_key, NET_KEY_SIZE);
	*p = (peer){ 0 };
	assert_int_equal(net_dealer_open(n->context, &options, &p->socket, NULL), MS_OK);
	assert_int_equal(reactor_add_socket(n->reactor, p->socket, peer_ready, p), MS_OK);
}

static inline void
open_device(network *n, peer *p, const key_pair *key)
{
	open_device_to(n, p, key, n->hub_key.public_key);
}

static inline void
connect_device(network *n, peer *p, const key_pair *key)
{
	open_device(n, p, key);
	WAIT_FOR(n->reactor, p->up == 1);
}

static inline ms_status
send_text(peer *p, const char *text)
{
	return net_send(p->socket, (span){ 0 }, span_str(text));
}

static inline span
sender_of(const net_message *m)
{
	return span_of(m->routing, m->routing_len);
}

/* The connection from which the hub's last message came is no more. */
static inline void
cut_sender(const network *n)
{
	assert_int_equal(shutdown(n->hub.last.peer_fd, SHUT_RDWR), 0);
}

/* A message there and one back: the device is served. */
static inline void
assert_served(network *n, peer *device)
{
	int had = n->hub.messages, got = device->messages;

	assert_int_equal(send_text(device, "ping"), MS_OK);
	WAIT_FOR(n->reactor, n->hub.messages == had + 1);
	assert_true(span_equal(net_message_bytes(&n->hub.last), span_str("ping")));
	assert_int_equal(net_send(n->hub.socket, sender_of(&n->hub.last), span_str("pong")), MS_OK);
	WAIT_FOR(n->reactor, device->messages == got + 1);
}

/* A connection that says nothing yet. */
static inline int
raw_connect(const network *n)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtoul(strrchr(n->endpoint, ':') + 1, NULL, 10));
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* A network with one enrolled device, which is served. */
static inline void
open_served(network *n, peer *device)
{
	key_pair key = new_key();

	network_init(n, &key, 1);
	connect_device(n, device, &key);
	assert_served(n, device);
}

static inline void
close_served(network *n, peer *device)
{
	close_peer(n, device);
	network_fini(n);
}

#endif
