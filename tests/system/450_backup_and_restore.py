#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hub comes back from last night's backup: by the administrator's word alone, and with everything that was receipted."""
import os
import shutil

from lib import Hub, Office, check, count, muster, muster_json, muster_lines, pause, run, wait_for

Q2 = "2012-Q2"


def key_of(world, hub):
	"""The administrator's key, kept elsewhere as it should be."""
	to = world.path("admin.key")
	if not os.path.exists(to):
		os.rename(os.path.join(hub.dir, "admin.key"), to)
	return to


def backup(world, hub, name="backup"):
	to = world.path(name)
	told = muster_json("backup", "--dir", hub.dir, "--out", to)
	check(told["size"] > 0 and not os.path.exists(os.path.join(to, "admin.key")), told)
	return to


def lose_data(hub, copy):
	"""The hub dies with its disk; the signer's directory is on another one."""
	hub.kill()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(os.path.join(copy, "data"), os.path.join(hub.dir, "data"))


def refuses(world, hub, words):
	p = world.start("muster-hub", "--dir", hub.dir)
	code = p.wait(30)
	check(code > 0 and all(w in p.text() for w in words), "the hub does not start: %d %s" % (code, p.text()))


def restored(world, hub, *words, expect=0):
	return muster("hub", "restored", "--dir", hub.dir, "--admin-key", key_of(world, hub), "--json", *words, expect=expect)


def report(office, item, progress):
	answer = office.report_json({"item": item, "period": Q2, "report": {"progress_pct": progress, "done": "done"}})
	check(answer[0]["verdict"] == "STORED", answer)
	return answer[0]["record"]


def everything_comes_back(world):
	"""backup, then reports, then the disk is lost: refused by name until the administrator's word; then all is there again, old receipts hold"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	tiexi, hbj = Office(world, hub, "tiexi").start(), Office(world, hub, "hbj").start()
	report(tiexi, "i06", 10)
	copy = backup(world, hub)
	before = [report(tiexi, "i06", p) for p in (20, 30)]
	back = hbj.state("return", "i06", "tiexi", Q2, reason="again")
	check(back["verdict"] == "STORED", back)
	wait_for(lambda: len(tiexi.inbox()) == 1, 20, "tiexi has the return")
	old = world.path("old.proof")
	muster("prove", "--record", before[0], "--dir", tiexi.dir, "-o", old)
	hbj.stop() # what it said is judged anew when it comes back: after the report that it speaks of
	lose_data(hub, copy)
	refuses(world, hub, ("MST-1019", "hub restored"))
	told = muster("verify", "--dir", hub.dir, expect=1).stderr
	check("cut" in told and "MST-" in told, told)
	answer = muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "hub.key"), expect=None)
	check(answer.returncode == 78 and "administrator" in answer.stderr, answer.stderr)
	restored(world, hub)
	hub.start()
	wait_for(lambda: hub.units()["tiexi@office"]["acts"] == 3, 30, lambda: "tiexi sends again: %s" % tiexi.process.text()[-1500:])
	hbj.start()
	wait_for(lambda: len(tiexi.inbox()) == 1 and tiexi.status()["queue"]["without_receipt"] == 0, 30, lambda: "%s %s %s" % (hub.units(), hbj.process.text(), tiexi.process.text()))
	report(tiexi, "i06", 40)
	hub.is_clean()
	check("generation 2" in tiexi.process.text() and "ALARM" not in tiexi.process.text(), tiexi.process.text())
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	muster("check", old, "--root", key)


run(everything_comes_back)
