/* SPDX-License-Identifier: Apache-2.0 */
/* demo_file.c - the files of the demo's offices: spreadsheets saved as CSV in three charsets, and
 * JSON from those that have a system of their own. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/demo_year.h"
#include "intake/cells.h"
#include "intake/charset.h"
#include "intake/form.h"
#include "plan/figure.h"

enum { WRONG_PROGRESS = 105 };

ms_status
demo_report(
	const demo_year *y, const demo_event *e, const demo_row *row, arena *memory, report *out)
{
	sample_random random = { .state = y->seed ^ (uint64_t)period_code(e->period) << 32 ^
					  (uint64_t)e->unit << 16 ^ row->item };
	slot_at at = { row->item, e->unit, e->period };
	ms_status s = sample_full(y->plan, at, &random, memory, out);

	if (row->wrong)
		out->progress_pct = WRONG_PROGRESS;
	if (row->revision > 1) {
		out->progress_pct += out->progress_pct < 100 ? 1 : 0;
		out->done = span_str("更正:上次填报的进度有误,现予更正。");
	}
	return s;
}

/* ---- JSON, see intake/json_report.h ---- */

static json_t *
value_json(const plan *p, const report_value *v)
{
	int found = plan_find_indicator(p, v->indicator);
	unsigned scale = found < 0 ? 0 : p->indicators[found].scale;
	json_t *o = json_object(), *keys;
	char text[40];
	size_t i;

	json_set_span(o, "indicator", v->indicator);
	if (v->has_ratio) {
		json_set_text(o, "num", scaled_text(v->num, scale, text));
		json_set_text(o, "den", scaled_text(v->den, scale, text));
	} else if (v->has_date) {
		json_set_text(o, "date", date_format(v->date, text));
	} else if (v->has_mantissa) {
		json_set_text(o, "value", scaled_text(v->mantissa, scale, text));
	} else if (v->has_text) {
		json_set_span(o, "text", v->text);
	} else if (v->has_keys) {
		keys = json_array();
		for (i = 0; i < v->n_keys; i++)
			json_array_append_new(
				keys, json_stringn((const char *)v->keys[i].at, v->keys[i].len));
		json_set(o, "keys", keys);
	}
	return o;
}

static json_t *
report_json(const plan *p, const report *r)
{
	json_t *o = json_object(), *values = json_array(), *parts = json_array();
	size_t i;

	for (i = 0; i < r->n_values; i++)
		json_array_append_new(values, value_json(p, &r->values[i]));
	for (i = 0; i < r->n_parts; i++) {
		json_t *part = json_object();

		json_set_span(part, "id", r->parts[i].id);
		json_set_text(part, "state", cell_part_word(r->parts[i].state, true));
		json_set_span(part, "note", r->parts[i].note);
		json_array_append_new(parts, part);
	}
	json_set_number(o, "progress_pct", r->progress_pct);
	json_set_text(o, "self_status", cell_status_word(r->status, true));
	json_set_span(o, "done", r->done);
	json_set_span(o, "problems", r->problems);
	json_set_span(o, "next_steps", r->next_steps);
	if (r->help_needed.len > 0)
		json_set_span(o, "help_needed", r->help_needed);
	json_set(o, "parts", parts);
	json_set(o, "values", values);
	json_set_span(o, "prepared_by", r->prepared_by);
	json_set_span(o, "approved_by", r->approved_by);
	json_set_span(o, "phone", r->phone);
	return o;
}

static ms_status
write_json(const demo_year *y, const demo_event *e, const report *reports, buf *out)
{
	json_t *list = json_array();
	char at[PERIOD_NAME_SIZE];
	ms_status s;
	uint32_t i;

	for (i = 0; i < e->n_rows; i++) {
		json_t *o = json_object();

		json_set_text(o, "item", y->plan->items[e->rows[i].item].id);
		json_set_text(o, "period", period_name(e->period, at));
		json_set(o, "report", report_json(y->plan, &reports[i]));
		json_array_append_new(list, o);
	}
	s = json_write(list, out);
	json_decref(list);
	return s;
}

/* ---- the file ---- */

static ms_status
write_csv(const demo_year *y, const demo_event *e, const report *reports, charset to, buf *out,
	ms_error *err)
{
	form_row *rows = calloc(e->n_rows + 1, sizeof(*rows));
	buf utf8 = { 0 };
	ms_status s = rows == NULL ? MS_NO_MEMORY : MS_OK;
	uint32_t i;

	for (i = 0; s == MS_OK && i < e->n_rows; i++)
		rows[i] = (form_row){ .item = e->rows[i].item, .filled = &reports[i] };
	if (s == MS_OK)
		s = form_csv(&(form_ask){ .plan = y->plan, .unit = e->unit, .at = e->period }, rows,
			e->n_rows, &utf8);
	if (s == MS_OK && to == CHARSET_UTF8_BOM)
		s = buf_add_span(out, buf_span(&utf8));
	else if (s == MS_OK)
		s = charset_from_utf8(span_of(utf8.at + 3, utf8.len - 3), to, out, err);
	buf_fini(&utf8);
	free(rows);
	return s;
}

ms_status
demo_file(const demo_year *y, const demo_event *e, char name[64], buf *out, ms_error *err)
{
	static const charset charsets[] = { CHARSET_GB18030, CHARSET_UTF8_BOM, CHARSET_UTF8 };
	unsigned kind = e->unit % 4;
	bool json = kind == sizeof(charsets) / sizeof(charsets[0]);
	arena memory = { 0 };
	report *reports = arena_zalloc(&memory, (e->n_rows + 1) * sizeof(*reports));
	char at[PERIOD_NAME_SIZE];
	ms_status s = reports == NULL ? MS_NO_MEMORY : MS_OK;
	uint32_t i;

	snprintf(name, 64, "%s.%s", period_name(e->period, at), json ? "json" : "csv");
	for (i = 0; s == MS_OK && i < e->n_rows; i++)
		s = demo_report(y, e, &e->rows[i], &memory, &reports[i]);
	if (s == MS_OK)
		s = json ? write_json(y, e, reports, out)
			 : write_csv(y, e, reports, charsets[kind], out, err);
	arena_fini(&memory);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for a report file");
}
