/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - names (bytes, copied) to numbers. A zeroed map is empty. For ids and file names, not for
 * keys that an enemy may choose by the million. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

typedef struct map_cell {
	span key; /* at == NULL: free */
	uint64_t value;
	uint64_t hash;
} map_cell;

typedef struct map {
	map_cell *cells;
	size_t room, used;
	arena keys;
} map;

/* VALUE may be NULL. */
bool map_find(const map *m, span key, uint64_t *value);
/* Add or replace. False: out of memory. */
bool map_put(map *m, span key, uint64_t value);
void map_reset(map *m);
void map_fini(map *m);

#endif
