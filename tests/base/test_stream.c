/* SPDX-License-Identifier: Apache-2.0 */
/* test_stream.c - messages over a socket come whole and apart, also when it takes only pieces. */
#include "tests/base/base_testing.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/stream.h"

enum { LARGE = 3 << 20 };

typedef struct sender {
	int fd;
	span message;
	ms_status status;
} sender;

static void *
send_it(void *arg)
{
	sender *s = arg;
	ms_error err = { 0 };

	s->status = stream_send(s->fd, s->message, &err);
	return NULL;
}

static void
open_pair(int pair[2])
{
	const int small = 4096;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
}

static void
messages_come_whole_and_apart(void **state)
{
	static uint8_t bytes[LARGE];
	const size_t sizes[] = { 0, 1, 4, 300, LARGE };
	size_t i, k;
	int pair[2];

	(void)state;
	for (k = 0; k < LARGE; k++)
		bytes[k] = (uint8_t)(k * 31 + k / 251);
	open_pair(pair);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sender s = { .fd = pair[0], .message = span_of(bytes, sizes[i]) };
		pthread_t thread;
		ms_error err = { 0 };
		buf got = { 0 };

		assert_int_equal(pthread_create(&thread, NULL, send_it, &s), 0);
		assert_int_equal(stream_receive(pair[1], LARGE, &got, &err), MS_OK);
		pthread_join(thread, NULL);
		assert_int_equal(s.status, MS_OK);
		assert_int_equal(got.len, sizes[i]);
		assert_true(sizes[i] == 0 || memcmp(got.at, bytes, sizes[i]) == 0);
		buf_fini(&got);
	}
	close(pair[0]);
	close(pair[1]);
}

static void
an_end_is_told(void **state)
{
	int pair[2];
	ms_error err = { 0 };
	buf got = { 0 };

	(void)state;
	open_pair(pair);
	assert_int_equal(stream_send(pair[0], span_str("last"), &err), MS_OK);
	assert_int_equal(send(pair[0], "\0\0", 2, 0), 2);
	close(pair[0]);
	assert_int_equal(stream_receive(pair[1], 16, &got, &err), MS_OK);
	assert_int_equal(stream_receive(pair[1], 16, &got, &err), MS_UNREACHABLE);
	err = (ms_error){ 0 };
	assert_int_equal(stream_receive(pair[1], 16, &got, &err), MS_NOT_FOUND);
	err = (ms_error){ 0 };
	assert_int_equal(stream_send(pair[1], span_str("x"), &err), MS_UNREACHABLE);
	buf_fini(&got);
	close(pair[1]);
}

static void
a_message_cut_off_behind_its_length_is_no_end(void **state)
{
	int pair[2];
	ms_error err = { 0 };
	buf got = { 0 };

	(void)state;
	open_pair(pair);
	assert_int_equal(send(pair[0], "\0\0\0\4", 4, 0), 4);
	close(pair[0]);
	assert_int_equal(stream_receive(pair[1], 16, &got, &err), MS_UNREACHABLE);
	assert_int_equal(got.len, 0);
	buf_fini(&got);
	close(pair[1]);
}

static void
a_message_longer_than_agreed_is_refused(void **state)
{
	int pair[2];
	ms_error err = { 0 };
	buf got = { 0 };

	(void)state;
	open_pair(pair);
	assert_int_equal(stream_send(pair[0], span_str("seventeen letters"), &err), MS_OK);
	assert_int_equal(stream_receive(pair[1], 16, &got, &err), MS_INVALID);
	buf_fini(&got);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_whole_and_apart),
		cmocka_unit_test(an_end_is_told),
		cmocka_unit_test(a_message_cut_off_behind_its_length_is_no_end),
		cmocka_unit_test(a_message_longer_than_agreed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
