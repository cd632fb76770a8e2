/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept.c - a dishonest hub, by hand: DIR BATCH (hex) appends a device's next batch, of one act,
 * as stored and to be seen by everyone, whatever the rules make of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/act.h"
#include "store/feed.h"
#include "store/home.h"
#include "store/log.h"
#include "store/roster.h"

static ms_status
accept_batch(store_txn *txn, const plan *p, span bytes)
{
	static const uint8_t verdicts[] = { VERDICT_STORED };
	batch_view b;
	log_state log;
	uint64_t leaf;
	device d;

	if (batch_open(bytes, &b) != BATCH_GOOD || b.fields.count != 1 ||
		!device_load(txn, &b.fields.device, &d) || d.next_seq != b.fields.first_seq)
		return MS_INVALID;
	b.header_hash = batch_header_hash(b.header);
	log_state_load(txn, &log);
	leaf = log_append(txn, &log, &b, log.last_us, verdicts, NULL);
	batch_index_put(txn, &d.id, b.fields.first_seq, leaf);
	d.next_seq++;
	d.last_header = b.header_hash;
	device_save(txn, &d);
	feed_tell_all(txn, p, leaf);
	log_state_save(txn, &log);
	return MS_OK;
}

int
main(int argc, char **argv)
{
	store_options options = { .kind = STORE_HUB };
	size_t n = argc == 3 ? strlen(argv[2]) / 2 : 0;
	char path[HOME_PATH_MAX];
	ms_error err = { 0 };
	buf bytes = { 0 };
	store *db = NULL;
	plan *p = NULL;
	store_txn txn;
	ms_status s;

	if (argc != 3 || buf_reserve(&bytes, n + 1) != MS_OK ||
		!text_unhex(span_str(argv[2]), bytes.at, n)) {
		fputs("accept DIR BATCH\n", stderr);
		return 64;
	}
	s = home_path(argv[1], HOME_DATA, path, &err);
	if (s == MS_OK)
		s = home_plan_read(argv[1], &p, &err);
	if (s == MS_OK)
		s = store_open(path, &options, &db, &err);
	if (s == MS_OK) {
		store_begin(db, &txn, STORE_WRITE);
		s = accept_batch(&txn, p, span_of(bytes.at, n));
		if (s == MS_OK)
			s = store_commit(&txn, &err);
		else
			store_abort(&txn);
	}
	store_close(db);
	plan_free(p);
	buf_fini(&bytes);
	if (s != MS_OK)
		fprintf(stderr, "accept: %s\n", err.text);
	return s == MS_OK ? 0 : 1;
}
