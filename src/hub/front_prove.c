/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_prove.c - proofs for sessions: of an act that its unit may see, with the enrolment of the
 * device that signed it; and what the entries of a feed are checked with.
 */
#include "hub/hub.h"
#include "proof/cover.h"
#include "store/feed_view.h"

enum { COVER_MAX = 2048 /* hashes: more do not go into a frame beside its entries */ };

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

/* ---- feeds ---- */

/* The leaves that name the keys with which D's batches are signed, in the order in which a reader
 * needs them: each is signed with a key that one before it names. */
static size_t
key_leaves(const device *d, uint64_t out[2])
{
	size_t n = 0;

	out[n++] = 0; /* the hub's own */
	if (d->unit[0] != '\0')
		out[n++] = d->enrolled_leaf;
	return n;
}

typedef struct telling {
	front *f;
	map *told;
	arena *memory;
	leaf_proof *list;
	size_t n;
} telling;

static ms_status
tell_key(telling *t, uint64_t leaf)
{
	store_txn *txn = front_read(t->f);
	log_record record;
	uint8_t name[8];
	ms_status s;

	be64_put(name, leaf);
	if (map_find(t->told, span_of(name, sizeof(name)), NULL))
		return MS_OK;
	if (!log_read(txn, leaf, &record))
		return store_ok(txn) ? MS_CORRUPT : txn->error.status;
	s = prove_at(t->f, &record, 0, t->memory, &t->list[t->n]);
	if (s == MS_OK && !map_put(t->told, span_of(name, sizeof(name)), 0))
		s = MS_NO_MEMORY;
	t->n += s == MS_OK;
	return s;
}

static ms_status
tell_keys(telling *t, const feed_entry *e)
{
	uint64_t leaves[2];
	batch_header h;
	const device *d;
	ms_status s = MS_OK;
	size_t n, i;

	if (!batch_header_read(e->header, &h))
		return MS_CORRUPT;
	d = roster_find(&t->f->roster, &h.device);
	n = d == NULL ? 0 : key_leaves(d, leaves);
	for (i = 0; i < n && s == MS_OK; i++)
		s = tell_key(t, leaves[i]);
	return s;
}

static ms_status
cover_entries(front *f, arena *memory, frame_feed *feed)
{
	cover_leaf *list = arena_alloc(memory, feed->n_entries * sizeof(*list));
	hash32 *hashes = arena_alloc(memory, COVER_MAX * sizeof(*hashes));
	ms_error why = { 0 };
	tree_nodes nodes;
	size_t n = 0, i;
	ms_status s;

	if (list == NULL || hashes == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < feed->n_entries; i++)
		if (!feed->entries[i].withheld)
			list[n++] = (cover_leaf){ .leaf = feed->entries[i].leaf };
	cover_sort(list, &n);
	tree_tail_nodes(&f->signing.tail, &nodes);
	s = cover_make(&nodes, f->signing.signed_now.size, list, n, hashes, COVER_MAX,
		&feed->n_cover, &why);
	if (s != MS_OK)
		return s;
	feed->cover = front_spans(hashes, feed->n_cover, memory);
	return feed->cover == NULL ? MS_NO_MEMORY : MS_OK;
}

ms_status
front_prove_feed(
	void *ctx, map *told, arena *memory, frame_feed *feed, leaf_proof **keys, size_t *n_keys)
{
	telling t = { .f = ctx, .told = told, .memory = memory };
	ms_status s = cover_entries(t.f, memory, feed);
	size_t i;

	t.list = arena_alloc(memory, 2 * feed->n_entries * sizeof(*t.list));
	if (t.list == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < feed->n_entries && s == MS_OK; i++)
		if (!feed->entries[i].withheld)
			s = tell_keys(&t, &feed->entries[i]);
	*keys = t.list;
	*n_keys = t.n;
	return s;
}
