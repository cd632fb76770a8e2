/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_rows.h - inside store only: what outbox.c and outbox_receipt.c share. */
#ifndef STORE_OUTBOX_ROWS_H
#define STORE_OUTBOX_ROWS_H

#include "store/outbox.h"
#include "store/record.h"

typedef struct seq_key {
	uint8_t at[8];
} seq_key;

static inline span
seq_key_of(uint64_t seq, seq_key *room)
{
	be64_put(room->at, seq);
	return span_of(room->at, sizeof(room->at));
}

/* False after noting MS_CORRUPT. */
static inline bool
seq_key_read(store_txn *txn, store_table table, span key, uint64_t *seq)
{
	if (key.len != 8)
		return record_bad(txn, table, key, "its key is no sequence");
	*seq = be64_get(key.at);
	return true;
}

/* Read the counters again if a transaction ended without a commit since they were read. */
void outbox_follow(store_txn *txn, outbox *ob);
/* The last batch that begins before SEQ; receipted is not set. */
bool outbox_find_before(store_txn *txn, uint64_t seq, outbox_sealed *out);
/* A batch of COUNT acts at FIRST_SEQ has got its first receipt: move the counters. */
void outbox_left(store_txn *txn, outbox *ob, uint64_t first_seq, uint16_t count);

#endif
