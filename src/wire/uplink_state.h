/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uplink_state.h - the inside of an uplink, which its files share. From the bottom: uplink_state.c,
 * uplink_trust.c, uplink_push.c (the window), uplink.c (the connection), uplink_in.c (what the hub
 * says).
 */
#ifndef WIRE_UPLINK_STATE_H
#define WIRE_UPLINK_STATE_H

#include "wire/plan_fetch.h"
#include "wire/uplink.h"

#define SECOND_US INT64_C(1000000)
#define HELLO_AGAIN_US (5 * SECOND_US)
#define HOST_RETRY_US (10 * SECOND_US) /* after a failure of our own storage */

typedef struct flight {
	uint64_t first_seq;
	uint16_t count;
	size_t bytes;
	int64_t sent_us;
	hash32 header_hash;
} flight;

struct uplink {
	uplink_config config;
	uplink_host host;
	wire_out out;
	uint64_t random;

	/* state */
	uplink_state link; /* DOWN, READY, WAITING, REFUSED, REVOKED */
	uplink_state hold; /* FROZEN, BEHIND, QUARANTINE, SPLIT, CLONE; 0 = none */
	witness witness;
	int64_t link_since_us, hold_since_us;
	int64_t review_us; /* HELLO again then, since the hold may be over; 0 = no */
	ms_error trouble;

	/* connection */
	bool socket, linked, welcomed;
	uplink_action action; /* for the next tick */
	int64_t socket_us;    /* the socket was made, or lost its connection, then */
	int64_t open_at_us;   /* no socket: make one then */
	int64_t hello_us, last_in_us, ping_us;
	unsigned hellos, pings, refusals, mistrusts;
	unsigned fruitless; /* connections given up since a receipt came */
	unsigned unheard;   /* connections on which HELLO had no answer, since one had */
	uint64_t ping_number;
	bool ping_soon;        /* there is news in it */
	int64_t replaced_us;   /* last BYE REPLACED; 0 = none */
	frame_welcome welcome; /* the last one */
	int64_t hub_time_us, hub_time_at_us;

	/* window */
	flight flights[WINDOW_BATCHES];
	uint32_t n_flights;
	size_t flight_bytes;
	uint32_t window_batches;
	size_t window_bytes;
	uint64_t cursor, hub_next;
	bool rewinding;
	uint64_t rewind_to;
	int64_t resume_us; /* nothing is pushed before; 0 = not waiting */
	int64_t stall_us;  /* a batch without answer for so long: a new connection */
	uint64_t receipts, sessions;

	plan_fetch plan;
};

/* ---- uplink_state.c ---- */

uint64_t uplink_jitter(uplink *u, uint64_t below);
/* How long to wait when the hub says MS: ten minutes at most, whatever it says. */
uint32_t uplink_wait_ms(uint32_t ms);
/* Forget the last trouble; ms_fail into what is returned. */
ms_error *uplink_trouble(uplink *u);
void uplink_set_link(uplink *u, uplink_state state, int64_t now_us);
void uplink_set_hold(uplink *u, uplink_state state, int64_t now_us);
/* Nothing is waited for any more. */
void uplink_forget_flights(uplink *u);
/* What belonged to the connection is gone with it. */
void uplink_forget_session(uplink *u);
void uplink_close_until(uplink *u, int64_t open_at_us);
/* Drop the socket and make a new one at once. */
void uplink_reopen(uplink *u, int64_t now_us);
/* One connection after the other was given up with something sent and no receipt of it. */
bool uplink_is_stuck(const uplink *u);
/* Say so, or else that the hub does not answer. */
void uplink_fail_silent(uplink *u);
/* Close and try again after 30 s to 10 min. */
void uplink_back_off(uplink *u, uplink_state state, int64_t now_us);
/* The same after what a hub that was verified before can hardly mean: 30 s to 45 s then. */
void uplink_back_off_doubting(uplink *u, int64_t now_us);
/* The device is revoked: close, and try again slowly. */
void uplink_be_revoked(uplink *u, int64_t now_us);
/* The hub saw two histories of the device: nothing more is pushed. */
void uplink_be_frozen(uplink *u, int64_t now_us);

/* ---- uplink_trust.c: false after setting the hold ---- */

bool trust_restored(uplink *u, const frame_welcome *w, int64_t now_us);
bool trust_checkpoint(uplink *u, const frame_checkpoint *shown, int64_t now_us);
/* MS_DENIED after setting the hold; anything else but MS_OK: our own storage failed. */
ms_status trust_receipts(uplink *u, const frame *f, int64_t now_us, ms_error *err);
/* The hub refuses what this device has verified. */
void trust_ended(uplink *u, int64_t now_us);

/* ---- uplink_push.c: the window ---- */

/* Where to begin after WELCOME. False: our own storage failed. */
bool push_place(uplink *u, int64_t now_us);
void push_some(uplink *u, int64_t now_us);
void push_receipts(uplink *u, const frame *f, int64_t now_us);
void push_nack(uplink *u, const frame_nack *nack, int64_t now_us);
/* The oldest batch without answer was sent then; INT64_MAX = none. */
int64_t push_oldest_us(const uplink *u);

/* ---- uplink.c: the connection ---- */

uint32_t uplink_wanted_roles(const uplink *u);
void uplink_say_hello(uplink *u, int64_t now_us);

#endif
