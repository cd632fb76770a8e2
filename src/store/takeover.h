/* SPDX-License-Identifier: Apache-2.0 */
/* takeover.h - a new device in an old directory: what the old one could not deliver is stated by
 * the new one. */
#ifndef STORE_TAKEOVER_H
#define STORE_TAKEOVER_H

#include "store/store.h"

/*
 * Queue every act of OLD that has no receipt in FRESH, an agent's store without acts, in their
 * order and byte for byte, and carry over what is known of slots, the files whose answer is not
 * final, and what was verified of the hub's log. *N: how many. The hub answers
 * DUPLICATE to what it has already.
 */
ms_status takeover_acts(store *old, store *fresh, uint64_t *n, ms_error *err);

#endif
