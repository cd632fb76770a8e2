/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_year.h - what happens in the demo's year: which office lays which file into its folder and
 * when, and what must come of it. Made from the plan with a seed; pure.
 */
#ifndef CLI_DEMO_YEAR_H
#define CLI_DEMO_YEAR_H

#include "base/arena.h"
#include "base/buf.h"
#include "cli/sample.h"

typedef enum demo_kind {
	DEMO_FILE = 1, /* an office lays a file into its folder */
	DEMO_CUT,      /* an office's line goes down */
	DEMO_MENDED,   /* and is there again */
	DEMO_BOARDS,   /* the period's reports are in: look at the boards */
} demo_kind;

/* One row of a file. A row that is wrong is refused by the agent; one that was sent unchanged
 * before is not sent again; every other one becomes a report. */
typedef struct demo_row {
	uint32_t item;
	uint32_t revision; /* that the report must get */
	bool wrong, again;
} demo_row;

typedef struct demo_event {
	demo_kind kind;
	int64_t at_us;
	period period;
	uint32_t unit;    /* of DEMO_FILE, _CUT and _MENDED */
	const char *note; /* what is special about the file, for people; "" = nothing */
	demo_row *rows;   /* of DEMO_FILE */
	uint32_t n_rows;
} demo_event;

typedef struct demo_year {
	const plan *plan;
	uint64_t seed;
	demo_event *events; /* in the order of time */
	size_t n;
	uint32_t cut_unit; /* the office whose line goes down */
	uint32_t shown[2]; /* the units that lead most items: their boards are shown */
	int64_t start_us;
} demo_year;

/* PERIODS: only the first so many of the plan; 0 = all. Everything in OUT lies in MEMORY. */
ms_status demo_year_make(
	const plan *p, uint64_t seed, unsigned periods, arena *memory, demo_year *out);

/* The report of ROW in the file of event E, the same for every call; texts borrow from MEMORY. */
ms_status demo_report(
	const demo_year *y, const demo_event *e, const demo_row *row, arena *memory, report *out);
/* The file of event E: its bytes appended to OUT, its name into NAME. */
ms_status demo_file(
	const demo_year *y, const demo_event *e, char name[64], buf *out, ms_error *err);

/* ---- what must come of it ---- */

/* A report that the hub must store. */
typedef struct demo_push {
	slot_at at;
	uint32_t revision;
	int64_t at_us; /* hub time */
	const demo_event *event;
	const demo_row *row;
} demo_push;

/* All pushes in the order of time into *LIST (MEMORY). A file of the office that is cut off counts
 * from when its line is there again. */
ms_status demo_pushes(const demo_year *y, arena *memory, demo_push **list, size_t *n);

#endif
