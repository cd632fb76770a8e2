/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruling_rows.h - the acts that concern more than one slot (plan/rulings.h), in the order of the
 * log.
 *
 *   RULING: number u64, from 0 -> ruling_row
 */
#ifndef STORE_RULING_ROWS_H
#define STORE_RULING_ROWS_H

#include "plan/rulings.h"
#include "store/store.h"

/* All of them into R, which was init'ed. Those that name a unit or item that its plan does not have
 * are left out. A failure is held in TXN. */
void ruling_rows_load(store_txn *txn, rulings *r);
/* The same from number *NEXT on, which is then behind the last: rows are only ever added. */
void ruling_rows_follow(store_txn *txn, rulings *r, uint64_t *next);
void ruling_rows_append(store_txn *txn, const plan *p, const ruling *x);

#endif
