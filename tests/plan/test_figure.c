/* SPDX-License-Identifier: Apache-2.0 */
/* test_figure.c - values fold by time, add up in space, and are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/figure.h"
#include "small_plan.h"

static plan_indicator
indicator(value_type type, unsigned scale, time_rule time, space_rule space)
{
	return (plan_indicator){
		.id = "x", .type = type, .scale = (uint8_t)scale, .time = time, .space = space
	};
}

static value
given(int64_t num)
{
	return (value){ .state = VALUE_GIVEN, .num = num };
}

static share
share_with(int64_t num, int64_t den)
{
	return (share){ .has = true, .num = num, .den = den };
}

/* ---- values of a report ---- */

static void
keys_are_folded_sorted_and_each_once(void **state)
{
	span keys[] = { span_str("xm-2"), span_str("XM-10"), span_str(" XM-2 "),
		span_str("ｘｍ－１０"), span_str("XM-1"), span_str("\xE3\x80\x80XM-3") };
	report_value x = {
		.indicator = span_str("x"), .has_keys = true, .keys = keys, .n_keys = 6
	};
	report r = { .values = &x, .n_values = 1 };
	plan_indicator in = indicator(VALUE_KEYSET, 0, TIME_LAST, SPACE_UNION);
	static const char *const wanted[] = { "XM-1", "XM-10", "XM-2", "XM-3" };
	arena memory = { 0 };
	value v;

	(void)state;
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_GIVEN);
	assert_int_equal(v.keys.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(span_equal(v.keys.keys[i], span_str(wanted[i])));
	arena_fini(&memory);
}

static void
nothing_nil_and_zero_are_three_things(void **state)
{
	report_value values[] = { { .indicator = span_str("zero"), .has_mantissa = true },
		{ .indicator = span_str("nil"), .is_nil = true, .nil_reason = span_str("why") },
		{ .indicator = span_str("none"), .has_keys = true },
		{ .indicator = span_str("ratio"),
			.has_ratio = true,
			.num = 3,
			.den = 4,
			.provisional = true } };
	report r = { .values = values, .n_values = 4 };
	plan_indicator in = indicator(VALUE_COUNT, 0, TIME_SUM, SPACE_SUM);
	arena memory = { 0 };
	value v;

	(void)state;
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_MISSING);
	assert_int_equal(value_of_report(&in, NULL, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_MISSING);
	in.id = "zero";
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_GIVEN);
	assert_int_equal(v.num, 0);
	in.id = "nil";
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_NIL);
	in.id = "none";
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_int_equal(v.state, VALUE_GIVEN);
	assert_int_equal(v.keys.n, 0);
	in.id = "ratio";
	assert_int_equal(value_of_report(&in, &r, &memory, &v), MS_OK);
	assert_true(v.provisional && v.num == 3 && v.den == 4);
	arena_fini(&memory);
}

static void
memory_that_is_used_up_is_a_status(void **state)
{
	span keys[] = { span_str("a"), span_str("b"), span_str("c") };
	report_value x = {
		.indicator = span_str("x"), .has_keys = true, .keys = keys, .n_keys = 3
	};
	report r = { .values = &x, .n_values = 1 };
	plan_indicator in = indicator(VALUE_KEYSET, 0, TIME_LAST, SPACE_UNION);
	ms_status s = MS_NO_MEMORY;
	size_t limit;
	value v;

	(void)state;
	for (limit = 1; s == MS_NO_MEMORY && limit < 1000; limit++) {
		arena memory = { .limit = limit };

		s = value_of_report(&in, &r, &memory, &v);
		arena_fini(&memory);
	}
	assert_int_equal(s, MS_OK);
	assert_true(limit > 48);
}

/* ---- time ---- */

enum { NO = INT32_MIN, NIL = INT32_MIN + 1 };

static void
the_time_rules_fold_the_quarters_of_a_unit(void **state)
{
	static const struct {
		time_rule rule;
		int32_t series[4]; /* NO: missing, NIL: nil with a reason */
		unsigned n;
		bool has, stale;
		int64_t num;
	} rows[] = {
		{ TIME_SUM, { 12, 15, NO, 20 }, 4, true, false, 47 },
		{ TIME_SUM, { NO, NO, NO, NO }, 4, false, false, 0 },
		{ TIME_SUM, { 0, NO, NO, NO }, 4, true, false, 0 },
		{ TIME_SUM, { NIL, NIL, NO, NO }, 4, false, false, 0 },
		{ TIME_SUM, { 5, NIL, -7, NO }, 4, true, false, -2 },
		{ TIME_LAST, { 10, 11, NO, 12 }, 4, true, false, 12 },
		{ TIME_LAST, { 20, 21, 22, NO }, 4, true, true, 22 },
		{ TIME_LAST, { 20, 21, 22, NIL }, 4, true, true, 22 },
		{ TIME_LAST, { 20, NO, NO, 0 }, 4, true, false, 0 },
		{ TIME_LAST, { 20 }, 1, true, false, 20 },
		{ TIME_LAST, { NO }, 1, false, false, 0 },
		{ TIME_YTD, { 30, 65, 98, NO }, 4, true, true, 98 },
		{ TIME_YTD, { 10, 25, NO, 70 }, 4, true, false, 70 },
		{ TIME_YTD, { 10, NO }, 2, true, true, 10 },
		{ TIME_MAX, { -5, -3, NO, -9 }, 4, true, false, -3 },
		{ TIME_MIN, { 5, 3, NO, 9 }, 4, true, false, 3 },
		{ TIME_MIN, { NO, 5, 0, NO }, 4, true, false, 0 },
		{ TIME_NONE, { 5 }, 1, true, false, 5 },
		{ TIME_NONE, { 5, 6 }, 2, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_indicator in = indicator(VALUE_AMOUNT, 0, rows[i].rule, SPACE_SUM);
		const value *series[4];
		value values[4];
		share s;

		for (unsigned k = 0; k < rows[i].n; k++) {
			values[k] = given(rows[i].series[k]);
			if (rows[i].series[k] == NIL)
				values[k].state = VALUE_NIL;
			series[k] = rows[i].series[k] == NO ? NULL : &values[k];
		}
		s = share_of(&in, series, rows[i].n);
		if (s.has != rows[i].has || s.stale != rows[i].stale || s.num != rows[i].num)
			fail_msg("row %zu", i);
	}
}

static void
a_ratio_sums_both_sides_over_time_or_takes_the_last(void **state)
{
	value a = { .state = VALUE_GIVEN, .num = 1, .den = 2 };
	value b = { .state = VALUE_GIVEN, .num = 1, .den = 3 };
	const value *series[] = { &a, &b, NULL };
	plan_indicator in = indicator(VALUE_RATIO, 2, TIME_RATIO, SPACE_RATIO);
	share s = share_of(&in, series, 3);

	(void)state;
	assert_true(s.has && !s.stale && s.num == 2 && s.den == 5);
	in.time = TIME_LAST;
	s = share_of(&in, series, 3);
	assert_true(s.has && s.stale && s.num == 1 && s.den == 3);
}

/* ---- space ---- */

static void
percentages_are_exact_and_rounded_once(void **state)
{
	static const struct {
		int64_t num, den;
		unsigned scale;
		const char *text;
	} rows[] = {
		{ 45500, 108000, 2, "42.13 %" }, /* S7 */
		{ 1, 3, 2, "33.33 %" },
		{ 2, 3, 2, "66.67 %" },
		{ 1, 8, 0, "13 %" },   /* 12.5 */
		{ -1, 8, 0, "-13 %" }, /* 5 goes away from zero */
		{ 1, -8, 0, "-13 %" },
		{ -1, -8, 0, "13 %" },
		{ 249, 20000, 1, "1.2 %" }, /* 1.245 */
		{ 25, 2000, 1, "1.3 %" },   /* 1.25 */
		{ 0, 30, 2, "0.00 %" },
		{ 3, 2, 2, "150.00 %" },
		{ 1, 20000, 2, "0.01 %" },
		{ 1, 30000, 2, "0.00 %" },
		{ 5, 0, 2, "-" },
		{ 1, 3, 9, "33.333333333 %" },
		{ 1000000000000000, 999999999999999, 9, "100.000000000 %" },
		{ 1, INT64_MAX, 9, "0.000000000 %" },
		{ INT64_MAX, 1, 9, "overflow" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_indicator in = indicator(VALUE_RATIO, rows[i].scale, TIME_RATIO, SPACE_RATIO);
		figure f = { .num = rows[i].num, .den = rows[i].den, .units = 1 };
		char out[64];

		if (strcmp(figure_text(&in, &f, out), rows[i].text) != 0)
			fail_msg("row %zu: %s, expected %s", i, out, rows[i].text);
	}
}

/* 100 * num / den is compared with the result without dividing: |2 * (num * f - v * den)| <= den.
 */
static void
no_percentage_is_further_off_than_half_a_unit(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned scale = (unsigned)(random_next(&seed) % 10);
		plan_indicator in = indicator(VALUE_RATIO, scale, TIME_RATIO, SPACE_RATIO);
		figure f = { .num = (int64_t)(random_next(&seed) % 2000001) - 1000000,
			.den = (int64_t)(random_next(&seed) % 1000000) + 1,
			.units = 3 };
		int128 factor = 100, off;
		bool overflow;
		int64_t v;

		for (unsigned k = 0; k < scale; k++)
			factor *= 10;
		assert_true(figure_value(&in, &f, &v, &overflow));
		off = 2 * (f.num * factor - (int128)v * f.den);
		assert_true(off <= f.den && off >= -f.den);
	}
}

static void
a_figure_without_data_is_empty_and_not_zero(void **state)
{
	plan_indicator in = indicator(VALUE_COUNT, 0, TIME_SUM, SPACE_SUM);
	share none = { .has = false, .num = 99 }, zero = share_with(0, 0);
	figure f = { .num = 0 };
	char out[64];

	(void)state;
	figure_apply(&in, &f, &none, 1);
	assert_string_equal(figure_text(&in, &f, out), "-");
	figure_apply(&in, &f, &zero, 1);
	assert_int_equal(f.units, 1);
	assert_string_equal(figure_text(&in, &f, out), "0");
	figure_apply(&in, &f, &zero, -1);
	assert_string_equal(figure_text(&in, &f, out), "-");
	in.space = SPACE_NONE;
	figure_apply(&in, &f, &zero, 1);
	assert_int_equal(f.units, 1);
	assert_string_equal(figure_text(&in, &f, out), "-");
}

static void
sums_beyond_64_bits_are_told_and_come_back_exactly(void **state)
{
	plan_indicator in = indicator(VALUE_AMOUNT, 2, TIME_SUM, SPACE_SUM);
	share s = share_with(1000000000000000, 0);
	figure f = { .num = 0 };
	char out[64];

	(void)state;
	for (unsigned i = 0; i < 10000; i++)
		figure_apply(&in, &f, &s, 1);
	assert_string_equal(figure_text(&in, &f, out), "overflow");
	for (unsigned i = 0; i < 9999; i++)
		figure_apply(&in, &f, &s, -1);
	assert_string_equal(figure_text(&in, &f, out), "10000000000000.00");

	in = indicator(VALUE_RATIO, 2, TIME_RATIO, SPACE_RATIO);
	f = (figure){ .units = 2, .num = 3, .den = (int128)INT64_MAX };
	assert_string_equal(figure_text(&in, &f, out), "0.00 %");
	f.den++;
	assert_string_equal(figure_text(&in, &f, out), "overflow");
	f = (figure){ .units = 2, .num = -(int128)INT64_MAX - 1, .den = 7 };
	assert_string_equal(figure_text(&in, &f, out), "overflow");
}

static span union_keys[] = { { (const uint8_t *)"A", 1 }, { (const uint8_t *)"B", 1 },
	{ (const uint8_t *)"C", 1 }, { (const uint8_t *)"D", 1 } };

static void
every_space_rule_recounts_its_units(void **state)
{
	share shares[] = { share_with(3, 10), share_with(-2, 20), { .num = 50 }, share_with(0, 5) };
	static const struct {
		value_type type;
		space_rule rule;
		const char *text;
	} rows[] = { { VALUE_COUNT, SPACE_SUM, "1" }, { VALUE_RATIO, SPACE_RATIO, "3 %" },
		{ VALUE_COUNT, SPACE_MAX, "3" }, { VALUE_COUNT, SPACE_MIN, "-2" },
		{ VALUE_MILESTONE, SPACE_COUNT_TRUE, "2" }, { VALUE_KEYSET, SPACE_UNION, "4" },
		{ VALUE_COUNT, SPACE_NONE, "-" }, { VALUE_TEXT, SPACE_OWNER, "-" } };
	arena memory = { 0 };
	char out[64];

	(void)state;
	shares[0].keys = (key_list){ .keys = union_keys, .n = 3 };     /* A B C */
	shares[1].keys = (key_list){ .keys = union_keys + 1, .n = 3 }; /* B C D */
	shares[2].keys = (key_list){ .keys = union_keys, .n = 4 };     /* has no data */
	shares[3].stale = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_indicator in = indicator(rows[i].type, 0, TIME_LAST, rows[i].rule);
		figure f;

		assert_int_equal(figure_recount(&in, shares, 4, &memory, &f), MS_OK);
		assert_int_equal(f.units, 3);
		assert_int_equal(f.stale, 1);
		if (strcmp(figure_text(&in, &f, out), rows[i].text) != 0)
			fail_msg("row %zu: %s, expected %s", i, out, rows[i].text);
	}
	arena_fini(&memory);
}

static void
an_extreme_of_negative_numbers_is_negative(void **state)
{
	share shares[] = { share_with(-5, 0), share_with(-9, 0) };
	plan_indicator in = indicator(VALUE_AMOUNT, 0, TIME_LAST, SPACE_MAX);
	arena memory = { 0 };
	figure f;

	(void)state;
	assert_int_equal(figure_recount(&in, shares, 2, &memory, &f), MS_OK);
	assert_true(f.num == -5);
	assert_int_equal(figure_recount(&in, shares, 0, &memory, &f), MS_OK);
	assert_int_equal(f.units, 0);
	arena_fini(&memory);
}

/* A version of the plan names another: each speaks for its own sub-periods. */
static void
owners_who_follow_each_other_speak_as_one(void **state)
{
	static const struct {
		value_type type;
		time_rule time;
		const char *text;
	} rows[] = { { VALUE_COUNT, TIME_LAST, "8" }, { VALUE_COUNT, TIME_YTD, "8" },
		{ VALUE_COUNT, TIME_SUM, "17" }, { VALUE_COUNT, TIME_MAX, "9" },
		{ VALUE_COUNT, TIME_MIN, "8" }, { VALUE_RATIO, TIME_RATIO, "17 %" },
		{ VALUE_RATIO, TIME_LAST, "10 %" } };
	share shares[] = { share_with(8, 80), { .num = 50, .newest = 4 }, share_with(9, 20) };
	arena memory = { 0 };
	char out[64];

	(void)state;
	shares[0].newest = 3;
	shares[2].newest = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_indicator in = indicator(rows[i].type, 0, rows[i].time, SPACE_OWNER);
		figure f;

		assert_int_equal(figure_recount(&in, shares, 3, &memory, &f), MS_OK);
		assert_int_equal(f.units, 2);
		if (strcmp(figure_text(&in, &f, out), rows[i].text) != 0)
			fail_msg("row %zu: %s, expected %s", i, out, rows[i].text);
	}
	arena_fini(&memory);
}

static void
taking_out_and_putting_in_equals_a_recount(void **state)
{
	static const space_rule rules[] = { SPACE_SUM, SPACE_RATIO, SPACE_COUNT_TRUE, SPACE_NONE };
	uint64_t seed = 99;

	(void)state;
	for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]); r++) {
		plan_indicator in = indicator(VALUE_AMOUNT, 2, TIME_LAST, rules[r]);
		share shares[16] = { { .has = false } };
		arena memory = { 0 };
		figure kept = { .num = 0 }, counted;

		for (unsigned i = 0; i < 3000; i++) {
			share *at = &shares[random_next(&seed) % 16];

			figure_apply(&in, &kept, at, -1);
			*at = share_with((int64_t)(random_next(&seed) % 2000) - 1000,
				(int64_t)(random_next(&seed) % 1000));
			at->has = random_next(&seed) % 4 != 0;
			at->stale = random_next(&seed) % 3 == 0;
			figure_apply(&in, &kept, at, 1);
			assert_int_equal(figure_recount(&in, shares, 16, &memory, &counted), MS_OK);
			assert_true(kept.num == counted.num && kept.den == counted.den);
			assert_int_equal(kept.units, counted.units);
			assert_int_equal(kept.stale, counted.stale);
		}
		arena_fini(&memory);
	}
}

static void
a_scaled_number_is_written_with_its_decimals(void **state)
{
	static const struct {
		int64_t scaled;
		unsigned scale;
		const char *text;
	} rows[] = { { 26925, 2, "269.25" }, { 5, 2, "0.05" }, { -5, 2, "-0.05" },
		{ 0, 4, "0.0000" }, { 7, 0, "7" }, { -120, 0, "-120" }, { 340000, 2, "3400.00" },
		{ INT64_MIN, 0, "-9223372036854775808" }, { INT64_MIN, 9, "-9223372036.854775808" },
		{ INT64_MAX, 9, "9223372036.854775807" } };
	char out[40];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(scaled_text(rows[i].scaled, rows[i].scale, out), rows[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_folded_sorted_and_each_once),
		cmocka_unit_test(nothing_nil_and_zero_are_three_things),
		cmocka_unit_test(memory_that_is_used_up_is_a_status),
		cmocka_unit_test(the_time_rules_fold_the_quarters_of_a_unit),
		cmocka_unit_test(a_ratio_sums_both_sides_over_time_or_takes_the_last),
		cmocka_unit_test(percentages_are_exact_and_rounded_once),
		cmocka_unit_test(no_percentage_is_further_off_than_half_a_unit),
		cmocka_unit_test(a_figure_without_data_is_empty_and_not_zero),
		cmocka_unit_test(sums_beyond_64_bits_are_told_and_come_back_exactly),
		cmocka_unit_test(every_space_rule_recounts_its_units),
		cmocka_unit_test(an_extreme_of_negative_numbers_is_negative),
		cmocka_unit_test(owners_who_follow_each_other_speak_as_one),
		cmocka_unit_test(taking_out_and_putting_in_equals_a_recount),
		cmocka_unit_test(a_scaled_number_is_written_with_its_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
