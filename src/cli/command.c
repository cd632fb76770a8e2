/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - rows are found, explained and run in one way, whichever program has them. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/screen.h"

const command *
command_at(const command *const *tables, size_t i)
{
	for (; *tables != NULL; tables++)
		for (const command *c = *tables; c->verb != NULL; c++)
			if (i-- == 0)
				return c;
	return NULL;
}

const command *
command_find(const command *const *tables, const char *verb, const char *sub)
{
	const command *c;

	for (size_t i = 0; (c = command_at(tables, i)) != NULL; i++)
		if (strcmp(c->verb, verb) == 0 &&
			(c->sub == NULL || (sub != NULL && strcmp(c->sub, sub) == 0)))
			return c;
	return NULL;
}

const char *
command_name(const command *c, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s%s%s", c->verb, c->sub == NULL ? "" : " ",
		c->sub == NULL ? "" : c->sub);
	return out;
}

void
command_print_usage(const command *c)
{
	char name[COMMAND_NAME_SIZE];
	buf out = { 0 };

	command_name(c, name);
	buf_addf(&out, "muster %s - %s\n\n", name, tr(c->help));
	buf_addf(&out, "%s muster %s %s\n\n", tr("usage:"), name, c->usage);
	for (size_t i = 0; i < ABOUT_PARTS_MAX && c->about[i] != NULL; i++)
		buf_add_text(&out, tr(c->about[i]));
	if (c->example != NULL)
		buf_addf(&out, "\n%s  %s\n", tr("Example:"), c->example);
	screen_print_prose(&out);
	buf_fini(&out);
}

bool
command_asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

int
command_run(const command *c, int argc, char **argv)
{
	int skip = c->sub == NULL ? 0 : 1;

	if (!command_asks_help(argc, argv))
		return c->run(argc - skip, argv + skip);
	command_print_usage(c);
	return cli_end(0);
}

bool
cli_speak(void)
{
	ms_error err = { 0 };

	if (lang_speak(lang_wanted()))
		return true;
	ms_fail(&err, MS_USAGE, MST_CLI_VALUE, "MUSTER_LANG is \"%s\", expected zh or en",
		lang_wanted());
	cli_fail(&err);
	return false;
}
