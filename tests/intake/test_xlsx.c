/* SPDX-License-Identifier: Apache-2.0 */
/* test_xlsx.c - numbers, dates, formats and texts of a workbook as people see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "intake/xlsx_number.h"
#include "intake/xlsx_sheet.h"
#include "intake/xlsx_strings.h"
#include "intake/xlsx_styles.h"

static void
a_stored_number_is_what_was_typed(void **state)
{
	static const struct {
		const char *stored, *typed, *computed; /* NULL: as typed */
	} cases[] = {
		{ "45.200000000000003", "45.2", NULL },
		{ "0.28999999999999998", "0.29", NULL },
		{ "1.2344999999999999", "1.2345", NULL },
		{ "4.5200000000000003E1", "45.2", NULL },
		{ "1E3", "1000", NULL },
		{ "1.0E-3", "0.001", NULL },
		{ "-0.0", "0", NULL },
		{ "-45.200000000000003", "-45.2", NULL },
		{ "007.50", "7.5", NULL },
		{ "123456789012345", "123456789012345", NULL },
		{ "99999999999999.99", "99999999999999.99", "100000000000000" },
		{ "9.8000000000000003E-4", "0.00098", NULL },
		{ "9007199254740993", "9007199254740993", "9007199254740990" },
		{ "45.300000000000004", "45.300000000000004", "45.3" },
		{ "0.33333333333333331", "0.33333333333333331", "0.333333333333333" },
		{ "1.9999999999999998", "1.9999999999999998", "2" },
		{ "1234567890123456", "1234567890123456", "1234567890123460" },
		{ "1.0000000000000001", "1", NULL },
	};
	char out[XLSX_NUMBER_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(xlsx_number(span_str(cases[i].stored), false, 0, out));
		assert_string_equal(out, cases[i].typed);
		assert_true(xlsx_number(span_str(cases[i].stored), true, 0, out));
		assert_string_equal(
			out, cases[i].computed == NULL ? cases[i].typed : cases[i].computed);
	}
}

/* Whatever has up to 15 digits comes back from the 17 digits of its double. */
static void
every_number_of_fifteen_digits_survives_its_double(void **state)
{
	unsigned seed = 7, i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		uint64_t digits = (uint64_t)rand_r(&seed) << 20 ^ (uint64_t)rand_r(&seed);
		unsigned decimals = i % 10;
		char typed[64], stored[64], out[XLSX_NUMBER_SIZE];
		uint64_t scale = 1, unit;
		unsigned k;

		digits %= UINT64_C(1000000000000000);
		for (k = 0; k < decimals; k++)
			scale *= 10;
		unit = digits % scale;
		k = decimals;
		while (k > 0 && unit % 10 == 0) {
			unit /= 10;
			k--;
		}
		if (k == 0)
			snprintf(
				typed, sizeof(typed), "%llu", (unsigned long long)(digits / scale));
		else
			snprintf(typed, sizeof(typed), "%llu.%0*llu",
				(unsigned long long)(digits / scale), (int)k,
				(unsigned long long)unit);
		snprintf(stored, sizeof(stored), "%.17g", strtod(typed, NULL));
		assert_true(xlsx_number(span_str(stored), false, 0, out));
		assert_string_equal(out, typed);
	}
}

/* Sixteen and seventeen digits, most of them near a shorter number: cut only where both are the
 * same to a spreadsheet. */
static void
digits_are_cut_only_where_nothing_is_lost(void **state)
{
	unsigned seed = 9, i, cut = 0;

	(void)state;
	for (i = 0; i < 200000; i++) {
		uint64_t digits = ((uint64_t)rand_r(&seed) << 22 ^ (uint64_t)rand_r(&seed)) %
				  UINT64_C(900000000000000);
		int noise = rand_r(&seed) % 41 - 20, places = rand_r(&seed) % 22;
		char stored[64], shown[64], out[XLSX_NUMBER_SIZE], plain[XLSX_NUMBER_SIZE];
		bool same;

		digits += UINT64_C(100000000000000);
		snprintf(stored, sizeof(stored), "%llue-%d",
			(unsigned long long)(digits * 100 + (uint64_t)noise), places);
		snprintf(shown, sizeof(shown), "%llue-%d", (unsigned long long)digits, places - 2);
		if (places < 2)
			snprintf(shown, sizeof(shown), "%llue%d", (unsigned long long)digits,
				2 - places);
		same = strtod(stored, NULL) == strtod(shown, NULL);
		assert_true(xlsx_number(span_str(stored), false, 0, out));
		assert_true(xlsx_number(span_str(shown), false, 0, plain));
		if ((strcmp(out, plain) == 0) != same)
			fail_msg("%s: %s, %s, %d", stored, out, plain, same);
		cut += same && noise != 0;
	}
	assert_true(cut > 1000);
}

static void
percents_and_exponents_are_shown_as_the_cell_shows_them(void **state)
{
	char out[XLSX_NUMBER_SIZE];

	(void)state;
	assert_true(xlsx_number(span_str("0.5"), false, 2, out));
	assert_string_equal(out, "50");
	assert_true(xlsx_number(span_str("0.42130000000000001"), false, 2, out));
	assert_string_equal(out, "42.13");
	assert_true(xlsx_number(span_str("1"), false, 2, out));
	assert_string_equal(out, "100");
	assert_true(xlsx_number(span_str("0"), false, 2, out));
	assert_string_equal(out, "0");
	assert_true(xlsx_exponent(span_str("4520"), out));
	assert_string_equal(out, "4.52E+03");
	assert_true(xlsx_exponent(span_str("-0.00012"), out));
	assert_string_equal(out, "-1.2E-04");
	assert_true(xlsx_exponent(span_str("0"), out));
	assert_string_equal(out, "0E+00");
}

static void
what_is_no_number_is_none(void **state)
{
	static const char *const cases[] = { "", "-", ".", "1.2.3", "1e", "1e+", "abc", "1e999",
		"0x10", "1 2", "INF", "NaN", "1E40", "1234567890123456789012345678901234567890" };
	char out[XLSX_NUMBER_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (xlsx_number(span_str(cases[i]), false, 0, out))
			fail_msg("%s: %s", cases[i], out);
}

static void
serial_numbers_are_dates(void **state)
{
	static const struct {
		const char *stored;
		bool base_1904;
		const char *shown; /* NULL: none */
	} cases[] = {
		{ "1", false, "1900-01-01" },
		{ "59", false, "1900-02-28" },
		{ "60", false, NULL },
		{ "61", false, "1900-03-01" },
		{ "41030", false, "2012-05-01" },
		{ "41030.5", false, "2012-05-01 12:00" },
		{ "41030.354166666664", false, "2012-05-01 08:30" },
		{ "41030.999999999", false, "2012-05-02" },
		{ "0.354166666666667", false, "08:30" },
		{ "0.50001157407407407", false, "12:00:01" },
		{ "39568", true, "2012-05-01" },
		{ "0", true, "1904-01-01" },
		{ "-1", false, NULL },
		{ "99999999", false, NULL },
	};
	char out[XLSX_NUMBER_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = xlsx_date(span_str(cases[i].stored), cases[i].base_1904, out);

		if (ok != (cases[i].shown != NULL) || (ok && strcmp(out, cases[i].shown) != 0))
			fail_msg("%s: %s", cases[i].stored, ok ? out : "none");
	}
}

static void
format_codes_say_what_a_number_is(void **state)
{
	static const struct {
		const char *code;
		style_kind kind;
		const char *before, *behind;
	} cases[] = {
		{ "General", STYLE_PLAIN, "", "" },
		{ "0.00", STYLE_PLAIN, "", "" },
		{ "#,##0.00", STYLE_PLAIN, "", "" },
		{ "#,##0.00;[Red]-#,##0.00", STYLE_PLAIN, "", "" },
		{ "0.00_ ", STYLE_PLAIN, "", "" },
		{ "_ * #,##0.00_ ;_ * -#,##0.00_ ", STYLE_PLAIN, "", "" },
		{ "0.00\"亿元\"", STYLE_PLAIN, "", "亿元" },
		{ "0.00亿元", STYLE_PLAIN, "", "亿元" },
		{ "0\\个", STYLE_PLAIN, "", "个" },
		{ "General\"人\"", STYLE_PLAIN, "", "人" },
		{ "[$¥-804]#,##0.00", STYLE_PLAIN, "¥", "" },
		{ "0%", STYLE_PERCENT, "", "" },
		{ "0.00%", STYLE_PERCENT, "", "" },
		{ "0.00E+00", STYLE_EXPONENT, "", "" },
		{ "##0.0E+0", STYLE_EXPONENT, "", "" },
		{ "#,##0,", STYLE_SCALED, "", "" },
		{ "0.0,,\"百万\"", STYLE_SCALED, "", "百万" },
		{ "0!.0,\"万\"", STYLE_SCALED, "", ".万" },
		{ "yyyy-mm-dd", STYLE_DATE, "", "" },
		{ "yyyy/m/d;@", STYLE_DATE, "", "" },
		{ "[$-804]yyyy\"年\"m\"月\"d\"日\";@", STYLE_DATE, "年月日", "" },
		{ "h:mm AM/PM", STYLE_DATE, "", "" },
		{ "[h]:mm:ss", STYLE_DATE, "", "" },
		{ "mm:ss.0", STYLE_DATE, "", "" },
		{ "@", STYLE_TEXT, "", "" },
		{ "", STYLE_PLAIN, "", "" },
		{ "\"unfinished", STYLE_PLAIN, "unfinished", "" },
		{ "[unfinished", STYLE_PLAIN, "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		arena memory = { 0 };
		number_style got;

		assert_int_equal(style_of_code(span_str(cases[i].code), &memory, &got), MS_OK);
		if (got.kind != cases[i].kind || strcmp(got.before, cases[i].before) != 0 ||
			strcmp(got.behind, cases[i].behind) != 0)
			fail_msg("%s: %d \"%s\" \"%s\"", cases[i].code, (int)got.kind, got.before,
				got.behind);
		arena_fini(&memory);
	}
}

static void
escaped_characters_are_read_and_others_left(void **state)
{
	static const char *const cases[][2] = {
		{ "a_x000D__x000A_b", "a\r\nb" },
		{ "a_x005F_x000D_", "a_x000D_" },
		{ "_x0041_", "_x0041_" },
		{ "_x00", "_x00" },
		{ "__x0009_", "_\t" },
		{ "plain", "plain" },
		{ "_", "_" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf out = { 0 };

		assert_int_equal(xlsx_unescape(span_str(cases[i][0]), &out), MS_OK);
		assert_string_equal(buf_cstr(&out), cases[i][1]);
		buf_fini(&out);
	}
}

static void
cells_have_their_places(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t column, row;
	} cases[] = { { "A1", true, 0, 1 }, { "AB12", true, 27, 12 },
		{ "XFD1048576", true, 16383, 1048576 }, { "XFE1", false, 0, 0 },
		{ "A1048577", false, 0, 0 }, { "1A", false, 0, 0 }, { "A", false, 0, 0 },
		{ "A0", false, 0, 0 }, { "a1", false, 0, 0 }, { "", false, 0, 0 },
		{ "AAAAAAAAAAAAAAAAAAAA1", false, 0, 0 },
		{ "A99999999999999999999", false, 0, 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t column = 0, row = 0;
		const char *rest;

		assert_int_equal(xlsx_cell_place(cases[i].text, &column, &row, &rest), cases[i].ok);
		assert_int_equal(column, cases[i].column);
		assert_int_equal(row, cases[i].row);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stored_number_is_what_was_typed),
		cmocka_unit_test(every_number_of_fifteen_digits_survives_its_double),
		cmocka_unit_test(digits_are_cut_only_where_nothing_is_lost),
		cmocka_unit_test(percents_and_exponents_are_shown_as_the_cell_shows_them),
		cmocka_unit_test(what_is_no_number_is_none),
		cmocka_unit_test(serial_numbers_are_dates),
		cmocka_unit_test(format_codes_say_what_a_number_is),
		cmocka_unit_test(escaped_characters_are_read_and_others_left),
		cmocka_unit_test(cells_have_their_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
