/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - one form for what looks alike, how wide it is: utf8proc knows the characters. */
#include "base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Length of the first character of TEXT with its number in *CODE, or 0 when it is none. */
static size_t
character(span text, int32_t *code)
{
	utf8proc_ssize_t n = utf8proc_iterate(text.at, (utf8proc_ssize_t)text.len, code);

	return n < 0 ? 0 : (size_t)n;
}

static const utf8proc_option_t nfkc = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;

ms_status
text_nfkc(span text, buf *out)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n;
	ms_status s;

	if (text_is_ascii(text))
		return buf_add_span(out, text);
	n = utf8proc_map(text.at, (utf8proc_ssize_t)text.len, &mapped, nfkc);
	if (n < 0)
		return n == UTF8PROC_ERROR_NOMEM ? MS_NO_MEMORY : MS_INVALID;
	s = buf_add(out, mapped, (size_t)n);
	free(mapped);
	return s;
}

span
text_nfkc_within(span text, int32_t *room, size_t n)
{
	utf8proc_ssize_t made = utf8proc_decompose(
		text.at, (utf8proc_ssize_t)text.len, room, (utf8proc_ssize_t)n, nfkc);

	if (made < 0 || (size_t)made >= n) /* what is made of them ends with a zero */
		return (span){ 0 };
	made = utf8proc_reencode(room, made, nfkc);
	return made < 0 ? (span){ 0 } : span_of(room, (size_t)made);
}

unsigned
text_width(span text)
{
	unsigned width = 0;
	size_t i = 0;

	while (i < text.len) {
		int32_t code;
		size_t n = character(span_of(text.at + i, text.len - i), &code);
		int w = n == 0 ? 1 : utf8proc_charwidth(code);

		width += w > 0 ? (unsigned)w : 0;
		i += n == 0 ? 1 : n;
	}
	return width;
}

/* ---- addresses ---- */

/* Nothing that would need care in a settings file. */
static bool
is_plain(span text)
{
	size_t i;

	for (i = 0; i < text.len && strchr(" \t\n\"\\$", text.at[i]) == NULL; i++)
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
