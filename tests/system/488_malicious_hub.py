#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A malicious hub, with all keys of the real one: it costs its offices no memory, disk or peace, and takes back nothing that proves its guilt."""
import os

import zmq

from fake_hub import FakeHub
from lib import SLOW, Hub, Office, check, muster_json, run, wait_for
from peer import learn

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


run(guilt, floods, endless)
