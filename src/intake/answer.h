/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.h - the answer that lies beside a clerk's file: same form, same charset. A pure function
 * to bytes; the agent writes the file, again and again as receipts come. The words accepted and
 * 采纳 never stand in it: they are the lead's alone.
 */
#ifndef INTAKE_ANSWER_H
#define INTAKE_ANSWER_H

#include "intake/intake.h"

/* How far a good row has come. Bad rows need none: they are ANSWER_WRONG. */
typedef enum answer_state {
	ANSWER_WRONG = 0, /* 有误 */
	ANSWER_QUEUED,    /* 已排队: durable in the outbox, no receipt yet */
	ANSWER_RECEIVED,  /* 已收到: the hub has it */
	ANSWER_UNCHANGED, /* 未变化: what the hub has is the same, nothing is sent */
	ANSWER_OTHER_FIRST, /* 已由他人先报: another device of the unit reported other content with
			       the same revision */
} answer_state;

typedef struct answer_row {
	answer_state state;
	verdict verdict;    /* the hub's; a refusal is shown as 有误 with its name */
	bool has_record;    /* RECEIVED, and refusals by the hub */
	record_place place; /* printed "123/7" */
	int64_t hub_time_us;
	const char *note; /* a sentence of the agent's in the language of the result, e.g. why a
			     good row was not queued; may be NULL */
} answer_row;

/* The columns of an answer that is a table. */
typedef enum answer_column {
	ANSWER_ROW = 0,
	ANSWER_ITEM,
	ANSWER_PERIOD,
	ANSWER_STATE,
	ANSWER_COLUMN,
	ANSWER_CELL, /* "C7" */
	ANSWER_PROBLEM,
	ANSWER_EXPECTED,
	ANSWER_REMEDY,
	ANSWER_CODE,
	ANSWER_RECEIPT,
	ANSWER_COLUMNS
} answer_column;

/*
 * Append the answer to RESULT to OUT; ROWS has one entry per row of RESULT (those of bad rows are
 * not looked at). ZONE_MIN: plan->zone_min, for the times. To a workbook it is CSV in UTF-8, which
 * answer_book.h makes one of.
 */
ms_status answer_write(
	const intake_result *result, const answer_row *rows, int zone_min, buf *out, ms_error *err);

/* "二季度.csv" gives "二季度.答复.csv" (English: "q2.answer.csv"), "q2.xlsx"
 * gives "q2.答复.xlsx", "q2.xls" gives "q2.xls.答复.csv": what is neither text nor workbook is
 * answered as CSV. Appended to OUT; a whole new name, the
 * directory is not looked at. */
ms_status answer_name(const char *file, intake_form form, bool english, buf *out);

/* What stands over a column of an answer; "" beyond the last. */
const char *answer_column_name(unsigned column, bool english);

/* "已排队", "queued". */
const char *answer_state_name(answer_state state, bool english);

#endif
