#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 11: bytes flipped in the stored data are named by verify; nothing dies of a signal, nothing is skipped in silence."""
import os
import shutil
import signal
import subprocess

from lib import Hub, check, count, environment, muster, muster_json, program, rng, run, wait_for

FLIPS = count(60, 15, 2000)
PAGE = 4096


def flip(directory, at, bits=0xFF):
	with open(os.path.join(directory, "data", "data.mdb"), "r+b") as f:
		f.seek(at)
		byte = f.read(1)
		f.seek(at)
		f.write(bytes([byte[0] ^ bits]))


def stopped_hub(world, reports=2000):
	hub = Hub(world).start()
	hub.load(devices=2, batch=16, reports=reports)
	hub.stop()
	check(hub.verify()["ok"], "the log is good before it is damaged")
	return hub


def copy_of(world, hub, name):
	to = world.path(name)
	shutil.copytree(hub.dir, to)
	return to


def a_changed_act_is_named(world):
	"""corruption_is_named: one changed byte in an act makes verify name the leaf that holds it, and why"""
	hub = stopped_hub(world)
	with open(os.path.join(hub.dir, "data", "data.mdb"), "rb") as f:
		data = f.read()
	# Text of an act stands in one live page or in old copies of it; damage every one.
	plan = b"sy-2012"
	places = [at for at in range(len(data)) if data.startswith(plan, at)][-400:]
	victim = copy_of(world, hub, "changed")
	for at in places:
		flip(victim, at, 0x01)
	done = muster_json("verify", "--dir", victim, expect=1)
	check(done["ok"] is False and 0 <= done["first_bad"] < done["size"], "verify: %s" % done)
	said = muster("verify", "--dir", victim, expect=1).stderr
	check("leaf %d: %s" % (done["first_bad"], done["reason"]) in said and "MST-" in said, said)


def spoil_all(hub, text):
	"""Every copy of TEXT in the data, old pages too, is another."""
	with open(os.path.join(hub.dir, "data", "data.mdb"), "rb") as f:
		data = f.read()
	at = data.find(text)
	check(at >= 0, "%s is in the data" % text)
	while at >= 0:
		flip(hub.dir, at, 0x01)
		at = data.find(text, at + 1)


def a_damaged_roster_is_named(world):
	"""corruption_is_named: an audit, a hub and a command that cannot read who the devices are say so, with the row"""
	hub, acks = Hub(world).start(), world.path("acks")
	hub.load(devices=1, batch=4, reports=8, acks=acks)
	hub.stop()
	with open(acks, "rb") as f:
		name = f.read().split()[0]
	spoil_all(hub, name)
	for words in (("audit", "--dir", hub.dir, "--acks", acks), ("hub", "revoke", "nobody@here", "--dir", hub.dir), ("hub", "invite", "tiexi", "--dir", hub.dir)):
		done = muster(*words, expect=74)
		check("MST-5010" in done.stderr and "device" in done.stderr and done.stdout == "", done)
	p = world.start("muster-hub", "--dir", hub.dir)
	check(p.wait(20) == 74 and "MST-5010" in p.text() and "device" in p.text(), p.text())


def a_damaged_invite_is_named(world):
	"""corruption_is_named: a hub that cannot read whom it has invited says so, with the row"""
	hub = Hub(world)
	muster("hub", "invite", "tiexi", "--device", "quaint", "--dir", hub.dir)
	spoil_all(hub, b"quaint")
	p = world.start("muster-hub", "--dir", hub.dir)
	check(p.wait(20) == 74 and "MST-5010" in p.text() and "invite" in p.text(), p.text())


def children_of(pid):
	with open("/proc/%d/task/%d/children" % (pid, pid), encoding="utf-8") as f:
		return [int(x) for x in f.read().split()]


def only_damage_is_called_damage(world):
	"""corruption_is_named: a reader that was killed from outside leaves open whether the directory is good; one that damaged pages ended does not"""
	hub, acks = Hub(world), world.path("acks")
	os.mkfifo(acks) # the reader waits for somebody who writes
	leave_faults_alone()
	for number, code, said in ((signal.SIGTERM, 75, "nothing is known"), (signal.SIGKILL, 75, "nothing is known"), (signal.SIGBUS, 74, "MST-5010")):
		p = world.start("muster", "audit", "--dir", hub.dir, "--acks", acks)
		os.kill(wait_for(lambda: children_of(p.pid), 10, "the reader runs")[0], number)
		check(p.wait(10) == code and said in p.text(), "signal %d: %s" % (number, p.text()))
	told = deaf("muster", "audit", "--dir", hub.dir, "--acks", world.dir)
	check(told.returncode == 74 and "MST-1003" in told.stderr, "also when no child is told of: %s" % told)


def a_cut_file_is_told_when_no_child_is(world):
	"""corruption_is_named: who starts us may ignore how children end; a data.mdb that lacks pages in use is refused all the same, and stays as it is"""
	hub = stopped_hub(world, reports=600)
	leave_faults_alone()
	path = os.path.join(hub.dir, "data", "data.mdb")
	size = os.path.getsize(path) // PAGE // 2 * PAGE
	os.truncate(path, size)
	for words in (("muster", "verify", "--dir", hub.dir), ("muster-hub", "--dir", hub.dir)):
		told = deaf(*words)
		check(told.returncode == 74 and "MST-5008" in told.stderr and os.path.getsize(path) == size, told)


def deaf(name, *words):
	"""The end of a program whose starter ignores SIGCHLD."""
	return subprocess.run([program(name), *words], preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN), capture_output=True, timeout=60,
		env=environment(), encoding="utf-8")


def leave_faults_alone():
	"""LMDB may fault on a damaged page, which ends the process that reads for the command: a sanitizer leaves that to it."""
	os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "detect_leaks=1") + ":handle_segv=0:handle_sigbus=0:handle_sigfpe=0"


def random_damage_never_crashes(world):
	"""corruption_is_named: after any flipped byte verify and audit end with a verdict, never of a signal"""
	hub = stopped_hub(world, reports=600)
	path = os.path.join(hub.dir, "data", "data.mdb")
	size = os.path.getsize(path)
	with open(path, "rb") as f:
		data = f.read()
	used = [p for p in range(size // PAGE) if any(data[p * PAGE:(p + 1) * PAGE])]
	good = muster_json("verify", "--dir", hub.dir)
	noticed = 0
	leave_faults_alone()
	for number in range(FLIPS):
		victim = copy_of(world, hub, "flipped")
		page = rng.choice(used)
		at = page * PAGE + rng.choice((rng.randrange(PAGE), rng.randrange(32)))
		flip(victim, at, 1 << rng.randrange(8))
		for verb in ("verify", "audit"):
			done = muster(verb, "--dir", victim, "--json", expect=None)
			check(done.returncode in (0, 1, 65, 70, 74, 78), "%s of a copy with byte %d flipped: exit code %d\n%s" % (verb, at,
				done.returncode, done.stderr))
			if done.returncode != 0:
				noticed += 1
				check("MST-" in done.stderr or verb == "audit", "%s, byte %d: no code: %s" % (verb, at, done.stderr))
			elif verb == "verify":
				check(good["root"] in done.stdout, "a good verdict for another log: byte %d" % at)
		shutil.rmtree(victim)
	print("        %d of %d readings noticed the flip" % (noticed, 2 * FLIPS))


def a_damaged_hub_says_so(world):
	"""a hub whose newest pages are damaged ends with a sentence, or serves what is good; it never dies of a signal"""
	hub = stopped_hub(world, reports=600)
	size = os.path.getsize(os.path.join(hub.dir, "data", "data.mdb"))
	for number in range(count(10, 4, 200)):
		victim = copy_of(world, hub, "hub-%d" % number)
		for _ in range(20):
			flip(victim, rng.randrange(2 * PAGE, size), 1 << rng.randrange(8))
		p = world.start("muster-hub", "--dir", victim)
		wait_for(lambda: not p.running() or "ready" in p.text(), 20, "the hub decides")
		code = p.stop()
		check(code >= 0, "the hub died of signal %d: %s" % (-code, p.text()))
		check(code == 0 or "MST-" in p.text(), p.text())
		shutil.rmtree(victim)


run(a_changed_act_is_named, a_damaged_roster_is_named, a_damaged_invite_is_named, only_damage_is_called_damage,
	a_cut_file_is_told_when_no_child_is, random_damage_never_crashes, a_damaged_hub_says_so)
