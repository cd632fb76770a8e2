/* SPDX-License-Identifier: Apache-2.0 */
/* test_rollup_cache.c - a rollup's row that is damaged, and one for which there is no memory, are
 * told apart. */
#include "tests/store/store_testing.h"

#include "store/ledger.h"
#include "store/rollup_cache.h"
#include "tests/plan/small_plan.h"

typedef struct bench {
	plan *p;
	store *db;
	period at;
	rollup_cache cache;
	store_txn txn;
} bench;

static void
bench_open(bench *b, const place *where)
{
	*b = (bench){ .db = open_at(where->data, STORE_HUB, 0) };
	assert_int_equal(
		plan_load(span_str(small_plan_text), "small.conf", &b->p, NULL, NULL), MS_OK);
	assert_true(period_parse(span_str("2012-Q1"), &b->at));
	rollup_cache_init(&b->cache, b->p);
	store_begin(b->db, &b->txn, STORE_WRITE);
}

static void
cache_fini(rollup_cache *c)
{
	rollup_cache_clear(c);
	arena_fini(&c->scratch);
	buf_fini(&c->row);
}

static void
bench_close(bench *b)
{
	store_abort(&b->txn);
	cache_fini(&b->cache);
	store_close(b->db);
	plan_free(b->p);
}

/* A row of the first item, with a count in it. */
static void
write_row(bench *b)
{
	rollup_entry *e = rollup_cache_get(&b->cache, &b->txn, 0, b->at);

	assert_non_null(e);
	e->actual[VIEW_REPORTED] = 3;
	rollup_cache_touch(&b->cache, e);
	rollup_cache_write(&b->cache, &b->txn, 1);
	cache_fini(&b->cache);
	rollup_cache_init(&b->cache, b->p);
}

/* The row has its own hash, but no form. */
static void
spoil_row(bench *b)
{
	uint8_t copy[64];
	store_cursor c;
	span key, row;

	store_cursor_open(&b->txn, TABLE_ROLLUP, &c);
	assert_true(store_first(&c, &key, &row));
	assert_true(key.len <= sizeof(copy));
	memcpy(copy, key.at, key.len);
	key.at = copy;
	store_cursor_close(&c);
	record_put(&b->txn, TABLE_ROLLUP, key, span_str("\xFF\xFF\xFF"));
	assert_true(store_ok(&b->txn));
}

static void
a_damaged_row_is_corrupt(void **state)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	rollup r;
	bench b;

	bench_open(&b, *state);
	write_row(&b);
	assert_int_equal(rollup_read(&b.txn, b.p, 0, b.at, &memory, &r, &err), MS_OK);
	assert_int_equal(r.actual[VIEW_REPORTED], 3);
	spoil_row(&b);
	assert_int_equal(rollup_read(&b.txn, b.p, 0, b.at, &memory, &r, &err), MS_CORRUPT);
	assert_int_equal(err.code, MST_STORE_CORRUPT);
	assert_non_null(strstr(err.text, "i01"));
	assert_null(rollup_cache_get(&b.cache, &b.txn, 0, b.at));
	assert_int_equal(b.txn.error.status, MS_CORRUPT);
	arena_fini(&memory);
	bench_close(&b);
}

static void
no_memory_is_no_damage(void **state)
{
	arena memory = { .limit = 1 };
	ms_error err = { 0 };
	rollup r;
	bench b;

	bench_open(&b, *state);
	write_row(&b);
	assert_int_equal(rollup_read(&b.txn, b.p, 0, b.at, &memory, &r, &err), MS_NO_MEMORY);
	assert_int_equal(err.code, MST_NO_MEMORY);
	b.cache.scratch.limit = 1;
	assert_null(rollup_cache_get(&b.cache, &b.txn, 0, b.at));
	assert_int_equal(b.txn.error.code, MST_NO_MEMORY);
	arena_fini(&memory);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_damaged_row_is_corrupt, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			no_memory_is_no_damage, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
