/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_read.c - one option at a time: is it there, has it the form it should have, what does it
 * say.
 *
 * Numbers, periods and words come as text with a line, so that each mistake is told where it stands
 * and in the plan's words.
 */
#include "plan/plan_read.h"

#include <stdio.h>

#include "base/lang.h"
#include "base/text.h"
#include "plan/keys.h"

void *
keep(loader *l, size_t count, size_t size)
{
	void *place = arena_zalloc(&l->p->memory, count * size + 1);

	if (place == NULL)
		l->no_memory = true;
	return place;
}

const char *
keep_text(loader *l, const char *text)
{
	const char *copy = arena_text(&l->p->memory, span_str(text));

	if (copy == NULL)
		l->no_memory = true;
	return copy;
}

bool
read_is_set(const conf_section *s, const char *option)
{
	return read_option(s, option) != NULL;
}

unsigned
read_line(const conf_section *s, const char *option)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? s->line : o->line;
}

/* ---- texts ---- */

static bool
text_is_fit(loader *l, const conf_value *v, const char *option, size_t max)
{
	span text = span_str(v->text);

	if (text_trim(text).len == 0) {
		note_mistake(l, v->line, MST_PLAN_TEXT, "%s is empty", option);
		return false;
	}
	if (text.len > max) {
		note_mistake(l, v->line, MST_PLAN_TEXT, "%s has %zu bytes, at most %zu are allowed",
			option, text.len, max);
		return false;
	}
	/* Clean text may hold tabs and line ends; a plan's texts are lines, so they may not. */
	if (!text_is_clean(text) || strpbrk(v->text, "\t\n") != NULL) {
		note_mistake(l, v->line, MST_PLAN_TEXT,
			"%s has a control character, a tab or a line end in it", option);
		return false;
	}
	return true;
}

const char *
read_value(loader *l, const conf_value *v, const char *option, size_t max)
{
	return text_is_fit(l, v, option, max) ? keep_text(l, v->text) : NULL;
}

const char *
read_text(loader *l, const conf_section *s, const char *option, size_t max)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? NULL : read_value(l, &o->values[0], option, max);
}

const char *
read_needed(loader *l, const conf_section *s, const char *option, size_t max)
{
	if (!read_is_set(s, option))
		note_mistake(l, s->line, MST_PLAN_MISSING, "%s%s%s%s has no %s",
			s->title == NULL && strcmp(s->name, "root") == 0 ? tr("the plan") : s->name,
			s->title == NULL ? "" : " \"", s->title == NULL ? "" : s->title,
			s->title == NULL ? "" : "\"", option);
	return read_text(l, s, option, max);
}

const char *
read_joined(loader *l, const conf_section *s, const char *option, size_t max)
{
	const conf_option *o = read_option(s, option);
	size_t len = 0, at = 0;
	char *text;

	for (size_t i = 0; o != NULL && i < o->n_values; i++) {
		if (!text_is_fit(l, &o->values[i], option, max))
			return NULL;
		len += strlen(o->values[i].text);
	}
	if (o == NULL)
		return NULL;
	if (len == 0 || len > max) {
		note_mistake(l, o->line, MST_PLAN_TEXT, "%s has %zu bytes, expected 1 to %zu",
			option, len, max);
		return NULL;
	}
	text = keep(l, len + 1, 1);
	for (size_t i = 0; text != NULL && i < o->n_values; i++) {
		size_t n = strlen(o->values[i].text);

		memcpy(text + at, o->values[i].text, n);
		at += n;
	}
	return text;
}

/* ---- numbers ---- */

int
read_number_value(
	loader *l, const conf_value *v, const char *option, int min, int max, int default_value)
{
	uint64_t n;

	if (text_uint(span_str(v->text), (uint64_t)max, &n) && n >= (uint64_t)min)
		return (int)n;
	note_mistake(l, v->line, MST_PLAN_NUMBER,
		"%s is \"%.60s\", expected a whole number from %d to %d without leading zeros",
		option, v->text, min, max);
	return default_value;
}

int
read_number(
	loader *l, const conf_section *s, const char *option, int min, int max, int default_value)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? default_value
			 : read_number_value(l, &o->values[0], option, min, max, default_value);
}

bool
read_decimal(loader *l, const conf_section *s, const char *option, unsigned scale, int64_t *out)
{
	const conf_option *o = read_option(s, option);
	const conf_value *v;

	if (o == NULL)
		return false;
	v = &o->values[0];
	switch (text_decimal(span_str(v->text), scale, out)) {
	case DECIMAL_OK:
		return true;
	case DECIMAL_TOO_MANY_DECIMALS:
		note_mistake(l, v->line, MST_PLAN_NUMBER,
			"%s is \"%.60s\", at most %u decimals are allowed", option, v->text, scale);
		return false;
	case DECIMAL_OUT_OF_RANGE:
		note_mistake(l, v->line, MST_PLAN_NUMBER, "%s is \"%.60s\", which is too large",
			option, v->text);
		return false;
	default:
		note_mistake(l, v->line, MST_PLAN_NUMBER,
			"%s is \"%.60s\", expected a number like \"50\"%s", option, v->text,
			scale == 0 ? "" : tr(" or \"50.25\""));
		return false;
	}
}

/* ---- words ---- */

static void
note_word(loader *l, const conf_value *v, const char *option, const char *const *words)
{
	suggestion near;
	char hint[80], list[160];
	size_t len = 0;

	suggest_begin(&near, span_str(v->text));
	list[0] = '\0';
	for (size_t i = 1; words[i] != NULL; i++) {
		suggest_try(&near, words[i]);
		if (len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
				i == 1 ? "" : ", ", words[i]);
	}
	if (near.best != NULL)
		note_mistake(l, v->line, MST_PLAN_WORD, "%s is \"%.60s\"%s", option, v->text,
			suggest_text(&near, hint));
	else
		note_mistake(l, v->line, MST_PLAN_WORD, "%s is \"%.60s\", expected one of %s",
			option, v->text, list);
}

int
read_word_value(loader *l, const conf_value *v, const char *option, const char *const *words,
	int default_value)
{
	for (int i = 1; words[i] != NULL; i++)
		if (strcmp(words[i], v->text) == 0)
			return i;
	note_word(l, v, option, words);
	return default_value;
}

int
read_word(loader *l, const conf_section *s, const char *option, const char *const *words,
	int default_value)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? default_value
			 : read_word_value(l, &o->values[0], option, words, default_value);
}

bool
read_yes(loader *l, const conf_section *s, const char *option, bool default_value)
{
	static const char *const words[] = { "", "yes", "no", NULL };

	return read_word(l, s, option, words, default_value ? 1 : 2) == 1;
}

period
read_period(loader *l, const conf_section *s, const char *option)
{
	const conf_option *o = read_option(s, option);
	period at = { 0 };

	if (o != NULL && !period_parse(span_str(o->values[0].text), &at)) {
		note_mistake(l, o->values[0].line, MST_PLAN_PERIOD,
			"%s: \"%.60s\" is no period, expected a name like \"2012\", \"2012-H1\", "
			"\"2012-Q2\" or \"2012-07\"",
			option, o->values[0].text);
		at = (period){ 0 };
	}
	return at;
}

/* ---- ids ---- */

/* [a-z][a-z0-9-]{0,31}; an indicator's has one dot in it and may have _ behind the dot. */
bool
id_is_valid(const char *text, bool indicator)
{
	size_t len = strlen(text);
	const char *dot = NULL;

	if (len == 0 || len > PLAN_ID_MAX || text[0] < 'a' || text[0] > 'z')
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		bool letter = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-';

		if (letter || (*c == '_' && dot != NULL))
			continue;
		if (*c != '.' || dot != NULL || !indicator || c[1] < 'a' || c[1] > 'z')
			return false;
		dot = c;
	}
	return dot != NULL || !indicator;
}

const char *
read_id(loader *l, const conf_section *s, const char *what)
{
	if (id_is_valid(s->title, false))
		return keep_text(l, s->title);
	note_mistake(l, s->line, MST_PLAN_ID,
		"\"%.60s\" is no id for a %s, expected a-z first, then a-z 0-9 -, at most %d in "
		"all",
		s->title, what, PLAN_ID_MAX);
	return NULL;
}

plan_marks
read_marks(loader *l, const conf_section *s)
{
	const conf_option *o = read_option(s, "inferred");
	size_t count = o == NULL ? 0 : o->n_values;
	plan_marks marks = { 0 };

	if (count == 0)
		return marks;
	marks.names = keep(l, count, sizeof(*marks.names));
	for (size_t i = 0; marks.names != NULL && i < count; i++) {
		const conf_value *v = &o->values[i];
		suggestion near;
		char hint[80];

		if (read_is_set(s, v->text) || next_section(s, v->text, NULL) != NULL) {
			marks.names[marks.n++] = keep_text(l, v->text);
			continue;
		}
		suggest_begin(&near, span_str(v->text));
		suggest_options(s, &near);
		note_mistake(l, v->line, MST_PLAN_INFERRED,
			"inferred names \"%.60s\", which is not set here%s", v->text,
			suggest_text(&near, hint));
	}
	return marks;
}

/* ---- keys ---- */

const char *
read_key_value(loader *l, const conf_value *v, const char *option)
{
	uint8_t room[KEY_FOLDED_MAX];
	const char *key;
	span folded;

	if (!text_is_fit(l, v, option, REPORT_KEY_MAX))
		return NULL;
	folded = key_fold(span_str(v->text), room);
	if (folded.len == 0 || folded.len > REPORT_KEY_MAX) {
		note_mistake(l, v->line, MST_PLAN_TEXT, "%s: \"%.60s\" is too long for a key",
			option, v->text);
		return NULL;
	}
	key = arena_text(&l->p->memory, folded);
	if (key == NULL)
		l->no_memory = true;
	return key;
}

const char *
read_key(loader *l, const conf_section *s, const char *option)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? NULL : read_key_value(l, &o->values[0], option);
}

/* ---- references ---- */

/* The id of the unit that is called TEXT, or NULL. */
static const char *
unit_of_name(const loader *l, const char *text)
{
	buf memory = { 0 };
	span key = name_key(l->index->city, span_str(text), &memory);
	uint64_t unit;
	bool found = key.len > 0 && map_find(&l->index->names, key, &unit);

	buf_fini(&memory);
	return found ? l->p->units[unit].id : NULL;
}

static void
note_unknown_unit(loader *l, const char *text, unsigned line)
{
	suggestion near;
	const char *named;
	char hint[80];
	uint64_t group;

	if (map_find(&l->groups, span_str(text), &group)) {
		note_mistake(l, line, MST_PLAN_UNKNOWN_UNIT,
			"\"%s\" is a group, did you mean \"@%s\"?", text, text);
		return;
	}
	suggest_begin(&near, span_str(text));
	for (uint32_t u = 0; l->problems->n < SUGGESTIONS_MAX && u < l->p->n_units; u++)
		suggest_try(&near, l->p->units[u].id);
	named = unit_of_name(l, text);
	if (named != NULL)
		near.best = named;
	note_mistake(l, line, MST_PLAN_UNKNOWN_UNIT, "unknown unit \"%.60s\"%s", text,
		suggest_text(&near, hint));
}

int
find_unit_at(loader *l, const char *text, unsigned line)
{
	const unit_entry *entry;
	uint64_t at;

	if (!map_find(&l->units, span_str(text), &at)) {
		note_unknown_unit(l, text, line);
		return PLAN_NO_UNIT;
	}
	entry = &l->entries[at];
	if (entry->index == PLAN_NO_UNIT)
		note_mistake(l, line, MST_PLAN_DISABLED_UNIT,
			"unit \"%s\" is switched off in line %u", text, entry->section->line);
	return entry->index;
}

int
read_unit(loader *l, const conf_section *s, const char *option)
{
	const conf_option *o = read_option(s, option);

	return o == NULL ? PLAN_NO_UNIT : find_unit_at(l, o->values[0].text, o->values[0].line);
}

/* Index of the group behind the @, or -1 with the mistake noted. */
static int
find_group_at(loader *l, const char *text, unsigned line)
{
	suggestion near;
	char hint[80];
	uint64_t at;

	if (map_find(&l->groups, span_str(text), &at)) {
		l->group_used[at] = true;
		return (int)at;
	}
	suggest_begin(&near, span_str(text));
	for (uint32_t g = 0; g < l->p->n_groups; g++)
		suggest_try(&near, l->p->groups[g].id);
	hint[0] = '\0';
	if (near.best != NULL)
		snprintf(hint, sizeof(hint), tr(", did you mean \"@%s\"?"), near.best);
	note_mistake(l, line, MST_PLAN_UNKNOWN_GROUP, "unknown group \"@%.60s\"%s", text, hint);
	return -1;
}

plan_ref *
read_refs(loader *l, const conf_section *s, const char *option, size_t *n)
{
	const conf_option *o = read_option(s, option);
	size_t count = o == NULL ? 0 : o->n_values;
	plan_ref *refs = keep(l, count, sizeof(*refs));

	*n = 0;
	for (size_t i = 0; refs != NULL && i < count; i++) {
		const conf_value *v = &o->values[i];
		bool group = v->text[0] == '@';
		int at = group ? find_group_at(l, v->text + 1, v->line)
			       : find_unit_at(l, v->text, v->line);

		if (at >= 0)
			refs[(*n)++] = (plan_ref){ .is_group = group, .index = (uint32_t)at };
	}
	return refs;
}
