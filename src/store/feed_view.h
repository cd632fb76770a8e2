/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_view.h - reading a unit's feed: what it may see of each entry, judged now by the plan in
 * force (promise 7 of src/README.md).
 */
#ifndef STORE_FEED_VIEW_H
#define STORE_FEED_VIEW_H

#include "codec/frame.h"
#include "plan/plan.h"
#include "store/log.h"
#include "store/roster.h"
#include "store/store.h"

/* What a reading needs; all borrowed. */
typedef struct feed_view {
	store_txn *txn;
	const plan *plan;
	const roster *roster;
	int64_t now_us; /* rights are judged at this hub time */
} feed_view;

/*
 * The first entry of UNIT with number > AFTER, with the acts that it may see of CLASSES, in MEMORY.
 * n_acts 0 without `withheld`: nothing of these classes. A reader of both OWN and LEAD gets an
 * entry of which it may see nothing as `withheld`. MS_NOT_FOUND: the end.
 */
ms_status feed_view_next(const feed_view *f, uint32_t unit, uint64_t after, uint32_t classes,
	arena *memory, feed_entry *out);

/* May UNIT see the act at POSITION of RECORD, whatever its feed has? */
bool feed_view_shows(const feed_view *f, uint32_t unit, const log_record *record, uint16_t position,
	arena *memory);

#endif
