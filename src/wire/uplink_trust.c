/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_trust.c - what an uplink does about a hub whose log it cannot believe: it sends nothing
 * more, says so, and looks again with every new session. */
#include "wire/restored.h"
#include "wire/uplink_state.h"

static bool
distrust(uplink *u, const ms_error *why, const frame_checkpoint *shown, int64_t now_us)
{
	*uplink_trouble(u) = *why;
	if (u->hold != UPLINK_SPLIT && u->host.alarm != NULL)
		u->host.alarm(u->host.ctx, why, shown->note);
	uplink_set_hold(u, UPLINK_SPLIT, now_us);
	uplink_forget_flights(u); /* nobody waits for answers that are not believed */
	return false;
}

/* A log that was restored says so in WELCOME and nowhere else: it is opened anew with the hub. */
bool
trust_restored(uplink *u, const frame_welcome *w, int64_t now_us)
{
	uint32_t before = u->witness.generation;
	ms_error why = { 0 };

	if (witness_take_restored(&u->witness, &w->checkpoint, &w->restored, &why) != MS_OK)
		return distrust(u, &why, &w->checkpoint, now_us);
	if (u->witness.generation != before && u->host.verified != NULL)
		u->host.verified(u->host.ctx, &u->witness.verified, w->checkpoint.note);
	return true;
}

void
trust_ended(uplink *u, int64_t now_us)
{
	static const frame_checkpoint none;
	ms_error why = { 0 };

	ms_fail(&why, MS_DENIED, MST_WIRE_HISTORY,
		"the hub says that the log of %llu leaves which this device verified is not its "
		"own: nothing more is sent, show both sides' checkpoints to whoever supervises "
		"the hub",
		(unsigned long long)u->witness.verified.size);
	distrust(u, &why, &none, now_us);
}

bool
trust_checkpoint(uplink *u, const frame_checkpoint *shown, int64_t now_us)
{
	uint64_t before = u->witness.verified.size;
	ms_error why = { 0 };

	if (witness_take(&u->witness, shown, &why) != MS_OK)
		return distrust(u, &why, shown, now_us);
	if (u->witness.verified.size != before && u->host.verified != NULL)
		u->host.verified(u->host.ctx, &u->witness.verified, shown->note);
	return true;
}

ms_status
trust_receipts(uplink *u, const frame *f, int64_t now_us, ms_error *err)
{
	const frame_receipt *list = f->u.receipts.list;
	uint8_t room[BATCH_SIGNED_SIZE];
	ms_error why = { 0 };
	size_t i;

	if (u->witness.key == NULL)
		return MS_OK;
	if (!trust_checkpoint(u, &f->u.receipts.checkpoint, now_us))
		return MS_DENIED;
	for (i = 0; i < f->u.receipts.n; i++) {
		ms_status s = u->host.signed_part(u->host.ctx, list[i].first_seq, room, &why);

		if (s == MS_NOT_FOUND)
			continue; /* a batch of an older outbox: storing leaves it out too */
		if (s != MS_OK) {
			*err = why;
			return s;
		}
		s = witness_check_receipt(&u->witness, &list[i], span_of(room, sizeof(room)), &why);
		if (s != MS_OK) {
			distrust(u, &why, &f->u.receipts.checkpoint, now_us);
			return MS_DENIED;
		}
	}
	return MS_OK;
}
