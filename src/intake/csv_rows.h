/* SPDX-License-Identifier: Apache-2.0 */
/* csv_rows.h - a sheet as judged rows: the header, then a row a report or retraction. Internal to
 * intake. */
#ifndef INTAKE_CSV_ROWS_H
#define INTAKE_CSV_ROWS_H

#include "intake/problems.h"

/*
 * Rows of the CSV in TEXT appended to ROWS (intake_row[]). Whole-file problems go to WHOLE, and
 * then there are no rows. *DELIMITER is the one found.
 */
ms_status csv_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole,
	char *delimiter);

#endif
