#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A receipt is kept for ever, also when the act it is for is kept no more."""
from lib import Hub, Office, check, muster, muster_json, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"
KEEP_DAYS = 30


def a_receipt_outlives_its_act(world):
	"""receipt: after keep_days the act is gone from the office, its receipt prints the same and its file holds offline, its content withheld"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi")
	office.set("keep_days", KEEP_DAYS)
	office.start()
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	words = ("receipt", "--dir", office.dir, "--item", "6", "--period", "2012-Q2")
	office.report_json(*({"item": item, "period": "2012-Q2", "report": {"progress_pct": 40, "done": "开工"}} for item in ("i06", "i07", "i11")))
	before = muster_json(*words)
	muster(*words, "-o", world.path("before"))
	proof = muster_json("check", world.path("before"), "--root", key)
	check(proof["act"] is not None and before["record"] == proof["record"] and before["hash"] == proof["hash"], "with its content: %s" % proof)
	office.stop()
	hub.clock("2012-09-01T12:00:00+08:00")
	office.start()
	wait_for(lambda: office.status()["hub"]["connected"], 20, "connected: the agent knows what day it is")

	def pruned():
		path = world.path("after-%d" % world.n)
		world.n += 1
		muster(*words, "-o", path)
		return path if muster_json("check", path, "--root", key)["act"] is None else None
	path = wait_for(pruned, 30, "the act is pruned", step=0.5)
	after = muster_json(*words)
	same = ("unit", "item", "period", "revision", "hub_time", "record", "verdict", "hash")
	check([after[n] for n in same] == [before[n] for n in same], "the same receipt: %s, %s" % (before, after))
	proof = muster_json("check", path, "--root", key)
	check(proof["hash"] == before["hash"] and proof["verdict"] == before["verdict"], "it holds: %s" % proof)
	hub.stop()
	check("Receipt of the hub" in muster(*words).stdout, "and without the hub")


run(a_receipt_outlives_its_act)
