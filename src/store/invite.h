/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invite.h - who may join: a row for each one-time key that the hub gave out.
 *
 *   INVITE: public half of the one-time CURVE key 32 -> unit, name, times, marks, device
 *
 * The secret half is in the join key alone. A used invite is kept, so that the same joiner hears
 * the same answer again and everybody else hears that it is used.
 */
#ifndef STORE_INVITE_H
#define STORE_INVITE_H

#include "store/roster.h"

typedef struct invite {
	uint8_t key[CURVE_PUBLIC_SIZE];
	char unit[PLAN_ID_MAX + 1];
	char name[DEVICE_NAME_MAX + 1]; /* the device's to be */
	int64_t made_us, expires_us;
	bool approve; /* the device waits for an approval */
	bool replace; /* a device of this name is revoked for it */
	bool used;
	device_id device; /* once it is used */
} invite;

/* What people call an invite by: the first bytes of its key, in hex. */
enum { INVITE_NAME_SIZE = 17 };
const char *invite_name(const invite *in, char out[INVITE_NAME_SIZE]);

/* Write its row, by its key; a failure is noted in TXN. */
void invite_put(store_txn *txn, const invite *in);
/* False: there is none, or a failure, noted in TXN. */
bool invite_get(store_txn *txn, const uint8_t key[CURVE_PUBLIC_SIZE], invite *out);
/* Delete what expired before BEFORE_US. */
void invite_prune(store_txn *txn, int64_t before_us);

/* All of them, by key. Zeroed = empty. */
typedef struct invite_list {
	invite *list;
	size_t n, room;
} invite_list;

/* All of the store. False, and nothing in OUT, after a failure, which TXN holds. */
bool invites_load(store_txn *txn, invite_list *out);
void invites_fini(invite_list *l);

#endif
