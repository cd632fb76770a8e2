#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A malicious device: enrolled, with good keys. What it costs the hub is bounded, and others are served."""
import os

from lib import PATIENCE, SLOW, Hub, Office, check, count, muster, run, wait_for
from peer import Peer, learn
from zmtp import RawClient

# What a hub may have meanwhile. A sanitizer keeps what was freed in quarantine.
MEMORY_MEANWHILE = (900 if SLOW else 100) << 20


def private_bytes(pid):
	with open("/proc/%d/smaps_rollup" % pid) as f:
		return sum(int(line.split()[1]) << 10 for line in f if line.startswith("Private_"))


def opened(world):
	"""A hub, the malicious device, and a good office that is served."""
	learn(world)
	hub = Hub(world, clock=None).start()
	good = Peer(hub.enroll("tiexi"))
	check(good.open()[0] == good.contract.WELCOME, "the good office is served")
	return hub, Peer(hub.enroll("shenbei")), good


def connect(hub, peer):
	return RawClient(hub.port, bytes.fromhex(peer.text("hub_curve_key")), peer.secret("curve"))


def frame(peer, kind, message):
	return peer.contract.frame(kind, message)


def hello(peer):
	import wire_pb2
	return frame(peer, peer.contract.HELLO, wire_pb2.Hello(roles=2, protocol_min=1, protocol_max=1, schema=1, device=peer.id))


def is_served(good):
	import wire_pb2
	good.send(good.contract.PING, wire_pb2.Ping(number=1))
	check(good.receive()[0] == 12, "the good office is served")


def deaf(world):
	"""a device that asks for the plan on and on and reads nothing is cut, with all that waits for it, and is served when it reads"""
	hub, bad, good = opened(world)
	import wire_pb2
	before, peak, cut = private_bytes(hub.process.pid), 0, 0
	ask = frame(bad, 17, wire_pb2.PlanRequest(offset=0))
	for n in range(count(6, slow=3, long=40)):
		client = connect(hub, bad)
		client.part(hello(bad), more=False)
		client.socket.settimeout(2 * PATIENCE)
		try:
			for k in range(4000):
				client.part(ask, more=False)
		except OSError:
			cut += 1
		peak = max(peak, private_bytes(hub.process.pid) - before)
		is_served(good)
		client.close()
	check(cut == n + 1, "it was cut %d times of %d" % (cut, n + 1))
	check(peak < MEMORY_MEANWHILE, "the hub had %d KiB more" % (peak >> 10))
	check(bad.open()[0] == bad.contract.WELCOME, "it is served again")
	bad.send(17, wire_pb2.PlanRequest(offset=0))
	check(bad.socket.poll(10000 * PATIENCE) and bad.socket.recv()[3] == 18, "it reads the plan")


def piles(world):
	"""connections that one device piles up are cut, and nobody else's"""
	hub, bad, good = opened(world)
	import wire_pb2
	files = "/proc/%d/fd" % hub.process.pid
	before, clients = len(os.listdir(files)), []
	for n in range(count(200, slow=60, long=2000)):
		try:
			client = connect(hub, bad)
			client.part(frame(bad, bad.contract.PING, wire_pb2.Ping(number=1)), more=False)
			clients.append(client)
		except (OSError, AssertionError):
			pass  # cut already
	wait_for(lambda: len(os.listdir(files)) <= before + 16, 20, lambda: "%d descriptors, %d before" % (len(os.listdir(files)), before))
	is_served(good)
	check("MST-4270" in hub.process.text(), hub.process.text())
	check(bad.open()[0] == bad.contract.WELCOME, "it is served when it behaves")


def floods_of_words(world):
	"""a lead that states thousands of comments on an office's report neither stops that office's agent nor fills its disk"""
	learn(world)
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	lead = Peer(hub.enroll("jxw"))
	lead.open()
	import act_pb2
	for n in range(count(20, long=200)):
		words = act_pb2.Comment(text="%d" % n)
		verdicts = lead.verdicts(*[lead.other_act(10, words, unit="tiexi") for _ in range(256)])
		check(set(verdicts) == {"STORED"}, verdicts)
	check(office.report_json({"item": "i06", "period": "2012-Q2", "report": {"progress_pct": 5, "done": "开工"}})[0]["state"] == "received",
		"the office reports as ever")
	wait_for(lambda: len(office.notices()) == 501 and any("通知过多" in name for name in office.notices()), 60,
		lambda: "%d notices" % len(office.notices()))
	check(office.status()["inbox"] == 500, office.status())


FORGED = "2012-07-05T13:00:00+08:00  退回"


def words_that_forge(world):
	"""words that end a line, move a cursor or turn the order of reading do so on no screen and in no notice of others"""
	learn(world)
	hub = Hub(world, clock="2012-07-05T12:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	lead = Peer(hub.enroll("jxw"))
	lead.open()
	import act_pb2
	words = act_pb2.Comment(text="好\n%s\u202e\u2066x" % FORGED)
	check(lead.verdicts(lead.other_act(10, words, unit="tiexi")) == ["STORED"], "it is stored as it is")
	tiexi = Peer(hub.enroll("tiexi", "other"))
	tiexi.open()
	check(tiexi.verdicts(tiexi.act(done=words.text, progress_pct=1)) == ["STORED"], "so is that")
	wait_for(lambda: office.inbox(), 20, "it comes in")
	check(office.inbox()[0]["act"]["body"]["text"] == words.text, "JSON has it as it is")
	notice = wait_for(lambda: "".join(office.notices().values()), 20, "a notice")
	screens = {"inbox": muster("inbox", "--dir", office.dir).stdout, "feed": muster("feed", "--dir", lead.dir).stdout, "notice": notice,
		"where": muster("where", "--dir", office.dir, "--item", "i06", "--period", "2012-Q2").stdout}
	for name, text in screens.items():
		check(FORGED in text, "%s: %s" % (name, text))
		check(not any(line.startswith(FORGED) for line in text.splitlines()), "%s: a line is forged: %s" % (name, text))
		check(not set(text) & set("\u202e\u2066\x1b"), "%s: %r" % (name, text))


run(deaf, piles, floods_of_words, words_that_forge)
