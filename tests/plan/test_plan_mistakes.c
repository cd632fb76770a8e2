/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_plan_mistakes.c - each kind of mistake in a plan file is found, at its line, with its code
 * and a suggestion.
 *
 * Each row changes one place of a small good plan. The mistake is expected in the line where the
 * change begins, MORE lines further down where it is told elsewhere (a missing option: at the head
 * of its section).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan_testing.h"

static const char good[] =
	"format = 1\n"
	"id = \"t\"\n"
	"title = \"Test\"\n"
	"timezone = \"+08:00\"\n"
	"first_period = \"2012-Q1\"\n"
	"last_period = \"2012-Q4\"\n"
	"observers = { \"tjj\" }\n"
	"source { title = \"S\" sha256 = "
	"\"0c94f5a64da88c533e9be933c2701d134fb6d56321bb745a3a9cbb88d8f52d5e\" }\n"
	"defaults { period = \"quarter\" due_days = 10 }\n"
	"calendar { off = { \"2012-05-01\" } made_up = { \"2012-04-28\" } }\n"
	"score { timely = 30 late = 60 adjust_max = \"5.00\" }\n"
	"unit \"fgw\" { kind = \"department\" name = \"沈阳市发展和改革委员会\" aliases = { "
	"\"发展改革委\" } }\n"
	"unit \"tjj\" { kind = \"department\" name = \"沈阳市统计局\" }\n"
	"unit \"tiexi\" { kind = \"district\" name = \"铁西区\" inside = \"heping\" }\n"
	"unit \"heping\" { kind = \"district\" name = \"和平区\" }\n"
	"unit \"gone\" { kind = \"zone\" name = \"旧区\" enabled = no }\n"
	"group \"districts\" { name = \"D\" kinds = { \"district\" } }\n"
	"group \"some\" { name = \"S\" kinds = { \"department\" } open = yes }\n"
	"item \"i01\" {\n"
	"	number = 1\n"
	"	title = \"One\"\n"
	"	text = { \"Do it. \" }\n"
	"	role_clause = \"You do.\"\n"
	"	mode = \"joint\"\n"
	"	leads = { \"fgw\", \"tjj\" }\n"
	"	required = { \"@districts\" }\n"
	"	optional = { \"@some\" }\n"
	"	parts \"list\" {\n"
	"		name = \"L\"\n"
	"		count = 2\n"
	"		part \"p1\" { name = \"P1\" owner = \"fgw\" }\n"
	"		part \"p2\" { name = \"P2\" }\n"
	"	}\n"
	"	indicator \"i01.money\" {\n"
	"		name = \"Money\"\n"
	"		unit = \"元\"\n"
	"		type = \"amount\"\n"
	"		scale = 2\n"
	"		reporters = { \"@districts\" }\n"
	"		time = \"sum\"\n"
	"		space = \"sum\"\n"
	"		target \"city\" { value = \"12.50\" }\n"
	"		target \"tiexi 2012-Q2\" { value = \"3\" }\n"
	"		inferred = { \"target\" }\n"
	"	}\n"
	"	indicator \"i01.keys\" { name = \"K\" type = \"keyset\" reporters = { \"tiexi\" } "
	"time = \"last\" space = \"union\" }\n"
	"	check \"grows\" { kind = \"not_falling\" a = \"i01.money\" }\n"
	"}\n"
	"item \"i02\" { number = 2 title = \"Two\" text = { \"T\" } mode = \"sole\" leads = { "
	"\"fgw\" } required = { \"tjj\" } }\n";

typedef struct row {
	const char *from, *to;
	int more;
	unsigned code;
	const char *words;
} row;

static const row rows[] = {
	/* unknown names, with suggestions */
	{ "observers = { \"tjj\"", "observers = { \"tjjj\"", 0, MST_PLAN_UNKNOWN_UNIT,
		"unknown unit \"tjjj\", did you mean \"tjj\"?" },
	{ "required = { \"@districts\" }", "required = { \"@district\" }", 0,
		MST_PLAN_UNKNOWN_GROUP,
		"unknown group \"@district\", did you mean \"@districts\"?" },
	{ "required = { \"@districts\" }", "required = { \"districts\" }", 0, MST_PLAN_UNKNOWN_UNIT,
		"did you mean \"@districts\"?" },
	{ "required = { \"tjj\" }", "required = { \"市统计局\" }", 0, MST_PLAN_UNKNOWN_UNIT,
		"unknown unit \"市统计局\", did you mean \"tjj\"?" },
	{ "leads = { \"fgw\", \"tjj\" }", "leads = { \"fgw\",\n\"xyz\" }", 1, MST_PLAN_UNKNOWN_UNIT,
		"unknown unit \"xyz\"" },
	{ "leads = { \"fgw\" }", "leads = { \"gone\" }", 0, MST_PLAN_DISABLED_UNIT,
		"unit \"gone\" is switched off in line 16" },
	{ "inside = \"heping\"", "inside = \"hepin\"", 0, MST_PLAN_UNKNOWN_UNIT,
		"did you mean \"heping\"?" },
	{ "\tnumber = 1\n", "\tnumber = 1\n\ttittle_en = \"x\"\n", 1, MST_PLAN_UNKNOWN_OPTION,
		"did you mean \"title_en\"?" },
	{ "observers = {", "observer = {", 0, MST_PLAN_UNKNOWN_OPTION,
		"did you mean \"observers\"?" },
	{ "mode = \"joint\"", "mode = \"jiont\"", 0, MST_PLAN_WORD, "did you mean \"joint\"?" },
	{ "kind = \"zone\"", "kind = \"city\"", 0, MST_PLAN_WORD,
		"expected one of department, party" },
	{ "kinds = { \"district\" }", "kinds = { \"distrcit\" }", 0, MST_PLAN_WORD,
		"did you mean \"district\"?" },
	{ "a = \"i01.money\"", "a = \"i01.mony\"", 0, MST_PLAN_UNKNOWN_INDICATOR,
		"did you mean \"i01.money\"?" },
	{ "inferred = { \"target\" }", "inferred = { \"targte\" }", 0, MST_PLAN_INFERRED,
		"did you mean \"target\"?" },
	/* missing things */
	{ "format = 1", "", 0, MST_PLAN_MISSING, "format is not set" },
	{ "title = \"Test\"", "", 0, MST_PLAN_MISSING, "title" },
	{ " name = \"旧区\"", "", 0, MST_PLAN_MISSING, "name" },
	{ "\ttext = { \"Do it. \" }\n", "", -3, MST_PLAN_MISSING, "has no text" },
	{ "\tleads = { \"fgw\", \"tjj\" }\n", "", -6, MST_PLAN_LEADS, "item \"i01\" has no lead" },
	{ "number = 2", "", 0, MST_PLAN_MISSING, "has no number" },
	{ "\t\ttime = \"sum\"\n", "", -6, MST_PLAN_MISSING, "has no time" },
	{ "\t\treporters = { \"@districts\" }\n", "", -5, MST_PLAN_MISSING, "has no reporters" },
	{ "{ value = \"12.50\" }", "{ }", 0, MST_PLAN_MISSING, "has no value" },
	{ "kinds = { \"district\" }", "", 0, MST_PLAN_MISSING, "needs kinds or members" },
	/* twice */
	{ "unit \"heping\"", "unit \"tiexi\"", 0, MST_PLAN_DUPLICATE, "unit \"tiexi\"" },
	{ "item \"i02\"", "item \"i01\"", 0, MST_PLAN_DUPLICATE, "item \"i01\"" },
	{ "number = 2", "number = 1", 0, MST_PLAN_DUPLICATE, "number 1 is that of item \"i01\"" },
	{ "part \"p2\"", "part \"p1\"", 0, MST_PLAN_DUPLICATE, "part \"p1\"" },
	{ "\t\tpart \"p2\" { name = \"P2\" }\n\t}\n",
		"\t\tpart \"p2\" { name = \"P2\" }\n\t}\n\tparts \"more\" { name = \"M\" part "
		"\"p2\" { name = \"Q\" } }\n",
		2, MST_PLAN_DUPLICATE, "part \"p2\" stands in line 32 already" },
	{ "indicator \"i01.keys\"", "indicator \"i01.money\"", 0, MST_PLAN_DUPLICATE,
		"indicator \"i01.money\"" },
	{ "leads = { \"fgw\", \"tjj\" }", "leads = { \"fgw\", \"fgw\" }", 0, MST_PLAN_DUPLICATE,
		"listed twice" },
	{ "title = \"Test\"", "title = \"Test\" title = \"Again\"", 0, MST_PLAN_DUPLICATE,
		"title" },
	/* names that name two */
	{ "name = \"和平区\"", "name = \"铁西区政府\"", 0, MST_PLAN_AMBIGUOUS,
		"\"铁西区\" of unit \"tiexi\", line 14" },
	{ "name = \"和平区\"", "name = \"和平区\" aliases = { \"市发展改革委\" }", 0,
		MST_PLAN_AMBIGUOUS, "unit \"fgw\"" },
	{ "name = \"和平区\"", "name = \"和平区\" aliases = { \"tjj\" }", 0, MST_PLAN_AMBIGUOUS,
		"the id of unit \"tjj\"" },
	/* forms */
	{ "due_days = 10", "due_days = 010", 0, MST_PLAN_NUMBER, "\"010\"" },
	{ "due_days = 10", "due_days = ten", 0, MST_PLAN_NUMBER, "\"ten\"" },
	{ "due_days = 10", "due_days = 9999999999999999999999", 0, MST_PLAN_NUMBER,
		"from 0 to 3660" },
	{ "due_days = 10", "due_days = -1", 0, MST_PLAN_NUMBER, "\"-1\"" },
	{ "scale = 2", "scale = 10", 0, MST_PLAN_NUMBER, "from 0 to 9" },
	{ "open = yes", "open = yess", 0, MST_PLAN_WORD, "did you mean \"yes\"?" },
	{ "\"2012-Q4\"", "\"2012-Q5\"", 0, MST_PLAN_PERIOD, "\"2012-Q5\" is no period" },
	{ "timezone = \"+08:00\"", "timezone = \"Shanghai\"", 0, MST_PLAN_ZONE, "\"Shanghai\"" },
	{ "off = { \"2012-05-01\" }", "off = { \"2012-02-30\" }", 0, MST_PLAN_DATE,
		"\"2012-02-30\" is no date" },
	{ "made_up = { \"2012-04-28\" }", "made_up = { \"2012-05-01\" }", 0, MST_PLAN_DATE,
		"both off and made up" },
	{ "sha256 = \"0c94", "sha256 = \"0c9", 0, MST_PLAN_HASH, "63 characters" },
	{ "adjust_max = \"5.00\"", "adjust_max = \"5.005\"", 0, MST_PLAN_NUMBER,
		"at most 2 decimals" },
	{ "value = \"12.50\"", "value = \"1e3\"", 0, MST_PLAN_NUMBER, "\"1e3\"" },
	{ "value = \"12.50\"", "value = \"99999999999999999999.00\"", 0, MST_PLAN_NUMBER,
		"too large" },
	{ "unit \"gone\"", "unit \"Gone\"", 0, MST_PLAN_ID, "\"Gone\"" },
	{ "unit \"gone\"", "unit \"city\"", 0, MST_PLAN_ID, "means the whole city" },
	{ "indicator \"i01.keys\"", "indicator \"i02.keys\"", 0, MST_PLAN_ID, "i01." },
	{ "indicator \"i01.keys\"", "indicator \"i01.\"", 0, MST_PLAN_ID, "i01." },
	{ "item \"i02\"", "item \"a2345678901234567890123456789012x\"", 0, MST_PLAN_ID,
		"at most 32" },
	/* what the parts mean together */
	{ "last_period = \"2012-Q4\"", "last_period = \"2011-Q4\"", 0, MST_PLAN_RANGE,
		"before first_period" },
	{ "last_period = \"2012-Q4\"", "last_period = \"2012\"", 0, MST_PLAN_RANGE,
		"different kinds" },
	{ "first_period = \"2012-Q1\"\nlast_period = \"2012-Q4\"",
		"first_period = \"2012-01\"\nlast_period = \"2012-12\"", 0, MST_PLAN_RANGE,
		"defaults say period = \"quarter\"" },
	{ "number = 2", "number = 2 period = \"year\" line = { 50, 100 }", 0, MST_PLAN_RANGE,
		"line has 2 points" },
	{ "number = 2", "number = 2 line = { 50, 40, 60, 100 }", 0, MST_PLAN_RANGE, "line falls" },
	{ "leads = { \"fgw\" }", "leads = { \"fgw\", \"tiexi\" }", 0, MST_PLAN_LEADS,
		"mode is \"sole\" but there are 2 leads" },
	{ "mode = \"sole\"", "mode = \"joint\"", 0, MST_PLAN_LEADS, "did you mean \"sole\"?" },
	{ "leads = { \"fgw\" }", "leads = { \"@districts\" }", 0, MST_PLAN_LEADS, "is a group" },
	{ "mode = \"sole\" leads = { \"fgw\" }", "mode = \"split\" leads = { \"fgw\", \"tiexi\" }",
		0, MST_PLAN_SPLIT, "has no parts" },
	{ "mode = \"joint\"", "mode = \"split\"", 1, MST_PLAN_SPLIT,
		"lead \"tjj\" of the split item \"i01\" owns no part" },
	{ "owner = \"fgw\"", "owner = \"gone\"", 0, MST_PLAN_DISABLED_UNIT, "gone" },
	{ "required = { \"tjj\" } }",
		"required = { \"tjj\" } parts \"x\" { name = \"X\" part \"y\" { name = \"Y\" owner "
		"= \"tiexi\" } } }",
		0, MST_PLAN_OWNER, "owner \"tiexi\" has no role in item \"i02\"" },
	{ "required = { \"@districts\" }", "required = { \"@some\" }", 0, MST_PLAN_ROLE, "open" },
	{ "count = 2", "count = 1", 0, MST_PLAN_COUNT, "count is 1 but 2 parts are named" },
	{ "count = 2", "count = 3", 0, MST_PLAN_COUNT, "open = yes" },
	{ "reporters = { \"tiexi\" }", "reporters = { \"gone\" }", 0, MST_PLAN_DISABLED_UNIT,
		"gone" },
	{ "required = { \"tjj\" } }",
		"required = { \"tjj\" } indicator \"i02.x\" { name = \"X\" type = \"count\" "
		"reporters = { \"tiexi\" } time = \"sum\" "
		"space = \"sum\" } }",
		0, MST_PLAN_REPORTERS, "reporter \"tiexi\" has no role in item \"i02\"" },
	{ "space = \"sum\"", "space = \"owner\"", 0, MST_PLAN_REPORTERS, "2 units report" },
	{ "value = \"12.50\"", "value = \"0\"", 0, MST_PLAN_TARGET, "more than 0" },
	{ "value = \"12.50\"", "value = \"-3\"", 0, MST_PLAN_TARGET, "more than 0" },
	{ "target \"tiexi 2012-Q2\"", "target \"tiexi 2012-04\"", 0, MST_PLAN_TARGET, "finer" },
	{ "target \"tiexi 2012-Q2\"", "target \"tiexi 2013-Q2\"", 0, MST_PLAN_TARGET,
		"outside the plan" },
	{ "target \"tiexi 2012-Q2\"", "target \"tiexi 2012\" { value = \"3\" } target \"tiexi\"", 0,
		MST_PLAN_TARGET, "same unit and period" },
	{ "target \"tiexi 2012-Q2\"", "target \"tiexi soon\"", 0, MST_PLAN_PERIOD, "\"soon\"" },
	{ "target \"tiexi 2012-Q2\"", "target \"fgw\"", 0, MST_PLAN_TARGET, "does not report" },
	{ "type = \"amount\"", "type = \"count\"", 1, MST_PLAN_RULES, "scale must be 0" },
	{ "space = \"union\"", "space = \"sum\"", 0, MST_PLAN_RULES, "can have: union, none" },
	{ "time = \"sum\"", "time = \"ratio\"", 0, MST_PLAN_RULES, "does not fit type \"amount\"" },
	{ "scale = 2", "scale = 2 keys = { \"a\" }", 0, MST_PLAN_RULES, "only a keyset" },
	{ "scale = 2", "scale = 2 period = \"month\"", 0, MST_PLAN_PERIOD, "more often" },
	{ "late = 60", "late = 60 on_time = 50", 0, MST_PLAN_SCORE, "on time" },
	{ "inside = \"heping\" }\nunit \"heping\" {",
		"inside = \"heping\" }\nunit \"heping\" { inside = \"tiexi\"", 0, MST_PLAN_CYCLE,
		"unit \"tiexi\" comes back to itself by \"inside\"" },
	{ "name = \"和平区\"", "name = \"和平区\" parent = \"heping\"", 0, MST_PLAN_CYCLE,
		"\"parent\"" },
	{ "name = \"和平区\"", "name = \"和平区\" from = \"2012-Q3\" to = \"2012-Q2\"", 0,
		MST_PLAN_RANGE, "ends before it begins" },
	{ "name = \"和平区\"", "name = \"和平区\" succeeded_by = \"tiexi\"", 0, MST_PLAN_RANGE,
		"successor" },
	{ "a = \"i01.money\"", "a = \"i01.keys\"", 0, MST_PLAN_CHECK, "no count or amount" },
	{ "a = \"i01.money\"", "a = \"i01.money\" b = \"i01.keys\"", 0, MST_PLAN_CHECK, "at_most" },
	{ "title = \"Two\"", "title = \"\"", 0, MST_PLAN_TEXT, "empty" },
	{ "title = \"Two\"", "title = \"a\\tb\"", 0, MST_PLAN_TEXT, "control" },
	/* no more than a syntax error */
	{ "mode = \"joint\"", "mode = = \"joint\"", 0, MST_PLAN_SYNTAX, "" },
};

/* GOOD with the row's change; *LINE is where the change begins. */
static char *
change(const row *r, unsigned *line)
{
	const char *at = strstr(good, r->from);
	size_t head, size = sizeof(good) + strlen(r->to);
	char *text = malloc(size);

	if (at == NULL)
		fail_msg("\"%s\" is not in the plan", r->from);
	assert_non_null(text);
	head = (size_t)(at - good);
	snprintf(text, size, "%.*s%s%s", (int)head, good, r->to, at + strlen(r->from));
	*line = (unsigned)(1 + r->more);
	for (size_t i = 0; i < head; i++)
		*line += good[i] == '\n' ? 1 : 0;
	return text;
}

static bool
holds(const plan_problems *problems, unsigned line, const row *r)
{
	for (size_t i = 0; i < problems->n; i++) {
		const plan_problem *p = &problems->list[i];

		if (p->line == line && p->code == r->code && !p->warning &&
			strstr(p->text, r->words) != NULL)
			return true;
	}
	return false;
}

static void
each_mistake_is_found_at_its_line(void **state)
{
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_problems problems = { 0 };
		ms_error err = { 0 };
		plan *p = NULL;
		unsigned line;
		char *text = change(&rows[i], &line);

		if (strncmp(rows[i].words, "format is not", 13) == 0 ||
			strcmp(rows[i].words, "title") == 0)
			line = rows[i].code == MST_PLAN_MISSING ? 1 : line;
		if (plan_load(span_str(text), "t.conf", &p, &problems, &err) != MS_CONFIG ||
			!holds(&problems, line, &rows[i])) {
			missed++;
			print_error("row %zu: %s -> %s: expected line %u, %u, \"%s\"\n", i,
				rows[i].from, rows[i].to, line, rows[i].code, rows[i].words);
			for (size_t k = 0; k < problems.n; k++)
				print_error("   found %u: %s [%u]\n", problems.list[k].line,
					problems.list[k].text, problems.list[k].code);
		}
		plan_free(p);
		plan_problems_fini(&problems);
		free(text);
	}
	assert_int_equal(missed, 0);
}

static void
the_good_plan_is_good(void **state)
{
	plan_problems problems = { 0 };
	plan *p = NULL;

	(void)state;
	assert_int_equal(plan_load(span_str(good), "t.conf", &p, &problems, NULL), MS_OK);
	for (size_t i = 0; i < problems.n; i++)
		print_error("%u: %s\n", problems.list[i].line, problems.list[i].text);
	assert_int_equal(problems.n, 0);
	assert_int_equal(
		plan_expected(p, 0, (period){ .year = 2012, .kind = PERIOD_QUARTER, .index = 1 }),
		4);
	assert_string_equal(p->items[0].text, "Do it. You do.");
	plan_free(p);
	plan_problems_fini(&problems);
}

/* What follows from a word that is none is unknown, so nothing is said of it; as little of the
 * indicators of an item of which is unknown who is in it. */
static void
a_word_that_is_none_is_one_mistake(void **state)
{
	static const row words[] = {
		{ .from = "type = \"amount\"", .to = "type = \"amuont\"" },
		{ .from = "\t\ttype = \"amount\"\n", .to = "" },
		{ .from = "type = \"keyset\"", .to = "type = \"kyeset\" key_prefix = \"XM-\"" },
		{ .from = "time = \"sum\"", .to = "time = \"smu\"" },
		{ .from = "space = \"union\"", .to = "space = \"uinon\"" },
		{ .from = "mode = \"sole\"", .to = "mode = \"soel\"" },
		{ .from = "mode = \"sole\"", .to = "" },
		{ .from = "required = { \"@districts\" }", .to = "required = { \"@district\" }" },
		{ .from = "required = { \"@districts\" }", .to = "required = { \"districts\" }" },
		{ .from = "required = { \"@districts\" }", .to = "required = { \"@some\" }" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		plan_problems problems = { 0 };
		plan *p = NULL;
		unsigned line;
		char *text = change(&words[i], &line);

		assert_int_equal(
			plan_load(span_str(text), "t.conf", &p, &problems, NULL), MS_CONFIG);
		if (problems.n != 1)
			fail_msg("%s: %zu mistakes, the second: %s", words[i].to, problems.n,
				problems.list[1].text);
		plan_problems_fini(&problems);
		free(text);
	}
}

static void
all_mistakes_come_in_one_run_in_the_order_of_lines(void **state)
{
	static const char text[] = "format = 1\n"
				   "id = \"t\"\n"
				   "title = \"T\"\n"
				   "timezone = \"+8\"\n"
				   "first_period = \"2012-Q9\"\n"
				   "last_period = \"2012-Q4\"\n"
				   "observers = { \"nobody\" }\n"
				   "unit \"a\" { kind = \"zoo\" name = \"A\" }\n"
				   "item \"i01\" { number = 1 title = \"I\" text = { \"x\" } mode "
				   "= \"sole\" leads = { \"b\" } }\n";
	static const unsigned lines[] = { 4, 5, 7, 8, 9 };
	plan_problems problems = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;
	size_t found = 0;

	(void)state;
	assert_int_equal(plan_load(span_str(text), "t.conf", &p, &problems, &err), MS_CONFIG);
	for (size_t i = 0; i < problems.n; i++) {
		assert_true(i == 0 || problems.list[i - 1].line <= problems.list[i].line);
		if (found < 5 && !problems.list[i].warning && problems.list[i].line == lines[found])
			found++;
	}
	assert_int_equal(found, 5);
	assert_string_equal(err.place, "t.conf:4");
	assert_int_equal(err.code, MST_PLAN_ZONE);
	plan_problems_fini(&problems);
}

static bool
warns(const char *from, const char *to, unsigned code)
{
	row r = { .from = from, .to = to };
	plan_problems problems = { 0 };
	plan *p = NULL;
	unsigned line;
	char *text = change(&r, &line);
	bool found = false;

	assert_int_equal(plan_load(span_str(text), "t.conf", &p, &problems, NULL), MS_OK);
	for (size_t i = 0; i < problems.n; i++)
		found |= problems.list[i].warning && problems.list[i].code == code &&
			 problems.list[i].line == line;
	if (!found)
		for (size_t i = 0; i < problems.n; i++)
			print_error("%u: %s [%u]\n", problems.list[i].line, problems.list[i].text,
				problems.list[i].code);
	assert_int_equal(problems.mistakes, 0);
	plan_free(p);
	plan_problems_fini(&problems);
	free(text);
	return found;
}

static void
what_is_odd_but_usable_is_a_warning(void **state)
{
	(void)state;
	/* 2012-04-14 is a Saturday; 4 days leave at most 4 working days. */
	assert_true(warns("due_days = 10", "due_days = 14", MST_PLAN_DAY_OFF));
	assert_true(warns("due_days = 10", "due_days = 4", MST_PLAN_SHORT_NOTICE));
	assert_true(warns("observers = { \"tjj\" }\n",
		"item \"i03\" { number = 3 title = \"S\" text = { \"T\" } leads = { \"fgw\", "
		"\"tjj\" } mode = \"split\" parts \"l\" { name = \"L\" part \"a\" { name = \"A\" "
		"owner = \"fgw\" } part \"b\" { name = \"B\" owner = \"tjj\" } } }\n",
		MST_PLAN_SPLIT));
	assert_true(warns("aliases = { \"发展改革委\" }",
		"aliases = { \"发展改革委\", \"市发展改革委\" }", MST_PLAN_REDUNDANT));
	assert_true(warns("required = { \"tjj\" }", "required = { \"fgw\" }", MST_PLAN_REDUNDANT));
	assert_true(warns("unit \"gone\"",
		"unit \"idle\" { kind = \"zone\" name = \"闲区\" } unit \"gone\"",
		MST_PLAN_UNUSED));
	assert_true(warns("\tnumber = 1\n", "\tnumber = 1\n", MST_PLAN_UNUSED) == false);
	assert_true(warns("group \"some\"",
		"group \"idle\" { name = \"I\" kinds = { \"party\", \"district\" } } group "
		"\"some\"",
		MST_PLAN_UNUSED));
	assert_true(warns("unit \"heping\" {",
		"rank_group \"r\" { kinds = { \"department\" } } unit \"heping\" {",
		MST_PLAN_UNRANKED));
}

static void
working_days_move_deadlines(void **state)
{
	row basis = { .from = "due_days = 10", .to = "due_days = 10 due_basis = \"working\"" };
	row roll = { .from = "due_days = 10", .to = "due_days = 14 roll = \"next_working\"" };
	period q1 = { .year = 2012, .kind = PERIOD_QUARTER, .index = 1 };
	int32_t day;
	unsigned line;
	char *text;
	plan *p = NULL;

	(void)state;
	/* 10 working days after Saturday 2012-03-31: Monday 2 April to Friday 13 April. */
	text = change(&basis, &line);
	assert_int_equal(plan_load(span_str(text), "t.conf", &p, NULL, NULL), MS_OK);
	assert_int_equal(date_parse(span_str("2012-04-13"), &day, NULL), MS_OK);
	assert_int_equal(plan_due_day(p, 0, q1), day);
	assert_int_equal(date_parse(span_str("2012-05-01"), &day, NULL), MS_OK);
	assert_false(plan_working_day(p, day)); /* a Tuesday off */
	assert_int_equal(date_parse(span_str("2012-04-28"), &day, NULL), MS_OK);
	assert_true(plan_working_day(p, day)); /* a Saturday made up */
	plan_free(p);
	free(text);
	/* Saturday 14 April moves to Monday 16 April. */
	text = change(&roll, &line);
	p = NULL;
	assert_int_equal(plan_load(span_str(text), "t.conf", &p, NULL, NULL), MS_OK);
	assert_int_equal(date_parse(span_str("2012-04-16"), &day, NULL), MS_OK);
	assert_int_equal(plan_due_day(p, 0, q1), day);
	plan_free(p);
	free(text);
}

static void
a_closed_unit_is_expected_in_its_periods_only(void **state)
{
	row r = { .from = "name = \"和平区\"",
		.to = "name = \"和平区\" from = \"2012-Q2\" to = \"2012-Q3\" succeeded_by = "
		      "\"tiexi\"" };
	static const unsigned expected[] = { 3, 4, 4, 3 };
	unsigned line;
	char *text = change(&r, &line);
	plan *p = NULL;

	(void)state;
	assert_int_equal(plan_load(span_str(text), "t.conf", &p, NULL, NULL), MS_OK);
	for (uint8_t q = 1; q <= 4; q++) {
		period at = { .year = 2012, .kind = PERIOD_QUARTER, .index = q };

		assert_int_equal(plan_expected(p, 0, at), expected[q - 1]);
		assert_int_equal(plan_reporters(p, 0, at), expected[q - 1] - 2);
	}
	/* Alive in a part of the year is alive in the year. */
	assert_int_equal(
		plan_reporters(p, 0, (period){ .year = 2012, .kind = PERIOD_YEAR, .index = 1 }), 2);
	plan_free(p);
	free(text);
}

static void
an_empty_file_is_refused(void **state)
{
	plan_problems problems = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	(void)state;
	assert_int_equal(plan_load(span_str(""), "t.conf", &p, &problems, &err), MS_CONFIG);
	assert_true(problems.mistakes > 0);
	assert_non_null(strstr(err.place, "t.conf:"));
	plan_problems_fini(&problems);
}

static void
a_thousand_mistakes_are_listed_and_the_rest_counted(void **state)
{
	plan_problems problems = { 0 };
	buf text = { 0 };
	plan *p = NULL;

	(void)state;
	buf_add_text(&text, good);
	for (unsigned i = 0; i < 3000; i++)
		buf_addf(&text, "unit \"x%u\" { kind = \"zoo\" name = \"X%u\" }\n", i, i);
	assert_int_equal(plan_load(buf_span(&text), "t.conf", &p, &problems, NULL), MS_CONFIG);
	assert_int_equal(problems.n, PLAN_PROBLEMS_MAX);
	assert_true(problems.mistakes >= 3000);
	assert_true(problems.unlisted >= 2000);
	plan_problems_fini(&problems);
	buf_fini(&text);
}

static void
a_hundred_thousand_units_load_in_seconds(void **state)
{
	enum { UNITS = 100000 };
	int64_t begin = clock_monotonic_us();
	buf text = { 0 };
	plan *p = NULL;
	ms_error err = { 0 };
	char id[16];

	(void)state;
	buf_add_text(&text, good);
	for (unsigned i = 0; i < UNITS; i++)
		buf_addf(&text,
			"unit \"u%u\" {\n\tkind = \"district\"\n\tname = \"第%u区\"\n\taliases = { "
			"\"区%u\" }\n\tinside = \"u%u\"\n}\n",
			i, i, i, i + 1);
	buf_addf(&text, "unit \"u%d\" { kind = \"zone\" name = \"末区\" inside = \"heping\" }\n",
		UNITS);
	assert_false(text.failed);
	if (plan_load(buf_span(&text), "big.conf", &p, NULL, &err) != MS_OK)
		fail_msg("%s: %s", err.place, err.text);
	assert_int_equal(p->n_units, UNITS + 5);
	for (unsigned i = 0; i < UNITS; i += 7919) {
		snprintf(id, sizeof(id), "u%u", i);
		assert_int_equal(plan_find_unit(p, span_str(id)), (int)i + 4);
		snprintf(id, sizeof(id), "区%u", i);
		assert_int_equal(plan_match_unit(p, span_str(id)), (int)i + 4);
	}
	assert_int_equal(plan_expected(p, 0, p->first), UNITS + 4);
	plan_free(p);
	buf_fini(&text);
	/* A few seconds; thirty leave room for sanitizers on a busy machine, and a quadratic loop
	 * takes minutes. */
	assert_true(clock_monotonic_us() - begin < INT64_C(30000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_good_plan_is_good),
		cmocka_unit_test(each_mistake_is_found_at_its_line),
		cmocka_unit_test(a_word_that_is_none_is_one_mistake),
		cmocka_unit_test(all_mistakes_come_in_one_run_in_the_order_of_lines),
		cmocka_unit_test(what_is_odd_but_usable_is_a_warning),
		cmocka_unit_test(working_days_move_deadlines),
		cmocka_unit_test(a_closed_unit_is_expected_in_its_periods_only),
		cmocka_unit_test(an_empty_file_is_refused),
		cmocka_unit_test(a_thousand_mistakes_are_listed_and_the_rest_counted),
		cmocka_unit_test(a_hundred_thousand_units_load_in_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
