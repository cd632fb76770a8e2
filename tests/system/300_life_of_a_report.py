#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Returns, corrections, extensions and the like through real agents and a real hub: the scenarios of the work plan that need them.
Every test ends with an audit, which judges every act of the log again: verdicts, slots and figures in both views."""
from lib import Device, Hub, Office, board_line, check, count, figure, muster, muster_json, muster_lines, rng, run, wait_for

START = "2012-01-01T08:00:00+08:00,0"
Q2 = "2012-Q2"


def at(day, time="12:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


def reported(hub, when, device, item, revision=1, **values):
	hub.clock(when)
	got = device.verdicts(device.report(item, Q2, revision, progress=50, done="done",
		values={"%s.%s" % (item, k): v for k, v in values.items()}))
	check(got == ["STORED"], got)


def first_three_of_s1(world, hub):
	devices = {u: Device(world, hub, u) for u in ("tiexi", "dongling", "yuhong")}
	reported(hub, at("07-05"), devices["tiexi"], "i06", invest=12000, parks=8)
	reported(hub, at("07-09"), devices["dongling"], "i06", invest=8830, parks=6)
	reported(hub, at("07-10", "23:59:00"), devices["yuhong"], "i06", invest=1575, parks=2)
	return devices


def decided(office, verb, unit, item="6", period=Q2, **more):
	"""A decision on the newest report that has arrived at the lead; people type no revision."""
	return wait_for(lambda: (lambda v: None if v == "NOT SENT" else v)(office.verdict(verb, item, unit, period, **more)), 20, "a verdict on %s" % unit)


def stated(office):
	"""The notices of what others stated; the agent's own reminders come when it looks."""
	return {name: text for name, text in office.notices().items() if "提醒_" not in name}


def s3_return_and_resubmit(world):
	"""S3 a returned report leaves the figures, its correction comes back, a decision on the old revision is stale"""
	hub = Hub(world, clock=START).start()
	devices = first_three_of_s1(world, hub)
	fgw, jxw, hbj, wjmj, kjj = (Office(world, hub, u).start() for u in ("fgw", "jxw", "hbj", "wjmj", "kjj"))
	yuhong = Office(world, hub, "yuhong").start()
	hub.clock(at("07-12"))
	check(decided(fgw, "accept", "tiexi") == "STORED" and decided(fgw, "accept", "dongling") == "STORED", "fgw accepts")
	check(decided(jxw, "return", "于洪区", item="i06", reason="口径不一致") == "STORED", "jxw returns")
	check(figure(hub.dir, "i06.invest", Q2)["value"] == "208.30", "a returned report is not in the figure")
	for where in (hub.dir, fgw.dir):
		line = board_line(where, "i06", Q2)
		check((line["reported"], line["expected"], line["on_time"], line["accepted"]) == (2, 20, 2, 2), line)
		check(line["light"] == "yellow" and {m["light"] for m in line["missing"]} == {"yellow"}, line)
		check(figure(where, "i06.invest", Q2)["accepted"] == "208.30", "the accepted view stands beside it")

	wait_for(lambda: stated(yuhong), 20, "a notice in the office's folder")
	(name, text), = stated(yuhong).items()
	check(name.startswith("退回说明_i06_2012-Q2_") and "口径不一致" in text and "经济和信息化" in text and "第 1 版" in text, text)
	(message,) = yuhong.inbox()
	check(message["by"] == "jxw" and message["act"]["body"] == {"reason": "口径不一致", "verdict": "RETURN"}, message)
	check(yuhong.status()["inbox"] == 1 + len(yuhong.inbox(lights=True)), "the status tells of it")
	where = muster_json("where", "--dir", yuhong.dir, "--item", "6", "--period", "2012年二季度")
	check((where["state"], where["revision"], where["by_this_device"]) == ("received", 1, False), where)
	check([s["by"] for s in where["statements"] if s["by"]] == ["jxw"], where)

	hub.clock(at("07-13"))
	answer = yuhong.report_json({"item": "i06", "period": Q2, "report": {"progress_pct": 50, "done": "done",
		"values": [{"indicator": "i06.invest", "value": "16.35"}, {"indicator": "i06.parks", "value": "2"}]}})
	check(answer[0]["revision"] == 2 and answer[0]["verdict"] == "STORED", answer)
	check(figure(hub.dir, "i06.invest", Q2)["value"] == "224.65", "the correction is in the figure")
	check(figure(hub.dir, "i06.invest", Q2)["accepted"] == "208.30", "and not accepted yet")
	check(hbj.verdict("accept", "i06", "yuhong", Q2, revision=1) == "REFUSED_STALE", "the lead has not seen the correction")
	check(decided(hbj, "accept", "yuhong", revision=2) == "STORED", "hbj accepts")
	check(wjmj.verdict("accept", "i06", "yuhong", Q2, revision=2) == "NOT SENT", "wjmj leads item 8")
	raw = Device(world, hub, "wjmj")
	accepted = raw.act("decision", item="i06", unit="yuhong", period=Q2, revision=2, verdict="accept")
	check(raw.verdicts(accepted) == ["REFUSED_NOT_LEAD"], "whatever its agent says")
	check(jxw.verdict("return", "i06", "yuhong", Q2, revision=2, reason="no") == "REFUSED_DECIDED", "another lead's decision stands")
	check(hbj.verdict("accept", "i06", "yuhong", Q2, revision=2) == "DUPLICATE", "the same decision again")
	late = wait_for(lambda: (lambda d: d if "or an observer" not in d["why"] else None)(
		jxw.state("return", "i06", "yuhong", Q2, revision=2, reason="no", expect=None)), 20, "word of the decision")
	check((late["verdict"], late["why"]) == ("REFUSED_DECIDED", "another lead has decided on it already"), late)
	check(decided(kjj, "return", "yuhong", revision=2, reason="no") == "STORED", "an observer changes it")
	late = wait_for(lambda: (lambda d: d if "lead" not in d["why"] else None)(
		jxw.state("accept", "i06", "yuhong", Q2, revision=2, expect=None)), 20, "word of the observer's decision")
	check((late["verdict"], late["why"]) == ("REFUSED_DECIDED", "an observer has decided on it already"), late)
	check(decided(kjj, "accept", "yuhong", revision=2) == "STORED", "and again")
	told = [figure for line in muster_lines("feed", "--dir", hbj.dir, "--name", "figures") for figure in line.get("figures", [])]
	check({"indicator": "i06.invest", "value": "16.35", "unit_of_measure": "亿元"} in told, told)
	line = board_line(hub.dir, "i06", Q2)
	check((line["reported"], line["on_time"]) == (3, 3), line)
	hub.is_clean()
	check(len(devices) == 3, "three reported")
	for office, leads in ((hbj, 1), (fgw, 13)):
		told = muster_json("feed", "--dir", office.dir, "--check")
		check(told["different"] == [] and told["boards"] >= leads * 4 and told["compared"] > 70 * leads, told)
	told = muster("feed", "--dir", hbj.dir, "--since", "0", "--name", "look").stdout
	check("退回说明（第1次报送）" in told and "口径不一致" in told and "采纳通知（第2次报送）" in told, told)


def s5_retraction_of_an_accepted_report(world):
	"""S5 a retraction takes an accepted report out of both views; a new revision keeps the first arrival"""
	hub = Hub(world, clock=START).start()
	devices = first_three_of_s1(world, hub)
	fgw = Office(world, hub, "fgw").start()
	check(decided(fgw, "accept", "dongling") == "STORED", "fgw accepts")
	hub.clock(at("07-12"))
	gone = {"unit": "dongling", "item": "i06", "period": Q2, "revision": 2, "kind": "retraction", "reason": "wrong"}
	check(devices["dongling"].verdicts(gone) == ["STORED"], "a retraction")
	check(figure(hub.dir, "i06.invest", Q2)["value"] == "135.75", "without dongling")
	reported(hub, at("07-18"), devices["dongling"], "i06", 3, invest=8700, parks=6)
	check(figure(hub.dir, "i06.invest", Q2)["value"] == "222.75", "with it again")
	line = board_line(hub.dir, "i06", Q2)
	check((line["reported"], line["on_time"]) == (3, 3), line)
	hub.is_clean()


def s10_split_items_are_decided_by_observers(world):
	"""S10 in a split item a lead decides nothing, an observer does"""
	hub = Hub(world, clock=START).start()
	zbq = Device(world, hub, "zbq")
	reported(hub, at("07-11", "10:00:00"), zbq, "i04")
	shenbei, tjj = Office(world, hub, "shenbei").start(), Office(world, hub, "tjj").start()
	check("REFUSED_SPLIT" in muster("accept", "--dir", shenbei.dir, "--item", "4", "--unit", "zbq", "--period", Q2, "--revision", "1", expect=77).stderr,
		"a split lead")
	check(decided(tjj, "return", "zbq", item="4", reason="数字有误") == "STORED", "an observer")
	line = board_line(hub.dir, "i04", Q2)
	check(line["reported"] == 0, line)
	hub.is_clean()


def s12_extensions_locks_and_exemptions(world):
	"""S12 an extension before the deadline moves it; a request after it is late; locked is locked; an exempt slot is not expected"""
	hub = Hub(world, clock=START).start()
	fgw, shenbei = Office(world, hub, "fgw").start(), Office(world, hub, "shenbei").start()
	device = Device(world, hub, "shenbei")
	hub.clock(at("07-09"))
	check(fgw.verdict("grant-extension", "6", "shenbei", Q2, days=5, reason="线路中断") == "STORED", "before the deadline")
	hub.clock(at("07-11", "09:00:00"))
	late = shenbei.state("request-extension", "7", None, Q2, days=5, expect=None)
	check((late["verdict"], late["why"]) == ("REFUSED_LATE", "the deadline is past"), late)
	hbj = Office(world, hub, "hbj").start()
	late = hbj.state("grant-extension", "6", "heping", Q2, days=5, reason="r", expect=None)
	check(late["verdict"] == "REFUSED_LATE" and "no request" in late["why"] and "outage" in late["why"], late)
	late = hbj.state("exempt", "6", "heping", Q2, reason="r", expect=None)
	check(late["verdict"] == "REFUSED_LATE" and "observer can exempt" in late["why"], late)
	reported(hub, at("07-14", "10:00:00"), device, "i06", invest=4520, parks=6)
	reported(hub, at("07-14", "10:00:00"), device, "i07")
	for item, on_time in (("i06", 1), ("i07", 0)):
		line = board_line(hub.dir, item, Q2)
		check((line["reported"], line["on_time"]) == (1, on_time), line)
	check(fgw.verdict("lock", "6", "shenbei", Q2, reason="核查") == "STORED", "a lock")
	check(device.verdicts(device.report("i06", Q2, 2, progress=60)) == ["REFUSED_LOCKED"], "a locked slot takes no report")
	check(fgw.verdict("reopen", "6", "shenbei", Q2, reason="核查完毕") == "STORED", "a reopening")
	check(device.verdicts(device.report("i06", Q2, 2, progress=60)) == ["STORED"], "an open slot does")
	check(fgw.verdict("exempt", "6", "heping", Q2, reason="无此项任务") == "STORED", "an observer exempts after the deadline")
	check(board_line(hub.dir, "i06", Q2)["expected"] == 19, "an exempt slot is not expected")
	check(fgw.verdict("unexempt", "6", "heping", Q2) == "STORED", "and again")
	check(board_line(hub.dir, "i06", Q2)["expected"] == 20, "it is expected again")
	check(fgw.verdict("grant-extension", None, None, Q2, days=20, reason="outage") == "STORED", "an outage of the whole city")
	check(board_line(hub.dir, "i07", Q2)["on_time"] == 1, "the late report is on time now")
	check(fgw.verdict("adjust", None, "shenbei", Q2, points="-2.00", reason="迟答") == "STORED", "an adjustment")
	much = fgw.state("adjust", None, "shenbei", Q2, points="3.01", reason="r", expect=None)
	check(much["verdict"] == "REFUSED_VALUE" and "adjust_max" in much["why"], much)
	wait_for(lambda: ", -2.00 points: 迟答, record" in muster("inbox", "--dir", shenbei.dir).stdout, 20, "its points in the inbox")
	check(fgw.verdict("grant-extension", None, "heping", Q2, days=9, reason="outage") == "STORED", "an outage of one office")
	wjmj = hub.enroll("wjmj")
	check(muster_json("feed", "--dir", wjmj, "--check")["different"] == [], "a lead that is no observer knows of it")
	wait_for(lambda: len(stated(shenbei)) == 5, 20, lambda: "five notices: %s" % list(stated(shenbei)))
	check(fgw.verdict("exempt", "6", "heping", Q2, reason="无此项任务") == "STORED", "an exemption")
	check(figure(hub.dir, "i06.invest", Q2)["of"] == 15, "an exempt reporter without data is not in `of`")
	check(figure(hub.dir, "i06.invest", "2012", Q2)["of"] == 16, "it is in that of the year")
	for where in (hub.dir, fgw.dir):
		check(muster_json("feed", "--dir", where, "--check")["different"] == [], "hub and feed agree")
	hub.is_clean()


def the_agent_warns_of_deadlines_without_a_line(world):
	"""Three days before a deadline and at it the office finds what it still owes, each once, from its own copy of the plan; an extension moves it and the lock"""
	hub = Hub(world, clock="2012-07-01T00:00:00+08:00,0").start()
	fgw, tiexi = Office(world, hub, "fgw").start(), Office(world, hub, "tiexi")
	tiexi.set("rescan_s", 1)
	tiexi.start()
	owed = {"i01", "i02", "i03", "i06", "i07", "i08", "i09", "i11"}

	def due():
		return {d["item"]: d["over"] for d in tiexi.status()["due"] if d["period"] == Q2}
	hub.clock(at("07-07", "23:59:59"))
	tiexi.report_json({"item": "i07", "period": Q2, "report": {"progress_pct": 50, "done": "d"}})
	check(due() == {}, "nothing is due yet: %s" % due())
	check(fgw.verdict("grant-extension", "6", "tiexi", Q2, days=10, reason="线路中断") == "STORED", "an extension")
	late = muster("assign", "--dir", fgw.dir, "--item", "i10", "--unit", "tiexi", "--period", Q2, expect=65).stderr
	check("the period has begun" in late, late)
	check(fgw.verdict("assign", "i10", "tiexi", "2012-Q4") == "STORED", "an optional reporter is assigned from the fourth quarter on")
	wait_for(lambda: tiexi.status()["inbox"] == 2, 20, "both arrive")
	hub.clock(at("07-08", "00:00:00"))
	tiexi.report_json({"item": "i08", "period": Q2, "report": {"progress_pct": 50, "done": "d"}})
	check(due() == {i: False for i in owed - {"i06", "i07", "i08"}}, due())
	wait_for(lambda: any(n.startswith("到期提醒_2012-Q2") for n in tiexi.notices()), 90, lambda: "a reminder: %s" % list(tiexi.notices()))
	text = tiexi.notices()["到期提醒_2012-Q2.txt"]
	check("学习型城市" in text and "2012-07-10 24:00" in text and "对外开放" not in text, text)
	hub.process.kill()
	check(due() == {i: False for i in owed - {"i06", "i07", "i08"}}, "without a line")
	hub.start()
	hub.clock("2012-09-12T00:00:00+08:00")  # which the agent hears with its next PING
	wait_for(lambda: due() == {"i06": True}, 90, lambda: "all but the extended item are locked: %s" % due())
	check(fgw.verdict("reopen", "9", "tiexi", Q2, reason="补报") == "STORED", "a lock is opened")
	wait_for(lambda: due() == {"i06": True, "i09": True}, 90, lambda: "what was reopened can be reported: %s" % due())
	check(fgw.verdict("lock", "6", "tiexi", Q2, reason="已汇总") == "STORED", "a lock before its time")
	wait_for(lambda: due() == {"i09": True}, 90, lambda: "what is locked cannot: %s" % due())
	hub.clock("2013-01-09T00:00:00+08:00")

	def late():
		return {d["item"] for d in tiexi.status()["due"] if d["period"] == "2012-Q4"}
	wait_for(lambda: "i10" in late(), 90, lambda: "the assigned item is owed too: %s" % late())
	check(late() == owed | {"i10"}, late())
	hub.is_clean()


def what_is_stated_survives_kills(world):
	"""Reports, decisions, extensions and exemptions while the hub is killed again and again: verdicts, slots and figures of both views are those of the log"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	offices = {u: Office(world, hub, u).start() for u in ("fgw", "tiexi", "shenbei")}
	stated = 0
	for turn in range(count(12, slow=4, long=200)):
		for unit in ("tiexi", "shenbei"):
			offices[unit].report("--item", "6", "--period", Q2, "--progress", str(turn % 100), "i06.invest=%d.%02d" % (turn, rng.randrange(100)))
			verb, more = rng.choice([("accept", {"revision": turn + 1}), ("return", {"revision": turn + 1, "reason": "数字"}),
				("grant-extension", {"days": 1 + turn % 30, "reason": "线路"}), ("exempt", {"reason": "无任务"}), ("unexempt", {}), ("remind", {})])
			muster(verb, "--dir", offices["fgw"].dir, "--item", "6", "--unit", unit, "--period", Q2,
				*[w for k, v in more.items() for w in ("--" + k, str(v))])
			stated += 2
		if turn % 2 == 0:
			hub.process.kill()
			hub.start()
	wait_for(lambda: all(o.status()["queue"]["without_receipt"] == 0 for o in offices.values()), 60, "everything is receipted")
	check(hub.is_clean()["acts"] >= stated, "every act is in the log")
	for where in (hub.dir, offices["fgw"].dir):
		check(muster_json("feed", "--dir", where, "--check")["different"] == [], "hub and feed agree")


def nobody_favours_himself(world):
	"""Acts that the plan alone refuses are told at once and not sent; those that need the hub's view are in the log with their verdict"""
	hub = Hub(world, clock=START).start()
	hub.clock(at("07-05"))
	kjj, shenbei = Office(world, hub, "kjj").start(), Office(world, hub, "shenbei").start()
	check(kjj.verdict("exempt", "1", "kjj", Q2, reason="x") == "NOT SENT", "its own slot")
	check(shenbei.verdict("adjust", None, "heping", Q2, points="1", reason="x") == "NOT SENT", "no observer")
	check(kjj.verdict("accept", "1", "heping", Q2) == "NOT SENT", "nothing has arrived")
	check(kjj.verdict("accept", "1", "heping", Q2, revision=1) == "REFUSED_STALE", "nothing has arrived at the hub either")
	check(shenbei.verdict("accept", "1", "heping", Q2, revision=1) == "NOT SENT", "no lead")
	check(kjj.verdict("remind", "科技局", "heping", Q2) == "NOT SENT", "no such item")
	hub.is_clean()


run(s3_return_and_resubmit, s5_retraction_of_an_accepted_report, s10_split_items_are_decided_by_observers,
	s12_extensions_locks_and_exemptions, the_agent_warns_of_deadlines_without_a_line, what_is_stated_survives_kills,
	nobody_favours_himself)
