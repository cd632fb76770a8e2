/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omit.c - a dishonest hub, by hand: DIR UNIT LEAF [POSITION] leaves the entry of LEAF out of the
 * feed of UNIT, or only the act at POSITION of it, as if it had never been put in. What follows it
 * moves up, so that no number is missing.
 */
#include <stdlib.h>
#include <string.h>

#include "store/feed.h"
#include "tests/system/by_hand.h"

/* What is left of ROW without the act at POSITION; nothing, when that is beyond every batch. */
static bool
is_left(feed_row *row, uint64_t position)
{
	static const uint8_t none[FEED_BITMAP_SIZE];

	if (position < BATCH_ACTS_MAX)
		row->bitmap[position / 8] &= (uint8_t) ~(0x80 >> position % 8);
	return position < BATCH_ACTS_MAX && memcmp(row->bitmap, none, sizeof(none)) != 0;
}

static ms_status
omit(store_txn *txn, span unit, uint64_t leaf, uint64_t position)
{
	feed_row rows[FEED_BLOCK];
	feed_reader reader;
	uint64_t last = 0;
	size_t n = 0, found = 0, i;

	feed_seek(txn, unit, 0, &reader);
	while (n < FEED_BLOCK && feed_next(&reader, &rows[n]))
		n++;
	if (n == FEED_BLOCK) /* a whole block is another row */
		return MS_INVALID;
	store_del(txn, TABLE_FEED_TAIL, unit);
	for (i = 0; i < n; i++) {
		found += rows[i].leaf == leaf;
		if (rows[i].leaf != leaf || is_left(&rows[i], position))
			feed_append(txn, unit, &last, rows[i].leaf, rows[i].bitmap, BATCH_ACTS_MAX);
	}
	return found > 0 ? MS_OK : MS_INVALID;
}

static ms_status
omit_words(store_txn *txn, const plan *p, char **words)
{
	(void)p;
	return omit(txn, span_str(words[0]), strtoull(words[1], NULL, 10),
		words[2] == NULL ? BATCH_ACTS_MAX : strtoull(words[2], NULL, 10));
}

int
main(int argc, char **argv)
{
	if (argc != 4 && argc != 5) {
		fputs("omit DIR UNIT LEAF [POSITION]\n", stderr);
		return 64;
	}
	return by_hand(argv, STORE_HUB, omit_words);
}
