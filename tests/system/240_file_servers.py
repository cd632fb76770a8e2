#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""File servers: a directory of state does not lie on one, a watched folder may, and is looked through."""
import os

from lib import BIN, Hub, Office, check, is_sanitized, muster, run, skip, wait_for

HEADER = "工作事项,期间,进度(%),进展情况,存在问题,下一步措施,审核人\n"


class on_share:
	"""Programs that start meanwhile see PATH, and what lies in it, on a file server that tells them of no change."""

	def __init__(self, path):
		self.set = {"LD_PRELOAD": os.path.join(BIN, "..", "libsystem_as_share.so"), "AS_SHARE": path}

	def __enter__(self):
		if is_sanitized():
			skip("what is preloaded must come before a sanitizer")
		os.environ.update(self.set)

	def __exit__(self, *_):
		for name in self.set:
			del os.environ[name]


def a_directory_of_state_lies_on_a_local_disk(world):
	"""a hub, an office and who would make their directories refuse a network file system with a sentence and a code; nothing is written there"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj")
	key = muster("hub", "invite", "tiexi", "--dir", hub.dir).stdout
	hub.stop()
	share, key_file = world.path("share"), world.path("key")
	os.mkdir(share)
	with open(key_file, "w", encoding="utf-8") as f:
		f.write(key)
	os.chmod(key_file, 0o600)
	with on_share(share):
		told = muster("backup", "--dir", hub.dir, "--out", share + "/backup", expect=78).stderr
		check("network file system" in told and "backup" in told and "MST-1008" in told, told)
	with on_share(world.dir):
		for words in (("hub", "init", "--dir", share + "/hub", "--plan", hub.dir + "/plan.conf"), ("join", "--dir", share + "/an/office", "--key-file", key_file)):
			told = muster(*words, expect=78).stderr
			check("network file system" in told and "local disk" in told and "MST-1008" in told, told)
		for name, where in (("muster-hub", hub.dir), ("muster-agent", office.dir)):
			daemon = world.start(name, "--dir", where)
			check(daemon.wait(20) == 78 and "network file system" in daemon.text() and where in daemon.text(), daemon.text())
	check(os.listdir(share) == [], os.listdir(share))
	hub.start()
	office.start()
	hub.is_clean()


def a_watched_folder_on_a_share_is_looked_through(world):
	"""what others lay into a folder on a file server is found without being told, taken once it rests, answered and kept there"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj")
	office.folder = world.path("share")
	office.set("folder", '"%s"' % office.folder)
	office.set("rescan_s", "1")
	os.mkdir(office.folder)
	with on_share(office.folder):
		office.start()
	wait_for(lambda: any(name.startswith("填报表") for name in os.listdir(office.folder)), 20, "the form, after which only rescan_s makes it look again")
	for name, progress in (("甲.csv", 40), ("乙.csv", 45)):
		office.drop(name, HEADER + "8,2012-Q2,%d,完成,无,继续,李四\n" % progress)
		folder, text = office.answer(name)
		check(folder == "done" and text.count("已收到") == 1, text)
	wait_for(lambda: hub.units()["kjj@office"]["acts"] == 2, 20, "both are at the hub")
	hub.is_clean()


run(a_directory_of_state_lies_on_a_local_disk, a_watched_folder_on_a_share_is_looked_through)
