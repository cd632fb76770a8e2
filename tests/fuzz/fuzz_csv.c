/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csv.c - any bytes as a file of the charsets and CSV: rows in order, cells of clean text, or
 * an error with its code. */
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "intake/charset.h"
#include "tests/intake/sheet_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const kept_sheet *s)
{
	for (uint32_t i = 0; i < s->n_rows; i++) {
		MS_ASSERT(i == 0 || s->rows[i].number > s->rows[i - 1].number);
		MS_ASSERT(s->rows[i].line >= s->rows[i].number);
		for (uint32_t k = 0; k < s->rows[i].n_cells; k++)
			MS_ASSERT(text_utf8_check(s->rows[i].cells[k], NULL) &&
				  memchr(s->rows[i].cells[k].at, 0, s->rows[i].cells[k].len + 1) !=
					  NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena memory = { .limit = 64 << 20 };
	ms_error err = { 0 };
	kept_sheet s = { 0 };
	buf text = { 0 };
	charset found;

	if (charset_to_utf8(span_of(data, size), &found, &text, &err) == MS_OK) {
		MS_ASSERT(text_utf8_check(buf_span(&text), NULL));
		if (read_csv_sheet(buf_span(&text), &memory, &s, &err) == MS_OK)
			look_at(&s);
		else
			MS_ASSERT(err.code != 0);
	} else {
		MS_ASSERT(err.code != 0);
	}
	buf_fini(&text);
	buf_fini(&s.list);
	arena_fini(&memory);
	return 0;
}
