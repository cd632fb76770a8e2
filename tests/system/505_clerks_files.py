#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every file of the corpus of sheets, as offices make them and as they should not be, in the folder of a running agent."""
import html
import io
import os
import re
import zipfile

from lib import SOURCE, Hub, Office, check, decode, muster, run, wait_for

CORPUS = os.path.join(SOURCE, "tests", "intake", "corpus")
PROBLEM = re.compile(r"   (note )?(\d+) \S+ column=.*? field=\S* value=.*? \| (.*?) \| .*? \| (.*)$")


def files():
	"""Name -> what is expected of it, judged for Shenbei in Chinese."""
	return {name: open(os.path.join(CORPUS, name + ".expected"), encoding="utf-8").read() for name in sorted(os.listdir(CORPUS))
		if os.path.exists(os.path.join(CORPUS, name + ".expected")) and "english" not in name}


def text_of(path):
	data = open(path, "rb").read()
	if not data.startswith(b"PK"):
		return decode(data)
	with zipfile.ZipFile(io.BytesIO(data)) as z:
		return html.unescape("\n".join(z.read(n).decode() for n in z.namelist() if n.startswith("xl/") and n.endswith(".xml")))


def answer_to(office, name):
	stem, ending = os.path.splitext(name)
	names = {stem + ".答复" + ending, stem + ".答复.xlsx", name + ".答复.csv", name + ".答复.xlsx", name + ".答复" + ending}
	own = {stem + ".答复" + ending} if ending in (".csv", ".xlsx") else names
	found = [p for p in office.kept() if os.path.basename(p) in own] or [p for p in office.kept() if os.path.basename(p) in names]
	return found[0] if found and "已排队" not in text_of(found[0]) else None


def judge(office, name, expected):
	path = answer_to(office, name)
	folder = os.path.relpath(path, office.folder).split(os.sep)[0]
	text = text_of(path)
	good = re.search(r"rows=(\d+) good=(\d+)", expected)
	is_done = good.group(1) == good.group(2) and "REFUSED" not in text
	check(folder == ("done" if is_done else "rejected"), "%s lies in %s: %s" % (name, folder, text))
	for line in expected.splitlines()[1:]:
		found = PROBLEM.match(line)
		if found is None:
			continue
		note, code, what, remedy = found.groups()
		check(what and remedy, "%s: %s has words and a remedy" % (name, code))
		for wanted in ("MST-%04d" % int(code), what, remedy):
			check(wanted in text.replace('""', '"'), "%s: the answer lacks %s\n%s" % (name, wanted, text))
		check(note or "有误" in text, "%s: a mistake is told as one" % name)


def every_file_is_answered_in_words(world):
	"""each file of a clerk is answered: rows taken, or refused with place, reason and remedy; files with a mistake lie in rejected/"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "shenbei").start()
	expected = files()
	check(len(expected) >= 130, "%d files" % len(expected))
	for name in expected:
		with open(os.path.join(CORPUS, name), "rb") as f:
			office.drop(name, f.read())
	for name in expected:
		wait_for(lambda: answer_to(office, name), 120, lambda: "an answer to %s\n%s" % (name, office.process.text()[-900:]))
		judge(office, name, expected[name])
	hub.is_clean()


def a_file_lies_with_its_period(world):
	"""a file whose period can be read lies with it, whatever else is wrong: an unknown item, a column that nobody knows, nothing filled; only one without is 期间不明"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "shenbei").start()
	header = "工作事项,期间,进度(%),进展情况\r\n"
	wanted = {
		"没有这个事项": (header + "工业大发展,2012年二季度,40,正常\r\n", "rejected/2012-Q2"),
		"一行没有这个事项": (header + "工业大发展,二季度,40,正常\r\n6,2012-Q2,40,正常\r\n", "rejected/2012-Q2"),
		"两次没有这个事项": (header + "工业大发展,二季度,40,正常\r\n工业大发展,二季度,40,正常\r\n", "rejected/2012-Q2"),
		"没有这一列": ("工作事项,期间,进度(%),随便\r\n6,2012-Q2,40,正常\r\n", "rejected/2012-Q2"),
		"没有填": (header + "6,2012-Q2,,\r\n8,2012-Q2,,\r\n", "rejected/2012-Q2"),
		"没有填,几个期间": (header + "6,2012-Q2,,\r\n8,2012-Q1,,\r\n", "rejected/多个期间"),
		"只有表头": ("期间：2012年第二季度\r\n工作事项,进度(%),进展情况\r\n", "rejected/2012-Q2"),
		"几个期间": (header + "6,2012-Q1,40,正常\r\n工业大发展,2012-Q2,40,正常\r\n", "rejected/多个期间"),
		"填了一个期间": (header + "6,2012-Q1,,\r\n7,2012-Q2,40,正常\r\n", "done/2012-Q2"),
		"没有这个期间": (header + "6,2012-Q7,40,正常\r\n", "rejected/期间不明"),
		"什么也没有": (header, "rejected/期间不明"),
	}
	for name, (text, _) in wanted.items():
		office.drop(name + ".csv", text)
	for name, (_, place) in wanted.items():
		wait_for(lambda: answer_to(office, name + ".csv"), 60, lambda: "an answer to %s: %s" % (name, office.kept()))
		check(office.kept(name + ".csv") == [os.path.join(office.folder, place, name + ".csv")], "%s: %s" % (name, office.kept(name + ".csv")))
	check(text_of(answer_to(office, "两次没有这个事项.csv")).count("有误") == 2, "one sentence a row")
	hub.is_clean()


def a_returned_report_laid_in_again_is_told(world):
	"""what was returned and comes again as it was is not sent, and answer and command say why; changed it is"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office, lead = Office(world, hub, "tiexi").start(), Office(world, hub, "jxw").start()
	header = "工作事项,期间,进度(%),进展情况\r\n"
	office.drop("一.csv", header + "6,2012-Q2,40,正常\r\n")
	office.answer("一.csv")
	check(lead.verdict("return", "6", "tiexi", "2012-Q2", reason="口径不一致").startswith("STORED"), "it is returned")
	wait_for(office.notices, 20, "the notice")
	office.drop("二.csv", header + "6,2012-Q2,40,正常\r\n")
	folder, text = office.answer("二.csv", "未变化")
	check("已被退回" in text, text)
	for language, words in (("zh", "已被退回"), ("en", "was returned")):
		os.environ["MUSTER_LANG"] = language
		told = muster("report", "--dir", office.dir, "--item", "6", "--period", "2012-Q2", "--progress", "40", "--done", "正常").stdout
		del os.environ["MUSTER_LANG"]
		check(words in told, told)
	office.drop("三.csv", header + "6,2012-Q2,40,正常，口径见附注\r\n")
	folder, text = office.answer("三.csv")
	check("已被退回" not in text and sum(d["acts"] for d in hub.units().values()) == 3, text)
	office.drop("四.csv", header + "6,2012-Q2,40,正常，口径见附注\r\n")
	folder, text = office.answer("四.csv", "未变化")
	check("已被退回" not in text, text)
	hub.is_clean()


def what_is_passed_over_is_told(world):
	"""one cell that is far too long is wrong for itself, other rows are taken; a folder within the folder, and what it holds, is told by status"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "tiexi").start()
	header = "工作事项,期间,进度(%),进展情况\r\n"
	office.drop("长.csv", header + "6,2012-Q2,40," + "长" * 32767 + "\r\n7,2012-Q2,40,正常\r\n")
	folder, text = office.answer("长.csv")
	check(folder == "rejected" and "98301字节" in text and "2012-Q2" in text, text)
	os.mkdir(os.path.join(office.folder, "二季度"))
	office.drop("八.csv", header + "8,2012-Q2,40,正常\r\n")
	office.answer("八.csv")
	wait_for(lambda: office.status()["folder"]["left_folders"] == 1, 20, "status says it")
	check("folders in it that are not looked into: 1" in muster("status", "--dir", office.dir).stdout, "in words too")
	told = muster("form", "--dir", office.dir, "--period", "2012-Q2", "-o", os.path.join(office.folder, "没有", "表.xlsx"), expect=None)
	check(told.returncode in (66, 73) and "[ERROR]" not in told.stderr and "MST-" in told.stderr, "%d: %s" % (told.returncode, told.stderr))
	hub.is_clean()


run(a_returned_report_laid_in_again_is_told, what_is_passed_over_is_told, a_file_lies_with_its_period, every_file_is_answered_in_words)
