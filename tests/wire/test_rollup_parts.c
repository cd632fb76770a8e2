/* SPDX-License-Identifier: Apache-2.0 */
/* test_rollup_parts.c - a rollup of any size goes through frames and is the same again, or is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/out.h"
#include "wire/rollup_parts.h"

enum { LISTS = 4, TEXT_MAX = 900 };

static uint64_t
seeded(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static span
some_text(uint64_t *seed, size_t max)
{
	static char letters[TEXT_MAX];

	if (letters[0] == '\0')
		memset(letters, 'x', sizeof(letters));
	return span_of(letters, seeded(seed) % (max + 1));
}

/* Any number, often one that takes all the bytes a number can. */
static int64_t
some_number(uint64_t *seed)
{
	return seeded(seed) % 2 == 0 ? INT64_MIN : (int64_t)seeded(seed);
}

/* Any time that a frame brings. */
static int64_t
some_time(uint64_t *seed)
{
	return seeded(seed) % 2 == 0 ? -FRAME_TIME_MAX : (int64_t)seeded(seed);
}

static feed_figure *
some_figures(uint64_t *seed, size_t n, arena *memory)
{
	feed_figure *list = arena_alloc(memory, n * sizeof(*list));
	size_t i;

	for (i = 0; i < n; i++)
		list[i] = (feed_figure){ .indicator = some_text(seed, 40),
			.period = some_text(seed, 8),
			.unit = some_text(seed, 32),
			.has = true,
			.overflow = true,
			.has_target = true,
			.has_accepted = true,
			.accepted_overflow = true,
			.value = some_number(seed),
			.num = some_number(seed),
			.den = INT64_MIN,
			.target = some_number(seed),
			.accepted = some_number(seed),
			.units = UINT32_MAX,
			.of = UINT32_MAX,
			.stale = UINT32_MAX };
	return list;
}

static feed_missing *
some_missing(uint64_t *seed, size_t n, arena *memory)
{
	feed_missing *list = arena_alloc(memory, n * sizeof(*list));
	size_t i;

	for (i = 0; i < n; i++)
		list[i] = (feed_missing){ .unit = some_text(seed, 32),
			.contact = some_text(seed, TEXT_MAX),
			.link = LINK_SILENT,
			.last_seen_us = some_time(seed),
			.deadline_us = some_time(seed),
			.returned_us = some_time(seed) };
	return list;
}

/* Of N rows in each list whose bit is set in WHICH. */
static feed_rollup
some_rollup(uint64_t *seed, size_t n, unsigned which, arena *memory)
{
	size_t rows[LISTS], i;

	for (i = 0; i < LISTS; i++)
		rows[i] = (which >> i & 1) != 0 ? n : 0;
	return (feed_rollup){ .item = span_str("i06"),
		.period = span_str("2012-Q2"),
		.as_of = UINT64_MAX,
		.expected = UINT32_MAX,
		.actual = UINT32_MAX,
		.on_time = UINT32_MAX,
		.accepted = UINT32_MAX,
		.deadline_us = -FRAME_TIME_MAX,
		.has_progress = true,
		.progress_pct = UINT32_MAX,
		.figures = some_figures(seed, rows[0], memory),
		.n_figures = rows[0],
		.unit_targets = some_figures(seed, rows[1], memory),
		.n_unit_targets = rows[1],
		.missing = some_missing(seed, rows[2], memory),
		.n_missing = rows[2],
		.returned = some_missing(seed, rows[3], memory),
		.n_returned = rows[3] };
}

/* As bytes of a frame: what is equal has equal bytes. */
static void
encode(const frame_feed *feed, buf *out)
{
	frame f = { .kind = FRAME_FEED, .u.feed = *feed };
	arena memory = { 0 };

	buf_reset(out);
	assert_int_equal(frame_encode(&f, &memory, out), MS_OK);
	arena_fini(&memory);
}

static void
same_figures(const feed_figure *a, size_t n, const feed_figure *b, size_t n_b)
{
	size_t i;

	assert_int_equal(n, n_b);
	for (i = 0; i < n; i++)
		assert_true(span_equal(a[i].indicator, b[i].indicator) &&
			    span_equal(a[i].period, b[i].period) &&
			    span_equal(a[i].unit, b[i].unit) && a[i].value == b[i].value &&
			    a[i].num == b[i].num && a[i].target == b[i].target &&
			    a[i].accepted == b[i].accepted);
}

static void
same_missing(const feed_missing *a, size_t n, const feed_missing *b, size_t n_b)
{
	size_t i;

	assert_int_equal(n, n_b);
	for (i = 0; i < n; i++)
		assert_true(span_equal(a[i].unit, b[i].unit) &&
			    span_equal(a[i].contact, b[i].contact) &&
			    a[i].last_seen_us == b[i].last_seen_us &&
			    a[i].deadline_us == b[i].deadline_us &&
			    a[i].returned_us == b[i].returned_us && a[i].link == b[i].link);
}

static void
same_rollup(const feed_rollup *a, const feed_rollup *b)
{
	assert_true(span_equal(a->item, b->item) && span_equal(a->period, b->period));
	assert_true(a->as_of == b->as_of && a->deadline_us == b->deadline_us);
	assert_true(a->expected == b->expected && a->actual == b->actual &&
		    a->on_time == b->on_time && a->accepted == b->accepted);
	assert_true(a->has_progress == b->has_progress && a->progress_pct == b->progress_pct);
	same_figures(a->figures, a->n_figures, b->figures, b->n_figures);
	same_figures(a->unit_targets, a->n_unit_targets, b->unit_targets, b->n_unit_targets);
	same_missing(a->missing, a->n_missing, b->missing, b->n_missing);
	same_missing(a->returned, a->n_returned, b->returned, b->n_returned);
}

/* R in parts, each through a frame; returns how many. */
static unsigned
there_and_back(const feed_rollup *r)
{
	rollup_sending out = { 0 };
	rollup_taking in = { 0 };
	feed_rollup *whole = NULL;
	arena memory = { 0 };
	buf bytes = { 0 };
	unsigned n = 0;
	feed_part part;
	frame back;

	assert_int_equal(rollup_sending_begin(&out, r), MS_OK);
	while (out.is_open) {
		assert_null(whole);
		rollup_sending_next(&out, &part);
		assert_int_equal(part.number, n++);
		encode(&(frame_feed){ .part = &part }, &bytes);
		assert_int_equal(frame_decode(buf_span(&bytes), &memory, &back, NULL), MS_OK);
		assert_int_equal(rollup_taking_add(&in, back.u.feed.part, &whole, NULL), MS_OK);
		arena_reset(&memory);
	}
	assert_non_null(whole);
	same_rollup(r, whole);
	rollup_sending_fini(&out);
	rollup_taking_fini(&in);
	buf_fini(&bytes);
	arena_fini(&memory);
	return n;
}

static void
every_row_is_in_one_part_that_fits_a_frame(void **unused)
{
	uint64_t seed = 360;
	arena memory = { 0 };
	unsigned which;

	(void)unused;
	for (which = 0; which < 1u << LISTS; which++) {
		feed_rollup r = some_rollup(&seed, 3000, which, &memory);
		size_t whole = rollup_frame_bytes(&r);
		unsigned n = there_and_back(&r);

		assert_true(n >= 1 && n <= whole / (WIRE_FEED_FRAME_BYTES - 2000) + 1);
		assert_true(n * (size_t)WIRE_FEED_FRAME_BYTES + 2000 > whole);
		arena_reset(&memory);
	}
	arena_fini(&memory);
}

static void
what_a_frame_takes_is_never_said_too_small(void **unused)
{
	uint64_t seed = 361;
	arena memory = { 0 };
	buf bytes = { 0 };
	int round;

	(void)unused;
	for (round = 0; round < 2000; round++) {
		feed_rollup r = some_rollup(
			&seed, seeded(&seed) % 20, (unsigned)seeded(&seed) % 16, &memory);
		size_t said = rollup_frame_bytes(&r);

		encode(&(frame_feed){ .rollups = &r, .n_rollups = 1 }, &bytes);
		assert_true(bytes.len <= said + FRAME_HEADER_SIZE + 16);
		arena_reset(&memory);
	}
	buf_fini(&bytes);
	arena_fini(&memory);
}

typedef struct taking {
	rollup_taking in;
	feed_rollup *whole;
	ms_error err;
} taking;

static feed_missing one_row = { .unit = { (const uint8_t *)"tiexi", 5 } };

static feed_part
part(uint32_t number, bool goes_on, uint64_t as_of)
{
	return (feed_part){ .number = number,
		.goes_on = goes_on,
		.rollup = { .item = span_str("i06"),
			.period = span_str("2012-Q2"),
			.as_of = as_of,
			.missing = &one_row,
			.n_missing = 1 } };
}

static ms_status
add(taking *t, feed_part p)
{
	t->err = (ms_error){ 0 };
	return rollup_taking_add(&t->in, &p, &t->whole, &t->err);
}

static void
refused(taking *t, feed_part p)
{
	feed_part after = part(1, false, 7);

	assert_int_equal(add(t, p), MS_INVALID);
	assert_int_equal(t->err.code, MST_WIRE_FEED_PART);
	assert_null(t->whole);
	assert_int_equal(add(t, after), MS_INVALID); /* of what came before nothing is left */
	assert_int_equal(add(t, part(0, true, 7)), MS_OK);
}

static void
a_part_that_does_not_go_on_is_refused(void **unused)
{
	feed_part other = part(1, true, 7);
	taking t = { 0 };

	(void)unused;
	refused(&t, part(1, true, 7));
	refused(&t, part(2, true, 7));
	refused(&t, part(1, true, 8)); /* of another version */
	other.rollup.item = span_str("i07");
	refused(&t, other);
	other = part(1, false, 7);
	other.rollup.period = span_str("2012-Q3");
	refused(&t, other);
	assert_int_equal(add(&t, part(1, true, 7)), MS_OK);
	refused(&t, part(1, true, 7)); /* twice */
	assert_int_equal(add(&t, part(1, false, 7)), MS_OK);
	assert_int_equal(t.whole->n_missing, 2);
	refused(&t, part(2, false, 7)); /* behind the last one */
	rollup_taking_fini(&t.in);
}

static void
a_first_part_begins_anew(void **unused)
{
	taking t = { 0 };

	(void)unused;
	assert_int_equal(add(&t, part(0, true, 7)), MS_OK);
	assert_int_equal(add(&t, part(1, true, 7)), MS_OK);
	assert_int_equal(add(&t, part(0, true, 8)), MS_OK);
	assert_null(t.whole);
	assert_int_equal(add(&t, part(1, false, 8)), MS_OK);
	assert_int_equal(t.whole->as_of, 8);
	assert_int_equal(t.whole->n_missing, 2); /* nothing of version 7 */
	assert_int_equal(add(&t, part(0, false, 9)), MS_OK);
	assert_int_equal(t.whole->n_missing, 1);
	rollup_taking_fini(&t.in);
}

static void
a_rollup_without_end_is_refused(void **unused)
{
	enum { ROWS = 100000 };
	feed_missing *rows = calloc(ROWS, sizeof(*rows));
	feed_part p = part(0, true, 7);
	ms_status s = MS_OK;
	taking t = { 0 };

	(void)unused;
	p.rollup.missing = rows;
	p.rollup.n_missing = ROWS;
	for (; s == MS_OK; p.number++) {
		assert_true(p.number < 100);
		s = add(&t, p);
	}
	assert_int_equal(s, MS_INVALID);
	assert_int_equal(t.err.code, MST_WIRE_FEED_PART);
	assert_int_equal(t.in.memory.used, 0);
	free(rows);
}

/* What a hub can send, a reader takes. */
static void
the_largest_city_fits(void **unused)
{
	enum { UNITS = 200000 };
	feed_missing *rows = calloc(UNITS, sizeof(*rows));
	feed_figure *targets = calloc(UNITS, sizeof(*targets));
	feed_rollup r = part(0, false, 7).rollup;
	size_t i;

	(void)unused;
	for (i = 0; i < UNITS; i++) {
		rows[i] = (feed_missing){ .unit = span_str("a-unit-whose-id-is-as-long-as-it"),
			.contact = span_str("a person on duty, and a telephone number"),
			.last_seen_us = FRAME_TIME_MAX };
		targets[i] = (feed_figure){ .indicator = span_str("i06.some-indicator"),
			.period = span_str("2012-Q2"),
			.unit = rows[i].unit,
			.has = true,
			.value = INT64_MAX };
	}
	r.missing = rows;
	r.unit_targets = targets;
	r.n_missing = r.n_unit_targets = UNITS;
	assert_true(there_and_back(&r) > 100);
	free(rows);
	free(targets);
}

static void
what_takes_more_than_any_rollup_is_not_sent(void **unused)
{
	enum { ROWS = 2000000 };
	feed_rollup r = part(0, false, 7).rollup;
	rollup_sending out = { 0 };

	(void)unused;
	r.missing = calloc(ROWS, sizeof(*r.missing));
	r.n_missing = ROWS;
	assert_int_equal(rollup_sending_begin(&out, &r), MS_NO_MEMORY);
	assert_false(out.is_open);
	assert_null(out.memory.blocks);
	free(r.missing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_in_one_part_that_fits_a_frame),
		cmocka_unit_test(what_a_frame_takes_is_never_said_too_small),
		cmocka_unit_test(a_part_that_does_not_go_on_is_refused),
		cmocka_unit_test(a_first_part_begins_anew),
		cmocka_unit_test(a_rollup_without_end_is_refused),
		cmocka_unit_test(the_largest_city_fits),
		cmocka_unit_test(what_takes_more_than_any_rollup_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
