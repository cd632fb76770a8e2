/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_head.h - the hash chain of a unit's feed (proof/feed_chain.h) as far as it was followed.
 *
 *   FEED_HEAD: unit -> count u64 | chain 32 | stated u64
 *
 * The row is a place to go on from, written now and then; the chain itself follows from the feed.
 */
#ifndef STORE_FEED_HEAD_H
#define STORE_FEED_HEAD_H

#include "base/hash.h"
#include "store/store.h"

typedef struct feed_head {
	uint64_t count; /* entries in CHAIN */
	hash32 chain;
	uint64_t stated; /* nothing up to this entry needs to be stated any more */
} feed_head;

/* All zero when there is none. */
void feed_head_load(store_txn *txn, span unit, feed_head *out);
void feed_head_save(store_txn *txn, span unit, const feed_head *head);
/* Take in the stored entries up to number LAST. */
void feed_head_follow(store_txn *txn, span unit, uint64_t last, feed_head *head);

#endif
