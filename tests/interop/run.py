#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [TEST]: the golden bytes in Python, and reporter and reader beside the real hub."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from lib import SOURCE, Device, Hub, Office, Process, check, count, lines_in, muster, muster_json, muster_lines, omit, run, wait_for
from peer import INTEROP, generate, script

REPORTS = count(1500, slow=1000, long=6000)  # some seconds: both are at work when the hub is killed


def vectors(world):
	"""The bytes of header, leaf, root, checkpoint, receipt and frames are those in vectors.txt"""
	p = script(world, "vectors.py", os.path.join(INTEROP, "vectors.txt"))
	check(p.wait(60) == 0, p.text())


def the_worked_example(world):
	"""The program that the contract prints reports from a device that the hub enrolled, and says why it can not"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office, program = hub.enroll("tiexi"), world.path("push.py")
	with open(os.path.join(SOURCE, "proto", "README.md"), encoding="utf-8") as contract, open(program, "w", encoding="utf-8") as out:
		out.write(re.search(r"```python\n(.*?)```", contract.read(), re.S).group(1))
	os.environ["PYTHONPATH"] = generate(world)

	def says(*words):
		p = Process(["/usr/bin/python3", "-B", program, office, *words], world.path("push-%s.log" % len(words)))
		world.processes.append(p)
		p.wait(60)
		return p.text()

	for words in ((), ("sy-2012", "2")):
		record = says("i06", "2012-Q2", *words)
		check(re.fullmatch(r"record \d+/0, verdict 1\n", record), record)
	check(hub.units()["tiexi@office"]["acts"] == 2, hub.units())
	muster("hub", "revoke", "tiexi@office", "--dir", hub.dir, "--reason", "test")
	refused = says("i06", "2012-Q2", "sy-2012")
	check("REVOKED" in refused, refused)


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


def files_alone(world):
	"""Proof, omission and receipts files hold by what the contract says of them, without a hub: superseded and decided acts, content withheld, keys old and new; one changed byte is found"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	tiexi, lead = Office(world, hub, "tiexi").start(), Office(world, hub, "jxw").start()
	words, files = ["--item", "6", "--period", "2012-Q2", "--done", "x", "--wait", "30"], {}
	key, admin = muster("hub", "key", "--dir", hub.dir).stdout.strip(), setting(tiexi.dir, "admin_key")

	def prove(verb, directory, record, *more):
		files[len(files)] = path = world.path("file-%d" % len(files))
		muster(verb, "--dir", directory, "--record", record, "-o", path, *more)
		return path

	def offline(path, code=0):
		p = script(world, "offline.py", path, key, admin)
		check(p.wait(60) == code, p.text())
		return p.text()

	first, second = (tiexi.report(*words, "--progress", progress)[0]["record"] for progress in ("10", "20"))
	back = lead.state("return", "i06", "tiexi", "2012-Q2", reason="again", revision=2)["record"]
	check("proof %s generation 1 verdict 1 act" % first in offline(prove("receipt", tiexi.dir, first)), "of one that another replaced")
	check("withheld" in offline(prove("prove", tiexi.dir, second, "--withhold")), "its content is nobody's business")
	check("proof %s" % back in offline(prove("prove", tiexi.dir, back)), "the decision that it got")
	muster("agent", "rotate", "--dir", tiexi.dir)
	tiexi.stop()
	tiexi.start()
	third = tiexi.report(*words, "--progress", "30")[0]["record"]
	path = prove("prove", lead.dir, third)
	check("proof %s" % third in offline(path), "with a new key, to the lead")
	hub.stop()
	omit(hub, "jxw", third)
	hub.start()
	hub.clock("2012-07-05T15:00:00+08:00")
	wait_for(lambda: tiexi.status()["hub"]["connected"] and lead.status()["hub"]["connected"], 30, "the hub is back")
	tiexi.report(*words, "--progress", "40")
	missing = world.path("omission")
	muster("prove", "--dir", lead.dir, "--omission", path, "-o", missing)
	check("omission from the feed of jxw" in offline(missing), "left out, and proven")
	for whole in (path, missing):
		with open(whole, "rb") as f:
			data = bytearray(f.read())
		data[-40] ^= 1
		with open(world.path("spoilt"), "wb") as f:
			f.write(data)
		offline(world.path("spoilt"), 1)
	hub.stop()


def receipts_of_a_restored_log(world):
	"""Receipts that a stick brings back show, over a restored log, the administrator's order and what it lost"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	tiexi = Office(world, hub, "tiexi").start()
	words = ["--item", "6", "--period", "2012-Q2", "--done", "x", "--wait", "30"]
	tiexi.report(*words, "--progress", "10")
	muster("backup", "--dir", hub.dir, "--out", world.path("copy"))
	tiexi.report(*words, "--progress", "20")
	key, admin = muster("hub", "key", "--dir", hub.dir).stdout.strip(), setting(tiexi.dir, "admin_key")

	def carried():
		world.n += 1
		out, back = world.path("out-%d" % world.n), world.path("back-%d" % world.n)
		muster("outbox", "export", out, "--dir", tiexi.dir, "--since", "1")
		muster("hub", "import", out, "--dir", hub.dir, "--receipts", back)
		p = script(world, "offline.py", back, key, admin)
		check(p.wait(60) == 0, p.text())
		return p.text().splitlines()

	check([line.split(" lost ")[1] for line in carried()] == ["[]", "[]"], "the first generation")
	hub.kill()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(world.path("copy", "data"), os.path.join(hub.dir, "data"))
	size = muster_json("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "admin.key"))["restored"]
	hub.start()
	wait_for(lambda: hub.units()["tiexi@office"]["acts"] == 2, 30, "it is filled again")
	lines = carried()
	check(len(lines) == 2 and all("generation 2 lost [(%d, " % size in line for line in lines), lines)
	hub.is_clean()


def setting(directory, name):
	with open(os.path.join(directory, "agent.conf")) as f:
		return re.search(r'^%s = "(\w+)"' % name, f.read(), re.M).group(1)


run(vectors, the_worked_example, each_is_short, restart, joining, boards, the_whole_feed, files_alone, receipts_of_a_restored_log)
