/* SPDX-License-Identifier: Apache-2.0 */
/* test_canon.c - the canonical walk says exactly what unpacking and packing again says. */
#include "tests/codec/codec_testing.h"

#include "codec/canon.h"

enum { MUTATIONS = 100000 };

static const struct {
	act_kind kind;
	const ProtobufCMessageDescriptor *descriptor;
} bodies[] = {
	{ ACT_REPORT, &muster__report__descriptor },
	{ ACT_RETRACTION, &muster__retraction__descriptor },
	{ ACT_DECISION, &muster__decision__descriptor },
	{ ACT_EXTENSION_REQUEST, &muster__extension_request__descriptor },
	{ ACT_EXTENSION_GRANT, &muster__extension_grant__descriptor },
	{ ACT_EXTENSION_REFUSAL, &muster__extension_refusal__descriptor },
	{ ACT_EXEMPTION, &muster__exemption__descriptor },
	{ ACT_EXEMPTION_WITHDRAWAL, &muster__exemption_withdrawal__descriptor },
	{ ACT_REMINDER, &muster__reminder__descriptor },
	{ ACT_COMMENT, &muster__comment__descriptor },
	{ ACT_ADJUSTMENT, &muster__adjustment__descriptor },
	{ ACT_ASSIGN, &muster__assign__descriptor },
	{ ACT_UNASSIGN, &muster__unassign__descriptor },
	{ ACT_LOCK, &muster__lock__descriptor },
	{ ACT_REOPEN, &muster__reopen__descriptor },
	{ ACT_ISSUE, &muster__issue__descriptor },
	{ ACT_HUB_NOTICE, &muster__hub_notice__descriptor },
	{ ACT_HUB_APPROVAL, &muster__hub_approval__descriptor },
	{ ACT_HUB_ROTATION, &muster__hub_rotation__descriptor },
	{ ACT_HUB_FREEZE, &muster__hub_freeze__descriptor },
	{ ACT_HUB_RESTORE, &muster__hub_restore__descriptor },
	{ ACT_HUB_ORIGIN, &muster__hub_origin__descriptor },
	{ ACT_HUB_RULES, &muster__hub_rules__descriptor },
	{ ACT_HUB_PLAN, &muster__hub_plan__descriptor },
	{ ACT_HUB_ENROLMENT, &muster__hub_enrolment__descriptor },
	{ ACT_HUB_REVOCATION, &muster__hub_revocation__descriptor },
	{ ACT_HUB_FEEDS, &muster__hub_feeds__descriptor },
	{ ACT_HUB_CLOCK, &muster__hub_clock__descriptor },
	{ ACT_HUB_MOVED, &muster__hub_moved__descriptor },
};

static const ProtobufCMessageDescriptor *const all_messages[] = { &muster__act__descriptor,
	&muster__part__descriptor, &muster__value__descriptor, &muster__attachment__descriptor,
	&muster__report__descriptor, &muster__retraction__descriptor,
	&muster__hub_origin__descriptor, &muster__hub_rules__descriptor,
	&muster__hub_plan__descriptor, &muster__hub_enrolment__descriptor,
	&muster__hub_revocation__descriptor, &muster__store__slot__descriptor,
	&muster__store__rollup__descriptor, &muster__store__device__descriptor,
	&muster__store__log_state__descriptor, &muster__store__plan_version__descriptor,
	&muster__wire__hello__descriptor, &muster__wire__welcome__descriptor,
	&muster__wire__push__descriptor, &muster__wire__receipts__descriptor,
	&muster__wire__nack__descriptor, &muster__wire__subscribe__descriptor,
	&muster__wire__feed__descriptor, &muster__wire__credit__descriptor,
	&muster__wire__plan_request__descriptor, &muster__wire__plan_piece__descriptor,
	&muster__wire__ping__descriptor, &muster__wire__pong__descriptor,
	&muster__wire__proof_request__descriptor, &muster__wire__proof__descriptor,
	&muster__wire__omission__descriptor, &muster__wire__join__descriptor,
	&muster__wire__joined__descriptor, &muster__wire__error__descriptor };

/* Depth of nesting; a type that contains itself never ends. */
static unsigned
depth_of(const ProtobufCMessageDescriptor *m, unsigned above)
{
	unsigned i, deepest = above;

	assert_true(above < 8);
	for (i = 0; i < m->n_fields; i++)
		if (m->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
			unsigned depth = depth_of(m->fields[i].descriptor, above + 1);

			deepest = depth > deepest ? depth : deepest;
		}
	return deepest;
}

static void
no_message_type_contains_itself(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all_messages) / sizeof(all_messages[0]); i++)
		assert_true(depth_of(all_messages[i], 0) <= 3);
}

/* The walk knows varints and bytes; everything is optional or repeated, and only bytes are
 * repeated. */
static void
no_message_has_a_field_that_the_walk_does_not_know(void **state)
{
	size_t i;
	unsigned k;

	(void)state;
	for (i = 0; i < sizeof(all_messages) / sizeof(all_messages[0]); i++)
		for (k = 0; k < all_messages[i]->n_fields; k++) {
			const ProtobufCFieldDescriptor *f = &all_messages[i]->fields[k];
			bool is_bytes = f->type == PROTOBUF_C_TYPE_STRING ||
					f->type == PROTOBUF_C_TYPE_BYTES ||
					f->type == PROTOBUF_C_TYPE_MESSAGE;

			assert_true(is_bytes || f->type == PROTOBUF_C_TYPE_BOOL ||
				    f->type == PROTOBUF_C_TYPE_UINT32 ||
				    f->type == PROTOBUF_C_TYPE_SINT32 ||
				    f->type == PROTOBUF_C_TYPE_UINT64 ||
				    f->type == PROTOBUF_C_TYPE_SINT64 ||
				    f->type == PROTOBUF_C_TYPE_ENUM);
			assert_true(f->label == PROTOBUF_C_LABEL_OPTIONAL ||
				    (f->label == PROTOBUF_C_LABEL_REPEATED && is_bytes));
			assert_true(k == 0 || f->id > all_messages[i]->fields[k - 1].id);
		}
}

static void
what_is_encoded_is_canonical(void **state)
{
	uint64_t seed = 1;
	arena memory = { 0 };
	size_t i;
	int round;

	(void)state;
	for (round = 0; round < 300; round++)
		for (i = 0; i < KINDS; i++) {
			act a = some_act(&seed, bodies[i].kind, &memory);
			span bytes = encoded(&a, &memory);

			assert_true(canon_check(&muster__act__descriptor, bytes));
			assert_true(canon_check(bodies[i].descriptor, a.body));
			assert_true(reference_canonical(&muster__act__descriptor, bytes));
			assert_true(reference_canonical(bodies[i].descriptor, a.body));
			arena_reset(&memory);
		}
	arena_fini(&memory);
}

static void
the_walk_and_packing_again_agree_on_mutated_bytes(void **state)
{
	uint64_t seed = 42;
	arena memory = { 0 };
	unsigned good = 0, round;

	(void)state;
	for (round = 0; round < MUTATIONS; round++) {
		size_t i = round % 2 == 0 ? 0 : round % KINDS, len;
		act a = some_act(&seed, bodies[i].kind, &memory);
		span whole = encoded(&a, &memory), bytes = round % 4 == 0 ? whole : a.body;
		const ProtobufCMessageDescriptor *d =
			round % 4 == 0 ? &muster__act__descriptor : bodies[i].descriptor;
		uint8_t *out = arena_alloc(&memory, 2 * bytes.len + 16);
		bool canonical;

		len = mutated(&seed, bytes, out);
		canonical = canon_check(d, span_of(out, len));
		if (canonical != reference_canonical(d, span_of(out, len)))
			fail_msg("round %u: the walk says %d", round, canonical);
		good += canonical;
		arena_reset(&memory);
	}
	/* Both answers must have been asked for often. */
	assert_true(good > MUTATIONS / 20 && good < MUTATIONS - MUTATIONS / 20);
	arena_fini(&memory);
}

static void
each_way_to_write_a_message_differently_is_refused(void **state)
{
	static const struct {
		const char *claim;
		const char *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{ "nothing at all", "", 0, true },
		{ "one field", "\x08\x01", 2, true },
		{ "two in order", "\x08\x01\x10\x02", 4, true },
		{ "two out of order", "\x10\x02\x08\x01", 4, false },
		{ "one twice", "\x08\x01\x08\x01", 4, false },
		{ "a longer varint", "\x08\x81\x00", 3, false },
		{ "a longer tag", "\x88\x00\x01", 3, false },
		{ "a uint32 over 32 bits", "\x08\x80\x80\x80\x80\x10", 6, false },
		{ "the largest uint32", "\x08\xff\xff\xff\xff\x0f", 6, true },
		{ "an enum number that is not declared", "\x10\x05", 2, false },
		{ "a negative enum number", "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11,
			false },
		{ "a field that is not known", "\x78\x01", 2, false },
		{ "field 0", "\x00\x01", 2, false },
		{ "a text as a number", "\x18\x01", 2, false },
		{ "a number as bytes", "\x0a\x01\x01", 3, false },
		{ "a fixed 32", "\x0d\x01\x02\x03\x04", 5, false },
		{ "a group", "\x0b\x0c", 2, false },
		{ "a text",
			"\x1a\x02"
			"ab",
			4, true },
		{ "an empty text", "\x1a\x00", 2, true },
		{ "a text with NUL",
			"\x1a\x02"
			"a\0",
			4, false },
		{ "a text with ESC", "\x1a\x01\x1b", 3, false },
		{ "a text with a line end", "\x1a\x01\n", 3, true },
		{ "no UTF-8", "\x1a\x02\xff\xfe", 4, false },
		{ "a surrogate", "\x1a\x03\xed\xa0\x80", 5, false },
		{ "a text longer than the rest",
			"\x1a\x03"
			"ab",
			4, false },
		{ "a cut varint", "\x08\x80", 2, false },
		{ "a cut tag", "\x08\x01\x90", 3, false },
		{ "parts side by side", "\x3a\x00\x3a\x02\x10\x01", 6, true },
		{ "parts apart", "\x3a\x00\x42\x00\x3a\x00", 6, false },
		{ "a part with an unknown field", "\x3a\x02\x78\x01", 4, false },
		{ "a bool of 2", "\x42\x02\x48\x02", 4, false },
		{ "a bool", "\x42\x02\x48\x01", 4, true },
		{ "a sint32 over 32 bits", "\x42\x06\x40\x80\x80\x80\x80\x10", 8, false },
		{ "a varint over 64 bits", "\x42\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
			13, false },
		{ "the largest varint", "\x42\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13,
			true },
		{ "eleven bytes of varint",
			"\x42\x0c\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 14, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		span bytes = span_of(rows[i].bytes, rows[i].len);

		if (canon_check(&muster__report__descriptor, bytes) != rows[i].good)
			fail_msg("walk: %s", rows[i].claim);
		if (reference_canonical(&muster__report__descriptor, bytes) != rows[i].good)
			fail_msg("reference: %s", rows[i].claim);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_message_type_contains_itself),
		cmocka_unit_test(no_message_has_a_field_that_the_walk_does_not_know),
		cmocka_unit_test(what_is_encoded_is_canonical),
		cmocka_unit_test(the_walk_and_packing_again_agree_on_mutated_bytes),
		cmocka_unit_test(each_way_to_write_a_message_differently_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
