/* SPDX-License-Identifier: Apache-2.0 */
/* test_judge.c - completeness, and verdicts in the order of proto/ACTS.md 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "judge_draft.h"

/* ---- completeness ---- */

static void
a_missing_field_is_a_warning_and_less_completeness(void **state)
{
	const plan *p = *state;
	uint32_t unit = unit_at(p, "east");
	period at = period_at("2012-Q2");
	report empty = { 0 };
	violations v = { 0 };
	static draft d;

	draft_init(&d, p);
	assert_int_equal(report_filled(p, 0, unit, at, d.r), REPORT_MANDATORY);
	assert_true(judge_report(p, 0, unit, at, d.r, &v));
	assert_int_equal(v.n, 0);

	d.r->n_values = 4; /* the milestone is missing */
	assert_int_equal(report_filled(p, 0, unit, at, d.r), 5);
	d.r->approved_by = (span){ 0 };
	d.r->has_progress = false;
	assert_int_equal(report_filled(p, 0, unit, at, d.r), 3);
	assert_true(judge_report(p, 0, unit, at, d.r, &v));
	assert_int_equal(v.n, 3);
	assert_int_equal(v.wrong, 0);
	for (size_t i = 0; i < v.n; i++)
		assert_true(v.list[i].warning && v.list[i].code == MST_REPORT_MISSING);
	assert_string_equal(v.list[2].field, "values[i01.opened]");

	assert_true(judge_report(p, 0, unit, at, &empty, NULL));
	assert_int_equal(report_filled(p, 0, unit, at, &empty), 0);
}

static void
nil_with_a_reason_counts_as_given(void **state)
{
	const plan *p = *state;
	static draft d;

	draft_init(&d, p);
	nil_with_reason(&d);
	assert_int_equal(report_filled(p, 0, unit_at(p, "east"), period_at("2012-Q2"), d.r), 6);
}

static void
without_mandatory_indicators_the_values_are_complete(void **state)
{
	const plan *p = *state;
	report empty = { 0 };

	assert_int_equal(report_filled(p, 1, unit_at(p, "east"), period_at("2012-Q2"), &empty), 1);
}

static void
a_yearly_indicator_is_mandatory_where_the_year_ends(void **state)
{
	const plan *p = *state;
	report empty = { 0 };

	assert_int_equal(report_filled(p, 0, unit_at(p, "fgw"), period_at("2012-Q3"), &empty), 1);
	assert_int_equal(report_filled(p, 0, unit_at(p, "fgw"), period_at("2012-Q4"), &empty), 0);
}

/* ---- verdicts ---- */

static void
of_several_refusals_the_first_of_the_order_is_given(void **state)
{
	const plan *p = *state;
	int east = (int)unit_at(p, "east"), west = (int)unit_at(p, "west");
	int64_t early = instant("2012-03-31T23:59:59.999999+08:00"), now = early + 1;
	static draft d;
	slot_at at;

	/* Everything is wrong; one mistake after the other is mended. */
	draft_init(&d, p);
	d.a.schema = ACT_SCHEMA + 1;
	d.a.malformed = true;
	d.a.salt.len = 0;
	d.a.plan = span_str("other");
	d.a.item = d.a.unit = d.a.period = span_str("?");
	d.values[0].indicator = span_str("?");
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_SCHEMA);
	d.a.schema = ACT_SCHEMA;
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_MALFORMED);
	d.a.malformed = false;
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_MALFORMED);
	d.a.salt.len = ACT_SALT_SIZE;
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_UNKNOWN);
	d.a.plan = span_str("small");
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_UNKNOWN);
	d.a.item = span_str("i01");
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_UNKNOWN);
	d.a.unit = span_str("east");
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_UNKNOWN);
	d.a.period = span_str("2012-Q2");
	assert_int_equal(judge_act(p, &d.a, west, early, &at, NULL), VERDICT_REFUSED_NOT_BEGUN);
	assert_int_equal(judge_act(p, &d.a, west, now, &at, NULL), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(judge_act(p, &d.a, east, now, &at, NULL), VERDICT_REFUSED_VALUE);
	d.values[0].indicator = span_str("i01.money");
	assert_int_equal(judge_act(p, &d.a, east, now, &at, NULL), VERDICT_NONE);
	assert_int_equal(at.item, 0);
	assert_int_equal(at.unit, east);
	assert_true(period_equal(at.period, period_at("2012-Q2")));
}

static verdict
verdict_on(const plan *p, const act *a, const char *from)
{
	violations v = { 0 };
	slot_at at;
	int unit = from == NULL ? PLAN_NO_UNIT : (int)unit_at(p, from);
	int64_t now = instant("2013-01-05T00:00:00Z");
	verdict told = judge_act(p, a, unit, now, &at, &v);

	assert_int_equal(told, judge_act(p, a, unit, now, &at, NULL));
	if (verdict_is_refusal(told) && v.wrong == 0)
		fail_msg("%s without a reason", verdict_name(told));
	return told;
}

static verdict
verdict_at(const plan *p, const char *item, const char *unit, const char *at, const char *from)
{
	act a = report_act(p, item, unit, at, 1, "x");

	return verdict_on(p, &a, from);
}

static void
a_period_that_is_none_of_the_item_is_unknown(void **state)
{
	static const char *const wrong[] = { "2012", "2012-H1", "2012-04", "2011-Q4", "2013-Q1",
		"2012-Q5", "", "2012-Q2 " };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(verdict_at(*state, "i01", "east", wrong[i], "east"),
			VERDICT_REFUSED_UNKNOWN);
}

static void
only_a_living_unit_with_a_role_speaks_and_only_for_itself(void **state)
{
	const plan *p = *state;

	assert_int_equal(verdict_at(p, "i01", "east", "2012-Q2", "east"), VERDICT_NONE);
	assert_int_equal(verdict_at(p, "i01", "fgw", "2012-Q2", "fgw"), VERDICT_NONE);
	assert_int_equal(verdict_at(p, "i02", "fgw", "2012-Q2", "fgw"), VERDICT_NONE);
	assert_int_equal(
		verdict_at(p, "i01", "east", "2012-Q2", "west"), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(
		verdict_at(p, "i01", "east", "2012-Q2", "fgw"), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(
		verdict_at(p, "i01", "east", "2012-Q2", NULL), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(
		verdict_at(p, "i01", "tjj", "2012-Q2", "tjj"), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(
		verdict_at(p, "i01", "late", "2012-Q2", "late"), VERDICT_REFUSED_NOT_ASSIGNED);
	assert_int_equal(verdict_at(p, "i01", "late", "2012-Q3", "late"), VERDICT_NONE);
	assert_int_equal(verdict_at(p, "i01", "gone", "2012-Q2", "gone"), VERDICT_NONE);
	assert_int_equal(
		verdict_at(p, "i01", "gone", "2012-Q3", "gone"), VERDICT_REFUSED_NOT_ASSIGNED);
}

static void
another_version_of_the_plan_is_no_reason_to_refuse(void **state)
{
	const plan *p = *state;
	act a = report_act(p, "i01", "east", "2012-Q2", 1, "x");
	static const uint8_t other[HASH_SIZE] = { 0xEE };

	a.plan_version = span_of(other, sizeof(other));
	assert_int_equal(verdict_on(p, &a, "east"), VERDICT_NONE);
}

static void
a_retraction_is_judged_like_a_report_but_for_values(void **state)
{
	const plan *p = *state;
	act a = retraction_act(p, "i01", "east", "2012-Q2", 2);

	assert_int_equal(verdict_on(p, &a, "east"), VERDICT_NONE);
	assert_int_equal(verdict_on(p, &a, "west"), VERDICT_REFUSED_NOT_ASSIGNED);
	a.u.retraction.reason = text_of(REPORT_REASON_MAX + 1);
	assert_int_equal(verdict_on(p, &a, "east"), VERDICT_REFUSED_MALFORMED);
}

static void
unknown_kinds_are_a_newer_schema_and_the_hubs_kinds_are_not_a_units(void **state)
{
	static const act_kind hubs[] = { ACT_HUB_ORIGIN, ACT_HUB_RULES, ACT_HUB_PLAN,
		ACT_HUB_ENROLMENT, ACT_HUB_REVOCATION, ACT_HUB_NOTICE, ACT_HUB_APPROVAL,
		ACT_HUB_ROTATION, ACT_HUB_FREEZE, ACT_HUB_FEEDS, ACT_HUB_RESTORE, ACT_HUB_CLOCK,
		ACT_HUB_MOVED };
	const plan *p = *state;
	act a = report_act(p, "i01", "east", "2012-Q2", 1, "x");

	for (unsigned kind = ACT_ISSUE + 1; kind < 128; kind++) {
		verdict wanted = VERDICT_REFUSED_SCHEMA;

		for (size_t i = 0; i < sizeof(hubs) / sizeof(hubs[0]); i++)
			if (kind == (unsigned)hubs[i])
				wanted = VERDICT_REFUSED_NOT_ASSIGNED;
		a.kind = (act_kind)kind;
		assert_int_equal(verdict_on(p, &a, "east"), wanted);
	}
	a.kind = (act_kind)0;
	assert_int_equal(verdict_on(p, &a, "east"), VERDICT_REFUSED_SCHEMA);
}

/* A verdict without a case here does not compile (-Wswitch), one without a name fails. */
static bool
is_declared(unsigned v)
{
	switch ((verdict)v) {
	case VERDICT_NONE:
	case VERDICT_STORED:
	case VERDICT_STORED_SUPERSEDED:
	case VERDICT_DUPLICATE:
	case VERDICT_REFUSED_MALFORMED:
	case VERDICT_REFUSED_SCHEMA:
	case VERDICT_REFUSED_UNKNOWN:
	case VERDICT_REFUSED_NOT_BEGUN:
	case VERDICT_REFUSED_NOT_ASSIGNED:
	case VERDICT_REFUSED_NOT_LEAD:
	case VERDICT_REFUSED_SPLIT:
	case VERDICT_REFUSED_OWN:
	case VERDICT_REFUSED_VALUE:
	case VERDICT_REFUSED_LOCKED:
	case VERDICT_REFUSED_LATE:
	case VERDICT_REFUSED_CONFLICT:
	case VERDICT_REFUSED_STALE:
	case VERDICT_REFUSED_DECIDED:
		return true;
	}
	return false;
}

static void
every_verdict_has_a_name_that_says_its_group(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		const char *name = verdict_name((verdict)v);

		assert_int_equal(strcmp(name, "UNKNOWN") != 0, is_declared(v));
		if (!is_declared(v))
			continue;
		assert_int_equal(verdict_is_refusal((verdict)v), strncmp(name, "REFUSED_", 8) == 0);
		assert_int_equal(verdict_is_stored((verdict)v), strncmp(name, "STORED", 6) == 0);
	}
	assert_string_equal(verdict_name(VERDICT_REFUSED_CONFLICT), "REFUSED_CONFLICT");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_field_is_a_warning_and_less_completeness),
		cmocka_unit_test(nil_with_a_reason_counts_as_given),
		cmocka_unit_test(without_mandatory_indicators_the_values_are_complete),
		cmocka_unit_test(a_yearly_indicator_is_mandatory_where_the_year_ends),
		cmocka_unit_test(of_several_refusals_the_first_of_the_order_is_given),
		cmocka_unit_test(a_period_that_is_none_of_the_item_is_unknown),
		cmocka_unit_test(only_a_living_unit_with_a_role_speaks_and_only_for_itself),
		cmocka_unit_test(another_version_of_the_plan_is_no_reason_to_refuse),
		cmocka_unit_test(a_retraction_is_judged_like_a_report_but_for_values),
		cmocka_unit_test(
			unknown_kinds_are_a_newer_schema_and_the_hubs_kinds_are_not_a_units),
		cmocka_unit_test(every_verdict_has_a_name_that_says_its_group),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
