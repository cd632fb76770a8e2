/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/cell_number.h"

#include <string.h>

#include "base/codes.h"
#include "base/text.h"
#include "intake/fold.h"
#include "plan/figure.h"

enum { NUMBER_MAX = 96 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of TEXT that a number may be made of: sign, digits, separators. */
static size_t
number_length(const char *text)
{
	size_t n = text[0] == '-' || text[0] == '+' ? 1 : 0;

	while (is_digit(text[n]) || text[n] == '.' || text[n] == ',')
		n++;
	return n;
}

/* Take the thousands separators out of TEXT[0..LEN). False: they do not stand before each third
 * digit, so it cannot be told what they are. */
static bool
drop_separators(char *text, size_t len)
{
	const char *comma = memchr(text, ',', len), *point = memchr(text, '.', len);
	size_t end = point == NULL ? len : (size_t)(point - text), i, n = 0, digits = 0;
	bool first = true;

	if (comma == NULL)
		return true;
	if (point != NULL && memchr(point, ',', len - end) != NULL)
		return false;
	for (i = 0; i <= end; i++) {
		if (i < end && is_digit(text[i])) {
			digits++;
		} else if (i == end || text[i] == ',') {
			if (digits == 0 || digits > 3 || (!first && digits != 3))
				return false;
			first = false;
			digits = 0;
		}
	}
	for (i = 0; i < len; i++)
		if (text[i] != ',')
			text[n++] = text[i];
	memset(text + n, 0, len - n);
	return true;
}

/* 2012-05-01, 2012/5/1, 5月1日, 2012年5月, 08:30 */
static bool
is_date(const char *text)
{
	unsigned first = 0;
	size_t n = 0;

	if (strstr(text, "年") != NULL || strstr(text, "月") != NULL || strstr(text, "日") != NULL)
		return is_digit(text[0]);
	while (is_digit(text[n]))
		first = 10 * first + (unsigned)(text[n++] - '0');
	/* 50-60 is none */
	return n > 0 && n <= 4 && (n == 4 || first <= 31) && strchr("-/:", text[n]) != NULL &&
	       text[n] != 0 && is_digit(text[n + 1]);
}

static bool
is_exponent(const char *rest)
{
	size_t n = 1;

	if (rest[0] != 'e' && rest[0] != 'E')
		return false;
	n += rest[1] == '+' || rest[1] == '-';
	return is_digit(rest[n]);
}

/* Is REST the unit of measure? */
static bool
is_measure(const char *rest, const char *measure)
{
	char wanted[NUMBER_MAX], given[NUMBER_MAX];

	return measure != NULL && fold_key(span_str(measure), wanted, sizeof(wanted)) &&
	       fold_key(span_str(rest), given, sizeof(given)) && strcmp(wanted, given) == 0;
}

unsigned
cell_decimal(span text, unsigned scale, int64_t *out)
{
	char number[NUMBER_MAX];

	if (!fold_narrow(text, number, sizeof(number)))
		return MST_INTAKE_NUMBER;
	switch (text_decimal(span_str(number), scale, out)) {
	case DECIMAL_OK:
		return 0;
	case DECIMAL_TOO_MANY_DECIMALS:
		return MST_INTAKE_DECIMALS;
	case DECIMAL_OUT_OF_RANGE:
		return MST_REPORT_NUMBER;
	default:
		return MST_INTAKE_NUMBER;
	}
}

unsigned
cell_number(span text, const char *measure, unsigned scale, int64_t *out)
{
	char number[NUMBER_MAX];
	size_t len;

	if (!fold_narrow(text, number, sizeof(number)))
		return MST_INTAKE_NUMBER;
	len = number_length(number);
	if (is_date(number))
		return MST_CELL_IS_DATE;
	if (is_exponent(number + len) && len > 0)
		return MST_CELL_EXPONENT;
	if (len == 0 || !is_digit(number[len - 1]))
		return MST_INTAKE_NUMBER;
	if (number[len] != 0 && !is_measure(number + len, measure))
		return strpbrk(number + len, "0123456789") == NULL ? MST_CELL_MEASURE
								   : MST_INTAKE_NUMBER;
	number[len] = 0;
	if (!drop_separators(number, len))
		return MST_CELL_THOUSANDS;
	return cell_decimal(span_str(number), scale, out);
}

const char *
cell_number_most(unsigned scale, char out[40])
{
	return scaled_text(DECIMAL_MAX, scale, out);
}

const char *
cell_number_decimals(unsigned scale, bool english, char out[40])
{
	if (scale == 0)
		return english ? "a whole number" : "整数";
	snprintf(out, 40, english ? "at most %u decimals" : "最多%u位小数", scale);
	return out;
}
