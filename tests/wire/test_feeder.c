/* SPDX-License-Identifier: Apache-2.0 */
/* test_feeder.c - serving a feed: cursor, credit, classes, `once`, and rollups that never queue. */
#include <stdlib.h>

#include "capture.h"
#include "wire/feeder.h"
#include "wire/rollup_parts.h"

enum { ENTRIES_MAX = 20000, KEYS_MAX = FEEDER_ROLLUPS_MAX + 1, MANY = 600 };

typedef struct rig {
	capture wire;
	feed_source source;
	feeder *feed;
	arena memory;
	uint64_t n;                        /* entries 1..n */
	uint8_t of_class[ENTRIES_MAX + 1]; /* 0 = CLASS_LEAD */
	size_t act_bytes;
	uint64_t reads;
	ms_status fail;
	uint64_t version[KEYS_MAX]; /* of each rollup; 0 = none */
	size_t keys;
	size_t figures;
	size_t missing; /* rows of the rollup of key 1 */
	size_t scratch; /* what reading one takes besides */
	bool is_part;   /* the last frame was one: */
	feed_part part;
	uint8_t act[200 << 10];
} rig;

static ms_status
next(void *ctx, const struct session_facts *who, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	rig *r = ctx;
	uint32_t class;

	(void)who;
	r->reads++;
	if (r->fail != MS_OK)
		return r->fail;
	if (after >= r->n)
		return MS_NOT_FOUND;
	out->number = after + 1;
	class = r->of_class[out->number] == 0 ? CLASS_LEAD : r->of_class[out->number];
	if ((class & classes) == 0)
		return MS_OK;
	out->acts = arena_alloc(memory, sizeof(feed_act));
	out->acts[0] = (feed_act){ .at = 0, .bytes = span_of(r->act, r->act_bytes) };
	out->n_acts = 1;
	return MS_OK;
}

static ms_status
rollup_keys(void *ctx, const struct session_facts *who, const frame_subscribe *sub,
	feed_rollup_keys *keys)
{
	rig *r = ctx;

	(void)who;
	if (span_equal(sub->item, span_str("nonsense")))
		return MS_INVALID;
	if (r->keys > keys->room)
		return MS_FULL;
	for (keys->n = 0; keys->n < r->keys; keys->n++)
		keys->list[keys->n] = keys->n;
	return MS_OK;
}

static bool
rollup_wanted(void *ctx, const struct session_facts *who, const frame_subscribe *sub, uint64_t key)
{
	(void)who;
	(void)sub;
	return key < ((rig *)ctx)->keys;
}

static ms_status
rollup(void *ctx, const struct session_facts *who, uint64_t key, arena *memory, feed_rollup *out)
{
	rig *r = ctx;
	size_t i;

	(void)who;
	if (r->version[key] == 0)
		return MS_NOT_FOUND;
	out->as_of = r->version[key];
	out->expected = (uint32_t)key;
	out->n_figures = r->figures;
	out->figures = arena_zalloc(memory, r->figures * sizeof(feed_figure) + 1);
	out->n_missing = key == 1 ? r->missing : 0;
	out->missing = arena_zalloc(memory, out->n_missing * sizeof(feed_missing) + r->scratch + 1);
	for (i = 0; i < out->n_missing; i++)
		out->missing[i].last_seen_us = (int64_t)out->as_of;
	return MS_OK;
}

static void
now(void *ctx, uint64_t *size, int64_t *hub_time_us)
{
	*size = ((rig *)ctx)->n;
	*hub_time_us = 5;
}

static rig *
rig_new(uint64_t n, uint64_t cursor, uint32_t classes, uint32_t credit, bool once)
{
	rig *r = calloc(1, sizeof(*r));
	frame_subscribe sub = {
		.cursor = cursor, .classes = classes, .credit = credit, .once = once, .parts = true
	};

	r->n = n;
	r->keys = (classes & CLASS_ROLLUP) != 0 ? 3 : 0;
	r->version[0] = r->version[1] = 1;
	r->act_bytes = 100;
	r->source = (feed_source){ .ctx = r,
		.next = next,
		.rollup_keys = rollup_keys,
		.rollup_wanted = rollup_wanted,
		.rollup = rollup,
		.now = now };
	assert_int_equal(feeder_new(&r->source, NULL, &sub, &r->feed), MS_OK);
	return r;
}

static void
subscribe_anew(rig *r, size_t keys, ms_status expected)
{
	frame_subscribe sub = { .classes = CLASS_ROLLUP };

	for (r->keys = 0; r->keys < keys; r->keys++)
		r->version[r->keys] = 1;
	feeder_free(r->feed);
	r->feed = NULL;
	assert_int_equal(feeder_new(&r->source, NULL, &sub, &r->feed), expected);
}

static void
rig_free(rig *r)
{
	feeder_free(r->feed);
	arena_fini(&r->memory);
	free(r);
}

/* The rows of a part are gone when it is sent. */
static ms_status
send(void *ctx, const frame *f)
{
	const feed_part *part = f->u.feed.part;
	rig *r = ctx;
	size_t i;

	r->is_part = part != NULL;
	if (part != NULL) {
		r->part = *part;
		assert_true(rollup_frame_bytes(&part->rollup) <= WIRE_FEED_FRAME_BYTES);
		for (i = 0; i < part->rollup.n_missing; i++)
			assert_int_equal(part->rollup.missing[i].last_seen_us, part->rollup.as_of);
	}
	return capture_send(&r->wire, f);
}

static void
pump(rig *r, size_t budget)
{
	wire_out out = { .ctx = r, .send = send };

	assert_int_equal(feeder_pump(r->feed, &out, budget, &r->memory), MS_OK);
}

static void
credit(rig *r, uint32_t more, uint64_t stored)
{
	feeder_credit(r->feed, &(frame_credit){ .more = more, .stored = stored });
}

/* Entries sent so far; checks that frames go on where the one before ended. */
static size_t
entries(const rig *r, uint64_t cursor)
{
	size_t i, n = 0;

	for (i = 0; i < r->wire.n; i++) {
		const frame_feed *f = &r->wire.sent[i].u.feed;

		assert_int_equal(f->after, cursor);
		assert_true(f->cursor >= cursor);
		cursor = f->cursor;
		n += f->n_entries;
	}
	return n;
}

static void
sends_from_the_cursor_no_more_than_credit(void **unused)
{
	rig *r = rig_new(100, 30, CLASS_LEAD, 10, false);

	(void)unused;
	pump(r, 1000);
	assert_int_equal(entries(r, 30), 10);
	assert_int_equal(r->wire.sent[0].u.feed.cursor, 40);
	assert_false(r->wire.sent[0].u.feed.caught_up);
	assert_false(feeder_has_work(r->feed));
	credit(r, 5, 40);
	assert_true(feeder_has_work(r->feed));
	pump(r, 1000);
	assert_int_equal(entries(r, 30), 15);
	rig_free(r);
}

static void
a_reader_without_credit_costs_no_read(void **unused)
{
	rig *r = rig_new(1000, 0, CLASS_LEAD | CLASS_OWN, 0, false);
	int i;

	(void)unused;
	for (i = 0; i < 100; i++) {
		feeder_log_grew(r->feed);
		assert_false(feeder_has_work(r->feed));
		pump(r, 1000);
	}
	assert_int_equal(r->reads, 0);
	assert_int_equal(r->wire.n, 0);
	rig_free(r);
}

static void
says_once_that_the_end_is_reached_and_goes_on(void **unused)
{
	rig *r = rig_new(3, 0, CLASS_LEAD, 100, false);

	(void)unused;
	pump(r, 1000);
	assert_int_equal(r->wire.n, 1);
	assert_true(r->wire.sent[0].u.feed.caught_up);
	assert_false(feeder_has_work(r->feed));
	r->n = 4;
	feeder_log_grew(r->feed);
	assert_true(feeder_has_work(r->feed));
	pump(r, 1000);
	assert_int_equal(entries(r, 0), 4);
	feeder_log_grew(r->feed); /* nothing for this unit in it */
	pump(r, 1000);
	assert_int_equal(r->wire.n, 2);
	rig_free(r);
}

static void
an_empty_feed_is_caught_up_at_once(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_LEAD, 1, true);

	(void)unused;
	assert_true(feeder_has_work(r->feed));
	pump(r, 10);
	assert_int_equal(r->wire.n, 1);
	assert_true(r->wire.sent[0].u.feed.caught_up);
	assert_true(feeder_finished(r->feed));
	rig_free(r);
}

static void
a_budget_ends_a_turn_not_the_feed(void **unused)
{
	rig *r = rig_new(50, 0, CLASS_LEAD, 100, false);

	(void)unused;
	pump(r, 20);
	assert_int_equal(entries(r, 0), 20);
	assert_true(feeder_has_work(r->feed));
	pump(r, 20);
	pump(r, 20);
	assert_int_equal(entries(r, 0), 50);
	assert_true(r->wire.sent[r->wire.n - 1].u.feed.caught_up);
	rig_free(r);
}

static void
other_classes_are_skipped_and_cost_no_credit(void **unused)
{
	rig *r = rig_new(5000, 0, CLASS_OWN, 3, false);

	(void)unused;
	r->of_class[2000] = r->of_class[4000] = CLASS_OWN;
	while (feeder_has_work(r->feed))
		pump(r, 64);
	assert_int_equal(entries(r, 0), 2);
	assert_true(r->wire.sent[r->wire.n - 1].u.feed.caught_up);
	assert_int_equal(r->wire.sent[r->wire.n - 1].u.feed.cursor, 5000);
	rig_free(r);
}

static void
frames_stay_below_the_limit(void **unused)
{
	rig *r = rig_new(64, 0, CLASS_LEAD, 1000, false);
	size_t i;

	(void)unused;
	r->act_bytes = 60 << 10;
	pump(r, 1000);
	assert_int_equal(entries(r, 0), 64);
	for (i = 0; i < r->wire.n; i++)
		assert_true(r->wire.sent[i].u.feed.n_entries <= 3);
	rig_free(r);
}

static void
an_entry_larger_than_a_frame_is_to_be_goes_alone(void **unused)
{
	rig *r = rig_new(4, 0, CLASS_LEAD, 1000, false);

	(void)unused;
	r->act_bytes = 200 << 10;
	pump(r, 1000);
	assert_int_equal(r->wire.n, 4);
	assert_int_equal(entries(r, 0), 4);
	rig_free(r);
}

static void
a_reader_that_stores_nothing_is_not_filled_up(void **unused)
{
	rig *r = rig_new(500, 0, CLASS_LEAD, 100000, false);

	(void)unused;
	r->act_bytes = 200 << 10;
	pump(r, 100000);
	assert_int_equal(entries(r, 0), FEEDER_FRAMES_MAX);
	assert_false(feeder_has_work(r->feed));
	credit(r, 0, 5);
	pump(r, 100000);
	assert_int_equal(entries(r, 0), FEEDER_FRAMES_MAX + 5);
	rig_free(r);
}

static void
a_failing_source_is_told(void **unused)
{
	rig *r = rig_new(5, 0, CLASS_LEAD, 10, false);
	wire_out out = capture_out(&r->wire);

	(void)unused;
	r->fail = MS_CORRUPT;
	assert_int_equal(feeder_pump(r->feed, &out, 10, &r->memory), MS_CORRUPT);
	rig_free(r);
}

/* ---- rollups ---- */

static void
a_subscriber_gets_every_rollup_there_is(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, true);

	(void)unused;
	pump(r, 10);
	assert_int_equal(r->wire.n, 1);
	assert_int_equal(r->wire.sent[0].u.feed.n_rollups, 2); /* of the third there is none yet */
	assert_true(r->wire.sent[0].u.feed.caught_up);
	assert_true(feeder_finished(r->feed));
	rig_free(r);
}

static void
a_slow_reader_gets_the_newest_rollup_never_a_queue(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);
	uint64_t i;

	(void)unused;
	pump(r, 10);
	assert_int_equal(r->wire.n, 1);
	for (i = 2; i <= 1000; i++) {
		r->version[1] = i;
		feeder_rollup_changed(r->feed, 1);
		assert_false(feeder_has_work(r->feed));
		pump(r, 10);
	}
	assert_int_equal(r->wire.n, 1);
	credit(r, 0, 0);
	pump(r, 10);
	assert_int_equal(r->wire.n, 2);
	assert_int_equal(r->wire.sent[1].u.feed.n_rollups, 1);
	assert_int_equal(r->wire.sent[1].u.feed.rollups[0].as_of, 1000);
	credit(r, 0, 0);
	assert_false(feeder_has_work(r->feed));
	feeder_rollup_changed(r->feed, 77); /* not for this reader */
	assert_false(feeder_has_work(r->feed));
	rig_free(r);
}

static void
many_rollups_take_several_frames_and_none_starves(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);
	bool seen[MANY] = { false };
	size_t i, f;

	(void)unused;
	r->figures = 40;
	subscribe_anew(r, MANY, MS_OK);
	for (f = 0; f < 20; f++) {
		pump(r, 10);
		credit(r, 0, 0);
		feeder_rollup_changed(r->feed, 0); /* the first one changes all the time */
	}
	assert_true(r->wire.n > 10);
	for (f = 0; f < r->wire.n; f++) {
		const frame_feed *feed = &r->wire.sent[f].u.feed;

		assert_true(feed->n_rollups < 60);
		for (i = 0; i < feed->n_rollups; i++)
			seen[feed->rollups[i].expected] = true;
	}
	assert_null(memchr(seen, false, sizeof(seen)));
	rig_free(r);
}

static void
a_reader_gets_as_many_rollups_as_a_session_holds(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);
	size_t i, sent = 0;

	(void)unused;
	subscribe_anew(r, FEEDER_ROLLUPS_MAX, MS_OK);
	for (i = 0; feeder_has_work(r->feed); i++) {
		pump(r, 1000);
		sent += r->wire.sent[r->wire.n - 1].u.feed.n_rollups;
		credit(r, 0, 0);
		arena_reset(&r->memory);
	}
	assert_int_equal(sent, FEEDER_ROLLUPS_MAX);
	subscribe_anew(r, KEYS_MAX, MS_FULL); /* one would never come: that is told */
	rig_free(r);
}

/* The rollup of key 1 in parts, all of version AS_OF; it becomes NEWER while they are on their way.
 * Returns how many. */
static uint32_t
sends_parts(rig *r, uint64_t as_of, uint64_t newer)
{
	size_t rows = 0, before;
	uint32_t n = 0;

	do {
		before = r->wire.n;
		pump(r, 10);
		assert_int_equal(r->wire.n, before + 1);
		assert_true(r->is_part);
		assert_int_equal(r->part.number, n++);
		assert_int_equal(r->part.rollup.as_of, as_of);
		rows += r->part.rollup.n_missing;
		pump(r, 10);
		assert_int_equal(r->wire.n, before + 1); /* not before it is answered */
		if (newer != as_of) {
			r->version[1] = newer;
			feeder_rollup_changed(r->feed, 1);
		}
		credit(r, 0, 0);
		arena_reset(&r->memory);
	} while (r->part.goes_on);
	assert_int_equal(rows, r->missing);
	return n;
}

static void
a_large_rollup_goes_in_parts_of_one_version(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);

	(void)unused;
	r->keys = 2;
	r->version[0] = 0;
	r->missing = 20000;
	assert_true(sends_parts(r, 1, 9) > 3);
	sends_parts(r, 9, 9); /* the newest, nothing between */
	assert_true(r->wire.sent[r->wire.n - 1].u.feed.caught_up);
	assert_false(r->wire.sent[r->wire.n - 2].u.feed.caught_up);
	assert_false(feeder_has_work(r->feed));
	rig_free(r);
}

static void
who_reads_once_gets_the_last_part_too(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, true);
	uint32_t n = 0;

	(void)unused;
	r->missing = 20000;
	while (!feeder_finished(r->feed)) {
		assert_true(n++ < 20);
		pump(r, 10);
		credit(r, 0, 0);
		arena_reset(&r->memory);
	}
	assert_true(n > 4);
	assert_true(r->wire.sent[r->wire.n - 1].u.feed.caught_up);
	assert_false(r->wire.sent[r->wire.n - 2].u.feed.caught_up);
	rig_free(r);
}

/* An older reader, which would not know a part. */
static void
who_takes_no_parts_is_told(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);
	wire_out out = capture_out(&r->wire);

	(void)unused;
	subscribe_anew(r, 2, MS_OK);
	r->missing = 20000;
	pump(r, 10); /* the other one */
	assert_int_equal(r->wire.sent[0].u.feed.n_rollups, 1);
	credit(r, 0, 0);
	assert_int_equal(feeder_pump(r->feed, &out, 10, &r->memory), MS_FULL);
	assert_true(feeder_needs_parts(r->feed) && r->wire.n == 1);
	rig_free(r);
}

static void
a_turn_reads_no_more_rollups_than_its_memory(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);

	(void)unused;
	r->version[2] = 1;
	r->scratch = 3 << 20;
	pump(r, 10);
	assert_int_equal(r->wire.sent[0].u.feed.n_rollups, 1);
	credit(r, 0, 0);
	pump(r, 10);
	assert_int_equal(r->wire.sent[1].u.feed.n_rollups, 1);
	rig_free(r);
}

static void
once_ends_when_entries_and_rollups_are_sent(void **unused)
{
	rig *r = rig_new(3, 0, CLASS_LEAD | CLASS_ROLLUP, 2, true);

	(void)unused;
	pump(r, 10);
	assert_false(feeder_finished(r->feed));
	assert_int_equal(entries(r, 0), 2);
	credit(r, 2, 2);
	pump(r, 10);
	assert_true(feeder_finished(r->feed));
	assert_int_equal(entries(r, 0), 3);
	assert_true(r->wire.sent[r->wire.n - 1].u.feed.caught_up);
	rig_free(r);
}

static void
a_filter_that_names_nothing_is_refused(void **unused)
{
	rig *r = rig_new(0, 0, CLASS_ROLLUP, 0, false);
	frame_subscribe sub = { .classes = CLASS_ROLLUP, .item = span_str("nonsense") };
	feeder *none = NULL;

	(void)unused;
	assert_int_equal(feeder_new(&r->source, NULL, &sub, &none), MS_INVALID);
	assert_null(none);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_from_the_cursor_no_more_than_credit),
		cmocka_unit_test(a_reader_without_credit_costs_no_read),
		cmocka_unit_test(says_once_that_the_end_is_reached_and_goes_on),
		cmocka_unit_test(an_empty_feed_is_caught_up_at_once),
		cmocka_unit_test(a_budget_ends_a_turn_not_the_feed),
		cmocka_unit_test(other_classes_are_skipped_and_cost_no_credit),
		cmocka_unit_test(frames_stay_below_the_limit),
		cmocka_unit_test(an_entry_larger_than_a_frame_is_to_be_goes_alone),
		cmocka_unit_test(a_reader_that_stores_nothing_is_not_filled_up),
		cmocka_unit_test(a_failing_source_is_told),
		cmocka_unit_test(a_subscriber_gets_every_rollup_there_is),
		cmocka_unit_test(a_slow_reader_gets_the_newest_rollup_never_a_queue),
		cmocka_unit_test(many_rollups_take_several_frames_and_none_starves),
		cmocka_unit_test(a_reader_gets_as_many_rollups_as_a_session_holds),
		cmocka_unit_test(a_large_rollup_goes_in_parts_of_one_version),
		cmocka_unit_test(who_reads_once_gets_the_last_part_too),
		cmocka_unit_test(who_takes_no_parts_is_told),
		cmocka_unit_test(a_turn_reads_no_more_rollups_than_its_memory),
		cmocka_unit_test(once_ends_when_entries_and_rollups_are_sent),
		cmocka_unit_test(a_filter_that_names_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
