/* SPDX-License-Identifier: Apache-2.0 */
/* form_notes.c - a row an item: duty, deadline, the plan's own words, figures and parts. */
#include "intake/form_notes.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "intake/columns.h"
#include "intake/form_layout.h"
#include "intake/messages.h"
#include "plan/figure.h"

void
form_value_hint(const plan_indicator *in, bool english, char out[241])
{
	const char *measure = in->unit_of_measure == NULL ? "" : in->unit_of_measure;
	wording which = in->type == VALUE_RATIO       ? WORD_HINT_RATIO
			: in->type == VALUE_MILESTONE ? WORD_HINT_MILESTONE
			: in->type == VALUE_KEYSET    ? WORD_HINT_KEYS
			: in->type == VALUE_TEXT      ? WORD_HINT_TEXT
			: in->scale == 0              ? WORD_HINT_WHOLE
						      : WORD_HINT_DECIMAL;
	char scale[8];

	snprintf(scale, sizeof(scale), "%u", (unsigned)in->scale);
	word_fill(which, english, scale, measure, out, 241);
}

/* "新兴产业完成投资(本年累计)(亿元): how it is written", a line an indicator. */
static void
put_indicators(const form_ask *ask, uint32_t item, buf *out)
{
	const plan_item *it = &ask->plan->items[item];
	arena memory = { 0 };
	uint32_t i;

	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
		const plan_indicator *in = &ask->plan->indicators[i];
		const plan_target *target = plan_unit_target(ask->plan, i, ask->unit, ask->at);
		const char *header;
		char hint[241], number[40];

		if (!plan_wants_value(ask->plan, i, ask->unit, ask->at))
			continue;
		header = column_of_indicator(in, HALF_NONE, ask->english, &memory);
		form_value_hint(in, ask->english, hint);
		out->failed = out->failed || header == NULL;
		buf_addf(out, "%s%s: %s", out->len > 0 ? "\n" : "", header == NULL ? "" : header,
			hint);
		if (target != NULL)
			buf_addf(out, " %s %s", word_text(WORD_TARGET, ask->english),
				scaled_text(target->value, in->scale, number));
	}
	arena_fini(&memory);
}

static void
put_parts(const form_ask *ask, uint32_t item, buf *out)
{
	const plan_item *it = &plan_at(ask->plan, ask->at)->items[item];
	size_t i, k;

	for (i = 0; i < it->n_lists; i++)
		for (k = 0; k < it->lists[i].n_parts; k++)
			buf_addf(out, "%s%s %s", out->len > 0 ? "\n" : "", it->lists[i].parts[k].id,
				it->lists[i].parts[k].name);
}

static const struct {
	wording head;
	unsigned width; /* characters */
} columns[] = { { WORD_NUMBER, 5 }, { WORD_ITEM, 22 }, { WORD_DUTY, 9 }, { WORD_UNTIL, 12 },
	{ WORD_WORDS, 70 }, { WORD_FIGURES, 45 }, { WORD_PARTS, 28 } };
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void
put_cells(workbook *w, lxw_worksheet *sheet, lxw_row_t at, const span cells[COLUMNS], lxw_format *f)
{
	unsigned lines = 1;
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		unsigned own = workbook_lines(cells[i], columns[i].width);

		lines = own > lines ? own : lines;
		workbook_text(w, sheet, at, (lxw_col_t)i, cells[i], f);
	}
	workbook_set_lines(sheet, at, lines, 2);
}

static void
put_row(workbook *w, lxw_worksheet *sheet, lxw_row_t at, const form_ask *ask, uint32_t item,
	lxw_format *f)
{
	const plan *p = plan_at(ask->plan, ask->at);
	const plan_item *it = &p->items[item];
	bool english = ask->english;
	buf figures = { 0 }, parts = { 0 };
	char until[40], number[16];
	wording duty = plan_is_lead(p, item, ask->unit) ? WORD_LEAD
		       : form_is_owed(ask, item)        ? WORD_OWED
							: WORD_PERMITTED;

	put_indicators(ask, item, &figures);
	put_parts(ask, item, &parts);
	snprintf(number, sizeof(number), "%u", it->number);
	time_format_until(plan_deadline_us(ask->plan, item, ask->at), p->zone_min, until);
	put_cells(w, sheet, at,
		(const span[COLUMNS]){ span_str(number),
			span_str(english ? it->title_en : it->title),
			span_str(word_text(duty, english)), span_str(until), span_str(it->text),
			buf_span(&figures), buf_span(&parts) },
		f);
	w->failed = w->failed || figures.failed || parts.failed;
	buf_fini(&figures);
	buf_fini(&parts);
}

void
form_notes(workbook *w, const form_ask *ask, const form_row *rows, size_t n)
{
	lxw_worksheet *sheet = workbook_sheet(w, word_text(WORD_NOTES, ask->english));
	lxw_format *plain = workbook_format(w, &(workbook_look){ 0 });
	lxw_format *head = workbook_format(
		w, &(workbook_look){ .bold = true, .centred = true, .fill = 0xDDEBF7 });
	lxw_format *guide = workbook_format(w, &(workbook_look){ .bare = true });
	size_t i;

	if (sheet == NULL || w->failed)
		return;
	workbook_set_page(sheet, 2, 2, 1);
	worksheet_merge_range(sheet, 0, 0, 0, COLUMNS - 1, "", guide);
	workbook_text(w, sheet, 0, 0, span_str(word_text(WORD_HOW, ask->english)), guide);
	worksheet_set_row(sheet, 0, 130, NULL);
	for (i = 0; i < COLUMNS; i++) {
		worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
		workbook_text(w, sheet, 1, (lxw_col_t)i,
			span_str(word_text(columns[i].head, ask->english)), head);
	}
	for (i = 0; i < n; i++)
		put_row(w, sheet, (lxw_row_t)(i + 2), ask, rows[i].item, plain);
	worksheet_protect(sheet, NULL,
		&(lxw_protection){ .format_columns = 1, .format_rows = 1, .format_cells = 1 });
}
