/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c - a store's directory: made in one piece, recognised before it is trusted, open once in a
 * process.
 *
 *   DIR/data.mdb, DIR/lock.mdb   LMDB's
 *   DIR/opened                   empty; byte number <pid> of it is locked while process <pid>
 *                                has the store open
 *
 * A crash while LMDB makes a file leaves one that it cannot open, so a new store is made in
 * DIR.new, synced, and renamed.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ended.h"
#include "base/fs.h"
#include "base/lang.h"
#include "store/lmdb_env.h"
#include "store/record.h"
#include "store/store_head.h"

enum { FORMAT_VERSION = 2, FORMAT_SIZE = 16 };
#define FORMAT_KEY "format"
#define FORMAT_MAGIC "muster-store\n" /* 13 bytes, then kind u8, version u16 */
#define HUB_MAP_BYTES (64ull << 30)
#define AGENT_MAP_BYTES (1ull << 30)

static const char *
kind_name(unsigned kind)
{
	return kind == STORE_HUB ? "hub" : kind == STORE_AGENT ? "agent" : "unknown program";
}

uint64_t
store_aborts(const store *s)
{
	return s->aborts;
}

/* ---- paths ---- */

static ms_status
join(const char *dir, const char *name, char out[STORE_PATH_MAX], ms_error *err)
{
	int n = snprintf(out, STORE_PATH_MAX, "%s%s", dir, name);

	if (n < 0 || n >= STORE_PATH_MAX)
		return ms_fail(err, MS_INVALID, MST_HOME_PATH, "%s: the path is too long", dir);
	return MS_OK;
}

static ms_status
fail_path(ms_error *err, const char *path, const char *what)
{
	ms_status s = fs_fail(err, errno, MST_STORE_OPEN, what, path);

	fs_name_owner(path, err);
	return s;
}

static ms_status
sync_path(const char *path, ms_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	ms_status s = good ? MS_OK : fail_path(err, path, TR("sync"));

	if (fd >= 0)
		close(fd);
	return s;
}

static ms_status
sync_parent(const char *dir, ms_error *err)
{
	char parent[STORE_PATH_MAX];
	ms_status s = join(dir, "", parent, err);
	char *slash;

	if (s != MS_OK)
		return s;
	slash = strrchr(parent, '/');
	if (slash == NULL)
		return fs_sync_dir(".", err);
	slash[slash == parent ? 1 : 0] = '\0';
	return fs_sync_dir(parent, err);
}

/* ---- one opening in a process ---- */

/*
 * Two environments of one process on one file release each other's locks and let two writers in.
 * The kernel remembers for us who has it open: a lock of an open file description on byte <pid>
 * conflicts with another one of the same process, and with nothing else.
 */
static ms_status
mark_open(store *s, ms_error *err)
{
	static const char *const names[] = { "opened" };
	char path[STORE_PATH_MAX];
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = getpid(), .l_len = 1
	};
	ms_status status = join(s->dir, "/opened", path, err);

	if (status != MS_OK)
		return status;
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0) {
		status = fs_fail(err, errno, MST_STORE_OPEN, TR("open"), path);
		fs_name_owner_in(s->dir, names, 1, err);
		return status;
	}
	if (fcntl(s->lock_fd, F_OFD_SETLK, &lock) == 0)
		return MS_OK;
	if (errno == EAGAIN || errno == EACCES)
		return ms_fail(err, MS_BUSY, MST_STORE_TWICE,
			"%s: this process has the store open already", s->dir);
	return fail_path(err, path, TR("lock"));
}

/* ---- recognising ---- */

/*
 * A page that the head counts may never have been written when it was given back within its
 * transaction, so a short file is not always a cut one. A child reads everything; if that kills it,
 * the file was cut.
 */
static ms_status
try_in_child(const store *s, ms_error *err)
{
	pid_t child = fork();
	pid_t ended;
	int state = 0;

	if (child < 0)
		return fail_path(err, s->dir, TR("examine"));
	if (child == 0) {
		store copy = *s;
		struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGBUS, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		copy.read_only = true;
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		if (lmdb_open(&copy, copy.dir, 0, false, NULL) != MS_OK ||
			lmdb_walk(&copy, NULL) != MS_OK)
			_exit(1);
		_exit(0);
	}
	while ((ended = waitpid(child, &state, 0)) < 0 && errno == EINTR)
		;
	if (ended < 0)
		return fail_path(err, s->dir, TR("examine"));
	if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
		return MS_OK;
	if (WIFSIGNALED(state) && !ended_by_damage(state))
		return ended_fail(state, err);
	ms_fail(err, MS_CORRUPT, MST_STORE_TRUNCATED,
		"%s/data.mdb is cut off: pages in use are missing", s->dir);
	ms_error_remedy(err,
		"restore the directory from a backup, or refill it from the other side's history");
	return MS_CORRUPT;
}

static ms_status
examine(store *s, ms_error *err)
{
	char path[STORE_PATH_MAX];
	store_head head;
	ms_status status = join(s->dir, "/data.mdb", path, err);

	if (status != MS_OK)
		return status;
	s->data_fd = open(path, O_RDWR | O_CLOEXEC);
	if (s->data_fd < 0 && errno == ENOENT)
		return ms_fail(err, MS_CONFIG, MST_STORE_FOREIGN,
			"%s is no store of Muster: data.mdb is missing", s->dir);
	if (s->data_fd < 0)
		return fail_path(err, path, TR("open"));
	status = store_head_read(s->data_fd, &head, err);
	if (status != MS_OK)
		return status;
	if (!head.valid) {
		ms_fail(err, MS_CONFIG, MST_STORE_FOREIGN,
			"%s is no store of Muster, or its head is damaged", path);
		ms_error_remedy(err, "check the directory's name, or restore it from a backup");
		return MS_CONFIG;
	}
	if (head.file_bytes >= head.used_bytes)
		return MS_OK;
	status = try_in_child(s, err);
	/* All that is missing is free, so it may as well be there: the next opening need not look.
	 */
	if (status == MS_OK && !s->read_only && ftruncate(s->data_fd, (off_t)head.used_bytes) != 0)
		status = fail_path(err, path, TR("extend"));
	return status;
}

static void
format_write(store *s, store_txn *txn)
{
	uint8_t row[FORMAT_SIZE] = FORMAT_MAGIC;

	row[13] = (uint8_t)s->kind;
	be16_put(row + 14, FORMAT_VERSION);
	store_put(txn, TABLE_META, span_str(FORMAT_KEY), span_of(row, sizeof(row)));
}

static void
fail_version(store_txn *txn, unsigned format)
{
	store_fail(txn, MS_CONFIG, MST_STORE_VERSION,
		"%s was made by another release: format %u, this program reads %d", txn->store->dir,
		format, FORMAT_VERSION);
}

/* There META had an LMDB table of its own. */
static bool
is_of_format_1(store_txn *txn)
{
	store_cursor c;
	span name, row;
	bool found;

	store_cursor_open(txn, TABLE_NAMES, &c);
	found = store_seek(&c, span_str(store_table_name(TABLE_META)), &name, &row) &&
		span_equal(name, span_str(store_table_name(TABLE_META)));
	store_cursor_close(&c);
	return found;
}

/* The format row is the one row without a hash: it must be readable before anything is known of the
 * rest. */
static ms_status
format_check(store *s, ms_error *err)
{
	store_txn txn;
	store_table t;
	span row = { 0 };

	if (s->tables[TABLE_META] == 0)
		return ms_fail(
			err, MS_CONFIG, MST_STORE_FOREIGN, "%s is no store of Muster", s->dir);
	store_begin(s, &txn, STORE_READ);
	if (store_get(&txn, TABLE_META, span_str(FORMAT_KEY), &row)) {
		if (row.len != FORMAT_SIZE || memcmp(row.at, FORMAT_MAGIC, 13) != 0)
			store_fail(&txn, MS_CONFIG, MST_STORE_FOREIGN, "%s is no store of Muster",
				s->dir);
		else if (row.at[13] != s->kind)
			store_fail(&txn, MS_CONFIG, MST_STORE_KIND,
				"%s is the store of a muster %s, expected that of a %s", s->dir,
				kind_name(row.at[13]), kind_name(s->kind));
		else if (be16_get(row.at + 14) != FORMAT_VERSION)
			fail_version(&txn, be16_get(row.at + 14));
	} else if (store_ok(&txn) && is_of_format_1(&txn)) {
		fail_version(&txn, 1);
	} else if (store_ok(&txn)) {
		store_fail(&txn, MS_CONFIG, MST_STORE_FOREIGN,
			"%s is no store of Muster: the format row is missing", s->dir);
	}
	for (t = 1; t < TABLE_COUNT; t++)
		if (store_has_table(s->kind, t) && s->tables[t] == 0)
			store_fail(&txn, MS_CORRUPT, MST_STORE_CORRUPT,
				"%s: the table %s is missing", s->dir, store_table_name(t));
	return store_commit(&txn, err);
}

/* ---- making ---- */

static const char *const own_files[] = { "/data.mdb", "/lock.mdb", "/opened" };

/* What a crash left of an earlier attempt; only files that we make ourselves. */
static void
clear_directory(const char *dir)
{
	char path[STORE_PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(own_files) / sizeof(own_files[0]); i++)
		if (join(dir, own_files[i], path, NULL) == MS_OK)
			unlink(path);
	rmdir(dir);
}

static ms_status
begin_directory(const char *dir, char made[STORE_PATH_MAX], ms_error *err)
{
	ms_status s = join(dir, ".new", made, err);

	if (s != MS_OK)
		return s;
	clear_directory(made);
	return mkdir(made, 0700) == 0 ? MS_OK : fail_path(err, made, TR("make"));
}

static ms_status
finish_directory(const char *dir, const char *made, ms_error *err)
{
	char data[STORE_PATH_MAX];
	ms_status s = join(made, "/data.mdb", data, err);

	if (s == MS_OK)
		s = sync_path(data, err);
	if (s == MS_OK)
		s = fs_sync_dir(made, err);
	if (s == MS_OK && rename(made, dir) != 0)
		s = fail_path(err, dir, TR("make"));
	return s == MS_OK ? sync_parent(dir, err) : s;
}

static ms_status
create(const char *dir, const store_options *options, ms_error *err)
{
	char made[STORE_PATH_MAX];
	store s = { .kind = options->kind, .lock_fd = -1, .data_fd = -1 };
	store_txn txn;
	ms_status status = begin_directory(dir, made, err);

	if (status != MS_OK)
		return status;
	status = join(made, "", s.dir, err);
	if (status == MS_OK)
		status = lmdb_open(&s, made, options->map_bytes, true, err);
	if (status == MS_OK) {
		store_begin(&s, &txn, STORE_WRITE);
		format_write(&s, &txn);
		status = store_commit(&txn, err);
	}
	lmdb_close(&s);
	if (status == MS_OK)
		status = finish_directory(dir, made, err);
	if (status != MS_OK)
		clear_directory(made);
	return status;
}

/* ---- opening ---- */

static ms_status
find(const char *dir, const store_options *options, ms_error *err)
{
	struct stat st;

	if (stat(dir, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return MS_OK;
		errno = ENOTDIR;
	}
	if (errno != ENOENT)
		return fail_path(err, dir, TR("open"));
	if (!options->create || options->read_only)
		return ms_fail(err, MS_NOT_FOUND, MST_STORE_MISSING, "%s: there is no store", dir);
	return create(dir, options, err);
}

ms_status
store_open(const char *dir, const store_options *options, store **out, ms_error *err)
{
	store_options o = *options;
	store *s = calloc(1, sizeof(*s));
	ms_status status;

	if (s == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	*s = (store){ .kind = o.kind, .read_only = o.read_only, .lock_fd = -1, .data_fd = -1 };
	if (o.map_bytes == 0)
		o.map_bytes = o.kind == STORE_HUB ? HUB_MAP_BYTES : AGENT_MAP_BYTES;
	status = join(dir, "", s->dir, err);
	if (status == MS_OK)
		status = find(dir, &o, err);
	if (status == MS_OK)
		status = fs_refuse_network(dir, err);
	if (status == MS_OK)
		status = mark_open(s, err);
	if (status == MS_OK)
		status = examine(s, err);
	/* A reader beside the daemon must not ask for another size than the daemon's. */
	if (status == MS_OK)
		status = lmdb_open(s, dir, o.read_only ? 0 : o.map_bytes, false, err);
	if (status == MS_OK)
		status = format_check(s, err);
	if (status == MS_OK && !o.read_only)
		store_tidy(s);
	if (status == MS_OK)
		*out = s;
	else
		store_close(s);
	return status;
}

void
store_close(store *s)
{
	if (s == NULL)
		return;
	lmdb_close(s);
	if (s->data_fd >= 0)
		close(s->data_fd);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s);
}

ms_status
store_copy(store *s, const char *dir, ms_error *err)
{
	char made[STORE_PATH_MAX], data[STORE_PATH_MAX];
	struct stat st;
	ms_status status;
	int fd;

	if (lstat(dir, &st) == 0)
		return ms_fail(err, MS_EXISTS, MST_STORE_EXISTS, "%s is there already", dir);
	status = begin_directory(dir, made, err);
	if (status == MS_OK)
		status = join(made, "/data.mdb", data, err);
	if (status != MS_OK)
		return status;
	fd = open(data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_path(err, data, TR("make"));
	status = lmdb_copy(s, fd, err);
	close(fd);
	if (status == MS_OK)
		status = finish_directory(dir, made, err);
	if (status != MS_OK)
		clear_directory(made);
	return status;
}
