/* SPDX-License-Identifier: Apache-2.0 */
/* test_slot_text.c - items, periods and columns are found under every name that the layout gives
 * them, and under no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intake/columns.h"
#include "intake/fold.h"
#include "intake/slot_text.h"
#include "tests/intake/intake_testing.h"

static void
periods_are_read_in_the_words_of_offices(void **state)
{
	static const char *const good[][2] = {
		{ "2012-Q2", "2012-Q2" },
		{ "2012q2", "2012-Q2" },
		{ "２０１２－Ｑ２", "2012-Q2" },
		{ "2012年第二季度", "2012-Q2" },
		{ "2012年二季度", "2012-Q2" },
		{ "二季度", "2012-Q2" },
		{ "第二季度", "2012-Q2" },
		{ "第2季度", "2012-Q2" },
		{ "Q2", "2012-Q2" },
		{ "2012 年 2 季度", "2012-Q2" },
		{ "四季", "2012-Q4" },
		{ "2012年7月", "2012-07" },
		{ "2012-07", "2012-07" },
		{ "7月份", "2012-07" },
		{ "十二月", "2012-12" },
		{ "2012年上半年", "2012-H1" },
		{ "下半年", "2012-H2" },
		{ "2012-H2", "2012-H2" },
		{ "2012", "2012" },
		{ "2012年", "2012" },
		{ "2012年度", "2012" },
		{ "全年", "2012" },
		{ "2013年一季度", "2013-Q1" },
		{ "12年二季度", "2012-Q2" },
		{ "12年第2季度", "2012-Q2" },
		{ "１２年７月", "2012-07" },
		{ "13年上半年", "2013-H1" },
		{ "12年", "2012" },
		{ "二〇一二年第二季度", "2012-Q2" },
		{ "二○一二年七月", "2012-07" },
		{ "二零一二年度", "2012" },
		{ "1-6月", "2012-H1" },
	};
	static const char *const bad[] = { "", "五季度", "第零季度", "13月", "二", "2", "7", "季度",
		"20127", "2012-Q5", "2012-13", "Q2 2012", "去年", "2012年第二季度末",
		"二季度二季度", "2012-00", "12", "12-2", "2年二季度", "112年二季度", "一二年二季度",
		"二〇一二" };
	char name[PERIOD_NAME_SIZE];
	period at;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!slot_period(*state, span_str(good[i][0]), &at))
			fail_msg("%s is not read", good[i][0]);
		assert_string_equal(period_name(at, name), good[i][1]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (slot_period(*state, span_str(bad[i]), &at))
			fail_msg("%s is read as %s", bad[i], period_name(at, name));
}

static void
a_plan_of_several_years_wants_the_year(void **state)
{
	plan two = *(const plan *)*state;
	period at;

	two.last.year++;
	assert_false(slot_period(&two, span_str("二季度"), &at));
	assert_true(slot_period(&two, span_str("2013年二季度"), &at));
	assert_int_equal(at.year, 2013);
}

static void
items_are_found_by_id_number_and_title(void **state)
{
	static const char *const good[] = { "i06", "6", "６", "第6项", "第六项", "(六)",
		"（六）加快创新推动新兴产业的培育和发展", "6.", "加快创新推动新兴产业的培育和发展",
		"6. 加快创新推动新兴产业的培育和发展", "六、加快创新推动新兴产业的培育和发展" };
	static const char *const bad[] = { "", "0", "14", "i6x", "6. 加快创新体系建设", "新兴产业",
		"66", "第百项", "6a" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (slot_item(*state, span_str(good[i])) != 5)
			fail_msg("%s is not found", good[i]);
	assert_int_equal(slot_item(*state, span_str("十三")), 12);
	assert_int_equal(slot_item(*state, span_str("第十项")), 9);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (slot_item(*state, span_str(bad[i])) >= 0)
			fail_msg("%s is found", bad[i]);
	assert_string_equal(
		slot_nearest_item(*state, span_str("加快创新体系的建设")), "加快创新体系建设");
	assert_null(slot_nearest_item(*state, span_str("完全不同的事情")));
}

static column_kind
kind_of(const plan *p, const char *header, arena *memory, column *out)
{
	assert_int_equal(column_match(p, span_str(header), memory, out), MS_OK);
	return out->kind;
}

static void
every_column_is_found_by_both_its_names_and_each_indicator_by_id_and_name(void **state)
{
	const plan *p = *state;
	arena memory = { 0 };
	column c;
	unsigned k;
	uint32_t i;

	for (k = 0; k < COLUMN_FIXED; k++) {
		const column_name *name = column_name_of((column_kind)k);

		assert_int_equal(kind_of(p, name->zh, &memory, &c), k);
		assert_int_equal(kind_of(p, name->en, &memory, &c), k);
	}
	for (i = 0; i < p->n_indicators; i++) {
		const plan_indicator *in = &p->indicators[i];
		const char *const headers[] = { in->id, in->name,
			column_of_indicator(in, HALF_NONE, false, &memory),
			column_of_indicator(in, HALF_NONE, true, &memory) };

		for (k = 0; k < 4; k++) {
			assert_int_equal(kind_of(p, headers[k], &memory, &c), COLUMN_INDICATOR);
			assert_int_equal(c.indicators[in->item], i);
		}
	}
	assert_int_equal(kind_of(p, " 进度（％） ", &memory, &c), COLUMN_PROGRESS);
	assert_int_equal(kind_of(p, "Prepared_By", &memory, &c), COLUMN_PREPARED_BY);
	assert_int_equal(kind_of(p, "　", &memory, &c), COLUMN_NAMELESS);
	assert_int_equal(
		kind_of(p, "新兴产业完成投资（本年累计）（万元）", &memory, &c), COLUMN_OTHER_UNIT);
	assert_string_equal(c.nearest, "亿元");
	assert_int_equal(kind_of(p, "天气", &memory, &c), COLUMN_UNKNOWN);
	assert_int_equal(kind_of(p, "prepard_by", &memory, &c), COLUMN_UNKNOWN);
	assert_string_equal(c.nearest, "prepared_by");
	assert_int_equal(kind_of(p, "()", &memory, &c), COLUMN_UNKNOWN);
	arena_fini(&memory);
}

/* Where two indicators bear a name but for what stands in brackets, it is that of none. */
static void
a_name_that_two_indicators_share_is_no_column(void **state)
{
	static const char old[] = "新兴产业领域推进数", new[] = "创新型企业数(年末)";
	buf shipped = { 0 }, changed = { 0 };
	arena memory = { 0 };
	plan *p = NULL;
	const char *at;
	column c;

	assert_int_equal(kind_of(*state, "创新型企业数(个)", &memory, &c), COLUMN_OTHER_UNIT);
	read_plan_2012(&shipped);
	at = strstr(buf_cstr(&shipped), old);
	assert_non_null(at);
	buf_add(&changed, shipped.at, (size_t)(at - (const char *)shipped.at));
	buf_add_text(&changed, new);
	buf_add_text(&changed, at + strlen(old));
	assert_int_equal(plan_load(buf_span(&changed), "changed", &p, NULL, NULL), MS_OK);
	assert_int_equal(kind_of(p, "创新型企业数", &memory, &c), COLUMN_UNKNOWN);
	assert_int_equal(kind_of(p, "创新型企业数(个)", &memory, &c), COLUMN_UNKNOWN);
	assert_int_equal(kind_of(p, "创新型企业数(年末)", &memory, &c), COLUMN_INDICATOR);
	plan_free(p);
	arena_fini(&memory);
	buf_fini(&shipped);
	buf_fini(&changed);
}

static void
pieces_and_folded_words(void **state)
{
	static const char *const separators[] = { ";", "；", NULL };
	span rest = span_str(" a；b ;;c"), piece;
	char out[8];

	(void)state;
	assert_true(fold_piece(&rest, separators, &piece) && span_equal(piece, span_str("a")));
	assert_true(fold_piece(&rest, separators, &piece) && span_equal(piece, span_str("b")));
	assert_true(fold_piece(&rest, separators, &piece) && piece.len == 0);
	assert_true(fold_piece(&rest, separators, &piece) && span_equal(piece, span_str("c")));
	assert_false(fold_piece(&rest, separators, &piece));
	assert_true(fold_key(span_str("　Ａb　c～"), out, sizeof(out)));
	assert_string_equal(out, "abc~");
	assert_true(fold_is(span_str("　Ａb　c～"), "abc~"));
	assert_false(fold_is(span_str("　Ａb　c～"), "abc"));
	assert_false(fold_is(span_str("　Ａb　c～"), "abc~d"));
	assert_false(fold_is(span_str("　Ａb　c～"), "Abc~"));
	assert_true(fold_is(span_str(" 　"), ""));
	assert_true(fold_narrow(span_str("1234567"), out, sizeof(out)));
	assert_false(fold_narrow(span_str("12345678"), out, sizeof(out)));
	assert_int_equal(fold_trim(span_str("\xef\xbb\xbf \t　\xc2\xa0")).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_read_in_the_words_of_offices),
		cmocka_unit_test(a_plan_of_several_years_wants_the_year),
		cmocka_unit_test(items_are_found_by_id_number_and_title),
		cmocka_unit_test(
			every_column_is_found_by_both_its_names_and_each_indicator_by_id_and_name),
		cmocka_unit_test(a_name_that_two_indicators_share_is_no_column),
		cmocka_unit_test(pieces_and_folded_words),
	};

	return cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
