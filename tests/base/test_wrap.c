/* SPDX-License-Identifier: Apache-2.0 */
/* test_wrap.c - lines end where readers expect it, are never too wide, and nothing is lost. */
#include "base/wrap.h"

#include "base/text.h"
#include "tests/base/base_testing.h"

static const char *const samples[] = {
	"Everything that is owed, by whom (and until when): 2012-07-10 24:00, 48%/50% yellow.",
	"沈阳市推进国家创新型城市创建工作2012年工作要点（已逾期，锁定）；“市发展改革委”、科技局。",
	"hub tcp://hub.example.cn:7300/reports/二季度.csv is 33.31 % of 已报/应报",
	"e358f867b61be4f90088f554c5d5834dfdcec6a91fb3820ea669355b89b22717",
	"\xff\xfe not UTF-8 \xe6\xb2",
	"e\xCC\x81t\xC3\xA9 a\xCC\x80",
};

static void
expect_lines(const char *text, unsigned width, const char *const *lines, size_t n)
{
	span rest = span_str(text);
	size_t i;

	for (i = 0; i < n; i++) {
		span line = wrap_take(&rest, width);

		if (!span_equal(line, span_str(lines[i])))
			fail_msg("line %zu is \"%.*s\"", i, (int)line.len, (const char *)line.at);
	}
	assert_int_equal(rest.len, 0);
	assert_int_equal(wrap_count(span_str(text), width), n);
}

static void
a_line_ends_where_readers_expect_it(void **state)
{
	static const char *const words[] = { "at the", "deadline" };
	static const char *const chinese[] = { "已逾期", "（锁定）", "已报" };
	static const char *const closing[] = { "三大要", "素，五" };
	static const char *const slash[] = { "已报/", "应报" };
	static const char *const number[] = { "48%/50%", "黄" };
	static const char *const percent[] = { "share", "33.31 %" };
	static const char *const address[] = { "at", "tcp://h:1" };
	static const char *const when[] = { "2012-07-10", "24:00" };

	(void)state;
	expect_lines("at the deadline", 10, words, 2);
	expect_lines("已逾期（锁定）已报", 8, chinese, 3);
	expect_lines("三大要素，五", 8, closing, 2);
	expect_lines("已报/应报", 6, slash, 2);
	expect_lines("48%/50% 黄", 8, number, 2);
	expect_lines("share 33.31 %", 9, percent, 2);
	expect_lines("at tcp://h:1", 9, address, 2);
	expect_lines("2012-07-10 24:00", 12, when, 2);
}

static void
what_has_no_break_is_broken_anywhere(void **state)
{
	static const char *const hash[] = { "key e358f8", "67b61be4f9", "0088" };

	(void)state;
	expect_lines("key e358f867b61be4f90088", 10, hash, 3);
	assert_int_equal(wrap_piece(span_str("key e358f867b61be4f90088")), 20);
	assert_int_equal(wrap_piece(span_str("市统计局")), 2);
	assert_int_equal(wrap_piece(span_str("统计（局）")), 6);
}

/* TEXT without spaces behind OUT. */
static void
add_ink(buf *out, span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.at[i] != ' ' && text.at[i] != '\n')
			buf_add(out, &text.at[i], 1);
}

static void
nothing_is_lost_and_no_line_is_too_wide(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		unsigned width;
		buf all = { 0 };

		add_ink(&all, span_str(samples[i]));
		for (width = 2; width < 100; width++) {
			span rest = span_str(samples[i]);
			buf shown = { 0 };

			while (rest.len > 0) {
				span line = wrap_take(&rest, width);

				assert_true(line.len > 0 && text_width(line) <= width);
				add_ink(&shown, line);
			}
			assert_true(span_equal(buf_span(&shown), buf_span(&all)));
			buf_fini(&shown);
		}
		buf_fini(&all);
	}
}

static void
expect_wrapped(const char *text, unsigned width, const char *wanted)
{
	buf out = { 0 };

	assert_int_equal(wrap_lines(span_str(text), width, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_fini(&out);
}

static void
a_line_goes_on_below_its_last_column(void **state)
{
	(void)state;
	expect_wrapped("storage         65535 MiB are left on the disk and elsewhere\n", 50,
		"storage         65535 MiB are left on the disk and\n"
		"                elsewhere\n");
	expect_wrapped("    进展情况 完成方案编制并征求意见\n    进度 40%\n", 30,
		"    进展情况 完成方案编制并征\n"
		"        求意见\n"
		"    进度 40%\n");
	expect_wrapped("a sentence without any column\n\nend", 12,
		"a sentence\nwithout any\ncolumn\n\nend");
	expect_wrapped("however long a line may be, it stays\n", 0,
		"however long a line may be, it stays\n");
	expect_wrapped("                    deep", 20, "deep");
}

static void
expect_joined(const char *text, unsigned width, const char *wanted)
{
	buf out = { 0 };

	assert_int_equal(wrap_join(span_str(text), width, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_fini(&out);
}

static void
a_paragraph_for_a_wider_screen_is_made_whole(void **state)
{
	static const char help[] = "A paragraph that is long and\ngoes on, and then\nends.\n\n"
				   "  --a X  what it does, and\n         more\n  --b    short\n";

	(void)state;
	expect_joined(help, 20,
		"A paragraph that is long and goes on, and then\nends.\n\n"
		"  --a X  what it does, and more\n  --b    short\n");
	expect_joined(help, 40, help);
	expect_joined(help, 0, help);
	expect_joined("台账每个报送位一行，\n有状态和灯\nand English", 12,
		"台账每个报送位一行，有状态和灯\nand English");
	expect_joined("a line that is wide", 4, "a line that is wide");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_ends_where_readers_expect_it),
		cmocka_unit_test(what_has_no_break_is_broken_anywhere),
		cmocka_unit_test(nothing_is_lost_and_no_line_is_too_wide),
		cmocka_unit_test(a_line_goes_on_below_its_last_column),
		cmocka_unit_test(a_paragraph_for_a_wider_screen_is_made_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
