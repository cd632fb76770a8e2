/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_had.h - which acts of a leaf feeds have already, for who goes over the log in its order.
 *
 * A feed is in the order of the log, but for where a version of the plan showed its unit the past:
 * it is a few runs, each of them in that order. Of all runs together the entries of a window of
 * leaves are in memory.
 */
#ifndef STORE_FEED_HAD_H
#define STORE_FEED_HAD_H

#include "base/arena.h"
#include "store/feed.h"
#include "store/keymap.h"

typedef struct feed_had {
	store_txn *txn;
	uint64_t window;     /* so many leaves */
	buf units;           /* span */
	buf runs;            /* feed_run */
	uint64_t first, end; /* the leaves in memory */
	keymap bitmaps;
	arena memory;
} feed_had;

/* Nobody's feed yet. feed_had_fini ends it. */
void feed_had_init(feed_had *h, store_txn *txn, uint64_t window);
/* The next feed, numbered from 0 on: the one of UNIT (borrowed) as it is now. A failure is TXN's.
 */
void feed_had_add(feed_had *h, span unit);
/* What the feed WHO has of LEAF, which is never less than asked for before: a bitmap, valid until
 * the next question; NULL: nothing. A failure is TXN's. */
const uint8_t *feed_had_of(feed_had *h, size_t who, uint64_t leaf);
void feed_had_fini(feed_had *h);

#endif
