/* SPDX-License-Identifier: Apache-2.0 */
/* test_control_anew.c - a daemon begins anew and its clients hardly notice. */
#include "tests/net/control_testing.h"

/* The daemon begins anew: from here on nobody serves. */
static void
pause_serving(daemon_thread *d)
{
	end_loop(d);
	control_park(d->c);
	free_loop(d);
}

static void
serve_again(daemon_thread *d)
{
	ms_error err = { 0 };

	make_loop(d);
	assert_int_equal(control_resume(d->c, d->r, on_request, d, &err), MS_OK);
	assert_int_equal(pthread_create(&d->thread, NULL, run_daemon, d), 0);
}

typedef struct late_asker {
	daemon_thread *d;
	heard h;
	ms_status status;
} late_asker;

static void *
ask_late(void *arg)
{
	late_asker *a = arg;

	a->status = ask(a->d, "{\"do\":\"echo\"}", WAIT_MS, &a->h);
	return NULL;
}

static void
who_comes_while_nobody_serves_waits(void **test)
{
	daemon_thread d;
	late_asker a = { .d = &d };
	pthread_t thread;

	(void)test;
	start(&d);
	pause_serving(&d);
	assert_int_equal(pthread_create(&thread, NULL, ask_late, &a), 0);
	serve_again(&d);
	pthread_join(thread, NULL);
	assert_int_equal(a.status, MS_OK);
	assert_int_equal(a.h.lines, 3);
	finish(&d);
}

/* Connected before: clients are taken in the order in which they come. */
static void
be_taken_in(daemon_thread *d)
{
	heard h;

	assert_int_equal(ask(d, "nothing", WAIT_MS, &h), MS_OK);
}

static void
who_had_not_asked_yet_is_served_afterwards(void **test)
{
	daemon_thread d;
	int silent, halfway;
	size_t bytes;

	(void)test;
	start(&d);
	silent = connect_raw(&d);
	halfway = connect_raw(&d);
	say(halfway, "he");
	be_taken_in(&d);
	pause_serving(&d);
	say(halfway, "llo");
	serve_again(&d);
	say(silent, "hello\n");
	say(halfway, "\n");
	assert_true(is_closed_after(silent, &bytes));
	assert_int_equal(bytes, strlen("hello\n{\"n\":2}\n{\"n\":3}\n\n"));
	assert_true(is_closed_after(halfway, &bytes));
	assert_int_equal(bytes, strlen("hello\n{\"n\":2}\n{\"n\":3}\n\n"));
	close(silent);
	close(halfway);
	finish(&d);
}

static void
who_still_reads_a_whole_answer_gets_the_rest_of_it(void **test)
{
	daemon_thread d;
	size_t bytes;
	char first;
	int slow;

	(void)test;
	start(&d);
	slow = connect_raw(&d);
	say(slow, "long\n");
	assert_int_equal(recv(slow, &first, 1, 0), 1);
	pause_serving(&d);
	serve_again(&d);
	assert_true(is_closed_after(slow, &bytes));
	assert_int_equal(bytes, (CONTROL_ANSWER_MAX / LINE - 10) * (LINE + 1));
	close(slow);
	finish(&d);
}

/* Its handler is gone with what it knew. */
static void
whose_answer_was_not_whole_learns_it(void **test)
{
	daemon_thread d;
	char first;
	int fd;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	say(fd, "keep\n");
	assert_int_equal(recv(fd, &first, 1, 0), 1);
	pause_serving(&d);
	assert_true(is_closed_by_daemon(fd));
	close(fd);
	serve_again(&d);
	be_taken_in(&d);
	finish(&d);
}

static void
who_stays_silent_loses_the_place_all_the_same(void **test)
{
	daemon_thread d;
	int fds[3], i;

	(void)test;
	make_root(&d);
	start_in(&d, 300000);
	for (i = 0; i < 3; i++)
		fds[i] = connect_raw(&d);
	be_taken_in(&d);
	pause_serving(&d);
	serve_again(&d);
	for (i = 0; i < 3; i++) {
		assert_true(is_closed_by_daemon(fds[i]));
		close(fds[i]);
	}
	be_taken_in(&d);
	finish(&d);
}

static void
who_waits_is_turned_away_when_the_daemon_ends(void **test)
{
	daemon_thread d;
	int fd;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	be_taken_in(&d);
	pause_serving(&d);
	control_close(d.c);
	assert_true(is_closed_by_daemon(fd));
	close(fd);
	assert_int_equal(fs_remove_tree(d.root, NULL), MS_OK);
}

/* What is left of it nobody knows any more. */
static void
an_answer_in_pieces_ends_with_who_gave_it(void **test)
{
	daemon_thread d;
	size_t bytes;
	int fd;

	(void)test;
	start(&d);
	fd = connect_raw(&d);
	say(fd, "pieces\n");
	while (d.asked == 0)
		be_taken_in(&d);
	pause_serving(&d);
	serve_again(&d);
	assert_true(is_closed_after(fd, &bytes));
	assert_true(bytes < (size_t)PIECES * PIECE_LINES * LINE);
	close(fd);
	be_taken_in(&d);
	finish(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_in_pieces_ends_with_who_gave_it),
		cmocka_unit_test(who_comes_while_nobody_serves_waits),
		cmocka_unit_test(who_had_not_asked_yet_is_served_afterwards),
		cmocka_unit_test(who_still_reads_a_whole_answer_gets_the_rest_of_it),
		cmocka_unit_test(whose_answer_was_not_whole_learns_it),
		cmocka_unit_test(who_stays_silent_loses_the_place_all_the_same),
		cmocka_unit_test(who_waits_is_turned_away_when_the_daemon_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
