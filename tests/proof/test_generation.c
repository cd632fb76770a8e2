/* SPDX-License-Identifier: Apache-2.0 */
/* test_generation.c - a restored log goes on under another name, by an order that only the
 * administrator can sign. */
#include "tests/proof/proof_testing.h"

#include "proof/generation.h"

static checkpoint
numbered(uint64_t size)
{
	return (checkpoint){ .size = size, .root = hash_of(span_of(&size, sizeof(size))) };
}

/* Generation 1 lost 100..180, generation 2 lost 250..300; the third goes on from 250. */
static restore_order
third(void)
{
	return (restore_order){ .hub = { { 5 } },
		.origin = "muster/test",
		.generation = 3,
		.restored = numbered(250),
		.lost = { { 100, numbered(180) }, { 250, numbered(300) } } };
}

static sign_key
key_of(uint8_t number)
{
	uint8_t seed[SIGN_SEED_SIZE] = { number };
	sign_key key;

	sign_key_from_seed(seed, &key);
	return key;
}

static void
an_order_is_read_as_it_was_written(void **state)
{
	restore_order order = third(), back;
	buf bytes = { 0 };
	size_t cut;

	(void)state;
	assert_int_equal(restore_order_write(&order, &bytes), MS_OK);
	assert_true(restore_order_read(buf_span(&bytes), &back));
	assert_memory_equal(&order, &back, sizeof(order));
	for (cut = 0; cut < bytes.len - strlen("muster/test"); cut++)
		assert_false(restore_order_read(span_of(bytes.at, cut), &back));
	bytes.at[3] ^= 1;
	assert_false(restore_order_read(buf_span(&bytes), &back));
	buf_fini(&bytes);
}

static void
only_the_administrator_signs_it(void **state)
{
	static const sign_public nobody;
	restore_order order = third();
	sign_key admin = key_of(1), other = key_of(2);
	buf bytes = { 0 };
	signature sig;
	span signed_by;

	(void)state;
	assert_int_equal(restore_order_write(&order, &bytes), MS_OK);
	sign_bytes(&admin, buf_span(&bytes), &sig);
	signed_by = span_of(sig.at, sizeof(sig.at));
	assert_true(restore_order_is_signed(buf_span(&bytes), signed_by, &admin.public_key));
	assert_false(restore_order_is_signed(buf_span(&bytes), signed_by, &other.public_key));
	assert_false(restore_order_is_signed(buf_span(&bytes), signed_by, &nobody));
	assert_false(restore_order_is_signed(
		buf_span(&bytes), span_of(sig.at, sizeof(sig.at) - 1), &admin.public_key));
	bytes.at[60] ^= 1;
	assert_false(restore_order_is_signed(buf_span(&bytes), signed_by, &admin.public_key));
	buf_fini(&bytes);
}

static void
what_is_kept_is_told_by_leaf(void **state)
{
	static const struct {
		uint64_t leaf;
		uint32_t generation;
		bool kept;
	} rows[] = { { 99, 1, true }, { 100, 1, false }, { 249, 2, true }, { 250, 2, false },
		{ 260, 3, true }, { 260, 4, true }, { 260, 0, true } };
	restore_order order = third();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(restore_order_keeps(&order, rows[i].generation, rows[i].leaf),
			rows[i].kept);
	order.lost[0] = (lost_history){ 0 }; /* nobody knows how long it was */
	assert_true(restore_order_keeps(&order, 1, 249));
	assert_false(restore_order_keeps(&order, 1, 250));
}

static void
what_was_lost_is_told_by_generation(void **state)
{
	static const struct {
		uint64_t size;
		uint32_t generation;
		bool lost;
	} rows[] = { { 100, 1, false }, { 101, 1, true }, { 180, 1, true }, { 181, 1, false },
		{ 101, 2, false }, { 251, 2, true }, { 300, 2, true }, { 301, 2, false },
		{ 150, 3, false }, { 150, 0, true }, { 200, 0, false }, { 270, 0, true } };
	restore_order order = third();
	checkpoint forged = numbered(180);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		checkpoint c = numbered(rows[i].size);

		assert_int_equal(restore_order_lost(&order, rows[i].generation, &c), rows[i].lost);
	}
	forged.root.at[0] ^= 1; /* its root is known: that was signed */
	assert_false(restore_order_lost(&order, 1, &forged));
}

static void
a_note_tells_its_generation(void **state)
{
	static const struct {
		const char *origin;
		uint32_t generation;
	} rows[] = { { "muster/test", 1 }, { "muster/test/2", 2 }, { "muster/test/64", 64 },
		{ "muster/test/1", 0 }, { "muster/test/65", 0 }, { "muster/test/02", 0 },
		{ "muster/test/", 0 }, { "muster/tes", 0 }, { "muster/test2", 0 } };
	sign_key signer = key_of(3);
	log_key key = { .origin = "muster/test", .key = signer.public_key };
	checkpoint c = numbered(9), back;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t generation = 0;
		ms_error err = { 0 };
		buf note = { 0 };

		assert_int_equal(note_sign(rows[i].origin, &signer, &c, &note), MS_OK);
		assert_int_equal(generation_of(buf_span(&note), &key), rows[i].generation);
		assert_int_equal(generation_open(buf_span(&note), &key, &back, &generation, &err),
			rows[i].generation == 0 ? MS_DENIED : MS_OK);
		assert_int_equal(generation, rows[i].generation);
		buf_fini(&note);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_is_read_as_it_was_written),
		cmocka_unit_test(only_the_administrator_signs_it),
		cmocka_unit_test(what_was_lost_is_told_by_generation),
		cmocka_unit_test(what_is_kept_is_told_by_leaf),
		cmocka_unit_test(a_note_tells_its_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
