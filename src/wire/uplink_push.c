/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uplink_push.c - the window over the outbox.
 *
 *   cursor    the next batch to look at begins here or later
 *   hub_next  the sequence that the hub waits for, as far as known
 *   flights   sent, not yet answered
 *
 * Below hub_next only batches without receipt are sent (the hub has them, their receipts were
 * lost), from it on everything, receipted or not (a restored hub is refilled).
 *
 * After a NACK nothing is sent until every flight is answered. Otherwise each of the batches behind
 * a gap would make us go back again, and one lost place would be answered by a growing flood of
 * copies.
 */
#include "wire/uplink_state.h"

#include "base/lang.h"

enum { RETRY_DEFAULT_MS = 1000, PIPE_FULL_US = 20 * 1000 };

#define STALL_MIN_US (60 * SECOND_US)

int64_t
push_oldest_us(const uplink *u)
{
	return u->n_flights == 0 ? INT64_MAX : u->flights[0].sent_us;
}

/* Is it our stream that the hub describes? HEADER NULL: only its length is known. False after
 * setting a hold. */
static bool
stand_on(uplink *u, uint64_t next, const hash32 *header, int64_t now_us, ms_status *s)
{
	uint64_t sealed_next = 1;
	hash32 ours;
	ms_error err = { 0 };

	*s = u->host.sealed_next(u->host.ctx, &sealed_next, &err);
	if (*s == MS_OK && next > sealed_next) {
		ms_fail(uplink_trouble(u), MS_INVALID, MST_WIRE_BEHIND,
			"the hub has acts of this device that this outbox does not have (an older "
			"copy of the disk?): "
			"nothing is sent. Remove this copy when another machine goes on with this "
			"device; else stop this agent, have a join key made (muster hub invite "
			"--replace) and use it in this directory (muster join)");
		uplink_set_hold(u, UPLINK_BEHIND, now_us);
		return false;
	}
	if (*s == MS_OK)
		*s = u->host.header_before(u->host.ctx, next, &ours, &err);
	if (*s == MS_NOT_FOUND || (*s == MS_OK && header != NULL && !hash_equal(&ours, header))) {
		*s = MS_OK;
		ms_fail(uplink_trouble(u), MS_INVALID, MST_WIRE_BEHIND,
			"the hub knows another history of this device than this outbox has (a copy "
			"of it was used elsewhere?): nothing is sent. "
			"Remove this copy when another machine goes on with this device; else stop "
			"this agent, have a join key made (muster hub invite --replace) and use it "
			"in this directory (muster join)");
		uplink_set_hold(u, UPLINK_BEHIND, now_us);
		return false;
	}
	if (*s != MS_OK)
		*uplink_trouble(u) = err;
	return *s == MS_OK;
}

bool
push_place(uplink *u, int64_t now_us)
{
	uplink_batch first = { 0 };
	uint64_t next = u->welcome.next_seq == 0 ? 1 : u->welcome.next_seq;
	ms_error err = { 0 };
	ms_status s;

	u->window_batches = u->welcome.limits.window_batches;
	if (u->window_batches == 0 || u->window_batches > WINDOW_BATCHES)
		u->window_batches = WINDOW_BATCHES;
	u->window_bytes = u->welcome.limits.window_bytes;
	if (u->window_bytes == 0 || u->window_bytes > WINDOW_BYTES)
		u->window_bytes = WINDOW_BYTES;
	if (!stand_on(u, next, &u->welcome.last_header, now_us, &s))
		return s == MS_OK;
	s = u->host.next(u->host.ctx, 1, true, &first, &err);
	if (s != MS_OK && s != MS_NOT_FOUND && s != MS_DENIED) {
		*uplink_trouble(u) = err;
		return false;
	}
	u->hub_next = next;
	u->cursor = s == MS_OK && first.first_seq < next ? first.first_seq : next;
	return true;
}

static ms_status
find_next(uplink *u, uplink_batch *batch, ms_error *err)
{
	ms_status s;

	if (u->cursor < u->hub_next) {
		s = u->host.next(u->host.ctx, u->cursor, true, batch, err);
		if (s != MS_NOT_FOUND && (s != MS_OK || batch->first_seq < u->hub_next))
			return s;
		u->cursor = u->hub_next;
	}
	return u->host.next(u->host.ctx, u->cursor, false, batch, err);
}

static void
quarantine(uplink *u, unsigned code, uint64_t first_seq, const char *why, span hub_says,
	int64_t now_us)
{
	ms_fail(uplink_trouble(u), MS_INVALID, code,
		"%s the batch that begins at act %llu%s%.*s: nothing more is sent", tr(why),
		(unsigned long long)first_seq, hub_says.len != 0 ? ": " : "", (int)hub_says.len,
		wire_chars(hub_says));
	uplink_set_hold(u, UPLINK_QUARANTINE, now_us);
}

/* Our own storage does not answer: say so, wait, go on. */
static void
host_failed(uplink *u, const ms_error *err, int64_t now_us)
{
	*uplink_trouble(u) = *err;
	u->resume_us = now_us + HOST_RETRY_US;
	uplink_set_link(u, UPLINK_WAITING, now_us);
}

/* Send the next batch. False: not now. */
static bool
push_one(uplink *u, int64_t now_us)
{
	uplink_batch batch = { 0 };
	frame f = { .kind = FRAME_PUSH };
	ms_error err = { 0 };
	size_t bytes_max = u->welcome.limits.batch_bytes == 0 ? BATCH_BYTES_MAX
							      : u->welcome.limits.batch_bytes;
	ms_status s = find_next(u, &batch, &err);

	if (s == MS_NOT_FOUND)
		return false;
	if (s == MS_DENIED) {
		quarantine(u, MST_WIRE_PRUNED, u->cursor,
			TR("the hub asks for acts that were deleted here after keep_days, from"),
			(span){ 0 }, now_us);
		return false;
	}
	if (s != MS_OK) {
		host_failed(u, &err, now_us);
		return false;
	}
	if (batch.bytes.len > bytes_max) {
		quarantine(u, MST_WIRE_BATCH_REFUSED, batch.first_seq,
			TR("the hub takes no batch as large as"), (span){ 0 }, now_us);
		return false;
	}
	if (u->n_flights > 0 && u->flight_bytes + batch.bytes.len > u->window_bytes)
		return false;
	f.u.push = batch.bytes;
	s = u->out.send(u->out.ctx, &f);
	if (s == MS_AGAIN)
		u->resume_us = now_us + PIPE_FULL_US;
	else if (s != MS_OK)
		uplink_reopen(u, now_us);
	if (s != MS_OK)
		return false;
	u->flights[u->n_flights++] = (flight){ .first_seq = batch.first_seq,
		.count = batch.count,
		.bytes = batch.bytes.len,
		.sent_us = now_us,
		.header_hash = batch.header_hash };
	u->flight_bytes += batch.bytes.len;
	u->cursor = batch.first_seq + batch.count;
	return true;
}

void
push_some(uplink *u, int64_t now_us)
{
	if (!u->welcomed || u->hold != 0 || (u->config.roles & ROLE_PUSH) == 0 || u->rewinding)
		return;
	if (u->resume_us != 0) {
		if (now_us < u->resume_us)
			return;
		u->resume_us = 0;
		uplink_set_link(u, UPLINK_READY, now_us);
	}
	while (u->n_flights < u->window_batches && push_one(u, now_us))
		;
}

/* The flight that an answer means, taken out; false when it is none of ours. HASH may be NULL. */
static bool
land(uplink *u, uint64_t first_seq, const hash32 *hash)
{
	uint32_t i;

	for (i = 0; i < u->n_flights; i++)
		if (u->flights[i].first_seq == first_seq &&
			(hash == NULL || hash_equal(hash, &u->flights[i].header_hash)))
			break;
	if (i == u->n_flights)
		return false;
	u->flight_bytes -= u->flights[i].bytes;
	u->n_flights--;
	memmove(&u->flights[i], &u->flights[i + 1], (u->n_flights - i) * sizeof(u->flights[0]));
	return true;
}

static void
go_back(uplink *u, uint64_t to)
{
	if (!u->rewinding || to < u->rewind_to)
		u->rewind_to = to;
	u->rewinding = true;
}

static void
all_landed(uplink *u)
{
	if (!u->rewinding || u->n_flights > 0)
		return;
	u->rewinding = false;
	u->cursor = u->rewind_to;
}

/* Our own storage failed over these receipts: their batches are sent again a little later. */
static void
retry(uplink *u, const frame_receipt *list, size_t n, const ms_error *why, int64_t now_us)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (land(u, list[i].first_seq, &list[i].header_hash))
			go_back(u, list[i].first_seq);
	host_failed(u, why, now_us);
	all_landed(u);
}

void
push_receipts(uplink *u, const frame *f, int64_t now_us)
{
	const frame_receipt *list = f->u.receipts.list;
	size_t n = f->u.receipts.n, i;
	ms_error err = { 0 };
	ms_status s;

	if (n == 0)
		return;
	s = trust_receipts(u, f, now_us, &err);
	if (s == MS_DENIED)
		return;
	if (s == MS_OK)
		s = u->host.receipts(u->host.ctx, list, n, &err);
	if (s != MS_OK) {
		retry(u, list, n, &err, now_us);
		return;
	}
	for (i = 0; i < n; i++) {
		uint64_t next = list[i].first_seq + list[i].count;

		if (land(u, list[i].first_seq, &list[i].header_hash) && next > u->hub_next)
			u->hub_next = next;
	}
	u->receipts += n;
	u->fruitless = 0;
	u->stall_us = STALL_MIN_US;
	all_landed(u);
}

/* The hub waits for an earlier batch than the one it got. */
static void
nack_gap(uplink *u, const frame_nack *nack, int64_t now_us)
{
	uint64_t from = nack->send_from == 0 ? 1 : nack->send_from;
	ms_status s;

	if (from >= nack->first_seq) {
		quarantine(u, MST_WIRE_BATCH_REFUSED, nack->first_seq,
			TR("the hub contradicts itself about"), nack->text, now_us);
		return;
	}
	if (!stand_on(u, from, NULL, now_us, &s)) {
		if (s != MS_OK) {
			u->resume_us = now_us + HOST_RETRY_US;
			go_back(u, nack->first_seq);
		}
		return;
	}
	u->hub_next = from;
	go_back(u, from);
}

static void
nack_wait(uplink *u, const frame_nack *nack, int64_t now_us)
{
	span says = nack->code == NACK_STORAGE ? nack->text : (span){ 0 };
	uint32_t wait_ms =
		uplink_wait_ms(nack->retry_after_ms == 0 ? RETRY_DEFAULT_MS : nack->retry_after_ms);

	if (u->resume_us < now_us + wait_ms * INT64_C(1000))
		u->resume_us = now_us + wait_ms * INT64_C(1000);
	ms_fail(uplink_trouble(u), MS_FULL,
		nack->code == NACK_STORAGE ? MST_WIRE_STORAGE : MST_WIRE_BUSY,
		"the hub cannot take reports just now (%s): they wait here%s%.*s",
		nack->code == NACK_STORAGE ? tr("its storage is full") : tr("it is busy"),
		says.len != 0 ? ": " : "", (int)says.len, wire_chars(says));
	uplink_set_link(u, UPLINK_WAITING, now_us);
	go_back(u, nack->first_seq);
}

void
push_nack(uplink *u, const frame_nack *nack, int64_t now_us)
{
	if (nack->code == NACK_REVOKED) {
		uplink_be_revoked(u, now_us);
		return;
	}
	if (!land(u, nack->first_seq, NULL) && nack->first_seq != 0)
		return; /* an answer to something sent before this session */
	switch (nack->code) {
	case NACK_GAP:
		nack_gap(u, nack, now_us);
		break;
	case NACK_BUSY:
	case NACK_STORAGE:
		nack_wait(u, nack, now_us);
		break;
	case NACK_FORK:
	case NACK_FROZEN:
		uplink_be_frozen(u, now_us);
		break;
	case NACK_HISTORY:
		trust_ended(u, now_us);
		break;
	default:
		quarantine(u, MST_WIRE_BATCH_REFUSED, nack->first_seq, TR("the hub refuses"),
			nack->text, now_us);
		break;
	}
	all_landed(u);
}
