/* SPDX-License-Identifier: Apache-2.0 */
/* lmdb_env.h - inside store only: what store.c and store_rows.c ask of lmdb_env.c, the one file
 * that knows LMDB. */
#ifndef STORE_LMDB_ENV_H
#define STORE_LMDB_ENV_H

#include "store/store.h"

enum { STORE_PATH_MAX = 1024 };

struct store {
	struct MDB_env *env;
	unsigned tables[TABLE_COUNT]; /* LMDB's handles; 0 = the kind has no such table; shared
				       * ones have that of TABLE_NAMES */
	store_kind kind;
	bool read_only;
	int lock_fd; /* holds the mark that this process has the store open */
	int data_fd; /* of data.mdb, never used to read or write: see judge_failure */
	_Atomic uint64_t aborts;
	char dir[STORE_PATH_MAX];
};

/* Open the environment in DIR with the tables of s->kind; FRESH creates file and tables. MAP_BYTES
 * 0 keeps the stored size. */
ms_status lmdb_open(store *s, const char *dir, uint64_t map_bytes, bool fresh, ms_error *err);
void lmdb_close(store *s);
/* A compact copy of the newest state into FD. */
ms_status lmdb_copy(store *s, int fd, ms_error *err);
/* Bytes of the file that the newest state uses, and of the map. */
void lmdb_extent(const store *s, uint64_t *used, uint64_t *map_bytes);
/* Read every row of every table. */
ms_status lmdb_walk(store *s, ms_error *err);

/*
 * Rows of the LMDB table in which TABLE lies, by LMDB's keys; failures name TABLE. Otherwise like
 * store_get and the others.
 */
bool lmdb_get(store_txn *txn, store_table table, span key, span *value);
void lmdb_put(store_txn *txn, store_table table, span key, span value);
uint8_t *lmdb_reserve(store_txn *txn, store_table table, span key, size_t size, bool append);
bool lmdb_del(store_txn *txn, store_table table, span key);
void lmdb_clear(store_txn *txn, store_table table);
uint64_t lmdb_count(store_txn *txn, store_table table);
bool lmdb_seek(store_cursor *c, span from, span *key, span *value);
bool lmdb_first(store_cursor *c, span *key, span *value);
bool lmdb_last(store_cursor *c, span *key, span *value);
bool lmdb_next(store_cursor *c, span *key, span *value);
bool lmdb_prev(store_cursor *c, span *key, span *value);

/* store_table.c */
bool store_has_table(store_kind kind, store_table table);
/* Do its rows lie in LMDB's own table, each under the table's number (one byte) and its key? Names
 * of tables begin with a letter, so nothing is in the way of anything. */
bool store_is_shared(store_table table);

#endif
