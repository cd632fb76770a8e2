#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second daemon, another version's directory, a foreign or cut data file: each has its sentence and code, none a crash."""
import os
import re
import shutil
import signal
import subprocess

from lib import Hub, Office, PATIENCE, PLAN, check, count, die_with_parent, environment, is_sanitized, muster, muster_json, pause, program, rng, run, skip, wait_for

STORE_VERSION_AT = b"muster-store\n"


def serve(world, directory):
	"""Start a hub that must not come up: (exit code, what it said)."""
	p = world.start("muster-hub", "--dir", directory)
	code = p.wait(20)
	return code, p.text()


def refused(world, directory, words, codes):
	code, text = serve(world, directory)
	check(code > 0, "exit code %d: %s" % (code, text))
	check(code in codes, "exit code %d, expected one of %s: %s" % (code, codes, text))
	check(re.search(r"\[MST-\d{4}\]", text), "no MST code: " + text)
	for word in words:
		check(word in text, "\"%s\" is not said: %s" % (word, text))


def a_second_daemon_is_refused(world):
	"""a second hub on the same directory names the first one's process, and the first serves on"""
	hub = Hub(world).start()
	refused(world, hub.dir, [str(hub.process.pid), "stop that one", "MST-1007"], (69, 75, 77))
	check(hub.status()["size"] > 0, "the first hub serves on")
	done = muster("hub", "init", "--dir", hub.dir, "--plan", PLAN, expect=None)
	check(done.returncode != 0, "init over a hub's directory must fail")
	check(hub.status()["size"] > 0, "the first hub serves on after init was refused")
	hub.stop()
	check(hub.verify()["ok"], "the log is whole")


def a_stopped_hub_can_be_started_again(world):
	"""SIGTERM ends the hub within two seconds with 0, and a killed hub's lock stays behind for nobody"""
	hub = Hub(world).start()
	hub.process.child.send_signal(signal.SIGTERM)
	check(hub.process.wait(2) == 0, hub.process.text())
	hub.start()
	hub.kill()
	hub.start()
	hub.stop()


def a_hub_is_founded_whole_or_says_that_it_is_not(world):
	"""hub init that is killed at any moment is done again, or says what lies there and what to do; a directory with hub.key is a whole hub"""
	words = ("hub", "init", "--plan", PLAN, "--listen", "tcp://127.0.0.1:7300", "--dir")
	halves = 0
	for n in range(count(25, slow=8)):
		to = world.path("founded-%d" % n)
		process = world.start("muster", *words, to)
		pause(rng.random() * 0.02 * PATIENCE)
		process.kill()
		if os.path.exists(os.path.join(to, "hub.key")):
			check(muster_json("verify", "--dir", to)["ok"], "a whole hub")
			continue
		done = muster(*words, to, expect=None)
		if done.returncode != 0:
			halves += 1
			check(done.returncode == 73 and "remove the directory when no hub ever ran there" in done.stderr, done.stderr)
			shutil.rmtree(to)
			muster(*words, to)
	half = world.path("half")
	os.mkdir(half)
	with open(os.path.join(half, "admin.key"), "w") as f:
		f.write("x")
	told = muster(*words, half, expect=73).stderr
	check("hub init was interrupted there" in told and "MST-1006" in told, told)
	print("        %d were half made" % halves)


def a_closed_terminal_ends_nobody(world):
	"""SIGHUP, of a terminal that closes or of a log that is turned over, ends neither hub nor agent; SIGINT ends both with 0"""
	hub = Hub(world).start()
	office = Office(world, hub, "tiexi").start()
	for process in (hub.process, office.process):
		process.child.send_signal(signal.SIGHUP)
	office.report("--item", "6", "--period", "2012-Q4", "--progress", "48", "--done", "x", "--wait", "30")
	check(hub.process.running() and office.process.running(), "both serve on")
	for process in (office.process, hub.process):
		process.child.send_signal(signal.SIGINT)
		check(process.wait(10) == 0, process.text())


def the_plan_file_is_mended(world):
	"""the plan that new devices are given is that of the log, whatever became of its file"""
	hub = Hub(world)
	path = os.path.join(hub.dir, "plan.conf")
	with open(path, "rb") as f:
		plan = f.read()
	for damage in (os.unlink, lambda at: open(at, "wb").close(), lambda at: os.truncate(at, 20 << 20)):
		damage(path)
		hub.start()
		with open(path, "rb") as f:
			check(f.read() == plan, "the file is as it was")
		hub.stop()


def change(directory, what):
	path = os.path.join(directory, "data", "data.mdb")
	with open(path, "rb") as f:
		data = bytearray(f.read())
	what(data)
	with open(path, "wb") as f:
		f.write(data)


def other_version(data):
	at = data.find(STORE_VERSION_AT)
	check(at > 0, "the format row is not found")
	while at > 0:
		data[at + 14:at + 16] = b"\x00\x63"
		at = data.find(STORE_VERSION_AT, at + 1)


def foreign_directories_are_told(world):
	"""another version's, a foreign, a cut and an empty data file, and no directory at all, each end with a sentence"""
	hub = Hub(world).start()
	hub.load(devices=2, batch=16, reports=4000)
	hub.stop()

	def copy(name):
		to = world.path(name)
		shutil.copytree(hub.dir, to)
		return to

	version = copy("version")
	change(version, other_version)
	refused(world, version, ["99", "MST-5006"], (78,))
	foreign = copy("foreign")
	with open(os.path.join(foreign, "data", "data.mdb"), "wb") as f:
		f.write(b"this is no database\n" * 1000)
	refused(world, foreign, ["MST-5005"], (78,))
	empty = copy("empty")
	os.truncate(os.path.join(empty, "data", "data.mdb"), 0)
	refused(world, empty, ["MST-5"], (70, 74, 78))
	cut = copy("cut")
	path = os.path.join(cut, "data", "data.mdb")
	os.truncate(path, os.path.getsize(path) // 2)
	refused(world, cut, ["MST-5008"], (74, 78))
	lost = copy("lost")
	os.unlink(os.path.join(lost, "data", "data.mdb"))
	refused(world, lost, ["MST-5"], (66, 74, 78))
	refused(world, world.path("nothing-here"), ["nothing-here"], (66, 78))
	os.mkdir(world.path("bare"))
	refused(world, world.path("bare"), ["bare"], (66, 78))
	for directory in (version, foreign, empty, cut, lost, world.path("nothing-here"), world.path("bare")):
		for verb in ("audit", "verify"):
			done = muster(verb, "--dir", directory, expect=None)
			check(done.returncode > 0 and "MST-" in done.stderr, "%s %s: %d %s" % (verb, directory, done.returncode, done.stderr))


def a_copy_of_a_running_hub_is_refused(world):
	"""a copy made while a hub runs does not serve, one made of a stopped hub or by muster backup does; a killed hub starts again where it is; the administrator's order lets the copy go on"""
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 5}})
	live = world.path("live")
	shutil.copytree(hub.dir, live, ignore=shutil.ignore_patterns("control.sock"))
	office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 6}})
	note = world.path("checkpoint")
	with open(note, "w", encoding="utf-8") as f:
		f.write(muster("hub", "checkpoint", "--dir", hub.dir).stdout)
	hub.kill()
	refused(world, live, ["copy", "muster backup", os.path.join(live, "serving"), "MST-5045"], (78,))
	hub.start()
	hub.kill()
	moved = world.path("moved")
	os.rename(hub.dir, moved)
	hub.dir = moved
	hub.start()
	hub.stop()
	check(not os.path.exists(os.path.join(moved, "serving")), "the mark goes when the hub stops")
	shutil.copytree(moved, world.path("stopped"))
	hub.dir = world.path("stopped")
	hub.start()
	hub.is_clean()
	hub.stop()
	answer = muster("hub", "restored", "--dir", live, "--admin-key", os.path.join(moved, "admin.key"), "--checkpoint", note).stdout
	check("Generation 2" in answer, answer)
	hub.dir = live
	hub.start()
	wait_for(lambda: office.status()["hub"]["connected"], 30, lambda: "the office follows: %s" % office.status())
	office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 7}})
	office.stop()
	hub.stop()
	hub.is_clean()


def a_bad_setting_is_told(world):
	"""a setting that nobody knows, or of the wrong form, is told at its file and line with 78"""
	hub = Hub(world)
	path = os.path.join(hub.dir, "hub.conf")
	with open(path, encoding="utf-8") as f:
		text = f.read()
	with open(path, "w", encoding="utf-8") as f:
		f.write(text + "\nlissten = \"tcp://*:1\"\n")
	refused(world, hub.dir, ["hub.conf:", "lissten"], (78,))
	with open(path, "w", encoding="utf-8") as f:
		f.write(re.sub(r'(?m)^listen = .*', 'listen = "tcp://127.0.0.1:99999"', text))
	refused(world, hub.dir, ["hub.conf:", "listen", "65535"], (78,))
	with open(path, "w", encoding="utf-8") as f:
		f.write(text)
	hub.start()
	hub.stop()


def what_is_wrong_in_an_office_is_told(world):
	"""an agent that cannot start names the file, where it can the line, what was expected and how to mend it, with 78 or what the file system says"""
	office = Office(world, Hub(world), "tiexi")
	conf = os.path.join(office.dir, "agent.conf")
	kept = {name: open(os.path.join(office.dir, name), encoding="utf-8").read() for name in ("agent.conf", "device.key", "plan.conf")}

	def says(*words):
		agent = world.start("muster-agent", "--dir", office.dir)
		code = agent.wait(20)
		check(code in (66, 74, 78) and "[MST-" in agent.text(), "%d: %s" % (code, agent.text()))
		for word in words:
			check(word in agent.text(), "%s is not said: %s" % (word, agent.text()))
		for name, text in kept.items():
			with open(os.path.join(office.dir, name), "w", encoding="utf-8") as f:
				f.write(text)
		os.chmod(os.path.join(office.dir, "device.key"), 0o600)

	office.set("unit", '"nobody"')
	told = muster("form", "--dir", office.dir, "-o", world.path("form.csv"), expect=78).stderr
	check("agent.conf" in told and "nobody" in told and "enrolled for" in told, told)
	says("%s: " % conf, 'no unit "nobody"', "enrolled for", "MST-5052")
	for name, wrong, expected in (("language", '"fr"', 'zh or en, found "fr"'), ("clock_synchronised", '"maybe"', 'yes, no or auto, found "maybe"'),
			("folder", '""', "a folder of its own"), ("folder", '"."', "a folder of its own"), ("rescan_s", "0", "from 1 to 86400"), ("unit", '""', "not empty")):
		office.set(name, wrong)
		says("%s:" % conf, "%s: expected" % name, expected, "MST-5043")
	os.unlink(os.path.join(office.dir, "plan.conf"))
	says(os.path.join(office.dir, "plan.conf"), "the hub and every office of it have the same")
	with open(os.path.join(office.dir, "plan.conf"), "a", encoding="utf-8") as f:
		f.write("x\n")
	says(os.path.join(office.dir, "plan.conf") + ":")
	os.unlink(os.path.join(office.dir, "device.key"))
	says("device.key", "muster hub invite --replace")
	with open(os.path.join(office.dir, "device.key"), "w", encoding="utf-8") as f:
		f.write("x\n")
	says("device.key", "no key file", "muster hub invite --replace")
	office.set("folder", '"agent.conf"')
	office.start(ready=False)
	wait_for(lambda: "see folder in agent.conf" in office.process.text(), 20, office.process.text)
	office.stop()


def a_taken_port_is_told(world):
	"""a port that another program has is told by its number, and so is an address that is not this machine's"""
	hub = Hub(world).start()
	other = world.path("other")
	muster("hub", "init", "--dir", other, "--plan", PLAN, "--listen",
		"tcp://127.0.0.1:%d" % hub.port)
	refused(world, other, [str(hub.port), "another program has the port"], (78,))
	for n, (address, words) in enumerate((("tcp://192.0.2.1:7300", "no such address"), ("tcp://nowhere.invalid:7300", "none of this machine"))):
		muster("hub", "init", "--dir", other + str(n), "--plan", PLAN, "--listen", address)
		refused(world, other + str(n), [address, "listen in hub.conf", words], (78,))


def a_limit_of_the_address_space_is_told(world):
	"""where the address space is limited, hub and commands say in both languages which limit or setting is in the way, and nothing is harmed"""
	if is_sanitized():
		skip("a sanitizer reserves terabytes")
	hub = Hub(world)

	def limited(name, language, *words):
		env = dict(environment(), MUSTER_LANG=language)
		return subprocess.run(["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", program(name), *words, "--dir", hub.dir], capture_output=True, text=True,
			timeout=60, env=env)

	for name, words in (("muster-hub", ()), ("muster", ("verify",))):
		done = limited(name, "en", *words)
		check(done.returncode == 74 and "ulimit -v" in done.stderr and "map_bytes" in done.stderr, "%s: %s" % (name, done))
	check("内存不足 (存储预留的是地址空间" in limited("muster", "zh", "verify").stderr, "in Chinese")
	hub.start()
	hub.stop()


def too_few_descriptors_end_nobody_by_abort(world):
	"""where hardly a descriptor may be open, hub, agent and commands say so with 78 before ZeroMQ would abort"""
	hub = Hub(world).start()
	office = Office(world, hub, "tiexi")
	refused = lambda n, directory, *words: subprocess.run(["prlimit", "--nofile=%d:%d" % (n, n), program(words[0]), *words[1:], "--dir", directory],
		capture_output=True, text=True, timeout=60, env=environment())
	for n, words in ((16, ("muster-agent",)), (63, ("muster-agent",)), (20, ("muster", "feed"))):
		done = refused(n, office.dir, *words)
		check(done.returncode == 78 and "only %d descriptors" % n in done.stderr and "MST-4272" in done.stderr, "%s: %s" % (words, done))
	hub.stop()
	for n in (20, 63):
		done = refused(n, hub.dir, "muster-hub")
		check(done.returncode == 78 and "only %d descriptors" % n in done.stderr and "ulimit -n" in done.stderr, done)


def files_of_another_user_are_told(world):
	"""a key, a lock or a store that root has made in the directory of another user is told by name, with whose it is and how it becomes the user's"""
	if os.geteuid() != 0:
		skip("only root gives files away")
	hub = Hub(world)
	os.chmod(world.dir, 0o755)
	user = 65534

	def denied(name, *words):
		done = subprocess.run([program(words[0]), *words[1:], "--dir", hub.dir], capture_output=True, text=True, timeout=60, env=environment(), user=user)
		path = os.path.join(hub.dir, name)
		check(done.returncode == 77 and "user 0" in done.stderr and "chown -R %d %s" % (user, path) in done.stderr, "%s: %s" % (name, done))

	def give(path, to):
		for at, folders, files in os.walk(path):
			for name in [at] + [os.path.join(at, f) for f in files]:
				os.chown(name, to, to)

	give(hub.dir, user)
	for name in ("lock", "hub.key", "signer", "signer/lock", "signer/signer.key", "signer/signed", "data", "data/opened", "data/data.mdb", "data/lock.mdb"):
		path = os.path.join(hub.dir, name)
		if not os.path.exists(path):
			open(path, "w").close()
			os.chmod(path, 0o600)
		os.chown(path, 0, 0)
		denied(name, "muster-hub")
		os.chown(path, user, user)


def addresses_and_units_are_checked_before_anything_is_made(world):
	"""an address of another form is refused with 64, a unit that the plan does not have with 66 and the nearest one; nothing is made, no leaf stands for it"""
	hub = Hub(world).start()
	size = hub.status()["size"]
	made = world.path("made")
	wrong = ("foo", "tcp://", "tcp://:7300", "tcp://host", "tcp://host:0", "tcp://host:65536", "tcp://host:x", "udp://host:7300", "tcp://a b:7300",
		'tcp://a":7300', "tcp://%s:7300" % ("h" * 128), "")
	for address in wrong:
		for words in (["hub", "init", "--dir", made, "--plan", PLAN, "--listen", address], ["hub", "init", "--dir", made, "--plan", PLAN, "--address", address],
				["hub", "enroll", "tiexi", "--dir", hub.dir, "--out", made, "--address", address], ["hub", "move", "--dir", hub.dir, "--address", address]):
			told = muster(*words, expect=64).stderr
			check("tcp://HOST:PORT" in told and "MST-7006" in told, told)
		told = muster("hub", "invite", "tiexi", "--dir", hub.dir, "--address", "tcp://host:7300," + address + ",", expect=64).stderr
		check("tcp://HOST:PORT" in told, told)
	for unit, near in (("tiexii", "tiexi"), ("科技局", "kjj"), ("沈阳市科学技术局局", "kjj"), ("kij", "kjj")):
		for words in (["enroll", unit, "--out", made], ["invite", unit]):
			told = muster("hub", *words, "--dir", hub.dir, expect=66).stderr
			check('did you mean "%s"?' % near in told and "MST-5052" in told, told)
	told = muster("hub", "enroll", "nobody-knows-it", "--out", made, "--dir", hub.dir, expect=66).stderr
	check("did you mean" not in told, told)
	check(not os.path.exists(made) and hub.status()["size"] == size, "nothing was made")
	for address in ("tcp://*:7300", "tcp://10.0.0.9:1", "tcp://[fe80::1]:65535"):
		told = address.replace("*", "hub.city")
		muster("hub", "init", "--dir", made, "--plan", PLAN, "--listen", address, "--address", told)
		check('address = "%s"' % told in open(os.path.join(made, "hub.conf"), encoding="utf-8").read(), "it stands in the settings")
		shutil.rmtree(made)
	told = muster("hub", "init", "--dir", made, "--plan", PLAN, "--address", "tcp://*:7300", expect=64).stderr
	check("devices need its name" in told, told)
	for clock in ("2012", "2012-01-01T00:00:00Z,fast"):
		check("MST-1011" in muster("hub", "init", "--dir", made, "--plan", PLAN, "--clock", clock, expect=64).stderr, clock)
	check(not os.path.exists(made), "nothing was made")


def a_foreign_identity_is_refused(world):
	"""hub.conf or hub.key with another hub's id, device, log or key: named, by the hub and by commands that write, and nothing is added to the log"""
	hub, other = Hub(world), Hub(world, directory=world.path("other"))
	size = hub.verify()["size"]
	kept = {name: open(os.path.join(hub.dir, name)).read() for name in ("hub.conf", "hub.key")}

	def is_refused(file, text, words):
		with open(os.path.join(hub.dir, file), "w") as f:
			f.write(text)
		refused(world, hub.dir, words, (78,))
		told = muster("hub", "enroll", "tiexi", "--dir", hub.dir, "--out", world.path("made"), expect=None)
		check(told.returncode == 78, told.stderr)
		check(not os.path.exists(world.path("made")), "nothing was made")
		with open(os.path.join(hub.dir, file), "w") as f:
			f.write(kept[file])

	for name, value in (("hub", "11" * 16), ("device", "11" * 16), ("origin", "muster/other"), ("clock_rate", "3")):
		is_refused("hub.conf", re.sub(r'(?m)^%s = "?[^"\n]*"?$' % name, '%s = "%s"' % (name, value), kept["hub.conf"]),
			("hub.conf: %s is another" % name.split("_")[0], "MST-5043"))
	admin = re.search(r'(?m)^admin_key = "(.*)"$', kept["hub.conf"]).group(1)
	for line in ('admin_key = "%s"' % ("11" * 32), ""):
		is_refused("hub.conf", re.sub(r"(?m)^admin_key = .*$", line, kept["hub.conf"]),
			("hub.conf: admin_key is another", 'write admin_key = "%s" there' % admin, "MST-5043"))
	with open(os.path.join(other.dir, "hub.key")) as f:
		is_refused("hub.key", f.read(), ("hub.key: sign is another", "MST-5043"))
	check(hub.verify()["size"] == size, "nothing was added: %s" % hub.verify())
	is_refused("hub.conf", re.sub(r'(?m)^log_key = .*$', 'log_key = "x"', kept["hub.conf"]), ("hub.conf:", "log_key: expected", "MST-5043"))
	hub.start()
	hub.enroll("tiexi")
	hub.is_clean()


def no_file_takes_the_number_of_a_closed_descriptor(world):
	"""started with stdin, stdout and stderr closed, hub, signer, agent and commands write none of what they say into their own files"""
	def closed(name, *words):
		return subprocess.Popen([program(name), *words], preexec_fn=close_all, env=environment())

	def close_all():
		die_with_parent()
		os.closerange(0, 3)

	def holds(process):
		at = "/proc/%d/fd" % process
		return [os.readlink(os.path.join(at, fd)) for fd in "012"]

	hub = Hub(world)
	agent_dir = hub.enroll("tiexi")
	served = closed("muster-hub", "--dir", hub.dir)
	wait_for(lambda: muster("hub", "status", "--dir", hub.dir, expect=None).returncode == 0, 30, "the hub serves")
	agent = closed("muster-agent", "--dir", agent_dir)
	wait_for(lambda: muster("status", "--dir", agent_dir, expect=None).returncode == 0, 30, "the agent serves")
	children = [int(pid) for pid in open("/proc/%d/task/%d/children" % (served.pid, served.pid)).read().split()]
	for process in (served.pid, agent.pid, *children):
		check(holds(process) == ["/dev/null"] * 3, "%d holds %s" % (process, holds(process)))
	check(len(children) == 1, "the signer: %s" % children)
	check(closed("muster", "hub", "key", "--dir", hub.dir).wait(20) == 73, "a result that cannot be printed is told by the exit code")
	for process in (agent, served):
		process.terminate()
		check(process.wait(20) == 0, "it ends with %s" % process.returncode)
	check(closed("muster", "hub", "enroll", "kjj", "--dir", hub.dir, "--out", world.path("kjj")).wait(20) == 73, "what was not said is told")
	check(hub.verify()["ok"], "the log is whole")
	hub.start()
	agent = world.start("muster-agent", "--dir", agent_dir)
	wait_for(lambda: "ready" in agent.text(), 30, "the office's directory is whole: " + agent.text())


run(no_file_takes_the_number_of_a_closed_descriptor, a_second_daemon_is_refused, a_stopped_hub_can_be_started_again,
	a_hub_is_founded_whole_or_says_that_it_is_not, a_closed_terminal_ends_nobody, the_plan_file_is_mended, foreign_directories_are_told,
	a_foreign_identity_is_refused, a_copy_of_a_running_hub_is_refused, a_bad_setting_is_told, what_is_wrong_in_an_office_is_told, a_taken_port_is_told,
	a_limit_of_the_address_space_is_told, too_few_descriptors_end_nobody_by_abort,
	files_of_another_user_are_told, addresses_and_units_are_checked_before_anything_is_made)
