/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit.c - damage by number: a hub's directory is copied, one thing in its data is changed, and
 * what `muster verify` does must find it, or every record must still be what it was.
 *
 *	system_edit HUBDIR WORK SEED EDITS FLIPS CUTS
 *
 * EDITS go through LMDB (change, delete, insert, swap, cut the end of the log, sign anew with
 * another key, a table that no hub has, a row beside all tables; change, insert and swap so that
 * the row's own hash fits), FLIPS turn a bit of the file, CUTS shorten it. Case K of a seed is
 * always the same. One line says how it went; exit code 1: something was missed.
 *
 * What is somebody's word (store/rebuild_beside.c) counts as no record: whom open invites are for,
 * how far agents have their feeds, where the hub listens, until when nothing had to be told.
 */
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/random.h"
#include "store/lmdb_env.h"
#include "store/rebuild.h"
#include "store/record.h"
#include "store/signer_home.h"

enum { ROWS_MAX = 20000, CHILD_SECONDS = 20, AT_TIME = 17, AT_HEADER = AT_TIME + 8 + 2 + 1 + 2 };

typedef struct row {
	store_table table;
	MDB_dbi dbi;
	uint8_t *key, *value; /* before the key of a table that shares, its number */
	size_t key_len, value_len;
} row;

typedef struct bench {
	const char *hub, *work;
	uint64_t random;
	buf original;   /* data.mdb */
	hash32 records; /* of all of it */
	hub_settings settings;
	signed_point point;
	unsigned found, same, missed;
	arena memory; /* of the case at hand */
} bench;

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "edit: %s\n", what);
	exit(2);
}

/* splitmix64 */
static uint64_t
below(bench *b, uint64_t n)
{
	uint64_t z = b->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return n == 0 ? 0 : (z ^ z >> 31) % n;
}

/* ---- the file ---- */

static void
data_path(const bench *b, const char *name, char out[600])
{
	snprintf(out, 600, "%.500s/data/%s", b->work, name);
}

static void
lay_out(const bench *b)
{
	char path[600];
	int fd;

	data_path(b, "lock.mdb", path);
	unlink(path);
	data_path(b, "data.mdb", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, b->original.at, b->original.len) == (ssize_t)b->original.len,
		"cannot write the copy");
	close(fd);
}

/* ---- edits through LMDB ---- */

static MDB_txn *
begin(const bench *b, MDB_env **env)
{
	char path[600];
	MDB_txn *txn = NULL;

	snprintf(path, sizeof(path), "%.500s/data", b->work);
	must(mdb_env_create(env) == 0 && mdb_env_set_maxdbs(*env, TABLE_COUNT + 8) == 0 &&
			mdb_env_set_mapsize(*env, 1u << 30) == 0 &&
			mdb_env_open(*env, path, 0, 0600) == 0 &&
			mdb_txn_begin(*env, NULL, 0, &txn) == 0,
		"cannot open the copy");
	return txn;
}

static uint8_t *
copied(bench *b, const MDB_val *v)
{
	uint8_t *out = arena_alloc(&b->memory, v->mv_size + 1);

	must(out != NULL, "no memory");
	memcpy(out, v->mv_data, v->mv_size);
	return out;
}

static size_t
read_table(bench *b, MDB_txn *txn, store_table table, row *rows, size_t n)
{
	MDB_cursor *c;
	MDB_val key, value;
	MDB_dbi dbi;
	const bool before = store_is_shared(table);
	int rc;

	if (mdb_dbi_open(txn, before ? NULL : store_table_name(table), 0, &dbi) != 0)
		return n;
	must(mdb_cursor_open(txn, dbi, &c) == 0, "no cursor");
	for (rc = mdb_cursor_get(c, &key, &value, MDB_FIRST); rc == 0 && n < ROWS_MAX;
		rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) {
		if (!before || *(uint8_t *)key.mv_data == table)
			rows[n++] = (row){ table, dbi, copied(b, &key) + before, copied(b, &value),
				key.mv_size - before, value.mv_size };
	}
	mdb_cursor_close(c);
	return n;
}

static MDB_val
key_of(const row *r)
{
	const bool before = store_is_shared(r->table);

	return (MDB_val){ r->key_len + before, r->key - before };
}

static void
put(MDB_txn *txn, const row *r)
{
	MDB_val key = key_of(r), value = { r->value_len, r->value };

	must(mdb_put(txn, r->dbi, &key, &value, 0) == 0, "cannot put");
}

static void
del(MDB_txn *txn, const row *r)
{
	MDB_val key = key_of(r);

	must(mdb_del(txn, r->dbi, &key, NULL) == 0, "cannot delete");
}

/* A row of TABLE; 0: of any. */
static row *
pick(bench *b, row *rows, size_t n, store_table table)
{
	row *r;

	do
		r = &rows[below(b, n)];
	while (table != 0 && r->table != table);
	return r;
}

static void
change(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick(b, rows, n, 0);

	r->value[below(b, r->value_len)] ^= (uint8_t)(1 + below(b, 255));
	put(txn, r);
}

static void
insert(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick(b, rows, n, 0), *other = pick(b, rows, n, r->table);

	r->key[below(b, r->key_len)] ^= (uint8_t)(1 + below(b, 255));
	r->value = other->value;
	r->value_len = other->value_len;
	put(txn, r);
}

static void
swap(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick(b, rows, n, 0), *other = pick(b, rows, n, r->table), was = *r;

	r->value = other->value;
	r->value_len = other->value_len;
	other->value = was.value;
	other->value_len = was.value_len;
	put(txn, r);
	put(txn, other);
}

static void
cut_end(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	size_t left = 1 + below(b, 5), i;

	for (i = n; i-- > 0 && left > 0;)
		if (rows[i].table == TABLE_LOG) {
			del(txn, &rows[i]);
			left--;
		}
}

/* Everything about the row fits again but the device's key. */
static void
sign_anew(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 7 }, *at, check[RECORD_CHECK_SIZE];
	row *r = pick(b, rows, n, TABLE_LOG);
	size_t count = be16_get(r->value + AT_TIME + 8), nodes = r->value[AT_TIME + 10],
	       prevs = be16_get(r->value + AT_TIME + 11), end;
	sign_key key;
	signature sig;
	hash32 leaf;

	sign_key_from_seed(seed, &key);
	at = r->value + AT_HEADER;
	sign_bytes(&key, span_of(at, BATCH_HEADER_SIZE), &sig);
	memcpy(at + BATCH_HEADER_SIZE, sig.at, SIGNATURE_SIZE);
	leaf = log_leaf_hash(span_of(at, BATCH_HEADER_SIZE),
		span_of(at + BATCH_HEADER_SIZE, SIGNATURE_SIZE),
		(int64_t)be64_get(r->value + AT_TIME), span_of(at + BATCH_SIGNED_SIZE, count));
	memcpy(at + BATCH_SIGNED_SIZE + count, leaf.at, HASH_SIZE);
	end = AT_HEADER + BATCH_SIGNED_SIZE + count + nodes * HASH_SIZE + prevs;
	record_check(TABLE_LOG, span_of(r->key, r->key_len), r->value[0],
		span_of(r->value + AT_TIME, end - AT_TIME), (span){ 0 }, check);
	memcpy(r->value + 1, check, sizeof(check));
	put(txn, r);
}

/* ---- so that the row's own hash fits ---- */

static bool
is_format(const row *r)
{
	return r->table == TABLE_META &&
	       span_equal(span_of(r->key, r->key_len), span_str("format"));
}

/* A row with a payload and a hash of its own: of TABLE; 0: of any that has such rows. */
static row *
pick_whole(bench *b, row *rows, size_t n, store_table table)
{
	row *r;

	do
		r = pick(b, rows, n, table);
	while (r->table == TABLE_LOG || is_format(r) || r->value_len < RECORD_OVERHEAD ||
		(table == 0 && r->value_len == RECORD_OVERHEAD));
	return r;
}

static void
put_well(MDB_txn *txn, row *r)
{
	span inner = span_of(r->value + 1, r->value_len - RECORD_OVERHEAD);
	uint8_t check[RECORD_CHECK_SIZE];

	record_check(r->table, span_of(r->key, r->key_len), r->value[0], inner, (span){ 0 }, check);
	memcpy(r->value + 1 + inner.len, check, sizeof(check));
	put(txn, r);
}

static void
change_well(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick_whole(b, rows, n, 0);
	uint64_t len = r->value_len - RECORD_OVERHEAD;

	/* Behind the figures of a rollup stands how long the log was: any size since its change. */
	if (r->table == TABLE_ROLLUP)
		len = len / 3 + 1;
	r->value[1 + below(b, len)] ^= (uint8_t)(1 + below(b, 255));
	put_well(txn, r);
}

static void
insert_well(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick_whole(b, rows, n, 0), *other = pick_whole(b, rows, n, r->table);

	r->key[below(b, r->key_len)] ^= (uint8_t)(1 + below(b, 255));
	r->value = other->value;
	r->value_len = other->value_len;
	put_well(txn, r);
}

static void
swap_well(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick_whole(b, rows, n, 0), *other = pick_whole(b, rows, n, r->table), was = *r;

	r->value = other->value;
	r->value_len = other->value_len;
	put_well(txn, r);
	was.key = other->key;
	was.key_len = other->key_len;
	put_well(txn, &was);
}

static void
add_table(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick(b, rows, n, 0);
	char name[] = "spare0";

	name[5] = (char)('0' + below(b, 10));
	must(mdb_dbi_open(txn, name, MDB_CREATE, &r->dbi) == 0, "cannot add a table");
	put(txn, r);
}

/* In LMDB's own table. */
static void
insert_beside(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	row *r = pick(b, rows, n, TABLE_META);

	r->key[-1] = below(b, 2) == 0 ? TABLE_LOG : TABLE_COUNT;
	put(txn, r);
}

static void
del_one(bench *b, MDB_txn *txn, row *rows, size_t n)
{
	del(txn, pick(b, rows, n, 0));
}

static const struct {
	const char *name;
	void (*edit)(bench *b, MDB_txn *txn, row *rows, size_t n);
} edits[] = { { "change", change }, { "delete", del_one }, { "insert", insert }, { "swap", swap },
	{ "cut the end", cut_end }, { "sign anew", sign_anew }, { "change well", change_well },
	{ "insert well", insert_well }, { "swap well", swap_well }, { "add a table", add_table },
	{ "insert beside", insert_beside } };
enum { EDITS = sizeof(edits) / sizeof(edits[0]) };

static const char *
edit_copy(bench *b)
{
	row *rows = arena_zalloc(&b->memory, ROWS_MAX * sizeof(*rows));
	unsigned which = (unsigned)below(b, EDITS);
	MDB_env *env;
	MDB_txn *txn = begin(b, &env);
	store_table t;
	size_t n = 0;

	must(rows != NULL, "no memory");
	for (t = 1; t < TABLE_COUNT; t++)
		n = read_table(b, txn, t, rows, n);
	must(n > 0 && n < ROWS_MAX, "the directory has no rows, or too many");
	edits[which].edit(b, txn, rows, n);
	must(mdb_txn_commit(txn) == 0, "cannot commit");
	mdb_env_close(env);
	arena_reset(&b->memory);
	return edits[which].name;
}

/* ---- damage to the file ---- */

static const char *
flip_copy(bench *b)
{
	char path[600];
	uint64_t at = below(b, b->original.len);
	uint8_t byte = b->original.at[at] ^ (uint8_t)(1u << below(b, 8));
	int fd;

	data_path(b, "data.mdb", path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd >= 0 && pwrite(fd, &byte, 1, (off_t)at) == 1, "cannot flip");
	close(fd);
	return "flip";
}

static const char *
cut_copy(bench *b)
{
	char path[600];

	data_path(b, "data.mdb", path);
	must(truncate(path, (off_t)below(b, b->original.len)) == 0, "cannot cut");
	return "cut";
}

/* ---- looking ---- */

static ms_status
open_copy(const bench *b, store **db, ms_error *err)
{
	store_options options = { .kind = STORE_HUB, .read_only = true };
	char path[600];

	snprintf(path, sizeof(path), "%.500s/data", b->work);
	return store_open(path, &options, db, err);
}

/* What `muster verify` does. */
static int
verify_copy(bench *b, hash32 *ignored)
{
	store_options options = { .kind = STORE_HUB, .create = true, .map_bytes = 256 << 20 };
	char path[600];
	store *db = NULL, *empty = NULL;
	verify_result result;
	ms_error err = { 0 };
	ms_status s = open_copy(b, &db, &err);

	(void)ignored;
	snprintf(path, sizeof(path), "%.500s/anew", b->work);
	fs_remove_tree(path, NULL);
	if (s == MS_OK)
		s = verify_log(db, &b->point, 1, &b->settings.admin_key, &result, &err);
	if (s == MS_OK && result.good)
		s = store_open(path, &options, &empty, &err);
	if (s == MS_OK && result.good)
		s = rebuild_compare(db, empty, &result, &err);
	store_close(empty);
	store_close(db);
	return s == MS_OK && result.good ? 0 : 1;
}

static bool
begins(span key, const char *with)
{
	return key.len >= strlen(with) && memcmp(key.at, with, strlen(with)) == 0;
}

/* What of a row is no word of somebody's. */
static span
record_of(store_table t, span key, span value)
{
	if (t == TABLE_META &&
		(begins(key, "m/stored/") || begins(key, "m/move") || begins(key, "log")))
		return span_str("");
	return value;
}

static int
hash_copy(bench *b, hash32 *out)
{
	store_cursor c;
	store_table t;
	store *db = NULL;
	store_txn txn;
	ms_error err = { 0 };
	span key, value;
	bool more;

	if (open_copy(b, &db, &err) != MS_OK)
		return 1;
	*out = (hash32){ { 0 } };
	store_begin(db, &txn, STORE_READ);
	for (t = 1; t < TABLE_COUNT; t++) {
		if (!store_has_table(STORE_HUB, t) || t == TABLE_INVITE)
			continue;
		store_cursor_open(&txn, t, &c);
		for (more = store_first(&c, &key, &value); more;
			more = store_next(&c, &key, &value)) {
			hash32 h = hash_of3(span_of(&t, sizeof(t)), key, record_of(t, key, value));

			*out = hash_of3(
				span_of(out->at, HASH_SIZE), span_of(h.at, HASH_SIZE), (span){ 0 });
		}
		store_cursor_close(&c);
	}
	store_abort(&txn);
	store_close(db);
	return 0;
}

/* In a child that may die of it; its exit code, or 1. */
static int
in_child(int (*look)(bench *b, hash32 *out), bench *b, hash32 *out)
{
	struct rlimit cpu = { CHILD_SECONDS, CHILD_SECONDS }, core = { 0, 0 };
	hash32 got = { { 0 } };
	int state = 0, ends[2], code;
	pid_t child;

	must(pipe(ends) == 0, "no pipe");
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CPU, &cpu);
		setrlimit(RLIMIT_CORE, &core);
		must(freopen("/dev/null", "w", stderr) != NULL, "no /dev/null");
		code = look(b, &got);
		must(write(ends[1], &got, sizeof(got)) == sizeof(got), "cannot tell");
		_exit(code);
	}
	must(child > 0, "no child");
	close(ends[1]);
	if (read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got) && out != NULL)
		*out = got;
	close(ends[0]);
	waitpid(child, &state, 0);
	return WIFEXITED(state) ? WEXITSTATUS(state) : 1;
}

static void
judge(bench *b, const char *what, unsigned number)
{
	hash32 now = { { 0 } };

	if (in_child(verify_copy, b, NULL) != 0) {
		b->found++;
	} else if (in_child(hash_copy, b, &now) == 0 && hash_equal(&now, &b->records)) {
		b->same++;
	} else {
		b->missed++;
		fprintf(stderr, "edit: case %u (%s) was not found\n", number, what);
	}
}

static void
repeat(bench *b, const char *(*damage)(bench *b), uint64_t seed, unsigned first, unsigned n)
{
	unsigned i;

	for (i = first; i < first + n; i++) {
		b->random = seed * 1000003 + i;
		lay_out(b);
		judge(b, damage(b), i);
	}
}

static void
prepare(bench *b)
{
	char path[600];
	uint32_t generation;
	ms_error err = { 0 };
	buf note = { 0 };
	log_key key;

	snprintf(path, sizeof(path), "%.500s/data/data.mdb", b->hub);
	must(fs_read(path, 64 << 20, &b->original, &err) == MS_OK, err.text);
	must(hub_settings_read(b->hub, &b->settings, &err) == MS_OK, err.text);
	must(log_key_parse(span_str(b->settings.log_key), &key, &err) == MS_OK, err.text);
	snprintf(path, sizeof(path), "%.500s/signer", b->hub);
	must(signer_home_look(path, &key, &b->point.c, &generation, &note, &err) == MS_OK,
		err.text);
	b->point.generation = generation;
	buf_fini(&note);
	snprintf(path, sizeof(path), "%.500s/data", b->work);
	must(fs_make_dirs(path, 0700, &err) == MS_OK, err.text);
	lay_out(b);
	must(in_child(verify_copy, b, NULL) == 0, "the directory is not good to begin with");
	must(in_child(hash_copy, b, &b->records) == 0, "the directory cannot be read");
}

int
main(int argc, char **argv)
{
	bench b = { 0 };
	uint64_t seed;
	unsigned n[3];
	int i;

	must(argc == 7, "HUBDIR WORK SEED EDITS FLIPS CUTS");
	random_u64(); /* starts libsodium */
	b.hub = argv[1];
	b.work = argv[2];
	seed = strtoull(argv[3], NULL, 10);
	for (i = 0; i < 3; i++)
		n[i] = (unsigned)strtoul(argv[4 + i], NULL, 10);
	prepare(&b);
	repeat(&b, edit_copy, seed, 0, n[0]);
	repeat(&b, flip_copy, seed, n[0], n[1]);
	repeat(&b, cut_copy, seed, n[0] + n[1], n[2]);
	printf("%u found, %u changed no record, %u missed\n", b.found, b.same, b.missed);
	buf_fini(&b.original);
	arena_fini(&b.memory);
	return b.missed == 0 ? 0 : 1;
}
