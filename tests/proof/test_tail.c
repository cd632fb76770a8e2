/* SPDX-License-Identifier: Apache-2.0 */
/* test_tail.c - what the tail holds proves the same as the whole stored tree, and near its end
 * without reading it. */
#include "tests/proof/proof_testing.h"

#include <stdlib.h>

#include "proof/tail.h"

enum { LEAVES = 5 * TAIL_KEEP + 77 };

typedef struct whole {
	hash32 (*made)[16];
	tree_frontier frontier;
	uint64_t reads;
} whole;

static ms_status
read_whole(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	whole *w = ctx;
	uint64_t leaf = ((index + 1) << level) - 1;

	(void)err;
	assert_true(leaf < w->frontier.size);
	w->reads++;
	*out = w->made[leaf][level];
	return MS_OK;
}

static hash32
leaf_at(uint64_t n)
{
	uint8_t bytes[8];

	be64_put(bytes, n * 7 + 1);
	return tree_leaf(span_of(bytes, sizeof(bytes)));
}

static void
whole_append(whole *w)
{
	hash32 made[TREE_LEVELS_MAX + 1], leaf = leaf_at(w->frontier.size);
	uint64_t at = w->frontier.size;
	unsigned n = tree_append(&w->frontier, &leaf, made);

	assert_true(n <= 16);
	memcpy(w->made[at], made, n * sizeof(*made));
}

static void
assert_same_proofs(whole *w, tree_tail *t, uint64_t leaf, uint64_t from)
{
	tree_nodes a = { .ctx = w, .read = read_whole }, b;
	hash32 one[TREE_LEVELS_MAX + 1], two[TREE_LEVELS_MAX + 1];
	uint64_t size = w->frontier.size;
	unsigned n, m;
	ms_error err = { 0 };

	tree_tail_nodes(t, &b);
	assert_int_equal(tree_inclusion(&a, leaf, size, one, &n, &err), MS_OK);
	assert_int_equal(tree_inclusion(&b, leaf, size, two, &m, &err), MS_OK);
	assert_int_equal(n, m);
	assert_memory_equal(one, two, n * sizeof(*one));
	assert_int_equal(tree_consistency(&a, from, size, one, &n, &err), MS_OK);
	assert_int_equal(tree_consistency(&b, from, size, two, &m, &err), MS_OK);
	assert_int_equal(n, m);
	assert_memory_equal(one, two, n * sizeof(*one));
}

/* A tail that begins at BEGIN, compared at many sizes. */
static void
follow(uint64_t begin, uint64_t seed)
{
	whole w = { .made = calloc(LEAVES, sizeof(*w.made)) };
	tree_nodes older = { .ctx = &w, .read = read_whole };
	tree_tail t;

	while (w.frontier.size < begin)
		whole_append(&w);
	assert_int_equal(tree_tail_init(&t, &w.frontier, &older), MS_OK);
	while (w.frontier.size < LEAVES) {
		hash32 leaf = leaf_at(w.frontier.size);

		tree_tail_append(&t, &leaf);
		whole_append(&w);
		if (seeded(&seed) % 64 == 0)
			assert_same_proofs(&w, &t, seeded(&seed) % w.frontier.size,
				1 + seeded(&seed) % w.frontier.size);
	}
	tree_tail_fini(&t);
	free(w.made);
}

static void
it_proves_what_the_stored_tree_proves(void **state)
{
	static const uint64_t begins[] = { 0, 1, 5, 64, 1000, TAIL_KEEP, 9999, LEAVES - 3 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		follow(begins[i], i + 1);
}

static void
near_its_end_nothing_is_read(void **state)
{
	whole w = { .made = calloc(LEAVES, sizeof(*w.made)) };
	tree_nodes older = { .ctx = &w, .read = read_whole }, nodes;
	hash32 path[TREE_LEVELS_MAX + 1];
	uint64_t size = LEAVES, at;
	ms_error err = { 0 };
	tree_tail t;
	unsigned n;

	(void)state;
	assert_int_equal(tree_tail_init(&t, &w.frontier, &older), MS_OK);
	while (w.frontier.size < size) {
		hash32 leaf = leaf_at(w.frontier.size);

		tree_tail_append(&t, &leaf);
		whole_append(&w);
	}
	tree_tail_nodes(&t, &nodes);
	for (at = size - TAIL_KEEP; at < size; at++) {
		assert_int_equal(tree_inclusion(&nodes, at, size, path, &n, &err), MS_OK);
		assert_int_equal(tree_consistency(&nodes, at + 1, size, path, &n, &err), MS_OK);
	}
	assert_int_equal(w.reads, 0);
	tree_tail_fini(&t);
	free(w.made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_proves_what_the_stored_tree_proves),
		cmocka_unit_test(near_its_end_nothing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
