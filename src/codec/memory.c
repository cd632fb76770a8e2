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
