/* SPDX-License-Identifier: Apache-2.0 */
/* workbook.c - the file in the making has a name in the scratch directory that nobody can guess,
 * and goes when its bytes are read. */
#include "intake/workbook.h"

#include <errno.h>
#include <stdio.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/random.h"
#include "base/text.h"

enum { BYTES_MAX = 64 << 20 };

ms_status
workbook_open(workbook *w, const char *scratch, ms_error *err)
{
	/* libxlsxwriter takes its options as strings that it may change. */
	char directory[WORKBOOK_PATH_MAX];
	lxw_workbook_options options = { .tmpdir = directory };
	int n = snprintf(w->path, sizeof(w->path), "%s/.muster-%016llx.xlsx", scratch,
		(unsigned long long)random_u64());

	if (!fs_is_dir(scratch))
		return fs_fail(err, ENOENT, MST_FILE_WRITE, TR("write"), scratch);
	w->scratch = scratch;
	w->failed = false;
	w->book = NULL;
	if (n < 0 || (size_t)n >= sizeof(w->path))
		return ms_fail(err, MS_INVALID, MST_HOME_PATH, "%s: the path is too long", scratch);
	snprintf(directory, sizeof(directory), "%s", scratch);
	w->book = workbook_new_opt(w->path, &options);
	return w->book != NULL ? MS_OK
			       : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
					 "no memory for a workbook, or no file in %s", scratch);
}

static ms_status
judge_end(const workbook *w, lxw_error e, ms_error *err)
{
	ms_status s = e == LXW_ERROR_MEMORY_MALLOC_FAILED     ? MS_NO_MEMORY
		      : fs_free_bytes(w->scratch) < BYTES_MAX ? MS_NO_SPACE
							      : MS_CANNOT_WRITE;

	if (s == MS_NO_MEMORY)
		return ms_fail(err, s, MST_NO_MEMORY, "no memory for a workbook");
	ms_fail(err, s, MST_INTAKE_WORKBOOK, "cannot write a workbook in %s: %s", w->scratch,
		lxw_strerror(e));
	ms_error_remedy(err, "see that there is space and that the directory can be written");
	return s;
}

ms_status
workbook_end(workbook *w, buf *out, ms_error *err)
{
	lxw_error e = workbook_close(w->book);
	ms_status s = MS_OK;

	w->book = NULL;
	if (out != NULL && e != LXW_NO_ERROR)
		s = judge_end(w, e, err);
	else if (w->failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a workbook");
	else if (out != NULL)
		s = fs_read_regular(w->path, BYTES_MAX, out, err);
	fs_remove(w->path, NULL);
	return s;
}

lxw_worksheet *
workbook_sheet(workbook *w, const char *name)
{
	return workbook_add_worksheet(w->book, name);
}

void
workbook_set_page(
	lxw_worksheet *sheet, lxw_row_t head_rows, lxw_col_t head_columns, unsigned pages_wide)
{
	enum { PAPER_A4 = 9 };

	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, PAPER_A4);
	worksheet_fit_to_pages(sheet, (uint16_t)pages_wide, 0);
	worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
	worksheet_set_footer(sheet, "&C&P / &N");
	if (head_rows > 0) {
		worksheet_repeat_rows(sheet, 0, head_rows - 1);
		worksheet_freeze_panes(sheet, head_rows, head_columns);
	}
	if (head_columns > 0)
		worksheet_repeat_columns(sheet, 0, head_columns - 1);
}

unsigned
workbook_lines(span text, unsigned width)
{
	const uint8_t *at = text.at, *end;
	unsigned lines = 0;

	if (text.len == 0)
		return 0;
	end = at + text.len;
	while (at < end) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
		unsigned wide;

		if (stop == NULL)
			stop = end;
		wide = text_width(span_of(at, (size_t)(stop - at)));
		lines += wide == 0 ? 1 : (wide + width - 1) / width;
		at = stop + 1;
	}
	return lines;
}

void
workbook_set_lines(lxw_worksheet *sheet, lxw_row_t row, unsigned lines, unsigned least)
{
	enum { LINE_POINTS = 15, ROW_POINTS_MAX = 409 };
	unsigned points = (lines > least ? lines : least) * LINE_POINTS;

	worksheet_set_row(sheet, row, points < ROW_POINTS_MAX ? points : ROW_POINTS_MAX, NULL);
}

void
workbook_text(
	workbook *w, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, span text, lxw_format *f)
{
	char small[256], *kept = small;
	lxw_error e;

	text = text_prefix(text, WORKBOOK_TEXT_MAX);
	if (text.len == 0) {
		worksheet_write_blank(sheet, row, col, f);
		return;
	}
	if (text.len >= sizeof(small))
		kept = malloc(text.len + 1);
	if (kept == NULL) {
		w->failed = true;
		return;
	}
	memcpy(kept, text.at, text.len);
	kept[text.len] = 0;
	e = worksheet_write_string(sheet, row, col, kept, f);
	w->failed = w->failed || e == LXW_ERROR_MEMORY_MALLOC_FAILED;
	if (kept != small)
		free(kept);
}

lxw_format *
workbook_format(workbook *w, const workbook_look *look)
{
	lxw_format *f = workbook_add_format(w->book);

	if (f == NULL) {
		w->failed = true;
		return NULL;
	}
	format_set_text_wrap(f);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (!look->bare)
		format_set_border(f, LXW_BORDER_THIN);
	if (look->centred)
		format_set_align(f, LXW_ALIGN_CENTER);
	if (look->font != 0)
		format_set_font_color(f, look->font);
	if (look->fill != 0)
		format_set_bg_color(f, look->fill);
	if (look->hatched)
		format_set_pattern(f, LXW_PATTERN_LIGHT_UP);
	if (look->number != NULL)
		format_set_num_format(f, look->number);
	if (look->bold)
		format_set_bold(f);
	if (look->size != 0)
		format_set_font_size(f, look->size);
	if (look->unlocked)
		format_set_unlocked(f);
	return f;
}
