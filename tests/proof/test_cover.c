/* SPDX-License-Identifier: Apache-2.0 */
/* test_cover.c - several leaves proven together: nothing but them gives the root, and neighbours
 * cost next to nothing. */
#include "tests/proof/proof_testing.h"

#include <stdlib.h>

#include "proof/cover.h"
#include "proof/tail.h"

enum { SIZES = 40, HASHES = 256 };

static hash32
leaf_at(uint64_t n)
{
	uint8_t bytes[8];

	be64_put(bytes, n * 3 + 1);
	return tree_leaf(span_of(bytes, sizeof(bytes)));
}

static void
grow_to(tree_tail *t, uint64_t size)
{
	while (t->now.size < size) {
		hash32 leaf = leaf_at(t->now.size);

		tree_tail_append(t, &leaf);
	}
}

static size_t
make(tree_tail *t, cover_leaf *list, size_t n, hash32 out[HASHES], span spans[HASHES])
{
	tree_nodes nodes;
	ms_error err = { 0 };
	size_t count, i;

	tree_tail_nodes(t, &nodes);
	assert_int_equal(
		cover_make(&nodes, t->now.size, list, n, out, HASHES, &count, &err), MS_OK);
	for (i = 0; i < count; i++)
		spans[i] = span_of(out[i].at, HASH_SIZE);
	return count;
}

/* Every size, and sets of leaves in no order with some twice. */
static void
any_leaves_of_any_tree_give_its_root(void **test)
{
	tree_tail t = { 0 };
	tree_frontier empty = { 0 };
	tree_nodes none = { 0 };
	uint64_t size, seed = 7;

	(void)test;
	assert_int_equal(tree_tail_init(&t, &empty, &none), MS_OK);
	for (size = 1; size <= SIZES; size++) {
		unsigned round;

		grow_to(&t, size);
		for (round = 0; round < 20; round++) {
			cover_leaf list[16];
			hash32 hashes[HASHES], root = tree_frontier_root(&t.now);
			span spans[HASHES];
			size_t n = 1 + round % 16, count, i;

			for (i = 0; i < n; i++) {
				seed = seed * UINT64_C(6364136223846793005) + 1;
				list[i].leaf = (seed >> 33) % size;
				list[i].hash = leaf_at(list[i].leaf);
			}
			assert_true(cover_sort(list, &n));
			count = make(&t, list, n, hashes, spans);
			assert_true(cover_check(size, list, n, spans, count, &root));
			assert_false(cover_check(size, list, n, spans, count + 1, &root));
			if (count > 0)
				assert_false(cover_check(size, list, n, spans, count - 1, &root));
			list[n / 2].hash.at[3] ^= 1;
			assert_false(cover_check(size, list, n, spans, count, &root));
			list[n / 2].hash.at[3] ^= 1;
			list[n - 1].leaf = size;
			assert_false(cover_check(size, list, n, spans, count, &root));
		}
	}
	tree_tail_fini(&t);
}

static void
each_leaf_of_a_cover_has_its_own_path(void **test)
{
	tree_tail t = { 0 };
	tree_frontier empty = { 0 };
	tree_nodes none = { 0 };
	uint64_t size, step;

	(void)test;
	assert_int_equal(tree_tail_init(&t, &empty, &none), MS_OK);
	for (size = 1; size <= SIZES; size++) {
		grow_to(&t, size);
		for (step = 1; step <= 7; step++) {
			hash32 hashes[HASHES], path[TREE_LEVELS_MAX],
				root = tree_frontier_root(&t.now);
			cover_leaf list[SIZES];
			span spans[HASHES];
			size_t n = 0, count, i;
			unsigned n_path;

			for (i = size % step; i < size; i += step)
				list[n++] = (cover_leaf){ .leaf = i, .hash = leaf_at(i) };
			count = make(&t, list, n, hashes, spans);
			for (i = 0; i < n; i++) {
				assert_true(cover_path(
					size, list, n, spans, count, list[i].leaf, path, &n_path));
				assert_true(tree_inclusion_check(
					&list[i].hash, list[i].leaf, size, path, n_path, &root));
			}
			if (n > 0)
				assert_false(cover_path(size, list, n, spans, count + 1,
					list[0].leaf, path, &n_path));
		}
	}
	tree_tail_fini(&t);
}

static void
neighbours_share_their_way(void **test)
{
	tree_tail t = { 0 };
	tree_frontier empty = { 0 };
	tree_nodes none = { 0 };
	cover_leaf list[64] = { { 0 } };
	hash32 hashes[HASHES];
	span spans[HASHES];
	size_t n = 64, i;

	(void)test;
	assert_int_equal(tree_tail_init(&t, &empty, &none), MS_OK);
	grow_to(&t, 4000);
	for (i = 0; i < n; i++)
		list[i].leaf = 1000 + i;
	assert_true(make(&t, list, n, hashes, spans) <= 2 * 12);
	tree_tail_fini(&t);
}

static void
one_leaf_has_one_hash(void **test)
{
	cover_leaf list[3] = { { .leaf = 5, .hash = leaf_at(5) }, { .leaf = 2, .hash = leaf_at(2) },
		{ .leaf = 5, .hash = leaf_at(5) } };
	size_t n = 3;

	(void)test;
	assert_true(cover_sort(list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].leaf, 2);
	list[0].leaf = 5;
	assert_false(cover_sort(list, &n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_leaves_of_any_tree_give_its_root),
		cmocka_unit_test(each_leaf_of_a_cover_has_its_own_path),
		cmocka_unit_test(neighbours_share_their_way),
		cmocka_unit_test(one_leaf_has_one_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
