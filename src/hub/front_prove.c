/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_prove.c - proofs for sessions: of an act that its unit may see, with the enrolment of the
 * device that signed it; and what the entries of a feed are checked with.
 */
#include "codec/acts.h"
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

	log_acts(r, acts);
	tree_leaves(acts, r->count, leaves);
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

/* The enrolment or rotation of D that named the key by which R is signed: back through its
 * rotations, of which a device has few. */
static ms_status
find_key_leaf(store_txn *txn, const device *d, const log_record *r, arena *memory, log_record *out)
{
	uint64_t leaf = d->key_leaf == 0 ? d->enrolled_leaf : d->key_leaf;
	sign_public key;
	signature sig;
	act a;

	memcpy(sig.at, r->signature.at, SIGNATURE_SIZE);
	for (;; leaf = a.u.rotation.before) {
		if (!log_read(txn, leaf, out))
			return store_ok(txn) ? MS_CORRUPT : txn->error.status;
		if (act_decode(log_act(out, 0), memory, &a) != MS_OK || a.malformed ||
			a.kind != ACT_HUB_ROTATION || a.u.rotation.before >= leaf ||
			a.u.rotation.sign_key.len != SIGN_PUBLIC_SIZE)
			return MS_OK;
		memcpy(key.at, a.u.rotation.sign_key.at, SIGN_PUBLIC_SIZE);
		if (leaf < r->leaf && sign_check(&key, r->header, &sig))
			return MS_OK;
	}
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
	s = find_key_leaf(view.txn, d, &record, memory, &enrolment);
	return s == MS_OK ? prove_at(f, &enrolment, 0, memory, &out->enrolment) : s;
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

void
front_show_order(front *f, arena *memory, span *order, span *order_signature)
{
	log_state at = { .generation = f->base->order.generation,
		.restore_leaf = f->base->restore_leaf };
	hub_restore row = { 0 };

	if (restored_read(front_read(f), &at, memory, &row)) {
		*order = row.order;
		*order_signature = row.signature;
	}
}

/* ---- feeds ---- */

typedef struct telling {
	front *f;
	map *told;
	arena *memory;
	leaf_proof *list;
	size_t n, room;
} telling;

static bool
make_room(telling *t)
{
	leaf_proof *list;

	if (t->n < t->room)
		return true;
	list = arena_alloc(t->memory, (2 * t->room + 8) * sizeof(*list));
	if (list == NULL)
		return false;
	if (t->n > 0)
		memcpy(list, t->list, t->n * sizeof(*list));
	t->list = list;
	t->room = 2 * t->room + 8;
	return true;
}

static bool
is_told(const telling *t, uint64_t leaf)
{
	uint8_t name[8];

	be64_put(name, leaf);
	return map_find(t->told, span_of(name, sizeof(name)), NULL);
}

static ms_status
tell_key(telling *t, uint64_t leaf)
{
	store_txn *txn = front_read(t->f);
	log_record record;
	uint8_t name[8];
	ms_status s;

	if (is_told(t, leaf))
		return MS_OK;
	be64_put(name, leaf);
	if (!make_room(t))
		return MS_NO_MEMORY;
	if (!log_read(txn, leaf, &record))
		return store_ok(txn) ? MS_CORRUPT : txn->error.status;
	s = prove_at(t->f, &record, 0, t->memory, &t->list[t->n]);
	if (s == MS_OK && !map_put(t->told, span_of(name, sizeof(name)), 0))
		s = MS_NO_MEMORY;
	t->n += s == MS_OK;
	return s;
}

/* The rotations of D, the oldest first: each is signed with a key that one before it names. */
static ms_status
tell_rotations(telling *t, const device *d)
{
	store_txn *txn = front_read(t->f);
	uint64_t *leaves = NULL, leaf;
	size_t n = 0, room = 0;
	log_record record;
	ms_status s = MS_OK;
	act a;

	for (leaf = d->key_leaf; leaf > d->enrolled_leaf && !is_told(t, leaf) && s == MS_OK;
		leaf = a.u.rotation.before) {
		if (n == room) {
			uint64_t *list = arena_alloc(t->memory, (2 * room + 8) * sizeof(*list));

			if (list == NULL)
				return MS_NO_MEMORY;
			if (n > 0)
				memcpy(list, leaves, n * sizeof(*list));
			leaves = list;
			room = 2 * room + 8;
		}
		leaves[n++] = leaf;
		if (!log_read(txn, leaf, &record))
			return store_ok(txn) ? MS_CORRUPT : txn->error.status;
		if (act_decode(log_act(&record, 0), t->memory, &a) != MS_OK || a.malformed ||
			a.kind != ACT_HUB_ROTATION || a.u.rotation.before >= leaf)
			s = MS_CORRUPT;
	}
	while (s == MS_OK && n > 0)
		s = tell_key(t, leaves[--n]);
	return s;
}

/* The leaves that name the keys with which the device of E has signed, in the order in which a
 * reader needs them. */
static ms_status
tell_keys(telling *t, const feed_entry *e)
{
	batch_header h;
	const device *d;
	ms_status s;

	if (!batch_header_read(e->header, &h))
		return MS_CORRUPT;
	d = roster_find(&t->f->roster, &h.device);
	s = d == NULL ? MS_OK : tell_key(t, 0); /* the hub's own */
	if (s == MS_OK && d != NULL && d->unit[0] != '\0')
		s = tell_key(t, d->enrolled_leaf);
	return s == MS_OK && d != NULL && d->key_leaf != 0 ? tell_rotations(t, d) : s;
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

	if (!make_room(&t)) /* a list also when no key is told */
		return MS_NO_MEMORY;
	for (i = 0; i < feed->n_entries && s == MS_OK; i++)
		if (!feed->entries[i].withheld)
			s = tell_keys(&t, &feed->entries[i]);
	*keys = t.list;
	*n_keys = t.n;
	return s;
}
