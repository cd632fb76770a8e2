#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariants 5 and 6: a bad act is in the log with its verdict and blocks nothing; a spoilt batch is refused by name and stored nowhere."""
from lib import Device, Hub, check, rng, run
from peer import Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"


def good(device, revision=1):
	return device.report("i06", "2012-Q2", revision, progress=40 + revision, values={"i06.invest": 100 * revision})


def bad_acts_block_nothing(world):
	"""bad_act: malformed, non-canonical, wrong unit, unknown item, wrong period and value: each its verdict, the good ones around them stored"""
	hub = Hub(world, clock=CLOCK).start()
	d = Device(world, hub, "shenbei")
	raw = [{"raw": "00"}, {"raw": "ff" * 40}, {"raw": bytes(rng.randrange(256) for _ in range(300)).hex()}]
	acts = [
		(good(d), "STORED"),
		(raw[0], "REFUSED_MALFORMED"), (raw[1], "REFUSED_MALFORMED"), (raw[2], "REFUSED_MALFORMED"),
		(d.report("i06", "2012-Q2", unit="tiexi", progress=1), "REFUSED_NOT_ASSIGNED"),
		(d.report("i99", "2012-Q2", progress=1), "REFUSED_UNKNOWN"),
		(d.report("i06", "2012-Q9", progress=1), "REFUSED_UNKNOWN"),
		(d.report("i06", "2012-07", progress=1), "REFUSED_UNKNOWN"),
		(d.report("i06", "2011-Q2", progress=1), "REFUSED_UNKNOWN"),
		(d.report("i06", "2012-Q4", progress=1), "REFUSED_NOT_BEGUN"),
		(d.report("i13", "2012-Q2", progress=1), "REFUSED_NOT_ASSIGNED"),
		(d.report("i06", "2012-Q2", 2, progress=101), "REFUSED_MALFORMED"),
		(d.report("i06", "2012-Q2", 2, progress=1, values={"i06.nothing": 1}), "REFUSED_VALUE"),
		(d.report("i06", "2012-Q2", 2, progress=1, values={"i06.invest": [1, 2]}), "REFUSED_VALUE"),
		(d.report("i06", "2012-Q2", 2, progress=1, done="bad \x01 text"), "REFUSED_MALFORMED"),
		(dict(d.report("i06", "2012-Q2", 2, progress=1), schema=99), "REFUSED_SCHEMA"),
		(good(d, 2), "STORED"),
	]
	got = d.verdicts(*[a for a, _ in acts])
	for (act, wanted), verdict in zip(acts, got):
		check(verdict == wanted, "%s: %s instead of %s" % (act, verdict, wanted))
	check(d.verdicts(good(d, 3)) == ["STORED"], "the stream goes on")
	hub.is_clean()
	hub.stop()
	hub.is_clean()


def in_its_body(act):
	import act_pb2
	changed = act_pb2.Act.FromString(act)
	changed.body += UNKNOWN
	return changed.SerializeToString()


UNKNOWN = bytes.fromhex("f8ff0301")
# A good act begins with its schema and kind: 08 01 10 01.
WAYS = {
	"an unknown field behind the others": lambda act: act + UNKNOWN,
	"a varint too long": lambda act: bytes.fromhex("088100") + act[2:],
	"fields out of order": lambda act: act[2:4] + act[:2] + act[4:],
	"a field twice": lambda act: act[:2] + act,
	"an unknown field in the report": in_its_body,
}


def non_canonical_acts_are_malformed(world):
	"""bytes_as_sent: a good act that is written with an unknown field, a long varint or fields out of order or twice is malformed"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	d = Peer(hub.enroll("shenbei"))
	d.open()
	for way, write in WAYS.items():
		act = d.act()
		check(act[:4] == bytes.fromhex("08011001"), act.hex())
		got = d.verdicts(write(act), act)
		check(got == ["REFUSED_MALFORMED", "STORED"], "%s: %s" % (way, got))
	hub.is_clean()


def spoilt_batches_are_stored_nowhere(world):
	"""bad_act: a batch with one byte changed is refused with a code at the device, stored nowhere; the sealed one goes through"""
	hub = Hub(world, clock=CLOCK).start()
	d = Device(world, hub, "shenbei")
	d.push(good(d))
	size = hub.status()["size"]
	# Header: hub id, device id, count, root, prev; signature; a length; an act.
	for at in (20, 40, 57, 70, 100, 180, 236, 260):
		answer = d.push(good(d, 2), spoil=at, expect=65)[-1]
		check(answer["code"] and answer["refused"], "byte %d: %s" % (at, answer))
		check(hub.status()["size"] == size, "byte %d left something in the log" % at)
		state = hub.units()["shenbei@test"]["state"]
		check(state == "active", "byte %d: the device is %s" % (at, state))
	check(d.verdicts(good(d, 2)) == ["STORED"], "the good one goes through")
	hub.is_clean()


run(bad_acts_block_nothing, non_canonical_acts_are_malformed, spoilt_batches_are_stored_nowhere)
