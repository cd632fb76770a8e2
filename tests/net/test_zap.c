/* SPDX-License-Identifier: Apache-2.0 */
/* test_zap.c - enrolled keys get in, nobody else does, and a crowd at the door stops nobody inside.
 */
#include "tests/net/net_testing.h"

#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "net/inner.h"

static ms_status
enrol(network *n, const key_pair *key)
{
	uint8_t keys[1][NET_KEY_SIZE];

	memcpy(keys[0], key->public_key, NET_KEY_SIZE);
	return zap_set(n->zap, (const uint8_t(*)[NET_KEY_SIZE])keys, 1);
}

static void
an_unknown_key_is_refused_and_gets_in_once_enrolled(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, NULL, 0);
	open_device(&n, &device, &key);
	WAIT_FOR(n.reactor, device.refused == 1);
	assert_int_equal(device.up, 0);
	assert_int_equal(device.down, 0);
	assert_int_equal(zap_refused(n.zap), 1);
	close_peer(&n, &device);
	assert_int_equal(enrol(&n, &key), MS_OK);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	assert_int_equal(zap_refused(n.zap), 1);
	close_peer(&n, &device);
	network_fini(&n);
}

static void
a_revoked_key_is_refused_after_the_cut(void **test)
{
	network n;
	peer device;

	(void)test;
	open_served(&n, &device);
	assert_int_equal(zap_set(n.zap, NULL, 0), MS_OK);
	assert_served(&n, &device);
	cut_sender(&n);
	WAIT_FOR(n.reactor, device.refused == 1);
	assert_int_equal(device.up, 1);
	close_served(&n, &device);
}

static void
every_enrolled_key_gets_in_and_a_key_beside_them_does_not(void **test)
{
	key_pair keys[8];
	network n;
	peer devices[8], other;
	key_pair beside;
	size_t i;

	(void)test;
	for (i = 0; i < 8; i++)
		keys[i] = new_key();
	beside = keys[3];
	network_init(&n, keys, 8);
	for (i = 0; i < 8; i++)
		connect_device(&n, &devices[i], &keys[i]);
	assert_int_equal(zap_set(n.zap, NULL, 0), MS_OK);
	open_device(&n, &other, &beside);
	WAIT_FOR(n.reactor, other.refused == 1);
	for (i = 0; i < 8; i++) {
		assert_served(&n, &devices[i]);
		close_peer(&n, &devices[i]);
	}
	close_peer(&n, &other);
	network_fini(&n);
}

/* More than the table had room for, one by one and in no order; a key twice is once. */
static void
keys_come_one_by_one(void **test)
{
	enum { KEYS = 200 };
	uint8_t filling[NET_KEY_SIZE] = { 0 };
	key_pair first = new_key(), last = new_key(), never = new_key();
	network n;
	peer devices[2], other;
	unsigned i;

	(void)test;
	network_init(&n, &first, 1);
	for (i = 0; i < KEYS; i++) {
		filling[0] = (uint8_t)(i * 77);
		assert_int_equal(zap_admit(n.zap, filling), MS_OK);
	}
	assert_int_equal(zap_admit(n.zap, last.public_key), MS_OK);
	assert_int_equal(zap_admit(n.zap, last.public_key), MS_OK);
	connect_device(&n, &devices[0], &first);
	connect_device(&n, &devices[1], &last);
	open_device(&n, &other, &never);
	WAIT_FOR(n.reactor, other.refused == 1);
	for (i = 0; i < 2; i++) {
		assert_served(&n, &devices[i]);
		close_peer(&n, &devices[i]);
	}
	close_peer(&n, &other);
	network_fini(&n);
}

static void
without_a_handler_nobody_gets_in(void **test)
{
	key_pair key = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	zap_stop(n.zap);
	n.zap = NULL;
	open_device(&n, &device, &key);
	WAIT_FOR(n.reactor, device.no_trust + device.refused >= 2);
	assert_int_equal(device.up, 0);
	assert_int_equal(n.hub.messages, 0);
	close_peer(&n, &device);
	network_fini(&n);
}

static void
a_wrong_hub_key_is_not_trusted(void **test)
{
	key_pair key = new_key(), other_hub = new_key();
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	open_device_to(&n, &device, &key, other_hub.public_key);
	WAIT_FOR(n.reactor, device.no_trust >= 2);
	assert_int_equal(device.up, 0);
	assert_int_equal(device.down, 0);
	close_peer(&n, &device);
	network_fini(&n);
}

static void
a_client_without_keys_is_refused(void **test)
{
	key_pair key = new_key();
	int none = 0;
	void *context = zmq_ctx_new(), *client;
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	client = zmq_socket(context, ZMQ_DEALER);
	zmq_setsockopt(client, ZMQ_LINGER, &none, sizeof(none));
	assert_int_equal(zmq_connect(client, n.endpoint), 0);
	assert_int_equal(zmq_send(client, "plain", 5, 0), 5);
	connect_device(&n, &device, &key);
	assert_served(&n, &device);
	assert_served(&n, &device);
	assert_int_equal(n.hub.messages, 2);
	assert_int_equal(n.hub.bad, 0);
	zmq_close(client);
	zmq_ctx_term(context);
	close_peer(&n, &device);
	network_fini(&n);
}

/* When the other end hangs up first, ZeroMQ tries again; then it gives up, so whoever has the
 * socket must make a new one. */
static void
what_speaks_no_curve_is_no_hub(void **test)
{
	key_pair key = new_key();
	int none = 0;
	void *context = zmq_ctx_new(), *other = zmq_socket(context, ZMQ_ROUTER);
	size_t len;
	network n;
	peer device;

	(void)test;
	network_init(&n, &key, 1);
	len = sizeof(n.endpoint);
	zmq_setsockopt(other, ZMQ_LINGER, &none, sizeof(none));
	assert_int_equal(zmq_bind(other, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(other, ZMQ_LAST_ENDPOINT, n.endpoint, &len), 0);
	open_device(&n, &device, &key);
	WAIT_FOR(n.reactor, device.no_hub == 1);
	assert_int_equal(device.up + device.refused, 0);
	zmq_close(other);
	zmq_ctx_term(context);
	close_peer(&n, &device);
	network_fini(&n);
}

/* ---- the crowd ---- */

static void
three_hundred_raw_connections_leave_the_service(void **test)
{
	static const char garbage[] = "GET / HTTP/1.1\r\nHost: scanner\r\n\r\n";
	enum { CROWD = 300 };
	key_pair key = new_key();
	int fds[CROWD], i;
	network n;
	peer device, late;

	(void)test;
	network_init(&n, &key, 1);
	connect_device(&n, &device, &key);
	for (i = 0; i < CROWD; i++) {
		fds[i] = raw_connect(&n);
		if (i % 3 == 1)
			assert_true(send(fds[i], garbage, sizeof(garbage) - 1, MSG_NOSIGNAL) > 0);
		if (i % 3 == 2) {
			close(fds[i]);
			fds[i] = -1;
		}
		if (i % 100 == 50)
			assert_served(&n, &device);
	}
	assert_served(&n, &device);
	connect_device(&n, &late, &key);
	assert_served(&n, &late);
	assert_int_equal(device.down, 0);
	assert_int_equal(n.hub.bad, 0);
	for (i = 0; i < CROWD; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	close_peer(&n, &device);
	close_peer(&n, &late);
	network_fini(&n);
}

static void
tables_are_swapped_while_handshakes_go_on(void **test)
{
	enum { ROUNDS = 40 };
	key_pair key = new_key();
	network n;
	int i, j;

	(void)test;
	network_init(&n, &key, 1);
	for (i = 0; i < ROUNDS; i++) {
		peer device;

		open_device(&n, &device, &key);
		for (j = 0; j < 50; j++)
			assert_int_equal(enrol(&n, &key), MS_OK);
		WAIT_FOR(n.reactor, device.up == 1);
		close_peer(&n, &device);
	}
	assert_int_equal(zap_refused(n.zap), 0);
	network_fini(&n);
}

static void
note_death(void *ctx, int64_t now_us)
{
	bool *died = ctx;

	(void)now_us;
	*died = true;
}

/* The reactor of this test must not hold sockets of the context that is shut down. */
static void
the_death_of_the_handler_wakes_the_daemon(void **test)
{
	net_context *context;
	reactor *r;
	zap *z;
	bool died = false;

	(void)test;
	assert_int_equal(net_context_new(&context, NULL), MS_OK);
	assert_int_equal(reactor_new(&r, NULL), MS_OK);
	assert_int_equal(zap_start(context, NULL, 0, &z, NULL), MS_OK);
	assert_int_equal(reactor_add_fd(r, zap_death_fd(z), note_death, &died), MS_OK);
	assert_int_equal(reactor_turn(r, 0, NULL), MS_OK);
	assert_false(died);
	zmq_ctx_shutdown(context->handle);
	WAIT_FOR(r, died);
	reactor_free(r);
	zap_stop(z);
	net_context_free(context);
}

static void
a_second_handler_in_one_context_is_refused(void **test)
{
	network n;
	zap *second = NULL;
	ms_error err = { 0 };

	(void)test;
	network_init(&n, NULL, 0);
	assert_int_not_equal(zap_start(n.context, NULL, 0, &second, &err), MS_OK);
	assert_int_equal(err.code, MST_NET);
	assert_null(second);
	network_fini(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_key_is_refused_and_gets_in_once_enrolled),
		cmocka_unit_test(a_revoked_key_is_refused_after_the_cut),
		cmocka_unit_test(every_enrolled_key_gets_in_and_a_key_beside_them_does_not),
		cmocka_unit_test(keys_come_one_by_one),
		cmocka_unit_test(without_a_handler_nobody_gets_in),
		cmocka_unit_test(a_wrong_hub_key_is_not_trusted),
		cmocka_unit_test(a_client_without_keys_is_refused),
		cmocka_unit_test(what_speaks_no_curve_is_no_hub),
		cmocka_unit_test(three_hundred_raw_connections_leave_the_service),
		cmocka_unit_test(tables_are_swapped_while_handshakes_go_on),
		cmocka_unit_test(the_death_of_the_handler_wakes_the_daemon),
		cmocka_unit_test(a_second_handler_in_one_context_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
