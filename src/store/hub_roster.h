/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_roster.h - how devices come, change their keys and are stopped: invites, joins, approvals,
 * rotations and freezes, each a leaf of the hub (enrolment and revocation by administrators:
 * hub_stream.h).
 */
#ifndef STORE_HUB_ROSTER_H
#define STORE_HUB_ROSTER_H

#include "store/hub_stream.h"
#include "store/invite.h"

enum {
	JOIN_CLOCK_OFF_MAX_S = 300, /* a joiner's clock may differ by so much */
	INVITE_SECONDS_MAX = 366 * 86400,
	INVITE_KEPT_DAYS = 30,      /* after it expired: it hears why */
	ROTATION_OVERLAP_DAYS = 14, /* the keys before are taken too */
};

/* Keep IN as an invite; its times and name are set. MS_EXISTS when a device has the name and is not
 * to be replaced. */
ms_status hub_invite(store_txn *txn, const roster *all, const invite *in, ms_error *err);

/* Delete the invites that need not be told of any more. Looks at all of them. */
void hub_forget_invites(store_txn *txn, int64_t now_us);

/* Delete the invites that nobody has used yet: all for the device WHICH, or the one that is called
 * so (invite_name). N: how many. MS_NOT_FOUND: none. */
ms_status hub_withdraw(store_txn *txn, const char *which, size_t *n, ms_error *err);

typedef enum join_refusal {
	JOIN_OK = 0,
	JOIN_UNKNOWN, /* no such invite */
	JOIN_USED,    /* by other keys */
	JOIN_EXPIRED,
	JOIN_OTHER_UNIT,
	JOIN_CLOCK_OFF,
	JOIN_NAME_TAKEN,
	JOIN_BAD_KEYS,      /* they belong to a device, or are none */
	JOIN_BAD_SIGNATURE, /* of a rotation */
	JOIN_TOO_EARLY,     /* the overlap of the rotation before lasts */
	JOIN_REFUSAL_COUNT
} join_refusal;

/* What a joiner says; of a rotation what a device says. */
typedef struct join_ask {
	uint8_t with[CURVE_PUBLIC_SIZE]; /* the key it connected with */
	bool rotates;
	device_id device; /* which rotates; else a fresh random id, in case one is needed */
	sign_public sign_key;
	uint8_t curve_key[CURVE_PUBLIC_SIZE];
	char unit[PLAN_ID_MAX + 1]; /* that its directory belongs to, or "" */
	int64_t off_us;             /* its wall clock against the hub's */
	bool only_check;
	bool approve; /* by the hub's settings: who joins waits for an approval, as the invite may
		       * say too
		       */
	signature signature; /* of a rotation */
} join_ask;

typedef struct join_result {
	join_refusal refusal;
	device row;    /* the device; after a check of an unused invite only unit and name */
	bool changed;  /* ROW was written */
	bool replaced; /* so was OLD, revoked */
	device old;
	int64_t until_us; /* of a rotation */
} join_result;

/* Judge ASK and do what it asks, in TXN. MS_OK also for a refusal, which writes nothing. The same
 * keys get the same answer again. */
ms_status hub_join(store_txn *txn, log_state *log, const hub_keys *keys, roster *all,
	const join_ask *ask, int64_t now_us, join_result *out, ms_error *err);

/* The device NAME, which waits for it, counts from now on. MS_NOT_FOUND; MS_EXISTS: it does not
 * wait. */
ms_status hub_approve(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, span name,
	int64_t now_us, device *row, uint64_t *leaf, ms_error *err);

/* BATCH does not fit to what D has sent before: keep it as evidence and believe nothing more from
 * the device. */
ms_status hub_freeze_device(store_txn *txn, log_state *log, const hub_keys *keys,
	const batch_view *batch, int64_t now_us, device *d, ms_error *err);

#endif
