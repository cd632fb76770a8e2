#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 10: when a hub begins anew, all its devices come back at once, each over its own CURVE connection, and every one is served."""
import json
import os
import resource
import socket
import time

from lib import PATIENCE, Hub, check, count, run, wait_for
from peer import NACKS, Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
UNITS = ("tiexi", "shenbei", "kjj")
AGAIN_S = 5  # who hears nothing says HELLO again, as proto/README.md asks of a device
FILES_EACH = 3  # descriptors of a client's socket and connection
FILES_BESIDE = 500


def how_many(wanted):
	"""As many as the descriptors of this process allow."""
	soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
	resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
	return min(wanted, (hard - FILES_BESIDE) // FILES_EACH)


class Member:
	"""One device of a crowd: its stream, and what it waits for."""

	def __init__(self, crowd, number):
		import nacl.signing
		import zmq
		self.crowd, self.number = crowd, number
		self.id, seed = os.urandom(16), os.urandom(32)
		self.key = nacl.signing.SigningKey(seed)
		self.public, self.secret = zmq.curve_keypair()
		self.next_seq, self.prev, self.batch = 1, bytes(32), None
		self.socket, self.said, self.done = None, 0.0, False

	def enrolment(self):
		from zmq.utils import z85
		return {"do": "enrol", "unit": UNITS[self.number % len(UNITS)], "name": "%s@d%d" % (UNITS[self.number % len(UNITS)], self.number), "id": self.id.hex(),
			"sign_key": bytes(self.key.verify_key).hex(), "curve_key": z85.decode(self.public).hex()}

	def connect(self):
		import zmq
		s = self.socket = self.crowd.context.socket(zmq.DEALER)
		s.linger, s.curve_serverkey, s.curve_publickey, s.curve_secretkey = 0, self.crowd.hub_key, self.public, self.secret
		s.reconnect_ivl, s.reconnect_ivl_max, s.handshake_ivl = 250 + self.number % 256, 2000, 10000
		s.connect("tcp://127.0.0.1:%d" % self.crowd.hub.port)

	def say(self, kind, message, now):
		import zmq
		self.said = now
		try:
			self.socket.send(self.crowd.contract.frame(kind, message), zmq.NOBLOCK)
		except zmq.Again:
			pass

	def hello(self, now):
		import wire_pb2
		self.say(self.crowd.contract.HELLO, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, schema=1, device=self.id, software="crowd"), now)

	def push(self, welcome, now):
		import reporter
		import wire_pb2
		if self.batch is None:
			act = reporter.report(welcome.plan_version, "i06", self.enrolment()["unit"], "2012-Q2", self.next_seq * 100000 + self.number, 0,
				os.urandom(16), progress_pct=self.number % 100, done="d%d" % self.number)
			self.batch = reporter.seal(self.key, self.crowd.hub_id, self.id, self.next_seq, self.prev, [act], 0)
		self.say(self.crowd.contract.PUSH, wire_pb2.Push(batch=self.batch), now)

	def take(self, kind, message, now):
		k = self.crowd.contract
		if kind == k.WELCOME:
			self.push(message, now)
		elif kind == k.RECEIPT and self.batch is not None and message.receipts[0].header_hash == k.sha(self.batch[:172]):
			self.next_seq, self.prev, self.batch, self.done = self.next_seq + 1, k.sha(self.batch[:172]), None, True
		elif kind == k.NACK:
			check(NACKS[message.code] in ("BUSY", "GAP"), message)  # said again in a while

	def look(self, now):
		"""True when it is served."""
		import zmq
		while not self.done:
			try:
				self.take(*self.crowd.contract.opened(self.socket.recv(zmq.NOBLOCK)), now)
			except zmq.Again:
				break
		if not self.done and now - self.said > AGAIN_S * PATIENCE:
			self.hello(now)
		return self.done


class Crowd:
	"""N devices enrolled at HUB."""

	def __init__(self, world, hub, n):
		import contract
		import zmq
		from zmq.utils import z85
		beside = Peer(hub.enroll("shenbei", "beside"))
		self.hub, self.contract = hub, contract
		self.hub_id, self.hub_key = beside.hub, z85.encode(bytes.fromhex(beside.text("hub_curve_key")))
		self.context = zmq.Context()
		self.context.max_sockets = n + 10
		self.members = [Member(self, i) for i in range(n)]
		for m in self.members:
			told = self.ask(m.enrolment())
			check("error" not in told, told)

	def ask(self, request):
		with socket.socket(socket.AF_UNIX) as s:
			s.connect(os.path.join(self.hub.dir, "control.sock"))
			s.sendall(json.dumps(request).encode() + b"\n")
			got = b""
			while not got.endswith(b"\n\n"):
				piece = s.recv(65536)
				check(piece, "the hub hung up: %s" % got)
				got += piece
		return json.loads(got.splitlines()[0])

	def is_served(self, within):
		"""Each is welcomed and has the receipt of one more report."""
		waiting = self.members
		for m in waiting:
			m.done = False
			m.hello(time.monotonic())

		def look():
			nonlocal waiting
			waiting = [m for m in waiting if not m.look(time.monotonic())]
			return not waiting
		wait_for(look, within, lambda: "%d of %d are not served; the hub:\n%s" % (len(waiting), len(self.members), self.hub.process.text()[-800:]))

	def close(self):
		self.context.destroy(linger=0)


def all_come_back(world):
	"""thousands of devices that are cut off by the hub's end, killed or stopped, come back over real connections, and each is served; nothing is lost or doubled"""
	learn(world)
	n = how_many(count(150, slow=40, long=3000))
	hub = Hub(world, clock=CLOCK).start()
	crowd = Crowd(world, hub, n)
	within = 60 + n / 20
	for m in crowd.members:
		m.connect()
	crowd.is_served(within)
	check(hub.status()["sessions"] == n, hub.status())
	for end in (hub.kill, hub.stop, hub.kill):
		end()
		hub.start()
		crowd.is_served(within)
		check(hub.status()["sessions"] == n, hub.status())
	check({hub_unit["acts"] for name, hub_unit in hub.units().items() if "@d" in name} == {4}, "four reports of each")
	crowd.close()
	hub.stop()
	hub.is_clean()


run(all_come_back)
