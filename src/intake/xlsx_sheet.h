/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_sheet.h - the rows of one worksheet, as a stream. Internal to intake.
 *
 * A cell's text is what the spreadsheet means by it: a shared or own text; a number in plain digits
 * (xlsx_number.h), with % or the words of its format; a date as 2012-05-01; #N/A and its kin; TRUE
 * or FALSE. Of a formula the value that was saved is taken, and marked. A merged cell counts for
 * all rows of the merge, in its first column. Hidden rows come like others, marked.
 */
#ifndef INTAKE_XLSX_SHEET_H
#define INTAKE_XLSX_SHEET_H

#include "intake/sheet.h"
#include "intake/xlsx_strings.h"
#include "intake/xlsx_styles.h"

enum { XLSX_ROWS_MAX = 1 << 20, XLSX_COLUMNS_MAX = 1 << 14, XLSX_MERGES_MAX = 4096 };

typedef struct xlsx_sheet_ask {
	const xlsx_strings *strings;
	const xlsx_styles *styles;
	bool base_1904;
} xlsx_sheet_ask;

/* The part NAME into SINK. What is wrong is placed at its cell. */
ms_status xlsx_sheet_rows(package *p, const char *name, const xlsx_sheet_ask *ask,
	const sheet_sink *sink, ms_error *err);

/* "AB12" as column (from 0) and row (from 1); false when TEXT begins with none. *REST behind it. */
bool xlsx_cell_place(const char *text, uint32_t *column, uint32_t *row, const char **rest);

#endif
