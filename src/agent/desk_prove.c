/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_prove.c - evidence for others, as a proof file in hex: a proof of any act that the unit may
 * see, from the hub, with the enrolment of the device that signed it.
 */
#include <stdlib.h>

#include "agent/desk.h"
#include "base/lang.h"
#include "base/text.h"
#include "net/control_json.h"
#include "wire/evidence.h"

#define PROOF "proof"

ms_status
desk_set_proof(json_t *out, const frame_proof *proof, arena *memory)
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
		return desk_read_record(record, out, err);
	s = desk_find_slot(a, request, &at, err);
	if (s != MS_OK)
		return s;
	store_begin(a->store, &txn, STORE_READ);
	known_get(&txn, &at, &k);
	s = store_status(&txn, err);
	store_abort(&txn);
	if (s != MS_OK)
		return s;
	if (k.newest.state != KNOWN_RECEIVED && k.newest.state != KNOWN_REFUSED)
		return ms_fail(err, MS_NOT_FOUND, MST_RECEIPT_NONE,
			"the hub has no report there, or its receipt has not come yet");
	*out = k.newest.place;
	return MS_OK;
}

void
desk_prove(agent *a, control_call *call, json_t *request)
{
	record_place place = { 0 };
	ms_error err = { 0 };
	json_t *out;

	if (find_record(a, request, &place, &err) != MS_OK) {
		control_refuse(call, &err);
		return;
	}
	out = json_object();
	json_set_record(out, "record", place.leaf, place.at);
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
		desk_end_asking(x, NULL, MST_RECEIPT_NONE,
			TR("the hub has no such act that this unit may see"));
	} else if (desk_set_proof(file, told, &memory) == MS_OK) {
		desk_end_asking(x, file, 0, NULL);
	} else {
		json_decref(file);
		desk_end_asking(x, NULL, MST_NO_MEMORY, TR("no memory for the proof"));
	}
	arena_fini(&memory);
}
