/* SPDX-License-Identifier: Apache-2.0 */
/* test_versions.c - a plan that changes: duties are those of the period, rights those of the
 * moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "book_testing.h"

/* TEXT with every FROM replaced. In MEMORY. */
static const char *
with(arena *memory, const char *text, const char *from, const char *to)
{
	buf out = { 0 };
	const char *at;
	span copy;

	assert_non_null(strstr(text, from));
	for (; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
		buf_add(&out, text, (size_t)(at - text));
		buf_add_text(&out, to);
	}
	buf_add_text(&out, text);
	buf_add(&out, "", 1);
	copy = arena_copy(memory, buf_span(&out));
	buf_fini(&out);
	return (const char *)copy.at;
}

/*
 * From 2012-Q3 on: kjj leads i01 no more, late does; west owes nothing more on i01; the deadline is
 * 20 days away; i02 is gone; there is an item i03 and a unit new.
 */
static const char *
second_version(arena *memory)
{
	const char *text = with(memory, small_plan_text, "leads = { \"fgw\", \"kjj\" }",
		"leads = { \"fgw\", \"late\" }");

	text = with(memory, text, "required = { \"@districts\" }",
		"required = { \"kjj\", \"east\", \"gone\", \"late\" }");
	text = with(memory, text, "reporters = { \"@districts\" }",
		"reporters = { \"east\", \"gone\", \"late\" }");
	text = with(memory, text, "due_days = 10", "due_days = 20");
	text = with(memory, text, "unit \"fgw\" {",
		"unit \"new\" { kind = \"department\" name = \"N\" }\nunit \"fgw\" {");
	text = with(memory, text, "item \"i02\" {\n	number = 2 title = \"Two\"",
		"item \"i03\" {\n	number = 2 title = \"Three\"");
	return text;
}

static plan *
load_two(const char *first, const char *second, const char *from)
{
	buf file = { 0 };
	plan *p;

	buf_add_text(&file, first);
	plan_append(&file, span_str(second), period_at(from));
	p = load_plan(buf_span(&file));
	buf_fini(&file);
	return p;
}

static plan *
load_changed(void)
{
	arena memory = { 0 };
	plan *p = load_two(small_plan_text, second_version(&memory), "2012-Q3");

	arena_fini(&memory);
	return p;
}

/* ---- the file ---- */

static void
a_file_holds_all_versions_and_each_keeps_its_hash(void **state)
{
	plan *p = load_changed();
	hash32 first = hash_of(span_str(small_plan_text));

	(void)state;
	assert_int_equal(plan_versions(p), 2);
	assert_true(hash_equal(&p->earlier->version, &first));
	assert_false(hash_equal(&p->version, &first));
	assert_ptr_equal(plan_of_version(p, &first), p->earlier);
	assert_null(plan_of_version(p->earlier, &p->version));
	plan_free(p);
}

static void
a_first_version_without_a_last_line_end_keeps_its_hash_too(void **state)
{
	arena memory = { 0 };
	char *first = strdup(small_plan_text);
	hash32 wanted;
	plan *p;

	(void)state;
	first[strlen(first) - 1] = '\0';
	wanted = hash_of(span_str(first));
	p = load_two(first, small_plan_text, "2012-Q3");
	assert_int_equal(plan_versions(p), 2);
	assert_true(hash_equal(&p->earlier->version, &wanted));
	plan_free(p);
	free(first);
	arena_fini(&memory);
}

static void
indexes_are_the_same_in_all_versions(void **state)
{
	plan *p = load_changed();
	uint32_t i;

	(void)state;
	assert_int_equal(p->n_units, p->earlier->n_units);
	assert_int_equal(p->n_items, 3);
	assert_int_equal(p->n_items, p->earlier->n_items);
	for (i = 0; i < p->n_units; i++)
		assert_string_equal(p->units[i].id, p->earlier->units[i].id);
	for (i = 0; i < p->n_indicators; i++)
		assert_string_equal(p->indicators[i].id, p->earlier->indicators[i].id);
	assert_true(p->items[item_at(p, "i02")].absent);
	assert_false(p->earlier->items[item_at(p, "i02")].absent);
	assert_true(p->earlier->items[item_at(p, "i03")].absent);
	plan_free(p);
}

static void
refused(const char *second, const char *from, const char *words)
{
	plan_problems problems = { 0 };
	ms_error err = { 0 };
	buf file = { 0 };
	plan *p = NULL;

	buf_add_text(&file, small_plan_text);
	plan_append(&file, span_str(second), period_at(from));
	assert_int_equal(plan_load(buf_span(&file), "two.conf", &p, &problems, &err), MS_CONFIG);
	assert_int_equal(err.code, MST_PLAN_VERSIONS);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, words);
	buf_fini(&file);
	plan_problems_fini(&problems);
}

static void
what_would_spoil_the_figures_is_refused(void **state)
{
	arena memory = { 0 };

	(void)state;
	refused(with(&memory, small_plan_text,
			"scale = 2\n		reporters = { \"@districts\" } "
			"time = \"sum\"",
			"scale = 3\n		reporters = { \"@districts\" } time = \"sum\""),
		"2012-Q3", "i01.money");
	refused(with(&memory, small_plan_text, "time = \"last\" space = \"sum\"",
			"time = \"ytd\" space = \"sum\""),
		"2012-Q3", "i01.parks");
	refused(with(&memory, small_plan_text, "number = 2 title",
			"period = \"half\" number = 2 title"),
		"2012-Q3", "i02");
	refused(with(&memory, small_plan_text, "id = \"small\"", "id = \"other\""), "2012-Q3",
		"other");
	refused(with(&memory, small_plan_text, "+08:00", "+09:00"), "2012-Q3", "time zone");
	refused(small_plan_text, "2013-Q1", "outside");
	arena_fini(&memory);
}

/* Line ends in TEXT, up to the word UNTIL. */
static unsigned
lines_of(const char *text, const char *until)
{
	const char *end = until == NULL ? text + strlen(text) : strstr(text, until);
	unsigned n = 0;

	for (; text < end; text++)
		n += *text == '\n';
	return n;
}

static void
a_mistake_is_told_at_its_line_of_the_file(void **state)
{
	arena memory = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;
	const char *file = "#==== from 2012 Q3 ====\n", *bad;
	buf two = { 0 };
	char place[40];

	(void)state;
	assert_int_equal(plan_load(span_str(file), "two.conf", &p, NULL, &err), MS_CONFIG);
	assert_int_equal(err.code, MST_PLAN_VERSIONS);
	assert_non_null(strstr(err.text, "line 1"));
	bad = with(&memory, small_plan_text, "kinds = { \"district\" }", "kinds = { \"distrct\" }");
	buf_add_text(&two, small_plan_text);
	plan_append(&two, span_str(bad), period_at("2012-Q3"));
	err = (ms_error){ 0 };
	assert_int_equal(plan_load(buf_span(&two), "two.conf", &p, NULL, &err), MS_CONFIG);
	snprintf(place, sizeof(place), "two.conf:%u",
		lines_of(small_plan_text, NULL) + 1 + lines_of(bad, "distrct") + 1);
	assert_string_equal(err.place, place);
	buf_fini(&two);
	arena_fini(&memory);
}

/* ---- duties ---- */

static void
what_is_owed_goes_by_the_period(void **state)
{
	plan *p = load_changed();
	uint32_t i01 = item_at(p, "i01"), i02 = item_at(p, "i02"), i03 = item_at(p, "i03");
	period q2 = period_at("2012-Q2"), q3 = period_at("2012-Q3"), year = period_at("2012");

	(void)state;
	assert_true(plan_expects(p, i01, unit_at(p, "west"), q2));
	assert_false(plan_expects(p, i01, unit_at(p, "west"), q3));
	assert_true(plan_expects(p, i01, unit_at(p, "kjj"), q3));
	assert_int_equal(plan_deadline_us(p, i01, q2), instant("2012-07-11T00:00:00+08:00"));
	assert_int_equal(plan_deadline_us(p, i01, q3), instant("2012-10-21T00:00:00+08:00"));
	assert_true(plan_has_period(p, i02, q2));
	assert_false(plan_has_period(p, i02, q3));
	assert_false(plan_has_period(p, i03, q2));
	assert_true(plan_has_period(p, i03, q3));
	assert_ptr_equal(plan_at(p, year), p);
	assert_ptr_equal(plan_at(p, period_at("2012-H1")), p->earlier);
	plan_free(p);
}

static void
figures_take_each_period_from_those_who_owed_it(void **state)
{
	plan *p = load_changed();
	city *l = city_new(p);
	int64_t west = 2, east = 3;
	arena memory = { 0 };
	uint32_t of, parks = (uint32_t)plan_find_indicator(p, span_str("i01.parks"));
	figure f;
	act a;

	(void)state;
	a = report_act(p, "i01", "west", "2012-Q2", 1, "w");
	a.u.report.values = &(report_value){
		.indicator = span_str("i01.parks"), .has_mantissa = true, .mantissa = west
	};
	a.u.report.n_values = 1;
	assert_int_equal(arrive(l, "west", "07-02 10:00", &a), VERDICT_STORED);
	a = report_act(p, "i01", "east", "2012-Q3", 1, "e");
	a.u.report.values = &(report_value){
		.indicator = span_str("i01.parks"), .has_mantissa = true, .mantissa = east
	};
	a.u.report.n_values = 1;
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_STORED);
	a = report_act(p, "i01", "west", "2012-Q3", 1, "w3");
	assert_int_equal(arrive(l, "west", "10-15 11:00", &a), VERDICT_REFUSED_NOT_ASSIGNED);

	assert_int_equal(
		tally_figure(&l->all, parks, period_at("2012-Q2"), VIEW_REPORTED, &memory, &f, &of),
		MS_OK);
	assert_int_equal(f.num, west);
	assert_int_equal(of, 3); /* east, west, gone */
	assert_int_equal(
		tally_figure(&l->all, parks, period_at("2012-Q3"), VIEW_REPORTED, &memory, &f, &of),
		MS_OK);
	assert_int_equal(f.num, east);
	assert_int_equal(of, 2); /* east, late */
	assert_int_equal(
		tally_figure(&l->all, parks, period_at("2012"), VIEW_REPORTED, &memory, &f, &of),
		MS_OK);
	assert_int_equal(f.num, west + east);
	assert_int_equal(of, 4);
	assert_int_equal(
		tally_complete(&l->all, item_at(p, "i01"), period_at("2012-Q2"), VIEW_REPORTED)
			.expected,
		5); /* fgw, kjj, east, west, gone */
	assert_int_equal(
		tally_complete(&l->all, item_at(p, "i01"), period_at("2012-Q3"), VIEW_REPORTED)
			.expected,
		4); /* fgw, late, kjj, east */
	arena_fini(&memory);
	city_free(l);
	plan_free(p);
}

static void
an_act_on_what_is_not_yet_or_no_more_is_refused(void **state)
{
	plan *p = load_changed();
	city *l = city_new(p);
	act a;

	(void)state;
	a = report_act(p, "i02", "east", "2012-Q3", 1, "x");
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_REFUSED_UNKNOWN);
	a = report_act(p, "i03", "east", "2012-Q2", 1, "x");
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_REFUSED_UNKNOWN);
	a = report_act(p, "i03", "east", "2012-Q3", 1, "x");
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_STORED);
	a = report_act(p, "i01", "new", "2012-Q2", 1, "x");
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_REFUSED_NOT_ASSIGNED);
	/* Before the second version was known, nobody knew the unit. */
	book_use(l->book, p->earlier);
	assert_int_equal(arrive(l, "east", "10-15 10:00", &a), VERDICT_REFUSED_UNKNOWN);
	city_free(l);
	plan_free(p);
}

/* ---- rights ---- */

static void
who_decides_goes_by_the_moment(void **state)
{
	plan *p = load_changed();
	city *l = city_new(p);
	act a = report_act(p, "i01", "east", "2012-Q2", 1, "x");

	(void)state;
	assert_int_equal(arrive(l, "east", "06-30 10:00", &a), VERDICT_STORED);
	assert_int_equal(
		decide(l, "late", "06-30 23:59", "i01", "east", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_REFUSED_NOT_LEAD);
	assert_int_equal(
		decide(l, "kjj", "07-01 00:00", "i01", "east", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_REFUSED_NOT_LEAD);
	assert_int_equal(
		decide(l, "late", "07-01 00:00", "i01", "east", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_STORED);
	/* Nobody leads i02 any more: who led it last decides on what is left; it is split. */
	a = report_act(p, "i02", "east", "2012-Q2", 1, "x");
	assert_int_equal(arrive(l, "east", "07-02 10:00", &a), VERDICT_STORED);
	assert_int_equal(
		decide(l, "west", "07-03 10:00", "i02", "east", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_REFUSED_SPLIT);
	assert_int_equal(
		decide(l, "tjj", "07-03 10:00", "i02", "east", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_STORED);
	city_free(l);
	plan_free(p);
}

/* Accepted on arrival under the first version, where its unit was the sole lead. */
static void
a_self_acceptance_stands_when_leads_come(void **state)
{
	arena memory = { 0 };
	const char *first = with(&memory, small_plan_text,
		"mode = \"joint\"\n	leads = { \"fgw\", \"kjj\" }",
		"mode = \"sole\"\n	leads = { \"fgw\" }");
	plan *p =
		load_two(with(&memory, first, "reporters = { \"kjj\" }", "reporters = { \"fgw\" }"),
			small_plan_text, "2012-Q3");
	city *l = city_new(p);
	act a = report_act(p, "i01", "fgw", "2012-Q2", 1, "x");

	(void)state;
	assert_int_equal(arrive(l, "fgw", "06-30 10:00", &a), VERDICT_STORED);
	assert_int_equal(
		decide(l, "kjj", "07-02 10:00", "i01", "fgw", "2012-Q2", 1, DECISION_ACCEPT),
		VERDICT_STORED);
	assert_int_equal(
		decide(l, "kjj", "07-02 11:00", "i01", "fgw", "2012-Q2", 1, DECISION_RETURN),
		VERDICT_REFUSED_DECIDED);
	assert_int_equal(
		decide(l, "tjj", "07-02 12:00", "i01", "fgw", "2012-Q2", 1, DECISION_RETURN),
		VERDICT_STORED);
	city_free(l);
	plan_free(p);
	arena_fini(&memory);
}

static void
a_removed_lead_sees_nothing_and_a_new_one_the_past(void **state)
{
	plan *p = load_changed();
	slot_at q1 = { .item = item_at(p, "i01"),
		.unit = unit_at(p, "east"),
		.period = period_at("2012-Q1") };
	int64_t before = instant("2012-06-30T23:59:59.999999+08:00"), after = before + 1;

	(void)state;
	assert_true(route_visible(p, unit_at(p, "kjj"), q1, before, NULL, 0));
	assert_false(route_visible(p, unit_at(p, "kjj"), q1, after, NULL, 0));
	assert_false(route_leads(p, unit_at(p, "kjj"), q1.item, after));
	assert_true(route_visible(p, unit_at(p, "late"), q1, before, NULL, 0)); /* to prepare */
	assert_true(route_visible(p, unit_at(p, "late"), q1, after, NULL, 0));
	assert_true(route_visible(p, unit_at(p, "fgw"), q1, after, NULL, 0));
	assert_true(route_visible(p, unit_at(p, "tjj"), q1, after, NULL, 0));
	plan_free(p);
}

static void
a_unit_that_joins_gains_also_without_a_role(void **state)
{
	plan *p = load_changed();
	bool *gains = calloc(p->n_units, sizeof(*gains));

	(void)state;
	route_gainers(p, instant("2012-07-01T00:00:00+08:00"), gains);
	assert_true(gains[unit_at(p, "new")]); /* what is for all */
	assert_true(gains[unit_at(p, "late")]);
	assert_false(gains[unit_at(p, "tjj")]);
	free(gains);
	plan_free(p);
}

static void
a_successor_sees_what_went_before_it(void **state)
{
	arena memory = { 0 };
	const char *text = with(&memory, small_plan_text, "to = \"2012-Q2\"",
		"to = \"2012-Q2\" succeeded_by = \"east\"");
	plan *p = load_two(small_plan_text, text, "2012-Q3");
	slot_at q2 = { .item = item_at(p, "i01"),
		.unit = unit_at(p, "gone"),
		.period = period_at("2012-Q2") };

	bool *gains = calloc(p->n_units, sizeof(*gains));

	(void)state;
	assert_true(route_visible(p, unit_at(p, "east"), q2, INT64_MAX, NULL, 0));
	assert_false(route_visible(p, unit_at(p, "west"), q2, INT64_MAX, NULL, 0));
	route_gainers(p, INT64_MAX, gains);
	assert_true(gains[unit_at(p, "east")]);
	assert_false(gains[unit_at(p, "tjj")]);
	free(gains);
	plan_free(p);
	arena_fini(&memory);
}

static void
a_unit_is_found_by_the_name_it_had(void **state)
{
	arena memory = { 0 };
	plan *p = load_two(small_plan_text,
		with(&memory, small_plan_text, "name = \"E\" }\nunit",
			"name = \"East New\" }\nunit"),
		"2012-Q3");

	(void)state;
	assert_string_equal(p->units[unit_at(p, "east")].name, "East New");
	assert_int_equal(plan_match_unit(p, span_str("East New")), unit_at(p, "east"));
	assert_int_equal(plan_match_unit(p, span_str("E")), unit_at(p, "east"));
	assert_int_equal(plan_match_unit(p->earlier, span_str("East New")), -1);
	plan_free(p);
	arena_fini(&memory);
}

static void
a_version_for_a_running_period_changes_what_its_reports_lack(void **state)
{
	arena memory = { 0 };
	const char *text = with(&memory, small_plan_text,
		"reporters = { \"@districts\" } time = \"last\" space = \"sum\"",
		"reporters = { \"west\" } time = \"last\" space = \"sum\"");
	plan *p = load_two(text, small_plan_text, "2012-Q1");
	city *l = city_new(p);
	uint32_t i;
	report_value values[5] = { { .indicator = span_str("i01.money"), .is_nil = true },
		{ .indicator = span_str("i01.projects"), .is_nil = true },
		{ .indicator = span_str("i01.share"), .is_nil = true },
		{ .indicator = span_str("i01.opened"), .is_nil = true } };
	act a = report_act(p, "i01", "east", "2012-Q1", 1, "x");

	(void)state;
	for (i = 0; i < 4; i++)
		values[i].nil_reason = span_str("none yet");
	a.u.report.values = values;
	a.u.report.n_values = 4;
	book_use(l->book, p->earlier);
	l->all = book_slots(l->book);
	assert_int_equal(arrive(l, "east", "04-02 10:00", &a), VERDICT_STORED);
	assert_int_equal(slot_of(l, "i01", "east", "2012-Q1")->shown.filled, 6);
	book_use(l->book, p);
	l->all = book_slots(l->book);
	assert_int_equal(slot_of(l, "i01", "east", "2012-Q1")->shown.filled, 5);
	city_free(l);
	plan_free(p);
	arena_fini(&memory);
}

/* An act on the last quarter, judged before the version came that ends before it. */
static void
a_version_that_ends_earlier_keeps_slots_apart(void **state)
{
	arena memory = { 0 };
	plan *p = load_two(small_plan_text,
		with(&memory, small_plan_text, "last_period = \"2012-Q4\"",
			"last_period = \"2012-Q3\""),
		"2012-Q3");
	city *l = city_new(p);
	uint32_t unit;
	act a;

	(void)state;
	book_use(l->book, p->earlier);
	l->all = book_slots(l->book);
	for (unit = 0; unit < p->n_units; unit++) {
		a = steer_act(l, ACT_LOCK, "i01", p->units[unit].id, "2012-Q4");
		a.u.steer.reason = span_str("early");
		arrive(l, "tjj", "05-01 10:00", &a);
	}
	assert_int_equal(slot_of(l, "i01", "east", "2012-Q4")->bolt, BOLT_LOCKED);
	assert_int_equal(slot_of(l, "i01", "west", "2012-Q1")->bolt, BOLT_NONE);
	book_use(l->book, p);
	l->all = book_slots(l->book);
	assert_int_equal(slot_of(l, "i01", "west", "2012-Q1")->bolt, BOLT_NONE);
	city_free(l);
	plan_free(p);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_holds_all_versions_and_each_keeps_its_hash),
		cmocka_unit_test(a_first_version_without_a_last_line_end_keeps_its_hash_too),
		cmocka_unit_test(indexes_are_the_same_in_all_versions),
		cmocka_unit_test(what_would_spoil_the_figures_is_refused),
		cmocka_unit_test(a_mistake_is_told_at_its_line_of_the_file),
		cmocka_unit_test(what_is_owed_goes_by_the_period),
		cmocka_unit_test(figures_take_each_period_from_those_who_owed_it),
		cmocka_unit_test(an_act_on_what_is_not_yet_or_no_more_is_refused),
		cmocka_unit_test(who_decides_goes_by_the_moment),
		cmocka_unit_test(a_self_acceptance_stands_when_leads_come),
		cmocka_unit_test(a_removed_lead_sees_nothing_and_a_new_one_the_past),
		cmocka_unit_test(a_unit_that_joins_gains_also_without_a_role),
		cmocka_unit_test(a_successor_sees_what_went_before_it),
		cmocka_unit_test(a_unit_is_found_by_the_name_it_had),
		cmocka_unit_test(a_version_for_a_running_period_changes_what_its_reports_lack),
		cmocka_unit_test(a_version_that_ends_earlier_keeps_slots_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
