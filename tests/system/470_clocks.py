#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Clocks: lateness rests on the hub's, so whatever makes it doubtful is in the log and an alarm."""
import os
import re
import shutil

from lib import Hub, Office, check, is_sanitized, muster, muster_lines, run, skip, wait_for

CLOCK = "2012-07-05T00:00:00+08:00"
FAKE = "/usr/lib/%s-linux-gnu/faketime/libfaketimeMT.so.1" % os.uname().machine


def move(office, by_s):
	"""The clock of the office's machine, as seen by its agent."""
	path = os.path.join(office.dir, "agent.conf")
	text = open(path, encoding="utf-8").read()
	hour, minute = 16 + by_s // 3600, by_s % 3600 // 60
	text = re.sub(r'clock_start = "[^"]*"', 'clock_start = "2012-07-04T%02d:%02d:00Z"' % (hour, minute), text)
	open(path, "w", encoding="utf-8").write(text)


def findings(office):
	"""What the office was told about clocks."""
	return [line["act"]["body"]["finding"] for line in muster_lines("inbox", "--dir", office.dir) if line["act"]["kind"] == "HUB_CLOCK"]


def feed(office):
	"""All of it."""
	office.world.n += 1
	return muster_lines("feed", "--dir", office.dir, "--name", "all-%d" % office.world.n, "--since", "0")


def hub_times(office):
	return [line["hub_time"] for line in feed(office)]


def an_office_finds_the_hubs_clock_wrong(world):
	"""A device whose synchronised clock differs from the hub's says so: one leaf, an alarm at both ends, and one more when they agree again"""
	hub = Hub(world, clock=CLOCK).start()
	kjj, fgw = Office(world, hub, "kjj"), Office(world, hub, "fgw").start()
	kjj.set("clock_synchronised", '"yes"')
	move(kjj, 3600)
	kjj.start()
	wait_for(lambda: hub.status()["clocks_off"] == 1, 20, lambda: "the hub knows: %s" % hub.status())
	wait_for(lambda: findings(kjj) == ["DEVICE_OFF"], 20, lambda: "the office is told: %s" % findings(kjj))
	wait_for(lambda: "MST-4252" in hub.process.text(), 10, "the hub's alarm")
	check(re.search(r"3[56]\d\d s ahead of the hub", hub.process.text()), hub.process.text())
	check("ALARM" in kjj.process.text() and "MST-1016" in kjj.process.text(), kjj.process.text())
	check(kjj.status()["clock_off_s"] in range(3500, 3700), kjj.status())
	for _ in range(2):
		kjj.stop()
		kjj.start()
		wait_for(lambda: "MST-1016" in kjj.process.text(), 20, "said again in its own log")
	kjj.stop()
	move(kjj, 0)
	kjj.start()
	wait_for(lambda: findings(kjj) == ["DEVICE_OFF", "DEVICE_AGREES"], 40, lambda: "one leaf a change: %s" % findings(kjj))
	seen = [line["act"]["body"]["finding"] for line in feed(fgw) if line["act"]["kind"] == "HUB_CLOCK"]
	check(seen == ["DEVICE_OFF", "DEVICE_AGREES"], "an observer sees it: %s" % seen)
	check(hub.status()["clocks_off"] == 0 and hub.status()["clock_alarm"] is None, hub.status())
	kjj.stop()
	fgw.stop()
	hub.stop()
	hub.is_clean()


def a_clock_that_is_not_synchronised_says_nothing(world):
	"""A device whose own clock is not synchronised warns its people and leaves the hub alone"""
	hub = Hub(world, clock=CLOCK).start()
	kjj = Office(world, hub, "kjj")
	kjj.set("clock_synchronised", '"no"')
	move(kjj, 7200)
	kjj.start()
	wait_for(lambda: "MST-1016" in kjj.process.text(), 20, "said in its own log")
	check("ALARM" not in kjj.process.text(), kjj.process.text())
	size = hub.status()["size"]
	kjj.stop()
	check(hub.status()["clocks_off"] == 0 and hub.status()["size"] == size, hub.status())
	hub.stop()


def start_at(hub, offset_s):
	"""The hub on a machine whose clock is off by so much; CLOCK_MONOTONIC and CLOCK_BOOTTIME go on."""
	file = hub.world.path("faketime")
	set_offset(hub, offset_s)
	fake = {"LD_PRELOAD": FAKE, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
	os.environ.update(fake)
	try:
		return hub.start()
	finally:
		for name in fake:
			del os.environ[name]


def set_offset(hub, offset_s):
	file = hub.world.path("faketime")
	with open(file + ".new", "w") as f:
		f.write("%+d\n" % offset_s)
	os.rename(file + ".new", file)


def the_hubs_clock_is_moved(world):
	"""The hub's clock jumps: hub times of leaves never decrease, and every jump of more than a minute is a leaf, an alarm and known to all"""
	if is_sanitized() or not os.path.exists(FAKE):
		skip("there is no libfaketime under this build or on this machine")
	hub = Hub(world, clock=CLOCK)
	start_at(hub, 7200)
	kjj, fgw = Office(world, hub, "kjj").start(), Office(world, hub, "fgw").start()
	hub.load(devices=4, batch=8, inflight=2, reports=200)
	set_offset(hub, 7200 + 40)
	hub.load(devices=4, batch=8, inflight=2, reports=200)
	check(hub.status()["clock_alarm"] is None, "40 seconds are none")
	set_offset(hub, 3600)
	hub.load(devices=4, batch=8, inflight=2, reports=200)
	alarm = wait_for(lambda: hub.status()["clock_alarm"], 20, "the step is found")
	check(alarm["finding"] == "stepped" and alarm["before"] > alarm["after"], alarm)
	check("MST-4250" in hub.process.text() and "-3600 s" in hub.process.text(), hub.process.text())
	wait_for(lambda: findings(kjj) == ["STEPPED"] and findings(fgw) == ["STEPPED"], 20, "every unit is told")
	times = hub_times(fgw)
	check(len(times) > 3 and times == sorted(times), "hub times never decrease")
	check(any("中心时钟异常" in name for name in kjj.notices()), kjj.notices().keys())

	hub.stop()
	start_at(hub, 0)
	wait_for(lambda: "MST-4251" in hub.process.text(), 20, lambda: "behind the log: %s" % hub.process.text())
	check(hub.status()["clock_alarm"]["finding"] == "went_back", hub.status())
	hub.load(devices=4, batch=8, inflight=2, reports=200)
	times = hub_times(fgw)
	check(times == sorted(times), "hub times never decrease, over a restart too")
	until = hub.status()["still_until"]
	check(until is not None and "stand still until %s" % until in muster("hub", "status", "--dir", hub.dir).stdout, "until when: %s" % until)
	kjj.report("--item", "6", "--period", "2012-Q2", "--nil", "无", "--wait", "30", expect=None)
	wait_for(lambda: kjj.status()["hub_times_ahead"], 30, lambda: "an office whose clock is right is not told to set it: %s" % kjj.status())
	said = muster("status", "--dir", kjj.dir).stdout
	check("records times" in said and "set it right" not in said, said)
	wait_for(lambda: findings(kjj) == ["STEPPED", "WENT_BACK"], 30, lambda: "every unit is told: %s" % findings(kjj))
	kjj.stop()
	fgw.stop()
	hub.stop()
	hub.is_clean()


def a_clock_that_was_years_ahead_is_undone(world):
	"""The hub's clock was years ahead: set right and restored from the backup before, it judges anew, at the right time, what was refused meanwhile"""
	if is_sanitized() or not os.path.exists(FAKE):
		skip("there is no libfaketime under this build or on this machine")
	hub = Hub(world, clock=CLOCK)
	start_at(hub, 0)
	kjj = Office(world, hub, "tiexi").start()
	report = {"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 5, "done": "一期"}}
	kjj.report_json(report)
	muster("backup", "--dir", hub.dir, "--out", world.path("copy"))
	set_offset(hub, 9 * 365 * 86400)
	wait_for(lambda: hub.status()["clock_alarm"], 20, "the step is found")
	late = kjj.report_json(dict(report, report={"progress_pct": 6, "done": "二期"}), expect=65)[0]
	check(late["verdict"] == "REFUSED_LOCKED" and late["hub_time"].startswith("2021"), late)
	hub.stop()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(world.path("copy", "data"), os.path.join(hub.dir, "data"))
	muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "admin.key"))
	start_at(hub, 0)

	def again():
		own = muster_lines("feed", "--dir", kjj.dir, "--own", "--since", "0", "--name", "look")
		return [line for line in own if line["act"].get("revision") == 2 and line["verdict"].startswith("STORED")]
	wait_for(again, 30, lambda: "it is sent again: %s" % kjj.status())
	check(again()[0]["hub_time"].startswith("2012-07"), again())
	wait_for(lambda: kjj.status()["clock_off_s"] == 0 and kjj.status()["last_receipt"].startswith("2012-07"), 20, lambda: kjj.status())
	check(hub.status()["still_until"] is None, hub.status())
	kjj.stop()
	hub.stop()
	hub.is_clean()


if __name__ == "__main__":
	run(an_office_finds_the_hubs_clock_wrong, a_clock_that_is_not_synchronised_says_nothing, the_hubs_clock_is_moved, a_clock_that_was_years_ahead_is_undone)
