/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock_watch.h - was the wall clock moved? It is compared with the steady one, which counts the
 * time that the machine slept, and is disciplined in the same way, so the two part only by steps.
 */
#ifndef BASE_CLOCK_WATCH_H
#define BASE_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct clock_watch {
	bool begun;
	int64_t ahead_us; /* the wall clock before the steady one, as it was */
} clock_watch;

/* Microseconds since the machine was started, sleep included. */
int64_t clock_steady_us(void);
/* Does the system say that its clock is synchronised (adjtimex)? */
bool clock_is_synchronised(void);
/*
 * How far the wall clock was moved since the first look, or since the last one that found a
 * movement; 0 up to LIMIT_US. Many small steps add up.
 */
int64_t clock_watch_look(clock_watch *w, int64_t real_us, int64_t steady_us, int64_t limit_us);

#endif
