/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - the index of what each unit gets to read.
 *
 * One row per (unit, batch), not per act: measured five times cheaper. Most batches go whole to a
 * reader, and then the row is the leaf's number alone. Keys begin with the unit, so one reader's
 * entries lie side by side.
 */
#include "store/feed.h"

#include "store/log.h"
#include "store/pack.h"
#include "store/record.h"

enum { UNIT_MAX = 63, KEY_MAX = UNIT_MAX + 1 + 8 };

static span
key_of(span unit, uint64_t number, uint8_t out[KEY_MAX])
{
	MS_ASSERT(unit.len >= 1 && unit.len <= UNIT_MAX);
	memcpy(out, unit.at, unit.len);
	out[unit.len] = 0;
	be64_put(out + unit.len + 1, number);
	return span_of(out, unit.len + 9);
}

static bool
is_of_unit(span key, span unit)
{
	return key.len == unit.len + 9 && memcmp(key.at, unit.at, unit.len) == 0 &&
	       key.at[unit.len] == 0;
}

static uint64_t
number_in(span key)
{
	return be64_get(key.at + key.len - 8);
}

uint64_t
feed_last(store_txn *txn, span unit)
{
	uint8_t room[KEY_MAX];
	store_cursor c;
	span key, value;
	uint64_t last = 0;

	/* No entry has the largest number, so the row before that place is the unit's last one. */
	store_cursor_open(txn, TABLE_FEED, &c);
	if (store_before(&c, key_of(unit, UINT64_MAX, room), &key, &value) && is_of_unit(key, unit))
		last = number_in(key);
	store_cursor_close(&c);
	return last;
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

void
feed_append(store_txn *txn, span unit, uint64_t *last_number, uint64_t leaf, const uint8_t *bitmap,
	uint16_t count)
{
	uint8_t room[KEY_MAX], row[10 + FEED_BITMAP_SIZE];
	packer p = { .at = row, .end = row + sizeof(row) };
	size_t used = (count + 7u) / 8u;

	MS_ASSERT(count >= 1 && count <= BATCH_ACTS_MAX);
	pack_varint(&p, leaf);
	if (!is_full(bitmap, count)) {
		while (used > 0 && bitmap[used - 1] == 0)
			used--;
		MS_ASSERT(used > 0);
		pack_bytes(&p, bitmap, used);
	}
	record_put(txn, TABLE_FEED, key_of(unit, *last_number + 1, room),
		span_of(row, (size_t)(p.at - row)));
	if (store_ok(txn))
		++*last_number;
}

static bool
row_open(store_txn *txn, span key, span value, feed_row *out)
{
	span payload;
	unpacker u;
	size_t left;

	if (!record_open(txn, TABLE_FEED, key, value, &payload))
		return false;
	u = unpacker_of(payload);
	*out = (feed_row){ .number = number_in(key), .leaf = unpack_varint(&u) };
	left = (size_t)(u.end - u.at);
	if (u.failed || left > FEED_BITMAP_SIZE)
		return record_bad(txn, TABLE_FEED, key, "it has another form");
	if (left == 0)
		memset(out->bitmap, 0xff, sizeof(out->bitmap));
	else
		memcpy(out->bitmap, u.at, left);
	return true;
}

void
feed_seek(store_txn *txn, span unit, uint64_t after, feed_reader *reader)
{
	*reader = (feed_reader){ .unit_len = unit.len, .next = after + 1 };
	MS_ASSERT(unit.len >= 1 && unit.len <= UNIT_MAX);
	memcpy(reader->unit, unit.at, unit.len);
	store_cursor_open(txn, TABLE_FEED, &reader->cursor);
}

bool
feed_next(feed_reader *reader, feed_row *out)
{
	uint8_t room[KEY_MAX];
	span unit = span_of(reader->unit, reader->unit_len), key, value;
	bool found;

	if (reader->placed)
		found = store_next(&reader->cursor, &key, &value);
	else
		found = store_seek(&reader->cursor, key_of(unit, reader->next, room), &key, &value);
	reader->placed = true;
	return found && is_of_unit(key, unit) && row_open(reader->cursor.txn, key, value, out);
}

void
feed_close(feed_reader *reader)
{
	store_cursor_close(&reader->cursor);
}

static bool
time_of(store_txn *txn, span unit, uint64_t number, int64_t *us)
{
	uint8_t room[KEY_MAX];
	span key = key_of(unit, number, room), value;
	feed_row row;
	log_record record;

	if (!store_get(txn, TABLE_FEED, key, &value))
		return record_bad(txn, TABLE_FEED, key, "it is missing");
	if (!row_open(txn, key, value, &row))
		return false;
	if (!log_read(txn, row.leaf, &record))
		return record_bad(txn, TABLE_FEED, key, "it names a leaf that is not there");
	*us = record.hub_time_us;
	return true;
}

uint64_t
feed_before_time(store_txn *txn, span unit, int64_t us)
{
	uint64_t low = 0, high = feed_last(txn, unit); /* the answer lies in low..high */

	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		int64_t at;

		if (!time_of(txn, unit, middle, &at))
			return 0;
		if (at < us)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}
