/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stream.h"

#include <errno.h>
#include <sys/socket.h>

static ms_status
gone(ms_error *err)
{
	return ms_fail(err, MS_UNREACHABLE, MST_DAEMON, "the process at the other end is gone");
}

/* N bytes of what is to be sent are gone. */
static void
advance(struct msghdr *all, size_t n)
{
	while (all->msg_iovlen > 0 && n >= all->msg_iov->iov_len) {
		n -= all->msg_iov->iov_len;
		all->msg_iov++;
		all->msg_iovlen--;
	}
	if (all->msg_iovlen > 0) {
		all->msg_iov->iov_base = (uint8_t *)all->msg_iov->iov_base + n;
		all->msg_iov->iov_len -= n;
	}
}

/* Length and message in one call: the other end wakes once. */
ms_status
stream_send(int fd, span message, ms_error *err)
{
	uint8_t head[4];
	struct iovec parts[] = { { .iov_base = head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)(uintptr_t)message.at, .iov_len = message.len } };
	struct msghdr all = { .msg_iov = parts, .msg_iovlen = 2 };

	be32_put(head, (uint32_t)message.len);
	while (all.msg_iovlen > 0) {
		ssize_t n = sendmsg(fd, &all, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gone(err);
		advance(&all, (size_t)n);
	}
	return MS_OK;
}

/* How many of N bytes came before the other end closed or was gone. */
static size_t
receive_all(int fd, uint8_t *at, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = recv(fd, at + got, n - got, MSG_WAITALL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		got += (size_t)k;
	}
	return got;
}

ms_status
stream_receive(int fd, size_t max, buf *out, ms_error *err)
{
	uint8_t head[4];
	size_t n, got = receive_all(fd, head, sizeof(head));

	if (got == 0)
		return ms_fail(
			err, MS_NOT_FOUND, MST_DAEMON, "the process at the other end has closed");
	if (got < sizeof(head))
		return gone(err);
	n = be32_get(head);
	if (n > max)
		return ms_fail(err, MS_INVALID, MST_DAEMON, "a message of %zu bytes, more than %zu",
			n, max);
	if (buf_reserve(out, n) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a message");
	if (n > 0 && receive_all(fd, out->at + out->len, n) < n)
		return gone(err);
	out->len += n;
	return MS_OK;
}
