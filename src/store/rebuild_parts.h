/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild_parts.h - inside store: a rebuilding as its two files see it. */
#ifndef STORE_REBUILD_PARTS_H
#define STORE_REBUILD_PARTS_H

#include "base/arena.h"
#include "base/map.h"
#include "store/ledger.h"
#include "store/log.h"
#include "store/roster.h"
#include "store/verify.h"

typedef struct rebuilding {
	store *empty;
	store_txn from, to; /* as it is; anew */
	log_state stored, log;
	verify_result *out;
	plan *plan; /* the version in force at the leaf at hand */
	ledger *ledger;
	map devices; /* id -> device * as a number */
	size_t n_devices;
	device_id hub;  /* its own stream */
	uint64_t chunk; /* acts since the last flush */
	arena kept, acts;
} rebuilding;

/* rebuild_rows.c: note the first thing that is wrong. */
void rebuild_differs(rebuilding *r, uint64_t leaf, const char *what);
/* Every row beside what was made anew. */
ms_status rebuild_compare_rows(rebuilding *r, ms_error *err);

#endif
