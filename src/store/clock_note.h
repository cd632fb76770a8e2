/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock_note.h - what was found about clocks and stands in the log as HUB_CLOCK: the newest finding
 * about the hub's own, and for each device whether its clock and the hub's agree.
 *
 *   META "clock"          -> the hub's own
 *   META "clock/<device>" -> the device's
 */
#ifndef STORE_CLOCK_NOTE_H
#define STORE_CLOCK_NOTE_H

#include "store/ledger.h"

enum { CLOCK_NOTES_A_DAY = 8 /* leaves about one device */ };

typedef struct clock_note {
	clock_finding finding; /* CLOCK_NONE: nothing was found */
	int64_t before_us, after_us;
	uint64_t leaf;
	int64_t day;   /* of a device: hub time of the leaf in days, ... */
	uint64_t told; /* and how many leaves that day */
} clock_note;

/* The newest note about device ID; NULL: about the hub's own clock. */
void clock_note_get(store_txn *txn, const device_id *id, clock_note *out);
/* WHAT stands in LEAF, which was taken at HUB_TIME_US: it is the newest note from here on. */
void clock_note_take(store_txn *txn, const hub_clock *what, uint64_t leaf, int64_t hub_time_us);
/*
 * State WHAT as a leaf at NOW_US, tell the units, and note it. UNIT is that of the device in the
 * plan, PLAN_NO_UNIT for the hub's own clock. MS_EXISTS: it is known of this device already, or
 * enough was said about it today; then nothing happens.
 */
ms_status clock_note_state(ledger *l, store_txn *txn, log_state *log, const hub_keys *keys,
	const hub_clock *what, int unit, int64_t now_us, uint64_t *leaf, ms_error *err);

#endif
