/* SPDX-License-Identifier: Apache-2.0 */
/* test_table.c - columns line up whatever the cells hold. */
#include "base/table.h"

#include "tests/base/base_testing.h"

static void
chinese_and_ascii_line_up(void **state)
{
	static const table_column columns[] = {
		{ "unit", TABLE_LEFT },
		{ "n", TABLE_RIGHT },
		{ "state", TABLE_LEFT },
	};
	table t = { 0 };
	buf out = { 0 };

	(void)state;
	table_begin(&t, TABLE_COLUMNS(columns));
	table_text(&t, "市统计局");
	table_addf(&t, "%d", 5);
	table_text(&t, "ok");
	table_text(&t, "tjj");
	table_addf(&t, "%d", 1234);
	table_text(&t, "迟");
	assert_int_equal(table_write(&t, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "unit         n  state\n"
					    "--------  ----  -----\n"
					    "市统计局     5  ok\n"
					    "tjj       1234  迟\n");
	buf_fini(&out);
	table_fini(&t);
}

static void
a_cell_cannot_break_its_row_or_reach_the_terminal(void **state)
{
	static const table_column columns[] = { { "a", TABLE_LEFT } };
	char cell[] = "two\nlines\x1B[2J\ttab";
	table t = { 0 };
	buf out = { 0 };

	(void)state;
	table_begin(&t, TABLE_COLUMNS(columns));
	table_text(&t, cell);
	memset(cell, 'x', sizeof(cell) - 1);
	assert_int_equal(table_write(&t, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "a\n-----------------\ntwo lines [2J tab\n");
	buf_fini(&out);
	table_fini(&t);
}

static void
a_table_without_rows_says_so(void **state)
{
	static const table_column columns[] = { { "unit", TABLE_LEFT }, { "n", TABLE_RIGHT } };
	table t = { 0 };
	buf out = { 0 };

	(void)state;
	table_begin(&t, TABLE_COLUMNS(columns));
	assert_int_equal(table_rows(&t), 0);
	assert_int_equal(table_write_or(&t, "nobody\n", &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "nobody\n");
	buf_reset(&out);
	table_text(&t, "tjj");
	table_text(&t, "1");
	assert_int_equal(table_rows(&t), 1);
	assert_int_equal(table_write_or(&t, "nobody\n", &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "unit  n\n----  -\ntjj   1\n");
	buf_fini(&out);
	table_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_and_ascii_line_up),
		cmocka_unit_test(a_cell_cannot_break_its_row_or_reach_the_terminal),
		cmocka_unit_test(a_table_without_rows_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
