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

	if (!fold_skip(&rest, "sep=") || rest.len < 2 || strchr(",;\t", rest.at[0]) == NULL ||
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
	out->header_row = judged.header_row;
	return s;
}

/* Sheets are looked at until one has a header; *NEXT is the one behind it. */
static ms_status
read_sheets(xlsx *x, sheet_rows *judged, sheet_rows *best, uint32_t *next, intake_result *out)
{
	const sheet_rows blank = *judged;
	bool headed = false;
	const char *name;
	ms_status s = MS_OK;
	uint32_t n;

	for (n = 0; s == MS_OK && !headed && (name = xlsx_sheet(x, n)) != NULL; n++) {
		sheet_sink sink = { .row = sheet_rows_take, .ctx = judged };
		ms_error found = { 0 };

		*judged = blank;
		s = judge_end(xlsx_rows(x, n, &sink, &found), &found, judged->whole);
		if (s == MS_OK)
			s = sheet_rows_end(judged, &headed);
		headed = headed || judged->whole->wrong > 0;
		if (headed || n == 0 || judged->known > best->known) {
			*best = *judged;
			out->sheet = arena_text(judged->table.memory, span_str(name));
			s = out->sheet == NULL ? MS_NO_MEMORY : s;
		}
	}
	if (s == MS_OK && n == 0)
		problem_add(judged->whole, MST_XLSX_NO_SHEET, (problem_at){ .field = "" }, NULL);
	else if (s == MS_OK && !headed)
		sheet_rows_no_header(best);
	out->header_row = best->header_row;
	*next = n;
	return s == MS_OK && judged->whole->no_memory ? MS_NO_MEMORY : s;
}

/* A row that would be judged is enough. */
static ms_status
look_for_row(void *ctx, const sheet_row *row, ms_error *err)
{
	sheet_rows *s = ctx;
	ms_status st = sheet_rows_take(s, row, err);

	return st == MS_OK && s->rows->len > 0 ? MS_NOT_FOUND : st;
}

/* Tables on further sheets are not read; the clerk must know. Said with the first row. */
static ms_status
warn_of_more(xlsx *x, uint32_t next, const intake_ask *ask, arena *memory, buf *rows)
{
	intake_row *first = (intake_row *)(void *)rows->at;
	problems p = { .memory = memory, .english = ask->english, .list = first->problems };
	ms_status s = MS_OK;
	const char *name;

	p.n = p.room = first->n_problems;
	for (; s != MS_NO_MEMORY && (name = xlsx_sheet(x, next)) != NULL; next++) {
		problems unheard = { .memory = memory };
		buf found = { 0 };
		sheet_rows other;
		sheet_sink sink = { .row = look_for_row, .ctx = &other };

		sheet_rows_begin(&other, ask, memory, &found, &unheard);
		s = xlsx_rows(x, next, &sink, NULL);
		if (found.len > 0)
			problem_warn_expected(&p, MST_XLSX_MORE_SHEETS,
				(problem_at){ .field = "", .value = span_str(name) }, NULL);
		buf_fini(&found);
	}
	first->problems = p.list;
	first->n_problems = p.n;
	return s == MS_NO_MEMORY || p.no_memory ? MS_NO_MEMORY : MS_OK;
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
	sheet_rows judged, best;
	uint32_t next = 0;
	xlsx *x = NULL;
	ms_status s = xlsx_open(bytes, &x, &found);

	if (s != MS_OK)
		return judge_end(s, &found, whole);
	sheet_rows_begin(&judged, ask, memory, rows, whole);
	best = judged;
	judge_unit(ask, x, whole);
	s = read_sheets(x, &judged, &best, &next, out);
	/* the second sheet of a form of ours explains the first */
	if (s == MS_OK && whole->wrong == 0 && rows->len > 0 && xlsx_unit(x) == NULL)
		s = warn_of_more(x, next, ask, memory, rows);
	xlsx_close(x);
	return s;
}
