/* SPDX-License-Identifier: Apache-2.0 */
/* test_plan_change.c - a new version of the plan, and who learns what by it. */
#include "tests/model/ledger_city.h"

#include "store/feed.h"
#include "store/rebuild.h"
#include "store/recount.h"

/* The plan that is shipped with TEXT instead of one line of it, from FROM on. */
static void
change_plan(city *c, const char *line, const char *text, const char *from)
{
	buf version = { 0 }, changed = { 0 };
	ms_error err = { 0 };
	plan *next = NULL;
	const char *at;
	period first;

	read_plan_2012(&version);
	at = strstr(buf_cstr(&version), line);
	assert_non_null(at);
	buf_add(&changed, version.at, (size_t)((const uint8_t *)at - version.at));
	buf_add_text(&changed, text);
	buf_add_text(&changed, at + strlen(line));
	assert_true(period_parse(span_str(from), &first));
	if (plan_follow(c->p, buf_span(&changed), "version", first, &next, &err) != MS_OK ||
		apply_plan(c, next, &err) != MS_OK)
		fail_msg("%s", err.text);
	buf_fini(&version);
	buf_fini(&changed);
}

/* A of UNIT arrives, alone: its leaf. */
static uint64_t
stated(city *c, const char *unit, act *a)
{
	static const uint8_t salt[ACT_SALT_SIZE];
	uint64_t leaf;
	store_txn txn;
	span bytes;

	a->schema = act_schema_of(a->kind);
	a->salt = span_of(salt, sizeof(salt));
	a->plan = span_str(c->p->id);
	a->plan_version = span_of(c->p->version.at, HASH_SIZE);
	bytes = act_bytes(c, a);
	store_begin(c->db, &txn, STORE_WRITE);
	take_acts(c, &txn, (uint32_t)plan_find_unit(c->p, span_str(unit)), &bytes, 1);
	ledger_flush(c->ledger, &txn, c->log.tree.size);
	leaf = c->log.tree.size - 1;
	log_state_save(&txn, &c->log);
	commit(&txn);
	return leaf;
}

static verdict
verdict_on(city *c, uint64_t leaf)
{
	log_record record;
	store_txn txn;
	verdict v;

	store_begin(c->db, &txn, STORE_READ);
	assert_true(log_read(&txn, leaf, &record));
	v = (verdict)record.verdicts.at[0];
	store_abort(&txn);
	return v;
}

static bool
is_told(city *c, const char *unit, uint64_t leaf)
{
	store_txn txn;
	bool told;

	store_begin(c->db, &txn, STORE_READ);
	told = feed_find(&txn, span_str(unit), leaf, UINT64_MAX) != 0;
	store_abort(&txn);
	return told;
}

/* What concerns all: without it a new lead would count reports as late that an outage excuses. */
static void
a_unit_that_joins_has_what_was_said_to_all(void **state)
{
	act grant = { .kind = ACT_EXTENSION_GRANT,
		.u.steer = { .days = 5, .reason = span_str("outage") } };
	city c;
	uint64_t leaf;

	open_city(&c, *state, 1);
	leaf = stated(&c, "tjj", &grant);
	assert_int_equal(verdict_on(&c, leaf), VERDICT_STORED);
	assert_true(is_told(&c, "hbj", leaf));
	change_plan(&c, "unit \"heping\" {\n",
		"unit \"newtown\" { kind = \"district\" name = \"N\" }\nunit \"heping\" {\n",
		"2012-Q2");
	assert_true(is_told(&c, "newtown", leaf));
	close_city(&c);
}

/* The log makes the same rows and verdicts in an empty store. */
static void
is_made_alike(city *c)
{
	verify_result v = { .good = true };
	ms_error err = { 0 };
	store *empty;
	place there;

	place_make(&there);
	empty = open_at(there.data, STORE_HUB, 0);
	assert_int_equal(rebuild_compare(c->db, empty, &v, &err), MS_OK);
	store_close(empty);
	place_clear(&there);
	if (!v.good)
		fail_msg("%s", v.what);
}

/* What the book in memory says of the log is what the rows say. */
static void
is_counted_alike(city *c)
{
	recount_result r;
	ms_error err = { 0 };

	assert_int_equal(recount(c->db, c->p, &r, &err), MS_OK);
	if (r.verdict_mismatch + r.slot_mismatch + r.rollup_mismatch + r.notice_mismatch > 0)
		fail_msg("%s", r.first);
}

/* GIVEN (may be NULL): the only one. */
static verdict
report_of(city *c, const char *unit, const char *at, uint32_t revision, report_value *given)
{
	act a = { .kind = ACT_REPORT,
		.item = span_str("i06"),
		.unit = span_str(unit),
		.period = span_str(at),
		.revision = revision,
		.u.report = { .has_progress = true,
			.progress_pct = revision,
			.values = given,
			.n_values = given != NULL } };

	return verdict_on(c, stated(c, unit, &a));
}

static verdict
report_again(city *c, uint32_t revision)
{
	return report_of(c, "tiexi", "2012-Q1", revision, NULL);
}

static verdict
decide(city *c, const char *lead, uint32_t revision, decision_verdict wanted)
{
	act a = { .kind = ACT_DECISION,
		.item = span_str("i06"),
		.unit = span_str("tiexi"),
		.period = span_str("2012-Q1"),
		.revision = revision,
		.u.steer = { .verdict = wanted, .reason = span_str("figures") } };

	return verdict_on(c, stated(c, lead, &a));
}

/* jxw changed its mind under `any`, which voided what fgw had said; under `all` it would count. */
static void
decisions_of_old_revisions_count_as_they_did(void **state)
{
	uint32_t revision;
	city c;

	open_city(&c, *state, 1);
	assert_int_equal(report_again(&c, 1), VERDICT_STORED);
	assert_int_equal(decide(&c, "jxw", 1, DECISION_ACCEPT), VERDICT_STORED);
	assert_int_equal(decide(&c, "fgw", 1, DECISION_ACCEPT), VERDICT_STORED);
	assert_int_equal(decide(&c, "jxw", 1, DECISION_RETURN), VERDICT_STORED);
	for (revision = 2; revision <= 2 + SLOT_RECENT; revision++)
		assert_int_equal(report_again(&c, revision), VERDICT_STORED);
	change_plan(&c, "approval    = \"any\"", "approval    = \"all\"", "2012-Q1");
	assert_int_equal(decide(&c, "fgw", 1, DECISION_ACCEPT), VERDICT_REFUSED_STALE);
	is_counted_alike(&c);
	close_city(&c);
}

/* Whose it is stands in the row of the device, which a rebuilding has to have by then. */
static void
an_old_decision_that_is_repeated_is_known_again(void **state)
{
	uint32_t revision;
	city c;

	open_city(&c, *state, 1);
	assert_int_equal(report_again(&c, 1), VERDICT_STORED);
	assert_int_equal(decide(&c, "jxw", 1, DECISION_ACCEPT), VERDICT_STORED);
	for (revision = 2; revision <= 2 + SLOT_RECENT; revision++)
		assert_int_equal(report_again(&c, revision), VERDICT_STORED);
	assert_int_equal(decide(&c, "jxw", 1, DECISION_ACCEPT), VERDICT_DUPLICATE);
	assert_int_equal(decide(&c, "fgw", 1, DECISION_ACCEPT), VERDICT_REFUSED_STALE);
	is_counted_alike(&c);
	is_made_alike(&c);
	close_city(&c);
}

/* The version lets the slot be open at the time of a grant for all that found it locked. */
static void
a_refused_act_leaves_nothing_behind(void **state)
{
	act grant = { .kind = ACT_EXTENSION_GRANT,
		.u.steer = { .days = 5, .reason = span_str("outage") } };
	city c;

	open_city(&c, *state, 1);
	time_parse(span_str("2012-06-20T08:00:00+08:00"), &c.now_us, NULL);
	assert_int_equal(report_again(&c, 1), VERDICT_REFUSED_LOCKED);
	assert_int_equal(verdict_on(&c, stated(&c, "tjj", &grant)), VERDICT_STORED);
	change_plan(&c, "lock_days   = 60", "lock_days   = 200", "2012-Q1");
	assert_int_equal(report_again(&c, 1), VERDICT_STORED);
	is_counted_alike(&c);
	close_city(&c);
}

/* The figure of the year, as its row has it and as a recount has it. */
static void
year_is(city *c, const char *indicator, int64_t wanted)
{
	uint32_t i = (uint32_t)plan_find_indicator(c->p, span_str(indicator));
	uint32_t item = c->p->indicators[i].item;
	arena memory = { 0 };
	store_txn txn;
	period year;
	rollup r;

	assert_true(period_parse(span_str("2012"), &year));
	store_begin(c->db, &txn, STORE_READ);
	assert_int_equal(rollup_read(&txn, c->p, item, year, &memory, &r, NULL), MS_OK);
	assert_true(r.figures[VIEW_REPORTED][i - c->p->items[item].first_indicator].num == wanted);
	store_abort(&txn);
	arena_fini(&memory);
	is_counted_alike(c);
}

static verdict
industries(city *c, const char *unit, const char *at, uint32_t revision, int64_t number)
{
	report_value given = {
		.indicator = span_str("i06.industries"), .has_mantissa = true, .mantissa = number
	};

	return report_of(c, unit, at, revision, &given);
}

/* fgw counts the industries, jxw from the third quarter on: of the year the last one speaks. */
static void
owners_who_follow_each_other_are_not_added_up(void **state)
{
	city c;

	open_city(&c, *state, 1);
	assert_int_equal(industries(&c, "fgw", "2012-Q1", 1, 7), VERDICT_STORED);
	change_plan(&c, "reporters = { \"fgw\" }", "reporters = { \"jxw\" }", "2012-Q3");
	year_is(&c, "i06.industries", 7);
	time_parse(span_str("2012-07-02T08:00:00+08:00"), &c.now_us, NULL);
	assert_int_equal(industries(&c, "jxw", "2012-Q3", 1, 5), VERDICT_STORED);
	year_is(&c, "i06.industries", 5);
	assert_int_equal(industries(&c, "fgw", "2012-Q2", 1, 6), VERDICT_STORED);
	year_is(&c, "i06.industries", 5);
	change_plan(&c, "red_days    = 10", "red_days    = 12", "2012-Q1");
	year_is(&c, "i06.industries", 6); /* jxw reports it no more */
	change_plan(&c, "reporters = { \"fgw\" }", "reporters = { \"jxw\" }", "2012-Q3");
	year_is(&c, "i06.industries", 5);
	assert_int_equal(report_of(&c, "jxw", "2012-Q3", 2, NULL), VERDICT_STORED);
	year_is(&c, "i06.industries", 6);
	close_city(&c);
}

/* The writer flushes before it looks at the version, and goes on with its turn. */
static void
a_refused_version_hides_nothing_of_its_turn(void **state)
{
	const char *const units[] = { "heping", "tiexi" };
	ledger_changes changed;
	store_txn txn;
	city c;
	size_t u, i;

	open_city(&c, *state, 1);
	store_begin(c.db, &txn, STORE_WRITE);
	for (u = 0; u < 2; u++) {
		uint32_t unit = (uint32_t)plan_find_unit(c.p, span_str(units[u]));
		span bytes = some_act(&c, unit);

		take_acts(&c, &txn, unit, &bytes, 1);
		ledger_flush(c.ledger, &txn, c.log.tree.size);
	}
	changed = ledger_look(c.ledger);
	for (u = 0; u < 2; u++) {
		for (i = 0; i < changed.n_units; i++)
			if (strcmp(c.p->units[changed.units[i]].id, units[u]) == 0)
				break;
		assert_int_not_equal(i, changed.n_units);
	}
	log_state_save(&txn, &c.log);
	commit(&txn);
	ledger_settle(c.ledger);
	assert_int_equal(ledger_look(c.ledger).n_units, 0);
	close_city(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_unit_that_joins_has_what_was_said_to_all, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			decisions_of_old_revisions_count_as_they_did, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(an_old_decision_that_is_repeated_is_known_again,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_refused_act_leaves_nothing_behind, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			owners_who_follow_each_other_are_not_added_up, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_refused_version_hides_nothing_of_its_turn, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
