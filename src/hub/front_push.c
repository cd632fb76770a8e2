/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_push.c - a PUSH becomes a job: checked, decoded, handed to the writer.
 *
 * Checking and decoding are pure functions of the frame's bytes and the device's key. The job owns
 * the frame from here on.
 */
#include "codec/acts.h"
#include "hub/hub.h"

static ms_status
decode_acts(job *j)
{
	uint16_t i;

	j->acts = arena_alloc(&j->memory, j->batch.fields.count * sizeof(*j->acts));
	if (j->acts == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < j->batch.fields.count; i++)
		if (act_decode(j->batch.acts[i], &j->memory, &j->acts[i]) != MS_OK)
			return MS_NO_MEMORY;
	return MS_OK;
}

/* Every office is a witness: what its header names must be what this hub signed. */
static ms_status
check_witness(front *f, const job *j, const device *d, ms_error *err)
{
	checkpoint c = { .size = j->batch.fields.checkpoint_size,
		.root = j->batch.fields.checkpoint_root };

	if (front_hear_witness(f, d, &c, &j->batch))
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_PROOF_HISTORY,
		"the device has verified a log of %llu leaves that is not this hub's history",
		(unsigned long long)c.size);
}

static batch_fault
check_key(job *j, const sign_public *key)
{
	j->signed_by = *key;
	return batch_check_signature(&j->batch, key);
}

/* By the device's key, or the one before while that counts; the writer asks once more, by the time
 * of the leaf. */
static batch_fault
check_signature(front *f, job *j, const device *d)
{
	batch_fault fault = BATCH_BAD_SIGNATURE;

	if (d != NULL)
		fault = check_key(j, &d->sign_key);
	if (fault != BATCH_GOOD && d != NULL && d->old_until_us >= front_hub_time(f))
		fault = check_key(j, &d->old_sign_key);
	return fault;
}

static ms_status
check_batch(front *f, job *j, const device_id *id, span bytes, ms_error *err)
{
	const device *d = roster_find(&f->roster, id);
	batch_fault fault = batch_open(bytes, &j->batch);

	if (fault == BATCH_GOOD)
		fault = batch_check_root(&j->batch);
	if (fault == BATCH_GOOD)
		fault = check_signature(f, j, d);
	if (fault != BATCH_GOOD)
		return ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED, "the batch is refused: %s",
			batch_fault_text(fault));
	return check_witness(f, j, d, err);
}

ms_status
front_prepare_batch(front *f, job *j, const device_id *id, span bytes, ms_error *err)
{
	ms_status s = check_batch(f, j, id, bytes, err);

	j->device = *id;
	if (s == MS_OK && decode_acts(j) != MS_OK)
		s = ms_fail(err, MS_INVALID, MST_WIRE_BATCH_REFUSED,
			"the batch takes more memory than any real one");
	return s == MS_OK ? front_allow(f, j, err) : s;
}

ms_status
front_take_batch(void *ctx, const session_facts *who, void **token, span bytes, ms_error *err)
{
	front *f = ctx;
	net_message *message = *token;
	const uint8_t *before = net_message_bytes(message).at;
	ms_status s;
	job *j;

	if (f->credit_used + bytes.len > f->base->settings.credit_bytes)
		return MS_FULL;
	front_keep_awake(f, bytes.len);
	j = job_pool_get(&f->pool);
	if (j == NULL)
		return MS_FULL;
	s = front_prepare_batch(f, j, &who->device, bytes, err);
	if (s != MS_OK) {
		job_pool_put(&f->pool, j);
		return s;
	}
	net_message_move(&j->message, message);
	MS_ASSERT(net_message_bytes(&j->message).at ==
		  before); /* large frames do not move with their message */
	*token = NULL;
	j->session = who->number;
	front_take_in_order(f, j);
	return MS_OK;
}
