/* SPDX-License-Identifier: Apache-2.0 */
/* test_uplink_way.c - what is wrong between a device and its hub is told as that, and is over when
 * it is over. */
#include "uplink_rig.h"

/* Silence until the uplink gives this connection up; it has made a new one then. */
static void
nothing_comes_back(rig *r)
{
	uplink_step step = tick(r);

	while (step.action != UPLINK_OPEN) {
		if (step.action == UPLINK_NONE)
			r->now = step.deadline_us;
		step = tick(r);
	}
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
}

static void
connections_without_a_receipt_are_told_while_connected(void **unused)
{
	rig *r = rig_ready(1, 1);
	int i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		assert_false(uplink_look(r->up).stuck);
		assert_int_equal(in_flight(r), 1);
		nothing_comes_back(r);
	}
	assert_int_equal(state(r), UPLINK_READY);
	assert_true(uplink_look(r->up).stuck);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_STUCK);
	nothing_comes_back(r);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_STUCK);
	receipt(r, 0);
	assert_false(uplink_look(r->up).stuck);
	in(r, welcome_frame(1 + ACTS));
	assert_int_equal(uplink_look(r->up).code, 0);
	rig_free(r);
}

static void
a_quiet_line_that_breaks_is_not_stuck(void **unused)
{
	rig *r = rig_ready(0, 1);
	int i;

	(void)unused;
	for (i = 0; i < 5; i++)
		nothing_comes_back(r);
	assert_false(uplink_look(r->up).stuck);
	assert_int_equal(uplink_look(r->up).code, 0);
	rig_free(r);
}

static void
hellos_without_an_answer_are_told_too(void **unused)
{
	rig *r = rig_new(0);
	int i;

	(void)unused;
	open_and_connect(r);
	for (i = 0; i < 3; i++) {
		uplink_step step = tick(r);

		assert_false(uplink_look(r->up).stuck);
		while (step.action != UPLINK_OPEN) {
			r->now = step.deadline_us > r->now ? step.deadline_us : r->now;
			step = tick(r);
		}
		uplink_connected(r->up, r->now);
	}
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_STUCK);
	rig_free(r);
}

static void
a_cut_handshake_is_no_refusal(void **unused)
{
	rig *r = rig_new(1);
	int i;

	(void)unused;
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	for (i = 0; i < 20; i++) {
		uplink_cut(r->up, r->now);
		assert_int_equal(state(r), UPLINK_DOWN);
		assert_int_equal(uplink_look(r->up).code, MST_WIRE_CUT);
		assert_int_equal(tick(r).action, UPLINK_NONE); /* the socket tries on by itself */
		r->now += S;
	}
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	assert_int_equal(uplink_look(r->up).code, 0);
	rig_free(r);
}

static void
why_there_is_no_connection_is_told_while_there_is_none(void **unused)
{
	rig *r = rig_new(1);
	int gap;

	(void)unused;
	uplink_unreachable(r->up, UPLINK_GAP_NOBODY);
	assert_int_equal(uplink_look(r->up).code, 0); /* nothing was tried */
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	for (gap = UPLINK_GAP_NAME; gap < UPLINK_GAP_COUNT; gap++) {
		uplink_unreachable(r->up, (uplink_gap)gap);
		assert_int_equal(uplink_look(r->up).code, MST_WIRE_NO_NAME + gap - 1);
		assert_int_equal(state(r), UPLINK_DOWN);
	}
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	uplink_unreachable(r->up, UPLINK_GAP_NOBODY); /* came late */
	assert_int_equal(uplink_look(r->up).code, 0);
	rig_free(r);
}

static void
a_hub_that_was_verified_is_doubted_for_less_than_a_minute(void **unused)
{
	uplink_config config = {
		.roles = ROLE_PUSH, .hub = the_hub, .software = "test", .seed = 7
	};
	uplink_host host = { .sealed_next = box_sealed_next };
	rig *r = calloc(1, sizeof(*r));
	wire_out out = capture_out(&r->wire);
	uplink_step step;
	int i;

	(void)unused;
	config.verified.size = 1;
	r->now = 1000 * S;
	assert_int_equal(uplink_new(&config, &host, &out, r->now, &r->up), MS_OK);
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	for (i = 0; i < 12; i++) {
		uplink_no_hub(r->up, r->now);
		assert_int_equal(state(r), UPLINK_REFUSED);
		step = tick(r);
		assert_int_equal(step.action, UPLINK_CLOSE);
		assert_true(step.deadline_us >= r->now + 30 * S);
		assert_true(step.deadline_us <= r->now + 45 * S);
		r->now = step.deadline_us;
		assert_int_equal(tick(r).action, UPLINK_OPEN);
	}
	rig_free(r);
}

/* This machine slept, or the line held it up. */
static void
an_answer_that_lay_unread_tells_no_time(void **unused)
{
	rig *r = rig_ready(0, 1);
	frame pong = { .kind = FRAME_PONG };
	int64_t told_us = uplink_look(r->up).hub_time_us;

	(void)unused;
	r->now += 30 * S;
	tick(r);
	pong.u.pong.number = capture_next(&r->wire, FRAME_PING)->u.ping.number;
	pong.u.pong.hub_time_us = 1000;
	r->now += 130 * S;
	in(r, pong);
	assert_int_equal(uplink_look(r->up).hub_time_us, told_us);
	tick(r);
	pong.u.pong.number = capture_next(&r->wire, FRAME_PING)->u.ping.number;
	pong.u.pong.hub_time_us = 2000;
	r->now += S;
	in(r, pong);
	assert_int_equal(uplink_look(r->up).hub_time_us, 2000);
	assert_int_equal(uplink_look(r->up).hub_time_at_us, r->now);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_without_a_receipt_are_told_while_connected),
		cmocka_unit_test(a_quiet_line_that_breaks_is_not_stuck),
		cmocka_unit_test(hellos_without_an_answer_are_told_too),
		cmocka_unit_test(a_cut_handshake_is_no_refusal),
		cmocka_unit_test(why_there_is_no_connection_is_told_while_there_is_none),
		cmocka_unit_test(an_answer_that_lay_unread_tells_no_time),
		cmocka_unit_test(a_hub_that_was_verified_is_doubted_for_less_than_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
