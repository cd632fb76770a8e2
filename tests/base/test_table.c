/* SPDX-License-Identifier: Apache-2.0 */
/* test_table.c - columns line up whatever the cells hold. */
#include "base/table.h"

#include "base/text.h"
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

/* ---- on a screen ---- */

static void
fill(table *t, unsigned screen)
{
	static const table_column columns[] = {
		{ "No.", TABLE_RIGHT },
		{ "Item", TABLE_LEFT },
		{ "State", TABLE_LEFT },
		{ "Reported", TABLE_LEFT },
		{ "Notes", TABLE_LEFT },
	};
	static const char *const cells[] = { "6", "加快创新推动新兴产业的培育和发展",
		"submitted (locked)", "2012-07-14 13:22 late", "-", "13", "大力培育创新主体", "due",
		"-", "help needed waits for a decision" };
	size_t i;

	t->screen = screen;
	table_begin(t, TABLE_COLUMNS(columns));
	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		table_text(t, cells[i]);
}

static void
expect_shown(unsigned screen, const char *wanted)
{
	table t = { 0 };
	buf out = { 0 };

	fill(&t, screen);
	assert_int_equal(table_write(&t, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_fini(&out);
	table_fini(&t);
}

static void
a_row_is_wrapped_or_takes_several_lines(void **state)
{
	(void)state;
	expect_shown(0, "No.  Item                              State               "
			"Reported               Notes\n"
			"---  --------------------------------  ------------------  "
			"---------------------  --------------------------------\n"
			"  6  加快创新推动新兴产业的培育和发展  submitted (locked)  "
			"2012-07-14 13:22 late  -\n"
			" 13  大力培育创新主体                  due                 "
			"-                      help needed waits for a decision\n");
	expect_shown(112,
		"No. Item                             State              Reported              "
		"Notes\n"
		"--- -------------------------------- ------------------ --------------------- "
		"--------------------------------\n"
		"  6 加快创新推动新兴产业的培育和发展 submitted (locked) 2012-07-14 13:22 late "
		"-\n"
		" 13 大力培育创新主体                 due                -                     "
		"help needed waits for a decision\n");
	expect_shown(100,
		"No.  Item                       State               Reported               Notes\n"
		"---  -------------------------  ------------------  ---------------------  "
		"-------------------------\n"
		"  6  加快创新推动新兴产业的培   submitted (locked)  2012-07-14 13:22 late  -\n"
		"     育和发展\n"
		" 13  大力培育创新主体           due                 -                      "
		"help needed waits for a\n"
		"                                                                           "
		"decision\n");
	expect_shown(80, "No.  Item                              State\n"
			 "     Reported               Notes\n"
			 "------------------------------------------------------------\n"
			 "  6  加快创新推动新兴产业的培育和发展  submitted (locked)\n"
			 "     2012-07-14 13:22 late  -\n"
			 " 13  大力培育创新主体                  due\n"
			 "     -                      help needed waits for a decision\n");
}

/* How often each byte stands in TEXT, but spaces and what rules are made of. */
static void
count_ink(buf *text, size_t *counts)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		if (strchr(" -\n", text->at[i]) == NULL)
			counts[text->at[i]]++;
}

static void
every_screen_shows_all(void **state)
{
	size_t wanted[256] = { 0 };
	unsigned screen;

	(void)state;
	for (screen = 0; screen < 150; screen = screen == 0 ? 20 : screen + 1) {
		size_t counts[256] = { 0 };
		table t = { 0 };
		buf out = { 0 };
		span rest;

		fill(&t, screen);
		assert_int_equal(table_write(&t, &out), MS_OK);
		count_ink(&out, screen == 0 ? wanted : counts);
		for (rest = buf_span(&out); screen > 0 && rest.len > 0;) {
			const uint8_t *end = memchr(rest.at, '\n', rest.len);

			assert_non_null(end);
			assert_true(
				text_width(span_of(rest.at, (size_t)(end - rest.at))) <= screen);
			rest = span_of(end + 1, rest.len - (size_t)(end - rest.at) - 1);
		}
		assert_true(screen == 0 || memcmp(counts, wanted, sizeof(counts)) == 0);
		buf_fini(&out);
		table_fini(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_and_ascii_line_up),
		cmocka_unit_test(a_cell_cannot_break_its_row_or_reach_the_terminal),
		cmocka_unit_test(a_table_without_rows_says_so),
		cmocka_unit_test(a_row_is_wrapped_or_takes_several_lines),
		cmocka_unit_test(every_screen_shows_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
