/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.c - libcsv, fed line by line.
 *
 * libcsv knows no places. Between two physical lines we do: the row that is open, how many of its
 * cells are closed, and so on which line an open quote began. That is what a clerk needs who forgot
 * to close one 300 rows above the row in which it shows.
 */
#include "intake/sheet.h"

#include <csv.h>

#include "base/buf.h"
#include "intake/fold.h"

typedef struct reader {
	arena *memory;
	ms_error *err;
	ms_status failed;
	buf rows, cells; /* sheet_row[], the open row's span[] */
	size_t n_cells_all;
	uint32_t number, line;
	uint32_t row_line, quote_line;
	uint32_t cells_before; /* cells closed before the line at hand */
	bool open, ended;      /* a row is open; the line at hand ended one */
} reader;

static uint32_t
cells_open(const reader *r)
{
	return (uint32_t)(r->cells.len / sizeof(span));
}

static void
fail_full(reader *r, const char *what, size_t bound)
{
	if (r->failed != MS_OK)
		return;
	r->failed = ms_fail(r->err, MS_FULL, MST_INTAKE_BOUND, "row %u: more than %zu %s",
		r->number, bound, what);
	ms_error_place(r->err, "line %u", r->row_line);
	ms_error_remedy(r->err, "split the file");
}

static void
fail_memory(reader *r)
{
	if (r->failed == MS_OK)
		r->failed = ms_fail(
			r->err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the rows of a sheet");
}

static void
take_cell(void *bytes, size_t len, void *ctx)
{
	reader *r = ctx;
	span cell;

	if (r->failed != MS_OK)
		return;
	if (len > SHEET_CELL_BYTES_MAX)
		fail_full(r, "bytes in a cell", SHEET_CELL_BYTES_MAX);
	else if (cells_open(r) == SHEET_COLUMNS_MAX)
		fail_full(r, "columns", SHEET_COLUMNS_MAX);
	else if (++r->n_cells_all > SHEET_CELLS_MAX)
		fail_full(r, "cells in the file", SHEET_CELLS_MAX);
	if (r->failed != MS_OK)
		return;
	cell = fold_keep(r->memory, fold_trim(span_of(bytes, len)));
	if (cell.at == NULL || buf_add(&r->cells, &cell, sizeof cell) != MS_OK)
		fail_memory(r);
}

static void
take_row(int end, void *ctx)
{
	reader *r = ctx;
	sheet_row row = { .number = r->number, .line = r->row_line, .n_cells = cells_open(r) };

	(void)end;
	r->ended = true;
	if (r->failed != MS_OK)
		return;
	if (r->rows.len / sizeof row == SHEET_ROWS_MAX) {
		fail_full(r, "rows", SHEET_ROWS_MAX);
		return;
	}
	row.cells = arena_alloc(r->memory, r->cells.len + 1);
	if (row.cells == NULL || buf_add(&r->rows, &row, sizeof row) != MS_OK) {
		fail_memory(r);
		return;
	}
	if (r->cells.len > 0)
		memcpy(row.cells, r->cells.at, r->cells.len);
	buf_reset(&r->cells);
}

static size_t
line_length(span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.at[i] == '\n')
			return i + 1;
		if (text.at[i] == '\r')
			return i + 1 < text.len && text.at[i + 1] == '\n' ? i + 2 : i + 1;
	}
	return text.len;
}

static char
find_delimiter(span text)
{
	static const char candidates[] = { ',', ';', '\t' };
	size_t counts[sizeof candidates] = { 0 }, i, k, best = 0;
	bool quoted = false, seen = false;

	for (i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			quoted = !quoted;
		if (seen && !quoted && (text.at[i] == '\n' || text.at[i] == '\r'))
			break;
		seen = seen || text.at[i] > ' ';
		for (k = 0; k < sizeof candidates; k++)
			counts[k] += !quoted && text.at[i] == (uint8_t)candidates[k];
	}
	for (k = 1; k < sizeof candidates; k++)
		if (counts[k] > counts[best])
			best = k;
	return candidates[best];
}

/* A quote is wrong: opened on an earlier line and never closed right, or one on this line. */
static void
fail_quotes(reader *r)
{
	bool earlier = r->open && cells_open(r) == r->cells_before;
	uint32_t line = earlier ? r->quote_line : r->line;

	if (r->failed != MS_OK)
		return;
	r->failed = ms_fail(r->err, MS_INVALID, MST_INTAKE_QUOTES,
		"line %u, column %u: the quote that opens there is not closed, or a quote stands "
		"inside a cell",
		line, cells_open(r) + 1);
	ms_error_place(r->err, "line %u, column %u", line, cells_open(r) + 1);
	ms_error_remedy(
		r->err, "write a quote inside a cell twice (\"\"), and close what is opened");
}

/* Feed one physical line. */
static void
take_line(reader *r, struct csv_parser *csv, span line)
{
	r->line++;
	r->ended = false;
	r->cells_before = cells_open(r);
	if (!r->open) {
		r->number++;
		r->row_line = r->line;
	}
	if (csv_parse(csv, line.at, line.len, take_cell, take_row, r) != line.len) {
		if (csv_error(csv) == CSV_EPARSE)
			fail_quotes(r);
		else
			fail_memory(r);
		return;
	}
	if (r->ended || (!r->open && fold_trim(line).len == 0 && cells_open(r) == 0)) {
		r->open = false;
		return;
	}
	/* the row goes on in the next line: inside a quote, which opened here unless no cell was
	 * closed since the line before */
	if (!r->open || cells_open(r) > r->cells_before)
		r->quote_line = r->line;
	r->open = true;
}

static void
read_lines(reader *r, struct csv_parser *csv, span text)
{
	while (text.len > 0 && r->failed == MS_OK) {
		size_t len = line_length(text);

		take_line(r, csv, span_of(text.at, len));
		text = span_of(text.at + len, text.len - len);
	}
	r->cells_before = cells_open(r);
	if (r->failed == MS_OK && csv_fini(csv, take_cell, take_row, r) != 0) {
		if (csv_error(csv) == CSV_EPARSE)
			fail_quotes(r);
		else
			fail_memory(r);
	}
}

ms_status
sheet_read(span text, arena *memory, sheet *out, ms_error *err)
{
	reader r = { .memory = memory, .err = err };
	struct csv_parser csv;
	sheet got = { .delimiter = find_delimiter(text) };

	if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading CSV");
	csv_set_delim(&csv, (unsigned char)got.delimiter);
	csv_set_blk_size(&csv, 4096);
	read_lines(&r, &csv, text);
	csv_free(&csv);
	if (r.failed == MS_OK) {
		got.n_rows = (uint32_t)(r.rows.len / sizeof(sheet_row));
		got.rows = arena_alloc(memory, r.rows.len + 1);
		if (got.rows == NULL)
			fail_memory(&r);
		else if (r.rows.len > 0)
			memcpy(got.rows, r.rows.at, r.rows.len);
	}
	if (r.failed == MS_OK)
		*out = got;
	buf_fini(&r.rows);
	buf_fini(&r.cells);
	return r.failed;
}
