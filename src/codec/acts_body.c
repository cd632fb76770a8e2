/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_body.c - the bodies of all acts but reports, from bytes and to bytes, by one table: which
 * message of act.proto a kind has, and where in the act each of its fields goes. Types and numbers
 * are those of the message's descriptor.
 */
#include <stddef.h>

#include "act.pb-c.h"
#include "codec/acts_parts.h"
#include "codec/lay.h"
#include "codec/walk.h"

/* Texts are written where they are given, flags where they are true; of all others this tells. */
typedef enum presence {
	ALWAYS = 0,
	SOME,      /* not when it is zero or empty */
	SIMULATED, /* by a hub with a simulated clock */
} presence;

typedef struct place {
	uint16_t offset; /* in an act */
	presence written;
} place;

#define AT(member)                              \
	{                                       \
		offsetof(act, u.member), ALWAYS \
	}
#define AT_SOME(member)                       \
	{                                     \
		offsetof(act, u.member), SOME \
	}
#define AT_SIMULATED(member)                       \
	{                                          \
		offsetof(act, u.member), SIMULATED \
	}

/* In the order of the fields, which are numbered from 1 without gaps. */
enum { PLACES_MAX = 9 };

typedef struct body {
	const ProtobufCMessageDescriptor *message;
	place places[PLACES_MAX];
} body;

static const body bodies[] = {
	[ACT_REPORT] = { &muster__report__descriptor, { { 0 } } },
	[ACT_RETRACTION] = { &muster__retraction__descriptor, { AT(retraction.reason) } },
	[ACT_DECISION] = { &muster__decision__descriptor,
		{ AT(steer.reason), AT_SOME(steer.verdict) } },
	[ACT_EXTENSION_REQUEST] = { &muster__extension_request__descriptor,
		{ AT(steer.reason), AT(steer.days) } },
	[ACT_EXTENSION_GRANT] = { &muster__extension_grant__descriptor,
		{ AT(steer.reason), AT(steer.days) } },
	[ACT_EXTENSION_REFUSAL] = { &muster__extension_refusal__descriptor, { AT(steer.reason) } },
	[ACT_EXEMPTION] = { &muster__exemption__descriptor, { AT(steer.reason) } },
	[ACT_EXEMPTION_WITHDRAWAL] = { &muster__exemption_withdrawal__descriptor,
		{ AT(steer.reason) } },
	[ACT_REMINDER] = { &muster__reminder__descriptor, { AT(steer.reason) } },
	[ACT_COMMENT] = { &muster__comment__descriptor, { AT(steer.reason) } },
	[ACT_ADJUSTMENT] = { &muster__adjustment__descriptor,
		{ AT(steer.reason), AT(steer.points) } },
	[ACT_ASSIGN] = { &muster__assign__descriptor, { { 0 } } },
	[ACT_UNASSIGN] = { &muster__unassign__descriptor, { { 0 } } },
	[ACT_LOCK] = { &muster__lock__descriptor, { AT(steer.reason) } },
	[ACT_REOPEN] = { &muster__reopen__descriptor, { AT(steer.reason) } },
	[ACT_ISSUE] = { &muster__issue__descriptor,
		{ AT(issue.leaves), AT(issue.as_of_us), AT(issue.sha256), AT(issue.title) } },
	[ACT_HUB_ORIGIN] = { &muster__hub_origin__descriptor,
		{ AT(origin.hub), AT(origin.origin), AT(origin.sign_key), AT(origin.simulated),
			AT_SIMULATED(origin.clock_start_us), AT_SIMULATED(origin.clock_wall_us),
			AT_SIMULATED(origin.clock_rate), AT_SOME(origin.admin_key),
			AT_SOME(origin.curve_key) } },
	[ACT_HUB_RULES] = { &muster__hub_rules__descriptor, { AT(rules) } },
	[ACT_HUB_PLAN] = { &muster__hub_plan__descriptor,
		{ AT(plan_version_act.version), AT(plan_version_act.size),
			AT(plan_version_act.from_period) } },
	[ACT_HUB_ENROLMENT] = { &muster__hub_enrolment__descriptor,
		{ AT(enrolment.device), AT(enrolment.unit), AT(enrolment.name),
			AT(enrolment.sign_key), AT(enrolment.curve_key),
			AT(enrolment.awaits_approval), AT_SOME(enrolment.replaces),
			AT_SOME(enrolment.invite) } },
	[ACT_HUB_REVOCATION] = { &muster__hub_revocation__descriptor,
		{ AT(revocation.device), AT(revocation.reason) } },
	[ACT_HUB_NOTICE] = { &muster__hub_notice__descriptor,
		{ AT(notice.level), AT(notice.at_us) } },
	[ACT_HUB_APPROVAL] = { &muster__hub_approval__descriptor, { AT(approval.device) } },
	[ACT_HUB_ROTATION] = { &muster__hub_rotation__descriptor,
		{ AT(rotation.device), AT(rotation.unit), AT(rotation.name), AT(rotation.sign_key),
			AT(rotation.curve_key), AT(rotation.signature), AT(rotation.until_us),
			AT(rotation.before) } },
	[ACT_HUB_FREEZE] = { &muster__hub_freeze__descriptor,
		{ AT(freeze.device), AT(freeze.first_seq), AT(freeze.header_hash) } },
	[ACT_HUB_FEEDS] = { &muster__hub_feeds__descriptor, { AT(feeds.count), AT(feeds.chain) } },
	[ACT_HUB_RESTORE] = { &muster__hub_restore__descriptor,
		{ AT(restore.order), AT(restore.signature) } },
	[ACT_HUB_CLOCK] = { &muster__hub_clock__descriptor,
		{ AT(clock.finding), AT(clock.before_us), AT(clock.after_us),
			AT_SOME(clock.device) } },
	[ACT_HUB_MOVED] = { &muster__hub_moved__descriptor,
		{ AT(moved.address), AT(moved.curve_key), AT(moved.from_us), AT(moved.until_us) } },
};

const ProtobufCMessageDescriptor *
body_descriptor(act_kind kind)
{
	return (size_t)kind < sizeof(bodies) / sizeof(bodies[0]) ? bodies[kind].message : NULL;
}

/* The fields of the message: each has its place. */
static unsigned
fields_of(const body *b)
{
	unsigned n = 0;

	while (n < PLACES_MAX && b->places[n].offset != 0)
		n++;
	MS_ASSERT(n == b->message->n_fields);
	return n;
}

static bool
is_bytes(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_BYTES || field->type == PROTOBUF_C_TYPE_STRING;
}

/* ---- from bytes ---- */

/* An enum's numbers stand without gaps from 0. */
static uint32_t
last_of(const ProtobufCEnumDescriptor *numbers)
{
	return numbers->n_values - 1;
}

static void
take(walk *w, const ProtobufCFieldDescriptor *field, void *to)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(span *)to = walk_text(w);
		break;
	case PROTOBUF_C_TYPE_BYTES:
		*(span *)to = w->bytes;
		break;
	case PROTOBUF_C_TYPE_BOOL:
		*(bool *)to = walk_bool(w);
		break;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)to = walk_u32(w);
		break;
	case PROTOBUF_C_TYPE_ENUM:
		*(uint32_t *)to = walk_enum(w, last_of(field->descriptor));
		break;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)to = w->number;
		break;
	default:
		*(int64_t *)to = walk_s64(w);
		break;
	}
}

bool
body_read(span bytes, act *out)
{
	const body *b = &bodies[out->kind];
	unsigned n = fields_of(b);
	walk w = walk_over(bytes);

	memset(&out->u, 0, sizeof(out->u));
	while (walk_next(&w)) {
		size_t i = (w.key >> 3) - 1;

		if (i >= n || ((w.key & 7) == WALK_BYTES) != is_bytes(&b->message->fields[i]))
			return false;
		take(&w, &b->message->fields[i], (uint8_t *)out + b->places[i].offset);
	}
	return !w.bad;
}

/* ---- to bytes ---- */

static uint64_t
number_of(const ProtobufCFieldDescriptor *field, const void *from)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_BOOL:
		return *(const bool *)from;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_ENUM:
		return *(const uint32_t *)from;
	case PROTOBUF_C_TYPE_UINT64:
		return *(const uint64_t *)from;
	default:
		return lay_zigzag(*(const int64_t *)from);
	}
}

static const void *
member(const act *a, const place *p)
{
	return (const uint8_t *)a + p->offset;
}

static bool
is_written(const act *a, const ProtobufCFieldDescriptor *field, const place *p)
{
	const void *from = member(a, p);

	if (field->type == PROTOBUF_C_TYPE_STRING)
		return ((const span *)from)->at != NULL;
	if (p->written == SIMULATED)
		return a->u.origin.simulated;
	if (p->written == ALWAYS && field->type != PROTOBUF_C_TYPE_BOOL)
		return true;
	return is_bytes(field) ? ((const span *)from)->len > 0 : number_of(field, from) != 0;
}

/* What the body has at the most. */
static size_t
size_max(const act *a, const body *b)
{
	unsigned n = fields_of(b), i;
	size_t size = 0;

	for (i = 0; i < n; i++)
		size += is_bytes(&b->message->fields[i])
				? lay_bytes_size(((const span *)member(a, &b->places[i]))->len)
				: LAY_NUMBER_MAX;
	return size;
}

ms_status
body_write(const act *a, buf *out)
{
	const body *b = &bodies[a->kind];
	unsigned n = fields_of(b), i;
	uint8_t *at;

	/* One more: an empty body is there too. */
	if (buf_reserve(out, size_max(a, b) + 1) != MS_OK)
		return MS_NO_MEMORY;
	at = out->at + out->len;
	for (i = 0; i < n; i++) {
		const ProtobufCFieldDescriptor *field = &b->message->fields[i];
		const void *from = member(a, &b->places[i]);

		if (!is_written(a, field, &b->places[i]))
			continue;
		at = is_bytes(field) ? lay_bytes(at, field->id, *(const span *)from)
				     : lay_number(at, field->id, number_of(field, from));
	}
	out->len = (size_t)(at - out->at);
	return MS_OK;
}
