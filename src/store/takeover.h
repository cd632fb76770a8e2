/* SPDX-License-Identifier: Apache-2.0 */
/* takeover.h - a new device in an old directory: what the old one could not deliver is stated by
 * the new one. */
#ifndef STORE_TAKEOVER_H
#define STORE_TAKEOVER_H

#include "proof/generation.h"
#include "store/store.h"

/*
 * Queue every act of OLD that the hub does not have in FRESH, an agent's store without acts, in
 * their order and byte for byte: what has no receipt, and what the log of KEY lost by ORDER
 * (generation 0: it lost nothing). Carry over what is known of slots, the files whose answer is not
 * final, and what was verified of the hub's log. *N: how many. The hub answers DUPLICATE to what it
 * has already.
 */
ms_status takeover_acts(store *old, store *fresh, const log_key *key, const restore_order *order,
	uint64_t *n, ms_error *err);

#endif
