#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""vectors.py FILE [--write]: the golden bytes, made anew from fixed seeds as proto/README.md says, are those in FILE.

FILE has a line each: name, bytes in hexadecimal. test_vectors.c holds the C code against the same file."""
import base64
import sys

import nacl.signing
import wire_pb2
from contract import FEED, HELLO, PUSH, RECEIPT, SUBSCRIBE, believe, climb, frame, log_leaf, node, opened, root, sha
from reporter import report, seal

HUB, DEVICE, VERSION, ORIGIN = b"H" * 16, b"D" * 16, b"P" * 32, "muster/golden"
NOW, HUB_TIME, LEAVES, LEAF, FROM = 1341460800000000, 1341460801000000, 11, 5, 6
DEVICE_SEED, LOG_SEED = bytes(range(32)), bytes(range(32, 64))


def tree(leaves):
    return root(dict(enumerate(leaves)), 0, len(leaves), [])


def inclusion(leaves, at):
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if at < half:
        return inclusion(leaves[:half], at) + [tree(leaves[half:])]
    return inclusion(leaves[half:], at - half) + [tree(leaves[:half])]


def consistency(leaves, size, whole=True):
    """RFC 6962 2.1.2: that the first SIZE leaves are a beginning of LEAVES."""
    if size == len(leaves):
        return [] if whole else [tree(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if size <= half:
        return consistency(leaves[:half], size, whole) + [tree(leaves[half:])]
    return consistency(leaves[half:], size - half, False) + [tree(leaves[:half])]


def log_key(origin, key):
    typed = b"\1" + bytes(key.verify_key)
    return "%s+%s+%s" % (origin, sha(origin.encode() + b"\n" + typed)[:4].hex(), base64.b64encode(typed).decode())


def note(origin, key, size, top):
    text = "%s\n%d\n%s\n" % (origin, size, base64.b64encode(top).decode())
    signed = bytes.fromhex(log_key(origin, key).split("+")[1]) + key.sign(text.encode()).signature
    return ("%s\n\u2014 %s %s\n" % (text, origin, base64.b64encode(signed).decode())).encode()


def make():
    """Name to bytes, in the order of the file."""
    device, log = nacl.signing.SigningKey(DEVICE_SEED), nacl.signing.SigningKey(LOG_SEED)
    acts = [report(VERSION, "i06", "tiexi", "2012-Q2", n, NOW + n, bytes([n]) * 16, progress_pct=40 + n, done="第%d次" % n) for n in (1, 2, 3)]
    hashes = [sha(b"\0" + act) for act in acts]
    batch = seal(device, HUB, DEVICE, 1, bytes(32), acts, NOW)
    header, signature, verdicts = batch[:172], batch[172:236], b"\1\1\2"
    leaf = log_leaf(header, signature, HUB_TIME, verdicts)
    log_leaves = [leaf if i == LEAF else sha(b"\0" + b"%d" % i) for i in range(LEAVES)]
    top, path, growth = tree(log_leaves), inclusion(log_leaves, LEAF), consistency(log_leaves, FROM)
    checkpoint = wire_pb2.Checkpoint(size=LEAVES, root=top, note=note(ORIGIN, log, LEAVES, top), consistency=growth)
    setattr(checkpoint, "from", FROM)
    receipt = wire_pb2.Receipt(first_seq=1, count=3, header_hash=sha(header), leaf=LEAF, hub_time=HUB_TIME, verdicts=verdicts, path=path)
    entry = wire_pb2.FeedEntry(number=7, leaf=LEAF, hub_time=HUB_TIME, header=header, signature=signature, verdicts=verdicts, unit="tiexi",
                               acts=[wire_pb2.FeedAct(position=1, act=acts[1])], siblings=[hashes[0], hashes[2]])
    hello = wire_pb2.Hello(roles=3, protocol_min=1, protocol_max=1, software="golden", schema=1, device=DEVICE)
    return {
        "device_key": bytes(device.verify_key), "act_1": acts[0], "act_2": acts[1], "act_3": acts[2],
        "act_leaf_1": hashes[0], "act_leaf_2": hashes[1], "act_leaf_3": hashes[2], "batch_root": header[60:92], "header": header,
        "signature": signature, "batch": batch, "header_hash": sha(header), "verdicts": verdicts, "log_leaf": leaf,
        "log_root": top, "root_before": tree(log_leaves[:FROM]), "inclusion": b"".join(path), "consistency": b"".join(growth),
        "log_key": log_key(ORIGIN, log).encode(), "note": checkpoint.note,
        "frame_hello": frame(HELLO, hello),
        "frame_push": frame(PUSH, wire_pb2.Push(batch=batch)),
        "frame_receipt": frame(RECEIPT, wire_pb2.Receipts(receipts=[receipt], checkpoint=checkpoint)),
        "frame_subscribe": frame(SUBSCRIBE, wire_pb2.Subscribe(cursor=6, classes=3, credit=100)),
        "frame_feed": frame(FEED, wire_pb2.Feed(entries=[entry], cursor=7, hub_time=HUB_TIME, size=LEAVES, after=6)),
    }


def check(v):
    """What the bytes say to someone who only reads them."""
    kind, told = opened(v["frame_receipt"])
    receipt = told.receipts[0]
    assert kind == RECEIPT and receipt.header_hash == sha(v["header"])
    believe(told.checkpoint, v["log_key"].decode())
    leaf = log_leaf(v["header"], v["signature"], receipt.hub_time, receipt.verdicts)
    assert climb(leaf, receipt.leaf, told.checkpoint.size, receipt.path) == told.checkpoint.root == v["log_root"]
    assert climb(leaf, receipt.leaf, told.checkpoint.size, receipt.path[:-1]) is None
    entry = opened(v["frame_feed"])[1].entries[0]
    siblings = list(entry.siblings)
    shown = {a.position: sha(b"\0" + a.act) for a in entry.acts}
    assert root(shown, 0, 3, siblings) == v["batch_root"] and not siblings
    assert node(node(v["act_leaf_1"], v["act_leaf_2"]), v["act_leaf_3"]) == v["batch_root"]
    nacl.signing.VerifyKey(v["device_key"]).verify(v["header"], v["signature"])


def main(path, *options):
    made = make()
    if "--write" in options:
        with open(path, "w") as out:
            out.write("".join("%s %s\n" % (name, data.hex()) for name, data in made.items()))
    golden = {name: bytes.fromhex(data) for name, data in (line.split() for line in open(path))}
    assert list(golden) == list(made), "the names differ"
    for name in made:
        assert golden[name] == made[name], "%s: made %s, golden %s" % (name, made[name].hex(), golden[name].hex())
    check(golden)
    print("%d vectors" % len(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
