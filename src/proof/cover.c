/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/cover.h"

#include <stdlib.h>
#include <string.h>

static int
by_leaf(const void *a, const void *b)
{
	const cover_leaf *x = a, *y = b;

	return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

bool
cover_sort(cover_leaf *list, size_t *n)
{
	size_t kept = 0, i;

	if (*n > 1)
		qsort(list, *n, sizeof(*list), by_leaf);
	for (i = 0; i < *n; i++) {
		if (kept == 0 || list[kept - 1].leaf != list[i].leaf)
			list[kept++] = list[i];
		else if (!hash_equal(&list[kept - 1].hash, &list[i].hash))
			return false;
	}
	*n = kept;
	return true;
}

/* Leaves left of the split of a tree of N > 1: the largest power of two below N. */
static uint64_t
half_of(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* How many leaves of the sorted list lie below BOUND. */
static size_t
below(const cover_leaf *list, size_t n, uint64_t bound)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].leaf < bound)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- making ---- */

typedef struct making {
	tree_nodes *nodes;
	hash32 *out;
	size_t max, count;
	ms_error *err;
} making;

/* The subtree over the N leaves from START on. */
static ms_status
make(making *m, uint64_t start, uint64_t n, const cover_leaf *list, size_t n_list)
{
	size_t left;
	ms_status s;

	if (n_list == 0) {
		if (m->count == m->max)
			return ms_fail(m->err, MS_FULL, MST_PROOF,
				"the leaves lie too far apart to be proven together");
		return tree_range_root(m->nodes, start, n, &m->out[m->count++], m->err);
	}
	if (n == 1)
		return MS_OK;
	left = below(list, n_list, start + half_of(n));
	s = make(m, start, half_of(n), list, left);
	return s == MS_OK ? make(m, start + half_of(n), n - half_of(n), list + left, n_list - left)
			  : s;
}

ms_status
cover_make(tree_nodes *nodes, uint64_t size, const cover_leaf *list, size_t n, hash32 *out,
	size_t max, size_t *count, ms_error *err)
{
	making m = { .nodes = nodes, .out = out, .max = max, .err = err };
	ms_status s = MS_OK;

	MS_ASSERT(n == 0 || list[n - 1].leaf < size);
	if (n > 0)
		s = make(&m, 0, size, list, n);
	*count = m.count;
	return s;
}

/* ---- checking ---- */

typedef struct checking {
	const span *next;
	size_t left;
	uint64_t leaf; /* whose path is wanted, lowest hash first */
	hash32 *path;  /* NULL: of none */
	unsigned n_path;
} checking;

static bool
take_hash(checking *c, hash32 *out)
{
	if (c->left == 0 || c->next->len != HASH_SIZE)
		return false;
	memcpy(out->at, c->next->at, HASH_SIZE);
	c->next++;
	c->left--;
	return true;
}

static bool
rebuild(checking *c, uint64_t start, uint64_t n, const cover_leaf *list, size_t n_list, hash32 *out)
{
	uint64_t half;
	hash32 a, b;
	size_t left;

	if (n_list == 0)
		return take_hash(c, out);
	if (n == 1) {
		*out = list->hash;
		return true;
	}
	half = half_of(n);
	left = below(list, n_list, start + half);
	if (!rebuild(c, start, half, list, left, &a) ||
		!rebuild(c, start + half, n - half, list + left, n_list - left, &b))
		return false;
	if (c->path != NULL && c->leaf >= start && c->leaf - start < n)
		c->path[c->n_path++] = c->leaf - start < half ? b : a;
	*out = tree_node(&a, &b);
	return true;
}

static bool
rebuild_all(checking *c, uint64_t size, const cover_leaf *list, size_t n, hash32 *root)
{
	return n > 0 && list[n - 1].leaf < size && rebuild(c, 0, size, list, n, root) &&
	       c->left == 0;
}

bool
cover_check(uint64_t size, const cover_leaf *list, size_t n, const span *hashes, size_t count,
	const hash32 *root)
{
	checking c = { .next = hashes, .left = count };
	hash32 made;

	return rebuild_all(&c, size, list, n, &made) && hash_equal(&made, root);
}

bool
cover_path(uint64_t size, const cover_leaf *list, size_t n, const span *hashes, size_t count,
	uint64_t leaf, hash32 *path, unsigned *n_path)
{
	checking c = { .next = hashes, .left = count, .leaf = leaf, .path = path };
	hash32 root;
	bool good = rebuild_all(&c, size, list, n, &root);

	*n_path = c.n_path;
	return good;
}
