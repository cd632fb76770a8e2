#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 2 and 10: the hub's disk fills up under load; the hub says so, lives, and goes on when there is space."""
import os

from lib import PATIENCE, Hub, check, lines_in, muster, run, wait_for

MIB = 1 << 20


def fill(path):
	"""Take what is left of the file system."""
	with open(path, "ab", buffering=0) as f:
		try:
			while True:
				f.write(b"\0" * 65536)
		except OSError:
			pass
		try:
			while True:
				f.write(b"\0" * 512)
		except OSError:
			pass


def full_disk_is_a_state(world, kind, size):
	at = world.mount(size, kind)
	hub = Hub(world, directory=os.path.join(at, "hub"))
	hub.set("reserve_percent", 0)  # else who brings much waits before that (041)
	hub.start()
	acks = world.path("acks")
	hub.load(devices=2, batch=16, reports=320, acks=acks)
	load = world.start("muster", *hub.load_words(devices=2, batch=16, inflight=8, reports=1000000000, acks=acks))
	before = lines_in(acks)
	wait_for(lambda: lines_in(acks) > before, 30, "the load runs")
	for round in range(3):
		ballast = os.path.join(at, "ballast-%d" % round)
		fill(ballast)
		# LMDB may still find free pages in its file: the load fills those.
		wait_for(lambda: "full" in hub.process.text().lower() or not hub.process.running(), 60,
			"the hub says that its storage is full: " + hub.process.text()[-500:])
		check(hub.process.running(), "the hub ended: " + hub.process.text()[-2000:])
		stood = lines_in(acks)
		check(hub.status()["size"] > 0, "the full hub answers")
		os.unlink(ballast)
		wait_for(lambda: lines_in(acks) > stood + 100 or not load.running(), 60, "work resumes when space is back")
		check(load.running() and hub.process.running(), "load: %s\nhub: %s" % (load.text(), hub.process.text()[-1000:]))
	load.kill()
	hub.comes_to_rest()
	hub.is_clean(acks)
	hub.stop()
	hub.is_clean(acks)


def full_ext4(world):
	"""one_transaction: a hub on a full ext4 says storage full, keeps running and goes on; nothing is lost or half written"""
	full_disk_is_a_state(world, "ext4", 216 * MIB)


def full_tmpfs(world):
	"""one_transaction: the same on a full tmpfs, where a short write comes first"""
	full_disk_is_a_state(world, "tmpfs", 16 * MIB)


def full_map(world):
	"""a full map is the same state: refused, told, nothing lost"""
	hub = Hub(world)
	hub.set("map_bytes", 16 * MIB)
	hub.set("reserve_percent", 0)
	hub.start()
	acks = world.path("acks")
	load = world.start("muster", *hub.load_words(devices=2, batch=64, inflight=8, reports=1000000000, acks=acks))
	wait_for(lambda: "full" in hub.process.text().lower(), 60, "the hub says that its storage is full")
	check(hub.process.running() and load.running(), "both live on")
	load.kill()
	hub.is_clean(acks)
	hub.stop()
	hub.is_clean(acks)


def nothing_passes_unnoticed(world):
	"""a light that passes by time alone while the disk is full is noticed when there is space, though nobody asks the hub for anything"""
	at = world.mount(16 * MIB, "tmpfs")
	began = "2012-07-07T23:59:%02d+08:00,1" % (60 - int(10 * PATIENCE))
	hub = Hub(world, directory=os.path.join(at, "hub"), clock=began).start()
	fill(os.path.join(at, "ballast"))
	size = hub.status()["size"]
	check(hub.status()["hub_time"] < "2012-07-08", "the disk was full before the light passed")
	wait_for(lambda: hub.status()["storage_full"], 30, "the hub says that its storage is full")
	check("MST-5001" in hub.process.text() and hub.status()["size"] == size, hub.process.text())
	os.unlink(os.path.join(at, "ballast"))
	wait_for(lambda: hub.status()["size"] > size, 20, "the light is noticed")
	wait_for(lambda: "space again" in hub.process.text() and not hub.status()["storage_full"], 20, "the hub says that there is space again")
	hub.stop()
	hub.is_clean()


def an_administrator_finds_out(world):
	"""an administrator's command is refused while the disk is full, and the first one that is taken ends that state"""
	at = world.mount(16 * MIB, "tmpfs")
	hub = Hub(world, directory=os.path.join(at, "hub")).start()
	ballast = os.path.join(at, "ballast")
	fill(ballast)
	wait_for(lambda: muster("hub", "invite", "kjj", "--dir", hub.dir, expect=None).returncode != 0, 30, "an invite finds no room")
	check(hub.status()["storage_full"], hub.process.text())
	os.unlink(ballast)
	muster("hub", "invite", "kjj", "--dir", hub.dir)
	check(not hub.status()["storage_full"] and "space again" in hub.process.text(), hub.process.text())


def told_as_it_is(world):
	"""the hub does not say that its storage is full when there is space again, though nobody has brought anything since"""
	at = world.mount(16 * MIB, "tmpfs")
	hub = Hub(world, directory=os.path.join(at, "hub")).start()
	ballast = os.path.join(at, "ballast")
	for _ in range(2):
		fill(ballast)
		wait_for(lambda: muster("hub", "invite", "kjj", "--dir", hub.dir, expect=None).returncode != 0, 30, "an invite finds no room")
		told = hub.status()
		check(told["storage_full"] and told["storage_short"] and told["storage_free_bytes"] < MIB, told)
		size = os.path.getsize(ballast)
		os.truncate(ballast, size - MIB // 4)
		check(hub.status()["storage_full"], "a little is not enough")
		os.unlink(ballast)
		told = hub.status()
		check(not told["storage_full"] and not told["storage_short"] and told["storage_free_bytes"] > size // 2, told)
	muster("hub", "invite", "kjj", "--dir", hub.dir)
	hub.stop()
	hub.is_clean()


run(full_ext4, full_tmpfs, full_map, nothing_passes_unnoticed, an_administrator_finds_out, told_as_it_is)
