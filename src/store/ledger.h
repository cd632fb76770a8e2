/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.h - what the log adds up to: slots, rollups and feeds, kept in the transaction that stores
 * the acts (promises 2 and 8 of src/README.md).
 *
 * Slots and rollups are cached and flushed once per transaction. A slot remembers the values that
 * its rollups hold; at the flush its old share is taken out of every figure and the new one put in,
 * so a hundred revisions in one transaction cost one update. After an aborted transaction
 * ledger_discard drops every cache.
 *
 * One ledger belongs to one thread and one write transaction at a time.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "plan/tally.h"
#include "store/hub_stream.h"
#include "store/log.h"
#include "store/store.h"

typedef struct ledger ledger;

/* The plan is borrowed. SLOTS_MAX bounds the cache (entries); 0 = 50,000. */
ledger *ledger_new(const plan *p, size_t slots_max);
void ledger_free(ledger *l);

/* What one batch asks of the ledger and what it gets back. */
typedef struct ledger_batch {
	/* in */
	const act *acts;
	uint16_t count;
	int unit; /* of the device, index in the plan, or PLAN_NO_UNIT */
	uint64_t leaf;
	int64_t hub_time_us;
	/* out */
	uint8_t verdicts[BATCH_ACTS_MAX];
	record_place prevs[BATCH_ACTS_MAX]; /* record stored before in the same slot; leaf
					       UINT64_MAX = none */
} ledger_batch;

/*
 * Judge and take in the acts of one batch. The acts and what they borrow must live until
 * ledger_flush. Call before the batch is appended to the log as leaf B->leaf, then ledger_route
 * with the same batch.
 */
void ledger_take(ledger *l, store_txn *txn, ledger_batch *b);
/* Append the batch's feed entries: stored acts to the item's leads and the observers, everything to
 * the unit itself. */
void ledger_route(ledger *l, store_txn *txn, const ledger_batch *b);
/* The feed entries of B, one act of the hub that is about no slot: of the unit that it names and
 * the observers, or of everyone. */
void ledger_tell(ledger *l, store_txn *txn, const ledger_batch *b);
/*
 * The lights that passed after LOG's noticed_us and not after UNTIL, in order, each once, as acts
 * of the hub, with their feed entries. Call before anything that came at or after UNTIL is taken,
 * so that each light is judged by what came before it. False after a failure, which TXN holds.
 */
bool ledger_notice(
	ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t until_us);
/* Has a light passed after LOG's noticed_us and not after UNTIL? Instants until then are forgotten.
 * True also after a failure, which TXN holds. */
bool ledger_owes_notice(ledger *l, store_txn *txn, const log_state *log, int64_t until_us);
/*
 * State every feed that grew since the last statement, when that is an hour ago. Call before
 * anything that came at NOW is taken. False after a failure, which TXN holds.
 */
bool ledger_state_feeds(
	ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t now_us);
/*
 * State every feed that has an entry, at NOW, not before LOG's newest leaf. What is appended to it
 * from older leaves lies behind a newer one then, and is known as such. False after a failure,
 * which TXN holds.
 */
bool ledger_state_every_feed(
	ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t now_us);
/* The leaf B, such a statement, taken again (store/rebuild.h). False: it states other feeds than L
 * has, or a failure, which TXN holds. */
bool ledger_take_statement(ledger *l, store_txn *txn, const ledger_batch *b);
/* When there will be something to state, as far as L knows; INT64_MAX: nothing. */
int64_t ledger_next_statement(const ledger *l);
/* The same by the newest statement alone; in the past when there was none. */
int64_t feeds_due(store_txn *txn);
/* The next instant after LOG's noticed_us at which a light may pass, with what L holds; INT64_MAX:
 * none. */
int64_t ledger_next_notice(ledger *l, store_txn *txn, const log_state *log);
/* When a light may pass next or feeds are to be stated, by what is stored. */
int64_t ledger_due(store_txn *txn, const plan *p, const log_state *log);
/* Bring the rollups up to date and write every changed slot and rollup. LOG_SIZE: leaves including
 * this transaction's. */
void ledger_flush(ledger *l, store_txn *txn, uint64_t log_size);
/*
 * Slots and rollups from their reports and decisions anew, by the plan that L was made with, which
 * may be another version than the one they were counted by; and the instants after NOW at which
 * lights of single slots pass. L is new or discarded.
 */
void ledger_rebuild(ledger *l, store_txn *txn, uint64_t log_size, int64_t now_us);
/*
 * What the turn changed, for those who wait for it: UNITS (indexes; whose feeds grew) and ROLLUPS
 * (item << 32 | period code, of the items' own periods; one may stand twice). The arrays are the
 * ledger's.
 */
typedef struct ledger_changes {
	const uint32_t *units;
	size_t n_units;
	const uint64_t *rollups;
	size_t n_rollups;
} ledger_changes;

/* As of the last flush, until ledger_settle or ledger_discard. */
ledger_changes ledger_look(const ledger *l);

/* Forget everything held in memory: after an abort. */
void ledger_discard(ledger *l);
/* The turn is committed: forget what it changed, and the caches when they are over their bound. */
void ledger_settle(ledger *l);

/* Readers on other threads use these with a transaction of their own. */
typedef struct rollup {
	figure *figures[VIEWS]; /* the item's n_indicators each */
	uint32_t actual[VIEWS], on_time[VIEWS];
	uint32_t exempt; /* slots */
	uint64_t as_of;
} rollup;

/* The rollup of (ITEM, AT), AT also a half or a year; all empty when nothing was stored. Lives in
 * MEMORY. */
ms_status rollup_read(store_txn *txn, const plan *p, uint32_t item, period at, arena *memory,
	rollup *out, ms_error *err);
/* The slot under the rulings R of the same transaction (store/ruling_rows.h), as new when nothing
 * was stated on it, and (unless NULL) its values in both views. */
ms_status slot_read(store_txn *txn, const rulings *r, slot_at at, arena *memory, slot *out,
	slot_values *values, ms_error *err);

#endif
