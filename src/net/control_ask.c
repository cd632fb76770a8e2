/* SPDX-License-Identifier: Apache-2.0 */
/* control_ask.c - a command's end of the control socket: blocking, with a deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "net/control.h"
#include "net/control_path.h"

ms_status
control_path_open(const char *dir, control_path *out, ms_error *err)
{
	*out = (control_path){ .address.sun_family = AF_UNIX };
	out->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (out->dir_fd < 0)
		return fs_fail(err, errno, MST_FILE_OPEN, "open directory", dir);
	snprintf(out->address.sun_path, sizeof(out->address.sun_path), "/proc/self/fd/%d/control.sock", out->dir_fd);
	return MS_OK;
}

void
control_path_close(control_path *p)
{
	close(p->dir_fd);
}

static ms_status
connect_to(const char *dir, int *fd, ms_error *err)
{
	control_path path;
	ms_status s = control_path_open(dir, &path, err);

	if (s != MS_OK)
		return s;
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || connect(*fd, (struct sockaddr *)&path.address, sizeof(path.address)) != 0) {
		s = ms_fail(err, MS_UNREACHABLE, MST_CONTROL, "no daemon is running on %s", dir);
		if (*fd >= 0)
			close(*fd);
	}
	control_path_close(&path);
	return s;
}

static ms_status
send_all(int fd, span bytes, ms_error *err)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ms_fail(err, MS_UNREACHABLE, MST_CONTROL, "the daemon closed the control socket");
		bytes = span_of(bytes.at + n, bytes.len - (size_t)n);
	}
	return MS_OK;
}

/* Hand every whole line in B over and keep the rest. */
static ms_status
hand_over(buf *b, ms_status (*line_fn)(void *ctx, span line), void *ctx)
{
	size_t start = 0;
	ms_status s = MS_OK;

	while (s == MS_OK && start < b->len) {
		const uint8_t *end = memchr(b->at + start, '\n', b->len - start);

		if (end == NULL)
			break;
		s = line_fn(ctx, span_of(b->at + start, (size_t)(end - b->at) - start));
		start = (size_t)(end - b->at) + 1;
	}
	memmove(b->at, b->at + start, b->len - start);
	b->len -= start;
	return s;
}

static ms_status
read_lines(int fd, int wait_ms, ms_status (*line_fn)(void *ctx, span line), void *ctx, ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = MS_OK;
	ssize_t n = 1;

	while (s == MS_OK && n > 0) {
		struct pollfd event = { .fd = fd, .events = POLLIN };
		int ready = poll(&event, 1, wait_ms);

		if (ready == 0)
			s = ms_fail(err, MS_TIMEOUT, MST_CONTROL, "the daemon did not answer in time");
		if (ready <= 0)
			continue;
		if (buf_reserve(&bytes, 64 << 10) != MS_OK)
			s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the answer");
		else
			n = recv(fd, bytes.at + bytes.len, 64 << 10, 0);
		if (s == MS_OK && n > 0) {
			bytes.len += (size_t)n;
			s = hand_over(&bytes, line_fn, ctx);
		}
	}
	buf_fini(&bytes);
	return s;
}

ms_status
control_ask(const char *dir, span request, int wait_ms, ms_status (*line_fn)(void *ctx, span line), void *ctx, ms_error *err)
{
	ms_status s;
	int fd;

	s = connect_to(dir, &fd, err);
	if (s != MS_OK)
		return s;
	s = send_all(fd, request, err);
	if (s == MS_OK)
		s = send_all(fd, span_of("\n", 1), err);
	if (s == MS_OK)
		s = read_lines(fd, wait_ms, line_fn, ctx, err);
	close(fd);
	return s;
}
