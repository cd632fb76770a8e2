# SPDX-License-Identifier: Apache-2.0
"""What an act must look like, for the reference model: the form that needs no plan (malformed), and
what the plan allows in a report (allowed)."""
import datetime
import re
import unicodedata

NUMBER_MAX = 10 ** 15
POINTS_MAX = 1_000_000
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def is_text(value, limit):
    """Text of at most LIMIT bytes, without control characters other than newline and tab."""
    return isinstance(value, str) and len(value.encode()) <= limit and CONTROL.search(value) is None


def text(limit):
    return lambda value: is_text(value, limit)


def is_integer(value, low, high):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def integer(low, high):
    return lambda value: is_integer(value, low, high)


def one_of(*words):
    return lambda value: value in words


def is_date(value):
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def fits(fields, rules):
    """Are all fields known, each of the right form?"""
    return isinstance(fields, dict) and all(name in rules and rules[name](fields[name]) for name in fields)


NUMBER = integer(-NUMBER_MAX, NUMBER_MAX)
PART = {"id": text(32), "state": one_of("not_started", "under_way", "done"), "note": text(1024)}
VALUE = {"indicator": text(32), "mantissa": NUMBER, "num": NUMBER, "den": NUMBER, "text": text(1024),
         "keys": lambda keys: isinstance(keys, list) and all(is_text(key, 64) for key in keys),
         "nil": text(1024), "date": is_date, "provisional": lambda value: isinstance(value, bool)}
FORMS = ["mantissa", "num", "keys", "text", "nil"]


def is_value(value):
    """Exactly one of a mantissa, a numerator with its denominator, keys, text and nil."""
    if not fits(value, VALUE) or ("num" in value) != ("den" in value):
        return False
    if "date" in value and "mantissa" not in value:
        return False
    return sum(form in value for form in FORMS) == 1


def is_list(entries, good, key):
    """A list of good entries, no two of which have the same KEY."""
    if not isinstance(entries, list) or not all(good(entry) for entry in entries):
        return False
    names = [entry.get(key) for entry in entries]
    return len(names) == len(set(names))


ID = text(32)
SLOT = {"item": ID, "unit": ID, "period": ID}
REASON = {"reason": text(1024)}
REVISION = integer(1, 2 ** 32 - 1)
REPORT = {
    "revision": REVISION, "progress_pct": integer(0, 100),
    "self_status": one_of("on_track", "at_risk", "blocked", "done"),
    "done": text(8192), "problems": text(8192), "next_steps": text(8192), "help_needed": text(8192),
    "parts": lambda parts: is_list(parts, lambda part: fits(part, PART), "id"),
    "values": lambda values: is_list(values, is_value, "indicator"),
    "prepared_by": text(128), "approved_by": text(128), "phone": text(128),
    "attachments": lambda files: isinstance(files, list),
}
ACTS = {
    "report": {**SLOT, **REPORT},
    "retraction": {**SLOT, **REASON, "revision": REVISION},
    "decision": {**SLOT, **REASON, "revision": REVISION, "verdict": one_of("accept", "return")},
    "extension_request": {**SLOT, **REASON, "days": integer(1, 366)},
    "extension_grant": {**SLOT, **REASON, "days": integer(1, 366)},
    "extension_refusal": {**SLOT, **REASON},
    "exemption": {**SLOT, **REASON},
    "exemption_withdrawal": {**SLOT, **REASON},
    "comment": {**SLOT, "text": lambda value: is_text(value, 8192) and value != ""},
    "reminder": {**SLOT, "text": text(1024)},
    "adjustment": {"unit": ID, "period": ID, "points": integer(-POINTS_MAX, POINTS_MAX), **REASON},
    "assign": {"item": ID, "unit": ID, "from_period": ID},
    "unassign": {"item": ID, "unit": ID, "from_period": ID},
    "lock": {**SLOT, **REASON},
    "reopen": {**SLOT, **REASON},
}
NEEDED = {
    "report": ["revision"], "retraction": ["revision"], "decision": ["revision", "verdict"],
    "extension_request": ["days"], "extension_grant": ["days"], "comment": ["text"],
}


def malformed(name, fields):
    if not fits(fields, ACTS[name]):
        return True
    return any(field not in fields for field in NEEDED.get(name, []))


def names_in(name):
    """The fields of an act that name something of the plan."""
    return [field for field in ACTS[name] if field in ("item", "unit", "period", "from_period")]


# ---- what the plan says about a report ----

def fold_key(key):
    return unicodedata.normalize("NFKC", key).strip().upper()


def key_allowed(indicator, key):
    folded = fold_key(key)
    if indicator["keys"] is not None and folded not in [fold_key(known) for known in indicator["keys"]]:
        return False
    return indicator["key_prefix"] is None or folded.startswith(fold_key(indicator["key_prefix"]))


def milestone_allowed(value):
    if value.get("mantissa") == 1:
        return "date" in value
    return value.get("mantissa") == 0


def value_allowed(indicator, value):
    """Is the value of the form that the indicator's type asks for?"""
    kind = indicator["type"]
    if "nil" in value:
        return value["nil"] != ""
    if "date" in value and kind != "milestone":
        return False
    if kind == "count":
        return value.get("mantissa", -1) >= 0
    if kind == "amount":
        return "mantissa" in value
    if kind == "ratio":
        return value.get("den", 0) != 0
    if kind == "milestone":
        return milestone_allowed(value)
    if kind == "keyset":
        return "keys" in value and all(key_allowed(indicator, key) for key in value["keys"])
    return "text" in value


def part_allowed(item, unit, part_id):
    """In split items no lead speaks for another lead; elsewhere only leads speak for an owner."""
    owners = {part["id"]: part["owner"] for part in item["parts"]}
    if part_id not in owners:
        return False
    if owners[part_id] in (None, unit):
        return True
    return (unit in item["leads"]) != (item["mode"] == "split")


def report_allowed(item, unit, fields):
    indicators = {indicator["id"]: indicator for indicator in item["indicators"]}
    for value in fields.get("values", []):
        indicator = indicators.get(value.get("indicator"))
        if indicator is None or unit not in indicator["reporters"] or not value_allowed(indicator, value):
            return False
    return all(part_allowed(item, unit, part.get("id")) for part in fields.get("parts", []))
