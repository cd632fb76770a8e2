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
#include "cli/said.h"
#include "cli/screen.h"
#include "intake/slot_text.h"
#include "intake/table_file.h"
#include "plan/check_values.h"

/* A slot that owes a report or of which something was stated. */
typedef struct ledger_row {
	slot_at at;
	slot slot; /* a copy: what nothing was stated of is one and the same in the replica */
	bool owed;
} ledger_row;

typedef struct listing {
	const replica *r;
	const plan *p; /* the replica's */
	buf rows;      /* ledger_row */
} listing;

static const ledger_row *
rows_of(const listing *l, size_t *n)
{
	*n = l->rows.len / sizeof(ledger_row);
	return (const ledger_row *)(const void *)l->rows.at;
}

static slot_state
state_of(const listing *l, const ledger_row *row)
{
	return slot_state_at(l->p, &row->slot, row->at, row->owed, l->r->now_us);
}

static light
light_of(const listing *l, const ledger_row *row)
{
	return slot_light(l->p, &row->slot, row->at, row->owed, l->r->now_us);
}

static bool
is_locked(const listing *l, const ledger_row *row)
{
	return slot_locked(l->p, &row->slot, row->at, l->r->now_us);
}

static bool
is_expected(const ledger_row *row)
{
	return row->owed && !row->slot.exempt;
}

static bool
has_arrived(const ledger_row *row)
{
	return row->slot.first_us != INT64_MAX;
}

/* The rules of the plan that the reported values break: how many. */
static size_t
find_flags(const listing *l, slot_at at, check_finding found[CHECK_FINDINGS_MAX])
{
	const slots *all = &l->r->all;
	slot_values now = { 0 }, before = { 0 };
	slot_at last = at;

	all->get(all->ctx, at, &now);
	if (now.of[VIEW_REPORTED] == NULL)
		return 0;
	if (check_period_before(l->p, at.item, at.period, &last.period))
		all->get(all->ctx, last, &before);
	return check_values(
		l->p, at.item, at.period, now.of[VIEW_REPORTED], before.of[VIEW_REPORTED], found);
}

/* ---- for programs ---- */

static json_t *
flags_json(const listing *l, slot_at at)
{
	check_finding found[CHECK_FINDINGS_MAX];
	size_t n = find_flags(l, at, found), i;
	json_t *out = json_array();
	violations v = { 0 };

	for (i = 0; i < n; i++) {
		check_note(l->p, &found[i], &v);
		json_array_append_new(out, json_sprintf("%s %s: %s", v.list[i].field,
						   v.list[i].value, v.list[i].expected));
	}
	return out;
}

static json_t *
row_json(const listing *l, const ledger_row *row)
{
	const plan *p = l->p;
	const slot *s = &row->slot;
	slot_at at = row->at;
	json_t *out = json_object();
	char text[40];

	json_set_text(out, "item", p->items[at.item].id);
	json_set_text(out, "unit", p->units[at.unit].id);
	json_set_text(out, "name", p->units[at.unit].name);
	json_set_text(out, "period", period_name(at.period, text));
	json_set_text(out, "state", slot_state_name(state_of(l, row)));
	json_set_text(out, "light", light_name(light_of(l, row)));
	json_set_bool(out, "locked", is_locked(l, row));
	json_set_bool(out, "expected", is_expected(row));
	json_set_text(out, "deadline", time_format(slot_deadline_us(p, s, at), p->zone_min, text));
	json_set_number(out, "revision", slot_newest(s));
	json_set_text(out, "received",
		has_arrived(row) ? time_format(s->first_us, p->zone_min, text) : NULL);
	json_set_bool(out, "on_time", slot_on_time(p, s, at));
	json_set_number(out, "filled", s->shown.filled);
	if (s->shown.has_progress)
		json_set_number(out, "progress_pct", s->shown.progress_pct);
	json_set_bool(out, "help_needed", s->shown.help_needed);
	json_set_number(out, "returns", s->returns);
	json_set_bool(out, "waits_too_long", slot_waits_too_long(p, s, at, l->r->now_us));
	json_set(out, "flags", flags_json(l, at));
	return out;
}

static json_t *
ledger_json(const listing *l, period at)
{
	json_t *tree = replica_json(l->r, "muster/ledger/1"), *slots_list = json_array();
	char name[PERIOD_NAME_SIZE];
	size_t n, i;
	const ledger_row *rows = rows_of(l, &n);

	for (i = 0; i < n; i++)
		json_array_append_new(slots_list, row_json(l, &rows[i]));
	json_set_text(tree, "period", period_name(at, name));
	json_set(tree, "slots", slots_list);
	return tree;
}

/* ---- for people ---- */

static void
add_notes(table *t, const listing *l, const ledger_row *row, const char *none)
{
	check_finding found[CHECK_FINDINGS_MAX];
	const char *const notes[] = { row->slot.shown.help_needed ? tr("需协调") : NULL,
		slot_waits_too_long(l->p, &row->slot, row->at, l->r->now_us) ? tr("待审核") : NULL,
		find_flags(l, row->at, found) > 0 ? tr("数值待核") : NULL };
	buf text = { 0 };
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (notes[i] != NULL)
			buf_addf(&text, "%s%s", text.len == 0 ? "" : " ", notes[i]);
	table_text(t, text.len == 0 ? none : buf_cstr(&text));
	t->failed |= text.failed;
	buf_fini(&text);
}

static void
add_row(table *t, const listing *l, const ledger_row *row)
{
	const slot *s = &row->slot;
	char text[40];

	table_addf(t, "%u", l->p->items[row->at.item].number);
	table_text(t, l->p->units[row->at.unit].name);
	table_text(t, period_name(row->at.period, text));
	table_text(t, said_light(light_of(l, row)));
	table_addf(
		t, "%s%s", said_state(state_of(l, row)), is_locked(l, row) ? tr("（锁定）") : "");
	table_addf(t, "%u", slot_newest(s));
	if (has_arrived(row))
		table_addf(t, "%s%s", time_format_short(s->first_us, l->p->zone_min, text),
			slot_on_time(l->p, s, row->at) ? "" : tr(" 迟"));
	else
		table_text(t, "-");
	table_addf(t, "%u/%d", s->shown.filled, REPORT_MANDATORY);
	if (s->shown.has_progress)
		table_addf(t, "%u%%", s->shown.progress_pct);
	else
		table_text(t, "-");
	table_addf(t, "%u", s->returns);
	add_notes(t, l, row, "-");
}

static ms_status
print_rows(const listing *l, buf *out)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("单位"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("灯"), TABLE_LEFT },
		{ TR("状态"), TABLE_LEFT },
		{ TR("版本"), TABLE_RIGHT },
		{ TR("首次收到"), TABLE_LEFT },
		{ TR("填写"), TABLE_RIGHT },
		{ TR("进度"), TABLE_RIGHT },
		{ TR("退回"), TABLE_RIGHT },
		{ TR("提示"), TABLE_LEFT },
	};
	table t = { 0 };
	ms_status s;
	size_t n, i;
	const ledger_row *rows = rows_of(l, &n);

	t.screen = screen_columns();
	table_begin(&t, TABLE_COLUMNS(columns));
	for (i = 0; i < n; i++)
		add_row(&t, l, &rows[i]);
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

static void
add_file_row(table *t, const listing *l, const ledger_row *row)
{
	const plan_item *it = &l->p->items[row->at.item];
	const plan_unit *unit = &l->p->units[row->at.unit];
	const slot *s = &row->slot;
	int zone = l->p->zone_min;
	char text[40];

	table_addf(t, "%u", it->number);
	table_text(t, it->title);
	table_text(t, unit->name);
	table_text(t, period_name(row->at.period, text));
	table_text(t, said_light(light_of(l, row)));
	table_text(t, said_state(state_of(l, row)));
	table_text(t, yes_no(is_locked(l, row)));
	table_text(t, yes_no(is_expected(row)));
	table_text(t, time_format_until(slot_deadline_us(l->p, s, row->at), zone, text));
	table_text(t, has_arrived(row) ? time_format_short(s->first_us, zone, text) : "");
	table_text(t, has_arrived(row) ? yes_no(slot_on_time(l->p, s, row->at)) : "");
	table_addf(t, "%u", slot_newest(s));
	table_addf(t, "%u", s->shown.filled);
	if (s->shown.has_progress)
		table_addf(t, "%u", s->shown.progress_pct);
	else
		table_text(t, "");
	table_addf(t, "%u", s->returns);
	add_notes(t, l, row, "");
	table_text(t, it->id);
	table_text(t, unit->id);
}

static void
make_file_table(const listing *l, table *t)
{
	static const table_column columns[] = {
		{ TR("序号"), TABLE_RIGHT },
		{ TR("工作事项"), TABLE_LEFT },
		{ TR("单位"), TABLE_LEFT },
		{ TR("期间"), TABLE_LEFT },
		{ TR("灯"), TABLE_LEFT },
		{ TR("状态"), TABLE_LEFT },
		{ TR("锁定"), TABLE_LEFT },
		{ TR("应报"), TABLE_LEFT },
		{ TR("截止"), TABLE_LEFT },
		{ TR("首次收到"), TABLE_LEFT },
		{ TR("按期"), TABLE_LEFT },
		{ TR("版本"), TABLE_RIGHT },
		{ TR("填写(满分6)"), TABLE_RIGHT },
		{ TR("进度(%)"), TABLE_RIGHT },
		{ TR("退回"), TABLE_RIGHT },
		{ TR("提示"), TABLE_LEFT },
		{ TR("事项代号"), TABLE_LEFT },
		{ TR("单位代号"), TABLE_LEFT },
	};
	size_t n, i;
	const ledger_row *rows = rows_of(l, &n);

	table_begin(t, TABLE_COLUMNS(columns));
	for (i = 0; i < n; i++)
		add_file_row(t, l, &rows[i]);
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

static void
list_slot(listing *l, slot_at at)
{
	const slots *all = &l->r->all;
	ledger_row row = { .at = at,
		.slot = *all->get(all->ctx, at, NULL),
		.owed = rulings_owes(all->rulings, at) };

	if (replica_sees(l->r, at) && (row.owed || slot_touched(&row.slot)))
		buf_add(&l->rows, &row, sizeof(row));
}

/* The item's own periods that lie in AT, or that AT lies in. */
static void
list_item(listing *l, uint32_t item, period at)
{
	slot_at where = { .item = item };
	unsigned n;

	for (where.unit = 0; where.unit < l->p->n_units; where.unit++)
		for (n = 0; plan_item_period(l->p, item, n, &where.period); n++)
			if (period_meets(where.period, at))
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

/* ONLY is an item, or -1 for all. */
static ms_status
list_ledger(listing *l, int only, period at, ms_error *err)
{
	uint32_t item;

	for (item = 0; item < l->p->n_items; item++)
		if (only < 0 || only == (int)item)
			list_item(l, item, at);
	if (l->rows.failed)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the ledger");
	return l->rows.len == 0 && only >= 0 ? check_sees(l->r, (uint32_t)only, err) : MS_OK;
}

static ms_status
show_listing(const listing *l, period at, const char *file, bool json, ms_error *err)
{
	char name[PERIOD_NAME_SIZE];
	buf out = { 0 };
	size_t n;
	ms_status s = file == NULL ? MS_OK : write_file(l, at, file, err);

	if (s != MS_OK)
		return s;
	rows_of(l, &n);
	if (json)
		return replica_print(&out, ledger_json(l, at), err);
	if (file != NULL) {
		buf_addf(&out,
			n == 1 ? tr("%s: the ledger of %s, %zu row\n")
			       : tr("%s: the ledger of %s, %zu rows\n"),
			file, period_name(at, name), n);
	} else {
		buf_addf(&out, tr("%s 台账  "), period_name(at, name));
		replica_print_as_of(l->r, &out);
		out.failed |= print_rows(l, &out) != MS_OK;
	}
	return replica_print(&out, NULL, err);
}

static ms_status
show_ledger(
	const replica *r, period at, const char *item, const char *file, bool json, ms_error *err)
{
	int only = item == NULL ? -1 : slot_item(r->plan, span_str(item));
	listing l = { .r = r, .p = r->plan };
	ms_status s;

	if (item != NULL && only < 0)
		return ms_fail(err, MS_USAGE, MST_CLI_ITEM, "the plan has no item \"%s\"", item);
	s = list_ledger(&l, only, at, err);
	if (s == MS_OK)
		s = show_listing(&l, at, file, json, err);
	buf_fini(&l.rows);
	return s;
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
