/* SPDX-License-Identifier: Apache-2.0 */
/* test_join_key.c - a join key there and back, every typing mistake, and what a rotation signs. */
#include "tests/proof/proof_testing.h"

#include "proof/join_key.h"
#include "proof/rotation.h"

static join_key
some_key(size_t n_addresses)
{
	join_key k = { .expires_us = INT64_C(1357012800) * 1000000,
		.unit = "tiexi",
		.n_addresses = n_addresses };
	size_t i;

	for (i = 0; i < 32; i++) {
		k.hub[i] = (uint8_t)(i + 1);
		k.secret[i] = (uint8_t)(200 + i);
	}
	for (i = 0; i < n_addresses; i++)
		snprintf(k.addresses[i], sizeof(k.addresses[i]), "tcp://hub-%zu.example:7300", i);
	return k;
}

static void
a_key_comes_back(void **unused)
{
	char text[JOIN_KEY_TEXT_SIZE + 4], wrapped[JOIN_KEY_TEXT_SIZE + 8];
	join_key back;
	size_t n;

	(void)unused;
	for (n = 1; n <= JOIN_ADDRESSES_MAX; n++) {
		join_key k = some_key(n);

		join_key_print(&k, text);
		snprintf(wrapped, sizeof(wrapped), "  %s\r\n", text);
		assert_int_equal(join_key_parse(span_str(wrapped), &back, NULL), MS_OK);
		assert_memory_equal(&k, &back, sizeof(k));
		assert_null(strpbrk(text, " \t\n\"'$&"));
	}
}

/* One wrong, missing, doubled or swapped character is always told. */
static void
every_typing_mistake_is_told(void **unused)
{
	char good[JOIN_KEY_TEXT_SIZE + 4], bad[JOIN_KEY_TEXT_SIZE + 4];
	join_key k = some_key(1), back;
	ms_error err = { 0 };
	size_t len, i;

	(void)unused;
	join_key_print(&k, good);
	len = strlen(good);
	for (i = 0; i < len; i++) {
		memcpy(bad, good, len + 1);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_int_equal(join_key_parse(span_str(bad), &back, &err), MS_INVALID);
		assert_int_equal(err.code, MST_JOIN_KEY);
		assert_int_equal(join_key_parse(span_of(good, i), &back, NULL), MS_INVALID);
		memmove(bad, good, i);
		memmove(bad + i, good + i + 1, len - i);
		assert_int_equal(join_key_parse(span_str(bad), &back, NULL), MS_INVALID);
		if (i + 1 < len && good[i] != good[i + 1]) {
			memcpy(bad, good, len + 1);
			bad[i] = good[i + 1];
			bad[i + 1] = good[i];
			assert_int_equal(join_key_parse(span_str(bad), &back, NULL), MS_INVALID);
		}
	}
}

static void
a_rotation_signs_all_that_matters(void **unused)
{
	hub_id hub = { { 1 } };
	device_id device = { { 2 } };
	sign_public sign = { { 3 } };
	uint8_t curve[32] = { 4 }, out[ROTATION_SIZE];

	(void)unused;
	rotation_bytes(&hub, &device, &sign, curve, out);
	assert_int_equal(sizeof(out), 112);
	assert_memory_equal(out, "muster/rotate/v1", 16);
	assert_int_equal(out[16], 1);
	assert_int_equal(out[32], 2);
	assert_int_equal(out[48], 3);
	assert_int_equal(out[80], 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_comes_back),
		cmocka_unit_test(every_typing_mistake_is_told),
		cmocka_unit_test(a_rotation_signs_all_that_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
