/* SPDX-License-Identifier: Apache-2.0 */
/* board_view.h - rollups as the table that a leader wants, and as JSON (muster/board/1). Pure. */
#ifndef CLI_BOARD_VIEW_H
#define CLI_BOARD_VIEW_H

#include "base/buf.h"
#include "base/json.h"
#include "codec/frame.h"
#include "plan/plan.h"

typedef struct board_ask {
	period at; /* rollups of this period, and of the finer and coarser ones that belong to it */
	int item;  /* index, or -1 = all */
	bool brief;      /* the counts and the period's own figures only, not who is missing */
	unsigned screen; /* columns that there are (base/table.h); 0: no end of them */
} board_ask;

/* The newest period of the plan that has ended at HUB_TIME_US; the first one before that. */
period board_default_period(const plan *p, int64_t hub_time_us);

/* Append the tables to OUT: items with counts, figures against targets, who is missing and whether
 * its agent is connected. */
ms_status board_render(const plan *p, const feed_rollup *rollups, size_t n, const board_ask *ask,
	int64_t hub_time_us, buf *out);
/* The same as a new object, the caller's to json_decref. */
json_t *board_json(const plan *p, const feed_rollup *rollups, size_t n, const board_ask *ask,
	int64_t hub_time_us);

#endif
