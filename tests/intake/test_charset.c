/* SPDX-License-Identifier: Apache-2.0 */
/* test_charset.c - every charset of every sample is found, also in short files, and a damaged one
 * is told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "intake/charset.h"

static const charset all[] = { CHARSET_UTF8, CHARSET_UTF8_BOM, CHARSET_UTF16LE, CHARSET_UTF16BE,
	CHARSET_GB18030 };
enum { ALL = sizeof(all) / sizeof(all[0]) };

static const char *const samples[] = {
	"工作事项,期间,进度(%)\r\n6,2012-Q2,65\r\n",
	"工作事项",
	"期间",
	"item,period,progress_pct,done\n6,2012-Q2,50,已开工建设\n",
	"事项;期间\n加快创新推动新兴产业的培育和发展;二季度\n",
	"𠀀𠀁 rare hanzi, € and ① too: 䶮\n",
	"无",
	"路茅虏模",
	"中",
};

static charset
decided(span bytes, buf *text, ms_error *err)
{
	charset got = CHARSET_NONE;

	return charset_to_utf8(bytes, &got, text, err) == MS_OK ? got : CHARSET_NONE;
}

static void
each_sample_comes_back_from_each_charset(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (k = 0; k < ALL; k++) {
			buf bytes = { 0 }, text = { 0 };
			ms_error err = { 0 };

			assert_int_equal(
				charset_from_utf8(span_str(samples[i]), all[k], &bytes, &err),
				MS_OK);
			assert_int_equal(decided(buf_span(&bytes), &text, &err), all[k]);
			assert_string_equal(buf_cstr(&text), samples[i]);
			buf_fini(&bytes);
			buf_fini(&text);
		}
	}
}

static void
plain_ascii_is_utf8_and_an_empty_file_too(void **state)
{
	buf text = { 0 };

	(void)state;
	assert_int_equal(decided(span_str("a,b\n"), &text, NULL), CHARSET_UTF8);
	assert_int_equal(decided(span_str(""), &text, NULL), CHARSET_UTF8);
	assert_int_equal(decided(span_str("\xef\xbb\xbf"), &text, NULL), CHARSET_UTF8_BOM);
	buf_fini(&text);
}

static void
single_accented_letters_stay_utf8(void **state)
{
	buf text = { 0 };

	(void)state;
	assert_int_equal(decided(span_str("area,m²\ncafé,±5\n"), &text, NULL), CHARSET_UTF8);
	assert_string_equal(buf_cstr(&text), "area,m²\ncafé,±5\n");
	buf_fini(&text);
}

/* Every sample cut at every place: what is taken then is a prefix of the text, what is refused is
 * refused as cut or wrong with a place. */
static void
a_file_cut_anywhere_is_a_prefix_or_an_error_with_its_place(void **state)
{
	static const char sample[] = "工作事项,期间,进展情况\r\n6,2012-Q2,已开工\r\n";
	size_t k, len;

	(void)state;
	for (k = 0; k < ALL; k++) {
		buf bytes = { 0 };
		unsigned refused = 0;

		assert_int_equal(charset_from_utf8(span_str(sample), all[k], &bytes, NULL), MS_OK);
		for (len = 4; len < bytes.len; len++) {
			buf text = { 0 };
			ms_error err = { 0 };
			charset got;
			ms_status s = charset_to_utf8(span_of(bytes.at, len), &got, &text, &err);

			if (s == MS_OK) {
				assert_int_equal(got, all[k]);
				assert_memory_equal(text.at, sample, text.len);
			} else {
				refused++;
				assert_int_equal(s, MS_INVALID);
				assert_int_equal(err.code, MST_INTAKE_CUT);
				assert_non_null(strstr(err.place, "line "));
				assert_non_null(strstr(err.place, "byte "));
			}
			buf_fini(&text);
		}
		assert_true(refused > 10);
		buf_fini(&bytes);
	}
}

static void
a_short_file_cut_in_its_second_character_is_told(void **state)
{
	static const char *const cuts[] = { "\xe4\xb8\xad\xe6", "\xe4\xb8\xad\xe6\x96",
		"\xd6\xd0\xce", "\xff\xfe\x2d", "\xff\xfe\x2d\x4e\x87" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		buf text = { 0 };
		ms_error err = { 0 };
		charset got;

		assert_int_equal(charset_to_utf8(span_str(cuts[i]), &got, &text, &err), MS_INVALID);
		assert_int_equal(err.code, MST_INTAKE_CUT);
		buf_fini(&text);
	}
}

static void
a_wrong_character_is_named_by_byte_and_line(void **state)
{
	static const struct {
		const char *bytes, *place;
	} rows[] = {
		{ "工作事项\n期间\xff,6\n", "line 2, byte 19" }, /* UTF-8 */
		{ "\xef\xbb\xbf"
		  "a\r\nb\r\n\x80",
			"line 3, byte 9" },                                   /* UTF-8 with BOM */
		{ "\xb9\xa4\xd7\xf7\n\xca\xc2\xff\xff\n", "line 2, byte 7" }, /* GB18030 */
		{ "\xff\xfe\x2d\x4e\x0a\x01\x00\xd8\x41\x01",
			"line 1, byte 6" }, /* UTF-16: half a surrogate pair */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf text = { 0 };
		ms_error err = { 0 };
		charset got;
		size_t len = rows[i].bytes[0] == '\xff' ? 10 : strlen(rows[i].bytes);

		assert_int_equal(charset_to_utf8(span_of(rows[i].bytes, len), &got, &text, &err),
			MS_INVALID);
		assert_int_equal(err.code, MST_INTAKE_CHARSET);
		assert_string_equal(err.place, rows[i].place);
		buf_fini(&text);
	}
}

static void
a_nul_is_refused_in_every_charset(void **state)
{
	static const char text[] = "a,b\nc,\0d\n";
	size_t k;

	(void)state;
	for (k = 0; k < ALL; k++) {
		buf bytes = { 0 }, out = { 0 };
		ms_error err = { 0 };
		charset got;

		assert_int_equal(
			charset_from_utf8(span_of(text, sizeof(text) - 1), all[k], &bytes, NULL),
			MS_OK);
		assert_int_equal(charset_to_utf8(buf_span(&bytes), &got, &out, &err), MS_INVALID);
		assert_int_equal(err.code, MST_INTAKE_NUL);
		assert_string_equal(err.place, "line 2");
		buf_fini(&bytes);
		buf_fini(&out);
	}
	{
		buf out = { 0 };
		charset got;

		/* UTF-16 without BOM shows as NULs */
		assert_int_equal(
			charset_to_utf8(span_of("a\0,\0", 4), &got, &out, NULL), MS_INVALID);
		buf_fini(&out);
	}
}

static void
random_bytes_are_taken_or_refused_and_taken_ones_go_back(void **state)
{
	unsigned seed = 7, round;

	(void)state;
	for (round = 0; round < 4000; round++) {
		uint8_t bytes[64];
		size_t len = (size_t)rand_r(&seed) % sizeof(bytes), i;
		buf text = { 0 }, again = { 0 };
		charset got;

		for (i = 0; i < len; i++)
			bytes[i] = (uint8_t)(rand_r(&seed) >> 4);
		if (charset_to_utf8(span_of(bytes, len), &got, &text, NULL) == MS_OK) {
			assert_int_equal(
				charset_from_utf8(buf_span(&text), got, &again, NULL), MS_OK);
			assert_true(got == CHARSET_GB18030 ||
				    span_equal(buf_span(&again), span_of(bytes, len)));
		}
		buf_fini(&text);
		buf_fini(&again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_comes_back_from_each_charset),
		cmocka_unit_test(plain_ascii_is_utf8_and_an_empty_file_too),
		cmocka_unit_test(single_accented_letters_stay_utf8),
		cmocka_unit_test(a_file_cut_anywhere_is_a_prefix_or_an_error_with_its_place),
		cmocka_unit_test(a_short_file_cut_in_its_second_character_is_told),
		cmocka_unit_test(a_wrong_character_is_named_by_byte_and_line),
		cmocka_unit_test(a_nul_is_refused_in_every_charset),
		cmocka_unit_test(random_bytes_are_taken_or_refused_and_taken_ones_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
