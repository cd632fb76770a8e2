#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The acceptance scenarios of the work plan through real processes, number for number, at a clock that is moved by hand."""
import json

from lib import Device, Hub, Office, board_line, check, figure, run

START = "2012-01-01T08:00:00+08:00,0"


def is_line(hub, item, period, reported, expected, on_time):
	line = board_line(hub.dir, item, period)
	got = (line["reported"], line["expected"], line["on_time"])
	check(got == (reported, expected, on_time), "%s %s: %s instead of %s" % (item, period, got, (reported, expected, on_time)))


def is_figure(hub, indicator, period, value, units, of, stale=0, board=None):
	f = figure(hub.dir, indicator, period, board)
	got = (f["value"], f["units"], f["of"], f["stale"])
	check(got == (value, units, of, stale), "%s %s: %s instead of %s" % (indicator, period, got, (value, units, of, stale)))


def at(day, time="12:00:00"):
	return "2012-%sT%s+08:00" % (day, time)


class Clerk:
	"""An office that reports through its agent's folder and is answered before anything else happens."""

	def __init__(self, world, hub, unit):
		self.office = Office(world, hub, unit).start()
		self.hub, self.n = hub, 0

	def report(self, item, period, when, **values):
		self.hub.clock(when)
		self.n += 1
		name = "%s-%s-%d.json" % (item, period, self.n)
		self.office.drop(name, json.dumps({"item": item, "period": period, "report": {"progress_pct": 50, "self_status": "on_track",
			"done": "done", "problems": "none", "next_steps": "more", "approved_by": "Wang",
			"values": [dict({"indicator": "%s.%s" % (item, k)}, **v) for k, v in values.items()]}}))
		folder, text = self.office.answer(name)
		check(folder == "done", text)


def value(text):
	return {"value": text}


def s1_late_then_corrected(world):
	"""S1 late, then corrected: 3/20 and 3 on time, 266.55 with the late one, 269.25 when it is corrected, still 4/20"""
	hub = Hub(world, clock=START).start()
	clerks = {u: Clerk(world, hub, u) for u in ("tiexi", "dongling", "yuhong", "shenbei")}
	clerks["tiexi"].report("i06", "2012-Q2", at("07-05"), invest=value("120.00"), parks=value("8"))
	clerks["dongling"].report("i06", "2012-Q2", at("07-09"), invest=value("88.30"), parks=value("6"))
	clerks["yuhong"].report("i06", "2012-Q2", at("07-10", "23:59:00"), invest=value("15.75"), parks=value("2"))
	is_figure(hub, "i06.invest", "2012-Q2", "224.05", 3, 16)
	is_figure(hub, "i06.parks", "2012-Q2", "16", 3, 16)
	is_line(hub, "i06", "2012-Q2", 3, 20, 3)
	clerks["shenbei"].report("i06", "2012-Q2", at("07-13"), invest=value("42.50"), parks=value("5"))
	is_figure(hub, "i06.invest", "2012-Q2", "266.55", 4, 16)
	is_figure(hub, "i06.parks", "2012-Q2", "21", 4, 16)
	is_line(hub, "i06", "2012-Q2", 4, 20, 3)
	clerks["shenbei"].report("i06", "2012-Q2", at("07-15"), invest=value("45.20"), parks=value("5"))
	is_figure(hub, "i06.invest", "2012-Q2", "269.25", 4, 16)
	is_figure(hub, "i06.parks", "2012-Q2", "21", 4, 16)
	is_line(hub, "i06", "2012-Q2", 4, 20, 3)
	missing = {m["unit"] for m in board_line(hub.dir, "i06", "2012-Q2")["missing"]}
	check(len(missing) == 16 and "heping" in missing and "shenbei" not in missing, "missing: %s" % missing)
	hub.is_clean()


def s2_duplicates_reordering_conflict(world):
	"""S2 duplicates, reordering, conflict: one verdict each, two stored revisions, the figure of the newest"""
	hub = Hub(world, clock=START).start()
	hub.clock(at("07-05"))
	shenbei, tjj = Device(world, hub, "shenbei"), Device(world, hub, "tjj")

	def rev(n, invest):
		return shenbei.report("i06", "2012-Q2", n, progress=50, values={"i06.invest": invest})
	got = [shenbei.verdicts(a)[0] for a in (rev(2, 4520), rev(2, 4520), rev(1, 4250), rev(2, 4520), rev(1, 4250), rev(1, 4250))]
	check(got == ["STORED", "DUPLICATE", "STORED_SUPERSEDED", "DUPLICATE", "DUPLICATE", "DUPLICATE"], got)
	is_figure(hub, "i06.invest", "2012-Q2", "45.20", 1, 16)
	check(shenbei.verdicts(rev(2, 9999)) == ["REFUSED_CONFLICT"], "a conflict")
	is_figure(hub, "i06.invest", "2012-Q2", "45.20", 1, 16)
	check(tjj.verdicts(tjj.report("i06", "2012-Q2", progress=1)) == ["REFUSED_NOT_ASSIGNED"], "tjj reports no item 6")
	is_line(hub, "i06", "2012-Q2", 1, 20, 1)
	# The same in one batch: the verdicts are those of the order within it.
	tiexi = Device(world, hub, "tiexi")
	order = [tiexi.report("i06", "2012-Q2", n, progress=50, values={"i06.invest": v}) for n, v in ((2, 4520), (2, 4520), (1, 4250), (2, 9999))]
	check(tiexi.verdicts(*order) == ["STORED", "DUPLICATE", "STORED_SUPERSEDED", "REFUSED_CONFLICT"], "in one batch")
	is_figure(hub, "i06.invest", "2012-Q2", "90.40", 2, 16)
	check(hub.is_clean()["acts"] >= 12, "every act is in the log")


def s6_year_with_gaps(world):
	"""S6 a year with gaps: flows add up, stocks and year-to-date values carry the last one and say how many are stale"""
	hub = Hub(world, clock=START).start()
	given = {
		"shenbei": {"Q1": (12000, 100000, 1000), "Q2": (15000, 105000, 2500), "Q4": (20000, 120000, 7000)},
		"tiexi": {"Q1": (30000, 200000, 3000), "Q2": (32000, 200000, 6500), "Q3": (31000, 220000, 9800)},
	}
	devices = {u: Device(world, hub, u) for u in given}
	for quarter, day in (("Q1", "04-05"), ("Q2", "07-05"), ("Q3", "10-05"), ("Q4", "12-31")):
		hub.clock(at(day))
		for unit, quarters in given.items():
			if quarter not in quarters:
				continue
			fdi, area, invest = quarters[quarter]
			period = "2012-" + quarter
			got = devices[unit].verdicts(devices[unit].report("i08", period, progress=1, values={"i08.fdi": fdi}),
				devices[unit].report("i07", period, progress=1, values={"i07.incubator_area": area}),
				devices[unit].report("i06", period, progress=1, values={"i06.invest": invest}))
			check(got == ["STORED"] * 3, got)
	for quarter, fdi, area, invest, n in (("Q1", "4.2000", "3000.00", "40.00", 2), ("Q2", "4.7000", "3050.00", "90.00", 2),
			("Q3", "3.1000", "2200.00", "98.00", 1), ("Q4", "2.0000", "1200.00", "70.00", 1)):
		is_figure(hub, "i08.fdi", "2012-" + quarter, fdi, n, 16)
		is_figure(hub, "i07.incubator_area", "2012-" + quarter, area, n, 16)
		is_figure(hub, "i06.invest", "2012-" + quarter, invest, n, 16)
	is_figure(hub, "i08.fdi", "2012-H1", "8.9000", 2, 16, board="2012-Q2")
	is_figure(hub, "i06.invest", "2012-H1", "90.00", 2, 16, board="2012-Q2")
	is_figure(hub, "i08.fdi", "2012", "14.0000", 2, 16, board="2012-Q4")
	is_figure(hub, "i07.incubator_area", "2012", "3400.00", 2, 16, stale=1, board="2012-Q4")
	is_figure(hub, "i06.invest", "2012", "168.00", 2, 16, stale=1, board="2012-Q4")
	hub.is_clean()


def s7_ratio(world):
	"""S7 a ratio adds numerators and denominators: 455.00/1080.00 = 42.13, not the mean of percentages"""
	hub = Hub(world, clock=START).start()
	hub.clock(at("07-05"))
	for unit, num, den in (("tiexi", 45000, 100000), ("kangping", 500, 5000), ("faku", 0, 3000)):
		device = Device(world, hub, unit)
		check(device.verdicts(device.report("i06", "2012-Q2", progress=1, values={"i06.share": [num, den]})) == ["STORED"], unit)
	f = figure(hub.dir, "i06.share", "2012-Q2")
	check((f["value"], f["num"], f["den"], f["units"], f["of"]) == ("42.13", "455.00", "1080.00", 3, 16), f)
	hub.is_clean()


def s9_zero_is_not_missing(world):
	"""S9 zero is not missing: 0 reported is 0 of one unit, nothing reported is no figure"""
	hub = Hub(world, clock=START).start()
	hub.clock(at("07-05"))
	heping, shenhe = Device(world, hub, "heping"), Device(world, hub, "shenhe")
	heping.push(heping.report("i06", "2012-Q2", progress=1, values={"i06.parks": 0, "i06.invest": 0}))
	shenhe.push(shenhe.report("i06", "2012-Q2", progress=1, values={"i06.invest": 310}))
	is_figure(hub, "i06.parks", "2012-Q2", "0", 1, 16)
	is_figure(hub, "i06.invest", "2012-Q2", "3.10", 2, 16)
	is_line(hub, "i06", "2012-Q2", 2, 20, 2)
	is_figure(hub, "i06.parks", "2012-Q3", None, 0, 16)
	hub.clock(at("07-11", "00:00:00"))
	check("dadong" in {m["unit"] for m in board_line(hub.dir, "i06", "2012-Q2")["missing"]}, "dadong is missing")
	hub.is_clean()


def s10_split_lead(world):
	"""S10 split lead: 3 of 5 reported and 2 on time, an optional report is stored and not counted"""
	hub = Hub(world, clock=START).start()
	for unit, when in (("jrkfq", at("07-04")), ("shenbei", at("07-10", "10:00:00")), ("zbq", at("07-11", "10:00:00"))):
		hub.clock(when)
		device = Device(world, hub, unit)
		check(device.verdicts(device.report("i04", "2012-Q2", progress=1)) == ["STORED"], unit)
	is_line(hub, "i04", "2012-Q2", 3, 5, 2)
	jrb = Device(world, hub, "jrb")
	check(jrb.verdicts(jrb.report("i04", "2012-Q2", progress=1)) == ["STORED"], "jrb may report")
	is_line(hub, "i04", "2012-Q2", 3, 5, 2)
	hub.is_clean()


run(s1_late_then_corrected, s2_duplicates_reordering_conflict, s6_year_with_gaps, s7_ratio, s9_zero_is_not_missing, s10_split_lead)
