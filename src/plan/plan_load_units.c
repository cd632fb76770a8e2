/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load_units.c - units, groups, observers and rank groups.
 *
 * A unit switched off (enabled = no) keeps its id, so that a reference to it can be told from a
 * misspelt one, but it is in no array of the plan and its names match nothing.
 */
#include "plan/plan_read.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 240, ALIASES_MAX = 32 };

static const char **
read_aliases(loader *l, const conf_section *s, size_t *n)
{
	const conf_option *o = read_option(s, "aliases");
	size_t count = o == NULL ? 0 : o->n_values;
	const char **aliases;

	*n = 0;
	if (count > ALIASES_MAX) {
		note_mistake(l, o->line, MST_PLAN_TOO_LARGE, "%zu aliases, a unit may have %d",
			count, ALIASES_MAX);
		count = ALIASES_MAX;
	}
	aliases = keep(l, count, sizeof(*aliases));
	for (size_t i = 0; aliases != NULL && i < count; i++) {
		const char *alias = read_value(l, &o->values[i], "aliases", NAME_MAX_BYTES);

		if (alias != NULL)
			aliases[(*n)++] = alias;
	}
	return aliases;
}

static void
fill_unit(loader *l, const conf_section *s, const char *id, plan_unit *u)
{
	const char *name = read_needed(l, s, "name", NAME_MAX_BYTES);

	*u = (plan_unit){
		.id = id,
		.name = name != NULL ? name : id,
		.name_en = read_text(l, s, "name_en", NAME_MAX_BYTES),
		.parent = PLAN_NO_UNIT,
		.inside = PLAN_NO_UNIT,
		.succeeded_by = PLAN_NO_UNIT,
		.from = read_period(l, s, "from"),
		.to = read_period(l, s, "to"),
		.contact = read_text(l, s, "contact", NAME_MAX_BYTES),
		.note = read_text(l, s, "note", NAME_MAX_BYTES),
		.in_source = read_yes(l, s, "in_source", true),
		.name_sure = read_yes(l, s, "name_sure", true),
		.inferred = read_marks(l, s),
	};
	if (!read_is_set(s, "kind"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "unit \"%s\" has no kind", id);
	u->kind = (unit_kind)read_word(l, s, "kind", unit_kind_words, UNIT_DEPARTMENT);
	u->aliases = read_aliases(l, s, &u->n_aliases);
	if (u->from.kind != PERIOD_NONE && u->to.kind != PERIOD_NONE &&
		period_end_day(u->to) <= period_first_day(u->from))
		note_mistake(l, read_line(s, "to"), MST_PLAN_RANGE,
			"unit \"%s\" ends before it begins", id);
}

static uint32_t
place_of_unit(loader *l, const char *id)
{
	uint64_t index = 0;

	if (l->frame == NULL)
		return l->p->n_units++;
	map_find(&l->frame->unit_at, span_str(id), &index);
	return (uint32_t)index;
}

static void
add_unit(loader *l, const conf_section *s)
{
	const char *id = read_id(l, s, "unit");
	unit_entry *entry = &l->entries[l->n_entries];
	plan_unit scrap;
	uint64_t other;

	if (id != NULL && strcmp(id, "city") == 0)
		note_mistake(l, s->line, MST_PLAN_ID,
			"\"city\" means the whole city in targets, no unit can have this id");
	if (id != NULL && map_find(&l->units, span_str(id), &other)) {
		note_mistake(l, s->line, MST_PLAN_DUPLICATE,
			"unit \"%s\" stands in line %u already", id,
			l->entries[other].section->line);
		id = NULL;
	}
	if (id == NULL) {
		fill_unit(l, s, "?", &scrap); /* for the mistakes in it */
		return;
	}
	*entry = (unit_entry){ .section = s, .id = id, .index = PLAN_NO_UNIT };
	if (read_yes(l, s, "enabled", true)) {
		entry->index = (int)place_of_unit(l, id);
		l->unit_lines[entry->index] = s->line;
		fill_unit(l, s, id, &l->p->units[entry->index]);
	} else {
		fill_unit(l, s, id, &scrap);
		l->p->n_disabled++;
	}
	if (!map_put(&l->units, span_str(id), l->n_entries++))
		l->no_memory = true;
}

/* Follow one kind of reference from UNIT; a chain longer than the number of units goes in a circle.
 */
static int
next_of(const plan_unit *u, int which)
{
	return which == 0 ? u->parent : which == 1 ? u->inside : u->succeeded_by;
}

/*
 * Each chain is walked until it meets a unit walked before: SEEN holds the number of the walk. Met
 * in its own walk, it is a circle. So all walks together touch each unit once.
 */
static void
check_circles(loader *l, int which, const char *option, uint32_t *seen)
{
	const plan *p = l->p;

	memset(seen, 0, p->n_units * sizeof(*seen));
	for (uint32_t start = 0; start < p->n_units; start++) {
		int at = (int)start;

		while (at != PLAN_NO_UNIT && seen[at] == 0) {
			seen[at] = start + 1;
			at = next_of(&p->units[at], which);
		}
		if (at != PLAN_NO_UNIT && seen[at] == start + 1)
			note_mistake(l, l->unit_lines[at], MST_PLAN_CYCLE,
				"unit \"%s\" comes back to itself by \"%s\"", p->units[at].id,
				option);
	}
}

static void
link_units(loader *l)
{
	uint32_t *seen = arena_alloc(&l->scratch, (l->p->n_units + 1) * sizeof(*seen));

	for (uint32_t i = 0; i < l->n_entries; i++) {
		const conf_section *s = l->entries[i].section;
		plan_unit *u;

		if (l->entries[i].index == PLAN_NO_UNIT)
			continue;
		u = &l->p->units[l->entries[i].index];
		u->parent = read_unit(l, s, "parent");
		u->inside = read_unit(l, s, "inside");
		u->succeeded_by = read_unit(l, s, "succeeded_by");
		if (u->succeeded_by != PLAN_NO_UNIT && u->to.kind == PERIOD_NONE)
			note_mistake(l, read_line(s, "succeeded_by"), MST_PLAN_RANGE,
				"unit \"%s\" has a successor but no last period (to)", u->id);
	}
	if (seen == NULL) {
		l->no_memory = true;
		return;
	}
	check_circles(l, 0, "parent", seen);
	check_circles(l, 1, "inside", seen);
	check_circles(l, 2, "succeeded_by", seen);
}

void
load_units(loader *l, const conf_section *root)
{
	size_t count = count_sections(root, "unit");
	const conf_section *s = NULL;

	if (count == 0)
		note_mistake(l, root->line, MST_PLAN_MISSING, "the plan has no unit");
	if (count > PLAN_UNITS_MAX) {
		note_mistake(l, root->line, MST_PLAN_TOO_LARGE, "%zu units, a plan may have %d",
			count, PLAN_UNITS_MAX);
		return;
	}
	l->entries = arena_zalloc(&l->scratch, (count + 1) * sizeof(*l->entries));
	if (l->frame != NULL)
		count = l->p->n_units = l->frame->n_units;
	l->unit_lines = arena_zalloc(&l->scratch, (count + 1) * sizeof(*l->unit_lines));
	l->unit_used = arena_zalloc(&l->scratch, count + 1);
	l->p->units = keep(l, count, sizeof(*l->p->units));
	if (l->entries == NULL || l->unit_lines == NULL || l->unit_used == NULL ||
		l->p->units == NULL) {
		l->no_memory = true;
		return;
	}
	while (!l->no_memory && (s = next_section(root, "unit", s)) != NULL)
		add_unit(l, s);
	fill_absent_units(l);
	link_units(l);
}

/* The kinds of a group as a set of bits; 0 when the option is not set or wrong. */
static unsigned
read_kinds(loader *l, const conf_section *s)
{
	const conf_option *o = read_option(s, "kinds");
	unsigned set = 0;

	for (size_t i = 0; o != NULL && i < o->n_values; i++)
		set |= 1u << read_word_value(l, &o->values[i], "kinds", unit_kind_words, 0);
	return set & ~1u;
}

/* [n_units] flags in the plan's arena. */
static uint8_t *
members_of_kinds(loader *l, unsigned kinds, uint32_t *n_members)
{
	uint8_t *members = keep(l, l->p->n_units, 1);

	*n_members = 0;
	for (uint32_t u = 0; members != NULL && u < l->p->n_units; u++) {
		members[u] = (kinds >> l->p->units[u].kind & 1) != 0;
		*n_members += members[u];
	}
	return members;
}

/* Members by kinds and by name. */
static uint8_t *
read_members(loader *l, const conf_section *s, uint32_t *n_members)
{
	const conf_option *o = read_option(s, "members");
	uint8_t *members = members_of_kinds(l, read_kinds(l, s), n_members);

	if (o == NULL && !read_is_set(s, "kinds"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "%s \"%s\" needs kinds or members",
			s->name, s->title);
	for (size_t i = 0; members != NULL && o != NULL && i < o->n_values; i++) {
		int u = find_unit_at(l, o->values[i].text, o->values[i].line);

		if (u != PLAN_NO_UNIT && !members[u]) {
			members[u] = 1;
			++*n_members;
		}
	}
	return members;
}

/* Where the plan states no rank group; a kind that no unit has makes none. */
static void
rank_by_kind(loader *l)
{
	static const struct {
		const char *id, *name;
		unsigned kinds;
	} usual[] = {
		{ "areas", "各区、县(市)",
			1u << UNIT_DISTRICT | 1u << UNIT_COUNTY | 1u << UNIT_COUNTY_CITY },
		{ "zones", "开发区", 1u << UNIT_ZONE },
		{ "departments", "市直部门", 1u << UNIT_DEPARTMENT | 1u << UNIT_PARTY },
	};
	size_t i, n = sizeof(usual) / sizeof(usual[0]);

	l->p->rank_groups = keep(l, n, sizeof(*l->p->rank_groups));
	for (i = 0; l->p->rank_groups != NULL && i < n; i++) {
		plan_rank_group *g = &l->p->rank_groups[l->p->n_rank_groups];

		g->id = usual[i].id;
		g->name = usual[i].name;
		g->members = members_of_kinds(l, usual[i].kinds, &g->n_members);
		l->p->n_rank_groups += g->n_members > 0;
	}
}

static void
load_rank_groups(loader *l, const conf_section *root)
{
	size_t count = count_sections(root, "rank_group");
	uint8_t *ranked = arena_zalloc(&l->scratch, l->p->n_units + 1);
	const conf_section *s = NULL;

	if (ranked == NULL) {
		l->no_memory = true;
		return;
	}
	if (count > PLAN_GROUPS_MAX) {
		note_mistake(l, root->line, MST_PLAN_TOO_LARGE,
			"%zu rank groups, a plan may have %d", count, PLAN_GROUPS_MAX);
		return;
	}
	if (count == 0) {
		rank_by_kind(l);
		return;
	}
	l->p->rank_groups = keep(l, count, sizeof(*l->p->rank_groups));
	while (!l->no_memory && (s = next_section(root, "rank_group", s)) != NULL) {
		plan_rank_group *g = &l->p->rank_groups[l->p->n_rank_groups++];
		const char *id = read_id(l, s, "rank group"),
			   *name = read_text(l, s, "name", NAME_MAX_BYTES);

		g->id = id == NULL ? "?" : id;
		g->name = name == NULL ? g->id : name;
		read_marks(l, s);
		g->members = read_members(l, s, &g->n_members);
		for (uint32_t u = 0; g->members != NULL && u < l->p->n_units; u++) {
			if (g->members[u] && ranked[u])
				note_mistake(l, s->line, MST_PLAN_ROLE,
					"unit \"%s\" is in two rank groups", l->p->units[u].id);
			ranked[u] |= g->members[u];
		}
	}
	for (uint32_t u = 0; u < l->p->n_units; u++)
		if (!ranked[u])
			note_warning(l, l->unit_lines[u], MST_PLAN_UNRANKED,
				"unit \"%s\" is in no rank group", l->p->units[u].id);
}

void
load_groups(loader *l, const conf_section *root)
{
	size_t count = count_sections(root, "group");
	const conf_section *s = NULL;

	if (count > PLAN_GROUPS_MAX) {
		note_mistake(l, root->line, MST_PLAN_TOO_LARGE, "%zu groups, a plan may have %d",
			count, PLAN_GROUPS_MAX);
		count = 0;
	}
	l->p->groups = keep(l, count, sizeof(*l->p->groups));
	l->group_used = arena_zalloc(&l->scratch, count + 1);
	if (l->group_used == NULL)
		l->no_memory = true;
	while (!l->no_memory && count > 0 && (s = next_section(root, "group", s)) != NULL) {
		plan_group *g = &l->p->groups[l->p->n_groups];
		const char *id = read_id(l, s, "group"),
			   *name = read_needed(l, s, "name", NAME_MAX_BYTES);

		g->id = id == NULL ? "?" : id;
		g->name = name == NULL ? g->id : name;
		g->open = read_yes(l, s, "open", false);
		read_marks(l, s);
		g->members = read_members(l, s, &g->n_members);
		if (g->members != NULL && g->n_members == 0)
			note_mistake(
				l, s->line, MST_PLAN_MISSING, "group \"%s\" has no member", g->id);
		if (!map_put(&l->groups, span_str(g->id), l->p->n_groups++))
			l->no_memory = true;
	}
	load_rank_groups(l, root);
}

void
load_observers(loader *l, const conf_section *root)
{
	const conf_option *o = read_option(root, "observers");

	l->p->observers = keep(l, l->p->n_units, 1);
	for (size_t i = 0; o != NULL && l->p->observers != NULL && i < o->n_values; i++) {
		int u = find_unit_at(l, o->values[i].text, o->values[i].line);

		if (u == PLAN_NO_UNIT)
			continue;
		if (l->p->observers[u])
			note_warning(l, o->values[i].line, MST_PLAN_REDUNDANT,
				"observer \"%s\" is listed twice", o->values[i].text);
		l->p->observers[u] = 1;
		l->unit_used[u] = 1;
	}
}
