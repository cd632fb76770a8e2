/* SPDX-License-Identifier: Apache-2.0 */
/* demo_line.c - the line of the office that is cut off. The child copies bytes until it is killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"
#include "cli/demo_process.h"

enum { PAIRS_MAX = 8, PIECE = 32 << 10 };

static struct sockaddr_in
loopback(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int
listen_on(unsigned port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, PAIRS_MAX) == 0)
		return fd;
	close(fd);
	return -1;
}

unsigned
process_free_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = listen_on(0);
	unsigned port = 0;

	if (fd >= 0 && getsockname(fd, (struct sockaddr *)&a, &len) == 0)
		port = ntohs(a.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

/* ---- the child ---- */

typedef struct line {
	struct pollfd ends[1 + 2 * PAIRS_MAX]; /* the listening socket, then pairs */
	unsigned to_port;
	char piece[PIECE];
} line;

static void
take_caller(line *l)
{
	struct sockaddr_in to = loopback(l->to_port);
	int in = accept4(l->ends[0].fd, NULL, NULL, SOCK_CLOEXEC), out;
	unsigned i = 1;

	while (i < 1 + 2 * PAIRS_MAX && l->ends[i].fd >= 0)
		i += 2;
	out = in < 0 || i > 2 * PAIRS_MAX ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (out >= 0 && connect(out, (struct sockaddr *)&to, sizeof(to)) == 0) {
		l->ends[i].fd = in;
		l->ends[i + 1].fd = out;
		return;
	}
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
}

static bool
pass_on(line *l, int from, int to)
{
	ssize_t n = read(from, l->piece, PIECE), sent = 0, k;

	while (n > 0 && sent < n) {
		k = send(to, l->piece + sent, (size_t)(n - sent), MSG_NOSIGNAL);
		if (k <= 0)
			return false;
		sent += k;
	}
	return n > 0;
}

static void
run_line(int listening, unsigned to_port)
{
	line on_stack = { .to_port = to_port }, *l = &on_stack;
	unsigned i;

	for (i = 0; i < 1 + 2 * PAIRS_MAX; i++)
		l->ends[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	l->ends[0].fd = listening;
	while (poll(l->ends, 1 + 2 * PAIRS_MAX, -1) >= 0 || errno == EINTR) {
		if (l->ends[0].revents != 0)
			take_caller(l);
		for (i = 1; i < 1 + 2 * PAIRS_MAX; i++) {
			unsigned other = i % 2 == 1 ? i + 1 : i - 1;

			if (l->ends[i].fd < 0 || l->ends[i].revents == 0 ||
				pass_on(l, l->ends[i].fd, l->ends[other].fd))
				continue;
			close(l->ends[i].fd);
			close(l->ends[other].fd);
			l->ends[i].fd = l->ends[other].fd = -1;
		}
	}
}

ms_status
line_start(unsigned port, unsigned to_port, pid_t *pid, ms_error *err)
{
	int fd = listen_on(port);

	if (fd < 0)
		return fs_fail(err, errno, MST_DAEMON, TR("listen on"), "a port of this machine");
	*pid = process_fork();
	if (*pid == 0) {
		run_line(fd, to_port);
		_exit(0);
	}
	close(fd);
	return *pid > 0 ? MS_OK : fs_fail(err, errno, MST_DAEMON, TR("start"), "a line");
}
