/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_read.h - what the plan_load files share: the plan being made, the mistakes found, and
 * options read one by one.
 *
 * Every read function notes its own mistake at file:line and returns a value that lets the loading
 * go on (NULL, a default, no period), so that one run finds all mistakes. Only running out of
 * memory is sticky: it is kept in loader.no_memory.
 */
#ifndef PLAN_PLAN_READ_H
#define PLAN_PLAN_READ_H

#include "base/conf.h"
#include "base/suggest.h"
#include "plan/plan.h"
#include "plan/plan_frame.h"
#include "plan/plan_index.h"
#include "plan/plan_words.h"

/* A unit section: enabled ones have an index in plan->units, the others PLAN_NO_UNIT. */
typedef struct unit_entry {
	const conf_section *section;
	const char *id;
	int index;
} unit_entry;

typedef struct loader {
	plan *p;
	span text;               /* of the version being read ... */
	unsigned first_line;     /* ... which begins behind so many lines of the file */
	const plan_frame *frame; /* indexes shared with other versions; NULL: its own */
	plan_problems *problems;
	arena scratch;     /* freed when the loading ends */
	map units;         /* id -> unit_entry */
	map groups;        /* id -> index */
	map parts;         /* of the item being read: id -> line */
	plan_index *index; /* of the plan */
	unit_entry *entries;
	uint32_t n_entries;
	unsigned *item_lines, *indicator_lines, *unit_lines;
	uint8_t *unit_used; /* [n_units] has a role somewhere, or observes */
	bool *group_used;
	plan_item defaults; /* the settings that items take over */
	bool roles_unsure;  /* of the item being read: who is in it was not understood */
	bool any_unsure;    /* so it is in some item */
	bool no_memory;
} loader;

enum {
	SUGGESTIONS_MAX = 100, /* mistakes for which all units are searched for a near one */
};

/* ---- mistakes ---- */

void note_mistake(loader *l, unsigned line, unsigned code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void note_warning(loader *l, unsigned line, unsigned code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* False: out of memory. */
bool problems_add(
	plan_problems *problems, unsigned line, bool warning, unsigned code, const char *text);
/* ", did you mean "tjj"?", or "" when nothing is near. OUT holds 80 bytes. */
const char *suggest_text(const suggestion *s, char out[80]);
/* Sorted by line, mistakes and warnings together. */
void problems_sort(plan_problems *problems);

/* ---- options ---- */

/* The option's value as text in the plan's arena; NULL when it is not set or wrong. Not empty, at
 * most MAX bytes, no control characters. */
const char *read_text(loader *l, const conf_section *s, const char *option, size_t max);
/* The same; its absence is a mistake. */
const char *read_needed(loader *l, const conf_section *s, const char *option, size_t max);
/* A list of pieces joined as they stand. */
const char *read_joined(loader *l, const conf_section *s, const char *option, size_t max);
/* A whole number MIN..MAX, or DEFAULT_VALUE when not set or wrong. */
int read_number(
	loader *l, const conf_section *s, const char *option, int min, int max, int default_value);
bool read_yes(loader *l, const conf_section *s, const char *option, bool default_value);
/* The place in WORDS (a list as in plan_words.h) of the option's word, or DEFAULT_VALUE when not
 * set or wrong. */
int read_word(loader *l, const conf_section *s, const char *option, const char *const *words,
	int default_value);
period read_period(loader *l, const conf_section *s, const char *option);
/* "50.00" at SCALE decimals. False: a mistake was noted, or the option is not set. */
bool read_decimal(
	loader *l, const conf_section *s, const char *option, unsigned scale, int64_t *out);
plan_marks read_marks(loader *l, const conf_section *s);
/* Is TEXT an id, [a-z][a-z0-9-]{0,31}? Indicators have their item's id and a dot in front;
 * INDICATOR lets one dot and _ pass. */
bool id_is_valid(const char *text, bool indicator);
/* The section's title as an id; NULL (noted) when it is none. WHAT: "unit", "item", ... */
const char *read_id(loader *l, const conf_section *s, const char *what);
/* A key of a key set, in the form in which keys are compared. */
const char *read_key(loader *l, const conf_section *s, const char *option);
/* Is the option set? */
bool read_is_set(const conf_section *s, const char *option);
/* The option's line, or the section's when it is not set. */
unsigned read_line(const conf_section *s, const char *option);
/* The same for one value of a list. */
const char *read_value(loader *l, const conf_value *v, const char *option, size_t max);
int read_number_value(
	loader *l, const conf_value *v, const char *option, int min, int max, int default_value);
int read_word_value(loader *l, const conf_value *v, const char *option, const char *const *words,
	int default_value);
const char *read_key_value(loader *l, const conf_value *v, const char *option);
/* Offer the options set in S. */
void suggest_options(const conf_section *s, suggestion *near);

/* Arena of the plan, zeroed, sticky no_memory. COUNT 0 gives a non-NULL place. */
void *keep(loader *l, size_t count, size_t size);
const char *keep_text(loader *l, const char *text);

/* ---- sections ---- */

/* NULL when it is not set. */
const conf_option *read_option(const conf_section *s, const char *option);
/* The section of this name in PARENT that follows PREVIOUS (NULL: the first). NULL at the end. */
const conf_section *next_section(
	const conf_section *parent, const char *name, const conf_section *previous);
size_t count_sections(const conf_section *parent, const char *name);

/* ---- references ---- */

/* Index of the enabled unit TEXT, or PLAN_NO_UNIT with the mistake noted. */
int find_unit_at(loader *l, const char *text, unsigned line);
/* The option's unit; PLAN_NO_UNIT when not set or wrong. */
int read_unit(loader *l, const conf_section *s, const char *option);
/* Units and @groups of a list, as written; wrong ones are noted and left out. */
plan_ref *read_refs(loader *l, const conf_section *s, const char *option, size_t *n);

/* ---- parts of the loading, in their order ---- */

void load_head(loader *l, const conf_section *root);
void load_units(loader *l, const conf_section *root);
void load_names(loader *l, const conf_section *root);
void load_groups(loader *l, const conf_section *root);
void load_items(loader *l, const conf_section *root);
/* period, due_days and the like: of `defaults` or of an item; what is not set comes from FROM. */
void read_settings(loader *l, const conf_section *s, const plan_item *from, plan_item *it);
period_kind read_period_kind(loader *l, const conf_section *s, period_kind default_value);
void load_indicators(loader *l, const conf_section *s, uint32_t item);
void load_checks(loader *l, const conf_section *s, uint32_t item);
void load_observers(loader *l, const conf_section *root);
/* plan_load_absent.c: what is in the frame and not in this version. */
void fill_absent_units(loader *l);
void fill_absent_items(loader *l);
void fill_absent_indicators(loader *l, uint32_t item);
void check_whole(loader *l, const conf_section *root);

#endif
