#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sheets as offices have them, in the folder of a running agent: .xlsx like CSV, what cannot be read, what is not to be touched, what is made to hurt."""
import io
import os
import sys
import zipfile

from lib import SOURCE, Hub, Office, check, count, decode, muster_json, muster_lines, run, wait_for

sys.path.insert(0, os.path.join(SOURCE, "tests", "intake", "corpus"))
from handmade import HEAD, MAIN, Book, table  # noqa: E402
from workbook import Workbook  # noqa: E402

HEADER = ["工作事项", "期间", "进度(%)", "自评", "进展情况", "存在问题", "下一步措施", "审核人"]
MIB = 1 << 20


def world_of(world, unit="kjj"):
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	return hub, Office(world, hub, unit).start()


def workbook(*rows):
	lines = [[item, "2012-Q2", progress, "正常", "推进", "无", "继续", "李四"] for item, progress in rows]
	return Book().sheet("二季度", {"A1": "2012年第二季度报表", **table("A3", HEADER, *lines, ["合计"])}).bytes()


def acts(hub):
	return sum(d["acts"] for d in hub.units().values())


def text_of(path):
	"""What an answer says: CSV as it is, of a workbook all its texts."""
	data = open(path, "rb").read()
	if not data.startswith(b"PK"):
		return decode(data)
	with zipfile.ZipFile(io.BytesIO(data)) as z:
		return "\n".join(z.read(n).decode() for n in z.namelist() if n.startswith("xl/") and n.endswith(".xml"))


def answer(office, name, wanted, seconds=30):
	"""Where the answer to NAME lies that says WANTED: its folder and its text."""
	stem = os.path.splitext(name)[0]

	def look():
		for path in office.kept():
			base = os.path.basename(path)
			if base.startswith(stem) and ".答复." in base and wanted in text_of(path):
				return os.path.relpath(path, office.folder).split(os.sep)[0], text_of(path)
		return None
	return wait_for(look, seconds, lambda: "an answer to %s that says %s: %s\n%s" % (name, wanted, office.kept(), office.process.text()[-900:]))


def lies_there(office, *names):
	return set(names) <= set(os.listdir(office.folder))


def a_workbook_is_taken_like_any_file(world):
	"""a workbook with a title and totals is taken row by row; dropped again it sends only what changed"""
	hub, office = world_of(world)
	office.drop("二季度.xlsx", workbook((8, 40), (7, 50)))
	folder, text = answer(office, "二季度.xlsx", "已收到")
	check(folder == "done" and acts(hub) == 2, "%s, %d acts" % (folder, acts(hub)))
	office.drop("二季度改.xlsx", workbook((8, 40), (7, 51), (888, 1)))
	folder, text = answer(office, "二季度改.xlsx", "MST-6113")
	check(folder == "rejected", folder)
	wait_for(lambda: acts(hub) == 3, 30, lambda: "%d acts" % acts(hub))
	check("未变化" in text or "已收到" in text, text[:600])
	hub.is_clean()


def two_devices_at_once_are_told(world):
	"""two devices of a unit report other content while the line is down: the second is told, in red, that it was not taken and what to do, and its file laid in again counts"""
	hub, first = world_of(world)
	second = Office(world, hub, "kjj", "second").start()
	hub.stop()
	for progress, office in enumerate((first, second), 40):
		office.drop("二季度.xlsx", workbook((8, progress)))
		answer(office, "二季度.xlsx", "已排队")
	hub.start()
	wait_for(lambda: acts(hub) == 2, 30, lambda: "%d acts" % acts(hub))
	final = [wait_for(lambda: [p for p in o.kept("二季度.答复.xlsx") if "已排队" not in text_of(p)], 30, "a final answer")[0] for o in (first, second)]
	refused, = [p for p in final if "已由他人先报" in text_of(p)]
	check("没有收下" in text_of(refused) and "再报一次" in text_of(refused), text_of(refused))
	for number in (1, 2):
		sheet = Workbook(refused, sheet=number)
		told = [ref for ref, text in sheet.cells().items() if text.startswith("已由他人先报")]
		check(told and all(sheet.fill_of(ref) == "FFC7CE" for ref in told), "sheet %d: %s" % (number, {r: sheet.fill_of(r) for r in told}))
	office = first if refused == final[0] else second
	office.drop("二季度.xlsx", open(office.kept("二季度.xlsx")[0], "rb").read())
	wait_for(lambda: acts(hub) == 3, 30, lambda: "%d acts" % acts(hub))
	wait_for(lambda: [p for p in office.kept() if ".答复" in p and "以本次为准" in text_of(p) and "已收到" in text_of(p)], 30, lambda: office.kept())
	hub.is_clean()


def rows_that_nobody_changed_undo_nothing(world):
	"""a sheet laid in again for one row leaves alone what another device corrected in the others, and says so; the form forgets what does not stand"""
	hub, first = world_of(world)
	second = Office(world, hub, "kjj", "second").start()
	title, form = "加强创新提高对外开放水平", os.path.join(first.folder, "填报表-2012-Q2.xlsx")

	def stands(progress):
		return lambda: muster_json("where", "--dir", first.dir, "--item", "8", "--period", "2012-Q2").get("revision") == progress

	def shown():
		return Workbook(form).get(title, "进度(%)") if os.path.exists(form) else None
	first.drop("二季度.xlsx", workbook((8, 40), (7, 50)))
	answer(first, "二季度.xlsx", "已收到")
	wait_for(lambda: shown() == "40", 30, lambda: "the form has it: %s" % shown())
	second.drop("更正.xlsx", workbook((8, 45)))
	answer(second, "更正.xlsx", "已收到")
	wait_for(stands(2), 30, "the first device knows of the correction")
	wait_for(lambda: shown() == "", 30, lambda: "the form has it no more: %s" % shown())
	first.drop("再报.xlsx", workbook((8, 40), (7, 51)))
	folder, text = answer(first, "再报.xlsx", "已收到")
	check(folder == "done" and "未变化" in text and "另有报送" in text, text)
	check(acts(hub) == 4 and stands(2)(), "%d acts" % acts(hub))
	first.drop("改了.xlsx", workbook((8, 41), (7, 51)))
	answer(first, "改了.xlsx", "以本次为准")
	wait_for(stands(3), 30, "what was changed counts")
	told = muster_lines("report", "--dir", second.dir, "--item", "8", "--period", "2012-Q2", "--progress", "45", "--status", "on_track", "--done", "推进",
		"--problems", "无", "--next", "继续", "--approved-by", "李四", "--wait", "20")
	check(told[0]["state"] == "received", "a report that says one thing means it: %s" % told)
	hub.is_clean()


def what_is_no_sheet_is_told_how_to_save(world):
	"""old and other kinds of files are answered with the way to save them, the file itself is kept"""
	hub, office = world_of(world)
	kinds = {"旧表.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016, "表.et": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016,
		"各单位.zip": b"PK\x05\x06" + bytes(18), "表.rar": b"Rar!\x1a\x07\x01\x00" + bytes(40), "扫描.pdf": b"%PDF-1.4\n", "照片.jpg": b"\xff\xd8\xff\xe0" + bytes(100)}
	for name, content in kinds.items():
		office.drop(name, content)
	for name, content in kinds.items():
		folder, text = answer(office, name, "另存为")
		check(folder == "rejected" and ".xlsx" in text, text)
		check(any(open(path, "rb").read() == content for path in office.kept(name)), "%s is kept as it was" % name)
	check(acts(hub) == 0, "%d acts" % acts(hub))


def what_is_being_saved_is_waited_for(world):
	"""a workbook stays while a program has it open or writes to it, and is taken when that ends"""
	hub, office = world_of(world)
	marks = {"excel.xlsx": "~$excel.xlsx", "wps.xlsx": ".~wps.xlsx", "libre.xlsx": ".~lock.libre.xlsx#"}
	for progress, (name, mark) in enumerate(marks.items(), 41):
		with open(os.path.join(office.folder, mark), "wb") as f:
			f.write(b"user")
		office.drop(name, workbook((8, progress)))
	whole = workbook((7, 50))
	with open(os.path.join(office.folder, "copied.xlsx"), "wb") as f:
		f.write(whole[:len(whole) // 2])
		f.flush()
		office.drop("whole.xlsx", workbook((5, 10)))
		answer(office, "whole.xlsx", "已收到")
		office.drop("later.xlsx", workbook((5, 11)))
		answer(office, "later.xlsx", "已收到")
		check(lies_there(office, "excel.xlsx", "wps.xlsx", "libre.xlsx", "copied.xlsx"), "taken too early: %s" % os.listdir(office.folder))
		f.write(whole[len(whole) // 2:])
	answer(office, "copied.xlsx", "已收到")
	check(acts(hub) == 3, "%d acts" % acts(hub))
	for mark in marks.values():
		os.remove(os.path.join(office.folder, mark))
	for name in marks:
		answer(office, name, "已收到")


def memory(office, what):
	with open("/proc/%d/status" % office.process.child.pid, encoding="ascii") as f:
		return next(int(line.split()[1]) for line in f if line.startswith(what))


def spaces(part, mib):
	"""A workbook whose PART is MIB of blanks: a few KiB in the zip."""
	return Book().sheet("s", table("A1", HEADER)).bytes(lambda parts: parts.update({part: parts[part] + " " * (mib * MIB)}))


def many_entities():
	declared = "".join('<!ENTITY e%d "%s">' % (i, "&e%d;" % (i - 1) * 10 if i else "x" * 10) for i in range(12))
	return Book().sheet("s", table("A1", HEADER)).bytes(lambda parts: parts.update(
		{"xl/sharedStrings.xml": HEAD + "<!DOCTYPE s [%s]><sst xmlns=\"%s\"><si><t>&e11;</t></si></sst>" % (declared, MAIN)}))


def a_sheet_looked_at_first_counts_once(world):
	"""behind a sheet that has a header alone, one of 40 MiB is looked at and read: that is less than the 64 MiB a file may have"""
	hub, office = world_of(world)
	book = Book().sheet("空", table("A1", HEADER)).sheet("s", table("A1", HEADER, (8, "2012-Q2", 40)))
	office.drop("large.xlsx", book.bytes(lambda parts: parts.update({"xl/worksheets/sheet2.xml":
		parts["xl/worksheets/sheet2.xml"].replace("<sheetData>", "<sheetData>" + " " * (40 * MIB))})))
	answer(office, "large.xlsx", "已收到", seconds=60)
	check(acts(hub) == 1, "%d acts" % acts(hub))


def what_is_made_to_hurt_is_refused(world):
	"""bombs, a line of 100 MB, NULs and a way out of the zip are each refused with a sentence in 32 MiB, and the next file is taken"""
	hub, office = world_of(world)
	office.drop("first.xlsx", workbook((8, 40)))
	answer(office, "first.xlsx", "已收到")
	before = memory(office, "VmRSS:")
	hurting = {
		"zip_bomb.xlsx": (spaces("xl/worksheets/sheet1.xml", 80), "MST-6203"),
		"texts_bomb.xlsx": (spaces("xl/sharedStrings.xml", 80), "MST-6203"),
		"entities.xlsx": (many_entities(), "MST-6202"),
		"rows.xlsx": (Book().sheet("s", {}, rows_xml="<row/>" * count(10000000, 2000000)).bytes(), "MST-6203"),
		"texts.xlsx": (Book().sheet("s", {"A1": "x"}).bytes(lambda parts: parts.update({"xl/sharedStrings.xml": HEAD + "<sst/>"})), "MST-6200"),
		"way_out.xlsx": (Book().sheet("s", {}).bytes(lambda parts: parts.update({"../../x": "x"})), "MST-6202"),
		"line.csv": (b"x" * (100 * MIB), "MST-6104"),
		"nuls.csv": ("工作事项,期间\n".encode() + b"\0" * (7 * MIB), "MST-6103"),
		"nuls.xlsx": (b"\0" * MIB, "MST-6103"),
	}
	for name, (content, code) in hurting.items():
		office.drop(name, content)
		folder, text = answer(office, name, code, seconds=60)
		check(folder == "rejected" and "有误" in text, text[:300])
	grown = memory(office, "VmHWM:") - before
	check(grown < 32 * 1024 * count(1, 6), "the agent grew by %d KiB" % grown)
	office.drop("last.xlsx", workbook((7, 50)))
	answer(office, "last.xlsx", "已收到")
	check(acts(hub) == 2, "%d acts" % acts(hub))


run(a_workbook_is_taken_like_any_file, two_devices_at_once_are_told, rows_that_nobody_changed_undo_nothing,
	what_is_no_sheet_is_told_how_to_save, what_is_being_saved_is_waited_for,
	a_sheet_looked_at_first_counts_once, what_is_made_to_hurt_is_refused)
