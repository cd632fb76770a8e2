/* SPDX-License-Identifier: Apache-2.0 */
/* book_testing.h - acts on the plan of 2012, each in a line, into a book; and questions to it. */
#ifndef BOOK_TESTING_H
#define BOOK_TESTING_H

#include "base/text.h"
#include "plan/book.h"
#include "plan/score.h"
#include "plan_testing.h"
#include "small_plan.h"

enum { QUARTERS = 4 };

static const char *const quarter_names[QUARTERS] = { "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4" };

typedef struct city {
	plan *p;
	book *book;
	slots all;
	uint64_t n; /* acts that came */
	arena memory;
} city;

static inline plan *
load_plan(span bytes)
{
	ms_error err = { 0 };
	plan *p = NULL;

	if (plan_load(bytes, "plan", &p, NULL, &err) != MS_OK)
		fail_msg("%s: %s", err.place, err.text);
	return p;
}

static inline plan *
load_plan_2012(void)
{
	buf bytes = { 0 };
	plan *p;

	read_plan_2012(&bytes);
	p = load_plan(buf_span(&bytes));
	buf_fini(&bytes);
	return p;
}

/* P is borrowed. */
static inline city *
city_new(plan *p)
{
	city *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->p = p;
	l->book = book_new(p);
	assert_non_null(l->book);
	l->all = book_slots(l->book);
	return l;
}

static inline void
city_free(city *l)
{
	book_free(l->book);
	arena_fini(&l->memory);
	free(l);
}

static inline slot_at
place_at(const city *l, const char *item, const char *unit, const char *at)
{
	return (slot_at){
		.item = item_at(l->p, item), .unit = unit_at(l->p, unit), .period = period_at(at)
	};
}

static inline const slot *
slot_of(const city *l, const char *item, const char *unit, const char *at)
{
	return l->all.get(l->all.ctx, place_at(l, item, unit, at), NULL);
}

/* "07-05 10:00" of 2012, in the zone of the plan. */
static inline int64_t
moment(const char *now)
{
	char text[40];

	snprintf(text, sizeof(text), "2012-%.5sT%.5s:00+08:00", now, now + 6);
	return instant(text);
}

/* An act of the device of FROM arrives at the hub at NOW. */
static inline verdict
arrive(city *l, const char *from, const char *now, const act *a)
{
	verdict v;

	assert_int_equal(book_take(l->book, a, (int)unit_at(l->p, from), moment(now),
				 (record_place){ .leaf = l->n++ }, &v),
		MS_OK);
	return v;
}

/* An act of a lead, an observer or the unit; the caller fills in what is special. */
static inline act
steer_act(const city *l, act_kind kind, const char *item, const char *unit, const char *at)
{
	act a = report_act(l->p, item == NULL ? "" : item, unit == NULL ? "" : unit,
		at == NULL ? "" : at, 0, "steer");

	a.kind = kind;
	a.schema = act_schema_of(kind);
	a.u.steer = (steer){ 0 };
	return a;
}

static inline verdict
decide(city *l, const char *from, const char *now, const char *item, const char *unit,
	const char *at, uint32_t revision, decision_verdict wanted)
{
	act a = steer_act(l, ACT_DECISION, item, unit, at);

	a.revision = revision;
	a.u.steer.verdict = wanted;
	a.u.steer.reason = span_str(wanted == DECISION_RETURN ? "figures" : "");
	return arrive(l, from, now, &a);
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
report_in(city *l, const char *item, const char *unit, const char *at, uint32_t revision,
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

/* TEXT, e.g. "224.05 (3 of 16)", or "3400.00 (2 of 16, stale 1)". */
static inline void
expect_view(city *l, figure_view v, const char *indicator, const char *at, const char *text)
{
	int found = plan_find_indicator(l->p, span_str(indicator));
	char number[64], shown[128], stale[24] = "";
	figure f;
	uint32_t of;

	assert_true(found >= 0);
	assert_int_equal(
		tally_figure(&l->all, (uint32_t)found, period_at(at), v, &l->memory, &f, &of),
		MS_OK);
	if (f.stale > 0)
		snprintf(stale, sizeof(stale), ", stale %u", f.stale);
	snprintf(shown, sizeof(shown), "%s (%u of %u%s)",
		figure_text(&l->p->indicators[found], &f, number), f.units, of, stale);
	if (strcmp(shown, text) != 0)
		fail_msg("%s %s %s: %s, expected %s", indicator, at, view_name(v), shown, text);
}

static inline void
expect_figure(city *l, const char *indicator, const char *at, const char *text)
{
	expect_view(l, VIEW_REPORTED, indicator, at, text);
}

static inline void
expect_complete_in(const city *l, figure_view v, const char *item, const char *at, uint32_t actual,
	uint32_t expected, uint32_t on_time)
{
	completeness c = tally_complete(&l->all, item_at(l->p, item), period_at(at), v);

	if (c.actual != actual || c.expected != expected || c.on_time != on_time)
		fail_msg("%s %s %s: %u/%u, %u on time; expected %u/%u, %u", item, at, view_name(v),
			c.actual, c.expected, c.on_time, actual, expected, on_time);
}

static inline void
expect_complete(const city *l, const char *item, const char *at, uint32_t actual, uint32_t expected,
	uint32_t on_time)
{
	expect_complete_in(l, VIEW_REPORTED, item, at, actual, expected, on_time);
}

/* STATE and LIGHT as they are printed: "OVERDUE red". */
static inline void
expect_slot_at(const city *l, const char *item, const char *unit, const char *at, int64_t now_us,
	const char *wanted)
{
	slot_at where = place_at(l, item, unit, at);
	const slot *s = l->all.get(l->all.ctx, where, NULL);
	bool owed = rulings_owes(l->all.rulings, where);
	char shown[40];

	snprintf(shown, sizeof(shown), "%s %s",
		slot_state_name(slot_state_at(l->p, s, where, owed, now_us)),
		light_name(slot_light(l->p, s, where, owed, now_us)));
	if (strcmp(shown, wanted) != 0)
		fail_msg("%s %s %s: %s, expected %s", item, unit, at, shown, wanted);
}

static inline void
expect_slot(const city *l, const char *item, const char *unit, const char *at, const char *now,
	const char *wanted)
{
	expect_slot_at(l, item, unit, at, moment(now), wanted);
}

/* Timely, complete, attain, quality, total: "76.00 80.00 - 97.22 80.87". */
static inline void
expect_score(const city *l, const char *unit, const char *at, const char *now, const char *wanted)
{
	char shown[120] = "", number[40];
	score sc;
	size_t len = 0;

	score_of(&l->all, unit_at(l->p, unit), period_at(at), moment(now), &sc);
	for (unsigned i = 0; i <= SCORE_PARTS; i++) {
		bool has = i < SCORE_PARTS ? sc.has[i] : sc.has_total;
		int64_t part = i < SCORE_PARTS ? sc.part[i] : sc.total;

		len += (size_t)snprintf(shown + len, sizeof(shown) - len, "%s%s", i == 0 ? "" : " ",
			has ? scaled_text(part, 2, number) : "-");
	}
	if (strcmp(shown, wanted) != 0)
		fail_msg("%s %s: %s, expected %s", unit, at, shown, wanted);
}

#endif
