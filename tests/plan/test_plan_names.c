/* SPDX-License-Identifier: Apache-2.0 */
/* test_plan_names.c - units are found by what people call them, in any city. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "plan/plan.h"

/* A plan of three units, of which A is called TJJ, B CZJ and C AREA. */
static plan *
plan_of(const char *tjj, const char *czj, const char *area)
{
	buf text = { 0 };
	plan_problems problems = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	buf_addf(&text,
		"format = 1\nid = \"t\"\ntitle = \"T\"\ntimezone = \"+08:00\"\n"
		"first_period = \"2014-Q1\"\nlast_period = \"2014-Q4\"\n"
		"unit \"tjj\" { kind = \"department\" name = \"%s\" }\n"
		"unit \"czj\" { kind = \"department\" name = \"%s\" }\n"
		"unit \"area\" { kind = \"district\" name = \"%s\" }\n"
		"item \"i01\" { number = 1 title = \"I\" text = { \"T\" } mode = \"sole\" leads = "
		"{ "
		"\"tjj\" } required = { \"czj\", \"area\" } }\n",
		tjj, czj, area);
	if (plan_load(buf_span(&text), "t.conf", &p, &problems, &err) != MS_OK)
		fail_msg("%s: %s", err.place, err.text);
	plan_problems_fini(&problems);
	buf_fini(&text);
	return p;
}

static void
expect_unit(const plan *p, const char *name, const char *wanted)
{
	int unit = plan_match_unit(p, span_str(name));
	const char *got = unit < 0 ? "nobody" : p->units[unit].id;

	if (strcmp(got, wanted) != 0)
		fail_msg("%s is %s, not %s", name, got, wanted);
}

static void
the_city_is_that_with_which_most_names_begin(void **state)
{
	plan *p = plan_of("宁波市统计局", "宁波市财政局", "海曙区");

	(void)state;
	expect_unit(p, "宁波市统计局", "tjj");
	expect_unit(p, "市统计局", "tjj");
	expect_unit(p, "统计局", "tjj");
	expect_unit(p, "宁波市海曙区政府", "area");
	expect_unit(p, "沈阳市统计局", "nobody");
	expect_unit(p, "宁波市政府", "nobody");
	plan_free(p);
}

static void
an_area_that_is_a_city_keeps_its_name(void **state)
{
	plan *p = plan_of("宁波市统计局", "宁波市财政局", "余姚市政府");

	(void)state;
	expect_unit(p, "余姚市", "area");
	expect_unit(p, "余姚市人民政府", "area");
	expect_unit(p, "宁波市余姚市", "area");
	expect_unit(p, "余姚", "nobody");
	expect_unit(p, "统计局", "tjj");
	plan_free(p);
	p = plan_of("统计局", "财政局", "余姚市人民政府");
	expect_unit(p, "余姚市政府", "area");
	expect_unit(p, "市统计局", "tjj");
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_city_is_that_with_which_most_names_begin),
		cmocka_unit_test(an_area_that_is_a_city_keeps_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
