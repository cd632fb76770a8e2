/* SPDX-License-Identifier: Apache-2.0 */
/* stored.h - how far a unit's agents have its feed on their disks, by class; in the META table. */
#ifndef STORE_STORED_H
#define STORE_STORED_H

#include "store/store.h"

typedef struct stored_at {
	uint64_t own, lead; /* entry numbers */
	int64_t seen_us;    /* hub time at which an agent said so; 0: never */
} stored_at;

/* All 0 where no agent of UNIT has said so. A failure is noted in TXN. */
stored_at stored_get(store_txn *txn, span unit);
void stored_put(store_txn *txn, span unit, stored_at at);

#endif
