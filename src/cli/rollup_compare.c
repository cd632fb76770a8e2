/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rollup_compare.h"

#include <stdio.h>

/* Of what is compared: "i06.share 2012-Q2 ", and the name of the number behind it. */
typedef struct part {
	rollup_comparing *c;
	char name[ROLLUP_WHAT_MAX - 32];
} part;

static void
hold(const part *p, const char *number, int64_t told, int64_t counted)
{
	char what[ROLLUP_WHAT_MAX];

	p->c->compared++;
	if (told == counted)
		return;
	snprintf(what, sizeof(what), "%s%s", p->name, number);
	p->c->differs(p->c->ctx, what, told, counted);
}

/* ---- figures ---- */

static const feed_figure *
find_figure(const feed_figure *list, size_t n, const feed_figure *like)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_equal(list[i].indicator, like->indicator) &&
			span_equal(list[i].period, like->period) &&
			span_equal(list[i].unit, like->unit))
			return &list[i];
	return NULL;
}

static void
compare_figure(const part *p, const feed_figure *told, const feed_figure *counted)
{
	hold(p, "given", told->has, counted->has);
	hold(p, "value", told->has ? told->value : 0, counted->has ? counted->value : 0);
	hold(p, "num", told->num, counted->num);
	hold(p, "den", told->den, counted->den);
	hold(p, "accepted", told->has_accepted ? told->accepted : 0,
		counted->has_accepted ? counted->accepted : 0);
	hold(p, "units", told->units, counted->units);
	hold(p, "of", told->of, counted->of);
	hold(p, "stale", told->stale, counted->stale);
	hold(p, "target", told->has_target ? told->target : 0,
		counted->has_target ? counted->target : 0);
}

/* All that were counted, and that there are no others. */
static void
compare_figures(rollup_comparing *c, const char *lists, const feed_figure *told, size_t n_told,
	const feed_figure *counted, size_t n_counted)
{
	static const feed_figure none;
	part p = { .c = c };
	size_t i;

	hold(&p, lists, (int64_t)n_told, (int64_t)n_counted);
	for (i = 0; i < n_counted; i++) {
		const feed_figure *f = &counted[i], *other = find_figure(told, n_told, f);

		snprintf(p.name, sizeof(p.name), "%.*s %.*s %.*s%s", (int)f->indicator.len,
			(const char *)f->indicator.at, (int)f->period.len,
			(const char *)f->period.at, (int)f->unit.len,
			f->unit.len == 0 ? "" : (const char *)f->unit.at,
			f->unit.len == 0 ? "" : " ");
		compare_figure(&p, other == NULL ? &none : other, f);
	}
}

/* ---- units ---- */

static const feed_missing *
find_unit(const feed_missing *list, size_t n, span unit)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_equal(list[i].unit, unit))
			return &list[i];
	return NULL;
}

static void
compare_units(rollup_comparing *c, const char *lists, const feed_missing *told, size_t n_told,
	const feed_missing *counted, size_t n_counted)
{
	part p = { .c = c };
	size_t i;

	hold(&p, lists, (int64_t)n_told, (int64_t)n_counted);
	for (i = 0; i < n_counted; i++) {
		const feed_missing *m = &counted[i], *other = find_unit(told, n_told, m->unit);

		snprintf(p.name, sizeof(p.name), "%s %.*s ", lists, (int)m->unit.len,
			(const char *)m->unit.at);
		hold(&p, "listed", other != NULL, 1);
		if (other == NULL)
			continue;
		hold(&p, "deadline", other->deadline_us, m->deadline_us);
		hold(&p, "returned", other->returned_us, m->returned_us);
	}
}

/* ---- the whole ---- */

static int64_t
progress_of(const feed_rollup *r)
{
	return r->has_progress ? (int64_t)r->progress_pct : -1;
}

void
rollup_compare(rollup_comparing *c, const feed_rollup *told, const feed_rollup *counted)
{
	part p = { .c = c };

	hold(&p, "expected", told->expected, counted->expected);
	hold(&p, "reported", told->actual, counted->actual);
	hold(&p, "on_time", told->on_time, counted->on_time);
	hold(&p, "accepted", told->accepted, counted->accepted);
	hold(&p, "deadline", told->deadline_us, counted->deadline_us);
	hold(&p, "progress", progress_of(told), progress_of(counted));
	compare_figures(
		c, "figures", told->figures, told->n_figures, counted->figures, counted->n_figures);
	compare_figures(c, "unit_targets", told->unit_targets, told->n_unit_targets,
		counted->unit_targets, counted->n_unit_targets);
	compare_units(
		c, "missing", told->missing, told->n_missing, counted->missing, counted->n_missing);
	compare_units(c, "returned", told->returned, told->n_returned, counted->returned,
		counted->n_returned);
}
