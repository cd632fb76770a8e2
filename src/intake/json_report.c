/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_report.c - objects as judged rows. The shape is that of proto/act.proto; values may also be
 * given as decimals, because people think in 45.20 and not in the mantissa 4520.
 */
#include "intake/json_report.h"

#include <stdio.h>

#include "base/text.h"
#include "intake/cells.h"
#include "intake/fold.h"
#include "intake/json_fields.h"
#include "intake/messages.h"

/* Where a field stands in an object; values and parts keep their ids in brackets. */
static const char *
path_of(void *ctx, const char *field)
{
	json_at at = { .d = ctx, .path = "report" };

	if (strcmp(field, "item") == 0 || strcmp(field, "period") == 0)
		return field;
	return strcmp(field, "reason") == 0 ? "retract" : json_path(&at, field);
}

static const char *
word(const draft *d, const char *zh, const char *en)
{
	return d->ask->english ? en : zh;
}

/* ---- values ---- */

static void
take_keys(const json_at *at, const plan_indicator *indicator, report_value *out)
{
	const json_t *list = json_take_list(at, "keys");
	size_t i;

	if (list == NULL)
		return;
	out->has_keys = true;
	out->keys = arena_zalloc(
		at->d->problems.memory, (json_array_size(list) + 1) * sizeof(*out->keys));
	if (out->keys == NULL) {
		at->d->problems.no_memory = true;
		return;
	}
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *key = json_array_get(list, i);
		span text = fold_trim(span_of(json_string_value(key), json_string_length(key)));

		if (!json_is_string(key) || !text_is_clean(text)) {
			json_type_problem(at, "keys", "带引号的文字的列表", "a list of strings");
			return;
		}
		if (!cell_is_one_key(indicator, text)) {
			json_problem(at, MST_INTAKE_KEYS, "keys", text, NULL);
			return;
		}
		out->keys[i] = fold_keep(at->d->problems.memory, text);
		at->d->problems.no_memory = at->d->problems.no_memory || out->keys[i].at == NULL;
		out->n_keys++;
	}
}

static void
take_date(const json_at *at, report_value *out)
{
	span text;

	if (!json_take_text(at, "date", &text))
		return;
	if (cell_date(text, &out->date) != 0) {
		json_problem(at, MST_INTAKE_DATE, "date", text, "");
		return;
	}
	out->has_date = true;
	if (!out->has_mantissa)
		out->mantissa = 1;
	out->has_mantissa = true;
}

static void
take_nil(const json_at *at, report_value *out)
{
	out->is_nil = json_take_text(at, "nil", &out->nil_reason);
	if (out->is_nil && out->nil_reason.len == 0)
		json_problem(at, MST_INTAKE_NIL, "nil", (span){ 0 }, NULL);
}

static void
take_forms(const json_at *at, const plan_indicator *indicator, report_value *out)
{
	bool num, den, decimal;

	decimal = json_take_decimal(at, "value", indicator->scale, &out->mantissa);
	out->has_mantissa = json_take_integer(at, "mantissa", &out->mantissa);
	if (decimal && out->has_mantissa)
		json_problem(at, MST_REPORT_VALUE_FORM, "mantissa", (span){ 0 }, NULL);
	out->has_mantissa = out->has_mantissa || decimal;
	num = json_take_decimal(at, "num", indicator->scale, &out->num);
	den = json_take_decimal(at, "den", indicator->scale, &out->den);
	out->has_ratio = num && den;
	out->half_ratio = num != den;
	out->has_text = json_take_text(at, "text", &out->text);
	take_keys(at, indicator, out);
	take_date(at, out);
	take_nil(at, out);
	json_take_bool(at, "provisional", &out->provisional);
}

static void
refuse_indicator(const json_at *at, span name)
{
	char translated[120];

	problem_add_expected(&at->d->problems, MST_REPORT_INDICATOR,
		(problem_at){ .column = json_path(at, "indicator"),
			.field = problem_field(&at->d->problems, "values", name),
			.value = name },
		word(at->d, message_expected("an indicator of the item", translated),
			"an indicator of the item"));
}

/* False: not to be kept, there is a problem. */
static bool
take_value(json_at *at, report_value *out)
{
	static const char *const known[] = { "indicator", "value", "mantissa", "num", "den", "keys",
		"text", "nil", "date", "provisional", NULL };
	const plan *p = at->d->ask->plan;
	uint32_t wrong = at->d->problems.wrong;
	span name = { 0 };
	bool named = json_take_text(at, "indicator", &name);
	int found = named ? plan_match_indicator(p, (uint32_t)at->d->row.item_index, name) : -1;

	if (found >= 0)
		at->indicator = p->indicators[found].id;
	json_known(at, known);
	if (found >= 0) {
		out->indicator = span_str(at->indicator);
		take_forms(at, &p->indicators[found], out);
	} else if (named) {
		refuse_indicator(at, name);
	} else if (at->d->problems.wrong == wrong) {
		json_type_problem(at, "indicator", "指标编号或名称", "the indicator's id or name");
	}
	return at->d->problems.wrong == wrong;
}

static void
take_values(const json_at *at, report *out)
{
	const json_t *list = json_take_list(at, "values");
	size_t i, n = json_array_size(list);
	json_at entry;

	if (n == 0 || at->d->row.item_index < 0)
		return;
	out->values = arena_zalloc(at->d->problems.memory, n * sizeof(*out->values));
	if (out->values == NULL) {
		at->d->problems.no_memory = true;
		return;
	}
	for (i = 0; i < n; i++)
		if (json_take_object(at, "values", list, i, &entry)) {
			out->values[out->n_values] = (report_value){ 0 };
			out->n_values += take_value(&entry, &out->values[out->n_values]);
		}
}

/* ---- parts and attachments ---- */

static void
take_part(const json_at *at, report_part *out)
{
	static const char *const known[] = { "id", "state", "note", NULL };
	const plan *p = at->d->ask->plan;
	span state;

	json_known(at, known);
	if (json_take_text(at, "id", &out->id) && at->d->row.item_index >= 0)
		out->id = cell_part_id(&p->items[at->d->row.item_index], out->id);
	if (json_take_text(at, "state", &state) && cell_part_state(state, &out->state) != 0)
		json_problem(at, MST_INTAKE_WORD, "state", state,
			word(at->d, "not_started、under_way、done",
				"not_started, under_way or done"));
	if (!json_take_text(at, "note", &out->note) || out->note.len == 0)
		out->note = (span){ 0 };
}

static void
take_parts(const json_at *at, report *out)
{
	const json_t *list = json_take_list(at, "parts");
	size_t i, n = json_array_size(list);
	json_at entry;

	if (n == 0)
		return;
	out->parts = arena_zalloc(at->d->problems.memory, n * sizeof(*out->parts));
	if (out->parts == NULL) {
		at->d->problems.no_memory = true;
		return;
	}
	for (i = 0; i < n; i++)
		if (json_take_object(at, "parts", list, i, &entry))
			take_part(&entry, &out->parts[out->n_parts++]);
}

/* False: not to be kept, there is a problem. */
static bool
take_attachment(const json_at *at, report_attachment *out)
{
	static const char *const known[] = { "name", "size", "sha256", NULL };
	uint32_t wrong = at->d->problems.wrong;
	int64_t size = -1;
	span hex = { 0 };

	json_known(at, known);
	json_take_text(at, "name", &out->name);
	json_take_integer(at, "size", &size);
	json_take_text(at, "sha256", &hex);
	if (out->name.len == 0 || size < 0 || !cell_hash(&at->d->problems, hex, &out->sha256))
		json_problem(at, MST_INTAKE_ATTACHMENT, NULL, out->name, NULL);
	out->size = (uint64_t)size;
	return at->d->problems.wrong == wrong;
}

static void
take_attachments(const json_at *at, report *out)
{
	const json_t *list = json_take_list(at, "attachments");
	size_t i, n = json_array_size(list);
	json_at entry;

	if (n == 0)
		return;
	out->attachments = arena_zalloc(at->d->problems.memory, n * sizeof(*out->attachments));
	if (out->attachments == NULL) {
		at->d->problems.no_memory = true;
		return;
	}
	for (i = 0; i < n; i++)
		if (json_take_object(at, "attachments", list, i, &entry))
			out->n_attachments +=
				take_attachment(&entry, &out->attachments[out->n_attachments]);
}

/* ---- rows ---- */

static void
take_texts(const json_at *at, report *out)
{
	const struct {
		const char *name;
		span *to;
	} texts[] = {
		{ "done", &out->done },
		{ "problems", &out->problems },
		{ "next_steps", &out->next_steps },
		{ "help_needed", &out->help_needed },
		{ "prepared_by", &out->prepared_by },
		{ "approved_by", &out->approved_by },
		{ "phone", &out->phone },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!json_take_text(at, texts[i].name, texts[i].to) || texts[i].to->len == 0)
			*texts[i].to = (span){ 0 };
}

static void
take_report(const json_at *at, report *out)
{
	static const char *const known[] = { "progress_pct", "self_status", "done", "problems",
		"next_steps", "help_needed", "parts", "values", "prepared_by", "approved_by",
		"phone", "attachments", NULL };
	int64_t progress;
	span status;

	json_known(at, known);
	out->has_progress = json_take_integer(at, "progress_pct", &progress);
	if (out->has_progress && (progress < 0 || progress > 100))
		json_problem(at, MST_REPORT_PROGRESS, "progress_pct", (span){ 0 }, NULL);
	else if (out->has_progress)
		out->progress_pct = (uint32_t)progress;
	if (json_take_text(at, "self_status", &status) && cell_status(status, &out->status) != 0)
		json_problem(at, MST_INTAKE_WORD, "self_status", status,
			word(at->d, "on_track、at_risk、blocked、done",
				"on_track, at_risk, blocked or done"));
	take_texts(at, out);
	take_parts(at, out);
	take_values(at, out);
	take_attachments(at, out);
}

static void
take_retraction(const json_at *at, retraction *out)
{
	if (json_take_text(at, "retract", &out->reason) && out->reason.len == 0)
		json_problem(at, MST_INTAKE_REASON, "retract", (span){ 0 },
			word(at->d, "撤回的原因", "the reason for the retraction"));
}

/* The item may be written as its number. */
static span
take_item(const json_at *at)
{
	const json_t *value = json_object_get(at->object, "item");
	char number[32];
	span text = { 0 };

	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
		text = arena_copy(at->d->problems.memory, span_str(number));
		if (text.at == NULL)
			at->d->problems.no_memory = true;
	} else {
		json_take_text(at, "item", &text);
	}
	return text;
}

/* The member, NULL when it is missing or null. */
static const json_t *
given(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_null(value) ? NULL : value;
}

static void
read_object(draft *d, const json_t *object)
{
	static const char *const known[] = { "item", "period", "report", "retract", NULL };
	json_at row = { .d = d, .object = object, .path = "" };
	json_at report_at = { .d = d, .object = given(object, "report"), .path = "report" };
	const json_t *retract = given(object, "retract");
	span item, at = { 0 };

	if (!json_is_object(object)) {
		json_type_problem(&row, NULL, "对象 {...}", "an object {...}");
		return;
	}
	json_known(&row, known);
	item = take_item(&row);
	json_take_text(&row, "period", &at);
	draft_slot(d, item, at);
	if ((report_at.object == NULL) == (retract == NULL)) {
		json_type_problem(
			&row, "report", "report 或 retract 之一", "either report or retract");
	} else if (retract != NULL) {
		d->row.act.kind = ACT_RETRACTION;
		take_retraction(&row, &d->row.act.u.retraction);
	} else if (!json_is_object(report_at.object)) {
		json_type_problem(&row, "report", "对象 {...}", "an object {...}");
	} else {
		take_report(&report_at, &d->row.act.u.report);
	}
}

static ms_status
read_list(const intake_ask *ask, const json_t *list, arena *memory, buf *rows)
{
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; i < json_array_size(list) && s == MS_OK; i++) {
		draft d;

		draft_begin(&d, ask, memory, (uint32_t)i + 1);
		d.column_of = path_of;
		d.ctx = &d;
		read_object(&d, json_array_get(list, i));
		draft_end(&d);
		s = d.problems.no_memory ? MS_NO_MEMORY : buf_add(rows, &d.row, sizeof(d.row));
	}
	return s;
}

static void
refuse_syntax(problems *whole, const ms_error *found)
{
	static const char *const colons[] = { ": ", "：", NULL };
	unsigned line = 1, column = 0;
	span what = { 0 }, why = span_str(found->text);
	char place[40];

	fold_piece(&why, colons, &what);
	sscanf(found->place, "file:%u:%u", &line, &column);
	snprintf(place, sizeof(place), whole->english ? "line %u, column %u" : "第%u行第%u字", line,
		column);
	problem_add(whole, found->code == MST_JSON ? MST_INTAKE_JSON_SYNTAX : found->code,
		(problem_at){ .field = "", .value = why.len == 0 ? what : why }, place);
}

ms_status
json_rows(const intake_ask *ask, span text, arena *memory, buf *rows, problems *whole)
{
	ms_error found = { 0 };
	json_t *root = NULL, *list = NULL;
	char bound[16];
	ms_status s;

	if (json_parse(text, "file", &root, &found) != MS_OK) {
		refuse_syntax(whole, &found);
		return MS_OK;
	}
	list = json_is_array(root) ? json_incref(root) : json_pack("[O]", root);
	if (list == NULL) {
		s = MS_NO_MEMORY;
	} else if (json_array_size(list) > JSON_ROWS_MAX) {
		snprintf(bound, sizeof(bound), "%u", JSON_ROWS_MAX);
		problem_add(whole, MST_INTAKE_BOUND, (problem_at){ .field = "" }, bound);
		s = MS_OK;
	} else {
		s = read_list(ask, list, memory, rows);
	}
	json_decref(list);
	json_decref(root);
	return s;
}
