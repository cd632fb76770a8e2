/* SPDX-License-Identifier: Apache-2.0 */
/*
 * note.h - checkpoints of the log as signed notes, byte for byte as in C2SP tlog-checkpoint and
 * signed-note, so that public tools can check them. Pure.
 *
 *   <origin>\n<size>\n<base64 of the root>\n\n— <origin> <base64 of key hash 4 | signature 64>\n
 *
 * The key hash is the beginning of SHA-256(origin | "\n" | 0x01 | public key). A verification key
 * is written "<origin>+<key hash in hex>+<base64 of 0x01 | public key>".
 */
#ifndef PROOF_NOTE_H
#define PROOF_NOTE_H

#include "base/buf.h"
#include "base/hash.h"
#include "proof/sign.h"

enum { NOTE_ORIGIN_MAX = 127, NOTE_BYTES_MAX = 1024, LOG_KEY_TEXT_SIZE = NOTE_ORIGIN_MAX + 64 };

typedef struct checkpoint {
	uint64_t size; /* leaves; 0 = no checkpoint */
	hash32 root;
} checkpoint;

/* Whose notes are believed. */
typedef struct log_key {
	char origin[NOTE_ORIGIN_MAX + 1];
	sign_public key;
} log_key;

/* May ORIGIN name a log: 1 to NOTE_ORIGIN_MAX bytes of clean text without white space and '+'? */
bool note_origin_fits(span origin);
/* How the name of a log begins: by its hub's clock. A simulated one is seen in every checkpoint,
 * and in the key that checks it. */
#define NOTE_REAL "muster/"
#define NOTE_SIMULATED "muster-simulated/"
bool note_origin_is_simulated(const char *origin);
void log_key_print(const log_key *key, char out[LOG_KEY_TEXT_SIZE]);
/* MS_INVALID for what is no verification key, or one whose key hash does not fit. */
ms_status log_key_parse(span text, log_key *out, ms_error *err);

/* Append what is signed of C, the note's first lines, to OUT. */
ms_status note_text(const char *origin, const checkpoint *c, buf *out);
/* Append the note of C to OUT. */
ms_status note_sign(const char *origin, const sign_key *key, const checkpoint *c, buf *out);
/*
 * What NOTE states, when KEY signed it. Other keys' signatures beside it are passed over, and so
 * are lines behind the root. MS_INVALID: it is no checkpoint; MS_DENIED: another log's, or KEY did
 * not sign it.
 */
ms_status note_open(span note, const log_key *key, checkpoint *out, ms_error *err);
/* Has NOTE, which KEY signed, no other signature, and that as note_sign writes it? */
bool note_is_plain(span note, const log_key *key);

#endif
