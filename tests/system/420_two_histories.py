#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A hub that shows two histories is found, by agents and by readers, at both ends.

The liar is a real hub: its directory is copied, both copies grow, and the office is pointed from one to the other.
"""
import os
import shutil

from lib import Hub, Office, check, muster, muster_json, muster_lines, run, wait_for
from peer import Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
ALARM = "ALARM-checkpoints.txt"



def report(progress, item="i06"):
	return {"item": item, "period": "2012-Q2", "report": {"progress_pct": progress, "done": "开工"}}


def sent(office, progress, item="i06"):
	return office.report_json(report(progress, item))[0]


def other_history(hub):
	"""Stopped hub: a copy of its directory, which may grow in another way."""
	copy = hub.dir + ".other"
	shutil.copytree(hub.dir, copy, symlinks=True)
	return copy


def swap(hub, copy):
	"""From now on the other directory stands where the hub's was."""
	os.rename(hub.dir, hub.dir + ".aside")
	os.rename(copy, hub.dir)
	os.rename(hub.dir + ".aside", copy)


def text(path):
	with open(path, encoding="utf-8") as f:
		return f.read()


def split_hub(world):
	"""A hub, an office and a reader that have verified one history; then the hub shows another one of the same size."""
	hub = Hub(world, clock=CLOCK).start()
	office, other = Office(world, hub, "tiexi").start(), Office(world, hub, "dadong")
	lead = hub.enroll("jxw", "reader")
	sent(office, 10)
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	office.stop()
	hub.stop()
	copy = other_history(hub)
	hub.start()
	office.start()
	sent(office, 20)
	first = muster("hub", "checkpoint", "--dir", hub.dir).stdout
	check(len(muster_lines("feed", "--dir", lead)) == 2, "the lead has both reports")
	office.stop()
	hub.stop()
	swap(hub, copy)
	hub.start()
	other.start()
	sent(other, 30)
	other.stop()
	return hub, office, lead, key, first


def an_agent_finds_it(world):
	"""split view: the agent sends nothing more, keeps its reports, and both ends name the alarm with both checkpoints; the files prove it offline"""
	hub, office, _, key, first = split_hub(world)
	size = hub.status()["size"]
	office.start()
	wait_for(lambda: office.status()["hub"]["state"] == "SPLIT", 30, lambda: "the agent sees it: %s" % office.status())
	office.report_json(report(55), wait=1, expect=75)
	status = office.status()
	check(status["queue"]["without_receipt"] == 1 and status["hub"]["trouble"]["code"] == 4129, "kept, not sent: %s" % status)
	check(hub.status()["size"] == size, "the hub got nothing")
	check(status["alarm"].endswith(ALARM) and "ALARM" in muster("status", "--dir", office.dir).stdout, "status says it: %s" % status)
	check("ALARM" in office.process.text(), "and the log")
	told = wait_for(lambda: hub.status().get("alarm"), 10, "the hub heard what the office has verified")
	check("ALARM" in muster("hub", "status", "--dir", hub.dir).stdout, "hub status says it")
	root = first.splitlines()[2]
	check(root in text(told) and office.unit in text(told), "the hub's file names office and root: " + text(told))
	check(root in text(os.path.join(office.dir, ALARM)), "the office's file has what it verified")
	mine = world.path("mine")
	with open(mine, "w", encoding="utf-8") as f:
		f.write(muster("hub", "checkpoint", "--dir", hub.dir).stdout)
	proven = muster_json("check", "--split", os.path.join(office.dir, ALARM), mine, "--root", key, expect=1)
	check(proven["split"] is True and len(proven["contradictions"]) >= 1, "proven: %s" % proven)
	check("has signed two histories" in muster("check", "--split", os.path.join(office.dir, ALARM), "--root", key, expect=1).stdout,
		"the alarm file alone proves it")
	whole = muster_json("check", "--split", mine, mine, "--root", key)
	check(whole["split"] is False, "one checkpoint twice contradicts nothing: %s" % whole)
	padded = world.path("padded")
	with open(padded, "w", encoding="utf-8") as f:
		f.write((first + "\n") * 300 + text(mine))
	check(muster_json("check", "--split", padded, "--root", key, expect=1)["split"], "no repetition hides it")
	muster("check", "--split", mine, "--root", key, expect=65)
	office.stop()
	hub.stop()
	hub.start()
	check(hub.status()["alarm"] == told, "the alarm outlives a restart")


def a_reader_finds_it(world):
	"""split view: `muster feed` and the boards end with 77, keep both checkpoints, print nothing and leave their cursor"""
	hub, _, lead, key, _ = split_hub(world)
	cursor = text(os.path.join(lead, "cursors", "feed"))
	done = muster("feed", "--dir", lead, "--json", expect=77)
	check(done.stdout == "" and "MST-4129" in done.stderr and ALARM in done.stderr, "by name: " + done.stderr)
	check(text(os.path.join(lead, "cursors", "feed")) == cursor, "the cursor stays")
	check(muster_json("check", "--split", os.path.join(lead, ALARM), "--root", key, expect=1)["split"], "proven by the file")
	for words in (("ledger",), ("score",), ("board",), ("feed", "--check")):
		done = muster(*words, "--dir", lead, expect=77)
		check("MST-4129" in done.stderr, "%s: %s" % (words, done.stderr))
	wait_for(lambda: hub.status().get("alarm"), 10, "the hub knows from the reader's HELLO")


def a_rollback_is_found(world):
	"""rollback: a hub that goes back behind what was verified is found by agent and reader; with the newer data back everything goes on"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	lead = hub.enroll("jxw", "reader")
	sent(office, 10)
	muster_lines("feed", "--dir", lead)
	office.stop()
	hub.stop()
	copy = other_history(hub)
	hub.start()
	office.start()
	sent(office, 20)
	check(len(muster_lines("feed", "--dir", lead)) == 1, "the second report")
	office.stop()
	hub.stop()
	swap(hub, copy)
	hub.start()
	office.start()
	wait_for(lambda: office.status()["hub"]["state"] == "SPLIT", 30, lambda: "the agent sees it: %s" % office.status())
	done = muster("feed", "--dir", lead, expect=77)
	check("is older than" in done.stderr, done.stderr)
	wait_for(lambda: hub.status().get("alarm"), 10, "the hub hears that it is behind")
	check("has only" in text(os.path.join(hub.dir, ALARM)), text(os.path.join(hub.dir, ALARM)))
	office.stop()
	hub.stop()
	swap(hub, copy)
	hub.start()
	office.start()
	check(sent(office, 30)["verdict"] == "STORED", "with the newer data back")
	check(len(muster_lines("feed", "--dir", lead)) == 1, "and for the reader")
	check("alarm" in office.status() and "alarm" not in hub.status(), "what was found stays until somebody removes the file")


def made_up_histories(world):
	"""a device that names ever other histories is told once, and once more for what it has signed: it fills neither the log nor the alarm file"""
	learn(world)
	import wire_pb2
	hub = Hub(world, clock=CLOCK).start()
	path = os.path.join(hub.dir, ALARM)
	liar = Peer(hub.enroll("tiexi"))
	liar.open()
	liar.report()

	def lie(times):
		for _ in range(times):
			liar.send(liar.contract.HELLO, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, schema=1, device=liar.id,
				verified=wire_pb2.Checkpoint(size=2, root=os.urandom(32))))
			check(liar.receive()[0] == liar.contract.WELCOME, "it is served: the hub may be the one that lies")

	def told():
		return hub.process.text().count("ALARM: device"), text(path).count("has verified a log of"), text(path).count("has signed that")

	lie(50)
	check(told() == (1, 1, 0), "told once: %s" % (told(),))
	for _ in range(3):
		batch = liar.seal()
		header = batch[:132] + (2).to_bytes(8, "big") + os.urandom(32)
		check(liar.push(header + liar.key.sign(header).signature + batch[236:])[0] == "HISTORY", "it is not taken")
	check(told() == (2, 2, 1), "what it signed is evidence: %s" % (told(),))
	os.unlink(path)
	lie(5)
	check(told() == (3, 1, 0), "who takes the file away wants to hear of it again: %s" % (told(),))
	check(liar.verdicts() == ["STORED"], "what is true is taken")
	hub.stop()
	hub.is_clean()


run(an_agent_finds_it, a_reader_finds_it, a_rollback_is_found, made_up_histories)
