/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - blocks that double from BLOCK_SIZE to BLOCK_MAX, newest first; a reset keeps the
 * largest. */
#include "base/arena.h"

#include <stdlib.h>

enum { BLOCK_SIZE = 16 << 10, BLOCK_MAX = 1 << 20, ALIGN = 16 };

struct arena_block {
	struct arena_block *older;
	size_t room;
	_Alignas(ALIGN) uint8_t bytes[];
};

static bool
add_block(arena *a, size_t size)
{
	size_t room = a->blocks == NULL ? BLOCK_SIZE : 2 * a->blocks->room;
	struct arena_block *block;

	if (room > BLOCK_MAX)
		room = BLOCK_MAX;
	if (room < size)
		room = size;
	block = malloc(sizeof(*block) + room);
	if (block == NULL)
		return false;
	block->older = a->blocks;
	block->room = room;
	a->blocks = block;
	a->next = block->bytes;
	a->end = block->bytes + room;
	return true;
}

void *
arena_alloc(arena *a, size_t size)
{
	size_t rounded;
	void *at;

	if (size > SIZE_MAX / 2)
		return NULL;
	rounded = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (rounded == 0)
		rounded = ALIGN;
	if (a->limit != 0 && (a->used > a->limit || rounded > a->limit - a->used))
		return NULL;
	if (rounded > (size_t)(a->end - a->next) && !add_block(a, rounded))
		return NULL;
	at = a->next;
	a->next += rounded;
	a->used += rounded;
	return at;
}

void *
arena_zalloc(arena *a, size_t size)
{
	void *at = arena_alloc(a, size);

	if (at != NULL)
		memset(at, 0, size);
	return at;
}

span
arena_copy(arena *a, span bytes)
{
	uint8_t *at = arena_alloc(a, bytes.len);

	if (at == NULL)
		return (span){ 0 };
	if (bytes.len > 0)
		memcpy(at, bytes.at, bytes.len);
	return span_of(at, bytes.len);
}

char *
arena_text(arena *a, span bytes)
{
	char *at = arena_alloc(a, bytes.len + 1);

	if (at == NULL)
		return NULL;
	if (bytes.len > 0)
		memcpy(at, bytes.at, bytes.len);
	at[bytes.len] = '\0';
	return at;
}

/* The next turn will most likely fit into the largest block. */
void
arena_reset(arena *a)
{
	struct arena_block *largest = a->blocks, *block, *older;

	if (largest == NULL)
		return;
	for (block = largest->older; block != NULL; block = block->older)
		if (block->room > largest->room)
			largest = block;
	for (block = a->blocks; block != NULL; block = older) {
		older = block->older;
		if (block != largest)
			free(block);
	}
	largest->older = NULL;
	a->blocks = largest;
	a->next = largest->bytes;
	a->end = largest->bytes + largest->room;
	a->used = 0;
}

void
arena_fini(arena *a)
{
	while (a->blocks != NULL) {
		struct arena_block *block = a->blocks;

		a->blocks = block->older;
		free(block);
	}
	*a = (arena){ .limit = a->limit };
}
