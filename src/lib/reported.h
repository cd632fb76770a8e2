/* SPDX-License-Identifier: Apache-2.0 */
/* reported.h - what this device itself reported last on a slot of its unit. What another device of
 * the unit did is not kept here, nor what is older than keep_days. */
#ifndef LIB_REPORTED_H
#define LIB_REPORTED_H

#include "plan/act.h"
#include "plan/plan.h"
#include "store/store.h"

typedef struct reported {
	store *store; /* NULL: nothing was reported */
	const plan *plan;
	const char *unit; /* id */
} reported;

/* CTX is a reported. OUT lies in MEMORY. False: not known. */
bool reported_of(void *ctx, uint32_t item, period at, arena *memory, report *out);

#endif
