/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_ledger.c - `muster ledger`: the ledger of slots (台账), a row each, with state and light.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/table.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/replica_ask.h"
#include "intake/slot_text.h"
#include "intake/table_file.h"
#include "plan/check_values.h"

typedef struct listing {
	const replica *r;
	json_t *rows;
} listing;

/* The rules of the plan that the reported values break, as a list of sentences. */
static json_t *
flags_json(const replica *r, slot_at at)
{
	check_finding found[CHECK_FINDINGS_MAX];
	slot_values now = { 0 }, before = { 0 };
	json_t *out = json_array();
	violations v = { 0 };
	slot_at last = at;
	size_t n, i;

	r->all.get(r->all.ctx, at, &now);
	if (now.of[VIEW_REPORTED] == NULL)
		return out;
	if (check_period_before(r->plan, at.item, at.period, &last.period))
		r->all.get(r->all.ctx, last, &before);
	n = check_values(r->plan, at.item, at.period, now.of[VIEW_REPORTED],
		before.of[VIEW_REPORTED], found);
	for (i = 0; i < n; i++) {
		check_note(r->plan, &found[i], &v);
		json_array_append_new(out, json_sprintf("%s %s: %s", v.list[i].field,
						   v.list[i].value, v.list[i].expected));
	}
	return out;
}

static void
list_slot(const listing *l, slot_at at)
{
	const plan *p = l->r->plan;
	const slot *s = l->r->all.get(l->r->all.ctx, at, NULL);
	bool owed = rulings_owes(l->r->all.rulings, at);
	json_t *out;
	char text[40];

	if (!replica_sees(l->r, at) || (!owed && !slot_touched(s)))
		return;
	out = json_object();
	json_set_text(out, "item", p->items[at.item].id);
	json_set_text(out, "unit", p->units[at.unit].id);
	json_set_text(out, "name", p->units[at.unit].name);
	json_set_text(out, "period", period_name(at.period, text));
	json_set_text(out, "state", slot_state_name(slot_state_at(p, s, at, owed, l->r->now_us)));
	json_set_text(out, "light", light_name(slot_light(p, s, at, owed, l->r->now_us)));
	json_set_bool(out, "locked", slot_locked(p, s, at, l->r->now_us));
	json_set_bool(out, "expected", owed && !s->exempt);
	json_set_text(out, "deadline", time_format(slot_deadline_us(p, s, at), p->zone_min, text));
	json_set_number(out, "revision", slot_newest(s));
	json_set_text(out, "received",
		s->first_us == INT64_MAX ? NULL : time_format(s->first_us, p->zone_min, text));
	json_set_bool(out, "on_time", slot_on_time(p, s, at));
	json_set_number(out, "filled", s->shown.filled);
	if (s->shown.has_progress)
		json_set_number(out, "progress_pct", s->shown.progress_pct);
	json_set_bool(out, "help_needed", s->shown.help_needed);
	json_set_number(out, "returns", s->returns);
	json_set_bool(out, "waits_too_long", slot_waits_too_long(p, s, at, l->r->now_us));
	json_set(out, "flags", flags_json(l->r, at));
	json_array_append_new(l->rows, out);
}

static const char *
light_zh(const char *name)
{
	static const char *const names[][2] = { { "green", TR("绿") }, { "blue", TR("蓝") },
		{ "yellow", TR("黄") }, { "red", TR("红") }, { "grey", TR("灰") } };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i][0], name) == 0)
			return tr(names[i][1]);
	return name;
}

static void
add_notes(table *t, const json_t *row, const char *none)
{
	const char *const notes[] = { json_bool_of(row, "help_needed") ? tr("需协调") : NULL,
		json_bool_of(row, "waits_too_long") ? tr("待审核") : NULL,
		json_array_size(json_object_get(row, "flags")) > 0 ? tr("数值待核") : NULL };
	buf text = { 0 };
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (notes[i] != NULL)
			buf_addf(&text, "%s%s", text.len == 0 ? "" : " ", notes[i]);
	table_text(t, text.len == 0 ? none : buf_cstr(&text));
	buf_fini(&text);
}

static void
add_row(table *t, const replica *r, const json_t *row)
{
	int item = plan_find_item(r->plan, span_str(json_text_of(row, "item")));
	const char *received = json_text_of(row, "received");
	int64_t us;
	char text[40];

	table_addf(t, "%u", r->plan->items[item].number);
	table_text(t, json_text_of(row, "name"));
	table_text(t, json_text_of(row, "period"));
	table_text(t, light_zh(json_text_of(row, "light")));
	table_addf(t, "%s%s", replica_state_word(json_text_of(row, "state")),
		json_bool_of(row, "locked") ? tr("（锁定）") : "");
	table_addf(t, "%lld", (long long)json_number_of(row, "revision", 0));
	if (received != NULL && time_parse(span_str(received), &us, NULL) == MS_OK)
		table_addf(t, "%s%s", time_format_short(us, r->plan->zone_min, text),
			json_bool_of(row, "on_time") ? "" : tr(" 迟"));
	else
		table_text(t, "-");
	table_addf(t, "%lld/%d", (long long)json_number_of(row, "filled", 0), REPORT_MANDATORY);
	if (json_number_of(row, "progress_pct", -1) >= 0)
		table_addf(t, "%lld%%", (long long)json_number_of(row, "progress_pct", 0));
	else
		table_text(t, "-");
	table_addf(t, "%lld", (long long)json_number_of(row, "returns", 0));
	add_notes(t, row, "-");
}

static ms_status
print_rows(const listing *l, buf *out)
{
	static const char *const heads[] = { TR("序号"), TR("单位"), TR("期间"), TR("灯"),
		TR("状态"), TR("版本"), TR("首次收到"), TR("填写"), TR("进度"), TR("退回"),
		TR("提示") };
	table t = { 0 };
	ms_status s;
	size_t i;

	table_begin(&t, sizeof(heads) / sizeof(heads[0]));
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		t.right[i] = i == 0 || i == 5 || (i >= 7 && i <= 9);
		table_text(&t, tr(heads[i]));
	}
	for (i = 0; i < json_array_size(l->rows); i++)
		add_row(&t, l->r, json_array_get(l->rows, i));
	s = table_write(&t, out);
	table_fini(&t);
	return s;
}

/* ---- a file ---- */

enum { LEDGER_IDS = 2 /* columns for programs, hidden in a workbook */ };

static const char *
yes_no(bool yes)
{
	return yes ? tr("是") : tr("否");
}

/* An RFC 3339 time of ROW as people write it: "2012-07-10 24:00" for UNTIL; "" for none. */
static void
add_time(table *t, const plan *p, const json_t *row, const char *member, bool until)
{
	const char *told = json_text_of(row, member);
	char text[40];
	int64_t us;

	if (told == NULL || time_parse(span_str(told), &us, NULL) != MS_OK)
		table_text(t, "");
	else
		table_text(t, until ? time_format_until(us, p->zone_min, text)
				    : time_format_short(us, p->zone_min, text));
}

static void
add_file_row(table *t, const plan *p, const json_t *row)
{
	const char *id = json_text_of(row, "item");
	const plan_item *it = &p->items[plan_find_item(p, span_str(id))];
	bool arrived = json_text_of(row, "received") != NULL;

	table_addf(t, "%u", it->number);
	table_text(t, it->title);
	table_text(t, json_text_of(row, "name"));
	table_text(t, json_text_of(row, "period"));
	table_text(t, light_zh(json_text_of(row, "light")));
	table_text(t, replica_state_word(json_text_of(row, "state")));
	table_text(t, yes_no(json_bool_of(row, "locked")));
	table_text(t, yes_no(json_bool_of(row, "expected")));
	add_time(t, p, row, "deadline", true);
	add_time(t, p, row, "received", false);
	table_text(t, arrived ? yes_no(json_bool_of(row, "on_time")) : "");
	table_addf(t, "%lld", (long long)json_number_of(row, "revision", 0));
	table_addf(t, "%lld", (long long)json_number_of(row, "filled", 0));
	if (json_number_of(row, "progress_pct", -1) < 0)
		table_text(t, "");
	else
		table_addf(t, "%lld", (long long)json_number_of(row, "progress_pct", 0));
	table_addf(t, "%lld", (long long)json_number_of(row, "returns", 0));
	add_notes(t, row, "");
	table_text(t, id);
	table_text(t, json_text_of(row, "unit"));
}

static void
make_file_table(const listing *l, table *t)
{
	static const char *const heads[] = { TR("序号"), TR("工作事项"), TR("单位"), TR("期间"),
		TR("灯"), TR("状态"), TR("锁定"), TR("应报"), TR("截止"), TR("首次收到"),
		TR("按期"), TR("版本"), TR("填写(满分6)"), TR("进度(%)"), TR("退回"), TR("提示"),
		TR("事项代号"), TR("单位代号") };
	size_t i;

	table_begin(t, sizeof(heads) / sizeof(heads[0]));
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		t->right[i] = i == 0 || (i >= 11 && i <= 14);
		table_text(t, tr(heads[i]));
	}
	for (i = 0; i < json_array_size(l->rows); i++)
		add_file_row(t, l->r->plan, json_array_get(l->rows, i));
}

static ms_status
write_file(const listing *l, period at, const char *file, ms_error *err)
{
	char name[PERIOD_NAME_SIZE], sheet[64], scratch[HOME_PATH_MAX];
	table t = { 0 };
	buf out = { 0 };
	ms_status s;

	make_file_table(l, &t);
	snprintf(sheet, sizeof(sheet), "%s %s", tr("台账"), period_name(at, name));
	if (output_is_workbook(file))
		s = table_file_xlsx(
			&t, sheet, LEDGER_IDS, output_scratch(file, scratch), &out, err);
	else if ((s = table_file_csv(&t, &out)) != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the ledger");
	if (s == MS_OK)
		s = fs_write_atomic(file, 0644, buf_span(&out), err);
	table_fini(&t);
	buf_fini(&out);
	return s;
}

/* ---- the whole ---- */

/* The item's own periods that lie in AT, or that AT lies in. */
static void
list_item(const listing *l, uint32_t item, period at)
{
	slot_at where = { .item = item };
	unsigned n;

	for (where.unit = 0; where.unit < l->r->plan->n_units; where.unit++)
		for (n = 0; plan_item_period(l->r->plan, item, n, &where.period); n++)
			if (period_within(where.period, at) || period_within(at, where.period))
				list_slot(l, where);
}

/* An empty ledger would look like one of an item in which nothing is owed. */
static ms_status
check_sees(const replica *r, uint32_t item, ms_error *err)
{
	if (replica_sees(r, (slot_at){ .item = item, .unit = AT_ALL }))
		return MS_OK;
	ms_fail(err, MS_DENIED, MST_CLI_VALUE,
		"this unit neither leads nor observes %s, and has no row of its own in it",
		r->plan->items[item].id);
	ms_error_remedy(err, "muster plan show tells who leads and observes what");
	return MS_DENIED;
}

static ms_status
show_ledger(const replica *r, period at, const char *item_text, const char *file, bool json,
	ms_error *err)
{
	int only = item_text == NULL ? -1 : slot_item(r->plan, span_str(item_text));
	listing l = { .r = r };
	json_t *tree = NULL;
	char name[PERIOD_NAME_SIZE];
	buf out = { 0 };
	ms_status s = MS_OK;
	uint32_t item;

	if (item_text != NULL && only < 0)
		return ms_fail(
			err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"", item_text);
	l.rows = json_array();
	for (item = 0; item < r->plan->n_items; item++)
		if (only < 0 || only == (int)item)
			list_item(&l, item, at);
	if (json_array_size(l.rows) == 0 && only >= 0)
		s = check_sees(r, (uint32_t)only, err);
	if (s == MS_OK && file != NULL) {
		s = write_file(&l, at, file, err);
		if (s == MS_OK && !json)
			buf_addf(&out, tr("%s: the ledger of %s, %zu rows\n"), file,
				period_name(at, name), json_array_size(l.rows));
	}
	if (json && s == MS_OK) {
		tree = replica_json(r, "muster/ledger/1");
		json_set_text(tree, "period", period_name(at, name));
		json_set(tree, "slots", json_incref(l.rows));
	} else if (file == NULL && s == MS_OK) {
		buf_addf(&out, tr("%s 台账  "), period_name(at, name));
		replica_print_as_of(r, &out);
		s = print_rows(&l, &out);
	}
	json_decref(l.rows);
	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the ledger");
	return s == MS_OK ? replica_print(&out, tree, err) : s;
}

int
cmd_ledger(int argc, char **argv)
{
	replica_ask ask = { 0 };
	const char *item = NULL, *file = NULL;
	const cli_option options[] = { { "--dir", NULL, &ask.dir },
		{ "--period", NULL, &ask.period }, { "--item", NULL, &item },
		{ "--at", NULL, &ask.at }, { "--output", NULL, &file }, { "-o", NULL, &file },
		{ "--json", &ask.json, NULL } };
	ms_error err = { 0 };
	replica r = { 0 };
	period at;
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && file != NULL && !output_is_workbook(file) && !output_is_csv(file))
		s = ms_fail(&err, MS_USAGE, MST_CLI_VALUE,
			"%s: a ledger is written as .xlsx or .csv, and the name says which", file);
	if (s == MS_OK)
		s = replica_ask_get(&ask, &r, &at, &err);
	if (s == MS_OK)
		s = show_ledger(&r, at, item, file, ask.json, &err);
	replica_fini(&r);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}
