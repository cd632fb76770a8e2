/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_parts.h - inside store: the ledger as its files see it. */
#ifndef STORE_LEDGER_PARTS_H
#define STORE_LEDGER_PARTS_H

#include "store/feed.h"
#include "store/feed_head.h"
#include "store/ledger.h"
#include "store/rollup_cache.h"
#include "store/slot_cache.h"

/* One reader's part of the batch at hand, and where its feed stands. */
typedef struct reader {
	uint8_t bitmap[FEED_BITMAP_SIZE];
	uint64_t last_number;
	feed_head head; /* the chain up to last_number */
	bool known;     /* both were read */
	bool touched;
} reader;

struct ledger {
	const plan *plan;
	size_t slots_max;
	rulings rulings; /* as in the rows; read when first needed after a start or an abort */
	bool has_rulings;
	slot_cache slots;
	rollup_cache rollups;
	reader *readers;   /* [n_units] */
	uint32_t *touched; /* [n_units] readers of the batch at hand */
	uint32_t n_touched;
	uint32_t *
		candidates; /* [item * candidates_max ...] leads and observers, see candidates_of */
	uint32_t *n_candidates; /* [n_items] */
	uint32_t candidates_max;
	uint32_t *grown; /* [n_units] units whose feeds grew in this turn ... */
	uint32_t n_grown;
	uint8_t *is_grown; /* [n_units] */
	uint64_t *moved;   /* ... and rollups that were written */
	size_t n_moved, moved_room;
	slot_at *at;            /* [BATCH_ACTS_MAX] where the acts of the batch at hand point */
	int64_t next_notice_us; /* INT64_MIN: not known */
	int64_t state_us;       /* when feeds are stated next; INT64_MIN: not known */
	bool unstated;          /* entries were appended since */
	slot looked;            /* at by ledger_notice.c */
	arena looked_memory;
	/* Of the call at hand, for the walk back: */
	const ledger_batch *batch;
	store_txn *txn;
	const slot_at *walked;
	arena scratch;
};

/* From the bottom; ledger.c stands on all of them. */

/* ledger_life.c: the rulings that hold now; after an abort they are read anew. */
void ledger_need_rulings(ledger *l, store_txn *txn);
/* ledger_route.c: read where UNIT's feed stands. */
void ledger_know_feed(ledger *l, store_txn *txn, uint32_t unit);
/* Each act of B is for one unit alone, that of UNITS[i]. */
void ledger_route_each(ledger *l, store_txn *txn, const ledger_batch *b, const uint32_t *units);
/* ledger_notice.c: the light of the slot may pass at instants of its own: note those after NOW. */
void ledger_note_due(ledger *l, store_txn *txn, const slot *s, slot_at at, int64_t now_us);
/* The same for every slot that grant X covers. */
void ledger_note_covered(ledger *l, store_txn *txn, const ruling *x, int64_t now_us);
/* ledger_judge.c: the verdict on act I of the batch, and its slot or ruling moved. */
verdict ledger_judge(ledger *l, store_txn *txn, ledger_batch *b, uint16_t i);

#endif
