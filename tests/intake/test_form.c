/* SPDX-License-Identifier: Apache-2.0 */
/* test_form.c - which form lies in the folder when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intake/form.h"
#include "intake_testing.h"

/* The name of the form's period, "none" without one. NAME has room for it. */
static const char *
form_at(const plan *p, const char *unit, period_kind kind, const char *when, char *name)
{
	period at;
	int64_t now;

	assert_int_equal(time_parse(span_str(when), &now, NULL), MS_OK);
	if (!form_period(p, (uint32_t)plan_find_unit(p, span_str(unit)), kind, now, &at))
		return "none";
	return period_name(at, name);
}

static void
the_first_form_is_there_from_the_beginning(void **state)
{
	char name[PERIOD_NAME_SIZE];

	assert_string_equal(
		form_at(*state, "tiexi", PERIOD_QUARTER, "2012-02-01T09:00:00+08:00", name),
		"2012-Q1");
	assert_string_equal(
		form_at(*state, "tiexi", PERIOD_QUARTER, "2012-04-01T00:00:00+08:00", name),
		"2012-Q1");
	assert_string_equal(
		form_at(*state, "tiexi", PERIOD_QUARTER, "2012-07-01T00:00:00+08:00", name),
		"2012-Q2");
}

/* Item 12 of rsj and jkgw by the year: rsj reports on others by the quarter. */
static void
a_years_form_does_not_lie_beside_the_quarters_all_year(void **state)
{
	plan *p = *state;
	char name[PERIOD_NAME_SIZE];
	uint32_t i;

	p->items[11].kind = PERIOD_YEAR;
	assert_string_equal(
		form_at(p, "rsj", PERIOD_YEAR, "2012-02-01T09:00:00+08:00", name), "none");
	assert_string_equal(
		form_at(p, "rsj", PERIOD_YEAR, "2012-12-31T23:59:59+08:00", name), "none");
	assert_string_equal(
		form_at(p, "rsj", PERIOD_YEAR, "2013-01-01T00:00:00+08:00", name), "2012");
	assert_string_equal(
		form_at(p, "rsj", PERIOD_QUARTER, "2012-02-01T09:00:00+08:00", name), "2012-Q1");
	/* who reports by the year alone has nothing else to look at */
	for (i = 0; i < p->n_items; i++)
		p->items[i].kind = PERIOD_YEAR;
	assert_string_equal(
		form_at(p, "rsj", PERIOD_YEAR, "2012-02-01T09:00:00+08:00", name), "2012");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_form_is_there_from_the_beginning, plan_setup, plan_teardown),
		cmocka_unit_test_setup_teardown(
			a_years_form_does_not_lie_beside_the_quarters_all_year, plan_setup,
			plan_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
