/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outbox_model.c - the outbox against an array: random adding, sealing, receipts (also late,
 * twice and out of order), pruning, aborts, reopenings and kills. Sequences are dense for ever, a
 * sealed batch never changes a byte, nothing without receipt is forgotten.
 */
#include "tests/store/store_testing.h"

#include <signal.h>
#include <sys/wait.h>

#include "store/outbox.h"

enum { MOST = 4000 };

typedef struct model {
	uint8_t size[MOST + 1]; /* of act seq; its bytes are seq's, see act_of */
	bool pruned[MOST + 1];
	uint64_t acts;            /* newest seq */
	uint64_t first[MOST + 1]; /* of batch n */
	uint16_t count[MOST + 1];
	hash32 bytes[MOST + 1]; /* hash of the batch as sealed */
	hash32 header[MOST + 1];
	bool receipted[MOST + 1];
	size_t batches;
} model;

static span
act_of(uint64_t seq, uint8_t size, uint8_t *room)
{
	memset(room, (int)(seq & 0xff), size);
	be64_put(room, seq);
	return span_of(room, size);
}

static void
add_some(store_txn *txn, outbox *ob, model *m, uint64_t *seed)
{
	uint64_t n = dice(seed) % 40, seq;

	for (; n > 0 && m->acts < MOST; n--) {
		uint8_t room[256], size = (uint8_t)(dice(seed) % 240 + 8);

		assert_true(outbox_add(txn, ob, act_of(m->acts + 1, size, room), &seq));
		assert_int_equal(seq, m->acts + 1);
		m->size[++m->acts] = size;
	}
}

static uint64_t
sealed_to(const model *m)
{
	return m->batches == 0 ? 0 : m->first[m->batches - 1] + m->count[m->batches - 1] - 1;
}

static void
seal_one(store_txn *txn, outbox *ob, model *m, uint64_t *seed, const sign_key *key)
{
	batch_header base = { .schema = 1, .device_time_us = (int64_t)dice(seed) };
	uint16_t most = (uint16_t)(dice(seed) % 30 + 1);
	uint64_t first, waiting = m->acts - sealed_to(m);
	buf bytes = { 0 };
	batch_view view;

	memset(base.device.at, 9, ID_SIZE);
	if (!outbox_seal(txn, ob, &base, key, most, 0, &first)) {
		assert_int_equal(waiting, 0);
		return;
	}
	assert_int_equal(first, sealed_to(m) + 1);
	assert_true(outbox_batch(txn, first, &bytes));
	assert_int_equal(batch_open(buf_span(&bytes), &view), BATCH_GOOD);
	assert_int_equal(batch_check_root(&view), BATCH_GOOD);
	assert_int_equal(batch_check_signature(&view, &key->public_key), BATCH_GOOD);
	assert_int_equal(view.fields.count, most < waiting ? most : waiting);
	if (m->batches > 0)
		assert_true(hash_equal(&view.fields.prev, &m->header[m->batches - 1]));
	m->first[m->batches] = first;
	m->count[m->batches] = view.fields.count;
	m->bytes[m->batches] = hash_of(buf_span(&bytes));
	m->header[m->batches] = view.header_hash;
	m->receipted[m->batches++] = false;
	buf_fini(&bytes);
}

static void
receipt_one(store_txn *txn, outbox *ob, model *m, uint64_t *seed)
{
	uint8_t verdicts[BATCH_ACTS_MAX];
	frame_receipt r = { 0 };
	size_t i;

	if (m->batches == 0)
		return;
	/* Mostly the oldest without a receipt, sometimes any. */
	for (i = 0; i < m->batches - 1 && m->receipted[i]; i++)
		;
	if (dice(seed) % 3 == 0)
		i = dice(seed) % m->batches;
	memset(verdicts, 1, sizeof(verdicts));
	r = (frame_receipt){ .first_seq = m->first[i],
		.count = m->count[i],
		.header_hash = m->header[i],
		.leaf = i * 7,
		.hub_time_us = (int64_t)i * 10,
		.verdicts = span_of(verdicts, m->count[i]) };
	if (dice(seed) % 8 == 0) {
		r.header_hash.at[0] ^= 1;
		assert_int_equal(outbox_receipt(txn, ob, &r, span_str("raw")), OUTBOX_UNKNOWN);
		return;
	}
	assert_int_equal(outbox_receipt(txn, ob, &r, span_str("raw")),
		m->receipted[i] ? OUTBOX_AGAIN : OUTBOX_FIRST);
	m->receipted[i] = true;
}

static void
prune_some(store_txn *txn, outbox *ob, model *m, uint64_t *seed)
{
	int64_t before = (int64_t)(dice(seed) % (m->batches * 10 + 10));
	uint64_t n = 0, expected = 0, seq;
	size_t i;

	for (i = 0; i < m->batches && m->receipted[i] && (int64_t)i * 10 < before; i++)
		for (seq = m->first[i]; seq < m->first[i] + m->count[i]; seq++) {
			expected += !m->pruned[seq];
			m->pruned[seq] = true;
		}
	n = outbox_prune(txn, ob, before, UINT64_MAX / 2);
	assert_int_equal(n, expected);
}

static void
check_counts(const outbox *ob, const model *m)
{
	outbox_counts c = outbox_queue(ob);
	uint64_t sent = 0, sent_acts = 0, bytes = 0, seq;
	size_t i;

	for (i = 0; i < m->batches; i++) {
		if (m->receipted[i])
			continue;
		sent++;
		sent_acts += m->count[i];
		for (seq = m->first[i]; seq < m->first[i] + m->count[i]; seq++)
			bytes += m->size[seq] + 2u;
	}
	for (seq = sealed_to(m) + 1; seq <= m->acts; seq++)
		bytes += m->size[seq] + 2u;
	assert_int_equal(c.next_seq, m->acts + 1);
	assert_int_equal(c.unsealed_acts, m->acts - sealed_to(m));
	assert_int_equal(c.sent_batches, sent);
	assert_int_equal(c.sent_acts, sent_acts);
	assert_int_equal(c.bytes, bytes);
}

static void
check_rows(store_txn *txn, outbox *ob, const model *m)
{
	outbox_sealed b;
	buf bytes = { 0 };
	uint64_t from = 1, seq;
	size_t i;

	for (i = 0; i < m->batches; i++) {
		hash32 h;

		assert_true(outbox_find(txn, ob, from, &b));
		assert_int_equal(b.first_seq, m->first[i]);
		assert_int_equal(b.receipted, m->receipted[i]);
		buf_reset(&bytes);
		assert_int_equal(outbox_batch(txn, b.first_seq, &bytes), !m->pruned[b.first_seq]);
		h = hash_of(buf_span(&bytes));
		assert_true(m->pruned[b.first_seq] || hash_equal(&h, &m->bytes[i]));
		from = b.first_seq + b.count;
	}
	assert_false(outbox_find(txn, ob, from, &b));
	for (i = 0, from = 0; i < m->batches; i++)
		if (!m->receipted[i]) {
			assert_true(outbox_find_unreceipted(txn, ob, from, &b));
			assert_int_equal(b.first_seq, m->first[i]);
			from = b.first_seq + 1;
		}
	assert_false(outbox_find_unreceipted(txn, ob, from, &b));
	for (seq = 1; seq <= m->acts; seq++) {
		uint8_t room[256];
		span found;

		assert_int_equal(outbox_act(txn, seq, &found), !m->pruned[seq]);
		assert_true(m->pruned[seq] || span_equal(found, act_of(seq, m->size[seq], room)));
	}
	assert_true(store_ok(txn));
	buf_fini(&bytes);
}

static void
one_operation(store_txn *txn, outbox *ob, model *m, uint64_t *seed, const sign_key *key)
{
	switch (dice(seed) % 8) {
	case 0:
	case 1:
		add_some(txn, ob, m, seed);
		break;
	case 2:
	case 3:
		seal_one(txn, ob, m, seed, key);
		break;
	case 7:
		prune_some(txn, ob, m, seed);
		break;
	default:
		receipt_one(txn, ob, m, seed);
	}
}

static void
the_outbox_is_its_array_after_any_operations(void **test)
{
	place *p = *test;
	store *s = open_at(p->data, STORE_AGENT, 0);
	model *m = calloc(1, sizeof(*m)), *before = calloc(1, sizeof(*m));
	outbox_limits limits = { 0 };
	sign_key key = test_key(5);
	uint64_t seed = 777;
	store_txn txn;
	outbox ob;
	int round;

	store_begin(s, &txn, STORE_READ);
	outbox_open(&txn, &limits, &ob);
	commit(&txn);
	for (round = 0; round < 400; round++) {
		int n = (int)(dice(&seed) % 6);

		*before = *m;
		store_begin(s, &txn, STORE_WRITE);
		while (n-- > 0)
			one_operation(&txn, &ob, m, &seed, &key);
		if (dice(&seed) % 4 == 0) {
			store_abort(&txn);
			*m = *before;
		} else {
			commit(&txn);
		}
		if (dice(&seed) % 10 == 0) {
			store_close(s);
			s = open_at(p->data, STORE_AGENT, 0);
			store_begin(s, &txn, STORE_READ);
			outbox_open(&txn, &limits, &ob);
			commit(&txn);
		}
		store_begin(s, &txn, STORE_READ);
		if (round % 2 == 0)
			outbox_reload(&txn, &ob);
		if (round % 20 == 0)
			check_rows(&txn, &ob, m);
		if (round % 2 == 0)
			check_counts(&ob, m);
		commit(&txn);
	}
	assert_true(m->acts > 1000 && m->batches > 50);
	store_close(s);
	free(m);
	free(before);
}

/* ---- kills ---- */

/* What the child says it has committed. */
typedef struct told {
	uint64_t seq;       /* newest act */
	uint64_t first_seq; /* newest sealed batch, 0 = none */
	hash32 bytes;       /* of it */
} told;

static void
work_for_ever(const char *dir, uint64_t seed, int tell)
{
	store *s = open_at(dir, STORE_AGENT, 0);
	outbox_limits limits = { 0 };
	batch_header base = { .schema = 1 };
	sign_key key = test_key(5);
	store_txn txn;
	outbox ob;
	told t = { 0 };

	store_begin(s, &txn, STORE_READ);
	outbox_open(&txn, &limits, &ob);
	commit(&txn);
	for (;;) {
		uint8_t room[256], size = (uint8_t)(dice(&seed) % 240 + 8);
		buf bytes = { 0 };

		store_begin(s, &txn, STORE_WRITE);
		if (!outbox_add(&txn, &ob, act_of(ob.next_seq, size, room), &t.seq))
			_exit(1);
		if (dice(&seed) % 4 == 0 &&
			outbox_seal(&txn, &ob, &base, &key, 10, 0, &t.first_seq)) {
			outbox_batch(&txn, t.first_seq, &bytes);
			t.bytes = hash_of(buf_span(&bytes));
		}
		buf_fini(&bytes);
		if (store_commit(&txn, NULL) != MS_OK ||
			write(tell, &t, sizeof(t)) != (ssize_t)sizeof(t))
			_exit(1);
	}
}

static void
check_told(const char *dir, const told *t)
{
	store *s = open_at(dir, STORE_AGENT, 0);
	outbox_limits limits = { 0 };
	buf bytes = { 0 };
	store_txn txn;
	outbox ob;
	uint64_t seq, expected = 1;
	outbox_sealed b;
	span found;

	store_begin(s, &txn, STORE_READ);
	outbox_open(&txn, &limits, &ob);
	assert_true(ob.next_seq > t->seq);
	for (seq = 1; seq < ob.next_seq; seq++)
		assert_true(outbox_act(&txn, seq, &found) && be64_get(found.at) == seq);
	while (outbox_find(&txn, &ob, expected, &b)) {
		assert_int_equal(b.first_seq, expected);
		expected += b.count;
	}
	if (t->first_seq != 0) {
		hash32 h;

		assert_true(outbox_batch(&txn, t->first_seq, &bytes));
		h = hash_of(buf_span(&bytes));
		assert_true(hash_equal(&h, &t->bytes));
	}
	commit(&txn);
	buf_fini(&bytes);
	store_close(s);
}

static void
a_kill_loses_no_sequence_and_changes_no_sealed_byte(void **test)
{
	place *p = *test;
	uint64_t seed = 31337;
	told t = { 0 };
	int round, rounds = getenv("MUSTER_LONG") != NULL ? 1000 : 20;

	for (round = 0; round < rounds; round++) {
		int ends[2];
		uint64_t wanted = dice(&seed) % 60;
		told got;
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			close(ends[0]);
			work_for_ever(p->data, seed, ends[1]);
		}
		close(ends[1]);
		while (wanted-- > 0 && read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			t = got.first_seq != 0 ? got : (told){ got.seq, t.first_seq, t.bytes };
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			t = got.first_seq != 0 ? got : (told){ got.seq, t.first_seq, t.bytes };
		close(ends[0]);
		check_told(p->data, &t);
	}
	assert_true(t.first_seq > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_outbox_is_its_array_after_any_operations, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(a_kill_loses_no_sequence_and_changes_no_sealed_byte,
			place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
