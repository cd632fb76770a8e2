/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - cells are copied as they are shown: a text of several lines stays in its row. */
#include "base/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/shown.h"
#include "base/text.h"
#include "base/wrap.h"

enum {
	GAP = 2,           /* between columns; one where that is enough for the whole table */
	INDENT_MAX = 6,    /* of the lines of a row behind its first */
	HEAD_LEAST = 6,    /* no heading is wrapped into less */
	EASY_TO_READ = 16, /* no text is wrapped into less */
	SCREEN_MIN = 20,   /* no terminal has less */
};

void
table_add(table *t, span cell)
{
	char *text;

	if (t->n == t->room) {
		size_t room = t->room == 0 ? 64 : t->room * 2;
		span *cells = realloc(t->cells, room * sizeof(*cells));

		if (cells == NULL) {
			t->failed = true;
			return;
		}
		t->cells = cells;
		t->room = room;
	}
	text = arena_text(&t->texts, cell);
	if (text == NULL) {
		t->failed = true;
		return;
	}
	shown_line(text);
	t->cells[t->n++] = span_str(text);
}

void
table_text(table *t, const char *cell)
{
	table_add(t, span_str(cell));
}

void
table_addf(table *t, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	table_text(t, text);
}

void
table_begin(table *t, const table_column *columns, unsigned n)
{
	unsigned i;

	MS_ASSERT(n > 0 && n <= TABLE_COLUMNS_MAX);
	t->columns = columns;
	t->n_columns = n;
	for (i = 0; i < n; i++)
		table_text(t, tr(columns[i].head));
}

size_t
table_rows(const table *t)
{
	return t->n < t->n_columns ? 0 : t->n / t->n_columns - 1;
}

/* ---- which column stands where ---- */

#define WRAPPED (UINT64_C(1) << 32)
#define CANNOT UINT64_MAX

/* How a row is laid out: its columns, in their order, in one line or several. */
typedef struct layout {
	unsigned screen, gap, indent, lines;
	unsigned natural[TABLE_COLUMNS_MAX]; /* what its widest cell takes */
	unsigned least[TABLE_COLUMNS_MAX];   /* with its texts wrapped */
	unsigned width[TABLE_COLUMNS_MAX];
	unsigned begin[TABLE_COLUMNS_MAX + 1]; /* the first column of each line */
} layout;

static unsigned
at_most(unsigned n, unsigned limit)
{
	return n < limit ? n : limit;
}

static unsigned
at_least(unsigned n, unsigned limit)
{
	return n > limit ? n : limit;
}

static void
measure(const table *t, layout *l)
{
	unsigned body[TABLE_COLUMNS_MAX] = { 0 }, c;
	size_t i;

	for (i = 0; i < t->n; i++) {
		unsigned w = text_width(t->cells[i]);

		c = (unsigned)(i % t->n_columns);
		l->natural[c] = at_least(l->natural[c], w);
		if (i >= t->n_columns)
			body[c] = at_least(body[c], w);
		if (l->screen > 0)
			l->least[c] = at_least(l->least[c], wrap_piece(t->cells[i]));
	}
	l->indent = at_most(l->natural[0] + l->gap, INDENT_MAX);
	for (c = 0; c < t->n_columns; c++) {
		l->least[c] = at_least(l->least[c], at_most(body[c], EASY_TO_READ));
		l->least[c] = at_least(l->least[c], at_most(l->natural[c], HEAD_LEAST));
		if (l->screen > 0)
			l->least[c] = at_most(l->least[c], l->screen - l->indent);
	}
}

/* Columns that those from BEGIN to END take side by side. */
static unsigned
side_by_side(const layout *l, const unsigned *wide, unsigned begin, unsigned end)
{
	unsigned sum = begin == 0 ? 0 : l->indent, c;

	for (c = begin; c < end; c++)
		sum += wide[c] + (c == begin ? 0 : l->gap);
	return sum;
}

/* Narrow the widest of those from BEGIN to END until they fit. */
static void
fit_line(layout *l, unsigned begin, unsigned end)
{
	unsigned c;

	memcpy(l->width + begin, l->natural + begin, (end - begin) * sizeof(*l->width));
	while (side_by_side(l, l->width, begin, end) > l->screen) {
		unsigned widest = end;

		for (c = begin; c < end; c++)
			if (l->width[c] > l->least[c] &&
				(widest == end || l->width[c] > l->width[widest]))
				widest = c;
		if (widest == end)
			return;
		l->width[widest]--;
	}
}

/* What it costs to put the columns from BEGIN to END into a line: what has to be wrapped, in units
 * of WRAPPED, and behind that its width, so that lines are alike. CANNOT: they do not fit. */
static uint64_t
line_cost(const layout *l, unsigned begin, unsigned end)
{
	unsigned all = side_by_side(l, l->natural, begin, end);

	if (side_by_side(l, l->least, begin, end) > l->screen)
		return CANNOT;
	if (all <= l->screen)
		return (uint64_t)all * all;
	return (all - l->screen) * WRAPPED + (uint64_t)l->screen * l->screen;
}

/* Put the columns into LINES lines at the least cost, which is returned. */
static uint64_t
break_row(layout *l, unsigned columns, unsigned lines)
{
	uint64_t cost[TABLE_COLUMNS_MAX + 1][TABLE_COLUMNS_MAX + 1];
	unsigned from[TABLE_COLUMNS_MAX + 1][TABLE_COLUMNS_MAX + 1] = { { 0 } }, k, c, b;

	memset(cost, 0xFF, sizeof(cost));
	cost[0][0] = 0;
	for (k = 1; k <= lines; k++)
		for (c = k; c <= columns; c++)
			for (b = k - 1; b < c; b++) {
				uint64_t one = line_cost(l, b, c);

				if (one == CANNOT || cost[k - 1][b] == CANNOT ||
					cost[k - 1][b] + one > cost[k][c])
					continue;
				cost[k][c] = cost[k - 1][b] + one;
				from[k][c] = b;
			}
	l->lines = lines;
	l->begin[lines] = c = columns;
	for (k = lines; k > 0 && cost[lines][columns] != CANNOT; k--)
		l->begin[k - 1] = c = from[k][c];
	return cost[lines][columns];
}

/* How many lines the rows take, without the heading. */
static size_t
count_lines(const table *t, const layout *l)
{
	size_t sum = 0, row;
	unsigned k, c;

	for (k = 0; k < l->lines; k++)
		for (row = t->n_columns; row + t->n_columns <= t->n; row += t->n_columns) {
			size_t most = 1, n;

			for (c = l->begin[k]; c < l->begin[k + 1]; c++) {
				n = wrap_count(t->cells[row + c], l->width[c]);
				most = n > most ? n : most;
			}
			sum += most;
		}
	return sum;
}

/* How hard it is to read: lines, more so where a row takes several of them, since the eye finds its
 * column less easily, and columns in which something is wrapped. */
static size_t
effort(const table *t, layout *l)
{
	size_t rows = table_rows(t), wrapped = 0;
	unsigned k, c;

	for (k = 0; k < l->lines; k++)
		fit_line(l, l->begin[k], l->begin[k + 1]);
	for (c = 0; c < t->n_columns; c++)
		wrapped += l->width[c] < l->natural[c];
	return count_lines(t, l) * (l->lines == 1 ? 20 : 25) + rows * wrapped * 4;
}

static void
lay_out(const table *t, layout *l)
{
	layout tried = { .gap = GAP,
		.screen = t->screen == 0 ? 0 : at_least(t->screen, SCREEN_MIN) };
	size_t best = SIZE_MAX, n;
	uint64_t cost = CANNOT;
	unsigned lines;

	measure(t, &tried);
	*l = tried;
	l->lines = 1;
	l->begin[1] = t->n_columns;
	memcpy(l->width, l->natural, sizeof(l->width));
	if (l->screen == 0 || side_by_side(l, l->natural, 0, t->n_columns) <= l->screen)
		return;
	l->gap = 1;
	if (side_by_side(l, l->natural, 0, t->n_columns) <= l->screen)
		return;
	for (lines = 1; lines <= t->n_columns && cost >= WRAPPED; lines++) {
		cost = break_row(&tried, t->n_columns, lines);
		if (cost == CANNOT)
			continue;
		n = effort(t, &tried);
		if (n < best)
			*l = tried;
		best = n < best ? n : best;
	}
}

/* ---- rows ---- */

static void
pad(buf *out, unsigned n)
{
	while (n-- > 0)
		buf_add(out, " ", 1);
}

/* The next line of the texts REST of the columns from BEGIN to END. */
static void
put_line(const table *t, const layout *l, unsigned begin, unsigned end, span *rest, buf *out)
{
	size_t start = out->len;
	unsigned c;

	pad(out, begin == 0 ? 0 : l->indent);
	for (c = begin; c < end; c++) {
		span text = wrap_take(&rest[c], l->width[c]);
		unsigned space = l->width[c] - at_most(text_width(text), l->width[c]);

		if (t->columns[c].side == TABLE_RIGHT)
			pad(out, space);
		buf_add_span(out, text);
		if (c + 1 < end) {
			if (t->columns[c].side == TABLE_LEFT)
				pad(out, space);
			pad(out, l->gap);
		}
	}
	while (t->screen > 0 && out->len > start && out->at[out->len - 1] == ' ')
		out->len--;
	buf_add(out, "\n", 1);
}

static void
put_row(const table *t, const layout *l, size_t row, buf *out)
{
	span rest[TABLE_COLUMNS_MAX];
	unsigned k, c;
	bool more;

	memcpy(rest, t->cells + row, t->n_columns * sizeof(*rest));
	for (k = 0; k < l->lines; k++)
		do {
			put_line(t, l, l->begin[k], l->begin[k + 1], rest, out);
			more = false;
			for (c = l->begin[k]; c < l->begin[k + 1]; c++)
				more |= rest[c].len > 0;
		} while (more);
}

/* Under each column; under all of them when a row takes several lines. */
static void
put_rule(const table *t, const layout *l, buf *out)
{
	unsigned c, i, widest = 0, k;

	for (k = 0; k < l->lines; k++)
		widest = at_least(widest, side_by_side(l, l->width, l->begin[k], l->begin[k + 1]));
	for (i = 0; l->lines > 1 && i < widest; i++)
		buf_add(out, "-", 1);
	for (c = 0; l->lines == 1 && c < t->n_columns; c++) {
		pad(out, c == 0 ? 0 : l->gap);
		for (i = 0; i < l->width[c]; i++)
			buf_add(out, "-", 1);
	}
	buf_add(out, "\n", 1);
}

ms_status
table_write(const table *t, buf *out)
{
	layout l;
	size_t row;

	if (t->failed)
		return MS_NO_MEMORY;
	lay_out(t, &l);
	for (row = 0; row + t->n_columns <= t->n; row += t->n_columns) {
		put_row(t, &l, row, out);
		if (row == 0)
			put_rule(t, &l, out);
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

ms_status
table_write_or(const table *t, const char *nothing, buf *out)
{
	return table_rows(t) > 0 || t->failed ? table_write(t, out) : buf_add_text(out, nothing);
}

void
table_fini(table *t)
{
	free(t->cells);
	arena_fini(&t->texts);
	*t = (table){ 0 };
}
