/* SPDX-License-Identifier: Apache-2.0 */
/* stored.h - how far a unit's agents have its feed on their disks, by class; in the META table. */
#ifndef STORE_STORED_H
#define STORE_STORED_H

#include "plan/plan.h"
#include "store/meta.h"

typedef struct stored_at {
	uint64_t own, lead; /* entry numbers */
	int64_t seen_us;    /* hub time at which an agent said so; 0: never */
} stored_at;

/* Each is a row of META. */
typedef enum stored_number { STORED_OWN, STORED_LEAD, STORED_SEEN, STORED_NUMBERS } stored_number;

enum { STORED_KEY_SIZE = sizeof(META_KEY("stored/lead/")) + PLAN_ID_MAX };

const char *stored_key(stored_number number, span unit, char out[STORED_KEY_SIZE]);
/* Is KEY that of one, and of which? */
bool stored_is(span key, stored_number *number, span *unit);

/* All 0 where no agent of UNIT has said so. A failure is noted in TXN. */
stored_at stored_get(store_txn *txn, span unit);
void stored_put(store_txn *txn, span unit, stored_at at);

#endif
