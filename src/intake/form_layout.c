/* SPDX-License-Identifier: Apache-2.0 */
/* form_layout.c - the columns in the order in which a clerk fills them, each with its column of
 * last period beside it. */
#include "intake/form_layout.h"

#include "intake/cell_text.h"
#include "intake/cells.h"
#include "intake/messages.h"
#include "plan/figure.h"

static const column_kind order[] = {
	COLUMN_OWED,
	COLUMN_ITEM,
	COLUMN_PERIOD,
	COLUMN_SAME,
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
	COLUMN_ATTACHMENTS,
	COLUMN_ACTION,
	COLUMN_REASON,
};

/* ---- the text of a cell ---- */

static const report_value *
value_of(const report *r, const char *indicator)
{
	size_t i;

	for (i = 0; i < r->n_values; i++)
		if (span_equal(r->values[i].indicator, span_str(indicator)))
			return &r->values[i];
	return NULL;
}

/* A value, or the half of a ratio that the column is for: a reason stands under the numerator. */
static void
put_value(const form_layout *l, const form_column *c, const report *r, buf *out)
{
	const plan_indicator *in = &l->ask->plan->indicators[c->indicator];
	const report_value *v = value_of(r, in->id);
	char number[40];

	if (v == NULL || (v->is_nil && c->half == HALF_DEN))
		return;
	if (v->is_nil || c->half == HALF_NONE) {
		cell_text_value(in, v, l->ask->english, out);
		return;
	}
	if (v->provisional && c->half == HALF_NUM)
		buf_add_text(out, l->ask->english ? "provisional:" : "暂:");
	buf_add_text(out, scaled_text(c->half == HALF_NUM ? v->num : v->den, in->scale, number));
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
put_of_report(const form_layout *l, const form_column *c, const report *r, buf *out)
{
	if (c->kind == COLUMN_INDICATOR)
		put_value(l, c, r, out);
	else if (c->kind == COLUMN_PARTS)
		cell_text_parts(r, l->ask->english, out);
	else if (c->kind == COLUMN_ATTACHMENTS)
		cell_text_attachments(r, out);
	else if (c->kind == COLUMN_PROGRESS && r->has_progress)
		buf_addf(out, "%u", r->progress_pct);
	else
		buf_add_span(out, text_of(r, c->kind, l->ask->english));
}

bool
form_is_owed(const form_ask *ask, uint32_t item)
{
	return plan_expects(ask->plan, item, ask->unit, ask->at);
}

void
form_cell(const form_layout *l, const form_column *c, const form_row *row, buf *out)
{
	const plan_item *item = &l->ask->plan->items[row->item];
	bool english = l->ask->english;
	const report *r = c->last ? row->last : row->filled;
	char name[PERIOD_NAME_SIZE];

	if (c->kind == COLUMN_OWED)
		buf_add_text(
			out, word_text(form_is_owed(l->ask, row->item) ? WORD_OWED : WORD_PERMITTED,
				     english));
	else if (c->kind == COLUMN_ITEM)
		buf_add_text(out, english ? item->id : item->title);
	else if (c->kind == COLUMN_PERIOD)
		buf_add_text(out, period_name(l->ask->at, name));
	else if (r != NULL)
		put_of_report(l, c, r, out);
}

bool
form_belongs(const form_layout *l, const form_column *c, const form_row *row)
{
	if (c->kind == COLUMN_INDICATOR)
		return l->ask->plan->indicators[c->indicator].item == row->item;
	return c->kind != COLUMN_PARTS ||
	       plan_at(l->ask->plan, l->ask->at)->items[row->item].n_lists > 0;
}

/* ---- the columns ---- */

typedef struct making {
	form_layout *layout;
	const form_row *rows;
	size_t n;
	arena *memory;
	buf columns;
} making;

static bool
has_last(const making *m, const form_column *c)
{
	form_column last = *c;
	buf text = { 0 };
	bool has = false;
	size_t i;

	last.last = true;
	for (i = 0; i < m->n && !has; i++) {
		if (m->rows[i].last == NULL || !form_belongs(m->layout, &last, &m->rows[i]))
			continue;
		form_cell(m->layout, &last, &m->rows[i], &text);
		has = text.len > 0 || text.failed;
	}
	buf_fini(&text);
	return has;
}

static void
add_column(making *m, form_column c)
{
	bool english = m->layout->ask->english;

	if (c.header == NULL)
		m->columns.failed = true;
	buf_add(&m->columns, &c, sizeof(c));
	if (c.kind == COLUMN_OWED || c.kind == COLUMN_ITEM || c.kind == COLUMN_PERIOD ||
		c.kind == COLUMN_ATTACHMENTS || c.header == NULL || !has_last(m, &c))
		return;
	c.last = true;
	c.header = column_of_last(c.header, english, m->memory);
	m->columns.failed = m->columns.failed || c.header == NULL;
	buf_add(&m->columns, &c, sizeof(c));
}

static void
add_indicator(making *m, uint32_t indicator)
{
	const form_ask *ask = m->layout->ask;
	const plan_indicator *in = &ask->plan->indicators[indicator];
	bool ratio = in->type == VALUE_RATIO;
	unsigned half;

	for (half = ratio ? HALF_NUM : HALF_NONE; half <= (ratio ? HALF_DEN : HALF_NONE); half++)
		add_column(m, (form_column){ .kind = COLUMN_INDICATOR,
				      .indicator = indicator,
				      .half = (column_half)half,
				      .header = column_of_indicator(
					      in, (column_half)half, ask->english, m->memory) });
}

/* Does ROW of the form owe INDICATOR, or has reported it all the same? */
static bool
is_wanted(const form_ask *ask, const form_row *row, uint32_t indicator)
{
	const plan_indicator *in = &ask->plan->indicators[indicator];

	return row->item == in->item &&
	       (plan_wants_value(ask->plan, indicator, ask->unit, ask->at) ||
		       (row->filled != NULL && value_of(row->filled, in->id) != NULL));
}

static void
add_indicators(making *m)
{
	const form_ask *ask = m->layout->ask;
	uint32_t i;
	size_t k;

	for (i = 0; i < ask->plan->n_indicators; i++)
		for (k = 0; k < m->n; k++)
			if (is_wanted(ask, &m->rows[k], i)) {
				add_indicator(m, i);
				break;
			}
}

/* Clerks seldom write attachments, but those that were reported stand until the row says others. */
static bool
has_attachments(const making *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->rows[i].filled != NULL && m->rows[i].filled->n_attachments > 0)
			return true;
	return false;
}

ms_status
form_layout_make(
	const form_ask *ask, const form_row *rows, size_t n, arena *memory, form_layout *out)
{
	form_layout made = { .ask = ask };
	making m = { .layout = &made, .rows = rows, .n = n, .memory = memory };
	bool any_last = false;
	size_t i;

	for (i = 0; i < n; i++)
		any_last |= rows[i].last != NULL;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const column_name *name = column_name_of(order[i]);

		if (order[i] == COLUMN_ATTACHMENTS && !has_attachments(&m))
			continue;
		if (order[i] == COLUMN_INDICATOR)
			add_indicators(&m);
		else if (order[i] != COLUMN_SAME || any_last)
			add_column(&m, (form_column){ .kind = order[i],
					       .header = ask->english ? name->en : name->zh });
	}
	made.n = m.columns.len / sizeof(*made.columns);
	made.columns = arena_alloc(memory, m.columns.len + 1);
	if (m.columns.failed || made.columns == NULL) {
		buf_fini(&m.columns);
		return MS_NO_MEMORY;
	}
	memcpy(made.columns, m.columns.at, m.columns.len);
	buf_fini(&m.columns);
	*out = made;
	return MS_OK;
}
