/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/joiner.h"

#include <stdio.h>

#include "base/lang.h"
#include "net/finder.h"
#include "net/reactor.h"
#include "proof/rotation.h"
#include "wire/plan_fetch.h"

enum { MISTRUSTS_MAX = 3, QUEUE_MAX = 64, BYE_WAIT_MS = 200, WAITS_US = 2000000 };
#define AGAIN_US (5 * INT64_C(1000000))

typedef struct joining {
	const joiner_ask *ask;
	const device_place *place;
	const device_place *nameless;   /* whose name was not found; NULL: none */
	const device_place *mistrusted; /* where another hub answered; NULL: nowhere */
	joined *out;
	buf *plan_file;
	ms_error *err;
	net_context *net;
	reactor *reactor;
	net_socket *socket;
	plan_fetch plan;
	arena frames;
	unsigned mistrusts;
	int64_t until_us; /* the patience with this address */
	int64_t again_us; /* JOIN is said again */
	bool up, have_joined, over;
	ms_status status;
} joining;

static void
finish(joining *j, ms_status status)
{
	j->status = status;
	j->over = true;
}

/* ---- saying ---- */

static ms_status
send_frame(void *ctx, const frame *f)
{
	joining *j = ctx;
	arena scratch = { 0 };
	buf bytes = { 0 };
	ms_status s = frame_encode(f, &scratch, &bytes);

	if (s == MS_OK)
		s = net_send(j->socket, (span){ 0 }, buf_span(&bytes));
	arena_fini(&scratch);
	buf_fini(&bytes);
	return s;
}

static void
say_join(joining *j, int64_t now_us)
{
	const joiner_ask *ask = j->ask;
	frame f = { .kind = FRAME_JOIN };
	uint8_t curve[CURVE_PUBLIC_SIZE], bytes[ROTATION_SIZE];
	signature sig;
	sign_key fresh;

	sign_key_from_seed(ask->keys.sign_seed, &fresh);
	if (net_public_of(ask->keys.curve_secret, curve, j->err) != MS_OK) {
		finish(j, MS_BUG);
		return;
	}
	f.u.join = (frame_join){ .sign_key = span_of(fresh.public_key.at, SIGN_PUBLIC_SIZE),
		.curve_key = span_of(curve, sizeof(curve)),
		.unit = ask->unit == NULL ? (span){ 0 } : span_str(ask->unit),
		.device_time_us = clock_real_us(),
		.only_check = ask->only_check,
		.software = span_str("muster " MUSTER_VERSION) };
	if (ask->rotates_at != NULL) {
		rotation_bytes(ask->rotates_at, ask->device, &fresh.public_key, curve, bytes);
		sign_bytes(ask->key_before, span_of(bytes, sizeof(bytes)), &sig);
		f.u.join.signature = span_of(sig.at, sizeof(sig.at));
	}
	send_frame(j, &f);
	sign_key_fini(&fresh);
	j->again_us = now_us + AGAIN_US;
}

/* ---- hearing ---- */

static bool
take_bytes(span from, void *out, size_t len)
{
	if (from.len == len)
		memcpy(out, from.at, len);
	return from.len == len;
}

static bool
take_text(span from, char *out, size_t size)
{
	if (from.len == 0 || from.len >= size)
		return false;
	memcpy(out, from.at, from.len);
	out[from.len] = '\0';
	return true;
}

static bool
take_joined(joining *j, const frame_joined *f)
{
	joined *out = j->out;

	*out = (joined){ .is_device = f->device.len > 0,
		.clock = { f->simulated, f->clock_start_us, f->clock_wall_us, f->clock_rate },
		.hub_time_us = f->hub_time_us,
		.until_us = f->until_us,
		.awaits_approval = f->awaits_approval };
	snprintf(out->address, sizeof(out->address), "%s", j->place->address);
	return (!out->is_device || take_bytes(f->device, out->device.at, ID_SIZE)) &&
	       take_text(f->unit, out->unit, sizeof(out->unit)) &&
	       take_text(f->name, out->name, sizeof(out->name)) &&
	       take_bytes(f->hub, out->hub.at, ID_SIZE) &&
	       take_bytes(f->sign_key, out->hub_sign_key.at, SIGN_PUBLIC_SIZE) &&
	       (f->admin_key.len == 0 ||
		       take_bytes(f->admin_key, out->admin_key.at, SIGN_PUBLIC_SIZE)) &&
	       take_text(f->log_key, out->log_key, sizeof(out->log_key));
}

/* False after the end: the hub's log goes on by nobody's order that this device knows. */
static bool
take_order(joining *j, const frame_joined *f)
{
	if (j->ask->admin == NULL || f->order.len == 0)
		return true;
	if (restore_order_read(f->order, &j->out->order) &&
		restore_order_is_signed(f->order, f->order_signature, j->ask->admin))
		return true;
	ms_fail(j->err, MS_DENIED, MST_WIRE_HISTORY,
		"the hub says that its log was restored, without the signature of the "
		"administrator that this directory knows");
	ms_error_remedy(j->err, "show this to whoever supervises the hub; nothing was changed");
	finish(j, MS_DENIED);
	return false;
}

static void
in_joined(joining *j, const frame *f, int64_t now_us)
{
	wire_out out = { .ctx = j, .send = send_frame };

	if (!take_joined(j, &f->u.joined)) {
		finish(j, ms_fail(j->err, MS_INVALID, MST_WIRE_MALFORMED,
				  "what the hub answered cannot be read"));
		return;
	}
	if (!take_order(j, &f->u.joined))
		return;
	j->have_joined = true;
	if (j->plan_file == NULL || !j->out->is_device) {
		finish(j, MS_OK);
		return;
	}
	plan_fetch_want(&j->plan, f->u.joined.plan_version);
	plan_fetch_restart(&j->plan);
	plan_fetch_tick(&j->plan, &out, now_us);
}

static void
in_plan(joining *j, const frame *f, int64_t now_us)
{
	wire_out out = { .ctx = j, .send = send_frame };
	ms_status s = plan_fetch_in(&j->plan, &f->u.plan, j->err);

	if (s == MS_AGAIN) {
		plan_fetch_tick(&j->plan, &out, now_us);
		return;
	}
	if (s == MS_OK)
		s = buf_add_span(j->plan_file, buf_span(&j->plan.file));
	plan_fetch_done(&j->plan, s == MS_OK);
	finish(j, s);
}

static const struct {
	wire_refusal refusal;
	const char *remedy;
} remedies[] = {
	{ WIRE_UNKNOWN_KEY, TR("ask the hub's administrator for a new join key") },
	{ WIRE_JOIN_USED, TR("if this office has not used it, somebody else did: tell the hub's "
			     "administrator, who revokes that device and makes a new key") },
	{ WIRE_JOIN_EXPIRED, TR("ask the hub's administrator for a new one (muster hub invite)") },
	{ WIRE_JOIN_UNIT, TR("take the key of this office's unit, or another directory (--dir)") },
	{ WIRE_JOIN_CLOCK,
		TR("set this machine's clock right (NTP) and try again; the key is not "
		   "used up. If it is right, the hub's is wrong: tell its administrator") },
	{ WIRE_JOIN_NAME,
		TR("ask for a new key: muster hub invite UNIT --device OTHER, or --replace") },
	{ WIRE_JOIN_KEYS, TR("the directory's key is in use: choose another directory (--dir)") },
	{ WIRE_ROTATE_SIGNATURE,
		TR("the directory's key is not the one that the hub knows: ask for "
		   "an invite that replaces the device") },
	{ WIRE_ROTATE_EARLY, TR("try again when the keys before have run out") },
	{ WIRE_PENDING, TR("ask the hub's administrator: muster hub approve DEVICE") },
	{ WIRE_REVOKED, TR("ask the hub's administrator for an invite") },
};

static void
in_error(joining *j, const frame *f, int64_t now_us)
{
	const frame_error *e = &f->u.error;
	wire_refusal r = wire_refusal_of(e->name);
	size_t i;

	if (r == WIRE_BUSY || r == WIRE_STOPPING || r == WIRE_SILENT || r == WIRE_STORAGE) {
		j->again_us = now_us + (e->retry_after_ms + 100) * INT64_C(1000);
		return;
	}
	wire_tell(j->err, MS_DENIED, MST_WIRE_REFUSED, e);
	for (i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].refusal == r)
			ms_error_remedy(j->err, "%s", tr(remedies[i].remedy));
	finish(j, MS_DENIED);
}

static void
take_frame(joining *j, const net_message *m, int64_t now_us)
{
	frame f;

	if (frame_decode(net_message_bytes(m), &j->frames, &f, NULL) == MS_OK && !j->over) {
		if (f.kind == FRAME_JOINED && !j->have_joined)
			in_joined(j, &f, now_us);
		else if (f.kind == FRAME_PLAN && j->have_joined)
			in_plan(j, &f, now_us);
		else if (f.kind == FRAME_ERROR || f.kind == FRAME_BYE)
			in_error(j, &f, now_us);
	}
	arena_reset(&j->frames);
}

/* On to the next address. */
static void
turn_from(joining *j, net_event event)
{
	if (event == NET_NO_TRUST && ++j->mistrusts < MISTRUSTS_MAX)
		return;
	if (event == NET_NO_TRUST)
		j->mistrusted = j->place;
	j->until_us = 0;
}

static void
take_event(joining *j, net_event event, int64_t now_us)
{
	j->up = event == NET_UP;
	if (event == NET_UP) {
		j->have_joined = false;
		say_join(j, now_us);
	} else if (event == NET_REFUSED) {
		ms_fail(j->err, MS_DENIED, MST_JOIN_UNKNOWN,
			"the hub at %s does not know this key: it was never made there, was "
			"withdrawn, was used or ran out long ago, or the hub was restored from "
			"before it was made",
			j->place->address);
		ms_error_remedy(j->err, "ask the hub's administrator for a new one");
		finish(j, MS_DENIED);
	} else if (event == NET_NO_HUB || event == NET_NO_TRUST) {
		turn_from(j, event);
	}
}

static void
socket_ready(void *ctx, int64_t now_us)
{
	joining *j = ctx;
	net_event event;

	while (!j->over && (event = net_dealer_event(j->socket)) != NET_NOTHING)
		take_event(j, event, now_us);
	while (!j->over) {
		net_message m = { .held = false };
		ms_status s = net_receive(j->socket, &m);

		if (s == MS_OK)
			take_frame(j, &m, now_us);
		net_message_fini(&m);
		if (s == MS_AGAIN)
			break;
	}
}

/* ---- the whole ---- */

static void
close_socket(joining *j)
{
	frame bye = { .kind = FRAME_BYE };

	if (j->socket == NULL)
		return;
	if (j->up && send_frame(j, &bye) == MS_OK)
		net_socket_linger(j->socket, BYE_WAIT_MS);
	reactor_remove_socket(j->reactor, j->socket);
	net_socket_close(j->socket);
	j->socket = NULL;
}

/* MS_TIMEOUT: its name is not found. */
static ms_status
open_socket(joining *j, const device_place *place)
{
	char found[FINDER_ENDPOINT_MAX] = "";
	net_dealer_options options = { .endpoint = place->address,
		.frame_max = FRAME_BYTES_MAX,
		.queue_max = QUEUE_MAX,
		.unread_max = NET_UNREAD_MAX };
	ms_status s;

	if (!finder_is_number(place->address) &&
		finder_run(place->address, (int)(j->ask->patience_us / 1000), found) ==
			FINDER_NO_NAME) {
		j->nameless = place;
		return MS_TIMEOUT;
	}
	if (found[0] != '\0')
		options.endpoint = found;
	memcpy(options.server_key, place->curve_key, NET_KEY_SIZE);
	memcpy(options.secret_key, j->ask->secret, NET_KEY_SIZE);
	s = net_public_of(options.secret_key, options.public_key, j->err);
	if (s == MS_OK)
		s = net_dealer_open(j->net, &options, &j->socket, j->err);
	if (s == MS_OK)
		s = reactor_add_socket(j->reactor, j->socket, socket_ready, j);
	return s;
}

static void
tell_waiting(void *ctx, int64_t now_us)
{
	joining *j = ctx;

	(void)now_us;
	j->ask->waits(j->place->address);
}

/* MS_TIMEOUT: nobody answered there. */
static ms_status
try_place(joining *j, const device_place *place)
{
	ms_status s = open_socket(j, place);
	int64_t now_us = reactor_now(j->reactor);

	j->place = place;
	j->until_us = now_us + j->ask->patience_us;
	if (j->ask->waits != NULL)
		reactor_set_timer(j->reactor, tell_waiting, j, now_us + WAITS_US);
	j->mistrusts = 0;
	j->up = false;
	while (s == MS_OK && !j->over && now_us < j->until_us) {
		int64_t wait_us = j->until_us - now_us;

		if (j->up && !j->have_joined && now_us >= j->again_us)
			say_join(j, now_us);
		if (j->up && j->again_us > now_us && j->again_us - now_us < wait_us)
			wait_us = j->again_us - now_us;
		s = reactor_turn(j->reactor, wait_us > AGAIN_US ? AGAIN_US : wait_us, j->err);
		now_us = reactor_now(j->reactor);
	}
	close_socket(j);
	return s == MS_OK && !j->over ? MS_TIMEOUT : s;
}

static ms_status
nobody(joining *j)
{
	if (j->mistrusted != NULL) {
		ms_fail(j->err, MS_DENIED, MST_JOIN_HUB,
			"what answers at %s is not the hub that the key is from",
			j->mistrusted->address);
		ms_error_remedy(j->err,
			"check the address; if it is right, somebody may stand between: tell the "
			"hub's administrator");
		return MS_DENIED;
	}
	if (j->nameless != NULL) {
		ms_fail(j->err, MS_UNREACHABLE, MST_WIRE_NO_NAME, "the name in %s is not found",
			j->nameless->address);
		ms_error_remedy(j->err,
			"is it right, and does this machine's name service (DNS) answer? "
			"Nothing is lost: try again with the same key");
		return MS_UNREACHABLE;
	}
	ms_fail(j->err, MS_UNREACHABLE, MST_JOIN_UNREACHABLE, "no hub answers at %s%s",
		j->ask->places.n == 0 ? "" : j->ask->places.list[0].address,
		j->ask->places.n > 1 ? tr(" or the key's other addresses") : "");
	if (j->ask->rotates_at != NULL)
		ms_error_remedy(j->err,
			"is the hub running, and does a firewall let this machine reach that "
			"port? The old keys stay: try again");
	else
		ms_error_remedy(j->err,
			"is the hub running, and does a firewall let this machine reach that "
			"port? Nothing is lost: try again with the same key");
	return MS_UNREACHABLE;
}

ms_status
joiner_run(const joiner_ask *ask, joined *out, buf *plan_file, ms_error *err)
{
	static const hash32 none;
	ms_error unheard = { 0 };
	joining j = {
		.ask = ask, .out = out, .plan_file = plan_file, .err = err == NULL ? &unheard : err
	};
	ms_status s = net_context_new(&j.net, err);
	size_t i;

	plan_fetch_init(&j.plan, &none);
	if (s == MS_OK)
		s = reactor_new(&j.reactor, err);
	if (s == MS_OK)
		s = MS_TIMEOUT;
	for (i = 0; i < ask->places.n && s == MS_TIMEOUT; i++)
		s = try_place(&j, &ask->places.list[i]);
	if (s == MS_TIMEOUT)
		s = nobody(&j);
	else if (s == MS_OK)
		s = j.status;
	close_socket(&j);
	plan_fetch_fini(&j.plan);
	arena_fini(&j.frames);
	reactor_free(j.reactor);
	net_context_free(j.net);
	return s;
}
