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
#include "plan/plan_file.h"

enum { MISFITS_TOLD = 3 };

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
plan_new(void)
{
	plan *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->index = arena_zalloc(&p->memory, sizeof(plan_index));
	if (p->index == NULL) {
		plan_free(p);
		return NULL;
	}
	return p;
}

/* One version, from its part of the file. MS_CONFIG: what is wrong is in PROBLEMS. */
static ms_status
load_version(const plan_text *part, const plan_frame *frame, plan_problems *problems, plan **out)
{
	loader l = { .text = part->text,
		.first_line = part->first_line,
		.frame = frame,
		.problems = problems,
		.p = plan_new() };
	size_t before = problems->mistakes;
	const conf_section *root;
	ms_status s = MS_OK;

	*out = NULL;
	if (l.p == NULL)
		return MS_NO_MEMORY;
	l.index = l.p->index;
	l.p->from = part->from;
	root = plan_conf_read(&l);
	if (root != NULL && !l.no_memory)
		load_sections(&l, root);
	if (l.no_memory)
		s = MS_NO_MEMORY;
	else if (problems->mistakes > before)
		s = MS_CONFIG;
	if (s == MS_OK)
		*out = l.p;
	else
		plan_free(l.p);
	loader_fini(&l);
	return s;
}

/* Every version alone, so that each is told all that is wrong with it. */
static ms_status
load_alone(const plan_text *parts, size_t n, plan_problems *problems, plan **plans)
{
	ms_status worst = MS_OK, s;
	size_t i;

	for (i = 0; i < n && worst != MS_NO_MEMORY; i++) {
		s = load_version(&parts[i], NULL, problems, &plans[i]);
		worst = s == MS_OK ? worst : s;
	}
	return worst;
}

static ms_status
fit_all(const plan_text *parts, size_t n, plan_problems *problems, plan *const *plans)
{
	ms_status worst = MS_OK, s;
	size_t i, k;

	for (i = 1; i < n; i++)
		for (k = 0; k < i && worst != MS_NO_MEMORY; k++) {
			s = versions_fit(
				plans[k], plans[i], parts[i].from, parts[i].first_line, problems);
			worst = s == MS_OK ? worst : s;
		}
	return worst;
}

/* Again, each with the indexes that all share. */
static ms_status
load_together(const plan_text *parts, size_t n, plan_problems *problems, plan **plans)
{
	plan **framed = calloc(n, sizeof(*framed));
	plan_frame frame = { 0 };
	ms_status s = framed == NULL ? MS_NO_MEMORY : plan_frame_make(plans, n, &frame);
	size_t i;

	for (i = 0; i < n && s == MS_OK; i++)
		s = load_version(&parts[i], &frame, problems, &framed[i]);
	plan_frame_fini(&frame);
	for (i = 0; framed != NULL && i < n; i++) {
		plan *alone = plans[i];

		plans[i] = framed[i];
		plan_free(alone);
	}
	free(framed);
	return s;
}

/* The versions get their bytes and lead to each other; the newest is the plan. */
static ms_status
link_versions(span bytes, const plan_text *parts, size_t n, plan **plans)
{
	span copy = arena_copy(&plans[n - 1]->memory, bytes);
	size_t i;

	if (copy.at == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		plans[i]->bytes = span_of(copy.at, parts[i].end);
		plans[i]->version = hash_of(plans[i]->bytes);
	}
	for (i = 1; i < n; i++)
		plans[i]->earlier = plans[i - 1];
	return MS_OK;
}

static ms_status
load_parts_of(span bytes, const plan_text *parts, size_t n, plan_problems *problems, plan **out)
{
	plan **plans = calloc(n, sizeof(*plans));
	ms_status s = plans == NULL ? MS_NO_MEMORY : load_alone(parts, n, problems, plans);
	size_t i;

	if (s == MS_OK)
		s = fit_all(parts, n, problems, plans);
	if (s == MS_OK && n > 1)
		s = load_together(parts, n, problems, plans);
	if (s == MS_OK)
		s = link_versions(bytes, parts, n, plans);
	if (s == MS_OK)
		*out = plans[n - 1];
	for (i = 0; s != MS_OK && plans != NULL && i < n; i++)
		plan_free(plans[i]);
	free(plans);
	return s;
}

/* The first mistake, as plan_load's own error. */
static void
tell_first_mistake(const plan_problems *problems, const char *file, ms_error *err)
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
		return;
	}
	ms_fail(err, MS_CONFIG, MST_PLAN_SYNTAX, "%s: the plan is wrong", file);
}

ms_status
plan_load(span bytes, const char *file, plan **out, plan_problems *problems, ms_error *err)
{
	plan_problems ours = { 0 }, *all = problems == NULL ? &ours : problems;
	plan_text parts[PLAN_VERSIONS_MAX];
	size_t n;
	ms_status s;

	if (bytes.len > PLAN_BYTES_MAX) {
		ms_fail(err, MS_CONFIG, MST_PLAN_TOO_LARGE,
			"the plan has %zu bytes, at most %d are allowed", bytes.len,
			PLAN_BYTES_MAX);
		ms_error_place(err, "%s", file);
		return MS_CONFIG;
	}
	s = versions_split(bytes, parts, &n, err);
	if (s != MS_OK) {
		ms_error_place(err, "%s", file);
		return s;
	}
	s = load_parts_of(bytes, parts, n, all, out);
	problems_sort(all);
	if (s == MS_NO_MEMORY)
		ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"not enough memory for a plan of %zu bytes", bytes.len);
	else if (s != MS_OK)
		tell_first_mistake(all, file, err);
	plan_problems_fini(&ours);
	return s;
}

static bool
is_told_before(const plan_problems *problems, size_t i)
{
	return i > 0 && strcmp(problems->list[i - 1].text, problems->list[i].text) == 0;
}

/* What stands in the way of the version of FILE behind the ones before, which end with line BEFORE:
 * as much of it as one sentence holds. */
static void
tell_misfits(const plan_problems *problems, const char *file, unsigned before, ms_error *err)
{
	size_t told = 0, left = problems->unlisted;
	unsigned line = 0;
	buf text = { 0 };

	for (size_t i = 0; i < problems->n; i++) {
		const plan_problem *misfit = &problems->list[i];

		if (misfit->warning || is_told_before(problems, i))
			continue;
		if (told == MISFITS_TOLD) {
			left++;
			continue;
		}
		if (told == 0 && misfit->line > before)
			line = misfit->line - before;
		buf_addf(&text, "%s%s", told++ == 0 ? "" : "; ", misfit->text);
	}
	ms_fail(err, MS_CONFIG, MST_PLAN_VERSIONS, "%s", buf_cstr(&text));
	if (line > 0)
		ms_error_place(err, "%s:%u", file, line);
	else
		ms_error_place(err, "%s", file);
	if (left > 0)
		ms_error_remedy(err, "%zu more things do not fit to the plan before", left);
	buf_fini(&text);
}

static ms_status
load_behind(const buf *whole, size_t len_before, const char *file, plan **out, ms_error *err)
{
	plan_problems problems = { 0 };
	ms_error plain = { 0 };
	unsigned before = 1; /* the line that parts them */
	ms_status s = plan_load(buf_span(whole), file, out, &problems, &plain);

	for (size_t i = 0; i < len_before; i++)
		before += whole->at[i] == '\n';
	if (s != MS_OK && problems.mistakes > 0)
		tell_misfits(&problems, file, before, err);
	else if (s != MS_OK)
		*err = plain;
	plan_problems_fini(&problems);
	return s;
}

/* The new version is read alone first: then mistakes have the lines of its own file. */
ms_status
plan_follow(const plan *p, span version, const char *file, period from, plan **out, ms_error *err)
{
	plan *alone = NULL;
	buf whole = { 0 };
	ms_status s = plan_load(version, file, &alone, NULL, err);

	if (s != MS_OK)
		return s;
	if (alone->earlier != NULL) {
		s = ms_fail(err, MS_CONFIG, MST_PLAN_VERSIONS,
			"%s holds several versions, expected the new one alone", file);
		ms_error_remedy(err, "keep what stands behind its last line `#==== from ... ====`");
	}
	plan_free(alone);
	buf_add(&whole, p->bytes.at, p->bytes.len);
	plan_append(&whole, version, from);
	if (s == MS_OK && whole.failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the plan");
	if (s == MS_OK)
		s = load_behind(&whole, p->bytes.len, file, out, err);
	buf_fini(&whole);
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
	plan_free(p->earlier);
	arena_fini(&p->memory);
	free(p);
}
