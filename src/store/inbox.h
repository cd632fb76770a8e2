/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.h - what others stated about the slots of an agent's unit: returns, reminders, grants, ...
 * A copy for commands and notices: the feed has all of it, for ever.
 *
 *   INBOX: feed number u64 | position u16 -> leaf | hub time | unit that stated it | act
 */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "plan/act.h"
#include "store/store.h"

typedef struct inbox_row {
	uint64_t number; /* of the feed entry */
	record_place place;
	int64_t hub_time_us;
	span by; /* unit id; empty: the hub */
	span act;
} inbox_row;

/* What anybody states in a day or ever is no reason for the disk to fill: the oldest rows go. */
enum { INBOX_ROWS_A_DAY = 500, INBOX_ROWS_MAX = 5000 };

typedef enum inbox_taken { INBOX_TAKEN, INBOX_FIRST_LEFT_OUT, INBOX_LEFT_OUT } inbox_taken;

/* Once or again: the same row. What comes after INBOX_ROWS_A_DAY others of the same day of the
 * hub's time is left out. */
inbox_taken inbox_put(store_txn *txn, const inbox_row *row);
/* Walk in the order of the feed: the row after *ROW, a zeroed one is before all. False at the end.
 */
bool inbox_next(store_txn *txn, inbox_row *row);

#endif
