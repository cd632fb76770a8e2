#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""With --long: LibreOffice opens, saves and converts what offices send; what was typed equals the acts, whatever kind it was saved as."""
import os
import shutil
import subprocess

from lib import LONG, Hub, Office, check, muster_lines, run, skip, wait_for
from workbook import Workbook

CLOCK = "2012-07-05T09:00:00+08:00"
FORM = "填报表-2012-Q2.xlsx"
# The filters of LibreOffice: separator, quote, charset (76 UTF-8, 85 GB18030, 65535 UTF-16), first row.
CSV = "csv:Text - txt - csv (StarCalc):%d,34,%d,1"
TABLE = ("2012年二季度报表,,,,,,,,,\n填报单位：铁西区政府,,,期间：2012年第二季度,,,,,,\n序号,工作事项,进度(%),自评,进展情况,存在问题,下一步措施,审核人,"
	"新兴产业完成投资(本年累计)(亿元),实际利用外资(当期)(亿美元)\n1,6,48,正常,\"一期封顶，\n二期开工\",无,继续,李四,120.45,\n2,8,30,有风险,洽谈中,资金,落实,李四,,1.2345\n"
	"合计,,,,,,,,120.45,1.2345\n说明：进度为本年累计,,,,,,,,,\n")


def convert(world, path, kind, folder, infilter=None):
	"""PATH saved anew by LibreOffice as KIND, into FOLDER; its new path."""
	os.makedirs(folder, exist_ok=True)
	words = ["soffice", "-env:UserInstallation=file://%s" % world.path("office"), "--headless", "--convert-to", kind, "--outdir", folder]
	done = subprocess.run(words + (["--infilter=" + infilter] if infilter else []) + [path], capture_output=True, text=True, timeout=240)
	made = os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + "." + kind.split(":")[0])
	check(os.path.exists(made), done.stdout + done.stderr)
	return made


def drop(office, path, name):
	with open(path, "rb") as f:
		office.drop(name, f.read())


def reports(office):
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	return {line["act"]["item"]: line["act"]["body"] for line in lines if line["verdict"].startswith("STORED")}


def lies_in(office, name):
	"""Where NAME was moved to once it was taken: done or rejected."""
	def look():
		found = office.kept(name)
		return found and os.path.relpath(found[0], office.folder).split(os.sep)[0]
	return wait_for(look, 40, lambda: "%s taken: %s\n%s" % (name, office.kept(), office.process.text()[-900:]))


def acts(hub):
	return sum(d["acts"] for d in hub.units().values())


def office_of(world, unit="tiexi"):
	hub = Hub(world, clock=CLOCK).start()
	return hub, Office(world, hub, unit).start()


def one_table_in_every_kind(world):
	"""one table saved as .xlsx, as CSV in UTF-8, GB18030 with semicolons and UTF-16 with tabs, and by way of .ods and .xls, is the same report"""
	hub, office = office_of(world)
	typed = world.path("typed.csv")
	with open(typed, "w", encoding="utf-8") as f:
		f.write(TABLE)
	book = convert(world, typed, "xlsx:Calc MS Excel 2007 XML", world.path("x"), "CSV:44,34,76,1")
	drop(office, book, "第一次.xlsx")
	check(lies_in(office, "第一次.xlsx") == "done", "the workbook is right")
	wait_for(lambda: acts(hub) == 2, 30, lambda: "%d acts" % acts(hub))
	got = wait_for(lambda: len(reports(office)) == 2 and reports(office), 30, "the reports in the feed")
	values = {v["indicator"]: v["mantissa"] for body in got.values() for v in body["values"]}
	check(values == {"i06.invest": 12045, "i08.fdi": 12345}, str(values))
	check(got["i06"]["progress_pct"] == 48 and got["i06"]["done"] == "一期封顶，\n二期开工" and got["i08"]["self_status"], str(got))
	ods, xls = convert(world, book, "ods", world.path("o")), convert(world, book, "xls:MS Excel 97", world.path("o"))
	again = {"逗号.csv": convert(world, book, CSV % (44, 76), world.path("a")), "分号.csv": convert(world, book, CSV % (59, 85), world.path("b")),
		"文本.txt": convert(world, book, CSV % (9, 65535), world.path("c")),
		"经ods.xlsx": convert(world, ods, "xlsx:Calc MS Excel 2007 XML", world.path("d")),
		"经xls.xlsx": convert(world, xls, "xlsx:Calc MS Excel 2007 XML", world.path("e"))}
	for name, path in again.items():
		drop(office, path, name)
		check(lies_in(office, name) == "done", "%s is right" % name)
	for name, path in (("旧.xls", xls), ("开放.ods", ods)):
		drop(office, path, name)
		check(lies_in(office, name) == "rejected", "%s is not read" % name)
		answer = os.path.join(os.path.dirname(office.kept(name)[0]), name + ".答复.csv")
		wait_for(lambda: os.path.exists(answer) and "另存为" in open(answer, encoding="utf-8-sig").read(), 30, "how to save " + name)
	check(acts(hub) == 2, "%d acts: what is the same is sent once" % acts(hub))
	hub.is_clean()


def the_form_saved_by_libreoffice(world):
	"""the form, filled, opened and saved anew by LibreOffice, is read as what was typed"""
	hub, office = office_of(world)
	path = os.path.join(office.folder, FORM)
	wait_for(lambda: os.path.exists(path), 30, "the form")
	book = Workbook(path)
	for item, more in (("加快创新推动新兴产业", {"进度(%)": 48, "新兴产业完成投资": 120.45, "新兴产业园区、产业集群建设数": 8}), ("加强创新提高对外开放", {"进度(%)": 30, "实际利用外资": 1.2345})):
		book.fill(item, **{"自评": "正常", "进展情况": "一期厂房\n封顶", "存在问题": "无", "下一步措施": "继续推进", "审核人": "李四", **more})
	filled = world.path("填好.xlsx")
	book.save(filled)
	drop(office, convert(world, filled, "xlsx:Calc MS Excel 2007 XML", world.path("f")), "填好.xlsx")
	check(lies_in(office, "填好.xlsx") == "done", "the form is right")
	wait_for(lambda: acts(hub) == 2, 30, lambda: "%d acts" % acts(hub))
	got = wait_for(lambda: len(reports(office)) == 2 and reports(office), 30, "the reports in the feed")
	values = {v["indicator"]: v["mantissa"] for body in got.values() for v in body["values"]}
	check(values == {"i06.invest": 12045, "i06.parks": 8, "i08.fdi": 12345}, str(values))
	check(got["i06"]["progress_pct"] == 48 and got["i06"]["done"] == "一期厂房\n封顶", str(got["i06"]))
	hub.is_clean()


if not LONG:
	skip("LibreOffice is started in the long campaign only (tests/run --long)")
if shutil.which("soffice") is None:
	skip("there is no LibreOffice on this machine")
run(one_table_in_every_kind, the_form_saved_by_libreoffice)
