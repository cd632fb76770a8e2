/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load.c - from a plan file's bytes to a plan, or to the list of everything that is wrong with
 * it.
 *
 * The steps follow each other because each needs the one before: units before their names, groups
 * before roles, roles before the owners of parts and the reporters of indicators. A step that found
 * mistakes leaves something harmless behind, so that the next ones can go on and find theirs. What
 * comes of it is thrown away unless there was no mistake at all.
 */
#include "plan/plan_read.h"

#include <stdlib.h>

#include "plan/plan_conf.h"

static void
loader_fini(loader *l)
{
	arena_fini(&l->scratch);
	map_fini(&l->units);
	map_fini(&l->groups);
	map_fini(&l->parts);
}

static void
load_sections(loader *l, const conf_section *root)
{
	void (*const steps[])(loader *, const conf_section *) = {
		load_head,
		load_units,
		load_names,
		load_groups,
		load_observers,
		load_items,
		check_whole,
	};

	for (size_t i = 0; !l->no_memory && i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i](l, root);
}

static plan *
plan_new(span bytes)
{
	plan *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->version = hash_of(bytes);
	p->bytes = arena_copy(&p->memory, bytes);
	p->index = arena_zalloc(&p->memory, sizeof(plan_index));
	if (p->bytes.at == NULL || p->index == NULL) {
		plan_free(p);
		return NULL;
	}
	return p;
}

/* The first mistake, as plan_load's own error. */
static ms_status
first_mistake(const plan_problems *problems, const char *file, ms_error *err)
{
	for (size_t i = 0; i < problems->n; i++) {
		const plan_problem *first = &problems->list[i];

		if (first->warning)
			continue;
		ms_fail(err, MS_CONFIG, first->code, "%s", first->text);
		ms_error_place(err, "%s:%u", file, first->line);
		if (problems->mistakes > 1)
			ms_error_remedy(err, "muster plan check lists all %zu mistakes",
				problems->mistakes);
		return MS_CONFIG;
	}
	return ms_fail(err, MS_CONFIG, MST_PLAN_SYNTAX, "%s: the plan is wrong", file);
}

/* Read into L->p; what is wrong is in L->problems. */
static void
load_bytes(loader *l)
{
	const conf_section *root = plan_conf_read(l);

	if (root != NULL && !l->no_memory)
		load_sections(l, root);
	problems_sort(l->problems);
}

ms_status
plan_load(span bytes, const char *file, plan **out, plan_problems *problems, ms_error *err)
{
	plan_problems ours = { 0 };
	loader l = { .problems = problems == NULL ? &ours : problems };
	ms_status s = MS_OK;

	if (bytes.len > PLAN_BYTES_MAX) {
		ms_fail(err, MS_CONFIG, MST_PLAN_TOO_LARGE,
			"the plan has %zu bytes, at most %d are allowed", bytes.len,
			PLAN_BYTES_MAX);
		ms_error_place(err, "%s", file);
		return MS_CONFIG;
	}
	l.p = plan_new(bytes);
	if (l.p == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"not enough memory for a plan of %zu bytes", bytes.len);
	l.index = l.p->index;
	load_bytes(&l);
	if (l.no_memory)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"not enough memory for a plan of %zu bytes", bytes.len);
	else if (l.problems->mistakes > 0)
		s = first_mistake(l.problems, file, err);
	if (s == MS_OK)
		*out = l.p;
	else
		plan_free(l.p);
	loader_fini(&l);
	plan_problems_fini(&ours);
	return s;
}

void
plan_free(plan *p)
{
	plan_index *index;

	if (p == NULL)
		return;
	index = p->index;
	if (index != NULL) {
		map_fini(&index->units);
		map_fini(&index->items);
		map_fini(&index->indicators);
		map_fini(&index->names);
	}
	arena_fini(&p->memory);
	free(p);
}
