/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/allowance.h"

void
allowance_fini(allowance *a)
{
	map_fini(&a->brought);
}

uint64_t
allowance_reserve(const allowance *a)
{
	return a->room.whole_bytes / 100 * a->reserve_percent;
}

bool
allowance_is_short(const allowance *a)
{
	return a->room.free_bytes < allowance_reserve(a);
}

uint64_t
allowance_now(const allowance *a)
{
	uint64_t reserve = allowance_reserve(a);
	uint64_t most = a->device_bytes < reserve ? a->device_bytes : reserve;

	if (!allowance_is_short(a))
		return UINT64_MAX;
	return most / 1000 * (a->room.free_bytes * 1000 / reserve);
}

uint64_t
allowance_brought(const allowance *a, const device_id *who)
{
	uint64_t bytes = 0;

	map_find(&a->brought, span_of(who->at, ID_SIZE), &bytes);
	return bytes;
}

void
allowance_add(allowance *a, const device_id *who, uint64_t bytes)
{
	map_put(&a->brought, span_of(who->at, ID_SIZE), allowance_brought(a, who) + bytes);
}

void
allowance_take_back(allowance *a, const device_id *who, uint64_t bytes)
{
	uint64_t brought = allowance_brought(a, who);

	if (bytes > 0)
		map_put(&a->brought, span_of(who->at, ID_SIZE),
			brought > bytes ? brought - bytes : 0);
}

bool
allowance_is_used_up(const allowance *a, const device_id *who)
{
	return allowance_brought(a, who) > allowance_now(a);
}
