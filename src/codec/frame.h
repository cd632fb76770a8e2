/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - frames of the wire (proto/README.md 6): an 8-byte header (magic "MU", protocol major,
 * kind, flags, reserved 3) and a message.
 *
 * One struct per kind, plain data. Decoding borrows from the bytes and the arena; unknown fields
 * are ignored; an unknown kind or a bad header is an error by name. Encoding appends to a buf.
 */
#ifndef CODEC_FRAME_H
#define CODEC_FRAME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "plan/act.h"

enum {
	FRAME_HEADER_SIZE = 8,
	FRAME_MAJOR = 1,
	FRAME_BYTES_MAX = 256 << 10,
	ROLE_PUSH = 1,
	ROLE_READ = 2,
	CLASS_OWN = 1,    /* own acts and what concerns the unit */
	CLASS_LEAD = 2,   /* acts of the items the unit leads or observes */
	CLASS_ROLLUP = 4, /* newest rollups, conflated */
	WINDOW_BATCHES = 32,
	WINDOW_BYTES = 2 << 20,
	OMISSION_BYTES_MAX = 24 << 20, /* a plan of 16 MiB, and half a million entries */
};

/* Times that a frame brings lie within this of 1970 (36,000 years): arithmetic bears them. */
#define FRAME_TIME_MAX (INT64_C(1) << 60)

typedef enum frame_kind {
	FRAME_NONE = 0,
	FRAME_HELLO = 1,
	FRAME_WELCOME,
	FRAME_PUSH,
	FRAME_RECEIPT,
	FRAME_NACK,
	FRAME_SUBSCRIBE,
	FRAME_FEED,
	FRAME_CREDIT,
	FRAME_PROOF_REQUEST,
	FRAME_PROOF,
	FRAME_PING,
	FRAME_PONG,
	FRAME_JOIN,
	FRAME_JOINED,
	FRAME_ERROR,
	FRAME_BYE,
	FRAME_PLAN_REQUEST,
	FRAME_PLAN,
	FRAME_DELIVERY_REQUEST,
	FRAME_DELIVERY,
	FRAME_KIND_COUNT
} frame_kind;

typedef enum nack_code {
	NACK_NONE = 0,
	NACK_GAP = 1,       /* send from send_from */
	NACK_BAD_BATCH = 2, /* size, header, root or signature */
	NACK_NOT_YOURS = 3, /* the header names another device or hub */
	NACK_FORK = 4,      /* frozen from now on */
	NACK_FROZEN = 5,
	NACK_REVOKED = 6,
	NACK_BUSY = 7,     /* credit of the hub used up: retry after */
	NACK_STORAGE = 8,  /* the hub's storage is full: retry after */
	NACK_SCHEMA = 9,   /* batch schema newer than the hub's */
	NACK_HISTORY = 10, /* the header names a checkpoint that is not of this hub's log */
} nack_code;

typedef struct frame_checkpoint {
	uint64_t size; /* 0 = none */
	hash32 root;
	span note;
	uint64_t from; /* the size that PROOF proves consistency from; 0 = from none */
	const span *proof;
	size_t n_proof;
} frame_checkpoint;

/* One act in the log: the way to its batch's root, and from its leaf to a checkpoint. */
typedef struct leaf_proof {
	uint64_t leaf; /* meaningless while header is empty: there is none */
	int64_t hub_time_us;
	span header, signature, verdicts;
	uint32_t position;
	span act; /* empty: withheld */
	hash32 act_hash;
	const span *siblings;
	size_t n_siblings;
	const span *path;
	size_t n_path;
} leaf_proof;

typedef struct frame_limits {
	uint32_t act_bytes, batch_acts, batch_bytes, frame_bytes, window_batches, window_bytes;
} frame_limits;

typedef struct frame_hello {
	uint32_t roles, protocol_min, protocol_max, schema;
	span software;
	span device; /* 16 bytes */
	frame_checkpoint verified;
} frame_hello;

typedef struct frame_welcome {
	uint32_t protocol, schema;
	span software;
	uint64_t next_seq;
	hash32 last_header;
	frame_limits limits;
	span plan_version; /* 32 bytes */
	int64_t hub_time_us;
	frame_checkpoint checkpoint;
	span hub; /* 16 bytes */
	bool frozen;
	leaf_proof restored; /* what opened the log's newest generation; no header: the first */
} frame_welcome;

typedef struct frame_receipt {
	uint64_t first_seq;
	uint32_t count;
	hash32 header_hash;
	uint64_t leaf;
	int64_t hub_time_us;
	span verdicts;
	const span *path;
	size_t n_path;
	frame_checkpoint checkpoint; /* that the path leads to */
} frame_receipt;

typedef struct frame_nack {
	nack_code code;
	uint64_t first_seq, send_from;
	span text;
	uint32_t retry_after_ms;
} frame_nack;

typedef struct frame_subscribe {
	uint64_t cursor;
	uint32_t classes, credit;
	span period, item;
	bool once;
	bool parts; /* the reader puts rollups together */
} frame_subscribe;

typedef struct feed_act {
	uint16_t at;
	span bytes;
} feed_act;

typedef struct feed_entry {
	uint64_t number, leaf;
	int64_t hub_time_us;
	span header, signature, verdicts;
	span unit; /* whose device sealed the batch */
	feed_act *acts;
	size_t n_acts;
	span *siblings; /* 32 bytes each */
	size_t n_siblings;
	bool withheld;
	span positions; /* what of the batch is addressed to the unit: a bitmap, the first act in
			   the highest bit; empty: all */
} feed_entry;

typedef struct feed_figure {
	span indicator, period;
	span unit; /* of this one alone; empty: of all */
	bool has, overflow, has_target, has_accepted, accepted_overflow;
	int64_t value, num, den, target, accepted;
	uint32_t units, of, stale;
} feed_figure;

typedef enum unit_link { LINK_UNKNOWN = 0, LINK_CONNECTED, LINK_SILENT, LINK_NEVER } unit_link;
typedef struct feed_missing {
	span unit, contact;
	unit_link link;
	int64_t last_seen_us;
	int64_t deadline_us; /* with an extension; 0 = the rollup's */
	int64_t returned_us; /* since when its report is returned; 0 = it is not */
} feed_missing;

typedef struct feed_rollup {
	span item, period;
	uint64_t as_of;
	uint32_t expected, actual, on_time, accepted;
	int64_t deadline_us;
	bool has_progress;
	uint32_t progress_pct;
	feed_figure *figures, *unit_targets;
	size_t n_figures, n_unit_targets;
	feed_missing *missing, *returned;
	size_t n_missing, n_returned;
} feed_rollup;

/* Of a rollup that is larger than a frame: all but its rows, and some of those. */
typedef struct feed_part {
	uint32_t number; /* 0 begins */
	bool goes_on;    /* another one follows */
	feed_rollup rollup;
} feed_part;

typedef struct frame_feed {
	feed_entry *entries;
	size_t n_entries;
	feed_rollup *rollups;
	size_t n_rollups;
	const feed_part *part; /* NULL: none */
	bool caught_up;
	uint64_t cursor, size, after; /* after: the entries are those that follow this number */
	int64_t hub_time_us;
	frame_checkpoint checkpoint; /* that the entries are proven against */
	const span *cover;           /* proof/cover.h, over the entries that are not withheld */
	size_t n_cover;
	leaf_proof *keys; /* acts of the hub that name devices' keys */
	size_t n_keys;
} frame_feed;

typedef struct frame_credit {
	uint32_t more;
	uint64_t stored;
} frame_credit;

typedef struct frame_plan_request {
	span version;
	uint64_t offset;
} frame_plan_request;

typedef struct frame_plan {
	span version;
	uint64_t offset, size;
	span piece;
} frame_plan;

typedef struct frame_delivery_request {
	uint64_t leaf;
	uint32_t position;
} frame_delivery_request;

/* Whom an act is addressed to, and whether it has it. */
typedef struct delivered_to {
	span unit;
	bool stored; /* by an agent of the unit, durably */
	unit_link link;
	int64_t last_seen_us;
} delivered_to;

typedef struct frame_delivery {
	uint64_t leaf;
	uint32_t position;
	bool known; /* the act is there and the asking unit's own */
	delivered_to *to;
	size_t n_to;
} frame_delivery;

typedef struct frame_proof_request {
	bool of_act; /* else of the checkpoint alone */
	uint64_t leaf;
	uint32_t position;
	uint64_t from; /* consistency from this size; 0 = from none */
} frame_proof_request;

/* PROOF, and what a proof file holds. */
typedef struct frame_proof {
	bool known;
	uint64_t leaf; /* as asked */
	uint32_t position;
	leaf_proof act;
	leaf_proof enrolment; /* of the device that signed it */
	frame_checkpoint checkpoint;
} frame_proof;

/* What a file that proves an omission holds (wire/omission.h). */
typedef struct frame_omission {
	frame_proof receipt; /* of the act that a feed lacks */
	frame_proof before;  /* what the hub stated of the feed before; no header: nothing */
	frame_proof stated;  /* what it stated of it after */
	span entries;        /* of the feed, from the one count to the other: feed_place */
	span plan;           /* the file of the plan version in force when it was stated */
} frame_omission;

/* What a device says of its own clock. */
typedef enum ping_clock {
	PING_CLOCK_UNKNOWN = 0,
	PING_CLOCK_SYNCHRONISED,
	PING_CLOCK_DIFFERS, /* it is synchronised, and the hub's differs from it */
} ping_clock;

typedef struct frame_ping {
	uint32_t queue_depth;
	span software;
	frame_checkpoint verified;
	int64_t device_time_us;
	uint64_t number;
	uint32_t clock;   /* ping_clock; of a newer device perhaps another */
	uint32_t trouble; /* code of why it pushes nothing until people help; 0: none */
} frame_ping;

typedef struct frame_pong {
	int64_t hub_time_us;
	frame_checkpoint checkpoint;
	span plan_version;
	uint64_t number;
} frame_pong;

/* Keys that want to be a device's. */
typedef struct frame_join {
	span sign_key, curve_key; /* public, 32 bytes each */
	span unit;                /* that the joiner's directory belongs to; empty: none */
	int64_t device_time_us;   /* wall clock */
	bool only_check;
	span signature; /* of a rotation, 64 bytes */
	span software;
} frame_join;

typedef struct frame_joined {
	span device; /* 16 bytes; empty after a check */
	span unit, name;
	span hub;      /* 16 bytes */
	span sign_key; /* the hub's */
	span log_key;
	span admin_key; /* empty: there is none */
	bool simulated;
	int64_t clock_start_us, clock_wall_us, clock_rate;
	span plan_version; /* 32 bytes */
	int64_t hub_time_us;
	bool awaits_approval;
	int64_t until_us;            /* of a rotation */
	span order, order_signature; /* that opened the log's newest generation; empty: the first */
} frame_joined;

/* ERROR and BYE */
typedef struct frame_error {
	uint32_t code; /* MST number */
	span name, text;
	uint32_t retry_after_ms;
} frame_error;

typedef struct frame {
	frame_kind kind;
	union {
		frame_hello hello;
		frame_welcome welcome;
		span push; /* the batch */
		struct {
			frame_receipt *list;
			size_t n;
			frame_checkpoint checkpoint; /* of all; decoded, each has it too, without
							its proof */
			leaf_proof restored; /* on a stick, as in WELCOME; no header: none */
		} receipts;
		frame_nack nack;
		frame_subscribe subscribe;
		frame_feed feed;
		frame_credit credit;
		frame_plan_request plan_request;
		frame_plan plan;
		frame_delivery_request delivery_request;
		frame_delivery delivery;
		frame_proof_request proof_request;
		frame_proof proof;
		frame_ping ping;
		frame_pong pong;
		frame_join join;
		frame_joined joined;
		frame_error error;
	} u;
} frame;

/*
 * MS_INVALID with a sentence (MST-4nnn) for a bad header, version, kind or message, for text that
 * is not clean (base/text.h) and for a message that would take more of MEMORY than a frame of its
 * size has reason to; MS_NO_MEMORY.
 */
ms_status frame_decode(span bytes, arena *memory, frame *out, ms_error *err);
/*
 * Append the frame to OUT, which a failure leaves as it was. The arena is scratch. MS_FULL: it
 * would have more than FRAME_BYTES_MAX.
 */
ms_status frame_encode(const frame *f, arena *memory, buf *out);
const char *frame_kind_name(frame_kind kind);
/* A frame's list of hashes into OUT, which has room for MAX. False: there are more, or one is no
 * hash. */
bool frame_hashes(const span *list, size_t n, hash32 *out, size_t max);

/* A proof file: appended to OUT; MS_INVALID for bytes that are none, or not just as encoded here.
 */
ms_status proof_file_encode(const frame_proof *proof, arena *memory, buf *out);
ms_status proof_file_decode(span bytes, arena *memory, frame_proof *out, ms_error *err);

/* The same of a file that proves an omission, which has at most OMISSION_BYTES_MAX (MS_FULL). */
ms_status omission_file_encode(const frame_omission *o, arena *memory, buf *out);
ms_status omission_file_decode(span bytes, arena *memory, frame_omission *out, ms_error *err);
/* Does it begin like one? */
bool omission_file_is(span bytes);

#endif
