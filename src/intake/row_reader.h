/* SPDX-License-Identifier: Apache-2.0 */
/* row_reader.h - one row of a table whose columns are known, as a judged row. Internal to intake.
 */
#ifndef INTAKE_ROW_READER_H
#define INTAKE_ROW_READER_H

#include "intake/columns.h"
#include "intake/problems.h"
#include "intake/sheet.h"

typedef struct sheet_table {
	const intake_ask *ask;
	arena *memory;
	column *columns;
	uint32_t n_columns;
	int fixed[COLUMN_FIXED];  /* index into columns, -1 = not in the file */
	span above[COLUMN_FIXED]; /* what lines above the table say for all rows; empty = nothing */
} sheet_table;

/* Only the slot is given, as in a form that was not filled here. */
bool row_is_unfilled(const sheet_table *t, const sheet_row *row);

/* Is cell I of ROW a remark that says something? No report has a place for it. */
bool row_has_remark(const sheet_table *t, const sheet_row *row, uint32_t i);

/* CELLS must stay: what OUT holds borrows from them. MS_NO_MEMORY. */
ms_status row_read(const sheet_table *t, const sheet_row *cells, intake_row *out);

/* "C7" in T's memory; "" when that is out. */
const char *table_cell_name(const sheet_table *t, uint32_t at, uint32_t row);

#endif
