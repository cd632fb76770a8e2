#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The form through a real spreadsheet program: what LibreOffice saves is taken as what was typed. Part of the long campaign."""
import os
import shutil
import subprocess

from lib import LONG, Hub, Office, check, count, muster_lines, rng, run, skip, wait_for
from workbook import Workbook

FORM = "填报表-2012-Q2.xlsx"
CSV = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8
ITEM_6 = "加快创新推动新兴产业"


def save_with_libreoffice(world, path, ending):
	"""PATH opened and saved as ENDING by LibreOffice; where it lies then."""
	out = world.path("saved")
	subprocess.run(["soffice", "--headless", "-env:UserInstallation=file://" + world.path("profile"), "--convert-to", ending, "--outdir", out, path],
		check=True, capture_output=True, timeout=300)
	return os.path.join(out, os.path.basename(path).rsplit(".", 1)[0] + "." + ending.split(":")[0])


def typed_is_received(world):
	"""a form filled and saved by LibreOffice, as a workbook and as CSV, is received; the acts are what was typed, the form is still locked and known"""
	if not LONG:
		skip("only with --long")
	if shutil.which("soffice") is None:
		skip("LibreOffice is not installed")
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "tiexi").start()
	wait_for(lambda: os.path.exists(os.path.join(office.folder, FORM)), 30, "the form")
	for number in range(count(2, long=6)):
		invest, num = rng.randrange(1, 10**9), rng.randrange(1, 10**8)
		done = "第%d次\n换行 \"引号\" 1/2 =1+1" % number
		book = Workbook(os.path.join(office.folder, FORM))
		book.fill(ITEM_6, **{"进度(%)": number, "自评": "有风险", "进展情况": done, "存在问题": "无", "下一步措施": "继续", "审核人": "李四",
			"联系电话": "024-22721234", "重点项目清单": "P1;P%d" % (number + 2), "新兴产业园区": number, "新兴产业完成投资": invest / 100,
			"新兴产业产值占工业总产值比重(当期)(分子)": num / 100, "新兴产业产值占工业总产值比重(当期)(分母)": 10**7})
		book.save(world.path("form%d.xlsx" % number))
		saved = save_with_libreoffice(world, world.path("form%d.xlsx" % number), "xlsx" if number % 2 == 0 else CSV)
		if number % 2 == 0:
			again = Workbook(saved)
			check("muster.unit" in again.parts["docProps/custom.xml"].decode(), "whose form it is, is lost")
			check(again.is_locked(again.find(ITEM_6, "工作事项")), "the locks are lost")
		row = muster_lines("submit", saved, "--dir", office.dir, "--wait", "30")
		check([r["state"] for r in row] == ["received"], str(row))
		body = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")[-1]["act"]["body"]
		values = {v["indicator"]: v for v in body["values"]}
		check(body["progress_pct"] == number and body["done"] == done and body["phone"] == "024-22721234", str(body))
		check(values["i06.invest"]["mantissa"] == invest and values["i06.parks"]["mantissa"] == number, "%d: %s" % (invest, values))
		check(values["i06.share"]["num"] == num and values["i06.share"]["den"] == 10**9, "%d: %s" % (num, values))
		check(sorted(values["i06.projects"]["keys"]) == ["P1", "P%d" % (number + 2)], str(values))
	hub.is_clean()


run(typed_is_received)
