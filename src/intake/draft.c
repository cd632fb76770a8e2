/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.c - the judgement of a row. What the hub would refuse is refused here, with the column of
 * the clerk's file in place of the field.
 *
 * The rules want a whole act, so revision and salt, which only the agent can give, are lent to it
 * for the judgement.
 */
#include "intake/draft.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/acts.h"
#include "intake/messages.h"
#include "intake/slot_text.h"
#include "plan/check_values.h"
#include "plan/judge.h"

enum { ENVELOPE_MAX = 512 }; /* the act around a body: salt, version, ids, numbers */

void
draft_begin(draft *d, const intake_ask *ask, arena *memory, uint32_t number)
{
	*d = (draft){
		.ask = ask,
		.problems = { .memory = memory, .english = ask->english },
		.row = { .row = number,
			.item = "",
			.period = "",
			.item_index = -1,
			.act = { .kind = ACT_REPORT } },
	};
}

problem_at
draft_at(draft *d, const char *field, span given)
{
	return (problem_at){
		.column = d->column_of(d->ctx, field), .field = field, .value = given
	};
}

static const char *
keep_text(draft *d, span text)
{
	const char *kept = arena_text(d->problems.memory, text);

	if (kept == NULL)
		d->problems.no_memory = true;
	return kept == NULL ? "" : kept;
}

/* Is a mistake in FIELD told already? Then what the rules make of it is no news: that it is
 * missing, or of no type. */
static bool
is_told(const draft *d, const char *field)
{
	uint32_t i;

	for (i = 0; i < d->problems.n; i++)
		if (!d->problems.list[i].warning && strcmp(d->problems.list[i].field, field) == 0)
			return true;
	return false;
}

/* How the item reports, with an example: "quarterly, like 2012-Q2". */
static void
expect_period(draft *d, char *out, size_t size)
{
	static const char *const zh[] = { "", "按月报送", "按季度报送", "按半年报送", "按年报送" };
	static const char *const en[] = { "", "monthly", "quarterly", "half-yearly", "yearly" };
	const plan *p = d->ask->plan;
	char name[PERIOD_NAME_SIZE] = "", last[PERIOD_NAME_SIZE] = "";
	period at = { 0 }, next;
	unsigned n;

	for (n = 0; plan_item_period(p, (uint32_t)d->row.item_index, n, &next); n++) {
		at = next;
		if (n == 0)
			period_name(at, name);
	}
	if (at.kind != PERIOD_NONE)
		period_name(at, last);
	snprintf(out, size, d->ask->english ? "%s, %s to %s" : "%s，%s至%s",
		d->ask->english ? en[at.kind] : zh[at.kind], name, last);
}

void
draft_slot(draft *d, span item, span period_text)
{
	const plan *p = d->ask->plan;
	char expected[120];
	period at;

	d->row.item = keep_text(d, item);
	d->row.period = keep_text(d, period_text);
	d->row.item_index = slot_item(p, item);
	slot_period_of_any(p, period_text, &d->row.meant);
	if (d->row.item_index < 0 && is_told(d, "item"))
		return;
	if (d->row.item_index < 0) {
		problem_add(&d->problems, MST_INTAKE_ITEM, draft_at(d, "item", item),
			slot_nearest_item(p, item));
		return;
	}
	if (slot_period(p, period_text, &at) &&
		plan_has_period(p, (uint32_t)d->row.item_index, at)) {
		d->row.at = at;
		return;
	}
	if (is_told(d, "period"))
		return;
	expect_period(d, expected, sizeof(expected));
	problem_add(&d->problems, MST_INTAKE_PERIOD, draft_at(d, "period", period_text), expected);
}

/* Role and begin: what the hub says with REFUSED_NOT_ASSIGNED and REFUSED_NOT_BEGUN. */
static void
judge_slot(draft *d)
{
	const plan *p = d->ask->plan;
	uint32_t item = (uint32_t)d->row.item_index;
	int64_t begin_us = plan_begin_us(p, d->row.at);
	char from[40];

	if (!plan_takes_part(p, item, d->ask->unit, d->row.at))
		problem_add(&d->problems, MST_INTAKE_ROLE,
			draft_at(d, "item", span_str(d->row.item)), NULL);
	if (begin_us > d->ask->now_us)
		problem_add(&d->problems, MST_INTAKE_NOT_BEGUN,
			draft_at(d, "period", span_str(d->row.period)),
			time_format_short(begin_us, p->zone_min, from));
}

static void
take_violations(draft *d, const violations *v)
{
	uint32_t own = d->problems.wrong;
	size_t i;

	for (i = 0; i < v->n; i++) {
		const violation *found = &v->list[i];
		const char *field = keep_text(d, span_str(found->field));
		problem_at at = draft_at(d, field, span_str(found->value));
		char translated[120];
		const char *expected = d->ask->english
					       ? found->expected
					       : message_expected(found->expected, translated);

		if (is_told(d, field))
			continue;
		if (found->warning)
			problem_warn_expected(&d->problems, found->code, at, expected);
		else
			problem_add_expected(&d->problems, found->code, at, expected);
	}
	d->problems.wrong = own + (uint32_t)v->wrong;
}

static int
order_keys(const void *a, const void *b)
{
	return span_compare(*(const span *)a, *(const span *)b);
}

static int
order_values(const void *a, const void *b)
{
	return span_compare(
		((const report_value *)a)->indicator, ((const report_value *)b)->indicator);
}

static int
order_parts(const void *a, const void *b)
{
	return span_compare(((const report_part *)a)->id, ((const report_part *)b)->id);
}

/* One order for all lists, so that a sheet with its columns moved, or the same as JSON, is the same
 * content. */
static void
put_in_order(report *r)
{
	size_t i;

	if (r->n_parts > 1)
		qsort(r->parts, r->n_parts, sizeof(*r->parts), order_parts);
	if (r->n_values > 1)
		qsort(r->values, r->n_values, sizeof(*r->values), order_values);
	for (i = 0; i < r->n_values; i++)
		if (r->values[i].n_keys > 1)
			qsort(r->values[i].keys, r->values[i].n_keys, sizeof(*r->values[i].keys),
				order_keys);
}

/* The body as it will be sent, which tells whether the act fits, and to the agent whether the
 * content is new. */
static void
encode(draft *d)
{
	act *a = &d->row.act;
	buf body = { 0 };
	span kept = { 0 };
	char translated[120];

	if (act_encode_body(a, d->problems.memory, &body) == MS_OK)
		kept = arena_copy(d->problems.memory, buf_span(&body));
	buf_fini(&body);
	if (kept.at == NULL) {
		d->problems.no_memory = true;
	} else if (kept.len > ACT_BYTES_MAX - ENVELOPE_MAX) {
		problem_add_expected(&d->problems, MST_REPORT_TOO_LONG,
			draft_at(d, "act", (span){ 0 }),
			d->ask->english ? "at most 48 KiB"
					: message_expected("at most 48 KiB", translated));
	} else {
		a->body = kept;
		a->body_hash = hash_of(kept);
	}
}

static value *
values_of(draft *d, const report *r)
{
	const plan *p = d->ask->plan;
	const plan_item *it = &p->items[d->row.item_index];
	value *out = arena_zalloc(d->problems.memory, (it->n_indicators + 1) * sizeof(*out));

	for (uint32_t i = 0; out != NULL && i < it->n_indicators; i++)
		if (value_of_report(&p->indicators[it->first_indicator + i], r, d->problems.memory,
			    &out[i]) != MS_OK)
			out = NULL;
	if (out == NULL)
		d->problems.no_memory = true;
	return out;
}

/* The plan's rules about values: warnings, so that a slip is seen before it is sent. */
static void
check_content(draft *d, violations *v)
{
	const plan *p = d->ask->plan;
	uint32_t item = (uint32_t)d->row.item_index;
	check_finding found[CHECK_FINDINGS_MAX];
	const value *now, *before = NULL;
	report last;
	period at;
	size_t n, i;

	if (p->items[item].n_checks == 0)
		return;
	now = values_of(d, &d->row.act.u.report);
	if (d->ask->report_of != NULL && check_period_before(p, item, d->row.at, &at) &&
		d->ask->report_of(d->ask->ctx, item, at, d->problems.memory, &last))
		before = values_of(d, &last);
	if (now == NULL)
		return;
	n = check_values(p, item, d->row.at, now, before, found);
	for (i = 0; i < n; i++)
		check_note(p, &found[i], v);
}

static void
judge_content(draft *d)
{
	static const uint8_t salt[ACT_SALT_SIZE];
	const plan *p = d->ask->plan;
	act *a = &d->row.act;
	violations v = { 0 }; /* 10 KiB: on the stack, so that ten thousand rows do not keep it */

	if (a->kind == ACT_REPORT)
		put_in_order(&a->u.report);
	a->revision = 1;
	a->salt = span_of(salt, sizeof(salt));
	judge_form(a, &v);
	if (a->kind == ACT_REPORT) {
		judge_report(
			p, (uint32_t)d->row.item_index, d->ask->unit, d->row.at, &a->u.report, &v);
		check_content(d, &v);
	}
	a->revision = 0;
	a->salt = (span){ 0 };
	take_violations(d, &v);
	if (d->problems.wrong == 0)
		encode(d);
}

void
draft_end(draft *d)
{
	const plan *p = d->ask->plan;
	act *a = &d->row.act;

	if (d->row.item_index >= 0 && d->row.at.kind != PERIOD_NONE) {
		char name[PERIOD_NAME_SIZE];

		a->schema = act_schema_of(a->kind);
		a->plan = span_str(p->id);
		a->plan_version = span_of(p->version.at, HASH_SIZE);
		a->item = span_str(p->items[d->row.item_index].id);
		a->unit = span_str(p->units[d->ask->unit].id);
		a->period = span_str(keep_text(d, span_str(period_name(d->row.at, name))));
		judge_slot(d);
		judge_content(d);
	}
	d->row.problems = d->problems.list;
	d->row.n_problems = d->problems.n;
	d->row.good = d->problems.wrong == 0 && d->row.at.kind != PERIOD_NONE;
}
