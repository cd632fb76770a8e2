/* SPDX-License-Identifier: Apache-2.0 */
/* test_session.c - the hub's side of one connection, rule by rule, with a hub program made of
 * variables. */
#include "session_rig.h"

/* ---- HELLO ---- */

static void
every_kind_needs_hello_first(void **unused)
{
	static const frame_kind kinds[] = { FRAME_PUSH, FRAME_SUBSCRIBE, FRAME_CREDIT, FRAME_PING,
		FRAME_PLAN_REQUEST };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		rig *r = rig_new();

		in(r, (frame){ .kind = kinds[i] });
		expect_error(r, "HELLO_FIRST");
		assert_int_equal(r->wire.n, 1);
		assert_false(session_ended(r->s));
		rig_free(r);
	}
}

static void
welcome_tells_the_stream_and_the_limits(void **unused)
{
	rig *r = rig_new();
	const frame_welcome *w;

	(void)unused;
	assert_true(hello(r, ROLE_PUSH | ROLE_READ));
	w = &capture_next(&r->wire, FRAME_WELCOME)->u.welcome;
	assert_int_equal(w->protocol, 1);
	assert_int_equal(w->next_seq, 5);
	assert_int_equal(w->last_header.at[0], 9);
	assert_int_equal(w->limits.window_batches, 32);
	assert_int_equal(w->limits.window_bytes, 2 << 20);
	assert_int_equal(w->limits.batch_bytes, 192 << 10);
	assert_int_equal(w->limits.frame_bytes, 256 << 10);
	assert_int_equal(w->limits.act_bytes, 48 << 10);
	assert_int_equal(w->hub_time_us, 77);
	assert_true(span_equal(w->hub, span_of(the_hub.at, ID_SIZE)));
	assert_false(w->frozen);
	assert_string_equal(session_who(r->s)->software, "test?1");
	rig_free(r);
}

static void
a_reader_is_no_push_session(void **unused)
{
	rig *r = rig_new();

	(void)unused;
	assert_false(hello(r, ROLE_READ));
	assert_non_null(capture_next(&r->wire, FRAME_WELCOME));
	push(r, 5);
	expect_error(r, "WRONG_ROLE");
	assert_int_equal(r->taken, 0);
	hello(r, 8); /* no role at all */
	expect_error(r, "WRONG_ROLE");
	rig_free(r);
}

static void
versions_must_meet(void **unused)
{
	rig *r = rig_new();
	frame f = { .kind = FRAME_HELLO };

	(void)unused;
	f.u.hello = (frame_hello){ .roles = ROLE_PUSH,
		.protocol_min = 2,
		.protocol_max = 9,
		.device = span_of(the_device.at, ID_SIZE) };
	assert_false(in(r, f));
	expect_error(r, "VERSION");
	f.u.hello.protocol_min = 1;
	assert_true(in(r, f));
	assert_int_equal(capture_next(&r->wire, FRAME_WELCOME)->u.welcome.protocol, 1);
	rig_free(r);
}

static void
the_device_of_hello_must_be_that_of_the_key(void **unused)
{
	rig *r = rig_new();

	(void)unused;
	r->device.id.at[3] ^= 1;
	assert_false(hello(r, ROLE_PUSH));
	expect_error(r, "WRONG_DEVICE");
	assert_null(capture_next(&r->wire, FRAME_WELCOME));
	rig_free(r);
}

/* ---- who ---- */

static void
an_unknown_key_is_told_and_dropped(void **unused)
{
	rig *r = rig_new();

	(void)unused;
	r->device.standing = SESSION_UNKNOWN;
	hello(r, ROLE_PUSH);
	expect_error(r, "UNKNOWN_KEY");
	assert_true(session_ended(r->s));
	rig_free(r);
}

static void
another_user_on_the_same_routing_id_is_dropped(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	frame f = { .kind = FRAME_PING };

	(void)unused;
	session_in(r->s, span_str("other"), &f, NULL, 1);
	expect_error(r, "UNKNOWN_KEY");
	assert_null(capture_next(&r->wire, FRAME_PONG));
	assert_true(session_ended(r->s));
	rig_free(r);
}

static void
a_device_revoked_in_session_is_answered_not_served(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	const frame *bye;

	(void)unused;
	r->device.standing = SESSION_REVOKED;
	push(r, 5);
	expect_nack(r, NACK_REVOKED);
	bye = capture_next(&r->wire, FRAME_BYE);
	assert_non_null(bye);
	assert_true(span_equal(bye->u.error.name, span_str("REVOKED")));
	assert_true(session_ended(r->s));
	assert_int_equal(r->taken, 0);
	rig_free(r);
}

static void
a_key_that_changed_hands_must_say_hello_again(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);

	(void)unused;
	r->device.id.at[0] ^= 1;
	push(r, 5);
	expect_error(r, "HELLO_FIRST");
	assert_int_equal(r->taken, 0);
	rig_free(r);
}

static void
a_frozen_device_reads_but_does_not_push(void **unused)
{
	rig *r = rig_new();

	(void)unused;
	r->device.standing = SESSION_FROZEN;
	hello(r, ROLE_PUSH | ROLE_READ);
	assert_true(capture_next(&r->wire, FRAME_WELCOME)->u.welcome.frozen);
	push(r, 5);
	expect_nack(r, NACK_FROZEN);
	in(r, (frame){ .kind = FRAME_PING });
	assert_non_null(capture_next(&r->wire, FRAME_PONG));
	assert_int_equal(r->taken, 0);
	rig_free(r);
}

/* ---- PUSH ---- */

static void
a_batch_is_handed_over_and_answered_later(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	session_outcome o = { .receipted = true };

	(void)unused;
	push(r, 5);
	assert_int_equal(r->taken, 1);
	assert_int_equal(r->wire.n, 0); /* nothing before the outcome: receipt after fsync */
	o.receipt.first_seq = 5;
	o.receipt.leaf = 42;
	session_outcomes(r->s, &o, 1, 2);
	assert_int_equal(r->wire.n, 1);
	assert_int_equal(r->wire.sent[0].kind, FRAME_RECEIPT);
	rig_free(r);
}

static void
a_batch_of_another_device_or_hub_is_not_yours(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	batch_header h = good_header(5);

	(void)unused;
	h.device.at[0] ^= 1;
	push_header(r, &h);
	assert_int_equal(expect_nack(r, NACK_NOT_YOURS)->first_seq, 5);
	h = good_header(5);
	h.hub.at[0] ^= 1;
	push_header(r, &h);
	expect_nack(r, NACK_NOT_YOURS);
	assert_int_equal(r->taken, 0);
	rig_free(r);
}

static void
bad_batches_are_refused_by_name(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	batch_header h = good_header(5);
	frame f = { .kind = FRAME_PUSH };

	(void)unused;
	in(r, f); /* empty */
	expect_nack(r, NACK_BAD_BATCH);
	h.schema = 0;
	push_header(r, &h);
	expect_nack(r, NACK_BAD_BATCH);
	h.schema = 99;
	push_header(r, &h);
	expect_nack(r, NACK_SCHEMA);
	r->batch_len = BATCH_BYTES_MAX + 1;
	push(r, 5);
	expect_nack(r, NACK_BAD_BATCH);
	r->batch_len = 1000;
	r->take = MS_INVALID;
	push(r, 5);
	assert_true(span_equal(
		expect_nack(r, NACK_BAD_BATCH)->text, span_str("its signature is wrong")));
	assert_int_equal(r->taken, 0);
	rig_free(r);
}

static void
beyond_the_window_nothing_is_taken(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	session_outcome o = { .receipted = true };
	uint64_t i;

	(void)unused;
	for (i = 0; i < 32; i++)
		push(r, 5 + i);
	assert_int_equal(r->taken, 32);
	assert_int_equal(r->wire.n, 0);
	push(r, 37);
	assert_true(expect_nack(r, NACK_BUSY)->retry_after_ms > 0);
	push(r, 38); /* behind the refused one: not even looked at */
	assert_int_equal(expect_nack(r, NACK_GAP)->send_from, 37);
	assert_int_equal(r->taken, 32);
	o.receipt.first_seq = 5;
	session_outcomes(r->s, &o, 1, 2);
	push(r, 37);
	assert_int_equal(r->taken, 33);
	rig_free(r);
}

static void
the_window_counts_bytes_too(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	uint64_t i;

	(void)unused;
	r->batch_len = BATCH_BYTES_MAX;
	for (i = 0; i < 20; i++)
		push(r, 5 + i);
	assert_int_equal(r->taken, (2 << 20) / BATCH_BYTES_MAX);
	rig_free(r);
}

static void
a_hub_without_room_says_busy_or_storage(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);

	(void)unused;
	r->take = MS_FULL;
	push(r, 5);
	assert_true(expect_nack(r, NACK_BUSY)->retry_after_ms > 0);
	r->take = MS_NO_SPACE;
	push(r, 5);
	assert_true(expect_nack(r, NACK_STORAGE)->retry_after_ms > 0);
	r->take = MS_OK;
	push(r, 5);
	assert_int_equal(r->taken, 1);
	rig_free(r);
}

static void
receipts_of_a_turn_share_a_frame_and_keep_their_order(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	session_outcome list[5] = { { 0 } };
	int i;

	(void)unused;
	for (i = 0; i < 5; i++) {
		list[i].receipted = i != 3;
		list[i].receipt.first_seq = 5 + (uint64_t)i;
	}
	list[3].nack = (frame_nack){ .code = NACK_GAP, .first_seq = 8, .send_from = 7 };
	session_outcomes(r->s, list, 5, 2);
	assert_int_equal(r->wire.n, 3);
	assert_int_equal(r->wire.sent[0].u.receipts.n, 3);
	assert_int_equal(r->wire.sent[1].kind, FRAME_NACK);
	assert_int_equal(r->wire.sent[1].u.nack.send_from, 7);
	assert_int_equal(r->wire.sent[2].u.receipts.n, 1);
	rig_free(r);
}

/* ---- reading ---- */

static ms_status
next_entry(void *ctx, const session_facts *who, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	(void)ctx;
	(void)who;
	(void)classes;
	(void)memory;
	*out = (feed_entry){ .number = after + 1, .withheld = true };
	return MS_OK;
}

static void
log_now(void *ctx, uint64_t *size, int64_t *hub_time_us)
{
	(void)ctx;
	*size = 1;
	*hub_time_us = 0;
}

/* One key is enough for the whole feed. */
static ms_status
prove(void *ctx, struct map *told, arena *memory, frame_feed *feed, leaf_proof **keys,
	size_t *n_keys)
{
	static const uint8_t leaf[8] = { 0 };
	span name = span_of(leaf, sizeof(leaf));

	(void)ctx;
	(void)feed;
	*keys = arena_zalloc(memory, sizeof(**keys));
	*n_keys = map_find(told, name, NULL) ? 0 : 1;
	assert_true(map_put(told, name, 0));
	return MS_OK;
}

static const feed_source endless_feed = { .next = next_entry, .now = log_now, .prove = prove };

static void
subscribe(rig *r)
{
	frame f = { .kind = FRAME_SUBSCRIBE };

	r->hub.feeds = &endless_feed;
	f.u.subscribe = (frame_subscribe){ .classes = CLASS_OWN | CLASS_LEAD, .credit = 1000 };
	in(r, f);
	assert_true(session_has_feed_work(r->s));
}

static size_t
pumped(rig *r)
{
	arena memory = { 0 };

	capture_clear(&r->wire);
	session_pump(r->s, 8, &memory, 1);
	arena_fini(&memory);
	return capture_count(&r->wire, FRAME_FEED);
}

/* What was shown to an older subscription may not have been taken. */
static void
a_subscription_is_shown_its_keys_once(void **unused)
{
	rig *r = rig_welcomed(ROLE_READ);
	int i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		subscribe(r);
		assert_int_equal(pumped(r), 1);
		assert_int_equal(capture_next(&r->wire, FRAME_FEED)->u.feed.n_keys, 1);
		assert_int_equal(pumped(r), 1);
		assert_int_equal(capture_next(&r->wire, FRAME_FEED)->u.feed.n_keys, 0);
	}
	rig_free(r);
}

static ms_status
prove_nothing(void *ctx, struct map *told, arena *memory, frame_feed *feed, leaf_proof **keys,
	size_t *n_keys)
{
	(void)ctx, (void)told, (void)memory, (void)feed, (void)keys, (void)n_keys;
	return MS_FULL;
}

static void
a_feed_that_cannot_be_proven_is_no_mistake_of_the_reader(void **unused)
{
	static const feed_source unproven = {
		.next = next_entry, .now = log_now, .prove = prove_nothing
	};
	rig *r = rig_welcomed(ROLE_READ);
	frame f = { .kind = FRAME_SUBSCRIBE };

	(void)unused;
	r->hub.feeds = &unproven;
	f.u.subscribe = (frame_subscribe){ .classes = CLASS_OWN | CLASS_LEAD, .credit = 1000 };
	in(r, f);
	assert_int_equal(pumped(r), 0);
	assert_int_equal(capture_next(&r->wire, FRAME_ERROR)->u.error.code, MST_WIRE_STORAGE);
	rig_free(r);
}

static void
a_feed_ends_with_what_let_it_in(void **unused)
{
	rig *r = rig_welcomed(ROLE_READ);

	(void)unused;
	subscribe(r);
	assert_int_equal(pumped(r), 1);
	hello(r, 0); /* a HELLO that asks for no role */
	assert_int_equal(pumped(r), 0);
	assert_false(session_has_feed_work(r->s));
	hello(r, ROLE_READ);
	subscribe(r);
	assert_int_equal(pumped(r), 1);
	r->device.id.at[0] ^= 1; /* the key belongs to another device now */
	assert_int_equal(pumped(r), 0);
	assert_false(session_has_feed_work(r->s));
	rig_free(r);
}

/* ---- the rest ---- */

static void
ping_is_answered_with_its_number(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	frame f = { .kind = FRAME_PING };
	const frame *pong;

	(void)unused;
	f.u.ping.number = 12;
	f.u.ping.queue_depth = 34;
	in(r, f);
	pong = capture_next(&r->wire, FRAME_PONG);
	assert_int_equal(pong->u.pong.number, 12);
	assert_int_equal(pong->u.pong.hub_time_us, 78);
	assert_int_equal(session_who(r->s)->queue_depth, 34);
	rig_free(r);
}

static void
any_time_of_a_device_is_data(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	frame f = { .kind = FRAME_PING };

	(void)unused;
	f.u.ping.device_time_us = 79;
	in(r, f);
	assert_int_equal(session_who(r->s)->off_us, 1);
	f.u.ping.device_time_us = INT64_MIN;
	in(r, f);
	assert_int_equal(session_who(r->s)->off_us, -INT64_MAX);
	rig_free(r);
}

static void
kinds_that_are_not_served_are_named(void **unused)
{
	static const frame_kind kinds[] = { FRAME_WELCOME, FRAME_RECEIPT, FRAME_JOIN,
		FRAME_PROOF_REQUEST, FRAME_FEED };
	rig *r = rig_welcomed(ROLE_PUSH);
	ms_error why = { .text = "the frame has a wrong magic" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		in(r, (frame){ .kind = kinds[i] });
		expect_error(r, "UNKNOWN_KIND");
	}
	session_bad_frame(r->s, &why, 3);
	expect_error(r, "MALFORMED");
	why.code = MST_WIRE_UNKNOWN_KIND;
	session_bad_frame(r->s, &why, 3);
	expect_error(r, "UNKNOWN_KIND");
	assert_false(session_ended(r->s));
	rig_free(r);
}

static void
the_plan_is_given_or_refused_by_name(void **unused)
{
	rig *r = rig_welcomed(ROLE_READ);
	frame f = { .kind = FRAME_PLAN_REQUEST };

	(void)unused;
	in(r, f);
	assert_int_equal(capture_next(&r->wire, FRAME_PLAN)->u.plan.size, 4);
	f.u.plan_request.version = span_str("no such version");
	in(r, f);
	expect_error(r, "NO_PLAN");
	rig_free(r);
}

static void
a_peer_that_is_gone_ends_the_session(void **unused)
{
	rig *r = rig_welcomed(ROLE_PUSH);
	session_outcome o = { .receipted = true };

	(void)unused;
	r->wire.fail = MS_UNREACHABLE;
	session_outcomes(r->s, &o, 1, 2);
	assert_true(session_ended(r->s));
	r->wire.fail = MS_OK;
	session_outcomes(r->s, &o, 1, 2);
	in(r, (frame){ .kind = FRAME_PING });
	assert_int_equal(r->wire.n, 0);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_needs_hello_first),
		cmocka_unit_test(welcome_tells_the_stream_and_the_limits),
		cmocka_unit_test(a_reader_is_no_push_session),
		cmocka_unit_test(versions_must_meet),
		cmocka_unit_test(the_device_of_hello_must_be_that_of_the_key),
		cmocka_unit_test(an_unknown_key_is_told_and_dropped),
		cmocka_unit_test(another_user_on_the_same_routing_id_is_dropped),
		cmocka_unit_test(a_device_revoked_in_session_is_answered_not_served),
		cmocka_unit_test(a_key_that_changed_hands_must_say_hello_again),
		cmocka_unit_test(a_frozen_device_reads_but_does_not_push),
		cmocka_unit_test(a_batch_is_handed_over_and_answered_later),
		cmocka_unit_test(a_batch_of_another_device_or_hub_is_not_yours),
		cmocka_unit_test(bad_batches_are_refused_by_name),
		cmocka_unit_test(beyond_the_window_nothing_is_taken),
		cmocka_unit_test(the_window_counts_bytes_too),
		cmocka_unit_test(a_hub_without_room_says_busy_or_storage),
		cmocka_unit_test(receipts_of_a_turn_share_a_frame_and_keep_their_order),
		cmocka_unit_test(a_subscription_is_shown_its_keys_once),
		cmocka_unit_test(a_feed_that_cannot_be_proven_is_no_mistake_of_the_reader),
		cmocka_unit_test(a_feed_ends_with_what_let_it_in),
		cmocka_unit_test(ping_is_answered_with_its_number),
		cmocka_unit_test(any_time_of_a_device_is_data),
		cmocka_unit_test(kinds_that_are_not_served_are_named),
		cmocka_unit_test(the_plan_is_given_or_refused_by_name),
		cmocka_unit_test(a_peer_that_is_gone_ends_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
