/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed_chain.c - entries side by side are read back as they were; nothing cut short is one. */
#include "tests/proof/proof_testing.h"

#include "proof/feed_chain.h"

static const uint8_t bits[] = { 0x81, 0x00, 0x40 };
static const feed_place places[] = {
	{ .leaf = 7 },
	{ .leaf = UINT64_MAX, .positions = { bits, 3 } },
	{ .leaf = 0, .positions = { bits, 1 } },
};

static void
entries_come_back_and_none_is_cut_short(void **test)
{
	buf out = { 0 };
	size_t len, i, n;
	feed_place e;
	span left;

	(void)test;
	for (i = 0; i < 3; i++)
		assert_int_equal(feed_place_add(&places[i], &out), MS_OK);
	assert_int_equal(out.len, 3 * 9 + 4);
	for (len = 0; len <= out.len; len++) {
		left = span_of(out.at, len);
		for (n = 0; feed_place_next(&left, &e); n++) {
			assert_int_equal(e.leaf, places[n].leaf);
			assert_true(span_equal(e.positions, places[n].positions));
		}
		assert_int_equal(n, (size_t)(len >= 9) + (len >= 21) + (len >= 31));
		assert_int_equal(left.len > 0, len != 0 && len != 9 && len != 21 && len != 31);
	}
	buf_fini(&out);
}

static void
no_entry_has_more_positions_than_can_be_told(void **test)
{
	static const uint8_t many[256] = { 1 };
	feed_place e = { .positions = span_of(many, sizeof(many)) };
	buf out = { 0 };

	(void)test;
	assert_int_equal(feed_place_add(&e, &out), MS_INVALID);
	assert_int_equal(out.len, 0);
	e.positions.len--;
	assert_int_equal(feed_place_add(&e, &out), MS_OK);
	buf_fini(&out);
}

static void
positions_are_the_highest_bit_first_and_none_are_all(void **test)
{
	unsigned i;

	(void)test;
	for (i = 0; i < 256; i++) {
		assert_true(feed_place_has(&places[0], i));
		assert_int_equal(feed_place_has(&places[1], i), i == 0 || i == 7 || i == 17);
		assert_int_equal(feed_place_has(&places[2], i), i == 0 || i == 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_back_and_none_is_cut_short),
		cmocka_unit_test(no_entry_has_more_positions_than_can_be_told),
		cmocka_unit_test(positions_are_the_highest_bit_first_and_none_are_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
