/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_receipt.c - the hub's receipts for what this device stated, as proof files in hex, out of
 * its store: they need no hub. All that there ever were can be had, also of a revision that a later
 * one replaced, and of a generation of the log that was lost.
 */
#include "agent/desk.h"
#include "base/text.h"
#include "codec/peek.h"
#include "net/control_json.h"
#include "proof/generation.h"
#include "proof/tree.h"

/* Which siblings lead from the act at position AT to the root. */
static ms_status
fill_siblings(const hash32 *leaves, uint16_t n, uint16_t at, arena *memory, leaf_proof *out)
{
	hash32 *siblings = arena_alloc(memory, BATCH_ACTS_MAX * HASH_SIZE);
	span *list = arena_alloc(memory, BATCH_ACTS_MAX * sizeof(*list));
	uint8_t shown[BATCH_ACTS_MAX] = { 0 };
	size_t i;

	if (siblings == NULL || list == NULL)
		return MS_NO_MEMORY;
	shown[at] = 1;
	tree_siblings(leaves, shown, n, siblings, &out->n_siblings);
	for (i = 0; i < out->n_siblings; i++)
		list[i] = span_of(siblings[i].at, HASH_SIZE);
	out->siblings = list;
	out->act_hash = leaves[at];
	return MS_OK;
}

/* A receipt in the outbox, open, and the act of its batch that is asked for. */
typedef struct found_receipt {
	outbox_receipt_row row;
	frame_checkpoint checkpoint;
	const frame_receipt *proves; /* its way to the checkpoint */
	uint32_t generation;         /* of the log */
	uint16_t at;
	act_peek what; /* as far as it is known: the act itself is kept for keep_days */
} found_receipt;

static ms_status
no_receipt(store_txn *txn, ms_error *err)
{
	return store_ok(txn)
		       ? ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "there is no receipt yet")
		       : store_status(txn, err);
}

static ms_status
damaged(const outbox_receipt_row *row, ms_error *err)
{
	return ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
		"the receipt of the batch that begins at act %llu cannot be read",
		(unsigned long long)row->first_seq);
}

static ms_status
open_receipt(const agent *a, const outbox_receipt_row *row, uint16_t at, arena *memory,
	found_receipt *out, ms_error *err)
{
	frame f;

	if (frame_decode(row->raw, memory, &f, NULL) != MS_OK || f.kind != FRAME_RECEIPT ||
		f.u.receipts.n == 0 || at >= row->count)
		return damaged(row, err);
	*out = (found_receipt){ .row = *row,
		.checkpoint = f.u.receipts.checkpoint,
		.proves = f.u.receipts.list,
		.generation = generation_of(f.u.receipts.checkpoint.note, &a->log_key),
		.at = at };
	return MS_OK;
}

/* That of the newest report of the slot, when this device made it. */
static ms_status
find_of_slot(agent *a, store_txn *txn, const json_t *request, arena *memory, found_receipt *out,
	ms_error *err)
{
	outbox_receipt_row row;
	outbox_fate fate;
	known_at at;
	known k;
	char *name;
	ms_status s = desk_find_slot(a, request, &at, err);

	if (s != MS_OK)
		return s;
	known_get(txn, &at, &k);
	if (k.newest.revision == 0)
		return ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "nothing was reported there");
	if (!k.newest.own) {
		ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE,
			"revision %u was stated by another device of this unit, which has the "
			"receipt",
			k.newest.revision);
		ms_error_remedy(err, "prove it with the hub's help: muster prove");
		return MS_NOT_FOUND;
	}
	if (!outbox_verdict(txn, &a->out.box, k.newest.seq, &fate) || !fate.receipted ||
		!outbox_receipt_of(txn, fate.first_seq, &row))
		return no_receipt(txn, err);
	s = open_receipt(a, &row, fate.at, memory, out, err);
	if (s == MS_OK && (name = arena_alloc(memory, PERIOD_NAME_SIZE)) == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a receipt");
	if (s == MS_OK)
		out->what = (act_peek){ .unit = at.unit,
			.item = at.item,
			.period = span_str(period_name(at.period, name)),
			.revision = k.newest.revision };
	return s;
}

/* That of a record, in the newest generation of the log or the one that is asked for. */
static ms_status
find_of_record(agent *a, store_txn *txn, const json_t *request, arena *memory, found_receipt *out,
	ms_error *err)
{
	int64_t wanted = json_number_of(request, "generation", 0);
	outbox_receipt_place each = { 0 };
	outbox_receipt_row row;
	record_place place;
	found_receipt found;
	bool any = false;
	span content;
	ms_status s = desk_read_record(json_text_of(request, "record"), &place, err);

	while (s == MS_OK && outbox_receipt_each(txn, &each, &row)) {
		if (row.leaf != place.leaf || place.at >= row.count)
			continue;
		s = open_receipt(a, &row, place.at, memory, &found, err);
		if (s != MS_OK || (wanted != 0 && found.generation != wanted) ||
			(any && found.generation <= out->generation))
			continue;
		*out = found;
		any = true;
	}
	if (s != MS_OK || !store_ok(txn))
		return s != MS_OK ? s : store_status(txn, err);
	if (any && outbox_act(txn, out->row.first_seq + out->at, &content))
		peek_act(content, &out->what);
	if (any)
		return MS_OK;
	ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE,
		"this device has no receipt with the record %s", json_text_of(request, "record"));
	ms_error_remedy(err, "of another's act: muster prove --record");
	return MS_NOT_FOUND;
}

/* What this device has of the act: for ever the proof, its content for keep_days. */
static ms_status
build_proof(store_txn *txn, const found_receipt *r, arena *memory, frame_proof *out, ms_error *err)
{
	uint8_t *signed_part = arena_alloc(memory, BATCH_SIGNED_SIZE);
	hash32 leaves[BATCH_ACTS_MAX];
	span content = { 0 };
	uint16_t n;

	MS_ASSERT(r->proves != NULL && r->row.verdicts.at != NULL); /* open_receipt looked */
	if (signed_part == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a receipt");
	if (!outbox_signed_part(txn, r->row.first_seq, signed_part) ||
		!outbox_leaves(txn, r->row.first_seq, leaves, &n))
		return no_receipt(txn, err);
	if (r->at >= n)
		return damaged(&r->row, err);
	outbox_act(txn, r->row.first_seq + r->at, &content); /* not there after keep_days */
	*out = (frame_proof){
		.known = true, .checkpoint = r->checkpoint, .leaf = r->row.leaf, .position = r->at
	};
	out->act = (leaf_proof){ .leaf = r->row.leaf,
		.hub_time_us = r->row.hub_time_us,
		.header = span_of(signed_part, BATCH_HEADER_SIZE),
		.signature = span_of(signed_part + BATCH_HEADER_SIZE, SIGNATURE_SIZE),
		.verdicts = r->row.verdicts,
		.position = r->at,
		.act = content,
		.path = r->proves->path,
		.n_path = r->proves->n_path };
	return fill_siblings(leaves, n, r->at, memory, &out->act) == MS_OK
		       ? MS_OK
		       : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a receipt");
}

/* Where, when and in which generation. */
static void
add_place(const agent *a, json_t *out, const found_receipt *r)
{
	log_key key;

	json_set_text(
		out, "log", generation_key(&a->log_key, r->generation, &key) ? key.origin : NULL);
	json_set_number(out, "generation", r->generation);
	agent_set_hub_time(a, out, r->row.hub_time_us);
	json_set_record(out, "record", r->row.leaf, r->at);
	json_set_text(out, "verdict", verdict_name((verdict)r->row.verdicts.at[r->at]));
	json_set_number(out, "checkpoint", (int64_t)r->checkpoint.size);
}

/* What else was receipted to the same act, before the log lost it. */
static json_t *
earlier_json(const agent *a, store_txn *txn, const found_receipt *r, arena *memory)
{
	outbox_receipt_place each = { .first_seq = r->row.first_seq };
	outbox_receipt_row row;
	json_t *out = json_array();
	ms_error ignored = { 0 };
	found_receipt found;

	while (outbox_receipt_each(txn, &each, &row) && row.first_seq == r->row.first_seq) {
		json_t *one;

		if (open_receipt(a, &row, r->at, memory, &found, &ignored) != MS_OK ||
			found.generation >= r->generation)
			continue;
		one = json_object();
		add_place(a, one, &found);
		json_array_append_new(out, one);
	}
	return out;
}

static void
set_known(json_t *out, const char *name, span text)
{
	if (text.len > 0)
		json_set_span(out, name, text);
	else
		json_set(out, name, json_null());
}

static json_t *
receipt_json(const agent *a, store_txn *txn, const found_receipt *r, const frame_proof *proof,
	arena *memory)
{
	char hex[2 * HASH_SIZE + 1];
	json_t *out = json_object();

	hash_hex(&proof->act.act_hash, hex);
	set_known(out, "unit", r->what.unit);
	set_known(out, "item", r->what.item);
	set_known(out, "period", r->what.period);
	json_set(out, "revision",
		r->what.revision == 0 ? json_null() : json_integer(r->what.revision));
	add_place(a, out, r);
	json_set_text(out, "hash", hex);
	json_set(out, "earlier", earlier_json(a, txn, r, memory));
	return out;
}

void
desk_receipt(agent *a, control_call *call, json_t *request)
{
	frame_proof proof;
	arena memory = { 0 };
	ms_error err = { 0 };
	json_t *out = NULL;
	store_txn txn;
	found_receipt found = { 0 };
	ms_status s;

	store_begin(a->store, &txn, STORE_READ);
	s = json_text_of(request, "record") != NULL
		    ? find_of_record(a, &txn, request, &memory, &found, &err)
		    : find_of_slot(a, &txn, request, &memory, &found, &err);
	if (s == MS_OK)
		s = build_proof(&txn, &found, &memory, &proof, &err);
	if (s == MS_OK) {
		out = receipt_json(a, &txn, &found, &proof, &memory);
		s = desk_set_proof(out, &proof, &memory);
	}
	if (s == MS_OK) {
		control_last_json(call, out);
	} else {
		json_decref(out);
		ms_fail(&err, s, MST_NO_MEMORY, "no memory for a receipt");
		control_refuse(call, &err);
	}
	store_abort(&txn);
	arena_fini(&memory);
}
