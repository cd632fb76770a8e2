/* SPDX-License-Identifier: Apache-2.0 */
/* board_rollup.h - what a board makes of a rollup: whether it is shown, its item and its lights.
 * For board_view.c and board_json.c. */
#ifndef CLI_BOARD_ROLLUP_H
#define CLI_BOARD_ROLLUP_H

#include "cli/board_view.h"
#include "plan/light.h"

typedef struct board {
	const plan *plan;
	const feed_rollup *rollups;
	size_t n;
	const board_ask *ask;
	int64_t hub_time_us;
} board;

/* The item of R when it is asked for, or -1. */
int board_item(const board *b, const feed_rollup *r);
/* The item as the version of the plan has it that the rollup's period goes by. */
const plan_item *board_item_then(const board *b, int item, const feed_rollup *r);
/* Of a slot at AT that R tells as M: missing or returned. */
light board_light_of(const board *b, slot_at at, const feed_missing *m);
/* Of the whole item. */
light board_light(const board *b, uint32_t item, const feed_rollup *r);
/* The progress that the plan wants by the end of R's period, in percent. */
unsigned board_line(const board *b, uint32_t item, const feed_rollup *r);

#endif
