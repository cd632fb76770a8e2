/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild_parts.h - inside store: a rebuilding as its files see it. */
#ifndef STORE_REBUILD_PARTS_H
#define STORE_REBUILD_PARTS_H

#include "base/arena.h"
#include "base/map.h"
#include "store/hub_move.h"
#include "store/ledger.h"
#include "store/log.h"
#include "store/roster.h"
#include "store/verify.h"

typedef struct rebuilding {
	store *empty;
	store_txn from, to; /* as it is; anew */
	log_state stored;
	log_state log; /* its noticed_us: so far lights were surely told */
	verify_result *out;
	plan *plan; /* the version in force at the leaf at hand */
	ledger *ledger;
	map devices; /* id -> device * as a number */
	size_t n_devices;
	device_id hub;  /* its own stream */
	bool simulated; /* the hub's clock */
	bool is_old;    /* leaf 0 names no CURVE key, and enrolments may name no invite */
	map invites;    /* one-time key -> device * that joined with it, as a number */
	map curve_keys; /* of the hub's places */
	map changes;    /* of rollups: rebuild_rollup_since */
	hub_move moved; /* what the newest leaf of that kind says; leaf 0: there is none */
	uint64_t chunk; /* acts since the last flush */
	arena kept, acts;
} rebuilding;

/* rebuild_differs.c: note the first thing that is wrong. */
void rebuild_differs(rebuilding *r, uint64_t leaf, const char *what);
void rebuild_row_differs(rebuilding *r, store_table table, span key, const char *what);
/* rebuild_beside.c: rows of which the log gives a part. */
/* The state of the log. Instants that were told go out of the rows made anew. */
void rebuild_judge_state(rebuilding *r);
void rebuild_judge_move(rebuilding *r);
void rebuild_judge_invites(rebuilding *r);
/* A row of META that is not made anew: is it one that this program keeps? */
bool rebuild_judge_meta(rebuilding *r, span key, span row);
/* From which size of the log on may it be that the rollup KEY was written? */
uint64_t rebuild_rollup_since(rebuilding *r, span key);
/* Is there anything that is no table of a hub? */
void rebuild_judge_tables(rebuilding *r);

/* rebuild_rows.c: every row beside what was made anew. */
ms_status rebuild_compare_rows(rebuilding *r, ms_error *err);

#endif
