/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - questions to a loaded plan: who is who, and who has which role.
 *
 * Ids and unit names go through maps, because every act names a unit and an item; the few items and
 * indicators of one item are searched in order. Names of items and indicators are compared after
 * NFKC, without the units' rule of prefixes.
 */
#include "plan/plan.h"

#include <stdlib.h>

#include "plan/plan_index.h"

static int
find(const map *m, span id)
{
	uint64_t index;

	return map_find(m, id, &index) ? (int)index : -1;
}

static const plan_index *
index_of(const plan *p)
{
	return p->index;
}

/* What only later versions have is not known to this one. */
int
plan_find_unit(const plan *p, span id)
{
	int unit = find(&index_of(p)->units, id);

	while (unit >= 0 && p != NULL && p->units[unit].absent)
		p = p->earlier;
	return p == NULL ? -1 : unit;
}

int
plan_find_item(const plan *p, span id)
{
	int item = find(&index_of(p)->items, id);

	while (item >= 0 && p != NULL && p->items[item].absent)
		p = p->earlier;
	return p == NULL ? -1 : item;
}

int
plan_find_indicator(const plan *p, span id)
{
	int indicator = find(&index_of(p)->indicators, id);

	while (indicator >= 0 && p != NULL && p->indicators[indicator].absent)
		p = p->earlier;
	return p == NULL ? -1 : indicator;
}

int
plan_match_unit(const plan *p, span text)
{
	int unit = plan_find_unit(p, text);
	buf memory = { 0 };
	span key;

	if (unit >= 0)
		return unit;
	/* A unit is found by a name that it had before, too. */
	for (; unit < 0 && p != NULL; p = p->earlier) {
		key = name_key(index_of(p)->city, text, &memory);
		unit = key.len == 0 ? -1 : find(&index_of(p)->names, key);
	}
	buf_fini(&memory);
	return unit;
}

/* A number as people write it, "6" or "06"; 0 when it is none. */
static uint32_t
item_number(span text)
{
	uint32_t n = 0;

	if (text.len == 0 || text.len > 6)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return 0;
		n = 10 * n + (uint32_t)(text.at[i] - '0');
	}
	return n;
}

static bool
same_name(span folded, const char *name, buf *memory)
{
	return folded.len > 0 && span_equal(folded, name_fold(span_str(name), memory));
}

int
plan_match_item(const plan *p, span text)
{
	int item = plan_find_item(p, text);
	uint32_t number = item_number(text);
	buf wanted = { 0 }, memory = { 0 };
	span folded = name_fold(text, &wanted);

	for (uint32_t i = 0; item < 0 && i < p->n_items; i++)
		if ((number != 0 && p->items[i].number == number) ||
			same_name(folded, p->items[i].title, &memory))
			item = (int)i;
	buf_fini(&memory);
	buf_fini(&wanted);
	return item;
}

/* The id, or what stands behind its dot. */
static bool
same_id(span text, const char *id)
{
	const char *dot = strchr(id, '.');

	return span_equal(text, span_str(id)) ||
	       (dot != NULL && span_equal(text, span_str(dot + 1)));
}

int
plan_match_indicator(const plan *p, uint32_t item, span text)
{
	const plan_item *it = &p->items[item];
	buf wanted = { 0 }, memory = { 0 };
	span folded = name_fold(text, &wanted);
	int found = -1;

	for (uint32_t i = it->first_indicator;
		found < 0 && i < it->first_indicator + it->n_indicators; i++)
		if (same_id(text, p->indicators[i].id) ||
			same_name(folded, p->indicators[i].name, &memory))
			found = (int)i;
	buf_fini(&memory);
	buf_fini(&wanted);
	return found;
}

const plan_part *
plan_find_part(const plan_item *item, span id)
{
	for (size_t i = 0; i < item->n_lists; i++)
		for (size_t k = 0; k < item->lists[i].n_parts; k++)
			if (span_equal(id, span_str(item->lists[i].parts[k].id)))
				return &item->lists[i].parts[k];
	return NULL;
}

plan_role
plan_role_of(const plan *p, uint32_t item, uint32_t unit)
{
	return (plan_role)p->roles[(size_t)item * p->n_units + unit];
}

bool
plan_is_lead(const plan *p, uint32_t item, uint32_t unit)
{
	return plan_role_of(p, item, unit) == ROLE_LEAD;
}

bool
plan_inferred(const plan_marks *marks, const char *option)
{
	for (size_t i = 0; i < marks->n; i++)
		if (strcmp(marks->names[i], option) == 0)
			return true;
	return false;
}
