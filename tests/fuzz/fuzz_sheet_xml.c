/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sheet_xml.c - any bytes as the XML of a worksheet: rows in order, cells of clean UTF-8
 * within the bounds, or an error with its code. */
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "intake/xlsx_sheet.h"
#include "tests/fuzz/package_fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ms_status
look_at(void *ctx, const sheet_row *row, ms_error *err)
{
	uint32_t *last = ctx;

	(void)err;
	MS_ASSERT(row->number > *last && row->number <= XLSX_ROWS_MAX);
	MS_ASSERT(row->n_cells <= SHEET_COLUMNS_MAX);
	*last = row->number;
	for (uint32_t i = 0; i < row->n_cells; i++)
		MS_ASSERT(row->cells[i].len <= SHEET_CELL_BYTES_MAX &&
			  text_utf8_check(row->cells[i], NULL));
	return MS_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static number_style styles[] = { { .kind = STYLE_PLAIN, .before = "", .behind = "" },
		{ .kind = STYLE_DATE, .before = "", .behind = "" },
		{ .kind = STYLE_PERCENT, .before = "", .behind = "" },
		{ .kind = STYLE_EXPONENT, .before = "", .behind = "" },
		{ .kind = STYLE_SCALED, .before = "x", .behind = "亿元" } };
	const xlsx_styles known = { .list = styles, .n = 5 };
	xlsx_strings strings = { 0 };
	const xlsx_sheet_ask ask = { .strings = &strings, .styles = &known };
	uint32_t last = 0;
	const sheet_sink sink = { .row = look_at, .ctx = &last };
	fuzzed_package made = { 0 };
	ms_error err = { 0 };
	package *p = NULL;
	uint32_t end = 4;

	buf_add_text(&strings.text, "text");
	buf_add(&strings.ends, &end, sizeof(end));
	fuzzed_add(&made, "sheet.xml", span_of(data, size));
	fuzzed_close(&made);
	MS_ASSERT(package_open(buf_span(&made.bytes), &p, &err) == MS_OK);
	if (xlsx_sheet_rows(p, "sheet.xml", &ask, &sink, &err) != MS_OK)
		MS_ASSERT(err.code != 0 && err.text[0] != 0);
	package_close(p);
	xlsx_strings_fini(&strings);
	buf_fini(&made.bytes);
	return 0;
}
