/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/xlsx_number.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

enum { KEPT = 30, SHOWN_DIGITS = 15, EXPONENT_MAX = 400, PLACES_MAX = 30 };

typedef struct decimal {
	bool negative;
	char digits[KEPT + 1]; /* significant ones, no zero in front or behind */
	int n, point;          /* 0.DIGITS times ten to the POINT */
} decimal;

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
read_exponent(span text, int *out)
{
	bool negative = false;
	int v = 0;
	size_t i = 0;

	if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+'))
		negative = text.at[i++] == '-';
	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		if (!is_digit(text.at[i]) || v > EXPONENT_MAX)
			return false;
		v = 10 * v + (text.at[i] - '0');
	}
	*out = negative ? -v : v;
	return true;
}

static void
strip_zeros(decimal *d)
{
	while (d->n > 0 && d->digits[d->n - 1] == '0')
		d->n--;
}

static bool
read_decimal(span text, decimal *d)
{
	bool fraction = false, any = false;
	int exponent = 0;
	size_t i = 0;

	*d = (decimal){ 0 };
	if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+'))
		d->negative = text.at[i++] == '-';
	for (; i < text.len && (is_digit(text.at[i]) || (text.at[i] == '.' && !fraction)); i++) {
		if (text.at[i] == '.') {
			fraction = true;
			continue;
		}
		any = true;
		if (d->n == 0 && text.at[i] == '0') {
			d->point -= fraction;
			continue;
		}
		if (d->n == KEPT)
			return false;
		d->digits[d->n++] = (char)text.at[i];
		d->point += !fraction;
	}
	if (i < text.len &&
		((text.at[i] != 'e' && text.at[i] != 'E') ||
			!read_exponent(span_of(text.at + i + 1, text.len - i - 1), &exponent)))
		return false;
	d->point += exponent;
	strip_zeros(d);
	if (d->n == 0)
		d->point = 0;
	return any;
}

/* The double nearest to D; written without a decimal point, which the locale would choose. */
static double
double_of(const decimal *d)
{
	char text[KEPT + 16];

	snprintf(text, sizeof text, "%.*se%d", d->n, d->digits, d->point - d->n);
	return strtod(text, NULL);
}

/* Round to SHOWN_DIGITS where that is the same double, or where it was COMPUTED. */
static void
take_shown(decimal *d, bool computed)
{
	decimal shown = *d;
	uint64_t digits = 0;
	int i;

	if (d->n <= SHOWN_DIGITS)
		return;
	for (i = 0; i < SHOWN_DIGITS; i++)
		digits = 10 * digits + (uint64_t)(d->digits[i] - '0');
	digits += d->digits[SHOWN_DIGITS] >= '5';
	shown.n = snprintf(shown.digits, sizeof shown.digits, "%llu", (unsigned long long)digits);
	shown.point += shown.n - SHOWN_DIGITS;
	strip_zeros(&shown);
	if (computed || double_of(&shown) == double_of(d))
		*d = shown;
}

static bool
write_plain(const decimal *d, char out[XLSX_NUMBER_SIZE])
{
	size_t n = 0;
	int i;

	if (d->point > PLACES_MAX || d->point < -PLACES_MAX)
		return false;
	if (d->negative && d->n > 0)
		out[n++] = '-';
	if (d->point <= 0)
		out[n++] = '0';
	for (i = 0; i < d->point; i++)
		out[n++] = i < d->n ? d->digits[i] : '0';
	if (d->n > d->point) {
		out[n++] = '.';
		for (i = d->point; i < d->n; i++)
			out[n++] = i < 0 ? '0' : d->digits[i];
	}
	out[n] = 0;
	return true;
}

bool
xlsx_number(span stored, bool computed, int shift, char out[XLSX_NUMBER_SIZE])
{
	decimal d;

	if (!read_decimal(stored, &d))
		return false;
	take_shown(&d, computed);
	if (d.n > 0)
		d.point += shift;
	return write_plain(&d, out);
}

bool
xlsx_exponent(span stored, char out[XLSX_NUMBER_SIZE])
{
	decimal d;

	if (!read_decimal(stored, &d))
		return false;
	take_shown(&d, true);
	snprintf(out, XLSX_NUMBER_SIZE, "%s%c%s%.*sE%+03d", d.negative ? "-" : "",
		d.n == 0 ? '0' : d.digits[0], d.n > 1 ? "." : "", d.n > 1 ? d.n - 1 : 0,
		d.digits + 1, d.n == 0 ? 0 : d.point - 1);
	return true;
}

bool
xlsx_date(span stored, bool base_1904, char out[XLSX_NUMBER_SIZE])
{
	enum { DAY_S = 86400, DAYS_MAX = 3000000 };
	decimal d;
	int64_t whole = 0, seconds = 0, scale = 1;
	int32_t base;
	char date[16] = "";
	int i, n = 0;

	if (!read_decimal(stored, &d) || d.negative || d.point > 7)
		return false;
	for (i = 0; i < d.point; i++)
		whole = 10 * whole + (i < d.n ? d.digits[i] - '0' : 0);
	for (i = d.point; i < d.n && scale < 10000000000; i++) {
		seconds = 10 * seconds + (i < 0 ? 0 : d.digits[i] - '0');
		scale *= 10;
	}
	seconds = (seconds * DAY_S + scale / 2) / scale;
	if (seconds >= DAY_S) {
		whole++;
		seconds = 0;
	}
	/* serial 60 is a day that never was: 1900-02-29 */
	if (whole > DAYS_MAX || (!base_1904 && whole == 60))
		return false;
	base = base_1904 ? civil_to_days(1904, 1, 1)
			 : civil_to_days(1899, 12, 30) + (whole < 60 ? 1 : 0);
	out[0] = 0;
	if (whole > 0 || base_1904)
		n = snprintf(out, XLSX_NUMBER_SIZE, "%s", date_format(base + (int32_t)whole, date));
	if (seconds > 0 || n == 0)
		n += snprintf(out + n, (size_t)(XLSX_NUMBER_SIZE - n), "%s%02d:%02d",
			n > 0 ? " " : "", (int)(seconds / 3600), (int)(seconds / 60 % 60));
	if (seconds % 60 > 0)
		snprintf(out + n, (size_t)(XLSX_NUMBER_SIZE - n), ":%02d", (int)(seconds % 60));
	return true;
}
