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

		s = ranking_print(r, group, list, n, &out);
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
	json_t *terms;
} explaining;

/* What was reached and what was wanted. */
static void
set_target(json_t *out, const replica *r, const score_term *t)
{
	const plan *p = plan_at(r->plan, t->at.period);
	const plan_indicator *in = &p->indicators[t->indicator];
	const plan_target *wanted = plan_unit_target(p, t->indicator, t->at.unit, t->at.period);
	share x = tally_share(&r->all, t->indicator, t->at.unit, t->at.period, VIEW_REPORTED, NULL);
	bool has, overflow;
	int64_t reached = 0;
	char text[40];

	has = share_value(in, &x, &reached, &overflow);
	json_set_text(out, "indicator", in->id);
	json_set_text(out, "value",
		overflow ? "overflow"
		: has    ? scaled_text(reached, in->scale, text)
			 : NULL);
	json_set_text(out, "target", scaled_text(wanted->value, in->scale, text));
}

static void
take_term(void *ctx, const score_term *t)
{
	const explaining *e = ctx;
	const plan *p = e->r->plan;
	const slot *s = e->r->all.get(e->r->all.ctx, t->at, NULL);
	bool owed = rulings_owes(e->r->all.rulings, t->at);
	slot_ref shown = slot_reported(s);
	json_t *out = json_object();
	char name[PERIOD_NAME_SIZE], points[40];

	json_set_text(out, "part", score_part_name(t->part));
	json_set_text(out, "item", p->items[t->at.item].id);
	json_set_text(out, "period", period_name(t->at.period, name));
	if (t->part == SCORE_ATTAIN)
		set_target(out, e->r, t);
	json_set_text(out, "points", scaled_text(t->points, 2, points));
	json_set_text(
		out, "state", slot_state_name(slot_state_at(p, s, t->at, owed, e->r->now_us)));
	json_set_number(out, "filled", s->shown.filled);
	json_set_number(out, "returns", s->returns_in_time);
	json_set_bool(out, "on_time", slot_on_time(p, s, t->at));
	if (shown.revision == 0)
		json_set(out, "record", json_null());
	else
		json_set_record(out, "record", shown.place.leaf, shown.place.at);
	json_array_append_new(e->terms, out);
}

/* The adjustments that rulings_points adds up. */
static json_t *
adjustments_json(const replica *r, uint32_t unit, period at)
{
	const rulings *all = r->all.rulings;
	json_t *list = json_array();
	char text[40];
	size_t i;

	for (i = 0; i < all->n; i++) {
		const ruling *x = &all->list[i];
		json_t *out;

		if (x->kind != ACT_ADJUSTMENT || x->at.unit != unit ||
			!period_within(x->at.period, at))
			continue;
		out = json_object();
		json_set_text(out, "by", r->plan->units[x->by].id);
		json_set_text(out, "period", period_name(x->at.period, text));
		json_set_text(out, "points", scaled_text(x->points, 2, text));
		json_set_record(out, "record", x->place.leaf, x->place.at);
		json_array_append_new(list, out);
	}
	return list;
}

static const char *
part_zh(const char *part)
{
	static const char *const names[SCORE_PARTS] = { TR("及时"), TR("完整"), TR("目标"),
		TR("质量") };
	unsigned i;

	for (i = 0; i < SCORE_PARTS; i++)
		if (strcmp(score_part_name((score_part)i), part) == 0)
			return tr(names[i]);
	return part;
}

static const char *
or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static void
print_adjustments(const replica *r, const json_t *list, buf *out)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *x = json_array_get(list, i);
		int by = plan_find_unit(r->plan, span_str(json_text_of(x, "by")));

		buf_addf(out, tr("调整 %s %s（%s，记录 %s）\n"), json_text_of(x, "period"),
			json_text_of(x, "points"), r->plan->units[by].name,
			json_text_of(x, "record"));
	}
}

static ms_status
print_terms(const explaining *e, buf *out)
{
	static const char *const heads[] = { TR("部分"), TR("事项"), TR("期间"), TR("指标"),
		TR("数值/目标"), TR("得分"), TR("状态"), TR("填写"), TR("退回"), TR("记录") };
	table t = { 0 };
	ms_status s;
	size_t i;

	table_begin(&t, sizeof(heads) / sizeof(heads[0]));
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		table_text(&t, tr(heads[i]));
	t.right[4] = t.right[5] = t.right[7] = t.right[8] = true;
	for (i = 0; i < json_array_size(e->terms); i++) {
		const json_t *x = json_array_get(e->terms, i);
		const char *indicator = json_text_of(x, "indicator");
		const char *reached = json_text_of(x, "value");

		table_text(&t, part_zh(json_text_of(x, "part")));
		table_text(&t, json_text_of(x, "item"));
		table_text(&t, json_text_of(x, "period"));
		table_text(&t, or_dash(indicator));
		if (indicator == NULL)
			table_text(&t, "-");
		else
			table_addf(&t, "%s/%s", or_dash(reached), json_text_of(x, "target"));
		table_text(&t, json_text_of(x, "points"));
		table_text(&t, replica_state_word(json_text_of(x, "state")));
		table_addf(
			&t, "%lld/%d", (long long)json_number_of(x, "filled", 0), REPORT_MANDATORY);
		table_addf(&t, "%lld", (long long)json_number_of(x, "returns", 0));
		table_text(&t, or_dash(json_text_of(x, "record")));
	}
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

static json_t *
explained_json(const explaining *e, const standing *st, period at, json_t *adjustments)
{
	json_t *tree = replica_json(e->r, "muster/score-explained/1"),
	       *shown = ranking_json(e->r, st);
	char name[PERIOD_NAME_SIZE];

	/* Its rank depends on the others. */
	json_object_del(shown, "rank");
	json_set_text(tree, "period", period_name(at, name));
	json_set(tree, "score", shown);
	json_set(tree, "terms", json_incref(e->terms));
	json_set(tree, "adjustments", json_incref(adjustments));
	return tree;
}

static ms_status
show_unit(const replica *r, period at, const char *text, bool json, ms_error *err)
{
	int unit = plan_match_unit(r->plan, span_str(text));
	explaining e = { .r = r, .terms = json_array() };
	score_watch watch = { .ctx = &e, .term = take_term };
	char name[PERIOD_NAME_SIZE], total[40], points[40];
	standing st = { .unit = (uint32_t)unit };
	json_t *tree = NULL, *adjustments;
	buf out = { 0 };
	ms_status s = MS_OK;

	if (unit < 0) {
		json_decref(e.terms);
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "the plan has no unit \"%s\"", text);
	}
	score_explain(&r->all, st.unit, at, r->now_us, &watch, &st.score);
	adjustments = adjustments_json(r, st.unit, at);
	if (json) {
		tree = explained_json(&e, &st, at, adjustments);
	} else {
		buf_addf(&out, tr("%s %s 总分 %s（调整 %s）  "), r->plan->units[unit].name,
			period_name(at, name),
			ranking_number(st.score.has_total, st.score.total, total),
			scaled_text(st.score.points, 2, points));
		replica_print_as_of(r, &out);
		s = print_terms(&e, &out);
		print_adjustments(r, adjustments, &out);
	}
	json_decref(e.terms);
	json_decref(adjustments);
	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the score");
	return s == MS_OK ? replica_print(&out, tree, err) : s;
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
