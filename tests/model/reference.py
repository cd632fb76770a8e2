# SPDX-License-Identifier: Apache-2.0
"""A second, deliberately naive implementation of the rules of proto/ACTS.md; answers.py says with it what
`muster replay` has to say. It keeps everything that was stored and derives all the rest from it anew
whenever it is asked; there is nothing clever in it.

A plan is plain data, see plans.py. A slot is named by (item id, unit id, period); an item, a unit and
an act are dicts, an instant is microseconds since 1970, points are hundredths."""
import functools

import periods
import report_form

STORED = "STORED"
SUPERSEDED = "STORED_SUPERSEDED"
DUPLICATE = "DUPLICATE"
MALFORMED = "REFUSED_MALFORMED"
UNKNOWN = "REFUSED_UNKNOWN"
NOT_BEGUN = "REFUSED_NOT_BEGUN"
NOT_ASSIGNED = "REFUSED_NOT_ASSIGNED"
NOT_LEAD = "REFUSED_NOT_LEAD"
SPLIT = "REFUSED_SPLIT"
OWN = "REFUSED_OWN"
VALUE = "REFUSED_VALUE"
LOCKED = "REFUSED_LOCKED"
LATE = "REFUSED_LATE"
CONFLICT = "REFUSED_CONFLICT"
STALE = "REFUSED_STALE"
DECIDED = "REFUSED_DECIDED"

DAY = periods.DAY_US
ABOUT_THE_SLOT = ("item", "unit", "period", "revision")


NOBODYS = {"mode": "sole", "approval": "any", "leads": [], "indicators": []}


def found(things, of_id):
    """The thing with this id, or None."""
    for thing in things:
        if thing["id"] == of_id:
            return thing
    return None


class Slot:
    """What was stored about a slot, and nothing that follows from it."""

    def __init__(self):
        self.revisions = {}  # number: {"kind", "body", "at"}, reports and retractions
        self.decisions = []  # {"at", "by", "revision", "accept", "deadline"} in the order of the log
        self.requested = False
        self.granted = []  # days
        self.exempt = False
        self.lock = None  # the last of "lock" and "reopen"
        self.touched = False


class Model:
    """The plan and everything stored so far."""

    def __init__(self, plan):
        later = [(periods.parse(each["from"]), each["plan"]) for each in plan.get("later", [])]
        self.versions = [(None, plan)] + later  # (the first period it judges, what it says)
        newest_first = [version for _, version in reversed(self.versions)]
        self.plan = newest_first[0]
        self.zone = self.plan["zone"]
        self.items, self.units = {}, {}
        for version in newest_first:
            for item in version["items"]:
                self.items.setdefault(item["id"], item)
            for unit in version["units"]:
                self.units.setdefault(unit["id"], unit)
        self.range = periods.span(periods.parse(self.plan["first"]), periods.parse(self.plan["last"]))
        self.slots = {}
        self.assignments = []  # (item, unit, from which period, is it required)
        self.adjustments = []  # (unit, period, points)
        self.clock = None
        for question in ("version_at", "role", "alive", "periods_of", "indicator_at", "asks"):
            setattr(self, question, functools.cache(getattr(self, question)))  # the plan alone answers it

    # ---- what the plan says: duties go by the period, rights by the moment ----

    def version_at(self, period):
        """The newest version whose first period begins before the period ends."""
        return [version for since, version in self.versions if since is None or since[0] < period[0] + period[1]][-1]

    def versions_now(self, at):
        """The versions whose first period has begun, in their order."""
        return [version for since, version in self.versions if since is None or self.begun(since, at)]

    def item(self, key):
        """What the slot's version says of the item; what another one says where it has none."""
        return found(self.version_at(key[2])["items"], key[0]) or self.items[key[0]]

    def leading(self, item_id, at):
        """Who leads the item at a moment, and how: the newest version in force that has it."""
        items = [found(version["items"], item_id) for version in self.versions_now(at)]
        items = [item for item in items if item is not None]
        return items[-1] if items else NOBODYS

    def is_observer(self, unit):
        return unit in self.versions_now(self.clock)[-1]["observers"]

    def role(self, item_id, unit, period):
        item = found(self.version_at(period)["items"], item_id)
        for role, members in (("lead", "leads"), ("required", "required"), ("optional", "optional")):
            if item is not None and unit in item[members]:
                return role
        return None

    def alive(self, unit_id, period):
        """Does the unit exist in at least a part of the period?"""
        unit = found(self.version_at(period)["units"], unit_id)
        if unit is None:
            return False
        begun = unit["from"] is None or periods.parse(unit["from"])[0] < period[0] + period[1]
        to = None if unit["to"] is None else periods.parse(unit["to"])
        return begun and (to is None or period[0] < to[0] + to[1])

    def has_slot(self, key):
        item, unit, period = key
        return self.role(item, unit, period) is not None and self.alive(unit, period)

    def periods_of(self, item_id):
        spans = periods.of_kind(self.items[item_id]["period"], self.range)
        return [period for period in spans if found(self.version_at(period)["items"], item_id) is not None]

    def indicators_of(self, item_id):
        """Of all versions, each as the newest one has it."""
        newest = {}
        for _, version in reversed(self.versions):
            for indicator in (found(version["items"], item_id) or NOBODYS)["indicators"]:
                newest.setdefault(indicator["id"], indicator)
        return list(newest.values())

    def indicator_at(self, item_id, indicator_id, period):
        item = found(self.version_at(period)["items"], item_id)
        return None if item is None else found(item["indicators"], indicator_id)

    def asks(self, item_id, indicator_id, unit, period):
        """Does the unit report the indicator in the period?"""
        indicator = self.indicator_at(item_id, indicator_id, period)
        return indicator is not None and unit in indicator["reporters"] and self.alive(unit, period)

    def begun(self, period, now):
        return periods.begin_us(period, self.zone) <= now

    def plan_deadline(self, key):
        """The midnight that ends the due day."""
        return periods.end_us(key[2], self.zone) + self.item(key)["due_days"] * DAY

    # ---- what was stored says about a slot ----

    def stored(self, key):
        return self.slots.get(key) or Slot()

    def deadline(self, key):
        return self.plan_deadline(key) + max(self.stored(key).granted, default=0) * DAY

    def owed(self, key):
        """By a lead or a required reporter of the plan, or one that was assigned."""
        item, unit, period = key
        role = self.role(item, unit, period)
        if role is None or not self.alive(unit, period):
            return False
        if role != "optional":
            return True
        required = False
        for of_item, of_unit, since, assigned in self.assignments:
            if (of_item, of_unit) == (item, unit) and since[0] <= period[0]:
                required = assigned
        return required

    def newest(self, key):
        return max(self.stored(key).revisions, default=0)

    def newest_report(self, key):
        """The number of the newest revision if that is a report, else 0."""
        number = self.newest(key)
        return number if number and self.stored(key).revisions[number]["kind"] == "report" else 0

    def reports(self, key):
        return {n: r for n, r in self.stored(key).revisions.items() if r["kind"] == "report"}

    def live(self, key):
        """Numbers of the reports that no retraction has killed."""
        killed = [n for n, r in self.stored(key).revisions.items() if r["kind"] == "retraction"]
        return [n for n in self.reports(key) if all(n > other for other in killed)]

    def arrival(self, key):
        return min((r["at"] for r in self.reports(key).values()), default=None)

    def on_time(self, key):
        arrival = self.arrival(key)
        return None if arrival is None else arrival < self.deadline(key)

    def returned(self, key):
        """When each revision that was ever returned was returned first, and the deadline then in force."""
        first = {}
        for decision in self.stored(key).decisions:
            if not decision["accept"]:
                first.setdefault(decision["revision"], (decision["at"], decision["deadline"]))
        return first

    def locked(self, key, now):
        slot, item = self.stored(key), self.item(key)
        for decision in slot.decisions:
            if not decision["accept"] and now < decision["at"] + item["return_days"] * DAY:
                return False
        if slot.lock is not None:
            return slot.lock == "lock"
        return now >= self.deadline(key) + item["lock_days"] * DAY

    # ---- decisions ----

    def decisions_on(self, key, number):
        """All stored decisions on a revision; the acceptance of a sole lead's own report comes first."""
        unit = key[1]
        decisions = [d for d in self.stored(key).decisions if d["revision"] == number]
        report = self.reports(key).get(number)
        item = None if report is None else self.leading(key[0], report["at"])
        if item is not None and item["mode"] == "sole" and unit in item["leads"]:
            decisions.insert(0, {"at": report["at"], "by": unit, "revision": number, "accept": True, "self": True})
        return decisions

    def counting(self, key, number):
        """The decisions on a revision that still count; the first of them stands, unless all must agree."""
        return self.counted(key, self.decisions_on(key, number))[0]

    def counted(self, key, decisions):
        """(the decisions that count, what they come to): each by who led when it was made."""
        counting, ruling = [], None
        for decision in decisions:
            item = self.leading(key[0], decision["at"])
            if self.all_must_agree(item):
                counting = self.with_one_of_all(item, counting, decision)
                ruling = self.agreed(item, key[1], counting)
            else:
                wanted = "accept" if decision["accept"] else "return"
                counting = counting + [decision] if ruling == wanted else [decision]
                ruling = wanted
        return counting, ruling

    def all_must_agree(self, item):
        """How leads agree is a question of joint items only."""
        return item["approval"] == "all" and item["mode"] == "joint"

    def with_one_of_all(self, item, counting, decision):
        """A lead's decision takes the place of its own, an observer's that of everybody's."""
        if decision["by"] not in item["leads"]:
            return [decision]
        if any(d["by"] == decision["by"] for d in counting):
            return [decision if d["by"] == decision["by"] else d for d in counting]
        return counting + [decision]

    def agreed(self, item, unit, counting):
        """What the leads but the slot's unit come to; the word of an observer, or a self-acceptance from before there
        were several leads, stands for each that has not decided since."""
        own = [d for d in counting if d["by"] in item["leads"] and "self" not in d]
        others = [d for d in counting if d not in own]
        words = []
        for lead in [lead for lead in item["leads"] if lead != unit]:
            words += [([d for d in own if d["by"] == lead] or others[-1:] or [None])[0]]
        if all(word in own for word in words):
            counting[:] = own
        if any(word is not None and not word["accept"] for word in words):
            return "return"
        return None if None in words else "accept"

    def ruling(self, key, number):
        """What was decided on a revision: "accept", "return" or None."""
        return self.ruling_of(key, self.decisions_on(key, number))

    def ruling_of(self, key, decisions):
        return self.counted(key, decisions)[1]

    def ruled_since(self, key, number):
        """When the decisions came to what they come to now, and stayed so."""
        decisions, since, before = self.decisions_on(key, number), None, None
        for n, decision in enumerate(decisions, 1):
            ruling = self.ruling_of(key, decisions[:n])
            if ruling != before:
                since, before = decision["at"], ruling
        return since

    def view(self, key, view):
        """The number of the revision that counts as reported, or as accepted; 0 when there is none."""
        wanted = ("accept",) if view == "accepted" else ("accept", None)
        return max((n for n in self.live(key) if self.ruling(key, n) in wanted), default=0)

    # ---- states and lights ----

    def state(self, key, now):
        number = self.newest_report(key)
        if self.stored(key).exempt:
            return "EXEMPT"
        if number:
            return {"accept": "ACCEPTED", "return": "RETURNED", None: "SUBMITTED"}[self.ruling(key, number)]
        if now < periods.end_us(key[2], self.zone):
            return "OPEN"
        if now < self.deadline(key) or not self.owed(key):
            return "DUE"
        return "OVERDUE"

    def light(self, key, now):
        item, state, deadline = self.item(key), self.state(key, now), self.deadline(key)
        if state in ("SUBMITTED", "ACCEPTED"):
            return "green"
        if state == "RETURNED":
            since = max(deadline, self.ruled_since(key, self.newest_report(key)))
            return "red" if now >= since + item["red_days"] * DAY else "yellow"
        if state == "OVERDUE":
            return "red" if now >= deadline + item["red_days"] * DAY else "yellow"
        if state != "EXEMPT" and self.owed(key) and now >= deadline - item["warn_days"] * DAY:
            return "blue"
        return "grey"

    def filled(self, key, number):
        """How many of the mandatory fields of the report are filled."""
        if not number:
            return 0
        item, unit, period = self.item(key), key[1], key[2]
        body = self.stored(key).revisions[number]["body"]
        given = [value["indicator"] for value in body.get("values", [])]
        wanted = [indicator["id"] for indicator in item["indicators"]
                  if unit in indicator["reporters"] and periods.ends_with(period, indicator["period"])]
        texts = ("done", "problems", "next_steps", "approved_by")
        return (("progress_pct" in body) + sum(body.get(name, "") != "" for name in texts)
                + all(indicator in given for indicator in wanted))

    # ---- judging ----

    def fold(self, at, by, act):
        """One act at a hub time: its verdict, and the act is stored unless it is refused."""
        self.clock = at if self.clock is None else max(at, self.clock)
        (name, fields), = act.items()
        if report_form.malformed(name, fields):
            return MALFORMED
        if name == "extension_grant" and any(part not in fields for part in ("item", "unit", "period")):
            return self.grant_to_many(by, fields)
        if self.unknown(fields) or any(part not in fields for part in report_form.names_in(name)):
            return UNKNOWN
        return getattr(self, "judge_" + name)(by, fields)

    def unknown(self, fields):
        """Does a name that is given mean nothing in the plan?"""
        if "item" in fields and fields["item"] not in self.items:
            return True
        if "unit" in fields and fields["unit"] not in self.units:
            return True
        name = fields.get("from_period", fields.get("period"))
        if name is None:
            return False
        period = periods.parse(name)
        if period is None or not periods.within(period, self.range):
            return True
        return "item" in fields and period not in self.periods_of(fields["item"])

    def key_of(self, fields):
        return fields["item"], fields["unit"], periods.parse(fields["period"])

    def slot(self, key, touch=True):
        """The slot, to store something in it."""
        slot = self.slots.setdefault(key, Slot())
        slot.touched = slot.touched or touch
        return slot

    def judge_report(self, by, fields):
        return self.judge_revision(by, fields, "report")

    def judge_retraction(self, by, fields):
        return self.judge_revision(by, fields, "retraction")

    def judge_revision(self, by, fields, kind):
        key, number = self.key_of(fields), fields["revision"]
        body = {name: fields[name] for name in fields if name not in ABOUT_THE_SLOT}
        same = self.stored(key).revisions.get(number)
        if not self.begun(key[2], self.clock):
            return NOT_BEGUN
        if by != key[1] or not self.has_slot(key):
            return NOT_ASSIGNED
        if kind == "report" and not report_form.report_allowed(self.item(key), by, fields):
            return VALUE
        if same is not None and same["kind"] == kind and same["body"] == body:
            return DUPLICATE
        if self.locked(key, self.clock):
            return LOCKED
        if same is not None:
            return CONFLICT
        verdict = STORED if number > self.newest(key) else SUPERSEDED
        self.slot(key).revisions[number] = {"kind": kind, "body": body, "at": self.clock}
        return verdict

    def whose_decision(self, by, key):
        """None, or why the unit may not decide on the slot's newest revision."""
        item, unit = self.leading(key[0], self.clock), key[1]
        if item["mode"] == "split":
            return None if self.is_observer(by) else SPLIT
        leads = item["leads"]
        if item["approval"] == "primary" and item["mode"] == "joint":
            leads = [lead for lead in leads if lead != unit][:1]
        if by in leads:
            return None
        number = self.newest_report(key)
        decided = number != 0 and self.ruling(key, number) is not None
        return None if self.is_observer(by) and decided else NOT_LEAD

    def judge_decision(self, by, fields):
        key, number, accept = self.key_of(fields), fields["revision"], fields["verdict"] == "accept"
        whose = self.whose_decision(by, key)
        if whose is not None:
            return whose
        if not self.has_slot(key):
            return NOT_ASSIGNED
        if by == key[1]:
            return OWN
        if not accept and not fields.get("reason"):
            return VALUE
        counting = self.counting(key, number)
        if any(d["by"] == by and d["accept"] == accept for d in counting):
            return DUPLICATE
        if number != self.newest_report(key):
            return STALE
        if self.decided(by, key, number, accept):
            return DECIDED
        self.slot(key, False).decisions.append({"at": self.clock, "by": by, "revision": number, "accept": accept,
                                                "deadline": self.deadline(key)})
        return STORED

    def decided(self, by, key, number, accept):
        """Would the decision overturn what another unit decided first?"""
        counting, ruling = self.counting(key, number), self.ruling(key, number)
        if self.all_must_agree(self.leading(key[0], self.clock)) or ruling in (None, "accept" if accept else "return"):
            return False
        is_own = any(d["by"] == by and "self" not in d for d in counting[:1])
        return not is_own and not self.is_observer(by)

    def judge_extension_request(self, by, fields):
        key = self.key_of(fields)
        if by != key[1] or not self.has_slot(key):
            return NOT_ASSIGNED
        if self.locked(key, self.clock):
            return LOCKED
        if self.clock >= self.deadline(key):
            return LATE
        self.slot(key).requested = True
        return STORED

    def is_outage(self, by, fields):
        return self.is_observer(by) and fields.get("reason") == "outage"

    def may_grant(self, by, key):
        """Is the unit among those who decide about extensions of the slot, an outage apart?"""
        item = self.leading(key[0], self.clock)
        if by in item["leads"]:
            return True
        return self.is_observer(by) and (item["mode"] == "split" or key[1] in item["leads"])

    def judge_extension_grant(self, by, fields):
        key = self.key_of(fields)
        if not self.may_grant(by, key) and not self.is_outage(by, fields):
            return NOT_LEAD
        if not self.has_slot(key):
            return NOT_ASSIGNED
        if by == key[1]:
            return OWN
        if not fields.get("reason"):
            return VALUE
        if self.locked(key, self.clock):
            return LOCKED
        in_time = self.clock < self.deadline(key) or self.stored(key).requested
        if not in_time and not self.is_outage(by, fields):
            return LATE
        self.slot(key).granted.append(fields["days"])
        return STORED

    def grant_to_many(self, by, fields):
        """A grant that leaves the item, the unit or the period out means all of them."""
        if self.unknown(fields):
            return UNKNOWN
        if not self.is_observer(by):
            return NOT_LEAD
        if fields.get("unit") == by:
            return OWN
        if fields.get("reason") != "outage":
            return VALUE
        for key in self.all_slots():
            named = dict(zip(("item", "unit", "period"), (key[0], key[1], periods.name_of(key[2]))))
            covered = all(fields.get(name, named[name]) == named[name] for name in named)
            if covered and key[1] != by and self.begun(key[2], self.clock) and not self.locked(key, self.clock):
                self.slot(key, False).granted.append(fields["days"])
        return STORED

    def all_slots(self):
        """Every slot of the plan, in the order of the plan."""
        keys = [(item, unit, period) for item in self.items for unit in self.units for period in self.periods_of(item)]
        return [key for key in keys if self.has_slot(key)]

    def judge_extension_refusal(self, by, fields):
        key = self.key_of(fields)
        if not self.may_grant(by, key):
            return NOT_LEAD
        if not self.has_slot(key):
            return NOT_ASSIGNED
        if by == key[1]:
            return OWN
        self.slot(key)
        return STORED

    def leads_or_observes(self, by, item_id):
        return by in self.leading(item_id, self.clock)["leads"] or self.is_observer(by)

    def steer(self, by, fields, own=True, reason=True):
        """The refusals of what leads and observers may do with a slot, or None."""
        key = self.key_of(fields)
        if not self.leads_or_observes(by, key[0]):
            return NOT_LEAD
        if not self.has_slot(key):
            return NOT_ASSIGNED
        if own and by == key[1]:
            return OWN
        return VALUE if reason and not fields.get("reason") else None

    def judge_exemption(self, by, fields):
        key = self.key_of(fields)
        refused = self.steer(by, fields)
        if refused is None and not self.is_observer(by) and self.clock >= self.deadline(key):
            refused = LATE
        if refused is None:
            self.slot(key).exempt = True
        return refused or STORED

    def judge_exemption_withdrawal(self, by, fields):
        refused = self.steer(by, fields, own=False, reason=False)
        if refused is None:
            self.slot(self.key_of(fields), False).exempt = False
        return refused or STORED

    def judge_lock(self, by, fields):
        return self.lock_or_reopen(by, fields, "lock")

    def judge_reopen(self, by, fields):
        return self.lock_or_reopen(by, fields, "reopen")

    def lock_or_reopen(self, by, fields, name):
        refused = self.steer(by, fields)
        if refused is None:
            self.slot(self.key_of(fields)).lock = name
        return refused or STORED

    def judge_reminder(self, by, fields):
        return self.steer(by, fields, own=False, reason=False) or STORED

    def judge_comment(self, by, fields):
        key = self.key_of(fields)
        if by != key[1] and not self.leads_or_observes(by, key[0]):
            return NOT_LEAD
        return STORED if self.has_slot(key) else NOT_ASSIGNED

    def judge_adjustment(self, by, fields):
        unit, period, points = fields["unit"], periods.parse(fields["period"]), fields.get("points", 0)
        if not self.is_observer(by):
            return NOT_LEAD
        if by == unit:
            return OWN
        before = sum(abs(p) for of_unit, at, p in self.adjustments if (of_unit, at) == (unit, period))
        if not fields.get("reason") or before + abs(points) > self.version_at(period)["adjust_max"]:
            return VALUE
        self.adjustments.append((unit, period, points))
        return STORED

    def judge_assign(self, by, fields):
        return self.assign(by, fields, True)

    def judge_unassign(self, by, fields):
        return self.assign(by, fields, False)

    def assign(self, by, fields, required):
        item, unit, since = fields["item"], fields["unit"], periods.parse(fields["from_period"])
        if not self.leads_or_observes(by, item):
            return NOT_LEAD
        if self.role(item, unit, since) != "optional" or not self.alive(unit, since):
            return NOT_ASSIGNED
        if self.begun(since, self.clock):
            return LATE
        self.assignments.append((item, unit, since, required))
        return STORED
