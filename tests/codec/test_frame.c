/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame.c - every kind of frame there and back, golden bytes, feeds as protobuf-c packs them, and bad frames by name. */
#include "tests/codec/codec_testing.h"

#include "codec/frame.h"

static const uint8_t hash_bytes[HASH_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

static hash32
some_hash(void)
{
	hash32 h;

	memcpy(h.at, hash_bytes, HASH_SIZE);
	return h;
}

static frame_checkpoint
some_checkpoint(void)
{
	return (frame_checkpoint){ .size = 300, .root = some_hash(), .note = span_str("note\n") };
}

static void
same_checkpoint(const frame_checkpoint *a, const frame_checkpoint *b)
{
	assert_int_equal(a->size, b->size);
	assert_true(hash_equal(&a->root, &b->root));
	assert_true(span_equal(a->note, b->note));
}

typedef struct turn {
	arena memory;
	buf bytes;
	frame back;
} turn;

static void
there_and_back(turn *t, const frame *f)
{
	ms_error err = { 0 };

	buf_reset(&t->bytes);
	assert_int_equal(frame_encode(f, &t->memory, &t->bytes), MS_OK);
	assert_int_equal(t->bytes.at[3], f->kind);
	if (frame_decode(buf_span(&t->bytes), &t->memory, &t->back, &err) != MS_OK)
		fail_msg("%s: %s", frame_kind_name(f->kind), err.text);
	assert_int_equal(t->back.kind, f->kind);
}

static void
turn_fini(turn *t)
{
	arena_fini(&t->memory);
	buf_fini(&t->bytes);
}

static void
hello_and_welcome_come_back(void **state)
{
	frame hello = { .kind = FRAME_HELLO, .u.hello = { .roles = 3, .protocol_min = 1, .protocol_max = 2, .schema = 1,
			.software = span_str("muster 0.1"), .device = span_of(hash_bytes, 16), .verified = some_checkpoint() } };
	frame welcome = { .kind = FRAME_WELCOME, .u.welcome = { .protocol = 1, .schema = 1, .software = span_str("hub"),
			.next_seq = UINT64_MAX, .last_header = some_hash(), .limits = { 1, 2, 3, 4, 5, 6 },
			.plan_version = span_of(hash_bytes, 32), .hub_time_us = -7, .checkpoint = some_checkpoint(),
			.hub = span_of(hash_bytes, 16), .frozen = true } };
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
	assert_memory_equal(&t.back.u.welcome.limits, &welcome.u.welcome.limits, sizeof(frame_limits));
	assert_true(span_equal(t.back.u.welcome.plan_version, welcome.u.welcome.plan_version));
	assert_true(span_equal(t.back.u.welcome.hub, welcome.u.welcome.hub));
	assert_int_equal(t.back.u.welcome.hub_time_us, -7);
	assert_true(t.back.u.welcome.frozen);
	same_checkpoint(&t.back.u.welcome.checkpoint, &welcome.u.welcome.checkpoint);
	turn_fini(&t);
}

static frame_receipt
some_receipt(const span *path, size_t n)
{
	return (frame_receipt){ .first_seq = 5, .count = 3, .header_hash = some_hash(), .leaf = 12345,
		.hub_time_us = 1341446400123456, .verdicts = span_str("\x01\x03\x10"), .path = path, .n_path = n,
		.has_checkpoint = n > 0, .checkpoint = n > 0 ? some_checkpoint() : (frame_checkpoint){ 0 } };
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
	assert_int_equal(a->has_checkpoint, b->has_checkpoint);
	same_checkpoint(&a->checkpoint, &b->checkpoint);
}

static void
receipts_come_back_in_frames_and_alone(void **state)
{
	span path[2] = { span_of(hash_bytes, 32), span_of(hash_bytes, 32) };
	frame_receipt list[2] = { some_receipt(NULL, 0), some_receipt(path, 2) }, back;
	frame f = { .kind = FRAME_RECEIPT, .u.receipts = { list, 2 } };
	turn t = { 0 };
	size_t i;

	(void)state;
	there_and_back(&t, &f);
	assert_int_equal(t.back.u.receipts.n, 2);
	for (i = 0; i < 2; i++)
		same_receipt(&list[i], &t.back.u.receipts.list[i]);
	for (i = 0; i < 2; i++) {
		buf_reset(&t.bytes);
		assert_int_equal(receipt_encode(&list[i], &t.memory, &t.bytes), MS_OK);
		assert_int_equal(receipt_decode(buf_span(&t.bytes), &t.memory, &back), MS_OK);
		same_receipt(&list[i], &back);
	}
	assert_int_equal(receipt_decode(span_of("\x08", 1), &t.memory, &back), MS_CORRUPT);
	turn_fini(&t);
}

static void
pushes_and_nacks_come_back(void **state)
{
	frame push = { .kind = FRAME_PUSH, .u.push = span_str("a sealed batch") };
	frame nack = { .kind = FRAME_NACK, .u.nack = { .code = NACK_GAP, .first_seq = 9, .send_from = 5,
			.text = span_str("send from 5"), .retry_after_ms = 250 } };
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
small_frames_come_back(void **state)
{
	frame subscribe = { .kind = FRAME_SUBSCRIBE, .u.subscribe = { .cursor = 7, .classes = 3, .credit = 100,
			.period = span_str("2012-Q2"), .item = span_str("i06"), .once = true } };
	frame credit = { .kind = FRAME_CREDIT, .u.credit = { .more = 50, .stored = UINT64_MAX } };
	frame request = { .kind = FRAME_PLAN_REQUEST, .u.plan_request = { span_of(hash_bytes, 32), 4096 } };
	frame plan = { .kind = FRAME_PLAN, .u.plan = { span_of(hash_bytes, 32), 4096, 9999, span_of("a\0b", 3) } };
	frame ping = { .kind = FRAME_PING, .u.ping = { .queue_depth = 4, .software = span_str("m"),
			.verified = some_checkpoint(), .device_time_us = -1, .number = 6 } };
	frame pong = { .kind = FRAME_PONG, .u.pong = { .hub_time_us = 5, .checkpoint = some_checkpoint(),
			.plan_version = span_of(hash_bytes, 32), .number = 6 } };
	frame error = { .kind = FRAME_ERROR, .u.error = { .code = 4107, .name = span_str("BUSY"), .text = span_str("later"),
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

/* ---- feeds ---- */

static frame
some_feed(uint64_t *seed, arena *memory)
{
	frame f = { .kind = FRAME_FEED, .u.feed = { .caught_up = seeded(seed) % 2, .cursor = seeded(seed),
			.size = (uint64_t)some_number(seed), .after = (uint64_t)some_number(seed), .hub_time_us = some_number(seed) } };
	frame_feed *feed = &f.u.feed;
	size_t i, k;

	feed->n_entries = seeded(seed) % 4;
	feed->n_rollups = seeded(seed) % 3;
	feed->entries = arena_zalloc(memory, 4 * sizeof(*feed->entries));
	feed->rollups = arena_zalloc(memory, 3 * sizeof(*feed->rollups));
	for (i = 0; i < feed->n_entries; i++) {
		feed_entry *e = &feed->entries[i];

		*e = (feed_entry){ .number = seeded(seed), .leaf = (uint64_t)some_number(seed) };
		e->withheld = seeded(seed) % 4 == 0;
		if (e->withheld)
			continue;
		e->hub_time_us = some_number(seed);
		e->header = some_bytes(seed, 48);
		e->signature = some_bytes(seed, 50);
		e->verdicts = some_bytes(seed, seeded(seed) % 40);
		e->n_acts = seeded(seed) % 5;
		e->n_siblings = seeded(seed) % 3;
		e->acts = arena_zalloc(memory, 5 * sizeof(*e->acts));
		e->siblings = arena_zalloc(memory, 3 * sizeof(*e->siblings));
		for (k = 0; k < e->n_acts; k++)
			e->acts[k] = (feed_act){ (uint16_t)seeded(seed), span_of(hash_bytes, seeded(seed) % 33) };
		for (k = 0; k < e->n_siblings; k++)
			e->siblings[k] = span_of(hash_bytes, HASH_SIZE);
	}
	for (i = 0; i < feed->n_rollups; i++) {
		feed_rollup *r = &feed->rollups[i];

		*r = (feed_rollup){ .item = span_str("i06"), .period = span_str("2012-Q2"), .as_of = seeded(seed), .expected = 9,
			.actual = 5, .on_time = 4, .deadline_us = some_number(seed), .n_figures = 2, .n_missing = 1 };
		r->figures = arena_zalloc(memory, 2 * sizeof(*r->figures));
		r->missing = arena_zalloc(memory, sizeof(*r->missing));
		r->figures[0] = (feed_figure){ .indicator = span_str("a"), .period = span_str("2012"), .has = true,
			.value = some_number(seed), .num = 1, .den = 3, .units = 5, .of = 9, .stale = 1, .has_target = true,
			.target = -4 };
		r->figures[1] = (feed_figure){ .indicator = span_str("b"), .overflow = true };
		r->missing[0] = (feed_missing){ span_str("gxj"), span_str("李四"), LINK_SILENT, 12 };
	}
	return f;
}

static void
same_entry(const feed_entry *a, const feed_entry *b)
{
	size_t k;

	assert_int_equal(a->number, b->number);
	assert_int_equal(a->leaf, b->leaf);
	assert_int_equal(a->withheld, b->withheld);
	assert_int_equal(a->hub_time_us, b->hub_time_us);
	assert_true(span_equal(a->header, b->header));
	assert_true(span_equal(a->signature, b->signature));
	assert_true(span_equal(a->verdicts, b->verdicts));
	assert_int_equal(a->n_acts, b->n_acts);
	assert_int_equal(a->n_siblings, b->n_siblings);
	for (k = 0; k < a->n_acts; k++) {
		assert_int_equal(a->acts[k].at, b->acts[k].at);
		assert_true(span_equal(a->acts[k].bytes, b->acts[k].bytes));
	}
	for (k = 0; k < a->n_siblings; k++)
		assert_true(span_equal(a->siblings[k], b->siblings[k]));
}

static void
same_rollup(const feed_rollup *a, const feed_rollup *b)
{
	size_t k;

	assert_true(span_equal(a->item, b->item) && span_equal(a->period, b->period));
	assert_int_equal(a->as_of, b->as_of);
	assert_int_equal(a->expected, b->expected);
	assert_int_equal(a->actual, b->actual);
	assert_int_equal(a->on_time, b->on_time);
	assert_int_equal(a->deadline_us, b->deadline_us);
	assert_int_equal(a->n_figures, b->n_figures);
	assert_int_equal(a->n_missing, b->n_missing);
	for (k = 0; k < a->n_figures; k++) {
		const feed_figure *f = &a->figures[k], *g = &b->figures[k];

		assert_true(span_equal(f->indicator, g->indicator) && span_equal(f->period, g->period));
		assert_true(f->has == g->has && f->overflow == g->overflow && f->has_target == g->has_target);
		assert_true(f->value == g->value && f->num == g->num && f->den == g->den && f->target == g->target);
		assert_true(f->units == g->units && f->of == g->of && f->stale == g->stale);
	}
	assert_true(span_equal(a->missing[0].unit, b->missing[0].unit));
	assert_true(span_equal(a->missing[0].contact, b->missing[0].contact));
	assert_int_equal(a->missing[0].link, b->missing[0].link);
	assert_int_equal(a->missing[0].last_seen_us, b->missing[0].last_seen_us);
}

static void
feeds_come_back_and_have_the_bytes_of_protobuf_c(void **state)
{
	uint64_t seed = 21;
	turn t = { 0 };
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		frame f = some_feed(&seed, &t.memory);
		const frame_feed *a = &f.u.feed, *b = &t.back.u.feed;

		there_and_back(&t, &f);
		assert_true(reference_canonical(&muster__wire__feed__descriptor,
			span_of(t.bytes.at + FRAME_HEADER_SIZE, t.bytes.len - FRAME_HEADER_SIZE)));
		assert_int_equal(a->caught_up, b->caught_up);
		assert_int_equal(a->cursor, b->cursor);
		assert_int_equal(a->size, b->size);
		assert_int_equal(a->after, b->after);
		assert_int_equal(a->hub_time_us, b->hub_time_us);
		assert_int_equal(a->n_entries, b->n_entries);
		assert_int_equal(a->n_rollups, b->n_rollups);
		for (i = 0; i < a->n_entries; i++)
			same_entry(&a->entries[i], &b->entries[i]);
		for (i = 0; i < a->n_rollups; i++)
			same_rollup(&a->rollups[i], &b->rollups[i]);
		arena_reset(&t.memory);
	}
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
		{ "a kind beyond", "MU\x01\x13\0\0\0\0", 8, MST_WIRE_UNKNOWN_KIND },
		{ "PROOF_REQUEST is not offered", "MU\x01\x09\0\0\0\0", 8, MST_WIRE_UNKNOWN_KIND },
		{ "JOIN is not offered", "MU\x01\x0d\0\0\0\0", 8, MST_WIRE_UNKNOWN_KIND },
		{ "a HELLO that is cut", "MU\x01\x01\0\0\0\0\x08", 9, MST_WIRE_MALFORMED },
		{ "a HELLO whose name is no UTF-8", "MU\x01\x01\0\0\0\0\x22\x01\xff", 11, MST_WIRE_MALFORMED },
		{ "a HELLO whose name holds ESC", "MU\x01\x01\0\0\0\0\x22\x02\x1b[", 12, MST_WIRE_MALFORMED },
		{ "a PUSH without a batch", "MU\x01\x03\0\0\0\0", 8, MST_WIRE_MALFORMED },
		{ "a PUSH longer than the frame", "MU\x01\x03\0\0\0\0\x0a\x05" "ab", 12, MST_WIRE_MALFORMED },
		{ "a PUSH with a group", "MU\x01\x03\0\0\0\0\x0b\x00\x0a\x01" "a", 13, MST_WIRE_MALFORMED },
		{ "a FEED with position 65536", "MU\x01\x07\0\0\0\0\x0a\x06\x3a\x04\x08\x80\x80\x04", 16, MST_WIRE_MALFORMED },
		{ "a FEED whose rollup holds ESC", "MU\x01\x07\0\0\0\0\x12\x03\x0a\x01\x1b", 13, MST_WIRE_MALFORMED },
		{ "a RECEIPT that is cut", "MU\x01\x04\0\0\0\0\x0a\x03\x08\x01", 12, MST_WIRE_MALFORMED },
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
	frame f = { .kind = FRAME_PUSH, .u.push = span_of(batch, FRAME_BYTES_MAX - FRAME_HEADER_SIZE - 4) };
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
	static const char push[] = "MU\x01\x03\0\0\0\0\x10\x05\x0a\x02" "ab\xfa\x07\x02zz";
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
	static const frame_kind kinds[] = { FRAME_NONE, FRAME_PROOF_REQUEST, FRAME_PROOF, FRAME_JOIN, FRAME_JOINED,
		FRAME_KIND_COUNT };
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
		assert_int_equal(frame_decode(span_of(bytes, sizeof(bytes)), &memory, &f, &err), MS_INVALID);
		assert_true(memory.used < 17 * sizeof(bytes));
		arena_reset(&memory);
	}
	arena_fini(&memory);
}

static void
mutated_frames_are_read_safely(void **state)
{
	uint64_t seed = 31;
	turn t = { 0 };
	int round;

	(void)state;
	for (round = 0; round < 30000; round++) {
		frame f = some_feed(&seed, &t.memory);
		frame_receipt r = some_receipt(NULL, 0);
		uint8_t *bytes;
		size_t len;

		if (round % 3 == 0)
			f = (frame){ .kind = FRAME_RECEIPT, .u.receipts = { &r, 1 } };
		buf_reset(&t.bytes);
		assert_int_equal(frame_encode(&f, &t.memory, &t.bytes), MS_OK);
		bytes = malloc(2 * t.bytes.len + 16);
		len = mutated(&seed, buf_span(&t.bytes), bytes);
		frame_decode(span_of(bytes, len), &t.memory, &t.back, NULL);
		free(bytes);
		arena_reset(&t.memory);
	}
	turn_fini(&t);
}

static void
lack_of_memory_is_told_at_every_allocation(void **state)
{
	uint64_t seed = 8;
	arena memory = { 0 };
	buf out = { 0 };
	frame f, back;
	size_t limit;

	(void)state;
	do
		f = some_feed(&seed, &memory);
	while (f.u.feed.n_entries < 2 || f.u.feed.n_rollups == 0);
	assert_int_equal(frame_encode(&f, &memory, &out), MS_OK);
	for (limit = 1;; limit += 8) {
		arena tight = { .limit = limit };
		ms_status s = frame_decode(buf_span(&out), &tight, &back, NULL);

		assert_int_equal(tight.limit, limit);
		arena_fini(&tight);
		if (s == MS_OK)
			break;
		assert_true(s == MS_NO_MEMORY || s == MS_INVALID);
	}
	assert_true(limit > 1000);
	buf_fini(&out);
	arena_fini(&memory);
}

static void
frames_have_the_bytes_of_the_first_release(void **state)
{
	span path[1] = { span_of(hash_bytes, 32) };
	frame_receipt receipt = some_receipt(path, 1);
	frame hello = { .kind = FRAME_HELLO, .u.hello = { .roles = 3, .protocol_min = 1, .protocol_max = 1, .schema = 1,
			.software = span_str("m"), .device = span_of(hash_bytes, 16), .verified = some_checkpoint() } };
	frame push = { .kind = FRAME_PUSH, .u.push = span_str("batch") };
	frame receipts = { .kind = FRAME_RECEIPT, .u.receipts = { &receipt, 1 } };
	feed_act act_shown = { 2, span_str("act") };
	feed_entry entries[2] = { { .number = 7, .leaf = 300, .hub_time_us = -1, .header = span_str("h"),
					  .signature = span_str("s"), .verdicts = span_str("\x01\x01\x01"), .acts = &act_shown,
					  .n_acts = 1, .siblings = path, .n_siblings = 1 },
		{ .number = 8, .leaf = 301, .withheld = true } };
	frame feed = { .kind = FRAME_FEED, .u.feed = { .entries = entries, .n_entries = 2, .caught_up = true, .cursor = 8,
			.size = 302, .after = 6, .hub_time_us = 5 } };
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
		"4d550104000000000a8701080510031a200102030405060708090a0b0c0d0e0f1011121314151617"
		"18191a1b1c1d1e1f2020b960288089d1c2ba82e20432030103103a200102030405060708090a0b0c"
		"0d0e0f101112131415161718191a1b1c1d1e1f20422c08ac0212200102030405060708090a0b0c0d"
		"0e0f101112131415161718191a1b1c1d1e1f201a056e6f74650a");
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
		cmocka_unit_test(receipts_come_back_in_frames_and_alone),
		cmocka_unit_test(pushes_and_nacks_come_back),
		cmocka_unit_test(small_frames_come_back),
		cmocka_unit_test(feeds_come_back_and_have_the_bytes_of_protobuf_c),
		cmocka_unit_test(bad_frames_are_refused_by_name),
		cmocka_unit_test(an_oversize_frame_is_refused_and_never_made),
		cmocka_unit_test(fields_of_later_versions_are_ignored),
		cmocka_unit_test(kinds_that_are_not_offered_cannot_be_made),
		cmocka_unit_test(a_bomb_of_empty_messages_is_refused),
		cmocka_unit_test(mutated_frames_are_read_safely),
		cmocka_unit_test(lack_of_memory_is_told_at_every_allocation),
		cmocka_unit_test(frames_have_the_bytes_of_the_first_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
