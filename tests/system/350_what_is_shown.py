#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What boards, scores and notices say of targets, of earlier times, of adjustments and of deadlines."""
import json

from lib import PLAN, Device, Hub, Office, by_hand, check, muster, muster_json, run, wait_for

START = "2012-01-01T08:00:00+08:00,0"
Q2 = "2012-Q2"


def at(day, time="12:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


def changed_plan(world, name, *changes):
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


def report(device, item, revision=1, **values):
	got = device.verdicts(device.report(item, Q2, revision, progress=50, done="done",
		values={"%s.%s" % (item, k): v for k, v in values.items()}))
	check(got == ["STORED"], got)


TARGETS = ('\t\ttarget "city" { value = "30"  number_in_source = yes }',
	'\t\ttarget "city" { value = "30"  number_in_source = yes }\n\t\ttarget "shenbei 2012-Q2" { value = "5" }\n'
	'\t\ttarget "tiexi 2012-Q2" { value = "10" }\n\t\ttarget "tiexi" { value = "16" }\n\t\ttarget "heping 2012-Q3" { value = "3" }')


def a_unit_stands_beside_its_own_target(world):
	"""A unit that has a target of its own is on the board with what it reached, live and as it was; its score opens to both, and to each adjustment"""
	hub = Hub(world, clock=START, plan=changed_plan(world, "targets.conf", TARGETS)).start()
	fgw, tjj = Office(world, hub, "fgw").start(), Office(world, hub, "tjj").start()
	tiexi, shenbei = Device(world, hub, "tiexi"), Device(world, hub, "shenbei")
	hub.clock(at("07-05"))
	report(tiexi, "i06", parks=8)
	wanted = [("shenbei", Q2, None, "5"), ("tiexi", Q2, "8", "10"), ("tiexi", "2012", "8", "16")]

	def shown(where, *more):
		line = next(i for i in muster_json("board", "--dir", where, "--period", Q2, "--item", "6", *more)["items"] if i["period"] == Q2)
		return [(t["unit"], t["period"], t["value"], t["target"]) for t in line["unit_targets"]]
	for where in (hub.dir, fgw.dir):
		check(shown(where) == wanted and shown(where, "--at", at("07-05")) == wanted, "%s\n%s" % (shown(where), wanted))
	text = muster("board", "--dir", fgw.dir, "--period", Q2, "--item", "6").stdout
	check(any(line.split()[-4:] == ["8", "-", "10", "80%"] for line in text.splitlines()), text)
	shown_in = [q for q in (Q2, "2012-Q4") if "全社会R&D" in muster("board", "--dir", fgw.dir, "--period", q).stdout]
	check(shown_in == [], "a figure of the year is not missing in its quarters: %s" % shown_in)

	check(tjj.verdict("adjust", None, "tiexi", Q2, points="-1.50", reason="迟答") == "STORED", "an adjustment")
	check(tjj.verdict("adjust", None, "tiexi", Q2, points="0.50", reason="配合") == "STORED", "another one")
	report(shenbei, "i06", parks=6)
	told = muster_json("score", "--dir", hub.dir, "--period", Q2, "--explain", "tiexi")
	attain, = [t for t in told["terms"] if t["part"] == "attain"]
	check((attain["indicator"], attain["value"], attain["target"], attain["points"]) == ("i06.parks", "8", "10", "80.00"), attain)
	check([(x["by"], x["points"]) for x in told["adjustments"]] == [("tjj", "-1.50"), ("tjj", "0.50")], told["adjustments"])
	check(told["score"]["adjustment"] == "-1.00" and "rank" not in told["score"], told["score"])
	record = told["adjustments"][0]["record"]
	text = muster("score", "--dir", tjj.dir, "--period", Q2, "--explain", "铁西区").stdout
	check("8/10" in text and "调整 2012-Q2 -1.50（沈阳市统计局，记录 %s）" % record in text, text)
	told = muster_json("score", "--dir", tjj.dir, "--period", Q2, "--explain", "shenbei")
	check([t["points"] for t in told["terms"] if t["part"] == "attain"] == ["100.00"] and told["adjustments"] == [], told)
	hub.is_clean()


def a_board_that_shows_something_else_is_found(world):
	"""`muster feed --check` finds a ratio of other parts and the same value, and a unit that has another value beside its own target"""
	hub = Hub(world, clock=START, plan=changed_plan(world, "targets.conf", TARGETS)).start()
	fgw, tiexi = Office(world, hub, "fgw"), Device(world, hub, "tiexi")
	hub.clock(at("07-05"))
	report(tiexi, "i06", parks=8, share=[100, 200])

	def differs(*words):
		hub.stop()
		if words:
			by_hand(hub, "falsify", *words)
		hub.start()
		told = muster_json("feed", "--dir", fgw.dir, "--check", expect=1 if words else 0)
		return {(d["item"], d["period"], d["what"], d["hub"], d["feed"]) for d in told["different"]}
	check(differs() == set(), "the hub is honest")
	share = {("i06", Q2, "i06.share 2012-Q2 num", 200, 100), ("i06", Q2, "i06.share 2012-Q2 den", 400, 200)}
	check(differs("i06.share", Q2) == share, "twice both parts")
	parks = {("i06", Q2, "i06.parks %s tiexi value" % of, 9, 8) for of in (Q2, "2012")}
	# The board of each quarter has the year's target.
	told = differs("i06.parks", Q2, "tiexi")
	check(share | parks <= told and {d[2] for d in told} == {d[2] for d in share | parks}, told)
	text = muster("feed", "--dir", fgw.dir, "--check", expect=1).stdout
	check("i06 2012-Q2 i06.parks 2012-Q2 tiexi value: the hub says 9, the feed gives 8" in text, text)
	audit = muster("audit", "--dir", hub.dir, "--json", expect=1)
	first = json.loads(audit.stdout)["first_difference"]
	check(first and first in audit.stderr and hub.audit(expect=1)["rollup_mismatch"] > 0, audit)


def what_was_shown_is_shown_again(world):
	"""A board of an earlier time keeps its lights and deadlines when a new plan changes them for that very period; what lies ahead is refused"""
	hub = Hub(world, clock=START).start()
	fgw = Office(world, hub, "fgw").start()
	tiexi = Device(world, hub, "tiexi")
	hub.clock(at("07-09"))
	report(tiexi, "i06", parks=8)
	size = hub.status()["size"]
	hub.clock(at("07-12"))

	def shown(where):
		return [muster("board", "--dir", where, "--period", Q2, "--at", when, *more).stdout for when in (at("07-10"), str(size))
			for more in ((), ("--json",))]
	before = {where: shown(where) for where in (hub.dir, fgw.dir)}
	check(all("2012-07-10 24:00" in text or "2012-07-11T00:00:00" in text for text in before[hub.dir]), before[hub.dir])
	check("  沈阳市发展和改革委员会等3家  " in before[hub.dir][0], "leads stand there by whole names: %s" % before[hub.dir][0])
	known = fgw.status()["plan_version"]
	muster("plan", "apply", changed_plan(world, "later.conf", ("due_days    = 10", "due_days    = 60")), "--dir", hub.dir, "--from", Q2)
	wait_for(lambda: fgw.status()["plan_version"] != known, 20, "the agent has the new version")
	for where in (hub.dir, fgw.dir):
		check("2012-08-29 24:00" in muster("board", "--dir", where, "--period", Q2).stdout, "today's has the new deadline")
		check(shown(where) == before[where], "%s\n%s" % (shown(where)[0], before[where][0]))
		for verb in ("board", "ledger", "score", "bulletin"):
			for ahead in (at("07-13"), "99999"):
				check("MST-7006" in muster(verb, "--dir", where, "--at", ahead, expect=64).stderr, "%s --at %s" % (verb, ahead))
			told = muster(verb, "--dir", where, "--period", "2019-Q2", expect=64).stderr
			check("2012-Q1" in told and "2012-Q4" in told, told)
		check("lies ahead" in muster("explain", "i06.parks", "--dir", where, "--at", at("07-13"), expect=64).stderr, "explain too")
	hub.is_clean()


def a_clerk_reads_the_deadline_that_holds(world):
	"""Reminders and returns name the deadline in force, extensions counted; an item that is due later joins the period's file when its time comes"""
	plan = changed_plan(world, "later.conf", ('	number   = 8\n', '	number   = 8\n	due_days = 20\n'))
	hub = Hub(world, clock="2012-07-01T00:00:00+08:00,0", plan=plan).start()
	fgw, tiexi = Office(world, hub, "fgw").start(), Office(world, hub, "tiexi")
	tiexi.set("rescan_s", 1)
	tiexi.start()

	def text_of(beginning):
		found = [t for n, t in tiexi.notices().items() if n.startswith(beginning)]
		return found[-1] if found else ""
	check(fgw.verdict("grant-extension", "6", "tiexi", Q2, days=10, reason="线路中断") == "STORED", "an extension")
	check(fgw.verdict("remind", "6", "tiexi", Q2, text="请按期报送") == "STORED", "a reminder")
	wait_for(lambda: "2012-07-20 24:00" in text_of("催办通知"), 20, lambda: text_of("催办通知"))
	tiexi.report_json({"item": "i06", "period": Q2, "report": {"progress_pct": 50, "done": "d"}})
	wait_for(lambda: fgw.verdict("return", "6", "tiexi", Q2, reason="口径不一致") == "STORED", 20, "the return")
	wait_for(lambda: "请在 2012-07-20 24:00 前修改" in text_of("退回说明"), 20, lambda: text_of("退回说明"))

	def comes(when, item):
		"""The agent learns the hub's time from its receipts."""
		hub.clock(when)
		tiexi.report_json({"item": item, "period": Q2, "report": {"progress_pct": 50, "done": "d"}})
	comes(at("07-08"), "i01")
	wait_for(lambda: "学习型城市" in text_of("到期提醒_2012-Q2"), 60, "item 9 is due")
	check("对外开放" not in text_of("到期提醒_2012-Q2"), "item 8 has ten days more")
	comes(at("07-18"), "i02")
	wait_for(lambda: "对外开放" in text_of("到期提醒_2012-Q2") and "2012-07-20 24:00" in text_of("到期提醒_2012-Q2"), 60,
		lambda: "now it is due: %s" % text_of("到期提醒_2012-Q2"))
	check("学习型城市" in text_of("逾期提醒_2012-Q2") and "对外开放" not in text_of("逾期提醒_2012-Q2"), text_of("逾期提醒_2012-Q2"))
	comes(at("07-21"), "i03")
	wait_for(lambda: "对外开放" in text_of("逾期提醒_2012-Q2"), 60, lambda: "and over: %s" % text_of("逾期提醒_2012-Q2"))
	hub.is_clean()


run(a_unit_stands_beside_its_own_target, a_board_that_shows_something_else_is_found, what_was_shown_is_shown_again, a_clerk_reads_the_deadline_that_holds)
