/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.c - size, charset, form, rows; then what only the whole file shows: two rows for one slot,
 * or none at all.
 */
#include "intake/intake.h"

#include <stdio.h>

#include "intake/file_kind.h"
#include "intake/fold.h"
#include "intake/json_report.h"
#include "intake/sheet_file.h"

bool
intake_takes_name(const char *file)
{
	/* ~$x.xlsx, .~x.et, .~lock.x.ods#, .x.csv.swp; x.csv.part and x.tmp end otherwise */
	return file[0] != '.' && file[0] != '~' && file_kind_has_ending(file);
}

/* B4C5D000: what Excel writes beside a file while it saves that. */
static bool
is_being_saved(const char *file)
{
	return strlen(file) == 8 && strspn(file, "0123456789ABCDEF") == 8;
}

bool
intake_leaves_name(const char *file)
{
	static const char *const on_their_way[] = { "~", ".tmp", ".temp", ".part", ".partial",
		".crdownload", ".swp", ".bak", ".db", ".ini", ".lnk" };
	size_t i;

	if (file[0] == '.' || file[0] == '~' || file_kind_has_ending(file) || is_being_saved(file))
		return false;
	for (i = 0; i < sizeof(on_their_way) / sizeof(on_their_way[0]); i++)
		if (file_has_ending(file, on_their_way[i]))
			return false;
	return true;
}

static intake_form
form_of(const char *file, span text)
{
	span start = fold_trim(text);

	if (file_has_ending(file, ".json"))
		return INTAKE_JSON;
	if (file_has_ending(file, ".csv"))
		return INTAKE_CSV;
	if (file_has_ending(file, ".xlsx") || file_has_ending(file, ".xlsm"))
		return INTAKE_XLSX;
	return start.len > 0 && (start.at[0] == '{' || start.at[0] == '[') ? INTAKE_JSON
									   : INTAKE_CSV;
}

/* The whole file is refused for what stands in WHOLE. */
static ms_status
refuse(const problems *whole, arena *memory, intake_result *out)
{
	intake_row *row = arena_zalloc(memory, sizeof(*row));

	if (row == NULL || whole->no_memory)
		return MS_NO_MEMORY;
	*row = (intake_row){
		.item = "",
		.period = "",
		.item_index = -1,
		.problems = whole->list,
		.n_problems = whole->n,
	};
	out->refused = true;
	out->rows = row;
	out->n_rows = 1;
	out->n_good = 0;
	return MS_OK;
}

static void
size_text(uint64_t bytes, char out[40])
{
	if (bytes < 1 << 20)
		snprintf(out, 40, "%llu KiB", (unsigned long long)((bytes + 1023) >> 10));
	else
		snprintf(out, 40, "%llu MiB", (unsigned long long)((bytes + (1 << 20) - 1) >> 20));
}

static uint64_t
bound_of(const intake_ask *ask)
{
	return ask->bytes_max == 0 ? INTAKE_BYTES_MAX : ask->bytes_max;
}

static ms_status
no_memory(const char *file, ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading %s", file);
}

static ms_status
refuse_size(const intake_ask *ask, const char *file, uint64_t file_bytes, uint64_t most,
	arena *memory, intake_result *out, ms_error *err)
{
	problems whole = { .memory = memory, .english = ask->english };
	intake_result got = { .form = form_of(file, (span){ 0 }),
		.english = ask->english,
		.delimiter = ',',
		.sheet = "" };
	char size[40], bound[40];

	size_text(file_bytes, size);
	size_text(most, bound);
	problem_add(&whole, MST_INTAKE_TOO_LARGE, (problem_at){ .value = span_str(size) }, bound);
	if (refuse(&whole, memory, &got) != MS_OK)
		return no_memory(file, err);
	*out = got;
	return MS_OK;
}

ms_status
intake_too_large(const intake_ask *ask, const char *file, uint64_t file_bytes, arena *memory,
	intake_result *out, ms_error *err)
{
	return refuse_size(ask, file, file_bytes, bound_of(ask), memory, out, err);
}

/* Is it another unit's row? */
static bool
is_others(const intake_row *row)
{
	uint32_t i;

	for (i = 0; i < row->n_problems; i++)
		if (row->problems[i].code == MST_INTAKE_OTHER_REPORTER)
			return true;
	return false;
}

/* The first row before AT that is for the same slot; NULL: none. */
static const intake_row *
find_earlier(const intake_row *rows, const intake_row *at)
{
	const intake_row *r;

	if (at->at.kind == PERIOD_NONE || is_others(at))
		return NULL;
	for (r = rows; r < at; r++)
		if (r->item_index == at->item_index && period_equal(r->at, at->at) && !is_others(r))
			return r;
	return NULL;
}

/* A row for a slot that an earlier row has: it is bad, whether the earlier one is good or not. */
static bool
refuse_twice(const intake_ask *ask, arena *memory, intake_row *rows, uint32_t n)
{
	uint32_t i;

	for (i = 1; i < n; i++) {
		const intake_row *earlier = find_earlier(rows, &rows[i]);
		problems p = {
			.memory = memory, .english = ask->english, .list = rows[i].problems
		};
		char first[16];

		if (earlier == NULL)
			continue;
		p.n = p.room = rows[i].n_problems;
		snprintf(first, sizeof(first), "%u", earlier->row);
		problem_add(&p, MST_INTAKE_TWICE,
			(problem_at){ .field = "period", .value = span_str(rows[i].period) },
			first);
		if (p.no_memory)
			return false;
		rows[i].problems = p.list;
		rows[i].n_problems = p.n;
		rows[i].good = false;
	}
	return true;
}

static ms_status
finish(const intake_ask *ask, const buf *rows, problems *whole, arena *memory, intake_result *out)
{
	uint32_t i;

	if (rows->len == 0 && whole->wrong == 0)
		problem_add(whole, MST_INTAKE_EMPTY, (problem_at){ .field = "" }, NULL);
	if (whole->wrong > 0)
		return refuse(whole, memory, out);
	out->n_rows = (uint32_t)(rows->len / sizeof(intake_row));
	out->rows = arena_alloc(memory, rows->len);
	if (out->rows == NULL)
		return MS_NO_MEMORY;
	memcpy(out->rows, rows->at, rows->len);
	if (!refuse_twice(ask, memory, out->rows, out->n_rows))
		return MS_NO_MEMORY;
	for (i = 0; i < out->n_rows; i++)
		out->n_good += out->rows[i].good;
	return MS_OK;
}

/* What the result keeps of TEXT is copied into the arena. */
static ms_status
read_text(const intake_ask *ask, const char *file, span text, arena *memory, intake_result *out)
{
	problems whole = { .memory = memory, .english = ask->english };
	buf rows = { 0 };
	ms_status s;

	out->form = form_of(file, text);
	if (out->form != INTAKE_JSON)
		out->form = INTAKE_CSV;
	if (out->form == INTAKE_JSON)
		s = json_rows(ask, text, memory, &rows, &whole);
	else
		s = csv_rows(ask, text, memory, &rows, &whole, out);
	if (s == MS_OK && rows.failed)
		s = MS_NO_MEMORY;
	if (s == MS_OK)
		s = finish(ask, &rows, &whole, memory, out);
	buf_fini(&rows);
	return s;
}

/* A kind of file that is not read, with the way to save it anew. */
static ms_status
refuse_kind(const intake_ask *ask, file_kind kind, arena *memory, intake_result *out)
{
	problems whole = { .memory = memory, .english = ask->english };
	const char *name = file_kind_name(kind, ask->english);

	out->form = INTAKE_CSV;
	if (kind == KIND_OLD_SHEET || kind == KIND_OPEN_SHEET || kind == KIND_WEB_PAGE)
		problem_add(&whole, MST_INTAKE_OLD_KIND, (problem_at){ .field = "" }, name);
	else if (kind == KIND_PASSWORD)
		problem_add(&whole, MST_XLSX_PASSWORD, (problem_at){ .field = "" }, NULL);
	else
		problem_add(&whole, MST_INTAKE_OTHER_KIND, (problem_at){ .field = "" }, name);
	return refuse(&whole, memory, out);
}

static ms_status
read_package(const intake_ask *ask, span bytes, arena *memory, intake_result *out)
{
	problems whole = { .memory = memory, .english = ask->english };
	file_kind kind = file_kind_of_package(bytes);
	buf rows = { 0 };
	ms_status s;

	if (kind != KIND_PACKAGE)
		return refuse_kind(ask, kind, memory, out);
	out->form = INTAKE_XLSX;
	s = xlsx_rows_judged(ask, bytes, memory, &rows, &whole, out);
	if (s == MS_OK && rows.failed)
		s = MS_NO_MEMORY;
	if (s == MS_OK)
		s = finish(ask, &rows, &whole, memory, out);
	buf_fini(&rows);
	return s;
}

static ms_status
refuse_charset(const intake_ask *ask, const char *file, const ms_error *found, arena *memory,
	intake_result *out)
{
	problems whole = { .memory = memory, .english = ask->english };

	out->form = form_of(file, (span){ 0 });
	problem_add_error(&whole, found);
	return refuse(&whole, memory, out);
}

static ms_status
read_chars(const intake_ask *ask, const char *file, span bytes, arena *memory, intake_result *out)
{
	ms_error found = { 0 };
	buf text = { 0 };
	ms_status s = charset_to_utf8(bytes, &out->charset, &text, &found);

	if (s == MS_OK)
		s = read_text(ask, file, buf_span(&text), memory, out);
	else if (s != MS_NO_MEMORY)
		s = refuse_charset(ask, file, &found, memory, out);
	buf_fini(&text);
	return s;
}

ms_status
intake_read(const intake_ask *ask, const char *file, span bytes, arena *memory, intake_result *out,
	ms_error *err)
{
	intake_result got = { .english = ask->english, .delimiter = ',', .sheet = "" };
	file_kind kind;
	ms_status s;

	if (bytes.len > bound_of(ask))
		return intake_too_large(ask, file, bytes.len, memory, out, err);
	kind = file_kind_of(bytes);
	if (kind == KIND_TEXT && bytes.len > INTAKE_TEXT_MAX)
		return refuse_size(ask, file, bytes.len, INTAKE_TEXT_MAX, memory, out, err);
	if (kind == KIND_PACKAGE)
		s = read_package(ask, bytes, memory, &got);
	else if (kind != KIND_TEXT)
		s = refuse_kind(ask, kind, memory, &got);
	else
		s = read_chars(ask, file, bytes, memory, &got);
	if (s != MS_OK)
		return no_memory(file, err);
	*out = got;
	return MS_OK;
}
