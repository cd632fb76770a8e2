/* SPDX-License-Identifier: Apache-2.0 */
/* session_state.h - the inside of a session, which its files share: session.c (what a peer may do,
 * what it pushes) stands on session_ask.c and session_feed.c, all on session_peer.c. */
#ifndef WIRE_SESSION_STATE_H
#define WIRE_SESSION_STATE_H

#include "base/map.h"
#include "wire/session.h"

enum { STORAGE_RETRY_MS = 5000 };

typedef struct owed {
	uint64_t first_seq;
	size_t bytes;
} owed;

struct session {
	const session_hub *hub;
	wire_out out;
	session_facts facts;
	session_device device; /* as of the frame at hand */
	uint8_t routing[SESSION_ROUTING_MAX], user[SESSION_USER_MAX];
	bool ended;
	bool joining; /* a JOIN is without answer */
	bool joined;  /* by a one-time key: the plan may be fetched */
	bool lost;    /* the feed could not be sent */
	owed owed[SESSION_FLIGHT_MAX];
	unsigned n_owed;
	size_t owed_bytes;
	uint64_t hole; /* a batch refused for lack of room began here: those behind it are not
			  taken; 0 = none */
	feeder *feed;
	uint32_t classes; /* of the subscription */
	struct map told;  /* leaves that name keys, shown to the subscription */
	uint64_t shown;   /* size of the checkpoint that the device named or was shown last */
};

/* ---- session_peer.c ---- */

/* Nothing is served until the next HELLO. */
void session_forget_hello(session *s);
/* The peer is gone, or sent away. */
void session_end(session *s);
void session_say(session *s, const frame *f);
void session_refuse(session *s, wire_refusal why, const char *text, uint32_t retry_after_ms);
void session_nack(
	session *s, nack_code code, uint64_t first_seq, const char *text, uint32_t retry_after_ms);
/* The newest checkpoint, proven from the one shown before: frames arrive in order. */
frame_checkpoint session_checkpoint(session *s, arena *memory);
/* Who is it by the live roster? False: answered and over. F is the frame at hand, or NULL. */
bool session_known(session *s, span user, const frame *f);

/* ---- session_ask.c ---- */

void session_in_ping(session *s, const frame *f, void **token);
void session_in_plan_request(session *s, const frame *f, void **token);
void session_in_delivery_request(session *s, const frame *f, void **token);
void session_in_join(session *s, const frame *f, void **token);
void session_in_proof_request(session *s, const frame *f, void **token);

/* ---- session_feed.c ---- */

void session_in_subscribe(session *s, const frame *f, void **token);
void session_in_credit(session *s, const frame *f, void **token);

#endif
