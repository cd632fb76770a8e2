#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Strangers on the machine: whoever can lay files into the folder, or beside a workbook in the making, gains nothing and stops nobody."""
import csv
import os

from lib import PLAN, Hub, Office, check, muster, run, skip, wait_for

HEADER = "工作事项,期间,进度(%),自评,进展情况,存在问题,下一步措施,填报人,审核人\r\n"
ROW = "8,2012-Q2,40,正常,正常推进,无,继续推进,张三,李四\r\n"
STRANGER = 65534


def office_of(world):
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj")
	os.makedirs(office.folder)
	return office


def pipes(world):
	"""pipes that nobody writes into, under the names of the form, of a file and of a file in done/, hold nobody up"""
	office = office_of(world)
	os.makedirs(os.path.join(office.folder, "done", "2012-Q2"))
	for name in ("填报表-2012-Q2.xlsx", "a.csv", "done/2012-Q2/x.csv", "done/2012-Q2/x.答复.csv"):
		os.mkfifo(os.path.join(office.folder, name))
	office.start()
	office.drop("x.csv", HEADER + ROW)
	wait_for(lambda: office.kept("x.2.csv") and office.status()["queue"]["all"] == 1, 20, "it is taken")
	check("已收到" in office.answer("x.2.csv")[1], "it is answered")


def folders_elsewhere(world):
	"""behind a stranger's link in the place of done/, a period's folder or 通知/ nothing is written, and the status names the link"""
	if os.geteuid() != 0:
		skip("only root can lay another user's link")
	office = office_of(world)
	away = world.path("away")
	os.mkdir(away)
	os.makedirs(os.path.join(office.folder, "done"))
	links = [os.path.join(office.folder, name) for name in ("done/2012-Q2", "通知")]
	for link in links:
		os.symlink(away, link)
		os.lchown(link, STRANGER, STRANGER)
	office.start()
	office.drop("x.csv", HEADER + ROW)
	wait_for(lambda: (office.status()["folder"]["trouble"] or {}).get("code") == 6264, 20, lambda: office.status()["folder"])
	check(os.listdir(away) == [], os.listdir(away))
	for link in links:
		os.unlink(link)
	check(office.answer("x.csv")[0] == "done", "the link is gone, the file is taken")
	check(office.status()["queue"]["all"] == 1, "once")


def guessed_names(world):
	"""a workbook in the making has no name that a stranger can guess and link to another's file"""
	office = office_of(world)
	victim = world.path("victim")
	with open(victim, "w") as f:
		f.write("mine")
	shared = world.path("shared")
	os.mkdir(shared)
	with open("/proc/sys/kernel/ns_last_pid") as f:
		last = int(f.read())
	for pid in range(last, last + 3000):
		os.symlink(victim, os.path.join(shared, ".muster-%d.xlsx" % pid))
	muster("form", "--dir", office.dir, "-o", os.path.join(shared, "form.xlsx"))
	check(open(victim, "rb").read() == b"mine", "the victim's file was written to")


def escapes(world):
	"""what a sheet, a form or a plan says reaches the terminal of whoever submits or checks it without its control characters"""
	office = office_of(world)
	office.start()
	for name, text in {"a.csv": HEADER + ROW.replace("8,", "8\x1b]0;evil\x07,"), "b.csv": HEADER.replace("自评", "自\x1b[2J评") + ROW,
			"c.json": '[{"item":"8","period":"2012-Q2","report":{"x\\u001b[2Jy":1}}]'}.items():
		path = world.path(name)
		with open(path, "w", encoding="utf-8") as f:
			f.write(text)
		said = muster("report", "--dir", office.dir, "--file", path, expect=65)
		check("\x1b" not in said.stdout + said.stderr and "MST-" in said.stderr, repr(said.stdout + said.stderr))
	path = world.path("plan.conf")
	with open(PLAN, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
		out.write(f.read().replace('unit "kjj"', 'unit "\x1b[2Jk"', 1))
	said = muster("plan", "check", path, expect=None).stdout
	check("\x1b" not in said and "MST-2007" in said, repr(said))


def formulas(world):
	"""what a report says is no formula in the form that its office opens in a spreadsheet, and comes back as it was"""
	office = office_of(world)
	office.start()
	texts = {"done": "=HYPERLINK(\"http://x/\",\"开工\")", "problems": "@SUM(A1)", "next_steps": "＝1+1", "help_needed": "-2+3", "phone": "+86 24 1"}
	sent = office.report_json({"item": "i08", "period": "2012-Q2", "report": dict(texts, progress_pct=40)})
	check(sent[0]["state"] == "received", sent)
	form = world.path("form.csv")
	muster("form", "--dir", office.dir, "--period", "2012-Q2", "-o", form)
	with open(form, encoding="utf-8-sig", newline="") as f:
		cells = [cell for row in csv.reader(f) for cell in row]
	check(not any(cell[:1] in "=+@＝" and len(cell) > 1 for cell in cells), cells)
	check(all("'" + text in cells for text in texts.values()), cells)
	again = office.report("--file", form, "--wait", "20", expect=None)
	check([line["state"] for line in again if line["item"] == "i08"] == ["unchanged"], again)


run(pipes, folders_elsewhere, guessed_names, escapes, formulas)
