/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recount.h - the books added up anew: every slot and rollup from the log alone, compared with what
 * is stored (promise 8 of src/README.md).
 *
 * Every act is judged again into a book (plan/book.h). That shares the pure rules of plan/ with the
 * ledger, none of its caches, rows or deltas.
 */
#ifndef STORE_RECOUNT_H
#define STORE_RECOUNT_H

#include "plan/plan.h"
#include "proof/batch.h"
#include "store/store.h"

typedef struct recount_result {
	uint64_t leaves, acts, stored;
	uint64_t missing;          /* sequences that the log leaves out */
	uint64_t doubled;          /* sequences that it has more than once */
	uint64_t verdict_mismatch; /* verdicts that the rules do not give */
	uint64_t slot_mismatch;    /* slot rows that differ from the log */
	uint64_t rollup_mismatch;  /* figures or counts that differ */
	uint64_t notice_mismatch;  /* instants whose notices are not those of the lights */
	char first[200];           /* the first difference, for people */
} recount_result;

/* Reads the newest committed state, which may grow meanwhile. MS_BUSY: a version of the plan came
 * that P does not have. */
ms_status recount(store *db, const plan *p, recount_result *out, ms_error *err);

#endif
