/* SPDX-License-Identifier: Apache-2.0 */
/* test_line.c - a device cuts a hub whose message does not end, and no other. */
#include "tests/net/net_testing.h"

#include <string.h>
#include <zmq.h>

#include "net/inner.h"

enum { HANDSHAKE_MAX = 1024 };

static uint8_t zeroes[FRAME_LIMIT];

/* The hub sends N parts of one message to whoever spoke last, and its end. */
static void
send_parts(network *n, unsigned parts)
{
	span to = sender_of(&n->hub.last);
	void *hub = n->hub.socket->handle;

	assert_int_equal(zmq_send(hub, to.at, to.len, ZMQ_SNDMORE), to.len);
	for (; parts > 1; parts--)
		assert_int_equal(
			zmq_send(hub, zeroes, sizeof(zeroes), ZMQ_SNDMORE), sizeof(zeroes));
	assert_int_equal(zmq_send(hub, zeroes, sizeof(zeroes), 0), sizeof(zeroes));
}

/* What was received counts to the byte. */
static void
who_is_read_is_never_cut(void **test)
{
	static const size_t sizes[] = { 0, 1, 100, 220, 221, 222, 223, 254, 255, 256, 257, 1000,
		FRAME_LIMIT };
	enum { SENT = 13 * 400 };
	network n;
	peer device;
	int i;

	(void)test;
	open_served(&n, &device);
	for (i = 0; i < SENT; i++) {
		span bytes = span_of(zeroes, sizes[i % 13]);

		while (net_send(n.hub.socket, sender_of(&n.hub.last), bytes) == MS_AGAIN)
			assert_int_equal(reactor_turn(n.reactor, 1000, NULL), MS_OK);
		assert_int_equal(reactor_turn(n.reactor, 0, NULL), MS_OK);
	}
	WAIT_FOR(n.reactor, device.messages == 1 + SENT);
	assert_served(&n, &device);
	line_watch_look(&device.socket->line);
	assert_true(device.socket->line.read <= device.socket->line.taken + HANDSHAKE_MAX);
	assert_true(device.socket->line.read >= device.socket->line.taken);
	assert_int_equal(device.down + device.endless, 0);
	close_served(&n, &device);
}

static void
a_message_of_some_parts_is_dropped_and_its_line_kept(void **test)
{
	network n;
	peer device;
	int i;

	(void)test;
	open_served(&n, &device);
	for (i = 1; i <= 40; i++) {
		send_parts(&n, UNREAD_LIMIT / FRAME_LIMIT - 1);
		WAIT_FOR(n.reactor, device.bad == i);
	}
	assert_served(&n, &device);
	assert_int_equal(device.down + device.endless, 0);
	close_served(&n, &device);
}

static void
a_message_without_an_end_is_cut_and_the_next_connection_is_served(void **test)
{
	network n;
	peer device;

	(void)test;
	open_served(&n, &device);
	send_parts(&n, 4096);
	WAIT_FOR(n.reactor, device.endless == 1);
	assert_int_equal(device.bad + device.down, 0);
	WAIT_FOR(n.reactor, device.up == 2);
	assert_served(&n, &device);
	assert_int_equal(device.down, 0);
	close_served(&n, &device);
}

static void
a_dealer_may_be_left_unwatched(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	n.unread_max = 0;
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	send_parts(&n, 2 * UNREAD_LIMIT / FRAME_LIMIT);
	WAIT_FOR(n.reactor, device.bad == 1);
	assert_int_equal(device.endless, 0);
	close_peer(&n, &device);
	network_fini(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_read_is_never_cut),
		cmocka_unit_test(a_message_of_some_parts_is_dropped_and_its_line_kept),
		cmocka_unit_test(a_message_without_an_end_is_cut_and_the_next_connection_is_served),
		cmocka_unit_test(a_dealer_may_be_left_unwatched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
