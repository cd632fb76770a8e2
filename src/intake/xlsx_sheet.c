/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_sheet.c - a worksheet in two passes: merges stand behind the rows for which they count, so
 * the first pass reads them alone. Only the row at work is kept.
 */
#include "intake/xlsx_sheet.h"

#include <stdlib.h>

#include "base/text.h"
#include "intake/fold.h"
#include "intake/xlsx_number.h"
#include "intake/xlsx_xml.h"

enum { ROW_BYTES_MAX = 1 << 20, MERGED_BYTES_MAX = 1 << 20 };

typedef struct merge {
	uint32_t first_row, last_row, column;
	span text; /* own memory, once its first row has passed */
	uint8_t marks;
} merge;

typedef struct cell {
	uint32_t column;
	size_t at, len; /* in the row's text */
	uint8_t marks;
} cell;

typedef enum cell_type {
	TYPE_NUMBER = 0,
	TYPE_SHARED,
	TYPE_TEXT,
	TYPE_BOOL,
	TYPE_ERROR,
	TYPE_DATE
} cell_type;

typedef struct reader {
	const xlsx_sheet_ask *ask;
	const sheet_sink *sink;
	buf merges;           /* merge[] */
	buf cells, text;      /* cell[] and their texts of the row at work */
	buf spans, marks;     /* the row as it is handed on */
	buf value;            /* of the cell at work */
	uint32_t row, column; /* at work; column counts from 0 */
	uint32_t next_column;
	uint32_t rows_counted, rows_given;
	size_t cells_given, merged_bytes;
	unsigned phonetic;
	cell_type type;
	uint32_t style;
	bool in_data, in_row, in_cell, in_value, hidden;
	bool has_value, has_formula;
} reader;

static ms_status
no_memory(ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the rows of a sheet");
}

/* A failure at the cell at work. */
static ms_status
fail_here(const reader *r, unsigned code, const char *what, ms_error *err)
{
	ms_status s = code == MST_XLSX_BOUND || code == MST_INTAKE_BOUND ? MS_FULL : MS_INVALID;
	char name[SHEET_CELL_NAME_SIZE];

	sheet_cell_name(r->column, r->row, name);
	ms_fail(err, s, code, "cell %s: %s", name, what);
	ms_error_place(err, "%s", name);
	return s;
}

bool
xlsx_cell_place(const char *text, uint32_t *column, uint32_t *row, const char **rest)
{
	uint32_t c = 0, r = 0;

	for (; *text >= 'A' && *text <= 'Z' && c <= XLSX_COLUMNS_MAX; text++)
		c = 26 * c + (uint32_t)(*text - 'A' + 1);
	for (; *text >= '0' && *text <= '9' && r <= XLSX_ROWS_MAX; text++)
		r = 10 * r + (uint32_t)(*text - '0');
	if (c == 0 || c > XLSX_COLUMNS_MAX || r == 0 || r > XLSX_ROWS_MAX)
		return false;
	*column = c - 1;
	*row = r;
	*rest = text;
	return true;
}

/* ---- the first pass ---- */

static ms_status
fail_merges(ms_status s, const char *what, ms_error *err)
{
	ms_fail(err, s, s == MS_FULL ? MST_XLSX_BOUND : MST_XLSX_BROKEN, "%s", what);
	ms_error_place(err, "mergeCells");
	return s;
}

static ms_status
take_merge(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	reader *r = ctx;
	const char *ref = xml_attribute(attributes, "ref"), *rest;
	merge m = { 0 };
	uint32_t last_column;

	if (strcmp(name, "row") == 0 && ++r->rows_counted > XLSX_ROWS_MAX) {
		ms_fail(err, MS_FULL, MST_XLSX_BOUND, "more rows than a sheet has");
		ms_error_place(err, "row");
		return MS_FULL;
	}
	if (strcmp(name, "mergeCell") != 0)
		return MS_OK;
	if (ref == NULL || !xlsx_cell_place(ref, &m.column, &m.first_row, &rest))
		return fail_merges(MS_INVALID, "a merge of cells without place", err);
	if (*rest != ':')
		return MS_OK;
	if (!xlsx_cell_place(rest + 1, &last_column, &m.last_row, &rest))
		return fail_merges(MS_INVALID, "a merge of cells without place", err);
	if (m.last_row <= m.first_row)
		return MS_OK;
	if (r->merges.len / sizeof(m) == XLSX_MERGES_MAX)
		return fail_merges(MS_FULL, "more than 4096 merged cells", err);
	return buf_add(&r->merges, &m, sizeof(m)) == MS_OK ? MS_OK : no_memory(err);
}

/* ---- a row ---- */

static merge *
merges(const reader *r, size_t *n)
{
	*n = r->merges.len / sizeof(merge);
	return (merge *)(void *)r->merges.at;
}

/* Keep what a merge says that begins in this row. */
static ms_status
begin_merges(reader *r, const cell *cells, size_t n_cells, ms_error *err)
{
	size_t n, i, k;
	merge *list = merges(r, &n);

	for (i = 0; i < n; i++) {
		if (list[i].first_row != r->row || list[i].text.at != NULL)
			continue;
		for (k = 0; k < n_cells; k++) {
			uint8_t *kept;

			if (cells[k].column != list[i].column)
				continue;
			list[i].marks = cells[k].marks;
			if (cells[k].len == 0)
				continue;
			r->merged_bytes += cells[k].len;
			if (r->merged_bytes > MERGED_BYTES_MAX)
				return fail_here(
					r, MST_XLSX_BOUND, "more than 1 MiB in merged cells", err);
			kept = malloc(cells[k].len);
			if (kept == NULL)
				return no_memory(err);
			memcpy(kept, r->text.at + cells[k].at, cells[k].len);
			list[i].text = span_of(kept, cells[k].len);
		}
	}
	return MS_OK;
}

/* Has M begun above the row at work, with something that counts in this row too? */
static bool
goes_on(const reader *r, const merge *m)
{
	return (m->text.len > 0 || m->marks != 0) && r->row > m->first_row && r->row <= m->last_row;
}

/* Columns that the row has when what merges give it is counted. */
static uint32_t
columns_of(const reader *r, const cell *cells, size_t n_cells)
{
	uint32_t columns = n_cells == 0 ? 0 : cells[n_cells - 1].column + 1;
	size_t n, i;
	const merge *list = merges(r, &n);

	for (i = 0; i < n; i++)
		if (goes_on(r, &list[i]) && list[i].column >= columns &&
			list[i].column < SHEET_COLUMNS_MAX)
			columns = list[i].column + 1;
	return columns;
}

static void
fill_merges(const reader *r, span *spans, uint8_t *marks, uint32_t columns)
{
	size_t n, i;
	const merge *list = merges(r, &n);

	for (i = 0; i < n; i++) {
		uint32_t at = list[i].column;

		if (!goes_on(r, &list[i]) || at >= columns || spans[at].len > 0)
			continue;
		spans[at] = list[i].text;
		marks[at] = list[i].marks;
	}
}

static ms_status
give_row(reader *r, ms_error *err)
{
	const cell *cells = (const cell *)(const void *)r->cells.at;
	size_t n_cells = r->cells.len / sizeof(*cells), i;
	uint32_t columns = columns_of(r, cells, n_cells);
	sheet_row row = { .number = r->row, .n_cells = columns, .hidden = r->hidden };
	span *spans;
	uint8_t *marks;

	buf_reset(&r->spans);
	buf_reset(&r->marks);
	if (buf_reserve(&r->spans, (columns + 1) * sizeof(*spans)) != MS_OK ||
		buf_reserve(&r->marks, columns + 1) != MS_OK)
		return no_memory(err);
	spans = (span *)(void *)r->spans.at;
	marks = r->marks.at;
	memset(spans, 0, columns * sizeof(*spans));
	memset(marks, 0, columns);
	for (i = 0; i < n_cells; i++) {
		spans[cells[i].column] = fold_trim(buf_part(&r->text, cells[i].at, cells[i].len));
		marks[cells[i].column] = cells[i].marks;
	}
	fill_merges(r, spans, marks, columns);
	row.cells = spans;
	row.marks = marks;
	return r->sink->row(r->sink->ctx, &row, err);
}

static ms_status
end_row(reader *r, ms_error *err)
{
	ms_status s;

	r->in_row = false;
	if (r->cells.len == 0)
		return MS_OK;
	if (++r->rows_given > SHEET_ROWS_MAX) {
		r->column = 0;
		return fail_here(
			r, MST_INTAKE_BOUND, "more than 10000 rows that are not empty", err);
	}
	s = begin_merges(
		r, (const cell *)(const void *)r->cells.at, r->cells.len / sizeof(cell), err);
	return s == MS_OK ? give_row(r, err) : s;
}

static ms_status
start_row(reader *r, const char *const *attributes, ms_error *err)
{
	uint32_t row = xml_number(attributes, "r", UINT32_MAX, r->row + 1);

	r->column = 0;
	if (r->in_row)
		return fail_here(r, MST_XLSX_UNSAFE, "a row within a row", err);
	if (row <= r->row)
		return fail_here(r, MST_XLSX_BROKEN, "the rows are not in order", err);
	r->row = row;
	if (row > XLSX_ROWS_MAX)
		return fail_here(r, MST_XLSX_BOUND, "beyond the last row of a sheet", err);
	r->in_row = true;
	r->next_column = 0;
	r->hidden = xml_truth(attributes, "hidden");
	buf_reset(&r->cells);
	buf_reset(&r->text);
	return MS_OK;
}

/* ---- a cell ---- */

static cell_type
type_of(const char *t)
{
	static const struct {
		const char *word;
		cell_type type;
	} words[] = {
		{ "s", TYPE_SHARED },
		{ "str", TYPE_TEXT },
		{ "inlineStr", TYPE_TEXT },
		{ "b", TYPE_BOOL },
		{ "e", TYPE_ERROR },
		{ "d", TYPE_DATE },
	};
	size_t i;

	for (i = 0; t != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(t, words[i].word) == 0)
			return words[i].type;
	return TYPE_NUMBER;
}

static ms_status
fail_outside(ms_error *err)
{
	ms_fail(err, MS_INVALID, MST_XLSX_UNSAFE, "a cell outside of a row");
	ms_error_place(err, "sheetData");
	return MS_INVALID;
}

static ms_status
start_cell(reader *r, const char *const *attributes, ms_error *err)
{
	const char *ref = xml_attribute(attributes, "r"), *rest;
	uint32_t column = r->next_column, row = r->row;

	if (r->in_cell)
		return fail_here(r, MST_XLSX_UNSAFE, "a cell within a cell", err);
	if (!r->in_row)
		return fail_outside(err);
	if (ref != NULL && (!xlsx_cell_place(ref, &column, &row, &rest) || *rest != 0 ||
				   row != r->row || column < r->next_column))
		return fail_here(r, MST_XLSX_BROKEN, "the cells are not in order", err);
	r->column = column;
	r->next_column = column + 1;
	r->type = type_of(xml_attribute(attributes, "t"));
	r->style = xml_number(attributes, "s", UINT32_MAX, 0);
	r->in_cell = true;
	r->has_value = r->has_formula = false;
	r->phonetic = 0;
	buf_reset(&r->value);
	return MS_OK;
}

/* A stored number as its style means it. */
static ms_status
add_number(reader *r, span stored, uint8_t *marks)
{
	static const number_style plain = { .before = "", .behind = "" };
	const number_style *style =
		r->style < r->ask->styles->n ? &r->ask->styles->list[r->style] : &plain;
	char number[XLSX_NUMBER_SIZE];
	bool ok;

	if (style->kind == STYLE_DATE)
		ok = xlsx_date(stored, r->ask->base_1904, number);
	else if (style->kind == STYLE_EXPONENT)
		ok = xlsx_exponent(stored, number);
	else
		ok = xlsx_number(
			stored, r->has_formula, style->kind == STYLE_PERCENT ? 2 : 0, number);

	if (!ok)
		return buf_add_span(&r->text, stored);
	if (style->kind == STYLE_DATE)
		return buf_add_text(&r->text, number);
	if (style->kind == STYLE_SCALED)
		*marks |= CELL_SCALED;
	buf_add_text(&r->text, style->before);
	buf_add_text(&r->text, number);
	buf_add_text(&r->text, style->kind == STYLE_PERCENT ? "%" : "");
	return buf_add_text(&r->text, style->behind);
}

static ms_status
add_shared(reader *r, span number, ms_error *err)
{
	uint64_t at;
	span text;

	if (!text_uint(number, UINT32_MAX, &at) ||
		!xlsx_strings_at(r->ask->strings, (uint32_t)at, &text))
		return fail_here(r, MST_XLSX_BROKEN, "points to a text that is not there", err);
	if (buf_add_span(&r->text, text) != MS_OK)
		return no_memory(err);
	return MS_OK;
}

static ms_status
add_text(reader *r, span value, uint8_t *marks, ms_error *err)
{
	ms_status s = MS_OK;

	switch (r->type) {
	case TYPE_SHARED:
		return add_shared(r, fold_trim(value), err);
	case TYPE_NUMBER:
		s = add_number(r, fold_trim(value), marks);
		break;
	case TYPE_BOOL:
		s = buf_add_text(&r->text, value.len == 1 && value.at[0] == '1' ? "TRUE" : "FALSE");
		break;
	case TYPE_DATE: /* 2012-05-01T00:00:00 */
		s = buf_add_span(&r->text,
			span_of(value.at, value.len > 10 && value.at[10] == 'T' ? 10 : value.len));
		break;
	case TYPE_ERROR:
		s = buf_add_span(&r->text, value);
		break;
	case TYPE_TEXT:
		s = xlsx_unescape(value, &r->text);
		break;
	}
	return s == MS_OK ? s : no_memory(err);
}

static ms_status
end_cell(reader *r, ms_error *err)
{
	cell made = { .column = r->column, .at = r->text.len };
	ms_status s = MS_OK;

	r->in_cell = false;
	if (r->has_formula)
		made.marks = r->has_value ? CELL_COMPUTED : CELL_NOT_COMPUTED;
	if (r->has_value && r->value.len > 0)
		s = add_text(r, buf_span(&r->value), &made.marks, err);
	made.len = r->text.len - made.at;
	if (s != MS_OK || (made.len == 0 && made.marks != CELL_NOT_COMPUTED))
		return s;
	if (made.len > SHEET_CELL_BYTES_MAX)
		return fail_here(r, MST_INTAKE_BOUND, "more than 128 KiB in a cell", err);
	if (made.column >= SHEET_COLUMNS_MAX)
		return fail_here(r, MST_INTAKE_BOUND, "more than 512 columns", err);
	if (r->text.len > ROW_BYTES_MAX)
		return fail_here(r, MST_INTAKE_BOUND, "more than 1 MiB in a row", err);
	if (++r->cells_given > SHEET_CELLS_MAX)
		return fail_here(r, MST_INTAKE_BOUND, "more than a million cells", err);
	return buf_add(&r->cells, &made, sizeof(made)) == MS_OK ? MS_OK : no_memory(err);
}

/* ---- events of the second pass ---- */

static ms_status
start(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	reader *r = ctx;

	if (strcmp(name, "sheetData") == 0) {
		r->in_data = true;
	} else if (!r->in_data) {
		return MS_OK;
	} else if (strcmp(name, "row") == 0) {
		return start_row(r, attributes, err);
	} else if (strcmp(name, "c") == 0) {
		return start_cell(r, attributes, err);
	} else if (r->in_cell && strcmp(name, "f") == 0) {
		r->has_formula = true;
	} else if (strcmp(name, "rPh") == 0) {
		r->phonetic++;
	} else if (r->in_cell && (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)) {
		r->in_value = r->phonetic == 0;
		r->has_value = true;
	}
	return MS_OK;
}

static ms_status
end(void *ctx, const char *name, ms_error *err)
{
	reader *r = ctx;

	if (strcmp(name, "sheetData") == 0)
		r->in_data = false;
	else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		r->in_value = false;
	else if (strcmp(name, "rPh") == 0 && r->phonetic > 0)
		r->phonetic--;
	else if (r->in_cell && strcmp(name, "c") == 0)
		return end_cell(r, err);
	else if (r->in_data && strcmp(name, "row") == 0)
		return end_row(r, err);
	return MS_OK;
}

static ms_status
text(void *ctx, span piece, ms_error *err)
{
	reader *r = ctx;

	if (!r->in_value)
		return MS_OK;
	if (r->value.len + piece.len > SHEET_CELL_BYTES_MAX)
		return fail_here(r, MST_INTAKE_BOUND, "more than 128 KiB in a cell", err);
	return buf_add_span(&r->value, piece) == MS_OK ? MS_OK : no_memory(err);
}

static void
reader_fini(reader *r)
{
	size_t n, i;
	merge *list = merges(r, &n);

	for (i = 0; i < n; i++)
		free((void *)(uintptr_t)list[i].text.at);
	buf_fini(&r->merges);
	buf_fini(&r->cells);
	buf_fini(&r->text);
	buf_fini(&r->spans);
	buf_fini(&r->marks);
	buf_fini(&r->value);
}

ms_status
xlsx_sheet_rows(package *p, const char *name, const xlsx_sheet_ask *ask, const sheet_sink *sink,
	ms_error *err)
{
	reader r = { .ask = ask, .sink = sink };
	xml_events first = { .start = take_merge, .ctx = &r };
	xml_events second = { .start = start, .end = end, .text = text, .ctx = &r };
	uint64_t mark = package_inflated(p);
	ms_status s = xml_read(p, name, &first, err);

	package_inflated_back(p, mark);
	if (s == MS_OK)
		s = xml_read(p, name, &second, err);
	reader_fini(&r);
	return s;
}
