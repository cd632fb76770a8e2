/* SPDX-License-Identifier: Apache-2.0 */
/* table_file.h - a table of ours as a file that spreadsheet programs open: its first row is the
 * heading, cells of columns that stand to the right are numbers where they look like one. */
#ifndef INTAKE_TABLE_FILE_H
#define INTAKE_TABLE_FILE_H

#include "base/status.h"
#include "base/table.h"

/* UTF-8 with BOM, appended to OUT. MS_NO_MEMORY. */
ms_status table_file_csv(const table *t, buf *out);
/* As .xlsx, appended to OUT: one sheet of the name SHEET, the last HIDDEN columns hidden. SCRATCH
 * is a directory for the file in the making. Errors as of form_xlsx. */
ms_status table_file_xlsx(const table *t, const char *sheet, unsigned hidden, const char *scratch,
	buf *out, ms_error *err);

#endif
