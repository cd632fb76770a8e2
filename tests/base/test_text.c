/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c - characters, widths and numbers. */
#include "base/text.h"

#include "tests/base/base_testing.h"

#include <limits.h>

#define CASE(literal, answer)                        \
	{                                            \
		literal, sizeof(literal) - 1, answer \
	}

static void
only_valid_utf8_passes_and_the_bad_byte_is_named(void **state)
{
	static const struct {
		const char *text;
		size_t len, bad; /* bad == len: good */
	} rows[] = {
		CASE("", 0),
		CASE("plain", 5),
		CASE("工业增加值", 15),
		CASE("\xF0\x9F\x98\x80", 4),
		CASE("\xF4\x8F\xBF\xBF", 4),
		CASE("\xEF\xBF\xBD", 3),
		CASE("a\x80", 1),
		CASE("ab\xC0\xAF", 2),       /* overlong */
		CASE("\xC1\xBF", 0),         /* overlong */
		CASE("\xE0\x9F\xBF", 0),     /* overlong */
		CASE("\xF0\x8F\xBF\xBF", 0), /* overlong */
		CASE("x\xED\xA0\x80", 1),    /* surrogate */
		CASE("\xED\xBF\xBF", 0),     /* surrogate */
		CASE("\xF4\x90\x80\x80", 0), /* beyond U+10FFFF */
		CASE("\xF5\x80\x80\x80", 0),
		CASE("\xFF", 0),
		CASE("工\xE4\xB8", 3), /* cut */
		CASE("工\xE4", 3),
		CASE("\xF0\x9F\x98", 0),
		CASE("\xE4\x28\xA1", 0),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		span text = span_of(rows[i].text, rows[i].len);
		size_t bad = 99;

		assert_int_equal(text_utf8_check(text, &bad), rows[i].bad == rows[i].len);
		assert_int_equal(bad, rows[i].bad == rows[i].len ? 99 : rows[i].bad);
		assert_int_equal(text_is_clean(text), rows[i].bad == rows[i].len);
	}
}

/* What text_is_clean promises, written the slow way. */
static bool
slow_clean(span text)
{
	size_t i;

	if (!text_utf8_check(text, NULL))
		return false;
	for (i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			return false;
		if (c == 0xC2 && text.at[i + 1] < 0xA0)
			return false;
	}
	return true;
}

static void
clean_text_is_what_the_slow_definition_says(void **state)
{
	static const char *const bits[] = { "a", "工", "\n", "\t", "\r", "\x7F", "\x1F", " ", "~",
		"é", "\xC2\x85", "\xC2\xA0", "\xE4\xB8", "\xED\xA0\x80", "\xE0\xA0\x80",
		"\xED\x9F\xBF", "\xEE\x80\x80", "😀", "\xE3\x80\x80", "abcdefgh", "\xC0\x80",
		"\x80" };
	enum { N = sizeof(bits) / sizeof(bits[0]) };
	unsigned seed = 1, turn;
	unsigned clean = 0;

	(void)state;
	for (turn = 0; turn < 200000; turn++) {
		char text[128] = "";
		size_t len = 0, pieces = 1 + turn % 12, i;

		for (i = 0; i < pieces; i++) {
			const char *bit;

			seed = seed * 1103515245u + 12345u;
			/* mostly good pieces, so that clean texts happen */
			bit = bits[(seed >> 16) % 8 == 0 ? (seed >> 20) % N
							 : (seed >> 20) % 2 * 19];
			memcpy(text + len, bit, strlen(bit));
			len += strlen(bit);
		}
		assert_int_equal(text_is_clean(span_of(text, len)), slow_clean(span_of(text, len)));
		clean += text_is_clean(span_of(text, len));
	}
	assert_in_range(clean, 20000, 190000);
	assert_false(text_is_clean(span_of("a\0b", 3)));
	assert_true(text_is_clean((span){ 0 }));
}

static void
compatible_forms_become_one(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = { { "ＡＢ１２（一）", "AB12(一)" }, { "e\xCC\x81", "é" }, { "ﾊ", "ハ" },
		{ "①", "1" }, { "plain", "plain" }, { "", "" }, { "％", "%" } };
	buf out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&out);
		assert_int_equal(text_nfkc(span_str(rows[i].from), &out), MS_OK);
		assert_string_equal(buf_cstr(&out), rows[i].to);
	}
	assert_int_equal(text_nfkc(TEXT("\xFF"), &out), MS_INVALID);
	buf_fini(&out);
}

static void
white_space_goes_from_both_ends_only(void **state)
{
	(void)state;
	assert_true(span_equal(text_trim(TEXT(" \t\r\n　a b　工 　")), TEXT("a b　工")));
	assert_true(span_equal(text_trim(TEXT("　　")), TEXT("")));
	assert_true(span_equal(text_trim(TEXT("工")), TEXT("工")));
	assert_int_equal(text_trim((span){ 0 }).len, 0);
}

static void
wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width(TEXT("")), 0);
	assert_int_equal(text_width(TEXT("abc")), 3);
	assert_int_equal(text_width(TEXT("市统计局")), 8);
	assert_int_equal(text_width(TEXT("（）")), 4);
	assert_int_equal(text_width(TEXT("e\xCC\x81")), 1);
	assert_int_equal(text_width(TEXT("a工b")), 4);
}

static void
a_prefix_never_cuts_a_character(void **state)
{
	span text = TEXT("a工业😀");
	size_t max;

	(void)state;
	for (max = 0; max <= text.len + 2; max++) {
		span prefix = text_prefix(text, max);

		assert_true(prefix.len <= max && text_utf8_check(prefix, NULL));
		assert_true(max - prefix.len < 4 || prefix.len == text.len);
	}
}

static void
decimals_are_exact_and_each_mistake_has_its_name(void **state)
{
	static const struct {
		const char *text;
		unsigned scale;
		decimal_result result;
		int64_t value;
	} rows[] = {
		{ "0", 0, DECIMAL_OK, 0 },
		{ "-45.20", 2, DECIMAL_OK, -4520 },
		{ "45.2", 2, DECIMAL_OK, 4520 },
		{ "45", 3, DECIMAL_OK, 45000 },
		{ "007", 0, DECIMAL_OK, 7 },
		{ "0.001", 3, DECIMAL_OK, 1 },
		{ "1000000000000000", 0, DECIMAL_OK, 1000000000000000 },
		{ "-1000000000000000", 0, DECIMAL_OK, -1000000000000000 },
		{ "1000000000000001", 0, DECIMAL_OUT_OF_RANGE, 0 },
		{ "1000000000000000", 1, DECIMAL_OUT_OF_RANGE, 0 },
		{ "99999999999999999999999999", 2, DECIMAL_OUT_OF_RANGE, 0 },
		{ "1.234", 2, DECIMAL_TOO_MANY_DECIMALS, 0 },
		{ "1.0", 0, DECIMAL_TOO_MANY_DECIMALS, 0 },
		{ "1.2e5", 2, DECIMAL_EXPONENT, 0 },
		{ "1E+10", 2, DECIMAL_EXPONENT, 0 },
		{ "-3e2", 2, DECIMAL_EXPONENT, 0 },
		{ "", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "-", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ ".", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ ".5", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "5.", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "1.2.3", 4, DECIMAL_NOT_A_NUMBER, 0 },
		{ "+5", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "1,000", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ " 5", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "5亿", 2, DECIMAL_NOT_A_NUMBER, 0 },
		{ "--5", 2, DECIMAL_NOT_A_NUMBER, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t value = 77;

		if (text_decimal(span_str(rows[i].text), rows[i].scale, &value) != rows[i].result)
			fail_msg("\"%s\" at scale %u", rows[i].text, rows[i].scale);
		assert_true(value == (rows[i].result == DECIMAL_OK ? rows[i].value : 77));
	}
}

static void
whole_numbers_are_strict(void **state)
{
	static const char *const bad[] = { "", "01", "-1", "+1", "1 ", "1.0",
		"18446744073709551616", "99999999999999999999", "1a", "00" };
	uint64_t v = 0;
	size_t i;

	(void)state;
	assert_true(text_uint(TEXT("0"), 10, &v) && v == 0);
	assert_true(text_uint(TEXT("18446744073709551615"), UINT64_MAX, &v) && v == UINT64_MAX);
	assert_true(text_uint(TEXT("10"), 10, &v) && v == 10);
	assert_false(text_uint(TEXT("11"), 10, &v));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_uint(span_str(bad[i]), UINT64_MAX, &v));
	assert_true(v == 10);
}

static void
addresses_are_whole(void **state)
{
	static const char *const bad[] = { "tcp://${HOME}:1", "", "tcp://", "127.0.0.1:7300",
		"tcp://127.0.0.1", "tcp://:7300", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536",
		"tcp://127.0.0.1:99999", "tcp://127.0.0.1:073", "tcp://a b:1", "tcp://a\":1",
		"ipc://x:1", "tcp://127.0.0.1:" },
				 *const good[] = { "tcp://10.0.0.5:7300", "tcp://hub.city:1",
					 "tcp://[::1]:65535" },
				 *const listens[] = { "tcp://*:7300", "tcp://127.0.0.1:*" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_address(span_str(bad[i]), true) ||
			     text_is_address(span_str(bad[i]), false));
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_is_address(span_str(good[i]), true) &&
			    text_is_address(span_str(good[i]), false));
	for (i = 0; i < sizeof(listens) / sizeof(listens[0]); i++)
		assert_true(text_is_address(span_str(listens[i]), true) &&
			    !text_is_address(span_str(listens[i]), false));
}

static void
hex_goes_there_and_back(void **state)
{
	uint8_t bytes[256], back[256];
	char hex[513];
	unsigned i;

	(void)state;
	for (i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	text_hex(bytes, 256, hex);
	assert_true(text_unhex(span_str(hex), back, 256));
	assert_memory_equal(bytes, back, 256);
	assert_true(text_unhex(TEXT("aAfF"), back, 2));
	assert_int_equal(back[0], 0xAA);
	assert_false(text_unhex(TEXT("aAf"), back, 2));
	assert_false(text_unhex(TEXT("aAfg"), back, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_valid_utf8_passes_and_the_bad_byte_is_named),
		cmocka_unit_test(clean_text_is_what_the_slow_definition_says),
		cmocka_unit_test(compatible_forms_become_one),
		cmocka_unit_test(white_space_goes_from_both_ends_only),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(a_prefix_never_cuts_a_character),
		cmocka_unit_test(decimals_are_exact_and_each_mistake_has_its_name),
		cmocka_unit_test(whole_numbers_are_strict),
		cmocka_unit_test(addresses_are_whole),
		cmocka_unit_test(hex_goes_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
