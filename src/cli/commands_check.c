/* SPDX-License-Identifier: Apache-2.0 */
/* commands_check.c - whether everything is as it should be. */
#include "cli/command.h"

const command check_commands[] = {
	{
		.verb = "replay",
		.help = "fold acts with given times through the rules, without a hub",
		.usage = replay_usage,
		.run = cmd_replay,
	},
	{
		.verb = "load",
		.help = "push many reports to a running hub and measure",
		.usage = "--dir HUBDIR [--devices N] [--batch B] [--inflight W] [--reports R] "
			 "[--acks FILE] [--durable] [--idle] [--json]\n"
			 "\n"
			 "N devices push R reports in batches of B, each with at most W batches "
			 "without receipt, and wait for all receipts.\n"
			 "Device k belongs to required reporter k mod n of the plan and walks its "
			 "open slots in turn, the next revision each\n"
			 "round, every indicator given, about 220 bytes a report. The devices stay "
			 "enrolled in HUBDIR/load.\n"
			 "\n"
			 "  --devices N    1 to 1000; default 8          --batch B      1 to 256; "
			 "default 64\n"
			 "  --inflight W   1 to 32; default 8            --reports R    default "
			 "100000\n"
			 "  --durable      each device keeps its acts in an outbox on disk, as an "
			 "agent "
			 "does; they stay in HUBDIR/load-durable\n"
			 "  --idle         the devices connect and send nothing, until it is "
			 "stopped\n"
			 "  --acks FILE    append a line \"device seq record\" for every act, once "
			 "its receipt is here\n"
			 "\n"
			 "Example:  muster load --dir hub --devices 8 --batch 256 --reports "
			 "1000000 --json\n",
		.run = cmd_load,
	},
	{
		.verb = "audit",
		.help = "recount a hub's books and look for every acknowledged act",
		.usage = "--dir HUBDIR [--acks FILE] [--json]\n"
			 "\n"
			 "Adds every slot and rollup up anew from the log and compares. With "
			 "--acks (see muster load) every acknowledged act is\n"
			 "looked for at its place. Works on running and stopped hubs. Exit code 1 "
			 "when something is lost, doubled or different.\n",
		.run = cmd_audit,
	},
	{
		.verb = "verify",
		.help = "check a hub's whole directory: hashes, signatures, chains, tree, "
			"checkpoints, rows",
		.usage = "--dir HUBDIR [--key KEY] [--checkpoint FILE] [--json]\n"
			 "\n"
			 "The log must also contain what its signer signed last. Who does not "
			 "trust the "
			 "directory gives the log's key from\n"
			 "elsewhere, and a checkpoint that was kept elsewhere (`muster hub "
			 "checkpoint`, "
			 "`muster receipt`). Everything beside\n"
			 "the log (slots, figures, feeds, indexes, devices) is then made anew from "
			 "it, in $TMPDIR or /tmp, which needs as\n"
			 "much room as the hub's data, and every row is compared. Works on running "
			 "and stopped hubs, in a process of its own.\n"
			 "Exit code 1 when a leaf or a row is bad; the first one is named.\n"
			 "\n"
			 "  --key KEY          as `muster hub key` printed it; without it the one "
			 "in "
			 "hub.conf\n"
			 "  --checkpoint FILE  the log must have grown through this one\n",
		.run = cmd_verify,
	},
	{
		.verb = "receipt",
		.help = "the hub's receipt for a report of this office, for people and as a file",
		.usage = "--dir DIR --item ITEM --period PERIOD [-o FILE] [--withhold] [--json]\n"
			 "\n"
			 "Needs no hub: the agent keeps every receipt. The file proves to anybody "
			 "that the "
			 "hub had the report at that time\n"
			 "(see muster check).\n"
			 "\n"
			 "  --withhold    leave the content out of the file: only that it is in "
			 "the log\n",
		.run = cmd_receipt,
	},
	{
		.verb = "prove",
		.help = "a proof for third parties: who stated what, and when the hub had it",
		.usage = "--dir DIR (--item ITEM --period PERIOD | --record RECORD) -o FILE "
			 "[--withhold]\n"
			 "\n"
			 "Of a report of this office, or of any act that its unit may see. The "
			 "file also "
			 "proves whose device signed.\n",
		.run = cmd_prove,
	},
	{
		.verb = "check",
		.help = "check a receipt or proof: offline, years later, without any server",
		.usage = "FILE --root KEY [--json]\n"
			 "       muster check --split FILE... --root KEY [--json]\n"
			 "\n"
			 "KEY is the key of the hub's log (`muster hub key`); have it from "
			 "somebody else "
			 "than who gave you the file. Exit code 1:\n"
			 "the proof does not hold.\n"
			 "--split: the files hold checkpoints (alarm files, proofs, what `muster "
			 "hub checkpoint` prints).\n"
			 "Exit code 1: two of them contradict each other, the log's key has signed "
			 "two histories.\n",
		.run = cmd_check,
	},
};

const size_t n_check_commands = sizeof(check_commands) / sizeof(check_commands[0]);
