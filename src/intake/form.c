/* SPDX-License-Identifier: Apache-2.0 */
/* form.c - the header from the table of columns, with the indicators that the unit owes in the
 * period between the texts and the names. */
#include "intake/form.h"

#include <stdlib.h>

#include "intake/cell_text.h"
#include "intake/cells.h"
#include "intake/columns.h"

/* In the order in which a clerk fills them; the indicators come after the parts. */
static const column_kind order[] = {
	COLUMN_ITEM,
	COLUMN_PERIOD,
	COLUMN_PROGRESS,
	COLUMN_STATUS,
	COLUMN_DONE,
	COLUMN_PROBLEMS,
	COLUMN_NEXT_STEPS,
	COLUMN_HELP_NEEDED,
	COLUMN_PARTS,
	COLUMN_INDICATOR,
	COLUMN_PREPARED_BY,
	COLUMN_APPROVED_BY,
	COLUMN_PHONE,
	COLUMN_ACTION,
	COLUMN_REASON,
};

static void
put_cell(buf *out, span text, bool first)
{
	size_t i;
	bool quoted = false;

	for (i = 0; i < text.len && !quoted; i++)
		quoted = strchr(",\"\r\n", text.at[i]) != NULL;
	buf_add_text(out, first ? "" : ",");
	if (!quoted) {
		buf_add_span(out, text);
		return;
	}
	buf_add_text(out, "\"");
	for (i = 0; i < text.len; i++)
		if (text.at[i] == '"')
			buf_add_text(out, "\"\"");
		else
			buf_add(out, &text.at[i], 1);
	buf_add_text(out, "\"");
}

/* ---- the header ---- */

/* Is the slot of ITEM the unit's to report in AT? */
static bool
has_slot(const plan *p, uint32_t item, uint32_t unit, period at)
{
	return plan_has_period(p, item, at) && plan_takes_part(p, item, unit, at);
}

/* Does the form have a column for INDICATOR? */
static bool
has_column(const plan *p, uint32_t indicator, uint32_t unit, period at)
{
	return has_slot(p, p->indicators[indicator].item, unit, at) &&
	       plan_wants_value(p, indicator, unit, at);
}

static void
put_indicators(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	arena memory = { 0 };
	uint32_t i;

	for (i = 0; i < p->n_indicators; i++) {
		const char *header;

		if (!has_column(p, i, unit, at))
			continue;
		header = column_of_indicator(&p->indicators[i], HALF_NONE, english, &memory);
		out->failed = out->failed || header == NULL;
		put_cell(out, span_str(header), false);
	}
	arena_fini(&memory);
}

static void
put_header(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	size_t i;

	for (i = 0; i < sizeof order / sizeof order[0]; i++) {
		const column_name *name = column_name_of(order[i]);

		if (order[i] == COLUMN_INDICATOR)
			put_indicators(p, unit, at, english, out);
		else
			put_cell(out, span_str(english ? name->en : name->zh), i == 0);
	}
	buf_add_text(out, "\r\n");
}

/* ---- rows ---- */

static const report_value *
value_of(const report *r, const char *indicator)
{
	size_t i;

	for (i = 0; i < r->n_values; i++)
		if (span_equal(r->values[i].indicator, span_str(indicator)))
			return &r->values[i];
	return NULL;
}

static void
put_values(const plan *p, uint32_t unit, period at, const report *r, bool english, buf *out)
{
	uint32_t i;

	for (i = 0; i < p->n_indicators; i++) {
		const report_value *v;
		buf cell = { 0 };

		if (!has_column(p, i, unit, at))
			continue;
		v = value_of(r, p->indicators[i].id);
		if (v != NULL)
			cell_text_value(&p->indicators[i], v, english, &cell);
		out->failed = out->failed || cell.failed;
		put_cell(out, buf_span(&cell), false);
		buf_fini(&cell);
	}
}

static void
put_parts(const report *r, bool english, buf *out)
{
	buf cell = { 0 };

	cell_text_parts(r, english, &cell);
	out->failed = out->failed || cell.failed;
	put_cell(out, buf_span(&cell), false);
	buf_fini(&cell);
}

static span
text_of(const report *r, column_kind kind, bool english)
{
	switch (kind) {
	case COLUMN_STATUS:
		return span_str(cell_status_word(r->status, english));
	case COLUMN_DONE:
		return r->done;
	case COLUMN_PROBLEMS:
		return r->problems;
	case COLUMN_NEXT_STEPS:
		return r->next_steps;
	case COLUMN_HELP_NEEDED:
		return r->help_needed;
	case COLUMN_PREPARED_BY:
		return r->prepared_by;
	case COLUMN_APPROVED_BY:
		return r->approved_by;
	case COLUMN_PHONE:
		return r->phone;
	default:
		return (span){ 0 };
	}
}

static void
put_filled(const plan *p, uint32_t unit, period at, const report *r, bool english, buf *out)
{
	size_t i;

	/* Item and period stand there already. */
	for (i = 2; i < sizeof order / sizeof order[0]; i++) {
		if (order[i] == COLUMN_INDICATOR)
			put_values(p, unit, at, r, english, out);
		else if (order[i] == COLUMN_PARTS)
			put_parts(r, english, out);
		else if (order[i] == COLUMN_PROGRESS && r->has_progress)
			buf_addf(out, ",%u", r->progress_pct);
		else
			put_cell(out, text_of(r, order[i], english), false);
	}
}

ms_status
form_write(const plan *p, uint32_t unit, period at, const form_row *rows, size_t n, bool english,
	buf *out)
{
	char name[PERIOD_NAME_SIZE];
	size_t i;

	buf_add_text(out, "\xef\xbb\xbf");
	put_header(p, unit, at, english, out);
	for (i = 0; i < n; i++) {
		const plan_item *item = &p->items[rows[i].item];

		put_cell(out, span_str(english ? item->id : item->title), true);
		put_cell(out, span_str(period_name(at, name)), false);
		if (rows[i].filled != NULL)
			put_filled(p, unit, at, rows[i].filled, english, out);
		buf_add_text(out, "\r\n");
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

ms_status
form_write_empty(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	form_row *rows = calloc(p->n_items + 1, sizeof(*rows));
	uint32_t i, n = 0;
	ms_status s;

	if (rows == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < p->n_items; i++)
		if (has_slot(p, i, unit, at))
			rows[n++].item = i;
	s = form_write(p, unit, at, rows, n, english, out);
	free(rows);
	return s;
}
