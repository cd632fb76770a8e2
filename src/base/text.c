/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - utf8proc knows the characters; the check for clean text is ours because it runs for
 * every report. */
#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <utf8proc.h>

enum { DISTANCE_MAX = 256 };

/* ---- UTF-8 ---- */

/* Length of the character at AT with its number in *CODE, or 0 when it is none. */
static size_t
character(const uint8_t *at, size_t len, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;
	uint32_t c = at[0];

	if (c < 0x80) {
		*code = c;
		return 1;
	}
	n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || n > len)
		return 0;
	c &= 0xFFu >> (n + 1);
	for (i = 1; i < n; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3Fu);
	}
	if (c < smallest[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*code = c;
	return n;
}

bool
text_utf8_check(span text, size_t *bad)
{
	size_t i = 0;

	while (i < text.len) {
		uint32_t code;
		size_t n = character(text.at + i, text.len - i, &code);

		if (n == 0) {
			if (bad != NULL)
				*bad = i;
			return false;
		}
		i += n;
	}
	return true;
}

/* Eight bytes at once: all ASCII, none below 0x20, none 0x7F? */
static bool
eight_plain(const uint8_t *at)
{
	const uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
	uint64_t w;

	memcpy(&w, at, sizeof(w));
	return ((w | (w - ones * 0x20) | ((w ^ ones * 0x7F) - ones)) & high) == 0;
}

bool
text_is_clean(span text)
{
	size_t i = 0;

	while (i < text.len) {
		const uint8_t *at = text.at + i;
		size_t left = text.len - i, n;
		uint32_t code;

		if (left >= 8 && eight_plain(at)) {
			i += 8;
			continue;
		}
		/* The common Chinese character: three bytes, E4..E9 first, always beyond C1. */
		if (left >= 3 && at[0] >= 0xE1 && at[0] <= 0xEC && (at[1] & 0xC0) == 0x80 &&
			(at[2] & 0xC0) == 0x80) {
			i += 3;
			continue;
		}
		n = character(at, left, &code);
		if (n == 0 || (code < 0x20 && code != '\n' && code != '\t') ||
			(code >= 0x7F && code < 0xA0))
			return false;
		i += n;
	}
	return true;
}

bool
text_is_ascii(span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.at[i] >= 0x80)
			return false;
	return true;
}

ms_status
text_nfkc(span text, buf *out)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n;
	ms_status s;

	if (text_is_ascii(text))
		return buf_add_span(out, text);
	n = utf8proc_map(text.at, (utf8proc_ssize_t)text.len, &mapped,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	if (n < 0)
		return n == UTF8PROC_ERROR_NOMEM ? MS_NO_MEMORY : MS_INVALID;
	s = buf_add(out, mapped, (size_t)n);
	free(mapped);
	return s;
}

static size_t
space_at(span text)
{
	if (text.len > 0 && (text.at[0] == ' ' || (text.at[0] >= '\t' && text.at[0] <= '\r')))
		return 1;
	if (text.len >= 3 && memcmp(text.at, "\xE3\x80\x80", 3) == 0)
		return 3;
	return 0;
}

span
text_trim(span text)
{
	size_t n;

	while ((n = space_at(text)) > 0)
		text = span_of(text.at + n, text.len - n);
	while (text.len > 0) {
		if (space_at(span_of(text.at + text.len - 1, 1)) == 1)
			text.len--;
		else if (text.len >= 3 && space_at(span_of(text.at + text.len - 3, 3)) == 3)
			text.len -= 3;
		else
			break;
	}
	return text;
}

unsigned
text_width(span text)
{
	unsigned width = 0;
	size_t i = 0;

	while (i < text.len) {
		uint32_t code;
		size_t n = character(text.at + i, text.len - i, &code);
		int w = n == 0 ? 1 : utf8proc_charwidth((utf8proc_int32_t)code);

		width += w > 0 ? (unsigned)w : 0;
		i += n == 0 ? 1 : n;
	}
	return width;
}

span
text_prefix(span text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && (text.at[max] & 0xC0) == 0x80)
		max--;
	return span_of(text.at, max);
}

/* ---- what was meant ---- */

static size_t
characters(span text, uint32_t *out, size_t max)
{
	size_t i = 0, n = 0;

	while (i < text.len && n < max) {
		size_t len = character(text.at + i, text.len - i, &out[n]);

		if (len == 0) {
			out[n] = text.at[i];
			len = 1;
		}
		n++;
		i += len;
	}
	return i < text.len ? max + 1 : n;
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: rows of the table for i - 2, i - 1 and i characters of A. */
unsigned
text_distance(span a, span b)
{
	uint32_t x[DISTANCE_MAX], y[DISTANCE_MAX];
	unsigned rows[3][DISTANCE_MAX + 1];
	size_t n = characters(a, x, DISTANCE_MAX), m = characters(b, y, DISTANCE_MAX), i, j;

	if (n > DISTANCE_MAX || m > DISTANCE_MAX)
		return UINT_MAX;
	for (j = 0; j <= m; j++)
		rows[0][j] = (unsigned)j;
	for (i = 1; i <= n; i++) {
		const unsigned *before = rows[(i + 1) % 3], *last = rows[(i - 1) % 3];
		unsigned *row = rows[i % 3];

		row[0] = (unsigned)i;
		for (j = 1; j <= m; j++) {
			row[j] = least(
				last[j] + 1, row[j - 1] + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
				before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[n % 3][m];
}

const char *
text_suggest(span wanted, const char *const *candidates, size_t n)
{
	unsigned limit = text_width(wanted) / 3, best;
	const char *found = NULL;
	size_t i;

	best = (limit == 0 ? 1 : limit) + 1;
	for (i = 0; i < n; i++) {
		unsigned d = text_distance(wanted, span_str(candidates[i]));

		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}

/* Nothing that would need care in a settings file. */
static bool
is_plain(span text)
{
	size_t i;

	for (i = 0; i < text.len && strchr(" \t\n\"\\", text.at[i]) == NULL; i++)
		continue;
	return i == text.len && text_is_clean(text);
}

bool
text_is_address(span text, bool listens)
{
	static const char scheme[] = "tcp://";
	size_t n = sizeof(scheme) - 1, port_at = text.len;
	uint64_t number = 0;
	span host, port;

	while (port_at > 0 && text.at[port_at - 1] != ':')
		port_at--;
	if (port_at <= n + 1 || memcmp(text.at, scheme, n) != 0 || !is_plain(text))
		return false;
	host = span_of(text.at + n, port_at - 1 - n);
	port = span_of(text.at + port_at, text.len - port_at);
	if (!listens && span_equal(host, span_str("*")))
		return false;
	return (listens && span_equal(port, span_str("*"))) ||
	       (text_uint(port, 65535, &number) && number > 0);
}
