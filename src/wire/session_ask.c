/* SPDX-License-Identifier: Apache-2.0 */
/* session_ask.c - what a device asks, each answered at once by one frame. */
#include "wire/session_state.h"

#include "base/clock.h"

/* Send REPLY, which was asked for, or why there is none. */
static void
answer(session *s, ms_status status, const frame *reply)
{
	if (status == MS_OK)
		session_say(s, reply);
	else
		session_refuse(s, status == MS_NOT_FOUND ? WIRE_UNKNOWN_KIND : WIRE_STORAGE, NULL,
			status == MS_NOT_FOUND ? 0 : STORAGE_RETRY_MS);
}

void
session_in_delivery_request(session *s, const frame *f, void **token)
{
	frame reply = { .kind = FRAME_DELIVERY };
	arena memory = { 0 };

	(void)token;
	reply.u.delivery = (frame_delivery){ .leaf = f->u.delivery_request.leaf,
		.position = f->u.delivery_request.position };
	answer(s,
		s->hub->delivery == NULL
			? MS_NOT_FOUND
			: s->hub->delivery(s->hub->ctx, &s->facts, &memory, &reply.u.delivery),
		&reply);
	arena_fini(&memory);
}

void
session_in_proof_request(session *s, const frame *f, void **token)
{
	frame reply = { .kind = FRAME_PROOF };
	arena memory = { 0 };

	(void)token;
	answer(s,
		s->hub->proof == NULL ? MS_NOT_FOUND
				      : s->hub->proof(s->hub->ctx, &s->facts, &f->u.proof_request,
						&memory, &reply.u.proof),
		&reply);
	arena_fini(&memory);
}

enum { JOIN_RETRY_MS = 1000 };

void
session_in_join(session *s, const frame *f, void **token)
{
	const device_id *from = s->device.standing == SESSION_INVITED ? NULL : &s->device.id;
	ms_status status = MS_NOT_FOUND;

	(void)token;
	if (s->joining)
		status = MS_FULL;
	else if (s->hub->join != NULL)
		status = s->hub->join(s->hub->ctx, &s->facts, from, &f->u.join);
	if (status == MS_NOT_FOUND)
		session_refuse(s, WIRE_UNKNOWN_KIND, NULL, 0);
	else if (status == MS_INVALID)
		session_refuse(s, WIRE_JOIN_KEYS, NULL, 0);
	else if (status != MS_OK)
		session_refuse(s, WIRE_BUSY, NULL, JOIN_RETRY_MS);
	else
		s->joining = true;
}

void
session_joined(session *s, const frame *reply)
{
	s->joining = false;
	s->joined |= reply->kind == FRAME_JOINED;
	session_say(s, reply);
}

void
session_in_plan_request(session *s, const frame *f, void **token)
{
	frame reply = { .kind = FRAME_PLAN };
	ms_status status;

	(void)token;
	status = s->hub->plan(
		s->hub->ctx, f->u.plan_request.version, f->u.plan_request.offset, &reply.u.plan);
	if (status == MS_OK)
		session_say(s, &reply);
	else
		session_refuse(s, status == MS_NOT_FOUND ? WIRE_NO_PLAN : WIRE_STORAGE, NULL,
			status == MS_NOT_FOUND ? 0 : STORAGE_RETRY_MS);
}

void
session_in_ping(session *s, const frame *f, void **token)
{
	frame reply = { .kind = FRAME_PONG };
	arena memory = { 0 };

	(void)token;
	s->facts.queue_depth = f->u.ping.queue_depth;
	if (s->hub->ping != NULL)
		s->hub->ping(s->hub->ctx, &s->facts, &f->u.ping);
	s->hub->pong(s->hub->ctx, &s->facts, &reply.u.pong);
	s->facts.has_pinged = true;
	s->facts.trouble = f->u.ping.trouble;
	s->facts.off_us = time_between(reply.u.pong.hub_time_us, f->u.ping.device_time_us);
	reply.u.pong.number = f->u.ping.number;
	reply.u.pong.checkpoint = session_checkpoint(s, &memory);
	session_say(s, &reply);
	arena_fini(&memory);
}
