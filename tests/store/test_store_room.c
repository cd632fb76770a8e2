/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_room.c - what is left is what the least of map, file system and limit leaves. */
#include "tests/store/store_testing.h"

#include <sys/resource.h>
#include <sys/stat.h>

enum { MIB = 1 << 20, PAGE = 4096 };

static void
a_map_gets_smaller_as_rows_come(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 16 * MIB);
	store_room before = store_room_left(s), after;

	assert_int_equal(before.whole_bytes, 16 * MIB);
	assert_true(before.free_bytes > 15 * MIB && before.free_bytes < 16 * MIB);
	fill_rows(s, 1, 1000, 4000);
	after = store_room_left(s);
	assert_true(before.free_bytes - after.free_bytes > 4 * MIB - 64 * PAGE);
	assert_true(before.free_bytes - after.free_bytes < 10 * MIB);
	store_close(s);
}

static void
a_small_disk_is_the_least(void **state)
{
	place *p = *state;
	char disk[300], data[320];
	store_room room;
	store *s;

	snprintf(disk, sizeof(disk), "%s/disk", p->dir);
	assert_int_equal(mkdir(disk, 0700), 0);
	if (mount("tmpfs", disk, "tmpfs", 0, "size=4m") != 0)
		skip();
	snprintf(data, sizeof(data), "%s/data", disk);
	s = open_at(data, STORE_HUB, 64 * MIB);
	room = store_room_left(s);
	assert_int_equal(room.whole_bytes, 4 * MIB);
	assert_true(room.free_bytes > 3 * MIB && room.free_bytes < 4 * MIB);
	store_close(s);
}

static void
so_is_a_limit_of_files(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 64 * MIB);
	struct rlimit before, less;
	store_room room;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	less = before;
	less.rlim_cur = 2 * MIB;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
	room = store_room_left(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(room.free_bytes > MIB && room.free_bytes < 2 * MIB);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_map_gets_smaller_as_rows_come, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_small_disk_is_the_least, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			so_is_a_limit_of_files, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
