/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - the numbered entries addressed to one unit: which leaf, which positions in it.
 *
 *   an entry: leaf varint | n u8 | n bytes of the bitmap of positions, without its trailing zero
 * bytes; n = 0: all of the batch. In blocks (blocks.h), FEED and FEED_TAIL.
 *
 * Numbers begin at 1 and are dense. The first act of a batch is the highest bit of the bitmap's
 * first byte.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "plan/plan.h"
#include "proof/batch.h"
#include "store/blocks.h"

enum { FEED_BITMAP_SIZE = BATCH_ACTS_MAX / 8, FEED_BLOCK = BLOCK_ENTRIES };

typedef struct feed_row {
	uint64_t number;
	uint64_t leaf;
	uint8_t bitmap[FEED_BITMAP_SIZE]; /* bits beyond the batch's count mean nothing */
} feed_row;

static inline bool
feed_has(const feed_row *row, uint16_t position)
{
	return (row->bitmap[position / 8] & (0x80 >> (position % 8))) != 0;
}

/* BITMAP as it is stored and shown: without its trailing zero bytes; empty when it has all COUNT
 * acts. Borrows from BITMAP. */
span feed_positions(const uint8_t *bitmap, uint16_t count);

/* The unit's newest number, 0 = none yet. */
uint64_t feed_last(store_txn *txn, span unit);
/* Append an entry with number *LAST_NUMBER + 1 and move *LAST_NUMBER on. BITMAP has
 * FEED_BITMAP_SIZE bytes, COUNT is the batch's. */
void feed_append(store_txn *txn, span unit, uint64_t *last_number, uint64_t leaf,
	const uint8_t *bitmap, uint16_t count);

/* An entry for every unit of P: the only act of LEAF. */
void feed_tell_all(store_txn *txn, const plan *p, uint64_t leaf);

/* Reading in order of numbers. UNIT is borrowed; nothing has to be closed. */
typedef struct feed_reader {
	store_txn *txn;
	span unit;
	uint64_t next;
	feed_row rows[FEED_BLOCK]; /* of the block at hand, which begins at number FIRST */
	uint64_t first;
	unsigned n;
} feed_reader;

/* The entries after number AFTER. */
void feed_seek(store_txn *txn, span unit, uint64_t after, feed_reader *reader);
bool feed_next(feed_reader *reader, feed_row *out); /* false at the end, or failed */
/*
 * The number of the entry of LEAF, 0: none. What stood before PLAN_LEAF, which put the newest
 * version of the plan in force, may have been granted by a version and then stands behind newer
 * leaves: that is found by a walk.
 */
uint64_t feed_find(store_txn *txn, span unit, uint64_t leaf, uint64_t plan_leaf);

#endif
