/* SPDX-License-Identifier: Apache-2.0 */
/* test_socket.c - one frame a message, both ways, and nothing is lost in silence. */
#include "tests/net/net_testing.h"

#include <stdlib.h>
#include <zmq.h>

static void
a_frame_reaches_the_hub_with_the_key_that_sent_it(void **test)
{
	key_pair key = new_key();
	char text[NET_Z85_SIZE];
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	net_key_text(key.public_key, text);
	assert_true(span_equal(span_of(n.hub.last.user, n.hub.last.user_len), span_str(text)));
	assert_true(n.hub.last.peer_fd >= 0);
	assert_int_equal(n.hub.last.routing_len, 5);
	assert_true(span_equal(net_message_bytes(&device.last), span_str("pong")));
	close_peer(&n, &device);
	network_fini(&n);
}

static void
a_message_moves_with_its_bytes(void **test)
{
	static const size_t sizes[] = { 0, 1, 33, 34, 4096, FRAME_LIMIT };
	key_pair key = new_key();
	uint8_t *bytes = malloc(FRAME_LIMIT);
	network n;
	peer device;
	size_t i;

	(void)test;
	memset(bytes, 'x', FRAME_LIMIT);
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		span sent = span_of(bytes, sizes[i]);
		net_message moved = { 0 };

		assert_int_equal(net_send(device.socket, (span){ 0 }, sent), MS_OK);
		WAIT_FOR(n.reactor, n.hub.messages == (int)i + 1);
		net_message_move(&moved, &n.hub.last);
		assert_true(span_equal(net_message_bytes(&moved), sent));
		assert_int_equal(net_message_bytes(&n.hub.last).len, 0);
		assert_false(n.hub.last.held);
		net_message_fini(&moved);
		net_message_fini(&moved);
	}
	close_peer(&n, &device);
	network_fini(&n);
	free(bytes);
}

static void
a_peer_that_is_not_there_is_unreachable(void **test)
{
	network n;

	(void)test;
	network_init(&n, NULL, 0);
	assert_int_equal(
		net_send(n.hub.socket, span_str("\1nobody"), span_str("hello")), MS_UNREACHABLE);
	network_fini(&n);
}

static void
nothing_is_sent_before_the_connection_is_up(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, NULL, 0);
	open_device(&n, &device, &key);
	assert_int_equal(send_text(&device, "early"), MS_AGAIN);
	WAIT_FOR(n.reactor, device.refused == 1);
	assert_int_equal(send_text(&device, "late"), MS_AGAIN);
	close_peer(&n, &device);
	network_fini(&n);
}

/* Fill the way to a device that does not read. Returns how many were taken. */
static int
send_until_full(network *n, span to)
{
	uint8_t *bytes = malloc(FRAME_LIMIT);
	ms_status s = MS_OK;
	int sent = 0;

	memset(bytes, 'y', FRAME_LIMIT);
	while (s == MS_OK) {
		s = net_send(n->hub.socket, to, span_of(bytes, FRAME_LIMIT));
		sent += s == MS_OK;
		assert_true(sent < 10000);
	}
	assert_int_equal(s, MS_AGAIN);
	free(bytes);
	return sent;
}

static void
a_full_queue_says_again_and_loses_nothing(void **test)
{
	network n;
	peer device;
	int sent;

	(void)test;
	open_served(&n, &device);
	device.deaf = true;
	sent = send_until_full(&n, sender_of(&n.hub.last));
	assert_true(sent >= QUEUE_LIMIT / 2); /* the pong before may still count */
	device.deaf = false;
	WAIT_FOR(n.reactor, device.messages == sent + 1);
	assert_served(&n, &device);
	assert_int_equal(device.messages, sent + 2);
	close_served(&n, &device);
}

/* Two peers, one of which reads nothing: how many bytes wait for it is bounded, also when its
 * messages are few. */
static void
what_waits_for_a_peer_is_bounded_in_bytes(void **test)
{
	key_pair keys[2] = { new_key(), new_key() };
	uint8_t to[2][NET_ROUTING_MAX];
	size_t len[2];
	peer devices[2];
	network n;
	int i, sent = 0;

	(void)test;
	network_init(&n, keys, 2);
	for (i = 0; i < 2; i++) {
		connect_device(&n, &devices[i], &keys[i]);
		assert_served(&n, &devices[i]);
		len[i] = n.hub.last.routing_len;
		memcpy(to[i], n.hub.last.routing, len[i]);
	}
	devices[0].deaf = true;
	do /* the kernel and the peer's own queue take some at first */
		sent += send_until_full(&n, span_of(to[0], len[0]));
	while (net_unsent(n.hub.socket, span_of(to[0], len[0])) <= UNSENT_LIMIT - FRAME_LIMIT);
	assert_true(net_unsent(n.hub.socket, span_of(to[0], len[0])) <= UNSENT_LIMIT);
	assert_int_equal(net_unsent(n.hub.socket, span_of(to[1], len[1])), 0);
	assert_served(&n, &devices[1]);
	devices[0].deaf = false;
	WAIT_FOR(n.reactor, devices[0].messages == 1 + sent);
	WAIT_FOR(n.reactor, net_unsent(n.hub.socket, span_of(to[0], len[0])) == 0);
	devices[0].deaf = true;
	send_until_full(&n, span_of(to[0], len[0]));
	for (i = 0; i < 2; i++)
		close_peer(&n, &devices[i]); /* what waits is freed with the connection */
	network_fini(&n);
}

static void
a_frame_too_large_costs_its_sender_the_connection_and_nobody_else(void **test)
{
	key_pair keys[2] = { new_key(), new_key() };
	uint8_t *bytes = calloc(1, FRAME_LIMIT + 1);
	network n;
	peer loud, other;

	(void)test;
	network_init(&n, keys, 2);
	connect_device(&n, &loud, &keys[0]);
	connect_device(&n, &other, &keys[1]);
	assert_int_equal(
		net_send(loud.socket, (span){ 0 }, span_of(bytes, FRAME_LIMIT + 1)), MS_OK);
	WAIT_FOR(n.reactor, loud.down == 1);
	assert_served(&n, &other);
	assert_int_equal(n.hub.messages, 1);
	WAIT_FOR(n.reactor, loud.up == 2);
	assert_served(&n, &loud);
	assert_int_equal(other.down, 0);
	close_peer(&n, &loud);
	close_peer(&n, &other);
	network_fini(&n);
	free(bytes);
}

static void
a_paused_socket_keeps_what_comes_for_later(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;
	int i;

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	reactor_pause_socket(n.reactor, n.hub.socket, true);
	for (i = 0; i < 5; i++)
		assert_int_equal(send_text(&device, "later"), MS_OK);
	assert_int_equal(reactor_turn(n.reactor, 30000, NULL), MS_OK);
	assert_int_equal(n.hub.messages, 1);
	reactor_pause_socket(n.reactor, n.hub.socket, false);
	WAIT_FOR(n.reactor, n.hub.messages == 6);
	assert_served(&n, &device);
	close_peer(&n, &device);
	network_fini(&n);
}

/* ---- clients that are not ours ---- */

typedef struct stranger {
	void *context, *socket;
} stranger;

static stranger
open_stranger(const network *n, const key_pair *key, const char *routing_id)
{
	stranger s = { .context = zmq_ctx_new() };
	int none = 0;

	s.socket = zmq_socket(s.context, ZMQ_DEALER);
	zmq_setsockopt(s.socket, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(s.socket, ZMQ_CURVE_SERVERKEY, n->hub_key.public_key, NET_KEY_SIZE);
	zmq_setsockopt(s.socket, ZMQ_CURVE_PUBLICKEY, key->public_key, NET_KEY_SIZE);
	zmq_setsockopt(s.socket, ZMQ_CURVE_SECRETKEY, key->secret_key, NET_KEY_SIZE);
	if (routing_id != NULL)
		zmq_setsockopt(s.socket, ZMQ_ROUTING_ID, routing_id, strlen(routing_id));
	assert_int_equal(zmq_connect(s.socket, n->endpoint), 0);
	return s;
}

static void
close_stranger(stranger *s)
{
	zmq_close(s->socket);
	zmq_ctx_term(s->context);
}

static void
a_message_of_several_frames_is_dropped_and_its_sender_named(void **test)
{
	key_pair key = new_key();
	char text[NET_Z85_SIZE];
	network n;
	stranger s;

	(void)test;
	network_init(&n, &key, 1);
	s = open_stranger(&n, &key, NULL);
	assert_int_equal(zmq_send(s.socket, "", 0, ZMQ_SNDMORE), 0);
	assert_int_equal(zmq_send(s.socket, "two", 3, ZMQ_SNDMORE), 3);
	assert_int_equal(zmq_send(s.socket, "three", 5, 0), 5);
	WAIT_FOR(n.reactor, n.hub.bad == 1);
	net_key_text(key.public_key, text);
	assert_true(span_equal(span_of(n.hub.last.user, n.hub.last.user_len), span_str(text)));
	assert_false(n.hub.last.held);
	assert_int_equal(zmq_send(s.socket, "one", 3, 0), 3);
	WAIT_FOR(n.reactor, n.hub.messages == 1);
	assert_true(span_equal(net_message_bytes(&n.hub.last), span_str("one")));
	close_stranger(&s);
	network_fini(&n);
}

static void
a_routing_id_beyond_the_limit_is_dropped(void **test)
{
	key_pair keys[2] = { new_key(), new_key() };
	network n;
	stranger s;
	peer device;

	(void)test;
	network_init(&n, keys, 2);
	s = open_stranger(&n, &keys[0], "an identity of more than thirty-two bytes");
	assert_int_equal(zmq_send(s.socket, "one", 3, 0), 3);
	WAIT_FOR(n.reactor, n.hub.bad == 1);
	connect_device(&n, &device, &keys[1]);
	assert_served(&n, &device);
	assert_int_equal(n.hub.messages, 1);
	close_stranger(&s);
	close_peer(&n, &device);
	network_fini(&n);
}

/* ---- connections that end ---- */

static void
a_peer_that_was_cut_comes_back_by_a_new_handshake(void **test)
{
	network n;
	peer device;

	(void)test;
	open_served(&n, &device);
	cut_sender(&n);
	WAIT_FOR(n.reactor, device.down == 1 && device.up == 2);
	assert_served(&n, &device);
	close_served(&n, &device);
}

static void
a_device_finds_a_hub_that_was_restarted(void **test)
{
	key_pair key = new_key();
	char endpoint[256];
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	memcpy(endpoint, n.endpoint, sizeof(endpoint));
	connect_device(&n, &device, &key);
	close_peer(&n, &n.hub);
	WAIT_FOR(n.reactor, device.down == 1);
	WAIT_FOR(n.reactor, send_text(&device, "nobody listens") == MS_AGAIN);
	open_hub(&n, endpoint);
	WAIT_FOR(n.reactor, device.up == 2);
	assert_served(&n, &device);
	assert_int_equal(n.hub.messages, 1);
	close_peer(&n, &device);
	network_fini(&n);
}

static void
a_port_in_use_and_a_wrong_address_are_told(void **test)
{
	key_pair key = new_key();
	net_dealer_options to = { .endpoint = "tcp:/nowhere", .frame_max = 1, .queue_max = 1 };
	net_router_options at = { .frame_max = FRAME_LIMIT, .queue_max = QUEUE_LIMIT };
	net_socket *s = NULL;
	ms_error err = { 0 };
	network n;

	(void)test;
	network_init(&n, NULL, 0);
	memcpy(at.secret_key, key.secret_key, NET_KEY_SIZE);
	at.endpoint = n.endpoint;
	assert_int_not_equal(net_router_open(n.context, &at, &s, &err), MS_OK);
	assert_int_equal(err.code, MST_NET_LISTEN);
	err = (ms_error){ 0 };
	memcpy(to.secret_key, key.secret_key, NET_KEY_SIZE);
	memcpy(to.public_key, key.public_key, NET_KEY_SIZE);
	memcpy(to.server_key, key.public_key, NET_KEY_SIZE);
	assert_int_not_equal(net_dealer_open(n.context, &to, &s, &err), MS_OK);
	assert_int_equal(err.code, MST_NET_ADDRESS);
	assert_null(s);
	network_fini(&n);
}

static void
a_key_is_the_same_as_text_and_from_its_secret(void **test)
{
	key_pair key = new_key(), other = new_key();
	uint8_t again[NET_KEY_SIZE];
	char text[NET_Z85_SIZE];

	(void)test;
	assert_memory_not_equal(key.public_key, other.public_key, NET_KEY_SIZE);
	net_key_text(key.public_key, text);
	assert_int_equal(strlen(text), NET_Z85_SIZE - 1);
	assert_true(net_key_parse(span_str(text), again));
	assert_memory_equal(again, key.public_key, NET_KEY_SIZE);
	assert_int_equal(net_public_of(key.secret_key, again, NULL), MS_OK);
	assert_memory_equal(again, key.public_key, NET_KEY_SIZE);
	assert_false(net_key_parse(span_of(text, NET_Z85_SIZE - 2), again));
	text[7] = '"';
	assert_false(net_key_parse(span_str(text), again));
	memset(text, '#', NET_Z85_SIZE - 1);
	assert_false(net_key_parse(span_str(text), again));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_reaches_the_hub_with_the_key_that_sent_it),
		cmocka_unit_test(a_message_moves_with_its_bytes),
		cmocka_unit_test(a_peer_that_is_not_there_is_unreachable),
		cmocka_unit_test(nothing_is_sent_before_the_connection_is_up),
		cmocka_unit_test(a_full_queue_says_again_and_loses_nothing),
		cmocka_unit_test(what_waits_for_a_peer_is_bounded_in_bytes),
		cmocka_unit_test(a_frame_too_large_costs_its_sender_the_connection_and_nobody_else),
		cmocka_unit_test(a_paused_socket_keeps_what_comes_for_later),
		cmocka_unit_test(a_message_of_several_frames_is_dropped_and_its_sender_named),
		cmocka_unit_test(a_routing_id_beyond_the_limit_is_dropped),
		cmocka_unit_test(a_peer_that_was_cut_comes_back_by_a_new_handshake),
		cmocka_unit_test(a_device_finds_a_hub_that_was_restarted),
		cmocka_unit_test(a_port_in_use_and_a_wrong_address_are_told),
		cmocka_unit_test(a_key_is_the_same_as_text_and_from_its_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
