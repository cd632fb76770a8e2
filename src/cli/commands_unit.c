/* SPDX-License-Identifier: Apache-2.0 */
/* commands_unit.c - what offices and lead agencies look at and hand in. */
#include "base/lang.h"
#include "cli/command.h"

/* Of what is folded from the acts. */
#define REPLICA_OPTIONS                                                                          \
	TR("  --period P      without it the newest period that has ended\n"                     \
	   "  --at WHEN       as it was at that log index or time, which is past: the same for " \
	   "ever\n")

const command unit_commands[] = {
	{
		.verb = "join",
		.help = TR("make this machine a unit's office, with the key from the hub"),
		.usage = "--dir DIR [--key-file FILE] [--wait SECONDS] [--dry-run] [--json]",
		.about = { TR(
			"Takes the line that `muster hub invite` printed: at the prompt, from "
			"FILE, or from the variable MUSTER_JOIN_KEY.\n"
			"Checks this machine's clock, the hub's address and key and the directory "
			"DIR, makes the device's keys there, and\n"
			"enrols. If it is cut off, do it again with the same key and directory.\n"
			"In the directory of a stopped agent (frozen, revoked, restored) the new "
			"device follows the one that was there and\n"
			"sends again what had no receipt; the old files are kept beside.\n"
			"\n"
			"  --key-file FILE  a file with the key\n"
			"  --wait SECONDS   for an answer from each address of the key; 15\n"
			"  --dry-run        only check; nothing is changed and the key is not used "
			"up\n"
			"  --json           one JSON object instead\n") },
		.example = "muster join --dir /var/lib/muster/office",
		.run = cmd_join,
	},
	{
		.verb = "agent",
		.sub = "rotate",
		.help = TR("give this office's device new keys"),
		.usage = "--dir DIR [--json]",
		.about = { TR("Makes new keys, has the old ones sign them and the hub record them. "
			      "For two weeks the hub takes both, so that what is\n"
			      "sealed already still arrives; a running agent uses the new ones at "
			      "once. If it is cut off, do it again.\n"
			      "While batches have no receipt it waits a moment, and then refuses: "
			      "let the agent send them first.\n") },
		.example = "muster agent rotate --dir /var/lib/muster/office",
		.run = cmd_agent_rotate,
	},
	{
		.verb = "form",
		.help = TR("the form of a unit for a period, as .xlsx or CSV"),
		.usage = "--dir DIR [--period PERIOD] [-o FILE] [--english] [--json | --quiet]",
		.about = { TR("A row for each item that the unit of DIR must or may report in "
			      "PERIOD, and the columns that it wants; what was\n"
			      "reported already stands in it, and what was reported the period "
			      "before stands beside. Fill it in any spreadsheet\n"
			      "program, save it and lay it into DIR/reports. The agent keeps the "
			      "current form there by itself.\n"
			      "\n"
			      "  --period P           without it the newest period that is over\n"
			      "  -o, --output FILE    a workbook when FILE ends in .xlsx, else "
			      "CSV; without it CSV to the terminal\n"
			      "  --english            columns in English\n"
			      "  --json               say what was written, as one object\n"
			      "  --quiet              say nothing of what was written, nor of a "
			      "simulated clock\n") },
		.example = "muster form --dir tiexi --period 2012-Q2 -o 二季度.xlsx",
		.run = cmd_form,
	},
	{
		.verb = "answer-book",
		.help = TR("an answer as a workbook; the agent calls it"),
		.usage = "--answer FILE.csv [--of FILE.xlsx --sheet NAME] -o FILE.xlsx [--english]",
		.about = { TR(
			"Makes the workbook that lies beside a clerk's: the lines of the answer "
			"(CSV in UTF-8, in the columns of the agent's\n"
			"answers), and the table that it answers with its wrong cells in red.\n"
			"\n"
			"  --of FILE      the clerk's workbook, and --sheet the one of its sheets "
			"that was read\n") },
		.run = cmd_answer_book,
	},
	{
		.verb = "agent",
		.sub = "set-hub",
		.help = TR("tell a device by hand where its hub is"),
		.usage = "--dir DIR --address tcp://HOST:PORT [--key KEY] [--json]",
		.about = { TR("For a device that was away while the hub moved. Its agent may run "
			      "or not. The addresses known before are tried too;\n"
			      "the hub must still prove itself with its key.\n"
			      "\n"
			      "  --key KEY   the hub's public CURVE key there, when it has a new "
			      "one\n") },
		.example = "muster agent set-hub --dir tiexi --address tcp://10.0.0.9:7301",
		.run = cmd_agent_set_hub,
	},
	{
		.verb = "outbox",
		.sub = "export",
		.help = TR("write what has no receipt into a file, for a stick to the hub"),
		.usage = "FILE --dir DIR [--since SEQ] [--json]",
		.about = { TR("For sealed networks, and days without a line: signed batches, as "
			      "the agent would send them. What is sent over the\n"
			      "line too arrives once. The file is signed, not encrypted. The agent "
			      "must run.\n"
			      "\n"
			      "  --since SEQ   every batch from act SEQ on, receipted or not\n") },
		.example = "muster outbox export /media/stick/tiexi.batches --dir tiexi",
		.run = cmd_outbox_export,
	},
	{
		.verb = "outbox",
		.sub = "import-receipts",
		.help = TR("take the receipts that the hub wrote into a file"),
		.usage = "FILE --dir DIR [--json]",
		.about = { TR("Checked with the key of the hub's log like those that come over the "
			      "line. Twice is harmless. The agent must run.\n") },
		.example = "muster outbox import-receipts /media/stick/tiexi.receipts --dir tiexi",
		.run = cmd_outbox_import_receipts,
	},
	{
		.verb = "feed",
		.help = TR("what was reported on the items that a unit leads, in order"),
		.usage = "--dir DIR [--name NAME] [--since N|TIME] [--follow] [--item ITEM] "
			 "[--own] [--check] [--json]",
		.about = { TR(
			"DIR is the directory of a device of the unit; its agent may run or not. "
			"Prints what has come since the last time and\n"
			"remembers how far it got in DIR/cursors/NAME, written after the lines: a "
			"crash repeats the last ones and loses none.\n"
			"\n"
			"  --name NAME    another cursor, for another consumer; default feed, "
			"own or feed-ITEM\n"
			"  --since N      begin after entry N of the feed (0: from the beginning)\n"
			"  --since TIME   begin with what the hub received at TIME: "
			"2012-07-05T08:30:00+08:00\n"
			"  --follow       wait for more, until it is stopped\n"
			"  --item ITEM    only this item\n"
			"  --own          what the unit itself reported, and what was stated about "
			"it\n"
			"  --check        instead: add the feed up and compare with the hub's "
			"boards, figure by figure; exit code 1 when\n"
			"                 something differs\n"
			"  --json         one JSON object a line: number, record (unique for "
			"ever), hub_time, verdict, act;\n"
			"                 figures: the numbers of a report as decimals, which the "
			"act has as integers: a mantissa of\n"
			"                 12000 at scale 2 (muster plan show --json) is 120.00\n"
			"\n"
			"Exit code 69: the hub does not answer; 77: it does not know the device, "
			"or has revoked it.\n") },
		.example = "muster feed --dir kjj --follow --json",
		.run = cmd_feed,
	},
	{
		.verb = "board",
		.help = TR("who has reported, the figures against their targets, who is missing"),
		.usage = "--dir DIR [--period PERIOD] [--item ITEM] [--at INDEX|TIME] [--json]",
		.about = { TR("DIR is the directory of a device of a lead agency or an observer, "
			      "or that of the hub.\n"
			      "\n"
			      "  --period PERIOD  2012-Q2, 2012年二季度; default: the newest one "
			      "that has ended\n"
			      "  --item ITEM      an id, a number or a title\n"
			      "  --at WHEN        as it was at that log index or time: the same "
			      "for ever\n"
			      "  --json           one JSON object\n") },
		.example = "muster board --dir fgw --period 2012-Q2",
		.run = cmd_board,
	},
	{
		.verb = "ledger",
		.help = TR("the ledger of slots (台账): who stands how, with lights"),
		.usage = "--dir DIR [--period P] [--item ITEM] [--at INDEX|TIME] [-o FILE] "
			 "[--json]",
		.about = { TR("DIR is that of a lead's device, or of the hub. Every slot that is "
			      "owed or was touched, folded from the acts themselves.\n"
			      "\n"),
			REPLICA_OPTIONS,
			TR("  -o, --output FILE  a workbook when FILE ends in .xlsx, a table for "
			   "spreadsheets when in .csv\n") },
		.example = "muster ledger --dir fgw --period 2012-Q2 --item 6",
		.run = cmd_ledger,
	},
	{
		.verb = "score",
		.help = TR("how the units score, and what a score is made of"),
		.usage = "--dir DIR [--period P] [--explain UNIT] [--at INDEX|TIME] [--json]",
		.about = { TR("DIR is that of an observer's device, or of the hub. Ranks are "
			      "within the plan's groups.\n"
			      "\n"
			      "  --explain UNIT   every term and adjustment of its score, with its "
			      "record\n"
			      "\n"),
			REPLICA_OPTIONS },
		.example = "muster score --dir tjj --period 2012-Q2 --explain shenbei",
		.run = cmd_score,
	},
	{
		.verb = "bulletin",
		.help = TR("the bulletin (通报) of a period, for print"),
		.usage = "--dir DIR [--period P] [--at INDEX|TIME] [--out FILE] [--issue [--title "
			 "TEXT] | --check] [--json]",
		.about = { TR("DIR is that of an observer's device, or of the hub. How the items "
			      "stand, who is overdue or has a returned report,\n"
			      "who was warned, which leads do not decide, scores. With --json also "
			      "its SHA-256.\n"
			      "\n"),
			REPLICA_OPTIONS,
			TR("  --out FILE      write it there\n"
			   "  --issue         publish it as it is now: an act that names period, "
			   "log, time and SHA-256, known to all units\n"
			   "  --check         make every issued bulletin again from the acts and "
			   "say match or mismatch (exit 1)\n") },
		.example =
			"muster bulletin --dir fgw --period 2012-Q2 --at 2012-07-21T00:00:00+08:00",
		.run = cmd_bulletin,
	},
	{
		.verb = "explain",
		.help = TR("the records that a figure is made of"),
		.usage = "INDICATOR --dir DIR [--period P] [--accepted] [--at INDEX|TIME] [--json]",
		.about = { TR("DIR is that of a lead's device, or of the hub.\n"
			      "\n"
			      "  --accepted      the view of accepted reports; without it of "
			      "reported ones\n"
			      "\n"),
			REPLICA_OPTIONS },
		.example = "muster explain i06.invest --dir fgw --period 2012-Q2",
		.run = cmd_explain,
	},
	{ .verb = NULL },
};
