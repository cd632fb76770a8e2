# SPDX-License-Identifier: Apache-2.0
"""A hub in Python that has the keys of a real one, which is stopped: it says whatever a test wants to the agents of its directory."""
import base64
import os
import re

import nacl.signing
import zmq
from zmq.utils import z85

from lib import PATIENCE, Failed


class FakeHub:
	"""At the port of HUB. peer.learn(world) comes first."""

	def __init__(self, hub):
		import contract
		self.contract = contract
		conf = open(os.path.join(hub.dir, "hub.conf"), encoding="utf-8").read()
		text = lambda name: re.search(r'^%s\s*=\s*"([^"]*)"' % name, conf, re.M).group(1)
		self.id, self.log_key = bytes.fromhex(text("hub" if "\nhub =" in conf else "id")), text("log_key")
		key = open(os.path.join(hub.dir, "hub.key"), encoding="utf-8").read()
		signer = open(os.path.join(hub.dir, "signer", "signer.key"), encoding="utf-8").read()
		self.signer = nacl.signing.SigningKey(bytes.fromhex(re.search(r"^seed (\w+)$", signer, re.M).group(1)))
		self.socket = zmq.Context.instance().socket(zmq.ROUTER)
		self.socket.linger, self.socket.curve_server, self.socket.sndhwm = 0, True, 100000
		self.socket.router_mandatory = True
		self.socket.curve_secretkey = z85.encode(bytes.fromhex(re.search(r"^curve (\w+)$", key, re.M).group(1)))
		self.socket.bind("tcp://127.0.0.1:%d" % hub.port)
		self.peer = None

	def close(self):
		self.socket.close()

	def hear(self, kind=None, seconds=15):
		"""The body of the next frame, of KIND when it is given; whoever sent it is spoken to from then on."""
		while self.socket.poll(int(1000 * seconds * PATIENCE)):
			self.peer, data = self.socket.recv_multipart()
			if kind is None or data[3] == kind:
				return data
		raise Failed("the agent says nothing")

	def drain(self):
		while self.socket.poll(0):
			self.peer, _ = self.socket.recv_multipart()

	def say(self, kind, message):
		self.say_raw(self.contract.frame(kind, message))

	def say_raw(self, data):
		self.socket.send_multipart([self.peer, data])

	def checkpoint(self, size, root):
		"""One that the log's key has signed."""
		import wire_pb2
		origin, key_hash, _ = self.log_key.split("+", 2)
		text = "%s\n%d\n%s\n" % (origin, size, base64.b64encode(root).decode())
		signed = bytes.fromhex(key_hash) + self.signer.sign(text.encode()).signature
		note = text + "\n\u2014 %s %s\n" % (origin, base64.b64encode(signed).decode())
		return wire_pb2.Checkpoint(size=size, root=root, note=note.encode())

	def welcome(self, **more):
		import wire_pb2
		limits = wire_pb2.Limits(act_bytes=48 << 10, batch_acts=256, batch_bytes=192 << 10, frame_bytes=256 << 10, window_batches=32,
			window_bytes=2 << 20)
		facts = dict(protocol=1, software="fake", next_seq=1, last_header=bytes(32), limits=limits, schema=1, hub=self.id, hub_time=int(1e15),
			plan_version=bytes(32), checkpoint=self.checkpoint(1, bytes(32)))
		facts.update(more)
		self.say(self.contract.WELCOME, wire_pb2.Welcome(**facts))
