/* SPDX-License-Identifier: Apache-2.0 */
/* session_feed.c - a session's subscription: what it reads, how far it has stored it, and what a
 * FEED frame is proven with. */
#include "wire/session_state.h"

/* Each key is of a few kB. */
enum { KEYS_PER_FRAME = 32, KEYS_BESIDE_ENTRIES = 8 };

static void
note_stored(session *s, uint64_t stored)
{
	const uint32_t agent = ROLE_PUSH | ROLE_READ;

	if (s->hub->stored != NULL && (s->facts.roles & agent) == agent)
		s->hub->stored(s->hub->ctx, &s->facts, s->classes, stored);
}

void
session_in_subscribe(session *s, const frame *f, void **token)
{
	ms_status status;

	(void)token;
	if ((s->facts.roles & ROLE_READ) == 0 || s->hub->feeds == NULL) {
		session_refuse(s, WIRE_WRONG_ROLE, NULL, 0);
		return;
	}
	feeder_free(s->feed);
	s->feed = NULL;
	map_reset(&s->told); /* what was on the way to the one before may not be taken */
	status = feeder_new(s->hub->feeds, &s->facts, &f->u.subscribe, &s->feed);
	if (status == MS_INVALID)
		session_refuse(s, WIRE_MALFORMED,
			"SUBSCRIBE names an item or period that the plan does not have", 0);
	else if (status != MS_OK)
		session_refuse(s, WIRE_STORAGE, NULL, STORAGE_RETRY_MS);
	s->classes = f->u.subscribe.classes;
	if (status == MS_OK)
		note_stored(s, f->u.subscribe.cursor);
}

void
session_in_credit(session *s, const frame *f, void **token)
{
	(void)token;
	if (s->feed == NULL)
		return;
	feeder_credit(s->feed, &f->u.credit);
	note_stored(s, f->u.credit.stored);
}

/* ---- sending ---- */

void
session_log_grew(session *s)
{
	if (s->feed != NULL)
		feeder_log_grew(s->feed);
}

void
session_rollup_changed(session *s, uint64_t key)
{
	if (s->feed != NULL)
		feeder_rollup_changed(s->feed, key);
}

bool
session_reads_rollups(const session *s)
{
	return s->feed != NULL && feeder_reads_rollups(s->feed);
}

bool
session_has_feed_work(const session *s)
{
	return !s->ended && s->feed != NULL && feeder_has_work(s->feed);
}

typedef struct sending {
	session *s;
	arena *memory;
} sending;

static ms_status
send(session *s, const frame *f)
{
	ms_status status = s->out.send(s->out.ctx, f);

	if (status != MS_OK)
		s->lost = true;
	return status;
}

/* More keys than go into FEED have frames of their own ahead of it; they cost no credit. */
static ms_status
send_keys(session *s, frame_feed *feed, leaf_proof *keys, size_t n, arena *memory)
{
	ms_status status = MS_OK;
	size_t sent, part;

	for (sent = 0; n - sent > KEYS_BESIDE_ENTRIES && status == MS_OK; sent += part) {
		frame f = { .kind = FRAME_FEED };

		part = n - sent < KEYS_PER_FRAME ? n - sent : KEYS_PER_FRAME;
		f.u.feed = (frame_feed){ .after = feed->after,
			.cursor = feed->after,
			.size = feed->size,
			.hub_time_us = feed->hub_time_us,
			.keys = keys + sent,
			.n_keys = part };
		f.u.feed.checkpoint = session_checkpoint(s, memory);
		status = send(s, &f);
	}
	feed->keys = n > sent ? keys + sent : NULL;
	feed->n_keys = n - sent;
	return status;
}

static ms_status
send_feed(void *ctx, const frame *f)
{
	const sending *to = ctx;
	session *s = to->s;
	const feed_source *feeds = s->hub->feeds;
	leaf_proof *keys = NULL;
	frame proven = *f;
	size_t n_keys = 0;
	ms_status status;

	if (f->u.feed.n_entries == 0 || feeds->prove == NULL)
		return send(s, f);
	status = feeds->prove(feeds->ctx, &s->told, to->memory, &proven.u.feed, &keys, &n_keys);
	if (status == MS_OK)
		status = send_keys(s, &proven.u.feed, keys, n_keys, to->memory);
	if (status == MS_OK) {
		proven.u.feed.checkpoint = session_checkpoint(s, to->memory);
		status = send(s, &proven);
	}
	if (status != MS_OK)
		map_reset(&s->told); /* nobody knows what has arrived */
	return status;
}

void
session_pump(session *s, size_t budget, arena *memory, int64_t now_us)
{
	sending to = { .s = s, .memory = memory };
	wire_out out = { .ctx = &to, .send = send_feed };
	ms_status status;
	bool needs_parts;

	(void)now_us;
	if (!session_has_feed_work(s) || !session_known(s, s->facts.user, NULL) || s->feed == NULL)
		return;
	status = feeder_pump(s->feed, &out, budget, memory);
	if (status == MS_OK && !feeder_finished(s->feed))
		return;
	needs_parts = feeder_needs_parts(s->feed);
	feeder_free(s->feed);
	s->feed = NULL;
	if (s->lost)
		session_end(s); /* the peer is gone, or does not take what it has credit for */
	else if (needs_parts)
		session_refuse(s, WIRE_MALFORMED,
			"a rollup is larger than a frame, and SUBSCRIBE takes no parts", 0);
	else if (status != MS_OK)
		session_refuse(s, WIRE_STORAGE, NULL, STORAGE_RETRY_MS);
}
