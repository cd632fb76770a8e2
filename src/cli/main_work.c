/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main_work.c - muster-work, which `muster` becomes: `muster VERB [SUBVERB] ...`, find the row of
 * the table and run it.
 *
 * Help and misspelt verbs are dealt with here, so that every command has them in the same form.
 */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/process.h"
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/screen.h"

/* In the order of `muster help`; a verb's rows stand together. */
static const command *const every[] = { hub_commands, hub_ask_commands, unit_commands,
	unit_ask_commands, state_commands, check_commands, NULL };

/* Over the rows of each table in the overview; NULL: they belong to those before. */
static const char *const titles[] = { TR("At the hub:"), NULL, TR("At an office or a lead agency:"),
	NULL, TR("What offices, leads and observers state:"),
	TR("Recounts, proofs, measurements:") };

_Static_assert(sizeof(titles) / sizeof(titles[0]) == sizeof(every) / sizeof(every[0]) - 1,
	"a title or NULL for each table");

static int
widest_name(void)
{
	size_t widest = 0;
	char name[COMMAND_NAME_SIZE];

	for (size_t i = 0; command_at(every, i) != NULL; i++) {
		size_t len = strlen(command_name(command_at(every, i), name));

		if (len > widest)
			widest = len;
	}
	return (int)widest;
}

static void
add_row(buf *out, const char *name, const char *text)
{
	buf_addf(out, "  muster %-*s  %s\n", widest_name(), name, text);
}

/* Of TABLES, and of VERB or of all. */
static void
add_rows(buf *out, const command *const *tables, const char *verb)
{
	char name[COMMAND_NAME_SIZE];
	const command *c;

	for (size_t i = 0; (c = command_at(tables, i)) != NULL; i++)
		if (verb == NULL || strcmp(c->verb, verb) == 0)
			add_row(out, command_name(c, name), tr(c->help));
}

static void
add_overview(buf *out)
{
	size_t i;

	buf_addf(out, "muster - %s\n",
		tr("reports from offices to the agencies that lead, through a hub that loses "
		   "nothing"));
	for (i = 0; every[i] != NULL; i++) {
		const command *const one[] = { every[i], NULL };

		if (titles[i] != NULL)
			buf_addf(out, "\n%s\n", tr(titles[i]));
		add_rows(out, one, NULL);
	}
	buf_add_text(out, "\n");
	add_row(out, "help [VERB]", tr("this overview, or how one verb is used"));
	add_row(out, "--version", tr("the version"));
	buf_addf(out, "\n%s\n", tr("Every command takes --help."));
}

static size_t
count_verb(const char *verb)
{
	size_t n = 0;

	for (size_t i = 0; command_at(every, i) != NULL; i++)
		n += strcmp(command_at(every, i)->verb, verb) == 0 ? 1 : 0;
	return n;
}

static int
unknown_verb(const char *verb)
{
	ms_error err = { 0 };
	suggestion s;

	suggest_begin(&s, span_str(verb));
	for (size_t i = 0; command_at(every, i) != NULL; i++)
		suggest_try(&s, command_at(every, i)->verb);
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
	for (size_t i = 0; command_at(every, i) != NULL; i++)
		if (strcmp(command_at(every, i)->verb, verb) == 0)
			suggest_try(&s, command_at(every, i)->sub);
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
	buf out = { 0 };

	if (verb == NULL) {
		add_overview(&out);
		screen_print(&out);
		buf_fini(&out);
		return cli_end(0);
	}
	if (count_verb(verb) == 0)
		return unknown_verb(verb);
	c = command_find(every, verb, sub);
	if (c == NULL && sub != NULL)
		return unknown_sub(verb, sub);
	if (c != NULL)
		command_print_usage(c);
	else
		add_rows(&out, every, verb);
	screen_print(&out);
	buf_fini(&out);
	return cli_end(0);
}

static int
run_verb(int argc, char **argv)
{
	const char *verb = argv[0], *sub = argc > 1 ? argv[1] : NULL;
	const command *c = command_find(every, verb, sub);

	if (c != NULL)
		return command_run(c, argc, argv);
	if (count_verb(verb) == 0)
		return unknown_verb(verb);
	if (command_asks_help(argc, argv))
		return help(verb, sub == NULL || sub[0] == '-' ? NULL : sub);
	return unknown_sub(verb, sub);
}

int
main(int argc, char **argv)
{
	buf out = { 0 };

	process_begin();
	if (!cli_speak())
		return ms_exit_code(MS_USAGE);
	if (argc < 2) {
		add_overview(&out);
		fputs(buf_cstr(&out), stderr);
		buf_fini(&out);
		return ms_exit_code(MS_USAGE);
	}
	if (command_asks_help(1, argv + 1))
		return help(NULL, NULL);
	if (strcmp(argv[1], "help") == 0)
		return help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	return run_verb(argc - 1, argv + 1);
}
