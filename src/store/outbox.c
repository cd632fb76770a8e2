/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.c - acts that a device has stated and batches that it has sealed.
 *
 * Keys are big-endian sequence numbers, so LMDB order is sending order. Nothing is stored that the
 * rows do not say themselves: the next sequence follows from the last act and the last batch, the
 * queue from the batches without receipt. Only the point up to which all is receipted is kept
 * beside them (META "outbox/receipted"), so that opening does not walk the history.
 *
 * Invariant: acts are pruned only below that point, and batch rows never, so no sequence number is
 * ever given twice. Not here: when to seal and send (agent/push.c), what acts mean (known.c).
 */
#include "store/outbox.h"

#include <inttypes.h>

#include "plan/act.h"
#include "proof/tree.h"
#include "store/meta.h"
#include "store/outbox_rows.h"

#define RECEIPTED_NAME "outbox/receipted"
enum { DEFAULT_ACTS = 200000, ACT_PREFIX = 2 };
#define DEFAULT_BYTES (256ull << 20)

/* ---- batches ---- */

static bool
batch_open_row(store_txn *txn, span key, span row, outbox_sealed *out)
{
	span payload;

	*out = (outbox_sealed){ 0 };
	if (!record_open(txn, TABLE_BATCH, key, row, &payload) ||
		!seq_key_read(txn, TABLE_BATCH, key, &out->first_seq))
		return false;
	if (payload.len < BATCH_SIGNED_SIZE ||
		!batch_header_read(span_of(payload.at, BATCH_HEADER_SIZE), &out->header) ||
		out->header.first_seq != out->first_seq ||
		(payload.len != BATCH_SIGNED_SIZE &&
			payload.len != BATCH_SIGNED_SIZE + out->header.count * (size_t)HASH_SIZE))
		return record_bad(txn, TABLE_BATCH, key, "it is no batch header");
	out->count = out->header.count;
	out->header_hash = batch_header_hash(span_of(payload.at, BATCH_HEADER_SIZE));
	return true;
}

static bool
is_receipted(store_txn *txn, const outbox *ob, uint64_t first_seq)
{
	seq_key room;
	span row;

	return first_seq <= ob->receipted_to ||
	       store_get(txn, TABLE_RECEIPT, seq_key_of(first_seq, &room), &row);
}

bool
outbox_find_before(store_txn *txn, uint64_t seq, outbox_sealed *out)
{
	store_cursor c;
	seq_key room;
	span key, row;
	bool found;

	store_cursor_open(txn, TABLE_BATCH, &c);
	found = store_before(&c, seq_key_of(seq, &room), &key, &row) &&
		batch_open_row(txn, key, row, out);
	store_cursor_close(&c);
	return found;
}

/* The bytes that the acts FIRST..LAST take in batches, and how many there are. */
static void
measure(store_txn *txn, uint64_t first, uint64_t last, uint64_t *acts, uint64_t *bytes)
{
	store_cursor c;
	seq_key room;
	span key, row;
	uint64_t seq = 0;
	bool more;

	*acts = *bytes = 0;
	store_cursor_open(txn, TABLE_ACT, &c);
	more = store_seek(&c, seq_key_of(first, &room), &key, &row);
	while (more && seq_key_read(txn, TABLE_ACT, key, &seq) && seq <= last) {
		++*acts;
		*bytes += row.len - RECORD_OVERHEAD + ACT_PREFIX;
		more = store_next(&c, &key, &row);
	}
	store_cursor_close(&c);
}

/* ---- state ---- */

static void
load_ends(store_txn *txn, outbox *ob)
{
	store_cursor c;
	outbox_sealed last;
	span key, row;
	uint64_t seq = 0;

	if (outbox_find_before(txn, UINT64_MAX, &last)) {
		ob->sealed_to = last.first_seq + last.count - 1;
		ob->last_header = last.header_hash;
	}
	store_cursor_open(txn, TABLE_ACT, &c);
	if (store_last(&c, &key, &row))
		seq_key_read(txn, TABLE_ACT, key, &seq);
	store_cursor_close(&c);
	ob->next_seq = (seq > ob->sealed_to ? seq : ob->sealed_to) + 1;
}

static void
load_queue(store_txn *txn, outbox *ob)
{
	outbox_sealed b;
	uint64_t from = ob->receipted_to + 1, acts, bytes;

	for (; outbox_find_unreceipted(txn, ob, from, &b); from = b.first_seq + b.count) {
		measure(txn, b.first_seq, b.first_seq + b.count - 1, &acts, &bytes);
		ob->sent_batches++;
		ob->sent_acts += b.count;
		ob->sent_bytes += bytes;
	}
	measure(txn, ob->sealed_to + 1, UINT64_MAX, &ob->unsealed_acts, &ob->unsealed_bytes);
}

void
outbox_reload(store_txn *txn, outbox *ob)
{
	*ob = (outbox){ .limits = ob->limits,
		.log = ob->log,
		.store = txn->store,
		.aborts = store_aborts(txn->store) };
	ob->receipted_to = meta_get_number(txn, RECEIPTED_NAME, 0);
	load_ends(txn, ob);
	load_queue(txn, ob);
}

void
outbox_open(store_txn *txn, const outbox_limits *limits, outbox *ob)
{
	*ob = (outbox){ .limits = *limits };
	if (ob->limits.acts_max == 0)
		ob->limits.acts_max = DEFAULT_ACTS;
	if (ob->limits.bytes_max == 0)
		ob->limits.bytes_max = DEFAULT_BYTES;
	outbox_reload(txn, ob);
}

/* A transaction that ended without a commit took with it what was counted in it. */
void
outbox_follow(store_txn *txn, outbox *ob)
{
	if (ob->aborts != store_aborts(txn->store) && store_ok(txn))
		outbox_reload(txn, ob);
}

/* ---- acts ---- */

bool
outbox_has_room(const outbox *ob, uint64_t acts, uint64_t bytes)
{
	return ob->unsealed_acts + ob->sent_acts + acts <= ob->limits.acts_max &&
	       ob->unsealed_bytes + ob->sent_bytes + bytes + acts * ACT_PREFIX <=
		       ob->limits.bytes_max;
}

static bool
refuse_full(store_txn *txn, const outbox *ob)
{
	store_fail(txn, MS_FULL, MST_OUTBOX_FULL,
		"the outbox is full: %" PRIu64 " acts (%" PRIu64
		" KiB) wait for the hub's receipt, at most %" PRIu64 " (%" PRIu64
		" KiB) may; nothing was queued, nothing is lost",
		ob->unsealed_acts + ob->sent_acts, (ob->unsealed_bytes + ob->sent_bytes) / 1024,
		ob->limits.acts_max, ob->limits.bytes_max / 1024);
	ms_error_remedy(
		&txn->error, "see why the hub gives no receipts (`muster status`), then try again");
	return false;
}

bool
outbox_add(store_txn *txn, outbox *ob, span bytes, uint64_t *seq)
{
	seq_key room;

	outbox_follow(txn, ob);
	if (!store_ok(txn))
		return false;
	if (bytes.len == 0 || bytes.len > ACT_BYTES_MAX)
		return store_fail(txn, MS_INVALID, MST_OUTBOX_ACT,
			"the act has %zu bytes, expected 1 to %d", bytes.len, ACT_BYTES_MAX);
	if (!outbox_has_room(ob, 1, bytes.len))
		return refuse_full(txn, ob);
	record_append(txn, TABLE_ACT, seq_key_of(ob->next_seq, &room), bytes);
	if (!store_ok(txn))
		return false;
	*seq = ob->next_seq++;
	ob->unsealed_acts++;
	ob->unsealed_bytes += bytes.len + ACT_PREFIX;
	return true;
}

bool
outbox_act(store_txn *txn, uint64_t seq, span *bytes)
{
	seq_key room;

	return record_get(txn, TABLE_ACT, seq_key_of(seq, &room), bytes);
}

/* The acts FIRST.. in order, at most MAX_ACTS of them and MAX_BYTES in a batch; at least one when
 * there is one. */
static uint16_t
collect(store_txn *txn, uint64_t first, uint16_t max_acts, size_t max_bytes, span *acts)
{
	store_cursor c;
	seq_key room;
	span key, row, bytes_of_act;
	size_t bytes = BATCH_SIGNED_SIZE;
	uint16_t n = 0;
	uint64_t seq = 0;
	bool more;

	store_cursor_open(txn, TABLE_ACT, &c);
	more = store_seek(&c, seq_key_of(first, &room), &key, &row);
	while (more && n < max_acts && record_open(txn, TABLE_ACT, key, row, &bytes_of_act) &&
		seq_key_read(txn, TABLE_ACT, key, &seq)) {
		if (seq != first + n)
			break;
		bytes += ACT_PREFIX + bytes_of_act.len;
		if (bytes > max_bytes && n > 0)
			break;
		acts[n++] = bytes_of_act;
		more = store_next(&c, &key, &row);
	}
	store_cursor_close(&c);
	return store_ok(txn) ? n : 0;
}

/* ---- sealing ---- */

static bool
store_sealed(store_txn *txn, outbox *ob, const batch_header *h, const buf *batch)
{
	seq_key room;
	span signed_part = span_of(batch->at, BATCH_SIGNED_SIZE);
	uint64_t bytes = batch->len - BATCH_SIGNED_SIZE;

	record_append(txn, TABLE_BATCH, seq_key_of(h->first_seq, &room), signed_part);
	if (!store_ok(txn))
		return false;
	ob->sealed_to += h->count;
	ob->last_header = batch_header_hash(span_of(batch->at, BATCH_HEADER_SIZE));
	ob->unsealed_acts -= h->count;
	ob->unsealed_bytes -= bytes;
	ob->sent_batches++;
	ob->sent_acts += h->count;
	ob->sent_bytes += bytes;
	return true;
}

bool
outbox_seal(store_txn *txn, outbox *ob, const batch_header *base, const sign_key *key,
	uint16_t max_acts, size_t max_bytes, uint64_t *first_seq)
{
	batch_header header = *base;
	span acts[BATCH_ACTS_MAX];
	buf batch = { 0 };
	ms_error e = { 0 };
	bool sealed = false;
	uint16_t n;

	outbox_follow(txn, ob);
	if (max_acts == 0 || max_acts > BATCH_ACTS_MAX)
		max_acts = BATCH_ACTS_MAX;
	if (max_bytes == 0 || max_bytes > BATCH_BYTES_MAX)
		max_bytes = BATCH_BYTES_MAX;
	if (!store_ok(txn) || ob->unsealed_acts == 0)
		return false;
	header.first_seq = ob->sealed_to + 1;
	header.prev = ob->last_header;
	n = collect(txn, header.first_seq, max_acts, max_bytes, acts);
	if (n == 0 && store_ok(txn))
		store_fail(txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"act %" PRIu64 " of the outbox is missing", header.first_seq);
	if (n > 0 && batch_seal(&header, acts, n, key, &batch, &e) != MS_OK)
		store_fail(txn, e.status == MS_OK ? MS_BUG : e.status, e.code, "%s", e.text);
	if (n > 0 && store_ok(txn))
		sealed = store_sealed(txn, ob, &header, &batch);
	if (sealed)
		*first_seq = header.first_seq;
	buf_fini(&batch);
	return sealed;
}

bool
outbox_signed_part(store_txn *txn, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE])
{
	seq_key room;
	span payload, key = seq_key_of(first_seq, &room);

	if (!record_get(txn, TABLE_BATCH, key, &payload))
		return false;
	if (payload.len < BATCH_SIGNED_SIZE)
		return record_bad(txn, TABLE_BATCH, key, "it is no batch header");
	memcpy(out, payload.at, BATCH_SIGNED_SIZE);
	return true;
}

bool
outbox_leaves(store_txn *txn, uint64_t first_seq, hash32 leaves[BATCH_ACTS_MAX], uint16_t *n)
{
	span acts[BATCH_ACTS_MAX], payload;
	outbox_sealed b;
	seq_key room;
	span key = seq_key_of(first_seq, &room), row;

	if (!store_get(txn, TABLE_BATCH, key, &row) || !batch_open_row(txn, key, row, &b) ||
		!record_open(txn, TABLE_BATCH, key, row, &payload))
		return false;
	*n = b.count;
	if (payload.len > BATCH_SIGNED_SIZE) {
		memcpy(leaves, payload.at + BATCH_SIGNED_SIZE, b.count * sizeof(*leaves));
		return true;
	}
	if (collect(txn, first_seq, b.count, SIZE_MAX, acts) != b.count)
		return false; /* pruned by a release that did not keep them */
	tree_leaves(acts, b.count, leaves);
	return true;
}

bool
outbox_find(store_txn *txn, outbox *ob, uint64_t from, outbox_sealed *out)
{
	store_cursor c;
	seq_key room;
	span key, row;
	bool found;

	outbox_follow(txn, ob);
	store_cursor_open(txn, TABLE_BATCH, &c);
	found = store_seek(&c, seq_key_of(from, &room), &key, &row) &&
		batch_open_row(txn, key, row, out);
	store_cursor_close(&c);
	if (found)
		out->receipted = is_receipted(txn, ob, out->first_seq);
	return found;
}

bool
outbox_find_unreceipted(store_txn *txn, outbox *ob, uint64_t from, outbox_sealed *out)
{
	if (from <= ob->receipted_to)
		from = ob->receipted_to + 1;
	while (outbox_find(txn, ob, from, out)) {
		if (!out->receipted)
			return true;
		from = out->first_seq + out->count;
	}
	return false;
}

bool
outbox_batch(store_txn *txn, uint64_t first_seq, buf *out)
{
	seq_key room;
	span key = seq_key_of(first_seq, &room), row, payload, acts[BATCH_ACTS_MAX];
	outbox_sealed b;
	size_t start = out->len;
	uint8_t length[ACT_PREFIX];
	uint16_t i;

	if (!store_get(txn, TABLE_BATCH, key, &row) || !batch_open_row(txn, key, row, &b))
		return false;
	payload = span_of(row.at + 1, BATCH_SIGNED_SIZE);
	if (collect(txn, first_seq, b.count, SIZE_MAX, acts) != b.count)
		return false;
	buf_add_span(out, payload);
	for (i = 0; i < b.count; i++) {
		be16_put(length, (uint16_t)acts[i].len);
		buf_add(out, length, sizeof(length));
		buf_add_span(out, acts[i]);
	}
	if (!out->failed)
		return true;
	out->len = start;
	return store_no_memory(txn);
}

/* ---- counters ---- */

outbox_counts
outbox_queue(const outbox *ob)
{
	return (outbox_counts){
		.unsealed_acts = ob->unsealed_acts,
		.sent_batches = ob->sent_batches,
		.sent_acts = ob->sent_acts,
		.bytes = ob->unsealed_bytes + ob->sent_bytes,
		.next_seq = ob->next_seq,
		.full = !outbox_has_room(ob, 1, 1),
	};
}

void
outbox_left(store_txn *txn, outbox *ob, uint64_t first_seq, uint16_t count)
{
	uint64_t acts, bytes, to = ob->receipted_to;
	outbox_sealed b;

	measure(txn, first_seq, first_seq + count - 1u, &acts, &bytes);
	ob->sent_batches--;
	ob->sent_acts -= count;
	ob->sent_bytes -= bytes;
	if (first_seq != to + 1)
		return;
	to += count;
	while (outbox_find(txn, ob, to + 1, &b) && b.first_seq == to + 1 && b.receipted)
		to += b.count;
	if (!store_ok(txn))
		return;
	ob->receipted_to = to;
	meta_put_number(txn, RECEIPTED_NAME, to);
}
