#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What proto/README.md and ACTS.md say of odd frames, numbers and acts is what the hub answers."""
from lib import Hub, check, run
from peer import NACKS, Peer, learn

CLOCK = "2012-07-05T12:00:00+08:00,0"
HELLO, PUSH, SUBSCRIBE, FEED, CREDIT, PROOF_REQUEST, PING, JOIN, PLAN_REQUEST, PLAN = 1, 3, 6, 7, 8, 9, 11, 13, 17, 18
EVERY = 2**64 - 1
DONE = 8 << 10
BIG = 10**15


def peers(world, *units):
	learn(world)
	hub = Hub(world, clock=CLOCK).start()
	return hub, [Peer(hub.enroll(unit)) for unit in units]


def connect(peer):
	"""A connection that has not said HELLO."""
	peer.open()
	import wire_pb2
	peer.send(peer.contract.BYE, wire_pb2.Error())
	return peer


def answer(peer, data):
	"""In short: the name of an ERROR, BYE or NACK, or the number of the kind; and the message. PINGs behind it tell silence: feeds go out
	at the end of a turn, which takes what comes in the meantime."""
	import wire_pb2
	peer.contract.ANSWERS.update({PLAN: wire_pb2.PlanPiece, 14: wire_pb2.Joined, 20: wire_pb2.Delivery})
	peer.send_raw(data)
	said = []
	for _ in range(500):
		if said:
			break
		peer.send(PING, wire_pb2.Ping(number=4711))
		said.append(peer.receive())
		while not is_end(peer, *said[-1]):
			said.append(peer.receive())
		said.pop()
	kind, message = said[0] if said else (None, None)
	if kind == peer.contract.NACK:
		return NACKS[message.code], message
	return message.name if kind in (peer.contract.ERROR, peer.contract.BYE) else kind, message


def is_end(peer, kind, message):
	return kind == peer.contract.PONG and message.number == 4711 or kind == peer.contract.ERROR and message.name == "HELLO_FIRST"


def says(peer, expected, kind, message, what=""):
	got, told = answer(peer, peer.contract.frame(kind, message))
	check(got == expected, "%s: %s instead of %s: %s" % (what or kind, got, expected, told))
	return told


def hello(peer, **more):
	import wire_pb2
	return wire_pb2.Hello(**{**dict(roles=3, protocol_min=1, protocol_max=1, schema=1, device=peer.id), **more})


def before_hello(world):
	"""before HELLO every frame of a device is answered HELLO_FIRST, BYE with nothing, a frame of the hub with UNKNOWN_KIND"""
	hub, (peer,) = peers(world, "tiexi")
	import wire_pb2
	connect(peer)
	frames = [(PUSH, wire_pb2.Push(batch=b"x")), (SUBSCRIBE, wire_pb2.Subscribe()), (CREDIT, wire_pb2.Credit()), (PROOF_REQUEST, wire_pb2.ProofRequest()),
		(PING, wire_pb2.Ping()), (PLAN_REQUEST, wire_pb2.PlanRequest()), (19, wire_pb2.DeliveryRequest()), (15, wire_pb2.Error())]
	for kind, message in frames:
		peer.send(kind, message)
		told = peer.receive()[1]
		check(told.name == "HELLO_FIRST" and told.code == 4101, "%s: %s" % (kind, told))
	peer.send(16, wire_pb2.Error())
	peer.send(2, wire_pb2.Welcome())
	told = peer.receive()[1]
	check(told.name == "UNKNOWN_KIND" and told.code == 4109, told)


def hellos(world):
	"""HELLO is judged by its roles, versions and device; what it says of itself is clean text; roles decide what is served"""
	hub, (peer,) = peers(world, "tiexi")
	import wire_pb2
	connect(peer)
	refused = [("WRONG_ROLE", dict(roles=0)), ("WRONG_ROLE", dict(roles=4)), ("VERSION", dict(protocol_min=2, protocol_max=3)),
		("VERSION", dict(protocol_min=0, protocol_max=0)), ("WRONG_DEVICE", dict(device=b"")), ("WRONG_DEVICE", dict(device=bytes(16))),
		("MALFORMED", dict(software="a\x02b"))]
	for name, more in refused:
		got, told = answer(peer, peer.contract.frame(HELLO, hello(peer, **more)))
		check(got == name, "%s: %s" % (more, told))
	for more in (dict(roles=7), dict(protocol_min=0, protocol_max=2**32 - 1), dict(software="a\nb", schema=99), dict(verified=wire_pb2.Checkpoint(size=EVERY))):
		welcome = says(peer, 2, HELLO, hello(peer, **more), more)
		check(welcome.next_seq == 1 and welcome.last_header == bytes(32) and welcome.checkpoint.size > 0, welcome)
	says(peer, 2, HELLO, hello(peer, roles=2))
	says(peer, "WRONG_ROLE", PUSH, wire_pb2.Push(batch=peer.seal()))
	says(peer, 2, HELLO, hello(peer, roles=1))
	says(peer, "WRONG_ROLE", SUBSCRIBE, wire_pb2.Subscribe(classes=3, credit=1))
	says(peer, None, CREDIT, wire_pb2.Credit(more=1))
	for kind, message, back in ((PROOF_REQUEST, wire_pb2.ProofRequest(), 10), (PLAN_REQUEST, wire_pb2.PlanRequest(), PLAN), (19, wire_pb2.DeliveryRequest(leaf=3), 20)):
		says(peer, back, kind, message)


def frames(world):
	"""a frame that makes no sense is answered by name and the session goes on; unknown fields, flags and a device's ERROR are passed over"""
	hub, (peer,) = peers(world, "tiexi")
	import wire_pb2
	peer.open()
	for data, name in ((b"", "MALFORMED"), (b"MU\1", "MALFORMED"), (b"XX\1\x0b\0\0\0\0", "MALFORMED"), (b"MU\1\x0b\0\0\0\0\xff\xff", "MALFORMED"),
			(b"MU\2\x0b\0\0\0\0", "VERSION"), (b"MU\1\x63\0\0\0\0", "UNKNOWN_KIND"), (b"MU\1\0\0\0\0\0", "UNKNOWN_KIND"), (b"MU\1\x0c\0\0\0\0", "UNKNOWN_KIND"),
			(b"MU\1\x03\0\0\0\0", "MALFORMED"), (b"MU\1\x03\0\0\0\0\x0a\0", "BAD_BATCH"), (b"MU\1\x0f\0\0\0\0", None), (b"MU\1\x0b\xff\1\2\3\xf8\7\1", 12)):
		got, told = answer(peer, data)
		check(got == name, "%r: %s instead of %s: %s" % (data, got, name, told))
	said = answer(peer, peer.contract.frame(PLAN_REQUEST, wire_pb2.PlanRequest()))[1]
	check(said.size > 0 and said.offset == 0 and said.version == peer.version, "the plan in force")
	says(peer, "NO_PLAN", PLAN_REQUEST, wire_pb2.PlanRequest(version=bytes(32)))
	check(says(peer, PLAN, PLAN_REQUEST, wire_pb2.PlanRequest(offset=said.size)).piece == b"", "its end")
	says(peer, "NO_PLAN", PLAN_REQUEST, wire_pb2.PlanRequest(offset=said.size + 1))
	keys = dict(sign_key=bytes(peer.key.verify_key), curve_key=bytes(range(32)))
	says(peer, "JOIN_KEYS", JOIN, wire_pb2.Join(**keys))
	peer.send(JOIN, wire_pb2.Join(signature=bytes(64), **keys))
	check(peer.receive()[1].name == "ROTATE_SIGNATURE", "the key before has not signed them")


def batches(world):
	"""a batch is refused for its schema, sequence, hub, device, checkpoint or lengths; what is within the bounds is taken"""
	hub, (peer,) = peers(world, "tiexi")
	import wire_pb2
	peer.open()

	def resealed(at, value):
		batch = peer.seal()
		header = batch[:at] + value + batch[at + len(value):172]
		return header + peer.key.sign(header).signature + batch[236:]

	long = b"".join(n.to_bytes(2, "big") + bytes(n) for n in (49152,) * 3 + (196608 - 236 - 3 * 49154 - 1,))
	for batch, name in ((b"", "BAD_BATCH"), (bytes(236), "BAD_BATCH"), (resealed(58, b"\0\0"), "BAD_BATCH"), (resealed(58, b"\0\2"), "SCHEMA"),
			(resealed(48, bytes(8)), "BAD_BATCH"), (resealed(48, b"\xff" * 8), "BAD_BATCH"), (resealed(48, bytes(7) + b"\7"), "GAP"), (resealed(56, b"\0\0"), "BAD_BATCH"),
			(resealed(56, b"\1\1"), "BAD_BATCH"), (resealed(16, bytes(16)), "NOT_YOURS"), (resealed(32, bytes(16)), "NOT_YOURS"), (resealed(60, bytes(32)), "BAD_BATCH"),
			(resealed(132, b"\xff" * 8), "HISTORY"), (resealed(132, bytes(7) + b"\1"), "HISTORY"), (peer.seal() + b"\0", "BAD_BATCH"),
			(peer.seal()[:172] + bytes(64) + peer.seal()[236:], "BAD_BATCH"), (resealed(56, b"\0\4")[:236] + long, "BAD_BATCH"), (peer.seal(b""), "BAD_BATCH"),
			(peer.seal(bytes(49153)), "BAD_BATCH")):
		got, told = peer.push(batch)
		check(got == name, "%s...: %s instead of %s" % (batch[48:60].hex(), got, name))
		check(name != "GAP" or told.send_from == 1, told)
	for now in (-2**63, 2**63 - 1, 0):
		check(peer.verdicts(now=now) == ["STORED"], "a device's clock is data")
	check(peer.verdicts(*[bytes([n % 256]) for n in range(256)]) == ["REFUSED_MALFORMED"] * 256, "256 acts of a byte")
	says(peer, 12, PING, wire_pb2.Ping(device_time=-2**63, clock=1, number=EVERY, queue_depth=2**32 - 1))


def cursors(world):
	"""any cursor, class and credit is answered; a cursor beyond the end shows nothing until the feed has grown past it, and costs other readers nothing"""
	hub, (office, lead, other) = peers(world, "tiexi", "jxw", "fgw")
	import wire_pb2
	for peer in (office, lead, other):
		peer.open()
	for n in range(3):
		office.report(office.act())
	for cursor in (3, 4, 10**6, 2**63, EVERY - 1, EVERY):
		other.send(SUBSCRIBE, wire_pb2.Subscribe(cursor=0, classes=3, credit=1))
		told = says(lead, FEED, SUBSCRIBE, wire_pb2.Subscribe(cursor=cursor, classes=3, credit=5), cursor)
		check(told.caught_up and told.after == told.cursor == cursor and not told.entries and not told.HasField("checkpoint"), told)
		kind, told = other.receive()
		check(kind == FEED and [e.number for e in told.entries] == [1], "the other reader: %s" % told)
	says(lead, FEED, SUBSCRIBE, wire_pb2.Subscribe(cursor=4, classes=3, credit=5))
	office.report(office.act())
	says(lead, None, 15, wire_pb2.Error(), "number 4 is behind the cursor")
	office.report(office.act())
	kind, told = lead.receive()
	check(kind == FEED and [e.number for e in told.entries] == [5] and told.after == 4, told)
	for classes in (0, 8):
		check(says(lead, FEED, SUBSCRIBE, wire_pb2.Subscribe(classes=classes)).caught_up, "no class, no entries")
	says(lead, None, SUBSCRIBE, wire_pb2.Subscribe(classes=3, once=True), "nothing without credit")
	check(len(says(lead, FEED, CREDIT, wire_pb2.Credit(more=2**32 - 1, stored=EVERY)).entries) == 5, "with it, all")
	says(lead, None, CREDIT, wire_pb2.Credit(more=1), "it was once")
	for more in (dict(item="i99"), dict(period="2012-Q9"), dict(period="2013-Q1")):
		says(lead, "MALFORMED", SUBSCRIBE, wire_pb2.Subscribe(classes=4, credit=1, **more), more)
		check(says(lead, FEED, SUBSCRIBE, wire_pb2.Subscribe(classes=3, credit=9, **more), more).entries, "filters are of rollups")


def shown_last(world):
	"""WELCOME, RECEIPT, FEED and PONG prove from the size that one of them showed last; PROOF proves from the size asked for, and moves nothing"""
	hub, (peer, office) = peers(world, "jxw", "tiexi")
	import wire_pb2
	office.open()
	shown = peer.open(verified=wire_pb2.Checkpoint(size=2))[1].checkpoint
	check(getattr(shown, "from") == 2 and shown.consistency, shown)
	last = shown.size

	def proves(kind, message, back, start, moves=True):
		nonlocal last
		peer.send(kind, message)
		got, told = peer.receive()
		check(got == back and getattr(told.checkpoint, "from") == start, "%s, not from %d" % (told.checkpoint, start))
		check(bool(told.checkpoint.consistency) == (0 < start < told.checkpoint.size), told.checkpoint)
		if moves:
			last = told.checkpoint.size
		office.report(office.act())
		return told

	office.report(office.act())
	for _ in range(2):
		proves(PING, wire_pb2.Ping(verified=wire_pb2.Checkpoint(size=1)), 12, last)
		for start in (0, 1, 3, last):
			check(not proves(PROOF_REQUEST, wire_pb2.ProofRequest(**{"from": start}), 10, start, moves=False).known, "no act was asked for")
		proves(PROOF_REQUEST, wire_pb2.ProofRequest(**{"from": EVERY}), 10, 0, moves=False)
		check(not proves(PROOF_REQUEST, wire_pb2.ProofRequest(of_act=True, leaf=EVERY, position=2**32 - 1), 10, 0, moves=False).known, "no such act")
		proves(SUBSCRIBE, wire_pb2.Subscribe(classes=3, credit=1), FEED, last)


BASE = dict(progress_pct=1, done="x")


def report_bounds(world):
	"""each bound of a report in ACTS.md: the last that is taken, and the first that is not; a value has the form of its type"""
	hub, (peer,) = peers(world, "tiexi")
	import act_pb2
	peer.open()
	value, part, file = act_pb2.Value, act_pb2.Part, act_pb2.Attachment

	def values(indicator="i06.invest", **form):
		return dict(values=[value(indicator=indicator, **form)])

	good = [dict(progress_pct=0), dict(progress_pct=100), *[{name: "x" * DONE} for name in ("done", "problems", "next_steps", "help_needed")],
		*[{name: "x" * 128} for name in ("prepared_by", "approved_by", "phone")], dict(done="a\n\tb\u2028"),
		dict(attachments=[file(name="x" * 256, sha256=bytes(32))] * 16), values(mantissa=BIG), values(mantissa=-BIG), values(nil="x" * 1024),
		values("i06.parks", mantissa=0), values("i06.share", num=BIG, den=-BIG), values("i06.share", nil="x", num=0, den=0), {}]
	malformed = [dict(progress_pct=101), *[{name: "x" * (DONE + 1)} for name in ("done", "problems", "next_steps", "help_needed")],
		*[{name: "x" * 129} for name in ("prepared_by", "approved_by", "phone")], *[dict(done="a%sb" % c) for c in "\0\r\x1f\x7f\x80\x9f"],
		dict(attachments=[file(name="x", sha256=bytes(32))] * 17), dict(attachments=[file(name="", sha256=bytes(32))]),
		dict(attachments=[file(name="x" * 257, sha256=bytes(32))]), dict(attachments=[file(name="x", sha256=bytes(31))]),
		dict(parts=[part(id="x"), part(id="x")]), dict(parts=[part(id="")]), dict(parts=[part(id="x", note="x" * 1025)]), dict(parts=[part(id="%d" % n) for n in range(65)]),
		values(mantissa=BIG + 1), values(mantissa=-BIG - 1), values(nil="x" * 1025), values(), values(mantissa=1, nil="x"), values(num=1), values(den=1), values(mantissa=1, num=0, den=0),
		values(nil="x", num=1, den=1), values(text=""), values(text="x" * 1025), values(keys=[""]), values(keys=["x" * 65]), values(keys=["a", "a"]),
		values(keys=["%d" % n for n in range(1025)]), values(nil="x", date=1), values(mantissa=1, date=-25568), values(mantissa=1, date=2932897), values("", mantissa=1),
		dict(values=[value(indicator="i06.invest", mantissa=1)] * 2), dict(values=[value(indicator="i%d" % n, mantissa=1) for n in range(65)])]
	refused = [values("i06.x", mantissa=1), values("i05.x", mantissa=1), values("i06.parks", mantissa=-1), values("i06.parks", num=1, den=2), values(text="x"),
		values("i06.share", mantissa=1), values("i06.share", num=1, den=0), values(nil=""), values(nil="x", num=0, den=0), values(mantissa=1, date=1),
		values(keys=["x"]), dict(parts=[part(id="zz")]), dict(parts=[part(id="%d" % n, note="x" * 1024) for n in range(40)])]
	for bodies, verdict in ((good, "STORED"), (malformed, "REFUSED_MALFORMED"), (refused, 24)):
		for body in bodies:
			got = peer.verdicts(peer.act(**{**BASE, **body}))
			check(got == [verdict], "%s: %s instead of %s" % (str(body)[:100], got, verdict))


def envelopes(world):
	"""an act is judged by its schema first, then its salt, version, body and kind; an older plan version refuses nothing, another plan does"""
	hub, (peer,) = peers(world, "jxw")
	import act_pb2
	peer.open()

	def act(clear=(), **more):
		a = act_pb2.Act.FromString(peer.act(**BASE))
		for name in clear:
			a.ClearField(name)
		for name, to in more.items():
			setattr(a, name, to)
		return a.SerializeToString()

	cases = [(act(schema=99, salt=b""), "REFUSED_SCHEMA"), (act(salt=bytes(15)), "REFUSED_MALFORMED"), (act(salt=bytes(17)), "REFUSED_MALFORMED"),
		(act(plan_version=bytes(31)), "REFUSED_MALFORMED"), (act(["body"]), "REFUSED_MALFORMED"), (act(["kind"]), "REFUSED_MALFORMED"), (act(schema=0), "REFUSED_MALFORMED"),
		(act(["schema"]), "REFUSED_MALFORMED"), (act(revision=0), "REFUSED_MALFORMED"), (act(kind=10), "REFUSED_MALFORMED"), (act(plan_version=bytes(32)), "STORED"),
		(act(schema=4), "STORED"), (act(body=b""), "STORED"), (act(["created_at"]), "STORED"), (act(created_at=-2**63), "STORED"), (act(plan="sy-2013"), "REFUSED_UNKNOWN"),
		(act(["plan"]), "REFUSED_UNKNOWN"), (act(item="i99"), "REFUSED_UNKNOWN"), (act(period="2012-Q9"), "REFUSED_UNKNOWN"), (act(period="2012-07"), "REFUSED_UNKNOWN"),
		(act(period="2012-Q4"), "REFUSED_NOT_BEGUN"), (act(unit="shenbei"), "REFUSED_NOT_ASSIGNED")]
	for bytes_of, verdict in cases:
		got = peer.verdicts(bytes_of)
		check(got == [verdict], "%s: %s instead of %s" % (act_pb2.Act.FromString(bytes_of), got, verdict))
	origin = act_pb2.HubOrigin(hub=bytes(16))
	got = peer.verdicts(act(schema=4, kind=64, body=origin.SerializeToString()))
	check(got == ["REFUSED_NOT_ASSIGNED"], "the hub's acts are its own: %s" % got)


run(before_hello, hellos, frames, batches, cursors, shown_last, report_bounds, envelopes)
