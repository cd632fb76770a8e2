/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_prove.c - evidence for others, as a proof file in hex: a receipt of this device's own from
 * its store, which needs no hub; or a proof of any act that the unit may see, from the hub, with
 * the enrolment of the device that signed it.
 */
#include <stdlib.h>

#include "agent/desk.h"
#include "base/text.h"
#include "net/control_json.h"
#include "proof/tree.h"
#include "wire/evidence.h"

#define PROOF "proof"

static ms_status
set_file(json_t *out, const frame_proof *proof, arena *memory)
{
	frame_proof plain = evidence_of(proof);
	buf file = { 0 };
	char *hex = NULL;
	ms_status s = proof_file_encode(&plain, memory, &file);

	if (s == MS_OK) {
		hex = arena_alloc(memory, 2 * file.len + 1);
		s = hex == NULL ? MS_NO_MEMORY : MS_OK;
	}
	if (s == MS_OK) {
		text_hex(file.at, file.len, hex);
		json_set_text(out, "hex", hex);
	}
	buf_fini(&file);
	return s;
}

/* ---- receipt ---- */

/* Which siblings lead from the act at position AT to the root. */
static ms_status
fill_siblings(const hash32 *leaves, uint16_t n, uint16_t at, arena *memory, leaf_proof *out)
{
	hash32 *siblings = arena_alloc(memory, BATCH_ACTS_MAX * HASH_SIZE);
	span *list = arena_alloc(memory, BATCH_ACTS_MAX * sizeof(*list));
	uint8_t shown[BATCH_ACTS_MAX] = { 0 };
	size_t i;

	if (siblings == NULL || list == NULL || at >= n)
		return MS_NO_MEMORY;
	shown[at] = 1;
	tree_siblings(leaves, shown, n, siblings, &out->n_siblings);
	for (i = 0; i < out->n_siblings; i++)
		list[i] = span_of(siblings[i].at, HASH_SIZE);
	out->siblings = list;
	out->act_hash = leaves[at];
	return MS_OK;
}

static ms_status
no_receipt(store_txn *txn, ms_error *err)
{
	return store_ok(txn)
		       ? ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "there is no receipt yet")
		       : store_status(txn, err);
}

/* What this device has of its act SEQ: for ever the proof, its content for keep_days. */
static ms_status
build_receipt(
	agent *a, store_txn *txn, uint64_t seq, arena *memory, frame_proof *out, ms_error *err)
{
	uint8_t *signed_part = arena_alloc(memory, BATCH_SIGNED_SIZE);
	hash32 leaves[BATCH_ACTS_MAX];
	outbox_receipt_row row;
	outbox_fate fate;
	span content = { 0 };
	uint16_t n;
	frame f;

	if (signed_part == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a receipt");
	if (!outbox_verdict(txn, &a->out.box, seq, &fate) || !fate.receipted ||
		!outbox_receipt_of(txn, fate.first_seq, &row) ||
		!outbox_signed_part(txn, fate.first_seq, signed_part) ||
		!outbox_leaves(txn, fate.first_seq, leaves, &n))
		return no_receipt(txn, err);
	if (frame_decode(row.raw, memory, &f, err) != MS_OK)
		return MS_CORRUPT;
	outbox_act(txn, seq, &content); /* not there after keep_days */
	out->checkpoint = f.u.receipts.checkpoint;
	out->act = (leaf_proof){ .leaf = row.leaf,
		.hub_time_us = row.hub_time_us,
		.header = span_of(signed_part, BATCH_HEADER_SIZE),
		.signature = span_of(signed_part + BATCH_HEADER_SIZE, SIGNATURE_SIZE),
		.verdicts = row.verdicts,
		.position = fate.at,
		.act = content,
		.path = f.u.receipts.list[0].path,
		.n_path = f.u.receipts.list[0].n_path };
	out->known = true;
	return fill_siblings(leaves, n, fate.at, memory, &out->act) == MS_OK
		       ? MS_OK
		       : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a receipt");
}

/* The newest report of the slot, when this device made it. */
static ms_status
find_own(store_txn *txn, const known_at *at, known *k, ms_error *err)
{
	known_get(txn, at, k);
	if (k->newest.revision == 0)
		return ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE, "nothing was reported there");
	if (!k->newest.own) {
		ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE,
			"revision %u was stated by another device of this unit, which has the "
			"receipt",
			k->newest.revision);
		ms_error_remedy(err, "prove it with the hub's help: muster prove");
		return MS_NOT_FOUND;
	}
	return MS_OK;
}

static json_t *
receipt_json(const agent *a, const known_at *at, const known *k, const frame_proof *proof)
{
	char name[PERIOD_NAME_SIZE], hex[2 * HASH_SIZE + 1];
	json_t *out = json_object();

	hash_hex(&proof->act.act_hash, hex);
	json_set_text(out, "unit", a->settings.unit);
	json_set_span(out, "item", at->item);
	json_set_text(out, "period", period_name(at->period, name));
	json_set_number(out, "revision", k->newest.revision);
	json_set_text(
		out, "verdict", verdict_name((verdict)proof->act.verdicts.at[proof->act.position]));
	json_set_time(out, "hub_time", a->plan->zone_min, proof->act.hub_time_us);
	json_set(out, "record",
		json_sprintf("%llu/%u", (unsigned long long)proof->act.leaf, proof->act.position));
	json_set_text(out, "hash", hex);
	json_set_number(out, "checkpoint", (int64_t)proof->checkpoint.size);
	return out;
}

void
desk_receipt(agent *a, control_call *call, const json_t *request)
{
	frame_proof proof = { 0 };
	arena memory = { 0 };
	ms_error err = { 0 };
	json_t *out = NULL;
	known_at at = { 0 };
	store_txn txn;
	known k;
	ms_status s = desk_find_slot(a, request, &at, &err);

	store_begin(a->store, &txn, STORE_READ);
	if (s == MS_OK)
		s = find_own(&txn, &at, &k, &err);
	if (s == MS_OK)
		s = build_receipt(a, &txn, k.newest.seq, &memory, &proof, &err);
	if (s == MS_OK && proof.known) {
		out = receipt_json(a, &at, &k, &proof);
		s = set_file(out, &proof, &memory);
	}
	if (s == MS_OK) {
		control_answer_json(call, out);
		control_end(call);
	} else {
		json_decref(out);
		ms_fail(&err, s, MST_NO_MEMORY, "no memory for a receipt");
		control_refuse(call, &err);
	}
	store_abort(&txn);
	arena_fini(&memory);
}

/* ---- prove ---- */

/* The record that REQUEST names, or that of the newest report in its slot. */
static ms_status
find_record(agent *a, const json_t *request, record_place *out, ms_error *err)
{
	const char *record = json_text_of(request, "record");
	known_at at = { 0 };
	store_txn txn;
	known k;
	ms_status s;

	if (record != NULL)
		return desk_read_record(record, out)
			       ? MS_OK
			       : ms_fail(err, MS_USAGE, MST_CLI_VALUE,
					 "\"%s\" is no record, expected one like 123/7", record);
	s = desk_find_slot(a, request, &at, err);
	if (s != MS_OK)
		return s;
	store_begin(a->store, &txn, STORE_READ);
	known_get(&txn, &at, &k);
	store_abort(&txn);
	if (k.newest.state != KNOWN_RECEIVED && k.newest.state != KNOWN_REFUSED)
		return ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE,
			"the hub has no report there, or its receipt has not come yet");
	*out = k.newest.place;
	return MS_OK;
}

void
desk_prove(agent *a, control_call *call, const json_t *request)
{
	record_place place = { 0 };
	ms_error err = { 0 };
	json_t *out;

	if (find_record(a, request, &place, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	out = json_object();
	json_set(out, "record",
		json_sprintf("%llu/%u", (unsigned long long)place.leaf, (unsigned)place.at));
	desk_ask_hub(a, call, out, PROOF, place, uplink_ask_proof);
}

void
desk_proof(void *ctx, const frame_proof *told)
{
	asking *x = desk_asked(ctx, PROOF, told->leaf, told->position);
	arena memory = { 0 };
	json_t *file = json_object();

	if (x == NULL) {
		json_decref(file);
	} else if (!told->known) {
		json_decref(file);
		desk_end_asking(x, NULL, "the hub has no such act that this unit may see");
	} else if (set_file(file, told, &memory) == MS_OK) {
		desk_end_asking(x, file, NULL);
	} else {
		json_decref(file);
		desk_end_asking(x, NULL, "no memory for the proof");
	}
	arena_fini(&memory);
}
