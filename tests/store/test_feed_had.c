/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed_had.c - what feeds have of a leaf, asked leaf by leaf, is what a walk over them finds,
 * however few leaves are in memory. */
#include "tests/store/store_testing.h"

#include "store/feed_had.h"

enum { UNITS = 5, LEAVES = 300, RUNS_MAX = 5, HISTORIES = 20 };

typedef struct model {
	uint8_t has[UNITS][LEAVES][FEED_BITMAP_SIZE];
	uint64_t last[UNITS];
	uint64_t seed;
} model;

static const char *const ids[UNITS] = { "k", "kj", "kjj", "tjj", "nobody" };

static void
append(model *m, store_txn *txn, unsigned u, uint64_t leaf)
{
	uint8_t bitmap[FEED_BITMAP_SIZE] = { 0 };
	unsigned i;

	bitmap[dice(&m->seed) % FEED_BITMAP_SIZE] = (uint8_t)(1 + dice(&m->seed) % 255);
	for (i = 0; i < FEED_BITMAP_SIZE; i++)
		m->has[u][leaf][i] |= bitmap[i];
	feed_append(txn, span_str(ids[u]), &m->last[u], leaf, bitmap, BATCH_ACTS_MAX);
}

/* Runs that begin anywhere; the last unit has none. */
static void
some_feeds(model *m, store_txn *txn)
{
	unsigned u, runs, sparse;
	uint64_t leaf;

	for (u = 0; u < UNITS - 1; u++)
		for (runs = (unsigned)(dice(&m->seed) % RUNS_MAX); runs > 0; runs--) {
			sparse = 1 + (unsigned)(dice(&m->seed) % 40);
			for (leaf = dice(&m->seed) % LEAVES; leaf < LEAVES; leaf++)
				if (dice(&m->seed) % sparse == 0)
					append(m, txn, u, leaf);
		}
}

/* While entries come, which it does not look at; some leaves nobody asks about. */
static void
is_told_alike(model *m, store_txn *txn, uint64_t window)
{
	static const uint8_t nothing[FEED_BITMAP_SIZE];
	static uint8_t had[UNITS][LEAVES][FEED_BITMAP_SIZE];
	feed_had h;
	uint64_t leaf;
	unsigned u;

	memcpy(had, m->has, sizeof(had));
	feed_had_init(&h, txn, window);
	for (u = 0; u < UNITS; u++)
		feed_had_add(&h, span_str(ids[u]));
	for (leaf = dice(&m->seed) % 9; leaf < LEAVES; leaf += 1 + dice(&m->seed) % 20 / 19 * 60)
		for (u = 0; u < UNITS; u++) {
			const uint8_t *found = feed_had_of(&h, u, leaf);

			assert_memory_equal(
				found == NULL ? nothing : found, had[u][leaf], FEED_BITMAP_SIZE);
			if (dice(&m->seed) % 4 == 0)
				append(m, txn, u, leaf);
		}
	assert_true(store_ok(txn));
	feed_had_fini(&h);
}

static void
a_window_tells_what_a_walk_tells(void **test)
{
	static const uint64_t windows[] = { 1, 2, 7, 64, LEAVES, 100000 };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	model *m = malloc(sizeof(*m));
	store_txn txn;
	unsigned n;

	for (n = 0; n < HISTORIES; n++) {
		*m = (model){ .seed = n + 1 };
		store_begin(s, &txn, STORE_WRITE);
		some_feeds(m, &txn);
		is_told_alike(m, &txn, windows[n % 6]);
		is_told_alike(m, &txn, windows[dice(&m->seed) % 6]);
		store_abort(&txn);
	}
	free(m);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_window_tells_what_a_walk_tells, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
