#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 10 at an office: full disk, wrong clock, a hub that hangs or is away under load: states that are told, and nothing is lost."""
import json
import os
import re
import shutil
import signal
import subprocess

from lib import Hub, Office, Process, check, count, environment, muster, muster_lines, pause, program, run, skip, wait_for

MIB = 1 << 20
CLOCK = "2012-07-05T12:00:00+08:00,0"
QUARTERS = ("2012-Q2", "2012-Q3")


ITEMS = ("i06", "i07", "i08", "i11")
SLOTS = len(ITEMS) * len(QUARTERS)


def rows(first, n):
	"""Reports with content that nobody else has, at most one a slot."""
	return [{"item": ITEMS[k % 4], "period": QUARTERS[k // 4 % 2], "report": {"progress_pct": k % 101, "done": "report %d" % k}}
		for k in range(first, first + n)]


def report_many(office, first, n, **words):
	for k in range(first, first + n, SLOTS):
		office.report_json(*rows(k, min(SLOTS, first + n - k)), **words)


def done_texts(office):
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	return [line["act"]["body"]["done"] for line in lines if line["act"]["kind"] == "REPORT" and line["verdict"].startswith("STORED")]


def fill(path):
	with open(path, "ab", buffering=0) as f:
		for piece in (65536, 512):
			try:
				while True:
					f.write(b"\0" * piece)
			except OSError:
				pass


def full_disk_at_the_office(world):
	"""full: an office's disk fills up: reports are refused with 74, files stay, the agent lives; with space again everything goes on"""
	hub = Hub(world, clock=CLOCK).start()
	at = world.mount(64 * MIB, "ext4")
	office = Office(world, hub, "tiexi")
	shutil.move(office.dir, os.path.join(at, "office"))
	office.dir = os.path.join(at, "office")
	office.folder = os.path.join(office.dir, "reports")
	office.start()
	lead = Office(world, hub, "jxw").start()
	office.report_json(*rows(0, 1))
	ballast = os.path.join(at, "ballast")
	fill(ballast)
	taken = ["report 0"]
	# LMDB may still have free pages; then acts go in until they are used up.
	for n in range(1, 3000):
		text = "report %d" % n + "x" * 3000
		done = muster("report", "--dir", office.dir, "--item", "6", "--period", "2012-Q2", "--done", text, "--progress", str(n % 101),
			expect=None)
		check(done.returncode in (0, 74), "exit code %d: %s" % (done.returncode, done.stderr))
		if done.returncode == 74:
			break
		taken.append(text)
	check(done.returncode == 74, "never full")
	check(re.search(r"\[MST-\d{4}\]", done.stderr), done.stderr)
	check(office.process.running(), "the agent ended: " + office.process.text()[-900:])
	check(office.status()["storage_full"], office.status())
	check(lead.verdict("comment", "i06", "tiexi", "2012-Q2", text="came meanwhile" + "y" * 3000) == "STORED", "the lead writes to it")
	os.unlink(ballast)
	office.report_json(*rows(5000, 2))
	office.drop("later.json", json.dumps(rows(6000, 2)))
	office.answer("later.json")
	wait_for(lambda: not office.status()["storage_full"], 30, "the state ends")
	wait_for(lambda: any("came meanwhile" in str(line["act"]) for line in office.inbox()), 30, "what came while it was full is read again")
	check(sorted(done_texts(office)) == sorted(taken + ["report 5000", "report 5001", "report 6000", "report 6001"]),
		"what was taken has arrived, once")
	hub.is_clean()
	office.stop()
	lead.stop()


def a_hub_that_hangs(world):
	"""full: a hub that takes connections and says nothing for a while: reports queue, --wait is 75, and everything arrives when it goes on"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	office.report_json(*rows(0, 1))
	hub.process.child.send_signal(signal.SIGSTOP)
	report_many(office, 1, 20, wait=0, expect=75)
	office.report_json(*rows(21, 1), wait=1, expect=75)
	check(office.status()["queue"]["without_receipt"] == 21, office.status())
	hub.process.child.send_signal(signal.SIGCONT)
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 60, lambda: "all receipts: %s" % office.status())
	check(done_texts(office) == ["report %d" % n for n in range(22)], "in order: %s" % done_texts(office))
	hub.is_clean()


def a_hub_that_is_away_under_load(world):
	"""exactly_once: offices report on while the hub is stopped; when it is back all of it arrives once, each office's in its order"""
	hub = Hub(world, clock=CLOCK).start()
	offices = [Office(world, hub, unit).start() for unit in ("tiexi", "heping", "shenbei")]
	acks = world.path("acks")
	hub.load(devices=2, batch=16, reports=320, acks=acks)
	load = world.start("muster", *hub.load_words(devices=2, batch=16, inflight=8, reports=count(60000, 20000), acks=acks))
	n = count(400, 100, 20000)
	hub.kill()
	for office in offices:
		report_many(office, 0, n, wait=0, expect=75)
		check(office.status()["queue"]["without_receipt"] == n, office.status())
	hub.start()
	for office in offices:
		wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 120, lambda: "all receipts: %s" % office.status())
		check(done_texts(office) == ["report %d" % k for k in range(n)], "%s: each once, in order" % office.unit)
	check(load.wait(120) == 0, load.text())
	hub.is_clean(acks)


def a_clock_years_off(world):
	"""a clock that is years off is told with its code in log and status; reports are judged by the hub's time and arrive"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00").start()
	for unit, words, start in (("tiexi", "ahead of", "2031-01-01T00:00:00Z"), ("heping", "behind", "1999-01-01T00:00:00Z")):
		office = Office(world, hub, unit)
		office.set("clock_start", '"%s"' % start)
		office.start()
		wait_for(lambda: office.status()["hub"]["connected"], 30, "connected")
		wait_for(lambda: "MST-1016" in office.process.text() and words in office.process.text(), 30, lambda: office.process.text())
		check(abs(office.status()["clock_off_s"]) > 86400 * 365, office.status())
		check("MST-1016" in muster("status", "--dir", office.dir).stdout, "status says so")
		lines = office.report("--item", "6", "--period", "2012-Q2", "--progress", "10", "--wait", "30")
		check(lines[0]["hub_time"].startswith("2012-07-05"), lines)
		office.report("--item", "6", "--period", "2012-Q4", "--progress", "10", "--wait", "30", expect=65)
	hub.is_clean()


def another_versions_directory(world):
	"""a directory of another version is refused with a sentence, a code and exit 78; nothing in it is changed"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	office.report_json(*rows(0, 2))
	office.stop()
	path = os.path.join(office.dir, "data", "data.mdb")
	with open(path, "rb") as f:
		whole = f.read()
	at = [m.start() for m in re.finditer(b"muster-store\n", whole)]
	check(at, "the store says what it is")
	changed = bytearray(whole)
	for begin in at:
		changed[begin + 14:begin + 16] = b"\x00\x63"
	with open(path, "wb") as f:
		f.write(changed)
	p = Process([program("muster-agent"), "--dir", office.dir], world.path("other-version.log"))
	code = p.wait(20)
	check(code in (74, 78) and "MST-" in p.text(), "exit code %d: %s" % (code, p.text()))
	with open(path, "rb") as f:
		check(f.read() == bytes(changed), "the file was changed")
	with open(path, "wb") as f:
		f.write(whole)
	office.start()
	pause(0)
	office.report_json(*rows(2, 1))
	check(done_texts(office) == ["report 0", "report 1", "report 2"], done_texts(office))


def notices_that_cannot_be_written(world):
	"""where the folder takes no notices the log says so once, the status as long as it is so, files are taken all the same, and then the notices come"""
	hub = Hub(world, clock=CLOCK).start()
	lead, office = Office(world, hub, "jxw").start(), Office(world, hub, "tiexi")
	office.set("rescan_s", 1)
	os.makedirs(office.folder)
	in_the_way = os.path.join(office.folder, "通知")
	open(in_the_way, "w").close()
	office.start()
	check(lead.verdict("remind", "6", "tiexi", "2012-Q2", text="请按期报送") == "STORED", "a reminder")
	wait_for(lambda: office.status()["folder"]["trouble"], 20, "the status says it")
	for k in range(4):
		office.drop("x%d.csv" % k, "工作事项,期间\r\n")
		wait_for(lambda: office.kept("x%d.csv" % k), 20, "it is looked through")
	check(office.process.text().count(in_the_way) == 1, office.process.text())
	check(office.status()["folder"]["trouble"], office.status()["folder"])
	os.unlink(in_the_way)
	wait_for(lambda: len(office.notices()) > 0 and not office.status()["folder"]["trouble"], 20, lambda: office.status()["folder"])


def a_folder_of_another_user(world):
	"""where the agent's user may not write into the folder, status says in the office's language what, whose it is, and the line that mends it"""
	if os.geteuid() != 0:
		skip("only root gives files away")
	user = 65534
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi")
	os.chmod(world.dir, 0o755)
	os.makedirs(office.folder)
	for at, folders, files in os.walk(office.dir):
		for path in [at] + [os.path.join(at, name) for name in files]:
			os.chown(path, user, user)
	os.chown(office.folder, 0, 0)
	agent = subprocess.Popen([program("muster-agent"), "--dir", office.dir], user=user, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
	try:
		told = lambda: (json.loads(muster("status", "--dir", office.dir, "--json", expect=None).stdout or "{}").get("folder") or {}).get("trouble") or {}
		wait_for(lambda: "没有权限" in told().get("text", ""), 30, told)
		check("chown -R %d %s" % (user, office.folder) in told()["remedy"] and "属于用户 0" in told()["remedy"], told())
		shown = muster("status", "--dir", office.dir).stdout
		check("chown -R %d %s" % (user, office.folder) in shown and "MST-" in shown, shown)
	finally:
		agent.terminate()
		said = agent.communicate(timeout=20)[1].decode()
	check(len([line for line in said.splitlines() if "cannot make directory" in line and "chown -R" in line]) == 1, said)


run(a_folder_of_another_user, notices_that_cannot_be_written, full_disk_at_the_office, a_hub_that_hangs, a_hub_that_is_away_under_load, a_clock_years_off, another_versions_directory)
