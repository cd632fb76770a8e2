/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keybook.h - with which key a device signs, learnt only from acts of the hub that the log proves:
 * its origin (leaf 0) for the hub itself, enrolments for all others, and rotations, which the key
 * before has signed.
 */
#ifndef WIRE_KEYBOOK_H
#define WIRE_KEYBOOK_H

#include "base/map.h"
#include "codec/frame.h"
#include "plan/plan.h"
#include "proof/batch.h"
#include "proof/note.h"

/* A key of a device and the leaf that names it. */
typedef struct named_key {
	device_id device;
	char unit[PLAN_ID_MAX + 1]; /* empty: the hub's own device */
	sign_public key;
	uint64_t leaf;
	int64_t until_us; /* of a rotation: until then the key before is good too */
	size_t before;    /* place of the device's key before this one, + 1; 0 = it is the first */
} named_key;

/* Zeroed is empty. */
typedef struct keybook {
	named_key *list;
	size_t n, room;
	map newest; /* device id -> place in list */
} keybook;

/* Take what P names, if P's path leads to C and the hub signed it. MS_DENIED says why not. */
ms_status keybook_take(
	keybook *k, const leaf_proof *p, const checkpoint *c, arena *memory, ms_error *err);
/* Did the device of E's header sign it, and is E->unit the device's? E's header is H. */
ms_status keybook_check(
	const keybook *k, const feed_entry *e, const batch_header *h, ms_error *err);
void keybook_fini(keybook *k);

#endif
