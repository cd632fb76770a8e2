/* SPDX-License-Identifier: Apache-2.0 */
/* test_files.c - files taken and slots known survive as they were put. */
#include "tests/store/store_testing.h"

#include "store/files.h"
#include "store/known.h"

static void
a_file_and_its_lines_come_back(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_AGENT, 0);
	file_line lines[] = {
		{ .row = 2, .state = LINE_QUEUED, .seq = 17, .revision = 4 },
		{ .row = 3, .state = LINE_UNCHANGED, .revision = 1, .other_first = true },
		{ .row = 4,
			.state = LINE_QUEUED,
			.revision = 2,
			.is_receipted = true,
			.verdict = VERDICT_STORED,
			.place = { 70000, 255 },
			.hub_time_us = -5 },
	};
	file_entry f = { .content = { { 7 } },
		.name = span_str("报表.csv"),
		.state = FILE_TAKEN,
		.taken_us = 5,
		.moved_to = span_str("rejected/报表.csv"),
		.lines = lines,
		.n_lines = 3 },
		   out;
	arena memory = { 0 };
	hash32 other = { { 8 } };
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	files_put(&txn, &f);
	/* The same file, dropped again and moved beside the first. */
	f.moved_to = span_str("done/报表.2.csv");
	f.state = FILE_WAITING;
	f.n_lines = 0;
	files_put(&txn, &f);
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	assert_true(files_find(&txn, &f.content, f.name, FILE_TAKEN, &memory, &out));
	assert_true(out.taken_us == 5 && out.n_lines == 3);
	assert_true(span_equal(out.moved_to, span_str("rejected/报表.csv")));
	assert_true(out.lines[0].seq == 17 && out.lines[0].revision == 4);
	assert_true(out.lines[1].state == LINE_UNCHANGED && out.lines[1].other_first);
	assert_true(!out.lines[1].is_receipted && out.lines[2].is_receipted);
	assert_true(out.lines[2].state == LINE_QUEUED && out.lines[2].verdict == VERDICT_STORED);
	assert_true(out.lines[2].place.leaf == 70000 && out.lines[2].place.at == 255);
	assert_true(out.lines[2].hub_time_us == -5);
	assert_false(files_find(&txn, &f.content, span_str("a"), FILE_TAKEN, &memory, &out));
	assert_false(files_find(&txn, &other, f.name, FILE_TAKEN, &memory, &out));
	assert_true(files_next(&txn, FILE_TAKEN, NULL, &memory, &out));
	assert_true(span_equal(out.name, span_str("报表.csv")));
	assert_false(files_next(&txn, FILE_TAKEN, &out, &memory, &out));
	assert_true(files_next(&txn, 0, NULL, &memory, &out));
	assert_true(files_next(&txn, 0, &out, &memory, &out));
	assert_false(files_next(&txn, 0, &out, &memory, &out));
	commit(&txn);
	store_begin(s, &txn, STORE_WRITE);
	files_del(&txn, &f);
	commit(&txn);
	store_begin(s, &txn, STORE_READ);
	assert_false(files_find(&txn, &f.content, f.name, FILE_WAITING, &memory, &out));
	store_abort(&txn);
	arena_fini(&memory);
	store_close(s);
}

static void
a_slot_knows_its_next_revision_and_what_stands(void **test)
{
	known k = { 0 };
	known_revision mine = { .revision = 3,
		.kind = ACT_REPORT,
		.state = KNOWN_QUEUED,
		.own = true,
		.seq = 9,
		.body_hash = { { 3 } } };
	known_revision other = {
		.revision = 2, .kind = ACT_REPORT, .state = KNOWN_RECEIVED, .verdict = 1
	};
	known_revision answer = {
		.state = KNOWN_REFUSED, .verdict = 27, .place = { 4, 2 }, .hub_time_us = 8
	};

	(void)test;
	known_take(&k, &other);
	known_take(&k, &mine);
	assert_int_equal(k.newest.revision, 3);
	assert_int_equal(k.standing.revision, 3);
	known_take(&k, &other);
	assert_int_equal(k.newest.revision, 3);
	assert_false(known_answer(&k, 8, &answer));
	assert_int_equal(k.newest.state, KNOWN_QUEUED);
	assert_true(known_answer(&k, 9, &answer));
	assert_int_equal(k.newest.state, KNOWN_REFUSED);
	assert_int_equal(k.newest.place.leaf, 4);
	/* What is refused is used up as a number, and what the hub has stands again. */
	assert_int_equal(k.newest.revision, 3);
	assert_int_equal(k.standing.revision, 2);
}

/* What this device stated last is known beside what another one stated since, until it is refused.
 */
static void
what_this_device_stated_is_known_beside_what_stands(void **test)
{
	known k = { 0 };
	known_revision mine = { .revision = 1,
		.kind = ACT_REPORT,
		.state = KNOWN_QUEUED,
		.own = true,
		.seq = 5,
		.body_hash = { { 1 } } };
	known_revision other = {
		.revision = 2, .kind = ACT_REPORT, .state = KNOWN_RECEIVED, .body_hash = { { 2 } }
	};
	known_revision refused = { .state = KNOWN_REFUSED };

	(void)test;
	known_take(&k, &mine);
	known_take(&k, &other);
	assert_int_equal(k.standing.revision, 2);
	assert_int_equal(k.mine.revision, 1);
	assert_int_equal(k.mine.body_hash.at[0], 1);
	assert_false(known_answer(&k, 5, &refused));
	assert_int_equal(k.mine.revision, 0);
	assert_int_equal(k.standing.revision, 2);
}

/* Own revisions 1 and 2 are queued together; the hub takes the first and refuses the second. */
static void
what_was_stored_before_a_refusal_stands(void **test)
{
	known k = { 0 };
	known_revision one = { .revision = 1,
		.kind = ACT_REPORT,
		.state = KNOWN_QUEUED,
		.own = true,
		.seq = 5 },
		       two = one;
	known_revision taken = { .revision = 1,
		.kind = ACT_REPORT,
		.state = KNOWN_RECEIVED,
		.own = true,
		.seq = 5,
		.place = { 7, 0 } },
		       refused = { .state = KNOWN_REFUSED, .place = { 8, 0 } };

	(void)test;
	two.revision = 2;
	two.seq = 6;
	known_take(&k, &one);
	known_take(&k, &two);
	assert_false(known_answer(&k, 5, &taken));
	known_take(&k, &taken);
	assert_int_equal(k.standing.revision, 2);
	assert_true(known_answer(&k, 6, &refused));
	assert_int_equal(k.standing.revision, 1);
	assert_int_equal(k.standing.place.leaf, 7);
	/* A hub that was restored judges anew, and may refuse what it had stored. */
	assert_true(known_answer(&k, 5, &refused));
	assert_int_equal(k.standing.revision, 0);
	assert_int_equal(k.newest.revision, 2);
}

static void
slots_are_known_by_unit_item_and_period(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_AGENT, 0);
	known_at q1 = { .unit = span_str("kjj"),
		.item = span_str("item-6"),
		.period = { .year = 2012, .kind = PERIOD_QUARTER, .index = 1 } },
		 q2 = q1, other = q1;
	known k = { 0 }, out;
	store_txn txn;

	q2.period.index = 2;
	other.unit = span_str("fgw");
	k.newest = (known_revision){ .revision = 5,
		.kind = 1,
		.state = KNOWN_RECEIVED,
		.own = true,
		.verdict = 1,
		.body_hash = { { 1, 2 } },
		.seq = 77,
		.place = { 123, 7 },
		.hub_time_us = -5 };
	k.standing = k.stored = k.newest;
	k.stored.revision = 4;
	k.mine.revision = 3;
	store_begin(s, &txn, STORE_WRITE);
	assert_false(known_get(&txn, &q1, &out));
	known_put(&txn, &q1, &k);
	assert_false(known_get(&txn, &q2, &out));
	assert_false(known_get(&txn, &other, &out));
	assert_true(known_get(&txn, &q1, &out));
	assert_int_equal(out.newest.revision, 5);
	assert_int_equal(out.newest.seq, 77);
	assert_int_equal(out.newest.hub_time_us, -5);
	assert_int_equal(out.newest.place.at, 7);
	assert_int_equal(out.standing.revision, 5);
	assert_int_equal(out.stored.revision, 4);
	assert_int_equal(out.mine.revision, 3);
	assert_true(out.newest.own && hash_equal(&out.newest.body_hash, &k.newest.body_hash));
	commit(&txn);
	store_close(s);
}

static void
what_no_plan_can_name_is_no_slot(void **test)
{
	static const char id[] = "0123456789012345678901234567890123456789012345678901234567890123";
	span longest = span_of(id, 63), longer = span_of(id, 64), q1 = span_str("2012-Q1");
	known_at at;

	(void)test;
	assert_true(known_slot(longest, longest, q1, &at));
	assert_int_equal(at.period.index, 1);
	assert_false(known_slot(longer, longest, q1, &at));
	assert_false(known_slot(longest, longer, q1, &at));
	assert_false(known_slot((span){ 0 }, longest, q1, &at));
	assert_false(known_slot(longest, (span){ 0 }, q1, &at));
	assert_false(known_slot(longest, longest, span_str("2012-Q5"), &at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_and_its_lines_come_back, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_slot_knows_its_next_revision_and_what_stands,
			place_setup, place_teardown),
		cmocka_unit_test(what_this_device_stated_is_known_beside_what_stands),
		cmocka_unit_test(what_was_stored_before_a_refusal_stands),
		cmocka_unit_test(what_no_plan_can_name_is_no_slot),
		cmocka_unit_test_setup_teardown(
			slots_are_known_by_unit_item_and_period, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
