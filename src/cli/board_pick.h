/* SPDX-License-Identifier: Apache-2.0 */
/* board_pick.h - which figures of its rollups a board tells, and where nobody is missing yet. Pure.
 */
#ifndef CLI_BOARD_PICK_H
#define CLI_BOARD_PICK_H

#include "cli/board_rollup.h"

/*
 * Rollups of one item repeat the figures of the periods around them. Tables have each figure once:
 * that of the rollup's own period beside it, that of the period that is asked for and (without
 * brief) those around it behind the item's last rollup.
 */
bool board_tells(const board *b, size_t rollup, const feed_figure *f);
/* The same for a unit's figure that has a target. */
bool board_tells_target(const board *b, size_t rollup, const feed_figure *f);

/* Is F asked in its period, or there all the same? A year's indicator is not asked in a quarter. */
bool board_asks(const board *b, const feed_figure *f);

/* Does R's period go on when that of the board has ended? Then nobody is missing in it yet. */
bool board_goes_on(const board *b, const feed_rollup *r);

#endif
