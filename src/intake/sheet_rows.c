/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/sheet_rows.h"

#include "intake/answer.h"
#include "intake/fold.h"
#include "intake/row_reader.h"
#include "intake/slot_text.h"

enum { TABLES_MAX = 64 /* on one sheet, as far as they have other columns */ };

void
sheet_rows_begin(sheet_rows *s, const intake_ask *ask, arena *memory, buf *rows, problems *whole)
{
	*s = (sheet_rows){
		.table = { .ask = ask, .memory = memory },
		.rows = rows,
		.whole = whole,
		.notes = { .memory = memory, .english = ask->english },
		.noted_at = ROW_NOTED_NOWHERE,
	};
}

static bool
is_blank(const sheet_row *row)
{
	uint32_t i;

	for (i = 0; i < row->n_cells; i++)
		if (row->cells[i].len > 0 ||
			(row->marks != NULL && (row->marks[i] & CELL_NOT_COMPUTED) != 0))
			return false;
	return true;
}

/* ---- the header ---- */

static bool
is_known(const column *c)
{
	return c->kind <= COLUMN_INDICATOR || c->kind == COLUMN_OTHER_UNIT;
}

/* The columns that ROW would name. NULL: out of memory. */
static column *
match_columns(const sheet_rows *s, const sheet_row *row, uint32_t *known, bool *has_item)
{
	column *out = arena_zalloc(s->table.memory, (row->n_cells + 1) * sizeof(*out));
	uint32_t i;

	*known = 0;
	*has_item = false;
	for (i = 0; out != NULL && i < row->n_cells; i++) {
		if (column_match(s->table.ask->plan, row->cells[i], s->table.memory, &out[i]) !=
			MS_OK)
			return NULL;
		*known += is_known(&out[i]);
		*has_item = *has_item || (out[i].kind == COLUMN_ITEM && !out[i].last);
	}
	return out;
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
judge_column(sheet_rows *s, uint32_t at)
{
	sheet_table *t = &s->table;
	column *c = &t->columns[at];
	problem_at place = { .column = c->header,
		.cell = table_cell_name(t, at, s->header_row),
		.field = "",
		.value = span_str(c->header) };
	uint32_t i;

	if (c->kind == COLUMN_UNKNOWN)
		problem_add(s->whole, MST_INTAKE_COLUMN_UNKNOWN, place, c->nearest);
	else if (c->kind == COLUMN_OTHER_UNIT)
		problem_add(s->whole, MST_INTAKE_COLUMN_UNIT, place, c->nearest);
	for (i = 0; i < at; i++) {
		if (same_column(t->ask->plan, &t->columns[i], c)) {
			problem_add(s->whole, MST_INTAKE_COLUMN_TWICE, place, NULL);
			break;
		}
	}
	if (c->kind < COLUMN_FIXED && !c->last && t->fixed[c->kind] < 0)
		t->fixed[c->kind] = (int)at;
}

/* An answer of ours, laid in as if it were the sheet that it answers. */
static bool
is_answer(const sheet_table *t)
{
	unsigned i, n[2] = { 0 };

	for (i = 0; i < ANSWER_COLUMNS && i < t->n_columns; i++) {
		n[0] += strcmp(t->columns[i].header, answer_column_name(i, false)) == 0;
		n[1] += strcmp(t->columns[i].header, answer_column_name(i, true)) == 0;
	}
	return n[0] == ANSWER_COLUMNS || n[1] == ANSWER_COLUMNS;
}

/* The columns are known: judge them, and what stands above them. */
static void
close_header(sheet_rows *s)
{
	static const column_kind needed[] = { COLUMN_ITEM, COLUMN_PERIOD };
	sheet_table *t = &s->table;
	uint32_t i;

	for (i = 0; i < COLUMN_FIXED; i++)
		t->fixed[i] = -1;
	if (is_answer(t)) {
		problem_add(s->whole, MST_INTAKE_ANSWER, (problem_at){ .field = "" }, NULL);
		return;
	}
	for (i = 0; i < t->n_columns; i++)
		judge_column(s, i);
	preface_apply(&s->above, t, s->header_row, s->whole);
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const column_name *name = column_name_of(needed[i]);

		if (t->fixed[needed[i]] < 0 && t->above[needed[i]].len == 0 &&
			(needed[i] != COLUMN_PERIOD || s->above.values[PREFACE_PERIOD].len == 0))
			problem_add(s->whole, MST_INTAKE_COLUMN_MISSING,
				(problem_at){ .field = name->field },
				t->ask->english ? name->en : name->zh);
	}
}

static void
begin_table(sheet_rows *s, const sheet_row *row, column *columns)
{
	s->table.columns = columns;
	s->table.n_columns = row->n_cells;
	s->header_row = row->number;
}

static ms_status
look_for_header(sheet_rows *s, const sheet_row *row)
{
	uint32_t known;
	bool has_item;
	column *columns;

	if (++s->looked_at > SHEET_HEADER_LINES)
		return MS_NOT_FOUND;
	columns = match_columns(s, row, &known, &has_item);
	if (columns == NULL)
		return MS_NO_MEMORY;
	if (known > s->known || (has_item && known > 1)) {
		s->known = known;
		begin_table(s, row, columns);
	}
	if (!has_item || known < 2)
		return preface_take(&s->above, s->table.ask->plan, row, s->table.memory);
	s->state = SHEET_HEADED;
	return MS_OK;
}

/*
 * A second line of the header: under the item there is nothing, or the same again by a merge, and
 * every other cell is a column's name, or repeats the cell above. What stands over it is the name
 * of a group, be it a column's too.
 */
static bool
is_second_line(const sheet_rows *s, const sheet_row *row, const column *columns)
{
	uint32_t i, named = 0;

	for (i = 0; i < row->n_cells; i++) {
		const column *above = i < s->table.n_columns ? &s->table.columns[i] : NULL;
		bool same = above != NULL && columns[i].header[0] != 0 &&
			    strcmp(above->header, columns[i].header) == 0;

		if (columns[i].header[0] == 0 || same)
			continue;
		if (!is_known(&columns[i]) || (above != NULL && above->kind == COLUMN_ITEM))
			return false;
		named++;
	}
	return named > 0;
}

static ms_status
take_second_line(sheet_rows *s, const sheet_row *row, bool *taken)
{
	uint32_t known, i, n = s->table.n_columns;
	bool has_item;
	column *columns = match_columns(s, row, &known, &has_item), *both;

	*taken = false;
	if (columns == NULL)
		return MS_NO_MEMORY;
	if (!is_second_line(s, row, columns))
		return MS_OK;
	n = row->n_cells > n ? row->n_cells : n;
	both = arena_zalloc(s->table.memory, (n + 1) * sizeof(*both));
	if (both == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		bool below =
			i < row->n_cells && (i >= s->table.n_columns || columns[i].header[0] != 0);

		both[i] = below ? columns[i] : s->table.columns[i];
	}
	s->table.columns = both;
	s->table.n_columns = n;
	s->header_row = row->number;
	*taken = true;
	return MS_OK;
}

/* ---- a row ---- */

static ms_status
keep_cells(sheet_rows *s, const sheet_row *row, sheet_row *out, ms_error *err)
{
	arena *memory = s->table.memory;
	uint32_t i;

	for (i = 0; i < row->n_cells; i++) {
		s->bytes += row->cells[i].len;
		if (s->bytes > SHEET_TEXT_BYTES_MAX) {
			ms_fail(err, MS_FULL, MST_INTAKE_BOUND,
				"row %u: more than 8 MiB of text in the rows", row->number);
			ms_error_place(err, "line %u", row->number);
			return MS_FULL;
		}
		if (row->cells[i].len == 0)
			continue;
		out->cells[i] = fold_keep(memory, row->cells[i]);
		if (out->cells[i].at == NULL)
			return MS_NO_MEMORY;
	}
	return MS_OK;
}

/* A copy of ROW in the arena, to be judged later. */
static ms_status
keep_row(sheet_rows *s, const sheet_row *row, ms_error *err)
{
	arena *memory = s->table.memory;
	kept_row *kept = arena_zalloc(memory, sizeof(*kept));
	span marks = { 0 };
	ms_status st;

	if (kept == NULL)
		return MS_NO_MEMORY;
	kept->row = *row;
	kept->period = s->table.above[COLUMN_PERIOD];
	kept->row.cells = arena_zalloc(memory, (row->n_cells + 1) * sizeof(*kept->row.cells));
	if (row->marks != NULL)
		marks = arena_copy(memory, span_of(row->marks, row->n_cells));
	kept->row.marks = marks.at;
	if (kept->row.cells == NULL || (row->marks != NULL && marks.at == NULL))
		return MS_NO_MEMORY;
	st = keep_cells(s, row, &kept->row, err);
	if (s->last == NULL)
		s->first = kept;
	else
		s->last->next = kept;
	s->last = kept;
	return st;
}

/* The rows that end here, at the end of their table or where it was signed. */
static ms_status
judge_kept(sheet_rows *s)
{
	sheet_table table = s->table;
	const kept_row *k;
	intake_row made;
	ms_status st = MS_OK;

	preface_apply_names(&s->below, &table);
	preface_apply_names(&s->above, &table);
	for (k = s->first; k != NULL && st == MS_OK && s->whole->wrong == 0; k = k->next) {
		table.above[COLUMN_PERIOD] = k->period;
		st = row_read(&table, &k->row, &made);
		if (st == MS_OK)
			st = buf_add(s->rows, &made, sizeof(made));
	}
	s->first = s->last = NULL;
	s->below = (preface){ .values = { { 0 } } };
	s->is_signed = false;
	return st;
}

/* Nothing of the row is reported; a remark in it is not lost in silence. */
static void
note_unfilled(sheet_rows *s, const sheet_row *row)
{
	uint32_t i;

	for (i = 0; i < row->n_cells && i < s->table.n_columns; i++)
		if (row_has_remark(&s->table, row, i))
			problem_warn_expected(&s->notes, MST_CELL_NOT_TAKEN,
				(problem_at){ .column = s->table.columns[i].header,
					.cell = table_cell_name(&s->table, i, row->number),
					.field = "",
					.value = row->cells[i] },
				NULL);
}

/* A text alone in its row, as signatures are: no report, but said. */
static void
note_lone_text(sheet_rows *s, const sheet_row *row)
{
	uint32_t i;

	for (i = 0; i < row->n_cells; i++)
		if (row->cells[i].len > 0)
			problem_warn_expected(&s->notes, MST_ROW_PASSED,
				(problem_at){ .cell = table_cell_name(&s->table, i, row->number),
					.field = "",
					.value = row->cells[i] },
				NULL);
}

static ms_status
take_report(sheet_rows *s, const sheet_row *row, ms_error *err)
{
	ms_status st = MS_OK;

	if (row_is_unfilled(&s->table, row)) {
		note_unfilled(s, row);
		return MS_OK;
	}
	if (s->is_signed && s->first != NULL)
		st = judge_kept(s);
	return st == MS_OK ? keep_row(s, row, err) : st;
}

/* A line as above a table counts from there on, for the rows that follow and the next table; names
 * count for the rows above it too. */
static ms_status
take_labels(sheet_rows *s, const sheet_row *row)
{
	preface said = { .values = { { 0 } } };
	ms_status st = preface_take(&said, s->table.ask->plan, row, s->table.memory);

	s->is_signed = preface_move_names(&said, &s->below) || s->is_signed;
	preface_add(&s->above, &said);
	preface_apply(&s->above, &s->table, s->header_row, s->whole);
	return st;
}

/* Another table below the first, with columns of its own. */
static ms_status
take_header(sheet_rows *s, const sheet_row *row, bool *taken)
{
	uint32_t known;
	bool has_item;
	column *columns;
	preface last;

	*taken = false;
	if (s->tables == TABLES_MAX)
		return MS_OK;
	s->tables++;
	columns = match_columns(s, row, &known, &has_item);
	if (columns == NULL)
		return MS_NO_MEMORY;
	if (!has_item || known < 2)
		return MS_OK;
	last = s->below;
	if (judge_kept(s) != MS_OK)
		return MS_NO_MEMORY;
	preface_add(&s->above, &last);
	begin_table(s, row, columns);
	s->state = SHEET_HEADED;
	s->noted_at = ROW_NOTED_NOWHERE;
	*taken = true;
	return MS_OK;
}

static void
note_period(sheet_rows *s, span text)
{
	period at;

	if (text.len == 0 || !slot_period_of_any(s->table.ask->plan, text, &at))
		return;
	s->several = s->several || (s->when.kind != PERIOD_NONE && !period_equal(at, s->when));
	s->when = at;
}

static ms_status
take_row(sheet_rows *s, const sheet_row *row, ms_error *err)
{
	bool taken = false;
	ms_status st = MS_OK;

	note_period(s, row_cell_under(&s->table, row, COLUMN_PERIOD));
	if (s->whole->wrong > 0)
		return MS_OK;
	switch (row_kind_of(&s->table, row, &s->noted_at)) {
	case ROW_PASSED:
	case ROW_NOTE:
		return MS_OK;
	case ROW_LABELS:
		return take_labels(s, row);
	case ROW_HEADER:
		st = take_header(s, row, &taken);
		break;
	case ROW_LONE_TEXT:
		note_lone_text(s, row);
		return MS_OK;
	case ROW_REPORT:
		break;
	}
	return st != MS_OK || taken ? st : take_report(s, row, err);
}

ms_status
sheet_rows_take(void *ctx, const sheet_row *row, ms_error *err)
{
	sheet_rows *s = ctx;
	ms_status st = MS_OK;
	bool taken = false;

	if (is_blank(row))
		return MS_OK;
	if (s->state == SHEET_ABOVE) {
		st = look_for_header(s, row);
	} else {
		if (s->state == SHEET_HEADED) {
			st = take_second_line(s, row, &taken);
			if (st == MS_OK) {
				s->state = SHEET_BELOW;
				close_header(s);
			}
		}
		if (st == MS_OK && !taken)
			st = take_row(s, row, err);
	}
	if (st == MS_OK && s->whole->no_memory)
		st = MS_NO_MEMORY;
	return st == MS_NO_MEMORY ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
					    "no memory for the rows of a sheet")
				  : st;
}

ms_status
sheet_rows_end(sheet_rows *s, bool *found)
{
	*found = s->state != SHEET_ABOVE;
	if (s->state == SHEET_HEADED) {
		s->state = SHEET_BELOW;
		close_header(s);
	}
	if (s->when.kind == PERIOD_NONE)
		note_period(s, s->above.values[PREFACE_PERIOD]);
	return judge_kept(s) != MS_OK || s->whole->no_memory ? MS_NO_MEMORY : MS_OK;
}

void
sheet_rows_no_header(sheet_rows *s)
{
	if (s->known > 0)
		close_header(s);
	else
		problem_add(s->whole, MST_INTAKE_NO_HEADER, (problem_at){ .field = "" }, NULL);
}
