/* SPDX-License-Identifier: Apache-2.0 */
/* plan_undo.h - what a new version of a plan puts back, because it was made from an older one or
 * because somebody means it. */
#ifndef PLAN_PLAN_UNDO_H
#define PLAN_PLAN_UNDO_H

#include "base/arena.h"
#include "plan/plan_diff.h"

/* The things that the newest version of P makes as they were before an earlier version changed
 * them: *N of them, the *FIRST in MEMORY. MS_NO_MEMORY. */
ms_status plan_undo(const plan *p, arena *memory, plan_difference *first, size_t *n);

#endif
