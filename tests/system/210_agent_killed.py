#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of an agent and of its hub at any moment: each row's content is in the log once, each file has one final answer."""
import os

from lib import Hub, Office, check, count, pause, rng, run, wait_for

HEADER = "item,period,progress_pct,self_status,done,problems,next_steps,prepared_by,approved_by\r\n"
ITEMS = ["i01", "i02", "i05", "i07", "i08", "i11", "i13"]


def sheet(number):
	"""Some rows with content that nobody else has."""
	items = rng.sample(ITEMS, rng.randint(1, 4))
	return items, HEADER + "".join("%s,2012-Q2,%d,on_track,file %d,none,go on,A,B\r\n" % (item, number % 101, number) for item in items)


def every_row_once(world):
	"""files dropped while agent and hub are killed at random: every row in the log once, every file answered at last"""
	hub = Hub(world, clock="2012-07-05T09:00:00+08:00").start()
	office = Office(world, hub, "kjj").start()
	files, kills = {}, count(40, slow=8, long=1000)
	rows = 0
	for number in range(kills):
		for part in range(rng.randint(1, 3)):
			name = "f%d-%d.csv" % (number, part)
			items, content = sheet(number * 3 + part)
			office.drop(name, content)
			files[name] = len(items)
			rows += len(items)
		pause(rng.random() * 0.06)
		if rng.random() < 0.25:
			hub.kill()
			hub.start()
		else:
			office.kill()
			office.start(ready=False)
	wait_for(lambda: not [n for n in os.listdir(office.folder) if n.endswith(".csv")], 60, "all files are taken")
	for name, n in files.items():
		folder, text = office.answer(name, seconds=60)
		check(folder == "done" and text.count("已收到") == n and "已排队" not in text, "%s: %s" % (name, text))
	acts = hub.units()["kjj@office"]["acts"]
	check(acts == rows, "%d acts of %d rows" % (acts, rows))
	hub.is_clean()


run(every_row_once)
