#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What only asks a running daemon starts without the libraries of all else; which program does the work, nobody notices."""
import os
import shutil
import subprocess

from lib import BIN, Hub, Office, check, environment, muster, program, run, verbs, wait_for

Q2 = "2012-Q2"
# What muster-work needs and a question does not.
HEAVY = ("libzmq", "liblmdb", "libxlsxwriter", "libprotobuf-c", "libsodium", "libconfuse", "libnettle", "libexpat", "libcsv", "libgmp")
QUICK = {"report", "submit", "status", "inbox", "where", "accept", "return", "remind", "hub status"}
WORK = {"board", "feed", "form", "join", "hub init", "plan check", "verify"}


def say(path, *words, **variables):
	"""Exit code, stdout, stderr."""
	done = subprocess.run([path, *words], capture_output=True, text=True, env=dict(environment(), **variables), stdin=subprocess.DEVNULL,
		timeout=60)
	return done.returncode, done.stdout, done.stderr


def loaded(process):
	with open("/proc/%d/maps" % process.pid, encoding="utf-8") as f:
		text = f.read()
	return {name for name in HEAVY if "/%s" % name in text}


def a_question_loads_little(world):
	"""A report that waits for its receipt has loaded no library but C's, JSON's and what knows how wide characters are; a feed that is followed has loaded the others"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "tiexi").start()
	feed = world.start("muster", "feed", "--dir", office.dir, "--follow")
	wait_for(lambda: loaded(feed) == set(HEAVY), 30, lambda: "the feed: %s" % loaded(feed))
	wait_for(lambda: hub.status()["sessions"] == 2, 30, "agent and feed are connected")
	hub.stop()
	report = world.start("muster", "report", "--dir", office.dir, "--item", "6", "--period", Q2, "--progress", "20", "--wait", "60")
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 1, 30, "the report is queued")
	check(report.running() and loaded(report) == set(), "it has loaded %s" % loaded(report))
	hub.start()
	check(report.wait(60) == 0 and "received" in report.text(), report.text())


def nobody_notices(world):
	"""Every verb says and ends the same through muster as in muster-work: help, refusals, exit codes; so do verbs that there are not"""
	known = verbs()
	check(len(known) > 40 and "report" in known and "plan check" in known, known)
	bad = world.path("bad.conf")
	with open(bad, "w", encoding="utf-8") as f:
		f.write("plan = {\n")
	words = [[*v.split(), w] for v in known for w in ("--help", "--no-such-word")] + [[v.split()[0], "--help"] for v in known]
	words += [[], ["help"], ["--help"], ["-h"], ["help", "report"], ["help", "hub"], ["help", "hub", "status"], ["help", "reprot"]]
	words += [["reprot"], ["hub"], ["hub", "statsu"], ["hub", "--json", "status"], ["--", "report"], ["plan", "check", bad], ["status", "--dir", world.dir]]
	for w in words:
		for variables in ({}, {"MUSTER_LANG": "zh"}, {"MUSTER_LANG": "klingon"}) if w in (["reprot"], ["report", "--help"]) else ({},):
			told, expected = say(program("muster"), *w, **variables), say(program("muster-work"), *w, **variables)
			check(told == expected, "muster %s: %s, muster-work: %s" % (" ".join(w), told, expected))
	check("did you mean \"report\"?" in say(program("muster"), "reprot")[2], "quick verbs are suggested too")
	check(say(program("muster"), "plan", "check", bad)[0] == 78, "the exit code of another program")


def alone(world):
	"""Without muster-work beside it muster still asks; for the rest it says what is missing and how to mend it, exit code 78"""
	lone = world.path("lone", "bin", "muster")
	shutil.copytree(os.path.join(BIN, "..", "share"), world.path("lone", "share"))
	os.mkdir(os.path.dirname(lone))
	shutil.copy(program("muster"), lone)
	known = verbs()
	quick = {v for v in known if say(lone, *v.split(), "--help")[0] == 0}
	check(QUICK <= quick and not WORK & quick, "muster alone knows %s" % sorted(quick))
	check(say(lone, "--version") == say(program("muster"), "--version") and say(lone, "--version")[0] == 0, say(lone, "--version"))
	for w in [v.split() for v in known if v not in quick] + [[], ["help"], ["help", "report"], ["reprot"]]:
		code, out, err = say(lone, *w)
		check(code == 78 and out == "" and "%s-work" % lone in err and "beside muster" in err and "[MST-1015]" in err, "%s: %s %s" % (w, code, err))
	check("安装在 muster 旁边" in say(lone, "board", MUSTER_LANG="zh")[2], say(lone, "board", MUSTER_LANG="zh"))


run(a_question_loads_little, nobody_notices, alone)
