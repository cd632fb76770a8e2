/* SPDX-License-Identifier: Apache-2.0 */
/* test_acts.c - acts come back as they were stated, from canonical bytes alone, and as protobuf-c
 * reads them. */
#include "tests/codec/codec_testing.h"

#include "codec/memory.h"

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
same_steer(const steer *a, const steer *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->days, b->days);
	assert_int_equal(a->points, b->points);
	same_text(a->reason, b->reason);
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
		same_text(a->u.origin.admin_key, b->u.origin.admin_key);
		same_text(a->u.origin.curve_key, b->u.origin.curve_key);
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
		assert_int_equal(a->u.enrolment.awaits_approval, b->u.enrolment.awaits_approval);
		same_text(a->u.enrolment.replaces, b->u.enrolment.replaces);
		same_text(a->u.enrolment.invite, b->u.enrolment.invite);
		break;
	case ACT_HUB_APPROVAL:
		same_text(a->u.approval.device, b->u.approval.device);
		break;
	case ACT_HUB_ROTATION:
		same_text(a->u.rotation.device, b->u.rotation.device);
		same_text(a->u.rotation.unit, b->u.rotation.unit);
		same_text(a->u.rotation.name, b->u.rotation.name);
		same_text(a->u.rotation.sign_key, b->u.rotation.sign_key);
		same_text(a->u.rotation.curve_key, b->u.rotation.curve_key);
		same_text(a->u.rotation.signature, b->u.rotation.signature);
		assert_int_equal(a->u.rotation.until_us, b->u.rotation.until_us);
		assert_int_equal(a->u.rotation.before, b->u.rotation.before);
		break;
	case ACT_HUB_FREEZE:
		same_text(a->u.freeze.device, b->u.freeze.device);
		assert_int_equal(a->u.freeze.first_seq, b->u.freeze.first_seq);
		same_text(a->u.freeze.header_hash, b->u.freeze.header_hash);
		break;
	case ACT_HUB_NOTICE:
		assert_int_equal(a->u.notice.level, b->u.notice.level);
		assert_int_equal(a->u.notice.at_us, b->u.notice.at_us);
		break;
	case ACT_HUB_RESTORE:
		same_text(a->u.restore.order, b->u.restore.order);
		same_text(a->u.restore.signature, b->u.restore.signature);
		break;
	case ACT_HUB_FEEDS:
		assert_int_equal(a->u.feeds.count, b->u.feeds.count);
		same_text(a->u.feeds.chain, b->u.feeds.chain);
		break;
	case ACT_HUB_CLOCK:
		assert_int_equal(a->u.clock.finding, b->u.clock.finding);
		assert_int_equal(a->u.clock.before_us, b->u.clock.before_us);
		assert_int_equal(a->u.clock.after_us, b->u.clock.after_us);
		same_text(a->u.clock.device, b->u.clock.device);
		break;
	case ACT_HUB_MOVED:
		same_text(a->u.moved.address, b->u.moved.address);
		same_text(a->u.moved.curve_key, b->u.moved.curve_key);
		assert_int_equal(a->u.moved.from_us, b->u.moved.from_us);
		assert_int_equal(a->u.moved.until_us, b->u.moved.until_us);
		break;
	case ACT_ISSUE:
		assert_int_equal(a->u.issue.leaves, b->u.issue.leaves);
		assert_int_equal(a->u.issue.as_of_us, b->u.issue.as_of_us);
		same_text(a->u.issue.sha256, b->u.issue.sha256);
		same_text(a->u.issue.title, b->u.issue.title);
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
	else if (a->kind >= ACT_DECISION && a->kind <= ACT_REOPEN)
		same_steer(&a->u.steer, &b->u.steer);
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

	*v = (report_value){ .indicator = text_of(m->indicator),
		.has_mantissa = m->has_mantissa,
		.has_ratio = m->has_num && m->has_den,
		.half_ratio = m->has_num != m->has_den,
		.has_text = m->text != NULL,
		.is_nil = m->nil != NULL,
		.provisional = m->provisional,
		.has_date = m->has_date,
		.has_keys = m->n_keys > 0 || m->no_keys,
		.mantissa = m->mantissa,
		.num = m->num,
		.den = m->den,
		.date = m->date,
		.n_keys = m->n_keys,
		.text = text_of(m->text),
		.nil_reason = text_of(m->nil) };
	v->keys = arena_zalloc(memory, m->n_keys * sizeof(span));
	for (i = 0; i < m->n_keys; i++)
		v->keys[i] = text_of(m->keys[i]);
}

static void
report_of(const Muster__Report *m, arena *memory, report *r)
{
	size_t i;

	*r = (report){ .has_progress = m->has_progress_pct,
		.progress_pct = m->progress_pct,
		.status = (self_status)m->self_status,
		.done = text_of(m->done),
		.problems = text_of(m->problems),
		.next_steps = text_of(m->next_steps),
		.help_needed = text_of(m->help_needed),
		.prepared_by = text_of(m->prepared_by),
		.approved_by = text_of(m->approved_by),
		.phone = text_of(m->phone),
		.n_parts = m->n_parts,
		.n_values = m->n_values,
		.n_attachments = m->n_attachments };
	r->parts = arena_zalloc(memory, m->n_parts * sizeof(*r->parts));
	r->values = arena_zalloc(memory, m->n_values * sizeof(*r->values));
	r->attachments = arena_zalloc(memory, m->n_attachments * sizeof(*r->attachments));
	for (i = 0; i < m->n_parts; i++)
		r->parts[i] = (report_part){ text_of(m->parts[i]->id),
			(part_state)m->parts[i]->state, text_of(m->parts[i]->note) };
	for (i = 0; i < m->n_values; i++)
		value_of(m->values[i], memory, &r->values[i]);
	for (i = 0; i < m->n_attachments; i++)
		r->attachments[i] = (report_attachment){ text_of(m->attachments[i]->name),
			m->attachments[i]->size,
			bytes_of(m->attachments[i]->has_sha256, m->attachments[i]->sha256) };
}

/* What the proto calls field NAME of M, which is of descriptor D; NULL when it is not there. */
static const void *
field_of(const ProtobufCMessageDescriptor *d, const void *m, const char *name)
{
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field_by_name(d, name);

	return f == NULL ? NULL : (const uint8_t *)m + f->offset;
}

static void
steer_of(const ProtobufCMessageDescriptor *d, const ProtobufCMessage *m, steer *out)
{
	const void *wanted = field_of(d, m, "verdict"), *days = field_of(d, m, "days"),
		   *points = field_of(d, m, "points"), *reason = field_of(d, m, "reason");
	const char *text = NULL;
	int number = 0;

	*out = (steer){ 0 };
	if (reason == NULL)
		reason = field_of(d, m, "text");
	if (reason != NULL)
		memcpy(&text, reason, sizeof(text));
	if (wanted != NULL)
		memcpy(&number, wanted, sizeof(number));
	if (days != NULL)
		memcpy(&out->days, days, sizeof(out->days));
	if (points != NULL)
		memcpy(&out->points, points, sizeof(out->points));
	out->verdict = (decision_verdict)number;
	out->reason = text_of(text);
}

static const ProtobufCMessageDescriptor *
descriptor_of(act_kind kind)
{
	static const ProtobufCMessageDescriptor *const list[] = {
		[ACT_REPORT] = &muster__report__descriptor,
		[ACT_RETRACTION] = &muster__retraction__descriptor,
		[ACT_DECISION] = &muster__decision__descriptor,
		[ACT_EXTENSION_REQUEST] = &muster__extension_request__descriptor,
		[ACT_EXTENSION_GRANT] = &muster__extension_grant__descriptor,
		[ACT_EXTENSION_REFUSAL] = &muster__extension_refusal__descriptor,
		[ACT_EXEMPTION] = &muster__exemption__descriptor,
		[ACT_EXEMPTION_WITHDRAWAL] = &muster__exemption_withdrawal__descriptor,
		[ACT_REMINDER] = &muster__reminder__descriptor,
		[ACT_COMMENT] = &muster__comment__descriptor,
		[ACT_ADJUSTMENT] = &muster__adjustment__descriptor,
		[ACT_ASSIGN] = &muster__assign__descriptor,
		[ACT_UNASSIGN] = &muster__unassign__descriptor,
		[ACT_LOCK] = &muster__lock__descriptor,
		[ACT_REOPEN] = &muster__reopen__descriptor,
		[ACT_ISSUE] = &muster__issue__descriptor,
	};

	return kind < ACT_REPORT || kind > ACT_ISSUE ? NULL : list[kind];
}

/* False: not well formed. Hub acts are not compared. */
static bool
reference_decode(span bytes, arena *memory, act *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	const ProtobufCMessageDescriptor *d;
	Muster__Act *m;

	if (!reference_canonical(&muster__act__descriptor, bytes))
		return false;
	m = muster__act__unpack(&allocator, bytes.len, bytes.at);
	*out = (act){ .bytes = bytes,
		.schema = m->schema,
		.kind = (act_kind)m->kind,
		.salt = bytes_of(m->has_salt, m->salt),
		.created_us = m->created_at,
		.plan = text_of(m->plan),
		.plan_version = bytes_of(m->has_plan_version, m->plan_version),
		.item = text_of(m->item),
		.unit = text_of(m->unit),
		.period = text_of(m->period),
		.revision = m->revision,
		.body = bytes_of(m->has_body, m->body) };
	d = descriptor_of(out->kind);
	if (d == NULL || out->schema < act_schema_of(out->kind) || out->schema > ACT_SCHEMA ||
		out->body.at == NULL || !reference_canonical(d, out->body))
		return false;
	if (out->kind == ACT_REPORT)
		report_of(muster__report__unpack(&allocator, out->body.len, out->body.at), memory,
			&out->u.report);
	else if (out->kind == ACT_RETRACTION)
		out->u.retraction.reason =
			text_of(muster__retraction__unpack(&allocator, out->body.len, out->body.at)
					->reason);
	else
		steer_of(d, protobuf_c_message_unpack(d, &allocator, out->body.len, out->body.at),
			&out->u.steer);
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
		act_kind kind =
			round % 3 == 0 ? (act_kind)(ACT_RETRACTION + round % 14) : ACT_REPORT;
		act a = some_act(&seed, kind, &memory), ours, theirs;
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
			(ours.malformed || descriptor_of(ours.kind) != NULL))
			fail_msg("round %u: protobuf-c says %d", round, well_formed);
		if (well_formed)
			same_act(&theirs, &ours);
		good += well_formed;
		arena_reset(&memory);
	}
	assert_true(good > MUTATIONS / 20 && good < MUTATIONS - MUTATIONS / 20);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_was_stated),
		cmocka_unit_test(mutated_acts_are_read_as_protobuf_c_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
