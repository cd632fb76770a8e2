/* SPDX-License-Identifier: Apache-2.0 */
/* sim_peer.h - the disks of the small world's devices: outbox and feed, and sealing. */
#ifndef TESTS_MODEL_SIM_PEER_H
#define TESTS_MODEL_SIM_PEER_H

#include "sim_world.h"

/* ---- the devices' disks ---- */

static ms_status
box_sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)err;
	*seq = ((peer *)ctx)->next_seq;
	return MS_OK;
}

static ms_status
box_header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	const peer *p = ctx;
	size_t i;

	(void)err;
	*out = (hash32){ { 0 } };
	if (seq == 1)
		return MS_OK;
	for (i = 0; i < p->n_sealed; i++)
		if (p->sealed[i].first_seq + p->sealed[i].count == seq) {
			*out = p->sealed[i].header_hash;
			return MS_OK;
		}
	return MS_NOT_FOUND;
}

static ms_status
box_next(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	peer *p = ctx;
	size_t i;

	(void)err;
	for (i = 0; i < p->n_sealed; i++)
		if (p->sealed[i].first_seq >= from && !(unreceipted && p->sealed[i].receipted))
			break;
	if (i == p->n_sealed)
		return MS_NOT_FOUND;
	*out = (uplink_batch){ .first_seq = p->sealed[i].first_seq,
		.count = p->sealed[i].count,
		.receipted = p->sealed[i].receipted,
		.header_hash = p->sealed[i].header_hash,
		.bytes = span_of(p->sealed[i].bytes, p->sealed[i].len) };
	return MS_OK;
}

static ms_status
box_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	peer *p = ctx;
	size_t i, k;

	if (trouble(p->w, 60))
		return ms_fail(err, MS_NO_SPACE, MST_FILE_WRITE, "the disk is full");
	for (i = 0; i < n; i++)
		for (k = 0; k < p->n_sealed; k++) {
			sim_batch *b = &p->sealed[k];

			if (b->first_seq != list[i].first_seq ||
				!hash_equal(&b->header_hash, &list[i].header_hash))
				continue;
			if (b->receipted && b->leaf != list[i].leaf)
				violate(p->w, "two receipts for one batch differ", p->index,
					b->first_seq);
			b->receipted = true;
			b->leaf = list[i].leaf;
		}
	return MS_OK;
}

static ms_status
feed_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	(void)err;
	*cursor = ((peer *)ctx)->cursor;
	return MS_OK;
}

static void
keep_entry(peer *p, const feed_entry *in)
{
	sim_entry e = { .number = in->number, .leaf = in->leaf, .withheld = in->withheld };
	size_t i;

	for (i = 0; i < in->n_acts; i++)
		e.shown |= 1u << in->acts[i].at;
	if (p->w->mutant == MUTANT_CURSOR_BEFORE_DATA)
		p->unsaved[p->n_unsaved++] = e;
	else
		p->entries[p->n_entries++] = e;
}

static void
check_rows(peer *p, const feed_rollup *r)
{
	size_t i;

	if (r->n_missing != LARGE_ROWS)
		violate(p->w, "a part of a rollup is taken for the whole", p->index, r->n_missing);
	for (i = 0; i < r->n_missing; i++)
		if (r->missing[i].deadline_us != (int64_t)r->as_of)
			violate(p->w, "a rollup of two versions", p->index, i);
}

static ms_status
feed_take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	peer *p = ctx;
	size_t i;

	if (trouble(p->w, 60))
		return ms_fail(err, MS_NO_SPACE, MST_FILE_WRITE, "the disk is full");
	for (i = 0; i < feed->n_entries && p->n_entries + p->n_unsaved < LOG_MAX; i++)
		keep_entry(p, &feed->entries[i]);
	for (i = 0; i < feed->n_rollups; i++) {
		const feed_rollup *r = &feed->rollups[i];

		if (r->as_of < p->as_of[r->expected])
			violate(p->w, "an older rollup after a newer one", p->index, r->expected);
		p->as_of[r->expected] = r->as_of;
		if (p->w->large && r->expected == 0)
			check_rows(p, r);
	}
	p->cursor = cursor;
	return MS_OK;
}

/* Seal a batch of a few acts; a mutant does it over the newest one that has no receipt. */
static void
seal(peer *p)
{
	world *w = p->w;
	batch_header h = {
		.hub = sim_hub, .schema = 1, .first_seq = p->next_seq, .prev = p->last_header
	};
	sim_batch *b;
	hash32 leaves[ACTS_MAX];
	uint16_t i;

	if (w->mutant == MUTANT_RESEAL && p->n_sealed > 0 &&
		!p->sealed[p->n_sealed - 1].receipted && draw(w, 4) == 0) {
		p->n_sealed--;
		h.first_seq = p->sealed[p->n_sealed].first_seq;
		h.prev = p->n_sealed == 0 ? (hash32){ { 0 } }
					  : p->sealed[p->n_sealed - 1].header_hash;
	}
	b = &p->sealed[p->n_sealed];
	*b = (sim_batch){ .first_seq = h.first_seq,
		.count = (uint16_t)(1 + draw(w, ACTS_MAX)),
		.len = BATCH_SIGNED_SIZE };
	for (i = 0; i < b->count; i++) {
		uint8_t *at = &b->bytes[b->len + 2];

		be16_put(at - 2, 8);
		be64_put(at, draw(w, UINT64_MAX));
		leaves[i] = tree_leaf(span_of(at, 8));
		b->len += 10;
	}
	h.device.at[0] = (uint8_t)(p->index + 1);
	h.count = b->count;
	h.root = tree_root_of(leaves, b->count);
	batch_header_write(&h, b->bytes);
	b->header_hash = batch_header_hash(span_of(b->bytes, BATCH_HEADER_SIZE));
	p->next_seq = h.first_seq + b->count;
	p->last_header = b->header_hash;
	p->n_sealed++;
}

#endif
