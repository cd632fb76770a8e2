/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/board_view.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/said.h"
#include "plan/figure.h"
#include "plan/light.h"

enum { LEADS_WIDTH = 40, PERCENT_MAX = 999999 };

typedef struct board {
	const plan *plan;
	const feed_rollup *rollups;
	size_t n;
	const board_ask *ask;
	int64_t hub_time_us;
} board;

/* ---- which rollups ---- */

period
board_default_period(const plan *p, int64_t hub_time_us)
{
	period at = p->first;

	/* The next one has ended when the one after it has begun. */
	while (!period_equal(at, p->last) &&
		plan_begin_us(p, period_next(period_next(at))) <= hub_time_us)
		at = period_next(at);
	return at;
}

/* The item of R when it is asked for, or -1. */
static int
item_shown(const board *b, const feed_rollup *r)
{
	int item = plan_find_item(b->plan, r->item);
	period at;

	if (item < 0 || (b->ask->item >= 0 && item != b->ask->item) ||
		!period_parse(r->period, &at))
		return -1;
	return period_within(at, b->ask->at) || period_within(b->ask->at, at) ? item : -1;
}

/* ---- pieces ---- */

static const char *
percent(uint64_t part, uint64_t whole, char out[16])
{
	int128 all;

	if (whole == 0)
		return "-";
	all = (int128)part * 100 / (int128)whole;
	if (all > PERCENT_MAX)
		return ">999999%";
	snprintf(out, 16, "%d%%", (int)all);
	return out;
}

/* The item as the version of the plan has it that the rollup's period goes by. */
static const plan_item *
item_then(const board *b, int item, const feed_rollup *r)
{
	period at = { 0 };

	return period_parse(r->period, &at) ? &plan_at(b->plan, at)->items[item]
					    : &b->plan->items[item];
}

/* The first N leads of ITEM, and how many there are when these are not all. */
static void
name_leads(buf *out, const plan *p, const plan_item *item, size_t n)
{
	size_t i;

	buf_reset(out);
	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : "、", p->units[item->leads[i]].name);
	if (n < item->n_leads)
		buf_addf(out, tr("等%zu家"), (size_t)item->n_leads);
}

/* Whole names, as many as have room, and the first in any case. */
static void
add_leads(table *t, const plan *p, const plan_item *item)
{
	size_t n = item->n_leads;
	buf names = { 0 };

	name_leads(&names, p, item, n);
	while (n > 1 && text_width(buf_span(&names)) > LEADS_WIDTH)
		name_leads(&names, p, item, --n);
	table_add(t, buf_span(&names));
	buf_fini(&names);
}

static const char *
value_text(const plan_indicator *in, const feed_figure *f, char out[64])
{
	char number[40];

	if (f->overflow)
		return tr("溢出");
	if (!f->has)
		return "-";
	snprintf(out, 64, "%s%s", scaled_text(f->value, in->scale, number),
		in->type == VALUE_RATIO ? " %" : "");
	return out;
}

static const char *
accepted_text(const plan_indicator *in, const feed_figure *f, char out[64])
{
	char number[40];

	if (f->accepted_overflow)
		return tr("溢出");
	if (!f->has_accepted)
		return "-";
	snprintf(out, 64, "%s%s", scaled_text(f->accepted, in->scale, number),
		in->type == VALUE_RATIO ? " %" : "");
	return out;
}

static const char *
target_text(const plan_indicator *in, const feed_figure *f, char out[64])
{
	char number[40];

	if (!f->has_target)
		return "-";
	snprintf(out, 64, "%s%s", scaled_text(f->target, in->scale, number),
		in->type == VALUE_RATIO ? " %" : "");
	return out;
}

/* What a score would say of it, without its cap (plan/score.c). */
static const char *
attained(const plan_indicator *in, const feed_figure *f, char out[16])
{
	if (!f->has_target || !f->has || f->target <= 0)
		return "-";
	if (in->lower_is_better)
		return f->value <= f->target
			       ? "100%"
			       : percent((uint64_t)f->target, (uint64_t)f->value, out);
	return f->value < 0 ? "-" : percent((uint64_t)f->value, (uint64_t)f->target, out);
}

static const char *
link_text(const board *b, const feed_missing *m, char out[80])
{
	char when[40];

	switch (m->link) {
	case LINK_CONNECTED:
		return tr("已连接");
	case LINK_SILENT:
		snprintf(out, 80, tr("%s起无联系"),
			time_format_short(m->last_seen_us, b->plan->zone_min, when));
		return out;
	case LINK_NEVER:
		return tr("从未连接");
	case LINK_UNKNOWN: /* of an earlier time */
		break;
	}
	return "-";
}

/* ---- lights ---- */

/* What the hub tells of a slot that is not green, as a slot. */
static light
light_of(const board *b, slot_at at, const feed_missing *m)
{
	int64_t day_us = INT64_C(86400) * 1000000;
	int64_t plan_us = plan_deadline_us(b->plan, at.item, at.period);
	slot s;

	slot_init(&s);
	if (m->deadline_us > plan_us)
		s.granted_days = (int32_t)((m->deadline_us - plan_us) / day_us);
	if (m->returned_us != 0) {
		s.n_recent = 1;
		s.recent[0].kind = ACT_REPORT;
		s.recent[0].outcome = OUTCOME_RETURNED;
		s.returned_us = m->returned_us;
	}
	return slot_light(b->plan, &s, at, true, b->hub_time_us);
}

static light
light_of_rollup(const board *b, uint32_t item, const feed_rollup *r)
{
	uint32_t counts[LIGHTS] = { 0 };
	slot_at at = { .item = item };
	size_t i;

	period_parse(r->period, &at.period);
	for (i = 0; i < r->n_missing; i++)
		counts[light_of(b, at, &r->missing[i])]++;
	for (i = 0; i < r->n_returned; i++)
		counts[light_of(b, at, &r->returned[i])]++;
	if (r->expected > r->n_missing + r->n_returned)
		counts[LIGHT_GREEN] = r->expected - (uint32_t)(r->n_missing + r->n_returned);
	return light_of_item(counts);
}

static unsigned
line_of(const board *b, uint32_t item, const feed_rollup *r)
{
	period at = { 0 };

	period_parse(r->period, &at);
	return light_line(b->plan, item, at);
}

/* ---- tables ---- */

static ms_status
write_items(const board *b, buf *out)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("工作事项"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("灯"), TABLE_LEFT },
		{ TR("牵头单位"), TABLE_LEFT },
		{ TR("已报/应报"), TABLE_RIGHT },
		{ TR("报送率"), TABLE_RIGHT },
		{ TR("按期"), TABLE_RIGHT },
		{ TR("采纳"), TABLE_RIGHT },
		{ TR("进度"), TABLE_RIGHT },
		{ TR("截止"), TABLE_LEFT },
	};
	table t = { 0 };
	char text[40];
	size_t i;
	ms_status s;

	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = item_shown(b, r);

		if (item < 0)
			continue;
		table_addf(&t, "%u", b->plan->items[item].number);
		table_text(&t, b->plan->items[item].title);
		table_add(&t, r->period);
		table_text(&t, said_light(light_of_rollup(b, (uint32_t)item, r)));
		add_leads(&t, b->plan, item_then(b, item, r));
		table_addf(&t, "%u/%u", r->actual, r->expected);
		table_text(&t, percent(r->actual, r->expected, text));
		table_addf(&t, "%u", r->on_time);
		table_addf(&t, "%u", r->accepted);
		if (r->has_progress)
			table_addf(&t, "%u%%/%u%% %s", r->progress_pct,
				line_of(b, (uint32_t)item, r),
				said_light(light_of_progress(
					line_of(b, (uint32_t)item, r), r->progress_pct)));
		else
			table_text(&t, "-");
		table_text(&t, time_format_until(r->deadline_us, b->plan->zone_min, text));
	}
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

/* Those of the board's own period, also empty, but for what is not asked in it; without BRIEF those
 * around it that have something. */
static bool
is_figure_shown(const board *b, const feed_rollup *r, const feed_figure *f, int indicator)
{
	period at;

	if (!span_equal(f->period, r->period))
		return f->has && !b->ask->brief;
	return f->has || !period_parse(f->period, &at) ||
	       at.kind >= (uint8_t)b->plan->indicators[indicator].kind;
}

/* Figures of the period itself, and of the half and year around it as far as there is data. */
static ms_status
write_figures(const board *b, buf *out)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("指标"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("上报数"), TABLE_RIGHT },
		{ TR("采纳数"), TABLE_RIGHT },
		{ TR("目标"), TABLE_RIGHT },
		{ TR("完成"), TABLE_RIGHT },
		{ TR("已有/应有"), TABLE_RIGHT },
		{ TR("沿用前期"), TABLE_RIGHT },
	};
	table t = { 0 };
	char one[64], two[64], three[16];
	size_t i, k;
	ms_status s;

	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = item_shown(b, r);

		for (k = 0; item >= 0 && k < r->n_figures; k++) {
			const feed_figure *f = &r->figures[k];
			int found = plan_find_indicator(b->plan, f->indicator);
			const plan_indicator *in;

			if (found < 0 || !is_figure_shown(b, r, f, found))
				continue;
			in = &b->plan->indicators[found];
			table_addf(&t, "%u", b->plan->items[item].number);
			table_addf(&t, "%s%s%s%s", in->name, in->unit_of_measure == NULL ? "" : "(",
				in->unit_of_measure == NULL ? "" : in->unit_of_measure,
				in->unit_of_measure == NULL ? "" : ")");
			table_add(&t, f->period);
			table_text(&t, value_text(in, f, one));
			table_text(&t, accepted_text(in, f, two));
			table_text(&t, target_text(in, f, two));
			table_text(&t, attained(in, f, three));
			table_addf(&t, "%u/%u", f->units, f->of);
			if (f->stale == 0)
				table_text(&t, "-");
			else
				table_addf(&t, "%u", f->stale);
		}
	}
	s = table_write_or(&t, "", out);
	table_fini(&t);
	return s;
}

/* What units have that have a target of their own, in the figures' period and those around it. */
static ms_status
write_unit_targets(const board *b, buf *out)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("指标"), TABLE_LEFT },
		{ TR("单位"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("上报数"), TABLE_RIGHT },
		{ TR("采纳数"), TABLE_RIGHT },
		{ TR("目标"), TABLE_RIGHT },
		{ TR("完成"), TABLE_RIGHT },
	};
	table t = { 0 };
	char text[64];
	size_t i, k;
	ms_status s;

	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = item_shown(b, r);

		for (k = 0; item >= 0 && k < r->n_unit_targets; k++) {
			const feed_figure *f = &r->unit_targets[k];
			int found = plan_find_indicator(b->plan, f->indicator);
			int unit = plan_find_unit(b->plan, f->unit);
			const plan_indicator *in;

			if (found < 0 || unit < 0)
				continue;
			in = &b->plan->indicators[found];
			table_addf(&t, "%u", b->plan->items[item].number);
			table_text(&t, in->name);
			table_text(&t, b->plan->units[unit].name);
			table_add(&t, f->period);
			table_text(&t, value_text(in, f, text));
			table_text(&t, accepted_text(in, f, text));
			table_text(&t, target_text(in, f, text));
			table_text(&t, attained(in, f, text));
		}
	}
	if (table_rows(&t) > 0)
		buf_add_text(out, "\n");
	s = table_write_or(&t, "", out);
	table_fini(&t);
	return s;
}

static ms_status
write_missing(const board *b, buf *out)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("未报单位"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("代理"), TABLE_LEFT },
		{ TR("联系人"), TABLE_LEFT },
	};
	table t = { 0 };
	char text[80];
	size_t i, k;
	ms_status s;

	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = item_shown(b, r);

		for (k = 0; item >= 0 && k < r->n_missing; k++) {
			const feed_missing *m = &r->missing[k];
			int unit = plan_find_unit(b->plan, m->unit);

			table_addf(&t, "%u", b->plan->items[item].number);
			table_add(&t, unit < 0 ? m->unit : span_str(b->plan->units[unit].name));
			table_add(&t, r->period);
			table_text(&t, link_text(b, m, text));
			table_add(&t, m->contact.len == 0 ? span_str("-") : m->contact);
		}
	}
	s = table_write_or(&t, tr("没有未报的单位\n"), out);
	table_fini(&t);
	return s;
}

ms_status
board_render(const plan *p, const feed_rollup *rollups, size_t n, const board_ask *ask,
	int64_t hub_time_us, buf *out)
{
	board b = { p, rollups, n, ask, hub_time_us };
	char at[PERIOD_NAME_SIZE], when[40];
	ms_status s;

	buf_addf(out, tr("%s  %s  中心时间 %s\n\n"), p->title, period_name(ask->at, at),
		time_format_short(hub_time_us, p->zone_min, when));
	s = write_items(&b, out);
	buf_add_text(out, "\n");
	if (s == MS_OK)
		s = write_figures(&b, out);
	if (s == MS_OK && !ask->brief)
		s = write_unit_targets(&b, out);
	if (s == MS_OK && !ask->brief) {
		buf_add_text(out, "\n");
		s = write_missing(&b, out);
	}
	return s == MS_OK && out->failed ? MS_NO_MEMORY : s;
}

/* ---- JSON ---- */

static json_t *
figure_json(const board *b, const feed_figure *f)
{
	int found = plan_find_indicator(b->plan, f->indicator);
	const plan_indicator *in = found < 0 ? NULL : &b->plan->indicators[found];
	unsigned scale = in == NULL ? 0 : in->scale;
	char number[40];
	json_t *o = json_object();

	json_set_span(o, "indicator", f->indicator);
	json_set_text(o, "name", in == NULL ? NULL : in->name);
	json_set_text(o, "unit_of_measure", in == NULL ? NULL : in->unit_of_measure);
	json_set_span(o, "period", f->period);
	json_set_text(o, "value", f->has ? scaled_text(f->value, scale, number) : NULL);
	if (in != NULL && in->type == VALUE_RATIO && f->units > 0 && !f->overflow) {
		json_set_text(o, "num", scaled_text(f->num, scale, number));
		json_set_text(o, "den", scaled_text(f->den, scale, number));
	}
	json_set_text(
		o, "accepted", f->has_accepted ? scaled_text(f->accepted, scale, number) : NULL);
	json_set_text(o, "target", f->has_target ? scaled_text(f->target, scale, number) : NULL);
	json_set_number(o, "units", f->units);
	json_set_number(o, "of", f->of);
	json_set_number(o, "stale", f->stale);
	json_set_bool(o, "overflow", f->overflow);
	json_set_bool(o, "accepted_overflow", f->accepted_overflow);
	return o;
}

static json_t *
unit_target_json(const board *b, const feed_figure *f)
{
	int found = plan_find_indicator(b->plan, f->indicator);
	unsigned scale = found < 0 ? 0 : b->plan->indicators[found].scale;
	char number[40];
	json_t *o = json_object();

	json_set_span(o, "indicator", f->indicator);
	json_set_span(o, "unit", f->unit);
	json_set_span(o, "period", f->period);
	json_set_text(o, "value", f->has ? scaled_text(f->value, scale, number) : NULL);
	json_set_text(
		o, "accepted", f->has_accepted ? scaled_text(f->accepted, scale, number) : NULL);
	json_set_text(o, "target", scaled_text(f->target, scale, number));
	json_set_bool(o, "overflow", f->overflow);
	json_set_bool(o, "accepted_overflow", f->accepted_overflow);
	return o;
}

static json_t *
missing_json(const board *b, slot_at at, const feed_missing *m)
{
	static const char *const words[] = { [LINK_UNKNOWN] = NULL,
		[LINK_CONNECTED] = "connected",
		[LINK_SILENT] = "silent",
		[LINK_NEVER] = "never seen" };
	int unit = plan_find_unit(b->plan, m->unit);
	json_t *o = json_object();

	json_set_span(o, "unit", m->unit);
	json_set_text(o, "name", unit < 0 ? NULL : b->plan->units[unit].name);
	json_set_text(o, "agent", words[m->link]);
	json_set_time(o, "last_seen", b->plan->zone_min, m->last_seen_us);
	json_set_text(o, "light", light_name(light_of(b, at, m)));
	json_set_time(o, "returned", b->plan->zone_min, m->returned_us);
	if (m->contact.len == 0)
		json_set_text(o, "contact", NULL);
	else
		json_set_span(o, "contact", m->contact);
	return o;
}

static json_t *
item_json(const board *b, const feed_rollup *r, int index)
{
	const plan_item *item = item_then(b, index, r);
	json_t *o = json_object(), *leads = json_array(), *figures = json_array(),
	       *of_units = json_array(), *missing = json_array(), *returned = json_array();
	slot_at at = { .item = (uint32_t)index };
	size_t i;

	period_parse(r->period, &at.period);

	for (i = 0; i < item->n_leads; i++)
		json_array_append_new(leads, json_string(b->plan->units[item->leads[i]].id));
	for (i = 0; i < r->n_figures; i++)
		json_array_append_new(figures, figure_json(b, &r->figures[i]));
	for (i = 0; i < r->n_unit_targets; i++)
		json_array_append_new(of_units, unit_target_json(b, &r->unit_targets[i]));
	for (i = 0; i < r->n_missing; i++)
		json_array_append_new(missing, missing_json(b, at, &r->missing[i]));
	for (i = 0; i < r->n_returned; i++)
		json_array_append_new(returned, missing_json(b, at, &r->returned[i]));
	json_set_span(o, "item", r->item);
	json_set_text(o, "title", item->title);
	json_set(o, "leads", leads);
	json_set_span(o, "period", r->period);
	json_set_time(o, "deadline", b->plan->zone_min, r->deadline_us);
	json_set_number(o, "as_of", (int64_t)r->as_of);
	json_set_number(o, "expected", r->expected);
	json_set_number(o, "reported", r->actual);
	json_set_number(o, "on_time", r->on_time);
	json_set_number(o, "accepted", r->accepted);
	json_set_text(o, "light", light_name(light_of_rollup(b, at.item, r)));
	json_set(o, "progress_pct", r->has_progress ? json_integer(r->progress_pct) : json_null());
	json_set_number(o, "progress_line", line_of(b, at.item, r));
	json_set_text(o, "progress_light",
		r->has_progress
			? light_name(light_of_progress(line_of(b, at.item, r), r->progress_pct))
			: NULL);
	json_set(o, "figures", figures);
	json_set(o, "unit_targets", of_units);
	json_set(o, "missing", missing);
	json_set(o, "returned", returned);
	return o;
}

json_t *
board_json(const plan *p, const feed_rollup *rollups, size_t n, const board_ask *ask,
	int64_t hub_time_us)
{
	board b = { p, rollups, n, ask, hub_time_us };
	json_t *o = json_object(), *items = json_array();
	char at[PERIOD_NAME_SIZE];
	size_t i;

	for (i = 0; i < n; i++) {
		int item = item_shown(&b, &rollups[i]);

		if (item >= 0)
			json_array_append_new(items, item_json(&b, &rollups[i], item));
	}
	json_set_text(o, "schema", "muster/board/1");
	json_set_text(o, "plan", p->id);
	json_set_text(o, "period", period_name(ask->at, at));
	json_set_time(o, "hub_time", p->zone_min, hub_time_us);
	json_set(o, "items", items);
	return o;
}
