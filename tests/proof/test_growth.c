/* SPDX-License-Identifier: Apache-2.0 */
/* test_growth.c - whoever knows (size, root) alone follows a log that grows, and no other. */
#include "tests/proof/proof_testing.h"

#include <stdlib.h>

#include "proof/growth.h"
#include "proof/tail.h"

enum { LEAVES = 700 };

typedef struct grown {
	tree_tail tail;
	tree_frontier at[LEAVES + 1];
} grown;

/* FORK: from that leaf on another history. */
static grown *
grow(size_t fork)
{
	grown *g = calloc(1, sizeof(*g));
	tree_nodes none = { 0 };
	size_t i;

	assert_int_equal(tree_tail_init(&g->tail, &g->at[0], &none), MS_OK);
	for (i = 0; i < LEAVES; i++) {
		uint8_t bytes[8];
		hash32 leaf;

		be64_put(bytes, i < fork ? i : i + 1000000);
		leaf = tree_leaf(span_of(bytes, sizeof(bytes)));
		tree_tail_append(&g->tail, &leaf);
		g->at[i + 1] = g->tail.now;
	}
	return g;
}

static void
grown_free(grown *g)
{
	tree_tail_fini(&g->tail);
	free(g);
}

static checkpoint
checkpoint_at(const grown *g, size_t size)
{
	return (checkpoint){ .size = size, .root = tree_frontier_root(&g->at[size]) };
}

static void
told(grown *g, size_t from, size_t to, buf *out)
{
	ms_error err = { 0 };
	tree_nodes nodes;

	buf_reset(out);
	tree_tail_nodes(&g->tail, &nodes);
	assert_int_equal(growth_write(&g->at[from], &nodes, to, out, &err), MS_OK);
	assert_true(out->len <= GROWTH_BYTES_MAX);
}

static void
any_growth_is_followed(void **state)
{
	grown *g = grow(LEAVES);
	uint64_t seed = 5;
	buf bytes = { 0 };
	unsigned round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		size_t from = seeded(&seed) % (LEAVES + 1),
		       to = from + seeded(&seed) % (LEAVES + 1 - from);
		checkpoint last = checkpoint_at(g, from), want = checkpoint_at(g, to), next;
		ms_error err = { 0 };

		told(g, from, to, &bytes);
		assert_int_equal(growth_follow(buf_span(&bytes), &last, &next, &err), MS_OK);
		assert_int_equal(next.size, to);
		assert_true(hash_equal(&next.root, &want.root));
	}
	buf_fini(&bytes);
	grown_free(g);
}

static void
another_history_is_refused(void **state)
{
	grown *g = grow(LEAVES), *fork = grow(300);
	checkpoint last = checkpoint_at(g, 400), next;
	ms_error err = { 0 };
	buf bytes = { 0 };

	(void)state;
	told(fork, 400, 500, &bytes); /* the same size, other leaves */
	assert_int_equal(growth_follow(buf_span(&bytes), &last, &next, &err), MS_DENIED);
	assert_int_equal(err.code, MST_PROOF_HISTORY);
	told(g, 399, 500, &bytes); /* back by one */
	assert_int_equal(growth_follow(buf_span(&bytes), &last, &next, &err), MS_DENIED);
	told(g, 401, 500, &bytes); /* a leaf left out */
	assert_int_equal(growth_follow(buf_span(&bytes), &last, &next, &err), MS_DENIED);
	told(g, 0, 500, &bytes); /* from the beginning */
	assert_int_equal(growth_follow(buf_span(&bytes), &last, &next, &err), MS_DENIED);
	grown_free(g);
	grown_free(fork);
	buf_fini(&bytes);
}

static void
no_bytes_are_followed_into_another_tree(void **state)
{
	grown *g = grow(LEAVES);
	checkpoint last = checkpoint_at(g, 345), right = checkpoint_at(g, 350), next;
	buf bytes = { 0 };
	size_t bit, len;

	(void)state;
	told(g, 345, 350, &bytes);
	for (bit = 0; bit < 8 * bytes.len; bit++) {
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (growth_follow(buf_span(&bytes), &last, &next, NULL) == MS_OK)
			/* Other leaves are other leaves: the old tree is in it all the same. */
			assert_true(bit / 8 >= bytes.len - (size_t)5 * HASH_SIZE &&
				    next.size == 350 && !hash_equal(&next.root, &right.root));
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (len = 0; len < bytes.len; len++)
		assert_int_equal(
			growth_follow(span_of(bytes.at, len), &last, &next, NULL), MS_INVALID);
	buf_fini(&bytes);
	grown_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_growth_is_followed),
		cmocka_unit_test(another_history_is_refused),
		cmocka_unit_test(no_bytes_are_followed_into_another_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
