/* SPDX-License-Identifier: Apache-2.0 */
/* row_reader.h - one row of a table whose columns are known, as a judged row. Internal to intake.
 */
#ifndef INTAKE_ROW_READER_H
#define INTAKE_ROW_READER_H

#include "intake/sheet_table.h"

/* CELLS must stay: what OUT holds borrows from them. MS_NO_MEMORY. */
ms_status row_read(const sheet_table *t, const sheet_row *cells, intake_row *out);

#endif
