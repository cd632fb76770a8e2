/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_load_head.c - everything of a plan file that is no unit and no item: names, range, source,
 * calendar, defaults, scoring.
 */
#include "plan/plan_read.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"

static const char *const basis_words[] = { "", "calendar", "working", NULL };
static const char *const roll_words[] = { "", "none", "next_working", NULL };

enum {
	FORMAT = 1,
	TITLE_MAX = 400,
	PREAMBLE_MAX = 16 << 10,
	YEARS_MAX = 10,
	CALENDAR_MAX = 4000,
	WEIGHT_MAX = 100,
};

static void
load_range(loader *l, const conf_section *root)
{
	plan *p = l->p;
	const char *last = "last_period";

	p->first = read_period(l, root, "first_period");
	p->last = read_period(l, root, last);
	if (!read_is_set(root, "first_period"))
		note_mistake(l, root->line, MST_PLAN_MISSING, "first_period is not set");
	if (!read_is_set(root, last))
		note_mistake(l, root->line, MST_PLAN_MISSING, "last_period is not set");
	if (p->first.kind == PERIOD_NONE || p->last.kind == PERIOD_NONE)
		return;
	if (period_first_day(p->last) < period_first_day(p->first))
		note_mistake(l, read_line(root, last), MST_PLAN_RANGE,
			"last_period lies before first_period");
	else if (p->first.kind != p->last.kind)
		note_mistake(l, read_line(root, last), MST_PLAN_RANGE,
			"first_period and last_period are periods of different kinds");
	else if (p->last.year - p->first.year >= YEARS_MAX)
		note_mistake(l, read_line(root, last), MST_PLAN_RANGE,
			"a plan covers at most %d years", YEARS_MAX);
}

/* Later steps do arithmetic with the range, so a wrong one is replaced by something harmless;
 * nothing is loaded anyway. */
static void
mend_range(plan *p)
{
	if (p->first.kind == PERIOD_NONE)
		p->first = (period){ .year = 2000, .kind = PERIOD_QUARTER, .index = 1 };
	if (p->last.kind == PERIOD_NONE || period_end_day(p->last) <= period_first_day(p->first) ||
		p->last.year - p->first.year >= YEARS_MAX)
		p->last = p->first;
}

static void
load_source(loader *l, const conf_section *root)
{
	const conf_section *s = next_section(root, "source", NULL);
	const char *hash;

	if (s == NULL)
		return;
	l->p->source_title = read_needed(l, s, "title", TITLE_MAX);
	l->p->preamble = read_joined(l, s, "preamble", PREAMBLE_MAX);
	hash = read_text(l, s, "sha256", TITLE_MAX);
	if (hash != NULL && !text_unhex(span_str(hash), l->p->source_hash.at, HASH_SIZE))
		note_mistake(l, read_line(s, "sha256"), MST_PLAN_HASH,
			"sha256 of the source is 64 digits 0-9 a-f, this has %zu characters",
			strlen(hash));
	read_marks(l, s);
}

static int
compare_days(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

	return (left > right) - (left < right);
}

static int32_t *
read_days(loader *l, const conf_section *s, const char *option, size_t *n)
{
	const conf_option *o = read_option(s, option);
	size_t count = o == NULL ? 0 : o->n_values;
	int32_t *days;

	*n = 0;
	if (count > CALENDAR_MAX) {
		note_mistake(l, o->line, MST_PLAN_TOO_LARGE, "%zu days, %s may have %d", count,
			option, CALENDAR_MAX);
		return NULL;
	}
	days = keep(l, count, sizeof(*days));
	for (size_t i = 0; days != NULL && i < count; i++) {
		if (date_parse(span_str(o->values[i].text), &days[*n], NULL) == MS_OK)
			(*n)++;
		else
			note_mistake(l, o->values[i].line, MST_PLAN_DATE,
				"\"%s\" is no date, expected one like \"2012-05-01\"",
				o->values[i].text);
	}
	if (days != NULL && *n > 1)
		qsort(days, *n, sizeof(*days), compare_days);
	return days;
}

static void
load_calendar(loader *l, const conf_section *root)
{
	const conf_section *s = next_section(root, "calendar", NULL);
	plan *p = l->p;
	size_t made_up = 0;

	if (s == NULL)
		return;
	p->days_off = read_days(l, s, "off", &p->n_days_off);
	p->days_made_up = read_days(l, s, "made_up", &p->n_days_made_up);
	for (size_t i = 0; i < p->n_days_off && made_up < p->n_days_made_up;) {
		if (p->days_off[i] == p->days_made_up[made_up]) {
			note_mistake(l, read_line(s, "made_up"), MST_PLAN_DATE,
				"a day is both off and made up");
			break;
		}
		if (p->days_off[i] < p->days_made_up[made_up])
			i++;
		else
			made_up++;
	}
	read_marks(l, s);
}

period_kind
read_period_kind(loader *l, const conf_section *s, period_kind default_value)
{
	return (period_kind)read_word(l, s, "period", period_kind_words, (int)default_value);
}

/* The settings that an item takes from `defaults` unless it has its own; also reads `defaults`
 * itself. */
void
read_settings(loader *l, const conf_section *s, const plan_item *from, plan_item *it)
{
	it->kind = read_period_kind(l, s, from->kind);
	it->approval = (item_approval)read_word(
		l, s, "approval", item_approval_words, (int)from->approval);
	it->due_days = read_number(l, s, "due_days", 0, PLAN_DAYS_MAX, from->due_days);
	it->warn_days = read_number(l, s, "warn_days", 0, PLAN_DAYS_MAX, from->warn_days);
	it->red_days = read_number(l, s, "red_days", 0, PLAN_DAYS_MAX, from->red_days);
	it->lock_days = read_number(l, s, "lock_days", 0, PLAN_DAYS_MAX, from->lock_days);
	it->review_days = read_number(l, s, "review_days", 0, PLAN_DAYS_MAX, from->review_days);
	it->return_days = read_number(l, s, "return_days", 0, PLAN_DAYS_MAX, from->return_days);
}

static void
load_defaults(loader *l, const conf_section *root)
{
	const conf_section *s = next_section(root, "defaults", NULL);
	plan_item ours = {
		.kind = PERIOD_QUARTER,
		.approval = APPROVAL_ANY,
		.due_days = 10,
		.warn_days = 3,
		.red_days = 10,
		.lock_days = 60,
		.review_days = 10,
		.return_days = 5,
	};

	l->defaults = ours;
	if (s == NULL)
		return;
	read_settings(l, s, &ours, &l->defaults);
	l->p->due_in_working_days = read_word(l, s, "due_basis", basis_words, 1) == 2;
	l->p->roll_to_working_day = read_word(l, s, "roll", roll_words, 1) == 2;
	l->p->defaults_inferred = read_marks(l, s);
}

static void
load_score(loader *l, const conf_section *root)
{
	const conf_section *s = next_section(root, "score", NULL);
	plan *p = l->p;

	p->score.timely = 30;
	p->score.complete = 20;
	p->score.attain = 40;
	p->score.quality = 10;
	p->score.on_time = 100;
	p->score.late = 60;
	p->score.return_penalty = 25;
	p->score.attain_cap = 100;
	p->score.adjust_max = 500;
	if (s == NULL)
		return;
	p->score.timely = (uint32_t)read_number(l, s, "timely", 0, WEIGHT_MAX, 30);
	p->score.complete = (uint32_t)read_number(l, s, "complete", 0, WEIGHT_MAX, 20);
	p->score.attain = (uint32_t)read_number(l, s, "attain", 0, WEIGHT_MAX, 40);
	p->score.quality = (uint32_t)read_number(l, s, "quality", 0, WEIGHT_MAX, 10);
	p->score.on_time = (uint32_t)read_number(l, s, "on_time", 0, 100, 100);
	p->score.late = (uint32_t)read_number(l, s, "late", 0, 100, 60);
	p->score.missing = (uint32_t)read_number(l, s, "missing", 0, 100, 0);
	p->score.return_penalty = (uint32_t)read_number(l, s, "return_penalty", 0, 100, 25);
	p->score.attain_cap = (uint32_t)read_number(l, s, "attain_cap", 1, 1000, 100);
	read_decimal(l, s, "adjust_max", 2, &p->score.adjust_max);
	read_marks(l, s);
	if (p->score.adjust_max < 0 || p->score.adjust_max > 10000)
		note_mistake(l, read_line(s, "adjust_max"), MST_PLAN_SCORE,
			"adjust_max must lie between 0 and 100");
	if (p->score.timely + p->score.complete + p->score.attain + p->score.quality == 0)
		note_mistake(l, s->line, MST_PLAN_SCORE, "all weights of the score are 0");
	if (p->score.on_time < p->score.late || p->score.late < p->score.missing)
		note_mistake(l, s->line, MST_PLAN_SCORE,
			"on time must be worth at least as much as late, late as much as missing");
}

void
load_head(loader *l, const conf_section *root)
{
	plan *p = l->p;
	const char *id, *zone;
	ms_error err = { 0 };

	if (!read_is_set(root, "format"))
		note_mistake(l, root->line, MST_PLAN_MISSING,
			"format is not set, expected format = %d", FORMAT);
	read_number(l, root, "format", FORMAT, FORMAT, FORMAT);
	id = read_needed(l, root, "id", PLAN_ID_MAX);
	p->id = id == NULL ? "?" : id;
	if (id != NULL && !id_is_valid(id, false))
		note_mistake(l, read_line(root, "id"), MST_PLAN_ID,
			"\"%s\" is no id, expected a-z first, then a-z 0-9 -", id);
	p->title = read_needed(l, root, "title", TITLE_MAX);
	p->title_en = read_text(l, root, "title_en", TITLE_MAX);
	zone = read_needed(l, root, "timezone", TITLE_MAX);
	if (zone != NULL && zone_parse(span_str(zone), &p->zone_min, &err) != MS_OK)
		note_mistake(l, read_line(root, "timezone"), MST_PLAN_ZONE,
			"\"%s\" is no time zone, expected one like \"+08:00\"", zone);
	p->inferred = read_marks(l, root);
	load_range(l, root);
	mend_range(p);
	load_source(l, root);
	load_calendar(l, root);
	load_defaults(l, root);
	load_score(l, root);
	if (p->first.kind != (uint8_t)l->defaults.kind && read_is_set(root, "first_period"))
		note_mistake(l, read_line(root, "first_period"), MST_PLAN_RANGE,
			"first_period is no period of the default kind; defaults say period = "
			"\"%s\"",
			period_kind_words[l->defaults.kind]);
}
