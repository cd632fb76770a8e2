/* SPDX-License-Identifier: Apache-2.0 */
#include "store/due_rows.h"

#include "store/record.h"
#include "store/slot_cache.h"

enum { TIME_SIZE = 8, KEY_MAX = TIME_SIZE + SLOT_KEY_MAX };

void
due_put(store_txn *txn, const plan *p, slot_at at, int64_t us)
{
	uint8_t key[KEY_MAX], of_slot[SLOT_KEY_MAX];
	span rest = slot_key(p, at, of_slot);

	be64_put(key, (uint64_t)us);
	memcpy(key + TIME_SIZE, rest.at, rest.len);
	record_put(txn, TABLE_DUE, span_of(key, TIME_SIZE + rest.len), span_str(""));
}

static bool
first_row(store_txn *txn, uint8_t out[KEY_MAX], span *key)
{
	store_cursor c;
	span at, row, payload;
	bool found;

	store_cursor_open(txn, TABLE_DUE, &c);
	found = store_first(&c, &at, &row) && record_open(txn, TABLE_DUE, at, row, &payload);
	if (found && (at.len < TIME_SIZE || at.len > KEY_MAX))
		found = record_bad(txn, TABLE_DUE, at, "its key has another form");
	if (found) {
		memcpy(out, at.at, at.len);
		*key = span_of(out, at.len);
	}
	store_cursor_close(&c);
	return found;
}

int64_t
due_first(store_txn *txn)
{
	uint8_t room[KEY_MAX];
	span key;

	return first_row(txn, room, &key) ? (int64_t)be64_get(key.at) : INT64_MAX;
}

/* Cut the id before the next zero byte. */
static span
cut_id(span *rest)
{
	size_t n = 0;
	span id;

	while (n < rest->len && rest->at[n] != 0)
		n++;
	id = span_of(rest->at, n);
	n += n < rest->len;
	rest->at += n;
	rest->len -= n;
	return id;
}

bool
due_take(store_txn *txn, const plan *p, slot_at *at, int64_t *us, bool *known)
{
	uint8_t room[KEY_MAX];
	int unit, item;
	span key, rest;

	if (!first_row(txn, room, &key))
		return false;
	*us = (int64_t)be64_get(key.at);
	rest = span_of(key.at + TIME_SIZE, key.len - TIME_SIZE);
	unit = plan_find_unit(p, cut_id(&rest));
	item = plan_find_item(p, cut_id(&rest));
	*known = unit >= 0 && item >= 0 && rest.len == 4;
	if (*known)
		*at = (slot_at){ .unit = (uint32_t)unit,
			.item = (uint32_t)item,
			.period = period_from_code(be32_get(rest.at)) };
	*known = *known && plan_has_period(p, at->item, at->period);
	return store_del(txn, TABLE_DUE, key);
}

void
due_forget(store_txn *txn, int64_t until_us)
{
	uint8_t room[KEY_MAX];
	span key;

	while (first_row(txn, room, &key) && (int64_t)be64_get(key.at) <= until_us)
		store_del(txn, TABLE_DUE, key);
}
