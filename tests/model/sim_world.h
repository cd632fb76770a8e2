/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_world.h - a small world for the wire's state machines: peers with outboxes and feeds, one hub
 * with a log, a network that fails.
 *
 * Everything that happens is drawn from one seed. What is on a disk survives a crash, the rest does
 * not. Connections behave as ZeroMQ's do: in order, but they break at any time with all that is on
 * the way, sometimes without anybody noticing, and what an old connection carried may still reach
 * the hub after its device has made a new one.
 *
 * The world judges itself: `broken` holds the first violation, NULL while there is none.
 */
#ifndef TESTS_MODEL_SIM_WORLD_H
#define TESTS_MODEL_SIM_WORLD_H

#include <stdio.h>
#include <stdlib.h>

#include "proof/batch.h"
#include "proof/tree.h"
#include "wire/reader.h"
#include "wire/registry.h"
#include "wire/uplink.h"

enum {
	PEERS_MAX = 5,
	BATCHES_MAX = 40,
	LOG_MAX = 2 * PEERS_MAX * BATCHES_MAX,
	ACTS_MAX = 6,
	ITEMS = 3,
	CONNS_MAX = 64,
	JOBS_MAX = 512,
	LARGE_ROWS = 450, /* of CONTACT_BYTES each: three frames */
	CONTACT_BYTES = 1000,
};

typedef enum mutant {
	MUTANT_NONE = 0,
	MUTANT_RECEIPT_BEFORE_COMMIT,
	MUTANT_NO_DUPLICATE_CHECK,
	MUTANT_CURSOR_BEFORE_DATA, /* the reader's cursor is durable before its entries */
	MUTANT_RESEAL,             /* the device seals again what was sent and not receipted */
	MUTANT_COUNT
} mutant;

typedef struct sim_batch {
	uint64_t first_seq;
	uint16_t count;
	hash32 header_hash;
	uint8_t bytes[BATCH_SIGNED_SIZE + ACTS_MAX * 10];
	size_t len;
	bool receipted;
	uint64_t leaf; /* as the receipt says */
} sim_batch;

/* What a reader has made durable of an entry. */
typedef struct sim_entry {
	uint64_t number, leaf;
	uint32_t shown; /* bits of the positions */
	bool withheld;
} sim_entry;

struct world;

typedef struct peer {
	struct world *w;
	unsigned index;
	uint32_t roles, classes;
	/* disk */
	sim_batch *sealed;
	size_t n_sealed;
	uint64_t next_seq;
	hash32 last_header;
	uint64_t cursor;
	sim_entry *entries;
	size_t n_entries;
	uint64_t as_of[ITEMS];
	/* memory */
	uplink *up;
	reader *reader;
	bool socket;
	int conn; /* index, -1 = not connected */
	int64_t deadline_us;
	sim_entry *unsaved; /* MUTANT_CURSOR_BEFORE_DATA */
	size_t n_unsaved;
} peer;

typedef struct parcel {
	struct parcel *next;
	buf bytes;
} parcel;

typedef struct pipe {
	parcel *first, **last;
	size_t n;
} pipe;

/* One TCP connection. */
typedef struct conn {
	bool used;
	unsigned peer;
	uint64_t routing;
	bool device_end, hub_end; /* who still believes in it */
	bool broken;              /* nothing passes any more, but nobody was told */
	pipe up, down;
} conn;

typedef struct sim_leaf {
	unsigned peer;
	uint64_t first_seq;
	size_t batch; /* index in the peer's sealed, by content */
	hash32 header_hash;
	uint16_t count;
	uint8_t bytes[BATCH_SIGNED_SIZE + ACTS_MAX * 10];
	size_t len;
} sim_leaf;

typedef struct hub_disk {
	sim_leaf *log;
	size_t n_log;
	uint64_t next_seq[PEERS_MAX];
	hash32 last_header[PEERS_MAX];
	uint64_t as_of[ITEMS];
} hub_disk;

typedef struct job {
	uint64_t session;
	unsigned peer;
	uint8_t bytes[BATCH_SIGNED_SIZE + ACTS_MAX * 10];
	size_t len;
	session_outcome outcome;
} job;

typedef struct world {
	uint64_t random, trace;
	mutant mutant;
	bool large; /* the rollup of item 0 takes several frames */
	const char *broken;
	char why[800];
	int64_t now;
	bool quiet;
	peer peers[PEERS_MAX];
	unsigned n_peers;
	size_t batches_each;
	conn conns[CONNS_MAX];
	uint64_t routings;
	/* hub */
	hub_disk disk;
	registry *reg;
	session_hub hub;
	feed_source feeds;
	job *jobs;
	size_t n_jobs;
	arena memory;
	/* how much happened */
	uint64_t crashes, drops, resent, frames;
} world;

static const hub_id sim_hub = { "hub-of-the-city!" };

static uint64_t
draw(world *w, uint64_t below)
{
	uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

/* True once in N, never in the quiet phase. */
static bool
trouble(world *w, uint64_t n)
{
	return draw(w, n) == 0 && !w->quiet;
}

static void
trace(world *w, uint64_t what, uint64_t where)
{
	w->trace = (w->trace ^ (what * 31 + where) ^ (uint64_t)w->now) * UINT64_C(0x100000001b3);
}

static void
violate(world *w, const char *what, uint64_t a, uint64_t b)
{
	if (w->broken != NULL)
		return;
	snprintf(w->why, sizeof(w->why), "%s (%llu, %llu)", what, (unsigned long long)a,
		(unsigned long long)b);
	w->broken = w->why;
}

/* ---- network ---- */

static void
pipe_clear(pipe *p)
{
	while (p->first != NULL) {
		parcel *gone = p->first;

		p->first = gone->next;
		buf_fini(&gone->bytes);
		free(gone);
	}
	p->last = &p->first;
	p->n = 0;
}

static void
pipe_put(world *w, pipe *p, const frame *f)
{
	parcel *one = calloc(1, sizeof(*one));

	if (one == NULL || frame_encode(f, &w->memory, &one->bytes) != MS_OK) {
		violate(w, "a frame cannot be encoded", f->kind, 0);
		free(one);
		return;
	}
	if (one->bytes.len > FRAME_BYTES_MAX)
		violate(w, "a frame is too large", f->kind, one->bytes.len);
	if (p->last == NULL)
		p->last = &p->first;
	*p->last = one;
	p->last = &one->next;
	p->n++;
	w->frames++;
}

/* Take the oldest parcel and decode it; the caller frees it. */
static parcel *
pipe_take(world *w, pipe *p, frame *f)
{
	parcel *one = p->first;

	p->first = one->next;
	if (p->first == NULL)
		p->last = &p->first;
	p->n--;
	if (frame_decode(buf_span(&one->bytes), &w->memory, f, NULL) != MS_OK)
		violate(w, "a frame cannot be decoded", 0, 0);
	return one;
}

static void
parcel_free(parcel *one)
{
	buf_fini(&one->bytes);
	free(one);
}

static conn *
conn_of(peer *p)
{
	return p->conn < 0 ? NULL : &p->w->conns[p->conn];
}

/* Both ends have let go of it and nothing is on the way. */
static void
conn_reap(conn *c)
{
	if (c->used && !c->device_end && (!c->hub_end || c->up.n == 0)) {
		pipe_clear(&c->up);
		pipe_clear(&c->down);
		c->used = false;
	}
}

/* The device's end closes. What is on the way up may still arrive. */
static void
device_lets_go(world *w, peer *p)
{
	conn *c = conn_of(p);

	p->conn = -1;
	if (c == NULL)
		return;
	c->device_end = false;
	pipe_clear(&c->down);
	if (c->broken || draw(w, 2) == 0)
		pipe_clear(&c->up);
	conn_reap(c);
}

static ms_status
device_send(void *ctx, const frame *f)
{
	peer *p = ctx;
	conn *c = conn_of(p);

	if (c == NULL)
		return draw(p->w, 2) == 0
			       ? MS_AGAIN
			       : MS_OK; /* accepted by libzmq and gone: "sent" means nothing */
	if (!c->broken && c->hub_end)
		pipe_put(p->w, &c->up, f);
	return MS_OK;
}

static ms_status
hub_send(void *ctx, span routing, const frame *f)
{
	world *w = ctx;
	uint64_t id = be64_get(routing.at);
	size_t i;

	for (i = 0; i < CONNS_MAX; i++)
		if (w->conns[i].used && w->conns[i].routing == id && w->conns[i].hub_end)
			break;
	if (i == CONNS_MAX)
		return MS_UNREACHABLE;
	if (w->conns[i].device_end && !w->conns[i].broken)
		pipe_put(w, &w->conns[i].down, f);
	return MS_OK;
}

#endif
