/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - the hub's append-only Merkle log: one row per leaf, a leaf being a batch.
 *
 * The row holds the batch as it came, the verdicts, the tree nodes that the leaf completed, and for
 * each act the place of the record stored before it in the same slot, so that a slot's history can
 * be walked back.
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "base/buf.h"
#include "plan/act.h"
#include "proof/batch.h"
#include "proof/tree.h"
#include "store/store.h"

#define LOG_STATE_KEY "log" /* of its row in META */

/* What the writer holds between transactions. After an abort: log_state_load again. */
typedef struct log_state {
	tree_frontier tree;      /* tree.size = leaves */
	int64_t last_us;         /* hub time of the last leaf */
	int64_t manual_clock_us; /* a simulated clock that stands still is moved by hand; kept here
				  */
	int64_t noticed_us;      /* every light that passed up to then has its notice */
	buf *grown;              /* takes the hash of each leaf appended; NULL: nobody asks */
	uint32_t generation;     /* 0: the first; else RESTORE_LEAF opened it (restored.h) */
	uint64_t restore_leaf;
} log_state;

/* An empty log gives an empty state. */
void log_state_load(store_txn *txn, log_state *state);
void log_state_save(store_txn *txn, const log_state *state);

/*
 * Append BATCH and return its leaf index. HUB_TIME_US >= state->last_us; VERDICTS one byte an act;
 * PREVS one an act (leaf UINT64_MAX = none; NULL = none at all). Call log_state_save once before
 * the commit.
 */
uint64_t log_append(store_txn *txn, log_state *state, const batch_view *batch, int64_t hub_time_us,
	const uint8_t *verdicts, const record_place *prevs);

/* One leaf; everything borrows from the transaction. */
typedef struct log_record {
	uint64_t leaf;
	int64_t hub_time_us;
	uint16_t count;
	span header, signature, verdicts;
	span nodes; /* 32 bytes each, the leaf's hash first */
	span prevs;
	span acts; /* u16 length | bytes, count times: as in the batch */
} log_record;

/*
 * False: no such leaf, or the row is damaged (MS_CORRUPT, noted). Everything but the acts is
 * checked here; the acts are held by the root in the header, see log_check.
 */
bool log_read(store_txn *txn, uint64_t leaf, log_record *out);
span log_act(const log_record *r, uint16_t at);
void log_acts(const log_record *r, span acts[BATCH_ACTS_MAX]);
/* False when the row is damaged; PREV->leaf is UINT64_MAX where there was none. */
bool log_prev(const log_record *r, uint16_t at, record_place *prev);
/* Were these, one an act, the PREVS it was appended with? NULL: none at all. */
bool log_prevs_are(const log_record *r, const record_place *prevs);
/* Header, signature and acts joined again: the batch byte for byte as it came, appended to OUT. */
ms_status log_batch(const log_record *r, buf *out);
/* Do the acts give the header's root, and header, verdicts and time the leaf's hash? False after
 * noting MS_CORRUPT. */
bool log_check(store_txn *txn, const log_record *r);

/*
 * The whole log, by a reader that must not hold old pages of a live hub: TAKE gets every leaf in
 * order, and while it does, TXN (STORE_READ) lets go of its snapshot again and again, so that
 * nothing read may be kept from one leaf to the next. In the end TXN and STATE are one snapshot,
 * and all its leaves were taken. TAKE returns false to end it early.
 */
typedef bool (*log_taker)(void *ctx, uint64_t leaf);
void log_follow(store_txn *txn, log_state *state, log_taker take, void *ctx);

/* Stored tree nodes for proofs: fill NODES so that it reads through TXN. */
void log_nodes(store_txn *txn, tree_nodes *nodes);

#endif
