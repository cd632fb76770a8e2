/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_print.h"

#include "base/clock.h"
#include "plan/score.h"

typedef struct printing {
	const slots *all;
	const plan *p;
	int64_t now_us;
	buf *out;
	const char *comma; /* of the list at hand */
	arena scratch;
	ms_status status;
} printing;

static void
begin_list(printing *pr, const char *name)
{
	buf_addf(pr->out, ",\"%s\":[", name);
	pr->comma = "";
}

static void
begin_object(printing *pr)
{
	buf_addf(pr->out, "%s\n{", pr->comma);
	pr->comma = ",";
}

static bool
has_begun(const printing *pr, period at)
{
	return plan_begin_us(pr->p, at) <= pr->now_us;
}

/* ---- slots ---- */

static void
print_arrival(printing *pr, const slot *s, slot_at at)
{
	char text[40];

	if (s->first_us == INT64_MAX) {
		buf_add_text(pr->out, ",\"received\":null,\"on_time\":null");
		return;
	}
	buf_addf(pr->out, ",\"received\":\"%s\",\"on_time\":%s",
		time_format(s->first_us, pr->p->zone_min, text),
		slot_on_time(pr->p, s, at) ? "true" : "false");
}

static void
print_slot(printing *pr, slot_at at)
{
	const slot *s = pr->all->get(pr->all->ctx, at, NULL);
	bool owed = rulings_owes(pr->all->rulings, at);
	char name[PERIOD_NAME_SIZE];

	if (!slot_touched(s) && !(owed && has_begun(pr, at.period)))
		return;
	begin_object(pr);
	buf_addf(pr->out,
		"\"item\":\"%s\",\"unit\":\"%s\",\"period\":\"%s\",\"state\":\"%s\",\"locked\":%s,"
		"\"light\":\"%s\",\"revision\":%u",
		pr->p->items[at.item].id, pr->p->units[at.unit].id, period_name(at.period, name),
		slot_state_name(slot_state_at(pr->p, s, at, owed, pr->now_us)),
		slot_locked(pr->p, s, at, pr->now_us) ? "true" : "false",
		light_name(slot_light(pr->p, s, at, owed, pr->now_us)), slot_newest(s));
	print_arrival(pr, s, at);
	buf_addf(pr->out, ",\"filled\":%u,\"mandatory\":%u,\"returns\":%u}", s->shown.filled,
		REPORT_MANDATORY, s->returns);
}

static void
print_slots(printing *pr)
{
	slot_at at;
	unsigned n;

	begin_list(pr, "slots");
	for (at.item = 0; at.item < pr->p->n_items; at.item++)
		for (at.unit = 0; at.unit < pr->p->n_units; at.unit++)
			for (n = 0; plan_item_period(pr->p, at.item, n, &at.period); n++)
				print_slot(pr, at);
	buf_add_text(pr->out, "]");
}

/* ---- completeness ---- */

static void
print_complete(printing *pr, uint32_t item, period at, figure_view v)
{
	completeness c = tally_complete(pr->all, item, at, v);
	char name[PERIOD_NAME_SIZE];

	begin_object(pr);
	buf_addf(pr->out,
		"\"item\":\"%s\",\"period\":\"%s\",\"view\":\"%s\",\"expected\":%u,\"actual\":%u,"
		"\"on_time\":%u}",
		pr->p->items[item].id, period_name(at, name), view_name(v), c.expected, c.actual,
		c.on_time);
}

static void
print_completeness(printing *pr)
{
	uint32_t item;
	period at;
	unsigned n;

	begin_list(pr, "completeness");
	for (item = 0; item < pr->p->n_items; item++)
		for (n = 0; plan_item_period(pr->p, item, n, &at) && has_begun(pr, at); n++) {
			if (!plan_has_period(pr->p, item, at))
				continue;
			print_complete(pr, item, at, VIEW_REPORTED);
			print_complete(pr, item, at, VIEW_ACCEPTED);
		}
	buf_add_text(pr->out, "]");
}

/* ---- periods of every kind ---- */

typedef void (*for_period)(printing *pr, uint32_t which, period at);

/* Every period of KIND that lies in the plan and has begun. */
static void
each_period(printing *pr, period_kind kind, uint32_t which, for_period f)
{
	period at = period_of_day(kind, period_first_day(pr->p->first));

	if (period_first_day(at) < period_first_day(pr->p->first))
		at = period_next(at);
	for (; period_between(at, pr->p->first, pr->p->last) && has_begun(pr, at);
		at = period_next(at))
		f(pr, which, at);
}

/* ---- figures ---- */

static void
print_number(printing *pr, const char *name, bool has, int128 number)
{
	if (has && number <= INT64_MAX && number >= INT64_MIN)
		buf_addf(pr->out, ",\"%s\":%lld", name, (long long)number);
	else
		buf_addf(pr->out, ",\"%s\":null", name);
}

static void
print_figure_of(printing *pr, uint32_t indicator, period at, figure_view v)
{
	const plan_indicator *in = &pr->p->indicators[indicator];
	char name[PERIOD_NAME_SIZE];
	bool overflow, has, ratio;
	int64_t number = 0;
	figure f;
	uint32_t of;

	if (tally_figure(pr->all, indicator, at, v, &pr->scratch, &f, &of) != MS_OK) {
		pr->status = MS_NO_MEMORY;
		return;
	}
	has = figure_value(in, &f, &number, &overflow);
	ratio = in->type == VALUE_RATIO && in->space != SPACE_NONE && f.units > f.inner;
	begin_object(pr);
	buf_addf(pr->out, "\"indicator\":\"%s\",\"period\":\"%s\",\"view\":\"%s\"", in->id,
		period_name(at, name), view_name(v));
	print_number(pr, "value", has, number);
	print_number(pr, "num", ratio, f.num);
	print_number(pr, "den", ratio, f.den);
	buf_addf(pr->out, ",\"units\":%u,\"of\":%u,\"stale\":%u%s}", f.units, of, f.stale,
		overflow ? ",\"overflow\":true" : "");
	arena_reset(&pr->scratch);
}

static void
print_figure(printing *pr, uint32_t indicator, period at)
{
	if (plan_at(pr->p, at)->indicators[indicator].absent)
		return;
	print_figure_of(pr, indicator, at, VIEW_REPORTED);
	print_figure_of(pr, indicator, at, VIEW_ACCEPTED);
}

static void
print_figures(printing *pr)
{
	uint32_t i;
	int kind;

	begin_list(pr, "figures");
	for (i = 0; i < pr->p->n_indicators; i++)
		for (kind = (int)pr->p->items[pr->p->indicators[i].item].kind; kind <= PERIOD_YEAR;
			kind++)
			each_period(pr, (period_kind)kind, i, print_figure);
	buf_add_text(pr->out, "]");
}

/* ---- scores ---- */

static void
print_hundredths(printing *pr, const char *name, bool has, int64_t number)
{
	char text[40];

	if (has)
		buf_addf(pr->out, ",\"%s\":\"%s\"", name, scaled_text(number, 2, text));
	else
		buf_addf(pr->out, ",\"%s\":null", name);
}

static void
print_score(printing *pr, uint32_t unit, period at)
{
	char name[PERIOD_NAME_SIZE];
	score sc;
	unsigned i;

	if (!plan_unit_alive(pr->p, unit, at))
		return;
	score_of(pr->all, unit, at, pr->now_us, &sc);
	begin_object(pr);
	buf_addf(pr->out, "\"unit\":\"%s\",\"period\":\"%s\"", pr->p->units[unit].id,
		period_name(at, name));
	for (i = 0; i < SCORE_PARTS; i++)
		print_hundredths(pr, score_part_name((score_part)i), sc.has[i], sc.part[i]);
	print_hundredths(pr, "total", sc.has_total, sc.total);
	buf_add_text(pr->out, "}");
}

static void
print_scores(printing *pr)
{
	period_kind finest = PERIOD_YEAR;
	uint32_t i;
	int kind;

	for (i = 0; i < pr->p->n_items; i++)
		if (pr->p->items[i].kind < finest)
			finest = pr->p->items[i].kind;
	begin_list(pr, "scores");
	for (i = 0; i < pr->p->n_units; i++)
		for (kind = (int)finest; kind <= PERIOD_YEAR; kind++)
			each_period(pr, (period_kind)kind, i, print_score);
	buf_add_text(pr->out, "]");
}

ms_status
replay_print(const slots *all, int64_t now_us, buf *out)
{
	printing pr = { .all = all, .p = all->p, .now_us = now_us, .out = out };

	print_slots(&pr);
	print_completeness(&pr);
	print_figures(&pr);
	print_scores(&pr);
	arena_fini(&pr.scratch);
	return pr.status != MS_OK ? pr.status : out->failed ? MS_NO_MEMORY : MS_OK;
}
