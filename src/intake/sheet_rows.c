/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/sheet_rows.h"

#include "intake/fold.h"
#include "intake/slot_text.h"

enum { TOTAL_BYTES_MAX = 24 };

void
sheet_rows_begin(sheet_rows *s, const intake_ask *ask, arena *memory, buf *rows, problems *whole)
{
	*s = (sheet_rows){
		.table = { .ask = ask, .memory = memory }, .rows = rows, .whole = whole
	};
}

static span
cell_at(const sheet_row *row, int at)
{
	return at < 0 || (uint32_t)at >= row->n_cells ? (span){ 0 } : row->cells[at];
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
	column *out = arena_zalloc(s->table.memory, (row->n_cells + 1) * sizeof *out);
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

/* The columns are known: judge them, and what stands above them. */
static void
close_header(sheet_rows *s)
{
	static const column_kind needed[] = { COLUMN_ITEM, COLUMN_PERIOD };
	sheet_table *t = &s->table;
	uint32_t i;

	for (i = 0; i < COLUMN_FIXED; i++)
		t->fixed[i] = -1;
	for (i = 0; i < t->n_columns; i++)
		judge_column(s, i);
	preface_apply(&s->above, t, s->header_row, s->whole);
	for (i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		const column_name *name = column_name_of(needed[i]);

		if (t->fixed[needed[i]] < 0 && t->above[needed[i]].len == 0 &&
			(needed[i] != COLUMN_PERIOD || s->above.values[PREFACE_PERIOD].len == 0))
			problem_add(s->whole, MST_INTAKE_COLUMN_MISSING,
				(problem_at){ .field = name->field },
				t->ask->english ? name->en : name->zh);
	}
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
		s->table.columns = columns;
		s->table.n_columns = row->n_cells;
		s->header_row = row->number;
	}
	if (!has_item || known < 2)
		return preface_take(&s->above, s->table.ask->plan, row, s->table.memory);
	s->state = SHEET_HEADED;
	return MS_OK;
}

/*
 * A second line of the header: under the item there is nothing, or the same again by a merge, and
 * every other cell is a column's name, or repeats the cell above.
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
		if (!is_known(&columns[i]) || (above != NULL && above->kind <= COLUMN_FIXED))
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
	both = arena_zalloc(s->table.memory, (n + 1) * sizeof *both);
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

/* ---- rows that are none ---- */

/* The first cell that says something. */
static span
first_cell(const sheet_row *row, uint32_t *filled)
{
	span first = { 0 };
	uint32_t i;

	*filled = 0;
	for (i = 0; i < row->n_cells; i++) {
		if (row->cells[i].len == 0)
			continue;
		if (first.len == 0)
			first = row->cells[i];
		(*filled)++;
	}
	return first;
}

/* 合计, 小计:, 全市总计; not a sentence that begins so. */
static bool
is_total(span text)
{
	static const char *const words[] = { "合计", "小计", "总计", "共计", "total", "subtotal" };
	char key[TOTAL_BYTES_MAX + 1];
	size_t i, len;

	if (!fold_key(text, key, sizeof key))
		return false;
	len = strlen(key);
	if (len > 0 && key[len - 1] == ':')
		key[--len] = 0;
	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = strlen(words[i]);

		if (len >= n &&
			(memcmp(key, words[i], n) == 0 || memcmp(key + len - n, words[i], n) == 0))
			return true;
	}
	return false;
}

static bool
is_note(span text)
{
	static const char *const words[] = { "注:", "注：", "注1", "备注", "说明", "附注",
		"填表说明", "填报说明", "填报要求", "注意", "note", "Note", "NOTE", "remark",
		"Remark", "※", "*" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text.len >= strlen(words[i]) &&
			memcmp(text.at, words[i], strlen(words[i])) == 0)
			return true;
	return preface_is_label(text);
}

/* 甲 乙 1 2, or the header once more on a new page. */
static bool
is_repeated(const sheet_rows *s, span item)
{
	static const fold_word marks[] = { { "甲", 1 }, { "栏次", 1 }, { NULL, 0 } };
	int at = s->table.fixed[COLUMN_ITEM];

	return fold_find(marks, item) == 1 ||
	       (item.len > 0 && at >= 0 && span_equal(item, span_str(s->table.columns[at].header)));
}

/* Does the row itself say for which period it is? Then it is meant as a report. */
static bool
has_period(const sheet_rows *s, const sheet_row *row)
{
	period at;

	return slot_period(s->table.ask->plan, cell_at(row, s->table.fixed[COLUMN_PERIOD]), &at);
}

/* No report, and not meant to be one. What may be meant as one is judged, and refused by its item.
 */
static bool
is_passed_over(sheet_rows *s, const sheet_row *row)
{
	span item = cell_at(row, s->table.fixed[COLUMN_ITEM]);
	uint32_t filled;
	span first = first_cell(row, &filled);

	if (item.len > 0 && slot_item(s->table.ask->plan, item) >= 0)
		return false;
	if (is_total(item) || (item.len == 0 && is_total(first)) || is_repeated(s, item))
		return true;
	if (has_period(s, row))
		return false;
	if (is_note(item) || (item.len == 0 && is_note(first))) {
		s->state = SHEET_NOTED;
		return true;
	}
	return s->state == SHEET_NOTED && filled <= 1;
}

/* ---- a row ---- */

/* A copy of ROW in the arena. */
static ms_status
keep_row(sheet_rows *s, const sheet_row *row, sheet_row *out, ms_error *err)
{
	arena *memory = s->table.memory;
	uint32_t i;

	*out = *row;
	out->cells = arena_zalloc(memory, (row->n_cells + 1) * sizeof *out->cells);
	if (out->cells == NULL)
		return MS_NO_MEMORY;
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

static ms_status
take_report(sheet_rows *s, const sheet_row *row, ms_error *err)
{
	intake_row made;
	sheet_row kept;
	ms_status st;

	if (s->whole->wrong > 0 || is_passed_over(s, row) || row_is_unfilled(&s->table, row))
		return MS_OK;
	st = keep_row(s, row, &kept, err);
	if (st == MS_OK)
		st = row_read(&s->table, &kept, &made);
	if (st == MS_OK)
		st = buf_add(s->rows, &made, sizeof made);
	return st;
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
			st = take_report(s, row, err);
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
	return s->whole->no_memory ? MS_NO_MEMORY : MS_OK;
}

void
sheet_rows_no_header(sheet_rows *s)
{
	if (s->known > 0)
		close_header(s);
	else
		problem_add(s->whole, MST_INTAKE_NO_HEADER, (problem_at){ .field = "" }, NULL);
}
