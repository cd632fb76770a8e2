# SPDX-License-Identifier: Apache-2.0
"""offline.py FILE KEY [ADMIN]: a proof, omission or receipts file, checked with nothing but the log's KEY (and, of what a restored log
says of itself, its administrator's): prints what holds, a line each; exit code 1 with the reason when something does not."""
import base64, hashlib, struct, sys, act_pb2, nacl.signing, wire_pb2
from contract import RECEIPT, climb, frame, log_leaf, node, opened, root, sha

STORED, SUPERSEDED = 1, 2


def believe(checkpoint, log_key):  # of any generation of the log: which
    (text, signatures), (origin, _, key) = checkpoint.note.decode().split("\n\n"), log_key.split("+", 2)
    own, size, top = text.split("\n")[:3]
    generation = 1 if own == origin else int(own[len(origin) + 1:])
    assert own == origin + ("/%d" % generation if generation > 1 else "") and size == str(checkpoint.size)
    assert base64.b64decode(top) == checkpoint.root, "size and root are the note's"
    name, signed = signatures.rstrip("\n")[2:].split(" ")
    assert name == own and base64.b64decode(signed)[:4] == sha(own.encode() + b"\n" + base64.b64decode(key))[:4]
    nacl.signing.VerifyKey(base64.b64decode(key)[1:]).verify(text.encode() + b"\n", base64.b64decode(signed)[4:])
    return generation


def check_leaf(p, checkpoint):  # the four steps of section 10
    count, left = struct.unpack(">H", p.header[56:58])[0], list(p.siblings)
    assert not p.HasField("act") or p.act_hash == sha(b"\0" + p.act)
    assert len(p.verdicts) == count and p.position < count
    assert root({p.position: p.act_hash}, 0, count, left) == p.header[60:92] and not left
    assert climb(log_leaf(p.header, p.signature, p.hub_time, p.verdicts), p.leaf, checkpoint.size, p.path) == checkpoint.root


def check_proof(p, log_key):
    generation = believe(p.checkpoint, log_key)
    assert p.known and (p.leaf, p.position) == (p.act.leaf, p.act.position)
    check_leaf(p.act, p.checkpoint)
    if p.HasField("enrolment"):
        check_leaf(p.enrolment, p.checkpoint)
        act = act_pb2.Act.FromString(p.enrolment.act)
        named = {act_pb2.HUB_ENROLMENT: act_pb2.HubEnrolment, act_pb2.HUB_ROTATION: act_pb2.HubRotation}[act.kind].FromString(act.body)
        assert p.enrolment.verdicts[p.enrolment.position] == STORED and p.enrolment.leaf < p.act.leaf
        assert named.device == p.act.header[32:48]
        nacl.signing.VerifyKey(named.sign_key).verify(p.act.header, p.act.signature)
    return generation


def check_omission(o, log_key):
    proofs = [p for p in (o.receipt, o.before if o.HasField("before") else None, o.stated) if p]
    assert len({check_proof(p, log_key) for p in proofs}) == 1, "of one generation"
    act, statements = act_pb2.Act.FromString(o.receipt.act.act), [act_pb2.Act.FromString(p.act.act) for p in proofs[1:]]
    assert 1 <= act.kind <= 16 and act.unit and act.item and o.receipt.act.verdicts[o.receipt.position] in (STORED, SUPERSEDED)
    assert {(s.kind, s.unit) for s in statements} == {(act_pb2.HUB_FEEDS, statements[0].unit)}
    assert all(p.act.verdicts[p.position] == STORED for p in proofs[1:])
    assert [p.leaf for p in proofs[1:]] == sorted(p.leaf for p in proofs[1:]) and o.stated.leaf > o.receipt.leaf
    assert len(proofs) == 2 or o.before.leaf < o.receipt.leaf
    said = [act_pb2.HubFeeds.FromString(s.body) for s in statements]
    number, chain = (said[0].count, said[0].chain) if len(said) == 2 else (0, bytes(32))
    at, entries = 0, o.entries
    while at < len(entries):
        leaf, n = struct.unpack(">QB", entries[at:at + 9])
        positions, at, number = entries[at + 9:at + 9 + n], at + 9 + n, number + 1
        chain = sha(b"\2" + chain + struct.pack(">QQ", number, leaf) + positions)
        place = o.receipt.position
        assert leaf != o.receipt.leaf or positions and not (positions + bytes(32))[place // 8] & 128 >> place % 8, "it is there"
    assert (number, chain) == (said[-1].count, said[-1].chain) and sha(o.plan) == statements[-1].plan_version
    return statements[-1].unit


def order_of(p, checkpoint, admin, origin):  # what a restored log says of itself: the generation and, of each before it, from which leaf on it is lost
    check_leaf(p, checkpoint)
    restore = act_pb2.HubRestore.FromString(act_pb2.Act.FromString(p.act).body)
    nacl.signing.VerifyKey(admin).verify(restore.order, restore.signature)
    head, generation, size = restore.order[:18], *struct.unpack(">IQ", restore.order[34:46])
    lost = [struct.unpack(">QQ", restore.order[78 + 48 * i:94 + 48 * i]) for i in range(generation - 1)]
    assert head == b"muster/restore/v1\0" and restore.order[78 + 48 * (generation - 1):].decode() == origin and size == p.leaf
    return generation, lost


def pieces(data):
    assert sha(data[:-32]) == data[-32:], "damaged"
    count, at = struct.unpack(">I", data[40:44])[0], 44
    for _ in range(count):
        n = struct.unpack(">I", data[at:at + 4])[0]
        yield data[at + 4:at + 4 + n]
        at += 4 + n
    assert at == len(data) - 32


def main(path, log_key, admin=""):
    data = open(path, "rb").read()
    magic, rest = data[:8], data[8:]
    if magic == b"MUPROOF\1":
        p = wire_pb2.Proof.FromString(rest)
        print("proof %d/%d generation %d verdict %d %s" % (p.leaf, p.position, check_proof(p, log_key), p.act.verdicts[p.position], "act" if p.act.HasField("act") else "withheld"))
    elif magic == b"MUOMISS\1":
        print("omission from the feed of %s" % check_omission(wire_pb2.Omission.FromString(rest), log_key))
    elif magic == b"MURECPT\1":
        for kind, answer in map(opened, pieces(data)):
            generation = believe(answer.checkpoint, log_key)
            assert kind == RECEIPT and answer.HasField("restored") == (generation > 1)
            lost = order_of(answer.restored, answer.checkpoint, bytes.fromhex(admin), log_key.split("+")[0]) if generation > 1 else (1, [])
            assert lost[0] == generation
            print("receipt %d generation %d lost %s" % (answer.receipts[0].leaf, generation, lost[1]))
    else:
        sys.exit("no file of Muster")


if __name__ == "__main__":
    main(*sys.argv[1:])
