#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The keys of a device change while its agent runs: it takes up the new ones by itself, wherever the change is cut off."""
import os
import shutil
import subprocess
from datetime import datetime, timedelta

from lib import Hub, Office, check, count, environment, muster, muster_json, muster_lines, pause, program, rng, run, wait_for

BEGIN = datetime.fromisoformat("2012-07-05T12:00:00+08:00")
OVER = timedelta(days=15)  # the keys before count no more


class Place:
	"""A hub and a running office, whose reports go on."""

	def __init__(self, world):
		self.hub = Hub(world, clock=BEGIN.isoformat() + ",0").start()
		self.office = Office(world, self.hub, "tiexi").start()
		self.now, self.n, self.first = BEGIN, 0, self.office.process.pid

	def later(self):
		self.now += OVER
		self.hub.clock(self.now.isoformat())

	def report(self):
		"""One that no other is like; not waited for."""
		self.n += 1
		self.office.report("--item", "i06", "--period", "2012-Q2", "--progress", str(self.n), "--done", "step %d" % self.n, expect=None)

	def delivered(self):
		wait_for(lambda: self.office.status()["queue"]["without_receipt"] == 0, 40, lambda: "all receipts: %s" % self.office.status())

	def key(self, folder="."):
		with open(os.path.join(self.office.dir, folder, "device.key"), "rb") as f:
			return f.read()

	def end(self, acts):
		"""Every report is in the log once; the hub may have refused one as too late."""
		own = [line for line in muster_lines("feed", "--dir", self.office.dir, "--since", "0", "--own") if line["act"]["kind"] == "REPORT"]
		verdicts = [line["verdict"] for line in own]
		check(len(own) == acts and "DUPLICATE" not in verdicts and "STORED" in verdicts, "each is there once: %s" % verdicts)
		self.office.stop()
		self.hub.is_clean()


def at_once(world):
	"""told: agent rotate changes the keys of a running agent: the same process seals and connects with them when the ones before count no more"""
	at = Place(world)
	at.report()
	at.delivered()
	said = muster("agent", "rotate", "--dir", at.office.dir).stdout
	check("Its agent uses the new ones." in said, said)
	at.report()
	at.delivered()
	for _ in range(2):
		at.later()
		at.report()
		at.delivered()
		muster("agent", "rotate", "--dir", at.office.dir)
	check(at.office.process.running() and at.office.process.pid == at.first, "nobody started it again")
	check("ALARM" not in at.office.process.text() + at.hub.process.text(), "no alarm")
	at.end(4)


def not_told(world):
	"""not told: an agent that was not told of new keys signs with those of its directory all the same; a key file that cannot be read is said, and the keys before go on"""
	at = Place(world)
	control, away = (os.path.join(at.office.dir, name) for name in ("control.sock", "away.sock"))
	os.rename(control, away)
	said = muster("agent", "rotate", "--dir", at.office.dir).stdout
	os.rename(away, control)
	check("did not answer: restart it" in said, said)
	at.report()
	at.delivered()
	at.later()
	at.report()
	at.delivered()
	path = os.path.join(at.office.dir, "device.key")
	os.rename(path, path + ".away")
	at.report()
	at.delivered()
	check("device.key" in at.office.process.text().split("other keys")[1], at.office.process.text())
	os.rename(path + ".away", path)
	at.report()
	at.delivered()
	at.end(4)


def forgotten(world):
	"""forgotten: a change that was cut off after the hub had recorded it is finished by the same command, also when the hub does not know the old keys any more; what was stated meanwhile arrives"""
	at = Place(world)
	at.report()
	at.delivered()
	old = at.key()
	muster("agent", "rotate", "--dir", at.office.dir)
	at.office.stop()
	os.mkdir(os.path.join(at.office.dir, "next"), 0o700)
	shutil.move(os.path.join(at.office.dir, "device.key"), os.path.join(at.office.dir, "next"))
	path = os.path.join(at.office.dir, "device.key")
	with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
		f.write(old)
	fresh = at.key("next")
	at.later()
	at.office.start()
	check("cut off: do it again" in at.office.process.text(), at.office.process.text())
	wait_for(lambda: at.office.status()["hub"]["state"] == "REFUSED", 30, "the hub knows the old key no more")
	muster("agent", "rotate", "--dir", at.office.dir)
	check(at.key() == fresh and not os.path.exists(os.path.join(at.office.dir, "next")), "the keys that the hub has lie there")
	at.report()
	at.delivered()
	at.end(2)


def killed(world):
	"""kills: whenever the command, the agent or the hub is killed during a change, it is done again and every report arrives once"""
	at = Place(world)
	changed = 0
	for _ in range(count(5, slow=2, long=40)):
		at.report()
		at.delivered()
		at.later()
		before = at.key()
		command = subprocess.Popen([program("muster"), "agent", "rotate", "--dir", at.office.dir], stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL, env=environment())
		pause(rng.random() * 0.12)
		victim = rng.choice(("command", "command", "agent", "hub"))
		if victim == "command":
			command.kill()
		elif victim == "agent":
			at.office.kill()
			at.office.start()
		else:
			at.hub.kill()
			at.hub.start()
		at.report()
		command.wait()
		again = muster("agent", "rotate", "--dir", at.office.dir, expect=None)
		check(again.returncode == 0 or "[MST-4209]" in again.stderr, again.stderr)
		check(at.key() != before and not os.path.exists(os.path.join(at.office.dir, "next")), "other keys, and nothing is left over")
		at.delivered()
		changed += 1
	at.end(2 * changed)


if __name__ == "__main__":
	run(at_once, not_told, forgotten, killed)
