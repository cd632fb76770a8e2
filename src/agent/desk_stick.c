/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk_stick.c - batches out and receipts in by hand (a stick, a disk): for offices without a line,
 * or on days without one. A batch goes out as it is sealed and will ever be sent, so an office that
 * is on line too sends nothing twice that matters.
 */
#include "agent/desk.h"
#include "base/text.h"
#include "net/control_json.h"

/* What waits is sealed, durable before it is handed out. */
static ms_status
seal_all(agent *a, ms_error *err)
{
	store_txn txn;

	if (outbox_queue(&a->out.box).unsealed_acts == 0)
		return MS_OK;
	store_begin(a->store, &txn, STORE_WRITE);
	return desk_commit(a, &txn, true, err);
}

static ms_status
batch_json(const uplink_batch *b, json_t *out)
{
	arena memory = { 0 };
	char *hex = arena_alloc(&memory, 2 * b->bytes.len + 1);

	if (hex == NULL)
		return MS_NO_MEMORY;
	text_hex(b->bytes.at, b->bytes.len, hex);
	json_set_number(out, "first_seq", (int64_t)b->first_seq);
	json_set_number(out, "count", b->count);
	json_set_bool(out, "receipted", b->receipted);
	json_set_text(out, "hex", hex);
	arena_fini(&memory);
	return MS_OK;
}

void
desk_export(agent *a, control_call *call, json_t *request)
{
	int64_t from = json_number_of(request, "from", 0);
	bool all = json_bool_of(request, "all");
	uplink_batch batch = { 0 };
	ms_error err = { 0 };
	json_t *out = json_object();
	ms_status s = seal_all(a, &err);

	if (s == MS_OK)
		s = device_outbox_next(&a->out, from < 1 ? 1 : (uint64_t)from, !all, &batch, &err);
	if (s == MS_OK)
		s = batch_json(&batch, out);
	if (s == MS_DENIED) {
		ms_fail(&err, MS_NOT_FOUND, MST_WIRE_PRUNED,
			"acts from %lld on were deleted here after keep_days", (long long)from);
		ms_error_remedy(&err, "begin later, with --since");
	}
	json_set_bool(out, "done", s == MS_NOT_FOUND);
	if (s == MS_OK || (s == MS_NOT_FOUND && err.code == 0)) {
		control_last_json(call, out);
		return;
	}
	json_decref(out);
	ms_fail(&err, s, MST_NO_MEMORY, "no memory for the batch");
	control_refuse(call, &err);
}

/* ---- receipts ---- */

static ms_status
read_receipts(const json_t *request, arena *memory, frame *out, ms_error *err)
{
	const char *hex = json_text_of(request, "hex");
	size_t n = hex == NULL ? 0 : strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(memory, n + 1);

	if (bytes == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the receipts");
	if (n == 0 || !text_unhex(span_str(hex), bytes, n) ||
		frame_decode(span_of(bytes, n), memory, out, NULL) != MS_OK ||
		out->kind != FRAME_RECEIPT)
		return ms_fail(err, MS_INVALID, MST_STICK_FORM, "this is no receipt");
	return MS_OK;
}

/* Also beside the one in force. */
static bool
is_known(store_txn *txn, const frame_receipt *r)
{
	outbox_receipt_place at = { .first_seq = r->first_seq };
	outbox_receipt_row row;

	if (outbox_receipt_of(txn, r->first_seq, &row) && row.leaf == r->leaf)
		return true;
	while (outbox_receipt_each(txn, &at, &row) && row.first_seq == r->first_seq)
		if (row.leaf == r->leaf)
			return true;
	return false;
}

/* What storing would find of each. */
static void
count_receipts(agent *a, const frame *f, json_t *out)
{
	int64_t n_new = 0, n_known = 0, n_unknown = 0;
	outbox_sealed batch;
	store_txn txn;
	size_t i;

	store_begin(a->store, &txn, STORE_READ);
	for (i = 0; i < f->u.receipts.n; i++) {
		const frame_receipt *r = &f->u.receipts.list[i];

		if (!outbox_find(&txn, &a->out.box, r->first_seq, &batch) ||
			!hash_equal(&batch.header_hash, &r->header_hash))
			n_unknown++;
		else if (is_known(&txn, r))
			n_known++;
		else
			n_new++;
	}
	store_abort(&txn);
	json_set_number(out, "new", n_new);
	json_set_number(out, "known", n_known);
	json_set_number(out, "unknown", n_unknown);
}

void
desk_import_receipts(agent *a, control_call *call, json_t *request)
{
	json_t *out = json_object();
	arena memory = { 0 };
	ms_error err = { 0 };
	frame f;
	ms_status s = read_receipts(request, &memory, &f, &err);

	if (s == MS_OK) {
		count_receipts(a, &f, out);
		s = uplink_take_receipts(a->link.uplink, &f, &err);
	}
	arena_fini(&memory);
	if (s != MS_OK) {
		json_decref(out);
		control_refuse(call, &err);
		return;
	}
	take_answer_due(a);
	control_last_json(call, out);
}
