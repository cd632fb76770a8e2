/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - one pass over the leaves. Devices' keys come from the enrolment leaves themselves; the
 * hub's own from leaf 0.
 */
#include "store/verify.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/map.h"
#include "codec/acts.h"
#include "proof/rotation.h"
#include "store/log.h"
#include "store/restored.h"
#include "store/roster.h"

/* A device as the leaves so far tell it. */
typedef struct stream {
	sign_public key;
	uint64_t next_seq;
	hash32 last_header;
	device_id id;
	sign_public key_before;
	int64_t before_until_us; /* until then key_before is taken too */
	bool revoked, frozen, pending;
} stream;

typedef struct verifying {
	store_txn *txn;
	verify_result *out;
	map streams; /* device id -> stream * as a number */
	arena memory, scratch;
	tree_frontier tree;
	hash32 before; /* its root before the leaf at hand */
	int64_t last_us;
	device_id hub;
	hub_id hub_id;
	const signed_point *was_signed;
	size_t n_signed;
	sign_public admin;   /* leaf 0 names him; in older logs it does not */
	restore_order order; /* as stored */
	uint32_t generation; /* as the leaves so far tell it */
} verifying;

static bool
bad(verifying *v, uint64_t leaf, const char *what)
{
	if (v->out->good) {
		v->out->good = false;
		v->out->first_bad = leaf;
		snprintf(v->out->what, sizeof(v->out->what), "%s", tr(what));
	}
	return false;
}

static void
bad_end(verifying *v, uint64_t leaf, const char *what, const char *remedy)
{
	bad(v, leaf, what);
	v->out->remedy = remedy;
}

static stream *
find_stream(const verifying *v, const uint8_t id[ID_SIZE])
{
	uint64_t at;

	return map_find(&v->streams, span_of(id, ID_SIZE), &at) ? (stream *)(uintptr_t)at : NULL;
}

static bool
add_stream(verifying *v, span id, span key)
{
	stream *s = arena_zalloc(&v->memory, sizeof(*s));

	if (s == NULL || id.len != ID_SIZE || key.len != SIGN_PUBLIC_SIZE)
		return false;
	memcpy(s->key.at, key.at, SIGN_PUBLIC_SIZE);
	memcpy(s->id.at, id.at, ID_SIZE);
	s->next_seq = 1;
	return map_put(&v->streams, id, (uint64_t)(uintptr_t)s);
}

/* It goes on from all that stands before it, by the administrator's order. */
static bool
take_restore(verifying *v, const log_record *r, const act *a)
{
	restore_order order;
	hash32 root = v->before;

	if (!restore_order_read(a->u.restore.order, &order) ||
		!restore_order_is_signed(a->u.restore.order, a->u.restore.signature, &v->admin))
		return bad(v, r->leaf,
			TR("it opens a generation of the log without the administrator's "
			   "signature"));
	if (order.generation <= v->generation || order.restored.size != r->leaf ||
		!hash_equal(&order.restored.root, &root))
		return bad(v, r->leaf, TR("it opens a generation of another log"));
	v->generation = order.generation;
	return true;
}

/* Other keys: signed by those before, and only then. */
static bool
take_rotation(const verifying *v, const hub_rotation *r)
{
	stream *s = r->device.len == ID_SIZE ? find_stream(v, r->device.at) : NULL;
	uint8_t bytes[ROTATION_SIZE];
	sign_public fresh;
	signature sig;

	if (s == NULL || r->sign_key.len != SIGN_PUBLIC_SIZE ||
		r->curve_key.len != CURVE_PUBLIC_SIZE || r->signature.len != SIGNATURE_SIZE)
		return false;
	memcpy(fresh.at, r->sign_key.at, SIGN_PUBLIC_SIZE);
	memcpy(sig.at, r->signature.at, SIGNATURE_SIZE);
	rotation_bytes(&v->hub_id, &s->id, &fresh, r->curve_key.at, bytes);
	if (!sign_check(&s->key, span_of(bytes, sizeof(bytes)), &sig))
		return false;
	s->key_before = s->key;
	s->before_until_us = r->until_us;
	s->key = fresh;
	return true;
}

/* The stream that an act about the device ID changes. False: there is none. */
static bool
mark(const verifying *v, span id, size_t member, bool value)
{
	stream *s = id.len == ID_SIZE ? find_stream(v, id.at) : NULL;

	if (s == NULL)
		return false;
	memcpy((uint8_t *)s + member, &value, sizeof(value));
	return true;
}

static bool
take_enrolment(verifying *v, const hub_enrolment *e)
{
	return device_name_check(e->name, e->unit, NULL) == MS_OK &&
	       add_stream(v, e->device, e->sign_key) &&
	       mark(v, e->device, offsetof(stream, pending), e->awaits_approval);
}

/* The hub's own acts say which devices there are from here on. */
static bool
take_hub_act(verifying *v, const log_record *r, const device_id *from, span bytes)
{
	act a;

	if (act_decode(bytes, &v->scratch, &a) != MS_OK || a.malformed)
		return true;
	if (r->leaf == 0) {
		v->hub = *from;
		if (a.kind == ACT_HUB_ORIGIN && a.u.origin.hub.len == ID_SIZE)
			memcpy(v->hub_id.at, a.u.origin.hub.at, ID_SIZE);
		if (a.kind == ACT_HUB_ORIGIN && a.u.origin.admin_key.len == SIGN_PUBLIC_SIZE)
			memcpy(v->admin.at, a.u.origin.admin_key.at, SIGN_PUBLIC_SIZE);
	}
	if (memcmp(from, &v->hub, sizeof(v->hub)) != 0)
		return true; /* whoever else says such things is not listened to */
	if (a.kind == ACT_HUB_ORIGIN && r->leaf == 0)
		return add_stream(v, span_of(from->at, ID_SIZE), a.u.origin.sign_key);
	switch (a.kind) {
	case ACT_HUB_RESTORE:
		return take_restore(v, r, &a);
	case ACT_HUB_ENROLMENT:
		return take_enrolment(v, &a.u.enrolment);
	case ACT_HUB_APPROVAL:
		return mark(v, a.u.approval.device, offsetof(stream, pending), false);
	case ACT_HUB_ROTATION:
		return take_rotation(v, &a.u.rotation);
	case ACT_HUB_FREEZE:
		return mark(v, a.u.freeze.device, offsetof(stream, frozen), true);
	case ACT_HUB_REVOCATION:
		return mark(v, a.u.revocation.device, offsetof(stream, revoked), true);
	default:
		return true;
	}
}

static bool
check_stream(verifying *v, const log_record *r, const batch_header *h)
{
	stream *s = find_stream(v, h->device.at);
	signature sig;

	if (memcmp(&h->hub, &v->hub_id, sizeof(h->hub)) != 0)
		return bad(v, r->leaf, TR("it was sealed for another hub"));
	if (s == NULL)
		return bad(v, r->leaf, TR("its device was never enrolled"));
	if (s->revoked)
		return bad(v, r->leaf, TR("its device was revoked before"));
	if (s->frozen)
		return bad(v, r->leaf, TR("its device was frozen before"));
	if (s->pending)
		return bad(v, r->leaf, TR("its device was not approved before"));
	memcpy(sig.at, r->signature.at, SIGNATURE_SIZE);
	if (!sign_check(&s->key, r->header, &sig) &&
		(s->before_until_us < r->hub_time_us ||
			!sign_check(&s->key_before, r->header, &sig)))
		return bad(v, r->leaf, TR("its signature is not the device's"));
	if (h->first_seq != s->next_seq)
		return bad(v, r->leaf, TR("its sequence does not continue the device's stream"));
	if (!hash_equal(&h->prev, &s->last_header))
		return bad(v, r->leaf, TR("it does not name the device's last header"));
	s->next_seq = h->first_seq + h->count;
	s->last_header = batch_header_hash(r->header);
	return true;
}

static bool
check_nodes(verifying *v, const log_record *r)
{
	hash32 leaf, made[TREE_LEVELS_MAX + 1];
	unsigned n;

	v->before = tree_frontier_root(&v->tree);
	leaf = log_leaf_hash(r->header, r->signature, r->hub_time_us, r->verdicts);
	n = tree_append(&v->tree, &leaf, made);
	if (r->nodes.len != n * HASH_SIZE || memcmp(r->nodes.at, made, r->nodes.len) != 0)
		return bad(v, r->leaf, TR("its stored tree nodes differ from the tree"));
	return true;
}

/* Does the device that sent it name what a restored log has lost? */
static void
count_lost(verifying *v, const batch_header *h)
{
	checkpoint c = { .size = h->checkpoint_size, .root = h->checkpoint_root };
	ms_error ignored = { 0 };
	tree_frontier at;
	tree_nodes nodes;
	hash32 root;

	if (v->generation < 2 || !restore_order_lost(&v->order, 0, &c))
		return;
	log_nodes(v->txn, &nodes);
	if (c.size <= v->tree.size && tree_frontier_at(&nodes, c.size, &at, &ignored) == MS_OK) {
		root = tree_frontier_root(&at);
		if (hash_equal(&root, &c.root))
			return;
	}
	v->out->names_lost++;
}

static bool
check_signed(verifying *v)
{
	hash32 root;
	size_t i;

	for (i = 0; i < v->n_signed; i++) {
		const signed_point *p = &v->was_signed[i];

		if (p->c.size != v->tree.size ||
			restore_order_lost(&v->order, p->generation, &p->c))
			continue;
		root = tree_frontier_root(&v->tree);
		if (!hash_equal(&root, &p->c.root))
			return bad(v, v->tree.size - 1,
				TR("the log up to here is not the one that was signed: it, or a "
				   "leaf "
				   "before it, was changed afterwards"));
	}
	return true;
}

static void
check_cut(verifying *v)
{
	static const char older[] = TR("put the newer data back, or, when they are lost, let the "
				       "log go on from here with `muster hub restored`");
	uint32_t newest = 0;
	size_t i;

	for (i = 0; i < v->n_signed && v->out->good; i++) {
		const signed_point *p = &v->was_signed[i];

		if (p->c.size > 0 && p->generation > newest)
			newest = p->generation;
		if (p->generation > v->generation)
			bad_end(v, v->out->size,
				TR("it is missing: an older copy was put back, a newer generation "
				   "of "
				   "the log was signed"),
				older);
		else if (p->c.size > v->out->size &&
			 !restore_order_lost(&v->order, p->generation, &p->c))
			bad_end(v, v->out->size,
				TR("it is missing, although it was signed: the end of the log was "
				   "cut "
				   "off, or an older copy was put back"),
				older);
	}
	if (v->out->good && newest > 0 && newest < v->generation)
		bad_end(v, v->order.restored.size,
			TR("it opens a generation of the log of which nothing was signed"),
			TR("start the hub, which signs it; do not believe it when that is not "
			   "your hub"));
}

static bool
check_leaf(void *ctx, uint64_t leaf)
{
	verifying *v = ctx;
	batch_header h;
	log_record r;

	if (!log_read(v->txn, leaf, &r))
		return bad(v, leaf, store_ok(v->txn) ? TR("it is missing") : v->txn->error.text);
	if (!log_check(v->txn, &r))
		return bad(v, leaf, v->txn->error.text);
	if (!batch_header_read(r.header, &h))
		return bad(v, leaf, TR("its header is none"));
	if (r.hub_time_us < v->last_us)
		return bad(v, leaf, TR("its hub time lies before the previous leaf's"));
	v->last_us = r.hub_time_us;
	/* Leaf 0 brings the hub's own key; only the hub's stream can enrol. */
	if (leaf == 0 && !take_hub_act(v, &r, &h.device, log_act(&r, 0)))
		return bad(v, leaf, TR("it names no hub"));
	if (!check_stream(v, &r, &h) || !check_nodes(v, &r) || !check_signed(v))
		return false;
	if (leaf > 0 && r.count == 1 && !take_hub_act(v, &r, &h.device, log_act(&r, 0)))
		return bad(v, leaf, TR("what it says of a device cannot be"));
	count_lost(v, &h);
	v->out->acts += r.count;
	arena_reset(&v->scratch);
	return true;
}

ms_status
verify_log(store *db, const signed_point *was_signed, size_t n, const sign_public *admin,
	verify_result *out, ms_error *err)
{
	verifying v = { .out = out, .was_signed = was_signed, .n_signed = n, .generation = 1 };
	log_state state;
	store_txn txn;
	ms_status s;

	if (admin != NULL)
		v.admin = *admin;
	*out = (verify_result){ .good = true };
	v.txn = &txn;
	store_begin(db, &txn, STORE_READ);
	log_state_load(&txn, &state);
	restored_load(&txn, &state, &v.order);
	s = store_status(&txn, err);
	if (s == MS_OK)
		log_follow(&txn, &state, check_leaf, &v);
	if (out->good)
		s = store_status(&txn, err);
	out->size = state.tree.size;
	out->root = tree_frontier_root(&state.tree);
	if (s == MS_OK && out->good &&
		(memcmp(v.tree.roots, state.tree.roots, v.tree.n * sizeof(hash32)) != 0 ||
			v.tree.n != state.tree.n))
		bad(&v, out->size, TR("the stored head of the tree differs from the tree"));
	if (s == MS_OK && out->good && v.generation != v.order.generation)
		bad(&v, out->size,
			TR("the stored generation of the log is not that of its leaves"));
	if (s == MS_OK)
		check_cut(&v);
	store_abort(&txn);
	map_fini(&v.streams);
	arena_fini(&v.memory);
	arena_fini(&v.scratch);
	return s;
}
