/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uplink_stick.c - receipts that came on another way than the line.
 *
 * They prove themselves by the log's key. What they prove about the log's growth counts where they
 * begin at what was verified here last, or show by whose order the log was restored since; else
 * they are receipts like others, and the newest verified checkpoint stays. It stays too while there
 * is a connection, on which the hub goes on from what it showed there.
 */
#include "wire/restored.h"
#include "wire/uplink_state.h"

static bool
begins_here(const witness *w, const frame_checkpoint *c)
{
	uint32_t now = w->generation == 0 ? 1 : w->generation;

	return w->verified.size == 0 ||
	       ((c->from == w->verified.size || c->size == w->verified.size) &&
		       (w->key == NULL || generation_of(c->note, w->key) == now));
}

/* *GOES_ON: the checkpoint of F is the newest one for W, which has followed an order that it shows.
 */
static ms_status
take_checkpoint(witness *w, const frame *f, bool *goes_on, ms_error *err)
{
	const frame_checkpoint *c = &f->u.receipts.checkpoint;
	uint32_t before = w->generation;
	ms_status s = MS_OK;

	if (f->u.receipts.restored.header.len > 0)
		s = witness_take_restored(w, c, &f->u.receipts.restored, err);
	*goes_on = w->generation != before || begins_here(w, c);
	if (s == MS_OK && !*goes_on)
		*w = (witness){ .key = w->key };
	return s == MS_OK ? witness_take(w, c, err) : s;
}

static ms_status
check_each(uplink *u, const witness *w, const frame *f, ms_error *err)
{
	uint8_t room[BATCH_SIGNED_SIZE];
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < f->u.receipts.n && s == MS_OK; i++) {
		const frame_receipt *r = &f->u.receipts.list[i];

		s = u->host.signed_part(u->host.ctx, r->first_seq, room, err);
		if (s == MS_OK)
			s = witness_check_receipt(w, r, span_of(room, sizeof(room)), err);
		else if (s == MS_NOT_FOUND)
			s = MS_OK; /* of an older outbox: storing leaves it out too */
	}
	return s;
}

ms_status
uplink_take_receipts(uplink *u, const frame *f, ms_error *err)
{
	const frame_checkpoint *c = &f->u.receipts.checkpoint;
	witness w = u->witness;
	bool goes_on;
	ms_status s = take_checkpoint(&w, f, &goes_on, err);

	if (s != MS_OK && err->code == MST_WIRE_HISTORY && u->host.alarm != NULL)
		u->host.alarm(u->host.ctx, err, c->note);
	if (s == MS_OK)
		s = check_each(u, &w, f, err);
	if (s != MS_OK)
		return s;
	if (goes_on && !u->linked &&
		(w.verified.size != u->witness.verified.size ||
			w.generation != u->witness.generation)) {
		u->witness = w;
		if (u->host.verified != NULL)
			u->host.verified(u->host.ctx, &w.verified, c->note);
	}
	return u->host.receipts(u->host.ctx, f->u.receipts.list, f->u.receipts.n, err);
}
