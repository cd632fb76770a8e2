#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""differential.py MUSTER [COUNT] [SEED]: COUNT random histories are folded by `muster replay` and by the
reference model, and must come out the same, down to the last member. The first difference is told, with
the seed and the files that show it, and ends with exit 1. --all goes on and counts kinds of differences."""
import argparse
import collections
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import answers
import histories
import periods
import plans

PER_PLAN = 25
WORKERS = 2
KEYS = {"slots": ("item", "unit", "period"), "completeness": ("item", "period", "view"),
        "figures": ("indicator", "period", "view"), "scores": ("unit", "period")}


def plan_of(seed):
    return plans.random_versions(random.Random("plan %s" % (seed // PER_PLAN)))


def history_of(seed, plan):
    return histories.random_history(random.Random("history %s" % seed), plan)


def write_files(where, plan, lines, now):
    """The files of a replay, and its arguments."""
    plan_file, acts_file = os.path.join(where, "plan.conf"), os.path.join(where, "acts.jsonl")
    with open(plan_file, "w", encoding="utf-8") as file:
        file.write(plans.write(plan))
    with open(acts_file, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    at = [] if now is None else ["--now", periods.time_text(now, plan["zone"])]
    return ["replay", "--plan", plan_file, "--acts", acts_file, *at, "--json"]


def run_muster(muster, arguments):
    done = subprocess.run([muster, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return {"exit": done.returncode, "stderr": done.stderr.decode(errors="replace").strip()}
    return json.loads(done.stdout)


def keyed(rows, names):
    """Rows by what names them, with a number for one that stands twice."""
    out = {}
    for row in rows:
        name = " ".join(str(row.get(key)) for key in names)
        while name in out:
            name += " again"
        out[name] = row
    return out


def comparable(name, value):
    """The same instant may be written in two ways."""
    return periods.parse_time(value) if name == "received" and value is not None else value


def differences(path, ours, theirs):
    """(path, ours, theirs) of everything that differs, the smallest pieces of it."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in list(ours) + [name for name in theirs if name not in ours]:
            where = "%s.%s" % (path, name) if path else name
            if name not in ours or name not in theirs:
                yield where, ours.get(name, "(absent)"), theirs.get(name, "(absent)")
                continue
            mine, other = comparable(name, ours[name]), comparable(name, theirs[name])
            if name in KEYS and isinstance(other, list):
                mine, other = keyed(mine, KEYS[name]), keyed(other, KEYS[name])
                if list(mine) != list(other) and sorted(mine) == sorted(other):
                    yield where + " order", list(mine), list(other)
            yield from differences(where, mine, other)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for n, pair in enumerate(zip(ours, theirs)):
            yield from differences("%s[%d]" % (path, n), *pair)
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield path, ours, theirs


def told(difference, lines, where):
    path, ours, theirs = difference
    text = "%s: the model says %s, muster says %s" % (path, json.dumps(ours), json.dumps(theirs))
    verdict = re.match(r"verdicts\[(\d+)\]", path)
    if verdict:
        line = json.dumps(lines[int(verdict.group(1))], ensure_ascii=False)
        text += "\n  line %d: %s" % (int(verdict.group(1)) + 1, line[:600])
    return text + "\n  files: %s" % where


def kind_of(difference, lines):
    """Differences of one kind share this text."""
    path, ours, theirs = difference
    verdict = re.match(r"verdicts\[(\d+)\]", path)
    if verdict:
        path = "verdicts " + next(iter(lines[int(verdict.group(1))]["act"]))
    else:
        path = re.sub(r"\.[^.]*( .*)(?=\.)", "", path) if " " in path else path
    return "%s: %s / %s" % (path, ours, theirs) if isinstance(ours, (str, type(None))) else path


def compare(task):
    """One history: (seed, verdicts, the first difference as text or None, its kind)."""
    muster, seed, where = task
    plan = plan_of(seed)
    lines, now = history_of(seed, plan)
    folder = os.path.join(where, str(seed))
    os.mkdir(folder)
    arguments = write_files(folder, plan, lines, now)
    ours, theirs = answers.replay(plan, lines, now), run_muster(muster, arguments)
    first = next(differences("", ours, theirs), None)
    if first is None:
        shutil.rmtree(folder)
        return seed, ours["verdicts"], None, None
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(ours, file, ensure_ascii=False, indent=1)
    with open(os.path.join(folder, "arguments"), "w", encoding="utf-8") as file:
        file.write(" ".join(arguments) + "\n")
    return seed, ours["verdicts"], "seed %d: %s" % (seed, told(first, lines, folder)), kind_of(first, lines)


def usual_count(muster):
    with open(muster, "rb") as file:
        if b"__asan_init" in file.read():
            return 600
    return 500000 if is_long() else 8000


def is_long():
    return os.environ.get("MUSTER_LONG", "0") not in ("", "0")


def usual_seed():
    """A run is the same each time: what it finds was changed by a commit. The campaign's is a new one."""
    return int(os.environ.get("MUSTER_SEED", random.randrange(1 << 30) if is_long() else 2012))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("muster")
    parser.add_argument("count", type=int, nargs="?", help="8,000; MUSTER_LONG=1: 500,000; a build with sanitizers: 600")
    parser.add_argument("seed", type=int, nargs="?", default=usual_seed())
    parser.add_argument("--all", action="store_true", help="go on after a difference")
    options = parser.parse_args()
    options.count = options.count or usual_count(options.muster)
    print("seed %d" % options.seed, flush=True)
    where = tempfile.mkdtemp(prefix="muster-differential-")
    tasks = [(options.muster, options.seed + n, where) for n in range(options.count)]
    verdicts, kinds, agreed = collections.Counter(), collections.Counter(), 0
    with multiprocessing.Pool(WORKERS) as pool:
        for _, judged, text, kind in pool.imap(compare, tasks, PER_PLAN):
            verdicts.update(judged)
            agreed += text is None
            if text is not None and kinds[kind] == 0:
                print(text, flush=True)
            if text is not None:
                kinds[kind] += 1
                if not options.all:
                    pool.terminate()
                    break
    for kind, count in kinds.most_common() if options.all else []:
        print("%6d  %s" % (count, kind))
    print("%d of %d histories agree; %s" % (agreed, options.count, ", ".join(
        "%s %d" % (name, verdicts[name]) for name in sorted(verdicts))))
    if agreed == options.count:
        os.rmdir(where)
    return 0 if agreed == options.count else 1


if __name__ == "__main__":
    sys.exit(main())
