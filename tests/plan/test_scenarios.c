/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_scenarios.c - the rules told as scenarios, number for number, on the plan that is shipped:
 * verdicts, figures, completeness, states, lights and scores.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "book_testing.h"

static int
setup(void **state)
{
	*state = city_new(load_plan_2012());
	return 0;
}

static int
teardown(void **state)
{
	city *l = *state;
	plan *p = l->p;

	city_free(l);
	plan_free(p);
	return 0;
}

#define Q2 "2012-Q2"

static void
first_three_of_s1(city *l)
{
	assert_int_equal(
		report_in(l, "i06", "tiexi", Q2, 1, "07-05 10:00", "invest=120.00 parks=8"),
		VERDICT_STORED);
	assert_int_equal(
		report_in(l, "i06", "dongling", Q2, 1, "07-09 10:00", "invest=88.30 parks=6"),
		VERDICT_STORED);
	assert_int_equal(
		report_in(l, "i06", "yuhong", Q2, 1, "07-10 23:59", "invest=15.75 parks=2"),
		VERDICT_STORED);
}

static void
s1_late_then_corrected(void **state)
{
	city *l = *state;

	assert_true(plan_deadline_us(l->p, item_at(l->p, "i06"), period_at(Q2)) ==
		    instant("2012-07-10T16:00:00Z"));
	first_three_of_s1(l);
	expect_figure(l, "i06.invest", Q2, "224.05 (3 of 16)");
	expect_figure(l, "i06.parks", Q2, "16 (3 of 16)");
	expect_complete(l, "i06", Q2, 3, 20, 3);
	expect_slot(l, "i06", "shenbei", Q2, "06-30 23:59", "OPEN grey");
	expect_slot(l, "i06", "shenbei", Q2, "07-06 12:00", "DUE grey");
	expect_slot(l, "i06", "shenbei", Q2, "07-08 00:00", "DUE blue");
	expect_slot(l, "i06", "shenbei", Q2, "07-11 00:00", "OVERDUE yellow");
	expect_slot(l, "i06", "shenbei", Q2, "07-21 00:00", "OVERDUE red");

	assert_int_equal(
		report_in(l, "i06", "shenbei", Q2, 1, "07-13 10:00", "invest=42.50 parks=5"),
		VERDICT_STORED);
	expect_figure(l, "i06.invest", Q2, "266.55 (4 of 16)");
	expect_figure(l, "i06.parks", Q2, "21 (4 of 16)");
	expect_complete(l, "i06", Q2, 4, 20, 3);

	assert_int_equal(
		report_in(l, "i06", "shenbei", Q2, 2, "07-15 10:00", "invest=45.20 parks=5"),
		VERDICT_STORED);
	expect_figure(l, "i06.invest", Q2, "269.25 (4 of 16)");
	expect_figure(l, "i06.parks", Q2, "21 (4 of 16)");
	expect_complete(l, "i06", Q2, 4, 20, 3);
}

static void
s2_duplicates_reordering_conflict(void **state)
{
	static const struct {
		uint32_t revision;
		const char *text;
		verdict wanted;
	} rows[] = { { 2, "invest=45.20", VERDICT_STORED },
		{ 2, "invest=45.20", VERDICT_DUPLICATE },
		{ 1, "invest=42.50", VERDICT_STORED_SUPERSEDED },
		{ 2, "invest=45.20", VERDICT_DUPLICATE }, { 1, "invest=42.50", VERDICT_DUPLICATE },
		{ 1, "invest=42.50", VERDICT_DUPLICATE },
		{ 2, "invest=99.99", VERDICT_REFUSED_CONFLICT } };
	city *l = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(report_in(l, "i06", "shenbei", Q2, rows[i].revision, "07-05 10:00",
					 rows[i].text),
			rows[i].wanted);
		expect_figure(l, "i06.invest", Q2, "45.20 (1 of 16)");
	}
	assert_int_equal(slot_of(l, "i06", "shenbei", Q2)->stored, 2);
	assert_int_equal(
		report_in(l, "i06", "tjj", Q2, 1, "07-05 10:00", ""), VERDICT_REFUSED_NOT_ASSIGNED);
	expect_complete(l, "i06", Q2, 1, 20, 1);
}

static void
s3_return_and_resubmit(void **state)
{
	city *l = *state;

	first_three_of_s1(l);
	assert_int_equal(decide(l, "fgw", "07-12 10:00", "i06", "tiexi", Q2, 1, DECISION_ACCEPT),
		VERDICT_STORED);
	assert_int_equal(decide(l, "fgw", "07-12 10:00", "i06", "dongling", Q2, 1, DECISION_ACCEPT),
		VERDICT_STORED);
	assert_int_equal(decide(l, "jxw", "07-12 10:00", "i06", "yuhong", Q2, 1, DECISION_RETURN),
		VERDICT_STORED);
	expect_view(l, VIEW_REPORTED, "i06.invest", Q2, "208.30 (2 of 16)");
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "208.30 (2 of 16)");
	expect_complete(l, "i06", Q2, 2, 20, 2);
	expect_complete_in(l, VIEW_ACCEPTED, "i06", Q2, 2, 20, 2);
	expect_slot(l, "i06", "yuhong", Q2, "07-12 10:00", "RETURNED yellow");
	expect_slot(l, "i06", "yuhong", Q2, "07-22 09:59", "RETURNED yellow");
	expect_slot(l, "i06", "yuhong", Q2, "07-22 10:00", "RETURNED red");

	assert_int_equal(
		report_in(l, "i06", "yuhong", Q2, 2, "07-13 10:00", "invest=16.35 parks=2"),
		VERDICT_STORED);
	expect_view(l, VIEW_REPORTED, "i06.invest", Q2, "224.65 (3 of 16)");
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "208.30 (2 of 16)");
	expect_complete(l, "i06", Q2, 3, 20, 3);
	expect_slot(l, "i06", "yuhong", Q2, "07-13 10:00", "SUBMITTED green");
	assert_int_equal(decide(l, "hbj", "07-14 10:00", "i06", "yuhong", Q2, 1, DECISION_ACCEPT),
		VERDICT_REFUSED_STALE);
	assert_int_equal(decide(l, "hbj", "07-14 10:00", "i06", "yuhong", Q2, 2, DECISION_ACCEPT),
		VERDICT_STORED);
	assert_int_equal(decide(l, "wjmj", "07-14 10:00", "i06", "yuhong", Q2, 2, DECISION_ACCEPT),
		VERDICT_REFUSED_NOT_LEAD);
	expect_view(l, VIEW_REPORTED, "i06.invest", Q2, "224.65 (3 of 16)");
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "224.65 (3 of 16)");
	expect_complete(l, "i06", Q2, 3, 20, 3);
	expect_complete_in(l, VIEW_ACCEPTED, "i06", Q2, 3, 20, 3);
}

static void
s5_retraction(void **state)
{
	city *l = *state;
	act gone = retraction_act(l->p, "i06", "dongling", Q2, 2);

	first_three_of_s1(l);
	assert_int_equal(decide(l, "fgw", "07-10 10:00", "i06", "dongling", Q2, 1, DECISION_ACCEPT),
		VERDICT_STORED);
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "88.30 (1 of 16)");
	assert_int_equal(arrive(l, "dongling", "07-12 10:00", &gone), VERDICT_STORED);
	expect_figure(l, "i06.invest", Q2, "135.75 (2 of 16)");
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "- (0 of 16)");
	expect_complete(l, "i06", Q2, 2, 20, 2);
	expect_slot(l, "i06", "dongling", Q2, "07-12 10:00", "OVERDUE yellow");
	assert_int_equal(
		report_in(l, "i06", "dongling", Q2, 3, "07-18 10:00", "invest=87.00 parks=6"),
		VERDICT_STORED);
	expect_figure(l, "i06.invest", Q2, "222.75 (3 of 16)");
	expect_view(l, VIEW_ACCEPTED, "i06.invest", Q2, "- (0 of 16)");
	expect_complete(l, "i06", Q2, 3, 20, 3);
}

/* An instant at which each quarter's slots are open. */
static const char *const open_days[QUARTERS] = { "04-05 09:00", "07-05 09:00", "10-05 09:00",
	"12-31 09:00" };

static void
report_year(city *l, const char *item, const char *unit, const char *const texts[QUARTERS])
{
	for (unsigned q = 0; q < QUARTERS; q++)
		if (texts[q] != NULL)
			assert_int_equal(report_in(l, item, unit, quarter_names[q], 1, open_days[q],
						 texts[q]),
				VERDICT_STORED);
}

static void
s6_year_with_gaps(void **state)
{
	city *l = *state;

	report_year(l, "i08", "shenbei",
		(const char *const[]){ "fdi=1.2", "fdi=1.5", NULL, "fdi=2.0" });
	report_year(
		l, "i08", "tiexi", (const char *const[]){ "fdi=3.0", "fdi=3.2", "fdi=3.1", NULL });
	expect_figure(l, "i08.fdi", "2012-Q1", "4.2000 (2 of 16)");
	expect_figure(l, "i08.fdi", "2012-Q2", "4.7000 (2 of 16)");
	expect_figure(l, "i08.fdi", "2012-Q3", "3.1000 (1 of 16)");
	expect_figure(l, "i08.fdi", "2012-Q4", "2.0000 (1 of 16)");
	expect_figure(l, "i08.fdi", "2012-H1", "8.9000 (2 of 16)");
	expect_figure(l, "i08.fdi", "2012-H2", "5.1000 (2 of 16)");
	expect_figure(l, "i08.fdi", "2012", "14.0000 (2 of 16)");

	report_year(l, "i07", "shenbei",
		(const char *const[]){ "incubator_area=1000", "incubator_area=1050", NULL,
			"incubator_area=1200" });
	report_year(l, "i07", "tiexi",
		(const char *const[]){ "incubator_area=2000", "incubator_area=2000",
			"incubator_area=2200", NULL });
	expect_figure(l, "i07.incubator_area", "2012-Q1", "3000.00 (2 of 16)");
	expect_figure(l, "i07.incubator_area", "2012-Q2", "3050.00 (2 of 16)");
	expect_figure(l, "i07.incubator_area", "2012-Q3", "2200.00 (1 of 16)");
	expect_figure(l, "i07.incubator_area", "2012-Q4", "1200.00 (1 of 16)");
	expect_figure(l, "i07.incubator_area", "2012-H1", "3050.00 (2 of 16)");
	expect_figure(l, "i07.incubator_area", "2012", "3400.00 (2 of 16, stale 1)");

	report_year(l, "i06", "shenbei",
		(const char *const[]){ "invest=10", "invest=25", NULL, "invest=70" });
	report_year(l, "i06", "tiexi",
		(const char *const[]){ "invest=30", "invest=65", "invest=98", NULL });
	expect_figure(l, "i06.invest", "2012-Q1", "40.00 (2 of 16)");
	expect_figure(l, "i06.invest", "2012-Q2", "90.00 (2 of 16)");
	expect_figure(l, "i06.invest", "2012-Q3", "98.00 (1 of 16)");
	expect_figure(l, "i06.invest", "2012-Q4", "70.00 (1 of 16)");
	expect_figure(l, "i06.invest", "2012-H1", "90.00 (2 of 16)");
	expect_figure(l, "i06.invest", "2012", "168.00 (2 of 16, stale 1)");
}

static void
s7_ratio_is_no_mean_of_percentages(void **state)
{
	city *l = *state;

	assert_int_equal(report_in(l, "i06", "tiexi", Q2, 1, "07-05 10:00", "share=450.00/1000.00"),
		VERDICT_STORED);
	assert_int_equal(report_in(l, "i06", "kangping", Q2, 1, "07-05 10:00", "share=5.00/50.00"),
		VERDICT_STORED);
	assert_int_equal(
		report_in(l, "i06", "faku", Q2, 1, "07-05 10:00", "share=0/30.00"), VERDICT_STORED);
	expect_figure(l, "i06.share", Q2, "42.13 % (3 of 16)");
	assert_int_equal(report_in(l, "i06", "faku", Q2, 2, "07-05 10:00", "share=0/0"),
		VERDICT_REFUSED_VALUE);
	expect_figure(l, "i06.share", Q2, "42.13 % (3 of 16)");
}

static void
s9_zero_is_not_missing(void **state)
{
	city *l = *state;

	assert_int_equal(report_in(l, "i06", "heping", Q2, 1, "07-05 10:00", "parks=0 invest=0"),
		VERDICT_STORED);
	assert_int_equal(
		report_in(l, "i06", "shenhe", Q2, 1, "07-05 10:00", "invest=3.10"), VERDICT_STORED);
	assert_int_equal(slot_of(l, "i06", "shenhe", Q2)->shown.filled, 5);
	expect_figure(l, "i06.parks", Q2, "0 (1 of 16)");
	expect_figure(l, "i06.invest", Q2, "3.10 (2 of 16)");
	expect_complete(l, "i06", Q2, 2, 20, 2);
	expect_figure(l, "i06.parks", "2012-Q3", "- (0 of 16)");
	assert_false(slot_live(slot_of(l, "i06", "dadong", Q2)));
}

static void
s10_split_leads_each_count_and_optional_reports_do_not(void **state)
{
	city *l = *state;

	assert_int_equal(report_in(l, "i04", "jrkfq", Q2, 1, "07-04 10:00", ""), VERDICT_STORED);
	assert_int_equal(report_in(l, "i04", "shenbei", Q2, 1, "07-10 10:00", ""), VERDICT_STORED);
	assert_int_equal(report_in(l, "i04", "zbq", Q2, 1, "07-11 10:00", ""), VERDICT_STORED);
	expect_complete(l, "i04", Q2, 3, 5, 2);
	for (unsigned i = 0; i < 5; i++) {
		static const char *const leads[] = { "jrkfq", "shenbei", "zbq", "yuhong",
			"sujiatun" };

		expect_slot(l, "i04", leads[i], Q2, "07-12 00:00",
			i < 3 ? "SUBMITTED green" : "OVERDUE yellow");
	}
	assert_int_equal(decide(l, "shenbei", "07-12 10:00", "i04", "zbq", Q2, 1, DECISION_ACCEPT),
		VERDICT_REFUSED_SPLIT);
	assert_int_equal(decide(l, "tjj", "07-12 10:00", "i04", "zbq", Q2, 1, DECISION_ACCEPT),
		VERDICT_STORED);
	assert_int_equal(report_in(l, "i04", "jrb", Q2, 1, "07-11 10:00", ""), VERDICT_STORED);
	expect_complete(l, "i04", Q2, 3, 5, 2);
}

/* Every mandatory value of the slot, so that six of six fields are filled. */
static verdict
report_full(city *l, const char *item, const char *unit, uint32_t revision, const char *now,
	int64_t invest)
{
	report_value values[8];
	act a = report_act(l->p, item, unit, Q2, revision, now);
	slot_at at = place_at(l, item, unit, Q2);
	const plan_item *it = &l->p->items[at.item];

	a.u.report.values = values;
	for (uint32_t i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
		const plan_indicator *in = &l->p->indicators[i];
		report_value v = { .indicator = span_str(in->id) };

		if (!in->reporters[at.unit])
			continue;
		v.has_mantissa = strcmp(in->id, "i06.invest") == 0;
		v.mantissa = invest;
		v.has_mantissa |= strcmp(in->id, "i06.parks") == 0;
		if (strcmp(in->id, "i06.parks") == 0)
			v.mantissa = 6;
		v.is_nil = !v.has_mantissa;
		v.nil_reason = span_str("none yet");
		values[a.u.report.n_values++] = v;
	}
	return arrive(l, unit, now, &a);
}

static verdict
extension(city *l, act_kind kind, const char *from, const char *now, const char *item)
{
	act a = steer_act(l, kind, item, "shenbei", Q2);

	a.u.steer.days = 5;
	a.u.steer.reason = span_str("the line is down");
	return arrive(l, from, now, &a);
}

/* Three of six fields. */
static verdict
report_half(city *l, const char *item, const char *now)
{
	act a = report_act(l->p, item, "shenbei", Q2, 1, now);

	a.u.report.problems = a.u.report.next_steps = (span){ 0 };
	return arrive(l, "shenbei", now, &a);
}

static void
play_s12(city *l)
{
	static const char *const others[] = { "i01", "i02", "i03", "i04", "i10", "i11" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(
			report_full(l, others[i], "shenbei", 1, "07-06 10:00", 0), VERDICT_STORED);
	assert_int_equal(report_half(l, "i08", "07-06 10:00"), VERDICT_STORED);
	assert_int_equal(slot_of(l, "i08", "shenbei", Q2)->shown.filled, 3);
	assert_int_equal(
		extension(l, ACT_EXTENSION_GRANT, "fgw", "07-09 10:00", "i06"), VERDICT_STORED);
	assert_int_equal(extension(l, ACT_EXTENSION_REQUEST, "shenbei", "07-11 09:00", "i07"),
		VERDICT_REFUSED_LATE);
	assert_int_equal(decide(l, "wjmj", "07-12 10:00", "i08", "shenbei", Q2, 1, DECISION_RETURN),
		VERDICT_STORED);
	assert_int_equal(report_full(l, "i06", "shenbei", 1, "07-14 10:00", 4520), VERDICT_STORED);
	assert_int_equal(report_full(l, "i07", "shenbei", 1, "07-14 10:00", 0), VERDICT_STORED);
}

static void
s12_outage_extension_score(void **state)
{
	city *l = *state;

	play_s12(l);
	expect_slot(l, "i09", "shenbei", Q2, "07-14 10:00", "OVERDUE yellow");
	expect_slot(l, "i09", "shenbei", Q2, "07-21 00:00", "OVERDUE red");
	expect_score(l, "shenbei", Q2, "07-21 00:00", "76.00 80.00 - 97.22 80.87");
	assert_int_equal(report_full(l, "i08", "shenbei", 2, "07-13 10:00", 0), VERDICT_STORED);
	expect_score(l, "shenbei", Q2, "07-21 00:00", "86.00 90.00 - 97.22 89.20");
	expect_score(l, "heping", Q2, "07-21 00:00", "0.00 0.00 - - 0.00");
}

/* The plan of 2012 with two targets for shenbei. */
static plan *
load_plan_with_targets(void)
{
	static const char *const marks[] = { "indicator \"i06.parks\" {",
		"indicator \"i06.invest\" {" };
	static const char *const targets[] = {
		"\n\t\ttarget \"shenbei 2012-Q2\" { value = \"5\" }\n",
		"\n\t\ttarget \"shenbei 2012-Q2\" { value = \"50.00\" }\n",
	};
	buf bytes = { 0 }, out = { 0 };
	const char *from;
	plan *p;

	read_plan_2012(&bytes);
	from = buf_cstr(&bytes);
	for (size_t i = 0; i < 2; i++) {
		const char *found = strstr(from, marks[i]);

		assert_non_null(found);
		found += strlen(marks[i]);
		buf_add(&out, from, (size_t)(found - from));
		buf_add_text(&out, targets[i]);
		from = found;
	}
	buf_add_text(&out, from);
	p = load_plan(buf_span(&out));
	buf_fini(&bytes);
	buf_fini(&out);
	return p;
}

static void
s12_with_targets_and_an_adjustment(void **state)
{
	plan *p = load_plan_with_targets();
	city *l = city_new(p);
	act a;

	(void)state;
	play_s12(l);
	assert_int_equal(report_full(l, "i08", "shenbei", 2, "07-13 10:00", 0), VERDICT_STORED);
	expect_score(l, "shenbei", Q2, "07-21 00:00", "86.00 90.00 95.20 97.22 91.60");
	a = steer_act(l, ACT_ADJUSTMENT, NULL, "shenbei", Q2);
	a.u.steer.points = -200;
	assert_int_equal(arrive(l, "tjj", "07-20 10:00", &a), VERDICT_REFUSED_VALUE);
	a.u.steer.reason = span_str("late answers");
	assert_int_equal(arrive(l, "wjmj", "07-20 10:00", &a), VERDICT_REFUSED_NOT_LEAD);
	assert_int_equal(arrive(l, "tjj", "07-20 10:00", &a), VERDICT_STORED);
	expect_score(l, "shenbei", Q2, "07-21 00:00", "86.00 90.00 95.20 97.22 89.60");
	a.u.steer.points = 301;
	assert_int_equal(arrive(l, "tjj", "07-20 10:00", &a), VERDICT_REFUSED_VALUE);
	a.u.steer.points = 300;
	assert_int_equal(arrive(l, "tjj", "07-20 10:00", &a), VERDICT_STORED);
	city_free(l);
	plan_free(p);
}

static void
the_deadline_itself_is_late(void **state)
{
	city *l = *state;

	report_in(l, "i06", "shenbei", Q2, 1, "07-11 00:00", "");
	expect_complete(l, "i06", Q2, 1, 20, 0);
}

static void
expect_all_green(const city *l, period at)
{
	slot_at where = { .period = at };

	for (where.item = 0; where.item < l->p->n_items; where.item++)
		for (where.unit = 0; where.unit < l->p->n_units; where.unit++)
			if (rulings_owes(l->all.rulings, where))
				assert_int_equal(
					slot_light(l->p, l->all.get(l->all.ctx, where, NULL), where,
						true, moment("12-31 23:59")),
					LIGHT_GREEN);
}

static void
when_all_units_report_in_time_179_of_179_are_there(void **state)
{
	static const char *const days[] = { "04-10 23:59", "07-10 23:59", "10-10 23:59",
		"12-31 23:59" };
	city *l = *state;

	for (unsigned q = 0; q < QUARTERS; q++) {
		period at = period_at(quarter_names[q]);
		completeness sum = { 0 };

		for (uint32_t i = 0; i < l->p->n_items; i++) {
			completeness c;

			for (uint32_t u = 0; u < l->p->n_units; u++)
				if (plan_role_of(l->p, i, u) != ROLE_NONE)
					assert_int_equal(
						report_in(l, l->p->items[i].id, l->p->units[u].id,
							quarter_names[q], 1, days[q], ""),
						VERDICT_STORED);
			c = tally_complete(&l->all, i, at, VIEW_REPORTED);
			assert_int_equal(c.actual, c.expected);
			assert_int_equal(c.on_time, c.expected);
			sum.actual += c.actual;
			sum.expected += c.expected;
			sum.on_time += c.on_time;
		}
		assert_int_equal(sum.actual, 179);
		assert_int_equal(sum.expected, 179);
		assert_int_equal(sum.on_time, 179);
		expect_all_green(l, at);
	}
}

enum { MIXED = 48 };

/* Report N of 48: three units, four quarters, four revisions with different figures. */
static void
send_mixed(city *l, unsigned n)
{
	static const char *const units[] = { "shenbei", "tiexi", "heping" };
	unsigned unit = n % 3, quarter = n / 3 % 4, revision = n / 12 + 1;
	char text[80];

	snprintf(text, sizeof(text), "invest=%u.%02u parks=%u share=%u/%u", 100 * revision + unit,
		quarter, unit * revision, n, n + 7);
	report_in(
		l, "i06", units[unit], quarter_names[quarter], revision, open_days[quarter], text);
}

static void
expect_same_figures(city *a, city *b)
{
	static const char *const periods[] = { "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4",
		"2012-H1", "2012-H2", "2012" };
	figure x, y;
	uint32_t of;

	for (uint32_t k = 0; k < a->p->n_indicators; k++)
		for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
			period at = period_at(periods[i]);

			tally_figure(&a->all, k, at, VIEW_REPORTED, &a->memory, &x, &of);
			tally_figure(&b->all, k, at, VIEW_REPORTED, &b->memory, &y, &of);
			assert_true(x.num == y.num && x.den == y.den && x.units == y.units &&
				    x.stale == y.stale);
		}
}

static void
reports_in_any_order_and_repeated_give_the_same_figures(void **state)
{
	city *straight = *state;
	uint64_t seed = 5;

	for (unsigned n = 0; n < MIXED; n++)
		send_mixed(straight, n);
	for (unsigned round = 0; round < 60; round++) {
		city *l = city_new(straight->p);
		unsigned order[2 * MIXED], left = 2 * MIXED;

		for (unsigned i = 0; i < left; i++)
			order[i] = i % MIXED;
		while (left > 0) {
			unsigned pick = (unsigned)(random_next(&seed) % left);
			unsigned n = order[pick];

			order[pick] = order[--left];
			send_mixed(l, n);
		}
		expect_same_figures(l, straight);
		city_free(l);
	}
}

static void
a_slot_is_locked_60_days_after_its_deadline(void **state)
{
	city *l = *state;
	act gone = retraction_act(l->p, "i06", "shenbei", "2012-Q1", 2);

	assert_int_equal(report_in(l, "i06", "shenbei", "2012-Q1", 1, "06-09 23:59", "invest=1"),
		VERDICT_STORED);
	assert_int_equal(report_in(l, "i06", "shenbei", "2012-Q1", 1, "06-10 00:00", "invest=1"),
		VERDICT_DUPLICATE);
	assert_int_equal(report_in(l, "i06", "shenbei", "2012-Q1", 1, "06-10 00:00", "invest=2"),
		VERDICT_REFUSED_LOCKED);
	assert_int_equal(report_in(l, "i06", "shenbei", "2012-Q1", 2, "06-10 00:00", "invest=2"),
		VERDICT_REFUSED_LOCKED);
	assert_int_equal(arrive(l, "shenbei", "06-10 00:00", &gone), VERDICT_REFUSED_LOCKED);
	assert_int_equal(report_in(l, "i06", "tiexi", "2012-Q1", 1, "06-10 00:00", "invest=2"),
		VERDICT_REFUSED_LOCKED);
	expect_figure(l, "i06.invest", "2012-Q1", "1.00 (1 of 16)");
}

static void
a_period_that_has_not_begun_takes_no_report(void **state)
{
	assert_int_equal(report_in(*state, "i06", "shenbei", "2012-Q3", 1, "06-30 23:59", ""),
		VERDICT_REFUSED_NOT_BEGUN);
	assert_int_equal(report_in(*state, "i06", "shenbei", "2012-Q3", 1, "07-01 00:00", ""),
		VERDICT_STORED);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(s1_late_then_corrected),
		FRESH(s2_duplicates_reordering_conflict),
		FRESH(s3_return_and_resubmit),
		FRESH(s5_retraction),
		FRESH(s6_year_with_gaps),
		FRESH(s7_ratio_is_no_mean_of_percentages),
		FRESH(s9_zero_is_not_missing),
		FRESH(s10_split_leads_each_count_and_optional_reports_do_not),
		FRESH(s12_outage_extension_score),
		cmocka_unit_test(s12_with_targets_and_an_adjustment),
		FRESH(the_deadline_itself_is_late),
		FRESH(when_all_units_report_in_time_179_of_179_are_there),
		FRESH(reports_in_any_order_and_repeated_give_the_same_figures),
		FRESH(a_slot_is_locked_60_days_after_its_deadline),
		FRESH(a_period_that_has_not_begun_takes_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
