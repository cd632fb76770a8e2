/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - a bump allocator with a cap: many small pieces, freed together.
 *
 * A zeroed arena is valid and has no cap (limit 0). arena_reset keeps the largest block, so a loop
 * that resets per turn stops calling malloc. Pieces are aligned for any type. NULL means the cap or
 * memory is used up.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena_block;

typedef struct arena {
	struct arena_block *blocks; /* newest first */
	uint8_t *next, *end;        /* free part of the newest block */
	size_t used;                /* bytes handed out since the last reset */
	size_t limit;               /* cap on used; 0 = none */
} arena;

void *arena_alloc(arena *a, size_t size);  /* not zeroed */
void *arena_zalloc(arena *a, size_t size); /* zeroed */
/* A copy of BYTES; an empty span copies to a non-NULL place of length 0. AT is NULL on failure. */
span arena_copy(arena *a, span bytes);
/* A NUL-terminated copy; NULL on failure. */
char *arena_text(arena *a, span bytes);
void arena_reset(arena *a);
void arena_fini(arena *a);

#endif
