/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_home.h - what the process that signs checkpoints keeps: its key, and what it signed last.
 *
 *   <hub's directory>/signer/  signer.key  signed
 *
 * `signed` has two places of 4 KiB that are written in turn, so that a torn write leaves the other:
 * SHA-256 of what follows | length u16 | the signed note.
 */
#ifndef STORE_SIGNER_HOME_H
#define STORE_SIGNER_HOME_H

#include "proof/note.h"
#include "store/home.h"

#define HOME_SIGNER "signer"

typedef struct signer_home {
	log_key key; /* the public half */
	sign_key secret;
	sign_public admin; /* whose orders are followed */
	checkpoint last;   /* signed; size 0 = nothing yet */
	buf note;          /* of `last`; empty when nothing was signed */
	int fd, lock_fd;
	unsigned next; /* place to write */
} signer_home;

/* Make the signer's directory in HUB_DIR, with a new key for ORIGIN, which follows ADMIN's orders.
 * MS_EXISTS. */
ms_status signer_home_found(const char *hub_dir, const char *origin, const sign_public *admin,
	log_key *out, ms_error *err);
/*
 * Open DIR, the signer's own. MS_BUSY: another signer works on it; MS_CORRUPT: neither place of
 * `signed` holds a note of this key, although something was written.
 */
ms_status signer_home_open(const char *dir, signer_home *out, ms_error *err);
void signer_home_close(signer_home *h);
/* Sign C, which follows H->last, and make that durable. After a failure nothing may be signed any
 * more. */
ms_status signer_home_sign(signer_home *h, const checkpoint *c, ms_error *err);
/* What was signed last, for those who only look: the note appended to OUT (nothing when nothing was
 * signed), opened with KEY. */
ms_status signer_home_look(
	const char *dir, const log_key *key, checkpoint *last, buf *out, ms_error *err);

#endif
