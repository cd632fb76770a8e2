/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed.c - feeds are dense, apart from each other, readable from any cursor and found by time.
 */
#include "tests/store/store_testing.h"

#include "store/feed.h"
#include "store/log.h"
#include "store/record.h"

static void
bit_set(uint8_t *bitmap, unsigned at)
{
	bitmap[at / 8] |= (uint8_t)(0x80 >> (at % 8));
}

/* Against arrays: many units whose ids are prefixes of each other, random bitmaps, reading from
 * every cursor. */
static void
every_cursor_gives_the_rest_of_its_own_unit(void **test)
{
	enum { UNITS = 4, MOST = 400 };
	static const char *const ids[UNITS] = { "k", "kj", "kjj", "tjj" };
	struct {
		uint64_t leaf;
		uint16_t count;
		uint8_t bitmap[FEED_BITMAP_SIZE];
	} * model[UNITS];
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint64_t last[UNITS] = { 0 }, seed = 4711, leaf, after;
	store_txn txn;
	unsigned u, i;

	for (u = 0; u < UNITS; u++)
		model[u] = calloc(MOST + 1, sizeof(*model[u]));
	store_begin(s, &txn, STORE_WRITE);
	for (leaf = 0; leaf < MOST; leaf++) {
		uint16_t count = (uint16_t)(dice(&seed) % BATCH_ACTS_MAX + 1);

		u = (unsigned)(dice(&seed) % UNITS);
		for (i = 0; i < count; i++)
			if (dice(&seed) % 3 == 0 || leaf % 5 == 0)
				bit_set(model[u][last[u] + 1].bitmap, i);
		bit_set(model[u][last[u] + 1].bitmap, (unsigned)(dice(&seed) % count));
		model[u][last[u] + 1].leaf = leaf * 1000003;
		model[u][last[u] + 1].count = count;
		feed_append(&txn, span_str(ids[u]), &last[u], leaf * 1000003,
			model[u][last[u] + 1].bitmap, count);
	}
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	for (u = 0; u < UNITS; u++) {
		assert_int_equal(feed_last(&txn, span_str(ids[u])), last[u]);
		for (after = 0; after <= last[u]; after += 1 + after / 3) {
			feed_reader reader;
			feed_row row;
			uint64_t n = after;

			feed_seek(&txn, span_str(ids[u]), after, &reader);
			while (feed_next(&reader, &row)) {
				n++;
				assert_int_equal(row.number, n);
				assert_int_equal(row.leaf, model[u][n].leaf);
				for (i = 0; i < model[u][n].count; i++)
					assert_int_equal(feed_has(&row, (uint16_t)i),
						(model[u][n].bitmap[i / 8] >> (7 - i % 8)) & 1);
			}
			assert_int_equal(n, last[u]);
		}
	}
	assert_int_equal(feed_last(&txn, span_str("zzz")), 0);
	assert_int_equal(feed_last(&txn, span_str("a")), 0);
	commit(&txn);
	store_close(s);
	for (u = 0; u < UNITS; u++)
		free(model[u]);
}

static void
a_whole_batch_costs_the_leaf_alone(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint8_t all[FEED_BITMAP_SIZE], key[] = "kjj\0\0\0\0\0\0\0\0\1";
	uint64_t last = 0, leaf;
	store_txn txn;
	span v;

	memset(all, 0xff, sizeof(all));
	store_begin(s, &txn, STORE_WRITE);
	feed_append(&txn, span_str("kjj"), &last, 5, all, 256);
	assert_true(store_get(&txn, TABLE_FEED_TAIL, span_str("kjj"), &v));
	assert_int_equal(v.len, 17 + 2 + RECORD_OVERHEAD);
	memset(all + 1, 0, sizeof(all) - 1);
	all[1] = 0x80;
	feed_append(&txn, span_str("kjj"), &last, 6, all, 9);
	assert_true(store_get(&txn, TABLE_FEED_TAIL, span_str("kjj"), &v));
	assert_int_equal(v.len, 17 + 4 + RECORD_OVERHEAD);
	for (leaf = 7; last < FEED_BLOCK; leaf++)
		feed_append(&txn, span_str("kjj"), &last, leaf, all, 9);
	assert_true(store_get(&txn, TABLE_FEED, span_of(key, 12), &v));
	assert_int_equal(v.len, FEED_BLOCK * 2 + RECORD_OVERHEAD);
	assert_true(store_get(&txn, TABLE_FEED_TAIL, span_str("kjj"), &v));
	assert_int_equal(v.len, 17 + RECORD_OVERHEAD);
	assert_int_equal(feed_last(&txn, span_str("kjj")), FEED_BLOCK);
	commit(&txn);
	store_close(s);
}

/* A block that is gone, and a tail that is no tail, are named; nothing is skipped. */
static void
a_hole_is_named(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint8_t one[FEED_BITMAP_SIZE] = { 0x80 }, key[] = "kjj\0\0\0\0\0\0\0\0\1";
	uint64_t last = 0;
	feed_reader reader;
	feed_row row;
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	while (last < 2 * FEED_BLOCK + 3)
		feed_append(&txn, span_str("kjj"), &last, last, one, 3);
	store_del(&txn, TABLE_FEED, span_of(key, 12));
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	feed_seek(&txn, span_str("kjj"), FEED_BLOCK, &reader);
	assert_true(feed_next(&reader, &row));
	assert_int_equal(row.number, FEED_BLOCK + 1);
	feed_seek(&txn, span_str("kjj"), 3, &reader);
	assert_false(feed_next(&reader, &row));
	assert_int_equal(store_status(&txn, NULL), MS_CORRUPT);
	store_abort(&txn);
	store_close(s);
}

/* A reader names any number as its cursor: beyond the end there is nothing, and no hole. */
static void
beyond_the_end_is_nothing(void **test)
{
	static const uint64_t cursors[] = { 3, 4, UINT64_MAX - 1, UINT64_MAX };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint8_t one[FEED_BITMAP_SIZE] = { 0x80 };
	uint64_t last = 0;
	feed_reader reader;
	feed_row row;
	store_txn txn;
	size_t i;

	store_begin(s, &txn, STORE_WRITE);
	while (last < 3)
		feed_append(&txn, span_str("kjj"), &last, last, one, 3);
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		feed_seek(&txn, span_str("kjj"), cursors[i], &reader);
		assert_false(feed_next(&reader, &row));
		assert_int_equal(store_status(&txn, NULL), MS_OK);
	}
	store_abort(&txn);
	store_close(s);
}

static void
an_entry_is_found_by_its_leaf(void **test)
{
	/* Leaves 0 and 1 were granted when all others had their entries, by the version of leaf 10.
	 */
	static const uint64_t leaves[] = { 2, 3, 5, 8, 9, 0, 1, 10 };
	enum { N = sizeof(leaves) / sizeof(leaves[0]) };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	const uint8_t all[FEED_BITMAP_SIZE] = { 0x80 };
	uint64_t last = 0;
	store_txn txn;
	unsigned i;

	store_begin(s, &txn, STORE_WRITE);
	for (i = 0; i < N; i++)
		feed_append(&txn, span_str("kjj"), &last, leaves[i], all, 1);
	for (i = 0; i < N; i++)
		assert_int_equal(feed_find(&txn, span_str("kjj"), leaves[i], 10), i + 1);
	assert_int_equal(feed_find(&txn, span_str("kjj"), 4, 10), 0);
	assert_int_equal(feed_find(&txn, span_str("none"), 2, 10), 0);
	/* Nothing is granted after the newest version: nobody walks for what came after it. */
	assert_int_equal(feed_find(&txn, span_str("kjj"), 10, 0), N);
	assert_int_equal(feed_find(&txn, span_str("kjj"), 1, 0), 0);
	commit(&txn);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_cursor_gives_the_rest_of_its_own_unit, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_hole_is_named, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			beyond_the_end_is_nothing, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_whole_batch_costs_the_leaf_alone, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			an_entry_is_found_by_its_leaf, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
