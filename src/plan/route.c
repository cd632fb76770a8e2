/* SPDX-License-Identifier: Apache-2.0 */
/* route.c - who sees what; asked when an act is routed and again when a feed is read. */
#include "plan/judge.h"

/* A split lead sees the reports of units that do not lead the item and that name its part or no
 * part; never another lead's. */
static bool
split_visible(const plan *p, uint32_t reader, uint32_t item, uint32_t author,
	const report_part *parts, size_t n_parts)
{
	size_t i;

	if (plan_is_lead(p, item, author))
		return false;
	for (i = 0; i < n_parts; i++) {
		const plan_part *part = plan_find_part(&p->items[item], parts[i].id);

		if (part != NULL && part->owner == (int)reader)
			return true;
	}
	return n_parts == 0;
}

bool
route_visible(const plan *p, uint32_t reader, slot_at at, const report_part *parts, size_t n_parts)
{
	if (reader == at.unit || p->observers[reader])
		return true;
	if (!plan_is_lead(p, at.item, reader))
		return false;
	return p->items[at.item].mode != ITEM_SPLIT ||
	       split_visible(p, reader, at.item, at.unit, parts, n_parts);
}

static bool
leads_unit(const plan *p, uint32_t reader, uint32_t unit)
{
	uint32_t item;

	for (item = 0; item < p->n_items; item++)
		if (plan_is_lead(p, item, reader) && plan_role_of(p, item, unit) != ROLE_NONE)
			return true;
	return false;
}

bool
route_visible_many(const plan *p, uint32_t reader, act_kind kind, slot_at at)
{
	if (reader == at.unit || p->observers[reader])
		return true;
	if (at.item != AT_ALL)
		return plan_role_of(p, at.item, reader) != ROLE_NONE;
	return at.unit == AT_ALL || (kind == ACT_EXTENSION_GRANT && leads_unit(p, reader, at.unit));
}
