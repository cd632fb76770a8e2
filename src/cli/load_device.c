/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_device.c - a device whose outbox is a ring in memory: batches are sealed once and resent
 * byte for byte, like a real one's.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/enrol.h"
#include "cli/load.h"

/* ---- making ---- */

static ms_status
seal(load_device *d, load_batch *b, uint16_t count)
{
	span acts[BATCH_ACTS_MAX];
	arena copies = { 0 };
	int64_t now_us = sim_clock_now(d->load->clock, clock_real_us());
	batch_header header = { .hub = d->hub,
		.device = d->id,
		.first_seq = d->next_seq,
		.schema = BATCH_SCHEMA,
		.prev = d->last_header,
		.device_time_us = now_us };
	ms_status s = MS_OK;
	uint16_t i;

	for (i = 0; i < count && s == MS_OK; i++) {
		s = load_mix_act(&d->mix, now_us, &acts[i]);
		if (s == MS_OK)
			acts[i] = arena_copy(&copies, acts[i]);
	}
	buf_reset(&b->bytes);
	if (s == MS_OK)
		s = batch_seal(&header, acts, count, &d->key, &b->bytes, &d->load->failure);
	arena_fini(&copies);
	if (s != MS_OK)
		return s;
	b->first_seq = d->next_seq;
	b->count = count;
	b->header_hash = batch_header_hash(span_of(b->bytes.at, BATCH_HEADER_SIZE));
	b->made_us = clock_monotonic_us();
	b->receipted = false;
	d->next_seq += count;
	d->last_header = b->header_hash;
	return MS_OK;
}

static ms_status
seal_in_memory(load_device *d, uint32_t n, const uint16_t *counts)
{
	ms_status s = MS_OK;
	uint32_t i;

	for (i = 0; s == MS_OK && i < n; i++) {
		s = seal(d, load_window(d, d->n), counts[i]);
		d->n += s == MS_OK ? 1 : 0;
	}
	return s;
}

void
load_device_fill(load_device *d)
{
	load *l = d->load;
	uint16_t counts[LOAD_WINDOW_MAX];
	uint32_t n = 0;
	ms_status s;

	while (l->go && d->left > 0 && d->n + n < l->inflight) {
		counts[n] = (uint16_t)(d->left < l->batch ? d->left : l->batch);
		d->left -= counts[n++];
	}
	if (n == 0)
		return;
	s = d->store == NULL ? seal_in_memory(d, n, counts)
			     : load_durable_seal(d, n, counts, &l->failure);
	if (s == MS_OK) {
		device_link_wake(&d->link);
		return;
	}
	ms_fail(&l->failure, s, MST_NO_MEMORY, "no memory for the load");
	reactor_stop(l->reactor);
}

/* ---- what the uplink asks ---- */

static ms_status
sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	load_device *d = ctx;

	(void)err;
	*seq = d->next_seq;
	return MS_OK;
}

static ms_status
header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	load_device *d = ctx;
	uint32_t i;

	(void)err;
	if (seq == d->next_seq) {
		*out = d->last_header;
		return MS_OK;
	}
	if (seq == d->base_seq) {
		*out = d->base_header;
		return MS_OK;
	}
	for (i = 0; i < d->n; i++)
		if (load_window(d, i)->first_seq + load_window(d, i)->count == seq) {
			*out = load_window(d, i)->header_hash;
			return MS_OK;
		}
	/* The batch before the window has its receipt; its hash is the first one's prev. */
	if (d->n > 0 && load_window(d, 0)->first_seq == seq) {
		batch_header h;

		if (!batch_header_read(span_of(load_window(d, 0)->bytes.at, BATCH_HEADER_SIZE), &h))
			return MS_BUG;
		*out = h.prev;
		return MS_OK;
	}
	return MS_NOT_FOUND;
}

static ms_status
next_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	load_device *d = ctx;
	uint32_t i;

	(void)err;
	for (i = 0; i < d->n; i++) {
		load_batch *b = load_window(d, i);

		if (b->first_seq < from || (unreceipted && b->receipted))
			continue;
		*out = (uplink_batch){ .first_seq = b->first_seq,
			.count = b->count,
			.receipted = b->receipted,
			.header_hash = b->header_hash,
			.bytes = buf_span(&b->bytes) };
		return MS_OK;
	}
	return MS_NOT_FOUND;
}

static ms_status
store_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	(void)err;
	load_take_receipts(ctx, list, n, false);
	return MS_OK;
}

/* ---- opening ---- */

static ms_status
ensure_enrolled(const hub_dir *hub, const char *unit, uint32_t number, bool durable,
	const char *dir, ms_error *err)
{
	char name[32];
	enrolled result;

	if (fs_exists(dir))
		return MS_OK;
	if (!hub_dir_is_served(hub->dir)) { /* we read its store: nobody here may write it */
		ms_fail(err, MS_UNREACHABLE, MST_CONTROL_NOBODY, "no daemon is running on %s",
			hub->dir);
		ms_error_remedy(err, "start it: muster-hub --dir %s", hub->dir);
		return MS_UNREACHABLE;
	}
	snprintf(name, sizeof(name), "%s-%u", durable ? "durable" : "load", number);
	return enrol_device(hub->dir, unit, name, dir, NULL, &result, err);
}

/* Where the hub's side of the stream stands: a ring in memory goes on from there. */
static ms_status
find_stream(load_device *d, const hub_dir *hub, ms_error *err)
{
	store_txn txn;
	device row;
	ms_status s = MS_OK;

	store_begin(hub->store, &txn, STORE_READ);
	if (!device_load(&txn, &d->id, &row))
		s = store_ok(&txn) ? ms_fail(err, MS_NOT_FOUND, MST_DEVICE_UNKNOWN,
					     "the hub does not know device %s", d->name)
				   : store_status(&txn, err);
	store_abort(&txn);
	if (s == MS_OK) {
		d->next_seq = d->base_seq = row.next_seq;
		d->last_header = d->base_header = row.last_header;
	}
	return s;
}

static ms_status
start_link(load_device *d, const agent_settings *settings, const home_keys *keys, ms_error *err)
{
	uplink_config config = { .roles = ROLE_PUSH,
		.hub = settings->hub,
		.device = settings->device,
		.software = "muster load",
		.seed = random_u64() };
	uplink_host host = { .ctx = d,
		.sealed_next = sealed_next,
		.header_before = header_before,
		.next = next_batch,
		.receipts = store_receipts };
	ms_status s = device_link_set(&d->link, settings, keys, err);

	if (d->store != NULL)
		load_durable_host(&host);
	d->link.options.unread_max = 0; /* the hub is ours, and a descriptor less a device */
	d->link.reactor = d->load->reactor;
	d->link.net = d->load->net;
	return s == MS_OK ? device_link_start(&d->link, &config, &host, err) : s;
}

ms_status
load_device_open(load *l, load_device *d, const hub_dir *hub, const char *dir, ms_error *err)
{
	agent_settings *settings = calloc(1, sizeof(*settings));
	home_keys keys;
	const char *unit;
	ms_status s = settings == NULL ? MS_NO_MEMORY : MS_OK;

	d->load = l;
	if (s == MS_OK)
		s = load_mix_open(&d->mix, hub, d->number, l->n_devices,
			sim_clock_now(l->clock, clock_real_us()), &unit, err);
	if (s == MS_OK)
		s = ensure_enrolled(hub, unit, d->number, l->durable, dir, err);
	if (s == MS_OK)
		s = agent_settings_read(dir, settings, err);
	if (s == MS_OK)
		s = home_keys_read(dir, STORE_AGENT, &keys, err);
	if (s == MS_OK) {
		snprintf(d->name, sizeof(d->name), "%.63s", settings->name);
		sign_key_from_seed(keys.sign_seed, &d->key);
		d->hub = settings->hub;
		d->id = settings->device;
		d->window = calloc(l->inflight, sizeof(*d->window));
		s = d->window == NULL ? MS_NO_MEMORY
		    : l->durable      ? load_durable_open(d, dir, err)
				      : find_stream(d, hub, err);
	}
	if (s == MS_OK)
		s = start_link(d, settings, &keys, err);
	home_keys_fini(&keys);
	free(settings);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the load");
}

void
load_device_close(load_device *d)
{
	uint32_t i;

	device_link_fini(&d->link);
	load_durable_close(d);
	for (i = 0; d->window != NULL && i < d->load->inflight; i++)
		buf_fini(&d->window[i].bytes);
	free(d->window);
	load_mix_fini(&d->mix);
	sign_key_fini(&d->key);
}
