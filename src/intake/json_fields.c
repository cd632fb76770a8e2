/* SPDX-License-Identifier: Apache-2.0 */
/* json_fields.c - one reader per type; the path of a problem is put together only when there is
 * one. */
#include "intake/json_fields.h"

#include <stdio.h>

#include "base/suggest.h"
#include "base/text.h"
#include "intake/cell_number.h"
#include "intake/cells.h"
#include "intake/fold.h"

static const char *
keep(draft *d, const buf *text)
{
	const char *kept = arena_text(d->problems.memory, buf_span(text));

	if (kept == NULL || text->failed)
		d->problems.no_memory = true;
	return kept == NULL ? "" : kept;
}

const char *
json_path(const json_at *at, const char *name)
{
	buf text = { 0 };
	const char *kept;

	buf_addf(&text, "%s%s%s", at->path, at->path[0] == 0 || name == NULL ? "" : ".",
		name == NULL ? "" : name);
	kept = keep(at->d, &text);
	buf_fini(&text);
	return kept;
}

/* "PATH[INDEX]" in the arena. Never NULL. */
static const char *
path_of(draft *d, const char *path, size_t index)
{
	buf text = { 0 };
	const char *kept;

	buf_addf(&text, "%s[%zu]", path, index);
	kept = keep(d, &text);
	buf_fini(&text);
	return kept;
}

void
json_problem(const json_at *at, unsigned code, const char *name, span value, const char *expected)
{
	const char *path = json_path(at, name);
	problem_at place = { .column = path, .field = path, .value = value };

	if (at->indicator != NULL)
		place.field = problem_field(&at->d->problems, "values", span_str(at->indicator));
	else if (strncmp(path, "report.", 7) == 0)
		place.field = path + 7;
	problem_add(&at->d->problems, code, place, expected);
}

void
json_type_problem(const json_at *at, const char *name, const char *zh, const char *en)
{
	json_problem(at, MST_INTAKE_JSON_TYPE, name, (span){ 0 }, at->d->ask->english ? en : zh);
}

void
json_known(const json_at *at, const char *const names[])
{
	void *iter = json_object_iter(
		(json_t *)(uintptr_t)at->object); /* jansson's iterators take no const */
	size_t i;

	for (; iter != NULL; iter = json_object_iter_next((json_t *)(uintptr_t)at->object, iter)) {
		const char *name = json_object_iter_key(iter);
		suggestion near;

		for (i = 0; names[i] != NULL && strcmp(names[i], name) != 0; i++)
			;
		if (names[i] != NULL)
			continue;
		suggest_begin(&near, span_str(name));
		for (i = 0; names[i] != NULL; i++)
			suggest_try(&near, names[i]);
		json_problem(at, MST_INTAKE_JSON_MEMBER, name, span_str(name), near.best);
	}
}

static const json_t *
member(const json_at *at, const char *name)
{
	const json_t *value = json_object_get(at->object, name);

	return json_is_null(value) ? NULL : value;
}

bool
json_take_text(const json_at *at, const char *name, span *out)
{
	const json_t *value = member(at, name);
	span text;

	if (value == NULL)
		return false;
	if (!json_is_string(value)) {
		json_type_problem(at, name, "带引号的文字", "a string");
		return false;
	}
	text = fold_trim(span_of(json_string_value(value), json_string_length(value)));
	text = fold_keep(at->d->problems.memory, text);
	if (text.at == NULL) {
		at->d->problems.no_memory = true;
		return false;
	}
	if (!text_is_clean(text)) {
		json_problem(at, MST_INTAKE_CONTROL, name, (span){ 0 }, NULL);
		return false;
	}
	*out = text;
	return true;
}

bool
json_take_integer(const json_at *at, const char *name, int64_t *out)
{
	const json_t *value = member(at, name);

	if (value == NULL)
		return false;
	if (!json_is_integer(value)) {
		json_type_problem(at, name, "不带引号的整数", "a whole number without quotes");
		return false;
	}
	*out = json_integer_value(value);
	return true;
}

bool
json_take_bool(const json_at *at, const char *name, bool *out)
{
	const json_t *value = member(at, name);

	if (value == NULL)
		return false;
	if (!json_is_boolean(value)) {
		json_type_problem(at, name, "true 或 false", "true or false");
		return false;
	}
	*out = json_is_true(value);
	return true;
}

bool
json_take_decimal(const json_at *at, const char *name, unsigned scale, int64_t *out)
{
	const json_t *value = member(at, name);
	char number[32], room[40];
	const char *hint = "";
	span text;
	unsigned code;

	if (value == NULL)
		return false;
	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
		text = span_str(number);
	} else if (json_is_string(value)) {
		text = span_of(json_string_value(value), json_string_length(value));
	} else {
		json_type_problem(at, name, "带引号的十进制数,如 \"45.20\"",
			"a decimal in quotes, like \"45.20\"");
		return false;
	}
	code = cell_decimal(text, scale, out);
	if (code == 0)
		return true;
	if (code == MST_REPORT_NUMBER)
		hint = cell_number_most(scale, room);
	else if (code == MST_INTAKE_DECIMALS)
		hint = cell_number_decimals(scale, at->d->ask->english, room);
	json_problem(at, code, name, text, hint);
	return false;
}

const json_t *
json_take_list(const json_at *at, const char *name)
{
	const json_t *value = member(at, name);

	if (value == NULL || json_is_array(value))
		return value;
	json_type_problem(at, name, "列表 [...]", "a list [...]");
	return NULL;
}

bool
json_take_object(
	const json_at *at, const char *name, const json_t *list, size_t index, json_at *out)
{
	*out = (json_at){
		.d = at->d,
		.object = json_array_get(list, index),
		.path = path_of(at->d, json_path(at, name), index),
	};
	if (json_is_object(out->object))
		return true;
	json_type_problem(out, NULL, "对象 {...}", "an object {...}");
	return false;
}
