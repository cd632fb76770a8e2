/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing, at most half full; the hash multiplies and folds eight bytes at a time.
 */
#include "base/map.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 uint128;

static uint64_t
fold(uint64_t a, uint64_t b)
{
	uint128 product = (uint128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash_key(span key)
{
	uint64_t h = 0x9E3779B97F4A7C15u ^ key.len, word;
	size_t i;

	for (i = 0; i + 8 <= key.len; i += 8) {
		memcpy(&word, key.at + i, 8);
		h = fold(h ^ word, 0xA0761D6478BD642Fu);
	}
	word = 0;
	if (i < key.len)
		memcpy(&word, key.at + i, key.len - i);
	return fold(h ^ word, 0xE7037ED1A0B428DBu);
}

static map_cell *
cell_of(const map *m, span key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->room - 1);

	while (m->cells[i].key.at != NULL &&
		(m->cells[i].hash != hash || !span_equal(m->cells[i].key, key)))
		i = (i + 1) & (m->room - 1);
	return &m->cells[i];
}

bool
map_find(const map *m, span key, uint64_t *value)
{
	const map_cell *c;

	if (m->used == 0)
		return false;
	c = cell_of(m, key, hash_key(key));
	if (c->key.at == NULL)
		return false;
	if (value != NULL)
		*value = c->value;
	return true;
}

static bool
grow(map *m)
{
	map bigger = { .room = m->room == 0 ? 16 : m->room * 2 };
	size_t i;

	bigger.cells = calloc(bigger.room, sizeof(*bigger.cells));
	if (bigger.cells == NULL)
		return false;
	for (i = 0; i < m->room; i++)
		if (m->cells[i].key.at != NULL)
			*cell_of(&bigger, m->cells[i].key, m->cells[i].hash) = m->cells[i];
	free(m->cells);
	m->cells = bigger.cells;
	m->room = bigger.room;
	return true;
}

bool
map_put(map *m, span key, uint64_t value)
{
	uint64_t hash = hash_key(key);
	map_cell *c;

	if ((m->used + 1) * 2 > m->room && !grow(m))
		return false;
	c = cell_of(m, key, hash);
	if (c->key.at == NULL) {
		c->key = arena_copy(&m->keys, key);
		if (c->key.at == NULL)
			return false;
		c->hash = hash;
		m->used++;
	}
	c->value = value;
	return true;
}

void
map_reset(map *m)
{
	if (m->room > 0)
		memset(m->cells, 0, m->room * sizeof(*m->cells));
	m->used = 0;
	arena_reset(&m->keys);
}

void
map_fini(map *m)
{
	free(m->cells);
	arena_fini(&m->keys);
	*m = (map){ 0 };
}
