/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_file.h - the two kinds of sheets that are taken, as judged rows. Internal to intake. */
#ifndef INTAKE_SHEET_FILE_H
#define INTAKE_SHEET_FILE_H

#include "intake/problems.h"

/*
 * Rows of the CSV in TEXT appended to ROWS (intake_row[]). Whole-file problems go to WHOLE, and
 * then there are no rows. OUT gets the delimiter and the header's row. MS_NO_MEMORY.
 */
ms_status csv_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole,
	intake_result *out);

/* The same of the .xlsx in BYTES: of its first sheet that people see and that has a header; OUT
 * gets the sheet's name and the header's row. */
ms_status xlsx_rows_judged(const intake_ask *ask, span bytes, arena *memory, buf *rows,
	problems *whole, intake_result *out);

#endif
