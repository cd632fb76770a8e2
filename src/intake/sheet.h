/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - rows of cells, one after the other, whatever file they come from; and those of CSV text
 * (UTF-8).
 *
 * CSV is strict about quotes: a quote that is not closed, or stands inside a cell unescaped, ends
 * the reading with the line where it opened. Blank lines are no rows but count in the numbers, so
 * that a row's number is the one a spreadsheet shows.
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
	SHEET_CELL_BYTES_MAX = 128 << 10, /* Excel: 32767 characters */
	SHEET_CELL_NAME_SIZE = 16,
};

/* What a spreadsheet says of a cell beside its text. */
enum {
	CELL_COMPUTED = 1,     /* a formula's value, as it was when the file was saved */
	CELL_NOT_COMPUTED = 2, /* a formula without one */
	CELL_SCALED = 4,       /* shown in thousands of what is stored */
};

typedef struct sheet_row {
	uint32_t number; /* as a spreadsheet counts, from 1 */
	uint32_t line;   /* physical line on which it begins, from 1; 0 = no text file */
	span *cells;     /* trimmed of blanks */
	uint32_t n_cells;
	const uint8_t *marks; /* [n_cells] CELL_...; NULL = none */
	bool hidden;
} sheet_row;

/*
 * Takes ROW, which is valid during the call only. Anything but MS_OK ends the reading with that
 * status; MS_NOT_FOUND is the way to stop without an error.
 */
typedef struct sheet_sink {
	ms_status (*row)(void *ctx, const sheet_row *row, ms_error *err);
	void *ctx;
} sheet_sink;

/* The rows of CSV. MS_INVALID with the line; MS_FULL beyond a bound; MS_NO_MEMORY. */
ms_status sheet_read(span text, char delimiter, const sheet_sink *sink, ms_error *err);

/*
 * Which of , ; tab and | divides the cells of CSV TEXT: that with which one of its first lines has
 * most cells that IS_KNOWN as headers, else the one that its first line has most of.
 */
char sheet_delimiter(span text, bool (*is_known)(void *ctx, span cell), void *ctx);

/* "C7" of column 2 (from 0) and row 7 (from 1). Returns OUT. */
const char *sheet_cell_name(uint32_t column, uint32_t row, char out[SHEET_CELL_NAME_SIZE]);

#endif
