/* SPDX-License-Identifier: Apache-2.0 */
/* conf_scan.c - one pass over the bytes before libconfuse, which would read all of this without a
 * word. */
#include "base/conf_scan.h"

#include <stdlib.h>

#include "base/lang.h"
#include "base/text.h"

enum { BRACES_MAX = 16 };

typedef struct scan {
	char *text;
	size_t len, at;
	unsigned line;
	unsigned braces[BRACES_MAX]; /* lines of those that are open */
	size_t n_braces;
	const char *file;
	conf_openings *openings;
	ms_error *err;
} scan;

static void
skip(scan *s, size_t n)
{
	for (; n > 0 && s->at < s->len; n--)
		s->line += s->text[s->at++] == '\n';
}

static ms_status
refuse(const scan *s, unsigned line, const char *what, const char *remedy)
{
	ms_fail(s->err, MS_CONFIG, MST_CONF, "%s", tr(what));
	ms_error_place(s->err, "%s:%u", s->file, line);
	ms_error_remedy(s->err, "%s", tr(remedy));
	return MS_CONFIG;
}

/* The two newest words before a brace, and whether a brace would open a list. */
typedef struct words {
	span word[2];
	unsigned line[2];
	bool assigned;
} words;

static void
push_word(words *w, span word, unsigned line)
{
	w->word[0] = w->word[1];
	w->line[0] = w->line[1];
	w->word[1] = word;
	w->line[1] = line;
}

static span
section_key(span name, span title, uint8_t *out, size_t room)
{
	if (name.len + 1 + title.len > room)
		return (span){ 0 };
	memcpy(out, name.at, name.len);
	out[name.len] = 0;
	if (title.len > 0)
		memcpy(out + name.len + 1, title.at, title.len);
	return span_of(out, name.len + 1 + title.len);
}

static bool
add_opening(conf_openings *o, span name, span title, unsigned line)
{
	uint8_t bytes[256];
	span key = section_key(name, title, bytes, sizeof(bytes));
	uint64_t last;

	if (key.at == NULL)
		return true;
	if (o->n == o->room) {
		size_t room = o->room == 0 ? 64 : o->room * 2;
		conf_opening *list = realloc(o->list, room * sizeof(*list));

		if (list == NULL)
			return false;
		o->list = list;
		o->room = room;
	}
	o->list[o->n] = (conf_opening){ .line = line, .next = UINT64_MAX };
	if (map_find(&o->last, key, &last))
		o->list[last].next = o->n;
	else if (!map_put(&o->first, key, o->n))
		return false;
	return map_put(&o->last, key, o->n++);
}

static bool
open_brace(conf_openings *o, words *w)
{
	bool good = true;

	if (!w->assigned && w->word[0].len > 0)
		good = add_opening(o, w->word[0], w->word[1], w->line[0]);
	else if (!w->assigned && w->word[1].len > 0)
		good = add_opening(o, w->word[1], (span){ 0 }, w->line[1]);
	*w = (words){ 0 };
	return good;
}

static bool
starts(const scan *s, const char *mark)
{
	size_t len = strlen(mark);

	return s->len - s->at >= len && memcmp(s->text + s->at, mark, len) == 0;
}

static bool
starts_comment(const scan *s)
{
	return starts(s, "#") || starts(s, "//") || starts(s, "/*");
}

static void
blank(scan *s)
{
	if (s->text[s->at] != '\n')
		s->text[s->at] = ' ';
	skip(s, 1);
}

static ms_status
scan_comment(scan *s)
{
	bool block = starts(s, "/*");
	unsigned line = s->line;

	if (block) {
		blank(s);
		blank(s);
	}
	while (s->at < s->len && !starts(s, block ? "*/" : "\n"))
		blank(s);
	if (!block)
		return MS_OK;
	if (s->at == s->len)
		return refuse(s, line, TR("a comment is not closed"), TR("end it with */"));
	blank(s);
	blank(s);
	return MS_OK;
}

/* What a Chinese keyboard writes for " ' , = { } */
static bool
starts_wide_sign(const scan *s)
{
	static const char *const signs[] = { "“", "”", "‘", "’", "＂", "，", "、", "＝", "｛",
		"｝" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (starts(s, signs[i]))
			return true;
	return false;
}

/* As libconfuse reads a word without quotes. */
static ms_status
scan_word(scan *s, words *w)
{
	size_t start = s->at;
	unsigned line = s->line;

	while (s->at < s->len && strchr(" \t\r\n#\"'={}()+,", s->text[s->at]) == NULL &&
		!starts(s, "/*")) {
		if (starts_wide_sign(s))
			return refuse(s, line, TR("a Chinese sign stands outside of quotes"),
				TR("write \" , = { } as an English keyboard does"));
		skip(s, 1);
	}
	push_word(w, span_of(s->text + start, s->at - start), line);
	return MS_OK;
}

static ms_status
scan_quoted(scan *s, words *w)
{
	char quote = s->text[s->at];
	unsigned line = s->line;
	size_t start = s->at + 1;

	skip(s, 1);
	/* Up to the end of the line: a quote that was forgotten is not found where the next one is.
	 */
	while (s->at < s->len && s->text[s->at] != quote && s->text[s->at] != '\n') {
		if (s->text[s->at] == '\\' && s->at + 1 < s->len) {
			skip(s, 1);
			if (quote == '"' && strchr("0123456789x", s->text[s->at]) != NULL)
				return refuse(s, s->line, TR("a byte is written as a number"),
					TR("write the character itself, and a \\ as \\\\"));
		}
		skip(s, 1);
	}
	if (s->at == s->len || s->text[s->at] != quote)
		return refuse(
			s, line, TR("a quoted text is not closed"), TR("end it with its quote"));
	push_word(w, span_of(s->text + start, s->at - start), line);
	skip(s, 1);
	return MS_OK;
}

static void
close_brace(scan *s, words *w)
{
	*w = (words){ 0 };
	if (s->n_braces > 0)
		s->n_braces--;
}

static ms_status
scan_sign(scan *s, words *w)
{
	char c = s->text[s->at];

	if (starts(s, "+="))
		return refuse(s, s->line, TR("\"+=\" is not taken"),
			TR("write the whole list once, with ="));
	if (c == '=')
		*w = (words){ .assigned = true };
	if (c == '}')
		close_brace(s, w);
	if (c == '{' && s->n_braces++ < BRACES_MAX)
		s->braces[s->n_braces - 1] = s->line;
	if (c == '{' && !open_brace(s->openings, w))
		return ms_fail(
			s->err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to read %s", s->file);
	skip(s, 1);
	return MS_OK;
}

static ms_status
scan_tokens(scan *s)
{
	ms_status status = MS_OK;
	words w = { 0 };

	while (status == MS_OK && s->at < s->len) {
		char c = s->text[s->at];

		if (starts_comment(s))
			status = scan_comment(s);
		else if (c == '"' || c == '\'')
			status = scan_quoted(s, &w);
		else if (strchr("={}()+,", c) != NULL)
			status = scan_sign(s, &w);
		else if (strchr(" \t\r\n", c) != NULL)
			skip(s, 1);
		else
			status = scan_word(s, &w);
	}
	if (status == MS_OK && s->n_braces > 0 && s->n_braces <= BRACES_MAX)
		return refuse(s, s->braces[s->n_braces - 1], TR("the { of this line is not closed"),
			TR("end it with }"));
	return status;
}

static unsigned
line_of(span text, size_t at)
{
	unsigned line = 1;
	size_t i;

	for (i = 0; i < at && i < text.len; i++)
		line += text.at[i] == '\n';
	return line;
}

ms_status
conf_scan(char *text, size_t len, const char *file, conf_openings *o, ms_error *err)
{
	scan s = { .text = text, .len = len, .line = 1, .file = file, .openings = o, .err = err };
	span bytes = span_of(text, len);
	const char *nul = len == 0 ? NULL : memchr(text, 0, len);
	size_t bad;

	if (nul != NULL)
		return refuse(&s, line_of(bytes, (size_t)(nul - text)), TR("there is a NUL byte"),
			TR("remove it"));
	if (!text_utf8_check(bytes, &bad))
		return refuse(&s, line_of(bytes, bad), TR("this is not UTF-8"),
			TR("save the file as UTF-8"));
	if (starts(&s, "\xef\xbb\xbf"))
		return refuse(&s, 1, TR("the file begins with a byte order mark"),
			TR("save it as UTF-8 without one (without BOM)"));
	for (bad = 0; bad + 1 < len; bad++)
		if (text[bad] == '$' && text[bad + 1] == '{')
			return refuse(&s, line_of(bytes, bad),
				TR("\"${\" is not taken: nothing is read from the environment"),
				TR("write the value itself"));
	return scan_tokens(&s);
}

unsigned
conf_opening_line(conf_openings *o, const char *name, const char *title, unsigned otherwise)
{
	uint8_t bytes[256];
	span key = section_key(span_str(name), span_str(title), bytes, sizeof(bytes));
	uint64_t at;

	if (key.at == NULL || !map_find(&o->first, key, &at) || at == UINT64_MAX)
		return otherwise;
	map_put(&o->first, key, o->list[at].next);
	return o->list[at].line;
}

void
conf_openings_fini(conf_openings *o)
{
	free(o->list);
	map_fini(&o->first);
	map_fini(&o->last);
	*o = (conf_openings){ 0 };
}
