/* SPDX-License-Identifier: Apache-2.0 */
/* fold.c - see fold.h; UTF-8 by hand, because only few characters matter. */
#include "intake/fold.h"

/* Is it a blank of three bytes: U+2000..U+200F (spaces, those of no width, marks of direction),
 * U+2028..U+202F, U+205F..U+2064, U+2066..U+2069, U+3000, a byte order mark? */
static bool
is_wide_blank(const uint8_t *at)
{
	if (at[0] == 0xe2 && at[1] == 0x80)
		return at[2] <= 0x8f || (at[2] >= 0xa8 && at[2] <= 0xaf);
	if (at[0] == 0xe2 && at[1] == 0x81)
		return at[2] >= 0x9f && at[2] <= 0xa9 && at[2] != 0xa5;
	return memcmp(at, "\xe3\x80\x80", 3) == 0 || memcmp(at, "\xef\xbb\xbf", 3) == 0;
}

/* Length of the blank character that TEXT begins with, seen or unseen; 0 none. */
static size_t
blank_at(span text)
{
	if (text.len == 0)
		return 0;
	if (text.at[0] == ' ' || (text.at[0] >= '\t' && text.at[0] <= '\r'))
		return 1;
	if (text.len >= 2 && memcmp(text.at, "\xc2\xa0", 2) == 0)
		return 2;
	return text.len >= 3 && is_wide_blank(text.at) ? 3 : 0;
}

span
fold_trim(span text)
{
	size_t len, back;

	while ((len = blank_at(text)) > 0)
		text = span_of(text.at + len, text.len - len);
	for (back = 1; back <= 3 && back <= text.len;) {
		if (blank_at(span_of(text.at + text.len - back, back)) == back) {
			text.len -= back;
			back = 1;
		} else {
			back++;
		}
	}
	return text;
}

/* The half-width character that TEXT begins with in full width, and 3; else its first byte, and 1.
 */
static size_t
narrow_at(span text, char *out)
{
	*out = (char)text.at[0];
	if (text.len < 3)
		return 1;
	if (text.at[0] == 0xef && text.at[1] == 0xbc && text.at[2] >= 0x81) {
		*out = (char)(text.at[2] - 0x81 + '!');
		return 3;
	}
	if (text.at[0] == 0xef && text.at[1] == 0xbd && text.at[2] <= 0x9e) {
		*out = (char)(text.at[2] - 0x80 + '`');
		return 3;
	}
	if (memcmp(text.at, "\xe3\x80\x80", 3) == 0) {
		*out = ' ';
		return 3;
	}
	return 1;
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
fold(span text, bool key, char *out, size_t size)
{
	size_t n = 0;

	text = fold_trim(text);
	while (text.len > 0) {
		size_t blank = key ? blank_at(text) : 0, len = blank;
		char c;

		if (blank == 0) {
			len = narrow_at(text, &c);
			if (n + 1 >= size)
				return false;
			out[n++] = key ? small(c) : c;
		}
		text = span_of(text.at + len, text.len - len);
	}
	out[n] = 0;
	return true;
}

bool
fold_narrow(span text, char *out, size_t size)
{
	return fold(text, false, out, size);
}

bool
fold_key(span text, char *out, size_t size)
{
	return fold(text, true, out, size);
}

bool
fold_is(span text, const char *key)
{
	while (text.len > 0) {
		size_t len = blank_at(text);
		char c;

		if (len == 0) {
			len = narrow_at(text, &c);
			if (small(c) != *key++)
				return false;
		}
		text = span_of(text.at + len, text.len - len);
	}
	return *key == '\0';
}

int
fold_find(const fold_word *words, span text)
{
	char key[64];

	if (!fold_key(text, key, sizeof(key)))
		return -1;
	for (; words->word != NULL; words++)
		if (strcmp(words->word, key) == 0)
			return words->value;
	return -1;
}

bool
fold_skip(span *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text->len < len || memcmp(text->at, prefix, len) != 0)
		return false;
	*text = span_of(text->at + len, text->len - len);
	return true;
}

bool
fold_piece(span *rest, const char *const separators[], span *piece)
{
	span at = *rest;
	size_t k;

	if (rest->len == 0)
		return false;
	while (at.len > 0) {
		*piece = span_of(rest->at, rest->len - at.len);
		for (k = 0; separators[k] != NULL; k++) {
			if (fold_skip(&at, separators[k])) {
				*piece = fold_trim(*piece);
				*rest = at;
				return true;
			}
		}
		at = span_of(at.at + 1, at.len - 1);
	}
	*piece = fold_trim(*rest);
	*rest = span_of(rest->at + rest->len, 0);
	return true;
}

span
fold_keep(arena *memory, span text)
{
	uint8_t *to = arena_alloc(memory, text.len + 1);
	size_t i, n = 0;

	if (to == NULL)
		return (span){ 0 };
	for (i = 0; i < text.len; i++) {
		if (text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n')
			continue;
		to[n++] = text.at[i] == '\r' ? '\n' : text.at[i];
	}
	to[n] = 0;
	return span_of(to, n);
}
