#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The watched folder: every file is taken once, judged row by row and answered; what is wrong is named and nothing is lost."""
import os
import re

from lib import Hub, Office, check, muster, run, wait_for

HEADER = "工作事项,期间,进度(%),自评,进展情况,存在问题,下一步措施,填报人,审核人\r\n"


def world_of(world, unit="kjj"):
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	return hub, Office(world, hub, unit).start()


def row(item, progress, text="正常推进", period="2012-Q2"):
	return "%s,%s,%s,正常,%s,无,继续推进,张三,李四\r\n" % (item, period, progress, text)


def acts(hub):
	return sum(d["acts"] for d in hub.units().values())


def a_file_is_taken_and_answered(world):
	"""a file in UTF-8, with BOM or in GB18030 is taken, moved to done/ and answered in its own charset, at last with 已收到"""
	hub, office = world_of(world)
	for i, (name, charset) in enumerate([("甲.csv", "utf-8"), ("乙.csv", "utf-8-sig"), ("丙.csv", "gb18030")]):
		office.drop(name, (HEADER + row("8", 40 + i) + row("7", 50 + i)).encode(charset))
		folder, text = office.answer(name)
		check(folder == "done" and text.count("已收到") == 2, text)
		raw = open(office.kept(name.replace(".", ".答复."))[0], "rb").read()
		check(raw.decode(charset).startswith("行号"), "the answer has another charset than the file")
		check(os.path.exists(os.path.join(office.folder, "done", "2012-Q2", name)), "the file itself is kept")
	check(acts(hub) == 6, "%d acts" % acts(hub))
	hub.is_clean()


def good_rows_pass_wrong_ones_do_not(world):
	"""a file with good and wrong rows goes to rejected/; the good ones are sent, each wrong one has row, column, reason, remedy, code"""
	hub, office = world_of(world)
	office.drop("q2.csv", HEADER + row("8", 40) + row("8888", 10) + row("7", "x"))
	folder, text = office.answer("q2.csv")
	lines = text.splitlines()
	check(folder == "rejected", folder)
	check(lines[1].startswith("2,8,2012-Q2,已收到"), lines[1])
	check(lines[2].startswith("3,8888,2012-Q2,有误,工作事项") and "MST-6113" in lines[2], lines[2])
	check(lines[3].startswith("4,7,2012-Q2,有误,进度(%)") and "MST-3005" in lines[3], lines[3])
	check("采纳" not in text, "accepted is the lead's word")
	check(acts(hub) == 1, "%d acts" % acts(hub))
	office.drop("q2.csv", HEADER + row("8", 40) + row("7", 14))
	wait_for(lambda: acts(hub) == 2, 30, "the mended row")
	wait_for(lambda: "已收到" in office.answer("q2.csv", wanted="未变化")[1], 30, "the receipt in the answer")
	check(office.answer("q2.csv", wanted="未变化")[0] == "done", "all of it is good now")


def twice_is_once(world):
	"""a file dropped twice, saved twice or dropped under another name is sent once"""
	hub, office = world_of(world)
	content = HEADER + row("8", 40) + row("7", 50)
	office.drop("q2.csv", content)
	office.answer("q2.csv")
	office.drop("q2.csv", content)
	office.answer("q2.csv", wanted="未变化")
	office.drop("copy of q2.csv", content)
	office.answer("copy of q2.csv", wanted="未变化")
	path = os.path.join(office.folder, "saved.csv")
	for progress in (60, 61):
		with open(path, "w", encoding="utf-8") as f:
			f.write(HEADER + row("5", progress))
	office.answer("saved.csv")
	check(acts(hub) == 3, "%d acts" % acts(hub))


def a_half_written_file_is_waited_for(world):
	"""a file that is still open for writing stays until its writer has closed it"""
	hub, office = world_of(world)
	with open(os.path.join(office.folder, "slow.csv"), "w", encoding="utf-8") as f:
		f.write(HEADER + row("8", 40) + "7,2012-Q2,")
		f.flush()
		office.drop("other.csv", HEADER + row("5", 10))
		office.answer("other.csv")
		office.drop("later.csv", HEADER + row("5", 11))
		office.answer("later.csv")
		check(os.path.exists(os.path.join(office.folder, "slow.csv")), "it was taken too early")
		f.write("50,正常,好,无,继续,张三,李四\r\n")
	folder, text = office.answer("slow.csv")
	check(folder == "done" and text.count("已收到") == 2, text)
	check(acts(hub) == 4, "%d acts" % acts(hub))


def a_restless_folder_is_looked_through(world):
	"""a program that writes into the folder all the time keeps no file from being taken"""
	hub, office = world_of(world)
	with open(os.path.join(office.folder, "q2.csv"), "w", encoding="utf-8") as f:
		f.write(HEADER + row("8", 40))

	def taken():
		with open(os.path.join(office.folder, ".restless"), "w") as f:
			f.write("x")
		os.unlink(os.path.join(office.folder, ".restless"))
		return office.kept("q2.csv")
	wait_for(taken, 20, "it is taken")


def what_cannot_be_read_is_refused_with_a_sentence(world):
	"""broken quotes, no charset, a cut file, an empty file, 100 MB, a wrong header: each its own code, and the next file is taken"""
	hub, office = world_of(world)
	wrong = {
		"quotes.csv": ((HEADER + '8,2012-Q2,40,正常,"half').encode(), "MST-6105"),
		"charset.csv": (b"\xff\xfe\xfd\x81\x00\xff\xff", "MST-61"),
		"cut.csv": ((HEADER + row("8", 40)).encode()[:-3], "MST-6102"),
		"empty.csv": (b"", "MST-6107"),
		"header.csv": ("工作事项,期间,天气\r\n8,2012-Q2,雨\r\n".encode(), "MST-6108"),
		"large.csv": (b"x" * (100 << 20), "MST-6104"),
		"wrong.json": (b'{"item": "8", "period": "2012-Q2", "report": {"progress_pct": 4', "MST-6127"),
	}
	for name, (content, code) in wrong.items():
		office.drop(name, content)
		folder, text = office.answer(name, wanted=code, seconds=60)
		check(folder == "rejected" and "有误" in text or name.endswith(".json"), text[:300])
	office.drop("fine.csv", HEADER + row("8", 40))
	office.answer("fine.csv")
	check(acts(hub) == 1, "%d acts" % acts(hub))


def what_is_not_ours_is_left_alone(world):
	"""hidden files, temporary ones, other kinds and folders stay where they are; of other kinds the status tells, of no others"""
	hub, office = world_of(world)
	names = [".hidden.csv", "~$q2.csv", "~$二季度.xlsx", ".~lock.q2.xlsx#", ".~季报.et", "q2.xlsx.part", "q2.csv.crdownload",
		"保存中.tmp", "B4C5D000", "film.mp4", "二季度", "Thumbs.db", "desktop.ini", "a folder.csv"]
	for name in names[:-1]:
		with open(os.path.join(office.folder, name), "wb") as f:
			f.write(b"x")
	os.mkdir(os.path.join(office.folder, names[-1]))
	office.drop("fine.csv", HEADER + row("8", 40))
	office.answer("fine.csv")
	check(set(names) <= set(os.listdir(office.folder)), str(os.listdir(office.folder)))
	wait_for(lambda: office.status()["folder"]["left_files"] == 2, 20, lambda: "the status tells of two: %s" % office.status()["folder"])
	os.unlink(os.path.join(office.folder, "film.mp4"))
	wait_for(lambda: office.status()["folder"]["left_files"] == 1, 20, "and of one")
	shown = muster("status", "--dir", office.dir).stdout
	check(not re.search(r"\b1 (reports|acts|files|folders)", shown) and "no spreadsheet's: 1;" in shown, shown)
	os.unlink(os.path.join(office.folder, "二季度"))
	wait_for(lambda: office.status()["folder"]["left_files"] == 0, 20, "the status is told when they are gone")


def an_answer_laid_in_is_told_as_one(world):
	"""an answer that a clerk mends and lays in, or moves there with its file, is refused with the way to mend; the file itself is taken"""
	hub, office = world_of(world)
	office.drop("q2.csv", HEADER + row("8", 150))
	wrong = office.answer("q2.csv", "有误")[1]
	office.drop("q2.答复.csv", wrong.replace("150", "50"))
	office.drop("q2.csv", HEADER + row("8", 50))
	told = office.answer("q2.答复.csv", "有误")
	check(told[0] == "rejected" and "这是答复" in told[1] and "原文件" in told[1] and "MST-6266" in told[1], told)
	office.answer("q2.csv")
	check(acts(hub) == 1 and os.listdir(office.folder).count("q2.答复.csv") == 0, os.listdir(office.folder))


def names_do_not_overwrite(world):
	"""two files of one name with other contents are both kept, each with its answer"""
	hub, office = world_of(world)
	for progress in (40, 41):
		office.drop("q2.csv", HEADER + row("8", progress))
		wait_for(lambda: acts(hub) == progress - 39, 30, "the act of %d" % progress)
	office.answer("q2.2.csv")
	check(len(office.kept()) == 4, str(office.kept()))


def a_folder_that_goes_comes_back(world):
	"""a folder that is removed is made again, and what lies in it is taken"""
	hub, office = world_of(world)
	os.rename(office.folder, office.folder + ".old")
	os.makedirs(office.folder)
	with open(os.path.join(office.folder, "q2.csv"), "w", encoding="utf-8") as f:
		f.write(HEADER + row("8", 40))
	office.answer("q2.csv")
	office.drop("q3.csv", HEADER + row("7", 41))
	office.answer("q3.csv")
	check(acts(hub) == 2, "%d acts" % acts(hub))


def an_office_offline_loses_nothing(world):
	"""without the hub files are answered 已排队 and sent when it is back, in order"""
	hub, office = world_of(world)
	hub.stop()
	for i in range(20):
		office.drop("f%02d.csv" % i, HEADER + row("8", i + 1))
		office.answer("f%02d.csv" % i, wanted="已排队")
	check(office.status()["queue"]["without_receipt"] == 20, str(office.status()))
	office.stop()
	office.start()
	hub.start()
	for i in range(20):
		folder, text = office.answer("f%02d.csv" % i)
		check("已排队" not in text, text)
	check(acts(hub) == 20, "%d acts" % acts(hub))
	hub.is_clean()


run(a_file_is_taken_and_answered, good_rows_pass_wrong_ones_do_not, twice_is_once, a_half_written_file_is_waited_for, a_restless_folder_is_looked_through,
	what_cannot_be_read_is_refused_with_a_sentence, what_is_not_ours_is_left_alone, an_answer_laid_in_is_told_as_one, names_do_not_overwrite,
	a_folder_that_goes_comes_back, an_office_offline_loses_nothing)
