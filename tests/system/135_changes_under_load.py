#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 1 to 3 and 10 while the administrator works: under load the plan changes, the hub moves, devices come and go, and the signer
hangs or dies, in any order. Nothing that was receipted is lost, doubled or miscounted."""
import os
import signal

from lib import PLAN, Hub, Office, check, count, free_port, lines_in, muster, pause, rng, run, wait_for


def signer_of(hub):
	with open("/proc/%d/task/%d/children" % (hub.process.pid, hub.process.pid), encoding="ascii") as f:
		pids = [int(pid) for pid in f.read().split()]
	check(len(pids) == 1, "the hub has one child: %s" % pids)
	return pids[0]


class Administrator:
	"""One change at a time, each of which the hub takes or refuses by name."""

	def __init__(self, world, hub):
		self.world, self.hub, self.n, self.devices = world, hub, 0, []
		with open(PLAN, encoding="utf-8") as f:
			self.plan_text = f.read()
		self.deadlines = iter(range(11, 60))

	def path(self):
		self.n += 1
		return self.world.path("change-%d" % self.n)

	def enrol(self):
		name = "device-%d" % self.n
		muster("hub", "enroll", "tiexi", "--dir", self.hub.dir, "--out", self.path(), "--device", name)
		self.devices.append("tiexi@" + name)

	def revoke(self):
		if self.devices:
			muster("hub", "revoke", self.devices.pop(), "--dir", self.hub.dir)

	def plan(self):
		path, days = self.path(), next(self.deadlines, None)
		if days is not None:
			with open(path, "w", encoding="utf-8") as f:
				f.write(self.plan_text.replace("due_days    = 10", "due_days    = %d" % days, 1))
			muster("plan", "apply", path, "--dir", self.hub.dir, "--from", "2012-Q3")

	def move(self):
		to = "tcp://127.0.0.1:%d" % free_port()
		muster("hub", "move", "--dir", self.hub.dir, "--address", to, "--listen", to)

	def stop(self):
		self.hub.stop()
		self.hub.start()

	def kill(self):
		self.hub.kill()
		self.hub.start()

	def signer_hangs(self):
		signer = signer_of(self.hub)
		os.kill(signer, signal.SIGSTOP)
		pause(rng.random())
		os.kill(signer, signal.SIGCONT)

	def signer_dies(self):
		os.kill(signer_of(self.hub), signal.SIGKILL)
		check(self.hub.process.wait(20) == 74, self.hub.process.text()[-1500:])
		self.hub.start()


def changes_under_load(world):
	"""exactly_once, receipt_after_fsync: plan, place, roster, process and signer of the hub change at random under load; the audit finds nothing"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00").start()
	acks = world.path("acks")
	offices = [Office(world, hub, unit).start() for unit in ("tiexi", "jxw")]
	load = world.start("muster", *hub.load_words(devices=4, batch=4, inflight=16, reports=1000000000, acks=acks))
	wait_for(lambda: lines_in(acks) > 0, 30, "the load runs")
	admin = Administrator(world, hub)
	changes = [admin.enrol, admin.enrol, admin.revoke, admin.plan, admin.move, admin.stop, admin.kill, admin.signer_hangs, admin.signer_dies]
	for n in range(count(40, slow=25, long=2000)):
		rng.choice(changes)()
		if n % 5 == 0:
			offices[0].report("--item", "6", "--period", "2012-Q2", "--done", "no. %d" % n, "--progress", str(n % 101), "--wait", "1", expect=None)
	stood = lines_in(acks)
	wait_for(lambda: lines_in(acks) > stood, 60, lambda: "the load goes on: " + load.text()[-500:])
	load.kill()
	for office in offices:
		wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 60, lambda: "all is receipted: %s" % office.status())
		office.stop()
	hub.comes_to_rest()
	hub.is_clean(acks)
	hub.stop()
	hub.is_clean(acks)


run(changes_under_load)
