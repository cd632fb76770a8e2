#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The process that signs checkpoints dies, or hangs: no receipt without a signature, no silence about it, and nothing lost."""
import json
import os
import shutil
import signal
import socket

from lib import PATIENCE, PLAN, Hub, check, lines_in, muster, muster_lines, program, run, wait_for


def signer_of(hub):
	"""The process id of the hub's signer."""
	with open("/proc/%d/task/%d/children" % (hub.process.pid, hub.process.pid), encoding="ascii") as f:
		for pid in f.read().split():
			with open("/proc/%s/comm" % pid, encoding="ascii") as name:
				if name.read().strip() == "muster-signer":
					return int(pid)
	return None


def under_load(world):
	hub = Hub(world).start()
	acks = world.path("acks")
	load = world.start("muster", *hub.load_words(devices=4, batch=8, inflight=16, reports=1000000000, acks=acks))
	wait_for(lambda: lines_in(acks) > 1000, 30, "the load runs")
	return hub, load, acks


def it_has_nothing_of_the_hub(world):
	"""no file of the hub's data is open in the signer, and no socket but the line between the two"""
	hub = Hub(world).start()
	at = "/proc/%d/fd" % signer_of(hub)
	files = sorted(os.readlink(os.path.join(at, fd)) for fd in os.listdir(at) if int(fd) > 2)
	check([f for f in files if not f.startswith("socket:")] == [os.path.join(hub.dir, "signer", name) for name in ("lock", "signed")], files)
	check(len(files) == 3, files)
	hub.stop()


def it_dies(world):
	"""killed under load: the hub ends with 74 and says why; started again, it has everything that had a receipt, once"""
	hub, load, acks = under_load(world)
	for _ in range(3):
		os.kill(signer_of(hub), signal.SIGKILL)
		check(hub.process.wait(20) == 74, hub.process.text()[-1000:])
		check("signs checkpoints" in hub.process.text(), hub.process.text()[-1000:])
		stood = lines_in(acks)
		hub.start()
		wait_for(lambda: lines_in(acks) > stood + 1000, 60, "the load goes on")
	os.kill(signer_of(hub), signal.SIGKILL)  # and with nothing to sign
	load.kill()
	check(hub.process.wait(20) == 74, hub.process.text()[-1000:])
	hub.start()
	hub.stop()
	hub.is_clean(acks)


def it_hangs(world):
	"""stopped under load: no receipt comes, the hub says so and by whose fault; when it goes on so does the work"""
	hub, load, acks = under_load(world)
	signer = signer_of(hub)
	os.kill(signer, signal.SIGSTOP)
	wait_for(lambda: "MST-4271" in hub.process.text(), 30, lambda: "it is told: " + hub.process.text()[-500:])
	stood = lines_in(acks)
	check(hub.status()["size"] > 0 and lines_in(acks) == stood, "the hub answers, and gives no receipt")
	check("(muster-signer, %d) is stopped" % signer in hub.process.text(), hub.process.text()[-500:])
	told = muster("hub", "status", "--dir", hub.dir).stdout
	check(hub.status()["stalled"] == "signer" and "none is given: the process that signs" in told, told)
	os.kill(signer, signal.SIGCONT)
	wait_for(lambda: lines_in(acks) > stood + 1000, 60, "the load goes on")
	check("it goes on" in hub.process.text() and hub.status()["stalled"] is None, hub.process.text()[-500:])
	load.kill()
	hub.stop()
	hub.is_clean(acks)


def it_hangs_at_the_end(world):
	"""a hub is stopped within seconds also while its signer hangs, with an enrolment on the way, and the next one starts"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	size = hub.status()["size"]
	os.kill(signer_of(hub), signal.SIGSTOP)
	enrolment = world.start("muster", "hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("tiexi"))
	wait_for(lambda: hub.verify()["size"] > size, 20, "it is in the log, and not signed yet")
	hub.process.child.send_signal(signal.SIGTERM)
	check(hub.process.wait(5) == 0, hub.process.text()[-500:])
	check(enrolment.wait(10) == 69, "who asked hears that there is no answer: " + enrolment.text())
	hub.start()
	check(hub.units()["tiexi@office"]["state"] == "active", "what was committed is there")
	hub.stop()
	hub.is_clean()


# In the signer's place: starts it and hands on what both say; what the signer says only while there is no file "hold".
BETWEEN = """#!/usr/bin/python3
import os, socket, subprocess, sys, threading, time
hub = socket.socket(fileno=3)
ours, theirs = socket.socketpair()
subprocess.Popen([%(signer)r, *sys.argv[1:]], preexec_fn=lambda: os.dup2(theirs.fileno(), 3), pass_fds=(3,))
theirs.close()

def whole(s, n):
	data = b""
	while len(data) < n:
		more = s.recv(n - len(data))
		if not more:
			os._exit(0)
		data += more
	return data

def hand_on(source, to, may):
	while True:
		head = whole(source, 4)
		body = whole(source, int.from_bytes(head, "big"))
		while not may():
			time.sleep(0.01)
		to.sendall(head + body)
		if to is hub:
			open(%(at)r + "/spoken", "a").write(".")

def may():
	return not os.path.exists(%(at)r + "/hold")

threading.Thread(target=hand_on, args=(hub, ours, lambda: True), daemon=True).start()
hand_on(ours, hub, may)
"""


class Gated(Hub):
	"""A hub whose signer's words are let through when the test says so."""

	def __init__(self, world):
		super().__init__(world, clock="2012-07-05T12:00:00+08:00,0")
		self.at = world.path("bin")
		os.mkdir(self.at)
		shutil.copy(program("muster-hub"), self.at)
		with open(os.path.join(self.at, "muster-signer"), "w", encoding="utf-8") as f:
			f.write(BETWEEN % {"signer": os.path.abspath(program("muster-signer")), "at": self.at})
		os.chmod(os.path.join(self.at, "muster-signer"), 0o755)

	def begin(self):
		self.process = self.world.start(os.path.join(self.at, "muster-hub"), "--dir", self.dir, log=self.log)
		return self

	def start(self):
		self.begin()
		wait_for(self.is_ready, 30, "the hub is ready")
		return self

	def let(self, name, there=True):
		path = os.path.join(self.at, name)
		if there:
			open(path, "w").close()
		elif os.path.exists(path):
			os.unlink(path)

	def spoken(self):
		"""How much of the signer was let through."""
		return os.path.getsize(os.path.join(self.at, "spoken"))

	def says(self, text, seconds=30):
		wait_for(lambda: text in self.process.text(), seconds, lambda: "%s: %s" % (text, self.process.text()[-800:]))


def it_hangs_at_the_start(world):
	"""a signer that is silent when the hub starts, or has to sign what was left: the hub says what it waits for, goes on, or ends with 74"""
	hub = Gated(world)
	hub.let("hold")
	hub.begin().says("MST-4271")
	check("ready" not in hub.process.text(), hub.process.text())
	hub.let("hold", False)
	hub.says("ready")
	size = hub.status()["size"]
	hub.let("hold")
	enrolment = world.start("muster", "hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("tiexi"))
	wait_for(lambda: hub.verify()["size"] > size, 20, "it is in the log, and not signed yet")
	hub.kill()
	enrolment.wait(10)
	hub.let("hold", False)
	hub.let("hold")
	hub.begin()
	check(hub.process.wait(40) == 74, hub.process.text()[-800:])
	check(hub.process.text().count("MST-4271") == 2, hub.process.text()[-800:])
	hub.let("hold", False)
	hub.start()
	hub.stop()
	hub.is_clean()


def held_change(world, hub):
	"""A new version of the plan that is in the log, and waits for its signature."""
	with open(PLAN, encoding="utf-8") as f:
		text = f.read().replace("due_days    = 10", "due_days    = 15", 1)
	with open(world.path("next.conf"), "w", encoding="utf-8") as f:
		f.write(text)
	hub.let("hold")
	change = world.start("muster", "plan", "apply", world.path("next.conf"), "--dir", hub.dir, "--from", "2012-Q3")
	hub.says("MST-4271")
	return change


def it_hangs_while_the_plan_changes(world):
	"""silent while the hub is about to begin anew: it says so, and begins anew when the signer goes on"""
	hub = Gated(world).start()
	change = held_change(world, hub)
	check(change.running() and "new version" not in hub.process.text(), hub.process.text())
	hub.let("hold", False)
	hub.says("ready with a new version")
	check(change.wait(20) == 0, change.text())
	hub.stop()
	hub.is_clean()


def commands_come_as_the_hub_begins_anew(world):
	"""commands that reach the writer with the signature after which the hub begins anew are answered, and what they hear is true"""
	hub = Gated(world).start()
	change = held_change(world, hub)
	change.kill()  # so that the hub has nobody to answer before it looks at the others
	hub.status()
	askers = [socket.socket(socket.AF_UNIX) for _ in range(8)]
	for s in askers:
		s.connect(os.path.join(hub.dir, "control.sock"))
		s.settimeout(30 * PATIENCE)
	hub.status()  # the hub has taken them all
	hub.process.child.send_signal(signal.SIGSTOP)
	spoken = hub.spoken()
	hub.let("hold", False)
	wait_for(lambda: hub.spoken() > spoken, 20, "the signature lies before the hub")
	for n, s in enumerate(askers):
		words = {"do": "invite", "unit": "tiexi", "name": "tiexi@%d" % n, "key": "%02x" % (n + 1) * 32, "seconds": 3600}
		s.sendall(json.dumps(words).encode() + b"\n")
	hub.process.child.send_signal(signal.SIGCONT)
	told = {"tiexi@%d" % n: b"".join(iter(lambda: s.recv(65536), b"")) for n, s in enumerate(askers)}
	hub.says("ready with a new version")
	standing = [line["device"] for line in muster_lines("hub", "invites", "--dir", hub.dir)]
	for name, answer in told.items():
		check(answer.endswith(b"\n\n"), "%s got a whole answer: %r" % (name, answer))
		answer = json.loads(answer)
		done = "error" not in answer
		check(done or "try again" in answer["error"]["text"], answer)
		check(done == (name in standing), "%s: %s, and the invites are %s" % (name, answer, standing))
	hub.stop()
	hub.is_clean()


run(it_has_nothing_of_the_hub, it_dies, it_hangs, it_hangs_at_the_end, it_hangs_at_the_start, it_hangs_while_the_plan_changes,
	commands_come_as_the_hub_begins_anew)
