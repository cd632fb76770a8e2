#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Commands for those who script: forms, a file submitted or only judged, a report of nothing."""
import json
import os

from lib import Hub, Office, check, muster, muster_json, muster_lines, run
from workbook import Workbook

CLOCK = "2012-07-05T09:00:00+08:00"
GOOD = "工作事项,期间,进度(%),i06.invest\r\n6,2012-Q2,48,120.50\r\n7,2012-Q2,30,\r\n"
MIXED = "工作事项,期间,进度(%),i06.invest\r\n6,2012-Q2,48,120.505\r\n7,2012-Q2,30,\r\n"


def office_of(world, unit="tiexi", clock=CLOCK):
	hub = Hub(world, clock=clock).start()
	return hub, Office(world, hub, unit).start()


def write(world, name, text):
	with open(world.path(name), "w", encoding="utf-8") as f:
		f.write(text)
	return world.path(name)


def a_dry_run_sends_nothing(world):
	"""muster submit --dry-run judges as the folder would, exits 65 with cell and code when a row is wrong, and sends nothing"""
	hub, office = office_of(world)
	mixed = write(world, "mixed.csv", MIXED)
	rows = muster_lines("submit", mixed, "--dir", office.dir, "--dry-run", expect=65)
	wrong = [p for p in rows[0]["problems"] if not p["warning"]]
	check([r["state"] for r in rows] == ["wrong", "would be sent"], str(rows))
	check([(p["code"], p["cell"]) for p in wrong] == [(6117, "D2")] and rows[0]["schema"] == "muster/report/1", str(wrong))
	text = muster("submit", mixed, "--dir", office.dir, "--dry-run", expect=65)
	check("D2 i06.invest" in text.stderr and "MST-6117" in text.stderr, text.stderr)
	good = write(world, "good.csv", GOOD)
	check([r["state"] for r in muster_lines("submit", good, "--dir", office.dir, "--dry-run")] == ["would be sent"] * 2, "all good")
	check(office.status()["queue"]["all"] == 0, "nothing was queued")
	rows = muster_lines("submit", good, "--dir", office.dir, "--wait", "30")
	check([r["state"] for r in rows] == ["received"] * 2 and all(r["record"] for r in rows), str(rows))
	check([r["state"] for r in muster_lines("submit", good, "--dir", office.dir, "--dry-run")] == ["unchanged"] * 2, "it stands")
	check(os.path.exists(good) and office.status()["queue"]["all"] == 2, "the file stays, two acts")
	muster("submit", good, "--dir", office.dir, "--dry-run", "--wait", "3", expect=64)
	muster("submit", world.path("none.csv"), "--dir", office.dir, expect=66)
	office.stop()
	muster("submit", good, "--dir", office.dir, expect=69)


def a_form_for_scripts(world):
	"""muster form writes the workbook of the newest period that is over; filled by a program and submitted it is received"""
	hub, office = office_of(world)
	path = world.path("form.xlsx")
	told = muster_json("form", "--dir", office.dir, "-o", path)
	check(told["period"] == "2012-Q2" and told["rows"] == 9 and told["owed"] == 8 and told["reported"] == 0, str(told))
	book = Workbook(path)
	book.fill("加强创新提高对外开放", **{"进度(%)": 40, "进展情况": "签约两家", "实际利用外资": 3.0512})
	book.save(path)
	rows = muster_lines("submit", path, "--dir", office.dir, "--wait", "30")
	check([(r["item"], r["state"]) for r in rows] == [("i08", "received")], str(rows))
	check(muster_json("form", "--dir", office.dir, "--period", "二季度", "-o", path)["reported"] == 1, "what was reported stands in it")
	check(float(Workbook(path).get("加强创新提高对外开放", "实际利用外资")) == 3.0512, "as it was")
	text = muster("form", "--dir", office.dir, "--period", "2012-Q3").stdout
	check("上期:实际利用外资(当期)(亿美元)" in text and "3.0512" in text, text)
	english = muster("form", "--dir", office.dir, "--english").stdout
	check("owed,item,period" in english and "i06.share(num)" in english, english)


def nothing_to_report(world):
	"""muster report --nil: every figure owed is nil with the reason, the texts say so, the progress is the last of the year; what is given goes first"""
	hub = Hub(world, clock="2012-04-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	first = office.report("--nil", "园区未开工", "--item", "6", "--period", "2012-Q1", "--approved-by", "李四", "--wait", "30")[0]
	check(first["state"] == "received" and [p["field"] for p in first["problems"]] == ["progress_pct"], str(first))
	office.report("--item", "6", "--period", "2012-Q1", "--progress", "20", "--wait", "30")
	hub.clock("2012-07-05T09:00:00+08:00")
	row = office.report("--nil", "园区未开工", "--item", "6", "--period", "2012-Q2", "--approved-by", "李四", "i06.parks=0", "--wait", "30")[0]
	check(row["state"] == "received" and row["problems"] == [], str(row))
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	body = lines[-1]["act"]["body"]
	values = {v.pop("indicator"): v for v in body["values"]}
	check(body["progress_pct"] == 20 and body["done"] == "本期没有可报的进展：园区未开工" and body["problems"] == "无", str(body))
	check(values.pop("i06.parks") == {"mantissa": 0} and len(values) == 3, json.dumps(values, ensure_ascii=False))
	check(all("园区未开工" in v.values() for v in values.values()), json.dumps(values, ensure_ascii=False))
	muster("report", "--dir", office.dir, "--nil", "x", "--retract", "y", "--item", "6", "--period", "2012-Q2", expect=64)
	muster("report", "--dir", office.dir, "--nil", "x", "--item", "88", "--period", "2012-Q2", expect=64)
	check("the reason" in muster("report", "--dir", office.dir, "--nil", " ", "--item", "6", "--period", "2012-Q2", expect=64).stderr, "a reason of nothing")
	office.stop()
	muster("report", "--dir", office.dir, "--nil", "x", "--item", "6", "--period", "2012-Q2", expect=69)
	hub.is_clean()


run(a_dry_run_sends_nothing, a_form_for_scripts, nothing_to_report)
