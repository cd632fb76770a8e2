/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_table.h - a table whose columns are known, and what its rows say at a glance. Internal to
 * intake. */
#ifndef INTAKE_SHEET_TABLE_H
#define INTAKE_SHEET_TABLE_H

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

/* "C7" in T's memory; "" when that is out. */
const char *table_cell_name(const sheet_table *t, uint32_t at, uint32_t row);

/* ROW's cell under the column KIND; empty when the table has none. */
span row_cell_under(const sheet_table *t, const sheet_row *row, column_kind kind);
/* What a form has filled in already: no content. */
bool column_is_given(const column *c);
/* Only the slot is given, as in a form that was not filled here, or a heading in place of an item.
 */
bool row_is_unfilled(const sheet_table *t, const sheet_row *row);
/* Is cell I of ROW a remark that says something? No report has a place for it. */
bool row_has_remark(const sheet_table *t, const sheet_row *row, uint32_t i);

#endif
