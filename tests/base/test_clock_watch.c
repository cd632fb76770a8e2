/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock_watch.c - a wall clock that is moved is found by how far, once. */
#include "base/clock_watch.h"

#include "base_testing.h"

#define SECOND INT64_C(1000000)
#define LIMIT (60 * SECOND)

static void
a_clock_that_goes_with_the_steady_one_was_not_moved(void **state)
{
	clock_watch w = { 0 };
	int64_t at;

	(void)state;
	for (at = 0; at < 1000; at++)
		assert_int_equal(
			clock_watch_look(&w, 77 * SECOND + at * 7 * SECOND, at * 7 * SECOND, LIMIT),
			0);
}

static void
a_step_is_told_once_and_by_its_size(void **state)
{
	clock_watch w = { 0 };

	(void)state;
	assert_int_equal(clock_watch_look(&w, 5000 * SECOND, 100 * SECOND, LIMIT), 0);
	assert_int_equal(
		clock_watch_look(&w, 1410 * SECOND, 110 * SECOND, LIMIT), -3600 * INT64_C(1000000));
	assert_int_equal(clock_watch_look(&w, 1420 * SECOND, 120 * SECOND, LIMIT), 0);
	assert_int_equal(
		clock_watch_look(&w, 5030 * SECOND, 130 * SECOND, LIMIT), 3600 * INT64_C(1000000));
	assert_int_equal(clock_watch_look(&w, 5040 * SECOND, 140 * SECOND, LIMIT), 0);
}

static void
many_small_steps_add_up(void **state)
{
	clock_watch w = { 0 };
	int64_t real = 0, moved = 0;
	unsigned i, told = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		int64_t found = clock_watch_look(&w, real, i * SECOND, LIMIT);

		told += found != 0;
		moved += found;
		real += 3 * SECOND; /* two more than it should */
	}
	assert_int_equal(told, 3);
	assert_int_equal(moved, 3 * 62 * INT64_C(1000000));
}

static void
the_system_answers(void **state)
{
	int64_t a = clock_steady_us();

	(void)state;
	assert_true(clock_steady_us() >= a);
	(void)clock_is_synchronised();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_goes_with_the_steady_one_was_not_moved),
		cmocka_unit_test(a_step_is_told_once_and_by_its_size),
		cmocka_unit_test(many_small_steps_add_up),
		cmocka_unit_test(the_system_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
