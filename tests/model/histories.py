# SPDX-License-Identifier: Apache-2.0
"""Random histories of acts on a random plan: mostly what offices and leads would do next, at times at
which something changes, with a share of everything that is refused. The reference model is asked what
is stored so far, so that acts hit what is there."""
import copy

import periods
import reference
from plans import chance

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, periods.DAY_US
KINDS = {"report": 42, "retraction": 5, "decision": 20, "extension_request": 4, "extension_grant": 5,
         "grant_to_many": 3, "extension_refusal": 2, "exemption": 3, "exemption_withdrawal": 2, "comment": 2,
         "reminder": 2, "adjustment": 4, "assign": 4, "unassign": 2, "lock": 2, "reopen": 4}
REASONS = ["wrong unit", "outage", "see the note", "数字有误", "x" * 1024]
TEXTS = ["done", "进展顺利", "none", "无", "more\nof\tit", "长" * 2730 + "ab"]  # the last has 8192 bytes


def any_of(rng, things, otherwise=None):
    things = list(things)
    return rng.choice(things) if things else otherwise


class Author:
    """Writes one history."""

    def __init__(self, rng, plan):
        self.rng, self.plan = rng, plan
        self.model = reference.Model(plan)
        self.units = list(self.model.units)
        items = [item for item in self.model.items.values() if self.model.periods_of(item["id"])]
        self.items = rng.sample(items, rng.randint(1, len(items)))
        spans = self.model.periods_of(self.items[0]["id"])
        first = rng.randrange(len(spans))
        self.focus = spans[first:first + rng.randint(1, 2)]
        start = periods.begin_us(self.focus[0], self.model.zone)
        self.clock = start + rng.choice([-3 * DAY, 0, 5 * DAY, self.focus[0][1] * 29 * DAY])
        self.lines = []
        self.hot = []
        self.hot = [self.slot() for _ in range(rng.randint(2, 6))]

    # ---- when ----

    def instants(self):
        """When something changes in one of the slots, from now on."""
        item, unit, period = self.slot()
        key = item["id"], unit, period
        zone, deadline = self.model.zone, self.model.deadline(key)
        marks = [periods.begin_us(key[2], zone), periods.end_us(key[2], zone), deadline,
                 deadline + item["lock_days"] * DAY, deadline + item["red_days"] * DAY,
                 deadline - item["warn_days"] * DAY, deadline + item["review_days"] * DAY]
        for decision in self.model.stored(key).decisions[-2:]:
            marks += [decision["at"] + item[name] * DAY for name in ("return_days", "red_days", "review_days")]
        return [mark for mark in marks if mark > self.clock]

    def near(self, mark):
        return mark + self.rng.choice([0, 0, -1, 1, -HOUR, HOUR])

    def advance(self):
        way = self.rng.randrange(100)
        instants = sorted(self.instants())
        if way < 11 and instants:
            self.clock = max(self.clock, self.near(instants[0]))
        elif way < 13 and instants:
            self.clock = max(self.clock, self.near(self.rng.choice(instants)))
        elif way < 50:
            self.clock += self.rng.choice([1, MINUTE, HOUR, HOUR, 6 * HOUR])
        elif way < 56:
            self.clock += self.rng.randrange(4 * DAY)

    def time_text(self):
        """The time that is given; now and then one that lies before an earlier one."""
        at = self.clock
        if chance(self.rng, 6):
            at -= self.rng.choice([1, HOUR, 20 * DAY])
        zone = self.model.zone if chance(self.rng, 80) else self.rng.choice([0, 60, -300, 345])
        return periods.time_text(at, zone)

    # ---- about what ----

    def period_of(self, item):
        spans = self.model.periods_of(item["id"])
        near = [p for p in spans if any(periods.overlap(p, focus) for focus in self.focus)]
        return self.rng.choice(near if near and chance(self.rng, 85) else spans)

    def members(self, item):
        return item["leads"] + item["required"] + item["optional"]

    def slot(self):
        """Mostly one of a few to which much happens."""
        if self.hot and chance(self.rng, 75):
            return self.rng.choice(self.hot)
        item = self.rng.choice(self.items)
        unit = self.rng.choice(self.members(item) if chance(self.rng, 94) else self.units)
        return item, unit, self.period_of(item)

    def used_slot(self):
        """Mostly one in which there is something."""
        used = [key for key in self.model.slots if self.model.slots[key].revisions]
        if not used or chance(self.rng, 10):
            return self.slot()
        item, unit, period = self.rng.choice(used)
        return self.model.items[item], unit, period

    def names(self, slot):
        return {"item": slot[0]["id"], "unit": slot[1], "period": periods.name_of(slot[2])}

    def key(self, slot):
        return slot[0]["id"], slot[1], slot[2]

    def by_lead(self, slot, least=75):
        """Mostly a lead or an observer, not the unit itself."""
        leads = slot[0]["leads"] if chance(self.rng, 30) else self.model.leading(slot[0]["id"], self.clock)["leads"]
        observers = self.observers()
        leads = [u for u in leads if u != slot[1]]
        right = leads if chance(self.rng, 30 if slot[0]["mode"] == "split" else 70) else observers
        if not right or not chance(self.rng, least + 15):
            return self.rng.choice(self.units)
        return self.rng.choice(right)

    def observers(self):
        """Mostly those in force."""
        return (self.plan if chance(self.rng, 10) else self.model.versions_now(self.clock)[-1])["observers"]

    def by_unit(self, slot):
        return slot[1] if chance(self.rng, 95) else self.rng.choice(self.units)

    def reason(self, least=90):
        if chance(self.rng, least):
            return {"reason": self.rng.choice(REASONS)}
        return {"reason": ""} if chance(self.rng, 50) else {}

    # ---- reports ----

    def revision(self, slot):
        stored = self.model.stored(self.key(slot)).revisions
        newest, way = max(stored, default=0), self.rng.randrange(100)
        gaps = [number for number in range(1, newest) if number not in stored]
        if way < 25 and gaps:
            return self.rng.choice(gaps)
        if way < 70:
            return newest + 1
        if way < 90:
            return newest + self.rng.randint(2, 3)
        return self.rng.randint(1, max(1, newest))

    def value(self, indicator):
        rng, kind = self.rng, indicator["type"]
        if chance(rng, 8):
            return {"nil": rng.choice(["not yet known", "无"])}
        if kind in ("count", "amount"):
            low = -500 if kind == "amount" and chance(rng, 20) else 0
            mantissa = rng.choice([0, rng.randint(low, 9000), rng.randint(low, 60)])
            return {"mantissa": 10 ** 15 if chance(rng, 2) else mantissa}
        if kind == "ratio":
            if chance(rng, 10):  # halves, to be rounded
                return {"num": rng.choice([-3, -1, 1, 3]), "den": rng.choice([8, 80, 800, 8000])}
            den = rng.choice([1, rng.randint(1, 9), rng.randint(1, 5000)]) * (-1 if chance(rng, 5) else 1)
            num = rng.randint(-20 if chance(rng, 10) else 0, 3000)
            return {"num": num, "den": den} if chance(rng, 97) else {"num": -10 ** 15, "den": 10 ** 15}
        if kind == "milestone":
            dated = {"mantissa": rng.choice([0, 1, 1]), "date": "2012-0%d-11" % rng.randint(1, 9)}
            return {"mantissa": 0} if chance(rng, 20) else dated
        if kind == "keyset":
            pool = ["K1", "K2", "k2", " K3", "K4 ", "\uff2b1"] + ([] if indicator["keys"] else ["K77", "K" + "9" * 63])
            return {"keys": rng.sample(pool, rng.randint(0, 4))}
        return {"text": rng.choice(TEXTS[:5] + ["x" * 1024])}

    def wrong_value(self, item, unit):
        """One that the plan does not allow."""
        other = [i["id"] for each in self.items for i in each["indicators"] if unit not in i["reporters"]]
        mine = [i for i in item["indicators"] if unit in i["reporters"]]
        if not mine or chance(self.rng, 30):
            return {"indicator": any_of(self.rng, other, "i01.none"), "mantissa": 1}
        indicator = self.rng.choice(mine)
        wrong = {"count": [{"mantissa": -1}, {"text": "7"}], "amount": [{"num": 1, "den": 2}, {"keys": ["K1"]}],
                 "ratio": [{"num": 0, "den": 0}, {"num": 3, "den": 0}, {"mantissa": 5}],
                 "milestone": [{"mantissa": 2}, {"mantissa": 1}, {"mantissa": -1, "date": "2012-05-01"}],
                 "keyset": [{"keys": ["?1"]}, {"mantissa": 1}], "text": [{"mantissa": 0}, {"keys": []}]}
        form = self.rng.choice(wrong[indicator["type"]] + [{"nil": ""}, {"mantissa": 4, "date": "2012-05-01"}])
        return {"indicator": indicator["id"], **form}

    def values(self, item, unit):
        given = [{"indicator": indicator["id"], **self.value(indicator)} for indicator in item["indicators"]
                 if unit in indicator["reporters"] and chance(self.rng, 85)]
        for value in given:
            if chance(self.rng, 5):
                value["provisional"] = True
        if chance(self.rng, 5):
            wrong = self.wrong_value(item, unit)
            given = [value for value in given if value["indicator"] != wrong["indicator"]] + [wrong]
        return given

    def parts(self, item, unit):
        rng = self.rng
        own = [part["id"] for part in item["parts"] if part["owner"] in (unit, None)]
        any_part = [part["id"] for part in item["parts"]] + ["p99"]
        chosen = rng.sample(own, rng.randint(0, len(own))) if chance(rng, 85) else [rng.choice(any_part)]
        states = ["not_started", "under_way", "done"]
        return [{"id": part, "state": rng.choice(states), "note": "note"} for part in chosen]

    def report(self):
        slot, rng = self.slot() if chance(self.rng, 80) else self.used_slot(), self.rng
        fields = {**self.names(slot), "revision": self.revision(slot)}
        fields["progress_pct"] = rng.choice([0, 50, 100, rng.randint(0, 100)])
        for name in ("done", "problems", "next_steps"):
            fields[name] = rng.choice(TEXTS)
        fields.update(self_status=rng.choice(["on_track", "at_risk", "blocked", "done"]), approved_by="Wang",
                      prepared_by="李", phone="024-1", help_needed="money")
        for name in ("progress_pct", "done", "problems", "next_steps", "self_status", "approved_by", "prepared_by",
                     "phone", "help_needed"):
            if chance(rng, 8):
                del fields[name]
        if slot[0]["parts"] and chance(rng, 40):
            fields["parts"] = self.parts(slot[0], slot[1])
        values = self.values(slot[0], slot[1])
        if values:
            fields["values"] = values
        return self.by_unit(slot), "report", fields

    def retraction(self):
        slot = self.used_slot()
        return self.by_unit(slot), "retraction", {
            **self.names(slot), "revision": self.revision(slot), **self.reason(95)}

    def decision(self):
        used = [key for key in self.model.slots if self.model.newest_report(key)]
        decided = [key for key in used if self.model.slots[key].decisions]
        if not used and chance(self.rng, 85):
            return self.report()
        slot = self.used_slot()
        if decided and chance(self.rng, 50):
            item, unit, period = self.rng.choice(decided)
            slot = self.model.items[item], unit, period
        newest = self.model.newest(self.key(slot))
        number = newest if chance(self.rng, 88) else self.rng.randint(1, newest + 1)
        verdict = "accept" if chance(self.rng, 55) else "return"
        return self.by_lead(slot, 82), "decision", {
            **self.names(slot), "revision": max(1, number), "verdict": verdict,
            **(self.reason(92) if verdict == "return" else {})}

    # ---- steering ----

    def extension_request(self):
        slot = self.slot()
        return self.by_unit(slot), "extension_request", {
            **self.names(slot), "days": self.rng.randint(1, 9), **self.reason(70)}

    def extension_grant(self):
        slot = self.slot()
        return self.by_lead(slot), "extension_grant", {
            **self.names(slot), "days": self.rng.choice([1, 2, 5, 20]), **self.reason()}

    def grant_to_many(self):
        slot, rng = self.slot(), self.rng
        names = self.names(slot)
        for name in rng.sample(sorted(names), rng.randint(1, 3)):
            del names[name]
        reason = {"reason": "outage"} if chance(rng, 80) else self.reason()
        by = any_of(rng, self.observers()) if chance(rng, 85) else rng.choice(self.units)
        return by, "extension_grant", {**names, "days": rng.randint(1, 8), **reason}

    def extension_refusal(self):
        slot = self.slot()
        return self.by_lead(slot), "extension_refusal", {**self.names(slot), **self.reason(60)}

    def steer(self, name, least=92):
        slot = self.slot() if chance(self.rng, 50) else self.used_slot()
        return self.by_lead(slot), name, {**self.names(slot), **self.reason(least)}

    def comment(self):
        slot = self.slot()
        by = slot[1] if chance(self.rng, 30) else self.by_lead(slot)
        return by, "comment", {**self.names(slot), "text": self.rng.choice(TEXTS)}

    def reminder(self):
        slot = self.slot()
        return self.by_lead(slot), "reminder", {
            **self.names(slot), **({"text": self.rng.choice(TEXTS[:5])} if chance(self.rng, 70) else {})}

    def adjustment(self):
        rng, spans = self.rng, self.focus
        if chance(rng, 40):
            spans = [p for kind in periods.KINDS for p in periods.of_kind(kind, self.model.range)]
        by = any_of(rng, self.observers()) if chance(rng, 85) else rng.choice(self.units)
        points = rng.choice([0, -200, 100, 50, -50, rng.randint(-600, 600), 1_000_000][:6 + chance(rng, 10)])
        return by, "adjustment", {"unit": rng.choice(self.units), "period": periods.name_of(rng.choice(spans)),
                                  "points": points, **self.reason()}

    def assignment(self, name):
        item = self.rng.choice(self.items)
        unit = self.rng.choice(item["optional"] if item["optional"] and chance(self.rng, 85) else self.units)
        spans = self.model.periods_of(item["id"])
        later = [p for p in spans if not self.model.begun(p, self.clock)]
        period = self.rng.choice(later if later and chance(self.rng, 75) else spans)
        return self.by_lead((item, unit, period)), name, {
            "item": item["id"], "unit": unit, "from_period": periods.name_of(period)}

    # ---- mistakes ----

    def misnamed(self, fields):
        """A name that is none in the plan."""
        name = self.rng.choice([n for n in ("item", "unit", "period", "from_period") if n in fields] or ["days"])
        if chance(self.rng, 20) and "days" not in fields:
            fields.pop(name, None)
            return
        wrong = {"item": ["i99", "I01"], "unit": ["nobody", "city", "u" * 32], "days": [0],
                 "period": ["2012-Q5", "2012-13", "2031", "2031-Q1", "Q2", "2012", "2012-H1", "2012-03"]}
        fields[name] = self.rng.choice(wrong.get(name, wrong["period"]))

    def spoil_report(self, fields):
        rng = self.rng
        values, parts = fields.setdefault("values", []), fields.setdefault("parts", [])
        broken = [{"indicator": "i01.v0", "mantissa": 1, "text": "two forms"}, {"indicator": "i01.v0"},
                  {"indicator": "i01.v0", "num": 5}, {"indicator": "i01.v0", "mantissa": 10 ** 15 + 1},
                  {"indicator": "i01.v0", "num": 1, "den": -10 ** 15 - 1}, {"indicator": "i01.v0", "keys": ["K" * 65]},
                  {"indicator": "i01.v0", "mantissa": "5"}, {"indicator": "i01.v0", "keys": "K1"},
                  {"indicator": "i01.v0", "nil": "x" * 1025}, {"indicator": "i01.v0", "mantissa": 1, "extra": 1},
                  {"indicator": "i01.v0", "date": "2012-05-01"},
                  {"indicator": "i01.v0", "mantissa": 1, "date": "2012-02-30"},
                  {"indicator": "i01.v0", "keys": ["K1"], "date": "2012-02-03"}]
        way = rng.randrange(7)
        if way == 0:
            fields["progress_pct"] = rng.choice([-1, 101, "50", 50.5])
        elif way == 1:
            name = rng.choice(["done", "problems", "next_steps", "help_needed"])
            fields[name] = rng.choice(["x" * 8193, 7, "a\u0001"])
        elif way == 2:
            fields[rng.choice(["prepared_by", "approved_by", "phone"])] = rng.choice(["x" * 129, ["Wang"]])
        elif way == 3 and values:
            values.append(copy.deepcopy(rng.choice(values)))
        elif way == 4:
            parts += [{"id": "p0", "state": "done"}, {"id": "p0", "state": "under_way"}]
        elif way == 5:
            fields["self_status"] = "fine"
        else:
            values[:] = [value for value in values if value["indicator"] != "i01.v0"] + [rng.choice(broken)]

    def spoil(self, name, fields):
        """Something that is malformed whatever the plan says."""
        rng = self.rng
        ways = [("colour", "red")]
        if "revision" in fields:
            ways += [("revision", 0), ("revision", -1), ("revision", "1")]
        if "days" in fields:
            ways += [("days", 0), ("days", 367), ("days", "5")]
        if "points" in fields:
            ways += [("points", 1_000_001), ("points", -1_000_001)]
        if "reason" in fields:
            ways += [("reason", "x" * 1025), ("reason", 5), ("reason", "bell \u0007")]
        if name == "decision":
            ways += [("verdict", "maybe"), ("verdict", "")]
        if name == "comment":
            ways += [("text", ""), ("text", "x" * 8193)]
        if name == "reminder":
            ways += [("text", "x" * 1025)]
        field, value = rng.choice(ways)
        if value == "" and chance(rng, 50):
            del fields[field]
        else:
            fields[field] = value

    def act(self):
        kind = self.rng.choices(list(KINDS), list(KINDS.values()))[0]
        if kind in ("exemption", "lock", "reopen"):
            by, name, fields = self.steer(kind)
        elif kind == "exemption_withdrawal":
            by, name, fields = self.steer(kind, 50)
        elif kind in ("assign", "unassign"):
            by, name, fields = self.assignment(kind)
        else:
            by, name, fields = getattr(self, kind)()
        way = self.rng.randrange(100)
        if way < 3:
            self.misnamed(fields)
        elif way < 5:
            self.spoil(name, fields)
        elif way < 7 and name == "report":
            self.spoil_report(fields)
        return by, {name: fields}

    def write(self):
        for _ in range(self.rng.randint(5, 60)):
            self.advance()
            if self.lines and chance(self.rng, 7):
                again = self.rng.choice(self.lines[-12:])
                by, act = again["by"], copy.deepcopy(again["act"])
            else:
                by, act = self.act()
            line = {"at": self.time_text(), "by": by, "act": act}
            self.model.fold(periods.parse_time(line["at"]), by, act)
            self.lines.append(line)
        return self.lines


def random_history(rng, plan):
    """(acts, the time that is now or None: that of the last act)."""
    author = Author(rng, plan)
    lines = author.write()
    if chance(rng, 25):
        return lines, None
    author.clock = max(author.clock, author.model.clock)
    marks = [author.clock, author.clock + rng.randrange(90 * DAY)] + [author.near(m) for m in author.instants()]
    return lines, max(author.model.clock, rng.choice(marks))
