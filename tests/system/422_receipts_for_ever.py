#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A receipt is kept for ever, also when the act it is for is kept no more."""
from lib import Hub, Office, by_hand, check, muster, muster_json, run, wait_for

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
	by_record = muster_json("receipt", "--dir", office.dir, "--record", before["record"])
	muster("receipt", "--dir", office.dir, "--record", before["record"], "--generation", "0", expect=64)
	check(by_record["hash"] == before["hash"] and by_record["item"] is None and by_record["hub_time"] == before["hub_time"], by_record)


def of_whatever_was_stated(world):
	"""receipt --record: of a revision that a later one replaced, and of a decision, without the hub; of others' acts there is none here"""
	hub = Hub(world, clock=CLOCK).start()
	office, lead = Office(world, hub, "tiexi").start(), Office(world, hub, "hbj").start()
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	first, second = (office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": p, "done": "x"}})[0]["record"] for p in (10, 20))
	back = lead.state("return", "i06", "tiexi", "2012-Q2", reason="again", revision="2")
	hub.stop()
	for who, record, revision, shown in ((office, first, 1, "REPORT"), (office, second, 2, "REPORT"), (lead, back["record"], 2, "DECISION")):
		path = world.path(record.replace("/", "-"))
		told = muster_json("receipt", "--dir", who.dir, "--record", record, "-o", path)
		check((told["record"], told["revision"], told["unit"], told["item"], told["generation"], told["earlier"]) == (record, revision, "tiexi", "i06", 1, []), told)
		proof = muster_json("check", path, "--root", key)
		check(proof["record"] == record and proof["act"]["kind"] == shown, proof)
	check(muster_json("receipt", "--dir", office.dir, "--item", "6", "--period", "2012-Q2")["record"] == second, "the newest by its slot")
	for record, code in ((back["record"], 66), ("9999/0", 66), (first.split("/")[0] + "/7", 66), ("6", 64)):
		done = muster("receipt", "--dir", office.dir, "--record", record, expect=code)
		check("(" in done.stderr or code == 64, "with the remedy: %s" % done.stderr)


def a_spoiled_receipt_is_named(world):
	"""receipt: a row that holds another frame is told with its batch, by slot and by record, and the agent goes on"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	sent, = office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 10, "done": "x"}})
	office.stop()
	by_hand(office, "spoil", "1")
	office.start()
	for words in (("--item", "6", "--period", "2012-Q2"), ("--record", sent["record"])):
		told = muster("receipt", "--dir", office.dir, *words, expect=74).stderr
		check("MST-5010" in told and "begins at act 1 cannot be read" in told, told)
	office.status()


run(a_receipt_outlives_its_act, of_whatever_was_stated, a_spoiled_receipt_is_named)
