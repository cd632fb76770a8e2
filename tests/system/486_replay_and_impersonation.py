#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Replays, impersonation, clones, revoked keys and back-dated clocks: each found or refused by name, 100 of 100."""
import os

from lib import PATIENCE, Hub, board_line, check, count, muster, rng, run
from peer import Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
TIMES = 100
DEVICES = count(25, slow=6, long=100)


def peers(world, *units, clock=CLOCK):
	"""A hub and a connected device of each unit."""
	learn(world)
	hub = Hub(world, clock=clock).start()
	devices = [Peer(hub.enroll(unit)) for unit in units]
	for d in devices:
		check(d.open()[0] == d.contract.WELCOME, "it is let in")
	return hub, devices


def every_frame_twice(world):
	"""Replayed batches: every recorded frame of a device comes twice, at once and again later: the same receipts, and nothing more in the log"""
	hub, (peer,) = peers(world, "tiexi")
	import wire_pb2
	for n in range(TIMES):
		batch = peer.seal(*[peer.act() for _ in range(1 + n % 3)])
		peer.send(peer.contract.PUSH, wire_pb2.Push(batch=batch))
		peer.went(batch)
		if n % 8 == 0:
			peer.send(peer.contract.PING, wire_pb2.Ping(number=n))
			peer.send(peer.contract.SUBSCRIBE, wire_pb2.Subscribe(classes=1, credit=2, once=True))
			peer.send(peer.contract.CREDIT, wire_pb2.Credit(more=1))
		if n % 8 == 7:
			receipts(peer, 8)
	receipts(peer, TIMES % 8)
	first, recorded, size = peer.receipts, list(peer.sent), hub.status()["size"]
	check(len(first) == TIMES, "a receipt each: %d" % len(first))
	for again in ("on the same connection", "on a new connection", "after kill -9 of the hub"):
		if "kill" in again:
			hub.kill()
			hub.start()
			hub.comes_to_rest()
			size = hub.status()["size"]  # a hub that starts states how long each feed is
		if "same" not in again:
			peer.open()
		peer.receipts, waiting = {}, 0
		for data in recorded:
			for _ in range(2):
				peer.socket.send(data)
				waiting += data[3] == peer.contract.PUSH
			if waiting >= 16:
				waiting = receipts(peer, waiting)
		receipts(peer, waiting)
		for seq in first:
			check(peer.receipts[seq] == first[seq] * 2, "%s: batch %d has another leaf, time or verdicts" % (again, seq))
		check(hub.status()["size"] == size, "%s something came into the log" % again)
	hub.is_clean()
	hub.stop()


def receipts(peer, wanted):
	"""Read on until WANTED receipts came; peer.receipts has all that each batch was answered."""
	while wanted > 0:
		kind, message = peer.receive()
		check(kind != peer.contract.NACK, "NACK: %s" % message)
		for r in message.receipts if kind == peer.contract.RECEIPT else []:
			wanted -= 1
			peer.receipts.setdefault(r.first_seq, []).append((r.leaf, r.hub_time, r.verdicts, r.header_hash))
	return 0


def each_is_refused(hub, peer, batches, name, size=None):
	"""Every one of BATCHES is answered by the NACK or ERROR called NAME, and nothing of it is in the log."""
	size = size or hub.status()["size"]
	answers = [peer.push(batch)[0] for batch in batches]
	check(len(answers) == TIMES and set(answers) == {name}, "%s: %s" % (name, {a: answers.count(a) for a in set(answers)}))
	check(hub.status()["size"] == size, "something came into the log")


def batches_of_others(world):
	"""Batches signed by another unit, or with a header that claims another device, unit or hub: BAD_BATCH or NOT_YOURS, and the stream goes on"""
	hub, (peer, other) = peers(world, "tiexi", "shenbei")
	each_is_refused(hub, peer, [peer.seal(key=other.key) for _ in range(TIMES)], "BAD_BATCH")
	each_is_refused(hub, peer, [peer.seal(device=other.id) for _ in range(TIMES)], "NOT_YOURS")
	each_is_refused(hub, peer, [other.seal(other_act(other, peer)) for _ in range(TIMES)], "NOT_YOURS")
	each_is_refused(hub, peer, [peer.seal(device=os.urandom(16)) for _ in range(TIMES)], "NOT_YOURS")
	each_is_refused(hub, peer, [peer.seal(hub=os.urandom(16)) for _ in range(TIMES)], "NOT_YOURS")
	flipped = [bytearray(peer.seal()) for _ in range(TIMES)]
	for batch in flipped:
		batch[rng.randrange(172, 236)] ^= 1 << rng.randrange(8)
	each_is_refused(hub, peer, [bytes(b) for b in flipped], "BAD_BATCH")
	got = peer.verdicts(*[peer.act(unit="shenbei", revision=n + 1) for n in range(TIMES)])
	check(got == ["REFUSED_NOT_ASSIGNED"] * TIMES, "acts about another unit's slot: %s" % got)
	check(peer.verdicts() == ["STORED"] and other.verdicts() == ["STORED"], "both streams go on")
	check({u["state"] for u in hub.units().values()} == {"active"}, hub.units())
	hub.is_clean()
	hub.stop()


def other_act(peer, unit_of):
	peer.version = unit_of.version
	return peer.act()


def hello_of_others(world):
	"""HELLO that names another device: WRONG_DEVICE, and nothing is served"""
	hub, (peer, other) = peers(world, "tiexi", "shenbei")
	import wire_pb2
	said = []
	for n in range(TIMES):
		named = other.id if n % 2 else os.urandom(16)
		peer.send(1, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, schema=1, device=named))
		said.append(peer.answer()[0])
		name, _ = peer.push(peer.seal())
		check(name == "HELLO_FIRST", "served as another: %s" % name)
	check(said == ["WRONG_DEVICE"] * TIMES, said)
	hub.stop()


def a_revoked_key(world):
	"""Revoked key: each message of the device that is connected, and each new connection, is refused; what it said before stays in force"""
	hub, (peer, lead) = peers(world, "tiexi", "jxw")
	check(peer.verdicts() == ["STORED"], "it was good before")
	muster("hub", "revoke", "tiexi@office", "--dir", hub.dir, "--reason", "lost")
	size = hub.status()["size"]
	names = []
	for n in range(TIMES):
		peer.send(peer.contract.PUSH, push_of(peer.seal()))
		if not peer.socket.poll(int(2000 * PATIENCE)):
			break  # it was cut off
		names.append(peer.answer()[0])
	check(set(names) == {"REVOKED"}, names)
	for n in range(TIMES):
		names.append(peer.open_name() if names.count("silence") < 5 else "silence")
	check(set(names[-TIMES:]) <= {"REVOKED", "silence"}, "new connections: %s" % names)
	check(hub.status()["size"] == size, "something came into the log")
	line = board_line(hub.dir, "i06", "2012-Q2")
	check(line["reported"] == 1, "what it said before counts: %s" % line)
	hub.is_clean()
	hub.stop()


def push_of(batch):
	import wire_pb2
	return wire_pb2.Push(batch=batch)


def a_cloned_device(world):
	"""Cloned device: of every device whose copy goes on by itself the hub says FORK, then FROZEN to both"""
	hub, (lead,) = peers(world, "jxw")
	for n in range(DEVICES):
		office = Peer(hub.enroll("tiexi", "copied-%d" % n))
		office.open()
		common = office.seal(office.act())
		check(office.push(common)[0] == "RECEIPT", "the first batch")
		office.went(common)
		copy = Peer(office.dir)
		copy.revision, copy.next_seq, copy.prev = office.revision, office.next_seq, office.prev
		mine = office.seal(office.act())
		check(office.push(mine)[0] == "RECEIPT", "the device goes on")
		office.went(mine)
		copy.open()
		check(office.answer()[0] == "REPLACED", "the device is told that its key is used elsewhere")
		check(copy.push(copy.seal(copy.act()))[0] == "FORK", "the copy goes on by itself")
		check(copy.push(copy.seal(copy.act()))[0] == "FROZEN", "and again")
		kind, welcome = office.open()
		check(kind == office.contract.WELCOME and welcome.frozen, "the device is told in WELCOME")
		check(office.push(office.seal(office.act()))[0] == "FROZEN", "the device is frozen too")
		office.close()
		copy.close()
	states = [u["state"] for name, u in hub.units().items() if "copied" in name]
	check(states == ["frozen"] * DEVICES, states)
	check(lead.open()[0] == lead.contract.WELCOME, "others are served")
	hub.is_clean()
	hub.stop()


def one_of_two_that_push(world):
	"""Cloned device: of two connections with one key that want to push, the older is told REPLACED, every time"""
	hub, (peer,) = peers(world, "tiexi")
	newer = Peer(peer.dir)
	for n in range(TIMES):
		check(newer.open()[0] == peer.contract.WELCOME, "the newer one is let in")
		name, _ = peer.answer()
		check(name == "REPLACED", "the older one was told %s" % name)
		check(peer.push(peer.seal())[0] == "HELLO_FIRST", "the older one pushes on")
		peer, newer = newer, peer
	hub.stop()


def back_dated_clocks(world):
	"""Back-dated clocks: what comes after the deadline is late, whatever clock the device claims in act and header; a period does not begin early"""
	hub, (peer, lead) = peers(world, "tiexi", "jxw", clock="2012-08-20T12:00:00+08:00,0")
	import act_pb2
	before = lambda: int((1341000000 + rng.randrange(1000000)) * 1e6)  # June and July 2012
	wish = lambda: peer.other_act(act_pb2.EXTENSION_REQUEST, act_pb2.ExtensionRequest(reason="停电", days=9), created_us=before())
	got = peer.verdicts(*[wish() for _ in range(TIMES)], now=before())
	check(got == ["REFUSED_LATE"] * TIMES, got)
	hub_us, times = 1345435200 * 10**6, []
	for n in range(TIMES):
		times.append(peer.report(peer.act(created_us=before(), progress_pct=n), now=before()).hub_time)
	check(times == sorted(times) and times[0] >= hub_us, "the hub's time counts: %s" % times)
	line = board_line(hub.dir, "i06", "2012-Q2")
	check((line["reported"], line["on_time"]) == (1, 0), "it is late: %s" % line)
	early = [peer.act(period="2012-Q4", revision=n + 1, created_us=int(1357000000 * 1e6)) for n in range(TIMES)]
	check(peer.verdicts(*early, now=int(1357000000 * 1e6)) == ["REFUSED_NOT_BEGUN"] * TIMES, "a clock that runs ahead opens no period")
	hub.is_clean()
	hub.stop()


run(every_frame_twice, batches_of_others, hello_of_others, a_revoked_key, a_cloned_device, one_of_two_that_push, back_dated_clocks)
