/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uplink.h - the device's side of a connection: HELLO, pushing sealed batches, receipts, PING, and
 * what to do when the hub refuses.
 *
 * The program owns the socket and does what uplink_tick says. It calls an input function for every
 * event and uplink_tick after each turn of events and at the deadline it returned. A socket
 * connects to one address at a time.
 *
 * Pushing is a window over the outbox: a batch leaves it only when its receipt is stored. Every
 * PUSH has exactly one answer on its connection; after a NACK nothing is sent until all answers are
 * in, then the window starts again where the hub wants it.
 */
#ifndef WIRE_UPLINK_H
#define WIRE_UPLINK_H

#include "base/arena.h"
#include "proof/batch.h"
#include "wire/out.h"
#include "wire/witness.h"

/* A sealed batch, byte for byte. Borrowed until the next call of a host function. */
typedef struct uplink_batch {
	uint64_t first_seq;
	uint16_t count;
	bool receipted;
	hash32 header_hash;
	span bytes;
} uplink_batch;

/* The outbox and what else a device keeps. Every function may fail; MS_NOT_FOUND means what its
 * comment says. */
typedef struct uplink_host {
	void *ctx;
	/* The sequence after the newest sealed one; 1 when nothing is sealed. */
	ms_status (*sealed_next)(void *ctx, uint64_t *seq, ms_error *err);
	/* Hash of the header of the batch that ends at SEQ - 1; zero for SEQ 1. MS_NOT_FOUND: no
	 * sealed batch ends there. */
	ms_status (*header_before)(void *ctx, uint64_t seq, hash32 *out, ms_error *err);
	/*
	 * The first sealed batch with first_seq >= FROM, of those without receipt only if
	 * UNRECEIPTED. MS_NOT_FOUND: none. MS_DENIED: it is there but its acts were deleted after
	 * keep_days.
	 */
	ms_status (*next)(
		void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err);
	/* Store receipts in one commit, durable on MS_OK. Those of batches this outbox does not
	 * have are left out. */
	ms_status (*receipts)(void *ctx, const frame_receipt *list, size_t n, ms_error *err);
	/* Header and signature of the sealed batch that begins at FIRST_SEQ. MS_NOT_FOUND: none
	 * does. Needed with config.log_key. */
	ms_status (*signed_part)(
		void *ctx, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE], ms_error *err);
	/* C is the newest verified checkpoint, NOTE its signed note: keep it with the next commit,
	 * and name it in headers sealed from then on. May be NULL. */
	void (*verified)(void *ctx, const checkpoint *c, span note);
	/* The hub's log cannot be believed; NOTE is what it shows. May be NULL. */
	void (*alarm)(void *ctx, const ms_error *why, span note);
	/* Keep a plan whose hash was checked. NULL: plans are not fetched. */
	ms_status (*plan)(void *ctx, const hash32 *version, span file, ms_error *err);
	/* What was asked by uplink_ask_delivery. NULL: nothing is asked. */
	void (*delivery)(void *ctx, const frame_delivery *told);
	/* What was asked by uplink_ask_proof. NULL: nothing is asked. */
	void (*proof)(void *ctx, const frame_proof *told);
	/* Acts without receipt, for PING. NULL: 0. */
	uint32_t (*queue_depth)(void *ctx);
	/* The device's clock, UTC, for PING. NULL: not told. */
	int64_t (*device_time_us)(void *ctx);
	/* What the device says of that clock, for PING. NULL: nothing. */
	ping_clock (*clock)(void *ctx);
} uplink_host;

typedef struct uplink_config {
	uint32_t roles; /* ROLE_PUSH | ROLE_READ */
	hub_id hub;     /* zero: any */
	device_id device;
	const char *software;         /* "muster-agent 0.1"; borrowed for the uplink's life */
	hash32 plan_version;          /* of the plan held; zero when none */
	const log_key *log_key;       /* checks the hub's log; NULL: it is not checked. Borrowed */
	const sign_public *admin_key; /* the hub's administrator's; borrowed, may be NULL */
	checkpoint verified;          /* newest one verified before */
	uint32_t generation;          /* of the log in which that was */
	uint64_t seed;                /* random: jitter */
	int64_t down_us; /* a new socket (and the next address) after so long without connection; 0
			    = 120 s */
} uplink_config;

typedef enum uplink_state {
	UPLINK_DOWN = 1, /* no connection, or no WELCOME yet */
	UPLINK_READY,    /* pushes and reads */
	UPLINK_WAITING,  /* the hub (or our own disk) asked to wait: retry_us */
	UPLINK_REFUSED,  /* the hub does not know the key, or speaks another version: tried again
			    slowly */
	UPLINK_REVOKED,  /* the device is revoked: tried again slowly */
	UPLINK_FROZEN,   /* the hub saw two histories of this device: enrol anew */
	UPLINK_BEHIND, /* the outbox is not the one the hub knows (a restored disk): sends nothing,
			  enrol anew */
	UPLINK_QUARANTINE, /* the hub refuses a batch for its form: nothing more is pushed */
	UPLINK_SPLIT, /* the hub's log is not the one that was verified before: nothing is pushed */
	UPLINK_CLONE, /* another process pushes with this key: nothing more is pushed */
	UPLINK_STATE_COUNT
} uplink_state;

typedef enum uplink_action {
	UPLINK_NONE = 0,
	UPLINK_CLOSE, /* close the socket; a new one is asked for later */
	UPLINK_OPEN,  /* close what there is and make a new socket to the next address */
} uplink_action;

typedef struct uplink_step {
	uplink_action action;
	int64_t deadline_us; /* call uplink_tick again then at the latest */
} uplink_step;

typedef struct uplink_status {
	uplink_state state;
	bool connected;     /* a WELCOME holds */
	bool stuck;         /* one connection after the other, and no answer to what is sent */
	int64_t since_us;   /* of the state */
	int64_t retry_us;   /* when something is tried again; 0 = not waiting */
	int64_t last_in_us; /* newest frame from the hub; 0 = never */
	unsigned code;      /* MST-nnnn of the last trouble; 0 = none */
	const char *text;   /* its sentence, "" = none; valid until the next call */
	uint32_t in_flight; /* batches sent without answer */
	size_t in_flight_bytes;
	uint64_t hub_next;   /* the sequence the hub waits for, as far as known; 0 = not known */
	uint64_t receipts;   /* receipts stored since the start */
	uint64_t sessions;   /* WELCOMEs since the start */
	int64_t hub_time_us; /* as last told, at hub_time_at_us */
	int64_t hub_time_at_us;
	bool plan_fetching;
} uplink_status;

typedef struct uplink uplink;

/* CONFIG, HOST and OUT are copied; what they point to outlives the uplink. MS_NO_MEMORY. */
ms_status uplink_new(const uplink_config *config, const uplink_host *host, const wire_out *out,
	int64_t now_us, uplink **up);
void uplink_free(uplink *u);

/* Events of the socket's monitor: the handshake is done; the connection is lost; the hub refused
 * the handshake (400, 500, protocol). */
void uplink_connected(uplink *u, int64_t now_us);
void uplink_down(uplink *u, int64_t now_us);
void uplink_refused(uplink *u, int64_t now_us);
/* The hub ended the handshake without a word: it starts, or, when it goes on, a wrong hub key. */
void uplink_no_trust(uplink *u, int64_t now_us);
/* The handshake was cut, or nothing came: what is between here and the hub, which is no refusal. */
void uplink_cut(uplink *u, int64_t now_us);
/* What listens at the address is no Muster hub; the socket does not try again by itself. */
void uplink_no_hub(uplink *u, int64_t now_us);
/* The connection was cut because a message from there did not end. */
void uplink_endless(uplink *u, int64_t now_us);
/* Why no connection comes about. */
typedef enum uplink_gap {
	UPLINK_GAP_NAME = 1, /* the name of the address is not found */
	UPLINK_GAP_WAY,      /* this machine has no way there */
	UPLINK_GAP_SILENCE,  /* nothing comes back */
	UPLINK_GAP_NOBODY,   /* nobody listens */
	UPLINK_GAP_COUNT
} uplink_gap;

/* Told while there is none; ignored otherwise. */
void uplink_unreachable(uplink *u, uplink_gap gap);
/* The addresses are others now: whatever made it wait, a new socket is asked for at once. */
void uplink_start_over(uplink *u, int64_t now_us);
/* A frame from the hub. Kinds that are not its own (FEED) are only noted as a sign of life: hand
 * every frame here, then to the reader. */
void uplink_in(uplink *u, const frame *f, int64_t now_us);
/* Bytes that were no frame: counted as a sign of life, otherwise ignored. */
void uplink_bad_frame(uplink *u, const ms_error *why, int64_t now_us);
/* There may be new sealed batches. */
void uplink_wake(uplink *u, int64_t now_us);
/*
 * Check and store the receipts of F, which came on another way than the line. MS_DENIED: they prove
 * nothing, or contradict the log that was verified before; then nothing is stored. ERR is needed.
 */
ms_status uplink_take_receipts(uplink *u, const frame *f, ms_error *err);
/* Say PING with the next tick, whatever was heard lately: there is news in it. */
void uplink_ping_soon(uplink *u);
/* Ask to whom the act at (LEAF, POSITION) was delivered. False: not now, there is no session; true
 * does not mean that an answer will come. */
bool uplink_ask_delivery(uplink *u, uint64_t leaf, uint32_t position);
/* Ask for the proof of that act, in the same way. */
bool uplink_ask_proof(uplink *u, uint64_t leaf, uint32_t position);
/* Do what is due. */
uplink_step uplink_tick(uplink *u, int64_t now_us);

/* What it is doing now; texts in it are static. */
uplink_status uplink_look(const uplink *u);
const char *uplink_state_name(uplink_state state); /* "READY", "BEHIND", ... */
/* What this device believes of the hub's log; it follows the uplink. */
const witness *uplink_witness(const uplink *u);

#endif
