/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_score.c - `muster score`: how the units stand, within the plan's groups, and what a unit's
 * score is made of: its terms and adjustments, down to the records.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/table.h"
#include "cli/command.h"
#include "cli/ranking.h"
#include "cli/said.h"
#include "cli/screen.h"

/* ---- the ranking ---- */

static ms_status
show_ranking(const replica *r, period at, bool json, ms_error *err)
{
	standing *list = calloc(r->plan->n_units + 1, sizeof(*list));
	json_t *tree = json ? replica_json(r, "muster/score/1") : NULL, *groups = json_array();
	char name[PERIOD_NAME_SIZE];
	buf out = { 0 };
	ms_status s = list == NULL ? MS_NO_MEMORY : MS_OK;
	uint32_t g;

	buf_addf(&out, tr("%s 考核得分  "), period_name(at, name));
	replica_print_as_of(r, &out);
	for (g = 0; g < r->plan->n_rank_groups && s == MS_OK; g++) {
		const plan_rank_group *group = &r->plan->rank_groups[g];
		size_t n = ranking_of(r, group, at, list), i;
		json_t *one = json_object(), *units = json_array();

		s = ranking_print(r, group, list, n, screen_columns(), &out);
		for (i = 0; i < n; i++)
			json_array_append_new(units, ranking_json(r, &list[i]));
		json_set_text(one, "group", group->id);
		json_set_text(one, "name", group->name);
		json_set(one, "units", units);
		json_array_append_new(groups, one);
	}
	free(list);
	if (json) {
		buf_reset(&out);
		json_set_text(tree, "period", name);
		json_set(tree, "groups", json_incref(groups));
	}
	json_decref(groups);
	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the scores");
	return s == MS_OK ? replica_print(&out, tree, err) : s;
}

/* ---- one unit, term by term ---- */

typedef struct explaining {
	const replica *r;
	uint32_t unit;
	period at;
	buf terms; /* score_term */
} explaining;

static void
take_term(void *ctx, const score_term *t)
{
	explaining *e = ctx;

	buf_add(&e->terms, t, sizeof(*t));
}

static const score_term *
terms_of(const explaining *e, size_t *n)
{
	*n = e->terms.len / sizeof(score_term);
	return (const score_term *)(const void *)e->terms.at;
}

static const slot *
slot_of(const explaining *e, const score_term *t)
{
	return e->r->all.get(e->r->all.ctx, t->at, NULL);
}

static slot_state
state_of(const explaining *e, const score_term *t)
{
	bool owed = rulings_owes(e->r->all.rulings, t->at);

	return slot_state_at(e->r->plan, slot_of(e, t), t->at, owed, e->r->now_us);
}

/* What was reached (NULL: nothing) and what was wanted, as texts. */
typedef struct target_texts {
	const char *indicator, *reached, *wanted;
	char numbers[2][40];
} target_texts;

static void
tell_target(const explaining *e, const score_term *t, target_texts *out)
{
	const plan *p = plan_at(e->r->plan, t->at.period);
	const plan_indicator *in = &p->indicators[t->indicator];
	const plan_target *wanted = plan_unit_target(p, t->indicator, t->at.unit, t->at.period);
	share x = tally_share(
		&e->r->all, t->indicator, t->at.unit, t->at.period, VIEW_REPORTED, NULL);
	bool has, overflow;
	int64_t reached = 0;

	has = share_value(in, &x, &reached, &overflow);
	out->indicator = in->id;
	out->reached = overflow ? "overflow"
		       : has    ? scaled_text(reached, in->scale, out->numbers[0])
				: NULL;
	out->wanted = scaled_text(wanted->value, in->scale, out->numbers[1]);
}

/* Is X one of the adjustments that rulings_points adds up? */
static bool
adjusts(const explaining *e, const ruling *x)
{
	return x->kind == ACT_ADJUSTMENT && x->at.unit == e->unit &&
	       period_within(x->at.period, e->at);
}

/* ---- for programs ---- */

static json_t *
term_json(const explaining *e, const score_term *t)
{
	const slot *s = slot_of(e, t);
	slot_ref shown = slot_reported(s);
	json_t *out = json_object();
	char text[40];

	json_set_text(out, "part", score_part_name(t->part));
	json_set_text(out, "item", e->r->plan->items[t->at.item].id);
	json_set_text(out, "period", period_name(t->at.period, text));
	if (t->part == SCORE_ATTAIN) {
		target_texts target;

		tell_target(e, t, &target);
		json_set_text(out, "indicator", target.indicator);
		json_set_text(out, "value", target.reached);
		json_set_text(out, "target", target.wanted);
	}
	json_set_text(out, "points", scaled_text(t->points, 2, text));
	json_set_text(out, "state", slot_state_name(state_of(e, t)));
	json_set_number(out, "filled", s->shown.filled);
	json_set_number(out, "returns", s->returns_in_time);
	json_set_bool(out, "on_time", slot_on_time(e->r->plan, s, t->at));
	if (shown.revision == 0)
		json_set(out, "record", json_null());
	else
		json_set_record(out, "record", shown.place.leaf, shown.place.at);
	return out;
}

static json_t *
terms_json(const explaining *e)
{
	json_t *list = json_array();
	size_t n, i;
	const score_term *terms = terms_of(e, &n);

	for (i = 0; i < n; i++)
		json_array_append_new(list, term_json(e, &terms[i]));
	return list;
}

static json_t *
adjustments_json(const explaining *e)
{
	const rulings *all = e->r->all.rulings;
	json_t *list = json_array();
	char text[40];
	size_t i;

	for (i = 0; i < all->n; i++) {
		const ruling *x = &all->list[i];
		json_t *out;

		if (!adjusts(e, x))
			continue;
		out = json_object();
		json_set_text(out, "by", e->r->plan->units[x->by].id);
		json_set_text(out, "period", period_name(x->at.period, text));
		json_set_text(out, "points", scaled_text(x->points, 2, text));
		json_set_record(out, "record", x->place.leaf, x->place.at);
		json_array_append_new(list, out);
	}
	return list;
}

static json_t *
explained_json(const explaining *e, const standing *st)
{
	json_t *tree = replica_json(e->r, "muster/score-explained/1"),
	       *shown = ranking_json(e->r, st);
	char name[PERIOD_NAME_SIZE];

	/* Its rank depends on the others. */
	json_object_del(shown, "rank");
	json_set_text(tree, "period", period_name(e->at, name));
	json_set(tree, "score", shown);
	json_set(tree, "terms", terms_json(e));
	json_set(tree, "adjustments", adjustments_json(e));
	return tree;
}

/* ---- for people ---- */

static const char *
part_word(score_part part)
{
	static const char *const words[SCORE_PARTS] = {
		[SCORE_TIMELY] = TR("及时"),
		[SCORE_COMPLETE] = TR("完整"),
		[SCORE_ATTAIN] = TR("目标"),
		[SCORE_QUALITY] = TR("质量"),
	};

	return tr(words[part]);
}

static void
add_target(table *t, const explaining *e, const score_term *term)
{
	target_texts target;

	tell_target(e, term, &target);
	table_text(t, target.indicator);
	table_addf(t, "%s/%s", target.reached == NULL ? "-" : target.reached, target.wanted);
}

static void
add_term(table *t, const explaining *e, const score_term *term)
{
	const slot *s = slot_of(e, term);
	slot_ref shown = slot_reported(s);
	char text[40];

	table_text(t, part_word(term->part));
	table_text(t, e->r->plan->items[term->at.item].id);
	table_text(t, period_name(term->at.period, text));
	if (term->part == SCORE_ATTAIN) {
		add_target(t, e, term);
	} else {
		table_text(t, "-");
		table_text(t, "-");
	}
	table_text(t, scaled_text(term->points, 2, text));
	table_text(t, said_state(state_of(e, term)));
	table_addf(t, "%u/%d", s->shown.filled, REPORT_MANDATORY);
	table_addf(t, "%u", s->returns_in_time);
	if (shown.revision == 0)
		table_text(t, "-");
	else
		table_addf(t, "%llu/%u", (unsigned long long)shown.place.leaf, shown.place.at);
}

static ms_status
print_terms(const explaining *e, buf *out)
{
	static const table_column columns[] = {
		{ TR("部分"), TABLE_LEFT },
		{ TR("事项"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("指标"), TABLE_LEFT },
		{ TR("数值/目标"), TABLE_RIGHT },
		{ TR("得分"), TABLE_RIGHT },
		{ TR("状态"), TABLE_LEFT },
		{ TR("填写"), TABLE_RIGHT },
		{ TR("退回"), TABLE_RIGHT },
		{ TR("记录"), TABLE_LEFT },
	};
	table t = { 0 };
	ms_status s;
	size_t n, i;
	const score_term *terms = terms_of(e, &n);

	t.screen = screen_columns();
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < n; i++)
		add_term(&t, e, &terms[i]);
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

static void
print_adjustments(const explaining *e, buf *out)
{
	const rulings *all = e->r->all.rulings;
	char name[PERIOD_NAME_SIZE], points[40];
	size_t i;

	for (i = 0; i < all->n; i++) {
		const ruling *x = &all->list[i];

		if (adjusts(e, x))
			buf_addf(out, tr("调整 %s %s（%s，记录 %llu/%u）\n"),
				period_name(x->at.period, name), scaled_text(x->points, 2, points),
				e->r->plan->units[x->by].name, (unsigned long long)x->place.leaf,
				x->place.at);
	}
}

static ms_status
print_explained(const explaining *e, const standing *st, buf *out)
{
	char name[PERIOD_NAME_SIZE], total[40], points[40];
	ms_status s;

	buf_addf(out, tr("%s %s 总分 %s（调整 %s）  "), e->r->plan->units[e->unit].name,
		period_name(e->at, name),
		ranking_number(st->score.has_total, st->score.total, total),
		scaled_text(st->score.points, 2, points));
	replica_print_as_of(e->r, out);
	s = print_terms(e, out);
	print_adjustments(e, out);
	return s;
}

static ms_status
show_unit(const replica *r, period at, const char *text, bool json, ms_error *err)
{
	int unit = plan_match_unit(r->plan, span_str(text));
	standing st = { .unit = (uint32_t)unit };
	explaining e = { .r = r, .unit = st.unit, .at = at };
	score_watch watch = { .ctx = &e, .term = take_term };
	json_t *tree = NULL;
	buf out = { 0 };
	ms_status s = MS_OK;

	if (unit < 0)
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "the plan has no unit \"%s\"", text);
	score_explain(&r->all, st.unit, at, r->now_us, &watch, &st.score);
	if (e.terms.failed)
		s = MS_NO_MEMORY;
	else if (json)
		tree = explained_json(&e, &st);
	else
		s = print_explained(&e, &st, &out);
	buf_fini(&e.terms);
	if (s == MS_OK)
		return replica_print(&out, tree, err);
	buf_fini(&out);
	return ms_fail(err, s, MST_NO_MEMORY, "no memory for the score");
}

static bool
may_see_scores(const replica *r, const char *unit)
{
	return replica_sees_all(r) ||
	       (unit != NULL && plan_match_unit(r->plan, span_str(unit)) == r->unit);
}

int
cmd_score(int argc, char **argv)
{
	replica_ask ask = { 0 };
	const char *unit = NULL;
	const cli_option options[] = { { "--dir", NULL, &ask.dir },
		{ "--period", NULL, &ask.period }, { "--explain", NULL, &unit },
		{ "--at", NULL, &ask.at }, { "--json", &ask.json, NULL } };
	ms_error err = { 0 };
	replica r = { 0 };
	period at;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK)
		s = replica_ask_get(&ask, &r, &at, &err);
	if (s == MS_OK && !may_see_scores(&r, unit)) {
		s = ms_fail(&err, MS_DENIED, MST_CLI_VALUE,
			"scores are for observers: this unit does not see all slots");
		ms_error_remedy(&err, "--explain %s shows its own", r.plan->units[r.unit].id);
	}
	if (s == MS_OK)
		s = unit == NULL ? show_ranking(&r, at, ask.json, &err)
				 : show_unit(&r, at, unit, ask.json, &err);
	replica_fini(&r);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
