#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A load of eight devices is receipted, audited and verified clean, on a running hub and on a stopped one."""
from lib import Hub, check, count, lines_in, muster, run, wait_for

REPORTS = {1: count(2000, 500), 16: count(16000, 3200), 256: count(100000, 10000)}


def a_load_is_receipted_and_audited_clean(world):
	"""every report of eight devices in batches of 1, 16 and 256 is receipted, audited and verified"""
	hub = Hub(world).start()
	acks = world.path("acks")
	total = 0
	for batch, reports in REPORTS.items():
		result = hub.load(devices=8, batch=batch, reports=reports, acks=acks)
		total += reports
		check(result["reports"] == reports and result["not_stored"] == 0, "load: %s" % result)
		check(result["reports_per_s"] > 0 and result["ack_p50_us"] <= result["ack_p99_us"], "load: %s" % result)
		check(lines_in(acks) == total, "%d lines of acks for %d reports" % (lines_in(acks), total))
		audit = hub.is_clean(acks)
		check(audit["acked"] == total, "audit: %s" % audit)
	running = hub.verify()
	hub.stop()
	stopped = hub.is_clean(acks)
	check(stopped["acked"] == total, "audit of the stopped hub: %s" % stopped)
	check(hub.verify() == running, "verify differs between the running and the stopped hub")


def a_hub_under_load_is_verified(world):
	"""verify and audit beside a hub that takes a load find it good, each time at a larger size"""
	hub = Hub(world).start()
	load = hub.start_load(devices=8, batch=16, inflight=8, reports=1000000000)
	wait_for(lambda: hub.status()["size"] > 500, 60, "the load is taken")
	sizes = []
	for _ in range(count(3, 2)):
		sizes.append(hub.verify()["size"])
		audit = hub.audit()
		check(audit["duplicate"] + audit["missing"] + audit["rollup_mismatch"] + audit["notice_mismatch"] == 0, "audit: %s" % audit)
		sizes.append(audit["leaves"])
	check(all(a < b for a, b in zip(sizes, sizes[1:])), "it grows: %s" % sizes)
	check(load.running(), "the load goes on: " + load.text())
	load.kill()
	hub.comes_to_rest()
	hub.is_clean()


def an_audit_finds_what_is_not_there(world):
	"""an acknowledged act that the log does not hold is counted as lost, and the exit code says so"""
	hub = Hub(world).start()
	acks = world.path("acks")
	hub.load(devices=1, batch=4, reports=20, acks=acks)
	with open(acks, encoding="utf-8") as f:
		first = f.readline().split()
	with open(acks, "a", encoding="utf-8") as f:
		f.write("%s 21 999/0\n" % first[0])
		f.write("%s %s %s\n" % (first[0], int(first[1]) + 1, first[2]))
		f.write("nobody@office 1 %s\n" % first[2])
	audit = hub.audit(acks, expect=1)
	check(audit["lost"] == 3 and audit["acked"] == 23, "audit: %s" % audit)
	done = muster("audit", "--dir", hub.dir, "--acks", world.dir, "--json", expect=74)
	check(world.dir in done.stderr and "MST-" in done.stderr and done.stdout == "", "acks that cannot be read are none: %s" % done.stderr)


def no_open_slot_is_told(world):
	"""a load on a directory whose clock opens no slot ends with 65 and the remedy"""
	hub = Hub(world, clock="2011-06-30T12:00:00+08:00").start()
	done = muster(*hub.load_words(reports=10), expect=65)
	check("--clock" in done.stderr and "MST-" in done.stderr, done.stderr)


def a_hub_that_is_away_is_told(world):
	"""a load whose devices nobody can enrol says that the hub does not run; one whose devices there are waits for it"""
	hub = Hub(world)
	told = muster(*hub.load_words(devices=2, reports=20), expect=69).stderr
	check("no daemon is running" in told and "muster-hub --dir" in told, told)
	hub.start()
	hub.load(devices=2, reports=20)
	hub.stop()
	acks = world.path("acks")
	load = hub.start_load(devices=2, reports=20, acks=acks)
	hub.start()
	check(load.wait(60) == 0 and lines_in(acks) == 20, load.text())
	hub.is_clean(acks)


run(a_load_is_receipted_and_audited_clean, a_hub_under_load_is_verified, a_hub_that_is_away_is_told, an_audit_finds_what_is_not_there, no_open_slot_is_told)
