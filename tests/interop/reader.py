# SPDX-License-Identifier: Apache-2.0
"""reader.py DIR FILE COUNT: the first COUNT entries of the items it leads, each once and proven; FILE is record and cursor."""
import os, sys, time, act_pb2, nacl.signing, wire_pb2, zmq
from contract import ERROR, FEED, PROOF, PROOF_REQUEST, SUBSCRIBE, believe, climb, connect, frame, log_leaf, opened, root, settings, sha


def ask(socket, question, message, wanted):
    kind = socket.send(frame(question, message))
    while kind != wanted:
        kind, answer = opened(socket.recv())
        if kind >= ERROR:  # as after silence: a new connection, on from the cursor
            raise zmq.Again
    return answer


def check_root(header, acts, siblings):
    shown, siblings = {a.position: sha(b"\0" + a.act) for a in acts}, list(siblings)
    assert root(shown, 0, int.from_bytes(header[56:58], "big"), siblings) == header[60:92] and not siblings


def check_leaf(p, checkpoint, key):  # the act is in the batch, KEY signed the batch, and it is in the log
    check_root(p.header, [p], p.siblings)
    nacl.signing.VerifyKey(key).verify(p.header, p.signature)
    assert climb(log_leaf(p.header, p.signature, p.hub_time, p.verdicts), p.leaf, checkpoint.size, p.path) == checkpoint.root


def check_proof(proof, entry, act, text):
    key = bytes.fromhex(text("hub_sign_key"))
    believe(proof.checkpoint, text("log_key"))
    assert (proof.act.header, proof.act.act, proof.act.verdicts) == (entry.header, act, entry.verdicts)
    if proof.HasField("enrolment"):  # of a device: the hub states in its log whose it is, and its key
        check_leaf(proof.enrolment, proof.checkpoint, key)
        named = act_pb2.HubEnrolment.FromString(act_pb2.Act.FromString(proof.enrolment.act).body)
        key = named.sign_key if (named.device, named.unit) == (entry.header[32:48], entry.unit) else b""
    check_leaf(proof.act, proof.checkpoint, key)


def main(folder, path, count):
    (text, secret), socket, out, lines = settings(folder), None, open(path, "a"), open(path).readlines()
    while len(lines) < int(count):
        try:
            socket, cursor = socket or connect(text, secret, roles=2), int(lines[-1].split()[0]) if lines else 0
            feed = ask(socket, SUBSCRIBE, wire_pb2.Subscribe(cursor=cursor, classes=2, credit=1, once=True), FEED)
            for entry in feed.entries:
                assert feed.after <= cursor < entry.number
                check_root(entry.header, entry.acts, entry.siblings)
                for a in entry.acts:
                    which = wire_pb2.ProofRequest(of_act=True, leaf=entry.leaf, position=a.position)
                    check_proof(ask(socket, PROOF_REQUEST, which, PROOF), entry, a.act, text)
                lines.append("%d %d %s\n" % (entry.number, entry.leaf, " ".join(sha(a.act).hex() for a in entry.acts)))
                print(lines[-1], end="", file=out, flush=True)
                os.fsync(out.fileno())
            time.sleep(0 if feed.entries else 0.05)
        except zmq.Again:
            socket = socket.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
