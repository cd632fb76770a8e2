/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_rows.c - rows of tables, each with an LMDB table of its own or in the one that small tables
 * share (store_table.c). There a row has the table's number before its key; names of tables, which
 * begin with a letter, are LMDB's own rows in it.
 */
#include "store/lmdb_env.h"

enum { KEY_ROOM = 511 /* LMDB's limit */ };

/* The row KEY of TABLE in the shared table; where TABLE begins when KEY is empty. */
static span
shared_key(store_table table, span key, uint8_t room[KEY_ROOM])
{
	room[0] = (uint8_t)table;
	if (key.len > 0)
		memcpy(room + 1, key.at, key.len);
	return span_of(room, 1 + key.len);
}

/* What LMDB calls the row KEY of TABLE. A key that may not be is left to LMDB, which refuses an
 * empty one. */
static span
key_of(store_table table, span key, uint8_t room[KEY_ROOM])
{
	if (!store_is_shared(table))
		return key;
	return key.len == 0 || key.len >= KEY_ROOM ? (span){ 0 } : shared_key(table, key, room);
}

/* ---- one row ---- */

void
store_lend(store_txn *txn, store_table table, store_txn *from)
{
	txn->lent = table;
	txn->lender = from;
}

bool
store_get(store_txn *txn, store_table table, span key, span *value)
{
	uint8_t room[KEY_ROOM];

	if (txn->lender != NULL && txn->lent == table && store_ok(txn))
		txn = txn->lender;
	return lmdb_get(txn, table, key_of(table, key, room), value);
}

void
store_put(store_txn *txn, store_table table, span key, span value)
{
	uint8_t room[KEY_ROOM];

	lmdb_put(txn, table, key_of(table, key, room), value);
}

uint8_t *
store_reserve(store_txn *txn, store_table table, span key, size_t size)
{
	uint8_t room[KEY_ROOM];

	return lmdb_reserve(txn, table, key_of(table, key, room), size, false);
}

uint8_t *
store_reserve_append(store_txn *txn, store_table table, span key, size_t size)
{
	MS_ASSERT(!store_is_shared(table));
	return lmdb_reserve(txn, table, key, size, true);
}

bool
store_del(store_txn *txn, store_table table, span key)
{
	uint8_t room[KEY_ROOM];

	return lmdb_del(txn, table, key_of(table, key, room));
}

/* ---- walking ---- */

/* Whose row of the shared table is it? TABLE_NAMES: of none that the store has. */
static store_table
owner(const store *s, span key)
{
	unsigned first = key.at[0];

	return first < TABLE_COUNT && store_is_shared(first) && store_has_table(s->kind, first)
		       ? (store_table)first
		       : TABLE_NAMES;
}

/* The cursor is at a row of LMDB's table (FOUND): is it one of its own, and by which key? */
static bool
own(store_cursor *c, bool found, span *key)
{
	if (!found || !store_is_shared(c->table))
		return found;
	if (owner(c->txn->store, *key) != c->table)
		return false;
	if (key->len == 1)
		return store_fail(c->txn, MS_CORRUPT, MST_STORE_CORRUPT,
			"a row of table %s is damaged: it has no key", store_table_name(c->table));
	*key = span_of(key->at + 1, key->len - 1);
	return true;
}

/* From a row of the shared table on, to the next that is a name. */
static bool
name_from(store_cursor *c, bool found, bool (*step)(store_cursor *c, span *key, span *value),
	span *key, span *value)
{
	while (found && c->table == TABLE_NAMES && owner(c->txn->store, *key) != TABLE_NAMES)
		found = step(c, key, value);
	return found;
}

bool
store_seek(store_cursor *c, span from, span *key, span *value)
{
	uint8_t room[KEY_ROOM];

	return own(c, lmdb_seek(c, key_of(c->table, from, room), key, value), key);
}

bool
store_first(store_cursor *c, span *key, span *value)
{
	uint8_t room[KEY_ROOM];

	if (store_is_shared(c->table))
		return own(
			c, lmdb_seek(c, shared_key(c->table, (span){ 0 }, room), key, value), key);
	return name_from(c, lmdb_first(c, key, value), lmdb_next, key, value);
}

/* Of a table that shares it is the one before whatever comes behind the table. */
bool
store_last(store_cursor *c, span *key, span *value)
{
	uint8_t behind = (uint8_t)(c->table + 1);
	bool found;

	if (!store_is_shared(c->table))
		return name_from(c, lmdb_last(c, key, value), lmdb_prev, key, value);
	found = lmdb_seek(c, span_of(&behind, 1), key, value) ? lmdb_prev(c, key, value)
							      : lmdb_last(c, key, value);
	return own(c, found, key);
}

bool
store_next(store_cursor *c, span *key, span *value)
{
	return own(c, name_from(c, lmdb_next(c, key, value), lmdb_next, key, value), key);
}

bool
store_prev(store_cursor *c, span *key, span *value)
{
	return own(c, name_from(c, lmdb_prev(c, key, value), lmdb_prev, key, value), key);
}

bool
store_before(store_cursor *c, span from, span *key, span *value)
{
	if (store_seek(c, from, key, value))
		return store_prev(c, key, value);
	return store_last(c, key, value);
}

/* ---- all rows of a table ---- */

static void
clear_shared(store_txn *txn, store_table table)
{
	uint8_t room[KEY_ROOM];
	store_cursor c;
	span key, value;

	store_cursor_open(txn, table, &c);
	while (store_first(&c, &key, &value)) {
		memcpy(room, key.at, key.len);
		store_del(txn, table, span_of(room, key.len));
	}
	store_cursor_close(&c);
}

void
store_clear(store_txn *txn, store_table table)
{
	if (store_is_shared(table))
		clear_shared(txn, table);
	else
		lmdb_clear(txn, table);
}

static uint64_t
count_shared(store_txn *txn, store_table table)
{
	store_cursor c;
	span key, value;
	uint64_t n = 0;
	bool more;

	store_cursor_open(txn, table, &c);
	for (more = store_first(&c, &key, &value); more; more = store_next(&c, &key, &value))
		n++;
	store_cursor_close(&c);
	return n;
}

uint64_t
store_count(store_txn *txn, store_table table)
{
	return store_is_shared(table) ? count_shared(txn, table) : lmdb_count(txn, table);
}
