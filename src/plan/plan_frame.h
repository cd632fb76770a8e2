/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_frame.h - one order for the units, items and indicators of all versions of a plan, so that
 * an index means the same in each of them. Private to the loading.
 *
 * The newest version's order comes first, then what only earlier ones have. What a version does not
 * have is in its arrays as `absent`: it has no role, no reporter and no period there.
 */
#ifndef PLAN_PLAN_FRAME_H
#define PLAN_PLAN_FRAME_H

#include "base/map.h"
#include "plan/plan.h"

typedef struct plan_frame {
	arena memory;
	/* As the newest version that has them says; borrowed from the plans. */
	const plan_unit **units;
	const plan_item **items;
	const plan_indicator **indicators; /* those of one item side by side */
	uint32_t *first_indicator;         /* [n_items + 1] */
	uint32_t n_units, n_items, n_indicators;
	map unit_at, item_at, indicator_at; /* id -> index */
} plan_frame;

/* The frame of N plans, the oldest first, which must outlive it. MS_NO_MEMORY. */
ms_status plan_frame_make(plan *const *plans, size_t n, plan_frame *out);
void plan_frame_fini(plan_frame *f);

#endif
