/* SPDX-License-Identifier: Apache-2.0 */
/* acts_parts.h - inside codec: the readers of the bodies of acts. */
#ifndef CODEC_ACTS_PARTS_H
#define CODEC_ACTS_PARTS_H

#include "base/arena.h"
#include "plan/act.h"

/* Where lists go. FULL tells "no memory" from "malformed" when a reader returns false. */
typedef struct room {
	arena *memory;
	bool full;
} room;

/* Fill the member of the act OUT from the body's BYTES; false: malformed, or no memory. */
typedef bool (*read_message)(span bytes, room *r, void *out);

/* acts_hub.c */
bool read_hub_origin(span bytes, room *r, void *out);
bool read_hub_rules(span bytes, room *r, void *out);
bool read_hub_plan(span bytes, room *r, void *out);
bool read_hub_enrolment(span bytes, room *r, void *out);
bool read_hub_revocation(span bytes, room *r, void *out);
bool read_hub_approval(span bytes, room *r, void *out);
bool read_hub_rotation(span bytes, room *r, void *out);
bool read_hub_freeze(span bytes, room *r, void *out);
bool read_hub_notice(span bytes, room *r, void *out);
bool read_hub_feeds(span bytes, room *r, void *out);
bool read_hub_restore(span bytes, room *r, void *out);
bool read_hub_clock(span bytes, room *r, void *out);
bool read_hub_moved(span bytes, room *r, void *out);

#endif
