#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The hub moves: devices follow by themselves, and one that missed it is told by hand."""
import os
import re

from lib import PATIENCE, Hub, Office, check, free_port, muster, muster_json, muster_lines, run, wait_for

CLOCK = "2012-07-05T00:00:00+08:00"
Q2 = "2012-Q2"


def report(office, progress, item="i06"):
	answers = office.report_json({"item": item, "period": Q2, "report": {"progress_pct": progress, "done": "done"}})
	check(answers[0].get("verdict") == "STORED", answers)


def address(port):
	return "tcp://127.0.0.1:%d" % port


def is_at(office, port):
	hub = office.status()["hub"]
	return hub["connected"] and hub["address"] == address(port)


def knows(office, port):
	return address(port) in office.status()["hub"]["addresses"]


def later(hub, seconds):
	"""Hub time in so many seconds."""
	now = hub.status()["hub_time"]
	minutes, rest = re.match(r".*T\d\d:(\d\d):(\d\d)", now).groups()
	total = int(minutes) * 60 + int(rest) + int(seconds)
	return re.sub(r"T(\d\d):\d\d:\d\d(\.\d+)?", lambda m: "T%s:%02d:%02d" % (m.group(1), total // 60, total % 60), now)


def move(hub, *words):
	port = free_port()
	told = muster_json("hub", "move", "--dir", hub.dir, "--address", address(port), "--listen", address(port), *words)
	wait_for(lambda: address(port).split("//")[1] in hub.status()["listen"], 20,
		lambda: "it listens at both: %s" % hub.status()["listen"])
	return port, told


def devices_follow(world):
	"""The hub moves to another port and key: agents and readers follow without a command, the old place ends with the overlap, and one that was off is mended by set-hub"""
	hub = Hub(world, clock=CLOCK).start()
	tiexi, away, fgw = Office(world, hub, "tiexi").start(), Office(world, hub, "kjj").start(), Office(world, hub, "fgw").start()
	report(tiexi, 10)
	away.stop()
	comment = "# a remark of the people here\n"
	with open(os.path.join(tiexi.dir, "agent.conf"), "a", encoding="utf-8") as f:
		f.write(comment)
	seconds = 5 * PATIENCE
	port, told = move(hub, "--new-key", "--until", later(hub, seconds))
	check(told["leaf"] > 0 and hub.status()["moved_until"] is not None, hub.status())
	for office in (tiexi, fgw):
		wait_for(lambda: knows(office, port), 20, lambda: "it has the notice: %s" % office.status()["hub"])
		wait_for(lambda: any(line["act"]["kind"] == "HUB_MOVED" for line in muster_lines("inbox", "--dir", office.dir)), 10, "in its inbox")
	report(tiexi, 20)
	late = Office(world, hub, "hbj")
	check(address(port) in open(os.path.join(late.dir, "agent.conf"), encoding="utf-8").read(), "who is enrolled now is told the new one")
	late.start()
	wait_for(lambda: is_at(late, port), 20, "the new place serves")

	wait_for(lambda: hub.status()["moved_until"] is None, 30, "the overlap ends")
	for office in (tiexi, fgw):
		wait_for(lambda: is_at(office, port), 30, lambda: "it has followed: %s" % office.status()["hub"])
	report(tiexi, 30)
	check(comment in open(os.path.join(tiexi.dir, "agent.conf"), encoding="utf-8").read(), "settings keep their comments")
	check("in turn" in muster("status", "--dir", tiexi.dir).stdout, "status says so")
	fgw.stop()
	check(muster_lines("feed", "--dir", fgw.dir), "a reader uses the same addresses")

	tiexi.stop()
	tiexi.start()
	report(tiexi, 40)
	said = hub.process.text()
	check(said.count("ready at another place too: ") == 1 and "ready where it was" not in said, said)
	muster("hub", "move", "--dir", hub.dir, "--address", address(port))
	wait_for(lambda: "ready where it was" in hub.process.text(), 20, "a move that listens nowhere else says so")
	check(hub.process.text().count("ready at another place too: ") == 1, hub.process.text())
	hub.kill()
	hub.start()
	wait_for(lambda: is_at(tiexi, port), 30, "the place outlives a restart of both")
	report(tiexi, 50)

	kept = world.path("backup")
	muster("backup", "--dir", hub.dir, "--out", kept)
	keys = [name for name in os.listdir(hub.dir) if name.startswith("curve-")]
	check(len(keys) == 1 and keys[0] in os.listdir(kept), "a copy has the key of the new place too")

	away.start()
	wait_for(lambda: not away.status()["hub"]["connected"], 10, "it knows the old address only")
	key = told["curve_key"]
	check(key == hub.status()["curve_key"] and hub.status()["address"] == address(port), "the administrator finds it again: %s" % hub.status())
	muster("agent", "set-hub", "--dir", away.dir, "--address", address(port), "--key", key)
	wait_for(lambda: is_at(away, port), 20, lambda: "mended while it runs: %s" % away.status()["hub"])
	wait_for(lambda: any(line["act"]["kind"] == "HUB_MOVED" for line in muster_lines("inbox", "--dir", away.dir)), 20, "and it reads the notice")
	report(away, 60, item="i08")
	for office in (tiexi, away, late):
		office.stop()
	hub.stop()
	hub.is_clean()


def moved_again_before_all_have_heard(world):
	"""A second move in the time of the first keeps the place before both; a move back takes the old place with its key"""
	hub = Hub(world, clock=CLOCK).start()
	tiexi, away = Office(world, hub, "tiexi").start(), Office(world, hub, "kjj").start()
	report(tiexi, 10)
	for office in (tiexi, away):
		office.stop()
	move(hub, "--new-key")
	port, _ = move(hub)
	check(str(hub.port) in hub.status()["listen"], "who has heard of neither finds it: %s" % hub.status()["listen"])
	tiexi.start()
	wait_for(lambda: knows(tiexi, port), 20, lambda: "it has the newest notice: %s" % tiexi.status()["hub"])
	muster("hub", "move", "--dir", hub.dir, "--address", address(hub.port), "--listen", address(hub.port))
	wait_for(lambda: hub.status()["listen"].count("and") == 1, 20, "both are served still")
	away.start()
	for office in (tiexi, away):
		wait_for(lambda: is_at(office, hub.port), 30, lambda: "back: %s" % office.status()["hub"])
	report(tiexi, 20)
	muster("hub", "move", "--dir", hub.dir, "--address", address(port), "--listen", address(hub.port), "--new-key", expect=64)
	for office in (tiexi, away):
		office.stop()
	hub.stop()
	muster("hub", "move", "--dir", hub.dir, "--address", address(port), "--listen", address(hub.port), "--new-key", expect=64)
	hub.is_clean()


def a_clock_that_is_ahead(world):
	"""An office whose clock is months ahead takes the overlap for over when it hears of the move: it stays where it is served, and follows when that ends"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi")
	office.set("clock_start", '"2012-11-05T00:00:00+08:00"')
	office.start()
	report(office, 10)
	port, _ = move(hub, "--new-key", "--until", later(hub, 4 * PATIENCE))
	wait_for(lambda: knows(office, port), 20, lambda: "it has the notice: %s" % office.status()["hub"])
	report(office, 20)
	wait_for(lambda: hub.status()["moved_until"] is None, 30, "the overlap ends")
	wait_for(lambda: is_at(office, port), 30, lambda: "it has followed: %s" % office.status()["hub"])
	report(office, 30)
	office.stop()
	hub.stop()
	hub.is_clean()


def moved_while_stopped(world):
	"""A stopped hub is moved too; an agent whose first address is dead or refuses it finds the hub at the next"""
	hub = Hub(world, clock=CLOCK)
	tiexi = Office(world, hub, "tiexi")
	stranger = Hub(world, clock=CLOCK, directory=world.path("stranger")).start()
	tiexi.set("addresses", '{"%s", "%s", "%s"}' % (address(free_port()), address(stranger.port), address(hub.port)))
	port = free_port()
	muster("hub", "move", "--dir", hub.dir, "--address", address(port), "--listen", address(port))
	hub.start()
	tiexi.start()
	wait_for(lambda: is_at(tiexi, hub.port), 30, lambda: "the third of its addresses: %s" % tiexi.status()["hub"])
	wait_for(lambda: knows(tiexi, port), 20, "it has the notice")
	report(tiexi, 10)
	tiexi.stop()
	tiexi.start()
	wait_for(lambda: is_at(tiexi, port), 20, lambda: "the new one is the first now: %s" % tiexi.status()["hub"])
	taken = muster("hub", "move", "--dir", hub.dir, "--address", address(stranger.port), "--listen", address(stranger.port), expect=None)
	check(taken.returncode != 0 and "MST-" in taken.stderr, "what cannot be listened at is not told: %s" % taken.stderr)
	for words in (["--address", "10.0.0.1:7300"], ["--address", address(port), "--new-key"],
			["--address", address(port), "--until", "2012-07-01T00:00:00+08:00"]):
		muster("hub", "move", "--dir", hub.dir, *words, expect=64)
	lost = Office(world, hub, "kjj")
	lost.set("addresses", '{"%s"}' % address(stranger.port))
	lost.start()
	wait_for(lambda: lost.status()["hub"]["state"] == "REFUSED", 20, "its one address turns it away, and it waits")
	muster("agent", "set-hub", "--dir", lost.dir, "--address", address(port))
	wait_for(lambda: is_at(lost, port), 20, lambda: "it does not wait any more: %s" % lost.status()["hub"])
	lost.stop()
	tiexi.stop()
	stranger.stop()
	hub.stop()
	hub.is_clean()


if __name__ == "__main__":
	run(devices_follow, a_clock_that_is_ahead, moved_again_before_all_have_heard, moved_while_stopped)
