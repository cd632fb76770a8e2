#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [TEST]: the golden bytes in Python, and reporter and reader beside the real hub."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from lib import Device, Hub, Office, check, count, lines_in, muster, muster_json, muster_lines, run, wait_for
from peer import INTEROP, script

REPORTS = count(1500, slow=1000, long=6000)  # some seconds: both are at work when the hub is killed


def vectors(world):
	"""The bytes of header, leaf, root, checkpoint, receipt and frames are those in vectors.txt"""
	p = script(world, "vectors.py", os.path.join(INTEROP, "vectors.txt"))
	check(p.wait(60) == 0, p.text())


def each_is_short(world):
	"""reporter and reader take less than 60 lines each, and so does what they share"""
	for name in ("reporter.py", "reader.py", "contract.py", "board.py", "joiner.py"):
		check(lines_in(os.path.join(INTEROP, name)) < 60, name)


def receipts_in(stream):
	return [line.split()[1:] for line in open(stream) if line.startswith("receipt")] if os.path.exists(stream) else []


def restart(world):
	"""Every report of the reporter is receipted once and reaches the reader once, proven, across kill -9 of the hub"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office, lead, seen = hub.enroll("tiexi"), hub.enroll("jxw"), world.path("seen")
	stream = os.path.join(office, "stream")
	reporter = script(world, "reporter.py", office, "i06", "2012-Q2", str(REPORTS))
	reader = script(world, "reader.py", lead, seen, str(REPORTS))
	for part in (4, 2):
		wait_for(lambda: len(receipts_in(stream)) >= REPORTS // part and lines_in(seen) > 0, 60, reporter.text)
		hub.kill()
		check(reporter.running() and reader.running(), "%s%s" % (reporter.text(), reader.text()))
		hub.start()
	# The reader is replaced as well: it goes on from its file.
	wait_for(lambda: lines_in(seen) >= REPORTS // 2 or not reader.running(), 60, reader.text)
	reader.kill()
	reader = script(world, "reader.py", lead, seen, str(REPORTS))
	check(reporter.wait(120) == 0, reporter.text())
	check(reader.wait(120) == 0, reader.text())
	receipts = receipts_in(stream)
	check(sorted(int(r[0]) for r in receipts) == list(range(1, REPORTS + 1)), "each receipted once: %s" % receipts)
	check(len({r[1] for r in receipts}) == REPORTS and {r[2] for r in receipts} <= {"01", "02"}, "a leaf each: %s" % receipts)
	lines = [line.split() for line in open(seen)]
	numbers = [int(line[0]) for line in lines]
	check(numbers == sorted(set(numbers)), "each entry once: %s" % numbers)
	check({line[1] for line in lines} == {r[1] for r in receipts} and len(lines) == REPORTS, "the reader has what was receipted")
	hub.is_clean()
	hub.stop()


def joining(world):
	"""A joiner enrols with a join key, once and for one pair of keys, then gives it keys that the first ones signed; a reporter works with them"""
	hub, office = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start(), world.path("office")
	key = muster_json("hub", "invite", "tiexi", "--dir", hub.dir)["key"]

	def says(code, name, *words):
		p = script(world, name, *words)
		check(p.wait(60) == code, p.text())
		return p.text()

	says(0, "joiner.py", office, key)
	check("JOIN_USED" in says(1, "joiner.py", office + "-2", key), "other keys have used it")
	says(0, "joiner.py", office)
	says(0, "reporter.py", office, "i06", "2012-Q2", "5")
	check("ROTATE_EARLY" in says(1, "joiner.py", office), "not twice in two weeks")
	check({r[2] for r in receipts_in(os.path.join(office, "stream"))} <= {"01", "02"}, "all are stored")
	check(hub.units()["tiexi@office"]["acts"] == 5, hub.units())
	hub.is_clean()


def boards(world):
	"""A reader of rollups gets what `muster board` prints, and is told by name when it asks for what the plan does not have"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	tiexi, lead = Device(world, hub, "tiexi"), hub.enroll("jxw")
	check(tiexi.verdicts(tiexi.report("i06", "2012-Q2", 1, progress=5, values={"i06.parks": 8})) == ["STORED"], "a report")
	reader = script(world, "board.py", lead, "2012-Q2")
	check(reader.wait(60) == 0, reader.text())
	got = {line["item"]: line for line in map(json.loads, reader.text().splitlines())}
	board = {line["item"]: line for line in muster_json("board", "--dir", lead, "--period", "2012-Q2")["items"]}
	check(set(got) == set(board) == {"i05", "i06", "i11"} and got["i06"]["figures"]["i06.parks"] == 8, got)
	for item, line in got.items():
		check({k: line[k] for k in ("expected", "reported", "on_time", "accepted")} == {k: board[item][k] for k in ("expected", "reported", "on_time", "accepted")}, line)
		check(sorted(line["missing"]) == sorted(m["unit"] for m in board[item]["missing"]), line)
	for wrong in (["2012-Q9"], ["2013-Q1"], ["2012-Q2", "i99"], ["2012-07", "i06"]):
		reader = script(world, "board.py", lead, *wrong)
		check(reader.wait(60) == 1 and "MALFORMED" in reader.text(), "%s: %s" % (wrong, reader.text()))


def the_whole_feed(world):
	"""A reader proves a whole feed from frames alone: checkpoints, cover, keys old and new, and that the hub has stated what is in it"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	tiexi, shenbei = Office(world, hub, "tiexi").start(), Office(world, hub, "shenbei").start()
	lead = hub.enroll("jxw")
	words = ["--period", "2012-Q2", "--done", "x", "--wait", "30"]
	for hour, office in enumerate((tiexi, shenbei, tiexi)):
		hub.clock("2012-07-05T1%d:00:00+08:00" % (3 + 2 * hour))
		office.report("--item", "6", "--progress", str(hour), *words)
	muster("agent", "rotate", "--dir", tiexi.dir)
	tiexi.report("--item", "6", "--progress", "30", *words)  # with the key before
	tiexi.stop()
	tiexi.start()
	tiexi.report("--item", "6", "--progress", "40", *words)
	hub.clock("2012-07-05T19:30:00+08:00")
	shenbei.report("--item", "6", "--progress", "50", *words)
	feed = muster_lines("feed", "--dir", lead)
	reader = script(world, "whole.py", lead)
	check(reader.wait(60) == 0, reader.text())
	entries, statements = map(int, re.findall(r"\d+", reader.text()))
	check(len(feed) == 6 and statements >= 3 and entries == len(feed) + statements, reader.text())


run(vectors, each_is_short, restart, joining, boards, the_whole_feed)
