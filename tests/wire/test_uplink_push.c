/* SPDX-License-Identifier: Apache-2.0 */
/* test_uplink_push.c - the window over the outbox: where it begins, how far it goes, when it goes
 * back. */
#include "uplink_rig.h"

/* ---- where to begin ---- */

static void
begins_where_the_hub_waits(void **unused)
{
	rig *r = rig_new(5);

	(void)unused;
	r->outbox.receipted[0] = r->outbox.receipted[1] = true;
	open_and_connect(r);
	in(r, welcome_frame(21));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	assert_int_equal(in_flight(r), 3);
	rig_free(r);
}

static void
a_batch_whose_receipt_was_lost_is_sent_again(void **unused)
{
	rig *r = rig_new(5);

	(void)unused;
	r->outbox.receipted[0] = r->outbox.receipted[2] = true;
	open_and_connect(r);
	in(r, welcome_frame(41)); /* the hub has the first four, we have no receipt of the second
				     and fourth */
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	receipt(r, 1);
	receipt(r, 3);
	receipt(r, 4);
	assert_int_equal(in_flight(r), 0);
	assert_int_equal(uplink_look(r->up).receipts, 3);
	assert_true(r->outbox.receipted[1] && r->outbox.receipted[3] && r->outbox.receipted[4]);
	rig_free(r);
}

static void
a_restored_hub_is_refilled(void **unused)
{
	rig *r = rig_new(4);

	(void)unused;
	r->outbox.receipted[0] = r->outbox.receipted[1] = r->outbox.receipted[2] = true;
	open_and_connect(r);
	in(r, welcome_frame(11));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 3);
	assert_int_equal(state(r), UPLINK_READY);
	rig_free(r);
}

static void
what_was_deleted_cannot_refill_a_hub_and_says_so(void **unused)
{
	rig *r = rig_new(4);

	(void)unused;
	r->outbox.receipted[0] = r->outbox.receipted[1] = true;
	r->outbox.pruned = 2;
	open_and_connect(r);
	in(r, welcome_frame(1));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	assert_int_equal(state(r), UPLINK_QUARANTINE);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_PRUNED);
	rig_free(r);
}

static void
an_outbox_behind_the_hub_sends_nothing(void **unused)
{
	rig *r = rig_new(3);

	(void)unused;
	open_and_connect(r);
	in(r, welcome_frame(41));
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	assert_int_equal(state(r), UPLINK_BEHIND);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_BEHIND);
	r->outbox.n = 6; /* what is sealed later does not make it better */
	uplink_wake(r->up, r->now);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	rig_free(r);
}

static void
another_history_sends_nothing(void **unused)
{
	rig *r = rig_new(3);
	frame f = welcome_frame(21);

	(void)unused;
	open_and_connect(r);
	f.u.welcome.last_header.at[7] ^= 1;
	in(r, f);
	assert_int_equal(state(r), UPLINK_BEHIND);
	f = welcome_frame(26); /* inside a batch of ours */
	in(r, f);
	assert_int_equal(state(r), UPLINK_BEHIND);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	in(r, welcome_frame(21));
	assert_int_equal(state(r), UPLINK_READY);
	rig_free(r);
}

/* ---- the window ---- */

static void
at_most_32_batches_are_without_receipt(void **unused)
{
	rig *r = rig_ready(100, 1);
	size_t i;

	(void)unused;
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 32);
	uplink_wake(r->up, r->now);
	assert_int_equal(in_flight(r), 32);
	for (i = 0; i < 100; i++)
		receipt(r, i);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 100);
	assert_int_equal(in_flight(r), 0);
	rig_free(r);
}

static void
at_most_2_mib_are_without_receipt(void **unused)
{
	rig *r = rig_new(100);

	(void)unused;
	r->outbox.bytes = 190 << 10;
	open_and_connect(r);
	in(r, welcome_frame(1));
	assert_int_equal(in_flight(r), (2 << 20) / (190 << 10));
	rig_free(r);
}

static void
a_full_pipe_is_tried_again(void **unused)
{
	rig *r = rig_new(2);

	(void)unused;
	open_and_connect(r);
	r->wire.fail = MS_AGAIN;
	in(r, welcome_frame(1));
	assert_int_equal(in_flight(r), 0);
	r->wire.fail = MS_OK;
	r->now += S;
	tick(r);
	assert_int_equal(in_flight(r), 2);
	rig_free(r);
}

static void
a_gap_goes_back_once_and_after_all_answers(void **unused)
{
	rig *r = rig_ready(6, 1);
	size_t i;

	(void)unused;
	capture_clear(&r->wire);
	receipt(r, 0);
	for (i = 2; i < 6;
		i++) { /* batch 1 was lost inside the hub; all others come back as gaps */
		assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
		if (i == 5)
			nack(r, NACK_BUSY, 1, 0, 0);
		nack(r, NACK_GAP, i, 11, 0);
	}
	assert_int_equal(in_flight(r), 0);
	r->now += 2 * S;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 5);
	nack(r, NACK_GAP, 77, 11, 0); /* an answer to nothing of ours */
	assert_int_equal(in_flight(r), 5);
	rig_free(r);
}

static void
a_gap_beyond_the_outbox_means_behind(void **unused)
{
	rig *r = rig_ready(3, 1);

	(void)unused;
	nack(r, NACK_GAP, 2, 5, 0); /* no batch of ours begins at 5 */
	assert_int_equal(state(r), UPLINK_BEHIND);
	rig_free(r);
}

static void
a_gap_that_asks_for_the_same_batch_does_not_loop(void **unused)
{
	rig *r = rig_ready(1, 1);

	(void)unused;
	capture_clear(&r->wire);
	nack(r, NACK_GAP, 0, 1, 0);
	assert_int_equal(state(r), UPLINK_QUARANTINE);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
	rig_free(r);
}

static void
busy_and_storage_wait_as_long_as_the_hub_says(void **unused)
{
	static const nack_code codes[] = { NACK_BUSY, NACK_STORAGE };
	size_t i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		rig *r = rig_ready(1, 1);

		capture_clear(&r->wire);
		nack(r, codes[i], 0, 0, 3000);
		assert_int_equal(state(r), UPLINK_WAITING);
		r->now += 3 * S - 1;
		tick(r);
		assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 0);
		r->now += 1;
		tick(r);
		assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 1);
		assert_int_equal(state(r), UPLINK_READY);
		rig_free(r);
	}
}

/* Answers are still owed when the wait is over, or nothing is pushed any more. */
static void
a_wait_that_is_over_is_no_reason_to_tick_again_at_once(void **unused)
{
	static const nack_code also[] = { NACK_NONE, NACK_BAD_BATCH, NACK_FORK };
	size_t i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		rig *r = rig_ready(3, 1);

		nack(r, NACK_BUSY, 0, 0, 1000);
		if (also[i] != NACK_NONE)
			nack(r, also[i], 1, 0, 0);
		assert_int_equal(tick(r).deadline_us, r->now + S);
		r->now += 2 * S;
		assert_true(tick(r).deadline_us > r->now);
		rig_free(r);
	}
}

static void
a_receipt_that_cannot_be_stored_does_not_count(void **unused)
{
	rig *r = rig_ready(2, 1);

	(void)unused;
	capture_clear(&r->wire);
	r->outbox.fail = MS_NO_SPACE;
	receipt(r, 0);
	assert_int_equal(uplink_look(r->up).receipts, 0);
	assert_int_equal(state(r), UPLINK_WAITING);
	r->outbox.fail = MS_OK;
	receipt(r, 1);
	r->now += 10 * S;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 1); /* the first one, again */
	receipt(r, 0);
	assert_true(r->outbox.receipted[0] && r->outbox.receipted[1]);
	assert_int_equal(in_flight(r), 0);
	rig_free(r);
}

/* A hub that says what a broken or hostile one may say: a device asks again before long. */
static void
no_hub_keeps_a_device_away_for_longer_than_minutes(void **unused)
{
	static const char *const names[] = { "BUSY", "PENDING" };
	size_t i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		rig *r = rig_ready(1, 1);
		frame f = error_frame(FRAME_ERROR, names[i]);

		f.u.error.retry_after_ms = UINT32_MAX;
		in(r, f);
		r->now += 603 * S;
		assert_int_equal(tick(r).action, UPLINK_OPEN);
		rig_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hub_keeps_a_device_away_for_longer_than_minutes),
		cmocka_unit_test(begins_where_the_hub_waits),
		cmocka_unit_test(a_batch_whose_receipt_was_lost_is_sent_again),
		cmocka_unit_test(a_restored_hub_is_refilled),
		cmocka_unit_test(what_was_deleted_cannot_refill_a_hub_and_says_so),
		cmocka_unit_test(an_outbox_behind_the_hub_sends_nothing),
		cmocka_unit_test(another_history_sends_nothing),
		cmocka_unit_test(at_most_32_batches_are_without_receipt),
		cmocka_unit_test(at_most_2_mib_are_without_receipt),
		cmocka_unit_test(a_full_pipe_is_tried_again),
		cmocka_unit_test(a_gap_goes_back_once_and_after_all_answers),
		cmocka_unit_test(a_gap_beyond_the_outbox_means_behind),
		cmocka_unit_test(a_gap_that_asks_for_the_same_batch_does_not_loop),
		cmocka_unit_test(busy_and_storage_wait_as_long_as_the_hub_says),
		cmocka_unit_test(a_wait_that_is_over_is_no_reason_to_tick_again_at_once),
		cmocka_unit_test(a_receipt_that_cannot_be_stored_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
