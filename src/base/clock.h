/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - calendar arithmetic and text forms of time. All times are int64_t microseconds since
 * 1970-01-01T00:00:00Z. clock_real_us and clock_monotonic_us are the only functions that ask the
 * system.
 *
 * A directory made with --clock TIME,RATE lives in simulated time: TIME at its start, running RATE
 * times as fast as the wall clock. RATE 0 is a clock that stands still and is moved by hand
 * (tests).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/span.h"
#include "base/status.h"

typedef struct sim_clock {
	bool simulated;
	int64_t start_us; /* simulated time at wall_us */
	int64_t wall_us;  /* wall clock when the directory was made */
	int64_t rate;     /* simulated microseconds per wall microsecond; 0 = moved by hand */
} sim_clock;

/* The wall clock, microseconds since 1970 UTC. */
int64_t clock_real_us(void);
int64_t clock_monotonic_us(void);
/* The time of CLOCK now, REAL_US being clock_real_us(). */
int64_t sim_clock_now(const sim_clock *clock, int64_t real_us);
/* "TIME[,RATE]" as in --clock: TIME RFC 3339, RATE 0..10000000, default 1. */
ms_status sim_clock_parse(const char *text, int64_t real_us, sim_clock *clock, ms_error *err);
/* TO - FROM. What is told by others may lie further apart than fits: then the most that does. */
int64_t time_between(int64_t from_us, int64_t to_us);

/* Proleptic Gregorian: days since 1970-01-01 and back. */
int32_t civil_to_days(int year, unsigned month, unsigned day);
void civil_from_days(int32_t days, int *year, unsigned *month, unsigned *day);

/* RFC 3339 with offset or Z, up to six decimals: "2012-07-05T08:30:00+08:00". MS_INVALID otherwise.
 */
ms_status time_parse(span text, int64_t *us, ms_error *err);
/* OFFSET_MIN minutes east of UTC; whole seconds are printed without decimals. OUT holds 40 bytes.
 * Returns OUT. */
const char *time_format(int64_t us, int offset_min, char out[40]);
/* "2012-07-05 08:30" in the zone, for people. */
const char *time_format_short(int64_t us, int offset_min, char out[40]);
/* The same for the end of a time that is left: midnight is 24:00 of the day that ends, as in
 * "2012-07-10 24:00". */
const char *time_format_until(int64_t us, int offset_min, char out[40]);
/* "2012-07-05" of days since 1970-01-01. Returns OUT. */
const char *date_format(int32_t days, char out[16]);
/* "2012-07-05" to days since 1970-01-01. */
ms_status date_parse(span text, int32_t *days, ms_error *err);
/* "+08:00" to minutes. */
ms_status zone_parse(span text, int *offset_min, ms_error *err);

#endif
