/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - the numbered entries addressed to one unit: which leaf, which positions in it.
 *
 *   FEED: unit id 0x00 number u64 -> FEED_BLOCK entries, the first of them has the number
 *   TAIL: unit id                 -> number u64 of the first | the entries since the last whole
 * block, 0 to FEED_BLOCK - 1
 *   an entry: leaf varint | n u8 | n bytes of the bitmap of positions, without its trailing zero
 * bytes; n = 0: all of the batch
 *
 * Numbers begin at 1 and are dense, so the block of a number is known. The tails of all units lie
 * side by side: what a lone report adds to six feeds is one page, not six. The first act of a batch
 * is the highest bit of the bitmap's first byte.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "proof/batch.h"
#include "store/store.h"

enum { FEED_BITMAP_SIZE = BATCH_ACTS_MAX / 8, FEED_BLOCK = 16 };

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

/* The unit's newest number, 0 = none yet. */
uint64_t feed_last(store_txn *txn, span unit);
/* Append an entry with number *LAST_NUMBER + 1 and move *LAST_NUMBER on. BITMAP has
 * FEED_BITMAP_SIZE bytes, COUNT is the batch's. */
void feed_append(store_txn *txn, span unit, uint64_t *last_number, uint64_t leaf,
	const uint8_t *bitmap, uint16_t count);

/* Reading in order of numbers. UNIT is borrowed; nothing has to be closed. */
typedef struct feed_reader {
	store_txn *txn;
	span unit;
	uint64_t next;
	feed_row rows[FEED_BLOCK]; /* of the block at hand */
	unsigned n;
} feed_reader;

/* The entries after number AFTER. */
void feed_seek(store_txn *txn, span unit, uint64_t after, feed_reader *reader);
bool feed_next(feed_reader *reader, feed_row *out); /* false at the end, or failed */
/* The number of the last entry before instant US (hub time): the cursor from which everything at or
 * after US follows. */
uint64_t feed_before_time(store_txn *txn, span unit, int64_t us);

#endif
