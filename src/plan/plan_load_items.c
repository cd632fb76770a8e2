/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load_items.c - items: text, roles, named parts.
 *
 * Roles are per (unit, item): the strongest of lead, required and optional stands. A unit that a
 * list names outright beside a stronger role is worth a warning; that a group holds it is normal.
 */
#include "plan/plan_read.h"

#include <stdlib.h>

enum { TITLE_MAX_BYTES = 400, PARAGRAPH_MAX_BYTES = 16 << 10 };

/* ---- roles ---- */

static uint8_t *
role_at(loader *l, uint32_t item, uint32_t unit)
{
	return &l->p->roles[(size_t)item * l->p->n_units + unit];
}

static void
give_role(loader *l, uint32_t item, uint32_t unit, plan_role role)
{
	uint8_t *at = role_at(l, item, unit);

	l->unit_used[unit] = 1;
	if (*at < (uint8_t)role)
		*at = (uint8_t)role;
}

static void
load_leads(loader *l, const conf_section *s, uint32_t item)
{
	plan_item *it = &l->p->items[item];
	const conf_option *o = read_option(s, "leads");
	size_t count = o == NULL ? 0 : o->n_values;

	if (count > PLAN_LEADS_MAX) {
		note_mistake(l, o->line, MST_PLAN_TOO_LARGE, "%zu leads, an item may have %d",
			count, PLAN_LEADS_MAX);
		count = 0;
	}
	it->leads = keep(l, count, sizeof(*it->leads));
	for (size_t i = 0; it->leads != NULL && i < count; i++) {
		const char *text = o->values[i].text;
		int unit = PLAN_NO_UNIT;

		if (text[0] == '@')
			note_mistake(l, o->values[i].line, MST_PLAN_LEADS,
				"\"%s\" is a group, leads are single units", text);
		else
			unit = find_unit_at(l, text, o->values[i].line);
		if (unit == PLAN_NO_UNIT)
			continue;
		if (*role_at(l, item, (uint32_t)unit) == ROLE_LEAD) {
			note_mistake(l, o->values[i].line, MST_PLAN_DUPLICATE,
				"lead \"%s\" is listed twice", text);
			continue;
		}
		give_role(l, item, (uint32_t)unit, ROLE_LEAD);
		it->leads[it->n_leads++] = (uint32_t)unit;
	}
	if (count == 0)
		note_mistake(l, s->line, MST_PLAN_LEADS, "item \"%s\" has no lead", it->id);
	else if (it->mode == ITEM_SOLE && count > 1)
		note_mistake(l, o->line, MST_PLAN_LEADS,
			"mode is \"sole\" but there are %zu leads, did you mean \"joint\" or "
			"\"split\"?",
			count);
	else if (it->mode > ITEM_SOLE && count == 1)
		note_mistake(l, o->line, MST_PLAN_LEADS,
			"mode is \"%s\" but there is one lead, did you mean \"sole\"?",
			item_mode_words[it->mode]);
}

static void
give_group(loader *l, uint32_t item, const plan_group *g, plan_role role)
{
	for (uint32_t u = 0; g->members != NULL && u < l->p->n_units; u++)
		if (g->members[u])
			give_role(l, item, u, role);
}

static const char *
role_word(uint8_t role)
{
	static const char *const words[] = { "nothing", "optional", "required", "a lead" };

	return words[role];
}

static bool
has_observer(const plan *p)
{
	for (uint32_t u = 0; p->observers != NULL && u < p->n_units; u++)
		if (p->observers[u])
			return true;
	return false;
}

static void
load_refs(loader *l, const conf_section *s, uint32_t item, plan_role role)
{
	plan_item *it = &l->p->items[item];
	const char *option = role == ROLE_REQUIRED ? "required" : "optional";
	unsigned line = read_line(s, option);
	size_t n;
	plan_ref *refs = read_refs(l, s, option, &n);

	*(role == ROLE_REQUIRED ? &it->required : &it->optional) = refs;
	*(role == ROLE_REQUIRED ? &it->n_required : &it->n_optional) = n;
	for (size_t i = 0; refs != NULL && i < n; i++) {
		uint32_t at = refs[i].index;

		if (refs[i].is_group && l->p->groups[at].open && role == ROLE_REQUIRED)
			note_mistake(l, line, MST_PLAN_ROLE,
				"group \"@%s\" is open, it names nobody: it can be optional, not "
				"required",
				l->p->groups[at].id);
		if (!refs[i].is_group && *role_at(l, item, at) >= (uint8_t)role)
			note_warning(l, line, MST_PLAN_REDUNDANT,
				"unit \"%s\" is %s in item \"%s\" already", l->p->units[at].id,
				role_word(*role_at(l, item, at)), it->id);
		if (refs[i].is_group)
			give_group(l, item, &l->p->groups[at], role);
		else
			give_role(l, item, at, role);
	}
}

static void
load_roles(loader *l, const conf_section *s, uint32_t item)
{
	const plan_item *it = &l->p->items[item];
	size_t before = l->problems->mistakes;

	load_leads(l, s, item);
	load_refs(l, s, item, ROLE_REQUIRED);
	load_refs(l, s, item, ROLE_OPTIONAL);
	l->roles_unsure = l->problems->mistakes > before;
	l->any_unsure |= l->roles_unsure;
	if (it->mode == ITEM_SPLIT && !has_observer(l->p))
		note_warning(l, read_line(s, "mode"), MST_PLAN_SPLIT,
			"nobody can accept or return what is reported on the split item \"%s\": "
			"the "
			"plan has no observers",
			it->id);
}

/* ---- parts ---- */

static void
check_owner(loader *l, uint32_t item, const conf_section *s, int owner)
{
	const plan_item *it = &l->p->items[item];
	uint8_t role;

	if (owner == PLAN_NO_UNIT)
		return;
	role = *role_at(l, item, (uint32_t)owner);
	if (it->mode == ITEM_SPLIT && role != ROLE_LEAD)
		note_mistake(l, read_line(s, "owner"), MST_PLAN_OWNER,
			"owner \"%s\" is no lead of the split item \"%s\"", l->p->units[owner].id,
			it->id);
	else if (role == ROLE_NONE && !l->roles_unsure)
		note_mistake(l, read_line(s, "owner"), MST_PLAN_OWNER,
			"owner \"%s\" has no role in item \"%s\"", l->p->units[owner].id, it->id);
}

static void
load_part(loader *l, const conf_section *s, uint32_t item, plan_part *part)
{
	const char *id = read_id(l, s, "part"), *name = read_needed(l, s, "name", TITLE_MAX_BYTES);
	uint64_t line;

	part->id = id == NULL ? "?" : id;
	part->name = name == NULL ? part->id : name;
	part->owner = read_unit(l, s, "owner");
	part->inferred = read_marks(l, s);
	if (id != NULL && map_find(&l->parts, span_str(id), &line))
		note_mistake(l, s->line, MST_PLAN_DUPLICATE,
			"part \"%s\" stands in line %u already; ids of parts are unique in the "
			"item",
			id, (unsigned)line);
	else if (id != NULL && !map_put(&l->parts, span_str(id), s->line))
		l->no_memory = true;
	check_owner(l, item, s, part->owner);
}

static void
load_part_list(loader *l, const conf_section *s, uint32_t item, plan_part_list *list)
{
	size_t count = count_sections(s, "part");
	const char *id = read_id(l, s, "list of parts"),
		   *name = read_needed(l, s, "name", TITLE_MAX_BYTES);
	const conf_section *at = NULL;

	list->id = id == NULL ? "?" : id;
	list->name = name == NULL ? list->id : name;
	list->count = (uint32_t)read_number(l, s, "count", 1, 100000, 0);
	list->open = read_yes(l, s, "open", false);
	read_marks(l, s);
	if (count == 0)
		note_mistake(
			l, s->line, MST_PLAN_MISSING, "list of parts \"%s\" names none", list->id);
	if (count > PLAN_PARTS_MAX) {
		note_mistake(l, s->line, MST_PLAN_TOO_LARGE, "%zu parts, a list may have %d", count,
			PLAN_PARTS_MAX);
		return;
	}
	if (list->count != 0 && count > list->count)
		note_mistake(l, read_line(s, "count"), MST_PLAN_COUNT,
			"count is %u but %zu parts are named", list->count, count);
	else if (list->count != 0 && count < list->count && !list->open)
		note_mistake(l, read_line(s, "count"), MST_PLAN_COUNT,
			"count is %u but %zu parts are named: name them all, or set open = yes",
			list->count, count);
	list->parts = keep(l, count, sizeof(*list->parts));
	while (!l->no_memory && (at = next_section(s, "part", at)) != NULL)
		load_part(l, at, item, &list->parts[list->n_parts++]);
}

/* In a split item each lead answers for its own part, so each must own one. */
static void
check_split(loader *l, const conf_section *s, uint32_t item)
{
	const plan_item *it = &l->p->items[item];

	if (it->mode == ITEM_SPLIT && it->n_lists == 0)
		note_mistake(l, read_line(s, "mode"), MST_PLAN_SPLIT,
			"mode is \"split\" but item \"%s\" has no parts", it->id);
	for (size_t lead = 0; it->mode == ITEM_SPLIT && it->n_lists > 0 && lead < it->n_leads;
		lead++) {
		bool owns = false;

		for (size_t i = 0; i < it->n_lists; i++)
			for (size_t k = 0; k < it->lists[i].n_parts; k++)
				owns |= it->lists[i].parts[k].owner == (int)it->leads[lead];
		if (!owns)
			note_mistake(l, read_line(s, "leads"), MST_PLAN_SPLIT,
				"lead \"%s\" of the split item \"%s\" owns no part",
				l->p->units[it->leads[lead]].id, it->id);
	}
}

static void
load_parts(loader *l, const conf_section *s, uint32_t item)
{
	plan_item *it = &l->p->items[item];
	size_t count = count_sections(s, "parts");
	const conf_section *at = NULL;

	map_reset(&l->parts);
	if (count > PLAN_LISTS_MAX) {
		note_mistake(l, s->line, MST_PLAN_TOO_LARGE,
			"%zu lists of parts, an item may have %d", count, PLAN_LISTS_MAX);
		return;
	}
	it->lists = keep(l, count, sizeof(*it->lists));
	while (!l->no_memory && (at = next_section(s, "parts", at)) != NULL)
		load_part_list(l, at, item, &it->lists[it->n_lists++]);
	check_split(l, s, item);
}

/* ---- items ---- */

/* The paragraph is its text and the role clause behind it. */
static const char *
read_paragraph(loader *l, const conf_section *s, const char *role_clause)
{
	const char *text = read_joined(l, s, "text", PARAGRAPH_MAX_BYTES);
	char *whole;
	size_t head;

	if (!read_is_set(s, "text"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "item \"%s\" has no text", s->title);
	if (text == NULL || role_clause == NULL)
		return text == NULL ? "" : text;
	head = strlen(text);
	whole = keep(l, head + strlen(role_clause) + 1, 1);
	if (whole == NULL)
		return text;
	memcpy(whole, text, head);
	memcpy(whole + head, role_clause, strlen(role_clause) + 1);
	return whole;
}

/* line = { 25, 50, 75, 100 }: one for each period of the year, never falling, at the end 100. */
static void
load_line(loader *l, const conf_section *s, plan_item *it)
{
	const conf_option *o = read_option(s, "line");
	unsigned n = periods_in_year(it->kind);
	int before = 0;

	if (o == NULL)
		return;
	if (o->n_values != n) {
		note_mistake(l, o->line, MST_PLAN_RANGE,
			"line has %zu points, a year of this item has %u periods", o->n_values, n);
		return;
	}
	it->line = keep(l, n, 1);
	for (unsigned i = 0; it->line != NULL && i < n; i++) {
		int v = read_number_value(l, &o->values[i], "line", 0, 100, before);

		if (v < before)
			note_mistake(l, o->values[i].line, MST_PLAN_RANGE,
				"line falls from %d to %d", before, v);
		it->line[i] = (uint8_t)v;
		before = v;
	}
}

static void
check_number(loader *l, const conf_section *s, uint32_t item)
{
	plan *p = l->p;

	if (!read_is_set(s, "number"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "item \"%s\" has no number",
			p->items[item].id);
	for (uint32_t i = 0; p->items[item].number != 0 && i < item; i++)
		if (p->items[i].number == p->items[item].number)
			note_mistake(l, read_line(s, "number"), MST_PLAN_DUPLICATE,
				"number %u is that of item \"%s\" already", p->items[item].number,
				p->items[i].id);
}

static uint32_t
place_of_item(loader *l, const char *id)
{
	uint64_t index = 0;

	if (l->frame == NULL || id == NULL)
		return l->p->n_items++;
	map_find(&l->frame->item_at, span_str(id), &index);
	return (uint32_t)index;
}

static void
load_item(loader *l, const conf_section *s)
{
	const char *id = read_id(l, s, "item");
	uint32_t item = place_of_item(l, id);
	plan_item *it = &l->p->items[item];
	const char *title = read_needed(l, s, "title", TITLE_MAX_BYTES);

	*it = (plan_item){ 0 };
	l->item_lines[item] = s->line;
	it->id = id == NULL ? "?" : id;
	it->title = title == NULL ? it->id : title;
	it->title_en = read_text(l, s, "title_en", TITLE_MAX_BYTES);
	it->number = (uint32_t)read_number(l, s, "number", 1, 100000, 0);
	it->role_clause = read_text(l, s, "role_clause", PARAGRAPH_MAX_BYTES);
	it->text = read_paragraph(l, s, it->role_clause);
	if (!read_is_set(s, "mode"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "item \"%s\" has no mode", it->id);
	it->mode = (item_mode)read_word(l, s, "mode", item_mode_words, 0);
	it->inferred = read_marks(l, s);
	read_settings(l, s, &l->defaults, it);
	check_number(l, s, item);
	if (!map_put(&l->index->items, span_str(it->id), item))
		l->no_memory = true;
	load_line(l, s, it);
	load_roles(l, s, item);
	load_parts(l, s, item);
	load_indicators(l, s, item);
	load_checks(l, s, item);
}

/* How many sections of this name all items have together. */
static size_t
count_in_items(const conf_section *root, const char *name)
{
	const conf_section *s = NULL;
	size_t n = 0;

	while ((s = next_section(root, "item", s)) != NULL)
		n += count_sections(s, name);
	return n;
}

/* False: beyond the bounds, or no memory. */
static bool
make_room(loader *l, const conf_section *root, size_t items, size_t indicators)
{
	plan *p = l->p;
	size_t cells = (items + indicators) * (size_t)p->n_units;

	if (items > PLAN_ITEMS_MAX || indicators > PLAN_INDICATORS_MAX || cells > PLAN_CELLS_MAX) {
		note_mistake(l, root->line, MST_PLAN_TOO_LARGE,
			"%zu items and %zu indicators for %u units; a plan may have %d items, %d "
			"indicators, and %d times units and both",
			items, indicators, p->n_units, PLAN_ITEMS_MAX, PLAN_INDICATORS_MAX,
			PLAN_CELLS_MAX);
		return false;
	}
	p->items = keep(l, items, sizeof(*p->items));
	p->indicators = keep(l, indicators, sizeof(*p->indicators));
	p->checks = keep(l, count_in_items(root, "check"), sizeof(*p->checks));
	p->roles = keep(l, items * p->n_units, 1);
	l->item_lines = arena_zalloc(&l->scratch, (items + 1) * sizeof(*l->item_lines));
	l->indicator_lines =
		arena_zalloc(&l->scratch, (indicators + 1) * sizeof(*l->indicator_lines));
	if (l->item_lines == NULL || l->indicator_lines == NULL)
		l->no_memory = true;
	return !l->no_memory;
}

void
load_items(loader *l, const conf_section *root)
{
	size_t count = count_sections(root, "item");
	const conf_section *s = NULL;

	if (count == 0)
		note_mistake(l, root->line, MST_PLAN_MISSING, "the plan has no item");
	if (l->frame == NULL ? !make_room(l, root, count, count_in_items(root, "indicator"))
			     : !make_room(l, root, l->frame->n_items, l->frame->n_indicators))
		return;
	fill_absent_items(l);
	while (!l->no_memory && (s = next_section(root, "item", s)) != NULL)
		load_item(l, s);
}
