/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/board_pick.h"
#include "plan/figure.h"

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
	json_set_text(o, "light", light_name(board_light_of(b, at, m)));
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
	const plan_item *item = board_item_then(b, index, r);
	json_t *o = json_object(), *leads = json_array(), *figures = json_array(),
	       *of_units = json_array(), *missing = json_array(), *returned = json_array();
	slot_at at = { .item = (uint32_t)index };
	size_t i;

	period_parse(r->period, &at.period);
	for (i = 0; i < item->n_leads; i++)
		json_array_append_new(leads, json_string(b->plan->units[item->leads[i]].id));
	for (i = 0; i < r->n_figures; i++)
		if (board_asks(b, &r->figures[i]))
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
	json_set_text(o, "light", light_name(board_light(b, at.item, r)));
	json_set(o, "progress_pct", r->has_progress ? json_integer(r->progress_pct) : json_null());
	json_set_number(o, "progress_line", board_line(b, at.item, r));
	json_set_text(o, "progress_light",
		r->has_progress
			? light_name(light_of_progress(board_line(b, at.item, r), r->progress_pct))
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
		int item = board_item(&b, &rollups[i]);

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
