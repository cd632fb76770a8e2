#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: two processes with one key. Connected, only one pushes; copied while apart, the device is frozen."""
import os
import signal

from lib import Hub, check, run, wait_for


def a_connected_copy_pushes_nothing(world):
	"""fork: of two runs with one key at most one goes on, the other is told with a code; what had a receipt is neither lost nor doubled"""
	hub = Hub(world).start()
	acks = world.path("acks")
	hub.load(devices=2, batch=8, reports=160, acks=acks)
	words = [hub.load_words(devices=2, batch=8, inflight=4, reports=1000000000, acks=world.path("acks-%d" % n)) for n in range(2)]
	hub.process.child.send_signal(signal.SIGSTOP)
	runs = [world.start("muster", *w) for w in words]
	hub.process.child.send_signal(signal.SIGCONT)
	# Both began at the same sequence. Who pushes first goes on; when both pushed before they were told, that is a fork, and both stop.
	wait_for(lambda: not all(r.running() for r in runs), 60, "one of the two gives up")
	stopped = [r for r in runs if not r.running()]
	check(all("[MST-4" in r.text() for r in stopped), "who stops is told why: %s" % [r.text() for r in stopped])
	for r in runs:
		r.kill()
	hub.comes_to_rest()
	for path in [acks] + [world.path("acks-%d" % n) for n in range(2)]:
		if os.path.exists(path):
			hub.is_clean(path)
	check(all(d["state"] in ("active", "frozen") for d in hub.units().values()), "units: %s" % hub.units())


def a_copy_that_comes_later_is_told(world):
	"""fork: a copy that connects while the first one works takes nothing over for good: one of them is told within two exchanges"""
	hub = Hub(world).start()
	one = world.start("muster", *hub.load_words(devices=1, batch=8, inflight=4, reports=1000000000))
	wait_for(lambda: hub.status()["size"] > 50, 30, "the first one works")
	two = world.start("muster", *hub.load_words(devices=1, batch=8, inflight=4, reports=1000000000))
	wait_for(lambda: not (one.running() and two.running()), 90, "one of the two gives up")
	for r in (one, two):
		check(r.running() or "[MST-4" in r.text(), "who stops is told why: " + r.text())
		r.kill()
	hub.comes_to_rest()
	hub.is_clean()


run(a_connected_copy_pushes_nothing, a_copy_that_comes_later_is_told)
