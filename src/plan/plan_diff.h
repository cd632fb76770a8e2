/* SPDX-License-Identifier: Apache-2.0 */
/* plan_diff.h - what a new version of a plan changes, and for whom. */
#ifndef PLAN_PLAN_DIFF_H
#define PLAN_PLAN_DIFF_H

#include "plan/plan.h"

/* One thing that differs. Texts are borrowed until the call returns. */
typedef struct plan_difference {
	int unit; /* for whom; PLAN_NO_UNIT: everybody */
	const char
		*subject; /* id of the item, indicator or part, or "" for the plan and the unit */
	const char *what; /* "role", "due_days", "target 2012-Q2", ... */
	const char *before, *after; /* "" where there is nothing */
} plan_difference;

/* Between the newest version of P and the one before it, in the plan's order. MS_NO_MEMORY. */
ms_status plan_diff(const plan *p, void (*tell)(void *ctx, const plan_difference *d), void *ctx);

#endif
