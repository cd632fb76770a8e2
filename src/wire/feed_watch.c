/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_watch.c - the hub states a feed every hour in which it grew, and before it appends what a
 * new version of the plan lets the unit see of older leaves, as the next entry of that feed. An
 * entry that was left out, put in or changed before that makes another count or another chain.
 */
#include "wire/feed_watch.h"

#include "codec/acts.h"
#include "codec/peek.h"
#include "proof/feed_chain.h"

/* The hub states after an hour; twice that is no delay of its clock or its turns. */
#define LATE_US (2 * INT64_C(3600000000))

void
feed_watch_begin(feed_watch *w, uint64_t count, const hash32 *chain)
{
	*w = (feed_watch){ .count = count, .known = chain != NULL };
	if (chain != NULL)
		w->chain = *chain;
}

ms_status
feed_statement(const feed_entry *e, arena *memory, hub_feeds *out, const feed_act **at)
{
	act_peek peek;
	size_t i;
	act a;

	for (i = 0; e->unit.len == 0 && i < e->n_acts; i++) {
		if (!peek_act(e->acts[i].bytes, &peek) || peek.kind != ACT_HUB_FEEDS)
			continue;
		if (act_decode(e->acts[i].bytes, memory, &a) != MS_OK)
			return MS_NO_MEMORY;
		if (a.malformed || a.u.feeds.chain.len != HASH_SIZE)
			continue;
		*out = a.u.feeds;
		if (at != NULL)
			*at = &e->acts[i];
		return MS_OK;
	}
	return MS_NOT_FOUND;
}

static ms_status
check_statement(feed_watch *w, const feed_entry *e, const hub_feeds *told, ms_error *err)
{
	if (told->count == w->count &&
		(!w->known || memcmp(told->chain.at, w->chain.at, HASH_SIZE) == 0)) {
		memcpy(w->chain.at, told->chain.at, HASH_SIZE);
		w->known = true;
		w->was_stated = true;
		w->leaf = e->leaf;
		w->since_us = 0;
		return MS_OK;
	}
	ms_fail(err, MS_DENIED, MST_WIRE_FEED_OMITTED,
		"feed entry %llu: the hub stated in its log (record %llu) a feed of %llu entries "
		"that is not the one it shows: an entry was left out, put in or changed",
		(unsigned long long)e->number, (unsigned long long)e->leaf,
		(unsigned long long)told->count);
	ms_error_remedy(err, "show the record and this feed to whoever supervises the hub");
	return MS_DENIED;
}

/* What was granted later has an older leaf than what stands before it, and came at another time
 * than its own. */
static ms_status
check_late(feed_watch *w, const feed_entry *e, ms_error *err)
{
	if (e->withheld || e->leaf < w->leaf)
		return MS_OK;
	w->leaf = e->leaf;
	if (w->since_us == 0)
		w->since_us = e->hub_time_us;
	if (!w->was_stated || e->hub_time_us - w->since_us < LATE_US)
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_WIRE_FEED_UNSTATED,
		"feed entry %llu: the hub has not stated in its log for more than two hours of its "
		"time what this feed holds, as it has to",
		(unsigned long long)e->number);
}

ms_status
feed_watch_take(feed_watch *w, const feed_entry *e, arena *memory, ms_error *err)
{
	hub_feeds told;
	ms_status s = feed_statement(e, memory, &told, NULL);

	if (s == MS_NO_MEMORY)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
	s = s == MS_OK ? check_statement(w, e, &told, err) : check_late(w, e, err);
	if (s != MS_OK)
		return s;
	w->chain = feed_chain_next(&w->chain, e->number, e->leaf, e->positions);
	w->count = e->number;
	return MS_OK;
}
