/* SPDX-License-Identifier: Apache-2.0 */
/* test_witness.c - a log that only grows is believed, any other is not, and then nothing is pushed.
 */
#include "uplink_rig.h"

#include "proof/tail.h"

enum { LEAVES = 200 };

/* A signed log whose leaf N is the receipt's leaf of batch N of the rig, or (FORK on) another. */
typedef struct signed_log {
	tree_tail tail;
	tree_frontier at[LEAVES + 1];
	sign_key secret;
	log_key key;
	arena memory;
	buf note;
	uint8_t signed_part[BATCH_SIGNED_SIZE];
} signed_log;

static const uint8_t verdicts[ACTS] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

static hash32
leaf_of(size_t batch, bool other)
{
	uint8_t bytes[BATCH_SIGNED_SIZE];

	memset(bytes, (int)(1 + ACTS * batch), sizeof(bytes));
	return log_leaf_hash(span_of(bytes, BATCH_HEADER_SIZE),
		span_of(bytes + BATCH_HEADER_SIZE, SIGNATURE_SIZE), (int64_t)batch + other,
		span_of(verdicts, ACTS));
}

static signed_log *
log_new(size_t fork, uint8_t seed_byte)
{
	signed_log *l = calloc(1, sizeof(*l));
	uint8_t seed[SIGN_SEED_SIZE] = { seed_byte };
	tree_nodes none = { 0 };
	size_t i;

	sign_key_from_seed(seed, &l->secret);
	snprintf(l->key.origin, sizeof(l->key.origin), "muster/test");
	l->key.key = l->secret.public_key;
	assert_int_equal(tree_tail_init(&l->tail, &l->at[0], &none), MS_OK);
	for (i = 0; i < LEAVES; i++) {
		hash32 leaf = leaf_of(i, i >= fork);

		tree_tail_append(&l->tail, &leaf);
		l->at[i + 1] = l->tail.now;
	}
	return l;
}

static void
log_free(signed_log *l)
{
	tree_tail_fini(&l->tail);
	arena_fini(&l->memory);
	buf_fini(&l->note);
	free(l);
}

static const span *
spans_of(signed_log *l, const hash32 *list, unsigned n)
{
	span *out = arena_alloc(&l->memory, (n + 1) * sizeof(*out));
	unsigned i;

	for (i = 0; i < n; i++)
		out[i] = arena_copy(&l->memory, span_of(list[i].at, HASH_SIZE));
	return out;
}

/* The checkpoint of SIZE leaves, proven from FROM. */
static frame_checkpoint
show(signed_log *l, uint64_t size, uint64_t from)
{
	checkpoint c = { .size = size, .root = tree_frontier_root(&l->at[size]) };
	hash32 path[TREE_LEVELS_MAX + 1];
	ms_error err = { 0 };
	tree_nodes nodes;
	unsigned n = 0;

	buf_reset(&l->note);
	assert_int_equal(note_sign(l->key.origin, &l->secret, &c, &l->note), MS_OK);
	tree_tail_nodes(&l->tail, &nodes);
	if (from <= size)
		assert_int_equal(tree_consistency(&nodes, from, size, path, &n, &err), MS_OK);
	return (frame_checkpoint){ .size = size,
		.root = c.root,
		.note = arena_copy(&l->memory, buf_span(&l->note)),
		.from = from,
		.proof = spans_of(l, path, n),
		.n_proof = n };
}

static frame_receipt
receipt_of(signed_log *l, size_t batch, uint64_t size)
{
	hash32 path[TREE_LEVELS_MAX];
	ms_error err = { 0 };
	tree_nodes nodes;
	unsigned n;

	tree_tail_nodes(&l->tail, &nodes);
	assert_int_equal(tree_inclusion(&nodes, batch, size, path, &n, &err), MS_OK);
	return (frame_receipt){ .first_seq = 1 + ACTS * batch,
		.count = ACTS,
		.header_hash = header_of(batch),
		.leaf = batch,
		.hub_time_us = (int64_t)batch,
		.verdicts = span_of(verdicts, ACTS),
		.path = spans_of(l, path, n),
		.n_path = n };
}

/* ---- the witness alone ---- */

static void
a_log_that_grows_is_believed(void **test)
{
	signed_log *l = log_new(LEAVES, 1);
	witness w = { .key = &l->key };
	uint64_t size = 0, next;

	(void)test;
	for (next = 1; next <= LEAVES; next += 1 + next % 7) {
		frame_checkpoint c = show(l, next, size);
		ms_error err = { 0 };

		if (witness_take(&w, &c, &err) != MS_OK)
			fail_msg("%s", err.text);
		assert_int_equal(w.verified.size, next);
		size = next;
	}
	log_free(l);
}

static void
assert_refused(const witness *w, frame_checkpoint c, unsigned code)
{
	witness copy = *w;
	ms_error err = { 0 };

	assert_int_equal(witness_take(&copy, &c, &err), MS_DENIED);
	if (code != 0)
		assert_int_equal(err.code, code);
	assert_int_equal(copy.verified.size, w->verified.size);
}

static void
any_other_log_is_refused_by_name(void **test)
{
	signed_log *l = log_new(LEAVES, 1), *fork = log_new(50, 1), *foreign = log_new(LEAVES, 2);
	witness w = { .key = &l->key };
	frame_checkpoint c = show(l, 100, 0);
	ms_error err = { 0 };

	(void)test;
	assert_int_equal(witness_take(&w, &c, &err), MS_OK);
	assert_refused(&w, show(l, 99, 100), MST_WIRE_HISTORY);      /* back */
	assert_refused(&w, show(fork, 100, 100), MST_WIRE_HISTORY);  /* two of one size */
	assert_refused(&w, show(fork, 150, 100), MST_WIRE_HISTORY);  /* grown out of another */
	assert_refused(&w, show(l, 150, 99), MST_WIRE_HISTORY);      /* proven from elsewhere */
	assert_refused(&w, show(foreign, 150, 100), MST_PROOF_NOTE); /* another key */
	c = show(l, 150, 100);
	c.n_proof--;
	assert_refused(&w, c, MST_WIRE_HISTORY);
	c = show(l, 150, 100);
	c.size = 151;
	assert_refused(&w, c, MST_WIRE_UNPROVEN);
	c = show(l, 150, 100);
	c.note.len = 0;
	assert_refused(&w, c, MST_WIRE_UNPROVEN);
	assert_refused(&w, (frame_checkpoint){ 0 }, MST_WIRE_UNPROVEN);
	log_free(l);
	log_free(fork);
	log_free(foreign);
}

static void
a_receipt_proves_its_batch_and_no_other(void **test)
{
	signed_log *l = log_new(LEAVES, 1);
	witness w = { .key = &l->key };
	frame_checkpoint c = show(l, LEAVES, 0);
	uint8_t part[BATCH_SIGNED_SIZE];
	ms_error err = { 0 };
	size_t batch;

	(void)test;
	assert_int_equal(witness_take(&w, &c, &err), MS_OK);
	for (batch = 0; batch < 25; batch++) {
		frame_receipt r = receipt_of(l, batch, LEAVES);
		span signed_part = span_of(part, sizeof(part));

		memset(part, (int)r.first_seq, sizeof(part));
		assert_int_equal(witness_check_receipt(&w, &r, signed_part, &err), MS_OK);
		r.hub_time_us++;
		assert_int_equal(witness_check_receipt(&w, &r, signed_part, &err), MS_DENIED);
		r.hub_time_us--;
		part[20] ^= 1;
		assert_int_equal(witness_check_receipt(&w, &r, signed_part, &err), MS_DENIED);
		part[20] ^= 1;
		r.n_path--;
		assert_int_equal(witness_check_receipt(&w, &r, signed_part, &err), MS_DENIED);
	}
	log_free(l);
}

/* ---- the uplink ---- */

static frame
proven_welcome(signed_log *l, uint64_t size, uint64_t from)
{
	frame f = welcome_frame(1);

	f.u.welcome.checkpoint = show(l, size, from);
	return f;
}

static void
send_receipt(rig *r, signed_log *l, size_t batch, uint64_t size, uint64_t from)
{
	frame_receipt one = receipt_of(l, batch, size);
	frame f = { .kind = FRAME_RECEIPT };

	f.u.receipts.list = &one;
	f.u.receipts.n = 1;
	f.u.receipts.checkpoint = show(l, size, from);
	in(r, f);
}

static void
proven_receipts_are_stored(void **test)
{
	signed_log *l = log_new(LEAVES, 1);
	rig *r = rig_new_keyed(3, &l->key);

	(void)test;
	open_and_connect(r);
	in(r, proven_welcome(l, 1, 0));
	assert_int_equal(r->outbox.verified.size, 1);
	assert_int_equal(in_flight(r), 3);
	send_receipt(r, l, 0, 5, 1);
	send_receipt(r, l, 1, 9, 5);
	assert_int_equal(in_flight(r), 1);
	assert_true(r->outbox.receipted[0] && r->outbox.receipted[1]);
	assert_int_equal(r->outbox.verified.size, 9);
	assert_int_equal(state(r), UPLINK_READY);
	log_free(l);
	rig_free(r);
}

static void
a_split_view_stops_the_pushing_until_it_is_over(void **test)
{
	signed_log *l = log_new(LEAVES, 1), *fork = log_new(0, 1);
	rig *r = rig_new_keyed(3, &l->key);

	(void)test;
	open_and_connect(r);
	in(r, proven_welcome(l, 10, 0));
	send_receipt(r, fork, 0, 20, 10);
	assert_int_equal(state(r), UPLINK_SPLIT);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_HISTORY);
	assert_false(r->outbox.receipted[0]);
	assert_int_equal(r->outbox.alarms, 1);
	assert_int_equal(r->outbox.verified.size, 10);
	uplink_wake(r->up, r->now);
	assert_int_equal(in_flight(r), 0);
	/* The same hub in the next session: still nothing, but no second alarm. */
	uplink_down(r->up, r->now);
	uplink_connected(r->up, r->now);
	in(r, proven_welcome(fork, 30, 10));
	assert_int_equal(state(r), UPLINK_SPLIT);
	assert_int_equal(in_flight(r), 0);
	/* The right one again. */
	uplink_down(r->up, r->now);
	uplink_connected(r->up, r->now);
	in(r, proven_welcome(l, 30, 10));
	assert_int_equal(state(r), UPLINK_READY);
	assert_int_equal(in_flight(r), 3);
	log_free(l);
	log_free(fork);
	rig_free(r);
}

static void
a_receipt_without_proof_is_not_stored(void **test)
{
	signed_log *l = log_new(LEAVES, 1), *fork = log_new(0, 1);
	rig *r = rig_new_keyed(3, &l->key);
	frame_receipt one = receipt_of(fork, 0, 20);
	frame f = { .kind = FRAME_RECEIPT };

	(void)test;
	open_and_connect(r);
	in(r, proven_welcome(l, 10, 0));
	f.u.receipts.list = &one;
	f.u.receipts.n = 1;
	f.u.receipts.checkpoint = show(l, 20, 10);
	in(r, f);
	assert_int_equal(state(r), UPLINK_SPLIT);
	assert_int_equal(uplink_look(r->up).code, MST_WIRE_UNPROVEN);
	assert_false(r->outbox.receipted[0]);
	log_free(l);
	log_free(fork);
	rig_free(r);
}

/* Nothing is wrong with the hub then. */
static void
a_receipt_that_the_own_disk_cannot_check_waits(void **test)
{
	signed_log *l = log_new(LEAVES, 1);
	rig *r = rig_new_keyed(3, &l->key);

	(void)test;
	open_and_connect(r);
	in(r, proven_welcome(l, 10, 0));
	r->outbox.fail = MS_STORAGE;
	send_receipt(r, l, 0, 20, 10);
	assert_int_equal(state(r), UPLINK_WAITING);
	assert_int_equal(uplink_look(r->up).code, MST_FILE_READ);
	assert_int_equal(r->outbox.alarms, 0);
	r->outbox.fail = MS_OK;
	send_receipt(r, l, 1, 20, 20);
	send_receipt(r, l, 2, 20, 20);
	capture_clear(&r->wire);
	r->now += 10 * S;
	tick(r);
	assert_int_equal(capture_count(&r->wire, FRAME_PUSH), 1); /* the first one, again */
	send_receipt(r, l, 0, 20, 20);
	assert_true(r->outbox.receipted[0] && r->outbox.receipted[1] && r->outbox.receipted[2]);
	assert_int_equal(state(r), UPLINK_READY);
	log_free(l);
	rig_free(r);
}

/* ---- receipts that came by hand ---- */

static ms_status
carry(rig *r, signed_log *l, size_t batch, uint64_t size, uint64_t from, ms_error *err)
{
	frame_receipt one = receipt_of(l, batch, size);
	frame f = { .kind = FRAME_RECEIPT };

	f.u.receipts.list = &one;
	f.u.receipts.n = 1;
	f.u.receipts.checkpoint = show(l, size, from);
	return uplink_take_receipts(r->up, &f, err);
}

static void
carried_receipts_need_no_line_and_prove_themselves(void **test)
{
	signed_log *l = log_new(LEAVES, 1);
	rig *r = rig_new_keyed(6, &l->key);
	ms_error err = { 0 };

	(void)test;
	assert_int_equal(carry(r, l, 0, 10, 0, &err), MS_OK); /* never on line: the first trust */
	assert_int_equal(r->outbox.verified.size, 10);
	assert_int_equal(carry(r, l, 1, 20, 10, &err), MS_OK);
	assert_int_equal(r->outbox.verified.size, 20);
	assert_int_equal(carry(r, l, 2, 15, 10, &err), MS_OK); /* an older stick */
	assert_int_equal(carry(r, l, 3, 40, 15, &err), MS_OK); /* proven from elsewhere */
	assert_int_equal(r->outbox.verified.size, 20);
	assert_int_equal(carry(r, l, 3, 40, 15, &err), MS_OK);
	assert_true(r->outbox.receipted[0] && r->outbox.receipted[1] && r->outbox.receipted[2] &&
		    r->outbox.receipted[3]);
	assert_int_equal(r->outbox.alarms, 0);
	log_free(l);
	rig_free(r);
}

/* On the line the hub goes on from what it showed there. */
static void
carried_receipts_do_not_get_in_the_way_of_the_line(void **test)
{
	signed_log *l = log_new(LEAVES, 1), *fork = log_new(0, 1);
	rig *r = rig_new_keyed(6, &l->key);
	ms_error err = { 0 }, other = { 0 };

	(void)test;
	assert_int_equal(carry(r, l, 0, 10, 0, &err), MS_OK);
	open_and_connect(r);
	assert_int_equal(carry(r, l, 1, 20, 10, &err), MS_OK); /* HELLO has named 10 */
	in(r, proven_welcome(l, 25, 10));
	assert_int_equal(carry(r, l, 2, 30, 25, &err), MS_OK);
	send_receipt(r, l, 3, 40, 25);
	assert_true(r->outbox.receipted[1] && r->outbox.receipted[2] && r->outbox.receipted[3]);
	assert_int_equal(r->outbox.verified.size, 40);
	assert_int_equal(r->outbox.alarms, 0);
	assert_int_equal(state(r), UPLINK_READY);
	assert_int_equal(carry(r, fork, 4, 50, 40, &other), MS_DENIED);
	assert_int_equal(r->outbox.alarms, 1);
	log_free(l);
	log_free(fork);
	rig_free(r);
}

static void
carried_receipts_of_another_log_are_not_stored(void **test)
{
	signed_log *l = log_new(LEAVES, 1), *fork = log_new(0, 1), *foreign = log_new(LEAVES, 2);
	rig *r = rig_new_keyed(3, &l->key);
	ms_error err = { 0 }, other = { 0 };

	(void)test;
	assert_int_equal(carry(r, l, 0, 10, 0, &err), MS_OK);
	assert_int_equal(carry(r, foreign, 1, 20, 10, &other), MS_DENIED);
	assert_int_equal(other.code, MST_PROOF_NOTE);
	assert_int_equal(r->outbox.alarms, 0);
	assert_int_equal(carry(r, fork, 1, 20, 10, &err), MS_DENIED);
	assert_int_equal(err.code, MST_WIRE_HISTORY);
	assert_int_equal(r->outbox.alarms, 1);
	assert_false(r->outbox.receipted[1]);
	assert_int_equal(r->outbox.verified.size, 10);
	assert_int_not_equal(state(r), UPLINK_SPLIT); /* the line says its own */
	log_free(l);
	log_free(fork);
	log_free(foreign);
	rig_free(r);
}

static void
a_hub_that_does_not_know_our_log_gets_nothing(void **test)
{
	rig *r = rig_ready(3, 1);

	(void)test;
	nack(r, NACK_HISTORY, 0, 0, 0);
	assert_int_equal(state(r), UPLINK_SPLIT);
	assert_int_equal(in_flight(r), 0);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_grows_is_believed),
		cmocka_unit_test(any_other_log_is_refused_by_name),
		cmocka_unit_test(a_receipt_proves_its_batch_and_no_other),
		cmocka_unit_test(proven_receipts_are_stored),
		cmocka_unit_test(a_split_view_stops_the_pushing_until_it_is_over),
		cmocka_unit_test(a_receipt_without_proof_is_not_stored),
		cmocka_unit_test(a_receipt_that_the_own_disk_cannot_check_waits),
		cmocka_unit_test(carried_receipts_need_no_line_and_prove_themselves),
		cmocka_unit_test(carried_receipts_do_not_get_in_the_way_of_the_line),
		cmocka_unit_test(carried_receipts_of_another_log_are_not_stored),
		cmocka_unit_test(a_hub_that_does_not_know_our_log_gets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
