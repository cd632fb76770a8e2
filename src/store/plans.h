/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plans.h - every plan version a hub ever had, by its hash. A row's file holds all versions up to
 * its own (plan_append).
 *
 *   PLAN: version 32 -> PlanVersion (store.proto)
 */
#ifndef STORE_PLANS_H
#define STORE_PLANS_H

#include "base/arena.h"
#include "base/hash.h"
#include "plan/period.h"
#include "store/store.h"

typedef struct plan_row {
	hash32 version; /* SHA-256 of file */
	span file;
	uint64_t leaf;      /* that put it in force */
	period from_period; /* first period it judges */
} plan_row;

/* version is filled from the file's bytes. */
void plans_put(store_txn *txn, plan_row *row);
/* MEMORY holds the file. False: not there, or failed. */
bool plans_get(store_txn *txn, const hash32 *version, arena *memory, plan_row *out);
/* All of them in the order of their leaves, *N of them, in MEMORY. NULL after a failure or when
 * there is none. */
plan_row *plans_list(store_txn *txn, arena *memory, size_t *n);
/* The newest of them, in MEMORY. Every hub has one: MS_CORRUPT for none. */
ms_status plans_newest(store_txn *txn, arena *memory, plan_row *out, ms_error *err);

#endif
