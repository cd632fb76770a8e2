/* SPDX-License-Identifier: Apache-2.0 */
/* problems.c - a problem is a row of the table of sentences, filled with the detail of the case. */
#include "intake/problems.h"

#include <stdio.h>

#include "base/text.h"
#include "intake/messages.h"

enum { VALUE_SHOWN_MAX = 60 }; /* bytes of a value shown; a clerk has the cell before him */

/* TEMPLATE with "{}" replaced by DETAIL; "" when it wants a detail and there is none. */
static const char *
fill(problems *p, const char *template, const char *detail)
{
	const char *gap = strstr(template, "{}");
	size_t before, len;
	char *out;

	if (gap == NULL)
		return template;
	if (detail == NULL)
		return "";
	before = (size_t)(gap - template);
	len = strlen(template) - 2 + strlen(detail);
	out = arena_alloc(p->memory, len + 1);
	if (out == NULL) {
		p->no_memory = true;
		return "";
	}
	memcpy(out, template, before);
	memcpy(out + before, detail, strlen(detail));
	memcpy(out + before + strlen(detail), gap + 2, strlen(gap + 2) + 1);
	return out;
}

static const char *
shorten(problems *p, span value)
{
	static const char dots[] = "…";
	size_t len = text_prefix(value, VALUE_SHOWN_MAX).len,
	       more = len < value.len ? sizeof(dots) - 1 : 0;
	char *out;

	out = arena_alloc(p->memory, len + more + 1);
	if (out == NULL) {
		p->no_memory = true;
		return "";
	}
	if (value.at != NULL)
		memcpy(out, value.at, len);
	memcpy(out + len, dots, more);
	out[len + more] = 0;
	return out;
}

/* Room for one more. Most rows have none or one, and a file may have thousands of rows. */
static bool
make_room(problems *p)
{
	uint32_t room = p->room == 0 ? 2 : 2 * p->room;
	intake_problem *list;

	if (p->n < p->room)
		return true;
	list = arena_alloc(p->memory, room * sizeof(*list));
	if (list == NULL) {
		p->no_memory = true;
		return false;
	}
	if (p->n > 0)
		memcpy(list, p->list, p->n * sizeof(*list));
	p->list = list;
	p->room = room;
	return true;
}

/* Its place: at the end, or in a full list that of the last warning, which hides no mistake. */
static intake_problem *
find_place(problems *p, bool warning)
{
	uint32_t i;

	if (p->n < INTAKE_PROBLEMS_MAX)
		return make_room(p) ? &p->list[p->n++] : NULL;
	for (i = p->n; i > 0 && !warning; i--)
		if (p->list[i - 1].warning)
			return &p->list[i - 1];
	return NULL;
}

void
problem_take(problems *p, const problems *from)
{
	uint32_t i;

	for (i = 0; i < from->n; i++) {
		intake_problem *new = find_place(p, from->list[i].warning);

		if (new != NULL)
			*new = from->list[i];
	}
	p->wrong += from->wrong;
	p->no_memory = p->no_memory || from->no_memory;
}

/* A new problem, NULL when there is no place for it (it is counted all the same) or memory is out.
 */
static intake_problem *
add(problems *p, unsigned code, problem_at at, bool warning)
{
	intake_problem *new;

	p->wrong += !warning;
	new = find_place(p, warning);
	if (new == NULL)
		return NULL;
	*new = (intake_problem){
		.warning = warning,
		.code = code,
		.column = at.column == NULL ? "" : at.column,
		.field = at.field == NULL ? "" : at.field,
		.cell = at.cell == NULL ? "" : at.cell,
		.value = shorten(p, at.value),
		.text = "",
		.expected = "",
		.remedy = "",
	};
	return new;
}

static intake_problem *
add_worded(problems *p, unsigned code, problem_at at, bool warning, const char *detail)
{
	intake_problem *new = add(p, code, at, warning);
	const message *m = message_find(code);
	language l = p->english ? LANGUAGE_EN : LANGUAGE_ZH;

	if (new != NULL && m != NULL) {
		new->text = fill(p, m->text[l], detail);
		new->expected = fill(p, m->expected[l], detail);
		new->remedy = fill(p, m->remedy[l], detail);
	}
	return new;
}

void
problem_add(problems *p, unsigned code, problem_at at, const char *detail)
{
	add_worded(p, code, at, false, detail);
}

static void
add_with_expected(problems *p, unsigned code, problem_at at, bool warning, const char *expected)
{
	intake_problem *new = add_worded(p, code, at, warning, NULL);
	char *kept;

	if (new == NULL || expected == NULL)
		return;
	kept = arena_text(p->memory, span_str(expected));
	if (kept == NULL)
		p->no_memory = true;
	else
		new->expected = kept;
}

void
problem_add_expected(problems *p, unsigned code, problem_at at, const char *expected)
{
	add_with_expected(p, code, at, false, expected);
}

void
problem_warn_expected(problems *p, unsigned code, problem_at at, const char *expected)
{
	add_with_expected(p, code, at, true, expected);
}

/* "line 3, byte 45" or "line 3, column 2" in Chinese. */
static const char *
place_zh(const ms_error *e, char out[64])
{
	unsigned line, more;
	char what[8];
	int n = sscanf(e->place, "line %u, %7[a-z] %u", &line, what, &more);

	if (n == 3)
		snprintf(out, 64,
			strcmp(what, "byte") == 0 ? "第%u行（文件的第%u字节）" : "第%u行第%u列",
			line, more);
	else if (n >= 1)
		snprintf(out, 64, "第%u行", line);
	if (n >= 1)
		return out;
	return e->place[0] == 0 ? NULL : e->place;
}

void
problem_add_error(problems *p, const ms_error *e)
{
	char place[64];
	intake_problem *new;
	char *text, *remedy;

	if (!p->english) {
		new = add_worded(
			p, e->code, (problem_at){ .field = "" }, false, place_zh(e, place));
		if (new == NULL || new->text[0] != 0)
			return;
	} else {
		new = add(p, e->code, (problem_at){ .field = "" }, false);
	}
	if (new == NULL)
		return;
	text = arena_text(p->memory, span_str(e->text));
	remedy = arena_text(p->memory, span_str(e->remedy));
	if (text == NULL || remedy == NULL) {
		p->no_memory = true;
		return;
	}
	new->text = text;
	new->remedy = remedy;
}

const char *
problem_field(problems *p, const char *prefix, span id)
{
	size_t before = strlen(prefix);
	char *out = arena_alloc(p->memory, before + id.len + 3);

	if (out == NULL) {
		p->no_memory = true;
		return prefix;
	}
	memcpy(out, prefix, before);
	out[before] = '[';
	if (id.len > 0)
		memcpy(out + before + 1, id.at, id.len);
	memcpy(out + before + 1 + id.len, "]", 2);
	return out;
}
