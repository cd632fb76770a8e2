/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox_receipt.c - receipts, what became of an act, and forgetting old acts.
 *
 *   RECEIPT: first_seq u64            -> header hash 32 | leaf u64 | hub time i64
 *                                        | count verdicts | receipt as received
 *   RECEIPT: first_seq u64 | leaf u64 -> the same, of an earlier one of the same batch, which a
 *                                        restored hub replaced: evidence
 */
#include "codec/frame.h"
#include "store/outbox_rows.h"
#include "store/pack.h"

enum { RECEIPT_FIXED = HASH_SIZE + 8 + 8 + 2 };

/* ---- rows ---- */

static bool
row_open(store_txn *txn, span key, span payload, outbox_receipt_row *out)
{
	unpacker u = unpacker_of(payload);
	span hash;

	if (key.len != 8 && key.len != 16)
		return record_bad(txn, TABLE_RECEIPT, key, "its key is no sequence");
	*out = (outbox_receipt_row){ .first_seq = be64_get(key.at) };
	hash = unpack_bytes(&u, HASH_SIZE);
	out->leaf = unpack_u64(&u);
	out->hub_time_us = (int64_t)unpack_u64(&u);
	out->verdicts = unpack_text(&u);
	out->raw = unpack_text(&u);
	if (!unpack_done(&u) || hash.at == NULL || out->verdicts.len == 0 ||
		out->verdicts.len > BATCH_ACTS_MAX)
		return record_bad(txn, TABLE_RECEIPT, key, "it has another form");
	memcpy(out->header_hash.at, hash.at, HASH_SIZE);
	out->count = (uint16_t)out->verdicts.len;
	return true;
}

bool
outbox_receipt_of(store_txn *txn, uint64_t first_seq, outbox_receipt_row *out)
{
	seq_key room;
	span key = seq_key_of(first_seq, &room), payload;

	return record_get(txn, TABLE_RECEIPT, key, &payload) && row_open(txn, key, payload, out);
}

bool
outbox_receipt_each(store_txn *txn, outbox_receipt_place *at, outbox_receipt_row *out)
{
	uint8_t bytes[16];
	span last = span_of(bytes, at->is_earlier ? 16 : 8), key, row, payload;
	store_cursor c;
	bool found;

	be64_put(bytes, at->first_seq);
	be64_put(bytes + 8, at->leaf);
	store_cursor_open(txn, TABLE_RECEIPT, &c);
	found = store_seek(&c, last, &key, &row);
	if (found && span_equal(key, last))
		found = store_next(&c, &key, &row);
	found = found && record_open(txn, TABLE_RECEIPT, key, row, &payload) &&
		row_open(txn, key, payload, out);
	if (found)
		*at = (outbox_receipt_place){
			.first_seq = out->first_seq, .leaf = out->leaf, .is_earlier = key.len != 8
		};
	store_cursor_close(&c);
	return found;
}

static void
row_write(store_txn *txn, span key, const outbox_receipt_row *r)
{
	buf row = { 0 };
	packer p;

	if (buf_reserve(&row, RECEIPT_FIXED + 20 + r->verdicts.len + r->raw.len) != MS_OK) {
		store_no_memory(txn);
		return;
	}
	p = (packer){ .at = row.at, .end = row.at + row.room };
	pack_bytes(&p, r->header_hash.at, HASH_SIZE);
	pack_u64(&p, r->leaf);
	pack_u64(&p, (uint64_t)r->hub_time_us);
	pack_text(&p, r->verdicts);
	pack_text(&p, r->raw);
	MS_ASSERT(!p.failed);
	record_put(txn, TABLE_RECEIPT, key, span_of(row.at, (size_t)(p.at - row.at)));
	buf_fini(&row);
}

/* ---- taking one ---- */

/* Beside the row in force. */
static void
write_earlier(store_txn *txn, const outbox_receipt_row *r)
{
	uint8_t key[16];

	be64_put(key, r->first_seq);
	be64_put(key + 8, r->leaf);
	row_write(txn, span_of(key, sizeof(key)), r);
}

/* Move the row in force aside; its spans borrow from the map, so it is copied before the write. */
static void
keep_earlier(store_txn *txn, const outbox_receipt_row *old)
{
	buf copy = { 0 };
	outbox_receipt_row row = *old;

	if (buf_add_span(&copy, old->verdicts) == MS_OK && buf_add_span(&copy, old->raw) == MS_OK) {
		row.verdicts = span_of(copy.at, old->verdicts.len);
		row.raw = span_of(copy.at + old->verdicts.len, old->raw.len);
		write_earlier(txn, &row);
	} else {
		store_no_memory(txn);
	}
	buf_fini(&copy);
}

bool
outbox_receipt_generation(const outbox_receipt_row *row, const log_key *log, uint32_t *out)
{
	arena memory = { 0 };
	frame f;
	bool good = frame_decode(row->raw, &memory, &f, NULL) == MS_OK && f.kind == FRAME_RECEIPT;

	if (good)
		*out = generation_of(f.u.receipts.checkpoint.note, log);
	arena_fini(&memory);
	return good;
}

/* Is OLD of a newer generation of the log than RECEIPT? */
static bool
is_newer(const outbox *ob, const outbox_receipt_row *old, const frame_receipt *receipt)
{
	uint32_t generation;

	return ob->log != NULL && outbox_receipt_generation(old, ob->log, &generation) &&
	       generation > generation_of(receipt->checkpoint.note, ob->log);
}

static span
encode(store_txn *txn, const frame_receipt *receipt, buf *room)
{
	frame_receipt copy = *receipt;
	arena scratch = { 0 };
	frame f = { .kind = FRAME_RECEIPT };

	f.u.receipts.list = &copy;
	f.u.receipts.n = 1;
	f.u.receipts.checkpoint = receipt->checkpoint;
	if (frame_encode(&f, &scratch, room) != MS_OK)
		store_no_memory(txn);
	arena_fini(&scratch);
	return buf_span(room);
}

outbox_stored
outbox_receipt(store_txn *txn, outbox *ob, const frame_receipt *receipt, span raw)
{
	seq_key room;
	span key = seq_key_of(receipt->first_seq, &room);
	outbox_sealed batch;
	outbox_receipt_row old, row;
	buf encoded = { 0 };
	bool had, stays;

	outbox_follow(txn, ob);
	if (!outbox_find(txn, ob, receipt->first_seq, &batch))
		return store_ok(txn) ? OUTBOX_UNKNOWN : OUTBOX_FAILED;
	if (batch.first_seq != receipt->first_seq || batch.count != receipt->count ||
		receipt->verdicts.len != batch.count ||
		!hash_equal(&batch.header_hash, &receipt->header_hash))
		return OUTBOX_UNKNOWN;
	had = outbox_receipt_of(txn, receipt->first_seq, &old);
	if (had && old.leaf == receipt->leaf && old.hub_time_us == receipt->hub_time_us &&
		span_equal(old.verdicts, receipt->verdicts))
		return OUTBOX_AGAIN;
	stays = had && is_newer(ob, &old, receipt);
	if (had && !stays)
		keep_earlier(txn, &old);
	row = (outbox_receipt_row){ .first_seq = receipt->first_seq,
		.header_hash = receipt->header_hash,
		.leaf = receipt->leaf,
		.hub_time_us = receipt->hub_time_us,
		.verdicts = receipt->verdicts,
		.raw = raw };
	if (raw.len == 0)
		row.raw = encode(txn, receipt, &encoded);
	if (stays)
		write_earlier(txn, &row);
	else
		row_write(txn, key, &row);
	buf_fini(&encoded);
	if (!had && store_ok(txn))
		outbox_left(txn, ob, receipt->first_seq, batch.count);
	if (!store_ok(txn))
		return OUTBOX_FAILED;
	if (stays)
		return OUTBOX_AGAIN;
	return had ? OUTBOX_MOVED : OUTBOX_FIRST;
}

/* ---- what became of it ---- */

bool
outbox_verdict(store_txn *txn, outbox *ob, uint64_t seq, outbox_fate *out)
{
	outbox_sealed b;
	outbox_receipt_row r;

	outbox_follow(txn, ob);
	*out = (outbox_fate){ 0 };
	if (seq == 0 || seq >= ob->next_seq)
		return false;
	if (seq > ob->sealed_to)
		return store_ok(txn);
	if (!outbox_find_before(txn, seq + 1, &b))
		return false;
	out->sealed = true;
	out->first_seq = b.first_seq;
	out->at = (uint16_t)(seq - b.first_seq);
	if (seq - b.first_seq >= b.count)
		return store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"the batch of act %llu is missing", (unsigned long long)seq);
	if (outbox_receipt_of(txn, b.first_seq, &r)) {
		if (out->at >= r.count)
			return store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
				"the receipt of the batch that begins at act %llu cannot be read",
				(unsigned long long)b.first_seq);
		out->receipted = true;
		out->verdict = r.verdicts.at[out->at];
		out->leaf = r.leaf;
		out->hub_time_us = r.hub_time_us;
	}
	return store_ok(txn);
}

/* ---- forgetting ---- */

/* The batch that the oldest act still kept belongs to. */
static bool
oldest_batch(store_txn *txn, outbox_sealed *out)
{
	store_cursor c;
	span key, row;
	uint64_t seq = 0;
	bool found;

	store_cursor_open(txn, TABLE_ACT, &c);
	found = store_first(&c, &key, &row) && seq_key_read(txn, TABLE_ACT, key, &seq);
	store_cursor_close(&c);
	return found && outbox_find_before(txn, seq + 1, out) && seq - out->first_seq < out->count;
}

/* What a receipt proves without the acts: their hashes. */
static void
keep_leaves(store_txn *txn, uint64_t first_seq)
{
	uint8_t row[BATCH_SIGNED_SIZE + BATCH_ACTS_MAX * HASH_SIZE];
	hash32 leaves[BATCH_ACTS_MAX];
	seq_key room;
	uint16_t n;

	if (!outbox_signed_part(txn, first_seq, row) || !outbox_leaves(txn, first_seq, leaves, &n))
		return;
	memcpy(row + BATCH_SIGNED_SIZE, leaves, n * sizeof(*leaves));
	record_put(txn, TABLE_BATCH, seq_key_of(first_seq, &room),
		span_of(row, BATCH_SIGNED_SIZE + n * sizeof(*leaves)));
}

uint64_t
outbox_prune(store_txn *txn, outbox *ob, int64_t before_us, uint64_t max)
{
	outbox_sealed b;
	outbox_receipt_row r;
	uint64_t pruned = 0, seq;
	seq_key room;

	outbox_follow(txn, ob);
	/* A batch goes whole, so that outbox_batch never sees half of one. */
	while (oldest_batch(txn, &b) && b.first_seq <= ob->receipted_to &&
		(pruned == 0 || pruned + b.count <= max)) {
		if (!outbox_receipt_of(txn, b.first_seq, &r) || r.hub_time_us >= before_us)
			break;
		keep_leaves(txn, b.first_seq);
		for (seq = b.first_seq; seq < b.first_seq + b.count && store_ok(txn); seq++)
			pruned += store_del(txn, TABLE_ACT, seq_key_of(seq, &room));
	}
	return pruned;
}
