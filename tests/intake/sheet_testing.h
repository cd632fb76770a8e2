/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_testing.h - all rows of a sheet kept side by side, for tests that look at them. */
#ifndef SHEET_TESTING_H
#define SHEET_TESTING_H

#include "base/buf.h"
#include "intake/fold.h"
#include "intake/sheet.h"

typedef struct kept_sheet {
	char delimiter;
	sheet_row *rows;
	uint32_t n_rows;
	arena *memory;
	buf list;
} kept_sheet;

static inline ms_status
keep_sheet_row(void *ctx, const sheet_row *row, ms_error *err)
{
	kept_sheet *s = ctx;
	sheet_row kept = *row;
	uint32_t i;

	kept.cells = arena_alloc(s->memory, (row->n_cells + 1) * sizeof(*kept.cells));
	if (kept.cells == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	for (i = 0; i < row->n_cells; i++) {
		kept.cells[i] = fold_keep(s->memory, row->cells[i]);
		if (kept.cells[i].at == NULL)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	}
	if (row->marks != NULL) {
		span marks = arena_copy(s->memory, span_of(row->marks, row->n_cells));

		if (marks.at == NULL)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
		kept.marks = marks.at;
	}
	return buf_add(&s->list, &kept, sizeof(kept));
}

/* The rows lie in S->list: buf_fini when done. */
static inline ms_status
read_csv_sheet(span text, arena *memory, kept_sheet *s, ms_error *err)
{
	sheet_sink sink = { .row = keep_sheet_row, .ctx = s };
	ms_status st;

	*s = (kept_sheet){ .delimiter = sheet_delimiter(text, NULL, NULL), .memory = memory };
	st = sheet_read(text, s->delimiter, &sink, err);
	s->rows = (sheet_row *)(void *)s->list.at;
	s->n_rows = (uint32_t)(s->list.len / sizeof(sheet_row));
	return st;
}

#endif
