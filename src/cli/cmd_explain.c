/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_explain.c - `muster explain`: the records that a figure is made of. */
#include <stdio.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "cli/command.h"
#include "cli/replica_ask.h"
#include "cli/screen.h"

typedef struct figure_ask {
	uint32_t indicator;
	period at;
	figure_view view;
} figure_ask;

static json_t *
value_json(const plan_indicator *in, const value *v)
{
	char num[40], den[40];

	if (v == NULL || v->state == VALUE_MISSING)
		return json_null();
	if (v->state == VALUE_NIL)
		return json_string("nil");
	if (in->type == VALUE_TEXT)
		return json_string("text"); /* which stands in the record */
	if (in->type == VALUE_RATIO)
		return json_sprintf("%s/%s", scaled_text(v->num, in->scale, num),
			scaled_text(v->den, in->scale, den));
	if (in->type == VALUE_KEYSET)
		return json_sprintf("%zu", v->keys.n);
	return json_string(scaled_text(v->num, in->scale, num));
}

/* One record of the figure: what a unit's slot adds. Slots without a report are left out. */
static void
explain_slot(const replica *r, const figure_ask *a, slot_at at, json_t *rows)
{
	const plan_indicator *in = &r->plan->indicators[a->indicator];
	const plan_item *it = &r->plan->items[in->item];
	slot_values values;
	const slot *s = r->all.get(r->all.ctx, at, &values);
	slot_ref ref = a->view == VIEW_REPORTED ? slot_reported(s) : slot_accepted(s);
	json_t *out;
	char text[40];

	if (ref.revision == 0 || values.of[a->view] == NULL)
		return;
	out = json_object();
	json_set_text(out, "unit", r->plan->units[at.unit].id);
	json_set_text(out, "name", r->plan->units[at.unit].name);
	json_set_text(out, "period", period_name(at.period, text));
	json_set(out, "value",
		value_json(in, &values.of[a->view][a->indicator - it->first_indicator]));
	json_set_bool(out, "provisional",
		values.of[a->view][a->indicator - it->first_indicator].provisional);
	json_set_number(out, "revision", ref.revision);
	json_set_record(out, "record", ref.place.leaf, ref.place.at);
	json_set_text(
		out, "received", time_format(values.received_us[a->view], r->plan->zone_min, text));
	json_array_append_new(rows, out);
}

static json_t *
figure_json(const replica *r, const figure_ask *a, ms_error *err)
{
	const plan_indicator *in = &r->plan->indicators[a->indicator];
	json_t *out = replica_json(r, "muster/explain/1"), *rows = json_array();
	slot_at at = { .item = in->item };
	char name[PERIOD_NAME_SIZE], text[64];
	arena memory = { 0 };
	unsigned n, i;
	int64_t scaled;
	bool overflow;
	figure f;
	uint32_t of;

	if (tally_figure(&r->all, a->indicator, a->at, a->view, &memory, &f, &of) != MS_OK) {
		ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the figure");
		json_decref(out);
		json_decref(rows);
		arena_fini(&memory);
		return NULL;
	}
	arena_fini(&memory);
	for (at.unit = 0; at.unit < r->plan->n_units; at.unit++) {
		n = period_split(a->at, r->plan->items[in->item].kind, &at.period);
		for (i = 0; i < n && plan_ever_reports(r->plan, a->indicator, at.unit);
			i++, at.period = period_next(at.period))
			explain_slot(r, a, at, rows);
	}
	json_set_text(out, "indicator", in->id);
	json_set_text(out, "name", in->name);
	json_set_text(out, "period", period_name(a->at, name));
	json_set_text(out, "view", view_name(a->view));
	json_set_text(out, "value",
		figure_value(in, &f, &scaled, &overflow) || overflow ? figure_text(in, &f, text)
								     : NULL);
	json_set_text(out, "unit_of_measure",
		in->type == VALUE_RATIO ? NULL : in->unit_of_measure); /* its value has it */
	json_set_number(out, "units", f.units);
	json_set_number(out, "of", of);
	json_set_number(out, "stale", f.stale);
	json_set(out, "records", rows);
	return out;
}

static ms_status
print_figure(const replica *r, const json_t *told, buf *out)
{
	static const table_column columns[] = {
		{ TR("单位"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("数值"), TABLE_RIGHT },
		{ TR("版本"), TABLE_RIGHT },
		{ TR("收到"), TABLE_LEFT },
		{ TR("记录"), TABLE_LEFT },
	};
	const json_t *rows = json_object_get(told, "records");
	const char *sum = json_text_of(told, "value"),
		   *measure = sum == NULL ? NULL : json_text_of(told, "unit_of_measure");
	table t = { 0 };
	ms_status s;
	size_t i;

	buf_addf(out, tr("%s %s %s：%s%s%s（%lld/%lld 个单位）  "), json_text_of(told, "name"),
		json_text_of(told, "period"),
		strcmp(json_text_of(told, "view"), "accepted") == 0 ? tr("采纳数") : tr("上报数"),
		sum == NULL ? "-" : sum, measure == NULL ? "" : " ", measure == NULL ? "" : measure,
		(long long)json_number_of(told, "units", 0),
		(long long)json_number_of(told, "of", 0));
	replica_print_as_of(r, out);
	t.screen = screen_columns();
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *given = json_text_of(row, "value");

		table_text(&t, json_text_of(row, "name"));
		table_text(&t, json_text_of(row, "period"));
		table_text(&t, given == NULL ? "-" : given);
		table_addf(&t, "%lld", (long long)json_number_of(row, "revision", 0));
		table_text(&t, json_text_of(row, "received"));
		table_text(&t, json_text_of(row, "record"));
	}
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

static ms_status
show_figure(const replica *r, const figure_ask *a, bool json, ms_error *err)
{
	const plan_indicator *in = &r->plan->indicators[a->indicator];
	json_t *told;
	buf out = { 0 };
	ms_status s = MS_OK;

	if (!replica_sees(r, (slot_at){ .item = in->item, .unit = AT_ALL }))
		return ms_fail(err, MS_DENIED, MST_CLI_VALUE,
			"\"%s\" is a figure of an item that this unit does not lead", in->id);
	told = figure_json(r, a, err);
	if (told == NULL)
		return MS_NO_MEMORY;
	if (json)
		return replica_print(&out, told, err);
	s = print_figure(r, told, &out);
	json_decref(told);
	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the figure");
	return s == MS_OK ? replica_print(&out, NULL, err) : s;
}

int
cmd_explain(int argc, char **argv)
{
	replica_ask ask = { 0 };
	figure_ask a = { 0 };
	bool accepted = false;
	const char *indicator = NULL;
	const cli_option options[] = { { "--dir", NULL, &ask.dir },
		{ "--period", NULL, &ask.period }, { "--accepted", &accepted, NULL },
		{ "--at", NULL, &ask.at }, { "--json", &ask.json, NULL } };
	ms_error err = { 0 };
	replica r = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), &indicator, 1, 1, NULL, &err);
	int found = -1;

	if (s == MS_OK)
		s = replica_ask_get(&ask, &r, &a.at, &err);
	if (s == MS_OK) {
		found = plan_find_indicator(r.plan, span_str(indicator));
		a.indicator = (uint32_t)found;
		a.view = accepted ? VIEW_ACCEPTED : VIEW_REPORTED;
	}
	if (s == MS_OK && found < 0) {
		s = ms_fail(&err, MS_USAGE, MST_CLI_VALUE, "the plan has no indicator \"%s\"",
			indicator);
		ms_error_remedy(&err, "muster plan show ITEM lists them");
	}
	if (s == MS_OK)
		s = show_figure(&r, &a, ask.json, &err);
	replica_fini(&r);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
