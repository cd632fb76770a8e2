/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.c - what the plan says of an act, in the order of proto/ACTS.md 1.
 */
#include "plan/judge.h"

#include <stdio.h>

#include "base/lang.h"
#include "plan/judge_parts.h"
#include "plan/keys.h"
#include "plan/violations.h"

/* ---- values ---- */

static bool
key_allowed(const plan_indicator *in, span key)
{
	uint8_t folded[KEY_FOLDED_MAX];
	span normal = key_fold(key, folded);
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
		return note_value(v, MST_REPORT_TYPE, x, in->scale, "a list of keys");
	for (i = 0; i < x->n_keys; i++)
		if (!key_allowed(in, x->keys[i]))
			return note_element(v, MST_REPORT_KEY, "values", x->indicator, x->keys[i],
				"a key that the plan knows");
	return true;
}

static bool
number_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (in->type == VALUE_AMOUNT)
		return x->has_mantissa || note_value(v, MST_REPORT_TYPE, x, in->scale, "a number");
	if (x->has_mantissa && x->mantissa >= 0)
		return true;
	return note_value(v, MST_REPORT_TYPE, x, in->scale, "a whole number from 0");
}

static bool
milestone_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (x->has_mantissa && (x->mantissa == 0 || (x->mantissa == 1 && x->has_date)))
		return true;
	return note_value(
		v, MST_REPORT_TYPE, x, in->scale, "0, or 1 with the date on which it was reached");
}

/* den = 0 says that there is nothing to divide by: then the value is nil. */
static bool
ratio_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (!x->has_ratio)
		return note_value(v, MST_REPORT_TYPE, x, in->scale, "num and den");
	if (x->den == 0)
		return note_value(v, MST_REPORT_TYPE, x, in->scale,
			"a denominator other than 0, or nil with a reason");
	return true;
}

/* judge_form let nothing but a ratio of 0/0 pass beside nil. */
static bool
nil_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (x->has_ratio && in->type != VALUE_RATIO)
		return note_value(v, MST_REPORT_TYPE, x, in->scale, "no ratio beside nil");
	if (x->nil_reason.len == 0)
		return note_value(
			v, MST_REPORT_REASON, x, in->scale, "nil needs a reason of at most 1 KiB");
	return true;
}

static bool
type_allowed(const plan_indicator *in, const report_value *x, violations *v)
{
	if (x->is_nil)
		return nil_allowed(in, x, v);
	if (x->has_date && in->type != VALUE_MILESTONE)
		return note_value(v, MST_REPORT_TYPE, x, in->scale, "no date: it is no milestone");
	switch (in->type) {
	case VALUE_COUNT:
	case VALUE_AMOUNT:
		return number_allowed(in, x, v);
	case VALUE_RATIO:
		return ratio_allowed(in, x, v);
	case VALUE_MILESTONE:
		return milestone_allowed(in, x, v);
	case VALUE_KEYSET:
		return keys_allowed(in, x, v);
	case VALUE_TEXT:
		return x->has_text || note_value(v, MST_REPORT_TYPE, x, in->scale, "a text");
	}
	return false;
}

/* Is TEXT the id? One call for each report value and indicator: strlen first would be two. */
static bool
is_id(const char *id, span text)
{
	return text.len > 0 && strncmp(id, (const char *)text.at, text.len) == 0 &&
	       id[text.len] == '\0';
}

/*
 * The item's indicator with this id, or NULL. Items have a handful and reports follow the plan's
 * order, so the search begins behind the one found before, at *NEXT.
 */
static const plan_indicator *
indicator_of(const plan *p, const plan_item *it, span id, uint32_t *next)
{
	uint32_t i, at = *next;

	for (i = 0; i < it->n_indicators; i++, at++) {
		const plan_indicator *in;

		if (at >= it->n_indicators)
			at = 0;
		in = &p->indicators[it->first_indicator + at];
		if (is_id(in->id, id)) {
			*next = at + 1;
			return in;
		}
	}
	return NULL;
}

static bool
value_allowed(const plan_indicator *in, uint32_t unit, const report_value *x, violations *v)
{
	if (in == NULL)
		return note_value(v, MST_REPORT_INDICATOR, x, 0, "an indicator of the item");
	if (!in->reporters[unit])
		return note_value(v, MST_REPORT_INDICATOR, x, in->scale,
			"an indicator that this unit reports");
	return type_allowed(in, x, v);
}

static bool
values_allowed(const plan *p, uint32_t item, uint32_t unit, const report *r, violations *v)
{
	uint32_t next = 0;
	bool good = true;
	size_t i;

	for (i = 0; i < r->n_values && (good || v != NULL); i++) {
		const report_value *x = &r->values[i];

		good &= value_allowed(
			indicator_of(p, &p->items[item], x->indicator, &next), unit, x, v);
	}
	return good;
}

/*
 * Owned parts are reported by their owner or by the item's leads, parts without an owner by the
 * leads. Split items turn that round: there each lead answers for its own part and never for
 * another lead's, while any other unit may name any part, because that is how its report finds the
 * lead. Naming a part without an owner states nothing in somebody else's name: no reporter is
 * refused for it.
 */
static bool
part_allowed(const plan *p, uint32_t item, uint32_t unit, const plan_part *part)
{
	bool is_split = p->items[item].mode == ITEM_SPLIT;

	if (part->owner == PLAN_NO_UNIT || part->owner == (int)unit)
		return true;
	return plan_is_lead(p, item, unit) != is_split;
}

static bool
parts_allowed(const plan *p, uint32_t item, uint32_t unit, const report *r, violations *v)
{
	bool good = true;
	size_t i;

	for (i = 0; i < r->n_parts && (good || v != NULL); i++) {
		const report_part *x = &r->parts[i];
		const plan_part *part = plan_find_part(&p->items[item], x->id);

		if (part == NULL)
			good = note_element(
				v, MST_REPORT_PART, "parts", x->id, x->note, "a part of the item");
		else if (!part_allowed(p, item, unit, part))
			good = note_element(v, MST_REPORT_PART, "parts", x->id, x->note,
				"a part of its own: this one is another unit's");
	}
	return good;
}

/* ---- completeness ---- */

/* The search begins at *NEXT, see indicator_of. */
static bool
has_value(const report *r, const char *indicator, size_t *next)
{
	size_t i, at = *next;

	for (i = 0; i < r->n_values; i++, at++) {
		if (at >= r->n_values)
			at = 0;
		if (is_id(indicator, r->values[at].indicator)) {
			*next = at + 1;
			return true;
		}
	}
	return false;
}

static bool
has_all_values(
	const plan *p, uint32_t item, uint32_t unit, period at, const report *r, violations *v)
{
	const plan_item *it = &p->items[item];
	bool all = true;
	size_t next = 0;
	uint32_t i;

	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
		if (!plan_wants_value(p, i, unit, at) || has_value(r, p->indicators[i].id, &next))
			continue;
		all = false;
		if (v == NULL)
			break;
		note_missing_element(
			v, "values", p->indicators[i].id, "a value, or nil with a reason");
	}
	return all;
}

unsigned
report_filled(const plan *p, uint32_t item, uint32_t unit, period at, const report *r)
{
	p = plan_at(p, at);
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
	bool good;

	p = plan_at(p, at);
	good = values_allowed(p, item, unit, r, v);
	good &= parts_allowed(p, item, unit, r, v);
	if (v != NULL)
		warn_missing(p, item, unit, at, r, v);
	return good;
}

/* ---- verdicts ---- */

static bool
find_item(const plan *p, const act *a, slot_at *at, violations *v)
{
	int item = plan_find_item(p, a->item);

	at->item = item < 0 ? AT_ALL : (uint32_t)item;
	return item >= 0 ||
	       note_wrong(v, MST_REPORT_UNKNOWN, "item", a->item, TR("an item of the plan"));
}

static bool
find_unit(const plan *p, const act *a, slot_at *at, violations *v)
{
	int unit = plan_find_unit(p, a->unit);

	at->unit = unit < 0 ? AT_ALL : (uint32_t)unit;
	return unit >= 0 ||
	       note_wrong(v, MST_REPORT_UNKNOWN, "unit", a->unit, TR("a unit of the plan"));
}

/* A period of the item; without an item, any within the plan. */
static bool
find_period(const plan *p, const act *a, slot_at *at, violations *v)
{
	if (period_parse(a->period, &at->period) &&
		(at->item == AT_ALL ? period_between(at->period, p->first, p->last)
				    : plan_has_period(p, at->item, at->period)))
		return true;
	return note_wrong(v, MST_REPORT_UNKNOWN, "period", a->period,
		TR("a period in which the item reports"));
}

/* Adjustments name no item, bulletins no unit either; a grant for many leaves out what it names all
 * of. */
static bool
find_slot(const plan *p, const act *a, slot_at *at, violations *v)
{
	bool is_grant = a->kind == ACT_EXTENSION_GRANT, is_issue = a->kind == ACT_ISSUE;

	*at = (slot_at){ .item = AT_ALL, .unit = AT_ALL };
	if (!span_equal(a->plan, span_str(p->id)))
		return note_wrong(
			v, MST_REPORT_UNKNOWN, "plan", a->plan, "the id of the plan in force");
	if (a->kind != ACT_ADJUSTMENT && !is_issue && !(is_grant && a->item.len == 0) &&
		!find_item(p, a, at, v))
		return false;
	if (!is_issue && !(is_grant && a->unit.len == 0) && !find_unit(p, a, at, v))
		return false;
	return (is_grant && a->period.len == 0) || find_period(p, a, at, v);
}

static bool
is_assigned(const plan *p, const slot_at *at, int from)
{
	return from == (int)at->unit && plan_takes_part(p, at->item, at->unit, at->period);
}

bool
act_find(const plan *p, const act *a, slot_at *at)
{
	return find_slot(p, a, at, NULL);
}

static bool
is_of_hub(act_kind kind)
{
	return kind >= ACT_HUB_ORIGIN && kind <= ACT_HUB_MOVED;
}

static verdict
judge_schema(const act *a, violations *v)
{
	char given[24];

	if (a->schema > ACT_SCHEMA && v != NULL) {
		snprintf(given, sizeof(given), "%u", a->schema);
		note_wrong(v, MST_REPORT_SCHEMA, "schema", span_str(given),
			"a schema that this hub knows");
	}
	return a->schema > ACT_SCHEMA ? VERDICT_REFUSED_SCHEMA : VERDICT_NONE;
}

static verdict
judge_revision(
	const plan *p, const act *a, int from, int64_t now_us, const slot_at *at, violations *v)
{
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

/*
 * An act of a newer schema cannot be read, so what of it would be malformed is not ours to say:
 * SCHEMA is asked before the form. The version of the plan that a report names is never a reason
 * to refuse it.
 */
verdict
judge_act(const plan *p, const act *a, int from, int64_t now_us, slot_at *at, violations *v)
{
	if (judge_schema(a, v) != VERDICT_NONE)
		return VERDICT_REFUSED_SCHEMA;
	if (!judge_form(a, v))
		return VERDICT_REFUSED_MALFORMED;
	if (!act_is_of_unit(a->kind)) {
		note_wrong(v, MST_REPORT_NOT_ASSIGNED, "kind", (span){ 0 },
			"an act of a unit: the others are the hub's own");
		return is_of_hub(a->kind) ? VERDICT_REFUSED_NOT_ASSIGNED : VERDICT_REFUSED_SCHEMA;
	}
	if (!find_slot(p, a, at, v))
		return VERDICT_REFUSED_UNKNOWN;
	return a->kind == ACT_REPORT || a->kind == ACT_RETRACTION
		       ? judge_revision(p, a, from, now_us, at, v)
		       : judge_steer(p, a, from, now_us, at);
}
