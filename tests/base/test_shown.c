/* SPDX-License-Identifier: Apache-2.0 */
/* test_shown.c - the words of others stay in their place before the reader's eyes. */
#include "base/shown.h"

#include "tests/base/base_testing.h"

static void
a_line_stays_one_and_says_what_it_said(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "plain 中文 ünï 𠀀", "plain 中文 ünï 𠀀" },
		{ "a\nb\rc\td", "a b c d" },
		{ "\x1b]0;title\x07", " ]0;title " },
		{ "\x7f\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "    \xc2\xa0" },
		{ "\u202eevil\u2066x\u2069\u2028y\u200fz\u061c", " evil x  y z " },
		{ "\u200d\u2010\u2030\u2065\u206a", "\u200d\u2010\u2030\u2065\u206a" },
		{ "cut \xe2\x80", "cut \xe2\x80" },
		{ "\xc2", "\xc2" },
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].in);
		shown_line(text);
		assert_string_equal(text, rows[i].out);
	}
}

static void
further_lines_begin_as_they_are_told(void **state)
{
	buf out = { 0 };

	(void)state;
	assert_int_equal(shown_add(&out, span_str("one\ntwo\r\nthree\x1b[m\n"), "\n  | "), MS_OK);
	assert_string_equal(buf_cstr(&out), "one\n  | two \n  | three [m\n  | ");
	buf_fini(&out);
}

static void
an_error_is_one_line_whatever_it_names(void **state)
{
	ms_error err = { 0 };

	(void)state;
	ms_fail(&err, MS_INVALID, 1, "%s: no such item", "x\x1b[2J\ny");
	ms_error_place(&err, "%s", "a\nb");
	ms_error_remedy(&err, "%s", "\u202e");
	assert_string_equal(err.text, "x [2J y: no such item");
	assert_string_equal(err.place, "a b");
	assert_string_equal(err.remedy, " ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_stays_one_and_says_what_it_said),
		cmocka_unit_test(further_lines_begin_as_they_are_told),
		cmocka_unit_test(an_error_is_one_line_whatever_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
