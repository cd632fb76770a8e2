/* SPDX-License-Identifier: Apache-2.0 */
/* small_plan.h - a plan with one indicator of every type, a split item and units that come and go,
 * and acts on it, for tests of the rules. */
#ifndef SMALL_PLAN_H
#define SMALL_PLAN_H

#include "base/clock.h"
#include "plan/judge.h"

static const char small_plan_text[] =
	"format = 1\n"
	"id = \"small\"\n"
	"title = \"Small\"\n"
	"timezone = \"+08:00\"\n"
	"first_period = \"2012-Q1\"\n"
	"last_period = \"2012-Q4\"\n"
	"observers = { \"tjj\" }\n"
	"defaults { period = \"quarter\" due_days = 10 lock_days = 60 }\n"
	"unit \"fgw\" { kind = \"department\" name = \"F\" }\n"
	"unit \"kjj\" { kind = \"department\" name = \"K\" }\n"
	"unit \"tjj\" { kind = \"department\" name = \"T\" }\n"
	"unit \"east\" { kind = \"district\" name = \"E\" }\n"
	"unit \"west\" { kind = \"district\" name = \"W\" }\n"
	"unit \"late\" { kind = \"district\" name = \"L\" from = \"2012-Q3\" }\n"
	"unit \"gone\" { kind = \"district\" name = \"G\" to = \"2012-Q2\" }\n"
	"group \"districts\" { name = \"D\" kinds = { \"district\" } }\n"
	"item \"i01\" {\n"
	"	number = 1 title = \"One\" text = { \"Do it.\" } mode = \"joint\"\n"
	"	leads = { \"fgw\", \"kjj\" }\n"
	"	required = { \"@districts\" }\n"
	"	parts \"list\" {\n"
	"		name = \"L\"\n"
	"		part \"c1\" { name = \"C1\" owner = \"east\" }\n"
	"		part \"n1\" { name = \"N1\" }\n"
	"	}\n"
	"	indicator \"i01.money\" { name = \"A\" unit = \"元\" type = \"amount\" scale = 2\n"
	"		reporters = { \"@districts\" } time = \"sum\" space = \"sum\" }\n"
	"	indicator \"i01.parks\" { name = \"B\" type = \"count\"\n"
	"		reporters = { \"@districts\" } time = \"last\" space = \"sum\" }\n"
	"	indicator \"i01.projects\" { name = \"C\" type = \"keyset\" key_prefix = \"XM-\"\n"
	"		reporters = { \"@districts\" } time = \"last\" space = \"union\" }\n"
	"	indicator \"i01.codes\" { name = \"D\" type = \"keyset\" keys = { \"A1\", \"B2\" "
	"}\n"
	"		reporters = { \"kjj\" } time = \"last\" space = \"union\" }\n"
	"	indicator \"i01.share\" { name = \"E\" type = \"ratio\" scale = 2\n"
	"		reporters = { \"@districts\" } time = \"ratio\" space = \"ratio\" }\n"
	"	indicator \"i01.opened\" { name = \"F\" type = \"milestone\"\n"
	"		reporters = { \"@districts\" } time = \"max\" space = \"count_true\" }\n"
	"	indicator \"i01.words\" { name = \"G\" type = \"text\"\n"
	"		reporters = { \"kjj\" } time = \"last\" space = \"owner\" }\n"
	"	indicator \"i01.staff\" { name = \"H\" type = \"count\" period = \"year\"\n"
	"		reporters = { \"fgw\" } time = \"last\" space = \"owner\" }\n"
	"}\n"
	"item \"i02\" {\n"
	"	number = 2 title = \"Two\" text = { \"T\" } mode = \"split\"\n"
	"	leads = { \"east\", \"west\" }\n"
	"	optional = { \"fgw\" }\n"
	"	parts \"areas\" {\n"
	"		name = \"A\"\n"
	"		part \"s1\" { name = \"S1\" owner = \"east\" }\n"
	"		part \"s2\" { name = \"S2\" owner = \"west\" }\n"
	"	}\n"
	"}\n";

static inline plan *
load_small_plan(void)
{
	ms_error err = { 0 };
	plan *p = NULL;

	if (plan_load(span_str(small_plan_text), "small", &p, NULL, &err) != MS_OK)
		fail_msg("%s: %s", err.place, err.text);
	return p;
}

static inline int64_t
instant(const char *text)
{
	int64_t us;

	assert_int_equal(time_parse(span_str(text), &us, NULL), MS_OK);
	return us;
}

static inline period
period_at(const char *name)
{
	period at;

	assert_true(period_parse(span_str(name), &at));
	return at;
}

static inline uint32_t
unit_at(const plan *p, const char *id)
{
	int unit = plan_find_unit(p, span_str(id));

	assert_true(unit >= 0);
	return (uint32_t)unit;
}

static inline uint32_t
item_at(const plan *p, const char *id)
{
	int item = plan_find_item(p, span_str(id));

	assert_true(item >= 0);
	return (uint32_t)item;
}

/* A report with everything in it but values; CONTENT stands for the bytes that are hashed. */
static inline act
report_act(const plan *p, const char *item, const char *unit, const char *at, uint32_t revision,
	const char *content)
{
	static const uint8_t salt[ACT_SALT_SIZE] = { 7 };

	return (act){
		.schema = act_schema_of(ACT_REPORT),
		.kind = ACT_REPORT,
		.salt = span_of(salt, sizeof(salt)),
		.plan = span_str(p->id),
		.plan_version = span_of(p->version.at, HASH_SIZE),
		.item = span_str(item),
		.unit = span_str(unit),
		.period = span_str(at),
		.revision = revision,
		.body_hash = hash_of(span_str(content)),
		.u.report = {
			.has_progress = true,
			.progress_pct = 50,
			.done = span_str("done"),
			.problems = span_str("none"),
			.next_steps = span_str("next"),
			.approved_by = span_str("Zhang"),
		},
	};
}

static inline act
retraction_act(const plan *p, const char *item, const char *unit, const char *at, uint32_t revision)
{
	act a = report_act(p, item, unit, at, revision, "retraction");

	a.kind = ACT_RETRACTION;
	a.u.retraction = (retraction){ .reason = span_str("wrong unit of measure") };
	return a;
}

/* A seeded generator (xorshift64), so that a failure can be repeated. */
static inline uint64_t
random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif
