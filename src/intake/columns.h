/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.h - the one column layout of the sheets that offices send. The table in columns.c is its
 * only home: reader, form, answer and documentation take their names from it.
 *
 * One row has the headers, in any order; 工作事项 and 期间 must be there (the period may stand in a
 * line above instead), an unknown one refuses the file. Each further row is a report, or with 撤回
 * under 操作 a retraction whose reason stands under 原因. An empty cell is not given; a row with
 * nothing but item and period is passed over. How each kind of cell is written: cells.h; items and
 * periods: slot_text.h; what stands above and below the table: sheet_rows.h.
 */
#ifndef INTAKE_COLUMNS_H
#define INTAKE_COLUMNS_H

#include "base/arena.h"
#include "plan/plan.h"

typedef enum column_kind {
	COLUMN_ITEM = 0,
	COLUMN_PERIOD,
	COLUMN_ACTION,
	COLUMN_PROGRESS,
	COLUMN_STATUS,
	COLUMN_DONE,
	COLUMN_PROBLEMS,
	COLUMN_NEXT_STEPS,
	COLUMN_HELP_NEEDED,
	COLUMN_PARTS,
	COLUMN_PREPARED_BY,
	COLUMN_APPROVED_BY,
	COLUMN_PHONE,
	COLUMN_ATTACHMENTS,
	COLUMN_REASON,
	COLUMN_OWED,     /* must the slot be reported: written by us, never read */
	COLUMN_SAME,     /* a mark: what is empty in the row is as it was last period */
	COLUMN_REPORTER, /* must name the unit whose folder it is */
	COLUMN_FIXED,    /* so many have a name of their own */
	COLUMN_INDICATOR = COLUMN_FIXED,
	COLUMN_NAMELESS, /* no header: its cells must be empty */
	COLUMN_SKIPPED,  /* what offices put beside: a running number, who leads */
	COLUMN_REMARK,   /* a remark, which no report has a place for: said where it is filled */
	COLUMN_UNKNOWN,
	COLUMN_OTHER_UNIT, /* an indicator's, but in another unit of measure */
} column_kind;

/* A column with a name of its own. */
typedef struct column_name {
	const char *field;   /* of the report (proto/act.proto), or what it stands for */
	const char *zh, *en; /* the header that we write */
	const char *also[8]; /* other headers that are taken; NULL = none */
} column_name;

const column_name *column_name_of(column_kind kind);

/* A ratio may stand in one column, "num/den", or in two. */
typedef enum column_half { HALF_NONE = 0, HALF_NUM, HALF_DEN } column_half;

/* A column of a file. */
typedef struct column {
	column_kind kind;
	bool last; /* 上期:... what was reported last period: read only through COLUMN_SAME */
	column_half half;   /* COLUMN_INDICATOR */
	bool has_measure;   /* its unit of measure stands in the header */
	const char *header; /* as in the file */
	int *indicators; /* COLUMN_INDICATOR: [plan->n_items] index of the indicator of that item,
			    or -1 */
	const char *nearest; /* COLUMN_UNKNOWN: the most similar known name, or NULL.
				COLUMN_OTHER_UNIT: the unit of measure it must be */
} column;

/*
 * Which column HEADER is. Compared after NFKC, without blanks, line breaks and asterisks, letters
 * in any case. An indicator's header is its id, the last part of it or its name, with or without
 * brackets behind it: 当期, 本年累计 or 期末, the unit of measure, 分子 or 分母; the name's own
 * bracket may be left out where the name stays the only one. 上期: in front makes it last period's.
 * MS_NO_MEMORY.
 */
ms_status column_match(const plan *p, span header, arena *memory, column *out);

/* Is HEADER one of the fixed columns'? Cheaper than column_match. */
bool column_is_fixed(span header);

/* The header we write for an indicator, or for HALF of a ratio: its name (English: its id) with
 * 当期, 本年累计 or 期末 and unit of measure or form in brackets. NULL: no memory. */
const char *column_of_indicator(
	const plan_indicator *indicator, column_half half, bool english, arena *memory);
/* HEADER as the one of last period's column. NULL: no memory. */
const char *column_of_last(const char *header, bool english, arena *memory);

#endif
