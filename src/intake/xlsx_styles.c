/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_styles.c - format codes by their letters. Codes below 50-odd are built in and stand in no
 * file; their kinds are in ECMA-376 part 1, 18.8.30, those of 27 to 58 in its Chinese columns.
 */
#include "intake/xlsx_styles.h"

#include <strings.h>

#include "base/buf.h"
#include "intake/xlsx_xml.h"

enum { STYLES_MAX = 65536, CODES_MAX = 2048, CODE_BYTES_MAX = 1024, AROUND_MAX = 63 };

typedef struct format_code {
	uint32_t id;
	number_style style;
} format_code;

typedef struct reader {
	arena *memory;
	buf codes, styles; /* format_code[], number_style[] */
	bool in_cells;
} reader;

/* ---- one code ---- */

/* A walk over the first section of a code, which is for positive numbers. */
typedef struct walk {
	span rest;
	bool digit, comma, scaled, percent, exponent, date, text;
	char before[AROUND_MAX + 1], behind[AROUND_MAX + 1];
} walk;

static void
add_literal(walk *w, span text)
{
	char *to = w->digit ? w->behind : w->before;
	size_t len = strlen(to);

	if (text.len == 0 || (text.len == 1 && text.at[0] == ' '))
		return;
	if (len + text.len <= AROUND_MAX) {
		memcpy(to + len, text.at, text.len);
		to[len + text.len] = 0;
	}
}

static size_t
character(span text)
{
	size_t n = 1;

	while (n < text.len && (text.at[n] & 0xc0) == 0x80)
		n++;
	return n < text.len ? n : text.len;
}

static void
drop(walk *w, size_t n)
{
	n = n < w->rest.len ? n : w->rest.len;
	w->rest = span_of(w->rest.at + n, w->rest.len - n);
}

static void
take_quoted(walk *w)
{
	const uint8_t *end;
	size_t len;

	drop(w, 1);
	end = w->rest.len == 0 ? NULL : memchr(w->rest.at, '"', w->rest.len);
	len = end == NULL ? w->rest.len : (size_t)(end - w->rest.at);
	add_literal(w, span_of(w->rest.at, len));
	drop(w, len + 1);
}

/* [$¥-804] is a currency, [h] a span of time, [Red] and [>1] are neither. */
static void
take_bracket(walk *w)
{
	const uint8_t *end = memchr(w->rest.at, ']', w->rest.len), *dash;
	span inside;
	size_t i;
	bool time = true;

	if (end == NULL) {
		drop(w, w->rest.len);
		return;
	}
	inside = span_of(w->rest.at + 1, (size_t)(end - w->rest.at) - 1);
	drop(w, inside.len + 2);
	if (inside.len > 0 && inside.at[0] == '$') {
		dash = memchr(inside.at, '-', inside.len);
		add_literal(
			w, span_of(inside.at + 1,
				   (dash == NULL ? inside.len : (size_t)(dash - inside.at)) - 1));
		return;
	}
	for (i = 0; i < inside.len; i++)
		time = time && strchr("hHmMsS", inside.at[i]) != NULL;
	w->date = w->date || (time && inside.len > 0);
}

static void
take_one(walk *w)
{
	uint8_t c = w->rest.at[0];

	if (strchr("0#?", c) != NULL) {
		w->digit = true;
		w->comma = false;
	} else if (c == ',') {
		w->comma = w->digit;
	} else if (c == '%') {
		w->percent = true;
	} else if (c == '@') {
		w->text = true;
	} else if ((c == 'E' || c == 'e') && w->rest.len > 1 &&
		   (w->rest.at[1] == '+' || w->rest.at[1] == '-')) {
		w->exponent = true;
		drop(w, 1);
	} else if (strchr("yYmMdDhHsSeEgGbBaA", c) != NULL) {
		w->date = true;
	} else if (c >= 0x80) {
		size_t len = character(w->rest);

		add_literal(w, span_of(w->rest.at, len));
		drop(w, len);
		return;
	}
	drop(w, 1);
}

static void
walk_code(walk *w)
{
	while (w->rest.len > 0 && w->rest.at[0] != ';') {
		uint8_t c = w->rest.at[0];

		if (c != ',' && w->comma && strchr("0#?", c) == NULL) {
			w->scaled = true;
			w->comma = false;
		}
		if (c == '"') {
			take_quoted(w);
		} else if (c == '[') {
			take_bracket(w);
		} else if (c == '_' || c == '*') {
			drop(w, 1);
			drop(w, w->rest.len == 0 ? 0 : character(w->rest));
		} else if (c == '\\' || c == '!') {
			drop(w, 1);
			if (w->rest.len > 0) {
				size_t len = character(w->rest);

				add_literal(w, span_of(w->rest.at, len));
				drop(w, len);
			}
		} else if (w->rest.len >= 7 &&
			   strncasecmp((const char *)w->rest.at, "General", 7) == 0) {
			w->digit = true;
			drop(w, 7);
		} else {
			take_one(w);
		}
	}
	w->scaled = w->scaled || w->comma;
}

ms_status
style_of_code(span code, arena *memory, number_style *out)
{
	walk w = { .rest = code };
	number_style got = { .before = "", .behind = "" };

	if (code.len > CODE_BYTES_MAX)
		w.rest.len = CODE_BYTES_MAX;
	walk_code(&w);
	if (w.date && !w.digit)
		got.kind = STYLE_DATE;
	else if (w.exponent)
		got.kind = STYLE_EXPONENT;
	else if (w.scaled)
		got.kind = STYLE_SCALED;
	else if (w.percent)
		got.kind = STYLE_PERCENT;
	else if (w.date) /* seconds with decimals: [s].00 */
		got.kind = STYLE_DATE;
	else if (w.text && !w.digit)
		got.kind = STYLE_TEXT;
	if (w.before[0] != 0)
		got.before = arena_text(memory, span_str(w.before));
	if (w.behind[0] != 0)
		got.behind = arena_text(memory, span_str(w.behind));
	*out = got;
	return got.before == NULL || got.behind == NULL ? MS_NO_MEMORY : MS_OK;
}

static number_style
built_in(uint32_t id)
{
	number_style s = { .before = "", .behind = "" };

	if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
		(id >= 50 && id <= 58))
		s.kind = STYLE_DATE;
	else if (id == 9 || id == 10)
		s.kind = STYLE_PERCENT;
	else if (id == 11 || id == 48)
		s.kind = STYLE_EXPONENT;
	else if (id == 49)
		s.kind = STYLE_TEXT;
	return s;
}

/* ---- the part ---- */

static ms_status
start(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	reader *r = ctx;
	ms_status s = MS_OK;

	if (strcmp(name, "numFmt") == 0) {
		format_code code = { .id = xml_number(attributes, "numFmtId", UINT32_MAX, 0) };
		const char *text = xml_attribute(attributes, "formatCode");

		if (r->codes.len / sizeof(code) < CODES_MAX && text != NULL) {
			s = style_of_code(span_str(text), r->memory, &code.style);
			if (s == MS_OK)
				s = buf_add(&r->codes, &code, sizeof(code));
		}
	} else if (strcmp(name, "cellXfs") == 0) {
		r->in_cells = true;
	} else if (r->in_cells && strcmp(name, "xf") == 0) {
		uint32_t id = xml_number(attributes, "numFmtId", UINT32_MAX, 0);
		number_style style = built_in(id);
		size_t i;

		for (i = 0; i < r->codes.len / sizeof(format_code); i++) {
			const format_code *code = (const format_code *)(void *)r->codes.at + i;

			if (code->id == id)
				style = code->style;
		}
		if (r->styles.len / sizeof(style) < STYLES_MAX)
			s = buf_add(&r->styles, &style, sizeof(style));
	}
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for styles");
}

static ms_status
end(void *ctx, const char *name, ms_error *err)
{
	reader *r = ctx;

	(void)err;
	if (strcmp(name, "cellXfs") == 0)
		r->in_cells = false;
	return MS_OK;
}

ms_status
xlsx_styles_read(package *p, const char *name, arena *memory, xlsx_styles *out, ms_error *err)
{
	reader r = { .memory = memory };
	xml_events events = { .start = start, .end = end, .ctx = &r };
	xlsx_styles got = { 0 };
	ms_status s = xml_read(p, name, &events, err);

	if (s == MS_OK) {
		span list =
			r.styles.len == 0 ? span_str("") : arena_copy(memory, buf_span(&r.styles));

		got.n = (uint32_t)(r.styles.len / sizeof(number_style));
		got.list = (number_style *)(uintptr_t)list.at;
		s = list.at == NULL
			    ? ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for styles")
			    : MS_OK;
	}
	if (s == MS_OK)
		*out = got;
	buf_fini(&r.codes);
	buf_fini(&r.styles);
	return s;
}
