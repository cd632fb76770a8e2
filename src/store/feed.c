/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - the index of what each unit gets to read.
 *
 * One entry per (unit, batch), not per act, and one row per FEED_BLOCK entries: rows are what
 * costs. Most batches go whole to a reader, and then an entry is the leaf's number alone.
 */
#include "store/feed.h"

#include "store/log.h"
#include "store/pack.h"
#include "store/record.h"

enum {
	UNIT_MAX = 63,
	KEY_MAX = UNIT_MAX + 1 + 8,
	ENTRY_MAX = 10 + 1 + FEED_BITMAP_SIZE,
	ROW_MAX = 8 + FEED_BLOCK * ENTRY_MAX,
};

static span
key_of(span unit, uint64_t number, uint8_t out[KEY_MAX])
{
	MS_ASSERT(unit.len >= 1 && unit.len <= UNIT_MAX);
	memcpy(out, unit.at, unit.len);
	out[unit.len] = 0;
	be64_put(out + unit.len + 1, number);
	return span_of(out, unit.len + 9);
}

/* The number of the first entry in the block of NUMBER. */
static uint64_t
block_of(uint64_t number)
{
	return number - (number - 1) % FEED_BLOCK;
}

/* ---- entries ---- */

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

static void
pack_entry(packer *p, uint64_t leaf, const uint8_t *bitmap, uint16_t count)
{
	size_t used = is_full(bitmap, count) ? 0 : (count + 7u) / 8u;

	while (used > 0 && bitmap[used - 1] == 0)
		used--;
	MS_ASSERT(used > 0 || bitmap[0] != 0);
	pack_varint(p, leaf);
	pack_u8(p, (uint8_t)used);
	pack_bytes(p, bitmap, used);
}

/* The entries in BYTES, the first being number FIRST. False when it is not such a list. */
static bool
unpack_entries(span bytes, uint64_t first, feed_row rows[FEED_BLOCK], unsigned *n)
{
	unpacker u;

	*n = 0;
	if (bytes.len == 0)
		return true;
	for (u = unpacker_of(bytes); u.at < u.end && !u.failed; ++*n) {
		feed_row *row = &rows[*n];
		size_t used;
		span bitmap;

		if (*n == FEED_BLOCK)
			return false;
		*row = (feed_row){ .number = first + *n, .leaf = unpack_varint(&u) };
		used = unpack_u8(&u);
		bitmap = unpack_bytes(&u, used);
		if (u.failed || used > FEED_BITMAP_SIZE)
			return false;
		if (used == 0)
			memset(row->bitmap, 0xff, sizeof(row->bitmap));
		else
			memcpy(row->bitmap, bitmap.at, used);
	}
	return !u.failed;
}

/* ---- tails ---- */

typedef struct tail {
	uint64_t first; /* number of its first entry; 1 while the unit has none at all */
	span entries;   /* borrowed from the transaction */
} tail;

static bool
read_tail(store_txn *txn, span unit, tail *out)
{
	span value, payload;

	MS_ASSERT(unit.len >= 1 && unit.len <= UNIT_MAX);
	*out = (tail){ .first = 1 };
	if (!store_get(txn, TABLE_TAIL, unit, &value))
		return store_ok(txn);
	if (!record_open(txn, TABLE_TAIL, unit, value, &payload))
		return false;
	if (payload.len < 8)
		return record_bad(txn, TABLE_TAIL, unit, "it has another form");
	out->first = be64_get(payload.at);
	out->entries = span_of(payload.at + 8, payload.len - 8);
	return true;
}

static bool
read_tail_rows(store_txn *txn, span unit, feed_row rows[FEED_BLOCK], unsigned *n, uint64_t *first)
{
	tail t;

	*n = 0;
	if (!read_tail(txn, unit, &t))
		return false;
	*first = t.first;
	return unpack_entries(t.entries, t.first, rows, n) ||
	       record_bad(txn, TABLE_TAIL, unit, "it has another form");
}

uint64_t
feed_last(store_txn *txn, span unit)
{
	feed_row rows[FEED_BLOCK];
	uint64_t first;
	unsigned n;

	return read_tail_rows(txn, unit, rows, &n, &first) ? first + n - 1 : 0;
}

/* A full tail becomes a block, and an empty one takes its place. */
void
feed_append(store_txn *txn, span unit, uint64_t *last_number, uint64_t leaf, const uint8_t *bitmap,
	uint16_t count)
{
	uint8_t room[KEY_MAX], row[ROW_MAX];
	packer p = { .at = row, .end = row + sizeof(row) };
	tail t;

	MS_ASSERT(count >= 1 && count <= BATCH_ACTS_MAX);
	if (!read_tail(txn, unit, &t))
		return;
	pack_u64(&p, t.first);
	pack_bytes(&p, t.entries.at, t.entries.len);
	pack_entry(&p, leaf, bitmap, count);
	MS_ASSERT(!p.failed);
	if ((*last_number + 1) % FEED_BLOCK == 0) {
		record_put(txn, TABLE_FEED, key_of(unit, t.first, room),
			span_of(row + 8, (size_t)(p.at - row) - 8));
		be64_put(row, t.first + FEED_BLOCK);
		p.at = row + 8;
	}
	record_put(txn, TABLE_TAIL, unit, span_of(row, (size_t)(p.at - row)));
	if (store_ok(txn))
		++*last_number;
}

/* ---- reading ---- */

/* The block in which NUMBER lies; *N = 0 beyond the end. False: failed. */
static bool
read_block(store_txn *txn, span unit, uint64_t number, feed_row rows[FEED_BLOCK], unsigned *n)
{
	uint8_t room[KEY_MAX];
	span key = key_of(unit, block_of(number), room), value, payload;
	uint64_t first;

	*n = 0;
	if (!store_get(txn, TABLE_FEED, key, &value)) {
		if (!store_ok(txn) || !read_tail_rows(txn, unit, rows, n, &first))
			return false;
		if (first < block_of(number))
			*n = 0;
		return first <= block_of(number) ||
		       record_bad(txn, TABLE_FEED, key, "it is missing");
	}
	if (!record_open(txn, TABLE_FEED, key, value, &payload))
		return false;
	return (unpack_entries(payload, block_of(number), rows, n) && *n == FEED_BLOCK) ||
	       record_bad(txn, TABLE_FEED, key, "it has another form");
}

void
feed_seek(store_txn *txn, span unit, uint64_t after, feed_reader *reader)
{
	reader->txn = txn;
	reader->unit = unit;
	reader->next = after + 1;
	reader->n = 0;
}

bool
feed_next(feed_reader *reader, feed_row *out)
{
	unsigned at = (unsigned)((reader->next - 1) % FEED_BLOCK);

	if (at == 0 || reader->n == 0) {
		if (!read_block(reader->txn, reader->unit, reader->next, reader->rows, &reader->n))
			reader->n = 0;
	}
	if (at >= reader->n)
		return false;
	*out = reader->rows[at];
	reader->next++;
	return true;
}

static bool
time_of(store_txn *txn, span unit, uint64_t number, int64_t *us)
{
	uint8_t room[KEY_MAX];
	feed_reader reader;
	feed_row row;
	log_record record;

	feed_seek(txn, unit, number - 1, &reader);
	if (!feed_next(&reader, &row))
		return record_bad(txn, TABLE_FEED, key_of(unit, number, room), "it is missing");
	if (!log_read(txn, row.leaf, &record))
		return record_bad(txn, TABLE_FEED, key_of(unit, number, room),
			"it names a leaf that is not there");
	*us = record.hub_time_us;
	return true;
}

uint64_t
feed_before_time(store_txn *txn, span unit, int64_t us)
{
	uint64_t low = 0, high = feed_last(txn, unit); /* the answer lies in low..high */

	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		int64_t at = 0;

		if (!time_of(txn, unit, middle, &at))
			return 0;
		if (at < us)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}
