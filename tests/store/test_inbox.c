/* SPDX-License-Identifier: Apache-2.0 */
/* test_inbox.c - what others state does not fill an office's disk, however much it is. */
#include "tests/store/store_testing.h"

#include "store/inbox.h"

static const int64_t day_us = INT64_C(86400) * 1000000;

static inbox_row
row_of(uint64_t number, int64_t hub_time_us)
{
	return (inbox_row){ .number = number,
		.place = { .leaf = number, .at = 3 },
		.hub_time_us = hub_time_us,
		.by = span_str("jxw"),
		.act = span_str("an act") };
}

static inbox_taken
put(store *db, uint64_t number, int64_t hub_time_us)
{
	inbox_row row = row_of(number, hub_time_us);
	inbox_taken taken;
	store_txn txn;

	store_begin(db, &txn, STORE_WRITE);
	taken = inbox_put(&txn, &row);
	commit(&txn);
	return taken;
}

static uint64_t
count(store *db, uint64_t *first)
{
	inbox_row row = { 0 };
	store_txn txn;
	uint64_t n = 0;

	store_begin(db, &txn, STORE_READ);
	for (*first = 0; inbox_next(&txn, &row); n++)
		if (*first == 0)
			*first = row.number;
	store_abort(&txn);
	return n;
}

static void
a_day_has_its_fill_and_the_next_one_begins_anew(void **test)
{
	place *p = *test;
	store *db = open_at(p->data, STORE_AGENT, 0);
	uint64_t i, first;

	for (i = 1; i <= INBOX_ROWS_A_DAY; i++)
		assert_int_equal(put(db, i, 5 * day_us), INBOX_TAKEN);
	assert_int_equal(put(db, 1, 5 * day_us), INBOX_TAKEN); /* again */
	assert_int_equal(put(db, i++, 5 * day_us), INBOX_FIRST_LEFT_OUT);
	assert_int_equal(put(db, i++, 5 * day_us), INBOX_LEFT_OUT);
	assert_int_equal(count(db, &first), INBOX_ROWS_A_DAY);
	assert_int_equal(put(db, i, 6 * day_us), INBOX_TAKEN);
	assert_int_equal(count(db, &first), INBOX_ROWS_A_DAY + 1);
	store_close(db);
}

static void
the_oldest_rows_make_room(void **test)
{
	place *p = *test;
	store *db = open_at(p->data, STORE_AGENT, 0);
	inbox_row row;
	store_txn txn;
	uint64_t i, first;

	store_begin(db, &txn, STORE_WRITE);
	for (i = 1; i <= INBOX_ROWS_MAX + 10; i++) {
		row = row_of(i, (int64_t)i * day_us);
		assert_int_equal(inbox_put(&txn, &row), INBOX_TAKEN);
	}
	commit(&txn);
	assert_int_equal(count(db, &first), INBOX_ROWS_MAX);
	assert_int_equal(first, 11);
	store_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_day_has_its_fill_and_the_next_one_begins_anew,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			the_oldest_rows_make_room, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
