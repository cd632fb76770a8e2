/* SPDX-License-Identifier: Apache-2.0 */
/* test_outbox.c - limits, what became of an act, how the outbox stands to the hub. */
#include "tests/store/store_testing.h"

#include "store/outbox.h"
#include "store/outbox_rows.h"
#include "store/pack.h"
#include "store/record.h"

enum { ACT_SIZE = 100 };

static store *
open_outbox(place *p, outbox_limits limits, outbox *ob)
{
	store *s = open_at(p->data, STORE_AGENT, 0);
	store_txn txn;

	store_begin(s, &txn, STORE_READ);
	outbox_open(&txn, &limits, ob);
	commit(&txn);
	return s;
}

static void
add(store_txn *txn, outbox *ob, unsigned n)
{
	uint8_t bytes[ACT_SIZE] = { 1 };
	uint64_t seq;

	while (n-- > 0)
		assert_true(outbox_add(txn, ob, span_of(bytes, sizeof(bytes)), &seq));
}

static uint64_t
seal(store_txn *txn, outbox *ob)
{
	batch_header base = { .schema = 1 };
	sign_key key = test_key(5);
	uint64_t first = 0;

	assert_true(outbox_seal(txn, ob, &base, &key, 0, 0, &first));
	return first;
}

static frame_receipt
receipt_for(store_txn *txn, outbox *ob, uint64_t first, uint64_t leaf)
{
	static const uint8_t verdicts[BATCH_ACTS_MAX] = { 1, 3, 27 };
	outbox_sealed b;

	assert_true(outbox_find(txn, ob, first, &b));
	return (frame_receipt){ .first_seq = first,
		.count = b.count,
		.header_hash = b.header_hash,
		.leaf = leaf,
		.hub_time_us = 1000 + (int64_t)leaf,
		.verdicts = span_of(verdicts, b.count) };
}

static void
a_full_outbox_refuses_loudly_and_drops_nothing(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ .acts_max = 10 }, &ob);
	uint8_t bytes[ACT_SIZE] = { 1 };
	frame_receipt r;
	store_txn txn;
	ms_error e = { 0 };
	uint64_t seq;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 10);
	seal(&txn, &ob);
	commit(&txn);
	assert_true(outbox_queue(&ob).full && !outbox_has_room(&ob, 1, 1));
	store_begin(s, &txn, STORE_WRITE);
	assert_false(outbox_add(&txn, &ob, span_of(bytes, sizeof(bytes)), &seq));
	assert_int_equal(store_commit(&txn, &e), MS_FULL);
	assert_int_equal(e.code, MST_OUTBOX_FULL);
	assert_true(e.remedy[0] != '\0');
	store_begin(s, &txn, STORE_WRITE);
	r = receipt_for(&txn, &ob, 1, 0);
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("raw")), OUTBOX_FIRST);
	add(&txn, &ob, 1);
	commit(&txn);
	assert_int_equal(ob.next_seq, 12);
	store_close(s);
}

static void
bytes_are_limited_too_and_an_act_has_a_size(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ .bytes_max = 5 * (ACT_SIZE + 2) }, &ob);
	uint8_t *large = calloc(1, ACT_BYTES_MAX + 1);
	store_txn txn;
	uint64_t seq;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 5);
	assert_false(outbox_add(&txn, &ob, span_of(large, ACT_SIZE), &seq));
	assert_int_equal(store_commit(&txn, NULL), MS_FULL);
	store_begin(s, &txn, STORE_WRITE);
	assert_false(outbox_add(&txn, &ob, span_of(large, ACT_BYTES_MAX + 1), &seq));
	assert_int_equal(store_commit(&txn, NULL), MS_INVALID);
	store_begin(s, &txn, STORE_WRITE);
	assert_false(outbox_add(&txn, &ob, span_of(large, 0), &seq));
	assert_int_equal(store_commit(&txn, NULL), MS_INVALID);
	store_close(s);
	free(large);
}

static void
a_batch_keeps_to_its_bytes_and_is_never_empty(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	batch_header base = { .schema = 1 };
	sign_key key = test_key(5);
	uint64_t first;
	store_txn txn;
	outbox_sealed b;

	store_begin(s, &txn, STORE_WRITE);
	assert_false(outbox_seal(&txn, &ob, &base, &key, 0, 0, &first));
	add(&txn, &ob, 10);
	assert_true(outbox_seal(
		&txn, &ob, &base, &key, 0, BATCH_SIGNED_SIZE + 3 * (ACT_SIZE + 2), &first));
	assert_true(outbox_find(&txn, &ob, first, &b) && b.count == 3);
	assert_true(outbox_seal(&txn, &ob, &base, &key, 0, 1, &first));
	assert_true(outbox_find(&txn, &ob, first, &b) && b.count == 1 && first == 4);
	assert_int_equal(seal(&txn, &ob), 5);
	assert_false(outbox_seal(&txn, &ob, &base, &key, 0, 0, &first));
	commit(&txn);
	store_close(s);
}

static void
what_became_of_each_act_is_known(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	frame_receipt r;
	store_txn txn;
	outbox_fate f;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 3);
	seal(&txn, &ob);
	add(&txn, &ob, 2);
	seal(&txn, &ob);
	add(&txn, &ob, 1);
	r = receipt_for(&txn, &ob, 1, 12);
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("raw")), OUTBOX_FIRST);
	assert_true(outbox_verdict(&txn, &ob, 3, &f));
	assert_true(f.sealed && f.receipted && f.verdict == 27 && f.leaf == 12 && f.at == 2 &&
		    f.hub_time_us == 1012);
	assert_true(
		outbox_verdict(&txn, &ob, 4, &f) && f.sealed && !f.receipted && f.first_seq == 4);
	assert_true(outbox_verdict(&txn, &ob, 6, &f) && !f.sealed);
	assert_false(outbox_verdict(&txn, &ob, 7, &f));
	assert_false(outbox_verdict(&txn, &ob, 0, &f));
	commit(&txn);
	store_close(s);
}

/* 65,536 acts behind the last batch there is, as its position counts they are in it. */
static void
an_act_whose_batch_is_missing_has_no_fate(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	store_txn txn;
	outbox_fate fate;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 1);
	seal(&txn, &ob);
	commit(&txn);
	ob.sealed_to = 70000;
	ob.next_seq = 70001;
	store_begin(s, &txn, STORE_READ);
	assert_false(outbox_verdict(&txn, &ob, 65537, &fate));
	assert_int_equal(txn.error.status, MS_CORRUPT);
	store_abort(&txn);
	store_close(s);
}

static void
a_receipt_with_fewer_verdicts_than_acts_is_named(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	uint8_t row[200] = { 0 };
	packer pack = { .at = row + HASH_SIZE + 16, .end = row + sizeof(row) };
	seq_key key;
	store_txn txn;
	outbox_fate fate;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 3);
	seal(&txn, &ob);
	pack_text(&pack, span_str("\1"));
	pack_text(&pack, span_str("raw"));
	record_put(&txn, TABLE_RECEIPT, seq_key_of(1, &key), span_of(row, (size_t)(pack.at - row)));
	assert_true(outbox_verdict(&txn, &ob, 1, &fate) && fate.verdict == 1);
	assert_false(outbox_verdict(&txn, &ob, 2, &fate));
	assert_int_equal(txn.error.status, MS_CORRUPT);
	assert_non_null(strstr(txn.error.text, "begins at act 1 "));
	store_abort(&txn);
	store_close(s);
}

static void
a_receipt_is_kept_once_and_a_moved_one_beside_it(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	outbox_receipt_place at = { 0 };
	outbox_receipt_row row;
	frame_receipt r;
	store_txn txn;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 3);
	seal(&txn, &ob);
	r = receipt_for(&txn, &ob, 1, 12);
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("first")), OUTBOX_FIRST);
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("again")), OUTBOX_AGAIN);
	assert_true(outbox_receipt_of(&txn, 1, &row) && span_equal(row.raw, span_str("first")));
	r.leaf = 5;
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("other")), OUTBOX_MOVED);
	assert_true(outbox_receipt_of(&txn, 1, &row) && row.leaf == 5 &&
		    span_equal(row.raw, span_str("other")));
	assert_int_equal(store_count(&txn, TABLE_RECEIPT), 2);
	assert_true(outbox_receipt_each(&txn, &at, &row) && row.leaf == 5 && row.count == 3);
	assert_true(outbox_receipt_each(&txn, &at, &row) && row.leaf == 12 && at.is_earlier &&
		    row.first_seq == 1 && span_equal(row.raw, span_str("first")));
	assert_false(outbox_receipt_each(&txn, &at, &row));
	at = (outbox_receipt_place){ .first_seq = 1 };
	assert_true(outbox_receipt_each(&txn, &at, &row) && row.leaf == 12);
	r.count = 2;
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("x")), OUTBOX_UNKNOWN);
	r.first_seq = 2;
	assert_int_equal(outbox_receipt(&txn, &ob, &r, span_str("x")), OUTBOX_UNKNOWN);
	commit(&txn);
	assert_int_equal(outbox_queue(&ob).sent_batches, 0);
	store_close(s);
}

static void
a_receipt_without_its_bytes_is_encoded(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	outbox_receipt_row row;
	arena memory = { 0 };
	frame_receipt r;
	store_txn txn;
	frame f;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 2);
	seal(&txn, &ob);
	r = receipt_for(&txn, &ob, 1, 3);
	assert_int_equal(outbox_receipt(&txn, &ob, &r, (span){ 0 }), OUTBOX_FIRST);
	assert_true(outbox_receipt_of(&txn, 1, &row));
	assert_int_equal(frame_decode(row.raw, &memory, &f, NULL), MS_OK);
	assert_int_equal(f.kind, FRAME_RECEIPT);
	assert_int_equal(f.u.receipts.list[0].leaf, 3);
	commit(&txn);
	arena_fini(&memory);
	store_close(s);
}

static void
a_pruned_outbox_still_counts_on(void **test)
{
	place *p = *test;
	outbox ob;
	store *s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	frame_receipt r;
	store_txn txn;
	buf bytes = { 0 };
	span bytes_of_act;
	hash32 before[3], leaves[BATCH_ACTS_MAX];
	uint8_t signed_part[BATCH_SIGNED_SIZE];
	outbox_sealed sealed;
	uint16_t n;

	store_begin(s, &txn, STORE_WRITE);
	add(&txn, &ob, 3);
	seal(&txn, &ob);
	assert_true(outbox_leaves(&txn, 1, leaves, &n));
	memcpy(before, leaves, sizeof(before));
	r = receipt_for(&txn, &ob, 1, 0);
	outbox_receipt(&txn, &ob, &r, span_str("raw"));
	assert_int_equal(outbox_prune(&txn, &ob, 1000, 100), 0);
	assert_int_equal(outbox_prune(&txn, &ob, 1001, 100), 3);
	commit(&txn);
	store_close(s);
	s = open_outbox(p, (outbox_limits){ 0 }, &ob);
	store_begin(s, &txn, STORE_WRITE);
	assert_int_equal(ob.next_seq, 4);
	assert_false(outbox_act(&txn, 1, &bytes_of_act));
	assert_false(outbox_batch(&txn, 1, &bytes));
	assert_true(outbox_leaves(&txn, 1, leaves, &n));
	assert_int_equal(n, 3);
	assert_memory_equal(leaves, before, sizeof(before));
	assert_true(outbox_signed_part(&txn, 1, signed_part));
	assert_true(outbox_find(&txn, &ob, 1, &sealed) && sealed.receipted);
	add(&txn, &ob, 1);
	assert_int_equal(seal(&txn, &ob), 4);
	commit(&txn);
	buf_fini(&bytes);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_full_outbox_refuses_loudly_and_drops_nothing,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			bytes_are_limited_too_and_an_act_has_a_size, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_batch_keeps_to_its_bytes_and_is_never_empty, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			what_became_of_each_act_is_known, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			an_act_whose_batch_is_missing_has_no_fate, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_receipt_with_fewer_verdicts_than_acts_is_named,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_receipt_is_kept_once_and_a_moved_one_beside_it,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_receipt_without_its_bytes_is_encoded, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_pruned_outbox_still_counts_on, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
