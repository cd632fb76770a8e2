/* SPDX-License-Identifier: Apache-2.0 */
/* form.c - which rows a form has, and the form as CSV. */
#include "intake/form.h"

#include <stdio.h>

#include "intake/csv_cell.h"
#include "intake/form_layout.h"
#include "intake/messages.h"
#include "plan/check_values.h"

/* ---- which form, which rows ---- */

/* Is the slot of ITEM the unit's to report in AT? */
static bool
has_slot(const plan *p, uint32_t item, uint32_t unit, period at)
{
	return plan_has_period(p, item, at) && plan_takes_part(p, item, unit, at);
}

/* The newest period of ITEM that is over, or the first one that has begun. */
static bool
newest_of(const plan *p, uint32_t item, int64_t now_us, period *out)
{
	period at;
	bool found = false;
	unsigned k;

	for (k = 0; plan_item_period(p, item, k, &at) && plan_begin_us(p, at) <= now_us; k++) {
		if (found && day_start_us(period_end_day(at), p->zone_min) > now_us)
			break;
		*out = at;
		found = true;
	}
	return found;
}

/* The newest of all items of KIND that can still be reported. */
static bool
newest_of_kind(const plan *p, uint32_t unit, period_kind kind, int64_t now_us, period *out)
{
	bool found = false;
	uint32_t i;

	for (i = 0; i < p->n_items; i++) {
		period at = { 0 };

		if (p->items[i].kind != kind || !newest_of(p, i, now_us, &at) ||
			!has_slot(p, i, unit, at) || plan_lock_us(p, i, at) <= now_us ||
			(found && period_code(at) < period_code(*out)))
			continue;
		*out = at;
		found = true;
	}
	return found;
}

/* Does UNIT report on something more often than once in KIND? */
static bool
reports_oftener(const plan *p, uint32_t unit, period_kind kind, int64_t now_us)
{
	uint32_t i;

	for (i = 0; i < p->n_items; i++) {
		period at = { 0 };

		if (p->items[i].kind < kind && newest_of(p, i, now_us, &at) &&
			has_slot(p, i, unit, at))
			return true;
	}
	return false;
}

bool
form_period(const plan *p, uint32_t unit, period_kind kind, int64_t now_us, period *out)
{
	period at = { 0 };

	if (!newest_of_kind(p, unit, kind, now_us, &at))
		return false;
	/* Before anything is over the shortest period is there; a year's form would lie beside it
	 * all year. */
	if (day_start_us(period_end_day(at), p->zone_min) > now_us &&
		reports_oftener(p, unit, kind, now_us))
		return false;
	*out = at;
	return true;
}

/* The report of ITEM in AT, or NULL. */
static const report *
ask_report(const form_ask *ask, uint32_t item, period at, arena *memory, bool *failed)
{
	report r, *kept;

	if (ask->report_of == NULL || !ask->report_of(ask->ctx, item, at, memory, &r))
		return NULL;
	kept = arena_alloc(memory, sizeof(*kept));
	if (kept == NULL)
		*failed = true;
	else
		*kept = r;
	return kept;
}

ms_status
form_rows(const form_ask *ask, arena *memory, form_row **rows, size_t *n)
{
	const plan *p = ask->plan;
	bool failed = false;
	uint32_t i;

	*n = 0;
	*rows = arena_zalloc(memory, (p->n_items + 1) * sizeof(**rows));
	if (*rows == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < p->n_items; i++) {
		form_row *row = &(*rows)[*n];
		period before;

		if (!has_slot(p, i, ask->unit, ask->at))
			continue;
		row->item = i;
		row->filled = ask_report(ask, i, ask->at, memory, &failed);
		if (check_period_before(p, i, ask->at, &before))
			row->last = ask_report(ask, i, before, memory, &failed);
		(*n)++;
	}
	return failed ? MS_NO_MEMORY : MS_OK;
}

void
form_name(period at, bool english, const char *ending, char out[64])
{
	char name[PERIOD_NAME_SIZE];

	snprintf(out, 64, "%s-%s%s", word_text(WORD_FORM, english), period_name(at, name), ending);
}

/* ---- CSV ---- */

/* Cells that are empty to the end of the row are left out. */
static void
put_row(const form_layout *l, const form_row *row, buf *out)
{
	buf cell = { 0 };
	size_t i, empty = 0;

	for (i = 0; i < l->n; i++) {
		buf_reset(&cell);
		form_cell(l, &l->columns[i], row, &cell);
		out->failed = out->failed || cell.failed;
		empty = cell.len == 0 ? empty + 1 : 0;
		buf_add_text(out, i == 0 ? "" : ",");
		csv_cell_add(out, buf_span(&cell), ',');
	}
	if (!out->failed)
		out->len -= empty;
	buf_add_text(out, "\r\n");
	buf_fini(&cell);
}

ms_status
form_csv(const form_ask *ask, const form_row *rows, size_t n, buf *out)
{
	arena memory = { 0 };
	form_layout l;
	ms_status s = form_layout_make(ask, rows, n, &memory, &l);
	size_t i;

	if (s == MS_OK) {
		buf_add_text(out, "\xef\xbb\xbf");
		for (i = 0; i < l.n; i++) {
			buf_add_text(out, i == 0 ? "" : ",");
			csv_cell_add(out, span_str(l.columns[i].header), ',');
		}
		buf_add_text(out, "\r\n");
		for (i = 0; i < n; i++)
			put_row(&l, &rows[i], out);
		s = out->failed ? MS_NO_MEMORY : MS_OK;
	}
	arena_fini(&memory);
	return s;
}
