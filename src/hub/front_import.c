/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_import.c - batches that came on a stick. They go the way of a PUSH: the same checks, the
 * same job, the same transaction and signature; only the answer goes to the command that read the
 * file. The time of receipt is now.
 */
#include <string.h>

#include "base/text.h"
#include "hub/hub.h"
#include "net/control_json.h"

/* ---- down ---- */

static ms_status
check_sender(const front *f, const batch_header *h, ms_error *err)
{
	const device *d = roster_find(&f->roster, &h->device);

	if (memcmp(h->hub.at, f->base->settings.id.at, ID_SIZE) != 0) {
		ms_fail(err, MS_DENIED, MST_STICK_OTHER_HUB,
			"the batch was sealed for another hub");
		ms_error_remedy(err, "carry the file to the hub that its office is enrolled at");
		return MS_DENIED;
	}
	if (d == NULL || d->unit[0] == '\0')
		return ms_fail(err, MS_DENIED, MST_DEVICE_UNKNOWN,
			"no device with the id of this batch is enrolled here");
	if (d->state == DEVICE_REVOKED)
		return ms_fail(err, MS_DENIED, MST_WIRE_REVOKED,
			"device \"%s\" is revoked: nothing more is taken from it", d->name);
	if (d->state == DEVICE_FROZEN)
		return ms_fail(err, MS_DENIED, MST_WIRE_FROZEN,
			"device \"%s\" is frozen: two histories of it were seen", d->name);
	if (d->state == DEVICE_PENDING) {
		ms_fail(err, MS_DENIED, MST_WIRE_PENDING,
			"device \"%s\" waits for its approval: nothing is taken from it before",
			d->name);
		ms_error_remedy(err, "muster hub approve %s --dir %s", d->name, f->base->dir);
		return MS_DENIED;
	}
	return MS_OK;
}

/* The bytes of the request into J's memory. */
static ms_status
take_bytes(job *j, const json_t *request, span *out, ms_error *err)
{
	const char *hex = json_text_of(request, "hex");
	size_t n = hex == NULL ? 0 : strlen(hex) / 2;
	uint8_t *bytes;

	if (n < BATCH_SIGNED_SIZE || n > BATCH_BYTES_MAX)
		return ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED,
			"a batch has %d to %d bytes, this has %zu", BATCH_SIGNED_SIZE,
			BATCH_BYTES_MAX, n);
	bytes = arena_alloc(&j->memory, n);
	if (bytes == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the batch");
	if (!text_unhex(span_str(hex), bytes, n))
		return ms_fail(err, MS_INVALID, MST_CONTROL_REQUEST, "the batch is no hex");
	*out = span_of(bytes, n);
	return MS_OK;
}

static ms_status
prepare(front *f, job *j, const json_t *request, ms_error *err)
{
	batch_header h;
	span bytes;
	ms_status s = take_bytes(j, request, &bytes, err);

	if (s == MS_OK && !batch_header_read(span_of(bytes.at, BATCH_HEADER_SIZE), &h))
		s = ms_fail(
			err, MS_INVALID, MST_WIRE_BATCH_REFUSED, "the batch has no valid header");
	if (s == MS_OK)
		s = check_sender(f, &h, err);
	if (s == MS_OK && h.schema != BATCH_SCHEMA)
		s = ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED,
			"the batch has a schema that this hub does not know");
	if (s != MS_OK)
		return s;
	j->from = (uint64_t)json_number_of(request, "from", 0);
	if (j->from == 0)
		j->from = h.checkpoint_size;
	return front_prepare_batch(f, j, &h.device, bytes, err);
}

static void
answer_refused(control_call *call, const ms_error *why)
{
	json_t *out = json_object();

	json_set_text(out, "outcome", "refused");
	json_set_number(out, "code", why->code);
	json_set_text(out, "text", why->text);
	control_last_json(call, out);
}

/* ---- up ---- */

static ms_status
add_receipt(front *f, job *j, json_t *out)
{
	frame_receipt receipt = front_receipt_of(f, j);
	frame sent = { .kind = FRAME_RECEIPT, .u.receipts.list = &receipt, .u.receipts.n = 1 };
	buf bytes = { 0 };
	char *hex = NULL;
	ms_status s;

	front_show_checkpoint(f, j->from, &j->memory, &sent.u.receipts.checkpoint);
	front_show_restored(f, &j->memory, &sent.u.receipts.restored);
	s = frame_encode(&sent, &j->memory, &bytes);
	if (s == MS_OK)
		hex = arena_alloc(&j->memory, 2 * bytes.len + 1);
	if (hex != NULL) {
		text_hex(bytes.at, bytes.len, hex);
		json_set_text(out, "receipt", hex);
	}
	json_set_number(out, "leaf", (int64_t)receipt.leaf);
	front_set_time(f, out, "hub_time", receipt.hub_time_us);
	json_set_number(out, "checkpoint", (int64_t)sent.u.receipts.checkpoint.size);
	buf_fini(&bytes);
	return hex == NULL ? MS_NO_MEMORY : MS_OK;
}

static void
refuse_outcome(control_call *call, job_outcome outcome)
{
	ms_error err = { 0 };

	if (outcome == OUTCOME_NO_SPACE)
		ms_fail(&err, MS_NO_SPACE, MST_STORE_SPACE,
			"the hub's storage is full: nothing was taken");
	else if (outcome == OUTCOME_REVOKED)
		ms_fail(&err, MS_DENIED, MST_WIRE_REVOKED, "the device is revoked");
	else if (outcome == OUTCOME_FROZEN)
		ms_fail(&err, MS_DENIED, MST_WIRE_FROZEN, "the device is frozen");
	else if (outcome == OUTCOME_OLD_KEY)
		ms_fail(&err, MS_DENIED, MST_WIRE_BATCH_REFUSED,
			"the key that signed it counts no more since the device has others");
	else
		ms_fail(&err, MS_BUSY, MST_WIRE_BUSY,
			"the hub begins anew: import the file once more");
	control_refuse(call, &err);
}

static const char *
outcome_word(const job *j)
{
	if (j->outcome == OUTCOME_RECEIPT)
		return j->is_known ? "known" : "new";
	return j->outcome == OUTCOME_GAP ? "gap" : "fork";
}

static void
imported(front *f, job *j)
{
	control_call *call = j->call;
	json_t *out;
	ms_status s = MS_OK;

	j->call = NULL;
	if (j->outcome != OUTCOME_RECEIPT && j->outcome != OUTCOME_GAP &&
		j->outcome != OUTCOME_FORK) {
		refuse_outcome(call, j->outcome);
		return;
	}
	out = json_object();
	json_set_text(out, "outcome", outcome_word(j));
	json_set_number(out, "first_seq", (int64_t)j->batch.fields.first_seq);
	json_set_number(out, "count", j->batch.fields.count);
	if (j->outcome == OUTCOME_RECEIPT)
		s = add_receipt(f, j, out);
	else if (j->outcome == OUTCOME_GAP)
		json_set_number(out, "send_from", (int64_t)j->next_seq);
	if (s == MS_OK) {
		control_last_json(call, out);
		return;
	}
	json_decref(out);
	ms_fail(&j->error, s, MST_NO_MEMORY, "no memory for the receipt");
	control_refuse(call, &j->error);
}

/* ---- the call ---- */

void
front_import(front *f, control_call *call, const json_t *request)
{
	job *j = job_pool_get(&f->pool);
	ms_error err = { 0 };
	ms_status s;

	if (j == NULL)
		s = ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the batch");
	else
		s = prepare(f, j, request, &err);
	if (s == MS_OK) {
		front_wait(f, j, call, imported);
		front_send_batch(f, j);
		return;
	}
	if (j != NULL)
		job_pool_put(&f->pool, j);
	if (s == MS_INVALID)
		answer_refused(call, &err);
	else
		control_refuse(call, &err);
}
