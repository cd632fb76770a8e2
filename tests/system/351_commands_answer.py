#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What commands say: help that is true, answers that programs can read, refusals with their sentence and exit code."""
import os
import re
import subprocess

from lib import Device, Hub, Office, check, environment, muster, muster_json, program, run, verbs, wait_for

Q2 = "2012-Q2"
PRINTS_NONE = {"demo", "hub clock", "answer-book"}  # no result, a play, or a file for the agent


def the_help_of_every_command_is_true(world):
	"""Every command of the overview has its help; every option that it names is taken, an unknown one is not; what prints a result has --json"""
	known = verbs()
	check(len(known) > 40, known)
	for verb in known:
		words = verb.split()
		text = muster(*words, "--help").stdout
		check(text.startswith("muster %s - " % verb) and "usage: muster %s" % verb in text, text[:200])
		check("--json" in text or verb in PRINTS_NONE, "%s has no --json" % verb)
		if verb == "demo":
			continue
		usage = text.split("\n\n")[1]
		for option in sorted(set(re.findall(r"(?<![a-z])--[a-z-]+", usage))):
			done = subprocess.run([program("muster"), *words, option], capture_output=True, env=environment(), stdin=subprocess.DEVNULL, timeout=60)
			check(b"unknown option" not in done.stderr and done.returncode >= 0, "%s %s: %s" % (verb, option, done.stderr))
		check("unknown option" in muster(*words, "--no-such-word", expect=64).stderr, verb)


def what_a_hub_tells_programs(world):
	"""Founding, keys, checkpoints, devices: one JSON object each, with its schema"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	other = world.path("other")
	told = muster_json("hub", "init", "--dir", other, "--plan", hub.dir + "/plan.conf", "--listen", "tcp://127.0.0.1:7399")
	check(told["schema"] == "muster/hub-init/1" and told["plan"] == "sy-2012" and told["log_key"], told)
	again = muster("hub", "init", "--dir", hub.dir, "--plan", hub.dir + "/plan.conf", expect=73).stderr
	check("already" in again, again)
	device = Device(world, hub, "kjj")
	os.mkdir(world.path("dir.csv"))
	for path in (world.path("nowhere", "q2.csv"), world.path("dir.csv"), world.path("q" * 300 + ".csv")):
		muster("form", "--dir", device.dir, "--period", Q2, "--output", path, expect=73)
	for path in (world.path("q2.pdf"), world.path("q2"), hub.dir):
		check(".xlsx or .csv" in muster("form", "--dir", device.dir, "--period", Q2, "--output", path, expect=64).stderr, path)
	check(device.verdicts(device.report("i08", Q2, progress=1)) == ["STORED"], "a report")
	told = muster_json("hub", "checkpoint", "--dir", hub.dir)
	check(told["schema"] == "muster/hub-checkpoint/1" and told["size"] == hub.status()["size"] and len(told["root"]) == 64, told)
	check(told["note"] == muster("hub", "checkpoint", "--dir", hub.dir).stdout, "the note as it is")
	told = muster_json("hub", "key", "--dir", hub.dir)
	check(told == {"schema": "muster/hub-key/1", "key": muster("hub", "key", "--dir", hub.dir).stdout.strip()}, told)
	check(muster_json("hub", "revoke", "kjj@test", "--dir", hub.dir) == {"schema": "muster/revoked/1", "device": "kjj@test"}, "revoked")


def a_statement_is_refused_in_a_sentence(world):
	"""A statement takes the words that it has a use for; what is another's to state ends with 77, what is wrong with 65, and both say why"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	fgw, heping = Office(world, hub, "fgw").start(), Office(world, hub, "heping").start()

	def refused(office, code, words, verb, *more):
		told = muster(verb, "--dir", office.dir, "--period", Q2, *more, expect=code)
		check(all(w in told.stdout + told.stderr for w in words), "%s %s: %s%s" % (verb, more, told.stdout, told.stderr))
	slot = ("--item", "6", "--unit", "tiexi")
	for verb in ("accept", "remind"):
		refused(fgw, 65, ("no unit", "did you mean \"tiexi\"?", "REFUSED_UNKNOWN"), verb, "--item", "6", "--unit", "tiexii")
		refused(fgw, 65, ("no item", "did you mean \"i06\"?", "REFUSED_UNKNOWN"), verb, "--item", "i0b6", "--unit", "tiexi")
	for verb, *word in (("accept", "--days", "3"), ("adjust", "--item", "6"), ("request-extension", "--unit", "heping"), ("remind", "--revision", "1"),
			("comment", "--reason", "x"), ("lock", "--points", "1")):
		refused(fgw, 64, ["unknown option", word[0]], verb, *word)
	for verb, *more in (("exempt",), ("return",), ("lock",), ("adjust",), ("request-extension",), ("comment",)):
		told = muster(verb, "--dir", fgw.dir, "--period", Q2, *more, expect=64).stderr
		check(" is needed [MST-7004]" in told, told)
	for verb, more, wanted in (("exempt", slot, "--reason"), ("return", slot, "--reason"), ("accept", ("--unit", "tiexi"), "--item"), ("comment", slot, "--text"),
			("request-extension", slot[:2], "--days")):
		refused(fgw, 64, [wanted + " is needed"], verb, *more)
	refused(fgw, 64, ["--days 0", "1 to 366"], "request-extension", *slot[:2], "--days", "0")
	refused(fgw, 65, ["REFUSED_VALUE", "reason"], "exempt", *slot, "--reason", "")
	refused(fgw, 65, ["REFUSED_UNKNOWN", 'no unit "tixi"'], "remind", "--item", "6", "--unit", "tixi")
	told = muster("remind", "--dir", fgw.dir, "--item", "6", "--unit", "铁西区", "--period", "二季度", "--wait", "20").stdout
	check("i06 tiexi 2012-Q2: received" in told, "a period as people write it: %s" % told)
	refused(fgw, 65, ["REFUSED_STALE"], "accept", *slot, "--revision", "1", "--wait", "20")
	refused(fgw, 77, ["REFUSED_OWN", "of its own"], "exempt", "--item", "6", "--unit", "fgw", "--reason", "x")
	refused(heping, 77, ["REFUSED_NOT_LEAD", "lead the item"], "exempt", *slot, "--reason", "x")
	refused(fgw, 77, ["REFUSED_NOT_ASSIGNED"], "request-extension", "--item", "12", "--days", "3")
	hub.stop()  # which is asked for none of these
	refused(heping, 77, ["REFUSED_NOT_LEAD", "lead the item"], "accept", *slot, "--revision", "1")
	refused(fgw, 77, ["REFUSED_OWN", "of its own"], "accept", "--item", "6", "--unit", "fgw", "--period", Q2, "--revision", "1")
	refused(fgw, 65, ["REFUSED_VALUE", "reason"], "return", *slot, "--reason", "", "--revision", "1")
	hub.is_clean()


def no_word_is_lost_on_the_way(world):
	"""What is no UTF-8 text is refused with its sentence, exit code 64, and nothing was done: no report, no statement, no revocation"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "fgw").start()
	odd = "\udcd6\udcd0"  # as bytes: a character of GB18030
	path = world.path("%s.csv" % odd)
	with open(path, "w", encoding="utf-8") as f:
		f.write("item,period,progress_pct\n6,2012-Q2,10\n")
	slot = ("--dir", office.dir, "--period", Q2, "--item")
	for words in (("submit", path, "--dir", office.dir), ("where", *slot, odd), ("remind", *slot, "6", "--unit", "tiexi", "--text", odd),
			("report", *slot, "6", "--nil", odd), ("hub", "revoke", "fgw@office", "--dir", hub.dir, "--reason", odd)):
		told = muster(*words, expect=64)
		check("no UTF-8" in told.stderr and "MST-7006" in told.stderr and told.stdout == "", "%s: %s%s" % (words[0], told.stdout, told.stderr))
	check(office.status()["queue"]["all"] == 0 and hub.units()["fgw@office"]["state"] == "active", "%s %s" % (office.status(), hub.units()))
	hub.is_clean()


def what_is_made_is_told(world):
	"""A form and a proof say what they are of, to people and to programs; a period in which nothing is reported gives no empty form"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	form, proof = world.path("q2.csv"), world.path("proof")
	told = muster("form", "--dir", office.dir, "--period", Q2, "-o", form).stdout
	check(form in told and Q2 in told, told)
	told = muster("form", "--dir", office.dir, "--period", "2012", expect=65).stderr
	check("nothing that tiexi can report: 2012 (" in told and "MST-" in told, told)
	record = office.report("--item", "6", "--period", Q2, "--progress", "5", "--wait", "20")[0]["record"]
	told = muster_json("prove", "--dir", office.dir, "--record", record, "-o", proof)
	check(told == {"schema": "muster/prove/1", "record": record, "omission": False, "file": proof}, told)
	with open(proof, "r+b") as f:
		f.seek(9)
		f.write(b"\xff")
	check("damaged" in muster("check", proof, "--root", muster("hub", "key", "--dir", hub.dir).stdout.strip(), expect=None).stderr, "a damaged proof")


def a_reader_that_ends_is_gone(world):
	"""Commands that read leave no session behind at the hub; the agent beside them stays connected, and it is the agent's word that the hub shows"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "fgw").start()
	wait_for(lambda: office.status()["hub"]["connected"], 20, "the agent is there")
	for _ in range(10):
		muster("board", "--dir", office.dir)
	wait_for(lambda: hub.status()["sessions"] == 1, 20, lambda: "the agent's session alone: %s" % hub.status()["sessions"])
	check(hub.units()["fgw@office"]["software"].startswith("muster-agent"), hub.units())
	check("MST-4113" not in office.process.text(), office.process.text())
	office.stop()
	wait_for(lambda: hub.status()["sessions"] == 0, 20, "an agent says good-bye too")


def a_board_is_of_what_a_unit_leads(world):
	"""A lead that asks for the board of an item that it neither leads nor observes is told so, live and of an earlier time, and not shown an empty one"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	jxw, tiexi, tjj = (Device(world, hub, unit) for unit in ("jxw", "tiexi", "tjj"))
	check(tiexi.verdicts(tiexi.report("i06", Q2, progress=1)) == ["STORED"], "a report")
	for at in ((), ("--at", str(hub.status()["size"]))):
		for json in ((), ("--json",)):
			told = muster("board", "--dir", jxw.dir, "--item", "13", *at, *json, expect=77)
			check(told.stdout == "" and "i13" in told.stderr and "MST-" in told.stderr, told.stdout + told.stderr)
		check("1/20" in muster("board", "--dir", jxw.dir, "--item", "6", *at).stdout, "its own item")
		check("0/11" in muster("board", "--dir", tjj.dir, "--item", "13", *at).stdout, "an observer sees every item")
	check("no board" in muster("board", "--dir", tiexi.dir, expect=77).stderr, "a unit that leads none")


def what_a_directory_is_for_is_told(world):
	"""A command on a directory of the other kind, or one that this user may not look into, says so; which kinds there are is said of what is none"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	slot = ("--item", "6", "--period", Q2)
	for words in (["report", "--dir", hub.dir, *slot, "--progress", "1"], ["status", "--dir", hub.dir], ["where", "--dir", hub.dir, *slot],
			["prove", "--dir", hub.dir, "--record", "0/0", "-o", world.path("p")], ["form", "--dir", hub.dir], ["feed", "--dir", hub.dir],
			["outbox", "export", world.path("e"), "--dir", hub.dir]):
		told = muster(*words, expect=66).stderr
		check("is the directory of a hub, expected that of an office [MST-5040]" in told, "%s: %s" % (words, told))
	for words in (["hub", "status"], ["hub", "units"], ["hub", "revoke", "x"], ["hub", "invite", "tiexi"], ["hub", "invites"], ["verify"], ["audit"], ["hub", "key"]):
		told = muster(*words, "--dir", office.dir, expect=66).stderr
		check("is the directory of an office, expected that of a hub [MST-5040]" in told, "%s: %s" % (words, told))
	for words in (["board"], ["status"], ["verify"]):
		check("muster hub init" in muster(*words, "--dir", world.dir, expect=66).stderr, words)
	if os.geteuid() == 0:  # everything else may look everywhere
		os.chmod(world.dir, 0o700)
		done = subprocess.run([program("muster"), "board", "--dir", office.dir], capture_output=True, text=True, env=environment(), user=65534)
		check(done.returncode == 77 and "Permission denied" in done.stderr and "as the user" in done.stderr, done.stderr)


run(the_help_of_every_command_is_true, what_a_hub_tells_programs, a_statement_is_refused_in_a_sentence,
	no_word_is_lost_on_the_way, what_is_made_is_told, a_reader_that_ends_is_gone, a_board_is_of_what_a_unit_leads,
	what_a_directory_is_for_is_told)
