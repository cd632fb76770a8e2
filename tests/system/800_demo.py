#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo: 33 offices report through real processes, every lead receives what it should once, and nothing is left behind."""
import os
import signal
import subprocess

from lib import PLAN, check, count, pause, rng, run, wait_for


def start_demo(world, *words):
	os.environ["TMPDIR"] = world.dir
	return world.start("muster", "demo", "--plan", PLAN, *words)


def children_of(world):
	"""Daemons whose directory is in this world: {pid: command line}."""
	found = {}
	for pid in filter(str.isdigit, os.listdir("/proc")):
		try:
			with open("/proc/%s/cmdline" % pid, "rb") as f:
				words = f.read().decode("utf-8", "replace").split("\0")
		except OSError:
			continue
		if words[0].endswith(("muster-hub", "muster-agent")) and any(w.startswith(world.dir) for w in words):
			found[int(pid)] = words
	return found


def nothing_is_left(world):
	check(not children_of(world), "processes are left: %s" % children_of(world))
	left = [name for name in os.listdir(world.dir) if name.startswith("muster-demo-")]
	check(not left, "directories are left: %s" % left)


def a_year_goes_by(world):
	"""the demo ends with exit code 0: every lead received every report of its items once, boards and audit agree"""
	demo = start_demo(world, "--periods", str(count(2, 1, 4)))
	code = demo.wait(240)
	text = demo.text()
	check(code == 0, "exit code %d:\n%s" % (code, text[-3000:]))
	check("0 missing, 0 doubled" in text and ", 0 differ" in text, text[-2000:])
	check("What to try next" in text, text[-2000:])
	nothing_is_left(world)


def another_year_with_kills(world):
	"""exactly_once: hub and agents are killed at random during the demo's year; every lead still receives everything once"""
	demo = start_demo(world, "--periods", "2", "--seed", str(rng.randrange(1 << 30)), "--pace", "10")
	wait_for(lambda: "row" in demo.text() or not demo.running(), 60, "the first reports")
	kills = 0
	while demo.running() and kills < count(60, 20, 1000):
		victims = sorted(children_of(world).items())
		if victims:
			pid, words = rng.choice([v for v in victims if "muster-hub" in v[1][0]] or victims) if rng.random() < 0.3 else rng.choice(victims)
			try:
				os.kill(pid, signal.SIGKILL)
				kills += 1
			except ProcessLookupError:
				pass
		pause(rng.random() * 0.1)
	code = demo.wait(300)
	check(code == 0, "after %d kills exit code %d:\n%s" % (kills, code, demo.text()[-3000:]))
	check(kills >= 10, "only %d kills" % kills)
	nothing_is_left(world)


def ctrl_c_cleans_up(world):
	"""Ctrl-C stops the demo: exit code 130, no process and no directory is left"""
	demo = start_demo(world, "--pace", "50")
	wait_for(lambda: demo.text().count("row") > 5, 60, "some reports")
	check(len(children_of(world)) == 34, "a hub and 33 agents: %d" % len(children_of(world)))
	demo.child.send_signal(signal.SIGINT)
	code = demo.wait(60)
	check(code == 130, "exit code %d:\n%s" % (code, demo.text()[-1000:]))
	nothing_is_left(world)


def a_killed_demo_takes_its_children_along(world):
	"""kill -9 of the demo itself ends its processes; a kept directory is a hub that goes on"""
	kept = world.path("kept")
	demo = start_demo(world, "--dir", kept, "--pace", "20")
	wait_for(lambda: demo.text().count("row") > 5, 60, "some reports")
	demo.kill()
	wait_for(lambda: not children_of(world), 20, "the children end")
	done = subprocess.run([os.path.join(os.environ.get("MUSTER_BIN", "build/bin"), "muster"), "audit", "--dir", os.path.join(kept, "hub")],
		capture_output=True, encoding="utf-8")
	check(done.returncode == 0, "audit: %s%s" % (done.stdout, done.stderr))


run(a_year_goes_by, another_year_with_kills, ctrl_c_cleans_up, a_killed_demo_takes_its_children_along)
