/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/leaf_order.h"

#include <stdlib.h>

ms_status
leaf_order_add(leaf_order *o, const leaf_act *a)
{
	span bytes = arena_copy(&o->memory, a->bytes);

	if (bytes.at == NULL)
		return MS_NO_MEMORY;
	if (o->n == o->room) {
		size_t room = o->room == 0 ? 256 : 2 * o->room;
		leaf_act *list = realloc(o->list, room * sizeof(*list));

		if (list == NULL)
			return MS_NO_MEMORY;
		o->list = list;
		o->room = room;
	}
	o->list[o->n] = *a;
	o->list[o->n++].bytes = bytes;
	return MS_OK;
}

static int
by_place(const void *a, const void *b)
{
	const record_place *x = &((const leaf_act *)a)->place, *y = &((const leaf_act *)b)->place;

	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void
leaf_order_sort(leaf_order *o)
{
	if (o->n > 1)
		qsort(o->list, o->n, sizeof(*o->list), by_place);
}

void
leaf_order_fini(leaf_order *o)
{
	free(o->list);
	arena_fini(&o->memory);
	*o = (leaf_order){ 0 };
}
