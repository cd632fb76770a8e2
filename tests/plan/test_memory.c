/* SPDX-License-Identifier: Apache-2.0 */
/* test_memory.c - what is judged never depends on the memory that there is: a plan is whole or
 * none, and the keys of key sets need none to be compared. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "plan/keys.h"
#include "plan/plan.h"
#include "tests/plan/small_plan.h"

/* ---- allocations that fail ---- */

static unsigned asked;
static unsigned from = UINT_MAX, to; /* of those counted by ASKED, these fail */

static void
fail_from(unsigned first, unsigned last)
{
	asked = 0;
	from = first;
	to = last;
}

static bool
fails(void)
{
	unsigned at = asked++;

	return at >= from && at <= to;
}

#define MAY_FAIL(returns, name, parameters, arguments)                     \
	returns __real_##name parameters;                                  \
	returns __wrap_##name parameters;                                  \
	returns __wrap_##name parameters                                   \
	{                                                                  \
		return fails() ? (returns){ 0 } : __real_##name arguments; \
	}

MAY_FAIL(void *, realloc, (void *old, size_t size), (old, size))
MAY_FAIL(void *, calloc, (size_t n, size_t size), (n, size))
MAY_FAIL(void *, arena_alloc, (arena * a, size_t size), (a, size))
MAY_FAIL(void *, arena_zalloc, (arena * a, size_t size), (a, size))
MAY_FAIL(span, arena_copy, (arena * a, span s), (a, s))
MAY_FAIL(char *, arena_text, (arena * a, span s), (a, s))

/* ---- keys ---- */

static span
folded(span key, uint8_t out[KEY_FOLDED_MAX])
{
	span made;

	fail_from(0, UINT_MAX);
	made = key_fold(key, out);
	from = UINT_MAX;
	return made;
}

/* The same by allocation. */
static span
slow(span key, buf *out)
{
	span made;
	size_t i;

	buf_reset(out);
	if (text_nfkc(key, out) != MS_OK)
		return (span){ 0 };
	for (i = 0; i < out->len; i++)
		if (out->at[i] >= 'a' && out->at[i] <= 'z')
			out->at[i] = (uint8_t)(out->at[i] - 'a' + 'A');
	made = text_trim(buf_span(out));
	return made.len > KEY_FOLDED_MAX ? (span){ 0 } : made;
}

static void
alike_keys_are_one(void **state)
{
	static const char *const rows[][2] = { { " hx-17 ", "HX-17" }, { "ｈｘ－１７", "HX-17" },
		{ "\xE3\x80\x80①号\xE3\x80\x80", "1号" }, { "沈阳a", "沈阳A" }, { " ", "" },
		{ "\xFF", "" } };
	uint8_t out[KEY_FOLDED_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		span made = folded(span_str(rows[i][0]), out);

		assert_int_equal(made.len, strlen(rows[i][1]));
		assert_memory_equal(made.at, rows[i][1], made.len);
	}
}

static void
every_key_is_folded_without_memory(void **state)
{
	/* The fourth becomes 18 characters, the next two one with the letter before them. */
	static const char *const bits[] = { "a", "Z9", "项", "\xEF\xB7\xBA", "\xCC\x81", "\xCC\xA7",
		"ﾊﾞ", "㍿", "\xF0\x9D\x87\x80", "\xCE\x90", " ", "\xE3\x80\x80", "\xED\xA0\x80" };
	enum { N = sizeof(bits) / sizeof(bits[0]) };
	uint8_t out[KEY_FOLDED_MAX];
	unsigned seed = 2012, fitting = 0;
	buf memory = { 0 };

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		char key[REPORT_KEY_MAX];
		size_t len = 0, max;
		span made, wanted;

		seed = seed * 1103515245u + 12345u;
		max = 1 + (seed >> 16) % REPORT_KEY_MAX;
		for (;;) {
			const char *bit;

			seed = seed * 1103515245u + 12345u;
			bit = bits[i % 3 == 0 ? 3 : (seed >> 16) % N];
			if (len + strlen(bit) > max)
				break;
			memcpy(key + len, bit, strlen(bit));
			len += strlen(bit);
		}
		made = folded(span_of(key, len), out);
		wanted = slow(span_of(key, len), &memory);
		assert_true(span_equal(made, wanted));
		fitting += wanted.len > 0;
	}
	assert_in_range(fitting, 4000, 19000);
	buf_fini(&memory);
}

/* ---- plans ---- */

/* Two versions, with rank groups. */
static span
versions(buf *out)
{
	static const char ranks[] =
		"rank_group \"all\" { name = \"All\" kinds = { \"district\" } }\n";

	buf_add_text(out, small_plan_text);
	buf_add_text(out, ranks);
	buf_add_text(out, "#==== from 2012-Q3 ====\n");
	buf_add_text(out, small_plan_text);
	buf_add_text(out, ranks);
	assert_false(out->failed);
	return buf_span(out);
}

static ms_status
load_failing(span text, unsigned first, unsigned last)
{
	ms_error err = { 0 };
	plan *p = NULL;
	ms_status s;

	fail_from(first, last);
	s = plan_load(text, "small", &p, NULL, &err);
	from = UINT_MAX;
	assert_int_equal(s, err.status);
	if (s == MS_OK)
		plan_free(p);
	return s;
}

static void
a_plan_is_whole_or_none(void **state)
{
	buf memory = { 0 };
	span text = versions(&memory);
	unsigned i, n;

	(void)state;
	assert_int_equal(load_failing(text, UINT_MAX, 0), MS_OK);
	n = asked;
	for (i = 0; i < n; i++) {
		if (load_failing(text, i, i) != MS_NO_MEMORY ||
			load_failing(text, i, UINT_MAX) != MS_NO_MEMORY)
			fail_msg("allocation %u of %u", i, n);
	}
	buf_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike_keys_are_one),
		cmocka_unit_test(every_key_is_folded_without_memory),
		cmocka_unit_test(a_plan_is_whole_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
