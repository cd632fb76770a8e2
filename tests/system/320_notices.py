#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""When a deadline or a threshold passes, the hub records it as its own act: at the exact instant, once each, also when it was down over it.
Every test ends with an audit, which asks of each instant whether the notices in the log are those that the lights give."""
import hashlib

from lib import Device, Hub, Office, board_line, check, muster, muster_json, muster_lines, rng, run, wait_for

Q2 = "2012-Q2"
BLUE, YELLOW, RED = "2012-07-08T00:00:00", "2012-07-11T00:00:00", "2012-07-21T00:00:00"


def at(day, time="12:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


def micro(instant, before=0):
	"""An instant, or so many microseconds before it."""
	return "%s+08:00" % instant if not before else {BLUE: "2012-07-07T23:59:59.999999+08:00",
		YELLOW: "2012-07-10T23:59:59.999999+08:00", RED: "2012-07-20T23:59:59.999999+08:00"}[instant]


def report(device, item, period=Q2, revision=1):
	got = device.verdicts(device.report(item, period, revision, progress=50, done="done"))
	check(got == ["STORED"], got)


def notices(office, item=None, unit=None):
	"""(level, instant) of the notices in the office's feed, in order."""
	lines = muster_lines("feed", "--dir", office.dir, "--since", "0", "--name", "look%d" % rng.randrange(1 << 30), "--json")
	acts = [l["act"] for l in lines if l.get("act") and l["act"]["kind"] == "HUB_NOTICE"]
	return [(a["body"]["level"], a["body"]["at"]) for a in acts
		if (item is None or a["item"] == item) and (unit is None or a["unit"] == unit) and a["period"] == Q2]


def levels(office, item="i06", unit="shenbei"):
	return [level for level, _ in notices(office, item, unit)]


def to_the_microsecond(world):
	"""Blue, yellow and red come with the instant's first microsecond, not with the last one before; who reported has none"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	hbj = Office(world, hub, "hbj").start()
	report(Device(world, hub, "tiexi"), "i06")
	for instant, wanted in ((BLUE, ["BLUE"]), (YELLOW, ["BLUE", "YELLOW"]), (RED, ["BLUE", "YELLOW", "RED"])):
		hub.clock(micro(instant, before=2))  # feeds are stated now if they are to be
		size = hub.status()["size"]
		hub.clock(micro(instant, before=1))
		check(hub.status()["size"] == size, "nothing a microsecond before %s" % instant)
		hub.clock(micro(instant))
		wait_for(lambda: levels(hbj) == wanted, 20, lambda: "%s at %s: %s" % (wanted, instant, levels(hbj)))
		size = hub.status()["size"]
		hub.clock(micro(instant).replace("00:00:00", "00:00:01"))
		check(hub.status()["size"] == size and levels(hbj) == wanted, "once")
	check(len(notices(hbj, "i06")) == 3 * 19, "everybody who owed item 6 and did not report: %d" % len(notices(hbj, "i06")))
	check(levels(hbj, "i06", "tiexi") == [], "who reported has none")
	hub.is_clean()


def down_over_it(world):
	"""A hub that was down over two instants records both, in order, before anything else; killed right after, each is there once"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	hbj, shenbei = (Office(world, hub, u).start() for u in ("hbj", "shenbei"))
	hub.clock(at("07-09"))
	wait_for(lambda: levels(hbj) == ["BLUE"], 20, "blue")
	tiexi = Device(world, hub, "tiexi")
	# Over yellow and red in one jump, and a report right behind it.
	hub.clock(at("07-25"))
	report(tiexi, "i06")
	hub.kill()
	hub.start()
	hub.is_clean()
	wait_for(lambda: levels(hbj) == ["BLUE", "YELLOW", "RED"], 20, lambda: "each once: %s" % levels(hbj))
	check(levels(hbj, "i06", "tiexi") == ["BLUE", "YELLOW", "RED"], "tiexi reported after all of them")
	at_all = [i for _, i in notices(hbj, "i06")]
	check(at_all == sorted(at_all), "in order")
	told = lambda: {(m["act"]["body"]["level"], m["act"]["item"]) for m in shenbei.inbox(lights=True) if m["act"]["period"] == Q2}
	wait_for(lambda: {("RED", "i06"), ("RED", "i01")} <= told(), 20, lambda: "the office too: %s" % told())
	check(all("预警" not in name for name in shenbei.notices()), "the office has its own reminders, not two")


def real_downtime(world):
	"""A clock that runs: instants pass while the hub is down, and while it is idle"""
	hub = Hub(world, clock="2012-07-10T23:59:57+08:00,1").start()
	hbj = Office(world, hub, "hbj").start()
	wait_for(lambda: levels(hbj) == ["YELLOW"], 30, "yellow by the clock alone")
	hub.is_clean()
	fast = Hub(world, clock="2012-07-07T21:00:00+08:00,3600", directory=world.path("fast")).start()
	jxw = Office(world, fast, "jxw", device="desk").start()
	fast.stop()
	fast.start()
	wait_for(lambda: levels(jxw)[:1] == ["BLUE"], 60, "blue though the hub was down, or idle")
	fast.stop()
	fast.start()
	fast.is_clean()


def what_moves_them(world):
	"""An extension moves all three; a returned report turns red ten days after its return; an exemption ends them; a grant for all too"""
	hub = Hub(world, clock="2012-07-05T00:00:00+08:00,0").start()
	fgw, tjj = Office(world, hub, "fgw").start(), Office(world, hub, "tjj").start()
	shenbei, tiexi, yuhong, kangping = (Device(world, hub, u) for u in ("shenbei", "tiexi", "yuhong", "kangping"))
	report(kangping, "i06")
	check(wait_for(lambda: (lambda v: None if v == "NOT SENT" else v)(fgw.verdict("return", "6", "kangping", Q2, reason="口径不一致")), 20,
		"a return before the deadline") == "STORED", "returned")
	check(fgw.verdict("grant-extension", "6", "shenbei", Q2, days=5, reason="线路中断") == "STORED", "an extension")
	check(fgw.verdict("exempt", "6", "yuhong", Q2, reason="无此任务") == "STORED", "an exemption")
	hub.clock(at("07-11", "00:00:00"))
	check(levels(fgw, unit="dadong") == ["BLUE", "YELLOW"] and levels(fgw) == [] and levels(fgw, unit="yuhong") == [], levels(fgw))
	hub.clock(at("07-12", "23:59:59"))
	check(levels(fgw) == [], "not yet")
	hub.clock(at("07-13", "00:00:00"))
	wait_for(lambda: levels(fgw) == ["BLUE"], 20, lambda: levels(fgw))
	report(tiexi, "i06")
	check(wait_for(lambda: (lambda v: None if v == "NOT SENT" else v)(fgw.verdict("return", "6", "tiexi", Q2, reason="口径不一致")), 20,
		"the return") == "STORED", "returned")
	check(tjj.verdict("grant-extension", "7", None, Q2, days=20, reason="outage") == "STORED", "item 7 has twenty days more")
	hub.clock(at("07-16", "00:00:00"))
	wait_for(lambda: levels(fgw) == ["BLUE", "YELLOW"], 20, lambda: levels(fgw))
	hub.clock(at("07-22", "23:59:59"))
	check(levels(fgw, unit="tiexi") == ["BLUE", "YELLOW"], levels(fgw, unit="tiexi"))
	check(levels(fgw, "i07") == ["BLUE", "YELLOW"], "item 7 before the outage was known")
	hub.clock(at("07-23", "00:00:00"))
	wait_for(lambda: levels(fgw, unit="tiexi") == ["BLUE", "YELLOW", "RED"], 20, lambda: levels(fgw, unit="tiexi"))
	check(levels(fgw) == ["BLUE", "YELLOW"], "shenbei's red is on the 26th")
	report(shenbei, "i06")
	hub.kill()
	hub.start()
	hub.clock(at("07-31", "00:00:00"))
	wait_for(lambda: levels(fgw, "i07") == 2 * ["BLUE", "YELLOW"], 20, lambda: "again, for its new deadline: %s" % levels(fgw, "i07"))
	hub.clock(at("08-15"))
	check(levels(fgw) == ["BLUE", "YELLOW"], "who reported turns red no more")
	check(board_line(hub.dir, "i06", Q2)["light"] in ("red", "yellow"), "the board has the same lights")
	# Who was warned twice for one slot, and who was warned by red alone, has each slot open once.
	check(levels(fgw, unit="kangping") == ["RED"], levels(fgw, unit="kangping"))
	rows = [l.split() for l in muster("bulletin", "--dir", fgw.dir, "--period", Q2).stdout.split("三、预警记录")[1].split("四、")[0].splitlines()]
	rows = {r[0]: r[1:] for r in rows if len(r) == 4}
	check(rows["大东区"] == ["9", "8", "8"] and rows["康平县"] == ["8", "8", "8"], rows)
	report(yuhong, "i06", "2012-Q3")
	hub.is_clean()


def an_issued_bulletin_is_made_again(world):
	"""An observer issues a bulletin; after more acts, a deadline and a new plan its bytes are made again, from the feed and from the log"""
	hub = Hub(world, clock="2012-07-12T10:00:00+08:00,0").start()
	fgw, kjj, hbj = (Office(world, hub, u).start() for u in ("fgw", "kjj", "hbj"))
	tiexi = Device(world, hub, "tiexi")
	report(tiexi, "i06")
	wait_for(lambda: muster_json("bulletin", "--dir", fgw.dir, "--json")["period"] == Q2, 20, "the feed")
	check("no bulletin" in muster("bulletin", "--dir", fgw.dir, "--check").stdout, "none is said to be none")
	paper = world.path("paper.txt")
	told = muster("bulletin", "--dir", fgw.dir, "--period", Q2, "--issue", "--title", "二季度通报", "--out", paper).stdout
	check("issued as record" in told and "SHA-256" in told, told)
	with open(paper, encoding="utf-8") as f:
		text = f.read()
	check("通　报" in text and "预警记录" in text and "考核得分" in text, text)
	shown = wait_for(lambda: muster("feed", "--dir", fgw.dir, "--since", "0", "--own").stdout, 20, "it is in the feed")
	check(shown.count("SHA-256 %s\n" % hashlib.sha256(text.encode()).hexdigest()) == 1 and "题目 二季度通报" in shown, shown)
	report(tiexi, "i06", revision=2)
	hub.clock(at("07-25"))
	report(tiexi, "i07")
	for where in (fgw, kjj):
		line = wait_for(lambda: muster("bulletin", "--dir", where.dir, "--check").stdout, 20, "the issue arrives")
		check(line.startswith("match: 2012-Q2, issued by fgw") and "二季度通报" in line, line)
	check(muster("bulletin", "--dir", hub.dir, "--check").stdout.startswith("match"), "from the log")
	late = muster("bulletin", "--dir", fgw.dir, "--period", Q2).stdout
	check("红灯预警" in late and late != text, "the one of today is another one")
	# Every office learns of it; nobody but observers issues.
	wait_for(lambda: any(n.startswith("通报发布_") for n in hbj.notices()), 20, "the office's notice")
	note = next(t for n, t in hbj.notices().items() if n.startswith("通报发布_"))
	check("二季度通报" in note and "SHA-256" in note, note)
	check("observer" in muster("bulletin", "--dir", hbj.dir, "--issue", expect=77).stderr, "hbj leads, and does not observe")
	# A bulletin that says something else than the acts is found.
	lie = Device(world, hub, "kjj", "load")
	got = lie.verdicts(lie.act("issue", period=Q2, leaves=5, as_of=at("07-20"), sha256="00" * 32, title="假"))
	check(got == ["STORED"], got)
	wait_for(lambda: "假" in muster("bulletin", "--dir", fgw.dir, "--check", expect=None).stdout, 20, "it arrives")
	lines = muster("bulletin", "--dir", fgw.dir, "--check", expect=1).stdout.splitlines()
	check([l.split(":")[0] for l in lines] == ["match", "mismatch"], lines)
	# One of each length of the log, the newest first: all are made again, in one reading.
	size = hub.status()["size"]
	made = [(n, muster_json("bulletin", "--dir", hub.dir, "--period", Q2, "--at", str(n))) for n in range(size, 1, -1)]
	check(len({b["sha256"] for _, b in made}) > 3, "they differ")
	got = lie.verdicts(*[lie.act("issue", period=Q2, leaves=n, as_of=b["as_of"], sha256=b["sha256"]) for n, b in made])
	check(got == ["STORED"] * len(made), got)
	for where in (fgw, hub):
		told = muster_json("bulletin", "--dir", where.dir, "--check", expect=1)["issued"]
		check([b["match"] for b in told] == [True, False] + [True] * len(made), told)
		check([b["leaves"] for b in told][2:] == [n for n, _ in made], told)
	got = tiexi.verdicts(tiexi.act("issue", period=Q2, leaves=5, as_of=at("07-20"), sha256="00" * 32))
	check(got == ["REFUSED_NOT_LEAD"], got)
	hub.is_clean()


run(to_the_microsecond, down_over_it, real_downtime, what_moves_them, an_issued_bulletin_is_made_again)
