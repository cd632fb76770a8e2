#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An office joins with one line: once exactly, whoever tries and whatever dies; every refusal has a code and a remedy."""
import base64
import os
import subprocess
import time

import peer
from lib import Hub, Office, check, count, environment, free_port, muster, muster_json, muster_lines, PATIENCE, pause, program, rng, run, \
	wait_for


class Joined(Office):
	"""An office whose directory was made by `muster join`."""

	def __init__(self, world, hub, unit, directory):
		self.world, self.hub, self.unit, self.dir = world, hub, unit, directory
		self.folder = os.path.join(self.dir, "reports")
		self.log = self.dir + ".log"
		self.process = None


def invite(hub, unit, *words):
	return muster_json("hub", "invite", unit, "--dir", hub.dir, *words)["key"]


def key_file(world, key):
	path = world.path("key-%d" % rng.randrange(1 << 30))
	with open(path, "w", encoding="ascii") as f:
		f.write(key + "\n")
	return path


def join(world, directory, key, *words, expect=0):
	done = muster("join", "--dir", directory, "--key-file", key_file(world, key), "--json", *words, expect=expect)
	return done


def refusal(world, directory, key, code, *words, expect=77):
	done = join(world, directory, key, *words, expect=expect)
	check("[MST-%d]" % code in done.stderr, "code %d: %s" % (code, done.stderr))
	check("(" in done.stderr, "it says what to do: %s" % done.stderr)
	return done.stderr


def devices_of(hub, unit):
	return [d for d in hub.units().values() if d["unit"] == unit]


def an_office_reports_at_once(world):
	"""join: one line from the hub, one command at the office, and it reports; key and directory are its owner's alone"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00").start()
	done = muster("hub", "invite", "tiexi", "--dir", hub.dir, "--expires", "12h")
	check(done.stdout.count("\n") == 1 and done.stdout.startswith("muster-join-1."), "one line: %r" % done.stdout)
	directory = world.path("office")
	checked = muster("join", "--dir", directory, "--dry-run", stdin=done.stdout)
	edited = muster("join", "--dir", directory, "--dry-run", stdin="\ufeff  " + done.stdout.strip() + "\r\n")
	check("tiexi@office" in edited.stdout, "a line that went through an editor: " + edited.stdout)
	told = muster("join", "--dir", directory, "--key-file", hub.dir + "/plan.conf", expect=65).stderr
	check("muster hub invite" in told, "another file: " + told)
	check("tiexi@office" in checked.stdout and not os.path.exists(directory), "a dry run changes nothing: " + checked.stdout)
	check(not devices_of(hub, "tiexi"), "a dry run enrols nobody")
	muster("join", "--dir", directory, stdin=done.stdout)
	check(os.stat(os.path.join(directory, "device.key")).st_mode & 0o777 == 0o600, "the key is the owner's alone")
	check(os.stat(directory).st_mode & 0o777 == 0o700, "the directory too")
	office = Joined(world, hub, "tiexi", directory).start()
	answer = office.report("--item", "i06", "--period", "2012-Q2", "--progress", "50", "--done", "x", "--wait", "30", expect=None)
	check([a["state"] for a in answer] == ["received"], "the hub has it: %s" % answer)
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 30, "nothing waits")
	office.stop()
	os.chmod(os.path.join(directory, "device.key"), 0o640)
	refused = world.start("muster-agent", "--dir", directory)
	check(refused.wait(20) == 77, "a key that others can read is refused")
	hub.is_clean()


def every_refusal_has_its_code(world):
	"""join: used, expired, other unit, other hub, unreachable, mistyped, foreign folder: each its own code and remedy, and no key is used up by it"""
	hub = Hub(world, clock="2012-12-31T12:00:00+08:00,0").start()
	key = invite(hub, "tiexi", "--expires", "1d")
	at = 20 + rng.randrange(40)
	refusal(world, world.path("a"), key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1:], 7020, expect=65)
	refusal(world, world.path("a"), key[:-3], 7020, expect=65)
	refusal(world, world.path("a"), "what is this", 7020, expect=65)
	full = world.path("full")
	os.mkdir(full)
	open(os.path.join(full, "letter.txt"), "w").close()
	check("letter.txt" in refusal(world, full, key, 7023, expect=None), "what lies there is named")
	os.mkdir(world.path("a"))
	for name in (".device.key.0a1b2c3d", ".plan.conf.4a3f01f7", ".agent.conf.00000001"):
		open(world.path("a", name), "w").close()  # what a joiner that was killed leaves
	join(world, world.path("a"), key)
	check(not any(name.startswith(".") for name in os.listdir(world.path("a"))), "nothing is left over: %s" % os.listdir(world.path("a")))
	refusal(world, world.path("b"), key, 4200)
	other_unit = invite(hub, "shenhe")
	refusal(world, world.path("a"), other_unit, 4202)
	late = invite(hub, "dadong", "--expires", "30m")
	hub.clock("2012-12-31T12:31:00+08:00")
	refusal(world, world.path("c"), late, 4201)
	taken = invite(hub, "heping")
	muster("hub", "enroll", "heping", "--dir", hub.dir, "--out", world.path("heping"))
	refusal(world, world.path("d"), taken, 4204)
	second = Hub(world, directory=world.path("hub2")).start()
	refusal(world, world.path("a"), invite(second, "tiexi"), 7025)
	muster("hub", "invite", "tiexi", "--dir", hub.dir, "--expires", "soon", expect=64)
	muster("hub", "invite", "nobody", "--dir", hub.dir, expect=None)
	for name in ("a b", "a@b", 'a"b', "a" * 49):
		muster("hub", "invite", "tiexi", "--dir", hub.dir, "--device", name, expect=64)
		muster("hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("named"), "--device", name, expect=64)
	check(not os.path.exists(world.path("named")), "nothing is made of what is refused")
	# The address of one hub in the key of another: not the hub that the key is from.
	wrong = muster_json("hub", "invite", "huanggu", "--dir", hub.dir, "--address", "tcp://127.0.0.1:%d" % second.port)["key"]
	refusal(world, world.path("e"), wrong, 7021)
	check(len(devices_of(hub, "tiexi")) == 1 and not devices_of(hub, "huanggu"), "nobody else was enrolled: %s" % hub.units())


def nobody_there(world):
	"""join: an address where nobody answers is said to be one, and the next address of the key is tried; so it is where another hub or program listens, which is not waited for"""
	import zmq
	hub = Hub(world).start()
	silent = "tcp://127.0.0.1:%d" % free_port()
	key = invite(hub, "tiexi", "--address", silent + ",tcp://127.0.0.1:%d" % hub.port)
	only = invite(hub, "shenhe", "--address", silent)
	with zmq.Context() as context, context.socket(zmq.ROUTER) as other:
		plain = other.bind_to_random_port("tcp://127.0.0.1")
		for port, unit in ((plain, "dadong"), (Hub(world, directory=world.path("hub2")).start().port, "heping")):
			path = key_file(world, invite(hub, unit, "--address", "tcp://127.0.0.1:%d,tcp://127.0.0.1:%d" % (port, hub.port)))
			muster("join", "--dir", world.path(unit), "--key-file", path, "--wait", "3600", timeout=40)
	running = [subprocess.Popen([program("muster"), "join", "--dir", world.path(name), "--key-file", key_file(world, k), "--wait", "2"],
		stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), encoding="utf-8") for name, k in (("a", key), ("b", only))]
	ends = [p.communicate(timeout=60 * PATIENCE) for p in running]
	check(running[0].returncode == 0, "the second address: %s" % ends[0][1])
	check(running[1].returncode == 69 and "[MST-7022]" in ends[1][1], "unreachable: %s" % ends[1][1])


def one_use_exactly(world):
	"""join: of 20 that try one key at the same time exactly one is enrolled, in every round"""
	hub = Hub(world).start()
	for n in range(count(2, 1, 10)):
		path = key_file(world, invite(hub, "tiexi", "--device", "d%d" % n))
		tries = [subprocess.Popen([program("muster"), "join", "--dir", world.path("try-%d-%d" % (n, i)), "--key-file", path],
			stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(), encoding="utf-8") for i in range(20)]
		said = [p.communicate(timeout=60 * PATIENCE)[1] for p in tries]
		won = [p.returncode for p in tries].count(0)
		check(won == 1, "round %d: %d joined" % (n, won))
		check(sum("[MST-4200]" in s for s in said) == 19, "the others hear why: %s" % said)
	check(len(devices_of(hub, "tiexi")) == count(2, 1, 10), "a device for each key")
	hub.is_clean()


def whatever_dies(world):
	"""join: hub or joiner killed at any moment, the same command again succeeds, and one device is enrolled"""
	hub = Hub(world).start()
	rounds = count(12, 4, 200)
	for n in range(rounds):
		path = key_file(world, invite(hub, "tiexi", "--device", "d%d" % n))
		directory = world.path("office-%d" % n)
		words = ["join", "--dir", directory, "--key-file", path]
		first = subprocess.Popen([program("muster"), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
		pause(rng.random() * 0.06 * PATIENCE)
		if n % 2 == 0:
			first.kill()
		else:
			hub.kill()
			hub.start()
		first.wait(60 * PATIENCE)
		muster(*words)
		check(muster_json("join", "--dir", directory, "--key-file", path)["was_joined"], "once more changes nothing")
	check(len(devices_of(hub, "tiexi")) == rounds, "a device for each key: %d" % len(devices_of(hub, "tiexi")))
	hub.is_clean()


def only_for_joining(world):
	"""join: a one-time key is good for JOIN alone, and a joiner whose clock is wrong is told by how it is checked, without using the key up"""
	peer.learn(world)
	import contract
	import wire_pb2
	import zmq
	from zmq.utils import z85
	hub = Hub(world).start()
	key = invite(hub, "tiexi")
	bytes_of = base64.urlsafe_b64decode(key.split(".", 1)[1] + "==")
	mine = z85.encode(bytes_of[40:72])
	socket = zmq.Context.instance().socket(zmq.DEALER)
	socket.curve_serverkey, socket.linger, socket.rcvtimeo = z85.encode(bytes_of[8:40]), 0, int(10000 * PATIENCE)
	socket.curve_publickey, socket.curve_secretkey = zmq.curve_public(mine), mine
	socket.connect("tcp://127.0.0.1:%d" % hub.port)

	def ask(kind, message):
		socket.send(contract.frame(kind, message))
		answer = socket.recv()
		return wire_pb2.Error.FromString(answer[8:]) if answer[3] == contract.ERROR else wire_pb2.Joined.FromString(answer[8:])

	check(ask(contract.HELLO, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, device=bytes(16))).name == "JOIN_ONLY", "no HELLO")
	check(ask(contract.SUBSCRIBE, wire_pb2.Subscribe(cursor=0, classes=7, credit=9)).name == "JOIN_ONLY", "no feed")
	check(ask(contract.PUSH, wire_pb2.Push(batch=bytes(300))).name == "JOIN_ONLY", "no batch")
	check(ask(17, wire_pb2.PlanRequest(offset=0)).name == "JOIN_ONLY", "no plan before it has joined")
	check(ask(13, wire_pb2.Join()).name == "JOIN_KEYS", "no keys, no device")
	now = int(time.time() * 1000000)
	keys = dict(sign_key=os.urandom(32), curve_key=os.urandom(32))
	check(ask(13, wire_pb2.Join(device_time=now + 600000000, **keys)).name == "JOIN_CLOCK", "ten minutes ahead")
	check(ask(13, wire_pb2.Join(device_time=now - 600000000, **keys)).name == "JOIN_CLOCK", "ten minutes behind")
	check(ask(13, wire_pb2.Join(device_time=now, unit="shenhe", **keys)).name == "JOIN_UNIT", "another unit")
	first, again = (ask(13, wire_pb2.Join(device_time=now, **keys)) for _ in range(2))
	check(first.name == "tiexi@office" and first.device == again.device and len(first.device) == 16, "the same keys get the same answer")
	other = ask(13, wire_pb2.Join(device_time=now, sign_key=os.urandom(32), curve_key=keys["curve_key"]))
	check(other.name == "JOIN_USED", "half the same keys are others: %s" % other)
	check(ask(contract.HELLO, wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, device=first.device)).name == "JOIN_ONLY", "still no HELLO")
	check(len(devices_of(hub, "tiexi")) == 1, "one device")
	hub.is_clean()


def approval(world):
	"""join: a device that must be approved is told so, keeps its acts, and delivers them by itself once it is; the log says so"""
	hub = Hub(world).start()
	directory = world.path("office")
	answer = join(world, directory, invite(hub, "tiexi", "--approve"))
	check('"awaits_approval":true' in answer.stdout.replace(" ", ""), answer.stdout)
	office = Joined(world, hub, "tiexi", directory).start()
	office.report("--item", "i06", "--period", "2012-Q2", "--progress", "50", "--done", "x", expect=None)
	wait_for(lambda: (office.status()["hub"]["trouble"] or {}).get("code") == 4207, 20, "the office hears that it waits")
	check(office.status()["queue"]["without_receipt"] == 1 and hub.units()["tiexi@office"]["state"] == "pending", "nothing was taken")
	stick = world.path("stick")
	muster("outbox", "export", stick, "--dir", directory)
	done = muster("hub", "import", stick, "--dir", hub.dir, "--receipts", world.path("receipts"), expect=77)
	told = muster("feed", "--dir", directory, expect=77).stderr
	check("MST-4207" in told and "approval" in told, "nor does it read: %s" % told)
	check("MST-4207" in done.stderr and "hub approve" in done.stderr, "nor by stick, and it is said why: %s" % done.stderr)
	check(hub.status()["pending"] == 1 and "do not count yet: 1 (muster hub approve)" in muster("hub", "status", "--dir", hub.dir).stdout,
		"the hub tells at a glance: %s" % hub.status())
	muster("hub", "approve", "tiexi@office", "--dir", hub.dir)
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 30, "what waited was delivered")
	check(hub.units()["tiexi@office"]["state"] == "active" and hub.status()["pending"] == 0, "it counts")
	check(office.process.text().count("MST-4207") == 1, "it is logged once, however often it was tried: %s" % office.process.text())
	muster("hub", "approve", "tiexi@office", "--dir", hub.dir, expect=None)
	office.stop()
	hub.is_clean()


def approval_of_all(world):
	"""join: with approve_devices = yes in hub.conf every device waits, also one whose key was made before; a word that is neither yes nor no is named"""
	hub = Hub(world)
	path = os.path.join(hub.dir, "hub.conf")
	with open(path) as f:
		text = f.read()
	check("approve_devices = no" in text, text)
	key = invite(hub, "tiexi")
	for word in ("perhaps", "yes"):
		with open(path, "w") as f:
			f.write(text.replace("approve_devices = no", "approve_devices = " + word))
		if word == "perhaps":
			check("yes or no" in muster("hub", "invite", "tiexi", "--dir", hub.dir, expect=78).stderr, "what was expected")
	hub.start()
	answer = join(world, world.path("office"), key)
	check('"awaits_approval":true' in answer.stdout.replace(" ", ""), answer.stdout)
	muster("hub", "approve", "tiexi@office", "--dir", hub.dir)
	check(hub.units()["tiexi@office"]["state"] == "active", "it counts")
	hub.stop()
	hub.is_clean()


def seen_and_withdrawn(world):
	"""join: keys that were given out are listed, running hub or not, and are worth nothing once withdrawn; a used one is not withdrawn"""
	hub = Hub(world)

	def listed(*words):
		return {i["id"]: (i["device"], i["state"]) for i in muster_lines("hub", "invites", "--dir", hub.dir, "--json", *words)}

	keys = [invite(hub, unit) for unit in ("tiexi", "tiexi", "shenhe", "heping")]
	before = listed()
	check(sorted(before.values()) == [("heping@office", "open"), ("shenhe@office", "open")] + 2 * [("tiexi@office", "open")], before)
	check(not any(key in muster("hub", "invites", "--dir", hub.dir).stdout for key in keys), "no key is shown")
	one = next(i for i in before if before[i][0] == "shenhe@office")
	check(muster_json("hub", "withdraw", one, "--dir", hub.dir)["keys"] == 1, "one by its id, at a stopped hub")
	hub.start()
	check(muster_json("hub", "withdraw", "tiexi@office", "--dir", hub.dir)["keys"] == 2, "both of a device, at a running one")
	for n, key in enumerate(keys[:3]):
		refusal(world, world.path("office-%d" % n), key, 7024)
	join(world, world.path("office"), keys[3])
	check(listed() == {} and list(listed("--all").values()) == [("heping@office", "used")], listed("--all"))
	invite(hub, "dadong")
	check(muster("hub", "withdraw", "dadong@office", "--dir", hub.dir).stdout.startswith("1 key is withdrawn"), "one is told as one")
	for which, hint in (("heping@office", "hub revoke"), ("nobody@office", "hub invites")):
		done = muster("hub", "withdraw", which, "--dir", hub.dir, expect=None)
		check(done.returncode != 0 and "[MST-5062]" in done.stderr and hint in done.stderr, done.stderr)
	hub.stop()
	hub.is_clean()


run(an_office_reports_at_once, every_refusal_has_its_code, nobody_there, one_use_exactly, whatever_dies, only_for_joining, approval,
	approval_of_all, seen_and_withdrawn)
