# SPDX-License-Identifier: Apache-2.0
"""Figures and scores of the reference model (proto/ACTS.md 5, and the rules of time and space):
first over time for each unit, then over the units. All of it in exact fractions."""
from fractions import Fraction

import periods
import report_form

VIEWS = ("reported", "accepted")


def half_up(x):
    """The nearest integer, a half away from zero."""
    nearest = (abs(x) * 2 + 1) // 2
    return int(nearest if x >= 0 else -nearest)


def percent(indicator, num, den):
    """A ratio in percent, at the indicator's scale."""
    return Fraction(num * 100 * 10 ** indicator["scale"], den)


def shown_values(model, view):
    """By slot and indicator: the values of the revisions that the view shows, nil ones included."""
    shown = {}
    for key, slot in model.slots.items():
        number = model.view(key, view)
        if number:
            values = slot.revisions[number]["body"].get("values", [])
            shown[key] = {value["indicator"]: value for value in values}
    return shown


def datum(indicator, value):
    """What a value that is not nil stands for."""
    kind = indicator["type"]
    if kind == "ratio":
        return value["num"], value["den"]
    if kind == "keyset":
        return frozenset(report_form.fold_key(key) for key in value["keys"])
    return value["text"] if kind == "text" else value["mantissa"]


def data_of(model, indicator, item, unit, subs, shown):
    """What the unit gave: a list of (number of the sub-period, datum), and how often it gave nil."""
    data, nils = [], 0
    for n, sub in enumerate(subs):
        value = shown.get((item["id"], unit, sub), {}).get(indicator["id"])
        if not model.asks(item["id"], indicator["id"], unit, sub):
            value = None
        if value is not None and "nil" in value:
            nils += 1
        elif value is not None:
            data.append((n, datum(indicator, value)))
    return data, nils


def over_time(rule, data, n_subs):
    """One datum for all sub-periods; None when there is none."""
    given = [d for _, d in data]
    if not given or (rule == "none" and n_subs > 1):
        return None
    if rule == "sum":
        return sum(given)
    if rule == "max":
        return max(given)
    if rule == "min":
        return min(given)
    if rule == "ratio":
        return sum(num for num, _ in given), sum(den for _, den in given)
    return given[-1]


def lies_inside(units, unit, others):
    """Does the unit lie inside one of the others, or inside what lies inside it?"""
    inside = {each["id"]: each["inside"] for each in units}
    outer = inside.get(unit)
    while outer is not None:
        if outer in others:
            return True
        outer = inside.get(outer)
    return False


def summed(model, indicator, by_unit, period):
    """Those units' data that enter a sum."""
    if not indicator["gross"]:
        return list(by_unit.values())
    units = model.version_at(period)["units"]
    return [d for unit, d in by_unit.items() if not lies_inside(units, unit, indicator["reporters"])]


def over_space(model, indicator, by_unit, period):
    """(value, num, den) of all units with data."""
    rule, kind, data = indicator["space"], indicator["type"], list(by_unit.values())
    if rule in ("sum", "ratio"):
        data = summed(model, indicator, by_unit, period)
    if not data or rule == "none" or kind == "text":
        return None, None, None
    if kind == "ratio":
        num, den = sum(n for n, _ in data), sum(d for _, d in data)
        return (half_up(percent(indicator, num, den)) if den else None), num, den
    if rule == "union":
        return len(frozenset().union(*data)), None, None
    if rule == "sum":
        return sum(data), None, None
    if rule == "max":
        return max(data), None, None
    if rule == "min":
        return min(data), None, None
    return (data.count(1) if rule == "count_true" else data[0]), None, None


def figure_row(model, item, indicator, period, view, shown):
    subs = periods.of_kind(item["period"], period)
    by_unit, of, stale, turns = {}, 0, 0, []
    for unit in model.units:
        alive = [sub for sub in subs if model.asks(item["id"], indicator["id"], unit, sub)]
        data, _ = data_of(model, indicator, item, unit, subs, shown)
        over = over_time(indicator["time"], data, len(subs))
        exempt = all(model.stored((item["id"], unit, sub)).exempt for sub in alive)
        if alive and (not exempt or over is not None):
            of += 1
        turns += data
        if over is not None:
            by_unit[unit] = over
            if indicator["time"] in ("last", "ytd") and data[-1][0] < len(subs) - 1:
                stale += 1
    if indicator["space"] == "owner" and by_unit:  # one speaks for the city at a time, whoever it is
        turns.sort(key=lambda turn: turn[0])
        value, num, den = over_space(model, indicator, {None: over_time(indicator["time"], turns, len(subs))}, period)
    else:
        value, num, den = over_space(model, indicator, by_unit, period)
    return {"indicator": indicator["id"], "period": periods.name_of(period), "view": view, "value": value,
            "num": num, "den": den, "units": len(by_unit), "of": of, "stale": stale}


def coarser(kind):
    return periods.KINDS[periods.KINDS.index(kind):]


def figure_rows(model, now):
    shown = {view: shown_values(model, view) for view in VIEWS}
    rows = []
    for item in model.items.values():
        spans = [p for kind in coarser(item["period"]) for p in periods.of_kind(kind, model.range)
                 if model.begun(p, now)]
        for of_any in model.indicators_of(item["id"]):
            for period in spans:
                indicator = model.indicator_at(item["id"], of_any["id"], period)
                rows += [figure_row(model, item, indicator, period, view, shown[view])
                         for view in VIEWS if indicator is not None]
    return rows


# ---- scores ----

def mean(points):
    return Fraction(sum(points), len(points)) if points else None


def timely(model, keys):
    points = []
    for key in keys:
        score = model.version_at(key[2])["score"]
        if not model.view(key, "reported"):
            points.append(score["missing"])
        else:
            points.append(score["on_time"] if model.on_time(key) else score["late"])
    return mean(points)


def complete(model, keys):
    return mean([Fraction(100 * model.filled(key, model.view(key, "reported")), 6) for key in keys])


def quality(model, keys):
    points = []
    for key in [key for key in keys if model.arrival(key) is not None]:
        review = model.item(key)["review_days"] * periods.DAY_US
        counted = 0
        for number, (at, deadline) in model.returned(key).items():
            since = max(model.stored(key).revisions[number]["at"], deadline)
            counted += at <= since + review
        points.append(max(0, 100 - model.version_at(key[2])["score"]["return_penalty"] * counted))
    return mean(points)


def measure(indicator, over):
    """What is compared with a target, exactly."""
    if over is None:
        return None
    if indicator["type"] == "ratio":
        return percent(indicator, *over) if over[1] else None
    return len(over) if indicator["type"] == "keyset" else over


def attained(cap, indicator, actual, target):
    if actual is None:
        return Fraction(0)
    if indicator["better"] == "down":
        reached = Fraction(100) if actual <= target else Fraction(100 * target) / actual
    else:
        reached = Fraction(100 * actual) / target
    return min(max(reached, Fraction(0)), Fraction(cap))


def attain(model, unit, period, shown):
    points = []
    version = model.version_at(period)
    for item in version["items"]:
        subs = periods.of_kind(item["period"], period)
        for indicator in item["indicators"]:
            for target in indicator["targets"]:
                if target["unit"] != unit or target["period"] != periods.name_of(period):
                    continue
                data, nils = data_of(model, indicator, item, unit, subs, shown)
                if data or not nils:
                    actual = measure(indicator, over_time(indicator["time"], data, len(subs)))
                    points.append(attained(version["score"]["attain_cap"], indicator, actual, target["value"]))
    return mean(points)


def total(model, unit, period, parts):
    weights = model.version_at(period)["score"]
    present = [name for name in parts if parts[name] is not None and weights[name] > 0]
    if not present:
        return None
    points = sum(weights[name] * parts[name] for name in present) / sum(weights[name] for name in present)
    adjusted = sum(p for of_unit, at, p in model.adjustments if of_unit == unit and periods.within(at, period))
    return min(max(points + Fraction(adjusted, 100), Fraction(0)), Fraction(100))


def decimal(points):
    return None if points is None else "%d.%02d" % divmod(half_up(points * 100), 100)


def score_row(model, unit, period, expected, shown):
    keys = [key for key in expected if key[1] == unit and periods.within(key[2], period)]
    parts = {"timely": timely(model, keys), "complete": complete(model, keys),
             "attain": attain(model, unit, period, shown), "quality": quality(model, keys)}
    row = {"unit": unit, "period": periods.name_of(period)}
    row.update({name: decimal(points) for name, points in parts.items()})
    row["total"] = decimal(total(model, unit, period, parts))
    return row


def score_rows(model, now):
    finest = min((item["period"] for item in model.items.values()), key=periods.KINDS.index)
    shown = shown_values(model, "reported")
    spans = [p for kind in coarser(finest) for p in periods.of_kind(kind, model.range) if model.begun(p, now)]
    expected = [key for key in model.all_slots()
                if model.begun(key[2], now) and model.owed(key) and not model.stored(key).exempt]
    return [score_row(model, unit, period, expected, shown)
            for unit in model.units for period in spans if model.alive(unit, period)]
