/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/leaf_order.h"

#include <stdlib.h>

ms_status
leaf_order_add(leaf_order *o, const leaf_act *a)
{
	span bytes = arena_copy(&o->memory, a->bytes);
	leaf_act kept = *a;

	if (bytes.at == NULL)
		return MS_NO_MEMORY;
	kept.bytes = bytes;
	return buf_add(&o->acts, &kept, sizeof(kept));
}

const leaf_act *
leaf_order_list(const leaf_order *o, size_t *n)
{
	*n = o->acts.len / sizeof(leaf_act);
	return (const leaf_act *)(const void *)o->acts.at;
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
	if (o->acts.len > 0)
		qsort(o->acts.at, o->acts.len / sizeof(leaf_act), sizeof(leaf_act), by_place);
}

void
leaf_order_fini(leaf_order *o)
{
	buf_fini(&o->acts);
	arena_fini(&o->memory);
}
