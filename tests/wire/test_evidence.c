/* SPDX-License-Identifier: Apache-2.0 */
/* test_evidence.c - a proof holds by the log's key alone; whatever is changed in it, it holds no
 * more or says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/acts.h"
#include "proof/tail.h"
#include "wire/evidence.h"

enum { LEAVES = 9, ENROLMENT = 2, REPORT = 6, ACTS = 5, POSITION = 3 };

/* A log in which leaf ENROLMENT enrols the device that sealed leaf REPORT. */
typedef struct scene {
	arena memory;
	tree_tail tail;
	sign_key log_secret, hub, device;
	log_key key;
	uint8_t verdict; /* of the enrolment */
	leaf_proof proofs[LEAVES];
	frame_proof proof;
} scene;

static const device_id the_device = { "device-of-office" };

static sign_key
some_key(uint8_t byte)
{
	uint8_t seed[SIGN_SEED_SIZE] = { byte };
	sign_key key;

	sign_key_from_seed(seed, &key);
	return key;
}

static span
encoded(scene *s, act *a)
{
	static const uint8_t salt[ACT_SALT_SIZE] = { 9 };
	buf body = { 0 }, whole = { 0 };
	span out;

	a->schema = act_schema_of(a->kind);
	a->salt = span_of(salt, sizeof(salt));
	assert_int_equal(act_encode_body(a, &s->memory, &body), MS_OK);
	a->body = buf_span(&body);
	assert_int_equal(act_encode(a, &s->memory, &whole), MS_OK);
	out = arena_copy(&s->memory, buf_span(&whole));
	buf_fini(&body);
	buf_fini(&whole);
	return out;
}

static span
report_act(scene *s, uint32_t revision)
{
	act a = { .kind = ACT_REPORT,
		.plan = span_str("sy-2012"),
		.item = span_str("i06"),
		.unit = span_str("kjj"),
		.period = span_str("2012-Q2"),
		.revision = revision };

	a.u.report.done = span_str("开工");
	return encoded(s, &a);
}

static span
enrolment_act(scene *s, const device_id *id, const sign_public *key)
{
	act a = { .kind = ACT_HUB_ENROLMENT };

	a.u.enrolment = (hub_enrolment){ .device = span_of(id->at, ID_SIZE),
		.unit = span_str("kjj"),
		.name = span_str("kjj@office"),
		.sign_key = span_of(key->at, SIGN_PUBLIC_SIZE),
		.curve_key = span_of(key->at, SIGN_PUBLIC_SIZE) };
	return encoded(s, &a);
}

/* Append a leaf with ACTS, of which the one at POSITION is proven. */
static void
add_leaf(scene *s, const sign_key *by, const device_id *id, const span *acts, uint16_t n,
	uint16_t position, uint8_t said_verdict)
{
	leaf_proof *p = &s->proofs[s->tail.now.size];
	batch_header h = { .device = *id, .first_seq = 40, .schema = 1, .device_time_us = 7 };
	hash32 leaves[BATCH_ACTS_MAX], *siblings = arena_alloc(&s->memory, n * sizeof(*siblings));
	span *list = arena_alloc(&s->memory, n * sizeof(*list));
	uint8_t shown[BATCH_ACTS_MAX] = { 0 }, verdicts[BATCH_ACTS_MAX];
	buf bytes = { 0 };
	batch_view view;
	hash32 leaf;
	size_t i;

	memset(verdicts, said_verdict, n);
	assert_int_equal(batch_seal(&h, acts, n, by, &bytes, NULL), MS_OK);
	assert_int_equal(batch_open(buf_span(&bytes), &view), BATCH_GOOD);
	for (i = 0; i < n; i++)
		leaves[i] = tree_leaf(acts[i]);
	shown[position] = 1;
	*p = (leaf_proof){ .leaf = s->tail.now.size,
		.hub_time_us = 1000 + (int64_t)s->tail.now.size,
		.header = arena_copy(&s->memory, view.header),
		.signature = arena_copy(&s->memory, view.signature),
		.verdicts = arena_copy(&s->memory, span_of(verdicts, n)),
		.position = position,
		.act = acts[position],
		.act_hash = leaves[position],
		.siblings = list };
	tree_siblings(leaves, shown, n, siblings, &p->n_siblings);
	for (i = 0; i < p->n_siblings; i++)
		list[i] = span_of(siblings[i].at, HASH_SIZE);
	leaf = log_leaf_hash(p->header, p->signature, p->hub_time_us, p->verdicts);
	tree_tail_append(&s->tail, &leaf);
	buf_fini(&bytes);
}

static void
lead_to_checkpoint(scene *s, leaf_proof *p)
{
	hash32 *path = arena_alloc(&s->memory, TREE_LEVELS_MAX * sizeof(*path));
	span *list = arena_alloc(&s->memory, TREE_LEVELS_MAX * sizeof(*list));
	ms_error err = { 0 };
	tree_nodes nodes;
	unsigned n, i;

	tree_tail_nodes(&s->tail, &nodes);
	assert_int_equal(tree_inclusion(&nodes, p->leaf, LEAVES, path, &n, &err), MS_OK);
	for (i = 0; i < n; i++)
		list[i] = span_of(path[i].at, HASH_SIZE);
	p->path = list;
	p->n_path = n;
}

static void
sign(scene *s)
{
	checkpoint c = { .size = LEAVES, .root = tree_frontier_root(&s->tail.now) };
	buf note = { 0 };

	assert_int_equal(note_sign(s->key.origin, &s->log_secret, &c, &note), MS_OK);
	s->proof.checkpoint = (frame_checkpoint){
		.size = LEAVES, .root = c.root, .note = arena_copy(&s->memory, buf_span(&note))
	};
	buf_fini(&note);
}

/* WHO is enrolled with KEY's public half in leaf ENROLMENT, by whoever SEALED it. */
static scene *
scene_new(const device_id *who, const sign_key *key, uint8_t said_verdict, size_t enrolled_at)
{
	static const device_id hub_device = { "the-hub's-stream" };
	scene *s = calloc(1, sizeof(*s));
	tree_frontier empty = { 0 };
	tree_nodes none = { 0 };
	span acts[ACTS];
	size_t i;

	s->log_secret = some_key(1);
	s->hub = some_key(2);
	s->device = some_key(3);
	snprintf(s->key.origin, sizeof(s->key.origin), "muster/test");
	s->key.key = s->log_secret.public_key;
	assert_int_equal(tree_tail_init(&s->tail, &empty, &none), MS_OK);
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
	sign(s);
	s->proof.known = true;
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
	tree_tail_fini(&s->tail);
	arena_fini(&s->memory);
	free(s);
}

static void
a_proof_tells_who_stated_what_and_when(void **test)
{
	scene *s = good_scene();
	ms_error err = { 0 };
	evidence e;

	(void)test;
	if (evidence_check(&s->proof, &s->key, &s->memory, &e, &err) != MS_OK)
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
	assert_int_equal(evidence_check(&s->proof, &s->key, &s->memory, &e, &err), MS_OK);
	assert_false(e.shown);
	assert_true(e.enrolled);
	s->proof.enrolment = (leaf_proof){ 0 };
	assert_int_equal(evidence_check(&s->proof, &s->key, &s->memory, &e, &err), MS_OK);
	assert_false(e.enrolled);
	scene_free(s);
}

static void
assert_refused(scene *s)
{
	ms_error err = { 0 };
	evidence e;

	assert_int_equal(evidence_check(&s->proof, &s->key, &s->memory, &e, &err), MS_DENIED);
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
	s->key.key = some_key(8).public_key;
	assert_refused(s);
}

/* What a proof says, as one hash. */
static hash32
said(const evidence *e)
{
	uint8_t rest[64] = { e->verdict, e->shown, e->enrolled, (uint8_t)e->position };

	be64_put(rest + 8, e->leaf);
	be64_put(rest + 16, (uint64_t)e->hub_time_us);
	be64_put(rest + 24, e->seq);
	return hash_of3(span_of(e->act_hash.at, HASH_SIZE), span_of(rest, sizeof(rest)),
		e->enrolled ? e->unit : span_str(""));
}

static void
no_flipped_bit_makes_it_say_something_else(void **test)
{
	scene *s = good_scene();
	hash32 before, after;
	ms_error err = { 0 };
	buf file = { 0 };
	evidence e;
	size_t bit, held = 0;

	(void)test;
	assert_int_equal(proof_file_encode(&s->proof, &s->memory, &file), MS_OK);
	assert_int_equal(evidence_check(&s->proof, &s->key, &s->memory, &e, &err), MS_OK);
	before = said(&e);
	for (bit = 0; bit < 8 * file.len; bit++) {
		arena memory = { 0 };
		frame_proof p;

		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (proof_file_decode(buf_span(&file), &memory, &p, NULL) == MS_OK &&
			evidence_check(&p, &s->key, &memory, &e, NULL) == MS_OK) {
			after = said(&e);
			/* Parts may vanish (an unknown field in their place), never change. */
			if (e.shown && e.enrolled)
				assert_true(hash_equal(&before, &after));
			assert_int_equal(e.leaf, REPORT);
			held++;
		}
		arena_fini(&memory);
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(held < 8 * file.len / 10);
	buf_fini(&file);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_tells_who_stated_what_and_when),
		cmocka_unit_test(content_may_be_withheld_and_enrolment_left_out),
		cmocka_unit_test(an_enrolment_that_is_none_is_refused),
		cmocka_unit_test(another_log_proves_nothing_here),
		cmocka_unit_test(no_flipped_bit_makes_it_say_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
