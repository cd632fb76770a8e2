/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_move.h - the hub's next address and CURVE key: told to every unit by a leaf (HUB_MOVED), and
 * kept, so that the hub listens at both places until the overlap ends.
 *
 *   META HUB_MOVE_NAME        -> the newest move
 *   DIR/curve-<public>.key    the secret of a CURVE key that is not hub.key's, mode 0600
 */
#ifndef STORE_HUB_MOVE_H
#define STORE_HUB_MOVE_H

#include "store/home.h"
#include "store/hub_stream.h"

#define HUB_MOVE_NAME "move" /* store/meta.h */

/* A ROUTER socket has one address and one key. */
typedef struct hub_place {
	char listen[HOME_NAME_MAX];
	uint8_t curve_key[CURVE_SECRET_SIZE]; /* public */
} hub_place;

typedef struct hub_move {
	char address[HOME_NAME_MAX]; /* what devices are told */
	hub_place now, before;
	int64_t from_us, until_us; /* `before` is served until then */
	uint64_t leaf;
} hub_move;

/* Is it served where it was before, too? */
bool hub_move_overlaps(const hub_move *move, int64_t now_us);
/* Does a hub whose newest move is LAST listen at LISTEN? */
bool hub_move_serves(const hub_move *last, const char *listen, int64_t now_us);
/*
 * Where MOVE leads and what it leaves. LAST is the newest move; of a hub that never moved, both its
 * places are that of the settings. LISTEN NULL: where it listens now; CURVE_KEY NULL: the key
 * there. While LAST overlaps the place before it stays: not everybody has heard of the one after.
 */
void hub_move_set(hub_move *move, const hub_move *last, const char *listen,
	const uint8_t *curve_key, int64_t now_us);
/* False: the hub never moved, or a failure that TXN holds. */
bool hub_move_get(store_txn *txn, hub_move *out);
/* A leaf of the hub, an entry of it in the feed of every unit of P, and MOVE kept with its leaf.
 * Feed numbers that others hold in memory are stale afterwards. */
ms_status hub_move_apply(store_txn *txn, log_state *log, const hub_keys *keys, const plan *p,
	hub_move *move, int64_t now_us, ms_error *err);

/* Make a CURVE key beside hub.key. */
ms_status hub_curve_make(const char *dir, uint8_t public_key[CURVE_SECRET_SIZE],
	const uint8_t secret[CURVE_SECRET_SIZE], ms_error *err);
/* Is NAME that of such a key's file? */
bool hub_curve_is_key(const char *name);
/* The secret of PUBLIC_KEY, which is not hub.key's. */
ms_status hub_curve_read(const char *dir, const uint8_t public_key[CURVE_SECRET_SIZE],
	uint8_t secret[CURVE_SECRET_SIZE], ms_error *err);

#endif
