/* SPDX-License-Identifier: Apache-2.0 */
#include "net/finder.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	ADDRESSES_MAX = 8,
	HOST_MAX = 256,
	PORT_MAX = 8,
	ANSWER_US = 5000000,
	STACK_BYTES = 256 << 10,
	HOLDERS = 2 /* who started it, and its thread */
};

struct finder {
	atomic_uint holders;
	char host[HOST_MAX], port[PORT_MAX];
	int ended_fd;
	/* The thread's, until it has ended. */
	finder_end end;
	char endpoint[FINDER_ENDPOINT_MAX];
};

static void
let_go(finder *f)
{
	if (atomic_fetch_sub(&f->holders, 1) > 1)
		return;
	close(f->ended_fd);
	free(f);
}

/* "tcp://HOST:PORT" or "tcp://[HOST]:PORT". */
static bool
split(const char *endpoint, char host[HOST_MAX], char port[PORT_MAX])
{
	static const char scheme[] = "tcp://";
	const char *at = endpoint + strlen(scheme), *colon;
	size_t len;

	if (strncmp(endpoint, scheme, strlen(scheme)) != 0)
		return false;
	colon = strrchr(at, ':');
	if (colon == NULL || strlen(colon + 1) >= PORT_MAX)
		return false;
	len = (size_t)(colon - at);
	if (len >= 2 && at[0] == '[' && at[len - 1] == ']') {
		at++;
		len -= 2;
	}
	if (len == 0 || len >= HOST_MAX)
		return false;
	memcpy(host, at, len);
	host[len] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static int
addresses_of(const char *host, const char *port, int flags, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags };

	return getaddrinfo(host, port, &hints, list);
}

bool
finder_is_number(const char *endpoint)
{
	char host[HOST_MAX], port[PORT_MAX];
	struct addrinfo *list = NULL;
	bool is_number;

	/* What cannot be split is for ZeroMQ to refuse. */
	if (!split(endpoint, host, port))
		return true;
	is_number = addresses_of(host, port, AI_NUMERICHOST, &list) == 0;
	if (is_number)
		freeaddrinfo(list);
	return is_number;
}

/* ---- the thread ---- */

static finder_end
end_of(int number)
{
	switch (number) {
	case 0:
		return FINDER_FOUND;
	case ECONNREFUSED:
		return FINDER_REFUSED;
	case EINPROGRESS:
	case ETIMEDOUT:
		return FINDER_SILENT;
	default:
		return FINDER_NO_WAY;
	}
}

typedef struct attempt {
	const struct addrinfo *address;
	finder_end end; /* FINDER_SILENT: not yet */
} attempt;

static void
end_line(struct pollfd *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}

static void
begin(attempt *a, struct pollfd *line, const struct addrinfo *address)
{
	line->events = POLLOUT;
	line->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	a->address = address;
	a->end = FINDER_NO_WAY;
	if (line->fd >= 0)
		a->end = end_of(
			connect(line->fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno);
	if (a->end != FINDER_SILENT)
		end_line(line);
}

static void
hear(attempt *a, struct pollfd *line)
{
	socklen_t len = sizeof(int);
	int number = 0;

	if (a->end != FINDER_SILENT || line->revents == 0)
		return;
	if (getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
		number = errno;
	a->end = end_of(number);
	end_line(line);
}

/* The first that was found; else nobody while some are still silent. */
static const attempt *
found_among(const attempt *tried, nfds_t n, bool *all_ended)
{
	nfds_t i;

	*all_ended = true;
	for (i = 0; i < n; i++) {
		if (tried[i].end == FINDER_FOUND)
			return &tried[i];
		*all_ended = *all_ended && tried[i].end != FINDER_SILENT;
	}
	return NULL;
}

static void
write_endpoint(finder *f, const struct addrinfo *address)
{
	char host[INET6_ADDRSTRLEN + 24]; /* with the name of an interface */
	bool six = address->ai_family == AF_INET6;

	if (getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof(host), NULL, 0,
		    NI_NUMERICHOST) != 0)
		return;
	snprintf(f->endpoint, sizeof(f->endpoint), "tcp://%s%s%s:%s", six ? "[" : "", host,
		six ? "]" : "", f->port);
	f->end = FINDER_FOUND;
}

/* What tells most of why nobody was found. */
static finder_end
worst_of(const attempt *tried, nfds_t n)
{
	finder_end end = FINDER_NO_WAY;
	nfds_t i;

	for (i = 0; i < n; i++)
		if (tried[i].end > end)
			end = tried[i].end;
	return end;
}

static void
try_all(finder *f, const struct addrinfo *list)
{
	attempt tried[ADDRESSES_MAX];
	struct pollfd lines[ADDRESSES_MAX];
	int64_t until_us = clock_monotonic_us() + ANSWER_US, left_us = ANSWER_US;
	const attempt *found;
	bool all_ended;
	nfds_t n = 0, i;

	for (; list != NULL && n < ADDRESSES_MAX; list = list->ai_next, n++)
		begin(&tried[n], &lines[n], list);
	found = found_among(tried, n, &all_ended);
	while (found == NULL && !all_ended && left_us > 0) {
		if (poll(lines, n, (int)(left_us / 1000) + 1) > 0)
			for (i = 0; i < n; i++)
				hear(&tried[i], &lines[i]);
		found = found_among(tried, n, &all_ended);
		left_us = until_us - clock_monotonic_us();
	}
	f->end = worst_of(tried, n);
	if (found != NULL)
		write_endpoint(f, found->address);
	for (i = 0; i < n; i++)
		end_line(&lines[i]);
}

static void *
find(void *ctx)
{
	finder *f = ctx;
	struct addrinfo *list = NULL;
	ssize_t written;

	f->end = FINDER_NO_NAME;
	if (addresses_of(f->host, f->port, 0, &list) == 0) {
		try_all(f, list);
		freeaddrinfo(list);
	}
	written = write(f->ended_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	(void)written; /* a counter of ours, which is not full */
	let_go(f);
	return NULL;
}

/* ---- who started it ---- */

static bool
start_thread(finder *f)
{
	pthread_attr_t how;
	sigset_t all, before;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&how) != 0)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	started = pthread_attr_setdetachstate(&how, PTHREAD_CREATE_DETACHED) == 0 &&
		  pthread_attr_setstacksize(&how, STACK_BYTES) == 0 &&
		  pthread_create(&thread, &how, find, f) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&how);
	return started;
}

ms_status
finder_start(const char *endpoint, finder **out, ms_error *err)
{
	finder *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the network");
	atomic_init(&f->holders, HOLDERS);
	f->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->ended_fd < 0 || !split(endpoint, f->host, f->port) || !start_thread(f)) {
		if (f->ended_fd >= 0)
			close(f->ended_fd);
		free(f);
		return ms_fail(
			err, MS_IO, MST_NET, "%s: the address cannot be looked for", endpoint);
	}
	*out = f;
	return MS_OK;
}

int
finder_fd(const finder *f)
{
	return f->ended_fd;
}

finder_end
finder_look(const finder *f, char endpoint[FINDER_ENDPOINT_MAX])
{
	memcpy(endpoint, f->endpoint, FINDER_ENDPOINT_MAX);
	return f->end;
}

finder_end
finder_run(const char *endpoint, int wait_ms, char found[FINDER_ENDPOINT_MAX])
{
	finder_end end = FINDER_SILENT;
	finder *f = NULL;
	struct pollfd ended;

	found[0] = '\0';
	if (finder_start(endpoint, &f, NULL) != MS_OK)
		return FINDER_NO_WAY;
	ended = (struct pollfd){ .fd = f->ended_fd, .events = POLLIN };
	if (poll(&ended, 1, wait_ms) > 0)
		end = finder_look(f, found);
	let_go(f);
	return end;
}

void
finder_free(finder *f)
{
	if (f != NULL)
		let_go(f);
}
