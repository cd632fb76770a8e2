/* SPDX-License-Identifier: Apache-2.0 */
/* test_light.c - the lights of items and of progress, at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "book_testing.h"
#include "plan/light.h"

static light
item_light(uint32_t grey, uint32_t green, uint32_t blue, uint32_t yellow, uint32_t red)
{
	const uint32_t counts[LIGHTS] = { [LIGHT_GREY] = grey,
		[LIGHT_GREEN] = green,
		[LIGHT_BLUE] = blue,
		[LIGHT_YELLOW] = yellow,
		[LIGHT_RED] = red };

	return light_of_item(counts);
}

static void
an_item_is_red_from_a_fifth_red_and_yellow_from_any_red_or_a_fifth_yellow(void **state)
{
	(void)state;
	assert_int_equal(item_light(0, 20, 0, 0, 0), LIGHT_GREEN);
	assert_int_equal(item_light(0, 16, 0, 0, 4), LIGHT_RED);
	assert_int_equal(item_light(0, 17, 0, 0, 3), LIGHT_YELLOW);
	assert_int_equal(item_light(0, 19, 0, 0, 1), LIGHT_YELLOW);
	assert_int_equal(item_light(0, 16, 0, 4, 0), LIGHT_YELLOW);
	assert_int_equal(item_light(0, 17, 0, 3, 0), LIGHT_GREEN);
	assert_int_equal(item_light(10, 9, 1, 0, 0), LIGHT_BLUE);
	assert_int_equal(item_light(20, 0, 0, 0, 0), LIGHT_GREY);
	assert_int_equal(item_light(0, 0, 0, 0, 0), LIGHT_GREY);
}

static void
progress_in_the_third_quarter_is_held_against_75(void **state)
{
	plan *p = load_plan_2012();

	(void)state;
	assert_int_equal(light_line(p, item_at(p, "i06"), period_at("2012-Q3")), 75);
	assert_int_equal(light_line(p, item_at(p, "i06"), period_at("2012-Q4")), 100);
	assert_int_equal(light_of_progress(75, 66), LIGHT_GREEN);
	assert_int_equal(light_of_progress(75, 65), LIGHT_YELLOW);
	assert_int_equal(light_of_progress(75, 62), LIGHT_YELLOW);
	assert_int_equal(light_of_progress(75, 45), LIGHT_YELLOW);
	assert_int_equal(light_of_progress(75, 44), LIGHT_RED);
	assert_int_equal(light_of_progress(25, 100), LIGHT_GREEN);
	plan_free(p);
}

/* First and last microsecond of every threshold, in the plan's zone. */
static void
a_slots_lights_change_at_the_instant(void **state)
{
	plan *p = load_plan_2012();
	city *l = city_new(p);
	static const struct {
		const char *at;
		const char *before, *from;
	} rows[] = {
		{ "2012-07-01T00:00:00+08:00", "OPEN grey", "DUE grey" },
		{ "2012-07-07T16:00:00Z", "DUE grey", "DUE blue" },
		{ "2012-07-10T16:00:00Z", "DUE blue", "OVERDUE yellow" },
		{ "2012-07-20T16:00:00Z", "OVERDUE yellow", "OVERDUE red" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t at = instant(rows[i].at);

		expect_slot_at(l, "i06", "shenbei", "2012-Q2", at - 1, rows[i].before);
		expect_slot_at(l, "i06", "shenbei", "2012-Q2", at, rows[i].from);
	}
	expect_slot_at(l, "i06", "tjj", "2012-Q2", instant("2012-08-01T00:00:00Z"), "DUE grey");
	city_free(l);
	plan_free(p);
}

static void
a_report_that_nobody_decides_on_marks_its_leads(void **state)
{
	plan *p = load_plan_2012();
	city *l = city_new(p);
	slot_at at = place_at(l, "i06", "tiexi", "2012-Q2");
	int64_t deadline = instant("2012-07-10T16:00:00Z"), days = 10 * INT64_C(86400000000);

	(void)state;
	assert_false(slot_waits_too_long(p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, INT64_MAX));
	report_in(l, "i06", "tiexi", "2012-Q2", 1, "07-05 10:00", "");
	assert_false(slot_waits_too_long(
		p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, deadline + days - 1));
	assert_true(
		slot_waits_too_long(p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, deadline + days));
	report_in(l, "i06", "tiexi", "2012-Q2", 2, "07-15 10:00", "");
	assert_false(
		slot_waits_too_long(p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, deadline + days));
	assert_true(slot_waits_too_long(
		p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, moment("07-25 10:00")));
	decide(l, "fgw", "07-26 10:00", "i06", "tiexi", "2012-Q2", 2, DECISION_ACCEPT);
	assert_false(slot_waits_too_long(p, slot_of(l, "i06", "tiexi", "2012-Q2"), at, INT64_MAX));
	assert_true(decide_may(p, at, unit_at(p, "jxw"), 0));
	assert_false(decide_may(p, at, unit_at(p, "tiexi"), 0));
	assert_false(decide_may(p, at, unit_at(p, "tjj"), 0));
	assert_true(decide_may(p, place_at(l, "i04", "zbq", "2012-Q2"), unit_at(p, "tjj"), 0));
	city_free(l);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_item_is_red_from_a_fifth_red_and_yellow_from_any_red_or_a_fifth_yellow),
		cmocka_unit_test(progress_in_the_third_quarter_is_held_against_75),
		cmocka_unit_test(a_slots_lights_change_at_the_instant),
		cmocka_unit_test(a_report_that_nobody_decides_on_marks_its_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
