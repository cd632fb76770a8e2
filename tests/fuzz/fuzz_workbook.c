/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_workbook.c - any bytes as an .xlsx: its sheets are read, or there is an error with its code.
 */
#include <stddef.h>
#include <stdint.h>

#include "intake/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ms_status
look_at(void *ctx, const sheet_row *row, ms_error *err)
{
	(void)ctx;
	(void)err;
	MS_ASSERT(row->number > 0 && row->n_cells <= SHEET_COLUMNS_MAX);
	return MS_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const sheet_sink sink = { .row = look_at };
	ms_error err = { 0 };
	xlsx *x = NULL;
	uint32_t n;

	if (xlsx_open(span_of(data, size), &x, &err) != MS_OK)
		MS_ASSERT(err.code != 0);
	for (n = 0; x != NULL && xlsx_sheet(x, n) != NULL; n++)
		if (xlsx_rows(x, n, &sink, &err) != MS_OK)
			MS_ASSERT(err.code != 0);
	xlsx_close(x);
	return 0;
}
