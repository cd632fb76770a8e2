# SPDX-License-Identifier: Apache-2.0
"""whole.py DIR: all of a unit's feed, proven entry by entry, and that the hub has stated it whole: prints how many entries and statements."""
import struct, sys, act_pb2, nacl.exceptions, nacl.signing, wire_pb2
from contract import FEED, SUBSCRIBE, believe, climb, connect, frame, log_leaf, opened, root, settings, sha

ORIGIN, ENROLMENT, ROTATION, FEEDS, STORED = act_pb2.HUB_ORIGIN, act_pb2.HUB_ENROLMENT, act_pb2.HUB_ROTATION, act_pb2.HUB_FEEDS, 1


def signs(key, entry):
    try:
        return bool(nacl.signing.VerifyKey(key).verify(entry.header, entry.signature))
    except nacl.exceptions.BadSignatureError:
        return False


def rebuild(shown, count, hashes):
    left = list(hashes)
    made = root(shown, 0, count, left)
    assert not left, "a hash too many"
    return made


def check_batch(entry, hashes):
    count = struct.unpack(">H", entry.header[56:58])[0]
    assert len(entry.verdicts) == count and rebuild(hashes, count, entry.siblings) == entry.header[60:92]


def take_key(known, p, checkpoint, hub_key):  # device -> [(leaf, key, unit, until when the key before is taken)]
    check_batch(p, {p.position: p.act_hash})
    assert p.act_hash == sha(b"\0" + p.act) and signs(hub_key, p) and p.verdicts[p.position] == STORED
    assert climb(log_leaf(p.header, p.signature, p.hub_time, p.verdicts), p.leaf, checkpoint.size, p.path) == checkpoint.root
    act = act_pb2.Act.FromString(p.act)
    if act.kind == ORIGIN:
        known[p.header[32:48]] = [(-1, act_pb2.HubOrigin.FromString(act.body).sign_key, "", 0)]
    elif act.kind in (ENROLMENT, ROTATION):
        named = (act_pb2.HubEnrolment if act.kind == ENROLMENT else act_pb2.HubRotation).FromString(act.body)
        known.setdefault(named.device, []).append((p.leaf, named.sign_key, named.unit, named.until if act.kind == ROTATION else 0))


def check_signer(known, e):
    *before, (_, key, unit, until) = [k for k in known[e.header[32:48]] if k[0] < e.leaf]
    assert signs(key, e) or (before and e.hub_time <= until and signs(before[-1][1], e))
    assert unit == e.unit


def check_frame(feed, known, state, text):
    believe(feed.checkpoint, text("log_key"))
    for p in feed.keys:
        take_key(known, p, feed.checkpoint, bytes.fromhex(text("hub_sign_key")))
    for e in feed.entries:
        assert e.number == state["number"] + 1
        if not e.withheld:
            check_batch(e, {a.position: sha(b"\0" + a.act) for a in e.acts})
            check_signer(known, e)
        else:
            assert not (e.acts or e.siblings or e.header or e.signature or e.verdicts or e.unit or e.hub_time)
        for act in (act_pb2.Act.FromString(a.act) for a in e.acts):
            if act.kind == FEEDS:
                said = act_pb2.HubFeeds.FromString(act.body)
                assert act.unit == text("unit") and (said.count, said.chain) == (state["number"], state["chain"])
                state["stated"] += 1
        state["number"], state["chain"] = e.number, sha(b"\2" + state["chain"] + struct.pack(">QQ", e.number, e.leaf) + e.positions)
    leaves = {e.leaf: log_leaf(e.header, e.signature, e.hub_time, e.verdicts) for e in feed.entries if not e.withheld}
    assert not leaves or rebuild(leaves, feed.checkpoint.size, feed.cover) == feed.checkpoint.root


def main(folder):
    text, secret = settings(folder)
    socket, known, state = connect(text, secret, roles=2), {}, {"number": 0, "chain": bytes(32), "stated": 0}
    socket.send(frame(SUBSCRIBE, wire_pb2.Subscribe(classes=3, credit=100000, once=True)))
    kind, feed = 0, None
    while kind != FEED or not feed.caught_up:
        kind, feed = opened(socket.recv())
        if kind == FEED and (feed.entries or feed.keys):
            check_frame(feed, known, state, text)
    print("%d entries, %d statements" % (state["number"], state["stated"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
