/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_fetch.c - a plan file in pieces. The version is the hash of the file, so whatever happens on
 * the way, only the right bytes are ever handed out; a version that turned out wrong is remembered,
 * so that a broken hub is not asked for ever.
 */
#include "wire/plan_fetch.h"

#include "plan/plan.h"

enum { PIECE_OVERDUE_US = 20 * 1000000 };

void
plan_fetch_init(plan_fetch *p, const hash32 *held)
{
	*p = (plan_fetch){ 0 };
	p->held = *held;
}

void
plan_fetch_fini(plan_fetch *p)
{
	buf_fini(&p->file);
	*p = (plan_fetch){ 0 };
}

static void
stop_fetching(plan_fetch *p)
{
	buf_fini(&p->file);
	p->active = false;
	p->size = 0;
	p->asked_us = 0;
}

void
plan_fetch_want(plan_fetch *p, span version)
{
	hash32 wanted;

	if (version.len != HASH_SIZE)
		return;
	memcpy(wanted.at, version.at, HASH_SIZE);
	if (hash_is_zero(&wanted) || (p->active && hash_equal(&wanted, &p->wanted)))
		return;
	if (hash_equal(&wanted, &p->held) || hash_equal(&wanted, &p->given_up)) {
		if (p->active)
			stop_fetching(p);
		return;
	}
	stop_fetching(p);
	p->wanted = wanted;
	p->active = true;
}

void
plan_fetch_restart(plan_fetch *p)
{
	p->asked_us = 0;
	p->given_up = (hash32){ 0 };
}

int64_t
plan_fetch_tick(plan_fetch *p, const wire_out *out, int64_t now_us)
{
	frame f = { .kind = FRAME_PLAN_REQUEST };

	if (!p->active)
		return INT64_MAX;
	if (p->asked_us != 0 && now_us < p->asked_us + PIECE_OVERDUE_US)
		return p->asked_us + PIECE_OVERDUE_US;
	f.u.plan_request.version = span_of(p->wanted.at, HASH_SIZE);
	f.u.plan_request.offset = p->file.len;
	(void)out->send(out->ctx, &f); /* a full pipe is an answer overdue */
	p->asked_us = now_us == 0 ? 1 : now_us;
	return p->asked_us + PIECE_OVERDUE_US;
}

static ms_status
give_up(plan_fetch *p, ms_error *err, const char *what)
{
	p->given_up = p->wanted;
	stop_fetching(p);
	return ms_fail(err, MS_INVALID, MST_WIRE_PLAN_HASH,
		"the plan that the hub sent %s; the plan held before stays in use", what);
}

ms_status
plan_fetch_in(plan_fetch *p, const frame_plan *piece, ms_error *err)
{
	hash32 got;

	if (!p->active || !span_equal(piece->version, span_of(p->wanted.at, HASH_SIZE)) ||
		piece->offset != p->file.len)
		return MS_AGAIN; /* an answer to an older question */
	if (piece->size == 0 || piece->size > PLAN_BYTES_MAX ||
		(p->size != 0 && piece->size != p->size) || piece->piece.len == 0 ||
		piece->piece.len > piece->size - p->file.len)
		return give_up(p, err, "has sizes that do not fit");
	if (buf_add_span(&p->file, piece->piece) != MS_OK) {
		stop_fetching(p);
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the plan");
	}
	p->size = piece->size;
	p->asked_us = 0;
	if (p->file.len < p->size)
		return MS_AGAIN;
	got = hash_of(buf_span(&p->file));
	if (!hash_equal(&got, &p->wanted))
		return give_up(p, err, "does not have the announced hash");
	return MS_OK;
}

void
plan_fetch_done(plan_fetch *p, bool kept)
{
	if (kept)
		p->held = p->wanted;
	else
		p->given_up = p->wanted;
	stop_fetching(p);
}

void
plan_fetch_refused(plan_fetch *p)
{
	if (!p->active)
		return;
	p->given_up = p->wanted;
	stop_fetching(p);
}
