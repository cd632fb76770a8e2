/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - the whole log held against itself: acts against roots, headers against signatures,
 * streams against their chains, stored tree nodes against the tree, hub times against each other.
 * What the acts add up to is recount.h's question.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "proof/note.h"
#include "proof/tree.h"
#include "store/store.h"

typedef struct verify_result {
	uint64_t size; /* leaves */
	uint64_t acts;
	hash32 root;
	bool good;
	uint64_t first_bad; /* leaf; SIZE when the head of the log is wrong */
	char what[640];     /* the first thing that is wrong */
} verify_result;

/*
 * WAS_SIGNED: N checkpoints (size 0: none) that the log must have grown through; who signed them is
 * the caller's question. MS_OK also when something is wrong with the log (see out->good); other
 * statuses: it could not be read at all.
 */
ms_status verify_log(
	store *db, const checkpoint *was_signed, size_t n, verify_result *out, ms_error *err);

#endif
