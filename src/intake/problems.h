/* SPDX-License-Identifier: Apache-2.0 */
/* problems.h - collecting what is wrong with a row. Failures of memory are kept here too, so that
 * the readers need not ask each time. */
#ifndef INTAKE_PROBLEMS_H
#define INTAKE_PROBLEMS_H

#include "intake/intake.h"

typedef struct problems {
	arena *memory;
	bool english;
	intake_problem *list; /* in MEMORY */
	uint32_t n, room;     /* kept, at most INTAKE_PROBLEMS_MAX */
	uint32_t wrong;       /* not warnings, kept or not */
	bool no_memory;
} problems;

/* Where a problem lies and with what value. */
typedef struct problem_at {
	const char *column, *field; /* kept as they are: in the arena or static */
	const char *cell;           /* "C7"; NULL = not known here */
	span value;                 /* copied, shortened */
} problem_at;

/* Add the problem CODE with the sentences of messages.c; DETAIL may be NULL. */
void problem_add(problems *p, unsigned code, problem_at at, const char *detail);
/* The same with EXPECTED in place of the table's. */
void problem_add_expected(problems *p, unsigned code, problem_at at, const char *expected);
/* The same as a warning. */
void problem_warn_expected(problems *p, unsigned code, problem_at at, const char *expected);
/* The whole-file problem that E tells; in English E's own words. */
void problem_add_error(problems *p, const ms_error *e);

/* Add what is in FROM too. */
void problem_take(problems *p, const problems *from);

/* "PREFIX[ID]" in the arena, e.g. values[i06.parks]. Never NULL. */
const char *problem_field(problems *p, const char *prefix, span id);

#endif
