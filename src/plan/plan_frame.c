/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan_frame.h"

#include <string.h>

typedef struct counts {
	size_t units, items, indicators;
} counts;

static counts
count_all(plan *const *plans, size_t n)
{
	counts c = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		c.units += plans[i]->n_units;
		c.items += plans[i]->n_items;
		c.indicators += plans[i]->n_indicators;
	}
	return c;
}

/* True: ID is new and has the number NEXT. */
static bool
add_id(map *ids, const char *id, uint32_t next, bool *no_memory)
{
	if (map_find(ids, span_str(id), NULL))
		return false;
	*no_memory |= !map_put(ids, span_str(id), next);
	return true;
}

static void
add_units(plan_frame *f, const plan *p, bool *no_memory)
{
	uint32_t i;

	for (i = 0; i < p->n_units; i++)
		if (add_id(&f->unit_at, p->units[i].id, f->n_units, no_memory))
			f->units[f->n_units++] = &p->units[i];
}

static void
add_items(plan_frame *f, const plan *p, bool *no_memory)
{
	uint32_t i;

	for (i = 0; i < p->n_items; i++)
		if (add_id(&f->item_at, p->items[i].id, f->n_items, no_memory))
			f->items[f->n_items++] = &p->items[i];
}

static void
add_indicators(plan_frame *f, const plan *p, const char *item, bool *no_memory)
{
	int at = plan_find_item(p, span_str(item));
	const plan_item *it;
	uint32_t i;

	if (at < 0)
		return;
	it = &p->items[at];
	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
		if (add_id(&f->indicator_at, p->indicators[i].id, f->n_indicators, no_memory))
			f->indicators[f->n_indicators++] = &p->indicators[i];
}

ms_status
plan_frame_make(plan *const *plans, size_t n, plan_frame *out)
{
	counts c = count_all(plans, n);
	bool no_memory = false;
	uint32_t item;
	size_t i;

	*out = (plan_frame){ 0 };
	out->units = arena_alloc(&out->memory, (c.units + 1) * sizeof(*out->units));
	out->items = arena_alloc(&out->memory, (c.items + 1) * sizeof(*out->items));
	out->indicators = arena_alloc(&out->memory, (c.indicators + 1) * sizeof(*out->indicators));
	out->first_indicator =
		arena_alloc(&out->memory, (c.items + 1) * sizeof(*out->first_indicator));
	if (out->units == NULL || out->items == NULL || out->indicators == NULL ||
		out->first_indicator == NULL)
		return MS_NO_MEMORY;
	for (i = n; i > 0; i--) {
		add_units(out, plans[i - 1], &no_memory);
		add_items(out, plans[i - 1], &no_memory);
	}
	for (item = 0; item < out->n_items; item++) {
		out->first_indicator[item] = out->n_indicators;
		for (i = n; i > 0; i--)
			add_indicators(out, plans[i - 1], out->items[item]->id, &no_memory);
	}
	out->first_indicator[out->n_items] = out->n_indicators;
	return no_memory ? MS_NO_MEMORY : MS_OK;
}

void
plan_frame_fini(plan_frame *f)
{
	map_fini(&f->unit_at);
	map_fini(&f->item_at);
	map_fini(&f->indicator_at);
	arena_fini(&f->memory);
	*f = (plan_frame){ 0 };
}
