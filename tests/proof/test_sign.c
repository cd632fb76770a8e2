/* SPDX-License-Identifier: Apache-2.0 */
/* test_sign.c - Ed25519 as RFC 8032 has it, and nothing but the very bytes and key passes. */
#include "tests/proof/proof_testing.h"

#include "proof/sign.h"

static void
the_vectors_of_rfc_8032_come_out(void **state)
{
	static const struct {
		const char *seed, *public_key, *message, *signature;
	} rows[] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590"
			"a33bacc61e39701cf9b46bd"
			"25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e"
			"15996e458f3613d0f11d8c3"
			"87b2eaeb4302aeeb00d291612bb0c00" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t seed[SIGN_SEED_SIZE], message[1];
		size_t len = strlen(rows[i].message) / 2;
		sign_public public_key;
		signature sig, expected;
		sign_key key;

		unhex(rows[i].seed, seed, sizeof(seed));
		unhex(rows[i].public_key, public_key.at, sizeof(public_key.at));
		unhex(rows[i].message, message, len);
		unhex(rows[i].signature, expected.at, sizeof(expected.at));
		sign_key_from_seed(seed, &key);
		assert_memory_equal(key.public_key.at, public_key.at, sizeof(public_key.at));
		sign_bytes(&key, span_of(message, len), &sig);
		assert_memory_equal(sig.at, expected.at, sizeof(sig.at));
		assert_true(sign_check(&public_key, span_of(message, len), &sig));
	}
}

static void
any_flipped_bit_of_message_key_or_signature_is_refused(void **state)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 5 }, message[40] = "muster/batch/v1";
	signature sig;
	sign_key key;
	size_t bit;

	(void)state;
	sign_key_from_seed(seed, &key);
	sign_bytes(&key, span_of(message, sizeof(message)), &sig);
	for (bit = 0; bit < 8 * sizeof(message); bit++) {
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(sign_check(&key.public_key, span_of(message, sizeof(message)), &sig));
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (bit = 0; bit < 8 * sizeof(sig.at); bit++) {
		sig.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(sign_check(&key.public_key, span_of(message, sizeof(message)), &sig));
		sig.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (bit = 0; bit < 8 * sizeof(key.public_key.at); bit++) {
		key.public_key.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(sign_check(&key.public_key, span_of(message, sizeof(message)), &sig));
		key.public_key.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(sign_check(&key.public_key, span_of(message, sizeof(message)), &sig));
	assert_false(sign_check(&key.public_key, span_of(message, sizeof(message) - 1), &sig));
}

static void
a_key_that_is_done_with_leaves_nothing(void **state)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 9 }, zero[sizeof(sign_key)] = { 0 };
	sign_key key;

	(void)state;
	sign_key_from_seed(seed, &key);
	assert_memory_not_equal(&key, zero, sizeof(key));
	sign_key_fini(&key);
	assert_memory_equal(&key, zero, sizeof(key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_8032_come_out),
		cmocka_unit_test(any_flipped_bit_of_message_key_or_signature_is_refused),
		cmocka_unit_test(a_key_that_is_done_with_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
