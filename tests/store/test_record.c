/* SPDX-License-Identifier: Apache-2.0 */
/* test_record.c - rows carry their hash; a damaged one is named by table and key. */
#include "tests/store/store_testing.h"

#include "store/meta.h"
#include "store/record.h"

static void
any_flipped_bit_is_found_and_named(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	span v;
	size_t bit;

	for (bit = 0; bit < 8 * (5 + RECORD_OVERHEAD); bit++) {
		uint8_t row[5 + RECORD_OVERHEAD];

		store_begin(s, &txn, STORE_WRITE);
		record_put(&txn, TABLE_SLOT, span_str("tjj\1"), span_str("hello"));
		assert_true(record_get(&txn, TABLE_SLOT, span_str("tjj\1"), &v) &&
			    span_equal(v, span_str("hello")));
		assert_true(
			store_get(&txn, TABLE_SLOT, span_str("tjj\1"), &v) && v.len == sizeof(row));
		memcpy(row, v.at, sizeof(row));
		row[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		store_put(&txn, TABLE_SLOT, span_str("tjj\1"), span_of(row, sizeof(row)));
		assert_false(record_get(&txn, TABLE_SLOT, span_str("tjj\1"), &v));
		assert_int_equal(txn.error.status, MS_CORRUPT);
		assert_non_null(strstr(txn.error.text, "tjj\\x01"));
		assert_non_null(strstr(txn.error.text, "slot"));
		store_abort(&txn);
	}
	store_close(s);
}

static void
a_row_in_another_place_is_found(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	span v;

	store_begin(s, &txn, STORE_WRITE);
	record_put(&txn, TABLE_SLOT, span_str("a"), span_str("hello"));
	assert_true(store_get(&txn, TABLE_SLOT, span_str("a"), &v));
	store_put(&txn, TABLE_KEY, span_str("a"), v);
	assert_false(record_get(&txn, TABLE_KEY, span_str("a"), &v));
	assert_int_equal(store_commit(&txn, NULL), MS_CORRUPT);
	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_SLOT, span_str("short"), span_str("x"));
	assert_false(record_get(&txn, TABLE_SLOT, span_str("short"), &v));
	assert_int_equal(store_commit(&txn, NULL), MS_CORRUPT);
	store_close(s);
}

static void
a_row_of_a_newer_release_is_told_apart_from_damage(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_HUB, 0);
	store_txn txn;
	uint8_t row[3 + RECORD_OVERHEAD] = { 9, 'a', 'b', 'c' };
	ms_error e = { 0 };
	span v;

	record_check(TABLE_SLOT, span_str("k"), 9, span_str("abc"), (span){ 0 }, row + 4);
	store_begin(s, &txn, STORE_WRITE);
	store_put(&txn, TABLE_SLOT, span_str("k"), span_of(row, sizeof(row)));
	assert_false(record_get(&txn, TABLE_SLOT, span_str("k"), &v));
	assert_int_equal(store_commit(&txn, &e), MS_CORRUPT);
	assert_non_null(strstr(e.text, "version"));
	store_close(s);
}

static void
named_values_are_kept(void **state)
{
	place *p = *state;
	store *s = open_at(p->data, STORE_AGENT, 0);
	store_txn txn;
	span v;

	store_begin(s, &txn, STORE_WRITE);
	assert_int_equal(meta_get_number(&txn, "cursor/x", 42), 42);
	meta_put_number(&txn, "cursor/x", 7);
	meta_put(&txn, "text", span_str("words"));
	assert_int_equal(meta_get_number(&txn, "cursor/x", 42), 7);
	assert_true(meta_get(&txn, "text", &v) && span_equal(v, span_str("words")));
	assert_true(meta_del(&txn, "text"));
	assert_false(meta_get(&txn, "text", &v));
	commit(&txn);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			any_flipped_bit_is_found_and_named, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_row_in_another_place_is_found, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_row_of_a_newer_release_is_told_apart_from_damage,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(named_values_are_kept, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
