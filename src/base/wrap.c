/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wrap.h"

#include "base/text.h"

enum { FURTHER_IN = 4 };

static const char closing[] = "，。、；：？！）」』》】〉〕｝％”’…·,.;:?!)]}%";
static const char opening[] = "（「『《【〈〔｛“‘([{";

static bool
is_space(span c)
{
	return c.len == 1 && c.at[0] == ' ';
}

static bool
is_one_of(span c, const char *marks)
{
	span all = span_str(marks);

	while (all.len > 0) {
		span mark = text_first(all);

		if (span_equal(mark, c))
			return true;
		all = span_of(all.at + mark.len, all.len - mark.len);
	}
	return false;
}

/* May a line of TEXT end between BEFORE and NEXT, which is at AT? */
static bool
may_break(span text, size_t at, span before, span next)
{
	if (is_one_of(next, closing) || is_one_of(before, opening) || is_space(next))
		return false;
	if (is_space(before))
		return true;
	if (before.len == 1 && before.at[0] == '/')
		return next.at[0] != '/' && (next.at[0] < '0' || next.at[0] > '9') &&
		       (at < 2 || text.at[at - 2] != '/');
	return text_width(next) > 0 && (text_width(next) > 1 || text_width(before) > 1);
}

/* Bytes of TEXT until the first break behind FROM bytes, *WIDE columns. */
static size_t
piece_end(span text, size_t from, unsigned *wide)
{
	span before = { 0 };
	unsigned columns = 0;
	size_t i = from;

	*wide = 0;
	while (i < text.len) {
		span c = text_first(span_of(text.at + i, text.len - i));

		if (i > from && may_break(text, i, before, c))
			break;
		columns += text_width(c);
		if (!is_space(c))
			*wide = columns;
		before = c;
		i += c.len;
	}
	return i;
}

/* Bytes of TEXT in WIDTH columns, breaking it anywhere; one character at least. */
static size_t
force_break(span text, unsigned width)
{
	size_t i = text_first(text).len;
	unsigned used = text_width(span_of(text.at, i));

	while (i < text.len) {
		span c = text_first(span_of(text.at + i, text.len - i));

		used += text_width(c);
		if (used > width)
			break;
		i += c.len;
	}
	return i;
}

span
wrap_take(span *rest, unsigned width)
{
	span line = *rest;
	size_t end = 0;
	unsigned used = 0, wide;

	if (text_width(line) <= width) {
		*rest = (span){ 0 };
		return line;
	}
	while (end < rest->len) {
		size_t next = piece_end(*rest, end, &wide);

		if (wide > width) /* it has to be broken anyhow */
			end = force_break(*rest, width);
		if (used + wide > width)
			break;
		used = text_width(span_of(rest->at, next));
		end = next;
	}
	line = text_trim(span_of(rest->at, end));
	*rest = text_trim(span_of(rest->at + end, rest->len - end));
	return line;
}

unsigned
wrap_piece(span text)
{
	unsigned widest = 0, wide;
	size_t at = 0;

	while (at < text.len) {
		at = piece_end(text, at, &wide);
		widest = wide > widest ? wide : widest;
	}
	return widest;
}

size_t
wrap_count(span text, unsigned width)
{
	size_t n = 0;

	do {
		wrap_take(&text, width);
		n++;
	} while (text.len > 0);
	return n;
}

/* ---- lines ---- */

static size_t
spaces_at(span line, size_t at)
{
	size_t n = 0;

	while (at + n < line.len && line.at[at + n] == ' ')
		n++;
	return n;
}

/* Where LINE goes on below itself. */
static unsigned
hanging(span line, unsigned width)
{
	size_t indent = spaces_at(line, 0), i = indent, n;
	unsigned hang = indent == 0 ? 0 : (unsigned)indent + FURTHER_IN, column;

	for (; i < line.len; i += n == 0 ? 1 : n) {
		n = spaces_at(line, i);
		column = text_width(span_of(line.at, i + n));
		if (column > width / 2)
			break;
		if (n >= 2 && i + n < line.len)
			hang = column;
	}
	return hang > width / 2 ? 0 : hang;
}

static void
add_line(span line, unsigned width, buf *out)
{
	unsigned hang = hanging(line, width), column = (unsigned)spaces_at(line, 0), i;
	span rest = span_of(line.at + column, line.len - column);

	if (column > width / 2)
		column = hang;
	do {
		for (i = 0; rest.len > 0 && i < column; i++)
			buf_add(out, " ", 1);
		buf_add_span(out, wrap_take(&rest, width - column));
		column = hang;
		if (rest.len > 0)
			buf_add(out, "\n", 1);
	} while (rest.len > 0);
}

static span
take_line(span *text, bool *ends)
{
	const uint8_t *end = text->len == 0 ? NULL : memchr(text->at, '\n', text->len);
	span line = end == NULL ? *text : span_of(text->at, (size_t)(end - text->at));

	*text = end == NULL ? (span){ 0 } : span_of(end + 1, text->len - line.len - 1);
	*ends = end != NULL;
	return line;
}

ms_status
wrap_lines(span text, unsigned width, buf *out)
{
	bool ends;

	while (text.len > 0) {
		span line = take_line(&text, &ends);

		if (width == 0 || text_width(line) <= width)
			buf_add_span(out, line);
		else
			add_line(line, width, out);
		if (ends)
			buf_add(out, "\n", 1);
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

/* Does the paragraph that began with an INDENT go on with NEXT? */
static bool
goes_on(size_t indent, span next)
{
	size_t inner = spaces_at(next, 0);

	return inner < next.len && (indent == 0 ? inner == 0 : inner > indent);
}

/* Chinese has no space there. */
static bool
needs_space(span before, span next)
{
	return before.len > 0 && before.at[before.len - 1] < 0x80 &&
	       text_width(text_first(next)) < 2;
}

ms_status
wrap_join(span text, unsigned width, buf *out)
{
	bool ends;

	while (text.len > 0) {
		span line = take_line(&text, &ends), next = text;
		size_t indent = spaces_at(line, 0);

		buf_add_span(out, line);
		while (width > 0 && text_width(line) > width && text.len > 0 &&
			goes_on(indent, take_line(&next, &ends))) {
			span before = line;

			line = take_line(&text, &ends);
			next = text;
			if (needs_space(before, text_trim(line)))
				buf_add(out, " ", 1);
			buf_add_span(out, text_trim(line));
		}
		if (ends)
			buf_add(out, "\n", 1);
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}
