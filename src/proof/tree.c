/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - RFC 6962 in terms of perfect subtrees: a tree of n leaves is the row of perfect trees
 * that the bits of n name, largest first; its root joins them from the right.
 */
#include "proof/tree.h"

/* Several marked texts are laid out before the first of them is hashed: read right after it was
 * written, a text would stall until its pieces are in the cache. */
enum { LAID = 4, LAID_BYTES = 512 };

static const uint8_t leaf_mark = 0, node_mark = 1;

hash32
tree_leaf(span bytes)
{
	return hash_of2(span_of(&leaf_mark, 1), bytes);
}

void
tree_leaves(const span *texts, size_t n, hash32 *leaves)
{
	uint8_t laid[LAID][LAID_BYTES];
	size_t i, at, here;

	for (i = 0; i < n; i += here) {
		here = n - i < LAID ? n - i : LAID;
		for (at = 0; at < here; at++)
			if (texts[i + at].len < LAID_BYTES) {
				laid[at][0] = leaf_mark;
				memcpy(laid[at] + 1, texts[i + at].at, texts[i + at].len);
			}
		for (at = 0; at < here; at++)
			leaves[i + at] = texts[i + at].len < LAID_BYTES
						 ? hash_of(span_of(laid[at], 1 + texts[i + at].len))
						 : tree_leaf(texts[i + at]);
	}
}

hash32
tree_node(const hash32 *left, const hash32 *right)
{
	return hash_of3(span_of(&node_mark, 1), span_of(left->at, HASH_SIZE),
		span_of(right->at, HASH_SIZE));
}

/* Joins the PAIRS of neighbours from BELOW on into the nodes from NODES on, which may begin at the
 * same place. */
static void
join_pairs(const hash32 *below, size_t pairs, hash32 *nodes)
{
	uint8_t laid[LAID][1 + 2 * HASH_SIZE];
	size_t i, at, here;

	for (i = 0; i < pairs; i += here) {
		here = pairs - i < LAID ? pairs - i : LAID;
		for (at = 0; at < here; at++) {
			laid[at][0] = node_mark;
			memcpy(laid[at] + 1, &below[2 * (i + at)], 2 * HASH_SIZE);
		}
		for (at = 0; at < here; at++)
			nodes[i + at] = hash_of(span_of(laid[at], sizeof(laid[at])));
	}
}

/* Level by level; a last node without a sibling moves up unchanged, which is RFC 6962's split at
 * the largest power of two. */
hash32
tree_root_of(hash32 *leaves, size_t n)
{
	if (n == 0)
		return hash_of((span){ 0 });
	while (n > 1) {
		join_pairs(leaves, n / 2, leaves);
		if (n % 2 == 1)
			leaves[n / 2] = leaves[n - 1];
		n = (n + 1) / 2;
	}
	return leaves[0];
}

/* ---- the frontier ---- */

void
tree_frontier_init(tree_frontier *f)
{
	*f = (tree_frontier){ 0 };
}

unsigned
tree_append(tree_frontier *f, const hash32 *leaf, hash32 *made)
{
	uint64_t ones = f->size;
	unsigned n = 0;

	made[n++] = *leaf;
	for (; (ones & 1) != 0; ones >>= 1) {
		f->n--;
		made[n] = tree_node(&f->roots[f->n], &made[n - 1]);
		n++;
	}
	f->roots[f->n++] = made[n - 1];
	f->size++;
	return n;
}

hash32
tree_frontier_root(const tree_frontier *f)
{
	hash32 root;
	unsigned i;

	if (f->n == 0)
		return hash_of((span){ 0 });
	root = f->roots[f->n - 1];
	for (i = f->n - 1; i > 0; i--)
		root = tree_node(&f->roots[i - 1], &root);
	return root;
}

/* ---- proofs from stored nodes ---- */

static unsigned
level_below(uint64_t n)
{
	unsigned level = 0;

	while (((uint64_t)2 << level) < n)
		level++;
	return level; /* of the largest power of two < n */
}

/* The perfect subtrees of the leaves [start, start + n) of a tree whose stored nodes are read, the
 * largest first; start is a multiple of n's largest power. */
static ms_status
range_roots(tree_nodes *nodes, uint64_t start, uint64_t n, hash32 parts[TREE_LEVELS_MAX],
	unsigned *count, ms_error *err)
{
	unsigned level;
	ms_status s = MS_OK;

	*count = 0;
	for (level = TREE_LEVELS_MAX; level-- > 0 && s == MS_OK;)
		if ((n >> level & 1) != 0) {
			s = nodes->read(nodes->ctx, level, start >> level, &parts[(*count)++], err);
			start += (uint64_t)1 << level;
		}
	return s;
}

ms_status
tree_range_root(tree_nodes *nodes, uint64_t start, uint64_t n, hash32 *out, ms_error *err)
{
	hash32 parts[TREE_LEVELS_MAX];
	unsigned count;
	ms_status s = range_roots(nodes, start, n, parts, &count, err);

	if (s != MS_OK)
		return s;
	MS_ASSERT(count > 0);
	*out = parts[count - 1];
	while (--count > 0)
		*out = tree_node(&parts[count - 1], out);
	return MS_OK;
}

ms_status
tree_frontier_at(tree_nodes *nodes, uint64_t size, tree_frontier *out, ms_error *err)
{
	tree_frontier_init(out);
	out->size = size;
	return range_roots(nodes, 0, size, out->roots, &out->n, err);
}

ms_status
tree_inclusion(
	tree_nodes *nodes, uint64_t leaf, uint64_t size, hash32 *path, unsigned *n, ms_error *err)
{
	hash32 down[TREE_LEVELS_MAX];
	uint64_t start = 0, left;
	unsigned count = 0, i;
	ms_status s = MS_OK;

	if (leaf >= size)
		return ms_fail(err, MS_NOT_FOUND, MST_PROOF,
			"the tree of %llu leaves has no leaf %llu", (unsigned long long)size,
			(unsigned long long)leaf);
	for (left = size; left > 1 && s == MS_OK;) {
		uint64_t half = (uint64_t)1 << level_below(left);

		if (leaf - start < half) {
			s = tree_range_root(nodes, start + half, left - half, &down[count++], err);
			left = half;
		} else {
			s = tree_range_root(nodes, start, half, &down[count++], err);
			start += half;
			left -= half;
		}
	}
	for (i = 0; i < count && s == MS_OK; i++)
		path[i] = down[count - 1 - i];
	*n = count;
	return s;
}

/*
 * RFC 9162 2.1.3.2 and 2.1.4.2, the loop of both: go up from NODE in a tree whose last leaf is LAST
 * along PATH, with the root of a smaller tree (NULL: there is none) and of the whole one. False:
 * the path does not end at the root.
 */
static bool
climb(uint64_t node, uint64_t last, const hash32 *path, unsigned n, hash32 *old, hash32 *now)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (last == 0)
			return false;
		if ((node & 1) != 0 || node == last) {
			*now = tree_node(&path[i], now);
			if (old != NULL)
				*old = tree_node(&path[i], old);
			while ((node & 1) == 0 && node != 0) {
				node >>= 1;
				last >>= 1;
			}
		} else {
			*now = tree_node(now, &path[i]);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0;
}

bool
tree_inclusion_check(const hash32 *leaf_hash, uint64_t leaf, uint64_t size, const hash32 *path,
	unsigned n, const hash32 *root)
{
	hash32 h = *leaf_hash;

	return leaf < size && climb(leaf, size - 1, path, n, NULL, &h) && hash_equal(&h, root);
}

ms_status
tree_consistency(
	tree_nodes *nodes, uint64_t from, uint64_t size, hash32 *path, unsigned *n, ms_error *err)
{
	hash32 down[TREE_LEVELS_MAX + 1];
	uint64_t start = 0, left = size, m = from;
	unsigned count = 0, i;
	bool whole = true;
	ms_status s = MS_OK;

	*n = 0;
	if (from > size)
		return ms_fail(err, MS_NOT_FOUND, MST_PROOF,
			"a tree of %llu leaves is not part of one of %llu",
			(unsigned long long)from, (unsigned long long)size);
	if (from == 0 || from == size)
		return MS_OK;
	while (m != left && s == MS_OK) {
		uint64_t half = (uint64_t)1 << level_below(left);

		if (m <= half) {
			s = tree_range_root(nodes, start + half, left - half, &down[count++], err);
			left = half;
		} else {
			s = tree_range_root(nodes, start, half, &down[count++], err);
			start += half;
			left -= half;
			m -= half;
			whole = false;
		}
	}
	if (s == MS_OK && !whole)
		s = tree_range_root(nodes, start, left, &down[count++], err);
	for (i = 0; i < count && s == MS_OK; i++)
		path[i] = down[count - 1 - i];
	*n = count;
	return s;
}

bool
tree_consistency_check(uint64_t from, const hash32 *from_root, uint64_t size, const hash32 *root,
	const hash32 *path, unsigned n)
{
	uint64_t node = from - 1, last = size - 1;
	hash32 old, now;

	if (from == 0)
		return n == 0;
	if (from > size)
		return false;
	if (from == size)
		return n == 0 && hash_equal(from_root, root);
	while ((node & 1) != 0) {
		node >>= 1;
		last >>= 1;
	}
	old = *from_root;
	/* A smaller tree that is no whole subtree of the larger one begins with one that is. */
	if (node != 0) {
		if (n == 0)
			return false;
		old = *path++;
		n--;
	}
	now = old;
	return climb(node, last, path, n, &old, &now) && hash_equal(&old, from_root) &&
	       hash_equal(&now, root);
}

/* ---- some leaves shown, the rest as few hashes as possible ---- */

static bool
any_shown(const uint8_t *shown, size_t n)
{
	return memchr(shown, 1, n) != NULL;
}

static size_t
split_of(size_t n)
{
	return (size_t)1 << level_below(n);
}

static hash32
hash_range(const hash32 *leaves, size_t n)
{
	hash32 left, right;

	if (n == 1)
		return leaves[0];
	left = hash_range(leaves, split_of(n));
	right = hash_range(leaves + split_of(n), n - split_of(n));
	return tree_node(&left, &right);
}

void
tree_siblings(const hash32 *leaves, const uint8_t *shown, size_t n, hash32 *siblings, size_t *count)
{
	if (n == 0)
		return;
	if (!any_shown(shown, n)) {
		siblings[(*count)++] = hash_range(leaves, n);
		return;
	}
	if (n == 1)
		return;
	tree_siblings(leaves, shown, split_of(n), siblings, count);
	tree_siblings(leaves + split_of(n), shown + split_of(n), n - split_of(n), siblings, count);
}

static bool
rebuild(const hash32 *leaves, const uint8_t *shown, size_t n, const hash32 **next, size_t *left,
	hash32 *out)
{
	hash32 a, b;
	size_t half;

	if (!any_shown(shown, n)) {
		if (*left == 0)
			return false;
		*out = *(*next)++;
		--*left;
		return true;
	}
	if (n == 1) {
		*out = leaves[0];
		return true;
	}
	half = split_of(n);
	if (!rebuild(leaves, shown, half, next, left, &a) ||
		!rebuild(leaves + half, shown + half, n - half, next, left, &b))
		return false;
	*out = tree_node(&a, &b);
	return true;
}

bool
tree_root_from(const hash32 *leaves, const uint8_t *shown, size_t n, const hash32 *siblings,
	size_t count, hash32 *root)
{
	if (n == 0)
		return false;
	return rebuild(leaves, shown, n, &siblings, &count, root) && count == 0;
}
