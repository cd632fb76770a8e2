/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_charset.c - any bytes as text in the charset that is found: UTF-8 without NUL that gives the
 * same bytes when it is written back, or an error with its place. */
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "intake/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* GB18030 has a few characters with two codes; all others are the same there and back. */
static void
write_back(span text, charset found, size_t size, const uint8_t *data)
{
	buf back = { 0 }, again = { 0 };
	ms_error err = { 0 };
	charset same;

	MS_ASSERT(charset_from_utf8(text, found, &back, &err) == MS_OK);
	if (found == CHARSET_UTF8 || found == CHARSET_UTF8_BOM)
		MS_ASSERT(span_equal(buf_span(&back), span_of(data, size)));
	if (found == CHARSET_UTF8_BOM || found == CHARSET_UTF16LE || found == CHARSET_UTF16BE) {
		MS_ASSERT(charset_to_utf8(buf_span(&back), &same, &again, &err) == MS_OK);
		MS_ASSERT(same == found && span_equal(buf_span(&again), text));
	}
	buf_fini(&back);
	buf_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ms_error err = { 0 };
	buf text = { 0 };
	charset found;

	if (charset_to_utf8(span_of(data, size), &found, &text, &err) != MS_OK) {
		MS_ASSERT(err.code == MST_INTAKE_CHARSET || err.code == MST_INTAKE_CUT ||
			  err.code == MST_INTAKE_NUL);
		MS_ASSERT(err.place[0] != 0 && err.remedy[0] != 0);
	} else {
		MS_ASSERT(found != CHARSET_NONE && text_utf8_check(buf_span(&text), NULL));
		MS_ASSERT(text.len == 0 || memchr(text.at, 0, text.len) == NULL);
		write_back(buf_span(&text), found, size, data);
	}
	buf_fini(&text);
	return 0;
}
