/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept.c - a dishonest hub, by hand: DIR BATCH (hex) appends a device's next batch, of one act,
 * as stored and to be seen by everyone, whatever the rules make of it.
 */
#include <string.h>

#include "base/text.h"
#include "plan/act.h"
#include "store/feed.h"
#include "store/log.h"
#include "store/roster.h"
#include "tests/system/by_hand.h"

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

static ms_status
accept_words(store_txn *txn, const plan *p, char **words)
{
	size_t n = strlen(words[0]) / 2;
	buf bytes = { 0 };
	ms_status s = MS_INVALID;

	if (buf_reserve(&bytes, n + 1) == MS_OK && text_unhex(span_str(words[0]), bytes.at, n))
		s = accept_batch(txn, p, span_of(bytes.at, n));
	buf_fini(&bytes);
	return s;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("accept DIR BATCH\n", stderr);
		return 64;
	}
	return by_hand(argv, STORE_HUB, accept_words);
}
