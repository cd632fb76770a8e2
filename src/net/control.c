/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.c - the daemon's end of the control socket.
 *
 * A call lives until it has answered (or never asked). Its client may go earlier: then only the
 * connection goes, and the call stays for the handler that still works on it. The other way round,
 * a daemon that parks the socket has no handler any more: only calls without one stay. One timer,
 * set only while somebody is waited for, drops clients that neither ask nor read.
 */
#include "net/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "net/control_path.h"

struct control_call {
	control *server;
	int fd;
	buf request, answer;
	size_t sent; /* of answer */
	int64_t patience_until_us;
	control_piece piece; /* what comes next, from `at`; NULL: the handler knows */
	uint64_t at;
	bool asked; /* the request is whole and was handed over */
	bool ended; /* the answer is whole */
	bool gone;  /* so is the connection */
};

struct control {
	reactor *reactor; /* NULL while parked */
	control_handler fn;
	void *ctx;
	int fd;
	int dir_fd;
	int64_t patience_us;
	control_call *calls[CONTROL_CLIENTS_MAX];
	int n;
};

static void
forget(control_call *call)
{
	control *c = call->server;
	int i;

	for (i = 0; i < c->n; i++)
		if (c->calls[i] == call)
			c->calls[i] = c->calls[--c->n];
	if (!call->gone) {
		if (c->reactor != NULL)
			reactor_remove_fd(c->reactor, call->fd);
		close(call->fd);
	}
	buf_fini(&call->request);
	buf_fini(&call->answer);
	free(call);
}

static bool
is_worked_on(const control_call *call)
{
	return call->asked && !call->ended && call->piece == NULL;
}

/* While the daemon still works on the call, only the connection goes. */
static void
hang_up(control_call *call)
{
	if (!is_worked_on(call)) {
		forget(call);
		return;
	}
	reactor_remove_fd(call->server->reactor, call->fd);
	close(call->fd);
	call->gone = true;
}

/* ---- patience ---- */

static bool
is_waited_for(const control_call *call)
{
	return !call->gone &&
	       (!call->asked || call->sent < call->answer.len || call->piece != NULL);
}

static void
lose_patience(void *ctx, int64_t now_us)
{
	control *c = ctx;
	int64_t next_us = INT64_MAX;
	int i;

	for (i = c->n - 1; i >= 0; i--) {
		control_call *call = c->calls[i];

		if (!is_waited_for(call))
			continue;
		if (call->patience_until_us <= now_us)
			hang_up(call);
		else if (call->patience_until_us < next_us)
			next_us = call->patience_until_us;
	}
	reactor_set_timer(c->reactor, lose_patience, c, next_us);
}

/* The client moved: its time starts again. */
static void
be_patient(control_call *call)
{
	control *c = call->server;
	int64_t now_us = reactor_now(c->reactor);

	call->patience_until_us = now_us + c->patience_us;
	lose_patience(c, now_us);
}

/* ---- answering ---- */

static void
drop_sent(control_call *call)
{
	if (call->sent == 0)
		return;
	memmove(call->answer.at, call->answer.at + call->sent, call->answer.len - call->sent);
	call->answer.len -= call->sent;
	call->sent = 0;
}

/* Write what the socket takes. The call may be gone afterwards, and is forgotten if it had ended.
 */
static void
send_answer(control_call *call)
{
	bool moved = false;

	while (call->sent < call->answer.len) {
		ssize_t n = send(call->fd, call->answer.at + call->sent,
			call->answer.len - call->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			reactor_want_write(call->server->reactor, call->fd, true);
			if (moved || call->patience_until_us == INT64_MAX)
				be_patient(call);
			return;
		}
		if (n <= 0) {
			hang_up(call);
			return;
		}
		call->sent += (size_t)n;
		moved = true;
	}
	call->patience_until_us = INT64_MAX;
	reactor_want_write(call->server->reactor, call->fd, call->piece != NULL);
	if (call->ended)
		forget(call);
}

static ms_status
append_line(control_call *call, span line)
{
	ms_status s = buf_add_span(&call->answer, line);

	return s == MS_OK ? buf_add(&call->answer, "\n", 1) : s;
}

ms_status
control_answer(control_call *call, span line)
{
	bool waits = call->sent < call->answer.len;
	ms_status s = MS_OK;

	MS_ASSERT(line.len > 0 && memchr(line.at, '\n', line.len) == NULL);
	if (call->gone)
		return MS_UNREACHABLE;
	if (call->answer.len - call->sent + line.len > CONTROL_ANSWER_MAX)
		s = MS_FULL;
	if (s == MS_OK) {
		drop_sent(call);
		s = append_line(call, line);
	}
	if (s != MS_OK) {
		hang_up(call);
		return s;
	}
	if (!waits)
		send_answer(call);
	return call->gone ? MS_UNREACHABLE : MS_OK;
}

void
control_end(control_call *call)
{
	call->ended = true;
	if (call->gone || append_line(call, (span){ 0 }) != MS_OK)
		forget(call);
	else
		send_answer(call);
}

bool
control_is_gone(const control_call *call)
{
	return call->gone;
}

void
control_go_on(control_call *call, control_piece fn, uint64_t at)
{
	if (call->gone) {
		forget(call);
		return;
	}
	call->piece = fn;
	call->at = at;
	reactor_want_write(call->server->reactor, call->fd, true);
	be_patient(call);
}

static void
next_piece(control_call *call)
{
	control_piece fn = call->piece;

	call->piece = NULL;
	reactor_want_write(call->server->reactor, call->fd, false);
	fn(call->server->ctx, call, call->at);
}

/* ---- asking ---- */

static void
read_request(control_call *call)
{
	uint8_t piece[4096];
	ssize_t n = recv(call->fd, piece, sizeof(piece), MSG_DONTWAIT);
	size_t seen = call->request.len;
	uint8_t *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || buf_add(&call->request, piece, (size_t)n) != MS_OK) {
		hang_up(call);
		return;
	}
	end = memchr(call->request.at + seen, '\n', (size_t)n);
	if ((end == NULL ? call->request.len : (size_t)(end - call->request.at)) >
		CONTROL_REQUEST_MAX) {
		hang_up(call);
		return;
	}
	if (end == NULL)
		return;
	call->asked = true;
	call->patience_until_us = INT64_MAX;
	call->server->fn(call->server->ctx, call,
		span_of(call->request.at, (size_t)(end - call->request.at)));
}

/* Has the client of a call that was asked gone, or said more than one line? Either ends it. */
static bool
has_left(control_call *call)
{
	uint8_t byte;
	ssize_t n = recv(call->fd, &byte, 1, MSG_DONTWAIT);

	return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

static void
client_ready(void *ctx, int64_t now_us)
{
	control_call *call = ctx;

	(void)now_us;
	if (!call->asked)
		read_request(call);
	else if (has_left(call))
		hang_up(call);
	else if (call->sent < call->answer.len)
		send_answer(call);
	else if (call->piece != NULL)
		next_piece(call);
}

static void
accept_client(void *ctx, int64_t now_us)
{
	control *c = ctx;
	control_call *call;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)now_us;
	if (fd < 0)
		return;
	call = c->n < CONTROL_CLIENTS_MAX ? calloc(1, sizeof(*call)) : NULL;
	if (call == NULL || reactor_add_fd(c->reactor, fd, client_ready, call) != MS_OK) {
		close(fd);
		free(call);
		return;
	}
	call->server = c;
	call->fd = fd;
	c->calls[c->n++] = call;
	be_patient(call);
}

/* ---- opening ---- */

/* The mode is set before the name appears, so nobody else can connect in between. */
static ms_status
listen_in(control *c, const char *dir, ms_error *err)
{
	control_path path;
	ms_status s = control_path_open(dir, &path, err);

	if (s != MS_OK)
		return s;
	c->dir_fd = path.dir_fd;
	unlinkat(c->dir_fd, CONTROL_NAME, 0);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || fchmod(c->fd, 0600) != 0 ||
		bind(c->fd, (struct sockaddr *)&path.address, sizeof(path.address)) != 0 ||
		listen(c->fd, CONTROL_CLIENTS_MAX) != 0)
		return fs_fail(err, errno, MST_CONTROL, TR("open the control socket in"), dir);
	return MS_OK;
}

static void
free_control(control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->dir_fd >= 0)
		close(c->dir_fd);
	free(c);
}

ms_status
control_open(
	reactor *r, const char *dir, control_handler fn, void *ctx, control **out, ms_error *err)
{
	control *c = calloc(1, sizeof(*c));
	ms_status s;

	if (c == NULL)
		return ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the control socket");
	*c = (control){ .fd = -1, .dir_fd = -1, .patience_us = CONTROL_PATIENCE_US };
	s = listen_in(c, dir, err);
	if (s == MS_OK)
		s = control_resume(c, r, fn, ctx, err);
	if (s == MS_OK)
		*out = c;
	else
		free_control(c);
	return s;
}

void
control_set_patience(control *c, int64_t us)
{
	c->patience_us = us;
}

/* Its client's time starts again: it could not be heard meanwhile. */
static void
take_up_again(control_call *call)
{
	control *c = call->server;

	if (reactor_add_fd(c->reactor, call->fd, client_ready, call) != MS_OK) {
		forget(call);
		return;
	}
	reactor_want_write(c->reactor, call->fd, call->sent < call->answer.len);
	call->patience_until_us = reactor_now(c->reactor) + c->patience_us;
}

ms_status
control_resume(control *c, reactor *r, control_handler fn, void *ctx, ms_error *err)
{
	int i;

	if (reactor_add_fd(r, c->fd, accept_client, c) != MS_OK)
		return ms_fail(err, MS_FULL, MST_CONTROL,
			"the event loop has no place for the control socket");
	c->reactor = r;
	c->fn = fn;
	c->ctx = ctx;
	for (i = c->n - 1; i >= 0; i--)
		take_up_again(c->calls[i]);
	lose_patience(c, reactor_now(r));
	return MS_OK;
}

void
control_park(control *c)
{
	int i;

	if (c->reactor == NULL)
		return;
	for (i = c->n - 1; i >= 0; i--)
		if (c->calls[i]->asked && !c->calls[i]->ended)
			forget(c->calls[i]);
		else
			reactor_remove_fd(c->reactor, c->calls[i]->fd);
	reactor_set_timer(c->reactor, lose_patience, c, INT64_MAX);
	reactor_remove_fd(c->reactor, c->fd);
	c->reactor = NULL;
}

void
control_close(control *c)
{
	if (c == NULL)
		return;
	control_park(c);
	while (c->n > 0)
		forget(c->calls[c->n - 1]);
	unlinkat(c->dir_fd, CONTROL_NAME, 0);
	free_control(c);
}
