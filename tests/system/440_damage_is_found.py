#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a hub's data, verify finds it, or every record is still what it was."""
import json
import os
import shutil
import subprocess

import peer
from lib import BIN, PATIENCE, SEED, Hub, Office, by_hand, check, count, environment, free_port, muster, muster_json, rng, run, wait_for

EDITS, FLIPS, CUTS = count(150, 40, 1000), count(120, 40, 1000), count(40, 20, 200)


def a_fork(world, hub):
	"""A device that has two histories."""
	peer.learn(world)
	copy = peer.Peer(Office(world, hub, "jxw").dir)
	copy.open()
	copy.report()
	check(copy.push(copy.seal(first_seq=1, prev=bytes(32)))[0] == "FORK", "the second history is refused")
	copy.close()


def invites(world, hub):
	"""One that was used, and one that is open."""
	key = muster_json("hub", "invite", "shenhe", "--dir", hub.dir)["key"]
	muster("join", "--dir", world.path("joined"), stdin=key + "\n")
	muster("hub", "invite", "heping", "--dir", hub.dir)


def small_hub(world):
	"""Every table has rows: reports, decisions, an extension, a ruling, warnings, a revoked and a frozen device, invites, a move."""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	tiexi, hbj = Office(world, hub, "tiexi").start(), Office(world, hub, "hbj").start()
	for progress in (10, 20, 30):
		for item in ("i06", "i07"):
			answer = tiexi.report_json({"item": item, "period": "2012-Q2", "report": {"progress_pct": progress, "done": "done"}})
			check(answer[0]["verdict"] == "STORED", answer)
	hbj.state("return", "i06", "tiexi", "2012-Q2", reason="again")
	hbj.state("grant-extension", "i06", "tiexi", "2012-Q2", days=3, reason="flood")
	fgw = Office(world, hub, "fgw").start()
	check(fgw.verdict("adjust", unit="tiexi", period="2012-Q2", points="-1", reason="late") == "STORED", "a ruling")
	fgw.stop()
	hub.clock("2012-07-12T00:00:00+08:00")
	hub.comes_to_rest()
	tiexi.stop()
	hbj.stop()
	hub.load(devices=6, batch=4, inflight=4, reports=count(300, 150))
	muster("hub", "revoke", "hbj@office", "--dir", hub.dir)
	a_fork(world, hub)
	invites(world, hub)
	hub.stop()
	place = "tcp://127.0.0.1:%d" % free_port()
	muster("hub", "move", "--dir", hub.dir, "--address", place, "--listen", place)
	check(hub.verify()["ok"], "the log is good before it is damaged")
	return hub


def a_campaign(world):
	"""edits through LMDB, flipped bits and cut files, each by number: all are found, or changed no record"""
	hub = small_hub(world)
	copy = world.path("copy")
	muster("backup", "--dir", hub.dir, "--out", copy) # compact: no free pages to hit
	shutil.copy(os.path.join(copy, "data", "data.mdb"), os.path.join(hub.dir, "data", "data.mdb"))
	work = "/dev/shm/" + os.path.basename(world.dir) if os.access("/dev/shm", os.W_OK) else world.path("work")
	words = [os.path.join(BIN, "..", "system_edit"), hub.dir, work, str(SEED), str(EDITS), str(FLIPS), str(CUTS)]
	try:
		done = subprocess.run(words, capture_output=True, timeout=280 * PATIENCE, env=environment(), encoding="utf-8", errors="replace")
	finally:
		shutil.rmtree(work, ignore_errors=True)
	check(done.returncode == 0, "exit code %d: %s%s" % (done.returncode, done.stdout, done.stderr[-3000:]))
	print("        " + done.stdout.strip())


def what_was_kept_elsewhere(world):
	"""a hub that is rolled back whole, its signer's memory too, or whose log another key signed, verifies by itself; by a key and a checkpoint or a receipt kept elsewhere it does not"""
	hub, other = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start(), Hub(world, directory=world.path("other"))
	office = Office(world, hub, "tiexi").start()
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	kept = {}
	for when in ("before", "after"):
		office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 10 + len(kept), "done": "done"}})
		kept[when] = [world.path("receipt-" + when), world.path("note-" + when)]
		muster("receipt", "--dir", office.dir, "--item", "6", "--period", "2012-Q2", "-o", kept[when][0])
		with open(kept[when][1], "w", encoding="utf-8") as f:
			f.write(muster("hub", "checkpoint", "--dir", hub.dir).stdout)
		hub.stop()
		shutil.copytree(hub.dir, world.path(when))
		hub.start()
	sizes = {when: muster_json("verify", "--dir", world.path(when), "--key", key)["size"] for when in kept}
	check(sizes["before"] < sizes["after"], sizes)
	for file in kept["before"]:
		for when in kept:
			muster("verify", "--dir", world.path(when), "--key", key, "--checkpoint", file)
	for file in kept["after"]:
		muster("verify", "--dir", world.path("after"), "--key", key, "--checkpoint", file)
		found = muster_json("verify", "--dir", world.path("before"), "--key", key, "--checkpoint", file, expect=1)
		check(not found["ok"] and found["first_bad"] == sizes["before"], "the first that is missing: %s" % found)
	other.start().stop()
	muster("verify", "--dir", other.dir)
	for words in (("--key", key), ("--checkpoint", kept["after"][0]), ("--checkpoint", kept["after"][1])):
		done = muster("verify", "--dir", other.dir, *words, expect=None)
		check(done.returncode == 77 and "MST-" in done.stderr, "another's log: %s %d %s" % (words, done.returncode, done.stderr))
		check(words[0] != "--key" or "another key than the one given" in done.stderr, done.stderr)


def cut_files(path):
	"""The same file shorter, empty, of other bytes, and gone."""
	with open(path, "rb") as f:
		good = f.read()
	for length in (0, 100, 4096, 8192, len(good) // 4, len(good) // 2):
		yield "cut to %d of %d" % (length, len(good)), good[:length]
	yield "other bytes", bytes(rng.randrange(256) for _ in range(len(good)))
	yield "gone", None
	yield "good again", good


def lay(path, content):
	os.unlink(path) if os.path.exists(path) else None
	if content is not None:
		with open(path, "wb") as f:
			f.write(content)


def a_cut_file_is_refused(world):
	"""hub, agent and commands refuse a data file that is cut or foreign with a sentence and a code, and die of no signal"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 10, "done": "done"}})
	office.stop()
	hub.load(devices=2, batch=8, reports=200)
	hub.stop()
	for program, directory, commands in (("muster-hub", hub.dir, ("verify", "audit")), ("muster-agent", office.dir, ())):
		path = os.path.join(directory, "data", "data.mdb")
		for what, content in cut_files(path):
			lay(path, content)
			refused = what != "good again"
			for verb in commands:
				done = muster(verb, "--dir", directory, "--json", expect=None)
				check((done.returncode != 0) == refused and (not refused or "MST-" in done.stderr), "%s, %s: %s" % (verb, what, done.stderr))
			p = world.start(program, "--dir", directory)
			wait_for(lambda: not p.running() or "ready" in p.text(), 30, "%s decides, %s" % (program, what))
			check(p.running() != refused, "%s, %s: %s" % (program, what, p.text()))
			code = p.stop()
			check(code > 0 and "MST-50" in p.text() if refused else code == 0, "%s, %s: %d %s" % (program, what, code, p.text()))


def an_offices_damaged_rows_are_named(world):
	"""an office whose rows are damaged, each with its own hash, answers no question by what is left of them, and takes no other keys"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	office, lead = Office(world, hub, "tiexi").start(), Office(world, hub, "hbj").start()
	office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 10, "done": "x"}})
	lead.state("return", "i06", "tiexi", "2012-Q2", reason="again")
	wait_for(lambda: office.status()["inbox"] == 1, 20, "the return has come")
	office.stop()
	for table in ("known", "inbox"):
		by_hand(office, "spoil", table)
	office.start()
	slot = ("--item", "6", "--period", "2012-Q2")
	for table, words in (("inbox", ("inbox",)), ("known", ("where", *slot)), ("known", ("prove", *slot, "-o", world.path("proof")))):
		told = muster(*words, "--dir", office.dir, expect=74).stderr
		check("MST-5010" in told and table in told, "%s: %s" % (words, told))
	office.stop()
	by_hand(office, "spoil", "batch")
	told = muster("agent", "rotate", "--dir", office.dir, expect=74).stderr
	check("MST-5010" in told and "batch" in told, told)


def a_clerk_is_told_nothing_wrong(world):
	"""an office that cannot read what it has reported reminds nobody of it; one that cannot read what came in, or which files it has still to answer, says so in its status too"""
	hub = Hub(world, clock="2012-02-01T00:00:00+08:00,0").start()
	lead, *offices = (Office(world, hub, unit).start() for unit in ("hbj", "tiexi", "dongling", "heping"))
	report = {"item": "i06", "period": "2012-Q1", "report": {"progress_pct": 10, "done": "x"}}
	for office in offices:
		office.report_json(report)

	def tells(office, table):
		told = office.status()["folder"]["trouble"]
		return told and told["code"] == 5010 and table in told["text"]

	reported, returned, asked = offices
	notices = os.path.join(returned.folder, "通知")
	open(notices, "wb").close() # no notice can be written
	lead.state("return", "i06", "dongling", "2012-Q1", reason="again")
	wait_for(returned.inbox, 20, "the return has come")
	returned.stop()
	by_hand(returned, "spoil", "inbox")
	os.remove(notices)
	returned.start()
	wait_for(lambda: tells(returned, "inbox"), 20, lambda: "what came in: %s" % returned.status()["folder"])

	reported.stop()
	by_hand(reported, "spoil", "known")
	hub.clock("2012-04-12T00:00:00+08:00")
	reported.start()
	wait_for(lambda: tells(reported, "known"), 20, lambda: "what it has reported: %s" % reported.status()["folder"])
	check(not reported.notices(), "no reminder: %s" % reported.notices())

	hub.stop()
	asked.drop("one.json", json.dumps(dict(report, report={"progress_pct": 20, "done": "y"})))
	asked.answer("one.json", wanted="已排队")
	asked.stop()
	by_hand(asked, "spoil", "file")
	asked.start()
	wait_for(lambda: tells(asked, "file"), 20, lambda: "what waits for its receipt: %s" % asked.status()["folder"])


run(a_campaign, what_was_kept_elsewhere, a_cut_file_is_refused, an_offices_damaged_rows_are_named, a_clerk_is_told_nothing_wrong)
