/* SPDX-License-Identifier: Apache-2.0 */
/* test_evidence.c - a proof holds by the log's key alone; whatever is changed in it, it holds no
 * more. */
#include "sealed_log.h"

#include "wire/evidence.h"

enum { LEAVES = 9, ENROLMENT = 2, REPORT = 6, ACTS = 5, POSITION = 3 };

/* WHO is enrolled with KEY's public half in leaf ENROLMENT, by whoever SEALED it. */
static scene *
scene_new(const device_id *who, const sign_key *key, uint8_t said_verdict, size_t enrolled_at)
{
	scene *s = calloc(1, sizeof(*s));
	span acts[ACTS];
	size_t i;

	scene_init(s);
	for (i = 0; i < ACTS; i++)
		acts[i] = report_act(s, (uint32_t)i + 1);
	for (i = 0; i < LEAVES; i++) {
		span enrols = enrolment_act(s, who, &key->public_key);

		if (i == REPORT)
			add_leaf(s, &s->device, &the_device, acts, ACTS, POSITION, VERDICT_STORED);
		else if (i == enrolled_at)
			add_leaf(s, &s->hub, &hub_device, &enrols, 1, 0, said_verdict);
		else
			add_leaf(s, &s->hub, &hub_device, acts, 1, 0, VERDICT_STORED);
	}
	lead_to_checkpoint(s, &s->proofs[REPORT]);
	lead_to_checkpoint(s, &s->proofs[enrolled_at]);
	s->proof.checkpoint = signed_checkpoint(s);
	s->proof.known = true;
	s->proof.leaf = REPORT;
	s->proof.position = POSITION;
	s->proof.act = s->proofs[REPORT];
	s->proof.enrolment = s->proofs[enrolled_at];
	return s;
}

static scene *
good_scene(void)
{
	sign_key key = some_key(3);

	return scene_new(&the_device, &key, VERDICT_STORED, ENROLMENT);
}

static void
scene_free(scene *s)
{
	scene_fini(s);
	free(s);
}

static void
a_proof_tells_who_stated_what_and_when(void **test)
{
	scene *s = good_scene();
	ms_error err = { 0 };
	evidence e;

	(void)test;
	if (evidence_check(&s->proof, &s->log_key, &s->memory, &e, &err) != MS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(e.leaf, REPORT);
	assert_int_equal(e.position, POSITION);
	assert_int_equal(e.seq, 40 + POSITION);
	assert_int_equal(e.hub_time_us, 1000 + REPORT);
	assert_int_equal(e.verdict, VERDICT_STORED);
	assert_int_equal(e.checkpoint.size, LEAVES);
	assert_true(e.shown && e.enrolled);
	assert_true(span_equal(e.unit, span_str("kjj")));
	assert_true(span_equal(e.name, span_str("kjj@office")));
	assert_true(span_equal(e.what.item, span_str("i06")));
	assert_int_equal(e.what.revision, POSITION + 1);
	scene_free(s);
}

static void
content_may_be_withheld_and_enrolment_left_out(void **test)
{
	scene *s = good_scene();
	ms_error err = { 0 };
	evidence e;

	(void)test;
	s->proof.act.act = (span){ 0 };
	assert_int_equal(evidence_check(&s->proof, &s->log_key, &s->memory, &e, &err), MS_OK);
	assert_false(e.shown);
	assert_true(e.enrolled);
	s->proof.enrolment = (leaf_proof){ 0 };
	assert_int_equal(evidence_check(&s->proof, &s->log_key, &s->memory, &e, &err), MS_OK);
	assert_false(e.enrolled);
	scene_free(s);
}

static void
assert_refused(scene *s)
{
	ms_error err = { 0 };
	evidence e;

	assert_int_equal(evidence_check(&s->proof, &s->log_key, &s->memory, &e, &err), MS_DENIED);
	assert_true(err.code == MST_PROOF || err.code == MST_PROOF_NOTE);
	scene_free(s);
}

static void
an_enrolment_that_is_none_is_refused(void **test)
{
	static const device_id other = { "another-device!!" };
	sign_key right = some_key(3), wrong = some_key(4);

	(void)test;
	assert_refused(scene_new(&other, &right, VERDICT_STORED, ENROLMENT));
	assert_refused(scene_new(&the_device, &wrong, VERDICT_STORED, ENROLMENT));
	/* A unit may say such a thing, the hub does not take it. */
	assert_refused(scene_new(&the_device, &right, VERDICT_REFUSED_MALFORMED, ENROLMENT));
	assert_refused(scene_new(&the_device, &right, VERDICT_STORED, REPORT + 1));
}

static void
another_log_proves_nothing_here(void **test)
{
	scene *s = good_scene();

	(void)test;
	s->log_key.key = some_key(8).public_key;
	assert_refused(s);
}

/* Is FILE a proof that holds? */
static bool
holds(const scene *s, span file)
{
	arena memory = { 0 };
	frame_proof p;
	evidence e;
	bool good = proof_file_decode(file, &memory, &p, NULL) == MS_OK &&
		    evidence_check(&p, &s->log_key, &memory, &e, NULL) == MS_OK;

	arena_fini(&memory);
	return good;
}

/* Each bit, each byte with another after it, each byte left out, each end. */
static void
assert_no_edit_holds(const scene *s, buf *file)
{
	buf longer = { 0 };
	size_t i;

	assert_true(holds(s, buf_span(file)));
	for (i = 0; i < 8 * file->len; i++) {
		file->at[i / 8] ^= (uint8_t)(1u << i % 8);
		if (holds(s, buf_span(file)))
			fail_msg("bit %zu of byte %zu", i % 8, i / 8);
		file->at[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (i = 0; i <= file->len; i++) {
		span rest = span_of(file->at + i, file->len - i);

		buf_reset(&longer);
		assert_int_equal(buf_add(&longer, file->at, i), MS_OK);
		assert_false(holds(s, buf_span(&longer)) && i < file->len);
		assert_int_equal(buf_add(&longer, "\n", 1), MS_OK);
		assert_int_equal(buf_add_span(&longer, rest), MS_OK);
		assert_false(holds(s, buf_span(&longer)));
		if (i == file->len)
			break;
		buf_reset(&longer);
		assert_int_equal(buf_add(&longer, file->at, i), MS_OK);
		assert_int_equal(buf_add(&longer, rest.at + 1, rest.len - 1), MS_OK);
		assert_false(holds(s, buf_span(&longer)));
	}
	buf_fini(&longer);
}

static void
no_file_that_was_edited_holds(void **test)
{
	scene *s = good_scene();
	buf file = { 0 };

	(void)test;
	assert_int_equal(proof_file_encode(&s->proof, &s->memory, &file), MS_OK);
	assert_no_edit_holds(s, &file);
	s->proof.act.act = (span){ 0 };
	s->proof.enrolment = (leaf_proof){ 0 };
	buf_reset(&file);
	assert_int_equal(proof_file_encode(&s->proof, &s->memory, &file), MS_OK);
	assert_no_edit_holds(s, &file);
	buf_fini(&file);
	scene_free(s);
}

/* What an evidence does not need may not stand in it: nothing binds it. */
static void
nothing_stands_beside_what_is_proven(void **test)
{
	static const span hash = { (const uint8_t *)"any hash: the proof needs it not", 32 };
	scene *s;
	frame_checkpoint *c;
	buf note = { 0 };

	(void)test;
	s = good_scene();
	s->proof.leaf++;
	assert_refused(s);
	s = good_scene();
	s->proof.position++;
	assert_refused(s);
	s = good_scene();
	s->proof.known = false;
	assert_refused(s);
	s = good_scene();
	s->proof.checkpoint.size++;
	assert_refused(s);
	s = good_scene();
	s->proof.checkpoint.root.at[31] ^= 1;
	assert_refused(s);
	s = good_scene();
	s->proof.checkpoint.from = 3;
	assert_refused(s);
	s = good_scene();
	s->proof.checkpoint.proof = &hash;
	s->proof.checkpoint.n_proof = 1;
	assert_refused(s);
	s = good_scene();
	c = &s->proof.checkpoint;
	assert_int_equal(buf_add_span(&note, c->note), MS_OK);
	assert_int_equal(buf_add_text(&note, "\u2014 a.witness AAAA\n"), MS_OK);
	c->note = buf_span(&note);
	assert_refused(s);
	buf_fini(&note);
}

/* A frame of a session may say more, and a file is made of it. */
static void
a_file_is_made_of_what_a_frame_proves(void **test)
{
	scene *s = good_scene();
	frame_proof told = s->proof;
	ms_error err = { 0 };
	evidence e;

	(void)test;
	told.checkpoint.from = 3;
	told.checkpoint.proof = told.act.path;
	told.checkpoint.n_proof = 2;
	told.leaf = told.position = 0;
	told = evidence_of(&told);
	assert_int_equal(evidence_check(&told, &s->log_key, &s->memory, &e, &err), MS_OK);
	scene_free(s);
}

/* The largest batch, the longest path at a million leaves, the longest name of a log. */
static void
a_receipt_at_a_million_leaves_is_at_most_two_kilobytes(void **state)
{
	uint8_t verdicts[BATCH_ACTS_MAX] = { 1 };
	hash32 hash = { { 7 } };
	span path[20];
	checkpoint c = { .size = 1000000 };
	frame f = { .kind = FRAME_RECEIPT };
	frame_receipt r = { .first_seq = UINT64_MAX,
		.count = BATCH_ACTS_MAX,
		.leaf = 999999,
		.hub_time_us = INT64_MAX,
		.verdicts = span_of(verdicts, sizeof(verdicts)),
		.path = path,
		.n_path = 20 };
	char origin[NOTE_ORIGIN_MAX + 1];
	arena memory = { 0 };
	buf note = { 0 }, bytes = { 0 };
	sign_key key = some_key(1);
	size_t i;

	(void)state;
	memset(origin, 'o', NOTE_ORIGIN_MAX);
	origin[NOTE_ORIGIN_MAX] = '\0';
	for (i = 0; i < 20; i++)
		path[i] = span_of(hash.at, HASH_SIZE);
	assert_int_equal(note_sign(origin, &key, &c, &note), MS_OK);
	f.u.receipts.list = &r;
	f.u.receipts.n = 1;
	f.u.receipts.checkpoint = (frame_checkpoint){ .size = c.size, .note = buf_span(&note) };
	assert_int_equal(frame_encode(&f, &memory, &bytes), MS_OK);
	if (bytes.len > 2048)
		fail_msg("%zu bytes", bytes.len);
	buf_fini(&bytes);
	buf_fini(&note);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_tells_who_stated_what_and_when),
		cmocka_unit_test(content_may_be_withheld_and_enrolment_left_out),
		cmocka_unit_test(an_enrolment_that_is_none_is_refused),
		cmocka_unit_test(another_log_proves_nothing_here),
		cmocka_unit_test(no_file_that_was_edited_holds),
		cmocka_unit_test(nothing_stands_beside_what_is_proven),
		cmocka_unit_test(a_file_is_made_of_what_a_frame_proves),
		cmocka_unit_test(a_receipt_at_a_million_leaves_is_at_most_two_kilobytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
