# SPDX-License-Identifier: Apache-2.0
"""A device in Python, on tests/interop/contract.py: it says whatever a test wants and keeps every frame that it gets.

learn(world) comes first: it makes the protobuf modules with protoc and puts them on the path."""
import os
import subprocess
import sys
import time

from lib import PATIENCE, SOURCE, Failed, Process, check

INTEROP = os.path.join(SOURCE, "tests", "interop")
NACKS = [None, "GAP", "BAD_BATCH", "NOT_YOURS", "FORK", "FROZEN", "REVOKED", "BUSY", "STORAGE", "SCHEMA", "HISTORY"]
VERDICTS = {1: "STORED", 2: "STORED_SUPERSEDED", 3: "DUPLICATE", 16: "REFUSED_MALFORMED", 17: "REFUSED_SCHEMA", 18: "REFUSED_UNKNOWN",
	19: "REFUSED_NOT_BEGUN", 20: "REFUSED_NOT_ASSIGNED", 21: "REFUSED_NOT_LEAD", 26: "REFUSED_LATE", 27: "REFUSED_CONFLICT"}


def generate(world):
	"""The folder of the generated modules."""
	out = world.path("protobuf")
	if not os.path.isdir(out):
		os.mkdir(out)
		proto = os.path.join(SOURCE, "proto")
		done = subprocess.run(["protoc", "-I" + proto, "--python_out=" + out, "act.proto", "wire.proto"], capture_output=True, text=True)
		check(done.returncode == 0, "protoc: " + done.stderr)
	return out


def script(world, name, *arguments):
	"""A program of tests/interop, at work."""
	os.environ["PYTHONPATH"] = generate(world)
	world.n += 1
	p = Process(["/usr/bin/python3", "-B", os.path.join(INTEROP, name), *arguments], world.path("%s-%d.log" % (name, world.n)))
	world.processes.append(p)
	return p


def learn(world):
	for folder in (INTEROP, generate(world)):
		if folder not in sys.path:
			sys.path.insert(0, folder)


class Peer:
	"""DIRECTORY is that of an enrolled device that no agent runs on."""

	def __init__(self, directory):
		import contract
		import nacl.signing
		self.contract, self.dir = contract, directory
		self.text, self.secret = contract.settings(directory)
		self.unit, self.hub, self.id = self.text("unit"), bytes.fromhex(self.text("hub")), bytes.fromhex(self.text("device"))
		self.key = nacl.signing.SigningKey(self.secret("sign"))
		self.next_seq, self.prev, self.revision = 1, bytes(32), 0
		self.socket, self.sent, self.got, self.receipts = None, [], [], {}

	# ---- the line ----

	def open(self, roles=3, **more):
		"""A new connection; what HELLO is answered with."""
		import wire_pb2
		self.close()
		self.socket = self.contract.connect(self.text, self.secret, roles=roles, software="peer", **more)
		self.sent.append(self.contract.frame(1, wire_pb2.Hello(roles=roles, protocol_min=1, protocol_max=1, schema=1, device=self.id,
			software="peer", **more)))
		answer = self.receive()
		if answer[0] == self.contract.WELCOME:
			self.version = answer[1].plan_version
		return answer

	def close(self):
		if self.socket is not None:
			self.socket.close()
		self.socket = None

	def send(self, kind, message):
		self.send_raw(self.contract.frame(kind, message))

	def send_raw(self, data):
		self.sent.append(data)
		self.socket.send(data)

	def receive(self, seconds=10):
		"""(kind, message) of the next frame."""
		if not self.socket.poll(int(1000 * seconds * PATIENCE)):
			raise Failed("no frame from the hub in %.0f s" % (seconds * PATIENCE))
		data = self.socket.recv()
		self.got.append(data)
		return self.contract.opened(data)

	def open_name(self, seconds=2):
		"""What becomes of a new connection: WELCOME, the name of an ERROR or BYE, or silence when the door stays shut."""
		self.close()
		self.socket = self.contract.connect(self.text, self.secret, roles=3)
		if not self.socket.poll(int(1000 * seconds * PATIENCE)):
			return "silence"
		kind, message = self.receive()
		return "WELCOME" if kind == self.contract.WELCOME else message.name

	# ---- its stream ----

	def act(self, item="i06", period="2012-Q2", revision=None, unit=None, created_us=None, **body):
		import reporter
		self.revision += 1
		body = body or {"progress_pct": self.revision % 100, "done": "no. %d" % self.revision}
		return reporter.report(self.version, item, unit or self.unit, period, revision or self.revision,
			int(time.time() * 1e6) if created_us is None else created_us, os.urandom(16), **body)

	def other_act(self, kind, body, item="i06", period="2012-Q2", created_us=0, unit=None):
		import act_pb2
		return act_pb2.Act(schema=2, kind=kind, salt=os.urandom(16), created_at=created_us, plan="sy-2012", plan_version=self.version, item=item,
			unit=unit or self.unit, period=period, body=body.SerializeToString()).SerializeToString()

	def seal(self, *acts, key=None, hub=None, device=None, first_seq=None, prev=None, now=None):
		"""A batch of ACTS (one report when there are none), with anything in its header that a test wants."""
		import reporter
		return reporter.seal(key or self.key, hub or self.hub, device or self.id, self.next_seq if first_seq is None else first_seq,
			self.prev if prev is None else prev, acts or [self.act()], int(time.time() * 1e6) if now is None else now)

	def went(self, batch):
		"""The stream goes on behind BATCH."""
		self.next_seq += int.from_bytes(batch[56:58], "big")
		self.prev = self.contract.sha(batch[:172])

	def push(self, batch):
		"""What the hub says to it: a name, and the message."""
		import wire_pb2
		self.send(self.contract.PUSH, wire_pb2.Push(batch=batch))
		return self.answer()

	def answer(self):
		kind, message = self.receive()
		if kind == self.contract.RECEIPT:
			return "RECEIPT", message.receipts[0]
		if kind == self.contract.NACK:
			return NACKS[message.code], message
		return message.name if kind >= self.contract.ERROR else "frame of kind %d" % kind, message

	def report(self, *acts, **header):
		"""Seal, push, go on; the receipt."""
		batch = self.seal(*acts, **header)
		name, receipt = self.push(batch)
		check(name == "RECEIPT", "%s: %s" % (name, receipt))
		self.went(batch)
		return receipt

	def verdicts(self, *acts, **header):
		return [VERDICTS.get(v, v) for v in self.report(*acts, **header).verdicts]
