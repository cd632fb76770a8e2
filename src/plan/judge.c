/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.c - what the plan says of an act, in the order of domain.md 3.3 rule 9.
 */
#include "plan/judge.h"

#include <stdio.h>

#include "plan/keys.h"
#include "plan/violations.h"

/* ---- values ---- */

static bool
key_allowed(const plan_indicator *in, span key)
{
	uint8_t folded[REPORT_KEY_MAX * 4];
	span normal = key_fold(key, folded, sizeof(folded));
	size_t i, prefix;

	if (normal.len == 0)
		return false;
	if (in->key_prefix != NULL) {
		prefix = strlen(in->key_prefix);
		if (normal.len < prefix || memcmp(normal.at, in->key_prefix, prefix) != 0)
			return false;
	}
	if (in->n_keys == 0)
		return true;
	for (i = 0; i < in->n_keys; i++)
		if (span_equal(span_str(in->keys[i]), normal))
			return true;
	return false;
}

static bool
keys_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	size_t i;

	if (!x->has_keys)
		return note_element(
			v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 }, "a list of keys");
	for (i = 0; i < x->n_keys; i++)
		if (!key_allowed(in, x->keys[i]))
			return note_element(v, MST_REPORT_KEY, "values", x->indicator, x->keys[i],
				"a key that the plan knows");
	return true;
}

static bool
milestone_allowed(const report_value *x, violations *v)
{
	if (x->has_mantissa && (x->mantissa == 0 || (x->mantissa == 1 && x->has_date)))
		return true;
	return note_element(v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 },
		"0, or 1 with the date on which it was reached");
}

/* den = 0 says that there is nothing to divide by: then the value is nil with a reason, not a ratio
 * (domain.md 3.4). */
static bool
ratio_allowed(const report_value *x, violations *v)
{
	if (!x->has_ratio)
		return note_element(
			v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 }, "num and den");
	if (x->den == 0)
		return note_element(v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 },
			"a denominator other than 0, or nil with a reason");
	return true;
}

static bool
type_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (x->is_nil)
		return true;
	if (x->has_date && in->type != VALUE_MILESTONE)
		return note_element(v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 },
			"no date: it is no milestone");
	switch (in->type) {
	case VALUE_COUNT:
		if (x->has_mantissa && x->mantissa >= 0)
			return true;
		return note_element(v, MST_REPORT_TYPE, "values", x->indicator, (span){ 0 },
			"a whole number from 0");
	case VALUE_AMOUNT:
		return x->has_mantissa || note_element(v, MST_REPORT_TYPE, "values", x->indicator,
						  (span){ 0 }, "a number");
	case VALUE_RATIO:
		return ratio_allowed(x, v);
	case VALUE_MILESTONE:
		return milestone_allowed(x, v);
	case VALUE_KEYSET:
		return keys_allowed(in, x, v);
	case VALUE_TEXT:
		return x->has_text || note_element(v, MST_REPORT_TYPE, "values", x->indicator,
					      (span){ 0 }, "a text");
	}
	return false;
}

/* The item's indicator with this id, or NULL: items have a handful, so a walk beats a lookup. */
static const plan_indicator *
indicator_of(const plan *p, const plan_item *it, span id)
{
	uint32_t i;

	for (i = 0; i < it->n_indicators; i++) {
		const plan_indicator *in = &p->indicators[it->first_indicator + i];

		if (span_equal(span_str(in->id), id))
			return in;
	}
	return NULL;
}

static bool
values_allowed(const plan *p, uint32_t item, uint32_t unit, const report *r, violations *v)
{
	const plan_item *it = &p->items[item];
	bool good = true;
	size_t i;

	for (i = 0; i < r->n_values; i++) {
		const plan_indicator *in = indicator_of(p, it, r->values[i].indicator);

		if (in == NULL)
			good = note_element(v, MST_REPORT_INDICATOR, "values",
				r->values[i].indicator, (span){ 0 }, "an indicator of the item");
		else if (!in->reporters[unit])
			good = note_element(v, MST_REPORT_INDICATOR, "values",
				r->values[i].indicator, (span){ 0 },
				"an indicator that this unit reports");
		else
			good &= type_allowed(in, &r->values[i], v);
		if (!good && v == NULL)
			return false;
	}
	return good;
}

/*
 * Leads report on every part without an owner, and owners on theirs. A unit that is neither may
 * name any part of the item to say to which its work belongs: in split items that is how its report
 * finds the lead (domain.md 3.8). Only another lead's part is nobody else's to state.
 */
static bool
part_allowed(const plan *p, uint32_t item, uint32_t unit, const plan_part *part)
{
	if (part->owner == PLAN_NO_UNIT || part->owner == (int)unit)
		return true;
	return p->items[item].mode != ITEM_SPLIT || !plan_is_lead(p, item, unit);
}

static bool
parts_allowed(const plan *p, uint32_t item, uint32_t unit, const report *r, violations *v)
{
	bool good = true;
	size_t i;

	for (i = 0; i < r->n_parts; i++) {
		const plan_part *part = plan_find_part(&p->items[item], r->parts[i].id);

		if (part == NULL)
			good = note_element(v, MST_REPORT_PART, "parts", r->parts[i].id,
				(span){ 0 }, "a part of the item");
		else if (!part_allowed(p, item, unit, part))
			good = note_element(v, MST_REPORT_PART, "parts", r->parts[i].id,
				(span){ 0 }, "a part of its own: this one is another lead's");
	}
	return good;
}

/* ---- completeness ---- */

static bool
has_value(const report *r, const char *indicator)
{
	size_t i;

	for (i = 0; i < r->n_values; i++)
		if (span_equal(r->values[i].indicator, span_str(indicator)))
			return true;
	return false;
}

static bool
has_all_values(
	const plan *p, uint32_t item, uint32_t unit, period at, const report *r, violations *v)
{
	const plan_item *it = &p->items[item];
	bool all = true;
	uint32_t i;

	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++)
		if (plan_wants_value(p, i, unit, at) && !has_value(r, p->indicators[i].id)) {
			all = false;
			if (v != NULL)
				note_missing_element(v, "values", p->indicators[i].id,
					"a value, or nil with a reason");
		}
	return all;
}

unsigned
report_filled(const plan *p, uint32_t item, uint32_t unit, period at, const report *r)
{
	return (unsigned)r->has_progress + (r->done.len > 0) + (r->problems.len > 0) +
	       (r->next_steps.len > 0) + (r->approved_by.len > 0) +
	       has_all_values(p, item, unit, at, r, NULL);
}

static void
warn_missing(const plan *p, uint32_t item, uint32_t unit, period at, const report *r, violations *v)
{
	if (!r->has_progress)
		note_missing(v, "progress_pct", "the progress of the year in percent");
	if (r->done.len == 0)
		note_missing(v, "done", "what was done");
	if (r->problems.len == 0)
		note_missing(v, "problems", "the problems; \"none\" is an answer");
	if (r->next_steps.len == 0)
		note_missing(v, "next_steps", "the next steps");
	if (r->approved_by.len == 0)
		note_missing(v, "approved_by", "who signed it off");
	has_all_values(p, item, unit, at, r, v);
}

bool
judge_report(const plan *p, uint32_t item, uint32_t unit, period at, const report *r, violations *v)
{
	bool good = values_allowed(p, item, unit, r, v);

	good &= parts_allowed(p, item, unit, r, v);
	if (v != NULL)
		warn_missing(p, item, unit, at, r, v);
	return good;
}

/* ---- verdicts ---- */

static bool
find_slot(const plan *p, const act *a, slot_at *at, violations *v)
{
	int item = plan_find_item(p, a->item), unit = plan_find_unit(p, a->unit);

	if (!span_equal(a->plan, span_str(p->id)))
		return note_wrong(
			v, MST_REPORT_UNKNOWN, "plan", a->plan, "the id of the plan in force");
	if (item < 0)
		return note_wrong(v, MST_REPORT_UNKNOWN, "item", a->item, "an item of the plan");
	if (unit < 0)
		return note_wrong(v, MST_REPORT_UNKNOWN, "unit", a->unit, "a unit of the plan");
	at->item = (uint32_t)item;
	at->unit = (uint32_t)unit;
	if (!period_parse(a->period, &at->period) || !plan_has_period(p, at->item, at->period))
		return note_wrong(v, MST_REPORT_UNKNOWN, "period", a->period,
			"a period in which the item reports");
	return true;
}

static bool
is_assigned(const plan *p, const slot_at *at, int from)
{
	return from == (int)at->unit && plan_role_of(p, at->item, at->unit) != ROLE_NONE &&
	       plan_unit_alive(p, at->unit, at->period);
}

verdict
judge_act(const plan *p, const act *a, int from, int64_t now_us, slot_at *at, violations *v)
{
	if (a->schema > ACT_SCHEMA)
		return VERDICT_REFUSED_SCHEMA;
	if (a->malformed || !judge_form(a, v))
		return VERDICT_REFUSED_MALFORMED;
	if (a->kind != ACT_REPORT && a->kind != ACT_RETRACTION)
		return VERDICT_REFUSED_NOT_ASSIGNED;
	if (!find_slot(p, a, at, v))
		return VERDICT_REFUSED_UNKNOWN;
	if (now_us < plan_begin_us(p, at->period)) {
		note_wrong(v, MST_REPORT_NOT_BEGUN, "period", a->period, "a period that has begun");
		return VERDICT_REFUSED_NOT_BEGUN;
	}
	if (!is_assigned(p, at, from)) {
		note_wrong(v, MST_REPORT_NOT_ASSIGNED, "item", a->item,
			"an item on which this unit reports");
		return VERDICT_REFUSED_NOT_ASSIGNED;
	}
	if (a->kind == ACT_REPORT &&
		!judge_report(p, at->item, at->unit, at->period, &a->u.report, v))
		return VERDICT_REFUSED_VALUE;
	return VERDICT_NONE;
}
