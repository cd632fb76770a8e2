/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_dir.h - a hub's directory from the command line: asked through its daemon when one runs,
 * opened under the lock when none does.
 */
#ifndef CLI_HUB_DIR_H
#define CLI_HUB_DIR_H

#include "plan/plan.h"
#include "store/home.h"
#include "store/hub_stream.h"
#include "store/store.h"

typedef struct hub_dir {
	const char *dir;
	home home; /* locked; lock_fd -1 when opened for reading beside a daemon */
	hub_settings settings;
	hub_keys keys;
	store *store;
	plan *plan;
} hub_dir;

/* For changing: takes the lock. MS_BUSY while a daemon has it. */
ms_status hub_dir_open(const char *dir, hub_dir *out, ms_error *err);
/* For reading only, also beside a running daemon; keys are not read. */
ms_status hub_dir_read(const char *dir, hub_dir *out, ms_error *err);
void hub_dir_close(hub_dir *d);
/* The hub's time by its clock. */
int64_t hub_dir_now(const hub_dir *d, const log_state *log);

/* What new devices of the hub in DIR are told, when it has moved: ADDRESS and KEY are changed. */
ms_status hub_dir_place(const char *dir, char address[HOME_NAME_MAX],
	uint8_t key[CURVE_SECRET_SIZE], ms_error *err);

/* Is a daemon running on DIR? */
bool hub_dir_is_served(const char *dir);

#endif
