/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backlog.c - a hash table of the peers for whom something waits, and of some for whom it did:
 * those go when the table is full.
 *
 * The socket's thread alone adds and looks; ZeroMQ's threads only count down. The backlog is held
 * by its socket and by every piece, and goes with the last of them.
 */
#include "net/backlog.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024, PEERS_LEAST = 256, PEER_NAME_MAX = 256 };

typedef struct waiting {
	struct waiting *next;
	atomic_size_t bytes;
	size_t name_len;
	uint8_t name[];
} waiting;

struct backlog {
	atomic_size_t holders;
	waiting *buckets[BUCKETS];
	size_t peers, sweep_at;
};

struct backlog_piece {
	backlog *home;
	waiting *of;
	size_t len;
	uint8_t bytes[];
};

backlog *
backlog_new(void)
{
	backlog *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	atomic_init(&b->holders, 1);
	b->sweep_at = PEERS_LEAST;
	return b;
}

/* Of everybody, or of those for whom nothing waits. */
static void
forget(backlog *b, bool everybody)
{
	waiting **at, *w;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (at = &b->buckets[i]; (w = *at) != NULL;) {
			if (!everybody && atomic_load(&w->bytes) > 0) {
				at = &w->next;
				continue;
			}
			*at = w->next;
			free(w);
			b->peers--;
		}
}

void
backlog_leave(backlog *b)
{
	if (b == NULL || atomic_fetch_sub(&b->holders, 1) > 1)
		return;
	forget(b, true);
	free(b);
}

/* Routing ids are chosen by the socket; a peer that chooses its own slows its own way only. */
static size_t
bucket_of(span peer)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < peer.len; i++)
		hash = (hash ^ peer.at[i]) * 16777619u;
	return (hash ^ hash >> 16) % BUCKETS;
}

static waiting *
find(const backlog *b, span peer)
{
	waiting *w = b->buckets[bucket_of(peer)];

	while (w != NULL && !span_equal(span_of(w->name, w->name_len), peer))
		w = w->next;
	return w;
}

static waiting *
find_or_make(backlog *b, span peer)
{
	waiting *w = find(b, peer), **bucket = &b->buckets[bucket_of(peer)];

	if (w != NULL || peer.len > PEER_NAME_MAX)
		return w;
	if (b->peers >= b->sweep_at) {
		forget(b, false);
		b->sweep_at = 2 * b->peers + PEERS_LEAST;
	}
	w = calloc(1, sizeof(*w) + peer.len);
	if (w == NULL)
		return NULL;
	atomic_init(&w->bytes, 0);
	w->name_len = peer.len;
	memcpy(w->name, peer.at, peer.len);
	w->next = *bucket;
	*bucket = w;
	b->peers++;
	return w;
}

ms_status
backlog_add(backlog *b, span peer, span bytes, size_t max, backlog_piece **out)
{
	waiting *w = find_or_make(b, peer);
	backlog_piece *piece;

	if (w == NULL)
		return MS_NO_MEMORY;
	if (atomic_load(&w->bytes) + bytes.len > max)
		return MS_AGAIN;
	piece = malloc(sizeof(*piece) + bytes.len);
	if (piece == NULL)
		return MS_NO_MEMORY;
	*piece = (backlog_piece){ .home = b, .of = w, .len = bytes.len };
	memcpy(piece->bytes, bytes.at, bytes.len);
	atomic_fetch_add(&w->bytes, bytes.len);
	atomic_fetch_add(&b->holders, 1);
	*out = piece;
	return MS_OK;
}

void *
backlog_bytes(backlog_piece *piece)
{
	return piece->bytes;
}

void
backlog_done(void *at, void *sent)
{
	backlog_piece *piece = sent;
	backlog *home = piece->home;

	(void)at;
	atomic_fetch_sub(&piece->of->bytes, piece->len);
	free(piece);
	backlog_leave(home);
}

size_t
backlog_of(const backlog *b, span peer)
{
	waiting *w = find(b, peer);

	return w == NULL ? 0 : atomic_load(&w->bytes);
}
