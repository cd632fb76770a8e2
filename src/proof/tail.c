/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail.c - a path to a leaf that is held leads over nodes that are held and over roots of the
 * frontier before them: a sibling that lies wholly to the left of the first leaf held is a largest
 * perfect subtree there, since its parent reaches over that leaf.
 */
#include "proof/tail.h"

#include <stdlib.h>
#include <string.h>

enum { LEAVES_MAX = 2 * TAIL_KEEP, NODES_MAX = 2 * LEAVES_MAX + TREE_LEVELS_MAX };

ms_status
tree_tail_init(tree_tail *t, const tree_frontier *at, const tree_nodes *older)
{
	*t = (tree_tail){ .base = *at, .now = *at, .older = *older };
	t->nodes = calloc(NODES_MAX, sizeof(*t->nodes));
	t->start = calloc(LEAVES_MAX + 1, sizeof(*t->start));
	return t->nodes == NULL || t->start == NULL ? MS_NO_MEMORY : MS_OK;
}

void
tree_tail_fini(tree_tail *t)
{
	free(t->nodes);
	free(t->start);
	*t = (tree_tail){ 0 };
}

/* Forget the older half. */
static void
shift(tree_tail *t)
{
	uint32_t cut = t->start[TAIL_KEEP];
	size_t i;

	memmove(t->nodes, t->nodes + cut, (t->n_nodes - cut) * sizeof(*t->nodes));
	t->n_nodes -= cut;
	t->n -= TAIL_KEEP;
	for (i = 0; i < t->n; i++)
		t->start[i] = t->start[i + TAIL_KEEP] - cut;
	t->base = t->mid;
	t->mid = t->now;
}

void
tree_tail_append(tree_tail *t, const hash32 *leaf)
{
	hash32 made[TREE_LEVELS_MAX + 1];
	unsigned n;

	if (t->n == LEAVES_MAX)
		shift(t);
	n = tree_append(&t->now, leaf, made);
	t->start[t->n++] = (uint32_t)t->n_nodes;
	memcpy(t->nodes + t->n_nodes, made, n * sizeof(*made));
	t->n_nodes += n;
	if (t->n == TAIL_KEEP)
		t->mid = t->now;
}

/* A root of the frontier: one for each bit of its size, the highest first; the bits above say where
 * its subtree begins. */
static bool
read_root(const tree_frontier *f, unsigned level, uint64_t index, hash32 *out)
{
	if ((f->size >> level & 1) == 0 || index != (f->size >> level) - 1)
		return false;
	*out = f->roots[__builtin_popcountll(f->size >> level) - 1];
	return true;
}

static ms_status
read_node(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	tree_tail *t = ctx;
	uint64_t leaf = ((index + 1) << level) - 1;

	if (leaf >= t->base.size) {
		*out = t->nodes[t->start[leaf - t->base.size] + level];
		return MS_OK;
	}
	if (read_root(&t->base, level, index, out))
		return MS_OK;
	return t->older.read(t->older.ctx, level, index, out, err);
}

void
tree_tail_nodes(tree_tail *t, tree_nodes *out)
{
	*out = (tree_nodes){ .ctx = t, .read = read_node };
}
