#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who lives by a simulated clock is told with every time that is shown; who does not, never."""
import json
import re

from lib import Hub, Office, check, free_port, muster, muster_json, muster_lines, run, wait_for

Q2 = "2012-Q2"
SLOT = ["--item", "6", "--period", Q2]
SAID = "simulated clock"


def is_said(*words, dir):
	"""To people on stderr."""
	return SAID in muster(*words, "--dir", dir).stderr


def every_command_says_it(world):
	"""A simulated clock: every command says so on stderr, every JSON object with a time of the hub has simulated_clock; a proof and the log's key carry it to those who have no directory"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	tiexi, lead = Office(world, hub, "tiexi").start(), Office(world, hub, "fgw").start()
	row = tiexi.report(*SLOT, "--progress", "20", "--wait", "20")[0]
	check(row["hub_time"] and row["simulated_clock"], row)
	check(lead.state("return", item="6", unit="tiexi", period=Q2, reason="figures")["simulated_clock"], "the return")
	wait_for(lambda: tiexi.inbox(), 20, "the return is there")
	muster("hub", "invite", "kjj", "--dir", hub.dir)
	proof = world.path("proof")
	muster("prove", "--dir", tiexi.dir, *SLOT, "-o", proof)
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()

	of_office = (["receipt", *SLOT], ["where", *SLOT], ["inbox"], ["status"], ["feed", "--own", "--since", "0"])
	of_lead = (["board", "--period", Q2], ["feed", "--name", "x"])
	of_hub = (["board", "--period", Q2], ["ledger", "--period", Q2], ["score", "--period", Q2], ["bulletin", "--period", Q2], ["hub", "units"], ["hub", "status"],
		["hub", "invites"])
	for office, list_of in ((tiexi.dir, of_office), (lead.dir, of_lead), (hub.dir, of_hub)):
		for words in list_of:
			check(is_said(*words, dir=office), "muster %s does not say it" % " ".join(words))
	for office, list_of in ((tiexi.dir, of_office), (lead.dir, (of_lead[0], ["feed", "--name", "z"])), (hub.dir, of_hub)):
		for words in list_of:
			lines = muster_lines(*words, "--dir", office)
			check(lines and all(line.get("simulated_clock") is True for line in lines), "muster %s --json: %s" % (" ".join(words), lines[:1]))
	to = "tcp://127.0.0.1:%d" % free_port()
	for directory, words in ((hub.dir, ["hub", "invite", "hbj"]), (hub.dir, ["hub", "move", "--address", to, "--listen", to]), (lead.dir, ["agent", "rotate"])):
		line = muster_json(*words, "--dir", directory)
		check(line.get("simulated_clock") is True, "muster %s --json: %s" % (" ".join(words), line))
	for words in (["verify"], ["audit"], ["hub", "key"]):
		check(is_said(*words, dir=hub.dir), words)

	check(key.startswith("muster-simulated/"), key)
	check("(%s)" % SAID in muster("check", proof, "--root", key).stdout, "the proof says it")
	check(muster_json("check", proof, "--root", key)["simulated_clock"] is True, "also in JSON")
	hub.stop()
	check(is_said("verify", dir=hub.dir), "a hub that does not run")


def an_agent_says_it_once(world):
	"""The agent's log has a time in every line, also when another process has written its forms; the clock is spoken of as it starts"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00,0").start()
	office = Office(world, hub, "tiexi").start()
	wait_for(lambda: "the form is in the folder" in office.process.text(), 60, lambda: office.process.text())
	lines = office.process.text().splitlines()
	check(all(re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z muster-agent ", line) for line in lines), lines)
	check(sum(SAID in line for line in lines) == 1, lines)
	form = world.path("form.csv")
	told = muster("form", "--dir", office.dir, "--period", Q2, "-o", form)
	check(SAID in told.stderr and form in told.stdout, told)
	told = muster("form", "--dir", office.dir, "--period", Q2, "-o", form, "--quiet")
	check(told.stdout + told.stderr == "", told)
	check("exclude" in muster("form", "--dir", office.dir, "-o", form, "--quiet", "--json", expect=64).stderr, "one of them")


def a_real_clock_is_not_spoken_of(world):
	"""A real clock: nobody speaks of a simulated one"""
	hub = Hub(world, clock=None).start()
	office = Office(world, hub, "tiexi").start()
	key = muster("hub", "key", "--dir", hub.dir).stdout.strip()
	check(key.startswith("muster/"), key)
	for directory, words in ((hub.dir, ["hub", "units"]), (hub.dir, ["board"]), (hub.dir, ["ledger", "--period", Q2]), (hub.dir, ["verify"]),
			(office.dir, ["status"]), (office.dir, ["inbox"])):
		told = muster(*words, "--dir", directory)
		check("simulated" not in told.stdout + told.stderr, "muster %s: %s%s" % (" ".join(words), told.stdout, told.stderr))
	for directory, words in ((hub.dir, ["hub", "units"]), (hub.dir, ["board"])):
		check(not any(json.loads(line).get("simulated_clock") for line in muster(*words, "--dir", directory, "--json").stdout.splitlines()), words)


run(every_command_says_it, an_agent_says_it_once, a_real_clock_is_not_spoken_of)
