/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - aligned columns for terminals: widths in columns, so Chinese lines up in any locale. A
 * zeroed table is empty.
 *
 * With the width of a screen, what does not fit is wrapped within its column, or a row takes
 * several lines, whichever is read more easily; the heads stand above in the same way, and lines of
 * a row behind its first are indented. Nothing is left out.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_COLUMNS_MAX = 32 };

typedef enum table_side { TABLE_LEFT, TABLE_RIGHT } table_side;

typedef struct table_column {
	const char *head; /* marked with TR */
	table_side side;  /* its cells stand there */
} table_column;

typedef struct table {
	const table_column *columns;
	unsigned n_columns;
	unsigned screen; /* its columns; 0: no end of them */
	span *cells;
	size_t n, room; /* of cells */
	arena texts;
	bool failed;
} table;

/* Heads in the language chosen are the first row. COLUMNS, N of them, stay the caller's for as long
 * as the table is used. */
void table_begin(table *t, const table_column *columns, unsigned n);
#define TABLE_COLUMNS(list) (list), (unsigned)(sizeof(list) / sizeof((list)[0]))
void table_add(table *t, span cell); /* copied */
void table_text(table *t, const char *cell);
void table_addf(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* How many rows there are below the heads. */
size_t table_rows(const table *t);
/* Append the rows to OUT, two spaces between columns, a rule under the heads. */
ms_status table_write(const table *t, buf *out);
/* The same, or the text NOTHING where there are no rows. */
ms_status table_write_or(const table *t, const char *nothing, buf *out);
void table_fini(table *t);

#endif
