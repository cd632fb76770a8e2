/* SPDX-License-Identifier: Apache-2.0 */
/* test_memory.c - spans, buffers and arenas against their contracts. */
#include "tests/base/base_testing.h"

#include "base/arena.h"
#include "base/buf.h"

static void
a_buffer_grows_and_keeps_what_it_has(void **state)
{
	buf b = { 0 };
	unsigned i;

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	for (i = 0; i < 1000; i++)
		assert_int_equal(buf_addf(&b, "%03u,", i), MS_OK);
	assert_int_equal(b.len, 4000);
	for (i = 0; i < 1000; i++) {
		char want[8];

		snprintf(want, sizeof(want), "%03u,", i);
		assert_memory_equal(b.at + i * 4, want, 4);
	}
	assert_int_equal(strlen(buf_cstr(&b)), 4000);
	assert_int_equal(b.len, 4000);
	buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_cstr(&b), "");
	buf_fini(&b);
	assert_null(b.at);
	buf_fini(&b);
}

static void
a_failed_append_stays_failed(void **state)
{
	buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add_text(&b, "kept"), MS_OK);
	assert_int_equal(buf_reserve(&b, SIZE_MAX - 2), MS_NO_MEMORY);
	assert_true(b.failed);
	assert_int_equal(buf_add_text(&b, "x"), MS_NO_MEMORY);
	assert_int_equal(buf_addf(&b, "%d", 1), MS_NO_MEMORY);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.at, "kept", 4);
	assert_string_equal(buf_cstr(&b), "");
	buf_reset(&b);
	assert_int_equal(buf_add_text(&b, "y"), MS_OK);
	buf_fini(&b);
}

static void
pieces_of_an_arena_are_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 17, 4000, 20000, 3 << 20, 5 };
	enum { N = sizeof(sizes) / sizeof(sizes[0]) };
	arena a = { 0 };
	uint8_t *at[N];
	size_t turn, i, j;

	(void)state;
	for (turn = 0; turn < 3; turn++) {
		for (i = 0; i < N; i++) {
			at[i] = arena_alloc(&a, sizes[i]);
			assert_non_null(at[i]);
			assert_int_equal((uintptr_t)at[i] % _Alignof(max_align_t), 0);
			memset(at[i], (int)i + 1, sizes[i]);
		}
		for (i = 0; i < N; i++)
			for (j = 0; j < sizes[i]; j++)
				if (at[i][j] != i + 1)
					fail_msg("piece %zu was overwritten at %zu", i, j);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_fini(&a);
}

static void
a_reset_keeps_the_largest_block_whatever_came_after_it(void **state)
{
	arena a = { 0 };
	uint8_t *large;

	(void)state;
	assert_non_null(arena_alloc(&a, 100));
	large = arena_alloc(&a, 5 << 20);
	assert_non_null(large);
	assert_non_null(arena_alloc(&a, 3 << 20));
	assert_non_null(arena_alloc(&a, 100));
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 5 << 20), large);
	arena_fini(&a);
}

static void
an_arena_stops_at_its_cap(void **state)
{
	arena a = { .limit = 1000 };
	unsigned n = 0;

	(void)state;
	while (arena_alloc(&a, 100) != NULL)
		n++;
	assert_in_range(n, 8, 10);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_copy(&a, span_of("", (size_t)2000)).at);
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 100));
	arena_fini(&a);
	assert_int_equal(a.limit, 1000);
	assert_null(arena_alloc(&a, 1001));
	arena_fini(&a);
}

static void
copies_stand_on_their_own(void **state)
{
	char text[] = "report";
	arena a = { 0 };
	span copy = arena_copy(&a, span_str(text)), none = arena_copy(&a, (span){ 0 });
	char *string = arena_text(&a, span_of(text, 3)), *empty = arena_text(&a, (span){ 0 });
	uint8_t *zero = arena_zalloc(&a, 64);
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_true(span_equal(copy, TEXT("report")));
	assert_non_null(none.at);
	assert_int_equal(none.len, 0);
	assert_string_equal(string, "rep");
	assert_string_equal(empty, "");
	for (i = 0; i < 64; i++)
		assert_int_equal(zero[i], 0);
	arena_fini(&a);
}

static void
the_order_of_keys_is_the_order_of_numbers(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 65535, 65536, UINT32_MAX,
		(uint64_t)UINT32_MAX + 1, UINT64_MAX };
	uint8_t low[8], high[8];
	size_t i;

	(void)state;
	for (i = 0; i + 1 < sizeof(numbers) / sizeof(numbers[0]); i++) {
		be64_put(low, numbers[i]);
		be64_put(high, numbers[i + 1]);
		assert_true(span_compare(span_of(low, 8), span_of(high, 8)) < 0);
		assert_true(be64_get(low) == numbers[i]);
		assert_int_equal(be32_get(low + 4), (uint32_t)numbers[i]);
		assert_int_equal(be16_get(low + 6), (uint16_t)numbers[i]);
	}
	assert_true(span_compare(TEXT("ab"), TEXT("abc")) < 0);
	assert_true(span_compare(TEXT("b"), TEXT("abc")) > 0);
	assert_int_equal(span_compare((span){ 0 }, TEXT("")), 0);
	assert_true(span_equal((span){ 0 }, span_str(NULL)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_keeps_what_it_has),
		cmocka_unit_test(a_failed_append_stays_failed),
		cmocka_unit_test(pieces_of_an_arena_are_aligned_and_apart),
		cmocka_unit_test(a_reset_keeps_the_largest_block_whatever_came_after_it),
		cmocka_unit_test(an_arena_stops_at_its_cap),
		cmocka_unit_test(copies_stand_on_their_own),
		cmocka_unit_test(the_order_of_keys_is_the_order_of_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
