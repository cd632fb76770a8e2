/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoil.c - a row of an office that its own hash passes, by hand: DIR SEQ puts a BYE where the
 * receipt of the batch that begins at act SEQ was.
 */
#include <stdlib.h>

#include "store/outbox_rows.h"
#include "store/pack.h"
#include "tests/system/by_hand.h"

static ms_status
encode_bye(buf *out)
{
	frame bye = { .kind = FRAME_BYE };
	arena memory = { 0 };
	ms_status s = frame_encode(&bye, &memory, out);

	arena_fini(&memory);
	return s;
}

static ms_status
spoil(store_txn *txn, const plan *p, char **words)
{
	uint64_t seq = strtoull(words[0], NULL, 10);
	uint8_t row[1024];
	packer pack = { .at = row, .end = row + sizeof(row) };
	outbox_receipt_row old;
	buf bye = { 0 };
	seq_key key;

	(void)p;
	if (!outbox_receipt_of(txn, seq, &old) || encode_bye(&bye) != MS_OK)
		return MS_INVALID;
	pack_bytes(&pack, old.header_hash.at, HASH_SIZE);
	pack_u64(&pack, old.leaf);
	pack_u64(&pack, (uint64_t)old.hub_time_us);
	pack_text(&pack, old.verdicts);
	pack_text(&pack, buf_span(&bye));
	buf_fini(&bye);
	if (pack.failed)
		return MS_INVALID;
	record_put(
		txn, TABLE_RECEIPT, seq_key_of(seq, &key), span_of(row, (size_t)(pack.at - row)));
	return MS_OK;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("spoil DIR SEQ\n", stderr);
		return 64;
	}
	return by_hand(argv, STORE_AGENT, spoil);
}
