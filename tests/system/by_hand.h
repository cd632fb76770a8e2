/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by_hand.h - one change to the data of a stopped directory, in one transaction: a dishonest hub,
 * or damage that has the row's own hash.
 */
#ifndef SYSTEM_BY_HAND_H
#define SYSTEM_BY_HAND_H

#include <stdio.h>

#include "store/home.h"
#include "store/store.h"

/* WORDS are those behind the directory. Nothing is kept unless MS_OK. */
typedef ms_status (*hand)(store_txn *txn, const plan *p, char **words);

/* Change the directory ARGV[1]; the program's exit code. */
static inline int
by_hand(char **argv, store_kind kind, hand change)
{
	store_options options = { .kind = kind };
	char path[HOME_PATH_MAX];
	ms_error err = { 0 };
	store *db = NULL;
	plan *p = NULL;
	store_txn txn;
	ms_status s = home_path(argv[1], HOME_DATA, path, &err);

	if (s == MS_OK)
		s = home_plan_read(argv[1], &p, &err);
	if (s == MS_OK)
		s = store_open(path, &options, &db, &err);
	if (s == MS_OK) {
		store_begin(db, &txn, STORE_WRITE);
		s = change(&txn, p, argv + 2);
		if (s == MS_OK)
			s = store_commit(&txn, &err);
		else
			store_abort(&txn);
	}
	store_close(db);
	plan_free(p);
	if (s != MS_OK)
		fprintf(stderr, "%s: %s\n", argv[0], err.text);
	return s == MS_OK ? 0 : 1;
}

#endif
