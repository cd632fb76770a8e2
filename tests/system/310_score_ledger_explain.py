#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a lead and an observer make of the acts themselves: ledger, scores and the records behind a figure, the same from the hub's
directory, from a feed, and from `muster replay`; and as they were at an earlier time."""
import csv
import io
import json

from lib import PLAN, Device, Hub, Office, check, muster, muster_json, run
from workbook import Workbook

START = "2012-01-01T08:00:00+08:00,0"
Q2 = "2012-Q2"
ITEMS = ("i01", "i02", "i03", "i04", "i10", "i11")


def at(day, time="10:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


class Story:
	"""S12 through real processes, and the same acts as lines for `muster replay`."""

	def __init__(self, world):
		self.world = world
		self.hub = Hub(world, clock=START).start()
		self.leads = {u: Office(world, self.hub, u).start() for u in ("fgw", "wjmj", "tjj")}
		self.shenbei = Device(world, self.hub, "shenbei")
		self.lines, self.verdicts = [], []

	def report(self, when, item, revision=1, half=False, **values):
		self.hub.clock(when)
		content = {"done": "d", "approved_by": "w"} if half else {"done": "d", "problems": "p", "next_steps": "n", "approved_by": "w"}
		plan = {i["id"]: i for i in muster_json("plan", "show", "--plan", PLAN)["items"]}
		mine = [x["id"] for x in plan[item]["indicators"] if "shenbei" in x["reporters"]]
		given = {name: values.get(name.split(".")[1]) for name in mine}
		report = dict(content, item=item, unit="shenbei", period=Q2, revision=revision, progress_pct=50,
			values=[{"indicator": k, "mantissa": v} if v is not None else {"indicator": k, "nil": "none yet"} for k, v in given.items()])
		self.verdicts += self.shenbei.verdicts(self.shenbei.act("report", **report))
		self.lines.append({"at": when, "by": "shenbei", "act": {"report": report}})

	def state(self, when, by, verb, name, **fields):
		self.hub.clock(when)
		self.verdicts.append(self.leads[by].verdict(verb, **fields))
		line = {k: v for k, v in fields.items()}
		if verb in ("accept", "return"):
			line["verdict"] = verb
		if "points" in line:
			line["points"] = int(round(float(line["points"]) * 100))
		self.lines.append({"at": when, "by": by, "act": {name: line}})

	def replay(self, now):
		path = self.world.path("acts.jsonl")
		with open(path, "w", encoding="utf-8") as f:
			f.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)
		return muster_json("replay", "--plan", PLAN, "--acts", path, "--now", now)

	def play(self):
		for item in ITEMS:
			self.report(at("07-06"), item)
		self.report(at("07-06"), "i08", half=True)
		self.state(at("07-09"), "fgw", "grant-extension", "extension_grant", item="i06", unit="shenbei", period=Q2, days=5, reason="line down")
		self.state(at("07-12"), "wjmj", "return", "decision", item="i08", unit="shenbei", period=Q2, revision=1, reason="figures")
		self.report(at("07-14"), "i06", invest=4520, parks=6)
		self.report(at("07-14"), "i07")


def score_of(where, unit, *more):
	told = muster_json("score", "--dir", where, "--period", Q2, *more)
	return next(u for g in told["groups"] for u in g["units"] if u["unit"] == unit)


def parts(score):
	return [score[k] for k in ("timely", "complete", "attain", "quality", "total")]


def s12_score_ledger_and_figures_agree_with_replay(world):
	"""S12 the score 80.87, then 89.20, is the same from the hub, from an observer's feed and from replay; ledger and figures too"""
	story = Story(world)
	story.play()
	hub, tjj = story.hub, story.leads["tjj"]
	hub.clock(at("07-21", "00:00:00"))
	for where in (hub.dir, tjj.dir):
		check(parts(score_of(where, "shenbei")) == ["76.00", "80.00", None, "97.22", "80.87"], score_of(where, "shenbei"))
		check(parts(score_of(where, "heping"))[4] == "0.00" and score_of(where, "heping")["expected"] == 8, "heping has nothing")
	before = at("07-21", "00:00:00")
	board_then = muster("board", "--dir", tjj.dir, "--period", Q2, "--at", before, "--json").stdout
	now_told = {i["item"]: i for i in muster_json("board", "--dir", hub.dir, "--period", Q2)["items"]}
	for line in json.loads(board_then)["items"]:
		told = now_told[line["item"]]
		same = ("expected", "reported", "on_time", "accepted", "light", "figures")
		check({k: line[k] for k in same} == {k: told[k] for k in same}, "%s\n%s" % (line, told))
	hub_then = muster("score", "--dir", hub.dir, "--period", Q2, "--at", before).stdout
	story.report(at("07-21", "01:00:00"), "i08", 2)
	hub.clock(at("07-21", "02:00:00"))
	check(parts(score_of(hub.dir, "shenbei")) == ["86.00", "90.00", None, "97.22", "89.20"], score_of(hub.dir, "shenbei"))
	check(parts(score_of(tjj.dir, "shenbei"))[4] == "89.20", "from the feed too")
	check(muster("score", "--dir", hub.dir, "--period", Q2, "--at", before).stdout == hub_then, "as it was then, for ever")
	check(muster("board", "--dir", tjj.dir, "--period", Q2, "--at", before, "--json").stdout == board_then, "the board too")
	told = muster("ledger", "--dir", tjj.dir, "--period", Q2, "--at", "1", expect=64).stderr
	check("--at 1:" in told and "log yet" in told, told)
	check("截至 2012-" in muster("ledger", "--dir", hub.dir, "--period", Q2, "--at", "1").stdout, "the hub sees its whole log")
	bulletins = [muster("bulletin", "--dir", where, "--period", Q2, "--at", before).stdout for where in (hub.dir, tjj.dir)]
	check("80.87" in bulletins[0] and "逾期未报" in bulletins[0] and "退回未改" in bulletins[0] and "89.20" not in bulletins[0], bulletins[0])
	check(bulletins[0] == bulletins[1], "the hub's and the observer's are the same to the byte\n%s" % bulletins)
	muster("bulletin", "--dir", story.leads["wjmj"].dir, "--period", Q2, expect=77)

	now = at("07-21", "02:00:00")
	told = story.replay(now)
	check(told["verdicts"] == story.verdicts, "%s\n%s" % (told["verdicts"], story.verdicts))
	by_replay = next(s for s in told["scores"] if s["unit"] == "shenbei" and s["period"] == Q2)
	check(parts(by_replay) == parts(score_of(hub.dir, "shenbei")), by_replay)
	for where in (hub.dir, tjj.dir):
		ledger = {(s["item"], s["unit"]): s for s in muster_json("ledger", "--dir", where, "--period", Q2, "--at", now)["slots"]}
		for slot in told["slots"]:
			if slot["period"] == Q2:
				mine = ledger[slot["item"], slot["unit"]]
				check(all(mine[k] == slot[k] for k in ("state", "light", "locked", "revision", "received", "filled", "returns")), "%s\n%s" % (slot, mine))
	check(ledger["i09", "shenbei"]["light"] == "red" and ledger["i09", "shenbei"]["state"] == "OVERDUE", ledger["i09", "shenbei"])
	hub.is_clean()


def a_figure_opens_to_its_records(world):
	"""A figure opens to the records it is made of; a lead sees its own figures only, scores are for observers"""
	story = Story(world)
	story.play()
	hub, wjmj, fgw = story.hub, story.leads["wjmj"], story.leads["fgw"]
	told = muster_json("explain", "i06.invest", "--dir", fgw.dir, "--period", Q2)
	check("亿元（" in muster("explain", "i06.invest", "--dir", fgw.dir, "--period", Q2).stdout, "the unit of measure stands behind the figure")
	check((told["value"], told["units"], told["of"]) == ("45.20", 1, 16), told)
	record, = told["records"]
	check((record["unit"], record["value"], record["revision"], record["received"]) == ("shenbei", "45.20", 1, at("07-14")), record)
	check(muster_json("explain", "i06.invest", "--dir", fgw.dir, "--period", Q2, "--accepted")["records"] == [], "nothing is accepted")
	check(muster_json("explain", "i06.invest", "--dir", hub.dir, "--period", "2012")["value"] == "45.20", "the year")
	halves = [("tiexi", [100, 100]), ("dongling", [100, -100])]
	for unit, share in halves:
		device = Device(world, hub, unit)
		check(device.verdicts(device.report("i06", Q2, values={"i06.share": share})) == ["STORED"], unit)
	told = muster_json("explain", "i06.share", "--dir", hub.dir, "--period", Q2)
	check((told["value"], told["units"]) == (None, 2), "a ratio to nothing is no value: %s" % told)
	muster("explain", "i06.invest", "--dir", wjmj.dir, "--period", Q2, expect=77)
	muster("explain", "i06.nothing", "--dir", fgw.dir, expect=64)
	muster("score", "--dir", wjmj.dir, "--period", Q2, expect=77)
	terms = muster_json("score", "--dir", hub.dir, "--period", Q2, "--explain", "沈北新区")["terms"]
	check(len([t for t in terms if t["part"] == "timely"]) == 10, "ten slots are owed")
	quality = next(t for t in terms if t["part"] == "quality" and t["item"] == "i08")
	check(quality["points"] == "75.00" and quality["returns"] == 1, quality)
	check({s["item"] for s in muster_json("ledger", "--dir", wjmj.dir, "--period", Q2)["slots"]} >= {"i08"}, "its item")
	check("台账" in muster("ledger", "--dir", hub.dir, "--period", Q2, "--item", "8").stdout, "a table for people")
	told = muster("ledger", "--dir", wjmj.dir, "--period", Q2, "--item", "12", expect=77)
	check(told.stdout == "" and "neither leads nor observes i12" in told.stderr, "no empty table of what it does not see: %s" % told.stderr)
	check("名次" in muster("score", "--dir", hub.dir, "--period", Q2).stdout, "a table for people")


def a_ledger_is_a_file_for_spreadsheets(world):
	"""The ledger as CSV and as a workbook: a row for each of the slots, words for people, numbers as numbers, ids in hidden columns; the name says which"""
	story = Story(world)
	story.play()
	fgw = story.leads["fgw"]
	slots = muster_json("ledger", "--dir", fgw.dir, "--period", Q2)["slots"]
	check(len(slots) > 100, "an observer sees all")
	path = world.path("台账.csv")
	check(path in muster("ledger", "--dir", fgw.dir, "--period", Q2, "-o", path).stdout, "it says what it wrote")
	with open(path, "rb") as f:
		content = f.read()
	check(content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n"), "as spreadsheets want it")
	rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
	check([(r["事项代号"], r["单位代号"], r["期间"], int(r["填写(满分6)"]), int(r["版本"]), int(r["退回"])) for r in rows] ==
		[(s["item"], s["unit"], s["period"], s["filled"], s["revision"], s["returns"]) for s in slots], rows[:3])
	late = next(r for r in rows if (r["事项代号"], r["单位代号"]) == ("i06", "shenbei"))
	check((late["灯"], late["状态"], late["应报"], late["截止"], late["首次收到"], late["按期"], late["进度(%)"]) ==
		("绿", "已报", "是", "2012-07-15 24:00", "2012-07-14 10:00", "是", "50"), late)
	none = next(r for r in rows if r["单位代号"] == "heping")
	check((none["首次收到"], none["按期"], none["进度(%)"], none["提示"]) == ("", "", "", ""), none)
	path = world.path("台账.xlsx")
	muster("ledger", "--dir", fgw.dir, "--period", Q2, "-o", path)
	book = Workbook(path)
	cells = book.rows()
	heads = [cells[1][c] for c in sorted(cells[1])]
	check([dict(zip(heads, [cells[n].get(c, "") for c in range(1, len(heads) + 1)])) for n in range(2, len(rows) + 2)] == rows, "the same in both")
	kinds = {c.get("r"): c.get("t") for c in book.root.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c")}
	check(kinds["A2"] in (None, "n") and kinds["M2"] in (None, "n") and kinds["B2"] == "s", "numbers are numbers")
	check(book.parts[book.name].count(b'hidden="1"') == 2, "two columns for programs")
	check("as .xlsx or .csv" in muster("ledger", "--dir", fgw.dir, "-o", "ledger.ods", expect=64).stderr, "no other kind")


def values_that_break_a_rule_are_flagged(world):
	"""A value that falls below the last period's, or is more than it may be, warns the office before it sends, flags the report for the lead, and refuses nothing"""
	text = open(PLAN, encoding="utf-8").read()
	mark = '\tindicator "i06.share" {'
	check(text.count(mark) == 1, "the plan has the indicator once")
	plan = world.path("rules.conf")
	with open(plan, "w", encoding="utf-8") as f:
		f.write(text.replace(mark, '\tcheck "grows" { kind = "not_falling" a = "i06.invest" }\n'
			'\tcheck "steady" { kind = "change" a = "i06.parks" percent = "50" }\n' + mark))
	hub = Hub(world, plan=plan, clock=START).start()
	tiexi, fgw = Office(world, hub, "tiexi").start(), Office(world, hub, "fgw").start()

	def report(period, invest, parks):
		answer, = tiexi.report_json({"item": "i06", "period": period, "report": {"progress_pct": 10, "done": "d", "problems": "p",
			"next_steps": "n", "approved_by": "w", "values": [{"indicator": "i06.invest", "value": invest}, {"indicator": "i06.parks", "value": parks}]}})
		check(answer["verdict"] == "STORED", answer)
		return {p["field"]: p["expected"] for p in answer["problems"] if p["code"] == 3020}
	hub.clock(at("04-05"))
	check(report("2012-Q1", "30.00", "8") == {}, "nothing to hold it against")
	hub.clock(at("07-05"))
	told = report(Q2, "29.99", "13")
	check(set(told) == {"values[i06.invest]", "values[i06.parks]"} and "30.00" in told["values[i06.invest]"] and "50%" in told["values[i06.parks]"], told)
	slot = next(s for s in muster_json("ledger", "--dir", fgw.dir, "--period", Q2, "--item", "6")["slots"] if s["unit"] == "tiexi")
	check(len(slot["flags"]) == 2 and slot["state"] == "SUBMITTED", slot)
	check(report(Q2, "30.00", "12") == {}, "neither falling nor more than half")
	hub.is_clean()


run(s12_score_ledger_and_figures_agree_with_replay, a_figure_opens_to_its_records, a_ledger_is_a_file_for_spreadsheets, values_that_break_a_rule_are_flagged)
