/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_ask.c - a command's end of the control socket: blocking, with a deadline.
 *
 * An answer that ends without its empty line was cut: the daemon was killed, or had no place for
 * us.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lang.h"
#include "net/control.h"
#include "net/control_path.h"

enum { PIECE = 64 << 10 };

ms_status
control_path_open(const char *dir, control_path *out, ms_error *err)
{
	int n;

	*out = (control_path){ .address.sun_family = AF_UNIX };
	out->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (out->dir_fd < 0)
		return fs_fail(err, errno, MST_FILE_OPEN, TR("open directory"), dir);
	n = snprintf(out->address.sun_path, sizeof(out->address.sun_path), "%s/" CONTROL_NAME, dir);
	if (n < 0 || (size_t)n >= sizeof(out->address.sun_path))
		snprintf(out->address.sun_path, sizeof(out->address.sun_path),
			"/proc/self/fd/%d/" CONTROL_NAME, out->dir_fd);
	return MS_OK;
}

void
control_path_close(control_path *p)
{
	close(p->dir_fd);
}

/* Neither connecting (the daemon's queue may be full) nor sending waits longer than for an answer.
 */
static bool
set_patience(int fd, int wait_ms)
{
	struct timeval wait = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };

	return wait_ms <= 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0;
}

static ms_status
fail_connect(const char *dir, int number, ms_error *err)
{
	if (number == EACCES || number == EPERM) {
		ms_fail(err, MS_DENIED, MST_CONTROL, "the control socket of %s is not for you",
			dir);
		ms_error_remedy(err, "run this command as the user that the daemon runs as");
		return MS_DENIED;
	}
	if (number == EAGAIN)
		return ms_fail(
			err, MS_TIMEOUT, MST_CONTROL, "the daemon of %s does not answer", dir);
	return ms_fail(err, MS_UNREACHABLE, MST_CONTROL_NOBODY, "no daemon is running on %s", dir);
}

static ms_status
connect_to(const char *dir, int wait_ms, int *fd, ms_error *err)
{
	control_path path;
	ms_status s = control_path_open(dir, &path, err);

	if (s != MS_OK)
		return s;
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || !set_patience(*fd, wait_ms) ||
		connect(*fd, (struct sockaddr *)&path.address, sizeof(path.address)) != 0) {
		s = fail_connect(dir, errno, err);
		if (*fd >= 0)
			close(*fd);
	}
	control_path_close(&path);
	return s;
}

static ms_status
fail_cut(ms_error *err)
{
	ms_fail(err, MS_UNREACHABLE, MST_CONTROL,
		"the daemon closed the connection before its answer was whole");
	ms_error_remedy(err, "it may have stopped, or be busy with other commands: see its "
			     "messages and try again");
	return MS_UNREACHABLE;
}

static ms_status
send_all(int fd, span bytes, ms_error *err)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return ms_fail(err, MS_TIMEOUT, MST_CONTROL,
				"the daemon does not read the request");
		if (n <= 0)
			return fail_cut(err);
		bytes = span_of(bytes.at + n, bytes.len - (size_t)n);
	}
	return MS_OK;
}

/* ---- the answer ---- */

typedef struct answer {
	control_line_fn fn;
	void *ctx;
	buf bytes;   /* read and not yet handed over */
	size_t seen; /* of bytes, in which there is no newline */
	bool whole;  /* the empty line came */
} answer;

/* Hand every whole line over and keep the rest. */
static ms_status
hand_over(answer *a)
{
	size_t start = 0;
	ms_status s = MS_OK;

	while (s == MS_OK && !a->whole) {
		const uint8_t *from = a->bytes.at + start + a->seen;
		const uint8_t *end = memchr(from, '\n', a->bytes.len - start - a->seen);
		size_t len;

		if (end == NULL)
			break;
		len = (size_t)(end - a->bytes.at) - start;
		if (len == 0)
			a->whole = true;
		else
			s = a->fn(a->ctx, span_of(a->bytes.at + start, len));
		start += len + 1;
		a->seen = 0;
	}
	memmove(a->bytes.at, a->bytes.at + start, a->bytes.len - start);
	a->bytes.len -= start;
	a->seen = a->bytes.len;
	return s;
}

static ms_status
wait_readable(int fd, int wait_ms, ms_error *err)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	int64_t until_us = clock_monotonic_us() + (int64_t)wait_ms * 1000;
	int ready;

	for (;;) {
		ready = poll(&event, 1, wait_ms);
		if (ready > 0)
			return MS_OK;
		if (ready == 0)
			return ms_fail(
				err, MS_TIMEOUT, MST_CONTROL, "the daemon did not answer in time");
		if (wait_ms > 0) {
			int64_t left_us = until_us - clock_monotonic_us();

			wait_ms = left_us <= 0 ? 0 : (int)((left_us + 999) / 1000);
		}
	}
}

static ms_status
read_piece(int fd, answer *a, ms_error *err)
{
	ssize_t n;

	if (a->bytes.len > CONTROL_ANSWER_MAX)
		return ms_fail(err, MS_INVALID, MST_CONTROL,
			"the daemon's answer has a line of more than %d bytes", CONTROL_ANSWER_MAX);
	if (buf_reserve(&a->bytes, PIECE) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the answer");
	n = recv(fd, a->bytes.at + a->bytes.len, PIECE, 0);
	if (n < 0 && errno == EINTR)
		return MS_OK;
	if (n <= 0)
		return fail_cut(err);
	a->bytes.len += (size_t)n;
	return hand_over(a);
}

static ms_status
read_answer(int fd, int wait_ms, control_line_fn fn, void *ctx, ms_error *err)
{
	answer a = { .fn = fn, .ctx = ctx };
	ms_status s = MS_OK;

	while (s == MS_OK && !a.whole) {
		s = wait_readable(fd, wait_ms, err);
		if (s == MS_OK)
			s = read_piece(fd, &a, err);
	}
	buf_fini(&a.bytes);
	return s;
}

/* In one piece, for which the daemon wakes once. */
static ms_status
send_request(int fd, span request, ms_error *err)
{
	buf line = { 0 };
	ms_status s = MS_OK;

	buf_add_span(&line, request);
	if (buf_add_text(&line, "\n") != MS_OK)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the request");
	if (s == MS_OK)
		s = send_all(fd, buf_span(&line), err);
	buf_fini(&line);
	return s;
}

ms_status
control_ask(const char *dir, span request, int wait_ms, control_line_fn line_fn, void *ctx,
	ms_error *err)
{
	ms_status s;
	int fd;

	if (request.len == 0 || request.len > CONTROL_REQUEST_MAX ||
		memchr(request.at, '\n', request.len) != NULL)
		return ms_fail(err, MS_INVALID, MST_CONTROL_REQUEST,
			"a request to a daemon is one line of at most %d bytes, this one has %zu",
			CONTROL_REQUEST_MAX, request.len);
	s = connect_to(dir, wait_ms, &fd, err);
	if (s != MS_OK)
		return s;
	s = send_request(fd, request, err);
	if (s == MS_OK)
		s = read_answer(fd, wait_ms, line_fn, ctx, err);
	close(fd);
	return s;
}
