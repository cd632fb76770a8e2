/* SPDX-License-Identifier: Apache-2.0 */
/* held.c - sorted twice, each time by merging: once to find each device's batches side by side,
 * once by when they were sealed. */
#include "hub/held.h"

#include <string.h>

enum { RUNS = 64 };

typedef bool (*precedes)(const job *a, const job *b);

static bool
by_device(const job *a, const job *b)
{
	return memcmp(&a->device, &b->device, sizeof(a->device)) < 0;
}

static bool
by_sealed(const job *a, const job *b)
{
	return a->sealed_us < b->sealed_us;
}

/* Of equals, those of A first. */
static job *
merge(job *a, job *b, precedes before)
{
	job *list, **end = &list;

	while (a != NULL && b != NULL) {
		job **from = before(b, a) ? &b : &a;

		*end = *from;
		end = &(*from)->next_free;
		*from = *end;
	}
	*end = a != NULL ? a : b;
	return list;
}

/* Run K holds 2^K jobs, or none; those of a higher one stood before. */
static job *
sort(job *list, precedes before)
{
	job *runs[RUNS] = { NULL }, *out = NULL;
	size_t k;

	while (list != NULL) {
		job *one = list;

		list = list->next_free;
		one->next_free = NULL;
		for (k = 0; runs[k] != NULL; k++) {
			one = merge(runs[k], one, before);
			runs[k] = NULL;
		}
		runs[k] = one;
	}
	for (k = 0; k < RUNS; k++)
		out = merge(runs[k], out, before);
	return out;
}

static job *
turned(job *list)
{
	job *out = NULL, *next;

	for (; list != NULL; list = next) {
		next = list->next_free;
		list->next_free = out;
		out = list;
	}
	return out;
}

job *
held_in_order(job *newest)
{
	job *list = sort(turned(newest), by_device), *j;
	const job *last = NULL;

	for (j = list; j != NULL; last = j, j = j->next_free) {
		j->sealed_us = j->batch.fields.device_time_us;
		if (last != NULL && !by_device(last, j) && last->sealed_us > j->sealed_us)
			j->sealed_us = last->sealed_us;
	}
	return sort(list, by_sealed);
}
