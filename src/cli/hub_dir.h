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

/* One change of a hub that does not run: what is staged in TXN, and LOG, or nothing of it. */
typedef struct hub_change {
	hub_dir d;
	store_txn txn;
	log_state log;
	roster roster;  /* as TXN has it */
	int64_t now_us; /* the hub's time */
} hub_change;

/* Under the directory's lock. After MS_OK hub_change_end must follow. */
ms_status hub_change_begin(const char *dir, hub_change *out, ms_error *err);
/* Commits when S, how the staging went, is MS_OK. Returns what failed first. */
ms_status hub_change_end(hub_change *c, ms_status s, ms_error *err);

/* What a new device must know of the hub. */
typedef struct hub_facts {
	hub_settings settings;
	char address[HOME_NAME_MAX]; /* where it is looked for, also after it has moved */
	uint8_t curve_public[CURVE_PUBLIC_SIZE];
	sign_public sign_key;
} hub_facts;

/* Of a hub that runs or not. */
ms_status hub_facts_read(const char *dir, hub_facts *out, ms_error *err);

/* MS_NOT_FOUND, with what may be meant, unless the hub's plan has a unit of this id. */
ms_status hub_dir_check_unit(const char *dir, const char *unit, ms_error *err);

/* Is a daemon running on DIR? */
bool hub_dir_is_served(const char *dir);

#endif
