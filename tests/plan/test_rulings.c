/* SPDX-License-Identifier: Apache-2.0 */
/* test_rulings.c - a lead that assigns and takes back for ever costs no more than its last words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "book_testing.h"
#include "plan/rulings.h"

enum { UNITS = 3, PERIODS = 4, TURNS = 3000 };

/* What is in force in quarter AT of UNIT by all that was said, the last of it first. */
static bool
owes_by_all(const ruling *said, size_t n, uint32_t unit, period at)
{
	while (n-- > 0)
		if (said[n].at.unit == unit &&
			period_first_day(said[n].at.period) <= period_first_day(at))
			return said[n].kind == ACT_ASSIGN;
	return false;
}

static void
assignments_are_kept_as_often_as_they_differ(void **state)
{
	plan *p = load_plan_2012();
	int item = plan_find_item(p, span_str("i05"));
	static const char *const names[UNITS] = { "kjj", "hbj", "tjj" };
	ruling said[TURNS];
	uint32_t units[UNITS], dice = 1, i, k, q;
	rulings r;

	(void)state;
	rulings_init(&r, p);
	for (i = 0; i < UNITS; i++)
		units[i] = (uint32_t)plan_find_unit(p, span_str(names[i]));
	for (i = 0; i < TURNS; i++) {
		dice = dice * 1103515245u + 12345;
		said[i] = (ruling){ .kind = dice >> 16 & 1 ? ACT_ASSIGN : ACT_UNASSIGN,
			.at = { .item = (uint32_t)item,
				.unit = units[(dice >> 18) % UNITS],
				.period = { 2012, PERIOD_QUARTER,
					(uint8_t)(1 + (dice >> 22) % PERIODS) } } };
		assert_int_equal(rulings_take(&r, &said[i]), MS_OK);
		assert_true(r.n <= UNITS * PERIODS);
		for (k = 0; k < UNITS; k++)
			for (q = 1; q <= PERIODS; q++) {
				slot_at at = said[i].at;

				at.unit = units[k];
				at.period.index = (uint8_t)q;
				assert_int_equal(rulings_owes(&r, at),
					owes_by_all(said, i + 1, units[k], at.period));
			}
	}
	rulings_fini(&r);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assignments_are_kept_as_often_as_they_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
