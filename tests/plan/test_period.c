/* SPDX-License-Identifier: Apache-2.0 */
/* test_period.c - periods cover the calendar without gap or overlap, and their names are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "plan/period.h"

static period
named(const char *name)
{
	period p = { .kind = PERIOD_NONE };

	if (!period_parse(span_str(name), &p))
		fail_msg("%s is a period", name);
	return p;
}

static void
a_name_is_read_and_written_the_same(void **state)
{
	static const char *const names[] = { "2012", "2012-H1", "2012-H2", "2012-Q1", "2012-Q4",
		"2012-01", "2012-09", "2012-12", "1900", "9999-12" };
	char out[PERIOD_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		period p = named(names[i]);

		assert_string_equal(period_name(p, out), names[i]);
		assert_true(period_equal(period_from_code(period_code(p)), p));
	}
	assert_string_equal(period_name((period){ .kind = PERIOD_NONE }, out), "");
}

static void
what_is_no_name_is_refused_and_leaves_the_result_alone(void **state)
{
	static const char *const wrong[] = { "", "201", "20123", "2012-", "2012-Q", "2012-Q0",
		"2012-Q5", "2012-H0", "2012-H3", "2012-00", "2012-13", "2012-1", "2012-001",
		"2012-q1", "2012Q1", "2012-Q11", " 2012", "2012 ", "1899", "0000-01", "2012-X1",
		"2012/01", "-2012", "２０１２", "2012-0\xFF" };
	period p = { .year = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (period_parse(span_str(wrong[i]), &p))
			fail_msg("\"%s\" is no period", wrong[i]);
	assert_false(period_parse(span_of("2012\0-Q1", 8), &p));
	assert_int_equal(p.year, 7);
	assert_int_equal(p.kind, PERIOD_NONE);
}

static void
a_number_that_is_no_period_gives_none(void **state)
{
	static const uint32_t wrong[] = { 0, 1, UINT32_MAX, 2012u << 16, 2012u << 16 | 1u << 8,
		2012u << 16 | 1u << 8 | 13, 2012u << 16 | 2u << 8 | 5, 2012u << 16 | 5u << 8 | 1,
		1899u << 16 | 4u << 8 | 1, 10000u << 16 | 4u << 8 | 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(period_from_code(wrong[i]).kind, PERIOD_NONE);
}

/* Every day of two centuries lies in exactly one period of each kind. */
static void
periods_tile_the_calendar(void **state)
{
	int32_t first = civil_to_days(1950, 1, 1), end = civil_to_days(2101, 1, 1);

	(void)state;
	for (unsigned kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		period p = period_of_day((period_kind)kind, first);
		int32_t day = first;

		assert_int_equal(period_first_day(p), first);
		while (day < end) {
			period next = period_next(p);

			assert_int_equal(period_first_day(p), day);
			assert_true(period_end_day(p) > day);
			assert_true(period_equal(period_of_day((period_kind)kind, day), p));
			day = period_end_day(p);
			assert_true(period_equal(period_of_day((period_kind)kind, day - 1), p));
			assert_true(period_code(p) < period_code(next));
			p = next;
		}
		assert_int_equal(day, end);
	}
}

static void
known_days_are_right(void **state)
{
	(void)state;
	assert_int_equal(period_first_day(named("2012-Q2")), civil_to_days(2012, 4, 1));
	assert_int_equal(period_end_day(named("2012-Q2")), civil_to_days(2012, 7, 1));
	assert_int_equal(period_end_day(named("2012-02")), civil_to_days(2012, 3, 1));
	assert_int_equal(period_end_day(named("2012-02")) - period_first_day(named("2012-02")), 29);
	assert_int_equal(period_end_day(named("2013-02")) - period_first_day(named("2013-02")), 28);
	assert_int_equal(period_end_day(named("2012-H2")), civil_to_days(2013, 1, 1));
	assert_int_equal(period_end_day(named("2012")), civil_to_days(2013, 1, 1));
}

static void
coarser_periods_contain_their_parts_and_nothing_else(void **state)
{
	static const unsigned in_year[] = { 0, 12, 4, 2, 1 };
	period year = named("2012"), first;

	(void)state;
	for (unsigned outer = PERIOD_MONTH; outer <= PERIOD_YEAR; outer++) {
		period big = period_widen(named("2012-01"), (period_kind)outer);

		assert_int_equal(periods_in_year((period_kind)outer), in_year[outer]);
		for (unsigned i = 0; i < in_year[outer]; i++, big = period_next(big)) {
			assert_true(period_within(big, year));
			for (unsigned inner = PERIOD_MONTH; inner <= outer; inner++) {
				unsigned n = period_split(big, (period_kind)inner, &first);

				assert_int_equal(n, in_year[inner] / in_year[outer]);
				assert_int_equal(period_first_day(first), period_first_day(big));
				for (; n > 0; n--, first = period_next(first)) {
					assert_true(period_within(first, big));
					assert_true(period_equal(
						period_widen(first, (period_kind)outer), big));
				}
				assert_false(period_within(first, big));
				assert_int_equal(period_first_day(first), period_end_day(big));
			}
		}
		assert_false(period_within(big, year));
	}
	assert_int_equal(period_split(named("2012-Q1"), PERIOD_HALF, &first), 0);
	assert_int_equal(period_split(named("2012-Q1"), PERIOD_NONE, &first), 0);
	assert_false(period_within(named("2012"), named("2012-H1")));
	assert_int_equal(periods_in_year(PERIOD_NONE), 0);
}

/* Both are month arithmetic; the days must agree. */
static void
closing_and_lying_between_are_what_the_days_say(void **state)
{
	static const char *const bounds[] = { "2012-Q1", "2012-Q3", "2012", "2012-02", "2012-H2" };

	(void)state;
	for (unsigned kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		period p = period_of_day((period_kind)kind, civil_to_days(2011, 1, 1));

		for (; p.year < 2014; p = period_next(p)) {
			for (unsigned to = kind; to <= PERIOD_YEAR; to++)
				assert_int_equal(period_closes(p, (period_kind)to),
					period_end_day(p) ==
						period_end_day(period_widen(p, (period_kind)to)));
			assert_false(period_closes(p, PERIOD_NONE));
			for (size_t i = 0; i < 25; i++) {
				period from = named(bounds[i / 5]), until = named(bounds[i % 5]);

				assert_int_equal(period_between(p, from, until),
					period_first_day(p) >= period_first_day(from) &&
						period_end_day(p) <= period_end_day(until));
			}
		}
	}
}

static void
a_day_begins_at_midnight_of_the_zone(void **state)
{
	int64_t us;

	(void)state;
	assert_int_equal(time_parse(span_str("2012-07-10T16:00:00Z"), &us, NULL), MS_OK);
	assert_int_equal(day_start_us(civil_to_days(2012, 7, 11), 480), us);
	assert_int_equal(time_parse(span_str("1960-02-29T05:30:00Z"), &us, NULL), MS_OK);
	assert_int_equal(day_start_us(civil_to_days(1960, 2, 29), -330), us);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_read_and_written_the_same),
		cmocka_unit_test(what_is_no_name_is_refused_and_leaves_the_result_alone),
		cmocka_unit_test(a_number_that_is_no_period_gives_none),
		cmocka_unit_test(periods_tile_the_calendar),
		cmocka_unit_test(known_days_are_right),
		cmocka_unit_test(coarser_periods_contain_their_parts_and_nothing_else),
		cmocka_unit_test(closing_and_lying_between_are_what_the_days_say),
		cmocka_unit_test(a_day_begins_at_midnight_of_the_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
