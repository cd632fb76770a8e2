#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A clerk's day: the form in the folder, filled and saved, comes back with 已收到; what was typed is what arrived."""
import json
import os
import socket
import threading

from lib import PLAN, Hub, Office, check, muster_lines, run, wait_for
from workbook import Workbook

CLOCK = "2012-07-05T09:00:00+08:00"
FORM = "填报表-2012-Q2.xlsx"
ITEM_6 = "加快创新推动新兴产业"
ITEM_7 = "鼓励创新促进科技"
ITEM_8 = "加强创新提高对外开放"


def office_of(world, unit="tiexi", clock=CLOCK):
	hub = Hub(world, clock=clock).start()
	office = Office(world, hub, unit).start()
	wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)), 30, lambda: "the form: " + office.process.text()[-900:])
	return hub, office


def form_of(office):
	return Workbook(os.path.join(office.folder, FORM))


def save(office, book, name=FORM):
	"""As a spreadsheet program does: beside it, then over it."""
	book.save(os.path.join(office.folder, "." + name + ".part"))
	os.rename(os.path.join(office.folder, "." + name + ".part"), os.path.join(office.folder, name))


def fill(book, item, progress, done, **more):
	book.fill(item, **{"进度(%)": progress, "自评": "正常", "进展情况": done, "存在问题": "无", "下一步措施": "继续推进", "审核人": "李四", **more})


def answer_of(office, wanted="已收到", name=FORM, seconds=30):
	"""The newest answer whose rows say WANTED."""
	stem = name[:-len(".xlsx")] + ".答复.xlsx"
	def look():
		for path in sorted(office.kept(stem), key=os.path.getmtime, reverse=True):
			book = Workbook(path)
			if wanted in book.cells().values():
				return path, book
		return None
	return wait_for(look, seconds, lambda: "an answer that says %s: %s" % (wanted, office.process.text()[-900:]))


def reports(office):
	"""{item: body} of what the hub has of this unit, newest last."""
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	return {(line["act"]["item"], line["act"]["period"]): line["act"]["body"] for line in lines if line["verdict"].startswith("STORED")}


def acts(hub):
	return sum(d["acts"] for d in hub.units().values())


def from_the_form_to_the_receipt(world):
	"""the agent lays the form into the folder; filled and saved it is taken, answered 已收到 as a workbook, and the acts are what was typed"""
	hub, office = office_of(world)
	book = form_of(office)
	check(book.get(ITEM_6, "填报要求") == "应报" and book.get(ITEM_6, "期间") == "2012-Q2", str(book.rows()))
	check(book.is_locked(book.find(ITEM_6, "工作事项")) and not book.is_locked(book.find(ITEM_6, "进展情况")), "cells to fill are open, others locked")
	check(book.is_locked(book.find(ITEM_6, "科技企业孵化器面积")), "figures of other items are locked")
	check("muster.unit" in book.parts["docProps/custom.xml"].decode() and ">tiexi<" in book.parts["docProps/custom.xml"].decode(), "whose form it is")
	check(any("要点" in text or "新兴产业" in text for text in Workbook(os.path.join(office.folder, FORM), 2).cells().values()), "the second sheet has the text")
	fill(book, ITEM_6, 48, "一期厂房\n封顶", **{"新兴产业园区、产业集群建设数": 8, "重点项目清单": "P1;P2", "新兴产业完成投资": 120.5,
		"新兴产业产值占工业总产值比重(当期)(分子)": 450, "新兴产业产值占工业总产值比重(当期)(分母)": 1000.25})
	fill(book, ITEM_7, 30, "已开工", **{"科技企业孵化器面积": "无:没有统计"})
	save(office, book)
	path, answer = answer_of(office)
	check(os.path.dirname(path).endswith(os.path.join("done", "2012-Q2")), path)
	check(list(answer.cells().values()).count("已收到") == 2, str(answer.rows()))
	got = reports(office)
	body = got[("i06", "2012-Q2")]
	values = {v["indicator"]: v for v in body["values"]}
	check(body["progress_pct"] == 48 and body["done"] == "一期厂房\n封顶" and body["approved_by"] == "李四", str(body))
	check(values["i06.parks"]["mantissa"] == 8 and values["i06.invest"]["mantissa"] == 12050, str(values))
	check(values["i06.share"]["num"] == 45000 and values["i06.share"]["den"] == 100025, str(values))
	check(sorted(values["i06.projects"]["keys"]) == ["P1", "P2"], str(values))
	check([v.get("nil_reason") or v.get("nil") for v in got[("i07", "2012-Q2")]["values"]] == ["没有统计"], str(got[("i07", "2012-Q2")]))
	check(acts(hub) == 2, "%d acts" % acts(hub))
	again = wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)) and form_of(office).get(ITEM_6, "新兴产业完成投资") and form_of(office),
		30, "the form comes again with what was reported")
	check(again.get(ITEM_6, "进展情况") == "一期厂房\n封顶" and float(again.get(ITEM_6, "新兴产业完成投资")) == 120.5, str(again.rows()))
	hub.is_clean()


def what_is_wrong_is_red_and_mended(world):
	"""a wrong cell is red in the answer with the reason as its comment; good rows are taken; the mended file sends only what changed"""
	hub, office = office_of(world)
	book = form_of(office)
	fill(book, ITEM_6, 48, "已封顶", **{"新兴产业完成投资": 120.555})
	fill(book, ITEM_7, 30, "已开工")
	cell = book.find(ITEM_6, "新兴产业完成投资")
	save(office, book)
	path, answer = answer_of(office)
	check(os.path.dirname(path).endswith(os.path.join("rejected", "2012-Q2")), path)
	copy = Workbook(path, 2)
	check(copy.fill_of(cell) == "FFC7CE" and copy.cells()[cell].startswith("120.555"), "%s is %s" % (cell, copy.fill_of(cell)))
	check("小数位太多" in copy.comments().get(cell, ""), str(copy.comments()))
	rows = [r for r in answer.rows().values() if "MST-6117" in r.values()]
	check(len(rows) == 1 and cell in rows[0].values() and "有误" in rows[0].values(), str(answer.rows()))
	check(acts(hub) == 1, "%d acts" % acts(hub))
	original = path.replace(".答复", "")
	mended = Workbook(original)
	mended.set(cell, 120.55)
	save(office, mended)
	answer_of(office, wanted="未变化")
	wait_for(lambda: acts(hub) == 2, 30, "the mended row alone")
	check(Workbook(original).cells()[cell].startswith("120.555"), "the clerk's file is as it was")


def another_units_form_is_refused(world):
	"""another unit's form is refused with a sentence and nothing of it is taken"""
	hub, office = office_of(world)
	other = Office(world, hub, "heping").start()
	wait_for(lambda: os.path.exists(os.path.join(other.folder, FORM)), 30, "the other's form")
	book = form_of(other)
	fill(book, ITEM_7, 30, "已开工")
	save(office, book, "和平区.xlsx")
	path, answer = answer_of(office, wanted="有误", name="和平区.xlsx")
	check("rejected" in path and any("填报单位" in t or "单位" in t for t in answer.cells().values()), str(answer.rows()))
	check(acts(hub) == 0, "%d acts" % acts(hub))


def last_period_stands_beside(world):
	"""what was reported last period stands in grey; one mark takes it over, but for what was done"""
	hub = Hub(world, clock="2012-04-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	office.report("--item", "6", "--period", "2012-Q1", "--progress", "20", "--done", "已开工", "--problems", "无", "--next", "封顶",
		"--approved-by", "李四", "i06.parks=8", "i06.invest=30.25", "i06.projects=P1", "i06.share=nil:没有统计", "--wait", "20")
	hub.clock("2012-07-05T09:00:00+08:00")
	office.report("--item", "8", "--period", "2012-Q2", "--progress", "20", "--wait", "20")
	office.stop()
	office.start()
	wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)), 30, "the form of the second quarter")
	check(not os.path.exists(os.path.join(office.folder, FORM.replace("Q2", "Q1"))), "that of the first is gone")
	book = form_of(office)
	grey = book.find(ITEM_6, "上期:新兴产业完成投资")
	check(float(book.cells()[grey]) == 30.25 and book.is_locked(grey), str(book.rows()))
	book.fill(ITEM_6, **{"沿用上期": "√", "进度(%)": 48, "进展情况": "已封顶", "新兴产业完成投资": 66})
	save(office, book)
	answer_of(office)
	body = reports(office)[("i06", "2012-Q2")]
	values = {v["indicator"]: v for v in body["values"]}
	check(body["done"] == "已封顶" and body["next_steps"] == "封顶" and body["approved_by"] == "李四", str(body))
	check(values["i06.invest"]["mantissa"] == 6600 and values["i06.parks"]["mantissa"] == 8 and len(values) == 4, str(values))


def a_form_that_is_open_or_changed_is_left(world):
	"""a form that a program has open is neither taken nor written over; when it is closed it is taken; one that nobody touched is no report"""
	hub, office = office_of(world)
	lock = os.path.join(office.folder, "~$" + FORM)
	with open(lock, "wb") as f:
		f.write(b"clerk")
	book = form_of(office)
	fill(book, ITEM_7, 30, "已开工")
	save(office, book)
	with open(os.path.join(office.folder, FORM), "rb") as f:
		content = f.read()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "20", "--wait", "20")
	office.drop("另一个.csv", "工作事项,期间,进度(%)\r\n8,2012-Q2,20\r\n")
	office.answer("另一个.csv")
	wait_for(lambda: office.status()["folder"]["open_files"] == 1, 30, "status says that it waits")
	with open(os.path.join(office.folder, FORM), "rb") as f:
		check(f.read() == content, "it is as the clerk saved it")
	os.unlink(lock)
	answer_of(office)
	check(acts(hub) == 3, "%d acts" % acts(hub))
	wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)), 30, "the form comes again")
	office.drop("另两个.csv", "工作事项,期间,进度(%)\r\n8,2012-Q2,21\r\n")
	office.answer("另两个.csv")
	check(len(office.kept(FORM)) == 1 and os.path.exists(os.path.join(office.folder, FORM)), "our own form was never taken: %s" % office.kept())


def what_the_form_was_not_told_stays(world):
	"""attachments, and signs that divide in a cell, stand in the form as they were reported: a row that nobody changes in it is no correction"""
	hub, office = office_of(world)
	office.report_json({"item": "i07", "period": "2012-Q2", "report": {"progress_pct": 30, "self_status": "on_track", "done": "一；二;三",
		"attachments": [{"name": "图、表.pdf", "size": 7, "sha256": "5a" * 32}, {"name": "b.pdf", "size": 0, "sha256": "a5" * 32}]}})
	book = wait_for(lambda: form_of(office).get(ITEM_7, "进度(%)") == "30" and form_of(office), 30, "the form says what was reported")
	check(book.get(ITEM_7, "附件") == "图、表.pdf|7|%s; b.pdf|0|%s" % ("5a" * 32, "a5" * 32), str(book.get(ITEM_7, "附件")))
	fill(book, ITEM_6, 48, "一期")
	save(office, book)
	answer_of(office)
	check(acts(hub) == 2, "%d acts: a row that nobody changed was sent" % acts(hub))
	hub.is_clean()


def submit(office, progress):
	"""As a program would that reports faster than `muster` starts."""
	report = [{"item": "i06", "period": "2012-Q2", "report": {"progress_pct": progress, "done": "第 %d 次" % progress}}]
	with socket.socket(socket.AF_UNIX) as s:
		s.connect(os.path.join(office.dir, "control.sock"))
		s.sendall(json.dumps({"do": "submit", "name": "r.json", "hex": json.dumps(report).encode().hex()}).encode() + b"\n")
		answer = b"".join(iter(lambda: s.recv(65536), b""))
	check(b'"queued"' in answer or b'"received"' in answer, answer)


def reports_that_keep_coming(world):
	"""however fast reports come, the form is laid, not with each of them; at the end it says the last of them"""
	_, office = office_of(world)
	path, stop, sent = os.path.join(office.folder, FORM), threading.Event(), [0]
	laid = lambda: office.process.text().count("the form is in the folder")

	def stream():
		while not stop.is_set():
			submit(office, sent[0] % 90)
			sent[0] += 1
	wait_for(lambda: laid() == 1, 20, lambda: office.process.text()[-900:])
	thread = threading.Thread(target=stream)
	thread.start()
	try:
		wait_for(lambda: sent[0] > 20, 30, lambda: "%d reports" % sent[0])
		os.remove(path)
		begun, first = sent[0], laid()
		wait_for(lambda: laid() >= first + 2, 60, lambda: "%d reports, form laid %d times: %s" % (sent[0] - begun, laid(), office.process.text()[-900:]))
		check(os.path.exists(path), "the form")
	finally:
		stop.set()
		thread.join()
	submit(office, 97)
	wait_for(lambda: os.path.exists(path) and form_of(office).get(ITEM_6, "进度(%)") == "97", 30, lambda: str(form_of(office).rows()))
	check(laid() < sent[0] / 2, "%d forms for %d reports" % (laid(), sent[0]))


def a_late_office_keeps_its_form(world):
	"""the form of the period before stays while something of it is owed: filled, it is a report; reported otherwise, it goes"""
	plan = world.path("plan.conf")
	with open(PLAN, encoding="utf-8") as f:
		text = f.read()
	with open(plan, "w", encoding="utf-8") as f:
		f.write(text.replace("lock_days   = 60", "lock_days   = 200"))
	hub = Hub(world, clock="2012-04-03T09:00:00+08:00,0", plan=plan).start()
	name = "填报表-2012-Q1.xlsx"
	offices = [Office(world, hub, unit).start() for unit in ("tjj", "rsj")]
	first = [os.path.join(office.folder, name) for office in offices]
	for office, form in zip(offices, first):
		wait_for(lambda: os.path.exists(form), 30, "the form of the first quarter")
		office.stop()
	hub.clock("2012-07-02T09:00:00+08:00")
	for office, form in zip(offices, first):
		office.start()
		wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)), 30, "the form of the second quarter")
		check(os.path.exists(form), "the first quarter is owed still")
	book = Workbook(first[0])
	fill(book, "完善创新型城市", 20, "一季度")
	save(offices[0], book, name)
	answer_of(offices[0], name=name)
	offices[1].report_json(*[{"item": item, "period": "2012-Q1", "report": {"progress_pct": 20, "done": "一季度"}} for item in ("i12", "i13")])
	wait_for(lambda: not os.path.exists(first[1]), 60, "nothing of it is owed any more")
	hub.is_clean()


run(a_late_office_keeps_its_form, reports_that_keep_coming, what_the_form_was_not_told_stays, from_the_form_to_the_receipt, what_is_wrong_is_red_and_mended, another_units_form_is_refused, last_period_stands_beside, a_form_that_is_open_or_changed_is_left)
