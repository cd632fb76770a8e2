/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uplink.c - the connection of a device: socket, HELLO, heartbeat, refusals. The window over the
 * outbox is uplink_push.c.
 *
 * Two facts of ZeroMQ shape it. A client that was refused in the handshake never tries again by
 * itself, so after a refusal we ask for a new socket, slowly, because only a person can change the
 * answer. And what was sent and not answered is simply gone when a connection breaks, so a new
 * session starts from what the hub says in WELCOME and from nothing else.
 */
#include "wire/uplink.h"

#include <stdlib.h>

#include "base/lang.h"
#include "wire/uplink_state.h"

#define QUIET_US (30 * SECOND_US)
#define OVERDUE_US (5 * SECOND_US)
#define DOWN_US (120 * SECOND_US)
#define STALL_MAX_US (600 * SECOND_US)

enum { TRIES_MAX = 3, MISTRUSTS_MAX = 5 };

uint32_t
uplink_wanted_roles(const uplink *u)
{
	return u->hold == UPLINK_CLONE ? u->config.roles & ~(uint32_t)ROLE_PUSH : u->config.roles;
}

void
uplink_say_hello(uplink *u, int64_t now_us)
{
	frame f = { .kind = FRAME_HELLO };

	u->welcomed = false;
	uplink_forget_flights(u);
	u->hello_us = now_us;
	u->hellos++;
	f.u.hello.roles = uplink_wanted_roles(u);
	f.u.hello.protocol_min = WIRE_PROTOCOL_MIN;
	f.u.hello.protocol_max = WIRE_PROTOCOL_MAX;
	f.u.hello.schema = ACT_SCHEMA;
	f.u.hello.software = span_str(u->config.software);
	f.u.hello.device = span_of(u->config.device.at, ID_SIZE);
	f.u.hello.verified = (frame_checkpoint){ .size = u->witness.verified.size,
		.root = u->witness.verified.root };
	(void)u->out.send(u->out.ctx, &f); /* not sent is not answered: tried again */
}

static void
say_ping(uplink *u, int64_t now_us)
{
	frame f = { .kind = FRAME_PING };

	u->pings++;
	u->ping_us = now_us;
	u->ping_soon = false;
	f.u.ping.number = ++u->ping_number;
	f.u.ping.software = span_str(u->config.software);
	f.u.ping.verified = (frame_checkpoint){ .size = u->witness.verified.size,
		.root = u->witness.verified.root };
	if (u->host.queue_depth != NULL)
		f.u.ping.queue_depth = u->host.queue_depth(u->host.ctx);
	if (u->host.device_time_us != NULL)
		f.u.ping.device_time_us = u->host.device_time_us(u->host.ctx);
	if (u->host.clock != NULL)
		f.u.ping.clock = u->host.clock(u->host.ctx);
	if (u->hold != 0)
		f.u.ping.trouble = (uint32_t)u->trouble.code;
	(void)u->out.send(u->out.ctx, &f);
}

/* ---- what the socket says ---- */

void
uplink_connected(uplink *u, int64_t now_us)
{
	if (!u->socket)
		return;
	uplink_forget_session(u);
	u->mistrusts = 0;
	u->linked = true;
	uplink_set_link(u, UPLINK_DOWN, now_us);
	uplink_say_hello(u, now_us);
}

void
uplink_down(uplink *u, int64_t now_us)
{
	if (!u->socket)
		return;
	uplink_forget_session(u);
	u->linked = false;
	u->socket_us = now_us;
	uplink_set_link(u, UPLINK_DOWN, now_us);
}

void
uplink_refused(uplink *u, int64_t now_us)
{
	bool revoked = u->link == UPLINK_REVOKED || u->trouble.code == MST_WIRE_REVOKED;

	if (!u->socket)
		return;
	if (!revoked)
		ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_REFUSED,
			"the hub does not let this device in: it does not know its key, which is "
			"not enrolled, or was revoked; the acts are kept here");
	uplink_back_off(u, revoked ? UPLINK_REVOKED : UPLINK_REFUSED, now_us);
}

void
uplink_no_trust(uplink *u, int64_t now_us)
{
	if (!u->socket || ++u->mistrusts < MISTRUSTS_MAX)
		return;
	u->mistrusts = 0;
	ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_REFUSED,
		"the handshake with the hub fails again and again: the hub's key in the settings "
		"is wrong, "
		"or no Muster hub listens at this address");
	uplink_back_off_doubting(u, now_us);
}

void
uplink_cut(uplink *u, int64_t now_us)
{
	uplink_down(u, now_us);
	if (u->socket)
		ms_fail(uplink_trouble(u), MS_UNREACHABLE, MST_WIRE_CUT,
			"connections to the hub's address are made, but end or fall silent before "
			"the hub can say who it is: a firewall or proxy between, a line that "
			"loses packets, or a hub that is overloaded");
}

void
uplink_no_hub(uplink *u, int64_t now_us)
{
	if (!u->socket)
		return;
	ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_REFUSED,
		"what listens at the hub's address is no Muster hub: the address in the settings "
		"is wrong, or another program took its port");
	uplink_back_off_doubting(u, now_us);
}

void
uplink_endless(uplink *u, int64_t now_us)
{
	if (!u->socket)
		return;
	ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_ENDLESS,
		"the hub sends a message that does not end, which would fill this machine's "
		"memory: the connection was cut; the hub is broken or hostile, tell its "
		"administrator");
	uplink_back_off(u, UPLINK_REFUSED, now_us);
}

void
uplink_unreachable(uplink *u, uplink_gap gap)
{
	static const struct {
		unsigned code;
		const char *text;
	} table[] = {
		[UPLINK_GAP_NAME] = { MST_WIRE_NO_NAME,
			TR("the name in the hub's address is not found: is it right, and does this "
			   "machine's name service (DNS) answer?") },
		[UPLINK_GAP_WAY] = { MST_WIRE_NO_WAY,
			TR("this machine has no way to the hub's address: is its network up, and "
			   "does a firewall let it through?") },
		[UPLINK_GAP_SILENCE] = { MST_WIRE_NOTHING_BACK,
			TR("nothing comes back from the hub's address: is it right, is that "
			   "machine on, and does a firewall let through what goes there?") },
		[UPLINK_GAP_NOBODY] = { MST_WIRE_NOBODY,
			TR("nobody listens at the hub's address: does the hub run, and are address "
			   "and port right?") },
	};
	_Static_assert(sizeof(table) / sizeof(table[0]) == UPLINK_GAP_COUNT, "a row per gap");

	if (u->socket && !u->linked && u->link == UPLINK_DOWN)
		ms_fail(uplink_trouble(u), MS_UNREACHABLE, table[gap].code, "%s",
			tr(table[gap].text));
}

void
uplink_start_over(uplink *u, int64_t now_us)
{
	u->refusals = 0;
	u->mistrusts = 0;
	uplink_reopen(u, now_us);
}

/* ---- time ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
tick_hello(uplink *u, int64_t now_us)
{
	if (now_us < u->hello_us + HELLO_AGAIN_US)
		return u->hello_us + HELLO_AGAIN_US;
	if (u->hellos < TRIES_MAX) {
		uplink_say_hello(u, now_us);
		return now_us + HELLO_AGAIN_US;
	}
	u->unheard++;
	uplink_fail_silent(u);
	uplink_reopen(u, now_us);
	return now_us;
}

/* When PING is due: after 30 s of silence, sooner while an answer is owed to us. */
static int64_t
ping_due(const uplink *u)
{
	int64_t oldest = push_oldest_us(u);

	if (u->pings > 0)
		return u->ping_us + OVERDUE_US;
	if (oldest != INT64_MAX)
		return (oldest > u->last_in_us ? oldest : u->last_in_us) + OVERDUE_US;
	return u->last_in_us + QUIET_US;
}

static int64_t
tick_session(uplink *u, int64_t now_us)
{
	int64_t due = ping_due(u);
	int64_t oldest = push_oldest_us(u);

	if (oldest != INT64_MAX && now_us >= oldest + u->stall_us) {
		/* PONGs come, receipts do not: perhaps a new session helps; if not, ask less and
		 * less often */
		u->stall_us = earlier(2 * u->stall_us, STALL_MAX_US);
		ms_fail(uplink_trouble(u), MS_TIMEOUT, MST_WIRE_NO_ANSWER,
			"the hub answers, but gives no receipts");
		uplink_reopen(u, now_us);
		return now_us;
	}
	if (now_us >= due && u->pings >= TRIES_MAX) {
		u->fruitless += oldest != INT64_MAX;
		uplink_fail_silent(u);
		uplink_reopen(u, now_us);
		return now_us;
	}
	if (u->review_us != 0 && now_us >= u->review_us) {
		uplink_say_hello(u, now_us);
		return now_us + HELLO_AGAIN_US;
	}
	if (now_us >= due || u->ping_soon) {
		say_ping(u, now_us);
		due = ping_due(u);
	}
	if (oldest != INT64_MAX)
		due = earlier(due, oldest + u->stall_us);
	if (u->review_us != 0)
		due = earlier(due, u->review_us);
	if (u->resume_us > now_us) /* else the pushing waits for something else */
		due = earlier(due, u->resume_us);
	return earlier(due, plan_fetch_tick(&u->plan, &u->out, now_us));
}

static int64_t
tick_down(uplink *u, int64_t now_us)
{
	if (now_us < u->socket_us + u->config.down_us)
		return u->socket_us + u->config.down_us;
	uplink_reopen(u, now_us);
	return now_us;
}

uplink_step
uplink_tick(uplink *u, int64_t now_us)
{
	uplink_step step = { UPLINK_NONE, INT64_MAX };

	push_some(u, now_us);
	if (u->socket && u->welcomed)
		step.deadline_us = tick_session(u, now_us);
	else if (u->socket && u->linked)
		step.deadline_us = tick_hello(u, now_us);
	else if (u->socket)
		step.deadline_us = tick_down(u, now_us);
	if (!u->socket && now_us >= u->open_at_us) {
		u->action = UPLINK_OPEN;
		u->socket = true;
		u->socket_us = now_us;
		step.deadline_us = now_us + u->config.down_us;
		if (u->link == UPLINK_WAITING)
			uplink_set_link(u, UPLINK_DOWN, now_us);
	} else if (!u->socket) {
		step.deadline_us = u->open_at_us;
	}
	step.action = u->action;
	u->action = UPLINK_NONE;
	return step;
}

void
uplink_wake(uplink *u, int64_t now_us)
{
	push_some(u, now_us);
}

/* ---- life and looks ---- */

ms_status
uplink_new(const uplink_config *config, const uplink_host *host, const wire_out *out,
	int64_t now_us, uplink **up)
{
	uplink *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return MS_NO_MEMORY;
	u->config = *config;
	u->witness = (witness){ .key = config->log_key,
		.admin = config->admin_key,
		.verified = config->verified,
		.generation = config->generation };
	if (u->config.down_us == 0)
		u->config.down_us = DOWN_US;
	u->host = *host;
	u->out = *out;
	u->random = config->seed;
	u->link = UPLINK_DOWN;
	u->link_since_us = now_us;
	u->open_at_us = now_us;
	u->stall_us = 60 * SECOND_US;
	plan_fetch_init(&u->plan, &config->plan_version);
	*up = u;
	return MS_OK;
}

void
uplink_free(uplink *u)
{
	if (u == NULL)
		return;
	plan_fetch_fini(&u->plan);
	free(u);
}

uplink_status
uplink_look(const uplink *u)
{
	return (uplink_status){
		.state = u->hold != 0 ? u->hold : u->link,
		.connected = u->welcomed,
		.stuck = uplink_is_stuck(u),
		.since_us = u->hold != 0 ? u->hold_since_us : u->link_since_us,
		.retry_us = u->socket                    ? u->resume_us
			    : u->open_at_us == INT64_MAX ? 0
							 : u->open_at_us,
		.last_in_us = u->last_in_us,
		.code = u->trouble.code,
		.text = u->trouble.text,
		.in_flight = u->n_flights,
		.in_flight_bytes = u->flight_bytes,
		.hub_next = u->hub_next,
		.receipts = u->receipts,
		.sessions = u->sessions,
		.hub_time_us = u->hub_time_us,
		.hub_time_at_us = u->hub_time_at_us,
		.plan_fetching = u->plan.active,
	};
}

const char *
uplink_state_name(uplink_state state)
{
	static const char *const names[] = {
		[UPLINK_DOWN] = "DOWN",
		[UPLINK_READY] = "READY",
		[UPLINK_WAITING] = "WAITING",
		[UPLINK_REFUSED] = "REFUSED",
		[UPLINK_REVOKED] = "REVOKED",
		[UPLINK_FROZEN] = "FROZEN",
		[UPLINK_BEHIND] = "BEHIND",
		[UPLINK_QUARANTINE] = "QUARANTINE",
		[UPLINK_SPLIT] = "SPLIT",
		[UPLINK_CLONE] = "CLONE",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == UPLINK_STATE_COUNT, "a name per state");

	return names[state];
}

const witness *
uplink_witness(const uplink *u)
{
	return &u->witness;
}

void
uplink_ping_soon(uplink *u)
{
	u->ping_soon = true;
}

bool
uplink_ask_delivery(uplink *u, uint64_t leaf, uint32_t position)
{
	frame f = { .kind = FRAME_DELIVERY_REQUEST };

	if (!u->socket || !u->welcomed)
		return false;
	f.u.delivery_request = (frame_delivery_request){ .leaf = leaf, .position = position };
	return u->out.send(u->out.ctx, &f) == MS_OK;
}

bool
uplink_ask_proof(uplink *u, uint64_t leaf, uint32_t position)
{
	frame f = { .kind = FRAME_PROOF_REQUEST };

	if (!u->socket || !u->welcomed)
		return false;
	f.u.proof_request =
		(frame_proof_request){ .of_act = true, .leaf = leaf, .position = position };
	return u->out.send(u->out.ctx, &f) == MS_OK;
}
