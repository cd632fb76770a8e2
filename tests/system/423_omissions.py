#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the hub receipted and left out of a feed is proven by one file; what it did not leave out is not, whoever claims it."""
from lib import PLAN, Device, Hub, Office, check, count, muster, muster_json, omit, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"
Q2 = "2012-Q2"
BROKEN, NOTE, WITHHELD = "MST-1012", "MST-1018", "MST-1026"
NONE, EARLIER, NO_RIGHT, CHAIN, REFUSED, UNSTATED = ("MST-%d" % n for n in range(1031, 1037))


def key(hub):
	return muster("hub", "key", "--dir", hub.dir).stdout.strip()


def receipt(world, office, record):
	"""The file that the office has of RECORD."""
	path = world.path("receipt-" + record.replace("/", "-"))
	wait_for(lambda: office.status()["hub"]["connected"], 20, "the hub can be asked")
	muster("prove", "--dir", office.dir, "--record", record, "-o", path)
	return path


def prove(world, reader, file, expect=0):
	"""READER claims that its feed lacks what FILE proves: the proof, or why there is none."""
	world.n += 1
	path = world.path("omission-%d" % world.n)
	done = muster("prove", "--dir", reader, "--omission", file, "-o", path, expect=expect)
	return path if expect == 0 else done.stderr


def holds(path, root):
	return muster_json("check", path, "--root", root)


def refused(path, root):
	done = muster("check", path, "--root", root, expect=1)
	check(done.stdout == "", done.stdout)
	return done.stderr


def records(device, *reports):
	return [a["record"] for a in device.push(*(device.report(item, Q2, revision, progress=revision) for item, revision in reports))]


def every_omission_is_proven(world):
	"""whole batches and single acts, before the feed's first statement and between later ones: each that was left out of a lead's feed is proven offline, each that was not is refused"""
	hub = Hub(world, clock=CLOCK).start()
	lead, device = Device(world, hub, "jxw"), Device(world, hub, "tiexi")
	office = Office(world, hub, "tiexi", "agent").start()
	left_out, kept, hour = {}, [], 12

	def omit_some(*whole_and_records):
		hub.stop()
		for whole, record in whole_and_records:
			omit(hub, "jxw", record, whole)
			left_out[record] = (whole, None)
		hub.start()

	# Before the first statement: the feed is given from its begin.
	a, b, c = (records(device, ("i06", n))[0] for n in (1, 2, 3))
	omit_some((True, b))
	kept += [a, c]
	for n in range(count(4, slow=2, long=12)):
		hour += 2
		hub.clock("2012-07-%02dT%02d:00:00+08:00" % (5 + hour // 24, hour % 24))
		x = records(device, ("i06", 10 * n + 4), ("i07", 10 * n + 4), ("i11", 10 * n + 4))
		y = records(device, ("i06", 10 * n + 5))
		z = records(device, ("i06", 10 * n + 6), ("i11", 10 * n + 6))
		omit_some((False, x[2]), (True, y[0]))
		kept += [x[0]] + z
	files = {r: receipt(world, office, r) for r in list(left_out) + kept}
	last = next(reversed(left_out))
	hour += 2
	hub.clock("2012-07-%02dT%02d:00:00+08:00" % (5 + hour // 24, hour % 24))
	root = key(hub)
	proofs = {record: prove(world, lead.dir, files[record]) for record in left_out}
	for record in kept:
		told = prove(world, lead.dir, files[record], expect=1)
		check(NONE in told and record in told, told)
	hub.stop()
	for record, path in proofs.items():
		told = holds(path, root)
		check(told["ok"] and told["record"] == record and told["feed"] == "jxw" and told["unit"] == "tiexi" and
			told["verdict"] == "STORED" and (told["log"], told["generation"]) == (root.split("+")[0], 1), told)
		check(told["first"] <= told["place"] <= told["last"] + 1 and int(told["stated"].split("/")[0]) > int(record.split("/")[0]), told)
	check(holds(proofs[b], root)["first"] == 1 and holds(proofs[last], root)["first"] > 1, "given from the statement before")
	text = muster("check", proofs[last], "--root", root).stdout
	check("without it" in text and last in text and "jxw" in text, text)


# ---- files that were made by hand ----

def varint(data, at):
	value = shift = 0
	while True:
		value |= (data[at] & 127) << shift
		shift += 7
		at += 1
		if data[at - 1] < 128:
			return value, at


def fields(path):
	"""The members of a file: number -> bytes."""
	with open(path, "rb") as f:
		data = f.read()
	check(data[:8] == b"MUOMISS\x01", data[:8])
	at, out = 8, {}
	while at < len(data):
		tag, at = varint(data, at)
		size, at = varint(data, at)
		check(tag & 7 == 2, "only bytes and messages")
		out[tag >> 3] = data[at:at + size]
		at += size
	return out


def made(world, members):
	def number(n):
		return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + number(n >> 7)
	world.n += 1
	path = world.path("made-%d" % world.n)
	with open(path, "wb") as f:
		f.write(b"MUOMISS\x01" + b"".join(number(n << 3 | 2) + number(len(m)) + m for n, m in sorted(members.items())))
	return path


RECEIPT, BEFORE, STATED, ENTRIES, PLAN_FILE = 1, 2, 3, 4, 5


def no_file_proves_what_did_not_happen(world):
	"""of real parts no file can be made that claims more: what is in the feed, what no lead sees, a statement that is older, other entries, another plan, another log"""
	hub = Hub(world, clock=CLOCK).start()
	lead, device = Device(world, hub, "jxw"), Device(world, hub, "tiexi")
	office = Office(world, hub, "tiexi", "agent").start()
	first = records(device, ("i06", 1))[0]
	hub.stop()
	omit(hub, "jxw", first)
	hub.start()
	file = receipt(world, office, first)
	told = prove(world, lead.dir, file, expect=1)
	check(UNSTATED in told, "nothing was stated of an empty feed: " + told)
	records(device, ("i06", 2))
	hub.clock("2012-07-05T14:00:00+08:00")
	check(holds(prove(world, lead.dir, file), key(hub))["place"] == 1, "now it is")
	there, missing, foreign = (records(device, (item, 3))[0] for item in ("i06", "i11", "i07"))
	bad = device.push(device.report("i06", Q2, 3, progress=77))[0]
	check(bad["verdict"] == "REFUSED_CONFLICT", bad)
	hub.stop()
	omit(hub, "jxw", missing)
	hub.start()
	hub.clock("2012-07-05T16:00:00+08:00")
	later = records(device, ("i06", 4))[0]
	files = {r: receipt(world, office, r) for r in (there, missing, foreign, later, bad["record"])}
	root = key(hub)
	proof = fields(prove(world, lead.dir, files[missing]))
	check(holds(made(world, proof), root)["record"] == missing, "of the same parts it holds")

	# Whoever claims it at the hub: each is told why not.
	for reader, file, code in ((lead.dir, there, NONE), (lead.dir, foreign, NO_RIGHT), (lead.dir, later, NONE),
			(lead.dir, bad["record"], REFUSED)):
		told = prove(world, reader, files[file], expect=1)
		check(code in told, "%s: %s" % (code, told))

	def inside(file):
		with open(files[file], "rb") as f:
			return f.read()[8:]

	def fails(code, changes, why):
		members = {number: part for number, part in {**proof, **changes}.items() if part is not None}
		told = refused(made(world, members), root)
		check(code in told, "%s: %s" % (why, told))
	fails(NONE, {RECEIPT: inside(there)}, "it is in the feed")
	fails(NO_RIGHT, {RECEIPT: inside(foreign)}, "jxw does not lead item 7")
	fails(EARLIER, {RECEIPT: inside(later)}, "the statement is older")
	fails(EARLIER, {STATED: proof[BEFORE], ENTRIES: b""}, "the statement is older")
	fails(REFUSED, {RECEIPT: inside(bad["record"])}, "the hub refused it")
	entries = proof[ENTRIES]
	for changed in (b"", entries[:-1], entries + entries[:9], entries[9:], bytes([entries[0] ^ 1]) + entries[1:]):
		fails(CHAIN, {ENTRIES: changed}, "the entries are others")
	fails(CHAIN, {BEFORE: None}, "the begin is another")
	fails(BROKEN, {BEFORE: proof[STATED]}, "the begin is behind the act")
	fails(BROKEN, {PLAN_FILE: proof[PLAN_FILE] + b"\n"}, "another plan")
	fails(BROKEN, {STATED: inside(there)}, "that is no statement")
	path = made(world, proof)
	other = Hub(world, clock=CLOCK, directory=world.path("other"))
	check(NOTE in refused(path, key(other)), "another log's key")
	withheld = world.path("withheld")
	muster("prove", "--dir", office.dir, "--record", missing, "--withhold", "-o", withheld)
	told = prove(world, lead.dir, withheld, expect=65)
	check(WITHHELD in told, told)


def an_honest_hub_gives_no_proof(world):
	"""whoever leads, led or will lead, observes or reports, before and after a change of the plan: nothing that an honest hub signed proves an omission"""
	hub = Hub(world, clock="2012-05-20T08:00:00+08:00,0").start()
	devices = {u: Device(world, hub, u) for u in ("tiexi", "yuhong")}
	readers = {u: Office(world, hub, u).start() for u in ("jxw", "hbj", "wjmj", "tjj", "yuhong")}
	offices = {u: Office(world, hub, u, "agent").start() for u in devices}
	all_records = []

	def more(revision):
		for unit, device in devices.items():
			got = device.push(*(device.report(item, Q2, revision, progress=revision) for item in ("i04", "i06", "i07")))
			all_records.extend((unit, a["record"]) for a in got)
	with open(PLAN, encoding="utf-8") as f:
		text = f.read()
	file = world.path("second.conf")
	with open(file, "w", encoding="utf-8") as f:
		f.write(text.replace('leads    = { "fgw", "jxw", "hbj" }', 'leads    = { "fgw", "jxw", "wjmj" }', 1))
	more(1)
	hub.clock("2012-05-20T10:00:00+08:00")
	more(2)
	first = readers["wjmj"].status()["plan_version"]
	muster("plan", "apply", file, "--dir", hub.dir, "--from", "2012-Q3")
	more(3)
	hub.clock("2012-05-20T12:00:00+08:00")
	more(4)
	hub.clock("2012-07-01T00:00:00+08:00")
	more(5)
	hub.clock("2012-07-01T02:00:00+08:00")
	more(6)
	hub.clock("2012-07-01T04:00:00+08:00")
	for office in list(readers.values()) + list(offices.values()):
		wait_for(lambda: office.status()["plan_version"] != first, 20, "the new version is there")
	codes = set()
	for unit, record in all_records[::count(1, slow=3)]:
		path = receipt(world, offices[unit], record)
		for reader in readers.values():
			told = prove(world, reader.dir, path, expect=1)
			why = [c for c in (NONE, NO_RIGHT, REFUSED, UNSTATED) if c in told]
			check(why, told)
			codes.update(why)
	check({NONE, NO_RIGHT, REFUSED} <= codes, codes)


run(every_omission_is_proven, no_file_proves_what_did_not_happen, an_honest_hub_gives_no_proof)
