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
#include "plan/tally.h"
#include "store/keymap.h"
#include "store/store.h"

/* What the rollups hold of a slot in one view. */
typedef struct slot_held {
	uint32_t revision; /* 0: none */
	value *values;     /* the item's n_indicators, of values_clone */
	bool counted, on_time;
} slot_held;

typedef struct slot_entry {
	slot_at at;
	slot slot;
	slot_held held[VIEWS];
	bool counted_exempt;
	const report *fresh; /* a report of this turn, borrowed until the flush */
	uint32_t fresh_revision;
	bool dirty; /* row differs from the stored one */
	struct slot_entry *next_dirty;
} slot_entry;

typedef struct slot_cache {
	const rulings *rulings;
	const plan *plan;
	keymap index;
	arena votes;       /* of the slots held */
	slot_entry *dirty; /* newest first */
	bool anew;         /* what is read is in no rollup yet */
	arena scratch;
	buf row; /* reused for every row written */
} slot_cache;

/* RULINGS is borrowed; those of the transaction at hand. */
void slot_cache_init(slot_cache *c, const rulings *r);
/* Drop everything; the cache stays usable. */
void slot_cache_clear(slot_cache *c);
/* The slot, read from its row the first time. NULL after a failure, which TXN holds. */
slot_entry *slot_cache_get(slot_cache *c, store_txn *txn, slot_at at);
/* The entry if it is held already, else NULL. */
slot_entry *slot_cache_find(const slot_cache *c, slot_at at);
void slot_cache_touch(slot_cache *c, slot_entry *e);
/* What the rollups must hold of it now. */
slot_held slot_entry_counts(const slot_cache *c, const slot_entry *e, figure_view v);
/* Write the row of a dirty entry. */
void slot_cache_write(slot_cache *c, store_txn *txn, slot_entry *e);

enum { SLOT_KEY_MAX = 2 * (PLAN_ID_MAX + 1) + 4 };
span slot_key(const plan *p, slot_at at, uint8_t out[SLOT_KEY_MAX]);

#endif
