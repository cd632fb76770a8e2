/* SPDX-License-Identifier: Apache-2.0 */
/* frame_receipt.c - RECEIPT: the receipts of one or more batches under one checkpoint. */
#include "codec/frame_parts.h"

static bool
put_receipt(const frame_receipt *in, arena *memory, Muster__Wire__Receipt *out)
{
	bool failed = false;

	muster__wire__receipt__init(out);
	out->has_first_seq = out->has_count = out->has_header_hash = out->has_leaf =
		out->has_hub_time = out->has_verdicts = true;
	out->first_seq = in->first_seq;
	out->count = in->count;
	out->header_hash = span_binary(span_of(in->header_hash.at, HASH_SIZE));
	out->leaf = in->leaf;
	out->hub_time = in->hub_time_us;
	out->verdicts = span_binary(in->verdicts);
	out->path = parts_put_list(in->path, in->n_path, memory, &failed);
	out->n_path = in->n_path;
	return !failed;
}

static bool
take_receipt(const Muster__Wire__Receipt *in, arena *memory, frame_receipt *out)
{
	bool failed = false;

	*out = (frame_receipt){
		.first_seq = in->first_seq,
		.count = in->count,
		.header_hash = parts_hash(in->has_header_hash, &in->header_hash),
		.leaf = in->leaf,
		.hub_time_us = parts_time(in->hub_time),
		.verdicts = parts_bytes(in->has_verdicts, &in->verdicts),
		.path = parts_take_list(in->path, in->n_path, memory, &failed),
		.n_path = in->n_path,
	};
	return !failed;
}

ms_status
frame_put_receipts(const frame *f, arena *memory, buf *out)
{
	const frame_receipt *list = f->u.receipts.list;
	size_t n = f->u.receipts.n;
	bool failed = false;
	Muster__Wire__Receipts m = MUSTER__WIRE__RECEIPTS__INIT;
	Muster__Wire__Receipt *messages = arena_alloc(memory, n * sizeof(*messages));
	size_t i;

	m.receipts = arena_alloc(memory, n * sizeof(*m.receipts));
	if (messages == NULL || m.receipts == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		if (!put_receipt(&list[i], memory, &messages[i]))
			return MS_NO_MEMORY;
		m.receipts[i] = &messages[i];
	}
	m.n_receipts = n;
	m.checkpoint = parts_put_checkpoint(&f->u.receipts.checkpoint, memory, &failed);
	m.restored = parts_put_leaf(&f->u.receipts.restored, memory, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
frame_take_receipts(span bytes, arena *memory, frame *out)
{
	frame_checkpoint shared;
	frame_receipt *list;
	bool failed = false;
	size_t i;

	UNPACK(Receipts, receipts);
	shared = parts_take_checkpoint(m->checkpoint, memory, &failed);
	out->u.receipts.checkpoint = shared;
	out->u.receipts.restored = parts_take_leaf(m->restored, memory, &failed);
	shared.from = 0;
	shared.n_proof = 0;
	list = arena_alloc(memory, m->n_receipts * sizeof(*list));
	if (list == NULL || failed)
		return MS_NO_MEMORY;
	for (i = 0; i < m->n_receipts; i++) {
		if (!take_receipt(m->receipts[i], memory, &list[i]))
			return MS_NO_MEMORY;
		list[i].checkpoint = shared;
	}
	out->u.receipts.list = list;
	out->u.receipts.n = m->n_receipts;
	return MS_OK;
}
