/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preface.h - the lines above a table: 填报单位:…, 期间:…, 单位:亿元, 填报人:… , in one cell or as
 * a label with its value in the next. What they say counts for all rows that do not say otherwise.
 * Titles, dates and lines without a label say nothing. Internal to intake.
 */
#ifndef INTAKE_PREFACE_H
#define INTAKE_PREFACE_H

#include "intake/sheet_table.h"

typedef enum preface_word {
	PREFACE_NONE = 0,
	PREFACE_PERIOD,
	PREFACE_REPORTER,
	PREFACE_MEASURE,
	PREFACE_UNIT, /* 单位: either of the two, as its value tells */
	PREFACE_PREPARED_BY,
	PREFACE_APPROVED_BY,
	PREFACE_PHONE,
	PREFACE_OTHER, /* a date, a signature: known, and nothing to us */
	PREFACE_WORDS
} preface_word;

typedef struct preface {
	span values[PREFACE_WORDS];       /* in the arena; empty = not said */
	const char *cells[PREFACE_WORDS]; /* where it stands: "B2" */
} preface;

/* Take what ROW says. MS_NO_MEMORY. */
ms_status preface_take(preface *p, const plan *known, const sheet_row *row, arena *memory);

/* What SAID says counts from now on. */
void preface_add(preface *p, const preface *said);
/* Take the names of people out of P into TO. Were there any? */
bool preface_move_names(preface *p, preface *to);
/* Are there labels and their values in ROW, and nothing else? */
bool preface_is_line(const sheet_row *row);

/*
 * What was said, applied to the table whose columns are known: T->above is filled. Another unit's
 * name, a period that is none, and another unit of measure than that of a column without its own
 * go to WHOLE.
 */
void preface_apply(const preface *p, sheet_table *t, uint32_t header_row, problems *whole);

/* The names alone, as far as P has them. */
void preface_apply_names(const preface *p, sheet_table *t);

#endif
