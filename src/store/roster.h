/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster.h - the devices a hub knows, where their streams stand, and what it keeps of forks.
 *
 *   DEVICE:   device id 16                                  -> Device (store.proto)
 *   BATCH:    an entry first_seq varint | leaf varint for each batch of a device, in blocks
 *             (blocks.h) with BATCH_TAIL
 *   EVIDENCE: device id 16 | first_seq u64 | header hash 32 -> hub time i64 | batch
 */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H

#include "base/buf.h"
#include "plan/plan.h"
#include "proof/batch.h"
#include "store/store.h"

enum { DEVICE_NAME_MAX = 96, CURVE_PUBLIC_SIZE = 32 };

typedef enum device_state {
	DEVICE_ACTIVE = 1,
	DEVICE_FROZEN = 2, /* it has two histories */
	DEVICE_REVOKED = 3,
	DEVICE_PENDING = 4, /* it counts once it is approved */
} device_state;

typedef struct device {
	device_id id;
	char unit[PLAN_ID_MAX + 1];
	char name[DEVICE_NAME_MAX + 1]; /* "kjj@office-3" */
	sign_public sign_key;
	uint8_t curve_key[CURVE_PUBLIC_SIZE];
	device_state state;
	uint64_t next_seq;  /* sequence the hub waits for; 1 at the beginning */
	hash32 last_header; /* zero while there is none */
	uint64_t enrolled_leaf, revoked_leaf;
	uint64_t key_leaf;        /* of the rotation that named the keys; 0: the enrolment did */
	sign_public old_sign_key; /* the keys before; taken too until then */
	uint8_t old_curve_key[CURVE_PUBLIC_SIZE];
	int64_t old_until_us; /* hub time; 0: there are none */
} device;

/* What a unit may call a device of its: 1 to 48 bytes without blanks, @, quotes and backslashes. */
bool device_may_be_called(span own);
/* Is NAME "UNIT@OWN" with such a name? MS_INVALID. */
ms_status device_name_check(span name, span unit, ms_error *err);

/* Write the row of D; a failure is noted in TXN. */
void device_save(store_txn *txn, const device *d);
/* False: there is none, or a failure, noted in TXN. */
bool device_load(store_txn *txn, const device_id *id, device *out);
const char *device_state_name(device_state state);

typedef enum roster_order {
	ROSTER_BY_ID,
	ROSTER_BY_KEY,
	ROSTER_BY_OLD_KEY,
	ROSTER_BY_UNIT,
	ROSTER_BY_NAME,
	ROSTER_ORDERS
} roster_order;

/* All devices, each where it came in. Zeroed = empty. */
typedef struct roster {
	device *list;
	size_t n, room;
	uint32_t *by[ROSTER_ORDERS]; /* indexes into list, sorted by what the order says */
} roster;

/* All devices of the store. False, and nothing in OUT, after a failure, which TXN holds. */
bool roster_load(store_txn *txn, roster *out);
/* Put D in or replace the device with its id; its place in the list stays, what was found before is
 * stale. MS_NO_MEMORY. */
ms_status roster_set(roster *r, const device *d);
/* NULL: there is none. Good until the next roster_set. */
device *roster_find(const roster *r, const device_id *id);
/* The device with the curve key that is not revoked, else a revoked one with it, else NULL. */
device *roster_find_key(const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE]);
/* The device that had the curve key before and may use it at NOW_US still (INT64_MIN: that ever
 * might); else NULL. */
device *roster_find_old_key(
	const roster *r, const uint8_t curve_key[CURVE_PUBLIC_SIZE], int64_t now_us);
/* Does KEY sign for D in a leaf of HUB_US: its own, or the one before while that counts? */
bool device_signs_at(const device *d, const sign_public *key, int64_t hub_us);
/* The N devices of UNIT, as indexes into the list. */
const uint32_t *roster_of_unit(const roster *r, const char *unit, size_t *n);
/* By its name, or by the hex of its id: NULL when there is none. */
device *roster_find_name(const roster *r, const char *text);
void roster_fini(roster *r);

/* Where the batch of device ID that begins at FIRST_SEQ stands. */
void batch_index_put(store_txn *txn, const device_id *id, uint64_t first_seq, uint64_t leaf);
bool batch_index_find(store_txn *txn, const device_id *id, uint64_t first_seq, uint64_t *leaf);
/* Where its newest batch stands. */
bool batch_index_last(store_txn *txn, const device_id *id, uint64_t *leaf);

/* Keep the batch of a fork, once. */
void evidence_put(store_txn *txn, const batch_view *batch, int64_t hub_time_us);
typedef struct evidence {
	device_id device;
	uint64_t first_seq;
	hash32 header_hash;
	int64_t hub_time_us;
	span batch; /* borrows from the transaction */
} evidence;
/* The one of this device, FIRST_SEQ and HEADER_HASH. False: it is not there. */
bool evidence_get(store_txn *txn, evidence *e);
/* Walk: the one after *E, a zeroed one is before all. False at the end. */
bool evidence_next(store_txn *txn, evidence *e);

#endif
