#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sticks: an office without a line hands in by file, and has its receipts by file."""
import json
import os
import shutil

from lib import Hub, Office, check, free_port, muster, muster_json, muster_lines, rng, run, wait_for

CLOCK = "2012-07-05T00:00:00+08:00"
Q2 = "2012-Q2"


def report(item, progress):
	return {"item": item, "period": Q2, "report": {"progress_pct": progress, "done": "done %d" % progress}}


def sealed_office(world, hub, unit="tiexi"):
	"""An office that will never reach the hub."""
	office = Office(world, hub, unit)
	office.set("addresses", '{"tcp://127.0.0.1:%d"}' % free_port())
	return office.start()


class Sticks:
	"""Files between one office and the hub."""

	def __init__(self, world, hub, office):
		self.world, self.hub, self.office, self.n = world, hub, office, 0

	def name(self):
		self.n += 1
		return self.world.path("%s-%d.stick" % (self.office.unit, self.n))

	def export(self, *words):
		path = self.name()
		told = muster_json("outbox", "export", path, "--dir", self.office.dir, *words)
		return path, told

	def hub_import(self, path, expect=0):
		"""(outcomes, receipts)"""
		receipts = self.name()
		lines = muster_lines("hub", "import", path, "--dir", self.hub.dir, "--receipts", receipts, expect=expect)
		return [line["outcome"] for line in lines], receipts

	def receipts(self, path, expect=0):
		return muster_json("outbox", "import-receipts", path, "--dir", self.office.dir, expect=expect)


def code_of(done):
	return done.stderr.rsplit("[", 1)[-1].rstrip("]\n")


def an_office_without_a_line(world):
	"""An office that never reaches the hub exports, the hub imports, and the receipts make its file say 已收到"""
	hub = Hub(world, clock=CLOCK).start()
	office = sealed_office(world, hub)
	sticks = Sticks(world, hub, office)
	office.drop("二季度.json", json.dumps([report("i06", 50), report("i11", 40)]))
	office.answer("二季度.json", wanted="已排队")
	out, told = sticks.export()
	check(told["acts"] == 2 and os.stat(out).st_mode & 0o777 == 0o600, told)
	outcomes, back = sticks.hub_import(out)
	check(outcomes == ["new"], outcomes)
	check(sticks.receipts(back) == {"schema": "muster/outbox-receipts/1", "new": 1, "known": 0, "unknown": 0}, "the receipts")
	office.answer("二季度.json")
	status = office.status()
	check(status["queue"]["without_receipt"] == 0 and not status["hub"]["connected"], status)
	where = muster_json("where", "--dir", office.dir, "--item", "6", "--period", Q2)
	check(where["record"], where)
	muster("receipt", "--dir", office.dir, "--item", "6", "--period", Q2)

	proof = world.path("proof")
	muster("receipt", "--dir", office.dir, "--item", "6", "--period", Q2, "-o", proof)
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	muster("check", proof, "--root", key)
	check(sticks.export()[1]["batches"] == 0, "nothing waits any more")
	office.stop()
	hub.stop()
	hub.is_clean()


def twice_and_out_of_order(world):
	"""Exported twice, imported twice, in the wrong order: each act is in the log once, and every receipt is taken"""
	hub = Hub(world, clock=CLOCK).start()
	office = sealed_office(world, hub)
	sticks = Sticks(world, hub, office)
	office.report_json(report("i06", 10), wait=0, expect=75)
	first, _ = sticks.export()
	office.report_json(report("i06", 20), wait=0, expect=75)
	both, told = sticks.export()
	check(told["batches"] == 2, told)
	second, told = sticks.export("--since", "2")
	check(told["batches"] == 1, told)
	check(open(sticks.export()[0], "rb").read() == open(both, "rb").read(), "sealed once: the same bytes")

	outcomes, nothing = sticks.hub_import(second, expect=1)
	check(outcomes == ["gap"], outcomes)
	check(sticks.receipts(nothing)["new"] == 0, "no receipt of what was not taken")
	outcomes, back_first = sticks.hub_import(first)
	check(outcomes == ["new"], outcomes)
	outcomes, back_both = sticks.hub_import(both)
	check(outcomes == ["known", "new"], outcomes)
	outcomes, back_again = sticks.hub_import(both)
	check(outcomes == ["known", "known"], outcomes)
	size = hub.status()["size"]
	backs = [back_first, back_both, back_again, back_first]
	rng.shuffle(backs)
	told = [sticks.receipts(back) for back in backs]
	check(sum(t["new"] for t in told) == 2 and sum(t["unknown"] for t in told) == 0, told)
	check(office.status()["queue"]["without_receipt"] == 0, office.status())
	check(hub.status()["size"] == size, "nothing was added")
	office.stop()
	hub.stop()
	check(hub.is_clean()["acked"] == 0, "audit")


def on_line_too(world):
	"""An office that is on line as well is not confused: the hub knows what came by stick, and the other way round"""
	hub = Hub(world, clock=CLOCK).start()
	office = sealed_office(world, hub)
	sticks = Sticks(world, hub, office)
	office.report_json(report("i06", 10), wait=0, expect=75)
	out, _ = sticks.export()
	outcomes, back = sticks.hub_import(out)
	check(outcomes == ["new"], outcomes)
	office.stop()
	office.set("addresses", '{"tcp://127.0.0.1:%d"}' % hub.port)
	office.start()
	wait_for(lambda: office.status()["queue"]["without_receipt"] == 0, 20, "the same receipt over the line")
	check(sticks.receipts(back)["new"] == 0, "known before")
	answers = office.report_json(report("i06", 30))
	check(answers[0]["verdict"] == "STORED", answers)
	outcomes, later = sticks.hub_import(sticks.export("--since", "1")[0])
	check(outcomes == ["known", "known"], outcomes)
	check(sticks.receipts(later)["known"] == 2 and office.status()["hub"]["state"] == "READY", office.status())
	answers = office.report_json(report("i06", 40))
	check(answers[0]["verdict"] == "STORED", answers)
	office.stop()
	hub.stop()
	hub.is_clean()


def over_a_restored_log(world):
	"""An office without a line follows a hub that was restored by the order that receipts bring along: no alarm, and the newest receipt is in force whatever order files come in"""
	hub = Hub(world, clock=CLOCK).start()
	admin = world.path("admin.key")
	os.rename(os.path.join(hub.dir, "admin.key"), admin)
	office = sealed_office(world, hub)
	sticks = Sticks(world, hub, office)
	office.report_json(report("i06", 10), wait=0, expect=75)
	copy = world.path("copy")
	_, back = sticks.hub_import(sticks.export()[0])
	check(sticks.receipts(back)["new"] == 1, "of the first generation")
	muster("backup", "--dir", hub.dir, "--out", copy)
	office.report_json(report("i06", 20), wait=0, expect=75)
	_, old = sticks.hub_import(sticks.export()[0])
	hub.kill()
	shutil.rmtree(os.path.join(hub.dir, "data"))
	shutil.copytree(os.path.join(copy, "data"), os.path.join(hub.dir, "data"))
	muster("hub", "restored", "--dir", hub.dir, "--admin-key", admin)
	hub.start()
	outcomes, back = sticks.hub_import(sticks.export()[0])
	check(outcomes == ["new"], outcomes)
	check(sticks.receipts(back)["new"] == 1, "of the second generation")
	alarm = os.path.join(office.dir, "ALARM-checkpoints.txt")
	check("generation 2" in office.process.text() and not os.path.exists(alarm), office.process.text())
	check(sticks.receipts(old)["new"] == 1, "the first generation's, late")
	check(sticks.receipts(old)["known"] == 1, "and again")
	told = muster_json("receipt", "--dir", office.dir, "--item", "6", "--period", Q2)
	check((told["generation"], [e["generation"] for e in told["earlier"]]) == (2, [1]), told)
	for progress in (30, 40):
		office.report_json(report("i06", progress), wait=0, expect=75)
		outcomes, back = sticks.hub_import(sticks.export()[0])
		check(outcomes == ["new"] and sticks.receipts(back)["new"] == 1, outcomes)
	check(not os.path.exists(alarm) and office.status()["queue"]["without_receipt"] == 0, office.process.text())
	muster("agent", "set-hub", "--dir", office.dir, "--address", "tcp://127.0.0.1:%d" % hub.port)
	wait_for(lambda: office.status()["hub"]["connected"], 20, "and has a line one day")
	check(office.report_json(report("i06", 50))[0]["verdict"] == "STORED" and not os.path.exists(alarm), office.process.text())
	office.stop()
	hub.stop()
	hub.is_clean()


def bad_files(world):
	"""A file that is cut off, damaged, for another hub, of an unknown, revoked or frozen device is refused by name, and nothing of it is taken"""
	hub = Hub(world, clock=CLOCK).start()
	office, kjj = sealed_office(world, hub), sealed_office(world, hub, "kjj")
	sticks = Sticks(world, hub, office)
	office.report_json(report("i06", 10), wait=0, expect=75)
	out, _ = sticks.export()
	size = hub.status()["size"]
	whole = open(out, "rb").read()

	def refused(content, code, exit_code, verb=("hub", "import"), directory=None):
		path = sticks.name()
		with open(path, "wb") as f:
			f.write(content)
		done = muster(*verb, path, "--dir", directory or hub.dir, expect=exit_code)
		check(code_of(done) == code, "%s, expected %s" % (done.stderr, code))

	for _ in range(8):
		refused(whole[:rng.randrange(52, len(whole))], "MST-7041", 65)
		at = rng.randrange(8, len(whole))
		damaged = whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:]
		path = sticks.name()
		open(path, "wb").write(damaged)
		done = muster("hub", "import", path, "--dir", hub.dir, expect=65)
		check(code_of(done) in ("MST-7041", "MST-7042"), done.stderr)
	refused(b"date,progress\n", "MST-7040", 65)
	refused(whole, "MST-7040", 65, ("outbox", "import-receipts"), office.dir)

	other = Hub(world, clock=CLOCK, directory=world.path("other")).start()
	refused(whole, "MST-7043", 77, directory=other.dir)
	_, back = sticks.hub_import(sticks.export()[0])
	refused(open(back, "rb").read(), "MST-7044", 77, ("outbox", "import-receipts"), kjj.dir)
	check(hub.status()["size"] == size + 1, "the one import that was good")

	kjj_sticks = Sticks(world, hub, kjj)
	kjj.report_json(report("i08", 10), wait=0, expect=75)
	revoked, _ = kjj_sticks.export()
	muster("hub", "revoke", "kjj@office", "--dir", hub.dir)
	refused(open(revoked, "rb").read(), "MST-4105", 77)

	office.stop()
	copy = world.path("copy")
	shutil.copytree(office.dir, copy)
	office.start()
	office.report_json(report("i06", 20), wait=0, expect=75)
	check(sticks.hub_import(sticks.export()[0])[0] == ["known", "new"], "the true one")
	office.stop()
	shutil.rmtree(office.dir)
	os.rename(copy, office.dir)
	office.start()
	office.report_json(report("i06", 99), wait=0, expect=75)
	forked, _ = sticks.export("--since", "2")
	outcomes, _ = sticks.hub_import(forked, expect=1)
	check(outcomes == ["fork"], outcomes)
	refused(open(forked, "rb").read(), "MST-4121", 77)
	hub.stop()
	done = muster("hub", "import", out, "--dir", hub.dir, expect=69)
	check("start it: muster-hub" in done.stderr, done.stderr)
	hub.is_clean()


if __name__ == "__main__":
	run(an_office_without_a_line, twice_and_out_of_order, on_line_too, over_a_restored_log, bad_files)
