/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame_feed.c - feeds as protobuf-c packs them, damaged frames, and frames without memory. */
#include "tests/codec/frame_testing.h"

static void
fill_rollup(uint64_t *seed, arena *memory, feed_rollup *r)
{
	*r = (feed_rollup){ .item = span_str("i06"),
		.period = span_str("2012-Q2"),
		.as_of = seeded(seed),
		.expected = 9,
		.actual = 5,
		.on_time = 4,
		.deadline_us = some_number(seed),
		.n_figures = 2,
		.n_unit_targets = 1,
		.n_missing = 1 };
	r->figures = arena_zalloc(memory, 2 * sizeof(*r->figures));
	r->missing = arena_zalloc(memory, sizeof(*r->missing));
	r->figures[0] = (feed_figure){ .indicator = span_str("a"),
		.period = span_str("2012"),
		.has = true,
		.value = some_number(seed),
		.num = 1,
		.den = 3,
		.units = 5,
		.of = 9,
		.stale = 1,
		.has_target = true,
		.target = -4 };
	r->figures[1] = (feed_figure){
		.indicator = span_str("b"), .overflow = true, .accepted_overflow = true
	};
	r->unit_targets = arena_zalloc(memory, sizeof(*r->unit_targets));
	r->unit_targets[0] = (feed_figure){ .indicator = span_str("a"),
		.unit = span_str("gxj"),
		.has = true,
		.value = some_number(seed),
		.has_target = true,
		.target = 7 };
	r->missing[0] = (feed_missing){ span_str("gxj"), span_str("李四"), LINK_SILENT, 12, 0, 0 };
}

static frame
some_feed(uint64_t *seed, arena *memory)
{
	frame f = { .kind = FRAME_FEED,
		.u.feed = { .caught_up = seeded(seed) % 2,
			.cursor = seeded(seed),
			.size = (uint64_t)some_number(seed),
			.after = (uint64_t)some_number(seed),
			.hub_time_us = some_number(seed) } };
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
			e->acts[k] = (feed_act){ (uint16_t)seeded(seed),
				span_of(hash_bytes, seeded(seed) % 33) };
		for (k = 0; k < e->n_siblings; k++)
			e->siblings[k] = span_of(hash_bytes, HASH_SIZE);
	}
	for (i = 0; i < feed->n_rollups; i++)
		fill_rollup(seed, memory, &feed->rollups[i]);
	if (seeded(seed) % 3 == 0) {
		feed_part *part = arena_zalloc(memory, sizeof(*part));

		part->number = (uint32_t)seeded(seed) % 3;
		part->goes_on = seeded(seed) % 2;
		fill_rollup(seed, memory, &part->rollup);
		feed->part = part;
	}
	return f;
}

/* TIME as it comes back. */
static int64_t
bounded(int64_t time_us)
{
	if (time_us > FRAME_TIME_MAX)
		return FRAME_TIME_MAX;
	return time_us < -FRAME_TIME_MAX ? -FRAME_TIME_MAX : time_us;
}

static void
same_entry(const feed_entry *a, const feed_entry *b)
{
	size_t k;

	assert_int_equal(a->number, b->number);
	assert_int_equal(a->leaf, b->leaf);
	assert_int_equal(a->withheld, b->withheld);
	assert_int_equal(bounded(a->hub_time_us), b->hub_time_us);
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
	assert_int_equal(bounded(a->deadline_us), b->deadline_us);
	assert_int_equal(a->n_figures, b->n_figures);
	assert_int_equal(a->n_missing, b->n_missing);
	for (k = 0; k < a->n_figures; k++) {
		const feed_figure *f = &a->figures[k], *g = &b->figures[k];

		assert_true(
			span_equal(f->indicator, g->indicator) && span_equal(f->period, g->period));
		assert_true(f->has == g->has && f->overflow == g->overflow &&
			    f->has_target == g->has_target &&
			    f->accepted_overflow == g->accepted_overflow);
		assert_true(f->value == g->value && f->num == g->num && f->den == g->den &&
			    f->target == g->target);
		assert_true(f->units == g->units && f->of == g->of && f->stale == g->stale);
	}
	assert_int_equal(b->n_unit_targets, 1);
	assert_true(span_equal(a->unit_targets[0].unit, b->unit_targets[0].unit));
	assert_int_equal(a->unit_targets[0].value, b->unit_targets[0].value);
	assert_int_equal(b->unit_targets[0].target, 7);
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
		assert_int_equal(bounded(a->hub_time_us), b->hub_time_us);
		assert_int_equal(a->n_entries, b->n_entries);
		assert_int_equal(a->n_rollups, b->n_rollups);
		for (i = 0; i < a->n_entries; i++)
			same_entry(&a->entries[i], &b->entries[i]);
		for (i = 0; i < a->n_rollups; i++)
			same_rollup(&a->rollups[i], &b->rollups[i]);
		assert_int_equal(a->part == NULL, b->part == NULL);
		if (a->part != NULL) {
			assert_int_equal(a->part->number, b->part->number);
			assert_int_equal(a->part->goes_on, b->part->goes_on);
			same_rollup(&a->part->rollup, &b->part->rollup);
		}
		arena_reset(&t.memory);
	}
	turn_fini(&t);
}

/* Whoever looks up a name by the link or reckons with the times of a feed need not doubt them. */
static void
what_a_feed_tells_of_units_is_within_bounds(void **state)
{
	feed_missing slots[2] = {
		{ .unit = span_str("gxj"),
			.link = (unit_link)999,
			.last_seen_us = INT64_MAX,
			.deadline_us = INT64_MIN,
			.returned_us = INT64_MAX },
		{ .unit = span_str("fgw"), .link = LINK_NEVER, .deadline_us = 7 },
	};
	feed_rollup rollup = { .missing = slots, .n_missing = 2 };
	frame f = { .kind = FRAME_FEED, .u.feed = { .rollups = &rollup, .n_rollups = 1 } };
	const feed_missing *back;
	turn t = { 0 };

	(void)state;
	there_and_back(&t, &f);
	back = t.back.u.feed.rollups[0].missing;
	assert_int_equal(back[0].link, LINK_UNKNOWN);
	assert_int_equal(back[0].last_seen_us, FRAME_TIME_MAX);
	assert_int_equal(back[0].deadline_us, -FRAME_TIME_MAX);
	assert_int_equal(back[0].returned_us, FRAME_TIME_MAX);
	assert_int_equal(back[1].link, LINK_NEVER);
	assert_int_equal(back[1].deadline_us, 7);
	turn_fini(&t);
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
			f = (frame){ .kind = FRAME_RECEIPT, .u.receipts = { .list = &r, .n = 1 } };
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
	while (f.u.feed.n_entries < 2 || f.u.feed.n_rollups == 0 || f.u.feed.part == NULL);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_come_back_and_have_the_bytes_of_protobuf_c),
		cmocka_unit_test(what_a_feed_tells_of_units_is_within_bounds),
		cmocka_unit_test(mutated_frames_are_read_safely),
		cmocka_unit_test(lack_of_memory_is_told_at_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
