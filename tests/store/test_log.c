/* SPDX-License-Identifier: Apache-2.0 */
/* test_log.c - a leaf comes back byte for byte, its damage is named, and it costs little more than
 * its acts. */
#include "tests/store/store_testing.h"

#include "store/log.h"

enum { COUNT = 5 };

static const uint8_t verdicts[BATCH_ACTS_MAX] = { 1, 3, 1, 16, 2 };

static void
append_one(store *s, log_state *state, const batch_view *view, const record_place *prevs)
{
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	log_append(&txn, state, view, 1000 + (int64_t)state->tree.size, verdicts, prevs);
	log_state_save(&txn, state);
	commit(&txn);
}

static void
a_leaf_comes_back_byte_for_byte(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	sign_key key = test_key(1);
	uint64_t seed = 99;
	log_state state = { 0 };
	record_place prevs[COUNT] = { { .leaf = UINT64_MAX }, { .leaf = 0, .at = 4 },
		{ .leaf = 3, .at = 0 }, { .leaf = UINT64_MAX }, { .leaf = 2, .at = 255 } };
	buf bytes = { 0 }, again = { 0 };
	batch_view view;
	log_record r;
	store_txn txn;
	int i;

	make_batch(&seed, &key, 1, (hash32){ 0 }, COUNT, 33, &bytes, &view);
	for (i = 0; i < 3; i++)
		append_one(s, &state, &view, NULL);
	append_one(s, &state, &view, prevs);
	store_begin(s, &txn, STORE_READ);
	assert_true(log_read(&txn, 3, &r));
	assert_int_equal(r.hub_time_us, 1003);
	assert_int_equal(r.count, COUNT);
	assert_memory_equal(r.verdicts.at, verdicts, COUNT);
	assert_int_equal(log_batch(&r, &again), MS_OK);
	assert_true(span_equal(buf_span(&again), buf_span(&bytes)));
	assert_true(log_check(&txn, &r));
	for (i = 0; i < COUNT; i++) {
		record_place prev;

		assert_true(span_equal(log_act(&r, (uint16_t)i), view.acts[i]));
		assert_true(log_prev(&r, (uint16_t)i, &prev));
		assert_int_equal(prev.leaf, prevs[i].leaf);
		assert_int_equal(prev.at, prevs[i].at);
	}
	assert_false(log_read(&txn, 4, &r));
	assert_true(store_ok(&txn));
	store_abort(&txn);
	buf_fini(&bytes);
	buf_fini(&again);
	store_close(s);
}

static void
any_flipped_byte_is_found(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	sign_key key = test_key(1);
	uint64_t seed = 98;
	log_state state = { 0 };
	uint8_t row[1024], leaf_key[8] = { 0 };
	buf bytes = { 0 };
	batch_view view;
	store_txn txn;
	log_record r;
	size_t i, len;
	span v;

	make_batch(&seed, &key, 1, (hash32){ 0 }, COUNT, 20, &bytes, &view);
	append_one(s, &state, &view, NULL);
	store_begin(s, &txn, STORE_WRITE);
	assert_true(store_get(&txn, TABLE_LOG, span_of(leaf_key, 8), &v));
	len = v.len;
	assert_true(len < sizeof(row));
	memcpy(row, v.at, len);
	store_abort(&txn);
	for (i = 0; i < len; i++) {
		store_begin(s, &txn, STORE_WRITE);
		row[i] ^= 0x40;
		store_put(&txn, TABLE_LOG, span_of(leaf_key, 8), span_of(row, len));
		row[i] ^= 0x40;
		assert_false(log_read(&txn, 0, &r) && log_check(&txn, &r));
		assert_int_equal(store_status(&txn, NULL), MS_CORRUPT);
		store_abort(&txn);
	}
	for (i = 0; i < len; i++) {
		store_begin(s, &txn, STORE_WRITE);
		store_put(&txn, TABLE_LOG, span_of(leaf_key, 8), span_of(row, i));
		assert_false(log_read(&txn, 0, &r));
		store_abort(&txn);
	}
	buf_fini(&bytes);
	store_close(s);
}

static void
a_full_batch_costs_at_most_a_tenth_more_than_its_acts(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	sign_key key = test_key(1);
	uint64_t seed = 97;
	log_state state = { 0 };
	record_place prevs[BATCH_ACTS_MAX];
	uint8_t leaf_key[8];
	buf bytes = { 0 };
	batch_view view;
	store_txn txn;
	span v;
	int i;

	make_batch(&seed, &key, 1, (hash32){ 0 }, BATCH_ACTS_MAX, 220, &bytes, &view);
	for (i = 0; i < BATCH_ACTS_MAX; i++)
		prevs[i] = (record_place){ .leaf = 0, .at = (uint16_t)i };
	for (i = 0; i < 300; i++)
		append_one(s, &state, &view, i == 0 ? NULL : prevs);
	store_begin(s, &txn, STORE_READ);
	be64_put(leaf_key, 299);
	assert_true(store_get(&txn, TABLE_LOG, span_of(leaf_key, 8), &v));
	assert_true((double)v.len <= 1.1 * 220 * BATCH_ACTS_MAX);
	store_abort(&txn);
	assert_true((double)file_size(p->data) <= 1.3 * 220 * BATCH_ACTS_MAX * 300);
	buf_fini(&bytes);
	store_close(s);
}

static void
an_abort_leaves_the_log_as_it_was(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_HUB, 0);
	sign_key key = test_key(1);
	uint64_t seed = 96;
	log_state state = { 0 };
	buf bytes = { 0 };
	batch_view view;
	hash32 root, again;
	store_txn txn;

	make_batch(&seed, &key, 1, (hash32){ 0 }, COUNT, 20, &bytes, &view);
	append_one(s, &state, &view, NULL);
	root = tree_frontier_root(&state.tree);
	store_begin(s, &txn, STORE_WRITE);
	assert_int_equal(log_append(&txn, &state, &view, 5000, verdicts, NULL), 1);
	log_state_save(&txn, &state);
	store_abort(&txn);
	store_begin(s, &txn, STORE_WRITE);
	log_state_load(&txn, &state);
	assert_int_equal(state.tree.size, 1);
	assert_int_equal(state.last_us, 1000);
	again = tree_frontier_root(&state.tree);
	assert_true(hash_equal(&root, &again));
	assert_int_equal(log_append(&txn, &state, &view, 1000, verdicts, NULL), 1);
	log_state_save(&txn, &state);
	commit(&txn);
	buf_fini(&bytes);
	store_close(s);
}

/* ---- all of it, while it grows ---- */

enum { LEAVES = 1200, GROW_UNTIL = 1000, WRITE_EVERY = 6, ROWS = 40 };

typedef struct going {
	store *s;
	const batch_view *view;
	log_state state; /* as the writer has it */
	uint64_t next;
	bool writes; /* rows; else leaves */
} going;

/* What a live hub does meanwhile. */
static bool
take_in_order(void *ctx, uint64_t leaf)
{
	going *g = ctx;

	assert_int_equal(leaf, g->next++);
	if (g->writes && leaf % WRITE_EVERY == 0)
		fill_rows(g->s, 0, ROWS, 1000);
	else if (!g->writes && leaf < GROW_UNTIL)
		append_one(g->s, &g->state, g->view, NULL);
	return true;
}

static uint64_t
size_of(const place *p)
{
	char path[340];
	struct stat st;

	snprintf(path, sizeof(path), "%s/data.mdb", p->data);
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void
append_many(store *s, log_state *state, const batch_view *view, unsigned n)
{
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	while (n-- > 0)
		log_append(&txn, state, view, 1000, verdicts, NULL);
	log_state_save(&txn, state);
	commit(&txn);
}

static void
a_log_that_grows_is_followed_to_its_end(void **test)
{
	place *p = *test;
	going g = { .s = open_at(p->data, STORE_HUB, 0) };
	sign_key key = test_key(1);
	uint64_t seed = 3;
	buf bytes = { 0 };
	log_state state;
	batch_view view;
	store_txn txn;
	log_record r;

	make_batch(&seed, &key, 1, (hash32){ 0 }, 1, 10, &bytes, &view);
	g.view = &view;
	append_many(g.s, &g.state, &view, LEAVES);
	store_begin(g.s, &txn, STORE_READ);
	log_follow(&txn, &state, take_in_order, &g);
	assert_true(store_ok(&txn));
	assert_int_equal(g.next, state.tree.size);
	assert_int_equal(state.tree.size, LEAVES + GROW_UNTIL);
	assert_true(log_read(&txn, state.tree.size - 1, &r));
	assert_false(log_read(&txn, state.tree.size, &r));
	store_abort(&txn);
	buf_fini(&bytes);
	store_close(g.s);
}

static void
whoever_follows_holds_no_old_pages(void **test)
{
	place *p = *test;
	going g = { .s = open_at(p->data, STORE_HUB, 0), .writes = true };
	uint64_t seed = 3, before, followed, held;
	sign_key key = test_key(1);
	buf bytes = { 0 };
	log_state state;
	batch_view view;
	store_txn txn;
	unsigned n;

	make_batch(&seed, &key, 1, (hash32){ 0 }, 1, 10, &bytes, &view);
	append_many(g.s, &g.state, &view, LEAVES);
	fill_rows(g.s, 0, ROWS, 1000);
	before = size_of(p);
	store_begin(g.s, &txn, STORE_READ);
	log_follow(&txn, &state, take_in_order, &g);
	followed = size_of(p) - before;
	store_renew(&txn);
	for (n = 0; n < LEAVES / WRITE_EVERY; n++)
		fill_rows(g.s, 0, ROWS, 1000);
	held = size_of(p) - before - followed;
	print_message("%llu KiB against %llu KiB\n", (unsigned long long)followed / 1024,
		(unsigned long long)held / 1024);
	assert_true(followed < held / 3);
	store_abort(&txn);
	buf_fini(&bytes);
	store_close(g.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_leaf_comes_back_byte_for_byte, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			any_flipped_byte_is_found, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_full_batch_costs_at_most_a_tenth_more_than_its_acts, place_setup,
			place_teardown),
		cmocka_unit_test_setup_teardown(
			an_abort_leaves_the_log_as_it_was, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_log_that_grows_is_followed_to_its_end, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			whoever_follows_holds_no_old_pages, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
