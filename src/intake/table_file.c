/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/table_file.h"

#include "base/text.h"
#include "intake/csv_cell.h"
#include "intake/workbook.h"

enum { WIDTH_MAX = 50, NUMBER_MAX = 999999999 };

ms_status
table_file_csv(const table *t, buf *out)
{
	size_t i;

	MS_ASSERT(t->n_columns > 0);
	buf_add_text(out, "\xef\xbb\xbf");
	for (i = 0; i < t->n; i++) {
		csv_cell_add(out, t->cells[i], ',');
		buf_add_text(out, (i + 1) % t->n_columns == 0 ? "\r\n" : ",");
	}
	return t->failed || out->failed ? MS_NO_MEMORY : MS_OK;
}

static void
put_cell(workbook *w, lxw_worksheet *sheet, const table *t, size_t i, lxw_format *f)
{
	lxw_row_t row = (lxw_row_t)(i / t->n_columns);
	lxw_col_t column = (lxw_col_t)(i % t->n_columns);
	uint64_t number;

	if (row > 0 && t->columns[column].side == TABLE_RIGHT &&
		text_uint(t->cells[i], NUMBER_MAX, &number))
		worksheet_write_number(sheet, row, column, (int)number, f);
	else
		workbook_text(w, sheet, row, column, t->cells[i], f);
}

static void
set_widths(lxw_worksheet *sheet, const table *t, unsigned hidden)
{
	lxw_row_col_options hide = { .hidden = 1 };
	unsigned c, width;
	size_t i;

	for (c = 0; c < t->n_columns; c++) {
		width = 0;
		for (i = c; i < t->n; i += t->n_columns)
			if (text_width(t->cells[i]) > width)
				width = text_width(t->cells[i]);
		worksheet_set_column_opt(sheet, (lxw_col_t)c, (lxw_col_t)c,
			width + 2 < WIDTH_MAX ? width + 2 : WIDTH_MAX, NULL,
			c + hidden >= t->n_columns ? &hide : NULL);
	}
}

static void
put_sheet(workbook *w, const table *t, const char *name, unsigned hidden)
{
	lxw_format *plain = workbook_format(w, &(workbook_look){ 0 });
	lxw_format *head = workbook_format(
		w, &(workbook_look){ .bold = true, .centred = true, .fill = 0xDDEBF7 });
	lxw_worksheet *sheet = workbook_sheet(w, name);
	size_t i;

	if (plain == NULL || head == NULL || sheet == NULL) {
		w->failed = true;
		return;
	}
	workbook_set_page(sheet, 1, 0, 1);
	set_widths(sheet, t, hidden);
	for (i = 0; i < t->n; i++)
		put_cell(w, sheet, t, i, i < t->n_columns ? head : plain);
	worksheet_autofilter(
		sheet, 0, 0, (lxw_row_t)(t->n / t->n_columns - 1), (lxw_col_t)(t->n_columns - 1));
}

ms_status
table_file_xlsx(const table *t, const char *sheet, unsigned hidden, const char *scratch, buf *out,
	ms_error *err)
{
	workbook w;
	ms_status s;

	MS_ASSERT(t->n_columns > 0);
	s = workbook_open(&w, scratch, err);

	if (s != MS_OK)
		return s;
	put_sheet(&w, t, sheet, hidden);
	w.failed |= t->failed;
	return workbook_end(&w, out, err);
}
