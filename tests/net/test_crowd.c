/* SPDX-License-Identifier: Apache-2.0 */
/* test_crowd.c - who is cut at a hub's port: a device that sends what is never a message, and
 * silent strangers when they are too many, and who is unwanted. Nobody else. */
#include "tests/net/net_testing.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const crowd_guest_list everybody;

static unsigned
look(network *n)
{
	crowd_cut cut = net_router_look(n->hub.socket, &everybody);

	return cut.endless + cut.strangers + cut.unwanted + cut.too_many;
}

/* Far more than the limit in frames of all sizes: what was received counts to the byte. */
static void
who_is_read_is_never_cut(void **test)
{
	static const uint8_t zeroes[FRAME_LIMIT];
	static const size_t sizes[] = { 0, 1, 100, 220, 221, 222, 223, 254, 255, 256, 257, 1000,
		FRAME_LIMIT };
	key_pair key = new_key();
	size_t sent = 0, i;
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	assert_int_equal(look(&n), 0);
	for (i = 0; sent < (size_t)8 * UNREAD_LIMIT || i < 50000; i++) {
		size_t size = sizes[i % (sent < (size_t)8 * UNREAD_LIMIT ? 13 : 12)];

		while (net_send(device.socket, (span){ 0 }, span_of(zeroes, size)) == MS_AGAIN)
			assert_int_equal(reactor_turn(n.reactor, 1000, NULL), MS_OK);
		sent += size;
		if (i % 8 == 0)
			assert_int_equal(reactor_turn(n.reactor, 0, NULL), MS_OK);
		if (i % 500 == 0) { /* all of it is received */
			WAIT_FOR(n.reactor, n.hub.messages == 2 + (int)i);
			assert_int_equal(look(&n), 0);
		}
	}
	WAIT_FOR(n.reactor, n.hub.messages == 1 + (int)i);
	assert_int_equal(look(&n), 0);
	assert_int_equal(device.down, 0);
	close_peer(&n, &device);
	network_fini(&n);
}

/* Send until the hub, which reads nothing, cuts us; TURNS at most. */
static bool
is_cut(network *n, peer *device, unsigned turns)
{
	static const uint8_t zeroes[FRAME_LIMIT];
	unsigned i;

	for (i = 0; i < turns && device->down == 0; i++) {
		net_send(device->socket, (span){ 0 }, span_str(""));
		net_send(device->socket, (span){ 0 }, span_of(zeroes, sizeof(zeroes)));
		assert_int_equal(reactor_turn(n->reactor, 1000, NULL), MS_OK);
		look(n);
	}
	return device->down > 0;
}

static void
who_sends_on_unread_is_cut_and_may_come_back(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	look(&n);
	n.hub.deaf = true;
	assert_true(is_cut(&n, &device, 5000));
	n.hub.deaf = false;
	WAIT_FOR(n.reactor, device.up >= 2);
	close_peer(&n, &device);
	connect_device(&n, &device, &key);
	n.hub.messages = device.messages = 0;
	look(&n);
	assert_int_equal(send_text(&device, "ping"), MS_OK);
	WAIT_FOR(n.reactor, n.hub.messages > 0);
	assert_int_equal(look(&n), 0);
	close_peer(&n, &device);
	network_fini(&n);
}

static bool
is_open(int fd)
{
	uint8_t bytes[64];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		continue;
	return n < 0 && errno == EAGAIN;
}

static void
silent_strangers_are_cut_only_when_they_are_too_many(void **test)
{
	enum { CROWD = STRANGERS_LIMIT + 5 };
	key_pair key = new_key();
	int fds[CROWD], i;
	network n;
	peer device, late;
	crowd_cut cut = { 0 };

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	for (i = 0; i < STRANGERS_LIMIT; i++)
		fds[i] = raw_connect(&n);
	connect_device(&n, &late, &key); /* then they are all accepted: the first come first */
	assert_served(&n, &late);
	for (i = 0; i < 3; i++)
		assert_int_equal(look(&n), 0);
	for (i = STRANGERS_LIMIT; i < CROWD; i++)
		fds[i] = raw_connect(&n);
	close_peer(&n, &late);
	connect_device(&n, &late, &key);
	assert_served(&n, &late);
	look(&n);
	cut = net_router_look(n.hub.socket, &everybody);
	assert_int_equal(cut.strangers, CROWD);
	assert_int_equal(cut.endless, 0);
	for (i = 0; i < CROWD; i++)
		WAIT_FOR(n.reactor, !is_open(fds[i]));
	assert_served(&n, &device);
	assert_served(&n, &late);
	assert_int_equal(device.down, 0);
	assert_int_equal(look(&n), 0);
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	close_peer(&n, &device);
	close_peer(&n, &late);
	network_fini(&n);
}

typedef struct unwanted_key {
	char text[NET_Z85_SIZE];
	bool now;
} unwanted_key;

static bool
is_unwanted(void *ctx, span user)
{
	const unwanted_key *key = ctx;

	return key->now && span_equal(user, span_str(key->text));
}

/* Between the two looks it may be told why. */
static void
who_is_unwanted_is_cut_at_the_second_look(void **test)
{
	key_pair keys[2] = { new_key(), new_key() };
	unwanted_key wrong = { .now = false };
	const crowd_guest_list guests = { &wrong, is_unwanted };
	network n;
	peer good, bad;

	(void)test;
	network_init(&n, keys, 2);
	net_key_text(keys[1].public_key, wrong.text);
	connect_device(&n, &good, &keys[0]);
	connect_device(&n, &bad, &keys[1]);
	assert_served(&n, &good);
	assert_served(&n, &bad);
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 0);
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 0);
	wrong.now = true;
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 0);
	assert_served(&n, &bad);
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 1);
	WAIT_FOR(n.reactor, bad.down == 1);
	assert_served(&n, &good);
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 0);
	assert_int_equal(good.down, 0);
	close_peer(&n, &good);
	close_peer(&n, &bad);
	network_fini(&n);
}

static void
who_has_more_connections_than_allowed_begins_anew(void **test)
{
	enum { PILE = PER_USER_LIMIT + 1 };
	key_pair keys[2] = { new_key(), new_key() };
	peer many[PILE], other;
	network n;
	int i;

	(void)test;
	network_init(&n, keys, 2);
	connect_device(&n, &other, &keys[1]);
	assert_served(&n, &other);
	for (i = 0; i < PILE; i++) {
		assert_int_equal(look(&n), 0);
		connect_device(&n, &many[i], &keys[0]);
		assert_served(&n, &many[i]);
	}
	assert_int_equal(look(&n), PILE);
	for (i = 0; i < PILE; i++) {
		WAIT_FOR(n.reactor, many[i].down == 1);
		close_peer(&n, &many[i]);
	}
	assert_int_equal(other.down, 0);
	connect_device(&n, &many[0], &keys[0]);
	assert_served(&n, &many[0]);
	look(&n);
	assert_int_equal(look(&n), 0);
	close_peer(&n, &many[0]);
	close_peer(&n, &other);
	network_fini(&n);
}

/* ---- resting ---- */

static bool
is_woken(network *n)
{
	struct pollfd event = { .fd = net_router_wake_fd(n->hub.socket), .events = POLLIN };

	return poll(&event, 1, 0) == 1;
}

static bool
is_restless(network *n, const crowd_guest_list *guests)
{
	return net_router_look(n->hub.socket, guests).restless;
}

/* Looks end, and nothing asks for another one. */
static void
let_rest(network *n)
{
	WAIT_FOR(n->reactor, !is_restless(n, &everybody));
	assert_false(is_woken(n));
}

static void
who_looks_rests_until_something_comes(void **test)
{
	static const uint8_t zeroes[1000];
	key_pair keys[2] = { new_key(), new_key() };
	network n;
	peer device, nobody;
	int fd, i;

	(void)test;
	network_init(&n, keys, 1);
	let_rest(&n);
	fd = raw_connect(&n);
	connect_device(&n, &device, &keys[0]); /* then both are accepted */
	assert_true(zap_was_asked(n.zap));
	assert_false(zap_was_asked(n.zap));
	assert_served(&n, &device);
	let_rest(&n);
	assert_int_equal(send(fd, "\xff", 1, MSG_NOSIGNAL), 1);
	WAIT_FOR(n.reactor, is_woken(&n));
	let_rest(&n);
	n.hub.deaf = true; /* a message without end wakes no hub */
	for (i = 0; i < 10; i++) {
		assert_int_equal(
			net_send(device.socket, (span){ 0 }, span_of(zeroes, sizeof(zeroes))),
			MS_OK);
		WAIT_FOR(n.reactor, is_woken(&n));
		let_rest(&n);
	}
	open_device(&n, &nobody, &keys[1]);
	WAIT_FOR(n.reactor, nobody.refused == 1);
	assert_true(zap_was_asked(n.zap));
	close(fd);
	close_peer(&n, &device);
	close_peer(&n, &nobody);
	network_fini(&n);
}

static void
who_is_judged_by_the_next_look_lets_nobody_rest(void **test)
{
	enum { CROWD = STRANGERS_LIMIT + 1 };
	key_pair key = new_key();
	unwanted_key wrong = { .now = true };
	const crowd_guest_list guests = { &wrong, is_unwanted };
	int fds[CROWD], i;
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	net_key_text(key.public_key, wrong.text);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	let_rest(&n);
	assert_true(is_restless(&n, &guests));
	assert_int_equal(net_router_look(n.hub.socket, &guests).unwanted, 1);
	close_peer(&n, &device);
	for (i = 0; i < CROWD; i++)
		fds[i] = raw_connect(&n);
	connect_device(&n, &device, &key); /* then they are all accepted */
	assert_true(is_restless(&n, &everybody));
	let_rest(&n);
	for (i = 0; i < CROWD; i++) {
		WAIT_FOR(n.reactor, !is_open(fds[i]));
		close(fds[i]);
	}
	close_peer(&n, &device);
	network_fini(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_read_is_never_cut),
		cmocka_unit_test(who_sends_on_unread_is_cut_and_may_come_back),
		cmocka_unit_test(silent_strangers_are_cut_only_when_they_are_too_many),
		cmocka_unit_test(who_is_unwanted_is_cut_at_the_second_look),
		cmocka_unit_test(who_has_more_connections_than_allowed_begins_anew),
		cmocka_unit_test(who_looks_rests_until_something_comes),
		cmocka_unit_test(who_is_judged_by_the_next_look_lets_nobody_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
