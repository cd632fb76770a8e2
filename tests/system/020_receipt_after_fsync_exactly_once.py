#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 1 and 3: the hub is killed at random moments under load; what was receipted is there, once, and no device is frozen."""
from lib import Hub, check, count, lines_in, pause, rng, run, wait_for

KILLS = count(80, 20, 3000)


def receipts_survive_kills(world, batch, inflight, kills):
	hub = Hub(world).start()
	acks = world.path("acks")
	load = None
	seen = 0
	for kill in range(kills):
		if load is None or not load.running():
			check(load is None or load.child.returncode == 0, "the load ended with %s" % (load and load.text()))
			load = hub.start_load(devices=4, batch=batch, inflight=inflight, reports=1000000000, acks=acks)
		# Each round lets something through, so that the kill falls into traffic.
		wait_for(lambda: lines_in(acks) > seen or not load.running(), 60, "receipts go on after kill %d: %s" % (kill, load.text()))
		pause(rng.uniform(0, 0.12))
		hub.kill()
		seen = lines_in(acks)
		if kill % 10 == 9:
			hub.is_clean(acks)
		hub.start()
	wait_for(lambda: lines_in(acks) > seen, 60, "receipts go on after the last kill")
	check(load.running(), "the load ended: %s" % load.text())
	load.kill()
	audit = hub.is_clean(acks)
	check(audit["acked"] >= seen, "audit: %s" % audit)
	frozen = [name for name, d in hub.units().items() if d["state"] != "active" and name.find("@load") > 0]
	check(frozen == [], "false forks: %s" % frozen)
	hub.stop()


def receipt_after_fsync(world):
	"""receipt_after_fsync: every act receipted by a hub that is then killed is in the log, one act a batch"""
	receipts_survive_kills(world, batch=1, inflight=4, kills=KILLS // 2)


def exactly_once(world):
	"""exactly_once: batches resent to a hub that was killed are neither lost nor doubled, and fork nobody"""
	receipts_survive_kills(world, batch=64, inflight=16, kills=KILLS - KILLS // 2)


run(receipt_after_fsync, exactly_once)
