/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_rows.c - the header names the columns; each further row becomes a draft. A wrong header
 * refuses the file, because a column that is not understood would be lost in silence; a wrong cell
 * refuses its row only.
 */
#include "intake/csv_rows.h"

#include <stdio.h>

#include "base/text.h"
#include "intake/cells.h"
#include "intake/columns.h"
#include "intake/draft.h"
#include "intake/fold.h"
#include "intake/row_cells.h"
#include "intake/sheet.h"

typedef struct table {
	const intake_ask *ask;
	arena *memory;
	column *columns;
	uint32_t n_columns;
	int fixed[COLUMN_FIXED]; /* index into columns, -1 = not in the file */
} table;

/* A row at work. */
typedef struct row_at {
	table *table;
	const sheet_row *cells;
	draft draft;
} row_at;

static span
cell_of(const row_at *r, column_kind kind)
{
	int at = r->table->fixed[kind];

	return at < 0 || (uint32_t)at >= r->cells->n_cells ? (span){ 0 } : r->cells->cells[at];
}

/* The header of the indicator with ID, or its name when the file has no such column. */
static const char *
indicator_column(const row_at *r, span id)
{
	const plan *p = r->table->ask->plan;
	int indicator = plan_find_indicator(p, id);
	uint32_t i;

	if (indicator < 0)
		return "";
	for (i = 0; i < r->table->n_columns; i++) {
		const column *c = &r->table->columns[i];

		if (c->kind == COLUMN_INDICATOR &&
			c->indicators[p->indicators[indicator].item] == indicator)
			return c->header;
	}
	return r->table->ask->english ? p->indicators[indicator].id : p->indicators[indicator].name;
}

/* The header under which FIELD stands: its own column, or for values[id] the indicator's. */
static const char *
column_of(void *ctx, const char *field)
{
	const row_at *r = ctx;
	size_t len = strcspn(field, "[");
	uint32_t i;

	for (i = 0; i < COLUMN_FIXED; i++) {
		const column_name *name = column_name_of((column_kind)i);

		if (strlen(name->field) == len && memcmp(name->field, field, len) == 0)
			return r->table->fixed[i] >= 0
				       ? r->table->columns[r->table->fixed[i]].header
			       : r->table->ask->english ? name->en
							: name->zh;
	}
	return strncmp(field, "values[", 7) == 0
		       ? indicator_column(r, span_of(field + 7, strlen(field) - 8))
		       : "";
}

/* Names of the words to choose from, for the answer. */
static const char *
choices(const row_at *r, column_kind kind)
{
	bool english = r->table->ask->english;

	if (kind == COLUMN_STATUS)
		return english ? "on_track, at_risk, blocked or done"
			       : "正常、有风险、受阻、已完成";
	return english ? "not_started, under_way or done" : "未开始、进行中、已完成";
}

static const char *
number_hint(const row_at *r, const plan_indicator *indicator, char out[80])
{
	bool english = r->table->ask->english;

	if (indicator == NULL)
		snprintf(out, 80, "%s", english ? ", 0 to 100" : ",0到100");
	else if (indicator->scale == 0)
		snprintf(out, 80, "%s", english ? ", no decimals" : ",没有小数");
	else
		snprintf(out, 80, english ? ", at most %u decimals, in %s" : ",最多%u位小数,单位%s",
			(unsigned)indicator->scale,
			indicator->unit_of_measure == NULL ? "-" : indicator->unit_of_measure);
	return out;
}

static void
take_progress(row_at *r, span cell)
{
	report *rep = &r->draft.row.act.u.report;
	unsigned code = cell_percent(cell, &rep->progress_pct);
	char hint[80];

	rep->has_progress = code == 0;
	if (code != 0)
		problem_add(&r->draft.problems, code, draft_at(&r->draft, "progress_pct", cell),
			number_hint(r, NULL, hint));
}

static void
take_status(row_at *r, span cell)
{
	unsigned code = cell_status(cell, &r->draft.row.act.u.report.status);

	if (code != 0)
		problem_add(&r->draft.problems, code, draft_at(&r->draft, "self_status", cell),
			choices(r, COLUMN_STATUS));
}

static void
take_parts(row_at *r, span cell)
{
	const plan *p = r->table->ask->plan;
	span where = cell;
	unsigned code;

	if (r->draft.row.item_index < 0)
		return;
	code = cell_parts(&r->draft.problems, &p->items[r->draft.row.item_index], cell,
		&r->draft.row.act.u.report, &where);
	if (code != 0)
		problem_add(&r->draft.problems, code, draft_at(&r->draft, "parts", where),
			choices(r, COLUMN_PARTS));
}

static void
take_attachments(row_at *r, span cell)
{
	span where = cell;
	unsigned code =
		cell_attachments(&r->draft.problems, cell, &r->draft.row.act.u.report, &where);

	if (code != 0)
		problem_add(
			&r->draft.problems, code, draft_at(&r->draft, "attachments", where), NULL);
}

/* Columns that are taken as they stand. */
static void
take_texts(row_at *r)
{
	report *rep = &r->draft.row.act.u.report;
	const struct {
		column_kind kind;
		span *to;
	} texts[] = {
		{ COLUMN_DONE, &rep->done },
		{ COLUMN_PROBLEMS, &rep->problems },
		{ COLUMN_NEXT_STEPS, &rep->next_steps },
		{ COLUMN_HELP_NEEDED, &rep->help_needed },
		{ COLUMN_PREPARED_BY, &rep->prepared_by },
		{ COLUMN_APPROVED_BY, &rep->approved_by },
		{ COLUMN_PHONE, &rep->phone },
	};
	size_t i;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		span cell = cell_of(r, texts[i].kind);

		if (cell.len > 0)
			*texts[i].to = cell;
	}
}

static row_cells
cells_of(const row_at *r)
{
	return (row_cells){ .plan = r->table->ask->plan,
		.item = r->draft.row.item_index,
		.columns = r->table->columns,
		.n = r->table->n_columns,
		.cells = r->cells->cells };
}

static void
take_value(row_at *r, uint32_t i)
{
	const plan *p = r->table->ask->plan;
	const column *c = &r->table->columns[i];
	span cell = r->cells->cells[i];
	report *rep = &r->draft.row.act.u.report;
	int at = c->indicators[r->draft.row.item_index];
	const plan_indicator *indicator;
	const char *field;
	char hint[80];
	unsigned code;

	if (at < 0) {
		problem_add(&r->draft.problems, MST_INTAKE_NOT_OF_ITEM,
			(problem_at){ .column = c->header, .field = "values", .value = cell },
			NULL);
		return;
	}
	indicator = &p->indicators[at];
	code = cell_value(&r->draft.problems, indicator, cell, &rep->values[rep->n_values]);
	if (code == 0) {
		rep->n_values++;
		return;
	}
	if (code == MST_INTAKE_RATIO && c->half != HALF_NONE) {
		row_cells cells = cells_of(r);

		code = row_judge_half(&cells, i);
		if (code == 0)
			return; /* told of the other half */
	}
	field = problem_field(&r->draft.problems, "values", span_str(indicator->id));
	if (code == MST_INTAKE_DECIMALS)
		snprintf(hint, sizeof hint, "%u", (unsigned)indicator->scale);
	else if (code == MST_INTAKE_DATE)
		snprintf(hint, sizeof hint, "%s",
			r->table->ask->english ? ", or 0 or 1" : ",或 0、1");
	else
		number_hint(r, indicator, hint);
	problem_add(&r->draft.problems, code,
		(problem_at){ .column = c->header, .field = field, .value = cell }, hint);
}

static bool
is_value(const row_at *r, uint32_t i)
{
	const column *c = &r->table->columns[i];

	return c->kind == COLUMN_INDICATOR && !c->last && r->cells->cells[i].len > 0;
}

static void
take_values(row_at *r)
{
	report *rep = &r->draft.row.act.u.report;
	uint32_t i, n = 0;

	if (r->draft.row.item_index < 0)
		return;
	for (i = 0; i < r->table->n_columns; i++)
		n += is_value(r, i);
	rep->values = arena_zalloc(r->table->memory, (n + 1) * sizeof *rep->values);
	if (rep->values == NULL) {
		r->draft.problems.no_memory = true;
		return;
	}
	for (i = 0; i < r->table->n_columns; i++)
		if (is_value(r, i))
			take_value(r, i);
}

static void
take_report(row_at *r)
{
	span cell;

	if ((cell = cell_of(r, COLUMN_PROGRESS)).len > 0)
		take_progress(r, cell);
	if ((cell = cell_of(r, COLUMN_STATUS)).len > 0)
		take_status(r, cell);
	if ((cell = cell_of(r, COLUMN_PARTS)).len > 0)
		take_parts(r, cell);
	if ((cell = cell_of(r, COLUMN_ATTACHMENTS)).len > 0)
		take_attachments(r, cell);
	take_texts(r);
	take_values(r);
	if ((cell = cell_of(r, COLUMN_REASON)).len > 0)
		problem_add(&r->draft.problems, MST_INTAKE_REASON,
			draft_at(&r->draft, "reason", cell),
			r->table->ask->english ? "an empty cell" : "空着");
}

/* What a form has filled in already: no content. */
static bool
is_given(const column *c)
{
	return c->last || c->kind == COLUMN_ITEM || c->kind == COLUMN_PERIOD ||
	       c->kind == COLUMN_OWED;
}

static void
take_retraction(row_at *r)
{
	span reason = cell_of(r, COLUMN_REASON);
	uint32_t i;

	r->draft.row.act.u.retraction.reason = reason;
	if (reason.len == 0)
		problem_add(&r->draft.problems, MST_INTAKE_REASON,
			draft_at(&r->draft, "reason", reason),
			r->table->ask->english ? "the reason for the retraction" : "撤回的原因");
	for (i = 0; i < r->table->n_columns; i++) {
		const column *c = &r->table->columns[i];

		if (is_given(c) || c->kind == COLUMN_ACTION || c->kind == COLUMN_REASON ||
			r->cells->cells[i].len == 0)
			continue;
		problem_warn_expected(&r->draft.problems, MST_INTAKE_RETRACT,
			(problem_at){ .column = r->table->columns[i].header,
				.value = r->cells->cells[i] },
			NULL);
		return;
	}
}

/* Cells under no header. */
static void
refuse_outside(row_at *r)
{
	uint32_t i;

	for (i = 0; i < r->cells->n_cells; i++) {
		char place[32];
		const char *kept;

		if (r->cells->cells[i].len == 0 ||
			(i < r->table->n_columns && r->table->columns[i].kind != COLUMN_NAMELESS))
			continue;
		snprintf(place, sizeof place, r->table->ask->english ? "column %u" : "第%u列",
			i + 1);
		kept = arena_text(r->table->memory, span_str(place));
		r->draft.problems.no_memory = r->draft.problems.no_memory || kept == NULL;
		problem_add(&r->draft.problems, MST_INTAKE_OUTSIDE,
			(problem_at){ .column = kept, .value = r->cells->cells[i] }, NULL);
	}
}

/* Control characters would make an act that every hub refuses. */
static void
refuse_control(row_at *r)
{
	uint32_t i;

	for (i = 0; i < r->cells->n_cells && i < r->table->n_columns; i++)
		if (!text_is_clean(r->cells->cells[i]))
			problem_add(&r->draft.problems, MST_INTAKE_CONTROL,
				(problem_at){ .column = r->table->columns[i].header }, NULL);
}

/* Only the slot is given, as in a form that was not filled here. */
static bool
is_unfilled(const row_at *r)
{
	uint32_t i;
	act_kind kind;

	for (i = 0; i < r->cells->n_cells; i++) {
		const column *c = i < r->table->n_columns ? &r->table->columns[i] : NULL;
		span cell = r->cells->cells[i];

		if (cell.len == 0 || (c != NULL && is_given(c)))
			continue;
		if (c == NULL || c->kind != COLUMN_ACTION || cell_action(cell, &kind) != 0 ||
			kind != ACT_REPORT)
			return false;
	}
	return true;
}

/* The row is marked as like the last one. */
static void
take_mark(row_at *r)
{
	static const fold_word words[] = { { "√", 1 }, { "✓", 1 }, { "是", 1 }, { "x", 1 },
		{ "yes", 1 }, { "v", 1 }, { "y", 1 }, { "否", 0 }, { "no", 0 }, { NULL, 0 } };
	span mark = cell_of(r, COLUMN_SAME);
	row_cells cells = cells_of(r);
	int marked = mark.len == 0 ? 0 : fold_find(words, mark);

	if (marked < 0)
		problem_add(&r->draft.problems, MST_INTAKE_SAME,
			draft_at(&r->draft, "same_as_last", mark), NULL);
	else if (marked > 0 && row_carry(&cells) == 0)
		problem_add(&r->draft.problems, MST_INTAKE_SAME_NOTHING,
			draft_at(&r->draft, "same_as_last", mark), NULL);
}

/* A copy of the cells with a place for every column, to be changed. */
static bool
prepare_cells(row_at *r, sheet_row *own)
{
	uint32_t n =
		r->cells->n_cells > r->table->n_columns ? r->cells->n_cells : r->table->n_columns;

	*own = *r->cells;
	own->n_cells = n;
	own->cells = arena_zalloc(r->table->memory, (n + 1) * sizeof *own->cells);
	if (own->cells == NULL)
		return false;
	if (r->cells->n_cells > 0)
		memcpy(own->cells, r->cells->cells, r->cells->n_cells * sizeof *own->cells);
	r->cells = own;
	return true;
}

static void
read_row(row_at *r)
{
	span action = cell_of(r, COLUMN_ACTION);
	draft *d = &r->draft;
	sheet_row own;
	row_cells cells;

	draft_begin(d, r->table->ask, r->table->memory, r->cells->number);
	d->column_of = column_of;
	d->ctx = r;
	draft_slot(d, cell_of(r, COLUMN_ITEM), cell_of(r, COLUMN_PERIOD));
	if (!prepare_cells(r, &own)) {
		d->problems.no_memory = true;
		return;
	}
	take_mark(r);
	cells = cells_of(r);
	if (row_join_halves(&cells, r->table->memory) != MS_OK)
		d->problems.no_memory = true;
	refuse_outside(r);
	refuse_control(r);
	if (action.len > 0 && cell_action(action, &d->row.act.kind) != 0)
		problem_add(&d->problems, MST_INTAKE_ACTION, draft_at(d, "action", action), NULL);
	else if (d->row.act.kind == ACT_RETRACTION)
		take_retraction(r);
	else
		take_report(r);
	draft_end(d);
}

static bool
same_column(const plan *p, const column *a, const column *b)
{
	uint32_t i;

	if (a->kind != b->kind || a->kind > COLUMN_INDICATOR || a->last != b->last ||
		(a->half != b->half && a->half != HALF_NONE && b->half != HALF_NONE))
		return false;
	for (i = 0; a->kind == COLUMN_INDICATOR && i < p->n_items; i++)
		if (a->indicators[i] >= 0 && a->indicators[i] == b->indicators[i])
			return true;
	return a->kind != COLUMN_INDICATOR;
}

static void
judge_column(table *t, uint32_t at, problems *whole)
{
	column *c = &t->columns[at];
	problem_at place = { .column = c->header, .field = "", .value = span_str(c->header) };
	uint32_t i;

	if (c->kind == COLUMN_UNKNOWN)
		problem_add(whole, MST_INTAKE_COLUMN_UNKNOWN, place, c->nearest);
	else if (c->kind == COLUMN_OTHER_UNIT)
		problem_add(whole, MST_INTAKE_COLUMN_UNIT, place, c->nearest);
	for (i = 0; i < at; i++) {
		if (same_column(t->ask->plan, &t->columns[i], c)) {
			problem_add(whole, MST_INTAKE_COLUMN_TWICE, place, NULL);
			break;
		}
	}
	if (c->kind < COLUMN_FIXED && !c->last && t->fixed[c->kind] < 0)
		t->fixed[c->kind] = (int)at;
}

static ms_status
read_header(table *t, const sheet_row *header, problems *whole)
{
	static const column_kind needed[] = { COLUMN_ITEM, COLUMN_PERIOD };
	uint32_t i;

	for (i = 0; i < COLUMN_FIXED; i++)
		t->fixed[i] = -1;
	t->n_columns = header->n_cells;
	t->columns = arena_zalloc(t->memory, (t->n_columns + 1) * sizeof *t->columns);
	if (t->columns == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < t->n_columns; i++) {
		if (column_match(t->ask->plan, header->cells[i], t->memory, &t->columns[i]) !=
			MS_OK)
			return MS_NO_MEMORY;
		judge_column(t, i, whole);
	}
	for (i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		const column_name *name = column_name_of(needed[i]);

		if (t->fixed[needed[i]] < 0)
			problem_add(whole, MST_INTAKE_COLUMN_MISSING,
				(problem_at){ .field = name->field },
				t->ask->english ? name->en : name->zh);
	}
	return whole->no_memory ? MS_NO_MEMORY : MS_OK;
}

static ms_status
read_rows(table *t, const sheet *cells, buf *rows)
{
	ms_status s = MS_OK;
	uint32_t i;

	for (i = 1; i < cells->n_rows && s == MS_OK; i++) {
		row_at r = { .table = t, .cells = &cells->rows[i] };

		if (is_unfilled(&r))
			continue;
		read_row(&r);
		s = r.draft.problems.no_memory ? MS_NO_MEMORY
					       : buf_add(rows, &r.draft.row, sizeof r.draft.row);
	}
	return s;
}

ms_status
csv_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole,
	char *delimiter)
{
	table t = { .ask = ask, .memory = memory };
	ms_error found = { 0 };
	sheet cells = { 0 };
	ms_status s = sheet_read(text, memory, &cells, &found);

	*delimiter = cells.delimiter == 0 ? ',' : cells.delimiter;
	if (s == MS_NO_MEMORY)
		return s;
	if (s != MS_OK) {
		problem_add_error(whole, &found);
		return whole->no_memory ? MS_NO_MEMORY : MS_OK;
	}
	if (cells.n_rows == 0)
		return MS_OK;
	s = read_header(&t, &cells.rows[0], whole);
	if (s == MS_OK && whole->wrong == 0)
		s = read_rows(&t, &cells, rows);
	return s;
}
