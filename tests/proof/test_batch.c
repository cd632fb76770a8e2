/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_batch.c - the sealed batch: golden bytes (leaves that exist cannot be changed later), every
 * fault found by name, and the table of proto/README.md 11.
 */
#include "tests/proof/proof_testing.h"

#include <stdlib.h>

/* A fixed batch of three acts, the first of a device. */
static void
golden_header(batch_header *h)
{
	unsigned i;

	*h = (batch_header){ .first_seq = 1,
		.schema = 1,
		.device_time_us = 1341446400000001,
		.checkpoint_size = 0x0102030405060708 };
	for (i = 0; i < ID_SIZE; i++) {
		h->hub.at[i] = (uint8_t)(0x10 + i);
		h->device.at[i] = (uint8_t)(0xd0 + i);
	}
	memset(h->prev.at, 0x55, HASH_SIZE);
	memset(h->checkpoint_root.at, 0xcc, HASH_SIZE);
}

static void
golden_key(sign_key *key)
{
	uint8_t seed[SIGN_SEED_SIZE];

	memset(seed, 7, sizeof(seed));
	sign_key_from_seed(seed, key);
}

static void
seal_golden(buf *out, batch_header *h, sign_key *key)
{
	const span acts[3] = { span_str("first"), span_str("the second act"),
		span_str("\x08\x01") };

	golden_header(h);
	golden_key(key);
	assert_int_equal(batch_seal(h, acts, 3, key, out, NULL), MS_OK);
}

static char *
hex_of(span bytes)
{
	char *text = malloc(2 * bytes.len + 1);
	size_t i;

	assert_non_null(text);
	for (i = 0; i < bytes.len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes.at[i]);
	return text;
}

static void
assert_hex(span bytes, const char *expected)
{
	char *text = hex_of(bytes);

	assert_string_equal(text, expected);
	free(text);
}

static void
a_sealed_batch_has_the_bytes_of_the_first_release(void **state)
{
	batch_header h;
	buf out = { 0 };
	sign_key key;
	hash32 hash;

	(void)state;
	seal_golden(&out, &h, &key);
	assert_hex(buf_span(&out),
		"6d75737465722f62617463682f763100101112131415161718191a1b1c1d1e1fd0d1d2d3d4d5d6d7"
		"d8d9dadbdcdddedf0000000000000001000300014573fbd0cc2a95588c090df115619aa51bd6bd04"
		"833bdeffb8dc3074b99aadfb55555555555555555555555555555555555555555555555555555555"
		"555555550004c409d42840010102030405060708cccccccccccccccccccccccccccccccccccccccc"
		"ccccccccccccccccccccccccb96099bdd3aeceaac5f77811455a373a4433bedace5eade805682059"
		"0019db2d7927ac6f5172935b873ffdd255d9f81d7bb2d5765c5c0846716f141d661b5e0800056669"
		"727374000e746865207365636f6e642061637400020801");
	assert_hash(&h.root, "4573fbd0cc2a95588c090df115619aa51bd6bd04833bdeffb8dc3074b99aadfb");
	hash = batch_header_hash(span_of(out.at, BATCH_HEADER_SIZE));
	assert_hash(&hash, "2049cf1fbd04a0b6ca23ad60b290374d591773c7aa34303a171bcd2fe7f07ec1");
	hash = log_leaf_hash(span_of(out.at, BATCH_HEADER_SIZE),
		span_of(out.at + BATCH_HEADER_SIZE, SIGNATURE_SIZE), 1341446400123456,
		span_str("\x01\x03\x10"));
	assert_hash(&hash, "22bda9324006b243837ac7468519d47d1e82094a794de6e6370884fcac2a5036");
	buf_fini(&out);
}

static void
what_was_sealed_opens_and_verifies(void **state)
{
	static batch_view view;
	batch_header h;
	buf out = { 0 };
	sign_key key;

	(void)state;
	seal_golden(&out, &h, &key);
	assert_int_equal(batch_open(buf_span(&out), &view), BATCH_GOOD);
	assert_int_equal(batch_check_root(&view), BATCH_GOOD);
	assert_int_equal(batch_check_signature(&view, &key.public_key), BATCH_GOOD);
	assert_int_equal(view.fields.count, 3);
	assert_int_equal(view.fields.first_seq, 1);
	assert_int_equal(view.fields.schema, 1);
	assert_int_equal(view.fields.device_time_us, h.device_time_us);
	assert_int_equal(view.fields.checkpoint_size, h.checkpoint_size);
	assert_memory_equal(&view.fields.hub, &h.hub, ID_SIZE);
	assert_memory_equal(&view.fields.device, &h.device, ID_SIZE);
	assert_memory_equal(&view.fields.prev, &h.prev, HASH_SIZE);
	assert_memory_equal(&view.fields.checkpoint_root, &h.checkpoint_root, HASH_SIZE);
	assert_true(span_equal(view.acts[1], span_str("the second act")));
	assert_hash(&view.leaves[2],
		"262cf3685946c0805ab8ef6b221d3aa6ff4018e4f9967552c48f575d0b41022e");
	buf_fini(&out);
}

/* Form, root or signature: no flipped bit gets through all three. */
static batch_fault
judge(span bytes, const sign_public *key)
{
	static batch_view view;
	batch_fault fault = batch_open(bytes, &view);

	if (fault == BATCH_GOOD)
		fault = batch_check_root(&view);
	if (fault == BATCH_GOOD)
		fault = batch_check_signature(&view, key);
	return fault;
}

static void
any_flipped_bit_is_found(void **state)
{
	batch_header h;
	buf out = { 0 };
	sign_key key;
	size_t bit;

	(void)state;
	seal_golden(&out, &h, &key);
	for (bit = 0; bit < 8 * out.len; bit++) {
		out.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(judge(buf_span(&out), &key.public_key), BATCH_GOOD);
		out.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(judge(buf_span(&out), &key.public_key), BATCH_GOOD);
	buf_fini(&out);
}

static void
a_batch_cut_or_extended_is_refused(void **state)
{
	batch_header h;
	buf out = { 0 };
	sign_key key;
	size_t len;

	(void)state;
	seal_golden(&out, &h, &key);
	for (len = 0; len < out.len; len++)
		assert_int_equal(judge(span_of(out.at, len), &key.public_key), BATCH_BAD_SIZE);
	buf_add(&out, "", 1);
	assert_int_equal(judge(buf_span(&out), &key.public_key), BATCH_BAD_SIZE);
	buf_fini(&out);
}

static void
another_devices_key_is_refused(void **state)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 1 };
	batch_header h;
	buf out = { 0 };
	sign_key key, other;

	(void)state;
	seal_golden(&out, &h, &key);
	sign_key_from_seed(seed, &other);
	assert_int_equal(judge(buf_span(&out), &other.public_key), BATCH_BAD_SIGNATURE);
	out.at[out.len - 1] ^= 1;
	assert_int_equal(judge(buf_span(&out), &key.public_key), BATCH_BAD_ROOT);
	out.at[0] ^= 1;
	assert_int_equal(judge(buf_span(&out), &key.public_key), BATCH_BAD_HEADER);
	buf_fini(&out);
}

static void
headers_of_other_domains_counts_and_sequences_are_refused(void **state)
{
	uint8_t bytes[BATCH_HEADER_SIZE];
	static const struct {
		uint64_t first_seq;
		uint16_t count;
		bool good;
	} rows[] = { { 1, 1, true }, { 1, 256, true }, { 1, 0, false }, { 1, 257, false },
		{ 1, 65535, false }, { 0, 1, false }, { UINT64_MAX, 1, false },
		{ UINT64_MAX - 100, 256, false }, { UINT64_MAX / 2, 256, true } };
	batch_header h, back;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		golden_header(&h);
		h.first_seq = rows[i].first_seq;
		h.count = rows[i].count;
		batch_header_write(&h, bytes);
		assert_int_equal(
			batch_header_read(span_of(bytes, sizeof(bytes)), &back), rows[i].good);
	}
	h.count = h.schema = 1;
	h.first_seq = 1;
	h.device_time_us = -1;
	batch_header_write(&h, bytes);
	assert_true(batch_header_read(span_of(bytes, sizeof(bytes)), &back));
	assert_int_equal(back.device_time_us, -1);
	assert_false(batch_header_read(span_of(bytes, sizeof(bytes) - 1), &back));
	bytes[14] = '2';
	assert_false(batch_header_read(span_of(bytes, sizeof(bytes)), &back));
}

static void
the_largest_batch_seals_and_anything_larger_does_not(void **state)
{
	static uint8_t act[BATCH_BYTES_MAX];
	static batch_view view;
	span acts[BATCH_ACTS_MAX + 1];
	const size_t full = BATCH_BYTES_MAX - BATCH_SIGNED_SIZE;
	ms_error err = { 0 };
	batch_header h;
	buf out = { 0 };
	sign_key key;
	uint16_t i;

	(void)state;
	golden_header(&h);
	golden_key(&key);
	for (i = 0; i < BATCH_ACTS_MAX + 1; i++)
		acts[i] = span_of(act, full / BATCH_ACTS_MAX - 2);
	acts[0].len += full % BATCH_ACTS_MAX;
	assert_int_equal(batch_seal(&h, acts, BATCH_ACTS_MAX, &key, &out, NULL), MS_OK);
	assert_int_equal(out.len, BATCH_BYTES_MAX);
	assert_int_equal(batch_open(buf_span(&out), &view), BATCH_GOOD);
	assert_int_equal(batch_check_root(&view), BATCH_GOOD);
	buf_reset(&out);
	acts[0].len++;
	assert_int_equal(batch_seal(&h, acts, BATCH_ACTS_MAX, &key, &out, &err), MS_INVALID);
	assert_int_not_equal(err.code, 0);
	acts[0].len--;
	assert_int_equal(batch_seal(&h, acts, BATCH_ACTS_MAX + 1, &key, &out, NULL), MS_INVALID);
	assert_int_equal(batch_seal(&h, acts, 0, &key, &out, NULL), MS_INVALID);
	acts[0].len = (48 << 10) + 1;
	assert_int_equal(batch_seal(&h, acts, 1, &key, &out, NULL), MS_INVALID);
	acts[0].len = 48 << 10;
	assert_int_equal(batch_seal(&h, acts, 1, &key, &out, NULL), MS_OK);
	buf_fini(&out);
}

/* Every row of the table in proto/README.md 11, and every border between two of them. */
static void
invariant_3_a_batch_is_new_known_a_gap_or_a_fork(void **state)
{
	static const struct {
		const char *claim;
		uint64_t first, next;
		bool prev_fits, is_indexed, hash_fits;
		batch_place expected;
	} rows[] = {
		{ "next, prev fits", 5, 5, true, false, false, BATCH_NEW },
		{ "next, wrong prev", 5, 5, false, false, false, BATCH_FORK },
		{ "known start, same header", 3, 5, true, true, true, BATCH_KNOWN },
		{ "known start, same header, whatever is last now", 3, 5, false, true, true,
			BATCH_KNOWN },
		{ "known start, other header", 3, 5, true, true, false, BATCH_FORK },
		{ "known start, other header, prev fits", 4, 5, false, true, false, BATCH_FORK },
		{ "inside a known batch", 4, 5, true, false, false, BATCH_FORK },
		{ "beyond", 6, 5, true, false, false, BATCH_GAP },
		{ "beyond, wrong prev", 600, 5, false, false, false, BATCH_GAP },
		{ "the device's first batch", 1, 1, true, false, false, BATCH_NEW },
		{ "the first again", 1, 4, false, true, true, BATCH_KNOWN },
		{ "another first", 1, 4, true, true, false, BATCH_FORK },
		{ "a device that the hub has nothing of begins later", 2, 1, true, false, false,
			BATCH_GAP },
		{ "a device that the hub has nothing of names a prev", 1, 1, false, false, false,
			BATCH_FORK },
	};
	static batch_view view;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hash32 last = { { 1 } }, known = { { 2 } };

		golden_header(&view.fields);
		view.fields.first_seq = rows[i].first;
		view.fields.prev = last;
		if (!rows[i].prev_fits)
			view.fields.prev.at[31] ^= 1;
		view.header_hash = known;
		if (!rows[i].hash_fits)
			view.header_hash.at[0] ^= 1;
		if (batch_classify(&view, rows[i].next, &last,
			    rows[i].is_indexed ? &known : NULL) != rows[i].expected)
			fail_msg("%s", rows[i].claim);
	}
}

static void
every_fault_has_its_sentence(void **state)
{
	batch_fault fault;

	(void)state;
	for (fault = BATCH_GOOD; fault <= BATCH_BAD_SIGNATURE; fault++)
		assert_true(strlen(batch_fault_text(fault)) > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_batch_has_the_bytes_of_the_first_release),
		cmocka_unit_test(what_was_sealed_opens_and_verifies),
		cmocka_unit_test(any_flipped_bit_is_found),
		cmocka_unit_test(a_batch_cut_or_extended_is_refused),
		cmocka_unit_test(another_devices_key_is_refused),
		cmocka_unit_test(headers_of_other_domains_counts_and_sequences_are_refused),
		cmocka_unit_test(the_largest_batch_seals_and_anything_larger_does_not),
		cmocka_unit_test(invariant_3_a_batch_is_new_known_a_gap_or_a_fork),
		cmocka_unit_test(every_fault_has_its_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
