/* SPDX-License-Identifier: Apache-2.0 */
/* test_notice.c - the instants at which lights pass by time alone, on the plan that is shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "book_testing.h"
#include "plan/notice.h"

static bool
passes(const city *l, const char *unit, const char *instant_text, int64_t off_us,
	notice_level wanted)
{
	slot_at at = place_at(l, "i06", unit, "2012-Q2");
	bool owed = rulings_owes(l->all.rulings, at);
	notice n;

	return notice_at(l->p, l->all.get(l->all.ctx, at, NULL), at, owed,
		       instant(instant_text) + off_us, &n) &&
	       n.level == wanted;
}

static unsigned
own_instants(const city *l, const char *unit, int64_t out[NOTICE_INSTANTS])
{
	slot_at at = place_at(l, "i06", unit, "2012-Q2");

	return notice_own_instants(l->p, l->all.get(l->all.ctx, at, NULL), at, out);
}

static void
lights_pass_at_the_first_microsecond_in_the_plans_zone(void **state)
{
	static const struct {
		const char *at;
		notice_level level;
	} rows[] = { { "2012-07-07T16:00:00Z", NOTICE_BLUE },
		{ "2012-07-10T16:00:00Z", NOTICE_YELLOW }, { "2012-07-20T16:00:00Z", NOTICE_RED } };
	plan *p = load_plan_2012();
	city *l = city_new(p);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(passes(l, "shenbei", rows[i].at, 0, rows[i].level));
		assert_false(passes(l, "shenbei", rows[i].at, -1, rows[i].level));
		assert_false(passes(l, "shenbei", rows[i].at, 1, rows[i].level));
		assert_int_equal(
			notice_next_of_plan(p, instant(rows[i].at) - 1), instant(rows[i].at));
	}
	assert_false(passes(l, "tjj", rows[1].at, 0, NOTICE_YELLOW)); /* owes nothing */
	assert_int_equal(notice_next_of_plan(p, instant("2014-01-01T00:00:00Z")), INT64_MAX);
	city_free(l);
	plan_free(p);
}

static void
a_slot_with_an_extension_has_instants_of_its_own(void **state)
{
	plan *p = load_plan_2012();
	city *l = city_new(p);
	int64_t of[NOTICE_INSTANTS];
	act a = steer_act(l, ACT_EXTENSION_GRANT, "i06", "shenbei", "2012-Q2");

	(void)state;
	assert_int_equal(own_instants(l, "shenbei", of), 0);
	a.u.steer.days = 5;
	a.u.steer.reason = span_str("line down");
	assert_int_equal(arrive(l, "fgw", "07-05 10:00", &a), VERDICT_STORED);
	assert_int_equal(own_instants(l, "shenbei", of), 3);
	assert_int_equal(of[0], instant("2012-07-13T00:00:00+08:00"));
	assert_int_equal(of[1], instant("2012-07-16T00:00:00+08:00"));
	assert_int_equal(of[2], instant("2012-07-26T00:00:00+08:00"));
	assert_false(passes(l, "shenbei", "2012-07-11T00:00:00+08:00", 0, NOTICE_YELLOW));
	assert_true(passes(l, "shenbei", "2012-07-16T00:00:00+08:00", 0, NOTICE_YELLOW));
	city_free(l);
	plan_free(p);
}

static void
a_returned_report_turns_red_by_time(void **state)
{
	plan *p = load_plan_2012();
	city *l = city_new(p);
	int64_t of[NOTICE_INSTANTS];

	(void)state;
	report_in(l, "i06", "tiexi", "2012-Q2", 1, "07-05 10:00", "");
	assert_false(passes(l, "tiexi", "2012-07-11T00:00:00+08:00", 0, NOTICE_YELLOW));
	decide(l, "fgw", "07-14 10:00", "i06", "tiexi", "2012-Q2", 1, DECISION_RETURN);
	assert_int_equal(own_instants(l, "tiexi", of), 1);
	assert_int_equal(of[0], moment("07-24 10:00"));
	assert_true(passes(l, "tiexi", "2012-07-24T10:00:00+08:00", 0, NOTICE_RED));
	report_in(l, "i06", "tiexi", "2012-Q2", 2, "07-15 10:00", "");
	assert_false(passes(l, "tiexi", "2012-07-24T10:00:00+08:00", 0, NOTICE_RED));
	city_free(l);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lights_pass_at_the_first_microsecond_in_the_plans_zone),
		cmocka_unit_test(a_slot_with_an_extension_has_instants_of_its_own),
		cmocka_unit_test(a_returned_report_turns_red_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
