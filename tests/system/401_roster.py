#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Devices change their keys, are stopped, cloned, lost and followed by others, and the log tells all of it."""
import json
import os
import shutil
import subprocess

import peer
from lib import Hub, Office, PATIENCE, check, count, environment, muster, muster_json, muster_lines, pause, program, rng, run, wait_for


class Joined(Office):
	"""An office whose directory was made by `muster join`."""

	def __init__(self, world, hub, unit, directory):
		self.world, self.hub, self.unit, self.dir = world, hub, unit, directory
		self.folder = os.path.join(self.dir, "reports")
		self.log = self.dir + ".log"
		self.process = None


def join(hub, unit, directory, *words):
	key = muster_json("hub", "invite", unit, "--dir", hub.dir, *words)["key"]
	return json.loads(muster("join", "--dir", directory, "--json", stdin=key + "\n").stdout)


def office_of(world, hub, unit, *words):
	directory = world.path("%s-%d" % (unit, world.n))
	join(hub, unit, directory, *words)
	return Joined(world, hub, unit, directory)


def send(office, item, period, n, wait=True):
	"""A report that no other is like; its answer."""
	return office.report("--item", item, "--period", period, "--progress", str(n), "--done", "step %d" % n, *(["--wait", "30"] if wait else []),
		expect=None)


def delivered(office):
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 30, lambda: "all receipts: %s" % office.status())


def keys_change(world):
	"""rotation: the old key signs the new one; what was sealed before still arrives, proofs and feeds of both keys hold, verify follows"""
	hub = Hub(world).start()
	office = office_of(world, hub, "tiexi").start()
	send(office, "i06", "2012-Q2", 10)
	delivered(office)
	hub.stop()
	send(office, "i06", "2012-Q2", 20, wait=False)
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 1, 10, "it waits, sealed with the old key")
	before = open(os.path.join(office.dir, "device.key"), "rb").read()
	told = muster("agent", "rotate", "--dir", office.dir, expect=75).stderr
	check("[MST-7026]" in told and "no receipt: 1" in told and not os.path.exists(os.path.join(office.dir, "next")), told)
	hub.start()
	first = muster_json("agent", "rotate", "--dir", office.dir)
	check(first["device"] == "tiexi@office" and open(os.path.join(office.dir, "device.key"), "rb").read() != before, "other keys lie there")
	delivered(office)
	send(office, "i06", "2012-Q2", 30)
	delivered(office)
	check("[MST-4209]" in muster("agent", "rotate", "--dir", office.dir, expect=77).stderr, "not again while both count")
	office.stop()
	office.start()
	send(office, "i06", "2012-Q2", 40)
	delivered(office)
	records = [line["record"] for line in muster_lines("feed", "--dir", office.dir, "--since", "0", "--own")]
	check(len(records) == 4, "a reader verifies all four as it reads: %s" % records)
	for n, record in enumerate(records):
		proof = world.path("proof-%d" % n)
		muster("prove", "--dir", office.dir, "--record", record, "-o", proof)
		muster("check", proof, "--root", muster("hub", "key", "--dir", hub.dir).stdout.strip())
	office.stop()
	hub.is_clean()


def an_old_key_at_its_end(world):
	"""a batch that the key before has signed, taken while that counts and put into the log when it counts no more, is refused: verify finds the log whole"""
	peer.learn(world)
	import wire_pb2
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	hub.set("refill_wait_ms", '"2000"')
	directory = hub.enroll("tiexi")
	before = peer.Peer(directory)
	before.open()
	before.close()
	batch = before.seal(before.act(), now=1341460800000000)
	muster("agent", "rotate", "--dir", directory)
	hub.stop()
	kept = world.path("kept")
	shutil.copytree(os.path.join(hub.dir, "data"), kept)
	hub.start()
	hub.enroll("fgw")
	hub.stop()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(kept, os.path.join(hub.dir, "data"))
	muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "admin.key"))
	hub.start()
	after = peer.Peer(directory)
	after.open()
	after.send(after.contract.PUSH, wire_pb2.Push(batch=batch))  # a restored log holds it for two seconds
	after.send(11, wire_pb2.Ping(number=1))
	check(after.receive()[0] == 12, "it was taken")
	hub.clock("2012-07-25T12:00:00+08:00")
	name, answer = after.answer()
	check(name == "BAD_BATCH" and "counts no more" in answer.text, "%s: %s" % (name, answer))
	hub.stop()
	hub.is_clean()


def the_hub_sees_its_devices(world):
	"""units: state, connection, last seen, software, queue and clock of each device; when it was last seen outlives the hub"""
	hub = Hub(world).start()
	office = office_of(world, hub, "tiexi")
	check(hub.units()["tiexi@office"]["link"] == "never seen" and hub.units()["tiexi@office"]["software"] is None, "it was never here")
	office.start()
	wait_for(lambda: hub.units()["tiexi@office"]["queue"] == 0, 30, "the agent tells of itself at once")
	line = hub.units()["tiexi@office"]
	check(line["link"] == "connected" and line["software"].startswith("muster-agent ") and abs(line["clock_off_ms"]) < 60000, "%s" % line)
	send(office, "i06", "2012-Q2", 10)
	delivered(office)
	text = muster("hub", "units", "--dir", hub.dir).stdout
	check("waiting" in text and "muster-agent" in text, text)
	office.stop()
	hub.stop()
	hub.start()
	line = hub.units()["tiexi@office"]
	check(line["link"] == "silent" and line["last_seen"] is not None and line["acts"] == 1, "last seen outlives the hub: %s" % line)
	check(line["software"] is None and line["queue"] is None, "what is not known is not told: %s" % line)


def a_key_is_lost(world):
	"""lost: a new invite with --replace continues the unit and the name: the old device is refused from then on, its acts stay, the unit's slots go on"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00").start()
	office = office_of(world, hub, "tiexi").start()
	send(office, "i06", "2012-Q2", 10)
	delivered(office)
	check("[MST-5050]" in muster("hub", "invite", "tiexi", "--dir", hub.dir, expect=None).stderr, "the name is taken")
	fresh = office_of(world, hub, "tiexi", "--replace")
	wait_for(lambda: office.status()["hub"]["connected"] is False, 30, "the old device's connection is over")
	fresh.start()
	wait_for(lambda: fresh.status()["hub"]["connected"], 30, "the new one is in")
	where = "where", "--dir", fresh.dir, "--item", "6", "--period", "2012-Q2"
	wait_for(lambda: muster_json(*where).get("revision") == 1, 30, "it knows what the old one reported")
	answer = send(fresh, "i06", "2012-Q2", 20)
	delivered(fresh)
	check([(a["revision"], a["verdict"]) for a in answer] == [(2, "STORED")], "the new device reports on the same slot: %s" % answer)
	states = sorted(d["state"] for d in muster_lines("hub", "units", "--dir", hub.dir) if d["unit"] == "tiexi")
	check(states == ["active", "revoked"], "one follows the other: %s" % states)
	check(hub.units()["tiexi@office"], "under the same name")
	office.stop()
	fresh.stop()
	hub.is_clean()


def a_clone_and_the_way_out(world):
	"""clone: two batches under one number are a fork: the device is frozen by a leaf, both are kept, alarm at both ends; invite --replace and join into the kept directory deliver what it held, and the clerk's answer says so"""
	peer.learn(world)
	hub = Hub(world)
	hub.start()
	office = office_of(world, hub, "tiexi")
	hub.stop()
	office.start()
	send(office, "i06", "2012-Q2", 1, wait=False)
	office.drop("二季度.csv", "工作事项,期间,进度(%)\n8,2012-Q4,40\n")
	office.answer("二季度.csv", "已排队")
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 2, 10, "two reports wait")
	office.stop()
	hub.start()
	# A copy of the directory has spoken, and then another one from before that.
	copy = peer.Peer(office.dir)
	copy.open()
	copy.report()
	size = hub.status()["size"]
	said = copy.push(copy.seal(first_seq=1, prev=bytes(32)))[0]
	check(said == "FORK", "the second history is refused: " + said)
	check(copy.push(copy.seal())[0] == "FROZEN", "and nothing more is believed")
	check(hub.status()["size"] == size + 1, "the freeze is a leaf")
	check("ALARM" in hub.process.text() and "[MST-4210]" in hub.process.text(), "the hub raises an alarm")
	copy.close()
	office.start()
	wait_for(lambda: (office.status()["hub"]["trouble"] or {}).get("code", 0) >= 4000, 30, "the office is told")
	check(office.status()["queue"]["without_receipt"] == 2, "and keeps what it has")
	office.stop()
	forks = muster_lines("hub", "forks", "--dir", hub.dir)
	check(len(forks) == 1 and forks[0]["device"] == "tiexi@office" and forks[0]["state"] == "frozen" and forks[0]["simulated_clock"], "it is listed: %s" % forks)
	check(hub.status()["frozen"] == 1 and "two histories: 1 (muster hub forks)" in muster("hub", "status", "--dir", hub.dir).stdout, "at a glance too")
	words = muster("hub", "forks", "--dir", hub.dir).stdout
	check("muster hub invite tiexi" in words and "--replace" in words and "muster join" in words, "the way out is told: " + words)
	done = join(hub, "tiexi", office.dir, "--replace")
	check(done["took_over"] and done["acts_taken"] == 2, "its outbox is taken over: %s" % done)
	office.start()
	delivered(office)
	check(office.status()["queue"]["all"] == 2, "what it held was delivered by the new device")
	office.answer("二季度.csv", "已收到")
	check(any(name.startswith("before-") for name in os.listdir(office.dir)), "the old files are kept beside")
	office.stop()
	hub.stop()
	hub.start()
	check(muster_lines("hub", "forks", "--dir", hub.dir)[0]["state"] == "revoked", "the frozen one is revoked by its follower")
	hub.is_clean()


def copies_that_run(world):
	"""clone: of a directory that runs twice, or as an older copy, the hub's administrator is told too, by device and code, and when it is over"""
	hub = Hub(world).start()
	office = office_of(world, hub, "tiexi").start()
	send(office, "i06", "2012-Q2", 1)
	delivered(office)
	office.stop()
	older, twin = (Joined(world, hub, "tiexi", office.dir + name) for name in ("-older", "-twin"))
	shutil.copytree(office.dir, older.dir)
	office.start()
	send(office, "i06", "2012-Q2", 2)
	delivered(office)
	office.stop()
	shutil.copytree(office.dir, twin.dir)
	trouble = lambda: hub.units()["tiexi@office"]["trouble"]
	for copy, code in ((older, 4122), (twin, 4124)):
		office.start()
		wait_for(lambda: office.status()["hub"]["connected"] and trouble() is None, 30, "all is well")
		copy.start()
		wait_for(lambda: trouble() == code, 60, lambda: "the hub shows %d: %s" % (code, hub.units()))
		check("MST-%d" % code in muster("hub", "units", "--dir", hub.dir).stdout, "and to people")
		check("until people help: 1 (muster hub units)" in muster("hub", "status", "--dir", hub.dir).stdout, "at a glance too")
		copy.stop()
		office.stop()
	check("tiexi@office sends nothing until people help" in hub.process.text(), hub.process.text())
	office.start()
	send(office, "i06", "2012-Q2", 3)
	delivered(office)
	wait_for(lambda: trouble() is None, 60, "it is over")
	check("people help" not in muster("hub", "status", "--dir", hub.dir).stdout, "at a glance too")
	office.stop()
	hub.is_clean()


def taken_over_whatever_dies(world):
	"""takeover: join into an old directory, killed at any moment, done again with the same key, loses and doubles nothing"""
	hub = Hub(world).start()
	rounds = count(6, 2, 100)
	office = office_of(world, hub, "tiexi")
	for n in range(rounds):
		hub.stop()
		office.start()
		send(office, "i06", "2012-Q2", n + 1, wait=False)
		wait_for(lambda: office.status()["queue"]["without_receipt"] == 1, 10, "a report waits")
		office.stop()
		hub.start()
		key = muster_json("hub", "invite", "tiexi", "--dir", hub.dir, "--replace")["key"]
		env = dict(environment(), MUSTER_JOIN_KEY=key)
		words = [program("muster"), "join", "--dir", office.dir]
		first = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
		pause(rng.random() * 0.08 * PATIENCE)
		first.kill()
		first.wait()
		done = subprocess.run(words, capture_output=True, env=env, encoding="utf-8")
		check(done.returncode == 0, "again: " + done.stderr)
		office.start()
		delivered(office)
		check(office.status()["queue"]["all"] == 1, "just that report: %s" % office.status()["queue"])
		office.stop()
	stored = [d for d in muster_lines("hub", "units", "--dir", hub.dir) if d["unit"] == "tiexi"]
	check(len(stored) == rounds + 1 and sum(d["acts"] for d in stored) == rounds, "a device and an act each: %s" % stored)
	hub.is_clean()


def the_form_stays_a_form(world):
	"""takeover: a form that nobody touched is no report of the new device either, so what another device of the unit reported meanwhile stands"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office, other = office_of(world, hub, "tiexi"), Office(world, hub, "tiexi", "two")
	form = os.path.join(office.folder, "填报表-2012-Q2.xlsx")
	office.start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "20", "--done", "x", "--wait", "20")
	wait_for(lambda: os.path.exists(form), 30, "the form")
	said = os.stat(form).st_mtime_ns
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "30", "--done", "y", "--wait", "20")
	wait_for(lambda: os.stat(form).st_mtime_ns != said, 30, "the form says what was reported")
	office.stop()
	other.start()
	newer = ("--item", "6", "--period", "2012-Q2", "--progress", "40", "--done", "z", "--wait", "20")
	wait_for(lambda: other.report(*newer, expect=None)[0]["state"] == "received", 20, "the other device knows what was before")
	muster("join", "--dir", office.dir, stdin=muster("hub", "invite", "tiexi", "--dir", hub.dir, "--replace").stdout)
	office.start()
	office.drop("q2.csv", "工作事项,期间,进度(%)\r\n8,2012-Q2,20\r\n")
	office.answer("q2.csv")
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 20, "all is sent")
	check(not office.kept("填报表-2012-Q2.xlsx"), "our own form was taken: %s" % office.kept())
	check(os.path.exists(form) and office.status()["queue"]["all"] == 1, "only the file is reported: %s" % office.status())
	hub.is_clean()


run(keys_change, an_old_key_at_its_end, the_hub_sees_its_devices, a_key_is_lost, a_clone_and_the_way_out, copies_that_run, taken_over_whatever_dies, the_form_stays_a_form)
