#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is installed works where it lies, and as services."""
import os
import re
import shutil
import socket
import subprocess

import lib
from lib import BIN, PATIENCE, SOURCE, Hub, check, environment, muster, run, skip

BUILD = os.path.dirname(os.path.abspath(BIN))
UNITS = ("muster-hub@.service", "muster-agent@.service")


def install(world):
	prefix = world.path("prefix")
	done = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, encoding="utf-8")
	check(done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:])
	return prefix


def programs_work_where_they_are_installed(world):
	"""installed anywhere, the programs find each other, their languages and the plan"""
	prefix = install(world)
	built = lib.BIN
	lib.BIN = os.path.join(prefix, "bin")
	try:
		plan = os.path.join(prefix, "share", "muster", "plans", "shenyang-2012.conf")
		muster("plan", "check", plan)
		hub = Hub(world, plan=plan).start()
		out = hub.enroll("tiexi")
		agent = world.start("muster-agent", "--dir", out, log=world.path("agent.log"))
		lib.wait_for(lambda: "connected" in agent.text(), 30, "the agent is connected")
		said = subprocess.run([lib.program("muster"), "help"], env=dict(environment(), MUSTER_LANG="zh"), capture_output=True,
			encoding="utf-8")
		check(said.returncode == 0 and "报送" in said.stdout, said.stdout[:500] + said.stderr)
		check(agent.stop() == 0, "the agent ended")
		hub.stop()
	finally:
		lib.BIN = built


def what_is_installed_is_for_all(world):
	"""installed under any umask, all may read the directories and files, and start the programs"""
	before = os.umask(0o077)
	try:
		prefix = install(world)
	finally:
		os.umask(before)
	seen = 0
	for folder, folders, files in os.walk(prefix):
		for name in folders + files:
			path = os.path.join(folder, name)
			mode = os.stat(path).st_mode & 0o777
			check(mode == (0o755 if name in folders or folder.endswith("bin") else 0o644), "%s: %o" % (path, mode))
			seen += 1
	check(seen > 30, seen)


def verbs(program):
	said = subprocess.run([program, "help"], env=environment(), capture_output=True, encoding="utf-8")
	return re.findall(r"^  muster ([a-z][a-z-]*(?: [a-z][a-z-]*)?)  ", said.stdout, re.M)


def the_manual_has_every_verb(world):
	"""the manual pages have every verb with its options, in both languages, and nothing that a formatter stumbles over"""
	prefix = install(world)
	names = verbs(os.path.join(prefix, "bin", "muster"))
	check(len(names) > 40, str(names))
	for folder, words in (("man1", "until the hub's receipt is here"), ("zh_CN/man1", "等待中心的回执")):
		path = os.path.join(prefix, "share", "man", folder, "muster.1")
		with open(path, encoding="utf-8") as f:
			text = f.read()
		for name in names:
			check('.SS "muster %s"\n' % name in text, "%s: %s is missing" % (path, name))
		check(words in text, "%s: not what report --help says" % path)
	if shutil.which("man") is None:
		skip("no man")
	for folder, _, files in os.walk(os.path.join(prefix, "share", "man")):
		for name in files:
			path = os.path.join(folder, name)
			done = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, encoding="utf-8",
				env=dict(environment(), LC_ALL="C.UTF-8", MANWIDTH="200"))
			check(done.returncode == 0 and done.stderr == "" and "muster" in done.stdout, path + ": " + done.stderr)


COMPLETE = """
source "$1"; shift; program=$1; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_muster "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def the_shell_completes(world):
	"""bash completes verbs, second words, options and directories"""
	prefix = install(world)
	program, script = os.path.join(prefix, "bin", "muster"), os.path.join(prefix, "share", "bash-completion", "completions", "muster")
	os.mkdir(world.path("office"))

	def completed(*words):
		done = subprocess.run(["bash", "-c", COMPLETE, "bash", script, program, *words], capture_output=True, encoding="utf-8", cwd=world.dir,
			env=environment())
		check(done.returncode == 0 and done.stderr == "", done.stderr)
		return done.stdout.split()

	check(set(completed("muster", "")) >= {name.split()[0] for name in verbs(program)}, completed("muster", ""))
	check(completed("muster", "repor") == ["report"], completed("muster", "repor"))
	check(completed("muster", "hub", "sta") == ["status"], completed("muster", "hub", "sta"))
	check(completed("muster", "report", "--pro") == ["--problems", "--progress"], completed("muster", "report", "--pro"))
	check(completed("muster", "hub", "status", "--j") == ["--json"], completed("muster", "hub", "status", "--j"))
	check(completed("muster", "status", "--dir", "off") == ["office"], completed("muster", "status", "--dir", "off"))
	check(completed("muster", "submit", "off") == ["office"], completed("muster", "submit", "off"))


def unit_lines(world, prefix):
	"""The units as installed, with this prefix for the one they were built for: path and lines."""
	for name in UNITS:
		with open(os.path.join(prefix, "lib", "systemd", "system", name), encoding="utf-8") as f:
			lines = f.read().splitlines()
		path = world.path(name.replace("@", "@x"))
		with open(path, "w", encoding="utf-8") as f:
			for i, line in enumerate(lines):
				lines[i] = re.sub(r"^ExecStart=\S*/(?=muster-)", "ExecStart=%s/bin/" % prefix, line)
				print(lines[i], file=f)
		yield path, lines


def the_services_are_as_systemd_wants_them(world):
	"""systemd finds nothing to say about the units, and they name exit codes that the README has"""
	if shutil.which("systemd-analyze") is None:
		skip("no systemd-analyze")
	with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as f:
		codes = set(re.findall(r"^\| (\d+) \| ", f.read(), re.M))
	for path, lines in unit_lines(world, install(world)):
		done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, encoding="utf-8")
		check(done.returncode == 0 and done.stdout + done.stderr == "", done.stdout + done.stderr)
		final = [set(line.split("=")[1].split()) for line in lines if line.startswith("RestartPreventExitStatus=")]
		check(len(final) == 1 and final[0] and final[0] <= codes, "%s: %s of %s" % (path, final, codes))


def a_service_says_when_it_is_ready(world):
	"""started by the line of its unit, each daemon tells the service manager when it serves"""
	hub = Hub(world)
	homes = {"muster-hub@.service": hub.dir, "muster-agent@.service": hub.enroll("tiexi")}
	for (path, lines), home in zip(unit_lines(world, install(world)), homes.values()):
		start = [line[len("ExecStart="):] for line in lines if line.startswith("ExecStart=")]
		check(len(start) == 1, "%s: %s" % (path, start))
		with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
			manager.bind(world.path("notify"))
			manager.settimeout(30 * PATIENCE)
			os.environ["NOTIFY_SOCKET"] = world.path("notify")
			try:
				daemon = lib.Process(start[0].replace("/var/lib/muster/%i", home).split(), path + ".log")
			finally:
				del os.environ["NOTIFY_SOCKET"]
			world.processes.append(daemon)
			said = b""
			while b"READY=1" not in said:
				said = manager.recv(4096)
			check(daemon.stop() == 0, daemon.text()[-1000:])
		os.unlink(world.path("notify"))


def there_is_a_package_for_debian(world):
	"""the package has every program and names the libraries that are loaded at need; its scripts are good shell"""
	if shutil.which("dpkg-shlibdeps") is None:
		skip("no dpkg-shlibdeps")
	done = subprocess.run(["cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", world.path("packages")],
		capture_output=True, encoding="utf-8")
	made = [name for name in os.listdir(world.path("packages")) if name.endswith(".deb")]
	check(done.returncode == 0 and len(made) == 1, "%s: %s%s" % (made, done.stdout[-500:], done.stderr[-1500:]))
	package = os.path.join(world.path("packages"), made[0])
	needs = subprocess.run(["dpkg-deb", "-f", package, "Depends"], capture_output=True, encoding="utf-8").stdout
	for library in ("libzmq5", "liblmdb0", "libzip4"):
		check(library in needs, needs)
	subprocess.run(["dpkg-deb", "-R", package, world.path("package")], check=True)
	names = {name for _, _, files in os.walk(world.path("package")) for name in files}
	check(names >= set(UNITS) | {"muster", "muster-hub", "muster-agent", "muster-signer", "muster-work", "muster.1", "muster.mo"}, str(names))
	for script in ("postinst", "prerm"):
		path = os.path.join(world.path("package"), "DEBIAN", script)
		check(os.access(path, os.X_OK) and subprocess.run(["sh", "-n", path]).returncode == 0, path)


run(programs_work_where_they_are_installed, what_is_installed_is_for_all, the_manual_has_every_verb, the_shell_completes,
	the_services_are_as_systemd_wants_them, a_service_says_when_it_is_ready, there_is_a_package_for_debian)
