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

static ms_status
read_sheets(xlsx *x, sheet_rows *judged, sheet_rows *best, intake_result *out)
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
	return s == MS_OK && judged->whole->no_memory ? MS_NO_MEMORY : s;
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
	xlsx *x = NULL;
	ms_status s = xlsx_open(bytes, &x, &found);

	if (s != MS_OK)
		return judge_end(s, &found, whole);
	sheet_rows_begin(&judged, ask, memory, rows, whole);
	best = judged;
	judge_unit(ask, x, whole);
	s = read_sheets(x, &judged, &best, out);
	xlsx_close(x);
	return s;
}
