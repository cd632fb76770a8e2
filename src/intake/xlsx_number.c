/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/xlsx_number.h"

#include <stdio.h>

#include "base/clock.h"

enum {
	KEPT = 30,
	STORED_DIGITS = 17,
	SHOWN_DIGITS = 15,
	EXPONENT_MAX = 400,
	PLACES_MAX = 30,
	SAME_PLACES_MAX = 21 /* of 17 digits: numbers down to 10^-5 */
};

__extension__ typedef unsigned __int128 wide;

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

/* The first N digits of D as a number. */
static uint64_t
leading(const decimal *d, int n)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < n; i++)
		v = 10 * v + (uint64_t)(i < d->n ? d->digits[i] - '0' : 0);
	return v;
}

/* MANTISSA times 2^(EXPONENT - 52), the mantissa with its 53 bits: a double without one. */
typedef struct binary {
	uint64_t mantissa;
	int exponent;
} binary;

/* The nearest to V / 10^PLACES, to the even one of two. V has at most 57 bits. */
static binary
nearest(uint64_t v, int places)
{
	wide num = v, den = 1, value = v;
	binary out = { .exponent = 0 };
	int i;

	for (i = 0; i < places; i++)
		den *= 10;
	for (; value < den; value <<= 1)
		out.exponent--;
	while (out.exponent >= 0 && num >> out.exponent >= den << 1)
		out.exponent++;
	if (out.exponent <= 52)
		num <<= 52 - out.exponent;
	else
		den <<= out.exponent - 52;
	out.mantissa = (uint64_t)(num / den);
	num = num % den * 2;
	if (num > den || (num == den && (out.mantissa & 1) != 0))
		out.mantissa++;
	if (out.mantissa == UINT64_C(1) << 53) {
		out.mantissa >>= 1;
		out.exponent++;
	}
	return out;
}

/* Would a spreadsheet store A / 10^PLACES and B / 10^PLACES as the same number? */
static bool
is_same_stored(uint64_t a, uint64_t b, int places)
{
	binary x, y;

	if (places < 0 || places > SAME_PLACES_MAX)
		return a == b;
	x = nearest(a, places);
	y = nearest(b, places);
	return x.mantissa == y.mantissa && x.exponent == y.exponent;
}

/* Round to SHOWN_DIGITS where that is the same to a spreadsheet, or where it was COMPUTED. */
static void
take_shown(decimal *d, bool computed)
{
	uint64_t stored = leading(d, STORED_DIGITS), shown = (stored + 50) / 100;

	if (d->n <= SHOWN_DIGITS ||
		(!computed && (d->n > STORED_DIGITS || !is_same_stored(stored, shown * 100,
							       STORED_DIGITS - d->point))))
		return;
	d->n = snprintf(d->digits, sizeof(d->digits), "%llu", (unsigned long long)shown);
	d->point += d->n - SHOWN_DIGITS;
	strip_zeros(d);
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
