/* SPDX-License-Identifier: Apache-2.0 */
/* test_acts.c - acts come back as they were stated, from canonical bytes alone, and as protobuf-c reads them. */
#include "tests/codec/codec_testing.h"

#include "codec/memory.h"
#include "codec/peek.h"

enum { MUTATIONS = 60000 };

/* ---- equality of what was stated ---- */

static void
same_text(span a, span b)
{
	assert_int_equal(a.at == NULL, b.at == NULL);
	assert_true(span_equal(a, b));
}

static void
same_value(const report_value *a, const report_value *b)
{
	size_t i;

	same_text(a->indicator, b->indicator);
	same_text(a->text, b->text);
	same_text(a->nil_reason, b->nil_reason);
	assert_int_equal(a->has_mantissa, b->has_mantissa);
	assert_int_equal(a->has_ratio, b->has_ratio);
	assert_int_equal(a->half_ratio, b->half_ratio);
	assert_int_equal(a->has_text, b->has_text);
	assert_int_equal(a->has_date, b->has_date);
	assert_int_equal(a->has_keys, b->has_keys);
	assert_int_equal(a->is_nil, b->is_nil);
	assert_int_equal(a->provisional, b->provisional);
	assert_int_equal(a->mantissa, b->mantissa);
	assert_int_equal(a->num, b->num);
	assert_int_equal(a->den, b->den);
	assert_int_equal(a->date, b->date);
	assert_int_equal(a->n_keys, b->n_keys);
	for (i = 0; i < a->n_keys; i++)
		same_text(a->keys[i], b->keys[i]);
}

static void
same_report(const report *a, const report *b)
{
	size_t i;

	assert_int_equal(a->has_progress, b->has_progress);
	assert_int_equal(a->progress_pct, b->progress_pct);
	assert_int_equal(a->status, b->status);
	same_text(a->done, b->done);
	same_text(a->problems, b->problems);
	same_text(a->next_steps, b->next_steps);
	same_text(a->help_needed, b->help_needed);
	same_text(a->prepared_by, b->prepared_by);
	same_text(a->approved_by, b->approved_by);
	same_text(a->phone, b->phone);
	assert_int_equal(a->n_parts, b->n_parts);
	assert_int_equal(a->n_values, b->n_values);
	assert_int_equal(a->n_attachments, b->n_attachments);
	for (i = 0; i < a->n_parts; i++) {
		same_text(a->parts[i].id, b->parts[i].id);
		same_text(a->parts[i].note, b->parts[i].note);
		assert_int_equal(a->parts[i].state, b->parts[i].state);
	}
	for (i = 0; i < a->n_values; i++)
		same_value(&a->values[i], &b->values[i]);
	for (i = 0; i < a->n_attachments; i++) {
		same_text(a->attachments[i].name, b->attachments[i].name);
		same_text(a->attachments[i].sha256, b->attachments[i].sha256);
		assert_int_equal(a->attachments[i].size, b->attachments[i].size);
	}
}

static void
same_hub_act(const act *a, const act *b)
{
	switch (a->kind) {
	case ACT_HUB_ORIGIN:
		same_text(a->u.origin.hub, b->u.origin.hub);
		same_text(a->u.origin.origin, b->u.origin.origin);
		same_text(a->u.origin.sign_key, b->u.origin.sign_key);
		assert_int_equal(a->u.origin.simulated, b->u.origin.simulated);
		assert_int_equal(a->u.origin.clock_start_us, b->u.origin.clock_start_us);
		assert_int_equal(a->u.origin.clock_wall_us, b->u.origin.clock_wall_us);
		assert_int_equal(a->u.origin.clock_rate, b->u.origin.clock_rate);
		break;
	case ACT_HUB_RULES:
		assert_int_equal(a->u.rules, b->u.rules);
		break;
	case ACT_HUB_PLAN:
		same_text(a->u.plan_version_act.version, b->u.plan_version_act.version);
		same_text(a->u.plan_version_act.from_period, b->u.plan_version_act.from_period);
		assert_int_equal(a->u.plan_version_act.size, b->u.plan_version_act.size);
		break;
	case ACT_HUB_ENROLMENT:
		same_text(a->u.enrolment.device, b->u.enrolment.device);
		same_text(a->u.enrolment.unit, b->u.enrolment.unit);
		same_text(a->u.enrolment.name, b->u.enrolment.name);
		same_text(a->u.enrolment.sign_key, b->u.enrolment.sign_key);
		same_text(a->u.enrolment.curve_key, b->u.enrolment.curve_key);
		break;
	default:
		assert_int_equal(a->kind, ACT_HUB_REVOCATION);
		same_text(a->u.revocation.device, b->u.revocation.device);
		same_text(a->u.revocation.reason, b->u.revocation.reason);
		break;
	}
}

static void
same_act(const act *a, const act *b)
{
	assert_int_equal(a->malformed, b->malformed);
	assert_int_equal(a->schema, b->schema);
	assert_int_equal(a->kind, b->kind);
	same_text(a->salt, b->salt);
	assert_int_equal(a->created_us, b->created_us);
	same_text(a->plan, b->plan);
	same_text(a->plan_version, b->plan_version);
	same_text(a->item, b->item);
	same_text(a->unit, b->unit);
	same_text(a->period, b->period);
	assert_int_equal(a->revision, b->revision);
	same_text(a->body, b->body);
	if (a->kind == ACT_REPORT)
		same_report(&a->u.report, &b->u.report);
	else if (a->kind == ACT_RETRACTION)
		same_text(a->u.retraction.reason, b->u.retraction.reason);
	else
		same_hub_act(a, b);
}

/* ---- protobuf-c's reading as plan/act.h: the reference ---- */

static span
text_of(const char *s)
{
	return span_str(s);
}

static span
bytes_of(protobuf_c_boolean has, ProtobufCBinaryData b)
{
	static const uint8_t none[1];

	return !has ? (span){ 0 } : span_of(b.len == 0 ? none : b.data, b.len);
}

static void
value_of(const Muster__Value *m, arena *memory, report_value *v)
{
	size_t i;

	*v = (report_value){ .indicator = text_of(m->indicator), .has_mantissa = m->has_mantissa,
		.has_ratio = m->has_num && m->has_den, .half_ratio = m->has_num != m->has_den, .has_text = m->text != NULL,
		.is_nil = m->nil != NULL, .provisional = m->provisional, .has_date = m->has_date,
		.has_keys = m->n_keys > 0 || m->no_keys, .mantissa = m->mantissa, .num = m->num, .den = m->den,
		.date = m->date, .n_keys = m->n_keys, .text = text_of(m->text), .nil_reason = text_of(m->nil) };
	v->keys = arena_zalloc(memory, m->n_keys * sizeof(span));
	for (i = 0; i < m->n_keys; i++)
		v->keys[i] = text_of(m->keys[i]);
}

static void
report_of(const Muster__Report *m, arena *memory, report *r)
{
	size_t i;

	*r = (report){ .has_progress = m->has_progress_pct, .progress_pct = m->progress_pct,
		.status = (self_status)m->self_status, .done = text_of(m->done), .problems = text_of(m->problems),
		.next_steps = text_of(m->next_steps), .help_needed = text_of(m->help_needed),
		.prepared_by = text_of(m->prepared_by), .approved_by = text_of(m->approved_by), .phone = text_of(m->phone),
		.n_parts = m->n_parts, .n_values = m->n_values, .n_attachments = m->n_attachments };
	r->parts = arena_zalloc(memory, m->n_parts * sizeof(*r->parts));
	r->values = arena_zalloc(memory, m->n_values * sizeof(*r->values));
	r->attachments = arena_zalloc(memory, m->n_attachments * sizeof(*r->attachments));
	for (i = 0; i < m->n_parts; i++)
		r->parts[i] = (report_part){ text_of(m->parts[i]->id), (part_state)m->parts[i]->state,
			text_of(m->parts[i]->note) };
	for (i = 0; i < m->n_values; i++)
		value_of(m->values[i], memory, &r->values[i]);
	for (i = 0; i < m->n_attachments; i++)
		r->attachments[i] = (report_attachment){ text_of(m->attachments[i]->name), m->attachments[i]->size,
			bytes_of(m->attachments[i]->has_sha256, m->attachments[i]->sha256) };
}

/* False: not well formed. Only reports and retractions are compared to the last field. */
static bool
reference_decode(span bytes, arena *memory, act *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	const ProtobufCMessageDescriptor *d;
	Muster__Act *m;

	if (!reference_canonical(&muster__act__descriptor, bytes))
		return false;
	m = muster__act__unpack(&allocator, bytes.len, bytes.at);
	*out = (act){ .bytes = bytes, .schema = m->schema, .kind = (act_kind)m->kind, .salt = bytes_of(m->has_salt, m->salt),
		.created_us = m->created_at, .plan = text_of(m->plan),
		.plan_version = bytes_of(m->has_plan_version, m->plan_version), .item = text_of(m->item),
		.unit = text_of(m->unit), .period = text_of(m->period), .revision = m->revision,
		.body = bytes_of(m->has_body, m->body) };
	d = out->kind == ACT_REPORT ? &muster__report__descriptor : &muster__retraction__descriptor;
	if (out->schema != 1 || (out->kind != ACT_REPORT && out->kind != ACT_RETRACTION) || out->body.at == NULL ||
		!reference_canonical(d, out->body))
		return false;
	if (out->kind == ACT_REPORT)
		report_of(muster__report__unpack(&allocator, out->body.len, out->body.at), memory, &out->u.report);
	else
		out->u.retraction.reason =
			text_of(muster__retraction__unpack(&allocator, out->body.len, out->body.at)->reason);
	return true;
}

/* ---- tests ---- */

static void
every_kind_comes_back_as_it_was_stated(void **state)
{
	uint64_t seed = 3;
	arena memory = { 0 };
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 500; round++)
		for (i = 0; i < KINDS; i++) {
			act a = some_act(&seed, all_kinds[i], &memory), back;
			span bytes = encoded(&a, &memory);
			hash32 hash = hash_of(a.body);

			assert_int_equal(act_decode(bytes, &memory, &back), MS_OK);
			assert_false(back.malformed);
			assert_true(back.bytes.at == bytes.at && back.bytes.len == bytes.len);
			assert_true(hash_equal(&back.body_hash, &hash));
			same_act(&a, &back);
			/* Encoding what was decoded gives the same bytes. */
			assert_true(span_equal(encoded(&back, &memory), bytes));
			arena_reset(&memory);
		}
	arena_fini(&memory);
}

static void
mutated_acts_are_read_as_protobuf_c_reads_them(void **state)
{
	uint64_t seed = 77;
	arena memory = { 0 };
	unsigned good = 0, round;

	(void)state;
	for (round = 0; round < MUTATIONS; round++) {
		act a = some_act(&seed, round % 5 == 0 ? ACT_RETRACTION : ACT_REPORT, &memory), ours, theirs;
		span bytes = encoded(&a, &memory);
		uint8_t *out = arena_alloc(&memory, 2 * bytes.len + 64);
		bool well_formed;
		size_t len;

		if (round % 2 == 0) {
			len = mutated(&seed, a.body, out);
			a.body = span_of(out, len);
			bytes = span_of(NULL, 0);
			buf whole = { 0 };
			assert_int_equal(act_encode(&a, &memory, &whole), MS_OK);
			bytes = arena_copy(&memory, buf_span(&whole));
			buf_fini(&whole);
		} else {
			len = mutated(&seed, bytes, out);
			bytes = span_of(out, len);
		}
		well_formed = reference_decode(bytes, &memory, &theirs);
		assert_int_equal(act_decode(bytes, &memory, &ours), MS_OK);
		if (ours.malformed == well_formed &&
			(ours.malformed || ours.kind == ACT_REPORT || ours.kind == ACT_RETRACTION))
			fail_msg("round %u: protobuf-c says %d", round, well_formed);
		if (well_formed)
			same_act(&theirs, &ours);
		good += well_formed;
		arena_reset(&memory);
	}
	assert_true(good > MUTATIONS / 20 && good < MUTATIONS - MUTATIONS / 20);
	arena_fini(&memory);
}

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
		{ "a kind not declared", "\x08\x01\x10\x03\x5a\x00", 6, 0 },
		{ "no body", "\x08\x01\x10\x02", 4, 0 },
		{ "the body of another kind", "\x08\x01\x10\x02\x5a\x02\x08\x05", 8, 0 },
		{ "a body that is cut", "\x08\x01\x10\x02\x5a\x02\x0a", 7, 0 },
		{ "an unknown field", "\x08\x01\x10\x02\x5a\x00\x60\x01", 8, 0 },
		{ "schema in a longer varint", "\x08\x81\x00\x10\x02\x5a\x00", 7, 0 },
		{ "schema over 32 bits", "\x08\x82\x80\x80\x80\x10\x10\x02\x5a\x00", 10, 0 },
		{ "schema 2", "\x08\x02\x10\x02\x5a\x00", 6, 2 },
		{ "schema 300 with fields of its own", "\x08\xac\x02\x99\x99\x99", 6, 300 },
	};
	arena memory = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		act a, expected = { .bytes = span_of(rows[i].bytes, rows[i].len), .malformed = true, .schema = rows[i].schema };

		memset(&a, 0xee, sizeof(a));
		assert_int_equal(act_decode(expected.bytes, &memory, &a), MS_OK);
		if (!a.malformed || a.schema != expected.schema || a.kind != 0 || a.body.at != NULL || a.unit.at != NULL ||
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
	act a = { .schema = 1, .kind = ACT_REPORT, .salt = span_of(salt, 16), .created_us = 1341446400123456,
		.plan = span_str("sy-2012"), .plan_version = span_of(salt, 16), .item = span_str("i06"),
		.unit = span_str("kjj"), .period = span_str("2012-Q2"), .revision = 2 };
	report *r = &a.u.report;

	*r = (report){ .has_progress = true, .progress_pct = 45, .status = SELF_AT_RISK, .done = span_str("完成"),
		.problems = span_str("无"), .next_steps = span_str("继续"), .help_needed = span_str("\"help\""),
		.prepared_by = span_str("张三"), .approved_by = span_str("李四"), .phone = span_str("024-1"), .n_parts = 1,
		.n_values = 4, .n_attachments = 1 };
	r->parts = arena_zalloc(memory, sizeof(*r->parts));
	r->values = arena_zalloc(memory, 4 * sizeof(*r->values));
	r->attachments = arena_zalloc(memory, sizeof(*r->attachments));
	r->parts[0] = (report_part){ span_str("p1"), PART_UNDER_WAY, span_str("a\tb") };
	r->values[0] = (report_value){ .indicator = span_str("i06.v"), .has_mantissa = true, .mantissa = -4250,
		.has_date = true, .date = 15525, .provisional = true };
	r->values[1] = (report_value){ .indicator = span_str("i06.r"), .has_ratio = true, .num = 1, .den = 3 };
	r->values[2] = (report_value){ .indicator = span_str("i06.k"), .has_keys = true, .n_keys = 2 };
	r->values[2].keys = arena_zalloc(memory, 2 * sizeof(span));
	r->values[2].keys[0] = span_str("A");
	r->values[2].keys[1] = span_str("B");
	r->values[3] = (report_value){ .indicator = span_str("i06.n"), .is_nil = true, .nil_reason = span_str("later") };
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
	} rows[] = { { 0x3a, REPORT_PARTS_MAX }, { 0x42, REPORT_VALUES_MAX }, { 0x62, REPORT_ATTACHMENTS_MAX } };
	arena memory = { 0 }, tight = { .limit = 16 << 10 };
	size_t i;
	act a;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		arena_reset(&tight);
		assert_int_equal(act_decode(many_empty(rows[i].field, rows[i].max, &memory), &tight, &a), MS_OK);
		assert_false(a.malformed);
		assert_int_equal(a.u.report.n_parts + a.u.report.n_values + a.u.report.n_attachments, rows[i].max);
		arena_reset(&tight);
		assert_int_equal(act_decode(many_empty(rows[i].field, rows[i].max + 1, &memory), &tight, &a), MS_OK);
		assert_true(a.malformed);
		assert_int_equal(act_decode(many_empty(rows[i].field, 24000, &memory), &tight, &a), MS_OK);
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
		"\"plan_version\":\"0102030405060708090a0b0c0d0e0f10\",\"item\":\"i06\",\"unit\":\"kjj\","
		"\"period\":\"2012-Q2\",\"revision\":2,\"body\":{\"progress_pct\":45,\"self_status\":\"AT_RISK\","
		"\"done\":\"完成\",\"problems\":\"无\",\"next_steps\":\"继续\",\"help_needed\":\"\\\"help\\\"\","
		"\"parts\":[{\"id\":\"p1\",\"state\":\"UNDER_WAY\",\"note\":\"a\\tb\"}],"
		"\"values\":[{\"indicator\":\"i06.v\",\"mantissa\":-4250,\"date\":15525,\"provisional\":true},"
		"{\"indicator\":\"i06.r\",\"num\":1,\"den\":3},{\"indicator\":\"i06.k\",\"keys\":[\"A\",\"B\"]},"
		"{\"indicator\":\"i06.n\",\"nil\":\"later\"}],"
		"\"prepared_by\":\"张三\",\"approved_by\":\"李四\",\"phone\":\"024-1\","
		"\"attachments\":[{\"name\":\"a.xlsx\",\"size\":1234,\"sha256\":\"0102030405060708090a0b0c0d0e0f10\"}]}}");
	buf_reset(&out);
	assert_int_equal(act_decode(span_of("\xff\x01", 2), &memory, &back), MS_OK);
	assert_int_equal(act_to_json(&back, &memory, &out), MS_OK);
	assert_string_equal(buf_cstr(&out), "{\"malformed\":\"ff01\"}");
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
		assert_true(span_equal(peek.item, a.item) && span_equal(peek.unit, a.unit) && span_equal(peek.period, a.period));
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
		cmocka_unit_test(every_kind_comes_back_as_it_was_stated),
		cmocka_unit_test(mutated_acts_are_read_as_protobuf_c_reads_them),
		cmocka_unit_test(only_the_bytes_of_a_malformed_act_are_set),
		cmocka_unit_test(the_smallest_act_is_well_formed),
		cmocka_unit_test(an_act_over_the_bound_is_malformed),
		cmocka_unit_test(lists_are_bounded_before_they_take_memory),
		cmocka_unit_test(lack_of_memory_is_no_verdict),
		cmocka_unit_test(a_report_has_the_bytes_of_the_first_release),
		cmocka_unit_test(an_act_reads_as_json_with_the_names_of_the_proto),
		cmocka_unit_test(every_kind_reads_as_json),
		cmocka_unit_test(a_peek_sees_what_decoding_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
