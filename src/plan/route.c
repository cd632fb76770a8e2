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

/* The versions that give rights at a moment: the coming ones, the newest first, and last the one in
 * force NOW. */
static const plan *
before(const plan *p, const plan *now)
{
	return p == now ? NULL : p->earlier;
}

/* An item that is no more is led by whoever led it last. */
static const plan *
last_with(const plan *p, uint32_t item, int64_t now_us)
{
	return p->items[item].absent && p->earlier != NULL ? plan_leading(p->earlier, item, now_us)
							   : p;
}

static bool
leads(const plan *p, uint32_t reader, uint32_t item, int64_t now_us)
{
	return plan_is_lead(last_with(p, item, now_us), item, reader);
}

/* Did the unit's work go to READER, perhaps through others? */
static bool
succeeds(const plan *p, uint32_t reader, uint32_t unit)
{
	int next = p->units[unit].succeeded_by;

	while (next != PLAN_NO_UNIT && next != (int)reader)
		next = p->units[next].succeeded_by;
	return next == (int)reader;
}

static bool
sees(const plan *p, uint32_t reader, slot_at at, int64_t now_us, const report_part *parts,
	size_t n_parts)
{
	if (p->observers[reader] || succeeds(p, reader, at.unit))
		return true;
	p = last_with(p, at.item, now_us);
	if (!plan_is_lead(p, at.item, reader))
		return false;
	return p->items[at.item].mode != ITEM_SPLIT ||
	       split_visible(p, reader, at.item, at.unit, parts, n_parts);
}

bool
route_visible(const plan *p, uint32_t reader, slot_at at, int64_t now_us, const report_part *parts,
	size_t n_parts)
{
	const plan *now = plan_now(p, now_us);

	if (reader == at.unit)
		return true;
	for (; p != NULL; p = before(p, now))
		if (sees(p, reader, at, now_us, parts, n_parts))
			return true;
	return false;
}

bool
route_observes(const plan *p, uint32_t reader, int64_t now_us)
{
	const plan *now = plan_now(p, now_us);

	for (; p != NULL; p = before(p, now))
		if (p->observers[reader])
			return true;
	return false;
}

static bool
sees_whole(const plan *p, uint32_t reader, slot_at at, int64_t now_us)
{
	if (p->observers[reader] || (at.unit != AT_ALL && succeeds(p, reader, at.unit)))
		return true;
	p = last_with(p, at.item, now_us);
	return plan_is_lead(p, at.item, reader) && p->items[at.item].mode != ITEM_SPLIT;
}

bool
route_sees_whole(const plan *p, uint32_t reader, slot_at at, int64_t now_us)
{
	const plan *now = plan_now(p, now_us);

	if (reader == at.unit)
		return true;
	for (; p != NULL; p = before(p, now))
		if (sees_whole(p, reader, at, now_us))
			return true;
	return false;
}

bool
route_leads(const plan *p, uint32_t reader, uint32_t item, int64_t now_us)
{
	const plan *now = plan_now(p, now_us);

	if (route_observes(p, reader, now_us))
		return true;
	for (; p != NULL; p = before(p, now))
		if (leads(p, reader, item, now_us))
			return true;
	return false;
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

static bool
sees_many(const plan *p, uint32_t reader, act_kind kind, slot_at at)
{
	if (p->observers[reader])
		return true;
	if (at.item != AT_ALL)
		return plan_role_of(p, at.item, reader) != ROLE_NONE;
	return at.unit == AT_ALL || (kind == ACT_EXTENSION_GRANT && leads_unit(p, reader, at.unit));
}

bool
route_visible_many(const plan *p, uint32_t reader, act_kind kind, slot_at at, int64_t now_us)
{
	const plan *now = plan_now(p, now_us);

	if (reader == at.unit)
		return true;
	for (; p != NULL; p = before(p, now))
		if (sees_many(p, reader, kind, at))
			return true;
	return false;
}

bool
route_shows(const plan *p, uint32_t reader, const act *a, int64_t now_us)
{
	bool has_parts = a->kind == ACT_REPORT;
	slot_at at = { .item = AT_ALL, .unit = AT_ALL };

	if ((!act_is_of_unit(a->kind) && a->kind != ACT_HUB_NOTICE) || !act_find(p, a, &at))
		return false;
	if (at.item == AT_ALL || at.unit == AT_ALL)
		return route_visible_many(p, reader, a->kind, at, now_us);
	return route_visible(p, reader, at, now_us, has_parts ? a->u.report.parts : NULL,
		has_parts ? a->u.report.n_parts : 0);
}

/* Has some unit a role in ITEM that it did not have in the version before? */
static bool
grows(const plan *p, uint32_t item)
{
	uint32_t unit;

	for (unit = 0; unit < p->n_units; unit++)
		if (plan_role_of(p, item, unit) != ROLE_NONE &&
			plan_role_of(p->earlier, item, unit) == ROLE_NONE)
			return true;
	return false;
}

/* With the item itself, with a unit that joins it, and, where leads divide it, with any change. */
static bool
may_gain_of_item(const plan *p, uint32_t reader, uint32_t item, int64_t now_us)
{
	if (plan_role_of(p, item, reader) != ROLE_NONE &&
		plan_role_of(p->earlier, item, reader) == ROLE_NONE)
		return true;
	if (!leads(p, reader, item, now_us))
		return false;
	return !route_leads(p->earlier, reader, item, now_us) || grows(p, item) ||
	       p->items[item].mode == ITEM_SPLIT || p->earlier->items[item].mode == ITEM_SPLIT;
}

static bool
may_gain(const plan *p, uint32_t reader, int64_t now_us)
{
	uint32_t i;

	if (route_observes(p->earlier, reader, now_us))
		return false;
	if (p->observers[reader] || plan_find_unit(p->earlier, span_str(p->units[reader].id)) < 0)
		return true;
	for (i = 0; i < p->n_items; i++)
		if (may_gain_of_item(p, reader, i, now_us))
			return true;
	return false;
}

void
route_gainers(const plan *p, int64_t now_us, bool *out)
{
	uint32_t unit;
	int next;

	for (unit = 0; unit < p->n_units; unit++)
		out[unit] = may_gain(p, unit, now_us);
	for (unit = 0; unit < p->n_units; unit++)
		for (next = p->units[unit].succeeded_by; next != PLAN_NO_UNIT;
			next = p->units[next].succeeded_by)
			if (!succeeds(p->earlier, (uint32_t)next, unit) &&
				!route_observes(p->earlier, (uint32_t)next, now_us))
				out[next] = true;
}
