/* SPDX-License-Identifier: Apache-2.0 */
/* test_session_join.c - what a one-time key and a device without approval may say. */
#include <stdlib.h>

#include "capture.h"
#include "wire/session.h"

typedef struct rig {
	capture wire;
	session_device device;
	session_hub hub;
	ms_status take;
	unsigned taken;
	session *s;
} rig;

static void
who_is(void *ctx, span user, session_device *out)
{
	(void)user;
	*out = ((rig *)ctx)->device;
}

static ms_status
give_plan(void *ctx, span version, uint64_t offset, frame_plan *piece)
{
	(void)ctx;
	(void)version;
	*piece = (frame_plan){ .offset = offset, .size = 4, .piece = span_str("plan") };
	return MS_OK;
}

static ms_status
take_join(void *ctx, const session_facts *who, const device_id *from, const frame_join *asked)
{
	rig *r = ctx;

	(void)who;
	assert_int_equal(from == NULL, r->device.standing == SESSION_INVITED);
	if (asked->sign_key.len == 0)
		return MS_INVALID;
	r->taken++;
	return r->take;
}

static rig *
rig_new(void)
{
	rig *r = calloc(1, sizeof(*r));
	wire_out out = capture_out(&r->wire);

	r->hub = (session_hub){ .ctx = r, .device = who_is, .plan = give_plan, .join = take_join };
	r->s = session_new(&r->hub, &out, span_str("route"), span_str("key"), 1, 0);
	assert_non_null(r->s);
	return r;
}

static void
rig_free(rig *r)
{
	session_free(r->s);
	capture_clear(&r->wire);
	free(r);
}

static void
in(rig *r, frame f)
{
	session_in(r->s, span_str("key"), &f, NULL, 1);
}

static void
expect_error(rig *r, const char *name)
{
	const frame *f = capture_next(&r->wire, FRAME_ERROR);

	assert_non_null(f);
	assert_true(span_equal(f->u.error.name, span_str(name)));
}

/* A one-time key, then what its holder may say. */
static void
a_one_time_key_is_good_for_join_alone(void **unused)
{
	static const frame_kind kinds[] = { FRAME_HELLO, FRAME_PUSH, FRAME_SUBSCRIBE, FRAME_CREDIT,
		FRAME_PING, FRAME_PROOF_REQUEST, FRAME_PLAN_REQUEST, FRAME_DELIVERY_REQUEST };
	frame join = { .kind = FRAME_JOIN }, joined = { .kind = FRAME_JOINED };
	rig *r = rig_new();
	size_t i;

	(void)unused;
	r->device = (session_device){ .standing = SESSION_INVITED };
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		in(r, (frame){ .kind = kinds[i] });
		expect_error(r, "JOIN_ONLY");
	}
	in(r, join);
	expect_error(r, "JOIN_KEYS");
	join.u.join.sign_key = span_str("a key");
	in(r, join);
	assert_int_equal(r->taken, 1);
	in(r, join); /* one at a time */
	expect_error(r, "BUSY");
	session_joined(r->s, &joined);
	capture_next(&r->wire, FRAME_JOINED);
	in(r, (frame){ .kind = FRAME_PLAN_REQUEST });
	capture_next(&r->wire, FRAME_PLAN);
	in(r, (frame){ .kind = FRAME_HELLO });
	expect_error(r, "JOIN_ONLY");
	r->take = MS_FULL;
	in(r, join);
	expect_error(r, "BUSY");
	assert_false(session_ended(r->s));
	rig_free(r);
}

static void
who_waits_for_approval_is_told_so(void **unused)
{
	static const frame_kind kinds[] = { FRAME_HELLO, FRAME_PUSH, FRAME_SUBSCRIBE, FRAME_JOIN,
		FRAME_PING, FRAME_PLAN_REQUEST };
	rig *r = rig_new();
	size_t i;

	(void)unused;
	r->device.standing = SESSION_PENDING;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		in(r, (frame){ .kind = kinds[i] });
		expect_error(r, "PENDING");
	}
	assert_int_equal(r->taken, 0);
	assert_false(session_ended(r->s) || session_who(r->s)->welcomed);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_one_time_key_is_good_for_join_alone),
		cmocka_unit_test(who_waits_for_approval_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
