/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/memory.h"

static void *
take(void *ctx, size_t size)
{
	return arena_alloc(ctx, size);
}

static void
leave(void *ctx, void *at)
{
	(void)ctx;
	(void)at;
}

ProtobufCAllocator
memory_allocator(arena *a)
{
	return (ProtobufCAllocator){ .alloc = take, .free = leave, .allocator_data = a };
}

char *
memory_text(span s, arena *a, bool *failed)
{
	char *out;

	if (s.at == NULL)
		return NULL;
	out = arena_text(a, s);
	*failed |= out == NULL;
	return out;
}

ms_status
memory_pack(const ProtobufCMessage *m, buf *out)
{
	size_t len = protobuf_c_message_get_packed_size(m);

	if (buf_reserve(out, len) != MS_OK)
		return MS_NO_MEMORY;
	if (len > 0)
		protobuf_c_message_pack(m, out->at + out->len);
	out->len += len;
	return MS_OK;
}
