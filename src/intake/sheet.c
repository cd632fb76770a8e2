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
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "intake/csv_cell.h"
#include "intake/fold.h"

typedef struct cell_at {
	size_t at, len; /* in the row's text */
} cell_at;

typedef struct reader {
	const sheet_sink *sink;
	ms_error *err;
	ms_status failed;
	buf cells, text; /* the open row's cell_at[], and their texts one behind the other */
	size_t n_cells_all;
	uint32_t rows, number, line;
	uint32_t row_line, quote_line;
	uint32_t cells_before; /* cells closed before the line at hand */
	bool open, ended;      /* a row is open; the line at hand ended one */
} reader;

static uint32_t
cells_open(const reader *r)
{
	return (uint32_t)(r->cells.len / sizeof(cell_at));
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
	span trimmed = csv_cell_read(fold_trim(span_of(bytes, len)));
	cell_at cell = { .at = r->text.len, .len = trimmed.len };

	if (r->failed != MS_OK)
		return;
	if (len > SHEET_CELL_BYTES_MAX)
		fail_full(r, "bytes in a cell", SHEET_CELL_BYTES_MAX);
	else if (cells_open(r) == SHEET_COLUMNS_MAX)
		fail_full(r, "columns", SHEET_COLUMNS_MAX);
	else if (++r->n_cells_all > SHEET_CELLS_MAX)
		fail_full(r, "cells in the file", SHEET_CELLS_MAX);
	if (r->failed == MS_OK && (buf_add_span(&r->text, trimmed) != MS_OK ||
					  buf_add(&r->cells, &cell, sizeof(cell)) != MS_OK))
		fail_memory(r);
}

static void
give_row(reader *r)
{
	uint32_t n = cells_open(r), i;
	sheet_row row = { .number = r->number, .line = r->row_line, .n_cells = n };
	const cell_at *cells = (const cell_at *)(const void *)r->cells.at;
	span *spans = malloc((n + 1) * sizeof(*spans));

	if (spans == NULL) {
		fail_memory(r);
		return;
	}
	for (i = 0; i < n; i++)
		spans[i] = buf_part(&r->text, cells[i].at, cells[i].len);
	row.cells = spans;
	r->failed = r->sink->row(r->sink->ctx, &row, r->err);
	free(spans);
}

static void
take_row(int end, void *ctx)
{
	reader *r = ctx;

	(void)end;
	r->ended = true;
	if (r->failed == MS_OK && r->rows++ == SHEET_ROWS_MAX)
		fail_full(r, "rows", SHEET_ROWS_MAX);
	if (r->failed == MS_OK)
		give_row(r);
	buf_reset(&r->cells);
	buf_reset(&r->text);
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
sheet_read(span text, char delimiter, const sheet_sink *sink, ms_error *err)
{
	ms_error unheard = { 0 };
	reader r = { .sink = sink, .err = err == NULL ? &unheard : err };
	struct csv_parser csv;

	if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading CSV");
	csv_set_delim(&csv, (unsigned char)delimiter);
	csv_set_blk_size(&csv, 4096);
	read_lines(&r, &csv, text);
	csv_free(&csv);
	buf_fini(&r.cells);
	buf_fini(&r.text);
	return r.failed;
}

/* ---- the delimiter ---- */

enum { LINES_LOOKED_AT = 30 };

static const char delimiters[] = { ',', ';', '\t', '|' };

/* The first line of TEXT; a line break within quotes does not end it. */
static span
first_line(span text)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text.at[i] == '\n' || text.at[i] == '\r'))
			break;
	}
	return span_of(text.at, i);
}

/* Cells of LINE that ASKED says are headers, when it is cut at DELIMITER; *CUTS how often. */
static size_t
known_cells(
	span line, char delimiter, bool (*is_known)(void *ctx, span cell), void *ctx, size_t *cuts)
{
	size_t i, from = 0, known = 0;
	bool quoted = false;

	*cuts = 0;
	for (i = 0; i <= line.len; i++) {
		if (i < line.len && line.at[i] == '"')
			quoted = !quoted;
		if (i < line.len && (quoted || line.at[i] != (uint8_t)delimiter))
			continue;
		span cell = span_of(line.at + from, i - from);

		if (cell.len >= 2 && cell.at[0] == '"')
			cell = span_of(cell.at + 1, cell.len - 2);
		known += cell.len > 0 && is_known != NULL && is_known(ctx, cell);
		*cuts += i < line.len;
		from = i + 1;
		if (*cuts > SHEET_COLUMNS_MAX)
			break;
	}
	return known;
}

char
sheet_delimiter(span text, bool (*is_known)(void *ctx, span cell), void *ctx)
{
	size_t most_known = 1, most_cuts = 0, k;
	char by_known = 0, by_cuts = ',';
	unsigned lines = 0;

	while (text.len > 0 && lines < LINES_LOOKED_AT) {
		span line = first_line(text);

		if (fold_trim(line).len > 0) {
			for (k = 0; k < sizeof(delimiters); k++) {
				size_t cuts, known = known_cells(
						     line, delimiters[k], is_known, ctx, &cuts);

				if (known > most_known) {
					most_known = known;
					by_known = delimiters[k];
				}
				if (lines == 0 && cuts > most_cuts) {
					most_cuts = cuts;
					by_cuts = delimiters[k];
				}
			}
			lines++;
		}
		text = span_of(text.at + line.len, text.len - line.len);
		while (text.len > 0 && (text.at[0] == '\n' || text.at[0] == '\r'))
			text = span_of(text.at + 1, text.len - 1);
	}
	return by_known != 0 ? by_known : by_cuts;
}

const char *
sheet_cell_name(uint32_t column, uint32_t row, char out[SHEET_CELL_NAME_SIZE])
{
	char letters[4];
	unsigned n = 0;

	for (column++; column > 0 && n < sizeof(letters); column = (column - 1) / 26)
		letters[n++] = (char)('A' + (column - 1) % 26);
	out[0] = 0;
	for (unsigned i = 0; i < n; i++)
		out[i] = letters[n - 1 - i];
	snprintf(out + n, SHEET_CELL_NAME_SIZE - n, "%u", row);
	return out;
}
