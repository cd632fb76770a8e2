#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 10: devices that fill the hub's disk or map stop themselves, not the others."""
import os

from lib import Hub, Office, check, lines_in, muster, muster_lines, run, wait_for
from peer import Peer, learn

MIB = 1 << 20
Q2 = "2012-Q2"
CLOCK = "2012-07-05T12:00:00+08:00,0"


def open_peers(hub, *names):
	"""UNIT@DEVICE each."""
	peers = [Peer(hub.enroll(*name.split("@"))) for name in names]
	for p in peers:
		p.open()
	return peers


def bulk():
	"""Acts of no use, as large as a batch takes; they are kept as they are, with a verdict."""
	return [os.urandom(47 << 10) for _ in range(4)]


def bring_until_refused(mad):
	"""What MAD was refused and the answer; it pays no heed to how long it shall wait."""
	for _ in range(200):
		batch = mad.seal(*bulk())
		name, answer = mad.push(batch)
		if name != "RECEIPT":
			return batch, name, answer
		mad.went(batch)
	raise AssertionError("it was never refused")


def are_served(peers):
	for p in peers:
		check(p.verdicts() == ["STORED"], p.unit)


def one_fills_the_map(world):
	"""Devices that bring all they can, also several of one unit, are told to wait; every other device is receipted all the time, and they go on when there is space"""
	learn(world)
	hub = Hub(world, clock=CLOCK)
	hub.set("map_bytes", 16 * MIB)
	hub.start()
	good = open_peers(hub, "tiexi@a", "shenbei@a")
	mad = open_peers(hub, "kjj@a", "kjj@b", "kjj@c")
	are_served(good)
	check(not hub.status()["storage_short"], hub.status())
	free = hub.status()["storage_free_bytes"]
	check("%d MiB are left" % (free >> 20) in muster("hub", "status", "--dir", hub.dir).stdout, "what is left is told before it is short")
	refused = []
	for n, m in enumerate(mad):
		batch, name, answer = bring_until_refused(m)
		check(name == "STORAGE" and answer.retry_after_ms > 5000 and "kjj@" in answer.text, "%s %s" % (name, answer))
		refused.append(batch)
		for _ in range(20):
			are_served(good)
		told = hub.status()
		check(told["storage_short"] and not told["storage_full"] and told["devices_waiting_for_space"] == n + 1, told)
	units = hub.units()
	check([units["kjj@" + d]["waits_for_space"] for d in "abc"] == [True] * 3 and not units["tiexi@a"]["waits_for_space"], units)
	check(units["kjj@a"]["brought_bytes"] > MIB > units["tiexi@a"]["brought_bytes"] > 0, units)
	check("MST-5001" in muster("hub", "units", "--dir", hub.dir).stdout and "short" in muster("hub", "status", "--dir", hub.dir).stdout, "it is shown")
	log = hub.process.text()
	check("space is short" in log and "storage full" not in log, log)
	hub.stop()
	hub.set("map_bytes", 64 * MIB)
	hub.start()
	for m, batch in zip(mad, refused):
		m.open()
		check(m.push(batch)[0] == "RECEIPT", "it goes on with the same batch")
		m.went(batch)
	for p in good:
		p.open()
	are_served(good)
	hub.stop()
	hub.is_clean()


def at_full_speed(world):
	"""So it is with devices that push as fast as the hub takes it, all that a window holds at once"""
	at = world.mount(64 * MIB, "tmpfs")
	learn(world)
	hub = Hub(world, directory=os.path.join(at, "hub"))
	hub.set("reserve_percent", 50)  # so that what is on its way is little beside it
	hub.start()
	good, = open_peers(hub, "tiexi@a")
	acks = world.path("acks")
	load = hub.start_load(devices=4, batch=256, inflight=32, reports=1000000000, acks=acks)
	wait_for(lambda: "space is short" in hub.process.text(), 60, "space gets short")
	waited = set()
	def all_waited():
		good.report()
		waited.update(name for name, unit in hub.units().items() if unit["waits_for_space"])
		return len(waited) == 4
	wait_for(all_waited, 60, lambda: "each of them waits: %s" % waited)
	for _ in range(100):
		good.report()
	check(load.running() and hub.units()["tiexi@a"]["waits_for_space"] is False, hub.status())
	load.kill()
	check("storage full" not in hub.process.text(), hub.process.text())
	hub.stop()
	hub.is_clean(acks)


def what_is_known_is_answered(world):
	"""A device that has to wait gets the receipts of what the hub has, and its second history is kept as evidence"""
	learn(world)
	hub = Hub(world, clock=CLOCK)
	hub.set("map_bytes", 16 * MIB)
	hub.start()
	mad, = open_peers(hub, "kjj@a")
	first = mad.seal()
	leaf = mad.push(first)[1].leaf
	mad.went(first)
	batch, name, _ = bring_until_refused(mad)
	check(name == "STORAGE", name)
	name, again = mad.push(first)
	check(name == "RECEIPT" and again.leaf == leaf, name)
	check(mad.push(mad.seal(first_seq=1, prev=bytes(32)))[0] == "FORK", "its second history")
	check(len(muster_lines("hub", "forks", "--dir", hub.dir)) == 1, "is kept")
	hub.stop()
	hub.is_clean()


def short_of_space(world):
	"""A hub on a disk that will be short with one file more, on which each device may bring little; and what makes that file."""
	at = world.mount(32 * MIB, "tmpfs")
	hub = Hub(world, directory=os.path.join(at, "hub"), clock=CLOCK)
	hub.set("reserve_percent", 50)
	hub.set("allowance_bytes", 64 << 10)
	hub.start()
	check(not hub.status()["storage_short"], hub.status())
	ballast = os.path.join(at, "ballast")
	def fill():
		with open(ballast, "wb") as f:
			f.write(bytes(20 * MIB))
	return hub, ballast, fill


def wordy(item, n):
	"""One revision of a report, some KiB."""
	return {"item": item, "period": Q2, "report": {"progress_pct": n, "done": "%d %s" % (n, "进展顺利" * 300)}}


def an_office_waits(world):
	"""An office that has brought much keeps everything, says why, and goes on by itself; others do not notice, and until space is short nobody does"""
	hub, ballast, fill = short_of_space(world)
	busy, quiet = Office(world, hub, "tiexi").start(), Office(world, hub, "shenbei").start()
	for n in range(1, 31):
		check(busy.report_json(wordy("i06", n))[0]["state"] == "received", "with plenty of space nobody counts")
	check(quiet.report_json(wordy("i06", 1))[0]["state"] == "received", "the quiet one")
	brought = hub.units()["tiexi@office"]["brought_bytes"]
	check(brought > 64 << 10 and not hub.units()["tiexi@office"]["waits_for_space"], brought)
	fill()
	check(hub.status()["storage_short"], hub.status())  # else it looks when a second has passed
	check(busy.report_json(wordy("i06", 50), wait=2, expect=75)[0]["state"] == "queued", "it waits")
	told = wait_for(lambda: busy.status()["hub"]["trouble"], 20, "it says why")
	check(told["code"] == 4111 and "tiexi@office" in told["text"], told)
	for n in range(2, 6):
		check(quiet.report_json(wordy("i06", n))[0]["state"] == "received", "the quiet one goes on")
	check(hub.units()["tiexi@office"]["brought_bytes"] == brought and hub.units()["tiexi@office"]["waits_for_space"], hub.units())
	os.unlink(ballast)
	wait_for(lambda: busy.status()["queue"]["without_receipt"] == 0, 30, "it goes on by itself")
	check(busy.status()["hub"]["trouble"] is None, busy.status())
	hub.stop()
	hub.is_clean()


def a_stick_waits(world):
	"""So is a stick refused, with the device's name and what to do, and taken when there is space"""
	hub, ballast, fill = short_of_space(world)
	office = Office(world, hub, "tiexi").start()
	for n in range(1, 31):
		office.report_json(wordy("i06", n))
	fill()
	check(hub.status()["storage_short"], hub.status())
	office.report_json(wordy("i06", 50), wait=2, expect=75)
	stick = world.path("stick")
	muster("outbox", "export", stick, "--dir", office.dir)
	words = ["hub", "import", stick, "--dir", hub.dir, "--receipts"]
	refused = muster(*words, world.path("none"), expect=None)
	check(refused.returncode == 74 and "tiexi@office" in refused.stderr and "MST-5001" in refused.stderr and "map_bytes" in refused.stderr,
		"%d %s" % (refused.returncode, refused.stderr))
	os.unlink(ballast)
	check([line["outcome"] for line in muster_lines(*words, world.path("receipts"))][-1] in ("new", "known"), "it is taken")
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 30, "the office has its receipt")
	hub.stop()
	hub.is_clean()


run(one_fills_the_map, at_full_speed, what_is_known_is_answered, an_office_waits, a_stick_waits)
