/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_rig.h - an uplink with an outbox in memory and a hub that is the test. */
#ifndef TESTS_WIRE_UPLINK_RIG_H
#define TESTS_WIRE_UPLINK_RIG_H

#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "wire/uplink.h"

enum { BOX_MAX = 128 };

/* An outbox of batches of ten acts each, the bytes of which nobody here reads. */
typedef struct box {
	size_t n;
	bool receipted[BOX_MAX];
	size_t bytes;   /* of each batch */
	size_t pruned;  /* the first so many have no bytes any more */
	ms_status fail; /* nothing can be stored, nor the signed part be read */
	hash32 plan;
	unsigned plans, times_stored, alarms;
	checkpoint verified;
	uint8_t memory[BATCH_BYTES_MAX + 1];
} box;

enum { ACTS = 10 };

typedef struct rig {
	capture wire;
	box outbox;
	uplink *up;
	int64_t now;
} rig;

static inline hash32
header_of(size_t batch)
{
	hash32 h = { { 0 } };

	h.at[0] = 0xb0;
	h.at[1] = (uint8_t)batch;
	return h;
}

static inline ms_status
box_sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)err;
	*seq = 1 + ACTS * ((box *)ctx)->n;
	return MS_OK;
}

static inline ms_status
box_header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	const box *b = ctx;

	(void)err;
	if ((seq - 1) % ACTS != 0 || (seq - 1) / ACTS > b->n)
		return MS_NOT_FOUND;
	*out = seq == 1 ? (hash32){ { 0 } } : header_of((seq - 1) / ACTS - 1);
	return MS_OK;
}

static inline ms_status
box_next(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	const box *b = ctx;
	size_t i;

	(void)err;
	for (i = (from + ACTS - 2) / ACTS; i < b->n && unreceipted && b->receipted[i]; i++)
		;
	if (i >= b->n)
		return MS_NOT_FOUND;
	if (i < b->pruned)
		return MS_DENIED;
	*out = (uplink_batch){ .first_seq = 1 + ACTS * i,
		.count = ACTS,
		.receipted = b->receipted[i],
		.header_hash = header_of(i),
		.bytes = span_of(b->memory, b->bytes) };
	return MS_OK;
}

static inline ms_status
box_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	box *b = ctx;
	size_t i;

	if (b->fail != MS_OK)
		return ms_fail(err, b->fail, MST_FILE_WRITE, "the disk is full");
	for (i = 0; i < n; i++)
		b->receipted[(list[i].first_seq - 1) / ACTS] = true;
	b->times_stored++;
	return MS_OK;
}

static inline ms_status
box_plan(void *ctx, const hash32 *version, span file, ms_error *err)
{
	box *b = ctx;
	hash32 is = hash_of(file);

	(void)err;
	assert_true(hash_equal(version, &is));
	b->plan = *version;
	b->plans++;
	return MS_OK;
}

static inline ms_status
box_signed_part(void *ctx, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE], ms_error *err)
{
	const box *b = ctx;

	if (b->fail != MS_OK)
		return ms_fail(err, b->fail, MST_FILE_READ, "the disk is gone");
	if (first_seq > ACTS * b->n)
		return MS_NOT_FOUND;
	memset(out, (int)first_seq, BATCH_SIGNED_SIZE);
	return MS_OK;
}

static inline void
box_verified(void *ctx, const checkpoint *c, span note)
{
	assert_true(note.len > 0);
	((box *)ctx)->verified = *c;
}

static inline void
box_alarm(void *ctx, const ms_error *why, span note)
{
	(void)note;
	assert_int_equal(why->status, MS_DENIED);
	((box *)ctx)->alarms++;
}

static const device_id the_device = { "device-of-office" };
static const hub_id the_hub = { "hub-of-the-city!" };

/* With a key the hub's log is checked. */
static inline rig *
rig_new_keyed(size_t batches, const log_key *key)
{
	rig *r = calloc(1, sizeof(*r));
	uplink_host host = { .ctx = &r->outbox,
		.sealed_next = box_sealed_next,
		.header_before = box_header_before,
		.next = box_next,
		.receipts = box_receipts,
		.signed_part = box_signed_part,
		.verified = box_verified,
		.alarm = box_alarm,
		.plan = box_plan };
	uplink_config config = { .roles = ROLE_PUSH | ROLE_READ,
		.hub = the_hub,
		.device = the_device,
		.software = "test",
		.log_key = key,
		.seed = 7 };
	wire_out out = capture_out(&r->wire);

	r->outbox.n = batches;
	r->outbox.bytes = 1000;
	r->now = 1000 * S;
	assert_int_equal(uplink_new(&config, &host, &out, r->now, &r->up), MS_OK);
	return r;
}

static inline rig *
rig_new(size_t batches)
{
	return rig_new_keyed(batches, NULL);
}

static inline void
rig_free(rig *r)
{
	uplink_free(r->up);
	free(r);
}

static inline uplink_step
tick(rig *r)
{
	return uplink_tick(r->up, r->now);
}

static inline uplink_state
state(const rig *r)
{
	return uplink_look(r->up).state;
}

static inline void
open_and_connect(rig *r)
{
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	uplink_connected(r->up, r->now);
	tick(r);
}

static inline frame
welcome_frame(uint64_t next_seq)
{
	frame f = { .kind = FRAME_WELCOME };

	f.u.welcome.protocol = 1;
	f.u.welcome.next_seq = next_seq;
	if (next_seq > 1)
		f.u.welcome.last_header = header_of((next_seq - 1) / ACTS - 1);
	f.u.welcome.limits = wire_limits();
	f.u.welcome.hub = span_of(the_hub.at, ID_SIZE);
	return f;
}

static inline void
in(rig *r, frame f)
{
	uplink_in(r->up, &f, r->now);
	tick(r);
}

/* A rig in session with a hub that waits for NEXT_SEQ. */
static inline rig *
rig_ready(size_t batches, uint64_t next_seq)
{
	rig *r = rig_new(batches);

	open_and_connect(r);
	in(r, welcome_frame(next_seq));
	return r;
}

static inline void
receipt(rig *r, size_t batch)
{
	frame_receipt one = {
		.first_seq = 1 + ACTS * batch, .count = ACTS, .header_hash = header_of(batch)
	};
	frame f = { .kind = FRAME_RECEIPT };

	f.u.receipts.list = &one;
	f.u.receipts.n = 1;
	in(r, f);
}

static inline void
nack(rig *r, nack_code code, size_t batch, uint64_t send_from, uint32_t retry_ms)
{
	frame f = { .kind = FRAME_NACK };

	f.u.nack = (frame_nack){ .code = code,
		.first_seq = 1 + ACTS * batch,
		.send_from = send_from,
		.retry_after_ms = retry_ms,
		.text = span_str("because") };
	in(r, f);
}

static inline uint32_t
in_flight(const rig *r)
{
	return uplink_look(r->up).in_flight;
}

#endif
