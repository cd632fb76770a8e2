/* SPDX-License-Identifier: Apache-2.0 */
/* frame_testing.h - parts of frames and the way there and back, for the tests of frames. */
#ifndef TESTS_CODEC_FRAME_TESTING_H
#define TESTS_CODEC_FRAME_TESTING_H

#include "tests/codec/codec_testing.h"

#include "codec/frame.h"

static const uint8_t hash_bytes[HASH_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

static inline hash32
some_hash(void)
{
	hash32 h;

	memcpy(h.at, hash_bytes, HASH_SIZE);
	return h;
}

static inline frame_checkpoint
some_checkpoint(void)
{
	return (frame_checkpoint){ .size = 300, .root = some_hash(), .note = span_str("note\n") };
}

static inline void
same_checkpoint(const frame_checkpoint *a, const frame_checkpoint *b)
{
	size_t i;

	assert_int_equal(a->size, b->size);
	assert_true(hash_equal(&a->root, &b->root));
	assert_true(span_equal(a->note, b->note));
	assert_int_equal(a->from, b->from);
	assert_int_equal(a->n_proof, b->n_proof);
	for (i = 0; i < a->n_proof; i++)
		assert_true(span_equal(a->proof[i], b->proof[i]));
}

/* The same with a proof of consistency; PROOF has two places. */
static inline frame_checkpoint
proven_checkpoint(span proof[2])
{
	frame_checkpoint c = some_checkpoint();

	proof[0] = span_of(hash_bytes, HASH_SIZE);
	proof[1] = span_of(hash_bytes, HASH_SIZE);
	c.from = 299;
	c.proof = proof;
	c.n_proof = 2;
	return c;
}

typedef struct turn {
	arena memory;
	buf bytes;
	frame back;
} turn;

static inline void
there_and_back(turn *t, const frame *f)
{
	ms_error err = { 0 };

	buf_reset(&t->bytes);
	assert_int_equal(frame_encode(f, &t->memory, &t->bytes), MS_OK);
	assert_int_equal(t->bytes.at[3], f->kind);
	if (frame_decode(buf_span(&t->bytes), &t->memory, &t->back, &err) != MS_OK)
		fail_msg("%s: %s", frame_kind_name(f->kind), err.text);
	assert_int_equal(t->back.kind, f->kind);
}

static inline void
turn_fini(turn *t)
{
	arena_fini(&t->memory);
	buf_fini(&t->bytes);
}

static inline frame_receipt
some_receipt(const span *path, size_t n)
{
	return (frame_receipt){ .first_seq = 5,
		.count = 3,
		.header_hash = some_hash(),
		.leaf = 12345,
		.hub_time_us = 1341446400123456,
		.verdicts = span_str("\x01\x03\x10"),
		.path = path,
		.n_path = n,
		.checkpoint = some_checkpoint() };
}

#endif
