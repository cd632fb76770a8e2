/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lmdb_env.c - the border to LMDB: transactions, rows, cursors, and its errors translated once.
 *
 * Default flags plus MDB_NOTLS: a commit is two flushes (data, then meta page) and nothing weakens
 * it. MDB_WRITEMAP would make a full disk a SIGBUS. MDB_NOTLS lets a read transaction be parked and
 * renewed, and moved between threads.
 *
 * No DUPSORT tables: 0.9.24 lacks fixes for them; composite keys do the same work.
 */
#include "store/lmdb_env.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"

/* ---- errors ---- */

/* The file system or our own file size limit leaves less than this: a short write was a full disk.
 * ext4 counts as free up to 4,096 blocks, 16 MiB, that it keeps for itself. */
enum { SPACE_GONE_BELOW = 32 << 20 };

static bool
space_is_gone(int fd)
{
	struct statvfs fs;
	struct stat st;
	struct rlimit limit;

	if (fstatvfs(fd, &fs) == 0 && (uint64_t)fs.f_bfree * fs.f_frsize < SPACE_GONE_BELOW)
		return true;
	if (fstatvfs(fd, &fs) == 0 && geteuid() != 0 &&
		(uint64_t)fs.f_bavail * fs.f_frsize < SPACE_GONE_BELOW)
		return true;
	return fstat(fd, &st) == 0 && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       limit.rlim_cur != RLIM_INFINITY &&
	       (uint64_t)st.st_size + SPACE_GONE_BELOW > limit.rlim_cur;
}

/*
 * Was it only space? LMDB turns a short write into EIO, and a short write is what a nearly full
 * tmpfs or ext4 gives; so EIO counts as full when the space is gone. But a *sync* that failed must
 * never be tried again: the kernel may have dropped the pages, and the next sync would report
 * success over lost data. Every open file description is told of a failed write-back once, so our
 * own descriptor, which LMDB does not use, tells whether that is what happened.
 */
static bool
is_only_space(const store *s, int rc)
{
	if (rc == MDB_MAP_FULL)
		return true;
	if (rc != ENOSPC && rc != EDQUOT && rc != EFBIG &&
		!(rc == EIO && space_is_gone(s->data_fd)))
		return false;
	return s->data_fd >= 0 && fdatasync(s->data_fd) == 0;
}

typedef struct rc_row {
	int rc;
	ms_status status;
	unsigned code;
	const char *text;
} rc_row;

static const rc_row rc_rows[] = {
	{ MDB_CORRUPTED, MS_CORRUPT, MST_STORE_CORRUPT, TR("the file is damaged") },
	{ MDB_PAGE_NOTFOUND, MS_CORRUPT, MST_STORE_CORRUPT,
		TR("the file is damaged (a page is missing)") },
	{ MDB_CURSOR_FULL, MS_CORRUPT, MST_STORE_CORRUPT,
		TR("the file is damaged (tree too deep)") },
	{ MDB_INVALID, MS_CONFIG, MST_STORE_FOREIGN, TR("the file is no store of Muster") },
	{ MDB_VERSION_MISMATCH, MS_CONFIG, MST_STORE_VERSION,
		TR("the file was made by another LMDB version") },
	{ MDB_READERS_FULL, MS_BUSY, MST_STORE_READERS,
		TR("too many processes read this store at once") },
	{ MDB_MAP_RESIZED, MS_STORAGE, MST_STORE_MAP,
		TR("another process enlarged the map; restart this one") },
	{ MDB_PANIC, MS_STORAGE, MST_STORE_COMMIT,
		TR("an earlier write of the file's head failed") },
	{ MDB_TXN_FULL, MS_STORAGE, MST_STORE_MISUSE, TR("the transaction is too large") },
	{ MDB_KEYEXIST, MS_CORRUPT, MST_STORE_CORRUPT,
		TR("a row to be appended does not follow the last one") },
	{ MDB_BAD_VALSIZE, MS_BUG, MST_STORE_MISUSE,
		TR("a key is empty or longer than 511 bytes") },
	{ MDB_BAD_TXN, MS_BUG, MST_STORE_MISUSE, TR("the transaction is not usable") },
	{ MDB_BAD_RSLOT, MS_BUG, MST_STORE_MISUSE, TR("the reader is not usable") },
	{ MDB_BAD_DBI, MS_BUG, MST_STORE_MISUSE, TR("no such table") },
	{ ENOMEM, MS_NO_MEMORY, MST_NO_MEMORY, TR("out of memory") },
	{ EACCES, MS_DENIED, MST_STORE_OPEN, TR("not permitted") },
	{ EINVAL, MS_BUG, MST_STORE_MISUSE, TR("a wrong argument") },
};

/* WRITING: a failed commit or put, where everything unknown means that storage cannot be trusted
 * any more. */
static ms_status
fail_rc(ms_error *err, const store *s, int rc, bool writing, const char *doing, store_table table)
{
	const char *name = table == 0 ? tr("the store") : store_table_name(table);
	size_t i;

	if (writing && is_only_space(s, rc)) {
		ms_fail(err, MS_NO_SPACE, MST_STORE_SPACE, "%s: no space left: %s", s->dir,
			rc == MDB_MAP_FULL ? tr("the reserved map is full")
					   : tr("the disk is full"));
		ms_error_remedy(err, "%s",
			rc == MDB_MAP_FULL ? tr("raise map_bytes in the settings and restart")
					   : tr("free space on the disk; work goes on by itself"));
		return MS_NO_SPACE;
	}
	for (i = 0; i < sizeof(rc_rows) / sizeof(rc_rows[0]); i++)
		if (rc_rows[i].rc == rc)
			return ms_fail(err, rc_rows[i].status, rc_rows[i].code, "%s: %s %s: %s",
				s->dir, tr(doing), name, tr(rc_rows[i].text));
	return ms_fail(err, writing ? MS_STORAGE : MS_IO,
		writing ? MST_STORE_COMMIT : MST_STORE_OPEN, "%s: %s %s failed: %s", s->dir,
		tr(doing), name, mdb_strerror(rc));
}

/* ---- environment ---- */

static int
open_tables(store *s, bool fresh)
{
	MDB_txn *txn;
	store_table t;
	int rc = mdb_txn_begin(s->env, NULL, fresh ? 0 : MDB_RDONLY, &txn);

	if (rc != 0)
		return rc;
	rc = mdb_dbi_open(txn, NULL, 0, &s->tables[TABLE_NAMES]);
	for (t = 1; t < TABLE_COUNT && rc == 0; t++) {
		if (!store_has_table(s->kind, t))
			continue;
		if (store_is_shared(t)) {
			s->tables[t] = s->tables[TABLE_NAMES];
			continue;
		}
		rc = mdb_dbi_open(txn, store_table_name(t), fresh ? MDB_CREATE : 0, &s->tables[t]);
		/* Another release's store, or none at all: the format row will tell which. */
		if (rc == MDB_NOTFOUND)
			rc = 0;
	}
	/* Handles opened in a read transaction become the environment's by its commit. */
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/*
 * A writer killed between writing the file's head and telling lock.mdb of it leaves readers one
 * transaction behind as long as any process has the store open: they believe lock.mdb. The next
 * write transaction finds the dead owner and mends that; so begin one before anything is read.
 */
static int
bury_dead_writer(store *s)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, 0, &txn);

	if (rc == 0)
		mdb_txn_abort(txn);
	return rc;
}

ms_status
lmdb_open(store *s, const char *dir, uint64_t map_bytes, bool fresh, ms_error *err)
{
	static const char *const names[] = { "data.mdb", "lock.mdb" };
	unsigned flags = MDB_NOTLS | (s->read_only ? MDB_RDONLY : 0);
	ms_status status;
	int rc = mdb_env_create(&s->env);

	if (rc != 0)
		return fail_rc(err, s, rc, false, TR("opening"), 0);
	rc = mdb_env_set_maxdbs(s->env, TABLE_COUNT);
	if (rc == 0 && map_bytes != 0)
		rc = mdb_env_set_mapsize(s->env, map_bytes);
	if (rc == 0)
		rc = mdb_env_open(s->env, dir, flags, 0600);
	if (rc == 0 && !s->read_only)
		rc = bury_dead_writer(s);
	if (rc == 0)
		rc = open_tables(s, fresh);
	if (rc == 0)
		return MS_OK;
	lmdb_close(s);
	status = fail_rc(err, s, rc, fresh, fresh ? TR("creating") : TR("opening"), 0);
	if (rc == EACCES)
		fs_name_owner_in(dir, names, sizeof(names) / sizeof(names[0]), err);
	if (rc == ENOMEM)
		ms_error_remedy(err, "the store reserves address space, not memory: lift its limit "
				     "(ulimit -v, LimitAS=), or lower map_bytes in the settings");
	return status;
}

void
lmdb_close(store *s)
{
	if (s->env != NULL)
		mdb_env_close(s->env);
	s->env = NULL;
}

/* ---- transactions ---- */

void
store_begin(store *s, store_txn *txn, store_mode mode)
{
	MDB_txn *handle = NULL;
	int rc;

	*txn = (store_txn){ .store = s, .mode = mode };
	if (mode == STORE_WRITE && s->read_only) {
		store_fail(txn, MS_BUG, MST_STORE_MISUSE, "%s: opened for reading only", s->dir);
		return;
	}
	rc = mdb_txn_begin(s->env, NULL, mode == STORE_READ ? MDB_RDONLY : 0, &handle);
	if (rc != 0)
		fail_rc(&txn->error, s, rc, mode == STORE_WRITE, TR("beginning a transaction on"),
			0);
	txn->handle = handle;
}

static void
count_abort(store_txn *txn)
{
	if (txn->mode == STORE_WRITE)
		txn->store->aborts++;
}

ms_status
store_commit(store_txn *txn, ms_error *err)
{
	MDB_txn *handle = txn->handle;
	int rc;

	if (!store_ok(txn)) {
		ms_status s = store_status(txn, err);

		store_abort(txn);
		return s;
	}
	MS_ASSERT(handle != NULL);
	txn->handle = NULL;
	rc = mdb_txn_commit(handle);
	if (rc == 0)
		return MS_OK;
	count_abort(txn);
	fail_rc(&txn->error, txn->store, rc, txn->mode == STORE_WRITE, TR("committing to"), 0);
	return store_status(txn, err);
}

void
store_abort(store_txn *txn)
{
	MDB_txn *handle = txn->handle;

	if (handle == NULL)
		return;
	txn->handle = NULL;
	mdb_txn_abort(handle);
	count_abort(txn);
}

void
store_park(store_txn *txn)
{
	MS_ASSERT(txn->mode == STORE_READ);
	if (txn->handle == NULL || txn->parked)
		return;
	mdb_txn_reset(txn->handle);
	txn->parked = true;
}

void
store_renew(store_txn *txn)
{
	int rc;

	MS_ASSERT(txn->mode == STORE_READ);
	if (txn->handle == NULL) {
		store_begin(txn->store, txn, STORE_READ);
		return;
	}
	if (!txn->parked)
		mdb_txn_reset(txn->handle);
	txn->error = (ms_error){ 0 };
	txn->parked = false;
	rc = mdb_txn_renew(txn->handle);
	if (rc != 0) {
		fail_rc(&txn->error, txn->store, rc, false, TR("reading"), 0);
		mdb_txn_abort(txn->handle);
		txn->handle = NULL;
	}
}

/* ---- rows ---- */

/* Is there a transaction to work with? A table that the kind does not have is a programmer's
 * mistake. */
static bool
usable(const store_txn *txn, store_table table)
{
	if (!store_ok(txn))
		return false;
	MS_ASSERT(txn->handle != NULL && !txn->parked && txn->store->tables[table] != 0);
	return true;
}

/* LMDB's MDB_val wants a pointer to bytes that may change; it only reads keys and values given to
 * it. */
static MDB_val
val_of(span bytes)
{
	MDB_val v = { .mv_size = bytes.len };

	memcpy(&v.mv_data, &bytes.at, sizeof(v.mv_data));
	return v;
}

static span
span_of_val(const MDB_val *v)
{
	return span_of(v->mv_data, v->mv_size);
}

bool
lmdb_get(store_txn *txn, store_table table, span key, span *value)
{
	MDB_val k = val_of(key), v;
	int rc;

	if (!usable(txn, table))
		return false;
	rc = mdb_get(txn->handle, txn->store->tables[table], &k, &v);
	if (rc == 0)
		*value = span_of_val(&v);
	else if (rc != MDB_NOTFOUND)
		fail_rc(&txn->error, txn->store, rc, false, TR("reading"), table);
	return rc == 0;
}

static uint8_t *
put(store_txn *txn, store_table table, span key, MDB_val *value, unsigned flags)
{
	MDB_val k = val_of(key);
	int rc;

	if (!usable(txn, table))
		return NULL;
	MS_ASSERT(txn->mode == STORE_WRITE);
	rc = mdb_put(txn->handle, txn->store->tables[table], &k, value, flags);
	if (rc == 0)
		return value->mv_data;
	fail_rc(&txn->error, txn->store, rc, true, TR("writing to"), table);
	return NULL;
}

void
lmdb_put(store_txn *txn, store_table table, span key, span value)
{
	MDB_val v = val_of(value);

	put(txn, table, key, &v, 0);
}

uint8_t *
lmdb_reserve(store_txn *txn, store_table table, span key, size_t size, bool append)
{
	MDB_val v = { .mv_size = size };

	return put(txn, table, key, &v, MDB_RESERVE | (append ? MDB_APPEND : 0));
}

bool
lmdb_del(store_txn *txn, store_table table, span key)
{
	MDB_val k = val_of(key);
	int rc;

	if (!usable(txn, table))
		return false;
	MS_ASSERT(txn->mode == STORE_WRITE);
	rc = mdb_del(txn->handle, txn->store->tables[table], &k, NULL);
	if (rc != 0 && rc != MDB_NOTFOUND)
		fail_rc(&txn->error, txn->store, rc, true, TR("deleting from"), table);
	return rc == 0;
}

void
lmdb_clear(store_txn *txn, store_table table)
{
	int rc;

	if (!usable(txn, table))
		return;
	MS_ASSERT(txn->mode == STORE_WRITE);
	rc = mdb_drop(txn->handle, txn->store->tables[table], 0);
	if (rc != 0)
		fail_rc(&txn->error, txn->store, rc, true, TR("emptying"), table);
}

uint64_t
lmdb_count(store_txn *txn, store_table table)
{
	MDB_stat st = { 0 };
	int rc;

	if (!usable(txn, table))
		return 0;
	rc = mdb_stat(txn->handle, txn->store->tables[table], &st);
	if (rc != 0)
		fail_rc(&txn->error, txn->store, rc, false, TR("counting"), table);
	return st.ms_entries;
}

/* ---- cursors ---- */

void
store_cursor_open(store_txn *txn, store_table table, store_cursor *c)
{
	MDB_cursor *handle = NULL;
	int rc;

	*c = (store_cursor){ .txn = txn, .table = table };
	if (!usable(txn, table))
		return;
	rc = mdb_cursor_open(txn->handle, txn->store->tables[table], &handle);
	if (rc != 0)
		fail_rc(&txn->error, txn->store, rc, false, TR("walking"), table);
	c->handle = handle;
}

static bool
step(store_cursor *c, span from, MDB_cursor_op op, span *key, span *value)
{
	MDB_val k = val_of(from), v;
	int rc;

	if (c->handle == NULL || !usable(c->txn, c->table))
		return false;
	rc = mdb_cursor_get(c->handle, &k, &v, op);
	if (rc == 0) {
		*key = span_of_val(&k);
		*value = span_of_val(&v);
	} else if (rc != MDB_NOTFOUND) {
		fail_rc(&c->txn->error, c->txn->store, rc, false, TR("walking"), c->table);
	}
	return rc == 0;
}

bool
lmdb_seek(store_cursor *c, span from, span *key, span *value)
{
	return step(c, from, MDB_SET_RANGE, key, value);
}

bool
lmdb_first(store_cursor *c, span *key, span *value)
{
	return step(c, (span){ 0 }, MDB_FIRST, key, value);
}

bool
lmdb_last(store_cursor *c, span *key, span *value)
{
	return step(c, (span){ 0 }, MDB_LAST, key, value);
}

bool
lmdb_next(store_cursor *c, span *key, span *value)
{
	return step(c, (span){ 0 }, MDB_NEXT, key, value);
}

bool
lmdb_prev(store_cursor *c, span *key, span *value)
{
	return step(c, (span){ 0 }, MDB_PREV, key, value);
}

void
store_cursor_close(store_cursor *c)
{
	if (c->handle != NULL)
		mdb_cursor_close(c->handle);
	c->handle = NULL;
}

/* ---- the whole ---- */

unsigned
store_tidy(store *s)
{
	int dead = 0;

	return mdb_reader_check(s->env, &dead) == 0 && dead > 0 ? (unsigned)dead : 0;
}

/* LMDB's own table of free pages, which every write transaction reads. */
enum { FREE_TABLE = 0 };

static int
walk_table(MDB_txn *txn, MDB_dbi table)
{
	MDB_cursor *c;
	MDB_val key, value;
	unsigned sum = 0;
	size_t i;
	int rc = mdb_cursor_open(txn, table, &c);

	if (rc != 0)
		return rc;
	while ((rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) == 0)
		for (i = 0; i < value.mv_size; i++)
			sum += ((const uint8_t *)value.mv_data)[i];
	/* Every byte was touched; this only keeps the compiler from leaving the reading out. */
	__asm__ volatile("" : : "r"(sum));
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

ms_status
lmdb_walk(store *s, ms_error *err)
{
	store_txn txn;
	store_table t;
	int rc = 0;

	store_begin(s, &txn, STORE_READ);
	if (store_ok(&txn))
		rc = walk_table(txn.handle, FREE_TABLE);
	for (t = TABLE_NAMES; t < TABLE_COUNT && rc == 0 && store_ok(&txn); t++)
		if (s->tables[t] != 0 && !store_is_shared(t))
			rc = walk_table(txn.handle, s->tables[t]);
	if (rc != 0)
		fail_rc(&txn.error, s, rc, false, TR("walking"), 0);
	return store_commit(&txn, err);
}

void
lmdb_extent(const store *s, uint64_t *used, uint64_t *map_bytes)
{
	MDB_envinfo info;
	MDB_stat st;

	*used = *map_bytes = 0;
	if (mdb_env_info(s->env, &info) != 0 || mdb_env_stat(s->env, &st) != 0)
		return;
	*used = ((uint64_t)info.me_last_pgno + 1) * st.ms_psize;
	*map_bytes = info.me_mapsize;
}

ms_status
lmdb_copy(store *s, int fd, ms_error *err)
{
	int rc = mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);

	if (rc == ENOSPC || rc == EDQUOT || rc == EFBIG)
		return ms_fail(err, MS_CANNOT_WRITE, MST_STORE_SPACE,
			"%s: no space left for a copy", s->dir);
	return rc == 0 ? MS_OK : fail_rc(err, s, rc, false, TR("copying"), 0);
}
