#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""muster report and muster status: revisions by themselves, receipts on demand, every state with its exit code."""
import json
import os
import signal

from lib import Device, Hub, Office, check, muster, muster_json, muster_lines, run, wait_for

WORDS = ["--item", "7", "--period", "2012-Q2", "--status", "on_track", "--problems", "none", "--next", "go on",
	"--prepared-by", "A", "--approved-by", "B"]


def world_of(world, unit="kjj", clock="2012-07-05T09:00:00+08:00"):
	hub = Hub(world, clock=clock).start()
	return hub, Office(world, hub, unit).start()


def words(progress, done="work"):
	return WORDS + ["--progress", str(progress), "--done", done]


def nobody_types_a_revision(world):
	"""the next revision is the agent's business; what is unchanged is not sent; a retraction takes back what stands"""
	hub, office = world_of(world)
	first = office.report(*words(10), "--wait", "30")[0]
	check(first["state"] == "received" and first["revision"] == 1 and first["record"], str(first))
	same = office.report(*words(10), "--wait", "30")[0]
	check(same["state"] == "unchanged" and same["record"] == first["record"], str(same))
	second = office.report(*words(20), "--wait", "30")[0]
	check(second["state"] == "received" and second["revision"] == 2, str(second))
	back = office.report("--item", "7", "--period", "2012-Q2", "--retract", "wrong office", "--wait", "30")[0]
	check(back["state"] == "received" and back["revision"] == 3, str(back))
	again = office.report("--item", "7", "--period", "2012-Q2", "--retract", "wrong office", "--wait", "30")[0]
	check(again["state"] in ("unchanged", "nothing"), str(again))
	check(hub.units()["kjj@office"]["acts"] == 3, str(hub.units()))
	hub.is_clean()


def attachments_are_named(world):
	"""what is attached goes by name, size and hash, and stands so in the feed; a hash of another length is refused by name"""
	hub, office = world_of(world)
	report = ("--item", "7", "--period", "2012-Q2", "--progress", "10", "--attachments")
	done = office.report(*report, "方案.pdf|1024|%s; 照片.zip|7|%s" % ("ab" * 32, "0C" * 32), "--wait", "30")[0]
	check(done["state"] == "received", str(done))
	act = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own")[-1]["act"]
	check([(a["name"], int(a["size"]), a["sha256"]) for a in act["body"]["attachments"]] == [("方案.pdf", 1024, "ab" * 32), ("照片.zip", 7, "0c" * 32)], str(act))
	wrong = office.report(*report, "方案.pdf|1024|abcd", expect=65)[0]
	check([p["field"] for p in wrong["problems"] if not p["warning"]] == ["attachments"], str(wrong))
	hub.is_clean()


def values_by_name(world):
	"""values of the plan's indicators stand behind the options; a wrong one is named and nothing is sent"""
	hub, office = world_of(world, unit="tiexi")
	base = ["--item", "6", "--period", "2012-Q2", "--progress", "50"]
	good = office.report(*base, "i06.invest=45.20", "--wait", "30")[0]
	check(good["state"] == "received", str(good))
	bad = office.report(*base, "i06.invest=45.201", "--wait", "30", expect=65)[0]
	codes = [p["code"] for p in bad["problems"] if not p["warning"]]
	check(bad["state"] == "wrong" and codes == [6117], str(bad))
	check(muster("report", "--dir", office.dir, *base, "i06.invst=1", expect=65).stderr.count("MST-6108") == 1, "unknown name")


def queued_is_said(world):
	"""without the hub a report is queued: exit 0, with --wait 75; no agent is 69; a wrong command is 64"""
	hub, office = world_of(world)
	hub.stop()
	check(office.report(*words(10))[0]["state"] == "queued", "queued")
	check(office.report(*words(20), "--wait", "1", expect=75)[0]["state"] == "queued", "queued")
	status = office.status()
	check(status["queue"]["without_receipt"] == 2 and not status["hub"]["connected"], str(status))
	hub.start()
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 30, "the receipts")
	office.stop()
	check("MST-" in muster("report", "--dir", office.dir, *words(30), expect=69).stderr, "no agent")
	check("MST-" in muster("status", "--dir", office.dir, expect=69).stderr, "no agent")
	muster("report", "--dir", office.dir, "--itme", "7", expect=64)
	hub.is_clean()


def the_hub_has_the_last_word(world):
	"""what the hub refuses is told with the verdict's name and exit 65"""
	hub, office = world_of(world)
	late = office.report("--item", "7", "--period", "2012-Q1", "--progress", "5", "--wait", "30", expect=65)[0]
	check(late["state"] == "wrong" and late["verdict"] == "REFUSED_LOCKED" and late["record"], str(late))


def a_refused_correction_leaves_what_stands(world):
	"""what the hub has stored stands when a correction of it is refused: it is not owed, the form has it, and it is unchanged when it comes again"""
	hub, office = world_of(world, clock="2012-07-12T09:00:00+08:00")
	observer = Office(world, hub, "fgw").start()
	stored = office.report(*words(10), "--wait", "30")[0]
	muster("lock", "--dir", observer.dir, "--item", "7", "--unit", "kjj", "--period", "2012-Q2", "--reason", "closed", "--wait", "30")
	refused = office.report(*words(20), "--wait", "30", expect=65)[0]
	check(refused["verdict"] == "REFUSED_LOCKED" and refused["revision"] == 2 and "reopen" in refused["why"], str(refused))
	due = [d for d in office.status()["due"] if d["item"] == "i07" and d["period"] == "2012-Q2"]
	check(not due, "it is reported: %s" % due)
	told = muster_json("where", "--dir", office.dir, "--item", "7", "--period", "2012-Q2")
	check(told["state"] == "refused" and told["standing"]["record"] == stored["record"], str(told))
	text = muster("where", "--dir", office.dir, "--item", "7", "--period", "2012-Q2").stdout
	check("REFUSED_LOCKED" in text and "revision 1 stands" in text, text)
	form = muster("form", "--dir", office.dir, "--period", "2012-Q2", "--english").stdout
	check(any(",10," in line and "2012-Q2" in line for line in form.splitlines()), form)
	same = office.report(*words(10), "--wait", "30")[0]
	check(same["state"] == "unchanged" and same["record"] == stored["record"], str(same))
	hub.is_clean()


def another_device_was_first(world):
	"""two devices of a unit: the second one takes the next revision and says that another was first"""
	hub, one = world_of(world)
	two = Office(world, hub, "kjj", device="second").start()
	check(one.report(*words(10), "--wait", "30")[0]["revision"] == 1, "the first")

	def has_seen():
		answer = two.report(*words(10), "--wait", "30")[0]
		return answer if answer["other_first"] else None
	# The feed of the unit's own acts is on its way to the second device.
	two.stop()
	two.start()
	answer = wait_for(has_seen, 30, "the second device knows what the first one said")
	check(answer["state"] in ("unchanged", "received"), str(answer))
	other = two.report(*words(30), "--wait", "30")[0]
	check(other["state"] == "received" and other["revision"] >= 2, str(other))
	hub.is_clean()


def no_revision_is_left(world):
	"""a device of the unit used the highest revision: the agent says that none is left, by command and by file, and sends nothing"""
	hub, office = world_of(world)
	rogue = Device(world, hub, "kjj", device="rogue")
	check(rogue.verdicts(rogue.report("i07", "2012-Q2", revision=2**32 - 1, progress_pct=10)) == ["STORED"], "the leap")
	seen = lambda: muster_json("where", "--dir", office.dir, "--item", "7", "--period", "2012-Q2").get("revision") == 2**32 - 1
	wait_for(seen, 30, "the agent sees it")
	sheet = "item,period,progress_pct\r\n7,2012-Q2,35\r\n"
	with open(world.path("q2.csv"), "w", encoding="utf-8") as f:
		f.write(sheet)
	for told in office.report(*words(30), "--wait", "30", expect=65) + muster_lines("submit", f.name, "--dir", office.dir, "--dry-run", expect=65):
		check(told["state"] == "wrong" and "最大的版本号" in told["note"] and "seq" not in told, str(told))
	check(office.status()["queue"]["all"] == 0, "nothing was sent")
	office.drop("q2.csv", sheet)
	office.answer("q2.csv", "最大的版本号")
	check(office.status()["queue"]["all"] == 0, "nor by the file")
	hub.is_clean()


def a_new_device_learns_first(world):
	"""a report that comes before the hub has told a new device what its unit has reported waits for that: it takes the next revision; so does a file"""
	hub, one = world_of(world)
	first = one.report("--item", "8", "--period", "2012-Q2", "--progress", "10", "--wait", "30")[0]
	check(first["revision"] == 1 and one.report(*words(10), "--wait", "30")[0]["revision"] == 1, "the first device")
	two = Office(world, hub, "kjj", device="second")
	hub.process.child.send_signal(signal.SIGSTOP)
	two.start()
	out = world.path("report.out")
	report = world.start("muster", "report", "--dir", two.dir, *words(30), "--wait", "30", "--json", stdout=out)
	two.drop("q2.csv", "item,period,progress_pct\r\n8,2012-Q2,5\r\n")
	check(report.running() and two.status()["queue"]["without_receipt"] == 0, "it waits")
	hub.process.child.send_signal(signal.SIGCONT)
	check(report.wait(30) == 0, report.text())
	with open(out, encoding="utf-8") as f:
		told = json.loads(f.read())
	check(told["state"] == "received" and told["revision"] == 2 and told["other_first"] is True, told)
	check("本单位的另一台设备此前已报送，以本次为准" in two.answer("q2.csv")[1], two.answer("q2.csv"))
	hub.is_clean()


def without_a_hub_nothing_is_waited_for(world):
	"""where the hub does not come the first reports are queued all the same"""
	hub, one = world_of(world)
	one.stop()
	hub.stop()
	one.start()
	check(one.report(*words(10))[0]["state"] == "queued", "queued")
	check(one.report(*words(20), "--wait", "1", expect=75)[0]["state"] == "queued", "queued")
	check(one.status()["queue"]["without_receipt"] == 2, one.status())
	report = world.start("muster", "report", "--dir", one.dir, *words(30))
	check(report.wait(20) == 0, report.text())


def names_of_nothing(world):
	"""bad_act: an item of a hundred letters, in an act of the unit's other device or in a command, is no slot: it is refused and the agent goes on"""
	hub, office = world_of(world)
	other, long = Device(world, hub, "kjj"), "x" * 100
	check(other.verdicts(other.report(long, "2012-Q2", progress=1), other.report("i08", "2012-Q2", progress=40)) ==
		["REFUSED_UNKNOWN", "STORED"], "what the other device said")
	wait_for(lambda: muster_json("where", "--dir", office.dir, "--item", "8", "--period", "2012-Q2").get("revision") == 1, 30, "it is seen here")
	for unit, item in ((long, "i08"), ("shenbei", long)):
		muster("accept", "--dir", office.dir, "--unit", unit, "--item", item, "--period", "2012-Q2", expect=65)
	check(office.status()["inbox"] == 0, "the agent answers")
	hub.is_clean()


def revoked_keeps_its_outbox(world):
	"""a revoked device is told why, keeps what it has and goes on once its unit is enrolled again"""
	hub, office = world_of(world)
	office.report(*words(10), "--wait", "30")
	muster("hub", "revoke", "kjj@office", "--dir", hub.dir, "--reason", "test")
	office.report(*words(20))
	told = wait_for(lambda: office.status()["hub"]["trouble"], 30, "the agent knows")
	check(told["code"] in (4104, 4105), str(told))
	check(office.status()["queue"]["without_receipt"] == 1, "the report is kept")
	check("MST-410" in office.process.text(), "the log says it")
	fresh = Office(world, hub, "kjj", device="new").start()
	check(fresh.report(*words(20), "--wait", "30")[0]["state"] == "received", "the new device goes on")
	hub.is_clean()


def a_full_outbox_refuses(world):
	"""acts without receipt beyond the limit are refused loudly; a file stays in the folder until there is room"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj")
	office.set("outbox_acts", "5")
	office.start()
	hub.stop()
	for progress in range(5):
		office.report(*words(progress))
	refused = muster("report", "--dir", office.dir, *words(50), expect=None)
	check(refused.returncode == 75 and "MST-5030" in refused.stderr, "%d %s" % (refused.returncode, refused.stderr))
	office.drop("q2.csv", "item,period,progress_pct\r\n8,2012-Q2,5\r\n")
	wait_for(lambda: office.status()["folder"]["trouble"], 30, "the status says it")
	check(os.path.exists(os.path.join(office.folder, "q2.csv")), "the file stays")
	hub.start()
	office.answer("q2.csv")
	hub.is_clean()


def a_second_agent_is_refused(world):
	"""a second agent on the same directory ends at once and names the first"""
	hub, office = world_of(world)
	second = world.start("muster-agent", "--dir", office.dir)
	check(second.wait(20) != 0 and str(office.process.pid) in second.text() and "MST-1007" in second.text(), second.text())
	check(office.report(*words(10), "--wait", "30")[0]["state"] == "received", "the first one goes on")


def the_help_is_complete(world):
	"""every command has help"""
	for name in ("report", "status"):
		check("Example" in muster(name, "--help").stdout or name == "status", name)


run(nobody_types_a_revision, attachments_are_named, values_by_name, queued_is_said, the_hub_has_the_last_word, a_refused_correction_leaves_what_stands, another_device_was_first,
	no_revision_is_left, a_new_device_learns_first, without_a_hub_nothing_is_waited_for, names_of_nothing, revoked_keeps_its_outbox, a_full_outbox_refuses, a_second_agent_is_refused, the_help_is_complete)
