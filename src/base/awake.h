/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awake.h - keeps cores from halting while something lone is on its way.
 *
 * A core without work halts, and waking it takes longer than most of what a lone report needs: a
 * dozen threads are woken for it, one after the other. Threads of the idle class (sched(7),
 * SCHED_IDLE) run meanwhile; they take only time that nobody else wants, and whoever is woken runs
 * at once.
 */
#ifndef BASE_AWAKE_H
#define BASE_AWAKE_H

#include <stdint.h>

typedef struct awake awake;

/* Two threads, for a lone report runs on two cores, or one where there is one core. They sleep
 * until they are wanted. NULL: there is no room for them. */
awake *awake_new(void);
/* Nothing is kept awake by NULL. From now on for SPAN_US, instead of what was wanted before. */
void awake_for(awake *a, int64_t span_us);
void awake_free(awake *a);

#endif
