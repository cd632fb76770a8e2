/* SPDX-License-Identifier: Apache-2.0 */
/* commands_hub.c - the plan, the hub and its devices. */
#include "base/lang.h"
#include "cli/command.h"

const command hub_commands[] = {
	{
		.verb = "demo",
		.help = TR("watch a year of the 2012 plan go by: hub, 33 offices, boards"),
		.usage = "[--pace MS] [--periods N] [--plan FILE] [--seed N] [--dir DIR] [--leave]",
		.about = { TR(
			"Founds a hub, starts an agent process for every unit of the plan and lays "
			"reports into the offices' folders, at a clock\n"
			"that jumps from event to event: some late, some wrong, some corrected, "
			"one office cut off for a while. A terminal shows\n"
			"the boards of two lead agencies live. Kill any of the processes: it is "
			"started again and nothing is lost. At the end the\n"
			"feeds and boards of all leads are compared with what the offices did. "
			"Exit code 0: they are the same.\n"
			"\n"
			"  --pace MS     milliseconds between events; 350 on a terminal, else 0\n"
			"  --periods N   only the first N reporting periods\n"
			"  --plan FILE   another plan\n"
			"  --seed N      another year; the same number gives the same year\n"
			"  --dir DIR     keep everything in DIR; without it a temporary directory "
			"that is removed at the end\n"
			"  --leave       end when the year is over; without it a terminal waits "
			"for Ctrl-C\n") },
		.example = "muster demo",
		.run = cmd_demo,
	},
	{
		.verb = "plan",
		.sub = "check",
		.help = TR("find every mistake in a plan file"),
		.usage = "FILE [--json]",
		.about = { TR("Reads the plan FILE and prints every mistake and warning as "
			      "\"file:line: what is wrong [MST-2nnn]\".\n"
			      "Exit code 0: the plan can be used (there may be warnings); 78: it "
			      "cannot.\n"
			      "\n"
			      "  --json   one JSON object instead\n") },
		.example = "muster plan check deploy/plans/shenyang-2012.conf",
		.run = cmd_plan_check,
	},
	{
		.verb = "plan",
		.sub = "show",
		.help = TR("show what the plan asks of whom, and by when"),
		.usage = "[ITEM] [--plan FILE] [--json]",
		.about = { TR("Without ITEM: the whole plan as a table. ITEM is an id, a number or "
			      "a title: i06, 6.\n"
			      "\n"
			      "  --plan FILE   this plan file; without it the 2012 plan that comes "
			      "with Muster\n"
			      "  --json        one JSON object instead\n") },
		.example = "muster plan show 6",
		.run = cmd_plan_show,
	},
	{
		.verb = "plan",
		.sub = "diff",
		.help = TR("show what a new version of a hub's plan would change, and for whom"),
		.usage = "FILE --dir HUBDIR --from PERIOD [--json]",
		.about = { TR("FILE is the whole new version. What is owed, by whom and until when "
			      "it says for every\n"
			      "period that ends in or after PERIOD; earlier ones keep theirs. Who "
			      "leads, decides and\n"
			      "sees changes when PERIOD begins. Exit 1: open slots would be "
			      "nobody's; they are listed.\n"
			      "\n"
			      "  --dir HUBDIR     the hub, running or not\n"
			      "  --from PERIOD    the first period that the version judges, like "
			      "2012-Q3\n"
			      "  --json           one JSON object instead\n") },
		.example = "muster plan diff new.conf --dir /var/lib/muster/hub --from 2012-Q3",
		.run = cmd_plan_diff,
	},
	{
		.verb = "plan",
		.sub = "apply",
		.help = TR("put a new version of a hub's plan into force"),
		.usage = "FILE --dir HUBDIR --from PERIOD [--after VERSION] [--json]",
		.about = { TR("As `muster plan diff` shows it. The hub records it in its log, "
			      "counts anew, gives new\n"
			      "leads the past of their items and begins anew with it, which takes "
			      "a moment; agents\n"
			      "fetch it by themselves. A version that would leave open slots to "
			      "nobody is refused.\n"
			      "Without --after also one that would put back what a version "
			      "changed, as a file made from\n"
			      "an older version does.\n"
			      "\n"
			      "  --after VERSION  only if this is the newest version still: muster "
			      "plan diff prints the line\n") },
		.example = "muster plan apply new.conf --dir /var/lib/muster/hub --from 2012-Q3",
		.run = cmd_plan_apply,
	},
	{
		.verb = "hub",
		.sub = "init",
		.help = TR("found a hub: keys, plan, log"),
		.usage = "--dir DIR --plan FILE [--listen tcp://HOST:PORT] [--address "
			 "tcp://HOST:PORT] [--clock TIME[,RATE]] [--json]",
		.about = { TR("Makes the directory of a new hub. DIR must lie on a local disk.\n"
			      "\n"
			      "  --plan FILE      the work plan (see muster plan check)\n"
			      "  --listen ADDR    where devices connect; default tcp://*:7300\n"
			      "  --address ADDR   what devices are told to connect to; default: "
			      "where it listens, with this machine's name\n"
			      "                   for *\n"
			      "  --clock TIME,RATE  for demos and tests: a simulated clock that "
			      "begins at TIME and runs RATE times as fast\n"
			      "                   as the real one (0: stands still, see muster hub "
			      "clock). It can never be changed.\n") },
		.example = "muster hub init --dir /var/lib/muster/hub --plan plan.conf --listen "
			   "tcp://10.0.0.5:7300",
		.run = cmd_hub_init,
	},
	{
		.verb = "hub",
		.sub = "invite",
		.help = TR("make a key with which one device of a unit can join"),
		.usage =
			"UNIT --dir HUBDIR [--device NAME] [--expires 7d] [--approve] [--replace]\n"
			"       [--address tcp://HOST:PORT[,...]] [--json]",
		.about = { TR("Prints one line, the join key: the hub's address and public key, "
			      "and a key that is good once. Give it to the office\n"
			      "on a way you trust; there `muster join` takes it. The device makes "
			      "its own keys, which never leave its machine.\n"
			      "\n"
			      "  --device NAME    what stands behind the @ in the device's name; "
			      "default office\n"
			      "  --expires TERM   like 30m, 12h or 7d (the default)\n"
			      "  --approve        the device counts only after muster hub approve; "
			      "as with approve_devices = yes in hub.conf\n"
			      "  --replace        when it joins, the device that has the name now "
			      "is revoked: its key or its disk is lost, or it\n"
			      "                   was copied (muster hub forks)\n"
			      "  --address ADDR   where the office reaches the hub, up to four, "
			      "when that differs from what others are told\n") },
		.example = "muster hub invite kjj --dir /var/lib/muster/hub",
		.run = cmd_hub_invite,
	},
	{
		.verb = "hub",
		.sub = "invites",
		.help = TR("list the keys that offices can still join with"),
		.usage = "--dir HUBDIR [--all] [--json]",
		.about = { TR("The hub may run. The keys themselves are not shown: the hub has "
			      "only their public halves.\n"
			      "\n"
			      "  --all   also those that were used or ran out; they are kept for "
			      "30 days after they ran out\n") },
		.example = "muster hub invites --dir /var/lib/muster/hub",
		.run = cmd_hub_invites,
	},
	{
		.verb = "hub",
		.sub = "withdraw",
		.help = TR("take a key back before anybody has used it"),
		.usage = "DEVICE|ID --dir HUBDIR [--json]",
		.about = { TR("DEVICE: every unused key for the device of this name; ID: one key, "
			      "as muster hub invites lists it.\n"
			      "At once, also while the hub runs. A key that was used is not "
			      "withdrawn: muster hub revoke stops its device.\n") },
		.example = "muster hub withdraw kjj@office --dir /var/lib/muster/hub",
		.run = cmd_hub_withdraw,
	},
	{
		.verb = "hub",
		.sub = "approve",
		.help = TR("let a device count that has joined and waits for approval"),
		.usage = "DEVICE --dir HUBDIR [--json]",
		.about = { TR("Until then nothing is taken from it and it sees nothing; its agent "
			      "keeps what it has to send.\n") },
		.example = "muster hub approve kjj@office --dir /var/lib/muster/hub",
		.run = cmd_hub_approve,
	},
	{
		.verb = "hub",
		.sub = "forks",
		.help = TR("list devices with two histories, and the way out"),
		.usage = "--dir HUBDIR [--json]",
		.about = { TR("A device whose directory was copied, or restored from a backup, "
			      "states two different things under one number.\n"
			      "Then it is frozen and both batches are kept. This lists them and "
			      "says who does what next.\n") },
		.example = "muster hub forks --dir /var/lib/muster/hub",
		.run = cmd_hub_forks,
	},
	{
		.verb = "hub",
		.sub = "enroll",
		.help = TR("make the directory of a new device of a unit"),
		.usage = "UNIT --dir HUBDIR --out DIR [--device NAME] [--address tcp://HOST:PORT] "
			 "[--json]",
		.about = { TR("Enrols a device of UNIT and makes its directory DIR: keys, the "
			      "hub's address and keys, the plan.\n"
			      "Works while the hub runs and while it is stopped.\n"
			      "\n"
			      "  --device NAME    what stands behind the @ in the device's name; "
			      "default office\n"
			      "  --address ADDR   where this device reaches the hub, when it "
			      "differs from the others\n") },
		.example = "muster hub enroll kjj --dir /var/lib/muster/hub --out ./kjj",
		.run = cmd_hub_enroll,
	},
	{
		.verb = "hub",
		.sub = "revoke",
		.help = TR("take nothing more from a device"),
		.usage = "DEVICE --dir HUBDIR [--reason TEXT] [--json]",
		.about = { TR("DEVICE is a name like kjj@office, or its id. What it sent before "
			      "stays valid.\n") },
		.example = "muster hub revoke kjj@office --dir /var/lib/muster/hub --reason "
			   "\"laptop lost\"",
		.run = cmd_hub_revoke,
	},
	{
		.verb = "hub",
		.sub = "units",
		.help = TR("list devices: state, connection, when last seen, what they told of "
			   "themselves"),
		.usage = "--dir HUBDIR [--json]",
		.about = { TR(
			"Asks the running hub. waiting: acts without receipt; clock s: how "
			"far the device's clock is off the hub's; both, and the\n"
			"software, as the device told them last since the hub started. trouble: "
			"why it sends nothing until people help,\n"
			"as `muster status` there says (MST-4122: an older or other copy of its "
			"directory; MST-4124: two that run), or MST-5001:\n"
			"space is short at the hub (muster hub status), and it has brought more "
			"than a device may then.\n") },
		.run = cmd_hub_units,
	},
	{
		.verb = "hub",
		.sub = "key",
		.help = TR("print the key that checks the hub's log"),
		.usage = "--dir DIR [--json]",
		.about = { TR("Publish it: whoever has it can check receipts, proofs and "
			      "checkpoints without trusting this hub.\n") },
		.run = cmd_hub_key,
	},
	{
		.verb = "hub",
		.sub = "checkpoint",
		.help = TR("print the newest signed checkpoint of the hub's log"),
		.usage = "--dir DIR [--json]",
		.about = { TR("In the form of C2SP tlog-checkpoint. Keep one elsewhere now and "
			      "then: no history without it can be passed off\n"
			      "later (muster verify --checkpoint FILE).\n") },
		.run = cmd_hub_checkpoint,
	},
	{
		.verb = "backup",
		.help = TR("copy a hub's directory, running or not, and verify the copy"),
		.usage = "--dir HUBDIR --out DIR [--json]",
		.about = { TR("DIR must not be there: it appears, whole and synced, when the copy "
			      "is verified. It holds the hub's keys and\n"
			      "must be kept as safe as the hub; admin.key is not in it. To put a "
			      "hub back: copy its data/ (or, on another\n"
			      "machine, all of it) into place, then muster hub restored.\n"
			      "DIR must lie on a local disk, with room for the hub's data twice "
			      "while it is verified; copy it elsewhere from there.\n") },
		.example = "muster backup --dir /var/lib/muster/hub --out /backup/hub-2012-07-05",
		.run = cmd_backup,
	},
	{
		.verb = "hub",
		.sub = "restored",
		.help = TR("let the log of a hub that was put back from a backup go on"),
		.usage = "--dir HUBDIR --admin-key FILE [--checkpoint FILE] [--json]",
		.about = { TR("A hub whose log is shorter than what was signed does not start: "
			      "that may be a rollback. With the\n"
			      "administrator's key (admin.key of `muster hub init`, kept offline) "
			      "a new generation of the log is\n"
			      "opened; it says what was lost, and everybody follows it. Offices "
			      "send again what the hub lost.\n"
			      "\n"
			      "  --admin-key FILE   admin.key\n"
			      "  --checkpoint FILE  the newest checkpoint that is known, or a "
			      "receipt or proof that leads to it; needed when\n"
			      "                     the signer's directory was lost too\n") },
		.example = "muster hub restored --dir /var/lib/muster/hub --admin-key "
			   "/media/stick/admin.key",
		.run = cmd_hub_restored,
	},
	{
		.verb = "hub",
		.sub = "move",
		.help = TR("tell all devices where the hub will be, and listen there too"),
		.usage = "--dir HUBDIR --address tcp://HOST:PORT [--listen tcp://HOST:PORT] "
			 "[--new-key] [--from TIME] [--until TIME] [--json]",
		.about = { TR("A notice that the hub signs, a leaf of the log and an entry in "
			      "every feed: agents keep both addresses and follow by\n"
			      "themselves. Running or stopped; a running hub listens at both "
			      "places at once, until --until.\n"
			      "\n"
			      "  --address ADDR   what devices are told to connect to\n"
			      "  --listen ADDR    where this machine listens for it; without it "
			      "where it does now: the hub will run elsewhere,\n"
			      "                   or is only named otherwise\n"
			      "  --new-key        with a new CURVE key there; needs --listen\n"
			      "  --from TIME      before then the old address is tried first; "
			      "default now\n"
			      "  --until TIME     until then the hub can be reached where it was; "
			      "default 30 days\n") },
		.example = "muster hub move --dir /var/lib/muster/hub --address "
			   "tcp://10.0.0.9:7301 --listen tcp://*:7301",
		.run = cmd_hub_move,
	},
	{
		.verb = "hub",
		.sub = "import",
		.help = TR("take the batches that an office exported into a file"),
		.usage = "FILE --dir HUBDIR [--receipts FILE2] [--json]",
		.about = { TR("For offices without a line (muster outbox export). The batches are "
			      "checked and taken as if they had come over the\n"
			      "line, received now. Twice is harmless. Says of each batch: new, "
			      "known, gap, fork or refused. The hub must run.\n"
			      "\n"
			      "  --receipts FILE2   write the receipts, for muster outbox "
			      "import-receipts\n"
			      "  --json             one JSON object a batch\n"
			      "\n"
			      "Exit code 0: all are in the log; 1: some are not; 65: the file is "
			      "damaged or cut off; 77: another hub's, or the\n"
			      "device is unknown, revoked or frozen.\n") },
		.example = "muster hub import tiexi.batches --dir /var/lib/muster/hub --receipts "
			   "tiexi.receipts",
		.run = cmd_hub_import,
	},
	{ .verb = NULL },
};
