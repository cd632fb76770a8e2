#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The hub states each feed in its log, hour by hour; who reads the feed finds what was left out."""
import os

from lib import Device, Hub, Office, check, muster, muster_json, muster_lines, omit, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"


def size(hub):
	return hub.status()["size"]


def reports(directory, *words):
	return [line for line in muster_lines("feed", "--dir", directory, *words) if line["act"]["kind"] == "REPORT"]


def stated_once_an_hour_when_something_changed(world):
	"""HUB_FEEDS: within an hour nothing, after it one leaf for all feeds that grew, then none until something changes; also after a stop and a start"""
	hub = Hub(world, clock=CLOCK).start()
	lead, office, other = Device(world, hub, "jxw"), Device(world, hub, "tiexi"), Device(world, hub, "dadong")
	before = size(hub)
	office.push(office.report("i06", "2012-Q2", 1, progress=1))
	office.push(office.report("i06", "2012-Q2", 2, progress=2))
	hub.clock("2012-07-05T12:30:00+08:00")
	check(size(hub) == before + 2, "within the hour: %d" % size(hub))
	hub.clock("2012-07-05T13:01:00+08:00")
	check(size(hub) == before + 3, "after the hour one leaf: %d" % size(hub))
	hub.clock("2012-07-05T15:00:00+08:00")
	check(size(hub) == before + 3, "nothing changed: %d" % size(hub))
	other.push(other.report("i06", "2012-Q2", 1, progress=1))
	hub.stop()
	hub.start()
	wait_for(lambda: size(hub) == before + 5, 10, lambda: "overdue after a start: %d" % size(hub))
	hub.clock("2012-07-05T18:00:00+08:00")
	for _ in range(3):
		hub.stop()
		hub.start()
	check(size(hub) == before + 5, "starts change nothing: %d" % size(hub))
	check(len(reports(lead.dir)) == 3, "the lead reads on")
	check(len(reports(lead.dir, "--since", "0")) == 3, "and from the beginning")
	check(len(open(os.path.join(lead.dir, "cursors", "feed"), encoding="utf-8").read().splitlines()[1]) == 64, "the chain is kept with the cursor")
	check(muster_json("feed", "--check", "--dir", lead.dir)["different"] == [], "the check agrees")
	hub.is_clean()


def what_a_cursor_remembers_goes_on(world):
	"""a reader that stops between two statements goes on with its chain; one that lost it takes it up at the next statement"""
	hub = Hub(world, clock=CLOCK).start()
	lead, office = Device(world, hub, "jxw"), Device(world, hub, "tiexi")
	agent = Office(world, hub, "jxw", "agent").start()
	cursor = os.path.join(lead.dir, "cursors", "feed")
	for n in range(1, 40):
		office.push(office.report("i06", "2012-Q2", n, progress=n))
		if n % 3 == 0:
			hub.clock("2012-07-%02dT12:00:00+08:00" % (5 + n // 3))
		if n % 5 == 0:
			check(len(reports(lead.dir)) == 5, "the five of it")
		if n == 20:
			with open(cursor, encoding="utf-8") as f:
				first = f.readline()
			with open(cursor, "w", encoding="utf-8") as f:
				f.write(first)
	check(len(reports(lead.dir)) == 4, "the last ones")
	check(agent.status()["hub"]["connected"] and "MST-42" not in agent.process.text(), "the agent reads without a word: " + agent.process.text())
	agent.stop()
	agent.start()
	office.push(office.report("i06", "2012-Q2", 40, progress=40))
	hub.clock("2012-08-01T12:00:00+08:00")
	wait_for(lambda: agent.status()["hub"]["connected"], 20, "connected again")
	check("MST-42" not in agent.process.text(), agent.process.text())
	with open(cursor, encoding="utf-8") as f:
		number, chain = f.read().split()
	with open(cursor, "w", encoding="utf-8") as f:
		f.write("%s\n%s\n" % (number, "7" * 64))
	done = muster("feed", "--dir", lead.dir, expect=77)
	check("MST-4233" in done.stderr and "left out" in done.stderr, "another past than the one that was stated: " + done.stderr)
	with open(cursor, encoding="utf-8") as f:
		check(f.read().split()[0] == number, "the cursor stays")


def an_office_finds_what_is_left_out(world):
	"""an office that leads nothing holds its feed against the statements too: what its other device reported, and the hub leaves out, is found"""
	hub = Hub(world, clock=CLOCK).start()
	other = Device(world, hub, "tiexi")
	records = [other.push(other.report("i06", "2012-Q2", n, progress=n))[0]["record"] for n in range(1, 4)]
	hub.clock("2012-07-05T14:00:00+08:00")
	honest = Office(world, hub, "tiexi", "before").start()
	where = "where", "--dir", honest.dir, "--item", "6", "--period", "2012-Q2"
	wait_for(lambda: muster_json(*where).get("revision") == 3, 20, "the whole feed is taken")
	check("MST-423" not in honest.process.text(), "nothing is missing: " + honest.process.text())
	honest.stop()
	hub.stop()
	omit(hub, "tiexi", records[1])
	hub.start()
	deceived = Office(world, hub, "tiexi", "after").start()
	wait_for(lambda: "MST-4233" in deceived.process.text(), 20, lambda: "it says so: " + deceived.process.text())
	deceived.stop()
	hub.stop()
	done = muster("verify", "--dir", hub.dir, expect=None)
	check(done.returncode != 0, "verify finds it at the hub: " + done.stdout)


run(stated_once_an_hour_when_something_changed, what_a_cursor_remembers_goes_on, an_office_finds_what_is_left_out)
