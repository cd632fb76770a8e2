/* SPDX-License-Identifier: Apache-2.0 */
/* control_testing.h - a daemon with a control socket in a thread of its own, and its clients. */
#ifndef TESTS_NET_CONTROL_TESTING_H
#define TESTS_NET_CONTROL_TESTING_H

#include "tests/net/net_testing.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
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

static inline void
answer_later(void *ctx, int64_t now_us)
{
	daemon_thread *d = ctx;

	(void)now_us;
	control_answer(d->waiting, span_str("late"));
	control_end(d->waiting);
	d->waiting = NULL;
}

static inline void
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
static inline void
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

enum { PIECE_LINES = 50, PIECES = 3 * CONTROL_ANSWER_MAX / LINE / PIECE_LINES };

/* A larger one than the bound, in pieces. */
static inline void
answer_in_pieces(void *ctx, control_call *call, uint64_t at)
{
	daemon_thread *d = ctx;
	char line[LINE];
	int i;

	for (i = 0; i < PIECE_LINES && !control_is_gone(call); i++) {
		memset(line, 'a' + (int)(at % 26), sizeof(line));
		d->broken += control_answer(call, span_of(line, sizeof(line))) != MS_OK;
	}
	if (at + 1 < PIECES)
		control_go_on(call, answer_in_pieces, at + 1);
	else
		control_end(call);
}

static inline bool
asks(span request, const char *word)
{
	return request.len >= strlen(word) && memcmp(request.at, word, strlen(word)) == 0;
}

static inline void
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
	} else if (asks(request, "pieces")) {
		answer_in_pieces(d, call, 0);
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

static inline void
on_stop(void *ctx, int64_t now_us)
{
	daemon_thread *d = ctx;

	(void)now_us;
	reactor_stop(d->r);
}

static inline void *
run_daemon(void *arg)
{
	daemon_thread *d = arg;

	reactor_run(d->r, NULL);
	return NULL;
}

static inline void
make_loop(daemon_thread *d)
{
	assert_int_equal(reactor_new(&d->r, NULL), MS_OK);
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(reactor_add_fd(d->r, d->stop_fd, on_stop, d), MS_OK);
}

static inline void
start_in(daemon_thread *d, int64_t patience_us)
{
	ms_error err = { 0 };

	make_loop(d);
	assert_int_equal(control_open(d->r, d->dir, on_request, d, &d->c, &err), MS_OK);
	control_set_patience(d->c, patience_us);
	assert_int_equal(pthread_create(&d->thread, NULL, run_daemon, d), 0);
}

static inline void
make_root(daemon_thread *d)
{
	*d = (daemon_thread){ .root = "/tmp/muster-control-XXXXXX" };
	assert_non_null(mkdtemp(d->root));
	snprintf(d->dir, sizeof(d->dir), "%s", d->root);
}

static inline void
start(daemon_thread *d)
{
	make_root(d);
	start_in(d, CONTROL_PATIENCE_US);
}

static inline void
end_loop(daemon_thread *d)
{
	eventfd_write(d->stop_fd, 1);
	pthread_join(d->thread, NULL);
}

static inline void
free_loop(daemon_thread *d)
{
	reactor_free(d->r);
	close(d->stop_fd);
}

static inline void
stop(daemon_thread *d)
{
	end_loop(d);
	control_close(d->c);
	free_loop(d);
}

static inline void
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

static inline ms_status
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

static inline ms_status
ask(daemon_thread *d, const char *request, int wait_ms, heard *h)
{
	*h = (heard){ 0 };
	return control_ask(d->dir, span_str(request), wait_ms, hear, h, NULL);
}

static inline int
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
static inline bool
is_closed_after(int fd, size_t *bytes)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	char piece[65536];
	ssize_t n = 1;

	*bytes = 0;
	while (n > 0 && poll(&event, 1, WAIT_MS) == 1) {
		n = recv(fd, piece, sizeof(piece), 0);
		*bytes += n > 0 ? (size_t)n : 0;
	}
	return n <= 0;
}

static inline bool
is_closed_by_daemon(int fd)
{
	size_t bytes;

	return is_closed_after(fd, &bytes);
}

static inline void
say(int fd, const char *words)
{
	assert_int_equal(send(fd, words, strlen(words), MSG_NOSIGNAL), strlen(words));
}

#endif
