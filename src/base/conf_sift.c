/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_sift.c - a walk over the tokens of a file with the schema at hand.
 *
 * The tokens are those of libconfuse: words, quoted texts, = { } , and three kinds of comments. A
 * stray is blanked only once it has been walked to its end, so a text that breaks off in the middle
 * of one stays as it is.
 */
#include "base/conf_sift.h"

#include "base/buf.h"
#include "base/map.h"

enum { RULES_MAX = 64, DEPTH_MAX = 8 };

typedef enum token_kind { TOKEN_END = 0, TOKEN_TEXT, TOKEN_SIGN } token_kind;

typedef struct token {
	token_kind kind;
	char sign;    /* = { } , and whatever else stands alone */
	size_t start; /* offset, quotes included */
	span text;    /* of TOKEN_TEXT, without its quotes */
	unsigned line;
} token;

/* A section that is open. */
typedef struct frame {
	const conf_rule *rules;
	uint64_t number; /* which section of the file it is: titles are unique within one */
	unsigned lines[RULES_MAX]; /* where each option was set, 0 = not yet */
} frame;

typedef struct sift {
	char *text;
	size_t len, at;
	unsigned line;
	frame frames[DEPTH_MAX];
	size_t depth; /* frames[depth] is the innermost */
	uint64_t sections;
	map titles; /* number, name and title -> line */
	buf key;
	void (*note)(void *ctx, const conf_stray *stray);
	void *ctx;
} sift;

/* ---- tokens ---- */

static bool
starts(const sift *s, const char *mark)
{
	size_t n = strlen(mark);

	return s->len - s->at >= n && memcmp(s->text + s->at, mark, n) == 0;
}

static void
step(sift *s)
{
	s->line += s->text[s->at] == '\n';
	s->at++;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip_blanks(sift *s)
{
	while (s->at < s->len) {
		if (is_space(s->text[s->at])) {
			step(s);
		} else if (s->text[s->at] == '#' || starts(s, "//")) {
			while (s->at < s->len && s->text[s->at] != '\n')
				s->at++;
		} else if (starts(s, "/*")) {
			while (s->at < s->len && !starts(s, "*/"))
				step(s);
			s->at += s->at < s->len ? 2 : 0;
		} else {
			return;
		}
	}
}

static token
quoted_text(sift *s)
{
	token t = { .kind = TOKEN_TEXT, .start = s->at, .line = s->line };
	char quote = s->text[s->at++];

	while (s->at < s->len && s->text[s->at] != quote) {
		if (s->text[s->at] == '\\' && s->at + 1 < s->len)
			step(s);
		step(s);
	}
	t.text = span_of(s->text + t.start + 1, s->at - t.start - 1);
	if (s->at == s->len)
		t.kind = TOKEN_END;
	else
		s->at++;
	return t;
}

static token
next_token(sift *s)
{
	token t;

	skip_blanks(s);
	t = (token){ .start = s->at, .line = s->line };
	if (s->at == s->len)
		return t;
	if (s->text[s->at] == '"' || s->text[s->at] == '\'')
		return quoted_text(s);
	while (s->at < s->len && !is_space(s->text[s->at]) &&
		strchr("={}(),+\"'#", s->text[s->at]) == NULL)
		s->at++;
	if (s->at > t.start) {
		t.kind = TOKEN_TEXT;
		t.text = span_of(s->text + t.start, s->at - t.start);
		return t;
	}
	t.kind = TOKEN_SIGN;
	t.sign = s->text[s->at++];
	return t;
}

/* ---- strays ---- */

/* From START up to where the walk is. */
static void
blank(sift *s, size_t start)
{
	for (size_t i = start; i < s->at; i++)
		if (s->text[i] != '\n')
			s->text[i] = ' ';
}

/* Behind an opening brace, to behind the closing one. False: the text ends before. */
static bool
skip_braces(sift *s)
{
	unsigned open = 1;

	while (open > 0) {
		token t = next_token(s);

		if (t.kind == TOKEN_END)
			return false;
		if (t.kind == TOKEN_SIGN && t.sign == '{')
			open++;
		if (t.kind == TOKEN_SIGN && t.sign == '}')
			open--;
	}
	return true;
}

/* Behind the equals sign, to behind the value or the list. */
static bool
skip_value(sift *s)
{
	token t = next_token(s);

	if (t.kind == TOKEN_SIGN && t.sign == '{')
		return skip_braces(s);
	return t.kind == TOKEN_TEXT;
}

/* Place of NAME in the rules, or -1. */
static int
rule_at(const conf_rule *rules, span name)
{
	for (int i = 0; rules[i].name != NULL && i < RULES_MAX; i++)
		if (span_equal(name, span_str(rules[i].name)))
			return i;
	return -1;
}

static void
tell(sift *s, conf_stray_kind kind, const token *name, span title, unsigned first_line)
{
	conf_stray stray = {
		.kind = kind,
		.line = name->line,
		.first_line = first_line,
		.name = name->text,
		.title = title,
		.rules = s->frames[s->depth].rules,
	};

	s->note(s->ctx, &stray);
	blank(s, name->start);
}

/* "name = ..." has been read up to the equals sign. */
static bool
take_option(sift *s, const token *name)
{
	frame *f = &s->frames[s->depth];
	int rule = rule_at(f->rules, name->text);

	if (!skip_value(s))
		return false;
	if (rule < 0)
		tell(s, CONF_UNKNOWN, name, (span){ 0 }, 0);
	else if (f->lines[rule] != 0)
		tell(s, CONF_TWICE, name, (span){ 0 }, f->lines[rule]);
	else
		f->lines[rule] = name->line;
	return true;
}

/* The line in which this title stands already, or 0. */
static unsigned
line_of_title(sift *s, span name, span title, unsigned line)
{
	uint64_t number = s->frames[s->depth].number, first;

	buf_reset(&s->key);
	buf_add(&s->key, &number, sizeof(number));
	buf_add_span(&s->key, name);
	buf_add(&s->key, "", 1);
	buf_add_span(&s->key, title);
	if (map_find(&s->titles, buf_span(&s->key), &first))
		return (unsigned)first;
	s->key.failed |= !map_put(&s->titles, buf_span(&s->key), line);
	return 0;
}

/* "name {" or "name "title" {" has been read up to the brace. */
static bool
take_section(sift *s, const token *name, span title)
{
	const conf_rule *rules = s->frames[s->depth].rules;
	int rule = rule_at(rules, name->text);
	unsigned first =
		rule >= 0 && title.at != NULL ? line_of_title(s, name->text, title, name->line) : 0;

	if (rule < 0 || first != 0) {
		if (!skip_braces(s))
			return false;
		tell(s, rule < 0 ? CONF_UNKNOWN : CONF_TITLE_TWICE, name, title, first);
		return true;
	}
	if (rules[rule].inner == NULL || s->depth + 1 == DEPTH_MAX)
		return false;
	s->frames[++s->depth] = (frame){ .rules = rules[rule].inner, .number = ++s->sections };
	return true;
}

/* One option, the head of a section, or the end of one. False: this is no such file, or it ends
 * here. */
static bool
take_one(sift *s)
{
	token name = next_token(s), after;
	span title = { 0 };

	if (name.kind == TOKEN_SIGN && name.sign == '}' && s->depth > 0) {
		s->depth--;
		return true;
	}
	if (name.kind != TOKEN_TEXT)
		return false;
	after = next_token(s);
	if (after.kind == TOKEN_SIGN && after.sign == '=')
		return take_option(s, &name);
	if (after.kind == TOKEN_TEXT) {
		title = after.text;
		after = next_token(s);
	}
	return after.kind == TOKEN_SIGN && after.sign == '{' && take_section(s, &name, title);
}

ms_status
conf_sift(char *text, size_t len, const conf_rule *rules,
	void (*note)(void *ctx, const conf_stray *stray), void *ctx)
{
	sift s = { .text = text, .len = len, .line = 1, .note = note, .ctx = ctx };
	bool failed;

	s.frames[0].rules = rules;
	while (!s.key.failed && take_one(&s))
		continue;
	failed = s.key.failed;
	map_fini(&s.titles);
	buf_fini(&s.key);
	return failed ? MS_NO_MEMORY : MS_OK;
}
