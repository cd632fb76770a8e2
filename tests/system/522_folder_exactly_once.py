#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people do to files: save twice, rename, copy, drop while nobody is there; what happens to folders: full, gone, in the way; agents killed."""
import ctypes
import errno
import os
import re
import shutil

from lib import Hub, Office, check, count, muster, muster_lines, pause, program, rng, run, wait_for
from workbook import Workbook

CHINESE = re.compile("[\u4e00-\u9fff]")
CLOCK = "2012-07-05T09:00:00+08:00"
FORM = "填报表-2012-Q2.xlsx"
HEADER = "工作事项,期间,进度(%),进展情况\r\n"
TITLES = {"1": "进一步树立创新", "2": "加快创新体系", "3": "优化创新发展", "6": "加快创新推动", "7": "鼓励创新促进", "8": "加强创新提高", "11": "大力培育创新主体"}


def office_of(world, unit="tiexi", start=True):
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, unit)
	return hub, office.start() if start else office


def acts(hub):
	return sum(d["acts"] for d in hub.units().values())


def row(item, progress, text="正常推进", period="2012-Q2"):
	return "%s,%s,%s,%s\r\n" % (item, period, progress, text)


def form_for(world, office, **fills):
	"""A filled form: {title: progress}."""
	path = world.path("filled.xlsx")
	book = Workbook(os.path.join(office.folder, FORM))
	for title, progress in fills.items():
		book.fill(TITLES[title[1:]], **{"进度(%)": progress, "进展情况": "进度%d" % progress})
	book.save(path)
	with open(path, "rb") as f:
		return f.read()


def has_form(office):
	return os.path.exists(os.path.join(office.folder, FORM))


def is_final(path):
	"""Does the answer at PATH wait for nothing?"""
	if path.endswith(".xlsx"):
		text = " ".join(Workbook(path).cells().values())
	else:
		with open(path, "rb") as f:
			text = f.read().decode("utf-8-sig")
	return "已排队" not in text and re.search("已收到|未变化|有误", text)


def answers(office):
	return [path for path in office.kept() if ".答复." in path]


def files(office):
	return [path for path in office.kept() if ".答复." not in path]


class MdbValue(ctypes.Structure):
	_fields_ = [("size", ctypes.c_size_t), ("at", ctypes.c_void_p)]


def remembered(office):
	"""How many files the store of a stopped agent remembers: its rows of table 19 (src/store/store.h)."""
	lmdb, env, txn, cursor, dbi = ctypes.CDLL("liblmdb.so.0"), ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint()
	key, value, first, following, n = MdbValue(), MdbValue(), 0, 8, 0
	check(lmdb.mdb_env_create(ctypes.byref(env)) == 0, "an environment")
	check(lmdb.mdb_env_open(env, os.path.join(office.dir, "data").encode(), ctypes.c_uint(0x420000), 0o600) == 0, "it opens")  # read only, no lock
	check(lmdb.mdb_txn_begin(env, None, ctypes.c_uint(0x20000), ctypes.byref(txn)) == 0, "a snapshot")
	check(lmdb.mdb_dbi_open(txn, None, 0, ctypes.byref(dbi)) == 0 and lmdb.mdb_cursor_open(txn, dbi, ctypes.byref(cursor)) == 0, "its own table")
	move = first
	while lmdb.mdb_cursor_get(cursor, ctypes.byref(key), ctypes.byref(value), move) == 0:
		n += ctypes.string_at(key.at, 1) == b"\x13"
		move = following
	lmdb.mdb_cursor_close(cursor)
	lmdb.mdb_txn_abort(txn)
	lmdb.mdb_env_close(env)
	return n


def done_texts(office):
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	return [line["act"]["body"]["done"] for line in lines]


def every_way_of_saving(world):
	"""saved twice, renamed, copied twice, as CSV and as a workbook, dropped while the agent is down: each content once, each file one final answer"""
	hub, office = office_of(world)
	wait_for(lambda: has_form(office), 30, "the form")
	content = form_for(world, office, i6=40, i7=50)
	office.drop("季报.xlsx", content)
	wait_for(lambda: acts(hub) == 2, 30, "both rows")
	office.drop("季报.xlsx", content)
	office.drop("季报(改名).xlsx", content)
	office.drop("季报 - 副本.xlsx", content)
	office.drop("季报 - 副本 (2).xlsx", content)
	wait_for(lambda: not [n for n in os.listdir(office.folder) if n.startswith("季报")], 30, "all are taken")
	office.stop()
	office.drop("季报.csv", HEADER + row("6", 40, "进度40") + row("8", 60))
	office.drop("多个期间.csv", HEADER + row("8", 60) + row("8", 10, period="2012-Q1"))
	office.start()
	wait_for(lambda: acts(hub) == 4, 30, lambda: "the new rows: %d" % acts(hub))
	wait_for(lambda: len(answers(office)) == 6 and all(is_final(p) for p in answers(office)), 30, lambda: "final answers: %s" % answers(office))
	check(len(files(office)) == 6, "one that was dropped again lies there once: %s" % files(office))
	check([p for p in files(office) if os.sep + "多个期间" + os.sep in p] != [], "a file of several periods has a folder of its own")
	for path in files(office):
		if "副本" in path or "改名" in path:
			with open(path, "rb") as f:
				check(f.read() == content, "%s is not as it was dropped" % path)
	hub.is_clean()


def killed_at_any_moment(world):
	"""workbooks and CSV dropped while the agent is killed at random: every row in the log once, every file one final answer"""
	hub, office = office_of(world)
	wait_for(lambda: has_form(office), 30, "the form")
	dropped, rows = 0, 0
	items = ["6", "7", "8", "1", "2", "3", "11"]
	for number in range(count(14, slow=4, long=300)):
		picked = rng.sample(items, rng.randint(1, 3))
		if number % 2 == 0:
			book = Workbook(world.path("blank.xlsx")) if os.path.exists(world.path("blank.xlsx")) else None
			if book is None:
				shutil.copy(os.path.join(office.folder, FORM), world.path("blank.xlsx"))
				book = Workbook(world.path("blank.xlsx"))
			for item in picked:
				book.fill(TITLES[item], **{"进度(%)": number % 101, "进展情况": "第%d份" % number})
			book.save(world.path("next.xlsx"))
			with open(world.path("next.xlsx"), "rb") as f:
				office.drop("f%d.xlsx" % number, f.read())
		else:
			office.drop("f%d.csv" % number, HEADER + "".join(row(item, number % 101, "第%d份" % number) for item in picked))
		dropped, rows = dropped + 1, rows + len(picked)
		pause(rng.random() * 0.12)
		office.kill()
		office.start(ready=False)
	wait_for(lambda: not [n for n in os.listdir(office.folder) if re.match(r"f\d", n)], 60, "all files are taken")
	wait_for(lambda: len(answers(office)) == dropped and all(is_final(p) for p in answers(office)), 60, lambda: "final answers: %s" % answers(office))
	check(len(files(office)) == dropped, str(files(office)))
	check(acts(hub) == rows, "%d acts of %d rows" % (acts(hub), rows))
	hub.is_clean()


def a_folder_in_trouble_heals(world):
	"""a folder that is gone, a file where done/ should be: status says it, nothing is lost, and it heals by itself"""
	hub, office = office_of(world)
	wait_for(lambda: has_form(office), 30, "the form")
	shutil.rmtree(os.path.join(office.folder, "done"))
	with open(os.path.join(office.folder, "done"), "w") as f:
		f.write("in the way")
	office.drop("季报.csv", HEADER + row("6", 40))
	told = wait_for(lambda: office.status()["folder"]["trouble"], 30, "the status says it")
	check("done" in told["text"] and told["code"] > 0, str(told))
	said = lambda: (office.status()["folder"]["trouble"] or {}).get("text", "")
	wait_for(lambda: CHINESE.search(said()), 10, lambda: "in the office's language: %s" % said())
	logged = [line for line in office.process.text().splitlines() if "/done" in line]
	check(len(logged) == 1 and "cannot " in logged[0] and not CHINESE.search(logged[0]), logged)
	check(os.path.exists(os.path.join(office.folder, "季报.csv")), "the file stays")
	os.unlink(os.path.join(office.folder, "done"))
	folder, text = office.answer("季报.csv", seconds=40)
	check(folder == "done", text)
	wait_for(lambda: office.status()["folder"]["trouble"] is None, 30, "the trouble is over")
	os.rename(office.folder, world.path("gone"))  # at once: the agent may be laying a form into it
	wait_for(lambda: os.path.isdir(os.path.join(office.folder, "rejected")) and has_form(office), 90, "the folder is made again, with its form")
	office.drop("又一份.csv", HEADER + row("7", 41))
	office.answer("又一份.csv")
	check(acts(hub) == 2, "%d acts" % acts(hub))


def a_full_folder_heals(world):
	"""full: a folder without space: what was taken arrives once, status says it, the answer comes when there is space again"""
	hub, office = office_of(world, start=False)
	at = world.mount(1 << 20)
	office.folder = os.path.join(at, "reports")
	office.set("folder", '"%s"' % office.folder)
	office.start()
	wait_for(lambda: has_form(office), 30, "the form")
	office.drop("季报.csv", HEADER + row("6", 40) + row("7", 50))
	office.answer("季报.csv")
	office.drop("第二份.csv.later", HEADER + row("8", 60) + row("1", 70))
	ballast = os.path.join(at, "ballast")
	with open(ballast, "wb", buffering=0) as f:
		for piece in (65536, 512):
			try:
				while True:
					f.write(b"\0" * piece)
			except OSError:
				pass
	os.rename(os.path.join(office.folder, "第二份.csv.later"), os.path.join(office.folder, "第二份.csv"))
	told = wait_for(lambda: office.status()["folder"]["trouble"], 30, "the status says it")
	check(told["code"] > 0, str(told))
	wait_for(lambda: acts(hub) == 4, 30, "the rows arrive all the same")
	check(not office.kept("第二份.答复.csv"), "no answer without space")
	os.unlink(ballast)
	folder, text = office.answer("第二份.csv", seconds=40)
	check(text.count("已收到") == 2, text)
	wait_for(lambda: office.status()["folder"]["trouble"] is None, 30, "the trouble is over")
	check(acts(hub) == 4, "%d acts" % acts(hub))
	check(len(done_texts(office)) == 4, "each once: %s" % done_texts(office))
	hub.is_clean()


def a_thousand_rows(world):
	"""a file of a thousand rows, each another row's slot or wrong, is answered row by row"""
	hub, office = office_of(world)
	rows = [row("6", 10)] + [row("6", i % 101) for i in range(999)]
	office.drop("千行.csv", HEADER + "".join(rows))
	folder, text = office.answer("千行.csv", seconds=30)
	check(folder == "rejected" and text.count("有误") == 999 and text.count("已收到") == 1, text[:600])
	check(acts(hub) == 1, "%d acts" % acts(hub))


def saved_again_while_it_is_taken(world):
	"""a file that is written anew in the moment in which it is taken is taken anew: what was saved last is what stands"""
	hub, office = office_of(world)
	slow = row("888", 1) * 6000  # judging it takes its time
	for number in range(count(3, long=30)):
		path = os.path.join(office.folder, "季报%d.csv" % number)
		for text in ("先存的", "后存的"):
			with open(path, "w", encoding="utf-8") as f:
				f.write(HEADER + row("6", number, text + str(number)) + slow)
			pause(0.5 + 0.2 * rng.random())
		wait_for(lambda: done_texts(office)[-1:] == ["后存的%d" % number], 30, lambda: "what was saved last stands: %s" % done_texts(office), step=0.3)
		wait_for(lambda: office.kept("季报%d.答复.csv" % number) and not os.path.exists(path), 30, "it is answered")
	hub.is_clean()


def one_file_in_trouble_keeps_no_other(world):
	"""a file that cannot be moved away is said; others are taken and answered, the form is written, and the same content laid in again later counts anew"""
	hub, office = office_of(world)
	block = os.path.join(office.folder, "done", "2012-Q2")
	with open(block, "w") as f:
		f.write("in the way")
	first = HEADER + row("6", 40)
	office.drop("季报.csv", first)
	wait_for(lambda: acts(hub) == 1 and office.status()["folder"]["trouble"], 30, "it is taken, and the status says what is wrong")
	wait_for(lambda: has_form(office), 30, "the form")
	office.drop("错.xlsx", form_for(world, office, i6=140))
	wait_for(lambda: office.kept("错.答复.xlsx"), 30, "another file's answer")
	office.drop("季报.csv", HEADER + row("6", 41))
	wait_for(lambda: acts(hub) == 2, 30, "what was corrected")
	os.unlink(block)
	check(office.answer("季报.csv", seconds=40)[0] == "done", "the correction is answered")
	office.drop("季报.csv", first)
	wait_for(lambda: acts(hub) == 3, 30, "the first content again")
	wait_for(lambda: office.status()["folder"]["trouble"] is None, 30, "the trouble is over")
	hub.is_clean()


def with_helper(world, office, script):
	"""The agent, with SCRIPT in the place of the program that writes its workbooks."""
	at = world.path("bin")
	os.mkdir(at)
	shutil.copy(program("muster-agent"), at)
	with open(os.path.join(at, "muster"), "w") as f:
		f.write("#!/bin/sh\n" + script)
	os.chmod(os.path.join(at, "muster"), 0o755)
	office.process = world.start(os.path.join(at, "muster-agent"), "--dir", office.dir, log=office.log)
	wait_for(office.is_ready, 30, "the agent is ready")
	return os.path.join(at, "muster")


def blank_form(world, office):
	"""A filled form, made before the agent is there."""
	os.makedirs(office.folder, exist_ok=True)
	path = os.path.join(office.folder, FORM)
	muster("form", "--dir", office.dir, "-o", path)
	content = form_for(world, office, i6=40)
	os.unlink(path)
	return content


def nobody_waits_for_a_workbook(world):
	"""while the process that writes a workbook hangs, files are taken and answered, commands too, and SIGTERM ends the agent; then the workbook comes"""
	hub, office = office_of(world, start=False)
	content, gate = blank_form(world, office), world.path("gate")
	os.mkfifo(gate)
	helper = with_helper(world, office, "cat '%s' >/dev/null\nexec '%s' \"$@\"\n" % (gate, os.path.abspath(program("muster"))))

	def open_gate():
		try:
			os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
		except OSError as e:
			check(e.errno == errno.ENXIO, str(e))
	office.drop("季报.xlsx", content)
	wait_for(lambda: acts(hub) == 1 and office.kept("季报.xlsx"), 30, "it is taken")
	office.drop("又一份.csv", HEADER + row("7", 41))
	office.answer("又一份.csv")
	check(office.status()["folder"]["trouble"] is None and not office.kept("季报.答复.xlsx"), "the workbook waits for its helper")
	office.stop()
	office.process = world.start(os.path.join(os.path.dirname(helper), "muster-agent"), "--dir", office.dir, log=office.log)

	def answered():
		open_gate()
		return office.kept("季报.答复.xlsx") and is_final(office.kept("季报.答复.xlsx")[0]) and has_form(office)
	wait_for(answered, 60, "the answer and the form")
	check(not [name for name in os.listdir(office.dir) if name.startswith(".muster-")], "nothing is left behind")
	hub.is_clean()


def no_workbook_is_no_silence(world):
	"""where no workbook can be written, a workbook is answered as CSV"""
	hub, office = office_of(world, start=False)
	content = blank_form(world, office)
	with_helper(world, office, "exit 70\n")
	office.drop("季报.xlsx", content)
	folder, text = office.answer("季报.xlsx.csv")
	check(folder == "done" and text.count("已收到") == 1, text)
	check(office.kept("季报.xlsx"), "it is kept")


def an_untouched_form_outlives_its_agent(world):
	"""where data/ is lost and the folder is not, a form that nobody saved is no report and is written anew, also in a copy; one that somebody filled is"""
	hub, office = office_of(world, start=False)
	share = world.path("share")
	os.mkdir(share)
	office.folder = share
	office.set("folder", '"%s"' % share)
	office.start()
	path = os.path.join(share, FORM)
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "20", "--wait", "20")
	wait_for(lambda: has_form(office) and Workbook(path).get(TITLES["6"], "进度(%)") == "20", 30, "the form says what was reported")
	office.stop()
	shutil.copy(path, os.path.join(share, "副本.xlsx"))
	with open(path, "rb") as f:
		content = f.read()
	other = Office(world, hub, "tiexi", "office-2").start()
	other.report("--item", "6", "--period", "2012-Q2", "--progress", "30", "--wait", "20")
	other.stop()
	shutil.rmtree(office.dir)
	new = Office(world, hub, "tiexi", "office-3")
	hub.stop()
	new.folder = share
	new.set("folder", '"%s"' % share)
	new.start()
	def anew():
		with open(path, "rb") as f:
			return f.read() != content
	wait_for(lambda: has_form(new) and anew() or new.kept(FORM), 60, "the form is written anew")
	check(not new.kept(FORM) and not new.kept("副本.xlsx") and os.path.exists(os.path.join(share, "副本.xlsx")), "nobody touched them: %s" % new.kept())
	hub.start()
	new.report("--item", "8", "--period", "2012-Q2", "--progress", "5", "--wait", "30")
	wait_for(lambda: Workbook(path).get(TITLES["8"], "进度(%)") == "5", 60, "the form says what the new device reported")
	check(acts(hub) == 3, "%d acts" % acts(hub))
	filled = Workbook(os.path.join(share, "副本.xlsx"))
	filled.fill(TITLES["7"], **{"进度(%)": 50, "进展情况": "填了"})
	filled.save(world.path("filled.xlsx"))
	os.rename(world.path("filled.xlsx"), os.path.join(share, "副本.xlsx"))
	wait_for(lambda: new.kept("副本.xlsx"), 60, "it is taken")
	wait_for(lambda: acts(hub) > 3, 30, "it is reported")
	hub.is_clean()


def answered_files_are_forgotten(world):
	"""the store remembers a file until its final answer is written, and no longer; one that waits is answered after a restart"""
	hub, office = office_of(world)
	for number in range(5):
		office.drop("第%d次.csv" % number, HEADER + row("6", 40 + number) + row("7", 101))
	office.drop("空.csv", HEADER)
	wait_for(lambda: len(answers(office)) == 6 and all(is_final(p) for p in answers(office)), 30, lambda: "final answers: %s" % answers(office))
	office.stop()
	check(remembered(office) == 0, "%d files are remembered" % remembered(office))
	hub.stop()
	office.start()
	office.drop("等待.csv", HEADER + row("6", 50))
	office.answer("等待.csv", "已排队")
	office.stop()
	check(remembered(office) == 1, "%d files are remembered" % remembered(office))
	hub.start()
	office.start()
	office.answer("等待.csv", "已收到")
	office.stop()
	check(remembered(office) == 0 and acts(hub) == 6, "%d files are remembered, %d acts" % (remembered(office), acts(hub)))
	hub.is_clean()


def refused_by_the_hub(world):
	"""a file of which the hub refuses a row lies in rejected/ with its answer, not in done/, whatever form it has and also after a crash on the way"""
	hub = Hub(world).start()  # the last day of the year: the second quarter is locked, the fourth goes on
	office = Office(world, hub, "tiexi").start()

	def lies_in_rejected(stem, ending, folder="2012-Q2"):
		answer = os.path.join(office.folder, "rejected", folder, stem + ".答复" + ending)
		wait_for(lambda: os.path.exists(answer) and is_final(answer), 30, lambda: "%s is answered: %s" % (stem, list(office.kept())))
		check(os.path.exists(os.path.join(office.folder, "rejected", folder, stem + ending)), "%s lies beside" % stem)
		left = [path for path in office.kept() if stem in path and "/done/" in path]
		check(not left, "nothing of it is in done: %s" % left)
	office.drop("锁定.csv", HEADER + row("6", 40) + row("7", 50))
	lies_in_rejected("锁定", ".csv")
	office.drop("一行锁定.csv", HEADER + row("6", 41) + row("6", 90, period="2012-Q4"))
	lies_in_rejected("一行锁定", ".csv", "多个期间")
	form = world.path("form.xlsx")
	muster("form", "--dir", office.dir, "--period", "2012-Q2", "-o", form)
	book = Workbook(form)
	book.fill(TITLES["8"], **{"进度(%)": 60, "进展情况": "进度60"})
	book.save(form)
	with open(form, "rb") as f:
		office.drop("工作簿.xlsx", f.read())
	lies_in_rejected("工作簿", ".xlsx")
	hub.stop()
	office.drop("锁定.csv", HEADER + row("6", 42))
	office.answer("锁定.csv", "已排队")
	office.stop()
	done, rejected = [os.path.join(office.folder, folder, "2012-Q2") for folder in ("done", "rejected")]
	os.rename(os.path.join(done, "锁定.csv"), os.path.join(rejected, "锁定.2.csv"))
	os.remove(os.path.join(done, "锁定.答复.csv"))
	hub.start()
	office.start()
	lies_in_rejected("锁定.2", ".csv")
	office.stop()
	check(remembered(office) == 0, "nothing is waited for")
	hub.is_clean()


run(every_way_of_saving, killed_at_any_moment, a_folder_in_trouble_heals, a_full_folder_heals, a_thousand_rows, saved_again_while_it_is_taken,
	one_file_in_trouble_keeps_no_other, nobody_waits_for_a_workbook, no_workbook_is_no_silence, an_untouched_form_outlives_its_agent, answered_files_are_forgotten,
	refused_by_the_hub)
