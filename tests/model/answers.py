# SPDX-License-Identifier: Apache-2.0
"""What `muster replay` has to say, from the reference model: verdicts, slots, completeness, figures and scores."""
import figures
import periods
import reference

MANDATORY = 6


def slot_row(model, key, now):
    item, unit, period = key
    arrival = model.arrival(key)
    return {
        "item": item, "unit": unit, "period": periods.name_of(period),
        "state": model.state(key, now), "locked": model.locked(key, now), "light": model.light(key, now),
        "revision": model.newest(key),
        "received": None if arrival is None else periods.time_text(arrival, model.zone),
        "on_time": model.on_time(key),
        "filled": model.filled(key, model.view(key, "reported")), "mandatory": MANDATORY,
        "returns": len(model.returned(key)),
    }


def slot_rows(model, now):
    return [slot_row(model, key, now) for key in model.all_slots()
            if model.stored(key).touched or (model.owed(key) and model.begun(key[2], now))]


def completeness_rows(model, now):
    rows = []
    for item in model.items:
        for period in [p for p in model.periods_of(item) if model.begun(p, now)]:
            keys = [(item, unit, period) for unit in model.units]
            expected = [key for key in keys if model.owed(key) and not model.stored(key).exempt]
            for view in figures.VIEWS:
                actual = [key for key in expected if model.view(key, view)]
                rows.append({"item": item, "period": periods.name_of(period), "view": view,
                             "expected": len(expected), "actual": len(actual),
                             "on_time": sum(model.on_time(key) for key in actual)})
    return rows


def replay(plan, lines, now=None):
    """What `muster replay` says about these acts; without NOW the time of the last act is now."""
    model = reference.Model(plan)
    verdicts = [model.fold(periods.parse_time(line["at"]), line["by"], line["act"]) for line in lines]
    if now is None:
        now = model.clock
    return {
        "schema": "muster/replay/1",
        "verdicts": verdicts,
        "slots": slot_rows(model, now),
        "completeness": completeness_rows(model, now),
        "figures": figures.figure_rows(model, now),
        "scores": figures.score_rows(model, now),
    }
