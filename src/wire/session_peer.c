/* SPDX-License-Identifier: Apache-2.0 */
/* session_peer.c - the peer of a session: what it is told, when it is sent away, and who it is. */
#include "wire/session_state.h"

static void
stop_feed(session *s)
{
	feeder_free(s->feed);
	s->feed = NULL;
}

void
session_forget_hello(session *s)
{
	s->facts.welcomed = false;
	stop_feed(s);
}

void
session_end(session *s)
{
	s->ended = true;
	stop_feed(s);
}

/* The peer is gone, or its pipe is full although credit keeps it from filling: it will have to say
 * HELLO again. */
void
session_say(session *s, const frame *f)
{
	if (!s->ended && s->out.send(s->out.ctx, f) != MS_OK)
		session_end(s);
}

void
session_refuse(session *s, wire_refusal why, const char *text, uint32_t retry_after_ms)
{
	frame f = wire_refusal_frame(FRAME_ERROR, why, text, retry_after_ms);

	session_say(s, &f);
}

void
session_bye(session *s, wire_refusal why)
{
	frame f = wire_refusal_frame(FRAME_BYE, why, NULL, 0);

	session_say(s, &f);
	session_end(s);
}

void
session_nack(
	session *s, nack_code code, uint64_t first_seq, const char *text, uint32_t retry_after_ms)
{
	frame f = { .kind = FRAME_NACK };

	f.u.nack.code = code;
	f.u.nack.first_seq = first_seq;
	f.u.nack.text = span_str(text);
	f.u.nack.retry_after_ms = retry_after_ms;
	session_say(s, &f);
}

frame_checkpoint
session_checkpoint(session *s, arena *memory)
{
	frame_checkpoint c = { 0 };

	if (s->hub->checkpoint != NULL)
		s->hub->checkpoint(s->hub->ctx, s->shown, memory, &c);
	if (c.size > 0)
		s->shown = c.size;
	return c;
}

bool
session_known(session *s, span user, const frame *f)
{
	s->device = (session_device){ 0 };
	if (span_equal(user, s->facts.user))
		s->hub->device(s->hub->ctx, user, &s->device);
	if (s->device.standing == SESSION_UNKNOWN) {
		session_refuse(s, WIRE_UNKNOWN_KEY, NULL, 0);
		session_end(s);
		return false;
	}
	if (s->device.standing == SESSION_REVOKED) {
		if (f != NULL && f->kind == FRAME_PUSH)
			session_nack(s, NACK_REVOKED, 0, "", 0);
		session_bye(s, WIRE_REVOKED);
		return false;
	}
	if (s->facts.welcomed && memcmp(s->facts.device.at, s->device.id.at, ID_SIZE) != 0)
		session_forget_hello(s); /* the key belongs to another device now */
	return true;
}
