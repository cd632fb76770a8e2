/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.c - a table of kinds: how each one's message is encoded and decoded. Those with parts of
 * their own live in the other frame_*.c.
 */
#include "codec/frame.h"

#include "codec/frame_parts.h"
#include "codec/lay.h"
#include "codec/walk.h"

enum { PUSH_BATCH = 1 }; /* wire.proto */

/* ---- encoding ---- */

static ms_status
put_hello(const frame *f, arena *memory, buf *out)
{
	const frame_hello *in = &f->u.hello;
	Muster__Wire__Hello m = MUSTER__WIRE__HELLO__INIT;
	bool failed = false;

	m.has_roles = m.has_protocol_min = m.has_protocol_max = m.has_schema = m.has_device = true;
	m.roles = in->roles;
	m.protocol_min = in->protocol_min;
	m.protocol_max = in->protocol_max;
	m.schema = in->schema;
	m.software = memory_text(in->software, memory, &failed);
	m.device = span_binary(in->device);
	m.verified = parts_put_checkpoint(&in->verified, memory, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static void
put_limits(const frame_limits *in, Muster__Wire__Limits *out)
{
	muster__wire__limits__init(out);
	out->has_act_bytes = out->has_batch_acts = out->has_batch_bytes = true;
	out->has_frame_bytes = out->has_window_batches = out->has_window_bytes = true;
	out->act_bytes = in->act_bytes;
	out->batch_acts = in->batch_acts;
	out->batch_bytes = in->batch_bytes;
	out->frame_bytes = in->frame_bytes;
	out->window_batches = in->window_batches;
	out->window_bytes = in->window_bytes;
}

static ms_status
put_welcome(const frame *f, arena *memory, buf *out)
{
	const frame_welcome *in = &f->u.welcome;
	Muster__Wire__Welcome m = MUSTER__WIRE__WELCOME__INIT;
	Muster__Wire__Limits limits;
	bool failed = false;

	m.has_protocol = m.has_next_seq = m.has_last_header = m.has_schema = m.has_plan_version =
		m.has_hub_time = true;
	m.has_hub = true;
	m.protocol = in->protocol;
	m.software = memory_text(in->software, memory, &failed);
	m.next_seq = in->next_seq;
	m.last_header = span_binary(span_of(in->last_header.at, HASH_SIZE));
	put_limits(&in->limits, &limits);
	m.limits = &limits;
	m.schema = in->schema;
	m.plan_version = span_binary(in->plan_version);
	m.hub_time = in->hub_time_us;
	m.checkpoint = parts_put_checkpoint(&in->checkpoint, memory, &failed);
	m.hub = span_binary(in->hub);
	m.has_frozen = m.frozen = in->frozen;
	m.restored = parts_put_leaf(&in->restored, memory, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_push(const frame *f, arena *memory, buf *out)
{
	(void)memory;
	if (buf_reserve(out, lay_bytes_size(f->u.push.len)) != MS_OK)
		return MS_NO_MEMORY;
	out->len = (size_t)(lay_bytes(out->at + out->len, PUSH_BATCH, f->u.push) - out->at);
	return MS_OK;
}

static ms_status
put_nack(const frame *f, arena *memory, buf *out)
{
	const frame_nack *in = &f->u.nack;
	Muster__Wire__Nack m = MUSTER__WIRE__NACK__INIT;
	bool failed = false;

	m.has_code = m.has_first_seq = true;
	m.code = in->code;
	m.first_seq = in->first_seq;
	m.has_send_from = in->send_from != 0;
	m.send_from = in->send_from;
	m.text = memory_text(in->text, memory, &failed);
	m.has_retry_after_ms = in->retry_after_ms != 0;
	m.retry_after_ms = in->retry_after_ms;
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_subscribe(const frame *f, arena *memory, buf *out)
{
	const frame_subscribe *in = &f->u.subscribe;
	Muster__Wire__Subscribe m = MUSTER__WIRE__SUBSCRIBE__INIT;
	bool failed = false;

	m.has_cursor = m.has_classes = m.has_credit = true;
	m.cursor = in->cursor;
	m.classes = in->classes;
	m.credit = in->credit;
	m.period = memory_text(in->period, memory, &failed);
	m.item = memory_text(in->item, memory, &failed);
	m.has_once = m.once = in->once;
	m.has_parts = m.parts = in->parts;
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_credit(const frame *f, arena *memory, buf *out)
{
	Muster__Wire__Credit m = MUSTER__WIRE__CREDIT__INIT;

	(void)memory;
	m.has_more = m.has_stored = true;
	m.more = f->u.credit.more;
	m.stored = f->u.credit.stored;
	return memory_pack(&m.base, out);
}

static ms_status
put_ping(const frame *f, arena *memory, buf *out)
{
	const frame_ping *in = &f->u.ping;
	Muster__Wire__Ping m = MUSTER__WIRE__PING__INIT;
	bool failed = false;

	m.has_queue_depth = m.has_device_time = m.has_number = true;
	m.queue_depth = in->queue_depth;
	m.software = memory_text(in->software, memory, &failed);
	m.verified = parts_put_checkpoint(&in->verified, memory, &failed);
	m.device_time = in->device_time_us;
	m.number = in->number;
	m.has_clock = in->clock != PING_CLOCK_UNKNOWN;
	m.clock = in->clock;
	m.has_trouble = in->trouble != 0;
	m.trouble = in->trouble;
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_pong(const frame *f, arena *memory, buf *out)
{
	const frame_pong *in = &f->u.pong;
	Muster__Wire__Pong m = MUSTER__WIRE__PONG__INIT;
	bool failed = false;

	m.has_hub_time = m.has_plan_version = m.has_number = true;
	m.hub_time = in->hub_time_us;
	m.checkpoint = parts_put_checkpoint(&in->checkpoint, memory, &failed);
	m.plan_version = span_binary(in->plan_version);
	m.number = in->number;
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_error(const frame *f, arena *memory, buf *out)
{
	const frame_error *in = &f->u.error;
	Muster__Wire__Error m = MUSTER__WIRE__ERROR__INIT;
	bool failed = false;

	m.has_code = true;
	m.code = in->code;
	m.name = memory_text(in->name, memory, &failed);
	m.text = memory_text(in->text, memory, &failed);
	m.has_retry_after_ms = in->retry_after_ms != 0;
	m.retry_after_ms = in->retry_after_ms;
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
put_plan_request(const frame *f, arena *memory, buf *out)
{
	Muster__Wire__PlanRequest m = MUSTER__WIRE__PLAN_REQUEST__INIT;

	(void)memory;
	m.has_version = f->u.plan_request.version.len > 0;
	m.version = span_binary(f->u.plan_request.version);
	m.has_offset = true;
	m.offset = f->u.plan_request.offset;
	return memory_pack(&m.base, out);
}

static ms_status
put_plan(const frame *f, arena *memory, buf *out)
{
	const frame_plan *in = &f->u.plan;
	Muster__Wire__PlanPiece m = MUSTER__WIRE__PLAN_PIECE__INIT;

	(void)memory;
	m.has_version = m.has_offset = m.has_size = m.has_piece = true;
	m.version = span_binary(in->version);
	m.offset = in->offset;
	m.size = in->size;
	m.piece = span_binary(in->piece);
	return memory_pack(&m.base, out);
}

/* ---- decoding: every function borrows from the unpacked message, which lives in the arena ---- */

static ms_status
take_hello(span bytes, arena *memory, frame *out)
{
	bool failed = false;
	UNPACK(Hello, hello);
	out->u.hello = (frame_hello){
		.roles = m->roles,
		.protocol_min = m->protocol_min,
		.protocol_max = m->protocol_max,
		.schema = m->schema,
		.software = parts_text(m->software),
		.device = parts_bytes(m->has_device, &m->device),
		.verified = parts_take_checkpoint(m->verified, memory, &failed),
	};
	return failed ? MS_NO_MEMORY : MS_OK;
}

static ms_status
take_welcome(span bytes, arena *memory, frame *out)
{
	bool failed = false;
	frame_welcome *w = &out->u.welcome;

	UNPACK(Welcome, welcome);
	*w = (frame_welcome){
		.protocol = m->protocol,
		.schema = m->schema,
		.software = parts_text(m->software),
		.next_seq = m->next_seq,
		.last_header = parts_hash(m->has_last_header, &m->last_header),
		.plan_version = parts_bytes(m->has_plan_version, &m->plan_version),
		.hub_time_us = parts_time(m->hub_time),
		.checkpoint = parts_take_checkpoint(m->checkpoint, memory, &failed),
		.hub = parts_bytes(m->has_hub, &m->hub),
		.frozen = m->frozen,
		.restored = parts_take_leaf(m->restored, memory, &failed),
	};
	if (m->limits != NULL)
		w->limits = (frame_limits){
			.act_bytes = m->limits->act_bytes,
			.batch_acts = m->limits->batch_acts,
			.batch_bytes = m->limits->batch_bytes,
			.frame_bytes = m->limits->frame_bytes,
			.window_batches = m->limits->window_batches,
			.window_bytes = m->limits->window_bytes,
		};
	return failed ? MS_NO_MEMORY : MS_OK;
}

/* A batch is not copied: it is found in the frame's own bytes, which the hub keeps. Unknown fields
 * are stepped over. */
static ms_status
take_push(span bytes, arena *memory, frame *out)
{
	const uint8_t *at = bytes.at, *end = bytes.at + bytes.len;
	uint64_t key, v;

	(void)memory;
	while (at != end) {
		at = walk_varint(at, end, false, &key);
		if (at != NULL)
			at = walk_varint(at, end, false, &v);
		if (at == NULL || (key & 7) > WALK_BYTES || (key & 7) == 1)
			return MS_INVALID;
		if ((key & 7) == WALK_NUMBER)
			continue;
		if (v > (uint64_t)(end - at))
			return MS_INVALID;
		if (key == BYTES_FIELD(PUSH_BATCH))
			out->u.push = span_of(at, (size_t)v);
		at += v;
	}
	return out->u.push.at == NULL ? MS_INVALID : MS_OK;
}

static ms_status
take_nack(span bytes, arena *memory, frame *out)
{
	UNPACK(Nack, nack);
	out->u.nack = (frame_nack){ .code = (nack_code)m->code,
		.first_seq = m->first_seq,
		.send_from = m->send_from,
		.text = parts_text(m->text),
		.retry_after_ms = m->retry_after_ms };
	return MS_OK;
}

static ms_status
take_subscribe(span bytes, arena *memory, frame *out)
{
	UNPACK(Subscribe, subscribe);
	out->u.subscribe = (frame_subscribe){ .cursor = m->cursor,
		.classes = m->classes,
		.credit = m->credit,
		.period = parts_text(m->period),
		.item = parts_text(m->item),
		.once = m->once,
		.parts = m->parts };
	return MS_OK;
}

static ms_status
take_credit(span bytes, arena *memory, frame *out)
{
	UNPACK(Credit, credit);
	out->u.credit = (frame_credit){ .more = m->more, .stored = m->stored };
	return MS_OK;
}

static ms_status
take_ping(span bytes, arena *memory, frame *out)
{
	bool failed = false;
	UNPACK(Ping, ping);
	out->u.ping = (frame_ping){ .queue_depth = m->queue_depth,
		.software = parts_text(m->software),
		.verified = parts_take_checkpoint(m->verified, memory, &failed),
		.device_time_us = parts_time(m->device_time),
		.number = m->number,
		.clock = m->clock,
		.trouble = m->trouble };
	return failed ? MS_NO_MEMORY : MS_OK;
}

static ms_status
take_pong(span bytes, arena *memory, frame *out)
{
	bool failed = false;
	UNPACK(Pong, pong);
	out->u.pong = (frame_pong){ .hub_time_us = parts_time(m->hub_time),
		.checkpoint = parts_take_checkpoint(m->checkpoint, memory, &failed),
		.plan_version = parts_bytes(m->has_plan_version, &m->plan_version),
		.number = m->number };
	return failed ? MS_NO_MEMORY : MS_OK;
}

static ms_status
take_error(span bytes, arena *memory, frame *out)
{
	UNPACK(Error, error);
	out->u.error = (frame_error){ .code = m->code,
		.name = parts_text(m->name),
		.text = parts_text(m->text),
		.retry_after_ms = m->retry_after_ms };
	return MS_OK;
}

static ms_status
take_plan_request(span bytes, arena *memory, frame *out)
{
	UNPACK(PlanRequest, plan_request);
	out->u.plan_request =
		(frame_plan_request){ .version = parts_bytes(m->has_version, &m->version),
			.offset = m->offset };
	return MS_OK;
}

static ms_status
take_plan(span bytes, arena *memory, frame *out)
{
	UNPACK(PlanPiece, plan_piece);
	out->u.plan = (frame_plan){ .version = parts_bytes(m->has_version, &m->version),
		.offset = m->offset,
		.size = m->size,
		.piece = parts_bytes(m->has_piece, &m->piece) };
	return MS_OK;
}

/* ---- kinds ---- */

static const struct {
	const char *name;
	ms_status (*put)(const frame *f, arena *memory, buf *out);
	ms_status (*take)(span bytes, arena *memory, frame *out);
} kinds[] = {
	[FRAME_NONE] = { "NONE", NULL, NULL },
	[FRAME_HELLO] = { "HELLO", put_hello, take_hello },
	[FRAME_WELCOME] = { "WELCOME", put_welcome, take_welcome },
	[FRAME_PUSH] = { "PUSH", put_push, take_push },
	[FRAME_RECEIPT] = { "RECEIPT", frame_put_receipts, frame_take_receipts },
	[FRAME_NACK] = { "NACK", put_nack, take_nack },
	[FRAME_SUBSCRIBE] = { "SUBSCRIBE", put_subscribe, take_subscribe },
	[FRAME_FEED] = { "FEED", frame_put_feed, frame_take_feed },
	[FRAME_CREDIT] = { "CREDIT", put_credit, take_credit },
	[FRAME_PROOF_REQUEST] = { "PROOF_REQUEST", frame_put_proof_request,
		frame_take_proof_request },
	[FRAME_PROOF] = { "PROOF", frame_put_proof, frame_take_proof },
	[FRAME_PING] = { "PING", put_ping, take_ping },
	[FRAME_PONG] = { "PONG", put_pong, take_pong },
	[FRAME_JOIN] = { "JOIN", frame_put_join, frame_take_join },
	[FRAME_JOINED] = { "JOINED", frame_put_joined, frame_take_joined },
	[FRAME_ERROR] = { "ERROR", put_error, take_error },
	[FRAME_BYE] = { "BYE", put_error, take_error },
	[FRAME_PLAN_REQUEST] = { "PLAN_REQUEST", put_plan_request, take_plan_request },
	[FRAME_PLAN] = { "PLAN", put_plan, take_plan },
	[FRAME_DELIVERY_REQUEST] = { "DELIVERY_REQUEST", frame_put_delivery_request,
		frame_take_delivery_request },
	[FRAME_DELIVERY] = { "DELIVERY", frame_put_delivery, frame_take_delivery },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == FRAME_KIND_COUNT, "a row for every kind");

const char *
frame_kind_name(frame_kind kind)
{
	return (unsigned)kind < FRAME_KIND_COUNT ? kinds[kind].name : "UNKNOWN";
}

static ms_status
check_header(span bytes, ms_error *err)
{
	if (bytes.len < FRAME_HEADER_SIZE || bytes.at[0] != 'M' || bytes.at[1] != 'U')
		return ms_fail(err, MS_INVALID, MST_WIRE_MALFORMED,
			"this is no Muster frame: it does not begin with the 8-byte header");
	if (bytes.len > FRAME_BYTES_MAX)
		return ms_fail(err, MS_INVALID, MST_WIRE_MALFORMED,
			"the frame has %zu bytes, more than %d", bytes.len, FRAME_BYTES_MAX);
	if (bytes.at[2] != FRAME_MAJOR)
		return ms_fail(err, MS_INVALID, MST_WIRE_VERSION,
			"the frame is of protocol %u, this program speaks %d", bytes.at[2],
			FRAME_MAJOR);
	if (bytes.at[3] == FRAME_NONE || bytes.at[3] >= FRAME_KIND_COUNT)
		return ms_fail(err, MS_INVALID, MST_WIRE_UNKNOWN_KIND, "frame kind %u is not known",
			bytes.at[3]);
	return MS_OK;
}

/*
 * What a frame may take of the arena, for every byte of it: a message of two bytes becomes a struct
 * of a hundred, and only feeds, which come from the hub, have reason to hold thousands of them.
 */
static size_t
memory_cap(const arena *memory, frame_kind kind, size_t frame_bytes)
{
	size_t cap = memory->used + 4096 + frame_bytes * (kind == FRAME_FEED ? 128 : 16);

	return memory->limit != 0 && memory->limit < cap ? memory->limit : cap;
}

ms_status
frame_decode(span bytes, arena *memory, frame *out, ms_error *err)
{
	ms_status s = check_header(bytes, err);
	size_t limit = memory->limit;

	if (s != MS_OK)
		return s;
	*out = (frame){ .kind = (frame_kind)bytes.at[3] };
	if (kinds[out->kind].take == NULL)
		return ms_fail(err, MS_INVALID, MST_WIRE_UNKNOWN_KIND,
			"%s is not offered by this version", kinds[out->kind].name);
	memory->limit = memory_cap(memory, out->kind, bytes.len);
	s = kinds[out->kind].take(
		span_of(bytes.at + FRAME_HEADER_SIZE, bytes.len - FRAME_HEADER_SIZE), memory, out);
	memory->limit = limit;
	return s == MS_OK
		       ? s
		       : ms_fail(err, s, MST_WIRE_MALFORMED,
				 "the message of a %s frame cannot be read", kinds[out->kind].name);
}

ms_status
frame_encode(const frame *f, arena *memory, buf *out)
{
	uint8_t header[FRAME_HEADER_SIZE] = { 'M', 'U', FRAME_MAJOR, (uint8_t)f->kind };
	size_t before = out->len;
	ms_status s;

	if ((unsigned)f->kind >= FRAME_KIND_COUNT || kinds[f->kind].put == NULL)
		return MS_BUG;
	s = buf_add(out, header, sizeof(header));
	if (s == MS_OK)
		s = kinds[f->kind].put(f, memory, out);
	if (s == MS_OK && out->len - before > FRAME_BYTES_MAX)
		s = MS_FULL;
	if (s != MS_OK)
		out->len = before;
	return s;
}
