/* SPDX-License-Identifier: Apache-2.0 */
/* test_sheet.c - cells stand where a spreadsheet shows them, and a broken quote is found where it
 * opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/buf.h"
#include "tests/intake/sheet_testing.h"

/* The sheet as text: number(line):cell|cell|... per row, for comparing. */
static void
expect(const char *text, char delimiter, const char *expected)
{
	arena memory = { 0 };
	kept_sheet got;
	ms_error err = { 0 };
	buf shown = { 0 };
	uint32_t i, k;

	assert_int_equal(read_csv_sheet(span_str(text), &memory, &got, &err), MS_OK);
	for (i = 0; i < got.n_rows; i++) {
		buf_addf(&shown, "%u(%u):", got.rows[i].number, got.rows[i].line);
		for (k = 0; k < got.rows[i].n_cells; k++) {
			buf_add_span(&shown, got.rows[i].cells[k]);
			buf_add_text(&shown, "|");
		}
		buf_add_text(&shown, " ");
	}
	assert_string_equal(buf_cstr(&shown), expected);
	assert_int_equal(got.delimiter, delimiter);
	buf_fini(&shown);
	buf_fini(&got.list);
	arena_fini(&memory);
}

static void
the_header_line_tells_the_delimiter(void **state)
{
	(void)state;
	expect("a,b\n1,2\n", ',', "1(1):a|b| 2(2):1|2| ");
	expect("a;b;c\n1,5;2;3\n", ';', "1(1):a|b|c| 2(2):1,5|2|3| ");
	expect("a\tb\r\n1\t\t\r\n", '\t', "1(1):a|b| 2(2):1||| ");
	expect("\"x;y;z\",b\n", ',', "1(1):x;y;z|b| ");
	expect("\n \na;b\n", ';', "3(3):a|b| ");
	expect("only\n1,2\n", ',', "1(1):only| 2(2):1|2| ");
	expect("", ',', "");
}

static void
rows_are_numbered_as_a_spreadsheet_shows_them(void **state)
{
	(void)state;
	expect("a,b\r\n\r\n1,2\r\n", ',', "1(1):a|b| 3(3):1|2| ");
	expect("a,b\r1,2\r3,4", ',', "1(1):a|b| 2(2):1|2| 3(3):3|4| ");
	expect("a,b\n\"x\r\ny\",2\n3,4\n", ',', "1(1):a|b| 2(2):x\ny|2| 3(4):3|4| ");
	expect("a,b\n,\n1,2\n", ',', "1(1):a|b| 2(2):|| 3(3):1|2| ");
	expect("a\tb\n\t\n1\t2\n", '\t', "1(1):a|b| 2(2):|| 3(3):1|2| ");
}

static void
cells_lose_blanks_at_their_ends_and_keep_quotes_commas_and_lines(void **state)
{
	(void)state;
	expect("a,b\n  1 ,\" 2 \"\n", ',', "1(1):a|b| 2(2):1|2| ");
	expect("a,b\n　六　,\xc2\xa0七\n", ',', "1(1):a|b| 2(2):六|七| ");
	expect("a,b\n\"say \"\"so\"\", he\",x\n", ',', "1(1):a|b| 2(2):say \"so\", he|x| ");
	expect("a,b\n\"\",\"\n\n\"\n", ',', "1(1):a|b| 2(2):|| ");
}

static void
refuse(const char *text, unsigned code, const char *place)
{
	arena memory = { 0 };
	kept_sheet got;
	ms_error err = { 0 };

	assert_int_not_equal(read_csv_sheet(span_str(text), &memory, &got, &err), MS_OK);
	assert_int_equal(err.code, code);
	assert_string_equal(err.place, place);
	buf_fini(&got.list);
	arena_fini(&memory);
}

static void
a_broken_quote_is_found_on_the_line_where_it_opened(void **state)
{
	(void)state;
	refuse("a,b\n1,\"open\n2,3\n4,5\n", MST_INTAKE_QUOTES, "line 2, column 2");
	refuse("a,b\n1,\"open\n2,\"3\"\n4,5\n", MST_INTAKE_QUOTES, "line 2, column 2");
	refuse("a,b\n1,2\n\"open\n2,3\n4,\"5\"x\n", MST_INTAKE_QUOTES, "line 3, column 1");
	refuse("a,b\n1,x\"y\n", MST_INTAKE_QUOTES, "line 2, column 2");
	refuse("a,b\n\"x\ny\",\"z\" 1\n", MST_INTAKE_QUOTES, "line 3, column 2");
	refuse("\"", MST_INTAKE_QUOTES, "line 1, column 1");
	refuse("a,b\n\"x\ny\",\"z\nu", MST_INTAKE_QUOTES, "line 3, column 2");
}

static void
bounds_on_rows_columns_and_bytes_are_kept(void **state)
{
	buf text = { 0 };
	int i;

	(void)state;
	for (i = 0; i <= SHEET_ROWS_MAX; i++)
		buf_add_text(&text, "a,b\n");
	refuse(buf_cstr(&text), MST_INTAKE_BOUND, "line 10001");
	buf_reset(&text);
	buf_add_text(&text, "a,b\n");
	for (i = 0; i <= SHEET_COLUMNS_MAX; i++)
		buf_add_text(&text, "x,");
	refuse(buf_cstr(&text), MST_INTAKE_BOUND, "line 2");
	buf_reset(&text);
	buf_add_text(&text, "a,b\n1,2\n");
	for (i = 0; i <= SHEET_CELL_BYTES_MAX; i++)
		buf_add_text(&text, "x");
	refuse(buf_cstr(&text), MST_INTAKE_BOUND, "line 3");
	buf_fini(&text);
}

static bool
is_known(void *ctx, span cell)
{
	(void)ctx;
	return span_equal(cell, span_str("item")) || span_equal(cell, span_str("period"));
}

static void
known_headers_below_a_title_tell_the_delimiter(void **state)
{
	static const struct {
		const char *text;
		char delimiter;
	} cases[] = {
		{ "Report, as of July, all units\nitem;period;done\n6;2012-Q2;a,b,c,d\n", ';' },
		{ "a;b;c;d\n\nitem\tperiod\n", '\t' },
		{ "title\n\"item\",\"period\"\n", ',' },
		{ "no;known;header\nx,y\n", ';' },
		{ "item, period\n", ',' },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(sheet_delimiter(span_str(cases[i].text), is_known, NULL),
			cases[i].delimiter);
}

static void
cells_are_named_as_a_spreadsheet_names_them(void **state)
{
	static const struct {
		uint32_t column;
		const char *name;
	} cases[] = { { 0, "A7" }, { 25, "Z7" }, { 26, "AA7" }, { 51, "AZ7" }, { 52, "BA7" },
		{ 701, "ZZ7" }, { 702, "AAA7" }, { 16383, "XFD7" } };
	char name[SHEET_CELL_NAME_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(sheet_cell_name(cases[i].column, 7, name), cases[i].name);
}

static void
memory_that_is_used_up_is_a_status(void **state)
{
	static const char text[] = "a,b,c\n1,2,3\n4,\"5\n\",6\n";
	size_t limit;

	(void)state;
	for (limit = 1; limit < 2000; limit += 7) {
		arena memory = { .limit = limit };
		kept_sheet got;
		ms_status s = read_csv_sheet(span_str(text), &memory, &got, NULL);

		assert_true(s == MS_OK || s == MS_NO_MEMORY);
		buf_fini(&got.list);
		arena_fini(&memory);
	}
}

static void
random_text_never_breaks_it(void **state)
{
	static const char alphabet[] = "a1\",;\t\r\n \xe4\xb8\xad";
	unsigned seed = 11, round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		char text[48];
		size_t len = (size_t)rand_r(&seed) % sizeof(text), i;
		arena memory = { 0 };
		kept_sheet got;

		for (i = 0; i < len; i++)
			text[i] = alphabet[(size_t)(rand_r(&seed) >> 4) % (sizeof(alphabet) - 1)];
		if (read_csv_sheet(span_of(text, len), &memory, &got, NULL) == MS_OK)
			for (i = 1; i < got.n_rows; i++)
				assert_true(got.rows[i].number > got.rows[i - 1].number &&
					    got.rows[i].line > got.rows[i - 1].line);
		buf_fini(&got.list);
		arena_fini(&memory);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_line_tells_the_delimiter),
		cmocka_unit_test(rows_are_numbered_as_a_spreadsheet_shows_them),
		cmocka_unit_test(cells_lose_blanks_at_their_ends_and_keep_quotes_commas_and_lines),
		cmocka_unit_test(a_broken_quote_is_found_on_the_line_where_it_opened),
		cmocka_unit_test(bounds_on_rows_columns_and_bytes_are_kept),
		cmocka_unit_test(known_headers_below_a_title_tell_the_delimiter),
		cmocka_unit_test(cells_are_named_as_a_spreadsheet_names_them),
		cmocka_unit_test(memory_that_is_used_up_is_a_status),
		cmocka_unit_test(random_text_never_breaks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
