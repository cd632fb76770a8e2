/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/device_outbox.h"

ms_status
device_outbox_open(device_outbox *o, store *db, const outbox_limits *limits, ms_error *err)
{
	store_txn txn;

	*o = (device_outbox){ .store = db };
	store_begin(db, &txn, STORE_READ);
	outbox_open(&txn, limits, &o->box);
	return store_commit(&txn, err);
}

void
device_outbox_close(device_outbox *o)
{
	buf_fini(&o->batch);
}

bool
device_outbox_seal(device_outbox *o, store_txn *txn, const batch_header *base, const sign_key *key,
	uint16_t max_acts)
{
	uint64_t first_seq;
	bool any = false;

	while (outbox_seal(txn, &o->box, base, key, max_acts, 0, &first_seq))
		any = true;
	return any && store_ok(txn);
}

ms_status
device_outbox_sealed_next(device_outbox *o, uint64_t *seq)
{
	*seq = o->box.sealed_to + 1;
	return MS_OK;
}

ms_status
device_outbox_header_before(device_outbox *o, uint64_t seq, hash32 *out, ms_error *err)
{
	outbox_sealed sealed;
	store_txn txn;
	ms_status s = MS_OK;

	*out = (hash32){ { 0 } };
	if (seq <= 1)
		return MS_OK;
	if (seq == o->box.sealed_to + 1) {
		*out = o->box.last_header;
		return MS_OK;
	}
	store_begin(o->store, &txn, STORE_READ);
	if (outbox_find(&txn, &o->box, seq, &sealed) && sealed.first_seq == seq)
		*out = sealed.header.prev;
	else
		s = store_ok(&txn) ? MS_NOT_FOUND : store_status(&txn, err);
	store_abort(&txn);
	return s;
}

ms_status
device_outbox_signed_part(
	device_outbox *o, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE], ms_error *err)
{
	store_txn txn;
	ms_status s = MS_OK;

	store_begin(o->store, &txn, STORE_READ);
	if (!outbox_signed_part(&txn, first_seq, out))
		s = store_ok(&txn) ? MS_NOT_FOUND : store_status(&txn, err);
	store_abort(&txn);
	return s;
}

ms_status
device_outbox_next(
	device_outbox *o, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	outbox_sealed sealed;
	store_txn txn;
	ms_status s = MS_OK;
	bool found;

	store_begin(o->store, &txn, STORE_READ);
	found = unreceipted ? outbox_find_unreceipted(&txn, &o->box, from, &sealed)
			    : outbox_find(&txn, &o->box, from, &sealed);
	buf_reset(&o->batch);
	if (!found)
		s = store_ok(&txn) ? MS_NOT_FOUND : store_status(&txn, err);
	else if (!outbox_batch(&txn, sealed.first_seq, &o->batch))
		s = store_ok(&txn) ? MS_DENIED : store_status(&txn, err);
	else
		*out = (uplink_batch){ .first_seq = sealed.first_seq,
			.count = sealed.count,
			.receipted = sealed.receipted,
			.header_hash = sealed.header_hash,
			.bytes = buf_span(&o->batch) };
	store_abort(&txn);
	return s;
}
