/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omit.c - a dishonest hub, by hand: DIR UNIT NUMBER leaves the entry NUMBER out of the feed of
 * UNIT, as if it had never been put in. What follows it moves up, so that no number is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/feed.h"
#include "store/home.h"

static ms_status
omit(store_txn *txn, span unit, uint64_t number)
{
	feed_row rows[FEED_BLOCK];
	feed_reader reader;
	uint64_t last = 0;
	size_t n = 0, i;

	feed_seek(txn, unit, 0, &reader);
	while (n < FEED_BLOCK && feed_next(&reader, &rows[n]))
		n++;
	if (number == 0 || number > n || n == FEED_BLOCK) /* a whole block is another row */
		return MS_INVALID;
	store_del(txn, TABLE_FEED_TAIL, unit);
	for (i = 0; i < n; i++)
		if (rows[i].number != number)
			feed_append(txn, unit, &last, rows[i].leaf, rows[i].bitmap, BATCH_ACTS_MAX);
	return MS_OK;
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

	if (argc != 4) {
		fputs("omit DIR UNIT NUMBER\n", stderr);
		return 64;
	}
	s = home_path(argv[1], HOME_DATA, path, &err);
	if (s == MS_OK)
		s = store_open(path, &options, &db, &err);
	if (s == MS_OK) {
		store_begin(db, &txn, STORE_WRITE);
		s = omit(&txn, span_str(argv[2]), strtoull(argv[3], NULL, 10));
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
