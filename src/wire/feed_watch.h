/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_watch.h - a reader's own count of its feed beside what the hub stated of it in the log: was
 * an entry left out?
 */
#ifndef WIRE_FEED_WATCH_H
#define WIRE_FEED_WATCH_H

#include "codec/frame.h"

typedef struct feed_watch {
	uint64_t count; /* entries taken */
	bool known;     /* chain is that of all of them */
	hash32 chain;
	bool was_stated;  /* a statement was seen */
	uint64_t leaf;    /* highest seen */
	int64_t since_us; /* hub time of the first entry behind the newest statement; 0 = none */
} feed_watch;

/* What the hub states in E of the feed that E is an entry of, in MEMORY, and (unless NULL) by which
 * act. MS_NOT_FOUND: E states nothing. */
ms_status feed_statement(const feed_entry *e, arena *memory, hub_feeds *out, const feed_act **at);
/* COUNT entries were taken before; CHAIN may be NULL: not known. */
void feed_watch_begin(feed_watch *w, uint64_t count, const hash32 *chain);
/*
 * Take the next entry of a feed in which no number is left out. MS_DENIED: the hub stated another
 * feed than it shows, or states it no more.
 */
ms_status feed_watch_take(feed_watch *w, const feed_entry *e, arena *memory, ms_error *err);

#endif
