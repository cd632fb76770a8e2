/* SPDX-License-Identifier: Apache-2.0 */
/* test_judge_plan.c - what the plan lets a report say: indicators, types, keys, parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "judge_draft.h"

SPOIL(nil_without_reason, nil(d, (span){ 0 }))
SPOIL(money, d->values[0].mantissa = -1)
SPOIL(negative_count, d->values[1].mantissa = -1)
SPOIL(zero_count, d->values[1].mantissa = 0)
SPOIL(den_0, d->values[3].den = 0)
SPOIL(den_0_num_0, d->values[3].num = d->values[3].den = 0)
SPOIL(num_0, d->values[3].num = 0)
SPOIL(not_reached, d->values[4].mantissa = 0)
SPOIL(reached_without_date, d->values[4].has_date = false)
SPOIL(reached_twice, d->values[4].mantissa = 2)
SPOIL(date_on_a_count, d->values[1].has_date = true)
SPOIL(unknown_indicator, d->values[0].indicator = span_str("i01.mony"))
SPOIL(of_other_item, d->values[0].indicator = span_str("i02.money"))
SPOIL(of_other_unit, d->values[0].indicator = span_str("i01.staff"))
SPOIL(unknown_part, d->parts[0].id = span_str("c9"))
SPOIL(part_of_other_item, d->parts[0].id = span_str("s1"))
SPOIL(other_prefix, d->keys[1] = span_str("YM-2"))
SPOIL(short_prefix, d->keys[1] = span_str("XM"))
SPOIL(folded_prefix, d->keys[1] = span_str(" ｘｍ-2\xE3\x80\x80"))

static void
nil_beside_a_count(draft *d)
{
	d->values[1] = (report_value){ .indicator = span_str("i01.parks"),
		.is_nil = true,
		.nil_reason = span_str("none"),
		.has_ratio = true };
}

static void
number_for_ratio(draft *d)
{
	d->values[3] = d->values[0];
	d->values[3].indicator = span_str("i01.share");
}

static void
ratio_for_number(draft *d)
{
	d->values[0] = d->values[3];
	d->values[0].indicator = span_str("i01.money");
	d->r->n_values = 1;
}

static void
words_for_count(draft *d)
{
	words(d, 3);
	d->values[0].indicator = span_str("i01.parks");
	d->r->n_values = 1;
}

static void
number_for_keys(draft *d)
{
	d->values[2] = d->values[1];
	d->values[2].indicator = span_str("i01.projects");
}

static void
keys_for_number(draft *d)
{
	d->values[0] = d->values[2];
	d->values[0].indicator = span_str("i01.money");
	d->r->n_values = 1;
}

static const row plan_rows[] = {
	ROW(no_change, 0, NULL),
	ROW(money, 0, NULL),
	ROW(negative_count, MST_REPORT_TYPE, "values[i01.parks]"),
	ROW(zero_count, 0, NULL),
	ROW(den_0, MST_REPORT_TYPE, "values[i01.share]"),
	ROW(den_0_num_0, MST_REPORT_TYPE, "values[i01.share]"),
	ROW(num_0, 0, NULL),
	ROW(nil_with_reason, 0, NULL),
	ROW(nil_without_reason, MST_REPORT_REASON, "values[i01.share]"),
	ROW(nil_beside_0_of_0, 0, NULL),
	ROW(nil_beside_a_count, MST_REPORT_TYPE, "values[i01.parks]"),
	ROW(not_reached, 0, NULL),
	ROW(reached_without_date, MST_REPORT_TYPE, "values[i01.opened]"),
	ROW(reached_twice, MST_REPORT_TYPE, "values[i01.opened]"),
	ROW(date_on_a_count, MST_REPORT_TYPE, "values[i01.parks]"),
	ROW(unknown_indicator, MST_REPORT_INDICATOR, "values[i01.mony]"),
	ROW(of_other_item, MST_REPORT_INDICATOR, "values[i02.money]"),
	ROW(of_other_unit, MST_REPORT_INDICATOR, "values[i01.staff]"),
	ROW(unknown_part, MST_REPORT_PART, "parts[c9]"),
	ROW(part_of_other_item, MST_REPORT_PART, "parts[s1]"),
	ROW(other_prefix, MST_REPORT_KEY, "values[i01.projects]"),
	ROW(short_prefix, MST_REPORT_KEY, "values[i01.projects]"),
	ROW(folded_prefix, 0, NULL),
	ROW(no_keys, 0, NULL),
	ROW(number_for_ratio, MST_REPORT_TYPE, "values[i01.share]"),
	ROW(ratio_for_number, MST_REPORT_TYPE, "values[i01.money]"),
	ROW(words_for_count, MST_REPORT_TYPE, "values[i01.parks]"),
	ROW(number_for_keys, MST_REPORT_TYPE, "values[i01.projects]"),
	ROW(keys_for_number, MST_REPORT_TYPE, "values[i01.money]"),
};

static void
the_plan_judges_indicators_types_parts_and_keys(void **state)
{
	const plan *p = *state;
	period at = period_at("2012-Q2");
	uint32_t unit = unit_at(p, "east");

	for (size_t i = 0; i < sizeof(plan_rows) / sizeof(plan_rows[0]); i++) {
		const row *r = &plan_rows[i];
		violations v = { 0 };
		static draft d;
		slot_at slot;

		draft_init(&d, p);
		r->spoil(&d);
		if (judge_report(p, 0, unit, at, d.r, NULL) != (r->code == 0))
			fail_msg("%s: %s", r->title, r->code == 0 ? "refused" : "let pass");
		assert_int_equal(judge_report(p, 0, unit, at, d.r, &v), r->code == 0);
		if (r->code != 0)
			expect_violation(r, &v);
		assert_int_equal(
			judge_act(p, &d.a, (int)unit, instant("2012-07-01T00:00:00Z"), &slot, NULL),
			r->code == 0 ? VERDICT_NONE : VERDICT_REFUSED_VALUE);
	}
}

static void
a_key_list_of_the_plan_is_compared_folded(void **state)
{
	static const struct {
		const char *key;
		bool good;
	} rows[] = { { "A1", true }, { "a1", true }, { " b2 ", true }, { "Ａ１", true },
		{ "A2", false }, { "A", false }, { "A11", false }, { " ", false } };
	const plan *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		span key = span_str(rows[i].key);
		report_value x = { .indicator = span_str("i01.codes"),
			.has_keys = true,
			.keys = &key,
			.n_keys = 1 };
		report r = { .values = &x, .n_values = 1 };
		violations v = { 0 };
		bool good = judge_report(p, 0, unit_at(p, "kjj"), period_at("2012-Q2"), &r, &v);

		if (good != rows[i].good)
			fail_msg("key \"%s\"", rows[i].key);
		assert_true(good || strcmp(v.list[0].value, rows[i].key) == 0);
	}
}

static bool
may_name(const plan *p, const char *item, const char *unit, const char *part)
{
	report_part x = { .id = span_str(part) };
	report r = { .parts = &x, .n_parts = 1 };

	return judge_report(p, item_at(p, item), unit_at(p, unit), period_at("2012-Q2"), &r, NULL);
}

static void
a_part_is_stated_by_its_owner_or_the_leads(void **state)
{
	const plan *p = *state;

	assert_true(may_name(p, "i01", "east", "c1"));
	assert_true(may_name(p, "i01", "fgw", "c1"));
	assert_true(may_name(p, "i01", "kjj", "c1"));
	assert_false(may_name(p, "i01", "west", "c1"));
	assert_true(may_name(p, "i01", "fgw", "n1"));
	assert_true(may_name(p, "i01", "west", "n1"));
}

static void
a_split_lead_names_its_own_part_and_contributors_any(void **state)
{
	const plan *p = *state;

	assert_true(may_name(p, "i02", "east", "s1"));
	assert_false(may_name(p, "i02", "east", "s2"));
	assert_true(may_name(p, "i02", "fgw", "s1"));
	assert_true(may_name(p, "i02", "fgw", "s2"));
}

static void
a_violation_shows_what_was_given_at_the_scale_of_the_plan(void **state)
{
	const plan *p = *state;
	violations v = { 0 };
	static draft d;

	draft_init(&d, p);
	d.values[3].den = 0;
	d.values[1].mantissa = -3;
	d.values[0].indicator = span_str("i01.nothing");
	assert_false(judge_report(p, 0, unit_at(p, "east"), period_at("2012-Q2"), d.r, &v));
	assert_int_equal(v.wrong, 3);
	assert_string_equal(v.list[0].field, "values[i01.nothing]");
	assert_string_equal(v.list[1].value, "-3");
	assert_string_equal(v.list[2].value, "0.45/0.00");
	assert_string_equal(v.list[2].expected, "a denominator other than 0, or nil with a reason");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_judges_indicators_types_parts_and_keys),
		cmocka_unit_test(a_key_list_of_the_plan_is_compared_folded),
		cmocka_unit_test(a_part_is_stated_by_its_owner_or_the_leads),
		cmocka_unit_test(a_split_lead_names_its_own_part_and_contributors_any),
		cmocka_unit_test(a_violation_shows_what_was_given_at_the_scale_of_the_plan),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
