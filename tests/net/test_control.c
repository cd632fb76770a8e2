/* SPDX-License-Identifier: Apache-2.0 */
/* test_control.c - a command asks a daemon and gets the whole answer, or learns that it did not. */
#include "tests/net/control_testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static void
the_lines_of_an_answer_come_in_order(void **test)
{
	daemon_thread d;
	heard h;

	(void)test;
	start(&d);
	assert_int_equal(ask(&d, "{\"do\":\"echo\"}", WAIT_MS, &h), MS_OK);
	assert_string_equal(h.text, "{\"do\":\"echo\"};{\"n\":2};{\"n\":3};");
	assert_int_equal(ask(&d, "nothing", WAIT_MS, &h), MS_OK);
	assert_int_equal(h.lines, 0);
	finish(&d);
}

static void
an_answer_may_come_later_and_be_long(void **test)
{
	daemon_thread d;
	heard h;

	(void)test;
	start(&d);
	assert_int_equal(ask(&d, "later", WAIT_MS, &h), MS_OK);
	assert_string_equal(h.text, "late;");
	assert_int_equal(ask(&d, "long", WAIT_MS, &h), MS_OK);
	assert_int_equal(h.lines, CONTROL_ANSWER_MAX / LINE - 10);
	assert_int_equal(h.bytes, (size_t)h.lines * LINE);
	assert_int_equal(d.broken, 0);
	finish(&d);
}

static void
an_answer_in_pieces_has_no_bound_and_lets_others_in(void **test)
{
	daemon_thread d;
	size_t bytes;
	heard h;
	int fd;

	(void)test;
	start(&d);
	assert_int_equal(ask(&d, "pieces", WAIT_MS, &h), MS_OK);
	assert_int_equal(h.lines, PIECES * PIECE_LINES);
	assert_int_equal(h.bytes, (size_t)h.lines * LINE);
	fd = connect_raw(&d);
	say(fd, "pieces\n");
	assert_int_equal(ask(&d, "others are served", WAIT_MS, &h), MS_OK);
	assert_true(is_closed_after(fd, &bytes));
	assert_int_equal(bytes, (size_t)PIECES * PIECE_LINES * (LINE + 1) + 1);
	close(fd);
	assert_int_equal(d.broken, 0);
	finish(&d);
}

static void
who_leaves_between_two_pieces_leaves_its_place(void **test)
{
	daemon_thread d;
	heard h;
	int i;

	(void)test;
	start(&d);
	for (i = 0; i < 3 * CONTROL_CLIENTS_MAX; i++) {
		h = (heard){ .verdict = MS_NOT_FOUND };
		assert_int_equal(control_ask(d.dir, span_str("pieces"), WAIT_MS, hear, &h, NULL),
			MS_NOT_FOUND);
	}
	assert_int_equal(ask(&d, "there is room", WAIT_MS, &h), MS_OK);
	finish(&d);
}

static void
a_request_at_the_limit_passes_and_a_longer_one_does_not(void **test)
{
	char *request = calloc(1, CONTROL_REQUEST_MAX + 2);
	daemon_thread d;
	heard h;

	(void)test;
	start(&d);
	memset(request, 'r', CONTROL_REQUEST_MAX);
	assert_int_equal(ask(&d, request, WAIT_MS, &h), MS_OK);
	assert_int_equal(h.bytes, CONTROL_REQUEST_MAX + 14);
	request[CONTROL_REQUEST_MAX] = 'r';
	assert_int_equal(ask(&d, request, WAIT_MS, &h), MS_INVALID);
	assert_int_equal(ask(&d, "two\nlines", WAIT_MS, &h), MS_INVALID);
	assert_int_equal(ask(&d, "", WAIT_MS, &h), MS_INVALID);
	assert_int_equal(d.asked, 1);
	free(request);
	finish(&d);
}

/* ---- clients that misbehave ---- */

static void
a_request_without_end_is_cut_at_the_limit(void **test)
{
	char piece[4096];
	daemon_thread d;
	ssize_t sent = 0, n = 0;
	heard h;
	int fd;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	memset(piece, 'r', sizeof(piece));
	while (n >= 0 && sent < 64 * CONTROL_REQUEST_MAX) {
		n = send(fd, piece, sizeof(piece), MSG_NOSIGNAL);
		sent += n;
	}
	assert_true(n < 0);
	assert_true(is_closed_by_daemon(fd));
	close(fd);
	assert_int_equal(ask(&d, "still there", WAIT_MS, &h), MS_OK);
	assert_int_equal(d.asked, 1);
	finish(&d);
}

static void
a_client_that_does_not_read_is_dropped_at_the_bound(void **test)
{
	daemon_thread d;
	heard h;
	int fd;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	say(fd, "flood\n");
	assert_int_equal(ask(&d, "others are served", WAIT_MS, &h), MS_OK);
	assert_true(is_closed_by_daemon(fd));
	assert_int_equal(d.full, 1);
	close(fd);
	finish(&d);
}

static void
clients_that_neither_ask_nor_read_lose_their_place(void **test)
{
	daemon_thread d;
	int silent, slow;

	(void)test;
	make_root(&d);
	start_in(&d, 30000);
	silent = connect_raw(&d);
	slow = connect_raw(&d);
	say(slow, "long\n");
	assert_true(is_closed_by_daemon(silent));
	assert_true(is_closed_by_daemon(slow));
	close(silent);
	close(slow);
	finish(&d);
}

/* Also when all of a piece lies in the socket's buffer, and only the next one has no room. */
static void
who_does_not_read_the_pieces_loses_its_place(void **test)
{
	daemon_thread d;
	int silent, slow;
	size_t bytes;
	heard h;

	(void)test;
	make_root(&d);
	start_in(&d, 30000);
	slow = connect_raw(&d);
	say(slow, "pieces\n");
	while (d.asked < 2)
		assert_int_equal(ask(&d, "nothing", WAIT_MS, &h), MS_OK);
	silent = connect_raw(&d);
	assert_true(is_closed_by_daemon(silent));
	assert_true(is_closed_after(slow, &bytes));
	assert_true(bytes < (size_t)PIECES * PIECE_LINES * (LINE + 1));
	close(silent);
	close(slow);
	finish(&d);
}

static void
too_many_clients_are_turned_away_and_the_others_stay(void **test)
{
	int fds[CONTROL_CLIENTS_MAX], i;
	daemon_thread d;
	heard h;

	(void)test;
	start(&d);
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[i] = connect_raw(&d);
	assert_int_equal(ask(&d, "one more", WAIT_MS, &h), MS_UNREACHABLE);
	say(fds[0], "hello\n");
	assert_true(is_closed_by_daemon(fds[0]));
	assert_int_equal(ask(&d, "there is room", WAIT_MS, &h), MS_OK);
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		close(fds[i]);
	finish(&d);
}

static void
a_call_whose_client_left_stays_until_it_is_ended(void **test)
{
	daemon_thread d;
	heard h;
	int fd, i;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	say(fd, "keep\n");
	for (i = 0; i < 100 && d.asked == 0; i++)
		assert_int_equal(ask(&d, "nothing", WAIT_MS, &h), MS_OK);
	assert_int_equal(ask(&d, "kept gone?", WAIT_MS, &h), MS_OK);
	assert_string_equal(h.text, "there;");
	close(fd);
	do
		assert_int_equal(ask(&d, "kept gone?", WAIT_MS, &h), MS_OK);
	while (strcmp(h.text, "there;") == 0 && i++ < 100000);
	assert_string_equal(h.text, "gone;");
	finish(&d);
}

/* ---- what the command learns ---- */

static void
waiting_ends_in_time_and_a_line_can_end_it(void **test)
{
	daemon_thread d;
	heard h;

	(void)test;
	start(&d);
	assert_int_equal(ask(&d, "keep", 30, &h), MS_TIMEOUT);
	assert_string_equal(h.text, "first;");
	h = (heard){ .verdict = MS_NOT_FOUND };
	assert_int_equal(
		control_ask(d.dir, span_str("echo"), WAIT_MS, hear, &h, NULL), MS_NOT_FOUND);
	assert_int_equal(h.lines, 1);
	finish(&d);
}

typedef struct asker {
	daemon_thread *daemon;
	pthread_t thread;
	ms_status status;
	heard heard;
} asker;

static void *
ask_and_be_cut(void *arg)
{
	asker *a = arg;

	a->status = ask(a->daemon, "keep", WAIT_MS, &a->heard);
	return NULL;
}

static void
an_answer_cut_by_the_daemons_end_is_no_answer(void **test)
{
	daemon_thread d;
	asker a = { .daemon = &d };
	int64_t until_us = clock_monotonic_us() + DEADLINE_US;
	heard h;

	(void)test;
	start(&d);
	assert_int_equal(pthread_create(&a.thread, NULL, ask_and_be_cut, &a), 0);
	while (d.asked == 0)
		assert_true(clock_monotonic_us() < until_us);
	stop(&d);
	pthread_join(a.thread, NULL);
	assert_int_equal(a.status, MS_UNREACHABLE);
	assert_string_equal(a.heard.text, "first;");
	assert_int_equal(ask(&d, "anyone?", WAIT_MS, &h), MS_UNREACHABLE);
	assert_int_equal(fs_remove_tree(d.root, NULL), MS_OK);
}

static void
a_directory_without_a_daemon_is_told(void **test)
{
	ms_error err = { 0 };
	daemon_thread d;
	heard h = { 0 };

	(void)test;
	make_root(&d);
	assert_int_equal(
		control_ask(d.dir, span_str("hello"), WAIT_MS, hear, &h, &err), MS_UNREACHABLE);
	assert_int_equal(err.code, MST_CONTROL_NOBODY);
	assert_int_equal(fs_remove_tree(d.root, NULL), MS_OK);
	err = (ms_error){ 0 };
	assert_int_equal(
		control_ask(d.dir, span_str("hello"), WAIT_MS, hear, &h, &err), MS_NOT_FOUND);
}

static void
the_socket_is_its_owners_and_replaces_a_dead_one(void **test)
{
	struct stat st;
	char path[600];
	daemon_thread d;
	heard h;
	int fd;

	(void)test;
	make_root(&d);
	snprintf(path, sizeof(path), "%s/" CONTROL_NAME, d.dir);
	fd = open(path, O_CREAT | O_CLOEXEC, 0666);
	close(fd);
	start_in(&d, CONTROL_PATIENCE_US);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(ask(&d, "hello", WAIT_MS, &h), MS_OK);
	stop(&d);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(fs_remove_tree(d.root, NULL), MS_OK);
}

static void
a_long_path_is_no_obstacle(void **test)
{
	daemon_thread d;
	size_t used;
	heard h;

	(void)test;
	make_root(&d);
	used = strlen(d.dir);
	d.dir[used] = '/';
	memset(d.dir + used + 1, 'd', 200);
	assert_int_equal(mkdir(d.dir, 0700), 0);
	start_in(&d, CONTROL_PATIENCE_US);
	assert_int_equal(ask(&d, "hello", WAIT_MS, &h), MS_OK);
	assert_int_equal(h.lines, 3);
	finish(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lines_of_an_answer_come_in_order),
		cmocka_unit_test(an_answer_may_come_later_and_be_long),
		cmocka_unit_test(an_answer_in_pieces_has_no_bound_and_lets_others_in),
		cmocka_unit_test(who_leaves_between_two_pieces_leaves_its_place),
		cmocka_unit_test(a_request_at_the_limit_passes_and_a_longer_one_does_not),
		cmocka_unit_test(a_request_without_end_is_cut_at_the_limit),
		cmocka_unit_test(a_client_that_does_not_read_is_dropped_at_the_bound),
		cmocka_unit_test(clients_that_neither_ask_nor_read_lose_their_place),
		cmocka_unit_test(who_does_not_read_the_pieces_loses_its_place),
		cmocka_unit_test(too_many_clients_are_turned_away_and_the_others_stay),
		cmocka_unit_test(a_call_whose_client_left_stays_until_it_is_ended),
		cmocka_unit_test(waiting_ends_in_time_and_a_line_can_end_it),
		cmocka_unit_test(an_answer_cut_by_the_daemons_end_is_no_answer),
		cmocka_unit_test(a_directory_without_a_daemon_is_told),
		cmocka_unit_test(the_socket_is_its_owners_and_replaces_a_dead_one),
		cmocka_unit_test(a_long_path_is_no_obstacle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
