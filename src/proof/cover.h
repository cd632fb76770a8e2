/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cover.h - several leaves of one tree proven together: the fewest hashes that rebuild its root
 * with them, in the order in which a left-to-right descent meets them. Leaves side by side share
 * nearly all of them. Pure.
 */
#ifndef PROOF_COVER_H
#define PROOF_COVER_H

#include "proof/tree.h"

typedef struct cover_leaf {
	uint64_t leaf;
	hash32 hash;
} cover_leaf;

/* Bring the list into ascending order, each leaf once; *N follows. False: two hashes are given for
 * one leaf. */
bool cover_sort(cover_leaf *list, size_t *n);
/* The hashes for the leaves of LIST (sorted, below SIZE; their hashes are not looked at) in the
 * tree of SIZE leaves. MS_FULL: they would be more than MAX. */
ms_status cover_make(tree_nodes *nodes, uint64_t size, const cover_leaf *list, size_t n,
	hash32 *out, size_t max, size_t *count, ms_error *err);
/* Do LIST (sorted) and the COUNT hashes give ROOT, with none left over? */
bool cover_check(uint64_t size, const cover_leaf *list, size_t n, const span *hashes, size_t count,
	const hash32 *root);
/* Out of the same: the inclusion path (tree_inclusion) of LEAF, which is in LIST; PATH has room for
 * TREE_LEVELS_MAX. False: LIST and the hashes make no tree of SIZE leaves. */
bool cover_path(uint64_t size, const cover_leaf *list, size_t n, const span *hashes, size_t count,
	uint64_t leaf, hash32 *path, unsigned *n_path);

#endif
