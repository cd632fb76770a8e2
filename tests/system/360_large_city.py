#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A plan of ten thousand units: what one lead is sent of one item is larger than any frame, and all of it comes, in one version."""
import json
import os
import socket
import threading

from lib import LONG, PATIENCE, Device, Hub, Office, Process, board_line, check, count, muster, muster_json, program, run, wait_for
from peer import Peer, learn, script

UNITS = 10000
START = "2012-07-05T12:00:00+08:00,0"
Q2 = "2012-Q2"
EXPECTED = UNITS + 1  # and the lead itself
FRAME_MAX = 256 << 10
HEAD = """format = 1
id = "big-2012"
title = "一座很大的城市"
timezone = "+08:00"
first_period = "2012-Q1"
last_period = "2012-Q4"
defaults { period = "quarter" due_days = 10 warn_days = 3 red_days = 10 lock_days = 60 review_days = 10 return_days = 5 approval = "any" }
score { timely = 30 complete = 20 attain = 40 quality = 10 on_time = 100 late = 60 missing = 0 return_penalty = 25 attain_cap = 100
	adjust_max = "5.00" }
unit "lead" { kind = "department" name = "市统计局" }
group "all" { name = "各街道" kinds = { "district" } }
"""
UNIT = 'unit "%s" { kind = "district" name = "第%05d街道办事处" contact = "第%05d街道办事处值班室 %s" }\n'
ITEM = """item "i01" {
	number = 1 title = "人人有责" text = "人人有责。" mode = "sole" leads = { "lead" } required = { "@all" }
	indicator "i01.parks" { name = "园区" unit = "个" type = "count" time = "last" space = "sum" better = "up" reporters = { "@all" }
		target "city" { value = "30000" }
%s	}
}
"""


def unit(n):
	return "u%05d" % n


def write_plan(world, name="city.conf", phone="024-1234"):
	path = world.path(name)
	with open(path, "w", encoding="utf-8") as f:
		f.write(HEAD)
		f.writelines(UNIT % (unit(n), n, n, phone) for n in range(UNITS))
		f.write(ITEM % "".join('\t\ttarget "%s 2012-Q2" { value = "%d" }\n' % (unit(n), n % 7 + 1) for n in range(UNITS)))
	return path


def begin(world):
	hub = Hub(world, clock=START, plan=write_plan(world)).start()
	return hub, hub.enroll("lead")


def report(device, revision, value):
	act = dict(device.report("i01", Q2, revision, progress=50, done="done", values={"i01.parks": value}), plan="big-2012")
	check(device.verdicts(act) == ["STORED"], "a report of " + device.unit)


def missing(line):
	return [m["unit"] for m in line["missing"]]


def boards_show_everybody(world):
	"""The board of a lead, in text and JSON, and that of an independent reader have every unit, as the hub's own has"""
	hub, lead = begin(world)
	report(Device(world, hub, unit(7)), 1, 3)
	line, own = board_line(lead, "i01", Q2), board_line(hub.dir, "i01", Q2)
	check(missing(line) == missing(own) and line["figures"] == own["figures"], "the hub's own board")
	check((line["expected"], line["reported"]) == (EXPECTED, 1), (line["expected"], line["reported"]))
	everybody = [unit(n) for n in range(UNITS) if n != 7]
	check(sorted(missing(line)) == ["lead"] + everybody, "everybody but one is missing")
	check({m["contact"] for m in line["missing"]} > {"第00000街道办事处值班室 024-1234", "第09999街道办事处值班室 024-1234"}, "with contacts")
	text = muster("board", "--dir", lead, "--period", Q2).stdout
	check(all(("第%05d街道办事处" % n in text) for n in range(UNITS) if n != 7), "the text")
	reader = script(world, "board.py", lead, Q2)
	check(reader.wait(60) == 0, reader.text()[-2000:])
	read = json.loads(reader.text())
	check((read["expected"], sorted(read["missing"])) == (EXPECTED, sorted(missing(line))), "the independent reader")
	check(muster_json("feed", "--dir", lead, "--check")["different"] == [], "what the feed adds up to")
	hub.is_clean()
	hub.stop()


class Reader:
	"""A lead's subscription to rollups that answers when the test wants it."""

	def __init__(self, directory, **more):
		import wire_pb2
		self.wire, self.peer = wire_pb2, Peer(directory)
		self.peer.open(roles=2)
		self.peer.send(self.peer.contract.SUBSCRIBE, wire_pb2.Subscribe(classes=4, period=Q2, **more))

	def frame(self):
		kind, message = self.peer.receive()
		check(len(self.peer.got[-1]) <= FRAME_MAX, "a frame of %d bytes" % len(self.peer.got[-1]))
		return kind, message

	def part(self):
		kind, feed = self.frame()
		check(kind == self.peer.contract.FEED and feed.HasField("part") and not feed.rollups, "a part: %d %s" % (kind, str(feed)[:200]))
		return feed.part

	def answer(self):
		self.peer.send(self.peer.contract.CREDIT, self.wire.Credit())

	def lives(self):
		"""A PING is answered, and nothing else comes."""
		self.peer.send(self.peer.contract.PING, self.wire.Ping(number=77))
		kind, pong = self.frame()
		check(kind == self.peer.contract.PONG and pong.number == 77, "PONG: %d %s" % (kind, str(pong)[:200]))

	def rest(self, part):
		"""PART and those that follow it, each answered: the rollup."""
		whole = self.wire.FeedRollup()
		whole.MergeFrom(part.rollup)
		while part.goes_on:
			number, as_of = part.number, part.rollup.as_of
			self.answer()
			part = self.part()
			check((part.number, part.rollup.as_of) == (number + 1, as_of), "the next part: %d of %d" % (part.number, part.rollup.as_of))
			whole.MergeFrom(part.rollup)
		self.answer()
		return whole


def one_version_however_slowly(world):
	"""Reports that come while a lead reads part after part change none of them; the newest version comes next, and the session lives"""
	hub, lead = begin(world)
	learn(world)
	reader, device = Reader(lead, parts=True), Device(world, hub, unit(5))
	first = reader.part()
	for revision in (1, 2, 3):
		report(device, revision, revision)
		reader.lives()
	whole = reader.rest(first)
	read = (whole.actual, len(whole.missing), len(whole.unit_targets))
	check(read == (0, EXPECTED, UNITS), "as it was when the first part went: %s" % (read,))
	newest = reader.rest(reader.part())
	check((newest.actual, len(newest.missing)) == (1, EXPECTED - 1), "the newest after it")
	check([f.value for f in newest.unit_targets if f.unit == unit(5)] == [3], "its last revision")
	reader.lives()
	hub.stop()


def an_older_reader_is_told(world):
	"""A reader that does not take parts is told by name that it needs to; its session lives and nothing is sent that it could misread"""
	hub, lead = begin(world)
	learn(world)
	reader = Reader(lead)
	kind, error = reader.frame()
	check(kind == reader.peer.contract.ERROR and error.name == "MALFORMED" and "parts" in error.text, str(error)[:300])
	reader.lives()
	hub.stop()


def the_plan_and_what_agents_ask(world):
	"""The plan is checked, shown, fetched by the agents when it changes, and an office is told whom its report has reached"""
	hub = Hub(world, clock=START, plan=write_plan(world)).start()
	shown = muster_json("plan", "show", "--plan", write_plan(world))
	check(len(shown["units"]) == EXPECTED, "plan show: %d" % len(shown["units"]))
	lead, office = Office(world, hub, "lead").start(), Office(world, hub, unit(UNITS - 1)).start()
	office.report("--item", "1", "--period", Q2, "--progress", "50", "--done", "x", "--wait", "30")
	where = ("where", "--dir", office.dir, "--item", "1", "--period", Q2)
	wait_for(lambda: [d["delivered"] for d in muster_json(*where)["delivery"] or []] == [True], 30, "the lead has it")
	before = lead.status()["plan_version"]
	later = write_plan(world, "later.conf", "024-5678")
	check(len(muster_json("plan", "diff", later, "--dir", hub.dir, "--from", "2012-Q3")["differences"]) == UNITS, "every contact changes")
	muster("plan", "apply", later, "--dir", hub.dir, "--from", "2012-Q3")
	wait_for(lambda: before not in (lead.status()["plan_version"], office.status()["plan_version"]), 60, "both agents have the new version")
	line = board_line(lead.dir, "i01", Q2)
	check((line["expected"], line["reported"], len(line["missing"])) == (EXPECTED, 1, UNITS), "the board by the new version")
	lead.stop()
	office.stop()
	hub.is_clean()
	hub.stop()


def ask(hub, **request):
	"""What the running hub answers through its control socket."""
	with socket.socket(socket.AF_UNIX) as s:
		s.settimeout(20 * PATIENCE)
		s.connect(os.path.join(hub.dir, "control.sock"))
		s.sendall(json.dumps(request).encode() + b"\n")
		lines = b"".join(iter(lambda: s.recv(65536), b"")).splitlines()
	check(lines and lines[-1] == b"" and b'"error"' not in lines[0], lines[:1])
	return json.loads(lines[0])


def processor_seconds(pid):
	with open("/proc/%d/stat" % pid, encoding="ascii") as f:
		return sum(int(ticks) for ticks in f.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")


class Enrolling:
	"""Device after device of one unit, by whoever is free to ask."""

	def __init__(self, hub):
		self.hub, self.n = hub, 0

	def name(self, n):
		return "tiexi@%s-%05d" % ("long" * 10, n)

	def one(self, n):
		return ask(self.hub, do="enrol", unit="tiexi", name=self.name(n), id=os.urandom(16).hex(), sign_key=os.urandom(32).hex(),
			curve_key=os.urandom(32).hex())

	def many(self, n):
		"""N more, eight at a time; seconds of the hub's processor for each."""
		before, numbers, failed = processor_seconds(self.hub.process.pid), iter(range(self.n, self.n + n)), []

		def go_on():
			try:
				for number in iter(lambda: next(numbers, None), None):
					self.one(number)
			except Exception as e:
				failed.append(e)
		threads = [threading.Thread(target=go_on) for _ in range(8)]
		for t in threads:
			t.start()
		for t in threads:
			t.join()
		check(not failed, failed[:1])
		self.n += n
		return (processor_seconds(self.hub.process.pid) - before) / n


def enrolment_costs_the_same(world):
	"""The last of many thousand devices is enrolled as fast as the first, each gets in at once, and all are listed, however long the list is"""
	hub = Hub(world, clock=START).start()
	enrolling = Enrolling(hub)
	some = count(1000, slow=300)
	first = enrolling.many(some)
	enrolling.many(count(4000, slow=2000, long=20000))
	last = enrolling.many(some)
	check(last < 3 * first + 0.0001, "%.3f ms of the hub each at first, %.3f ms in the end" % (first * 1000, last * 1000))
	office = Office(world, hub, "tiexi").start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "50", "--done", "x", "--wait", "30")
	lines = muster("hub", "units", "--dir", hub.dir, "--json").stdout
	check(not LONG or len(lines) > 4 << 20, "longer than what may wait for one who asks: %d bytes" % len(lines))
	listed = [json.loads(line)["device"] for line in lines.splitlines()]
	check(sorted(listed) == sorted([enrolling.name(n) for n in range(enrolling.n)] + ["tiexi@office"]), "%d are listed" % len(listed))
	text = muster("hub", "units", "--dir", hub.dir).stdout
	check(text.count("tiexi@") == len(listed), "the text lists %d" % text.count("tiexi@"))
	office.stop()
	hub.is_clean()
	hub.stop()


def too_few_descriptors_are_told(world):
	"""A hub that may open fewer descriptors than its devices need says so when it starts, with the remedy, and serves those that get in"""
	hub = Hub(world, clock=START).start()
	office = Office(world, hub, "tiexi").start()
	Enrolling(hub).many(100)
	check("MST-4272" not in hub.process.text(), "nothing is said for nothing")
	hub.stop()
	hub.process = Process(["prlimit", "--nofile=300:300", program("muster-hub"), "--dir", hub.dir], hub.log)
	world.processes.append(hub.process)
	wait_for(hub.is_ready, 30, "the hub is ready")
	told = wait_for(lambda: [line for line in hub.process.text().splitlines() if "MST-4272" in line], 5, "the warning")
	check("only 300 descriptors" in told[0] and "LimitNOFILE" in told[0], told)
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "50", "--done", "x", "--wait", "30")
	office.stop()
	hub.stop()


run(enrolment_costs_the_same, too_few_descriptors_are_told, boards_show_everybody, one_version_however_slowly, an_older_reader_is_told, the_plan_and_what_agents_ask)
