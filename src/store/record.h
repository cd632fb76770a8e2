/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - rows that carry their hash: LMDB has no checksums (a flipped bit in a value goes
 * unseen).
 *
 *   row = version u8 | payload | first 16 bytes of SHA-256(table u8 | key length u16 | key |
 * version | payload)
 *
 * Table and key are hashed too, so a row that turns up in another place is found. No allocation
 * here.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "store/store.h"

enum { RECORD_VERSION = 1, RECORD_CHECK_SIZE = 16, RECORD_OVERHEAD = 1 + RECORD_CHECK_SIZE };

/* Write the row, or append it; a failure is noted in TXN. */
void record_put(store_txn *txn, store_table table, span key, span payload);
void record_append(
	store_txn *txn, store_table table, span key, span payload); /* greatest key of the table */
/* False: not there, or failed (MS_CORRUPT names table and key). */
bool record_get(store_txn *txn, store_table table, span key, span *payload);
/* Take a row read by a cursor apart; false after noting MS_CORRUPT. */
bool record_open(store_txn *txn, store_table table, span key, span value, span *payload);

/* The check over a row whose payload lies in two parts. */
void record_check(store_table table, span key, uint8_t version, span a, span b,
	uint8_t out[RECORD_CHECK_SIZE]);
/* Note MS_CORRUPT for the row, WHAT being the reason. Returns false. */
bool record_bad(store_txn *txn, store_table table, span key, const char *what);

#endif
