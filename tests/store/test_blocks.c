/* SPDX-License-Identifier: Apache-2.0 */
/* test_blocks.c - lists in blocks against arrays: dense and sparse numbers, owners that are
 * prefixes of each other, aborted transactions, reopening. */
#include "tests/store/store_testing.h"

#include "store/blocks.h"
#include "store/record.h"
#include "store/roster.h"

enum { OWNERS = 4, MOST = 300 };

typedef struct model {
	uint64_t numbers[MOST];
	size_t n;
} model;

static block_list
list_of(const char *owner)
{
	return (block_list){
		.blocks = TABLE_FEED, .tails = TABLE_FEED_TAIL, .owner = span_str(owner)
	};
}

/* Entries are 9 bytes: the number, and a byte of the owner's. */
static void
append(store_txn *txn, const char *owner, model *m, uint64_t number)
{
	block_list list = list_of(owner);
	uint8_t entry[9];

	be64_put(entry, number);
	entry[8] = (uint8_t)owner[0];
	block_append(txn, &list, number, span_of(entry, sizeof(entry)));
	m->numbers[m->n++] = number;
}

/* The block found for NUMBER is the one of the array in which it lies, or would. */
static void
check_find(store_txn *txn, const char *owner, const model *m, uint64_t number)
{
	block_list list = list_of(owner);
	entry_block b;
	size_t at = 0, begin, n, i;

	while (at < m->n && m->numbers[at] <= number)
		at++;
	assert_true(block_find(txn, &list, number, &b));
	if (at == 0) {
		assert_int_equal(b.n, 0);
		return;
	}
	begin = (at - 1) / BLOCK_ENTRIES * BLOCK_ENTRIES;
	n = m->n - begin < BLOCK_ENTRIES ? m->n - begin : BLOCK_ENTRIES;
	assert_int_equal(b.first, m->numbers[begin]);
	assert_int_equal(b.n, n);
	assert_int_equal(b.newest, begin + n == m->n);
	assert_int_equal(b.len, 9 * n);
	for (i = 0; i < n; i++) {
		assert_int_equal(be64_get(b.bytes + 9 * i), m->numbers[begin + i]);
		assert_int_equal(b.bytes[9 * i + 8], owner[0]);
	}
}

static void
every_number_is_found_in_its_block(void **test)
{
	static const char *const owners[OWNERS] = { "a", "ab", "abc", "b" };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	uint64_t seed = 77;
	model models[OWNERS] = { 0 };
	store_txn txn;
	unsigned turn, o, k;

	for (turn = 0; turn < 60; turn++) {
		model before[OWNERS];
		bool gives_up = dice(&seed) % 4 == 0;

		memcpy(before, models, sizeof(models));
		store_begin(s, &txn, STORE_WRITE);
		for (k = (unsigned)(dice(&seed) % 40); k > 0; k--) {
			model *m = &models[o = (unsigned)(dice(&seed) % OWNERS)];
			uint64_t last = m->n == 0 ? 0 : m->numbers[m->n - 1];

			if (m->n < MOST)
				append(&txn, owners[o], m,
					last + 1 + (o == 0 ? 0 : dice(&seed) % 9));
		}
		if (gives_up) {
			store_abort(&txn);
			memcpy(models, before, sizeof(models));
		} else {
			commit(&txn);
		}
		if (turn == 30) {
			store_close(s);
			s = open_at(p->data, STORE_HUB, 0);
		}
	}
	store_begin(s, &txn, STORE_READ);
	for (o = 0; o < OWNERS; o++) {
		uint64_t last = models[o].numbers[models[o].n - 1], number;

		assert_true(models[o].n > 3 * BLOCK_ENTRIES);
		for (number = 0; number < last + 20; number++)
			check_find(&txn, owners[o], &models[o], number);
		check_find(&txn, owners[o], &models[o], UINT64_MAX);
	}
	commit(&txn);
	store_close(s);
}

static void
a_list_that_was_never_begun_is_empty(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	block_list list = list_of("nobody");
	store_txn txn;
	entry_block b;

	store_begin(s, &txn, STORE_READ);
	assert_true(block_find(&txn, &list, 1, &b) && b.n == 0);
	assert_true(block_find(&txn, &list, UINT64_MAX, &b) && b.n == 0);
	commit(&txn);
	store_close(s);
}

/* A tail whose hash is right, by whoever wrote it, but that has no room for another entry. */
static void
a_tail_with_more_than_its_entries_is_named(void **test)
{
	static const uint8_t row[8 + 1 + 8 + BLOCK_ENTRIES * BLOCK_ENTRY_MAX] = { [8] = 1 };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	model m = { .n = 0 };
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	record_put(&txn, TABLE_FEED_TAIL, span_str("a"), span_of(row, sizeof(row)));
	append(&txn, "a", &m, 1);
	assert_int_equal(txn.error.status, MS_CORRUPT);
	assert_non_null(strstr(txn.error.text, "feed_tail"));
	store_abort(&txn);
	store_close(s);
}

/* Every batch of two devices whose ids hold zeros, however old, and no sequence between them. */
static void
every_batch_is_found_by_where_it_begins(void **test)
{
	enum { BATCHES = 100 };
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	device_id ids[2] = { { { 0 } }, { { 0, 0, 1 } } };
	store_txn txn;
	uint64_t i, leaf;
	unsigned d;

	store_begin(s, &txn, STORE_WRITE);
	for (i = 0; i < BATCHES; i++)
		for (d = 0; d < 2; d++)
			batch_index_put(&txn, &ids[d], 1 + 5 * i, 1000 * d + i);
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	for (i = 0; i < 5 * BATCHES + 20; i++)
		for (d = 0; d < 2; d++) {
			bool wanted = i % 5 == 1 && i < 5 * BATCHES;

			assert_int_equal(batch_index_find(&txn, &ids[d], i, &leaf), wanted);
			if (wanted)
				assert_int_equal(leaf, 1000 * d + i / 5);
		}
	assert_true(batch_index_last(&txn, &ids[1], &leaf) && leaf == 1000 + BATCHES - 1);
	commit(&txn);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_number_is_found_in_its_block, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_list_that_was_never_begun_is_empty, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_tail_with_more_than_its_entries_is_named, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			every_batch_is_found_by_where_it_begins, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
