#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A plan that changes while the city works: duties go by the period, rights by the moment, and nothing that was reported is lost.
Every test ends with an audit, which judges every act of the log by the version that was in force at it."""
import hashlib
import json
import os
import socket

from lib import PLAN, Device, Hub, Office, board_line, check, figure, muster, muster_json, muster_lines, run, wait_for

START = "2012-05-20T08:00:00+08:00,0"
Q1, Q2, Q3 = "2012-Q1", "2012-Q2", "2012-Q3"


def at(day, time="12:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


def version(world, name, *changes):
	"""The plan that is shipped, with texts replaced."""
	with open(PLAN, encoding="utf-8") as f:
		text = f.read()
	for before, after in changes:
		check(before in text, "the plan has %r" % before)
		text = text.replace(before, after, 1)
	path = world.path(name)
	with open(path, "w", encoding="utf-8") as f:
		f.write(text)
	return path


LEADS = ('leads    = { "fgw", "jxw", "hbj" }', 'leads    = { "fgw", "jxw", "wjmj" }')
LATER = ("due_days    = 10", "due_days    = 15")


def plan(verb, hub, file, since, *more, expect=0):
	return muster("plan", verb, file, "--dir", hub.dir, "--from", since, *more, expect=expect)


def difference(hub, file, since, expect=0):
	return muster_json("plan", "diff", file, "--dir", hub.dir, "--from", since, expect=expect)


def report(device, item, period, revision=1, expect="STORED", **values):
	got = device.verdicts(device.report(item, period, revision, progress=50, done="done",
		values={"%s.%s" % (item, k): v for k, v in values.items()}))
	check(got == [expect], got)


def reads(office, kind="REPORT"):
	"""(unit, item, period) of what the office's feed shows."""
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--name", "look", "--json")
	return [(l["act"]["unit"], l["act"]["item"], l["act"]["period"]) for l in lines
		if l.get("act") and l["act"]["kind"] == kind]


def knows(office, version):
	return office.status()["plan_version"] == version


def decided(office, verb, unit, item, period, **more):
	return wait_for(lambda: (lambda v: None if v == "NOT SENT" else v)(office.verdict(verb, item, unit, period, **more)), 20,
		"a verdict on %s" % unit)


def checked(office):
	told = muster_json("feed", "--dir", office.dir, "--check")
	check(told["different"] == [] and told["boards"] > 0, told)


def a_new_lead_takes_over_and_the_old_one_sees_nothing(world):
	"""From a coming period on another lead: it has the past at once, decides when the period begins; the old one sees nothing then"""
	hub = Hub(world, clock=START).start()
	tiexi, yuhong = Device(world, hub, "tiexi"), Device(world, hub, "yuhong")
	hbj, wjmj = (Office(world, hub, u).start() for u in ("hbj", "wjmj"))
	report(tiexi, "i06", Q1, invest=1000)
	report(yuhong, "i06", Q2, invest=2000)
	check(decided(hbj, "accept", "tiexi", "i06", Q1) == "STORED", "hbj leads")
	check(("tiexi", "i06", Q1) not in reads(wjmj), "wjmj does not lead item 6 yet")

	file = version(world, "second.conf", LEADS, LATER)
	d = difference(hub, file, Q3)
	roles = {(x["unit"], x["before"], x["after"]) for x in d["differences"] if x["subject"] == "i06" and x["what"] == "role"}
	check(roles == {("hbj", "lead", ""), ("wjmj", "", "lead")}, roles)
	check(("i06", "due_days", "10", "15") in {(x["subject"], x["what"], x["before"], x["after"]) for x in d["differences"]}, d)
	check(d["orphans"] == [], d["orphans"])
	shown = plan("diff", hub, file, Q3).stdout
	check("for 沈阳市环境保护局 (hbj)\n  i06 role: lead -> -" in shown, shown)
	before = hub.status()["size"]
	first = hbj.status()["plan_version"]
	plan("apply", hub, file, Q3)
	check("changes nothing" in plan("apply", hub, file, Q3).stdout, "the same again")
	check(muster_json("plan", "apply", file, "--dir", hub.dir, "--from", Q3, "--after", first)["changed"] is False, "as who got no answer says it again")
	wait_for(lambda: not knows(hbj, first) and not knows(wjmj, first), 20, "the agents have the new version")
	check(hub.status()["size"] - before in (2, 3), "one leaf, one that states the feeds before it, and perhaps one that states them afterwards")

	# The new lead has the past before it leads; nobody but the old leads decides until then.
	wait_for(lambda: ("tiexi", "i06", Q1) in reads(wjmj), 20, "the past of item 6")
	check(("yuhong", "i06", Q2) in reads(wjmj) and ("tiexi", "i06", Q1) in reads(wjmj, "DECISION"), "all of it")
	check(("yuhong", "i06", Q2) in reads(hbj), "hbj still sees it")
	hub.clock(at("06-30", "23:59:59"))
	check(wjmj.verdict("accept", "i06", "yuhong", Q2, revision=1) == "NOT SENT", "wjmj leads from July on")
	hub.clock(at("07-01", "00:00:00"))
	wjmj.stop()
	wjmj.start()  # and hears what day it is
	check(decided(wjmj, "accept", "yuhong", "i06", Q2) == "STORED", "wjmj decides on what is left of the quarter before")
	check(hbj.verdict("return", "i06", "yuhong", Q2, revision=1, reason="no") in (None, "REFUSED_NOT_LEAD"), "hbj leads no more")
	report(tiexi, "i06", Q2, invest=3000)
	wait_for(lambda: ("tiexi", "i06", Q2) in reads(wjmj), 20, "a report of July")
	check([r for r in reads(hbj) if r[1] == "i06" and r[0] != "hbj"] == [], reads(hbj))

	# Earlier periods keep their deadlines.
	check(board_line(hub.dir, "i06", Q2)["deadline"].startswith("2012-07-11T00:00:00"), board_line(hub.dir, "i06", Q2))
	check(board_line(hub.dir, "i06", Q3)["deadline"].startswith("2012-10-16T00:00:00"), board_line(hub.dir, "i06", Q3))
	check(board_line(hub.dir, "i06", Q2)["leads"] == ["fgw", "jxw", "hbj"] and board_line(hub.dir, "i06", Q3)["leads"] == ["fgw",
		"jxw", "wjmj"], "the board names the leads of the period")
	checked(wjmj)
	hub.kill()
	hub.start()
	checked(wjmj)
	hub.is_clean()


def what_a_lead_gains_is_not_taken_for_silence(world):
	"""The past of an item, over weeks in which nothing came to the new lead's own feed, is no sign that the hub states feeds no more"""
	hub = Hub(world, clock=START).start()
	tiexi, heping = Device(world, hub, "tiexi"), Device(world, hub, "heping")
	lead = Office(world, hub, "wjmj").start()
	report(heping, "i08", Q1)
	hub.clock(at("05-20", "14:00:00"))  # the lead's feed is stated
	for day in range(21, 29):
		hub.clock(at("05-%d" % day))
		report(tiexi, "i06", Q1, day, invest=1000 + day)
	plan("apply", hub, version(world, "second.conf", LEADS), Q3)
	hub.clock(at("05-30"))
	report(tiexi, "i06", Q2, invest=2000)
	wait_for(lambda: ("tiexi", "i06", Q2) in reads(lead), 20, "what came afterwards")
	check(reads(lead).count(("tiexi", "i06", Q1)) == 8, "and all before: %s" % reads(lead))
	lead.stop()
	lead.start()
	hub.clock(at("06-03"))
	report(heping, "i08", Q2)
	wait_for(lambda: ("heping", "i08", Q2) in reads(lead), 20, "it reads on")
	wait_for(lambda: [n for n in muster_lines("feed", "--dir", lead.dir, "--own", "--since", "0") if n], 20, "its own too")
	check("MST-42" not in lead.process.text(), "the agent reads without a word: %s" % lead.process.text())
	checked(lead)
	hub.is_clean()


def ledger(directory, *more):
	"""(unit, item, period) -> the row of the year's ledger."""
	told = muster_json("ledger", "--dir", directory, "--period", "2012", *more)
	return {(row["unit"], row["item"], row["period"]): row for row in told["slots"]}


def agree(hub, *directories):
	"""Every row that one of DIRECTORIES shows is the hub's; how many each has."""
	whole = ledger(hub.dir)
	for directory in directories:
		for slot, row in ledger(directory).items():
			check(row == whole[slot], "%s: %s\nthe hub: %s" % (directory, row, whole[slot]))
	return [len(ledger(directory)) for directory in directories]


def what_a_lead_gains_is_folded_as_it_was_judged(world):
	"""Leads who divided an item and then share it: what each did not see of the past counts in its ledger as the hub judged it, in the hub's order"""
	hub = Hub(world, clock=START).start()
	jrb, zbq = Device(world, hub, "jrb"), Device(world, hub, "zbq")
	fgw, yuhong, jrkfq = (Office(world, hub, u).start() for u in ("fgw", "yuhong", "jrkfq"))
	full = {"done": "d", "problems": "p", "next_steps": "n", "approved_by": "w", "progress_pct": 60}

	def states(device, revision, **report):
		got = device.verdicts(device.act("report", item="i04", unit=device.unit, period=Q1, revision=revision, **report))
		check(got == ["STORED"], got)

	states(jrb, 1, done="begun", progress_pct=10)  # which all leads see
	states(jrb, 2, parts=[{"id": "a1", "state": "done"}], **full)  # which jrkfq sees
	check(decided(fgw, "accept", "jrb", "i04", Q1, revision=2) == "STORED", "an observer decides")
	states(jrb, 3, done="wrong", progress_pct=70)
	check(decided(fgw, "return", "jrb", "i04", Q1, revision=3, reason="no") == "STORED", "and again")
	states(zbq, 1, **full)  # which no other lead sees
	states(zbq, 2, done="wrong", progress_pct=70)
	check(agree(hub, fgw.dir, yuhong.dir, jrkfq.dir)[1:] == [len([k for k in ledger(hub.dir) if k[0] == u]) for u in ("yuhong", "jrkfq")],
		"a lead of a divided item sees its own row of it")
	check(board_line(jrkfq.dir, "i04", Q1)["expected"] == 5, "it has the hub's board")
	told = muster("board", "--dir", jrkfq.dir, "--period", Q1, "--at", START[:25], expect=77).stderr
	check("sees no item whole" in told and "without --at" in told, told)
	first = yuhong.status()["plan_version"]
	plan("apply", hub, version(world, "joint.conf", ('mode     = "split"', 'mode     = "joint"')), Q2)
	wait_for(lambda: not knows(yuhong, first) and not knows(jrkfq, first) and not knows(fgw, first), 20, "the new version")
	wait_for(lambda: reads(yuhong).count(("jrb", "i04", Q1)) == 3, 20, "the past: %s" % reads(yuhong))
	agree(hub, fgw.dir, yuhong.dir, jrkfq.dir)
	row = ledger(yuhong.dir)[("jrb", "i04", Q1)]
	check(row["filled"] == 6 and row["progress_pct"] == 60 and row["state"] == "RETURNED" and row["returns"] == 1, row)
	check(ledger(yuhong.dir)[("zbq", "i04", Q1)]["revision"] == 2, "and of the other leads")
	checked(yuhong)
	hub.is_clean()


def a_past_is_shown_to_whom_it_is_given(world):
	"""Who leads no more has no ledger of the past either, instead of one in which all others are late; who leads now has the whole past"""
	hub = Hub(world, clock=START).start()
	tiexi = Device(world, hub, "tiexi")
	hbj, wjmj = (Office(world, hub, u).start() for u in ("hbj", "wjmj"))
	report(tiexi, "i06", Q1, invest=1000)
	first = hbj.status()["plan_version"]
	plan("apply", hub, version(world, "second.conf", LEADS), Q3)
	wait_for(lambda: not knows(hbj, first) and not knows(wjmj, first), 20, "the new version")
	wait_for(lambda: ("tiexi", "i06", Q1) in reads(wjmj), 20, "the past of item 6")
	agree(hub, hbj.dir, wjmj.dir)
	hub.clock(at("07-02"))
	report(tiexi, "i06", Q2, invest=3000)
	for office in (hbj, wjmj):
		office.stop()
		office.start()
	agree(hub, hbj.dir, wjmj.dir)
	then = ("--at", at("05-21"))
	check(ledger(wjmj.dir, *then)[("tiexi", "i06", Q1)] == ledger(hub.dir, *then)[("tiexi", "i06", Q1)], "as it was known then")
	check([k for k in ledger(hbj.dir, *then) if k[1] == "i06" and k[0] != "hbj"] == [], "hbj leads no more")
	checked(wjmj)
	hub.is_clean()


def what_does_not_fit_is_told_of_the_file(world):
	"""a version that is good alone and does not fit behind the one in force is refused by its own file, with what does not fit, by a running hub and a stopped one"""
	hub = Hub(world, clock=START).start()
	size = hub.status()["size"]
	other = version(world, "other.conf", ('id       = "sy-2012"', 'id       = "sy-2013"'), ('timezone     = "+08:00"', 'timezone     = "+09:00"'))
	muster("plan", "check", other)
	for running in (True, False):
		for verb in ("diff", "apply"):
			told = plan(verb, hub, other, Q3, expect=78).stderr
			for words in (other, 'has the id "sy-2013"', "another time zone", "MST-2032"):
				check(words in told, "%s: %s" % (words, told))
			check(told.count("another time zone") == 1 and "plan check" not in told, told)
		if running:
			hub.stop()
	check(hub.verify()["size"] == size, "nothing changed")


def open_slots_are_not_left_to_nobody(world):
	"""A version that would orphan open slots is refused with the list, and changes nothing"""
	hub = Hub(world, clock=START).start()
	kjj = Device(world, hub, "kjj")
	report(kjj, "i06", Q2)
	file = version(world, "second.conf", ('required = { "kjj", "@districts", "@zones" }', 'required = { "@districts", "@zones" }'))
	orphans = difference(hub, file, Q2, expect=1)["orphans"]
	check(orphans == [{"item": "i06", "unit": "kjj", "period": Q2, "state": "SUBMITTED"}], orphans)
	check("item i06, unit kjj, 2012-Q2: SUBMITTED" in plan("diff", hub, file, Q2, expect=1).stdout, "the list")
	size = hub.status()["size"]
	told = plan("apply", hub, file, Q2, expect=78).stderr
	check("item i06, unit kjj, 2012-Q2" in told and "MST-2033" in told, told)
	check(hub.status()["size"] == size and board_line(hub.dir, "i06", Q2)["expected"] == 20, "nothing changed")
	# The same from a period on that has not begun is fine, and what was reported stays.
	plan("apply", hub, file, Q3)
	check(board_line(hub.dir, "i06", Q2)["expected"] == 20 and board_line(hub.dir, "i06", Q2)["reported"] == 1, "Q2 as before")
	check(board_line(hub.dir, "i06", Q3)["expected"] == 19, "Q3 without kjj")
	hub.is_clean()


def what_is_wrong_with_a_version_is_told(world):
	"""A mistake is told at file:line, whoever reads the file; a file of several versions by what to keep of it, which is then a version"""
	hub = Hub(world, clock=START).start()
	wrong = version(world, "wrong.conf", LEADS, ('mode     = "sole"', 'mode     = "alone"'))
	with open(wrong, encoding="utf-8") as f:
		line = f.read().split('mode     = "alone"')[0].count("\n") + 1
	for verb in ("diff", "apply"):
		told = plan(verb, hub, wrong, Q3, expect=78).stderr
		check("wrong.conf:%d: " % line in told and "MST-2" in told, "%s: %s" % (verb, told))
	path = os.path.join(hub.dir, "plan.conf")
	with socket.socket(socket.AF_UNIX) as s:  # as plan apply asks, and faster than a program ends
		s.connect(os.path.join(hub.dir, "control.sock"))
		s.sendall(json.dumps({"do": "plan", "file": version(world, "second.conf", LATER), "from": Q3}).encode() + b"\n")
		check(b'"leaf"' in s.recv(4096), "it is applied")
		check("\n#==== from " in open(path, encoding="utf-8").read(), "the hub's file has both when the command ends")
	with open(path, encoding="utf-8") as f:
		text = f.read().replace("due_days    = 15", "due_days    = 16")
	copy = world.path("copy.conf")
	for content, expect in ((text, 78), (text.split("\n#==== from ")[-1].split("\n", 1)[1], 0)):
		with open(copy, "w", encoding="utf-8") as f:
			f.write(content)
		told = plan("apply", hub, copy, "2012-Q4", expect=expect)
		check(expect == 0 or "keep what stands behind its last line" in told.stderr, told.stderr)
	hub.is_clean()


def nobody_undoes_what_another_applied(world):
	"""Two administrators edit the same version: the second is told what it would put back, by a running hub and a stopped one, and by --after even where it would put back nothing; who means it says so"""
	hub = Hub(world, clock=START).start()
	mine = version(world, "mine.conf", LATER)
	theirs = version(world, "theirs.conf", LEADS)
	other = version(world, "other.conf", ("due_days    = 10", "due_days    = 20"))
	line = plan("diff", hub, theirs, Q3).stdout.splitlines()[-1]
	told = difference(hub, mine, Q3)
	check(told["undone"] == 0 and "muster plan apply %s --dir %s --from %s --after %s" % (theirs, hub.dir, Q3, told["after"][:16]) in line, line)
	plan("apply", hub, mine, Q3, "--after", told["after"])
	newest = difference(hub, mine, Q3)["after"]
	for running in (True, False):
		refused = plan("apply", hub, theirs, Q3, expect=78).stderr
		check("MST-2034" in refused and "due_days: 15 -> 10" in refused and "--after" in refused, refused)
		refused = plan("apply", hub, other, Q3, "--after", told["after"][:16], expect=78).stderr
		check("MST-2034" in refused and "another was applied" in refused, refused)
		check("changes nothing" in plan("apply", hub, mine, Q3, "--after", told["after"]).stdout, "who has got no answer asks again")
		if running:
			hub.stop()
	check(difference(hub, mine, Q3)["after"] == newest, "nothing changed")
	hub.start()
	shown = plan("diff", hub, theirs, Q3).stdout.splitlines()
	check(shown[-2].endswith(": 13"), shown)  # the days of every item
	plan("apply", hub, version(world, "both.conf", LATER, LEADS), Q3)
	again = plan("diff", hub, mine, Q3).stdout.splitlines()[-1].split(" --after ")[1]
	for wrong in (again[:7], "0" + again[1:] if again[0] != "0" else "1" + again[1:], 65 * "a"):
		plan("apply", hub, mine, Q3, "--after", wrong, expect=78)
	plan("apply", hub, mine, Q3, "--after", again.upper())
	check(board_line(hub.dir, "i06", Q3)["leads"] == ["fgw", "jxw", "hbj"], "it was meant")
	hub.is_clean()


def a_running_period_is_counted_anew(world):
	"""A version for a period that runs: expected reports, figures and lights follow, hub, feed and audit agree; stopped hubs too"""
	hub = Hub(world, clock=START).start()
	devices = {u: Device(world, hub, u) for u in ("tiexi", "yuhong", "shenbei")}
	for i, device in enumerate(devices.values()):
		report(device, "i06", Q1, invest=100 * (i + 1), parks=i)
		report(device, "i06", Q2, invest=1000 * (i + 1), parks=2 * i)
	fgw = Office(world, hub, "fgw").start()
	wait_for(lambda: ("shenbei", "i06", Q2) in reads(fgw), 20, "the reports")
	value = figure(hub.dir, "i06.invest", "2012")["value"]
	check(board_line(hub.dir, "i06", Q1)["on_time"] == 0, "they came in May")
	plan("apply", hub, version(world, "patient.conf", ("due_days    = 10", "due_days    = 60")), Q1)
	check(board_line(hub.dir, "i06", Q1)["on_time"] == 3, "which is in time now")
	hub.is_clean()
	file = version(world, "second.conf", ('required = { "kjj", "@districts", "@zones" }',
		'required = { "kjj", "wjmj", "@districts", "@zones" }'), LATER)
	plan("apply", hub, file, Q2)
	check(board_line(hub.dir, "i06", Q1)["expected"] == 20 and board_line(hub.dir, "i06", Q2)["expected"] == 21, "wjmj too")
	check(board_line(hub.dir, "i06", Q2)["deadline"].startswith("2012-07-16T00:00:00"), "five days more")
	check(figure(hub.dir, "i06.invest", "2012")["value"] == value, "the figures are the same")
	wait_for(lambda: "new version" in hub.process.text(), 20, "the hub's log says so")
	with open(os.path.join(hub.dir, "plan.conf"), "rb") as f:
		newest = hashlib.sha256(f.read()).hexdigest()
	wait_for(lambda: knows(fgw, newest), 20, "the agent has the newest version")
	checked(fgw)
	report(devices["tiexi"], "i06", Q2, 2, invest=1100)
	checked(fgw)
	hub.is_clean()
	hub.stop()
	third = version(world, "third.conf", LATER, ("observers = { \"fgw\", \"kjj\", \"tjj\" }", "observers = { \"fgw\", \"kjj\" }"))
	after = ("--after", difference(hub, third, "2012-Q4")["after"])
	told = plan("apply", hub, third, "2012-Q1", *after, expect=78).stderr
	check("would be nobody" in told, told)  # wjmj owes Q2 by the second version
	plan("apply", hub, third, "2012-Q4", *after)
	hub.start()
	check(muster_json("plan", "show", "--plan", os.path.join(hub.dir, "plan.conf"), "--json")["id"] == "sy-2012", "one file, four versions")
	hub.is_clean()
	office = Office(world, hub, "tjj").start()
	wait_for(office.status, 10, "a directory enrolled later has all versions")


def a_version_is_known_wholly_or_not_at_all(world):
	"""kill -9 while versions are applied: the hub has the old plan or the new one, and every row agrees with it"""
	hub = Hub(world, clock=START).start()
	tiexi = Device(world, hub, "tiexi")
	report(tiexi, "i06", Q2, invest=1000)
	for n in range(6):
		file = version(world, "v%d.conf" % n, ("due_days    = 10", "due_days    = %d" % (11 + n)))
		child = world.start("muster", "plan", "apply", file, "--dir", hub.dir, "--from", Q3)
		if n % 2 == 0:
			wait_for(lambda: not child.running(), 20, "the command is done")
		hub.kill()
		wait_for(lambda: not child.running(), 20, "the command has ended")
		hub.start()
		hub.is_clean()
		days = {"2012-10-%02dT00" % (11 + k) for k in range(n + 2)}
		check(board_line(hub.dir, "i06", Q3)["deadline"][:13] in days, board_line(hub.dir, "i06", Q3))


run(a_new_lead_takes_over_and_the_old_one_sees_nothing, what_a_lead_gains_is_not_taken_for_silence, what_a_lead_gains_is_folded_as_it_was_judged,
	a_past_is_shown_to_whom_it_is_given, what_does_not_fit_is_told_of_the_file, open_slots_are_not_left_to_nobody, what_is_wrong_with_a_version_is_told, nobody_undoes_what_another_applied, a_running_period_is_counted_anew,
	a_version_is_known_wholly_or_not_at_all)
