#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Boards, errors and the files of an office speak Chinese or English, whatever locales the machine has."""
import os
import subprocess

from lib import Hub, Office, check, environment, program, run, wait_for
from workbook import Workbook


def say(*words, **variables):
	env = environment()
	for name in ("LC_ALL", "LANG", "LANGUAGE", "MUSTER_LANG"):
		env.pop(name, None)
	env.update(variables)
	done = subprocess.run([program("muster"), *words], capture_output=True, text=True, env=env)
	return done.stdout + done.stderr


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


run(errors_speak_the_readers_language, boards_and_bulletins, files_of_an_office)
