#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The process that signs checkpoints dies, or hangs: no receipt without a signature, no silence about it, and nothing lost."""
import os
import signal

from lib import Hub, check, lines_in, run, wait_for


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
	"""stopped under load: no receipt comes and the hub says so; when it goes on so does the work"""
	hub, load, acks = under_load(world)
	signer = signer_of(hub)
	os.kill(signer, signal.SIGSTOP)
	wait_for(lambda: "MST-4271" in hub.process.text(), 30, lambda: "it is told: " + hub.process.text()[-500:])
	stood = lines_in(acks)
	check(hub.status()["size"] > 0 and lines_in(acks) == stood, "the hub answers, and gives no receipt")
	os.kill(signer, signal.SIGCONT)
	wait_for(lambda: lines_in(acks) > stood + 1000, 60, "the load goes on")
	check("it goes on" in hub.process.text(), hub.process.text()[-500:])
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


run(it_has_nothing_of_the_hub, it_dies, it_hangs, it_hangs_at_the_end)
