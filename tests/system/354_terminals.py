#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""On a terminal everything fits its width, in both languages, and nothing is left out; into a pipe lines are as long as they are."""
import collections
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import threading
import unicodedata

from lib import PATIENCE, PLAN, Hub, Office, check, environment, muster_json, program, run, verbs, wait_for

START = "2012-01-01T08:00:00+08:00,0"
Q2 = "2012-Q2"
WIDTHS = (60, 80, 100, 132)
LONG = "一期厂房封顶，设备安装完成过半，年内可以试生产；项目资金已拨付。The line of assembly was delivered, see tcp://hub.example.cn/reports."


def said(words, language, columns=None, **variables):
	"""What `muster WORDS` prints: on a terminal of COLUMNS, else into a pipe."""
	env = dict(environment(), MUSTER_LANG=language, **variables)
	if columns is None:
		env.setdefault("COLUMNS", "40")
		done = subprocess.run([program("muster"), *words], capture_output=True, env=env, timeout=60 * PATIENCE)
		check(done.returncode == 0, "%s: %s" % (words, done.stderr))
		return done.stdout.decode()
	ours, theirs = pty.openpty()
	fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
	child = subprocess.Popen([program("muster"), *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, env=env)
	os.close(theirs)
	got = []

	def read():
		try:
			while True:
				got.append(os.read(ours, 65536))
		except OSError:  # the other end is closed
			pass
	reader = threading.Thread(target=read)
	reader.start()
	complaint = child.stderr.read().decode()
	check(child.wait(60 * PATIENCE) == 0, "%s on a terminal: %s" % (words, complaint))
	reader.join()
	os.close(ours)
	return b"".join(got).decode().replace("\r\n", "\n")


def width(line):
	return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def ink(text):
	"""How often each character is shown, but spaces and what rules are made of."""
	return collections.Counter(c for c in text if c not in " -\n")


def fits(words, languages=("zh", "en"), widths=WIDTHS, stays=True):
	for language in languages:
		plain = said(words, language)
		for columns in widths:
			shown = said(words, language, columns)
			wide = [line for line in shown.splitlines() if width(line) > columns]
			check(not wide, "%s, %s, %d columns: %s" % (words, language, columns, wide))
			check(ink(shown) == ink(plain), "%s, %s, %d columns: %s\n%s\n%s" % (words, language, columns, ink(plain) - ink(shown), plain, shown))
			if stays and max(map(width, plain.splitlines())) <= columns:
				check(shown == plain, "%s, %s, %d columns: what fits stays\n%s" % (words, language, columns, shown))


def city(world):
	hub = Hub(world, clock=START).start()
	jxw, tiexi, tjj = (Office(world, hub, unit).start() for unit in ("jxw", "tiexi", "tjj"))
	hub.clock("2012-07-05T12:00:00+08:00")
	tiexi.report("--item", "6", "--period", Q2, "--progress", "48", "--done", LONG, "--problems", LONG, "i06.invest=120.00", "i06.parks=8",
		"--wait", "30")
	jxw.report("--item", "6", "--period", Q2, "--progress", "30", "--done", LONG, "--help-needed", "资金", "--wait", "30")
	check(jxw.verdict("return", 6, "tiexi", Q2, revision=1, reason=LONG) == "STORED", "returned")
	check(tjj.verdict("adjust", None, "tiexi", Q2, points="-1.50", reason="迟答") == "STORED", "adjusted")
	wait_for(lambda: len(tiexi.inbox()) == 2, 30, lambda: tiexi.inbox())
	return hub, jxw, tiexi, tjj


def everything_fits(world):
	"""Boards, ledgers, scores, figures, lists, the plan, feeds, inboxes and states have no line wider than 60, 80, 100 or 132 columns, and say all that they say elsewhere"""
	hub, jxw, tiexi, tjj = city(world)
	hub.clock("2012-07-25T12:00:00+08:00")
	changed = world.path("changed.conf")
	with open(PLAN, encoding="utf-8") as f:
		text = f.read()
	with open(changed, "w", encoding="utf-8") as f:
		f.write(text.replace("加快创新体系建设", "加快创新体系建设，形成以企业为主体、市场为导向的创新体系", 1))
	for words in (("board", "--dir", jxw.dir, "--period", Q2), ("board", "--dir", tjj.dir, "--period", Q2, "--at", "2012-07-06T00:00:00+08:00"),
			("ledger", "--dir", tjj.dir, "--period", Q2), ("score", "--dir", tjj.dir, "--period", Q2),
			("score", "--dir", tjj.dir, "--period", Q2, "--explain", "tiexi"), ("explain", "i06.invest", "--dir", jxw.dir, "--period", Q2),
			("hub", "status", "--dir", hub.dir), ("hub", "units", "--dir", hub.dir), ("plan", "show", "--plan", PLAN), ("plan", "show", "6", "--plan", PLAN),
			("plan", "diff", changed, "--dir", hub.dir, "--from", "2012-Q4"), ("feed", "--dir", jxw.dir, "--since", "0"), ("inbox", "--dir", tiexi.dir),
			("status", "--dir", tiexi.dir), ("where", "--dir", tiexi.dir, "--item", "6", "--period", Q2)):
		fits(words)
	fits(("bulletin", "--dir", tjj.dir, "--period", Q2), ("zh",))
	told = said(("plan", "diff", changed, "--dir", hub.dir, "--from", "2012-Q4"), "en")
	check(told.count("以企业为主体") == 1, "a title that changes is one difference: %s" % told)


def help_fits(world):
	"""The overview and every verb's help fit a terminal too, in both languages"""
	for words in [("help",), ("help", "hub")] + [(*verb.split(), "--help") for verb in verbs()]:
		fits(words, widths=(80,), stays=False)


def what_programs_read_stays(world):
	"""JSON is one line on any terminal; a bulletin issued at one has the bytes that its check makes; COLUMNS goes before the terminal's own width"""
	hub, jxw, tiexi, tjj = city(world)
	for words in (("board", "--dir", jxw.dir, "--period", Q2), ("status", "--dir", tiexi.dir), ("hub", "status", "--dir", hub.dir)):
		shown = said((*words, "--json"), "zh", 60)
		check(shown.count("\n") == 1 and json.loads(shown)["schema"], shown)
	said(("bulletin", "--dir", tjj.dir, "--period", Q2, "--issue", "--title", "通报"), "zh", 60)
	check(wait_for(lambda: muster_json("bulletin", "--dir", tjj.dir, "--check")["issued"], 30, "the issue")[0]["match"], "it is made again as it was")
	words = ("board", "--dir", jxw.dir, "--period", Q2)
	check(said(words, "en", 200, COLUMNS="60") == said(words, "en", 60), "COLUMNS is a wish")
	check(said(words, "en", 60, COLUMNS="wide") == said(words, "en", 60), "what is no number is none")
	check(said(words, "en", 0) == said(words, "en", 80), "a terminal that does not know")


run(everything_fits, help_fits, what_programs_read_stays)
