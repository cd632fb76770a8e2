/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - the table of verbs. Order here is the order in `muster help`; a verb's rows stand
 * together.
 */
#include "cli/command.h"

/* Of the acts that are no reports. */
#define STATE_OPTIONS                                                                          \
	"\n"                                                                                   \
	"  --item ITEM   an id, a number or a title      --unit UNIT   an id, a name or an "   \
	"alias\n"                                                                              \
	"  --wait S      wait up to S seconds for the receipt; exit code 75 when it is still " \
	"queued\n"                                                                             \
	"  --json        one JSON object\n"

/* Of what is folded from the acts. */
#define REPLICA_OPTIONS                                                   \
	"\n"                                                              \
	"  --period P      without it the newest period that has ended\n" \
	"  --at WHEN       as it was at that log index or time: the same for ever\n"

const command commands[] = {
	{
		.verb = "demo",
		.help = "watch a year of the 2012 plan go by: hub, 33 offices, boards",
		.usage =
			"[--pace MS] [--periods N] [--plan FILE] [--seed N] [--dir DIR] [--leave]\n"
			"\n"
			"Founds a hub, starts an agent process for every unit of the plan and lays "
			"reports into the offices' folders, at a clock\n"
			"that jumps from event to event: some late, some wrong, some corrected, "
			"one "
			"office cut off for a while. A terminal shows\n"
			"the boards of two lead agencies live. Kill any of the processes: it is "
			"started "
			"again and nothing is lost. At the end the\n"
			"feeds and boards of all leads are compared with what the offices did. "
			"Exit "
			"code 0: they are the same.\n"
			"\n"
			"  --pace MS     milliseconds between events; 350 on a terminal, else 0\n"
			"  --periods N   only the first N reporting periods\n"
			"  --plan FILE   another plan\n"
			"  --seed N      another year; the same number gives the same year\n"
			"  --dir DIR     keep everything in DIR; without it a temporary directory "
			"that is removed at the end\n"
			"  --leave       end when the year is over; without it a terminal waits "
			"for "
			"Ctrl-C\n"
			"\n"
			"Example:  muster demo\n",
		.run = cmd_demo,
	},
	{
		.verb = "plan",
		.sub = "check",
		.help = "find every mistake in a plan file",
		.usage = "FILE [--json]\n"
			 "\n"
			 "Reads the plan FILE and prints every mistake and warning as \"file:line: "
			 "what is wrong [MST-2nnn]\".\n"
			 "Exit code 0: the plan can be used (there may be warnings); 78: it "
			 "cannot.\n"
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
			 "Without ITEM: the whole plan as a table. ITEM is an id, a number or a "
			 "title: i06, 6.\n"
			 "\n"
			 "  --plan FILE   this plan file; without it the 2012 plan that comes with "
			 "Muster\n"
			 "  --json        one JSON object instead\n"
			 "\n"
			 "Example:  muster plan show 6\n",
		.run = cmd_plan_show,
	},
	{
		.verb = "plan",
		.sub = "diff",
		.help = "show what a new version of a hub's plan would change, and for whom",
		.usage =
			"FILE --dir HUBDIR --from PERIOD [--json]\n"
			"\n"
			"FILE is the whole new version. What is owed, by whom and until when it "
			"says for every\n"
			"period that ends in or after PERIOD; earlier ones keep theirs. Who leads, "
			"decides and\n"
			"sees changes when PERIOD begins. Exit 1: open slots would be nobody's; "
			"they are listed.\n"
			"\n"
			"  --dir HUBDIR     the hub, running or not\n"
			"  --from PERIOD    the first period that the version judges, like "
			"2012-Q3\n"
			"  --json           one JSON object instead\n"
			"\n"
			"Example:  muster plan diff new.conf --dir /var/lib/muster/hub --from "
			"2012-Q3\n",
		.run = cmd_plan_diff,
	},
	{
		.verb = "plan",
		.sub = "apply",
		.help = "put a new version of a hub's plan into force",
		.usage = "FILE --dir HUBDIR --from PERIOD [--json]\n"
			 "\n"
			 "As `muster plan diff` shows it. The hub records it in its log, counts "
			 "anew, "
			 "gives new\n"
			 "leads the past of their items and begins anew with it, which takes a "
			 "moment; agents\n"
			 "fetch it by themselves. A version that would leave open slots to nobody "
			 "is "
			 "refused.\n"
			 "\n"
			 "Example:  muster plan apply new.conf --dir /var/lib/muster/hub --from "
			 "2012-Q3\n",
		.run = cmd_plan_apply,
	},
	{
		.verb = "hub",
		.sub = "init",
		.help = "found a hub: keys, plan, log",
		.usage = "--dir DIR --plan FILE [--listen tcp://HOST:PORT] [--address "
			 "tcp://HOST:PORT] [--clock TIME[,RATE]]\n"
			 "\n"
			 "Makes the directory of a new hub. DIR must lie on a local disk.\n"
			 "\n"
			 "  --plan FILE      the work plan (see muster plan check)\n"
			 "  --listen ADDR    where devices connect; default tcp://*:7300\n"
			 "  --address ADDR   what devices are told to connect to; default: where "
			 "it listens, with this machine's name\n"
			 "                   for *\n"
			 "  --clock TIME,RATE  for demos and tests: a simulated clock that begins "
			 "at TIME and runs RATE times as fast\n"
			 "                   as the real one (0: stands still, see muster hub "
			 "clock). It can never be changed.\n"
			 "\n"
			 "Example:  muster hub init --dir /var/lib/muster/hub --plan plan.conf "
			 "--listen tcp://10.0.0.5:7300\n",
		.run = cmd_hub_init,
	},
	{
		.verb = "hub",
		.sub = "enroll",
		.help = "make the directory of a new device of a unit",
		.usage = "UNIT --dir HUBDIR --out DIR [--device NAME] [--address tcp://HOST:PORT] "
			 "[--json]\n"
			 "\n"
			 "Enrols a device of UNIT and makes its directory DIR: keys, the hub's "
			 "address and keys, the plan.\n"
			 "Works while the hub runs and while it is stopped.\n"
			 "\n"
			 "  --device NAME    what stands behind the @ in the device's name; "
			 "default office\n"
			 "  --address ADDR   where this device reaches the hub, when it differs "
			 "from the others\n"
			 "\n"
			 "Example:  muster hub enroll kjj --dir /var/lib/muster/hub --out ./kjj\n",
		.run = cmd_hub_enroll,
	},
	{
		.verb = "hub",
		.sub = "revoke",
		.help = "take nothing more from a device",
		.usage = "DEVICE --dir HUBDIR [--reason TEXT]\n"
			 "\n"
			 "DEVICE is a name like kjj@office, or its id. What it sent before stays "
			 "valid.\n"
			 "\n"
			 "Example:  muster hub revoke kjj@office --dir /var/lib/muster/hub "
			 "--reason \"laptop lost\"\n",
		.run = cmd_hub_revoke,
	},
	{
		.verb = "hub",
		.sub = "units",
		.help = "list devices: state, connection, when last seen",
		.usage = "--dir HUBDIR [--json]\n\nAsks the running hub.\n",
		.run = cmd_hub_units,
	},
	{
		.verb = "hub",
		.sub = "status",
		.help = "what a running hub is doing",
		.usage = "--dir HUBDIR [--json]\n\nAsks the running hub.\n",
		.run = cmd_hub_status,
	},
	{
		.verb = "hub",
		.sub = "clock",
		.help = "move a clock that stands still (tests)",
		.usage = "--dir HUBDIR --set TIME\n"
			 "\n"
			 "Only for a running hub made with --clock TIME,0. The clock moves forward "
			 "only.\n"
			 "\n"
			 "Example:  muster hub clock --dir hub --set 2012-07-10T23:59:00+08:00\n",
		.run = cmd_hub_clock,
	},
	{
		.verb = "form",
		.help = "the empty form of a unit for a period, as CSV",
		.usage = "--dir DIR --period PERIOD [--output FILE] [--english]\n"
			 "\n"
			 "A row for each item that the unit of DIR must or may report in PERIOD, "
			 "and the "
			 "columns that it wants. Fill it in any\n"
			 "spreadsheet program, save it as CSV and lay it into DIR/reports.\n"
			 "\n"
			 "  --output FILE   instead of the terminal\n"
			 "  --english       columns in English\n"
			 "\n"
			 "Example:  muster form --dir tiexi --period 2012-Q2 --output 二季度.csv\n",
		.run = cmd_form,
	},
	{
		.verb = "report",
		.help = "report on one item and period, or send a file, through the running agent",
		.usage =
			"--dir DIR --item ITEM --period PERIOD [options] [INDICATOR=VALUE ...]\n"
			"       muster report --dir DIR --file FILE [--wait SECONDS] [--json]\n"
			"\n"
			"DIR is the agent's directory. Each report of an item and period replaces "
			"the "
			"one before; one that says the\n"
			"same is not sent again. A file has the layout that the watched folder "
			"takes.\n"
			"\n"
			"  --progress PCT   --status on_track|at_risk|blocked|done   --parts "
			"ID=STATE:NOTE;...\n"
			"  --done TEXT      --problems TEXT   --next TEXT   --help-needed TEXT\n"
			"  --prepared-by NAME   --approved-by NAME   --phone NUMBER\n"
			"  INDICATOR=VALUE  i06.invest=45.20, i06.share=450.00/1000.00, "
			"i06.projects=\"P1;P2\", i06.parks=nil:REASON\n"
			"  --retract REASON take back what was reported\n"
			"  --wait SECONDS   until the hub's receipt is here\n"
			"  --json           one JSON object a row\n"
			"\n"
			"Exit code 0: queued, or received with --wait; 65: something is wrong and "
			"was not sent; 69: the agent does not run;\n"
			"74: no space; 75: queued but no receipt within --wait, or the outbox is "
			"full.\n"
			"\n"
			"Example:  muster report --dir kjj --item 8 --period 2012-Q2 --progress 48 "
			"--done \"plan issued\" --wait 10\n",
		.run = cmd_report,
	},
	{
		.verb = "status",
		.help = "what a running agent is doing: connection, queue, folder",
		.usage = "--dir DIR [--json]\n\nAsks the running agent of DIR.\n",
		.run = cmd_status,
	},
	{
		.verb = "feed",
		.help = "what was reported on the items that a unit leads, in order",
		.usage =
			"--dir DIR [--name NAME] [--since N|TIME] [--follow] [--item ITEM] [--own] "
			"[--check] [--json]\n"
			"\n"
			"DIR is the directory of a device of the unit; its agent may run or not. "
			"Prints "
			"what has come since the last time and\n"
			"remembers how far it got in DIR/cursors/NAME, written after the lines: a "
			"crash "
			"repeats the last ones and loses none.\n"
			"\n"
			"  --name NAME    another cursor, for another consumer; default feed\n"
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
			"ever), "
			"hub_time, verdict, act\n"
			"\n"
			"Exit code 69: the hub does not answer; 77: it does not know the device, "
			"or has "
			"revoked it.\n"
			"\n"
			"Example:  muster feed --dir kjj --follow --json\n",
		.run = cmd_feed,
	},
	{
		.verb = "board",
		.help = "who has reported, the figures against their targets, who is missing",
		.usage = "--dir DIR [--period PERIOD] [--item ITEM] [--at INDEX|TIME] [--json]\n"
			 "\n"
			 "DIR is the directory of a device of a lead agency or an observer, or "
			 "that of "
			 "the hub.\n"
			 "\n"
			 "  --period PERIOD  2012-Q2, 2012年二季度; default: the newest one that "
			 "has "
			 "ended\n"
			 "  --item ITEM      an id, a number or a title\n"
			 "  --at WHEN        as it was at that log index or time: the same for "
			 "ever\n"
			 "  --json           one JSON object\n"
			 "\n"
			 "Example:  muster board --dir fgw --period 2012-Q2\n",
		.run = cmd_board,
	},
	{
		.verb = "accept",
		.help = "accept an office's report",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--revision N] [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item (in split items for observers). Without "
			 "--revision: the newest report that has arrived here.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "return",
		.help = "return an office's report with a reason",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--revision "
			 "N] [--wait S] [--json]\n"
			 "\n"
			 "For leads of the item (in split items for observers). The office finds "
			 "the reason in its folder and in its inbox.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "remind",
		.help = "remind an office of a report",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--text TEXT] [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item and observers (催办). The office finds it in its "
			 "folder.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "comment",
		.help = "say something about an office's report",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --text TEXT [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item, observers and the office itself.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "request-extension",
		.help = "ask for more time",
		.usage = "--dir DIR --item ITEM --period P --days N [--reason TEXT] [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For the office that owes the report, before the deadline. Days count "
			 "from the plan's deadline.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "grant-extension",
		.help = "give an office more time",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --days N --reason TEXT "
			 "[--wait S] [--json]\n"
			 "\n"
			 "For leads of the item: before the deadline, after it where a request "
			 "came in time. Observers grant with the reason outage\n"
			 "also later, and may leave out item, unit or period: all of "
			 "them.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "refuse-extension",
		.help = "refuse an office more time",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--reason TEXT] [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For those who may grant it.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "exempt",
		.help = "let an office off a report",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item before the deadline, for observers at any "
			 "time.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "unexempt",
		.help = "withdraw an exemption",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--reason TEXT] [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item and observers.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "adjust",
		.help = "add or take points of an office's score",
		.usage = "--dir DIR --unit UNIT --period P --points N --reason TEXT [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For observers. N has at most two decimals, as -1.50; the plan bounds the "
			 "sum.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "assign",
		.help = "make an optional reporter a required one",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--wait S] [--json]\n"
			 "\n"
			 "For leads of the item and observers, from period P on, which has not "
			 "begun.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "unassign",
		.help = "make an assigned reporter optional again",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P [--wait S] [--json]\n"
			 "\n"
			 "For leads of the item and observers, from period P on, which has not "
			 "begun.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "lock",
		.help = "close a slot to reports",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item and observers, until it is "
			 "reopened.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "reopen",
		.help = "open a slot for reports",
		.usage = "--dir DIR --item ITEM --unit UNIT --period P --reason TEXT [--wait S] "
			 "[--json]\n"
			 "\n"
			 "For leads of the item and observers, until it is locked.\n" STATE_OPTIONS,
		.run = cmd_state,
	},
	{
		.verb = "inbox",
		.help = "what leads and observers stated about this office's reports",
		.usage = "--dir DIR [--json]\n"
			 "\n"
			 "Returns, reminders, extensions and the like, in the order of the hub's "
			 "log. "
			 "The same stands as files in 通知/ in the folder.\n"
			 "\n"
			 "Example:  muster inbox --dir tiexi\n",
		.run = cmd_inbox,
	},
	{
		.verb = "where",
		.help = "what became of a report, or of a return or reminder",
		.usage =
			"--dir DIR (--item ITEM --period P | --record RECORD) [--json]\n"
			"\n"
			"Queued here, received by the hub with its record, delivered to the leads, "
			"and what was decided and\n"
			"stated about it since. RECORD: whom any act of this unit has reached. "
			"Delivered: their agent has it on disk.\n"
			"\n"
			"Example:  muster where --dir tiexi --item 6 --period 2012-Q2\n",
		.run = cmd_where,
	},
	{
		.verb = "ledger",
		.help = "the ledger of slots (台账): who stands how, with lights",
		.usage =
			"--dir DIR [--period P] [--item ITEM] [--at INDEX|TIME] [--json]\n"
			"\n"
			"DIR is that of a lead's device, or of the hub. Every slot that is owed or "
			"was touched, folded from the acts themselves.\n" REPLICA_OPTIONS "\n"
			"Example:  muster ledger --dir fgw --period 2012-Q2 --item 6\n",
		.run = cmd_ledger,
	},
	{
		.verb = "score",
		.help = "how the units score, and what a score is made of",
		.usage = "--dir DIR [--period P] [--explain UNIT] [--at INDEX|TIME] [--json]\n"
			 "\n"
			 "DIR is that of an observer's device, or of the hub. Ranks are within the "
			 "plan's groups.\n"
			 "\n"
			 "  --explain UNIT   every term of the unit's score, with its "
			 "record\n" REPLICA_OPTIONS "\n"
			 "Example:  muster score --dir tjj --period 2012-Q2 --explain shenbei\n",
		.run = cmd_score,
	},
	{
		.verb = "bulletin",
		.help = "the bulletin (通报) of a period, for print",
		.usage =
			"--dir DIR [--period P] [--at INDEX|TIME] [--out FILE] [--issue [--title "
			"TEXT] | --check] [--json]\n"
			"\n"
			"DIR is that of an observer's device, or of the hub. How the items stand, "
			"who is overdue or has a returned report,\n"
			"who was warned, which leads do not decide, scores. With --json also its "
			"SHA-256.\n" REPLICA_OPTIONS "  --out FILE      write it there\n"
			"  --issue         publish it as it is now: an act that names period, log, "
			"time and SHA-256, known to all units\n"
			"  --check         make every issued bulletin again from the acts and say "
			"match or mismatch (exit 1)\n"
			"\n"
			"Example:  muster bulletin --dir fgw --period 2012-Q2 --at "
			"2012-07-21T00:00:00+08:00\n",
		.run = cmd_bulletin,
	},
	{
		.verb = "explain",
		.help = "the records that a figure is made of",
		.usage = "INDICATOR --dir DIR [--period P] [--accepted] [--at INDEX|TIME] "
			 "[--json]\n"
			 "\n"
			 "DIR is that of a lead's device, or of the hub.\n"
			 "\n"
			 "  --accepted      the view of accepted reports; without it of reported "
			 "ones\n" REPLICA_OPTIONS "\n"
			 "Example:  muster explain i06.invest --dir fgw --period 2012-Q2\n",
		.run = cmd_explain,
	},
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
		.help = "check a hub's whole log: hashes, signatures, chains, tree",
		.usage = "--dir HUBDIR [--json]\n"
			 "\n"
			 "Works on running and stopped hubs. Exit code 1 when a leaf is bad; it is "
			 "named.\n",
		.run = cmd_verify,
	},
};

const size_t n_commands = sizeof(commands) / sizeof(commands[0]);
