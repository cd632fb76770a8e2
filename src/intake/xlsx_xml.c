/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_xml.c - expat, fed by the package.
 *
 * expat keeps an unfinished tag whole and looks at it again with every piece, so a tag without an
 * end would cost memory and time: what is fed but not yet reported is bounded.
 */
#include "intake/xlsx_xml.h"

#include <expat.h>

#include "base/text.h"

typedef struct stream {
	XML_Parser parser;
	const xml_events *events;
	const char *part;
	ms_error *err;
	ms_status failed;
	unsigned depth;
	uint64_t fed;
} stream;

static const char *
local(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static void
stop(stream *s, ms_status why)
{
	if (why == MS_OK || s->failed != MS_OK)
		return;
	s->failed = why;
	XML_StopParser(s->parser, XML_FALSE);
}

static void
stop_for(stream *s, unsigned code, const char *what)
{
	ms_status why = code == MST_XLSX_BOUND ? MS_FULL : MS_INVALID;

	if (s->failed != MS_OK)
		return;
	ms_fail(s->err, why, code, "%s, line %lu: %s", s->part, XML_GetCurrentLineNumber(s->parser),
		what);
	ms_error_place(s->err, "%s", s->part);
	stop(s, why);
}

static void XMLCALL
on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	stream *s = ctx;

	if (s->failed != MS_OK)
		return;
	if (++s->depth > XML_DEPTH_MAX)
		stop_for(s, MST_XLSX_BOUND, "nested too deep");
	else if (s->events->start != NULL)
		stop(s, s->events->start(s->events->ctx, local(name),
				(const char *const *)attributes, s->err));
}

static void XMLCALL
on_end(void *ctx, const XML_Char *name)
{
	stream *s = ctx;

	if (s->failed != MS_OK)
		return;
	s->depth--;
	if (s->events->end != NULL)
		stop(s, s->events->end(s->events->ctx, local(name), s->err));
}

static void XMLCALL
on_text(void *ctx, const XML_Char *text, int len)
{
	stream *s = ctx;

	if (s->failed == MS_OK && s->events->text != NULL)
		stop(s, s->events->text(s->events->ctx, span_of(text, (size_t)len), s->err));
}

static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public,
	int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	stop_for(ctx, MST_XLSX_UNSAFE, "a document type or entity is declared");
}

static ms_status
feed(void *ctx, span piece, bool last, ms_error *err)
{
	stream *s = ctx;
	enum XML_Status got =
		XML_Parse(s->parser, (const char *)piece.at, (int)piece.len, last ? 1 : 0);
	XML_Index at;

	if (s->failed != MS_OK)
		return s->failed;
	if (got != XML_STATUS_OK) {
		if (XML_GetErrorCode(s->parser) == XML_ERROR_NO_MEMORY)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
				"no memory for reading a spreadsheet");
		stop_for(s, MST_XLSX_BROKEN, XML_ErrorString(XML_GetErrorCode(s->parser)));
		return s->failed;
	}
	s->fed += piece.len;
	at = XML_GetCurrentByteIndex(s->parser);
	if (!last && at >= 0 && s->fed - (uint64_t)at > XML_TAG_BYTES_MAX)
		stop_for(s, MST_XLSX_BOUND, "one tag is too long");
	return s->failed;
}

ms_status
xml_read(package *p, const char *name, const xml_events *events, ms_error *err)
{
	stream s = { .events = events, .part = name, .err = err };
	ms_status got;

	s.parser = XML_ParserCreate(NULL);
	if (s.parser == NULL)
		return ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading a spreadsheet");
	XML_SetUserData(s.parser, &s);
	XML_SetElementHandler(s.parser, on_start, on_end);
	if (events->text != NULL)
		XML_SetCharacterDataHandler(s.parser, on_text);
	XML_SetStartDoctypeDeclHandler(s.parser, on_doctype);
	got = package_read(p, name, feed, &s, err);
	XML_ParserFree(s.parser);
	return got;
}

const char *
xml_attribute(const char *const *attributes, const char *wanted)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(local(attributes[0]), wanted) == 0)
			return attributes[1];
	return NULL;
}

uint32_t
xml_number(const char *const *attributes, const char *wanted, uint32_t max, uint32_t else_value)
{
	const char *text = xml_attribute(attributes, wanted);
	uint64_t v;

	return text != NULL && text_uint(span_str(text), max, &v) ? (uint32_t)v : else_value;
}

bool
xml_truth(const char *const *attributes, const char *wanted)
{
	const char *text = xml_attribute(attributes, wanted);

	return text != NULL &&
	       (strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0);
}
