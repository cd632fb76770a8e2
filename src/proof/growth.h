/* SPDX-License-Identifier: Apache-2.0 */
/*
 * growth.h - how a log grew: the frontier of a tree and the leaves that came behind it. Whoever
 * keeps nothing but (size, root) can check that the new tree is the old one with leaves appended.
 * Pure.
 *
 *   size u64 | roots u8 | roots 32 each | leaves u32 | leaf hashes 32 each, big-endian
 */
#ifndef PROOF_GROWTH_H
#define PROOF_GROWTH_H

#include "base/buf.h"
#include "proof/note.h"
#include "proof/tree.h"

enum {
	GROWTH_LEAVES_MAX = 16384,
	GROWTH_BYTES_MAX = 8 + 1 + TREE_LEVELS_MAX * HASH_SIZE + 4 + GROWTH_LEAVES_MAX * HASH_SIZE
};

/* Append the growth of FROM to TO leaves, at most GROWTH_LEAVES_MAX of them, which NODES reads. */
ms_status growth_write(
	const tree_frontier *from, tree_nodes *nodes, uint64_t to, buf *out, ms_error *err);
/* The same where the hashes of the leaves lie in memory, 32 bytes each. */
ms_status growth_tell(const tree_frontier *from, span leaves, buf *out);
/*
 * The tree that BYTES grow LAST into. MS_INVALID: they are no growth; MS_DENIED: their old tree is
 * not LAST, so this is another history.
 */
ms_status growth_follow(span bytes, const checkpoint *last, checkpoint *next, ms_error *err);

#endif
