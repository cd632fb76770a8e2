/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_form.c - bounds that need no plan. Whether texts are clean UTF-8 is the codec's question:
 * it walked the bytes before.
 */
#include "plan/violations.h"

#include <stdio.h>

#include "base/text.h"

/* The years that a period can have. Other days would overflow calendar arithmetic. */
enum { date_min = -25567, date_max = 2932896 };

enum { FEW_KEYS = 8 }; /* up to here pairs cost less than clearing a table */

static bool
text_fits(violations *v, const char *field, span text, size_t max)
{
	char expected[64];

	if (text.len <= max)
		return true;
	if (v == NULL)
		return false;
	snprintf(expected, sizeof(expected), "at most %zu bytes, it has %zu", max, text.len);
	return note_wrong(v, MST_REPORT_TOO_LONG, field, text, expected);
}

static bool
texts_fit(const report *r, violations *v)
{
	bool good = text_fits(v, "done", r->done, REPORT_DONE_MAX);

	good &= text_fits(v, "problems", r->problems, REPORT_DONE_MAX);
	good &= text_fits(v, "next_steps", r->next_steps, REPORT_DONE_MAX);
	good &= text_fits(v, "help_needed", r->help_needed, REPORT_DONE_MAX);
	good &= text_fits(v, "prepared_by", r->prepared_by, REPORT_NAME_MAX);
	good &= text_fits(v, "approved_by", r->approved_by, REPORT_NAME_MAX);
	good &= text_fits(v, "phone", r->phone, REPORT_NAME_MAX);
	return good;
}

static bool
number_fits(int64_t n)
{
	return n >= -DECIMAL_MAX && n <= DECIMAL_MAX;
}

static uint32_t
hash_key(span key)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	size_t i;

	for (i = 0; i < key.len; i++)
		h = (h ^ key.at[i]) * 16777619u;
	return h ^ h >> 15;
}

/* A list may hold 1024 keys, so a table on the stack instead of every pair. */
static const span *
find_twin_of_many(const report_value *x)
{
	uint16_t table[2 * REPORT_KEYS_MAX];
	size_t i, at, size = 8;

	while (size < 2 * x->n_keys)
		size *= 2;
	memset(table, 0, size * sizeof(table[0]));
	for (i = 0; i < x->n_keys; i++) {
		for (at = hash_key(x->keys[i]) & (size - 1); table[at] != 0;
			at = (at + 1) & (size - 1))
			if (span_equal(x->keys[table[at] - 1], x->keys[i]))
				return &x->keys[i];
		table[at] = (uint16_t)(i + 1);
	}
	return NULL;
}

/*
 * Each key once, as written; other spellings of a key fold into one when values are taken
 * (figure.c).
 */
static const span *
find_twin(const report_value *x)
{
	size_t i, k;

	if (x->n_keys > FEW_KEYS)
		return find_twin_of_many(x);
	for (i = 1; i < x->n_keys; i++)
		for (k = 0; k < i; k++)
			if (span_equal(x->keys[k], x->keys[i]))
				return &x->keys[i];
	return NULL;
}

static bool
keys_fit(const report_value *x, violations *v)
{
	const span *twin;
	size_t i;

	if (x->n_keys > REPORT_KEYS_MAX)
		return note_element(v, MST_REPORT_TOO_MANY, "values", x->indicator, (span){ 0 },
			"at most 1024 keys");
	for (i = 0; i < x->n_keys; i++)
		if (x->keys[i].len == 0 || x->keys[i].len > REPORT_KEY_MAX)
			return note_element(v, MST_REPORT_KEY, "values", x->indicator, x->keys[i],
				"a key of 1 to 64 bytes");
	twin = find_twin(x);
	return twin == NULL ||
	       note_element(v, MST_REPORT_TWICE, "values", x->indicator, *twin, "each key once");
}

/* Exactly one form; beside nil 0/0 may stand to say what could not be divided. */
static bool
has_one_form(const report_value *x)
{
	bool no_quotient = x->is_nil && x->has_ratio && x->num == 0 && x->den == 0;
	unsigned forms =
		(unsigned)x->has_mantissa + x->has_ratio + x->has_text + x->is_nil + x->has_keys;

	return forms - no_quotient == 1 && !x->half_ratio && (x->has_mantissa || !x->has_date);
}

static bool
value_fits(const report_value *x, violations *v)
{
	if (x->indicator.len == 0)
		return note_wrong(v, MST_REPORT_VALUE_FORM, "values", (span){ 0 },
			"an indicator's id with every value");
	if (!has_one_form(x))
		return note_element(v, MST_REPORT_VALUE_FORM, "values", x->indicator, (span){ 0 },
			"exactly one of mantissa (a date only with it), num with den, keys, text, "
			"nil");
	if (!number_fits(x->mantissa) || !number_fits(x->num) || !number_fits(x->den))
		return note_element(v, MST_REPORT_NUMBER, "values", x->indicator, (span){ 0 },
			"a number within 10^15 at its scale");
	if (x->date < date_min || x->date > date_max)
		return note_element(v, MST_REPORT_NUMBER, "values", x->indicator, (span){ 0 },
			"a date from 1900 to 9999");
	if (x->nil_reason.len > REPORT_REASON_MAX)
		return note_element(v, MST_REPORT_TOO_LONG, "values", x->indicator, x->nil_reason,
			"nil needs a reason of at most 1 KiB");
	if (x->has_text && (x->text.len == 0 || x->text.len > REPORT_TEXT_VALUE_MAX))
		return note_element(v, MST_REPORT_TOO_LONG, "values", x->indicator, x->text,
			"a text of 1 byte to 1 KiB");
	return keys_fit(x, v);
}

static bool
values_fit(const report *r, violations *v)
{
	bool good = true;
	size_t i, k;

	if (r->n_values > REPORT_VALUES_MAX)
		return note_wrong(
			v, MST_REPORT_TOO_MANY, "values", (span){ 0 }, "at most 64 values");
	for (i = 0; i < r->n_values; i++) {
		good &= value_fits(&r->values[i], v);
		for (k = 0; k < i; k++)
			if (span_equal(r->values[k].indicator, r->values[i].indicator))
				good = note_element(v, MST_REPORT_TWICE, "values",
					r->values[i].indicator, (span){ 0 }, "each indicator once");
	}
	return good;
}

static bool
parts_fit(const report *r, violations *v)
{
	bool good = true;
	size_t i, k;

	if (r->n_parts > REPORT_PARTS_MAX)
		return note_wrong(v, MST_REPORT_TOO_MANY, "parts", (span){ 0 }, "at most 64 parts");
	for (i = 0; i < r->n_parts; i++) {
		if (r->parts[i].id.len == 0 || r->parts[i].note.len > REPORT_NOTE_MAX)
			good = note_element(v, MST_REPORT_TOO_LONG, "parts", r->parts[i].id,
				r->parts[i].note, "a part's id, and a note of at most 1 KiB");
		for (k = 0; k < i; k++)
			if (span_equal(r->parts[k].id, r->parts[i].id))
				good = note_element(v, MST_REPORT_TWICE, "parts", r->parts[i].id,
					(span){ 0 }, "each part once");
	}
	return good;
}

static bool
attachments_fit(const report *r, violations *v)
{
	bool good = true;
	size_t i;

	if (r->n_attachments > REPORT_ATTACHMENTS_MAX)
		return note_wrong(v, MST_REPORT_TOO_MANY, "attachments", (span){ 0 },
			"at most 16 attachments");
	for (i = 0; i < r->n_attachments; i++)
		if (r->attachments[i].name.len == 0 ||
			r->attachments[i].name.len > REPORT_NAME_MAX * 2 ||
			r->attachments[i].sha256.len != HASH_SIZE)
			good = note_element(v, MST_REPORT_ATTACHMENT, "attachments",
				r->attachments[i].name, (span){ 0 },
				"a name of 1 to 256 bytes, the size and the SHA-256 (32 bytes)");
	return good;
}

static bool
progress_fits(const report *r, violations *v)
{
	char given[24];

	if (!r->has_progress || r->progress_pct <= 100)
		return true;
	if (v == NULL)
		return false;
	snprintf(given, sizeof(given), "%u", r->progress_pct);
	return note_wrong(v, MST_REPORT_PROGRESS, "progress_pct", span_str(given),
		"a whole number from 0 to 100");
}

static bool
report_fits(const report *r, violations *v)
{
	bool good = texts_fit(r, v);

	good &= progress_fits(r, v);
	good &= parts_fit(r, v);
	good &= values_fit(r, v);
	good &= attachments_fit(r, v);
	return good;
}

static bool
days_fit(const act *a, violations *v)
{
	uint32_t days = a->u.steer.days;

	if ((a->kind != ACT_EXTENSION_REQUEST && a->kind != ACT_EXTENSION_GRANT) ||
		(days >= 1 && days <= STEER_DAYS_MAX))
		return true;
	return note_wrong(v, MST_REPORT_FORM, "days", (span){ 0 }, "1 to 366 days");
}

static bool
points_fit(const act *a, violations *v)
{
	int64_t points = a->u.steer.points;

	if (a->kind == ACT_ADJUSTMENT && a->item.len > 0)
		return note_wrong(v, MST_REPORT_FORM, "item", a->item, "no item: it is on a score");
	if (a->kind != ACT_ADJUSTMENT ||
		(points >= -STEER_POINTS_MAX && points <= STEER_POINTS_MAX))
		return true;
	return note_wrong(v, MST_REPORT_FORM, "points", (span){ 0 },
		"hundredths of a point, from -1000000 to 1000000");
}

static bool
decision_fits(const act *a, violations *v)
{
	if (a->kind != ACT_DECISION)
		return true;
	if (a->revision == 0)
		return note_wrong(
			v, MST_REPORT_REVISION, "revision", (span){ 0 }, "a revision from 1");
	return a->u.steer.verdict != DECISION_NONE ||
	       note_wrong(v, MST_REPORT_FORM, "verdict", (span){ 0 }, "accept or return");
}

/* Decisions, extensions and the like: proto/ACTS.md 1. */
static bool
steer_fits(const act *a, violations *v)
{
	bool is_comment = a->kind == ACT_COMMENT;
	bool good = text_fits(v, is_comment || a->kind == ACT_REMINDER ? "text" : "reason",
		a->u.steer.reason, is_comment ? STEER_TEXT_MAX : REPORT_REASON_MAX);

	if (is_comment && a->u.steer.reason.len == 0)
		good = note_wrong(v, MST_REPORT_FORM, "text", (span){ 0 }, "a text");
	good &= days_fit(a, v);
	good &= points_fit(a, v);
	return decision_fits(a, v) && good;
}

static bool
issue_fits(const act *a, violations *v)
{
	const issue *x = &a->u.issue;
	bool good = text_fits(v, "title", x->title, REPORT_REASON_MAX);

	if (a->item.len > 0 || a->unit.len > 0)
		good = note_wrong(v, MST_REPORT_FORM, "item", a->item, "no item and no unit");
	if (x->sha256.len != HASH_SIZE)
		good = note_wrong(v, MST_REPORT_FORM, "sha256", (span){ 0 },
			"the SHA-256 of the bulletin (32 bytes)");
	return good;
}

bool
judge_form(const act *a, violations *v)
{
	bool good = true;

	if (a->malformed)
		return note_wrong(
			v, MST_REPORT_FORM, "act", (span){ 0 }, "an act in canonical form");
	if (a->salt.len != ACT_SALT_SIZE)
		good = note_wrong(v, MST_REPORT_FORM, "salt", (span){ 0 }, "16 random bytes");
	if (a->bytes.len > ACT_BYTES_MAX)
		good = note_wrong(v, MST_REPORT_TOO_LONG, "act", (span){ 0 }, "at most 48 KiB");
	if (!act_is_of_unit(a->kind))
		return good;
	if (a->plan_version.len != HASH_SIZE)
		good = note_wrong(v, MST_REPORT_FORM, "plan_version", (span){ 0 },
			"the SHA-256 of the plan file (32 bytes)");
	if (a->kind == ACT_ISSUE)
		return issue_fits(a, v) && good;
	if (a->kind != ACT_REPORT && a->kind != ACT_RETRACTION)
		return steer_fits(a, v) && good;
	if (a->revision == 0)
		good = note_wrong(
			v, MST_REPORT_REVISION, "revision", (span){ 0 }, "a revision from 1");
	if (a->kind == ACT_RETRACTION)
		return text_fits(v, "reason", a->u.retraction.reason, REPORT_REASON_MAX) && good;
	return report_fits(&a->u.report, v) && good;
}
