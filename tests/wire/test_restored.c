/* SPDX-License-Identifier: Apache-2.0 */
/* test_restored.c - a witness follows a restored log by the administrator's order alone, and only
 * as far as that says what was lost. */
#include "sealed_log.h"

#include "wire/restored.h"

enum { KEPT = 4, LOST_TO = 9 };

/* A log that goes on from KEPT leaves; what the administrator says of it. */
typedef struct restored_log {
	scene s;
	sign_key admin;
	buf note;
	frame_checkpoint shown;
	witness w;
} restored_log;

static checkpoint
numbered(uint64_t size)
{
	return (checkpoint){ .size = size, .root = hash_of(span_of(&size, sizeof(size))) };
}

static span
restore_act(restored_log *r, const sign_key *by, uint32_t generation)
{
	restore_order order = { .origin = "muster/test",
		.generation = generation,
		.restored = { .size = KEPT, .root = tree_frontier_root(&r->s.tail.now) },
		.lost = { { KEPT, numbered(LOST_TO) } } };
	act a = { .kind = ACT_HUB_RESTORE };
	buf bytes = { 0 };
	signature sig;
	span out;

	assert_int_equal(restore_order_write(&order, &bytes), MS_OK);
	sign_bytes(by, buf_span(&bytes), &sig);
	a.u.restore = (hub_restore){ .order = buf_span(&bytes),
		.signature = span_of(sig.at, SIGNATURE_SIZE) };
	out = encoded(&r->s, &a);
	buf_fini(&bytes);
	return out;
}

/* The order signed by BY opens generation SAYS; the checkpoint is signed as GENERATION's. */
static restored_log *
restored_new(uint8_t by, uint32_t says, uint32_t generation)
{
	restored_log *r = calloc(1, sizeof(*r));
	sign_key signer = some_key(by);
	log_key own;
	checkpoint c;
	span one;
	size_t i;

	scene_init(&r->s);
	r->admin = some_key(4);
	for (i = 0; i < KEPT + 3; i++) {
		one = i == KEPT ? restore_act(r, &signer, says) : report_act(&r->s, 1);
		add_leaf(&r->s, &r->s.hub, &hub_device, &one, 1, 0, VERDICT_STORED);
	}
	lead_to_checkpoint(&r->s, &r->s.proofs[KEPT]);
	assert_true(generation_key(&r->s.log_key, generation, &own));
	c = (checkpoint){ .size = KEPT + 3, .root = tree_frontier_root(&r->s.tail.now) };
	assert_int_equal(note_sign(own.origin, &r->s.log_secret, &c, &r->note), MS_OK);
	r->shown = (frame_checkpoint){ .size = c.size, .root = c.root, .note = buf_span(&r->note) };
	r->w = (witness){ .key = &r->s.log_key,
		.admin = &r->admin.public_key,
		.verified = numbered(LOST_TO),
		.generation = 1 };
	return r;
}

static void
restored_free(restored_log *r)
{
	scene_fini(&r->s);
	buf_fini(&r->note);
	free(r);
}

static void
assert_rollback(restored_log *r, const leaf_proof *proof)
{
	witness before = r->w;
	ms_error err = { 0 };

	assert_int_equal(witness_take_restored(&r->w, &r->shown, proof, &err), MS_DENIED);
	assert_non_null(strstr(err.text, "rollback"));
	assert_memory_equal(&r->w, &before, sizeof(before));
}

static void
the_administrators_order_is_followed(void **test)
{
	restored_log *r = restored_new(4, 2, 2);
	ms_error err = { 0 };

	(void)test;
	if (witness_take_restored(&r->w, &r->shown, &r->s.proofs[KEPT], &err) != MS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(r->w.generation, 2);
	assert_int_equal(r->w.verified.size, KEPT + 3);
	assert_int_equal(witness_take(&r->w, &r->shown, &err), MS_OK);
	restored_free(r);
}

static void
any_other_shorter_history_is_a_rollback(void **test)
{
	static const leaf_proof none;
	restored_log *r = restored_new(5, 2, 2); /* another's signature */

	(void)test;
	assert_rollback(r, &r->s.proofs[KEPT]);
	restored_free(r);
	r = restored_new(4, 3, 2); /* for another generation */
	assert_rollback(r, &r->s.proofs[KEPT]);
	restored_free(r);
	r = restored_new(4, 2, 2);
	assert_rollback(r, &none);
	assert_rollback(r, &r->s.proofs[KEPT - 1]); /* a leaf that says no such thing */
	r->s.proofs[KEPT].leaf++;
	assert_rollback(r, &r->s.proofs[KEPT]);
	r->s.proofs[KEPT].leaf--;
	r->w.verified = numbered(LOST_TO + 1); /* more than the order knows of */
	assert_rollback(r, &r->s.proofs[KEPT]);
	r->w.verified = numbered(KEPT - 1); /* kept, but not shown to be */
	assert_rollback(r, &r->s.proofs[KEPT]);
	r->w.verified = numbered(LOST_TO);
	r->w.admin = NULL;
	assert_rollback(r, &r->s.proofs[KEPT]);
	restored_free(r);
}

static void
the_same_generation_and_a_first_look_are_judged_as_ever(void **test)
{
	restored_log *r = restored_new(4, 2, 1);
	ms_error err = { 0 };

	(void)test;
	assert_int_equal(witness_take_restored(&r->w, &r->shown, &r->s.proofs[KEPT], &err), MS_OK);
	assert_int_equal(r->w.generation, 1);
	assert_int_equal(witness_take(&r->w, &r->shown, &err), MS_DENIED); /* it is shorter */
	restored_free(r);
	r = restored_new(5, 2, 2);
	r->w.verified = (checkpoint){ 0 };
	err = (ms_error){ 0 };
	assert_int_equal(witness_take_restored(&r->w, &r->shown, &r->s.proofs[KEPT], &err), MS_OK);
	assert_int_equal(witness_take(&r->w, &r->shown, &err), MS_OK);
	assert_int_equal(r->w.generation, 2);
	restored_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_administrators_order_is_followed),
		cmocka_unit_test(any_other_shorter_history_is_a_rollback),
		cmocka_unit_test(the_same_generation_and_a_first_look_are_judged_as_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
