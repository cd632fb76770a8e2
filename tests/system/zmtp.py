# SPDX-License-Identifier: Apache-2.0
"""ZMTP 3.0 with CURVE by hand: a client that is free to break rules which libzmq keeps."""
import os
import socket

from nacl.bindings import crypto_box, crypto_box_keypair, crypto_box_open, crypto_scalarmult_base

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00CURVE" + bytes(15) + b"\x00" + bytes(31)


class RawClient:
	"""A connection to PORT, past the handshake: HUB_KEY is the hub's public key, SECRET the client's."""

	def __init__(self, port, hub_key, secret):
		self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
		self.count = 0
		self.handshake(hub_key, secret)

	def handshake(self, hub_key, secret):
		mine, self.short = crypto_box_keypair()
		self.socket.sendall(GREETING)
		self.read(64)
		box = crypto_box(bytes(64), b"CurveZMQHELLO---" + self.nonce(), hub_key, self.short)
		self.command(b"\x05HELLO\x01\x00" + bytes(72) + mine + self.last + box)
		welcome = self.frame()
		assert welcome[:8] == b"\x07WELCOME", welcome
		plain = crypto_box_open(welcome[24:], b"WELCOME-" + welcome[8:24], hub_key, self.short)
		self.hub, cookie = plain[:32], plain[32:]
		long_nonce = os.urandom(16)
		vouch = crypto_box(mine + hub_key, b"VOUCH---" + long_nonce, self.hub, secret)
		meta = b"\x0bSocket-Type\x00\x00\x00\x06DEALER"
		box = crypto_box(crypto_scalarmult_base(secret) + long_nonce + vouch + meta, b"CurveZMQINITIATE" + self.nonce(), self.hub, self.short)
		self.command(b"\x08INITIATE" + cookie + self.last + box)
		assert self.frame()[:6] == b"\x05READY", "the hub does not let it in"

	def nonce(self):
		self.count += 1
		self.last = self.count.to_bytes(8, "big")
		return self.last

	def command(self, body):
		self.write(4, body)

	def write(self, flags, body):
		head = bytes([flags, len(body)]) if len(body) < 256 else bytes([flags | 2]) + len(body).to_bytes(8, "big")
		self.socket.sendall(head + body)

	def read(self, n):
		data = b""
		while len(data) < n:
			piece = self.socket.recv(n - len(data))
			if not piece:
				raise ConnectionError("the hub hung up")
			data += piece
		return data

	def frame(self):
		flags = self.read(1)[0]
		return self.read(int.from_bytes(self.read(8 if flags & 2 else 1), "big"))

	def part(self, data, more):
		"""One part of a message."""
		box = crypto_box(bytes([1 if more else 0]) + data, b"CurveZMQMESSAGEC" + self.nonce(), self.hub, self.short)
		self.write(0, b"\x07MESSAGE" + self.last + box)

	def receive(self):
		"""One part of what the hub says."""
		body = self.frame()
		return crypto_box_open(body[16:], b"CurveZMQMESSAGES" + body[8:16], self.hub, self.short)[1:]

	def close(self):
		self.socket.close()
