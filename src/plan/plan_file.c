/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_file.c - the versions in one plan file: how they are parted, and what a new one may change.
 *
 * Figures are added up over the periods of a year, so what a value means must not change within a
 * plan: an item's cadence, an indicator's type, scale and rules. Who leads, reports, until when and
 * towards which target may.
 */
#include "plan/plan_file.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/codes.h"
#include "base/lang.h"
#include "plan/plan_read.h"

/* The dash: the line end before it is not of the version before, which ended without one. */
#define MARK "#===="
#define MARK_FROM " from "
#define MARK_END " ===="

/* ---- the file ---- */

void
plan_append(buf *file, span version, period from)
{
	char name[PERIOD_NAME_SIZE];

	bool is_open = file->len > 0 && file->at[file->len - 1] != '\n';

	buf_addf(file, "%s" MARK "%s" MARK_FROM "%s" MARK_END "\n", is_open ? "\n" : "",
		is_open ? "-" : "", period_name(from, name));
	buf_add(file, version.at, version.len);
}

/* Take TEXT from the begin of LINE, or from its end. */
static bool
cut(span *line, const char *text, bool at_end)
{
	size_t n = strlen(text);

	if (line->len < n || memcmp(at_end ? line->at + line->len - n : line->at, text, n) != 0)
		return false;
	line->at += at_end ? 0 : n;
	line->len -= n;
	return true;
}

/* LINE is one between versions: *FROM. False: it is not, or (*IS_BAD) it wants to be. */
static bool
is_mark(span line, period *from, bool *is_open, bool *is_bad)
{
	if (!cut(&line, MARK, false))
		return false;
	cut(&line, "\r", true);
	*is_open = cut(&line, "-", false);
	*is_bad = !cut(&line, MARK_FROM, false) || !cut(&line, MARK_END, true) ||
		  !period_parse(line, from);
	return !*is_bad;
}

static ms_status
refuse_mark(unsigned line, const char *why, ms_error *err)
{
	static const char like[] = MARK MARK_FROM "2012-Q3" MARK_END;

	ms_fail(err, MS_CONFIG, MST_PLAN_VERSIONS, "line %u: %s", line, tr(why));
	ms_error_remedy(err,
		"a version begins behind a line like \"%s\"; muster plan apply writes it", like);
	return MS_CONFIG;
}

ms_status
versions_split(span file, plan_text out[PLAN_VERSIONS_MAX], size_t *n, ms_error *err)
{
	size_t at = 0, begin = 0;
	unsigned line = 0;
	plan_text *part = &out[0];

	*n = 1;
	*part = (plan_text){ 0 };
	while (at < file.len) {
		const uint8_t *end = memchr(file.at + at, '\n', file.len - at);
		size_t next = end == NULL ? file.len : (size_t)(end - file.at) + 1;
		span text = span_of(file.at + at, next - at - (end != NULL));
		period from = { 0 };
		bool is_open = false, is_bad = false;

		line++;
		if (is_mark(text, &from, &is_open, &is_bad)) {
			if (*n == PLAN_VERSIONS_MAX)
				return refuse_mark(line, TR("too many versions in one file"), err);
			part->text = span_of(file.at + begin, at - is_open - begin);
			part->end = at - is_open;
			part = &out[(*n)++];
			*part = (plan_text){ .first_line = line, .from = from };
			begin = next;
		} else if (is_bad) {
			return refuse_mark(line, TR("no period from which a version judges"), err);
		}
		at = next;
	}
	part->text = span_of(file.at + begin, file.len - begin);
	part->end = file.len;
	return MS_OK;
}

/* ---- what may change ---- */

typedef struct fitting {
	plan_problems *problems;
	unsigned line;
	char name[PERIOD_NAME_SIZE];
	bool failed, no_memory;
} fitting;

static void __attribute__((format(printf, 2, 3))) misfit(fitting *f, const char *format, ...)
{
	char text[320];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), tr(format), args);
	va_end(args);
	f->failed = true;
	f->no_memory |= !problems_add(f->problems, f->line, false, MST_PLAN_VERSIONS, text);
}

static void
fit_indicator(fitting *f, const plan_indicator *a, const plan_indicator *b)
{
	if (a->type != b->type || a->scale != b->scale || a->time != b->time ||
		a->space != b->space || a->kind != b->kind)
		misfit(f,
			"the version from %s gives indicator \"%s\" another type, scale, time, "
			"space or period: figures could not be added up over both; give the new "
			"one an id of its own",
			f->name, a->id);
}

static void
fit_items(fitting *f, const plan *older, const plan *newer)
{
	uint32_t i;
	int at;

	for (i = 0; i < older->n_items; i++) {
		at = plan_find_item(newer, span_str(older->items[i].id));
		if (at >= 0 && older->items[i].kind != newer->items[at].kind)
			misfit(f,
				"the version from %s lets item \"%s\" report in other periods; "
				"give the new one an id of its own",
				f->name, older->items[i].id);
	}
	for (i = 0; i < older->n_indicators; i++) {
		at = plan_find_indicator(newer, span_str(older->indicators[i].id));
		if (at >= 0)
			fit_indicator(f, &older->indicators[i], &newer->indicators[at]);
	}
}

ms_status
versions_fit(
	const plan *older, const plan *newer, period from, unsigned line, plan_problems *problems)
{
	fitting f = { .problems = problems, .line = line };

	period_name(from, f.name);
	if (strcmp(older->id, newer->id) != 0)
		misfit(&f, "the version from %s has the id \"%s\", the plan before it \"%s\"",
			f.name, newer->id, older->id);
	if (older->zone_min != newer->zone_min)
		misfit(&f, "the version from %s has another time zone", f.name);
	if (!period_equal(older->first, newer->first))
		misfit(&f,
			"the version from %s begins with another first_period; from which period "
			"on it judges is said when it is applied",
			f.name);
	if (!period_between(from, newer->first, newer->last))
		misfit(&f, "the version is to judge from %s on, which lies outside of it", f.name);
	fit_items(&f, older, newer);
	return f.no_memory ? MS_NO_MEMORY : f.failed ? MS_CONFIG : MS_OK;
}
