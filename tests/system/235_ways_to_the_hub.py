#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What lies between an office and its hub: dead addresses, names, cut handshakes. The cause is told, and nothing of it outlasts its cause."""
import os
import select
import socket
import struct
import threading

from lib import Hub, Office, check, free_port, muster, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"
NO_NAME, NO_WAY, NOTHING_BACK, NOBODY, CUT = 4134, 4135, 4136, 4137, 4133


class Proxy:
	"""A way to PORT that a test opens and closes: while it is closed every connection is reset."""

	def __init__(self, port):
		self.to, self.is_open, self.resets = port, False, 0
		self.ear = socket.create_server(("127.0.0.1", 0))
		self.port = self.ear.getsockname()[1]
		threading.Thread(target=self.listen, daemon=True).start()

	def listen(self):
		while True:
			line, _ = self.ear.accept()
			if self.is_open:
				threading.Thread(target=self.carry, args=(line,), daemon=True).start()
				continue
			self.resets += 1
			line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
			line.close()

	def carry(self, near):
		far = socket.create_connection(("127.0.0.1", self.to))
		other = {near: far, far: near}
		while True:
			for line in select.select(list(other), [], [])[0]:
				data = line.recv(65536)
				if not data:
					near.close()
					far.close()
					return
				other[line].sendall(data)


def trouble(office):
	told = office.status()["hub"]["trouble"]
	return told and told["code"]


def goes_to(office, *addresses):
	office.set("addresses", "{%s}" % ", ".join('"%s"' % a for a in addresses))


def report(office, **words):
	return office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 5, "done": "一期"}}, **words)


def the_cause_is_told(world):
	"""full: while there is no connection the status says why, with its code, the log says it once, and reports wait; then they arrive"""
	hub = Hub(world, clock=CLOCK)
	for unit, address, code in (("tiexi", "tcp://127.0.0.1:%d" % hub.port, NOBODY), ("heping", "tcp://no-such-host.invalid:7300", NO_NAME)):
		office = Office(world, hub, unit)
		goes_to(office, address)
		office.start()
		report(office, wait=0, expect=75)
		wait_for(lambda: trouble(office) == code, 30, lambda: "the cause: %s" % office.status()["hub"])
		check("MST-%d" % code in muster("status", "--dir", office.dir).stdout, "status says it to people")
		wait_for(lambda: "MST-%d" % code in office.process.text(), 10, "so does the log")
		check(office.process.text().count("MST-%d" % code) == 1, office.process.text())
		if code == NOBODY:
			done = muster("feed", "--dir", office.dir, expect=69)
			check("MST-4125" in done.stderr and "nobody listens" in done.stderr, "feed says it too: " + done.stderr)
			hub.start()
			wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 20, lambda: office.status()["hub"])
			check(trouble(office) is None, "it is over")
		else:
			goes_to(office, "tcp://no-such-host.invalid:7300", "tcp://localhost:%d" % hub.port)
			office.stop()
			office.start()
			wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 40, lambda: office.status()["hub"])
		office.stop()
	hub.is_clean()


def addresses_of_localhost():
	return [a[4][0] for a in socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)]


def one_of_two_addresses_is_dead(world):
	"""a name with several addresses leads to the one that answers, whichever comes first; for join and feed too"""
	hub = Hub(world, clock=CLOCK).start()
	if len(set(addresses_of_localhost())) < 2:
		print("        localhost has one address here: only that it is found by name", flush=True)
	office = Office(world, hub, "tiexi")
	goes_to(office, "tcp://localhost:%d" % hub.port)
	office.start()
	report(office, wait=20)
	key = muster("hub", "invite", "heping", "--dir", hub.dir, "--address", "tcp://localhost:%d" % hub.port).stdout
	joined = world.path("heping")
	with open(world.path("key"), "w") as f:
		f.write(key)
	muster("join", "--dir", joined, "--key-file", world.path("key"))
	muster("feed", "--dir", joined, "--own", "--since", "0")
	check(os.path.exists(os.path.join(joined, "agent.conf")), "joined by name")
	hub.is_clean()


def cut_handshakes_are_no_refusal(world):
	"""connections that are reset before the handshake is over are told as that, and reports flow within seconds once they are not"""
	hub = Hub(world, clock=CLOCK).start()
	way = Proxy(hub.port)
	office = Office(world, hub, "tiexi")
	goes_to(office, "tcp://127.0.0.1:%d" % way.port)
	office.start()
	report(office, wait=0, expect=75)
	wait_for(lambda: way.resets > 12, 40, lambda: "it tries on: %d" % way.resets)
	check(office.status()["hub"]["state"] == "DOWN" and trouble(office) == CUT, office.status()["hub"])
	way.is_open = True
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 10, lambda: office.status()["hub"])
	hub.is_clean()


def a_silent_name_service_holds_nothing_up(world):
	"""an agent whose hub's name is not found ends at once"""
	hub = Hub(world, clock=CLOCK)
	office = Office(world, hub, "tiexi")
	goes_to(office, "tcp://no-such-host.invalid:%d" % free_port())
	office.start()
	office.stop()


if __name__ == "__main__":
	run(the_cause_is_told, one_of_two_addresses_is_dead, cut_handshakes_are_no_refusal, a_silent_name_service_holds_nothing_up)
