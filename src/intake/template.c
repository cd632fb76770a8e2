/* SPDX-License-Identifier: Apache-2.0 */
/* template.c - the header from the table of columns, with the indicators that the unit owes in the
 * period between the texts and the names. */
#include "intake/template.h"

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
put_cell(buf *out, const char *text, bool first)
{
	if (!first)
		buf_add(out, ",", 1);
	if (strpbrk(text, ",\"\r\n") == NULL) {
		buf_add_text(out, text);
		return;
	}
	buf_add(out, "\"", 1);
	for (; *text != 0; text++)
		buf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	buf_add(out, "\"", 1);
}

/* Is the slot of ITEM the unit's to report in AT? */
static bool
has_slot(const plan *p, uint32_t item, uint32_t unit, period at)
{
	return plan_role_of(p, item, unit) != ROLE_NONE && plan_has_period(p, item, at) &&
	       plan_unit_alive(p, unit, at);
}

static ms_status
put_indicators(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	arena memory = { 0 };
	uint32_t i;

	for (i = 0; i < p->n_indicators; i++) {
		const char *header;

		if (!has_slot(p, p->indicators[i].item, unit, at) ||
			!plan_wants_value(p, i, unit, at))
			continue;
		header = column_of_indicator(&p->indicators[i], english, &memory);
		if (header == NULL)
			out->failed = true;
		else
			put_cell(out, header, false);
	}
	arena_fini(&memory);
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

static ms_status
put_header(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < sizeof order / sizeof order[0] && s == MS_OK; i++) {
		const column_name *name = column_name_of(order[i]);

		if (order[i] == COLUMN_INDICATOR)
			s = put_indicators(p, unit, at, english, out);
		else
			put_cell(out, english ? name->en : name->zh, i == 0);
	}
	buf_add_text(out, "\r\n");
	return s;
}

ms_status
intake_template(const plan *p, uint32_t unit, period at, bool english, buf *out)
{
	char name[PERIOD_NAME_SIZE];
	ms_status s;
	uint32_t i;

	buf_add(out, "\xef\xbb\xbf", 3);
	s = put_header(p, unit, at, english, out);
	for (i = 0; i < p->n_items && s == MS_OK; i++) {
		if (!has_slot(p, i, unit, at))
			continue;
		put_cell(out, english ? p->items[i].id : p->items[i].title, true);
		put_cell(out, period_name(at, name), false);
		buf_add_text(out, "\r\n");
	}
	return out->failed ? MS_NO_MEMORY : s;
}
