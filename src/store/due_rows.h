/* SPDX-License-Identifier: Apache-2.0 */
/*
 * due_rows.h - slots whose light may pass at an instant of their own (plan/notice.h).
 *
 *   DUE: instant u64 | unit id 0x00 item id 0x00 period code u32 -> nothing
 *
 * A row says when to look, not what will be seen: it may be out of date.
 */
#ifndef STORE_DUE_ROWS_H
#define STORE_DUE_ROWS_H

#include "plan/plan.h"
#include "store/store.h"

/* Look at the slot at the instant US; a failure is noted in TXN. */
void due_put(store_txn *txn, const plan *p, slot_at at, int64_t us);
/* The earliest instant; INT64_MAX: none. */
int64_t due_first(store_txn *txn);
/* Take the earliest row out. *KNOWN: its slot is in the plan. False: none, or failed. */
bool due_take(store_txn *txn, const plan *p, slot_at *at, int64_t *us, bool *known);
/* Rows up to UNTIL_US go. */
void due_forget(store_txn *txn, int64_t until_us);

#endif
