/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_durable.c - a load device that keeps its acts as an agent does: sequence and seal are
 * committed before a byte is sent, receipts before they count. What a killed run left without
 * receipt is sent first by the next one.
 */
#include "base/clock.h"
#include "cli/load.h"

enum { RECEIPTS_AT_ONCE = 64 };

ms_status
load_durable_open(load_device *d, const char *dir, ms_error *err)
{
	store_options options = { .kind = STORE_AGENT, .create = true };
	agent_settings defaults;
	outbox_limits limits = { .acts_max = UINT32_MAX, .bytes_max = INT64_MAX };
	char data[HOME_PATH_MAX];
	ms_status s = home_path(dir, HOME_DATA, data, err);

	agent_settings_init(&defaults);
	options.map_bytes = 16 * defaults.map_bytes; /* nothing is pruned during a run */
	if (s == MS_OK)
		s = store_open(data, &options, &d->store, err);
	return s == MS_OK ? device_outbox_open(&d->out, d->store, &limits, err) : s;
}

void
load_durable_close(load_device *d)
{
	device_outbox_close(&d->out);
	store_close(d->store);
	d->store = NULL;
}

/* ---- making ---- */

static bool
add_acts(load_device *d, store_txn *txn, uint16_t count, int64_t now_us)
{
	uint64_t seq;
	uint16_t i;
	span bytes;

	for (i = 0; i < count; i++)
		if (load_mix_act(&d->mix, now_us, &bytes) != MS_OK ||
			!outbox_add(txn, &d->out.box, bytes, &seq))
			return false;
	return true;
}

/* One batch of the window, sealed in TXN. */
static bool
seal_one(load_device *d, store_txn *txn, load_batch *b, uint16_t count)
{
	int64_t now_us = sim_clock_now(d->load->clock, clock_real_us());
	batch_header base = {
		.hub = d->hub, .device = d->id, .schema = BATCH_SCHEMA, .device_time_us = now_us
	};
	uint64_t first_seq = d->out.box.next_seq;

	if (!add_acts(d, txn, count, now_us) ||
		!device_outbox_seal(&d->out, txn, &base, &d->key, count))
		return false;
	b->first_seq = first_seq;
	b->count = count;
	b->header_hash = d->out.box.last_header;
	b->made_us = clock_monotonic_us();
	b->receipted = false;
	return true;
}

ms_status
load_durable_seal(load_device *d, uint32_t n, const uint16_t *counts, ms_error *err)
{
	store_txn txn;
	uint32_t i;
	ms_status s;

	store_begin(d->store, &txn, STORE_WRITE);
	for (i = 0; i < n; i++)
		if (!seal_one(d, &txn, load_window(d, d->n + i), counts[i]))
			break;
	s = store_commit(&txn, err);
	if (s == MS_OK)
		d->n += i;
	return s == MS_OK && i < n ? MS_NO_MEMORY : s;
}

/* ---- what the uplink asks ---- */

static ms_status
sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)err;
	return device_outbox_sealed_next(&((load_device *)ctx)->out, seq);
}

static ms_status
header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	return device_outbox_header_before(&((load_device *)ctx)->out, seq, out, err);
}

static ms_status
next_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	return device_outbox_next(&((load_device *)ctx)->out, from, unreceipted, out, err);
}

/* Only what was not known before is written down: a receipt may come twice. */
static ms_status
store_some(load_device *d, const frame_receipt *list, size_t n, ms_error *err)
{
	bool first[RECEIPTS_AT_ONCE];
	store_txn txn;
	ms_status s;
	size_t i;

	store_begin(d->store, &txn, STORE_WRITE);
	for (i = 0; i < n; i++)
		first[i] = outbox_receipt(&txn, &d->out.box, &list[i], (span){ 0 }) == OUTBOX_FIRST;
	s = store_commit(&txn, err);
	for (i = 0; s == MS_OK && i < n; i++)
		if (first[i])
			load_take_receipts(d, &list[i], 1, true);
	return s;
}

static ms_status
store_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	ms_status s = MS_OK;
	size_t done, some;

	for (done = 0; s == MS_OK && done < n; done += some) {
		some = n - done < RECEIPTS_AT_ONCE ? n - done : RECEIPTS_AT_ONCE;
		s = store_some(ctx, list + done, some, err);
	}
	return s;
}

void
load_durable_host(uplink_host *host)
{
	host->sealed_next = sealed_next;
	host->header_before = header_before;
	host->next = next_batch;
	host->receipts = store_receipts;
}
