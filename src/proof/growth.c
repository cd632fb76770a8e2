/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/growth.h"

#include <string.h>

static ms_status
tell_head(const tree_frontier *from, uint64_t leaves, buf *out)
{
	uint8_t head[9], count[4];
	ms_status s;

	MS_ASSERT(leaves <= GROWTH_LEAVES_MAX);
	be64_put(head, from->size);
	head[8] = (uint8_t)from->n;
	be32_put(count, (uint32_t)leaves);
	s = buf_add(out, head, sizeof(head));
	if (s == MS_OK)
		s = buf_add(out, from->roots, from->n * sizeof(hash32));
	return s == MS_OK ? buf_add(out, count, sizeof(count)) : s;
}

ms_status
growth_write(const tree_frontier *from, tree_nodes *nodes, uint64_t to, buf *out, ms_error *err)
{
	uint64_t leaf;
	hash32 hash;
	ms_status s;

	MS_ASSERT(to >= from->size);
	s = tell_head(from, to - from->size, out);
	for (leaf = from->size; leaf < to && s == MS_OK; leaf++) {
		s = nodes->read(nodes->ctx, 0, leaf, &hash, err);
		if (s == MS_OK)
			s = buf_add(out, hash.at, HASH_SIZE);
	}
	return s;
}

ms_status
growth_tell(const tree_frontier *from, span leaves, buf *out)
{
	ms_status s = tell_head(from, leaves.len / HASH_SIZE, out);

	return s == MS_OK ? buf_add_span(out, leaves) : s;
}

static ms_status
no_growth(ms_error *err)
{
	return ms_fail(err, MS_INVALID, MST_PROOF, "the bytes do not tell how a log grew");
}

static bool
read_frontier(span *bytes, tree_frontier *out)
{
	size_t roots;

	tree_frontier_init(out);
	if (bytes->len < 9)
		return false;
	out->size = be64_get(bytes->at);
	out->n = bytes->at[8];
	roots = out->n * sizeof(hash32);
	if (out->n != (unsigned)__builtin_popcountll(out->size) || bytes->len - 9 < roots + 4)
		return false;
	memcpy(out->roots, bytes->at + 9, roots);
	*bytes = span_of(bytes->at + 9 + roots, bytes->len - 9 - roots);
	return true;
}

ms_status
growth_follow(span bytes, const checkpoint *last, checkpoint *next, ms_error *err)
{
	hash32 made[TREE_LEVELS_MAX + 1], root, leaf;
	tree_frontier tree;
	uint32_t n, i;

	if (!read_frontier(&bytes, &tree))
		return no_growth(err);
	n = be32_get(bytes.at);
	if (n > GROWTH_LEAVES_MAX || bytes.len != 4 + (size_t)n * HASH_SIZE)
		return no_growth(err);
	root = tree_frontier_root(&tree);
	if (tree.size != last->size || (last->size > 0 && !hash_equal(&root, &last->root)))
		return ms_fail(err, MS_DENIED, MST_PROOF_HISTORY,
			"asked to go on from a log of %llu leaves that is not the one of %llu "
			"leaves "
			"that was signed last",
			(unsigned long long)tree.size, (unsigned long long)last->size);
	for (i = 0; i < n; i++) {
		memcpy(leaf.at, bytes.at + 4 + (size_t)i * HASH_SIZE, HASH_SIZE);
		tree_append(&tree, &leaf, made);
	}
	*next = (checkpoint){ .size = tree.size, .root = tree_frontier_root(&tree) };
	return MS_OK;
}
