/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.h - what slots add up to, counted from scratch: completeness and figures in both views. The
 * slots may be kept anywhere: a book in memory, or a hub's rows.
 */
#ifndef PLAN_TALLY_H
#define PLAN_TALLY_H

#include "plan/figure.h"
#include "plan/rulings.h"

typedef enum figure_view { VIEW_REPORTED = 0, VIEW_ACCEPTED, VIEWS } figure_view;

/* "reported", "accepted" */
const char *view_name(figure_view v);

/* The values of the revisions that the two views take: the item's n_indicators each, or NULL. */
typedef struct slot_values {
	const value *of[VIEWS];
	int64_t received_us[VIEWS]; /* hub time of the revision; 0 where the slots do not keep it */
} slot_values;

typedef struct slots {
	const plan *p;
	const rulings *rulings;
	void *ctx;
	/* Never NULL: a slot on which nothing was stated is as new. VALUES may be NULL. */
	const slot *(*get)(void *ctx, slot_at at, slot_values *values);
} slots;

typedef struct completeness {
	uint32_t expected, actual, on_time;
} completeness;

/* Of (ITEM, AT), AT one of the item's own periods. */
completeness tally_complete(const slots *all, uint32_t item, period at, figure_view v);

/* The unit's share of INDICATOR in the figure of AT: the item's own periods in AT, folded by the
 * time rule. *NIL (may be NULL): nothing was given, but nil with a reason. */
share tally_share(
	const slots *all, uint32_t indicator, uint32_t unit, period at, figure_view v, bool *nil);
/* The `of` of a figure: its reporters that exist in AT; one that is exempt all the time only with
 * data. */
uint32_t tally_of(const slots *all, uint32_t indicator, period at, figure_view v);
/* The figure of AT and its `of`. MEMORY for scratch. */
ms_status tally_figure(const slots *all, uint32_t indicator, period at, figure_view v,
	arena *memory, figure *out, uint32_t *of);

#endif
