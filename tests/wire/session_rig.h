/* SPDX-License-Identifier: Apache-2.0 */
/* session_rig.h - a session with a hub program made of variables. */
#ifndef TESTS_WIRE_SESSION_RIG_H
#define TESTS_WIRE_SESSION_RIG_H

#include <stdlib.h>

#include "base/map.h"
#include "capture.h"
#include "wire/session.h"

static const device_id the_device = { "device-of-office" };
static const hub_id the_hub = { "hub-of-the-city!" };

typedef struct rig {
	capture wire;
	session_device device;
	session_hub hub;
	ms_status take; /* what the hub program does with a batch */
	unsigned taken;
	void *last_token;
	session *s;
	uint8_t batch[BATCH_BYTES_MAX + 1];
	size_t batch_len;
} rig;

static inline void
who_is(void *ctx, span user, session_device *out)
{
	(void)user;
	*out = ((rig *)ctx)->device;
}

static inline ms_status
take_batch(void *ctx, const session_facts *who, void **token, span bytes, ms_error *err)
{
	rig *r = ctx;

	assert_true(who->welcomed);
	assert_true(bytes.len > 0);
	if (r->take == MS_INVALID)
		return ms_fail(err, MS_INVALID, 4000, "its signature is wrong");
	if (r->take != MS_OK)
		return r->take;
	r->taken++;
	r->last_token = *token;
	*token = NULL;
	return MS_OK;
}

static inline void
fill_welcome(void *ctx, const session_facts *who, frame_welcome *w)
{
	(void)ctx;
	(void)who;
	w->schema = 1;
	w->hub_time_us = 77;
}

static inline void
fill_pong(void *ctx, const session_facts *who, frame_pong *p)
{
	(void)ctx;
	(void)who;
	p->hub_time_us = 78;
}

static inline ms_status
give_plan(void *ctx, span version, uint64_t offset, frame_plan *piece)
{
	(void)ctx;
	if (version.len != 0)
		return MS_NOT_FOUND;
	*piece = (frame_plan){ .offset = offset, .size = 4, .piece = span_str("plan") };
	return MS_OK;
}

static inline rig *
rig_new(void)
{
	rig *r = calloc(1, sizeof(*r));
	wire_out out = capture_out(&r->wire);

	r->device = (session_device){ .standing = SESSION_ACTIVE, .id = the_device, .next_seq = 5 };
	r->device.last_header.at[0] = 9;
	r->hub = (session_hub){ .ctx = r,
		.hub = the_hub,
		.device = who_is,
		.batch = take_batch,
		.welcome = fill_welcome,
		.pong = fill_pong,
		.plan = give_plan };
	r->s = session_new(&r->hub, &out, span_str("route"), span_str("key"), 1, 0);
	assert_non_null(r->s);
	r->batch_len = 1000;
	return r;
}

static inline void
rig_free(rig *r)
{
	session_free(r->s);
	free(r);
}

static inline bool
in(rig *r, frame f)
{
	int owner = 0;
	void *token = &owner;

	return session_in(r->s, span_str("key"), &f, &token, 1);
}

static inline bool
hello(rig *r, uint32_t roles)
{
	frame f = { .kind = FRAME_HELLO };

	f.u.hello = (frame_hello){ .roles = roles,
		.protocol_min = 1,
		.protocol_max = 1,
		.schema = 1,
		.software = span_str("test\n1"),
		.device = span_of(the_device.at, ID_SIZE) };
	return in(r, f);
}

static inline rig *
rig_welcomed(uint32_t roles)
{
	rig *r = rig_new();

	hello(r, roles);
	assert_non_null(capture_next(&r->wire, FRAME_WELCOME));
	capture_clear(&r->wire);
	return r;
}

static inline batch_header
good_header(uint64_t first_seq)
{
	return (batch_header){ .hub = the_hub,
		.device = the_device,
		.first_seq = first_seq,
		.count = 1,
		.schema = 1 };
}

static inline void
push_header(rig *r, const batch_header *h)
{
	frame f = { .kind = FRAME_PUSH };

	batch_header_write(h, r->batch);
	f.u.push = span_of(r->batch, r->batch_len);
	in(r, f);
}

static inline void
push(rig *r, uint64_t first_seq)
{
	batch_header h = good_header(first_seq);

	push_header(r, &h);
}

static inline void
expect_error(rig *r, const char *name)
{
	const frame *f = capture_next(&r->wire, FRAME_ERROR);

	assert_non_null(f);
	assert_true(span_equal(f->u.error.name, span_str(name)));
	assert_true(f->u.error.text.len > 0);
	assert_int_equal(f->u.error.code,
		wire_refusal_frame(FRAME_ERROR, wire_refusal_of(span_str(name)), NULL, 0)
			.u.error.code);
}

static const frame_nack *
expect_nack(rig *r, nack_code code)
{
	const frame *f = capture_next(&r->wire, FRAME_NACK);

	assert_non_null(f);
	assert_int_equal(f->u.nack.code, code);
	return &f->u.nack;
}

#endif
