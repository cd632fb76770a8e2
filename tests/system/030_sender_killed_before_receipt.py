#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 3 and 4: the pushing process is killed between send and receipt; its rerun goes on and no device is frozen."""
from lib import Hub, check, count, lines_in, pause, rng, run, wait_for

KILLS = count(40, 12, 1000)


def loads_are_killed(world, durable):
	hub = Hub(world).start()
	acks = world.path("acks")
	for kill in range(KILLS):
		before = lines_in(acks)
		words = hub.load_words(devices=3, batch=rng.choice((1, 8, 64)), inflight=rng.choice((1, 4, 16)), reports=1000000000, acks=acks)
		load = world.start("muster", *words, *(["--durable"] if durable else []))
		wait_for(lambda: lines_in(acks) > before or not load.running(), 30, "receipts come after kill %d: %s" % (kill, load.text()))
		check(load.running(), "after kill %d the load ended: %s" % (kill, load.text()))
		pause(rng.uniform(0, 0.05))
		load.kill()
		# What lives in memory dies with its process: such a load must see what the hub still takes of the last one.
		if not durable:
			hub.comes_to_rest()
	hub.comes_to_rest()
	hub.is_clean(acks)
	frozen = [name for name, d in hub.units().items() if d["state"] != "active"]
	check(frozen == [], "false forks: %s" % frozen)
	return hub, acks


def no_false_fork(world):
	"""no_false_fork: a load killed between send and receipt goes on when it is run again, nothing lost, nothing doubled"""
	loads_are_killed(world, durable=False)


def a_durable_sender_sends_what_it_left(world):
	"""sealed_before_the_wire: a sender with its outbox on disk, killed at any moment, sends what it left; every act of its stream arrives once"""
	hub, acks = loads_are_killed(world, durable=True)
	last = world.start("muster", *hub.load_words(devices=3, batch=8, reports=2400, acks=acks), "--durable")
	check(last.wait(60) == 0, last.text())
	hub.is_clean(acks)
	streams = {name: d["acts"] for name, d in hub.units().items() if "durable" in name}
	check(len(streams) == 3 and all(n > 800 for n in streams.values()), streams)


run(no_false_fork, a_durable_sender_sends_what_it_left)
