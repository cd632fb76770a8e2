/* SPDX-License-Identifier: Apache-2.0 */
/* front_signed.c - the signed log, for sessions: receipts, proofs, the newest checkpoint. */
#include "hub/hub.h"

const span *
front_spans(const hash32 *list, size_t n, arena *memory)
{
	span *out = arena_alloc(memory, n * sizeof(*out));
	span copy = arena_copy(memory, span_of((const uint8_t *)list, n * sizeof(*list)));
	size_t i;

	if (out == NULL || (n > 0 && copy.at == NULL))
		return NULL;
	for (i = 0; i < n; i++)
		out[i] = span_of(copy.at + i * HASH_SIZE, HASH_SIZE);
	return out;
}

void
front_prove_leaf(front *f, uint64_t leaf, arena *memory, frame_receipt *out)
{
	signing *s = &f->signing;
	hash32 path[TREE_LEVELS_MAX];
	ms_error why = { 0 };
	tree_nodes nodes;
	unsigned n = 0;

	tree_tail_nodes(&s->tail, &nodes);
	if (tree_inclusion(&nodes, leaf, s->signed_now.size, path, &n, &why) != MS_OK) {
		front_fail(f, &why);
		return;
	}
	out->path = front_spans(path, n, memory);
	out->n_path = out->path == NULL ? 0 : n;
}

void
front_show_checkpoint(void *ctx, uint64_t from, arena *memory, frame_checkpoint *out)
{
	front *f = ctx;
	signing *s = &f->signing;
	hash32 path[TREE_LEVELS_MAX + 1];
	ms_error why = { 0 };
	tree_nodes nodes;
	unsigned n = 0;

	*out = (frame_checkpoint){
		.size = s->signed_now.size, .root = s->signed_now.root, .note = buf_span(&s->note)
	};
	if (from == 0 || from > s->signed_now.size)
		return;
	tree_tail_nodes(&s->tail, &nodes);
	if (tree_consistency(&nodes, from, s->signed_now.size, path, &n, &why) != MS_OK) {
		front_fail(f, &why);
		return;
	}
	out->proof = front_spans(path, n, memory);
	if (out->proof == NULL)
		return;
	out->from = from;
	out->n_proof = n;
}

bool
front_root_at(front *f, uint64_t size, hash32 *root)
{
	signing *s = &f->signing;
	tree_frontier at;
	ms_error why = { 0 };
	tree_nodes nodes;

	if (size > s->signed_now.size)
		return false;
	tree_tail_nodes(&s->tail, &nodes);
	if (tree_frontier_at(&nodes, size, &at, &why) != MS_OK) {
		front_fail(f, &why);
		return false;
	}
	*root = tree_frontier_root(&at);
	return true;
}

frame_receipt
front_receipt_of(front *f, job *j)
{
	frame_receipt r = {
		.first_seq = j->batch.fields.first_seq,
		.count = j->batch.fields.count,
		.header_hash = j->batch.header_hash,
		.leaf = j->leaf,
		.hub_time_us = j->hub_time_us,
		.verdicts = span_of(j->verdicts, j->batch.fields.count),
	};

	front_prove_leaf(f, j->leaf, &j->memory, &r);
	return r;
}
