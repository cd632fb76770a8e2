/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_shared_strings.c - any bytes as the table of shared texts: each text lies behind the one
 * before and is UTF-8, none is beyond the last, or there is an error with its code. */
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "intake/xlsx_strings.h"
#include "tests/fuzz/package_fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const xlsx_strings *strings)
{
	size_t bytes = 0;
	uint32_t n = 0;
	span text;

	for (; xlsx_strings_at(strings, n, &text); n++) {
		MS_ASSERT(text_utf8_check(text, NULL));
		MS_ASSERT(text.len == 0 || text.at == strings->text.at + bytes);
		bytes += text.len;
	}
	MS_ASSERT(bytes == strings->text.len);
	MS_ASSERT(n == strings->ends.len / sizeof(uint32_t));
	MS_ASSERT(!xlsx_strings_at(strings, UINT32_MAX, &text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	xlsx_strings strings = { 0 };
	fuzzed_package made = { 0 };
	ms_error err = { 0 };
	package *p = NULL;

	fuzzed_add(&made, "strings.xml", span_of(data, size));
	fuzzed_close(&made);
	MS_ASSERT(package_open(buf_span(&made.bytes), &p, &err) == MS_OK);
	if (xlsx_strings_read(p, "strings.xml", &strings, &err) == MS_OK)
		look_at(&strings);
	else
		MS_ASSERT(err.code != 0 && err.text[0] != 0);
	package_close(p);
	xlsx_strings_fini(&strings);
	buf_fini(&made.bytes);
	return 0;
}
