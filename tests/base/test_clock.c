/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock.c - the calendar, the text forms of time, and the simulated clock. */
#include "base/clock.h"

#include "tests/base/base_testing.h"

static const int64_t second = 1000000;

static void
every_day_of_four_centuries_goes_there_and_back(void **state)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t days = civil_to_days(1800, 1, 1);
	int year;

	(void)state;
	assert_int_equal(civil_to_days(1970, 1, 1), 0);
	assert_int_equal(civil_to_days(2000, 2, 29), 11016);
	for (year = 1800; year < 2200; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		unsigned month, day;

		for (month = 1; month <= 12; month++) {
			unsigned n = lengths[month - 1] + (month == 2 && leap);

			for (day = 1; day <= n; day++, days++) {
				unsigned m, d;
				int y;

				assert_int_equal(civil_to_days(year, month, day), days);
				civil_from_days(days, &y, &m, &d);
				assert_true(y == year && m == month && d == day);
			}
		}
	}
}

static void
times_are_read_strictly(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2012-07-05T08:30:00+08:00", 1341448200000000 },
		{ "2012-07-05T00:30:00Z", 1341448200000000 },
		{ "2012-07-04T19:30:00-05:00", 1341448200000000 },
		{ "2012-07-05 00:30:00.000001Z", 1341448200000001 },
		{ "2012-07-05T00:30:00.5Z", 1341448200500000 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "2012-02-29T00:00:00Z", 1330473600000000 },
	};
	static const char *const bad[] = { "", "2012-07-05", "2012-07-05T08:30Z",
		"2012-07-05T08:30:00", "2012-13-05T08:30:00Z", "2012-02-30T08:30:00Z",
		"2013-02-29T08:30:00Z", "2012-07-05T24:00:00Z", "2012-07-05T08:60:00Z",
		"2012-07-05T08:30:60Z", "2012-7-5T08:30:00Z", "2012-07-05T08:30:00+8:00",
		"2012-07-05T08:30:00+24:00", "2012-07-05T08:30:00.Z",
		"2012-07-05T08:30:00.1234567Z", "2012-07-05T08:30:00Z ", " 2012-07-05T08:30:00Z",
		"+012-07-05T08:30:00Z" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t us = 7;

		assert_int_equal(time_parse(span_str(good[i].text), &us, NULL), MS_OK);
		assert_true(us == good[i].us);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ms_error err = { 0 };
		int64_t us = 7;

		assert_int_equal(time_parse(span_str(bad[i]), &us, &err), MS_INVALID);
		assert_int_equal(err.code, MST_CLOCK);
		assert_true(us == 7);
	}
}

static void
a_printed_time_reads_back(void **state)
{
	static const int64_t times[] = { 0, -1, 1341448200000000, 1341448200000001,
		-2208988800000000, 253402300799999999 };
	static const int zones[] = { 0, 480, -300, 345 };
	char text[40];
	size_t i, z;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (z = 0; z < sizeof(zones) / sizeof(zones[0]); z++) {
			int64_t us;

			if (times[i] > 250000000000000000 && zones[z] > 0)
				continue; /* the year 10000 */
			time_format(times[i], zones[z], text);
			assert_int_equal(time_parse(span_str(text), &us, NULL), MS_OK);
			assert_true(us == times[i]);
		}
	assert_string_equal(time_format(1341448200000000, 480, text), "2012-07-05T08:30:00+08:00");
	assert_string_equal(time_format(INT64_MAX, 480, text), "4247-01-10T04:00:54.775807+08:00");
	assert_string_equal(time_format(-1, 0, text), "1969-12-31T23:59:59.999999Z");
	assert_string_equal(time_format_short(1341448200000000, 480, text), "2012-07-05 08:30");
	assert_string_equal(time_format_until(1341448200000000, 480, text), "2012-07-05 08:30");
	assert_string_equal(time_format_short(1341936000000000, 480, text), "2012-07-11 00:00");
	assert_string_equal(time_format_until(1341936000000000, 480, text), "2012-07-10 24:00");
	assert_string_equal(time_format_until(1341936000000000, 0, text), "2012-07-10 16:00");
}

static void
dates_and_zones_are_read_strictly(void **state)
{
	int32_t days = 0;
	int zone = 0;

	(void)state;
	assert_int_equal(date_parse(TEXT("2012-07-05"), &days, NULL), MS_OK);
	assert_int_equal(days, civil_to_days(2012, 7, 5));
	assert_int_equal(date_parse(TEXT("2012-07-05T"), &days, NULL), MS_INVALID);
	assert_int_equal(date_parse(TEXT("2012-02-30"), &days, NULL), MS_INVALID);
	assert_int_equal(zone_parse(TEXT("+08:00"), &zone, NULL), MS_OK);
	assert_int_equal(zone, 480);
	assert_int_equal(zone_parse(TEXT("-03:30"), &zone, NULL), MS_OK);
	assert_int_equal(zone, -210);
	assert_int_equal(zone_parse(TEXT("08:00"), &zone, NULL), MS_INVALID);
	assert_int_equal(zone_parse(TEXT("+08"), &zone, NULL), MS_INVALID);
}

static void
a_simulated_clock_runs_at_its_rate(void **state)
{
	sim_clock real = { 0 }, fast, still, slow;
	int64_t wall = 1700000000 * second, start = 1341448200 * second;

	(void)state;
	assert_true(sim_clock_now(&real, 42) == 42);
	assert_int_equal(sim_clock_parse("2012-07-05T08:30:00+08:00,60", wall, &fast, NULL), MS_OK);
	assert_int_equal(sim_clock_parse("2012-07-05T08:30:00+08:00,0", wall, &still, NULL), MS_OK);
	assert_int_equal(sim_clock_parse("2012-07-05T08:30:00+08:00", wall, &slow, NULL), MS_OK);
	assert_true(sim_clock_now(&fast, wall) == start);
	assert_true(sim_clock_now(&fast, wall + second) == start + 60 * second);
	assert_true(sim_clock_now(&still, wall + 99 * second) == start);
	assert_true(sim_clock_now(&slow, wall + second) == start + second);
	/* a wall clock set back does not turn time back beyond the start */
	assert_true(sim_clock_now(&fast, wall - second) == start);
}

static void
times_of_others_lie_as_far_apart_as_fits(void **state)
{
	static const struct {
		int64_t from, to, apart;
	} cases[] = {
		{ 3, 10, 7 },
		{ 10, 3, -7 },
		{ INT64_MAX, INT64_MAX, 0 },
		{ 1, INT64_MIN, -INT64_MAX },
		{ 0, INT64_MIN, -INT64_MAX },
		{ -1, INT64_MAX, INT64_MAX },
		{ INT64_MIN, INT64_MAX, INT64_MAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(time_between(cases[i].from, cases[i].to) == cases[i].apart);
}

static void
the_fastest_clock_ends_with_the_year_9999_and_does_not_wrap(void **state)
{
	sim_clock fast;
	char text[40];

	(void)state;
	assert_int_equal(sim_clock_parse("2012-01-01T00:00:00Z,10000000", 0, &fast, NULL), MS_OK);
	assert_string_equal(time_format(sim_clock_now(&fast, INT64_MAX), 0, text),
		"9999-12-31T23:59:59.999999Z");
	assert_string_equal(time_format(sim_clock_now(&fast, 40 * 86400 * second), 0, text),
		"9999-12-31T23:59:59.999999Z");
}

static void
a_wrong_rate_is_refused(void **state)
{
	static const char *const bad[] = { "2012-07-05T08:30:00Z,", "2012-07-05T08:30:00Z,-1",
		"2012-07-05T08:30:00Z,1.5", "2012-07-05T08:30:00Z,10000001",
		"2012-07-05T08:30:00Z,99999999999999999999", "now", ",5" };
	sim_clock c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(sim_clock_parse(bad[i], 0, &c, NULL), MS_OK);
}

static void
the_system_clocks_go_forward(void **state)
{
	int64_t a = clock_monotonic_us(), b = clock_monotonic_us();

	(void)state;
	assert_true(b >= a);
	assert_true(clock_real_us() > 1600000000 * second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_four_centuries_goes_there_and_back),
		cmocka_unit_test(times_are_read_strictly),
		cmocka_unit_test(a_printed_time_reads_back),
		cmocka_unit_test(dates_and_zones_are_read_strictly),
		cmocka_unit_test(times_of_others_lie_as_far_apart_as_fits),
		cmocka_unit_test(a_simulated_clock_runs_at_its_rate),
		cmocka_unit_test(the_fastest_clock_ends_with_the_year_9999_and_does_not_wrap),
		cmocka_unit_test(a_wrong_rate_is_refused),
		cmocka_unit_test(the_system_clocks_go_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
