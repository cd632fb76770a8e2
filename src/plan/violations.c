/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/violations.h"

#include <stdio.h>

#include "base/text.h"
#include "plan/figure.h"

/* In a full list a mistake takes the place of the last warning. */
static violation *
next_violation(violations *v, bool warning)
{
	size_t i;

	if (v->n < VIOLATIONS_MAX)
		return &v->list[v->n++];
	for (i = v->n; i > 0 && !warning; i--)
		if (v->list[i - 1].warning)
			return &v->list[i - 1];
	return NULL;
}

static void
copy_text(char *out, size_t size, span text)
{
	span cut = text_prefix(text, size - 1);

	snprintf(out, size, "%.*s", (int)cut.len, cut.at == NULL ? "" : (const char *)cut.at);
}

static void
fill(violation *at, bool warning, unsigned code, const char *field, span given,
	const char *expected)
{
	if (at == NULL)
		return;
	at->warning = warning;
	at->code = code;
	copy_text(at->field, sizeof(at->field), span_str(field));
	copy_text(at->value, sizeof(at->value), given);
	copy_text(at->expected, sizeof(at->expected), span_str(expected));
}

bool
note_wrong(violations *v, unsigned code, const char *field, span given, const char *expected)
{
	if (v != NULL) {
		v->wrong++;
		fill(next_violation(v, false), false, code, field, given, expected);
	}
	return false;
}

bool
note_element(
	violations *v, unsigned code, const char *list, span id, span given, const char *expected)
{
	char field[80];

	if (v == NULL)
		return false;
	id = text_prefix(id, 60);
	snprintf(field, sizeof(field), "%s[%.*s]", list, (int)id.len,
		id.at == NULL ? "" : (const char *)id.at);
	return note_wrong(v, code, field, given, expected);
}

static span
show_value(const report_value *x, unsigned scale, char out[96])
{
	char num[40], den[40];

	if (x->has_mantissa)
		return span_str(scaled_text(x->mantissa, scale, out));
	if (x->has_ratio) {
		snprintf(out, 96, "%s/%s", scaled_text(x->num, scale, num),
			scaled_text(x->den, scale, den));
		return span_str(out);
	}
	if (x->has_keys) {
		snprintf(out, 96, "%zu keys", x->n_keys);
		return span_str(out);
	}
	return x->has_text ? x->text : x->nil_reason;
}

bool
note_value(
	violations *v, unsigned code, const report_value *x, unsigned scale, const char *expected)
{
	char shown[96];

	if (v == NULL)
		return false;
	return note_element(v, code, "values", x->indicator, show_value(x, scale, shown), expected);
}

void
note_missing(violations *v, const char *field, const char *expected)
{
	if (v != NULL)
		fill(next_violation(v, true), true, MST_REPORT_MISSING, field, (span){ 0 },
			expected);
}

void
note_missing_element(violations *v, const char *list, const char *id, const char *expected)
{
	char field[80];

	snprintf(field, sizeof(field), "%s[%.60s]", list, id);
	note_missing(v, field, expected);
}
