/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_conf.c - which options may stand where in a plan file, and access to the tree that base/conf
 * makes of it.
 *
 * Every value is read as text; plan_read.c judges it. Unknown names and what stands twice are told
 * here, all of them, before the rest is read. What the options mean is explained at the top of
 * deploy/plans/shenyang-2012.conf.
 */
#include "plan/plan_conf.h"

#include "base/conf_sift.h"

static const conf_rule source_rules[] = {
	{ "title", CONF_TEXT, NULL },
	{ "sha256", CONF_TEXT, NULL },
	{ "preamble", CONF_LIST, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

/* Shared by `defaults` and items. */
#define SETTINGS                                                                   \
	{ "period", CONF_TEXT, NULL }, { "approval", CONF_TEXT, NULL },            \
		{ "due_days", CONF_TEXT, NULL }, { "warn_days", CONF_TEXT, NULL }, \
		{ "red_days", CONF_TEXT, NULL }, { "lock_days", CONF_TEXT, NULL }, \
		{ "review_days", CONF_TEXT, NULL },                                \
	{                                                                          \
		"return_days", CONF_TEXT, NULL                                     \
	}

static const conf_rule default_rules[] = {
	SETTINGS,
	{ "due_basis", CONF_TEXT, NULL },
	{ "roll", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule calendar_rules[] = {
	{ "off", CONF_LIST, NULL },
	{ "made_up", CONF_LIST, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule score_rules[] = {
	{ "timely", CONF_TEXT, NULL },
	{ "complete", CONF_TEXT, NULL },
	{ "attain", CONF_TEXT, NULL },
	{ "quality", CONF_TEXT, NULL },
	{ "on_time", CONF_TEXT, NULL },
	{ "late", CONF_TEXT, NULL },
	{ "missing", CONF_TEXT, NULL },
	{ "return_penalty", CONF_TEXT, NULL },
	{ "attain_cap", CONF_TEXT, NULL },
	{ "adjust_max", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule rank_group_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ "kinds", CONF_LIST, NULL },
	{ "members", CONF_LIST, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule group_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ "kinds", CONF_LIST, NULL },
	{ "members", CONF_LIST, NULL },
	{ "open", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule unit_rules[] = {
	{ "kind", CONF_TEXT, NULL },
	{ "name", CONF_TEXT, NULL },
	{ "name_en", CONF_TEXT, NULL },
	{ "aliases", CONF_LIST, NULL },
	{ "parent", CONF_TEXT, NULL },
	{ "inside", CONF_TEXT, NULL },
	{ "from", CONF_TEXT, NULL },
	{ "to", CONF_TEXT, NULL },
	{ "succeeded_by", CONF_TEXT, NULL },
	{ "contact", CONF_TEXT, NULL },
	{ "note", CONF_TEXT, NULL },
	{ "in_source", CONF_TEXT, NULL },
	{ "name_sure", CONF_TEXT, NULL },
	{ "enabled", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule part_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ "owner", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule parts_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ "count", CONF_TEXT, NULL },
	{ "open", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ "part", CONF_TITLED, part_rules },
	{ NULL, 0, NULL },
};

static const conf_rule target_rules[] = {
	{ "value", CONF_TEXT, NULL },
	{ "number_in_source", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule indicator_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ "unit", CONF_TEXT, NULL },
	{ "type", CONF_TEXT, NULL },
	{ "scale", CONF_TEXT, NULL },
	{ "reporters", CONF_LIST, NULL },
	{ "time", CONF_TEXT, NULL },
	{ "space", CONF_TEXT, NULL },
	{ "better", CONF_TEXT, NULL },
	{ "inside", CONF_TEXT, NULL },
	{ "period", CONF_TEXT, NULL },
	{ "due_days", CONF_TEXT, NULL },
	{ "keys", CONF_LIST, NULL },
	{ "key_prefix", CONF_TEXT, NULL },
	{ "in_source", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ "target", CONF_TITLED, target_rules },
	{ NULL, 0, NULL },
};

static const conf_rule check_rules[] = {
	{ "kind", CONF_TEXT, NULL },
	{ "a", CONF_TEXT, NULL },
	{ "b", CONF_TEXT, NULL },
	{ "percent", CONF_TEXT, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ NULL, 0, NULL },
};

static const conf_rule item_rules[] = {
	SETTINGS,
	{ "number", CONF_TEXT, NULL },
	{ "title", CONF_TEXT, NULL },
	{ "title_en", CONF_TEXT, NULL },
	{ "text", CONF_LIST, NULL },
	{ "role_clause", CONF_TEXT, NULL },
	{ "mode", CONF_TEXT, NULL },
	{ "leads", CONF_LIST, NULL },
	{ "required", CONF_LIST, NULL },
	{ "optional", CONF_LIST, NULL },
	{ "line", CONF_LIST, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ "parts", CONF_TITLED, parts_rules },
	{ "indicator", CONF_TITLED, indicator_rules },
	{ "check", CONF_TITLED, check_rules },
	{ NULL, 0, NULL },
};

/* The units stand last, because there may be very many, and next_section walks past what stands
 * before. */
static const conf_rule root_rules[] = {
	{ "format", CONF_TEXT, NULL },
	{ "id", CONF_TEXT, NULL },
	{ "title", CONF_TEXT, NULL },
	{ "title_en", CONF_TEXT, NULL },
	{ "timezone", CONF_TEXT, NULL },
	{ "first_period", CONF_TEXT, NULL },
	{ "last_period", CONF_TEXT, NULL },
	{ "observers", CONF_LIST, NULL },
	{ "inferred", CONF_LIST, NULL },
	{ "source", CONF_SECTION, source_rules },
	{ "defaults", CONF_SECTION, default_rules },
	{ "calendar", CONF_SECTION, calendar_rules },
	{ "score", CONF_SECTION, score_rules },
	{ "rank_group", CONF_TITLED, rank_group_rules },
	{ "group", CONF_TITLED, group_rules },
	{ "item", CONF_TITLED, item_rules },
	{ "unit", CONF_TITLED, unit_rules },
	{ NULL, 0, NULL },
};

/* ---- reading ---- */

static void
note_stray(void *ctx, const conf_stray *stray)
{
	int name_len = (int)stray->name.len, title_len = (int)stray->title.len;
	const char *name = (const char *)stray->name.at, *title = (const char *)stray->title.at;
	suggestion near;
	char hint[80];

	if (name_len > 60)
		name_len = 60;
	if (title_len > 60)
		title_len = 60;
	if (stray->kind == CONF_TWICE) {
		note_mistake(ctx, stray->line, MST_PLAN_DUPLICATE,
			"\"%.*s\" is set in line %u already", name_len, name, stray->first_line);
		return;
	}
	if (stray->kind == CONF_TITLE_TWICE) {
		note_mistake(ctx, stray->line, MST_PLAN_DUPLICATE,
			"%.*s \"%.*s\" stands in line %u already", name_len, name, title_len, title,
			stray->first_line);
		return;
	}
	suggest_begin(&near, stray->name);
	for (const conf_rule *r = stray->rules; r->name != NULL; r++)
		suggest_try(&near, r->name);
	note_mistake(ctx, stray->line, MST_PLAN_UNKNOWN_OPTION, "unknown option \"%.*s\"%s",
		name_len, name, suggest_text(&near, hint));
}

/* ERR's place is "FILE:line". */
static unsigned
line_of(const ms_error *err)
{
	const char *colon = strrchr(err->place, ':');
	unsigned line = 0;

	for (const char *c = colon == NULL ? "" : colon + 1;
		*c >= '0' && *c <= '9' && line < 100000000; c++)
		line = 10 * line + (unsigned)(*c - '0');
	return line;
}

const conf_section *
plan_conf_read(loader *l)
{
	char *text = arena_text(&l->scratch, l->text);
	conf_section *root = NULL;
	ms_error err = { 0 };
	ms_status s;

	if (text == NULL || conf_sift(text, l->text.len, root_rules, note_stray, l) != MS_OK) {
		l->no_memory = true;
		return NULL;
	}
	s = conf_parse(span_of(text, l->text.len), "", root_rules, &l->scratch, &root, &err);
	if (s == MS_NO_MEMORY)
		l->no_memory = true;
	else if (s != MS_OK)
		note_mistake(l, line_of(&err), MST_PLAN_SYNTAX, "%s%s%s", err.text,
			err.remedy[0] == '\0' ? "" : ": ", err.remedy);
	if (s != MS_OK)
		return NULL;
	root->line = 1;
	for (const conf_rule *r = root_rules; r->name != NULL; r++) {
		const conf_section *once =
			r->kind == CONF_SECTION ? next_section(root, r->name, NULL) : NULL;
		const conf_section *again = once == NULL ? NULL : next_section(root, r->name, once);

		if (again != NULL)
			note_mistake(l, again->line, MST_PLAN_DUPLICATE,
				"%s stands in line %u already", r->name, once->line);
	}
	return root;
}

const conf_option *
read_option(const conf_section *s, const char *option)
{
	return conf_find(s, option);
}

const conf_section *
next_section(const conf_section *parent, const char *name, const conf_section *previous)
{
	size_t i = previous == NULL ? 0 : (size_t)(previous - parent->sections) + 1;

	for (; i < parent->n_sections; i++)
		if (strcmp(parent->sections[i].name, name) == 0)
			return &parent->sections[i];
	return NULL;
}

size_t
count_sections(const conf_section *parent, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < parent->n_sections; i++)
		n += strcmp(parent->sections[i].name, name) == 0 ? 1 : 0;
	return n;
}

void
suggest_options(const conf_section *s, suggestion *near)
{
	for (size_t i = 0; i < s->n_options; i++)
		suggest_try(near, s->options[i].name);
	for (size_t i = 0; i < s->n_sections && i < SUGGESTIONS_MAX; i++)
		suggest_try(near, s->sections[i].name);
}
