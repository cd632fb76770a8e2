/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - the names of refusals: one table, so that hub, device and proto/README.md agree. */
#include "wire/out.h"

#include "base/lang.h"
#include "plan/act.h"
#include "proof/batch.h"

typedef struct refusal_row {
	const char *name;
	unsigned code;
	const char *text;
} refusal_row;

static const refusal_row refusals[] = {
	[WIRE_HELLO_FIRST] = { "HELLO_FIRST", MST_WIRE_HELLO_FIRST,
		TR("the hub does not know this connection: send HELLO first") },
	[WIRE_VERSION] = { "VERSION", MST_WIRE_VERSION,
		TR("the hub speaks protocol version 1 only: install matching versions") },
	[WIRE_WRONG_DEVICE] = { "WRONG_DEVICE", MST_WIRE_WRONG_DEVICE,
		TR("the device named in HELLO is not the one enrolled with this key") },
	[WIRE_UNKNOWN_KEY] = { "UNKNOWN_KEY", MST_WIRE_UNKNOWN_KEY,
		TR("no device is enrolled with this key: enrol it at the hub") },
	[WIRE_REVOKED] = { "REVOKED", MST_WIRE_REVOKED,
		TR("the device is revoked: enrol a new one, the outbox keeps its acts") },
	[WIRE_WRONG_ROLE] = { "WRONG_ROLE", MST_WIRE_WRONG_ROLE,
		TR("the session did not ask for this role in HELLO") },
	[WIRE_BUSY] = { "BUSY", MST_WIRE_BUSY,
		TR("the hub has no room just now: try again later") },
	[WIRE_MALFORMED] = { "MALFORMED", MST_WIRE_MALFORMED, TR("the frame cannot be read") },
	[WIRE_UNKNOWN_KIND] = { "UNKNOWN_KIND", MST_WIRE_UNKNOWN_KIND,
		TR("the hub does not serve frames of this kind") },
	[WIRE_NO_PLAN] = { "NO_PLAN", MST_WIRE_NO_PLAN, TR("the hub has no plan of this version") },
	[WIRE_STORAGE] = { "STORAGE", MST_WIRE_STORAGE,
		TR("the hub cannot read its storage just now: try again later") },
	[WIRE_REPLACED] = { "REPLACED", MST_WIRE_REPLACED,
		TR("another connection of this device pushes now") },
	[WIRE_TOO_MANY] = { "TOO_MANY", MST_WIRE_TOO_MANY,
		TR("the device has more connections than it may hold") },
	[WIRE_STOPPING] = { "STOPPING", MST_WIRE_STOPPING, TR("the hub stops") },
	[WIRE_SILENT] = { "SILENT", MST_WIRE_SILENT, TR("the session was silent for too long") },
	[WIRE_PENDING] = { "PENDING", MST_WIRE_PENDING,
		TR("the device waits for the approval of the hub's administrator; what it has to "
		   "send is kept and goes out by itself") },
	[WIRE_JOIN_ONLY] = { "JOIN_ONLY", MST_JOIN_ONLY,
		TR("a one-time key is good for JOIN alone") },
	[WIRE_JOIN_USED] = { "JOIN_USED", MST_JOIN_USED,
		TR("the join key has been used by another device") },
	[WIRE_JOIN_EXPIRED] = { "JOIN_EXPIRED", MST_JOIN_EXPIRED, TR("the join key has expired") },
	[WIRE_JOIN_UNIT] = { "JOIN_UNIT", MST_JOIN_UNIT, TR("the join key is for another unit") },
	[WIRE_JOIN_CLOCK] = { "JOIN_CLOCK", MST_JOIN_CLOCK,
		TR("the joiner's clock differs from the hub's by more than five minutes") },
	[WIRE_JOIN_NAME] = { "JOIN_NAME", MST_JOIN_NAME,
		TR("a device of this name was enrolled since the key was made") },
	[WIRE_JOIN_KEYS] = { "JOIN_KEYS", MST_JOIN_KEYS,
		TR("the keys offered are none, or belong to a device already") },
	[WIRE_ROTATE_SIGNATURE] = { "ROTATE_SIGNATURE", MST_ROTATE_SIGNATURE,
		TR("the device's key has not signed the new keys") },
	[WIRE_ROTATE_EARLY] = { "ROTATE_EARLY", MST_ROTATE_EARLY,
		TR("the keys were changed lately, and those before still count") },
};
_Static_assert(sizeof(refusals) / sizeof(refusals[0]) == WIRE_REFUSAL_COUNT, "a row per refusal");

wire_refusal
wire_refusal_of(span name)
{
	int r;

	for (r = 0; r < WIRE_REFUSAL_COUNT; r++)
		if (span_equal(name, span_str(refusals[r].name)))
			break;
	return (wire_refusal)r;
}

frame
wire_refusal_frame(frame_kind kind, wire_refusal r, const char *text, uint32_t retry_after_ms)
{
	frame f = { .kind = kind };

	f.u.error.code = refusals[r].code;
	f.u.error.name = span_str(refusals[r].name);
	f.u.error.text = span_str(text != NULL ? text : refusals[r].text);
	f.u.error.retry_after_ms = retry_after_ms;
	return f;
}

void
wire_tell(ms_error *err, ms_status status, unsigned otherwise, const frame_error *e)
{
	wire_refusal r = wire_refusal_of(e->name);
	unsigned code = e->code == 0 ? otherwise : e->code;

	if (r < WIRE_REFUSAL_COUNT && span_equal(e->text, span_str(refusals[r].text)))
		ms_fail(err, status, code, "%s", tr(refusals[r].text));
	else
		ms_fail(err, status, code, "the hub says: %.*s", (int)e->text.len,
			wire_chars(e->text));
}

frame_limits
wire_limits(void)
{
	return (frame_limits){
		.act_bytes = ACT_BYTES_MAX,
		.batch_acts = BATCH_ACTS_MAX,
		.batch_bytes = BATCH_BYTES_MAX,
		.frame_bytes = FRAME_BYTES_MAX,
		.window_batches = WINDOW_BATCHES,
		.window_bytes = WINDOW_BYTES,
	};
}
