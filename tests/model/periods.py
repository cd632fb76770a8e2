# SPDX-License-Identifier: Apache-2.0
"""Periods, days and instants for the reference model. A period is a pair (first month, months),
months being counted from year 0; an instant is a number of microseconds since 1970-01-01 UTC."""
import datetime
import re

DAY_US = 86_400_000_000
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
KINDS = ["month", "quarter", "half", "year"]
EPOCH = datetime.date(1970, 1, 1).toordinal()

NAME = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)


def parse(name):
    """The period of a name like 2012, 2012-H1, 2012-Q2 or 2012-07; None when it is no such name."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    year, half, quarter, month = match.groups()
    first = int(year) * 12
    if half:
        return first + (int(half) - 1) * 6, 6
    if quarter:
        return first + (int(quarter) - 1) * 3, 3
    if month:
        return first + int(month) - 1, 1
    return first, 12


def name_of(period):
    first, months = period
    year, month = divmod(first, 12)
    if months == 12:
        return "%04d" % year
    if months == 6:
        return "%04d-H%d" % (year, month // 6 + 1)
    if months == 3:
        return "%04d-Q%d" % (year, month // 3 + 1)
    return "%04d-%02d" % (year, month + 1)


def within(inner, outer):
    return outer[0] <= inner[0] and inner[0] + inner[1] <= outer[0] + outer[1]


def overlap(a, b):
    return a[0] < b[0] + b[1] and b[0] < a[0] + a[1]


def span(first, last):
    """The time from the begin of one period to the end of another, as if it were one period."""
    return first[0], last[0] + last[1] - first[0]


def of_kind(kind, outer):
    """The periods of a kind that lie wholly in OUTER, in order."""
    months = MONTHS[kind]
    first = -(-outer[0] // months) * months
    return [(at, months) for at in range(first, outer[0] + outer[1] - months + 1, months)]


def ends_with(period, kind):
    """Does a period of this kind end where PERIOD ends?"""
    return (period[0] + period[1]) % MONTHS[kind] == 0


def month_us(month, zone):
    day = datetime.date(month // 12, month % 12 + 1, 1).toordinal() - EPOCH
    return day * DAY_US - zone * 60_000_000


def begin_us(period, zone):
    return month_us(period[0], zone)


def end_us(period, zone):
    return month_us(period[0] + period[1], zone)


def parse_time(text):
    """Microseconds of an RFC 3339 time."""
    match = TIME.fullmatch(text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, zone_hour, zone_minute = match.groups()[6:]
    days = datetime.date(year, month, day).toordinal() - EPOCH
    zone = 0 if sign is None else int(zone_hour) * 60 + int(zone_minute)
    minutes = hour * 60 + minute - (-zone if sign == "-" else zone)
    return days * DAY_US + (minutes * 60 + second) * 1_000_000 + int((fraction or "").ljust(6, "0"))


def time_text(us, zone):
    """RFC 3339 in a zone so many minutes east, with a fraction only where there is one."""
    days, rest = divmod(us + zone * 60_000_000, DAY_US)
    seconds, fraction = divmod(rest, 1_000_000)
    return "%sT%02d:%02d:%02d%s%s%02d:%02d" % (
        datetime.date.fromordinal(days + EPOCH).isoformat(), seconds // 3600, seconds // 60 % 60,
        seconds % 60, ".%06d" % fraction if fraction else "", "-" if zone < 0 else "+",
        abs(zone) // 60, abs(zone) % 60)
