/* SPDX-License-Identifier: Apache-2.0 */
/* test_reader.c - the reading side of a feed: what is checked, what is stored, when credit is
 * given. */
#include <stdlib.h>

#include "capture.h"
#include "proof/batch.h"
#include "proof/tree.h"
#include "wire/reader.h"

enum { N_ACTS = 5 };

typedef struct rig {
	capture wire;
	reader *reader;
	uint64_t stored; /* cursor */
	uint64_t seen[64];
	size_t n_seen, n_rollups, n_ends;
	uint64_t as_of; /* of the newest rollup */
	size_t rows;    /* missing there */
	ms_status fail;
} rig;

static ms_status
get_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	(void)err;
	*cursor = ((rig *)ctx)->stored;
	return MS_OK;
}

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	rig *r = ctx;
	size_t i;

	if (r->fail != MS_OK)
		return ms_fail(err, r->fail, MST_FILE_WRITE, "the disk is full");
	for (i = 0; i < feed->n_entries; i++)
		r->seen[r->n_seen++] = feed->entries[i].number;
	r->n_rollups += feed->n_rollups;
	if (feed->n_rollups > 0) {
		r->as_of = feed->rollups[0].as_of;
		r->rows = feed->rollups[0].n_missing;
	}
	r->stored = cursor;
	return MS_OK;
}

static void
caught_up(void *ctx)
{
	((rig *)ctx)->n_ends++;
}

static rig *
rig_new(uint32_t classes, bool once)
{
	rig *r = calloc(1, sizeof(*r));
	reader_config config = { .classes = classes, .credit = 8, .once = once };
	reader_host host = { .ctx = r, .cursor = get_cursor, .take = take, .caught_up = caught_up };
	wire_out out = capture_out(&r->wire);

	assert_int_equal(reader_new(&config, &host, &out, &r->reader), MS_OK);
	return r;
}

static void
rig_free(rig *r)
{
	reader_free(r->reader);
	free(r);
}

static void
welcome(rig *r)
{
	reader_in(r->reader, &(frame){ .kind = FRAME_WELCOME }, 1);
}

/* A good entry that shows the acts marked in SHOWN. */
typedef struct made {
	uint8_t header[BATCH_HEADER_SIZE], signature[SIGNATURE_SIZE], verdicts[N_ACTS];
	char text[N_ACTS][8];
	feed_act acts[N_ACTS];
	hash32 siblings[N_ACTS];
	span spans[N_ACTS];
	feed_entry entry;
} made;

static void
make_entry(made *m, uint64_t number, const char *shown)
{
	hash32 leaves[N_ACTS], scratch[N_ACTS];
	uint8_t marks[N_ACTS];
	batch_header h = { .first_seq = 1, .count = N_ACTS, .schema = 1 };
	size_t i, n = 0;

	*m = (made){ .entry = { .number = number, .leaf = number } };
	for (i = 0; i < N_ACTS; i++) {
		m->text[i][0] = (char)('a' + i);
		m->text[i][1] = (char)('0' + number % 10);
		leaves[i] = tree_leaf(span_str(m->text[i]));
		marks[i] = shown[i] == '1';
		if (marks[i])
			m->acts[m->entry.n_acts++] =
				(feed_act){ .at = (uint16_t)i, .bytes = span_str(m->text[i]) };
	}
	memcpy(scratch, leaves, sizeof(leaves));
	h.root = tree_root_of(scratch, N_ACTS);
	batch_header_write(&h, m->header);
	tree_siblings(leaves, marks, N_ACTS, m->siblings, &n);
	for (i = 0; i < n; i++)
		m->spans[i] = span_of(m->siblings[i].at, HASH_SIZE);
	m->entry.header = span_of(m->header, sizeof(m->header));
	m->entry.signature = span_of(m->signature, sizeof(m->signature));
	m->entry.verdicts = span_of(m->verdicts, sizeof(m->verdicts));
	m->entry.acts = m->acts;
	m->entry.siblings = m->spans;
	m->entry.n_siblings = n;
}

static void
feed(rig *r, uint64_t after, uint64_t cursor, feed_entry *entries, size_t n)
{
	frame f = { .kind = FRAME_FEED };

	f.u.feed = (frame_feed){
		.entries = entries, .n_entries = n, .after = after, .cursor = cursor
	};
	reader_in(r->reader, &f, 2);
}

/* Numbers FROM..TO in one frame. */
static void
feed_range(rig *r, uint64_t from, uint64_t to)
{
	static made m[16];
	feed_entry list[16];
	uint64_t n;

	for (n = from; n <= to; n++) {
		make_entry(&m[n - from], n, "11111");
		list[n - from] = m[n - from].entry;
	}
	feed(r, from - 1, to, list, (size_t)(to - from + 1));
}

static void
subscribes_from_the_stored_cursor(void **unused)
{
	rig *r = rig_new(CLASS_OWN | CLASS_LEAD, false);
	const frame *f;

	(void)unused;
	r->stored = 17;
	welcome(r);
	f = capture_next(&r->wire, FRAME_SUBSCRIBE);
	assert_int_equal(f->u.subscribe.cursor, 17);
	assert_int_equal(f->u.subscribe.credit, 8);
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	rig_free(r);
}

static void
credit_comes_after_the_store_and_names_its_cursor(void **unused)
{
	rig *r = rig_new(CLASS_OWN | CLASS_LEAD, false);
	const frame *f;

	(void)unused;
	welcome(r);
	feed_range(r, 1, 3);
	f = capture_next(&r->wire, FRAME_CREDIT);
	assert_int_equal(f->u.credit.more, 3);
	assert_int_equal(f->u.credit.stored, 3);
	assert_int_equal(r->stored, 3);
	r->fail = MS_NO_SPACE;
	feed_range(r, 4, 5);
	assert_null(capture_next(&r->wire, FRAME_CREDIT));
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(r->stored, 3);
	rig_free(r);
}

static void
entries_delivered_before_are_left_out(void **unused)
{
	rig *r = rig_new(CLASS_OWN | CLASS_LEAD, false);
	size_t i;

	(void)unused;
	welcome(r);
	feed_range(r, 1, 3);
	feed_range(r, 1, 3);
	feed_range(r, 2, 6);
	assert_int_equal(r->n_seen, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(r->seen[i], i + 1);
	rig_free(r);
}

static void
a_gap_is_an_error_by_name(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);

	(void)unused;
	welcome(r);
	feed_range(r, 1, 2);
	feed_range(r, 4, 5); /* goes on after 3, which never came */
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_ORDER);
	assert_int_equal(r->n_seen, 2);
	rig_free(r);
}

static void
numbers_may_be_left_out_only_by_class(void **unused)
{
	rig *filtered = rig_new(CLASS_LEAD, false), *dense = rig_new(CLASS_LEAD | CLASS_OWN, false);
	made a, b;
	feed_entry list[2];

	(void)unused;
	make_entry(&a, 2, "11111");
	make_entry(&b, 5, "11111");
	list[0] = a.entry;
	list[1] = b.entry;
	welcome(filtered);
	feed(filtered, 0, 7, list, 2);
	assert_int_equal(filtered->n_seen, 2);
	assert_int_equal(filtered->stored, 7);
	welcome(dense);
	feed(dense, 0, 7, list, 2);
	assert_int_equal(reader_look(dense->reader), READER_FAILED);
	assert_int_equal(dense->n_seen, 0);
	rig_free(filtered);
	rig_free(dense);
}

static void
numbers_must_ascend(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);
	made a, b;
	feed_entry list[2];

	(void)unused;
	make_entry(&a, 2, "11111");
	make_entry(&b, 2, "11111");
	list[0] = a.entry;
	list[1] = b.entry;
	welcome(r);
	feed(r, 0, 2, list, 2);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_ORDER);
	assert_int_equal(r->n_seen, 0);
	rig_free(r);
}

static void
frames_of_an_older_subscription_are_passed_over(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);

	(void)unused;
	welcome(r);
	feed_range(r, 1, 2);
	r->fail = MS_NO_SPACE;
	feed_range(r, 3, 4); /* not stored */
	r->fail = MS_OK;
	reader_tick(r->reader, 100 * S);
	feed_range(r, 5, 6); /* was on the way */
	feed_range(r, 7, 8);
	assert_int_equal(r->n_seen, 2);
	feed_range(r, 3, 6);
	feed_range(r, 7, 8);
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	assert_int_equal(r->n_seen, 8);
	assert_int_equal(r->stored, 8);
	rig_free(r);
}

/* However long the connection lasts. */
static void
what_could_not_be_stored_is_asked_for_again_by_itself(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);

	(void)unused;
	welcome(r);
	r->fail = MS_NO_SPACE;
	feed_range(r, 1, 2);
	capture_clear(&r->wire);
	assert_int_equal(reader_tick(r->reader, 3), 2 + 10 * S);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(r->wire.n, 0);
	assert_int_equal(reader_tick(r->reader, 2 + 10 * S), INT64_MAX);
	assert_non_null(capture_next(&r->wire, FRAME_SUBSCRIBE));
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	r->fail = MS_OK;
	feed_range(r, 1, 2);
	assert_int_equal(r->stored, 2);
	rig_free(r);
}

static void
what_does_not_hold_is_not_asked_for_again_on_this_connection(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);

	(void)unused;
	welcome(r);
	feed_range(r, 3, 4); /* goes on behind what was not there */
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_tick(r->reader, 1000 * S), INT64_MAX);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	welcome(r);
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	rig_free(r);
}

static void
acts_and_siblings_must_rebuild_the_root(void **unused)
{
	static const char *const shown[] = { "11111", "10000", "00001", "01010", "11011", "00100" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		ms_error err = { 0 };
		made m;

		make_entry(&m, 1, shown[i]);
		assert_int_equal(reader_check_entry(&m.entry, NULL), MS_OK);
		m.text[m.entry.acts[0].at][0] = 'X';
		assert_int_equal(reader_check_entry(&m.entry, &err), MS_INVALID);
		assert_int_equal(err.code, MST_WIRE_FEED_ROOT);
	}
}

static void
every_part_of_an_entry_is_checked(void **unused)
{
	made m;

	(void)unused;
	make_entry(&m, 1, "01010");
	m.entry.acts[1].at = 4; /* another place than the device gave it */
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.entry.acts[1].at = 1;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.entry.acts[1].at = 5;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.entry.n_siblings--;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.spans[0].len = 31;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.entry.verdicts.len--;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.entry.signature.len = 0;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
	make_entry(&m, 1, "01010");
	m.header[0] ^= 1;
	assert_int_equal(reader_check_entry(&m.entry, NULL), MS_INVALID);
}

/* Nothing proves what such an entry shows. */
static void
a_withheld_entry_shows_nothing(void **unused)
{
	feed_act sham = { .bytes = span_str("x") };
	const feed_entry all[] = { { .withheld = true, .positions = sham.bytes },
		{ .withheld = true, .acts = &sham, .n_acts = 1 },
		{ .withheld = true, .siblings = &sham.bytes, .n_siblings = 1 },
		{ .withheld = true, .header = sham.bytes },
		{ .withheld = true, .signature = sham.bytes },
		{ .withheld = true, .verdicts = sham.bytes },
		{ .withheld = true, .unit = sham.bytes }, { .withheld = true, .hub_time_us = 1 } };

	(void)unused;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(reader_check_entry(&all[i], NULL), i == 0 ? MS_OK : MS_INVALID);
}

static void
a_forged_act_stops_the_reader_by_name(void **unused)
{
	rig *r = rig_new(CLASS_LEAD | CLASS_OWN, false);
	made m;

	(void)unused;
	welcome(r);
	make_entry(&m, 1, "10000");
	m.text[0][0] = 'X';
	feed(r, 0, 1, &m.entry, 1);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_ROOT);
	assert_int_equal(r->n_seen, 0);
	feed_range(r, 1, 1);
	assert_int_equal(r->n_seen, 0); /* nothing more on this connection */
	welcome(r);
	feed_range(r, 1, 1);
	assert_int_equal(r->n_seen, 1);
	rig_free(r);
}

static void
rollups_are_answered_with_credit(void **unused)
{
	rig *r = rig_new(CLASS_ROLLUP, false);
	feed_rollup one = { .as_of = 3 };
	frame f = { .kind = FRAME_FEED };

	(void)unused;
	welcome(r);
	f.u.feed.rollups = &one;
	f.u.feed.n_rollups = 1;
	reader_in(r->reader, &f, 2);
	assert_int_equal(r->n_rollups, 1);
	assert_int_equal(capture_next(&r->wire, FRAME_CREDIT)->u.credit.more, 0);
	rig_free(r);
}

static void
feed_part_of(rig *r, uint32_t number, bool goes_on, uint64_t as_of)
{
	feed_missing row = { .unit = span_str("tiexi") };
	feed_part part = { .number = number,
		.goes_on = goes_on,
		.rollup = { .as_of = as_of, .missing = &row, .n_missing = 1 } };
	frame f = { .kind = FRAME_FEED, .u.feed = { .part = &part } };

	reader_in(r->reader, &f, 2);
}

static void
parts_are_one_rollup_when_the_last_has_come(void **unused)
{
	rig *r = rig_new(CLASS_ROLLUP, false);
	uint32_t i;

	(void)unused;
	welcome(r);
	assert_true(capture_next(&r->wire, FRAME_SUBSCRIBE)->u.subscribe.parts);
	for (i = 0; i < 3; i++) {
		assert_int_equal(r->n_rollups, 0);
		feed_part_of(r, i, i < 2, 7);
		assert_int_equal(capture_count(&r->wire, FRAME_CREDIT), i + 1);
	}
	assert_int_equal(r->n_rollups, 1);
	assert_int_equal(r->rows, 3);
	feed_part_of(r, 0, false, 8);
	assert_int_equal(r->n_rollups, 2);
	assert_int_equal(r->rows, 1);
	rig_free(r);
}

static void
a_part_that_does_not_go_on_ends_the_reading(void **unused)
{
	rig *r = rig_new(CLASS_ROLLUP, false);

	(void)unused;
	welcome(r);
	feed_part_of(r, 0, true, 7);
	feed_part_of(r, 1, false, 8);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_PART);
	assert_int_equal(r->n_rollups, 0);
	welcome(r); /* the next connection begins anew */
	feed_part_of(r, 1, false, 7);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	welcome(r);
	feed_part_of(r, 0, false, 9);
	assert_int_equal(r->n_rollups, 1);
	assert_int_equal(r->as_of, 9);
	rig_free(r);
}

static void
rollups_beside_a_part_are_refused(void **unused)
{
	rig *r = rig_new(CLASS_ROLLUP, false);
	feed_part part = { .number = 0 };
	feed_rollup one = { .as_of = 3 };
	frame f = { .kind = FRAME_FEED,
		.u.feed = { .part = &part, .rollups = &one, .n_rollups = 1 } };

	(void)unused;
	welcome(r);
	reader_in(r->reader, &f, 2);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_PART);
	assert_int_equal(r->n_rollups, 0);
	rig_free(r);
}

/* What an older subscription had on the way is never part of a rollup of the next. */
static void
parts_of_the_subscription_before_are_left(void **unused)
{
	rig *r = rig_new(CLASS_ROLLUP, false);

	(void)unused;
	welcome(r);
	feed_part_of(r, 0, true, 7);
	r->fail = MS_NO_SPACE;
	feed_part_of(r, 1, false, 7);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	r->fail = MS_OK;
	reader_tick(r->reader, INT64_C(3600) * S);
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	feed_part_of(r, 1, true, 7);
	feed_part_of(r, 2, false, 7);
	assert_int_equal(r->n_rollups, 0);
	feed_part_of(r, 0, true, 8);
	feed_part_of(r, 1, false, 8);
	assert_int_equal(r->n_rollups, 1);
	assert_int_equal(r->rows, 2);
	feed_part_of(r, 1, true, 8);
	assert_int_equal(reader_trouble(r->reader)->code, MST_WIRE_FEED_PART);
	rig_free(r);
}

static void
once_is_done_when_caught_up(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, true);
	frame f = { .kind = FRAME_FEED };

	(void)unused;
	welcome(r);
	f.u.feed.caught_up = true;
	f.u.feed.cursor = 4;
	reader_in(r->reader, &f, 2);
	assert_int_equal(reader_look(r->reader), READER_DONE);
	assert_int_equal(r->n_ends, 1);
	assert_int_equal(r->stored, 4);
	capture_clear(&r->wire);
	welcome(r);
	assert_int_equal(r->wire.n, 0);
	rig_free(r);
}

static void
the_hubs_refusal_is_told(void **unused)
{
	rig *r = rig_new(CLASS_LEAD, false);
	frame f = error_frame(FRAME_ERROR, "STORAGE");

	(void)unused;
	welcome(r);
	reader_in(r->reader, &f, 2);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_trouble(r->reader)->code, 4999);
	assert_int_equal(reader_tick(r->reader, 3), 2 + 10 * S);
	assert_int_equal(reader_look(r->reader), READER_FAILED);
	assert_int_equal(reader_tick(r->reader, 2 + 10 * S), INT64_MAX);
	assert_int_equal(reader_look(r->reader), READER_OPEN);
	f = error_frame(FRAME_BYE, "STOPPING");
	reader_in(r->reader, &f, 2);
	assert_int_equal(reader_look(r->reader), READER_IDLE);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subscribes_from_the_stored_cursor),
		cmocka_unit_test(credit_comes_after_the_store_and_names_its_cursor),
		cmocka_unit_test(entries_delivered_before_are_left_out),
		cmocka_unit_test(a_gap_is_an_error_by_name),
		cmocka_unit_test(numbers_may_be_left_out_only_by_class),
		cmocka_unit_test(numbers_must_ascend),
		cmocka_unit_test(frames_of_an_older_subscription_are_passed_over),
		cmocka_unit_test(what_could_not_be_stored_is_asked_for_again_by_itself),
		cmocka_unit_test(what_does_not_hold_is_not_asked_for_again_on_this_connection),
		cmocka_unit_test(acts_and_siblings_must_rebuild_the_root),
		cmocka_unit_test(every_part_of_an_entry_is_checked),
		cmocka_unit_test(a_withheld_entry_shows_nothing),
		cmocka_unit_test(a_forged_act_stops_the_reader_by_name),
		cmocka_unit_test(rollups_are_answered_with_credit),
		cmocka_unit_test(parts_are_one_rollup_when_the_last_has_come),
		cmocka_unit_test(a_part_that_does_not_go_on_ends_the_reading),
		cmocka_unit_test(rollups_beside_a_part_are_refused),
		cmocka_unit_test(parts_of_the_subscription_before_are_left),
		cmocka_unit_test(once_is_done_when_caught_up),
		cmocka_unit_test(the_hubs_refusal_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
