/* SPDX-License-Identifier: Apache-2.0 */
/*
 * period.h - months, quarters, half-years and years: names, days, which lies in which, deadlines.
 * Names: "2012", "2012-H1", "2012-Q2", "2012-07". Pure.
 */
#ifndef PLAN_PERIOD_H
#define PLAN_PERIOD_H

#include "base/span.h"
#include "base/status.h"

typedef enum period_kind {
	PERIOD_NONE = 0,
	PERIOD_MONTH = 1,
	PERIOD_QUARTER = 2,
	PERIOD_HALF = 3,
	PERIOD_YEAR = 4,
} period_kind;

/* index counts from 1 within the year (1 for a year). A zeroed period is no period. */
typedef struct period {
	uint16_t year; /* 1900..9999 */
	uint8_t kind;  /* period_kind */
	uint8_t index;
} period;

enum { PERIOD_NAME_SIZE = 8 }; /* "2012-Q2" and NUL */

/* False when TEXT is not exactly a period's name. */
bool period_parse(span text, period *out);
const char *period_name(period p, char out[PERIOD_NAME_SIZE]);
bool period_equal(period a, period b);
/* A number whose order within one kind is the order in time; unique over all periods.
 * period_from_code undoes it: no period for a number that is none. */
uint32_t period_code(period p);
period period_from_code(uint32_t code);

/* How many of KIND a year has: 12, 4, 2, 1; 0 for PERIOD_NONE. */
unsigned periods_in_year(period_kind kind);
/* First day and the day after the last, in days since 1970-01-01. */
int32_t period_first_day(period p);
int32_t period_end_day(period p);
/* The period of KIND in which DAY lies. */
period period_of_day(period_kind kind, int32_t day);
period period_next(period p);
/* Is INNER within OUTER (or the same)? A half contains quarters and months, ... */
bool period_within(period inner, period outer);
/* Have they time in common: is one within the other? */
bool period_meets(period a, period b);
/* Does it lie in the time from the begin of FIRST to the end of LAST? */
bool period_between(period p, period first, period last);
/* Does a period of KIND end when P does? */
bool period_closes(period p, period_kind kind);
/* The period of the coarser or same KIND that contains P. */
period period_widen(period p, period_kind kind);
/* The sub-periods of KIND (finer or same) of P: the first one in *FIRST, their number returned. */
unsigned period_split(period p, period_kind kind, period *first);

/* Microseconds UTC of the midnight that begins DAY in the zone OFFSET_MIN minutes east. */
int64_t day_start_us(int32_t day, int offset_min);

#endif
