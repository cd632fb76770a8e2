/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_slot.c - one slot against a list of everything that ever came (proto/ACTS.md 3).
 *
 * The slot holds a few revisions and asks for the others; the list holds all and decides by
 * looking, so it cannot be wrong in the same way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/slot.h"
#include "small_plan.h"

enum { ACTS_MAX = 200 };

/* What came and was stored, in the order of coming. */
typedef struct past {
	slot_revision stored[ACTS_MAX];
	size_t n;
	unsigned asked;
} past;

static bool
find_in_past(void *ctx, const slot *s, uint32_t revision, slot_revision *out)
{
	past *p = ctx;

	(void)s;
	p->asked++;
	for (size_t i = 0; i < p->n; i++)
		if (p->stored[i].revision == revision) {
			*out = p->stored[i];
			return true;
		}
	return false;
}

/* One slot of the small plan; the lock is set by hand. */
static plan *small;

static slot_case
case_of(const act *a, int64_t now_us)
{
	return (slot_case){ .p = small,
		.at = { .item = item_at(small, "i01"),
			.unit = unit_at(small, "east"),
			.period = period_at("2012-Q2") },
		.a = a,
		.by = unit_at(small, "east"),
		.now_us = now_us };
}

static act
report_of(uint32_t revision, unsigned content)
{
	return (act){ .kind = ACT_REPORT,
		.revision = revision,
		.body_hash = hash_of(span_of(&content, sizeof(content))),
		.u.report = { .has_progress = true, .progress_pct = content } };
}

static act
retraction_of(uint32_t revision)
{
	return (act){ .kind = ACT_RETRACTION,
		.revision = revision,
		.body_hash = hash_of(span_str("retraction")) };
}

/* Judge and, if it is to be stored, store; the past remembers. */
static verdict
arrive(slot *s, past *p, const act *a, int64_t now_us, int64_t lock_us)
{
	slot_history history = { .ctx = p, .find = find_in_past };
	slot_case c = case_of(a, now_us);
	record_place place = { .leaf = p->n, .at = 3 };
	slot before;
	verdict v;

	s->bolt = now_us >= lock_us ? BOLT_LOCKED : BOLT_REOPENED;
	memcpy(&before, s, sizeof(before));
	v = slot_judge(s, &c, &history);
	assert_memory_equal(&before, s, sizeof(before));
	if (!verdict_is_stored(v))
		return v;
	assert_int_equal(slot_take(s, &c, v, place, NULL, NULL), MS_OK);
	p->stored[p->n++] = (slot_revision){ .revision = a->revision,
		.kind = (uint8_t)a->kind,
		.place = place,
		.body_hash = a->body_hash };
	return v;
}

/* The verdict by looking at everything. */
static verdict
verdict_by_list(const past *p, const act *a, int64_t now_us, int64_t lock_us)
{
	verdict v = VERDICT_STORED;

	for (size_t i = 0; i < p->n; i++) {
		const slot_revision *r = &p->stored[i];

		if (r->revision == a->revision && r->kind == a->kind &&
			hash_equal(&r->body_hash, &a->body_hash))
			return VERDICT_DUPLICATE;
		if (r->revision == a->revision)
			v = VERDICT_REFUSED_CONFLICT;
		if (r->revision > a->revision && v == VERDICT_STORED)
			v = VERDICT_STORED_SUPERSEDED;
	}
	return now_us >= lock_us ? VERDICT_REFUSED_LOCKED : v;
}

static verdict
arrive_unlocked(slot *s, past *p, act a)
{
	return arrive(s, p, &a, (int64_t)p->n, INT64_MAX);
}

static bool
is_on_time(const slot *s)
{
	return slot_on_time(small, s, case_of(NULL, 0).at);
}

static int
load(void **state)
{
	(void)state;
	small = load_small_plan();
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	plan_free(small);
	return 0;
}

static void
an_untouched_slot_has_nothing(void **state)
{
	slot s;

	(void)state;
	slot_init(&s);
	assert_int_equal(slot_newest(&s), 0);
	assert_false(slot_live(&s));
	assert_int_equal(s.first_us, INT64_MAX);
	assert_false(slot_touched(&s));
	assert_int_equal(s.last_stored.leaf, UINT64_MAX);
}

static void
repeated_reordered_and_conflicting_revisions_get_their_verdicts(void **state)
{
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(2, 20)), VERDICT_STORED);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(2, 20)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(1, 10)), VERDICT_STORED_SUPERSEDED);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(2, 20)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(1, 10)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(2, 99)), VERDICT_REFUSED_CONFLICT);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(1, 99)), VERDICT_REFUSED_CONFLICT);
	assert_int_equal(arrive_unlocked(&s, &p, retraction_of(2)), VERDICT_REFUSED_CONFLICT);
	assert_int_equal(s.stored, 2);
	assert_int_equal(slot_newest(&s), 2);
	assert_int_equal(slot_reported(&s).revision, 2);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(UINT32_MAX, 1)), VERDICT_STORED);
	assert_int_equal(slot_newest(&s), UINT32_MAX);
}

static void
the_same_content_under_a_new_number_is_a_new_revision(void **state)
{
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(1, 5)), VERDICT_STORED);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(2, 5)), VERDICT_STORED);
}

static void
a_retraction_kills_what_is_below_it(void **state)
{
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	arrive_unlocked(&s, &p, report_of(1, 10));
	assert_int_equal(arrive_unlocked(&s, &p, retraction_of(5)), VERDICT_STORED);
	assert_false(slot_live(&s));
	assert_int_equal(slot_reported(&s).revision, 0);
	assert_int_equal(arrive_unlocked(&s, &p, retraction_of(5)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(4, 40)), VERDICT_STORED_SUPERSEDED);
	assert_false(slot_live(&s));
	assert_int_equal(arrive_unlocked(&s, &p, report_of(6, 60)), VERDICT_STORED);
	assert_true(slot_live(&s));
	assert_int_equal(slot_reported(&s).revision, 6);
	assert_int_equal(arrive_unlocked(&s, &p, retraction_of(3)), VERDICT_STORED_SUPERSEDED);
	assert_true(slot_live(&s));
	assert_int_equal(slot_reported(&s).revision, 6);
}

static void
the_earliest_report_counts_for_lateness_whatever_becomes_of_it(void **state)
{
	const int64_t deadline = instant("2012-07-11T00:00:00+08:00");
	act early = report_of(7, 1), late = report_of(9, 2), low = report_of(2, 3),
	    gone = retraction_of(8);
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	assert_int_equal(arrive(&s, &p, &gone, 10, INT64_MAX), VERDICT_STORED);
	assert_false(is_on_time(&s)); /* a retraction is no arrival */
	assert_int_equal(
		arrive(&s, &p, &early, deadline - 1, INT64_MAX), VERDICT_STORED_SUPERSEDED);
	assert_true(is_on_time(&s));
	assert_false(slot_live(&s));
	assert_int_equal(arrive(&s, &p, &late, deadline + 5000, INT64_MAX), VERDICT_STORED);
	assert_int_equal(
		arrive(&s, &p, &low, deadline + 6000, INT64_MAX), VERDICT_STORED_SUPERSEDED);
	assert_true(is_on_time(&s));
	assert_true(s.first_us == deadline - 1);
	assert_true(s.newest_us == deadline + 5000);
}

static void
on_time_ends_with_the_microsecond_before_the_deadline(void **state)
{
	slot s;

	(void)state;
	slot_init(&s);
	s.first_us = instant("2012-07-11T00:00:00+08:00") - 1;
	assert_true(is_on_time(&s));
	s.first_us++;
	assert_false(is_on_time(&s));
	s.granted_days = 5; /* an extension moves it */
	assert_true(is_on_time(&s));
	s.first_us += 5 * INT64_C(86400000000);
	assert_false(is_on_time(&s));
}

static void
a_locked_slot_knows_its_duplicates_and_takes_nothing_else(void **state)
{
	act first = report_of(1, 10), other = report_of(1, 11), next = report_of(2, 20),
	    gone = retraction_of(2);
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	assert_int_equal(arrive(&s, &p, &first, 99, 100), VERDICT_STORED);
	assert_int_equal(arrive(&s, &p, &first, 100, 100), VERDICT_DUPLICATE);
	assert_int_equal(arrive(&s, &p, &other, 99, 100), VERDICT_REFUSED_CONFLICT);
	assert_int_equal(arrive(&s, &p, &other, 100, 100), VERDICT_REFUSED_LOCKED);
	assert_int_equal(arrive(&s, &p, &next, 100, 100), VERDICT_REFUSED_LOCKED);
	assert_int_equal(arrive(&s, &p, &gone, 101, 100), VERDICT_REFUSED_LOCKED);
	slot_init(&s);
	p.n = 0;
	assert_int_equal(arrive(&s, &p, &first, 100, 100), VERDICT_REFUSED_LOCKED);
}

static void
the_history_is_asked_only_for_what_the_slot_cannot_know(void **state)
{
	past p = { .n = 0 };
	slot s;

	(void)state;
	slot_init(&s);
	for (uint32_t r = 1; r <= SLOT_RECENT; r++)
		arrive_unlocked(&s, &p, report_of(10 * r, r));
	arrive_unlocked(&s, &p, report_of(5, 5)); /* too low to be kept */
	p.asked = 0;
	arrive_unlocked(&s, &p, report_of(25, 25)); /* between two that are kept */
	arrive_unlocked(&s, &p, report_of(40, 4));
	arrive_unlocked(&s, &p, report_of(50, 50));
	assert_int_equal(p.asked, 0);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(5, 5)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(5, 6)), VERDICT_REFUSED_CONFLICT);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(10, 1)), VERDICT_DUPLICATE);
	assert_int_equal(arrive_unlocked(&s, &p, report_of(7, 7)), VERDICT_STORED_SUPERSEDED);
	assert_int_equal(p.asked, 4);
	assert_int_equal(s.n_recent, SLOT_RECENT);
	assert_int_equal(s.recent[0].revision, 50);
	assert_int_equal(s.recent[SLOT_RECENT - 1].revision, 25);
	assert_int_equal(s.last_stored.leaf, p.n - 1);
}

static void
every_verdict_is_that_of_the_whole_list(void **state)
{
	uint64_t seed = 20120711;

	(void)state;
	for (unsigned round = 0; round < 500; round++) {
		past p = { .n = 0 };
		uint32_t highest = 2 + (uint32_t)(random_next(&seed) % 30);
		int64_t lock_us = (int64_t)(random_next(&seed) % 400), now = 0;
		slot s;

		slot_init(&s);
		for (unsigned i = 0; i < ACTS_MAX; i++) {
			uint32_t revision = 1 + (uint32_t)(random_next(&seed) % highest);
			unsigned content = random_next(&seed) % 8 == 0 ? 100 : revision;
			act a = random_next(&seed) % 5 == 0 ? retraction_of(revision)
							    : report_of(revision, content);
			verdict wanted = verdict_by_list(&p, &a, now, lock_us);
			verdict got = arrive(&s, &p, &a, now, lock_us);

			if (got != wanted)
				fail_msg("round %u act %u: %s, expected %s", round, i,
					verdict_name(got), verdict_name(wanted));
			now += (int64_t)(random_next(&seed) % 3);
		}
		assert_int_equal(s.stored, p.n);
	}
}

/* The live content: what figures and completeness are made of. */
static void
any_order_and_any_repetition_of_reports_gives_the_same_live_content(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		uint32_t n = 1 + (uint32_t)(random_next(&seed) % 12), left = 3 * n;
		uint32_t order[36];
		past p = { .n = 0 };
		slot s;

		for (uint32_t i = 0; i < left; i++)
			order[i] = i % n + 1;
		slot_init(&s);
		while (left > 0) {
			uint32_t pick = (uint32_t)(random_next(&seed) % left);
			uint32_t revision = order[pick];

			order[pick] = order[--left];
			arrive_unlocked(&s, &p, report_of(revision, revision + 7));
		}
		assert_true(slot_live(&s));
		assert_int_equal(slot_newest(&s), n);
		assert_int_equal(s.stored, n);
		assert_int_equal(slot_reported(&s).revision, n);
		for (uint32_t i = 0; i < s.n_recent; i++)
			assert_int_equal(s.recent[i].revision, n - i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untouched_slot_has_nothing),
		cmocka_unit_test(repeated_reordered_and_conflicting_revisions_get_their_verdicts),
		cmocka_unit_test(the_same_content_under_a_new_number_is_a_new_revision),
		cmocka_unit_test(a_retraction_kills_what_is_below_it),
		cmocka_unit_test(the_earliest_report_counts_for_lateness_whatever_becomes_of_it),
		cmocka_unit_test(on_time_ends_with_the_microsecond_before_the_deadline),
		cmocka_unit_test(a_locked_slot_knows_its_duplicates_and_takes_nothing_else),
		cmocka_unit_test(the_history_is_asked_only_for_what_the_slot_cannot_know),
		cmocka_unit_test(every_verdict_is_that_of_the_whole_list),
		cmocka_unit_test(
			any_order_and_any_repetition_of_reports_gives_the_same_live_content),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
