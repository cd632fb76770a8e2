#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile peers: whatever comes in at the hub's port, a good office keeps getting receipts, and memory and descriptors are given back."""
import os
import socket
import threading
import time

import zmq
import zmq.utils.z85

from lib import PATIENCE, SLOW, Hub, check, count, pause, rng, run, wait_for
from peer import Peer, learn
from zmtp import GREETING, RawClient

CLOCK = "2012-07-05T12:00:00+08:00,0"
# What a hub may keep after an attack and have meanwhile. A sanitizer keeps what was freed in quarantine.
MEMORY_ALLOWANCE = (400 if SLOW else 24) << 20
MEMORY_MEANWHILE = (900 if SLOW else 200) << 20
DESCRIPTORS_ALLOWANCE = 4


def private_bytes(pid):
	with open("/proc/%d/smaps_rollup" % pid) as f:
		return sum(int(line.split()[1]) << 10 for line in f if line.startswith("Private_"))


class Besieged:
	"""A hub, a good office that pushes on all the time, and what the hub had before."""

	def __init__(self, world):
		learn(world)
		self.hub = Hub(world, clock=CLOCK).start()
		self.pid = self.hub.process.pid
		self.good = Peer(self.hub.enroll("tiexi"))
		self.good.open()
		self.stop, self.receipts, self.trouble, self.peak = False, 0, None, 0
		for _ in range(20):
			self.good.report()
		self.memory, self.descriptors = private_bytes(self.pid), self.open_files()
		self.thread = threading.Thread(target=self.go_on, daemon=True)
		self.thread.start()

	def go_on(self):
		while not self.stop and self.trouble is None:
			try:
				self.good.report()
				self.receipts += 1
			except Exception as e:
				self.trouble = e
			self.peak = max(self.peak, private_bytes(self.pid))
			time.sleep(0.005)

	def open_files(self):
		return len(os.listdir("/proc/%d/fd" % self.pid))

	def served(self, n=3):
		"""N more receipts come, now."""
		wanted = self.receipts + n
		wait_for(lambda: self.receipts >= wanted or self.trouble, 10, "the good office gets receipts")
		check(self.trouble is None, "the good office: %s" % self.trouble)

	def over(self):
		"""The attack ended: all is given back, and the log is good."""
		self.served(5)
		wait_for(lambda: self.open_files() <= self.descriptors + DESCRIPTORS_ALLOWANCE, 15,
			lambda: "descriptors: %d before, %d after" % (self.descriptors, self.open_files()))
		wait_for(lambda: private_bytes(self.pid) <= self.memory + MEMORY_ALLOWANCE, 15,
			lambda: "memory: %d KiB before, %d KiB after" % (self.memory >> 10, private_bytes(self.pid) >> 10))
		check(self.peak <= self.memory + MEMORY_MEANWHILE, "memory: %d KiB before, %d KiB meanwhile" % (self.memory >> 10, self.peak >> 10))
		self.stop = True
		self.thread.join()
		check(self.trouble is None, "the good office: %s" % self.trouble)
		check(self.hub.process.running(), "the hub ended")
		self.hub.is_clean()
		self.hub.stop()

	def connect(self):
		s = socket.create_connection(("127.0.0.1", self.hub.port), timeout=10)
		s.settimeout(0.5)
		return s

	def say(self, *pieces):
		"""A raw connection that says PIECES, whatever the hub thinks of it."""
		s = self.connect()
		try:
			for piece in pieces:
				s.sendall(piece)
		except OSError:
			pass
		return s


def garbage_and_scans(world):
	"""Raw garbage, half greetings, foreign protocols, absurd lengths and port scans by the hundred: service goes on, all is given back"""
	b = Besieged(world)
	openings = [
		lambda: [os.urandom(rng.randrange(1, 3000))],
		lambda: [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
		lambda: [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200)],
		lambda: [b"SSH-2.0-scanner\r\n"],
		lambda: [GREETING[:rng.randrange(1, 64)]],
		lambda: [GREETING, os.urandom(rng.randrange(1, 500))],
		lambda: [GREETING, b"\x06" + (1 << rng.randrange(20, 63)).to_bytes(8, "big") + os.urandom(1000)],
		lambda: [GREETING, b"\x04\xc8\x05HELLO" + os.urandom(194)],
		lambda: [GREETING, b"\x04\xc8\x05HELLO\x01\x00" + bytes(192), os.urandom(100)],
		lambda: [b"\x00" * 5000],
		lambda: [],
	]
	for n in range(count(400, slow=150, long=5000)):
		b.say(*rng.choice(openings)()).close()
		if n % 100 == 0:
			b.served()
	for n in range(count(1000, slow=300, long=20000)):
		b.connect().close()
	b.over()


def idle_floods(world):
	"""Hundreds of connections that say nothing, or a byte now and then, are cut by the hub after seconds, while it serves others"""
	b = Besieged(world)
	crowd = [b.say(GREETING[:n % 70 if n % 2 else 0]) for n in range(count(400, slow=150, long=3000))]
	wait_for(lambda: b.open_files() > b.descriptors + len(crowd) // 2, 20, "they are in")
	slow = crowd[: len(crowd) // 4]

	def trickle():
		for s in slow:
			try:
				s.send(b"\x00")
			except OSError:
				pass
		return b.open_files() <= b.descriptors + DESCRIPTORS_ALLOWANCE
	wait_for(trickle, 15, lambda: "they are still in: %d" % b.open_files(), step=0.2)
	b.over()
	for s in crowd:
		s.close()


def wrong_keys(world):
	"""Handshakes with keys that nobody enrolled, by the thousand: none is served"""
	b = Besieged(world)
	context = zmq.Context()
	context.max_sockets = 4096
	hub_key = zmq.utils.z85.encode(bytes.fromhex(b.good.text("hub_curve_key")))
	pairs = [zmq.curve_keypair() for _ in range(50)]
	for n in range(count(20, slow=4, long=100)):
		clients = []
		for public, secret in pairs:
			c = context.socket(zmq.DEALER)
			c.linger, c.curve_serverkey, c.curve_publickey, c.curve_secretkey = 0, hub_key, public, secret
			c.connect("tcp://127.0.0.1:%d" % b.hub.port)
			c.send(b"MU\x01\x01\0\0\0\0\x08\x03")
			clients.append(c)
		b.served(2)
		check(not any(c.poll(0) for c in clients), "one of them was served")
		for c in clients:
			c.close()
	context.term()
	b.over()


def enrolled(b, name):
	peer = Peer(b.hub.enroll("shenbei", name))
	check(peer.open()[0] == peer.contract.WELCOME, "it is enrolled")
	return peer


def is_cut(client, data):
	"""Does the hub hang up on DATA, and say nothing before?"""
	try:
		client.part(data, more=False)
		client.frame()
	except TimeoutError:
		return False
	except OSError:
		return True
	return False


def oversize_frames(world):
	"""Frames above 256 KiB end their connection, and nothing of them is kept"""
	b = Besieged(world)
	peer = enrolled(b, "big")
	hub_key = bytes.fromhex(peer.text("hub_curve_key"))
	for n in range(count(10, slow=5, long=200)):
		size = (256 << 10) + 1 if n % 2 == 0 else 16 << 20
		client = RawClient(b.hub.port, hub_key, peer.secret("curve"))
		client.socket.settimeout(10 * PATIENCE)
		check(is_cut(client, b"MU\x01\x03\0\0\0\0" + bytes(size)), "a frame of %d bytes leaves its connection open" % size)
		client.close()
		check(peer.open()[0] == peer.contract.WELCOME, "it comes back")
	peer.close()
	b.over()


def endless_multipart(world):
	"""Messages whose parts never end, from enrolled devices before and after HELLO, are cut off before they fill the hub's memory"""
	b = Besieged(world)
	import wire_pb2
	peer = Peer(b.hub.enroll("shenbei", "endless"))
	hub_key, part = bytes.fromhex(peer.text("hub_curve_key")), bytes(200 << 10)
	hello = peer.contract.frame(peer.contract.HELLO, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, schema=1, device=peer.id))
	sent = cut = 0
	for n in range(count(6, slow=3, long=60)):
		client = RawClient(b.hub.port, hub_key, peer.secret("curve"))
		if n % 2:
			client.part(hello, more=False)
			check(peer.contract.opened(client.receive())[0] == peer.contract.WELCOME, "it is let in")
		client.socket.settimeout(2 * PATIENCE)
		try:
			for _ in range(2000):
				client.part(part, more=True)
				sent += len(part)
		except OSError:  # cut off, or the line is stopped
			cut += 1
		client.close()
	check(cut == n + 1, "cut off %d times of %d, %d MiB were taken" % (cut, n + 1, sent >> 20))
	check("MST-4270" in b.hub.process.text(), b.hub.process.text())
	check(peer.open()[0] == peer.contract.WELCOME and peer.verdicts() == ["STORED"], "the device is served when it behaves")
	peer.close()
	b.over()


def rests(pid):
	"""Does the hub's main thread sleep for half a second?"""
	def switches():
		with open("/proc/%d/status" % pid) as f:
			return [line for line in f if line.startswith("voluntary")]
	before = switches()
	pause(0.5)
	return switches() == before


def endless_at_rest(world):
	"""A hub that rests, with nobody else there, cuts a message that never ends as soon, be its sender new or known"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	pid = hub.process.pid
	peer = Peer(hub.enroll("shenbei", "endless"))
	hub_key, part = bytes.fromhex(peer.text("hub_curve_key")), bytes(200 << 10)
	wait_for(lambda: rests(pid), 20, "nothing comes, nothing is done")
	memory = peak = private_bytes(pid)
	for n in range(4):
		client = RawClient(hub.port, hub_key, peer.secret("curve"))
		if n % 2:
			wait_for(lambda: rests(pid), 20, "it is in and the hub rests again")
		client.socket.settimeout(2 * PATIENCE)
		try:
			for _ in range(2000):
				client.part(part, more=True)
				peak = max(peak, private_bytes(pid))
			check(False, "%d: 400 MiB were taken" % n)
		except OSError:
			pass
		client.close()
		wait_for(lambda: rests(pid), 20, "the hub rests again")
	check(peak <= memory + MEMORY_MEANWHILE // 2, "memory: %d KiB before, %d KiB meanwhile" % (memory >> 10, peak >> 10))
	hub.stop()


def bombs(world):
	"""64 KiB that protobuf would blow up to megabytes: MALFORMED by name, with no memory for it"""
	b = Besieged(world)
	import wire_pb2
	peer, names = enrolled(b, "bombs"), []
	size = 64 << 10
	empty = {1: b"\x32\x00", 3: b"\x0a\x00", 6: b"\x22\x00", 9: b"\x98\x06\x01", 11: b"\x1a\x00", 8: b"\xa0\x06\x01"}
	nested = bytes([0x32]) + b"\xff\xff\x03" + b"\x2a\x00" * (size // 2)
	frames = [b"MU\x01" + bytes([kind, 0, 0, 0, 0]) + piece * (size // len(piece)) for kind, piece in empty.items()]
	frames += [b"MU\x01\x01\0\0\0\0" + nested, b"MU\x01\x01\0\0\0\0" + b"\x0b" * size, b"MU\x01\x07\0\0\0\0" + b"\x0a\x00" * (size // 2),
		b"MU\x01\x04\0\0\0\0" + b"\x0a\x02\x3a\x00" * (size // 4), b"MU\x01\x0f\0\0\0\0" + b"\x12\x00" * (size // 2)]
	for n in range(count(150, slow=60, long=5000)):
		peer.socket.send(rng.choice(frames))
		while peer.socket.poll(0):
			names.append(peer.answer()[0])
		if n % 50 == 0:
			b.served()
	peer.send(peer.contract.PING, wire_pb2.Ping(number=1))
	wait_for(lambda: peer.answer()[0] == "frame of kind 12", 20, "the session goes on")
	check("MALFORMED" in names, "no bomb was told by name: %s" % set(names))
	peer.close()
	b.over()


run(garbage_and_scans, idle_floods, wrong_keys, oversize_frames, endless_multipart, endless_at_rest, bombs)
