# SPDX-License-Identifier: Apache-2.0
"""What reporter and reader share of proto/README.md: keys and frames, trees, checkpoints."""
import base64, hashlib, re, struct

import nacl.signing, wire_pb2, zmq
from zmq.utils import z85

HELLO, WELCOME, PUSH, RECEIPT, NACK, SUBSCRIBE, FEED, CREDIT, PROOF_REQUEST, PROOF = range(1, 11)
PING, PONG, ERROR, BYE = 11, 12, 15, 16
ANSWERS = {WELCOME: wire_pb2.Welcome, RECEIPT: wire_pb2.Receipts, NACK: wire_pb2.Nack, FEED: wire_pb2.Feed, PROOF: wire_pb2.Proof,
           PONG: wire_pb2.Pong, ERROR: wire_pb2.Error, BYE: wire_pb2.Error}
sha = lambda data: hashlib.sha256(data).digest()
node = lambda left, right: sha(b"\1" + left + right)
frame = lambda kind, message: b"MU" + bytes([1, kind, 0, 0, 0, 0]) + message.SerializeToString()
opened = lambda data: (data[3], ANSWERS[data[3]].FromString(data[8:]))
log_leaf = lambda header, signature, hub_time, verdicts: sha(b"\0" + header + signature + struct.pack(">q", hub_time) + sha(verdicts))


def settings(folder):
    conf, keys = open(folder + "/agent.conf").read(), open(folder + "/device.key").read()
    return (lambda name: re.search(r'^%s\s*=\s*\{?\s*"([^"]*)"' % name, conf, re.M).group(1),
            lambda name: bytes.fromhex(re.search(r"^%s (\w+)$" % name, keys, re.M).group(1)))


def connect(text, secret, **hello):
    socket, mine = zmq.Context.instance().socket(zmq.DEALER), z85.encode(secret("curve"))
    socket.curve_serverkey, socket.linger, socket.rcvtimeo = z85.encode(bytes.fromhex(text("hub_curve_key"))), 0, 2000
    socket.curve_publickey, socket.curve_secretkey = zmq.curve_public(mine), mine
    socket.connect(text("addresses"))
    socket.send(frame(HELLO, wire_pb2.Hello(protocol_min=1, protocol_max=1, schema=1, device=bytes.fromhex(text("device")), **hello)))
    return socket


def root(shown, first, count, siblings):  # of COUNT leaves, from the hashes SHOWN by position and the SIBLINGS, which are used up
    if siblings and not any(first <= position < first + count for position in shown):
        return siblings.pop(0)
    half = 1 << (count - 1).bit_length() - 1 if count > 1 else 0
    return node(root(shown, first, half, siblings), root(shown, first + half, count - half, siblings)) if half else shown[first]


def climb(at, leaf, size, path):  # the root above the leaf hash AT; None when the path is too short or too long
    last, path = size - 1, list(path)
    while last and (path or leaf == last):
        if leaf & 1 or leaf < last:
            at = node(path.pop(0), at) if leaf & 1 else node(at, path.pop(0))
        leaf, last = leaf >> 1, last >> 1
    return None if last or path else at


def believe(checkpoint, log_key):  # the note says just this size and root, and the log's key signed it
    (text, signatures), (origin, key_hash, key) = checkpoint.note.decode().split("\n\n"), log_key.split("+", 2)
    assert text.split("\n")[:3] == [origin, str(checkpoint.size), base64.b64encode(checkpoint.root).decode()], text
    signed = base64.b64decode([line.split(" ")[2] for line in signatures.splitlines() if line.startswith("\u2014 %s " % origin)][0])
    assert signed[:4].hex() == key_hash
    nacl.signing.VerifyKey(base64.b64decode(key)[1:]).verify(text.encode() + b"\n", signed[4:])
