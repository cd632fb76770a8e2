/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/sheet_table.h"

#include "intake/cells.h"
#include "intake/fold.h"
#include "intake/slot_text.h"

const char *
table_cell_name(const sheet_table *t, uint32_t at, uint32_t row)
{
	char name[SHEET_CELL_NAME_SIZE];
	const char *kept = arena_text(t->memory, span_str(sheet_cell_name(at, row, name)));

	return kept == NULL ? "" : kept;
}

span
row_cell_under(const sheet_table *t, const sheet_row *row, column_kind kind)
{
	int at = t->fixed[kind];

	return at < 0 || (uint32_t)at >= row->n_cells ? (span){ 0 } : row->cells[at];
}

bool
column_is_given(const column *c)
{
	return c->last || c->kind == COLUMN_ITEM || c->kind == COLUMN_PERIOD ||
	       c->kind == COLUMN_OWED || c->kind == COLUMN_REPORTER || c->kind == COLUMN_SKIPPED ||
	       c->kind == COLUMN_REMARK;
}

/* Something stands under item and period, but no item: it is of another table. */
static bool
is_of_no_item(const sheet_table *t, const sheet_row *row)
{
	span item = row_cell_under(t, row, COLUMN_ITEM);

	return item.len > 0 && row_cell_under(t, row, COLUMN_PERIOD).len > 0 &&
	       slot_item(t->ask->plan, item) < 0;
}

bool
row_is_unfilled(const sheet_table *t, const sheet_row *row)
{
	uint32_t i;
	act_kind kind;

	if (is_of_no_item(t, row))
		return false;
	for (i = 0; i < row->n_cells; i++) {
		const column *c = i < t->n_columns ? &t->columns[i] : NULL;
		span cell = row->cells[i];
		bool computed = row->marks != NULL && (row->marks[i] & CELL_NOT_COMPUTED) != 0;

		if ((cell.len == 0 && !computed) || (c != NULL && column_is_given(c)))
			continue;
		if (c == NULL || c->kind != COLUMN_ACTION || cell_action(cell, &kind) != 0 ||
			kind != ACT_REPORT)
			return false;
	}
	return true;
}

bool
row_has_remark(const sheet_table *t, const sheet_row *row, uint32_t i)
{
	static const fold_word nothing[] = { { "无", 1 }, { "none", 1 }, { "-", 1 }, { "/", 1 },
		{ NULL, 0 } };

	return t->columns[i].kind == COLUMN_REMARK && row->cells[i].len > 0 &&
	       fold_find(nothing, row->cells[i]) < 0;
}
