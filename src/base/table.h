/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - aligned columns for terminals: widths in columns, so Chinese lines up in any locale. A
 * zeroed table is empty. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_COLUMNS_MAX = 32 };

typedef struct table {
	span *cells;
	size_t n, room;
	unsigned columns;
	bool right[TABLE_COLUMNS_MAX]; /* aligned right */
	arena texts;
	bool failed;
} table;

/* COLUMNS cells make a row. The first row is the heading. */
void table_begin(table *t, unsigned columns);
void table_add(table *t, span cell); /* copied */
void table_text(table *t, const char *cell);
void table_addf(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Append the rows to OUT, two spaces between columns, a rule under the heading. */
ms_status table_write(const table *t, buf *out);
void table_fini(table *t);

#endif
