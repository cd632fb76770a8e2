/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - the whole log held against itself: acts against roots, headers against signatures,
 * streams against their chains, stored tree nodes against the tree, hub times against each other.
 * What the acts add up to is recount.h's question. A log that grows is judged up to where it ends
 * then.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "proof/generation.h"
#include "proof/tree.h"
#include "store/store.h"

/* A checkpoint that somebody signed or kept. */
typedef struct signed_point {
	checkpoint c; /* size 0: none */
	uint32_t generation;
} signed_point;

typedef struct verify_result {
	uint64_t size; /* leaves */
	uint64_t acts;
	uint64_t names_lost; /* leaves whose devices name the history that a restored log lost */
	hash32 root;
	bool good;
	uint64_t first_bad; /* leaf; SIZE when the head of the log is wrong */
	char what[640];     /* the first thing that is wrong */
	const char *remedy; /* of that, marked with TR; NULL: the one for a damaged directory */
} verify_result;

/*
 * WAS_SIGNED: N checkpoints that the log must have grown through, or lost by an order of the
 * administrator (proof/generation.h), whom the first leaf names; of an older log it is ADMIN. Who
 * signed them is the caller's question. MS_OK also when something is wrong with the log (see
 * out->good); other statuses: it could not be read at all.
 */
ms_status verify_log(store *db, const signed_point *was_signed, size_t n, const sign_public *admin,
	verify_result *out, ms_error *err);

#endif
