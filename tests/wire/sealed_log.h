/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_log.h - a small log with real batches, keys and signatures, for the tests of what is
 * proven. */
#ifndef TESTS_WIRE_SEALED_LOG_H
#define TESTS_WIRE_SEALED_LOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/acts.h"
#include "codec/frame.h"
#include "proof/batch.h"
#include "proof/note.h"
#include "proof/tail.h"

enum { SCENE_LEAVES = 16 };

/* Leaves and the proof of one act in each. */
typedef struct scene {
	arena memory;
	tree_tail tail;
	sign_key log_secret, hub, device;
	log_key log_key;
	leaf_proof proofs[SCENE_LEAVES];
	frame_proof proof;
} scene;

static const device_id the_device = { "device-of-office" };
static const device_id hub_device = { "the-hub's-stream" };

static inline sign_key
some_key(uint8_t byte)
{
	uint8_t seed[SIGN_SEED_SIZE] = { byte };
	sign_key key;

	sign_key_from_seed(seed, &key);
	return key;
}

/* Keys, and a log without leaves. */
static inline void
scene_init(scene *s)
{
	tree_frontier empty = { 0 };
	tree_nodes none = { 0 };

	*s = (scene){ .log_secret = some_key(1), .hub = some_key(2), .device = some_key(3) };
	snprintf(s->log_key.origin, sizeof(s->log_key.origin), "muster/test");
	s->log_key.key = s->log_secret.public_key;
	assert_int_equal(tree_tail_init(&s->tail, &empty, &none), MS_OK);
}

static inline void
scene_fini(scene *s)
{
	tree_tail_fini(&s->tail);
	arena_fini(&s->memory);
}

static inline span
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

static inline span
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

static inline span
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
static inline void
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
	tree_leaves(acts, n, leaves);
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

static inline void
lead_to_checkpoint(scene *s, leaf_proof *p)
{
	hash32 *path = arena_alloc(&s->memory, TREE_LEVELS_MAX * sizeof(*path));
	span *list = arena_alloc(&s->memory, TREE_LEVELS_MAX * sizeof(*list));
	ms_error err = { 0 };
	tree_nodes nodes;
	unsigned n, i;

	tree_tail_nodes(&s->tail, &nodes);
	assert_int_equal(tree_inclusion(&nodes, p->leaf, s->tail.now.size, path, &n, &err), MS_OK);
	for (i = 0; i < n; i++)
		list[i] = span_of(path[i].at, HASH_SIZE);
	p->path = list;
	p->n_path = n;
}

static inline frame_checkpoint
signed_checkpoint(scene *s)
{
	checkpoint c = { .size = s->tail.now.size, .root = tree_frontier_root(&s->tail.now) };
	frame_checkpoint out = { .size = c.size, .root = c.root };
	buf note = { 0 };

	assert_int_equal(note_sign(s->log_key.origin, &s->log_secret, &c, &note), MS_OK);
	out.note = arena_copy(&s->memory, buf_span(&note));
	buf_fini(&note);
	return out;
}

#endif
