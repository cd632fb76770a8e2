/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c - one connection at the hub: who it is, what it may do, what is on the way.
 *
 * Every frame is judged against the live roster: a revoked device is answered, not served, and the
 * hub program ends its connection soon after. What a session holds of a batch is its first sequence
 * and its size, until the outcome comes back.
 */
#include "wire/session.h"

#include <stdlib.h>

#include "wire/session_state.h"

enum {
	WINDOW_RETRY_MS = 1000,
	BUSY_RETRY_MS = 500,
	SHORT_RETRY_MS = 10000, /* until people have made space */
	RECEIPTS_PER_FRAME = 64,
	RECEIPTS_BYTES = 128 << 10
};

session *
session_new(const session_hub *hub, const wire_out *out, span routing, span user, uint64_t number,
	int64_t now_us)
{
	session *s;

	if (routing.len > SESSION_ROUTING_MAX || user.len > SESSION_USER_MAX)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->hub = hub;
	s->out = *out;
	memcpy(s->routing, routing.at, routing.len);
	if (user.len > 0)
		memcpy(s->user, user.at, user.len);
	s->facts.number = number;
	s->facts.routing = span_of(s->routing, routing.len);
	s->facts.user = span_of(s->user, user.len);
	s->facts.last_in_us = now_us;
	return s;
}

void
session_free(session *s)
{
	if (s == NULL)
		return;
	feeder_free(s->feed);
	map_fini(&s->told);
	free(s);
}

const session_facts *
session_who(const session *s)
{
	return &s->facts;
}

bool
session_ended(const session *s)
{
	return s->ended;
}

/* ---- HELLO ---- */

static void
keep_software(session *s, span software)
{
	size_t i;

	for (i = 0; i < software.len && i + 1 < sizeof(s->facts.software); i++) {
		uint8_t c = software.at[i];

		s->facts.software[i] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
	s->facts.software[i] = '\0';
}

static bool
hello_fits(session *s, const frame_hello *h)
{
	if (h->protocol_min > WIRE_PROTOCOL_MAX || h->protocol_max < WIRE_PROTOCOL_MIN) {
		session_refuse(s, WIRE_VERSION, NULL, 0);
		return false;
	}
	if (!span_equal(h->device, span_of(s->device.id.at, ID_SIZE))) {
		session_refuse(s, WIRE_WRONG_DEVICE, NULL, 0);
		return false;
	}
	if ((h->roles & (ROLE_PUSH | ROLE_READ)) == 0) {
		session_refuse(
			s, WIRE_WRONG_ROLE, "HELLO asks for no role: 1 push, 2 read, 3 both", 0);
		return false;
	}
	return true;
}

static void
in_hello(session *s, const frame *f, void **token)
{
	const frame_hello *h = &f->u.hello;
	frame reply = { .kind = FRAME_WELCOME };
	frame_welcome *w = &reply.u.welcome;
	arena memory = { 0 };

	(void)token;
	session_forget_hello(s);
	if (!hello_fits(s, h))
		return;
	s->hole = 0;
	s->facts.welcomed = true;
	s->facts.device = s->device.id;
	s->facts.unit = s->device.unit;
	s->facts.roles = h->roles & (ROLE_PUSH | ROLE_READ);
	keep_software(s, h->software);
	s->hub->welcome(s->hub->ctx, &s->facts, w);
	w->protocol = h->protocol_max < WIRE_PROTOCOL_MAX ? h->protocol_max : WIRE_PROTOCOL_MAX;
	w->next_seq = s->device.next_seq;
	w->last_header = s->device.last_header;
	w->limits = wire_limits();
	w->hub = span_of(s->hub->hub.at, ID_SIZE);
	w->frozen = s->device.standing == SESSION_FROZEN;
	if (h->verified.size > 0 && s->hub->named != NULL)
		s->hub->named(s->hub->ctx, &s->facts, &h->verified);
	s->shown = h->verified.size;
	w->checkpoint = session_checkpoint(s, &memory);
	if (s->hub->restored != NULL)
		s->hub->restored(s->hub->ctx, &memory, &w->restored);
	session_say(s, &reply);
	arena_fini(&memory);
}

/* ---- PUSH ---- */

/* Refuse what the header alone shows to be wrong. */
static bool
header_fits(session *s, span bytes, const batch_header *h)
{
	if (bytes.len > BATCH_BYTES_MAX)
		session_nack(
			s, NACK_BAD_BATCH, h->first_seq, "the batch is larger than 192 KiB", 0);
	else if (memcmp(h->device.at, s->facts.device.at, ID_SIZE) != 0)
		session_nack(s, NACK_NOT_YOURS, h->first_seq,
			"the batch was sealed by another device", 0);
	else if (memcmp(h->hub.at, s->hub->hub.at, ID_SIZE) != 0)
		session_nack(
			s, NACK_NOT_YOURS, h->first_seq, "the batch was sealed for another hub", 0);
	else if (h->schema == 0)
		session_nack(s, NACK_BAD_BATCH, h->first_seq, "the batch has no schema", 0);
	else if (h->schema > BATCH_SCHEMA)
		session_nack(s, NACK_SCHEMA, h->first_seq,
			"the batch has a newer schema than this hub knows: the hub must be "
			"upgraded first",
			0);
	else if (s->device.standing == SESSION_FROZEN)
		session_nack(s, NACK_FROZEN, h->first_seq, "the device is frozen", 0);
	else
		return true;
	return false;
}

static bool
has_room(session *s, span bytes, const batch_header *h)
{
	if (s->hole != 0 && h->first_seq > s->hole) {
		frame f = { .kind = FRAME_NACK };

		f.u.nack = (frame_nack){
			.code = NACK_GAP, .first_seq = h->first_seq, .send_from = s->hole
		};
		session_say(s, &f);
		return false;
	}
	s->hole = 0;
	if (s->n_owed < SESSION_FLIGHT_MAX &&
		(s->n_owed == 0 || s->owed_bytes + bytes.len <= WINDOW_BYTES))
		return true;
	s->hole = h->first_seq;
	session_nack(s, NACK_BUSY, h->first_seq,
		"more than the window of WELCOME is without receipt", WINDOW_RETRY_MS);
	return false;
}

static void
in_push(session *s, const frame *f, void **token)
{
	span bytes = f->u.push;
	batch_header h;
	ms_error err = { 0 };
	ms_status status;

	if ((s->facts.roles & ROLE_PUSH) == 0) {
		session_refuse(s, WIRE_WRONG_ROLE, NULL, 0);
		return;
	}
	if (bytes.len < BATCH_SIGNED_SIZE ||
		!batch_header_read(span_of(bytes.at, BATCH_HEADER_SIZE), &h)) {
		session_nack(s, NACK_BAD_BATCH, 0, "the batch has no valid header", 0);
		return;
	}
	if (!header_fits(s, bytes, &h) || !has_room(s, bytes, &h))
		return;
	status = token == NULL ? MS_BUG : s->hub->batch(s->hub->ctx, &s->facts, token, bytes, &err);
	if (status == MS_OK) {
		s->owed[s->n_owed++] = (owed){ .first_seq = h.first_seq, .bytes = bytes.len };
		s->owed_bytes += bytes.len;
		return;
	}
	if (status == MS_INVALID) {
		session_nack(s, NACK_BAD_BATCH, h.first_seq,
			err.text[0] != '\0' ? err.text : "the batch is bad", 0);
		return;
	}
	if (status == MS_DENIED) {
		session_nack(s, NACK_HISTORY, h.first_seq, err.text, 0);
		return;
	}
	s->hole = h.first_seq;
	if (status == MS_NO_SPACE)
		session_nack(s, NACK_STORAGE, h.first_seq, err.text, SHORT_RETRY_MS);
	else
		session_nack(
			s, NACK_BUSY, h.first_seq, "the hub has no room just now", BUSY_RETRY_MS);
}

static void
settle(session *s, uint64_t first_seq)
{
	unsigned i;

	for (i = 0; i < s->n_owed && s->owed[i].first_seq != first_seq; i++)
		;
	if (i == s->n_owed)
		return;
	s->owed_bytes -= s->owed[i].bytes;
	s->n_owed--;
	memmove(&s->owed[i], &s->owed[i + 1], (s->n_owed - i) * sizeof(s->owed[0]));
}

static size_t
receipt_size(const frame_receipt *r)
{
	return 128 + r->verdicts.len + r->n_path * (HASH_SIZE + 4);
}

/* Send the receipts gathered in F, which then has none. */
static void
say_receipts(session *s, frame *f)
{
	arena memory = { 0 };

	if (f->u.receipts.n > 0) {
		f->u.receipts.checkpoint = session_checkpoint(s, &memory);
		session_say(s, f);
	}
	f->u.receipts.n = 0;
	arena_fini(&memory);
}

void
session_outcomes(session *s, const session_outcome *list, size_t n, int64_t now_us)
{
	frame_receipt receipts[RECEIPTS_PER_FRAME];
	frame f = { .kind = FRAME_RECEIPT, .u.receipts.list = receipts };
	size_t bytes = 0;
	size_t i;

	(void)now_us;
	for (i = 0; i < n && !s->ended; i++) {
		const session_outcome *o = &list[i];

		settle(s, o->receipted ? o->receipt.first_seq : o->nack.first_seq);
		if (!o->receipted || f.u.receipts.n == RECEIPTS_PER_FRAME ||
			bytes + receipt_size(&o->receipt) > RECEIPTS_BYTES) {
			say_receipts(s, &f);
			bytes = 0;
		}
		if (o->receipted) {
			receipts[f.u.receipts.n++] = o->receipt;
			bytes += receipt_size(&o->receipt);
		} else {
			frame refusal = { .kind = FRAME_NACK, .u.nack = o->nack };

			session_say(s, &refusal);
		}
	}
	say_receipts(s, &f);
}

/* ---- the other kinds ---- */

static void
in_bye(session *s, const frame *f, void **token)
{
	(void)f;
	(void)token;
	session_end(s);
}

/* A device's complaint changes nothing here. */
static void
in_error(session *s, const frame *f, void **token)
{
	(void)s;
	(void)f;
	(void)token;
}

static void (*const in_rows[FRAME_KIND_COUNT])(session *s, const frame *f, void **token) = {
	[FRAME_HELLO] = in_hello,
	[FRAME_PUSH] = in_push,
	[FRAME_SUBSCRIBE] = session_in_subscribe,
	[FRAME_CREDIT] = session_in_credit,
	[FRAME_PLAN_REQUEST] = session_in_plan_request,
	[FRAME_DELIVERY_REQUEST] = session_in_delivery_request,
	[FRAME_PROOF_REQUEST] = session_in_proof_request,
	[FRAME_PING] = session_in_ping,
	[FRAME_JOIN] = session_in_join,
	[FRAME_ERROR] = in_error,
	[FRAME_BYE] = in_bye,
};

enum { PENDING_RETRY_MS = 2000 };

/* What a one-time key is good for. */
static bool
may_invited(const session *s, frame_kind kind)
{
	return kind == FRAME_JOIN || kind == FRAME_BYE || kind == FRAME_ERROR ||
	       (kind == FRAME_PLAN_REQUEST && s->joined);
}

static bool
may_now(session *s, frame_kind kind)
{
	bool invited = s->device.standing == SESSION_INVITED;

	if (invited && !may_invited(s, kind))
		session_refuse(s, WIRE_JOIN_ONLY, NULL, 0);
	else if (s->device.standing == SESSION_PENDING && kind != FRAME_BYE && kind != FRAME_ERROR)
		session_refuse(s, WIRE_PENDING, NULL, PENDING_RETRY_MS);
	else if (!invited && !s->facts.welcomed && kind != FRAME_HELLO && kind != FRAME_BYE &&
		 kind != FRAME_JOIN)
		session_refuse(s, WIRE_HELLO_FIRST, NULL, 0);
	else
		return true;
	return false;
}

bool
session_in(session *s, span user, const frame *f, void **token, int64_t now_us)
{
	if (s->ended)
		return false;
	s->facts.last_in_us = now_us;
	if (!session_known(s, user, f))
		return false;
	if ((unsigned)f->kind >= FRAME_KIND_COUNT || in_rows[f->kind] == NULL)
		session_refuse(s, WIRE_UNKNOWN_KIND, NULL, 0);
	else if (may_now(s, f->kind))
		in_rows[f->kind](s, f, token);
	return f->kind == FRAME_HELLO && s->facts.welcomed && (s->facts.roles & ROLE_PUSH) != 0 &&
	       !s->ended;
}

void
session_bad_frame(session *s, const ms_error *why, int64_t now_us)
{
	wire_refusal r = WIRE_MALFORMED;

	if (why->code == MST_WIRE_VERSION)
		r = WIRE_VERSION;
	else if (why->code == MST_WIRE_UNKNOWN_KIND)
		r = WIRE_UNKNOWN_KIND;
	s->facts.last_in_us = now_us;
	session_refuse(s, r, why->text[0] != '\0' ? why->text : NULL, 0);
}
