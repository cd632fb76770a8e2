/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - Merkle trees after RFC 6962: the small one over a batch's acts, the large one over the
 * log. Pure. Leaf hash: SHA-256(0x00 || bytes). Node hash: SHA-256(0x01 || left || right). Empty
 * tree: SHA-256("").
 */
#ifndef PROOF_TREE_H
#define PROOF_TREE_H

#include "base/hash.h"
#include "base/status.h"

enum { TREE_LEVELS_MAX = 64 };

/* SHA-256(0x00 || bytes) and SHA-256(0x01 || left || right). */
hash32 tree_leaf(span bytes);
hash32 tree_node(const hash32 *left, const hash32 *right);
/* LEAVES[i] = tree_leaf(TEXTS[i]) of all N, a tenth faster than one by one. */
void tree_leaves(const span *texts, size_t n, hash32 *leaves);

/* The root over N leaf hashes; overwrites LEAVES as scratch. */
hash32 tree_root_of(hash32 *leaves, size_t n);

/* The roots of the perfect subtrees of a tree of SIZE leaves, largest first: one per set bit of
 * SIZE. */
typedef struct tree_frontier {
	uint64_t size;
	hash32 roots[TREE_LEVELS_MAX];
	unsigned n;
} tree_frontier;

/* Of the empty tree. */
void tree_frontier_init(tree_frontier *f);
/*
 * Append one leaf hash. MADE (room for TREE_LEVELS_MAX + 1) gets the nodes that this leaf
 * completes, the leaf itself first, then its parents upwards; their number is returned: 1 +
 * trailing ones of the old size. Stored with the leaf they are every node of the tree.
 */
unsigned tree_append(tree_frontier *f, const hash32 *leaf, hash32 *made);
hash32 tree_frontier_root(const tree_frontier *f);

/* Reads the stored node of LEVEL (0 = leaves) and INDEX: it stands with leaf ((index + 1) << level)
 * - 1 at place `level` of MADE. */
typedef struct tree_nodes {
	void *ctx;
	ms_status (*read)(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err);
} tree_nodes;

/* The root over the N leaves from START on, a subtree of RFC 6962's. */
ms_status tree_range_root(
	tree_nodes *nodes, uint64_t start, uint64_t n, hash32 *out, ms_error *err);
/* The frontier that the tree had at SIZE leaves. */
ms_status tree_frontier_at(tree_nodes *nodes, uint64_t size, tree_frontier *out, ms_error *err);
/* RFC 6962 2.1.1: the path of LEAF in the tree of SIZE leaves, lowest first; *N of at most
 * TREE_LEVELS_MAX. */
ms_status tree_inclusion(
	tree_nodes *nodes, uint64_t leaf, uint64_t size, hash32 *path, unsigned *n, ms_error *err);
bool tree_inclusion_check(const hash32 *leaf_hash, uint64_t leaf, uint64_t size, const hash32 *path,
	unsigned n, const hash32 *root);
/* RFC 6962 2.1.2: consistency of FROM with SIZE. */
ms_status tree_consistency(
	tree_nodes *nodes, uint64_t from, uint64_t size, hash32 *path, unsigned *n, ms_error *err);
bool tree_consistency_check(uint64_t from, const hash32 *from_root, uint64_t size,
	const hash32 *root, const hash32 *path, unsigned n);

/*
 * The fewest hashes that rebuild the root of N leaves together with the leaves marked in SHOWN (n
 * bytes, 0 or 1), in the order in which a left-to-right descent meets them. LEAVES are not changed.
 * *COUNT is 0 before, at most n after.
 */
void tree_siblings(
	const hash32 *leaves, const uint8_t *shown, size_t n, hash32 *siblings, size_t *count);
/* The root from the shown leaf hashes (LEAVES is valid where SHOWN is 1) and the siblings. False
 * when their number does not fit. */
bool tree_root_from(const hash32 *leaves, const uint8_t *shown, size_t n, const hash32 *siblings,
	size_t count, hash32 *root);

#endif
