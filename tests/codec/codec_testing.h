/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec_testing.h - seeded acts of every kind, mutations of their bytes, and protobuf-c as the
 * reference: what is canonical by its own unpacking and packing.
 */
#ifndef TESTS_CODEC_TESTING_H
#define TESTS_CODEC_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "act.pb-c.h"
#include "base/text.h"
#include "codec/acts.h"
#include "store.pb-c.h"
#include "wire.pb-c.h"

static const act_kind all_kinds[] = { ACT_REPORT, ACT_RETRACTION, ACT_DECISION,
	ACT_EXTENSION_REQUEST, ACT_EXTENSION_GRANT, ACT_EXTENSION_REFUSAL, ACT_EXEMPTION,
	ACT_EXEMPTION_WITHDRAWAL, ACT_REMINDER, ACT_COMMENT, ACT_ADJUSTMENT, ACT_ASSIGN,
	ACT_UNASSIGN, ACT_LOCK, ACT_REOPEN, ACT_ISSUE, ACT_HUB_NOTICE, ACT_HUB_ORIGIN,
	ACT_HUB_RULES, ACT_HUB_PLAN, ACT_HUB_ENROLMENT, ACT_HUB_REVOCATION, ACT_HUB_FEEDS,
	ACT_HUB_CLOCK, ACT_HUB_MOVED, ACT_HUB_APPROVAL, ACT_HUB_ROTATION, ACT_HUB_FREEZE,
	ACT_HUB_RESTORE };
enum { KINDS = sizeof(all_kinds) / sizeof(all_kinds[0]) };

static inline uint64_t
seeded(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static inline void
assert_hex(span bytes, const char *expected)
{
	char *text = malloc(2 * bytes.len + 1);

	assert_non_null(text);
	text_hex(bytes.at, bytes.len, text);
	assert_string_equal(text, expected);
	free(text);
}

/* ---- seeded acts ---- */

static inline span
some_text(uint64_t *seed)
{
	static const char *const texts[] = { "", "kjj", "2012-Q2", "完成了第二季度的园区建设任务",
		"one\ntwo\tthree", "\"quoted\" \\ back", "é ü ß",
		"a long enough text to be looked at eight bytes at a time" };
	uint64_t pick = seeded(seed) % 10;

	return pick >= 8 ? (span){ 0 } : span_str(texts[pick]);
}

static inline span
some_bytes(uint64_t *seed, size_t len)
{
	static const uint8_t bytes[128] = { 1, 0, 255, 128, 7, 9, 200, 31, 44, 10 };

	assert_true(len + 8 <= sizeof(bytes));

	return span_of(bytes + seeded(seed) % 8, len);
}

static inline int64_t
some_number(uint64_t *seed)
{
	static const int64_t edges[] = { 0, 1, -1, 63, 64, -64, -65, INT32_MAX, INT32_MIN,
		INT64_MAX, INT64_MIN };
	uint64_t pick = seeded(seed) % 22;

	return pick < 11 ? edges[pick] : (int64_t)(seeded(seed) >> (seeded(seed) % 64));
}

static inline report_value
some_value(uint64_t *seed, arena *memory)
{
	report_value v = { .indicator = some_text(seed), .provisional = seeded(seed) % 2 };
	size_t i;

	switch (seeded(seed) % 6) {
	case 0:
		v.has_mantissa = true;
		v.mantissa = some_number(seed);
		v.has_date = seeded(seed) % 2;
		v.date = v.has_date ? (int32_t)some_number(seed) : 0;
		break;
	case 1:
		v.has_ratio = true;
		v.num = some_number(seed);
		v.den = some_number(seed);
		break;
	case 2:
		v.has_keys = true;
		v.n_keys = seeded(seed) % 4;
		v.keys = arena_zalloc(memory, (v.n_keys + 1) * sizeof(span));
		for (i = 0; i < v.n_keys; i++) {
			v.keys[i] = some_text(seed);
			if (v.keys[i].at == NULL)
				v.keys[i] = span_str("");
		}
		if (v.n_keys == 0)
			v.keys = NULL;
		break;
	case 3:
		v.has_text = true;
		v.text = span_str("说明");
		break;
	case 4:
		v.is_nil = true;
		v.nil_reason = span_str("not measured yet");
		break;
	default:
		break;
	}
	return v;
}

static inline report
some_report(uint64_t *seed, arena *memory)
{
	report r = { .has_progress = seeded(seed) % 2,
		.status = (self_status)(seeded(seed) % 5),
		.done = some_text(seed),
		.problems = some_text(seed),
		.next_steps = some_text(seed),
		.help_needed = some_text(seed),
		.prepared_by = some_text(seed),
		.approved_by = some_text(seed),
		.phone = some_text(seed) };
	size_t i;

	r.progress_pct = r.has_progress ? (uint32_t)some_number(seed) : 0;
	r.n_parts = seeded(seed) % 4;
	r.n_values = seeded(seed) % 4;
	r.n_attachments = seeded(seed) % 3;
	r.parts = arena_zalloc(memory, 4 * sizeof(*r.parts));
	r.values = arena_zalloc(memory, 4 * sizeof(*r.values));
	r.attachments = arena_zalloc(memory, 4 * sizeof(*r.attachments));
	for (i = 0; i < r.n_parts; i++)
		r.parts[i] = (report_part){ some_text(seed), (part_state)(seeded(seed) % 4),
			some_text(seed) };
	for (i = 0; i < r.n_values; i++)
		r.values[i] = some_value(seed, memory);
	for (i = 0; i < r.n_attachments; i++)
		r.attachments[i] = (report_attachment){ some_text(seed),
			(uint64_t)some_number(seed), some_bytes(seed, 32) };
	return r;
}

static inline steer
some_steer(uint64_t *seed, act_kind kind)
{
	steer x = { 0 };

	if (kind != ACT_ASSIGN && kind != ACT_UNASSIGN)
		x.reason = some_text(seed);
	if (kind == ACT_DECISION)
		x.verdict = (decision_verdict)(seeded(seed) % 3);
	if (kind == ACT_EXTENSION_REQUEST || kind == ACT_EXTENSION_GRANT)
		x.days = (uint32_t)some_number(seed);
	if (kind == ACT_ADJUSTMENT)
		x.points = some_number(seed);
	return x;
}

static inline act
some_act(uint64_t *seed, act_kind kind, arena *memory)
{
	act a = { .schema = act_schema_of(kind),
		.kind = kind,
		.salt = some_bytes(seed, ACT_SALT_SIZE),
		.created_us = some_number(seed),
		.plan = some_text(seed),
		.plan_version = some_bytes(seed, 32),
		.item = some_text(seed),
		.unit = some_text(seed),
		.period = some_text(seed),
		.revision = (uint32_t)some_number(seed) };

	if (kind == ACT_REPORT)
		a.u.report = some_report(seed, memory);
	else if (kind == ACT_RETRACTION)
		a.u.retraction.reason = some_text(seed);
	else if (kind >= ACT_DECISION && kind <= ACT_REOPEN)
		a.u.steer = some_steer(seed, kind);
	else if (kind == ACT_HUB_ORIGIN)
		a.u.origin = (hub_origin){ .hub = some_bytes(seed, 16),
			.simulated = true,
			.clock_start_us = some_number(seed),
			.clock_wall_us = some_number(seed),
			.clock_rate = some_number(seed),
			.origin = some_text(seed),
			.sign_key = some_bytes(seed, 32),
			.admin_key = some_bytes(seed, 32),
			.curve_key = some_bytes(seed, 32) };
	else if (kind == ACT_HUB_RULES)
		a.u.rules = (uint32_t)some_number(seed);
	else if (kind == ACT_HUB_PLAN)
		a.u.plan_version_act = (hub_plan){ some_bytes(seed, 32),
			(uint64_t)some_number(seed), some_text(seed) };
	else if (kind == ACT_HUB_ENROLMENT)
		a.u.enrolment = (hub_enrolment){ some_bytes(seed, 16), some_text(seed),
			some_text(seed), some_bytes(seed, 32), some_bytes(seed, 32),
			seeded(seed) % 2 == 0, some_bytes(seed, 16), some_bytes(seed, 32) };
	else if (kind == ACT_HUB_APPROVAL)
		a.u.approval.device = some_bytes(seed, 16);
	else if (kind == ACT_HUB_ROTATION)
		a.u.rotation = (hub_rotation){ some_bytes(seed, 16), some_text(seed),
			some_text(seed), some_bytes(seed, 32), some_bytes(seed, 32),
			some_bytes(seed, 64), some_number(seed), (uint64_t)some_number(seed) };
	else if (kind == ACT_HUB_FREEZE)
		a.u.freeze = (hub_freeze){ some_bytes(seed, 16), (uint64_t)some_number(seed),
			some_bytes(seed, 32) };
	else if (kind == ACT_HUB_NOTICE)
		a.u.notice = (hub_notice){ (notice_level)(seeded(seed) % 4), some_number(seed) };
	else if (kind == ACT_HUB_RESTORE)
		a.u.restore = (hub_restore){ some_bytes(seed, 40), some_bytes(seed, 64) };
	else if (kind == ACT_HUB_FEEDS)
		a.u.feeds = (hub_feeds){ seeded(seed), some_bytes(seed, 32) };
	else if (kind == ACT_HUB_CLOCK)
		a.u.clock = (hub_clock){ (clock_finding)(seeded(seed) % 5), some_number(seed),
			some_number(seed), some_bytes(seed, 16) };
	else if (kind == ACT_HUB_MOVED)
		a.u.moved = (hub_moved){ some_text(seed), some_bytes(seed, 32), some_number(seed),
			some_number(seed) };
	else if (kind == ACT_ISSUE)
		a.u.issue = (issue){ (uint64_t)some_number(seed), some_number(seed),
			some_bytes(seed, 32), some_text(seed) };
	else
		a.u.revocation = (hub_revocation){ some_bytes(seed, 16), some_text(seed) };
	return a;
}

/* The bytes of A in the arena. */
static inline span
encoded(act *a, arena *memory)
{
	buf body = { 0 }, whole = { 0 };
	span bytes;

	assert_int_equal(act_encode_body(a, memory, &body), MS_OK);
	a->body = arena_copy(memory, buf_span(&body));
	assert_int_equal(act_encode(a, memory, &whole), MS_OK);
	bytes = arena_copy(memory, buf_span(&whole));
	buf_fini(&body);
	buf_fini(&whole);
	return bytes;
}

/* ---- the reference ---- */

static inline bool reference_clean(const ProtobufCMessage *m);

static inline bool
reference_clean_value(const ProtobufCFieldDescriptor *field, const void *at)
{
	const void *pointer;
	int number;

	switch (field->type) {
	case PROTOBUF_C_TYPE_ENUM:
		memcpy(&number, at, sizeof(number));
		return protobuf_c_enum_descriptor_get_value(field->descriptor, number) != NULL;
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&pointer, at, sizeof(pointer));
		return text_is_clean(span_str(pointer));
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&pointer, at, sizeof(pointer));
		return reference_clean(pointer);
	default:
		return true;
	}
}

static inline size_t
reference_element_size(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(void *);
}

/* No unknown field, no undeclared enum number, clean texts, here and inside. Only singular enums
 * occur. */
static inline bool
reference_clean(const ProtobufCMessage *m)
{
	unsigned i;

	if (m->n_unknown_fields != 0)
		return false;
	for (i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];
		const uint8_t *at = (const uint8_t *)m + field->offset;
		const void *pointer;
		size_t n = 1, k;

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			const uint8_t *const *list = (const void *)at;

			memcpy(&n, (const uint8_t *)m + field->quantifier_offset, sizeof(n));
			at = *list;
		} else if (field->type == PROTOBUF_C_TYPE_STRING ||
			   field->type == PROTOBUF_C_TYPE_MESSAGE) {
			memcpy(&pointer, at, sizeof(pointer));
			n = pointer != NULL;
		} else {
			protobuf_c_boolean has;

			memcpy(&has, (const uint8_t *)m + field->quantifier_offset, sizeof(has));
			n = has != 0;
		}
		for (k = 0; k < n; k++)
			if (!reference_clean_value(field, at + k * reference_element_size(field)))
				return false;
	}
	return true;
}

/* Unpack, look, pack again: canonical when the same bytes come back (promise 5 of
 * src/README.md). */
static inline bool
reference_canonical(const ProtobufCMessageDescriptor *descriptor, span bytes)
{
	ProtobufCMessage *m = protobuf_c_message_unpack(descriptor, NULL, bytes.len, bytes.at);
	bool same = false;

	if (m == NULL)
		return false;
	if (reference_clean(m) && protobuf_c_message_get_packed_size(m) == bytes.len) {
		uint8_t *again = malloc(bytes.len + 1);

		assert_non_null(again);
		protobuf_c_message_pack(m, again);
		same = bytes.len == 0 || memcmp(again, bytes.at, bytes.len) == 0;
		free(again);
	}
	protobuf_c_message_free_unpacked(m, NULL);
	return same;
}

/* ---- mutations ---- */

/* One small change of BYTES in OUT (room for 2 * len + 16): bits, bytes cut, doubled, moved, longer
 * varints, strange numbers. */
static inline size_t
mutated(uint64_t *seed, span bytes, uint8_t *out)
{
	size_t len = bytes.len, at = len == 0 ? 0 : seeded(seed) % len, n = 1 + seeded(seed) % 8;

	memcpy(out, bytes.at, len);
	if (len == 0)
		return 0;
	if (n > len - at)
		n = len - at;
	switch (seeded(seed) % 8) {
	case 0:
		out[at] ^= (uint8_t)(1u << seeded(seed) % 8);
		return len;
	case 1:
		out[at] = (uint8_t)seeded(seed);
		return len;
	case 2:
		return at;
	case 3:
		memmove(out + at, out + at + n, len - at - n);
		return len - n;
	case 4:
		memmove(out + at + n, out + at, len - at);
		return len + n;
	case 5: /* the same number, one byte longer */
		memmove(out + at + 1, out + at, len - at);
		out[at] |= 0x80;
		out[at + 1] = 0;
		return len + 1;
	case 6: /* an element of a list or a field twice at the end */
		memcpy(out + len, out + at, len - at);
		return len + (len - at);
	default:
		out[at] = (uint8_t)(seeded(seed) % 4 == 0 ? 0xff : seeded(seed) % 0x60);
		return len;
	}
}

#endif
