/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx_strings.c - one buffer and where each text ends in it: half a million texts are half a
 * million numbers more than their bytes. */
#include "intake/xlsx_strings.h"

#include "intake/xlsx_xml.h"

typedef struct reader {
	xlsx_strings *out;
	buf item;          /* the text at work, as it stands in the file */
	unsigned phonetic; /* depth within rPh */
	bool in_item, in_text;
} reader;

static ms_status
no_memory(ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the texts of a workbook");
}

static ms_status
start(void *ctx, const char *name, const char *const *attributes, ms_error *err)
{
	reader *r = ctx;

	(void)attributes;
	if (strcmp(name, "si") == 0) {
		if (r->in_item) {
			ms_fail(err, MS_INVALID, MST_XLSX_UNSAFE, "a text within a text");
			ms_error_place(err, "sharedStrings");
			return MS_INVALID;
		}
		r->in_item = true;
		buf_reset(&r->item);
	} else if (strcmp(name, "rPh") == 0) {
		r->phonetic++;
	} else if (strcmp(name, "t") == 0) {
		r->in_text = r->in_item && r->phonetic == 0;
	}
	return MS_OK;
}

static ms_status
keep_item(reader *r, ms_error *err)
{
	uint32_t end;

	if (xlsx_unescape(buf_span(&r->item), &r->out->text) != MS_OK)
		return no_memory(err);
	end = (uint32_t)r->out->text.len;
	if (r->out->text.len > STRINGS_BYTES_MAX || r->out->ends.len / sizeof(end) == STRINGS_MAX) {
		ms_fail(err, MS_FULL, MST_XLSX_BOUND, "too many texts, more than 8 MiB");
		ms_error_place(err, "sharedStrings");
		return MS_FULL;
	}
	return buf_add(&r->out->ends, &end, sizeof(end)) == MS_OK ? MS_OK : no_memory(err);
}

static ms_status
end(void *ctx, const char *name, ms_error *err)
{
	reader *r = ctx;

	if (strcmp(name, "t") == 0) {
		r->in_text = false;
	} else if (strcmp(name, "rPh") == 0 && r->phonetic > 0) {
		r->phonetic--;
	} else if (strcmp(name, "si") == 0) {
		r->in_item = false;
		return keep_item(r, err);
	}
	return MS_OK;
}

static ms_status
text(void *ctx, span piece, ms_error *err)
{
	reader *r = ctx;

	if (!r->in_text)
		return MS_OK;
	if (r->item.len + piece.len > STRINGS_BYTES_MAX)
		return ms_fail(err, MS_FULL, MST_XLSX_BOUND, "a text of more than 8 MiB");
	return buf_add_span(&r->item, piece) == MS_OK ? MS_OK : no_memory(err);
}

ms_status
xlsx_strings_read(package *p, const char *name, xlsx_strings *out, ms_error *err)
{
	reader r = { .out = out };
	xml_events events = { .start = start, .end = end, .text = text, .ctx = &r };
	ms_status s = xml_read(p, name, &events, err);

	buf_fini(&r.item);
	return s;
}

bool
xlsx_strings_at(const xlsx_strings *strings, uint32_t number, span *out)
{
	const uint32_t *ends = (const uint32_t *)(const void *)strings->ends.at;
	uint32_t from;

	if (number >= strings->ends.len / sizeof(*ends))
		return false;
	from = number == 0 ? 0 : ends[number - 1];
	*out = buf_part(&strings->text, from, ends[number] - from);
	return true;
}

void
xlsx_strings_fini(xlsx_strings *strings)
{
	buf_fini(&strings->text);
	buf_fini(&strings->ends);
}

/* The character of "_xHHHH_", 0 when TEXT does not begin with one that we take: those below blank
 * and the underscore. */
static unsigned
escape_at(span text)
{
	unsigned v = 0;
	size_t i;

	if (text.len < 7 || text.at[0] != '_' || text.at[1] != 'x' || text.at[6] != '_')
		return 0;
	for (i = 2; i < 6; i++) {
		const char *digits = "0123456789abcdef";
		const char *at = text.at[i] == 0 ? NULL : strchr(digits, text.at[i] | 0x20);

		if (at == NULL)
			return 0;
		v = v << 4 | (unsigned)(at - digits);
	}
	return v < ' ' || v == '_' ? v : 0;
}

ms_status
xlsx_unescape(span text, buf *out)
{
	ms_status s = MS_OK;

	while (s == MS_OK && text.len > 0) {
		const uint8_t *mark = memchr(text.at, '_', text.len);
		size_t plain = mark == NULL ? text.len : (size_t)(mark - text.at);
		unsigned c;

		s = buf_add(out, text.at, plain);
		text = span_of(text.at + plain, text.len - plain);
		if (s != MS_OK || text.len == 0)
			break;
		c = escape_at(text);
		if (c != 0) {
			uint8_t byte = (uint8_t)c;

			s = buf_add(out, &byte, 1);
			text = span_of(text.at + 7, text.len - 7);
		} else {
			s = buf_add(out, text.at, 1);
			text = span_of(text.at + 1, text.len - 1);
		}
	}
	return s;
}
