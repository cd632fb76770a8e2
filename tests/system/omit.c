/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omit.c - a dishonest hub, by hand: DIR UNIT LEAF [POSITION] leaves the entry of LEAF out of the
 * feed of UNIT, or only the act at POSITION of it, as if it had never been put in. What follows it
 * moves up, so that no number is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/feed.h"
#include "store/home.h"

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

int
main(int argc, char **argv)
{
	store_options options = { .kind = STORE_HUB };
	store *db = NULL;
	ms_error err = { 0 };
	char path[HOME_PATH_MAX];
	store_txn txn;
	ms_status s;

	if (argc != 4 && argc != 5) {
		fputs("omit DIR UNIT LEAF [POSITION]\n", stderr);
		return 64;
	}
	s = home_path(argv[1], HOME_DATA, path, &err);
	if (s == MS_OK)
		s = store_open(path, &options, &db, &err);
	if (s == MS_OK) {
		store_begin(db, &txn, STORE_WRITE);
		s = omit(&txn, span_str(argv[2]), strtoull(argv[3], NULL, 10),
			argc == 5 ? strtoull(argv[4], NULL, 10) : BATCH_ACTS_MAX);
		if (s == MS_OK)
			s = store_commit(&txn, &err);
		else
			store_abort(&txn);
	}
	store_close(db);
	if (s != MS_OK)
		fprintf(stderr, "omit: %s\n", err.text);
	return s == MS_OK ? 0 : 1;
}
