/* SPDX-License-Identifier: Apache-2.0 */
/* front_prove.c - proofs that a session asks for: of an act that its unit may see, with the
 * enrolment of the device that signed it. */
#include "hub/hub.h"
#include "store/feed_view.h"

/* Hashes as spans; *FAILED when memory is out. */
static const span *
copy_hashes(const hash32 *list, size_t n, arena *memory, bool *failed)
{
	const span *out = front_spans(list, n, memory);

	*failed |= out == NULL;
	return out;
}

/* The act at POSITION of R, its way to the root and the leaf's to the newest checkpoint. */
static ms_status
prove_at(front *f, const log_record *r, uint32_t position, arena *memory, leaf_proof *out)
{
	hash32 leaves[BATCH_ACTS_MAX], siblings[BATCH_ACTS_MAX];
	uint8_t shown[BATCH_ACTS_MAX] = { 0 };
	span acts[BATCH_ACTS_MAX];
	frame_receipt path = { 0 };
	bool failed = false;
	size_t n = 0;
	uint16_t i;

	log_acts(r, acts);
	for (i = 0; i < r->count; i++)
		leaves[i] = tree_leaf(acts[i]);
	shown[position] = 1;
	tree_siblings(leaves, shown, r->count, siblings, &n);
	front_prove_leaf(f, r->leaf, memory, &path);
	*out = (leaf_proof){ .leaf = r->leaf,
		.hub_time_us = r->hub_time_us,
		.header = arena_copy(memory, r->header),
		.signature = arena_copy(memory, r->signature),
		.verdicts = arena_copy(memory, r->verdicts),
		.position = position,
		.act = arena_copy(memory, acts[position]),
		.act_hash = leaves[position],
		.siblings = copy_hashes(siblings, n, memory, &failed),
		.n_siblings = n,
		.path = path.path,
		.n_path = path.n_path };
	failed |= out->header.at == NULL || out->signature.at == NULL || out->act.at == NULL ||
		  out->verdicts.at == NULL || out->path == NULL;
	return failed ? MS_NO_MEMORY : MS_OK;
}

static ms_status
prove_act(front *f, const session_facts *who, const frame_proof_request *asked, arena *memory,
	frame_proof *out)
{
	feed_view view = { .txn = front_read(f),
		.plan = f->base->plan,
		.roster = &f->roster,
		.now_us = front_hub_time(f) };
	log_record record, enrolment;
	const device *d;
	batch_header h;
	uint32_t unit;
	ms_status s;

	if (asked->leaf >= f->signing.signed_now.size ||
		!log_read(view.txn, asked->leaf, &record) || asked->position >= record.count ||
		!batch_header_read(record.header, &h) || !front_unit_of(f, who, &unit) ||
		!feed_view_shows(&view, unit, &record, (uint16_t)asked->position, memory))
		return store_ok(view.txn) ? MS_OK : view.txn->error.status;
	s = prove_at(f, &record, asked->position, memory, &out->act);
	d = roster_find(&f->roster, &h.device);
	out->known = s == MS_OK;
	if (s != MS_OK || d == NULL || d->unit[0] == '\0')
		return s; /* the hub's own acts need no enrolment */
	if (!log_read(view.txn, d->enrolled_leaf, &enrolment))
		return store_ok(view.txn) ? MS_CORRUPT : view.txn->error.status;
	return prove_at(f, &enrolment, 0, memory, &out->enrolment);
}

ms_status
front_prove(void *ctx, const session_facts *who, const frame_proof_request *asked, arena *memory,
	frame_proof *out)
{
	front *f = ctx;

	*out = (frame_proof){ .leaf = asked->leaf, .position = asked->position };
	if (f->signing.signed_now.size == 0)
		return MS_OK;
	front_show_checkpoint(f, asked->from, memory, &out->checkpoint);
	return asked->of_act ? prove_act(f, who, asked, memory, out) : MS_OK;
}

void
front_show_restored(void *ctx, arena *memory, leaf_proof *out)
{
	front *f = ctx;
	store_txn *txn = front_read(f);
	log_record record;

	if (f->base->order.generation < 2 || !log_read(txn, f->base->restore_leaf, &record) ||
		prove_at(f, &record, 0, memory, out) != MS_OK)
		*out = (leaf_proof){ 0 };
}
