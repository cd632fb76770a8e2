/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeder.h - serving one subscription: entries of the unit's feed by cursor and credit, and the
 * newest rollups, conflated.
 *
 * A reader without credit costs nothing: its entries are not even read. Of rollups at most one
 * frame is unanswered (any CREDIT answers it); what changes meanwhile is only marked, and the
 * newest version is asked for when it can be sent. One that is larger than a frame is kept until
 * its last part has gone.
 */
#ifndef WIRE_FEEDER_H
#define WIRE_FEEDER_H

#include "base/arena.h"
#include "wire/out.h"

struct map;
struct session_facts;

enum {
	FEEDER_FRAMES_MAX =
		32, /* FEED frames with entries whose cursor the reader has not yet stored */
	FEEDER_ROLLUPS_MAX =
		1 << 16, /* marked rollups a session holds; beyond it the set is asked for anew */
	FEEDER_SKIP_MAX = 1024,  /* a cursor without entries is told after so many that were not for
				    this reader */
	FEEDER_SKIP_BUDGET = 64, /* skipped entries that count as one of a pump's budget */
};

/* Rollups are named by a number of the hub program's choice, e.g. item index << 32 | period_code.
 */
typedef struct feed_rollup_keys {
	uint64_t *list;
	size_t n, room;
} feed_rollup_keys;

/* Where feeds are read. What the functions return borrows from the arena or the program's read
 * transaction until the pump ends. */
typedef struct feed_source {
	void *ctx;
	/*
	 * The first entry of WHO's unit with number > AFTER: what the unit may see of it and
	 * CLASSES asks for. n_acts 0 without `withheld`: nothing of these classes in it (only
	 * number is read; it costs no credit). A reader of both OWN and LEAD is shown every number:
	 * an entry of which it may see nothing is `withheld`. MS_NOT_FOUND: the end of the feed, or
	 * of what a checkpoint covers.
	 * Anything else: failed.
	 */
	ms_status (*next)(void *ctx, const struct session_facts *who, uint64_t after,
		uint32_t classes, arena *memory, feed_entry *out);
	/*
	 * The rollups that a new subscriber may see, filtered by SUB's item and period. MS_INVALID:
	 * no such item or period. MS_FULL: they are more than keys->room; asked again with more.
	 */
	ms_status (*rollup_keys)(void *ctx, const struct session_facts *who,
		const frame_subscribe *sub, feed_rollup_keys *keys);
	/* Does the subscription want KEY? (its item and period filters, and whether the unit may
	 * see it) */
	bool (*rollup_wanted)(void *ctx, const struct session_facts *who,
		const frame_subscribe *sub, uint64_t key);
	/* The newest version of KEY. MS_NOT_FOUND: there is none (any more). */
	ms_status (*rollup)(void *ctx, const struct session_facts *who, uint64_t key, arena *memory,
		feed_rollup *out);
	/*
	 * Set FEED's cover over its entries, and KEYS to the acts that name the keys of the devices
	 * that sealed them, but for those whose leaves TOLD has (8 bytes, big-endian); they are
	 * added. All against the newest checkpoint, in MEMORY. NULL: nothing is proven.
	 */
	ms_status (*prove)(void *ctx, struct map *told, arena *memory, frame_feed *feed,
		leaf_proof **keys, size_t *n_keys);
	/* Log size and hub time now, for the frame. */
	void (*now)(void *ctx, uint64_t *size, int64_t *hub_time_us);
} feed_source;

typedef struct feeder feeder;

/* MS_NO_MEMORY, or what rollup_keys failed with: MS_FULL, it has more than FEEDER_ROLLUPS_MAX. */
ms_status feeder_new(const feed_source *source, const struct session_facts *who,
	const frame_subscribe *sub, feeder **out);
void feeder_free(feeder *f);
void feeder_credit(feeder *f, const frame_credit *credit);
void feeder_log_grew(feeder *f);
void feeder_rollup_changed(feeder *f, uint64_t key);
bool feeder_reads_rollups(const feeder *f);
bool feeder_has_work(const feeder *f);
/* `once` was asked for and everything is sent: drop it. */
bool feeder_finished(const feeder *f);
/* Send at most BUDGET entries (and a rollup frame). Failures of the source or of sending are
 * returned; MS_AGAIN: the pipe is full; MS_FULL with feeder_needs_parts: a rollup needs parts,
 * which the reader does not take. */
ms_status feeder_pump(feeder *f, const wire_out *out, size_t budget, arena *memory);
bool feeder_needs_parts(const feeder *f);

#endif
