/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.c - tcp_info has the bytes that came, a count of what waits in the kernel those that ZeroMQ
 * has not read yet.
 *
 * An edge-triggered epoll wakes the device, since ZeroMQ's own thread reads the connection empty.
 * That may be so fast that nothing is seen; a device looks whenever anything wakes it.
 */
#include "net/line.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SHORT_FRAME_MAX = 255, /* ZMTP: one byte of length, beyond it eight */
	SHORT_HEAD = 2,
	LONG_HEAD = 9,
	CURVE_HEAD = 33, /* "\\x07MESSAGE", short nonce, flags, authenticator */
};

typedef int (*name_of)(int fd, struct sockaddr *address, socklen_t *len);

static unsigned
port_of(int fd, name_of name)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (name(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	memcpy(&six, &address, sizeof(six));
	memcpy(&four, &address, sizeof(four));
	if (address.ss_family == AF_INET6)
		return ntohs(six.sin6_port);
	return address.ss_family == AF_INET ? ntohs(four.sin_port) : 0;
}

unsigned
line_near_port(int fd)
{
	return port_of(fd, getsockname);
}

unsigned
line_far_port(int fd)
{
	return port_of(fd, getpeername);
}

bool
line_listens(int fd, bool *waiting)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(int);
	int listens = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 || !listens)
		return false;
	*waiting = poll(&event, 1, 0) != 0;
	return true;
}

bool
line_bytes(int fd, uint64_t *bytes)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
		len < offsetof(struct tcp_info, tcpi_bytes_received) +
				sizeof(info.tcpi_bytes_received))
		return false;
	*bytes = info.tcpi_bytes_received;
	return true;
}

uint64_t
line_frame_bytes(size_t size)
{
	uint64_t boxed = (uint64_t)size + CURVE_HEAD;

	return boxed + (boxed > SHORT_FRAME_MAX ? LONG_HEAD : SHORT_HEAD);
}

/* ---- the watch ---- */

ms_status
line_watch_open(line_watch *w, uint64_t unread_max, ms_error *err)
{
	*w = (line_watch){
		.wake = epoll_create1(EPOLL_CLOEXEC), .fd = -1, .unread_max = unread_max
	};
	return w->wake >= 0 ? MS_OK
			    : ms_fail(err, MS_IO, MST_NET, "no descriptor to watch a connection");
}

void
line_watch_close(line_watch *w)
{
	if (w->wake >= 0)
		close(w->wake);
	w->wake = w->fd = -1;
}

void
line_watch_connected(line_watch *w, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	w->fd = fd;
	w->near_port = line_near_port(fd);
	w->cut = false;
	if (!line_bytes(fd, &w->taken))
		w->fd = -1;
	w->read = w->taken;
	/* One that has ended meanwhile is told of by ZeroMQ. */
	if (w->fd >= 0)
		epoll_ctl(w->wake, EPOLL_CTL_ADD, fd, &event);
}

void
line_watch_look(line_watch *w)
{
	struct epoll_event event;
	uint64_t bytes;
	int waiting;

	epoll_wait(w->wake, &event, 1, 0);
	if (w->fd < 0 || line_near_port(w->fd) != w->near_port || !line_bytes(w->fd, &bytes) ||
		ioctl(w->fd, FIONREAD, &waiting) != 0)
		w->fd = -1;
	else if (bytes > (uint64_t)waiting)
		w->read = bytes - (uint64_t)waiting;
}

void
line_watch_received(line_watch *w, size_t size)
{
	w->taken += line_frame_bytes(size);
}

void
line_watch_judge(line_watch *w)
{
	if (w->fd < 0 || w->cut || w->read <= w->taken || w->read - w->taken <= w->unread_max)
		return;
	w->cut = true;
	shutdown(w->fd, SHUT_RDWR);
}
