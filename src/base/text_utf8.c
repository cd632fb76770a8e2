/* SPDX-License-Identifier: Apache-2.0 */
/* text_utf8.c - is it UTF-8, and clean: ours, and not utf8proc's, because it runs for every report.
 */
#include "base/text.h"

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

span
text_first(span text)
{
	size_t n = text.len == 0 ? 0 : 1;

	while (n > 0 && n < text.len && (text.at[n] & 0xC0) == 0x80)
		n++;
	return span_of(text.at, n);
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
