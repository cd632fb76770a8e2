#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 7: a feed and a board show only what the unit may see; an unknown or revoked key is told so, keeps everything, and goes on."""
import zmq
import zmq.utils.monitor

import peer
from lib import PATIENCE, Device, Hub, Office, board_line, check, muster, muster_json, muster_lines, pause, run, wait_for

CLOCK = "2012-07-05T12:00:00+08:00,0"


def feed(device, *words):
	return muster_lines("feed", "--dir", device.dir, "--since", "0", *words)


def about(lines):
	return sorted((line["act"]["item"], line["act"]["unit"]) for line in lines)


def feeds_show_what_the_unit_may_see(world):
	"""deny_by_default: a lead sees its items, a split lead not the other leads' reports, an observer everything, everyone its own"""
	hub = Hub(world, clock=CLOCK).start()
	names = ("tiexi", "shenbei", "jrkfq", "jrb", "hbj", "jxw", "wjmj", "fgw")
	d = {name: Device(world, hub, name) for name in names}
	d["tiexi"].push(d["tiexi"].report("i06", "2012-Q2", progress=1), d["tiexi"].report("i08", "2012-Q2", progress=2))
	d["shenbei"].push(d["shenbei"].report("i04", "2012-Q2", progress=3), d["shenbei"].report("i06", "2012-Q2", progress=4))
	d["jrkfq"].push(d["jrkfq"].report("i04", "2012-Q2", progress=5))
	d["jrb"].push(d["jrb"].report("i04", "2012-Q2", progress=6))
	# A refused act is in its unit's feed only.
	d["jrb"].push(d["jrb"].report("i06", "2012-Q2", progress=7))
	check(about(feed(d["jxw"])) == [("i06", "shenbei"), ("i06", "tiexi")], "jxw: %s" % about(feed(d["jxw"])))
	check(about(feed(d["hbj"])) == [("i06", "shenbei"), ("i06", "tiexi")], "hbj leads 6 too")
	check(about(feed(d["wjmj"])) == [("i08", "tiexi")], "wjmj leads 8: %s" % about(feed(d["wjmj"])))
	check(about(feed(d["fgw"])) == [("i04", "jrb"), ("i04", "jrkfq"), ("i04", "shenbei"), ("i06", "shenbei"), ("i06", "tiexi"),
		("i08", "tiexi")], "fgw observes: %s" % about(feed(d["fgw"])))
	check(about(feed(d["jrkfq"])) == [("i04", "jrb"), ("i04", "jrkfq")], "a split lead sees no other lead's: %s" % about(feed(d["jrkfq"])))
	check(about(feed(d["tiexi"])) == [], "tiexi leads nothing")
	check(about(feed(d["tiexi"], "--own")) == [("i06", "tiexi"), ("i08", "tiexi")], "its own")
	own = feed(d["jrb"], "--own")
	check(sorted(line["verdict"] for line in own) == ["REFUSED_NOT_ASSIGNED", "STORED"], "own verdicts: %s" % own)


def boards_show_what_the_unit_leads(world):
	"""deny_by_default: a lead's board has its items with the hub's very numbers; who leads nothing has none"""
	hub = Hub(world, clock=CLOCK).start()
	tiexi, jxw = Device(world, hub, "tiexi"), Device(world, hub, "jxw")
	tiexi.push(tiexi.report("i06", "2012-Q2", progress=1, values={"i06.invest": 12345}))
	mine = muster_json("board", "--dir", jxw.dir, "--period", "2012-Q2")["items"]
	check(sorted({i["item"] for i in mine}) == ["i05", "i06", "i11"], [i["item"] for i in mine])
	at_hub = board_line(hub.dir, "i06", "2012-Q2")
	at_lead = board_line(jxw.dir, "i06", "2012-Q2")
	for line in (at_hub, at_lead):
		for m in line["missing"]:
			m.pop("last_seen")
			m.pop("agent")
	check(at_hub == at_lead, "hub: %s\nlead: %s" % (at_hub, at_lead))
	muster("board", "--dir", tiexi.dir, expect=77)


def a_revoked_device_keeps_its_outbox(world):
	"""deny_by_default: a revoked device is told so, queues on, and its reports arrive from the device that is enrolled in its place"""
	hub = Hub(world, clock=CLOCK).start()
	office = Office(world, hub, "tiexi").start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "10", "--wait", "20")
	muster("hub", "revoke", "tiexi@office", "--dir", hub.dir, "--reason", "server replaced")
	wait_for(lambda: "revoked" in str(office.status()["hub"]), 30, lambda: "the agent says so: %s" % office.status())
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "20")
	check(office.status()["queue"]["without_receipt"] == 1, office.status())
	check(muster("feed", "--dir", office.dir, expect=77).returncode == 77, "its feed is closed")
	size = hub.status()["size"]
	pause(0.3)
	check(hub.status()["size"] == size, "nothing more came in")
	again = Office(world, hub, "tiexi", "second").start()
	again.report("--item", "6", "--period", "2012-Q2", "--progress", "20", "--wait", "20")
	line = board_line(hub.dir, "i06", "2012-Q2")
	check(line["reported"] == 1, line)
	hub.is_clean()
	office.stop()


def a_revoked_connection_is_cut(world):
	"""deny_by_default: a revoked device hears BYE, then its connection ends; it hears the same and is cut again when it comes back"""
	peer.learn(world)
	hub = Hub(world, clock=CLOCK).start()
	gone, stays = peer.Peer(hub.enroll("tiexi")), peer.Peer(hub.enroll("shenbei"))
	check(gone.open()[0] == gone.contract.WELCOME and stays.open()[0] == stays.contract.WELCOME, "both are let in")
	ends = [p.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED) for p in (gone, stays)]
	muster("hub", "revoke", "tiexi@office", "--dir", hub.dir)
	check(gone.receive()[1].name == "REVOKED", "it is told")
	check(ends[0].poll(int(10000 * PATIENCE)), "its connection is cut")
	zmq.utils.monitor.recv_monitor_message(ends[0])
	# ZeroMQ connects again by itself: what it says is answered, and the door closes again.
	gone.send_raw(gone.sent[0])
	check(gone.receive()[1].name == "REVOKED" and ends[0].poll(int(10000 * PATIENCE)), "and cut again")
	stays.report()
	check(not ends[1].poll(0), "the other's connection is not touched")
	for p in (gone, stays):
		p.socket.disable_monitor()
		p.close()


def an_unknown_key_is_told(world):
	"""deny_by_default: a device of another hub gets a clear error and keeps its reports"""
	hub, other = Hub(world, clock=CLOCK).start(), Hub(world, clock=CLOCK, directory=world.path("other"))
	office = Office(world, other, "tiexi")
	# Its own hub's place is taken by another one: same address, other keys, other roster.
	office.set("addresses", '{"tcp://127.0.0.1:%d"}' % hub.port)
	office.start()
	office.report("--item", "6", "--period", "2012-Q2", "--progress", "10")
	wait_for(lambda: (office.status()["hub"].get("trouble") or {}).get("code"), 60, lambda: "a code: %s" % office.status())
	status = office.status()
	check(status["queue"]["without_receipt"] == 1 and not status["hub"]["connected"], status)
	office.stop()


run(feeds_show_what_the_unit_may_see, boards_show_what_the_unit_leads, a_revoked_device_keeps_its_outbox, a_revoked_connection_is_cut,
	an_unknown_key_is_told)
