/* SPDX-License-Identifier: Apache-2.0 */
/* commands_state.c - what is stated that is no report: decisions, reminders, exemptions ... */
#include "base/lang.h"
#include "cli/command.h"

#define ITEM_IS TR("  --item ITEM   an id, a number or a title\n")
#define UNIT_IS TR("  --unit UNIT   an id, a name or an alias\n")
#define AND_THEN                                                                                  \
	TR("  --wait S      wait up to S seconds for the receipt; exit code 75 when it is still " \
	   "queued\n"                                                                             \
	   "  --json        one JSON object\n"                                                    \
	   "\n"                                                                                   \
	   "Exit code 65: refused, the verdict says why; 77: it is not this unit's to state.\n")

const command state_commands[] = {
	{
		.verb = "accept",
		.help = TR("accept an office's report"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--revision N] [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item (in split items for observers). Without "
			      "--revision: the newest report that has arrived here.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "return",
		.help = TR("return an office's report with a reason"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--revision "
			 "N] [--wait S] [--json]",
		.about = { TR("For leads of the item (in split items for observers). The office "
			      "finds the reason in its folder and in its inbox.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "remind",
		.help = TR("remind an office of a report"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--text TEXT] [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item and observers (催办). The office finds it in "
			      "its folder.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "comment",
		.help = TR("say something about an office's report"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --text TEXT [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item, observers and the office itself.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "request-extension",
		.help = TR("ask for more time"),
		.usage = "--dir DIR --item ITEM --period P --days N [--reason TEXT] [--wait S] "
			 "[--json]",
		.about = { TR("For the office that owes the report, before the deadline. Days "
			      "count from the plan's deadline.\n"
			      "\n"),
			ITEM_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "grant-extension",
		.help = TR("give an office more time"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --days N --reason TEXT "
			 "[--wait S] [--json]",
		.about = { TR("For leads of the item: before the deadline, after it where a "
			      "request came in time. Observers grant with the reason outage\n"
			      "also later, and may leave out item, unit or period: all of them.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "refuse-extension",
		.help = TR("refuse an office more time"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--reason TEXT] [--wait S] "
			 "[--json]",
		.about = { TR("For those who may grant it.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "exempt",
		.help = TR("let an office off a report"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item before the deadline, for observers at any "
			      "time.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "unexempt",
		.help = TR("withdraw an exemption"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--reason TEXT] [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item and observers.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "adjust",
		.help = TR("add or take points of an office's score"),
		.usage = "--dir DIR --unit UNIT --period P --points N --reason TEXT [--wait S] "
			 "[--json]",
		.about = { TR("For observers. N has at most two decimals, as -1.50; the plan "
			      "bounds the sum.\n"
			      "\n"),
			UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "assign",
		.help = TR("make an optional reporter a required one"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--wait S] [--json]",
		.about = { TR("For leads of the item and observers, from period P on, which has "
			      "not begun.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "unassign",
		.help = TR("make an assigned reporter optional again"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--wait S] [--json]",
		.about = { TR("For leads of the item and observers, from period P on, which has "
			      "not begun.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "lock",
		.help = TR("close a slot to reports"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item and observers, until it is reopened.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{
		.verb = "reopen",
		.help = TR("open a slot for reports"),
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]",
		.about = { TR("For leads of the item and observers, until it is locked.\n"
			      "\n"),
			ITEM_IS, UNIT_IS, AND_THEN },
		.run = cmd_state,
	},
	{ .verb = NULL },
};
