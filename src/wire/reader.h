/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - the reading side of a feed: subscribes from the stored cursor, checks what comes, has
 * it stored, then gives credit.
 *
 * Hand it every frame after uplink_in. A number at or below the cursor was delivered before and is
 * left out, so that with the cursor stored in the transaction of the data each entry counts once.
 * Of every entry is checked: its acts and siblings rebuild the root in its header; the device that
 * the header names signed it, with a key that the log names; and the log of the newest verified
 * checkpoint has it, with its hub time and verdicts, at the leaf that the entry says. A reader of
 * both classes also holds its feed against what the hub stated of it in the log (act HUB_FEEDS), so
 * that no entry is left out. What does not
 * hold is an error by name: nothing more is taken until the next connection. After a failure of our
 * own storage, or of the hub's, the reader subscribes again by itself.
 */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "base/arena.h"
#include "wire/out.h"
#include "wire/witness.h"

typedef struct reader_host {
	void *ctx;
	/* Number of the last entry stored, 0 = none. */
	ms_status (*cursor)(void *ctx, uint64_t *cursor, ms_error *err);
	/*
	 * Store the entries (checked, ascending, all new) and CURSOR in one commit; durable on
	 * MS_OK. ENTRIES may be none when only the cursor moved. Rollups of the frame, if any,
	 * replace older ones of their item and period.
	 */
	ms_status (*take)(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err);
	/* The chain over the entries up to that one (proof/feed_chain.h). MS_NOT_FOUND: it was not
	 * kept; it begins with the next statement of the hub. NULL: it is never kept, only 0's is
	 * known. */
	ms_status (*chain)(void *ctx, hash32 *out, ms_error *err);
	/* The end of the feed was reached (also told by feed->caught_up in take). NULL: not wanted.
	 */
	void (*caught_up)(void *ctx);
} reader_host;

typedef struct reader_config {
	uint32_t classes;
	uint32_t credit; /* entries on the way; 0 = 1024 */
	bool once;
	const char *item,
		*period; /* rollups only of these; NULL = all; borrowed for the reader's life */
} reader_config;

typedef enum reader_state {
	READER_IDLE = 1, /* no session */
	READER_OPEN,     /* subscribed */
	READER_DONE,     /* `once`: everything was taken */
	READER_FAILED,   /* see reader_trouble: what does not hold is tried again with the next
			    connection, what could not be stored or read a little later */
} reader_state;

typedef struct reader reader;

/* CONFIG, HOST and OUT are copied; what they point to outlives the reader. MS_NO_MEMORY. */
ms_status reader_new(
	const reader_config *config, const reader_host *host, const wire_out *out, reader **r);
void reader_free(reader *r);
/* The uplink that sees each frame first; it outlives the reading. Without it, or without a key in
 * it, entries are held against their own headers only. */
void reader_trust(reader *r, const witness *w);
/* WELCOME subscribes, FEED is taken, ERROR and BYE end the subscription; other kinds are ignored.
 */
void reader_in(reader *r, const frame *f, int64_t now_us);
/* The connection is lost. */
void reader_down(reader *r);
/* Do what is due. Returns when to call again at the latest, INT64_MAX: not for the time. */
int64_t reader_tick(reader *r, int64_t now_us);
/* From the host's take: the chain over what is stored with it. False: it is not known. */
bool reader_chain(const reader *r, hash32 *out);
reader_state reader_look(const reader *r);
const ms_error *reader_trouble(const reader *r);

/* Do the shown acts and siblings rebuild the root in the entry's header? MS_INVALID names what does
 * not fit. */
ms_status reader_check_entry(const feed_entry *e, ms_error *err);

#endif
