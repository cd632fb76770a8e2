/* SPDX-License-Identifier: Apache-2.0 */
/* test_uplink.c - the device's side of a connection: HELLO, refusals, heartbeat, plans. */
#include "uplink_rig.h"

/* ---- HELLO and WELCOME ---- */

static void
says_hello_first_and_pushes_only_after_welcome(void **unused)
{
	rig *r = rig_new(3);
	const frame *f;

	(void)unused;
	open_and_connect(r);
	uplink_wake(r->up, r->now);
	assert_int_equal(r->wire.n, 1);
	f = capture_next(&r->wire, FRAME_HELLO);
	assert_non_null(f);
	assert_int_equal(f->u.hello.roles, ROLE_PUSH | ROLE_READ);
	assert_true(span_equal(f->u.hello.device, span_of(the_device.at, ID_SIZE)));
	in(r, welcome_frame(1));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	assert_int_equal(state(r), UPLINK_READY);
	rig_free(r);
}

static void
asks_for_a_new_socket_when_nobody_answers_hello(void **unused)
{
	rig *r = rig_new(0);
	uplink_step step = { 0 };
	int i;

	(void)unused;
	open_and_connect(r);
	for (i = 0; i < 3 && step.action == UPLINK_NONE; i++) {
		r->now += 5 * S;
		step = tick(r);
	}
	assert_int_equal(step.action, UPLINK_OPEN);
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 3);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_NO_ANSWER);
	rig_free(r);
}

static void
makes_a_new_socket_when_it_never_connects(void **unused)
{
	rig *r = rig_new(0);

	(void)unused;
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	r->now += 119 * S;
	assert_int_equal(tick(r).action, UPLINK_NONE);
	r->now += 1 * S;
	assert_int_equal(tick(r).action, UPLINK_OPEN);
	rig_free(r);
}

static void
hello_first_is_answered_once(void **unused)
{
	rig *r = rig_ready(1, 1);

	(void)unused;
	capture_clear(&r->wire);
	in(r, error_frame(FRAME_ERROR, "HELLO_FIRST")); /* the hub was restarted behind our back */
	in(r, error_frame(FRAME_ERROR, "HELLO_FIRST"));
	in(r, error_frame(FRAME_ERROR, "HELLO_FIRST"));
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 1);
	assert_int_equal(in_flight(r), 0);
	in(r, welcome_frame(1));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 1);
	rig_free(r);
}

static void
another_hub_is_refused(void **unused)
{
	rig *r = rig_new(2);
	frame f = welcome_frame(1);

	(void)unused;
	open_and_connect(r);
	f.u.welcome.hub = span_str("another hub 0123");
	uplink_in(r->up, &f, r->now);
	assert_int_equal(tick(r).action, UPLINK_CLOSE);
	assert_int_equal(state(r), UPLINK_REFUSED);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_OTHER_HUB);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	rig_free(r);
}

/* ---- refusals ---- */

static void
a_batch_refused_for_its_form_is_not_sent_for_ever(void **unused)
{
	static const nack_code codes[] = { NACK_BAD_BATCH, NACK_NOT_YOURS, NACK_SCHEMA };
	size_t i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		rig *r = rig_ready(3, 1);

		capture_clear(&r->wire);
		nack(r, codes[i], 0, 0, 0);
		assert_int_equal(state(r), UPLINK_QUARANTINE);
		assert_int_equal(uplink_look(r->up).code, MST_WIRE_BATCH_REFUSED);
		r->now += 100 * S;
		in(r, welcome_frame(1));
		assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
		r->now += 600 * S; /* a new session much later: perhaps the hub was upgraded */
		in(r, welcome_frame(1));
		assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
		rig_free(r);
	}
}

/* A new session that came too early for it: the hub may have been upgraded within minutes, and the
 * connection may then last for months. */
static void
a_batch_refused_for_its_form_is_tried_again_on_a_connection_that_lasts(void **unused)
{
	rig *r = rig_ready(3, 1);
	int64_t until = r->now + 600 * S;
	frame pong = { .kind = FRAME_PONG };

	(void)unused;
	nack(r, NACK_SCHEMA, 0, 0, 0);
	capture_clear(&r->wire);
	r->now += 100 * S;
	in(r, welcome_frame(1));
	for (; r->now < until; r->now = tick(r).deadline_us)
		in(r, pong);
	assert_int_equal(r->now, until);
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 0);
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 1);
	in(r, welcome_frame(1));
	assert_int_equal(state(r), UPLINK_READY);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	rig_free(r);
}

/* Without a new session nothing has changed. */
static void
a_batch_refused_for_its_form_is_not_sent_again_to_the_same_session(void **unused)
{
	rig *r = rig_ready(1, 1);
	int64_t until = r->now + 3600 * S;
	frame pong = { .kind = FRAME_PONG };

	(void)unused;
	nack(r, NACK_BAD_BATCH, 0, 0, 0);
	capture_clear(&r->wire);
	for (; r->now < until; r->now = tick(r).deadline_us)
		in(r, pong);
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 0);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	rig_free(r);
}

static void
fork_and_frozen_stop_pushing(void **unused)
{
	rig *r = rig_ready(3, 1);
	frame f = welcome_frame(1);

	(void)unused;
	nack(r, NACK_FORK, 0, 0, 0);
	assert_int_equal(state(r), UPLINK_FROZEN);
	capture_clear(&r->wire);
	f.u.welcome.frozen = true;
	in(r, f);
	assert_int_equal(state(r), UPLINK_FROZEN);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	in(r, welcome_frame(1)); /* thawed by the hub's people */
	assert_int_equal(state(r), UPLINK_READY);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	rig_free(r);
}

/* How long until the next socket? */
static int64_t
wait_for_open(rig *r)
{
	int64_t from = r->now;
	uplink_step step = tick(r);

	while (step.action != UPLINK_OPEN) {
		assert_true(step.deadline_us > r->now || step.action == UPLINK_CLOSE);
		if (step.deadline_us > r->now)
			r->now = step.deadline_us;
		step = tick(r);
	}
	return r->now - from;
}

static void
a_refused_key_is_tried_again_slower_and_slower(void **unused)
{
	rig *r = rig_new(1);
	int64_t before = 0;
	int i;

	(void)unused;
	wait_for_open(r);
	for (i = 0; i < 12; i++) {
		int64_t wait;

		uplink_refused(r->up, r->now);
		assert_int_equal(state(r), UPLINK_REFUSED);
		assert_true(strlen(uplink_look(r->up).text) > 0);
		wait = wait_for_open(r);
		assert_true(wait >= 30 * S && wait <= 600 * S);
		if (i < 4)
			assert_true(wait > before);
		before = wait;
	}
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	assert_int_equal(state(r), UPLINK_READY);
	assert_int_equal(in_flight(r), 1);
	uplink_refused(r->up, r->now);
	assert_true(wait_for_open(r) <= 45 * S); /* a session in between resets the wait */
	rig_free(r);
}

static void
other_addresses_are_tried_at_once(void **unused)
{
	rig *r = rig_new(1);

	(void)unused;
	wait_for_open(r);
	uplink_refused(r->up, r->now);
	assert_int_equal(state(r), UPLINK_REFUSED);
	uplink_start_over(r->up, r->now);
	assert_int_equal(wait_for_open(r), 0);
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	assert_int_equal(state(r), UPLINK_READY);
	/* Also when there is a connection. */
	uplink_start_over(r->up, r->now);
	assert_int_equal(wait_for_open(r), 0);
	rig_free(r);
}

static void
a_wrong_hub_key_is_told_after_some_failures(void **unused)
{
	rig *r = rig_new(1);
	int i;

	(void)unused;
	wait_for_open(r);
	for (i = 0; i < 4; i++)
		uplink_no_trust(r->up, r->now);
	uplink_connected(r->up, r->now); /* the hub was only starting */
	for (i = 0; i < 4; i++)
		uplink_no_trust(r->up, r->now);
	assert_int_equal(state(r), UPLINK_DOWN);
	uplink_no_trust(r->up, r->now);
	assert_int_equal(state(r), UPLINK_REFUSED);
	assert_true(wait_for_open(r) >= 29 * S);
	rig_free(r);
}

static void
what_is_no_hub_is_told_at_once_and_tried_again(void **unused)
{
	rig *r = rig_new(1);

	(void)unused;
	wait_for_open(r);
	uplink_no_hub(r->up, r->now);
	assert_int_equal(state(r), UPLINK_REFUSED);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_REFUSED);
	assert_int_equal(tick(r).action, UPLINK_CLOSE);
	assert_true(wait_for_open(r) >= 29 * S);
	uplink_connected(r->up, r->now);
	assert_int_equal(state(r), UPLINK_DOWN);
	rig_free(r);
}

static void
a_revoked_device_keeps_its_outbox_and_tries_slowly(void **unused)
{
	rig *r = rig_ready(2, 1);
	frame bye = error_frame(FRAME_BYE, "REVOKED");

	(void)unused;
	uplink_in(r->up, &bye, r->now);
	assert_int_equal(state(r), UPLINK_REVOKED);
	assert_int_equal(tick(r).action, UPLINK_CLOSE);
	assert_true(wait_for_open(r) >= 29 * S);
	uplink_refused(r->up, r->now);
	assert_int_equal(state(r), UPLINK_REVOKED);
	wait_for_open(r);
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1)); /* enrolled again */
	assert_int_equal(in_flight(r), 2);
	nack(r, NACK_REVOKED, 0, 0, 0);
	assert_int_equal(state(r), UPLINK_REVOKED);
	rig_free(r);
}

static void
replaced_twice_in_a_minute_is_a_clone(void **unused)
{
	rig *r = rig_ready(3, 1);
	const frame *f;

	(void)unused;
	in(r, error_frame(FRAME_BYE, "REPLACED"));
	assert_true(wait_for_open(r) <= 2 * S);
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	assert_int_equal(in_flight(r), 3);
	in(r, error_frame(FRAME_BYE, "REPLACED"));
	assert_int_equal(state(r), UPLINK_CLONE);
	capture_clear(&r->wire);
	wait_for_open(r);
	uplink_connected(r->up, r->now);
	in(r, welcome_frame(1));
	f = capture_next(&r->wire, FRAME_HELLO);
	assert_int_equal(f->u.hello.roles, ROLE_READ);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	assert_int_equal(state(r), UPLINK_CLONE);
	rig_free(r);
}

static void
replaced_now_and_then_is_no_clone(void **unused)
{
	rig *r = rig_ready(3, 1);
	int i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		in(r, error_frame(FRAME_BYE, "REPLACED"));
		wait_for_open(r);
		uplink_connected(r->up, r->now);
		in(r, welcome_frame(1));
		assert_int_equal(state(r), UPLINK_READY);
		r->now += 61 * S;
	}
	rig_free(r);
}

static void
a_stopping_hub_is_greeted_again(void **unused)
{
	rig *r = rig_ready(1, 1);

	(void)unused;
	in(r, error_frame(FRAME_BYE, "STOPPING"));
	assert_int_equal(state(r), UPLINK_DOWN);
	uplink_down(r->up, r->now);
	capture_clear(&r->wire);
	r->now += S;
	uplink_connected(r->up, r->now);
	assert_int_equal(capture_count(&r->wire, FRAME_HELLO), 1);
	in(r, welcome_frame(1));
	assert_int_equal(in_flight(r), 1);
	rig_free(r);
}

/* ---- heartbeat ---- */

static void
pings_after_30_quiet_seconds(void **unused)
{
	rig *r = rig_ready(0, 1);
	uplink_step step = tick(r);

	(void)unused;
	assert_int_equal(step.deadline_us, r->now + 30 * S);
	r->now += 30 * S - 1;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 0);
	r->now += 1;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 1);
	rig_free(r);
}

static void
news_for_a_ping_does_not_wait(void **unused)
{
	rig *r = rig_ready(0, 1);

	(void)unused;
	uplink_ping_soon(r->up);
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 1);
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 1);
	rig_free(r);
}

static void
pings_sooner_while_a_receipt_is_overdue(void **unused)
{
	rig *r = rig_ready(1, 1);

	(void)unused;
	r->now += 5 * S;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 1);
	rig_free(r);
}

static void
three_unanswered_pings_make_a_new_socket(void **unused)
{
	rig *r = rig_ready(0, 1);
	frame pong = { .kind = FRAME_PONG };
	uplink_step step = { 0 };

	(void)unused;
	r->now += 30 * S;
	tick(r);
	r->now += 5 * S;
	tick(r);
	in(r, pong); /* one answer forgives all */
	r->now += 30 * S;
	while (step.action == UPLINK_NONE) {
		step = tick(r);
		if (step.action == UPLINK_NONE)
			r->now = step.deadline_us;
	}
	assert_int_equal(step.action, UPLINK_OPEN);
	assert_int_equal(capture_count(&r->wire, FRAME_PING), 5);
	rig_free(r);
}

static void
pongs_without_receipts_do_not_keep_a_session_for_ever(void **unused)
{
	rig *r = rig_ready(1, 1);
	frame pong = { .kind = FRAME_PONG };
	uplink_step step = { 0 };
	int64_t from = r->now;

	(void)unused;
	while (step.action == UPLINK_NONE && r->now < from + 1000 * S) {
		r->now += S;
		uplink_in(r->up, &pong, r->now);
		step = tick(r);
	}
	assert_int_equal(step.action, UPLINK_OPEN);
	assert_int_equal(r->now - from, 60 * S);
	rig_free(r);
}

/* ---- plans ---- */

static const char *
big_plan(size_t len)
{
	char *text = malloc(len);
	size_t i;

	for (i = 0; i < len; i++)
		text[i] = (char)('a' + i % 7);
	return text;
}

static frame
plan_piece(const hash32 *version, const char *file, size_t size, size_t offset, size_t len)
{
	frame f = { .kind = FRAME_PLAN };

	f.u.plan = (frame_plan){ .version = span_of(version->at, HASH_SIZE),
		.offset = offset,
		.size = size,
		.piece = span_of(file + offset, len) };
	return f;
}

static void
a_new_plan_is_fetched_in_pieces_and_checked(void **unused)
{
	enum { LEN = 300000, PIECE = 100000 };
	rig *r = rig_new(0);
	const char *file = big_plan(LEN);
	hash32 version = hash_of(span_of(file, LEN));
	frame w = welcome_frame(1);
	size_t at;

	(void)unused;
	open_and_connect(r);
	w.u.welcome.plan_version = span_of(version.at, HASH_SIZE);
	in(r, w);
	for (at = 0; at < LEN; at += PIECE) {
		const frame *ask = capture_next(&r->wire, FRAME_PLAN_REQUEST);

		assert_non_null(ask);
		assert_int_equal(ask->u.plan_request.offset, at);
		in(r, plan_piece(&version, file, LEN, at, PIECE));
		in(r, plan_piece(&version, file, LEN, at, PIECE)); /* twice does no harm */
	}
	assert_int_equal(r->outbox.plans, 1);
	assert_true(hash_equal(&r->outbox.plan, &version));
	in(r, w);
	assert_null(capture_next(&r->wire, FRAME_PLAN_REQUEST));
	free((void *)(uintptr_t)file);
	rig_free(r);
}

static void
a_plan_with_another_hash_is_given_up(void **unused)
{
	rig *r = rig_new(0);
	hash32 version = hash_of(span_str("the plan"));
	frame w = welcome_frame(1);

	(void)unused;
	open_and_connect(r);
	w.u.welcome.plan_version = span_of(version.at, HASH_SIZE);
	in(r, w);
	in(r, plan_piece(&version, "not this", 8, 0, 8));
	assert_int_equal(r->outbox.plans, 0);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_PLAN_HASH);
	assert_false(uplink_look(r->up).plan_fetching);
	assert_int_equal(capture_count(&r->wire, FRAME_PLAN_REQUEST), 1);
	rig_free(r);
}

static void
a_lost_plan_request_is_said_again(void **unused)
{
	rig *r = rig_new(0);
	hash32 version = hash_of(span_str("the plan"));
	frame w = welcome_frame(1);
	frame pong = { .kind = FRAME_PONG };

	(void)unused;
	open_and_connect(r);
	w.u.welcome.plan_version = span_of(version.at, HASH_SIZE);
	in(r, w);
	r->now += 20 * S;
	in(r, pong);
	assert_int_equal(capture_count(&r->wire, FRAME_PLAN_REQUEST), 2);
	in(r, error_frame(FRAME_ERROR, "NO_PLAN"));
	assert_false(uplink_look(r->up).plan_fetching);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_hello_first_and_pushes_only_after_welcome),
		cmocka_unit_test(asks_for_a_new_socket_when_nobody_answers_hello),
		cmocka_unit_test(makes_a_new_socket_when_it_never_connects),
		cmocka_unit_test(hello_first_is_answered_once),
		cmocka_unit_test(another_hub_is_refused),
		cmocka_unit_test(a_batch_refused_for_its_form_is_not_sent_for_ever),
		cmocka_unit_test(
			a_batch_refused_for_its_form_is_tried_again_on_a_connection_that_lasts),
		cmocka_unit_test(
			a_batch_refused_for_its_form_is_not_sent_again_to_the_same_session),
		cmocka_unit_test(fork_and_frozen_stop_pushing),
		cmocka_unit_test(a_refused_key_is_tried_again_slower_and_slower),
		cmocka_unit_test(other_addresses_are_tried_at_once),
		cmocka_unit_test(a_wrong_hub_key_is_told_after_some_failures),
		cmocka_unit_test(what_is_no_hub_is_told_at_once_and_tried_again),
		cmocka_unit_test(a_revoked_device_keeps_its_outbox_and_tries_slowly),
		cmocka_unit_test(replaced_twice_in_a_minute_is_a_clone),
		cmocka_unit_test(replaced_now_and_then_is_no_clone),
		cmocka_unit_test(a_stopping_hub_is_greeted_again),
		cmocka_unit_test(pings_after_30_quiet_seconds),
		cmocka_unit_test(news_for_a_ping_does_not_wait),
		cmocka_unit_test(pings_sooner_while_a_receipt_is_overdue),
		cmocka_unit_test(three_unanswered_pings_make_a_new_socket),
		cmocka_unit_test(pongs_without_receipts_do_not_keep_a_session_for_ever),
		cmocka_unit_test(a_new_plan_is_fetched_in_pieces_and_checked),
		cmocka_unit_test(a_plan_with_another_hash_is_given_up),
		cmocka_unit_test(a_lost_plan_request_is_said_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
