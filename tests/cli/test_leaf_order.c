/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaf_order.c - acts that come in any order are read in the log's, however few of them are in
 * memory. */
#include "tests/store/store_testing.h"

#include "base/fs.h"
#include "cli/leaf_order.h"

enum { ACTS = 3000, HISTORIES = 24, BYTES_MAX = 700 };

typedef struct history {
	leaf_act acts[ACTS]; /* in the order of the log */
	uint8_t bytes[BYTES_MAX + ACTS];
	size_t read, stop;
	uint64_t seed;
} history;

static int
make_dir(void **state)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), "/tmp/muster-order-XXXXXX");
	*state = mkdtemp(dir);
	return *state == NULL;
}

static int
remove_dir(void **state)
{
	return fs_remove_tree(*state, NULL) != MS_OK;
}

static void
some_acts(history *h)
{
	uint64_t leaf = 0;
	size_t i;

	for (i = 0; i < sizeof(h->bytes); i++)
		h->bytes[i] = (uint8_t)dice(&h->seed);
	for (i = 0; i < ACTS; i++) {
		bool next = i == 0 || dice(&h->seed) % 4 == 0;

		leaf += next ? 1 + dice(&h->seed) % 300 : 0;
		h->acts[i] = (leaf_act){ .bytes = span_of(h->bytes + i, dice(&h->seed) % BYTES_MAX),
			.from = (int)(dice(&h->seed) % 9) - 1,
			.hub_time_us = (int64_t)dice(&h->seed),
			.verdict = (verdict)(dice(&h->seed) % 7) };
		h->acts[i].place.leaf = leaf;
		h->acts[i].place.at = next ? 0 : (uint16_t)(h->acts[i - 1].place.at + 1);
	}
}

/* As feeds bring them: PASTS times what was left out before. 0: in no order. */
static void
add_all(history *h, unsigned pasts, leaf_order *o)
{
	unsigned *turn = calloc(ACTS, sizeof(*turn)), k;
	ms_error err = { 0 };
	size_t i;

	for (i = 0; i < ACTS; i++)
		turn[i] = (unsigned)(dice(&h->seed) % (pasts == 0 ? ACTS : pasts));
	for (k = 0; k < ACTS; k++)
		for (i = 0; i < ACTS; i++)
			if (turn[i] == k)
				assert_int_equal(leaf_order_add(o, &h->acts[i], &err), MS_OK);
	free(turn);
}

static ms_status
is_next(void *ctx, const leaf_act *a, ms_error *err)
{
	history *h = ctx;
	const leaf_act *wanted = &h->acts[h->read];

	if (h->read++ == h->stop)
		return ms_fail(err, MS_BUSY, MST_CLI_VALUE, "enough");
	assert_int_equal(a->place.leaf, wanted->place.leaf);
	assert_int_equal(a->place.at, wanted->place.at);
	assert_int_equal(a->from, wanted->from);
	assert_int_equal(a->hub_time_us, wanted->hub_time_us);
	assert_int_equal(a->verdict, wanted->verdict);
	assert_true(span_equal(a->bytes, wanted->bytes));
	return MS_OK;
}

static void
the_order_is_the_logs(void **state)
{
	static const size_t rooms[] = { 1, 4000, 50000, 400000, LEAF_ORDER_ROOM };
	history *h = malloc(sizeof(*h));
	unsigned n;

	for (n = 0; n < HISTORIES; n++) {
		ms_error err = { 0 };
		leaf_order o;

		*h = (history){ .seed = n + 1, .stop = n % 6 == 5 ? ACTS / 2 : ACTS };
		some_acts(h);
		leaf_order_init(&o, *state, rooms[n % 5]);
		add_all(h, n % 4, &o);
		assert_int_equal(
			leaf_order_read(&o, is_next, h, &err), h->stop == ACTS ? MS_OK : MS_BUSY);
		assert_int_equal(h->read, h->stop == ACTS ? ACTS : h->stop + 1);
		leaf_order_fini(&o);
	}
	free(h);
}

static void
nothing_is_left_in_the_directory(void **state)
{
	fs_names names = { 0 };

	assert_int_equal(fs_list(*state, &names, NULL), MS_OK);
	assert_int_equal(names.n, 0);
	fs_list_fini(&names);
}

static void
no_room_is_said(void **state)
{
	const leaf_act a = { .bytes = span_str("bytes") };
	ms_error err = { 0 };
	leaf_order o;

	(void)state;
	leaf_order_init(&o, "/nowhere", 1);
	assert_int_equal(leaf_order_add(&o, &a, &err), MS_NOT_FOUND);
	assert_non_null(strstr(err.text, "/nowhere"));
	leaf_order_fini(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_the_logs),
		cmocka_unit_test(nothing_is_left_in_the_directory),
		cmocka_unit_test(no_room_is_said),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
