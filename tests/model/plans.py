# SPDX-License-Identifier: Apache-2.0
"""Plans for the reference model: the reader of a plan file, the writer of one, and random small plans.

A plan is a dict: id, zone (minutes east), first and last (names of periods), observers, adjust_max
(hundredths), score, units {id, kind, from, to, inside} and items {id, mode, approval, period, *_days,
leads, required, optional, parts {id, owner}, indicators {id, type, scale, reporters, time, space,
better, gross, period, keys, key_prefix, targets {unit, period, value}}}. Groups are resolved into
their members; what is not there is None. No role lists a unit twice."""
import re

import periods

SETTINGS = {"period": "quarter", "approval": "any", "due_days": 10, "warn_days": 3, "red_days": 10,
            "lock_days": 60, "review_days": 10, "return_days": 5}
SCORE = {"timely": 30, "complete": 20, "attain": 40, "quality": 10, "on_time": 100, "late": 60, "missing": 0,
         "return_penalty": 25, "attain_cap": 100}
TOKEN = re.compile(r'\s+|#[^\n]*|"((?:\\.|[^"\\])*)"|([{}=,])|([^\s{}=,"#]+)')


# ---- a plan file ----

def tokens_of(text):
    """Strings and words as ("text", ...), punctuation as ("mark", ...)."""
    for match in TOKEN.finditer(text):
        if match.group(1) is not None:
            yield "text", re.sub(r"\\(.)", r"\1", match.group(1))
        elif match.group(2):
            yield "mark", match.group(2)
        elif match.group(3):
            yield "text", match.group(3)


def read_list(tokens, at):
    values = []
    while tokens[at] != ("mark", "}"):
        if tokens[at][0] == "text":
            values.append(tokens[at][1])
        at += 1
    return values, at + 1


def read_section(tokens, at):
    """({option: text or list}, [(name, title, section)]) and what comes behind the closing brace."""
    options, sections = {}, []
    while at < len(tokens) and tokens[at] != ("mark", "}"):
        name, at = tokens[at][1], at + 1
        if tokens[at] == ("mark", "=") and tokens[at + 1] == ("mark", "{"):
            options[name], at = read_list(tokens, at + 2)
        elif tokens[at] == ("mark", "="):
            options[name], at = tokens[at + 1][1], at + 2
        else:
            title = tokens[at][1] if tokens[at][0] == "text" else None
            inner, at = read_section(tokens, at + (2 if title is not None else 1))
            sections.append((name, title, inner))
    return (options, sections), at + 1


def named(section, name):
    return [(title, inner) for of_name, title, inner in section[1] if of_name == name]


def scaled(text, scale):
    """"42.5" at scale 2 is 4250."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(scale, "0"))


def members_of(groups, units, refs):
    """Units in the order of the plan that a list of ids and @groups holds."""
    held = set()
    for ref in refs:
        held.update(groups[ref[1:]] if ref.startswith("@") else [ref])
    return [unit["id"] for unit in units if unit["id"] in held]


def read_units(root):
    units = []
    for unit_id, (options, _) in named(root, "unit"):
        if options.get("enabled") != "no":
            units.append({"id": unit_id, "kind": options["kind"], "from": options.get("from"),
                          "to": options.get("to"), "inside": options.get("inside")})
    groups = {}
    for group_id, (options, _) in named(root, "group"):
        kinds, members = options.get("kinds", []), options.get("members", [])
        groups[group_id] = [u["id"] for u in units if u["kind"] in kinds or u["id"] in members]
    return units, groups


def read_target(title, options, scale):
    who, _, period = title.partition(" ")
    return {"unit": None if who == "city" else who, "period": period or None, "value": scaled(options["value"], scale)}


def read_indicator(indicator_id, section, item, members):
    options, scale = section[0], int(section[0].get("scale", 0))
    return {"id": indicator_id, "type": options["type"], "scale": scale, "reporters": members(options["reporters"]),
            "time": options["time"], "space": options["space"], "better": options.get("better", "up"),
            "gross": options.get("inside") == "gross", "period": options.get("period", item["period"]),
            "keys": options.get("keys"), "key_prefix": options.get("key_prefix"),
            "targets": [read_target(title, inner[0], scale) for title, inner in named(section, "target")]}


def settings_of(options, defaults):
    return {name: type(value)(options.get(name, value)) for name, value in defaults.items()}


def read_item(item_id, section, defaults, members):
    options = section[0]
    item = {"id": item_id, "mode": options["mode"], "leads": options["leads"], **settings_of(options, defaults)}
    item["required"] = [u for u in members(options.get("required", [])) if u not in item["leads"]]
    item["optional"] = [u for u in members(options.get("optional", []))
                        if u not in item["leads"] + item["required"]]
    item["parts"] = [{"id": part, "owner": inner[0].get("owner")}
                     for _, parts in named(section, "parts") for part, inner in named(parts, "part")]
    item["indicators"] = [read_indicator(indicator, inner, item, members)
                          for indicator, inner in named(section, "indicator")]
    return item


def read(text):
    """A plan from the text of its file, which is taken to be right; its later versions are in `later`."""
    first, *rest = re.split(r"^#==== from (\S+) ====\n", text, flags=re.MULTILINE)
    later = [{"from": since, "plan": read_one(part)} for since, part in zip(rest[::2], rest[1::2])]
    return {**read_one(first), "later": later} if later else read_one(first)


def read_one(text):
    tokens = list(tokens_of(text))
    root, _ = read_section(tokens, 0)
    units, groups = read_units(root)
    defaults = settings_of(dict(named(root, "defaults")).get(None, ({}, []))[0], SETTINGS)
    score = dict(named(root, "score")).get(None, ({}, []))[0]
    zone = root[0]["timezone"]
    hours, minutes = int(zone[1:3]), int(zone[4:6])

    def members(refs):
        return members_of(groups, units, refs)

    return {"id": root[0]["id"], "zone": (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1),
            "first": root[0]["first_period"], "last": root[0]["last_period"],
            "observers": members(root[0].get("observers", [])),
            "adjust_max": scaled(score.get("adjust_max", "5.00"), 2), "score": settings_of(score, SCORE),
            "units": units,
            "items": [read_item(item, inner, defaults, members) for item, inner in named(root, "item")]}


def quoted(texts):
    return "{ %s }" % ", ".join('"%s"' % text for text in texts)


def unscaled(value, scale):
    digits = str(value).rjust(scale + 1, "0")
    return digits if scale == 0 else digits[:-scale] + "." + digits[-scale:]


def write_unit(unit):
    line = 'unit "%s" { kind = "%s" name = "Unit %s"' % (unit["id"], unit["kind"], unit["id"])
    for name in ("from", "to", "inside"):
        if unit[name] is not None:
            line += ' %s = "%s"' % (name, unit[name])
    return line + " }\n"


def write_indicator(indicator):
    lines = ['\tindicator "%s" {' % indicator["id"], '\t\tname = "%s"' % indicator["id"]]
    lines += ['\t\t%s = "%s"' % (name, indicator[name]) for name in ("type", "time", "space", "better", "period")]
    lines += ["\t\tscale = %d" % indicator["scale"], "\t\treporters = %s" % quoted(indicator["reporters"])]
    lines += ['\t\tinside = "gross"'] if indicator["gross"] else []
    lines += ["\t\tkeys = %s" % quoted(indicator["keys"])] if indicator["keys"] else []
    lines += ['\t\tkey_prefix = "%s"' % indicator["key_prefix"]] if indicator["key_prefix"] else []
    for target in indicator["targets"]:
        title = (target["unit"] or "city") + (" " + target["period"] if target["period"] else "")
        lines.append('\t\ttarget "%s" { value = "%s" }' % (title, unscaled(target["value"], indicator["scale"])))
    return "\n".join(lines) + "\n\t}\n"


def write_item(number, item):
    lines = ['item "%s" {' % item["id"], '\tnumber = %d title = "%s" text = { "Do it." }' % (number, item["id"])]
    lines += ['\t%s = "%s"' % (name, item[name]) for name in ("mode", "approval", "period")]
    lines += ["\t%s = %d" % (name, item[name]) for name in SETTINGS if name.endswith("_days")]
    lines += ["\t%s = %s" % (name, quoted(item[name])) for name in ("leads", "required", "optional") if item[name]]
    if item["parts"]:
        lines.append('\tparts "list" {\n\t\tname = "List"')
        for part in item["parts"]:
            owner = ' owner = "%s"' % part["owner"] if part["owner"] else ""
            lines.append('\t\tpart "%s" { name = "%s"%s }' % (part["id"], part["id"], owner))
        lines.append("\t}")
    return "\n".join(lines) + "\n" + "".join(map(write_indicator, item["indicators"])) + "}\n"


def write(plan):
    """The text of a plan file that says the same, with its later versions behind it."""
    later = ["#==== from %s ====\n%s" % (each["from"], write_one(each["plan"])) for each in plan.get("later", [])]
    return write_one(plan) + "".join(later)


def write_one(plan):
    zone, sign = abs(plan["zone"]), "-" if plan["zone"] < 0 else "+"
    kind = periods.KINDS[[1, 3, 6, 12].index(periods.parse(plan["first"])[1])]
    text = 'format = 1\nid = "%s"\ntitle = "A plan"\ntimezone = "%s%02d:%02d"\n' % (
        plan["id"], sign, zone // 60, zone % 60)
    text += 'first_period = "%s"\nlast_period = "%s"\n' % (plan["first"], plan["last"])
    text += "observers = %s\n" % quoted(plan["observers"]) if plan["observers"] else ""
    text += 'defaults { period = "%s" }\n' % kind
    text += "score { %s adjust_max = \"%s\" }\n" % (
        " ".join("%s = %d" % (name, plan["score"][name]) for name in SCORE), unscaled(plan["adjust_max"], 2))
    text += "".join(write_unit(unit) for unit in plan["units"])
    return text + "".join(write_item(n, item) for n, item in enumerate(plan["items"], 1))


# ---- random plans ----

RULES = {  # type: rules of time, rules of space, most decimals
    "count": (["sum", "last", "ytd", "max", "min", "none"], ["sum", "sum", "owner", "max", "min", "none"], 0),
    "amount": (["sum", "last", "ytd", "max", "min", "none"], ["sum", "sum", "owner", "max", "min", "none"], 4),
    "ratio": (["ratio", "ratio", "last", "none"], ["ratio", "ratio", "owner", "none"], 4),
    "milestone": (["last", "max", "none"], ["count_true", "count_true", "owner", "none"], 0),
    "keyset": (["last", "last", "none"], ["union", "union", "none"], 0),
    "text": (["last", "none"], ["owner", "none"], 0),
}
KINDS_OF_UNITS = ["department", "party", "district", "county", "county_city", "zone"]
RANGES = {"month": [1, 3, 5, 6, 12], "quarter": [1, 2, 4, 5], "half": [1, 2, 3], "year": [1, 2]}


def chance(rng, percent):
    return rng.randrange(100) < percent


def some(rng, things, least=0):
    """At least so many of the things, in their order."""
    count = rng.randint(min(least, len(things)), len(things))
    chosen = rng.sample(range(len(things)), count)
    return [things[n] for n in sorted(chosen)]


def random_range(rng, kind):
    months = periods.MONTHS[kind]
    first = (2012 * 12 // months + rng.randrange(12 // months)) * months
    return (first, months), (first + months * (rng.choice(RANGES[kind]) - 1), months)


def random_units(rng, whole):
    units, inside = [], [p for kind in periods.KINDS[:3] for p in periods.of_kind(kind, whole)]
    for n in range(rng.randint(4, 8)):
        unit = {"id": "u%d" % n, "kind": rng.choice(KINDS_OF_UNITS), "from": None, "to": None, "inside": None}
        if n > 0 and chance(rng, 30):
            unit["inside"] = "u%d" % rng.randrange(n)
        if inside and chance(rng, 15):
            unit["from"] = periods.name_of(rng.choice(inside))
        if inside and chance(rng, 15):
            unit["to"] = periods.name_of(rng.choice(inside))
        if unit["from"] and unit["to"] and periods.parse(unit["to"])[0] < periods.parse(unit["from"])[0]:
            unit["to"] = None
        units.append(unit)
    return units


def random_parts(rng, item, members):
    owners = list(item["leads"]) if item["mode"] == "split" else []
    free = item["leads"] if item["mode"] == "split" else members
    owners += [rng.choice(free + [None]) for _ in range(rng.randint(0, 3))]
    return [{"id": "p%d" % n, "owner": owner} for n, owner in enumerate(owners)]


def random_targets(rng, indicator, whole):
    if indicator["type"] == "text":
        return []
    kinds = periods.KINDS[periods.KINDS.index(indicator["period"]):]
    spans = [periods.name_of(p) for kind in kinds for p in periods.of_kind(kind, whole)]
    high = {"milestone": 1, "keyset": 6}.get(indicator["type"], 50 * 10 ** indicator["scale"])
    pairs = [(unit, period) for unit in indicator["reporters"] + [None] for period in spans]
    return [{"unit": unit, "period": period, "value": rng.randint(1, high)}
            for unit, period in pairs if chance(rng, 25)]


def random_indicator(rng, item, n, members, whole):
    kind = rng.choice(list(RULES))
    time, space, scale = RULES[kind]
    indicator = {"id": "%s.v%d" % (item["id"], n), "type": kind, "scale": rng.randint(0, scale),
                 "time": rng.choice(time), "space": rng.choice(space), "better": "down" if chance(rng, 30) else "up",
                 "gross": chance(rng, 40), "period": item["period"], "keys": None, "key_prefix": None}
    if chance(rng, 20):
        indicator["period"] = rng.choice(periods.KINDS[periods.KINDS.index(item["period"]):])
    indicator["reporters"] = some(rng, members, 2) if indicator["space"] != "owner" else [rng.choice(members)]
    if kind == "keyset":
        indicator["keys"] = rng.choice([None, None, ["K1", "K2", "K3", "K4", "ABC"]])
        indicator["key_prefix"] = rng.choice([None, "K"])
    indicator["targets"] = random_targets(rng, indicator, whole)
    return indicator


def random_settings(rng, kinds):
    return {"period": rng.choice(kinds), "approval": rng.choice(["any", "any", "primary", "all"]),
            "due_days": rng.choice([0, 1, 5, 10]), "warn_days": rng.choice([0, 1, 3, 12]),
            "red_days": rng.choice([0, 1, 2, 10]), "lock_days": rng.choice([0, 3, 10, 15, 60]),
            "review_days": rng.choice([0, 1, 5, 10]), "return_days": rng.choice([0, 1, 3, 5])}


def random_item(rng, n, units, kinds, whole):
    shuffled = rng.sample(units, len(units))
    mode = rng.choice(["sole", "joint", "joint", "split"])
    leads = shuffled[:1 if mode == "sole" else rng.randint(2, 3)]
    rest = [u for u in units if u not in leads]
    item = {"id": "i%02d" % n, "mode": mode, "leads": leads, **random_settings(rng, kinds)}
    item["required"] = some(rng, rest, 1)
    item["optional"] = some(rng, [u for u in rest if u not in item["required"]], 1)
    members = [u for u in units if u in leads + item["required"] + item["optional"]]
    item["parts"] = random_parts(rng, item, members)
    item["indicators"] = [random_indicator(rng, item, v, members, whole) for v in range(rng.choice([0, 1, 2, 3, 4]))]
    return item


def random_score(rng):
    score = dict(SCORE)
    if chance(rng, 30):
        score.update(timely=rng.randint(1, 40), complete=rng.randint(0, 40), attain=rng.randint(0, 40),
                     quality=rng.randint(0, 40), late=rng.randint(30, 90), missing=rng.randint(0, 30),
                     return_penalty=rng.choice([10, 40, 60]))
    return score


def random_plan(rng):
    """Small, with as many kinds of everything as fit into it."""
    default = rng.choice(["month", "quarter", "quarter", "quarter", "half", "year"])
    first, last = random_range(rng, default)
    whole = periods.span(first, last)
    kinds = [kind for kind in periods.KINDS if periods.of_kind(kind, whole)]
    if whole[1] > 6:
        kinds = [kind for kind in kinds if kind != "month"]
    units = random_units(rng, whole)
    ids = [unit["id"] for unit in units]
    items = [random_item(rng, n, ids, kinds, whole) for n in range(1, rng.randint(2, 3) + 1)]
    return {"id": "random", "zone": rng.choice([480, 480, 480, 0, 330, -570]), "first": periods.name_of(first),
            "last": periods.name_of(last), "observers": sorted(rng.sample(ids, rng.choice([1, 1, 2, 3]))),
            "adjust_max": rng.choice([100, 500]), "score": random_score(rng), "units": units, "items": items}


# ---- versions ----

def other_item(rng, item, ids, kinds, whole, level):
    """The item again with other roles, days and targets; what would spoil its figures stays."""
    fresh = random_item(rng, 1, ids, kinds, whole)
    members = [unit for unit in ids if unit in fresh["leads"] + fresh["required"] + fresh["optional"]]
    other = {**fresh, "id": item["id"], "period": item["period"], "indicators": []}
    for indicator in [each for each in item["indicators"] if chance(rng, 85)]:
        same = {**indicator, "better": "down" if chance(rng, 30) else "up", "gross": chance(rng, 40)}
        same["reporters"] = some(rng, members, 2) if same["space"] != "owner" else [rng.choice(members)]
        same["targets"] = random_targets(rng, same, whole)
        other["indicators"].append(same)
    if chance(rng, 30):
        other["indicators"].append(random_indicator(rng, other, 10 + level, members, whole))
    return other


def random_later(rng, plan, level):
    """A version that follows the plan from some period on; LEVEL makes the ids of what is new in it."""
    whole = periods.span(periods.parse(plan["first"]), periods.parse(plan["last"]))
    kinds = [kind for kind in periods.KINDS if periods.of_kind(kind, whole)]
    since = rng.choice([p for kind in kinds for p in periods.of_kind(kind, whole)])
    units = [dict(unit) for unit in plan["units"]]
    if chance(rng, 30):
        units.append({"id": "u%d" % len(units), "kind": "district", "from": None, "to": None, "inside": None})
    for unit in units:
        if chance(rng, 10):
            unit["inside"] = None
    ids = [unit["id"] for unit in units]
    items = [other_item(rng, item, ids, [item["period"]], whole, level) if chance(rng, 60) else item
             for item in plan["items"]]
    if len(items) > 1 and chance(rng, 20):
        items.pop(rng.randrange(len(items)))
    if chance(rng, 20):
        items.insert(rng.randrange(len(items) + 1), random_item(rng, 20 + level, ids, kinds, whole))
    observers = sorted(rng.sample(ids, rng.choice([1, 1, 2]))) if chance(rng, 40) else plan["observers"]
    return {"from": periods.name_of(since), "plan": {
        **{name: plan[name] for name in ("id", "zone", "first", "last")}, "observers": observers,
        "adjust_max": rng.choice([100, 500]), "score": random_score(rng), "units": units, "items": items}}


def random_versions(rng):
    """A plan; every second one changes once or twice."""
    plan = random_plan(rng)
    later = [random_later(rng, plan, 1)] if chance(rng, 50) else []
    later += [random_later(rng, later[0]["plan"], 2)] if later and chance(rng, 30) else []
    return {**plan, "later": later} if later else plan
