/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoil.c - rows of an office that their own hash passes, by hand:
 *
 * DIR SEQ: a BYE is where the receipt of the batch that begins at act SEQ was.
 *
 * DIR TABLE: of each row of the table only the first byte is left, which has no form.
 */
#include <stdlib.h>
#include <string.h>

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
spoil_receipt(store_txn *txn, uint64_t seq)
{
	uint8_t row[1024];
	packer pack = { .at = row, .end = row + sizeof(row) };
	outbox_receipt_row old;
	buf bye = { 0 };
	seq_key key;

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

static ms_status
spoil_table(store_txn *txn, store_table table)
{
	uint8_t at[256], first;
	span key, row;
	store_cursor c;
	bool found;

	store_cursor_open(txn, table, &c);
	found = store_first(&c, &key, &row);
	while (found && key.len <= sizeof(at)) {
		memcpy(at, key.at, key.len);
		key.at = at;
		first = row.at[1]; /* behind the version */
		record_put(txn, table, key, span_of(&first, 1));
		found = store_seek(&c, key, &key, &row) && store_next(&c, &key, &row);
	}
	store_cursor_close(&c);
	return store_ok(txn) ? MS_OK : MS_INVALID;
}

static ms_status
spoil(store_txn *txn, const plan *p, char **words)
{
	uint64_t seq = strtoull(words[0], NULL, 10);
	unsigned table = 0;

	(void)p;
	if (seq > 0)
		return spoil_receipt(txn, seq);
	while (table < TABLE_COUNT && strcmp(store_table_name((store_table)table), words[0]) != 0)
		table++;
	return table < TABLE_COUNT ? spoil_table(txn, (store_table)table) : MS_INVALID;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("spoil DIR SEQ|TABLE\n", stderr);
		return 64;
	}
	return by_hand(argv, STORE_AGENT, spoil);
}
