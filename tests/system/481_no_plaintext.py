#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No plaintext on the wire: what a listener on the line records says nothing, and who comes without CURVE stays outside."""
import socket
import threading

import zmq
import zmq.utils.monitor

from lib import Hub, Office, check, count, run, wait_for
from peer import Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
MARK = "MARK-7e57ab1e-秘密"
FAILED = {zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_AUTH}


class Relay:
	"""A listener on the line: passes on what comes, and keeps it."""

	def __init__(self, port):
		self.to, self.bytes, self.lock = port, bytearray(), threading.Lock()
		self.door = socket.create_server(("127.0.0.1", 0))
		self.port = self.door.getsockname()[1]
		self.run(self.take_in)

	def run(self, work, *arguments):
		threading.Thread(target=work, args=arguments, daemon=True).start()

	def take_in(self):
		while True:
			try:
				here, _ = self.door.accept()
			except OSError:
				return
			try:
				there = socket.create_connection(("127.0.0.1", self.to))
			except OSError:
				here.close()
				continue
			self.run(self.pump, here, there)
			self.run(self.pump, there, here)

	def pump(self, a, b):
		try:
			while data := a.recv(65536):
				with self.lock:
					self.bytes += data
				b.sendall(data)
		except OSError:
			pass
		for end in (a, b):
			try:
				end.shutdown(socket.SHUT_RDWR)
			except OSError:
				pass

	def recorded(self):
		with self.lock:
			return bytes(self.bytes)


def words(*texts):
	"""Each text as it may lie in bytes."""
	return [t.encode(code) for t in texts for code in ("utf-8", "gb18030", "utf-16-le")] + [t.encode().hex().encode() for t in texts]


def nothing_is_readable(world):
	"""A listener between agents, readers and hub finds no marker, name, unit, item, period, plan or act in all that passes"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	relay = Relay(hub.port)
	office, lead = Office(world, hub, "tiexi"), Office(world, hub, "jxw")
	for o in (office, lead):
		o.set("addresses", '{"tcp://127.0.0.1:%d"}' % relay.port)
		o.start()
	acts = [{"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 40 + n, "done": "%s %d" % (MARK, n), "approved_by": "李"}} for n in range(3)]
	for a in acts:
		check(office.report_json(a)[0]["verdict"] == "STORED", "the report arrives through the relay")
	wait_for(lambda: lead.verdict("return", "i06", "tiexi", "2012-Q2", reason=MARK) == "STORED", 30, "and the decision, once the lead has the report")
	wait_for(lambda: any(MARK in text for text in office.notices().values()), 30, "the office has it")
	reader = Peer(lead.hub.enroll("jxw", "reader"))
	reader.text = lambda name, text=reader.text: "tcp://127.0.0.1:%d" % relay.port if name == "addresses" else text(name)
	import wire_pb2
	reader.open(roles=2)
	reader.send(reader.contract.SUBSCRIBE, wire_pb2.Subscribe(classes=7, credit=1000, once=True))
	wait_for(lambda: reader.receive() and MARK.encode() in b"".join(reader.got), 30, "the reader has it too, in its frames")
	for o in (office, lead):
		o.stop()
	heard = relay.recorded()
	check(len(heard) > 5000, "the relay heard %d bytes" % len(heard))
	acts = []
	for kind, message in (reader.contract.opened(frame) for frame in reader.got):
		acts += [a.act for e in message.entries for a in e.acts] if kind == reader.contract.FEED else []
	check(len(acts) > 3, "acts to look for: %d" % len(acts))
	for word in words(MARK, "MARK", "tiexi", "jxw", "2012-Q2", "sy-2012", "office", "software", "muster/batch") + acts + [b"\x12\x03i06", b"MU\x01\x03"]:
		check(word not in heard, "%r went over the line in clear" % word)


def the_listener_would_hear_it(world):
	"""The same relay between two sockets without CURVE hears every word: the test above can fail"""
	context = zmq.Context.instance()
	hub, office = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
	for s in (hub, office):
		s.linger = 0
	relay = Relay(hub.bind_to_random_port("tcp://127.0.0.1"))
	office.connect("tcp://127.0.0.1:%d" % relay.port)
	office.send(MARK.encode())
	check(hub.poll(10000), "it arrives")
	check(words(MARK)[0] in relay.recorded(), "the relay is deaf")
	hub.close()
	office.close()


def handshake_of(prepare, port):
	"""What becomes of a client's handshake: the first event of it."""
	client = zmq.Context.instance().socket(zmq.DEALER)
	client.linger = 0
	prepare(client)
	monitor = client.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | sum(FAILED))
	client.connect("tcp://127.0.0.1:%d" % port)
	client.send(b"MU\x01\x01\0\0\0\0\x08\x03")
	check(monitor.poll(20000), "the handshake ends")
	event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
	served = client.poll(50)
	client.disable_monitor()
	client.close()
	return event, served


def plain(client):
	client.plain_username, client.plain_password = b"tiexi", b"secret"


def who_comes_without_curve_stays_outside(world):
	"""NULL and PLAIN clients are refused in the handshake, every time, and an enrolled device is served meanwhile"""
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	peer = Peer(hub.enroll("tiexi"))
	peer.open()
	size = hub.status()["size"]
	for n in range(count(20, slow=5, long=100)):
		for name, prepare in (("NULL", lambda client: None), ("PLAIN", plain)):
			event, served = handshake_of(prepare, hub.port)
			check(event in FAILED and not served, "%s client %d: event %d" % (name, n, event))
	check(peer.verdicts() == ["STORED"], "the device is served")
	check(hub.status()["size"] == size + 1, "nothing else came in")
	hub.stop()


def an_agent_says_nothing_to_a_hub_without_curve(world):
	"""A program without CURVE at the hub's address hears nothing from an agent, which says so and keeps its report"""
	hub = Hub(world, clock=CLOCK)
	office = Office(world, hub, "tiexi")
	false_hub = zmq.Context.instance().socket(zmq.ROUTER)
	false_hub.linger = 0
	relay = Relay(false_hub.bind_to_random_port("tcp://127.0.0.1"))
	office.set("addresses", '{"tcp://127.0.0.1:%d"}' % relay.port)
	office.start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "10", "--done", MARK)
	wait_for(lambda: (office.status()["hub"].get("trouble") or {}).get("code"), 60, lambda: "a code: %s" % office.status())
	check(not false_hub.poll(100), "a frame came through")
	check(all(word not in relay.recorded() for word in words(MARK, "tiexi")), "something went over the line in clear")
	check(office.status()["queue"]["without_receipt"] == 1, office.status())
	office.stop()
	false_hub.close()


run(nothing_is_readable, the_listener_would_hear_it, who_comes_without_curve_stays_outside, an_agent_says_nothing_to_a_hub_without_curve)
