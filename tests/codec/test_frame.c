/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame.c - every kind of frame there and back, golden bytes, and bad frames by name. */
#include "tests/codec/frame_testing.h"

static void
hello_and_welcome_come_back(void **state)
{
	frame hello = { .kind = FRAME_HELLO,
		.u.hello = { .roles = 3,
			.protocol_min = 1,
			.protocol_max = 2,
			.schema = 1,
			.software = span_str("muster 0.1"),
			.device = span_of(hash_bytes, 16),
			.verified = some_checkpoint() } };
	frame welcome = { .kind = FRAME_WELCOME,
		.u.welcome = { .protocol = 1,
			.schema = 1,
			.software = span_str("hub"),
			.next_seq = UINT64_MAX,
			.last_header = some_hash(),
			.limits = { 1, 2, 3, 4, 5, 6 },
			.plan_version = span_of(hash_bytes, 32),
			.hub_time_us = -7,
			.checkpoint = some_checkpoint(),
			.hub = span_of(hash_bytes, 16),
			.frozen = true } };
	turn t = { 0 };

	(void)state;
	there_and_back(&t, &hello);
	assert_int_equal(t.back.u.hello.roles, 3);
	assert_int_equal(t.back.u.hello.protocol_min, 1);
	assert_int_equal(t.back.u.hello.protocol_max, 2);
	assert_int_equal(t.back.u.hello.schema, 1);
	assert_true(span_equal(t.back.u.hello.software, hello.u.hello.software));
	assert_true(span_equal(t.back.u.hello.device, hello.u.hello.device));
	same_checkpoint(&t.back.u.hello.verified, &hello.u.hello.verified);
	there_and_back(&t, &welcome);
	assert_int_equal(t.back.u.welcome.next_seq, UINT64_MAX);
	assert_true(hash_equal(&t.back.u.welcome.last_header, &welcome.u.welcome.last_header));
	assert_memory_equal(
		&t.back.u.welcome.limits, &welcome.u.welcome.limits, sizeof(frame_limits));
	assert_true(span_equal(t.back.u.welcome.plan_version, welcome.u.welcome.plan_version));
	assert_true(span_equal(t.back.u.welcome.hub, welcome.u.welcome.hub));
	assert_int_equal(t.back.u.welcome.hub_time_us, -7);
	assert_true(t.back.u.welcome.frozen);
	same_checkpoint(&t.back.u.welcome.checkpoint, &welcome.u.welcome.checkpoint);
	turn_fini(&t);
}

static void
same_receipt(const frame_receipt *a, const frame_receipt *b)
{
	size_t i;

	assert_int_equal(a->first_seq, b->first_seq);
	assert_int_equal(a->count, b->count);
	assert_true(hash_equal(&a->header_hash, &b->header_hash));
	assert_int_equal(a->leaf, b->leaf);
	assert_int_equal(a->hub_time_us, b->hub_time_us);
	assert_true(span_equal(a->verdicts, b->verdicts));
	assert_int_equal(a->n_path, b->n_path);
	for (i = 0; i < a->n_path; i++)
		assert_true(span_equal(a->path[i], b->path[i]));
	same_checkpoint(&a->checkpoint, &b->checkpoint);
}

static void
receipts_come_back(void **state)
{
	span path[2] = { span_of(hash_bytes, 32), span_of(hash_bytes, 32) }, proof[2];
	frame_receipt list[2] = { some_receipt(NULL, 0), some_receipt(path, 2) };
	frame f = { .kind = FRAME_RECEIPT,
		.u.receipts = { .list = list, .n = 2, .checkpoint = proven_checkpoint(proof) } };
	turn t = { 0 };
	size_t i;

	(void)state;
	there_and_back(&t, &f);
	assert_int_equal(t.back.u.receipts.n, 2);
	same_checkpoint(&t.back.u.receipts.checkpoint, &f.u.receipts.checkpoint);
	for (i = 0; i < 2; i++)
		same_receipt(&list[i], &t.back.u.receipts.list[i]);
	turn_fini(&t);
}

static void
pushes_and_nacks_come_back(void **state)
{
	frame push = { .kind = FRAME_PUSH, .u.push = span_str("a sealed batch") };
	frame nack = { .kind = FRAME_NACK,
		.u.nack = { .code = NACK_GAP,
			.first_seq = 9,
			.send_from = 5,
			.text = span_str("send from 5"),
			.retry_after_ms = 250 } };
	turn t = { 0 };

	(void)state;
	there_and_back(&t, &push);
	assert_true(span_equal(t.back.u.push, push.u.push));
	/* The batch is not copied. */
	assert_true(t.back.u.push.at > t.bytes.at && t.back.u.push.at < t.bytes.at + t.bytes.len);
	there_and_back(&t, &nack);
	assert_int_equal(t.back.u.nack.code, NACK_GAP);
	assert_int_equal(t.back.u.nack.first_seq, 9);
	assert_int_equal(t.back.u.nack.send_from, 5);
	assert_true(span_equal(t.back.u.nack.text, nack.u.nack.text));
	assert_int_equal(t.back.u.nack.retry_after_ms, 250);
	turn_fini(&t);
}

static void
absurd_times_are_bounded(void **state)
{
	static const int64_t said[] = { INT64_MIN, INT64_MAX, FRAME_TIME_MAX + 1, FRAME_TIME_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		int64_t bound = said[i] < 0 ? -FRAME_TIME_MAX : FRAME_TIME_MAX;
		frame ping = { .kind = FRAME_PING, .u.ping.device_time_us = said[i] };
		frame join = { .kind = FRAME_JOIN, .u.join.device_time_us = said[i] };
		frame pong = { .kind = FRAME_PONG, .u.pong.hub_time_us = said[i] };
		turn t = { 0 };

		there_and_back(&t, &ping);
		assert_int_equal(t.back.u.ping.device_time_us, bound);
		there_and_back(&t, &join);
		assert_int_equal(t.back.u.join.device_time_us, bound);
		there_and_back(&t, &pong);
		assert_int_equal(t.back.u.pong.hub_time_us, bound);
		turn_fini(&t);
	}
}

static void
small_frames_come_back(void **state)
{
	frame subscribe = { .kind = FRAME_SUBSCRIBE,
		.u.subscribe = { .cursor = 7,
			.classes = 3,
			.credit = 100,
			.period = span_str("2012-Q2"),
			.item = span_str("i06"),
			.once = true } };
	frame credit = { .kind = FRAME_CREDIT, .u.credit = { .more = 50, .stored = UINT64_MAX } };
	frame request = { .kind = FRAME_PLAN_REQUEST,
		.u.plan_request = { span_of(hash_bytes, 32), 4096 } };
	frame plan = { .kind = FRAME_PLAN,
		.u.plan = { span_of(hash_bytes, 32), 4096, 9999, span_of("a\0b", 3) } };
	frame ping = { .kind = FRAME_PING,
		.u.ping = { .queue_depth = 4,
			.trouble = 4122,
			.software = span_str("m"),
			.verified = some_checkpoint(),
			.device_time_us = -1,
			.number = 6,
			.clock = PING_CLOCK_DIFFERS } };
	frame pong = { .kind = FRAME_PONG,
		.u.pong = { .hub_time_us = 5,
			.checkpoint = some_checkpoint(),
			.plan_version = span_of(hash_bytes, 32),
			.number = 6 } };
	frame error = { .kind = FRAME_ERROR,
		.u.error = { .code = 4107,
			.name = span_str("BUSY"),
			.text = span_str("later"),
			.retry_after_ms = 9 } };
	turn t = { 0 };

	(void)state;
	there_and_back(&t, &subscribe);
	assert_int_equal(t.back.u.subscribe.cursor, 7);
	assert_int_equal(t.back.u.subscribe.classes, 3);
	assert_int_equal(t.back.u.subscribe.credit, 100);
	assert_true(t.back.u.subscribe.once);
	assert_true(span_equal(t.back.u.subscribe.period, span_str("2012-Q2")));
	assert_true(span_equal(t.back.u.subscribe.item, span_str("i06")));
	there_and_back(&t, &credit);
	assert_int_equal(t.back.u.credit.more, 50);
	assert_int_equal(t.back.u.credit.stored, UINT64_MAX);
	there_and_back(&t, &request);
	assert_true(span_equal(t.back.u.plan_request.version, request.u.plan_request.version));
	assert_int_equal(t.back.u.plan_request.offset, 4096);
	there_and_back(&t, &plan);
	assert_true(span_equal(t.back.u.plan.piece, plan.u.plan.piece));
	assert_int_equal(t.back.u.plan.size, 9999);
	there_and_back(&t, &ping);
	assert_int_equal(t.back.u.ping.queue_depth, 4);
	assert_int_equal(t.back.u.ping.device_time_us, -1);
	assert_int_equal(t.back.u.ping.number, 6);
	assert_int_equal(t.back.u.ping.clock, PING_CLOCK_DIFFERS);
	assert_int_equal(t.back.u.ping.trouble, 4122);
	same_checkpoint(&t.back.u.ping.verified, &ping.u.ping.verified);
	there_and_back(&t, &pong);
	assert_int_equal(t.back.u.pong.hub_time_us, 5);
	assert_int_equal(t.back.u.pong.number, 6);
	same_checkpoint(&t.back.u.pong.checkpoint, &pong.u.pong.checkpoint);
	there_and_back(&t, &error);
	error.kind = FRAME_BYE;
	there_and_back(&t, &error);
	assert_int_equal(t.back.u.error.code, 4107);
	assert_true(span_equal(t.back.u.error.name, span_str("BUSY")));
	assert_true(span_equal(t.back.u.error.text, span_str("later")));
	assert_int_equal(t.back.u.error.retry_after_ms, 9);
	turn_fini(&t);
}

static void
a_join_comes_back(void **state)
{
	span key = span_of(hash_bytes, 32);
	frame join = { .kind = FRAME_JOIN }, joined = { .kind = FRAME_JOINED };
	const frame_join *j;
	const frame_joined *d;
	turn t = { 0 };

	(void)state;
	join.u.join = (frame_join){ .sign_key = key,
		.curve_key = key,
		.unit = span_str("kjj"),
		.device_time_us = -5,
		.only_check = true,
		.signature = span_of(hash_bytes, 31),
		.software = span_str("m") };
	there_and_back(&t, &join);
	j = &t.back.u.join;
	assert_true(span_equal(j->sign_key, key) && span_equal(j->curve_key, key));
	assert_true(span_equal(j->unit, span_str("kjj")) && span_equal(j->software, span_str("m")));
	assert_true(j->only_check && j->signature.len == 31);
	assert_int_equal(j->device_time_us, -5);
	joined.u.joined = (frame_joined){ .device = span_of(hash_bytes, 16),
		.unit = span_str("kjj"),
		.name = span_str("kjj@office"),
		.hub = span_of(hash_bytes, 16),
		.sign_key = key,
		.log_key = span_str("log+1+2"),
		.admin_key = key,
		.simulated = true,
		.clock_start_us = 1,
		.clock_wall_us = 2,
		.clock_rate = 3,
		.plan_version = key,
		.hub_time_us = 4,
		.awaits_approval = true,
		.until_us = 5 };
	there_and_back(&t, &joined);
	d = &t.back.u.joined;
	assert_int_equal(d->device.len, 16);
	assert_true(span_equal(d->name, span_str("kjj@office")));
	assert_true(span_equal(d->log_key, span_str("log+1+2")));
	assert_true(span_equal(d->admin_key, key) && span_equal(d->plan_version, key));
	assert_true(d->simulated && d->awaits_approval);
	assert_int_equal(d->clock_start_us + d->clock_wall_us + d->clock_rate, 6);
	assert_int_equal(d->hub_time_us + d->until_us, 9);
	turn_fini(&t);
}

static void
a_delivery_comes_back(void **state)
{
	delivered_to to[2] = { { .unit = span_str("fgw"), .stored = true, .link = LINK_CONNECTED },
		{ .unit = span_str("hbj"), .link = LINK_SILENT, .last_seen_us = 7 } };
	frame ask = { .kind = FRAME_DELIVERY_REQUEST }, told = { .kind = FRAME_DELIVERY };
	turn t = { 0 };

	(void)state;
	ask.u.delivery_request = (frame_delivery_request){ .leaf = 1u << 20, .position = 255 };
	there_and_back(&t, &ask);
	assert_int_equal(t.back.u.delivery_request.leaf, 1u << 20);
	assert_int_equal(t.back.u.delivery_request.position, 255);
	told.u.delivery =
		(frame_delivery){ .leaf = 5, .position = 6, .known = true, .to = to, .n_to = 2 };
	there_and_back(&t, &told);
	assert_true(t.back.u.delivery.known);
	assert_int_equal(t.back.u.delivery.leaf, 5);
	assert_int_equal(t.back.u.delivery.position, 6);
	assert_int_equal(t.back.u.delivery.n_to, 2);
	assert_true(span_equal(t.back.u.delivery.to[0].unit, span_str("fgw")));
	assert_true(t.back.u.delivery.to[0].stored && !t.back.u.delivery.to[1].stored);
	assert_int_equal(t.back.u.delivery.to[1].link, LINK_SILENT);
	assert_int_equal(t.back.u.delivery.to[1].last_seen_us, 7);
	turn_fini(&t);
}

/* ---- bad frames ---- */

static unsigned
refusal(const char *bytes, size_t len)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	frame f;

	assert_int_equal(frame_decode(span_of(bytes, len), &memory, &f, &err), MS_INVALID);
	assert_true(err.text[0] != '\0');
	assert_int_equal(memory.limit, 0);
	arena_fini(&memory);
	return err.code;
}

static void
bad_frames_are_refused_by_name(void **state)
{
	static const struct {
		const char *claim;
		const char *bytes;
		size_t len;
		unsigned code;
	} rows[] = {
		{ "nothing", "", 0, MST_WIRE_MALFORMED },
		{ "seven bytes", "MU\x01\x01\0\0\0", 7, MST_WIRE_MALFORMED },
		{ "another magic", "MX\x01\x01\0\0\0\0", 8, MST_WIRE_MALFORMED },
		{ "another protocol", "MU\x02\x01\0\0\0\0", 8, MST_WIRE_VERSION },
		{ "kind 0", "MU\x01\x00\0\0\0\0", 8, MST_WIRE_UNKNOWN_KIND },
		{ "a kind beyond", "MU\x01\x15\0\0\0\0", 8, MST_WIRE_UNKNOWN_KIND },
		{ "a HELLO that is cut", "MU\x01\x01\0\0\0\0\x08", 9, MST_WIRE_MALFORMED },
		{ "a HELLO whose name is no UTF-8", "MU\x01\x01\0\0\0\0\x22\x01\xff", 11,
			MST_WIRE_MALFORMED },
		{ "a HELLO whose name holds ESC", "MU\x01\x01\0\0\0\0\x22\x02\x1b[", 12,
			MST_WIRE_MALFORMED },
		{ "a PUSH without a batch", "MU\x01\x03\0\0\0\0", 8, MST_WIRE_MALFORMED },
		{ "a PUSH longer than the frame",
			"MU\x01\x03\0\0\0\0\x0a\x05"
			"ab",
			12, MST_WIRE_MALFORMED },
		{ "a PUSH with a group",
			"MU\x01\x03\0\0\0\0\x0b\x00\x0a\x01"
			"a",
			13, MST_WIRE_MALFORMED },
		{ "a FEED with position 65536",
			"MU\x01\x07\0\0\0\0\x0a\x06\x3a\x04\x08\x80\x80\x04", 16,
			MST_WIRE_MALFORMED },
		{ "a FEED whose rollup holds ESC", "MU\x01\x07\0\0\0\0\x12\x03\x0a\x01\x1b", 13,
			MST_WIRE_MALFORMED },
		{ "a RECEIPT that is cut", "MU\x01\x04\0\0\0\0\x0a\x03\x08\x01", 12,
			MST_WIRE_MALFORMED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (refusal(rows[i].bytes, rows[i].len) != rows[i].code)
			fail_msg("%s", rows[i].claim);
}

static void
an_oversize_frame_is_refused_and_never_made(void **state)
{
	static char big[FRAME_BYTES_MAX + 1] = "MU\x01\x03\0\0\0\0";
	static uint8_t batch[FRAME_BYTES_MAX];
	frame f = { .kind = FRAME_PUSH,
		.u.push = span_of(batch, FRAME_BYTES_MAX - FRAME_HEADER_SIZE - 4) };
	arena memory = { 0 };
	buf out = { 0 };

	(void)state;
	assert_int_equal(refusal(big, sizeof(big)), MST_WIRE_MALFORMED);
	assert_int_equal(frame_encode(&f, &memory, &out), MS_OK);
	assert_int_equal(out.len, FRAME_BYTES_MAX);
	f.u.push.len++;
	assert_int_equal(frame_encode(&f, &memory, &out), MS_FULL);
	assert_int_equal(out.len, FRAME_BYTES_MAX);
	buf_fini(&out);
	arena_fini(&memory);
}

static void
fields_of_later_versions_are_ignored(void **state)
{
	static const char ping[] = "MU\x01\x0b\0\0\0\0\x08\x05\xf8\x07\x01\xfa\x07\x02zz\x28\x07";
	static const char push[] = "MU\x01\x03\0\0\0\0\x10\x05\x0a\x02"
				   "ab\xfa\x07\x02zz";
	arena memory = { 0 };
	frame f;

	(void)state;
	assert_int_equal(frame_decode(span_of(ping, sizeof(ping) - 1), &memory, &f, NULL), MS_OK);
	assert_int_equal(f.u.ping.queue_depth, 5);
	assert_int_equal(f.u.ping.number, 7);
	assert_int_equal(frame_decode(span_of(push, sizeof(push) - 1), &memory, &f, NULL), MS_OK);
	assert_true(span_equal(f.u.push, span_str("ab")));
	arena_fini(&memory);
}

static void
kinds_that_are_not_offered_cannot_be_made(void **state)
{
	static const frame_kind kinds[] = { FRAME_NONE, FRAME_KIND_COUNT };
	arena memory = { 0 };
	buf out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		frame f = { .kind = kinds[i] };

		assert_int_equal(frame_encode(&f, &memory, &out), MS_BUG);
		assert_int_equal(out.len, 0);
	}
	assert_string_equal(frame_kind_name(FRAME_JOIN), "JOIN");
	assert_string_equal(frame_kind_name(FRAME_KIND_COUNT), "UNKNOWN");
	arena_fini(&memory);
}

/* Pitfalls P2: a frame full of two-byte messages takes a bounded share of memory and is refused. */
static void
a_bomb_of_empty_messages_is_refused(void **state)
{
	static uint8_t bytes[FRAME_BYTES_MAX];
	static const uint8_t kinds[] = { FRAME_RECEIPT, FRAME_HELLO };
	arena memory = { 0 };
	ms_error err = { 0 };
	frame f;
	size_t i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		memcpy(bytes, "MU\x01", 4);
		bytes[3] = kinds[k];
		/* Empty receipts; for HELLO unknown fields, which protobuf-c keeps one by one. */
		for (i = FRAME_HEADER_SIZE; i < sizeof(bytes); i += 2) {
			bytes[i] = k == 0 ? 0x0a : 0x7a;
			bytes[i + 1] = 0;
		}
		assert_int_equal(
			frame_decode(span_of(bytes, sizeof(bytes)), &memory, &f, &err), MS_INVALID);
		assert_true(memory.used < 17 * sizeof(bytes));
		arena_reset(&memory);
	}
	arena_fini(&memory);
}

static void
frames_have_the_bytes_of_the_first_release(void **state)
{
	span path[1] = { span_of(hash_bytes, 32) };
	frame_receipt receipt = some_receipt(path, 1);
	frame hello = { .kind = FRAME_HELLO,
		.u.hello = { .roles = 3,
			.protocol_min = 1,
			.protocol_max = 1,
			.schema = 1,
			.software = span_str("m"),
			.device = span_of(hash_bytes, 16),
			.verified = some_checkpoint() } };
	frame push = { .kind = FRAME_PUSH, .u.push = span_str("batch") };
	frame receipts = { .kind = FRAME_RECEIPT,
		.u.receipts = { .list = &receipt, .n = 1, .checkpoint = some_checkpoint() } };
	feed_act act_shown = { 2, span_str("act") };
	feed_entry entries[2] = { { .number = 7,
					  .leaf = 300,
					  .hub_time_us = -1,
					  .header = span_str("h"),
					  .signature = span_str("s"),
					  .verdicts = span_str("\x01\x01\x01"),
					  .acts = &act_shown,
					  .n_acts = 1,
					  .siblings = path,
					  .n_siblings = 1 },
		{ .number = 8, .leaf = 301, .withheld = true } };
	frame feed = { .kind = FRAME_FEED,
		.u.feed = { .entries = entries,
			.n_entries = 2,
			.caught_up = true,
			.cursor = 8,
			.size = 302,
			.after = 6,
			.hub_time_us = 5 } };
	turn t = { 0 };

	(void)state;
	there_and_back(&t, &hello);
	assert_hex(buf_span(&t.bytes),
		"4d5501010000000008031001180122016d2801322c08ac0212200102030405060708090a0b0c0d0e"
		"0f101112131415161718191a1b1c1d1e1f201a056e6f74650a3a100102030405060708090a0b0c0d"
		"0e0f10");
	there_and_back(&t, &push);
	assert_hex(buf_span(&t.bytes), "4d550103000000000a056261746368");
	there_and_back(&t, &receipts);
	assert_hex(buf_span(&t.bytes),
		"4d550104000000000a59080510031a200102030405060708090a0b0c0d0e0f101112131415161718"
		"191a1b1c1d1e1f2020b960288089d1c2ba82e20432030103103a200102030405060708090a0b0c0d"
		"0e0f101112131415161718191a1b1c1d1e1f20122c08ac0212200102030405060708090a0b0c0d0e"
		"0f101112131415161718191a1b1c1d1e1f201a056e6f74650a");
	there_and_back(&t, &feed);
	assert_hex(buf_span(&t.bytes),
		"4d550107000000000a3d080710ac0218012201682a017332030101013a0708021203616374422001"
		"02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200a07080810ad024801"
		"18012008280a30ae023806");
	turn_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_and_welcome_come_back),
		cmocka_unit_test(receipts_come_back),
		cmocka_unit_test(pushes_and_nacks_come_back),
		cmocka_unit_test(absurd_times_are_bounded),
		cmocka_unit_test(small_frames_come_back),
		cmocka_unit_test(a_join_comes_back),
		cmocka_unit_test(a_delivery_comes_back),
		cmocka_unit_test(bad_frames_are_refused_by_name),
		cmocka_unit_test(an_oversize_frame_is_refused_and_never_made),
		cmocka_unit_test(fields_of_later_versions_are_ignored),
		cmocka_unit_test(kinds_that_are_not_offered_cannot_be_made),
		cmocka_unit_test(a_bomb_of_empty_messages_is_refused),
		cmocka_unit_test(frames_have_the_bytes_of_the_first_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
