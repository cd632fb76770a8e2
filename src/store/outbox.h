/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.h - what a device has stated, and what of it the hub has receipted (promises 3 and 4 of
 * src/README.md).
 *
 *   ACT:     seq u64       -> act
 *   BATCH:   first_seq u64 -> header 172 | signature 64 [ | hash 32 of each act]   for ever; the
 * acts stand in ACT rows only, their hashes here once those are pruned
 *   RECEIPT: first_seq u64 -> header hash | leaf | hub time | verdicts | receipt as received, for
 * ever
 *
 * A sequence number is born in the transaction that stores its act. A batch is sealed once and then
 * only read. Everything works through the caller's transaction; an outbox belongs to one thread.
 * Its counters follow aborts by themselves at the next call that takes a transaction.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "base/buf.h"
#include "codec/frame.h"
#include "proof/batch.h"
#include "proof/generation.h"
#include "store/store.h"

typedef struct outbox_limits {
	uint64_t acts_max;  /* acts without receipt; 0 = 200,000 */
	uint64_t bytes_max; /* their bytes; 0 = 256 MiB */
} outbox_limits;

/* Plain data, no memory of its own. Read it through the functions. */
typedef struct outbox {
	outbox_limits limits;
	uint64_t next_seq;     /* sequence of the next act; begins at 1 */
	uint64_t sealed_to;    /* newest sealed sequence */
	uint64_t receipted_to; /* every batch up to here has its receipt */
	hash32 last_header;    /* of the newest sealed batch; zero when there is none */
	uint64_t unsealed_acts, unsealed_bytes;
	uint64_t sent_batches, sent_acts, sent_bytes; /* sealed, without receipt */
	uint64_t aborts;
	const store *store;
	const log_key *log; /* whose generations receipts are of; NULL: of one */
} outbox;

/* Read the state, within LIMITS (0: the default). A failure is noted in TXN. */
void outbox_open(store_txn *txn, const outbox_limits *limits, outbox *ob);
/* Read the state again, for looking at the counters without a write transaction. */
void outbox_reload(store_txn *txn, outbox *ob);

/*
 * Store an act and give it the next sequence number. MS_FULL, noted in TXN, when the acts without
 * receipt would exceed the limits; MS_INVALID for an act that is empty or longer than
 * ACT_BYTES_MAX. Returns false after a failure.
 */
bool outbox_add(store_txn *txn, outbox *ob, span bytes, uint64_t *seq);

/* Would ACTS more acts of BYTES together be taken? */
bool outbox_has_room(const outbox *ob, uint64_t acts, uint64_t bytes);

/*
 * Seal the oldest unsealed acts, at most MAX_ACTS (0 = 256) and MAX_BYTES (0 = 192 KiB, the whole
 * batch), into one batch. BASE gives hub, device, schema, device time and checkpoint; the rest is
 * filled here. False: nothing to seal, or failed. Send nothing before the commit.
 */
bool outbox_seal(store_txn *txn, outbox *ob, const batch_header *base, const sign_key *key,
	uint16_t max_acts, size_t max_bytes, uint64_t *first_seq);

typedef struct outbox_sealed {
	uint64_t first_seq;
	uint16_t count;
	bool receipted;
	hash32 header_hash;
	batch_header header;
} outbox_sealed;

/* The first sealed batch with first_seq >= FROM. */
bool outbox_find(store_txn *txn, outbox *ob, uint64_t from, outbox_sealed *out);
/* The first sealed batch with first_seq >= FROM that has no receipt. */
bool outbox_find_unreceipted(store_txn *txn, outbox *ob, uint64_t from, outbox_sealed *out);
/* Header and signature of the sealed batch that begins at FIRST_SEQ. False: none does, or failed.
 */
bool outbox_signed_part(store_txn *txn, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE]);
/* The leaf hashes of its acts, also when those are pruned; false as above. */
bool outbox_leaves(store_txn *txn, uint64_t first_seq, hash32 leaves[BATCH_ACTS_MAX], uint16_t *n);
/* The batch byte for byte as sealed, appended to OUT. False: no batch begins there, its acts were
 * pruned, or failed. */
bool outbox_batch(store_txn *txn, uint64_t first_seq, buf *out);

typedef enum outbox_stored {
	OUTBOX_FAILED = 0, /* noted in TXN */
	OUTBOX_UNKNOWN,    /* no batch begins there, or its header is another one: nothing stored */
	OUTBOX_FIRST,      /* stored: the batch has left the sending range */
	/* The same place, time and verdicts were stored before; or it is of an older generation of
	 * the log than that in force, and is kept beside it. */
	OUTBOX_AGAIN,
	OUTBOX_MOVED, /* another place or verdict than before (a restored hub): the new one is in
			 force, the old one is kept */
} outbox_stored;

/* Store a receipt; RAW is kept as evidence (empty: the receipt is encoded from its fields). */
outbox_stored outbox_receipt(store_txn *txn, outbox *ob, const frame_receipt *receipt, span raw);

typedef struct outbox_receipt_row {
	uint64_t first_seq;
	uint16_t count;
	hash32 header_hash;
	uint64_t leaf;
	int64_t hub_time_us;
	span verdicts, raw; /* borrow from the transaction */
} outbox_receipt_row;

/* The receipt in force of the batch that begins at FIRST_SEQ; false: none, or failed. */
bool outbox_receipt_of(store_txn *txn, uint64_t first_seq, outbox_receipt_row *out);
/* The generation of LOG that ROW is of, as of generation_of; false: what is kept of it is no
 * receipt. */
bool outbox_receipt_generation(const outbox_receipt_row *row, const log_key *log, uint32_t *out);
/* Every receipt that there ever was, by batch, the one in force first: the next behind *AT, which
 * is moved to it. AT zeroed is before all, with FIRST_SEQ alone the one in force. */
typedef struct outbox_receipt_place {
	uint64_t first_seq, leaf;
	bool is_earlier; /* LEAF counts: a restored hub's receipt took its place */
} outbox_receipt_place;
bool outbox_receipt_each(store_txn *txn, outbox_receipt_place *at, outbox_receipt_row *out);

/* The act, borrowed from the transaction; false: never was, or pruned. */
bool outbox_act(store_txn *txn, uint64_t seq, span *bytes);
typedef struct outbox_fate {
	bool sealed, receipted;
	uint64_t first_seq; /* of its batch */
	uint8_t verdict;    /* plan/act.h verdict; 0 without receipt */
	uint64_t leaf;      /* with a receipt: the record is leaf/at */
	uint16_t at;
	int64_t hub_time_us;
} outbox_fate;
/* What became of act SEQ; false: no such sequence. */
bool outbox_verdict(store_txn *txn, outbox *ob, uint64_t seq, outbox_fate *out);

typedef struct outbox_counts {
	uint64_t unsealed_acts;
	uint64_t sent_batches, sent_acts; /* sealed without receipt */
	uint64_t bytes;                   /* of both */
	uint64_t next_seq;
	bool full;
} outbox_counts;

/* From memory, as after the last operation. */
outbox_counts outbox_queue(const outbox *ob);

/* Delete the acts of receipted batches whose receipt is from before BEFORE_US, at most MAX of them
 * (small transactions). Returns their number. */
uint64_t outbox_prune(store_txn *txn, outbox *ob, int64_t before_us, uint64_t max);

#endif
