/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - cells are copied as they are shown: a text of several lines stays in its row.
 */
#include "base/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/shown.h"
#include "base/text.h"

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

static void
pad(buf *out, unsigned n)
{
	while (n-- > 0)
		buf_add(out, " ", 1);
}

static void
put_cell(const table *t, size_t cell, unsigned width, buf *out)
{
	unsigned column = (unsigned)(cell % t->n_columns);
	span text = t->cells[cell];
	unsigned space = width - text_width(text);
	bool last = column + 1 == t->n_columns;

	if (t->columns[column].side == TABLE_RIGHT)
		pad(out, space);
	buf_add_span(out, text);
	if (!last) {
		if (t->columns[column].side == TABLE_LEFT)
			pad(out, space);
		pad(out, 2);
	}
}

static void
put_rule(const table *t, const unsigned *width, buf *out)
{
	unsigned c, i;

	for (c = 0; c < t->n_columns; c++) {
		for (i = 0; i < width[c]; i++)
			buf_add(out, "-", 1);
		buf_add_text(out, c + 1 == t->n_columns ? "\n" : "  ");
	}
}

ms_status
table_write(const table *t, buf *out)
{
	unsigned width[TABLE_COLUMNS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < t->n; i++) {
		unsigned w = text_width(t->cells[i]);

		if (w > width[i % t->n_columns])
			width[i % t->n_columns] = w;
	}
	for (i = 0; i < t->n; i++) {
		put_cell(t, i, width[i % t->n_columns], out);
		if ((i + 1) % t->n_columns == 0)
			buf_add(out, "\n", 1);
		if (i + 1 == t->n_columns)
			put_rule(t, width, out);
	}
	return t->failed || out->failed ? MS_NO_MEMORY : MS_OK;
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
