/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer_book.c - the answer's own lines say all: which row, which state, which cell, what of it.
 */
#include "intake/answer_book.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "intake/answer.h"
#include "intake/fold.h"
#include "intake/messages.h"
#include "intake/sheet.h"
#include "intake/workbook.h"
#include "intake/xlsx.h"

enum { COMMENT_MAX = 900 };

/* A line of the answer, as far as it is shown beside the clerk's own cells. */
typedef struct mark {
	uint32_t row, column; /* from 1; 0 = the row as a whole */
	bool warning;
	const char *state; /* "" but on the row's first line */
	const char *text;
} mark;

typedef struct work {
	workbook w;
	const answer_book *b;
	arena memory;
	buf marks; /* mark[], in the order of the rows */
	lxw_worksheet *summary, *copy;
	lxw_format *plain, *head, *wrong, *good, *noted;
	uint32_t line; /* of the summary */
	size_t at;     /* the mark that is next in the copy */
} work;

static span
cell_of(const sheet_row *row, uint32_t i)
{
	return i < row->n_cells ? row->cells[i] : (span){ 0 };
}

/* "C7" to 3 and 7; 0 and 0 when it is no cell. */
static void
read_place(span name, uint32_t *column, uint32_t *row)
{
	uint64_t number = 0;
	size_t i;

	*column = *row = 0;
	for (i = 0; i < name.len && i < 3 && name.at[i] >= 'A' && name.at[i] <= 'Z'; i++)
		*column = *column * 26 + (uint32_t)(name.at[i] - 'A') + 1;
	if (i == 0 || !text_uint(span_of(name.at + i, name.len - i), 1 << 20, &number))
		*column = 0;
	*row = (uint32_t)number;
}

/* "problem; expected; remedy", or state and receipt of a row without any. */
static const char *
keep_words(work *k, const sheet_row *line, bool problem)
{
	static const answer_column said[] = { ANSWER_PROBLEM, ANSWER_EXPECTED, ANSWER_REMEDY },
				   done[] = { ANSWER_STATE, ANSWER_RECEIPT };
	const answer_column *list = problem ? said : done;
	size_t i, n = problem ? 3 : 2;
	buf text = { 0 };
	char *kept;

	for (i = 0; i < n; i++) {
		span cell = cell_of(line, list[i]);

		if (cell.len > 0 && text.len > 0)
			buf_add_text(&text, problem ? "\n" : " ");
		buf_add_span(&text, text_prefix(cell, COMMENT_MAX));
	}
	kept = arena_text(&k->memory, buf_span(&text));
	k->w.failed = k->w.failed || text.failed || kept == NULL;
	buf_fini(&text);
	return kept == NULL ? "" : kept;
}

static void
keep_mark(work *k, const sheet_row *line)
{
	uint64_t row = 0;
	span problem = cell_of(line, ANSWER_PROBLEM);
	mark m = { .state = keep_words(k, line, false),
		.text = keep_words(k, line, true),
		.warning = fold_skip(&problem, word_text(WORD_NOTE, k->b->english)) };

	read_place(cell_of(line, ANSWER_CELL), &m.column, &m.row);
	if (m.row == 0 && text_uint(cell_of(line, ANSWER_ROW), 1 << 20, &row))
		m.row = (uint32_t)row;
	if (m.row > 0)
		buf_add(&k->marks, &m, sizeof(m));
}

/* ---- the sheets ---- */

/* Was the row not taken? STATE is its state, perhaps with a receipt behind it. */
static bool
is_refused(const work *k, span state)
{
	span rest = state;

	return fold_skip(&rest, answer_state_name(ANSWER_WRONG, k->b->english)) ||
	       fold_skip(&rest, answer_state_name(ANSWER_OTHER_FIRST, k->b->english));
}

static ms_status
put_line(void *ctx, const sheet_row *line, ms_error *err)
{
	work *k = ctx;
	span state = cell_of(line, ANSWER_STATE);
	bool wrong = is_refused(k, state);
	uint32_t i;

	(void)err;
	for (i = 0; i < line->n_cells && i < ANSWER_COLUMNS; i++)
		workbook_text(&k->w, k->summary, k->line, (lxw_col_t)i, line->cells[i],
			k->line == 0                          ? k->head
			: i != ANSWER_STATE || state.len == 0 ? k->plain
			: wrong                               ? k->wrong
							      : k->good);
	if (k->line++ > 0)
		keep_mark(k, line);
	return MS_OK;
}

/* The format of a cell; the comment is written with it. */
static lxw_format *
mark_cell(work *k, uint32_t row, uint32_t column)
{
	const mark *list = (const mark *)(const void *)k->marks.at;
	size_t i, n = k->marks.len / sizeof(*list);
	buf comment = { 0 };
	bool wrong = false;
	lxw_format *f = k->plain;

	for (i = k->at; i < n && list[i].row <= row; i++) {
		if (list[i].row != row || list[i].column != column || list[i].text[0] == 0)
			continue;
		wrong |= !list[i].warning;
		f = wrong ? k->wrong : k->noted;
		buf_addf(&comment, "%s%s", comment.len > 0 ? "\n" : "", list[i].text);
	}
	if (comment.len > 0)
		worksheet_write_comment(
			k->copy, row - 1, (lxw_col_t)(column - 1), buf_cstr(&comment));
	k->w.failed = k->w.failed || comment.failed;
	buf_fini(&comment);
	return f;
}

/* What became of the row, in the first column behind its cells. */
static void
put_state(work *k, uint32_t row, uint32_t column)
{
	const mark *list = (const mark *)(const void *)k->marks.at;
	size_t n = k->marks.len / sizeof(*list), i;

	for (i = k->at; i < n && list[i].row <= row; i++) {
		if (list[i].row != row || list[i].state[0] == 0)
			continue;
		workbook_text(&k->w, k->copy, row - 1, (lxw_col_t)column, span_str(list[i].state),
			is_refused(k, span_str(list[i].state)) ? k->wrong : k->good);
		return;
	}
}

static ms_status
put_copy(void *ctx, const sheet_row *row, ms_error *err)
{
	work *k = ctx;
	const mark *list = (const mark *)(const void *)k->marks.at;
	size_t n = k->marks.len / sizeof(*list);
	uint32_t i, last = 0, n_cells = row->n_cells;

	(void)err;
	while (k->at < n && list[k->at].row < row->number)
		k->at++;
	/* A cell that is missing may be the one that is wrong. */
	for (i = (uint32_t)k->at; i < n && list[i].row <= row->number; i++)
		last = list[i].row == row->number && list[i].column > last ? list[i].column : last;
	for (i = 0; i < n_cells || i < last; i++) {
		lxw_format *f = mark_cell(k, row->number, i + 1);
		span cell = cell_of(row, i);

		if (cell.len > 0 || f != k->plain)
			workbook_text(&k->w, k->copy, row->number - 1, (lxw_col_t)i, cell, f);
	}
	put_state(k, row->number, n_cells > last ? n_cells : last);
	return k->w.failed ? MS_NO_MEMORY : MS_OK;
}

/* What was read of the file, as far as it can be read again. */
static ms_status
copy_original(work *k)
{
	sheet_sink sink = { .row = put_copy, .ctx = k };
	xlsx *book = NULL;
	uint32_t i = 0;
	const char *name;
	ms_status s = xlsx_open(k->b->original, &book, NULL);

	while (s == MS_OK && (name = xlsx_sheet(book, i)) != NULL && strcmp(name, k->b->sheet) != 0)
		i++;
	if (s == MS_OK && xlsx_sheet(book, i) != NULL) {
		k->copy = workbook_sheet(&k->w, word_text(WORD_COPY, k->b->english));
		workbook_set_page(k->copy, 0, 0, 1);
		worksheet_set_column(k->copy, 0, 40, 14, NULL);
		s = xlsx_rows(book, i, &sink, NULL);
	}
	xlsx_close(book);
	return s == MS_NO_MEMORY ? s : MS_OK;
}

static void
make_looks(work *k)
{
	workbook *w = &k->w;

	k->plain = workbook_format(w, &(workbook_look){ 0 });
	k->head = workbook_format(
		w, &(workbook_look){ .bold = true, .centred = true, .fill = 0xDDEBF7 });
	k->wrong = workbook_format(w, &(workbook_look){ .fill = 0xFFC7CE, .font = 0x9C0006 });
	k->good = workbook_format(w, &(workbook_look){ .fill = 0xC6EFCE, .font = 0x006100 });
	k->noted = workbook_format(w, &(workbook_look){ .fill = 0xFFEB9C, .font = 0x7F6000 });
}

static ms_status
put_sheets(work *k, ms_error *err)
{
	static const uint8_t widths[ANSWER_COLUMNS] = { 6, 26, 10, 10, 22, 8, 40, 26, 36, 12, 26 };
	sheet_sink sink = { .row = put_line, .ctx = k };
	unsigned i;
	ms_status s;

	make_looks(k);
	k->summary = workbook_sheet(&k->w, word_text(WORD_ANSWER, k->b->english));
	if (k->summary == NULL || k->w.failed)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a workbook");
	workbook_set_page(k->summary, 1, 0, 1);
	for (i = 0; i < ANSWER_COLUMNS; i++)
		worksheet_set_column(k->summary, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
	s = sheet_read(k->b->answer, ',', &sink, err);
	if (s == MS_OK && k->b->sheet[0] != 0)
		s = copy_original(k);
	return s;
}

ms_status
answer_book_write(const answer_book *b, const char *scratch, buf *out, ms_error *err)
{
	work k = { .b = b };
	ms_status s = workbook_open(&k.w, scratch, err);

	if (s == MS_OK) {
		ms_status made = put_sheets(&k, err);

		s = workbook_end(&k.w, made == MS_OK ? out : NULL, err);
		s = made == MS_OK ? s : made;
	}
	buf_fini(&k.marks);
	arena_fini(&k.memory);
	return s;
}
