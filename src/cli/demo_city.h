/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_city.h - the demo's city: a hub and an agent for each unit as real processes, with
 * directories, folders and a clock that is moved from event to event.
 *
 * A process that ends by itself, because somebody killed it, is started again, as a service manager
 * would do. Functions that wait return MS_AGAIN when a signal asks to stop.
 */
#ifndef CLI_DEMO_CITY_H
#define CLI_DEMO_CITY_H

#include <sys/types.h>

#include "cli/demo_year.h"
#include "store/home.h"

enum { CITY_DIR_MAX = 512 };

typedef struct demo_city {
	/* set by the caller, the rest zeroed */
	const demo_year *year;
	const char *dir;                          /* made by city_open */
	int signals;                              /* of daemon_signals */
	void (*say)(void *ctx, const char *text); /* what happened besides the events */
	void *ctx;

	char hub_program[HOME_PATH_MAX], agent_program[HOME_PATH_MAX];
	pid_t hub, line;
	pid_t *agents; /* [plan->n_units] */
	unsigned hub_port, line_port;
	bool line_down;
	int64_t now_us;
} demo_city;

/* Found the hub, enrol a device for every unit, start everything, wait until all are connected. */
ms_status city_open(demo_city *c, ms_error *err);
/* End the processes; the directory stays. */
void city_close(demo_city *c);

/* "DIR/hub", "DIR/units/ID" into OUT (HOME_PATH_MAX bytes); returns OUT. */
const char *city_hub_dir(const demo_city *c, char *out);
const char *city_unit_dir(const demo_city *c, uint32_t unit, char *out);

/* The hub's clock is AT_US from now on, unless it is later already; waits while the hub starts. */
ms_status city_set_clock(demo_city *c, int64_t at_us, ms_error *err);
/* Lay a file into the unit's folder, and wait until it was taken and, while its line is up, has its
 * receipts. */
ms_status city_drop(demo_city *c, uint32_t unit, const char *name, span bytes, ms_error *err);
/* Cut the line of the office, or mend it and wait until everything has its receipt. */
ms_status city_cut(demo_city *c, ms_error *err);
ms_status city_mend(demo_city *c, ms_error *err);
/* Let MS milliseconds pass; less than 0: until a signal comes. */
ms_status city_pause(demo_city *c, int ms, ms_error *err);

#endif
