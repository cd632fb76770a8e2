#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The hub's control socket: whatever is said there is answered by name or hung up on, and nobody else waits for it."""
import json
import os
import socket
import threading

from lib import PATIENCE, Hub, check, count, free_port, muster, rng, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"
VERBS = ("status", "units", "enrol", "revoke", "invite", "withdraw", "approve", "clock", "plan", "import", "move", "place")
MEMBERS = ("unit", "name", "id", "sign_key", "curve_key", "key", "seconds", "approve", "replace", "reason", "time", "file", "from", "hex", "listen",
	"address", "until")


def connect(hub):
	s = socket.socket(socket.AF_UNIX)
	s.connect(os.path.join(hub.dir, "control.sock"))
	s.settimeout(20 * PATIENCE)
	return s


def ask(hub, line):
	"""All that the hub answers to LINE; None when it hung up before the end."""
	with connect(hub) as s:
		try:
			s.sendall(line + b"\n")
			told = b"".join(iter(lambda: s.recv(65536), b""))
		except OSError:
			return None
	return told[:-1].splitlines() if told == b"\n" or told.endswith(b"\n\n") else None


def refusal(hub, line):
	"""The code of the refusal that answers LINE."""
	told = ask(hub, line)
	check(told is not None and len(told) == 1, "%r: %s" % (line[:80], told))
	error = json.loads(told[0]).get("error")
	check(error and error["code"] > 0 and error["text"], "%r: %s" % (line[:80], told))
	return error["code"]


def no_file(world):
	"""a plan that is a pipe into which nobody writes is refused; the hub does not wait for it"""
	hub = Hub(world, clock=CLOCK).start()
	pipe = world.path("pipe")
	os.mkfifo(pipe)
	refusal(hub, json.dumps({"do": "plan", "file": pipe, "from": "2012-Q3"}).encode())
	check("no regular file" in muster("plan", "apply", pipe, "--dir", hub.dir, "--from", "2012-Q3", expect=65).stderr, "told by name")
	check(hub.status()["size"] > 0, "the hub serves on")
	hub.stop()


def half_askers(world):
	"""as many as there are places who never end their request, never read the answer, or go before it: each place is free again"""
	hub = Hub(world, clock=CLOCK).start()
	for opening in (b"", b'{"do":"stat', b'{"do":"units"}\n', b'{"do":"status"}\nmore'):
		crowd = []
		for _ in range(40):
			s = connect(hub)
			try:
				s.sendall(opening)
			except OSError:
				pass
			crowd.append(s)
		for s in crowd:
			s.close()
		wait_for(lambda: ask(hub, b'{"do":"status"}'), 20, "the next one is answered")
	hub.stop()


def names_of_devices(world):
	"""what the command would not call a device the hub refuses too, running or not, and so does whoever verifies its log"""
	hub = Hub(world, clock=CLOCK).start()
	for name in ("tiexi", "tiexi@", "fgw@office", "tiexi@a b", "tiexi@a@b", "tiexi@\"a\"", "tiexi@" + "a" * 49):
		keys = {"unit": "tiexi", "name": name, "id": "12" * 16, "sign_key": "34" * 32, "curve_key": "56" * 32, "key": "78" * 32, "seconds": 60}
		for verb in ("enrol", "invite"):
			check(refusal(hub, json.dumps(dict(keys, do=verb)).encode()) == 5053, name)
	check(list(hub.units()) == [] and muster("hub", "invites", "--dir", hub.dir).stdout.count("tiexi") == 0, "nothing was taken")
	muster("hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("x"), "--device", "a\tb", expect=64)
	hub.stop()
	hub.is_clean()


def other_forms(world):
	"""what is no request, and requests with members of any other form, are refused by name"""
	hub = Hub(world, clock=CLOCK).start()
	for line in (b"", b"{", b"[]", b"null", b"7", b'"status"', b'{"do":7}', b'{"do":"nothing"}', b'{"do":"status","do":"status"} x', b"\xff\xfe",
			b'{"do":"\\u0000"}', b"[" * 100000, b'{"do":' * 50000):
		refusal(hub, line)
	for seconds in (2 ** 63 - 1, -2 ** 63, 10 ** 13, 0):
		refusal(hub, json.dumps({"do": "invite", "unit": "tiexi", "name": "a@b", "key": "11" * 32, "seconds": seconds}).encode())
	texts = ("", "x", "tiexi", "tiexi@office", "0" * 64, "11" * 32, "f" * 31, "沈阳\n", "\x00", "a" * 5000, "2012-07-05T12:00:00+08:00", "2012-Q2",
		"tcp://127.0.0.1:%d" % free_port(), "/dev/null", "/", "/proc/self/mem", hub.dir)
	values = texts + (0, 1, -1, 2 ** 31, 2 ** 63 - 1, -2 ** 63, 10 ** 15, 1.5, True, False, None, [], {}, ["tiexi"], {"unit": "tiexi"})
	for _ in range(count(3000, slow=500, long=50000)):
		request = {name: rng.choice(values) for name in rng.sample(MEMBERS, rng.randrange(len(MEMBERS)))}
		request["do"] = rng.choice(VERBS)
		if request["do"] == "move":
			request["until"] = None
		told = ask(hub, json.dumps(request).encode())
		check(told is not None and hub.process.running(), "%.500s: %s\n%s" % (request, told, hub.process.text()[-3000:]))
		for line in told:
			json.loads(line)
	hub.stop()
	hub.is_clean()


def answer_of_enrolment_lost(world):
	"""an enrolment whose answer is lost leaves the device's directory, and that is the enrolled device; a refusal leaves none"""
	hub = Hub(world, clock=CLOCK).start()
	path = os.path.join(hub.dir, "control.sock")
	moved = path + ".moved"
	asked = []

	def lose_answers(listener):
		while not any(b'"enrol"' in line for line in asked):
			with listener.accept()[0] as client, socket.socket(socket.AF_UNIX) as behind:
				behind.connect(moved)
				asked.append(client.makefile("rb").readline())
				behind.sendall(asked[-1])
				told = b"".join(iter(lambda: behind.recv(65536), b""))
				if b'"enrol"' not in asked[-1]:
					client.sendall(told)

	os.rename(path, moved)
	with socket.socket(socket.AF_UNIX) as listener:
		listener.bind(path)
		listener.listen()
		between = threading.Thread(target=lose_answers, args=(listener,), daemon=True)
		between.start()
		out = world.path("kept")
		told = muster("hub", "enroll", "tiexi", "--dir", hub.dir, "--out", out, expect=69).stderr
		between.join()
	os.rename(moved, path)
	check("tiexi@office" in hub.units() and out in told and "hub units" in told, told)
	world.start("muster-agent", "--dir", out)
	wait_for(lambda: hub.units()["tiexi@office"]["software"], 30, "the directory is that of the enrolled device")
	muster("hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("x"), expect=None)
	check(not os.path.exists(world.path("x")), "a refused one leaves no directory")
	hub.stop()


run(no_file, answer_of_enrolment_lost, half_askers, names_of_devices, other_forms)
