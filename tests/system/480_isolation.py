#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Agency isolation: all that reaches agency A, and all that lies in its directory, has no byte of what only B may see."""
import os

from lib import Hub, Office, check, count, muster_json, muster_lines, rng, run, wait_for
from peer import Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
FOR_A, FOR_B = "MARKA-3c1f-甲", "MARKB-9d42-乙"
# Figures that only B may see, told from all others by their digits.
FIGURE_B = 813579246801357


def varint(n):
	out = bytearray()
	while n > 127:
		out.append(n & 127 | 128)
		n >>= 7
	return bytes(out) + bytes([n])


def marks_of_b():
	"""What only B may see, as it may lie in bytes."""
	figure = FIGURE_B * 2  # zigzag
	texts = [FOR_B.encode(code) for code in ("utf-8", "gb18030", "utf-16-le")] + [b"MARKB"]
	return texts + [FOR_B.encode().hex().encode(), varint(figure), FIGURE_B.to_bytes(8, "big"), FIGURE_B.to_bytes(8, "little"),
		b"%d" % FIGURE_B]


def files_of(directory):
	for folder, _, names in os.walk(directory):
		for name in names:
			path = os.path.join(folder, name)
			if os.path.isfile(path):
				with open(path, "rb") as f:
					yield path, f.read()


def report_of(peer, item, mark, figure):
	"""A report of ITEM with MARK in every text of it, FIGURE as its value, and a salt of its own."""
	import act_pb2
	value = act_pb2.Value(indicator={"i06": "i06.invest", "i08": "i08.fdi"}[item], mantissa=figure)
	return peer.act(item, progress_pct=rng.randrange(100), done=mark, problems=mark, next_steps=mark, help_needed=mark, prepared_by=mark,
		approved_by=mark, phone=mark, values=[value])


def state_all_that_b_may_see(hub, world):
	"""Batches of tiexi and shenbei for A and B mixed, and what B itself states; the acts that only B may see."""
	hidden, batches = [], []
	for unit in ("tiexi", "shenbei"):
		peer = Peer(hub.enroll(unit))
		peer.open()
		for n in range(1, count(9, slow=7)):
			acts = []
			for i in range(n):
				to_a = i == 0 or (i > 1 and rng.random() < 0.5)
				acts.append(report_of(peer, "i06" if to_a else "i08", FOR_A if to_a else FOR_B, 1000 + n if to_a else FIGURE_B))
				if not to_a:
					hidden.append(acts[-1])
			batch = peer.seal(*acts)
			peer.push(batch)
			peer.went(batch)
			batches.append(batch)
	b = Office(world, hub, "wjmj").start()
	wait_for(lambda: b.verdict("return", "i08", "tiexi", "2012-Q2", reason=FOR_B) == "STORED", 20, "B returns a report")
	wait_for(lambda: b.verdict("comment", "i08", "tiexi", "2012-Q2", text=FOR_B) == "STORED", 20, "B comments")
	check(any(FOR_B.encode() in data for _, data in files_of(b.dir)), "B's own directory has the mark: the search can find it")
	b.stop()
	check(len(hidden) > 5, "acts for B only: %d" % len(hidden))
	return hidden


def ask_for_everything(reader, size):
	"""All feeds with rollups, and a proof and the delivery of every act of the log; the entries it got."""
	import wire_pb2
	contract = reader.contract
	reader.open(roles=3)
	reader.send(contract.SUBSCRIBE, wire_pb2.Subscribe(classes=7, credit=100000, once=True))
	entries, known = [], 0
	while True:
		kind, message = reader.receive()
		if kind == contract.FEED:
			entries += message.entries
			check(all(r.item != "i08" for r in message.rollups), "a rollup of B's item")
			if message.rollups:
				reader.send(contract.CREDIT, wire_pb2.Credit(stored=message.cursor))
			if message.caught_up:
				break
	for leaf in range(size):
		for position in range(10):
			reader.send(contract.PROOF_REQUEST, wire_pb2.ProofRequest(of_act=True, leaf=leaf, position=position))
			known += reader.receive()[1].known
	for filters in ({"item": "i08"}, {"period": "2012-Q2"}, {"item": "i08", "period": "2012-Q2"}):
		reader.send(contract.SUBSCRIBE, wire_pb2.Subscribe(classes=7, credit=100000, once=True, **filters))
		kind, message = reader.receive()
		while kind == contract.FEED and not message.caught_up:
			check(all(r.item != "i08" for r in message.rollups), "a rollup of B's item")
			reader.send(contract.CREDIT, wire_pb2.Credit(stored=message.cursor))
			kind, message = reader.receive()
	check(known > 0, "A can prove its own")
	return entries


def nothing_of_b_reaches_a(world):
	"""Every decrypted frame to A's reader, and every byte of the directory of A's agent, is without the texts and figures that only B may see"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	a = Office(world, hub, "jxw").start()
	hidden = state_all_that_b_may_see(hub, world)
	reader = Peer(hub.enroll("jxw", "reader"))
	entries = ask_for_everything(reader, hub.status()["size"])
	traffic = b"".join(reader.got)
	# A's people look at all they have; what their commands keep lies in the directory too.
	shown = muster_lines("feed", "--dir", a.dir, "--since", "0")
	shown += muster_json("board", "--dir", a.dir, "--period", "2012-Q2")["items"]
	shown = str(shown + a.inbox() + [a.status()])
	check(FOR_A in shown and FOR_B not in shown and str(FIGURE_B) not in shown, "what A's commands show")
	a.stop()
	check(FOR_A.encode() in traffic, "the search finds A's own mark in the traffic")
	for mark in marks_of_b() + hidden:
		check(mark not in traffic, "%r reached A" % mark[:60])
		for path, data in files_of(a.dir):
			check(mark not in data, "%r lies in %s" % (mark[:60], path))
	siblings_say_nothing(reader, entries, hidden)
	hub.stop()


def siblings_say_nothing(reader, entries, hidden):
	"""A knows what B's office wrote, to the byte, but for the salt: no sibling hash tells it that it guessed right."""
	import act_pb2
	sha = reader.contract.sha
	siblings = {s for e in entries for s in e.siblings}
	true = {sha(b"\0" + act) for act in hidden}
	check(siblings & true, "some siblings are the very hashes of B's acts: there is something to guess")
	salts = set()
	for act in hidden:
		guess = act_pb2.Act.FromString(act)
		check(len(guess.salt) == 16, "a salt of 16 bytes")
		salts.add(guess.salt)
		body = guess.body
		for salt in (b"", bytes(16), b"\xff" * 16, reader.id, os.urandom(16)):
			guess.salt = salt
			check(sha(b"\0" + guess.SerializeToString()) not in siblings, "guessed with the salt %s" % salt.hex())
		guess.ClearField("salt")
		for form in (guess.SerializeToString(), body, act[:act.index(body)] if body in act else act):
			check(sha(b"\0" + form) not in siblings and sha(form) not in siblings, "guessed without a salt")
	check(len(salts) == len(hidden), "no salt was used twice")


def agents_salt_every_act(world):
	"""The same report stated twice by an agent has two salts, so its hash says nothing of its content"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	lead = Peer(hub.enroll("jxw", "reader"))
	for n in (1, 2, 3):
		for progress in (10, 20):
			office.report("--item", "6", "--period", "2012-Q2", "--progress", str(progress), "--wait", "20")
	import act_pb2
	acts = [act_pb2.Act.FromString(a.act) for e in ask_for_everything(lead, hub.status()["size"]) for a in e.acts]
	acts = [a for a in acts if a.kind == act_pb2.REPORT]
	check(len(acts) == 6 and len({a.body for a in acts}) == 2, "three times the same two: %d" % len(acts))
	check(len({a.salt for a in acts}) == 6 and all(len(a.salt) == 16 for a in acts), "a salt each")
	office.stop()
	hub.stop()


run(nothing_of_b_reaches_a, agents_salt_every_act)
