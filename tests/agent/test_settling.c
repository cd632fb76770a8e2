/* SPDX-License-Identifier: Apache-2.0 */
/* test_settling.c - a file that nobody can tell about is waited for by our own clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "agent/settling.h"

static void
a_file_has_settled_when_it_stays_the_same(void **state)
{
	settling s = { .n = 0 };

	(void)state;
	assert_false(settling_look(&s, "a.xlsx", 10, 5, 100, 30));
	assert_false(settling_look(&s, "a.xlsx", 10, 5, 129, 30));
	assert_true(settling_look(&s, "a.xlsx", 10, 5, 130, 30));
	assert_true(settling_look(&s, "a.xlsx", 10, 5, 500, 30));
	assert_false(settling_look(&s, "b.xlsx", 10, 5, 500, 30));
}

static void
one_that_grows_or_is_written_again_waits_anew(void **state)
{
	settling s = { .n = 0 };

	(void)state;
	assert_false(settling_look(&s, "a.xlsx", 10, 5, 100, 30));
	assert_false(settling_look(&s, "a.xlsx", 11, 5, 140, 30));
	assert_false(settling_look(&s, "a.xlsx", 11, 5, 169, 30));
	assert_false(settling_look(&s, "a.xlsx", 11, 6, 170, 30));
	assert_true(settling_look(&s, "a.xlsx", 11, 6, 200, 30));
}

static void
more_files_than_places_wait_longer_and_break_nothing(void **state)
{
	settling s = { .n = 0 };
	char name[16];
	int i, round;

	(void)state;
	for (round = 0; round < 3; round++)
		for (i = 0; i < 2 * SETTLING_FILES; i++) {
			snprintf(name, sizeof name, "%d", i);
			assert_false(settling_look(&s, name, 1, 1, 1000 * round, 30));
		}
	for (i = 2 * SETTLING_FILES - 10; i < 2 * SETTLING_FILES; i++) {
		snprintf(name, sizeof name, "%d", i);
		assert_true(settling_look(&s, name, 1, 1, 3000, 30));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_settled_when_it_stays_the_same),
		cmocka_unit_test(one_that_grows_or_is_written_again_waits_anew),
		cmocka_unit_test(more_files_than_places_wait_longer_and_break_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
