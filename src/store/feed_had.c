/* SPDX-License-Identifier: Apache-2.0 */
#include "store/feed_had.h"

typedef struct feed_run {
	size_t who;
	uint64_t next, end; /* numbers: the first that was not in a window yet, the last */
	uint64_t leaf;      /* of NEXT; UINT64_MAX behind the end */
} feed_run;

void
feed_had_init(feed_had *h, store_txn *txn, uint64_t window)
{
	*h = (feed_had){ .txn = txn, .window = window };
}

void
feed_had_add(feed_had *h, span unit)
{
	size_t who = h->units.len / sizeof(span);
	feed_run run = { .leaf = UINT64_MAX };
	uint64_t last = 0;
	feed_reader reader;
	feed_row row;

	buf_add(&h->units, &unit, sizeof(unit));
	feed_seek(h->txn, unit, 0, &reader);
	while (feed_next(&reader, &row)) {
		if (run.end == 0 || row.leaf < last) {
			if (run.end != 0)
				buf_add(&h->runs, &run, sizeof(run));
			run = (feed_run){ .who = who, .next = row.number, .leaf = row.leaf };
		}
		run.end = row.number;
		last = row.leaf;
	}
	if (run.end != 0)
		buf_add(&h->runs, &run, sizeof(run));
	if (h->units.failed || h->runs.failed)
		store_no_memory(h->txn);
}

static uint64_t
key_of(const feed_had *h, size_t who, uint64_t leaf)
{
	return who * h->window + (leaf - h->first);
}

static bool
keep(feed_had *h, size_t who, const feed_row *row)
{
	uint64_t key = key_of(h, who, row->leaf);
	uint8_t *bitmap = keymap_get(&h->bitmaps, key);
	unsigned i;

	if (bitmap == NULL) {
		bitmap = arena_zalloc(&h->memory, FEED_BITMAP_SIZE);
		if (bitmap == NULL || keymap_add(&h->bitmaps, key, bitmap) != MS_OK) {
			store_no_memory(h->txn);
			return false;
		}
	}
	for (i = 0; i < FEED_BITMAP_SIZE; i++)
		bitmap[i] |= row->bitmap[i];
	return true;
}

/* What RUN has of the window. */
static void
read_run(feed_had *h, feed_run *run)
{
	const span *units = (const span *)(const void *)h->units.at;
	feed_reader reader;
	feed_row row;

	feed_seek(h->txn, units[run->who], run->next - 1, &reader);
	run->leaf = UINT64_MAX;
	while (feed_next(&reader, &row) && row.number <= run->end) {
		if (row.leaf >= h->end) {
			run->next = row.number;
			run->leaf = row.leaf;
			return;
		}
		if (row.leaf >= h->first && !keep(h, run->who, &row))
			return;
	}
}

/* The window that begins at LEAF. */
static void
move_to(feed_had *h, uint64_t leaf)
{
	feed_run *runs = (feed_run *)(void *)h->runs.at;
	size_t i;

	keymap_fini(&h->bitmaps);
	arena_reset(&h->memory);
	h->first = leaf;
	h->end = leaf + h->window;
	for (i = 0; i < h->runs.len / sizeof(*runs); i++)
		if (runs[i].leaf < h->end)
			read_run(h, &runs[i]);
}

const uint8_t *
feed_had_of(feed_had *h, size_t who, uint64_t leaf)
{
	if (leaf >= h->end)
		move_to(h, leaf);
	return keymap_get(&h->bitmaps, key_of(h, who, leaf));
}

void
feed_had_fini(feed_had *h)
{
	buf_fini(&h->units);
	buf_fini(&h->runs);
	keymap_fini(&h->bitmaps);
	arena_fini(&h->memory);
}
