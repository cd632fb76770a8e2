# SPDX-License-Identifier: Apache-2.0
"""What the system tests share: a temporary world of real processes on loopback, claims, waiting.

A test is a function whose docstring is its claim; run(...) says which held. Nothing sleeps but wait_for and pause. Children die with
their test (PR_SET_PDEATHSIG), and the world's directory goes when the test ends.
"""
import atexit
import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True

BIN = os.environ.get("MUSTER_BIN", "build/bin")
SOURCE = os.environ.get("MUSTER_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LONG = os.environ.get("MUSTER_LONG", "") not in ("", "0")
PLAN = os.path.join(SOURCE, "deploy", "plans", "shenyang-2012.conf")
SKIP = 77
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def is_sanitized():
	with open(os.path.join(BIN, "muster-hub"), "rb") as f:
		return b"__asan_init" in f.read()


SLOW = os.environ.get("MUSTER_SLOW", "") not in ("", "0") or is_sanitized()
PATIENCE = 4.0 if SLOW else 1.0
SEED = int(os.environ.get("MUSTER_SEED", str(random.SystemRandom().randrange(1 << 30))))
rng = random.Random(SEED)


def count(plain, slow=None, long=None):
	"""How often: in a plain run, with a slow (sanitized) build, in the long campaign."""
	if LONG and long is not None:
		return long
	return slow if SLOW and slow is not None else plain


class Failed(Exception):
	pass


def check(condition, text):
	if not condition:
		raise Failed(text)


class Skipped(SystemExit):
	"""Ends one claim, or the program where none is running."""


def skip(why):
	print("skipped: " + why, flush=True)
	raise Skipped(SKIP)


def wait_for(condition, seconds, what, step=0.02):
	"""The first true value of condition(); Failed when there is none in time."""
	end = time.monotonic() + seconds * PATIENCE
	while True:
		value = condition()
		if value:
			return value
		if time.monotonic() > end:
			raise Failed("waited %.0f s in vain: %s" % (seconds * PATIENCE, what() if callable(what) else what))
		time.sleep(step)


def pause(seconds):
	"""Let things run on: a moment chosen at random, never a wait for something."""
	time.sleep(seconds)


def free_port():
	with socket.socket() as s:
		s.bind(("127.0.0.1", 0))
		return s.getsockname()[1]


def die_with_parent():
	LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def program(name):
	return os.path.join(BIN, name)


def have(name):
	return os.path.exists(program(name))


def environment():
	env = dict(os.environ)
	env.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
	env["LC_ALL"] = "C"  # sentences as the code has them
	return env


class Process:
	"""A running program; its output is in a file."""

	def __init__(self, arguments, log, stdout=None):
		self.log = log
		self.out = open(log, "ab")
		self.stdout = open(stdout, "ab") if stdout else None
		self.begin = self.out.tell()
		self.child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=self.stdout or self.out, stderr=self.out,
			preexec_fn=die_with_parent, env=environment())
		self.pid = self.child.pid

	def text(self):
		with open(self.log, "r", encoding="utf-8", errors="replace") as f:
			f.seek(self.begin)
			return f.read()

	def running(self):
		return self.child.poll() is None

	def kill(self):
		if self.running():
			self.child.kill()
		return self.wait(10)

	def stop(self, seconds=20):
		if self.running():
			self.child.terminate()
		return self.wait(seconds)

	def wait(self, seconds):
		try:
			code = self.child.wait(seconds * PATIENCE)
		except subprocess.TimeoutExpired:
			self.child.kill()
			self.child.wait()
			raise Failed("%s did not end in %.0f s:\n%s" % (self.child.args[0], seconds * PATIENCE, self.text()[-2000:]))
		self.out.close()
		if self.stdout:
			self.stdout.close()
		return code


class World:
	"""A directory that goes when the test ends, and the processes that live in it."""

	def __init__(self):
		self.dir = tempfile.mkdtemp(prefix="muster-test-")
		self.processes = []
		self.mounts = []
		self.n = 0
		atexit.register(self.close)

	def path(self, *names):
		return os.path.join(self.dir, *names)

	def start(self, name, *arguments, log=None, stdout=None):
		self.n += 1
		p = Process([program(name), *arguments], log or self.path("%s-%d.log" % (name, self.n)), stdout)
		self.processes.append(p)
		return p

	def mount(self, size, kind="tmpfs"):
		"""A small file system of its own; skips where that is not allowed."""
		at = self.path("mount-%d" % len(self.mounts))
		os.mkdir(at)
		if kind == "tmpfs":
			done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % size, "tmpfs", at], capture_output=True)
		else:
			image = at + ".image"
			with open(image, "wb") as f:
				f.truncate(size)
			subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], capture_output=True)
			done = subprocess.run(["mount", "-o", "loop", image, at], capture_output=True)
		if done.returncode != 0:
			skip("mounting is not allowed here")
		self.mounts.append(at)
		return at

	def close(self):
		for p in self.processes:
			if p.running():
				p.child.kill()
				p.child.wait()
		for at in self.mounts:
			subprocess.run(["umount", "-l", at], capture_output=True)
		self.processes, self.mounts = [], []
		shutil.rmtree(self.dir, ignore_errors=True)


def muster(*arguments, expect=0, timeout=120, stdin=None):
	"""Run `muster ...`; its exit code must be EXPECT (None: any but a crash)."""
	done = subprocess.run([program("muster"), *arguments], capture_output=True, timeout=timeout * PATIENCE, env=environment(),
		input=stdin, encoding="utf-8", errors="replace")
	if (expect is None and done.returncode < 0) or (expect is not None and done.returncode != expect):
		raise Failed("muster %s: exit code %d, expected %s\n%s%s" % (" ".join(arguments), done.returncode, expect, done.stdout[-1500:],
			done.stderr[-3000:]))
	return done


def verbs():
	"""Every command of the overview."""
	words = re.findall(r"^  muster ([a-z][a-z-]*(?: [a-z-]+)?)  ", muster("help").stdout, re.M)
	return [w for w in words if not w.startswith("help")]


def muster_json(*arguments, expect=0, timeout=120):
	return json.loads(muster(*arguments, "--json", expect=expect, timeout=timeout).stdout)


def muster_lines(*arguments, expect=0, timeout=120):
	return [json.loads(line) for line in muster(*arguments, "--json", expect=expect, timeout=timeout).stdout.splitlines()]


def set_line(path, name, value):
	"""Change the one line of a file of settings that sets NAME."""
	with open(path, encoding="utf-8") as f:
		lines = f.read().splitlines()
	at = [i for i, line in enumerate(lines) if line.split("=")[0].strip() == name]
	check(len(at) == 1, "%s has one line for %s" % (path, name))
	lines[at[0]] = "%s = %s" % (name, value)
	with open(path, "w", encoding="utf-8") as f:
		f.write("\n".join(lines) + "\n")


class Hub:
	"""A hub's directory and, most of the time, its process."""

	def __init__(self, world, clock="2012-12-31T12:00:00+08:00", directory=None, plan=PLAN):
		self.world = world
		self.dir = directory or world.path("hub")
		self.port = free_port()
		self.process = None
		self.log = world.path("hub-%d.log" % self.port)
		clock_words = ["--clock", clock] if clock else []
		muster("hub", "init", "--dir", self.dir, "--plan", plan, "--listen", "tcp://127.0.0.1:%d" % self.port, *clock_words)

	def set(self, name, value):
		"""Change one line of hub.conf; takes effect with the next start."""
		set_line(os.path.join(self.dir, "hub.conf"), name, value)

	def start(self):
		self.process = self.world.start("muster-hub", "--dir", self.dir, log=self.log)
		wait_for(self.is_ready, 30, "the hub is ready")
		return self

	def is_ready(self):
		if not self.process.running():
			raise Failed("the hub ended with %s:\n%s" % (self.process.child.returncode, self.process.text()[-3000:]))
		return "ready" in self.process.text()

	def kill(self):
		return self.process.kill()

	def stop(self):
		code = self.process.stop()
		check(code == 0, "the hub ended with %d:\n%s" % (code, self.process.text()[-3000:]))

	def enroll(self, unit, device="office", name=None):
		out = self.world.path(name or "%s-%s" % (unit, device))
		muster("hub", "enroll", unit, "--dir", self.dir, "--out", out, "--device", device)
		return out

	def clock(self, when):
		muster("hub", "clock", "--dir", self.dir, "--set", when)

	def status(self):
		return muster_json("hub", "status", "--dir", self.dir)

	def has_unread(self):
		"""Do bytes for the hub wait in the kernel, also from those that were killed, or a connection's end?"""
		close_wait, ends = "08", set()
		with open("/proc/net/tcp") as f:
			for line in list(f)[1:]:
				_, local, remote, state, queues = line.split()[:5]
				unsent, unread = (int(n, 16) for n in queues.split(":"))
				if int(local.split(":")[1], 16) == self.port:
					ends.add(state == close_wait or unread > 0)
				elif int(remote.split(":")[1], 16) == self.port:
					ends.add(unsent > 0)
		return True in ends

	def comes_to_rest(self):
		"""Nothing is on its way to it, and its log has stopped growing: four looks find the same size, so that a busy machine is
		not taken for a resting hub."""
		sizes = []

		def rests():
			if self.has_unread():
				sizes.clear()
			sizes.append(self.status()["size"])
			pause(0.04 * PATIENCE)
			return len(sizes) >= 4 and len(set(sizes[-4:])) == 1
		wait_for(rests, 30, "the log stops growing")

	def units(self):
		return {line["device"]: line for line in muster_lines("hub", "units", "--dir", self.dir)}

	def load(self, devices=8, batch=64, inflight=8, reports=10000, acks=None):
		return muster_json(*self.load_words(devices, batch, inflight, reports, acks), timeout=240)

	def load_words(self, devices=8, batch=64, inflight=8, reports=10000, acks=None):
		words = ["load", "--dir", self.dir, "--devices", str(devices), "--batch", str(batch), "--inflight", str(inflight), "--reports",
			str(reports)]
		return words + (["--acks", acks] if acks else [])

	def start_load(self, **words):
		return self.world.start("muster", *self.load_words(**words))

	def audit(self, acks=None, expect=0):
		return muster_json("audit", "--dir", self.dir, *(["--acks", acks] if acks else []), expect=expect, timeout=240)

	def verify(self, expect=0):
		return muster_json("verify", "--dir", self.dir, expect=expect, timeout=240)

	def is_clean(self, acks=None):
		"""Nothing lost, nothing doubled, every figure equal to the recount, every leaf good."""
		a = self.audit(acks)
		check(a["lost"] == 0 and a["duplicate"] == 0 and a["rollup_mismatch"] == 0, "audit: %s" % a)
		v = self.verify()
		check(v["ok"] is True and v["first_bad"] is None and v["reason"] is None, "verify: %s" % v)
		return a


class Office:
	"""An enrolled directory of a unit, and most of the time its agent."""

	def __init__(self, world, hub, unit, device="office"):
		self.world, self.hub, self.unit = world, hub, unit
		self.dir = hub.enroll(unit, device)
		self.folder = os.path.join(self.dir, "reports")
		self.log = self.dir + ".log"
		self.process = None

	def set(self, name, value):
		"""Change one line of agent.conf; takes effect with the next start."""
		set_line(os.path.join(self.dir, "agent.conf"), name, value)

	def start(self, ready=True):
		self.process = self.world.start("muster-agent", "--dir", self.dir, log=self.log)
		if ready:
			wait_for(self.is_ready, 30, "the agent is ready")
		return self

	def is_ready(self):
		if not self.process.running():
			raise Failed("the agent ended with %s:\n%s" % (self.process.child.returncode, self.process.text()[-3000:]))
		return "ready" in self.process.text() and os.path.isdir(os.path.join(self.folder, "done"))

	def kill(self):
		return self.process.kill()

	def stop(self):
		code = self.process.stop()
		check(code == 0, "the agent ended with %d:\n%s" % (code, self.process.text()[-3000:]))

	def status(self):
		return muster_json("status", "--dir", self.dir)

	def report(self, *words, expect=0):
		return muster_lines("report", "--dir", self.dir, *words, expect=expect)

	def state(self, verb, item=None, unit=None, period=None, expect=0, **more):
		"""`muster accept` and the like; its answer as an object, or None when it was refused at once."""
		words = [verb, "--dir", self.dir, "--wait", "20", "--json"]
		for name, value in dict(more, item=item, unit=unit, period=period).items():
			words += ["--" + name.replace("_", "-"), str(value)] if value is not None else []

		def said():
			done = muster(*words, expect=None)
			return None if expect == 0 and "has arrived here yet" in done.stderr else done
		done = wait_for(said, 20, "word of the report that is meant")
		check(expect is None or done.returncode == expect, "muster %s: exit code %d\n%s" % (" ".join(words), done.returncode, done.stderr))
		return json.loads(done.stdout) if done.stdout else None

	def verdict(self, verb, item=None, unit=None, period=None, **more):
		"""The verdict of the hub on it."""
		answer = self.state(verb, item, unit, period, expect=None, **more)
		return answer["verdict"] if answer else "NOT SENT"

	def inbox(self, lights=False):
		"""What others stated about its slots; the hub's notices of lights instead."""
		return [line for line in muster_lines("inbox", "--dir", self.dir) if (line["act"]["kind"] == "HUB_NOTICE") == lights]

	def notices(self):
		folder = os.path.join(self.folder, "通知")
		return {name: open(os.path.join(folder, name), "rb").read().decode("utf-8-sig") for name in sorted(os.listdir(folder))
			if not name.startswith(".")} if os.path.isdir(folder) else {}

	def report_json(self, *reports, wait=30, expect=0):
		"""Send reports in the JSON form; one answer object each."""
		path = self.world.path("%s-%d.json" % (self.unit, self.world.n))
		self.world.n += 1
		with open(path, "w", encoding="utf-8") as f:
			json.dump(list(reports), f, ensure_ascii=False)
		return self.report("--file", path, "--wait", str(wait), expect=expect)

	def drop(self, name, content):
		"""Lay a whole file into the folder, as a program does that renames."""
		if isinstance(content, str):
			content = content.encode()
		os.makedirs(self.folder, exist_ok=True)
		hidden = os.path.join(self.folder, "." + name + ".part")
		with open(hidden, "wb") as f:
			f.write(content)
		os.rename(hidden, os.path.join(self.folder, name))

	def kept(self, wanted=None):
		"""The paths of what lies in the folders of done/ and rejected/, or of what is called WANTED there."""
		return [os.path.join(at, name) for folder in ("done", "rejected") for at, _, names in os.walk(os.path.join(self.folder, folder))
			for name in names if not name.startswith(".") and wanted in (None, name)]

	def answer(self, name, wanted="已收到", seconds=30):
		"""The answer to file NAME once it says WANTED: ("done" or "rejected", text)."""
		stem, ending = os.path.splitext(name)
		def look():
			for path in self.kept("%s.答复%s" % (stem, ending)):
				text = decode(open(path, "rb").read())
				if wanted in text:
					return os.path.relpath(path, self.folder).split(os.sep)[0], text
			return None
		return wait_for(look, seconds, lambda: "an answer to %s that says %s; the agent:\n%s" % (name, wanted, self.process.text()[-900:]))


class Device:
	"""An enrolled directory without an agent: it says what the test wants, see push.c."""

	def __init__(self, world, hub, unit, device="test"):
		self.unit = unit
		self.dir = hub.enroll(unit, device)

	def report(self, item, period, revision=1, unit=None, **report):
		return {"unit": unit or self.unit, "item": item, "period": period, "revision": revision, "report": report}

	def act(self, name, **fields):
		"""Any act, in the form of `muster replay`."""
		return {"act": {name: fields}}

	def push(self, *acts, spoil=None, expect=0):
		"""All ACTS in one batch; the answers as objects."""
		words = [os.path.join(BIN, "..", "system_push"), "--dir", self.dir] + (["--spoil", str(spoil)] if spoil is not None else [])
		done = subprocess.run(words, input="".join(json.dumps(a, ensure_ascii=False) + "\n" for a in acts), capture_output=True,
			timeout=120 * PATIENCE, env=environment(), encoding="utf-8", errors="replace")
		check(done.returncode == expect, "push: exit code %d, expected %d\n%s%s" % (done.returncode, expect, done.stdout, done.stderr[-2000:]))
		return [json.loads(line) for line in done.stdout.splitlines()]

	def verdicts(self, *acts):
		return [answer["verdict"] for answer in self.push(*acts)]


def by_hand(daemon, name, *words):
	"""Change the data of the stopped DAEMON by one of the programs beside these tests."""
	done = subprocess.run([os.path.join(BIN, "..", "system_" + name), daemon.dir, *words], capture_output=True, timeout=60 * PATIENCE,
		env=environment(), encoding="utf-8", errors="replace")
	check(done.returncode == 0, done.stderr)


def omit(hub, unit, record, whole=True):
	"""The stopped HUB leaves the batch of RECORD, or this act of it alone, out of the feed of UNIT."""
	leaf, position = record.split("/")
	by_hand(hub, "omit", unit, leaf, *([] if whole else [position]))


def board_line(directory, item, period):
	"""The item's line of a board for exactly this period."""
	lines = [i for i in muster_json("board", "--dir", directory, "--period", period)["items"] if i["item"] == item and i["period"] == period]
	check(len(lines) == 1, "one line for %s %s: %s" % (item, period, lines))
	return lines[0]


def figure(directory, indicator, period, of=None):
	"""The figure of INDICATOR for PERIOD as the board of period OF (default the same) shows it."""
	for item in muster_json("board", "--dir", directory, "--period", of or period)["items"]:
		for f in item["figures"]:
			if f["indicator"] == indicator and f["period"] == period:
				return f
	raise Failed("no figure %s %s" % (indicator, period))


def decode(content):
	if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
		return content.decode("utf-16")
	try:
		return content.decode("utf-8-sig")
	except UnicodeDecodeError:
		return content.decode("gb18030")


def lines_in(path):
	"""Whole lines of a file; a last one without its newline does not count."""
	if not os.path.exists(path):
		return 0
	with open(path, "rb") as f:
		return f.read().count(b"\n")


def run(*tests):
	"""Every test, or those whose names are on the command line. One that is skipped hides neither what failed nor the others, and is seen."""
	failed = skipped = 0
	tests = [t for t in tests if len(sys.argv) < 2 or t.__name__ in sys.argv[1:]]
	check(tests, "no such test: %s" % sys.argv[1:])
	print("seed %d%s" % (SEED, ", slow build" if SLOW else ""), flush=True)
	for test in tests:
		title = " ".join((test.__doc__ or test.__name__).split())
		world = World()
		began = time.monotonic()
		try:
			test(world)
			print("ok      %s (%.1f s)" % (title, time.monotonic() - began), flush=True)
		except Skipped:
			skipped += 1
			print("skipped %s" % title, flush=True)
		except (Failed, subprocess.TimeoutExpired) as e:
			failed += 1
			print("FAILED  %s\n        %s" % (title, e), flush=True)
			if os.environ.get("MUSTER_KEEP"):
				world.n = -1
		except Exception:
			failed += 1
			print("FAILED  %s" % title, flush=True)
			traceback.print_exc()
		if world.n == -1:
			print("        kept in " + world.dir)
			atexit.unregister(world.close)
			for p in world.processes:
				if p.running():
					p.child.kill()
		else:
			world.close()
	sys.exit(1 if failed else SKIP if skipped else 0)
