/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail.h - the newest leaves of a growing tree in memory, so that paths to them and consistency
 * between recent sizes need no reading of the store. Pure.
 */
#ifndef PROOF_TAIL_H
#define PROOF_TAIL_H

#include "proof/tree.h"

enum { TAIL_KEEP = 4096 /* leaves held at least, once there were so many; twice that at most */ };

/* Zeroed is an empty tree. */
typedef struct tree_tail {
	tree_frontier base; /* before the first leaf held */
	tree_frontier mid;  /* TAIL_KEEP leaves behind it */
	tree_frontier now;
	hash32 *nodes;   /* what each leaf completed, leaf by leaf (tree_append) */
	uint32_t *start; /* [leaf held] where its nodes begin */
	size_t n, n_nodes;
	tree_nodes older; /* for what is not held */
} tree_tail;

/* Begin at tree AT. OLDER reads the nodes of leaves before it. MS_NO_MEMORY. */
ms_status tree_tail_init(tree_tail *t, const tree_frontier *at, const tree_nodes *older);
void tree_tail_fini(tree_tail *t);
void tree_tail_append(tree_tail *t, const hash32 *leaf);
/* A reader of all nodes up to T->now, good until T changes. */
void tree_tail_nodes(tree_tail *t, tree_nodes *out);

#endif
