/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_book.c - the way through the relations of a package: _rels/.rels names the workbook, the
 * workbook its sheets by relation, and its own relations the parts.
 */
#include "intake/xlsx_book.h"

#include <stdio.h>

#include "base/text.h"
#include "intake/xlsx_xml.h"

enum { RELATIONS_MAX = 1024, PROPERTY_BYTES_MAX = 64 };

/* A form's own properties: form_xlsx.c writes them. */
enum { PROPERTY_UNIT, PROPERTY_SEAL, PROPERTIES };
static const char *const property_names[PROPERTIES] = { "muster.unit", "muster.seal" };

typedef struct relation {
	const char *id, *type, *part; /* TYPE: the last word of its address */
} relation;

typedef struct relations {
	arena *memory;
	const char *base; /* folder of the part they belong to, with its slash, or "" */
	relation list[RELATIONS_MAX];
	uint32_t n;
} relations;

typedef struct reader {
	arena *memory;
	const relations *relations;
	xlsx_book *out;
} reader;

typedef struct form_properties {
	unsigned at; /* within which of those that are looked for; PROPERTIES: none */
	char texts[PROPERTIES][PROPERTY_BYTES_MAX + 1];
} form_properties;

static ms_status
no_memory(ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading a workbook");
}

/* A name or id; what is longer than any spreadsheet writes is cut. */
static char *
keep(arena *memory, const char *text)
{
	return arena_text(memory, text_prefix(span_str(text), PACKAGE_NAME_MAX));
}

/* TARGET as the name of a part; "" when it leads out of the package. */
static const char *
resolve(arena *memory, const char *base, const char *target)
{
	char whole[2 * PACKAGE_NAME_MAX + 2], out[PACKAGE_NAME_MAX + 2] = "";
	const char *at;
	size_t n = 0;

	if (strlen(target) > PACKAGE_NAME_MAX || strlen(base) > PACKAGE_NAME_MAX)
		return "";
	snprintf(whole, sizeof(whole), "%s%s", target[0] == '/' ? "" : base, target);
	for (at = whole; *at != 0;) {
		size_t len;

		while (*at == '/')
			at++;
		len = strcspn(at, "/");
		if (len == 2 && memcmp(at, "..", 2) == 0) {
			if (n == 0)
				return "";
			while (n > 0 && out[--n] != '/')
				continue;
		} else if (len > 0 && !(len == 1 && at[0] == '.')) {
			if (n + len + 1 > PACKAGE_NAME_MAX)
				return "";
			if (n > 0)
				out[n++] = '/';
			memcpy(out + n, at, len);
			n += len;
		}
		at += len;
	}
	return arena_text(memory, span_of(out, n));
}

static ms_status
take_relation(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	relations *r = ctx;
	const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type"),
		   *target = xml_attribute(attributes, "Target"),
		   *mode = xml_attribute(attributes, "TargetMode");
	const char *last;
	relation made;

	if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
		(mode != NULL && strcmp(mode, "External") == 0))
		return MS_OK;
	if (r->n == RELATIONS_MAX) {
		ms_fail(err, MS_FULL, MST_XLSX_BOUND, "more than 1024 relations");
		ms_error_place(err, "relations");
		return MS_FULL;
	}
	last = strrchr(type, '/');
	made = (relation){ .id = keep(r->memory, id),
		.type = keep(r->memory, last == NULL ? type : last + 1),
		.part = resolve(r->memory, r->base, target) };
	if (made.id == NULL || made.type == NULL || made.part == NULL)
		return no_memory(err);
	if (made.part[0] == 0) {
		ms_fail(err, MS_INVALID, MST_XLSX_UNSAFE, "a relation leads out of the file: %.80s",
			target);
		ms_error_place(err, "relations");
		return MS_INVALID;
	}
	r->list[r->n++] = made;
	return MS_OK;
}

/* The relations of PART; none is fine. */
static ms_status
read_relations(package *p, const char *part, relations *out, ms_error *err)
{
	xml_events events = { .start = take_relation, .ctx = out };
	const char *slash = strrchr(part, '/');
	int before = slash == NULL ? 0 : (int)(slash - part) + 1;
	char name[PACKAGE_NAME_MAX + 20];

	out->base = arena_text(out->memory, span_of(part, (size_t)before));
	if (out->base == NULL)
		return no_memory(err);
	snprintf(name, sizeof(name), "%s_rels/%s.rels", out->base, part + before);
	return package_has(p, name) ? xml_read(p, name, &events, err) : MS_OK;
}

static const relation *
of_type(const relations *r, const char *type)
{
	uint32_t i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->list[i].type, type) == 0)
			return &r->list[i];
	return NULL;
}

static const relation *
of_id(const relations *r, const char *id)
{
	uint32_t i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->list[i].id, id) == 0)
			return &r->list[i];
	return NULL;
}

static ms_status
take_sheet(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	reader *r = ctx;
	const char *title = xml_attribute(attributes, "name"),
		   *id = xml_attribute(attributes, "id"),
		   *state = xml_attribute(attributes, "state");
	const relation *at;
	book_sheet *sheet;

	if (strcmp(name, "workbookPr") == 0)
		r->out->base_1904 = xml_truth(attributes, "date1904");
	if (strcmp(name, "sheet") != 0)
		return MS_OK;
	if (r->out->n_sheets == BOOK_SHEETS_MAX) {
		ms_fail(err, MS_FULL, MST_XLSX_BOUND, "more than 256 sheets");
		ms_error_place(err, "workbook");
		return MS_FULL;
	}
	sheet = &r->out->sheets[r->out->n_sheets++];
	at = id == NULL ? NULL : of_id(r->relations, id);
	*sheet = (book_sheet){ .name = keep(r->memory, title == NULL ? "" : title),
		.part = at != NULL && strcmp(at->type, "worksheet") == 0 ? at->part : NULL,
		.hidden = state != NULL && strcmp(state, "visible") != 0 };
	return sheet->name == NULL ? no_memory(err) : MS_OK;
}

static ms_status
start_property(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	form_properties *p = ctx;
	const char *given = xml_attribute(attributes, "name");

	(void)err;
	if (strcmp(name, "property") != 0)
		return MS_OK;
	p->at = 0;
	while (p->at < PROPERTIES && (given == NULL || strcmp(given, property_names[p->at]) != 0))
		p->at++;
	return MS_OK;
}

static ms_status
take_property(void *ctx, span text, ms_error *err)
{
	form_properties *p = ctx;
	char *kept = p->at < PROPERTIES ? p->texts[p->at] : NULL;
	size_t len = kept == NULL ? 0 : strlen(kept);

	(void)err;
	text = text_trim(text);
	if (kept != NULL && text.len > 0 && len + text.len <= PROPERTY_BYTES_MAX) {
		memcpy(kept + len, text.at, text.len);
		kept[len + text.len] = 0;
	}
	return MS_OK;
}

static bool
keep_property(arena *memory, const char *text, const char **out)
{
	*out = text[0] == 0 ? NULL : keep(memory, text);
	return text[0] == 0 || *out != NULL;
}

/* The properties that people give a workbook; those of a form name its unit and seal it. */
static ms_status
read_properties(package *p, const char *part, reader *r, ms_error *err)
{
	form_properties found = { .at = PROPERTIES };
	xml_events events = { .start = start_property, .text = take_property, .ctx = &found };
	ms_status s = package_has(p, part) ? xml_read(p, part, &events, err) : MS_OK;

	if (s != MS_OK)
		return s;
	r->out->properties = keep(r->memory, part);
	return r->out->properties != NULL &&
			       keep_property(
				       r->memory, found.texts[PROPERTY_UNIT], &r->out->unit) &&
			       keep_property(r->memory, found.texts[PROPERTY_SEAL], &r->out->seal)
		       ? MS_OK
		       : no_memory(err);
}

static ms_status
read_book(package *p, relations *r, const char *part, xlsx_book *out, ms_error *err)
{
	reader reading = { .memory = r->memory, .relations = r, .out = out };
	xml_events events = { .start = take_sheet, .ctx = &reading };
	const relation *at;
	ms_status s;

	r->n = 0;
	s = read_relations(p, part, r, err);
	if (s == MS_OK)
		s = xml_read(p, part, &events, err);
	at = of_type(r, "sharedStrings");
	out->strings = at == NULL ? NULL : at->part;
	at = of_type(r, "styles");
	out->styles = at == NULL ? NULL : at->part;
	return s;
}

ms_status
xlsx_book_read(package *p, arena *memory, xlsx_book *out, ms_error *err)
{
	relations *r = arena_zalloc(memory, sizeof(*r));
	const relation *at, *properties;
	xlsx_book got = { 0 };
	reader reading = { .memory = memory, .out = &got };
	ms_status s;

	got.sheets = arena_alloc(memory, BOOK_SHEETS_MAX * sizeof(*got.sheets));
	if (r == NULL || got.sheets == NULL)
		return no_memory(err);
	r->memory = memory;
	s = read_relations(p, "", r, err);
	at = of_type(r, "officeDocument");
	if (s == MS_OK && (at == NULL || !package_has(p, at->part))) {
		ms_fail(err, MS_NOT_FOUND, MST_XLSX_BROKEN, "there is no workbook in it");
		ms_error_place(err, "zip");
		s = MS_NOT_FOUND;
	}
	properties = of_type(r, "custom-properties");
	if (s == MS_OK && properties != NULL)
		s = read_properties(p, properties->part, &reading, err);
	if (s == MS_OK)
		s = read_book(p, r, at->part, &got, err);
	if (s == MS_OK)
		*out = got;
	return s;
}
