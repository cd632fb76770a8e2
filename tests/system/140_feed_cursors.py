#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reading a feed: from the beginning, from a number, from a time, from a named cursor; an agent with an older plan fetches the hub's."""
import os

from lib import Device, Hub, Office, check, muster, muster_lines, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"


def revisions(lines):
	return [(line["act"]["item"], line["act"]["revision"]) for line in lines]


def cursors_remember_and_filters_choose(world):
	"""a named cursor goes on where it was, apart from others; --since takes a number or a time, --item one item"""
	hub = Hub(world, clock=CLOCK).start()
	lead, office = Device(world, hub, "jxw"), Device(world, hub, "tiexi")

	def feed(*words):
		return muster_lines("feed", "--dir", lead.dir, *words)
	for n in (1, 2, 3):
		hub.clock("2012-07-05T1%d:30:00+08:00" % (n + 2))
		office.push(office.report("i06", "2012-Q2", n, progress=n), office.report("i11", "2012-Q2", n, progress=n))
	both = [("i06", n) if k == 0 else ("i11", n) for n in (1, 2, 3) for k in (0, 1)]
	check(revisions(feed()) == both, "the first reading: %s" % revisions(feed("--since", "0")))
	check(feed() == [], "nothing new")
	check(revisions(feed("--name", "other")) == both, "another cursor begins at the beginning")
	office.push(office.report("i06", "2012-Q2", 4, progress=4))
	check(revisions(feed()) == [("i06", 4)], "only what is new")
	check(revisions(feed("--name", "other")) == [("i06", 4)], "for the other too")
	check(revisions(feed("--since", "2012-07-05T14:30:00+08:00")) == both[2:] + [("i06", 4)], "from a time on")
	numbers = [line["number"] for line in feed("--since", "0")]
	check(revisions(feed("--since", str(numbers[3]))) == [x for x, n in zip(both, numbers) if n > numbers[3]] + [("i06", 4)], "after a number")
	check(revisions(feed("--since", "0", "--item", "11")) == [("i11", n) for n in (1, 2, 3)], "one item")
	check(feed() == [], "--since leaves the cursor alone")
	office.push(office.report("i11", "2012-Q2", 4, progress=4))
	check(revisions(feed("--item", "11")) == [("i11", 4)] and feed("--item", "11") == [], "one item has a cursor of its own")
	check(feed("--own") == [] and revisions(feed()) == [("i11", 4)], "what shows less takes nothing from the others")
	again = muster("feed", "--dir", lead.dir)
	check(again.stdout == "" and "--since 0" in again.stderr, "that there is nothing new is said: %s" % again.stderr)
	check("第4次报送" in muster("feed", "--dir", lead.dir, "--since", "0").stdout, "and for people")
	muster("feed", "--dir", lead.dir, "--since", "yesterday", expect=64)
	muster("feed", "--dir", lead.dir, "--item", "99", expect=64)
	muster("feed", "--dir", lead.dir, "--name", "../x", expect=64)
	for words in (("--since", "0"), ("--item", "11"), ("--name", "x"), ("--follow",), ("--own",)):
		check("--check" in muster("feed", "--dir", lead.dir, "--check", *words, expect=64).stderr, words)


def without_the_hub(world):
	"""a feed without the hub says that it waits and for whom, and ends with 69 and what to look at; one that follows says it too; a proof is unreachable, not absent"""
	hub = Hub(world, clock=CLOCK).start()
	lead = Device(world, hub, "jxw")
	hub.stop()
	done = muster("feed", "--dir", lead.dir, expect=69, timeout=60)
	waiting = "waiting for the hub at tcp://127.0.0.1"
	check(waiting in done.stderr.partition("MST-4125")[0] and "MST-4125" in done.stderr, done.stderr)
	follower = world.start("muster", "feed", "--dir", lead.dir, "--follow")
	wait_for(lambda: waiting in follower.text(), 30, lambda: "one that follows says that it waits: " + follower.text())
	follower.stop()
	done = muster("feed", "--dir", os.path.dirname(lead.dir), expect=66)
	check("MST-5040" in done.stderr and "muster join" in done.stderr, "a directory of nothing: " + done.stderr)
	office = Office(world, hub, "tiexi").start()
	done = muster("prove", "--dir", office.dir, "--record", "3/0", "-o", world.path("x.proof"), expect=69)
	check("MST-4125" in done.stderr and "muster status" in done.stderr, done.stderr)


def an_older_plan_is_replaced(world):
	"""an agent with another version of the plan gets the hub's, says so, and reports by it; a difference alone refuses nothing"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi")
	path = os.path.join(office.dir, "plan.conf")
	with open(path, "ab") as f:
		f.write(b"# an older version\n")
	office.start()
	wait_for(lambda: "newer plan" in office.process.text(), 30, lambda: "the plan comes: " + office.process.text())
	with open(path, "rb") as mine, open(os.path.join(hub.dir, "plan.conf"), "rb") as theirs:
		check(mine.read() == theirs.read(), "byte for byte")
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "10", "--wait", "20")
	office.stop()
	office.start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "20", "--wait", "20")
	check("newer plan" not in office.process.text(), "it is kept")


run(cursors_remember_and_filters_choose, without_the_hub, an_older_plan_is_replaced)
