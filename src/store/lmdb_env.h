/* SPDX-License-Identifier: Apache-2.0 */
/* lmdb_env.h - inside store only: what store.c asks of lmdb_env.c, the one file that knows LMDB. */
#ifndef STORE_LMDB_ENV_H
#define STORE_LMDB_ENV_H

#include "store/store.h"

enum { STORE_PATH_MAX = 1024 };

struct store {
	struct MDB_env *env;
	unsigned tables[TABLE_COUNT]; /* LMDB's handles; 0 = the kind has no such table */
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
/* Read every row of every table. */
ms_status lmdb_walk(store *s, ms_error *err);

bool store_has_table(store_kind kind, store_table table);

#endif
