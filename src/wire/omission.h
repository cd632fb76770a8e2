/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omission.h - that the hub left an act out of a feed, held against nothing but the log's key.
 *
 * Two statements that its key signed contradict each other: a receipt says that the log has the act
 * at a leaf, and a statement at a later leaf (act HUB_FEEDS) says what is in the feed of a unit.
 * The entries given make the chain of that statement, from the one before the act's leaf on or from
 * the feed's begin, and the act is in none of them, though the plan in force, which the statement
 * names, shows it to the unit.
 */
#ifndef WIRE_OMISSION_H
#define WIRE_OMISSION_H

#include "proof/feed_chain.h"
#include "wire/evidence.h"

/* What was proven; borrows from the file and its memory. */
typedef struct omission {
	evidence act;         /* what the feed lacks */
	span unit;            /* whose feed it is */
	evidence stated;      /* by what the hub stated it */
	uint64_t first, last; /* numbers of the entries given */
	uint64_t place;       /* the number at which the act should stand */
	span plan_version;    /* 32 bytes */
} omission;

/*
 * MS_DENIED: it does not hold, by a code of its own (MST_OMISSION_...) where all that was signed is
 * good and there is no omission in it; MS_INVALID: it lacks a part; MS_NO_MEMORY.
 */
ms_status omission_check(
	const frame_omission *o, const log_key *key, arena *memory, omission *out, ms_error *err);

#endif
