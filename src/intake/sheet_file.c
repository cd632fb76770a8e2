/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/sheet_file.h"

#include "intake/fold.h"
#include "intake/sheet_rows.h"
#include "intake/xlsx.h"

/* What ended the reading of a file: memory is a failure of ours, all else is the file's. */
static ms_status
judge_end(ms_status s, const ms_error *found, problems *whole)
{
	if (s == MS_NO_MEMORY)
		return s;
	if (s != MS_OK && found->code != 0)
		problem_add_error(whole, found);
	return whole->no_memory ? MS_NO_MEMORY : MS_OK;
}

/* Notes that belong to no row are said with the first one, or of the file. */
static ms_status
give_notes(const problems *notes, buf *rows, problems *whole)
{
	intake_row *first = (intake_row *)(void *)rows->at;
	problems of_row = { .memory = whole->memory };

	if (rows->len == 0) {
		problem_take(whole, notes);
		return whole->no_memory ? MS_NO_MEMORY : MS_OK;
	}
	of_row.list = first->problems;
	of_row.n = of_row.room = first->n_problems;
	problem_take(&of_row, notes);
	first->problems = of_row.list;
	first->n_problems = of_row.n;
	return of_row.no_memory ? MS_NO_MEMORY : MS_OK;
}

static bool
is_header(void *ctx, span cell)
{
	(void)ctx;
	return column_is_fixed(cell);
}

/* "sep=;" in front tells a spreadsheet the separator, and is no row of what it shows. */
static bool
take_separator(span *text, char *delimiter)
{
	span rest = *text;

	if (!fold_skip(&rest, "sep=") || rest.len < 2 || strchr(",;\t|", rest.at[0]) == NULL ||
		(rest.at[1] != '\r' && rest.at[1] != '\n'))
		return false;
	*delimiter = (char)rest.at[0];
	rest = span_of(rest.at + 1, rest.len - 1);
	if (!fold_skip(&rest, "\r\n"))
		rest = span_of(rest.at + 1, rest.len - 1);
	*text = rest;
	return true;
}

ms_status
csv_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole,
	intake_result *out)
{
	ms_error found = { 0 };
	sheet_rows judged;
	sheet_sink sink = { .row = sheet_rows_take, .ctx = &judged };
	bool headed = false;
	ms_status s;

	sheet_rows_begin(&judged, ask, memory, rows, whole);
	if (!take_separator(&text, &out->delimiter))
		out->delimiter = sheet_delimiter(text, is_header, NULL);
	s = judge_end(sheet_read(text, out->delimiter, &sink, &found), &found, whole);
	if (s == MS_OK)
		s = sheet_rows_end(&judged, &headed);
	if (s == MS_OK && !headed && whole->wrong == 0 && judged.looked_at > 0)
		sheet_rows_no_header(&judged);
	out->when = judged.when;
	out->several = judged.several;
	if (s == MS_OK)
		s = give_notes(&judged.notes, rows, whole);
	return s;
}

/* A workbook at work. */
typedef struct book_at {
	xlsx *x;
	const sheet_rows blank; /* as each sheet begins */
	intake_result *out;
} book_at;

/* Read sheet N into JUDGED. *HEADED: it has a header, or is wrong. */
static ms_status
read_sheet(const book_at *b, uint32_t n, sheet_rows *judged, bool *headed)
{
	sheet_sink sink = { .row = sheet_rows_take, .ctx = judged };
	ms_error found = { 0 };
	ms_status s;

	*judged = b->blank;
	s = judge_end(xlsx_rows(b->x, n, &sink, &found), &found, judged->whole);
	if (s == MS_OK)
		s = sheet_rows_end(judged, headed);
	*headed = *headed || judged->whole->wrong > 0;
	return s;
}

static ms_status
name_sheet(const book_at *b, uint32_t n)
{
	b->out->sheet = arena_text(b->blank.table.memory, span_str(xlsx_sheet(b->x, n)));
	return b->out->sheet == NULL ? MS_NO_MEMORY : MS_OK;
}

/* A row that would be judged is enough. */
static ms_status
look_for_row(void *ctx, const sheet_row *row, ms_error *err)
{
	sheet_rows *s = ctx;
	ms_status st = sheet_rows_take(s, row, err);

	return st == MS_OK && s->first != NULL ? MS_NOT_FOUND : st;
}

/* Has sheet N a row that would be judged? */
static ms_status
has_row(const book_at *b, uint32_t n, bool *found)
{
	problems unheard = { .memory = b->blank.table.memory };
	buf rows = { 0 };
	sheet_rows other;
	sheet_sink sink = { .row = look_for_row, .ctx = &other };
	ms_status s;

	sheet_rows_begin(&other, b->blank.table.ask, b->blank.table.memory, &rows, &unheard);
	s = xlsx_rows(b->x, n, &sink, NULL);
	*found = other.first != NULL || rows.len > 0;
	buf_fini(&rows);
	return s == MS_NO_MEMORY ? s : MS_OK;
}

/* Sheets are looked at until one has a header; *NEXT is the one behind it. Is that one empty, the
 * next with a row is read in its place. */
static ms_status
read_sheets(const book_at *b, sheet_rows *best, uint32_t *next)
{
	sheet_rows judged = b->blank;
	bool headed = false, filled = false;
	uint64_t mark = 0;
	ms_status s = MS_OK;
	uint32_t n, k;

	for (n = 0; s == MS_OK && !headed && xlsx_sheet(b->x, n) != NULL; n++) {
		s = read_sheet(b, n, &judged, &headed);
		if (s == MS_OK && (headed || n == 0 || judged.known > best->known)) {
			*best = judged;
			s = name_sheet(b, n);
		}
	}
	for (k = n; s == MS_OK && headed && judged.whole->wrong == 0 && judged.rows->len == 0 &&
		    !filled && xlsx_sheet(b->x, k) != NULL;
		k++) {
		mark = xlsx_inflated(b->x);
		s = has_row(b, k, &filled);
	}
	if (s == MS_OK && filled) {
		xlsx_inflated_back(b->x, mark);
		n = k;
		s = read_sheet(b, n - 1, best, &headed);
		if (s == MS_OK)
			s = name_sheet(b, n - 1);
	}
	if (s == MS_OK && n == 0)
		problem_add(best->whole, MST_XLSX_NO_SHEET, (problem_at){ .field = "" }, NULL);
	else if (s == MS_OK && !headed)
		sheet_rows_no_header(best);
	*next = n;
	return s == MS_OK && best->whole->no_memory ? MS_NO_MEMORY : s;
}

/* Tables on further sheets are not read; the clerk must know. */
static ms_status
note_more(const book_at *b, uint32_t next, problems *notes)
{
	ms_status s = MS_OK;
	const char *name;
	bool found;

	for (; s == MS_OK && (name = xlsx_sheet(b->x, next)) != NULL; next++) {
		s = has_row(b, next, &found);
		if (s == MS_OK && found)
			problem_warn_expected(notes, MST_XLSX_MORE_SHEETS,
				(problem_at){ .field = "", .value = span_str(name) }, NULL);
	}
	return s == MS_OK && notes->no_memory ? MS_NO_MEMORY : s;
}

/* The form of another unit, by its hidden property: in the wrong folder. */
static void
judge_unit(const intake_ask *ask, const xlsx *x, problems *whole)
{
	const char *id = xlsx_unit(x);
	int unit = id == NULL ? -1 : plan_find_unit(ask->plan, span_str(id));

	if (unit >= 0 && (uint32_t)unit != ask->unit)
		problem_add(whole, MST_INTAKE_OTHER_REPORTER,
			(problem_at){
				.field = "unit", .value = span_str(ask->plan->units[unit].name) },
			ask->plan->units[ask->unit].name);
}

ms_status
xlsx_rows_judged(const intake_ask *ask, span bytes, arena *memory, buf *rows, problems *whole,
	intake_result *out)
{
	ms_error found = { 0 };
	sheet_rows best;
	uint32_t next = 0;
	xlsx *x = NULL;
	ms_status s = xlsx_open(bytes, &x, &found);

	if (s != MS_OK)
		return judge_end(s, &found, whole);
	sheet_rows_begin(&best, ask, memory, rows, whole);
	judge_unit(ask, x, whole);
	s = read_sheets(&(book_at){ .x = x, .blank = best, .out = out }, &best, &next);
	/* the second sheet of a form of ours explains the first */
	if (s == MS_OK && whole->wrong == 0 && rows->len > 0 && xlsx_unit(x) == NULL)
		s = note_more(&(book_at){ .x = x, .blank = best }, next, &best.notes);
	out->when = best.when;
	out->several = best.several;
	if (s == MS_OK)
		s = give_notes(&best.notes, rows, whole);
	xlsx_close(x);
	return s;
}
