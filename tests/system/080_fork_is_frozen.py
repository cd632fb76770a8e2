#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: two processes with one key. Connected, only one pushes; copied while apart, the device is frozen."""
import signal

from lib import Hub, check, run, wait_for


def a_connected_copy_pushes_nothing(world):
	"""fork: of two runs with one key one goes on and the other is told with a code; nothing is lost, doubled or forked"""
	hub = Hub(world).start()
	acks = world.path("acks")
	hub.load(devices=2, batch=8, reports=160, acks=acks)
	words = hub.load_words(devices=2, batch=8, inflight=4, reports=1000000000, acks=None)
	hub.process.child.send_signal(signal.SIGSTOP)
	one = world.start("muster", *words)
	two = world.start("muster", *words)
	hub.process.child.send_signal(signal.SIGCONT)
	wait_for(lambda: not (one.running() and two.running()), 60, "one of the two gives up")
	loser, winner = (two, one) if one.running() else (one, two)
	check(winner.running(), "both gave up: %s\n%s" % (one.text(), two.text()))
	check("MST-" in loser.text() and "enrolled" in loser.text(), "the loser is told: " + loser.text())
	size = hub.status()["size"]
	wait_for(lambda: hub.status()["size"] > size, 30, "the other goes on")
	winner.kill()
	hub.comes_to_rest()
	hub.is_clean(acks)
	check(all(d["state"] == "active" for d in hub.units().values()), "a false fork: %s" % hub.units())


run(a_connected_copy_pushes_nothing)
