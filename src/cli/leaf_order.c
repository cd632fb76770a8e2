/* SPDX-License-Identifier: Apache-2.0 */
/* leaf_order.c - as memory fills, what is in it goes into the file as a run in order; all runs are
 * merged in the end. */
#include "cli/leaf_order.h"

#include <stdlib.h>
#include <string.h>

/* How an act stands in the file; its bytes follow. */
typedef struct kept_act {
	record_place place;
	int64_t hub_time_us;
	int32_t from;
	uint32_t verdict;
	uint64_t len;
} kept_act;

/* What is left of a run. */
typedef struct run {
	span rest;
	kept_act first;
} run;

static int
compare(record_place x, record_place y)
{
	if (x.leaf != y.leaf)
		return x.leaf < y.leaf ? -1 : 1;
	return x.at < y.at ? -1 : x.at > y.at;
}

static int
by_place(const void *a, const void *b)
{
	return compare(((const leaf_act *)a)->place, ((const leaf_act *)b)->place);
}

static ms_status
no_memory(ms_error *err)
{
	return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the acts");
}

void
leaf_order_init(leaf_order *o, const char *dir, size_t room)
{
	*o = (leaf_order){ .dir = dir, .room = room };
}

void
leaf_order_fini(leaf_order *o)
{
	buf_fini(&o->acts);
	arena_fini(&o->memory);
	scratch_fini(&o->file);
	buf_fini(&o->runs);
}

/* ---- what is in memory ---- */

static const leaf_act *
sort(leaf_order *o, size_t *n)
{
	*n = o->acts.len / sizeof(leaf_act);
	if (*n > 0)
		qsort(o->acts.at, *n, sizeof(leaf_act), by_place);
	return (const leaf_act *)(const void *)o->acts.at;
}

static ms_status
write_act(leaf_order *o, const leaf_act *a, ms_error *err)
{
	const kept_act k = { .place = a->place,
		.hub_time_us = a->hub_time_us,
		.from = a->from,
		.verdict = a->verdict,
		.len = a->bytes.len };
	ms_status s = scratch_add(&o->file, span_of(&k, sizeof(k)), err);

	return s == MS_OK ? scratch_add(&o->file, a->bytes, err) : s;
}

static ms_status
write_run(leaf_order *o, ms_error *err)
{
	uint64_t begin = o->file.len;
	ms_status s = MS_OK;
	size_t i, n;
	const leaf_act *list = sort(o, &n);

	if (o->file.file == NULL)
		s = scratch_open(&o->file, o->dir, err);
	if (s == MS_OK && buf_add(&o->runs, &begin, sizeof(begin)) != MS_OK)
		s = no_memory(err);
	for (i = 0; i < n && s == MS_OK; i++)
		s = write_act(o, &list[i], err);
	buf_reset(&o->acts);
	arena_reset(&o->memory);
	return s;
}

ms_status
leaf_order_add(leaf_order *o, const leaf_act *a, ms_error *err)
{
	leaf_act kept = *a;

	kept.bytes = arena_copy(&o->memory, a->bytes);
	if (kept.bytes.at == NULL || buf_add(&o->acts, &kept, sizeof(kept)) != MS_OK)
		return no_memory(err);
	return o->memory.used + o->acts.len < o->room ? MS_OK : write_run(o, err);
}

/* ---- what is in the file ---- */

static void
look_at_first(run *r)
{
	if (r->rest.len > 0)
		memcpy(&r->first, r->rest.at, sizeof(r->first));
}

/* LIST is a heap from I on, but for I itself. */
static void
sift(run *list, size_t n, size_t i)
{
	size_t k;

	while ((k = 2 * i + 1) < n) {
		run moved = list[i];

		if (k + 1 < n && compare(list[k + 1].first.place, list[k].first.place) < 0)
			k++;
		if (compare(moved.first.place, list[k].first.place) <= 0)
			return;
		list[i] = list[k];
		list[k] = moved;
		i = k;
	}
}

static ms_status
take_first(run *r, leaf_order_take *take, void *ctx, ms_error *err)
{
	span bytes = span_of(r->rest.at + sizeof(r->first), (size_t)r->first.len);
	const leaf_act a = { .place = r->first.place,
		.bytes = bytes,
		.from = r->first.from,
		.hub_time_us = r->first.hub_time_us,
		.verdict = (verdict)r->first.verdict };

	r->rest.at = bytes.at + bytes.len;
	r->rest.len -= sizeof(r->first) + bytes.len;
	look_at_first(r);
	return take(ctx, &a, err);
}

static ms_status
merge(run *list, size_t n, leaf_order_take *take, void *ctx, ms_error *err)
{
	ms_status s = MS_OK;

	while (n > 0 && s == MS_OK) {
		s = take_first(list, take, ctx, err);
		if (list[0].rest.len == 0)
			list[0] = list[--n];
		sift(list, n, 0);
	}
	return s;
}

static ms_status
read_runs(leaf_order *o, leaf_order_take *take, void *ctx, ms_error *err)
{
	const uint64_t *begins = (const uint64_t *)(const void *)o->runs.at;
	size_t n = o->runs.len / sizeof(*begins), i;
	run *list = calloc(n, sizeof(*list));
	ms_status s;
	span all;

	if (list == NULL)
		return no_memory(err);
	s = scratch_read(&o->file, &all, err);
	for (i = n; i-- > 0 && s == MS_OK;) {
		size_t end = i + 1 < n ? (size_t)begins[i + 1] : all.len;

		list[i].rest = span_of(all.at + begins[i], end - (size_t)begins[i]);
		look_at_first(&list[i]);
		sift(list, n, i);
	}
	if (s == MS_OK)
		s = merge(list, n, take, ctx, err);
	free(list);
	return s;
}

ms_status
leaf_order_read(leaf_order *o, leaf_order_take *take, void *ctx, ms_error *err)
{
	ms_status s = MS_OK;
	const leaf_act *list;
	size_t i, n;

	if (o->runs.len > 0) {
		s = o->acts.len > 0 ? write_run(o, err) : MS_OK;
		return s == MS_OK ? read_runs(o, take, ctx, err) : s;
	}
	list = sort(o, &n);
	for (i = 0; i < n && s == MS_OK; i++)
		s = take(ctx, &list[i], err);
	return s;
}
