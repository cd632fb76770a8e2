/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - `muster VERB [SUBVERB] ...`: find the row of the table and run it.
 *
 * Help, the version and misspelt verbs are dealt with here, so that every command has them in the
 * same form.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/command.h"
#include "plan/plan_suggest.h"

#ifndef MUSTER_VERSION
#define MUSTER_VERSION "0.1.0"
#endif

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* "plan check", or "status" for a verb without a second word. */
static void
command_name(const command *c, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s", c->verb, c->sub == NULL ? "" : " ",
		c->sub == NULL ? "" : c->sub);
}

static int
widest_name(void)
{
	size_t widest = 0;
	char name[64];

	for (size_t i = 0; command_at(i) != NULL; i++) {
		command_name(command_at(i), name, sizeof(name));
		if (strlen(name) > widest)
			widest = strlen(name);
	}
	return (int)widest;
}

static void
print_row(FILE *to, const char *name, const char *text)
{
	fprintf(to, "  muster %-*s  %s\n", widest_name(), name, text);
}

/* Of VERB, or of all of them. */
static void
print_rows(FILE *to, const char *verb)
{
	char name[64];

	for (size_t i = 0; command_at(i) != NULL; i++) {
		if (verb != NULL && !same(command_at(i)->verb, verb))
			continue;
		command_name(command_at(i), name, sizeof(name));
		print_row(to, name, tr(command_at(i)->help));
	}
}

static void
print_overview(FILE *to)
{
	fprintf(to, "muster - %s\n\n",
		tr("reports from offices to the agencies that lead, through a hub that loses "
		   "nothing"));
	print_rows(to, NULL);
	fputs("\n", to);
	print_row(to, "help [VERB]", tr("this overview, or how one verb is used"));
	print_row(to, "--version", tr("the version"));
	fprintf(to, "\n%s\n", tr("Every command takes --help."));
}

static void
print_usage(FILE *to, const command *c)
{
	char name[64];

	command_name(c, name, sizeof(name));
	fprintf(to, "muster %s - %s\n\n", name, tr(c->help));
	fprintf(to, "%s muster %s %s\n\n", tr("usage:"), name, c->usage);
	for (size_t i = 0; i < ABOUT_PARTS_MAX && c->about[i] != NULL; i++)
		fputs(tr(c->about[i]), to);
	if (c->example != NULL)
		fprintf(to, "\n%s  %s\n", tr("Example:"), c->example);
}

static const command *
find_command(const char *verb, const char *sub)
{
	const command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (same(c->verb, verb) && (c->sub == NULL || same(c->sub, sub)))
			return c;
	return NULL;
}

static size_t
count_verb(const char *verb)
{
	size_t n = 0;

	for (size_t i = 0; command_at(i) != NULL; i++)
		n += same(command_at(i)->verb, verb) ? 1 : 0;
	return n;
}

static int
unknown_verb(const char *verb)
{
	ms_error err = { 0 };
	suggestion s;

	suggest_begin(&s, span_str(verb));
	for (size_t i = 0; command_at(i) != NULL; i++)
		suggest_try(&s, command_at(i)->verb);
	suggest_try(&s, "help");
	ms_fail(&err, MS_USAGE, MST_CLI_VERB, "unknown verb \"%s\"", verb);
	if (s.best != NULL)
		ms_error_remedy(&err, "did you mean \"%s\"?", s.best);
	else
		ms_error_remedy(&err, "muster help lists the verbs");
	return cli_fail(&err);
}

/* The verb exists, but SUB is none of its second words. */
static int
unknown_sub(const char *verb, const char *sub)
{
	ms_error err = { 0 };
	suggestion s;

	suggest_begin(&s, span_str(sub));
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (same(command_at(i)->verb, verb))
			suggest_try(&s, command_at(i)->sub);
	if (sub == NULL)
		ms_fail(&err, MS_USAGE, MST_CLI_VERB, "\"%s\" needs a second word", verb);
	else
		ms_fail(&err, MS_USAGE, MST_CLI_VERB, "unknown \"%s %s\"", verb, sub);
	if (s.best != NULL)
		ms_error_remedy(&err, "did you mean \"%s %s\"?", verb, s.best);
	else
		ms_error_remedy(&err, "muster help %s lists them", verb);
	return cli_fail(&err);
}

/* `muster help [VERB [SUB]]`, and --help behind a verb. */
static int
help(const char *verb, const char *sub)
{
	const command *c;

	if (verb == NULL) {
		print_overview(stdout);
		return cli_end(0);
	}
	if (count_verb(verb) == 0)
		return unknown_verb(verb);
	c = find_command(verb, sub);
	if (c == NULL && sub != NULL)
		return unknown_sub(verb, sub);
	if (c != NULL)
		print_usage(stdout, c);
	else
		print_rows(stdout, verb);
	return cli_end(0);
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static int
run_verb(int argc, char **argv)
{
	const char *verb = argv[0], *sub = argc > 1 ? argv[1] : NULL;
	const command *c;

	if (count_verb(verb) == 0)
		return unknown_verb(verb);
	c = find_command(verb, sub);
	if (asks_help(argc, argv))
		return help(verb, c != NULL && c->sub != NULL    ? sub
				  : sub == NULL || sub[0] == '-' ? NULL
								 : sub);
	if (c == NULL)
		return unknown_sub(verb, sub);
	if (c->sub == NULL)
		return c->run(argc, argv);
	return c->run(argc - 1, argv + 1);
}

/* MUSTER_LANG, else the locale. */
static bool
choose_language(void)
{
	ms_error err = { 0 };

	if (lang_speak(lang_wanted()))
		return true;
	ms_fail(&err, MS_USAGE, MST_CLI_VALUE, "MUSTER_LANG is \"%s\", expected zh or en",
		lang_wanted());
	cli_fail(&err);
	return false;
}

int
main(int argc, char **argv)
{
	if (!choose_language())
		return ms_exit_code(MS_USAGE);
	if (argc < 2) {
		print_overview(stderr);
		return ms_exit_code(MS_USAGE);
	}
	if (is_help(argv[1]))
		return help(NULL, NULL);
	if (same(argv[1], "--version")) {
		puts("muster " MUSTER_VERSION);
		return cli_end(0);
	}
	if (same(argv[1], "help"))
		return help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	return run_verb(argc - 1, argv + 1);
}
