/* SPDX-License-Identifier: Apache-2.0 */
/* test_answer.c - what a clerk reads beside the file: states, places, sentences, receipts, in the
 * file's own form and charset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "intake/answer.h"
#include "intake/csv_cell.h"

static intake_problem wrong = { .code = 6117,
	.column = "新兴产业完成投资",
	.cell = "M3",
	.field = "values[i06.invest]",
	.value = "45.203",
	.text = "小数位太多",
	.expected = "最多2位小数",
	.remedy = "按规定填写" };
static intake_problem formula = { .code = 6108,
	.column = "=cmd()",
	.field = "",
	.value = "=1+1",
	.text = "没有这一列",
	.expected = "",
	.remedy = "a \"b\", c" };
static intake_problem notes[] = { { .warning = true,
					  .code = 3001,
					  .column = "审核人",
					  .field = "approved_by",
					  .value = "",
					  .text = "没有填",
					  .expected = "",
					  .remedy = "补上" },
	{ .warning = true,
		.code = 3001,
		.column = "存在问题",
		.field = "problems",
		.value = "",
		.text = "没有填",
		.expected = "",
		.remedy = "补上" } };

static intake_row rows[] = {
	{ .row = 2, .good = true, .item = "6", .period = "2012-Q2" },
	{ .row = 3, .item = "6", .period = "2012-Q1", .problems = &wrong, .n_problems = 1 },
	{ .row = 5,
		.good = true,
		.item = "加快创新体系建设",
		.period = "二季度",
		.problems = notes,
		.n_problems = 2 },
	{ .row = 6, .good = true, .item = "7", .period = "2012-Q2" },
	{ .row = 7, .good = true, .item = "8", .period = "2012-Q2" },
	{ .row = 8, .good = true, .item = "9", .period = "2012-Q2" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void
fill_said(answer_row said[ROWS])
{
	memset(said, 0, ROWS * sizeof(said[0]));
	said[0] = (answer_row){ .state = ANSWER_RECEIVED,
		.verdict = VERDICT_STORED,
		.has_record = true,
		.place = { 123, 7 } };
	assert_int_equal(
		time_parse(span_str("2012-07-05T08:30:00+08:00"), &said[0].hub_time_us, NULL),
		MS_OK);
	said[2].state = ANSWER_QUEUED;
	said[3].state = ANSWER_UNCHANGED;
	said[4] = (answer_row){ .state = ANSWER_OTHER_FIRST, .note = "shenbei@office-2" };
	said[5] = (answer_row){ .state = ANSWER_RECEIVED,
		.verdict = VERDICT_REFUSED_LOCKED,
		.has_record = true,
		.place = { 124, 0 } };
}

static void
each_row_has_its_state_and_each_problem_its_line(void **state)
{
	intake_result result = { .form = INTAKE_CSV,
		.charset = CHARSET_UTF8,
		.delimiter = ',',
		.rows = rows,
		.n_rows = ROWS,
		.n_good = 5 };
	answer_row said[ROWS];
	buf out = { 0 };

	(void)state;
	fill_said(said);
	assert_int_equal(answer_write(&result, said, 480, &out, NULL), MS_OK);
	assert_string_equal(buf_cstr(&out),
		"行号,工作事项,期间,状态,列,单元格,问题,应为,如何修改,代码,回执\r\n"
		"2,6,2012-Q2,已收到,,,,,,,123/7 2012-07-05 08:30\r\n"
		"3,6,2012-Q1,有误,新兴产业完成投资,M3,小数位太多：45.203,最多2位小数,按规定填写,"
		"MST-"
		"6117,\r\n"
		"5,加快创新体系建设,二季度,已排队,审核人,,提示：没有填,,补上,MST-3001,\r\n"
		"5,加快创新体系建设,二季度,,存在问题,,提示：没有填,,补上,MST-3001,\r\n"
		"6,7,2012-Q2,未变化,,,,,,,\r\n"
		"7,8,2012-Q2,已由他人先报,,,shenbei@office-2,,,,\r\n"
		"8,9,2012-Q2,有误,,,这个期间已经锁定,,请牵头单位重新开放后再报,REFUSED_LOCKED,124/"
		"0 1970-01-01 08:00\r\n");
	buf_fini(&out);
}

static void
the_answer_has_the_charset_and_delimiter_of_the_file(void **state)
{
	static const charset all[] = { CHARSET_UTF8_BOM, CHARSET_UTF16LE, CHARSET_UTF16BE,
		CHARSET_GB18030 };
	intake_result result = {
		.form = INTAKE_CSV, .delimiter = '\t', .rows = rows, .n_rows = ROWS
	};
	answer_row said[ROWS];
	size_t i;

	(void)state;
	fill_said(said);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		buf out = { 0 }, text = { 0 };
		charset got;

		result.charset = all[i];
		assert_int_equal(answer_write(&result, said, 480, &out, NULL), MS_OK);
		assert_int_equal(charset_to_utf8(buf_span(&out), &got, &text, NULL), MS_OK);
		assert_int_equal(got, all[i]);
		assert_non_null(strstr(buf_cstr(&text), "\t已收到\t"));
		buf_fini(&out);
		buf_fini(&text);
	}
	result.charset = CHARSET_NONE;
	{
		buf out = { 0 };

		assert_int_equal(answer_write(&result, said, 480, &out, NULL), MS_OK);
		assert_memory_equal(out.at, "\xef\xbb\xbf", 3);
		buf_fini(&out);
	}
}

static void
a_refused_file_is_one_line_and_no_cell_is_a_formula(void **state)
{
	intake_row whole = { .item = "", .period = "", .problems = &formula, .n_problems = 1 };
	intake_result result = { .form = INTAKE_CSV,
		.charset = CHARSET_UTF8,
		.delimiter = ';',
		.rows = &whole,
		.n_rows = 1,
		.refused = true,
		.english = true };
	buf out = { 0 };

	(void)state;
	assert_int_equal(answer_write(&result, NULL, 480, &out, NULL), MS_OK);
	assert_string_equal(buf_cstr(&out),
		"row;item;period;state;column;cell;problem;expected;remedy;code;receipt\r\n"
		"file;;;wrong;\"'=cmd()\";;没有这一列: =1+1;;\"a \"\"b\"\", c\";MST-6108;\r\n");
	buf_fini(&out);
}

static void
the_json_answer_says_the_same(void **state)
{
	intake_result result = { .form = INTAKE_JSON,
		.charset = CHARSET_UTF8,
		.rows = rows,
		.n_rows = ROWS,
		.n_good = 5,
		.english = true };
	answer_row said[ROWS];
	buf out = { 0 };
	const char *text;

	(void)state;
	fill_said(said);
	assert_int_equal(answer_write(&result, said, 480, &out, NULL), MS_OK);
	text = buf_cstr(&out);
	assert_non_null(strstr(text,
		"{\"row\":2,\"item\":\"6\",\"period\":\"2012-Q2\",\"state\":\"received\",\"text\":"
		"\"received\","
		"\"record\":\"123/7\",\"time\":\"2012-07-05T08:30:00+08:00\",\"problems\":[]}"));
	assert_non_null(strstr(
		text, "\"code\":\"MST-6117\",\"warning\":false,\"place\":\"新兴产业完成投资\""));
	assert_non_null(strstr(text, "\"verdict\":\"REFUSED_LOCKED\""));
	assert_non_null(strstr(text, "\"state\":\"other_first\""));
	buf_fini(&out);
}

static void
the_words_of_the_lead_never_stand_in_an_answer(void **state)
{
	int i, english;

	(void)state;
	for (i = ANSWER_WRONG; i <= ANSWER_OTHER_FIRST; i++) {
		for (english = 0; english < 2; english++) {
			const char *name = answer_state_name((answer_state)i, english);

			assert_true(name[0] != 0);
			assert_null(strstr(name, "采纳"));
			assert_null(strstr(name, "accept"));
		}
	}
}

static void
an_answer_is_named_after_its_file(void **state)
{
	static const struct {
		const char *file, *zh, *en;
	} names[] = {
		{ "二季度.csv", "二季度.答复.csv", "二季度.answer.csv" },
		{ "a.b.json", "a.b.答复.json", "a.b.answer.json" },
		{ "q2.xls", "q2.xls.答复.csv", "q2.xls.answer.csv" },
		{ "plain", "plain.答复.csv", "plain.answer.csv" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf zh = { 0 }, en = { 0 };

		assert_int_equal(answer_name(names[i].file, INTAKE_CSV, false, &zh), MS_OK);
		assert_int_equal(answer_name(names[i].file, INTAKE_CSV, true, &en), MS_OK);
		assert_string_equal(buf_cstr(&zh), names[i].zh);
		assert_string_equal(buf_cstr(&en), names[i].en);
		buf_fini(&zh);
		buf_fini(&en);
	}
}

static void
a_cell_is_no_formula_and_is_read_back_as_it_was(void **state)
{
	static const char *const cases[][2] = { { "", "" }, { "-", "-" }, { "-12.5", "-12.5" },
		{ "a=b", "a=b" }, { "=1+1", "\"'=1+1\"" },
		{ "+cmd|' /C x'!A0", "\"'+cmd|' /C x'!A0\"" }, { "-1+1", "\"'-1+1\"" },
		{ "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "＝HYPERLINK(\"x\")", "\"'＝HYPERLINK(\"\"x\"\")\"" }, { "＋1", "\"'＋1\"" },
		{ "'tis", "'tis" }, { "a,\"b\"", "\"a,\"\"b\"\"\"" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf out = { 0 };
		span cell;

		csv_cell_add(&out, span_str(cases[i][0]), ',');
		assert_string_equal(buf_cstr(&out), cases[i][1]);
		if (cases[i][0][0] != 0 && strchr(cases[i][0], '"') == NULL) {
			cell = buf_span(&out);
			if (cell.at[0] == '"')
				cell = span_of(cell.at + 1, cell.len - 2);
			assert_true(span_equal(csv_cell_read(cell), span_str(cases[i][0])));
		}
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_has_its_state_and_each_problem_its_line),
		cmocka_unit_test(the_answer_has_the_charset_and_delimiter_of_the_file),
		cmocka_unit_test(a_refused_file_is_one_line_and_no_cell_is_a_formula),
		cmocka_unit_test(a_cell_is_no_formula_and_is_read_back_as_it_was),
		cmocka_unit_test(the_json_answer_says_the_same),
		cmocka_unit_test(the_words_of_the_lead_never_stand_in_an_answer),
		cmocka_unit_test(an_answer_is_named_after_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
