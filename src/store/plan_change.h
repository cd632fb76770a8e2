/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_change.h - a new version of the plan takes effect in a hub: what it would leave behind, and
 * the leaf, rows and feed entries that follow it.
 *
 * NEXT is the whole plan with the new version (plan_append, plan_load); the version before it is
 * the one that the hub has.
 */
#ifndef STORE_PLAN_CHANGE_H
#define STORE_PLAN_CHANGE_H

#include "plan/slot.h"
#include "store/hub_stream.h"

/* How many digits tell a version, at least. */
enum { PLAN_AFTER_MIN = 8 };

/* A slot that is open now and would be nobody's. */
typedef struct plan_orphan {
	slot_at at; /* indexes of NEXT */
	slot_state state;
} plan_orphan;

/*
 * The slots that the version before NEXT gives to somebody and NEXT to nobody, though something was
 * stated on them, or their period has begun, they are owed, and no successor of their unit takes
 * them over. In MEMORY.
 */
ms_status plan_change_orphans(store_txn *txn, const plan *next, int64_t now_us, arena *memory,
	plan_orphan **out, size_t *n, ms_error *err);
/*
 * Put NEXT into force, if it follows the version AFTER (its first digits; NULL or "": any, as long
 * as NEXT puts back nothing that a version changed): a leaf of the hub, known to every unit;
 * whoever leads or observes anew gets the past into its feed; slots and rollups are counted anew.
 * MS_EXISTS: it changes nothing; MS_BUSY: another version came between; MS_CONFIG: it leaves
 * orphans or follows another version. Whoever holds the ledger in memory has to begin anew after
 * the commit.
 */
ms_status plan_change_apply(store_txn *txn, log_state *log, const hub_keys *keys, const plan *next,
	const char *after, int64_t now_us, uint64_t *leaf, ms_error *err);

/* What follows once NEXT stands in the log as LEAF, its last: feeds of those who may see more,
 * slots and rollups counted anew. */
void plan_change_follow(
	store_txn *txn, const plan *next, uint64_t leaf, uint64_t size, int64_t now_us);

#endif
