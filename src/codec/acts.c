/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts.c - protobuf-c structs to plan/act.h and back. The canonical walk comes first, so that what is unpacked afterwards is known to be
 * whole; unpacking copies into the arena.
 */
#include "codec/acts.h"

#include "act.pb-c.h"
#include "codec/canon.h"
#include "codec/memory.h"

static span
text(const char *s)
{
	return s == NULL ? (span){ 0 } : span_str(s);
}

static span
bytes_of(protobuf_c_boolean has, const ProtobufCBinaryData *b)
{
	static const uint8_t none[1];

	if (!has)
		return (span){ 0 };
	return b->len == 0 ? span_of(none, 0) : binary_span(b);
}

/* ---- decoding ---- */

static bool
take_parts(const Muster__Report *in, arena *memory, report *out)
{
	size_t i;

	out->n_parts = in->n_parts;
	if (in->n_parts == 0)
		return true;
	out->parts = arena_alloc(memory, in->n_parts * sizeof(*out->parts));
	if (out->parts == NULL)
		return false;
	for (i = 0; i < in->n_parts; i++)
		out->parts[i] = (report_part){
			.id = text(in->parts[i]->id),
			.state = in->parts[i]->has_state ? (part_state)in->parts[i]->state : PART_NONE,
			.note = text(in->parts[i]->note),
		};
	return true;
}

static bool
take_keys(const Muster__Value *in, arena *memory, report_value *out)
{
	size_t i;

	out->has_keys = in->n_keys > 0 || (in->has_no_keys && in->no_keys);
	out->n_keys = in->n_keys;
	if (in->n_keys == 0)
		return true;
	out->keys = arena_alloc(memory, in->n_keys * sizeof(*out->keys));
	if (out->keys == NULL)
		return false;
	for (i = 0; i < in->n_keys; i++)
		out->keys[i] = text(in->keys[i]);
	return true;
}

static bool
take_values(const Muster__Report *in, arena *memory, report *out)
{
	size_t i;

	out->n_values = in->n_values;
	if (in->n_values == 0)
		return true;
	out->values = arena_alloc(memory, in->n_values * sizeof(*out->values));
	if (out->values == NULL)
		return false;
	for (i = 0; i < in->n_values; i++) {
		const Muster__Value *v = in->values[i];

		out->values[i] = (report_value){
			.indicator = text(v->indicator),
			.has_mantissa = v->has_mantissa,
			.mantissa = v->mantissa,
			.has_ratio = v->has_num && v->has_den,
			.half_ratio = v->has_num != v->has_den,
			.num = v->num,
			.den = v->den,
			.has_text = v->text != NULL,
			.text = text(v->text),
			.is_nil = v->nil != NULL,
			.nil_reason = text(v->nil),
			.has_date = v->has_date,
			.date = v->date,
			.provisional = v->has_provisional && v->provisional,
		};
		if (!take_keys(v, memory, &out->values[i]))
			return false;
	}
	return true;
}

static bool
take_attachments(const Muster__Report *in, arena *memory, report *out)
{
	size_t i;

	out->n_attachments = in->n_attachments;
	if (in->n_attachments == 0)
		return true;
	out->attachments = arena_alloc(memory, in->n_attachments * sizeof(*out->attachments));
	if (out->attachments == NULL)
		return false;
	for (i = 0; i < in->n_attachments; i++)
		out->attachments[i] = (report_attachment){
			.name = text(in->attachments[i]->name),
			.size = in->attachments[i]->size,
			.sha256 = bytes_of(in->attachments[i]->has_sha256, &in->attachments[i]->sha256),
		};
	return true;
}

static ms_status
take_report(const Muster__Report *in, arena *memory, act *out)
{
	report *r = &out->u.report;

	*r = (report){
		.has_progress = in->has_progress_pct,
		.progress_pct = in->progress_pct,
		.status = in->has_self_status ? (self_status)in->self_status : SELF_NONE,
		.done = text(in->done),
		.problems = text(in->problems),
		.next_steps = text(in->next_steps),
		.help_needed = text(in->help_needed),
		.prepared_by = text(in->prepared_by),
		.approved_by = text(in->approved_by),
		.phone = text(in->phone),
	};
	if (!take_parts(in, memory, r) || !take_values(in, memory, r) || !take_attachments(in, memory, r))
		return MS_NO_MEMORY;
	return MS_OK;
}

/* The body of each kind: its descriptor, and how its message becomes the act's member. */
typedef struct body_kind {
	act_kind kind;
	const ProtobufCMessageDescriptor *descriptor;
	ms_status (*take)(const ProtobufCMessage *in, arena *memory, act *out);
} body_kind;

static ms_status
take_report_message(const ProtobufCMessage *in, arena *memory, act *out)
{
	return take_report((const Muster__Report *)(const void *)in, memory, out);
}

static ms_status
take_retraction(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__Retraction *m = (const void *)in;

	(void)memory;
	out->u.retraction.reason = text(m->reason);
	return MS_OK;
}

static ms_status
take_origin(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__HubOrigin *m = (const void *)in;

	(void)memory;
	out->u.origin = (hub_origin){
		.hub = bytes_of(m->has_hub, &m->hub),
		.origin = text(m->origin),
		.sign_key = bytes_of(m->has_sign_key, &m->sign_key),
		.simulated = m->simulated,
		.clock_start_us = m->clock_start,
		.clock_wall_us = m->clock_wall,
		.clock_rate = m->clock_rate,
	};
	return MS_OK;
}

static ms_status
take_rules(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__HubRules *m = (const void *)in;

	(void)memory;
	out->u.rules = m->rules;
	return MS_OK;
}

static ms_status
take_plan(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__HubPlan *m = (const void *)in;

	(void)memory;
	out->u.plan_version_act = (hub_plan){
		.version = bytes_of(m->has_version, &m->version),
		.size = m->size,
		.from_period = text(m->from_period),
	};
	return MS_OK;
}

static ms_status
take_enrolment(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__HubEnrolment *m = (const void *)in;

	(void)memory;
	out->u.enrolment = (hub_enrolment){
		.device = bytes_of(m->has_device, &m->device),
		.unit = text(m->unit),
		.name = text(m->name),
		.sign_key = bytes_of(m->has_sign_key, &m->sign_key),
		.curve_key = bytes_of(m->has_curve_key, &m->curve_key),
	};
	return MS_OK;
}

static ms_status
take_revocation(const ProtobufCMessage *in, arena *memory, act *out)
{
	const Muster__HubRevocation *m = (const void *)in;

	(void)memory;
	out->u.revocation = (hub_revocation){ .device = bytes_of(m->has_device, &m->device), .reason = text(m->reason) };
	return MS_OK;
}

static const body_kind body_kinds[] = {
	{ ACT_REPORT, &muster__report__descriptor, take_report_message },
	{ ACT_RETRACTION, &muster__retraction__descriptor, take_retraction },
	{ ACT_HUB_ORIGIN, &muster__hub_origin__descriptor, take_origin },
	{ ACT_HUB_RULES, &muster__hub_rules__descriptor, take_rules },
	{ ACT_HUB_PLAN, &muster__hub_plan__descriptor, take_plan },
	{ ACT_HUB_ENROLMENT, &muster__hub_enrolment__descriptor, take_enrolment },
	{ ACT_HUB_REVOCATION, &muster__hub_revocation__descriptor, take_revocation },
};

static const body_kind *
find_kind(act_kind kind)
{
	size_t i;

	for (i = 0; i < sizeof(body_kinds) / sizeof(body_kinds[0]); i++)
		if (body_kinds[i].kind == kind)
			return &body_kinds[i];
	return NULL;
}

static ms_status
decode_body(arena *memory, act *out)
{
	const body_kind *kind = find_kind(out->kind);
	ProtobufCAllocator allocator = memory_allocator(memory);
	ProtobufCMessage *message;

	if (kind == NULL || out->body.at == NULL || !canon_check(kind->descriptor, out->body)) {
		out->malformed = true;
		return MS_OK;
	}
	message = protobuf_c_message_unpack(kind->descriptor, &allocator, out->body.len, out->body.at);
	if (message == NULL)
		return MS_NO_MEMORY;
	out->body_hash = hash_of(out->body);
	return kind->take(message, memory, out);
}

/* The schema number stands first, so that an act of a later schema can be refused by name although its fields are not known here. */
static uint32_t
schema_of(span bytes)
{
	if (bytes.len >= 2 && bytes.at[0] == 0x08 && bytes.at[1] < 0x80)
		return bytes.at[1];
	return 0;
}

ms_status
act_decode(span bytes, arena *memory, act *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Act *m;

	*out = (act){ .bytes = bytes, .schema = schema_of(bytes) };
	if (out->schema > ACT_SCHEMA || !canon_check(&muster__act__descriptor, bytes)) {
		out->malformed = true;
		return MS_OK;
	}
	m = muster__act__unpack(&allocator, bytes.len, bytes.at);
	if (m == NULL)
		return MS_NO_MEMORY;
	out->schema = m->schema;
	out->kind = m->has_kind ? (act_kind)m->kind : 0;
	out->salt = bytes_of(m->has_salt, &m->salt);
	out->created_us = m->created_at;
	out->plan = text(m->plan);
	out->plan_version = bytes_of(m->has_plan_version, &m->plan_version);
	out->item = text(m->item);
	out->unit = text(m->unit);
	out->period = text(m->period);
	out->revision = m->revision;
	out->body = bytes_of(m->has_body, &m->body);
	return decode_body(memory, out);
}
