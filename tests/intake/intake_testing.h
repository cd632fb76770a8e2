/* SPDX-License-Identifier: Apache-2.0 */
/* intake_testing.h - the shipped plan, a unit and a moment, and a result as text to compare. */
#ifndef INTAKE_TESTING_H
#define INTAKE_TESTING_H

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "intake/intake.h"
#include "plan/figure.h"
#include "tests/plan/plan_testing.h"

/* 2012-07-05 08:30 in Shenyang: the second quarter is over and not yet due, the third has begun. */
#define TEST_NOW "2012-07-05T08:30:00+08:00"

static inline plan *
load_plan(void)
{
	buf bytes = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	read_plan_2012(&bytes);
	if (plan_load(buf_span(&bytes), "shenyang-2012.conf", &p, NULL, &err) != MS_OK)
		fail_msg("%s", err.text);
	buf_fini(&bytes);
	return p;
}

static inline intake_ask
ask_for(const plan *p, const char *unit, bool english)
{
	intake_ask ask = { .plan = p, .english = english };
	int at = plan_find_unit(p, span_str(unit));

	assert_true(at >= 0);
	ask.unit = (uint32_t)at;
	assert_int_equal(time_parse(span_str(TEST_NOW), &ask.now_us, NULL), MS_OK);
	return ask;
}

static inline void
show_value(const report_value *v, buf *out)
{
	size_t i;

	buf_addf(out, " %.*s", (int)v->indicator.len, (const char *)v->indicator.at);
	if (v->has_mantissa)
		buf_addf(out, "=%lld", (long long)v->mantissa);
	if (v->has_date)
		buf_addf(out, "@%d", v->date);
	if (v->has_ratio)
		buf_addf(out, "=%lld/%lld", (long long)v->num, (long long)v->den);
	if (v->has_text)
		buf_addf(out, "=\"%.*s\"", (int)v->text.len, (const char *)v->text.at);
	if (v->is_nil)
		buf_addf(out, "=nil(%.*s)", (int)v->nil_reason.len, (const char *)v->nil_reason.at);
	if (v->has_keys)
		buf_add_text(out, "={");
	for (i = 0; i < v->n_keys; i++)
		buf_addf(out, "%s%.*s", i == 0 ? "" : ";", (int)v->keys[i].len,
			(const char *)v->keys[i].at);
	if (v->has_keys)
		buf_add_text(out, "}");
	if (v->provisional)
		buf_add_text(out, "?");
}

static inline void
show_report(const report *r, buf *out)
{
	size_t i;

	if (r->has_progress)
		buf_addf(out, " %u%%", r->progress_pct);
	if (r->status != SELF_NONE)
		buf_addf(out, " status=%d", (int)r->status);
	buf_addf(out, " texts=%zu,%zu,%zu,%zu,%zu,%zu,%zu", r->done.len, r->problems.len,
		r->next_steps.len, r->help_needed.len, r->prepared_by.len, r->approved_by.len,
		r->phone.len);
	for (i = 0; i < r->n_parts; i++)
		buf_addf(out, " part %.*s:%d:%zu", (int)r->parts[i].id.len,
			(const char *)r->parts[i].id.at, (int)r->parts[i].state,
			r->parts[i].note.len);
	for (i = 0; i < r->n_values; i++)
		show_value(&r->values[i], out);
	for (i = 0; i < r->n_attachments; i++)
		buf_addf(out, " file %.*s:%llu", (int)r->attachments[i].name.len,
			(const char *)r->attachments[i].name.at,
			(unsigned long long)r->attachments[i].size);
}

static inline const char *
show_delimiter(const intake_result *got)
{
	if (got->refused)
		return "REFUSED";
	if (got->form == INTAKE_XLSX)
		return got->sheet;
	return got->delimiter == '\t' ? "tab" : got->delimiter == ';' ? ";" : ",";
}

/* A line per row, and one per problem below it; with the place of each in the sheet if CELLS. */
static inline void
show_places(const intake_result *got, bool cells, buf *out)
{
	uint32_t i, k;

	buf_addf(out, "%s %s %s rows=%u good=%u\n",
		got->form == INTAKE_CSV    ? "csv"
		: got->form == INTAKE_XLSX ? "xlsx"
					   : "json",
		charset_name(got->charset), show_delimiter(got), got->n_rows, got->n_good);
	for (i = 0; i < got->n_rows; i++) {
		const intake_row *row = &got->rows[i];

		buf_addf(out, "%u %s [%s] [%s]", row->row, row->good ? "good" : "BAD", row->item,
			row->period);
		if (row->good) {
			const act *a = &row->act;

			buf_addf(out, " -> %.*s %.*s %.*s", (int)a->unit.len,
				(const char *)a->unit.at, (int)a->item.len,
				(const char *)a->item.at, (int)a->period.len,
				(const char *)a->period.at);
			if (a->kind == ACT_RETRACTION)
				buf_addf(out, " RETRACT(%.*s)", (int)a->u.retraction.reason.len,
					(const char *)a->u.retraction.reason.at);
			else
				show_report(&a->u.report, out);
		}
		buf_add_text(out, "\n");
		for (k = 0; k < row->n_problems; k++) {
			const intake_problem *p = &row->problems[k];

			/* what is missing is the same in every sheet: the samples show it */
			if (cells && p->code == MST_REPORT_MISSING)
				continue;
			buf_addf(out, "   %s%u ", p->warning ? "note " : "", p->code);
			if (cells)
				buf_addf(out, "%s ", p->cell[0] == 0 ? "-" : p->cell);
			buf_addf(out, "column=%s field=%s value=%s | %s | %s | %s\n", p->column,
				p->field, p->value, p->text, p->expected, p->remedy);
		}
	}
}

static inline void
show_result(const intake_result *got, buf *out)
{
	show_places(got, false, out);
}

static inline int
plan_setup(void **state)
{
	*state = load_plan();
	return 0;
}

static inline int
plan_teardown(void **state)
{
	plan_free(*state);
	return 0;
}

#endif
