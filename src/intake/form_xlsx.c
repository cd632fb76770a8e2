/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form_xlsx.c - the form as a workbook: a title, whose form it is, how to fill it, the headers, the
 * rows.
 *
 * Every cell is locked but those that the clerk fills. Figures may be written as numbers or as
 * 无:reason, so that the checks are formulas. The workbook's custom properties say whose form it
 * is, and seal it (form_seal.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "intake/cell_number.h"
#include "intake/cells.h"
#include "intake/form_layout.h"
#include "intake/form_notes.h"
#include "intake/form_seal.h"
#include "intake/messages.h"
#include "intake/workbook.h"

enum { TITLE_ROW, UNIT_ROW, GUIDE_ROW, HEAD_ROW, FIRST_ROW, HINT_MAX = 240, SCALES = 10 };

typedef struct looks {
	lxw_format *title, *guide, *head, *head_last, *fixed, *owed, *foreign, *last, *text, *whole;
	lxw_format *scaled[SCALES];
} looks;

typedef struct form_sheet {
	workbook w;
	const form_layout *l;
	lxw_worksheet *sheet;
	looks looks;
} form_sheet;

/* ---- looks ---- */

static lxw_format *
number_look(form_sheet *f, unsigned scale)
{
	static const char *const numbers[SCALES] = { "0", "0.0", "0.00", "0.000", "0.0000",
		"0.00000", "0.000000", "0.0000000", "0.00000000", "0.000000000" };

	if (f->looks.scaled[scale] == NULL)
		f->looks.scaled[scale] = workbook_format(
			&f->w, &(workbook_look){ .unlocked = true, .number = numbers[scale] });
	return f->looks.scaled[scale];
}

static void
make_looks(form_sheet *f)
{
	workbook *w = &f->w;

	f->looks.title = workbook_format(
		w, &(workbook_look){ .bare = true, .bold = true, .centred = true, .size = 16 });
	f->looks.guide = workbook_format(w, &(workbook_look){ .bare = true, .font = 0x595959 });
	f->looks.head = workbook_format(
		w, &(workbook_look){ .bold = true, .centred = true, .fill = 0xDDEBF7 });
	f->looks.head_last = workbook_format(
		w, &(workbook_look){ .centred = true, .fill = 0xEDEDED, .font = 0x7F7F7F });
	f->looks.fixed = workbook_format(w, &(workbook_look){ .fill = 0xF2F2F2 });
	f->looks.owed = workbook_format(
		w, &(workbook_look){
			   .bold = true, .centred = true, .fill = 0xF2F2F2, .font = 0xC00000 });
	f->looks.foreign =
		workbook_format(w, &(workbook_look){ .fill = 0xD9D9D9, .hatched = true });
	f->looks.last = workbook_format(w, &(workbook_look){ .fill = 0xF7F7F7, .font = 0x7F7F7F });
	f->looks.text = workbook_format(w, &(workbook_look){ .unlocked = true, .number = "@" });
	f->looks.whole = workbook_format(w, &(workbook_look){ .unlocked = true });
}

static const plan_indicator *
indicator_of(const form_sheet *f, const form_column *c)
{
	return c->kind == COLUMN_INDICATOR ? &f->l->ask->plan->indicators[c->indicator] : NULL;
}

/* Does the column hold numbers? *SCALE is theirs. */
static bool
is_number(const form_sheet *f, const form_column *c, unsigned *scale)
{
	const plan_indicator *in = indicator_of(f, c);

	*scale = in == NULL ? 0 : in->scale;
	return c->kind == COLUMN_PROGRESS ||
	       (in != NULL && (in->type == VALUE_COUNT || in->type == VALUE_AMOUNT ||
				      in->type == VALUE_RATIO));
}

static lxw_format *
look_of(form_sheet *f, const form_column *c, const form_row *row)
{
	unsigned scale;

	if (c->kind == COLUMN_OWED && form_is_owed(f->l->ask, row->item))
		return f->looks.owed;
	if (c->kind == COLUMN_OWED || c->kind == COLUMN_ITEM || c->kind == COLUMN_PERIOD)
		return f->looks.fixed;
	if (!form_belongs(f->l, c, row))
		return f->looks.foreign;
	if (c->last)
		return f->looks.last;
	return is_number(f, c, &scale) ? number_look(f, scale) : f->looks.text;
}

/* ---- checks and hints ---- */

static void
hint_of(const form_sheet *f, const form_column *c, char out[HINT_MAX + 1])
{
	static const wording hints[COLUMN_FIXED] = {
		[COLUMN_PROGRESS] = WORD_HINT_PROGRESS,
		[COLUMN_STATUS] = WORD_HINT_STATUS,
		[COLUMN_DONE] = WORD_HINT_DONE,
		[COLUMN_PROBLEMS] = WORD_HINT_PROBLEMS,
		[COLUMN_NEXT_STEPS] = WORD_HINT_NEXT,
		[COLUMN_HELP_NEEDED] = WORD_HINT_HELP,
		[COLUMN_PARTS] = WORD_HINT_PARTS,
		[COLUMN_APPROVED_BY] = WORD_HINT_APPROVED,
		[COLUMN_ACTION] = WORD_HINT_ACTION,
		[COLUMN_REASON] = WORD_HINT_REASON,
		[COLUMN_SAME] = WORD_HINT_SAME,
	};

	out[0] = 0;
	if (c->kind == COLUMN_INDICATOR)
		form_value_hint(indicator_of(f, c), f->l->ask->english, out);
	else if (hints[c->kind] != WORD_NONE)
		word_fill(hints[c->kind], f->l->ask->english, "", "", out, HINT_MAX + 1);
}

/* Words to choose from; false: none. LIST has room for seven. */
static bool
choices_of(const form_column *c, bool english, char **list)
{
	static const char *const actions[][2] = { { "报送", "report" }, { "撤回", "retract" } };
	unsigned i, n = 0;

	if (c->kind == COLUMN_SAME)
		list[n++] = (char *)(uintptr_t) "√";
	for (i = SELF_ON_TRACK; c->kind == COLUMN_STATUS && i <= SELF_DONE; i++)
		list[n++] = (char *)(uintptr_t)cell_status_word((self_status)i, english);
	for (i = 0; c->kind == COLUMN_ACTION && i < 2; i++)
		list[n++] = (char *)(uintptr_t)actions[i][english];
	list[n] = NULL;
	return n > 0;
}

/* A whole number of percent, or a number with at most SCALE decimals, or words for none. */
static void
number_check(const form_column *c, lxw_row_t row, lxw_col_t col, unsigned scale, char out[256])
{
	char at[16];

	lxw_rowcol_to_cell(at, row, col);
	if (c->kind == COLUMN_PROGRESS)
		snprintf(out, 256, "=AND(ISNUMBER(%s),%s>=0,%s<=100,INT(%s)=%s)", at, at, at, at,
			at);
	else
		snprintf(out, 256,
			"=OR(IF(ISNUMBER(%s),ABS(ROUND(%s,%u)-%s)<0.0000000001,FALSE),"
			"LEFT(%s,1)=\"无\",LEFT(%s,1)=\"暂\",LEFT(%s,4)=\"nil:\",LEFT(%s,4)="
			"\"prov\")",
			at, at, scale, at, at, at, at, at);
}

static void
check_cell(form_sheet *f, const form_column *c, lxw_row_t row, lxw_col_t col)
{
	bool english = f->l->ask->english;
	char hint[HINT_MAX + 1], formula[256], title[64];
	char *list[8];
	unsigned scale;
	lxw_data_validation check = { .validate = LXW_VALIDATION_TYPE_ANY,
		.ignore_blank = LXW_VALIDATION_ON };

	hint_of(f, c, hint);
	if (choices_of(c, english, list)) {
		check.validate = LXW_VALIDATION_TYPE_LIST;
		check.value_list = list;
	} else if (is_number(f, c, &scale)) {
		check.validate = LXW_VALIDATION_TYPE_CUSTOM_FORMULA;
		check.value_formula = formula;
		number_check(c, row, col, scale, formula);
	} else if (hint[0] == 0) {
		return;
	}
	if (hint[0] != 0) {
		/* Excel takes 32 characters for a title. */
		span head = text_prefix(span_str(c->header), 31);

		snprintf(title, sizeof(title), "%.*s", (int)head.len, (const char *)head.at);
		check.input_title = check.error_title = title;
		check.input_message = check.error_message = hint;
	}
	worksheet_data_validation_cell(f->sheet, row, col, &check);
}

/* ---- cells ---- */

/* TEXT as a number where it is one of at most 15 digits, which a spreadsheet keeps exactly. */
static void
put_cell(form_sheet *f, lxw_row_t row, lxw_col_t col, const form_column *c, span text,
	lxw_format *look)
{
	char number[24];
	unsigned scale;
	int64_t exact;

	if (text.len > 0 && text.len <= 16 && is_number(f, c, &scale) &&
		cell_decimal(text, scale, &exact) == 0) {
		snprintf(number, sizeof(number), "%.*s", (int)text.len, (const char *)text.at);
		worksheet_write_number(f->sheet, row, col, strtod(number, NULL), look);
		return;
	}
	workbook_text(&f->w, f->sheet, row, col, text, look);
}

static unsigned
width_of(const form_column *c)
{
	switch (c->kind) {
	case COLUMN_OWED:
	case COLUMN_SAME:
		return 6;
	case COLUMN_ITEM:
	case COLUMN_PARTS:
		return 22;
	case COLUMN_DONE:
	case COLUMN_PROBLEMS:
	case COLUMN_NEXT_STEPS:
		return 30;
	case COLUMN_HELP_NEEDED:
	case COLUMN_ATTACHMENTS:
	case COLUMN_REASON:
		return 18;
	case COLUMN_INDICATOR:
		return 14;
	default:
		return 10;
	}
}

static void
put_row(form_sheet *f, lxw_row_t at, const form_row *row)
{
	enum { LINES_LEAST = 3 /* room to write by hand */ };
	buf cell = { 0 };
	unsigned lines = 0, own;
	size_t i;

	for (i = 0; i < f->l->n; i++) {
		const form_column *c = &f->l->columns[i];
		lxw_format *look = look_of(f, c, row);

		buf_reset(&cell);
		form_cell(f->l, c, row, &cell);
		f->w.failed = f->w.failed || cell.failed;
		own = workbook_lines(buf_span(&cell), width_of(c));
		lines = own > lines ? own : lines;
		put_cell(f, at, (lxw_col_t)i, c, buf_span(&cell), look);
		if (look != f->looks.foreign && look != f->looks.last && look != f->looks.fixed &&
			look != f->looks.owed)
			check_cell(f, c, at, (lxw_col_t)i);
	}
	workbook_set_lines(f->sheet, at, lines, LINES_LEAST);
	buf_fini(&cell);
}

/* A line above the table, as wide as it. */
static void
put_line(form_sheet *f, lxw_row_t row, const char *text, lxw_format *look, unsigned height)
{
	worksheet_merge_range(f->sheet, row, 0, row, (lxw_col_t)(f->l->n - 1), "", look);
	workbook_text(&f->w, f->sheet, row, 0, span_str(text), look);
	worksheet_set_row(f->sheet, row, height, NULL);
}

static void
put_heads(form_sheet *f)
{
	const form_ask *ask = f->l->ask;
	const plan_unit *unit = &ask->plan->units[ask->unit];
	char title[64], name[PERIOD_NAME_SIZE], of[256];
	size_t i;

	snprintf(title, sizeof(title), "%s %s", period_name(ask->at, name),
		word_text(WORD_FORM, ask->english));
	/* Where it is read back, another unit's form is told by this line. */
	snprintf(of, sizeof(of), "%s:%s", word_text(WORD_UNIT, ask->english),
		ask->english ? unit->id : unit->name);
	put_line(f, TITLE_ROW, title, f->looks.title, 28);
	put_line(f, UNIT_ROW, of, f->looks.guide, 18);
	put_line(f, GUIDE_ROW, word_text(WORD_GUIDE, ask->english), f->looks.guide, 34);
	worksheet_set_row(f->sheet, HEAD_ROW, 60, NULL);
	for (i = 0; i < f->l->n; i++) {
		const form_column *c = &f->l->columns[i];

		worksheet_set_column(f->sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(c), NULL);
		workbook_text(&f->w, f->sheet, HEAD_ROW, (lxw_col_t)i, span_str(c->header),
			c->last ? f->looks.head_last : f->looks.head);
	}
}

/* ---- the workbook ---- */

/* SEAL: NULL until it is known. */
static void
set_properties(form_sheet *f, const char *seal)
{
	const form_ask *ask = f->l->ask;
	char unit[PLAN_ID_MAX + 1], at[PERIOD_NAME_SIZE], version[2 * HASH_SIZE + 1];
	lxw_doc_properties properties = { .title = at,
		.created = (time_t)(day_start_us(period_end_day(ask->at), ask->plan->zone_min) /
				    1000000) };

	snprintf(unit, sizeof(unit), "%s", ask->plan->units[ask->unit].id);
	period_name(ask->at, at);
	hash_hex(&ask->plan->version, version);
	workbook_set_properties(f->w.book, &properties);
	workbook_set_custom_property_string(f->w.book, "muster.unit", unit);
	workbook_set_custom_property_string(f->w.book, "muster.period", at);
	workbook_set_custom_property_string(f->w.book, "muster.plan", version);
	if (seal != NULL)
		workbook_set_custom_property_string(f->w.book, "muster.seal", seal);
}

static void
put_form(form_sheet *f, const form_row *rows, size_t n, const char *seal)
{
	size_t i;

	make_looks(f);
	f->sheet = workbook_sheet(&f->w, word_text(WORD_FORM, f->l->ask->english));
	if (f->sheet == NULL || f->w.failed)
		return;
	workbook_set_page(f->sheet, FIRST_ROW, 3, 2);
	put_heads(f);
	for (i = 0; i < n; i++)
		put_row(f, (lxw_row_t)(FIRST_ROW + i), &rows[i]);
	worksheet_protect(f->sheet, NULL,
		&(lxw_protection){ .format_columns = 1, .format_rows = 1, .format_cells = 1 });
	set_properties(f, seal);
}

static ms_status
write_book(const form_layout *l, const form_row *rows, size_t n, const char *scratch,
	const char *seal, buf *out, ms_error *err)
{
	form_sheet f = { .l = l };
	ms_status s = workbook_open(&f.w, scratch, err);

	if (s != MS_OK)
		return s;
	put_form(&f, rows, n, seal);
	form_notes(&f.w, l->ask, rows, n);
	return workbook_end(&f.w, out, err);
}

ms_status
form_xlsx(const form_ask *ask, const form_row *rows, size_t n, const char *scratch, buf *out,
	ms_error *err)
{
	char seal[FORM_SEAL_SIZE];
	arena memory = { 0 };
	buf open = { 0 };
	form_layout l;
	ms_status s = form_layout_make(ask, rows, n, &memory, &l);

	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for the form");
	else
		s = write_book(&l, rows, n, scratch, NULL, &open, err);
	if (s == MS_OK)
		s = form_seal(buf_span(&open), seal, err);
	if (s == MS_OK)
		s = write_book(&l, rows, n, scratch, seal, out, err);
	buf_fini(&open);
	arena_fini(&memory);
	return s;
}
