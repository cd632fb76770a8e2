/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - the table of verbs. Order here is the order in `muster help`; a verb's rows stand together.
 */
#include "cli/command.h"

const command commands[] = {
	{
		.verb = "plan",
		.sub = "check",
		.help = "find every mistake in a plan file",
		.usage = "FILE [--json]\n"
			 "\n"
			 "Reads the plan FILE and prints every mistake and warning as \"file:line: what is wrong [MST-2nnn]\".\n"
			 "Exit code 0: the plan can be used (there may be warnings); 78: it cannot.\n"
			 "\n"
			 "  --json   one JSON object instead\n"
			 "\n"
			 "Example:  muster plan check deploy/plans/shenyang-2012.conf\n",
		.run = cmd_plan_check,
	},
	{
		.verb = "plan",
		.sub = "show",
		.help = "show what the plan asks of whom, and by when",
		.usage = "[ITEM] [--plan FILE] [--json]\n"
			 "\n"
			 "Without ITEM: the whole plan as a table. ITEM is an id, a number or a title: i06, 6.\n"
			 "\n"
			 "  --plan FILE   this plan file; without it the 2012 plan that comes with Muster\n"
			 "  --json        one JSON object instead\n"
			 "\n"
			 "Example:  muster plan show 6\n",
		.run = cmd_plan_show,
	},
};

const size_t n_commands = sizeof(commands) / sizeof(commands[0]);
