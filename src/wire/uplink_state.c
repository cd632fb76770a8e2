/* SPDX-License-Identifier: Apache-2.0 */
/* uplink_state.c - how an uplink's state moves: trouble, link, hold, the end of a connection. */
#include "wire/uplink_state.h"

enum {
	WAIT_MAX_MS = 600 * 1000,
	REFUSED_MIN_S = 30,
	REFUSED_MAX_S = 400, /* and half of it as jitter: 10 min */
	FRUITLESS_MAX = 3
};

/* splitmix64: only to spread the offices, so that a hub's restart is not answered by all at once.
 */
uint64_t
uplink_jitter(uplink *u, uint64_t below)
{
	uint64_t z = u->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

uint32_t
uplink_wait_ms(uint32_t ms)
{
	return ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
}

ms_error *
uplink_trouble(uplink *u)
{
	u->trouble = (ms_error){ 0 };
	return &u->trouble;
}

void
uplink_set_link(uplink *u, uplink_state state, int64_t now_us)
{
	if (u->link == state)
		return;
	u->link = state;
	u->link_since_us = now_us;
}

void
uplink_set_hold(uplink *u, uplink_state state, int64_t now_us)
{
	if (u->hold == state)
		return;
	u->hold = state;
	u->hold_since_us = now_us;
	u->ping_soon = true;
}

void
uplink_forget_flights(uplink *u)
{
	u->n_flights = 0;
	u->flight_bytes = 0;
	u->rewinding = false;
	u->resume_us = 0;
}

void
uplink_forget_session(uplink *u)
{
	u->welcomed = false;
	u->pings = 0;
	u->hellos = 0;
	uplink_forget_flights(u);
	plan_fetch_restart(&u->plan);
}

void
uplink_close_until(uplink *u, int64_t open_at_us)
{
	uplink_forget_session(u);
	u->socket = false;
	u->linked = false;
	u->action = UPLINK_CLOSE;
	u->open_at_us = open_at_us;
}

void
uplink_reopen(uplink *u, int64_t now_us)
{
	uplink_close_until(u, now_us);
	uplink_set_link(u, UPLINK_DOWN, now_us);
}

void
uplink_back_off(uplink *u, uplink_state state, int64_t now_us)
{
	uint64_t base_s = u->refusals < 4 ? (uint64_t)REFUSED_MIN_S << u->refusals : REFUSED_MAX_S;

	if (base_s > REFUSED_MAX_S)
		base_s = REFUSED_MAX_S;
	u->refusals++;
	uplink_close_until(
		u, now_us + (int64_t)(base_s * 1000000 + uplink_jitter(u, base_s * 500000)));
	uplink_set_link(u, state, now_us);
}

void
uplink_back_off_doubting(uplink *u, int64_t now_us)
{
	if (u->witness.verified.size > 0)
		u->refusals = 0;
	uplink_back_off(u, UPLINK_REFUSED, now_us);
}

bool
uplink_is_stuck(const uplink *u)
{
	return u->fruitless >= FRUITLESS_MAX || u->unheard >= FRUITLESS_MAX;
}

void
uplink_fail_silent(uplink *u)
{
	if (uplink_is_stuck(u))
		ms_fail(uplink_trouble(u), MS_TIMEOUT, MST_WIRE_STUCK,
			"connections to the hub are made, but nothing that is sent gets an answer: "
			"perhaps large packets are lost on the way (the MTU of a tunnel or VPN), a "
			"firewall drops what comes back, or the hub hangs");
	else
		ms_fail(uplink_trouble(u), MS_UNREACHABLE, MST_WIRE_NO_ANSWER,
			"the hub does not answer");
}

void
uplink_be_revoked(uplink *u, int64_t now_us)
{
	ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_REVOKED,
		"the hub has revoked this device: its acts are kept here, stop this "
		"agent, have a join key made (muster hub invite --replace) and use it in "
		"this directory (muster join)");
	uplink_back_off(u, UPLINK_REVOKED, now_us);
}

void
uplink_be_frozen(uplink *u, int64_t now_us)
{
	ms_fail(uplink_trouble(u), MS_DENIED, MST_WIRE_FROZEN,
		"the hub has frozen this device because it saw two histories of it: "
		"nothing more is sent, stop this "
		"agent, have a join key made (muster hub invite --replace) and use it in "
		"this directory (muster join)");
	uplink_set_hold(u, UPLINK_FROZEN, now_us);
}
