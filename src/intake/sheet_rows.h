/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet_rows.h - a sheet as offices make it, as judged rows. Internal to intake.
 *
 * Rows come one after the other. Those above the header are read for what they say (preface.h); the
 * header is the first row with 工作事项 and another known column, and may have two lines, as a
 * spreadsheet with merged headings has. Below it what row_kind.h knows to be none is passed over,
 * and another header begins another table; every other row is a report or retraction. It is judged
 * when its table has ended, because names may stand below it. A wrong header refuses the file,
 * because a column that is not understood would be lost in silence; a wrong cell refuses its row
 * only.
 */
#ifndef INTAKE_SHEET_ROWS_H
#define INTAKE_SHEET_ROWS_H

#include "intake/preface.h"
#include "intake/row_kind.h"

enum {
	SHEET_HEADER_LINES = 40,       /* so many rows are looked at for the header */
	SHEET_TEXT_BYTES_MAX = 8 << 20 /* of all rows that are judged */
};

typedef enum sheet_state {
	SHEET_ABOVE = 0, /* no header yet */
	SHEET_HEADED,    /* one line of it, and perhaps a second */
	SHEET_BELOW,     /* within the table */
} sheet_state;

/* A row that waits for what stands below its table. */
typedef struct kept_row {
	struct kept_row *next;
	sheet_row row;
	span period; /* said above it */
} kept_row;

typedef struct sheet_rows {
	sheet_table table;
	buf *rows;       /* intake_row[] */
	problems *whole; /* what refuses the file */
	problems notes;  /* warnings that belong to no row that is judged */
	sheet_state state;
	preface above, below; /* below: who signed under the rows that are kept */
	bool is_signed;       /* names stand below */
	kept_row *first, *last;
	uint32_t looked_at, header_row, tables;
	int noted_at; /* row_kind.h */
	size_t bytes; /* of cells kept */
	period when;  /* of all rows, whatever becomes of them */
	bool several; /* there are others */
	uint32_t
		known; /* best row so far that could have been meant as header: its known columns */
} sheet_rows;

void sheet_rows_begin(
	sheet_rows *s, const intake_ask *ask, arena *memory, buf *rows, problems *whole);
/* A sheet_sink's row. MS_NOT_FOUND: no header in the first lines, reading on is in vain. */
ms_status sheet_rows_take(void *ctx, const sheet_row *row, ms_error *err);
/* All rows were given. *FOUND: there was a header. Without one nothing was judged; then
 * sheet_rows_no_header says what is missing. MS_NO_MEMORY. */
ms_status sheet_rows_end(sheet_rows *s, bool *found);
/* Refuse the file for its header: the best row of S, or none at all. */
void sheet_rows_no_header(sheet_rows *s);

#endif
