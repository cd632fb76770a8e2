/* SPDX-License-Identifier: Apache-2.0 */
/* test_control.c - a command asks a daemon and gets the whole answer, or learns that it did not. */
#include "tests/net/net_testing.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "net/control.h"
#include "net/control_path.h"

enum { WAIT_MS = 20000, LINE = 1000 };

/* A daemon: its reactor runs in a thread of its own. */
typedef struct daemon_thread {
	char root[64], dir[512];
	reactor *r;
	control *c;
	int stop_fd;
	pthread_t thread;
	control_call *waiting; /* answered by a timer */
	control_call *kept;    /* never ended */
	atomic_int full, asked;
	atomic_int broken; /* answers that were not taken */
} daemon_thread;

static void
answer_later(void *ctx, int64_t now_us)
{
	daemon_thread *d = ctx;

	(void)now_us;
	control_answer(d->waiting, span_str("late"));
	control_end(d->waiting);
	d->waiting = NULL;
}

static void
flood(daemon_thread *d, control_call *call)
{
	char line[LINE];
	ms_status s = MS_OK;
	int n = 0;

	memset(line, 'z', sizeof(line));
	while (s == MS_OK && n++ < 3 * CONTROL_ANSWER_MAX / LINE)
		s = control_answer(call, span_of(line, sizeof(line)));
	if (s == MS_FULL && control_is_gone(call))
		d->full++;
	control_end(call);
}

/* A large answer, within the bound. */
static void
answer_at_length(daemon_thread *d, control_call *call)
{
	char line[LINE];
	int i;

	for (i = 0; i < CONTROL_ANSWER_MAX / LINE - 10; i++) {
		memset(line, 'a' + i % 26, sizeof(line));
		d->broken += control_answer(call, span_of(line, sizeof(line))) != MS_OK;
	}
	control_end(call);
}

static bool
asks(span request, const char *word)
{
	return request.len >= strlen(word) && memcmp(request.at, word, strlen(word)) == 0;
}

static void
on_request(void *ctx, control_call *call, span request)
{
	daemon_thread *d = ctx;

	d->asked++;
	if (asks(request, "later")) {
		d->waiting = call;
		reactor_set_timer(d->r, answer_later, d, reactor_now(d->r) + 2000);
	} else if (asks(request, "flood")) {
		flood(d, call);
	} else if (asks(request, "long")) {
		answer_at_length(d, call);
	} else if (asks(request, "keep")) {
		control_answer(call, span_str("first"));
		d->kept = call;
	} else if (asks(request, "kept gone?")) {
		control_answer(call, span_str(control_is_gone(d->kept) ? "gone" : "there"));
		control_end(call);
	} else if (asks(request, "nothing")) {
		control_end(call);
	} else {
		control_answer(call, request);
		control_answer(call, span_str("{\"n\":2}"));
		control_answer(call, span_str("{\"n\":3}"));
		control_end(call);
	}
}

static void
on_stop(void *ctx, int64_t now_us)
{
	daemon_thread *d = ctx;

	(void)now_us;
	reactor_stop(d->r);
}

static void *
run_daemon(void *arg)
{
	daemon_thread *d = arg;

	reactor_run(d->r, NULL);
	return NULL;
}

static void
make_loop(daemon_thread *d)
{
	assert_int_equal(reactor_new(&d->r, NULL), MS_OK);
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(reactor_add_fd(d->r, d->stop_fd, on_stop, d), MS_OK);
}

static void
start_in(daemon_thread *d, int64_t patience_us)
{
	ms_error err = { 0 };

	make_loop(d);
	assert_int_equal(control_open(d->r, d->dir, on_request, d, &d->c, &err), MS_OK);
	control_set_patience(d->c, patience_us);
	assert_int_equal(pthread_create(&d->thread, NULL, run_daemon, d), 0);
}

static void
make_root(daemon_thread *d)
{
	*d = (daemon_thread){ .root = "/tmp/muster-control-XXXXXX" };
	assert_non_null(mkdtemp(d->root));
	snprintf(d->dir, sizeof(d->dir), "%s", d->root);
}

static void
start(daemon_thread *d)
{
	make_root(d);
	start_in(d, CONTROL_PATIENCE_US);
}

static void
stop(daemon_thread *d)
{
	eventfd_write(d->stop_fd, 1);
	pthread_join(d->thread, NULL);
	control_close(d->c);
	reactor_free(d->r);
	close(d->stop_fd);
}

static void
finish(daemon_thread *d)
{
	stop(d);
	assert_int_equal(fs_remove_tree(d->root, NULL), MS_OK);
}

/* What a command got. */
typedef struct heard {
	char text[256];
	size_t bytes;
	int lines;
	ms_status verdict;
} heard;

static ms_status
hear(void *ctx, span line)
{
	heard *h = ctx;
	size_t used = strlen(h->text);

	snprintf(h->text + used, sizeof(h->text) - used, "%.*s;", (int)line.len,
		(const char *)line.at);
	h->bytes += line.len;
	h->lines++;
	return h->verdict;
}

static ms_status
ask(daemon_thread *d, const char *request, int wait_ms, heard *h)
{
	*h = (heard){ 0 };
	return control_ask(d->dir, span_str(request), wait_ms, hear, h, NULL);
}

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
	ms_error err = { 0 };

	(void)test;
	start(&d);
	eventfd_write(d.stop_fd, 1);
	pthread_join(d.thread, NULL);
	control_park(d.c);
	reactor_free(d.r);
	close(d.stop_fd);
	assert_int_equal(pthread_create(&thread, NULL, ask_late, &a), 0);
	make_loop(&d);
	assert_int_equal(control_resume(d.c, d.r, on_request, &d, &err), MS_OK);
	assert_int_equal(pthread_create(&d.thread, NULL, run_daemon, &d), 0);
	pthread_join(thread, NULL);
	assert_int_equal(a.status, MS_OK);
	assert_int_equal(a.h.lines, 3);
	finish(&d);
}

/* ---- clients that misbehave ---- */

static int
connect_raw(daemon_thread *d)
{
	control_path path;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(control_path_open(d->dir, &path, NULL), MS_OK);
	assert_int_equal(connect(fd, (struct sockaddr *)&path.address, sizeof(path.address)), 0);
	control_path_close(&path);
	return fd;
}

/* Read till the daemon closes. */
static bool
is_closed_by_daemon(int fd)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	char piece[65536];
	ssize_t n = 1;

	while (n > 0 && poll(&event, 1, WAIT_MS) == 1)
		n = recv(fd, piece, sizeof(piece), 0);
	return n <= 0;
}

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
	assert_int_equal(send(fd, "flood\n", 6, MSG_NOSIGNAL), 6);
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
	assert_int_equal(send(slow, "long\n", 5, MSG_NOSIGNAL), 5);
	assert_true(is_closed_by_daemon(silent));
	assert_true(is_closed_by_daemon(slow));
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
	assert_int_equal(send(fds[0], "hello\n", 6, MSG_NOSIGNAL), 6);
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
	assert_int_equal(send(fd, "keep\n", 5, MSG_NOSIGNAL), 5);
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
		cmocka_unit_test(a_request_at_the_limit_passes_and_a_longer_one_does_not),
		cmocka_unit_test(a_request_without_end_is_cut_at_the_limit),
		cmocka_unit_test(a_client_that_does_not_read_is_dropped_at_the_bound),
		cmocka_unit_test(clients_that_neither_ask_nor_read_lose_their_place),
		cmocka_unit_test(too_many_clients_are_turned_away_and_the_others_stay),
		cmocka_unit_test(a_call_whose_client_left_stays_until_it_is_ended),
		cmocka_unit_test(waiting_ends_in_time_and_a_line_can_end_it),
		cmocka_unit_test(an_answer_cut_by_the_daemons_end_is_no_answer),
		cmocka_unit_test(who_comes_while_nobody_serves_waits),
		cmocka_unit_test(a_directory_without_a_daemon_is_told),
		cmocka_unit_test(the_socket_is_its_owners_and_replaces_a_dead_one),
		cmocka_unit_test(a_long_path_is_no_obstacle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
