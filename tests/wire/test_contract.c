/* SPDX-License-Identifier: Apache-2.0 */
/* test_contract.c - what proto/README.md prints is what the code does. */
#include "capture.h"
#include "plan/act.h"
#include "proof/batch.h"

static void
the_hello_of_the_worked_example(void **unused)
{
	static const uint8_t bytes[] = { 0x4d, 0x55, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x08, 0x01,
		0x10, 0x01, 0x18, 0x01, 0x22, 0x07, 0x70, 0x75, 0x73, 0x68, 0x2e, 0x70, 0x79, 0x28,
		0x01, 0x3a, 0x10, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
		0x11, 0x11, 0x11, 0x11, 0x11 };
	arena memory = { 0 };
	buf again = { 0 };
	frame f;

	(void)unused;
	assert_int_equal(frame_decode(span_of(bytes, sizeof(bytes)), &memory, &f, NULL), MS_OK);
	assert_int_equal(f.kind, FRAME_HELLO);
	assert_int_equal(f.u.hello.roles, ROLE_PUSH);
	assert_true(span_equal(f.u.hello.software, span_str("push.py")));
	assert_int_equal(frame_encode(&f, &memory, &again), MS_OK);
	assert_true(span_equal(buf_span(&again), span_of(bytes, sizeof(bytes))));
	buf_fini(&again);
	arena_fini(&memory);
}

static void
frame_kinds_have_their_numbers(void **unused)
{
	static const char *const names[] = { "HELLO", "WELCOME", "PUSH", "RECEIPT", "NACK",
		"SUBSCRIBE", "FEED", "CREDIT", "PROOF_REQUEST", "PROOF", "PING", "PONG", "JOIN",
		"JOINED", "ERROR", "BYE", "PLAN_REQUEST", "PLAN", "DELIVERY_REQUEST", "DELIVERY" };
	int kind;

	(void)unused;
	for (kind = 1; kind < FRAME_KIND_COUNT; kind++)
		assert_string_equal(frame_kind_name((frame_kind)kind), names[kind - 1]);
}

static void
refusals_have_their_names_and_codes(void **unused)
{
	static const char *const names[] = { "HELLO_FIRST", "VERSION", "WRONG_DEVICE",
		"UNKNOWN_KEY", "REVOKED", "WRONG_ROLE", "BUSY", "MALFORMED", "UNKNOWN_KIND",
		"NO_PLAN", "STORAGE", "REPLACED", "TOO_MANY", "STOPPING", "SILENT", "PENDING",
		"JOIN_ONLY", "JOIN_USED", "JOIN_EXPIRED", "JOIN_UNIT", "JOIN_CLOCK", "JOIN_NAME",
		"JOIN_KEYS", "ROTATE_SIGNATURE", "ROTATE_EARLY" };
	static const unsigned codes[] = { 4207, 4206, 4200, 4201, 4202, 4203, 4204, 4205, 4208,
		4209 };
	int r;

	(void)unused;
	for (r = 0; r < WIRE_REFUSAL_COUNT; r++) {
		frame f = wire_refusal_frame(FRAME_ERROR, (wire_refusal)r, NULL, 0);

		assert_true(span_equal(f.u.error.name, span_str(names[r])));
		assert_int_equal(f.u.error.code,
			r < WIRE_PENDING ? 4101 + (unsigned)r : codes[r - WIRE_PENDING]);
		assert_int_equal(wire_refusal_of(span_str(names[r])), r);
	}
	assert_int_equal(wire_refusal_of(span_str("OF_A_LATER_VERSION")), WIRE_REFUSAL_COUNT);
}

static void
the_header_has_its_offsets(void **unused)
{
	uint8_t out[BATCH_HEADER_SIZE];
	batch_header h = { .hub.at = { 1 },
		.device.at = { 2 },
		.first_seq = 3,
		.count = 4,
		.schema = 5,
		.root.at = { 6 },
		.prev.at = { 7 },
		.device_time_us = 8,
		.checkpoint_size = 9,
		.checkpoint_root.at = { 10 } };

	(void)unused;
	batch_header_write(&h, out);
	assert_memory_equal(out, "muster/batch/v1", 16);
	assert_int_equal(out[16], 1);
	assert_int_equal(out[32], 2);
	assert_int_equal(be64_get(out + 48), 3);
	assert_int_equal(be16_get(out + 56), 4);
	assert_int_equal(be16_get(out + 58), 5);
	assert_int_equal(out[60], 6);
	assert_int_equal(out[92], 7);
	assert_int_equal(be64_get(out + 124), 8);
	assert_int_equal(be64_get(out + 132), 9);
	assert_int_equal(out[140], 10);
	assert_int_equal(BATCH_HEADER_SIZE, 172);
	assert_int_equal(BATCH_SIGNED_SIZE, 236);
}

static void
the_limits_are_those_printed(void **unused)
{
	frame_limits l = wire_limits();

	(void)unused;
	assert_int_equal(l.act_bytes, 49152);
	assert_int_equal(l.batch_acts, 256);
	assert_int_equal(l.batch_bytes, 196608);
	assert_int_equal(l.frame_bytes, 262144);
	assert_int_equal(l.window_batches, 32);
	assert_int_equal(l.window_bytes, 2097152);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hello_of_the_worked_example),
		cmocka_unit_test(frame_kinds_have_their_numbers),
		cmocka_unit_test(refusals_have_their_names_and_codes),
		cmocka_unit_test(the_header_has_its_offsets),
		cmocka_unit_test(the_limits_are_those_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
