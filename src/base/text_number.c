/* SPDX-License-Identifier: Apache-2.0 */
/* text_number.c - numbers and bytes as they are written; never rounded, never guessed. */
#include "base/text.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
looks_like_exponent(span text)
{
	size_t i, digits = 0;

	for (i = 0; i < text.len && (is_digit(text.at[i]) || text.at[i] == '.'); i++)
		digits += is_digit(text.at[i]);
	return digits > 0 && i + 1 < text.len && (text.at[i] == 'e' || text.at[i] == 'E') &&
	       (is_digit(text.at[text.len - 1]));
}

decimal_result
text_decimal(span text, unsigned scale, int64_t *out)
{
	bool negative = text.len > 0 && text.at[0] == '-';
	size_t i = negative, digits = 0;
	unsigned decimals = 0;
	bool point = false;
	int64_t v = 0;

	if (looks_like_exponent(span_of(text.at + i, text.len - i)))
		return DECIMAL_EXPONENT;
	for (; i < text.len; i++) {
		if (text.at[i] == '.' && !point && digits > 0) {
			point = true;
			continue;
		}
		if (!is_digit(text.at[i]))
			return DECIMAL_NOT_A_NUMBER;
		digits++;
		decimals += point;
		if (decimals > scale)
			return DECIMAL_TOO_MANY_DECIMALS;
		v = v * 10 + (text.at[i] - '0');
		if (v > DECIMAL_MAX)
			return DECIMAL_OUT_OF_RANGE;
	}
	if (digits == 0 || (point && decimals == 0))
		return DECIMAL_NOT_A_NUMBER;
	for (; decimals < scale; decimals++) {
		v *= 10;
		if (v > DECIMAL_MAX)
			return DECIMAL_OUT_OF_RANGE;
	}
	*out = negative ? -v : v;
	return DECIMAL_OK;
}

bool
text_uint(span text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (text.len == 0 || text.len > 20 || (text.len > 1 && text.at[0] == '0'))
		return false;
	for (i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.at[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

/* ---- hex digits ---- */

static int
hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
text_unhex(span text, uint8_t *out, size_t n)
{
	size_t i;

	if (text.len != 2 * n)
		return false;
	for (i = 0; i < n; i++) {
		int high = hex_digit(text.at[2 * i]), low = hex_digit(text.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
text_hex(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}
