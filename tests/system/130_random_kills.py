#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 1 to 4: hub, agents, load and feed readers are killed at random under load; nothing is lost, doubled or miscounted."""
import json
import os

from lib import Hub, Office, check, count, muster_lines, pause, rng, run, wait_for

OFFICES = ("tiexi", "heping", "shenbei")
READERS = ("fgw", "jxw", "wjmj")
ITEMS = ("i06", "i07", "i08", "i11")


class Reader:
	"""`muster feed --follow --json` with a durable cursor; what it printed is kept over its deaths."""

	def __init__(self, world, hub, unit):
		self.world, self.unit = world, unit
		self.dir = hub.enroll(unit, "reader")
		self.out = self.dir + ".lines"

	def start(self):
		self.process = self.world.start("muster", "feed", "--dir", self.dir, "--follow", "--json", stdout=self.out)
		return self

	def kill(self):
		self.process.kill()

	def seen(self):
		"""{(number, record): line} and the runs' order; a line cut by a kill does not count."""
		lines, order = {}, []
		with open(self.out, "rb") as f:
			content = f.read()
		for raw in content.split(b"\n"):
			# The next run continues behind a cut line.
			at = raw.rfind(b'{"schema":"muster/feed/1"')
			try:
				line = json.loads(raw[max(at, 0):])
			except ValueError:
				continue
			key = (line["number"], line["record"])
			check(key not in lines or lines[key] == line, "entry %s came twice with different content" % (key,))
			lines[key] = line
			order.append(key)
		return lines, order


def report(n):
	item = rng.choice(ITEMS)
	return json.dumps({"item": item, "period": rng.choice(("2012-Q2", "2012-Q3")),
		"report": {"progress_pct": rng.randrange(101), "done": "report %d" % n, "approved_by": "Wang"}})


def everything_is_killed_at_random(world):
	"""exactly_once, receipt_after_fsync: kill -9 of hub, agents, load and readers at random; audit finds nothing, every file is answered once"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	acks = world.path("acks")
	offices = [Office(world, hub, unit).start() for unit in OFFICES]
	readers = [Reader(world, hub, unit).start() for unit in READERS]
	hub.load(devices=2, batch=16, reports=320, acks=acks)
	# A sender without an outbox would state other acts after its death than the hub still takes of it.
	words = hub.load_words(devices=2, batch=16, inflight=4, reports=1000000000, acks=acks) + ["--durable"]
	load = world.start("muster", *words)
	dropped = {o.unit: [] for o in offices}
	kills = count(200, 60, 5000)
	for n in range(kills):
		office = rng.choice(offices)
		name = "f%d.json" % n
		office.drop(name, report(n))
		dropped[office.unit].append((n, name))
		victim = rng.choice(["hub", "office", "office", "reader", "reader", "load"])
		if victim == "hub":
			hub.kill()
			hub.start()
		elif victim == "office":
			victim = rng.choice(offices)
			victim.kill()
			victim.start(ready=False)
		elif victim == "reader":
			victim = rng.choice(readers)
			victim.kill()
			victim.start()
		else:
			load.kill()
			load = world.start("muster", *words)
		pause(rng.random() * 0.05)
	load.kill()
	for office in offices:
		wait_for(office.is_ready, 30, "the agent is there")
		for n, name in dropped[office.unit]:
			folder, _ = office.answer(name, "已", 60)
			check(folder == "done", "%s of %s is %s" % (name, office.unit, folder))
		wait_for(lambda: office.status()["queue"]["without_receipt"] == 0 and office.status()["folder"]["waiting_files"] == 0, 60,
			lambda: "every receipt: %s" % office.status())
	hub.comes_to_rest()
	result = hub.is_clean(acks)
	check(result["acked"] > 0, result)
	check(all(d["state"] == "active" for d in hub.units().values()), "a false fork: %s" % hub.units())
	for office in offices:
		own = [line for line in muster_lines("feed", "--dir", office.dir, "--since", "0", "--own") if line["device"] == office_id(office)]
		texts = [line["act"]["body"]["done"] for line in own if line["verdict"].startswith("STORED")]
		wanted = sorted("report %d" % n for n, _ in dropped[office.unit])
		check(sorted(texts) == wanted, "%s: %d reports of %d" % (office.unit, len(texts), len(wanted)))
	for reader in readers:
		feed_is_exact(reader)
	hub.stop()
	hub.is_clean(acks)


def office_id(office):
	with open(os.path.join(office.dir, "agent.conf"), encoding="utf-8") as f:
		return [line.split('"')[1] for line in f if line.startswith("device =")][0]


def feed_is_exact(reader):
	"""What all runs together printed is the feed from its beginning, each entry with one content, in order but for repeats after a kill."""
	whole = {(line["number"], line["record"]): line for line in muster_lines("feed", "--dir", reader.dir, "--name", "whole", "--since", "0",
		timeout=240)}
	wait_for(lambda: reader.seen()[0].keys() >= whole.keys(), 60, lambda: "%s has seen %d of %d" % (reader.unit, len(reader.seen()[0]),
		len(whole)))
	reader.kill()
	seen, order = reader.seen()
	check(seen == whole, "%s saw %d entries, the feed has %d" % (reader.unit, len(seen), len(whole)))
	places = {key: n for n, key in enumerate(whole)}
	newest = -1
	for key in order:
		check(places[key] <= newest + 1, "%s: %s came before what stands in front of it" % (reader.unit, key))
		newest = max(newest, places[key])


run(everything_is_killed_at_random)
