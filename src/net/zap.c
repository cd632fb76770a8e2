/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zap.c - one REP thread. An unknown key gets status 400: ZeroMQ's client then gives up at once and
 * its monitor says why, where 300 would leave it waiting for the handshake to time out.
 */
#include "net/zap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "net/inner.h"

enum { FRAMES_MAX = 8, FRAME_MAX = 256, ROOM_MIN = 64 };

typedef struct key_table {
	size_t n, room;
	uint8_t (*keys)[NET_KEY_SIZE]; /* sorted */
} key_table;

struct zap {
	void *socket; /* REP, used by the thread alone */
	void *stop;   /* PAIR, ours; its other end is the thread's */
	void *stopped;
	pthread_t thread;
	pthread_mutex_t lock; /* over `table`: held for a swap, a lookup or one key's way in */
	key_table table;
	atomic_uint_fast64_t refused;
	int death_fd, asked_fd;
};

static int
compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, NET_KEY_SIZE);
}

/* With room for as many again. */
static ms_status
make_table(const uint8_t (*keys)[NET_KEY_SIZE], size_t n, key_table *out)
{
	*out = (key_table){ .n = n, .room = 2 * n + ROOM_MIN };
	out->keys = calloc(out->room, NET_KEY_SIZE);
	if (out->keys == NULL)
		return MS_NO_MEMORY;
	if (n > 0) {
		memcpy(out->keys, keys, n * NET_KEY_SIZE);
		qsort(out->keys, n, NET_KEY_SIZE, compare_keys);
	}
	return MS_OK;
}

/* The first place whose key is not below KEY. */
static size_t
place_of(const key_table *t, const uint8_t *key)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(t->keys[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
has_key(const key_table *t, const uint8_t *key)
{
	size_t at = place_of(t, key);

	return at < t->n && compare_keys(t->keys[at], key) == 0;
}

static bool
is_known(zap *z, const uint8_t *key)
{
	bool found;

	pthread_mutex_lock(&z->lock);
	found = has_key(&z->table, key);
	pthread_mutex_unlock(&z->lock);
	return found;
}

static void
swap_table(zap *z, const key_table *fresh)
{
	key_table old;

	pthread_mutex_lock(&z->lock);
	old = z->table;
	z->table = *fresh;
	pthread_mutex_unlock(&z->lock);
	free(old.keys);
}

/* ---- requests: version, request id, domain, address, identity, mechanism, key ---- */

typedef struct request {
	uint8_t bytes[FRAMES_MAX][FRAME_MAX];
	size_t len[FRAMES_MAX];
	size_t n;
	bool whole;
} request;

static bool
read_request(void *socket, request *r)
{
	int more = 1;
	size_t len = sizeof(more);

	*r = (request){ .whole = true };
	while (more) {
		uint8_t spare[FRAME_MAX];
		uint8_t *to = r->n < FRAMES_MAX ? r->bytes[r->n] : spare;
		int n = zmq_recv(socket, to, FRAME_MAX, ZMQ_DONTWAIT);

		if (n < 0)
			return false;
		r->whole = r->whole && n <= FRAME_MAX && r->n < FRAMES_MAX;
		if (r->n < FRAMES_MAX)
			r->len[r->n++] = n <= FRAME_MAX ? (size_t)n : 0;
		if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &len) != 0)
			return false;
	}
	return true;
}

static bool
frame_is(const request *r, size_t i, const char *text)
{
	return r->len[i] == strlen(text) && memcmp(r->bytes[i], text, r->len[i]) == 0;
}

static void
reply(void *socket, const request *r, const char *status, const char *text, const char *user)
{
	zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
	zmq_send(socket, r->bytes[1], r->len[1], ZMQ_SNDMORE);
	zmq_send(socket, status, 3, ZMQ_SNDMORE);
	zmq_send(socket, text, strlen(text), ZMQ_SNDMORE);
	zmq_send(socket, user, strlen(user), ZMQ_SNDMORE);
	zmq_send(socket, "", 0, 0);
}

static void
answer(zap *z, const request *r)
{
	char user[NET_Z85_SIZE] = "";

	eventfd_write(z->asked_fd, 1);
	if (!r->whole || r->n != 7 || !frame_is(r, 0, "1.0") || !frame_is(r, 5, "CURVE") ||
		r->len[6] != NET_KEY_SIZE) {
		atomic_fetch_add(&z->refused, 1);
		reply(z->socket, r, "400", "CURVE only", "");
	} else if (!is_known(z, r->bytes[6])) {
		atomic_fetch_add(&z->refused, 1);
		reply(z->socket, r, "400", "key not enrolled", "");
	} else {
		net_key_text(r->bytes[6], user);
		reply(z->socket, r, "200", "OK", user);
	}
}

static void *
zap_main(void *arg)
{
	zap *z = arg;
	request r;
	sigset_t all;
	bool asked = false;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (!asked) {
		zmq_pollitem_t items[] = { { .socket = z->socket, .events = ZMQ_POLLIN },
			{ .socket = z->stopped, .events = ZMQ_POLLIN } };

		if (zmq_poll(items, 2, -1) < 0 && zmq_errno() != EINTR)
			break;
		asked = items[1].revents != 0;
		while (read_request(z->socket, &r))
			answer(z, &r);
	}
	zmq_close(z->socket);
	zmq_close(z->stopped);
	if (!asked)
		eventfd_write(z->death_fd, 1);
	return NULL;
}

/* ---- start and stop ---- */

static ms_status
open_sockets(zap *z, net_context *c, ms_error *err)
{
	int none = 0;

	z->socket = zmq_socket(c->handle, ZMQ_REP);
	z->stop = zmq_socket(c->handle, ZMQ_PAIR);
	z->stopped = zmq_socket(c->handle, ZMQ_PAIR);
	if (z->socket == NULL || z->stop == NULL || z->stopped == NULL ||
		zmq_setsockopt(z->socket, ZMQ_LINGER, &none, sizeof(none)) != 0 ||
		zmq_bind(z->socket, "inproc://zeromq.zap.01") != 0 ||
		zmq_bind(z->stop, "inproc://muster-zap-stop") != 0 ||
		zmq_connect(z->stopped, "inproc://muster-zap-stop") != 0)
		return net_fail(err, MST_NET, "start the handshake's handler");
	return MS_OK;
}

static void
free_zap(zap *z)
{
	pthread_mutex_destroy(&z->lock);
	if (z->death_fd >= 0)
		close(z->death_fd);
	if (z->asked_fd >= 0)
		close(z->asked_fd);
	free(z->table.keys);
	free(z);
}

ms_status
zap_start(net_context *c, const uint8_t (*keys)[NET_KEY_SIZE], size_t n, zap **out, ms_error *err)
{
	zap *z = calloc(1, sizeof(*z));
	ms_status s;

	if (z == NULL)
		return ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the handshake's handler");
	pthread_mutex_init(&z->lock, NULL);
	s = make_table(keys, n, &z->table);
	z->death_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	z->asked_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s != MS_OK || z->death_fd < 0 || z->asked_fd < 0)
		s = ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the handshake's handler");
	if (s == MS_OK)
		s = open_sockets(z, c, err);
	if (s == MS_OK && pthread_create(&z->thread, NULL, zap_main, z) != 0)
		s = ms_fail(err, MS_IO, MST_NET, "cannot start the handshake's handler");
	if (s != MS_OK) {
		if (z->socket != NULL)
			zmq_close(z->socket);
		if (z->stop != NULL)
			zmq_close(z->stop);
		if (z->stopped != NULL)
			zmq_close(z->stopped);
		free_zap(z);
		return s;
	}
	*out = z;
	return MS_OK;
}

ms_status
zap_set(zap *z, const uint8_t (*keys)[NET_KEY_SIZE], size_t n)
{
	key_table fresh;

	if (make_table(keys, n, &fresh) != MS_OK)
		return MS_NO_MEMORY;
	swap_table(z, &fresh);
	return MS_OK;
}

ms_status
zap_admit(zap *z, const uint8_t key[NET_KEY_SIZE])
{
	key_table *t = &z->table;
	size_t at;

	/* Only this thread changes the table. */
	if (has_key(t, key))
		return MS_OK;
	if (t->n == t->room && zap_set(z, (const uint8_t(*)[NET_KEY_SIZE])t->keys, t->n) != MS_OK)
		return MS_NO_MEMORY;
	at = place_of(t, key);
	pthread_mutex_lock(&z->lock);
	memmove(t->keys[at + 1], t->keys[at], (t->n - at) * NET_KEY_SIZE);
	memcpy(t->keys[at], key, NET_KEY_SIZE);
	t->n++;
	pthread_mutex_unlock(&z->lock);
	return MS_OK;
}

uint64_t
zap_refused(const zap *z)
{
	return atomic_load(&z->refused);
}

int
zap_asked_fd(const zap *z)
{
	return z->asked_fd;
}

bool
zap_was_asked(zap *z)
{
	eventfd_t times;

	return eventfd_read(z->asked_fd, &times) == 0;
}

int
zap_death_fd(const zap *z)
{
	return z->death_fd;
}

void
zap_stop(zap *z)
{
	if (z == NULL)
		return;
	zmq_send(z->stop, "", 0, ZMQ_DONTWAIT);
	pthread_join(z->thread, NULL);
	zmq_close(z->stop);
	free_zap(z);
}
