/* SPDX-License-Identifier: Apache-2.0 */
/* board_view.c - the board as tables for people; board_json.c: for programs. */
#include "cli/board_view.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/board_pick.h"
#include "cli/board_rollup.h"
#include "cli/said.h"
#include "plan/figure.h"

enum { LEADS_WIDTH = 40, PERCENT_MAX = 999999 };

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
	t->failed |= names.failed;
	buf_fini(&names);
}

/* N, at the indicator's scale, when there HAS been one and it did not OVERFLOW. */
static const char *
number_text(const plan_indicator *in, bool has, bool overflow, int64_t n, char out[64])
{
	char number[40];

	if (overflow)
		return tr("溢出");
	if (!has)
		return "-";
	snprintf(out, 64, "%s%s", scaled_text(n, in->scale, number),
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

static void
add_numbers(table *t, const plan_indicator *in, const feed_figure *f)
{
	char text[64];

	table_text(t, number_text(in, f->has, f->overflow, f->value, text));
	table_text(t, number_text(in, f->has_accepted, f->accepted_overflow, f->accepted, text));
	table_text(t, number_text(in, f->has_target, false, f->target, text));
	table_text(t, attained(in, f, text));
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

	t.screen = b->ask->screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = board_item(b, r);

		if (item < 0)
			continue;
		table_addf(&t, "%u", b->plan->items[item].number);
		table_text(&t, b->plan->items[item].title);
		table_add(&t, r->period);
		table_text(&t, said_light(board_light(b, (uint32_t)item, r)));
		add_leads(&t, b->plan, board_item_then(b, item, r));
		table_addf(&t, "%u/%u", r->actual, r->expected);
		table_text(&t, percent(r->actual, r->expected, text));
		table_addf(&t, "%u", r->on_time);
		table_addf(&t, "%u", r->accepted);
		if (r->has_progress)
			table_addf(&t, "%u%%/%u%% %s", r->progress_pct,
				board_line(b, (uint32_t)item, r),
				said_light(light_of_progress(
					board_line(b, (uint32_t)item, r), r->progress_pct)));
		else
			table_text(&t, "-");
		table_text(&t, time_format_until(r->deadline_us, b->plan->zone_min, text));
	}
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

/* Figures of the rollups' own periods, of the one asked for, and of those around it as far as there
 * is data. */
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
	size_t i, k;
	ms_status s;

	t.screen = b->ask->screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = board_item(b, r);

		for (k = 0; item >= 0 && k < r->n_figures; k++) {
			const feed_figure *f = &r->figures[k];
			int found = plan_find_indicator(b->plan, f->indicator);
			const plan_indicator *in;

			if (found < 0 || !board_tells(b, i, f))
				continue;
			in = &b->plan->indicators[found];
			table_addf(&t, "%u", b->plan->items[item].number);
			table_addf(&t, "%s%s%s%s", in->name, in->unit_of_measure == NULL ? "" : "(",
				in->unit_of_measure == NULL ? "" : in->unit_of_measure,
				in->unit_of_measure == NULL ? "" : ")");
			table_add(&t, f->period);
			add_numbers(&t, in, f);
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
	size_t i, k;
	ms_status s;

	t.screen = b->ask->screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = board_item(b, r);

		for (k = 0; item >= 0 && k < r->n_unit_targets; k++) {
			const feed_figure *f = &r->unit_targets[k];
			int found = plan_find_indicator(b->plan, f->indicator);
			int unit = plan_find_unit(b->plan, f->unit);
			const plan_indicator *in;

			if (found < 0 || unit < 0 || !board_tells_target(b, i, f))
				continue;
			in = &b->plan->indicators[found];
			table_addf(&t, "%u", b->plan->items[item].number);
			table_text(&t, in->name);
			table_text(&t, b->plan->units[unit].name);
			table_add(&t, f->period);
			add_numbers(&t, in, f);
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

	t.screen = b->ask->screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < b->n; i++) {
		const feed_rollup *r = &b->rollups[i];
		int item = board_goes_on(b, r) ? -1 : board_item(b, r);

		for (k = 0; item >= 0 && k < r->n_missing; k++) {
			const feed_missing *m = &r->missing[k];
			int unit = plan_find_unit(b->plan, m->unit);
			span name = unit < 0 ? m->unit : span_str(b->plan->units[unit].name);

			table_addf(&t, "%u", b->plan->items[item].number);
			table_addf(&t, "%.*s%s", (int)name.len, (const char *)name.at,
				m->returned_us == 0 ? "" : tr("（已退回）"));
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
