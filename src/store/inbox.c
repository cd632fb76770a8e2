/* SPDX-License-Identifier: Apache-2.0 */
#include "store/inbox.h"

#include <stdlib.h>

#include "store/meta.h"
#include "store/pack.h"
#include "store/record.h"

enum { KEY_SIZE = 8 + 2, UNIT_MAX = 63, HEAD_MAX = 3 * 10 + UNIT_MAX + 8 };

#define DAY_US (INT64_C(86400) * 1000000)
#define DAY "inbox/day"       /* of the hub's time, of the row that came last */
#define DAY_ROWS "inbox/rows" /* that came on that day */

static span
key_of(uint64_t number, uint16_t at, uint8_t out[KEY_SIZE])
{
	be64_put(out, number);
	be16_put(out + 8, at);
	return span_of(out, KEY_SIZE);
}

static void
write_row(store_txn *txn, const inbox_row *row)
{
	uint8_t key[KEY_SIZE], *bytes = malloc(HEAD_MAX + row->act.len);
	packer p = { .at = bytes, .end = bytes == NULL ? NULL : bytes + HEAD_MAX + row->act.len };

	if (bytes == NULL) {
		store_no_memory(txn);
		return;
	}
	MS_ASSERT(row->by.len <= UNIT_MAX);
	pack_varint(&p, row->place.leaf);
	pack_u64(&p, (uint64_t)row->hub_time_us);
	pack_text(&p, row->by);
	pack_bytes(&p, row->act.at, row->act.len);
	MS_ASSERT(!p.failed);
	record_put(txn, TABLE_INBOX, key_of(row->number, row->place.at, key),
		span_of(bytes, (size_t)(p.at - bytes)));
	free(bytes);
}

/* How many of ROW's day came before it; the day begins with the first of it. */
static uint64_t
count_day(store_txn *txn, const inbox_row *row)
{
	uint64_t day = (uint64_t)(row->hub_time_us / DAY_US);
	uint64_t n = meta_get_number(txn, DAY, 0) == day ? meta_get_number(txn, DAY_ROWS, 0) : 0;

	meta_put_number(txn, DAY, day);
	meta_put_number(txn, DAY_ROWS, n + 1);
	return n;
}

static void
drop_oldest(store_txn *txn)
{
	span key, bytes;
	store_cursor c;
	bool found;
	uint8_t room[KEY_SIZE];

	store_cursor_open(txn, TABLE_INBOX, &c);
	found = store_first(&c, &key, &bytes) && key.len == KEY_SIZE;
	if (found)
		memcpy(room, key.at, KEY_SIZE);
	store_cursor_close(&c);
	if (found)
		store_del(txn, TABLE_INBOX, span_of(room, KEY_SIZE));
}

inbox_taken
inbox_put(store_txn *txn, const inbox_row *row)
{
	uint8_t key[KEY_SIZE];
	span there;
	uint64_t n;

	if (store_get(txn, TABLE_INBOX, key_of(row->number, row->place.at, key), &there)) {
		write_row(txn, row);
		return INBOX_TAKEN;
	}
	n = count_day(txn, row);
	if (n >= INBOX_ROWS_A_DAY)
		return n == INBOX_ROWS_A_DAY ? INBOX_FIRST_LEFT_OUT : INBOX_LEFT_OUT;
	write_row(txn, row);
	if (store_count(txn, TABLE_INBOX) > INBOX_ROWS_MAX)
		drop_oldest(txn);
	return INBOX_TAKEN;
}

bool
inbox_next(store_txn *txn, inbox_row *row)
{
	uint8_t room[KEY_SIZE];
	bool is_first = row->number == 0;
	span from = key_of(row->number, row->place.at, room), key, bytes, payload;
	store_cursor c;
	unpacker u;
	bool found;

	store_cursor_open(txn, TABLE_INBOX, &c);
	found = is_first ? store_first(&c, &key, &bytes) : store_seek(&c, from, &key, &bytes);
	if (found && !is_first && span_equal(key, from))
		found = store_next(&c, &key, &bytes);
	if (found && key.len != KEY_SIZE)
		found = record_bad(txn, TABLE_INBOX, key, "its key is none of the inbox");
	if (found)
		found = record_open(txn, TABLE_INBOX, key, bytes, &payload);
	if (found) {
		u = unpacker_of(payload);
		*row = (inbox_row){ .number = be64_get(key.at),
			.place = { .at = be16_get(key.at + 8) } };
		row->place.leaf = unpack_varint(&u);
		row->hub_time_us = (int64_t)unpack_u64(&u);
		row->by = unpack_text(&u);
		row->act = span_of(u.at, (size_t)(u.end - u.at));
		if (u.failed)
			found = record_bad(txn, TABLE_INBOX, key, "it has another form");
	}
	store_cursor_close(&c);
	return found;
}
