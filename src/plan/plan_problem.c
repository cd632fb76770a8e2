/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_problem.c - the list of mistakes and warnings of one reading.
 *
 * The list is bounded: a generated file with a mistake in each of its 100,000 units is shown the
 * first thousand and told how many more there are.
 */
#include "plan/plan_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/shown.h"

enum { PROBLEM_TEXT_SIZE = 480 };

static bool
grow(plan_problems *problems)
{
	size_t room = problems->room == 0 ? 16 : 2 * problems->room;
	plan_problem *list;

	if (problems->n < problems->room)
		return true;
	list = realloc(problems->list, room * sizeof(*list));
	if (list == NULL)
		return false;
	problems->list = list;
	problems->room = room;
	return true;
}

bool
problems_add(plan_problems *problems, unsigned line, bool warning, unsigned code, const char *text)
{
	const char *copy;

	problems->mistakes += warning ? 0 : 1;
	if (problems->n == PLAN_PROBLEMS_MAX) {
		problems->unlisted++;
		return true;
	}
	copy = arena_text(&problems->memory, span_str(text));
	if (copy == NULL || !grow(problems))
		return false;
	problems->list[problems->n++] =
		(plan_problem){ .line = line, .warning = warning, .code = code, .text = copy };
	return true;
}

static void
note(loader *l, unsigned line, bool warning, unsigned code, char *text)
{
	shown_line(text); /* it says what stands in a file that somebody wrote */
	l->no_memory |= !problems_add(l->problems, l->first_line + line, warning, code, text);
}

/* Text that did not fit loses its last character, which may be half a one. */
static void
cut_text(char *text, int wanted, size_t size)
{
	size_t len = size - 1;

	if (wanted < 0 || (size_t)wanted < size)
		return;
	do {
		len--;
	} while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80);
	text[len] = '\0';
}

void
note_mistake(loader *l, unsigned line, unsigned code, const char *format, ...)
{
	char text[PROBLEM_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	cut_text(text, vsnprintf(text, PROBLEM_TEXT_SIZE, tr(format), args), PROBLEM_TEXT_SIZE);
	va_end(args);
	note(l, line, false, code, text);
}

void
note_warning(loader *l, unsigned line, unsigned code, const char *format, ...)
{
	char text[PROBLEM_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	cut_text(text, vsnprintf(text, PROBLEM_TEXT_SIZE, tr(format), args), PROBLEM_TEXT_SIZE);
	va_end(args);
	note(l, line, true, code, text);
}

const char *
suggest_text(const suggestion *s, char out[80])
{
	out[0] = '\0';
	if (s->best != NULL)
		snprintf(out, 80, tr(", did you mean \"%s\"?"), s->best);
	return out;
}

/* By line, then by code, so that the order does not depend on the sorting. */
static int
compare_problems(const void *a, const void *b)
{
	const plan_problem *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->code != right->code)
		return left->code < right->code ? -1 : 1;
	return strcmp(left->text, right->text);
}

void
problems_sort(plan_problems *problems)
{
	if (problems->n > 1)
		qsort(problems->list, problems->n, sizeof(*problems->list), compare_problems);
}

void
plan_problems_fini(plan_problems *problems)
{
	arena_fini(&problems->memory);
	free(problems->list);
	*problems = (plan_problems){ 0 };
}
