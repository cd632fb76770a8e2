/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_chain.h - a feed up to an entry as one hash, so that nobody can leave an entry out later
 * (act HUB_FEEDS). Pure.
 *
 *   chain(0) = 32 zero bytes
 *   chain(n) = SHA-256(0x02 || chain(n - 1) || n u64 || leaf u64 || positions)
 *
 * Positions: the bitmap of the entry, the first act of the batch in the highest bit of the first
 * byte, without zero bytes at its end; empty when it is all of the batch.
 */
#ifndef PROOF_FEED_CHAIN_H
#define PROOF_FEED_CHAIN_H

#include "base/buf.h"
#include "base/hash.h"

hash32 feed_chain_next(const hash32 *before, uint64_t number, uint64_t leaf, span positions);

/*
 * Entries side by side, as a proof of an omission carries them: leaf u64 | n u8 | n bytes of
 * positions.
 */
typedef struct feed_place {
	uint64_t leaf;
	span positions;
} feed_place;

/* Append one to OUT. MS_INVALID: no entry has so many positions; MS_NO_MEMORY. */
ms_status feed_place_add(const feed_place *e, buf *out);
/* Cut the next one off LEFT, from which it borrows. False: there is none. */
bool feed_place_next(span *left, feed_place *e);
/* Is the act at POSITION of its batch in the entry? */
bool feed_place_has(const feed_place *e, uint32_t position);

#endif
