#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A light agent: what one costs an office's server while nothing happens. Its hub has little to do as well."""
import os

from lib import SLOW, Hub, Office, check, pause, run, skip

KIB = 1024
LOOK_S = 40  # a PING every 30 s is in it


def memory_of(pid):
	"""(private, resident) KiB."""
	sizes = {}
	with open("/proc/%d/smaps_rollup" % pid) as f:
		for line in f:
			words = line.split()
			if len(words) == 3 and words[2] == "kB":
				sizes[words[0]] = int(words[1])
	return sizes["Private_Dirty:"] + sizes["Private_Clean:"], sizes["Rss:"]


def switches_of(pid):
	"""Voluntary context switches of all threads: each is a wake-up."""
	total = 0
	for task in os.listdir("/proc/%d/task" % pid):
		with open("/proc/%d/task/%s/status" % (pid, task)) as f:
			total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))
	return total


def cpu_of(pid):
	with open("/proc/%d/stat" % pid) as f:
		words = f.read().rsplit(")", 1)[1].split()
	return int(words[11]) + int(words[12])


def an_idle_agent_is_light(world):
	"""an idle agent: at most 3 MiB private and 10 MiB resident, at most 0.3 wake-ups a second, no CPU; its hub: at most 1.5"""
	if SLOW:
		skip("a sanitized build is not what is deployed")
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "10", "--wait", "20")
	pid, hub_pid = office.process.pid, hub.process.pid
	pause(2)
	switches, hub_switches, cpu = switches_of(pid), switches_of(hub_pid), cpu_of(pid)
	pause(LOOK_S)
	wakes, hub_wakes = (switches_of(pid) - switches) / LOOK_S, (switches_of(hub_pid) - hub_switches) / LOOK_S
	private, resident = memory_of(pid)
	print("        %.2f MiB private, %.2f MiB resident, %.2f wake-ups/s, the hub %.2f" % (private / KIB, resident / KIB, wakes, hub_wakes))
	check(private <= 3 * KIB, "%d KiB private" % private)
	check(resident <= 10 * KIB, "%d KiB resident" % resident)
	check(wakes <= 0.3, "%.2f wake-ups a second" % wakes)
	check(hub_wakes <= 1.5, "%.2f wake-ups of the hub a second" % hub_wakes)
	check(cpu_of(pid) - cpu <= 2, "%d ticks of CPU" % (cpu_of(pid) - cpu))


run(an_idle_agent_is_light)
