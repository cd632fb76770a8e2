#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A hub comes back from last night's backup: by the administrator's word alone, and with everything that was receipted."""
import datetime
import os
import shutil

from lib import Hub, Office, check, count, muster, muster_json, muster_lines, run, wait_for
from peer import NACKS, Peer, learn

Q2 = "2012-Q2"


def key_of(world, hub):
	"""The administrator's key, kept elsewhere as it should be."""
	to = world.path("admin.key")
	if not os.path.exists(to):
		os.rename(os.path.join(hub.dir, "admin.key"), to)
	return to


def set_number(hub, name, before, after):
	"""A setting of the stopped hub."""
	path = os.path.join(hub.dir, "hub.conf")
	with open(path) as f:
		text = f.read()
	check("%s = %d" % (name, before) in text, text)
	with open(path, "w") as f:
		f.write(text.replace("%s = %d" % (name, before), "%s = %d" % (name, after)))


def wait_shortly(hub):
	"""Offices of this test have nothing to be put in order."""
	set_number(hub, "refill_wait_ms", 3000, 200)


def backup(world, hub, name="backup"):
	to = world.path(name)
	told = muster_json("backup", "--dir", hub.dir, "--out", to)
	check(told["size"] > 0 and not os.path.exists(os.path.join(to, "admin.key")), told)
	return to


def lose_data(hub, copy):
	"""The hub dies with its disk; the signer's directory is on another one."""
	hub.kill()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(os.path.join(copy, "data"), os.path.join(hub.dir, "data"))


def refuses(world, hub, words):
	p = world.start("muster-hub", "--dir", hub.dir)
	code = p.wait(30)
	check(code > 0 and all(w in p.text() for w in words), "the hub does not start: %d %s" % (code, p.text()))


def restored(world, hub, *words, expect=0):
	return muster("hub", "restored", "--dir", hub.dir, "--admin-key", key_of(world, hub), "--json", *words, expect=expect)


def report(office, item, progress):
	answer = office.report_json({"item": item, "period": Q2, "report": {"progress_pct": progress, "done": "done"}})
	check(answer[0]["verdict"] == "STORED", answer)
	return answer[0]["record"]


def read_by(office):
	"""The progress of the reports that its feed brings."""
	return [a["act"]["body"]["progress_pct"] for a in muster_lines("feed", "--dir", office.dir) if a["act"]["kind"] == "REPORT"]


def everything_comes_back(world):
	"""backup, then reports, then the disk is lost: refused by name until the administrator's word; then all is there again, old receipts hold"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,1")
	told = muster("backup", "--dir", hub.dir, "--out", world.path("early"), expect=66).stderr
	check("signed nothing yet" in told and not os.path.exists(world.path("early.new")), told)
	hub.start()
	tiexi, hbj = Office(world, hub, "tiexi").start(), Office(world, hub, "hbj").start()
	report(tiexi, "i06", 10)
	copy = backup(world, hub, "the \"copy\"")  # JSON quotes what people named
	before = [report(tiexi, "i06", p) for p in (20, 30)]
	back = hbj.state("return", "i06", "tiexi", Q2, reason="again")
	check(back["verdict"] == "STORED", back)
	wait_for(lambda: len(tiexi.inbox()) == 1, 20, "tiexi has the return")
	check(read_by(hbj) == [10, 20, 30], "the lead has read them")
	old = world.path("old.proof")
	muster("prove", "--record", before[0], "--dir", tiexi.dir, "-o", old)
	lose_data(hub, copy)
	refuses(world, hub, ("MST-1019", "hub restored"))
	told = muster("verify", "--dir", hub.dir, expect=1).stderr
	check("older copy" in told and "hub restored" in told and "from a backup" not in told and "MST-5010" in told, told)
	answer = muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "hub.key"), expect=None)
	check(answer.returncode == 78 and "administrator" in answer.stderr, answer.stderr)
	restored(world, hub)
	os.unlink(os.path.join(hub.dir, "signer", "orders"))
	refuses(world, hub, ("MST-5093", "does not have the administrator's order"))
	check('"generation":2' in restored(world, hub).stdout, "who was interrupted runs it again")
	check("opened already" in restored(world, hub, expect=None).stderr, "and not twice")
	told = muster("verify", "--dir", hub.dir, expect=1).stderr
	check("nothing was signed" in told and "start the hub" in told and "stop the hub" not in told, told)
	hub.start()
	wait_for(lambda: hub.units()["tiexi@office"]["acts"] == 3, 30, lambda: "tiexi sends again: %s" % tiexi.process.text()[-1500:])
	wait_for(lambda: len(tiexi.inbox()) == 1 and tiexi.status()["queue"]["without_receipt"] == 0, 30, lambda: "%s %s %s" % (hub.units(), hbj.process.text(), tiexi.process.text()))
	report(tiexi, "i06", 40)
	check(read_by(hbj) == [10, 20, 30, 40] and read_by(hbj) == [], "a reader begins again, once")
	hub.is_clean()
	check("generation 2" in tiexi.process.text() and "ALARM" not in tiexi.process.text(), tiexi.process.text())
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	muster("check", old, "--root", key)
	receipts_of_both(world, tiexi, before, key)


def receipts_of_both(world, office, before, key):
	"""Of an act that was receipted twice the office has both receipts, each of its own generation of the log."""
	seen = muster_lines("feed", "--dir", office.dir, "--since", "0", "--own", "--name", "check")
	now = {a["act"]["revision"]: a["record"] for a in seen if a["act"]["kind"] == "REPORT"}
	for generation, record, revision in ((1, before[0], 2), (1, before[1], 3), (2, now[2], 2), (2, now[3], 3)):
		path = world.path("receipt-%d-%d" % (generation, revision))
		told = muster_json("receipt", "--dir", office.dir, "--record", record, "--generation", str(generation), "-o", path)
		check((told["record"], told["generation"], told["revision"]) == (record, generation, revision), told)
		check(told["log"].endswith("/2") == (generation == 2), told)
		proof = muster_json("check", path, "--root", key)
		check((proof["log"], proof["generation"], proof["record"]) == (told["log"], generation, record), proof)
		check(instant(proof["hub_time"]) == instant(told["hub_time"]), "%s %s" % (proof, told))
		check("%s," % told["log"] in muster("check", path, "--root", key).stdout, "people read which one")
	newest = muster_json("receipt", "--dir", office.dir, "--record", now[2])
	check(newest["generation"] == 2 and [(e["record"], e["generation"]) for e in newest["earlier"]] == [(before[0], 1)], newest)
	check("--record %s --generation 1" % before[0] in muster("receipt", "--dir", office.dir, "--record", now[2]).stdout, "people are told of the earlier one")


def whom_the_backup_does_not_know(world):
	"""a device that was enrolled, or has other keys, since the backup joins in its directory with a new invite: what it had receipts for, and the hub lost, is there again, once"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	key_of(world, hub)
	rotated, other = Office(world, hub, "tiexi").start(), Office(world, hub, "fgw").start()
	report(rotated, "i06", 10)
	copy = backup(world, hub)
	muster("agent", "rotate", "--dir", rotated.dir)
	report(rotated, "i07", 20)
	rotated.stop()
	rotated.start()
	report(rotated, "i11", 30)
	new = Office(world, hub, "heping").start()
	report(new, "i06", 40)
	check(other.state("remind", "i07", "heping", Q2)["verdict"] == "STORED", "a reminder that is in nobody's outbox twice")
	lose_data(hub, copy)
	restored(world, hub)
	hub.start()
	for office, more, acts in ((rotated, ("--replace",), 2), (new, (), 1)):
		wait_for(lambda: trouble(office)["state"] == "REFUSED", 20, lambda: "the hub does not know its key: %s" % office.status())
		key = muster_json("hub", "invite", office.unit, "--dir", hub.dir, *more)["key"]
		office.stop()
		answer = muster_json("join", "--dir", office.dir, "--key-file", key_file(world, key))
		check(answer["acts_taken"] == acts, "what the hub lost: %s" % answer)
		office.start()
		wait_for(lambda: acts_of(hub)[office.unit + "@office"] == acts, 30, lambda: "%s %s" % (acts_of(hub), office.process.text()))
	wait_for(lambda: acts_of(hub)["fgw@office"] == 1, 30, "and the reminder")
	seen = [(a["act"]["item"], a["act"]["body"]["progress_pct"]) for a in muster_lines("feed", "--dir", other.dir) if a["act"]["kind"] == "REPORT"]
	check(sorted(seen) == [("i06", 10), ("i06", 40), ("i07", 20), ("i11", 30)], seen)
	check(muster_json("receipt", "--dir", new.dir, "--item", "6", "--period", Q2)["generation"] == 2, "with a receipt of its own")
	hub.is_clean()


def key_file(world, key):
	path = world.path("join.key")
	with open(path, "w", encoding="ascii") as f:
		f.write(key + "\n")
	return path


def instant(text):
	return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def trouble(office):
	return office.status()["hub"]


def acts_of(hub):
	return {line["device"]: line["acts"] for line in muster_lines("hub", "units", "--dir", hub.dir) if line["state"] != "revoked"}


def under_load(world):
	"""a backup is taken while reports come in; nothing that was receipted is missing after the restore, and a second one goes as well"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	key_of(world, hub)
	wait_shortly(hub)
	offices = [Office(world, hub, unit).start() for unit in ("tiexi", "heping", "dadong")]
	for generation in (2, 3):
		load = hub.start_load(devices=4, batch=16, inflight=8, reports=count(4000, 1000)) if generation == 2 else None
		for n, office in enumerate(offices):
			report(office, "i06", 10 * generation + n)
		copy = backup(world, hub, "backup-%d" % generation)
		for n, office in enumerate(offices):
			for item in ("i06", "i07"):
				report(office, item, 30 + 10 * generation + n)
		if load:
			check(load.wait(60) == 0, load.text())
		had = {name: acts for name, acts in acts_of(hub).items() if name.endswith("@office")}
		lose_data(hub, copy)
		refuses(world, hub, ("MST-1019",))
		told = restored(world, hub)
		check('"generation":%d' % generation in told.stdout, told.stdout)
		hub.start()
		wait_for(lambda: all(acts_of(hub)[name] == acts for name, acts in had.items()), 30, lambda: "%s of %s" % (acts_of(hub), had))
		hub.is_clean()
	for office in offices:
		check(office.status()["queue"]["without_receipt"] == 0, office.status())
		check("ALARM" not in office.process.text(), office.process.text())
		report(office, "i06", 99)


def the_machine_is_lost(world):
	"""when the signer's memory is lost too, the newest checkpoint that anybody kept takes its place, such as an office's receipt; the backup alone does not start"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	key_of(world, hub)
	wait_shortly(hub)
	tiexi = Office(world, hub, "tiexi").start()
	report(tiexi, "i06", 10)
	copy = backup(world, hub)
	report(tiexi, "i06", 20)
	kept = world.path("kept")
	muster("receipt", "--dir", tiexi.dir, "--item", "6", "--period", Q2, "-o", kept)
	hub.kill()
	shutil.rmtree(hub.dir)
	shutil.copytree(copy, hub.dir)
	refuses(world, hub, ("MST-5090", "hub restored"))
	check("--checkpoint" in restored(world, hub, expect=64).stderr, "who knows how long it was?")
	restored(world, hub, "--checkpoint", kept)
	hub.start()
	wait_for(lambda: acts_of(hub)["tiexi@office"] == 2, 30, lambda: "%s %s" % (acts_of(hub), tiexi.process.text()[-900:]))
	report(tiexi, "i06", 30)
	hub.is_clean()
	hub.stop()
	answer = restored(world, hub, expect=None)
	check(answer.returncode != 0 and "nothing was restored" in answer.stderr, answer.stderr)


def the_signer_alone_is_lost(world):
	"""when only the signer's directory is lost, the hub says which way back there is; with the backup's and an office's receipt the log goes on, whole"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	key_of(world, hub)
	wait_shortly(hub)
	tiexi = Office(world, hub, "tiexi").start()
	copy = backup(world, hub)
	report(tiexi, "i06", 10)
	kept = world.path("kept")
	muster("receipt", "--dir", tiexi.dir, "--item", "6", "--period", Q2, "-o", kept)
	hub.stop()
	signer = os.path.join(hub.dir, "signer")
	shutil.rmtree(signer)
	refuses(world, hub, ("is lost", "backup", "hub restored", "--checkpoint"))
	shutil.copytree(os.path.join(copy, "signer"), signer)
	refuses(world, hub, ("MST-5090", "hub restored"))
	restored(world, hub, "--checkpoint", kept)
	hub.start()
	wait_for(lambda: "generation 2" in tiexi.process.text(), 30, tiexi.process.text)
	report(tiexi, "i06", 20)
	check(acts_of(hub)["tiexi@office"] == 2 and "ALARM" not in tiexi.process.text(), tiexi.process.text())
	hub.is_clean()


def a_rollback_is_refused(world):
	"""older data with an older signer's memory, or with an order that another signed than the administrator whom an office knows: the hub starts, and its offices say rollback"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	tiexi = Office(world, hub, "tiexi").start()
	report(tiexi, "i06", 10)
	hub.stop()
	old = world.path("old")
	shutil.copytree(hub.dir, old)
	hub.start()
	wait_for(lambda: trouble(tiexi)["connected"], 20, "the agent is back")
	report(tiexi, "i06", 20)
	read_by(tiexi)
	hub.stop()
	newest = world.path("newest")
	shutil.copytree(hub.dir, newest)
	refused = lambda: trouble(tiexi)["state"] == "SPLIT"
	for name in ("data", "signer"):
		shutil.rmtree(os.path.join(hub.dir, name))
		shutil.copytree(os.path.join(old, name), os.path.join(hub.dir, name))
	hub.start()
	wait_for(refused, 30, lambda: "the agent sees the rollback: %s" % tiexi.status())
	check("older than" in tiexi.process.text() and "ALARM" in tiexi.process.text(), tiexi.process.text())
	check(os.path.exists(os.path.join(tiexi.dir, "ALARM-checkpoints.txt")), "both checkpoints are kept")
	answer = muster("feed", "--dir", tiexi.dir, expect=77).stderr
	check("older than" in answer, "a reader sees it too: %s" % answer)
	hub.stop()

	# Another administrator: the log's first leaf bars him, and so do signer and office, each by the key that it has.
	other = Hub(world, directory=world.path("other"))
	shutil.rmtree(os.path.join(hub.dir, "signer"))
	shutil.copytree(os.path.join(newest, "signer"), os.path.join(hub.dir, "signer"))
	replace_key(os.path.join(hub.dir, "hub.conf"), os.path.join(other.dir, "hub.conf"))
	answer = muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(other.dir, "admin.key"), expect=78).stderr
	check("admin_key is another" in answer, answer)
	shutil.copy(os.path.join(newest, "hub.conf"), hub.dir)
	replace_key(os.path.join(hub.dir, "signer/signer.key"), os.path.join(other.dir, "signer/signer.key"))
	muster("hub", "restored", "--dir", hub.dir, "--admin-key", os.path.join(hub.dir, "admin.key"))
	refuses(world, hub, ("MST-5091", "not signed by the hub's administrator"))
	replace_key(os.path.join(hub.dir, "signer/signer.key"), os.path.join(newest, "signer/signer.key"))
	tiexi.stop()
	replace_key(os.path.join(tiexi.dir, "agent.conf"), os.path.join(other.dir, "hub.conf"))
	hub.start()
	tiexi.start()
	wait_for(lambda: "without the signature of the hub's administrator" in tiexi.process.text(), 30, lambda: tiexi.process.text()[-1500:])
	check(refused() and acts_of(hub)["tiexi@office"] == 1, "nothing was sent: %s" % acts_of(hub))
	hub.stop()
	replace_key(os.path.join(hub.dir, "hub.conf"), os.path.join(other.dir, "hub.conf"))
	check(hub.verify()["ok"], "verify holds an order against the administrator of the first leaf, not of hub.conf")


def replace_key(path, by):
	"""The administrator's public key of one file into another."""
	def line_of(lines):
		return next(i for i, line in enumerate(lines) if line.startswith("admin"))
	with open(by) as f:
		theirs = f.read().splitlines()
	with open(path) as f:
		ours = f.read().splitlines()
	ours[line_of(ours)] = theirs[line_of(theirs)]
	with open(path, "w") as f:
		f.write("\n".join(ours) + "\n")


def hand_in(batches):
	"""Push BATCHES, of each peer a list, all at once; what was answered. Those with a receipt go."""
	import wire_pb2
	told = []
	for p, list_of in batches.items():
		for batch in list_of:
			p.send(p.contract.PUSH, wire_pb2.Push(batch=batch))
	for p, list_of in batches.items():
		waits = len(list_of)
		while waits > 0:
			kind, message = p.receive()
			names = ["RECEIPT"] * len(message.receipts) if kind == p.contract.RECEIPT else [NACKS[message.code]]
			del list_of[:names.count("RECEIPT")]
			waits -= len(names)
			told += names
	return told


def what_is_held_is_bounded(world):
	"""what waits to be put in order counts with the memory it takes: beyond the hub's credit it is told BUSY, and taken when it comes again"""
	learn(world)
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,1").start()
	peer, other = Peer(hub.enroll("tiexi")), Peer(hub.enroll("kjj"))
	key_of(world, hub)
	wait_shortly(hub)
	set_number(hub, "credit_bytes", 64 << 20, 1 << 20)
	copy = backup(world, hub)
	other.open()
	other.report()
	lose_data(hub, copy)
	restored(world, hub)
	hub.start()
	batches = {peer: [], other: []}
	for p in batches:
		p.next_seq, p.prev = 1, bytes(32)
		p.open()
		for _ in range(32):
			batches[p].append(p.seal(now=0))  # small ones, sealed long ago
			p.went(batches[p][-1])
	rounds = [hand_in(batches)]
	check("BUSY" in rounds[0] and rounds[0].count("RECEIPT") < 40, rounds)
	while any(batches.values()):
		rounds.append(hand_in(batches))
	check(sum(told.count("RECEIPT") for told in rounds) == 64, "taken when it comes again, each once: %s" % rounds)
	hub.stop()
	hub.is_clean()


def a_copy_is_verified_where_it_lies(world):
	"""a backup wants room only where it is put; where verify finds none, that is told, and no copy is called bad for it"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	nowhere = world.path("x" * 60)
	os.environ["TMPDIR"] = nowhere
	try:
		to = backup(world, hub)
		check(sorted(os.listdir(to)) == sorted(set(os.listdir(hub.dir)) - {"admin.key", "control.sock", "lock", "serving"} | {"checkpoint"}), os.listdir(to))
		told = muster("verify", "--dir", to, expect=73).stderr
		check(nowhere in told and "set TMPDIR" in told, told)
	finally:
		del os.environ["TMPDIR"]
	check(muster_json("verify", "--dir", to)["ok"], "the copy is good")
	hub.stop()


run(a_copy_is_verified_where_it_lies, everything_comes_back, whom_the_backup_does_not_know, under_load, the_machine_is_lost, the_signer_alone_is_lost, a_rollback_is_refused, what_is_held_is_bounded)
