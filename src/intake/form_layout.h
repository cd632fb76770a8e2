/* SPDX-License-Identifier: Apache-2.0 */
/* form_layout.h - the columns of a form and the text of each cell, for both kinds of files.
 * Internal to intake. */
#ifndef INTAKE_FORM_LAYOUT_H
#define INTAKE_FORM_LAYOUT_H

#include "intake/columns.h"
#include "intake/form.h"

typedef struct form_column {
	column_kind kind;
	bool last;
	column_half half;
	uint32_t indicator; /* index; COLUMN_INDICATOR */
	const char *header;
} form_column;

typedef struct form_layout {
	const form_ask *ask;
	form_column *columns;
	size_t n;
} form_layout;

/* Columns of last period stand only where a row has something in them. MS_NO_MEMORY. */
ms_status form_layout_make(
	const form_ask *ask, const form_row *rows, size_t n, arena *memory, form_layout *out);
/* The text of a cell, appended to OUT: it is read back as the same value. */
void form_cell(const form_layout *l, const form_column *c, const form_row *row, buf *out);
/* Is the cell one that belongs to the row: an indicator of its item, a part of it? */
bool form_belongs(const form_layout *l, const form_column *c, const form_row *row);
bool form_is_owed(const form_ask *ask, uint32_t item);

#endif
