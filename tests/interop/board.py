# SPDX-License-Identifier: Apache-2.0
"""board.py DIR PERIOD [ITEM]: a line of JSON for each rollup of the items that the unit leads; what the hub refuses ends it by name."""
import json, sys, wire_pb2
from contract import CREDIT, ERROR, FEED, SUBSCRIBE, connect, frame, opened, settings


def shown(rollup):
    figures = {f.indicator: f.value if f.has else None for f in rollup.figures if f.period == rollup.period}
    return {"item": rollup.item, "period": rollup.period, "expected": rollup.expected, "reported": rollup.actual, "on_time": rollup.on_time,
            "accepted": rollup.accepted, "figures": figures, "missing": [m.unit for m in rollup.missing]}


def joined(parts, part):
    """The rollup, when PART is the last of its PARTS."""
    if part.number == 0:
        parts.clear()
    version = [(r.item, r.period, r.as_of) for r in parts + [part.rollup]]
    if part.number != len(parts) or len(set(version)) > 1:
        sys.exit("part %d does not go on with what came" % part.number)
    parts.append(part.rollup)
    if part.goes_on:
        return []
    whole = wire_pb2.FeedRollup()
    for one in parts:
        whole.MergeFrom(one)  # rows are added, the rest is the same in each
    parts.clear()
    return [whole]


def main(folder, period, item=""):
    socket = connect(*settings(folder), roles=2)
    socket.send(frame(SUBSCRIBE, wire_pb2.Subscribe(classes=4, once=True, parts=True, period=period, item=item)))
    caught_up, parts = False, []
    while not caught_up:
        kind, feed = opened(socket.recv())
        if kind >= ERROR:
            sys.exit(feed.name)
        if kind == FEED:
            for rollup in joined(parts, feed.part) if feed.HasField("part") else feed.rollups:
                print(json.dumps(shown(rollup)))
            if feed.rollups or feed.HasField("part"):  # or nothing more comes
                socket.send(frame(CREDIT, wire_pb2.Credit(stored=feed.cursor)))
            caught_up = feed.caught_up


if __name__ == "__main__":
    main(*sys.argv[1:])
