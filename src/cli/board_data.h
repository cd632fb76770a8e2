/* SPDX-License-Identifier: Apache-2.0 */
/* board_data.h - the rollups that a board shows: asked of the hub as a unit's device, or read from
 * the hub's own directory. */
#ifndef CLI_BOARD_DATA_H
#define CLI_BOARD_DATA_H

#include "cli/replica.h"
#include "codec/frame.h"

typedef struct board_data {
	const plan *plan;  /* by which it is shown: at an earlier time, the one of then */
	plan *newest;      /* every version of it */
	feed_rollup *list; /* by item, then period */
	size_t n, room;
	int64_t hub_time_us;
	arena memory;
} board_data;

/*
 * Everything that the owner of DIR may see. A device asks the hub (MS_UNREACHABLE, MS_DENIED); a
 * hub's directory is read, and its daemon asked who is connected if it runs.
 */
ms_status board_data_get(const char *dir, board_data *out, ms_error *err);
/* The boards that R adds up to, of the items that its reader leads or observes. */
ms_status board_data_of(const replica *r, board_data *out, ms_error *err);
/* As it was at AT (cli/replica.h), from the acts themselves: the same for ever. Whose agent was
 * connected then is not in the log. */
ms_status board_data_past(const char *dir, const char *at, board_data *out, ms_error *err);
void board_data_fini(board_data *d);

#endif
