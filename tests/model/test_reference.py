#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_reference.py [MUSTER]: the reference model, or `muster replay` if a program is given, gives the
numbers of the acceptance scenarios, which are written by hand in scenarios/*.expected.json: every row
that stands there must be found with these members. Then what must hold for the model whatever comes in."""
import json
import os
import random
import sys
import tempfile

import answers
import differential
import periods
import plans
import reference

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "deploy", "plans", "shenyang-2012.conf")
SCENARIOS = os.path.join(HERE, "scenarios")
problems = []


def check(holds, text):
    if not holds:
        problems.append(text)
        print(text)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def edited(text, edits):
    """The shipped plan with texts replaced, each of which stands in it once."""
    for old, new in edits:
        check(text.count(old) == 1, "%r stands %d times in the plan" % (old, text.count(old)))
        text = text.replace(old, new)
    return text


def lines_of(name):
    return [json.loads(line) for line in text_of(os.path.join(SCENARIOS, name + ".jsonl")).splitlines()]


def run_scenario(name, expected, muster):
    plan_text = edited(text_of(SHIPPED), expected.get("plan_edit", []))
    if muster is None:
        return answers.replay(plans.read(plan_text), lines_of(name), periods.parse_time(expected["now"]))
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as file:
        file.write(plan_text)
        file.flush()
        return differential.run_muster(muster, [
            "replay", "--plan", file.name, "--acts", os.path.join(SCENARIOS, name + ".jsonl"),
            "--now", expected["now"], "--json"])


def check_row(name, table, names, row, rows):
    found = [r for r in rows if all(r[key] == row[key] for key in names)]
    check(len(found) == 1, "%s: %d rows in %s like %s" % (name, len(found), table, row))
    for member in row if len(found) == 1 else []:
        check(found[0].get(member, "(absent)") == row[member], "%s: %s of %s is %s instead of %s" % (
            name, member, " ".join(row[key] for key in names), found[0].get(member, "(absent)"), row[member]))


def check_scenario(name, muster):
    expected = json.loads(text_of(os.path.join(SCENARIOS, name + ".expected.json")))
    got = run_scenario(name, expected, muster)
    check("exit" not in got, "%s: %s" % (name, got.get("stderr")))
    if "exit" in got:
        return
    check(got["verdicts"] == expected["verdicts"], "%s: verdicts are %s" % (name, got["verdicts"]))
    for table, names in differential.KEYS.items():
        for row in expected.get(table, []):
            check_row(name, table, names, row, got[table])


def check_all_reported():
    """179 of 179 with every light green, and nothing else expected in that quarter."""
    plan = plans.read(text_of(SHIPPED))
    got = answers.replay(plan, lines_of("all"), periods.parse_time("2012-07-11T00:00:00+08:00"))
    rows = [row for row in got["completeness"] if row["period"] == "2012-Q2" and row["view"] == "reported"]
    for member in ("expected", "actual", "on_time"):
        check(sum(row[member] for row in rows) == 179, "all: %s are not 179" % member)
    slots = [row for row in got["slots"] if row["period"] == "2012-Q2"]
    check(len(slots) == 179 and {row["light"] for row in slots} == {"green"}, "all: not every light is green")
    check(len({row["unit"] for row in slots}) == 33, "all: not all units")


def timeless(got):
    """What may not depend on the order in which reports arrive."""
    slots = [{name: row[name] for name in ("item", "unit", "period", "state", "light", "revision", "filled")}
             for row in got["slots"]]
    return slots, got["figures"], got["completeness"]


def check_any_order(seed):
    """Reports alone, before any deadline: any order and any duplication come to the same."""
    rng, plan = random.Random(seed), plans.read(text_of(SHIPPED))
    lines = [line for name in ("s1f", "s2", "s9") for line in lines_of(name)]
    for line in lines:
        line["at"] = "2012-07-05T10:00:00+08:00"
    kept = {}
    for line in lines:  # one content for each revision, else the first to come wins
        fields = line["act"]["report"]
        kept.setdefault((fields["item"], line["by"], fields["revision"]), line)
    first = list(kept.values())
    other = first + [rng.choice(first) for _ in range(10)]
    rng.shuffle(other)
    now = periods.parse_time("2012-07-06T10:00:00+08:00")
    check(timeless(answers.replay(plan, first, now)) == timeless(answers.replay(plan, other, now)),
          "seed %d: the order of reports changes the figures" % seed)


def check_random(seed):
    """A plan file says what the plan says, and acts that are refused change nothing."""
    plan = differential.plan_of(seed)
    check(plans.read(plans.write(plan)) == plan, "seed %d: the plan file says something else" % seed)
    lines, now = differential.history_of(seed, plan)
    clock = None
    for line in lines:  # the times that count, so that leaving an act out moves no other
        at = periods.parse_time(line["at"])
        clock = at if clock is None else max(at, clock)
        line["at"] = periods.time_text(clock, 0)
    now = clock if now is None else now
    got = answers.replay(plan, lines, now)
    stored = [line for line, verdict in zip(lines, got["verdicts"]) if verdict.startswith("STORED")]
    again = answers.replay(plan, stored, now)
    for table in differential.KEYS:
        check(again[table] == got[table], "seed %d: refused acts change %s" % (seed, table))
    return got["verdicts"]


def check_periods():
    for name in ("2012", "2012-H1", "2012-H2", "2012-Q1", "2012-Q4", "2012-01", "2012-12"):
        check(periods.name_of(periods.parse(name)) == name, "period %s" % name)
    for name in ("", "2012-Q5", "2012-H3", "2012-00", "2012-13", "2012-1", "12-Q1", "2012-q1", "2012-Q1 "):
        check(periods.parse(name) is None, "%r is no period" % name)
    for text in ("2012-07-05T10:00:00+08:00", "2012-07-05T10:00:00.000001-09:30"):
        at = periods.parse_time(text)
        zone = -570 if "-09" in text else 480
        check(periods.time_text(at, zone) == text, "time %s" % text)
    check(periods.parse_time("2012-07-11T00:00:00+08:00") == periods.parse_time("2012-07-10T16:00:00Z"), "zones")


def main():
    muster = sys.argv[1] if len(sys.argv) > 1 else None
    names = sorted(name[:-len(".jsonl")] for name in os.listdir(SCENARIOS) if name.endswith(".jsonl"))
    for name in names:
        check_scenario(name, muster)
    if muster is None:
        check_periods()
        check_all_reported()
        for seed in range(5):
            check_any_order(seed)
        verdicts = {verdict for seed in range(150) for verdict in check_random(seed)}
        every = {value for name, value in vars(reference).items() if isinstance(value, str) and name.isupper()}
        check(every <= verdicts, "histories without %s" % sorted(every - verdicts))
    print("%d scenarios%s: %s" % (len(names), "" if muster else " and the model's own rules",
                                  "%d problems" % len(problems) if problems else "good"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
