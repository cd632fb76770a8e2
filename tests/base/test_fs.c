/* SPDX-License-Identifier: Apache-2.0 */
/* test_fs.c - files appear whole or not at all, nothing is overwritten, locks name their holder. */
#include "base/fs.h"

#include "base/clock.h"

#include "tests/base/base_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[TEST_PATH];
static char path[2 * TEST_PATH], other[2 * TEST_PATH];

static int
setup(void **state)
{
	(void)state;
	make_dir(dir);
	path_in(dir, "file", path);
	path_in(dir, "other", other);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	remove_dir(dir);
	return 0;
}

static unsigned
mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	return (unsigned)st.st_mode & 07777;
}

static size_t
count_names(void)
{
	fs_names names;
	size_t n;

	assert_int_equal(fs_list(dir, &names, NULL), MS_OK);
	n = names.n;
	fs_list_fini(&names);
	return n;
}

static void
expect(const char *name, span want)
{
	buf bytes = { 0 };

	assert_int_equal(fs_read(name, 1 << 20, &bytes, NULL), MS_OK);
	assert_true(span_equal(buf_span(&bytes), want));
	buf_fini(&bytes);
}

static void
a_file_is_read_back_as_written(void **state)
{
	(void)state;
	assert_int_equal(fs_write_atomic(path, 0640, TEXT("one\0two"), NULL), MS_OK);
	expect(path, TEXT("one\0two"));
	assert_int_equal(fs_write_atomic(path, 0640, (span){ 0 }, NULL), MS_OK);
	expect(path, (span){ 0 });
	assert_int_equal(mode_of(path) & 0177, 040);
	assert_int_equal(count_names(), 1);
}

static void
reading_appends_and_stops_at_the_bound(void **state)
{
	buf bytes = { 0 };
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("12345"), NULL), MS_OK);
	assert_int_equal(buf_add_text(&bytes, "0"), MS_OK);
	assert_int_equal(fs_read(path, 5, &bytes, NULL), MS_OK);
	assert_string_equal(buf_cstr(&bytes), "012345");
	assert_int_equal(fs_read(path, 4, &bytes, &err), MS_INVALID);
	assert_int_equal(err.code, MST_FILE_TOO_LARGE);
	err = (ms_error){ 0 };
	/* a file that tells no size is bounded while it is read */
	assert_int_equal(fs_read("/dev/zero", 1000, &bytes, &err), MS_INVALID);
	assert_int_equal(err.code, MST_FILE_TOO_LARGE);
	buf_fini(&bytes);
}

static void
what_is_missing_or_a_directory_is_told(void **state)
{
	ms_error err = { 0 };
	buf bytes = { 0 };

	(void)state;
	assert_int_equal(fs_read(path, 10, &bytes, &err), MS_NOT_FOUND);
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(fs_read(dir, 10, &bytes, NULL), MS_INVALID);
	assert_int_equal(fs_read(path_in(path, "below", other), 10, &bytes, NULL), MS_NOT_FOUND);
	buf_fini(&bytes);
}

static void
a_failed_write_leaves_the_old_file_and_no_scrap(void **state)
{
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(fs_make_dir(path, 0700, NULL), MS_OK);
	assert_int_equal(fs_write_atomic(path_in(path, "in", other), 0600, TEXT("x"), NULL), MS_OK);
	/* a file cannot be renamed over a directory */
	assert_int_not_equal(fs_write_atomic(path, 0600, TEXT("y"), &err), MS_OK);
	assert_int_equal(err.code, MST_FILE_WRITE);
	expect(other, TEXT("x"));
	assert_int_equal(count_names(), 1);
	assert_int_equal(fs_write_atomic(path_in(dir, "no/such", other), 0600, TEXT("y"), NULL),
		MS_NOT_FOUND);
}

static void
a_secret_is_ours_alone_and_never_replaced(void **state)
{
	ms_error err = { 0 };
	buf bytes = { 0 };

	(void)state;
	assert_int_equal(fs_write_secret(path, TEXT("key"), NULL), MS_OK);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(fs_write_secret(path, TEXT("new"), &err), MS_EXISTS);
	assert_int_equal(err.code, MST_FILE_EXISTS);
	assert_int_equal(fs_read_secret(path, 10, &bytes, NULL), MS_OK);
	assert_string_equal(buf_cstr(&bytes), "key");
	assert_int_equal(count_names(), 1);
	buf_fini(&bytes);
}

static void
a_secret_that_others_can_open_is_refused(void **state)
{
	static const unsigned modes[] = { 0640, 0604, 0620, 0610, 0601, 0602, 0644 };
	buf bytes = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(fs_write_secret(path, TEXT("key"), NULL), MS_OK);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ms_error err = { 0 };

		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(fs_read_secret(path, 10, &bytes, &err), MS_DENIED);
		assert_int_equal(err.code, MST_KEY_FILE);
		assert_non_null(strstr(err.remedy, "chmod 600"));
	}
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(symlink(path, other), 0);
	assert_int_equal(fs_read_secret(other, 10, &bytes, NULL), MS_DENIED);
	assert_int_equal(fs_write_secret(other, TEXT("new"), NULL), MS_EXISTS);
	assert_int_equal(bytes.len, 0);
	buf_fini(&bytes);
}

static void
directories_are_made_with_those_above(void **state)
{
	(void)state;
	path_in(dir, "a/b//c/", path);
	assert_int_equal(fs_make_dirs(path, 0750, NULL), MS_OK);
	assert_int_equal(fs_make_dirs(path, 0750, NULL), MS_OK);
	assert_true(fs_is_dir(path_in(dir, "a/b/c", path)));
	assert_int_equal(fs_write_atomic(path_in(dir, "a/f", path), 0600, TEXT("x"), NULL), MS_OK);
	assert_int_equal(fs_make_dirs(path, 0750, NULL), MS_EXISTS);
	assert_int_not_equal(fs_make_dirs(path_in(dir, "a/f/g", path), 0750, NULL), MS_OK);
	assert_int_equal(fs_make_dir(path_in(dir, "x/y", path), 0750, NULL), MS_NOT_FOUND);
}

static void
names_are_listed_in_the_order_of_bytes(void **state)
{
	static const char *const sorted[] = { ".hidden", "A", "a", "b", "统计局.csv" };
	enum { N = sizeof(sorted) / sizeof(sorted[0]) };
	fs_names names;
	size_t i;

	(void)state;
	for (i = N; i > 0; i--)
		assert_int_equal(
			fs_write_atomic(path_in(dir, sorted[i - 1], path), 0600, TEXT("x"), NULL),
			MS_OK);
	assert_int_equal(fs_list(dir, &names, NULL), MS_OK);
	assert_int_equal(names.n, N);
	for (i = 0; i < N; i++)
		assert_string_equal(names.list[i], sorted[i]);
	fs_list_fini(&names);
	assert_int_equal(fs_list(path_in(dir, "none", path), &names, NULL), MS_NOT_FOUND);
	fs_list_fini(&names);
}

static void
moving_never_overwrites(void **state)
{
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("1"), NULL), MS_OK);
	assert_int_equal(fs_write_atomic(other, 0600, TEXT("2"), NULL), MS_OK);
	assert_int_equal(fs_move(path, other, &err), MS_EXISTS);
	assert_int_equal(err.code, MST_FILE_EXISTS);
	expect(path, TEXT("1"));
	expect(other, TEXT("2"));
	assert_int_equal(fs_remove(other, NULL), MS_OK);
	assert_int_equal(fs_remove(other, NULL), MS_OK);
	assert_int_equal(fs_move(path, other, NULL), MS_OK);
	assert_false(fs_exists(path));
	expect(other, TEXT("1"));
	assert_int_equal(fs_move(path, other, NULL), MS_NOT_FOUND);
}

static void
a_move_to_another_file_system_copies(void **state)
{
	char far[TEST_PATH] = "/dev/shm/muster-base-XXXXXX";
	struct stat here, there;

	(void)state;
	if (mkdtemp(far) == NULL)
		skip();
	assert_int_equal(stat(dir, &here), 0);
	assert_int_equal(stat(far, &there), 0);
	path_in(far, "file", other);
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("bytes"), NULL), MS_OK);
	assert_int_equal(fs_move(path, other, NULL), MS_OK);
	assert_false(fs_exists(path));
	expect(other, TEXT("bytes"));
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("more"), NULL), MS_OK);
	assert_int_equal(fs_move(path, other, NULL), MS_EXISTS);
	expect(path, TEXT("more"));
	expect(other, TEXT("bytes"));
	remove_dir(far);
	if (here.st_dev == there.st_dev)
		skip();
}

static void
a_tree_goes_but_not_what_its_links_point_to(void **state)
{
	char inner[2 * TEST_PATH];

	(void)state;
	assert_int_equal(fs_make_dirs(path_in(dir, "tree/a/b", inner), 0700, NULL), MS_OK);
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("stays"), NULL), MS_OK);
	assert_int_equal(fs_make_dir(other, 0700, NULL), MS_OK);
	assert_int_equal(symlink(path, path_in(dir, "tree/a/link", inner)), 0);
	assert_int_equal(symlink(other, path_in(dir, "tree/a/dirlink", inner)), 0);
	assert_int_equal(fs_remove_tree(path_in(dir, "tree", inner), NULL), MS_OK);
	assert_false(fs_exists(inner));
	expect(path, TEXT("stays"));
	assert_true(fs_is_dir(other));
}

static void
a_laid_file_is_read_only_when_it_is_a_regular_one(void **state)
{
	buf bytes = { 0 };
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(fs_write_atomic(path, 0600, TEXT("ours"), NULL), MS_OK);
	assert_int_equal(fs_read_regular(path, 4, &bytes, NULL), MS_OK);
	assert_string_equal(buf_cstr(&bytes), "ours");
	assert_int_equal(fs_read_regular(path, 3, &bytes, NULL), MS_INVALID);
	assert_int_equal(symlink(path, other), 0);
	assert_int_equal(fs_read_regular(other, 100, &bytes, NULL), MS_DENIED);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(mkfifo(other, 0600), 0); /* nobody writes into it */
	assert_int_equal(fs_read_regular(other, 100, &bytes, &err), MS_INVALID);
	assert_int_equal(err.code, MST_FILE_READ);
	assert_int_equal(fs_read_regular(dir, 100, &bytes, NULL), MS_INVALID);
	assert_int_equal(bytes.len, 4);
	buf_fini(&bytes);
}

static void
a_file_takes_the_place_of_the_one_it_is_for_and_of_no_other(void **state)
{
	const hash32 form = hash_of(TEXT("form")), next = hash_of(TEXT("next"));
	ms_error err = { 0 };
	int fd;

	(void)state;
	signal(SIGIO, SIG_IGN);
	assert_int_equal(fs_write_new(path, 0640, TEXT("form"), NULL), MS_OK);
	assert_int_equal(fs_write_new(path, 0640, TEXT("more"), &err), MS_EXISTS);
	assert_int_equal(err.code, MST_FILE_EXISTS);
	assert_int_equal(fs_write_over(path, 0640, TEXT("next"), &form, NULL), MS_OK);
	expect(path, TEXT("next"));
	assert_int_equal(mode_of(path), 0640);
	assert_int_equal(fs_write_over(path, 0640, TEXT("more"), &form, NULL), MS_EXISTS);
	fd = open(path, O_WRONLY); /* somebody is about to write into it */
	assert_int_equal(fs_write_over(path, 0640, TEXT("more"), &next, NULL), MS_EXISTS);
	close(fd);
	expect(path, TEXT("next"));
	assert_int_equal(fs_remove(path, NULL), MS_OK);
	assert_int_equal(fs_write_over(path, 0640, TEXT("more"), &next, NULL), MS_EXISTS);
	assert_int_equal(count_names(), 0);
}

/* Another process, which saves a file at PATH as programs do: with another name first. */
static pid_t
person(int64_t after_us)
{
	int64_t at_us = clock_monotonic_us() + after_us;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid != 0)
		return pid;
	while (clock_monotonic_us() < at_us)
		;
	_exit(rename(other, path) == 0 ? 0 : 1);
}

static void
what_a_person_saves_at_the_same_moment_stays(void **state)
{
	const hash32 form = hash_of(TEXT("form"));
	unsigned round, given_way = 0;

	(void)state;
	for (round = 0; round < 300; round++) {
		ms_status s;
		pid_t pid;
		int rc;

		assert_int_equal(fs_write_atomic(path, 0600, TEXT("form"), NULL), MS_OK);
		assert_int_equal(fs_write_atomic(other, 0600, TEXT("work"), NULL), MS_OK);
		pid = person(round * 10);
		s = fs_write_over(path, 0600, TEXT("next"), &form, NULL);
		assert_int_equal(waitpid(pid, &rc, 0), pid);
		assert_int_equal(rc, 0);
		assert_true(s == MS_OK || s == MS_EXISTS);
		given_way += s == MS_EXISTS;
		expect(path, TEXT("work"));
		assert_int_equal(count_names(), 1);
	}
	print_message("given way %u times of %u\n", given_way, round);
}

static void
a_link_to_a_directory_is_trusted_by_who_made_it(void **state)
{
	(void)state;
	assert_int_equal(fs_make_dir(path, 0700, NULL), MS_OK);
	assert_int_equal(symlink(path, other), 0);
	assert_true(fs_is_trusted_dir(path));
	assert_true(fs_is_trusted_dir(other));
	if (geteuid() != 0)
		skip();
	assert_int_equal(lchown(other, 65534, 65534), 0);
	assert_false(fs_is_trusted_dir(other));
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_true(fs_is_trusted_dir(path));
}

/* A child that holds the lock until its input closes; *PID and the end to close. */
static int
hold_in_child(pid_t *pid)
{
	int to[2], from[2], fd;
	char word = 0;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (*pid == 0) {
		close(to[1]);
		word = fs_lock(path, &fd, NULL) == MS_OK ? 'y' : 'n';
		(void)!write(from[1], &word, 1);
		(void)!read(to[0], &word, 1);
		_exit(0);
	}
	close(to[0]);
	close(from[1]);
	assert_int_equal(read(from[0], &word, 1), 1);
	assert_int_equal(word, 'y');
	close(from[0]);
	return to[1];
}

static void
a_lock_names_the_process_that_holds_it_and_dies_with_it(void **state)
{
	ms_error err = { 0 };
	char number[32];
	int fd = -1, hold;
	pid_t pid;
	long holder = 0;

	(void)state;
	assert_false(fs_is_locked(path, &holder));
	hold = hold_in_child(&pid);
	assert_int_equal(fs_lock(path, &fd, &err), MS_BUSY);
	snprintf(number, sizeof(number), "%ld", (long)pid);
	assert_non_null(strstr(err.text, number));
	assert_true(fs_is_locked(path, &holder));
	assert_int_equal(holder, pid);
	assert_int_equal(mode_of(path), 0600); /* who can open it can hold it */
	close(hold);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(fs_is_locked(path, &holder));
	assert_int_equal(fs_lock(path, &fd, NULL), MS_OK);
	assert_true(fs_is_locked(path, &holder));
	assert_int_equal(holder, getpid());
	close(fd);
}

/* An older version's: before an upgrade it runs on while commands are new already. */
static void
a_daemon_of_an_older_version_is_seen_and_sees_us(void **state)
{
	int older = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), fd = -1;
	long holder = 0;

	(void)state;
	assert_int_equal(flock(older, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(ftruncate(older, 0), 0);
	assert_true(dprintf(older, "%ld\n", (long)getpid()) > 0);
	assert_true(fs_is_locked(path, &holder));
	assert_int_equal(holder, getpid());
	assert_int_equal(fs_lock(path, &fd, NULL), MS_BUSY);
	assert_int_equal(flock(older, LOCK_UN), 0);
	assert_false(fs_is_locked(path, &holder));
	assert_int_equal(fs_lock(path, &fd, NULL), MS_OK);
	assert_int_not_equal(flock(older, LOCK_EX | LOCK_NB), 0);
	close(fd);
	assert_int_equal(flock(older, LOCK_EX | LOCK_NB), 0);
	close(older);
}

static void *
ask_and_ask(void *arg)
{
	const atomic_bool *over = arg;
	long holder;

	while (!atomic_load(over))
		(void)fs_is_locked(path, &holder);
	return NULL;
}

static void
who_asks_after_a_lock_is_in_nobody_s_way(void **state)
{
	atomic_bool over = false;
	pthread_t asker;
	unsigned i, refused = 0;
	int fd;

	(void)state;
	assert_int_equal(pthread_create(&asker, NULL, ask_and_ask, &over), 0);
	for (i = 0; i < 2000; i++) {
		if (fs_lock(path, &fd, NULL) == MS_OK)
			close(fd);
		else
			refused++;
	}
	atomic_store(&over, true);
	pthread_join(asker, NULL);
	assert_int_equal(refused, 0);
}

static void
space_and_kind_of_a_file_system_are_known(void **state)
{
	(void)state;
	assert_true(fs_free_bytes(dir) > 0);
	assert_int_equal(fs_free_bytes(path_in(dir, "none", path)), 0);
	assert_false(fs_is_network("/dev"));
	assert_false(fs_is_network(path));
}

static void
errno_becomes_a_status(void **state)
{
	static const struct {
		int number;
		ms_status status;
	} rows[] = { { ENOENT, MS_NOT_FOUND }, { EACCES, MS_DENIED }, { ENOSPC, MS_NO_SPACE },
		{ EDQUOT, MS_NO_SPACE }, { EEXIST, MS_EXISTS }, { EROFS, MS_CANNOT_WRITE },
		{ EIO, MS_IO }, { EMFILE, MS_IO } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			fs_fail(NULL, rows[i].number, MST_FILE_READ, "read", "x"), rows[i].status);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void
a_place_beside_the_program_is_named(void **state)
{
	char at[400], small[8];
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(fs_beside_program("test_base_fs", at, sizeof(at), &err), MS_OK);
	assert_true(fs_exists(at));
	assert_int_equal(fs_beside_program("x", small, sizeof(small), &err), MS_NOT_FOUND);
	assert_true(err.text[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_is_read_back_as_written),
		CASE(reading_appends_and_stops_at_the_bound),
		CASE(what_is_missing_or_a_directory_is_told),
		CASE(a_failed_write_leaves_the_old_file_and_no_scrap),
		CASE(a_secret_is_ours_alone_and_never_replaced),
		CASE(a_secret_that_others_can_open_is_refused),
		CASE(directories_are_made_with_those_above),
		CASE(names_are_listed_in_the_order_of_bytes),
		CASE(moving_never_overwrites),
		CASE(a_move_to_another_file_system_copies),
		CASE(a_tree_goes_but_not_what_its_links_point_to),
		CASE(a_laid_file_is_read_only_when_it_is_a_regular_one),
		CASE(a_file_takes_the_place_of_the_one_it_is_for_and_of_no_other),
		CASE(what_a_person_saves_at_the_same_moment_stays),
		CASE(a_link_to_a_directory_is_trusted_by_who_made_it),
		CASE(a_lock_names_the_process_that_holds_it_and_dies_with_it),
		CASE(a_daemon_of_an_older_version_is_seen_and_sees_us),
		CASE(who_asks_after_a_lock_is_in_nobody_s_way),
		CASE(space_and_kind_of_a_file_system_are_known),
		CASE(errno_becomes_a_status),
		cmocka_unit_test(a_place_beside_the_program_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
