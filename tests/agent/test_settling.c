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

/* A folder that is looked through every STEP: all its files are taken, those of GROWING apart. */
static void
take_all(int step, int growing)
{
	enum { FILES = 5 * SETTLING_FILES + 7 };
	settling s = { .n = 0 };
	bool taken[FILES] = { false };
	int now, i, left = FILES - growing;
	char name[16];

	for (now = 0; left > 0; now += step) {
		assert_true(now < 100 * (30 + step));
		for (i = 0; i < FILES; i++) {
			snprintf(name, sizeof(name), "%d", i);
			if (taken[i] || !settling_look(&s, name, i < growing ? (uint64_t)now : 1, 1,
						now, 30))
				continue;
			assert_true(i >= growing && now >= 30);
			taken[i] = true;
			left--;
		}
	}
}

static void
more_files_than_places_wait_their_turn(void **state)
{
	(void)state;
	take_all(5, 0);
	take_all(40, 0);
	take_all(5, SETTLING_FILES / 2);
	take_all(5, 2 * SETTLING_FILES);
}

static void
a_file_that_cannot_be_taken_stays_settled(void **state)
{
	settling s = { .n = 0 };
	char name[16];
	int i, now;

	(void)state;
	for (now = 0; now < 200; now += 5)
		for (i = 0; i < SETTLING_FILES; i++) {
			snprintf(name, sizeof(name), "%d", i);
			assert_int_equal(settling_look(&s, name, 1, 1, now, 30), now >= 30);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_settled_when_it_stays_the_same),
		cmocka_unit_test(one_that_grows_or_is_written_again_waits_anew),
		cmocka_unit_test(more_files_than_places_wait_their_turn),
		cmocka_unit_test(a_file_that_cannot_be_taken_stays_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
