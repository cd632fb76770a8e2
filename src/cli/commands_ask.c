/* SPDX-License-Identifier: Apache-2.0 */
/* commands_ask.c - what is asked of a running hub, or of the running agent of an office. */
#include "base/lang.h"
#include "cli/command.h"

const command hub_ask_commands[] = {
	{
		.verb = "hub",
		.sub = "status",
		.help = TR("what a running hub is doing"),
		.usage = "--dir HUBDIR [--json]",
		.about = { TR("Asks the running hub.\n") },
		.run = cmd_hub_status,
	},
	{
		.verb = "hub",
		.sub = "clock",
		.help = TR("move a clock that stands still (tests)"),
		.usage = "--dir HUBDIR --set TIME",
		.about = { TR("Only for a running hub made with --clock TIME,0. The clock moves "
			      "forward only.\n") },
		.example = "muster hub clock --dir hub --set 2012-07-10T23:59:00+08:00",
		.run = cmd_hub_clock,
	},
	{ .verb = NULL },
};

const command unit_ask_commands[] = {
	{
		.verb = "report",
		.help = TR(
			"report on one item and period, or send a file, through the running agent"),
		.usage = "--dir DIR --item ITEM --period PERIOD [options] [INDICATOR=VALUE ...]\n"
			 "       muster report --dir DIR --file FILE [--wait SECONDS] [--json]",
		.about = { TR(
			"DIR is the agent's directory. Each report of an item and period replaces "
			"the one before; one that says the\n"
			"same is not sent again. A file has the layout that the watched folder "
			"takes.\n"
			"\n"
			"  --progress PCT   --status on_track|at_risk|blocked|done   --parts "
			"ID=STATE:NOTE;...\n"
			"  --done TEXT      --problems TEXT   --next TEXT   --help-needed TEXT\n"
			"  --prepared-by NAME   --approved-by NAME   --phone NUMBER\n"
			"  --attachments NAME|BYTES|SHA256;...  their content stays at the office\n"
			"  INDICATOR=VALUE  i06.invest=45.20, i06.share=450.00/1000.00, "
			"i06.projects=\"P1;P2\", i06.parks=nil:REASON\n"
			"  --retract REASON take back what was reported\n"
			"  --nil REASON     nothing to report: every figure owed is nil with the "
			"reason, the texts say so, the progress\n"
			"                   of the year stays as it was last reported; what is "
			"given besides goes before that\n"
			"  --wait SECONDS   until the hub's receipt is here\n"
			"  --json           one JSON object a row\n"
			"\n"
			"Exit code 0: queued, or received with --wait; 65: something is wrong and "
			"was not sent; 69: the agent does not run;\n"
			"74: no space; 75: queued but no receipt within --wait, or the outbox is "
			"full.\n") },
		.example = "muster report --dir kjj --item 8 --period 2012-Q2 --progress 48 --done "
			   "\"plan issued\" --wait 10",
		.run = cmd_report,
	},
	{
		.verb = "submit",
		.help = TR("a file as the watched folder takes it, through the running agent"),
		.usage = "FILE --dir DIR [--wait SECONDS] [--dry-run] [--json]",
		.about = { TR(
			"FILE is CSV, .xlsx or JSON; it stays where it is. Good rows are queued, "
			"wrong ones are told with cell and code;\n"
			"what stands already is not sent again.\n"
			"\n"
			"  --wait SECONDS   until the hub's receipts are here\n"
			"  --dry-run        the same judgement, and nothing is sent\n"
			"  --json           one JSON object a row, with the codes of its problems\n"
			"\n"
			"Exit codes as of muster report; with --dry-run 65 when a row is "
			"wrong.\n") },
		.example = "muster submit 二季度.xlsx --dir tiexi --dry-run",
		.run = cmd_submit,
	},
	{
		.verb = "status",
		.help = TR("what a running agent is doing: connection, queue, folder"),
		.usage = "--dir DIR [--json]",
		.about = { TR("Asks the running agent of DIR.\n") },
		.run = cmd_status,
	},
	{
		.verb = "inbox",
		.help = TR("what leads and observers stated about this office's reports"),
		.usage = "--dir DIR [--json]",
		.about = { TR("Returns, reminders, extensions and the like, in the order of the "
			      "hub's log. The same stands as files in 通知/ in the folder.\n") },
		.example = "muster inbox --dir tiexi",
		.run = cmd_inbox,
	},
	{
		.verb = "where",
		.help = TR("what became of a report, or of a return or reminder"),
		.usage = "--dir DIR (--item ITEM --period P | --record RECORD) [--json]",
		.about = { TR("Queued here, received by the hub with its record, delivered to the "
			      "leads, and what was decided and\n"
			      "stated about it since. RECORD: whom any act of this unit has "
			      "reached. Delivered: their agent has it on disk.\n") },
		.example = "muster where --dir tiexi --item 6 --period 2012-Q2",
		.run = cmd_where,
	},
	{ .verb = NULL },
};
