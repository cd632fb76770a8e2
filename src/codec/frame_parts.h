/* SPDX-License-Identifier: Apache-2.0 */
/* frame_parts.h - inside codec: what the frame_*.c share. */
#ifndef CODEC_FRAME_PARTS_H
#define CODEC_FRAME_PARTS_H

#include "base/text.h"
#include "codec/frame.h"
#include "codec/memory.h"
#include "wire.pb-c.h"

static inline span
parts_bytes(protobuf_c_boolean has, const ProtobufCBinaryData *b)
{
	return has ? binary_span(b) : (span){ 0 };
}

static inline span
parts_text(const char *s)
{
	return s == NULL ? (span){ 0 } : span_str(s);
}

/* Beyond FRAME_TIME_MAX a time is that. */
static inline int64_t
parts_time(int64_t us)
{
	if (us > FRAME_TIME_MAX)
		return FRAME_TIME_MAX;
	return us < -FRAME_TIME_MAX ? -FRAME_TIME_MAX : us;
}

/* A word that this program does not know says nothing. */
static inline unit_link
parts_link(uint32_t link)
{
	return link <= LINK_NEVER ? (unit_link)link : LINK_UNKNOWN;
}

static inline hash32
parts_hash(protobuf_c_boolean has, const ProtobufCBinaryData *b)
{
	hash32 h = { { 0 } };

	if (has && b->len == HASH_SIZE)
		memcpy(h.at, b->data, HASH_SIZE);
	return h;
}

/* As a message in MEMORY; NULL where there is none; *FAILED when memory is out. */
Muster__Wire__Checkpoint *parts_put_checkpoint(
	const frame_checkpoint *in, arena *memory, bool *failed);
frame_checkpoint parts_take_checkpoint(
	const Muster__Wire__Checkpoint *in, arena *memory, bool *failed);
/* NULL where there is none. */
Muster__Wire__LeafProof *parts_put_leaf(const leaf_proof *in, arena *memory, bool *failed);
leaf_proof parts_take_leaf(const Muster__Wire__LeafProof *m, arena *memory, bool *failed);
/* Lists of hashes. */
ProtobufCBinaryData *parts_put_list(const span *list, size_t n, arena *memory, bool *failed);
const span *parts_take_list(const ProtobufCBinaryData *list, size_t n, arena *memory, bool *failed);
/* The message, in the arena; NULL when it cannot be read, takes too much memory or holds unclean
 * text. */
const void *parts_unpack(const ProtobufCMessageDescriptor *descriptor, span bytes, arena *memory);

/* In a function that takes BYTES and MEMORY: the message as M. */
#define UNPACK(kind, message)                                                        \
	const Muster__Wire__##kind *m =                                              \
		parts_unpack(&muster__wire__##message##__descriptor, bytes, memory); \
                                                                                     \
	if (m == NULL)                                                               \
	return MS_INVALID

/* frame_delivery.c */
ms_status frame_put_delivery_request(const frame *f, arena *memory, buf *out);
ms_status frame_take_delivery_request(span bytes, arena *memory, frame *out);
ms_status frame_put_delivery(const frame *f, arena *memory, buf *out);
ms_status frame_take_delivery(span bytes, arena *memory, frame *out);

/* frame_join.c */
ms_status frame_put_join(const frame *f, arena *memory, buf *out);
ms_status frame_take_join(span bytes, arena *memory, frame *out);
ms_status frame_put_joined(const frame *f, arena *memory, buf *out);
ms_status frame_take_joined(span bytes, arena *memory, frame *out);

/* frame_proof.c */
ms_status frame_put_proof_request(const frame *f, arena *memory, buf *out);
ms_status frame_take_proof_request(span bytes, arena *memory, frame *out);
ms_status frame_put_proof(const frame *f, arena *memory, buf *out);
ms_status frame_take_proof(span bytes, arena *memory, frame *out);

/* frame_feed.c */
ms_status frame_put_feed(const frame *f, arena *memory, buf *out);
ms_status frame_take_feed(span bytes, arena *memory, frame *out);

/* frame_receipt.c */
ms_status frame_put_receipts(const frame *f, arena *memory, buf *out);
ms_status frame_take_receipts(span bytes, arena *memory, frame *out);

#endif
