/* SPDX-License-Identifier: Apache-2.0 */
/* test_map.c - the map against an array that knows the answers. */
#include "base/map.h"

#include "tests/base/base_testing.h"

enum { KEYS = 5000 };

static span
key_of(unsigned i, char out[32])
{
	/* lengths 1..9 around the eight bytes that the hash takes at once */
	snprintf(out, 32, "%.*s%u", (int)(i % 5), "abcd", i);
	return span_str(out);
}

static void
what_is_put_is_found_and_nothing_else(void **state)
{
	uint64_t want[KEYS];
	bool there[KEYS] = { false };
	unsigned seed = 7, turn, i;
	char text[32];
	map m = { 0 };
	uint64_t v;

	(void)state;
	assert_false(map_find(&m, TEXT("x"), &v));
	for (turn = 0; turn < 20000; turn++) {
		seed = seed * 1103515245u + 12345u;
		i = (seed >> 8) % KEYS;
		if (turn % 3 == 0) {
			assert_int_equal(map_find(&m, key_of(i, text), &v), there[i]);
			if (there[i])
				assert_true(v == want[i]);
		} else {
			want[i] = turn;
			there[i] = true;
			assert_true(map_put(&m, key_of(i, text), turn));
		}
	}
	for (i = 0; i < KEYS; i++) {
		assert_int_equal(map_find(&m, key_of(i, text), NULL), there[i]);
		want[i] = there[i];
	}
	map_fini(&m);
	assert_false(map_find(&m, key_of(1, text), NULL));
}

static void
after_a_reset_it_is_empty_and_can_be_filled_anew(void **state)
{
	uint64_t value;
	char text[32];
	map m = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < KEYS; i++)
		assert_true(map_put(&m, key_of(i, text), i));
	map_reset(&m);
	for (i = 0; i < KEYS; i++)
		assert_false(map_find(&m, key_of(i, text), NULL));
	assert_true(map_put(&m, TEXT(""), 9));
	assert_true(map_find(&m, (span){ 0 }, &value) && value == 9);
	map_fini(&m);
}

static void
keys_are_copied_and_may_hold_zeros(void **state)
{
	char key[] = "a\0b";
	uint64_t value;
	map m = { 0 };

	(void)state;
	assert_true(map_put(&m, span_of(key, 3), 1));
	key[2] = 'c';
	assert_true(map_put(&m, span_of(key, 3), 2));
	assert_true(map_find(&m, span_of("a\0b", 3), &value) && value == 1);
	assert_true(map_find(&m, span_of("a\0c", 3), &value) && value == 2);
	assert_false(map_find(&m, span_of("a\0", 2), &value));
	assert_false(map_find(&m, span_of("a\0b\0", 4), &value));
	map_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_found_and_nothing_else),
		cmocka_unit_test(after_a_reset_it_is_empty_and_can_be_filled_anew),
		cmocka_unit_test(keys_are_copied_and_may_hold_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
