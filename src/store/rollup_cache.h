/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollup_cache.h - the aggregates of (item, period), kept up by taking old shares out and putting
 * new ones in.
 *
 *   ROLLUP: item id 0x00 period code u32                      -> Rollup (store.proto)
 *   KEY:    indicator id 0x00 period code u32 | key           -> how many units name the key
 *           indicator id 0x01 ...                             the same in the view `accepted`
 *
 * A union's figure is the number of KEY rows of its (indicator, period). For max and min the keys
 * are the shares themselves, in an order of bytes that is theirs: the figure is the last or first.
 */
#ifndef STORE_ROLLUP_CACHE_H
#define STORE_ROLLUP_CACHE_H

#include "base/buf.h"
#include "plan/tally.h"
#include "store/keymap.h"
#include "store/store.h"

typedef struct rollup_entry {
	uint32_t item;
	period at;
	uint32_t actual[VIEWS], on_time[VIEWS];
	uint32_t exempt;
	uint64_t as_of;
	bool dirty;
	struct rollup_entry *next_dirty;
	figure *figures[VIEWS]; /* the item's n_indicators each */
} rollup_entry;

typedef struct rollup_cache {
	const plan *plan;
	keymap index;
	rollup_entry *dirty;
	arena scratch;
	buf row; /* reused for every row written */
} rollup_cache;

void rollup_cache_init(rollup_cache *c, const plan *p);
void rollup_cache_clear(rollup_cache *c);
/* NULL after a failure, which TXN holds. */
rollup_entry *rollup_cache_get(rollup_cache *c, store_txn *txn, uint32_t item, period at);
void rollup_cache_touch(rollup_cache *c, rollup_entry *e);
/* Replace a unit's share of INDICATOR (index within the item) by another one. */
void rollup_move(rollup_cache *c, store_txn *txn, rollup_entry *e, figure_view v,
	uint32_t indicator, const share *old, const share *new_share);
/* Write every changed row. */
void rollup_cache_write(rollup_cache *c, store_txn *txn, uint64_t log_size);

#endif
