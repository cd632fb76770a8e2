/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot_cache.h - the slots that the ledger works on, and their rows.
 *
 *   SLOT: unit id 0x00 item id 0x00 period code u32 -> Slot (store.proto)
 *
 * Unit first: the slots of one office lie side by side, so an office's batch touches few pages.
 */
#ifndef STORE_SLOT_CACHE_H
#define STORE_SLOT_CACHE_H

#include "base/buf.h"
#include "plan/figure.h"
#include "plan/judge.h"
#include "plan/slot.h"
#include "store/keymap.h"
#include "store/store.h"

typedef struct slot_entry {
	slot_at at;
	slot slot;
	value *values;      /* what the rollups hold of it: the item's n_indicators, in `block` */
	void *block;        /* one allocation for values and their keys */
	const report *live; /* newest live report of this turn (borrowed until the flush); NULL when
			       none is live */
	bool dirty;         /* row differs from the stored one */
	bool moved;         /* live content differs from `values` */
	bool counted, counted_on_time; /* as the rollup has it */
	int64_t lock_us;
	struct slot_entry *next_dirty;
} slot_entry;

typedef struct slot_cache {
	const plan *plan;
	keymap index;
	slot_entry *dirty; /* newest first */
	arena scratch;
	buf row; /* reused for every row written */
} slot_cache;

void slot_cache_init(slot_cache *c, const plan *p);
/* Drop everything; the cache stays usable. */
void slot_cache_clear(slot_cache *c);
/* The slot, read from its row the first time. NULL after a failure, which TXN holds. */
slot_entry *slot_cache_get(slot_cache *c, store_txn *txn, slot_at at);
void slot_cache_touch(slot_cache *c, slot_entry *e);
/* Make V (n_indicators of the item) the values held. */
ms_status slot_entry_hold(slot_entry *e, const value *v, uint32_t n);
/* Write the row of a dirty entry. */
void slot_cache_write(slot_cache *c, store_txn *txn, slot_entry *e);

enum { SLOT_KEY_MAX = 2 * (PLAN_ID_MAX + 1) + 4 };
span slot_key(const plan *p, slot_at at, uint8_t out[SLOT_KEY_MAX]);

#endif
