/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_cell.h - a text as one cell of a CSV file that spreadsheet programs open: what they would
 * take for a formula gets an apostrophe, which is no part of it when the cell is read back. A plain
 * number is none.
 */
#ifndef INTAKE_CSV_CELL_H
#define INTAKE_CSV_CELL_H

#include "base/buf.h"
#include "base/span.h"

void csv_cell_add(buf *out, span text, char delimiter);
/* CELL as it was before csv_cell_add; and ="007", by which other programs keep a number from being
 * one, as a spreadsheet shows it. */
span csv_cell_read(span cell);

#endif
