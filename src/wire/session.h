/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - the hub's side of one connection, known by the routing id that ROUTER chose.
 *
 * A session never trusts what was said before: who the key belongs to is asked from the live roster
 * on every frame. What it pushes is handed to the hub program, whose outcomes come back later by
 * session_outcomes: receipts only after the commit. Sessions are made and found through registry.h.
 */
#ifndef WIRE_SESSION_H
#define WIRE_SESSION_H

#include "base/arena.h"
#include "proof/batch.h"
#include "wire/feeder.h"
#include "wire/out.h"

enum { SESSION_ROUTING_MAX = 32, SESSION_USER_MAX = 64, SESSION_FLIGHT_MAX = WINDOW_BATCHES };

typedef enum session_standing {
	SESSION_UNKNOWN = 0, /* no device has this key */
	SESSION_ACTIVE = 1,
	SESSION_FROZEN = 2,
	SESSION_REVOKED = 3,
	SESSION_PENDING = 4, /* a device that waits for its approval */
	SESSION_INVITED = 5, /* a one-time key: good for JOIN alone */
} session_standing;

/* What the live roster says of a key. */
typedef struct session_device {
	session_standing standing;
	device_id id;
	uint64_t next_seq;
	hash32 last_header;
	const void *unit; /* the hub program's own; kept in session_facts for its functions */
} session_device;

/* Who and what a session is, for the hub program's functions. */
typedef struct session_facts {
	uint64_t number;    /* unique in the registry's life, never 0; names the session in jobs */
	span routing, user; /* borrow from the session */
	bool welcomed;      /* HELLO was taken: DEVICE and ROLES hold */
	device_id device;
	const void *unit;
	uint32_t roles;
	int64_t last_in_us;
	bool has_pinged;
	uint32_t queue_depth; /* as last told by PING */
	int64_t off_us;       /* its clock against the hub's, then */
	uint32_t trouble;     /* why it pushes nothing, then */
	char software[48];
} session_facts;

typedef struct session_hub {
	void *ctx;
	hub_id hub;
	/* The device of USER (the User-Id that CURVE authenticated) by the live roster; standing
	 * SESSION_UNKNOWN when there is none. */
	void (*device)(void *ctx, span user, session_device *out);
	/*
	 * Take a batch. BYTES borrow from the frame that TOKEN (given to session_in) owns; on MS_OK
	 * the program has taken *TOKEN and nulled it, and owes one outcome. MS_FULL: the hub-wide
	 * credit is used up; MS_NO_SPACE: not from this device before there is more space, err
	 * says why; MS_INVALID: the batch is bad, err says how; MS_DENIED: it names a checkpoint
	 * that is not of this hub's log. Then nothing is kept and the session answers.
	 */
	ms_status (*batch)(
		void *ctx, const session_facts *who, void **token, span bytes, ms_error *err);
	/* Fill software, schema, plan_version and hub_time_us; the rest is the session's. */
	void (*welcome)(void *ctx, const session_facts *who, frame_welcome *facts);
	/* What a PING told; PONG follows. May be NULL. */
	void (*ping)(void *ctx, const session_facts *who, const frame_ping *told);
	/* Fill hub_time_us and plan_version. */
	void (*pong)(void *ctx, const session_facts *who, frame_pong *facts);
	/* The newest checkpoint, with the proof from size FROM (0: none) in MEMORY. NULL: this hub
	 * signs none. */
	void (*checkpoint)(void *ctx, uint64_t from, arena *memory, frame_checkpoint *out);
	/* The leaf that opened the log's newest generation, proven for that checkpoint, in MEMORY;
	 * OUT stays empty for the first. NULL: this log never was restored. */
	void (*restored)(void *ctx, arena *memory, leaf_proof *out);
	/* The device has verified NAMED (its note is empty), as HELLO says. May be NULL. */
	void (*named)(void *ctx, const session_facts *who, const frame_checkpoint *named);
	/* The piece of plan VERSION (empty: in force) at OFFSET, at most WIRE_PLAN_PIECE_BYTES.
	 * MS_NOT_FOUND: no such version. */
	ms_status (*plan)(void *ctx, span version, uint64_t offset, frame_plan *piece);
	/* Whom the act at (LEAF, POSITION) of WHO's unit is addressed to, in MEMORY; OUT's leaf and
	 * position are set. NULL: this hub does not tell. */
	ms_status (*delivery)(
		void *ctx, const session_facts *who, arena *memory, frame_delivery *out);
	/* What is asked for, in MEMORY; an act that WHO's unit may not see, or that is not there,
	 * is not known. NULL: this hub proves nothing. */
	ms_status (*proof)(void *ctx, const session_facts *who, const frame_proof_request *asked,
		arena *memory, frame_proof *out);
	/* An agent of WHO's unit (a device that pushes and reads) has everything of CLASSES up to
	 * entry STORED of its feed on disk. May be NULL. */
	void (*stored)(void *ctx, const session_facts *who, uint32_t classes, uint64_t stored);
	/*
	 * ASKED came with the key of FROM, or with a one-time key (NULL). MS_OK: the program owes
	 * one session_joined; MS_FULL: not now; MS_INVALID: what is asked for has no keys. NULL:
	 * nobody joins this hub.
	 */
	ms_status (*join)(void *ctx, const session_facts *who, const device_id *from,
		const frame_join *asked);
	/* NULL: this hub serves no feeds. */
	const feed_source *feeds;
} session_hub;

/* What became of a batch. */
typedef struct session_outcome {
	bool receipted;
	frame_receipt receipt; /* with its first_seq */
	frame_nack nack;       /* with its first_seq; GAP with send_from; TEXT may be empty */
} session_outcome;

typedef struct session session;

/* The peer that ROUTER names ROUTING and CURVE proved to be USER (both copied); HUB outlives the
 * session. NULL: no memory, or a name that is too long. */
session *session_new(const session_hub *hub, const wire_out *out, span routing, span user,
	uint64_t number, int64_t now_us);
void session_free(session *s);
/* Who speaks, and what is known of it; it follows the session. */
const session_facts *session_who(const session *s);
/* The peer is gone or was sent away: drop the session. */
bool session_ended(const session *s);

/*
 * A frame that came with USER in its metadata. TOKEN (may be NULL for kinds other than PUSH) owns
 * the frame's bytes and is nulled when the hub program took it. Returns true when this HELLO made
 * the session its device's push session (the registry sends the older away).
 */
bool session_in(session *s, span user, const frame *f, void **token, int64_t now_us);
/* Bytes that are no frame, as frame_decode said. */
void session_bad_frame(session *s, const ms_error *why, int64_t now_us);
/* The outcomes of one turn for this session, in order. Receipts share frames. Outcomes of a session
 * that ended are dropped. */
void session_outcomes(session *s, const session_outcome *list, size_t n, int64_t now_us);
/* JOINED, or the ERROR that answers JOIN. */
void session_joined(session *s, const frame *reply);
/* Send BYE and end. */
void session_bye(session *s, wire_refusal why);

/* Feeds: the log grew, or a rollup of the unit changed (KEY as in feeder.h). */
void session_log_grew(session *s);
void session_rollup_changed(session *s, uint64_t key);
bool session_reads_rollups(const session *s);
/* Does session_pump have something to do? */
bool session_has_feed_work(const session *s);
/* Send what the reader has credit for, at most BUDGET entries. Everything is read through the hub's
 * feed_source. */
void session_pump(session *s, size_t budget, arena *memory, int64_t now_us);

#endif
