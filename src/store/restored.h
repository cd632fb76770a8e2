/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restored.h - a log that goes on from a backup: the leaf that opens its newest generation
 * (proof/generation.h). That leaf follows the last one of the backup.
 */
#ifndef STORE_RESTORED_H
#define STORE_RESTORED_H

#include "proof/generation.h"
#include "store/hub_stream.h"

/* The order that opened the log's newest generation; ORDER->generation 1: it never was restored. */
void restored_load(store_txn *txn, const log_state *log, restore_order *order);
/* The bytes of that order and its signature, in MEMORY. False: there is none, or failed. */
bool restored_read(store_txn *txn, const log_state *log, arena *memory, hub_restore *out);
/* Append the leaf of ORDER, which ADMIN signs. */
ms_status restored_append(store_txn *txn, log_state *log, const hub_keys *keys,
	const restore_order *order, const sign_key *admin, int64_t now_us, ms_error *err);

#endif
