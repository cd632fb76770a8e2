/* SPDX-License-Identifier: Apache-2.0 */
/* test_store.c - the environment and the sticky transaction: all or nothing, the first failure
 * tells, nothing foreign is trusted. */
#include "tests/store/store_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "store/record.h"

static ms_status
try_open(const char *dir, store_kind kind, bool create, ms_error *e)
{
	store_options options = { .kind = kind, .map_bytes = 64 << 20, .create = create };
	store *s = NULL;
	ms_status status;

	*e = (ms_error){ 0 };
	status = store_open(dir, &options, &s, e);
	store_close(s);
	return status;
}

static void
rows_survive_reopening(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	span v;

	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_SLOT, span_str("a"), span_str("one"));
	store_put(&txn, TABLE_SLOT, span_str("b"), span_str("two"));
	memcpy(store_reserve(&txn, TABLE_SLOT, span_str("c"), 5), "three", 5);
	commit(&txn);
	store_close(s);
	s = open_at(p->data, STORE_HUB, 0);
	store_begin(s, &txn, STORE_READ);
	assert_true(
		store_get(&txn, TABLE_SLOT, span_str("b"), &v) && span_equal(v, span_str("two")));
	assert_true(
		store_get(&txn, TABLE_SLOT, span_str("c"), &v) && span_equal(v, span_str("three")));
	assert_false(store_get(&txn, TABLE_SLOT, span_str("d"), &v));
	assert_int_equal(store_count(&txn, TABLE_SLOT), 3);
	commit(&txn);
	store_close(s);
}

static void
the_first_failure_tells_and_nothing_is_stored(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint8_t long_key[600] = { 1 };
	store_txn txn;
	ms_error e = { 0 };
	span v;

	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_SLOT, span_str("a"), span_str("one"));
	assert_false(store_fail(&txn, MS_FULL, MST_OUTBOX_FULL, "the first %s", "failure"));
	store_put(&txn, TABLE_SLOT, span_of(long_key, sizeof(long_key)), span_str("x"));
	store_fail(&txn, MS_CORRUPT, MST_STORE_CORRUPT, "the second");
	assert_false(store_get(&txn, TABLE_SLOT, span_str("a"), &v));
	assert_null(store_reserve(&txn, TABLE_SLOT, span_str("b"), 10));
	assert_int_equal(store_commit(&txn, &e), MS_FULL);
	assert_string_equal(e.text, "the first failure");
	assert_int_equal(e.code, MST_OUTBOX_FULL);
	assert_int_equal(store_aborts(s), 1);
	store_begin(s, &txn, STORE_READ);
	assert_false(store_get(&txn, TABLE_SLOT, span_str("a"), &v));
	commit(&txn);
	store_close(s);
}

static void
a_bad_key_and_a_wrong_order_are_named(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	static const uint8_t long_key[512] = { 1 };
	static const store_table some[] = { TABLE_SLOT, TABLE_META };
	store_txn txn;
	ms_error e = { 0 };
	size_t i;

	for (i = 0; i < 4; i++) {
		e = (ms_error){ 0 };
		store_begin(s, &txn, STORE_WRITE);
		store_put(&txn, some[i % 2], span_of(long_key, i < 2 ? sizeof(long_key) : 0),
			span_str("x"));
		assert_int_equal(store_commit(&txn, &e), MS_BUG);
	}
	e = (ms_error){ 0 };
	store_begin(s, &txn, STORE_WRITE);
	*store_reserve_append(&txn, TABLE_SLOT, span_str("b"), 1) = 1;
	assert_null(store_reserve_append(&txn, TABLE_SLOT, span_str("a"), 1));
	assert_int_equal(store_commit(&txn, &e), MS_CORRUPT);
	assert_non_null(strstr(e.text, "slot"));
	store_close(s);
}

static void
an_abort_leaves_nothing(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_AGENT, 0);
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_ACT, span_str("a"), span_str("one"));
	store_abort(&txn);
	store_abort(&txn);
	assert_int_equal(store_aborts(s), 1);
	store_begin(s, &txn, STORE_READ);
	assert_int_equal(store_count(&txn, TABLE_ACT), 0);
	store_abort(&txn);
	assert_int_equal(store_aborts(s), 1);
	store_close(s);
}

static void
cursors_walk_in_key_order_both_ways(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	store_cursor c;
	span k, v;

	store_begin(s, &txn, STORE_WRITE);
	store_cursor_open(&txn, TABLE_FEED, &c);
	assert_false(store_first(&c, &k, &v));
	assert_false(store_before(&c, span_str("x"), &k, &v));
	store_put(&txn, TABLE_FEED, span_str("b"), span_str("2"));
	store_put(&txn, TABLE_FEED, span_str("d"), span_str("4"));
	store_put(&txn, TABLE_FEED, span_str("a"), span_str("1"));
	assert_true(store_seek(&c, span_str("b"), &k, &v) && span_equal(k, span_str("b")));
	assert_true(store_next(&c, &k, &v) && span_equal(k, span_str("d")));
	assert_false(store_next(&c, &k, &v));
	assert_true(store_seek(&c, span_str("c"), &k, &v) && span_equal(v, span_str("4")));
	assert_false(store_seek(&c, span_str("e"), &k, &v));
	assert_true(store_before(&c, span_str("d"), &k, &v) && span_equal(k, span_str("b")));
	assert_true(store_before(&c, span_str("z"), &k, &v) && span_equal(k, span_str("d")));
	assert_false(store_before(&c, span_str("a"), &k, &v));
	assert_true(store_last(&c, &k, &v) && span_equal(k, span_str("d")));
	assert_true(store_prev(&c, &k, &v) && span_equal(k, span_str("b")));
	store_cursor_close(&c);
	assert_true(store_del(&txn, TABLE_FEED, span_str("b")));
	assert_false(store_del(&txn, TABLE_FEED, span_str("b")));
	commit(&txn);
	store_close(s);
}

static void
a_parked_reader_sees_its_snapshot_then_the_newest(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn reader, writer;
	span v;
	int i;

	store_begin(s, &reader, STORE_READ);
	store_begin(s, &writer, STORE_WRITE);
	store_put(&writer, TABLE_KEY, span_str("k"), span_str("v"));
	commit(&writer);
	assert_false(store_get(&reader, TABLE_KEY, span_str("k"), &v));
	store_park(&reader);
	store_renew(&reader);
	assert_true(store_get(&reader, TABLE_KEY, span_str("k"), &v));
	store_fail(&reader, MS_CORRUPT, MST_STORE_CORRUPT, "a bad row");
	store_renew(&reader);
	assert_true(store_ok(&reader));
	/* More readers than LMDB has slots, were each a new one. */
	for (i = 0; i < 1000; i++) {
		store_park(&reader);
		store_renew(&reader);
	}
	assert_true(store_get(&reader, TABLE_KEY, span_str("k"), &v));
	store_park(&reader);
	store_abort(&reader);
	store_close(s);
}

static void
a_second_open_in_the_process_is_refused(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	ms_error e;
	pid_t child;
	int status;

	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_BUSY);
	assert_int_equal(e.code, MST_STORE_TWICE);
	/* The refused open must not have let go of the first one's mark. */
	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_BUSY);
	child = fork();
	if (child == 0) {
		store_options o = { .kind = STORE_HUB, .read_only = true };
		store *other = NULL;

		_exit(store_open(p->data, &o, &other, NULL) == MS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	store_close(s);
	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_OK);
}

static void
what_is_not_there_is_not_made_unasked(void **state)
{
	place *p = *state;
	ms_error e;

	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_NOT_FOUND);
	assert_int_equal(access(p->data, F_OK), -1);
}

/* Whatever failed before it. */
static void
a_file_in_a_store_s_place_is_told(void **state)
{
	place *p = *state;
	ms_error e;

	assert_int_equal(fs_write_atomic(p->data, 0600, span_str("text"), NULL), MS_OK);
	errno = ENOENT;
	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_NOT_FOUND);
	assert_int_equal(e.code, MST_STORE_OPEN);
}

static void
another_kind_is_refused(void **state)
{
	place *p = *state;
	ms_error e;

	store_close(open_at(p->data, STORE_AGENT, 0));
	assert_int_equal(try_open(p->data, STORE_HUB, false, &e), MS_CONFIG);
	assert_int_equal(e.code, MST_STORE_KIND);
}

/* The keys of TABLE, forwards and backwards, as one text. */
static void
walk(store_txn *txn, store_table table, char out[256])
{
	store_cursor c;
	span key, value;
	bool more;

	out[0] = '\0';
	store_cursor_open(txn, table, &c);
	for (more = store_first(&c, &key, &value); more; more = store_next(&c, &key, &value))
		strncat(out, (const char *)key.at, key.len);
	strncat(out, "|", 1);
	for (more = store_last(&c, &key, &value); more; more = store_prev(&c, &key, &value))
		strncat(out, (const char *)key.at, key.len);
	store_cursor_close(&c);
}

/* ROLLUP, DEVICE and FEED_TAIL lie side by side in one table of LMDB. */
static void
tables_that_share_do_not_see_each_other(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	store_cursor c;
	char keys[256];
	span key, value;

	store_begin(s, &txn, STORE_WRITE);
	walk(&txn, TABLE_DEVICE, keys);
	assert_string_equal(keys, "|");
	store_put(&txn, TABLE_ROLLUP, span_str("y"), span_str("1"));
	store_put(&txn, TABLE_FEED_TAIL, span_str("a"), span_str("2"));
	walk(&txn, TABLE_DEVICE, keys);
	assert_string_equal(keys, "|");
	store_put(&txn, TABLE_DEVICE, span_str("k"), span_str("3"));
	store_put(&txn, TABLE_DEVICE, span_str("m"), span_str("4"));
	walk(&txn, TABLE_DEVICE, keys);
	assert_string_equal(keys, "km|mk");
	assert_false(store_get(&txn, TABLE_DEVICE, span_str("a"), &value));
	assert_false(store_del(&txn, TABLE_DEVICE, span_str("y")));
	store_cursor_open(&txn, TABLE_DEVICE, &c);
	assert_true(store_seek(&c, span_str("l"), &key, &value));
	assert_memory_equal(key.at, "m", 1);
	assert_false(store_seek(&c, span_str("n"), &key, &value));
	assert_true(store_before(&c, span_str("n"), &key, &value));
	assert_memory_equal(key.at, "m", 1);
	assert_false(store_before(&c, span_str("k"), &key, &value));
	store_cursor_close(&c);
	assert_int_equal(store_count(&txn, TABLE_DEVICE), 2);
	store_clear(&txn, TABLE_DEVICE);
	assert_int_equal(store_count(&txn, TABLE_DEVICE), 0);
	assert_int_equal(store_count(&txn, TABLE_ROLLUP), 1);
	assert_int_equal(store_count(&txn, TABLE_FEED_TAIL), 1);
	walk(&txn, TABLE_NAMES, keys);
	assert_string_equal(keys, "batchevidencefeedkeylogplanrulingslot|"
				  "slotrulingplanlogkeyfeedevidencebatch");
	commit(&txn);
	store_close(s);
}

static void
another_version_is_refused(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_AGENT, 0);
	store_txn txn;
	uint8_t row[16] = "muster-store\n\x02\x00\x03";
	ms_error e;

	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_META, span_str("format"), span_of(row, 16));
	commit(&txn);
	store_close(s);
	assert_int_equal(try_open(p->data, STORE_AGENT, true, &e), MS_CONFIG);
	assert_int_equal(e.code, MST_STORE_VERSION);
	assert_non_null(strstr(e.text, "format 3"));
}

/* Format 1 had an LMDB table for META. */
static void
the_first_format_is_named(void **state)
{
	place *p = *state;
	char path[400];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi meta;
	ms_error e;

	store_close(open_at(p->data, STORE_AGENT, 0));
	snprintf(path, sizeof(path), "%s/data.mdb", p->data);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
	assert_int_equal(mdb_env_open(env, p->data, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "meta", MDB_CREATE, &meta), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	assert_int_equal(try_open(p->data, STORE_AGENT, false, &e), MS_CONFIG);
	assert_int_equal(e.code, MST_STORE_VERSION);
	assert_non_null(strstr(e.text, "format 1"));
}

static void
write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void
a_foreign_file_is_refused(void **state)
{
	place *p = *state;
	char path[400], page[8192] = "SQLite format 3";
	ms_error e;

	mkdir(p->data, 0700);
	assert_int_equal(try_open(p->data, STORE_HUB, true, &e), MS_CONFIG);
	snprintf(path, sizeof(path), "%s/data.mdb", p->data);
	write_file(path, "", 0);
	assert_int_equal(try_open(p->data, STORE_HUB, true, &e), MS_CONFIG);
	write_file(path, page, sizeof(page));
	assert_int_equal(try_open(p->data, STORE_HUB, true, &e), MS_CONFIG);
	assert_int_equal(e.code, MST_STORE_FOREIGN);
}

static void
check_rows(const char *dir, unsigned n)
{
	store *s = open_at(dir, STORE_HUB, 0);
	store_txn txn;
	uint8_t key[8];
	unsigned i;
	span v;

	fill_rows(s, n, 10, 100);
	store_begin(s, &txn, STORE_READ);
	for (i = 0; i < n; i++) {
		be64_put(key, i);
		assert_true(record_get(&txn, TABLE_SLOT, span_of(key, 8), &v));
	}
	commit(&txn);
	store_close(s);
}

static void
a_file_cut_anywhere_is_refused_not_a_crash(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	char path[400];
	struct stat st;
	ms_error e;
	off_t size;
	int refused = 0;

	fill_rows(s, 0, 2000, 100);
	store_close(s);
	snprintf(path, sizeof(path), "%s/data.mdb", p->data);
	assert_int_equal(stat(path, &st), 0);
	for (size = st.st_size - 4096; size >= 0; size -= 11 * 4096 + 77) {
		ms_status status;

		assert_int_equal(truncate(path, size), 0);
		status = try_open(p->data, STORE_HUB, true, &e);
		/* Pages that were free may be missing; all others may not. */
		if (status == MS_OK) {
			check_rows(p->data, 2000);
			continue;
		}
		assert_true(status == MS_CORRUPT || status == MS_CONFIG);
		assert_true(e.code == MST_STORE_TRUNCATED || e.code == MST_STORE_FOREIGN);
		refused++;
	}
	assert_true(refused > 3);
}

static void
a_short_but_whole_file_is_opened(void **state)
{
	place *p = *state;
	uint64_t seed = 88172645463325252u;
	int round;

	/* Deletions give pages back that were never written: the file may then be shorter than its
	 * head says. */
	for (round = 0; round < 60; round++) {
		store *s = open_at(p->data, STORE_HUB, 0);
		store_txn txn;
		int i;

		store_begin(s, &txn, STORE_WRITE);
		for (i = 0; i < 300; i++) {
			uint8_t key[8];

			be64_put(key, dice(&seed) % 500);
			if (dice(&seed) % 2 == 0)
				record_put(&txn, TABLE_SLOT, span_of(key, 8), span_of(key, 8));
			else if (dice(&seed) % 3 == 0)
				memset(store_reserve(&txn, TABLE_SLOT, span_of(key, 8),
					       dice(&seed) % 9000 + 1),
					7, 1);
			else
				store_del(&txn, TABLE_SLOT, span_of(key, 8));
		}
		commit(&txn);
		store_close(s);
	}
}

static void
a_left_over_of_a_crashed_creation_is_replaced(void **state)
{
	place *p = *state;
	char made[320], path[400];

	snprintf(made, sizeof(made), "%s.new", p->data);
	mkdir(made, 0700);
	snprintf(path, sizeof(path), "%s/data.mdb", made);
	write_file(path, "half", 4);
	store_close(open_at(p->data, STORE_HUB, 0));
	assert_int_equal(access(made, F_OK), -1);
}

static void
a_copy_is_a_store_of_the_same_rows(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	char other[320];
	off_t size;
	store_txn txn;
	ms_error e = { 0 };

	snprintf(other, sizeof(other), "%s/copy", p->dir);
	fill_rows(s, 0, 500, 100);
	assert_int_equal(store_copy(s, other, &e), MS_OK);
	assert_int_equal(store_copy(s, other, &e), MS_EXISTS);
	store_close(s);
	size = file_size(p->data);
	s = open_at(other, STORE_HUB, 0);
	store_begin(s, &txn, STORE_READ);
	assert_int_equal(store_count(&txn, TABLE_SLOT), 500);
	commit(&txn);
	assert_true(file_size(other) <= size);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			rows_survive_reopening, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			the_first_failure_tells_and_nothing_is_stored, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_bad_key_and_a_wrong_order_are_named, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			an_abort_leaves_nothing, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			cursors_walk_in_key_order_both_ways, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_parked_reader_sees_its_snapshot_then_the_newest,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_second_open_in_the_process_is_refused, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_not_there_is_not_made_unasked, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_file_in_a_store_s_place_is_told, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			another_kind_is_refused, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			tables_that_share_do_not_see_each_other, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			the_first_format_is_named, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			another_version_is_refused, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_foreign_file_is_refused, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_file_cut_anywhere_is_refused_not_a_crash, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_short_but_whole_file_is_opened, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_left_over_of_a_crashed_creation_is_replaced, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_copy_is_a_store_of_the_same_rows, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
