# SPDX-License-Identifier: Apache-2.0
"""reporter.py DIR ITEM PERIOD COUNT: COUNT revisions of a report, each on disk before it is sent, and sent until its receipt is proven."""
import os, struct, sys, time

import act_pb2, nacl.signing, wire_pb2, zmq
from contract import PUSH, RECEIPT, WELCOME, believe, climb, connect, frame, log_leaf, opened, root, settings, sha


def report(version, item, unit, period, revision, now, salt, plan="sy-2012", **body):
    return act_pb2.Act(schema=1, kind=act_pb2.REPORT, salt=salt, created_at=now, plan=plan, plan_version=version, item=item, unit=unit,
                       period=period, revision=revision, body=act_pb2.Report(**body).SerializeToString()).SerializeToString()


def seal(key, hub, device, first_seq, prev, acts, now, schema=1):
    top = root({i: sha(b"\0" + act) for i, act in enumerate(acts)}, 0, len(acts), [])
    header = struct.pack(">16s16s16sQHH32s32sqQ32s", b"muster/batch/v1", hub, device, first_seq, len(acts), schema, top, prev, now, 0, b"")
    return header + key.sign(header).signature + b"".join(struct.pack(">H", len(act)) + act for act in acts)


def check_receipt(receipt, checkpoint, batch, log_key):
    assert receipt.header_hash == sha(batch[:172]) and len(receipt.verdicts) == receipt.count
    believe(checkpoint, log_key)
    leaf = log_leaf(batch[:172], batch[172:236], receipt.hub_time, receipt.verdicts)
    assert climb(leaf, receipt.leaf, checkpoint.size, receipt.path) == checkpoint.root


def main(folder, item, period, count):
    (text, secret), sealed, receipts, socket, stream = settings(folder), [], {}, None, open(folder + "/stream", "a")
    key, hub, device = nacl.signing.SigningKey(secret("sign")), bytes.fromhex(text("hub")), bytes.fromhex(text("device"))
    while len(receipts) < int(count):
        socket = socket or connect(text, secret, roles=1)
        try:
            kind, answer = opened(socket.recv())
        except zmq.Again:
            kind = None
        if kind == WELCOME:
            version, waiting = answer.plan_version, [batch for n, batch in enumerate(sealed, 1) if n not in receipts]
        elif kind == RECEIPT:
            for r in answer.receipts:
                check_receipt(r, answer.checkpoint, sealed[r.first_seq - 1], text("log_key"))
                receipts[r.first_seq] = print("receipt", r.first_seq, r.leaf, r.verdicts.hex(), file=stream, flush=True)
        else:  # silence or a refusal: a new connection, and once more what has no receipt
            socket = socket.close()
        while socket and len(sealed) < min(len(receipts) + 8, int(count)):
            n, now, prev = len(sealed) + 1, int(time.time() * 1e6), sha(sealed[-1][:172]) if sealed else bytes(32)
            act = report(version, item, text("unit"), period, n, now, os.urandom(16), progress_pct=min(n, 100), done="第%d次" % n)
            sealed.append(seal(key, hub, device, n, prev, [act], now))
            waiting.append(sealed[-1])
            print("sealed", sealed[-1].hex(), file=stream, flush=True)
            os.fsync(stream.fileno())
        while socket and waiting:
            socket.send(frame(PUSH, wire_pb2.Push(batch=waiting.pop(0))))


if __name__ == "__main__":
    main(*sys.argv[1:])
