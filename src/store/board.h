/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.h - the newest state of one (item, period) as its leads see it: counts, figures against
 * targets, who is missing.
 *
 * Key of a rollup: item index << 32 | period code; the period is one in which the item reports.
 */
#ifndef STORE_BOARD_H
#define STORE_BOARD_H

#include "codec/frame.h"
#include "plan/tally.h"
#include "store/store.h"

/* Is the unit's agent connected, and when was it last heard (hub time; 0 = never)? */
typedef struct board_links {
	void *ctx;
	unit_link (*of)(void *ctx, uint32_t unit, int64_t *last_seen_us);
} board_links;

static inline uint64_t
board_key(uint32_t item, period at)
{
	return (uint64_t)item << 32 | period_code(at);
}

/* Build the rollup named by KEY in MEMORY, by the plan of RULINGS_NOW, which are all of TXN.
 * MS_NOT_FOUND for a key that the plan does not have. */
ms_status board_rollup(store_txn *txn, const rulings *rulings_now, uint64_t key,
	const board_links *links, arena *memory, feed_rollup *out, ms_error *err);

/* The same counted from slots kept anywhere; without links (link 0: not known), as_of 0. */
ms_status board_of_slots(const slots *all, uint64_t key, arena *memory, feed_rollup *out);

#endif
