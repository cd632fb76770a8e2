/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_small.h - the smallest ledger: all slots of the 2012 plan in an array, all acts in a list.
 *
 * Figures are kept twice, by taking shares out and putting them in, and by counting anew; whoever
 * asks gets both compared.
 */
#ifndef LEDGER_SMALL_H
#define LEDGER_SMALL_H

#include "base/text.h"
#include "plan/figure.h"
#include "plan/slot.h"
#include "plan_testing.h"
#include "small_plan.h"

enum { QUARTERS = 4, ITEMS_MAX = 13, UNITS_MAX = 33, INDICATORS_MAX = 16, LOG_MAX = 4096 };

/* The periods of figures: four quarters, two halves, the year. */
enum { FIGURES = 7 };
static const struct {
	const char *name;
	unsigned first, n; /* quarters */
} figure_periods[FIGURES] = { { "2012-Q1", 0, 1 }, { "2012-Q2", 1, 1 }, { "2012-Q3", 2, 1 },
	{ "2012-Q4", 3, 1 }, { "2012-H1", 0, 2 }, { "2012-H2", 2, 2 }, { "2012", 0, 4 } };

typedef struct log_entry {
	slot_at at;
	slot_revision revision;
} log_entry;

typedef struct ledger {
	const plan *p;
	slot slots[ITEMS_MAX][UNITS_MAX][QUARTERS];
	value values[INDICATORS_MAX][UNITS_MAX][QUARTERS]; /* of the live report */
	figure figures[INDICATORS_MAX][FIGURES];
	log_entry log[LOG_MAX]; /* stored revisions */
	size_t n_log;
	const slot_at *asked; /* by slot_judge, of this slot */
	arena memory;
} ledger;

static inline ledger *
ledger_new(const plan *p)
{
	ledger *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	assert_true(p->n_items <= ITEMS_MAX && p->n_units <= UNITS_MAX &&
		    p->n_indicators <= INDICATORS_MAX);
	l->p = p;
	for (size_t i = 0; i < ITEMS_MAX; i++)
		for (size_t u = 0; u < UNITS_MAX; u++)
			for (size_t q = 0; q < QUARTERS; q++)
				slot_init(&l->slots[i][u][q]);
	return l;
}

static inline void
ledger_free(ledger *l)
{
	arena_fini(&l->memory);
	free(l);
}

static inline plan *
load_plan_2012(void)
{
	buf bytes = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	read_plan_2012(&bytes);
	if (plan_load(buf_span(&bytes), "shenyang-2012.conf", &p, NULL, &err) != MS_OK)
		fail_msg("%s: %s", err.place, err.text);
	buf_fini(&bytes);
	return p;
}

static inline slot *
slot_of(ledger *l, const char *item, const char *unit, const char *at)
{
	return &l->slots[item_at(l->p, item)][unit_at(l->p, unit)][period_at(at).index - 1];
}

static inline bool
find_in_log(void *ctx, const slot *s, uint32_t revision, slot_revision *out)
{
	const ledger *l = ctx;

	(void)s;
	for (size_t i = 0; i < l->n_log; i++) {
		const log_entry *e = &l->log[i];

		if (e->revision.revision == revision && e->at.item == l->asked->item &&
			e->at.unit == l->asked->unit &&
			period_equal(e->at.period, l->asked->period)) {
			*out = e->revision;
			return true;
		}
	}
	return false;
}

static inline share
share_in(const ledger *l, uint32_t indicator, uint32_t unit, unsigned figure_period)
{
	const value *series[QUARTERS];
	unsigned n = figure_periods[figure_period].n;

	for (unsigned i = 0; i < n; i++)
		series[i] = &l->values[indicator][unit][figure_periods[figure_period].first + i];
	return share_of(&l->p->indicators[indicator], series, n);
}

/* Every figure of the item's indicators: the unit's shares out (-1) or in (+1). */
static inline void
move_shares(ledger *l, const slot_at *at, int sign)
{
	const plan_item *it = &l->p->items[at->item];

	for (uint32_t k = it->first_indicator; k < it->first_indicator + it->n_indicators; k++)
		for (unsigned f = 0; f < FIGURES; f++) {
			share s = share_in(l, k, at->unit, f);

			figure_apply(&l->p->indicators[k], &l->figures[k][f], &s, sign);
		}
}

static inline void
take_content(ledger *l, const slot_at *at, const report *r)
{
	const plan_item *it = &l->p->items[at->item];

	move_shares(l, at, -1);
	for (uint32_t k = it->first_indicator; k < it->first_indicator + it->n_indicators; k++)
		assert_int_equal(value_of_report(&l->p->indicators[k], r, &l->memory,
					 &l->values[k][at->unit][at->period.index - 1]),
			MS_OK);
	move_shares(l, at, 1);
}

/* An act of the device of FROM arrives at the hub at NOW ("07-05 10:00" of 2012, in the zone). */
static inline verdict
arrive(ledger *l, const char *from, const char *now, const act *a)
{
	char text[40];
	slot_history history = { .ctx = l, .find = find_in_log };
	record_place place = { .leaf = l->n_log };
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;
	slot_at at;
	int64_t now_us;
	verdict v;
	slot *s;

	snprintf(text, sizeof(text), "2012-%.5sT%.5s:00+08:00", now, now + 6);
	now_us = instant(text);
	v = judge_act(l->p, a, (int)unit_at(l->p, from), now_us, &at, NULL);
	if (v != VERDICT_NONE)
		return v;
	s = &l->slots[at.item][at.unit][at.period.index - 1];
	l->asked = &at;
	v = slot_judge(s, a, now_us, plan_lock_us(l->p, at.item, at.period), &history);
	if (!verdict_is_stored(v))
		return v;
	slot_store(s, a, v, place, now_us,
		r == NULL ? 0 : report_filled(l->p, at.item, at.unit, at.period, r));
	assert_true(l->n_log < LOG_MAX);
	l->log[l->n_log++] = (log_entry){ .at = at,
		.revision = { .revision = a->revision,
			.kind = (uint8_t)a->kind,
			.place = place,
			.body_hash = a->body_hash } };
	if (v == VERDICT_STORED)
		take_content(l, &at, r);
	return v;
}

/* ---- reports from one line ---- */

static inline void
read_number(const plan_indicator *in, span text, int64_t *out)
{
	if (text_decimal(text, in->scale, out) != DECIMAL_OK)
		fail_msg("%.*s", (int)text.len, (const char *)text.at);
}

/* "invest=120.00" or "share=450.00/1000.00" */
static inline report_value
value_of_text(const plan *p, uint32_t item, span text)
{
	const uint8_t *equals = memchr(text.at, '=', text.len), *slash;
	span name = span_of(text.at, (size_t)(equals - text.at));
	span number = span_of(equals + 1, text.len - name.len - 1);
	int found = plan_match_indicator(p, item, name);
	const plan_indicator *in = &p->indicators[found];
	report_value x = { 0 };

	assert_true(found >= 0);
	x.indicator = span_str(in->id);
	slash = memchr(number.at, '/', number.len);
	if (slash == NULL) {
		x.has_mantissa = true;
		read_number(in, number, &x.mantissa);
		return x;
	}
	x.has_ratio = true;
	read_number(in, span_of(number.at, (size_t)(slash - number.at)), &x.num);
	read_number(in, span_of(slash + 1, number.len - (size_t)(slash - number.at) - 1), &x.den);
	return x;
}

/* A report with all texts and the values of TEXT ("invest=120.00 parks=8") arrives. */
static inline verdict
report_in(ledger *l, const char *item, const char *unit, const char *at, uint32_t revision,
	const char *now, const char *text)
{
	report_value values[8];
	act a = report_act(l->p, item, unit, at, revision, text);
	span rest = span_str(text);

	a.u.report.values = values;
	while (rest.len > 0) {
		const uint8_t *blank = memchr(rest.at, ' ', rest.len);
		size_t len = blank == NULL ? rest.len : (size_t)(blank - rest.at);

		assert_true(a.u.report.n_values < 8);
		values[a.u.report.n_values++] =
			value_of_text(l->p, item_at(l->p, item), span_of(rest.at, len));
		len += blank == NULL ? 0 : 1;
		rest = span_of(rest.at + len, rest.len - len);
	}
	return arrive(l, unit, now, &a);
}

/* ---- questions ---- */

static inline bool
same_figure(const figure *a, const figure *b)
{
	return a->num == b->num && a->den == b->den && a->units == b->units && a->stale == b->stale;
}

/* TEXT, e.g. "224.05 (3 of 16)", or "3400.00 (2 of 16, stale 1)". */
static inline void
expect_figure(ledger *l, const char *indicator, const char *at, const char *text)
{
	int found = plan_find_indicator(l->p, span_str(indicator));
	const plan_indicator *in = &l->p->indicators[found];
	share shares[UNITS_MAX];
	char number[64], shown[128], stale[24] = "";
	unsigned f = 0;
	figure counted;

	assert_true(found >= 0);
	while (strcmp(figure_periods[f].name, at) != 0)
		f++;
	for (uint32_t u = 0; u < l->p->n_units; u++)
		shares[u] = share_in(l, (uint32_t)found, u, f);
	assert_int_equal(figure_recount(in, shares, l->p->n_units, &l->memory, &counted), MS_OK);
	if (in->space != SPACE_UNION)
		assert_true(same_figure(&counted, &l->figures[found][f]));
	if (counted.stale > 0)
		snprintf(stale, sizeof(stale), ", stale %u", counted.stale);
	snprintf(shown, sizeof(shown), "%s (%u of %u%s)", figure_text(in, &counted, number),
		counted.units, plan_reporters(l->p, (uint32_t)found, period_at(at)), stale);
	if (strcmp(shown, text) != 0)
		fail_msg("%s %s: %s, expected %s", indicator, at, shown, text);
}

typedef struct completeness {
	uint32_t actual, expected, on_time;
} completeness;

static inline completeness
complete_of(const ledger *l, uint32_t item, period at)
{
	completeness c = { 0 };

	for (uint32_t u = 0; u < l->p->n_units; u++) {
		const slot *s = &l->slots[item][u][at.index - 1];

		if (!plan_expects(l->p, item, u, at))
			continue;
		c.expected++;
		c.actual += slot_live(s) ? 1 : 0;
		c.on_time +=
			slot_live(s) && slot_on_time(s, plan_deadline_us(l->p, item, at)) ? 1 : 0;
	}
	return c;
}

/* "n/e, t" of domain.md 4. */
static inline void
expect_complete(const ledger *l, const char *item, const char *at, uint32_t actual,
	uint32_t expected, uint32_t on_time)
{
	completeness c = complete_of(l, item_at(l->p, item), period_at(at));

	if (c.actual != actual || c.expected != expected || c.on_time != on_time)
		fail_msg("%s %s: %u/%u, %u on time; expected %u/%u, %u", item, at, c.actual,
			c.expected, c.on_time, actual, expected, on_time);
}

#endif
