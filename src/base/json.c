/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - jansson, with duplicates refused and places in errors. */
#include "base/json.h"

#include "base/clock.h"
#include "base/text.h"

enum { TOKEN_SHOWN_MAX = 100 };

/* The string or number that ends at END of TEXT. */
static span
token_before(span text, size_t end)
{
	bool quoted = text.at[end - 1] == '"';
	size_t to = quoted ? end - 1 : end, at = to;

	while (at > 0 && (quoted ? text.at[at - 1] != '"' || (at > 1 && text.at[at - 2] == '\\')
				 : strchr("+-.0123456789Ee", text.at[at - 1]) != NULL))
		at--;
	return text_prefix(span_of(text.at + at, to - at), TOKEN_SHOWN_MAX);
}

/* What jansson found, by its code. */
static void
tell(span text, const json_error_t *why, ms_error *err)
{
	bool placed = why->position > 0 && (size_t)why->position <= text.len;
	span token = placed ? token_before(text, (size_t)why->position) : (span){ 0 };
	int len = (int)token.len;
	const char *at = (const char *)token.at;

	switch (json_error_code(why)) {
	case json_error_duplicate_key:
		ms_fail(err, MS_INVALID, MST_JSON_TWICE,
			"the name stands twice in its object: %.*s", len, at);
		break;
	case json_error_numeric_overflow:
		ms_fail(err, MS_INVALID, MST_JSON_LARGE, "the number is too large: %.*s", len, at);
		break;
	default:
		ms_fail(err, MS_INVALID, MST_JSON, "this is not JSON: %s", why->text);
	}
}

ms_status
json_parse(span text, const char *file, json_t **out, ms_error *err)
{
	json_error_t why;

	*out = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &why);
	if (*out != NULL)
		return MS_OK;
	tell(text, &why, err);
	ms_error_place(err, "%s:%d:%d", file, why.line, why.column);
	return MS_INVALID;
}

static int
take_piece(const char *piece, size_t len, void *ctx)
{
	return buf_add(ctx, piece, len) == MS_OK ? 0 : -1;
}

ms_status
json_write(const json_t *value, buf *out)
{
	return json_dump_callback(value, take_piece, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0
		       ? MS_OK
		       : MS_NO_MEMORY;
}

void
json_set_time(json_t *object, const char *name, int zone_min, int64_t us)
{
	char text[40];

	json_set_text(object, name, us == 0 ? NULL : time_format(us, zone_min, text));
}

void
json_set_clock(json_t *object, bool simulated)
{
	if (simulated)
		json_set_bool(object, "simulated_clock", true);
}

void
json_set(json_t *object, const char *name, json_t *value)
{
	json_object_set_new(object, name, value);
}

static json_t *
text_of(span text)
{
	buf shown = { 0 };
	json_t *out;
	size_t bad;

	if (text_utf8_check(text, &bad))
		return json_stringn((const char *)text.at, text.len);
	while (!text_utf8_check(text, &bad)) {
		buf_add(&shown, text.at, bad);
		buf_add_text(&shown, JSON_NO_TEXT);
		text = span_of(text.at + bad + 1, text.len - bad - 1);
	}
	buf_add_span(&shown, text);
	out = shown.failed ? NULL : json_stringn((const char *)shown.at, shown.len);
	buf_fini(&shown);
	return out;
}

void
json_set_text(json_t *object, const char *name, const char *text)
{
	json_set_span(object, name, text == NULL ? (span){ 0 } : span_str(text));
}

void
json_set_span(json_t *object, const char *name, span text)
{
	json_set(object, name, text.at == NULL ? json_null() : text_of(text));
}

void
json_set_number(json_t *object, const char *name, int64_t number)
{
	json_set(object, name, json_integer(number));
}

void
json_set_record(json_t *object, const char *name, uint64_t leaf, unsigned at)
{
	json_set(object, name, json_sprintf("%llu/%u", (unsigned long long)leaf, at));
}

void
json_set_bool(json_t *object, const char *name, bool value)
{
	json_set(object, name, json_boolean(value));
}

const char *
json_text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

int64_t
json_number_of(const json_t *object, const char *name, int64_t fallback)
{
	const json_t *value = json_object_get(object, name);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool
json_bool_of(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}
