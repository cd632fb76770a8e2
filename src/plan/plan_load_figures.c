/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load_figures.c - indicators, their targets, and the rules that warn about their values.
 *
 * Which rules of time and space a type can have is a table: a ratio cannot be summed over units, a
 * list of keys cannot have a mean. There is no mean at all.
 */
#include "plan/plan_read.h"

enum {
	LABEL_MAX_BYTES = 240,
	TARGETS_MAX = 100000,
	KEYS_MAX = 10000,
	CHECKS_MAX = 64,
	SCALE_MAX = 9
};

#define BIT(x) (1u << (x))
#define TIME_OF_NUMBERS                                                                   \
	(BIT(TIME_SUM) | BIT(TIME_LAST) | BIT(TIME_YTD) | BIT(TIME_MAX) | BIT(TIME_MIN) | \
		BIT(TIME_NONE))
#define SPACE_OF_NUMBERS \
	(BIT(SPACE_SUM) | BIT(SPACE_OWNER) | BIT(SPACE_MAX) | BIT(SPACE_MIN) | BIT(SPACE_NONE))

/* What fits each type; scale_max: decimals it may have. Where its word is none (0), which is told,
 * everything does. */
static const struct {
	unsigned time, space;
	int scale_max;
	bool keys;
} type_rules[] = {
	[0] = { ~0u, ~0u, SCALE_MAX, true },
	[VALUE_COUNT] = { TIME_OF_NUMBERS, SPACE_OF_NUMBERS, 0, false },
	[VALUE_AMOUNT] = { TIME_OF_NUMBERS, SPACE_OF_NUMBERS, SCALE_MAX, false },
	[VALUE_RATIO] = { BIT(TIME_RATIO) | BIT(TIME_LAST) | BIT(TIME_NONE),
		BIT(SPACE_RATIO) | BIT(SPACE_OWNER) | BIT(SPACE_NONE), SCALE_MAX, false },
	[VALUE_MILESTONE] = { BIT(TIME_LAST) | BIT(TIME_MAX) | BIT(TIME_NONE),
		BIT(SPACE_COUNT_TRUE) | BIT(SPACE_OWNER) | BIT(SPACE_NONE), 0, false },
	[VALUE_KEYSET] = { BIT(TIME_LAST) | BIT(TIME_NONE), BIT(SPACE_UNION) | BIT(SPACE_NONE), 0,
		true },
	[VALUE_TEXT] = { BIT(TIME_LAST) | BIT(TIME_NONE), BIT(SPACE_OWNER) | BIT(SPACE_NONE), 0,
		false },
};
_Static_assert(sizeof(type_rules) / sizeof(type_rules[0]) == VALUE_TEXT + 1, "a row for each type");

/* The option's word, which must be set. */
static int
needed_word(loader *l, const conf_section *s, const char *option, const char *const *words,
	int fallback)
{
	if (!read_is_set(s, option))
		note_mistake(l, s->line, MST_PLAN_MISSING, "indicator \"%s\" has no %s", s->title,
			option);
	return read_word(l, s, option, words, fallback);
}

/* " sum, last, none" of the words in SET, for a message. */
static const char *
list_words(const char *const *words, unsigned set, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned i = 1; words[i] != NULL; i++) {
		size_t n = strlen(words[i]);

		if (!(set & BIT(i)) || len + n + 3 > size)
			continue;
		memcpy(out + len, len == 0 ? "" : ", ", len == 0 ? 0 : 2);
		len += len == 0 ? 0 : 2;
		memcpy(out + len, words[i], n + 1);
		len += n;
	}
	return out;
}

static void
check_rules(loader *l, const conf_section *s, const plan_indicator *in)
{
	char fit[120];

	if (!(type_rules[in->type].time & BIT(in->time)))
		note_mistake(l, read_line(s, "time"), MST_PLAN_RULES,
			"time \"%s\" does not fit type \"%s\", which can have: %s",
			time_rule_words[in->time], value_type_words[in->type],
			list_words(time_rule_words, type_rules[in->type].time, fit, sizeof(fit)));
	if (!(type_rules[in->type].space & BIT(in->space)))
		note_mistake(l, read_line(s, "space"), MST_PLAN_RULES,
			"space \"%s\" does not fit type \"%s\", which can have: %s",
			space_rule_words[in->space], value_type_words[in->type],
			list_words(space_rule_words, type_rules[in->type].space, fit, sizeof(fit)));
	if ((int)in->scale > type_rules[in->type].scale_max)
		note_mistake(l, read_line(s, "scale"), MST_PLAN_RULES,
			"type \"%s\" has whole numbers, scale must be 0",
			value_type_words[in->type]);
	if (in->space == SPACE_OWNER && in->n_reporters > 1)
		note_mistake(l, read_line(s, "space"), MST_PLAN_REPORTERS,
			"space \"owner\" means that one unit speaks for the city, but %u units "
			"report",
			in->n_reporters);
}

/* ---- reporters ---- */

static void
add_reporter(loader *l, uint32_t item, uint8_t *flags, uint32_t unit, const plan_group *group,
	unsigned line)
{
	const plan *p = l->p;

	if (p->roles[(size_t)item * p->n_units + unit] != ROLE_NONE || l->roles_unsure)
		flags[unit] = 1;
	else if (group != NULL)
		note_mistake(l, line, MST_PLAN_REPORTERS,
			"\"%s\" of group \"@%s\" has no role in item \"%s\"", p->units[unit].id,
			group->id, p->items[item].id);
	else
		note_mistake(l, line, MST_PLAN_REPORTERS,
			"reporter \"%s\" has no role in item \"%s\"", p->units[unit].id,
			p->items[item].id);
}

static void
load_reporters(loader *l, const conf_section *s, uint32_t item, plan_indicator *in)
{
	const plan *p = l->p;
	uint8_t *flags = keep(l, p->n_units, 1);
	unsigned line = read_line(s, "reporters");
	size_t n;
	plan_ref *refs = read_refs(l, s, "reporters", &n);

	if (flags == NULL || refs == NULL)
		return;
	if (!read_is_set(s, "reporters"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "indicator \"%s\" has no reporters",
			s->title);
	for (size_t i = 0; i < n; i++) {
		const plan_group *g = refs[i].is_group ? &p->groups[refs[i].index] : NULL;

		if (g == NULL)
			add_reporter(l, item, flags, refs[i].index, NULL, line);
		for (uint32_t u = 0; g != NULL && g->members != NULL && u < p->n_units; u++)
			if (g->members[u])
				add_reporter(l, item, flags, u, g, line);
	}
	in->reporters = flags;
	for (uint32_t u = 0; u < p->n_units; u++)
		in->n_reporters += flags[u];
}

/* ---- targets ---- */

/* A figure of the city is held against a target without a period in each of its periods (see
 * plan_city_target); a unit is judged once, by the whole plan, which then is a year. */
static void
set_whole_plan(loader *l, const conf_section *s, plan_target *t)
{
	const plan *p = l->p;
	period year;

	if (p->first.kind == PERIOD_NONE || p->last.kind == PERIOD_NONE)
		return;
	year = period_widen(p->last, PERIOD_YEAR);
	if (period_first_day(year) == period_first_day(p->first) &&
		period_end_day(year) == period_end_day(p->last))
		t->at = year;
	else
		note_mistake(l, s->line, MST_PLAN_TARGET,
			"target \"%s\" names no period, and the plan is not one year", s->title);
}

/* "city", "tiexi", "city 2012-Q2" */
static void
read_target_title(loader *l, const conf_section *s, const plan_indicator *in, plan_target *t)
{
	const char *space = strchr(s->title, ' ');
	span who =
		space == NULL ? span_str(s->title) : span_of(s->title, (size_t)(space - s->title));
	const plan *p = l->p;
	const char *unit = arena_text(&l->scratch, who);

	*t = (plan_target){ .unit = PLAN_NO_UNIT };
	if (unit == NULL) {
		l->no_memory = true;
		return;
	}
	if (strcmp(unit, "city") != 0) {
		t->unit = find_unit_at(l, unit, s->line);
		if (t->unit != PLAN_NO_UNIT && in->n_reporters > 0 && !in->reporters[t->unit])
			note_mistake(l, s->line, MST_PLAN_TARGET,
				"target for \"%s\", which does not report \"%s\"", unit, in->id);
	}
	if (space == NULL) {
		if (t->unit != PLAN_NO_UNIT)
			set_whole_plan(l, s, t);
		return;
	}
	if (!period_parse(span_str(space + 1), &t->at))
		note_mistake(l, s->line, MST_PLAN_PERIOD,
			"\"%s\" is no period, expected a name like \"2012-Q2\" or \"2012\"",
			space + 1);
	else if (t->at.kind < (uint8_t)in->kind ||
		 period_first_day(t->at) < period_first_day(p->first) ||
		 period_end_day(t->at) > period_end_day(p->last))
		note_mistake(l, s->line, MST_PLAN_TARGET,
			"period %s is outside the plan, or finer than the indicator's own",
			space + 1);
}

static bool
is_target_again(const plan_indicator *in, const plan_target *t)
{
	const plan_target *other = in->targets;

	while (other < t && !(other->unit == t->unit && period_equal(other->at, t->at)))
		other++;
	return other < t;
}

static void
load_target(loader *l, const conf_section *s, plan_indicator *in)
{
	plan_target *t = &in->targets[in->n_targets++];

	read_target_title(l, s, in, t);
	if (is_target_again(in, t))
		note_mistake(l, s->line, MST_PLAN_TARGET,
			"target \"%s\": one for the same unit and period stands before", s->title);
	t->number_in_source = read_yes(l, s, "number_in_source", false);
	read_marks(l, s);
	if (in->type == VALUE_TEXT) {
		note_mistake(l, s->line, MST_PLAN_TARGET, "a text has no target");
		return;
	}
	if (!read_is_set(s, "value")) {
		note_mistake(l, s->line, MST_PLAN_MISSING, "target \"%s\" has no value", s->title);
		return;
	}
	if (read_decimal(l, s, "value", in->scale, &t->value) && t->value <= 0)
		note_mistake(l, read_line(s, "value"), MST_PLAN_TARGET,
			"target is %s, it must be more than 0",
			read_option(s, "value")->values[0].text);
}

static void
load_targets(loader *l, const conf_section *s, plan_indicator *in)
{
	size_t count = count_sections(s, "target");
	const conf_section *at = NULL;

	if (count > TARGETS_MAX) {
		note_mistake(l, s->line, MST_PLAN_TOO_LARGE,
			"%zu targets, an indicator may have %d", count, TARGETS_MAX);
		return;
	}
	in->targets = keep(l, count, sizeof(*in->targets));
	while (!l->no_memory && (at = next_section(s, "target", at)) != NULL)
		load_target(l, at, in);
}

/* ---- indicators ---- */

static void
load_keys(loader *l, const conf_section *s, plan_indicator *in)
{
	const conf_option *o = read_option(s, "keys");
	size_t count = o == NULL ? 0 : o->n_values;

	in->key_prefix = read_key(l, s, "key_prefix");
	if (!type_rules[in->type].keys && (o != NULL || in->key_prefix != NULL))
		note_mistake(l, o != NULL ? o->line : read_line(s, "key_prefix"), MST_PLAN_RULES,
			"only a keyset has keys, the type is \"%s\"", value_type_words[in->type]);
	if (count > KEYS_MAX) {
		note_mistake(l, o->line, MST_PLAN_TOO_LARGE, "%zu keys, an indicator may list %d",
			count, KEYS_MAX);
		return;
	}
	if (count == 0)
		return;
	in->keys = keep(l, count, sizeof(*in->keys));
	for (size_t i = 0; in->keys != NULL && i < count; i++) {
		const char *key = read_key_value(l, &o->values[i], "keys");

		if (key != NULL)
			in->keys[in->n_keys++] = key;
	}
}

/* "i06.parks" belongs into item "i06". */
static const char *
read_indicator_id(loader *l, const conf_section *s, const plan_item *it)
{
	size_t len = strlen(it->id);
	uint64_t other;

	if (!id_is_valid(s->title, true) || strncmp(s->title, it->id, len) != 0 ||
		s->title[len] != '.') {
		note_mistake(l, s->line, MST_PLAN_ID,
			"\"%s\" is no id for an indicator of item \"%s\", expected \"%s.\" and a "
			"word of a-z 0-9 _ -, together at most %d letters",
			s->title, it->id, it->id, PLAN_ID_MAX);
		return "?";
	}
	if (map_find(&l->index->indicators, span_str(s->title), &other) &&
		!l->p->indicators[other].absent)
		note_mistake(l, s->line, MST_PLAN_DUPLICATE,
			"indicator \"%s\" stands in line %u already", s->title,
			l->indicator_lines[other]);
	return keep_text(l, s->title);
}

static uint32_t
place_of_indicator(loader *l, const char *id)
{
	uint64_t index = 0;

	if (l->frame == NULL)
		return l->p->n_indicators++;
	map_find(&l->frame->indicator_at, span_str(id), &index);
	return (uint32_t)index;
}

static void
load_indicator(loader *l, const conf_section *s, uint32_t item)
{
	uint32_t index = place_of_indicator(l, s->title);
	plan_indicator *in = &l->p->indicators[index];
	const plan_item *it = &l->p->items[item];
	const char *id = read_indicator_id(l, s, it),
		   *name = read_needed(l, s, "name", LABEL_MAX_BYTES),
		   *unit = read_text(l, s, "unit", LABEL_MAX_BYTES);

	*in = (plan_indicator){ .id = id };
	l->indicator_lines[index] = s->line;
	if (!map_put(&l->index->indicators, span_str(in->id), index))
		l->no_memory = true;
	in->name = name == NULL ? in->id : name;
	in->unit_of_measure = unit == NULL ? "" : unit;
	in->item = item;
	in->type = (value_type)needed_word(l, s, "type", value_type_words, 0);
	in->scale = (uint8_t)read_number(l, s, "scale", 0, SCALE_MAX, 0);
	in->time = (time_rule)needed_word(l, s, "time", time_rule_words, TIME_NONE);
	in->space = (space_rule)needed_word(l, s, "space", space_rule_words, SPACE_NONE);
	in->lower_is_better = read_word(l, s, "better", better_words, 1) == 2;
	in->gross = read_word(l, s, "inside", inside_words, 1) == 2;
	in->kind = read_period_kind(l, s, it->kind);
	in->due_days = read_number(l, s, "due_days", 0, PLAN_DAYS_MAX, -1);
	in->in_source = read_yes(l, s, "in_source", true);
	in->inferred = read_marks(l, s);
	if (in->kind < it->kind)
		note_mistake(l, read_line(s, "period"), MST_PLAN_PERIOD,
			"indicator \"%s\" would be due more often than its item reports", in->id);
	load_reporters(l, s, item, in);
	check_rules(l, s, in);
	load_keys(l, s, in);
	load_targets(l, s, in);
}

void
load_indicators(loader *l, const conf_section *s, uint32_t item)
{
	plan_item *it = &l->p->items[item];
	const conf_section *at = NULL;

	if (l->frame == NULL)
		it->first_indicator = l->p->n_indicators;
	else
		fill_absent_indicators(l, item);
	while (!l->no_memory && (at = next_section(s, "indicator", at)) != NULL)
		load_indicator(l, at, item);
	if (l->frame == NULL)
		it->n_indicators = l->p->n_indicators - it->first_indicator;
}

/* ---- checks ---- */

/* The indicator of this item that the option names; 0 and a note when it is none. */
static uint32_t
read_indicator(loader *l, const conf_section *s, const char *option, uint32_t item)
{
	const plan_item *it = &l->p->items[item];
	const char *text = read_needed(l, s, option, PLAN_ID_MAX);
	suggestion near;
	char hint[80];

	if (text == NULL)
		return 0;
	suggest_begin(&near, span_str(text));
	for (uint32_t i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
		if (strcmp(l->p->indicators[i].id, text) == 0)
			return i;
		suggest_try(&near, l->p->indicators[i].id);
	}
	note_mistake(l, read_line(s, option), MST_PLAN_UNKNOWN_INDICATOR,
		"unknown indicator \"%s\" in item \"%s\"%s", text, it->id,
		suggest_text(&near, hint));
	return 0;
}

static void
load_check(loader *l, const conf_section *s, uint32_t item, plan_check_rule *c)
{
	const plan *p = l->p;
	const plan_indicator *a, *b;

	if (!read_is_set(s, "kind"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "check \"%s\" has no kind", s->title);
	c->kind = (check_kind)read_word(l, s, "kind", check_kind_words, CHECK_NOT_FALLING);
	c->a = read_indicator(l, s, "a", item);
	c->b = c->kind == CHECK_AT_MOST ? read_indicator(l, s, "b", item) : c->a;
	c->percent = (uint32_t)read_number(l, s, "percent", 1, 100000, 0);
	if (c->kind != CHECK_AT_MOST && read_is_set(s, "b"))
		note_mistake(l, read_line(s, "b"), MST_PLAN_CHECK,
			"only a check \"at_most\" compares with a second indicator");
	if (c->kind == CHECK_CHANGE && !read_is_set(s, "percent"))
		note_mistake(l, s->line, MST_PLAN_MISSING, "check \"%s\" has no percent", s->title);
	if (p->items[item].n_indicators == 0)
		return;
	a = &p->indicators[c->a];
	b = &p->indicators[c->b];
	if (a->type > VALUE_AMOUNT)
		note_mistake(l, read_line(s, "a"), MST_PLAN_CHECK,
			"indicator \"%s\" is no count or amount", a->id);
	else if (b->type != a->type || b->scale != a->scale)
		note_mistake(l, read_line(s, "b"), MST_PLAN_CHECK,
			"\"%s\" and \"%s\" differ in type or scale", a->id, b->id);
}

void
load_checks(loader *l, const conf_section *s, uint32_t item)
{
	plan_item *it = &l->p->items[item];
	size_t count = count_sections(s, "check");
	const conf_section *at = NULL;

	if (count > CHECKS_MAX) {
		note_mistake(l, s->line, MST_PLAN_TOO_LARGE, "%zu checks, an item may have %d",
			count, CHECKS_MAX);
		return;
	}
	it->checks = keep(l, count, sizeof(*it->checks));
	while (!l->no_memory && (at = next_section(s, "check", at)) != NULL) {
		it->checks[it->n_checks++] = (uint32_t)l->p->n_checks;
		load_check(l, at, item, &l->p->checks[l->p->n_checks++]);
	}
}
