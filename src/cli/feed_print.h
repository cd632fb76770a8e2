/* SPDX-License-Identifier: Apache-2.0 */
/* feed_print.h - one act of a feed for people, or as a line of JSON (muster/feed/1). */
#ifndef CLI_FEED_PRINT_H
#define CLI_FEED_PRINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/frame.h"
#include "plan/plan.h"

/*
 * Appended to OUT as one line or, for people, as several; P gives the names. JSON members: schema,
 * number (of the feed's entry; ascending), record ("leaf/at", unique for ever), hub_time, device,
 * verdict, act (the proto's field names), and simulated_clock where the hub's is SIMULATED.
 */
ms_status feed_print_json(const plan *p, bool simulated, const feed_entry *e, const feed_act *shown,
	arena *memory, buf *out);
ms_status feed_print_text(
	const plan *p, const feed_entry *e, const feed_act *shown, arena *memory, buf *out);

#endif
