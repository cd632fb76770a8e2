/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - the index of what each unit gets to read.
 *
 * One entry per (unit, batch), not per act: measured five times cheaper. Most batches go whole to a
 * reader, and then an entry is the leaf's number alone.
 */
#include "store/feed.h"

#include "store/blocks.h"
#include "store/log.h"
#include "store/pack.h"
#include "store/record.h"

static block_list
list_of(span unit)
{
	return (block_list){ .blocks = TABLE_FEED, .tails = TABLE_FEED_TAIL, .owner = unit };
}

/* Are the first COUNT bits all set? */
static bool
is_full(const uint8_t *bitmap, uint16_t count)
{
	uint16_t i;

	for (i = 0; i < count / 8; i++)
		if (bitmap[i] != 0xff)
			return false;
	return count % 8 == 0 || (uint8_t)(bitmap[count / 8] | (0xff >> (count % 8))) == 0xff;
}

span
feed_positions(const uint8_t *bitmap, uint16_t count)
{
	size_t used = is_full(bitmap, count) ? 0 : (count + 7u) / 8u;

	while (used > 0 && bitmap[used - 1] == 0)
		used--;
	return span_of(bitmap, used);
}

static span
pack_entry(uint64_t leaf, const uint8_t *bitmap, uint16_t count, uint8_t out[BLOCK_ENTRY_MAX])
{
	packer p = { .at = out, .end = out + BLOCK_ENTRY_MAX };
	span positions = feed_positions(bitmap, count);

	MS_ASSERT(positions.len > 0 || bitmap[0] != 0);
	pack_varint(&p, leaf);
	pack_u8(&p, (uint8_t)positions.len);
	pack_bytes(&p, positions.at, positions.len);
	MS_ASSERT(!p.failed);
	return span_of(out, (size_t)(p.at - out));
}

/* The entries of B. False when they are none. */
static bool
unpack_entries(const entry_block *b, feed_row rows[FEED_BLOCK])
{
	unpacker u = unpacker_of(span_of(b->bytes, b->len));
	unsigned i;

	for (i = 0; i < b->n; i++) {
		uint64_t leaf = unpack_varint(&u);
		size_t used = unpack_u8(&u);
		span bitmap = unpack_bytes(&u, used);

		if (u.failed || used > FEED_BITMAP_SIZE)
			return false;
		rows[i] = (feed_row){ .number = b->first + i, .leaf = leaf };
		if (used == 0)
			memset(rows[i].bitmap, 0xff, sizeof(rows[i].bitmap));
		else
			memcpy(rows[i].bitmap, bitmap.at, used);
	}
	return unpack_done(&u);
}

uint64_t
feed_last(store_txn *txn, span unit)
{
	block_list list = list_of(unit);
	entry_block b;

	return block_find(txn, &list, UINT64_MAX, &b) && b.n > 0 ? b.first + b.n - 1 : 0;
}

void
feed_append(store_txn *txn, span unit, uint64_t *last_number, uint64_t leaf, const uint8_t *bitmap,
	uint16_t count)
{
	block_list list = list_of(unit);
	uint8_t room[BLOCK_ENTRY_MAX];

	MS_ASSERT(count >= 1 && count <= BATCH_ACTS_MAX);
	block_append(txn, &list, *last_number + 1, pack_entry(leaf, bitmap, count, room));
	if (store_ok(txn))
		++*last_number;
}

/* ---- reading ---- */

void
feed_seek(store_txn *txn, span unit, uint64_t after, feed_reader *reader)
{
	reader->txn = txn;
	reader->unit = unit;
	reader->next = after < UINT64_MAX ? after + 1 : after;
	reader->first = 0;
	reader->n = 0;
}

/* The block in which reader->next lies; n = 0 beyond the end. False: failed. */
static bool
read_block(feed_reader *r)
{
	block_list list = list_of(r->unit);
	entry_block b;

	r->n = 0;
	if (!block_find(r->txn, &list, r->next, &b))
		return false;
	if (b.n > 0 && r->next < b.first + b.n) {
		r->first = b.first;
		r->n = b.n;
		return unpack_entries(&b, r->rows) ||
		       record_bad(r->txn, TABLE_FEED, r->unit, "its entries have another form");
	}
	/* Numbers are dense: whatever is not there is beyond the end, or missing. */
	return r->next > feed_last(r->txn, r->unit) ||
	       record_bad(r->txn, TABLE_FEED, r->unit, "a block of its entries is missing");
}

bool
feed_next(feed_reader *reader, feed_row *out)
{
	if (reader->next >= reader->first + reader->n)
		if (!read_block(reader) || reader->n == 0)
			return false;
	*out = reader->rows[reader->next - reader->first];
	reader->next++;
	return true;
}

static bool
row_at(store_txn *txn, span unit, uint64_t number, feed_row *row)
{
	feed_reader reader;

	feed_seek(txn, unit, number - 1, &reader);
	return feed_next(&reader, row);
}

/* As if leaves never fell. */
static uint64_t
find_in_order(store_txn *txn, span unit, uint64_t leaf)
{
	uint64_t low = 1, high = feed_last(txn, unit);
	feed_row row;

	while (low <= high && high > 0) {
		uint64_t middle = low + (high - low) / 2;

		if (!row_at(txn, unit, middle, &row))
			return 0;
		if (row.leaf == leaf)
			return middle;
		if (row.leaf < leaf)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return 0;
}

uint64_t
feed_find(store_txn *txn, span unit, uint64_t leaf, uint64_t plan_leaf)
{
	uint64_t number = find_in_order(txn, unit, leaf);
	feed_reader reader;
	feed_row row;

	feed_seek(txn, unit, 0, &reader);
	while (number == 0 && leaf < plan_leaf && feed_next(&reader, &row))
		if (row.leaf == leaf)
			number = row.number;
	return number;
}

void
feed_tell_all(store_txn *txn, const plan *p, uint64_t leaf)
{
	static const uint8_t first[FEED_BITMAP_SIZE] = { 0x80 };
	uint32_t unit;

	for (unit = 0; unit < p->n_units; unit++) {
		span id = span_str(p->units[unit].id);
		uint64_t last = feed_last(txn, id);

		feed_append(txn, id, &last, leaf, first, 1);
	}
}
