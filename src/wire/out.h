/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.h - what the state machines of the wire share: where their frames go, and the names of
 * refusals.
 *
 * The machines own no socket, file or clock. Time is monotonic microseconds, given by the caller
 * and never decreasing; frames leave through wire_out; storage is behind structs of functions.
 */
#ifndef WIRE_OUT_H
#define WIRE_OUT_H

#include "codec/frame.h"

/*
 * Send one frame; everything in it is borrowed until the call returns. MS_AGAIN: the pipe is full,
 * the same frame may be tried later. Any other failure: the peer is gone.
 */
typedef struct wire_out {
	void *ctx;
	ms_status (*send)(void *ctx, const frame *f);
} wire_out;

enum {
	WIRE_PROTOCOL_MIN = 1,
	WIRE_PROTOCOL_MAX = 1,
	WIRE_FEED_FRAME_BYTES = 200 << 10, /* a FEED frame is filled up to here */
	WIRE_PLAN_PIECE_BYTES = 128 << 10,
};

/* Why an ERROR or BYE is sent: the names of proto/README.md, each with its MST code. */
typedef enum wire_refusal {
	WIRE_HELLO_FIRST = 0,
	WIRE_VERSION,
	WIRE_WRONG_DEVICE,
	WIRE_UNKNOWN_KEY,
	WIRE_REVOKED,
	WIRE_WRONG_ROLE,
	WIRE_BUSY,
	WIRE_MALFORMED,
	WIRE_UNKNOWN_KIND,
	WIRE_NO_PLAN,
	WIRE_STORAGE,
	WIRE_REPLACED,
	WIRE_TOO_MANY,
	WIRE_STOPPING,
	WIRE_SILENT,
	WIRE_PENDING,
	WIRE_JOIN_ONLY,
	WIRE_JOIN_USED,
	WIRE_JOIN_EXPIRED,
	WIRE_JOIN_UNIT,
	WIRE_JOIN_CLOCK,
	WIRE_JOIN_NAME,
	WIRE_JOIN_KEYS,
	WIRE_ROTATE_SIGNATURE,
	WIRE_ROTATE_EARLY,
	WIRE_REFUSAL_COUNT
} wire_refusal;

/* WIRE_REFUSAL_COUNT for a name that this version does not know. */
wire_refusal wire_refusal_of(span name);
/* An ERROR (or BYE, by KIND) frame; TEXT is borrowed, NULL gives the refusal's own sentence. */
frame wire_refusal_frame(
	frame_kind kind, wire_refusal r, const char *text, uint32_t retry_after_ms);
/* For %.*s, which must not get NULL. */
static inline const char *
wire_chars(span text)
{
	return text.at == NULL ? "" : (const char *)text.at;
}

/* Fill ERR with what the hub says, in our language where it is the refusal's own sentence (tr finds
 * that again later). OTHERWISE is the code of an ERROR without one. */
void wire_tell(ms_error *err, ms_status status, unsigned otherwise, const frame_error *e);

/* What WELCOME says (proto/README.md 12). */
frame_limits wire_limits(void);

#endif
