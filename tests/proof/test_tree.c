/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tree.c - the trees against the published vectors of RFC 6962 (the eight leaves that every
 * log implementation tests with) and against its text, word for word, for every size up to SIZES.
 */
#include "tests/proof/proof_testing.h"

enum { SIZES = 70 };

static const char *const vector_leaves[8] = { "", "00", "10", "2021", "3031", "40414243",
	"5051525354555657", "606162636465666768696a6b6c6d6e6f" };

static const char *const vector_roots[9] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* A log whose nodes are stored as tree.h says: those that a leaf makes stand with that leaf. */
typedef struct stored {
	hash32 leaves[SIZES];
	hash32 made[SIZES][TREE_LEVELS_MAX + 1];
	unsigned n_made[SIZES];
	tree_frontier frontier;
	unsigned fail_after; /* reads that succeed; 0 = all */
	unsigned reads;
} stored;

static ms_status
read_stored(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	stored *s = ctx;
	uint64_t leaf = ((index + 1) << level) - 1;

	if (s->fail_after != 0 && ++s->reads > s->fail_after)
		return ms_fail(err, MS_CORRUPT, 5010, "planted");
	assert_true(leaf < s->frontier.size);
	assert_true(level < s->n_made[leaf]);
	*out = s->made[leaf][level];
	return MS_OK;
}

static void
grow(stored *s, size_t size)
{
	memset(s, 0, sizeof(*s));
	tree_frontier_init(&s->frontier);
	while (s->frontier.size < size) {
		size_t at = (size_t)s->frontier.size;
		uint8_t bytes[8];

		be64_put(bytes, at * 7 + 1);
		s->leaves[at] = tree_leaf(span_of(bytes, sizeof(bytes)));
		s->n_made[at] = tree_append(&s->frontier, &s->leaves[at], s->made[at]);
	}
}

static void
vector(hash32 leaves[8])
{
	size_t i;

	for (i = 0; i < 8; i++) {
		uint8_t bytes[16];
		size_t n = strlen(vector_leaves[i]) / 2;

		unhex(vector_leaves[i], bytes, n);
		leaves[i] = tree_leaf(span_of(bytes, n));
	}
}

static void
the_eight_published_leaves_give_the_published_roots(void **state)
{
	hash32 leaves[8], scratch[8], root, made[TREE_LEVELS_MAX + 1];
	tree_frontier f;
	size_t n;

	(void)state;
	vector(leaves);
	tree_frontier_init(&f);
	for (n = 0; n <= 8; n++) {
		memcpy(scratch, leaves, sizeof(scratch));
		root = tree_root_of(scratch, n);
		assert_hash(&root, vector_roots[n]);
		root = tree_frontier_root(&f);
		assert_hash(&root, vector_roots[n]);
		if (n < 8)
			tree_append(&f, &leaves[n], made);
	}
}

static void
the_published_paths_come_out(void **state)
{
	stored s;
	tree_nodes nodes = { &s, read_stored };
	hash32 leaves[8], path[TREE_LEVELS_MAX];
	unsigned n;
	size_t i;

	(void)state;
	vector(leaves);
	grow(&s, 0);
	for (i = 0; i < 8; i++)
		s.n_made[i] = tree_append(&s.frontier, &leaves[i], s.made[i]);
	assert_int_equal(tree_inclusion(&nodes, 0, 8, path, &n, NULL), MS_OK);
	assert_int_equal(n, 3);
	assert_hash(&path[0], "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
	assert_hash(&path[1], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
	assert_hash(&path[2], "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
	assert_int_equal(tree_inclusion(&nodes, 5, 8, path, &n, NULL), MS_OK);
	assert_int_equal(n, 3);
	assert_hash(&path[0], "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
	assert_hash(&path[1], "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	assert_hash(&path[2], "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	assert_int_equal(tree_consistency(&nodes, 6, 8, path, &n, NULL), MS_OK);
	assert_int_equal(n, 3);
	assert_hash(&path[0], "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
	assert_hash(&path[1], "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	assert_hash(&path[2], "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	assert_int_equal(tree_consistency(&nodes, 2, 5, path, &n, NULL), MS_OK);
	assert_int_equal(n, 2);
	assert_hash(&path[0], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
	assert_hash(&path[1], "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
}

static void
leaves_made_together_are_those_made_one_by_one(void **state)
{
	static const size_t lengths[] = { 0, 1, 55, 63, 64, 182, 183, 510, 511, 512, 513, 49152 };
	enum { N = sizeof(lengths) / sizeof(lengths[0]) };
	static uint8_t bytes[49152 + 12];
	hash32 together[N], one;
	span texts[N];
	size_t first, n, i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31);
	for (first = 0; first < N; first++)
		for (n = 0; first + n <= N; n++) {
			for (i = 0; i < n; i++)
				texts[i] = span_of(bytes + i, lengths[first + i]);
			tree_leaves(texts, n, together);
			for (i = 0; i < n; i++) {
				one = tree_leaf(texts[i]);
				assert_true(hash_equal(&together[i], &one));
			}
		}
}

static void
every_way_to_the_root_agrees_with_the_text(void **state)
{
	hash32 scratch[SIZES], root, expected;
	size_t n;
	stored s;

	(void)state;
	for (n = 0; n <= SIZES; n++) {
		grow(&s, n);
		expected = plain_root(s.leaves, n);
		memcpy(scratch, s.leaves, sizeof(scratch));
		root = tree_root_of(scratch, n);
		assert_true(hash_equal(&root, &expected));
		root = tree_frontier_root(&s.frontier);
		assert_true(hash_equal(&root, &expected));
		assert_int_equal(s.frontier.n, __builtin_popcountll(n));
	}
}

/* Flip one bit of each hash, drop and add one: none of them may prove anything. */
static void
assert_only_this_path(const hash32 *leaf, uint64_t at, uint64_t size, hash32 *path, unsigned n,
	const hash32 *root)
{
	unsigned i;

	assert_true(tree_inclusion_check(leaf, at, size, path, n, root));
	assert_false(tree_inclusion_check(leaf, at + size, size, path, n, root));
	if (size > 1)
		assert_false(tree_inclusion_check(leaf, (at + 1) % size, size, path, n, root));
	path[n] = *root;
	assert_false(tree_inclusion_check(leaf, at, size, path, n + 1, root));
	for (i = 0; i < n; i++) {
		path[i].at[i % HASH_SIZE] ^= 1;
		assert_false(tree_inclusion_check(leaf, at, size, path, n, root));
		path[i].at[i % HASH_SIZE] ^= 1;
		assert_false(tree_inclusion_check(leaf, at, size, path, i, root));
	}
}

static void
inclusion_proves_each_leaf_and_no_other(void **state)
{
	hash32 path[TREE_LEVELS_MAX + 1], plain[TREE_LEVELS_MAX], root;
	unsigned n, n_plain;
	size_t size, leaf;
	stored s;
	tree_nodes nodes = { &s, read_stored };

	(void)state;
	grow(&s, SIZES);
	for (size = 1; size <= SIZES; size++)
		for (leaf = 0; leaf < size; leaf++) {
			root = plain_root(s.leaves, size);
			n_plain = plain_path(s.leaves, leaf, size, plain);
			assert_int_equal(tree_inclusion(&nodes, leaf, size, path, &n, NULL), MS_OK);
			assert_int_equal(n, n_plain);
			assert_memory_equal(path, plain, n * sizeof(path[0]));
			assert_only_this_path(&s.leaves[leaf], leaf, size, path, n, &root);
		}
}

static void
consistency_proves_each_earlier_size_and_no_other(void **state)
{
	hash32 path[TREE_LEVELS_MAX + 1], plain[TREE_LEVELS_MAX], root, old;
	unsigned n, n_plain, i;
	size_t size, from;
	stored s;
	tree_nodes nodes = { &s, read_stored };

	(void)state;
	grow(&s, SIZES);
	for (size = 1; size <= SIZES; size++)
		for (from = 1; from <= size; from++) {
			root = plain_root(s.leaves, size);
			old = plain_root(s.leaves, from);
			n_plain = plain_subproof(s.leaves, from, size, true, plain);
			assert_int_equal(
				tree_consistency(&nodes, from, size, path, &n, NULL), MS_OK);
			assert_int_equal(n, n_plain);
			assert_memory_equal(path, plain, n * sizeof(path[0]));
			assert_true(tree_consistency_check(from, &old, size, &root, path, n));
			if (from < size)
				assert_false(
					tree_consistency_check(from, &root, size, &root, path, n));
			path[n] = root;
			assert_false(tree_consistency_check(from, &old, size, &root, path, n + 1));
			for (i = 0; i < n; i++) {
				assert_false(
					tree_consistency_check(from, &old, size, &root, path, i));
				path[i].at[0] ^= 0x80;
				assert_false(
					tree_consistency_check(from, &old, size, &root, path, n));
				path[i].at[0] ^= 0x80;
			}
		}
}

static void
what_lies_outside_the_log_has_no_proof(void **state)
{
	hash32 path[TREE_LEVELS_MAX], root = { { 0 } };
	ms_error err = { 0 };
	unsigned n = 9;
	stored s;
	tree_nodes nodes = { &s, read_stored };

	(void)state;
	grow(&s, 5);
	assert_int_not_equal(tree_inclusion(&nodes, 5, 5, path, &n, &err), MS_OK);
	assert_int_not_equal(err.code, 0);
	assert_int_not_equal(tree_inclusion(&nodes, 0, 0, path, &n, NULL), MS_OK);
	assert_int_not_equal(tree_consistency(&nodes, 6, 5, path, &n, NULL), MS_OK);
	assert_false(tree_inclusion_check(&root, 0, 0, path, 0, &root));
	assert_false(tree_consistency_check(6, &root, 5, &root, path, 0));
	assert_true(tree_consistency_check(0, &root, 5, &s.leaves[0], path, 0));
	assert_false(tree_consistency_check(0, &root, 5, &s.leaves[0], path, 1));
}

/* A shorter path from an inner node reaches the root; it proves nothing about a leaf. */
static void
an_inner_node_is_no_leaf(void **state)
{
	hash32 root, left, right;
	stored s;

	(void)state;
	grow(&s, 4);
	root = plain_root(s.leaves, 4);
	left = plain_root(s.leaves, 2);
	right = plain_root(s.leaves + 2, 2);
	assert_false(tree_inclusion_check(&left, 0, 4, &right, 1, &root));
	assert_false(tree_inclusion_check(&root, 0, 4, NULL, 0, &root));
	assert_true(tree_inclusion_check(&left, 0, 2, &right, 1, &root));
}

static void
a_node_that_cannot_be_read_fails_the_proof(void **state)
{
	hash32 path[TREE_LEVELS_MAX];
	unsigned n, reads;
	stored s;
	tree_nodes nodes = { &s, read_stored };

	(void)state;
	grow(&s, 43);
	for (reads = 1; reads < 3; reads++) {
		s.fail_after = reads;
		s.reads = 0;
		assert_int_equal(tree_inclusion(&nodes, 42, 43, path, &n, NULL), MS_CORRUPT);
		s.reads = 0;
		assert_int_equal(tree_consistency(&nodes, 21, 43, path, &n, NULL), MS_CORRUPT);
	}
}

/* The fewest: one hash per largest subtree in which nothing is shown. */
static size_t
fewest(const uint8_t *shown, size_t n)
{
	size_t i, k = 1, any = 0;

	for (i = 0; i < n; i++)
		any += shown[i];
	if (any == 0)
		return 1;
	if (n == 1)
		return 0;
	while (2 * k < n)
		k *= 2;
	return fewest(shown, k) + fewest(shown + k, n - k);
}

static void
siblings_and_shown_acts_rebuild_the_root(void **state)
{
	uint64_t seed = 7;
	size_t n, count, i;
	unsigned round;
	stored s;

	(void)state;
	grow(&s, SIZES);
	for (n = 1; n <= SIZES; n++)
		for (round = 0; round < 40; round++) {
			hash32 siblings[SIZES + 1], seen[SIZES], root = { { 0 } },
								 expected = plain_root(s.leaves, n);
			uint64_t density = seeded(&seed) % 5;
			uint8_t shown[SIZES];

			memset(seen, 0xee, sizeof(seen));
			for (i = 0; i < n; i++) {
				shown[i] = density == 4 || seeded(&seed) % 4 < density;
				if (shown[i])
					seen[i] = s.leaves[i];
			}
			count = 0;
			tree_siblings(s.leaves, shown, n, siblings, &count);
			assert_int_equal(count, fewest(shown, n));
			assert_true(tree_root_from(seen, shown, n, siblings, count, &root));
			assert_true(hash_equal(&root, &expected));
			siblings[count] = expected;
			assert_false(tree_root_from(seen, shown, n, siblings, count + 1, &root));
			if (count == 0)
				continue;
			assert_false(tree_root_from(seen, shown, n, siblings, count - 1, &root));
			siblings[seeded(&seed) % count].at[3] ^= 4;
			assert_true(tree_root_from(seen, shown, n, siblings, count, &root));
			assert_false(hash_equal(&root, &expected));
		}
}

static void
a_tree_of_nothing_cannot_be_rebuilt(void **state)
{
	hash32 root, sibling = { { 1 } };
	uint8_t shown = 0;
	size_t count = 0;

	(void)state;
	assert_false(tree_root_from(&sibling, &shown, 0, &sibling, 0, &root));
	assert_false(tree_root_from(&sibling, &shown, 0, &sibling, 1, &root));
	tree_siblings(&sibling, &shown, 0, &sibling, &count);
	assert_int_equal(count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_eight_published_leaves_give_the_published_roots),
		cmocka_unit_test(the_published_paths_come_out),
		cmocka_unit_test(leaves_made_together_are_those_made_one_by_one),
		cmocka_unit_test(every_way_to_the_root_agrees_with_the_text),
		cmocka_unit_test(inclusion_proves_each_leaf_and_no_other),
		cmocka_unit_test(consistency_proves_each_earlier_size_and_no_other),
		cmocka_unit_test(what_lies_outside_the_log_has_no_proof),
		cmocka_unit_test(an_inner_node_is_no_leaf),
		cmocka_unit_test(a_node_that_cannot_be_read_fails_the_proof),
		cmocka_unit_test(siblings_and_shown_acts_rebuild_the_root),
		cmocka_unit_test(a_tree_of_nothing_cannot_be_rebuilt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
