# SPDX-License-Identifier: Apache-2.0
"""joiner.py DIR KEY: joins with the line KEY and makes DIR what a reporter needs; joiner.py DIR: new keys for its device."""
import base64, os, sys, time, nacl.signing, wire_pb2, zmq
from contract import ANSWERS, frame, opened, settings, sha
from zmq.utils import z85

JOIN, JOINED = 13, 14
ANSWERS[JOINED] = wire_pb2.Joined


def opened_key(line):  # the hub's CURVE key, the one-time secret, the unit, the addresses
    text = line.removeprefix("muster-join-1.").strip()
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    data, check = data[:-4], data[-4:]
    assert sha(data)[:4] == check, "mistyped"
    texts, rest = [], data[72:]
    while rest:
        texts.append(rest[1:1 + rest[0]].decode())
        rest = rest[1 + rest[0]:]
    return data[8:40], data[40:72], texts[0], texts[1:]


def ask(address, hub, secret, **join):
    socket, key = zmq.Context.instance().socket(zmq.DEALER), z85.encode(secret)
    socket.curve_serverkey, socket.linger, socket.rcvtimeo = z85.encode(hub), 0, 10000
    socket.curve_publickey, socket.curve_secretkey = zmq.curve_public(key), key
    socket.connect(address)
    socket.send(frame(JOIN, wire_pb2.Join(device_time=int(time.time() * 1e6), software="joiner.py", **join)))
    kind, answer = opened(socket.recv())
    return answer if kind == JOINED else sys.exit("%s: %s" % (answer.name, answer.text))


def keep_keys(folder, sign, curve):
    with open(os.open(folder + "/device.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        print("sign %s\ncurve %s" % (bytes(sign).hex(), curve.hex()), file=file)


def main(folder, line=None):
    sign, curve = nacl.signing.SigningKey.generate(), z85.decode(zmq.curve_keypair()[1])
    new = {"sign_key": bytes(sign.verify_key), "curve_key": z85.decode(zmq.curve_public(z85.encode(curve)))}
    if line is None:
        text, secret = settings(folder)
        signed = b"muster/rotate/v1" + bytes.fromhex(text("hub")) + bytes.fromhex(text("device")) + new["sign_key"] + new["curve_key"]
        old = nacl.signing.SigningKey(secret("sign"))
        ask(text("addresses"), bytes.fromhex(text("hub_curve_key")), secret("curve"), signature=old.sign(signed).signature, **new)
        return keep_keys(folder, sign, curve)
    hub, once, unit, addresses = opened_key(line)
    got = [ask(addresses[0], hub, once, unit=unit, **new) for _ in range(2)]  # who lost the answer asks again
    assert got[0].device == got[1].device and got[0].unit == unit
    facts = {"unit": unit, "device": got[0].device.hex(), "hub": got[0].hub.hex(), "addresses": addresses[0], "hub_curve_key": hub.hex(),
             "hub_sign_key": got[0].sign_key.hex(), "log_key": got[0].log_key}
    os.mkdir(folder)
    keep_keys(folder, sign, curve)
    with open(folder + "/agent.conf", "w") as file:
        print("\n".join('%s = "%s"' % fact for fact in facts.items()), file=file)


if __name__ == "__main__":
    main(*sys.argv[1:])
