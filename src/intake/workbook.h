/* SPDX-License-Identifier: Apache-2.0 */
/* workbook.h - a workbook that is written: libxlsxwriter wants files, we want bytes. Internal to
 * intake. */
#ifndef INTAKE_WORKBOOK_H
#define INTAKE_WORKBOOK_H

#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

enum { WORKBOOK_PATH_MAX = 1024, WORKBOOK_TEXT_MAX = 32000 /* bytes of a cell; Excel: 32767 */ };

typedef struct workbook {
	lxw_workbook *book;
	const char *scratch; /* directory for the file in the making */
	char path[WORKBOOK_PATH_MAX];
	bool failed; /* a cell was not written: memory */
} workbook;

/* MS_INVALID: the name of SCRATCH is too long; MS_NO_MEMORY. */
ms_status workbook_open(workbook *w, const char *scratch, ms_error *err);
/* Its bytes, appended to OUT (NULL: they are not wanted); everything is freed. MS_NO_SPACE,
 * MS_CANNOT_WRITE, MS_NO_MEMORY. */
ms_status workbook_end(workbook *w, buf *out, ms_error *err);

/* A new sheet; NAME is at most 31 characters. */
lxw_worksheet *workbook_sheet(workbook *w, const char *name);
/* What every sheet of ours has: A4, landscape, PAGES_WIDE pages side by side, HEAD_ROWS and
 * HEAD_COLUMNS on each page and standing still. */
void workbook_set_page(
	lxw_worksheet *sheet, lxw_row_t head_rows, lxw_col_t head_columns, unsigned pages_wide);
/* How many lines TEXT takes in a cell that is WIDTH characters wide. */
unsigned workbook_lines(span text, unsigned width);
/* Make ROW as high as LINES lines, but not less than LEAST. Not every program does so by itself. */
void workbook_set_lines(lxw_worksheet *sheet, lxw_row_t row, unsigned lines, unsigned least);
/* TEXT as text, whatever it looks like; cut at WORKBOOK_TEXT_MAX. */
void workbook_text(
	workbook *w, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, span text, lxw_format *f);

/* What a format is made of; zero is nothing special. */
typedef struct workbook_look {
	lxw_color_t font, fill; /* 0 = as usual */
	const char *number;     /* format of the number, NULL = as it comes */
	bool bold, unlocked, centred, hatched;
	unsigned size; /* of the font, 0 = as usual */
	bool bare;     /* no border */
} workbook_look;
lxw_format *workbook_format(workbook *w, const workbook_look *look);

#endif
