/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log_model.c - the log against an array: random batches, commits, aborts and reopenings;
 * after each, the root equals the naive one over all leaves, every leaf reads back, and stored
 * nodes give proofs that hold.
 */
#include "tests/store/store_testing.h"

#include "store/log.h"

enum { MOST = 600 };

typedef struct model {
	hash32 leaves[MOST];
	hash32 batches[MOST]; /* hash of the batch's bytes */
	int64_t times[MOST];
	size_t n;
} model;

static void
check_leaves(store_txn *txn, const model *m)
{
	size_t i;
	buf bytes = { 0 };
	log_record r;

	for (i = 0; i < m->n; i++) {
		hash32 h;

		assert_true(log_read(txn, i, &r) && log_check(txn, &r));
		assert_int_equal(r.hub_time_us, m->times[i]);
		assert_memory_equal(r.nodes.at, m->leaves[i].at, HASH_SIZE);
		buf_reset(&bytes);
		assert_int_equal(log_batch(&r, &bytes), MS_OK);
		h = hash_of(buf_span(&bytes));
		assert_true(hash_equal(&h, &m->batches[i]));
	}
	assert_false(log_read(txn, m->n, &r));
	buf_fini(&bytes);
}

static void
check_root(store_txn *txn, const log_state *state, const model *m, uint64_t *seed)
{
	hash32 *scratch = malloc((m->n + 1) * sizeof(*scratch)), root, naive, path[TREE_LEVELS_MAX];
	tree_nodes nodes;
	uint64_t leaf;
	unsigned n;

	assert_int_equal(state->tree.size, m->n);
	memcpy(scratch, m->leaves, m->n * sizeof(*scratch));
	naive = tree_root_of(scratch, m->n);
	root = tree_frontier_root(&state->tree);
	assert_true(hash_equal(&root, &naive));
	free(scratch);
	if (m->n == 0)
		return;
	leaf = dice(seed) % m->n;
	log_nodes(txn, &nodes);
	assert_int_equal(tree_inclusion(&nodes, leaf, m->n, path, &n, NULL), MS_OK);
	assert_true(tree_inclusion_check(&m->leaves[leaf], leaf, m->n, path, n, &root));
}

static void
append_random(store_txn *txn, log_state *state, model *m, uint64_t *seed, const sign_key *key)
{
	uint8_t verdicts[BATCH_ACTS_MAX];
	uint16_t count = (uint16_t)(dice(seed) % 4 == 0 ? dice(seed) % BATCH_ACTS_MAX + 1
							: dice(seed) % 3 + 1);
	int64_t now = state->last_us + (int64_t)(dice(seed) % 3);
	buf bytes = { 0 };
	batch_view view;

	make_batch(seed, key, m->n + 1, (hash32){ 0 }, count, dice(seed) % 300 + 1, &bytes, &view);
	memset(verdicts, (int)(dice(seed) % 4 + 1), sizeof(verdicts));
	assert_int_equal(log_append(txn, state, &view, now, verdicts, NULL), m->n);
	m->leaves[m->n] = log_leaf_hash(view.header, view.signature, now, span_of(verdicts, count));
	m->batches[m->n] = hash_of(buf_span(&bytes));
	m->times[m->n++] = now;
	buf_fini(&bytes);
}

static void
the_log_is_its_array_after_any_commits_aborts_and_reopenings(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	model *m = calloc(1, sizeof(*m));
	sign_key key = test_key(3);
	uint64_t seed = 20120101;
	log_state state;
	store_txn txn;

	store_begin(s, &txn, STORE_READ);
	log_state_load(&txn, &state);
	commit(&txn);
	while (m->n < MOST - 20) {
		size_t before = m->n, more = dice(&seed) % 12;

		store_begin(s, &txn, STORE_WRITE);
		while (more-- > 0)
			append_random(&txn, &state, m, &seed, &key);
		log_state_save(&txn, &state);
		if (dice(&seed) % 4 == 0) {
			store_abort(&txn);
			m->n = before;
		} else {
			commit(&txn);
		}
		if (dice(&seed) % 5 == 0) {
			store_close(s);
			s = open_at(p->data, STORE_HUB, 0);
		}
		store_begin(s, &txn, STORE_READ);
		log_state_load(&txn, &state);
		check_root(&txn, &state, m, &seed);
		commit(&txn);
	}
	store_begin(s, &txn, STORE_READ);
	check_leaves(&txn, m);
	commit(&txn);
	store_close(s);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_log_is_its_array_after_any_commits_aborts_and_reopenings, place_setup,
			place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
