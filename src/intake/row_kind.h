/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row_kind.h - what a row below the header is, when it is no report: sums, notes, signatures, the
 * header of the next table. Internal to intake.
 *
 * A row that may be meant as a report is judged, and refused by its item: nothing that is filled in
 * is passed over but sums, and words that say what they are.
 */
#ifndef INTAKE_ROW_KIND_H
#define INTAKE_ROW_KIND_H

#include "intake/sheet_table.h"

enum { ROW_NOTED_NOWHERE = -1 };

typedef enum row_kind {
	ROW_REPORT = 0, /* or meant as one */
	ROW_PASSED,     /* 合计, 小计, 甲 乙 1 2, the same header on a new page */
	ROW_HEADER,     /* what may be the header of another table */
	ROW_LABELS,     /* 期间:, 填报人:, ... as above a table */
	ROW_NOTE,       /* 注:, 说明:, a line that goes on with it, a signature */
	ROW_LONE_TEXT,  /* words without item, alone in the row */
} row_kind;

/* What ROW of T is. *NOTED_AT is the column of the last note, ROW_NOTED_NOWHERE before the first;
 * it is moved by a note. */
row_kind row_kind_of(const sheet_table *t, const sheet_row *row, int *noted_at);

#endif
