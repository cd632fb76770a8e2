/* SPDX-License-Identifier: Apache-2.0 */
/* store_testing.h - a directory that goes away, stores in it, batches to put into them. */
#ifndef TESTS_STORE_STORE_TESTING_H
#define TESTS_STORE_STORE_TESTING_H

#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "proof/batch.h"
#include "store/record.h"
#include "store/store.h"

typedef struct place {
	char dir[256];  /* the test's own */
	char data[300]; /* where the store lies */
} place;

static inline void
place_make(place *p)
{
	const char *base = getenv("TMPDIR");

	snprintf(p->dir, sizeof(p->dir), "%s/muster-store-XXXXXX", base == NULL ? "/tmp" : base);
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->data, sizeof(p->data), "%s/data", p->dir);
}

static inline int
place_remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void
place_clear(place *p)
{
	char disk[300];

	/* A test that failed midway may have left its file system. */
	snprintf(disk, sizeof(disk), "%s/disk", p->dir);
	umount2(disk, MNT_DETACH);
	nftw(p->dir, place_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int
place_setup(void **state)
{
	place *p = calloc(1, sizeof(*p));

	place_make(p);
	*state = p;
	return 0;
}

static inline int
place_teardown(void **state)
{
	place_clear(*state);
	free(*state);
	return 0;
}

/* What the rows of the store in DIR take on the disk, in bytes. */
static inline off_t
file_size(const char *dir)
{
	char path[400];
	struct stat st;

	snprintf(path, sizeof(path), "%s/data.mdb", dir);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static inline store *
open_at(const char *dir, store_kind kind, uint64_t map_bytes)
{
	store_options options = {
		.kind = kind, .map_bytes = map_bytes == 0 ? 256u << 20 : map_bytes, .create = true
	};
	ms_error e = { 0 };
	store *s = NULL;

	if (store_open(dir, &options, &s, &e) != MS_OK)
		fail_msg("%s", e.text);
	return s;
}

static inline void
commit(store_txn *txn)
{
	ms_error e = { 0 };

	if (store_commit(txn, &e) != MS_OK)
		fail_msg("%s", e.text);
}

/* xorshift: the same numbers on every machine. */
static inline uint64_t
dice(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline sign_key
test_key(uint8_t seed)
{
	uint8_t bytes[SIGN_SEED_SIZE];
	sign_key key;

	memset(bytes, seed, sizeof(bytes));
	sign_key_from_seed(bytes, &key);
	return key;
}

/* A sealed batch of COUNT acts of SIZE bytes each, filled from *STATE, in BYTES and taken apart
 * into VIEW. */
static inline void
make_batch(uint64_t *state, const sign_key *key, uint64_t first_seq, hash32 prev, uint16_t count,
	size_t size, buf *bytes, batch_view *view)
{
	batch_header h = { .first_seq = first_seq, .prev = prev, .schema = 1, .device_time_us = 7 };
	span acts[BATCH_ACTS_MAX];
	uint8_t *room = malloc(count * size);
	size_t i;

	memset(h.hub.at, 1, ID_SIZE);
	memset(h.device.at, 2, ID_SIZE);
	assert_non_null(room);
	for (i = 0; i < count * size; i++)
		room[i] = (uint8_t)dice(state);
	for (i = 0; i < count; i++)
		acts[i] = span_of(room + i * size, size);
	buf_reset(bytes);
	assert_int_equal(batch_seal(&h, acts, count, key, bytes, NULL), MS_OK);
	assert_int_equal(batch_open(buf_span(bytes), view), BATCH_GOOD);
	free(room);
}

/* Rows of SIZE bytes under the keys FROM, FROM + 1, ... of the SLOT table. */
static inline void
fill_rows(store *s, unsigned from, unsigned n, size_t size)
{
	store_txn txn;
	uint8_t key[8], *value = calloc(1, size);
	unsigned i;

	store_begin(s, &txn, STORE_WRITE);
	for (i = from; i < from + n; i++) {
		be64_put(key, i);
		memset(value, (int)i, size);
		record_put(&txn, TABLE_SLOT, span_of(key, 8), span_of(value, size));
	}
	commit(&txn);
	free(value);
}

#endif
