#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where is it? The sender of a report, and the sender of a return, see when the other side has it on its disk."""
from lib import Device, Hub, Office, check, muster, muster_json, run, wait_for

Q2 = "2012-Q2"


def where(office, *words):
	return muster_json("where", "--dir", office.dir, *words)


def delivered(office, *words):
	"""unit -> delivered, link; None when the hub did not tell."""
	told = where(office, *words)
	return None if told["delivery"] is None else {d["unit"]: (d["delivered"], d["link"]) for d in told["delivery"]}


def of_report(office, item="6"):
	return delivered(office, "--item", item, "--period", Q2)


def report(office, item="i06"):
	answer = office.report_json({"item": item, "period": Q2, "report": {"progress_pct": 50, "done": "done"}})
	check(answer[0]["verdict"] == "STORED", answer)
	return answer[0]["record"]


def from_office_to_lead_and_back(world):
	"""A report is delivered when the lead's agent has stored it, a return when the office's has; also over a restart of the hub"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	tiexi, fgw, hbj = Office(world, hub, "tiexi").start(), Office(world, hub, "fgw"), Office(world, hub, "hbj").start()
	record = report(tiexi)
	wait_for(lambda: of_report(tiexi)["hbj"][0], 20, lambda: "hbj has it: %s" % of_report(tiexi))
	check(of_report(tiexi)["fgw"] == (False, "never_seen") and of_report(tiexi)["jxw"] == (False, "never_seen"), of_report(tiexi))
	told = muster("where", "--dir", tiexi.dir, "--item", "6", "--period", Q2).stdout
	check("delivered to 沈阳市环境保护局" in told and "not delivered to 沈阳市发展和改革委员会, never seen" in told, told)
	fgw.start()
	wait_for(lambda: of_report(tiexi)["fgw"] == (True, "connected"), 20, lambda: "fgw has it: %s" % of_report(tiexi))

	tiexi.kill()
	hub.kill()
	hub.start()
	answer = wait_for(lambda: (lambda a: a if a and a.get("verdict") == "STORED" else None)(
		fgw.state("return", "6", "tiexi", Q2, expect=None, reason="口径不一致")), 20, "the return")
	back = answer["record"]
	check(delivered(fgw, "--record", back)["tiexi"] == (False, "silent"), delivered(fgw, "--record", back))
	told = muster("where", "--dir", fgw.dir, "--record", back).stdout
	check("not delivered to 铁西区, last seen 2012-07-05T00:00:00+08:00" in told, told)
	tiexi.start()
	wait_for(lambda: delivered(fgw, "--record", back)["tiexi"][0], 20, "tiexi has the return")
	wait_for(lambda: delivered(fgw, "--record", back)["hbj"][0], 20, "the other lead too")

	hub.stop()
	check(where(tiexi, "--record", record)["delivery"] is None, "the hub cannot be asked")
	told = muster("where", "--dir", tiexi.dir, "--item", "6", "--period", Q2).stdout
	check("received" in told and "not known" in told, told)
	hbj.kill()
	hub.start()
	wait_for(lambda: (of_report(tiexi) or {"hbj": (False,)})["hbj"] == (True, "silent"), 30, lambda: "still delivered to hbj, which is away: %s"
		% of_report(tiexi))
	hub.is_clean()


def whose_act_it_is(world):
	"""Only the unit that stated an act is told whom it reached; split items name the leads that may see it"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	tiexi, shenbei = (Office(world, hub, u).start() for u in ("tiexi", "shenbei"))
	record = report(tiexi)
	for office, other in ((shenbei, record), (tiexi, "999999/0")):
		for words in ((), ("--json",)):
			told = muster("where", "--dir", office.dir, "--record", other, *words, expect=66)
			check("no act of this unit has the record " + other in told.stderr and told.stdout == "", told)
	check("expected one like 123/7" in muster("where", "--dir", tiexi.dir, "--record", "x", expect=64).stderr, "no record")
	report(shenbei, "i04")
	check(set(of_report(shenbei, "4")) == set(), "a split lead's own report is seen by no other lead: %s" % of_report(shenbei, "4"))
	load = Device(world, hub, "tiexi", "load")
	got = load.push(load.report("i07", Q2, 1, progress=50, done="done"))
	check(got[0]["verdict"] == "STORED", got)
	check(delivered(tiexi, "--record", "%d/0" % (hub.status()["size"] - 1)) is not None, "another device of the unit may ask too")


run(from_office_to_lead_and_back, whose_act_it_is)
