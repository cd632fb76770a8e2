/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_stream.h - the hub's own acts: its birth, its rules, plan versions, who is enrolled and who
 * is revoked, lights that passed.
 *
 * The hub is a device of its own log: its acts are sealed, signed and numbered like everybody's and
 * become leaves like everybody's.
 */
#ifndef STORE_HUB_STREAM_H
#define STORE_HUB_STREAM_H

#include "base/clock.h"
#include "plan/plan.h"
#include "proof/batch.h"
#include "store/home.h"
#include "store/log.h"
#include "store/roster.h"
#include "store/store.h"

enum { LEDGER_RULES = 1 /* the version of the rules that this code folds leaves with */ };

typedef struct hub_keys {
	hub_id hub;
	device_id device; /* of the hub itself */
	sign_key sign;
	sign_public admin; /* the administrator's; named in leaf 0 */
	uint8_t curve_secret[32], curve_public[32];
} hub_keys;

/* Append N acts of the hub, 1..256 (kind, their member of u, and for notices the slot are set), as
 * one leaf. */
ms_status hub_stream_state(store_txn *txn, log_state *log, const hub_keys *keys, const act *acts,
	uint16_t n, int64_t now_us, uint64_t *leaf, ms_error *err);
/* Leaf 0 and what follows it: origin, rules, plan. The store is new and empty. */
ms_status hub_stream_found(store *db, const hub_keys *keys, const sim_clock *clock,
	span origin_name, const plan *p, int64_t now_us, ms_error *err);
/* Append the newest version of P as a leaf and keep its row; nothing else follows it here
 * (store/plan_change.h). */
ms_status hub_stream_plan(store_txn *txn, log_state *log, const hub_keys *keys, const plan *p,
	int64_t now_us, uint64_t *leaf, ms_error *err);
/*
 * ALL in what follows, and in hub_roster.h, are the devices as TXN has them; what is written is set
 * there too.
 */
/* Append a device's enrolment as a leaf and keep its row (ROW->enrolled_leaf is set). MS_EXISTS
 * when the name or key is taken. A row that is PENDING stays so; of HOW (may be NULL) the act takes
 * what it replaces and the invite. */
ms_status hub_stream_enrol(store_txn *txn, log_state *log, const hub_keys *keys, roster *all,
	device *row, const hub_enrolment *how, int64_t now_us, ms_error *err);
/* Write the row of D, and set it in ALL. */
ms_status hub_stream_save(store_txn *txn, roster *all, const device *d, ms_error *err);
/* The device of this name or id; the hub itself is none. MS_NOT_FOUND. */
ms_status hub_stream_find(
	const roster *all, const device_id *self, span name, device *out, ms_error *err);
/* Append a revocation; the device's row gets its state and leaf. MS_NOT_FOUND. */
ms_status hub_stream_revoke(store_txn *txn, log_state *log, const hub_keys *keys, roster *all,
	span name, span reason, int64_t now_us, device *row, ms_error *err);
/* Are KEYS and SETTINGS of the hub's directory DIR those of this log, as leaf 0 has them? MS_CONFIG
 * names what is not. When the simulated clock began to run is taken from there. */
ms_status hub_stream_fits(store_txn *txn, const char *dir, const hub_keys *keys,
	hub_settings *settings, ms_error *err);

#endif
