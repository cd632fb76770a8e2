/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowance.h - what each device has brought since the hub's start, and who has to wait while space
 * is short, so that one device cannot take what all need.
 *
 * With more free than the reserve nobody waits. Below it a device may have brought so much, and the
 * less the less is left: whoever has brought most waits first. N devices that bring what they can
 * still leave about the (1 + 2 N)th part of the reserve to those who bring little.
 */
#ifndef HUB_ALLOWANCE_H
#define HUB_ALLOWANCE_H

#include "base/map.h"
#include "proof/batch.h"
#include "store/store.h"

typedef struct allowance {
	uint32_t reserve_percent; /* of the whole; 0: nobody ever waits */
	uint64_t device_bytes;    /* what a device may have brought when space gets short */
	store_room room;          /* as last looked at */
	map brought;              /* device id -> bytes of its new batches, some on their way */
} allowance;

void allowance_fini(allowance *a);
/* With less than this free, space is short. */
uint64_t allowance_reserve(const allowance *a);
bool allowance_is_short(const allowance *a);
/* What a device may have brought now; UINT64_MAX: as much as it likes. */
uint64_t allowance_now(const allowance *a);
uint64_t allowance_brought(const allowance *a, const device_id *who);
/* Without memory it is not counted. */
void allowance_add(allowance *a, const device_id *who, uint64_t bytes);
void allowance_take_back(allowance *a, const device_id *who, uint64_t bytes);
bool allowance_is_used_up(const allowance *a, const device_id *who);

#endif
