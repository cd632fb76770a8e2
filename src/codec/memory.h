/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - protobuf-c takes its memory from an arena: nothing is freed piece by piece, and a
 * message cannot take more than the arena's cap. */
#ifndef CODEC_MEMORY_H
#define CODEC_MEMORY_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/buf.h"

/* Good as long as A; freeing does nothing. */
ProtobufCAllocator memory_allocator(arena *a);
/* A text for protobuf-c: NULL where none is given; *FAILED when memory is out. */
char *memory_text(span s, arena *a, bool *failed);
/* Pack M behind what OUT holds. */
ms_status memory_pack(const ProtobufCMessage *m, buf *out);

/* S is only read. */
static inline ProtobufCBinaryData
span_binary(span s)
{
	union {
		const uint8_t *in;
		uint8_t *out;
	} at = { .in = s.at };

	return (ProtobufCBinaryData){ .data = at.out, .len = s.len };
}

static inline span
binary_span(const ProtobufCBinaryData *b)
{
	return span_of(b->data, b->len);
}

#endif
