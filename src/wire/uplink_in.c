/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_in.c - what the hub says to a device: a row per kind of frame. Receipts and NACKs go on to
 * uplink_push.c. */
#include "wire/uplink.h"
#include "wire/uplink_state.h"

#define REPLACED_TWICE_US (60 * SECOND_US)
#define QUARANTINE_US (600 * SECOND_US)
#define FRESH_US (5 * SECOND_US)

/* Without what borrows from the frame. */
static void
keep_welcome(uplink *u, const frame_welcome *w, int64_t now_us)
{
	u->welcome = *w;
	u->welcome.checkpoint.note = (span){ 0 };
	u->welcome.restored = (leaf_proof){ 0 };
	u->welcome.plan_version = u->welcome.hub = u->welcome.software = (span){ 0 };
	u->hub_time_us = w->hub_time_us;
	u->hub_time_at_us = now_us;
}

static bool
other_hub(const uplink *u, const frame_welcome *w)
{
	static const hub_id any = { { 0 } };

	return memcmp(&u->config.hub, &any, sizeof(any)) != 0 &&
	       !span_equal(w->hub, span_of(u->config.hub.at, ID_SIZE));
}

/* A hold may end with a new session: the hub says anew how it stands; a refused batch is tried
 * again after a while only. */
static void
review_hold(uplink *u, int64_t now_us)
{
	int64_t until_us = u->hold_since_us + QUARANTINE_US;

	u->review_us = u->hold == UPLINK_QUARANTINE && now_us < until_us ? until_us : 0;
	if (u->hold != UPLINK_CLONE && u->review_us == 0)
		u->hold = 0;
}

static void
in_welcome(uplink *u, const frame *f, int64_t now_us)
{
	const frame_welcome *w = &f->u.welcome;

	if (other_hub(u, w)) {
		ms_fail(uplink_trouble(u), MS_INVALID, MST_WIRE_OTHER_HUB,
			"this is not the hub that the device was enrolled at: check the address in "
			"the settings");
		uplink_back_off(u, UPLINK_REFUSED, now_us);
		return;
	}
	keep_welcome(u, w, now_us);
	u->linked = true;
	u->welcomed = true;
	u->hellos = u->unheard = 0;
	u->refusals = 0;
	u->sessions++;
	uplink_forget_flights(u);
	review_hold(u, now_us);
	if (u->hold == 0 && uplink_is_stuck(u))
		uplink_fail_silent(u);
	else if (u->hold == 0)
		uplink_trouble(u);
	else
		u->ping_soon = true;
	uplink_set_link(u, UPLINK_READY, now_us);
	if (trust_restored(u, w, now_us))
		trust_checkpoint(u, &w->checkpoint, now_us);
	if (w->frozen)
		uplink_be_frozen(u, now_us);
	if (u->host.plan != NULL)
		plan_fetch_want(&u->plan, w->plan_version);
	if (u->hold == 0 && (u->config.roles & ROLE_PUSH) != 0 && !push_place(u, now_us)) {
		u->welcomed = false; /* our own storage failed: HELLO again a little later */
		u->hello_us = now_us;
		uplink_set_link(u, UPLINK_WAITING, now_us);
	}
}

static void
in_receipt(uplink *u, const frame *f, int64_t now_us)
{
	push_receipts(u, f, now_us);
}

static void
in_nack(uplink *u, const frame *f, int64_t now_us)
{
	push_nack(u, &f->u.nack, now_us);
}

/* An answer that lay unread while this machine slept, or was long on its way, tells an old time. */
static void
keep_hub_time(uplink *u, const frame_pong *p, int64_t now_us)
{
	if (p->number != u->ping_number)
		return;
	if (now_us > u->ping_us + FRESH_US) {
		u->ping_soon = true;
		return;
	}
	u->hub_time_us = p->hub_time_us;
	u->hub_time_at_us = now_us;
}

static void
in_pong(uplink *u, const frame *f, int64_t now_us)
{
	keep_hub_time(u, &f->u.pong, now_us);
	if (u->n_flights == 0)
		u->fruitless = 0;
	trust_checkpoint(u, &f->u.pong.checkpoint, now_us);
	if (u->host.plan != NULL)
		plan_fetch_want(&u->plan, f->u.pong.plan_version);
}

static void
in_plan(uplink *u, const frame *f, int64_t now_us)
{
	ms_error err = { 0 };
	ms_status s = plan_fetch_in(&u->plan, &f->u.plan, &err);

	(void)now_us;
	if (s == MS_AGAIN)
		return;
	if (s == MS_OK) {
		s = u->host.plan(u->host.ctx, &u->plan.wanted, buf_span(&u->plan.file), &err);
		plan_fetch_done(&u->plan, s == MS_OK);
	}
	if (s != MS_OK)
		*uplink_trouble(u) = err;
}

static void
in_delivery(uplink *u, const frame *f, int64_t now_us)
{
	(void)now_us;
	if (u->host.delivery != NULL)
		u->host.delivery(u->host.ctx, &f->u.delivery);
}

static void
in_proof(uplink *u, const frame *f, int64_t now_us)
{
	(void)now_us;
	if (u->host.proof != NULL)
		u->host.proof(u->host.ctx, &f->u.proof);
}

/* The reader comes next: what it is shown is proven against this checkpoint. */
static void
in_feed(uplink *u, const frame *f, int64_t now_us)
{
	if (f->u.feed.checkpoint.size > 0)
		trust_checkpoint(u, &f->u.feed.checkpoint, now_us);
}

/* The hub's own words, for `muster status`. */
static void
note_words(uplink *u, const frame_error *e)
{
	wire_tell(uplink_trouble(u), MS_DENIED, MST_WIRE_REFUSED, e);
}

static void
in_replaced(uplink *u, int64_t now_us)
{
	bool twice = u->replaced_us != 0 && now_us < u->replaced_us + REPLACED_TWICE_US;

	u->replaced_us = now_us == 0 ? 1 : now_us;
	if (twice || u->hold == UPLINK_CLONE) {
		ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_CLONE,
			"another process pushes with this device's key (a copied directory?): "
			"nothing more is sent from here, "
			"stop one of them and start this agent again");
		uplink_set_hold(u, UPLINK_CLONE, now_us);
	}
	uplink_close_until(u, uplink_wanted_roles(u) == 0
				      ? INT64_MAX
				      : now_us + SECOND_US + (int64_t)uplink_jitter(u, SECOND_US));
	uplink_set_link(u, UPLINK_DOWN, now_us);
}

/* ERROR and BYE. */
static void
in_error(uplink *u, const frame *f, int64_t now_us)
{
	const frame_error *e = &f->u.error;
	bool waiting = !u->welcomed && u->hellos > 0 && now_us < u->hello_us + HELLO_AGAIN_US;

	switch (wire_refusal_of(e->name)) {
	case WIRE_HELLO_FIRST:
		if (!waiting) /* else it answers something sent before our HELLO */
			uplink_say_hello(u, now_us);
		return;
	case WIRE_REVOKED:
		uplink_be_revoked(u, now_us);
		return;
	case WIRE_VERSION:
	case WIRE_WRONG_DEVICE:
	case WIRE_UNKNOWN_KEY:
		note_words(u, e);
		uplink_back_off(u, UPLINK_REFUSED, now_us);
		return;
	case WIRE_REPLACED:
		in_replaced(u, now_us);
		return;
	case WIRE_NO_PLAN:
		plan_fetch_refused(&u->plan);
		return;
	case WIRE_BUSY:
	case WIRE_PENDING:
		note_words(u, e);
		uplink_close_until(u, now_us + SECOND_US +
					      uplink_wait_ms(e->retry_after_ms) * INT64_C(1000) +
					      (int64_t)uplink_jitter(u, SECOND_US));
		uplink_set_link(u, UPLINK_WAITING, now_us);
		return;
	default:
		break;
	}
	note_words(u, e);
	if (f->kind == FRAME_BYE) { /* the session is over, the connection may last: HELLO again in
				       a while */
		uplink_forget_session(u);
		u->hello_us = now_us;
		uplink_set_link(u, UPLINK_DOWN, now_us);
	}
}

typedef struct in_row {
	void (*take)(uplink *u, const frame *f, int64_t now_us);
	bool in_session; /* only after WELCOME */
} in_row;

static const in_row in_rows[FRAME_KIND_COUNT] = {
	[FRAME_WELCOME] = { in_welcome, false },
	[FRAME_RECEIPT] = { in_receipt, true },
	[FRAME_NACK] = { in_nack, true },
	[FRAME_PONG] = { in_pong, true },
	[FRAME_PLAN] = { in_plan, true },
	[FRAME_DELIVERY] = { in_delivery, true },
	[FRAME_PROOF] = { in_proof, true },
	[FRAME_FEED] = { in_feed, true },
	[FRAME_ERROR] = { in_error, false },
	[FRAME_BYE] = { in_error, false },
};

void
uplink_in(uplink *u, const frame *f, int64_t now_us)
{
	const in_row *row =
		(unsigned)f->kind < FRAME_KIND_COUNT ? &in_rows[f->kind] : &in_rows[FRAME_NONE];

	if (!u->socket)
		return; /* left over from a socket that was given up */
	u->last_in_us = now_us;
	u->pings = 0;
	if (row->take != NULL && (u->welcomed || !row->in_session))
		row->take(u, f, now_us);
}

void
uplink_bad_frame(uplink *u, const ms_error *why, int64_t now_us)
{
	u->last_in_us = now_us;
	u->pings = 0;
	*uplink_trouble(u) = *why;
}
