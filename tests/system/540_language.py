#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Help, boards, errors and the files of an office speak Chinese or English, whatever locales the machine has."""
import json
import os
import re
import shutil
import socket
import subprocess
import unicodedata

from lib import PATIENCE, PLAN, Hub, Office, check, environment, muster, program, run, verbs, wait_for
from workbook import Workbook

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?<![\w-])(?:the|of|is|it|and|to|with|for|what|a|an)\b")
DATA = ("台账", "通报", "催办", "通知/", "2012年二季度")  # what English help calls by its name
CLOCK = re.compile(r"^(?:simulated clock: |模拟时钟：).*\n", re.M)  # said of every directory here
CLEAR_OF_NOTICES = re.compile(r".* folder.*\n")  # they name the files in it
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def say(*words, of="muster", **variables):
	env = environment()
	for name in ("LC_ALL", "LANG", "LANGUAGE", "MUSTER_LANG"):
		env.pop(name, None)
	env.update(variables)
	done = subprocess.run([program(of), *words], capture_output=True, text=True, env=env)
	return done.stdout + CLOCK.sub("", done.stderr)


def errors_speak_the_readers_language(world):
	"""an error is Chinese or English by MUSTER_LANG, else by the locale, also one that the machine never generated; the code stays"""
	for text, variables in (
			("unknown verb", {"LANG": "en_US.UTF-8"}), ("不认识的命令", {"LANG": "zh_CN.UTF-8"}),
			("不认识的命令", {"LC_ALL": "zh_CN.GB18030"}), ("unknown verb", {"MUSTER_LANG": "en", "LANG": "zh_CN.UTF-8"}),
			("不认识的命令", {"MUSTER_LANG": "zh", "LANG": "C"}), ("unknown verb", {"LC_ALL": "C"})):
		out = say("bord", **variables)
		check(text in out and "MST-7001" in out and "bord" in out, "%s: %s" % (variables, out))
	out = say("board", MUSTER_LANG="klingon")
	check("MST-7006" in out and "zh" in out, out)


def columns(text):
	return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def typed(help_text):
	"""What is the same in every language: usage and example."""
	return re.findall(r"^(?:usage:|用法：|Example:|示例：)( .*(?:\n .*)*)", help_text, re.M)


def prose(help_text):
	"""The other paragraphs."""
	text = re.sub(r"^(?:usage:|用法：|Example:|示例：) .*(?:\n .*)*", "", help_text, flags=re.M)
	return [x for x in text.split("\n\n") if x.strip()]


def layout(help_text):
	"""The columns where the cells of each option's row begin, and those where a row goes on."""
	rows = re.findall(r"^  -.*", help_text, re.M)
	return ([[columns(row[:m.end()]) for m in re.finditer(r"(?<=  )(?=\S)", row)] for row in rows],
		{len(x) for x in re.findall(r"^ {9,}(?=\S)", help_text, re.M)})


def in_chinese(text):
	return CHINESE.search(text) and not ENGLISH.search(text)


def in_english(text):
	return not CHINESE.search(re.sub("|".join(DATA), "", text))


def the_overview_speaks_the_readers_language(world):
	"""the overview is Chinese or English, with the same commands in the same columns"""
	zh, en = (say("help", MUSTER_LANG=x) for x in ("zh", "en"))
	rows = [re.findall(r"^(  muster .*?  +)(\S.*)", text, re.M) for text in (zh, en)]
	check([name for name, _ in rows[0]] == [name for name, _ in rows[1]] and len(rows[1]) == en.count("\n  muster ") > 60, rows)
	check(len({len(name) for name, _ in rows[1]}) == 1, en)
	for _, said in rows[0]:
		check(in_chinese(said), said)
	check(in_english(en) and "每个命令" in zh and say("help", LC_ALL="C.UTF-8") == en, en)


def help_speaks_the_readers_language(world):
	"""the help of every command is Chinese or English throughout, with the same usage, options, columns and example"""
	known = verbs()
	check(len(known) > 60, known)
	for of, words in [("muster", v.split()) for v in known] + [("muster-agent", []), ("muster-hub", [])]:
		name = " ".join([of] + words)
		zh, en = (say(*words, "--help", of=of, MUSTER_LANG=x) for x in ("zh", "en"))
		check(say(*words, "--help", of=of, LC_ALL="C.UTF-8") == en and say(*words, "--help", of=of, LANG="zh_CN.UTF-8") == zh, name)
		check(typed(zh) == typed(en) and typed(en), "%s: %s, %s" % (name, typed(zh), typed(en)))
		options = [set(OPTION.findall(x)) for x in (zh, en)]
		check(options[0] == options[1], "%s: %s" % (name, options))
		cells, onward = zip(layout(zh), layout(en))
		check(cells[0] == cells[1] and onward[0] <= onward[1], "%s: %s, %s" % (name, cells, onward))
		for paragraph in prose(zh):
			check(in_chinese(paragraph), "%s, in Chinese: %s" % (name, paragraph))
		for paragraph in prose(en):
			check(in_english(paragraph), "%s, in English: %s" % (name, paragraph))


def the_plan_speaks_the_readers_language(world):
	"""what a plan asks of whom is told in Chinese or English around the plan's own words, in the same lines and in columns"""
	for item in ([], *([str(n)] for n in range(1, 14))):
		words = ["plan", "show", *item, "--plan", os.path.join(os.environ["MUSTER_SOURCE"], "deploy/plans/shenyang-2012.conf")]
		zh, en = (say(*words, MUSTER_LANG=x).splitlines() for x in ("zh", "en"))
		check(len(zh) == len(en) and say(*words, LC_ALL="C").splitlines() == en, zh)
		own = [line for line, other in zip(zh, en) if line == other]
		check(sum(1 for line in own if ENGLISH.search(line)) <= 1, "only the English title is English: %s" % own)
		for line in zh:
			check(line in own or not re.search(r"[A-Za-z]{3}", re.sub(r"\(@?[\w.-]+\)|UTC", "", line)) or re.match(r" *\d+  i\d\d  ", line), line)
	table = [line for line in say("plan", "show", *words[2 + len(item):], MUSTER_LANG="zh").splitlines() if re.match(r" *\d+  i\d\d  ", line)]
	check(len(table) == 13 and len({columns(line[:re.search(r"\d  +\d+  ", line).end()]) for line in table}) == 1, table)


def what_is_wrong_in_a_plan_speaks_the_readers_language(world):
	"""mistakes and warnings of a plan are told in Chinese or English at the same lines, with the same codes, and so is what became of the whole"""
	path = world.path("plan.conf")
	with open(PLAN, encoding="utf-8") as f:
		plan = f.read()

	def told(*changes):
		text = plan
		for old, new in changes:
			check(old in text, old)
			text = text.replace(old, new)
		with open(path, "w", encoding="utf-8") as f:
			f.write(text)
		zh, en = (say("plan", "check", path, MUSTER_LANG=x) for x in ("zh", "en"))
		check(re.findall(r"conf:\d+: |MST-\d+", zh) == re.findall(r"conf:\d+: |MST-\d+", en), zh + en)
		for line in zh.splitlines():
			check(CHINESE.search(line) and not ENGLISH.search(line), line)
		check(ENGLISH.search(en) or "ok, plan" in en, en)
		return zh, en

	zh, en = told()
	check("正确，计划 sy-2012" in zh and "ok, plan sy-2012" in en, zh + en)
	zh, en = told(("due_days", "duedays"), ('{ "fgw", "kjj" }', '{ "fgx", "kjj" }'), ("scale", "skale"))
	check("是不是 \"due_days\"" in zh and "did you mean \"due_days\"" in en and "计划不能使用" in zh and "cannot be used" in en, zh + en)
	check("没有单位 \"fgx\"" in zh, zh)


def boards_and_bulletins(world):
	"""a board's words follow the reader, its columns stay aligned; a bulletin has the same bytes whoever makes it"""
	hub = Hub(world, clock="2012-07-12T09:00:00+08:00").start()
	chinese = say("board", "--dir", hub.dir, "--period", "2012-Q2", MUSTER_LANG="zh")
	english = say("board", "--dir", hub.dir, "--period", "2012-Q2", MUSTER_LANG="en")
	check("牵头单位" in chinese and "Leads" not in chinese, chinese[:600])
	check("Leads" in english and "Deadline" in english and "牵头单位" not in english, english[:600])
	papers = {say("bulletin", "--dir", hub.dir, "--period", "2012-Q2", "--at", "1", MUSTER_LANG=x) for x in ("zh", "en")}
	check(len(papers) == 1 and "通" in papers.pop(), "two bulletins")


def files_of_an_office(world):
	"""form and answers in the folder are in the language of the office's settings, and what a clerk writes into that form is read"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj")
	conf = os.path.join(office.dir, "agent.conf")
	with open(conf, encoding="utf-8") as f:
		text = f.read()
	check('language = "zh"' in text, text)
	with open(conf, "w", encoding="utf-8") as f:
		f.write(text.replace('language = "zh"', 'language = "en"'))
	office.start()
	check("文件夹" in say("status", "--dir", office.dir, MUSTER_LANG="zh"), "a status in Chinese")
	check("folder" in say("status", "--dir", office.dir, MUSTER_LANG="en"), "a status in English")
	where = ("where", "--dir", office.dir, "--item", "99", "--period", "2012-Q2")
	for text, language in (("计划里没有事项", "zh"), ("the plan has no item", "en"), ("计划里没有事项", "zh")):
		out = say(*where, MUSTER_LANG=language)
		check(text in out, "what the agent refuses is told in the asker's language: " + out)
	folder = os.path.join(office.dir, "reports")
	names = wait_for(lambda: [n for n in os.listdir(folder) if n.endswith("2012-Q2.xlsx") and not n.startswith(".")], 30, "the form")
	book = Workbook(os.path.join(folder, names[0]))
	titles = book.header()[1]
	check(names[0].isascii() and "period" in titles and "期间" not in titles, "%s: %s" % (names, titles))
	book.fill("i07", progress_pct=30, done="begun")
	book.save(os.path.join(folder, ".saved"))
	os.rename(os.path.join(folder, ".saved"), os.path.join(folder, names[0]))
	wait_for(lambda: hub.units()["kjj@office"]["acts"] == 1, 30, lambda: "the form is read: %s" % office.process.text()[-900:])
	with open(os.path.join(folder, "q2.csv"), "w", encoding="utf-8") as f:
		f.write("item,period,progress_pct\n7,2012-Q2,ten\n")

	def answers():
		out = ""
		for where, _, names in os.walk(folder):
			for name in names:
				if name.endswith(".csv") and name != "q2.csv":
					with open(os.path.join(where, name), encoding="utf-8") as f:
						out += f.read()
		return out

	out = wait_for(answers, 20, "an answer")
	check("wrong" in out and "有误" not in out, out)


def what_the_hub_refuses_later_is_told_in_the_askers_language(world):
	"""what a command waits for is told in its own language, not in that of the office or of who asked before"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	lead = Office(world, hub, "fgw").start()
	words = ("accept", "--dir", lead.dir, "--item", "6", "--unit", "tiexi", "--period", "2012-Q2", "--revision", "9", "--wait", "20")
	for text, language in (("最新一版已不是它", "zh"), ("the newest revision is another one", "en"), ("最新一版已不是它", "zh")):
		out = say(*words, MUSTER_LANG=language)
		check(text in out and "REFUSED_STALE" in out, out)


def what_keeps_an_office_from_sending_is_told_in_the_askers_language(world):
	"""why a key cannot join, or a device sends nothing, is told to each in his own language, whenever it was met; the agent's log stays as it is written"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()

	def invite(device, *words):
		path = world.path(device)
		with open(path, "w", encoding="utf-8") as f:
			f.write(muster("hub", "invite", "tiexi", "--dir", hub.dir, "--device", device, *words).stdout)
		return path

	def is_told(zh, en, *words):
		for text, language in ((zh, "zh"), (en, "en"), (zh, "zh")):
			wait_for(lambda: text in say(*words, MUSTER_LANG=language), 20, lambda: "%s: %s" % (text, say(*words, MUSTER_LANG=language)))

	waiting, copy, used = invite("waiting", "--approve"), world.path("copy"), world.path("used")
	muster("join", "--dir", used, "--key-file", waiting)
	is_told("已被另一台设备用过", "has been used by another device", "join", "--dir", world.path("other"), "--key-file", waiting)
	agent = world.start("muster-agent", "--dir", used)
	is_told("等待中心管理员批准", "waits for the approval of", "status", "--dir", used)
	agent.stop()
	office = Office(world, hub, "jxw").start()
	office.stop()
	shutil.copytree(office.dir, copy)
	office.start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "48", "--done", "x", "--wait", "30")
	office.stop()
	older = world.start("muster-agent", "--dir", copy)
	is_told("而本发件箱没有", "that this outbox does not have", "status", "--dir", copy)
	muster("hub", "revoke", "jxw@office", "--dir", hub.dir)
	is_told("中心已注销本设备", "the hub has revoked this device", "status", "--dir", copy)
	check(not CHINESE.search(CLEAR_OF_NOTICES.sub("", agent.text() + older.text())), agent.text() + older.text())


def a_hub_speaks_the_administrators_language(world):
	"""what commands tell of a hub is Chinese or English throughout, its tables and labels in columns"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	wait_for(lambda: office.status()["hub"]["connected"], 20, "the agent is there")
	office.stop()
	for words in (["hub", "units"], ["hub", "status"], ["hub", "invite", "fgw"], ["hub", "invites"], ["hub", "forks"], ["verify"], ["audit"], ["hub", "withdraw", "fgw@office"],
			["hub", "revoke", "tiexi@office"]):
		zh, en = (say(*words, "--dir", hub.dir, MUSTER_LANG=x) for x in ("zh", "en"))
		if words[1:2] not in (["withdraw"], ["revoke"]):  # the second time there is nothing left of them
			check(in_english(en) and not CHINESE.search(en), en)
		check(CHINESE.search(zh) and not re.search(r"(?<![\w-])(?:the|is|it|state|leaves|unit|device)\b", zh), zh)
	for line in say("hub", "status", "--dir", hub.dir, MUSTER_LANG="zh").splitlines()[1:]:
		label = re.match(r"\S*\s+", line).group(0)
		check(columns(label) == 16 or label.isspace(), "%r begins at %d" % (line, columns(label)))
	hub.stop()
	with open(os.path.join(hub.dir, "data", "data.mdb"), "r+b") as f:
		data = f.read()
		f.seek(0)
		f.write(data.replace(b"tiexi@office", b"tiexi@0ffice"))
	zh, en = (say("verify", "--dir", hub.dir, MUSTER_LANG=x) for x in ("zh", "en"))
	check("its acts do not give the root" in en and "所含陈述得不出设备签署的根" in zh and not re.search(r"\b(?:is|its|row|table)\b", zh), en + zh)


def a_running_hub_answers_in_the_askers_language(world):
	"""what a running hub refuses is told to each in his own language, also to many at once; its log stays as it is written"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	for words, zh, en in (
			(["hub", "revoke", "nobody@office"], "没有名为", "no device is named"), (["hub", "approve", "nobody@office"], "没有名为", "no device is named"),
			(["hub", "clock", "--set", "2012-07-01T00:00:00+08:00"], "时钟只能向前", "moves forward only"),
			(["hub", "move", "--address", "tcp://127.0.0.1:1", "--until", "2012-07-01T00:00:00+08:00"], "不晚于", "not later than")):
		for text, language in ((zh, "zh"), (en, "en"), (zh, "zh"), (en, "")):
			out = say(*words, "--dir", hub.dir, MUSTER_LANG=language)
			check(text in out and "MST-" in out, out)
	askers = [(socket.socket(socket.AF_UNIX), language) for language in ("zh", "en", "", "klingon") * 7]
	for s, language in askers:
		s.connect(os.path.join(hub.dir, "control.sock"))
		s.settimeout(20 * PATIENCE)
	for s, language in askers:
		s.sendall(json.dumps({"do": "revoke", "name": "nobody@office", "language": language}).encode() + b"\n")
	for s, language in askers:
		out = b"".join(iter(lambda: s.recv(65536), b"")).decode()
		check(("没有名为" if language == "zh" else "no device is named") in out, "%s: %s" % (language, out))
	hub.stop()
	check(not CHINESE.search(hub.process.text()), hub.process.text())


run(a_running_hub_answers_in_the_askers_language, errors_speak_the_readers_language, the_overview_speaks_the_readers_language, help_speaks_the_readers_language, the_plan_speaks_the_readers_language,
	what_is_wrong_in_a_plan_speaks_the_readers_language, boards_and_bulletins, files_of_an_office, what_the_hub_refuses_later_is_told_in_the_askers_language,
	what_keeps_an_office_from_sending_is_told_in_the_askers_language, a_hub_speaks_the_administrators_language)
