/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash.c - SHA-256 against the published examples of FIPS 180. */
#include "base/hash.h"

#include "tests/base/base_testing.h"

static void
the_published_examples_hold(void **state)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[2 * HASH_SIZE + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hash32 h = hash_of(span_str(rows[i].text));

		hash_hex(&h, hex);
		assert_string_equal(hex, rows[i].hex);
	}
}

static void
parts_hash_like_the_whole(void **state)
{
	span whole = TEXT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
	hash32 want = hash_of(whole);
	size_t i, j;

	(void)state;
	for (i = 0; i <= whole.len; i++) {
		hash32 two = hash_of2(span_of(whole.at, i), span_of(whole.at + i, whole.len - i));

		assert_true(hash_equal(&two, &want));
		for (j = i; j <= whole.len; j += 7) {
			hash32 three = hash_of3(span_of(whole.at, i), span_of(whole.at + i, j - i),
				span_of(whole.at + j, whole.len - j));

			assert_true(hash_equal(&three, &want));
		}
	}
}

static void
only_zeros_are_zero(void **state)
{
	hash32 h = { 0 };

	(void)state;
	assert_true(hash_is_zero(&h));
	h.at[31] = 1;
	assert_false(hash_is_zero(&h));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_examples_hold),
		cmocka_unit_test(parts_hash_like_the_whole),
		cmocka_unit_test(only_zeros_are_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
