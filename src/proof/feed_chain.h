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

#include "base/hash.h"

hash32 feed_chain_next(const hash32 *before, uint64_t number, uint64_t leaf, span positions);

#endif
