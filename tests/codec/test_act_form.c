/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_act_form.c - what is malformed, what bounds memory, the bytes that never change, and acts as
 * JSON.
 */
#include "tests/codec/codec_testing.h"

#include "codec/peek.h"

static void
only_the_bytes_of_a_malformed_act_are_set(void **state)
{
	static const struct {
		const char *claim;
		const char *bytes;
		size_t len;
		uint32_t schema;
	} rows[] = {
		{ "nothing", "", 0, 0 },
		{ "no schema", "\x10\x02\x5a\x00", 4, 0 },
		{ "schema 0", "\x08\x00\x10\x02\x5a\x00", 6, 0 },
		{ "no kind", "\x08\x01\x5a\x00", 4, 0 },
		{ "kind 0", "\x08\x01\x10\x00\x5a\x00", 6, 0 },
		{ "a kind not declared", "\x08\x01\x10\x10\x5a\x00", 6, 0 },
		{ "a kind of a newer schema", "\x08\x01\x10\x03\x5a\x00", 6, 0 },
		{ "no body", "\x08\x01\x10\x02", 4, 0 },
		{ "the body of another kind", "\x08\x01\x10\x02\x5a\x02\x08\x05", 8, 0 },
		{ "a body that is cut", "\x08\x01\x10\x02\x5a\x02\x0a", 7, 0 },
		{ "an unknown field", "\x08\x01\x10\x02\x5a\x00\x60\x01", 8, 0 },
		{ "schema in a longer varint", "\x08\x81\x00\x10\x02\x5a\x00", 7, 0 },
		{ "schema over 32 bits", "\x08\x82\x80\x80\x80\x10\x10\x02\x5a\x00", 10, 0 },
		{ "schema 5", "\x08\x05\x10\x02\x5a\x00", 6, 5 },
		{ "schema 300 with fields of its own", "\x08\xac\x02\x99\x99\x99", 6, 300 },
	};
	arena memory = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		act a, expected = { .bytes = span_of(rows[i].bytes, rows[i].len),
			.malformed = true,
			.schema = rows[i].schema };

		memset(&a, 0xee, sizeof(a));
		assert_int_equal(act_decode(expected.bytes, &memory, &a), MS_OK);
		if (!a.malformed || a.schema != expected.schema || a.kind != 0 ||
			a.body.at != NULL || a.unit.at != NULL ||
			!span_equal(a.bytes, expected.bytes))
			fail_msg("%s", rows[i].claim);
	}
	arena_fini(&memory);
}

static void
the_smallest_act_is_well_formed(void **state)
{
	arena memory = { 0 };
	act a;

	(void)state;
	assert_int_equal(act_decode(span_of("\x08\x01\x10\x02\x5a\x00", 6), &memory, &a), MS_OK);
	assert_false(a.malformed);
	assert_int_equal(a.kind, ACT_RETRACTION);
	assert_non_null(a.body.at);
	assert_int_equal(a.body.len, 0);
	assert_null(a.u.retraction.reason.at);
	arena_fini(&memory);
}

static void
an_act_over_the_bound_is_malformed(void **state)
{
	static uint8_t text[ACT_BYTES_MAX];
	arena memory = { 0 };
	act a = { .schema = 1, .kind = ACT_RETRACTION };
	span bytes;
	act back;

	(void)state;
	memset(text, 'x', sizeof(text));
	a.u.retraction.reason = span_of(text, ACT_BYTES_MAX - 14);
	bytes = encoded(&a, &memory);
	assert_int_equal(bytes.len, ACT_BYTES_MAX);
	assert_int_equal(act_decode(bytes, &memory, &back), MS_OK);
	assert_false(back.malformed);
	a.u.retraction.reason.len++;
	bytes = encoded(&a, &memory);
	assert_int_equal(bytes.len, ACT_BYTES_MAX + 1);
	assert_int_equal(act_decode(bytes, &memory, &back), MS_OK);
	assert_true(back.malformed);
	arena_fini(&memory);
}

/* Bytes of the first release: they are in logs, so they never change. */
static act
golden_report(arena *memory)
{
	static const uint8_t salt[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	act a = { .schema = 1,
		.kind = ACT_REPORT,
		.salt = span_of(salt, 16),
		.created_us = 1341446400123456,
		.plan = span_str("sy-2012"),
		.plan_version = span_of(salt, 16),
		.item = span_str("i06"),
		.unit = span_str("kjj"),
		.period = span_str("2012-Q2"),
		.revision = 2 };
	report *r = &a.u.report;

	*r = (report){ .has_progress = true,
		.progress_pct = 45,
		.status = SELF_AT_RISK,
		.done = span_str("完成"),
		.problems = span_str("无"),
		.next_steps = span_str("继续"),
		.help_needed = span_str("\"help\""),
		.prepared_by = span_str("张三"),
		.approved_by = span_str("李四"),
		.phone = span_str("024-1"),
		.n_parts = 1,
		.n_values = 4,
		.n_attachments = 1 };
	r->parts = arena_zalloc(memory, sizeof(*r->parts));
	r->values = arena_zalloc(memory, 4 * sizeof(*r->values));
	r->attachments = arena_zalloc(memory, sizeof(*r->attachments));
	r->parts[0] = (report_part){ span_str("p1"), PART_UNDER_WAY, span_str("a\tb") };
	r->values[0] = (report_value){ .indicator = span_str("i06.v"),
		.has_mantissa = true,
		.mantissa = -4250,
		.has_date = true,
		.date = 15525,
		.provisional = true };
	r->values[1] = (report_value){
		.indicator = span_str("i06.r"), .has_ratio = true, .num = 1, .den = 3
	};
	r->values[2] =
		(report_value){ .indicator = span_str("i06.k"), .has_keys = true, .n_keys = 2 };
	r->values[2].keys = arena_zalloc(memory, 2 * sizeof(span));
	r->values[2].keys[0] = span_str("A");
	r->values[2].keys[1] = span_str("B");
	r->values[3] = (report_value){
		.indicator = span_str("i06.n"), .is_nil = true, .nil_reason = span_str("later")
	};
	r->attachments[0] = (report_attachment){ span_str("a.xlsx"), 1234, span_of(salt, 16) };
	return a;
}

/* A list of N empty elements in two bytes each. */
static span
many_empty(uint8_t field, size_t n, arena *memory)
{
	uint8_t *body = arena_zalloc(memory, 2 * n);
	act a = { .schema = 1, .kind = ACT_REPORT };
	buf whole = { 0 };
	span bytes;
	size_t i;

	for (i = 0; i < n; i++)
		body[2 * i] = field;
	a.body = span_of(body, 2 * n);
	assert_int_equal(act_encode(&a, memory, &whole), MS_OK);
	bytes = arena_copy(memory, buf_span(&whole));
	buf_fini(&whole);
	return bytes;
}

/* Two bytes of wire become a struct of 170: a list longer than any rule allows is not even read. */
static void
lists_are_bounded_before_they_take_memory(void **state)
{
	static const struct {
		uint8_t field;
		size_t max;
	} rows[] = { { 0x3a, REPORT_PARTS_MAX }, { 0x42, REPORT_VALUES_MAX },
		{ 0x62, REPORT_ATTACHMENTS_MAX } };
	arena memory = { 0 }, tight = { .limit = 16 << 10 };
	size_t i;
	act a;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		arena_reset(&tight);
		assert_int_equal(
			act_decode(many_empty(rows[i].field, rows[i].max, &memory), &tight, &a),
			MS_OK);
		assert_false(a.malformed);
		assert_int_equal(
			a.u.report.n_parts + a.u.report.n_values + a.u.report.n_attachments,
			rows[i].max);
		arena_reset(&tight);
		assert_int_equal(
			act_decode(many_empty(rows[i].field, rows[i].max + 1, &memory), &tight, &a),
			MS_OK);
		assert_true(a.malformed);
		assert_int_equal(
			act_decode(many_empty(rows[i].field, 24000, &memory), &tight, &a), MS_OK);
		assert_true(a.malformed);
		assert_int_equal(tight.used, 0);
	}
	arena_fini(&tight);
	arena_fini(&memory);
}

static void
lack_of_memory_is_no_verdict(void **state)
{
	arena memory = { 0 };
	act a = golden_report(&memory), back;
	span bytes = encoded(&a, &memory);
	size_t limit, failed = 0;

	(void)state;
	for (limit = 1;; limit++) {
		arena tight = { .limit = limit };
		ms_status s = act_decode(bytes, &tight, &back);

		arena_fini(&tight);
		if (s == MS_OK)
			break;
		assert_int_equal(s, MS_NO_MEMORY);
		failed++;
	}
	assert_false(back.malformed);
	assert_true(failed > 500);
	arena_fini(&memory);
}

static void
a_report_has_the_bytes_of_the_first_release(void **state)
{
	arena memory = { 0 };
	act a = golden_report(&memory);

	(void)state;
	assert_hex(encoded(&a, &memory),
		"080110011a100102030405060708090a0b0c0d0e0f10208089d1c2ba82e2042a0773792d32303132"
		"32100102030405060708090a0b0c0d0e0f103a0369303642036b6a6a4a07323031322d513250025a"
		"a201082d10021a06e5ae8ce688902203e697a02a06e7bba7e7bbad32062268656c70223a0b0a0270"
		"3110021a0361096242100a056930362e7610b34240caf2014801420b0a056930362e721802200642"
		"0d0a056930362e6b2a01412a0142420e0a056930362e6e3a056c617465724a06e5bca0e4b8895206"
		"e69d8ee59b9b5a053032342d31621d0a06612e786c737810d2091a100102030405060708090a0b0c"
		"0d0e0f10");
	arena_fini(&memory);
}

static void
an_act_reads_as_json_with_the_names_of_the_proto(void **state)
{
	arena memory = { 0 };
	act a = golden_report(&memory), back;
	buf out = { 0 };

	(void)state;
	assert_int_equal(act_decode(encoded(&a, &memory), &memory, &back), MS_OK);
	assert_int_equal(act_to_json(&back, &memory, &out), MS_OK);
	assert_string_equal(buf_cstr(&out),
		"{\"schema\":1,\"kind\":\"REPORT\",\"salt\":\"0102030405060708090a0b0c0d0e0f10\","
		"\"created_at\":1341446400123456,\"plan\":\"sy-2012\","
		"\"plan_version\":\"0102030405060708090a0b0c0d0e0f10\",\"item\":\"i06\",\"unit\":"
		"\"kjj\","
		"\"period\":\"2012-Q2\",\"revision\":2,\"body\":{\"progress_pct\":45,\"self_"
		"status\":\"AT_RISK\","
		"\"done\":\"完成\",\"problems\":\"无\",\"next_steps\":\"继续\",\"help_needed\":"
		"\"\\\"help\\\"\","
		"\"parts\":[{\"id\":\"p1\",\"state\":\"UNDER_WAY\",\"note\":\"a\\tb\"}],"
		"\"values\":[{\"indicator\":\"i06.v\",\"mantissa\":-4250,\"date\":15525,"
		"\"provisional\":true},"
		"{\"indicator\":\"i06.r\",\"num\":1,\"den\":3},{\"indicator\":\"i06.k\",\"keys\":["
		"\"A\",\"B\"]},"
		"{\"indicator\":\"i06.n\",\"nil\":\"later\"}],"
		"\"prepared_by\":\"张三\",\"approved_by\":\"李四\",\"phone\":\"024-1\","
		"\"attachments\":[{\"name\":\"a.xlsx\",\"size\":1234,\"sha256\":"
		"\"0102030405060708090a0b0c0d0e0f10\"}]}}");
	buf_reset(&out);
	assert_int_equal(act_decode(span_of("\xff\x01", 2), &memory, &back), MS_OK);
	assert_int_equal(act_to_json(&back, &memory, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "{\"malformed\":\"ff01\"}");
	buf_fini(&out);
	arena_fini(&memory);
}

/* Each field of a hub's act is written and read under its own number. */
static void
what_a_hub_states_has_the_names_of_the_proto(void **state)
{
	const span a = span_str("a"), b = span_str("b"), c = span_str("c"), d = span_str("d"),
		   e = span_str("e"), f = span_str("f");
	const struct {
		act act;
		const char *body;
	} rows[] = {
		{ { .kind = ACT_HUB_ORIGIN, .u.origin = { a, true, 2, -3, 4, b, c, d, e } },
			"{\"hub\":\"61\",\"origin\":\"b\",\"sign_key\":\"63\",\"simulated\":true,"
			"\"clock_start\":2,\"clock_wall\":-3,\"clock_rate\":4,\"admin_key\":"
			"\"64\",\"curve_key\":\"65\"}" },
		{ { .kind = ACT_HUB_ORIGIN, .u.origin = { .hub = a, .clock_rate = 4 } },
			"{\"hub\":\"61\",\"sign_key\":\"\"}" },
		{ { .kind = ACT_HUB_RULES, .u.rules = 7 }, "{\"rules\":7}" },
		{ { .kind = ACT_HUB_PLAN, .u.plan_version_act = { a, 2, b } },
			"{\"version\":\"61\",\"size\":2,\"from_period\":\"b\"}" },
		{ { .kind = ACT_HUB_ENROLMENT, .u.enrolment = { a, b, c, d, e, true, f, a } },
			"{\"device\":\"61\",\"unit\":\"b\",\"name\":\"c\",\"sign_key\":\"64\","
			"\"curve_key\":\"65\",\"awaits_approval\":true,\"replaces\":\"66\","
			"\"invite\":\"61\"}" },
		{ { .kind = ACT_HUB_ENROLMENT, .u.enrolment = { .device = a } },
			"{\"device\":\"61\",\"sign_key\":\"\",\"curve_key\":\"\"}" },
		{ { .kind = ACT_HUB_REVOCATION, .u.revocation = { a, b } },
			"{\"device\":\"61\",\"reason\":\"b\"}" },
		{ { .kind = ACT_HUB_NOTICE, .u.notice = { NOTICE_RED, -2 } },
			"{\"level\":\"RED\",\"at\":-2}" },
		{ { .kind = ACT_HUB_APPROVAL, .u.approval = { a } }, "{\"device\":\"61\"}" },
		{ { .kind = ACT_HUB_ROTATION, .u.rotation = { a, b, c, d, e, f, -2, 3 } },
			"{\"device\":\"61\",\"unit\":\"b\",\"name\":\"c\",\"sign_key\":\"64\","
			"\"curve_key\":\"65\",\"signature\":\"66\",\"until\":-2,\"before\":3}" },
		{ { .kind = ACT_HUB_FREEZE, .u.freeze = { a, 2, b } },
			"{\"device\":\"61\",\"first_seq\":2,\"header_hash\":\"62\"}" },
		{ { .kind = ACT_HUB_FEEDS, .u.feeds = { 2, a } },
			"{\"count\":2,\"chain\":\"61\"}" },
		{ { .kind = ACT_HUB_RESTORE, .u.restore = { a, b } },
			"{\"order\":\"61\",\"signature\":\"62\"}" },
		{ { .kind = ACT_HUB_CLOCK, .u.clock = { CLOCK_DEVICE_AGREES, 2, -3, a } },
			"{\"finding\":\"DEVICE_AGREES\",\"before\":2,\"after\":-3,\"device\":"
			"\"61\"}" },
		{ { .kind = ACT_HUB_CLOCK, .u.clock = { .finding = CLOCK_STEPPED } },
			"{\"finding\":\"STEPPED\",\"before\":0,\"after\":0}" },
		{ { .kind = ACT_HUB_MOVED, .u.moved = { a, b, 2, 3 } },
			"{\"address\":\"a\",\"curve_key\":\"62\",\"from\":2,\"until\":3}" },
		{ { .kind = ACT_ISSUE, .u.issue = { 2, -3, a, b } },
			"{\"leaves\":2,\"as_of\":-3,\"sha256\":\"61\",\"title\":\"b\"}" },
		{ { .kind = ACT_DECISION, .u.steer = { .verdict = DECISION_RETURN, .reason = a } },
			"{\"reason\":\"a\",\"verdict\":\"RETURN\"}" },
		{ { .kind = ACT_EXTENSION_GRANT, .u.steer = { .days = 2, .reason = a } },
			"{\"reason\":\"a\",\"days\":2}" },
		{ { .kind = ACT_ADJUSTMENT, .u.steer = { .points = -2, .reason = a } },
			"{\"reason\":\"a\",\"points\":-2}" },
	};
	arena memory = { 0 };
	buf out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		act one = rows[i].act, back;
		const char *body;

		one.schema = act_schema_of(one.kind);
		assert_int_equal(act_decode(encoded(&one, &memory), &memory, &back), MS_OK);
		buf_reset(&out);
		assert_int_equal(act_to_json(&back, &memory, &out), MS_OK);
		body = strstr(buf_cstr(&out), "\"body\":");
		assert_non_null(body);
		assert_int_equal(strlen(body), strlen(rows[i].body) + 8);
		assert_memory_equal(body + 7, rows[i].body, strlen(rows[i].body));
	}
	buf_fini(&out);
	arena_fini(&memory);
}

static void
every_kind_reads_as_json(void **state)
{
	uint64_t seed = 5;
	arena memory = { 0 };
	buf out = { 0 };
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 100; round++)
		for (i = 0; i < KINDS; i++) {
			act a = some_act(&seed, all_kinds[i], &memory), back;

			assert_int_equal(act_decode(encoded(&a, &memory), &memory, &back), MS_OK);
			buf_reset(&out);
			assert_int_equal(act_to_json(&back, &memory, &out), MS_OK);
			assert_true(out.len > 2 && out.at[0] == '{' && out.at[out.len - 1] == '}');
			assert_true(text_is_clean(buf_span(&out)));
			assert_null(memchr(out.at, '\n', out.len));
			arena_reset(&memory);
		}
	buf_fini(&out);
	arena_fini(&memory);
}

static void
a_peek_sees_what_decoding_sees(void **state)
{
	uint64_t seed = 9;
	arena memory = { 0 };
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		act a = some_act(&seed, all_kinds[(size_t)round % KINDS], &memory);
		span bytes = encoded(&a, &memory);
		act_peek peek;
		size_t len;

		assert_true(peek_act(bytes, &peek));
		assert_int_equal(peek.kind, a.kind);
		assert_int_equal(peek.revision, a.revision);
		assert_true(span_equal(peek.item, a.item) && span_equal(peek.unit, a.unit) &&
			    span_equal(peek.period, a.period));
		for (len = 0; len < bytes.len; len++)
			peek_act(span_of(bytes.at, len), &peek);
		assert_false(peek_act(span_of(bytes.at, bytes.len - 1), &peek) && a.body.len > 0);
		arena_reset(&memory);
	}
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_bytes_of_a_malformed_act_are_set),
		cmocka_unit_test(the_smallest_act_is_well_formed),
		cmocka_unit_test(an_act_over_the_bound_is_malformed),
		cmocka_unit_test(lists_are_bounded_before_they_take_memory),
		cmocka_unit_test(lack_of_memory_is_no_verdict),
		cmocka_unit_test(a_report_has_the_bytes_of_the_first_release),
		cmocka_unit_test(an_act_reads_as_json_with_the_names_of_the_proto),
		cmocka_unit_test(what_a_hub_states_has_the_names_of_the_proto),
		cmocka_unit_test(every_kind_reads_as_json),
		cmocka_unit_test(a_peek_sees_what_decoding_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
