/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shown.h"

/* Characters of two and three bytes that are not shown, by their first and their last. */
static const struct {
	uint8_t len;
	char first[4], last[4];
} hidden[] = {
	{ 2, "\xC2\x80", "\xC2\x9F" },         /* C1 */
	{ 2, "\xD8\x9C", "\xD8\x9C" },         /* Arabic letter mark */
	{ 3, "\xE2\x80\x8E", "\xE2\x80\x8F" }, /* left-to-right and right-to-left mark */
	{ 3, "\xE2\x80\xA8", "\xE2\x80\xAE" }, /* separators, embeddings, overrides */
	{ 3, "\xE2\x81\xA6", "\xE2\x81\xA9" }, /* isolates */
};

/* Length of the character at AT that is not shown; 0: it is. */
static size_t
hidden_at(const uint8_t *at, size_t left)
{
	size_t i;

	if (at[0] < 0x20 || at[0] == 0x7F)
		return 1;
	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (at[0] == (uint8_t)hidden[i].first[0] && left >= hidden[i].len &&
			memcmp(at, hidden[i].first, hidden[i].len) >= 0 &&
			memcmp(at, hidden[i].last, hidden[i].len) <= 0)
			return hidden[i].len;
	return 0;
}

void
shown_line(char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = strlen(text), n;
	char *to = text;

	while (left > 0) {
		n = hidden_at(at, left);
		*to++ = n > 0 ? ' ' : (char)*at;
		n = n > 0 ? n : 1;
		at += n;
		left -= n;
	}
	*to = '\0';
}

ms_status
shown_add(buf *out, span text, const char *newline)
{
	size_t i = 0, n;

	while (i < text.len) {
		n = hidden_at(text.at + i, text.len - i);
		if (n == 0)
			buf_add(out, text.at + i, 1);
		else
			buf_add_text(out, text.at[i] == '\n' ? newline : " ");
		i += n > 0 ? n : 1;
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}
