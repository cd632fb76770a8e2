/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_faults.c - full maps, full disks and killed processes: nothing committed is lost, and
 * work goes on. */
#include "tests/store/store_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/record.h"

static void
a_full_map_is_no_space_and_earlier_rows_stay(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 1 << 20);
	store_txn txn;
	ms_error e = { 0 };
	uint8_t key[8], filler[1000] = { 1 };
	span v;
	unsigned i;

	fill_rows(s, 0, 10, 100);
	store_begin(s, &txn, STORE_WRITE);
	for (i = 100; i < 10000; i++) {
		be64_put(key, i);
		record_put(&txn, TABLE_SLOT, span_of(key, 8), span_of(filler, sizeof(filler)));
		if (!store_ok(&txn))
			break;
	}
	assert_int_equal(store_commit(&txn, &e), MS_NO_SPACE);
	assert_int_equal(e.code, MST_STORE_SPACE);
	assert_non_null(strstr(e.remedy, "map_bytes"));
	store_begin(s, &txn, STORE_READ);
	be64_put(key, 5);
	assert_true(record_get(&txn, TABLE_SLOT, span_of(key, 8), &v) && v.len == 100);
	assert_int_equal(store_count(&txn, TABLE_SLOT), 10);
	commit(&txn);
	fill_rows(s, 20, 10, 100);
	store_close(s);
}

/* Commit rows until it fails; returns the status, *N counts the commits. */
static ms_status
fill_until_failure(store *s, unsigned *n, ms_error *e)
{
	ms_status status = MS_OK;

	while (status == MS_OK && *n < 20000) {
		store_txn txn;
		uint8_t key[8], value[3000];

		memset(value, 5, sizeof(value));
		be64_put(key, *n);
		*e = (ms_error){ 0 };
		store_begin(s, &txn, STORE_WRITE);
		record_append(&txn, TABLE_LOG, span_of(key, 8), span_of(value, sizeof(value)));
		status = store_commit(&txn, e);
		*n += status == MS_OK;
	}
	return status;
}

static void
check_full(store *s, const char *dir, const char *ballast)
{
	unsigned n = 0, before;
	ms_error e;
	store_txn txn;
	span v;
	uint8_t key[8];

	assert_int_equal(fill_until_failure(s, &n, &e), MS_NO_SPACE);
	before = n;
	assert_true(before > 10);
	assert_int_equal(fill_until_failure(s, &n, &e), MS_NO_SPACE);
	store_begin(s, &txn, STORE_READ);
	be64_put(key, before - 1);
	assert_true(record_get(&txn, TABLE_LOG, span_of(key, 8), &v));
	store_abort(&txn);
	assert_int_equal(unlink(ballast), 0);
	before = n;
	fill_until_failure(s, &n, &e);
	assert_true(n > before + 10);
	store_close(s);
	s = open_at(dir, STORE_HUB, 0);
	store_begin(s, &txn, STORE_READ);
	assert_int_equal(store_count(&txn, TABLE_LOG), n);
	store_abort(&txn);
	store_close(s);
}

/* On a small file system of its own; needs root, and says so when it cannot. */
static void
a_full_disk_is_no_space_and_work_goes_on_when_there_is_some(void **state)
{
	place *p = *state;
	char disk[300], data[320], ballast[320], filler[1 << 16] = { 0 };
	int i;

	snprintf(disk, sizeof(disk), "%s/disk", p->dir);
	snprintf(data, sizeof(data), "%s/data", disk);
	snprintf(ballast, sizeof(ballast), "%s/ballast", disk);
	mkdir(disk, 0700);
	if (mount("none", disk, "tmpfs", 0, "size=3m") != 0) {
		print_message("not root, no file system of our own: skipped\n");
		skip();
	}
	i = open(ballast, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(i, filler, sizeof(filler)), (ssize_t)sizeof(filler));
	close(i);
	for (i = 0; i < 15; i++) {
		int fd = open(ballast, O_WRONLY | O_APPEND);

		assert_int_equal(write(fd, filler, sizeof(filler)), (ssize_t)sizeof(filler));
		close(fd);
	}
	check_full(open_at(data, STORE_HUB, 0), data, ballast);
	assert_int_equal(umount(disk), 0);
}

/* The same without root: a limit on the size of files, which shows as a short write first. */
static void
a_file_size_limit_is_no_space(void **state)
{
	place *p = *state;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit limit = { .rlim_cur = (1 << 20) + 1234, .rlim_max = RLIM_INFINITY };
		store *s = open_at(p->data, STORE_HUB, 0);
		unsigned n = 0;
		ms_error e;
		ms_status got;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		got = fill_until_failure(s, &n, &e);
		if (got != MS_NO_SPACE || n < 10)
			_exit(1);
		limit.rlim_cur = 4 << 20;
		setrlimit(RLIMIT_FSIZE, &limit);
		status = (int)n;
		fill_until_failure(s, &n, &e);
		_exit((int)n > status + 10 ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Commits pairs of rows for ever, and says after each commit which one it was. */
static void
write_for_ever(const char *dir, int tell)
{
	store *s = open_at(dir, STORE_HUB, 0);
	uint64_t n;
	store_txn txn;

	store_begin(s, &txn, STORE_READ);
	n = store_count(&txn, TABLE_LOG);
	store_abort(&txn);
	for (;; n++) {
		uint8_t key[8], value[700];

		memset(value, (int)n, sizeof(value));
		be64_put(key, n);
		store_begin(s, &txn, STORE_WRITE);
		record_append(&txn, TABLE_LOG, span_of(key, 8), span_of(value, n % sizeof(value)));
		record_put(&txn, TABLE_SLOT, span_str("newest"), span_of(key, 8));
		if (store_commit(&txn, NULL) != MS_OK ||
			write(tell, &n, sizeof(n)) != (ssize_t)sizeof(n))
			_exit(1);
	}
}

static void
check_after_kill(const char *dir, bool any, uint64_t told)
{
	store *s = open_at(dir, STORE_HUB, 0);
	store_txn txn;
	uint64_t n, i;
	span v;

	store_begin(s, &txn, STORE_READ);
	n = store_count(&txn, TABLE_LOG);
	assert_true(!any || n > told);
	for (i = 0; i < n; i++) {
		uint8_t key[8];

		be64_put(key, i);
		assert_true(record_get(&txn, TABLE_LOG, span_of(key, 8), &v) && v.len == i % 700);
	}
	if (n > 0) {
		assert_true(record_get(&txn, TABLE_SLOT, span_str("newest"), &v));
		assert_int_equal(be64_get(v.at), n - 1);
	}
	commit(&txn);
	store_close(s);
}

static void
kill_9_of_the_writer_loses_nothing_committed(void **state)
{
	place *p = *state;
	uint64_t seed = 1234567891011u, told = 0;
	bool any = false;
	int round, rounds = getenv("MUSTER_LONG") != NULL ? 1000 : 25;

	for (round = 0; round < rounds; round++) {
		int ends[2];
		pid_t child;
		uint64_t wanted = dice(&seed) % 40, got;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			close(ends[0]);
			write_for_ever(p->data, ends[1]);
		}
		close(ends[1]);
		/* Killed after a number of commits, at a random point of the next one (or while
		 * opening). */
		while (wanted-- > 0 && read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got)) {
			told = got;
			any = true;
		}
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got)) {
			told = got;
			any = true;
		}
		close(ends[0]);
		check_after_kill(p->data, any, told);
	}
	assert_true(any);
}

static void
a_killed_reader_is_tidied_away(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	int ends[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		store_options o = { .kind = STORE_HUB, .read_only = true };
		store *other = NULL;
		store_txn txn;

		if (store_open(p->data, &o, &other, NULL) != MS_OK)
			_exit(1);
		store_begin(other, &txn, STORE_READ);
		if (write(ends[1], "r", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(store_tidy(s), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(store_tidy(s), 1);
	assert_int_equal(store_tidy(s), 0);
	close(ends[0]);
	close(ends[1]);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_full_map_is_no_space_and_earlier_rows_stay, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_full_disk_is_no_space_and_work_goes_on_when_there_is_some, place_setup,
			place_teardown),
		cmocka_unit_test_setup_teardown(
			a_file_size_limit_is_no_space, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			kill_9_of_the_writer_loses_nothing_committed, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_killed_reader_is_tidied_away, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
