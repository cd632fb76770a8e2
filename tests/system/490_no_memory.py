#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Memory that fails: a command says what it says with enough of it, or that it failed; never something else, and it does not crash."""
import os
import subprocess

from lib import BIN, PLAN, PATIENCE, SOURCE, Device, Hub, Office, check, count, environment, is_sanitized, muster, rng, run, skip, wait_for

SCENARIO = os.path.join(SOURCE, "tests/model/scenarios/all.jsonl")


def asked(words, at=0, on=False, told=None):
	"""`muster WORDS`, which gets no memory the AT-th time it asks."""
	set = dict(environment(), LD_PRELOAD=os.path.join(BIN, "..", "libsystem_no_memory.so"), NO_MEMORY_AT=str(at))
	if on:
		set["NO_MEMORY_ON"] = "1"
	if told:
		set["NO_MEMORY_COUNT"] = told
	return subprocess.run([os.path.join(BIN, "muster-work"), *words], capture_output=True, timeout=60 * PATIENCE, env=set)


def says_it_or_fails(world, *words, first=40, later=60):
	"""At the FIRST times that it asks, and at some of the LATER ones."""
	told = world.path("asked")
	whole = asked(words, told=told)
	check(whole.returncode == 0, "%s: %s" % (words, whole.stderr.decode()))
	with open(told, encoding="utf-8") as f:
		n = int(f.read())
	check(n > 0, words)
	tries = set(range(1, min(n, count(first, long=10 * first)) + 1)) | {1 + rng.randrange(n) for _ in range(count(later, long=10 * later))}
	for at in sorted(tries):
		for on in (False, True):
			said = asked(words, at, on)
			where = "%s: allocation %d of %d%s: exit code %d\n" % (" ".join(words), at, n, " and all later ones" if on else "", said.returncode)
			check(0 <= said.returncode < 128 and said.returncode != 70, where + said.stderr.decode(errors="replace"))
			if said.returncode == 0:
				check(said.stdout == whole.stdout, where + "says something else:\n" + said.stdout.decode(errors="replace")[-2000:])
			else:
				check(said.stderr.strip() != b"", where + "and does not say why")


def a_city(world):
	if is_sanitized():
		skip("what is preloaded must come before a sanitizer")
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	lead = Office(world, hub, "fgw").start()
	for unit in ("tiexi", "yuhong", "hbj"):
		device = Device(world, hub, unit)
		device.verdicts(device.report("i06", "2012-Q2", progress=50, done="done", problems="p", values={"i06.invest": 1000}),
			device.act("extension_request", item="i06", unit=unit, period="2012-Q2", days=5, reason="flood"))
	wait_for(lambda: lead.state("accept", "i06", "tiexi", "2012-Q2"), 20, "a decision")
	return hub, lead


def what_reads_a_hub(world):
	"""ledger, scores, the records behind a figure and a bulletin from a hub's directory"""
	hub, lead = a_city(world)
	lead.stop()
	muster("hub", "invite", "tiexi", "--dir", hub.dir)
	hub.stop()
	for words in (("ledger", "--item", "i06"), ("ledger", "--json"), ("score", "--period", "2012-Q2"), ("score", "--period", "2012-Q2", "--explain", "tiexi"), ("bulletin", "--period", "2012-Q2"),
			("explain", "i06.invest", "--period", "2012-Q2"), ("board", "--period", "2012-Q2"), ("hub", "invites")):
		says_it_or_fails(world, *words, "--dir", hub.dir)


def what_reads_a_feed(world):
	"""board, ledger and feed of a lead"""
	hub, lead = a_city(world)
	lead.stop()
	for words in (("board", "--period", "2012-Q2"), ("ledger", "--item", "i06"), ("feed", "--since", "0", "--name", "look")):
		says_it_or_fails(world, *words, "--dir", lead.dir, first=6, later=10)


def what_reads_files(world):
	"""plan show, plan check, replay"""
	if is_sanitized():
		skip("what is preloaded must come before a sanitizer")
	for words in (("plan", "show", "--plan", PLAN), ("plan", "show", "i06", "--plan", PLAN), ("plan", "check", PLAN), ("replay", "--plan", PLAN, "--acts", SCENARIO, "--json")):
		says_it_or_fails(world, *words)


run(what_reads_files, what_reads_a_hub, what_reads_a_feed)
