/* SPDX-License-Identifier: Apache-2.0 */
/* control.c - the daemon's end of the control socket. */
#include "net/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/control_path.h"

struct control_call {
	control *server;
	int fd;
	buf request, answer;
	size_t sent;
	bool asked;  /* the request is whole and was handed over */
	bool ended;  /* the answer is whole */
	bool gone;
};

struct control {
	reactor *reactor;
	control_handler fn;
	void *ctx;
	int fd;
	char dir[512];
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
		reactor_remove_fd(c->reactor, call->fd);
		close(call->fd);
	}
	buf_fini(&call->request);
	buf_fini(&call->answer);
	free(call);
}

/* The client has left. While the daemon still works on the call, only the connection goes. */
static void
hang_up(control_call *call)
{
	if (!call->asked || call->ended) {
		forget(call);
		return;
	}
	reactor_remove_fd(call->server->reactor, call->fd);
	close(call->fd);
	call->gone = true;
}

static void
send_answer(control_call *call)
{
	while (call->sent < call->answer.len) {
		ssize_t n = send(call->fd, call->answer.at + call->sent, call->answer.len - call->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			reactor_want_write(call->server->reactor, call->fd, true);
			return;
		}
		if (n <= 0) {
			hang_up(call);
			return;
		}
		call->sent += (size_t)n;
	}
	reactor_want_write(call->server->reactor, call->fd, false);
	if (call->ended)
		forget(call);
}

static void
read_request(control_call *call)
{
	uint8_t piece[4096];
	ssize_t n = recv(call->fd, piece, sizeof(piece), MSG_DONTWAIT);
	uint8_t *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || call->asked || buf_add(&call->request, piece, (size_t)n) != MS_OK ||
		call->request.len > CONTROL_REQUEST_MAX) {
		hang_up(call);
		return;
	}
	end = memchr(call->request.at, '\n', call->request.len);
	if (end == NULL)
		return;
	call->asked = true;
	call->server->fn(call->server->ctx, call, span_of(call->request.at, (size_t)(end - call->request.at)));
}

static void
client_ready(void *ctx, int64_t now_us)
{
	control_call *call = ctx;

	(void)now_us;
	if (call->sent < call->answer.len)
		send_answer(call);
	else
		read_request(call);
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
}

ms_status
control_open(reactor *r, const char *dir, control_handler fn, void *ctx, control **out, ms_error *err)
{
	control_path path;
	control *c = calloc(1, sizeof(*c));
	ms_status s;

	if (c == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the control socket");
	*c = (control){ .reactor = r, .fn = fn, .ctx = ctx, .fd = -1 };
	s = control_path_open(dir, &path, err);
	if (s == MS_OK) {
		unlink(path.address.sun_path);
		c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&path.address, sizeof(path.address)) != 0 ||
			chmod(path.address.sun_path, 0600) != 0 || listen(c->fd, CONTROL_CLIENTS_MAX) != 0)
			s = fs_fail(err, errno, MST_CONTROL, "open the control socket in", dir);
		control_path_close(&path);
	}
	if (s == MS_OK)
		s = reactor_add_fd(r, c->fd, accept_client, c);
	if (s != MS_OK) {
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return s;
	}
	snprintf(c->dir, sizeof(c->dir), "%s", dir);
	*out = c;
	return MS_OK;
}

void
control_close(control *c)
{
	control_path path;

	if (c == NULL)
		return;
	while (c->n > 0)
		forget(c->calls[0]);
	reactor_remove_fd(c->reactor, c->fd);
	close(c->fd);
	if (control_path_open(c->dir, &path, NULL) == MS_OK) {
		unlink(path.address.sun_path);
		control_path_close(&path);
	}
	free(c);
}

void
control_answer(control_call *call, span line)
{
	if (call->gone || call->answer.len > CONTROL_ANSWER_MAX)
		return;
	buf_add_span(&call->answer, line);
	buf_add(&call->answer, "\n", 1);
}

void
control_end(control_call *call)
{
	call->ended = true;
	if (call->gone)
		forget(call);
	else
		send_answer(call);
}

bool
control_is_gone(const control_call *call)
{
	return call->gone;
}
