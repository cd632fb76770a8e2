/* SPDX-License-Identifier: Apache-2.0 */
/* demo_show.h - what the viewer of the demo sees: on a terminal one page that is drawn anew, with
 * the boards of two leads; elsewhere a line for each event, and the boards when a period is in. */
#ifndef CLI_DEMO_SHOW_H
#define CLI_DEMO_SHOW_H

#include "cli/demo_city.h"

enum { SHOW_RECENT = 6, SHOW_LINE_MAX = 240 };

typedef struct demo_show {
	const demo_city *city;
	bool page;                               /* stdout is a terminal */
	period at;                               /* of the boards */
	char recent[SHOW_RECENT][SHOW_LINE_MAX]; /* newest last */
} demo_show;

void show_open(demo_show *d, const demo_city *city);
/* Leaves the page; its last state is not kept. */
void show_close(demo_show *d);
/* A line of what happened. */
void show_line(demo_show *d, const char *text);
/* The two boards as they are now. */
ms_status show_boards(demo_show *d, period at, ms_error *err);

#endif
