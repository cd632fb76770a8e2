/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ledger_model.c - invariant 8: random acts of all units in random batches and transactions,
 * some of them aborted, lights that pass, versions of the plan that come; after each round the
 * ledger equals a recount from the log, the log verifies, and every unit's feed is what a walk over
 * the log says it may see.
 */
#include "ledger_city.h"

#include "plan/judge.h"
#include "store/board.h"
#include "store/feed_view.h"
#include "store/rebuild.h"
#include "store/recount.h"
#include "store/ruling_rows.h"
#include "store/verify.h"

enum {
	HISTORIES = 12,
	ROUNDS = 24,
	LONG_ROUNDS = 400,
	TURNS_MAX = 6,
	BATCHES_MAX = 5,
	ACTS_MAX = 24
};

/* ---- turns ---- */

static void
some_batch(city *c, store_txn *txn)
{
	uint32_t unit = below(c, c->p->n_units);
	span acts[ACTS_MAX];
	uint16_t count = (uint16_t)(1 + below(c, ACTS_MAX)), i;

	for (i = 0; i < count; i++)
		acts[i] = some_act(c, unit);
	c->now_us += below(c, 3) == 0 ? (int64_t)below(c, 40) * 3600000000 : 1;
	take_acts(c, txn, unit, acts, count);
}

/* One transaction; one in five is given up, and what was in memory with it. */
static void
some_turn(city *c)
{
	device *before = malloc(c->p->n_units * sizeof(*before));
	unsigned n = 1 + below(c, BATCHES_MAX);
	store_txn txn;

	memcpy(before, c->devices, c->p->n_units * sizeof(*before));
	store_begin(c->db, &txn, STORE_WRITE);
	while (n-- > 0)
		some_batch(c, &txn);
	ledger_flush(c->ledger, &txn, c->log.tree.size);
	log_state_save(&txn, &c->log);
	if (below(c, 5) == 0) {
		store_abort(&txn);
		ledger_discard(c->ledger);
		memcpy(c->devices, before, c->p->n_units * sizeof(*before));
		store_begin(c->db, &txn, STORE_READ);
		log_state_load(&txn, &c->log);
		store_abort(&txn);
	} else {
		commit(&txn);
		ledger_settle(c->ledger);
	}
	arena_reset(&c->memory);
	free(before);
}

/* ---- the plan changes ---- */

#define NEWTOWN "unit \"newtown\" { kind = \"district\" name = \"新城区\" }\n"

/* With the last but one goes the last. */
static const struct {
	const char *from, *to;
} edits[] = {
	{ "due_days    = 10", "due_days    = 12" },
	{ "due_days    = 10", "due_days    = 25" },
	{ "leads    = { \"fgw\", \"jxw\", \"hbj\" }", "leads    = { \"fgw\", \"wjmj\" }" },
	{ "leads    = { \"fgw\", \"jxw\", \"hbj\" }", "leads    = { \"hbj\", \"fgw\", \"tjj\" }" },
	{ "required = { \"kjj\", \"@districts\", \"@zones\" }",
		"required = { \"kjj\", \"wjmj\", \"@districts\", \"@zones\" }" },
	{ "required = { \"kjj\", \"@districts\", \"@zones\" }",
		"required = { \"@districts\", \"@zones\" }" },
	{ "observers = { \"fgw\", \"kjj\", \"tjj\" }", "observers = { \"tjj\", \"hbj\" }" },
	{ "observers = { \"fgw\", \"kjj\", \"tjj\" }", "observers = { \"fgw\" }" },
	{ "mode     = \"split\"", "mode     = \"joint\"" },
	{ "owner = \"shenbei\" }\n\t\tpart \"a3\" { name = \"于洪区城乡统筹示范区\"  owner = "
	  "\"yuhong\" }",
		"owner = \"yuhong\" }\n\t\tpart \"a3\" { name = \"于洪区城乡统筹示范区\"  owner "
		"= \"shenbei\" }" },
	{ "unit \"heping\" {\n", "unit \"heping\" { to = \"2012-Q3\" succeeded_by = \"tiexi\"\n" },
	{ "last_period  = \"2012-Q4\"", "last_period  = \"2012-Q3\"" },
	{ "lock_days   = 60", "lock_days   = 20" },
	{ "lock_days   = 60", "lock_days   = 200" },
	{ "approval    = \"any\"", "approval    = \"all\"" },
	{ "approval    = \"any\"", "approval    = \"primary\"" },
	{ "item \"i09\" {", "item \"i19\" {" },
	{ "indicator \"i07.incubator_area\"", "indicator \"i07.area\"" },
	{ "reporters = { \"fgw\" }", "reporters = { \"jxw\" }" },
	{ "mode     = \"sole\"\n\tleads    = { \"kjj\" }",
		"mode     = \"joint\"\n\tleads    = { \"kjj\", \"tiexi\" }" },
	{ "unit \"huanggu\" {\n", "unit \"huanggu\" { from = \"2012-Q3\"\n" },
	{ "unit \"tiexi\" {\n", "unit \"tiexi\" { to = \"2012-Q3\" succeeded_by = \"dongling\"\n" },
	{ "unit \"heping\" {\n", NEWTOWN "unit \"heping\" {\n" },
	{ "leads    = { \"fgw\", \"jxw\", \"hbj\" }", "leads    = { \"newtown\", \"fgw\" }" },
};
enum { EDITS = sizeof(edits) / sizeof(edits[0]) };

static void
edit(buf *out, unsigned i)
{
	const char *at = strstr(buf_cstr(out), edits[i].from);
	buf changed = { 0 };

	if (at == NULL || strstr(buf_cstr(out), edits[i].to) != NULL)
		return; /* this or another edit was there before */
	buf_add(&changed, out->at, (size_t)((const uint8_t *)at - out->at));
	buf_add_text(&changed, edits[i].to);
	buf_add_text(&changed, at + strlen(edits[i].from));
	buf_fini(out);
	*out = changed;
	if (i == EDITS - 2)
		edit(out, EDITS - 1);
}

/* The plan that is shipped with some of the edits. */
static void
some_version(city *c, buf *out)
{
	unsigned n = 1 + below(c, 3);

	read_plan_2012(out);
	while (n-- > 0)
		edit(out, below(c, EDITS - 1));
}

/* A new version from some period on; refused where it would orphan slots, or changes nothing. */
static void
some_change(city *c)
{
	static const char *const periods[] = { "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4",
		"2012-05" };
	plan *next = NULL;
	ms_error err = { 0 };
	buf version = { 0 };
	period from;
	ms_status s;

	some_version(c, &version);
	assert_true(period_parse(span_str(periods[below(c, 5)]), &from));
	s = plan_follow(c->p, buf_span(&version), "version", from, &next, &err);
	buf_fini(&version);
	/* It ends before it is to judge, or a reporter has no role any more. */
	if (s != MS_OK && err.code != MST_PLAN_VERSIONS && err.code != MST_PLAN_REPORTERS)
		fail_msg("%s", err.text);
	if (s != MS_OK)
		return;
	s = apply_plan(c, next, &err);
	if (s != MS_OK)
		assert_true(err.code == MST_PLAN_ORPHANS || err.code == MST_PLAN_VERSIONS);
}

/* ---- what must hold ---- */

static void
books_equal_the_recount(city *c)
{
	recount_result r;
	verify_result v;
	ms_error err = { 0 };

	assert_int_equal(recount(c->db, c->p, &r, &err), MS_OK);
	if (r.verdict_mismatch + r.slot_mismatch + r.rollup_mismatch + r.notice_mismatch +
			r.missing + r.doubled >
		0)
		fail_msg("recount: %s", r.first);
	assert_int_equal(verify_log(c->db, NULL, 0, NULL, &v, &err), MS_OK);
	if (!v.good)
		fail_msg("leaf %llu: %s", (unsigned long long)v.first_bad, v.what);
}

/* What stands beside the log, made anew from the log. */
static void
rows_are_what_the_log_adds_up_to(city *c, const place *at)
{
	verify_result v = { .good = true };
	ms_error err = { 0 };
	char path[340];
	store *empty;

	snprintf(path, sizeof(path), "%s/anew", at->dir);
	empty = open_at(path, STORE_HUB, 0);
	assert_int_equal(rebuild_compare(c->db, empty, &v, &err), MS_OK);
	if (!v.good)
		fail_msg("leaf %llu: %s", (unsigned long long)v.first_bad, v.what);
	store_close(empty);
}

/* Has VERSION, or one before it, the unit? */
static bool
ever_has(const plan *version, uint32_t unit)
{
	while (version != NULL && version->units[unit].absent)
		version = version->earlier;
	return version != NULL;
}

/* The hub's own acts: notices are for those who see the slot, what it states of a feed for its
 * unit, plan versions but the first for all units that there were. */
static bool
is_seen_of_hub(city *c, uint32_t unit, const log_record *record, uint16_t i, bool *mine)
{
	slot_at at = { 0 };
	hash32 version;
	act a;

	assert_int_equal(act_decode(log_act(record, i), &c->memory, &a), MS_OK);
	*mine = true;
	if (a.kind == ACT_HUB_PLAN) {
		memcpy(version.at, a.u.plan_version_act.version.at, HASH_SIZE);
		return record->leaf > 2 && ever_has(plan_of_version(c->p, &version), unit);
	}
	if (a.kind == ACT_HUB_FEEDS)
		return span_equal(a.unit, span_str(c->p->units[unit].id));
	if (a.kind != ACT_HUB_NOTICE)
		return false;
	assert_true(act_find(c->p, &a, &at));
	*mine = at.unit == unit;
	return route_visible(c->p, unit, at, c->now_us, NULL, 0);
}

/* How many acts of the log UNIT may see of other units' slots, and how many are its own or about
 * it, by walking over it. */
static void
count_visible(city *c, store_txn *txn, uint32_t unit, size_t *lead, size_t *own)
{
	log_record record;
	uint64_t leaf;
	uint16_t i;

	*lead = *own = 0;
	for (leaf = 0; log_read(txn, leaf, &record); leaf++) {
		batch_header h;
		uint32_t author;

		assert_true(batch_header_read(record.header, &h));
		for (author = 0; author < c->p->n_units; author++)
			if (memcmp(c->devices[author].id.at, h.device.at, ID_SIZE) == 0)
				break;
		for (i = 0; i < record.count; i++) {
			slot_at at = { 0 };
			bool mine;
			act a;

			if (author == c->p->n_units) {
				if (is_seen_of_hub(c, unit, &record, i, &mine))
					*(mine ? own : lead) += 1;
				arena_reset(&c->memory);
				continue;
			}
			if (author == unit) {
				++*own;
				continue;
			}
			if (!verdict_is_stored((verdict)record.verdicts.at[i]))
				continue;
			assert_int_equal(act_decode(log_act(&record, i), &c->memory, &a), MS_OK);
			at.item = a.item.len == 0 ? AT_ALL : (uint32_t)plan_find_item(c->p, a.item);
			at.unit = a.unit.len == 0 ? AT_ALL : (uint32_t)plan_find_unit(c->p, a.unit);
			mine = at.unit == AT_ALL || at.unit == unit;
			if (at.item == AT_ALL || at.unit == AT_ALL
					? route_visible_many(c->p, unit, a.kind, at, c->now_us)
					: route_visible(c->p, unit, at, c->now_us,
						  a.kind == ACT_REPORT ? a.u.report.parts : NULL,
						  a.kind == ACT_REPORT ? a.u.report.n_parts : 0))
				*(mine ? own : lead) += 1;
			arena_reset(&c->memory);
		}
	}
}

static size_t
count_feed(city *c, store_txn *txn, const roster *r, uint32_t unit, uint32_t classes)
{
	feed_view view = { .txn = txn, .plan = c->p, .roster = r, .now_us = c->now_us };
	uint64_t after = 0;
	feed_entry e;
	size_t n = 0;
	ms_status s;

	while ((s = feed_view_next(&view, unit, after, classes, &c->memory, &e)) == MS_OK) {
		assert_true(e.number > after);
		n += e.n_acts;
		after = e.number;
		arena_reset(&c->memory);
	}
	assert_int_equal(s, MS_NOT_FOUND);
	return n;
}

static void
feeds_are_what_the_log_says(city *c)
{
	roster r = { 0 };
	store_txn txn;
	uint32_t unit;

	store_begin(c->db, &txn, STORE_READ);
	assert_true(roster_load(&txn, &r));
	for (unit = 0; unit < c->p->n_units; unit++) {
		size_t lead, own;

		count_visible(c, &txn, unit, &lead, &own);
		assert_int_equal(count_feed(c, &txn, &r, unit, CLASS_LEAD), lead);
		assert_int_equal(count_feed(c, &txn, &r, unit, CLASS_OWN), own);
	}
	store_abort(&txn);
	roster_fini(&r);
}

static unit_link
never(void *ctx, uint32_t unit, int64_t *last_seen_us)
{
	(void)ctx;
	(void)unit;
	*last_seen_us = 0;
	return LINK_NEVER;
}

/* Who is missing on a board is who is expected and not counted. */
static void
boards_add_up(city *c)
{
	board_links links = { .of = never };
	rulings all;
	store_txn txn;
	uint32_t item;
	unsigned n;
	period at;

	store_begin(c->db, &txn, STORE_READ);
	rulings_init(&all, c->p);
	ruling_rows_load(&txn, &all);
	for (item = 0; item < c->p->n_items; item++)
		for (n = 0; plan_item_period(c->p, item, n, &at); n++) {
			feed_rollup r;

			if (!plan_has_period(c->p, item, at))
				continue;
			assert_int_equal(board_rollup(&txn, &all, board_key(item, at), &links,
						 &c->memory, &r, NULL),
				MS_OK);
			assert_true(r.expected <= c->p->n_units);
			assert_int_equal(r.actual + r.n_missing, r.expected);
			assert_true(r.on_time <= r.expected);
			arena_reset(&c->memory);
		}
	rulings_fini(&all);
	store_abort(&txn);
}

static void
run_history(const place *at, uint64_t seed, unsigned rounds)
{
	unsigned n, k;
	city c;

	print_message("seed %llu\n", (unsigned long long)seed);
	open_city(&c, at, seed + 1);
	for (n = 0; n < rounds; n++) {
		for (k = 1 + below(&c, TURNS_MAX); k > 0; k--)
			some_turn(&c);
		if (below(&c, 3) == 0 && plan_versions(c.p) < 7)
			some_change(&c);
		books_equal_the_recount(&c);
	}
	feeds_are_what_the_log_says(&c);
	boards_add_up(&c);
	rows_are_what_the_log_adds_up_to(&c, at);
	close_city(&c);
}

/* A run is the same each time: what it finds was changed by a commit. The campaign's are new ones,
 * a seed that is given is the only one. */
static void
the_ledger_is_a_function_of_the_log(void **state)
{
	const char *given = getenv("MUSTER_SEED"), *campaign = getenv("MUSTER_LONG");
	bool is_long = campaign != NULL && campaign[0] != '\0';
	unsigned n;

	for (n = 0; n < (given == NULL ? HISTORIES : 1); n++) {
		uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
				: is_long     ? (uint64_t)getpid() * 2654435761u + n
					      : n;

		run_history(*state, seed, is_long ? LONG_ROUNDS : ROUNDS);
		place_teardown(state);
		place_setup(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_ledger_is_a_function_of_the_log, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
