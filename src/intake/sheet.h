/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - rows of cells out of CSV text (UTF-8). The delimiter is the one of , ; and tab that the
 * first line has most of.
 *
 * Strict about quotes: a quote that is not closed, or stands inside a cell unescaped, ends the
 * reading with the line where it opened. Blank lines are no rows but count in the numbers, so that
 * a row's number is the one a spreadsheet shows.
 */
#ifndef INTAKE_SHEET_H
#define INTAKE_SHEET_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

enum {
	SHEET_ROWS_MAX = 10000,
	SHEET_COLUMNS_MAX = 512,
	SHEET_CELLS_MAX = 1 << 20,
	SHEET_CELL_BYTES_MAX = 64 << 10,
};

typedef struct sheet_row {
	uint32_t number; /* as a spreadsheet counts, from 1 */
	uint32_t line;   /* physical line on which it begins, from 1 */
	span *cells;     /* trimmed of blanks */
	uint32_t n_cells;
} sheet_row;

typedef struct sheet {
	char delimiter;
	sheet_row *rows;
	uint32_t n_rows;
} sheet;

/* Everything in OUT lies in MEMORY. MS_INVALID with the line; MS_FULL beyond a bound; MS_NO_MEMORY.
 */
ms_status sheet_read(span text, arena *memory, sheet *out, ms_error *err);

#endif
