/* SPDX-License-Identifier: Apache-2.0 */
#include "store/feed_head.h"

#include "proof/feed_chain.h"
#include "store/feed.h"
#include "store/pack.h"
#include "store/record.h"

enum { ROW_SIZE = 8 + HASH_SIZE + 8 };

void
feed_head_load(store_txn *txn, span unit, feed_head *out)
{
	span payload;

	*out = (feed_head){ 0 };
	if (!record_get(txn, TABLE_FEED_HEAD, unit, &payload))
		return;
	if (payload.len != ROW_SIZE) {
		record_bad(txn, TABLE_FEED_HEAD, unit, "it has another form");
		return;
	}
	out->count = be64_get(payload.at);
	memcpy(out->chain.at, payload.at + 8, HASH_SIZE);
	out->stated = be64_get(payload.at + 8 + HASH_SIZE);
}

void
feed_head_save(store_txn *txn, span unit, const feed_head *head)
{
	uint8_t row[ROW_SIZE];

	be64_put(row, head->count);
	memcpy(row + 8, head->chain.at, HASH_SIZE);
	be64_put(row + 8 + HASH_SIZE, head->stated);
	record_put(txn, TABLE_FEED_HEAD, unit, span_of(row, sizeof(row)));
}

void
feed_head_follow(store_txn *txn, span unit, uint64_t last, feed_head *head)
{
	feed_reader reader;
	feed_row row;

	if (head->count >= last)
		return;
	feed_seek(txn, unit, head->count, &reader);
	while (head->count < last && feed_next(&reader, &row)) {
		head->chain = feed_chain_next(&head->chain, row.number, row.leaf,
			feed_positions(row.bitmap, BATCH_ACTS_MAX));
		head->count = row.number;
	}
}
