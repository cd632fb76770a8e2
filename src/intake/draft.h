/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.h - one row on its way from cells or members to an act: the common end of CSV and JSON. The
 * slot is found, the reader fills the report, and draft_end judges it with the rules of the hub.
 */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "intake/problems.h"

typedef struct draft {
	const intake_ask *ask;
	problems problems;
	intake_row row; /* row.act.u.report and row.act.kind are the reader's to fill */
	/* The header or path under which FIELD of the report stands in the file; "" = nowhere. */
	const char *(*column_of)(void *ctx, const char *field);
	void *ctx;
} draft;

void draft_begin(draft *d, const intake_ask *ask, arena *memory, uint32_t number);

/* Find the slot; ITEM and PERIOD are the texts of the file. Problems are added under the columns of
 * the fields "item" and "period". */
void draft_slot(draft *d, span item, span period);

/*
 * Judge it: role, begin of the period, form and values. D->row is then complete; good only when
 * nothing is wrong. The words accepted by the table of sentences are used for what the rules find.
 */
void draft_end(draft *d);

/* D's place for FIELD. */
problem_at draft_at(draft *d, const char *field, span value);

#endif
