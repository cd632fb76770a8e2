/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.c - the unit's own feed: what other devices of the unit have reported, so that the next
 * revision is right and nobody reports twice.
 */
#include "agent/agent.h"

#include "codec/acts.h"
#include "store/meta.h"

#define CURSOR "cursor/own"

static ms_status
read_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	agent *a = ctx;
	store_txn txn;
	ms_status s;

	store_begin(a->store, &txn, STORE_READ);
	*cursor = meta_get_number(&txn, CURSOR, 0);
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

static void
take_act(store_txn *txn, const feed_entry *e, const feed_act *shown, bool own, arena *memory)
{
	verdict v = shown->at < e->verdicts.len ? (verdict)e->verdicts.at[shown->at] : VERDICT_NONE;
	known_revision r;
	period at;
	known k;
	act a;

	if (act_decode(shown->bytes, memory, &a) != MS_OK) {
		store_fail(txn, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an act of the feed");
		return;
	}
	if (a.malformed || (a.kind != ACT_REPORT && a.kind != ACT_RETRACTION) ||
		!period_parse(a.period, &at) || v == VERDICT_DUPLICATE)
		return;
	r = (known_revision){
		.revision = a.revision,
		.kind = (uint8_t)a.kind,
		.state = verdict_is_refusal(v) ? KNOWN_REFUSED : KNOWN_RECEIVED,
		.own = own,
		.verdict = (uint8_t)v,
		.body_hash = a.body_hash,
		.place = { .leaf = e->leaf, .at = shown->at },
		.hub_time_us = e->hub_time_us,
	};
	known_get(txn, a.item, at, &k);
	known_take(&k, &r);
	known_put(txn, a.item, at, &k);
}

static bool
is_own(const agent *a, const feed_entry *e)
{
	batch_header h;

	return batch_header_read(e->header, &h) &&
	       memcmp(&h.device, &a->settings.device, sizeof(h.device)) == 0;
}

/* Own acts are known from the outbox and its receipts; only those of the unit's other devices are
 * news. */
static ms_status
take_feed(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	agent *a = ctx;
	arena memory = { 0 };
	store_txn txn;
	ms_status s;
	size_t i, k;

	store_begin(a->store, &txn, STORE_WRITE);
	for (i = 0; i < feed->n_entries; i++) {
		if (is_own(a, &feed->entries[i]))
			continue;
		for (k = 0; k < feed->entries[i].n_acts; k++)
			take_act(
				&txn, &feed->entries[i], &feed->entries[i].acts[k], false, &memory);
	}
	meta_put_number(&txn, CURSOR, cursor);
	s = store_commit(&txn, err);
	arena_fini(&memory);
	if (s != MS_OK)
		agent_storage_failed(a, err);
	return s;
}

ms_status
inbox_open(agent *a, ms_error *err)
{
	reader_config config = { .classes = CLASS_OWN };
	reader_host host = { .ctx = a, .cursor = read_cursor, .take = take_feed };
	wire_out out = device_link_out(&a->link);
	ms_status s = reader_new(&config, &host, &out, &a->reader);

	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
}
