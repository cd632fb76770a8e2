/* SPDX-License-Identifier: Apache-2.0 */
/* load_window.c - a load device's batches on their way, and what the receipts for them count. */
#include <string.h>

#include "base/clock.h"
#include "cli/load.h"

load_batch *
load_window(load_device *d, uint32_t i)
{
	return &d->window[(d->first + i) % d->load->inflight];
}

/* Digits of V at OUT; their number. */
static size_t
digits(uint64_t v, char *out)
{
	char reversed[20];
	size_t n = 0, i;

	do
		reversed[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	for (i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	return n;
}

/* "device seq record" for every act: written only now that the receipt is here. */
static void
write_acks(load_device *d, const frame_receipt *r)
{
	size_t name = strlen(d->name);
	char line[160];
	uint32_t i;

	for (i = 0; i < r->count; i++) {
		size_t n = name;

		memcpy(line, d->name, name);
		line[n++] = ' ';
		n += digits(r->first_seq + i, line + n);
		line[n++] = ' ';
		n += digits(r->leaf, line + n);
		line[n++] = '/';
		n += digits(i, line + n);
		line[n++] = '\n';
		fwrite(line, 1, n, d->load->acks);
	}
}

static void
take_receipt(load_device *d, load_batch *b, const frame_receipt *r)
{
	load *l = d->load;
	size_t i;

	b->receipted = true;
	for (i = 0; i < r->verdicts.len; i++)
		l->refused += !verdict_is_stored((verdict)r->verdicts.at[i]);
	if (l->n_latencies < l->latencies_room)
		l->latencies[l->n_latencies++] = (uint32_t)(clock_monotonic_us() - b->made_us);
	l->done += b->count;
	if (l->done == l->total) {
		l->end_us = clock_monotonic_us();
		reactor_stop(l->reactor);
	}
}

void
load_take_receipts(load_device *d, const frame_receipt *list, size_t n, bool earlier)
{
	uint32_t k;
	size_t i;

	for (i = 0; i < n; i++) {
		bool acked = earlier;

		for (k = 0; k < d->n; k++) {
			load_batch *b = load_window(d, k);

			if (b->first_seq != list[i].first_seq || b->receipted ||
				!hash_equal(&b->header_hash, &list[i].header_hash))
				continue;
			take_receipt(d, b, &list[i]);
			acked = true;
		}
		if (acked && d->load->acks != NULL)
			write_acks(d, &list[i]);
	}
	if (d->load->acks != NULL)
		fflush(d->load->acks);
	while (d->n > 0 && load_window(d, 0)->receipted) {
		d->first = (d->first + 1) % d->load->inflight;
		d->n--;
	}
}
