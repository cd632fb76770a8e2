/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load_absent.c - places for what other versions of the plan have and this one does not, so
 * that indexes are the same in all of them.
 *
 * Items and indicators are laid out as absent before the sections are read; a section then takes
 * its place.
 */
#include "plan/plan_read.h"

void
fill_absent_units(loader *l)
{
	plan *p = l->p;

	for (uint32_t i = 0; l->frame != NULL && i < p->n_units; i++) {
		const plan_unit *other = l->frame->units[i];

		if (p->units[i].id != NULL)
			continue;
		p->units[i] = (plan_unit){ .id = keep_text(l, other->id),
			.name = keep_text(l, other->name),
			.absent = true,
			.parent = PLAN_NO_UNIT,
			.inside = PLAN_NO_UNIT,
			.succeeded_by = PLAN_NO_UNIT };
		l->unit_used[i] = 1;
	}
}

static void
keep_id(loader *l, map *ids, const char *id, uint32_t index)
{
	if (id == NULL || !map_put(ids, span_str(id), index))
		l->no_memory = true;
}

void
fill_absent_items(loader *l)
{
	plan *p = l->p;

	if (l->frame == NULL)
		return;
	p->n_items = l->frame->n_items;
	p->n_indicators = l->frame->n_indicators;
	for (uint32_t i = 0; !l->no_memory && i < p->n_items; i++) {
		const plan_item *other = l->frame->items[i];

		p->items[i] = (plan_item){ .id = keep_text(l, other->id),
			.title = keep_text(l, other->title),
			.text = "",
			.absent = true,
			.mode = ITEM_SOLE,
			.approval = APPROVAL_ANY,
			.kind = other->kind };
		keep_id(l, &l->index->items, p->items[i].id, i);
		fill_absent_indicators(l, i);
	}
}

void
fill_absent_indicators(loader *l, uint32_t item)
{
	plan *p = l->p;
	plan_item *it = &p->items[item];
	uint8_t *nobody = keep(l, p->n_units, 1);

	it->first_indicator = l->frame->first_indicator[item];
	it->n_indicators = l->frame->first_indicator[item + 1] - it->first_indicator;
	for (uint32_t i = it->first_indicator;
		!l->no_memory && i < it->first_indicator + it->n_indicators; i++) {
		const plan_indicator *other = l->frame->indicators[i];

		p->indicators[i] = (plan_indicator){ .id = keep_text(l, other->id),
			.name = keep_text(l, other->name),
			.unit_of_measure = keep_text(l, other->unit_of_measure),
			.item = item,
			.absent = true,
			.type = other->type,
			.scale = other->scale,
			.time = other->time,
			.space = other->space,
			.lower_is_better = other->lower_is_better,
			.kind = other->kind,
			.due_days = -1,
			.reporters = nobody };
		keep_id(l, &l->index->indicators, p->indicators[i].id, i);
	}
}
