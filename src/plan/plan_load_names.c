/* SPDX-License-Identifier: Apache-2.0 */
/* plan_load_names.c - the names and aliases of all units into one index, in which no two units
 * share a key. */
#include "plan/plan_read.h"

/* NAME of the unit into the index, unless it is another's already. */
static void
add_name(loader *l, uint32_t unit, const char *name, unsigned line, buf *memory)
{
	plan_index *index = l->index;
	const plan_unit *u = &l->p->units[unit];
	span key = name_key(index->city, span_str(name), memory);
	uint64_t other;

	if (key.at == NULL) {
		l->no_memory = true;
		return;
	}
	if (map_find(&index->units, span_str(name), &other) && other != unit)
		note_mistake(l, line, MST_PLAN_AMBIGUOUS,
			"\"%s\" of unit \"%s\" is the id of unit \"%s\", line %u", name, u->id,
			l->p->units[other].id, l->unit_lines[other]);
	if (!map_find(&index->names, key, &other)) {
		if (!map_put(&index->names, key, unit))
			l->no_memory = true;
	} else if (other != unit) {
		note_mistake(l, line, MST_PLAN_AMBIGUOUS,
			"\"%s\" of unit \"%s\" cannot be told from \"%.*s\" of unit \"%s\", line "
			"%u",
			name, u->id, (int)key.len, (const char *)key.at, l->p->units[other].id,
			l->unit_lines[other]);
	} else if (name != u->name) {
		note_warning(l, line, MST_PLAN_REDUNDANT,
			"alias \"%s\" of unit \"%s\" is not needed: the rule of 市 and 政府 yields "
			"it from another name",
			name, u->id);
	}
}

static void
add_names(loader *l, const unit_entry *entry, buf *memory)
{
	uint32_t u = (uint32_t)entry->index;
	const plan_unit *unit = &l->p->units[u];
	unsigned line = read_line(entry->section, "aliases");

	if (unit->name != unit->id)
		add_name(l, u, unit->name, read_line(entry->section, "name"), memory);
	for (size_t i = 0; i < unit->n_aliases; i++)
		add_name(l, u, unit->aliases[i], line, memory);
}

/* The city with which most names begin, of several the first. */
static void
find_city(loader *l, buf *memory)
{
	map counts = { 0 };
	uint64_t most = 0;

	for (uint32_t u = 0; u < l->p->n_units && !l->no_memory; u++) {
		span name = name_fold(span_str(l->p->units[u].name), memory);
		span city = name_city(name);
		uint64_t n = 0;

		l->no_memory |= name.at == NULL;
		if (city.len == 0)
			continue;
		map_find(&counts, city, &n);
		if (!map_put(&counts, city, ++n))
			l->no_memory = true;
		if (n <= most)
			continue;
		most = n;
		if (!span_equal(city, l->index->city))
			l->index->city = arena_copy(&l->p->memory, city);
		l->no_memory |= l->index->city.at == NULL;
	}
	map_fini(&counts);
}

/* Ids first, so that a name can be compared with all of them. */
void
load_names(loader *l, const conf_section *root)
{
	buf memory = { 0 };

	(void)root;
	for (uint32_t u = 0; u < l->p->n_units; u++)
		if (!map_put(&l->index->units, span_str(l->p->units[u].id), u))
			l->no_memory = true;
	find_city(l, &memory);
	for (uint32_t i = 0; !l->no_memory && i < l->n_entries; i++)
		if (l->entries[i].index != PLAN_NO_UNIT)
			add_names(l, &l->entries[i], &memory);
	l->no_memory |= memory.failed;
	buf_fini(&memory);
}
