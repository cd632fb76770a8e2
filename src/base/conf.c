/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.c - libconfuse with every value as a string.
 *
 * libconfuse calls back without a context pointer, so the file being read hangs on one thread-local
 * pointer for the time of cfg_parse_buf. Its validating callback runs after every value, when
 * cfg->line is the line of that value: that is how lines are known.
 *
 * It also runs at the end of every section. The section is copied out and freed there and then:
 * libconfuse keeps kilobytes per section and compares each new title with all before it, so that a
 * file of 100,000 sections would take minutes. What it can no longer see, a title given twice,
 * conf_sift finds.
 */
#include "base/conf.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/conf_scan.h"
#include "base/conf_sift.h"
#include "base/lang.h"
#include "base/suggest.h"
#include "base/text.h"

enum { RULES_MAX = 64, DEPTH_MAX = 8 };

/* The line of value INDEX of an option in a section. */
typedef struct mark {
	const cfg_t *section;
	const cfg_opt_t *option;
	unsigned index, line;
	bool ended; /* lists: the call at the closing brace came, with the last value's index */
} mark;

/* A section that has ended, until its parent ends and takes it. */
typedef struct finished {
	const cfg_t *parent;
	conf_section section;
} finished;

typedef struct reading {
	const char *file;
	const conf_rule *rules;
	ms_error *err;
	mark *marks;
	size_t n, room;
	conf_openings openings;
	finished *finished; /* those of the innermost open section stand last */
	size_t n_finished, finished_room;
	const cfg_t *root;
	arena *memory;
	ms_status status; /* MS_OK while nothing has failed */
} reading;

static _Thread_local reading *current;

static ms_status
no_memory(const char *file, ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to read %s", file);
}

/* ---- libconfuse's callbacks ---- */

static bool
add_mark(reading *r, const mark *m)
{
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 256 : r->room * 2;
		mark *marks = realloc(r->marks, room * sizeof(*marks));

		if (marks == NULL)
			return false;
		r->marks = marks;
		r->room = room;
	}
	r->marks[r->n++] = *m;
	return true;
}

static mark *
last_mark(const reading *r, const cfg_t *cfg, const cfg_opt_t *opt)
{
	size_t i;

	for (i = r->n; i > 0 && r->marks[i - 1].section == cfg; i--)
		if (r->marks[i - 1].option == opt)
			return &r->marks[i - 1];
	return NULL;
}

/* A value was set. Its index not higher than the last one's: the option stands twice. */
static int
note_value(cfg_t *cfg, cfg_opt_t *opt)
{
	reading *r = current;
	mark m = { .section = cfg,
		.option = opt,
		.index = cfg_opt_size(opt),
		.line = (unsigned)cfg->line };
	mark *last = last_mark(r, cfg, opt);

	if (m.index == 0)
		return 0;
	if (last != NULL && last->index == m.index && (opt->flags & CFGF_LIST) != 0 &&
		!last->ended) {
		last->ended = true;
		return 0;
	}
	if (last != NULL && last->index >= m.index) {
		r->status = ms_fail(r->err, MS_CONFIG, MST_CONF,
			"\"%s\" is set twice, first in line %u", opt->name, last->line);
		ms_error_place(r->err, "%s:%u", r->file, m.line);
	} else if (!add_mark(r, &m)) {
		r->status = no_memory(r->file, r->err);
	}
	return r->status == MS_OK ? 0 : -1;
}

static const char *
nearest(const conf_rule *rules, span wanted)
{
	suggestion s;

	suggest_begin(&s, wanted);
	for (; rules->name != NULL; rules++)
		suggest_try(&s, rules->name);
	return s.best;
}

static const conf_rule *
rules_of(const conf_rule *rules, const char *section)
{
	const conf_rule *r, *found;

	for (r = rules; r->name != NULL; r++) {
		if (r->inner == NULL)
			continue;
		if (strcmp(r->name, section) == 0)
			return r->inner;
		found = rules_of(r->inner, section);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static void
suggest(reading *r, cfg_t *cfg, const char *text)
{
	const char *near;
	const char *start = strchr(text, '\''),
		   *end = start == NULL ? NULL : strchr(start + 1, '\'');
	const conf_rule *rules =
		strcmp(cfg->name, "root") == 0 ? r->rules : rules_of(r->rules, cfg->name);

	if (end == NULL || rules == NULL)
		return;
	near = nearest(rules, span_of(start + 1, (size_t)(end - start) - 1));
	if (near != NULL)
		ms_error_remedy(r->err, "did you mean \"%s\"?", near);
}

/* libconfuse's own sentences, as they come here. */
static const char unknown_option[] = TR("no such option '%s'");
static const char *const sentences[] = { unknown_option, TR("unexpected closing brace"),
	TR("unexpected token '%s'"), TR("missing equal sign after option '%s'"),
	TR("missing opening brace for section '%s'"), TR("missing title for section '%s'") };

static void __attribute__((format(printf, 2, 0)))
note_error(cfg_t *cfg, const char *format, va_list args)
{
	reading *r = current;
	bool is_known = false;
	char text[256];
	size_t i;

	if (r->status != MS_OK)
		return;
	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		is_known = is_known || strcmp(format, sentences[i]) == 0;
	vsnprintf(text, sizeof(text), is_known ? tr(format) : format, args);
	r->status = ms_fail(r->err, MS_CONFIG, MST_CONF, "%s", text);
	ms_error_place(r->err, "%s:%d", r->file, cfg->line);
	if (strcmp(format, unknown_option) == 0)
		suggest(r, cfg, text);
}

/* ---- the tree as the caller wants it ---- */

static int
compare_marks(const void *a, const void *b)
{
	const mark *x = a, *y = b;
	uintptr_t xs = (uintptr_t)x->section, ys = (uintptr_t)y->section, xo = (uintptr_t)x->option,
		  yo = (uintptr_t)y->option;

	if (xs != ys)
		return xs < ys ? -1 : 1;
	if (xo != yo)
		return xo < yo ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* MARKS: the N marks of this section, sorted. */
static unsigned
mark_line(const mark *marks, size_t n, const cfg_opt_t *opt, unsigned index, unsigned otherwise)
{
	mark wanted = { .section = n == 0 ? NULL : marks->section, .option = opt, .index = index };
	const mark *found =
		n == 0 ? NULL : bsearch(&wanted, marks, n, sizeof(*marks), compare_marks);

	return found == NULL ? otherwise : found->line;
}

static bool
take_option(reading *r, cfg_t *cfg, cfg_opt_t *opt, const char *name, size_t first_mark,
	conf_section *out)
{
	conf_option *o = &out->options[out->n_options];
	unsigned n = cfg_opt_size(opt), i;

	if (n == 0 || cfg_opt_getnstr(opt, 0) == NULL)
		return true;
	o->name = name;
	o->values = arena_alloc(r->memory, n * sizeof(*o->values));
	if (o->values == NULL)
		return false;
	for (i = 0; i < n; i++) {
		o->values[i].text = arena_text(r->memory, span_str(cfg_opt_getnstr(opt, i)));
		o->values[i].line = mark_line(
			r->marks + first_mark, r->n - first_mark, opt, i + 1, (unsigned)cfg->line);
		if (o->values[i].text == NULL)
			return false;
	}
	o->n_values = n;
	o->line = o->values[0].line;
	out->n_options++;
	return true;
}

/* The options of CFG; its marks stand last and are given up. */
static bool
take_options(reading *r, cfg_t *cfg, const conf_rule *rules, conf_section *out)
{
	size_t first = r->n, n_rules = 0, i;
	bool good = true;

	while (first > 0 && r->marks[first - 1].section == cfg)
		first--;
	if (r->n - first > 1)
		qsort(r->marks + first, r->n - first, sizeof(*r->marks), compare_marks);
	while (rules[n_rules].name != NULL)
		n_rules++;
	out->options = arena_zalloc(r->memory, (n_rules + 1) * sizeof(*out->options));
	if (out->options == NULL)
		return false;
	for (i = 0; good && i < n_rules; i++)
		if (rules[i].inner == NULL)
			good = take_option(
				r, cfg, cfg_getopt(cfg, rules[i].name), rules[i].name, first, out);
	r->n = first;
	return good;
}

/* The finished sections of CFG in the schema's order; within each name in the file's. */
static bool
take_sections(reading *r, const cfg_t *cfg, const conf_rule *rules, conf_section *out)
{
	size_t first = r->n_finished, i;

	while (first > 0 && r->finished[first - 1].parent == cfg)
		first--;
	out->sections =
		arena_zalloc(r->memory, (r->n_finished - first + 1) * sizeof(*out->sections));
	if (out->sections == NULL)
		return false;
	for (; rules->name != NULL; rules++)
		for (i = first; rules->inner != NULL && i < r->n_finished; i++)
			if (r->finished[i].section.name == rules->name)
				out->sections[out->n_sections++] = r->finished[i].section;
	r->n_finished = first;
	return true;
}

static bool
add_finished(reading *r, const cfg_t *parent, const conf_section *s)
{
	if (r->n_finished == r->finished_room) {
		size_t room = r->finished_room == 0 ? 64 : r->finished_room * 2;
		finished *list = realloc(r->finished, room * sizeof(*list));

		if (list == NULL)
			return false;
		r->finished = list;
		r->finished_room = room;
	}
	r->finished[r->n_finished++] = (finished){ .parent = parent, .section = *s };
	return true;
}

/* The rules that a section of libconfuse is read by hang on its place in its parent's options,
 * which are in the rules' order. */
static const conf_rule *
rule_of(const conf_rule *rules, const cfg_t *parent, const cfg_opt_t *opt)
{
	return &rules[opt - parent->opts];
}

static bool
finish_section(reading *r, cfg_t *cfg, cfg_opt_t *opt)
{
	const conf_rule *parent = cfg == r->root ? r->rules : rules_of(r->rules, cfg->name);
	const conf_rule *rule = rule_of(parent, cfg, opt);
	cfg_t *inner = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	conf_section s = { .name = rule->name };

	if (rule->kind == CONF_TITLED) {
		s.title = arena_text(r->memory, span_str(cfg_title(inner)));
		if (s.title == NULL)
			return false;
	}
	s.line = conf_opening_line(&r->openings, s.name, s.title, (unsigned)inner->line);
	if (!take_options(r, inner, rule->inner, &s) || !take_sections(r, inner, rule->inner, &s))
		return false;
	cfg_free_value(opt);
	return add_finished(r, cfg, &s);
}

/* A section has ended. */
static int
note_section(cfg_t *cfg, cfg_opt_t *opt)
{
	reading *r = current;

	if (finish_section(r, cfg, opt))
		return 0;
	r->status = no_memory(r->file, r->err);
	return -1;
}

/* ---- the schema as libconfuse wants it ---- */

static cfg_opt_t *
options_of(const conf_rule *root, const conf_rule *rules, arena *memory, unsigned depth)
{
	cfg_opt_t *out;
	size_t n = 0, i;

	while (rules[n].name != NULL)
		n++;
	MS_ASSERT(n < RULES_MAX && depth < DEPTH_MAX);
	out = arena_zalloc(memory, (n + 1) * sizeof(*out));
	for (i = 0; out != NULL && i < n; i++) {
		cfg_opt_t text[] = { CFG_STR(rules[i].name, NULL, CFGF_NONE) };
		cfg_opt_t list[] = { CFG_STR_LIST(rules[i].name, NULL, CFGF_NONE) };

		if (rules[i].kind == CONF_TEXT) {
			out[i] = text[0];
		} else if (rules[i].kind == CONF_LIST) {
			out[i] = list[0];
		} else {
			cfg_opt_t *inner = options_of(root, rules[i].inner, memory, depth + 1);
			cfg_flag_t flags =
				CFGF_MULTI |
				(rules[i].kind == CONF_TITLED ? CFGF_TITLE | CFGF_NO_TITLE_DUPES
							      : 0);
			cfg_opt_t section[] = { CFG_SEC(rules[i].name, inner, flags) };

			/* A section's rules are found again by its name alone. */
			MS_ASSERT(rules_of(root, rules[i].name) == rules[i].inner);
			if (inner == NULL)
				return NULL;
			out[i] = section[0];
		}
		out[i].validcb = rules[i].inner == NULL ? note_value : note_section;
	}
	if (out != NULL) {
		cfg_opt_t end[] = { CFG_END() };

		out[n] = end[0];
	}
	return out;
}

/* ---- reading ---- */

/* The first title that stands twice ends the reading; unknown names are libconfuse's to tell. */
static void
note_stray(void *ctx, const conf_stray *stray)
{
	reading *r = ctx;

	if (stray->kind != CONF_TITLE_TWICE || r->status != MS_OK)
		return;
	r->status = ms_fail(r->err, MS_CONFIG, MST_CONF, "%.*s \"%.*s\" stands in line %u already",
		(int)stray->name.len, (const char *)stray->name.at, (int)stray->title.len,
		(const char *)stray->title.at, stray->first_line);
	ms_error_place(r->err, "%s:%u", r->file, stray->line);
}

static ms_status
check_titles(reading *r, span bytes)
{
	char *text = arena_text(r->memory, bytes);

	if (text == NULL || conf_sift(text, bytes.len, r->rules, note_stray, r) != MS_OK)
		return no_memory(r->file, r->err);
	return r->status;
}

static ms_status
parse_text(reading *r, cfg_t *cfg, const char *text, conf_section **out)
{
	int rc;

	*out = arena_zalloc(r->memory, sizeof(**out));
	if (*out == NULL)
		return no_memory(r->file, r->err);
	current = r;
	r->root = cfg;
	cfg_set_error_function(cfg, note_error);
	rc = cfg_parse_buf(cfg, text);
	current = NULL;
	if (r->status == MS_OK && rc != CFG_SUCCESS)
		r->status = ms_fail(r->err, MS_CONFIG, MST_CONF, "%s cannot be read", r->file);
	if (r->status != MS_OK)
		return r->status;
	(*out)->name = "root";
	(*out)->line = 1;
	if (!take_options(r, cfg, r->rules, *out) || !take_sections(r, cfg, r->rules, *out))
		return no_memory(r->file, r->err);
	return MS_OK;
}

ms_status
conf_parse(span bytes, const char *file, const conf_rule *rules, arena *memory, conf_section **out,
	ms_error *err)
{
	ms_error local = { 0 };
	reading r = {
		.file = file, .rules = rules, .err = err == NULL ? &local : err, .memory = memory
	};
	char *text = arena_text(memory, bytes);
	cfg_opt_t *options;
	cfg_t *cfg;
	ms_status s;

	s = text == NULL ? no_memory(file, r.err)
			 : conf_scan(text, bytes.len, file, &r.openings, r.err);
	if (s == MS_OK)
		s = check_titles(&r, span_of(text, bytes.len));
	if (s == MS_OK) {
		options = options_of(rules, rules, memory, 0);
		cfg = options == NULL ? NULL : cfg_init(options, CFGF_NONE);
		s = cfg == NULL ? no_memory(file, r.err) : parse_text(&r, cfg, text, out);
		if (cfg != NULL)
			cfg_free(cfg);
	}
	free(r.marks);
	free(r.finished);
	conf_openings_fini(&r.openings);
	return s;
}

const conf_option *
conf_find(const conf_section *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_options; i++)
		if (strcmp(s->options[i].name, name) == 0)
			return &s->options[i];
	return NULL;
}
