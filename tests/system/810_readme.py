#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The README's walk-through, run line by line as it stands there."""
import os
import re
import shutil
import subprocess

from lib import BIN, PATIENCE, PLAN, SOURCE, check, environment, free_port, run


def blocks():
	with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as f:
		text = f.read()
	return re.findall(r"^```sh\n(.*?)^```$", text, re.S | re.M), text


def every_line_works(world):
	"""every command of the README's walk-through ends with 0, in the order in which it stands there"""
	script, _ = blocks()
	lines = [line for block in script for line in block.splitlines()]
	check(len(lines) > 12, "the walk-through is gone: %s" % lines)
	shutil.copy(PLAN, world.path("plan.conf"))
	port = ":%d" % free_port()
	steps = ["set -e", "cd " + world.dir, "trap 'kill $(jobs -p); wait' EXIT"]
	for line in lines:
		steps.append(line.replace(":7300", port))
		# As a person who reads what a daemon says before typing on.
		if line.startswith("muster-hub"):
			steps.append("until muster hub status --dir hub >/dev/null 2>&1; do sleep 0.05; done")
		if line.startswith("muster-agent"):
			steps.append("until muster status " + line.rstrip(" &").split(" ", 1)[1] + " 2>/dev/null | grep -q ', connected'; do sleep 0.05; done")
	env = dict(environment(), PATH=os.path.abspath(BIN) + ":" + os.environ["PATH"])
	done = subprocess.run(["bash", "-c", "\n".join(steps)], env=env, capture_output=True, timeout=120 * PATIENCE, encoding="utf-8",
		errors="replace")
	check(done.returncode == 0, "exit code %d\n%s\n%s" % (done.returncode, done.stdout[-1500:], done.stderr[-1500:]))
	for wanted in ("铁西区", "120.00", "一期厂房封顶", "sy-2012"):
		check(wanted in done.stdout, "\"%s\" is not shown:\n%s" % (wanted, done.stdout[-3000:]))
	check(os.path.getsize(world.path("二季度.csv")) > 200, "the form is there")


def every_path_is_there(world):
	"""every file and folder that the README names is in the tree"""
	_, text = blocks()
	for path in sorted(set(re.findall(r"(?:\]\(|`)((?:proto|src|deploy|tests)/[A-Za-z0-9_./-]*)", text))):
		check(os.path.exists(os.path.join(SOURCE, path)), path)


run(every_line_works, every_path_is_there)
