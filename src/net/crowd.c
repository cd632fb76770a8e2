/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd.c - ZeroMQ tells neither its connections nor what they have half sent, but the kernel does:
 * our descriptors, whose port they came to, and how many bytes each has received.
 *
 * A descriptor that stands for another connection than at the look before (another port at the far
 * end, or fewer bytes received) begins anew with nothing unread, since some of its messages may
 * have been received already.
 *
 * An edge-triggered epoll of these descriptors tells whether a look could find anything new. It
 * drops what is no longer so when it is asked, and ZeroMQ's thread may have read all bytes by then;
 * so it is asked for room to send too, which there is nearly always. Connections that come have no
 * such second sign: one that is taken in at once may be missed, a flood of them is not. What was
 * told is forgotten before a look, so what comes meanwhile is told again; and since a look may see
 * the sign before the thing, another one follows.
 */
#include "net/crowd.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/map.h"
#include "base/text.h"
#include "net/line.h"

enum { FD_MAX = 1 << 20, EVENTS = 64 };

typedef struct caller {
	unsigned port;  /* at the far end; 0 = nobody */
	uint64_t bytes; /* received by the kernel, at the last look */
	uint64_t taken; /* of these, received as messages */
	bool known;     /* said something */
	bool heard;     /* since the last look */
	bool seen;      /* by this look */
	bool unwanted;  /* at the last look */
	uint8_t user_len;
	uint8_t user[NET_USER_MAX]; /* whose it is, once it is known */
} caller;

struct crowd {
	crowd_limits limits;
	unsigned port;
	caller *callers; /* by descriptor */
	size_t n;
	uint32_t strangers; /* at the last look */
	map users;          /* to the number of their connections, by this look */
	int wake;
	bool hears; /* by this look: those who come are told by WAKE */
};

ms_status
crowd_new(unsigned port, const crowd_limits *limits, crowd **out, ms_error *err)
{
	crowd *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the network");
	c->limits = *limits;
	c->port = port;
	c->wake = epoll_create1(EPOLL_CLOEXEC);
	if (c->wake < 0) {
		free(c);
		return ms_fail(err, MS_IO, MST_NET, "no descriptor to watch a connection");
	}
	*out = c;
	return MS_OK;
}

void
crowd_free(crowd *c)
{
	if (c == NULL)
		return;
	close(c->wake);
	free(c->callers);
	map_fini(&c->users);
	free(c);
}

/* NULL when memory is out: then this one is not judged. */
static caller *
caller_of(crowd *c, int fd)
{
	size_t n = c->n == 0 ? 64 : c->n;
	caller *more;

	if (fd < 0 || fd >= FD_MAX)
		return NULL;
	while (n <= (size_t)fd)
		n *= 2;
	if (n > c->n) {
		more = realloc(c->callers, n * sizeof(*more));
		if (more == NULL)
			return NULL;
		memset(more + c->n, 0, (n - c->n) * sizeof(*more));
		c->callers = more;
		c->n = n;
	}
	return &c->callers[fd];
}

void
crowd_received(crowd *c, int fd, span user, size_t bytes)
{
	caller *at = caller_of(c, fd);

	if (at == NULL)
		return;
	at->taken += line_frame_bytes(bytes);
	at->known = at->heard = true;
	if (user.len > 0 && user.len <= NET_USER_MAX) {
		memcpy(at->user, user.at, user.len);
		at->user_len = (uint8_t)user.len;
	}
}

/* ---- waking ---- */

int
crowd_wake_fd(const crowd *c)
{
	return c->wake;
}

/* Did anything come? It is forgotten. */
static bool
forget_events(const crowd *c)
{
	struct epoll_event events[EVENTS];
	bool came = false;
	int n;

	do {
		n = epoll_wait(c->wake, events, EVENTS, 0);
		came |= n != 0;
	} while (n == EVENTS);
	return came;
}

/* Is FD told of already? Asked each time, since it may stand for another connection, and the kernel
 * forgets what is closed. */
static bool
is_heard_of(const crowd *c, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };

	return epoll_ctl(c->wake, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST;
}

/* ---- looking ---- */

/* The descriptor stands for another connection now. What was heard since may be of this one. */
static void
begin_anew(caller *at, unsigned far, uint64_t bytes)
{
	at->port = far;
	at->taken = bytes;
	at->known = at->heard;
	at->unwanted = false;
	if (!at->known)
		at->user_len = 0;
}

static bool
is_unwanted(const caller *at, const crowd_guest_list *guests)
{
	return at->user_len > 0 && guests->unwanted != NULL &&
	       guests->unwanted(guests->ctx, span_of(at->user, at->user_len));
}

static void
judge(crowd *c, const crowd_guest_list *guests, int fd, unsigned far, crowd_cut *cut)
{
	bool was_unwanted;
	uint64_t bytes;
	caller *at;

	cut->restless |= !is_heard_of(c, fd);
	if (!line_bytes(fd, &bytes))
		return;
	at = caller_of(c, fd);
	if (at == NULL)
		return;
	at->seen = true;
	if (at->port != far || bytes < at->bytes) {
		begin_anew(at, far, bytes);
	} else if (bytes > at->taken && bytes - at->taken > c->limits.unread_bytes) {
		shutdown(fd, SHUT_RDWR);
		cut->endless++;
	} else if (!at->known && c->strangers > c->limits.strangers) {
		shutdown(fd, SHUT_RDWR);
		cut->strangers++;
	}
	was_unwanted = at->unwanted;
	at->unwanted = is_unwanted(at, guests);
	if (was_unwanted && at->unwanted) {
		shutdown(fd, SHUT_RDWR);
		cut->unwanted++;
	}
	cut->restless |= at->unwanted;
	at->bytes = bytes;
	at->heard = false;
}

static void
look_at(crowd *c, const crowd_guest_list *guests, int fd, crowd_cut *cut)
{
	bool waiting = false;
	unsigned far;

	if (line_near_port(fd) != c->port)
		return;
	far = line_far_port(fd);
	if (far != 0)
		judge(c, guests, fd, far, cut);
	else if (line_listens(fd, &waiting))
		c->hears = is_heard_of(c, fd) && !waiting;
}

static span
user_of(const caller *at)
{
	return span_of(at->user, at->seen ? at->user_len : 0);
}

/* Is there a user with more connections than allowed? Of whom memory keeps no count, he is none. */
static bool
count_users(crowd *c)
{
	bool too_many = false;
	size_t i;

	map_reset(&c->users);
	for (i = 0; i < c->n; i++) {
		span user = user_of(&c->callers[i]);
		uint64_t n = 0;

		if (user.len == 0)
			continue;
		map_find(&c->users, user, &n);
		map_put(&c->users, user, n + 1);
		too_many |= n + 1 > c->limits.per_user;
	}
	return too_many;
}

/* A device that is well needs one or two; whose have piled up comes back with one. */
static void
cut_piles(crowd *c, crowd_cut *cut)
{
	size_t i;

	if (c->limits.per_user == 0 || !count_users(c))
		return;
	for (i = 0; i < c->n; i++) {
		span user = user_of(&c->callers[i]);
		uint64_t n = 0;

		if (user.len == 0 || !map_find(&c->users, user, &n) || n <= c->limits.per_user)
			continue;
		shutdown((int)i, SHUT_RDWR);
		cut->too_many++;
	}
}

/* Forget those that are gone; count who said nothing. */
static void
settle(crowd *c)
{
	size_t i;

	c->strangers = 0;
	for (i = 0; i < c->n; i++) {
		caller *at = &c->callers[i];

		if (!at->seen)
			*at = (caller){ 0 };
		c->strangers += at->seen && !at->known;
		at->seen = false;
	}
}

crowd_cut
crowd_look(crowd *c, const crowd_guest_list *guests)
{
	crowd_cut cut = { .restless = forget_events(c) };
	DIR *open_files = opendir("/proc/self/fd");
	struct dirent *entry;
	uint64_t fd;

	c->hears = false;
	while (open_files != NULL && (entry = readdir(open_files)) != NULL)
		if (text_uint(span_str(entry->d_name), FD_MAX, &fd))
			look_at(c, guests, (int)fd, &cut);
	if (open_files != NULL) {
		closedir(open_files);
		cut_piles(c, &cut);
		settle(c);
	}
	cut.restless |= !c->hears;
	return cut;
}
