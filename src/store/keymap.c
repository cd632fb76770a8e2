/* SPDX-License-Identifier: Apache-2.0 */
/* keymap.c - at most half full, linear probing, never deletes single cells. */
#include "store/keymap.h"

#include <stdlib.h>

static size_t
first_cell(const keymap *m, uint64_t key)
{
	return (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (m->room - 1);
}

void *
keymap_get(const keymap *m, uint64_t key)
{
	size_t i;

	if (m->room == 0)
		return NULL;
	for (i = first_cell(m, key); m->cells[i].value != NULL; i = (i + 1) & (m->room - 1))
		if (m->cells[i].key == key)
			return m->cells[i].value;
	return NULL;
}

static void
place(keymap *m, uint64_t key, void *value)
{
	size_t i = first_cell(m, key);

	while (m->cells[i].value != NULL)
		i = (i + 1) & (m->room - 1);
	m->cells[i].key = key;
	m->cells[i].value = value;
	m->used++;
}

static ms_status
grow(keymap *m)
{
	keymap bigger = { .room = m->room == 0 ? 256 : m->room * 2 };
	size_t i;

	bigger.cells = calloc(bigger.room, sizeof(*bigger.cells));
	if (bigger.cells == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < m->room; i++)
		if (m->cells[i].value != NULL)
			place(&bigger, m->cells[i].key, m->cells[i].value);
	free(m->cells);
	*m = bigger;
	return MS_OK;
}

ms_status
keymap_add(keymap *m, uint64_t key, void *value)
{
	MS_ASSERT(value != NULL);
	if ((m->used + 1) * 2 > m->room) {
		ms_status s = grow(m);

		if (s != MS_OK)
			return s;
	}
	place(m, key, value);
	return MS_OK;
}

void
keymap_fini(keymap *m)
{
	free(m->cells);
	*m = (keymap){ 0 };
}
