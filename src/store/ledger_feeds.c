/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_feeds.c - once an hour of hub time the hub states how long each feed is that grew, and
 * what is in it (act HUB_FEEDS, one to each unit). The act is the next entry of that very feed.
 *
 *   META "feeds" -> hub time of the newest statement
 */
#include "proof/feed_chain.h"
#include "store/ledger_parts.h"
#include "store/meta.h"

#define KEY "feeds"

#define HOUR_US INT64_C(3600000000)

/* ---- statements ---- */

typedef struct stating {
	ledger *l;
	store_txn *txn;
	log_state *log;
	const hub_keys *keys;
	int64_t now_us;
	uint32_t units[BATCH_ACTS_MAX];
	hash32 chains[BATCH_ACTS_MAX];
	act acts[BATCH_ACTS_MAX];
	uint16_t n;
} stating;

/* The entries of the statement itself, which need none. */
static void
finish_statement(ledger *l, store_txn *txn, const ledger_batch *b, const uint32_t *units)
{
	uint16_t i;

	ledger_route_each(l, txn, b, units);
	for (i = 0; i < b->count; i++) {
		reader *r = &l->readers[units[i]];

		r->head.stated = r->last_number;
		feed_head_save(txn, span_str(l->plan->units[units[i]].id), &r->head);
	}
	meta_put_number(txn, KEY, (uint64_t)b->hub_time_us);
}

static void
append_leaf(stating *s)
{
	ledger_batch b = {
		.acts = s->acts, .count = s->n, .unit = PLAN_NO_UNIT, .hub_time_us = s->now_us
	};
	ms_error err = { 0 };

	if (s->n == 0 || !store_ok(s->txn))
		return;
	if (hub_stream_state(s->txn, s->log, s->keys, s->acts, s->n, s->now_us, &b.leaf, &err) !=
		MS_OK) {
		store_fail(s->txn, err.status, err.code, "%s", err.text);
		return;
	}
	finish_statement(s->l, s->txn, &b, s->units);
	s->n = 0;
}

static void
state_feed(stating *s, uint32_t unit)
{
	const reader *r = &s->l->readers[unit];

	s->units[s->n] = unit;
	s->chains[s->n] = r->head.chain;
	s->acts[s->n] = (act){ .kind = ACT_HUB_FEEDS,
		.plan = span_str(s->l->plan->id),
		.plan_version = span_of(s->l->plan->version.at, HASH_SIZE),
		.unit = span_str(s->l->plan->units[unit].id) };
	s->acts[s->n].u.feeds = (hub_feeds){ .count = r->head.count,
		.chain = span_of(s->chains[s->n].at, HASH_SIZE) };
	if (++s->n == BATCH_ACTS_MAX)
		append_leaf(s);
}

/* Every feed, or those that grew since they were stated. */
static void
state_feeds(
	ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, bool every, int64_t now_us)
{
	stating *s = arena_zalloc(&l->scratch, sizeof(*s));
	uint32_t unit;

	if (s == NULL) {
		store_no_memory(txn);
		return;
	}
	*s = (stating){ .l = l, .txn = txn, .log = log, .keys = keys, .now_us = now_us };
	for (unit = 0; unit < l->plan->n_units && store_ok(txn); unit++) {
		const reader *r = &l->readers[unit];

		ledger_know_feed(l, txn, unit);
		if (r->last_number > (every ? 0 : r->head.stated))
			state_feed(s, unit);
	}
	append_leaf(s);
	arena_reset(&l->scratch);
	l->state_us = now_us + HOUR_US;
	l->unstated = false;
}

bool
ledger_state_feeds(ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t now_us)
{
	if (now_us < log->last_us)
		now_us = log->last_us;
	if (l->state_us == INT64_MIN)
		l->state_us = feeds_due(txn);
	if (now_us < l->state_us)
		return store_ok(txn);
	state_feeds(l, txn, log, keys, false, now_us);
	return store_ok(txn);
}

bool
ledger_state_every_feed(
	ledger *l, store_txn *txn, log_state *log, const hub_keys *keys, int64_t now_us)
{
	state_feeds(l, txn, log, keys, true, now_us);
	return store_ok(txn);
}

bool
ledger_take_statement(ledger *l, store_txn *txn, const ledger_batch *b)
{
	uint32_t units[BATCH_ACTS_MAX];
	uint16_t i;

	for (i = 0; i < b->count; i++) {
		const act *a = &b->acts[i];
		int unit = a->kind == ACT_HUB_FEEDS && !a->malformed
				   ? plan_find_unit(l->plan, a->unit)
				   : PLAN_NO_UNIT;
		const feed_head *head;

		if (unit == PLAN_NO_UNIT)
			return false;
		units[i] = (uint32_t)unit;
		ledger_know_feed(l, txn, units[i]);
		head = &l->readers[unit].head;
		if (head->count != a->u.feeds.count ||
			!span_equal(a->u.feeds.chain, span_of(head->chain.at, HASH_SIZE)))
			return false;
	}
	finish_statement(l, txn, b, units);
	return store_ok(txn);
}

int64_t
feeds_due(store_txn *txn)
{
	int64_t stated_us = (int64_t)meta_get_number(txn, KEY, 0);

	return stated_us == 0 ? 0 : stated_us + HOUR_US;
}

int64_t
ledger_next_statement(const ledger *l)
{
	return l->unstated && l->state_us != INT64_MIN ? l->state_us : INT64_MAX;
}
