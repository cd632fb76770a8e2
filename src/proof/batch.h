/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.h - the sealed batch: 1..256 acts of one device under one signature. Pure.
 *
 *   batch  = header 172 | Ed25519(header) 64 | acts, each u16 length | bytes
 *   header = "muster/batch/v1\0" | hub 16 | device 16 | first_seq u64 | count u16 | schema u16 |
 * root 32 | prev 32 | device time i64 us | checkpoint size u64 | checkpoint root 32 big-endian
 */
#ifndef PROOF_BATCH_H
#define PROOF_BATCH_H

#include "base/buf.h"
#include "base/hash.h"
#include "proof/sign.h"

enum {
	BATCH_HEADER_SIZE = 172,
	BATCH_SIGNED_SIZE = BATCH_HEADER_SIZE + SIGNATURE_SIZE,
	BATCH_SCHEMA = 1, /* of this form */
	BATCH_ACTS_MAX = 256,
	BATCH_BYTES_MAX = 192 << 10, /* the whole batch */
	ID_SIZE = 16,
};

typedef struct hub_id {
	uint8_t at[ID_SIZE];
} hub_id;

typedef struct device_id {
	uint8_t at[ID_SIZE];
} device_id;

typedef struct batch_header {
	hub_id hub;
	device_id device;
	uint64_t first_seq; /* sequences begin at 1 */
	uint16_t count;
	uint16_t schema;
	hash32 root; /* over the acts' leaf hashes */
	hash32 prev; /* SHA-256 of the device's last header; zero for its first */
	int64_t device_time_us;
	uint64_t checkpoint_size; /* newest checkpoint the device has verified; 0 = none */
	hash32 checkpoint_root;
} batch_header;

void batch_header_write(const batch_header *h, uint8_t out[BATCH_HEADER_SIZE]);
bool batch_header_read(
	span bytes, batch_header *out); /* false: wrong length, domain string or count */
hash32 batch_header_hash(span header);  /* SHA-256 of the 172 bytes */

/* A batch taken apart; everything borrows from its bytes. */
typedef struct batch_view {
	span bytes;
	span header, signature;
	batch_header fields;
	hash32 header_hash;
	span acts[BATCH_ACTS_MAX];
	hash32 leaves[BATCH_ACTS_MAX]; /* leaf hash of each act; set by batch_check_root only */
} batch_view;

typedef enum batch_fault {
	BATCH_GOOD = 0,
	BATCH_BAD_SIZE,   /* too long, too short, wrong lengths */
	BATCH_BAD_HEADER, /* domain string, count 0 or > 256 */
	BATCH_BAD_ROOT,
	BATCH_BAD_SIGNATURE,
} batch_fault;

batch_fault batch_open(span bytes, batch_view *out); /* form only */
batch_fault batch_check_root(batch_view *view);      /* hashes every act once */
batch_fault batch_check_signature(const batch_view *view, const sign_public *key);
const char *batch_fault_text(batch_fault fault);

/*
 * Seal ACTS (header.count of them) into OUT: fills root and count, signs. The caller has set hub,
 * device, first_seq, schema, prev, time and checkpoint. MS_INVALID when it would exceed
 * BATCH_BYTES_MAX or an act ACT_BYTES_MAX.
 */
ms_status batch_seal(batch_header *header, const span *acts, uint16_t count, const sign_key *key,
	buf *out, ms_error *err);

/* The log's leaf: SHA-256(0x00 || header || signature || hub time i64 || SHA-256(verdicts)). */
hash32 log_leaf_hash(span header, span signature, int64_t hub_time_us, span verdicts);

/* What a batch is to its device's stream (proto/README.md 11). KNOWN_HASH is the hash of the header
 * indexed at first_seq, NULL when none is. */
typedef enum batch_place { BATCH_NEW = 1, BATCH_KNOWN, BATCH_GAP, BATCH_FORK } batch_place;
batch_place batch_classify(const batch_view *view, uint64_t next_seq, const hash32 *last_header,
	const hash32 *known_hash);

#endif
