#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A malicious hub, with all keys of the real one: it costs its offices no memory, disk or peace, and takes back nothing that proves its guilt."""
import os

import zmq

from fake_hub import FakeHub
from lib import SLOW, Hub, Office, by_hand, check, muster, muster_json, run, wait_for
from peer import Peer, learn

ALARM = "ALARM-checkpoints.txt"
MEMORY_ALLOWANCE = (400 if SLOW else 64) << 20


def started(world):
	"""A real hub's directory, an office's agent that speaks to the hub in its place, and that."""
	learn(world)
	hub = Hub(world, clock=None).start()
	office = Office(world, hub, "kjj")
	hub.stop()
	fake = FakeHub(hub)
	office.start()
	fake.hear(fake.contract.HELLO)
	return hub, office, fake


def private_bytes(pid):
	with open("/proc/%d/smaps_rollup" % pid) as f:
		return sum(int(line.split()[1]) << 10 for line in f if line.startswith("Private_"))


def state(office):
	return office.status()["hub"]["state"]


def guilt(world):
	"""what proves two histories stays in the office's alarm file whatever the hub shows later, which fills neither that file nor the log"""
	hub, office, fake = started(world)
	import wire_pb2
	fake.welcome(checkpoint=fake.checkpoint(2, b"\1" * 32))
	wait_for(lambda: state(office) == "READY", 10, lambda: state(office))
	fake.welcome(checkpoint=fake.checkpoint(3, b"\2" * 32))
	wait_for(lambda: state(office) == "SPLIT", 10, lambda: state(office))
	with open(os.path.join(office.dir, ALARM), encoding="utf-8") as f:
		proof = f.read()
	for n in range(600):
		fake.welcome(checkpoint=wire_pb2.Checkpoint(size=2 + n, root=os.urandom(32), note=b"nothing"))
		fake.welcome(checkpoint=fake.checkpoint(2 + n % 2, os.urandom(32)))
		fake.drain()
	fake.welcome(checkpoint=fake.checkpoint(2, b"\1" * 32))
	wait_for(lambda: state(office) == "READY", 20, lambda: state(office))
	with open(os.path.join(office.dir, ALARM), encoding="utf-8") as f:
		text = f.read()
	check(text.startswith(proof) and len(text) <= 64 << 10, "%d bytes of evidence, begun with %d" % (len(text), len(proof)))
	lines = office.process.text().count("\n")
	check(lines < 400, "%d lines in the log" % lines)
	found = muster_json("check", "--split", os.path.join(office.dir, ALARM), "--root", fake.log_key, expect=1)
	check(found["split"] is True, found)


def floods(world):
	"""a hub that sends more than an office can take has it wait on the line, not in the office's memory"""
	hub, office, fake = started(world)
	fake.welcome()
	wait_for(lambda: state(office) == "READY", 10, lambda: state(office))
	before, peak = private_bytes(office.process.pid), 0
	for _ in range(2000):
		fake.say_raw(b"MU\x01\x07\0\0\0\0" + b"\x22\x00" * (100 << 10))
		peak = max(peak, private_bytes(office.process.pid))
	fake.welcome()
	check(peak - before < MEMORY_ALLOWANCE, "%d KiB more" % (peak - before >> 10))
	wait_for(lambda: state(office) == "READY", 60, lambda: state(office))
	peak = max(peak, private_bytes(office.process.pid))
	check(peak - before < MEMORY_ALLOWANCE, "%d KiB more" % (peak - before >> 10))


def endless(world):
	"""a message whose parts never end is cut off, told by name, and fills no office's memory; with a good hub all is well again"""
	hub, office, fake = started(world)
	fake.welcome()
	wait_for(lambda: state(office) == "READY", 10, lambda: state(office))
	before, peak = private_bytes(office.process.pid), 0
	part = zmq.Frame(bytes(200 << 10))  # one in memory, however often it is sent
	for _ in range(5000):
		fake.socket.send(fake.peer if _ == 0 else part, zmq.SNDMORE, copy=_ == 0)
	fake.socket.send(part, copy=False)

	def told():
		nonlocal peak
		peak = max(peak, private_bytes(office.process.pid))
		return "MST-4131" in office.process.text()
	wait_for(told, 20, lambda: "it is told; the office had %d KiB more: %s" % (peak - before >> 10, office.process.text()[-500:]))
	check(peak - before < MEMORY_ALLOWANCE, "%d KiB more" % (peak - before >> 10))
	check(state(office) == "REFUSED", state(office))
	fake.close()
	hub.start()
	office.stop()
	office.start()
	wait_for(lambda: state(office) == "READY", 20, lambda: state(office))


def words_without_form(world):
	"""what a hub has stored of a device against every rule of form ends no office's agent and no command, and no clerk is told of it"""
	learn(world)
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	observer = Peer(hub.enroll("fgw"))
	observer.open()
	import act_pb2

	def act(schema, kind, body, **slot):
		return act_pb2.Act(schema=schema, kind=kind, salt=os.urandom(16), created_at=0, plan="sy-2012", plan_version=observer.version,
			body=body.SerializeToString(), **slot).SerializeToString()
	slot = dict(item="i06", unit="tiexi", period="2012-Q2")
	forms = [act(3, 16, act_pb2.Issue(leaves=1, title="x"), period="2012-Q2"),
		act(3, 16, act_pb2.Issue(leaves=1, sha256=b"1"), period="2012-Q2"),
		act(2, 5, act_pb2.ExtensionGrant(days=2 ** 32 - 1, reason="x"), **slot), act(2, 10, act_pb2.Comment(), **slot)]
	observer.close()
	hub.stop()
	for form in forms:
		batch = observer.seal(form)
		by_hand(hub, "accept", batch.hex())
		observer.went(batch)
	hub.start()
	observer.open()
	check(observer.verdicts(act(2, 10, act_pb2.Comment(text="好"), **slot)) == ["STORED"], "a good one follows")
	wait_for(lambda: office.notices(), 20, lambda: "it comes in; the agent runs: %s" % office.process.running())
	check(len(office.notices()) == 1 and len(office.inbox()) == 1, office.notices())
	check(office.process.running() and state(office) == "READY", office.process.text())
	check("no bulletin" in muster("bulletin", "--dir", observer.dir, "--check").stdout, "what is none is not checked")
	for words in (["feed", "--since", "0"], ["feed", "--since", "0", "--json"], ["ledger"], ["bulletin"], ["score"]):
		muster(words[0], "--dir", observer.dir, *words[1:])


def kept_back(world):
	"""a hub that keeps entries of an office's feed back, where no version of the plan has taken a right from it, is told in log, status and by muster feed"""
	hub, office, fake = started(world)
	import wire_pb2
	fake.welcome()
	fake.hear(fake.contract.SUBSCRIBE)
	entry = lambda n: wire_pb2.FeedEntry(number=n, leaf=n + 3, positions=b"\x80", withheld=True)
	fake.say(fake.contract.FEED, wire_pb2.Feed(entries=[entry(1), entry(2)], after=0, cursor=2, hub_time=int(1e15), size=9))
	wait_for(lambda: "MST-4235" in office.process.text(), 20, lambda: office.process.text()[-800:])
	told = muster("status", "--dir", office.dir).stdout
	check("the hub keeps back entries of this unit's feed: 2" in told and "leaf 5" in office.process.text(), told)
	fake.say(fake.contract.FEED, wire_pb2.Feed(entries=[entry(3)], after=2, cursor=3, hub_time=int(1e15), size=9))
	wait_for(lambda: office.status()["kept_back"] == 3, 20, lambda: office.status())
	check(office.process.text().count("MST-4235") == 1, "said once")
	office.stop()
	command = world.start("muster", "feed", "--dir", office.dir, "--since", "0")
	fake.hear(fake.contract.HELLO)
	fake.welcome()
	fake.hear(fake.contract.SUBSCRIBE)
	fake.say(fake.contract.FEED, wire_pb2.Feed(entries=[entry(1)], after=0, cursor=1, caught_up=True, hub_time=int(1e15), size=9))
	check(command.wait(20) == 0 and "the hub withholds: 1." in command.text(), command.text())


run(guilt, floods, endless, words_without_form, kept_back)
