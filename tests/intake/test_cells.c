/* SPDX-License-Identifier: Apache-2.0 */
/* test_cells.c - a cell is taken as it is meant or refused by its code; nothing is rounded or
 * guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/clock.h"
#include "intake/cell_number.h"
#include "intake/cells.h"

static void
decimals_are_exact_at_the_scale_of_the_plan(void **state)
{
	static const struct {
		const char *text;
		unsigned scale;
		int64_t mantissa;
	} good[] = {
		{ "0", 0, 0 },
		{ "30", 0, 30 },
		{ "45.20", 2, 4520 },
		{ "45.2", 2, 4520 },
		{ "45", 2, 4500 },
		{ "-1.5", 4, -15000 },
		{ "４５．２０", 2, 4520 },
		{ "0.0001", 4, 1 },
		{ "9999999999999.99", 2, 999999999999999 },
		{ " 7 ", 0, 7 },
		{ "\u200b\ufeff７\u3000\u00a0\u200e", 0, 7 },
	};
	static const struct {
		const char *text;
		unsigned scale, code;
	} bad[] = {
		{ "45.203", 2, MST_INTAKE_DECIMALS },
		{ "45.200", 2, MST_INTAKE_DECIMALS },
		{ "5.0", 0, MST_INTAKE_DECIMALS },
		{ "45.203", 0, MST_INTAKE_DECIMALS },
		{ "1.2E3", 2, MST_INTAKE_NUMBER },
		{ "1e3", 0, MST_INTAKE_NUMBER },
		{ "1,234.50", 2, MST_INTAKE_NUMBER },
		{ "1，234", 0, MST_INTAKE_NUMBER },
		{ "1 234", 0, MST_INTAKE_NUMBER },
		{ "45.20亿元", 2, MST_INTAKE_NUMBER },
		{ "12%", 2, MST_INTAKE_NUMBER },
		{ "-", 0, MST_INTAKE_NUMBER },
		{ "", 0, MST_INTAKE_NUMBER },
		{ ".", 2, MST_INTAKE_NUMBER },
		{ "１０²", 0, MST_INTAKE_NUMBER },
		{ "三十", 0, MST_INTAKE_NUMBER },
		{ "0x10", 0, MST_INTAKE_NUMBER },
		{ "10000000000000.01", 2, MST_REPORT_NUMBER },
		{ "99999999999999999999", 0, MST_REPORT_NUMBER },
		{ "1.2.3", 2, MST_INTAKE_NUMBER },
		{ "nan", 0, MST_INTAKE_NUMBER },
		{ "2012-05-01", 2, MST_INTAKE_NUMBER },
		{ "--1", 0, MST_INTAKE_NUMBER },
		{ "1.", 1, MST_INTAKE_NUMBER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t v = -1;

		assert_int_equal(cell_decimal(span_str(good[i].text), good[i].scale, &v), 0);
		assert_true(v == good[i].mantissa);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t v = 77;

		if (cell_decimal(span_str(bad[i].text), bad[i].scale, &v) != bad[i].code)
			fail_msg("\"%s\" at scale %u", bad[i].text, bad[i].scale);
		assert_true(v == 77);
	}
}

static void
percents_are_whole_numbers_with_or_without_the_sign(void **state)
{
	uint32_t v = 0;

	(void)state;
	assert_int_equal(cell_percent(span_str("65"), &v), 0);
	assert_int_equal(v, 65);
	assert_int_equal(cell_percent(span_str("６５％"), &v), 0);
	assert_int_equal(v, 65);
	assert_int_equal(cell_percent(span_str("0"), &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(cell_percent(span_str("65.5"), &v), MST_INTAKE_DECIMALS);
	assert_int_equal(cell_percent(span_str("65.00 %"), &v), 0);
	assert_int_equal(v, 65);
	assert_int_equal(cell_percent(span_str("65‰"), &v), MST_CELL_MEASURE);
	assert_int_equal(cell_percent(span_str("%"), &v), MST_INTAKE_NUMBER);
	assert_int_equal(cell_percent(span_str("约65"), &v), MST_INTAKE_NUMBER);
	assert_int_equal(cell_percent(span_str("-5"), &v), MST_REPORT_PROGRESS);
	assert_int_equal(cell_percent(span_str("130"), &v), MST_REPORT_PROGRESS);
	assert_int_equal(cell_percent(span_str("0.65"), &v), MST_INTAKE_DECIMALS);
}

static void
a_number_is_read_with_what_clerks_put_around_it_or_refused_for_what_it_is(void **state)
{
	static const struct {
		const char *text;
		unsigned code;
		int64_t value;
	} cases[] = {
		{ "45.20", 0, 4520 },
		{ "４５．２", 0, 4520 },
		{ "45.20亿元", 0, 4520 },
		{ "45.20 亿元", 0, 4520 },
		{ "1,234,567.8", 0, 123456780 },
		{ "１，２３４", 0, 123400 },
		{ "-1,234.5", 0, -123450 },
		{ "45.20万元", MST_CELL_MEASURE, 0 },
		{ "45.20亿", MST_CELL_MEASURE, 0 },
		{ "45.20亿美元", MST_CELL_MEASURE, 0 },
		{ "45.20%", MST_CELL_MEASURE, 0 },
		{ "12,34.5", MST_CELL_THOUSANDS, 0 },
		{ "1234,567", MST_CELL_THOUSANDS, 0 },
		{ "45,20", MST_CELL_THOUSANDS, 0 },
		{ ",123", MST_CELL_THOUSANDS, 0 },
		{ "1.234,5", MST_CELL_THOUSANDS, 0 },
		{ "1,234.5,6", MST_CELL_THOUSANDS, 0 },
		{ "1,,234", MST_CELL_THOUSANDS, 0 },
		{ "4.52E1", MST_CELL_EXPONENT, 0 },
		{ "4.52e+01", MST_CELL_EXPONENT, 0 },
		{ "1E5", MST_CELL_EXPONENT, 0 },
		{ "2012-05-01", MST_CELL_IS_DATE, 0 },
		{ "2012/5", MST_CELL_IS_DATE, 0 },
		{ "5月1日", MST_CELL_IS_DATE, 0 },
		{ "2012年5月", MST_CELL_IS_DATE, 0 },
		{ "08:30", MST_CELL_IS_DATE, 0 },
		{ "5-1", MST_CELL_IS_DATE, 0 },
		{ "50-60", MST_INTAKE_NUMBER, 0 },
		{ "45.201", MST_INTAKE_DECIMALS, 0 },
		{ "45.", MST_INTAKE_NUMBER, 0 },
		{ ".5", MST_INTAKE_NUMBER, 0 },
		{ "约45", MST_INTAKE_NUMBER, 0 },
		{ "-", MST_INTAKE_NUMBER, 0 },
		{ "45 46", MST_INTAKE_NUMBER, 0 },
		{ "4.5.6", MST_INTAKE_NUMBER, 0 },
		{ "TRUE", MST_INTAKE_NUMBER, 0 },
		{ "", MST_INTAKE_NUMBER, 0 },
		{ "9999999999999999", MST_REPORT_NUMBER, 0 },
		{ "-100000000000000000亿元", MST_REPORT_NUMBER, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t v = 0;
		unsigned code = cell_number(span_str(cases[i].text), "亿元", 2, &v);

		if (code != cases[i].code || (code == 0 && v != cases[i].value))
			fail_msg("%s: %u, %lld", cases[i].text, code, (long long)v);
	}
}

static void
words_are_known_in_both_languages(void **state)
{
	self_status status;
	act_kind kind;
	part_state part;

	(void)state;
	assert_int_equal(cell_status(span_str("有风险"), &status), 0);
	assert_int_equal(status, SELF_AT_RISK);
	assert_int_equal(cell_status(span_str(" On_Track "), &status), 0);
	assert_int_equal(status, SELF_ON_TRACK);
	assert_int_equal(cell_status(span_str("很好"), &status), MST_INTAKE_WORD);
	assert_int_equal(cell_action(span_str("撤回"), &kind), 0);
	assert_int_equal(kind, ACT_RETRACTION);
	assert_int_equal(cell_action(span_str("删除"), &kind), MST_INTAKE_ACTION);
	assert_int_equal(cell_part_state(span_str("已完成"), &part), 0);
	assert_int_equal(part, PART_DONE);
	assert_int_equal(cell_part_state(span_str("under_way"), &part), 0);
	assert_int_equal(part, PART_UNDER_WAY);
}

static void
dates_are_taken_as_spreadsheets_write_them_and_must_exist(void **state)
{
	static const char *const good[] = { "2012-05-01", "2012/5/1", "2012年5月1日",
		"２０１２－０５－０１" };
	static const char *const bad[] = { "2012-13-01", "2012-02-30", "2012-5", "5/1/2012",
		"20120501", "2012-05-01 10:00", "二〇一二年", "" };
	int32_t day;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(cell_date(span_str(good[i]), &day), 0);
		assert_int_equal(day, civil_to_days(2012, 5, 1));
	}
	assert_int_equal(cell_date(span_str("2012-02-29"), &day), 0);
	assert_int_equal(cell_date(span_str("2013-02-29"), &day), MST_INTAKE_DATE);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cell_date(span_str(bad[i]), &day), MST_INTAKE_DATE);
}

static unsigned
value(value_type type, unsigned scale, const char *text, arena *memory, report_value *out)
{
	problems p = { .memory = memory };
	plan_indicator indicator = {
		.id = "x.y", .name = "名", .type = type, .scale = (uint8_t)scale
	};
	unsigned code = cell_value(&p, &indicator, span_str(text), out);

	assert_false(p.no_memory);
	assert_true(span_equal(out->indicator, span_str("x.y")));
	return code;
}

static void
every_type_of_value_is_read_from_its_cell(void **state)
{
	arena m = { 0 };
	report_value v;

	(void)state;
	assert_int_equal(value(VALUE_AMOUNT, 2, "暂：45.2", &m, &v), 0);
	assert_true(v.has_mantissa && v.mantissa == 4520 && v.provisional);
	assert_int_equal(value(VALUE_COUNT, 0, "0", &m, &v), 0);
	assert_true(v.has_mantissa && v.mantissa == 0 && !v.provisional && !v.is_nil);
	assert_int_equal(value(VALUE_RATIO, 2, "455.00 / 1080.00", &m, &v), 0);
	assert_true(v.has_ratio && v.num == 45500 && v.den == 108000 && !v.has_mantissa);
	assert_int_equal(value(VALUE_RATIO, 2, "42.13%", &m, &v), MST_INTAKE_RATIO);
	assert_int_equal(value(VALUE_RATIO, 2, "1/2/3", &m, &v), MST_INTAKE_RATIO);
	assert_int_equal(value(VALUE_RATIO, 2, "1/2/", &m, &v), MST_INTAKE_RATIO);
	assert_int_equal(value(VALUE_RATIO, 2, "/2", &m, &v), MST_INTAKE_RATIO);
	assert_int_equal(value(VALUE_RATIO, 2, "1.234/2", &m, &v), MST_INTAKE_DECIMALS);
	assert_int_equal(value(VALUE_MILESTONE, 0, "2012/5/1", &m, &v), 0);
	assert_true(v.has_mantissa && v.mantissa == 1 && v.has_date &&
		    v.date == civil_to_days(2012, 5, 1));
	assert_int_equal(value(VALUE_MILESTONE, 0, "0", &m, &v), 0);
	assert_true(v.has_mantissa && v.mantissa == 0 && !v.has_date);
	assert_int_equal(value(VALUE_MILESTONE, 0, "是", &m, &v), MST_INTAKE_DATE);
	assert_int_equal(value(VALUE_KEYSET, 0, "P1；P2、P3;;", &m, &v), 0);
	assert_true(v.has_keys && v.n_keys == 3 && span_equal(v.keys[2], span_str("P3")));
	assert_int_equal(value(VALUE_KEYSET, 0, "空", &m, &v), 0);
	assert_true(v.has_keys && v.n_keys == 0);
	assert_int_equal(value(VALUE_TEXT, 0, "一句话", &m, &v), 0);
	assert_true(v.has_text && span_equal(v.text, span_str("一句话")));
	arena_fini(&m);
}

static void
keys_are_parted_by_the_signs_that_no_key_of_the_plan_holds(void **state)
{
	static const char *listed[] = { "A,1", "B C" };
	static const plan_indicator
		any = { .id = "x.y", .type = VALUE_KEYSET },
		begun = { .id = "x.y", .type = VALUE_KEYSET, .key_prefix = "P" },
		comma = { .id = "x.y", .type = VALUE_KEYSET, .key_prefix = "P,", .n_keys = 0 },
		known = { .id = "x.y", .type = VALUE_KEYSET, .keys = listed, .n_keys = 2 };
	static const struct {
		const plan_indicator *of;
		const char *text;
		unsigned code;
		size_t n;
		const char *last;
	} cases[] = {
		{ &any, "P1,P2", 0, 2, "P2" },
		{ &any, "P1，P2", 0, 2, "P2" },
		{ &any, "P1、 P2,\nP3", 0, 3, "P3" },
		{ &any, "P1 P2", MST_INTAKE_KEYS, 0, NULL },
		{ &any, "P1　P2", MST_INTAKE_KEYS, 0, NULL },
		{ &any, "P1;P2\tP3", MST_INTAKE_KEYS, 0, NULL },
		{ &begun, "P1 P2", 0, 2, "P2" },
		{ &begun, "P1　P2, P3", 0, 3, "P3" },
		{ &comma, "P,1", 0, 1, "P,1" },
		{ &comma, "P，1、P,2 P,3", 0, 3, "P,3" },
		{ &known, "A，1", 0, 1, "A，1" },
		{ &known, "B C、A,1", 0, 2, "A,1" },
		{ &known, " b c ; ", 0, 1, "b c" },
	};
	arena m = { 0 };
	problems p = { .memory = &m };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		report_value v;
		unsigned code = cell_value(&p, cases[i].of, span_str(cases[i].text), &v);

		if (code != cases[i].code)
			fail_msg("%s: %u", cases[i].text, code);
		assert_int_equal(cell_is_one_key(cases[i].of, span_str(cases[i].text)),
			code == 0 && cases[i].n == 1);
		if (code == 0 && (v.n_keys != cases[i].n || !span_equal(v.keys[v.n_keys - 1],
								    span_str(cases[i].last))))
			fail_msg("%s: %zu keys", cases[i].text, v.n_keys);
	}
	arena_fini(&m);
}

static void
nil_needs_a_reason_and_is_not_zero(void **state)
{
	static const value_type types[] = { VALUE_COUNT, VALUE_AMOUNT, VALUE_RATIO, VALUE_MILESTONE,
		VALUE_KEYSET };
	arena m = { 0 };
	report_value v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(value(types[i], 2, "无:尚未统计", &m, &v), 0);
		assert_true(v.is_nil && span_equal(v.nil_reason, span_str("尚未统计")) &&
			    !v.has_mantissa);
		assert_int_equal(value(types[i], 2, "NIL： not counted: yet", &m, &v), 0);
		assert_true(v.is_nil && span_equal(v.nil_reason, span_str("not counted: yet")));
		assert_int_equal(value(types[i], 2, "无", &m, &v), MST_INTAKE_NIL);
		assert_int_equal(value(types[i], 2, "无：", &m, &v), MST_INTAKE_NIL);
	}
	assert_int_equal(value(VALUE_TEXT, 0, "无", &m, &v), 0);
	assert_true(v.has_text && !v.is_nil);
	arena_fini(&m);
}

static void
parts_and_attachments_are_lists(void **state)
{
	plan_part parts[] = { { .id = "c1", .name = "东陵区(浑南新区)新兴产业聚集区" },
		{ .id = "n1", .name = "先进装备制造" } };
	plan_part_list list = { .id = "l", .parts = parts, .n_parts = 2 };
	plan_item item = { .id = "i06", .lists = &list, .n_lists = 1 };
	static const char hash[] =
		"0c94f5a64da88c533e9be933c2701d134fb6d56321bb745a3a9cbb88d8f52d5e";
	char attached[200];
	arena m = { 0 };
	problems p = { .memory = &m };
	report r = { 0 };
	span where = { 0 };

	(void)state;
	assert_int_equal(
		cell_parts(&p, &item,
			span_str("c1=进行中：已开工: 3家；\n先进装备制造 = done;zz=未开始"), &r,
			&where),
		0);
	assert_int_equal(r.n_parts, 3);
	assert_true(
		span_equal(r.parts[0].id, span_str("c1")) && r.parts[0].state == PART_UNDER_WAY);
	assert_true(span_equal(r.parts[0].note, span_str("已开工: 3家")));
	assert_true(span_equal(r.parts[1].id, span_str("n1")) && r.parts[1].state == PART_DONE &&
		    r.parts[1].note.at == NULL);
	assert_true(span_equal(r.parts[2].id, span_str("zz")));
	assert_int_equal(cell_parts(&p, &item, span_str("c1"), &r, &where), MST_INTAKE_PART);
	assert_int_equal(
		cell_parts(&p, &item, span_str("n1=done;c1=差不多"), &r, &where), MST_INTAKE_WORD);
	assert_true(span_equal(where, span_str("c1=差不多")));
	snprintf(attached, sizeof(attached), "照片.jpg|12345|%s; b.pdf|1|%s", hash, hash);
	assert_int_equal(cell_attachments(&p, span_str(attached), &r, &where), 0);
	assert_true(r.n_attachments == 2 && r.attachments[0].size == 12345 &&
		    r.attachments[0].sha256.len == 32);
	assert_int_equal(r.attachments[1].sha256.at[31], 0x5e);
	assert_int_equal(
		cell_attachments(&p, span_str("b.pdf|1|00"), &r, &where), MST_INTAKE_ATTACHMENT);
	assert_int_equal(
		cell_attachments(&p, span_str("b.pdf"), &r, &where), MST_INTAKE_ATTACHMENT);
	arena_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimals_are_exact_at_the_scale_of_the_plan),
		cmocka_unit_test(percents_are_whole_numbers_with_or_without_the_sign),
		cmocka_unit_test(
			a_number_is_read_with_what_clerks_put_around_it_or_refused_for_what_it_is),
		cmocka_unit_test(words_are_known_in_both_languages),
		cmocka_unit_test(dates_are_taken_as_spreadsheets_write_them_and_must_exist),
		cmocka_unit_test(every_type_of_value_is_read_from_its_cell),
		cmocka_unit_test(keys_are_parted_by_the_signs_that_no_key_of_the_plan_holds),
		cmocka_unit_test(nil_needs_a_reason_and_is_not_zero),
		cmocka_unit_test(parts_and_attachments_are_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
