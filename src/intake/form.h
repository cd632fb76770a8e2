/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form.h - the form of a unit for a period: a row per slot that it must or may report, with what it
 * has reported already and, beside that, what it reported last period. intake_read takes it back,
 * filled or not.
 */
#ifndef INTAKE_FORM_H
#define INTAKE_FORM_H

#include "base/buf.h"
#include "plan/act.h"
#include "plan/plan.h"

/* Whose form, for when. */
typedef struct form_ask {
	const plan *plan;
	uint32_t unit; /* index */
	period at;     /* items without this period are left out */
	bool english;
	/* As in intake_ask: the unit's own report on ITEM for AT. May be NULL. */
	void *ctx;
	bool (*report_of)(void *ctx, uint32_t item, period at, arena *memory, report *out);
} form_ask;

typedef struct form_row {
	uint32_t item;        /* index */
	const report *filled; /* NULL: an empty row */
	const report *last;   /* of the item's period before; NULL: not known */
} form_row;

/*
 * The period of KIND for which a form is wanted at NOW: the newest that is over, before that the
 * first when it has begun and UNIT reports on nothing more often. False: none, or UNIT has no slot
 * in it that can still be reported.
 */
bool form_period(const plan *p, uint32_t unit, period_kind kind, int64_t now_us, period *out);

/* The rows of ASK, in the plan's order, in MEMORY. MS_NO_MEMORY. */
ms_status form_rows(const form_ask *ask, arena *memory, form_row **rows, size_t *n);

/* As CSV: UTF-8 with BOM (spreadsheets need it), appended to OUT. MS_NO_MEMORY. */
ms_status form_csv(const form_ask *ask, const form_row *rows, size_t n, buf *out);
/*
 * As .xlsx, appended to OUT: the table, its cells locked but for those to be filled, and a second
 * sheet with what is asked. SCRATCH is a directory for the file in the making. The same question
 * gives the same bytes.
 */
ms_status form_xlsx(const form_ask *ask, const form_row *rows, size_t n, const char *scratch,
	buf *out, ms_error *err);

/* Is it a form in .xlsx, of whatever unit, that nobody has saved since form_xlsx wrote it? */
bool form_is_sealed(span bytes);

/* "填报表-2012-Q2.xlsx", "form-2012-Q2.xlsx", without the ENDING appended to OUT when that is NULL.
 */
void form_name(period at, bool english, const char *ending, char out[64]);

#endif
