/* SPDX-License-Identifier: Apache-2.0 */
/* row_reader.c - cell by cell into the draft of a report or retraction. A wrong cell refuses its
 * row only. */
#include "intake/row_reader.h"

#include <stdio.h>

#include "base/text.h"
#include "intake/cell_number.h"
#include "intake/cells.h"
#include "intake/draft.h"
#include "intake/fold.h"
#include "intake/row_cells.h"
#include "intake/slot_text.h"

/* A row at work. */
typedef struct row_at {
	const sheet_table *table;
	const sheet_row *cells;
	draft draft;
} row_at;

static span
cell_of(const row_at *r, column_kind kind)
{
	span cell = row_cell_under(r->table, r->cells, kind);

	return cell.len > 0 ? cell : r->table->above[kind];
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
		snprintf(out, 80, "%s", english ? ", 0 to 100" : "，0到100");
	else if (indicator->scale == 0)
		snprintf(out, 80, "%s", english ? ", no decimals" : "，没有小数");
	else
		snprintf(out, 80,
			english ? ", at most %u decimals, in %s" : "，最多%u位小数，单位%s",
			(unsigned)indicator->scale,
			indicator->unit_of_measure == NULL ? "-" : indicator->unit_of_measure);
	return out;
}

/* What the sentence of CODE says of a value of INDICATOR. */
static const char *
value_hint(const row_at *r, const plan_indicator *indicator, unsigned code, char out[80])
{
	const char *measure = indicator->unit_of_measure;
	bool english = r->table->ask->english;

	switch (code) {
	case MST_INTAKE_DECIMALS:
		return cell_number_decimals(indicator->scale, english, out);
	case MST_INTAKE_DATE:
		return english ? ", or 0 or 1" : "，或 0、1";
	case MST_CELL_MEASURE:
		return measure == NULL ? "" : measure;
	case MST_REPORT_NUMBER:
		return cell_number_most(indicator->scale, out);
	default:
		return number_hint(r, indicator, out);
	}
}

static const char *
progress_hint(const row_at *r, unsigned code, char out[80])
{
	bool english = r->table->ask->english;

	switch (code) {
	case MST_INTAKE_DECIMALS:
		return english ? "a whole number from 0 to 100" : "0到100的整数，如48";
	case MST_REPORT_PROGRESS:
		return NULL;
	default:
		return number_hint(r, NULL, out);
	}
}

static void
take_progress(row_at *r, span cell)
{
	report *rep = &r->draft.row.act.u.report;
	unsigned code = cell_percent(cell, &rep->progress_pct);
	char hint[80];

	rep->has_progress = code == 0;
	if (code == MST_INTAKE_NUMBER || code == MST_CELL_MEASURE)
		code = MST_REPORT_PROGRESS; /* whose remedy is not that of a figure */
	if (code != 0)
		problem_add(&r->draft.problems, code, draft_at(&r->draft, "progress_pct", cell),
			progress_hint(r, code, hint));
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

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		span cell = cell_of(r, texts[i].kind);

		if (cell.len > 0)
			*texts[i].to = cell;
	}
	if (cell_is_spoilt(rep->phone))
		problem_add_expected(&r->draft.problems, MST_CELL_EXPONENT,
			draft_at(&r->draft, "phone", rep->phone), "");
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
		if (!cell_is_dash(cell) || !(rep->has_progress || rep->done.len > 0))
			problem_add(&r->draft.problems, MST_INTAKE_NOT_OF_ITEM,
				(problem_at){
					.column = c->header, .field = "values", .value = cell },
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
	problem_add(&r->draft.problems, code,
		(problem_at){ .column = c->header, .field = field, .value = cell },
		value_hint(r, indicator, code, hint));
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
	rep->values = arena_zalloc(r->table->memory, (n + 1) * sizeof(*rep->values));
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

		if (column_is_given(c) || c->kind == COLUMN_ACTION || c->kind == COLUMN_REASON ||
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
		snprintf(place, sizeof(place), r->table->ask->english ? "column %u" : "第%u列",
			i + 1);
		kept = arena_text(r->table->memory, span_str(place));
		r->draft.problems.no_memory = r->draft.problems.no_memory || kept == NULL;
		problem_add(&r->draft.problems, MST_INTAKE_OUTSIDE,
			(problem_at){ .column = kept,
				.cell = table_cell_name(r->table, i, r->cells->number),
				.value = r->cells->cells[i] },
			NULL);
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

static const char *
field_of_column(row_at *r, const column *c)
{
	const plan *p = r->table->ask->plan;
	int item = r->draft.row.item_index, at;

	if (c->kind < COLUMN_FIXED)
		return column_name_of(c->kind)->field;
	at = c->kind == COLUMN_INDICATOR && item >= 0 ? c->indicators[item] : -1;
	return at < 0 ? ""
		      : problem_field(&r->draft.problems, "values", span_str(p->indicators[at].id));
}

/* #N/A and its kin, and ##### of a cell that is too narrow. */
static bool
is_error_word(span cell)
{
	static const char *const words[] = { "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?",
		"#NUM!", "#NULL!", "#SPILL!", "#CALC!", "###" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (cell.len >= strlen(words[i]) &&
			memcmp(cell.at, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* What the spreadsheet says of cell I beside its text. False: it cannot be taken. */
static bool
judge_mark(row_at *r, const column *c, span cell, uint8_t mark)
{
	problems *p = &r->draft.problems;
	problem_at at = { .column = c->header, .field = field_of_column(r, c), .value = cell };

	if (is_error_word(cell))
		problem_add(p, MST_CELL_ERROR, at, NULL);
	else if ((mark & CELL_NOT_COMPUTED) != 0)
		problem_add(p, MST_CELL_NOT_COMPUTED, at, NULL);
	else if ((mark & CELL_SCALED) != 0)
		problem_add(p, MST_CELL_SCALED, at, NULL);
	else if ((mark & CELL_COMPUTED) != 0)
		problem_warn_expected(p, MST_CELL_COMPUTED, at, NULL);
	return (mark & (CELL_NOT_COMPUTED | CELL_SCALED)) == 0 && !is_error_word(cell);
}

/* Another unit's name in the row is no row of ours. */
static void
judge_reporter(row_at *r)
{
	const plan *p = r->table->ask->plan;
	span cell = cell_of(r, COLUMN_REPORTER);
	int unit = cell.len == 0 ? -1 : plan_match_unit(p, cell);

	if (unit >= 0 && (uint32_t)unit != r->table->ask->unit)
		problem_add(&r->draft.problems, MST_INTAKE_OTHER_REPORTER,
			draft_at(&r->draft, "unit", cell), p->units[r->table->ask->unit].name);
}

static void
judge_marks(row_at *r, sheet_row *own)
{
	uint32_t i;

	judge_reporter(r);
	if (own->hidden)
		problem_warn_expected(
			&r->draft.problems, MST_ROW_HIDDEN, (problem_at){ .field = "row" }, NULL);
	for (i = 0; i < own->n_cells && i < r->table->n_columns; i++) {
		const column *c = &r->table->columns[i];
		uint8_t mark = own->marks == NULL ? 0 : own->marks[i];

		if (row_has_remark(r->table, own, i))
			problem_warn_expected(&r->draft.problems, MST_CELL_NOT_TAKEN,
				(problem_at){
					.column = c->header, .field = "", .value = own->cells[i] },
				NULL);
		if (c->last || c->kind > COLUMN_INDICATOR || c->kind == COLUMN_OWED ||
			(own->cells[i].len == 0 && mark == 0))
			continue;
		if (!judge_mark(r, c, own->cells[i], mark))
			own->cells[i] = (span){ 0 };
	}
}

/* A copy of the cells with a place for every column, to be changed. */
static bool
prepare_cells(row_at *r, sheet_row *own)
{
	uint32_t n =
		r->cells->n_cells > r->table->n_columns ? r->cells->n_cells : r->table->n_columns;

	*own = *r->cells;
	own->n_cells = n;
	own->cells = arena_zalloc(r->table->memory, (n + 1) * sizeof(*own->cells));
	if (own->cells == NULL)
		return false;
	if (r->cells->n_cells > 0)
		memcpy(own->cells, r->cells->cells, r->cells->n_cells * sizeof(*own->cells));
	if (own->marks != NULL) {
		uint8_t *marks = arena_zalloc(r->table->memory, n + 1);

		if (marks == NULL)
			return false;
		memcpy(marks, own->marks, r->cells->n_cells);
		own->marks = marks;
	}
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
	judge_marks(r, &own);
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

/* Where each problem lies, by the column that it names. */
static void
place_problems(const row_at *r)
{
	uint32_t i, k;

	for (i = 0; i < r->draft.row.n_problems; i++) {
		intake_problem *p = &r->draft.row.problems[i];

		for (k = 0; k < r->table->n_columns && p->cell[0] == 0; k++)
			if (r->table->columns[k].header == p->column && p->column[0] != 0)
				p->cell = table_cell_name(r->table, k, r->draft.row.row);
	}
}

ms_status
row_read(const sheet_table *t, const sheet_row *cells, intake_row *out)
{
	row_at r = { .table = t, .cells = cells };

	read_row(&r);
	if (r.draft.problems.no_memory)
		return MS_NO_MEMORY;
	place_problems(&r);
	*out = r.draft.row;
	return MS_OK;
}
