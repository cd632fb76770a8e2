/* SPDX-License-Identifier: Apache-2.0 */
/* commands_check.c - whether everything is as it should be. */
#include "base/lang.h"
#include "cli/command.h"

const command check_commands[] = {
	{
		.verb = "replay",
		.help = TR("fold acts with given times through the rules, without a hub"),
		.usage = "--acts FILE.jsonl [--plan FILE] [--now TIME] [--json]",
		.about = { TR(
			"Each line of FILE (- is standard input) is an act:\n"
			"  {\"at\": \"2012-07-05T10:00:00+08:00\", \"by\": \"tiexi\", \"act\": "
			"{NAME: {...}}}\n"
			"at is the hub time, by the unit. NAME and its members, all of which may "
			"be left out:\n"
			"  report      item unit period revision progress_pct self_status done "
			"problems next_steps help_needed\n"
			"              parts [{id state note}] values [...] prepared_by "
			"approved_by phone attachments [{name size sha256}]\n"
			"  retraction  item unit period revision reason\n"
			"  decision    item unit period revision verdict (accept, return) reason\n"
			"  extension_request, extension_grant   item unit period days reason; an "
			"observer's grant may leave out item,\n"
			"              unit or period: all of them\n"
			"  extension_refusal, exemption, exemption_withdrawal, lock, reopen   item "
			"unit period reason\n"
			"  comment, reminder                    item unit period text\n"
			"  adjustment  unit period points (hundredths) reason\n"
			"  issue       period leaves as_of sha256 title\n"
			"  assign, unassign                     item unit from_period\n"
			"A value is {indicator mantissa}, {indicator num den}, {indicator keys "
			"[...]}, {indicator mantissa date},\n"
			"{indicator text} or {indicator nil: reason}, each with provisional: true "
			"if it is. Numbers are whole, at the plan's scale.\n"
			"\n"
			"Prints one JSON object: verdicts in the order of the acts, slots, "
			"completeness, figures and scores as they are at TIME\n"
			"(without --now: at the last act). Who may state what: proto/ACTS.md.\n"
			"\n"
			"  --plan FILE   this plan file; without it the 2012 plan that comes with "
			"Muster\n") },
		.example = "muster replay --acts acts.jsonl --now 2012-07-21T00:00:00+08:00",
		.run = cmd_replay,
	},
	{
		.verb = "load",
		.help = TR("push many reports to a running hub and measure"),
		.usage = "--dir HUBDIR [--devices N] [--batch B] [--inflight W] [--reports R] "
			 "[--acks FILE] [--durable] [--idle] [--json]",
		.about = { TR("N devices push R reports in batches of B, each with at most W "
			      "batches without receipt, and wait for all receipts.\n"
			      "Device k belongs to required reporter k mod n of the plan and walks "
			      "its open slots in turn, the next revision each\n"
			      "round, every indicator given, about 220 bytes a report. The devices "
			      "stay enrolled in HUBDIR/load.\n"
			      "\n"
			      "  --devices N    1 to 1000; default 8          --batch B      1 to "
			      "256; default 64\n"
			      "  --inflight W   1 to 32; default 8            --reports R    "
			      "default 100000\n"
			      "  --durable      each device keeps its acts in an outbox on disk, "
			      "as an agent does; they stay in HUBDIR/load-durable\n"
			      "  --idle         the devices connect and send nothing, until it is "
			      "stopped\n"
			      "  --acks FILE    append a line \"device seq record\" for every act, "
			      "once its receipt is here\n") },
		.example = "muster load --dir hub --devices 8 --batch 256 --reports 1000000 --json",
		.run = cmd_load,
	},
	{
		.verb = "audit",
		.help = TR("recount a hub's books and look for every acknowledged act"),
		.usage = "--dir HUBDIR [--acks FILE] [--json]",
		.about = { TR("Adds every slot and rollup up anew from the log and compares. With "
			      "--acks (see muster load) every acknowledged act is\n"
			      "looked for at its place. Works on running and stopped hubs. Exit "
			      "code 1 when something is lost, doubled or different.\n") },
		.run = cmd_audit,
	},
	{
		.verb = "verify",
		.help = TR("check a hub's whole directory: hashes, signatures, chains, tree, "
			   "checkpoints, rows"),
		.usage = "--dir HUBDIR [--key KEY] [--checkpoint FILE] [--json]",
		.about = { TR(
			"The log must also contain what its signer signed last. Who does not "
			"trust the directory gives the log's key from\n"
			"elsewhere, and a checkpoint that was kept elsewhere (`muster hub "
			"checkpoint`, `muster receipt`). Everything beside\n"
			"the log (slots, figures, feeds, indexes, devices) is then made anew "
			"from it, in $TMPDIR or /tmp, which needs as\n"
			"much room as the hub's data, and every row is compared. How far agents "
			"have their feeds, whom open invites are for and\n"
			"where the hub listens does not stand in the log: such rows must fit to "
			"it and have their form. Works on running\n"
			"and stopped hubs, in a process of its own.\n"
			"Exit code 1 when a leaf or a row is bad; the first one is named.\n"
			"\n"
			"  --key KEY          as `muster hub key` printed it; without it the "
			"one in hub.conf\n"
			"  --checkpoint FILE  the log must have grown through this one, or the "
			"one that this receipt or proof leads to\n"
			"  --json             ok, size, root, first_bad (a leaf; the size where no "
			"leaf is to blame), reason (both null when\n"
			"                     all is good) and names_lost (leaves by devices "
			"that have seen what a restored log lost)\n") },
		.run = cmd_verify,
	},
	{
		.verb = "receipt",
		.help = TR(
			"the hub's receipt for a report of this office, for people and as a file"),
		.usage = "--dir DIR (--item ITEM --period PERIOD | --record RECORD "
			 "[--generation N])\n"
			 "       [-o FILE] [--withhold] [--json]",
		.about = { TR(
			"Needs no hub: the agent keeps every receipt. The file proves to "
			"anybody that the hub had the report at that time\n"
			"(see muster check).\n"
			"\n"
			"  --record RECORD  of any act of this device, like 123/7: also of a "
			"revision that a later one replaced\n"
			"  --generation N   the record of that generation of the log: where a "
			"restored hub took an act again, both\n"
			"                   receipts are kept\n"
			"  --withhold       leave the content out of the file: only that it "
			"is in the log\n") },
		.run = cmd_receipt,
	},
	{
		.verb = "prove",
		.help = TR("a proof for third parties: who stated what, and when the hub had it"),
		.usage = "--dir DIR (--item ITEM --period PERIOD | --record RECORD) -o FILE "
			 "[--withhold] [--json]\n"
			 "       muster prove --dir DIR --omission RECEIPT -o FILE [--json]",
		.about = { TR(
			"Of a report of this office, or of any act that its unit may see. "
			"The file also proves whose device signed.\n"
			"\n"
			"--omission: an office has a receipt for a report, and the feed of "
			"this unit, which leads the item, does not have it.\n"
			"RECEIPT is the office's file (its `muster prove` or `muster "
			"receipt`). The feed is read from its first entry on, and\n"
			"FILE proves that the hub left the report out, by what the hub stated "
			"in its log of this feed, as it does within an\n"
			"hour after the feed has grown. Exit code 1: nothing was left out, or "
			"nothing can be proven; why is told.\n") },
		.run = cmd_prove,
	},
	{
		.verb = "check",
		.help = TR("check a receipt or proof: offline, years later, without any server"),
		.usage = "FILE --root KEY [--json]\n"
			 "       muster check --split FILE... --root KEY [--json]",
		.about = { TR("KEY is the key of the hub's log (`muster hub key`); have it from "
			      "somebody else than who gave you the file. Exit code 1:\n"
			      "the proof does not hold. Receipts, proofs and proofs of an omission "
			      "(`muster prove --omission`) are told apart.\n"
			      "A mantissa is an integer at the scale that the plan has for its "
			      "indicator (muster plan show --json): the file has no plan.\n"
			      "--split: the files hold checkpoints (alarm files, proofs, what "
			      "`muster hub checkpoint` prints).\n"
			      "Exit code 1: two of them contradict each other, the log's key has "
			      "signed two histories.\n") },
		.run = cmd_check,
	},
	{ .verb = NULL },
};
